/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * criteria_view.c: see criteria_view.h.
 */
#include "program/criteria_view.h"

#include "base/checked.h"
#include "program/amounts.h"
#include "program/criterion_words.h"
#include "program/reader.h"

enum { WORDS_BYTES_MAX = 4096, KEY_BYTES_MAX = 64 };

static const char *state_key(const struct explained_criterion *c)
{
        if (c->state == MET)
                return "state.met";
        if (c->criterion->has_keep && c->keep_state == MET)
                return "state.warned";
        return c->state == UNKNOWN ? "state.unknown" : "state.not_met";
}

/* A number in the unit of a metric; false: it is said in words. */
static bool put_number(struct model *model, struct value *map, const char *name, const struct concept *concept,
                       enum metric metric, struct rational value)
{
        int64_t whole, part;
        int128 scaled;
        switch (metric_infos[metric].unit) {
        case UNIT_MONEY:
                if (__builtin_mul_overflow(value.numerator, (int128)power_of_ten(concept->minor_digits), &scaled) ||
                    !narrow_i64(divide_half_away(scaled, value.denominator), &whole))
                        return false;
                put_money(model, map, name, whole);
                return true;
        case UNIT_COUNT:
                if (value.denominator != 1 || !narrow_i64(value.numerator, &whole))
                        return false;
                put_count(model, map, name, whole);
                return true;
        case UNIT_RATIO:
                if (!narrow_i64(value.numerator, &part) || !narrow_i64(value.denominator, &whole))
                        return false;
                put_ratio(model, map, name, part, whole);
                return true;
        default:
                return false;
        }
}

/* The value as a fraction; false: it is no number or not known. */
static bool value_of(const struct explained_criterion *c, struct rational *ret)
{
        int128 numerator = c->value, denominator = 1;
        if (!criterion_has_value(c) || c->attribute)
                return false;
        denominator = metric_infos[c->criterion->metric].unit == UNIT_RATIO ? c->denominator
                                                                            : power_of_ten(c->column->scale);
        if (c->criterion->metric == METRIC_SHARE_OF_WALLET && numerator > denominator)
                numerator = denominator;
        return denominator > 0 && rational_make(numerator, denominator, ret);
}

void put_criterion_value(struct model *model, struct value *map, const char *name, enum language language,
                         const struct concept *concept, const struct explained_criterion *c)
{
        struct rational value;
        struct buffer words buffer_cleanup;
        buffer_init(&words, WORDS_BYTES_MAX);
        if (!criterion_has_value(c)) {
                put_none(model, map, name);
                return;
        }
        if (value_of(c, &value) && put_number(model, map, name, concept, c->criterion->metric, value))
                return;
        criterion_add_value(&words, language, MEDIUM_PAGE, concept, c);
        put_buffer(model, map, name, &words);
}

void put_criterion_amount(struct model *model, struct value *map, const char *name, enum language language,
                          const struct concept *concept, const struct criterion *criterion, struct rational amount)
{
        struct buffer words buffer_cleanup;
        buffer_init(&words, WORDS_BYTES_MAX);
        if (put_number(model, map, name, concept, criterion->metric, amount))
                return;
        amount_add(&words, language, MEDIUM_PAGE, concept, criterion->metric, amount);
        put_buffer(model, map, name, &words);
}

static bool has_number(const struct criterion *criterion)
{
        return criterion->operands[0].kind == OPERAND_NUMBER && criterion->comparator != COMPARE_IN &&
               criterion->comparator != COMPARE_BETWEEN && criterion->comparator != COMPARE_CONTAINS;
}

static void put_target(struct model *model, struct value *map, enum language language, const struct concept *concept,
                       const struct explained_criterion *c)
{
        const struct criterion *criterion = c->criterion;
        struct buffer words buffer_cleanup;
        buffer_init(&words, WORDS_BYTES_MAX);
        if (has_number(criterion)) {
                put_criterion_amount(model, map, "target", language, concept, criterion, c->effective);
                put_word(model, map, "target_words",
                         criterion->comparator == COMPARE_AT_LEAST    ? "target.of"
                         : criterion->comparator == COMPARE_AT_MOST   ? "comparator.at_most"
                         : criterion->comparator == COMPARE_MORE_THAN ? "comparator.more_than"
                         : criterion->comparator == COMPARE_LESS_THAN ? "comparator.less_than"
                                                                      : "comparator.equals");
                return;
        }
        criterion_add_threshold(&words, language, MEDIUM_PAGE, concept, c);
        put_buffer(model, map, "target", &words);
        put_none(model, map, "target_words");
}

