/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * arena.c: a list of chunks, filled from the newest; chunks grow with use so that few calls reach the allocator.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { FIRST_CHUNK_BYTES = 4096, LARGEST_CHUNK_BYTES = 1 << 20, ALIGNMENT = 16 };

struct chunk {
        struct chunk *next;
        size_t capacity, used;
        _Alignas(ALIGNMENT) unsigned char data[];
};

struct arena {
        struct chunk *chunks; /* newest first */
        struct chunk *spare;  /* kept by arena_reset, to be filled again before new ones are made */
        size_t bytes_max, used, next_bytes;
};

struct arena *arena_new(size_t bytes_max)
{
        struct arena *arena = calloc(1, sizeof(*arena));
        if (arena) {
                arena->bytes_max = bytes_max;
                arena->next_bytes = FIRST_CHUNK_BYTES;
        }
        return arena;
}

static void free_chunks(struct chunk *chunk)
{
        while (chunk) {
                struct chunk *next = chunk->next;
                free(chunk);
                chunk = next;
        }
}

void arena_free(struct arena *arena)
{
        if (!arena)
                return;
        free_chunks(arena->chunks);
        free_chunks(arena->spare);
        free(arena);
}

void arena_reset(struct arena *arena)
{
        arena->used = 0;
        while (arena->chunks) {
                struct chunk *chunk = arena->chunks;
                arena->chunks = chunk->next;
                chunk->used = 0;
                chunk->next = arena->spare;
                arena->spare = chunk;
        }
}

/* A spare chunk of at least `bytes`, taken out of the list; NULL when there is none. */
static struct chunk *take_spare(struct arena *arena, size_t bytes)
{
        for (struct chunk **link = &arena->spare; *link; link = &(*link)->next)
                if ((*link)->capacity >= bytes) {
                        struct chunk *chunk = *link;
                        *link = chunk->next;
                        return chunk;
                }
        return NULL;
}

static struct chunk *add_chunk(struct arena *arena, size_t bytes)
{
        struct chunk *chunk = take_spare(arena, bytes);
        if (chunk) {
                chunk->next = arena->chunks;
                arena->chunks = chunk;
                return chunk;
        }
        size_t capacity = arena->next_bytes > bytes ? arena->next_bytes : bytes;
        if (capacity > SIZE_MAX - sizeof(struct chunk))
                return NULL;
        chunk = malloc(sizeof(*chunk) + capacity);
        if (!chunk)
                return NULL;
        *chunk = (struct chunk){.next = arena->chunks, .capacity = capacity};
        arena->chunks = chunk;
        if (arena->next_bytes < LARGEST_CHUNK_BYTES)
                arena->next_bytes *= 2;
        return chunk;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
        if (bytes > SIZE_MAX - ALIGNMENT)
                return NULL;
        size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (rounded == 0)
                rounded = ALIGNMENT;
        if (rounded > arena->bytes_max - arena->used)
                return NULL;
        struct chunk *chunk = arena->chunks;
        if (!chunk || chunk->capacity - chunk->used < rounded) {
                chunk = add_chunk(arena, rounded);
                if (!chunk)
                        return NULL;
        }
        void *result = chunk->data + chunk->used;
        chunk->used += rounded;
        arena->used += rounded;
        return result;
}

void *arena_zero(struct arena *arena, size_t count, size_t size)
{
        size_t bytes;
        if (__builtin_mul_overflow(count, size, &bytes))
                return NULL;
        void *result = arena_alloc(arena, bytes);
        return result ? memset(result, 0, bytes) : NULL;
}

char *arena_copy(struct arena *arena, const char *data, size_t length)
{
        if (length == SIZE_MAX)
                return NULL;
        char *copy = arena_alloc(arena, length + 1);
        if (!copy)
                return NULL;
        if (length)
                memcpy(copy, data, length);
        copy[length] = '\0';
        return copy;
}

bool arena_keep_text(struct arena *arena, struct text from, struct text *ret)
{
        const char *copy = arena_copy(arena, from.data, from.length);
        if (!copy)
                return false;
        *ret = (struct text){copy, from.length};
        return true;
}

void *arena_keep_list(struct arena *arena, const struct buffer *list)
{
        return list->failed ? NULL : arena_copy(arena, list->data, list->length);
}

size_t arena_used(const struct arena *arena)
{
        return arena->used;
}
