/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plan.h: the inside of an engine plan, for the engine's own files and facts/sql_metrics.c: which columns a concept
 * needs at a cut-off, its criteria in one flat list, and the classes of customers that share all factors.
 *
 * A factor class is (size class, newcomer slot). The newcomer slot holds the full months since joining and whether one
 * more calendar month was touched: everything the newcomer factor and the pro rata share depend on.
 */
#ifndef TREUE_ENGINE_PLAN_H
#define TREUE_ENGINE_PLAN_H

#include "engine/evaluate.h"

enum { COLUMN_REVENUE_12M = 0, COLUMN_NONE = UINT32_MAX, INTERVAL_NONE = UINT32_MAX, KIND_COUNT = 2 };

/* Days whose document totals are summed and counted once for all columns that need them. */
struct plan_interval {
        int32_t from_day, to_day;
        bool since_joined;       /* from_day differs between customers */
};

struct plan_column {
        enum metric metric;
        struct text of;
        struct window window;
        int32_t from_day, to_day;
        uint32_t interval, previous; /* document sums it is made of; INTERVAL_NONE */
        uint8_t kinds;           /* bit (1 << kind): a deciding criterion of a segment of that kind uses it */
};

struct plan_criterion {
        const struct criterion *criterion;
        uint32_t column;
        bool scaled;             /* its thresholds differ between factor classes */
};

struct plan_path {
        uint32_t first;          /* of its criteria: `all`, then `some` */
        uint32_t all_count, some_count, some_at_least;
};

struct plan_segment {
        enum customer_kind kind;
        bool rest;
        uint8_t rung;            /* position among the segments of its kind, best 0 */
        uint32_t path_count;
        struct plan_path *paths;
        uint32_t expects_first, expects_count;
};

struct plan_kind {
        uint8_t segment_count;
        uint8_t segments[CONCEPT_SEGMENTS_MAX]; /* best first */
        uint8_t rest;            /* SEGMENT_NONE: the concept has no segments of the kind */
        bool size_scaled, newcomer_scaled; /* by some deciding criterion */
};

struct engine_plan {
        const struct concept *concept;
        const struct concept *measured_concept; /* whose list the measured size classes are positions in */
        int32_t cutoff_day;
        bool fixed;              /* rebound: columns cannot be added */
        size_t column_count, interval_count, criterion_count;
        struct plan_column *columns;
        struct plan_interval *intervals;
        struct plan_criterion *criteria;
        struct plan_segment segments[CONCEPT_SEGMENTS_MAX];
        struct plan_kind kinds[KIND_COUNT];
        uint32_t classify_orders, classify_revenue; /* columns or COLUMN_NONE */
        uint8_t size_slot[256];  /* of the measured size class; 0: factor 1 */
        uint32_t newcomer_slots; /* 1: no newcomer rule */
        uint32_t newcomer_age_count;
        uint16_t *newcomer_slot_by_age; /* by days since joining; older ones are slot 0 */
        size_t class_count;
};

static inline uint32_t plan_newcomer_slot(const struct engine_plan *plan, int32_t joined_day)
{
        if (joined_day == DAY_NONE || joined_day > plan->cutoff_day)
                return 0;
        uint32_t age_days = (uint32_t)plan->cutoff_day - (uint32_t)joined_day;
        return age_days < plan->newcomer_age_count ? plan->newcomer_slot_by_age[age_days] : 0;
}

static inline uint32_t plan_factor_class(const struct engine_plan *plan, uint8_t size_class, int32_t joined_day)
{
        return plan->size_slot[size_class] * plan->newcomer_slots + plan_newcomer_slot(plan, joined_day);
}

/* The factors of a criterion for a class, in the order in which they apply; returns how many. */
size_t plan_factors(const struct engine_plan *plan, const struct criterion *criterion, uint32_t factor_class,
                    struct applied_factor ret[FACTOR_KIND_COUNT]);
/* Their product; false when it does not fit. */
bool plan_factor_product(const struct engine_plan *plan, const struct criterion *criterion, uint32_t factor_class,
                         struct rational *ret);

/* Columns ready to be filled for `count` customers: arrays allocated, days and scales set. False without memory. */
bool plan_columns_new(const struct engine_plan *plan, size_t count, struct arena *arena, struct measures *ret);

#endif
