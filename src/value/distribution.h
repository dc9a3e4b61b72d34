/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * distribution.h: how the values of a metric are spread: quantiles, a histogram with round borders, outliers, and what
 * lies on either side of a threshold. Exact: values are fractions, comparisons multiply.
 *
 * Quantile q of n values: the value of rank ceil(q n), the smallest being rank 1 (nearest rank).
 * Outliers: further than three times the distance of the quartiles below the first or above the third.
 */
#ifndef TREUE_VALUE_DISTRIBUTION_H
#define TREUE_VALUE_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* numerator / denominator, denominator > 0, in steps of the metric's smallest unit (cents, pieces, days). */
struct figure {
        int64_t numerator, denominator;
        size_t customer;     /* the caller's index */
};

int figure_compare(const struct figure *a, const struct figure *b);
/* value compared with `border` / `scale`. */
int figure_compare_border(const struct figure *value, int64_t border, int64_t scale);

/* Smallest first; equal ones by customer. */
void figures_sort(struct figure *figures, size_t count);

/* The value of rank ceil(percent x count / 100) of sorted figures; count > 0, percent 0..100 (0: the smallest). */
const struct figure *figures_quantile(const struct figure *sorted, size_t count, unsigned percent);

enum { HISTOGRAM_BINS_MAX = 100 };

/* Bin i holds the values from first + i x width up to, not including, first + (i + 1) x width, all divided by `scale`.
 * What lies outside is counted apart. */
struct histogram {
        int64_t first, width, scale;
        size_t bin_count;
        uint64_t bins[HISTOGRAM_BINS_MAX];
        uint64_t below, above;
};

/* About `wanted` bins (1..HISTOGRAM_BINS_MAX) of 1, 2 or 5 x 10^k units over the middle of the sorted figures: from the
 * second to the 98th percent, so that few far values do not squeeze the others into one bin. `scale`: how many border
 * steps make one unit of the figures (1 for amounts in cents; 1,000,000 for ratios). Values beyond 2^62 / scale make
 * the borders end there. count > 0. */
void histogram_make(const struct figure *sorted, size_t count, size_t wanted, int64_t scale, struct histogram *ret);

/* How many of the sorted figures lie below border / scale. */
size_t figures_below(const struct figure *sorted, size_t count, int64_t border, int64_t scale);

/* Outliers are sorted[0..*ret_low) and sorted[*ret_high..count). */
void figures_outliers(const struct figure *sorted, size_t count, size_t *ret_low, size_t *ret_high);

#endif
