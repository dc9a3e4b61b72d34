/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_radix.c: sorting by counting, against qsort.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/radix.h"

enum { ENTRIES = 5000 };

static uint64_t next_number(uint64_t *state)
{
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return *state >> 11 ^ *state << 40;
}

/* By key, entries of one key in the order they came: `rest` counts them. */
static int compare(const void *a, const void *b)
{
        const struct radix_entry *x = a, *y = b;
        if (x->key != y->key)
                return x->key < y->key ? -1 : 1;
        return x->rest < y->rest ? -1 : x->rest > y->rest;
}

static void check(struct radix_entry *entries, size_t count)
{
        struct radix_entry *expected = malloc((count + 1) * sizeof(*expected));
        struct radix_entry *spare = malloc((count + 1) * sizeof(*spare));
        for (size_t i = 0; i < count; i++) {
                entries[i].rest = i;
                expected[i] = entries[i];
        }
        if (count)
                qsort(expected, count, sizeof(*expected), compare);
        const struct radix_entry *sorted = radix_sort(entries, spare, count);
        for (size_t i = 0; i < count; i++) {
                assert_int_equal(sorted[i].key, expected[i].key);
                assert_int_equal(sorted[i].rest, expected[i].rest);
        }
        free(expected);
        free(spare);
}

/* Keys of one to eight digits, many of them equal, and fewer entries than digits. */
static void sorts_as_qsort_does(void **state)
{
        (void)state;
        static struct radix_entry entries[ENTRIES];
        uint64_t seed = 1;
        const size_t counts[] = {0, 1, 2, 255, ENTRIES};
        for (unsigned bits = 1; bits <= 64; bits++)
                for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
                        for (size_t i = 0; i < counts[c]; i++)
                                entries[i].key = next_number(&seed) >> (64 - bits);
                        check(entries, counts[c]);
                }
}

static void signed_numbers_keep_their_order(void **state)
{
        (void)state;
        const int64_t ascending[] = {INT64_MIN, INT64_MIN + 1, -256, -2, -1, 0, 1, 255, 256, INT64_MAX};
        for (size_t i = 0; i < sizeof(ascending) / sizeof(ascending[0]); i++) {
                assert_true(radix_number(radix_key(ascending[i])) == ascending[i]);
                if (i > 0)
                        assert_true(radix_key(ascending[i - 1]) < radix_key(ascending[i]));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sorts_as_qsort_does),
                cmocka_unit_test(signed_numbers_keep_their_order),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
