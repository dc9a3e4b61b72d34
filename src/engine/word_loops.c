/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * word_loops.c: every loop in plain C, and in wider instructions where they were measured to matter. The wide loops
 * take whole words only; what is left at the end, words in which few customers count, and numbers too large for 64-bit
 * arithmetic go the plain way, customer by customer.
 */
#include "engine/word_loops.h"

#include <stdbool.h>
#include <string.h>

#include "base/bits.h"
#include "base/checked.h"

/* Below these bounds products and sums fit 64 bits: amounts below 2^42 times thresholds below 2^20, and
 * LOOP_CUSTOMERS_MAX (2^11) values below 2^50. */
static const uint64_t product_value_max = UINT64_C(1) << 42, product_factor_max = UINT64_C(1) << 20,
                      sum_value_max = UINT64_C(1) << 50;

/* ---- one word, customer by customer ------------------------------------------------------------------------------ */

static inline uint64_t in_range_each(const int64_t *values, uint64_t low, uint64_t width, uint64_t who)
{
        uint64_t word = 0;
        for (uint64_t rest = who; rest; rest &= rest - 1) {
                unsigned i = (unsigned)__builtin_ctzll(rest);
                word |= (uint64_t)((uint64_t)values[i] - low <= width) << i;
        }
        return word;
}

struct ratio_bound {
        int64_t numerator, denominator;
};

static inline uint64_t ratio_each(const int64_t *values, const int64_t *denominators, struct ratio_bound least,
                                  uint64_t who)
{
        uint64_t word = 0;
        for (uint64_t rest = who; rest; rest &= rest - 1) {
                unsigned i = (unsigned)__builtin_ctzll(rest);
                int128 left = (int128)values[i] * least.denominator, right = (int128)least.numerator * denominators[i];
                word |= (uint64_t)(left >= right) << i;
        }
        return word;
}

static inline int128 sum_each(const int64_t *values, uint64_t who)
{
        int128 sum = 0;
        for (uint64_t rest = who; rest; rest &= rest - 1)
                sum += values[__builtin_ctzll(rest)];
        return sum;
}

static inline void or_each(uint8_t *bytes, uint8_t value, uint64_t who)
{
        for (uint64_t rest = who; rest; rest &= rest - 1)
                bytes[__builtin_ctzll(rest)] |= value;
}

/* ---- many words, plain ------------------------------------------------------------------------------------------- */

/* A subtraction and an unsigned comparison per number, no branch; words in which everybody is left out are skipped. */
static void in_range_plain(const int64_t *values, size_t count, uint64_t low, uint64_t width, const uint64_t *who,
                           uint64_t *ret)
{
        for (size_t w = 0; w < count / 64; w++) {
                uint64_t word = 0;
                for (unsigned i = who[w] ? 0 : 64; i < 64; i++)
                        word |= (uint64_t)((uint64_t)values[64 * w + i] - low <= width) << i;
                ret[w] = word & who[w];
        }
}

static void ratio_plain(const int64_t *values, const int64_t *denominators, size_t count, struct ratio_bound least,
                        const uint64_t *who, uint64_t *ret)
{
        for (size_t w = 0; w < count / 64; w++)
                ret[w] = ratio_each(values + 64 * w, denominators + 64 * w, least, who[w]);
}

static int128 sum_plain(const int64_t *values, size_t count, const uint64_t *who)
{
        int128 sum = 0;
        for (size_t w = 0; w < count / 64; w++)
                sum += sum_each(values + 64 * w, who[w]);
        return sum;
}

static void or_plain(uint8_t *bytes, size_t count, uint8_t value, const uint64_t *who)
{
        for (size_t w = 0; w < count / 64; w++)
                or_each(bytes + 64 * w, value, who[w]);
}

/* ---- many words, wide -------------------------------------------------------------------------------------------- */

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_512 __attribute__((target("avx512f,avx512bw,avx512dq,popcnt")))
#define WITH_256 __attribute__((target("avx2,popcnt")))

/* A test that includes this file plays older processors. */
#ifndef PROCESSOR_HAS
#define PROCESSOR_HAS(feature) __builtin_cpu_supports(feature)
#endif

enum { FEW = 4 }; /* so many customers of a word are looked at faster one by one */

static bool has_512(void)
{
        return PROCESSOR_HAS("avx512f") && PROCESSOR_HAS("avx512bw") && PROCESSOR_HAS("avx512dq") &&
               PROCESSOR_HAS("popcnt");
}

static bool has_256(void) { return PROCESSOR_HAS("avx2") && PROCESSOR_HAS("popcnt"); }

