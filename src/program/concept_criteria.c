/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_criteria.c: the criteria of a concept: what each metric needs, thresholds with their parameters, keep
 * thresholds that must be the easier ones.
 */
#include "program/concept_read.h"

enum { MONEY_DECIMALS = 2, NUMBER_DECIMALS = 6 };

static const enum concept_key comparator_keys[COMPARE_COUNT] = {
        [COMPARE_AT_LEAST] = KEY_CRITERION_at_least, [COMPARE_AT_MOST] = KEY_CRITERION_at_most,
        [COMPARE_MORE_THAN] = KEY_CRITERION_more_than, [COMPARE_LESS_THAN] = KEY_CRITERION_less_than,
        [COMPARE_EQUALS] = KEY_CRITERION_equals, [COMPARE_IN] = KEY_CRITERION_in,
        [COMPARE_CONTAINS] = KEY_CRITERION_contains, [COMPARE_BETWEEN] = KEY_CRITERION_between,
};

static const struct parameter *find_parameter(const struct reading *reading, struct text name)
{
        for (size_t i = 0; i < reading->concept->parameter_count; i++)
                if (text_equal(reading->concept->parameters[i].name, name))
                        return &reading->concept->parameters[i];
        return NULL;
}

static unsigned decimals_of(enum metric metric)
{
        return metric_infos[metric].unit == UNIT_MONEY ? MONEY_DECIMALS : NUMBER_DECIMALS;
}

/* A parameter's value must fit the metric as well as a number written there. */
static bool take_parameter(struct reading *reading, const struct node *node, const char *key, unsigned decimals,
                           const struct parameter *parameter, struct operand *ret)
{
        if (parameter->value.scale > decimals) {
                char places[16];
                snprintf(places, sizeof(places), "%u", decimals);
                READ_ERROR(reading, node, "concept.too_precise", "key", key, "value", node->text.data, "decimals",
                           places);
                return false;
        }
        *ret = (struct operand){.kind = OPERAND_NUMBER, .number = parameter->value, .parameter = parameter->name};
        return true;
}

/* What a metric can be compared with: a number or a parameter's name; attributes also texts, true and false. */
static bool read_operand(struct reading *reading, const struct node *node, enum concept_key which, enum metric metric,
                         bool number_only, struct operand *ret)
{
        const char *key = key_infos[which].key;
        if (node->kind != NODE_SCALAR) {
                READ_ERROR(reading, node, "concept.threshold_expected", "key", key);
                return false;
        }
        const struct parameter *parameter = find_parameter(reading, node->text);
        if (parameter)
                return take_parameter(reading, node, key, decimals_of(metric), parameter, ret);
        bool free_value = metric == METRIC_ATTRIBUTE && !number_only;
        if (free_value && !node_is_number(node)) {
                bool truth = node->plain && (text_is(node->text, "true") || text_is(node->text, "false"));
                *ret = (struct operand){.kind = truth ? OPERAND_BOOL : OPERAND_TEXT, .text = node->text,
                                        .boolean = truth && text_is(node->text, "true")};
                return truth || read_text(reading, node, key, &ret->text);
        }
        if (node->plain && !node_is_number(node)) {
                READ_ERROR(reading, node, "concept.no_parameter", "key", key, "value", node->text.data);
                return false;
        }
        *ret = (struct operand){.kind = OPERAND_NUMBER};
        return read_number(reading, node, key, decimals_of(metric), &ret->number);
}

static bool read_operands(struct reading *reading, const struct node *list, enum concept_key which,
                          struct criterion *criterion)
{
        bool between = criterion->comparator == COMPARE_BETWEEN;
        if (!read_list(reading, list, which, between ? 2 : 1, between ? 2 : CONCEPT_IN_MAX))
                return false;
        criterion->operands = read_zero(reading, list->count, sizeof(struct operand));
        if (!criterion->operands)
                return false;
        bool read = true;
        for (const struct node *item = list->first; item; item = item->next)
                read &= read_operand(reading, item, which, criterion->metric, between,
                                     &criterion->operands[criterion->operand_count++]);
        if (read && between &&
            decimal_compare(criterion->operands[0].number, criterion->operands[1].number) > 0) {
                READ_ERROR(reading, list, "concept.between_order", "key", "between");
                return false;
        }
        return read;
}

