/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sqlite_lines.h: document_lines(lines), the lines of a purchase document as a table for SQL on SQLite, where they are
 * stored packed. Columns: article (product.id), quantity (thousandths), amount and cost (minor units; cost 0 unless
 * marked), product_group (product_group.id where the line names another than usual, else 0), marks
 * (facts/packed_lines.h). It may be called, FROM document d, document_lines(d.lines), or joined by its hidden column:
 * JOIN document_lines l ON l.packed = d.lines.
 */
#ifndef TREUE_DB_SQLITE_LINES_H
#define TREUE_DB_SQLITE_LINES_H

#include <sqlite3.h>

#include "db/lines.h"

/* Registers the table; `codec` must outlive the handle. With NULL, or for bytes that are no packed lines, reading it
 * is an error. Returns SQLite's code. */
int sqlite_lines_register(sqlite3 *handle, const struct lines_codec *codec);

#endif
