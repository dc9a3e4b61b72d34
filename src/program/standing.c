/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * standing.c: walks runs with approved decisions from the latest cut-off back until everybody's standing is known. Of
 * several decisions of one cut-off the last approved counts: single decisions may be approved in any order.
 */
#include "program/standing.h"

#include "base/varint.h"
#include "queries.h"

/* A customer's last approved decision of the cut-off at hand; approval 0: none. */
struct pending {
        int64_t run_id;
        int32_t approval, grace_end_day;
        uint8_t segment;         /* SEGMENT_NONE: without membership, or `gone` */
        bool suspended, override, grace, ends_next;
        struct text gone;        /* the concept does not know it */
};

/* What a decision left behind, and where it stands: run 0: none yet. */
struct left {
        int64_t run_id;
        int32_t approval, cutoff_day, grace_end_day;
        uint8_t segment;
        bool grace, ends_next;
        struct text gone;
};

/* How far back a customer's decisions were followed. */
struct trail {
        struct left latest;      /* of the latest decision */
        struct left earned;      /* of the latest that no override had a hand in */
        bool known;              /* enough was seen */
        bool kept;               /* `earned` is of a suspended decision, unless an override lies before it */
        bool granted;            /* past an override */
};

/* An approved override valid on the cut-off; id 0: none. */
struct override {
        int64_t id, requested_ms;
        uint8_t segment;
};

struct walk {
        const struct concept *concept;
        struct arena *arena;
        int32_t cutoff_day;      /* of the evaluation: decisions of earlier ones count */
        int32_t day;             /* on which overrides are valid */
        int32_t effective_to;    /* decisions in effect by then count; DAY_OPEN_END: all */
        int32_t run_cutoff_day;  /* of the runs that are being taken */
        const int64_t *customer_ids;
        size_t count, open;      /* customers whose standing is not yet known */
        struct pending *pending;
        struct trail *trails;
        struct override *overrides;
        struct standing *standings;
};

uint8_t standing_segment(const struct concept *concept, struct text id)
{
        for (size_t s = 0; s < concept->segment_count; s++)
                if (text_equal(concept->segments[s].id, id))
                        return (uint8_t)s;
        for (size_t r = 0; r < concept->replacement_count; r++)
                if (text_equal(concept->replacements[r].old, id))
                        return concept->replacements[r].segment;
        return SEGMENT_NONE;
}

static enum status segment_gone(struct text id, struct error *error)
{
        char segment[64];
        snprintf(segment, sizeof(segment), "%.*s", (int)id.length, id.data);
        return error_set(error, STATUS_CONFLICT, "run.segment_gone", "segment", segment, NULL);
}

/* ---- decisions of one cut-off ----------------------------------------------------------------------------------- */

static enum status note(struct walk *walk, size_t index, int64_t run_id, const struct q_decision_standing_row *row,
                        struct error *error)
{
        struct pending *pending = &walk->pending[index];
        bool suspended = text_is(row->decision, "suspended");
        *pending = (struct pending){
                .run_id = run_id,
                .approval = row->approval_number,
                .suspended = suspended,
                .override = text_is(row->decision, "override"),
                .segment = SEGMENT_NONE,
                .grace = row->grace,
                .ends_next = row->grace && !row->has_grace_end_day,
                .grace_end_day = row->has_grace_end_day ? row->grace_end_day : DAY_NONE,
        };
        if (text_is(row->decision, "unclassified") ||
            (suspended && (!row->has_segment_before || !text_equal(row->segment_before, row->segment))))
                return STATUS_OK;
        pending->segment = standing_segment(walk->concept, row->segment);
        if (pending->segment != SEGMENT_NONE)
                return STATUS_OK;
        pending->gone.data = arena_copy(walk->arena, row->segment.data, row->segment.length);
        pending->gone.length = row->segment.length;
        return pending->gone.data ? STATUS_OK : error_memory(error);
}

