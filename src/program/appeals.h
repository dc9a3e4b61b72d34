/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * appeals.h: a customer's objection to an approved decision. It may be filed until `mechanics.appeal_days` after the
 * decision was approved (the last day counts) and is to be decided within ten working days (Monday to Friday) of being
 * filed. Filing and deciding leave audit entries.
 */
#ifndef TREUE_PROGRAM_APPEALS_H
#define TREUE_PROGRAM_APPEALS_H

#include "program/requests.h"
#include "program/run_list.h"
#include "program/versions.h"

enum appeal_state { APPEAL_OPEN, APPEAL_GRANTED, APPEAL_DISMISSED, APPEAL_STATE_COUNT };
extern const char *const appeal_state_names[APPEAL_STATE_COUNT]; /* also part of catalogue keys */
enum { APPEAL_WORKING_DAYS = 10 };

struct appeal {
        struct filed_request request; /* asked_by: who filed it; answer: the result */
        int32_t run_number;
        int32_t filed_day, due_day;
        struct text owner;
        enum appeal_state state;
};

/* By number. Lives in the arena. */
must_check enum status appeal_list_load(struct connection *connection, int64_t program_id, struct arena *arena,
                                        struct appeal **ret, size_t *ret_count, struct error *error);

/* The day `count` working days (Monday to Friday) after `day`; holidays are not known. */
int32_t working_days_after(int32_t day, unsigned count);

struct appeal_filing {
        const struct run_summary *run;
        int64_t customer_id;
        const char *customer;         /* as typed, for messages */
        const char *reason, *filed_by, *owner, *actor;
};
/* Files today. STATUS_USAGE "appeal.reason_missing"; STATUS_CONFLICT "run.decision_missing" {customer} {run},
 * "appeal.not_announced" {customer} {run}, "appeal.late" {last}, "appeal.open_already" {customer} {run}. Audit entry
 * "appeal.filed". */
must_check enum status appeal_file(struct database *database, const struct appeal_filing *filing,
                                   int32_t *ret_due_day, struct error *error);

/* STATUS_USAGE "appeal.result_missing"; STATUS_CONFLICT "appeal.decided_already" {appeal}. Audit entry "appeal.granted"
 * or "appeal.dismissed". */
must_check enum status appeal_decide(struct database *database, const struct appeal *appeal, bool grant,
                                     const char *result, const char *actor, struct error *error);

#endif
