/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_styles.h: which cells of a workbook are dates: a sheet stores them as numbers, and only the number format of the
 * cell's style says that they are meant as days or times (ECMA-376 part 1, 18.8.30 and 18.8.31).
 */
#ifndef TREUE_IMPORTER_XLSX_STYLES_H
#define TREUE_IMPORTER_XLSX_STYLES_H

#include "base/text.h"
#include "importer/xlsx_part.h"

enum xlsx_meaning { XLSX_PLAIN, XLSX_DAY, XLSX_MOMENT, XLSX_TIME };

/* What a format code like "dd\.mm\.yyyy;@" or "[h]:mm" shows. Its first section decides; letters in quotes, behind a
 * backslash and in brackets (colours, conditions, languages) do not count, but [h], [mm] and [ss] do. */
enum xlsx_meaning xlsx_format_meaning(struct text code);
/* Of the formats that have a number instead of a code, also the East Asian ones. */
enum xlsx_meaning xlsx_builtin_meaning(unsigned number);

/* As many as spreadsheets allow. */
enum { XLSX_STYLES_MAX = 65536, XLSX_FORMATS_MAX = 65536 };

struct xlsx_styles;
/* `entry` ARCHIVE_NONE: a workbook without styles, where nothing is a date. */
must_check enum status xlsx_styles_read(struct archive *archive, size_t entry, const char *file_name,
                                        struct xlsx_styles **ret, struct error *error);
void xlsx_styles_free(struct xlsx_styles *styles); /* accepts NULL */
/* Of a cell's style number; a style the workbook lacks is plain. */
enum xlsx_meaning xlsx_styles_meaning(const struct xlsx_styles *styles, size_t style);

#endif
