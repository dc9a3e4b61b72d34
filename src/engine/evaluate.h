/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate.h: from columns to decisions: the engine's front door.
 *
 *   plan      which metric columns a concept needs at a cut-off date        engine_plan_new
 *   measure   fill them from the purchases and facts                        engine_measure
 *   judge     criteria -> bits, paths, best segment, ladder -> decision     engine_decide
 *
 * For a what-if only engine_decide runs again, with a plan for the changed concept that asks for the same columns
 * (engine_plan_rebind). Results depend on nothing but the inputs: not on threads nor on the order of segments.
 * Everything a call hands out lives in the arena given to it.
 */
#ifndef TREUE_ENGINE_EVALUATE_H
#define TREUE_ENGINE_EVALUATE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/parallel.h"
#include "base/status.h"
#include "engine/concept.h"
#include "engine/input.h"
#include "engine/rational.h"

enum decision {
        DECISION_NOT_EVALUATED,  /* does not exist at the cut-off */
        DECISION_NEW, DECISION_UNCLASSIFIED, DECISION_SUSPENDED, DECISION_OVERRIDE, DECISION_PROMOTE, DECISION_STAY,
        DECISION_RECOVERED, DECISION_KEPT, DECISION_GRACE, DECISION_DEMOTE,
        DECISION_COUNT
};
extern const char *const decision_names[DECISION_COUNT]; /* "new", "unclassified", ... */

/* Flags of a decision; names sorted alphabetically are flag_names in bit order. */
enum {
        FLAG_AT_RISK = 1,        /* missed, but nothing happens this time */
        FLAG_CAPPED = 2,         /* share of wallet above 1, shown as 1 */
        FLAG_COST_MISSING = 4,   /* a margin left lines without cost out */
        FLAG_NEWCOMER = 8,       /* the newcomer factor applied */
        FLAG_NO_GROUP = 16,      /* lines of articles without product group in a product_groups window */
        FLAG_NO_SIZE_CLASS = 32, /* factor 1 because no size class is known, though a criterion is scaled by size */
        FLAG_UNKNOWN = 64,       /* at least one criterion is unknown: a task for the responsible person */
        FLAG_COUNT = 7
};
extern const char *const flag_names[FLAG_COUNT];

/* One metric over one window for everybody. value, or numerator / denominator for ratios, where known. Shared between
 * all criteria that ask for the same (metric, of, window). */
struct metric_column {
        enum metric metric;
        struct text of;
        struct window window;
        int32_t from_day, to_day;          /* first and last day counted; from_day DAY_OPEN_START for `all`; for
                                              since_joined from_day is per customer: see engine_window_days */
        uint8_t scale;                     /* decimals of `value` (money: minor digits; counts 0; values as imported) */
        int64_t *value;                    /* customer_count */
        int64_t *denominator;              /* ratios only: value / denominator (growth: (rev - prev) / prev); > 0 where
                                              known. Share of wallet is kept uncapped: only its display is capped */
        int64_t *line_count, *line_left_out; /* margin only: lines in the window, those of them without cost; or NULL */
        uint64_t *known;                   /* bits; a column that is always known has all bits set */
        uint64_t *estimated;               /* bits or NULL */
        uint64_t *flagged;                 /* capped / cost missing / lines without group, by metric; bits or NULL */
        const struct attribute_column *attribute; /* METRIC_ATTRIBUTE: the values themselves */
        const struct count_column *counts; /* METRIC_CERTIFIED_PEOPLE while measuring; NULL: nobody has any */
        const struct event_column *events; /* METRIC_ACTIVITIES, METRIC_VISITS while measuring; NULL: none */
};

struct engine_plan;

/* Which columns are needed, windows resolved for the cut-off, factors prepared. STATUS_INVALID for what the concept
 * check should have refused (growth over all). `concept` must outlive the plan. */
must_check enum status engine_plan_new(struct arena *arena, const struct concept *concept, int32_t cutoff_day,
                                       struct engine_plan **ret, struct error *error);

