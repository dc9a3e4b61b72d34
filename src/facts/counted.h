/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * counted.h: facts that are counted: certificates, activities, visits. Each family is read by one query in the order of
 * its keys; of several visible versions of a key the one of the latest generation is valid. What is dated after the
 * cut-off is invisible.
 */
#ifndef TREUE_FACTS_COUNTED_H
#define TREUE_FACTS_COUNTED_H

#include "facts/snapshot_parts.h"

/* People of each customer with a certificate valid on `day`, one column per qualification of `of` (empty: any); a
 * person counts once. */
must_check enum status certified_load(const struct snapshot *snapshot, struct connection *connection,
                                      const struct text *of, size_t count, int32_t day, struct arena *arena,
                                      struct engine_input *ret, struct error *error);

/* Days up to `day` of confirmed activities, one column per kind of `of` (empty: all), and of visits when wanted. */
must_check enum status events_load(const struct snapshot *snapshot, struct connection *connection,
                                   const struct text *of, size_t count, bool visits, int32_t day, struct arena *arena,
                                   struct engine_input *ret, struct error *error);

#endif
