/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_platform_threads.c: threads, the pool behind parallel loops, the bounded queue, the monitor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "platform/monitor.h"
#include "platform/thread.h"

enum { COUNT_MAX = 100003, ITEMS = 20000, PRODUCERS = 3 };

struct loop {
        unsigned char touched[COUNT_MAX + 1]; /* not atomic: two threads on one place are a race the sanitizer sees */
        size_t grain, count;
        bool crooked; /* a border that is no multiple of the grain; set atomically */
};

static void touch(void *context, size_t begin, size_t end)
{
        struct loop *loop = context;
        if (begin >= end || end > loop->count || begin % loop->grain || (end % loop->grain && end != loop->count))
                __atomic_store_n(&loop->crooked, true, __ATOMIC_RELAXED);
        for (size_t i = begin; i < end; i++)
                loop->touched[i]++;
}

static void covers(const struct parallel *parallel, size_t count, size_t grain)
{
        static struct loop loop;
        memset(&loop, 0, sizeof(loop));
        loop.grain = grain;
        loop.count = count;
        parallel_for(parallel, count, grain, touch, &loop);
        assert_false(loop.crooked);
        for (size_t i = 0; i <= count; i++)
                if (loop.touched[i] != (i < count))
                        fail_msg("place %zu of %zu touched %u times", i, count, loop.touched[i]);
}

static void loops_cover_every_place_once(void **state)
{
        (void)state;
        static const size_t counts[] = {0, 1, 63, 64, 65, 127, 128, 1000, 6400, COUNT_MAX};
        struct error error;
        for (unsigned threads = 1; threads <= 5; threads++) {
                struct pool *pool pool_cleanup = NULL;
                assert_int_equal(pool_new(threads, &pool, &error), STATUS_OK);
                struct parallel parallel = pool_parallel(pool);
                for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
                        covers(&parallel, counts[i], 1);
                        covers(&parallel, counts[i], 64);
                }
        }
        struct parallel inline_loop = pool_parallel(NULL);
        covers(&inline_loop, 1000, 64);
        covers(NULL, 1000, 64);
        pool_free(NULL);
}

/* Many short loops in a row: no thread works on a loop that is over. */
static void short_loops(void **state)
{
        (void)state;
        struct error error;
        struct pool *pool pool_cleanup = NULL;
        assert_int_equal(pool_new(4, &pool, &error), STATUS_OK);
        struct parallel parallel = pool_parallel(pool);
        for (size_t i = 0; i < 2000; i++)
                covers(&parallel, i % 300, 1 + i % 7);
}

struct nested {
        struct parallel parallel;
        size_t sum; /* atomic */
};

static void add_range(void *context, size_t begin, size_t end)
{
        struct nested *nested = context;
        __atomic_add_fetch(&nested->sum, end - begin, __ATOMIC_RELAXED);
}

static void loop_inside(void *context, size_t begin, size_t end)
{
        struct nested *nested = context;
        for (size_t i = begin; i < end; i++)
                parallel_for(&nested->parallel, 1000, 1, add_range, nested);
}

static void loops_inside_loops(void **state)
{
        (void)state;
        struct error error;
        struct pool *pool pool_cleanup = NULL;
        assert_int_equal(pool_new(3, &pool, &error), STATUS_OK);
        struct nested nested = {.parallel = pool_parallel(pool)};
        parallel_for(&nested.parallel, 100, 1, loop_inside, &nested);
        assert_int_equal(nested.sum, 100 * 1000);
}

struct line {
        struct queue *queue;
        size_t first;
};

static size_t items[PRODUCERS * ITEMS];

static void produce(void *context)
{
        struct line *line = context;
        for (size_t i = 0; i < ITEMS; i++) {
                items[line->first + i] = line->first + i;
                if (!queue_put(line->queue, &items[line->first + i]))
                        return;
        }
}

/* Three threads put, one takes: all arrives once, each thread's items in order, memory written before is seen. */
static void queues_keep_order(void **state)
{
        (void)state;
        struct error error;
        struct queue *queue;
        struct thread *threads[PRODUCERS];
        struct line lines[PRODUCERS];
        assert_int_equal(queue_new(5, &queue, &error), STATUS_OK);
        for (size_t i = 0; i < PRODUCERS; i++) {
                lines[i] = (struct line){queue, i * ITEMS};
                assert_int_equal(thread_start(produce, &lines[i], &threads[i], &error), STATUS_OK);
        }
        size_t next[PRODUCERS] = {0};
        for (size_t i = 0; i < PRODUCERS * ITEMS; i++) {
                void *item;
                assert_true(queue_get(queue, &item));
                size_t value = *(size_t *)item;
                assert_int_equal(value % ITEMS, next[value / ITEMS]++);
        }
        for (size_t i = 0; i < PRODUCERS; i++)
                thread_join(threads[i]);
        queue_free(queue);
}

