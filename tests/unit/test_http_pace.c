/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_http_pace.c: so many in a row, then as many a minute, each person for themselves (check 29).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/pace.h"

#define SECOND_NS INT64_C(1000000000)

static struct pace *pace;

static unsigned taken(uint64_t who, int64_t now_ns, unsigned tries)
{
        unsigned count = 0;
        int64_t seconds;
        while (tries--)
                count += pace_take(pace, who, now_ns, &seconds);
        return count;
}

static int begin(void **state)
{
        struct error error;
        (void)state;
        return pace_new(30, &pace, &error) == STATUS_OK ? 0 : -1;
}

static int end(void **state)
{
        (void)state;
        pace_free(pace);
        return 0;
}

static void so_many_in_a_row(void **state)
{
        int64_t now_ns = 5 * SECOND_NS, seconds = 0;
        (void)state;
        assert_int_equal(taken(7, now_ns, 100), 30);
        assert_false(pace_take(pace, 7, now_ns, &seconds));
        assert_int_equal(seconds, 2);
        assert_int_equal(taken(8, now_ns, 100), 30);
        /* The even pace: one each two seconds; what was asked in vain does not count. */
        assert_int_equal(taken(7, now_ns + 2 * SECOND_NS - 1, 100), 0);
        assert_int_equal(taken(7, now_ns + 2 * SECOND_NS, 100), 1);
        assert_int_equal(taken(7, now_ns + 21 * SECOND_NS, 100), 9);
        /* Nobody saves up more than a minute's. */
        assert_int_equal(taken(7, now_ns + 1000 * SECOND_NS, 100), 30);
}

static void any_minute_holds_twice_as_many_at_most(void **state)
{
        unsigned count = 0;
        (void)state;
        for (int64_t now_ns = SECOND_NS; now_ns < 61 * SECOND_NS; now_ns += SECOND_NS / 10)
                count += taken(9, now_ns, 5);
        assert_int_equal(count, 30 + 29);
}

static void more_people_than_places(void **state)
{
        int64_t now_ns = SECOND_NS;
        (void)state;
        assert_int_equal(taken(1, now_ns, 100), 30);
        for (uint64_t who = 2; who < PACE_PEOPLE_MAX + 100; who++)
                assert_int_equal(taken(who, now_ns, 1), 1);
        /* Whoever has used most is not the one who is forgotten. */
        assert_int_equal(taken(1, now_ns, 100), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(so_many_in_a_row, begin, end),
                cmocka_unit_test_setup_teardown(any_minute_holds_twice_as_many_at_most, begin, end),
                cmocka_unit_test_setup_teardown(more_people_than_places, begin, end),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
