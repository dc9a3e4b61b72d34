/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_book.h: which parts a workbook consists of: found by its relations, as the format demands, not by the usual
 * names (ECMA-376 part 2, 9.3; part 1, 18.2). Relations to the outside are passed over.
 *
 * Problems carry {file}: workbook.no_workbook, workbook.format {format} for relatives of the format that Treue does not
 * read (ods, xlsb), workbook.too_many_sheets {limit}.
 */
#ifndef TREUE_IMPORTER_XLSX_BOOK_H
#define TREUE_IMPORTER_XLSX_BOOK_H

#include "base/arena.h"
#include "importer/xlsx_part.h"

enum { XLSX_SHEETS_MAX = 1000 }; /* a sheet per customer of a small company, not one per line */

struct xlsx_book_sheet {
        const char *name;
        size_t entry;             /* of the archive */
        bool hidden;
};

struct xlsx_book {
        struct xlsx_book_sheet *sheets; /* in the order of the tabs; without charts */
        size_t sheet_count;
        size_t strings_entry, styles_entry; /* ARCHIVE_NONE: it has none */
        bool from_1904;           /* days are counted from 1904-01-01 */
};

must_check enum status xlsx_book_read(struct archive *archive, const char *file_name, struct arena *arena,
                                      struct xlsx_book *ret, struct error *error);

/* The name in the archive of what a relation of a part in `folder` ("xl/") points to: absolute ("/xl/styles.xml") or
 * relative, with "." and "..". False when it leads out of the archive or is longer than `capacity`. */
bool xlsx_resolve(const char *folder, const char *target, char *out, size_t capacity);

#endif