static void closed_queues_drain(void **state)
{
        (void)state;
        struct error error;
        struct queue *queue;
        void *item = NULL;
        int a, b;
        assert_int_equal(queue_new(2, &queue, &error), STATUS_OK);
        assert_true(queue_put(queue, &a) && queue_put(queue, &b));
        queue_close(queue);
        assert_true(queue_get(queue, &item) && item == &a);
        assert_true(queue_get(queue, &item) && item == &b);
        assert_false(queue_get(queue, &item));
        assert_ptr_equal(item, &b);
        queue_free(queue);
        queue_free(NULL);
}

static void stop_it(void *context)
{
        queue_stop(context);
}

/* Both sides wake up and give up, also with items left. */
static void stopped_queues_wake_everybody(void **state)
{
        (void)state;
        struct error error;
        struct queue *queue;
        struct thread *thread;
        void *item;
        int a;
        assert_int_equal(queue_new(1, &queue, &error), STATUS_OK);
        assert_true(queue_put(queue, &a));
        assert_int_equal(thread_start(stop_it, queue, &thread, &error), STATUS_OK);
        assert_false(queue_put(queue, &a)); /* full: waits until stopped */
        assert_false(queue_get(queue, &item));
        thread_join(thread);
        queue_free(queue);
        assert_int_equal(queue_new(1, &queue, &error), STATUS_OK);
        assert_int_equal(thread_start(stop_it, queue, &thread, &error), STATUS_OK);
        assert_false(queue_get(queue, &item)); /* empty: waits until stopped */
        thread_join(thread);
        queue_free(queue);
        thread_join(NULL);
}

static void a_queue_without_room_has_room_for_one(void **state)
{
        (void)state;
        struct error error;
        struct queue *queue;
        void *item;
        int a;
        assert_int_equal(queue_new(0, &queue, &error), STATUS_OK);
        assert_true(queue_put(queue, &a) && queue_get(queue, &item) && item == &a);
        queue_free(queue);
}

struct shared {
        struct monitor *monitor;
        int turn;
};

static void answer(void *context)
{
        struct shared *shared = context;
        monitor_enter(shared->monitor);
        for (int i = 0; i < 1000; i++) {
                while (shared->turn != 2 * i + 1)
                        monitor_wait(shared->monitor);
                shared->turn++;
                monitor_wake_all(shared->monitor);
        }
        monitor_leave(shared->monitor);
}

static void monitors_take_turns(void **state)
{
        (void)state;
        struct error error;
        struct shared shared = {0};
        struct thread *thread;
        assert_int_equal(monitor_new(&shared.monitor, &error), STATUS_OK);
        assert_int_equal(thread_start(answer, &shared, &thread, &error), STATUS_OK);
        monitor_enter(shared.monitor);
        for (int i = 0; i < 1000; i++) {
                while (shared.turn != 2 * i)
                        monitor_wait(shared.monitor);
                shared.turn++;
                monitor_wake_all(shared.monitor);
        }
        monitor_leave(shared.monitor);
        thread_join(thread);
        assert_int_equal(shared.turn, 2000);
        monitor_free(shared.monitor);
        monitor_free(NULL);
}

static void processors(void **state)
{
        (void)state;
        static const struct {
                const char *wanted;
                unsigned count;
        } cases[] = {{"1", 1}, {"3", 3}, {"64", 64}, {"65", 64}, {"99999999999999999999", 64}};
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                setenv("TREUE_THREADS", cases[i].wanted, 1);
                assert_int_equal(processor_count(), cases[i].count);
        }
        static const char *const ignored[] = {"", "0", "-2", "many"};
        unsetenv("TREUE_THREADS");
        unsigned real = processor_count();
        assert_in_range(real, 1, 64);
        for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
                setenv("TREUE_THREADS", ignored[i], 1);
                assert_int_equal(processor_count(), real);
        }
        unsetenv("TREUE_THREADS");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(loops_cover_every_place_once),
                cmocka_unit_test(short_loops),
                cmocka_unit_test(loops_inside_loops),
                cmocka_unit_test(queues_keep_order),
                cmocka_unit_test(closed_queues_drain),
                cmocka_unit_test(stopped_queues_wake_everybody),
                cmocka_unit_test(a_queue_without_room_has_room_for_one),
                cmocka_unit_test(monitors_take_turns),
                cmocka_unit_test(processors),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
