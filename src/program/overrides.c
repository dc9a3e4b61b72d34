/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * overrides.c: requests, decisions on them and the limit.
 */
#include "program/overrides.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "db/identity.h"
#include "db/write.h"
#include "access/audit_note.h"
#include "platform/clock.h"
#include "queries.h"

enum { LIST_BYTES_MAX = 1 << 26 };
#define ARENA_BYTES_MAX ((size_t)256 << 20)

const char *const override_state_names[OVERRIDE_STATE_COUNT] = {"requested", "approved", "refused", "withdrawn"};

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool keep_row(const struct q_override_list_row *row, struct arena *arena, struct override *ret)
{
        *ret = (struct override){
                .request = {.id = row->id, .customer_id = row->customer_id, .number = (int32_t)row->number},
                .valid_from = row->valid_from,
                .valid_to = row->valid_to,
                .requested_ms = row->requested_ms,
        };
        for (int s = 0; s < OVERRIDE_STATE_COUNT; s++)
                if (text_is(row->state, override_state_names[s]))
                        ret->state = (enum override_state)s;
        struct filed_request *request = &ret->request;
        return arena_keep_text(arena, row->segment, &ret->segment) &&
               arena_keep_text(arena, row->reason, &request->reason) &&
               arena_keep_text(arena, row->requested_by, &request->asked_by) &&
               (!row->has_decided_by || arena_keep_text(arena, row->decided_by, &request->decided_by)) &&
               (!row->has_decision_reason || arena_keep_text(arena, row->decision_reason, &request->answer));
}

enum status override_list_load(struct connection *connection, int64_t program_id, struct arena *arena,
                               struct override **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_override_list_args args = {program_id};
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        enum status status = q_override_list_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_override_list_row row;
                struct override override;
                bool more;
                status = q_override_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!keep_row(&row, arena, &override) || !buffer_add(&list, &override, sizeof(override)))
                        status = error_memory(error);
        }
        size_t count = list.length / sizeof(struct override);
        struct override *overrides = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !overrides)
                status = error_memory(error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                status = request_name_customer(connection, &overrides[i].request, arena, error);
        if (status != STATUS_OK)
                return status;
        *ret = overrides;
        *ret_count = count;
        return STATUS_OK;
}

/* ---- what happened ----------------------------------------------------------------------------------------------- */

struct happening {
        const char *kind, *actor, *reason;
        int64_t id, customer_id;
        struct text segment;
        int32_t valid_from, valid_to;
};

static enum status append_audit(struct connection *connection, const struct happening *happening, struct error *error)
{
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "customer");
        json_id_text(&note.json, happening->customer_id);
        json_key(&note.json, "segment");
        json_text(&note.json, happening->segment);
        json_key(&note.json, "from");
        json_day(&note.json, happening->valid_from);
        json_key(&note.json, "to");
        json_day(&note.json, happening->valid_to);
        json_key(&note.json, "reason");
        json_string(&note.json, happening->reason ? happening->reason : "");
        return audit_note_append(&note, connection, happening->actor, happening->kind, happening->id, error);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

struct asking {
        const struct version *version;
        const struct override_request *request;
        int64_t id;
};

static enum status check_segment(const struct concept *concept, const char *segment, struct error *error)
{
        struct buffer known buffer_cleanup;
        buffer_init(&known, 4096);
        for (size_t s = 0; s < concept->segment_count; s++) {
                if (text_is(concept->segments[s].id, segment))
                        return STATUS_OK;
                buffer_addf(&known, "%s%.*s", s ? ", " : "", (int)concept->segments[s].id.length,
                            concept->segments[s].id.data);
        }
        return error_set(error, STATUS_INVALID, "override.unknown_segment", "segment", segment, "segments", known.data,
                         NULL);
}

