/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * runs.c: writes runs and their approval.
 */
#include "program/runs.h"

#include <stdlib.h>

#include "base/bits.h"
#include "db/identity.h"
#include "db/write.h"
#include "access/audit_note.h"
#include "platform/clock.h"
#include "program/standing.h"
#include "queries.h"

enum { DECISIONS_PER_TRANSACTION = 50000, VALUES_BYTES_MAX = 1 << 20, LEFTOVERS_MAX = 16 };

struct storing {
        struct run *run;
        size_t begin, end;
        int64_t decisions; /* of all customers there are */
};

/* While another process stores a run its decisions are no leftovers, though the run itself comes last. A connection
 * that was lost takes the claim with it, so it is claimed with each batch. */
static enum status hold(struct connection *connection, int64_t run_id, bool *ret_held, struct error *error)
{
        struct q_run_hold_row row;
        bool found;
        enum status status = q_run_hold(connection, &(struct q_run_hold_args){run_id}, &row, &found, error);
        if (status == STATUS_OK)
                *ret_held = found && row.held;
        return status;
}

static enum status hold_own(struct connection *connection, int64_t run_id, struct error *error)
{
        bool held;
        enum status status = hold(connection, run_id, &held, error);
        return status || held ? status : error_set(error, STATUS_BUSY, "run.storing_disturbed", NULL);
}

static enum status clear_leftovers(struct connection *connection, void *context, struct error *error)
{
        int64_t run_id = *(const int64_t *)context;
        bool held = false;
        enum status status = hold(connection, run_id, &held, error);
        if (status || !held)
                return status;
        return q_decision_remove_leftovers(connection, &(struct q_decision_remove_leftovers_args){run_id}, NULL,
                                           error);
}

static enum status remove_leftovers(struct database *database, struct connection *connection, struct error *error)
{
        int64_t leftovers[LEFTOVERS_MAX];
        size_t count = 0;
        rows_cleanup struct rows *rows = NULL;
        bool more = true;
        enum status status = q_decision_leftover_open(connection, NULL, &rows, error);
        while (!status && more && count < LEFTOVERS_MAX) {
                struct q_decision_leftover_row row;
                status = q_decision_leftover_next(rows, &row, &more, error);
                if (!status && more)
                        leftovers[count++] = row.run_id;
        }
        for (size_t i = 0; i < count && !status; i++)
                status = db_write(database, clear_leftovers, &leftovers[i], error);
        return status;
}

static enum status take_id(struct connection *connection, void *context, struct error *error)
{
        struct run *run = context;
        return identity_next(connection, &run->id, error);
}

static enum status insert_decisions(struct connection *connection, void *context, struct error *error)
{
        const struct storing *storing = context;
        const struct run *run = storing->run;
        const struct decisions *d = run->decisions;
        const struct segment *segments = run->version->concept->segments;
        struct buffer values buffer_cleanup;
        struct buffer standing buffer_cleanup;
        buffer_init(&values, VALUES_BYTES_MAX);
        buffer_init(&standing, VALUES_BYTES_MAX);
        enum status status = hold_own(connection, run->id, error);
        for (size_t i = storing->begin; i < storing->end && status == STATUS_OK; i++) {
                if (!bits_get(run->measures->exists, i))
                        continue;
                buffer_clear(&values);
                buffer_clear(&standing);
                if (!engine_values_pack(run->plan, run->measures, i, &values)
                    || !standing_pack(&run->standings[i], &standing))
                        return error_memory(error);
                struct q_decision_insert_args args = {
                        .customer_id = run->customer_ids[i],
                        .run_id = run->id,
                        .program_id = run->version->program_id,
                        .has_segment_before = d->before[i] != SEGMENT_NONE,
                        .qualified = segments[d->qualified[i]].id,
                        .segment = segments[d->segment[i]].id,
                        .decision = text_of(decision_names[d->decision[i]]),
                        .flags = d->flags[i],
                        .grace = d->grace[i],
                        .has_grace_end_day = d->grace[i] && d->grace_end_day[i] != DAY_NONE,
                        .grace_end_day = d->grace_end_day[i],
                        .metric_values = {(const uint8_t *)values.data, values.length},
                        .standing = {(const uint8_t *)standing.data, standing.length},
                };
                if (args.has_segment_before)
                        args.segment_before = segments[d->before[i]].id;
                status = q_decision_insert(connection, &args, NULL, error);
        }
        return status;
}

