/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_mechanics.c: the mechanics of a concept: evaluations and their moves, grace, steps, factors, limits.
 */
#include "program/concept_read.h"

#include "engine/rational.h"

enum { MONTHS_MAX = 120, STEPS_MAX = CONCEPT_SEGMENTS_MAX, DAYS_MAX = 365, WEEKS_MAX = 104, ORDERS_MAX = 1000000 };

static uint8_t read_moves(struct reading *reading, const struct node *list)
{
        static const uint8_t bits[] = {MOVE_UP, MOVE_DOWN, MOVE_GRACE};
        uint8_t moves = 0;
        if (!read_list(reading, list, KEY_EVALUATION_moves, 0, sizeof(bits)))
                return 0;
        for (const struct node *item = list->first; item; item = item->next) {
                unsigned choice;
                if (!read_choice(reading, item, KEY_EVALUATION_moves, &choice))
                        continue;
                if (moves & bits[choice])
                        READ_ERROR(reading, item, "concept.doubled_item", "value", item->text.data, "key", "moves");
                moves |= bits[choice];
        }
        return moves;
}

static void read_evaluation(struct reading *reading, const struct node *node, struct evaluation_rule *rule)
{
        const struct node *values[KEY_COUNT];
        if (!read_map(reading, node, SECTION_EVALUATION, values))
                return;
        if (values[KEY_EVALUATION_id])
                read_id(reading, values[KEY_EVALUATION_id], "id", &rule->id);
        if (values[KEY_EVALUATION_cutoff])
                read_month_day(reading, values[KEY_EVALUATION_cutoff], KEY_EVALUATION_cutoff, &rule->cutoff);
        if (values[KEY_EVALUATION_effective])
                read_month_day(reading, values[KEY_EVALUATION_effective], KEY_EVALUATION_effective, &rule->effective);
        rule->moves = values[KEY_EVALUATION_moves] ? read_moves(reading, values[KEY_EVALUATION_moves])
                                                   : MOVE_UP | MOVE_DOWN;
}

static void read_evaluations(struct reading *reading, const struct node *list)
{
        struct mechanics *mechanics = &reading->concept->mechanics;
        if (!read_list(reading, list, KEY_MECHANICS_evaluations, 1, CONCEPT_EVALUATIONS_MAX))
                return;
        mechanics->evaluations = read_zero(reading, list->count, sizeof(struct evaluation_rule));
        if (!mechanics->evaluations)
                return;
        for (const struct node *item = list->first; item; item = item->next) {
                struct evaluation_rule *rule = &mechanics->evaluations[mechanics->evaluation_count];
                read_evaluation(reading, item, rule);
                for (size_t i = 0; rule->id.length && i < mechanics->evaluation_count; i++)
                        if (text_equal(mechanics->evaluations[i].id, rule->id))
                                READ_ERROR(reading, item, "concept.doubled_id", "key", "evaluations", "value",
                                           rule->id.data);
                mechanics->evaluation_count++;
        }
}

/* none, next_evaluation, {ends: ...} or {months: n}. */
static void read_grace(struct reading *reading, const struct node *node)
{
        static const enum grace_kind kinds[] = {GRACE_NEXT_EVALUATION, GRACE_NONE};
        struct mechanics *mechanics = &reading->concept->mechanics;
        const struct node *values[KEY_COUNT];
        unsigned choice = 0;
        if (node->kind == NODE_SCALAR) {
                if (read_choice(reading, node, KEY_GRACE_ends, &choice))
                        mechanics->grace = kinds[choice];
                return;
        }
        if (!read_map(reading, node, SECTION_GRACE, values))
                return;
        if (values[KEY_GRACE_months]) {
                if (values[KEY_GRACE_ends])
                        READ_ERROR(reading, values[KEY_GRACE_months], "concept.grace_both", "key", "grace");
                else if (read_whole(reading, values[KEY_GRACE_months], KEY_GRACE_months, 1, MONTHS_MAX,
                                    &mechanics->grace_months))
                        mechanics->grace = GRACE_MONTHS;
        } else if (values[KEY_GRACE_ends]) {
                if (values[KEY_GRACE_ends]->kind == NODE_MAP)
                        read_grace(reading, values[KEY_GRACE_ends]);
                else if (read_choice(reading, values[KEY_GRACE_ends], KEY_GRACE_ends, &choice))
                        mechanics->grace = kinds[choice];
        }
}

