/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_facts.c: takes a concept apart. A key of the document that is not said here would change unnoticed; a test
 * changes every key (tests/road/test_diff.py).
 */
#include "program/concept_facts.h"

#include "i18n/words.h"
#include "program/concept_keys.h"

enum { TEXT_BYTES_MAX = 1 << 16, DEPTH_MAX = 8, FRACTION_DECIMALS_MAX = 6 };
#define LIST_BYTES_MAX ((size_t)1 << 30)

struct level {
        const char *id, *subject;
};

struct flat {
        const struct concept *concept, *other;
        enum language language;
        enum medium medium;
        struct arena *arena;
        struct buffer list;
        struct level levels[DEPTH_MAX]; /* the things we are inside of */
        size_t depth;
        struct buffer raw, shown, parameters; /* of the statement being made */
        bool has_number;
        struct decimal number;
        bool failed;
};

static const char *copy_of(struct flat *flat, const struct buffer *text)
{
        const char *copy = arena_copy(flat->arena, text->data ? text->data : "", text->length);
        flat->failed |= !copy;
        return copy ? copy : "";
}

static void add(struct flat *flat, const char *id, const char *subject, const char *label)
{
        struct concept_fact fact = {
                .id = id,
                .subject = subject,
                .label = label,
                .raw = copy_of(flat, &flat->raw),
                .parameters = copy_of(flat, &flat->parameters),
                .shown = copy_of(flat, &flat->shown),
                .has_number = flat->has_number,
                .number = flat->number,
        };
        flat->failed |= !buffer_add(&flat->list, &fact, sizeof(fact));
        buffer_clear(&flat->raw);
        buffer_clear(&flat->shown);
        buffer_clear(&flat->parameters);
        flat->has_number = false;
}

/* One more of several codes in raw. */
static void put_code(struct flat *flat, struct text code)
{
        buffer_add_text(&flat->raw, flat->raw.length ? ", " : "");
        buffer_add(&flat->raw, code.data, code.length);
}

static const char *joined(struct flat *flat, const char *outer, const char *mark, const char *inner)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, TEXT_BYTES_MAX);
        buffer_addf(&text, "%s%s%s", outer, *outer && *inner ? mark : "", inner);
        return copy_of(flat, &text);
}

/* The value prepared in raw and shown becomes a statement about the thing we are inside of. */
static void state(struct flat *flat, const char *key, const char *label_key)
{
        const struct level *inside = &flat->levels[flat->depth];
        add(flat, joined(flat, inside->id, "/", key), inside->subject, message_raw(flat->language, label_key));
}

/* Goes inside a thing; what was prepared in shown describes it. */
static void enter(struct flat *flat, const char *id, const char *subject)
{
        const struct level *outside = &flat->levels[flat->depth];
        struct level inside = {joined(flat, outside->id, "/", id), joined(flat, outside->subject, ", ", subject)};
        add(flat, inside.id, inside.subject, NULL);
        flat->levels[++flat->depth] = inside;
}

static void leave(struct flat *flat) { flat->depth--; }

/* What the document calls something: for programmers of concepts its code, on pages its name, or words for the code. */
static void add_called(struct flat *flat, struct buffer *out, struct text code, const struct bilingual *name)
{
        struct text called = name ? bilingual_text(name, flat->language) : (struct text){0};
        if (flat->medium == MEDIUM_TERMINAL)
                buffer_add(out, code.data ? code.data : "", code.length);
        else if (called.length)
                buffer_add(out, called.data, called.length);
        else
                words_add_code(out, flat->language, code);
}

