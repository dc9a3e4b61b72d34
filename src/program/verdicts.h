/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verdicts.h: approving and rejecting the decisions of a run, one by one or as a whole.
 *
 * A decision shares the state of its run until it gets a verdict of its own. An approved one counts, with its own
 * approval number and effective day, also while its run is only proposed; a rejected one does not count, also when its
 * run is approved, before or after. A later verdict replaces an earlier one. Nobody's decision may be approved or
 * rejected once there is an approved decision of a later cut-off: it was taken from where the customer stood.
 */
#ifndef TREUE_PROGRAM_VERDICTS_H
#define TREUE_PROGRAM_VERDICTS_H

#include "program/run_list.h"

struct verdict_request {
        const struct run_summary *run;
        bool approve;                 /* else reject */
        const char *actor, *reason;   /* reason: required to reject */
        const int64_t *customer_ids;  /* those meant; none: everybody whose decision is of the kinds and still open */
        const char *const *customer_names; /* as typed, for messages */
        size_t customer_count;
        uint32_t kinds;               /* bits of enum decision; 0: all */
};

struct verdict_result {
        size_t count;
        int32_t effective_day;        /* of an approval */
};

/* Gives verdicts on single decisions, all or none. Audit entry "run.decisions_approved" or "run.decisions_rejected"
 * with the customers. STATUS_USAGE "run.reason_missing"; STATUS_NOT_FOUND "run.nothing_chosen"; STATUS_CONFLICT
 * "run.already_rejected" {run}, "run.version_not_released", "run.decision_missing" {customer} {run},
 * "run.decision_already_approved" or "run.decision_already_rejected" {customer} {run}, "run.decided_later" {count}
 * {later}. */
must_check enum status verdicts_give(struct database *database, const struct verdict_request *request,
                                     struct verdict_result *ret, struct error *error);

/* Approves the run as a whole (runs.h: run_approve). */
must_check enum status verdict_approve_run(struct database *database, struct connection *connection,
                                           const struct run_summary *run, const char *actor, const char *reason,
                                           struct arena *arena, int32_t *ret_effective_day, struct error *error);
/* Rejects the run as a whole; decisions approved one by one stay approved. Audit entry "run.rejected".
 * STATUS_CONFLICT "run.already_decided". */
must_check enum status verdict_reject_run(struct database *database, const struct run_summary *run, const char *actor,
                                          const char *reason, struct error *error);

#endif
