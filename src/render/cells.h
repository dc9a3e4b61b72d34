/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cells.h: numbers as cells of a table in the reader's language, and small pictures made of block characters.
 */
#ifndef TREUE_RENDER_CELLS_H
#define TREUE_RENDER_CELLS_H

#include "i18n/message.h"
#include "render/table.h"

struct cells {
        enum language language;
        unsigned minor_digits;   /* of the currency */
        struct table *table;
        struct buffer scratch;
};

void cells_init(struct cells *cells, enum language language, unsigned minor_digits);
void cells_release(struct cells *cells);
#define cells_cleanup __attribute__((cleanup(cells_release)))

/* A new table; the one before is freed. */
must_check enum status cells_begin(struct cells *cells, struct error *error);
void cells_column(struct cells *cells, const char *key, enum table_align align);      /* title from the catalogue */
void cells_column_text(struct cells *cells, struct text title, enum table_align align);
void cells_text(struct cells *cells, struct text text);
void cells_key(struct cells *cells, const char *key);
void cells_count(struct cells *cells, uint64_t count);
void cells_count_or_blank(struct cells *cells, uint64_t count);                      /* nothing for 0 */
void cells_money(struct cells *cells, int64_t minor);
void cells_change(struct cells *cells, int64_t minor, bool money);                   /* with its sign; nothing for 0 */
void cells_percent(struct cells *cells, int64_t part, int64_t all);                  /* nothing of 0 */
void cells_day(struct cells *cells, int32_t day);
void cells_bar(struct cells *cells, uint64_t value, uint64_t full, unsigned width);

/* Appends a bar of `value` / `full` of `width` columns in eighths of a column; anything above 0 is seen. */
void bar_add(struct buffer *out, uint64_t value, uint64_t full, unsigned width);
/* One column whose shade says how much of `full` `value` is. */
void shade_add(struct buffer *out, uint64_t value, uint64_t full);

#endif
