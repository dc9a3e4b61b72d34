/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * overrides.h: segments granted instead of earned. Asked for with a reason, approved by somebody else, for a limited
 * time, and only as many as the concept allows (mechanics.override: max_months, max_share): segments are earned.
 *
 * The limit: on no day more approved overrides may put customers into a segment than max_share of the members it has
 * by the latest approved decisions, rounded down. Everything that happens leaves an audit entry.
 */
#ifndef TREUE_PROGRAM_OVERRIDES_H
#define TREUE_PROGRAM_OVERRIDES_H

#include "program/requests.h"
#include "program/versions.h"

enum override_state { OVERRIDE_REQUESTED, OVERRIDE_APPROVED, OVERRIDE_REFUSED, OVERRIDE_WITHDRAWN,
                      OVERRIDE_STATE_COUNT };
extern const char *const override_state_names[OVERRIDE_STATE_COUNT]; /* also part of catalogue keys */

struct override {
        struct filed_request request; /* answer: the reason of the decision */
        struct text segment;
        int32_t valid_from, valid_to; /* both inclusive */
        int64_t requested_ms;
        enum override_state state;
};

/* By number. Lives in the arena. */
must_check enum status override_list_load(struct connection *connection, int64_t program_id, struct arena *arena,
                                          struct override **ret, size_t *ret_count, struct error *error);

struct override_request {
        int64_t customer_id;
        const char *segment, *reason, *actor;
        int32_t valid_from, valid_to;
};
/* STATUS_USAGE "override.reason_missing"; STATUS_INVALID "override.unknown_segment" {segment} {segments},
 * "override.ends_first", "override.too_long" {count} {last}. Audit entry "override.requested". The rules are those of
 * `version`, the latest released one. */
must_check enum status override_request(struct database *database, const struct version *version,
                                        const struct override_request *request, int64_t *ret_id, struct error *error);

/* Approves, refuses or withdraws. Approving: somebody else than who asked (STATUS_CONFLICT "override.same_person"
 * {actor}), within the limit ("override.share_exceeded" {segment} {already} {members} {limit}), and the customer
 * has no other approved one in that time ("override.overlaps"). Requested ones can be approved and refused, requested
 * and approved ones withdrawn: else "override.wrong_state". Audit entry "override.approved", "override.refused",
 * "override.withdrawn". */
must_check enum status override_decide(struct database *database, const struct version *version,
                                       const struct override *override, enum override_state state, const char *actor,
                                       const char *reason, struct error *error);

/* How far a segment's limit is used on a day. */
struct override_share {
        struct text segment;
        int64_t members;              /* by the latest approved decisions */
        int64_t overrides;            /* approved and valid on the day */
        int64_t limit;
};
must_check enum status override_shares(struct connection *connection, const struct version *version, int32_t day,
                                       struct arena *arena, struct override_share **ret, size_t *ret_count,
                                       struct error *error);

#endif
