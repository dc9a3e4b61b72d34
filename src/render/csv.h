/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * csv.h: writes delimited text (RFC 4180, UTF-8) into a buffer: fields with delimiter, quotes, line breaks or blanks
 * at the ends are quoted.
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
void csv_field_string(struct csv_writer *writer, const char *string); /* NULL: empty */
void csv_end_row(struct csv_writer *writer); /* CR LF */

#endif