static enum status add_audit(struct connection *connection, const char *kind, const struct run *run,
                             struct error *error)
{
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "program");
        json_string(&note.json, run->version->program);
        json_key(&note.json, "version");
        json_int(&note.json, run->version->number);
        json_key(&note.json, "evaluation");
        json_text(&note.json, run->version->concept->mechanics.evaluations[run->evaluation].id);
        json_key(&note.json, "cutoff");
        json_day(&note.json, run->cutoff_day);
        json_key(&note.json, "generation");
        json_int(&note.json, run->generation);
        json_key(&note.json, "customers");
        json_int(&note.json, (int64_t)run->customers_evaluated);
        if (run->effective_day != DAY_NONE) {
                json_key(&note.json, "effective");
                json_day(&note.json, run->effective_day);
        }
        if (run->reason) {
                json_key(&note.json, "reason");
                json_string(&note.json, run->reason);
        }
        return audit_note_append(&note, connection, run->actor ? run->actor : "cli", kind, run->id, error);
}

static enum status insert_run(struct connection *connection, void *context, struct error *error)
{
        const struct storing *storing = context;
        const struct run *run = storing->run;
        struct q_run_insert_args args = {
                .id = run->id,
                .program_id = run->version->program_id,
                .concept_version_id = run->version->id,
                .evaluation = run->version->concept->mechanics.evaluations[run->evaluation].id,
                .cutoff_day = run->cutoff_day,
                .generation = run->generation,
                .created_ms = clock_now_ms(),
                .customers_evaluated = (int64_t)run->customers_evaluated,
        };
        struct q_decision_count_of_run_row stored = {0};
        bool found;
        enum status status = hold_own(connection, run->id, error);
        if (status == STATUS_OK)
                status = q_decision_count_of_run(connection, &(struct q_decision_count_of_run_args){run->id}, &stored,
                                                 &found, error);
        /* Claims were lost in between, and another process took the decisions for leftovers. */
        if (status == STATUS_OK && stored.decisions != storing->decisions)
                status = error_set(error, STATUS_BUSY, "run.storing_disturbed", NULL);
        if (status == STATUS_OK)
                status = q_run_insert(connection, &args, NULL, error);
        if (status == STATUS_OK && run->storing)
                status = run->storing(connection, run->storing_context, run->id, error);
        return status == STATUS_OK ? add_audit(connection, "run.created", run, error) : status;
}

void run_of(const struct evaluation *evaluation, struct run *ret)
{
        *ret = (struct run){
                .version = evaluation->version,
                .evaluation = evaluation->rule,
                .cutoff_day = evaluation->cutoff_day,
                .generation = snapshot_generation(evaluation->snapshot),
                .plan = evaluation->plan,
                .measures = &evaluation->measures,
                .decisions = &evaluation->decisions,
                .standings = evaluation->standings,
                .customer_ids = snapshot_customer_ids(evaluation->snapshot),
                .customers_evaluated = evaluation->tally.evaluated,
                .effective_day = DAY_NONE,
        };
}

enum status run_store(struct database *database, struct connection *connection, struct run *run, struct error *error)
{
        run->effective_day = DAY_NONE;
        enum status status = remove_leftovers(database, connection, error);
        if (status == STATUS_OK)
                status = db_write(database, take_id, run, error);
        size_t count = run->measures->customer_count;
        struct storing storing = {.run = run};
        for (size_t i = 0; i < count; i++)
                storing.decisions += bits_get(run->measures->exists, i);
        for (size_t begin = 0; begin < count && status == STATUS_OK; begin += DECISIONS_PER_TRANSACTION) {
                storing.begin = begin;
                storing.end = count - begin < DECISIONS_PER_TRANSACTION ? count : begin + DECISIONS_PER_TRANSACTION;
                status = db_write_bulk(database, insert_decisions, &storing, error);
        }
        if (status == STATUS_OK)
                status = db_write(database, insert_run, &storing, error);
        return status;
}

