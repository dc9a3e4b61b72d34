/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluation.h: one evaluation from the snapshot to decisions, in memory. Storing and approving it is runs.h.
 */
#ifndef TREUE_PROGRAM_EVALUATION_H
#define TREUE_PROGRAM_EVALUATION_H

#include "engine/evaluate.h"
#include "facts/snapshot.h"
#include "program/versions.h"

struct evaluation {
        const struct version *version;
        size_t rule;                  /* index into the concept's evaluations */
        int32_t cutoff_day;
        struct snapshot *snapshot;    /* borrowed */
        bool metrics_by_sql;          /* counted by the database instead of the column index (facts/sql_metrics.h) */
        struct engine_plan *plan;
        struct measures measures;
        struct standing *standings;   /* set beforehand: taken as they are, by position in the snapshot */
        struct decisions decisions;
        struct tally tally;
};

/* Which evaluation of the concept is meant: by id, or, with `id` NULL, the one whose cut-off day matches.
 * STATUS_INVALID
 * "evaluate.unknown_evaluation" {evaluation} {evaluations} or "evaluate.no_evaluation_matches" {cutoff}
 * {evaluations}. */
must_check enum status evaluation_choose(const struct concept *concept, const char *id, int32_t cutoff_day,
                                         size_t *ret_rule, struct error *error);

/* What is evaluated when nobody names a cut-off: the latest scheduled one from `first_day` to `complete_day`
 * (facts/survey.h, survey_days); where there is none, `complete_day` by the concept's first evaluation. */
void evaluation_latest(const struct concept *concept, int32_t first_day, int32_t complete_day, int32_t *ret_cutoff,
                       size_t *ret_rule);

/* The next scheduled cut-off after a day of an evaluation that has one of `moves`; DAY_NONE: there is none. *ret_rule
 * (may be NULL): which. A grace ends with the next one that has MOVE_DOWN or MOVE_GRACE. */
int32_t evaluation_next(const struct concept *concept, int32_t day, uint8_t moves, size_t *ret_rule);

/* Measures, loads where everybody stands unless that is given, and decides. `evaluation` comes with version, rule,
 * cutoff_day, snapshot and metrics_by_sql set; the rest is filled and lives in the arena. */
must_check enum status evaluation_run(struct evaluation *evaluation, struct connection *connection,
                                      const struct parallel *parallel, struct arena *arena, struct error *error);

#endif
