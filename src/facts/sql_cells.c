/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sql_cells.c: cells of columns that are counted in the database.
 */
#include "facts/sql_cells.h"

enum sql_count sql_count_of(const struct plan_column *column)
{
        switch (column->metric) {
        case METRIC_REVENUE:
                return column->of.length ? COUNT_GROUP_REVENUE : COUNT_NONE;
        case METRIC_MARGIN:
                return COUNT_MARGIN;
        case METRIC_PRODUCT_GROUPS:
                return COUNT_PRODUCT_GROUPS;
        case METRIC_ARTICLES:
                return COUNT_ARTICLES;
        case METRIC_ACTIVE_MONTHS:
                return COUNT_ACTIVE_MONTHS;
        case METRIC_DIGITAL_SHARE:
                return COUNT_DIGITAL_SHARE;
        case METRIC_CERTIFIED_PEOPLE:
                return COUNT_CERTIFIED_PEOPLE;
        case METRIC_ACTIVITIES:
                return COUNT_ACTIVITIES;
        case METRIC_VISITS:
                return COUNT_VISITS;
        default:
                return COUNT_NONE;
        }
}

void sql_cells_begin(enum sql_count count, struct counted_cell *cells, size_t cell_count)
{
        bool known = count != COUNT_MARGIN && count != COUNT_DIGITAL_SHARE;
        for (size_t i = 0; i < cell_count; i++)
                cells[i] = (struct counted_cell){.denominator = 1, .known = known};
}

struct counted_cell sql_margin_cell(int64_t margin_minor, int64_t line_count, int64_t left_out)
{
        bool known = line_count > left_out;
        return (struct counted_cell){.value = margin_minor, .line_count = line_count, .line_left_out = left_out,
                                     .known = known, .flagged = known && left_out > 0};
}

struct counted_cell sql_groups_cell(int64_t positive, bool ungrouped)
{
        return (struct counted_cell){.value = positive, .known = true, .flagged = ungrouped};
}

struct counted_cell sql_digital_cell(int64_t digital, int64_t orders, bool marked)
{
        return marked ? (struct counted_cell){.value = digital, .denominator = orders, .known = true}
                      : (struct counted_cell){.denominator = 1};
}
