/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * thread.h: threads, a bounded queue between two of them, and the parallel loop handed to pure layers.
 */
#ifndef TREUE_PLATFORM_THREAD_H
#define TREUE_PLATFORM_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/parallel.h"
#include "base/status.h"

struct thread;
must_check enum status thread_start(void (*run)(void *context), void *context, struct thread **ret,
                                    struct error *error);
void thread_join(struct thread *thread); /* waits and frees; accepts NULL */

void thread_sleep_ms(unsigned milliseconds);

unsigned processor_count(void); /* TREUE_THREADS when set (1..64), else the processors this process may use */

/* Worker threads for parallel loops. `threads` counts the caller: 1 means no further thread. */
struct pool;
must_check enum status pool_new(unsigned threads, struct pool **ret, struct error *error);
void pool_free(struct pool *pool); /* accepts NULL */
struct parallel pool_parallel(struct pool *pool); /* valid as long as the pool; NULL pool: runs inline */
static inline void pool_freep(struct pool **pool) { pool_free(*pool); }
#define pool_cleanup __attribute__((cleanup(pool_freep)))

/* Bounded queue of pointers between threads. */
struct queue;
must_check enum status queue_new(size_t capacity, struct queue **ret, struct error *error);
void queue_free(struct queue *queue); /* accepts NULL; items are the caller's */
/* Waits for room. False when the queue was stopped: the item stays the caller's. */
bool queue_put(struct queue *queue, void *item);
/* Waits for an item. False when the queue is closed and empty, or stopped. */
bool queue_get(struct queue *queue, void **ret_item);
void queue_close(struct queue *queue); /* no more items come; readers drain */
void queue_stop(struct queue *queue);  /* give up at once; both sides return false */

#endif