static enum status note_run(struct connection *connection, struct walk *walk, int64_t run_id, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_decision_standing_args args = {run_id};
        size_t index = 0;
        enum status status = q_decision_standing_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_decision_standing_row row;
                bool more;
                status = q_decision_standing_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (index < walk->count && walk->customer_ids[index] < row.customer_id)
                        index++;
                if (index < walk->count && walk->customer_ids[index] == row.customer_id &&
                    !walk->trails[index].known && row.effective_day <= walk->effective_to &&
                    row.approval_number > walk->pending[index].approval)
                        status = note(walk, index, run_id, &row, error);
        }
        return status;
}

/* Suspended decisions keep the segment of the decision before them, overrides hide it: both are looked behind. */
static void take(struct walk *walk, size_t index)
{
        const struct pending *pending = &walk->pending[index];
        struct trail *trail = &walk->trails[index];
        struct left left = {
                .run_id = pending->run_id, .approval = pending->approval, .cutoff_day = walk->run_cutoff_day,
                .grace_end_day = pending->grace_end_day, .segment = pending->segment, .grace = pending->grace,
                .ends_next = pending->ends_next, .gone = pending->gone};
        if (!trail->latest.run_id)
                trail->latest = left;
        if (pending->override) {
                trail->granted = true;
                trail->kept = false;
                trail->earned = (struct left){.segment = SEGMENT_NONE};
                return;
        }
        if (!trail->kept)
                trail->earned = left;
        trail->kept = pending->suspended;
        if (trail->kept)
                return;
        trail->known = true;
        walk->open--;
}

/* The cut-off is complete: what was noted counts. */
static void take_cutoff(struct walk *walk)
{
        for (size_t i = 0; i < walk->count; i++) {
                if (walk->pending[i].approval)
                        take(walk, i);
                walk->pending[i].approval = 0;
        }
}

/* All runs were seen: where the customer stands. */
static enum status settle(struct walk *walk, size_t index, struct error *error)
{
        struct trail *trail = &walk->trails[index];
        struct standing *standing = &walk->standings[index];
        bool granted = trail->granted && standing->overridden;
        if (granted && trail->latest.gone.data)
                return segment_gone(trail->latest.gone, error);
        if (trail->earned.gone.data)
                return segment_gone(trail->earned.gone, error);
        const struct left *left = granted ? &trail->latest : &trail->earned;
        bool grace = left->run_id && left->grace && left->segment != SEGMENT_NONE && !trail->granted;
        standing->segment = left->run_id ? left->segment : SEGMENT_NONE;
        standing->earned_segment = trail->earned.run_id ? trail->earned.segment : SEGMENT_NONE;
        standing->granted = granted;
        standing->grace = grace;
        standing->grace_ends_next = grace && left->ends_next;
        standing->grace_end_day = grace ? left->grace_end_day : DAY_NONE;
        return STATUS_OK;
}

/* ---- runs and overrides ----------------------------------------------------------------------------------------- */

struct earlier_run {
        int64_t id;
        int32_t cutoff_day;
};

/* The runs with approved decisions before a cut-off, the latest first. */
static enum status list_runs(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                             struct buffer *ret_runs, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_run_approved_before_args args = {program_id, cutoff_day};
        enum status status = q_run_approved_before_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_run_approved_before_row row;
                bool more;
                status = q_run_approved_before_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct earlier_run run = {row.id, row.cutoff_day};
                if (!buffer_add(ret_runs, &run, sizeof(run)))
                        status = error_memory(error);
        }
        return status;
}

static enum status walk_runs(struct connection *connection, struct walk *walk, const struct buffer *runs,
                             struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t at = 0; at < runs->length && status == STATUS_OK && walk->open; at += sizeof(struct earlier_run)) {
                struct earlier_run run, next = {.cutoff_day = DAY_NONE};
                memcpy(&run, runs->data + at, sizeof(run));
                if (at + sizeof(run) < runs->length)
                        memcpy(&next, runs->data + at + sizeof(run), sizeof(next));
                walk->run_cutoff_day = run.cutoff_day;
                status = note_run(connection, walk, run.id, error);
                if (status == STATUS_OK && next.cutoff_day != run.cutoff_day)
                        take_cutoff(walk);
        }
        return status;
}

