/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain_json.c: an explained decision for programs. Money, ratios, counts and factors are text.
 */
#include "cli/explain_output.h"

#include "base/checked.h"
#include "render/json.h"

enum { RATIO_DECIMALS = 6, TEXT_BYTES_MAX = 1 << 20 };

static void text_or_null(struct json *json, struct text text)
{
        if (text.length)
                json_text(json, text);
        else
                json_null(json);
}

static void key_text(struct json *json, const char *key, struct text text)
{
        json_key(json, key);
        json_text(json, text);
}

/* Decimal text without trailing zeros, or "p/q" when there is no finite one. */
static void put_rational(struct json *json, struct rational value)
{
        int128 numerator = value.numerator, denominator = value.denominator;
        unsigned scale = 0;
        while (denominator != 1 && scale < 18 && denominator % 10 == 0) {
                denominator /= 10;
                scale++;
        }
        while (denominator != 1 && scale < 18 && (denominator % 2 == 0 || denominator % 5 == 0)) {
                bool two = denominator % 2 == 0;
                denominator /= two ? 2 : 5;
                numerator *= two ? 5 : 2;
                scale++;
        }
        int64_t units;
        struct buffer text buffer_cleanup;
        buffer_init(&text, 256);
        if (denominator == 1 && narrow_i64(numerator, &units)) {
                while (scale && units % 10 == 0) {
                        units /= 10;
                        scale--;
                }
                decimal_add_plain(&text, units, scale);
        } else {
                int64_t p = 0, q = 0;
                if (narrow_i64(value.numerator, &p) && narrow_i64(value.denominator, &q))
                        buffer_addf(&text, "%lld/%lld", (long long)p, (long long)q);
        }
        json_text(json, (struct text){text.data, text.length});
}

static void put_operand(struct json *json, const struct operand *operand)
{
        if (operand->kind == OPERAND_NUMBER)
                json_decimal_text(json, operand->number.units, operand->number.scale);
        else if (operand->kind == OPERAND_BOOL)
                json_string(json, operand->boolean ? "true" : "false");
        else
                json_text(json, operand->text);
}

static void put_threshold(struct json *json, const struct criterion *criterion)
{
        json_key(json, "threshold");
        if (criterion->comparator != COMPARE_IN && criterion->comparator != COMPARE_BETWEEN) {
                put_operand(json, &criterion->operands[0]);
                return;
        }
        json_begin_array(json);
        for (size_t i = 0; i < criterion->operand_count; i++)
                put_operand(json, &criterion->operands[i]);
        json_end_array(json);
}

/* The operand after the factors; texts and truth values have none. */
static void put_scaled(struct json *json, const struct operand *operand, struct rational factor)
{
        struct rational scaled;
        if (operand->kind == OPERAND_NUMBER
            && rational_multiply(rational_from_decimal(operand->number), factor, &scaled))
                put_rational(json, scaled);
        else
                put_operand(json, operand);
}

static struct rational product_of_factors(const struct explained_criterion *c)
{
        struct rational product = {1, 1};
        for (size_t i = 0; i < c->factor_count; i++) {
                struct rational factor;
                if (!rational_make(c->factors[i].factor.numerator, c->factors[i].factor.denominator, &factor)
                    || !rational_multiply(product, factor, &product))
                        return (struct rational){1, 1};
        }
        return product;
}

static void put_effective(struct json *json, const struct explained_criterion *c)
{
        const struct criterion *criterion = c->criterion;
        struct rational factor = product_of_factors(c);
        bool list = criterion->comparator == COMPARE_IN || criterion->comparator == COMPARE_BETWEEN;
        json_key(json, "effective_threshold");
        if (list)
                json_begin_array(json);
        for (size_t i = 0; i < (list ? criterion->operand_count : 1); i++)
                put_scaled(json, &criterion->operands[i], factor);
        if (list)
                json_end_array(json);
        json_key(json, "effective_keep");
        if (criterion->has_keep)
                put_scaled(json, &criterion->keep, factor);
        else
                json_null(json);
}

