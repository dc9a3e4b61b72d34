/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_window.c: which days a window counts (concept-format.md, Windows). Every case is one sentence of the table,
 * calculated by hand.
 */
#include "engine_company.h"

#include "engine/window.h"

static const struct month_day january = {1, 1}, april = {4, 1}, mid_july = {7, 15};

static void expect(struct window window, const char *cutoff, struct month_day year, const char *from, const char *to)
{
        int32_t first, last;
        window_days(window, day_of(cutoff), year, &first, &last);
        assert_int_equal(first, day_of(from));
        assert_int_equal(last, day_of(to));
}

static void expect_previous(struct window window, const char *cutoff, struct month_day year, const char *from,
                            const char *to)
{
        int32_t first, last;
        assert_true(window_previous_days(window, day_of(cutoff), year, &first, &last));
        assert_int_equal(first, day_of(from));
        assert_int_equal(last, day_of(to));
}

/* "after c minus n months, up to c. Month arithmetic keeps the day and clamps to the month's end; when c is the last
 * day of its month, the start is the last day of its month too" */
static void months_count_back_from_the_cutoff(void **state)
{
        (void)state;
        expect(WINDOW(MONTHS, 12), "2010-11-30", january, "2009-12-01", "2010-11-30");
        expect(WINDOW(MONTHS, 3), "2011-02-28", january, "2010-12-01", "2011-02-28");
        expect(WINDOW(MONTHS, 12), "2011-12-09", january, "2010-12-10", "2011-12-09");
        expect(WINDOW(MONTHS, 1), "2011-03-30", january, "2011-03-01", "2011-03-30"); /* 02-30 clamps to 02-28 */
        expect(WINDOW(MONTHS, 12), "2012-02-29", january, "2011-03-01", "2012-02-29");
        expect(WINDOW(MONTHS, 12), "2013-02-28", january, "2012-03-01", "2013-02-28"); /* 02-28 is a month's end */
        expect(WINDOW(MONTHS, 12), "2013-02-27", january, "2012-02-28", "2013-02-27");
        expect(WINDOW(MONTHS, 6), "2011-12-31", january, "2011-07-01", "2011-12-31");
        expect(WINDOW(MONTHS, 5000), "2011-12-31", january, "1900-01-01", "2011-12-31");
}

/* "The previous window of 12m is the 12 months before its start" */
static void previous_months_touch_without_gap(void **state)
{
        (void)state;
        expect_previous(WINDOW(MONTHS, 12), "2010-11-30", january, "2008-12-01", "2009-11-30");
        expect_previous(WINDOW(MONTHS, 12), "2011-12-09", january, "2009-12-10", "2010-12-09");
        expect_previous(WINDOW(MONTHS, 3), "2011-02-28", january, "2010-09-01", "2010-11-30");
        /* The start is 02-28, a month's end: the month before it begins after 01-31. */
        expect_previous(WINDOW(MONTHS, 1), "2011-03-30", january, "2011-02-01", "2011-02-28");
}

/* "after c minus 90 days, up to c"; "of 90d the 90 days before" */
static void days(void **state)
{
        (void)state;
        expect(WINDOW(DAYS, 90), "2011-03-31", january, "2011-01-01", "2011-03-31"); /* 31 + 28 + 31 days */
        expect_previous(WINDOW(DAYS, 90), "2011-03-31", january, "2010-10-03", "2010-12-31");
        expect(WINDOW(DAYS, 1), "2011-03-31", january, "2011-03-31", "2011-03-31");
}

/* "from the start of the program year that contains c, up to c"; previous: "the same days one year earlier" */
static void program_year_to_date(void **state)
{
        (void)state;
        expect(WINDOW(YEAR, 0), "2011-12-09", january, "2011-01-01", "2011-12-09");
        expect(WINDOW(YEAR, 0), "2011-03-31", april, "2010-04-01", "2011-03-31");
        expect(WINDOW(YEAR, 0), "2011-04-01", april, "2011-04-01", "2011-04-01");
        expect_previous(WINDOW(YEAR, 0), "2011-12-09", january, "2010-01-01", "2010-12-09");
        expect_previous(WINDOW(YEAR, 0), "2011-03-31", april, "2009-04-01", "2010-03-31");
        expect_previous(WINDOW(YEAR, 0), "2012-02-29", january, "2011-01-01", "2011-02-28");
}

/* "the whole program year before that"; previous: "the year before" */
static void last_program_year(void **state)
{
        (void)state;
        expect(WINDOW(LAST_YEAR, 0), "2011-12-09", january, "2010-01-01", "2010-12-31");
        expect(WINDOW(LAST_YEAR, 0), "2011-03-31", april, "2009-04-01", "2010-03-31");
        expect_previous(WINDOW(LAST_YEAR, 0), "2011-12-09", january, "2009-01-01", "2009-12-31");
        expect_previous(WINDOW(LAST_YEAR, 0), "2011-07-14", mid_july, "2008-07-15", "2009-07-14");
}

