/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * standing.c: walks approved runs from the latest back until everybody's standing is known.
 */
#include "program/standing.h"

#include "base/bits.h"
#include "queries.h"

struct walk {
        const struct concept *concept;
        const int64_t *customer_ids;
        size_t count, open;      /* customers whose standing is not yet known */
        uint64_t *known;
        struct standing *standings;
};

static enum status take(struct walk *walk, size_t index, const struct q_decision_standing_row *row,
                        struct error *error)
{
        struct standing *standing = &walk->standings[index];
        bits_set(walk->known, index);
        walk->open--;
        if (text_is(row->decision, "unclassified"))
                return STATUS_OK;
        for (size_t s = 0; s < walk->concept->segment_count; s++)
                if (text_equal(walk->concept->segments[s].id, row->segment)) {
                        *standing = (struct standing){
                                .segment = (uint8_t)s,
                                .grace = row->grace,
                                .grace_ends_next = row->grace && !row->has_grace_end_day,
                                .grace_end_day = row->has_grace_end_day ? row->grace_end_day : DAY_NONE,
                        };
                        return STATUS_OK;
                }
        char segment[64];
        snprintf(segment, sizeof(segment), "%.*s", (int)row->segment.length, row->segment.data);
        return error_set(error, STATUS_CONFLICT, "run.segment_gone", "segment", segment, NULL);
}

static enum status take_run(struct connection *connection, struct walk *walk, int64_t run_id, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_decision_standing_args args = {run_id};
        size_t index = 0;
        enum status status = q_decision_standing_open(connection, &args, &rows, error);
        while (status == STATUS_OK && walk->open) {
                struct q_decision_standing_row row;
                bool more;
                status = q_decision_standing_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (index < walk->count && walk->customer_ids[index] < row.customer_id)
                        index++;
                if (index < walk->count && walk->customer_ids[index] == row.customer_id
                    && !bits_get(walk->known, index))
                        status = take(walk, index, &row, error);
        }
        return status;
}

/* The ids of the approved runs before a cut-off, the latest first. */
static enum status list_runs(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                             struct buffer *ret_ids, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_run_approved_before_args args = {program_id, cutoff_day};
        enum status status = q_run_approved_before_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_run_approved_before_row row;
                bool more;
                status = q_run_approved_before_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!buffer_add(ret_ids, &row.id, sizeof(row.id)))
                        status = error_memory(error);
        }
        return status;
}

enum status standing_load(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                          const struct concept *concept, const int64_t *customer_ids, size_t count,
                          struct arena *arena, struct standing **ret, struct error *error)
{
        struct walk walk = {
                .concept = concept,
                .customer_ids = customer_ids,
                .count = count,
                .open = count,
                .known = arena_array(arena, uint64_t, bits_words(count) + 1),
                .standings = arena_array(arena, struct standing, count + 1),
        };
        if (!walk.known || !walk.standings)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                walk.standings[i] = (struct standing){.segment = SEGMENT_NONE, .grace_end_day = DAY_NONE};
        struct buffer runs buffer_cleanup;
        buffer_init(&runs, 1 << 20);
        enum status status = list_runs(connection, program_id, cutoff_day, &runs, error);
        for (size_t at = 0; at < runs.length && status == STATUS_OK && walk.open; at += sizeof(int64_t)) {
                int64_t run_id;
                memcpy(&run_id, runs.data + at, sizeof(run_id));
                status = take_run(connection, &walk, run_id, error);
        }
        if (status == STATUS_OK)
                *ret = walk.standings;
        return status;
}

enum status membership_at(struct connection *connection, int64_t program_id, int64_t customer_id, int32_t day,
                          struct arena *arena, struct text *ret_segment, bool *ret_found, struct error *error)
{
        struct q_membership_at_args args = {customer_id, program_id, day};
        struct q_membership_at_row row;
        bool found;
        enum status status = q_membership_at(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (found) {
                const char *copy = arena_copy(arena, row.segment.data, row.segment.length);
                if (!copy)
                        return error_memory(error);
                *ret_segment = (struct text){copy, row.segment.length};
        }
        *ret_found = found;
        return STATUS_OK;
}
