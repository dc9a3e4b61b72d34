/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * calendar.h: business dates. A day is an int32_t: days since 1970-01-01 in the proleptic Gregorian calendar.
 * Supported: 1900-01-01 to 2199-12-31; outside is refused by the parsers.
 */
#ifndef TREUE_BASE_CALENDAR_H
#define TREUE_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct buffer;

#define DAY_NONE INT32_MIN     /* no date known */
#define DAY_OPEN_START (INT32_MIN + 1) /* valid since ever */
#define DAY_OPEN_END INT32_MAX /* valid until further notice */
#define DAY_MIN (-25567)       /* 1900-01-01 */
#define DAY_MAX 84005          /* 2199-12-31 */

struct date {
        int year;       /* 1900..2199 */
        unsigned month; /* 1..12 */
        unsigned day;   /* 1..31 */
};

int32_t day_from_date(struct date date);
struct date date_from_day(int32_t day);
bool date_is_valid(int year, unsigned month, unsigned day);
unsigned days_in_month(int year, unsigned month);
bool day_is_month_end(int32_t day);

/* `months` may be negative. Keeps the day of the month, clamps to the month's end; when `day` is the last of its month
 * the result is the last of its month too (concept-format, Windows): 2010-11-30 - 12 -> 2009-11-30, 2011-02-28 - 3 ->
 * 2010-11-30, 2024-02-29 - 12 -> 2023-02-28. */
int32_t day_add_months(int32_t day, int months);

/* As day_add_months, without the month's-end rule: 2011-02-28 - 3 -> 2010-11-28. For anniversaries. */
int32_t day_add_months_clamped(int32_t day, int months);

/* Full months from `from` to `to`: the largest m with day_add_months_clamped(from, m) <= to; below 0 when to < from. */
int months_between(int32_t from, int32_t to);

/* "2010-11-30" only. */
bool day_parse_iso(struct text text, int32_t *ret);
/* By a pattern of %Y %y %m %d %H %M %S %b-less literals (also %e: day or month without leading zero accepted for %d and
 * %m anyway; %I with %p: hours to 12 with AM or PM; %z: Z, +02:00, +0200). The time of day is checked and dropped, and
 * so is the zone: the day counts as it is written. All of `text` must match, blanks at both ends allowed.
 * %y: 00..69 -> 20xx, 70..99 -> 19xx. */
bool day_parse_format(struct text text, const char *format, int32_t *ret);
/* As day_parse_format; the time of day comes back as seconds since midnight, 0 where the pattern has none. */
bool moment_parse_format(struct text text, const char *format, int32_t *ret_day, int32_t *ret_second);
/* Appends what moment_parse_format reads back by the same pattern, with leading zeros. */
bool moment_add_format(struct buffer *out, const char *format, int32_t day, int32_t second);
bool day_format_is_valid(const char *format); /* has %Y or %y, %m and %d exactly once, only known directives */
bool day_add_iso(struct buffer *out, int32_t day);     /* 2010-11-30; DAY_NONE and open ends append nothing */
bool instant_add_iso(struct buffer *out, int64_t instant_ms); /* UTC: 2010-11-30T08:15:00Z */
bool day_add_german(struct buffer *out, int32_t day);  /* 30.11.2010 */
bool day_add_english(struct buffer *out, int32_t day); /* 30 Nov 2010 */

#endif
