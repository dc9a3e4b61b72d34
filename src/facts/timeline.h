/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * timeline.h: the dated facts of one customer, contact or article laid out as rows: one for each day on which something
 * begins to hold, with what begins to hold then. Read back in their order by one import, such rows say the same as the
 * facts they were made from, by the rule of dated.h.
 *
 * The first value of a fact is open at its start: it stands in the first row, whose day lies before all that replaces
 * such a value; the smallest day of one import is the open one.
 */
#ifndef TREUE_FACTS_TIMELINE_H
#define TREUE_FACTS_TIMELINE_H

#include "base/arena.h"
#include "base/status.h"
#include "facts/dated.h"

struct timeline;

/* Facts are numbered from 0. `dated`: by fact; the others have one value, that of the latest import.
 * Lives in the arena; timeline_release frees what it holds besides. */
must_check enum status timeline_new(struct arena *arena, const bool *dated, size_t fact_count, struct timeline **ret,
                                    struct error *error);
void timeline_release(struct timeline *timeline); /* accepts NULL */
void timeline_clear(struct timeline *timeline);   /* for the next one */

/* False without memory. */
bool timeline_add(struct timeline *timeline, size_t fact, int32_t valid_from, int64_t generation, struct text value);

/* Calls `row` with the values that begin to hold on each day, the earliest first; none: {NULL, 0}. Without any fact it
 * is called once, with DAY_NONE. */
typedef enum status (*timeline_row)(void *context, int32_t start, const struct text *values, struct error *error);
must_check enum status timeline_rows(struct timeline *timeline, timeline_row row, void *context, struct error *error);
/* Calls `row` once, with what is valid on the day. */
must_check enum status timeline_on(struct timeline *timeline, int32_t day, timeline_row row, void *context,
                                   struct error *error);

#endif
