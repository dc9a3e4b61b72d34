/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * kept_facts.c: see kept_facts.h.
 */
#include "facts/kept_facts.h"

#include <stdlib.h>

#include "queries.h"

static void forget(struct kept_facts *kept)
{
        arena_free(kept->values);
        free(kept->rows);
        *kept = (struct kept_facts){.complete = false};
}

static bool add(struct kept_facts *kept, const struct q_facts_of_customers_row *row, int64_t generation)
{
        if (kept->count == kept->capacity) {
                size_t capacity = kept->capacity ? kept->capacity * 2 : 4096;
                struct kept_fact *grown = reallocarray(kept->rows, capacity, sizeof(*grown));
                if (!grown)
                        return false;
                kept->rows = grown;
                kept->capacity = capacity;
        }
        const char *value = arena_copy(kept->values, row->value.data, row->value.length);
        kept->rows[kept->count++] = (struct kept_fact){row->customer_id, generation, {value, row->value.length},
                                                       row->fact_id, row->valid_from};
        return value != NULL;
}

enum status kept_facts_need(struct kept_facts *kept, struct connection *connection,
                            const struct visibility *visibility, int64_t facts, struct error *error)
{
        if (kept->complete && (facts & ~kept->facts) == 0)
                return STATUS_OK;
        facts |= kept->facts;
        forget(kept);
        kept->facts = facts;
        kept->values = arena_new(SIZE_MAX);
        if (!kept->values)
                return error_memory(error);
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_of_customers_open(connection, &(struct q_facts_of_customers_args){.facts = facts},
                                                       &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_facts_of_customers_row row;
                status = q_facts_of_customers_next(rows, &row, &more, error);
                int64_t generation = status == STATUS_OK && more ? visibility_of(visibility, row.import_id) : 0;
                if (generation && !add(kept, &row, generation))
                        return error_memory(error);
        }
        kept->complete = status == STATUS_OK;
        return status;
}

void kept_facts_free(struct kept_facts *kept)
{
        if (!kept)
                return;
        forget(kept);
        free(kept);
}
