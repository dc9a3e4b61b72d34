/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * decimal.h: exact decimal numbers and their text, German and English. No floating point anywhere.
 */
#ifndef TREUE_BASE_DECIMAL_H
#define TREUE_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct buffer;

/* value = units / 10^scale; scale 0..18. */
struct decimal {
        int64_t units;
        uint8_t scale;
};

enum decimal_mark {
        DECIMAL_POINT, /* 1,234.56: the comma groups thousands */
        DECIMAL_COMMA, /* 1.234,56: the point groups thousands */
};

enum decimal_result { DECIMAL_OK, DECIMAL_EMPTY, DECIMAL_MALFORMED, DECIMAL_TOO_LARGE, DECIMAL_TOO_PRECISE };

/* Reads all of `text` (blanks at both ends allowed): sign before or after the number ("12-", not "12,-"), digits,
 * thousands marks only where they group by three (also ' ', U+00A0, U+2009, U+202F and ' as used in CH), at most one
 * decimal mark. No exponent, no currency sign. Trailing zeros of the fraction are dropped before the precision check.
 */
enum decimal_result decimal_parse(struct text text, enum decimal_mark mark, struct decimal *ret);

/* Reads into minor units of the given scale: "12,5" at scale 2 -> 1250. More decimals than `scale` (after dropping
 * trailing zeros) is DECIMAL_TOO_PRECISE, unless `round` is set: then half away from zero. The fast path of the
 * importer: one pass, no allocation. */
enum decimal_result decimal_parse_scaled(struct text text, enum decimal_mark mark, unsigned scale, bool round,
                                         int64_t *ret_units);

/* Compares a/10^sa with b/10^sb exactly: <0, 0, >0. */
int decimal_compare(struct decimal a, struct decimal b);

/* Plain text with exactly `decimals` places and '.', no grouping, as in JSON: 121058606 at scale 2 -> "1210586.06".
 * Appends to `out`. */
bool decimal_add_plain(struct buffer *out, int64_t units, unsigned scale);
/* For readers: grouped, with the language's marks; German 1.210.586,06, English 1,210,586.06. */
bool decimal_add_grouped(struct buffer *out, int64_t units, unsigned scale, enum decimal_mark mark);

#endif
