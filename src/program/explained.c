/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explained.c: restores a stored decision and runs the engine's comparison on it again.
 */
#include "program/explained.h"

#include "program/evaluation.h"
#include "queries.h"

enum { HISTORY_MAX = 10000, SOURCES_BYTES_MAX = 4096 };

/* ---- the customer ----------------------------------------------------------------------------------------------- */

static enum status find_number(struct connection *connection, struct text source, struct text number,
                               struct arena *arena, struct explained *ret, size_t *ret_count, struct buffer *sources,
                               struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_explain_customers_by_number_args args = {number};
        size_t count = 0;
        enum status status = q_explain_customers_by_number_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_explain_customers_by_number_row row;
                bool more;
                status = q_explain_customers_by_number_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (source.data && !text_equal(source, row.source))
                        continue;
                if (count && row.customer_id == ret->customer_id)
                        continue;
                count++;
                buffer_addf(sources, "%s%.*s", sources->length ? ", " : "", (int)row.source.length, row.source.data);
                ret->customer_id = row.customer_id;
                if (!arena_keep_text(arena, row.source, &ret->source) || !arena_keep_text(arena, number, &ret->number))
                        status = error_memory(error);
        }
        *ret_count = count;
        return status;
}

static enum status find_name(struct connection *connection, struct arena *arena, struct explained *ret,
                             struct error *error)
{
        struct q_customer_name_visible_args args = {ret->customer_id};
        struct q_customer_name_visible_row row;
        bool found;
        enum status status = q_customer_name_visible(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        ret->name = ret->number;
        return !found || arena_keep_text(arena, row.name, &ret->name) ? STATUS_OK : error_memory(error);
}

enum status customer_find(struct connection *connection, const char *typed, struct arena *arena,
                          struct explained *ret, struct error *error)
{
        struct text whole = text_of(typed);
        struct buffer sources buffer_cleanup;
        size_t count;
        buffer_init(&sources, SOURCES_BYTES_MAX);
        *ret = (struct explained){0};
        enum status status = find_number(connection, (struct text){0}, whole, arena, ret, &count, &sources, error);
        const char *colon = strchr(typed, ':');
        if (status == STATUS_OK && count == 0 && colon) {
                struct text source = {typed, (size_t)(colon - typed)};
                status = find_number(connection, source, text_of(colon + 1), arena, ret, &count, &sources, error);
        }
        if (status != STATUS_OK)
                return status;
        if (count == 0)
                return error_set(error, STATUS_NOT_FOUND, "explain.unknown_customer", "customer", typed, NULL);
        if (count > 1)
                return error_set(error, STATUS_USAGE, "explain.ambiguous_customer", "customer", typed, "sources",
                                 sources.data, NULL);
        return find_name(connection, arena, ret, error);
}

/* ---- the decision ----------------------------------------------------------------------------------------------- */

static enum status keep_decision(struct arena *arena, const struct q_decision_history_row *row,
                                 struct past_decision *ret, struct error *error)
{
        *ret = (struct past_decision){
                .run_id = row->run_id,
                .concept_version_id = row->concept_version_id,
                .cutoff_day = row->cutoff_day,
                .effective_day = row->has_effective_day ? row->effective_day : DAY_NONE,
                .approved = text_is(row->state, "approved"),
        };
        bool kept = arena_keep_text(arena, row->evaluation, &ret->evaluation) &&
                    arena_keep_text(arena, row->segment, &ret->segment) &&
                    arena_keep_text(arena, row->decision, &ret->decision);
        if (kept && row->has_segment_before)
                kept = arena_keep_text(arena, row->segment_before, &ret->before);
        return kept ? STATUS_OK : error_memory(error);
}

static enum status load_history(struct connection *connection, int64_t program_id, int64_t customer_id,
                                struct arena *arena, struct past_decision **ret, size_t *ret_count,
                                struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_decision_history_args args = {customer_id, program_id};
        struct past_decision *history = arena_array(arena, struct past_decision, HISTORY_MAX);
        if (!history)
                return error_memory(error);
        size_t count = 0;
        enum status status = q_decision_history_open(connection, &args, &rows, error);
        while (status == STATUS_OK && count < HISTORY_MAX) {
                struct q_decision_history_row row;
                bool more;
                status = q_decision_history_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                status = keep_decision(arena, &row, &history[count++], error);
        }
        *ret = history;
        *ret_count = count;
        return status;
}

static uint8_t segment_index(const struct concept *concept, struct text id)
{
        for (size_t s = 0; s < concept->segment_count; s++)
                if (text_equal(concept->segments[s].id, id))
                        return (uint8_t)s;
        return SEGMENT_NONE;
}

static enum status load_run(struct connection *connection, const struct past_decision *past, struct arena *arena,
                            struct explained *explained, struct error *error)
{
        struct q_run_find_args args = {past->run_id};
        struct q_run_find_row row;
        bool found;
        enum status status = version_by_id(connection, past->concept_version_id, arena, &explained->version, error);
        if (status == STATUS_OK)
                status = q_run_find(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        const struct mechanics *mechanics = &explained->version.concept->mechanics;
        explained->cutoff_day = past->cutoff_day;
        explained->generation = row.generation;
        explained->approved = past->approved;
        explained->beneath_undone = row.beneath_undone;
        explained->before = past->before;
        while (explained->rule + 1 < mechanics->evaluation_count
               && !text_equal(mechanics->evaluations[explained->rule].id, past->evaluation))
                explained->rule++;
        explained->effective_day = past->effective_day;
        if (explained->effective_day == DAY_NONE)
                explained->effective_day =
                        engine_effective_day(&mechanics->evaluations[explained->rule], past->cutoff_day);
        return STATUS_OK;
}

static enum status load_decision(struct connection *connection, const struct past_decision *past, struct arena *arena,
                                 struct explained *explained, struct error *error)
{
        const struct concept *concept = explained->version.concept;
        struct q_decision_find_args args = {explained->customer_id, past->run_id};
        struct q_decision_find_row row;
        bool found;
        enum status status = q_decision_find(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        explained->qualified = segment_index(concept, row.qualified);
        explained->segment = segment_index(concept, row.segment);
        for (int d = 0; d < DECISION_COUNT; d++)
                if (text_is(row.decision, decision_names[d]))
                        explained->decision = (enum decision)d;
        explained->flags = (uint8_t)row.flags;
        explained->grace = row.grace;
        explained->grace_until_day = DAY_NONE;
        if (row.grace)
                explained->grace_until_day =
                        row.has_grace_end_day
                                ? row.grace_end_day
                                : evaluation_next(concept, explained->cutoff_day, MOVE_DOWN | MOVE_GRACE, NULL);
        status = engine_plan_new(arena, concept, explained->cutoff_day, &explained->plan, error);
        if (status == STATUS_OK)
                status = engine_values_unpack(explained->plan, &row.metric_values, 1, arena, &explained->measures,
                                              error);
        if (status == STATUS_OK)
                status = engine_explain(explained->plan, &explained->measures, 0, explained->segment, arena,
                                        &explained->explanation, error);
        return status;
}

/* Who granted the segment, why and until when. */
static enum status load_override(struct connection *connection, int64_t program_id, struct arena *arena,
                                 struct explained *explained, struct error *error)
{
        struct q_explain_override_args args = {explained->customer_id, program_id, explained->cutoff_day};
        struct q_explain_override_row row;
        struct granted_override *granted = &explained->override;
        enum status status = q_explain_override(connection, &args, &row, &explained->has_override, error);
        if (status != STATUS_OK || !explained->has_override)
                return status;
        granted->valid_to = row.valid_to;
        bool kept = arena_keep_text(arena, row.reason, &granted->reason) &&
                    arena_keep_text(arena, row.requested_by, &granted->requested_by) &&
                    arena_keep_text(arena, row.decided_by, &granted->approved_by);
        return kept ? STATUS_OK : error_memory(error);
}

enum status explained_load(struct connection *connection, int64_t program_id, int32_t cutoff_day, struct arena *arena,
                           struct explained *explained, struct error *error)
{
        enum status status = load_history(connection, program_id, explained->customer_id, arena, &explained->history,
                                          &explained->history_count, error);
        if (status != STATUS_OK)
                return status;
        const struct past_decision *past = NULL;
        for (size_t i = 0; i < explained->history_count && !past; i++)
                if (cutoff_day == DAY_NONE || explained->history[i].cutoff_day == cutoff_day)
                        past = &explained->history[i];
        struct buffer cutoff buffer_cleanup;
        buffer_init(&cutoff, 64);
        day_add_iso(&cutoff, cutoff_day);
        if (!past && explained->history_count == 0)
                return error_set(error, STATUS_NOT_FOUND, "explain.never_evaluated", "customer", explained->number.data,
                                 NULL);
        if (!past)
                return error_set(error, STATUS_NOT_FOUND, "explain.not_at_cutoff", "customer", explained->number.data,
                                 "cutoff", cutoff.data, NULL);
        status = load_run(connection, past, arena, explained, error);
        if (status == STATUS_OK)
                status = load_decision(connection, past, arena, explained, error);
        if (status == STATUS_OK && explained->decision == DECISION_OVERRIDE)
                status = load_override(connection, program_id, arena, explained, error);
        return status;
}

/* ---- merged customers ------------------------------------------------------------------------------------------- */

enum { MERGES_MAX = 1000 };

static enum status name_merged(struct connection *connection, struct arena *arena, struct merged *merged,
                               struct error *error)
{
        struct q_explain_number_args args = {merged->customer_id};
        struct q_explain_number_row row;
        struct explained other = {.customer_id = merged->customer_id, .number = {"", 0}};
        bool found;
        enum status status = q_explain_number(connection, &args, &row, &found, error);
        if (status == STATUS_OK && found && !arena_keep_text(arena, row.number, &other.number))
                status = error_memory(error);
        if (status == STATUS_OK)
                status = find_name(connection, arena, &other, error);
        merged->number = other.number;
        merged->name = other.name;
        return status;
}

enum status explained_find_merged(struct connection *connection, int32_t day, struct arena *arena,
                                  struct explained *explained, struct error *error)
{
        struct merged merged = {.customer_id = explained->customer_id, .since_day = DAY_OPEN_START};
        /* Circles are refused when a merge is recorded; the bound is for a damaged database. */
        for (size_t steps = 0; steps < MERGES_MAX; steps++) {
                struct q_merge_of_args args = {merged.customer_id};
                struct q_merge_of_row row;
                bool found;
                enum status status = q_merge_of(connection, &args, &row, &found, error);
                if (status != STATUS_OK)
                        return status;
                if (!found || row.valid_from > day)
                        break;
                merged.customer_id = row.into_customer_id;
                merged.since_day = row.valid_from > merged.since_day ? row.valid_from : merged.since_day;
        }
        explained->has_merged = merged.customer_id != explained->customer_id;
        explained->merged = merged;
        return explained->has_merged ? name_merged(connection, arena, &explained->merged, error) : STATUS_OK;
}

enum status explained_load_merged(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                                  struct arena *arena, struct explained *explained, struct error *error)
{
        enum status status = STATUS_NOT_FOUND;
        if (!explained->has_merged || cutoff_day != DAY_NONE)
                status = explained_load(connection, program_id, cutoff_day, arena, explained, error);
        if (!explained->has_merged || status != STATUS_NOT_FOUND)
                return status;
        status = load_history(connection, program_id, explained->customer_id, arena, &explained->own_history,
                              &explained->own_count, error);
        if (status != STATUS_OK)
                return status;
        explained->counts_there = true;
        explained->customer_id = explained->merged.customer_id;
        status = explained_load(connection, program_id, cutoff_day, arena, explained, error);
        if (status != STATUS_NOT_FOUND)
                return status;
        return error_set(error, STATUS_NOT_FOUND, "explain.merged_not_evaluated", "customer", explained->number.data,
                         "into", explained->merged.number.data, NULL);
}