static bool stands_before(const struct node *a, const struct node *b)
{
        return a->line < b->line || (a->line == b->line && a->column < b->column);
}

/* Exactly one comparator, fitting the metric. */
static bool read_comparator(struct reading *reading, const struct node *node, const struct node *const *values,
                            struct criterion *criterion)
{
        int found = -1, second = -1;
        for (int i = 0; i < COMPARE_COUNT; i++) {
                if (!values[comparator_keys[i]])
                        continue;
                /* In the order of the document, so that the later one is blamed. */
                bool before = found >= 0 && stands_before(values[comparator_keys[i]], values[comparator_keys[found]]);
                second = before ? found : found >= 0 ? i : second;
                found = before || found < 0 ? i : found;
        }
        if (second >= 0) {
                READ_ERROR(reading, values[comparator_keys[second]], "concept.two_comparators", "key",
                           comparator_names[second], "first", comparator_names[found]);
                return false;
        }
        if (found < 0) {
                READ_ERROR(reading, node, "concept.no_comparator", "allowed",
                           "at_least, at_most, more_than, less_than, equals, in, contains, between");
                return false;
        }
        enum concept_key key = comparator_keys[found];
        criterion->comparator = (enum comparator)found;
        if (found == COMPARE_IN || found == COMPARE_BETWEEN)
                return read_operands(reading, values[key], key, criterion);
        criterion->operands = read_zero(reading, 1, sizeof(struct operand));
        if (!criterion->operands)
                return false;
        criterion->operand_count = 1;
        if (found == COMPARE_CONTAINS) {
                if (criterion->metric != METRIC_ATTRIBUTE) {
                        READ_ERROR(reading, values[key], "concept.contains_text_only", "key", "contains");
                        return false;
                }
                criterion->operands[0].kind = OPERAND_TEXT;
                return read_text(reading, values[key], "contains", &criterion->operands[0].text);
        }
        return read_operand(reading, values[key], key, criterion->metric, found != COMPARE_EQUALS,
                            &criterion->operands[0]);
}

static void read_keep(struct reading *reading, const struct node *node, struct criterion *criterion, bool comparable)
{
        enum comparator comparator = criterion->comparator;
        bool rising = comparator == COMPARE_AT_LEAST || comparator == COMPARE_MORE_THAN;
        if (!rising && comparator != COMPARE_AT_MOST && comparator != COMPARE_LESS_THAN) {
                READ_ERROR(reading, node, "concept.keep_comparator", "key", "keep");
                return;
        }
        if (!read_operand(reading, node, KEY_CRITERION_keep, criterion->metric, true, &criterion->keep) || !comparable)
                return;
        int order = decimal_compare(criterion->keep.number, criterion->operands[0].number);
        if (order == 0)
                READ_WARNING(reading, node, "concept.keep_same", "key", "keep");
        else if ((order > 0) == rising)
                READ_ERROR(reading, node, "concept.keep_harder", "key", "keep", "comparator",
                           comparator_names[comparator]);
        criterion->has_keep = true;
}

static void read_scale(struct reading *reading, const struct node *list, struct criterion *criterion)
{
        if (!read_list(reading, list, KEY_CRITERION_scale, 0, 2))
                return;
        for (const struct node *item = list->first; item; item = item->next) {
                unsigned choice;
                if (!read_choice(reading, item, KEY_CRITERION_scale, &choice))
                        continue;
                uint8_t bit = choice == 0 ? SCALE_SIZE : SCALE_NEWCOMER;
                if (criterion->scale & bit)
                        READ_ERROR(reading, item, "concept.doubled_item", "value", item->text.data, "key", "scale");
                criterion->scale |= bit;
                const struct mechanics *mechanics = &reading->concept->mechanics;
                if (bit == SCALE_SIZE && mechanics->size_class_count == 0)
                        READ_WARNING(reading, item, "concept.scale_without_rule", "value", "size", "rule",
                                     "mechanics.size_factors");
                if (bit == SCALE_NEWCOMER && mechanics->newcomer_months == 0)
                        READ_WARNING(reading, item, "concept.scale_without_rule", "value", "newcomer", "rule",
                                     "mechanics.newcomer");
        }
        for (size_t i = 0; criterion->scale && i < criterion->operand_count; i++)
                if (criterion->operands[i].kind != OPERAND_NUMBER) {
                        READ_ERROR(reading, list, "concept.scale_no_number", "key", "scale");
                        return;
                }
}

