/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory.c: settings of the allocator.
 */
#include "platform/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAP_FROM_BYTES = 8 << 20, TRIM_FROM_BYTES = 128 << 20 };

void memory_reuse_large_blocks(void)
{
        mallopt(M_MMAP_THRESHOLD, MAP_FROM_BYTES);
        mallopt(M_TRIM_THRESHOLD, TRIM_FROM_BYTES);
        mallopt(M_ARENA_MAX, 1);
}

enum { LARGE_PAGE_BYTES = 2 << 20 };

void *memory_table(size_t count, size_t size)
{
        size_t bytes;
        if (__builtin_mul_overflow(count, size, &bytes))
                return NULL;
        if (bytes < 2 * (size_t)LARGE_PAGE_BYTES)
                return calloc(count, size);
        size_t whole_pages = (bytes + LARGE_PAGE_BYTES - 1) / LARGE_PAGE_BYTES * LARGE_PAGE_BYTES;
        void *table = aligned_alloc(LARGE_PAGE_BYTES, whole_pages);
        if (!table)
                return NULL;
        (void)!madvise(table, bytes, MADV_HUGEPAGE); /* a wish: without large pages it is only slower */
        return memset(table, 0, bytes);
}
