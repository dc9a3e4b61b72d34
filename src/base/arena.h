/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * arena.h: memory of one life time (process, job or request).
 *
 * Everything allocated from an arena is freed at once with it. An arena has a ceiling: past it allocations return NULL.
 * Not safe for use by two threads at the same time.
 */
#ifndef TREUE_BASE_ARENA_H
#define TREUE_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct arena;

/* A new arena that gives out at most `bytes_max` bytes in total; NULL without memory. */
struct arena *arena_new(size_t bytes_max);

/* Frees the arena and all it gave out. Accepts NULL. */
void arena_free(struct arena *arena);

/* Forget all allocations but keep the memory: the same series of allocations after a reset asks the system for
 * nothing. */
void arena_reset(struct arena *arena);

/* `count` x `size` zeroed bytes aligned for any type; NULL when the ceiling, memory or size arithmetic is exceeded. */
void *arena_zero(struct arena *arena, size_t count, size_t size);

/* As arena_zero, but not zeroed. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* A NUL-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, const char *data, size_t length);

/* A copy of a piece of text; of none (NULL) an empty one. False without memory. */
bool arena_keep_text(struct arena *arena, struct text from, struct text *ret);

/* A copy of a list gathered in a buffer, aligned for any type; NULL without memory or when the buffer failed. */
void *arena_keep_list(struct arena *arena, const struct buffer *list);

/* Bytes given out so far. */
size_t arena_used(const struct arena *arena);

static inline void arena_freep(struct arena **arena) { arena_free(*arena); }
#define arena_cleanup __attribute__((cleanup(arena_freep)))
#define arena_array(arena, type, count) ((type *)arena_zero((arena), (count), sizeof(type)))

#endif
