/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * units.c: joins customers to sets (union-find over dense customer numbers), then lists the sets of two or more.
 */
#include "facts/units.h"

#include <stdlib.h>

#include "base/bits.h"
#include "facts/snapshot_parts.h"
#include "queries.h"

enum { NOBODY = UNIT_HEAD_NONE };

/* By customer. */
struct joining {
        size_t count;
        uint32_t *set;          /* towards the smallest number of the set */
        uint32_t *merged_into;  /* the next step; UNIT_HEAD_NONE */
        uint32_t *counts_as;    /* the end of that chain */
        uint32_t *parent;       /* whose site it is; NOBODY */
        int32_t *merged_day;    /* since when; DAY_NONE */
        uint64_t *guarded;
        bool any_guarded, joined;
};

static uint32_t set_of(struct joining *joining, uint32_t customer)
{
        while (joining->set[customer] != customer) {
                joining->set[customer] = joining->set[joining->set[customer]];
                customer = joining->set[customer];
        }
        return customer;
}

static void join(struct joining *joining, uint32_t one, uint32_t other)
{
        uint32_t left = set_of(joining, one), right = set_of(joining, other);
        joining->joined = true;
        if (left < right)
                joining->set[right] = left;
        else
                joining->set[left] = right;
}

static bool joining_init(struct joining *joining, size_t count, struct arena *arena)
{
        *joining = (struct joining){
                .count = count,
                .set = arena_array(arena, uint32_t, count + 1),
                .merged_into = arena_array(arena, uint32_t, count + 1),
                .counts_as = arena_array(arena, uint32_t, count + 1),
                .parent = arena_array(arena, uint32_t, count + 1),
                .merged_day = arena_array(arena, int32_t, count + 1),
                .guarded = arena_array(arena, uint64_t, bits_words(count) + 1),
        };
        if (!joining->set || !joining->merged_into || !joining->counts_as || !joining->parent ||
            !joining->merged_day || !joining->guarded)
                return false;
        for (uint32_t i = 0; i < count; i++) {
                joining->set[i] = joining->counts_as[i] = i;
                joining->merged_into[i] = joining->parent[i] = NOBODY;
                joining->merged_day[i] = DAY_NONE;
        }
        return true;
}

/* ---- merges ----------------------------------------------------------------------------------------------------- */

/* The last day of the program year that contains `day`. */
static int32_t year_end(const struct concept *concept, int32_t day)
{
        struct date date = {date_from_day(day).year, concept->year_starts.month, concept->year_starts.day};
        if (day_from_date(date) <= day)
                date.year++;
        return day_from_date(date) - 1;
}

static enum status read_merges(struct snapshot *snapshot, struct connection *connection, const struct concept *concept,
                               int32_t cutoff_day, struct joining *joining, struct arena *arena, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_merges_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_merges_row row;
                bool more = false;
                status = q_facts_merges_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!visibility_of(&snapshot->visibility, row.import_id) || row.valid_from > cutoff_day)
                        continue;
                int64_t from = snapshot_find_customer(snapshot, row.customer_id);
                int64_t into = snapshot_find_customer(snapshot, row.into_customer_id);
                if (from < 0 || into < 0)
                        continue;
                if (!joining->set && !joining_init(joining, snapshot->customer_count, arena))
                        return error_memory(error);
                joining->merged_into[from] = (uint32_t)into;
                joining->merged_day[from] = row.valid_from;
                join(joining, (uint32_t)from, (uint32_t)into);
                if (cutoff_day >= year_end(concept, row.valid_from))
                        continue;
                joining->any_guarded = true;
                bits_set(joining->guarded, (size_t)from);
                bits_set(joining->guarded, (size_t)into);
        }
        return status;
}

/* Follows chains to their ends. Circles are refused when a merge is recorded; the bound is for a damaged database. */
static void resolve_chains(struct joining *joining)
{
        for (uint32_t i = 0; i < joining->count; i++) {
                uint32_t at = i;
                for (size_t steps = 0; joining->merged_into[at] != NOBODY && steps < joining->count; steps++)
                        at = joining->merged_into[at];
                joining->counts_as[i] = at;
        }
}

/* ---- account groups and sites ----------------------------------------------------------------------------------- */

struct coded {
        struct text code;
        uint32_t customer;
};

