/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * columns.h: a small table for the terminal: cells are gathered, widths counted in characters, control characters shown
 * as '?' (what stands in a file must not steer a terminal).
 */
#ifndef TREUE_CLI_COLUMNS_H
#define TREUE_CLI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"

enum { COLUMNS_SHOWN_MAX = 64 };

struct columns {
        size_t count;                    /* columns per row */
        bool right[COLUMNS_SHOWN_MAX];   /* aligned to the right: numbers */
        size_t width_max;                /* longer cells are cut with an ellipsis; 0: never */
        struct buffer cells;             /* NUL-terminated texts, row by row */
        size_t cell_count;
};

void columns_init(struct columns *columns, size_t count, size_t width_max);
void columns_release(struct columns *columns);
void columns_add(struct columns *columns, struct text cell);
void columns_add_count(struct columns *columns, const char *grouped_number); /* to the right */
/* The rows; two blanks between the columns, `indent` in front. */
void columns_write(const struct columns *columns, const char *indent, struct buffer *out);

#endif