WITH_512 static void in_range_512(const int64_t *values, size_t count, uint64_t low, uint64_t width,
                                  const uint64_t *who, uint64_t *ret)
{
        __m512i base = _mm512_set1_epi64((int64_t)low), most = _mm512_set1_epi64((int64_t)width);
        for (size_t w = 0; w < count / 64; w++, values += 64) {
                if (__builtin_popcountll(who[w]) <= FEW) {
                        ret[w] = in_range_each(values, low, width, who[w]);
                        continue;
                }
                uint64_t word = 0;
                for (unsigned i = 0; i < 64; i += 8) {
                        __m512i shifted = _mm512_sub_epi64(_mm512_loadu_si512(values + i), base);
                        word |= (uint64_t)_mm512_cmple_epu64_mask(shifted, most) << i;
                }
                ret[w] = word & who[w];
        }
}

/* AVX2 compares signed numbers only: both sides are moved by 2^63. */
WITH_256 static void in_range_256(const int64_t *values, size_t count, uint64_t low, uint64_t width,
                                  const uint64_t *who, uint64_t *ret)
{
        const uint64_t half = UINT64_C(1) << 63;
        __m256i base = _mm256_set1_epi64x((int64_t)(low + half)), most = _mm256_set1_epi64x((int64_t)(width ^ half));
        for (size_t w = 0; w < count / 64; w++, values += 64) {
                if (__builtin_popcountll(who[w]) <= FEW) {
                        ret[w] = in_range_each(values, low, width, who[w]);
                        continue;
                }
                uint64_t outside = 0;
                for (unsigned i = 0; i < 64; i += 4) {
                        __m256i shifted =
                                _mm256_sub_epi64(_mm256_loadu_si256((const __m256i *)(values + i)), base);
                        __m256i more = _mm256_cmpgt_epi64(shifted, most);
                        outside |= (uint64_t)(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(more)) << i;
                }
                ret[w] = ~outside & who[w];
        }
}

/* Multiplies 64-bit numbers; a word with a value or denominator past product_value_max goes the plain way. */
WITH_512 static void ratio_512(const int64_t *values, const int64_t *denominators, size_t count,
                               struct ratio_bound least, const uint64_t *who, uint64_t *ret)
{
        __m512i factor = _mm512_set1_epi64(least.denominator), threshold = _mm512_set1_epi64(least.numerator);
        __m512i bound = _mm512_set1_epi64((int64_t)product_value_max);
        for (size_t w = 0; w < count / 64; w++, values += 64, denominators += 64) {
                uint64_t here = who[w], word = 0;
                __m512i far = _mm512_setzero_si512();
                bool few = __builtin_popcountll(here) <= FEW;
                for (unsigned i = 0; !few && i < 64; i += 8) {
                        __mmask8 mask = (__mmask8)(here >> i);
                        __m512i value = _mm512_maskz_loadu_epi64(mask, values + i);
                        __m512i denominator = _mm512_maskz_loadu_epi64(mask, denominators + i);
                        far = _mm512_or_si512(far, _mm512_or_si512(_mm512_add_epi64(value, bound),
                                                                   _mm512_add_epi64(denominator, bound)));
                        word |= (uint64_t)_mm512_mask_cmpge_epi64_mask(mask, _mm512_mullo_epi64(value, factor),
                                                                       _mm512_mullo_epi64(threshold, denominator))
                                << i;
                }
                /* In -2^42 .. 2^42 - 1 a number plus 2^42 is below 2^43. */
                if (few || (uint64_t)_mm512_reduce_or_epi64(far) >= 2 * product_value_max)
                        word = ratio_each(values, denominators, least, here);
                ret[w] = word;
        }
}

/* False when a value is too large for the sum to be formed in 64 bits. */
WITH_512 static bool sum_512(const int64_t *values, size_t count, const uint64_t *who, int128 *ret)
{
        __m512i sum = _mm512_setzero_si512(), far = sum;
        for (size_t w = 0; w < count / 64; w++, values += 64) {
                if (!who[w])
                        continue;
                for (unsigned i = 0; i < 64; i += 8) {
                        __m512i value = _mm512_maskz_loadu_epi64((__mmask8)(who[w] >> i), values + i);
                        sum = _mm512_add_epi64(sum, value);
                        far = _mm512_or_si512(far, _mm512_xor_si512(value, _mm512_srai_epi64(value, 63)));
                }
        }
        if ((uint64_t)_mm512_reduce_or_epi64(far) >= sum_value_max)
                return false;
        *ret = _mm512_reduce_add_epi64(sum);
        return true;
}

