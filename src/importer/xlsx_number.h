/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_number.h: what stands in a cell of a sheet as text: references, numbers, day numbers. All exact, in integers.
 */
#ifndef TREUE_IMPORTER_XLSX_NUMBER_H
#define TREUE_IMPORTER_XLSX_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct buffer;

enum { XLSX_ROWS_MAX = 1048576, XLSX_COLUMNS_MAX = 16384, XLSX_DIGITS = 15 };

/* "AB12": column 27 (from 0), row 12 (from 1). False for anything else, "$A$1" and what lies beyond a sheet too. */
bool xlsx_parse_reference(const char *reference, uint32_t *ret_column, uint32_t *ret_row);

/* Appends a number as people mean it: "1E+05" is 100000, "0.10000000000000001" is 0.1, "2.50" is 2.5. Spreadsheets
 * count in binary fractions and write up to 17 digits of them, of which 15 are certain: a fraction with more is rounded
 * to 15 significant digits, half away from zero, as the spreadsheet shows it. Whole numbers written without exponent
 * keep all digits: they may be numbers of documents. False for what is no number or has more than 40 digits before or
 * after the point; nothing is appended then. */
bool xlsx_add_number(struct buffer *out, struct text number, char decimal_mark);

/* A day and the time in it. */
struct xlsx_moment {
        int32_t day;       /* calendar.h; DAY_NONE: a time without a day */
        int64_t second;    /* begun since midnight */
};

/* From a day number with fraction: 1 is 1900-01-01, and a 29 February 1900 is counted that there was not (day 60, which
 * is refused); with `from_1904` 0 is 1904-01-01. Below 1 (with from_1904: if it has a fraction) it is a time without a
 * day. False for what is no day of calendar.h. */
bool xlsx_parse_serial(struct text number, bool from_1904, struct xlsx_moment *ret);
/* From "2010-12-01", "2010-12-01T08:26:00" with or without fraction and Z, "08:26:00". */
bool xlsx_parse_iso(struct text text, struct xlsx_moment *ret);

#endif