static void put_ratio(struct json *json, const struct explained_criterion *c, unsigned minor_digits)
{
        int64_t value;
        int128 numerator = c->value;
        if (c->criterion->metric == METRIC_SHARE_OF_WALLET && numerator > c->denominator)
                numerator = c->denominator;
        json_key(json, "value");
        if (narrow_i64(divide_half_away(numerator * 1000000, c->denominator), &value))
                json_decimal_text(json, value, RATIO_DECIMALS);
        else
                json_null(json);
        /* A share of orders counts documents, all other ratios are made of money. */
        unsigned digits = c->criterion->metric == METRIC_DIGITAL_SHARE ? 0 : minor_digits;
        json_key(json, "numerator");
        json_decimal_text(json, c->value, digits);
        json_key(json, "denominator");
        json_decimal_text(json, c->denominator, digits);
}

static void put_value(struct json *json, const struct explained_criterion *c, unsigned minor_digits)
{
        bool has_value = criterion_has_value(c);
        if (has_value && metric_infos[c->criterion->metric].unit == UNIT_RATIO) {
                put_ratio(json, c, minor_digits);
                return;
        }
        json_key(json, "value");
        if (!has_value)
                json_null(json);
        else if (c->attribute)
                json_text(json, c->attribute->text);
        else
                json_decimal_text(json, c->value, c->column->scale);
        json_key(json, "numerator");
        json_null(json);
        json_key(json, "denominator");
        json_null(json);
}

static void put_factors(struct json *json, const struct explained_criterion *c)
{
        static const char *const kinds[] = {"size", "newcomer", "pro_rata"};
        json_key(json, "factors");
        json_begin_array(json);
        for (size_t i = 0; i < c->factor_count; i++) {
                struct rational factor;
                json_begin_object(json);
                json_key(json, "kind");
                json_string(json, kinds[c->factors[i].kind]);
                json_key(json, "value");
                if (c->factors[i].kind == FACTOR_PRO_RATA) {
                        char months[48];
                        snprintf(months, sizeof(months), "%lld/%lld", (long long)c->factors[i].factor.numerator,
                                 (long long)c->factors[i].factor.denominator);
                        json_string(json, months);
                } else if (rational_make(c->factors[i].factor.numerator, c->factors[i].factor.denominator, &factor)) {
                        put_rational(json, factor);
                } else {
                        json_null(json);
                }
                json_end_object(json);
        }
        json_end_array(json);
}

static void put_criterion(struct json *json, const struct explained_criterion *c, const char *group,
                          unsigned minor_digits)
{
        static const char *const states[] = {[NOT_MET] = "not_met", [MET] = "met", [UNKNOWN] = "unknown"};
        struct buffer window buffer_cleanup;
        buffer_init(&window, 64);
        amount_add_window(&window, c->criterion->window);
        json_begin_object(json);
        json_key(json, "group");
        json_string(json, group);
        json_key(json, "metric");
        json_string(json, metric_infos[c->criterion->metric].name);
        json_key(json, "of");
        text_or_null(json, c->criterion->of);
        json_key(json, "window");
        text_or_null(json, (struct text){window.data, window.length});
        bool windowed = c->criterion->window.kind != WINDOW_NONE && c->to_day != DAY_NONE;
        json_key(json, "from");
        json_day(json, windowed && c->from_day != DAY_OPEN_START ? c->from_day : DAY_NONE);
        json_key(json, "to");
        json_day(json, windowed ? c->to_day : DAY_NONE);
        put_value(json, c, minor_digits);
        json_key(json, "comparator");
        json_string(json, comparator_names[c->criterion->comparator]);
        put_threshold(json, c->criterion);
        json_key(json, "keep");
        if (c->criterion->has_keep)
                put_operand(json, &c->criterion->keep);
        else
                json_null(json);
        put_factors(json, c);
        put_effective(json, c);
        json_key(json, "state");
        json_string(json, states[c->state]);
        json_key(json, "keep_state");
        json_string(json, states[c->keep_state]);
        json_key(json, "missing");
        if (c->has_missing)
                put_rational(json, c->missing);
        else
                json_null(json);
        json_end_object(json);
}

