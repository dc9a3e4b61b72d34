/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * product_facts.h: what products cost, and which group an article belongs to, by the dated facts of products.
 */
#ifndef TREUE_FACTS_PRODUCT_FACTS_H
#define TREUE_FACTS_PRODUCT_FACTS_H

#include "db/db.h"
#include "db/generation.h"
#include "facts/packed_lines.h"

struct product_costs;

/* The costs per unit known at a visibility. Immutable afterwards: several threads may resolve with it. */
must_check enum status product_costs_load(struct connection *connection, const struct visibility *visibility,
                                          struct product_costs **ret, struct error *error);
void product_costs_free(struct product_costs *costs); /* accepts NULL */
static inline void product_costs_freep(struct product_costs **costs) { product_costs_free(*costs); }
#define product_costs_cleanup __attribute__((cleanup(product_costs_freep)))
/* No product has a cost: nothing to resolve. */
bool product_costs_empty(const struct product_costs *costs);

/* Gives a line without own cost that of its product on the document's day: quantity x cost, rounded half away from zero
 * to minor units. The line stays without cost when the product has none that day or the result is beyond 63 bits. */
void product_costs_resolve(const struct product_costs *costs, struct line *line, int32_t day);

/* Calls visit for every product with a group valid on a day (its code, borrowed). */
must_check enum status product_groups_visit(struct connection *connection, const struct visibility *visibility,
                                            int32_t day,
                                            void (*visit)(void *context, int64_t product_id, struct text group),
                                            void *context, struct error *error);

/* The id of a fact's code; -1 when no fact of that name was ever imported. */
must_check enum status fact_find(struct connection *connection, const char *code, int32_t *ret_id, struct error *error);

#endif
