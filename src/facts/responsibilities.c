/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * responsibilities.c: see responsibilities.h. Those of territories come first (customer 0), then those of customers.
 */
#include "facts/responsibilities.h"

#include <stdlib.h>

#include "facts/dated.h"
#include "facts/snapshot_parts.h"
#include "queries.h"

struct territory {
        struct text name, rep;
};

struct loading {
        const struct snapshot *snapshot;
        struct arena *arena;
        struct text *reps;              /* by dense number */
        struct territory *territories;  /* ascending by name, each once */
        size_t territory_count, territory_capacity;
        /* The best version of the key being read; generation 0: none. */
        int64_t customer_id, generation;
        struct text territory, responsible;
        int32_t from, to;
};

static bool copy(struct arena *arena, struct text text, struct text *ret)
{
        *ret = (struct text){arena_copy(arena, text.data ? text.data : "", text.length), text.length};
        return ret->data != NULL;
}

static bool add_territory(struct loading *loading)
{
        if (loading->territory_count &&
            text_equal(loading->territories[loading->territory_count - 1].name, loading->territory))
                return true; /* reps come by code: the first is there already */
        if (loading->territory_count == loading->territory_capacity) {
                size_t capacity = loading->territory_capacity ? loading->territory_capacity * 2 : 64;
                struct territory *grown = realloc(loading->territories, capacity * sizeof(*grown));
                if (!grown)
                        return false;
                loading->territories = grown;
                loading->territory_capacity = capacity;
        }
        loading->territories[loading->territory_count++] = (struct territory){loading->territory,
                                                                              loading->responsible};
        return true;
}

/* The key being read is complete. */
static bool settle(struct loading *loading, int32_t day)
{
        bool valid = loading->generation && loading->from <= day && loading->to >= day;
        loading->generation = 0;
        if (!valid)
                return true;
        if (loading->customer_id == 0)
                return add_territory(loading);
        int64_t at = snapshot_find_customer(loading->snapshot, loading->customer_id);
        if (at >= 0 && !loading->reps[at].data)
                loading->reps[at] = loading->responsible;
        return true;
}

static bool take(struct loading *loading, const struct q_facts_responsibilities_row *row, int64_t generation,
                 int32_t day)
{
        if (!generation)
                return true;
        bool same = loading->generation && loading->customer_id == row->customer_id &&
                    loading->from == row->valid_from &&
                    text_equal(loading->territory, row->territory) &&
                    text_equal(loading->responsible, row->responsible);
        if (same && generation < loading->generation)
                return true;
        if (!same && (!settle(loading, day) || !copy(loading->arena, row->territory, &loading->territory) ||
                      !copy(loading->arena, row->responsible, &loading->responsible)))
                return false;
        loading->customer_id = row->customer_id;
        loading->generation = generation;
        loading->from = row->valid_from;
        loading->to = row->valid_to;
        return true;
}

static enum status read_responsibilities(struct loading *loading, struct connection *connection, int32_t day,
                                         struct error *error)
{
        struct q_facts_responsibilities_args args = {text_of("rep")};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_responsibilities_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_responsibilities_row row;
                bool more;
                status = q_facts_responsibilities_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (!take(loading, &row, visibility_of(&loading->snapshot->visibility, row.import_id), day))
                        return error_memory(error);
        }
        return status != STATUS_OK || settle(loading, day) ? status : error_memory(error);
}

static struct text rep_of_territory(const struct loading *loading, struct text name)
{
        size_t low = 0, high = loading->territory_count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (text_compare(loading->territories[middle].name, name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        bool found = low < loading->territory_count && text_equal(loading->territories[low].name, name);
        return found ? loading->territories[low].rep : (struct text){NULL, 0};
}

static void use_territory(struct loading *loading, struct dated *dated, int64_t at, int32_t day)
{
        struct text name;
        dated_open(dated);
        if (at >= 0 && !loading->reps[at].data && dated_on(dated, day, &name))
                loading->reps[at] = rep_of_territory(loading, name);
}

/* The territory of each customer on the day. */
static enum status read_territories(struct loading *loading, struct connection *connection, int32_t day,
                                    struct error *error)
{
        const struct snapshot *snapshot = loading->snapshot;
        struct q_facts_of_customers_by_code_args args = {text_of("territory")};
        struct dated dated;
        dated_init(&dated);
        int64_t customer_id = 0;
        bool fine = true;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_of_customers_by_code_open(connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more && fine;) {
                struct q_facts_of_customers_by_code_row row;
                status = q_facts_of_customers_by_code_next(rows, &row, &more, error);
                if (status != STATUS_OK)
                        break;
                if (dated.count && (!more || row.customer_id != customer_id)) {
                        use_territory(loading, &dated, snapshot_find_customer(snapshot, customer_id), day);
                        dated_clear(&dated);
                }
                int64_t generation = more ? visibility_of(&snapshot->visibility, row.import_id) : 0;
                if (generation) {
                        customer_id = row.customer_id;
                        fine = dated_add(&dated, row.valid_from, generation, row.value);
                }
        }
        dated_release(&dated);
        return status != STATUS_OK || fine ? status : error_memory(error);
}

enum status responsibilities_load(struct snapshot *snapshot, struct connection *connection, int32_t day,
                                  struct arena *arena, struct text **ret, struct error *error)
{
        struct loading loading = {.snapshot = snapshot, .arena = arena,
                                  .reps = arena_array(arena, struct text, snapshot->customer_count + 1)};
        if (!loading.reps)
                return error_memory(error);
        enum status status = read_responsibilities(&loading, connection, day, error);
        if (status == STATUS_OK && loading.territory_count)
                status = read_territories(&loading, connection, day, error);
        free(loading.territories);
        if (status == STATUS_OK)
                *ret = loading.reps;
        return status;
}
