/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * runs.h: evaluation runs: stored with the decisions and the metric values they were taken with, then approved.
 *
 * Decisions are written in bounded transactions before their run; the run's row makes them count. What a crash leaves
 * without a run is removed before the next one is stored.
 */
#ifndef TREUE_PROGRAM_RUNS_H
#define TREUE_PROGRAM_RUNS_H

#include "db/db.h"
#include "engine/evaluate.h"
#include "program/evaluation.h"
#include "program/versions.h"

struct run {
        const struct version *version;
        size_t evaluation;            /* index into the concept's evaluations */
        int32_t cutoff_day;
        int64_t generation;
        const struct engine_plan *plan;
        const struct measures *measures;
        const struct decisions *decisions;
        const struct standing *standings; /* what they were decided from */
        const int64_t *customer_ids;  /* as measures: ascending */
        uint64_t customers_evaluated;
        const char *actor, *reason;   /* of the approval; NULL: "cli", no reason */
        /* Called inside the write function that stores the run: stands or falls together with it. May be NULL. */
        enum status (*storing)(struct connection *connection, void *context, int64_t run_id, struct error *error);
        void *storing_context;
        int64_t id;                   /* set by run_store */
        int32_t effective_day;        /* set by run_approve */
};

/* The run of an evaluation, to be stored; borrows from it. */
void run_of(const struct evaluation *evaluation, struct run *ret);

/* Stores the run as a proposal. Audit entry "run.created". Beforehand decisions are removed that a crash left without
 * their run, not those another process on the same database is storing; a process stores one run at a time.
 * STATUS_BUSY "run.storing_disturbed": the connection was lost meanwhile, nothing is stored. */
must_check enum status run_store(struct database *database, struct connection *connection, struct run *run,
                                 struct error *error);

/* Could the run be approved? Asked before the work is done, and again inside run_approve. STATUS_CONFLICT
 * "run.version_not_released" {program} {version}, "run.approval_older" {cutoff} {later}. */
must_check enum status run_check_approval(struct connection *connection, const struct version *version,
                                          int32_t cutoff_day, struct error *error);

/* Approves a stored run as a whole: its decisions without a verdict of their own (verdicts.h) take effect on the
 * evaluation's first effective date after the cut-off, or today if that is later. Needs version, evaluation,
 * cutoff_day, generation, customers_evaluated, actor, reason and id. STATUS_CONFLICT "run.already_decided", what
 * run_check_approval says, or "run.decided_later" {count} {later} when one of its customers has an approved decision of
 * a later cut-off. Audit entry "run.approved". */
must_check enum status run_approve(struct database *database, struct run *run, struct error *error);

/* The number the next approval in a program takes; inside a write function. */
must_check enum status run_next_approval(struct connection *connection, int64_t program_id, int32_t *ret_number,
                                         struct error *error);

#endif
