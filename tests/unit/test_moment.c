/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_moment.c: instants as people and files write them, in the company's zone, also where clocks are changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "i18n/message.h"
#include "platform/clock.h"

static int berlin(void **state)
{
        struct error error;
        (void)state;
        return clock_set_zone("Europe/Berlin", &error) == STATUS_OK ? 0 : -1;
}

static void reads(const char *text, const char *format, const char *utc)
{
        struct buffer said buffer_cleanup;
        int64_t instant_ms;
        buffer_init(&said, 64);
        if (!clock_parse_moment(text_of(text), format, &instant_ms)) {
                if (utc)
                        fail_msg("%s is not read", text);
                return;
        }
        instant_add_iso(&said, instant_ms);
        if (!utc || strcmp(said.data, utc) != 0)
                fail_msg("%s is read as %s", text, said.data);
}

static void forms(void **state)
{
        (void)state;
        reads("2026-01-31", NULL, "2026-01-30T23:00:00Z");
        reads("2026-07-31", NULL, "2026-07-30T22:00:00Z");
        reads(" 31.01.2026 ", NULL, "2026-01-30T23:00:00Z");
        reads("2026-01-31 10:15", NULL, "2026-01-31T09:15:00Z");
        reads("2026-01-31T10:15:30", NULL, "2026-01-31T09:15:30Z");
        reads("31.01.2026 10:15", NULL, "2026-01-31T09:15:00Z");
        reads("31.01.2026 10:15:59", NULL, "2026-01-31T09:15:59Z");
        reads("2026-01-31T10:15:30Z", NULL, "2026-01-31T10:15:30Z");
        reads("2026-01-31 10:15Z", NULL, "2026-01-31T10:15:00Z");
        reads("2026-01-31T10:15:30+05:30", NULL, "2026-01-31T04:45:30Z");
        reads("2026-01-31T00:15:30-02:00", NULL, "2026-01-31T02:15:30Z");
        reads("20260131 1015", "%Y%m%d %H%M", "2026-01-31T09:15:00Z");
        reads("01/31/26", "%m/%d/%y", "2026-01-30T23:00:00Z");
        const char *const wrong[] = {"", "gestern", "2026-02-30", "2026-01-31 24:00", "2026-01-31 10:60",
                                     "2026-01-31T10:15:30+99:00", "2026-01-31Z", "31.01.2026Z", "31.01.2026 10:15Z",
                                     "2026-01-31 10", "10:15"};
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                reads(wrong[i], NULL, NULL);
        reads("2026-01-31", "%d.%m.%Y", NULL);
}

/* On 29 March 2026 the hour from 2 to 3 is left out, on 25 October it comes twice. */
static void changed_clocks(void **state)
{
        (void)state;
        reads("2026-03-29 01:59:59", NULL, "2026-03-29T00:59:59Z");
        reads("2026-03-29 02:30", NULL, "2026-03-29T01:30:00Z");
        reads("2026-03-29 03:00", NULL, "2026-03-29T01:00:00Z");
        reads("2026-10-25 01:59", NULL, "2026-10-24T23:59:00Z");
        reads("2026-10-25 02:30", NULL, "2026-10-25T00:30:00Z");
        reads("2026-10-25 03:00", NULL, "2026-10-25T02:00:00Z");
}

static void there_and_back(void **state)
{
        (void)state;
        for (int64_t instant_ms = 0; instant_ms < INT64_C(2000000000000); instant_ms += INT64_C(86399123)) {
                int32_t day, second, other;
                clock_local_time(instant_ms, &day, &second);
                assert_true(second >= 0 && second < 86400);
                assert_int_equal(day, clock_local_day(instant_ms));
                int64_t again = clock_local_instant(day, second), rest = instant_ms - instant_ms % 1000;
                clock_local_time(again, &other, &second);
                assert_int_equal(day, other);
                assert_true(again == rest || again == rest - 3600000);
        }
}

static void said(void **state)
{
        struct buffer text buffer_cleanup;
        (void)state;
        buffer_init(&text, 64);
        format_add_moment(&text, LANGUAGE_GERMAN, day_from_date((struct date){2026, 1, 31}), 36900);
        assert_string_equal(text.data, "31.01.2026 10:15");
        buffer_clear(&text);
        format_add_moment(&text, LANGUAGE_ENGLISH, day_from_date((struct date){2026, 1, 31}), 300);
        assert_string_equal(text.data, "31 Jan 2026 00:05");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(forms),
                cmocka_unit_test(changed_clocks),
                cmocka_unit_test(there_and_back),
                cmocka_unit_test(said),
        };
        return cmocka_run_group_tests(tests, berlin, NULL);
}
