/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_parse.c: the concept document as a whole. Parameters, goals and mechanics are read before the segments that
 * refer to them, wherever they stand in the file.
 */
#include "program/concept_parse.h"

#include "base/calendar.h"
#include "db/setting.h"
#include "program/concept_read.h"

static const char *const goal_kinds_plain[] = {"revenue", "awareness"};

static void read_program(struct reading *reading, const struct node *node)
{
        struct concept *concept = reading->concept;
        const struct node *values[KEY_COUNT], *value;
        unsigned choice = 0;
        concept->variant = text_of("partner");
        concept->year_starts = (struct month_day){1, 1};
        concept->minor_digits = 2;
        if (!read_map(reading, node, SECTION_PROGRAM, values))
                return;
        if ((value = values[KEY_PROGRAM_id]))
                read_id(reading, value, "id", &concept->program_id);
        if ((value = values[KEY_PROGRAM_name]))
                read_names(reading, value, KEY_PROGRAM_name, &concept->program_name);
        if ((value = values[KEY_PROGRAM_claim]))
                read_names(reading, value, KEY_PROGRAM_claim, &concept->claim);
        if ((value = values[KEY_PROGRAM_variant]) && read_choice(reading, value, KEY_PROGRAM_variant, &choice))
                concept->variant = value->text;
        if ((value = values[KEY_PROGRAM_year_starts]))
                read_month_day(reading, value, KEY_PROGRAM_year_starts, &concept->year_starts);
        if ((value = values[KEY_PROGRAM_evaluates]) && read_choice(reading, value, KEY_PROGRAM_evaluates, &choice))
                concept->evaluates = (enum evaluates)choice;
        if ((value = values[KEY_PROGRAM_currency]) && read_text(reading, value, "currency", &concept->currency)) {
                if (currency_minor_digits(concept->currency, &concept->minor_digits, NULL))
                        READ_ERROR(reading, value, "concept.currency_expected", "value", value->text.data);
        }
}

static void read_parameters(struct reading *reading, const struct node *node)
{
        enum { PARAMETER_DECIMALS = 6 };
        struct concept *concept = reading->concept;
        if (node->kind != NODE_MAP) {
                READ_ERROR(reading, node, "concept.map_expected", "key", "parameters");
                return;
        }
        if (node->count > CONCEPT_PARAMETERS_MAX) {
                char limit[16];
                snprintf(limit, sizeof(limit), "%d", CONCEPT_PARAMETERS_MAX);
                READ_ERROR(reading, node, "concept.too_many_entries", "key", "parameters", "limit", limit);
                return;
        }
        concept->parameters = read_zero(reading, node->count + 1, sizeof(struct parameter));
        if (!concept->parameters)
                return;
        for (const struct node *key = node->first; key; key = key->next->next) {
                struct parameter *parameter = &concept->parameters[concept->parameter_count];
                if (!read_id(reading, key, "parameters", &parameter->name))
                        continue;
                bool doubled = false;
                for (size_t i = 0; i < concept->parameter_count; i++)
                        doubled |= text_equal(concept->parameters[i].name, parameter->name);
                if (doubled)
                        READ_ERROR(reading, key, "concept.doubled_id", "key", "parameters", "value", key->text.data);
                else if (read_number(reading, key->next, key->text.data, PARAMETER_DECIMALS, &parameter->value))
                        concept->parameter_count++;
        }
}

static uint8_t find_segment(const struct concept *concept, struct text id)
{
        for (size_t s = 0; s < concept->segment_count; s++)
                if (text_equal(concept->segments[s].id, id))
                        return (uint8_t)s;
        return SEGMENT_NONE;
}

/* After the segments. Whether the old ones existed is known when the version is released. */
static void read_replaces(struct reading *reading, const struct node *node)
{
        struct concept *concept = reading->concept;
        if (node->kind != NODE_MAP) {
                READ_ERROR(reading, node, "concept.map_expected", "key", "replaces");
                return;
        }
        concept->replacements = read_zero(reading, node->count + 1, sizeof(struct replacement));
        if (!concept->replacements)
                return;
        for (const struct node *key = node->first; key; key = key->next->next) {
                struct replacement *replacement = &concept->replacements[concept->replacement_count];
                struct text segment;
                if (!read_id(reading, key, "replaces", &replacement->old) ||
                    !read_id(reading, key->next, key->text.data, &segment))
                        continue;
                bool doubled = false;
                for (size_t i = 0; i < concept->replacement_count; i++)
                        doubled |= text_equal(concept->replacements[i].old, replacement->old);
                replacement->segment = find_segment(concept, segment);
                if (doubled)
                        READ_ERROR(reading, key, "concept.doubled_id", "key", "replaces", "value", key->text.data);
                else if (find_segment(concept, replacement->old) != SEGMENT_NONE)
                        READ_ERROR(reading, key, "concept.replaces_itself", "segment", key->text.data);
                else if (replacement->segment == SEGMENT_NONE)
                        READ_ERROR(reading, key->next, "concept.replaces_unknown", "segment", key->next->text.data);
                else
                        concept->replacement_count++;
        }
}

static void read_measure(struct reading *reading, const struct node *node, struct goal *goal)
{
        const struct node *values[KEY_COUNT];
        unsigned choice;
        if (!read_map(reading, node, SECTION_MEASURE, values))
                return;
        if (values[KEY_MEASURE_metric])
                goal->has_metric = read_metric(reading, values[KEY_MEASURE_metric], &goal->metric);
        if (values[KEY_MEASURE_aggregate] &&
            read_choice(reading, values[KEY_MEASURE_aggregate], KEY_MEASURE_aggregate, &choice))
                goal->aggregate = values[KEY_MEASURE_aggregate]->text;
}

