/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sql_cells.h: what counting in the database has in common for customers (sql_metrics.c) and for customers evaluated as
 * one (sql_united.c): which columns are counted by a query of their own, and what a row says about a cell.
 */
#ifndef TREUE_FACTS_SQL_CELLS_H
#define TREUE_FACTS_SQL_CELLS_H

#include "engine/figures.h"
#include "engine/plan.h"

/* Queries of their own. */
enum sql_count {
        COUNT_GROUP_REVENUE, COUNT_MARGIN, COUNT_PRODUCT_GROUPS, COUNT_ARTICLES, COUNT_ACTIVE_MONTHS,
        COUNT_DIGITAL_SHARE, COUNT_CERTIFIED_PEOPLE, COUNT_ACTIVITIES, COUNT_VISITS,
        COUNT_NONE              /* made of document sums, history and facts */
};
enum sql_count sql_count_of(const struct plan_column *column);

/* `cells` as they are for who does not occur in the rows: 0, or unknown where a share or margin of nothing is asked. */
void sql_cells_begin(enum sql_count count, struct counted_cell *cells, size_t cell_count);

/* Margin is known once a line has its cost, flagged when others have none. */
struct counted_cell sql_margin_cell(int64_t margin_minor, int64_t line_count, int64_t left_out);
/* Net positive groups, flagged when something was bought of no group. */
struct counted_cell sql_groups_cell(int64_t positive, bool ungrouped);
/* Digital orders of all; unknown when no order carries a mark. */
struct counted_cell sql_digital_cell(int64_t digital, int64_t orders, bool marked);

/* Asks the query `name` with its arguments and does what stands last with every row, called `row`:
 *         status = EACH_ROW(metrics_visits, connection, error, ({.generation = 3}), sum += row.visits); */
#define EACH_ROW(name, connection, error, arguments, ...)                                                      \
        __extension__({                                                                                        \
                rows_cleanup struct rows *each_rows = NULL;                                                    \
                enum status each_status = q_##name##_open(                                                     \
                        (connection), &(struct q_##name##_args)SQL_ARGUMENTS arguments, &each_rows, (error));  \
                for (bool each_more = true; each_status == STATUS_OK && each_more;) {                          \
                        struct q_##name##_row row;                                                             \
                        each_status = q_##name##_next(each_rows, &row, &each_more, (error));                   \
                        if (each_status == STATUS_OK && each_more) {                                           \
                                __VA_ARGS__;                                                                       \
                        }                                                                                      \
                }                                                                                              \
                each_status;                                                                                   \
        })
#define SQL_ARGUMENTS(...) __VA_ARGS__

#endif