WITH_512 static void or_512(uint8_t *bytes, size_t count, uint8_t value, const uint64_t *who)
{
        __m512i all = _mm512_set1_epi8((char)value);
        for (size_t w = 0; w < count / 64; w++) {
                if (!who[w])
                        continue;
                __m512i old = _mm512_loadu_si512(bytes + 64 * w);
                __m512i added = _mm512_or_si512(old, _mm512_maskz_mov_epi8(who[w], all));
                _mm512_storeu_si512(bytes + 64 * w, added);
        }
}

__attribute__((target("popcnt"))) static uint64_t count_popcnt(const uint64_t *words, size_t word_count)
{
        uint64_t count = 0;
        for (size_t w = 0; w < word_count; w++)
                count += (uint64_t)__builtin_popcountll(words[w]);
        return count;
}

/* Every x86-64 processor has these. */
static uint64_t equal_word(const uint8_t *bytes, uint8_t value)
{
        __m128i all = _mm_set1_epi8((char)value);
        uint64_t word = 0;
        for (unsigned i = 0; i < 64; i += 16) {
                __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(bytes + i)), all);
                word |= (uint64_t)(unsigned)_mm_movemask_epi8(equal) << i;
        }
        return word;
}

#else

static uint64_t equal_word(const uint8_t *bytes, uint8_t value)
{
        uint64_t word = 0;
        for (unsigned i = 0; i < 64; i++)
                word |= (uint64_t)(bytes[i] == value) << i;
        return word;
}

#endif

/* ---- the choice -------------------------------------------------------------------------------------------------- */

void loop_in_range(const int64_t *values, size_t count, int64_t low, int64_t high, const uint64_t *who, uint64_t *ret)
{
        size_t whole = count / 64;
        uint64_t width = (uint64_t)high - (uint64_t)low;
        if (low > high) {
                memset(ret, 0, bits_words(count) * sizeof(*ret));
                return;
        }
        if (count % 64)
                ret[whole] = in_range_each(values + 64 * whole, (uint64_t)low, width, who[whole]);
#if defined(__x86_64__)
        if (has_512())
                in_range_512(values, count, (uint64_t)low, width, who, ret);
        else if (has_256())
                in_range_256(values, count, (uint64_t)low, width, who, ret);
        else
#endif
                in_range_plain(values, count, (uint64_t)low, width, who, ret);
}

void loop_ratio_at_least(const int64_t *values, const int64_t *denominators, size_t count, int64_t numerator_min,
                         int64_t denominator_min, const uint64_t *who, uint64_t *ret)
{
        size_t whole = count / 64;
        struct ratio_bound least = {numerator_min, denominator_min};
        if (count % 64)
                ret[whole] = ratio_each(values + 64 * whole, denominators + 64 * whole, least, who[whole]);
#if defined(__x86_64__)
        /* Between -2^20 and 2^20, as an unsigned comparison. */
        bool small = (uint64_t)numerator_min + product_factor_max < 2 * product_factor_max &&
                     (uint64_t)denominator_min < product_factor_max;
        if (small && has_512())
                ratio_512(values, denominators, count, least, who, ret);
        else
#endif
                ratio_plain(values, denominators, count, least, who, ret);
}

int128 loop_sum(const int64_t *values, size_t count, const uint64_t *who)
{
        size_t whole = count / 64;
        int128 rest = count % 64 ? sum_each(values + 64 * whole, who[whole]) : 0;
#if defined(__x86_64__)
        int128 sum;
        if (has_512() && sum_512(values, count, who, &sum))
                return sum + rest;
#endif
        return sum_plain(values, count, who) + rest;
}

void loop_or_bytes(uint8_t *bytes, size_t count, uint8_t value, const uint64_t *who)
{
        size_t whole = count / 64;
        if (!value)
                return;
        if (count % 64)
                or_each(bytes + 64 * whole, value, who[whole]);
#if defined(__x86_64__)
        if (has_512())
                or_512(bytes, count, value, who);
        else
#endif
                or_plain(bytes, count, value, who);
}

void loop_bytes_equal(const uint8_t *bytes, size_t count, uint8_t value, uint64_t *ret)
{
        size_t whole = count / 64;
        for (size_t w = 0; w < whole; w++)
                ret[w] = equal_word(bytes + 64 * w, value);
        if (!(count % 64))
                return;
        ret[whole] = 0;
        for (unsigned i = 0; i < count % 64; i++)
                ret[whole] |= (uint64_t)(bytes[64 * whole + i] == value) << i;
}

uint64_t loop_count(const uint64_t *words, size_t word_count)
{
#if defined(__x86_64__)
        if (PROCESSOR_HAS("popcnt"))
                return count_popcnt(words, word_count);
#endif
        uint64_t count = 0;
        for (size_t w = 0; w < word_count; w++)
                count += (uint64_t)__builtin_popcountll(words[w]);
        return count;
}