static void read_goal(struct reading *reading, const struct node *node, struct goal *goal)
{
        enum { GOAL_DECIMALS = 6 };
        const struct node *values[KEY_COUNT], *value;
        unsigned choice;
        goal->due_day = DAY_NONE;
        if (!read_map(reading, node, SECTION_GOAL, values))
                return;
        if ((value = values[KEY_GOAL_id]))
                read_id(reading, value, "id", &goal->id);
        if ((value = values[KEY_GOAL_segment]))
                read_id(reading, value, "segment", &goal->segment);
        if ((value = values[KEY_GOAL_kind]) && read_choice(reading, value, KEY_GOAL_kind, &choice))
                goal->kind = value->text;
        if ((value = values[KEY_GOAL_name]))
                read_names(reading, value, KEY_GOAL_name, &goal->name);
        if ((value = values[KEY_GOAL_metric]))
                read_measure(reading, value, goal);
        if ((value = values[KEY_GOAL_baseline]))
                goal->has_baseline = read_number(reading, value, "baseline", GOAL_DECIMALS, &goal->baseline);
        if ((value = values[KEY_GOAL_target]))
                goal->has_target = read_number(reading, value, "target", GOAL_DECIMALS, &goal->target);
        if ((value = values[KEY_GOAL_due]))
                read_day(reading, value, KEY_GOAL_due, &goal->due_day);
        if ((value = values[KEY_GOAL_owner]))
                read_text(reading, value, "owner", &goal->owner);
}

static void read_goals(struct reading *reading, const struct node *list)
{
        struct concept *concept = reading->concept;
        if (!read_list(reading, list, KEY_DOCUMENT_goals, 0, CONCEPT_GOALS_MAX))
                return;
        concept->goals = read_zero(reading, list->count + 1, sizeof(struct goal));
        if (!concept->goals)
                return;
        for (const struct node *item = list->first; item; item = item->next) {
                struct goal *goal = &concept->goals[concept->goal_count];
                read_goal(reading, item, goal);
                for (size_t i = 0; goal->id.length && i < concept->goal_count; i++)
                        if (text_equal(concept->goals[i].id, goal->id))
                                READ_ERROR(reading, item, "concept.doubled_id", "key", "goals", "value",
                                           goal->id.data);
                concept->goal_count++;
        }
}

/* Goals name segments, which are read after them; and more than revenue should be aimed at. */
static void check_goals(struct reading *reading, const struct node *list)
{
        const struct concept *concept = reading->concept;
        bool beyond = false, any = false;
        size_t g = 0;
        for (const struct node *item = list->first; item && g < concept->goal_count; item = item->next, g++) {
                const struct goal *goal = &concept->goals[g];
                bool found = goal->segment.length == 0, plain = false;
                for (size_t i = 0; i < concept->segment_count; i++)
                        found |= text_equal(concept->segments[i].id, goal->segment);
                if (!found)
                        READ_ERROR(reading, item, "concept.goal_segment", "value", goal->segment.data, "goal",
                                   goal->id.length ? goal->id.data : "?");
                for (size_t i = 0; i < sizeof(goal_kinds_plain) / sizeof(goal_kinds_plain[0]); i++)
                        plain |= text_is(goal->kind, goal_kinds_plain[i]);
                any |= goal->kind.length > 0;
                beyond |= goal->kind.length > 0 && !plain;
        }
        if (any && !beyond)
                READ_WARNING(reading, list, "concept.goals_plain", "key", "goals");
}

static void read_document(struct reading *reading, const struct node *root)
{
        const struct node *values[KEY_COUNT];
        unsigned format = 0;
        if (!read_map(reading, root, SECTION_DOCUMENT, values))
                return;
        if (values[KEY_DOCUMENT_format])
                read_whole(reading, values[KEY_DOCUMENT_format], KEY_DOCUMENT_format, 1, 1, &format);
        if (values[KEY_DOCUMENT_program])
                read_program(reading, values[KEY_DOCUMENT_program]);
        if (values[KEY_DOCUMENT_parameters])
                read_parameters(reading, values[KEY_DOCUMENT_parameters]);
        if (values[KEY_DOCUMENT_goals])
                read_goals(reading, values[KEY_DOCUMENT_goals]);
        read_mechanics(reading, values[KEY_DOCUMENT_mechanics]);
        if (values[KEY_DOCUMENT_segments])
                read_segments(reading, values[KEY_DOCUMENT_segments]);
        if (values[KEY_DOCUMENT_replaces])
                read_replaces(reading, values[KEY_DOCUMENT_replaces]);
        if (values[KEY_DOCUMENT_goals] && values[KEY_DOCUMENT_goals]->kind == NODE_LIST)
                check_goals(reading, values[KEY_DOCUMENT_goals]);
}

static const struct error *first_error(const struct problem_list *problems)
{
        for (size_t i = 0; i < problems->count; i++)
                if (!problems->items[i].warning)
                        return &problems->items[i].error;
        return NULL;
}

enum status concept_parse(struct arena *arena, struct text content, const struct concept **ret,
                          struct problem_list *ret_problems, struct error *error)
{
        const struct node *root = NULL;
        struct concept *concept = arena_array(arena, struct concept, 1);
        problems_init(ret_problems, arena);
        if (!concept)
                return error_memory(error);
        enum status status = yaml_tree(arena, content, ret_problems, &root, error);
        if (status)
                return status;
        struct reading reading = {.arena = arena, .problems = ret_problems, .concept = concept};
        if (root)
                read_document(&reading, root);
        if (reading.no_memory || ret_problems->failed)
                return error_memory(error);
        problems_sort(ret_problems);
        const struct error *first = first_error(ret_problems);
        if (first) {
                *error = *first;
                return STATUS_INVALID;
        }
        *ret = concept;
        return STATUS_OK;
}
