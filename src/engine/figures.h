/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * figures.h: purchases that were counted elsewhere, by the database: the engine takes them instead of counting
 * documents and lines itself. Everything is borrowed and outlives the evaluation.
 */
#ifndef TREUE_ENGINE_FIGURES_H
#define TREUE_ENGINE_FIGURES_H

#include "engine/metric_purchases.h"

/* What one column says of one customer, as in metric_column. */
struct counted_cell {
        int64_t value;
        int64_t denominator;               /* ratios only, > 0 where known */
        int64_t line_count, line_left_out; /* margin only */
        bool known, flagged;
};

struct purchase_figures {
        const struct purchase_history *history; /* by customer */
        /* By interval of the plan, then by customer. */
        const struct document_sum *const *sums;
        /* By column of the plan, then by customer; NULL: the column is made of intervals, history and facts. */
        const struct counted_cell *const *cells;
        /* The same for the units of several customers, by unit in place of customer: their members who exist count
         * together. NULL where everybody is alone. */
        const struct purchase_figures *united;
};

#endif