/* "the last n full calendar quarters that end on or before c"; previous: "the four quarters before" */
static void full_quarters(void **state)
{
        (void)state;
        expect(WINDOW(QUARTERS, 4), "2011-12-09", january, "2010-10-01", "2011-09-30");
        expect(WINDOW(QUARTERS, 4), "2011-12-31", january, "2011-01-01", "2011-12-31");
        expect(WINDOW(QUARTERS, 1), "2011-03-30", january, "2010-10-01", "2010-12-31");
        expect(WINDOW(QUARTERS, 1), "2011-03-31", january, "2011-01-01", "2011-03-31");
        expect_previous(WINDOW(QUARTERS, 4), "2011-12-09", january, "2009-10-01", "2010-09-30");
        expect_previous(WINDOW(QUARTERS, 1), "2011-03-31", january, "2010-10-01", "2010-12-31");
}

/* "since_joined and all have none" */
static void open_windows_have_no_previous_one(void **state)
{
        (void)state;
        int32_t from, to;
        window_days(WINDOW(ALL, 0), day_of("2011-12-09"), january, &from, &to);
        assert_int_equal(from, DAY_OPEN_START);
        assert_int_equal(to, day_of("2011-12-09"));
        assert_false(window_previous_days(WINDOW(ALL, 0), day_of("2011-12-09"), january, &from, &to));
        assert_false(window_previous_days(WINDOW(SINCE_JOINED, 0), day_of("2011-12-09"), january, &from, &to));
        assert_false(window_previous_days(WINDOW(NONE, 0), day_of("2011-12-09"), january, &from, &to));
        window_days(WINDOW(NONE, 0), day_of("2011-12-09"), january, &from, &to);
        assert_int_equal(from, DAY_NONE);
}

/* "calendar months of the window touched since joining (the months of joining and of the cut-off count in full)" */
static void pro_rata_months(void **state)
{
        (void)state;
        assert_int_equal(calendar_months_touched(day_of("2010-09-15"), day_of("2010-11-30")), 3);
        assert_int_equal(calendar_months_touched(day_of("2010-11-30"), day_of("2010-11-30")), 1);
        assert_int_equal(calendar_months_touched(day_of("2010-12-31"), day_of("2011-01-01")), 2);
        assert_int_equal(window_pro_rata_months(WINDOW(MONTHS, 12), day_of("2010-11-30"), january), 12);
        assert_int_equal(window_pro_rata_months(WINDOW(YEAR, 0), day_of("2010-06-30"), january), 6);
        assert_int_equal(window_pro_rata_months(WINDOW(YEAR, 0), day_of("2010-12-20"), mid_july), 6);
        assert_int_equal(window_pro_rata_months(WINDOW(DAYS, 90), day_of("2010-12-20"), january), 0);
        assert_int_equal(window_pro_rata_months(WINDOW(QUARTERS, 4), day_of("2010-12-20"), january), 0);
}

/* A decision takes effect on the evaluation's first `effective` date after the cut-off; "the one whose cut-off day
 * matches". */
static void evaluation_dates(void **state)
{
        (void)state;
        struct evaluation_rule rules[] = {
                {.id = text_of("year"), .cutoff = {12, 31}, .effective = {2, 1}},
                {.id = text_of("half_year"), .cutoff = {6, 30}, .effective = {8, 1}},
        };
        struct concept concept = {.mechanics = {.evaluation_count = 2, .evaluations = rules}};
        assert_int_equal(engine_effective_day(&rules[0], day_of("2010-12-31")), day_of("2011-02-01"));
        assert_int_equal(engine_effective_day(&rules[1], day_of("2010-06-30")), day_of("2010-08-01"));
        assert_int_equal(engine_effective_day(&rules[1], day_of("2011-12-09")), day_of("2012-08-01"));
        assert_int_equal(engine_effective_day(&rules[0], day_of("2011-02-01")), day_of("2012-02-01"));
        assert_int_equal(engine_evaluation_for(&concept, day_of("2011-06-30")), 1);
        assert_int_equal(engine_evaluation_for(&concept, day_of("2011-12-31")), 0);
        assert_int_equal(engine_evaluation_for(&concept, day_of("2011-12-09")), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(months_count_back_from_the_cutoff),
                cmocka_unit_test(previous_months_touch_without_gap),
                cmocka_unit_test(days),
                cmocka_unit_test(program_year_to_date),
                cmocka_unit_test(last_program_year),
                cmocka_unit_test(full_quarters),
                cmocka_unit_test(open_windows_have_no_previous_one),
                cmocka_unit_test(pro_rata_months),
                cmocka_unit_test(evaluation_dates),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
