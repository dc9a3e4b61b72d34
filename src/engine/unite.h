/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * unite.h: several customers evaluated as one (concept-format.md, `program.evaluates`): the facts of the members who
 * exist at the cut-off are united, their purchases are looked at together.
 *
 *   - `customer since` and `joined`: the earliest; a customer when one member is
 *   - an attribute or an imported value: known when all members who have one have the same
 *   - potential: the sum; known when one is; estimated when a part is
 *   - size class: that of the head, else of the member with the largest revenue of 12 months, of equal ones the first
 *   - activities and visits: those of all; certified people: counted once for the unit when the input is made
 *   - suspended when all are; guarded when one is
 *
 * Nothing is copied of the purchases: the documents of every member in every segment of the column index are handed to
 * the metrics as a segment of their own.
 */
#ifndef TREUE_ENGINE_UNITE_H
#define TREUE_ENGINE_UNITE_H

#include "base/arena.h"
#include "engine/input.h"

/* Working memory for one unit after the other. */
struct united {
        struct engine_input facts;     /* the input with its own copies of the facts that uniting changes */
        struct engine_input input;     /* the unit at hand: those facts, its members' purchases as segments */
        uint64_t *in_unit;             /* bits: member of some unit */
        size_t count;                  /* members of the unit at hand who exist, ascending: */
        uint32_t *members, *counts_as;
        int64_t *revenue_minor;        /* of 12 months */
        uint32_t size_from;            /* whose size class holds */
        int32_t customer_since_day, recorded_day, joined_day;
        enum customer_kind kind;
        bool suspended, guarded;
        struct purchase_segment *views;
        /* The copies, writable. */
        uint8_t *kinds, *size_classes;
        int32_t *since_days, *joined_days, *recorded_days;
        int64_t *potential_minor;
        uint64_t *potential_known, *potential_estimated, *suspended_bits, *guarded_bits;
        struct attribute_value **attributes;
        int64_t **value_units;
        uint64_t **value_known;
};

/* False without memory. */
bool united_new(const struct engine_input *input, struct arena *arena, struct united *ret);

/* Finds the members of a unit who exist at the cut-off, each by his own facts; returns how many. `from_day` to
 * `to_day` are the 12 months that say who is the largest. */
size_t united_gather(struct united *united, const struct engine_input *input, size_t unit, int32_t from_day,
                     int32_t to_day, bool *overflow);

/* Writes the united facts into the rows of all gathered members and returns the input in which the first of them stands
 * for the unit. After united_gather. */
const struct engine_input *united_facts(struct united *united, bool *overflow);

#endif