static enum status check_request(const struct version *version, const struct override_request *request,
                                 struct error *error)
{
        unsigned months = version->concept->mechanics.override_max_months;
        if (!request->reason || !*request->reason)
                return error_set(error, STATUS_USAGE, "override.reason_missing", NULL);
        enum status status = check_segment(version->concept, request->segment, error);
        if (status != STATUS_OK)
                return status;
        if (request->valid_to < request->valid_from)
                return error_set(error, STATUS_INVALID, "override.ends_first", NULL);
        int32_t last = day_add_months_clamped(request->valid_from, (int)months) - 1;
        if (request->valid_to <= last)
                return STATUS_OK;
        char number[16];
        struct buffer day buffer_cleanup;
        buffer_init(&day, 32);
        snprintf(number, sizeof(number), "%u", months);
        day_add_iso(&day, last);
        return error_set(error, STATUS_INVALID, "override.too_long", "count", number, "last", day.data, NULL);
}

static enum status ask(struct connection *connection, void *context, struct error *error)
{
        struct asking *asking = context;
        const struct override_request *request = asking->request;
        enum status status = identity_next(connection, &asking->id, error);
        if (status != STATUS_OK)
                return status;
        struct q_override_insert_args args = {
                .id = asking->id,
                .customer_id = request->customer_id,
                .program_id = asking->version->program_id,
                .segment = text_of(request->segment),
                .valid_from = request->valid_from,
                .valid_to = request->valid_to,
                .reason = text_of(request->reason),
                .requested_by = text_of(request->actor),
                .requested_ms = clock_now_ms(),
        };
        struct happening happening = {"override.requested", request->actor, request->reason, asking->id,
                                      request->customer_id, args.segment, request->valid_from, request->valid_to};
        status = q_override_insert(connection, &args, NULL, error);
        return status == STATUS_OK ? append_audit(connection, &happening, error) : status;
}

enum status override_request(struct database *database, const struct version *version,
                             const struct override_request *request, int64_t *ret_id, struct error *error)
{
        struct asking asking = {version, request, 0};
        enum status status = check_request(version, request, error);
        if (status == STATUS_OK)
                status = db_write(database, ask, &asking, error);
        if (status == STATUS_OK)
                *ret_id = asking.id;
        return status;
}

/* ---- the limit --------------------------------------------------------------------------------------------------- */