static void read_goal_of(struct reading *reading, const struct node *node, const struct node *value,
                         struct criterion *criterion)
{
        if (!value) {
                if (reading->criteria_decide)
                        READ_WARNING(reading, node, "concept.no_goal", "metric", metric_infos[criterion->metric].name);
                return;
        }
        if (!read_id(reading, value, "goal", &criterion->goal))
                return;
        for (size_t i = 0; i < reading->concept->goal_count; i++)
                if (text_equal(reading->concept->goals[i].id, criterion->goal))
                        return;
        READ_ERROR(reading, value, "concept.goal_unknown", "value", value->text.data);
}

static void read_of(struct reading *reading, const struct node *node, const struct node *value,
                    const struct metric_info *info, struct criterion *criterion)
{
        if (!value && info->of_required)
                READ_ERROR(reading, node, "concept.of_missing", "metric", info->name);
        else if (value && !info->of_allowed)
                READ_ERROR(reading, value, "concept.of_not_allowed", "metric", info->name);
        else if (value)
                read_text(reading, value, "of", &criterion->of);
}

static void read_window_of(struct reading *reading, const struct node *node, const struct node *value,
                           const struct metric_info *info, struct criterion *criterion)
{
        if (!value && info->window) {
                READ_ERROR(reading, node, "concept.window_missing", "metric", info->name);
        } else if (value && !info->window) {
                READ_ERROR(reading, value, "concept.window_not_allowed", "metric", info->name);
        } else if (value && read_window(reading, value, &criterion->window)) {
                enum window_kind kind = criterion->window.kind;
                if (criterion->metric == METRIC_REVENUE_GROWTH &&
                    (kind == WINDOW_SINCE_JOINED || kind == WINDOW_ALL))
                        READ_ERROR(reading, value, "concept.growth_window", "value", value->text.data);
        }
}

void read_criterion(struct reading *reading, const struct node *node, struct criterion *criterion)
{
        const struct node *values[KEY_COUNT];
        criterion->line = node->line;
        criterion->column = node->column;
        if (!read_map(reading, node, SECTION_CRITERION, values))
                return;
        if (!values[KEY_CRITERION_metric] ||
            !read_metric(reading, values[KEY_CRITERION_metric], &criterion->metric)) {
                /* The rest depends on the metric, but not this. */
                if (values[KEY_CRITERION_goal])
                        read_goal_of(reading, node, values[KEY_CRITERION_goal], criterion);
                return;
        }
        const struct metric_info *info = &metric_infos[criterion->metric];
        read_of(reading, node, values[KEY_CRITERION_of], info, criterion);
        read_window_of(reading, node, values[KEY_CRITERION_window], info, criterion);
        bool comparable = read_comparator(reading, node, values, criterion);
        if (values[KEY_CRITERION_keep])
                read_keep(reading, values[KEY_CRITERION_keep], criterion, comparable);
        if (values[KEY_CRITERION_scale])
                read_scale(reading, values[KEY_CRITERION_scale], criterion);
        unsigned lenient = 0;
        if (values[KEY_CRITERION_unknown] &&
            read_choice(reading, values[KEY_CRITERION_unknown], KEY_CRITERION_unknown, &lenient))
                criterion->unknown_is_met = lenient == 1;
        if (values[KEY_CRITERION_measured])
                read_bool(reading, values[KEY_CRITERION_measured], KEY_CRITERION_measured, &criterion->measured_only);
        read_goal_of(reading, node, values[KEY_CRITERION_goal], criterion);
}