/* Goes inside a thing of the family "path", which the document calls `code`. */
static void enter_called(struct flat *flat, const char *family, const char *word, struct text code,
                         const struct bilingual *name)
{
        struct buffer id buffer_cleanup, subject buffer_cleanup;
        buffer_init(&id, TEXT_BYTES_MAX);
        buffer_init(&subject, TEXT_BYTES_MAX);
        buffer_addf(&id, "%s:%.*s", family, (int)code.length, code.data);
        buffer_addf(&subject, "%s ", word);
        add_called(flat, &subject, code, name);
        enter(flat, copy_of(flat, &id), copy_of(flat, &subject));
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void both(struct flat *flat, struct text text)
{
        buffer_add(&flat->raw, text.data ? text.data : "", text.length);
        buffer_add(&flat->shown, text.data ? text.data : "", text.length);
        if (!text.length)
                buffer_add_text(&flat->shown, message_raw(flat->language, "diff.none"));
}

static void state_text(struct flat *flat, const char *key, const char *label_key, struct text text)
{
        both(flat, text);
        state(flat, key, label_key);
}

/* A text that is a code of the document. */
static void state_code(struct flat *flat, const char *key, const char *label_key, struct text code,
                       const struct bilingual *name)
{
        if (!code.length) {
                state_text(flat, key, label_key, code);
                return;
        }
        buffer_add(&flat->raw, code.data, code.length);
        add_called(flat, &flat->shown, code, name);
        state(flat, key, label_key);
}

static void state_word(struct flat *flat, const char *key, const char *label_key, bool value)
{
        buffer_add_text(&flat->raw, value ? "true" : "false");
        buffer_add_text(&flat->shown, message_raw(flat->language, value ? "word.yes" : "word.no"));
        state(flat, key, label_key);
}

static void put_number(struct flat *flat, struct decimal number)
{
        decimal_add_plain(&flat->raw, number.units, number.scale);
        flat->has_number = true;
        flat->number = number;
}

static void state_decimal(struct flat *flat, const char *key, const char *label_key, bool known, struct decimal number)
{
        if (known) {
                put_number(flat, number);
                format_add_decimal(&flat->shown, flat->language, number.units, number.scale);
        } else {
                both(flat, (struct text){0});
        }
        state(flat, key, label_key);
}

static void state_count(struct flat *flat, const char *key, const char *label_key, int64_t count)
{
        state_decimal(flat, key, label_key, true, (struct decimal){count, 0});
}

/* A decimal, which it was in the document; other fractions as such. */
static void put_raw_fraction(struct flat *flat, struct fraction fraction)
{
        __int128 numerator = fraction.numerator;
        unsigned scale = 0;
        for (; scale < FRACTION_DECIMALS_MAX && numerator % fraction.denominator; scale++)
                numerator *= 10;
        buffer_add_text(&flat->raw, flat->raw.length ? ", " : "");
        if (numerator % fraction.denominator == 0)
                decimal_add_plain(&flat->raw, (int64_t)(numerator / fraction.denominator), scale);
        else
                buffer_addf(&flat->raw, "%lld/%lld", (long long)fraction.numerator, (long long)fraction.denominator);
}

static void put_fraction(struct flat *flat, struct fraction fraction)
{
        put_raw_fraction(flat, fraction);
        struct rational value;
        if (!rational_make((__int128)fraction.numerator * 1000, fraction.denominator, &value))
                return;
        struct decimal thousandths = {(int64_t)(value.numerator / value.denominator), 3};
        while (thousandths.scale && thousandths.units % 10 == 0) {
                thousandths.units /= 10;
                thousandths.scale--;
        }
        if (flat->shown.length)
                buffer_add_text(&flat->shown, "; ");
        format_add_decimal(&flat->shown, flat->language, thousandths.units, thousandths.scale);
        flat->has_number = true;
        flat->number = thousandths;
}

static void put_month_day(struct flat *flat, struct month_day day)
{
        buffer_addf(&flat->raw, "%02u-%02u", day.month, day.day);
        buffer_addf(&flat->shown, flat->language == LANGUAGE_GERMAN ? "%02u.%02u." : "%02u/%02u",
                    flat->language == LANGUAGE_GERMAN ? day.day : day.month,
                    flat->language == LANGUAGE_GERMAN ? day.month : day.day);
}

static void state_names(struct flat *flat, const char *key, const char *label_key, const struct bilingual *name)
{
        char english[64];
        state_text(flat, key, label_key, name->german);
        snprintf(english, sizeof(english), "%s.en", key);
        if (name->english.length && !text_equal(name->english, name->german)) {
                both(flat, name->english);
        } else {
                both(flat, (struct text){0});
        }
        const struct level *inside = &flat->levels[flat->depth];
        struct buffer label buffer_cleanup;
        buffer_init(&label, TEXT_BYTES_MAX);
        buffer_addf(&label, "%s (%s)", message_raw(flat->language, label_key),
                    message_raw(flat->language, "diff.english"));
        add(flat, joined(flat, inside->id, "/", english), inside->subject, copy_of(flat, &label));
}

static const struct bilingual *goal_name(const struct concept *concept, struct text id)
{
        for (size_t i = 0; i < concept->goal_count; i++)
                if (text_equal(concept->goals[i].id, id))
                        return &concept->goals[i].name;
        return NULL;
}

/* ---- criteria ---------------------------------------------------------------------------------------------------- */

static void put_operand(struct flat *flat, const struct criterion *criterion, const struct operand *operand)
{
        if (operand->parameter.length) {
                buffer_add(&flat->raw, operand->parameter.data, operand->parameter.length);
                buffer_addf(&flat->parameters, "%s%.*s;", flat->parameters.length ? "" : ";",
                            (int)operand->parameter.length, operand->parameter.data);
                add_called(flat, &flat->shown, operand->parameter, NULL);
                buffer_add_text(&flat->shown, " = ");
        } else if (operand->kind == OPERAND_NUMBER) {
                put_number(flat, operand->number);
        } else if (operand->kind == OPERAND_BOOL) {
                buffer_add_text(&flat->raw, operand->boolean ? "true" : "false");
                buffer_add_text(&flat->shown, message_raw(flat->language, operand->boolean ? "word.yes" : "word.no"));
        } else {
                both(flat, operand->text);
        }
        if (operand->kind == OPERAND_NUMBER && metric_infos[criterion->metric].unit == UNIT_ANY)
                format_add_decimal(&flat->shown, flat->language, operand->number.units, operand->number.scale);
        else if (operand->kind == OPERAND_NUMBER)
                amount_add(&flat->shown, flat->language, flat->medium, flat->concept, criterion->metric,
                           rational_from_decimal(operand->number));
        flat->has_number = operand->kind == OPERAND_NUMBER;
        flat->number = operand->number;
}

static void put_threshold(struct flat *flat, const struct criterion *criterion)
{
        char key[64];
        snprintf(key, sizeof(key), "comparator.%s", comparator_names[criterion->comparator]);
        buffer_addf(&flat->raw, "%s ", comparator_names[criterion->comparator]);
        buffer_addf(&flat->shown, "%s ", message_raw(flat->language, key));
        for (size_t i = 0; i < criterion->operand_count; i++) {
                buffer_add_text(&flat->raw, i ? ", " : "");
                buffer_add_text(&flat->shown, i ? ", " : "");
                put_operand(flat, criterion, &criterion->operands[i]);
        }
        flat->has_number &= criterion->operand_count == 1;
}

static void flatten_criterion(struct flat *flat, const struct criterion *criterion, const char *place, unsigned nth)
{
        char id[256];
        struct buffer name buffer_cleanup;
        struct buffer window buffer_cleanup;
        buffer_init(&name, TEXT_BYTES_MAX);
        buffer_init(&window, 64);
        snprintf(id, sizeof(id), "%s%s%.*s.%u", metric_infos[criterion->metric].name, criterion->of.length ? " " : "",
                 (int)criterion->of.length, criterion->of.length ? criterion->of.data : "", nth);
        amount_add_metric(&name, flat->language, flat->medium, criterion->metric, criterion->of);
        put_threshold(flat, criterion);
        enter(flat, id, copy_of(flat, &name));
        put_threshold(flat, criterion);
        state(flat, "threshold", "diff.threshold");
        if (place) {
                buffer_add_text(&flat->raw, place);
                buffer_add_text(&flat->shown,
                                message_raw(flat->language, *place == 'a' ? "diff.place_all" : "diff.place_some"));
                state(flat, "place", "diff.place");
        }
        amount_add_window(&window, criterion->window);
        state_text(flat, "window", "diff.window", (struct text){window.data, window.length});
        if (criterion->has_keep)
                put_operand(flat, criterion, &criterion->keep);
        else
                both(flat, (struct text){0});
        state(flat, "keep", "diff.keep");
        buffer_addf(&flat->raw, "%s%s%s", criterion->scale & SCALE_SIZE ? "size" : "",
                    criterion->scale == (SCALE_SIZE | SCALE_NEWCOMER) ? ", " : "",
                    criterion->scale & SCALE_NEWCOMER ? "newcomer" : "");
        buffer_addf(&flat->shown, "%s%s%s",
                    criterion->scale & SCALE_SIZE ? message_raw(flat->language, "diff.scale_size") : "",
                    criterion->scale == (SCALE_SIZE | SCALE_NEWCOMER) ? ", " : "",
                    criterion->scale & SCALE_NEWCOMER ? message_raw(flat->language, "diff.scale_newcomer") : "");
        buffer_add_text(&flat->shown, criterion->scale ? "" : message_raw(flat->language, "diff.none"));
        state(flat, "scale", "diff.scale");
        state_word(flat, "unknown", "diff.unknown_met", criterion->unknown_is_met);
        state_word(flat, "measured", "diff.measured", criterion->measured_only);
        state_code(flat, "goal", "diff.goal", criterion->goal, goal_name(flat->concept, criterion->goal));
        leave(flat);
}

/* Its number among those of the same metric and `of` in front of it. */
static unsigned number_among(const struct criterion *criterion, const struct criterion *list, size_t count)
{
        unsigned number = 0;
        for (size_t i = 0; i < count; i++)
                number += list[i].metric == criterion->metric && text_equal(list[i].of, criterion->of);
        return number;
}

static void flatten_path(struct flat *flat, const struct path *path)
{
        enter_called(flat, "path", message_raw(flat->language, "diff.path"), path->id, NULL);
        state_count(flat, "some", "diff.some_at_least", path->some_at_least);
        for (size_t i = 0; i < path->all_count; i++)
                flatten_criterion(flat, &path->all[i], "all", 1 + number_among(&path->all[i], path->all, i));
        for (size_t i = 0; i < path->some_count; i++)
                flatten_criterion(flat, &path->some[i], "some",
                                  1 + number_among(&path->some[i], path->all, path->all_count)
                                          + number_among(&path->some[i], path->some, i));
        leave(flat);
}

static void flatten_segment(struct flat *flat, const struct segment *segment)
{
        struct text name = bilingual_text(&segment->name, flat->language);
        buffer_add(&flat->shown, name.data, name.length);
        put_code(flat, segment->name.german);
        enter_called(flat, "segment", "Segment", segment->id, &segment->name);
        state_names(flat, "name", "diff.name", &segment->name);
        buffer_add_text(&flat->raw, segment->kind == KIND_PROSPECT ? "prospects" : "customers");
        buffer_add_text(&flat->shown, message_raw(flat->language, segment->kind == KIND_PROSPECT ? "diff.prospects"
                                                                                                 : "diff.customers"));
        state(flat, "for", "diff.for");
        state_word(flat, "rest", "diff.rest", segment->rest);
        for (size_t p = 0; p < segment->path_count; p++)
                flatten_path(flat, &segment->paths[p]);
        if (segment->expects_count)
                enter(flat, "expects", message_raw(flat->language, "diff.expects"));
        for (size_t i = 0; i < segment->expects_count; i++)
                flatten_criterion(flat, &segment->expects[i], NULL,
                                  1 + number_among(&segment->expects[i], segment->expects, i));
        if (segment->expects_count)
                leave(flat);
        leave(flat);
}

static bool has_segment(const struct concept *concept, struct text id)
{
        for (size_t s = 0; s < concept->segment_count; s++)
                if (text_equal(concept->segments[s].id, id))
                        return true;
        return false;
}

static void flatten_segments(struct flat *flat)
{
        for (size_t s = 0; s < flat->concept->segment_count; s++) {
                struct text id = flat->concept->segments[s].id;
                if (!has_segment(flat->other, id))
                        continue;
                put_code(flat, id);
                buffer_addf(&flat->shown, "%s%.*s", flat->shown.length ? ", " : "", (int)id.length, id.data);
        }
        state(flat, "segments", "diff.order");
        for (size_t s = 0; s < flat->concept->segment_count; s++)
                flatten_segment(flat, &flat->concept->segments[s]);
}

/* ---- program, parameters, goals ---------------------------------------------------------------------------------- */

static void flatten_program(struct flat *flat)
{
        const struct concept *concept = flat->concept;
        state_text(flat, "program", "diff.program", concept->program_id);
        state_names(flat, "program_name", "diff.program_name", &concept->program_name);
        state_names(flat, "claim", "diff.claim", &concept->claim);
        static const char *const evaluated[] = {"customer", "account_group", "site"};
        state_code(flat, "evaluates", "diff.evaluates", text_of(evaluated[concept->evaluates]), NULL);
        state_code(flat, "variant", "diff.variant", concept->variant, NULL);
        state_text(flat, "currency", "diff.currency", concept->currency);
        put_month_day(flat, concept->year_starts);
        state(flat, "year_starts", "diff.year_starts");
        for (size_t i = 0; i < concept->parameter_count; i++) {
                const struct parameter *parameter = &concept->parameters[i];
                decimal_add_plain(&flat->raw, parameter->value.units, parameter->value.scale);
                format_add_decimal(&flat->shown, flat->language, parameter->value.units, parameter->value.scale);
                enter_called(flat, "parameter", message_raw(flat->language, "diff.parameter"), parameter->name, NULL);
                state_decimal(flat, "value", "diff.value", true, parameter->value);
                leave(flat);
        }
        for (size_t i = 0; i < concept->replacement_count; i++) {
                const struct replacement *replacement = &concept->replacements[i];
                struct text segment = concept->segments[replacement->segment].id;
                char id[128], subject[256];
                snprintf(id, sizeof(id), "replaces:%.*s", (int)replacement->old.length, replacement->old.data);
                snprintf(subject, sizeof(subject), "%s %.*s", message_raw(flat->language, "diff.former_segment"),
                         (int)replacement->old.length, replacement->old.data);
                buffer_addf(&flat->shown, "%s %.*s", message_raw(flat->language, "diff.goes_on_in"),
                            (int)segment.length, segment.data);
                put_code(flat, segment);
                enter(flat, id, subject);
                state_text(flat, "segment", "diff.goes_on_in", segment);
                leave(flat);
        }
}

static void flatten_goal(struct flat *flat, const struct goal *goal)
{
        struct text name = bilingual_text(&goal->name, flat->language);
        struct text metric = goal->has_metric ? text_of(metric_infos[goal->metric].name) : (struct text){0};
        buffer_add(&flat->shown, name.data, name.length);
        put_code(flat, goal->name.german);
        enter_called(flat, "goal", message_raw(flat->language, "diff.goal_of"), goal->id, &goal->name);
        state_names(flat, "name", "diff.name", &goal->name);
        state_text(flat, "segment", "diff.segment", goal->segment);
        state_code(flat, "kind", "diff.kind", goal->kind, NULL);
        if (goal->has_metric && flat->medium == MEDIUM_PAGE) {
                put_code(flat, metric);
                amount_add_metric(&flat->shown, flat->language, flat->medium, goal->metric, (struct text){0});
                state(flat, "metric", "diff.metric");
        } else {
                state_text(flat, "metric", "diff.metric", metric);
        }
        state_code(flat, "aggregate", "diff.aggregate", goal->aggregate, NULL);
        state_decimal(flat, "baseline", "diff.baseline", goal->has_baseline, goal->baseline);
        state_decimal(flat, "target", "diff.target", goal->has_target, goal->target);
        if (goal->due_day != DAY_NONE) {
                day_add_iso(&flat->raw, goal->due_day);
                format_add_day(&flat->shown, flat->language, goal->due_day);
        } else {
                both(flat, (struct text){0});
        }
        state(flat, "due", "diff.due");
        state_code(flat, "owner", "diff.owner", goal->owner, NULL);
        leave(flat);
}

/* ---- mechanics --------------------------------------------------------------------------------------------------- */

static void flatten_evaluation(struct flat *flat, const struct evaluation_rule *rule)
{
        static const char *const moves[] = {"diff.move_up", "diff.move_down", "diff.move_grace"};
        static const char *const codes[] = {"up", "down", "grace"};
        put_month_day(flat, rule->cutoff);
        enter_called(flat, "evaluation", message_raw(flat->language, "diff.evaluation"), rule->id, NULL);
        put_month_day(flat, rule->cutoff);
        state(flat, "cutoff", "diff.cutoff");
        put_month_day(flat, rule->effective);
        state(flat, "effective", "diff.effective");
        for (unsigned m = 0; m < 3; m++) {
                if (!(rule->moves >> m & 1))
                        continue;
                put_code(flat, text_of(codes[m]));
                buffer_addf(&flat->shown, "%s%s", flat->shown.length ? ", " : "",
                            message_raw(flat->language, moves[m]));
        }
        state(flat, "moves", "diff.moves");
        leave(flat);
}

static void flatten_factors(struct flat *flat, const struct mechanics *mechanics)
{
        for (size_t i = 0; i < mechanics->size_class_count; i++) {
                const struct size_factor *size = &mechanics->size_factors[i];
                put_fraction(flat, size->factor);
                enter_called(flat, "size", message_raw(flat->language, "diff.size_class"), size->code, NULL);
                put_fraction(flat, size->factor);
                state(flat, "factor", "diff.factor");
                leave(flat);
        }
        state_count(flat, "newcomer.months", "diff.newcomer_months", mechanics->newcomer_months);
        for (size_t i = 0; i < mechanics->newcomer_factor_count; i++)
                put_fraction(flat, mechanics->newcomer_factors[i]);
        flat->has_number &= mechanics->newcomer_factor_count == 1;
        buffer_add_text(&flat->shown, flat->shown.length ? "" : message_raw(flat->language, "diff.none"));
        state(flat, "newcomer.factors", "diff.newcomer_factors");
        state_word(flat, "newcomer.pro_rata", "diff.newcomer_pro_rata", mechanics->newcomer_pro_rata);
}

static void flatten_mechanics(struct flat *flat)
{
        const struct mechanics *mechanics = &flat->concept->mechanics;
        static const char *const graces[] = {"diff.grace_next", "diff.grace_months", "diff.grace_none"};
        static const char *const grace_codes[] = {"next_evaluation", "months ", "none"};
        for (size_t i = 0; i < mechanics->evaluation_count; i++)
                flatten_evaluation(flat, &mechanics->evaluations[i]);
        char months[16];
        snprintf(months, sizeof(months), "%u", mechanics->grace_months);
        buffer_addf(&flat->raw, "%s%s", grace_codes[mechanics->grace], mechanics->grace == GRACE_MONTHS ? months : "");
        message_add(&flat->shown, flat->language, graces[mechanics->grace], "count", months, NULL);
        state(flat, "grace", "diff.grace");
        state_count(flat, "demotion", "diff.demotion", mechanics->demotion_max_steps);
        state_count(flat, "promotion", "diff.promotion", mechanics->promotion_max_steps);
        flatten_factors(flat, mechanics);
        state_decimal(flat, "classify.orders", "diff.classify_orders", mechanics->classify_has_orders,
                      (struct decimal){mechanics->classify_orders, 0});
        state_decimal(flat, "classify.revenue", "diff.classify_revenue", mechanics->classify_has_revenue,
                      (struct decimal){mechanics->classify_revenue_minor, (uint8_t)flat->concept->minor_digits});
        state_count(flat, "override_months", "diff.override_months", mechanics->override_max_months);
        put_fraction(flat, mechanics->override_max_share);
        buffer_clear(&flat->shown);
        format_add_percent(&flat->shown, flat->language, mechanics->override_max_share.numerator,
                           mechanics->override_max_share.denominator);
        state(flat, "override_share", "diff.override_share");
        state_count(flat, "appeal_days", "diff.appeal_days", mechanics->appeal_days);
        state_count(flat, "notice_weeks", "diff.notice_weeks", mechanics->notice_weeks);
}

bool concept_facts(const struct concept *concept, const struct concept *other, enum language language,
                   enum medium medium, struct arena *arena, struct concept_fact **ret, size_t *ret_count)
{
        struct flat flat = {.concept = concept, .other = other, .language = language, .medium = medium,
                            .arena = arena, .levels = {{"", ""}}};
        buffer_init(&flat.list, LIST_BYTES_MAX);
        buffer_init(&flat.raw, TEXT_BYTES_MAX);
        buffer_init(&flat.shown, TEXT_BYTES_MAX);
        buffer_init(&flat.parameters, TEXT_BYTES_MAX);
        flatten_program(&flat);
        for (size_t i = 0; i < concept->goal_count; i++)
                flatten_goal(&flat, &concept->goals[i]);
        flatten_segments(&flat);
        flatten_mechanics(&flat);
        size_t count = flat.list.length / sizeof(struct concept_fact);
        struct concept_fact *facts = arena_keep_list(arena, &flat.list);
        bool done = facts && !flat.failed;
        buffer_release(&flat.list);
        buffer_release(&flat.raw);
        buffer_release(&flat.shown);
        buffer_release(&flat.parameters);
        if (done) {
                *ret = facts;
                *ret_count = count;
        }
        return done;
}
