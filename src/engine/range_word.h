/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * range_word.h: which of 64 numbers lie in a range, as the bits of a word: the innermost step of every criterion.
 *
 * On x86-64 the widest instructions the processor has are chosen at the first call; elsewhere, and with older
 * processors, plain C gives the same bits.
 */
#ifndef TREUE_ENGINE_RANGE_WORD_H
#define TREUE_ENGINE_RANGE_WORD_H

#include <stdint.h>

/* Bit i: low <= values[i] <= high, for i < count <= 64. An empty range (low > high) gives 0. */
uint64_t range_word(const int64_t *values, unsigned count, int64_t low, int64_t high);

#endif
