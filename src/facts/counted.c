/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * counted.c: see counted.h. Valid rows become pairs (customer, what is counted) per column; sorted pairs make the
 * columns, so that nothing depends on the order in which customers come.
 */
#include "facts/counted.h"

#include <stdlib.h>

#include "queries.h"

struct pair {
        uint32_t at;          /* dense number of the customer */
        int64_t value;        /* person or day */
};

struct pairs {
        struct text of;
        struct pair *items;
        size_t count, capacity;
};

/* One version of a key. */
struct version {
        int64_t customer_id, part; /* person or source */
        struct text name;          /* qualification or kind */
        int32_t day, number;
        int64_t generation;        /* 0: not visible */
        bool counts;
};

struct counting {
        const struct snapshot *snapshot;
        struct customer_cursor cursor;
        struct pairs *columns;
        size_t count;
        bool by_person;            /* pairs hold the person, else the day */
        struct version held;       /* the best version of the key being read */
        struct buffer name;        /* of held */
};

static void counting_release(struct counting *counting)
{
        for (size_t i = 0; counting->columns && i < counting->count; i++)
                free(counting->columns[i].items);
        free(counting->columns);
        buffer_release(&counting->name);
}
#define counting_cleanup __attribute__((cleanup(counting_release)))

static bool counting_init(struct counting *counting, const struct snapshot *snapshot, const struct text *of,
                          size_t count)
{
        *counting = (struct counting){.snapshot = snapshot, .count = count,
                                      .cursor = {snapshot->ids, snapshot->customer_count, 0}};
        buffer_init(&counting->name, (size_t)128 << 20);
        counting->columns = calloc(count + 1, sizeof(*counting->columns));
        for (size_t i = 0; counting->columns && i < count; i++)
                counting->columns[i].of = of[i];
        return counting->columns != NULL;
}

static bool add_pair(struct pairs *pairs, struct pair pair)
{
        if (pairs->count == pairs->capacity) {
                size_t capacity = pairs->capacity ? pairs->capacity * 2 : 256;
                struct pair *items = realloc(pairs->items, capacity * sizeof(*items));
                if (!items)
                        return false;
                pairs->items = items;
                pairs->capacity = capacity;
        }
        pairs->items[pairs->count++] = pair;
        return true;
}

/* The key is complete. */
static bool settle(struct counting *counting)
{
        const struct version held = counting->held;
        counting->held.generation = 0;
        if (!held.generation || !held.counts)
                return true;
        int64_t at = customer_cursor_find(&counting->cursor, held.customer_id);
        for (size_t i = 0; at >= 0 && i < counting->count; i++) {
                struct pairs *pairs = &counting->columns[i];
                struct pair pair = {(uint32_t)at, counting->by_person ? held.part : held.day};
                if ((pairs->of.length == 0 || text_equal(pairs->of, held.name)) && !add_pair(pairs, pair))
                        return false;
        }
        return true;
}

/* Versions of a key follow each other. */
static bool take(struct counting *counting, struct version next)
{
        struct version *held = &counting->held;
        if (!next.generation)
                return true;
        bool same = held->generation && held->customer_id == next.customer_id && held->part == next.part &&
                    held->day == next.day && held->number == next.number && text_equal(held->name, next.name);
        if (same && next.generation < held->generation)
                return true;
        if (!same && !settle(counting))
                return false;
        if (!same) {
                buffer_clear(&counting->name);
                if (next.name.length && !buffer_add(&counting->name, next.name.data, next.name.length))
                        return false;
        }
        *held = next;
        held->name = (struct text){counting->name.data, next.name.length};
        return true;
}

static int compare_pairs(const void *left, const void *right)
{
        const struct pair *a = left, *b = right;
        if (a->at != b->at)
                return a->at < b->at ? -1 : 1;
        return (a->value > b->value) - (a->value < b->value);
}

static void sort_pairs(struct pairs *pairs)
{
        if (pairs->count > 1)
                qsort(pairs->items, pairs->count, sizeof(*pairs->items), compare_pairs);
}

/* ---- certificates ------------------------------------------------------------------------------------------------ */

static enum status read_certificates(struct counting *counting, struct connection *connection, int32_t day,
                                     struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_certificates_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_certificates_row row;
                bool more;
                status = q_facts_certificates_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct version next = {
                        .customer_id = row.customer_id, .part = row.person_id, .name = row.qualification,
                        .day = row.valid_from,
                        .generation = visibility_of(&counting->snapshot->visibility, row.import_id),
                        .counts = row.valid_from <= day && row.valid_to >= day};
                if (!take(counting, next))
                        return error_memory(error);
        }
        return status != STATUS_OK || settle(counting) ? status : error_memory(error);
}

/* Members of a unit share what is counted: pairs go to its first member, whose count all get afterwards. */
static void share_pairs(const struct engine_units *units, const uint32_t *first_of, struct pairs *pairs)
{
        for (size_t k = 0; units && k < pairs->count; k++)
                pairs->items[k].at = first_of[pairs->items[k].at];
}

static void share_counts(const struct engine_units *units, int64_t *people)
{
        for (size_t unit = 0; units && unit < units->unit_count; unit++)
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++)
                        people[units->members[at]] = people[units->members[units->first[unit]]];
}

