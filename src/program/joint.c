/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * joint.c: makes one concept of several: a single segment whose attention notes are all their criteria, with the union
 * of their size classes. Its plan has every column any of them needs.
 */
#include "program/joint.h"

bool joint_is_possible(const struct concept *a, const struct concept *b)
{
        return a->minor_digits == b->minor_digits && a->evaluates == b->evaluates &&
               a->year_starts.month == b->year_starts.month && a->year_starts.day == b->year_starts.day;
}

static size_t count_criteria(const struct concept *concept)
{
        size_t count = 0;
        for (size_t s = 0; s < concept->segment_count; s++) {
                count += concept->segments[s].expects_count;
                for (size_t p = 0; p < concept->segments[s].path_count; p++)
                        count += concept->segments[s].paths[p].all_count + concept->segments[s].paths[p].some_count;
        }
        return count;
}

static void add_criteria(struct segment *all, const struct criterion *criteria, size_t count)
{
        if (count)
                memcpy(all->expects + all->expects_count, criteria, count * sizeof(*criteria));
        all->expects_count += count;
}

static void add_concept(struct segment *all, const struct concept *concept)
{
        for (size_t s = 0; s < concept->segment_count; s++) {
                const struct segment *segment = &concept->segments[s];
                add_criteria(all, segment->expects, segment->expects_count);
                for (size_t p = 0; p < segment->path_count; p++) {
                        add_criteria(all, segment->paths[p].all, segment->paths[p].all_count);
                        add_criteria(all, segment->paths[p].some, segment->paths[p].some_count);
                }
        }
}

static void add_size_classes(struct mechanics *mechanics, const struct mechanics *from)
{
        for (size_t i = 0; i < from->size_class_count; i++) {
                size_t j = 0;
                while (j < mechanics->size_class_count &&
                       !text_equal(mechanics->size_factors[j].code, from->size_factors[i].code))
                        j++;
                if (j == mechanics->size_class_count)
                        mechanics->size_factors[mechanics->size_class_count++] = from->size_factors[i];
        }
}

static struct concept *join(const struct joint_question *question, struct arena *arena)
{
        size_t criteria = question->metric_count + 1, classes = 1;
        for (size_t i = 0; i < question->concept_count; i++) {
                criteria += count_criteria(question->concepts[i]);
                classes += question->concepts[i]->mechanics.size_class_count;
        }
        struct concept *concept = arena_array(arena, struct concept, 1);
        struct segment *all = arena_array(arena, struct segment, 1);
        if (!concept || !all)
                return NULL;
        *concept = question->concept_count ? *question->concepts[0] : *question->like;
        concept->segment_count = 1;
        concept->segments = all;
        concept->mechanics = (struct mechanics){0};
        concept->mechanics.size_factors = arena_zero(arena, classes, sizeof(*concept->mechanics.size_factors));
        *all = (struct segment){.id = text_of("all"), .kind = KIND_CUSTOMER, .rest = true};
        all->expects = arena_array(arena, struct criterion, criteria);
        if (!all->expects || !concept->mechanics.size_factors)
                return NULL;
        for (size_t i = 0; i < question->concept_count; i++) {
                const struct mechanics *from = &question->concepts[i]->mechanics;
                add_concept(all, question->concepts[i]);
                add_size_classes(&concept->mechanics, from);
                concept->mechanics.classify_after |= from->classify_after;
                concept->mechanics.classify_has_orders |= from->classify_after && from->classify_has_orders;
                concept->mechanics.classify_has_revenue |= from->classify_after && from->classify_has_revenue;
        }
        add_criteria(all, question->metrics, question->metric_count);
        return concept;
}

enum status joint_measure(const struct joint_question *question, struct snapshot *snapshot,
                          struct connection *connection, const struct parallel *parallel, struct arena *arena,
                          struct joint *ret, struct error *error)
{
        struct joint joint = {.concept = join(question, arena)};
        if (!joint.concept)
                return error_memory(error);
        enum status status = engine_plan_new(arena, joint.concept, question->cutoff_day, &joint.plan, error);
        if (status == STATUS_OK)
                status = snapshot_input(snapshot, connection, joint.concept, question->cutoff_day, arena, &joint.input,
                                        error);
        if (status == STATUS_OK)
                status = engine_measure(joint.plan, &joint.input, parallel, arena, &joint.measures, error);
        if (status == STATUS_OK)
                *ret = joint;
        return status;
}

enum status joint_measure_of(const struct joint_question *question, const struct engine_input *input,
                             struct arena *arena, struct joint *ret, struct error *error)
{
        struct joint joint = {.concept = join(question, arena), .input = *input};
        if (!joint.concept)
                return error_memory(error);
        enum status status = engine_plan_new(arena, joint.concept, question->cutoff_day, &joint.plan, error);
        if (status == STATUS_OK)
                status = engine_measure(joint.plan, &joint.input, NULL, arena, &joint.measures, error);
        if (status == STATUS_OK)
                *ret = joint;
        return status;
}

const struct metric_column *joint_column(const struct measures *measures, const struct criterion *wanted)
{
        const struct metric_info *info = &metric_infos[wanted->metric];
        struct text of = info->of_allowed ? wanted->of : (struct text){NULL, 0};
        struct window window = info->window ? wanted->window : (struct window){WINDOW_NONE, 0};
        for (size_t i = 0; i < measures->column_count; i++) {
                const struct metric_column *column = &measures->columns[i];
                if (column->metric == wanted->metric && text_equal(column->of, of) &&
                    column->window.kind == window.kind && column->window.count == window.count)
                        return column;
        }
        return NULL;
}
