/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory.h: how the C library's allocator treats large blocks.
 */
#ifndef TREUE_PLATFORM_MEMORY_H
#define TREUE_PLATFORM_MEMORY_H

/* Blocks of a few megabytes (an import reads a file in such) are reused instead of being returned to the kernel and
 * cleared by it anew each time. Call once at the start. */
void memory_reuse_large_blocks(void);

#endif
