/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * calendar.c: days to dates and back (Hinnant's algorithm for the proleptic Gregorian calendar), months, text.
 */
#include "base/calendar.h"

#include "base/buffer.h"

enum { YEAR_MIN = 1900, YEAR_MAX = 2199 };

static bool is_leap(int year)
{
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned days_in_month(int year, unsigned month)
{
        static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(int year, unsigned month, unsigned day)
{
        return year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1
               && day <= days_in_month(year, month);
}

int32_t day_from_date(struct date date)
{
        int year = date.year - (date.month <= 2);
        int era = (year >= 0 ? year : year - 399) / 400;
        unsigned year_of_era = (unsigned)(year - era * 400);
        unsigned day_of_year = (153 * (date.month + (date.month > 2 ? -3U : 9U)) + 2) / 5 + date.day - 1;
        unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        return era * 146097 + (int32_t)day_of_era - 719468;
}

struct date date_from_day(int32_t day)
{
        int shifted = day + 719468;
        int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
        unsigned day_of_era = (unsigned)(shifted - era * 146097);
        unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        unsigned shifted_month = (5 * day_of_year + 2) / 153;
        unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
        return (struct date){
                .year = (int)year_of_era + era * 400 + (month <= 2),
                .month = month,
                .day = day_of_year - (153 * shifted_month + 2) / 5 + 1,
        };
}

bool day_is_month_end(int32_t day)
{
        struct date date = date_from_day(day);
        return date.day == days_in_month(date.year, date.month);
}

int32_t day_add_months_clamped(int32_t day, int months)
{
        struct date date = date_from_day(day);
        int total = date.year * 12 + (int)date.month - 1 + months;
        date.year = total / 12;
        date.month = (unsigned)(total % 12) + 1;
        unsigned last = days_in_month(date.year, date.month);
        if (date.day > last)
                date.day = last;
        return day_from_date(date);
}

int32_t day_add_months(int32_t day, int months)
{
        int32_t moved = day_add_months_clamped(day, months);
        if (!day_is_month_end(day))
                return moved;
        struct date date = date_from_day(moved);
        date.day = days_in_month(date.year, date.month);
        return day_from_date(date);
}

int months_between(int32_t from, int32_t to)
{
        struct date a = date_from_day(from), b = date_from_day(to);
        int months = (b.year - a.year) * 12 + (int)b.month - (int)a.month;
        if (day_add_months_clamped(from, months) > to)
                months--;
        return months;
}

/* Reads up to `digits_max` digits; false when there is none. */
static bool read_number(const char **cursor, const char *end, unsigned digits_max, unsigned *ret)
{
        const char *p = *cursor;
        unsigned value = 0;
        while (p < end && digits_max && *p >= '0' && *p <= '9') {
                value = value * 10 + (unsigned)(*p++ - '0');
                digits_max--;
        }
        if (p == *cursor)
                return false;
        *cursor = p;
        *ret = value;
        return true;
}

static unsigned two_digits(const char *p)
{
        unsigned high = (unsigned char)p[0] - '0', low = (unsigned char)p[1] - '0';
        return high > 9 || low > 9 ? 10000 : high * 10 + low;
}

bool day_parse_iso(struct text text, int32_t *ret)
{
        if (text.length != 10 || text.data[4] != '-' || text.data[7] != '-')
                return false;
        unsigned year = two_digits(text.data) * 100 + two_digits(text.data + 2);
        unsigned month = two_digits(text.data + 5), day = two_digits(text.data + 8);
        if (year > YEAR_MAX || !date_is_valid((int)year, month, day))
                return false;
        *ret = day_from_date((struct date){(int)year, month, day});
        return true;
}

struct parts {
        unsigned year, month, day, hour, minute, second;
        bool half_day, after_noon; /* %p was read; it said PM */
};

/* "Z", "+02:00", "-0530": checked and dropped, the day counts as it is written. */
static bool read_zone(const char **cursor, const char *end)
{
        unsigned hours, minutes;
        if (*cursor == end)
                return false;
        char sign = *(*cursor)++;
        if (sign == 'Z')
                return true;
        if ((sign != '+' && sign != '-') || end - *cursor < 4)
                return false;
        hours = two_digits(*cursor);
        *cursor += 2;
        if (**cursor == ':')
                ++*cursor;
        if (end - *cursor < 2)
                return false;
        minutes = two_digits(*cursor);
        *cursor += 2;
        return hours <= 14 && minutes <= 59;
}

/* AM or PM, in small or capital letters. */
static bool read_half_day(const char **cursor, const char *end, struct parts *parts)
{
        if (end - *cursor < 2 || ((*cursor)[1] | 0x20) != 'm')
                return false;
        char letter = (char)((*cursor)[0] | 0x20);
        *cursor += 2;
        parts->half_day = true;
        parts->after_noon = letter == 'p';
        return letter == 'a' || letter == 'p';
}

/* One directive of a date pattern. */
static bool read_directive(char directive, const char **cursor, const char *end, struct parts *parts)
{
        const char *start = *cursor;
        switch (directive) {
        case 'Y':
                return read_number(cursor, end, 4, &parts->year) && *cursor - start == 4;
        case 'y':
                if (!read_number(cursor, end, 2, &parts->year) || *cursor - start != 2)
                        return false;
                parts->year += parts->year < 70 ? 2000 : 1900;
                return true;
        case 'm':
                return read_number(cursor, end, 2, &parts->month);
        case 'd':
        case 'e':
                return read_number(cursor, end, 2, &parts->day);
        case 'H':
        case 'I':
                return read_number(cursor, end, 2, &parts->hour);
        case 'p':
                return read_half_day(cursor, end, parts);
        case 'z':
                return read_zone(cursor, end);
        case 'M':
                return read_number(cursor, end, 2, &parts->minute);
        case 'S':
                return read_number(cursor, end, 2, &parts->second);
        default:
                return false;
        }
}

bool moment_parse_format(struct text text, const char *format, int32_t *ret_day, int32_t *ret_second)
{
        text = text_trim(text);
        const char *cursor = text.data, *end = text.length ? text.data + text.length : text.data;
        struct parts parts = {0};
        for (const char *f = format; *f; f++) {
                if (*f == '%') {
                        if (!*++f || !read_directive(*f, &cursor, end, &parts))
                                return false;
                } else if (cursor == end || *cursor++ != *f) {
                        return false;
                }
        }
        if (parts.half_day) {
                if (parts.hour == 0 || parts.hour > 12)
                        return false;
                parts.hour = parts.hour % 12 + (parts.after_noon ? 12 : 0);
        }
        if (cursor != end || parts.hour > 23 || parts.minute > 59 || parts.second > 60
            || !date_is_valid((int)parts.year, parts.month, parts.day))
                return false;
        *ret_day = day_from_date((struct date){(int)parts.year, parts.month, parts.day});
        *ret_second = (int32_t)(parts.hour * 3600 + parts.minute * 60 + (parts.second < 60 ? parts.second : 59));
        return true;
}

bool day_parse_format(struct text text, const char *format, int32_t *ret)
{
        int32_t second;
        text = text_trim(text);
        if (strcmp(format, "%Y-%m-%d") == 0 && day_parse_iso(text, ret))
                return true; /* the pattern of most files; "2010-1-5" goes the long way */
        return moment_parse_format(text, format, ret, &second);
}

bool moment_add_format(struct buffer *out, const char *format, int32_t day, int32_t second)
{
        struct date date = date_from_day(day);
        for (const char *f = format; *f; f++) {
                if (*f != '%') {
                        buffer_add_byte(out, *f);
                        continue;
                }
                switch (*++f) {
                case 'Y':
                        buffer_addf(out, "%04d", date.year);
                        break;
                case 'y':
                        buffer_addf(out, "%02d", date.year % 100);
                        break;
                case 'm':
                        buffer_addf(out, "%02u", date.month);
                        break;
                case 'd':
                case 'e':
                        buffer_addf(out, "%02u", date.day);
                        break;
                case 'H':
                        buffer_addf(out, "%02d", (int)(second / 3600));
                        break;
                case 'M':
                        buffer_addf(out, "%02d", (int)(second / 60 % 60));
                        break;
                case 'S':
                        buffer_addf(out, "%02d", (int)(second % 60));
                        break;
                default:
                        return false;
                }
        }
        return !out->failed;
}

bool day_format_is_valid(const char *format)
{
        unsigned years = 0, months = 0, days = 0, others = 0, marks = 0;
        for (const char *f = format; *f; f++) {
                if (*f != '%')
                        continue;
                switch (*++f) {
                case 'Y':
                case 'y':
                        years++;
                        break;
                case 'm':
                        months++;
                        break;
                case 'd':
                case 'e':
                        days++;
                        break;
                case 'H':
                case 'I':
                case 'M':
                case 'S':
                        others++;
                        break;
                case 'p':
                case 'z':
                        marks++;
                        break;
                default:
                        return false;
                }
        }
        return years == 1 && months == 1 && days == 1 && others <= 3 && marks <= 2;
}

/* Not one of the marks for unknown and open ends. */
static bool is_dated(int32_t day)
{
        return day != DAY_NONE && day != DAY_OPEN_START && day != DAY_OPEN_END;
}

bool day_add_iso(struct buffer *out, int32_t day)
{
        if (!is_dated(day))
                return true;
        struct date date = date_from_day(day);
        return buffer_addf(out, "%04d-%02u-%02u", date.year, date.month, date.day);
}

bool instant_add_iso(struct buffer *out, int64_t instant_ms)
{
        int64_t seconds = instant_ms / 1000 - (instant_ms % 1000 < 0);
        int64_t day = seconds / 86400 - (seconds % 86400 < 0), rest = seconds - day * 86400;
        return day_add_iso(out, (int32_t)day) &&
               buffer_addf(out, "T%02d:%02d:%02dZ", (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

bool day_add_german(struct buffer *out, int32_t day)
{
        if (!is_dated(day))
                return true;
        struct date date = date_from_day(day);
        return buffer_addf(out, "%02u.%02u.%04d", date.day, date.month, date.year);
}

bool day_add_english(struct buffer *out, int32_t day)
{
        static const char *const months[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        if (!is_dated(day))
                return true;
        struct date date = date_from_day(day);
        return buffer_addf(out, "%u %s %04d", date.day, months[date.month - 1], date.year);
}
