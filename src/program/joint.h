/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * joint.h: measuring once for several questions: the columns that any of some concepts needs, and single metrics
 * besides. Each concept is then decided by engine_plan_rebind on the same columns.
 */
#ifndef TREUE_PROGRAM_JOINT_H
#define TREUE_PROGRAM_JOINT_H

#include "engine/evaluate.h"
#include "facts/snapshot.h"

/* What is asked for. Concepts that count in other units or other program years cannot share columns
 * (joint_is_possible). `like` supplies currency and program year where `concept_count` is 0. */
struct joint_question {
        const struct concept *const *concepts;
        size_t concept_count;
        const struct concept *like;
        const struct criterion *metrics; /* further columns: only metric, of and window count */
        size_t metric_count;
        int32_t cutoff_day;
};

struct joint {
        const struct concept *concept;   /* all criteria of the question as notes that never decide */
        struct engine_plan *plan;
        struct engine_input input;
        struct measures measures;
};

bool joint_is_possible(const struct concept *a, const struct concept *b);

/* Measures everything the question needs. Lives in the arena and borrows from the concepts and the snapshot. */
must_check enum status joint_measure(const struct joint_question *question, struct snapshot *snapshot,
                                     struct connection *connection, const struct parallel *parallel,
                                     struct arena *arena, struct joint *ret, struct error *error);

/* As joint_measure, from an input that is there already (customer_input.h); `input` must have what the metrics need. */
must_check enum status joint_measure_of(const struct joint_question *question, const struct engine_input *input,
                                        struct arena *arena, struct joint *ret, struct error *error);

/* The column of a metric (metric, of and window of `wanted`); NULL when it was not measured. */
const struct metric_column *joint_column(const struct measures *measures, const struct criterion *wanted);

#endif
