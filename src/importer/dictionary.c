/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dictionary.c: an open-addressing hash table over texts kept in chunks; looked up once per line of a file.
 */
#include "importer/dictionary.h"

#include <stdlib.h>

enum { CHUNK_BYTES = 64 << 10, FIRST_SLOTS = 1024 };

void dictionary_init(struct dictionary *dictionary)
{
        *dictionary = (struct dictionary){0};
}

void dictionary_release(struct dictionary *dictionary)
{
        for (size_t i = 0; i < dictionary->chunk_count; i++)
                free(dictionary->chunks[i]);
        free(dictionary->chunks);
        free(dictionary->entries);
        free(dictionary->slots);
        dictionary_init(dictionary);
}

static bool grow_slots(struct dictionary *d)
{
        size_t count = d->slot_count ? d->slot_count * 2 : FIRST_SLOTS;
        uint32_t *slots = calloc(count, sizeof(*slots));
        if (!slots)
                return false;
        for (size_t i = 0; i < d->count; i++) {
                size_t slot = d->entries[i].hash & (count - 1);
                while (slots[slot])
                        slot = (slot + 1) & (count - 1);
                slots[slot] = (uint32_t)(i + 1);
        }
        free(d->slots);
        d->slots = slots;
        d->slot_count = count;
        return true;
}

static bool grow_entries(struct dictionary *d)
{
        size_t capacity = d->capacity ? d->capacity * 2 : FIRST_SLOTS;
        struct dictionary_entry *entries = realloc(d->entries, capacity * sizeof(*entries));
        if (!entries)
                return false;
        d->entries = entries;
        d->capacity = capacity;
        return true;
}

/* A copy of the text in the chunks, or NULL. */
static char *keep_text(struct dictionary *d, struct text text)
{
        if (!d->chunk_count || d->chunk_size - d->chunk_used < text.length) {
                size_t size = text.length > CHUNK_BYTES ? text.length : CHUNK_BYTES;
                char **chunks = realloc(d->chunks, (d->chunk_count + 1) * sizeof(*chunks));
                if (!chunks)
                        return NULL;
                d->chunks = chunks;
                char *chunk = malloc(size);
                if (!chunk)
                        return NULL;
                d->chunks[d->chunk_count++] = chunk;
                d->chunk_size = size;
                d->chunk_used = 0;
        }
        char *copy = d->chunks[d->chunk_count - 1] + d->chunk_used;
        if (text.length)
                memcpy(copy, text.data, text.length);
        d->chunk_used += text.length;
        return copy;
}

static uint64_t prefix_of(struct text text)
{
        uint64_t prefix = 0;
        if (text.length >= 8)
                memcpy(&prefix, text.data, 8);
        else
                for (size_t i = 0; i < text.length; i++)
                        prefix |= (uint64_t)(unsigned char)text.data[i] << (8 * i);
        return prefix;
}

/* Short texts are their own prefix: mixing it is enough. */
static uint32_t hash_of(struct text text, uint64_t prefix)
{
        if (text.length > 8)
                return (uint32_t)text_hash(text.data, text.length);
        uint64_t mixed = (prefix + text.length) * UINT64_C(0x9e3779b97f4a7c15);
        return (uint32_t)(mixed >> 32) ^ (uint32_t)(mixed >> 15);
}

static bool is_entry(const struct dictionary_entry *entry, struct text text, uint64_t prefix, uint32_t hash)
{
        return entry->hash == hash && entry->prefix == prefix && entry->length == text.length
               && (text.length <= 8 || memcmp(entry->data, text.data, text.length) == 0);
}

uint32_t dictionary_number(struct dictionary *d, struct text text, bool *ret_added)
{
        uint64_t prefix = prefix_of(text);
        uint32_t hash = hash_of(text, prefix);
        if (ret_added)
                *ret_added = false;
        if (d->slot_count) {
                size_t mask = d->slot_count - 1;
                for (size_t slot = hash & mask; d->slots[slot]; slot = (slot + 1) & mask) {
                        if (is_entry(&d->entries[d->slots[slot] - 1], text, prefix, hash))
                                return d->slots[slot] - 1;
                }
        }
        if (d->count >= UINT32_MAX - 1 || text.length > UINT32_MAX)
                return DICTIONARY_FULL;
        if (d->count * 3 >= d->slot_count * 2 && !grow_slots(d))
                return DICTIONARY_FULL;
        if (d->count == d->capacity && !grow_entries(d))
                return DICTIONARY_FULL;
        char *copy = keep_text(d, text);
        if (!copy)
                return DICTIONARY_FULL;
        d->entries[d->count] = (struct dictionary_entry){prefix, copy, (uint32_t)text.length, hash};
        size_t slot = hash & (d->slot_count - 1);
        while (d->slots[slot])
                slot = (slot + 1) & (d->slot_count - 1);
        d->slots[slot] = (uint32_t)++d->count;
        if (ret_added)
                *ret_added = true;
        return (uint32_t)(d->count - 1);
}
