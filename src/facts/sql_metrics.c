/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sql_metrics.c: asks the named queries of sql/queries/metrics.sql and hands their rows to the engine. Windows over
 * document totals go together, several in one pass; every other column is a query of its own.
 */
#include "facts/sql_metrics.h"

#include "base/bits.h"
#include "facts/figures.h"
#include "facts/snapshot_parts.h"
#include "facts/sql_cells.h"
#include "facts/sql_united.h"
#include "queries.h"

enum { SLOTS = 6, MENTIONS_UNASKED = -1, DECIMALS_MAX = 18 };

struct counting {
        struct snapshot *snapshot;
        struct connection *connection;
        const struct engine_plan *plan;
        struct arena *arena;
        int64_t generation;
        bool all_visible, none_replaced; /* metrics_state */
        int32_t mentions;                /* metrics_mentions */
        struct purchase_history *history;
        struct document_sum **sums;
        struct counted_cell **cells;
};

/* The arguments all windowed queries begin with. */
#define WINDOW_ARGUMENTS(counting, column)                                                                     \
        .generation = (counting)->generation, .all_visible = (counting)->all_visible,                          \
        .none_replaced = (counting)->none_replaced, .cutoff_day = (counting)->plan->cutoff_day,                \
        .since_joined = (column)->window.kind == WINDOW_SINCE_JOINED, .from_day = (column)->from_day,          \
        .to_day = (column)->to_day

/* Customers who are not in the snapshot are passed over. */
static void put_cell(const struct counting *counting, struct counted_cell *cells, int64_t customer_id,
                     struct counted_cell cell)
{
        int64_t at = snapshot_find_customer(counting->snapshot, customer_id);
        if (at >= 0)
                cells[at] = cell;
}

static void put_count(const struct counting *counting, struct counted_cell *cells, int64_t customer_id, int64_t value)
{
        put_cell(counting, cells, customer_id,
                 (struct counted_cell){.value = value, .denominator = 1, .known = true});
}

/* ---- documents --------------------------------------------------------------------------------------------------- */

static enum status ask_state(struct counting *counting, struct error *error)
{
        struct q_metrics_state_row row;
        bool found;
        enum status status = q_metrics_state(
                counting->connection, &(struct q_metrics_state_args){.generation = counting->generation}, &row, &found,
                error);
        if (status == STATUS_OK) {
                counting->all_visible = row.all_visible;
                counting->none_replaced = row.none_replaced;
        }
        return status;
}

/* `intervals`: which of the plan's intervals stand in the slots. */
static void take_documents(struct counting *counting, const struct q_metrics_documents_row *row,
                           const size_t *intervals, size_t count)
{
        int64_t at = snapshot_find_customer(counting->snapshot, row->customer_id);
        if (at < 0)
                return;
        counting->history[at] = (struct purchase_history){
                .first_document_day = row->first_day,
                .first_positive_day = row->has_first_positive_day ? row->first_positive_day : DAY_NONE,
                .last_positive_day = row->has_last_positive_day ? row->last_positive_day : DAY_NONE,
        };
        const struct document_sum sums[SLOTS] = {
                {row->total_1, row->positive_1}, {row->total_2, row->positive_2}, {row->total_3, row->positive_3},
                {row->total_4, row->positive_4}, {row->total_5, row->positive_5}, {row->total_6, row->positive_6}};
        for (size_t i = 0; i < count; i++)
                counting->sums[intervals[i]][at] = sums[i];
}

static enum status ask_documents(struct counting *counting, const size_t *intervals, size_t count, struct error *error)
{
        int32_t from[SLOTS], to[SLOTS];
        for (size_t i = 0; i < SLOTS; i++) {
                from[i] = i < count ? counting->plan->intervals[intervals[i]].from_day : 1;
                to[i] = i < count ? counting->plan->intervals[intervals[i]].to_day : 0;
        }
        const struct q_metrics_documents_args args = {
                .generation = counting->generation, .all_visible = counting->all_visible,
                .none_replaced = counting->none_replaced, .cutoff_day = counting->plan->cutoff_day,
                .from_1 = from[0], .to_1 = to[0], .from_2 = from[1], .to_2 = to[1], .from_3 = from[2], .to_3 = to[2],
                .from_4 = from[3], .to_4 = to[3], .from_5 = from[4], .to_5 = to[4], .from_6 = from[5], .to_6 = to[5]};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_documents_open(counting->connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_documents_row row;
                status = q_metrics_documents_next(rows, &row, &more, error);
                if (status == STATUS_OK && more)
                        take_documents(counting, &row, intervals, count);
        }
        return status;
}

