/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * checked.h: integer arithmetic that says when it does not fit. Each returns true when the result fits and stores it;
 * on false the output is unspecified and must not be used.
 */
#ifndef TREUE_BASE_CHECKED_H
#define TREUE_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __int128 int128;

static inline bool add_i64(int64_t a, int64_t b, int64_t *ret) { return !__builtin_add_overflow(a, b, ret); }
static inline bool sub_i64(int64_t a, int64_t b, int64_t *ret) { return !__builtin_sub_overflow(a, b, ret); }
static inline bool mul_i64(int64_t a, int64_t b, int64_t *ret) { return !__builtin_mul_overflow(a, b, ret); }
static inline bool add_size(size_t a, size_t b, size_t *ret) { return !__builtin_add_overflow(a, b, ret); }
static inline bool mul_size(size_t a, size_t b, size_t *ret) { return !__builtin_mul_overflow(a, b, ret); }
static inline bool narrow_i64(int128 value, int64_t *ret)
{
        if (value > INT64_MAX || value < INT64_MIN)
                return false;
        *ret = (int64_t)value;
        return true;
}
/* Quotient rounded half away from zero; denominator > 0. 125/10 -> 13, -125/10 -> -13. */
static inline int128 divide_half_away(int128 numerator, int128 denominator)
{
        int128 half = denominator / 2;
        int128 quotient = numerator / denominator, rest = numerator % denominator;
        if (rest < 0)
                return -rest > half || (denominator % 2 == 0 && -rest == half) ? quotient - 1 : quotient;
        return rest > half || (denominator % 2 == 0 && rest == half) ? quotient + 1 : quotient;
}
static inline int128 floor_divide(int128 n, int128 d) { return n / d - ((n % d != 0) && ((n < 0) != (d < 0))); }
static inline int128 ceil_divide(int128 n, int128 d) { return n / d + ((n % d != 0) && ((n < 0) == (d < 0))); }

#endif
