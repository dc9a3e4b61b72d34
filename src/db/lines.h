/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * lines.h: the lines of a purchase document as columns, the form PostgreSQL stores. The embedded database keeps the
 * packed form (facts/packed_lines.h) as it is; facts lies to the right of db, so whoever opens a database hands in the
 * two functions that turn one form into the other.
 */
#ifndef TREUE_DB_LINES_H
#define TREUE_DB_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

/* One value per line and column, in the order of the packed form. Zero-initialised it is empty; used again it keeps its
 * memory. */
struct line_columns {
        size_t count, capacity;
        int32_t *article;
        int64_t *quantity, *amount, *cost;
        int32_t *group;
        int16_t *marks;
        bool has_costs, has_groups, has_marks; /* false: the column is all zeros and is not stored */
};

/* Makes room for `capacity` lines; false without memory. */
bool line_columns_reserve(struct line_columns *columns, size_t capacity);
void line_columns_release(struct line_columns *columns);

struct lines_codec {
        /* Fills the columns. False: the bytes are no packed form, or there is no memory. */
        bool (*split)(struct bytes packed, struct line_columns *columns);
        /* Appends exactly the bytes that were split. False: no packed form has these columns, or there is no memory. */
        bool (*join)(const struct line_columns *columns, struct buffer *out);
};

#endif
