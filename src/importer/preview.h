/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * preview.h: what a dry run shows: how the columns are mapped and the first rows as they were understood.
 */
#ifndef TREUE_IMPORTER_PREVIEW_H
#define TREUE_IMPORTER_PREVIEW_H

#include "importer/import.h"

enum { PREVIEW_ROWS = 5 };

struct preview_column {
        struct text field;    /* "unit_price", "attribute:colour" */
        struct text place;    /* header or number of the column; the constant when is_constant */
        struct text format;   /* date format; empty: none */
        unsigned prefix;
        bool is_constant;
};

struct preview_row {
        const char *sheet;    /* of a workbook, else "" */
        uint64_t line;        /* or row of the sheet */
        struct text *cells;   /* by column: value as understood, or the cell as it stands when it was refused */
        bool *refused;
};

struct import_preview {
        size_t column_count, row_count;
        struct preview_column *columns;
        struct preview_row rows[PREVIEW_ROWS];
        struct text rejected; /* the first reasons in words, one per line */
};

/* Reads the first rows of run->file and rewinds it. */
must_check enum status preview_make(struct import_run *run, struct arena *arena, struct import_preview **ret,
                                    struct error *error);

#endif
