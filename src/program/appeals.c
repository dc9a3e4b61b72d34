/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * appeals.c: files and decides appeals.
 */
#include "program/appeals.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "db/identity.h"
#include "db/write.h"
#include "access/audit_note.h"
#include "platform/clock.h"
#include "queries.h"

enum { LIST_BYTES_MAX = 1 << 26 };
#define ARENA_BYTES_MAX ((size_t)256 << 20)

const char *const appeal_state_names[APPEAL_STATE_COUNT] = {"open", "granted", "dismissed"};

int32_t working_days_after(int32_t day, unsigned count)
{
        while (count) {
                day++;
                /* 1970-01-01 was a Thursday: 0 is Monday. */
                int weekday = ((day + 3) % 7 + 7) % 7;
                count -= weekday < 5;
        }
        return day;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool keep_row(const struct q_appeal_list_row *row, struct arena *arena, struct appeal *ret)
{
        *ret = (struct appeal){
                .request = {.id = row->id, .customer_id = row->customer_id, .number = (int32_t)row->number},
                .run_number = (int32_t)row->run_number,
                .filed_day = row->filed_day,
                .due_day = row->due_day,
        };
        for (int s = 0; s < APPEAL_STATE_COUNT; s++)
                if (text_is(row->state, appeal_state_names[s]))
                        ret->state = (enum appeal_state)s;
        struct filed_request *request = &ret->request;
        return arena_keep_text(arena, row->filed_by, &request->asked_by) &&
               arena_keep_text(arena, row->reason, &request->reason) &&
               arena_keep_text(arena, row->owner, &ret->owner) &&
               (!row->has_decided_by || arena_keep_text(arena, row->decided_by, &request->decided_by)) &&
               (!row->has_result || arena_keep_text(arena, row->result, &request->answer));
}

enum status appeal_list_load(struct connection *connection, int64_t program_id, struct arena *arena,
                             struct appeal **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_appeal_list_args args = {program_id};
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        enum status status = q_appeal_list_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_appeal_list_row row;
                struct appeal appeal;
                bool more;
                status = q_appeal_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!keep_row(&row, arena, &appeal) || !buffer_add(&list, &appeal, sizeof(appeal)))
                        status = error_memory(error);
        }
        size_t count = list.length / sizeof(struct appeal);
        struct appeal *appeals = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !appeals)
                status = error_memory(error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                status = request_name_customer(connection, &appeals[i].request, arena, error);
        if (status != STATUS_OK)
                return status;
        *ret = appeals;
        *ret_count = count;
        return STATUS_OK;
}

/* ---- what happened ----------------------------------------------------------------------------------------------- */

static enum status append_audit(struct connection *connection, const char *kind, const char *actor, int64_t id,
                                int64_t customer_id, const char *key, const char *words, struct error *error)
{
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "customer");
        json_id_text(&note.json, customer_id);
        json_key(&note.json, key);
        json_string(&note.json, words);
        return audit_note_append(&note, connection, actor, kind, id, error);
}

/* ---- filing ------------------------------------------------------------------------------------------------------ */

struct filing {
        const struct appeal_filing *asked;
        struct arena *arena;
        int32_t today, due_day;
};

static enum status refuse(const struct filing *filing, const char *key, struct error *error)
{
        char run[16];
        snprintf(run, sizeof(run), "%d", filing->asked->run->number);
        return error_set(error, STATUS_CONFLICT, key, "customer", filing->asked->customer, "run", run, NULL);
}

