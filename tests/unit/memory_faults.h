/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory_faults.h: lets allocations fail. A test that includes it is linked so that malloc and its like of Treue's own
 * code come here first (meson.build); those inside of libraries do not.
 */
#ifndef TREUE_TESTS_MEMORY_FAULTS_H
#define TREUE_TESTS_MEMORY_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static size_t memory_fault_bytes = SIZE_MAX; /* smaller ones succeed */
static long memory_fault_after;              /* that many succeed, then none does */

/* From now on, in all threads, allocations of `bytes` or more fail but for the first `after`. */
static inline void memory_faults_begin(size_t bytes, long after)
{
        __atomic_store_n(&memory_fault_after, after, __ATOMIC_SEQ_CST);
        __atomic_store_n(&memory_fault_bytes, bytes, __ATOMIC_SEQ_CST);
}

/* Did one fail since memory_faults_begin? All succeed again. */
static inline bool memory_faults_end(void)
{
        __atomic_store_n(&memory_fault_bytes, SIZE_MAX, __ATOMIC_SEQ_CST);
        return __atomic_load_n(&memory_fault_after, __ATOMIC_SEQ_CST) < 0;
}

static inline bool memory_fails(size_t bytes)
{
        return bytes >= __atomic_load_n(&memory_fault_bytes, __ATOMIC_SEQ_CST) &&
               __atomic_fetch_sub(&memory_fault_after, 1, __ATOMIC_SEQ_CST) <= 0;
}

/* The linker puts the first in place of malloc and calls the second what was malloc. */
void *__wrap_malloc(size_t bytes);
void *__real_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);
void *__real_aligned_alloc(size_t alignment, size_t bytes);

void *__wrap_malloc(size_t bytes) { return memory_fails(bytes) ? NULL : __real_malloc(bytes); }

void *__wrap_calloc(size_t count, size_t bytes)
{
        return memory_fails(count * bytes) ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *block, size_t bytes) { return memory_fails(bytes) ? NULL : __real_realloc(block, bytes); }

void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
        return memory_fails(bytes) ? NULL : __real_aligned_alloc(alignment, bytes);
}

#endif
