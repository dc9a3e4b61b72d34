/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept.h: a program's rules in the form the engine works with. Built by program/concept_parse.c from the YAML
 * document (concept-format.md), frozen afterwards; lives in the arena it was parsed into.
 *
 * Numbers are exact: money thresholds and ratio thresholds are decimals, factors are fractions.
 */
#ifndef TREUE_ENGINE_CONCEPT_H
#define TREUE_ENGINE_CONCEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/text.h"

enum {
        CONCEPT_SEGMENTS_MAX = 32,
        CONCEPT_PATHS_MAX = 16,         /* of one segment */
        CONCEPT_CRITERIA_MAX = 64,      /* of one path, `all` and `some` together */
        CONCEPT_EVALUATIONS_MAX = 16,
        CONCEPT_SIZE_CLASSES_MAX = 32,
        CONCEPT_NEWCOMER_FACTORS_MAX = 10,
        CONCEPT_GOALS_MAX = 200,
        CONCEPT_PARAMETERS_MAX = 200,
        CONCEPT_IN_MAX = 100,           /* values of one `in:` list */
        SEGMENT_NONE = 255,
};

enum metric {
        METRIC_REVENUE, METRIC_MARGIN, METRIC_ORDERS, METRIC_PRODUCT_GROUPS, METRIC_ARTICLES, METRIC_ACTIVE_MONTHS,
        METRIC_REVENUE_GROWTH, METRIC_RECENCY, METRIC_TENURE, METRIC_POTENTIAL, METRIC_SHARE_OF_WALLET,
        METRIC_OPEN_POTENTIAL, METRIC_ATTRIBUTE, METRIC_VALUE, METRIC_CERTIFIED_PEOPLE, METRIC_ACTIVITIES,
        METRIC_VISITS, METRIC_DIGITAL_SHARE,
        METRIC_COUNT
};

enum metric_unit { UNIT_MONEY, UNIT_COUNT, UNIT_RATIO, UNIT_DAYS, UNIT_MONTHS, UNIT_ANY };

/* What the checker, the help and the engine know of a metric; one row per enum value. */
struct metric_info {
        const char *name; /* in the concept file */
        enum metric_unit unit;
        bool window;      /* a window is required */
        bool of_allowed, of_required;
};
extern const struct metric_info metric_infos[METRIC_COUNT];

enum window_kind {
        WINDOW_NONE, WINDOW_MONTHS, WINDOW_DAYS, WINDOW_YEAR, WINDOW_LAST_YEAR, WINDOW_QUARTERS, WINDOW_SINCE_JOINED,
        WINDOW_ALL
};
struct window {
        enum window_kind kind;
        uint16_t count; /* of months, days, quarters */
};

enum comparator {
        COMPARE_AT_LEAST, COMPARE_AT_MOST, COMPARE_MORE_THAN, COMPARE_LESS_THAN, COMPARE_EQUALS, COMPARE_IN,
        COMPARE_CONTAINS, COMPARE_BETWEEN,
        COMPARE_COUNT
};

enum operand_kind { OPERAND_NUMBER, OPERAND_TEXT, OPERAND_BOOL };
struct operand {
        enum operand_kind kind;
        struct decimal number; /* money in currency units (not minor), ratios as such, counts */
        struct text text;
        bool boolean;
        struct text parameter; /* name of the parameter the number came from, or none */
};

enum { SCALE_SIZE = 1, SCALE_NEWCOMER = 2 };

struct criterion {
        enum metric metric;
        struct text of;          /* product group, attribute, value, qualification, kind of activity; or none */
        struct window window;
        enum comparator comparator;
        size_t operand_count;    /* 1; 2 for between (low, high); n for in */
        struct operand *operands;
        bool has_keep;
        struct operand keep;
        uint8_t scale;           /* SCALE_ bits, in the order size, newcomer */
        bool unknown_is_met;
        bool measured_only;
        struct text goal;        /* id or none */
        unsigned line, column;   /* in the document */
};

struct path {
        struct text id;
        size_t all_count;
        struct criterion *all;
        size_t some_count;
        struct criterion *some;
        unsigned some_at_least;  /* n of m; 0 without `some` */
};

enum customer_kind { KIND_CUSTOMER, KIND_PROSPECT };

struct bilingual {
        struct text german, english; /* english falls back to german when empty */
};

struct segment {
        struct text id;
        struct bilingual name;
        enum customer_kind kind;
        bool rest;
        size_t path_count;
        struct path *paths;
        size_t expects_count;    /* attention notes, never decide */
        struct criterion *expects;
};

enum { MOVE_UP = 1, MOVE_DOWN = 2, MOVE_GRACE = 4 };
struct month_day {
        uint8_t month, day;      /* 02-29 is refused; 06-30 and 02-28 are plain days */
};
struct evaluation_rule {
        struct text id;
        struct month_day cutoff, effective;
        uint8_t moves;           /* MOVE_ bits */
};

enum grace_kind { GRACE_NEXT_EVALUATION, GRACE_MONTHS, GRACE_NONE };

struct fraction {
        int64_t numerator, denominator; /* denominator > 0 */
};

struct mechanics {
        size_t evaluation_count;
        struct evaluation_rule *evaluations;
        enum grace_kind grace;
        unsigned grace_months;
        unsigned demotion_max_steps, promotion_max_steps;
        size_t size_class_count;
        struct size_factor { struct text code; struct fraction factor; } *size_factors;
        unsigned newcomer_months; /* 0: no newcomer rule */
        size_t newcomer_factor_count;
        struct fraction *newcomer_factors;
        bool newcomer_pro_rata;
        bool classify_after;      /* the rule exists */
        bool classify_has_orders, classify_has_revenue;
        int64_t classify_orders, classify_revenue_minor;
        unsigned override_max_months;
        struct fraction override_max_share;
        unsigned appeal_days, notice_weeks;
};

struct goal {
        struct text id, segment, kind, owner;
        struct bilingual name;
        bool has_metric;
        enum metric metric;
        struct text aggregate;
        bool has_baseline, has_target;
        struct decimal baseline, target;
        int32_t due_day;          /* DAY_NONE: none */
};

struct parameter {
        struct text name;
        struct decimal value;
};

/* What one decision is about (engine/unite.h). */
enum evaluates { EVALUATES_CUSTOMER, EVALUATES_ACCOUNT_GROUP, EVALUATES_SITE };

/* A segment of earlier versions and the one that goes on for it. */
struct replacement {
        struct text old;
        uint8_t segment;          /* index into concept.segments */
};

struct concept {
        struct text program_id;
        struct bilingual program_name, claim;
        struct text variant;      /* partner, loyalty, bonus, club */
        struct text currency;
        unsigned minor_digits;    /* of the currency; money operands have at most two decimals */
        struct month_day year_starts;
        enum evaluates evaluates;
        size_t replacement_count;
        struct replacement *replacements;
        size_t parameter_count;
        struct parameter *parameters;
        size_t goal_count;
        struct goal *goals;
        size_t segment_count;     /* best first, customers and prospects in document order */
        struct segment *segments;
        struct mechanics mechanics;
};

#endif
