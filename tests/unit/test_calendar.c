/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_calendar.c: business dates against a walk of every day, months with the rule for their ends, dates as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/calendar.h"

static int32_t on(int year, unsigned month, unsigned day)
{
        return day_from_date((struct date){year, month, day});
}

static void known_days(void **state)
{
        (void)state;
        assert_int_equal(on(1970, 1, 1), 0);
        assert_int_equal(on(1969, 12, 31), -1);
        assert_int_equal(on(1971, 1, 1), 365);
        assert_int_equal(on(1973, 1, 1), 3 * 365 + 1);
        assert_int_equal(on(2000, 1, 1), 30 * 365 + 7); /* leap years 72, 76, 80, 84, 88, 92, 96 */
        assert_int_equal(on(2000, 3, 1), 30 * 365 + 7 + 31 + 29);
        assert_int_equal(on(1900, 1, 1), DAY_MIN);
        assert_int_equal(on(2199, 12, 31), DAY_MAX);
}

/* Every day from 1900 to 2199, counted with a rule of its own. */
static void every_day(void **state)
{
        (void)state;
        static const unsigned lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int32_t day = DAY_MIN;
        for (int year = 1900; year <= 2199; year++) {
                bool leap = year == 2000 || (year % 4 == 0 && year != 1900 && year != 2100);
                for (unsigned month = 1; month <= 12; month++) {
                        unsigned last = lengths[month - 1] + (leap && month == 2);
                        assert_int_equal(days_in_month(year, month), last);
                        assert_false(date_is_valid(year, month, 0));
                        assert_false(date_is_valid(year, month, last + 1));
                        for (unsigned d = 1; d <= last; d++, day++) {
                                struct date date = date_from_day(day);
                                if (on(year, month, d) != day || date.year != year || date.month != month
                                    || date.day != d || day_is_month_end(day) != (d == last)
                                    || !date_is_valid(year, month, d))
                                        fail_msg("%04d-%02u-%02u", year, month, d);
                        }
                }
        }
        assert_int_equal(day, DAY_MAX + 1);
}

static void invalid_dates(void **state)
{
        (void)state;
        assert_false(date_is_valid(1899, 12, 31));
        assert_false(date_is_valid(2200, 1, 1));
        assert_false(date_is_valid(2010, 0, 1));
        assert_false(date_is_valid(2010, 13, 1));
        assert_false(date_is_valid(1900, 2, 29));
        assert_false(date_is_valid(2100, 2, 29));
        assert_true(date_is_valid(2000, 2, 29));
        assert_true(date_is_valid(2024, 2, 29));
}

/* The examples of the definition of windows: the last day of a month leads to the last day of a month. */
static void months_keep_the_month_end(void **state)
{
        (void)state;
        assert_int_equal(day_add_months(on(2010, 11, 30), -12), on(2009, 11, 30));
        assert_int_equal(day_add_months(on(2011, 2, 28), -3), on(2010, 11, 30));
        assert_int_equal(day_add_months(on(2024, 2, 29), -12), on(2023, 2, 28));
        assert_int_equal(day_add_months(on(2023, 2, 28), 12), on(2024, 2, 29));
        assert_int_equal(day_add_months(on(2010, 12, 31), -1), on(2010, 11, 30));
        assert_int_equal(day_add_months(on(2010, 11, 30), 1), on(2010, 12, 31));
        assert_int_equal(day_add_months(on(2011, 5, 31), -12), on(2010, 5, 31));
        assert_int_equal(day_add_months(on(2011, 5, 31), -3), on(2011, 2, 28));
        /* not the last day: the day is kept or clamped */
        assert_int_equal(day_add_months(on(2011, 12, 9), -12), on(2010, 12, 9));
        assert_int_equal(day_add_months(on(2011, 3, 30), -1), on(2011, 2, 28));
        assert_int_equal(day_add_months(on(2012, 3, 30), -1), on(2012, 2, 29));
        assert_int_equal(day_add_months(on(2012, 2, 28), -12), on(2011, 2, 28));
        assert_int_equal(day_add_months(on(2012, 2, 28), 1), on(2012, 3, 28));
        assert_int_equal(day_add_months(on(2010, 6, 15), 0), on(2010, 6, 15));
        assert_int_equal(day_add_months(on(2010, 6, 30), 0), on(2010, 6, 30));
}

