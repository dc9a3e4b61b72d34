/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * metric_purchases.h: what is counted and summed over one customer's documents and lines, in all segments of the column
 * index together. The hot loops of the engine.
 *
 * Sums that do not fit int64 set `*overflow` and have no meaning then.
 */
#ifndef TREUE_ENGINE_METRIC_PURCHASES_H
#define TREUE_ENGINE_METRIC_PURCHASES_H

#include "engine/input.h"
#include "engine/population.h"

struct purchase_history purchases_history(const struct engine_input *input, size_t customer);

struct document_sum {
        int64_t total_minor;
        int64_t positive_count;
};
/* Total and number of positive documents from `from_day` to `to_day`. */
struct document_sum purchases_sum(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                  bool *overflow);

struct index_range {
        size_t begin, end;
};

/* Net amounts by number (of a product group or an article), all 0 between two customers. Owned by one thread. */
struct number_sums {
        size_t count;                /* numbers 0..count-1; articles without group go to slot `count` */
        int64_t *sums;               /* count + 1 */
        struct index_range *lines;   /* by segment: the lines last counted */
        bool some_unnumbered;        /* there are articles without group at all */
};

/* Asks the processor to fetch the customer's lines of a window. Between two customers lie the lines of other years: no
 * hardware prefetcher sees that coming, and waiting for memory costs more than counting. */
void purchases_prefetch_lines(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day);

struct number_count {
        int64_t positive;            /* numbers with a net amount > 0 */
        bool unnumbered;             /* a line with an amount, but without number */
};
/* `number_by_article`: at most sums->count each, equal to it for "none". */
struct number_count purchases_count_numbers(const struct engine_input *input, size_t customer, int32_t from_day,
                                            int32_t to_day, const uint32_t *number_by_article,
                                            struct number_sums *sums, bool *overflow);

/* Net amount of the lines whose article has this number. */
int64_t purchases_number_revenue(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                 const uint32_t *number_by_article, uint32_t number, bool *overflow);

struct margin_sum {
        int64_t margin_minor, line_count, line_left_out;
};
struct margin_sum purchases_margin(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                   bool *overflow);

struct digital_orders {
        int64_t orders, digital;     /* documents with a positive total; those of them marked as digital */
        bool marked;                 /* at least one of them carries a mark, yes or no */
};
/* Orders without a mark are orders like any other: they count as not digital once any order of the window carries a
 * mark. digital_share = digital / orders, unknown without a marked one. */
struct digital_orders purchases_digital(const struct engine_input *input, size_t customer, int32_t from_day,
                                        int32_t to_day);

/* Months, counted back from the cut-off, in which a positive document falls. */
struct month_stamps {
        size_t age_count;            /* ages in days that have a month */
        const uint16_t *month_by_age;
        uint64_t *stamps;            /* by month */
        uint64_t stamp;
};
int64_t purchases_active_months(const struct engine_input *input, size_t customer, int32_t from_day, int32_t to_day,
                                struct month_stamps *months);

#endif
