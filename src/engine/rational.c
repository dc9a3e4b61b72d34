/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rational.c: exact fractions in 128 bits, kept reduced so that they stay small.
 */
#include "engine/rational.h"

#include <stddef.h>

static unsigned __int128 magnitude(__int128 value)
{
        return value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
}

static unsigned __int128 greatest_common_divisor(unsigned __int128 a, unsigned __int128 b)
{
        while (b) {
                unsigned __int128 rest = a % b;
                a = b;
                b = rest;
        }
        return a;
}

bool rational_make(__int128 numerator, __int128 denominator, struct rational *ret)
{
        if (denominator <= 0)
                return false;
        unsigned __int128 divisor = greatest_common_divisor(magnitude(numerator), (unsigned __int128)denominator);
        /* A divisor of at least 1: the denominator is positive. It fits because it divides the denominator. */
        ret->numerator = numerator / (__int128)divisor;
        ret->denominator = denominator / (__int128)divisor;
        return true;
}

int64_t power_of_ten(unsigned exponent)
{
        int64_t power = 1;
        for (unsigned i = 0; i < exponent && i < 18; i++)
                power *= 10;
        return power;
}

struct rational rational_from_decimal(struct decimal decimal)
{
        struct rational result = {decimal.units, 1};
        (void)rational_make(decimal.units, power_of_ten(decimal.scale), &result);
        return result;
}

bool rational_multiply(struct rational a, struct rational b, struct rational *ret)
{
        struct rational left, right;
        __int128 numerator, denominator;
        /* Cancelling crosswise first keeps every product as small as the result. */
        if (!rational_make(a.numerator, b.denominator, &left) || !rational_make(b.numerator, a.denominator, &right))
                return false;
        if (__builtin_mul_overflow(left.numerator, right.numerator, &numerator) ||
            __builtin_mul_overflow(left.denominator, right.denominator, &denominator))
                return false;
        return rational_make(numerator, denominator, ret);
}

bool rational_subtract(struct rational a, struct rational b, struct rational *ret)
{
        __int128 left, right, numerator, denominator;
        if (__builtin_mul_overflow(a.numerator, b.denominator, &left) ||
            __builtin_mul_overflow(b.numerator, a.denominator, &right) ||
            __builtin_sub_overflow(left, right, &numerator) ||
            __builtin_mul_overflow(a.denominator, b.denominator, &denominator))
                return false;
        return rational_make(numerator, denominator, ret);
}

bool rational_compare(struct rational a, struct rational b, int *ret)
{
        __int128 left, right;
        if (__builtin_mul_overflow(a.numerator, b.denominator, &left) ||
            __builtin_mul_overflow(b.numerator, a.denominator, &right))
                return false;
        *ret = (left > right) - (left < right);
        return true;
}
