/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_sides.c: restores stored runs and conducts the engine on them again.
 */
#include "program/run_sides.h"

#include "base/bits.h"
#include "program/evaluation.h"
#include "program/standing.h"
#include "queries.h"

static enum status damaged(const struct run_summary *run, struct error *error)
{
        char number[16];
        snprintf(number, sizeof(number), "%d", run->number);
        return error_set(error, STATUS_CORRUPT, "run.damaged", "run", number, NULL);
}

/* ---- as stored --------------------------------------------------------------------------------------------------- */

struct stored {
        const struct run_summary *run;
        struct arena *arena;
        size_t count;
        int64_t *customer_ids;
        struct bytes *packed;
        struct standing *standings;
        bool standings_missing;       /* the run is older than what runs store of standings */
};

static enum status take_values(struct stored *stored, const struct concept *concept, size_t index,
                               const struct q_run_values_row *row, struct error *error)
{
        const char *copy = arena_copy(stored->arena, (const char *)row->metric_values.data, row->metric_values.length);
        if (!copy)
                return error_memory(error);
        stored->customer_ids[index] = row->customer_id;
        stored->packed[index] = (struct bytes){(const uint8_t *)copy, row->metric_values.length};
        stored->standings_missing |= !row->has_standing;
        if (row->has_standing && !standing_unpack(row->standing, concept, &stored->standings[index]))
                return damaged(stored->run, error);
        return STATUS_OK;
}

static enum status load_values(struct connection *connection, struct stored *stored, const struct concept *concept,
                               struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_run_values_args args = {stored->run->id};
        size_t count = 0;
        stored->customer_ids = arena_array(stored->arena, int64_t, stored->count + 1);
        stored->packed = arena_array(stored->arena, struct bytes, stored->count + 1);
        stored->standings = arena_array(stored->arena, struct standing, stored->count + 1);
        if (!stored->customer_ids || !stored->packed || !stored->standings)
                return error_memory(error);
        enum status status = q_run_values_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_run_values_row row;
                bool more;
                status = q_run_values_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                status = count < stored->count ? take_values(stored, concept, count++, &row, error)
                                               : damaged(stored->run, error);
        }
        if (status == STATUS_OK && count != stored->count)
                status = damaged(stored->run, error);
        return status;
}

static bool find_segment(const struct concept *concept, struct text id, uint8_t *ret)
{
        *ret = SEGMENT_NONE;
        if (!id.data)
                return true;
        for (size_t s = 0; s < concept->segment_count; s++)
                if (text_equal(concept->segments[s].id, id))
                        *ret = (uint8_t)s;
        return *ret != SEGMENT_NONE;
}

static bool decisions_new(size_t count, struct arena *arena, struct decisions *ret)
{
        *ret = (struct decisions){
                .customer_count = count,
                .before = arena_array(arena, uint8_t, count + 1),
                .qualified = arena_array(arena, uint8_t, count + 1),
                .segment = arena_array(arena, uint8_t, count + 1),
                .decision = arena_array(arena, uint8_t, count + 1),
                .flags = arena_array(arena, uint8_t, count + 1),
                .grace = arena_array(arena, uint8_t, count + 1),
                .grace_end_day = arena_array(arena, int32_t, count + 1),
        };
        return ret->before && ret->qualified && ret->segment && ret->decision && ret->flags && ret->grace &&
               ret->grace_end_day;
}

static enum status restore_decisions(const struct run_summary *run, const struct concept *concept,
                                     const struct run_decision *list, size_t count, struct arena *arena,
                                     struct decisions *ret, struct error *error)
{
        struct decisions d;
        if (!decisions_new(count, arena, &d))
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                if (!find_segment(concept, list[i].before, &d.before[i]) ||
                    !find_segment(concept, list[i].qualified, &d.qualified[i]) ||
                    !find_segment(concept, list[i].segment, &d.segment[i]))
                        return damaged(run, error);
                d.decision[i] = (uint8_t)list[i].decision;
                d.flags[i] = list[i].flags;
                d.grace[i] = list[i].grace;
                d.grace_end_day[i] = list[i].grace_end_day;
        }
        *ret = d;
        return STATUS_OK;
}