static enum status check_filing(struct connection *connection, const struct filing *filing, struct error *error)
{
        const struct appeal_filing *asked = filing->asked;
        struct q_appeal_decision_args args = {asked->customer_id, asked->run->id};
        struct q_appeal_decision_row row;
        struct q_appeal_open_find_row open;
        struct version version;
        bool found;
        enum status status = q_appeal_decision(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (!found)
                return refuse(filing, "run.decision_missing", error);
        if (!text_is(row.state, run_state_names[RUN_APPROVED]) || !row.has_decided_day)
                return refuse(filing, "appeal.not_announced", error);
        int32_t announced = row.decided_day;
        status = version_by_id(connection, row.concept_version_id, filing->arena, &version, error);
        if (status == STATUS_OK)
                status = q_appeal_open_find(connection, &(struct q_appeal_open_find_args){asked->customer_id,
                                                                                           asked->run->id},
                                            &open, &found, error);
        if (status != STATUS_OK)
                return status;
        if (found)
                return refuse(filing, "appeal.open_already", error);
        int32_t last = announced + (int32_t)version.concept->mechanics.appeal_days;
        if (filing->today <= last)
                return STATUS_OK;
        struct buffer day buffer_cleanup;
        buffer_init(&day, 32);
        day_add_iso(&day, last);
        return error_set(error, STATUS_CONFLICT, "appeal.late", "last", day.data, NULL);
}

static enum status file(struct connection *connection, void *context, struct error *error)
{
        struct filing *filing = context;
        const struct appeal_filing *asked = filing->asked;
        int64_t id;
        enum status status = check_filing(connection, filing, error);
        if (status == STATUS_OK)
                status = identity_next(connection, &id, error);
        if (status != STATUS_OK)
                return status;
        struct q_appeal_insert_args args = {
                .id = id,
                .customer_id = asked->customer_id,
                .program_id = asked->run->program_id,
                .run_id = asked->run->id,
                .filed_day = filing->today,
                .due_day = filing->due_day,
                .filed_by = text_of(asked->filed_by),
                .reason = text_of(asked->reason),
                .owner = text_of(asked->owner),
        };
        status = q_appeal_insert(connection, &args, NULL, error);
        return status == STATUS_OK ? append_audit(connection, "appeal.filed", asked->actor, id, asked->customer_id,
                                                  "reason", asked->reason, error) : status;
}

enum status appeal_file(struct database *database, const struct appeal_filing *asked, int32_t *ret_due_day,
                        struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct filing filing = {.asked = asked, .arena = arena, .today = clock_local_day(clock_now_ms())};
        if (!arena)
                return error_memory(error);
        if (!asked->reason || !*asked->reason || !asked->owner || !*asked->owner)
                return error_set(error, STATUS_USAGE, "appeal.reason_missing", NULL);
        filing.due_day = working_days_after(filing.today, APPEAL_WORKING_DAYS);
        enum status status = db_write(database, file, &filing, error);
        if (status == STATUS_OK)
                *ret_due_day = filing.due_day;
        return status;
}

/* ---- deciding ---------------------------------------------------------------------------------------------------- */

struct deciding {
        const struct appeal *appeal;
        bool grant;
        const char *result, *actor;
};

static enum status decide(struct connection *connection, void *context, struct error *error)
{
        const struct deciding *deciding = context;
        const struct appeal *appeal = deciding->appeal;
        int64_t changes = 0;
        struct q_appeal_decide_args args = {
                .customer_id = appeal->request.customer_id,
                .id = appeal->request.id,
                .state = text_of(appeal_state_names[deciding->grant ? APPEAL_GRANTED : APPEAL_DISMISSED]),
                .decided_by = text_of(deciding->actor),
                .decided_ms = clock_now_ms(),
                .result = text_of(deciding->result),
        };
        enum status status = q_appeal_decide(connection, &args, &changes, error);
        if (status != STATUS_OK)
                return status;
        if (changes != 1)
                return request_conflict(&appeal->request, "appeal.decided_already", "appeal", error);
        return append_audit(connection, deciding->grant ? "appeal.granted" : "appeal.dismissed", deciding->actor,
                            appeal->request.id, appeal->request.customer_id, "result", deciding->result, error);
}

enum status appeal_decide(struct database *database, const struct appeal *appeal, bool grant, const char *result,
                          const char *actor, struct error *error)
{
        struct deciding deciding = {appeal, grant, result, actor};
        if (!result || !*result)
                return error_set(error, STATUS_USAGE, "appeal.result_missing", NULL);
        return db_write(database, decide, &deciding, error);
}
