/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory.c: settings of the allocator.
 */
#include "platform/memory.h"

#include <malloc.h>

enum { MAP_FROM_BYTES = 8 << 20, TRIM_FROM_BYTES = 128 << 20 };

void memory_reuse_large_blocks(void)
{
        mallopt(M_MMAP_THRESHOLD, MAP_FROM_BYTES);
        mallopt(M_TRIM_THRESHOLD, TRIM_FROM_BYTES);
        mallopt(M_ARENA_MAX, 1);
}
