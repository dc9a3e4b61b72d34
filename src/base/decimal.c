/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * decimal.c: decimal text to integers and back, one pass, no floating point, no locale.
 */
#include "base/decimal.h"

#include "base/buffer.h"
#include "base/checked.h"

enum { SCALE_MAX = 18 };

static const int64_t powers[SCALE_MAX + 1] = {
        INT64_C(1),
        INT64_C(10),
        INT64_C(100),
        INT64_C(1000),
        INT64_C(10000),
        INT64_C(100000),
        INT64_C(1000000),
        INT64_C(10000000),
        INT64_C(100000000),
        INT64_C(1000000000),
        INT64_C(10000000000),
        INT64_C(100000000000),
        INT64_C(1000000000000),
        INT64_C(10000000000000),
        INT64_C(100000000000000),
        INT64_C(1000000000000000),
        INT64_C(10000000000000000),
        INT64_C(100000000000000000),
        INT64_C(1000000000000000000),
};

/* What the text says before it is squeezed into 64 bits. */
struct reading {
        const char *cursor, *end;
        bool negative;
        uint64_t units;       /* without the sign, which may follow */
        unsigned fraction;    /* digits after the mark that count */
        unsigned zeros;       /* zeros of the fraction not yet taken */
        bool too_large, too_precise;
        bool round_seen;      /* the first digit that did not fit was looked at */
        bool round_up;
        bool any;
};

/* Length in bytes of a thousands mark at the cursor, 0 when there is none. */
static size_t thousands_mark(const struct reading *r, char group)
{
        size_t left = (size_t)(r->end - r->cursor);
        const unsigned char *p = (const unsigned char *)r->cursor;
        if (left && (*r->cursor == group || *r->cursor == ' ' || *r->cursor == '\''))
                return 1;
        if (left >= 2 && p[0] == 0xc2 && p[1] == 0xa0)
                return 2;
        if (left >= 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xaf || p[2] == 0x99 || p[2] == 0x89))
                return 3;
        return 0;
}

static bool is_digit(const char *p, const char *end)
{
        return p < end && *p >= '0' && *p <= '9';
}

static void take_digit(struct reading *r, unsigned digit)
{
        r->any = true;
        r->too_large |= __builtin_mul_overflow(r->units, 10, &r->units)
                        || __builtin_add_overflow(r->units, digit, &r->units);
}

/* The units with their sign; false when they do not fit. */
static bool signed_units(uint64_t units, bool negative, int64_t *ret)
{
        if (units > (uint64_t)INT64_MAX + negative)
                return false;
        *ret = negative ? (int64_t)(0 - units) : (int64_t)units;
        return true;
}

/* Digits before the decimal mark; false when thousands marks do not stand at groups of three. */
static bool read_whole(struct reading *r, char group)
{
        unsigned run = 0, groups = 0;
        size_t used_mark = 0;
        char mark_byte = 0;
        for (;;) {
                while (is_digit(r->cursor, r->end)) {
                        take_digit(r, (unsigned)(*r->cursor++ - '0'));
                        run++;
                }
                if (groups && run != 3)
                        return false;
                size_t mark = thousands_mark(r, group);
                if (!mark || !is_digit(r->cursor + mark, r->end))
                        return true;
                /* "0,123" is no grouped number: more likely the other mark was meant. */
                if (run == 0 || run > 3 || (groups == 0 && r->cursor[-(ptrdiff_t)run] == '0')
                    || (groups && (mark != used_mark || *r->cursor != mark_byte)))
                        return false;
                used_mark = mark;
                mark_byte = *r->cursor;
                r->cursor += mark;
                groups++;
                run = 0;
        }
}

/* A digit of the fraction: zeros wait until a digit follows them, so that trailing ones never count. */
static void take_fraction_digit(struct reading *r, unsigned digit, unsigned scale_max)
{
        r->any = true;
        if (r->fraction + r->zeros >= scale_max) {
                if (!r->round_seen)
                        r->round_up = digit >= 5;
                r->round_seen = true;
                r->too_precise |= digit != 0;
                return;
        }
        if (digit == 0) {
                r->zeros++;
                return;
        }
        for (; r->zeros; r->zeros--, r->fraction++)
                take_digit(r, 0);
        take_digit(r, digit);
        r->fraction++;
}

static bool read_sign(struct reading *r)
{
        if (r->cursor < r->end && (*r->cursor == '-' || *r->cursor == '+')) {
                r->negative = *r->cursor++ == '-';
                return true;
        }
        if (r->end - r->cursor >= 3 && memcmp(r->cursor, "\xe2\x88\x92", 3) == 0) {
                r->cursor += 3;
                r->negative = true;
                return true;
        }
        return false;
}