static int coded_compare(const void *left, const void *right)
{
        const struct coded *a = left, *b = right;
        int order = text_compare(a->code, b->code);
        return order ? order : (a->customer > b->customer) - (a->customer < b->customer);
}

static bool join_equal_codes(struct joining *joining, const struct text *codes, struct arena *arena)
{
        struct coded *coded = arena_array(arena, struct coded, joining->count + 1);
        size_t count = 0;
        if (!coded)
                return false;
        for (uint32_t i = 0; i < joining->count; i++)
                if (codes[i].length && joining->merged_into[i] == NOBODY && joining->parent[i] == NOBODY)
                        coded[count++] = (struct coded){codes[i], i};
        if (count > 1)
                qsort(coded, count, sizeof(*coded), coded_compare);
        for (size_t i = 1; i < count; i++)
                if (text_equal(coded[i - 1].code, coded[i].code))
                        join(joining, coded[i - 1].customer, coded[i].customer);
        return true;
}

struct key {
        int32_t source_id;
        struct text number;
        uint32_t customer;
};

struct keys {
        struct key *list;       /* by customer; a second array sorted by source and number */
        struct key *sorted;
        size_t count, capacity;
        struct text *sources;   /* by id */
        size_t source_count;
};

static int key_compare(const void *left, const void *right)
{
        const struct key *a = left, *b = right;
        if (a->source_id != b->source_id)
                return a->source_id < b->source_id ? -1 : 1;
        return text_compare(a->number, b->number);
}

static enum status read_keys(struct snapshot *snapshot, struct connection *connection, struct arena *arena,
                             struct keys *keys, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct customer_cursor cursor = {snapshot->ids, snapshot->customer_count, 0};
        enum status status = q_facts_customer_keys_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_customer_keys_row row;
                bool more = false;
                status = q_facts_customer_keys_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                int64_t customer = customer_cursor_find(&cursor, row.customer_id);
                if (customer < 0)
                        continue;
                if (keys->count == keys->capacity) {
                        keys->capacity = keys->capacity ? keys->capacity * 2 : 4096;
                        struct key *grown = reallocarray(keys->list, keys->capacity, sizeof(*grown));
                        if (!grown)
                                return error_memory(error);
                        keys->list = grown;
                }
                struct key *key = &keys->list[keys->count++];
                *key = (struct key){.source_id = row.source_id, .customer = (uint32_t)customer};
                if (!arena_keep_text(arena, row.number, &key->number))
                        status = error_memory(error);
        }
        return status;
}

static enum status read_sources(struct connection *connection, struct arena *arena, struct keys *keys,
                                struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_sources_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_sources_row row;
                bool more = false;
                status = q_facts_sources_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct text *grown = reallocarray(keys->sources, (size_t)row.id + 1, sizeof(*grown));
                if (!grown)
                        return error_memory(error);
                keys->sources = grown;
                while (keys->source_count <= (size_t)row.id)
                        keys->sources[keys->source_count++] = (struct text){"", 0};
                if (!arena_keep_text(arena, row.code, &keys->sources[row.id]))
                        status = error_memory(error);
        }
        return status;
}

static uint32_t find_key(const struct keys *keys, int32_t source_id, struct text number)
{
        struct key wanted = {.source_id = source_id, .number = number};
        const struct key *found = bsearch(&wanted, keys->sorted, keys->count, sizeof(wanted), key_compare);
        return found ? found->customer : NOBODY;
}

static uint32_t find_parent(const struct keys *keys, int32_t source_id, struct text code)
{
        uint32_t parent = find_key(keys, source_id, code);
        const char *colon = parent == NOBODY ? memchr(code.data, ':', code.length) : NULL;
        if (!colon)
                return parent;
        size_t before = (size_t)(colon - code.data);
        for (size_t id = 0; id < keys->source_count && parent == NOBODY; id++)
                if (text_equal(keys->sources[id], (struct text){code.data, before}))
                        parent = find_key(keys, (int32_t)id,
                                          (struct text){colon + 1, code.length - before - 1});
        return parent;
}

