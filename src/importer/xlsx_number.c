/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_number.c: digits are shifted and rounded as text; nothing passes through binary fractions.
 */
#include "importer/xlsx_number.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/checked.h"

enum {
        DIGITS_MAX = 40,
        EXPONENT_MAX = 400,
        DAY_MILLISECONDS = 86400000,
        FRACTION_DIGITS = 15,             /* of a day: far below a nanosecond */
        FIRST_1900 = 25568,               /* 1970-01-01 minus the day before 1900-01-01, as days are counted to 59 */
        FIRST_1904 = 24107,
        LEAP_1900 = 60,
        SERIAL_MAX = 200000,              /* beyond 2199 in both countings */
};

bool xlsx_parse_reference(const char *reference, uint32_t *ret_column, uint32_t *ret_row)
{
        uint32_t column = 0, row = 0;
        const char *at = reference;
        for (; *at >= 'A' && *at <= 'Z'; at++) {
                column = column * 26 + (uint32_t)(*at - 'A') + 1;
                if (column > XLSX_COLUMNS_MAX)
                        return false;
        }
        if (at == reference || *at < '1' || *at > '9')
                return false;
        for (; *at >= '0' && *at <= '9'; at++) {
                row = row * 10 + (uint32_t)(*at - '0');
                if (row > XLSX_ROWS_MAX)
                        return false;
        }
        if (*at)
                return false;
        *ret_column = column - 1;
        *ret_row = row;
        return true;
}

/* A number taken apart: 0.DIGITS x 10^point, without zeros in front. */
struct digits {
        char digits[DIGITS_MAX * 2];
        int count, point;
        bool negative, whole;     /* whole: written without point and exponent */
};

static bool read_exponent(const char *at, const char *end, int *ret)
{
        int value = 0;
        bool negative = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+'))
                at++;
        if (at == end)
                return false;
        for (; at < end; at++) {
                if (*at < '0' || *at > '9')
                        return false;
                value = value * 10 + (*at - '0');
                if (value > EXPONENT_MAX)
                        return false;
        }
        *ret = negative ? -value : value;
        return true;
}

static bool take_apart(struct text number, struct digits *ret)
{
        number = text_trim(number);
        const char *at = number.data, *end = number.data + number.length;
        struct digits value = {.whole = true};
        bool any = false, after_point = false;
        if (at < end && (*at == '-' || *at == '+'))
                value.negative = *at++ == '-';
        for (; at < end; at++) {
                if (*at == '.' && !after_point) {
                        after_point = true;
                        value.whole = false;
                        continue;
                }
                if (*at < '0' || *at > '9')
                        break;
                any = true;
                bool leading = value.count == 0 && *at == '0';
                if (!leading && value.count == (int)sizeof(value.digits))
                        return false;
                if (!leading)
                        value.digits[value.count++] = (char)(*at - '0');
                if (after_point ? leading : !leading)
                        value.point += after_point ? -1 : 1;
        }
        if (!any)
                return false;
        if (at < end) {
                int exponent = 0;
                if ((*at != 'e' && *at != 'E') || !read_exponent(at + 1, end, &exponent))
                        return false;
                value.whole = false;
                value.point += exponent;
        }
        *ret = value;
        return true;
}

/* Keeps the first `count` digits, half away from zero; drops zeros at the end. */
static void round_digits(struct digits *value, int count)
{
        if (value->count > count) {
                bool up = value->digits[count] >= 5;
                value->count = count;
                int i = count - 1;
                while (up && i >= 0) {
                        up = value->digits[i] == 9;
                        value->digits[i] = up ? 0 : (char)(value->digits[i] + 1);
                        i--;
                }
                if (up) {
                        value->digits[0] = 1;
                        value->count = 1;
                        value->point++;
                }
        }
        while (value->count > 0 && value->digits[value->count - 1] == 0)
                value->count--;
}

