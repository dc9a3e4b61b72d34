/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dated.h: the rule of dated facts, in one place.
 *
 * Among the visible rows of one fact of one customer (or product), the row of the earliest import (by generation;
 * within it the smallest valid_from) is open at its start; every other row holds from its valid_from. Valid on a day
 * is the row with the greatest start on or before it; of equal starts the later generation. Facts that are not dated
 * (`customer since`, `joined`, contact data) are those of the latest generation.
 */
#ifndef TREUE_FACTS_DATED_H
#define TREUE_FACTS_DATED_H

#include "base/buffer.h"
#include "base/calendar.h"

struct dated_row {
        int32_t start;          /* valid_from; DAY_OPEN_START once dated_open has run */
        int64_t generation;
        size_t offset, length;  /* of the value in `values` */
};

/* The visible rows of one fact. */
struct dated {
        struct dated_row *rows;
        size_t count, capacity;
        struct buffer values;
};

void dated_init(struct dated *dated);
void dated_release(struct dated *dated);
void dated_clear(struct dated *dated);
/* False without memory. */
bool dated_add(struct dated *dated, int32_t valid_from, int64_t generation, struct text value);
/* Opens the first row at its start; to be called once, when all rows are there. */
void dated_open(struct dated *dated);
/* The value on a day, borrowed until dated_clear; false: none. After dated_open. */
bool dated_on(const struct dated *dated, int32_t day, struct text *ret);
/* The value of a fact that is not dated. */
bool dated_latest(const struct dated *dated, struct text *ret);

/* Is a fact of customers dated? By its code (kind, trade, attribute:NAME, ...). */
bool fact_is_dated(struct text code);

#endif
