/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * workbook.h: an XLSX workbook as an origin of blocks (source_file.h): each row of a sheet becomes a record of
 * delimited UTF-8 text, so that everything behind reads it as it reads CSV.
 *
 * The first row of a sheet that is not empty is its header. Without `sheet:` in the profile all visible sheets are
 * read, one after the other, whose header has all columns the profile names; columns are found by name on each, and a
 * record has those of the first sheet, in its order. Cells beside the header's columns are left out.
 *
 * How cells are written: numbers with the decimal mark of the workbook's number texts (a point where it has none) in
 * columns the profile reads as numbers, else with a point; dates in the profile's format of the column, else 2010-12-01
 * (with 08:26:00 behind it where a time is meant and no day is read); yes and no as true and false; an error with the
 * byte WORKBOOK_ERROR_MARK in front of it, which no text of a workbook holds.
 *
 * A line number holds the sheet, counted from 1, above 32 bits with the row.
 */
#ifndef TREUE_IMPORTER_WORKBOOK_H
#define TREUE_IMPORTER_WORKBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/status.h"
#include "base/text.h"
#include "importer/profile.h"

struct block;
struct workbook;

enum { WORKBOOK_ERROR_MARK = 1, WORKBOOK_SHEET_SHIFT = 32 };

/* Is a field of a workbook's record an error ("#N/A" behind the mark)? */
static inline bool text_is_cell_error(struct text field)
{
        return field.length && *field.data == WORKBOOK_ERROR_MARK;
}

/* Something a reader should know about a sheet. */
struct sheet_note {
        const char *key;          /* workbook.note.hidden_sheet, .misses, .doubles, .hidden_rows */
        const char *sheet;
        const char *detail;       /* of .misses and .doubles: names of columns; else "" */
        uint64_t count;           /* of .hidden_rows, which were read as well */
};

/* Problems carry {file}; besides those of the parts: import.empty_file, workbook.no_such_sheet {sheet} {sheets},
 * workbook.no_sheet_fits {sheet} {missing} {columns}, workbook.too_large {limit}. */
must_check enum status workbook_open(const char *path, const char *name, const struct profile *profile,
                                     const char *staging_directory, struct workbook **ret, struct error *error);
void workbook_close(struct workbook *workbook); /* accepts NULL */

size_t workbook_header(const struct workbook *workbook, const struct text **ret_fields); /* returns how many */
struct text workbook_header_record(const struct workbook *workbook);
char workbook_delimiter(const struct workbook *workbook);
enum decimal_mark workbook_decimal(const struct workbook *workbook);

/* As source_file_next, without bytes_done. */
must_check enum status workbook_next(struct workbook *workbook, struct block *ret, bool *ret_more,
                                     struct error *error);
void workbook_rewind(struct workbook *workbook);
/* How much of the sheets was read, in millionths. */
uint64_t workbook_done_millionths(const struct workbook *workbook);

/* Names of the sheets that are read, separated by ", ". */
const char *workbook_sheets_read(const struct workbook *workbook);
const char *workbook_sheet_name(const struct workbook *workbook, uint64_t sheet); /* from 1; "" when there is none */
/* What was noticed so far; hidden rows once they were read. Lives as long as the workbook. */
size_t workbook_notes(struct workbook *workbook, const struct sheet_note **ret_notes);

#endif
