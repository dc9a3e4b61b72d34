/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * bits.h: sets of small numbers as arrays of 64-bit words.
 */
#ifndef TREUE_BASE_BITS_H
#define TREUE_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t bits_words(size_t count) { return count / 64 + (count % 64 != 0); }
static inline bool bits_get(const uint64_t *bits, size_t i) { return bits[i / 64] >> (i % 64) & 1; }
static inline void bits_set(uint64_t *bits, size_t i) { bits[i / 64] |= (uint64_t)1 << (i % 64); }
static inline void bits_clear(uint64_t *bits, size_t i) { bits[i / 64] &= ~((uint64_t)1 << (i % 64)); }

#endif