/* Reads the whole text; the fraction keeps at most scale_max digits. */
static enum decimal_result read_decimal(struct text text, enum decimal_mark mark, unsigned scale_max,
                                        struct reading *r)
{
        text = text_trim(text);
        if (text.length == 0)
                return DECIMAL_EMPTY;
        *r = (struct reading){.cursor = text.data, .end = text.data + text.length};
        bool signed_before = read_sign(r);
        if (!read_whole(r, mark == DECIMAL_POINT ? ',' : '.'))
                return DECIMAL_MALFORMED;
        if (r->cursor < r->end && *r->cursor == (mark == DECIMAL_POINT ? '.' : ',')) {
                r->cursor++;
                while (is_digit(r->cursor, r->end))
                        take_fraction_digit(r, (unsigned)(*r->cursor++ - '0'), scale_max);
        }
        /* "12,-" has no minus: it says that there are no cents, or something else. */
        bool mark_is_last = r->cursor > text.data && r->cursor[-1] == (mark == DECIMAL_POINT ? '.' : ',');
        if (!signed_before && !mark_is_last)
                read_sign(r);
        if (r->cursor != r->end || !r->any)
                return DECIMAL_MALFORMED;
        return r->too_large ? DECIMAL_TOO_LARGE : DECIMAL_OK;
}

enum decimal_result decimal_parse(struct text text, enum decimal_mark mark, struct decimal *ret)
{
        struct reading r;
        enum decimal_result result = read_decimal(text, mark, SCALE_MAX, &r);
        if (result != DECIMAL_OK)
                return result;
        if (r.too_precise)
                return DECIMAL_TOO_PRECISE;
        int64_t units;
        if (!signed_units(r.units, r.negative, &units))
                return DECIMAL_TOO_LARGE;
        *ret = (struct decimal){.units = units, .scale = (uint8_t)r.fraction};
        return DECIMAL_OK;
}

/* Plain "1234.56" of up to 15 digits and at most `scale` decimals; false: the slow way decides. */
static bool parse_plain(struct text text, char mark, unsigned scale, int64_t *ret)
{
        if (text.length == 0 || text.length > 16)
                return false;
        const char *p = text.data, *end = p + text.length;
        int64_t units = 0;
        bool negative = *p == '-';
        p += negative;
        const char *start = p;
        while (is_digit(p, end))
                units = units * 10 + (*p++ - '0');
        if (p == start)
                return false;
        unsigned decimals = 0;
        if (p < end && *p == mark) {
                p++;
                while (is_digit(p, end) && decimals < scale) {
                        units = units * 10 + (*p++ - '0');
                        decimals++;
                }
        }
        if (p != end || end - start + (long)(scale - decimals) > 18)
                return false;
        units *= powers[scale - decimals];
        *ret = negative ? -units : units;
        return true;
}

enum decimal_result decimal_parse_scaled(struct text text, enum decimal_mark mark, unsigned scale, bool round,
                                         int64_t *ret_units)
{
        if (parse_plain(text, mark == DECIMAL_POINT ? '.' : ',', scale, ret_units))
                return DECIMAL_OK;
        struct reading r;
        enum decimal_result result = read_decimal(text, mark, scale, &r);
        if (result != DECIMAL_OK)
                return result;
        if (r.too_precise && !round)
                return DECIMAL_TOO_PRECISE;
        uint64_t units;
        if (__builtin_mul_overflow(r.units, (uint64_t)powers[scale - r.fraction], &units)
            || __builtin_add_overflow(units, r.round_up, &units) || !signed_units(units, r.negative, ret_units))
                return DECIMAL_TOO_LARGE;
        return DECIMAL_OK;
}

int decimal_compare(struct decimal a, struct decimal b)
{
        int128 x = (int128)a.units * powers[b.scale], y = (int128)b.units * powers[a.scale];
        return x < y ? -1 : x > y;
}

/* Digits of |units| with at least scale + 1 places into the end of `digits`; returns where they begin. */
static size_t put_digits(char *digits, size_t size, int64_t units, unsigned scale)
{
        uint64_t rest = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
        size_t at = size;
        while (rest || size - at < scale + 1) {
                digits[--at] = (char)('0' + rest % 10);
                rest /= 10;
        }
        return at;
}

bool decimal_add_plain(struct buffer *out, int64_t units, unsigned scale)
{
        char digits[48];
        size_t at = put_digits(digits, sizeof(digits), units, scale);
        if (units < 0)
                buffer_add_byte(out, '-');
        buffer_add(out, digits + at, sizeof(digits) - at - scale);
        if (scale) {
                buffer_add_byte(out, '.');
                buffer_add(out, digits + sizeof(digits) - scale, scale);
        }
        return !out->failed;
}

bool decimal_add_grouped(struct buffer *out, int64_t units, unsigned scale, enum decimal_mark mark)
{
        char digits[48];
        size_t at = put_digits(digits, sizeof(digits), units, scale);
        if (units < 0)
                buffer_add_byte(out, '-');
        for (size_t whole = sizeof(digits) - at - scale; whole; whole--) {
                buffer_add_byte(out, digits[at++]);
                if (whole > 1 && whole % 3 == 1)
                        buffer_add_byte(out, mark == DECIMAL_POINT ? ',' : '.');
        }
        if (scale) {
                buffer_add_byte(out, mark == DECIMAL_POINT ? '.' : ',');
                buffer_add(out, digits + sizeof(digits) - scale, scale);
        }
        return !out->failed;
}
