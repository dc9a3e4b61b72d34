/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * figures.h: potentials and imported values valid on a day.
 *
 * A row is known by its key (customer, group or name, valid_from); of several visible versions of a key that of the
 * latest generation counts. Of the rows valid on the day the one with the latest valid_from is taken.
 */
#ifndef TREUE_FACTS_FIGURES_H
#define TREUE_FACTS_FIGURES_H

#include "base/arena.h"
#include "facts/snapshot_parts.h"

/* Fills the potential columns of `ret`; leaves potential_known NULL when nobody has one. */
must_check enum status potentials_load(const struct snapshot *snapshot, struct connection *connection,
                                       int32_t day, struct arena *arena, struct engine_input *ret, struct error *error);
/* One column for the value `name`. */
must_check enum status values_load(const struct snapshot *snapshot, struct connection *connection, struct text name,
                                   int32_t day, struct arena *arena, struct value_column *ret, struct error *error);
/* A column of units as read, each of its own scale: all are brought to the greatest one, in place. STATUS_LIMIT
 * "facts.value_too_large" {name}. */
must_check enum status values_to_common_scale(int64_t *units, const uint8_t *scales, const uint64_t *known,
                                              size_t count, struct text name, struct value_column *ret,
                                              struct error *error);

#endif
