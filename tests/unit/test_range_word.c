/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_range_word.c: the bits of a range, against the definition, at the borders of 64-bit numbers too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/range_word.h"

static const int64_t borders[] = {INT64_MIN, INT64_MIN + 1, -1000001, -1, 0, 1, 7, 1000000, INT64_MAX - 1, INT64_MAX};
enum { BORDERS = sizeof(borders) / sizeof(borders[0]) };

static void agrees_with_the_definition(void **state)
{
        (void)state;
        int64_t values[64];
        uint64_t seed = 1;
        for (unsigned round = 0; round < 3000; round++) {
                for (unsigned i = 0; i < 64; i++) {
                        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                        values[i] = seed >> 62 ? borders[(seed >> 33) % BORDERS] : (int64_t)(seed >> 40) - (1 << 23);
                }
                int64_t low = borders[round % BORDERS], high = borders[round / BORDERS % BORDERS];
                unsigned count = round % 3 ? 64 : round % 65;
                uint64_t word = range_word(values, count, low, high);
                for (unsigned i = 0; i < 64; i++) {
                        bool inside = i < count && values[i] >= low && values[i] <= high;
                        assert_int_equal(word >> i & 1, inside);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_definition)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
