/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * first_concept.h: a first program made from the data: three segments of customers by revenue of twelve months, and
 * one of prospects, as a commented concept document to be edited further.
 *
 * Thresholds: the revenue of the customer at the wanted place from above (a_percent; a_percent + b_percent), of those
 * with revenue, brought to the nearest number people would choose (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 x 10^k).
 * keep is 90 percent of it. Beside it stands what nine in ten of the customers above the threshold reach: the breadth
 * of assortment, where articles have groups, and for A the months in which they bought; where at least half of all have
 * a year to compare with, growth is enough instead of these months. A newcomer rule is written when at least one in ten
 * joined within the last 24 months.
 */
#ifndef TREUE_PROGRAM_FIRST_CONCEPT_H
#define TREUE_PROGRAM_FIRST_CONCEPT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/parallel.h"
#include "db/setting.h"
#include "facts/snapshot.h"
#include "i18n/message.h"

enum { FIRST_CUSTOMERS_MIN = 3, FIRST_NAME_BYTES_MAX = 200 };

struct first_concept {
        struct text name;            /* of the program */
        enum language language;      /* of the comments */
        unsigned a_percent, b_percent; /* 1..98, together at most 99 */
        unsigned year_month;         /* 1..12: the program year starts on the first of it */
        struct currency currency;
        int32_t cutoff_day;
        /* Set by first_concept_choose. */
        size_t customers;            /* with revenue in the twelve months up to the cut-off */
        int64_t a_revenue, b_revenue; /* thresholds in whole units of the currency */
        unsigned a_groups, b_groups; /* product groups; 0: no such criterion */
        unsigned a_months;           /* months with purchases; 0: no such criterion */
        bool growth, newcomers;
        /* Set by whoever decided by it once: the goals then say where they start. */
        bool has_baseline;
        int64_t a_revenue_minor;     /* revenue of twelve months of segment A */
};

/* The latest end of a program year or half year of one from `first_day` to `complete_day` (survey_days); where there is
 * none, `complete_day`. */
int32_t first_concept_cutoff(unsigned year_month, int32_t first_day, int32_t complete_day);

/* Chooses the thresholds. STATUS_CONFLICT "concept.new.too_few" {count} {cutoff} with fewer than FIRST_CUSTOMERS_MIN
 * customers with revenue. */
must_check enum status first_concept_choose(struct first_concept *concept, struct snapshot *snapshot,
                                            struct connection *connection, const struct parallel *parallel,
                                            struct arena *arena, struct error *error);

/* Appends the id a program of this name gets: letters, digits, '_'; "program" for a name without any. */
bool first_concept_add_id(struct text name, struct buffer *out);

/* Appends the document. */
bool first_concept_write(const struct first_concept *concept, struct buffer *out);

/* The number people would choose that is nearest to value (10, 12, 15, 20, ...), of two the larger; at least 1. */
int64_t first_concept_round(int64_t value);

#endif
