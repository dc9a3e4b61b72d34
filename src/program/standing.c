/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * standing.c: walks approved runs from the latest back until everybody's standing is known.
 */
#include "program/standing.h"

#include "base/varint.h"
#include "queries.h"

struct walk {
        const struct concept *concept;
        const int64_t *customer_ids;
        size_t count, open;      /* customers whose standing is not yet known */
        int32_t cutoff_day;      /* of the run that is being taken */
        int32_t *known_cutoff;   /* by customer: DAY_NONE while not known */
        int32_t *approval;       /* number of the approval that made it known */
        struct standing *standings;
};

static enum status take(struct walk *walk, size_t index, const struct q_decision_standing_row *row,
                        struct error *error)
{
        struct standing *standing = &walk->standings[index];
        walk->open -= walk->known_cutoff[index] == DAY_NONE;
        walk->known_cutoff[index] = walk->cutoff_day;
        walk->approval[index] = row->approval_number;
        *standing = (struct standing){.segment = SEGMENT_NONE, .grace_end_day = DAY_NONE};
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

/* Not known yet, or known from a run of the same cut-off by an earlier approval: single decisions may be approved in
 * any order. */
static bool counts(const struct walk *walk, size_t index, const struct q_decision_standing_row *row)
{
        return walk->known_cutoff[index] == DAY_NONE || (walk->known_cutoff[index] == walk->cutoff_day &&
                                                         row->approval_number > walk->approval[index]);
}

static enum status take_run(struct connection *connection, struct walk *walk, int64_t run_id, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_decision_standing_args args = {run_id};
        size_t index = 0;
        enum status status = q_decision_standing_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_decision_standing_row row;
                bool more;
                status = q_decision_standing_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (index < walk->count && walk->customer_ids[index] < row.customer_id)
                        index++;
                if (index < walk->count && walk->customer_ids[index] == row.customer_id && counts(walk, index, &row))
                        status = take(walk, index, &row, error);
        }
        return status;
}

struct earlier_run {
        int64_t id;
        int32_t cutoff_day;
};

/* The runs with approved decisions before a cut-off, the latest first. */
static enum status list_runs(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                             struct buffer *ret_runs, struct error *error)
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
                struct earlier_run run = {row.id, row.cutoff_day};
                if (!buffer_add(ret_runs, &run, sizeof(run)))
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
                .known_cutoff = arena_array(arena, int32_t, count + 1),
                .approval = arena_array(arena, int32_t, count + 1),
                .standings = arena_array(arena, struct standing, count + 1),
        };
        if (!walk.known_cutoff || !walk.approval || !walk.standings)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                walk.known_cutoff[i] = DAY_NONE;
                walk.standings[i] = (struct standing){.segment = SEGMENT_NONE, .grace_end_day = DAY_NONE};
        }
        struct buffer runs buffer_cleanup;
        buffer_init(&runs, 1 << 20);
        enum status status = list_runs(connection, program_id, cutoff_day, &runs, error);
        for (size_t at = 0; at < runs.length && status == STATUS_OK; at += sizeof(struct earlier_run)) {
                struct earlier_run run;
                memcpy(&run, runs.data + at, sizeof(run));
                if (!walk.open && run.cutoff_day != walk.cutoff_day)
                        break;
                walk.cutoff_day = run.cutoff_day;
                status = take_run(connection, &walk, run.id, error);
        }
        if (status == STATUS_OK)
                *ret = walk.standings;
        return status;
}

/* Version, segment, bits, last day of the grace. */
enum { PACK_VERSION = 1, BIT_GRACE = 1, BIT_ENDS_NEXT = 2 };
_Static_assert(sizeof(struct standing) == 8, "a new member of struct standing must be packed, with a new version");

bool standing_pack(const struct standing *standing, struct buffer *out)
{
        uint8_t bytes[3 + VARINT_BYTES_MAX] = {
                PACK_VERSION,
                standing->segment,
                (uint8_t)((standing->grace ? BIT_GRACE : 0) | (standing->grace_ends_next ? BIT_ENDS_NEXT : 0)),
        };
        size_t length = 3 + varint_put(bytes + 3, zigzag(standing->grace_end_day));
        return buffer_add(out, bytes, length);
}

bool standing_unpack(struct bytes packed, const struct concept *concept, struct standing *ret)
{
        if (packed.length < 4 || packed.data[0] != PACK_VERSION || packed.data[2] > (BIT_GRACE | BIT_ENDS_NEXT) ||
            (packed.data[1] != SEGMENT_NONE && packed.data[1] >= concept->segment_count))
                return false;
        const uint8_t *cursor = packed.data + 3, *end = packed.data + packed.length;
        uint64_t day;
        if (!varint_get(&cursor, end, &day) || cursor != end || unzigzag(day) < INT32_MIN || unzigzag(day) > INT32_MAX)
                return false;
        *ret = (struct standing){
                .segment = packed.data[1],
                .grace = packed.data[2] & BIT_GRACE,
                .grace_ends_next = packed.data[2] & BIT_ENDS_NEXT,
                .grace_end_day = (int32_t)unzigzag(day),
        };
        return true;
}

void standing_after(const struct decisions *decisions, struct standing *standings)
{
        for (size_t i = 0; i < decisions->customer_count; i++) {
                if (decisions->decision[i] == DECISION_NOT_EVALUATED)
                        continue;
                bool member = decisions->decision[i] != DECISION_UNCLASSIFIED, grace = member && decisions->grace[i];
                int32_t end_day = grace ? decisions->grace_end_day[i] : DAY_NONE;
                standings[i] = (struct standing){
                        .segment = member ? decisions->segment[i] : SEGMENT_NONE,
                        .grace = grace,
                        .grace_ends_next = grace && end_day == DAY_NONE,
                        .grace_end_day = end_day,
                };
        }
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
