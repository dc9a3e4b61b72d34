/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * radix.c: sorting by counting, a digit at a time.
 */
#include "base/radix.h"

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS };

static size_t digit(uint64_t key, unsigned shift)
{
        return key >> shift & (DIGITS - 1);
}

static void scatter(const struct radix_entry *from, struct radix_entry *to, size_t count, unsigned shift)
{
        size_t places[DIGITS] = {0}, place = 0;
        for (size_t i = 0; i < count; i++)
                places[digit(from[i].key, shift)]++;
        for (size_t d = 0; d < DIGITS; d++) {
                size_t entries = places[d];
                places[d] = place;
                place += entries;
        }
        for (size_t i = 0; i < count; i++)
                to[places[digit(from[i].key, shift)]++] = from[i];
}

struct radix_entry *radix_sort(struct radix_entry *entries, struct radix_entry *spare, size_t count)
{
        uint64_t differ = 0;
        for (size_t i = 1; i < count; i++)
                differ |= entries[i].key ^ entries[0].key;
        for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
                if (digit(differ, shift) == 0)
                        continue;
                scatter(entries, spare, count, shift);
                struct radix_entry *swap = entries;
                entries = spare;
                spare = swap;
        }
        return entries;
}
