/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory.h: how the C library's allocator treats large blocks.
 */
#ifndef TREUE_PLATFORM_MEMORY_H
#define TREUE_PLATFORM_MEMORY_H

#include <stddef.h>

/* Blocks of a few megabytes (an import reads a file in such) are reused instead of being returned to the kernel and
 * cleared by it anew each time; larger ones (tables that doubled) are returned. What one thread frees serves the next:
 * threads come and go during an import, and a heap for each would keep what its thread once needed. Call once at the
 * start. */
void memory_reuse_large_blocks(void);

/* `count` zeroed items of `size` bytes that are looked at all over the place: a large table gets large pages where the
 * system has them. Freed by free(); NULL without memory. */
void *memory_table(size_t count, size_t size);

#endif