static enum status join_sites(struct snapshot *snapshot, struct connection *connection, struct joining *joining,
                              const struct text *codes, struct arena *arena, struct error *error)
{
        struct keys keys = {0};
        enum status status = read_keys(snapshot, connection, arena, &keys, error);
        if (status == STATUS_OK)
                status = read_sources(connection, arena, &keys, error);
        if (status == STATUS_OK) {
                keys.sorted = arena_array(arena, struct key, keys.count + 1);
                if (!keys.sorted)
                        status = error_memory(error);
        }
        if (status == STATUS_OK && keys.count) {
                memcpy(keys.sorted, keys.list, keys.count * sizeof(*keys.list));
                qsort(keys.sorted, keys.count, sizeof(*keys.sorted), key_compare);
        }
        for (size_t i = 0; i < keys.count && status == STATUS_OK; i++) {
                uint32_t customer = keys.list[i].customer;
                if (!codes[customer].length || joining->merged_into[customer] != NOBODY ||
                    joining->parent[customer] != NOBODY)
                        continue;
                uint32_t parent = find_parent(&keys, keys.list[i].source_id, codes[customer]);
                if (parent == NOBODY || parent == customer)
                        continue;
                joining->parent[customer] = parent;
                join(joining, customer, parent);
        }
        free(keys.list);
        free(keys.sources);
        return status;
}

/* ---- the list --------------------------------------------------------------------------------------------------- */

/* The one member all others were merged into, or whose sites they are; none where it is not one. */
static uint32_t head_of(const struct joining *joining, const uint32_t *members, size_t count, bool sites)
{
        uint32_t head = NOBODY;
        for (size_t i = 0; i < count; i++) {
                uint32_t root = joining->counts_as[members[i]];
                if (sites && joining->parent[root] != NOBODY)
                        continue;
                if (head != NOBODY && head != root)
                        return UNIT_HEAD_NONE;
                head = root;
        }
        return head == NOBODY ? UNIT_HEAD_NONE : head;
}

/* Members by set, ascending within it: a counting sort by the set's smallest number. */
static bool list_units(struct joining *joining, bool sites, struct arena *arena, struct engine_units *ret)
{
        size_t n = joining->count;
        uint32_t *first = arena_array(arena, uint32_t, n + 2), *members = arena_array(arena, uint32_t, n + 1);
        uint32_t *counts_as = arena_array(arena, uint32_t, n + 1), *head = arena_array(arena, uint32_t, n + 1);
        uint32_t *sizes = arena_array(arena, uint32_t, n + 1), *at = arena_array(arena, uint32_t, n + 1);
        if (!first || !members || !counts_as || !head || !sizes || !at)
                return false;
        for (uint32_t i = 0; i < n; i++)
                sizes[set_of(joining, i)]++;
        size_t units = 0;
        for (uint32_t i = 0, next = 0; i < n; i++)
                if (sizes[i] > 1) {
                        at[i] = first[units++] = next;
                        next += sizes[i];
                        first[units] = next;
                }
        for (uint32_t i = 0; i < n; i++) {
                uint32_t set = set_of(joining, i);
                if (sizes[set] < 2)
                        continue;
                counts_as[at[set]] = joining->counts_as[i];
                members[at[set]++] = i;
        }
        for (size_t unit = 0; unit < units; unit++)
                head[unit] = head_of(joining, members + first[unit], first[unit + 1] - first[unit], sites);
        *ret = (struct engine_units){units, first, members, counts_as, head, joining->merged_into,
                                      joining->merged_day};
        return true;
}

enum status units_load(struct snapshot *snapshot, struct connection *connection, const struct concept *concept,
                       int32_t cutoff_day, const struct text *codes, struct arena *arena, struct engine_input *input,
                       struct error *error)
{
        struct joining joining = {0};
        bool sites = concept->evaluates == EVALUATES_SITE;
        struct engine_units *units = arena_array(arena, struct engine_units, 1);
        if (!units || (codes && !joining_init(&joining, snapshot->customer_count, arena)))
                return error_memory(error);
        enum status status = read_merges(snapshot, connection, concept, cutoff_day, &joining, arena, error);
        resolve_chains(&joining);
        if (status == STATUS_OK && codes && sites)
                status = join_sites(snapshot, connection, &joining, codes, arena, error);
        if (status == STATUS_OK && codes && !join_equal_codes(&joining, codes, arena))
                status = error_memory(error);
        if (status != STATUS_OK || !joining.joined)
                return status;
        if (!list_units(&joining, sites, arena, units))
                return error_memory(error);
        input->units = units;
        input->guarded = joining.any_guarded ? joining.guarded : NULL;
        return STATUS_OK;
}
