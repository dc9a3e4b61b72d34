/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * abc.h: the classic ABC analysis: who brings the first 80 percent of a sum, who the next 15, who the rest.
 *
 * Customers with an amount of 0 or less are left out. The others are ordered by amount, the largest first, equal
 * amounts by `order`. A customer is in class A while the share of all customers *before* it is below the first limit,
 * in B while it is below the second, else in C. The customer who crosses a limit is so still in the better class.
 *
 * Measures of concentration, over the same customers with amounts x(1) <= ... <= x(n):
 *   Gini = 2 sum(i x(i)) / (n sum x) - (n + 1) / n
 *   share of the top p: the sum of the ceil(p n) largest / sum x
 */
#ifndef TREUE_VALUE_ABC_H
#define TREUE_VALUE_ABC_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/checked.h"
#include "base/status.h"

enum abc_class { ABC_A, ABC_B, ABC_C, ABC_CLASSES, ABC_NONE = ABC_CLASSES };
enum { ABC_TOP_PERCENT = 20, ABC_LIMIT_WHOLE = 1000000 };

struct abc_customer {
        size_t customer;     /* the caller's index */
        int64_t amount;
        uint32_t order;      /* among equal amounts; different for everybody */
        uint8_t class;       /* set by abc_classify */
        int128 before;       /* sum of those before it */
};

struct abc {
        size_t count;        /* classified; customers[0..count) in the order of amounts, the largest first */
        size_t left_out;     /* amount of 0 or less */
        int128 total;
        size_t class_count[ABC_CLASSES];
        int128 class_sum[ABC_CLASSES];
        int128 gini_numerator, gini_denominator; /* exact; denominator 0 when nobody is classified */
        size_t top_count;    /* ceil(20 percent of count) */
        int128 top_sum;
};

/* Sorts `customers` and fills their classes. Limits in millionths of the total: 800000, 950000; the first not above the
 * second, both at most ABC_LIMIT_WHOLE. `count` below 2^31. */
void abc_classify(struct abc_customer *customers, size_t count, const int64_t limits[ABC_CLASSES - 1],
                  struct abc *ret);

#endif
