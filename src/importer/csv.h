/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * csv.h: reading delimited text: RFC 4180 with the liberties real files take (CRLF, LF or CR line ends, blanks kept,
 * quotes doubled inside quoted fields, line breaks inside quotes). A quote in the middle of an unquoted field is an
 * ordinary character. A last line without line end counts; lines that are empty or hold only delimiters and blanks are
 * skipped (but counted as lines).
 *
 * Works on blocks so that several threads can parse: csv_split finds the last record end in a block.
 */
#ifndef TREUE_IMPORTER_CSV_H
#define TREUE_IMPORTER_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct buffer;

enum { CSV_COLUMNS_MAX = 1024, CSV_RECORD_BYTES_MAX = 16 << 20 };

/* Length of the part of data[0..length) that ends with a complete record, starting at a record's beginning; 0 when no
 * record ends in it. `at_end`: the input ends here, an unfinished last record counts as complete. Fast when no quote
 * occurs. A quote opens only at the start of a field, therefore the delimiter. A CR as the very last byte does not end
 * a record before the end of the input: an LF may follow.
 * *ret_quote (may be NULL): a quote that was not meant to hold what follows it, as it is still open at the end, or
 * closes on a later line with more of the field behind; the result then ends with the last record before it. Else
 * NULL. */
size_t csv_split(const char *data, size_t length, char delimiter, bool at_end, const char **ret_quote);

/* Walks the records of a block that csv_split cut. Fields point into the block. Doubled quotes have to be undoubled: in
 * `scratch` when there is one (fields live until the next call), else in place: the block is writable, but the record
 * is then no longer as it stood in the file. Where records are written out again, give a scratch.
 * Start with {.cursor, .end, .delimiter, .line, .scratch}, everything else zero. */
struct csv_parser {
        char *cursor, *end;
        char delimiter;
        uint64_t line;            /* 1-based number of the line the next record begins on */
        struct buffer *scratch;   /* may be NULL */
        bool rows;                /* of a sheet: a record counts as one line, whatever its texts hold */
        char *next_quote, *next_return; /* private: next '"' and CR at or after the cursor */
};

/* The next record: fields into fields[0..fields_max); *ret_count the number in the record (may exceed fields_max: the
 * surplus is dropped but counted). *ret_line the line it began on; *ret_record (may be NULL) the record without its
 * line end. False at the end. */
bool csv_next(struct csv_parser *parser, struct text *fields, size_t fields_max, size_t *ret_count, uint64_t *ret_line,
              struct text *ret_record);

/* Are the fields of a record behind the first `wanted` blank? So some programs end each line with delimiters. At most
 * CSV_COLUMNS_MAX of `fields` are looked at. */
bool csv_surplus_is_empty(const struct text *fields, size_t wanted, size_t count);

#endif
