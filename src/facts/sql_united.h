/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sql_united.h: what sql_metrics.h counts, for customers evaluated as one: sums, and what is counted once though
 * several members have it, come from the database unit by unit.
 */
#ifndef TREUE_FACTS_SQL_UNITED_H
#define TREUE_FACTS_SQL_UNITED_H

#include "engine/evaluate.h"
#include "facts/snapshot.h"

/* What is known once the customers were counted alone. */
struct sql_united {
        struct connection *connection;
        const struct engine_plan *plan;
        struct arena *arena;
        const int64_t *customer_ids;
        int64_t generation, minor_unit;
        bool all_visible, none_replaced;  /* metrics_state */
        int32_t mentions;                 /* metrics_mentions, where the plan has a column that needs it */
};

/* For the units of `input`, whose figures are those of the customers alone. Lives in the arena. */
must_check enum status sql_united_count(const struct sql_united *sql, const struct engine_input *input,
                                        const struct purchase_figures **ret, struct error *error);

#endif