static void put_segment(struct json *json, const struct explained *explained, const struct explained_segment *segment)
{
        const struct concept *concept = explained->version.concept;
        const struct segment *about = &concept->segments[segment->segment];
        json_begin_object(json);
        key_text(json, "id", about->id);
        json_key(json, "fulfilled");
        json_bool(json, segment->fulfilled);
        json_key(json, "fulfilled_keep");
        json_bool(json, segment->fulfilled_keep);
        json_key(json, "paths");
        json_begin_array(json);
        for (size_t p = 0; p < about->path_count; p++) {
                const struct explained_path *path = &segment->paths[p];
                json_begin_object(json);
                key_text(json, "id", path->path->id);
                json_key(json, "fulfilled");
                json_bool(json, path->fulfilled);
                json_key(json, "fulfilled_keep");
                json_bool(json, path->fulfilled_keep);
                json_key(json, "criteria");
                json_begin_array(json);
                for (size_t i = 0; i < path->path->all_count; i++)
                        put_criterion(json, &path->all[i], "all", concept->minor_digits);
                for (size_t i = 0; i < path->path->some_count; i++)
                        put_criterion(json, &path->some[i], "some", concept->minor_digits);
                json_end_array(json);
                json_end_object(json);
        }
        json_end_array(json);
        json_key(json, "expects");
        json_begin_array(json);
        for (size_t i = 0; i < about->expects_count; i++)
                put_criterion(json, &segment->expects[i], "expects", concept->minor_digits);
        json_end_array(json);
        json_end_object(json);
}

static bool counts(const struct explained_criterion *c)
{
        return c->state == MET || (c->state == UNKNOWN && c->criterion->unknown_is_met);
}

static void put_next(struct json *json, const struct explained *explained)
{
        const struct explanation *explanation = &explained->explanation;
        json_key(json, "next");
        if (!explanation->has_next) {
                json_null(json);
                return;
        }
        const struct explained_path *path = NULL;
        for (size_t s = 0; s < explanation->segment_count; s++)
                if (explanation->segments[s].segment == explanation->next_segment)
                        path = &explanation->segments[s].paths[explanation->next_path];
        json_begin_object(json);
        key_text(json, "segment", explained->version.concept->segments[explanation->next_segment].id);
        key_text(json, "path", path->path->id);
        json_key(json, "missing");
        json_begin_array(json);
        size_t met = 0;
        for (size_t i = 0; i < path->path->all_count; i++)
                if (!counts(&path->all[i]))
                        json_int(json, (int64_t)i);
        for (size_t i = 0; i < path->path->some_count; i++)
                met += counts(&path->some[i]);
        for (size_t i = 0; i < path->path->some_count && met < path->path->some_at_least; i++)
                if (!counts(&path->some[i]))
                        json_int(json, (int64_t)(path->path->all_count + i));
        json_end_array(json);
        json_key(json, "missing_count");
        json_int(json, (int64_t)explanation->next_missing_count);
        json_end_object(json);
}

static void put_decision(struct json *json, const struct explained *explained)
{
        const struct concept *concept = explained->version.concept;
        json_key(json, "state");
        json_string(json, explained->approved ? "approved" : "proposed");
        json_key(json, "before");
        text_or_null(json, explained->before);
        key_text(json, "qualified", concept->segments[explained->qualified].id);
        key_text(json, "segment", concept->segments[explained->segment].id);
        json_key(json, "decision");
        json_string(json, decision_names[explained->decision]);
        json_key(json, "flags");
        json_begin_array(json);
        for (unsigned f = 0; f < FLAG_COUNT; f++)
                if (explained->flags >> f & 1)
                        json_string(json, flag_names[f]);
        json_end_array(json);
        json_key(json, "effective");
        json_day(json, explained->effective_day);
        json_key(json, "grace_until");
        json_day(json, explained->grace_until_day);
        json_key(json, "override");
        if (!explained->has_override) {
                json_null(json);
                return;
        }
        json_begin_object(json);
        json_key(json, "until");
        json_day(json, explained->override.valid_to);
        key_text(json, "reason", explained->override.reason);
        key_text(json, "requested_by", explained->override.requested_by);
        key_text(json, "approved_by", explained->override.approved_by);
        json_end_object(json);
}

