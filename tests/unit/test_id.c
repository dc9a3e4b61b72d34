/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_id.c: ids rise, never repeat, survive a clock that runs backwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/id.h"

static void layout(void **state)
{
        (void)state;
        struct id_maker maker;
        id_maker_init(&maker, 1023, ID_EPOCH_MS);
        int64_t id = id_make(&maker, ID_EPOCH_MS + 1000);
        assert_true(id == (INT64_C(1000) << 22 | INT64_C(1023) << 12));
        assert_true(id_make(&maker, ID_EPOCH_MS + 1000) == id + 1);
        assert_true(id_make(&maker, ID_EPOCH_MS + 1001) == (INT64_C(1001) << 22 | INT64_C(1023) << 12));
}

/* 4,096 ids fit a millisecond; the next ones run ahead of the clock and wait there until it has caught up. */
static void a_full_millisecond_runs_ahead(void **state)
{
        (void)state;
        struct id_maker maker;
        int64_t now = ID_EPOCH_MS + 5;
        id_maker_init(&maker, 3, 0);
        int64_t last = 0;
        for (int i = 0; i < 3 * 4096; i++) {
                int64_t id = id_make(&maker, now);
                assert_true(id > last);
                last = id;
        }
        assert_true(maker.last_ms == now + 2);
        assert_true(last >> 22 == 7);
        assert_true((last & 4095) == 4095);
        int64_t next = id_make(&maker, now + 1); /* still behind */
        assert_true(next > last && next >> 22 == 8);
        assert_true(id_make(&maker, now + 100) >> 22 == 105);
}

static void a_clock_that_runs_backwards(void **state)
{
        (void)state;
        struct id_maker maker;
        id_maker_init(&maker, 0, 0);
        int64_t first = id_make(&maker, ID_EPOCH_MS + 1000000);
        int64_t second = id_make(&maker, ID_EPOCH_MS + 10);
        assert_true(second == first + 1);
}

/* A restart with the stored time never gives an id of before again, whatever the sequence was then. */
static void restarts(void **state)
{
        (void)state;
        struct id_maker maker;
        int64_t now = ID_EPOCH_MS + 50, last = 0;
        id_maker_init(&maker, 7, 0);
        for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 1000; i++) {
                        int64_t id = id_make(&maker, now - round); /* the clock even runs back */
                        assert_true(id > last);
                        last = id;
                }
                id_maker_init(&maker, 7, maker.last_ms);
        }
}

static void before_the_epoch(void **state)
{
        (void)state;
        struct id_maker maker;
        id_maker_init(&maker, 0, 0);
        int64_t first = id_make(&maker, 0);
        assert_true(first > 0);
        assert_true(id_make(&maker, -5) > first);
        id_maker_init(&maker, 0, ID_EPOCH_MS);
        assert_true(id_make(&maker, ID_EPOCH_MS) > 0);
}

static void nodes_never_collide(void **state)
{
        (void)state;
        struct id_maker a, b;
        id_maker_init(&a, 1, 0);
        id_maker_init(&b, 2, 0);
        for (int i = 0; i < 10000; i++)
                assert_int_not_equal(id_make(&a, ID_EPOCH_MS + 9) >> 12 & 1023,
                                     id_make(&b, ID_EPOCH_MS + 9) >> 12 & 1023);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(layout),
                cmocka_unit_test(a_full_millisecond_runs_ahead),
                cmocka_unit_test(a_clock_that_runs_backwards),
                cmocka_unit_test(restarts),
                cmocka_unit_test(before_the_epoch),
                cmocka_unit_test(nodes_never_collide),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