static void read_steps(struct reading *reading, const struct node *node, enum concept_section section,
                       enum concept_key key, unsigned *ret)
{
        const struct node *values[KEY_COUNT];
        if (node && read_map(reading, node, section, values) && values[key])
                read_whole(reading, values[key], key, 1, STEPS_MAX, ret);
}

static void read_size_factors(struct reading *reading, const struct node *node)
{
        struct mechanics *mechanics = &reading->concept->mechanics;
        char limit[16];
        if (node->kind != NODE_MAP) {
                READ_ERROR(reading, node, "concept.map_expected", "key", "size_factors");
                return;
        }
        if (node->count > CONCEPT_SIZE_CLASSES_MAX) {
                snprintf(limit, sizeof(limit), "%d", CONCEPT_SIZE_CLASSES_MAX);
                READ_ERROR(reading, node, "concept.too_many_entries", "key", "size_factors", "limit", limit);
                return;
        }
        mechanics->size_factors = read_zero(reading, node->count + 1, sizeof(struct size_factor));
        if (!mechanics->size_factors)
                return;
        for (const struct node *key = node->first; key; key = key->next->next) {
                struct size_factor *factor = &mechanics->size_factors[mechanics->size_class_count];
                if (!read_text(reading, key, "size_factors", &factor->code))
                        continue;
                bool doubled = false;
                for (size_t i = 0; i < mechanics->size_class_count; i++)
                        doubled |= text_equal(mechanics->size_factors[i].code, factor->code);
                if (doubled)
                        READ_ERROR(reading, key, "concept.doubled_id", "key", "size_factors", "value", key->text.data);
                else if (read_factor(reading, key->next, "size_factors", &factor->factor))
                        mechanics->size_class_count++;
        }
}

static void read_newcomer(struct reading *reading, const struct node *node)
{
        struct mechanics *mechanics = &reading->concept->mechanics;
        const struct node *values[KEY_COUNT];
        if (!read_map(reading, node, SECTION_NEWCOMER, values))
                return;
        if (values[KEY_NEWCOMER_months])
                read_whole(reading, values[KEY_NEWCOMER_months], KEY_NEWCOMER_months, 1, MONTHS_MAX,
                           &mechanics->newcomer_months);
        if (values[KEY_NEWCOMER_pro_rata])
                read_bool(reading, values[KEY_NEWCOMER_pro_rata], KEY_NEWCOMER_pro_rata, &mechanics->newcomer_pro_rata);
        const struct node *list = values[KEY_NEWCOMER_factors];
        if (!list || !read_list(reading, list, KEY_NEWCOMER_factors, 1, CONCEPT_NEWCOMER_FACTORS_MAX))
                return;
        mechanics->newcomer_factors = read_zero(reading, list->count, sizeof(struct fraction));
        if (!mechanics->newcomer_factors)
                return;
        for (const struct node *item = list->first; item; item = item->next) {
                struct fraction *factor = &mechanics->newcomer_factors[mechanics->newcomer_factor_count];
                mechanics->newcomer_factor_count += read_factor(reading, item, "factors", factor);
        }
}

