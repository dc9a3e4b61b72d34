/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * word_loops.h: the innermost loops of a decision, over many customers and their bits at once.
 *
 * Customers come as words of 64 bits: bit i of word w speaks of customer 64 w + i. `count` is the number of customers,
 * at most LOOP_CUSTOMERS_MAX; the last word may be used in part. `who` says which customers count: it has no bits past
 * `count`, and the values of others do not matter (they need not be set). `ret` may be `who` itself.
 *
 * On x86-64 the widest instructions the processor has are chosen at each call; elsewhere, and with older processors,
 * plain C gives the same results.
 */
#ifndef TREUE_ENGINE_WORD_LOOPS_H
#define TREUE_ENGINE_WORD_LOOPS_H

#include <stddef.h>
#include <stdint.h>

enum { LOOP_WORDS_MAX = 32, LOOP_CUSTOMERS_MAX = 64 * LOOP_WORDS_MAX };

/* Those of `who` with low <= value <= high. An empty range (low > high) gives nobody. */
void loop_in_range(const int64_t *values, size_t count, int64_t low, int64_t high, const uint64_t *who, uint64_t *ret);

/* Those of `who` with value / denominator >= numerator_min / denominator_min; exact, all denominators > 0. */
void loop_ratio_at_least(const int64_t *values, const int64_t *denominators, size_t count, int64_t numerator_min,
                         int64_t denominator_min, const uint64_t *who, uint64_t *ret);

/* The sum of the values of `who`. */
__int128 loop_sum(const int64_t *values, size_t count, const uint64_t *who);

/* bytes[i] |= value for those of `who`. */
void loop_or_bytes(uint8_t *bytes, size_t count, uint8_t value, const uint64_t *who);

/* Bit i: bytes[i] is `value`; no bits past `count`. */
void loop_bytes_equal(const uint8_t *bytes, size_t count, uint8_t value, uint64_t *ret);

/* How many bits are set. */
uint64_t loop_count(const uint64_t *words, size_t word_count);

#endif
