/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verdicts.c: chooses the decisions meant, checks that nothing later stands on them, writes verdicts and audit entry in
 * one transaction.
 */
#include "program/verdicts.h"

#include <stdlib.h>

#include "db/write.h"
#include "access/audit_note.h"
#include "platform/clock.h"
#include "program/evaluation.h"
#include "program/runs.h"
#include "queries.h"

#define ARENA_BYTES_MAX ((size_t)4 << 30)

struct giving {
        const struct verdict_request *request;
        struct arena *arena;
        struct run_decision *decisions;
        size_t decision_count;
        size_t *chosen;               /* positions among the decisions, ascending */
        size_t chosen_count;
        int32_t approval_number, effective_day;
        int64_t now_ms;
};

static enum status fail_for(const struct giving *giving, const char *key, const char *customer, struct error *error)
{
        char run[16];
        snprintf(run, sizeof(run), "%d", giving->request->run->number);
        return error_set(error, STATUS_CONFLICT, key, "customer", customer, "run", run, NULL);
}

static bool is_of_kind(const struct giving *giving, size_t index)
{
        uint32_t kinds = giving->request->kinds;
        return !kinds || kinds >> giving->decisions[index].decision & 1;
}

static enum status choose_named(struct giving *giving, struct error *error)
{
        enum run_state wanted = giving->request->approve ? RUN_APPROVED : RUN_REJECTED;
        bool *taken = arena_array(giving->arena, bool, giving->decision_count + 1);
        if (!taken)
                return error_memory(error);
        for (size_t i = 0; i < giving->request->customer_count; i++) {
                size_t index = run_decisions_find(giving->decisions, giving->decision_count,
                                                  giving->request->customer_ids[i]);
                if (index == giving->decision_count)
                        return fail_for(giving, "run.decision_missing", giving->request->customer_names[i], error);
                if (!is_of_kind(giving, index))
                        continue;
                if (giving->decisions[index].state == wanted)
                        return fail_for(giving, giving->request->approve ? "run.decision_already_approved"
                                                                         : "run.decision_already_rejected",
                                        giving->request->customer_names[i], error);
                taken[index] = true;
        }
        for (size_t i = 0; i < giving->decision_count; i++)
                if (taken[i])
                        giving->chosen[giving->chosen_count++] = i;
        return STATUS_OK;
}

static enum status choose(struct giving *giving, struct error *error)
{
        enum run_state wanted = giving->request->approve ? RUN_APPROVED : RUN_REJECTED;
        enum status status = STATUS_OK;
        giving->chosen = arena_array(giving->arena, size_t, giving->decision_count + 1);
        if (!giving->chosen)
                return error_memory(error);
        if (giving->request->customer_count)
                status = choose_named(giving, error);
        for (size_t i = 0; i < giving->decision_count && !giving->request->customer_count; i++)
                if (!giving->decisions[i].own_verdict && giving->decisions[i].state != wanted && is_of_kind(giving, i))
                        giving->chosen[giving->chosen_count++] = i;
        if (status == STATUS_OK && giving->chosen_count == 0)
                return error_set(error, STATUS_NOT_FOUND, "run.nothing_chosen", NULL);
        return status;
}

static enum status check_later(struct connection *connection, const struct giving *giving, struct error *error)
{
        const struct run_summary *run = giving->request->run;
        struct q_run_approved_later_args args = {run->id, run->program_id, run->cutoff_day};
        rows_cleanup struct rows *rows = NULL;
        size_t count = 0, at = 0;
        int32_t later = DAY_NONE;
        enum status status = q_run_approved_later_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_run_approved_later_row row;
                bool more;
                status = q_run_approved_later_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (at < giving->chosen_count && giving->decisions[giving->chosen[at]].customer_id < row.customer_id)
                        at++;
                if (at == giving->chosen_count || giving->decisions[giving->chosen[at]].customer_id != row.customer_id)
                        continue;
                count++;
                later = row.cutoff_day > later ? row.cutoff_day : later;
        }
        if (status != STATUS_OK || count == 0)
                return status;
        char customers[24];
        struct buffer day buffer_cleanup;
        buffer_init(&day, 32);
        snprintf(customers, sizeof(customers), "%zu", count);
        day_add_iso(&day, later);
        return error_set(error, STATUS_CONFLICT, "run.decided_later", "count", customers, "later", day.data, NULL);
}

/* Approval number and effective day of verdicts that approve. */
static enum status prepare_approval(struct connection *connection, struct giving *giving, struct error *error)
{
        const struct run_summary *run = giving->request->run;
        struct version version;
        size_t rule;
        char evaluation[64], number[16];
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)run->evaluation.length, run->evaluation.data);
        enum status status = version_by_id(connection, run->concept_version_id, giving->arena, &version, error);
        if (status != STATUS_OK)
                return status;
        snprintf(number, sizeof(number), "%d", version.number);
        if (!version.released)
                return error_set(error, STATUS_CONFLICT, "run.version_not_released", "program", version.program,
                                 "version", number, NULL);
        status = evaluation_choose(version.concept, evaluation, run->cutoff_day, &rule, error);
        if (status == STATUS_OK)
                status = run_next_approval(connection, run->program_id, &giving->approval_number, error);
        if (status == STATUS_OK)
                status = q_run_flag_undone(connection, &(struct q_run_flag_undone_args){run->id}, NULL, error);
        if (status != STATUS_OK)
                return status;
        int32_t today = clock_local_day(giving->now_ms);
        giving->effective_day = engine_effective_day(&version.concept->mechanics.evaluations[rule], run->cutoff_day);
        if (giving->effective_day < today)
                giving->effective_day = today;
        return STATUS_OK;
}

