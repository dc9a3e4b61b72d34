/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_list.c: reads runs and their decisions.
 */
#include "program/run_list.h"

#include "base/buffer.h"
#include "queries.h"

enum { GROWTH = 64, KINDS_BYTES_MAX = 1024 };

const char *const run_state_names[RUN_STATE_COUNT] = {"proposed", "approved", "rejected"};

static enum run_state parse_state(struct text text)
{
        for (int s = 0; s < RUN_STATE_COUNT; s++)
                if (text_is(text, run_state_names[s]))
                        return (enum run_state)s;
        return RUN_PROPOSED;
}

static bool keep_run(const struct q_run_list_row *row, int64_t program_id, struct arena *arena,
                     struct run_summary *ret)
{
        *ret = (struct run_summary){
                .id = row->id,
                .program_id = program_id,
                .concept_version_id = row->concept_version_id,
                .number = (int32_t)row->number,
                .version = row->version,
                .cutoff_day = row->cutoff_day,
                .generation = row->generation,
                .state = parse_state(row->state),
                .created_ms = row->created_ms,
                .decided_day = row->has_decided_day ? row->decided_day : DAY_NONE,
                .effective_day = row->has_effective_day ? row->effective_day : DAY_NONE,
                .customers_evaluated = row->customers_evaluated,
                .approved = row->approved,
                .rejected = row->rejected,
                .beneath_undone = row->beneath_undone,
        };
        return arena_keep_text(arena, row->evaluation, &ret->evaluation);
}

enum status run_list_load(struct connection *connection, int64_t program_id, struct arena *arena,
                          struct run_summary **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_run_list_args args = {program_id};
        struct buffer runs buffer_cleanup;
        buffer_init(&runs, (size_t)256 << 20);
        enum status status = q_run_list_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_run_list_row row;
                struct run_summary run;
                bool more;
                status = q_run_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!keep_run(&row, program_id, arena, &run) || !buffer_add(&runs, &run, sizeof(run)))
                        status = error_memory(error);
        }
        if (status != STATUS_OK)
                return status;
        size_t count = runs.length / sizeof(struct run_summary);
        struct run_summary *list = arena_keep_list(arena, &runs);
        if (!list)
                return error_memory(error);
        *ret = list;
        *ret_count = count;
        return STATUS_OK;
}

enum status run_find_typed(struct connection *connection, int64_t program_id, const char *program, const char *typed,
                           struct arena *arena, struct run_summary *ret, struct error *error)
{
        struct run_summary *runs;
        size_t count;
        int64_t wanted;
        enum status status = run_list_load(connection, program_id, arena, &runs, &count, error);
        if (status != STATUS_OK)
                return status;
        if (decimal_parse_scaled(text_of(typed), DECIMAL_POINT, 0, false, &wanted) == DECIMAL_OK)
                for (size_t i = 0; i < count; i++)
                        if (runs[i].number == wanted || runs[i].id == wanted) {
                                *ret = runs[i];
                                return STATUS_OK;
                        }
        return error_set(error, STATUS_NOT_FOUND, "run.unknown", "run", typed, "program", program, NULL);
}

/* ---- decisions --------------------------------------------------------------------------------------------------- */

static enum decision parse_decision(struct text text)
{
        for (int d = 0; d < DECISION_COUNT; d++)
                if (text_is(text, decision_names[d]))
                        return (enum decision)d;
        return DECISION_NOT_EVALUATED;
}

static bool keep_decision(const struct q_run_decisions_row *row, struct arena *arena, struct run_decision *ret)
{
        *ret = (struct run_decision){
                .customer_id = row->customer_id,
                .decision = parse_decision(row->decision),
                .flags = (uint8_t)row->flags,
                .grace = row->grace,
                .grace_end_day = row->has_grace_end_day ? row->grace_end_day : DAY_NONE,
                .state = parse_state(row->state),
                .effective_day = row->has_effective_day ? row->effective_day : DAY_NONE,
                .own_verdict = row->has_reason,
        };
        return (!row->has_segment_before || arena_keep_text(arena, row->segment_before, &ret->before)) &&
               arena_keep_text(arena, row->qualified, &ret->qualified) &&
               arena_keep_text(arena, row->segment, &ret->segment) &&
               (!row->has_reason || arena_keep_text(arena, row->reason, &ret->reason)) &&
               (!row->has_actor || arena_keep_text(arena, row->actor, &ret->actor));
}

enum status run_decisions_load(struct connection *connection, int64_t run_id, struct arena *arena,
                               struct run_decision **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_run_decisions_args args = {run_id};
        size_t count = 0, room = GROWTH;
        struct run_decision *list = arena_array(arena, struct run_decision, room);
        enum status status = list ? q_run_decisions_open(connection, &args, &rows, error) : error_memory(error);
        while (status == STATUS_OK) {
                struct q_run_decisions_row row;
                bool more;
                status = q_run_decisions_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (count == room) {
                        struct run_decision *larger = arena_array(arena, struct run_decision, 2 * room);
                        if (!larger)
                                return error_memory(error);
                        memcpy(larger, list, count * sizeof(*list));
                        list = larger;
                        room *= 2;
                }
                if (!keep_decision(&row, arena, &list[count++]))
                        status = error_memory(error);
        }
        if (status != STATUS_OK)
                return status;
        *ret = list;
        *ret_count = count;
        return STATUS_OK;
}

size_t run_decisions_find(const struct run_decision *decisions, size_t count, int64_t customer_id)
{
        size_t low = 0, high = count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (decisions[middle].customer_id < customer_id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < count && decisions[low].customer_id == customer_id ? low : count;
}

enum status run_decisions_name(struct connection *connection, int64_t run_id, struct run_decision *decisions,
                               size_t count, struct arena *arena, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_run_numbers_args args = {run_id};
        size_t index = 0;
        enum status status = q_run_numbers_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_run_numbers_row row;
                bool more;
                status = q_run_numbers_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (index < count && decisions[index].customer_id < row.customer_id)
                        index++;
                if (index == count || decisions[index].customer_id != row.customer_id || decisions[index].number.data)
                        continue;
                if (!arena_keep_text(arena, row.source, &decisions[index].source) ||
                    !arena_keep_text(arena, row.number, &decisions[index].number))
                        status = error_memory(error);
        }
        return status;
}

enum status decision_kinds_parse(const char *list, uint32_t *ret, struct error *error)
{
        uint32_t kinds = 0;
        for (const char *at = list; *at;) {
                size_t length = strcspn(at, ",");
                enum decision decision = parse_decision((struct text){at, length});
                if (decision == DECISION_NOT_EVALUATED) {
                        char kind[64];
                        struct buffer known buffer_cleanup;
                        buffer_init(&known, KINDS_BYTES_MAX);
                        for (int d = DECISION_NEW; d < DECISION_COUNT; d++)
                                buffer_addf(&known, "%s%s", d > DECISION_NEW ? ", " : "", decision_names[d]);
                        snprintf(kind, sizeof(kind), "%.*s", (int)length, at);
                        return error_set(error, STATUS_USAGE, "run.unknown_kind", "kind", kind, "kinds", known.data,
                                         NULL);
                }
                kinds |= 1u << decision;
                at += length + (at[length] == ',');
        }
        *ret = kinds;
        return STATUS_OK;
}
