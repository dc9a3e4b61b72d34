/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * kept_facts.h: the visible dated facts of customers as rows in memory, read once for many cut-offs. A database hands
 * over a row in about half a microsecond, memory in a few nanoseconds: it matters to chains of evaluations.
 */
#ifndef TREUE_FACTS_KEPT_FACTS_H
#define TREUE_FACTS_KEPT_FACTS_H

#include "base/arena.h"
#include "db/db.h"
#include "db/generation.h"

struct kept_fact {
        int64_t customer_id, generation;
        struct text value;
        int32_t fact_id, valid_from;
};

/* In the order of the query facts_of_customers: by customer, then fact. */
struct kept_facts {
        bool complete;
        int64_t facts;             /* whose bits were asked for */
        size_t count, capacity;
        struct kept_fact *rows;
        struct arena *values;
};

/* Makes sure that the facts with these bits are there, all others may be. */
must_check enum status kept_facts_need(struct kept_facts *kept, struct connection *connection,
                                       const struct visibility *visibility, int64_t facts, struct error *error);
void kept_facts_free(struct kept_facts *kept); /* accepts NULL */

#endif