static void put_sum(const struct counting *counting, struct document_sum *sums, int64_t customer_id,
                    struct document_sum sum)
{
        int64_t at = snapshot_find_customer(counting->snapshot, customer_id);
        if (at >= 0)
                sums[at] = sum;
}

static enum status ask_documents_since(struct counting *counting, struct document_sum *sums, struct error *error)
{
        return EACH_ROW(metrics_documents_since, counting->connection, error,
                        ({.generation = counting->generation, .all_visible = counting->all_visible,
                          .none_replaced = counting->none_replaced, .cutoff_day = counting->plan->cutoff_day,
                          .since_joined = true, .from_day = DAY_OPEN_START, .to_day = counting->plan->cutoff_day}),
                        put_sum(counting, sums, row.customer_id, (struct document_sum){row.total, row.positive}));
}

/* All windows over document totals, and each customer's first and last days: at least one pass. */
static enum status count_documents(struct counting *counting, struct error *error)
{
        const struct engine_plan *plan = counting->plan;
        size_t waiting[SLOTS], count = 0;
        bool asked = false;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < plan->interval_count && status == STATUS_OK; i++) {
                if (plan->intervals[i].since_joined) {
                        status = ask_documents_since(counting, counting->sums[i], error);
                        continue;
                }
                waiting[count++] = i;
                if (count < SLOTS)
                        continue;
                status = ask_documents(counting, waiting, count, error);
                asked = true;
                count = 0;
        }
        if (status == STATUS_OK && (count || !asked))
                status = ask_documents(counting, waiting, count, error);
        return status;
}

static enum status count_active_months(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_active_months, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column)}),
                        put_count(counting, cells, row.customer_id, row.months));
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static enum status ask_mentions(struct counting *counting, struct error *error)
{
        if (counting->mentions != MENTIONS_UNASKED)
                return STATUS_OK;
        struct q_metrics_mentions_row row;
        bool found;
        enum status status = q_metrics_mentions(
                counting->connection, &(struct q_metrics_mentions_args){.cutoff_day = counting->plan->cutoff_day}, &row,
                &found, error);
        if (status == STATUS_OK)
                counting->mentions = row.mentions;
        return status;
}

static enum status count_product_groups(struct counting *counting, const struct plan_column *column,
                                        struct counted_cell *cells, struct error *error)
{
        enum status status = ask_mentions(counting, error);
        if (status != STATUS_OK)
                return status;
        return EACH_ROW(metrics_product_groups, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column), .mentions = counting->mentions}),
                        put_cell(counting, cells, row.customer_id,
                                 sql_groups_cell(row.positive, row.ungrouped)));
}

static enum status count_articles(struct counting *counting, const struct plan_column *column,
                                  struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_articles, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column)}),
                        put_count(counting, cells, row.customer_id, row.positive));
}

static enum status count_group_revenue(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        enum status status = ask_mentions(counting, error);
        if (status != STATUS_OK)
                return status;
        return EACH_ROW(metrics_group_revenue, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column), .mentions = counting->mentions,
                          .group_code = column->of}),
                        put_count(counting, cells, row.customer_id, row.total));
}

static int64_t minor_unit_of(const struct engine_plan *plan)
{
        int64_t minor_unit = 1;
        for (unsigned i = 0; i < plan->concept->minor_digits && i < DECIMALS_MAX; i++)
                minor_unit *= 10;
        return minor_unit;
}

static enum status count_margin(struct counting *counting, const struct plan_column *column,
                                struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_margin, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column),
                          .minor_unit = minor_unit_of(counting->plan)}),
                        put_cell(counting, cells, row.customer_id,
                                 sql_margin_cell(row.margin, row.line_count, row.left_out)));
}

static enum status count_digital_share(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_digital_share, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column)}),
                        put_cell(counting, cells, row.customer_id,
                                 sql_digital_cell(row.digital, row.orders, row.marked)));
}

/* ---- people and events ------------------------------------------------------------------------------------------- */

static enum status count_certified(struct counting *counting, const struct plan_column *column,
                                   struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_certified_people, counting->connection, error,
                        ({.generation = counting->generation, .cutoff_day = counting->plan->cutoff_day,
                          .qualification = column->of}),
                        put_count(counting, cells, row.customer_id, row.people));
}