static enum status restore(struct connection *connection, struct stored *stored, struct run_side *side,
                           struct error *error)
{
        struct run_decision *list;
        char evaluation[64];
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)stored->run->evaluation.length,
                 stored->run->evaluation.data);
        const struct concept *concept = side->version->concept;
        enum status status = evaluation_choose(concept, evaluation, stored->run->cutoff_day, &side->rule, error);
        if (status == STATUS_OK)
                status = run_decisions_load(connection, stored->run->id, stored->arena, &list, &stored->count, error);
        if (status == STATUS_OK)
                status = load_values(connection, stored, concept, error);
        if (status == STATUS_OK)
                status = restore_decisions(stored->run, concept, list, stored->count, stored->arena, &side->decisions,
                                           error);
        if (status == STATUS_OK)
                status = engine_plan_new(stored->arena, concept, side->cutoff_day, &side->plan, error);
        if (status == STATUS_OK)
                status = engine_values_unpack(side->plan, stored->packed, stored->count, stored->arena, &side->measures,
                                              error);
        if (status == STATUS_OK && stored->standings_missing)
                status = standing_load(connection, stored->run->program_id, side->cutoff_day, concept,
                                       stored->customer_ids, stored->count, NULL, stored->arena, &stored->standings,
                                       error);
        return status;
}

enum status run_side_stored(struct connection *connection, const struct run_summary *run, struct arena *arena,
                            struct run_side *ret, struct error *error)
{
        struct stored stored = {.run = run, .arena = arena};
        struct version *version = arena_array(arena, struct version, 1);
        struct run_side side = {.version = version, .cutoff_day = run->cutoff_day, .generation = run->generation};
        if (!version)
                return error_memory(error);
        enum status status = version_by_id(connection, run->concept_version_id, arena, version, error);
        if (status == STATUS_OK)
                status = restore(connection, &stored, &side, error);
        if (status != STATUS_OK)
                return status;
        side.standings = stored.standings;
        side.count = stored.count;
        side.customer_ids = stored.customer_ids;
        *ret = side;
        return STATUS_OK;
}

/* ---- again ------------------------------------------------------------------------------------------------------- */

enum status run_side_again(const struct run_side *stored, const struct parallel *parallel, struct arena *arena,
                           struct run_side *ret, struct error *error)
{
        struct run_side side = *stored;
        struct tally *tally = arena_array(arena, struct tally, 1);
        if (!tally)
                return error_memory(error);
        enum status status = engine_decide(stored->plan, &stored->measures, stored->standings, stored->rule, parallel,
                                           arena, &side.decisions, tally, error);
        if (status == STATUS_OK)
                *ret = side;
        return status;
}

static enum status evaluate(const struct run_side *stored, struct standing *standings, struct snapshot *snapshot,
                            struct connection *connection, const struct parallel *parallel, struct arena *arena,
                            struct run_side *ret, struct error *error)
{
        struct evaluation evaluation = {
                .version = stored->version,
                .rule = stored->rule,
                .cutoff_day = stored->cutoff_day,
                .snapshot = snapshot,
                .standings = standings,
        };
        enum status status = evaluation_run(&evaluation, connection, parallel, arena, error);
        if (status != STATUS_OK)
                return status;
        *ret = (struct run_side){
                .version = stored->version,
                .rule = stored->rule,
                .cutoff_day = stored->cutoff_day,
                .generation = snapshot_generation(snapshot),
                .plan = evaluation.plan,
                .measures = evaluation.measures,
                .decisions = evaluation.decisions,
                .standings = evaluation.standings,
                .count = snapshot_customer_count(snapshot),
                .customer_ids = snapshot_customer_ids(snapshot),
        };
        return STATUS_OK;
}

enum status run_side_from_facts(const struct run_side *stored, struct snapshot *snapshot,
                                struct connection *connection, const struct parallel *parallel, struct arena *arena,
                                struct run_side *ret, struct error *error)
{
        size_t count = snapshot_customer_count(snapshot), at = 0;
        const int64_t *ids = snapshot_customer_ids(snapshot);
        struct standing *standings = arena_array(arena, struct standing, count + 1);
        if (!standings)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                while (at < stored->count && stored->customer_ids[at] < ids[i])
                        at++;
                standings[i] = (struct standing){.segment = SEGMENT_NONE, .grace_end_day = DAY_NONE};
                if (at < stored->count && stored->customer_ids[at] == ids[i])
                        standings[i] = stored->standings[at];
        }
        return evaluate(stored, standings, snapshot, connection, parallel, arena, ret, error);
}

enum status run_side_afresh(const struct run_side *stored, struct snapshot *snapshot, struct connection *connection,
                            const struct parallel *parallel, struct arena *arena, struct run_side *ret,
                            struct error *error)
{
        return evaluate(stored, NULL, snapshot, connection, parallel, arena, ret, error);
}
