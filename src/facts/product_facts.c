/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * product_facts.c: costs are kept as one list of (start, cost) with an offset per product; products have few of them.
 */
#include "facts/product_facts.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/decimal.h"
#include "db/setting.h"
#include "facts/dated.h"
#include "queries.h"

struct unit_cost {
        int32_t start;
        int64_t generation;
        bool known;
        struct decimal cost;
};

struct product_costs {
        size_t product_count;  /* highest product with a cost + 1 */
        size_t *first;         /* product_count + 1 offsets */
        struct unit_cost *costs;
        size_t cost_count, cost_capacity, first_capacity;
        unsigned minor_digits;
};

enum status fact_find(struct connection *connection, const char *code, int32_t *ret_id, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_codes_open(connection, NULL, &rows, error);
        int32_t id = -1;
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_facts_codes_row row;
                status = q_facts_codes_next(rows, &row, &more, error);
                if (status == STATUS_OK && more && text_is(row.code, code))
                        id = row.id;
        }
        if (status == STATUS_OK)
                *ret_id = id;
        return status;
}

/* Calls visit with the visible rows of one fact, product by product. */
static enum status visit_products(struct connection *connection, const struct visibility *visibility, const char *code,
                                  bool (*visit)(void *context, int64_t product_id, struct dated *dated), void *context,
                                  struct error *error)
{
        int32_t fact_id;
        enum status status = fact_find(connection, code, &fact_id, error);
        if (status != STATUS_OK || fact_id < 0)
                return status;
        rows_cleanup struct rows *rows = NULL;
        status = q_facts_of_products_open(connection, &(struct q_facts_of_products_args){.fact_id = fact_id}, &rows,
                                          error);
        struct dated dated;
        dated_init(&dated);
        int64_t product_id = -1;
        bool fine = true;
        for (bool more = true; status == STATUS_OK && more && fine;) {
                struct q_facts_of_products_row row;
                status = q_facts_of_products_next(rows, &row, &more, error);
                if (status != STATUS_OK)
                        break;
                if (dated.count && (!more || row.product_id != product_id)) {
                        dated_open(&dated);
                        fine = visit(context, product_id, &dated);
                        dated_clear(&dated);
                }
                int64_t generation = more ? visibility_of(visibility, row.import_id) : 0;
                if (generation && fine) {
                        product_id = row.product_id;
                        fine = dated_add(&dated, row.valid_from, generation, row.value);
                }
        }
        dated_release(&dated);
        return status != STATUS_OK || fine ? status : error_memory(error);
}

static bool reserve(void **array, size_t *capacity, size_t wanted, size_t item_bytes)
{
        if (wanted <= *capacity)
                return true;
        size_t grown = *capacity ? *capacity : 1024;
        while (grown < wanted)
                grown *= 2;
        void *data = realloc(*array, grown * item_bytes);
        if (!data)
                return false;
        *array = data;
        *capacity = grown;
        return true;
}

/* Products come in ascending order. */
static bool add_costs(void *context, int64_t product_id, struct dated *dated)
{
        struct product_costs *costs = context;
        if (product_id < 0 || product_id > UINT32_MAX)
                return true;
        size_t product = (size_t)product_id;
        if (!reserve((void **)&costs->first, &costs->first_capacity, product + 2, sizeof(*costs->first)) ||
            !reserve((void **)&costs->costs, &costs->cost_capacity, costs->cost_count + dated->count,
                     sizeof(*costs->costs)))
                return false;
        for (size_t p = costs->product_count; p <= product; p++)
                costs->first[p] = costs->cost_count;
        for (size_t i = 0; i < dated->count; i++) {
                const struct dated_row *row = &dated->rows[i];
                struct unit_cost *cost = &costs->costs[costs->cost_count++];
                *cost = (struct unit_cost){.start = row->start, .generation = row->generation};
                struct text value = {dated->values.data + row->offset, row->length};
                cost->known = decimal_parse(value, DECIMAL_POINT, &cost->cost) == DECIMAL_OK;
        }
        costs->product_count = product + 1;
        costs->first[product + 1] = costs->cost_count;
        return true;
}

enum status product_costs_load(struct connection *connection, const struct visibility *visibility,
                               struct product_costs **ret, struct error *error)
{
        struct currency currency;
        enum status status = setting_currency(connection, &currency, error);
        if (status != STATUS_OK)
                return status;
        struct product_costs *costs = calloc(1, sizeof(*costs));
        if (!costs)
                return error_memory(error);
        costs->minor_digits = currency.minor_digits;
        status = visit_products(connection, visibility, "cost", add_costs, costs, error);
        if (status != STATUS_OK)
                product_costs_free(costs);
        else
                *ret = costs;
        return status;
}

void product_costs_free(struct product_costs *costs)
{
        if (!costs)
                return;
        free(costs->first);
        free(costs->costs);
        free(costs);
}

bool product_costs_empty(const struct product_costs *costs) { return costs->cost_count == 0; }

static int128 power_of_ten(unsigned exponent)
{
        int128 power = 1;
        while (exponent--)
                power *= 10;
        return power;
}

void product_costs_resolve(const struct product_costs *costs, struct line *line, int32_t day)
{
        if (line->marks & (LINE_COST_KNOWN | LINE_QUANTITY_UNKNOWN) || line->product >= costs->product_count)
                return;
        const struct unit_cost *best = NULL;
        for (size_t i = costs->first[line->product]; i < costs->first[line->product + 1]; i++) {
                const struct unit_cost *cost = &costs->costs[i];
                if (cost->start <= day && (!best || cost->start > best->start ||
                                           (cost->start == best->start && cost->generation > best->generation)))
                        best = cost;
        }
        if (!best || !best->known)
                return;
        /* thousandths x units / 10^scale per unit -> minor units; two 64-bit factors and 10^9 at most need no more than
         * 128 bits only when the product is small, hence the check. */
        int128 product = (int128)line->quantity_milli * best->cost.units;
        int128 scaled;
        if (__builtin_mul_overflow(product, power_of_ten(costs->minor_digits), &scaled))
                return;
        int64_t cost;
        if (!narrow_i64(divide_half_away(scaled, power_of_ten(3u + best->cost.scale)), &cost))
                return;
        line->cost_minor = cost;
        line->marks |= LINE_COST_KNOWN;
}

struct group_visit {
        int32_t day;
        void (*visit)(void *context, int64_t product_id, struct text group);
        void *context;
};

static bool group_on(void *context, int64_t product_id, struct dated *dated)
{
        const struct group_visit *visit = context;
        struct text group;
        if (dated_on(dated, visit->day, &group) && group.length)
                visit->visit(visit->context, product_id, group);
        return true;
}

enum status product_groups_visit(struct connection *connection, const struct visibility *visibility, int32_t day,
                                 void (*visit)(void *context, int64_t product_id, struct text group), void *context,
                                 struct error *error)
{
        struct group_visit each = {day, visit, context};
        return visit_products(connection, visibility, "product_group", group_on, &each, error);
}
