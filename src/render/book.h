/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * book.h: writes a workbook (XLSX) of one sheet: titles in the first row, bold and always in sight, a filter over each
 * column, columns as wide as what stands in them. Rows go out as they come, so that memory does not grow with them.
 *
 * Values have real types. Text is always text, never a formula; what a cell may not hold in XML stands there as
 * spreadsheets write it ("_x0001_"). Numbers of more than 15 digits, which a spreadsheet would round, and days before
 * March 1900, which it does not know, are text. The same rows at the same time give the same bytes.
 */
#ifndef TREUE_RENDER_BOOK_H
#define TREUE_RENDER_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "i18n/message.h"

struct book;

/* How a number is shown. */
enum book_number {
        BOOK_GROUPED, /* with all its decimals */
        BOOK_ORDINAL, /* an integer, never grouped */
        BOOK_VERSION, /* v3 */
        BOOK_PERCENT,
        BOOK_NUMBER_COUNT
};

/* A file at `path` that is complete after book_finish; what stood there is lost. `title` names the sheet and the
 * document (31 characters at most); days are shown in the reader's language. STATUS_LIMIT "sheet.too_many_columns",
 * STATUS_SYSTEM "library.missing". */
must_check enum status book_new(const char *path, const char *title, enum language language, size_t column_count,
                                struct book **ret, struct error *error);
void book_free(struct book *book); /* accepts NULL; gives an unfinished one up */

/* The cells of a row one by one; the first row holds the titles. What goes wrong is told by book_finish. */
void book_title(struct book *book, struct text text);
void book_blank(struct book *book);
void book_text(struct book *book, struct text text); /* nothing: a blank */
/* units / 10^scale; a percentage is a share of one. */
void book_number(struct book *book, int64_t units, unsigned scale, enum book_number how);
void book_day(struct book *book, int32_t day);
void book_moment(struct book *book, int32_t day, int32_t second);
void book_yes_no(struct book *book, bool yes);
void book_end_row(struct book *book);

/* STATUS_LIMIT "sheet.too_many_rows" {limit} or "sheet.text_too_long" {row} {limit}, STATUS_SYSTEM. */
must_check enum status book_finish(struct book *book, struct error *error);

#endif
