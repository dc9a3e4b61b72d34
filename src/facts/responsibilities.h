/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * responsibilities.h: who looks after each customer on a day, for reports such as revenue at stake per rep.
 */
#ifndef TREUE_FACTS_RESPONSIBILITIES_H
#define TREUE_FACTS_RESPONSIBILITIES_H

#include "base/arena.h"
#include "facts/snapshot.h"

/* Calls visit for each responsibility of a role valid on a day; valid_to is the last day. First those of territories
 * (customer -1) by territory and name, then those of customers (dense number, the territory is empty) by customer and
 * name. Text is borrowed until visit returns. False from it: without memory. */
must_check enum status responsibilities_visit(const struct snapshot *snapshot, struct connection *connection,
                                              const char *role, int32_t day,
                                              bool (*visit)(void *context, int64_t customer, struct text territory,
                                                            struct text responsible),
                                              void *context, struct error *error);

/* Codes of the responsible reps (role "rep") by dense number of the customer; {NULL, 0}: nobody is. A customer's own
 * responsibility wins over that of the territory the customer belongs to on `day` (dated fact `territory`); of several
 * valid on that day the first by code counts. valid_to is the last day. Lives in the arena. */
must_check enum status responsibilities_load(struct snapshot *snapshot, struct connection *connection, int32_t day,
                                             struct arena *arena, struct text **ret, struct error *error);

#endif