static enum status read_overrides(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                                  struct walk *walk, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_override_valid_args args = {program_id, cutoff_day};
        size_t index = 0;
        enum status status = q_override_valid_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_override_valid_row row;
                bool more;
                status = q_override_valid_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                while (index < walk->count && walk->customer_ids[index] < row.customer_id)
                        index++;
                if (index == walk->count || walk->customer_ids[index] != row.customer_id ||
                    walk->standings[index].overridden)
                        continue;
                walk->standings[index].overridden = true;
                walk->standings[index].override_segment = standing_segment(walk->concept, row.segment);
                walk->overrides[index] = (struct override){row.id, row.requested_ms,
                                                           walk->standings[index].override_segment};
                if (walk->standings[index].override_segment == SEGMENT_NONE)
                        status = segment_gone(row.segment, error);
        }
        return status;
}

/* ---- units of several customers --------------------------------------------------------------------------------- */

/* Is what a merged member stood at already part of a decision of one it was merged into? It is when the other's
 * decision is newer, knew of the merge, and comes from a run that had none of the member's own. */
static bool absorbed(const struct walk *walk, const struct engine_units *units, uint32_t member)
{
        const struct left *own = &walk->trails[member].earned;
        uint32_t at = member;
        int32_t since_day = DAY_OPEN_START;
        while (units->merged_into && units->merged_into[at] != UNIT_HEAD_NONE) {
                since_day = units->merged_day[at] > since_day ? units->merged_day[at] : since_day;
                at = units->merged_into[at];
                const struct left *into = &walk->trails[at].earned;
                if (at == member)
                        return false;
                bool newer = into->cutoff_day > own->cutoff_day ||
                             (into->cutoff_day == own->cutoff_day && into->approval > own->approval);
                if (into->run_id && own->run_id && into->run_id != own->run_id && newer &&
                    into->cutoff_day >= since_day)
                        return true;
        }
        return false;
}

/* A grace that ends with the next run ends now. */
static int32_t grace_end(const struct walk *walk, const struct standing *standing)
{
        return standing->grace_ends_next ? walk->cutoff_day : standing->grace_end_day;
}

static bool better_segment(const struct concept *concept, uint8_t segment, uint8_t than)
{
        if (segment == SEGMENT_NONE || than == SEGMENT_NONE)
                return than == SEGMENT_NONE && segment != SEGMENT_NONE;
        if (concept->segments[segment].kind != concept->segments[than].kind)
                return concept->segments[segment].kind == KIND_CUSTOMER;
        return segment < than;
}

static void unite(struct walk *walk, const struct engine_units *units, size_t unit)
{
        struct standing common = {.segment = SEGMENT_NONE, .earned_segment = SEGMENT_NONE,
                                  .grace_end_day = DAY_NONE};
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                const struct standing *own = &walk->standings[units->members[at]];
                if (walk->trails && absorbed(walk, units, units->members[at]))
                        continue;
                if (better_segment(walk->concept, own->segment, common.segment))
                        common.segment = own->segment;
                if (better_segment(walk->concept, own->earned_segment, common.earned_segment))
                        common.earned_segment = own->earned_segment;
                common.granted |= own->granted;
                if (own->grace && (!common.grace || grace_end(walk, own) > grace_end(walk, &common))) {
                        common.grace = true;
                        common.grace_ends_next = own->grace_ends_next;
                        common.grace_end_day = own->grace_end_day;
                }
        }
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                struct standing *own = &walk->standings[units->members[at]];
                common.overridden = own->overridden;
                common.override_segment = own->override_segment;
                *own = common;
        }
}

/* The latest requested override of a member is that of all. */
static void share_override(struct walk *walk, const struct engine_units *units, size_t unit)
{
        const struct override *latest = NULL;
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                const struct override *own = &walk->overrides[units->members[at]];
                if (own->id && (!latest || own->requested_ms > latest->requested_ms ||
                                (own->requested_ms == latest->requested_ms && own->id > latest->id)))
                        latest = own;
        }
        for (uint32_t at = units->first[unit]; latest && at < units->first[unit + 1]; at++) {
                walk->standings[units->members[at]].overridden = true;
                walk->standings[units->members[at]].override_segment = latest->segment;
        }
}

