/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_word_loops.c: every loop over words of customers against its definition, customer by customer: on random
 * numbers, at the borders of 64-bit numbers, for every number of customers up to two words and some beyond, with
 * everybody, nobody, few and many asked for. All of it with what this processor has and as on older ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The file itself, so that the test can hide what the processor has. */
enum processor { PROCESSOR_PLAIN, PROCESSOR_256, PROCESSOR_512, PROCESSOR_COUNT };
static enum processor played;
#define PROCESSOR_HAS(feature)                                                                                         \
        (played >= (strncmp(feature, "avx512", 6) ? PROCESSOR_256 : PROCESSOR_512) && __builtin_cpu_supports(feature))
#include "engine/word_loops.c"

static const int64_t borders[] = {INT64_MIN,
                                  INT64_MIN + 1,
                                  -(INT64_C(1) << 50),
                                  -(INT64_C(1) << 42) - 1,
                                  -(INT64_C(1) << 42),
                                  -1000001,
                                  -1,
                                  0,
                                  1,
                                  7,
                                  1000000,
                                  (INT64_C(1) << 42) - 1,
                                  INT64_C(1) << 42,
                                  (INT64_C(1) << 50) - 1,
                                  INT64_C(1) << 50,
                                  INT64_MAX - 1,
                                  INT64_MAX};
enum { BORDERS = sizeof(borders) / sizeof(borders[0]), ROUNDS = 1500 };

/* Exactly as large as the customers need, so that the address sanitizer sees a loop that reads past them. */
struct sample {
        size_t count, words;
        int64_t *values, *denominators;
        uint8_t *bytes;
        uint64_t *who, *ret;
};

static uint64_t next_random(uint64_t *seed)
{
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return *seed >> 33 ^ *seed << 31;
}

static void *exactly(size_t count, size_t size)
{
        void *memory = calloc(count ? count : 1, size);
        assert_non_null(memory);
        return memory;
}

/* Every fourth round has small numbers only, every fourth some at the borders. */
static struct sample sample_new(unsigned round, uint64_t *seed)
{
        size_t count = round < 129 ? round : round % 5 ? 1 + next_random(seed) % LOOP_CUSTOMERS_MAX
                                                       : LOOP_CUSTOMERS_MAX;
        struct sample sample = {.count = count, .words = bits_words(count)};
        sample.values = exactly(count, sizeof(int64_t));
        sample.denominators = exactly(count, sizeof(int64_t));
        sample.bytes = exactly(count, 1);
        sample.who = exactly(sample.words, sizeof(uint64_t));
        sample.ret = exactly(sample.words, sizeof(uint64_t));
        unsigned border_in = round % 4 == 0 ? 2 : round % 4 == 1 ? 3000 : 0;
        for (size_t i = 0; i < count; i++) {
                bool border = border_in && next_random(seed) % border_in == 0;
                sample.values[i] = border ? borders[next_random(seed) % BORDERS]
                                          : (int64_t)(next_random(seed) % 2000001) - 1000000;
                sample.denominators[i] = border ? INT64_MAX - (int64_t)(next_random(seed) % 3)
                                                : 1 + (int64_t)(next_random(seed) % 1000000);
                sample.bytes[i] = (uint8_t)(next_random(seed) % 3);
                unsigned kind = (round / 4 + (unsigned)(i / 64)) % 5;
                bool asked = kind == 0 || (kind == 1 && next_random(seed) % 32 == 0) ||
                             (kind >= 2 && kind < 4 && next_random(seed) % 2);
                if (asked)
                        bits_set(sample.who, i);
        }
        return sample;
}

static void sample_free(struct sample *sample)
{
        free(sample->values);
        free(sample->denominators);
        free(sample->bytes);
        free(sample->who);
        free(sample->ret);
}

static void nothing_past_the_end(const struct sample *sample)
{
        if (sample->count % 64)
                assert_int_equal(sample->ret[sample->words - 1] >> (sample->count % 64), 0);
}

static void range_agrees_with_the_definition(void **state)
{
        (void)state;
        uint64_t seed = 1;
        for (unsigned round = 0; round < ROUNDS; round++) {
                struct sample sample = sample_new(round, &seed);
                int64_t low = borders[next_random(&seed) % BORDERS], high = borders[next_random(&seed) % BORDERS];
                loop_in_range(sample.values, sample.count, low, high, sample.who, sample.ret);
                for (size_t i = 0; i < sample.count; i++) {
                        bool inside = sample.values[i] >= low && sample.values[i] <= high;
                        assert_int_equal(bits_get(sample.ret, i), bits_get(sample.who, i) && inside);
                }
                nothing_past_the_end(&sample);
                /* The result may take the place of the question. */
                loop_in_range(sample.values, sample.count, low, high, sample.who, sample.who);
                assert_memory_equal(sample.who, sample.ret, sample.words * sizeof(*sample.ret));
                sample_free(&sample);
        }
}

