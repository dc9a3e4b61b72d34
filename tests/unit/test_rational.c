/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_rational.c: exact fractions: reduced, compared and combined without rounding, and what no longer fits is said.
 * R-091 (factors) and X-09 (exact comparisons) in part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/rational.h"

#define LARGEST ((__int128)(((unsigned __int128)1 << 127) - 1))

static struct rational fraction(__int128 numerator, __int128 denominator)
{
        struct rational made = {0, 0};
        assert_true(rational_make(numerator, denominator, &made));
        return made;
}

static void expect(struct rational found, __int128 numerator, __int128 denominator)
{
        assert_true(found.numerator == numerator && found.denominator == denominator);
}

static void fractions_are_reduced(void **state)
{
        (void)state;
        struct rational untouched = {7, 9};
        expect(fraction(6, 4), 3, 2);
        expect(fraction(-6, 4), -3, 2);
        expect(fraction(0, 12), 0, 1);
        expect(fraction(LARGEST, LARGEST), 1, 1);
        expect(fraction(-LARGEST - 1, 2), -(LARGEST / 2) - 1, 1);
        assert_false(rational_make(1, 0, &untouched));
        assert_false(rational_make(1, -2, &untouched));
        expect(untouched, 7, 9);
}

static void decimals_are_exact(void **state)
{
        (void)state;
        expect(rational_from_decimal((struct decimal){125, 2}), 5, 4);
        expect(rational_from_decimal((struct decimal){-5, 1}), -1, 2);
        expect(rational_from_decimal((struct decimal){3, 0}), 3, 1);
        expect(rational_from_decimal((struct decimal){1, 18}), 1, INT64_C(1000000000000000000));
        assert_int_equal(power_of_ten(0), 1);
        assert_int_equal(power_of_ten(18), INT64_C(1000000000000000000));
}

static void products_and_differences(void **state)
{
        (void)state;
        struct rational result = {7, 9};
        assert_true(rational_multiply(fraction(3, 5), fraction(5, 12), &result));
        expect(result, 1, 4);
        /* Cancelled crosswise before anything is multiplied. */
        assert_true(rational_multiply(fraction(LARGEST, 3), fraction(3, LARGEST), &result));
        expect(result, 1, 1);
        assert_true(rational_subtract(fraction(1, 2), fraction(2, 3), &result));
        expect(result, -1, 6);
        assert_true(rational_subtract(fraction(1, 2), fraction(1, 2), &result));
        expect(result, 0, 1);
        result = (struct rational){7, 9};
        assert_false(rational_multiply(fraction(LARGEST, 1), fraction(2, 1), &result));
        assert_false(rational_multiply(fraction(1, LARGEST), fraction(1, 2), &result));
        assert_false(rational_subtract(fraction(LARGEST, 1), fraction(-1, 1), &result));
        assert_false(rational_subtract(fraction(1, LARGEST), fraction(1, 2), &result));
        expect(result, 7, 9);
}

static void compared_exactly(void **state)
{
        (void)state;
        int order = 9;
        assert_true(rational_compare(fraction(1, 3), fraction(333333, 1000000), &order));
        assert_int_equal(order, 1);
        assert_true(rational_compare(fraction(333333, 1000000), fraction(1, 3), &order));
        assert_int_equal(order, -1);
        assert_true(rational_compare(fraction(2, 6), fraction(1, 3), &order));
        assert_int_equal(order, 0);
        assert_true(rational_compare(fraction(-1, 2), fraction(1, 1000), &order));
        assert_int_equal(order, -1);
        order = 9;
        assert_false(rational_compare(fraction(LARGEST, 1), fraction(1, 2), &order));
        assert_int_equal(order, 9);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(fractions_are_reduced),
                cmocka_unit_test(decimals_are_exact),
                cmocka_unit_test(products_and_differences),
                cmocka_unit_test(compared_exactly),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
