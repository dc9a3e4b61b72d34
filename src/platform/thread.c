/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * thread.c: POSIX threads, a bounded queue, and a pool that cuts loops into ranges.
 */
#include "platform/thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS_MAX = 64, RANGES_PER_THREAD = 8, LOOKS_BEFORE_SLEEP = 1000 };

struct thread {
        pthread_t id;
        void (*run)(void *context);
        void *context;
};

static void *thread_main(void *argument)
{
        struct thread *thread = argument;
        thread->run(thread->context);
        return NULL;
}

enum status thread_start(void (*run)(void *context), void *context, struct thread **ret, struct error *error)
{
        struct thread *thread = calloc(1, sizeof(*thread));
        if (!thread)
                return error_memory(error);
        thread->run = run;
        thread->context = context;
        int code = pthread_create(&thread->id, NULL, thread_main, thread);
        if (code != 0) {
                free(thread);
                return error_system(error, "pthread_create", "", code);
        }
        *ret = thread;
        return STATUS_OK;
}

void thread_join(struct thread *thread)
{
        if (!thread)
                return;
        pthread_join(thread->id, NULL);
        free(thread);
}

void thread_sleep_ms(unsigned milliseconds)
{
        struct timespec left = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
        while (nanosleep(&left, &left) != 0 && errno == EINTR)
                ;
}

unsigned processor_count(void)
{
        const char *wanted = getenv("TREUE_THREADS");
        if (wanted && *wanted) {
                unsigned value = 0;
                for (const char *p = wanted; *p >= '0' && *p <= '9' && value <= THREADS_MAX; p++)
                        value = value * 10 + (unsigned)(*p - '0');
                if (value >= 1)
                        return value < THREADS_MAX ? value : THREADS_MAX;
        }
        cpu_set_t set;
        if (sched_getaffinity(0, sizeof(set), &set) != 0)
                return 1;
        int count = CPU_COUNT(&set);
        return count < 1 ? 1 : count < THREADS_MAX ? (unsigned)count : THREADS_MAX;
}

/* ---- pool ------------------------------------------------------------------------------------------------------ */

struct pool {
        pthread_mutex_t in_use; /* by one loop at a time */
        pthread_mutex_t lock;
        pthread_cond_t work_there, work_done;
        struct thread *threads[THREADS_MAX];
        unsigned thread_count;  /* besides the caller */
        bool stopping;
        uint64_t turn;          /* rises with every loop */
        unsigned busy;
        /* the loop under way */
        size_t count, grain, next;
        void (*work)(void *context, size_t begin, size_t end);
        void *context;
};

static inline void pause_briefly(void)
{
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
}

/* Waking a thread takes longer than a short loop. Loops often come one after the other, so a thread looks for the next
 * one for some 20 microseconds before it sleeps; and the caller for the end of the last ranges. */
static void await_turn(const struct pool *pool, uint64_t seen)
{
        for (unsigned i = 0; i < LOOKS_BEFORE_SLEEP && __atomic_load_n(&pool->turn, __ATOMIC_RELAXED) == seen; i++)
                pause_briefly();
}

static void await_rest(const struct pool *pool)
{
        for (unsigned i = 0; i < LOOKS_BEFORE_SLEEP && __atomic_load_n(&pool->busy, __ATOMIC_RELAXED); i++)
                pause_briefly();
}

/* Takes ranges until none is left. */
static void take_ranges(struct pool *pool)
{
        for (;;) {
                size_t begin = __atomic_fetch_add(&pool->next, pool->grain, __ATOMIC_RELAXED);
                if (begin >= pool->count)
                        return;
                size_t end = pool->count - begin < pool->grain ? pool->count : begin + pool->grain;
                pool->work(pool->context, begin, end);
        }
}

static void pool_thread(void *context)
{
        struct pool *pool = context;
        uint64_t seen = 0;
        pthread_mutex_lock(&pool->lock);
        for (;;) {
                while (pool->turn == seen && !pool->stopping)
                        pthread_cond_wait(&pool->work_there, &pool->lock);
                if (pool->stopping)
                        break;
                seen = pool->turn;
                pthread_mutex_unlock(&pool->lock);
                take_ranges(pool);
                pthread_mutex_lock(&pool->lock);
                if (__atomic_sub_fetch(&pool->busy, 1, __ATOMIC_RELAXED) == 0)
                        pthread_cond_signal(&pool->work_done);
                pthread_mutex_unlock(&pool->lock);
                await_turn(pool, seen);
                pthread_mutex_lock(&pool->lock);
        }
        pthread_mutex_unlock(&pool->lock);
}

