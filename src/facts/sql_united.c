/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sql_united.c: hands the database the members who exist, each with its unit and the day from which its documents
 * count, and takes a row per unit. What adds up (document totals in windows that are the same for everybody) is added
 * here.
 */
#include "facts/sql_united.h"

#include "base/buffer.h"
#include "engine/unite.h"
#include "facts/sql_cells.h"
#include "queries.h"

enum { MEMBERS_BYTES_MAX = 1 << 30 };

struct counting {
        const struct sql_united *sql;
        struct united united;
        const struct engine_units *units;
        int32_t *joined_days;             /* by unit: where since_joined begins */
        struct buffer members;            /* the argument of the query at hand */
};

/* The arguments all windowed queries begin with. */
#define WINDOW_ARGUMENTS(counting, last_day)                                                                   \
        .generation = (counting)->sql->generation, .all_visible = (counting)->sql->all_visible,                \
        .none_replaced = (counting)->sql->none_replaced, .to_day = (last_day),                                 \
        .members = {(counting)->members.data, (counting)->members.length}

/* [[customer, unit, first day], ...]; `everybody`: whether they exist or not. */
static enum status list_members(struct counting *counting, bool since_joined, int32_t from_day, bool everybody,
                                struct error *error)
{
        const struct engine_units *units = counting->units;
        buffer_clear(&counting->members);
        bool complete = buffer_add_byte(&counting->members, '[');
        for (size_t unit = 0; unit < units->unit_count; unit++) {
                int32_t first_day = since_joined ? counting->joined_days[unit] : from_day;
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1] && complete; at++)
                        if (everybody || counting->united.exists[at])
                                complete = buffer_addf(&counting->members, "%s[%lld,%zu,%d]",
                                                       counting->members.length > 1 ? "," : "",
                                                       (long long)counting->sql->customer_ids[units->members[at]],
                                                       unit, (int)first_day);
        }
        complete = complete && buffer_add_byte(&counting->members, ']');
        return complete ? STATUS_OK : error_memory(error);
}

/* ---- documents --------------------------------------------------------------------------------------------------- */

static enum status sum_since_joined(struct counting *counting, int32_t to_day, struct document_sum *sums,
                                    struct error *error)
{
        enum status status = list_members(counting, true, DAY_OPEN_START, false, error);
        if (status != STATUS_OK)
                return status;
        return EACH_ROW(metrics_documents_united, counting->sql->connection, error,
                        ({WINDOW_ARGUMENTS(counting, to_day)}),
                        sums[row.unit] = (struct document_sum){row.total, row.positive});
}

/* A window that is the same for everybody. */
static bool add_sums(const struct counting *counting, const struct document_sum *by_customer,
                     struct document_sum *sums)
{
        const struct engine_units *units = counting->units;
        bool overflow = false;
        for (size_t unit = 0; unit < units->unit_count; unit++)
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                        const struct document_sum *own = &by_customer[units->members[at]];
                        if (!counting->united.exists[at])
                                continue;
                        overflow |= __builtin_add_overflow(sums[unit].total_minor, own->total_minor,
                                                           &sums[unit].total_minor);
                        sums[unit].positive_count += own->positive_count;
                }
        return !overflow;
}

static enum status sum_documents(struct counting *counting, const struct purchase_figures *customers,
                                 struct document_sum **sums, struct error *error)
{
        const struct engine_plan *plan = counting->sql->plan;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < plan->interval_count && status == STATUS_OK; i++) {
                sums[i] = arena_array(counting->sql->arena, struct document_sum, counting->units->unit_count + 1);
                if (!sums[i])
                        return error_memory(error);
                if (plan->intervals[i].since_joined)
                        status = sum_since_joined(counting, plan->intervals[i].to_day, sums[i], error);
                else if (!add_sums(counting, customers->sums[i], sums[i]))
                        status = error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        }
        return status;
}

static enum status count_active_months(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_active_months_united, counting->sql->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column->to_day),
                          .cutoff_day = counting->sql->plan->cutoff_day}),
                        cells[row.unit].value = row.months);
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static enum status count_product_groups(struct counting *counting, const struct plan_column *column,
                                        struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_product_groups_united, counting->sql->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column->to_day),
                          .cutoff_day = counting->sql->plan->cutoff_day, .mentions = counting->sql->mentions}),
                        cells[row.unit] = sql_groups_cell(row.positive, row.ungrouped));
}

static enum status count_articles(struct counting *counting, const struct plan_column *column,
                                  struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_articles_united, counting->sql->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column->to_day)}),
                        cells[row.unit].value = row.positive);
}

static enum status count_group_revenue(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_group_revenue_united, counting->sql->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column->to_day),
                          .cutoff_day = counting->sql->plan->cutoff_day, .mentions = counting->sql->mentions,
                          .group_code = column->of}),
                        cells[row.unit].value = row.total);
}

