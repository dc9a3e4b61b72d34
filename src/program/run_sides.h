/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_sides.h: an evaluation as one side of a comparison: as it was stored, decided again from what it stored,
 * recomputed from the facts as of its generation, or computed afresh from today's data. And what differs between two.
 */
#ifndef TREUE_PROGRAM_RUN_SIDES_H
#define TREUE_PROGRAM_RUN_SIDES_H

#include "engine/evaluate.h"
#include "facts/snapshot.h"
#include "program/run_list.h"

/* Columns of decisions and values by position; a customer counts where measures.exists says so. Lives in the arena
 * (and in the snapshot it was measured from). */
struct run_side {
        const struct version *version;
        size_t rule;                  /* index into the concept's evaluations */
        int32_t cutoff_day;
        int64_t generation;
        struct engine_plan *plan;
        struct measures measures;
        struct decisions decisions;
        const struct standing *standings;
        size_t count;
        const int64_t *customer_ids;  /* ascending */
};

/* What the run decided and stored. STATUS_CORRUPT "run.damaged" {run} when it cannot be read. A run that did not store
 * where its customers stood takes that from the approved decisions. */
must_check enum status run_side_stored(struct connection *connection, const struct run_summary *run,
                                       struct arena *arena, struct run_side *ret, struct error *error);

/* Decided again from the values and standings the run stored. */
must_check enum status run_side_again(const struct run_side *stored, const struct parallel *parallel,
                                      struct arena *arena, struct run_side *ret, struct error *error);

/* Measured and decided again from the facts of a snapshot of the run's generation, ignoring the stored values; only
 * where customers stood is taken from the run, since decisions are no facts. */
must_check enum status run_side_from_facts(const struct run_side *stored, struct snapshot *snapshot,
                                           struct connection *connection, const struct parallel *parallel,
                                           struct arena *arena, struct run_side *ret, struct error *error);

/* The same version, evaluation and cut-off with the facts of another snapshot, overrides and standings of today. */
must_check enum status run_side_afresh(const struct run_side *stored, struct snapshot *snapshot,
                                       struct connection *connection, const struct parallel *parallel,
                                       struct arena *arena, struct run_side *ret, struct error *error);

/* ---- what differs ------------------------------------------------------------------------------------------------ */

enum run_value_kind { VALUE_COLUMN, VALUE_KIND, VALUE_SIZE_CLASS, VALUE_JOINED };

struct value_change {
        enum run_value_kind kind;
        size_t old_column, new_column; /* VALUE_COLUMN: positions in the plans' columns */
};

enum { SIDE_MISSING = UINT32_MAX };

struct run_difference {
        int64_t customer_id;
        struct text source, number;   /* the first by (source, number) */
        uint32_t old_index, new_index; /* positions in the sides; SIDE_MISSING: not evaluated there */
        bool decision_differs;        /* before, qualified, segment, decision, flags or grace */
        size_t change_count;
        struct value_change *changes; /* values that differ; of those both sides have */
};

/* All customers in whom the two sides differ, by number. Values are compared exactly, columns by metric, `of` and
 * window. *ret_compared: customers on at least one side. */
must_check enum status run_differences(struct connection *connection, const struct run_side *old_side,
                                       const struct run_side *new_side, struct arena *arena,
                                       struct run_difference **ret, size_t *ret_count, size_t *ret_compared,
                                       struct error *error);

#endif
