/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * standing.h: where customers stand before an evaluation: by the latest approved decision of an earlier cut-off in the
 * same program (by cut-off, then approval), even if its effective date still lies ahead.
 *
 *   - unclassified, and suspended without a membership to keep: without membership
 *   - after an override that is no longer valid: the segment of the latest decision before it that was not an override,
 *     without grace
 *   - a segment of an earlier version: the one that the concept's `replaces` names for it
 *   - a unit of several customers: the best segment and the longest grace of its members. A merged customer's own
 *     decisions count until the one it was merged into got a decision that knew of the merge.
 */
#ifndef TREUE_PROGRAM_STANDING_H
#define TREUE_PROGRAM_STANDING_H

#include "base/arena.h"
#include "base/buffer.h"
#include "db/db.h"
#include "engine/concept.h"
#include "engine/evaluate.h"
#include "engine/input.h"

/* An approved decision is one whose state in the view decision_state is `approved`: by its own verdict, else by its
 * run.
 *
 * For `count` customers by ascending id; `units` as in the engine's input (NULL: everybody is alone): its members get
 * the same standing. Overrides of the program that are valid on the cut-off are set; of several the latest requested.
 * STATUS_CONFLICT "run.segment_gone" {segment} when the concept lacks a segment somebody is in. */
must_check enum status standing_load(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                                     const struct concept *concept, const int64_t *customer_ids, size_t count,
                                     const struct engine_units *units, struct arena *arena, struct standing **ret,
                                     struct error *error);

/* As standing_load, where everybody is alone, for the segments in effect on a day: approved decisions of
 * cut-offs up to the day count from their effective day on, overrides while they are valid. */
must_check enum status standing_in_effect(struct connection *connection, int64_t program_id, int32_t day,
                                          const struct concept *concept, const int64_t *customer_ids, size_t count,
                                          struct arena *arena, struct standing **ret, struct error *error);

/* The segment of the concept that a stored segment id means: itself, or what replaces it; SEGMENT_NONE. */
uint8_t standing_segment(const struct concept *concept, struct text id);

/* What a stored run keeps of a standing, so that it can be repeated: appended in a packed form, and back. A new member
 * of struct standing belongs into it. False: without memory, or when the bytes do not fit the concept. */
bool standing_pack(const struct standing *standing, struct buffer *out);
bool standing_unpack(struct bytes packed, const struct concept *concept, struct standing *ret);

/* A chain of evaluations that is only played through. Where everybody stands once `decisions` are approved: customers
 * who were not evaluated stay where they are; those merged into another are part of that one's standing, and members
 * of a unit who do not exist yet have none. */
void standing_after(const struct decisions *decisions, const struct engine_units *units, struct standing *standings);

/* Makes the standings after one step of a chain those before the next: overrides valid then and units formed by then.
 * With standing_after: what standing_load would find had the steps been approved. */
must_check enum status standing_next(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                                     const struct concept *concept, const int64_t *customer_ids, size_t count,
                                     const struct engine_units *units, struct arena *arena,
                                     struct standing *standings, struct error *error);

/* The segment in effect on a day. *ret_found false: no membership yet. The text lives in the arena. */
must_check enum status membership_at(struct connection *connection, int64_t program_id, int64_t customer_id,
                                     int32_t day,
                                     struct arena *arena, struct text *ret_segment, bool *ret_found,
                                     struct error *error);

#endif
