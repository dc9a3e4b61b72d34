/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulation.c: measures for both versions, lets both decide, and counts who ends where.
 */
#include "program/simulation.h"

#include "base/bits.h"
#include "base/checked.h"
#include "program/joint.h"
#include "program/standing.h"

static const struct criterion margin_12m = {.metric = METRIC_MARGIN, .window = {WINDOW_MONTHS, 12}};

static enum status measure_own_margins(struct simulation *simulation, struct connection *connection,
                                       const struct parallel *parallel, struct arena *arena, struct error *error)
{
        const struct evaluation *changed = &simulation->sides[SIDE_CHANGED];
        struct concept *alone = arena_array(arena, struct concept, 1);
        struct joint joint;
        if (!alone)
                return error_memory(error);
        *alone = *changed->version->concept;
        alone->evaluates = EVALUATES_CUSTOMER;
        const struct joint_question question = {.like = alone, .metrics = &margin_12m, .metric_count = 1,
                                                .cutoff_day = changed->cutoff_day};
        enum status status = joint_measure(&question, changed->snapshot, connection, parallel, arena, &joint, error);
        if (status == STATUS_OK)
                simulation->margin = joint_column(&joint.measures, &margin_12m);
        return status;
}

static enum status measure(struct simulation *simulation, struct connection *connection,
                           const struct parallel *parallel, struct arena *arena, struct error *error)
{
        struct evaluation *against = &simulation->sides[SIDE_AGAINST], *changed = &simulation->sides[SIDE_CHANGED];
        const struct concept *concepts[SIDE_COUNT] = {against->version->concept, changed->version->concept};
        struct joint_question question = {
                .concepts = concepts, .concept_count = SIDE_COUNT, .metrics = &margin_12m, .metric_count = 1,
                .cutoff_day = changed->cutoff_day,
        };
        struct joint joint;
        simulation->measured_once = joint_is_possible(concepts[SIDE_AGAINST], concepts[SIDE_CHANGED]);
        enum status status = STATUS_OK;
        for (size_t i = 0; i < SIDE_COUNT && status == STATUS_OK; i++) {
                struct evaluation *side = &simulation->sides[i];
                if (!simulation->measured_once) {
                        question.concepts = &concepts[i];
                        question.concept_count = 1;
                }
                if (i == 0 || !simulation->measured_once)
                        status = joint_measure(&question, side->snapshot, connection, parallel, arena, &joint, error);
                if (status == STATUS_OK)
                        status = engine_plan_rebind(arena, joint.plan, concepts[i], &side->plan, error);
                if (status == STATUS_OK)
                        side->measures = joint.measures;
        }
        if (status != STATUS_OK)
                return status;
        simulation->margin = joint_column(&changed->measures, &margin_12m);
        if (concepts[SIDE_CHANGED]->evaluates != EVALUATES_CUSTOMER)
                status = measure_own_margins(simulation, connection, parallel, arena, error);
        return status;
}

static enum status decide(struct evaluation *side, struct connection *connection, const struct parallel *parallel,
                          struct arena *arena, struct error *error)
{
        enum status status = standing_load(connection, side->version->program_id, side->cutoff_day,
                                           side->version->concept, snapshot_customer_ids(side->snapshot),
                                           snapshot_customer_count(side->snapshot), side->measures.units, arena,
                                           &side->standings, error);
        if (status == STATUS_OK)
                status = engine_decide(side->plan, &side->measures, side->standings, side->rule, parallel, arena,
                                       &side->decisions, &side->tally, error);
        return status;
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

static enum status sum_segments(const struct evaluation *side, const struct metric_column *margin,
                                struct segment_sums *ret, struct error *error)
{
        int128 total[CONCEPT_SEGMENTS_MAX] = {0};
        *ret = (struct segment_sums){0};
        memcpy(ret->customers, side->tally.segment, sizeof(ret->customers));
        memcpy(ret->revenue_minor, side->tally.revenue_minor, sizeof(ret->revenue_minor));
        for (size_t i = 0; margin && i < side->decisions.customer_count; i++) {
                uint8_t segment = side->decisions.segment[i];
                if (segment == SEGMENT_NONE || !bits_get(margin->known, i))
                        continue;
                total[segment] += margin->value[i];
                ret->margin_known[segment] = true;
        }
        for (size_t s = 0; s < CONCEPT_SEGMENTS_MAX; s++)
                if (!narrow_i64(total[s], &ret->margin_minor[s]))
                        return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        return STATUS_OK;
}

static void map_segments(struct simulation *simulation)
{
        const struct concept *from = simulation->sides[SIDE_AGAINST].version->concept;
        const struct concept *to = simulation->sides[SIDE_CHANGED].version->concept;
        memset(simulation->mapped, SEGMENT_NONE, sizeof(simulation->mapped));
        for (size_t i = 0; i < from->segment_count; i++)
                simulation->mapped[i] = standing_segment(to, from->segments[i].id);
}

static size_t row_of(uint8_t segment) { return segment == SEGMENT_NONE ? MOVEMENT_NONE : segment; }

static enum status count_moves(struct simulation *simulation, struct arena *arena, struct error *error)
{
        const struct decisions *against = &simulation->sides[SIDE_AGAINST].decisions;
        const struct decisions *changed = &simulation->sides[SIDE_CHANGED].decisions;
        size_t count = changed->customer_count;
        map_segments(simulation);
        simulation->moves = arena_array(arena, size_t, count + 1);
        if (!simulation->moves)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                uint8_t from = against->segment[i], to = changed->segment[i];
                if (from == SEGMENT_NONE && to == SEGMENT_NONE)
                        continue;
                simulation->from_against[row_of(from)][row_of(to)]++;
                simulation->from_membership[row_of(changed->before[i])][row_of(to)]++;
                if ((from == SEGMENT_NONE ? SEGMENT_NONE : simulation->mapped[from]) != to)
                        simulation->moves[simulation->move_count++] = i;
                else
                        simulation->other_decision_count += against->decision[i] != changed->decision[i];
        }
        return STATUS_OK;
}

enum status simulation_run(struct simulation *simulation, struct connection *connection,
                           const struct parallel *parallel, struct arena *arena, struct error *error)
{
        enum status status = measure(simulation, connection, parallel, arena, error);
        for (size_t i = 0; i < SIDE_COUNT && status == STATUS_OK; i++)
                status = decide(&simulation->sides[i], connection, parallel, arena, error);
        for (size_t i = 0; i < SIDE_COUNT && status == STATUS_OK; i++)
                status = sum_segments(&simulation->sides[i], simulation->margin, &simulation->sums[i], error);
        if (status == STATUS_OK)
                status = count_moves(simulation, arena, error);
        return status;
}

int simulation_direction(const struct simulation *simulation, size_t customer)
{
        const struct concept *concept = simulation->sides[SIDE_CHANGED].version->concept;
        uint8_t from = simulation->sides[SIDE_AGAINST].decisions.segment[customer];
        uint8_t to = simulation->sides[SIDE_CHANGED].decisions.segment[customer];
        from = from == SEGMENT_NONE ? SEGMENT_NONE : simulation->mapped[from];
        if (from == SEGMENT_NONE || to == SEGMENT_NONE || from == to ||
            concept->segments[from].kind != concept->segments[to].kind)
                return 0;
        return to < from ? 1 : -1;
}