/* The overrides of the cut-off; those of a unit's members are shared. */
static enum status take_overrides(struct connection *connection, int64_t program_id, struct walk *walk,
                                  const struct engine_units *units, struct error *error)
{
        for (size_t i = 0; i < walk->count; i++)
                walk->standings[i].overridden = false;
        walk->overrides = arena_array(walk->arena, struct override, walk->count + 1);
        if (!walk->overrides)
                return error_memory(error);
        enum status status = read_overrides(connection, program_id, walk->day, walk, error);
        for (size_t unit = 0; units && unit < units->unit_count; unit++)
                share_override(walk, units, unit);
        return status;
}

static bool walk_init(struct walk *walk)
{
        size_t count = walk->count;
        walk->pending = arena_array(walk->arena, struct pending, count + 1);
        walk->trails = arena_array(walk->arena, struct trail, count + 1);
        walk->standings = arena_array(walk->arena, struct standing, count + 1);
        return walk->pending && walk->trails && walk->standings;
}

static enum status walk_all(struct connection *connection, int64_t program_id, struct walk *walk,
                            const struct engine_units *units, struct standing **ret, struct error *error)
{
        if (!walk_init(walk))
                return error_memory(error);
        struct buffer runs buffer_cleanup;
        buffer_init(&runs, 1 << 20);
        enum status status = take_overrides(connection, program_id, walk, units, error);
        if (status == STATUS_OK)
                status = list_runs(connection, program_id, walk->cutoff_day, &runs, error);
        if (status == STATUS_OK)
                status = walk_runs(connection, walk, &runs, error);
        for (size_t i = 0; i < walk->count && status == STATUS_OK; i++)
                status = settle(walk, i, error);
        for (size_t unit = 0; status == STATUS_OK && units && unit < units->unit_count; unit++)
                unite(walk, units, unit);
        if (status == STATUS_OK)
                *ret = walk->standings;
        return status;
}

enum status standing_load(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                          const struct concept *concept, const int64_t *customer_ids, size_t count,
                          const struct engine_units *units, struct arena *arena, struct standing **ret,
                          struct error *error)
{
        struct walk walk = {.concept = concept, .arena = arena, .cutoff_day = cutoff_day, .day = cutoff_day,
                            .effective_to = DAY_OPEN_END, .customer_ids = customer_ids, .count = count, .open = count};
        return walk_all(connection, program_id, &walk, units, ret, error);
}

enum status standing_in_effect(struct connection *connection, int64_t program_id, int32_t day,
                               const struct concept *concept, const int64_t *customer_ids, size_t count,
                               struct arena *arena, struct standing **ret, struct error *error)
{
        struct walk walk = {.concept = concept, .arena = arena, .cutoff_day = day + 1, .day = day, .effective_to = day,
                            .customer_ids = customer_ids, .count = count, .open = count};
        return walk_all(connection, program_id, &walk, NULL, ret, error);
}

/* ---- chains of evaluations -------------------------------------------------------------------------------------- */

void standing_after(const struct decisions *decisions, const struct engine_units *units, struct standing *standings)
{
        for (size_t i = 0; i < decisions->customer_count; i++) {
                uint8_t decision = decisions->decision[i], segment = decisions->segment[i];
                struct standing before = standings[i];
                bool override = decision == DECISION_OVERRIDE, suspended = decision == DECISION_SUSPENDED;
                if (decision == DECISION_NOT_EVALUATED)
                        continue;
                if (decision == DECISION_UNCLASSIFIED || (suspended && decisions->before[i] != segment))
                        segment = SEGMENT_NONE;
                bool grace = segment != SEGMENT_NONE && decisions->grace[i];
                int32_t end_day = grace ? decisions->grace_end_day[i] : DAY_NONE;
                standings[i] = (struct standing){
                        .segment = segment,
                        .grace = grace,
                        .grace_ends_next = grace && end_day == DAY_NONE,
                        .grace_end_day = end_day,
                        .granted = override || (suspended && before.granted),
                        .earned_segment = override || (suspended && before.granted) ? before.earned_segment : segment,
                };
        }
        /* A member that does not exist yet was lent the standing of its unit, which is not its own. */
        for (uint32_t at = 0; units && at < units->first[units->unit_count]; at++)
                if (units->counts_as[at] != units->members[at] ||
                    decisions->decision[units->members[at]] == DECISION_NOT_EVALUATED)
                        standings[units->members[at]] = (struct standing){
                                .segment = SEGMENT_NONE, .earned_segment = SEGMENT_NONE, .grace_end_day = DAY_NONE};
}