static void ratio_agrees_with_the_definition(void **state)
{
        (void)state;
        static const int64_t numerators[] = {0, 1, -1, -1, 3, (1 << 20) - 1, 1 << 20, -(1 << 20), -(1 << 20) - 1,
                                             INT64_MIN, INT64_MAX};
        static const int64_t denominators[] = {1, 1, 1, 10, 7, (1 << 20) - 1, 1 << 20, INT64_MAX};
        uint64_t seed = 2;
        for (unsigned round = 0; round < ROUNDS; round++) {
                struct sample sample = sample_new(round, &seed);
                int64_t numerator = numerators[next_random(&seed) % (sizeof(numerators) / sizeof(numerators[0]))];
                int64_t denominator =
                        denominators[next_random(&seed) % (sizeof(denominators) / sizeof(denominators[0]))];
                loop_ratio_at_least(sample.values, sample.denominators, sample.count, numerator, denominator,
                                    sample.who, sample.ret);
                for (size_t i = 0; i < sample.count; i++) {
                        bool met = (__int128)sample.values[i] * denominator >=
                                   (__int128)numerator * sample.denominators[i];
                        assert_int_equal(bits_get(sample.ret, i), bits_get(sample.who, i) && met);
                }
                nothing_past_the_end(&sample);
                sample_free(&sample);
        }
}

/* Equality meets it: values that lie exactly on the threshold, and one to each side. */
static void ratio_is_exact_at_the_threshold(void **state)
{
        (void)state;
        int64_t values[64], denominators[64];
        for (unsigned i = 0; i < 64; i++) {
                denominators[i] = 10 * ((INT64_C(1) << (i % 38)) + i);
                values[i] = -denominators[i] / 10 + (int64_t)(i % 3) - 1;
        }
        uint64_t all = UINT64_MAX, met = 0;
        loop_ratio_at_least(values, denominators, 64, -1, 10, &all, &met);
        for (unsigned i = 0; i < 64; i++)
                assert_int_equal(met >> i & 1, i % 3 != 0);
}

static void sum_agrees_with_the_definition(void **state)
{
        (void)state;
        uint64_t seed = 3;
        for (unsigned round = 0; round < ROUNDS; round++) {
                struct sample sample = sample_new(round, &seed);
                __int128 expected = 0;
                for (size_t i = 0; i < sample.count; i++)
                        expected += bits_get(sample.who, i) ? sample.values[i] : 0;
                assert_true(loop_sum(sample.values, sample.count, sample.who) == expected);
                sample_free(&sample);
        }
}

/* As many as there can be, all as large as there can be: beyond 64 bits either way. */
static void sums_do_not_overflow(void **state)
{
        (void)state;
        static int64_t values[LOOP_CUSTOMERS_MAX];
        uint64_t who[LOOP_WORDS_MAX];
        memset(who, 255, sizeof(who));
        for (size_t b = 0; b < BORDERS; b++) {
                for (size_t i = 0; i < LOOP_CUSTOMERS_MAX; i++)
                        values[i] = borders[b];
                assert_true(loop_sum(values, LOOP_CUSTOMERS_MAX, who) == (__int128)borders[b] * LOOP_CUSTOMERS_MAX);
        }
}

static void bytes_and_counts_agree_with_the_definition(void **state)
{
        (void)state;
        uint64_t seed = 4;
        for (unsigned round = 0; round < ROUNDS / 4; round++) {
                struct sample sample = sample_new(round, &seed);
                uint64_t expected = 0;
                loop_bytes_equal(sample.bytes, sample.count, 1, sample.ret);
                nothing_past_the_end(&sample);
                for (size_t i = 0; i < sample.count; i++) {
                        assert_int_equal(bits_get(sample.ret, i), sample.bytes[i] == 1);
                        expected += bits_get(sample.who, i);
                }
                assert_int_equal(loop_count(sample.who, sample.words), expected);
                uint8_t value = (uint8_t)(round * 37), *before = exactly(sample.count, 1);
                memcpy(before, sample.bytes, sample.count);
                loop_or_bytes(sample.bytes, sample.count, value, sample.who);
                for (size_t i = 0; i < sample.count; i++)
                        assert_int_equal(sample.bytes[i], before[i] | (bits_get(sample.who, i) ? value : 0));
                free(before);
                sample_free(&sample);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(range_agrees_with_the_definition),
                cmocka_unit_test(ratio_agrees_with_the_definition),
                cmocka_unit_test(ratio_is_exact_at_the_threshold),
                cmocka_unit_test(sum_agrees_with_the_definition),
                cmocka_unit_test(sums_do_not_overflow),
                cmocka_unit_test(bytes_and_counts_agree_with_the_definition),
        };
        int failed = 0;
        for (played = PROCESSOR_PLAIN; played < PROCESSOR_COUNT; played++)
                failed += cmocka_run_group_tests(tests, NULL, NULL);
        return failed;
}
