/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * unite.h: several customers evaluated as one (concept-format.md, `program.evaluates`): the facts of the members who
 * exist at the cut-off are united, their purchases are looked at together. What comes out is an input of its own, in
 * which each unit is a customer.
 *
 *   - `customer since` and `joined`: the earliest; a customer when one member is
 *   - an attribute or an imported value: known when all members who have one have the same
 *   - potential: the sum; known when one is; estimated when a part is
 *   - size class: that of the head, else of the member with the largest revenue of 12 months, of equal ones the first
 *   - activities and visits: those of all, added by whoever measures; certified people: counted once for the unit when
 *     the input of the customers is made
 *   - suspended when all are; guarded when one is
 *
 * Nothing is copied of the purchases: the documents of every member in every segment of the column index are handed to
 * the metrics as a segment of their own.
 */
#ifndef TREUE_ENGINE_UNITE_H
#define TREUE_ENGINE_UNITE_H

#include "base/arena.h"
#include "engine/input.h"
#include "engine/population.h"

struct engine_plan;

struct united {
        const struct engine_input *from;   /* the customers */
        struct engine_input input;         /* the units; its segments come from united_views */
        size_t views_max;                  /* segments of the largest unit */
        int32_t year_from_day, year_to_day; /* the 12 months that say who is the largest */
        uint32_t year_interval;            /* the plan's */
        /* By place in from->units->members: */
        bool *exists;                      /* at the cut-off, by its own facts: only those are united */
        int64_t *revenue_minor;            /* of the 12 months, of those who exist */
        /* By unit: */
        uint32_t *count;                   /* members who exist */
        uint32_t *size_from;               /* whose size class holds; UNIT_HEAD_NONE */
        struct purchase_history *history;
        /* The facts of `input`, writable. */
        uint8_t *kinds, *size_classes;
        int32_t *since_days, *joined_days, *recorded_days;
        int64_t *potential_minor;
        uint64_t *potential_known, *potential_estimated, *suspended, *guarded;
        struct attribute_value **attributes;
        int64_t **value_units, **certified;
        uint64_t **value_known;
};

/* Rows for all units of `from`, still empty. Purchases are those of its segments or of its figures, which must then say
 * what they count for units, too. Borrows from both. False without memory. */
bool united_new(const struct engine_input *from, const struct engine_plan *plan, struct arena *arena,
                struct united *ret);

/* Unites the units [begin, end). Threads may fill different words of 64 units at the same time. */
void united_fill(struct united *united, size_t begin, size_t end, bool *overflow);

/* The purchases of a filled unit: writes up to views_max segments in which the unit's number finds its members'
 * documents; returns how many. */
size_t united_views(const struct united *united, size_t unit, struct purchase_segment *views);

#endif
