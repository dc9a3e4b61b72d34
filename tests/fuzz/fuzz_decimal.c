/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_decimal.c: any bytes as a number. What parses must print and parse back to the same, both ways of parsing must
 * agree, and what was rounded must lie within half a unit. What a number says is worked out a second time, slowly, from
 * its digits alone. The first byte chooses mark, scale and rounding.
 */
#include <assert.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/checked.h"
#include "base/decimal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static int128 power(unsigned exponent)
{
        int128 result = 1;
        while (exponent--)
                result *= 10;
        return result;
}

/* value and units at `scale` say the same, or differ by at most half a unit when rounded away. */
static void compare(struct decimal value, int64_t units, unsigned scale, enum decimal_result exact)
{
        int128 wide = value.scale <= scale ? (int128)value.units * power(scale - value.scale) : value.units;
        int128 other = value.scale <= scale ? units : (int128)units * power(value.scale - scale);
        int128 one = value.scale <= scale ? 1 : power(value.scale - scale);
        int128 distance = wide < other ? other - wide : wide - other;
        assert(distance * 2 <= one);
        assert((distance == 0) == (exact == DECIMAL_OK));
        if (distance * 2 == one) /* away from zero */
                assert(value.units < 0 ? other < wide : other > wide);
}

static void reads_back(int64_t units, unsigned scale)
{
        for (int kind = 0; kind < 3; kind++) {
                enum decimal_mark mark = kind == 0 ? DECIMAL_COMMA : DECIMAL_POINT;
                struct buffer out;
                int64_t back;
                buffer_init(&out, 100);
                if (kind == 2)
                        assert(decimal_add_plain(&out, units, scale));
                else
                        assert(decimal_add_grouped(&out, units, scale, mark));
                struct text text = {out.data, out.length};
                assert(decimal_parse_scaled(text, mark, scale, false, &back) == DECIMAL_OK && back == units);
                assert(decimal_parse_scaled(text, mark, scale, true, &back) == DECIMAL_OK && back == units);
                buffer_release(&out);
        }
}

/* A number that parses says what its digits say, with the fraction behind the only decimal mark; everything else in it
 * groups, and a minus anywhere makes it negative. */
static void compare_digits(struct text text, enum decimal_mark mark, struct decimal value)
{
        const char *point = memchr(text.data, mark == DECIMAL_COMMA ? ',' : '.', text.length);
        size_t end = text.length, fraction = 0;
        bool negative = memchr(text.data, '-', text.length) || memmem(text.data, text.length, "\xe2\x88\x92", 3);
        int128 units = 0;
        while (point && text.data + end > point + 1 && (text.data[end - 1] < '1' || text.data[end - 1] > '9'))
                end--;
        for (size_t i = 0; i < end; i++) {
                if (text.data[i] < '0' || text.data[i] > '9')
                        continue;
                units = units * 10 + (text.data[i] - '0');
                fraction += point && text.data + i > point;
                assert(units <= (int128)INT64_MAX + 1);
        }
        assert(value.scale == fraction && value.units == (negative ? -units : units));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        if (length == 0)
                return 0;
        enum decimal_mark mark = data[0] & 1 ? DECIMAL_COMMA : DECIMAL_POINT;
        unsigned scale = data[0] / 2 % 19;
        struct text text = {(const char *)data + 1, length - 1};
        struct decimal value;
        int64_t exact_units = 0, rounded_units = 0;
        enum decimal_result any = decimal_parse(text, mark, &value);
        enum decimal_result exact = decimal_parse_scaled(text, mark, scale, false, &exact_units);
        enum decimal_result rounded = decimal_parse_scaled(text, mark, scale, true, &rounded_units);
        assert((any == DECIMAL_EMPTY) == (exact == DECIMAL_EMPTY));
        assert((any == DECIMAL_EMPTY) == (rounded == DECIMAL_EMPTY));
        assert((any == DECIMAL_MALFORMED) == (exact == DECIMAL_MALFORMED));
        assert((any == DECIMAL_MALFORMED) == (rounded == DECIMAL_MALFORMED));
        assert(rounded != DECIMAL_TOO_PRECISE);
        if (any == DECIMAL_OK) {
                assert(value.scale <= 18 && (value.scale == 0 || value.units % 10 != 0));
                compare_digits(text, mark, value);
                reads_back(value.units, value.scale);
        }
        if (exact == DECIMAL_OK) {
                assert(rounded == DECIMAL_OK && rounded_units == exact_units);
                reads_back(exact_units, scale);
        }
        if (any == DECIMAL_OK && rounded == DECIMAL_OK)
                compare(value, rounded_units, scale, exact);
        return 0;
}