/* By customer the first member of the unit; NULL without memory. */
static uint32_t *first_members(const struct engine_units *units, size_t count, struct arena *arena)
{
        uint32_t *first_of = arena_array(arena, uint32_t, count + 1);
        for (uint32_t i = 0; first_of && i < count; i++)
                first_of[i] = i;
        for (size_t unit = 0; first_of && unit < units->unit_count; unit++)
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++)
                        first_of[units->members[at]] = units->members[units->first[unit]];
        return first_of;
}

enum status certified_load(const struct snapshot *snapshot, struct connection *connection, const struct text *of,
                           size_t count, int32_t day, struct arena *arena, struct engine_input *ret,
                           struct error *error)
{
        counting_cleanup struct counting counting = {0};
        struct count_column *columns = arena_array(arena, struct count_column, count + 1);
        if (!counting_init(&counting, snapshot, of, count) || !columns)
                return error_memory(error);
        counting.by_person = true;
        uint32_t *first_of = ret->units && count ? first_members(ret->units, snapshot->customer_count, arena) : NULL;
        if (ret->units && count && !first_of)
                return error_memory(error);
        enum status status = count ? read_certificates(&counting, connection, day, error) : STATUS_OK;
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
                struct pairs *pairs = &counting.columns[i];
                int64_t *people = arena_array(arena, int64_t, snapshot->customer_count + 1);
                if (!people)
                        return error_memory(error);
                share_pairs(ret->units, first_of, pairs);
                sort_pairs(pairs);
                for (size_t k = 0; k < pairs->count; k++)
                        people[pairs->items[k].at] +=
                                k == 0 || compare_pairs(&pairs->items[k - 1], &pairs->items[k]) != 0;
                share_counts(ret->units, people);
                columns[i] = (struct count_column){of[i], people};
        }
        ret->certified_count = count;
        ret->certified = columns;
        return status;
}

/* ---- activities and visits --------------------------------------------------------------------------------------- */

static enum status read_activities(struct counting *counting, struct connection *connection, int32_t day,
                                   struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_activities_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_activities_row row;
                bool more;
                status = q_facts_activities_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct version next = {
                        .customer_id = row.customer_id, .part = row.source_id, .name = row.kind, .day = row.day,
                        .number = row.number,
                        .generation = visibility_of(&counting->snapshot->visibility, row.import_id),
                        .counts = row.confirmed && row.day <= day};
                if (!take(counting, next))
                        return error_memory(error);
        }
        return status != STATUS_OK || settle(counting) ? status : error_memory(error);
}

#define VISIT_HELD "confirmed" /* neither planned nor cancelled */

static enum status read_visits(struct counting *counting, struct connection *connection, int32_t day,
                               struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_visits_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_visits_row row;
                bool more;
                status = q_facts_visits_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct version next = {
                        .customer_id = row.customer_id, .part = row.source_id, .day = row.day, .number = row.number,
                        .generation = visibility_of(&counting->snapshot->visibility, row.import_id),
                        .counts = text_is(row.status, VISIT_HELD) && row.day <= day};
                if (!take(counting, next))
                        return error_memory(error);
        }
        return status != STATUS_OK || settle(counting) ? status : error_memory(error);
}

/* Sorted pairs as offsets and days. */
static bool make_events(struct pairs *pairs, size_t customer_count, struct arena *arena, enum metric metric,
                        struct event_column *ret)
{
        uint32_t *offset = arena_array(arena, uint32_t, customer_count + 2);
        int32_t *days = arena_array(arena, int32_t, pairs->count + 1);
        if (!offset || !days || pairs->count >= UINT32_MAX)
                return false;
        sort_pairs(pairs);
        for (size_t k = 0; k < pairs->count; k++) {
                offset[pairs->items[k].at + 1]++;
                days[k] = (int32_t)pairs->items[k].value;
        }
        for (size_t i = 0; i < customer_count; i++)
                offset[i + 1] += offset[i];
        *ret = (struct event_column){metric, pairs->of, offset, days};
        return true;
}

enum status events_load(const struct snapshot *snapshot, struct connection *connection, const struct text *of,
                        size_t count, bool visits, int32_t day, struct arena *arena, struct engine_input *ret,
                        struct error *error)
{
        const struct text none = {NULL, 0};
        counting_cleanup struct counting activities = {0};
        counting_cleanup struct counting visited = {0};
        struct event_column *columns = arena_array(arena, struct event_column, count + 2);
        if (!counting_init(&activities, snapshot, of, count) || !counting_init(&visited, snapshot, &none, 1) ||
            !columns)
                return error_memory(error);
        enum status status = count ? read_activities(&activities, connection, day, error) : STATUS_OK;
        if (status == STATUS_OK && visits)
                status = read_visits(&visited, connection, day, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                if (!make_events(&activities.columns[i], snapshot->customer_count, arena, METRIC_ACTIVITIES,
                                 &columns[i]))
                        return error_memory(error);
        if (visits && !make_events(&visited.columns[0], snapshot->customer_count, arena, METRIC_VISITS,
                                   &columns[count]))
                return error_memory(error);
        ret->event_count = count + visits;
        ret->events = columns;
        return STATUS_OK;
}
