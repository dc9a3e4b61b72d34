/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * responsibilities.c: see responsibilities.h. Those of territories come first (customer 0), then those of customers.
 */
#include "facts/responsibilities.h"

#include <stdlib.h>

#include "facts/dated.h"
#include "facts/snapshot_parts.h"
#include "queries.h"

enum { NAME_BYTES_MAX = 1 << 24 };

struct territory {
        struct text name, rep;
};

struct loading {
        struct arena *arena;
        struct text *reps;              /* by dense number */
        struct territory *territories;  /* ascending by name, each once */
        size_t territory_count, territory_capacity;
};

static bool copy(struct arena *arena, struct text text, struct text *ret)
{
        *ret = (struct text){arena_copy(arena, text.data ? text.data : "", text.length), text.length};
        return ret->data != NULL;
}

static bool add_territory(struct loading *loading, struct text name, struct text responsible)
{
        struct territory added;
        if (loading->territory_count &&
            text_equal(loading->territories[loading->territory_count - 1].name, name))
                return true; /* reps come by code: the first is there already */
        if (loading->territory_count == loading->territory_capacity) {
                size_t capacity = loading->territory_capacity ? loading->territory_capacity * 2 : 64;
                struct territory *grown = realloc(loading->territories, capacity * sizeof(*grown));
                if (!grown)
                        return false;
                loading->territories = grown;
                loading->territory_capacity = capacity;
        }
        if (!copy(loading->arena, name, &added.name) || !copy(loading->arena, responsible, &added.rep))
                return false;
        loading->territories[loading->territory_count++] = added;
        return true;
}

static bool take_rep(void *context, int64_t customer, struct text territory, struct text responsible)
{
        struct loading *loading = context;
        if (customer < 0)
                return add_territory(loading, territory, responsible);
        return loading->reps[customer].data || copy(loading->arena, responsible, &loading->reps[customer]);
}

/* ---- valid versions ---------------------------------------------------------------------------------------------- */

/* The best version of the key being read; generation 0: none. */
struct visiting {
        const struct snapshot *snapshot;
        int32_t day;
        bool (*visit)(void *context, int64_t customer, struct text territory, struct text responsible);
        void *context;
        int64_t customer_id, generation;
        struct buffer territory, responsible;
        int32_t from, to;
};

static struct text held(const struct buffer *buffer) { return (struct text){buffer->data, buffer->length}; }

/* The key being read is complete. */
static bool settle(struct visiting *visiting)
{
        bool valid = visiting->generation && visiting->from <= visiting->day && visiting->to >= visiting->day;
        visiting->generation = 0;
        int64_t at = valid && visiting->customer_id ? snapshot_find_customer(visiting->snapshot, visiting->customer_id)
                                                    : -1;
        if (!valid || (visiting->customer_id && at < 0))
                return true;
        return visiting->visit(visiting->context, at, held(&visiting->territory), held(&visiting->responsible));
}

static bool take(struct visiting *visiting, const struct q_facts_responsibilities_row *row)
{
        int64_t generation = visibility_of(&visiting->snapshot->visibility, row->import_id);
        if (!generation)
                return true;
        bool same = visiting->generation && visiting->customer_id == row->customer_id &&
                    visiting->from == row->valid_from && text_equal(held(&visiting->territory), row->territory) &&
                    text_equal(held(&visiting->responsible), row->responsible);
        if (same && generation < visiting->generation)
                return true;
        if (!same) {
                if (!settle(visiting))
                        return false;
                buffer_clear(&visiting->territory);
                buffer_clear(&visiting->responsible);
                buffer_add(&visiting->territory, row->territory.data ? row->territory.data : "", row->territory.length);
                buffer_add(&visiting->responsible, row->responsible.data ? row->responsible.data : "",
                           row->responsible.length);
        }
        visiting->customer_id = row->customer_id;
        visiting->generation = generation;
        visiting->from = row->valid_from;
        visiting->to = row->valid_to;
        return !visiting->territory.failed && !visiting->responsible.failed;
}

enum status responsibilities_visit(const struct snapshot *snapshot, struct connection *connection, const char *role,
                                   int32_t day,
                                   bool (*visit)(void *context, int64_t customer, struct text territory,
                                                 struct text responsible),
                                   void *context, struct error *error)
{
        struct q_facts_responsibilities_args args = {text_of(role)};
        struct visiting visiting = {.snapshot = snapshot, .day = day, .visit = visit, .context = context};
        buffer_init(&visiting.territory, NAME_BYTES_MAX);
        buffer_init(&visiting.responsible, NAME_BYTES_MAX);
        rows_cleanup struct rows *rows = NULL;
        bool fine = true;
        enum status status = q_facts_responsibilities_open(connection, &args, &rows, error);
        while (status == STATUS_OK && fine) {
                struct q_facts_responsibilities_row row;
                bool more;
                status = q_facts_responsibilities_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                fine = take(&visiting, &row);
        }
        if (status == STATUS_OK && (!fine || !settle(&visiting)))
                status = error_memory(error);
        buffer_release(&visiting.territory);
        buffer_release(&visiting.responsible);
        return status;
}

/* ---- reps -------------------------------------------------------------------------------------------------------- */

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
static enum status read_territories(struct loading *loading, const struct snapshot *snapshot,
                                    struct connection *connection, int32_t day, struct error *error)
{
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
        struct loading loading = {.arena = arena,
                                  .reps = arena_array(arena, struct text, snapshot->customer_count + 1)};
        if (!loading.reps)
                return error_memory(error);
        enum status status = responsibilities_visit(snapshot, connection, "rep", day, take_rep, &loading, error);
        if (status == STATUS_OK && loading.territory_count)
                status = read_territories(&loading, snapshot, connection, day, error);
        free(loading.territories);
        if (status == STATUS_OK)
                *ret = loading.reps;
        return status;
}
