/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * radix.h: sorts millions of small entries by a 64-bit key, least digit first, without comparing. Stable: entries of
 * one key stay in their order. Digits in which all keys agree cost one comparison, so ids of a million customers need
 * three passes.
 */
#ifndef TREUE_BASE_RADIX_H
#define TREUE_BASE_RADIX_H

#include <stddef.h>
#include <stdint.h>

struct radix_entry {
        uint64_t key;
        uint64_t rest;            /* whatever goes with it */
};

/* The key of a signed number: unsigned order of the keys is the order of the numbers. */
static inline uint64_t radix_key(int64_t number)
{
        return (uint64_t)number ^ UINT64_C(1) << 63;
}

static inline int64_t radix_number(uint64_t key)
{
        return (int64_t)(key ^ UINT64_C(1) << 63);
}

/* Sorts `count` entries; `spare` has room for as many. Returns where they lie now: `entries` or `spare`, both stay the
 * caller's. */
struct radix_entry *radix_sort(struct radix_entry *entries, struct radix_entry *spare, size_t count);

#endif