static void read_classify(struct reading *reading, const struct node *node)
{
        struct mechanics *mechanics = &reading->concept->mechanics;
        const struct node *values[KEY_COUNT];
        unsigned orders = 0, minor_digits = reading->concept->minor_digits;
        struct decimal revenue;
        if (!read_map(reading, node, SECTION_CLASSIFY, values))
                return;
        mechanics->classify_after = true;
        if (!values[KEY_CLASSIFY_orders] && !values[KEY_CLASSIFY_revenue])
                READ_ERROR(reading, node, "concept.classify_empty", "key", "classify_after");
        if (values[KEY_CLASSIFY_orders] &&
            read_whole(reading, values[KEY_CLASSIFY_orders], KEY_CLASSIFY_orders, 1, ORDERS_MAX, &orders)) {
                mechanics->classify_has_orders = true;
                mechanics->classify_orders = orders;
        }
        if (values[KEY_CLASSIFY_revenue] &&
            read_number(reading, values[KEY_CLASSIFY_revenue], "revenue", minor_digits < 2 ? minor_digits : 2,
                        &revenue)) {
                mechanics->classify_has_revenue = true;
                mechanics->classify_revenue_minor = revenue.units * power_of_ten(minor_digits - revenue.scale);
        }
}

static void read_override(struct reading *reading, const struct node *node)
{
        struct mechanics *mechanics = &reading->concept->mechanics;
        const struct node *values[KEY_COUNT];
        if (!read_map(reading, node, SECTION_OVERRIDE, values))
                return;
        if (values[KEY_OVERRIDE_max_months])
                read_whole(reading, values[KEY_OVERRIDE_max_months], KEY_OVERRIDE_max_months, 1, MONTHS_MAX,
                           &mechanics->override_max_months);
        if (values[KEY_OVERRIDE_max_share] &&
            read_factor(reading, values[KEY_OVERRIDE_max_share], "max_share", &mechanics->override_max_share) &&
            mechanics->override_max_share.numerator > mechanics->override_max_share.denominator)
                READ_ERROR(reading, values[KEY_OVERRIDE_max_share], "concept.share_above_one", "key", "max_share");
}

static void set_defaults(struct mechanics *mechanics)
{
        mechanics->grace = GRACE_NEXT_EVALUATION;
        mechanics->demotion_max_steps = 1;
        mechanics->promotion_max_steps = STEPS_MAX;
        mechanics->override_max_months = 12;
        mechanics->override_max_share = (struct fraction){1, 20};
        mechanics->appeal_days = 14;
        mechanics->notice_weeks = 8;
}

void read_mechanics(struct reading *reading, const struct node *node)
{
        struct mechanics *mechanics = &reading->concept->mechanics;
        const struct node *values[KEY_COUNT];
        set_defaults(mechanics);
        if (!node || !read_map(reading, node, SECTION_MECHANICS, values))
                return;
        if (values[KEY_MECHANICS_evaluations])
                read_evaluations(reading, values[KEY_MECHANICS_evaluations]);
        if (values[KEY_MECHANICS_grace])
                read_grace(reading, values[KEY_MECHANICS_grace]);
        read_steps(reading, values[KEY_MECHANICS_demotion], SECTION_DEMOTION, KEY_DEMOTION_max_steps,
                   &mechanics->demotion_max_steps);
        read_steps(reading, values[KEY_MECHANICS_promotion], SECTION_PROMOTION, KEY_PROMOTION_max_steps,
                   &mechanics->promotion_max_steps);
        if (values[KEY_MECHANICS_size_factors])
                read_size_factors(reading, values[KEY_MECHANICS_size_factors]);
        if (values[KEY_MECHANICS_newcomer])
                read_newcomer(reading, values[KEY_MECHANICS_newcomer]);
        if (values[KEY_MECHANICS_classify_after])
                read_classify(reading, values[KEY_MECHANICS_classify_after]);
        if (values[KEY_MECHANICS_override])
                read_override(reading, values[KEY_MECHANICS_override]);
        if (values[KEY_MECHANICS_appeal_days])
                read_whole(reading, values[KEY_MECHANICS_appeal_days], KEY_MECHANICS_appeal_days, 0, DAYS_MAX,
                           &mechanics->appeal_days);
        if (values[KEY_MECHANICS_notice_weeks])
                read_whole(reading, values[KEY_MECHANICS_notice_weeks], KEY_MECHANICS_notice_weeks, 0, WEEKS_MAX,
                           &mechanics->notice_weeks);
}
