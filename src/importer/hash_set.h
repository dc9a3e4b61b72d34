/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * hash_set.h: a set of 64-bit hashes, each with a small note: the documents of a file that are rejected.
 */
#ifndef TREUE_IMPORTER_HASH_SET_H
#define TREUE_IMPORTER_HASH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_set {
        uint64_t *hashes;   /* 0: free; a hash of 0 is kept as 1 */
        uint8_t *notes;
        size_t count, slots;
};

void hash_set_release(struct hash_set *set);
/* Adds or keeps; the note of the first wins unless it was 0. False without memory. */
bool hash_set_add(struct hash_set *set, uint64_t hash, uint8_t note);
/* Whether it is in the set; *ret_note may be NULL. */
bool hash_set_has(const struct hash_set *set, uint64_t hash, uint8_t *ret_note);

#endif