/* Fill and mark on a common scale, the larger of both being full. */
static void put_bar(struct model *model, struct value *map, const struct explained_criterion *c)
{
        struct rational value;
        int64_t actual, target;
        int128 left, right;
        bool more = c->criterion->comparator == COMPARE_AT_LEAST || c->criterion->comparator == COMPARE_MORE_THAN;
        if (!more || !has_number(c->criterion) || !value_of(c, &value) || c->effective.numerator <= 0 ||
            __builtin_mul_overflow(value.numerator, c->effective.denominator, &left) ||
            __builtin_mul_overflow(c->effective.numerator, value.denominator, &right)) {
                put_none(model, map, "bar");
                return;
        }
        while (left > INT32_MAX || right > INT32_MAX) {
                left /= 2;
                right /= 2;
        }
        actual = left > 0 ? (int64_t)left : 0;
        target = (int64_t)right;
        struct value *bar = put_map(model, map, "bar");
        int64_t full = actual > target ? actual : target;
        put_ratio(model, bar, "fill", actual, full);
        put_ratio(model, bar, "mark", target, full);
}

void put_criterion(struct model *model, struct value *map, enum language language, const struct concept *concept,
                   const struct explained_criterion *c, bool rule)
{
        struct buffer name buffer_cleanup, words buffer_cleanup;
        buffer_init(&name, WORDS_BYTES_MAX);
        buffer_init(&words, WORDS_BYTES_MAX);
        criterion_add_name(&name, language, MEDIUM_PAGE, c->criterion);
        put_word(model, map, "state", state_key(c));
        put_yes_no(model, map, "met", !criterion_is_open(c));
        put_buffer(model, map, "name", &name);
        put_string(model, map, "metric", metric_infos[c->criterion->metric].name);
        put_text(model, map, "of", c->criterion->of);
        put_criterion_value(model, map, "actual", language, concept, c);
        put_target(model, map, language, concept, c);
        put_bar(model, map, c);
        put_yes_no(model, map, "estimated", c->estimated);
        bool windowed = c->criterion->window.kind != WINDOW_NONE && c->to_day != DAY_NONE;
        put_day(model, map, "from", windowed ? c->from_day : DAY_NONE);
        put_day(model, map, "to", windowed ? c->to_day : DAY_NONE);
        if (!rule)
                return;
        if (windowed && c->from_day != DAY_OPEN_START) {
                struct value *note = put_sentence(model, map, "note", "criterion.counted");
                put_day(model, note, "from", c->from_day);
                put_day(model, note, "to", c->to_day);
        }
        criterion_add_threshold(&words, language, MEDIUM_PAGE, concept, c);
        put_buffer(model, map, "rule", &words);
}

static bool is_internal(enum metric metric)
{
        return metric == METRIC_POTENTIAL || metric == METRIC_SHARE_OF_WALLET || metric == METRIC_OPEN_POTENTIAL ||
               metric == METRIC_MARGIN || metric == METRIC_VALUE;
}

void put_goal(struct model *model, struct value *map, enum language language, const struct concept *concept,
              const struct explained_criterion *c)
{
        struct buffer name buffer_cleanup, step buffer_cleanup;
        buffer_init(&name, WORDS_BYTES_MAX);
        buffer_init(&step, WORDS_BYTES_MAX);
        bool open = criterion_is_open(c);
        put_word(model, map, "state", open ? c->state == UNKNOWN ? "state.unknown" : "state.not_met" : "state.met");
        put_yes_no(model, map, "met", !open);
        if (is_internal(c->criterion->metric)) {
                bool share = c->criterion->metric == METRIC_SHARE_OF_WALLET;
                put_word(model, map, "name", share ? "portal.share" : "portal.other");
                put_word(model, map, "actual", open ? "portal.open" : "portal.enough");
                put_none(model, map, "target");
                put_none(model, map, "target_words");
                put_none(model, map, "bar");
                put_none(model, map, "missing");
                return;
        }
        criterion_add_name(&name, language, MEDIUM_PAGE, c->criterion);
        put_buffer(model, map, "name", &name);
        put_criterion_value(model, map, "actual", language, concept, c);
        put_target(model, map, language, concept, c);
        put_bar(model, map, c);
        if (open && c->has_missing)
                criterion_add_step(&step, language, MEDIUM_PAGE, concept, c);
        if (step.length)
                put_buffer(model, map, "missing", &step);
        else
                put_none(model, map, "missing");
}

size_t path_missing_count(const struct explained_path *path)
{
        size_t missing = 0, met = 0;
        for (size_t i = 0; i < path->path->all_count; i++)
                missing += criterion_is_open(&path->all[i]);
        for (size_t i = 0; i < path->path->some_count; i++)
                met += !criterion_is_open(&path->some[i]);
        return missing + (met < path->path->some_at_least ? path->path->some_at_least - met : 0);
}

void put_path_criteria(struct model *model, struct value *map, enum language language, const struct concept *concept,
                       const struct explained_path *path, bool rule)
{
        struct value *all = put_list(model, map, "criteria");
        for (size_t i = 0; i < path->path->all_count; i++)
                put_criterion(model, add_map(model, all), language, concept, &path->all[i], rule);
        if (!path->path->some_count) {
                put_none(model, map, "least");
                put_none(model, map, "of");
                put_none(model, map, "some");
                return;
        }
        put_count(model, map, "least", path->path->some_at_least);
        put_count(model, map, "of", (int64_t)path->path->some_count);
        struct value *some = put_list(model, map, "some");
        for (size_t i = 0; i < path->path->some_count; i++)
                put_criterion(model, add_map(model, some), language, concept, &path->some[i], rule);
}
