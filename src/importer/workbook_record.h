/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * workbook_record.h: cells of a sheet as fields of a delimited record; workbook.h says how they are written.
 */
#ifndef TREUE_IMPORTER_WORKBOOK_RECORD_H
#define TREUE_IMPORTER_WORKBOOK_RECORD_H

#include "base/buffer.h"
#include "base/decimal.h"
#include "importer/profile.h"
#include "importer/xlsx_sheet.h"

/* How a column of the record is read behind. */
struct record_column {
        bool number, day;         /* the profile reads it as a number, as a day */
        const char *format;       /* the profile's date format; NULL: none */
};

/* What the profile reads columns as: ret[0..count). `fields`: the header's. */
void record_columns(const struct profile *profile, const struct text *fields, size_t count,
                    struct record_column *ret);

struct record_form {
        char delimiter;
        enum decimal_mark mark;
        bool texts_only;          /* numbers are left blank: what is left is what texts say about the decimal mark */
};
/* Appends a cell, quoted where it has to be. */
void record_add_cell(struct buffer *out, const struct record_form *form, const struct record_column *column,
                     const struct xlsx_cell *cell, struct buffer *scratch);
void record_add_text(struct buffer *out, char delimiter, struct text text);
/* A cell as the text of a header. */
void record_add_plain(struct buffer *out, const struct xlsx_cell *cell);

#endif
