/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * registry.h: the dictionaries an import looks things up in and adds to: customer numbers, articles, product groups,
 * names of facts. Loaded from the database at first use, kept in memory for the import, new entries written through
 * the group-commit writer at once (keys are dictionary entries: they may outlive an import that is given up, a customer
 * exists only where a visible import recorded it).
 *
 * One thread at a time, but customers may be looked up beside everything else once they are loaded. In a dry run
 * nothing is written: new entries get numbers that mean nothing outside the run.
 */
#ifndef TREUE_IMPORTER_REGISTRY_H
#define TREUE_IMPORTER_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct import_run;
struct registry;

must_check enum status registry_new(struct registry **ret, struct error *error);
void registry_free(struct registry *registry); /* accepts NULL */

/* Reads what the database knows of customers, unless that has been done: looking them up afterwards no longer touches
 * run->connection. */
must_check enum status registry_customers_load(struct import_run *run, struct error *error);

/* Frees what was read of customers and added since; a later look-up would read it again. */
void registry_customers_forget(struct import_run *run);

/* Customers by number at run->customer_source_id. ret_ids[i] is 0 for a number nobody knows (or whose records were all
 * undone) when `create` is false; with `create` it is recorded by this import. ret_created (may be NULL): true where
 * this call recorded it; a number that occurs twice in `numbers` is created once. Counts run->counters. */
must_check enum status registry_customers_resolve(struct import_run *run, const struct text *numbers, size_t count,
                                                  bool create, int64_t *ret_ids, bool *ret_created,
                                                  struct error *error);
/* For the import of customers itself: every number is recorded by this import unless an earlier visible import of
 * customers did, so that undoing purchases leaves it. recorded_days[i]: the day it counts as recorded. ret_created:
 * it did not exist before. */
must_check enum status registry_customers_introduce(struct import_run *run, const struct text *numbers,
                                                    const int32_t *recorded_days, size_t count, int64_t *ret_ids,
                                                    bool *ret_created, struct error *error);

/* Articles at run->product_source_id. first_groups[i] (may be NULL) is the group id a new product is created with (0:
 * none). ret_ids[i] is 0 when unknown and not `create`. ret_first_groups (may be NULL): product.first_group_id. */
must_check enum status registry_products_resolve(struct import_run *run, const struct text *articles,
                                                 const uint32_t *first_groups, size_t count, bool create,
                                                 uint32_t *ret_ids, uint32_t *ret_first_groups, bool *ret_created,
                                                 struct error *error);

/* Product groups by code; unknown ones are created. ret_created may be NULL. An empty code gives 0. */
must_check enum status registry_groups_resolve(struct import_run *run, const struct text *codes, size_t count,
                                               uint32_t *ret_ids, bool *ret_created, struct error *error);

/* The id of a fact's name ("size_class", "attribute:colour"); created when new. */
must_check enum status registry_fact_resolve(struct import_run *run, struct text code, int32_t *ret_id,
                                             struct error *error);

#endif