enum status standing_next(struct connection *connection, int64_t program_id, int32_t cutoff_day,
                          const struct concept *concept, const int64_t *customer_ids, size_t count,
                          const struct engine_units *units, struct arena *arena, struct standing *standings,
                          struct error *error)
{
        struct walk walk = {.concept = concept, .arena = arena, .cutoff_day = cutoff_day, .day = cutoff_day,
                            .customer_ids = customer_ids, .count = count, .standings = standings};
        enum status status = take_overrides(connection, program_id, &walk, units, error);
        for (size_t i = 0; i < count; i++)
                if (standings[i].granted && !standings[i].overridden) {
                        standings[i].segment = standings[i].earned_segment;
                        standings[i].granted = false;
                }
        for (size_t unit = 0; status == STATUS_OK && units && unit < units->unit_count; unit++)
                unite(&walk, units, unit);
        return status;
}

/* Version, segment, bits, the segment of an override, last day of the grace. */
enum { PACK_VERSION = 1, BIT_GRACE = 1, BIT_ENDS_NEXT = 2, BIT_OVERRIDDEN = 4, PACK_HEAD = 4 };
_Static_assert(sizeof(struct standing) == 8, "a new member of struct standing must be packed, with a new version");

bool standing_pack(const struct standing *standing, struct buffer *out)
{
        uint8_t bytes[PACK_HEAD + VARINT_BYTES_MAX] = {
                PACK_VERSION,
                standing->segment,
                (uint8_t)((standing->grace ? BIT_GRACE : 0) | (standing->grace_ends_next ? BIT_ENDS_NEXT : 0) |
                          (standing->overridden ? BIT_OVERRIDDEN : 0)),
                standing->overridden ? standing->override_segment : SEGMENT_NONE,
        };
        size_t length = PACK_HEAD + varint_put(bytes + PACK_HEAD, zigzag(standing->grace_end_day));
        return buffer_add(out, bytes, length);
}

bool standing_unpack(struct bytes packed, const struct concept *concept, struct standing *ret)
{
        if (packed.length <= PACK_HEAD || packed.data[0] != PACK_VERSION ||
            packed.data[2] > (BIT_GRACE | BIT_ENDS_NEXT | BIT_OVERRIDDEN) ||
            (packed.data[1] != SEGMENT_NONE && packed.data[1] >= concept->segment_count) ||
            ((packed.data[2] & BIT_OVERRIDDEN) && packed.data[3] >= concept->segment_count))
                return false;
        const uint8_t *cursor = packed.data + PACK_HEAD, *end = packed.data + packed.length;
        uint64_t day;
        if (!varint_get(&cursor, end, &day) || cursor != end || unzigzag(day) < INT32_MIN || unzigzag(day) > INT32_MAX)
                return false;
        *ret = (struct standing){
                .segment = packed.data[1],
                .grace = (packed.data[2] & BIT_GRACE) != 0,
                .grace_ends_next = (packed.data[2] & BIT_ENDS_NEXT) != 0,
                .overridden = (packed.data[2] & BIT_OVERRIDDEN) != 0,
                .override_segment = (packed.data[2] & BIT_OVERRIDDEN) ? packed.data[3] : 0,
                .grace_end_day = (int32_t)unzigzag(day),
        };
        return true;
}

enum status membership_at(struct connection *connection, int64_t program_id, int64_t customer_id, int32_t day,
                          struct arena *arena, struct text *ret_segment, bool *ret_found, struct error *error)
{
        struct q_membership_at_args args = {customer_id, program_id, day};
        struct q_membership_at_row row;
        bool found;
        enum status status = q_membership_at(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (found) {
                const char *copy = arena_copy(arena, row.segment.data, row.segment.length);
                if (!copy)
                        return error_memory(error);
                *ret_segment = (struct text){copy, row.segment.length};
        }
        *ret_found = found;
        return STATUS_OK;
}