/* The measured columns plus who exists, of which kind, and what the factors depend on. Column 0 is always the revenue
 * of 12 months; classify_after adds orders and revenue over `all`. What the mechanics make of size and joining date
 * (factor, newcomer, classification) is decided in engine_decide, so that a what-if may change the mechanics too. */
struct measures {
        size_t customer_count;
        size_t column_count;
        struct metric_column *columns;     /* in the order of the plan */
        uint64_t *exists;                  /* bits: evaluated at this cut-off */
        uint8_t *kind;                     /* after conversion of prospects */
        int32_t *since_day;                /* since, else first document, else recorded: what existence used */
        int32_t *joined_day;               /* DAY_NONE: not given or after the cut-off (then invisible) */
        uint8_t *size_class;               /* as in the input */
        const uint64_t *suspended;         /* bits; NULL: nobody */
        const uint64_t *guarded;           /* bits: protected from demotion by a merge; NULL: nobody */
        const struct engine_units *units;  /* as in the input; NULL: everybody is alone, or restored from a run */
        const int64_t *revenue_12m_minor;  /* for the reports, always there: columns[0].value, but each customer's own
                                              (with those merged into it) where units share a value */
};

/* STATUS_LIMIT when a sum of amounts does not fit int64. */
must_check enum status engine_measure(const struct engine_plan *plan, const struct engine_input *input,
                                      const struct parallel *parallel, struct arena *arena, struct measures *ret,
                                      struct error *error);

/* A plan for another concept over the columns that `measures` already has: thresholds, paths and mechanics may differ.
 * STATUS_NOT_FOUND when it needs a column that was not measured. */
must_check enum status engine_plan_rebind(struct arena *arena, const struct engine_plan *measured,
                                          const struct concept *concept, struct engine_plan **ret, struct error *error);

/* One decision per customer, as columns. */
struct decisions {
        size_t customer_count;
        uint8_t *before;                   /* segment index or SEGMENT_NONE */
        uint8_t *qualified;                /* SEGMENT_NONE where not evaluated */
        uint8_t *segment;                  /* after the decision */
        uint8_t *decision;                 /* enum decision */
        uint8_t *flags;                    /* FLAG_ bits */
        uint8_t *grace;                    /* 1: a grace runs after the decision */
        int32_t *grace_end_day;            /* with {months: n}; else DAY_NONE */
};

struct tally {
        uint64_t evaluated;
        uint64_t qualified[CONCEPT_SEGMENTS_MAX], segment[CONCEPT_SEGMENTS_MAX];
        uint64_t decision[DECISION_COUNT];
        int64_t revenue_minor[CONCEPT_SEGMENTS_MAX]; /* 12m revenue by the segment after the decision */
};

/* Rules 1 to 7 of concept-format.md. Suspended customers without membership are shown in the rest segment of their
 * kind. Members of a unit have the same measures and therefore the same decision, provided that `standing` says the
 * same of them. Not evaluated customers have SEGMENT_NONE in every segment column. A grace without end day ends with
 * the next run that has `down` or `grace`. `standing` has customer_count entries; NULL: nobody has a membership.
 * `evaluation` is an index into the concept's mechanics.evaluations. */
must_check enum status engine_decide(const struct engine_plan *plan, const struct measures *measures,
                                     const struct standing *standing, size_t evaluation,
                                     const struct parallel *parallel, struct arena *arena, struct decisions *ret,
                                     struct tally *ret_tally, struct error *error);

/* ---- explanation ------------------------------------------------------------------------------------------------- */

enum judgement { NOT_MET, MET, UNKNOWN };

enum factor_kind { FACTOR_SIZE, FACTOR_NEWCOMER, FACTOR_PRO_RATA, FACTOR_KIND_COUNT };
struct applied_factor {
        enum factor_kind kind;
        struct fraction factor;
};

