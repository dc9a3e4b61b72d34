/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dictionary.h: texts to dense numbers, in the order they were first seen: customer numbers, articles and groups of one
 * parsing thread. Keeps a copy of every text.
 */
#ifndef TREUE_IMPORTER_DICTIONARY_H
#define TREUE_IMPORTER_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { DICTIONARY_FULL = UINT32_MAX };

struct dictionary_entry {
        const char *data;
        uint32_t length;
        uint32_t hash;
};

/* Holds what tells texts of up to eight bytes apart, so that finding one touches nothing but its slot. */
struct dictionary_slot {
        uint64_t prefix;          /* the first eight bytes, zero-padded */
        uint32_t check;           /* the length of a short text, or the hash of a longer one with its highest bit set */
        uint32_t number;          /* entry + 1; 0: free */
};

struct dictionary {
        struct dictionary_entry *entries;
        size_t count, capacity;
        struct dictionary_slot *slots;
        size_t slot_count;        /* a power of two, at most two thirds used */
        char **chunks;            /* the texts */
        size_t chunk_count, chunk_used, chunk_size;
};

void dictionary_init(struct dictionary *dictionary);
void dictionary_release(struct dictionary *dictionary);

/* The number of `text`, which is added when it is new; DICTIONARY_FULL without memory or past four billion texts.
 * *ret_added tells whether it was new; may be NULL. */
uint32_t dictionary_number(struct dictionary *dictionary, struct text text, bool *ret_added);

/* Fetches what dictionary_number will look at, which in a table of millions takes longer than parsing a line. */
void dictionary_prefetch(const struct dictionary *dictionary, struct text text);

/* No text will be looked up any more: only dictionary_text works from now on, with much less memory. */
void dictionary_seal(struct dictionary *dictionary);

size_t dictionary_bytes(const struct dictionary *dictionary); /* memory it holds */

/* The text of a number; lives as long as the dictionary. */
static inline struct text dictionary_text(const struct dictionary *dictionary, size_t number)
{
        return (struct text){dictionary->entries[number].data, dictionary->entries[number].length};
}

#endif
