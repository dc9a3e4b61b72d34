/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dictionary.c: an open-addressing hash table over texts kept in chunks; looked up once per line of a file.
 */
#include "importer/dictionary.h"

#include <stdlib.h>

#include "platform/memory.h"

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

void dictionary_seal(struct dictionary *dictionary)
{
        free(dictionary->slots);
        dictionary->slots = NULL;
        dictionary->slot_count = 0;
}

size_t dictionary_bytes(const struct dictionary *dictionary)
{
        return dictionary->capacity * sizeof(*dictionary->entries) + dictionary->slot_count * sizeof(*dictionary->slots)
               + dictionary->chunk_count * CHUNK_BYTES;
}

static bool grow_slots(struct dictionary *d)
{
        size_t count = d->slot_count ? d->slot_count * 2 : FIRST_SLOTS;
        struct dictionary_slot *slots = memory_table(count, sizeof(*slots));
        if (!slots)
                return false;
        for (size_t i = 0; i < d->slot_count; i++) {
                if (!d->slots[i].number)
                        continue;
                size_t slot = d->entries[d->slots[i].number - 1].hash & (count - 1);
                while (slots[slot].number)
                        slot = (slot + 1) & (count - 1);
                slots[slot] = d->slots[i];
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

/* The bytes of a short text as a number: two loads that may overlap, whatever the length. */
static inline uint64_t prefix_of(struct text text)
{
        if (text.length >= 8) {
                uint64_t prefix;
                memcpy(&prefix, text.data, 8);
                return prefix;
        }
        if (text.length >= 4) {
                uint32_t first, last;
                memcpy(&first, text.data, 4);
                memcpy(&last, text.data + text.length - 4, 4);
                return first | (uint64_t)last << (8 * (text.length - 4));
        }
        uint64_t prefix = 0;
        for (size_t i = 0; i < text.length; i++)
                prefix |= (uint64_t)(unsigned char)text.data[i] << (8 * i);
        return prefix;
}

/* Short texts are their own prefix: mixing it is enough. */
static inline uint32_t hash_of(struct text text, uint64_t prefix)
{
        if (text.length > 8)
                return (uint32_t)text_hash(text.data, text.length);
        uint64_t mixed = (prefix + text.length) * UINT64_C(0x9e3779b97f4a7c15);
        return (uint32_t)(mixed >> 32) ^ (uint32_t)(mixed >> 15);
}

/* The highest bit keeps a long text's hash apart from a short text's length. */
static inline uint32_t check_of(struct text text, uint32_t hash)
{
        return text.length > 8 ? hash | UINT32_C(0x80000000) : (uint32_t)text.length;
}

/* The slot of the text, or the free one where it belongs. The table has free slots. */
static inline struct dictionary_slot *find_slot(const struct dictionary *d, struct text text, uint64_t prefix,
                                                uint32_t hash)
{
        size_t mask = d->slot_count - 1;
        uint32_t check = check_of(text, hash);
        for (size_t at = hash & mask;; at = (at + 1) & mask) {
                struct dictionary_slot *slot = &d->slots[at];
                if (!slot->number)
                        return slot;
                if (slot->prefix != prefix || slot->check != check)
                        continue;
                if (text.length <= 8)
                        return slot;
                const struct dictionary_entry *entry = &d->entries[slot->number - 1];
                if (entry->length == text.length && memcmp(entry->data, text.data, text.length) == 0)
                        return slot;
        }
}

void dictionary_prefetch(const struct dictionary *d, struct text text)
{
        if (d->slot_count)
                __builtin_prefetch(&d->slots[hash_of(text, prefix_of(text)) & (d->slot_count - 1)]);
}

uint32_t dictionary_number(struct dictionary *d, struct text text, bool *ret_added)
{
        uint64_t prefix = prefix_of(text);
        uint32_t hash = hash_of(text, prefix);
        if (ret_added)
                *ret_added = false;
        if (d->slot_count) {
                const struct dictionary_slot *slot = find_slot(d, text, prefix, hash);
                if (slot->number)
                        return slot->number - 1;
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
        d->entries[d->count] = (struct dictionary_entry){copy, (uint32_t)text.length, hash};
        struct dictionary_slot *slot = find_slot(d, text, prefix, hash);
        *slot = (struct dictionary_slot){prefix, check_of(text, hash), (uint32_t)++d->count};
        if (ret_added)
                *ret_added = true;
        return (uint32_t)(d->count - 1);
}