static void months_clamped_for_anniversaries(void **state)
{
        (void)state;
        assert_int_equal(day_add_months_clamped(on(2011, 2, 28), -3), on(2010, 11, 28));
        assert_int_equal(day_add_months_clamped(on(2024, 2, 29), 12), on(2025, 2, 28));
        assert_int_equal(day_add_months_clamped(on(2024, 2, 29), 48), on(2028, 2, 29));
        assert_int_equal(day_add_months_clamped(on(2010, 1, 31), 1), on(2010, 2, 28));
        assert_int_equal(day_add_months_clamped(on(2010, 11, 30), 1), on(2010, 12, 30));
        assert_int_equal(day_add_months_clamped(on(2010, 1, 15), -13), on(2008, 12, 15));
        assert_int_equal(day_add_months_clamped(on(2010, 1, 15), 24), on(2012, 1, 15));
}

static void full_months(void **state)
{
        (void)state;
        assert_int_equal(months_between(on(2010, 1, 15), on(2010, 1, 15)), 0);
        assert_int_equal(months_between(on(2010, 1, 15), on(2010, 2, 14)), 0);
        assert_int_equal(months_between(on(2010, 1, 15), on(2010, 2, 15)), 1);
        assert_int_equal(months_between(on(2010, 1, 31), on(2010, 2, 27)), 0);
        assert_int_equal(months_between(on(2010, 1, 31), on(2010, 2, 28)), 1);
        assert_int_equal(months_between(on(2024, 2, 29), on(2025, 2, 28)), 12);
        assert_int_equal(months_between(on(2024, 2, 29), on(2028, 2, 28)), 47);
        assert_int_equal(months_between(on(2010, 9, 15), on(2010, 11, 30)), 2);
        assert_int_equal(months_between(on(2010, 2, 28), on(2010, 1, 31)), -1);
        assert_int_equal(months_between(on(2010, 2, 28), on(2010, 1, 27)), -2);
        assert_int_equal(months_between(on(2010, 1, 15), on(2010, 1, 14)), -1);
}

/* The definition itself: the largest m whose anniversary is not after `to`. */
static void full_months_by_definition(void **state)
{
        (void)state;
        for (int32_t from = on(2007, 11, 20); from <= on(2008, 4, 5); from++)
                for (int32_t to = on(2006, 12, 25); to <= on(2009, 4, 10); to++) {
                        int months = months_between(from, to);
                        if (day_add_months_clamped(from, months) > to || day_add_months_clamped(from, months + 1) <= to)
                                fail_msg("%d %d", from, to);
                }
}

static void iso(void **state)
{
        (void)state;
        int32_t day = -77;
        assert_true(day_parse_iso(text_of("2010-11-30"), &day));
        assert_int_equal(day, on(2010, 11, 30));
        assert_true(day_parse_iso(text_of("1900-01-01"), &day));
        assert_int_equal(day, DAY_MIN);
        assert_true(day_parse_iso(text_of("2199-12-31"), &day));
        assert_int_equal(day, DAY_MAX);
        static const char *const wrong[] = {"", "2010-11-3", "2010-11-31", "2010-1-30", " 2010-11-30", "2010-11-30 ",
                                            "2010/11/30", "1899-12-31", "2200-01-01", "2010-00-10", "2010-13-01",
                                            "2010-02-29", "20a0-11-30", "2010-11-3x", "2010-11--1", "9999-99-99",
                                            "2010-11-30T00:00", "+010-11-30"};
        day = -77;
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                if (day_parse_iso(text_of(wrong[i]), &day) || day != -77)
                        fail_msg("%s", wrong[i]);
        assert_false(day_parse_iso((struct text){NULL, 0}, &day));
}

static void matches(const char *text, const char *format, int year, unsigned month, unsigned d)
{
        int32_t day = -77;
        assert_true(day_format_is_valid(format));
        if (!day_parse_format(text_of(text), format, &day) || day != on(year, month, d))
                fail_msg("%s by %s: %d", text, format, day);
}

static void matches_not(const char *text, const char *format)
{
        int32_t day = -77;
        if (day_parse_format(text_of(text), format, &day) || day != -77)
                fail_msg("%s by %s", text, format);
}