/* Thresholds are exact rationals in the unit's natural size (currency units, not minor). */
struct explained_criterion {
        const struct criterion *criterion;
        const struct metric_column *column;
        int32_t from_day, to_day;          /* DAY_NONE: the metric has no window */
        bool known, estimated, flagged;
        int64_t value, denominator;        /* as in metric_column; denominator 0 when not a ratio */
        int64_t line_count, line_left_out; /* margin: lines in the window, those of them without cost */
        const struct attribute_value *attribute; /* or NULL */
        size_t factor_count;
        struct applied_factor factors[FACTOR_KIND_COUNT];
        struct rational effective;         /* first operand x factors (at_least: the threshold) */
        struct rational effective_high;    /* between: second operand x factors */
        struct rational effective_keep;
        enum judgement state, keep_state;  /* keep_state: with `keep` where given, else as state */
        bool has_missing;
        struct rational missing;           /* how much more (or less) is needed; only for numbers not met. Counts and
                                              money: the smallest step that is enough (7.2 orders, 5 there: 3) */
        bool has_keep_missing;
        struct rational keep_missing;      /* the same to keep the segment; as `missing` without `keep` */
};

struct explained_path {
        const struct path *path;
        bool fulfilled, fulfilled_keep;
        struct explained_criterion *all, *some; /* path->all_count, path->some_count */
};

struct explained_segment {
        uint8_t segment;
        bool fulfilled, fulfilled_keep;
        struct explained_path *paths;
        struct explained_criterion *expects; /* attention notes: segment->expects_count; they never decide */
};

struct explanation {
        size_t segment_count;              /* the segments of the customer's kind, best first */
        struct explained_segment *segments;
        bool has_next;
        uint8_t next_segment;              /* the next better one than the segment after the decision */
        size_t next_path;
        size_t next_missing_count;         /* of that path: unmet `all` plus the missing n of `some` */
};

/* The next step is shown by the path that misses least: fewest criteria missing, then the smallest relative gap (the
 * sum over the missing criteria of |threshold - value| / |threshold| in parts per thousand million; 1 for what is
 * unknown, not a number or measured against 0), then the order of the document. For `some` the n smallest gaps count.
 *
 * Attributes: `equals` and `in` compare numbers by value, texts by their bytes, booleans as such; kinds that cannot be
 * compared are not met. A comparator of size or order (at_least, between, ...) on an attribute that is no number is
 * not met: the attribute is known. `contains` looks for a piece of the imported text, upper and lower case differ.
 *
 * Why customer `index` was judged as it was. Works on measures of the whole population as well as on the measures of
 * one customer restored from a stored run (customer_count 1). `segment_after` selects the next step. */
must_check enum status engine_explain(const struct engine_plan *plan, const struct measures *measures, size_t index,
                                      uint8_t segment_after, struct arena *arena, struct explanation *ret,
                                      struct error *error);

/* ---- what a stored run keeps ------------------------------------------------------------------------------------- */

/* Appends the metric values and the context of one customer in a versioned packed form: everything engine_explain and
 * engine_decide need, so that a run can be explained and repeated without today's data. */
bool engine_values_pack(const struct engine_plan *plan, const struct measures *measures, size_t index,
                        struct buffer *out);
/* The inverse: measures of `count` customers from their packed values, for the same concept and cut-off.
 * STATUS_CORRUPT when the bytes do not fit the plan. Attribute texts are copied into the arena. */
must_check enum status engine_values_unpack(const struct engine_plan *plan, const struct bytes *packed, size_t count,
                                            struct arena *arena, struct measures *ret, struct error *error);

/* First and last day of a column's window for one customer (since_joined differs between customers). */
void engine_window_days(const struct engine_plan *plan, const struct measures *measures, const struct metric_column *c,
                        size_t index, int32_t *ret_from, int32_t *ret_to);

/* First `effective` date of the evaluation after the cut-off. */
int32_t engine_effective_day(const struct evaluation_rule *rule, int32_t cutoff_day);
/* The evaluation whose cut-off day matches, or -1. */
int engine_evaluation_for(const struct concept *concept, int32_t cutoff_day);

#endif