static enum status write_verdicts(struct connection *connection, const struct giving *giving, struct error *error)
{
        const struct verdict_request *request = giving->request;
        struct q_verdict_set_args *rows = arena_array(giving->arena, struct q_verdict_set_args, giving->chosen_count);
        if (!rows)
                return error_memory(error);
        for (size_t i = 0; i < giving->chosen_count; i++)
                rows[i] = (struct q_verdict_set_args){
                        .customer_id = giving->decisions[giving->chosen[i]].customer_id,
                        .run_id = request->run->id,
                        .program_id = request->run->program_id,
                        .verdict = text_of(run_state_names[request->approve ? RUN_APPROVED : RUN_REJECTED]),
                        .reason = text_of(request->reason ? request->reason : ""),
                        .actor = text_of(request->actor),
                        .decided_ms = giving->now_ms,
                        .decided_day = clock_local_day(giving->now_ms),
                        .has_approval_number = request->approve,
                        .approval_number = giving->approval_number,
                        .has_effective_day = request->approve,
                        .effective_day = giving->effective_day,
                };
        return q_verdict_set(connection, rows, giving->chosen_count, NULL, error);
}

static enum status append_audit(struct connection *connection, const struct giving *giving, struct error *error)
{
        const struct verdict_request *request = giving->request;
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "reason");
        json_string(&note.json, request->reason ? request->reason : "");
        if (request->approve) {
                json_key(&note.json, "approval");
                json_int(&note.json, giving->approval_number);
                json_key(&note.json, "effective");
                json_day(&note.json, giving->effective_day);
        }
        json_key(&note.json, "customers");
        json_begin_array(&note.json);
        for (size_t i = 0; i < giving->chosen_count; i++)
                json_id_text(&note.json, giving->decisions[giving->chosen[i]].customer_id);
        json_end_array(&note.json);
        return audit_note_append(&note, connection, request->actor,
                                 request->approve ? "run.decisions_approved" : "run.decisions_rejected",
                                 request->run->id, error);
}

static enum status give(struct connection *connection, void *context, struct error *error)
{
        struct giving *giving = context;
        struct q_run_find_args args = {giving->request->run->id};
        struct q_run_find_row row;
        bool found;
        enum status status = q_run_find(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (!found || text_is(row.state, run_state_names[RUN_REJECTED]))
                return fail_for(giving, "run.already_rejected", "", error);
        status = run_decisions_load(connection, giving->request->run->id, giving->arena, &giving->decisions,
                                    &giving->decision_count, error);
        if (status == STATUS_OK)
                status = run_decisions_name(connection, giving->request->run->id, giving->decisions,
                                            giving->decision_count, giving->arena, error);
        if (status == STATUS_OK)
                status = choose(giving, error);
        if (status == STATUS_OK)
                status = check_later(connection, giving, error);
        if (status == STATUS_OK && giving->request->approve)
                status = prepare_approval(connection, giving, error);
        if (status == STATUS_OK)
                status = write_verdicts(connection, giving, error);
        return status == STATUS_OK ? append_audit(connection, giving, error) : status;
}

enum status verdicts_give(struct database *database, const struct verdict_request *request,
                          struct verdict_result *ret, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct giving giving = {.request = request, .arena = arena, .effective_day = DAY_NONE,
                                .now_ms = clock_now_ms()};
        if (!arena)
                return error_memory(error);
        if (!request->approve && (!request->reason || !*request->reason))
                return error_set(error, STATUS_USAGE, "run.reason_missing", NULL);
        enum status status = db_write(database, give, &giving, error);
        if (status == STATUS_OK)
                *ret = (struct verdict_result){giving.chosen_count, giving.effective_day};
        return status;
}

enum status verdict_approve_run(struct database *database, struct connection *connection,
                                const struct run_summary *summary, const char *actor, const char *reason,
                                struct arena *arena, int32_t *ret_effective_day, struct error *error)
{
        struct version version;
        struct run run = {
                .version = &version,
                .cutoff_day = summary->cutoff_day,
                .generation = summary->generation,
                .customers_evaluated = (uint64_t)summary->customers_evaluated,
                .actor = actor,
                .reason = reason,
                .id = summary->id,
        };
        char evaluation[64];
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)summary->evaluation.length, summary->evaluation.data);
        enum status status = version_by_id(connection, summary->concept_version_id, arena, &version, error);
        if (status == STATUS_OK)
                status = evaluation_choose(version.concept, evaluation, run.cutoff_day, &run.evaluation, error);
        if (status == STATUS_OK)
                status = run_approve(database, &run, error);
        if (status == STATUS_OK)
                *ret_effective_day = run.effective_day;
        return status;
}

struct rejection {
        const struct run_summary *run;
        const char *actor, *reason;
};

static enum status reject_run(struct connection *connection, void *context, struct error *error)
{
        const struct rejection *rejection = context;
        int64_t now_ms = clock_now_ms(), changes = 0;
        struct q_run_reject_args args = {rejection->run->id, now_ms, clock_local_day(now_ms)};
        enum status status = q_run_reject(connection, &args, &changes, error);
        if (status != STATUS_OK)
                return status;
        if (changes != 1)
                return error_set(error, STATUS_CONFLICT, "run.already_decided", NULL);
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "reason");
        json_string(&note.json, rejection->reason);
        return audit_note_append(&note, connection, rejection->actor, "run.rejected", rejection->run->id, error);
}

enum status verdict_reject_run(struct database *database, const struct run_summary *run, const char *actor,
                               const char *reason, struct error *error)
{
        struct rejection rejection = {run, actor, reason};
        if (!reason || !*reason)
                return error_set(error, STATUS_USAGE, "run.reason_missing", NULL);
        return db_write(database, reject_run, &rejection, error);
}
