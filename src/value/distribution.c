/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * distribution.c: everything works on one sorted list.
 */
#include "value/distribution.h"

#include <stdlib.h>

#define BORDER_MAX ((int128)1 << 62)
enum { LOW_PERCENT = 2, HIGH_PERCENT = 98, QUARTER = 25, FAR = 3 };

static int sign(int128 value) { return (value > 0) - (value < 0); }

int figure_compare(const struct figure *a, const struct figure *b)
{
        return sign((int128)a->numerator * b->denominator - (int128)b->numerator * a->denominator);
}

int figure_compare_border(const struct figure *value, int64_t border, int64_t scale)
{
        /* Whole parts first: the product of three numbers would not fit. */
        int128 scaled = (int128)value->numerator * scale;
        int128 whole = floor_divide(scaled, value->denominator);
        if (whole != border)
                return whole > border ? 1 : -1;
        return scaled - whole * value->denominator > 0;
}

static int in_order(const void *a, const void *b)
{
        const struct figure *x = a, *y = b;
        int order = figure_compare(x, y);
        return order ? order : (x->customer > y->customer) - (x->customer < y->customer);
}

void figures_sort(struct figure *figures, size_t count)
{
        if (count > 1)
                qsort(figures, count, sizeof(*figures), in_order);
}

const struct figure *figures_quantile(const struct figure *sorted, size_t count, unsigned percent)
{
        size_t rank = (size_t)(((int128)count * percent + 99) / 100);
        return &sorted[rank ? rank - 1 : 0];
}

size_t figures_below(const struct figure *sorted, size_t count, int64_t border, int64_t scale)
{
        size_t low = 0, high = count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (figure_compare_border(&sorted[middle], border, scale) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static int64_t border_below(const struct figure *value, int64_t scale)
{
        int128 border = floor_divide((int128)value->numerator * scale, value->denominator);
        border = border > BORDER_MAX ? BORDER_MAX : border < -BORDER_MAX ? -BORDER_MAX : border;
        return (int64_t)border;
}

/* The smallest of 1, 2, 5, 10, 20, ... with which `wanted` bins are enough. */
static int64_t round_width(int128 span, size_t wanted)
{
        static const int64_t steps[] = {1, 2, 5};
        for (int128 power = 1;; power *= 10)
                for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
                        if (steps[i] * power * (int128)wanted >= span || steps[i] * power > BORDER_MAX / 2)
                                return (int64_t)(steps[i] * power);
}

void histogram_make(const struct figure *sorted, size_t count, size_t wanted, int64_t scale, struct histogram *ret)
{
        int64_t low = border_below(figures_quantile(sorted, count, LOW_PERCENT), scale);
        int64_t high = border_below(figures_quantile(sorted, count, HIGH_PERCENT), scale);
        struct histogram histogram = {.scale = scale, .width = round_width((int128)high - low + 1, wanted)};
        histogram.first = (int64_t)(floor_divide(low, histogram.width) * histogram.width);
        histogram.bin_count = (size_t)(((int128)high - histogram.first) / histogram.width) + 1;
        if (histogram.bin_count > HISTOGRAM_BINS_MAX)
                histogram.bin_count = HISTOGRAM_BINS_MAX;
        size_t done = figures_below(sorted, count, histogram.first, scale);
        histogram.below = done;
        for (size_t i = 0; i < histogram.bin_count; i++) {
                int64_t border = histogram.first + (int64_t)(i + 1) * histogram.width;
                size_t until = figures_below(sorted, count, border, scale);
                histogram.bins[i] = until - done;
                done = until;
        }
        histogram.above = count - done;
        *ret = histogram;
}

/* Is value below q1 - 3 (q3 - q1), or above q3 + 3 (q3 - q1)? Fractions of different denominators are brought to
 * millionths only when they cannot be compared exactly in 128 bits; whole numbers always can. */
static bool is_far(const struct figure *value, const struct figure *first, const struct figure *third, bool high)
{
        const struct figure *near = high ? third : first;
        if (value->denominator == 1 && first->denominator == 1 && third->denominator == 1) {
                int128 reach = FAR * ((int128)third->numerator - first->numerator);
                int128 away = high ? (int128)value->numerator - near->numerator
                                   : (int128)near->numerator - value->numerator;
                return away > reach;
        }
        const int64_t scale = 1000000;
        int128 q1 = (int128)first->numerator * scale / first->denominator;
        int128 q3 = (int128)third->numerator * scale / third->denominator;
        int128 v = (int128)value->numerator * scale / value->denominator;
        return high ? v - q3 > FAR * (q3 - q1) : q1 - v > FAR * (q3 - q1);
}

void figures_outliers(const struct figure *sorted, size_t count, size_t *ret_low, size_t *ret_high)
{
        size_t low = 0, high = count;
        if (count) {
                struct figure first = *figures_quantile(sorted, count, QUARTER);
                struct figure third = *figures_quantile(sorted, count, 100 - QUARTER);
                while (low < count && is_far(&sorted[low], &first, &third, false))
                        low++;
                while (high > low && is_far(&sorted[high - 1], &first, &third, true))
                        high--;
        }
        *ret_low = low;
        *ret_high = high;
}