bool xlsx_add_number(struct buffer *out, struct text number, char decimal_mark)
{
        struct digits value;
        if (!take_apart(number, &value))
                return false;
        round_digits(&value, value.whole ? DIGITS_MAX : XLSX_DIGITS);
        if (value.count == 0)
                return buffer_add_byte(out, '0');
        if (value.point > DIGITS_MAX || value.count - value.point > DIGITS_MAX)
                return false;
        if (value.negative)
                buffer_add_byte(out, '-');
        if (value.point <= 0)
                buffer_add_byte(out, '0');
        for (int i = 0; i < value.point; i++)
                buffer_add_byte(out, (char)('0' + (i < value.count ? value.digits[i] : 0)));
        if (value.count > value.point)
                buffer_add_byte(out, decimal_mark);
        for (int i = value.point; i < value.count; i++)
                buffer_add_byte(out, (char)('0' + (i >= 0 ? value.digits[i] : 0)));
        return !out->failed;
}

static char digit_at(const struct digits *value, int place)
{
        return place >= 0 && place < value->count ? value->digits[place] : 0;
}

bool xlsx_parse_serial(struct text number, bool from_1904, struct xlsx_moment *ret)
{
        struct digits value;
        if (!take_apart(number, &value) || (value.negative && value.count) || value.point > 6)
                return false;
        int64_t days = 0, fraction = 0, unit = 1;
        for (int i = 0; i < value.point; i++)
                days = days * 10 + digit_at(&value, i);
        for (int i = 0; i < FRACTION_DIGITS; i++) {
                fraction = fraction * 10 + digit_at(&value, value.point + i);
                unit *= 10;
        }
        /* To the millisecond, which binary fractions hold, and then down: 23:59:59.999 is still that day. */
        int64_t millisecond = (int64_t)divide_half_away((int128)fraction * DAY_MILLISECONDS, unit);
        if (days > SERIAL_MAX)
                return false;
        if (millisecond == DAY_MILLISECONDS) {
                days++;
                millisecond = 0;
        }
        int64_t second = millisecond / 1000;
        if (days == 0 && (!from_1904 || fraction)) {
                *ret = (struct xlsx_moment){DAY_NONE, second};
                return true;
        }
        if (!from_1904 && days == LEAP_1900)
                return false;
        int64_t day = from_1904 ? days - FIRST_1904 : days - FIRST_1900 - (days > LEAP_1900);
        if (day < DAY_MIN || day > DAY_MAX)
                return false;
        *ret = (struct xlsx_moment){(int32_t)day, second};
        return true;
}

static bool read_time(struct text text, int64_t *ret)
{
        static const unsigned limits[] = {24, 60, 60};
        static const unsigned weights[] = {3600, 60, 1};
        int64_t second = 0;
        for (size_t i = 0; i < 3; i++) {
                size_t at = i * 3;
                if (at + 2 > text.length)
                        return i == 2 && text.length == 5 && (*ret = second, true);
                unsigned high = (unsigned char)text.data[at] - '0', low = (unsigned char)text.data[at + 1] - '0';
                if (high > 9 || low > 9 || high * 10 + low >= limits[i] || (i && text.data[at - 1] != ':'))
                        return false;
                second += (high * 10 + low) * weights[i];
        }
        for (size_t i = 8; i < text.length; i++) {
                char byte = text.data[i];
                bool ends = byte == 'Z' && i + 1 == text.length;
                if (!ends && !(i == 8 ? byte == '.' : byte >= '0' && byte <= '9'))
                        return false;
        }
        *ret = second;
        return true;
}

bool xlsx_parse_iso(struct text text, struct xlsx_moment *ret)
{
        struct xlsx_moment moment = {DAY_NONE, 0};
        text = text_trim(text);
        if (text.length >= 10 && text.data[4] == '-') {
                if (!day_parse_iso((struct text){text.data, 10}, &moment.day))
                        return false;
                if (text.length > 10 && text.data[10] != 'T' && text.data[10] != ' ')
                        return false;
                if (text.length > 10 && !read_time((struct text){text.data + 11, text.length - 11}, &moment.second))
                        return false;
        } else if (!read_time(text, &moment.second)) {
                return false;
        }
        *ret = moment;
        return true;
}