enum status run_next_approval(struct connection *connection, int64_t program_id, int32_t *ret_number,
                              struct error *error)
{
        struct q_approval_last_number_args args = {program_id};
        struct q_approval_last_number_row row;
        bool found;
        enum status status = q_approval_last_number(connection, &args, &row, &found, error);
        if (status == STATUS_OK)
                *ret_number = found && row.has_number ? row.number + 1 : 1;
        return status;
}

enum status run_check_approval(struct connection *connection, const struct version *version, int32_t cutoff_day,
                               struct error *error)
{
        struct q_run_latest_approved_args args = {version->program_id};
        struct q_run_latest_approved_row latest;
        bool found;
        if (!version->released) {
                char number[16];
                snprintf(number, sizeof(number), "%d", version->number);
                return error_set(error, STATUS_CONFLICT, "run.version_not_released", "program", version->program,
                                 "version", number, NULL);
        }
        enum status status = q_run_latest_approved(connection, &args, &latest, &found, error);
        if (status != STATUS_OK || !found || !latest.has_cutoff_day || latest.cutoff_day <= cutoff_day)
                return status;
        struct buffer asked buffer_cleanup;
        struct buffer later buffer_cleanup;
        buffer_init(&asked, 32);
        buffer_init(&later, 32);
        day_add_iso(&asked, cutoff_day);
        day_add_iso(&later, latest.cutoff_day);
        return error_set(error, STATUS_CONFLICT, "run.approval_older", "cutoff", asked.data, "later", later.data, NULL);
}

/* Nobody whose decision this approval would make count may have an approved one of a later cut-off. */
static enum status check_customers(struct connection *connection, const struct run *run, struct error *error)
{
        struct q_run_open_before_later_args args = {run->id, run->version->program_id, run->cutoff_day};
        struct q_run_open_before_later_row row;
        bool found;
        enum status status = q_run_open_before_later(connection, &args, &row, &found, error);
        if (status != STATUS_OK || !found || row.customers == 0)
                return status;
        char customers[24];
        struct buffer later buffer_cleanup;
        buffer_init(&later, 32);
        snprintf(customers, sizeof(customers), "%lld", (long long)row.customers);
        day_add_iso(&later, row.cutoff_day);
        return error_set(error, STATUS_CONFLICT, "run.decided_later", "count", customers, "later", later.data, NULL);
}

static enum status approve(struct connection *connection, void *context, struct error *error)
{
        struct run *run = context;
        int32_t number;
        int64_t now_ms = clock_now_ms();
        enum status status = run_check_approval(connection, run->version, run->cutoff_day, error);
        if (status == STATUS_OK)
                status = check_customers(connection, run, error);
        if (status == STATUS_OK)
                status = run_next_approval(connection, run->version->program_id, &number, error);
        if (status == STATUS_OK)
                status = q_run_flag_undone(connection, &(struct q_run_flag_undone_args){run->id}, NULL, error);
        if (status != STATUS_OK)
                return status;
        int32_t today = clock_local_day(now_ms);
        const struct evaluation_rule *rule = &run->version->concept->mechanics.evaluations[run->evaluation];
        run->effective_day = engine_effective_day(rule, run->cutoff_day);
        if (run->effective_day < today)
                run->effective_day = today;
        struct q_run_approve_args args = {
                .id = run->id,
                .decided_ms = now_ms,
                .decided_day = today,
                .approval_number = number,
                .effective_day = run->effective_day,
        };
        int64_t changes = 0;
        status = q_run_approve(connection, &args, &changes, error);
        if (status == STATUS_OK && changes != 1)
                status = error_set(error, STATUS_CONFLICT, "run.already_decided", NULL);
        return status == STATUS_OK ? add_audit(connection, "run.approved", run, error) : status;
}

enum status run_approve(struct database *database, struct run *run, struct error *error)
{
        return db_write(database, approve, run, error);
}
