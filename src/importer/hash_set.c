/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * hash_set.c: open addressing, at most two thirds full.
 */
#include "importer/hash_set.h"

#include <stdlib.h>

void hash_set_release(struct hash_set *set)
{
        free(set->hashes);
        free(set->notes);
        *set = (struct hash_set){0};
}

static size_t slot_of(const struct hash_set *set, uint64_t hash)
{
        size_t slot = hash & (set->slots - 1);
        while (set->hashes[slot] && set->hashes[slot] != hash)
                slot = (slot + 1) & (set->slots - 1);
        return slot;
}

static bool grow(struct hash_set *set)
{
        struct hash_set larger = {.slots = set->slots ? set->slots * 2 : 256, .count = set->count};
        larger.hashes = calloc(larger.slots, sizeof(*larger.hashes));
        larger.notes = calloc(larger.slots, sizeof(*larger.notes));
        if (!larger.hashes || !larger.notes) {
                hash_set_release(&larger);
                return false;
        }
        for (size_t i = 0; i < set->slots; i++)
                if (set->hashes[i]) {
                        size_t slot = slot_of(&larger, set->hashes[i]);
                        larger.hashes[slot] = set->hashes[i];
                        larger.notes[slot] = set->notes[i];
                }
        hash_set_release(set);
        *set = larger;
        return true;
}

bool hash_set_add(struct hash_set *set, uint64_t hash, uint8_t note)
{
        if (set->count * 3 >= set->slots * 2 && !grow(set))
                return false;
        if (hash == 0)
                hash = 1;
        size_t slot = slot_of(set, hash);
        if (!set->hashes[slot]) {
                set->hashes[slot] = hash;
                set->count++;
        }
        if (!set->notes[slot])
                set->notes[slot] = note;
        return true;
}

bool hash_set_has(const struct hash_set *set, uint64_t hash, uint8_t *ret_note)
{
        if (!set->slots)
                return false;
        if (hash == 0)
                hash = 1;
        size_t slot = slot_of(set, hash);
        if (set->hashes[slot] && ret_note)
                *ret_note = set->notes[slot];
        return set->hashes[slot] != 0;
}