static enum status count_margin(struct counting *counting, const struct plan_column *column,
                                struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_margin_united, counting->sql->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column->to_day),
                          .minor_unit = counting->sql->minor_unit}),
                        cells[row.unit] = sql_margin_cell(row.margin, row.line_count, row.left_out));
}

static enum status count_digital_share(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_digital_share_united, counting->sql->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column->to_day)}),
                        cells[row.unit] = sql_digital_cell(row.digital, row.orders, row.marked));
}

/* ---- people and events ------------------------------------------------------------------------------------------- */

static enum status count_certified(struct counting *counting, const struct plan_column *column,
                                   struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_certified_people_united, counting->sql->connection, error,
                        ({.generation = counting->sql->generation, .cutoff_day = counting->sql->plan->cutoff_day,
                          .qualification = column->of, .members = {counting->members.data, counting->members.length}}),
                        cells[row.unit].value = row.people);
}

static enum status count_activities(struct counting *counting, const struct plan_column *column,
                                    struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_activities_united, counting->sql->connection, error,
                        ({.generation = counting->sql->generation, .to_day = column->to_day, .kind = column->of,
                          .members = {counting->members.data, counting->members.length}}),
                        cells[row.unit].value = row.activities);
}

static enum status count_visits(struct counting *counting, const struct plan_column *column,
                                struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_visits_united, counting->sql->connection, error,
                        ({.generation = counting->sql->generation, .to_day = column->to_day,
                          .members = {counting->members.data, counting->members.length}}),
                        cells[row.unit].value = row.visits);
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

typedef enum status (*count_function)(struct counting *counting, const struct plan_column *column,
                                      struct counted_cell *cells, struct error *error);
static const count_function count_functions[] = {
        [COUNT_GROUP_REVENUE] = count_group_revenue, [COUNT_MARGIN] = count_margin,
        [COUNT_PRODUCT_GROUPS] = count_product_groups, [COUNT_ARTICLES] = count_articles,
        [COUNT_ACTIVE_MONTHS] = count_active_months, [COUNT_DIGITAL_SHARE] = count_digital_share,
        [COUNT_CERTIFIED_PEOPLE] = count_certified, [COUNT_ACTIVITIES] = count_activities,
        [COUNT_VISITS] = count_visits,
};

static enum status count_columns(struct counting *counting, struct counted_cell **cells, struct error *error)
{
        size_t units = counting->units->unit_count;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < counting->sql->plan->column_count && status == STATUS_OK; i++) {
                const struct plan_column *column = &counting->sql->plan->columns[i];
                enum sql_count count = sql_count_of(column);
                if (count == COUNT_NONE)
                        continue;
                cells[i] = arena_array(counting->sql->arena, struct counted_cell, units + 1);
                if (!cells[i])
                        return error_memory(error);
                sql_cells_begin(count, cells[i], units);
                status = list_members(counting, column->window.kind == WINDOW_SINCE_JOINED, column->from_day,
                                      count == COUNT_CERTIFIED_PEOPLE, error);
                if (status == STATUS_OK)
                        status = count_functions[count](counting, column, cells[i], error);
        }
        return status;
}

static enum status begin(struct counting *counting, const struct engine_input *input, struct error *error)
{
        bool overflow = false;
        size_t units = counting->units->unit_count;
        counting->joined_days = arena_array(counting->sql->arena, int32_t, units + 1);
        if (!counting->joined_days ||
            !united_new(input, counting->sql->plan, counting->sql->arena, &counting->united))
                return error_memory(error);
        united_fill(&counting->united, 0, units, &overflow);
        if (overflow)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        for (size_t unit = 0; unit < units; unit++) {
                struct membership_basis basis = population_resolve(&counting->united.input, unit,
                                                                   &counting->united.history[unit]);
                counting->joined_days[unit] = basis.joined_day != DAY_NONE ? basis.joined_day : basis.since_day;
        }
        return STATUS_OK;
}

enum status sql_united_count(const struct sql_united *sql, const struct engine_input *input,
                             const struct purchase_figures **ret, struct error *error)
{
        struct counting counting = {.sql = sql, .units = input->units};
        buffer_init(&counting.members, MEMBERS_BYTES_MAX);
        struct purchase_figures *figures = arena_array(sql->arena, struct purchase_figures, 1);
        struct document_sum **sums = arena_array(sql->arena, struct document_sum *, sql->plan->interval_count + 1);
        struct counted_cell **cells = arena_array(sql->arena, struct counted_cell *, sql->plan->column_count + 1);
        enum status status = figures && sums && cells ? begin(&counting, input, error) : error_memory(error);
        if (status == STATUS_OK)
                status = sum_documents(&counting, input->figures, sums, error);
        if (status == STATUS_OK)
                status = count_columns(&counting, cells, error);
        buffer_release(&counting.members);
        if (status != STATUS_OK)
                return status;
        *figures = (struct purchase_figures){counting.united.history, (const struct document_sum *const *)sums,
                                             (const struct counted_cell *const *)cells, NULL};
        *ret = figures;
        return STATUS_OK;
}
