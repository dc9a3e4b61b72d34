/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * metric_facts.h: metrics that come from dated facts instead of purchases: potential and what is derived from it,
 * imported values, attributes, certified people, activities and visits. Each fills one customer's cell of a column.
 */
#ifndef TREUE_ENGINE_METRIC_FACTS_H
#define TREUE_ENGINE_METRIC_FACTS_H

#include "engine/evaluate.h"

/* Finds the columns of the input by name: the values of an attribute column, the counts of certified people, the days
 * of events; sets the scale of a value column. */
void facts_prepare(const struct engine_input *input, struct metric_column *column);

/* potential, share_of_wallet, open_potential. A share needs a potential above 0. */
void facts_potential(const struct engine_input *input, struct metric_column *column, size_t customer,
                     int64_t revenue_12m_minor, bool *overflow);
void facts_value(const struct engine_input *input, struct metric_column *column, size_t customer);
void facts_attribute(struct metric_column *column, size_t customer);
/* certified_people: never unknown. */
void facts_certified(struct metric_column *column, size_t customer);
/* activities, visits: those from `from_day` to the column's last day; never unknown. */
void facts_events(struct metric_column *column, size_t customer, int32_t from_day);
int64_t facts_count_events(const struct metric_column *column, size_t customer, int32_t from_day);

#endif
