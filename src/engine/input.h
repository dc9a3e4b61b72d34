/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * input.h: what the engine is given: columns over a dense range of customers, filled by facts/ for one cut-off date.
 * The engine only reads. Everything is borrowed and outlives the evaluation.
 *
 * Customer i is the i-th by customer id. Purchases come as one or more immutable segments of the column index; a
 * customer's documents in one segment are contiguous and sorted by (day, number), the lines of a document contiguous.
 */
#ifndef TREUE_ENGINE_INPUT_H
#define TREUE_ENGINE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/text.h"
#include "engine/concept.h"

enum { GROUP_NONE = UINT32_MAX };

enum { DOCUMENT_DIGITAL_KNOWN = 1, DOCUMENT_DIGITAL = 2 };

struct purchase_segment {
        size_t document_count, line_count;
        const uint32_t *customer_document; /* n_customers + 1 offsets; a customer absent here has an empty range */
        const int32_t *document_day;
        const int64_t *document_total;     /* minor units */
        const uint32_t *document_line;     /* document_count + 1 offsets */
        const uint8_t *document_flags;     /* DOCUMENT_DIGITAL_ bits; NULL: no document carries a mark */
        const uint32_t *line_article;      /* dense article number */
        const int64_t *line_amount;        /* minor units */
        const int64_t *line_cost;          /* minor units; NULL: no line of the segment carries a cost */
        const uint64_t *line_cost_known;   /* bit per line; NULL with line_cost */
};

/* A text, number or boolean of a customer, valid at the cut-off. */
struct attribute_value {
        bool known;
        enum operand_kind kind;            /* numbers are kept as numbers when the text is a plain decimal (point) */
        struct decimal number;
        struct text text;                  /* always the text as imported */
        bool boolean;                      /* when the text is true/false/yes/no/ja/nein */
};
struct attribute_column {
        struct text name;
        const struct attribute_value *values;
};

/* A dated imported figure valid at the cut-off: scaled to `scale` decimals for the whole column. */
struct value_column {
        struct text name;
        uint8_t scale;
        const int64_t *units;
        const uint64_t *known;             /* bits */
};

/* How many of something each customer has at the cut-off. */
struct count_column {
        struct text of;                    /* qualification; none: any */
        const int64_t *count;
};

/* The days on which something happened, by customer, ascending; none after the cut-off. */
struct event_column {
        enum metric metric;                /* METRIC_ACTIVITIES or METRIC_VISITS */
        struct text of;                    /* kind of activity; none: all */
        const uint32_t *offset;            /* customer_count + 1 */
        const int32_t *day;
};

struct purchase_figures;

/* Customers looked at as one (concept-format.md, `program.evaluates` and merges). Only units of two or more are listed;
 * a customer is in at most one. Members ascend within a unit, units by their first member. */
struct engine_units {
        size_t unit_count;
        const uint32_t *first;             /* unit_count + 1 offsets into the arrays below */
        const uint32_t *members;           /* dense customer numbers */
        const uint32_t *counts_as;         /* by member: itself, or the customer it was merged into: then it has no
                                              decision of its own */
        const uint32_t *head;              /* by unit: whose own size class counts first; UNIT_HEAD_NONE */
        /* By customer: the next step on the way to what it counts as, UNIT_HEAD_NONE without a merge, and since when.
         * NULL: nobody was merged. */
        const uint32_t *merged_into;
        const int32_t *merged_day;
};
enum { UNIT_HEAD_NONE = UINT32_MAX };

struct engine_input {
        int32_t cutoff_day;
        size_t customer_count;
        /* Existence and kind are already resolved except for what purchases decide (engine/population.h). */
        const uint8_t *kind;               /* enum customer_kind by the facts valid at the cut-off */
        const int32_t *since_day;          /* `customer since`, DAY_NONE when not given */
        const int32_t *joined_day;         /* DAY_NONE when not given */
        const int32_t *recorded_day;       /* local day of the import that recorded it */
        const uint8_t *size_class;         /* index into mechanics.size_factors; 255: none or not among them */
        size_t segment_count;
        const struct purchase_segment *segments;
        const struct purchase_figures *figures; /* counted already (engine/figures.h), instead of segments; or NULL */
        size_t article_count;
        const uint32_t *article_group;     /* dense group number or GROUP_NONE, valid at the cut-off */
        size_t group_count;
        const struct text *group_codes;
        /* Yearly purchasing volume valid at the cut-off (sum over groups, or the total that stands alone). */
        const int64_t *potential_minor;
        const uint64_t *potential_known;   /* bits; NULL: nobody has one */
        const uint64_t *potential_estimated; /* at least one part is an estimate */
        size_t attribute_count;
        const struct attribute_column *attributes; /* those the concept names */
        size_t value_count;
        const struct value_column *values; /* those the concept names */
        size_t certified_count;
        const struct count_column *certified; /* people with a valid certificate, each once; those the concept names */
        size_t event_count;
        const struct event_column *events; /* those the concept names */

        const uint64_t *suspended;         /* bits: suspended at the cut-off; NULL: nobody */
        const uint64_t *guarded;           /* bits: a merge took effect in the program year of the cut-off; NULL */
        const struct engine_units *units;  /* NULL: everybody is evaluated alone */
};

/* Where a customer stands before the evaluation: from the latest approved decision of an earlier cut-off. */
struct standing {
        uint8_t segment;                   /* index into concept.segments; SEGMENT_NONE: without membership */
        bool grace : 1;                    /* a grace is running */
        bool grace_ends_next : 1;          /* it ends with the next run that has `down` or `grace`, whatever its date */
        bool overridden : 1;               /* an override is valid on the cut-off: */
        bool granted : 1;                  /* `segment` comes from an override; for chains of evaluations: */
        uint8_t override_segment;          /* what the override fixes */
        uint8_t earned_segment;            /* where the customer starts again when it is no longer valid */
        int32_t grace_end_day;             /* with {months: n}: last day; otherwise DAY_NONE */
};

#endif
