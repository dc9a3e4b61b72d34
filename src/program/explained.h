/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explained.h: why a customer stands where it does: a decision of a stored run, explained from the concept version and
 * the metric values it was taken with. Needs nothing of today's data.
 */
#ifndef TREUE_PROGRAM_EXPLAINED_H
#define TREUE_PROGRAM_EXPLAINED_H

#include "engine/evaluate.h"
#include "program/together.h"
#include "program/versions.h"

struct past_decision {
        int64_t run_id, concept_version_id;
        int32_t cutoff_day;
        int32_t effective_day;        /* DAY_NONE: not approved */
        bool approved;
        struct text evaluation, before, segment, decision; /* before: none without membership */
};

struct granted_override {
        int32_t valid_to;             /* last day */
        struct text reason, requested_by, approved_by;
};

/* Where a customer counts who was merged into another, at the end of a chain of merges. */
struct merged {
        int64_t customer_id;          /* of the other one */
        struct text number, name;
        int32_t since_day;            /* the latest day of the chain */
};

struct explained {
        int64_t customer_id;          /* whose decision is explained */
        struct text source, number, name; /* of the one asked for; the name is the number while nobody gave one */
        bool has_merged;
        struct merged merged;
        bool counts_there;            /* what follows is about that one, not about the one asked for */
        struct together together;     /* filled by who has the snapshot at hand (together_load) */
        struct version version;
        size_t rule;                  /* index into the concept's evaluations */
        int32_t cutoff_day;
        int64_t generation;
        bool approved, beneath_undone;
        int32_t effective_day;        /* of a proposal: the evaluation's first effective date */
        struct text before;           /* none without membership */
        uint8_t qualified, segment;   /* indexes into the concept's segments */
        enum decision decision;
        uint8_t flags;
        bool grace;
        int32_t grace_until_day;      /* DAY_NONE without grace */
        struct engine_plan *plan;
        struct measures measures;     /* of this one customer */
        struct explanation explanation;
        bool has_override;            /* the decision is an override, and it still stands: */
        struct granted_override override;
        size_t history_count;         /* all decisions in the program, the latest cut-off first */
        struct past_decision *history;
        size_t own_count;             /* counts_there: its own from before */
        struct past_decision *own_history;
};

/* Finds a customer by what people type: NUMBER or SOURCE:NUMBER. STATUS_NOT_FOUND "explain.unknown_customer"
 * {customer}, STATUS_USAGE "explain.ambiguous_customer" {customer} {sources}. */
must_check enum status customer_find(struct connection *connection, const char *typed, struct arena *arena,
                                     struct explained *ret, struct error *error);

/* Explains the decision of a cut-off (DAY_NONE: the latest): the approved one that was approved last, else the latest
 * proposal. STATUS_NOT_FOUND "explain.never_evaluated" {customer} or "explain.not_at_cutoff" {customer} {cutoff}. Fills
 * what customer_find left open; lives in the arena. */
must_check enum status explained_load(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                                      struct arena *arena, struct explained *explained, struct error *error);

/* Notes what a customer was merged into by a day, if at all. */
must_check enum status explained_find_merged(struct connection *connection, int32_t day, struct arena *arena,
                                             struct explained *explained, struct error *error);

/* explained_load for one that may have been merged: without a cut-off, or where it has no decision of its own there,
 * the decision of the one it counts as. STATUS_NOT_FOUND "explain.merged_not_evaluated" {customer} {into} when that one
 * has none either. */
must_check enum status explained_load_merged(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                                             struct arena *arena, struct explained *explained, struct error *error);

#endif
