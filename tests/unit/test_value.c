/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_value.c: ABC classes and distributions against hand-calculated cases. R-020 (class limits, concentration), R-013
 * (histogram, quantiles, threshold).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/abc.h"
#include "value/distribution.h"

static const int64_t usual_limits[ABC_CLASSES - 1] = {800000, 950000};

static void abc_crossing_stays_in_better_class(void **state)
{
        (void)state;
        /* Out of order; 90 + 4 + 3 + 2 + 1 = 100; equal amounts would go by `order`. */
        struct abc_customer customers[] = {{0, 3, 0, 0, 0}, {1, 90, 1, 0, 0}, {2, 1, 2, 0, 0}, {3, 2, 3, 0, 0},
                                           {4, 4, 4, 0, 0}};
        const uint8_t classes[] = {ABC_A, ABC_B, ABC_B, ABC_C, ABC_C};
        const size_t order[] = {1, 4, 0, 3, 2};
        struct abc abc;
        abc_classify(customers, 5, usual_limits, &abc);
        for (size_t i = 0; i < 5; i++) {
                assert_int_equal(customers[i].customer, order[i]);
                assert_int_equal(customers[i].class, classes[i]);
        }
        assert_int_equal(abc.class_count[ABC_A] + abc.class_count[ABC_B] + abc.class_count[ABC_C], 5);
        assert_true(abc.class_sum[ABC_A] + abc.class_sum[ABC_B] + abc.class_sum[ABC_C] == abc.total);
        /* 2 (1 + 4 + 9 + 16 + 450) - 6 x 100 over 5 x 100 */
        assert_true(abc.gini_numerator == 360 && abc.gini_denominator == 500);
        assert_true(abc.top_count == 1 && abc.top_sum == 90);
}

static void abc_limit_is_not_below(void **state)
{
        (void)state;
        struct abc_customer customers[] = {{0, 80, 0, 0, 0}, {1, 15, 1, 0, 0}, {2, 5, 2, 0, 0}, {3, 0, 3, 0, 0},
                                           {4, -7, 4, 0, 0}};
        struct abc abc;
        abc_classify(customers, 5, usual_limits, &abc);
        assert_int_equal(customers[0].class, ABC_A);
        assert_int_equal(customers[1].class, ABC_B); /* exactly 80 percent before him */
        assert_int_equal(customers[2].class, ABC_C); /* exactly 95 */
        assert_int_equal(customers[3].class, ABC_NONE);
        assert_int_equal(abc.left_out, 2);
        assert_true(abc.total == 100);
}

static void abc_of_nobody_and_of_giants(void **state)
{
        (void)state;
        struct abc abc;
        abc_classify(NULL, 0, usual_limits, &abc);
        assert_true(abc.count == 0 && abc.gini_denominator == 0 && abc.top_count == 0);
        struct abc_customer giants[] = {{0, INT64_MAX, 1, 0, 0}, {1, INT64_MAX, 0, 0, 0}};
        abc_classify(giants, 2, usual_limits, &abc);
        assert_true(abc.total == (int128)INT64_MAX * 2 && abc.gini_numerator == 0);
        assert_int_equal(giants[0].customer, 1); /* equal amounts: by order */
        assert_int_equal(giants[1].class, ABC_A);
}

static void quantiles_are_nearest_rank(void **state)
{
        (void)state;
        struct figure figures[10];
        for (size_t i = 0; i < 10; i++)
                figures[i] = (struct figure){(int64_t)(10 - i) * 10, 1, i};
        figures_sort(figures, 10);
        const struct {
                unsigned percent;
                int64_t value;
        } cases[] = {{0, 10}, {1, 10}, {10, 10}, {11, 20}, {25, 30}, {50, 50}, {75, 80}, {90, 90}, {91, 100},
                     {100, 100}};
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                assert_int_equal(figures_quantile(figures, 10, cases[i].percent)->numerator, cases[i].value);
}

static void fractions_are_compared_exactly(void **state)
{
        (void)state;
        struct figure third = {1, 3, 0}, same = {3333333333333333, 9999999999999999, 1}, minus = {-1, 3, 2};
        assert_int_equal(figure_compare(&third, &same), 0);
        assert_int_equal(figure_compare_border(&third, 333333, 1000000), 1);
        assert_int_equal(figure_compare_border(&third, 333334, 1000000), -1);
        assert_int_equal(figure_compare_border(&minus, -333333, 1000000), -1);
        assert_int_equal(figure_compare_border(&(struct figure){INT64_MAX, 1, 0}, INT64_MAX, 1), 0);
        struct figure list[] = {third, minus};
        figures_sort(list, 2);
        assert_int_equal(list[0].customer, 2);
        assert_int_equal(figures_below(list, 2, 0, 1000000), 1);
}

static void histogram_has_round_borders(void **state)
{
        (void)state;
        struct figure figures[100];
        struct histogram histogram;
        for (size_t i = 0; i < 100; i++)
                figures[i] = (struct figure){(int64_t)i * 7 - 50, 1, i}; /* -50 .. 643 */
        figures[99].numerator = 1000000;
        figures_sort(figures, 100);
        histogram_make(figures, 100, 8, 1, &histogram);
        assert_int_equal(histogram.width, 100);
        assert_int_equal(histogram.first, -100);
        assert_int_equal(histogram.below, 0);
        assert_int_equal(histogram.above, 1); /* the far one */
        assert_int_equal(histogram.bins[0], 8);  /* -50 .. -1 */
        assert_int_equal(histogram.bins[1], 14); /* 6 .. 97 */
        uint64_t sum = histogram.below + histogram.above;
        for (size_t i = 0; i < histogram.bin_count; i++)
                sum += histogram.bins[i];
        assert_int_equal(sum, 100);
        size_t low, high;
        figures_outliers(figures, 100, &low, &high);
        assert_true(low == 0 && high == 99);
        struct figure same[3] = {{5, 1, 0}, {5, 1, 1}, {5, 1, 2}};
        histogram_make(same, 3, 12, 1, &histogram);
        assert_true(histogram.bin_count == 1 && histogram.bins[0] == 3 && histogram.width == 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(abc_crossing_stays_in_better_class),
                cmocka_unit_test(abc_limit_is_not_below),
                cmocka_unit_test(abc_of_nobody_and_of_giants),
                cmocka_unit_test(quantiles_are_nearest_rank),
                cmocka_unit_test(fractions_are_compared_exactly),
                cmocka_unit_test(histogram_has_round_borders),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
