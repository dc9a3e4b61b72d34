/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * window.c: window arithmetic.
 */
#include "engine/window.h"

#include "base/calendar.h"

enum { FIRST_YEAR = 1900, QUARTERS_PER_YEAR = 4 };

static int32_t at_least_first_day(int64_t day) { return day < DAY_MIN ? DAY_MIN : (int32_t)day; }

/* The last day before a window of n months; the day before the calendar begins when n reaches further back. */
static int32_t months_back(int32_t cutoff_day, unsigned months)
{
        struct date date = date_from_day(cutoff_day);
        unsigned available = (unsigned)(date.year - FIRST_YEAR) * 12 + date.month - 1;
        return months > available ? DAY_MIN - 1 : day_add_months(cutoff_day, -(int)months);
}

static int32_t date_in_year(int year, struct month_day month_day)
{
        if (year < FIRST_YEAR)
                return DAY_MIN;
        return day_from_date((struct date){.year = year, .month = month_day.month, .day = month_day.day});
}

/* The calendar year in which the program year containing the cut-off began. */
static int program_year(int32_t cutoff_day, struct month_day year_starts)
{
        int year = date_from_day(cutoff_day).year;
        return date_in_year(year, year_starts) <= cutoff_day ? year : year - 1;
}

/* Quarters are numbered 4 x year + 0..3. */
static int32_t quarter_start(int quarter)
{
        if (quarter < FIRST_YEAR * QUARTERS_PER_YEAR)
                return DAY_MIN;
        struct month_day first = {.month = (uint8_t)(quarter % QUARTERS_PER_YEAR * 3 + 1), .day = 1};
        return date_in_year(quarter / QUARTERS_PER_YEAR, first);
}

static int last_full_quarter(int32_t cutoff_day)
{
        struct date date = date_from_day(cutoff_day);
        int quarter = date.year * QUARTERS_PER_YEAR + (int)(date.month - 1) / 3;
        bool complete = date.month % 3 == 0 && day_is_month_end(cutoff_day);
        return complete ? quarter : quarter - 1;
}

void window_days(struct window window, int32_t cutoff_day, struct month_day year_starts, int32_t *ret_from,
                 int32_t *ret_to)
{
        *ret_to = cutoff_day;
        switch (window.kind) {
        case WINDOW_NONE:
                *ret_from = *ret_to = DAY_NONE;
                break;
        case WINDOW_MONTHS:
                *ret_from = months_back(cutoff_day, window.count) + 1;
                break;
        case WINDOW_DAYS:
                *ret_from = at_least_first_day((int64_t)cutoff_day - window.count + 1);
                break;
        case WINDOW_YEAR:
                *ret_from = date_in_year(program_year(cutoff_day, year_starts), year_starts);
                break;
        case WINDOW_LAST_YEAR: {
                int year = program_year(cutoff_day, year_starts);
                *ret_from = date_in_year(year - 1, year_starts);
                *ret_to = date_in_year(year, year_starts) - 1;
                break;
        }
        case WINDOW_QUARTERS: {
                int last = last_full_quarter(cutoff_day);
                *ret_from = quarter_start(last - window.count + 1);
                *ret_to = quarter_start(last + 1) - 1;
                break;
        }
        case WINDOW_SINCE_JOINED:
        case WINDOW_ALL:
                *ret_from = DAY_OPEN_START;
                break;
        }
}

bool window_previous_days(struct window window, int32_t cutoff_day, struct month_day year_starts, int32_t *ret_from,
                          int32_t *ret_to)
{
        int year = program_year(cutoff_day, year_starts);
        switch (window.kind) {
        case WINDOW_MONTHS:
                /* The n months before its start: counted back from there, by the same rule of the month's end. */
                *ret_to = months_back(cutoff_day, window.count);
                *ret_from = months_back(*ret_to, window.count) + 1;
                return true;
        case WINDOW_DAYS:
                *ret_from = at_least_first_day((int64_t)cutoff_day - 2 * (int64_t)window.count + 1);
                *ret_to = at_least_first_day((int64_t)cutoff_day - window.count + 1) - 1;
                return true;
        case WINDOW_YEAR:
                *ret_from = date_in_year(year - 1, year_starts);
                *ret_to = date_from_day(cutoff_day).year == FIRST_YEAR ? DAY_MIN - 1
                                                                       : day_add_months_clamped(cutoff_day, -12);
                return true;
        case WINDOW_LAST_YEAR:
                *ret_from = date_in_year(year - 2, year_starts);
                *ret_to = date_in_year(year - 1, year_starts) - 1;
                return true;
        case WINDOW_QUARTERS: {
                int last = last_full_quarter(cutoff_day);
                *ret_from = quarter_start(last - 2 * window.count + 1);
                *ret_to = quarter_start(last - window.count + 1) - 1;
                return true;
        }
        case WINDOW_NONE:
        case WINDOW_SINCE_JOINED:
        case WINDOW_ALL:
                break;
        }
        return false;
}

int calendar_months_touched(int32_t from_day, int32_t to_day)
{
        struct date from = date_from_day(from_day), to = date_from_day(to_day);
        return (to.year - from.year) * 12 + (int)to.month - (int)from.month + 1;
}

unsigned window_pro_rata_months(struct window window, int32_t cutoff_day, struct month_day year_starts)
{
        if (window.kind == WINDOW_MONTHS)
                return window.count;
        if (window.kind != WINDOW_YEAR)
                return 0;
        int32_t start = date_in_year(program_year(cutoff_day, year_starts), year_starts);
        return (unsigned)calendar_months_touched(start, cutoff_day);
}
