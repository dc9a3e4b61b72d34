/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_date.c: any bytes as a date by any pattern (pattern, line break, text). What parses is a date of the supported
 * range, prints and parses back to itself, and the quick way for the usual pattern agrees with the general one. The
 * same bytes as an instant: what parses prints as UTC and parses back.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "platform/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void check_day(int32_t day)
{
        assert(day >= DAY_MIN && day <= DAY_MAX);
        struct date date = date_from_day(day);
        assert(date_is_valid(date.year, date.month, date.day) && day_from_date(date) == day);
        struct buffer out;
        int32_t back;
        buffer_init(&out, 100);
        assert(day_add_iso(&out, day) && day_parse_iso((struct text){out.data, out.length}, &back) && back == day);
        assert(day_parse_format((struct text){out.data, out.length}, "%Y-%m-%d", &back) && back == day);
        buffer_clear(&out);
        assert(day_add_german(&out, day));
        assert(day_parse_format((struct text){out.data, out.length}, "%d.%m.%Y", &back) && back == day);
        buffer_release(&out);
        for (int months = -15; months <= 15; months++) {
                int32_t kept = day_add_months(day, months), clamped = day_add_months_clamped(day, months);
                assert(clamped <= kept && kept - clamped <= 3);
                assert(!day_is_month_end(day) || day_is_month_end(kept));
                assert(months_between(day, clamped) == months || date.day > date_from_day(clamped).day);
        }
}

/* An offset may lead a day out of the supported range; then it does not parse back. */
static void check_moment(struct text text, const char *format)
{
        struct buffer out;
        int64_t instant_ms, back_ms;
        if (!clock_parse_moment(text, format, &instant_ms))
                return;
        buffer_init(&out, 100);
        assert(instant_add_iso(&out, instant_ms));
        bool inside = instant_ms >= (int64_t)(DAY_MIN + 1) * 86400000 && instant_ms < (int64_t)DAY_MAX * 86400000;
        bool parses = clock_parse_moment((struct text){out.data, out.length}, NULL, &back_ms);
        assert(parses ? back_ms == instant_ms : !inside);
        buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        struct text text = {(const char *)data, length};
        int32_t day, quick, general;
        if (day_parse_iso(text, &day))
                check_day(day);
        check_moment(text, NULL);
        bool is_quick = day_parse_format(text, "%Y-%m-%d", &quick);
        assert(is_quick == day_parse_format(text, "%Y-%m-%e", &general));
        assert(!is_quick || quick == general);
        const char *line_break = length ? memchr(data, '\n', length) : NULL;
        if (!line_break)
                return 0;
        size_t format_length = (size_t)(line_break - text.data);
        char *format = malloc(format_length + 1);
        if (!format)
                return 0;
        memcpy(format, data, format_length);
        format[format_length] = '\0';
        bool valid = day_format_is_valid(format);
        struct text rest = {line_break + 1, length - format_length - 1};
        if (day_parse_format(rest, format, &day) && valid)
                check_day(day);
        if (valid)
                check_moment(rest, format);
        free(format);
        return 0;
}
