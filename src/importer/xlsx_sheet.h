/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_sheet.h: the cells of one sheet, row by row, with what they mean. Cells are placed by their reference, whatever
 * their order; empty ones are left out. A formula counts with the result the spreadsheet stored. Of merged cells the
 * first has the value, the others are empty, as in the file.
 *
 * Problems carry {file} and {part}, the sheet's name: workbook.damaged, workbook.doubled_cell {row},
 * workbook.too_many_columns {row}, workbook.row_too_long {row}, workbook.text_too_long.
 */
#ifndef TREUE_IMPORTER_XLSX_SHEET_H
#define TREUE_IMPORTER_XLSX_SHEET_H

#include "importer/xlsx_number.h"
#include "importer/xlsx_styles.h"
#include "importer/xlsx_text.h"

enum { XLSX_ROW_BYTES_MAX = 4 << 20 }; /* a thousand columns of four KB each */

enum xlsx_cell_kind {
        XLSX_CELL_TEXT,
        XLSX_CELL_NUMBER,   /* text: digits as they stand, for xlsx_add_number */
        XLSX_CELL_MOMENT,   /* moment; text as for a number, or the ISO text */
        XLSX_CELL_YES_NO,   /* text: "1" or "0" */
        XLSX_CELL_ERROR,    /* text: "#N/A" */
};

struct xlsx_cell {
        uint32_t column;    /* from 0 */
        enum xlsx_cell_kind kind;
        enum xlsx_meaning meaning; /* of a moment */
        struct xlsx_moment moment;
        struct text text;   /* never empty */
};

struct xlsx_row {
        uint32_t number;    /* from 1 */
        bool hidden;
        const struct xlsx_cell *cells; /* by column */
        size_t count;
};

struct xlsx_sheet;
/* A row is handed over when it is complete; what it points to lives until `take` returns. A status other than
 * STATUS_OK ends the reading with it. */
typedef enum status (*xlsx_take_row)(void *context, const struct xlsx_row *row, struct error *error);

/* What a sheet refers to; all of it outlives the sheet. */
struct xlsx_sheet_source {
        struct archive *archive;
        size_t entry;
        const char *file_name, *sheet_name;
        const struct xlsx_styles *styles;
        const struct xlsx_strings *strings;
        bool from_1904;
};
must_check enum status xlsx_sheet_open(const struct xlsx_sheet_source *source, xlsx_take_row take, void *context,
                                       struct xlsx_sheet **ret, struct error *error);
/* Reads on; *ret_more false at the end of the sheet. */
must_check enum status xlsx_sheet_step(struct xlsx_sheet *sheet, bool *ret_more, struct error *error);
void xlsx_sheet_pause(struct xlsx_sheet *sheet);    /* from within `take`: the step ends behind this row */
uint64_t xlsx_sheet_bytes_read(const struct xlsx_sheet *sheet);
void xlsx_sheet_close(struct xlsx_sheet *sheet);    /* accepts NULL */

#endif
