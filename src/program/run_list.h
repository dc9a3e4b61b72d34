/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_list.h: the runs of a program as people see them: numbered in the order in which they were made, with what became
 * of them, and the decisions of one of them. Everything lives in the arena.
 */
#ifndef TREUE_PROGRAM_RUN_LIST_H
#define TREUE_PROGRAM_RUN_LIST_H

#include "base/arena.h"
#include "db/db.h"
#include "engine/evaluate.h"
#include "program/versions.h"

enum run_state { RUN_PROPOSED, RUN_APPROVED, RUN_REJECTED, RUN_STATE_COUNT };
extern const char *const run_state_names[RUN_STATE_COUNT]; /* "proposed", ...: also part of catalogue keys */

struct run_summary {
        int64_t id, program_id, concept_version_id;
        int32_t number;               /* 1, 2, ... within the program */
        int32_t version;
        struct text evaluation;
        int32_t cutoff_day;
        int64_t generation;
        enum run_state state;
        int64_t created_ms;
        int32_t decided_day, effective_day; /* DAY_NONE: not decided, not approved */
        int64_t customers_evaluated;
        int64_t approved, rejected;   /* verdicts on single decisions */
        bool beneath_undone;          /* an import it was made on has been undone since */
};

must_check enum status run_list_load(struct connection *connection, int64_t program_id, struct arena *arena,
                                     struct run_summary **ret, size_t *ret_count, struct error *error);

/* A run by its number or its id as people type them. STATUS_NOT_FOUND "run.unknown" {run} {program}. */
must_check enum status run_find_typed(struct connection *connection, int64_t program_id, const char *program,
                                      const char *typed, struct arena *arena, struct run_summary *ret,
                                      struct error *error);

/* One decision with its state: its own verdict, else what became of the run. */
struct run_decision {
        int64_t customer_id;
        struct text source, number;   /* the first by (source, number); set by run_decisions_name */
        struct text before;           /* none without membership */
        struct text qualified, segment;
        enum decision decision;
        uint8_t flags;
        bool grace;
        int32_t grace_end_day;        /* DAY_NONE: none, or ends with the next evaluation that decides it */
        enum run_state state;
        int32_t effective_day;        /* DAY_NONE: not approved */
        bool own_verdict;
        struct text reason, actor;    /* of an own verdict */
};

/* By ascending customer id. */
must_check enum status run_decisions_load(struct connection *connection, int64_t run_id, struct arena *arena,
                                          struct run_decision **ret, size_t *ret_count, struct error *error);
/* Gives them the numbers customers are known by. */
must_check enum status run_decisions_name(struct connection *connection, int64_t run_id, struct run_decision *decisions,
                                          size_t count, struct arena *arena, struct error *error);

/* The position of a customer's decision; `count` when the run has none. */
size_t run_decisions_find(const struct run_decision *decisions, size_t count, int64_t customer_id);

/* The kinds in a list like "promote,demote" as bits (1 << enum decision). STATUS_USAGE "run.unknown_kind" {kind}
 * {kinds}. */
must_check enum status decision_kinds_parse(const char *list, uint32_t *ret, struct error *error);

#endif
