/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_line.h: one line of a purchases file, from its fields to exact values, or what is wrong with it.
 *
 * The same function serves the fast first pass and the second one that writes the error file, so both agree.
 */
#ifndef TREUE_IMPORTER_PURCHASE_LINE_H
#define TREUE_IMPORTER_PURCHASE_LINE_H

#include "base/decimal.h"
#include "base/text.h"
#include "facts/packed_lines.h"
#include "importer/mapping.h"

enum purchase_column {
        PURCHASE_CUSTOMER, PURCHASE_DOCUMENT, PURCHASE_DATE, PURCHASE_ARTICLE, PURCHASE_AMOUNT, PURCHASE_QUANTITY,
        PURCHASE_UNIT_PRICE, PURCHASE_COST, PURCHASE_GROUP, PURCHASE_DESCRIPTION, PURCHASE_DIGITAL,
        PURCHASE_COLUMN_COUNT
};
extern const char *const purchase_column_names[PURCHASE_COLUMN_COUNT]; /* as in a profile */

/* Where a column's value comes from. */
struct purchase_source {
        int position;             /* 0-based in the record; -1: not in the file */
        unsigned prefix;          /* first n code points only; 0: all */
        struct text constant;     /* for every line, when position is -1 */
        const char *format;       /* of the date; NULL: 2025-12-31, 31.12.2025 */
        bool neutralised;         /* as in struct mapped_column */
};

struct purchase_layout {
        struct purchase_source columns[PURCHASE_COLUMN_COUNT];
        size_t file_columns;      /* a record must have as many */
        enum decimal_mark mark;
        unsigned minor_digits;    /* of the currency */
        const char *currency;     /* of the ledger, which amounts may name; NULL or "": none */
        const struct mapped_column *digital; /* NULL: not in the file */
        bool has_marks;           /* cost or digital may be marked on a line */
        bool carries_marks;       /* lines carry a mark byte: has_marks, a product group of its own, or no quantity */
        bool cell_errors;         /* a workbook: cells may hold errors (workbook.h) */
        bool group_of_article;    /* the group is taken from the article's column: a function of the article */
};

struct purchase_line {
        struct text customer, document, article, group, description; /* borrowed from the record */
        int32_t day;
        struct line line;         /* product and group not yet set */
        bool rounded;             /* an amount or cost had more decimals than the currency */
};

/* Remembers the last date, since neighbours share it. One per thread. */
struct purchase_cache {
        char date[32];
        size_t date_length;
        int32_t day;
};

struct purchase_fault {
        const char *key;          /* catalogue key of the reason, e.g. "import.reason.date"; NULL: none */
        int column;               /* 0-based column of the file, -1: the record as a whole */
        struct text value;
};

/* Parses a record. False with *ret_fault when something is wrong; customer and document are set even then, as far as
 * the record has them. */
bool purchase_line_parse(const struct purchase_layout *layout, const struct text *fields, size_t field_count,
                         struct purchase_cache *cache, struct purchase_line *ret, struct purchase_fault *ret_fault);

/* Names a document (customer, number, sheet; 0 in a text file) for the set of rejected ones. */
uint64_t purchase_key_hash(struct text customer, struct text document, uint32_t sheet);

#endif