enum status pool_new(unsigned threads, struct pool **ret, struct error *error)
{
        struct pool *pool = calloc(1, sizeof(*pool));
        if (!pool)
                return error_memory(error);
        pthread_mutex_init(&pool->in_use, NULL);
        pthread_mutex_init(&pool->lock, NULL);
        pthread_cond_init(&pool->work_there, NULL);
        pthread_cond_init(&pool->work_done, NULL);
        while (pool->thread_count + 1 < threads && pool->thread_count + 1 < THREADS_MAX) {
                enum status status = thread_start(pool_thread, pool, &pool->threads[pool->thread_count], error);
                if (status != STATUS_OK) {
                        pool_free(pool);
                        return status;
                }
                pool->thread_count++;
        }
        *ret = pool;
        return STATUS_OK;
}

void pool_free(struct pool *pool)
{
        if (!pool)
                return;
        pthread_mutex_lock(&pool->lock);
        pool->stopping = true;
        pthread_cond_broadcast(&pool->work_there);
        pthread_mutex_unlock(&pool->lock);
        for (unsigned i = 0; i < pool->thread_count; i++)
                thread_join(pool->threads[i]);
        pthread_mutex_destroy(&pool->in_use);
        pthread_mutex_destroy(&pool->lock);
        pthread_cond_destroy(&pool->work_there);
        pthread_cond_destroy(&pool->work_done);
        free(pool);
}

static void pool_run(void *self, size_t count, size_t grain, void (*work)(void *context, size_t begin, size_t end),
                     void *context)
{
        struct pool *pool = self;
        size_t ranges = (size_t)(pool->thread_count + 1) * RANGES_PER_THREAD;
        size_t step = grain ? (count / ranges / grain + 1) * grain : count / ranges + 1;
        /* A loop inside a loop, or one of another thread while the pool is busy, runs where it was called. */
        if (count <= step || pool->thread_count == 0 || pthread_mutex_trylock(&pool->in_use) != 0) {
                if (count)
                        work(context, 0, count);
                return;
        }
        pthread_mutex_lock(&pool->lock);
        pool->count = count;
        pool->grain = step;
        pool->work = work;
        pool->context = context;
        __atomic_store_n(&pool->next, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&pool->busy, pool->thread_count, __ATOMIC_RELAXED);
        __atomic_store_n(&pool->turn, pool->turn + 1, __ATOMIC_RELAXED);
        pthread_cond_broadcast(&pool->work_there);
        pthread_mutex_unlock(&pool->lock);
        take_ranges(pool);
        await_rest(pool);
        pthread_mutex_lock(&pool->lock);
        while (pool->busy)
                pthread_cond_wait(&pool->work_done, &pool->lock);
        pthread_mutex_unlock(&pool->lock);
        pthread_mutex_unlock(&pool->in_use);
}

struct parallel pool_parallel(struct pool *pool)
{
        return (struct parallel){.self = pool, .run = pool ? pool_run : NULL};
}

/* ---- queue ----------------------------------------------------------------------------------------------------- */

struct queue {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        size_t capacity, first, count;
        bool closed, stopped;
        void *items[];
};

enum status queue_new(size_t capacity, struct queue **ret, struct error *error)
{
        if (capacity == 0)
                capacity = 1;
        struct queue *queue = calloc(1, sizeof(*queue) + capacity * sizeof(void *));
        if (!queue)
                return error_memory(error);
        queue->capacity = capacity;
        pthread_mutex_init(&queue->lock, NULL);
        pthread_cond_init(&queue->changed, NULL);
        *ret = queue;
        return STATUS_OK;
}

void queue_free(struct queue *queue)
{
        if (!queue)
                return;
        pthread_mutex_destroy(&queue->lock);
        pthread_cond_destroy(&queue->changed);
        free(queue);
}

bool queue_put(struct queue *queue, void *item)
{
        pthread_mutex_lock(&queue->lock);
        while (queue->count == queue->capacity && !queue->stopped)
                pthread_cond_wait(&queue->changed, &queue->lock);
        bool taken = !queue->stopped;
        if (taken) {
                queue->items[(queue->first + queue->count++) % queue->capacity] = item;
                pthread_cond_broadcast(&queue->changed);
        }
        pthread_mutex_unlock(&queue->lock);
        return taken;
}

bool queue_get(struct queue *queue, void **ret_item)
{
        pthread_mutex_lock(&queue->lock);
        while (queue->count == 0 && !queue->closed && !queue->stopped)
                pthread_cond_wait(&queue->changed, &queue->lock);
        bool got = queue->count > 0 && !queue->stopped;
        if (got) {
                *ret_item = queue->items[queue->first];
                queue->first = (queue->first + 1) % queue->capacity;
                queue->count--;
                pthread_cond_broadcast(&queue->changed);
        }
        pthread_mutex_unlock(&queue->lock);
        return got;
}

static void queue_end(struct queue *queue, bool *flag)
{
        pthread_mutex_lock(&queue->lock);
        *flag = true;
        pthread_cond_broadcast(&queue->changed);
        pthread_mutex_unlock(&queue->lock);
}

void queue_close(struct queue *queue)
{
        queue_end(queue, &queue->closed);
}

void queue_stop(struct queue *queue)
{
        queue_end(queue, &queue->stopped);
}
