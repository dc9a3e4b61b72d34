/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * abc.c: one pass over customers in order; all comparisons of shares by multiplication.
 */
#include "value/abc.h"

#include <stdlib.h>

static int largest_first(const void *a, const void *b)
{
        const struct abc_customer *x = a, *y = b;
        if (x->amount != y->amount)
                return x->amount > y->amount ? -1 : 1;
        return (x->order > y->order) - (x->order < y->order);
}

static void measure_concentration(const struct abc_customer *customers, struct abc *abc)
{
        int128 weighted = 0;
        for (size_t i = 0; i < abc->count; i++)
                weighted += (int128)(abc->count - i) * customers[i].amount;
        int128 n = (int128)abc->count;
        abc->gini_numerator = 2 * weighted - (n + 1) * abc->total;
        abc->gini_denominator = n * abc->total;
        abc->top_count = (abc->count * ABC_TOP_PERCENT + 99) / 100;
        for (size_t i = 0; i < abc->top_count; i++)
                abc->top_sum += customers[i].amount;
}

void abc_classify(struct abc_customer *customers, size_t count, const int64_t limits[ABC_CLASSES - 1],
                  struct abc *ret)
{
        struct abc abc = {.total = 0};
        if (count > 1)
                qsort(customers, count, sizeof(*customers), largest_first);
        while (abc.count < count && customers[abc.count].amount > 0)
                abc.total += customers[abc.count++].amount;
        abc.left_out = count - abc.count;
        int128 before = 0;
        for (size_t i = 0; i < count; i++) {
                struct abc_customer *customer = &customers[i];
                customer->before = before;
                customer->class = ABC_NONE;
                if (i >= abc.count)
                        continue;
                int128 share = before * ABC_LIMIT_WHOLE;
                customer->class = share < limits[0] * abc.total ? ABC_A : share < limits[1] * abc.total ? ABC_B : ABC_C;
                abc.class_count[customer->class]++;
                abc.class_sum[customer->class] += customer->amount;
                before += customer->amount;
        }
        if (abc.count)
                measure_concentration(customers, &abc);
        *ret = abc;
}