static void put_merged(struct json *json, const struct explained *explained)
{
        const struct merged *merged = &explained->merged;
        json_key(json, "merged_into");
        if (!explained->has_merged) {
                json_null(json);
                return;
        }
        json_begin_object(json);
        key_text(json, "number", merged->number);
        key_text(json, "name", merged->name);
        json_key(json, "since");
        json_day(json, merged->since_day);
        json_key(json, "decides");
        json_bool(json, explained->counts_there);
        json_end_object(json);
}

static void put_together(struct json *json, const struct explained *explained)
{
        static const char *const kinds[] = {"customer", "account_group", "site"};
        const struct together *together = &explained->together;
        struct text size_class = {NULL, 0};
        json_key(json, "together");
        if (!together->count) {
                json_null(json);
                return;
        }
        json_begin_object(json);
        json_key(json, "evaluates");
        json_string(json, kinds[explained->version.concept->evaluates]);
        json_key(json, "members");
        json_begin_array(json);
        for (size_t i = 0; i < together->count; i++) {
                const struct together_member *member = &together->members[i];
                json_begin_object(json);
                key_text(json, "number", member->number);
                key_text(json, "name", member->name);
                json_key(json, "merged_into");
                text_or_null(json, member->into);
                json_key(json, "since");
                json_day(json, member->since_day);
                json_end_object(json);
                if (member->size_class_counts)
                        size_class = member->number;
        }
        json_end_array(json);
        json_key(json, "size_class_of");
        text_or_null(json, size_class);
        json_end_object(json);
}

static void put_history(struct json *json, const char *key, const struct past_decision *history, size_t count)
{
        json_key(json, key);
        json_begin_array(json);
        for (size_t i = 0; i < count; i++) {
                const struct past_decision *past = &history[i];
                json_begin_object(json);
                json_key(json, "cutoff");
                json_day(json, past->cutoff_day);
                key_text(json, "evaluation", past->evaluation);
                json_key(json, "state");
                json_string(json, past->approved ? "approved" : "proposed");
                json_key(json, "before");
                text_or_null(json, past->before);
                key_text(json, "segment", past->segment);
                key_text(json, "decision", past->decision);
                json_key(json, "effective");
                json_day(json, past->effective_day);
                json_end_object(json);
        }
        json_end_array(json);
}

void explain_json(const struct explained *explained, struct buffer *out)
{
        const struct version *version = &explained->version;
        struct json json;
        char label[96];
        json_init(&json, out, true);
        json_begin_object(&json);
        json_key(&json, "customer");
        json_begin_object(&json);
        key_text(&json, "number", explained->number);
        key_text(&json, "name", explained->name);
        json_end_object(&json);
        key_text(&json, "source", explained->source);
        put_merged(&json, explained);
        put_together(&json, explained);
        json_key(&json, "cutoff");
        json_day(&json, explained->cutoff_day);
        key_text(&json, "evaluation", version->concept->mechanics.evaluations[explained->rule].id);
        json_key(&json, "program");
        json_string(&json, version->program);
        snprintf(label, sizeof(label), "%s v%d", version->program, version->number);
        json_key(&json, "concept");
        json_string(&json, label);
        json_key(&json, "generation");
        json_int(&json, explained->generation);
        put_decision(&json, explained);
        json_key(&json, "segments");
        json_begin_array(&json);
        for (size_t s = 0; s < explained->explanation.segment_count; s++)
                put_segment(&json, explained, &explained->explanation.segments[s]);
        json_end_array(&json);
        put_next(&json, explained);
        put_history(&json, "history", explained->history, explained->history_count);
        put_history(&json, "own_history", explained->own_history, explained->own_count);
        json_end_object(&json);
}
