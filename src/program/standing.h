/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * standing.h: where customers stand before an evaluation: by the latest approved decision of an earlier cut-off in the
 * same program (by cut-off, then approval), even if its effective date still lies ahead.
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
 * For `count` customers by ascending id. An unclassified customer counts as without membership. STATUS_CONFLICT
 * "run.segment_gone" {segment} when the concept lacks a segment somebody is in. */
must_check enum status standing_load(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                                     const struct concept *concept, const int64_t *customer_ids, size_t count,
                                     struct arena *arena, struct standing **ret, struct error *error);

/* What a stored run keeps of a standing, so that it can be repeated: appended in a packed form, and back. A new member
 * of struct standing belongs into it. False: without memory, or when the bytes do not fit the concept. */
bool standing_pack(const struct standing *standing, struct buffer *out);
bool standing_unpack(struct bytes packed, const struct concept *concept, struct standing *ret);

/* Where everybody stands once `decisions` are approved: what standing_load would find for a later cut-off. Customers
 * who were not evaluated stay where they are. */
void standing_after(const struct decisions *decisions, struct standing *standings);

/* The segment in effect on a day. *ret_found false: no membership yet. The text lives in the arena. */
must_check enum status membership_at(struct connection *connection, int64_t program_id, int64_t customer_id,
                                     int32_t day,
                                     struct arena *arena, struct text *ret_segment, bool *ret_found,
                                     struct error *error);

#endif