static void patterns(void **state)
{
        (void)state;
        matches("2010-11-30", "%Y-%m-%d", 2010, 11, 30);
        matches("  2010-11-30\r\n", "%Y-%m-%d", 2010, 11, 30);
        matches("2010-1-5", "%Y-%m-%d", 2010, 1, 5);
        matches("30.11.2010", "%d.%m.%Y", 2010, 11, 30);
        matches("1.2.2010", "%d.%m.%Y", 2010, 2, 1);
        matches("1.2.2010", "%e.%m.%Y", 2010, 2, 1);
        matches("12/1/2010 8:26", "%m/%d/%Y %H:%M", 2010, 12, 1);
        matches("20101130", "%Y%m%d", 2010, 11, 30);
        matches("20101130 235959", "%Y%m%d %H%M%S", 2010, 11, 30);
        matches("2010-11-30T23:59:60", "%Y-%m-%dT%H:%M:%S", 2010, 11, 30);
        matches("30.11.69", "%d.%m.%y", 2069, 11, 30);
        matches("30.11.70", "%d.%m.%y", 1970, 11, 30);
        matches("01.01.00", "%d.%m.%y", 2000, 1, 1);
        matches_not("", "%Y-%m-%d");
        matches_not("2010-11-31", "%Y-%m-%d");
        matches_not("2010-11-30x", "%Y-%m-%d");
        matches_not("2010-11-30 10:00", "%Y-%m-%d");
        matches_not("10-11-30", "%Y-%m-%d");
        matches_not("02010-11-30", "%Y-%m-%d");
        matches_not("2010-011-30", "%Y-%m-%d");
        matches_not("2010-11-30 24:00", "%Y-%m-%d %H:%M");
        matches_not("2010-11-30 23:60", "%Y-%m-%d %H:%M");
        matches_not("2010-11-30 23:", "%Y-%m-%d %H:%M");
        matches_not("30.11.2010", "%d.%m.%y");
        matches_not("30.11.9", "%d.%m.%y");
        matches_not("30.11", "%d.%m.%Y");
        matches_not("29.02.2011", "%d.%m.%Y");
        matches_not("30.11.2010", "%d.%m.%Y%");
        matches_not("30.11.2010", "%d.%m.%Y%q");
        int32_t day;
        assert_false(day_parse_format((struct text){NULL, 0}, "%Y-%m-%d", &day));
        assert_false(day_parse_format((struct text){NULL, 0}, "%d.%m.%Y", &day));
}

static void valid_patterns(void **state)
{
        (void)state;
        assert_true(day_format_is_valid("%Y-%m-%d"));
        assert_true(day_format_is_valid("%e.%m.%y %H:%M:%S"));
        assert_false(day_format_is_valid(""));
        assert_false(day_format_is_valid("%Y-%m"));
        assert_false(day_format_is_valid("%Y-%m-%d %d"));
        assert_false(day_format_is_valid("%Y-%m-%d %e"));
        assert_false(day_format_is_valid("%Y %y %m %d"));
        assert_false(day_format_is_valid("%Y-%b-%d"));
        assert_false(day_format_is_valid("%Y-%m-%d%"));
        assert_false(day_format_is_valid("%Y-%m-%d %%"));
}

/* Both hot and general ways give every day back. */
static void every_day_reads_back(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 100);
        for (int32_t day = DAY_MIN; day <= DAY_MAX; day += 3) {
                int32_t back;
                buffer_clear(&out);
                assert_true(day_add_iso(&out, day));
                if (!day_parse_iso(text_of(out.data), &back) || back != day)
                        fail_msg("%s", out.data);
                if (!day_parse_format(text_of(out.data), "%Y-%m-%d", &back) || back != day)
                        fail_msg("%s", out.data);
                buffer_clear(&out);
                assert_true(day_add_german(&out, day));
                if (!day_parse_format(text_of(out.data), "%d.%m.%Y", &back) || back != day)
                        fail_msg("%s", out.data);
        }
}

static void writing(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 100);
        assert_true(day_add_iso(&out, on(2010, 1, 5)) && buffer_add_byte(&out, ' '));
        assert_true(day_add_german(&out, on(2010, 1, 5)) && buffer_add_byte(&out, ' '));
        assert_true(day_add_english(&out, on(2010, 1, 5)) && buffer_add_byte(&out, ' '));
        assert_true(day_add_english(&out, on(2010, 11, 30)));
        assert_string_equal(out.data, "2010-01-05 05.01.2010 5 Jan 2010 30 Nov 2010");
        buffer_clear(&out);
        static const int32_t undated[] = {DAY_NONE, DAY_OPEN_START, DAY_OPEN_END};
        for (size_t i = 0; i < 3; i++)
                assert_true(day_add_iso(&out, undated[i]) && day_add_german(&out, undated[i])
                            && day_add_english(&out, undated[i]));
        assert_string_equal(out.data, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_days),
                cmocka_unit_test(every_day),
                cmocka_unit_test(invalid_dates),
                cmocka_unit_test(months_keep_the_month_end),
                cmocka_unit_test(months_clamped_for_anniversaries),
                cmocka_unit_test(full_months),
                cmocka_unit_test(full_months_by_definition),
                cmocka_unit_test(iso),
                cmocka_unit_test(patterns),
                cmocka_unit_test(valid_patterns),
                cmocka_unit_test(every_day_reads_back),
                cmocka_unit_test(writing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
