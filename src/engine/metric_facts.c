/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * metric_facts.c: metrics from dated facts.
 */
#include "engine/metric_facts.h"

#include "base/bits.h"

static const struct value_column *find_values(const struct engine_input *input, struct text name)
{
        for (size_t i = 0; i < input->value_count; i++)
                if (text_equal(input->values[i].name, name))
                        return &input->values[i];
        return NULL;
}

void facts_prepare(const struct engine_input *input, struct metric_column *column)
{
        if (column->metric == METRIC_VALUE) {
                const struct value_column *values = find_values(input, column->of);
                column->scale = values ? values->scale : 0;
        }
        if (column->metric == METRIC_CERTIFIED_PEOPLE)
                for (size_t i = 0; i < input->certified_count; i++)
                        if (text_equal(input->certified[i].of, column->of))
                                column->counts = &input->certified[i];
        if (column->metric == METRIC_ACTIVITIES || column->metric == METRIC_VISITS)
                for (size_t i = 0; i < input->event_count; i++)
                        if (input->events[i].metric == column->metric && text_equal(input->events[i].of, column->of))
                                column->events = &input->events[i];
        if (column->metric != METRIC_ATTRIBUTE)
                return;
        for (size_t i = 0; i < input->attribute_count; i++)
                if (text_equal(input->attributes[i].name, column->of))
                        column->attribute = &input->attributes[i];
}

static int64_t open_potential(int64_t potential_minor, int64_t revenue_minor, bool *overflow)
{
        int64_t open_minor;
        if (__builtin_sub_overflow(potential_minor, revenue_minor, &open_minor)) {
                *overflow = true;
                return 0;
        }
        return open_minor > 0 ? open_minor : 0;
}

void facts_potential(const struct engine_input *input, struct metric_column *column, size_t customer,
                     int64_t revenue_12m_minor, bool *overflow)
{
        bool share = column->metric == METRIC_SHARE_OF_WALLET;
        bool known = input->potential_known && bits_get(input->potential_known, customer);
        int64_t potential = known ? input->potential_minor[customer] : 0;
        known = known && (!share || potential > 0);
        column->value[customer] = 0;
        if (share)
                column->denominator[customer] = known ? potential : 1;
        if (!known)
                return;
        bits_set(column->known, customer);
        if (input->potential_estimated && bits_get(input->potential_estimated, customer))
                bits_set(column->estimated, customer);
        if (column->metric == METRIC_POTENTIAL)
                column->value[customer] = potential;
        else if (column->metric == METRIC_OPEN_POTENTIAL)
                column->value[customer] = open_potential(potential, revenue_12m_minor, overflow);
        else
                column->value[customer] = revenue_12m_minor;
        if (share && revenue_12m_minor > potential)
                bits_set(column->flagged, customer);
}

void facts_value(const struct engine_input *input, struct metric_column *column, size_t customer)
{
        const struct value_column *values = find_values(input, column->of);
        bool known = values && bits_get(values->known, customer);
        column->value[customer] = known ? values->units[customer] : 0;
        if (known)
                bits_set(column->known, customer);
}

void facts_certified(struct metric_column *column, size_t customer)
{
        column->value[customer] = column->counts ? column->counts->count[customer] : 0;
        bits_set(column->known, customer);
}

int64_t facts_count_events(const struct metric_column *column, size_t customer, int32_t from_day)
{
        const struct event_column *events = column->events;
        int64_t count = 0;
        for (uint32_t i = events ? events->offset[customer] : 0; events && i < events->offset[customer + 1]; i++)
                count += events->day[i] >= from_day && events->day[i] <= column->to_day;
        return count;
}

void facts_events(struct metric_column *column, size_t customer, int32_t from_day)
{
        column->value[customer] = facts_count_events(column, customer, from_day);
        bits_set(column->known, customer);
}

void facts_attribute(struct metric_column *column, size_t customer)
{
        column->value[customer] = 0;
        if (column->attribute && column->attribute->values[customer].known)
                bits_set(column->known, customer);
}
