/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * table.h: a plain table for terminals: titles, a thin rule, aligned columns; widths are what a terminal shows.
 */
#ifndef TREUE_RENDER_TABLE_H
#define TREUE_RENDER_TABLE_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum { TABLE_COLUMNS_MAX = 64 };
enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table;
must_check enum status table_new(struct table **ret, struct error *error);
void table_free(struct table *table); /* accepts NULL */
static inline void table_freep(struct table **table) { table_free(*table); }
#define table_cleanup __attribute__((cleanup(table_freep)))

void table_column(struct table *table, const char *title, enum table_align align); /* before the first cell */
/* Cells of the column added last that are wider than `width_max` are cut and end with an ellipsis. */
void table_cut_column(struct table *table, size_t width_max);
/* Cells row by row, copied, control characters as blanks; a row is complete after as many cells as columns. */
void table_cell(struct table *table, struct text text);
void table_cell_string(struct table *table, const char *string);
void table_rule(struct table *table); /* a thin line before the next row: sums */
/* Appends the table; every line begins with `indent` blanks. False without memory. */
bool table_add_to(const struct table *table, unsigned indent, struct buffer *out);

size_t text_columns(struct text text); /* terminal columns of UTF-8 text */

#endif
