/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory.h: how the C library's allocator treats large blocks.
 */
#ifndef TREUE_PLATFORM_MEMORY_H
#define TREUE_PLATFORM_MEMORY_H

/* Blocks of a few megabytes (an import reads a file in such) are reused instead of being returned to the kernel and
 * cleared by it anew each time; larger ones (tables that doubled) are returned. What one thread frees serves the next:
 * threads come and go during an import, and a heap for each would keep what its thread once needed (450 MB instead of
 * 540 MB for 100 million lines). Call once at the start. */
void memory_reuse_large_blocks(void);

#endif