static enum status members_of(struct connection *connection, const struct version *version, struct text segment,
                              int64_t *ret_members, int64_t *ret_limit, struct error *error)
{
        struct fraction share = version->concept->mechanics.override_max_share;
        struct q_segment_members_args args = {version->program_id, segment};
        struct q_segment_members_row row;
        bool found;
        enum status status = q_segment_members(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        *ret_members = found ? row.members : 0;
        *ret_limit = (int64_t)((__int128)*ret_members * share.numerator / share.denominator);
        return STATUS_OK;
}

static bool valid_on(const struct override *override, int32_t day)
{
        return override->state == OVERRIDE_APPROVED && override->valid_from <= day && day <= override->valid_to;
}

static int64_t count_on(const struct override *list, size_t count, struct text segment, int32_t day)
{
        int64_t valid = 0;
        for (size_t i = 0; i < count; i++)
                valid += text_equal(list[i].segment, segment) && valid_on(&list[i], day);
        return valid;
}

/* The most that are valid on one day of a period: it begins with one of them or with the period. */
static int64_t most_at_once(const struct override *list, size_t count, const struct override *period)
{
        int64_t most = count_on(list, count, period->segment, period->valid_from);
        for (size_t i = 0; i < count; i++) {
                if (list[i].valid_from < period->valid_from || list[i].valid_from > period->valid_to)
                        continue;
                int64_t valid = count_on(list, count, period->segment, list[i].valid_from);
                most = valid > most ? valid : most;
        }
        return most;
}

enum status override_shares(struct connection *connection, const struct version *version, int32_t day,
                            struct arena *arena, struct override_share **ret, size_t *ret_count, struct error *error)
{
        const struct concept *concept = version->concept;
        struct override *list;
        size_t count;
        struct override_share *shares = arena_array(arena, struct override_share, concept->segment_count + 1);
        enum status status = shares ? override_list_load(connection, version->program_id, arena, &list, &count, error)
                                    : error_memory(error);
        for (size_t s = 0; s < concept->segment_count && status == STATUS_OK; s++) {
                shares[s].segment = concept->segments[s].id;
                shares[s].overrides = count_on(list, count, shares[s].segment, day);
                status = members_of(connection, version, shares[s].segment, &shares[s].members, &shares[s].limit,
                                    error);
        }
        if (status != STATUS_OK)
                return status;
        *ret = shares;
        *ret_count = concept->segment_count;
        return STATUS_OK;
}

/* ---- deciding ---------------------------------------------------------------------------------------------------- */

struct deciding {
        const struct version *version;
        const struct override *override;
        enum override_state state;
        const char *actor, *reason;
        struct arena *arena;
};

static enum status exceeded(const struct deciding *deciding, int64_t valid, int64_t members, int64_t limit,
                            struct error *error)
{
        char segment[64], already[24], of[24], most[24];
        snprintf(segment, sizeof(segment), "%.*s", (int)deciding->override->segment.length,
                 deciding->override->segment.data);
        snprintf(already, sizeof(already), "%lld", (long long)valid);
        snprintf(of, sizeof(of), "%lld", (long long)members);
        snprintf(most, sizeof(most), "%lld", (long long)limit);
        return error_set(error, STATUS_CONFLICT, "override.share_exceeded", "segment", segment, "already", already,
                         "members", of, "limit", most, NULL);
}

static enum status check_approval(struct connection *connection, const struct deciding *deciding, struct error *error)
{
        const struct override *override = deciding->override;
        struct override *list;
        size_t count;
        int64_t members, limit;
        if (text_is(override->request.asked_by, deciding->actor))
                return error_set(error, STATUS_CONFLICT, "override.same_person", "actor", deciding->actor, NULL);
        enum status status = override_list_load(connection, deciding->version->program_id, deciding->arena, &list,
                                                &count, error);
        if (status == STATUS_OK)
                status = members_of(connection, deciding->version, override->segment, &members, &limit, error);
        if (status != STATUS_OK)
                return status;
        for (const struct override *other = list; other < list + count; other++)
                if (other->state == OVERRIDE_APPROVED && other->request.customer_id == override->request.customer_id &&
                    other->valid_from <= override->valid_to && override->valid_from <= other->valid_to)
                        return request_conflict(&other->request, "override.overlaps", "override", error);
        int64_t valid = most_at_once(list, count, override);
        return valid + 1 > limit ? exceeded(deciding, valid, members, limit, error) : STATUS_OK;
}

static enum status decide(struct connection *connection, void *context, struct error *error)
{
        static const char *const kinds[] = {"override.requested", "override.approved", "override.refused",
                                            "override.withdrawn"};
        struct deciding *deciding = context;
        const struct override *override = deciding->override;
        int64_t changes = 0;
        bool possible = override->state == OVERRIDE_REQUESTED ||
                        (override->state == OVERRIDE_APPROVED && deciding->state == OVERRIDE_WITHDRAWN);
        struct q_override_decide_args args = {
                .customer_id = override->request.customer_id,
                .id = override->request.id,
                .seen = text_of(override_state_names[override->state]),
                .state = text_of(override_state_names[deciding->state]),
                .decided_by = text_of(deciding->actor),
                .decided_ms = clock_now_ms(),
                .decision_reason = text_of(deciding->reason ? deciding->reason : ""),
        };
        enum status status = possible && deciding->state == OVERRIDE_APPROVED
                                     ? check_approval(connection, deciding, error) : STATUS_OK;
        if (status == STATUS_OK && possible)
                status = q_override_decide(connection, &args, &changes, error);
        if (status != STATUS_OK)
                return status;
        if (changes != 1)
                return request_conflict(&override->request, "override.wrong_state", "override", error);
        struct happening happening = {kinds[deciding->state], deciding->actor, deciding->reason, override->request.id,
                                      override->request.customer_id, override->segment, override->valid_from,
                                      override->valid_to};
        return append_audit(connection, &happening, error);
}

enum status override_decide(struct database *database, const struct version *version, const struct override *override,
                            enum override_state state, const char *actor, const char *reason, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct deciding deciding = {version, override, state, actor, reason, arena};
        return arena ? db_write(database, decide, &deciding, error) : error_memory(error);
}