static enum status count_activities(struct counting *counting, const struct plan_column *column,
                                    struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_activities, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column), .kind = column->of}),
                        put_count(counting, cells, row.customer_id, row.activities));
}

static enum status count_visits(struct counting *counting, const struct plan_column *column,
                                struct counted_cell *cells, struct error *error)
{
        return EACH_ROW(metrics_visits, counting->connection, error,
                        ({WINDOW_ARGUMENTS(counting, column)}),
                        put_count(counting, cells, row.customer_id, row.visits));
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

typedef enum status (*count_function)(struct counting *counting, const struct plan_column *column,
                                      struct counted_cell *cells, struct error *error);
static const count_function count_functions[] = {
        [COUNT_GROUP_REVENUE] = count_group_revenue, [COUNT_MARGIN] = count_margin,
        [COUNT_PRODUCT_GROUPS] = count_product_groups, [COUNT_ARTICLES] = count_articles,
        [COUNT_ACTIVE_MONTHS] = count_active_months, [COUNT_DIGITAL_SHARE] = count_digital_share,
        [COUNT_CERTIFIED_PEOPLE] = count_certified, [COUNT_ACTIVITIES] = count_activities,
        [COUNT_VISITS] = count_visits,
};

static enum status count_columns(struct counting *counting, struct error *error)
{
        size_t customers = counting->snapshot->customer_count;
        for (size_t i = 0; i < counting->plan->column_count; i++) {
                const struct plan_column *column = &counting->plan->columns[i];
                enum sql_count count = sql_count_of(column);
                if (count == COUNT_NONE)
                        continue;
                struct counted_cell *cells = arena_array(counting->arena, struct counted_cell, customers + 1);
                if (!cells)
                        return error_memory(error);
                sql_cells_begin(count, cells, customers);
                enum status status = count_functions[count](counting, column, cells, error);
                if (status != STATUS_OK)
                        return status;
                counting->cells[i] = cells;
        }
        return STATUS_OK;
}

/* ---- dated facts ------------------------------------------------------------------------------------------------- */

static enum status ask_potentials(struct counting *counting, struct engine_input *input, struct error *error)
{
        size_t count = counting->snapshot->customer_count;
        int64_t *amount_minor = arena_array(counting->arena, int64_t, count + 1);
        uint64_t *known = arena_array(counting->arena, uint64_t, bits_words(count) + 1);
        uint64_t *estimated = arena_array(counting->arena, uint64_t, bits_words(count) + 1);
        if (!amount_minor || !known || !estimated)
                return error_memory(error);
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_potential_open(
                counting->connection, &(struct q_metrics_potential_args){.generation = counting->generation,
                                                                         .cutoff_day = counting->plan->cutoff_day},
                &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_potential_row row;
                status = q_metrics_potential_next(rows, &row, &more, error);
                int64_t at = status == STATUS_OK && more ? snapshot_find_customer(counting->snapshot, row.customer_id)
                                                         : -1;
                if (at < 0)
                        continue;
                amount_minor[at] = row.amount;
                bits_set(known, (size_t)at);
                if (row.estimated)
                        bits_set(estimated, (size_t)at);
        }
        input->potential_minor = amount_minor;
        input->potential_known = known;
        input->potential_estimated = estimated;
        return status;
}

static enum status ask_value(struct counting *counting, struct text name, struct value_column *ret,
                             struct error *error)
{
        size_t count = counting->snapshot->customer_count;
        int64_t *units = arena_array(counting->arena, int64_t, count + 1);
        uint8_t *scales = arena_array(counting->arena, uint8_t, count + 1);
        uint64_t *known = arena_array(counting->arena, uint64_t, bits_words(count) + 1);
        if (!units || !scales || !known)
                return error_memory(error);
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_value_open(
                counting->connection, &(struct q_metrics_value_args){.generation = counting->generation,
                                                                     .cutoff_day = counting->plan->cutoff_day,
                                                                     .name = name},
                &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_value_row row;
                status = q_metrics_value_next(rows, &row, &more, error);
                int64_t at = status == STATUS_OK && more ? snapshot_find_customer(counting->snapshot, row.customer_id)
                                                         : -1;
                if (at < 0)
                        continue;
                units[at] = row.units;
                scales[at] = (uint8_t)row.scale;
                bits_set(known, (size_t)at);
        }
        return status == STATUS_OK ? values_to_common_scale(units, scales, known, count, name, ret, error) : status;
}

static enum status ask_attribute(struct counting *counting, struct text name, struct attribute_column *ret,
                                 struct error *error)
{
        struct attribute_value *values =
                arena_array(counting->arena, struct attribute_value, counting->snapshot->customer_count + 1);
        if (!values)
                return error_memory(error);
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_attribute_open(
                counting->connection, &(struct q_metrics_attribute_args){.generation = counting->generation,
                                                                         .cutoff_day = counting->plan->cutoff_day,
                                                                         .name = name},
                &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_attribute_row row;
                status = q_metrics_attribute_next(rows, &row, &more, error);
                int64_t at = status == STATUS_OK && more ? snapshot_find_customer(counting->snapshot, row.customer_id)
                                                         : -1;
                if (at >= 0 && !attribute_set(counting->arena, row.value, &values[at]))
                        return error_memory(error);
        }
        *ret = (struct attribute_column){name, values};
        return status;
}

/* What the concept names is what snapshot_input loaded. */
static enum status count_facts(struct counting *counting, struct engine_input *input, struct error *error)
{
        struct value_column *values = arena_array(counting->arena, struct value_column, input->value_count + 1);
        struct attribute_column *attributes =
                arena_array(counting->arena, struct attribute_column, input->attribute_count + 1);
        if (!values || !attributes)
                return error_memory(error);
        enum status status = input->potential_minor ? ask_potentials(counting, input, error) : STATUS_OK;
        for (size_t i = 0; i < input->value_count && status == STATUS_OK; i++)
                status = ask_value(counting, input->values[i].name, &values[i], error);
        for (size_t i = 0; i < input->attribute_count && status == STATUS_OK; i++)
                status = ask_attribute(counting, input->attributes[i].name, &attributes[i], error);
        input->values = values;
        input->attributes = attributes;
        return status;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static bool allocate(struct counting *counting)
{
        size_t customers = counting->snapshot->customer_count;
        const struct engine_plan *plan = counting->plan;
        counting->history = arena_array(counting->arena, struct purchase_history, customers + 1);
        counting->sums = arena_array(counting->arena, struct document_sum *, plan->interval_count + 1);
        counting->cells = arena_array(counting->arena, struct counted_cell *, plan->column_count + 1);
        if (!counting->history || !counting->sums || !counting->cells)
                return false;
        for (size_t i = 0; i < customers; i++)
                counting->history[i] = (struct purchase_history){DAY_NONE, DAY_NONE, DAY_NONE};
        for (size_t i = 0; i < plan->interval_count; i++)
                if (!(counting->sums[i] = arena_array(counting->arena, struct document_sum, customers + 1)))
                        return false;
        return true;
}

static enum status count_united(const struct counting *counting, struct engine_input *input,
                                struct purchase_figures *figures, struct error *error)
{
        const struct sql_united sql = {
                .connection = counting->connection, .plan = counting->plan, .arena = counting->arena,
                .customer_ids = counting->snapshot->ids, .generation = counting->generation,
                .minor_unit = minor_unit_of(counting->plan), .all_visible = counting->all_visible,
                .none_replaced = counting->none_replaced, .mentions = counting->mentions};
        return input->units ? sql_united_count(&sql, input, &figures->united, error) : STATUS_OK;
}

static enum status count_all(struct counting *counting, struct engine_input *input, struct error *error)
{
        struct purchase_figures *figures = arena_array(counting->arena, struct purchase_figures, 1);
        if (!figures)
                return error_memory(error);
        enum status status = ask_state(counting, error);
        if (status == STATUS_OK)
                status = count_documents(counting, error);
        if (status == STATUS_OK)
                status = count_columns(counting, error);
        if (status == STATUS_OK)
                status = count_facts(counting, input, error);
        *figures = (struct purchase_figures){counting->history, (const struct document_sum *const *)counting->sums,
                                             (const struct counted_cell *const *)counting->cells, NULL};
        input->figures = figures;
        input->segment_count = 0;
        return status == STATUS_OK ? count_united(counting, input, figures, error) : status;
}

enum status sql_metrics_count(struct snapshot *snapshot, struct connection *connection, const struct engine_plan *plan,
                              struct arena *arena, struct engine_input *input, struct error *error)
{
        struct counting counting = {.snapshot = snapshot, .connection = connection, .plan = plan, .arena = arena,
                                    .generation = snapshot_generation(snapshot), .mentions = MENTIONS_UNASKED};
        if (!allocate(&counting))
                return error_memory(error);
        enum status status = db_read_begin(connection, error);
        if (status != STATUS_OK)
                return status;
        status = count_all(&counting, input, error);
        db_read_end(connection);
        return status;
}
