/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * csv.h: writes delimited text (RFC 4180, UTF-8) into a buffer: fields with delimiter, quotes, line breaks or blanks
 * at the ends are quoted.
 *
 * A spreadsheet that opens such a file takes a field for a formula that begins with = + - @, a tab, a line end, or one
 * of the signs in their full width (U+FF1D, FF0B, FF0D, FF20). What people entered is neutralised: an apostrophe comes
 * in front of such a field, also when apostrophes stand in front of such a beginning already, so that nothing is lost:
 * csv_restored takes exactly one off again. Plain numbers ("-12.50") are no formulas and stay.
 */
#ifndef TREUE_RENDER_CSV_H
#define TREUE_RENDER_CSV_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/text.h"

struct csv_writer {
        struct buffer *out;
        char delimiter;
        bool row_started;
};

void csv_writer_init(struct csv_writer *writer, struct buffer *out, char delimiter);
void csv_field(struct csv_writer *writer, struct text text);
/* What people entered: neutralised. */
void csv_field_neutral(struct csv_writer *writer, struct text text);
/* The text that was neutralised to `field`. Every text comes back as it was. */
struct text csv_restored(struct text field);
void csv_field_string(struct csv_writer *writer, const char *string); /* NULL: empty */
void csv_end_row(struct csv_writer *writer); /* CR LF */

#endif
