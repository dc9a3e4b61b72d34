/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sql_metrics.c: asks the named queries of sql/queries/metrics.sql and hands their rows to the engine. Windows over
 * document totals go together, several in one pass; every other column is a query of its own.
 */
#include "facts/sql_metrics.h"

#include "base/bits.h"
#include "engine/figures.h"
#include "engine/plan.h"
#include "facts/figures.h"
#include "facts/snapshot_parts.h"
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

/* The customer's place in `items`; NULL: not in the snapshot. */
static struct counted_cell *cell_of(const struct counting *counting, struct counted_cell *cells, int64_t customer_id)
{
        int64_t at = snapshot_find_customer(counting->snapshot, customer_id);
        return at < 0 ? NULL : &cells[at];
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

static enum status ask_documents_since(struct counting *counting, struct document_sum *sums, struct error *error)
{
        const struct q_metrics_documents_since_args args = {
                .generation = counting->generation, .all_visible = counting->all_visible,
                .none_replaced = counting->none_replaced, .cutoff_day = counting->plan->cutoff_day,
                .since_joined = true, .from_day = DAY_OPEN_START, .to_day = counting->plan->cutoff_day};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_documents_since_open(counting->connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_documents_since_row row;
                status = q_metrics_documents_since_next(rows, &row, &more, error);
                int64_t at = status == STATUS_OK && more ? snapshot_find_customer(counting->snapshot, row.customer_id)
                                                         : -1;
                if (at >= 0)
                        sums[at] = (struct document_sum){row.total, row.positive};
        }
        return status;
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
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_active_months_open(
                counting->connection, &(struct q_metrics_active_months_args){WINDOW_ARGUMENTS(counting, column)},
                &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_active_months_row row;
                status = q_metrics_active_months_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell)
                        cell->value = row.months;
        }
        return status;
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
        rows_cleanup struct rows *rows = NULL;
        enum status status = ask_mentions(counting, error);
        if (status == STATUS_OK)
                status = q_metrics_product_groups_open(
                        counting->connection,
                        &(struct q_metrics_product_groups_args){WINDOW_ARGUMENTS(counting, column),
                                                                .mentions = counting->mentions},
                        &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_product_groups_row row;
                status = q_metrics_product_groups_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell)
                        *cell = (struct counted_cell){.value = row.positive, .known = true, .flagged = row.ungrouped};
        }
        return status;
}

static enum status count_articles(struct counting *counting, const struct plan_column *column,
                                  struct counted_cell *cells, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_articles_open(
                counting->connection, &(struct q_metrics_articles_args){WINDOW_ARGUMENTS(counting, column)}, &rows,
                error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_articles_row row;
                status = q_metrics_articles_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell)
                        cell->value = row.positive;
        }
        return status;
}

static enum status count_group_revenue(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = ask_mentions(counting, error);
        if (status == STATUS_OK)
                status = q_metrics_group_revenue_open(
                        counting->connection,
                        &(struct q_metrics_group_revenue_args){WINDOW_ARGUMENTS(counting, column),
                                                               .mentions = counting->mentions,
                                                               .group_code = column->of},
                        &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_group_revenue_row row;
                status = q_metrics_group_revenue_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell)
                        cell->value = row.total;
        }
        return status;
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
        int64_t minor_unit = minor_unit_of(counting->plan);
        for (size_t i = 0; i < counting->snapshot->customer_count; i++)
                cells[i].known = false;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_margin_open(
                counting->connection,
                &(struct q_metrics_margin_args){WINDOW_ARGUMENTS(counting, column), .minor_unit = minor_unit}, &rows,
                error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_margin_row row;
                status = q_metrics_margin_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (!cell)
                        continue;
                bool known = row.line_count > row.left_out;
                *cell = (struct counted_cell){.value = row.margin, .line_count = row.line_count,
                                              .line_left_out = row.left_out, .known = known,
                                              .flagged = known && row.left_out > 0};
        }
        return status;
}

static enum status count_digital_share(struct counting *counting, const struct plan_column *column,
                                       struct counted_cell *cells, struct error *error)
{
        for (size_t i = 0; i < counting->snapshot->customer_count; i++)
                cells[i].known = false;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_digital_share_open(
                counting->connection, &(struct q_metrics_digital_share_args){WINDOW_ARGUMENTS(counting, column)},
                &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_digital_share_row row;
                status = q_metrics_digital_share_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell && row.marked)
                        *cell = (struct counted_cell){.value = row.digital, .denominator = row.orders, .known = true};
        }
        return status;
}

/* ---- people and events ------------------------------------------------------------------------------------------- */

static enum status count_certified(struct counting *counting, const struct plan_column *column,
                                   struct counted_cell *cells, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_certified_people_open(
                counting->connection,
                &(struct q_metrics_certified_people_args){.generation = counting->generation,
                                                          .cutoff_day = counting->plan->cutoff_day,
                                                          .qualification = column->of},
                &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_certified_people_row row;
                status = q_metrics_certified_people_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell)
                        cell->value = row.people;
        }
        return status;
}

static enum status count_activities(struct counting *counting, const struct plan_column *column,
                                    struct counted_cell *cells, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_activities_open(
                counting->connection,
                &(struct q_metrics_activities_args){WINDOW_ARGUMENTS(counting, column), .kind = column->of}, &rows,
                error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_activities_row row;
                status = q_metrics_activities_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell)
                        cell->value = row.activities;
        }
        return status;
}

static enum status count_visits(struct counting *counting, const struct plan_column *column,
                                struct counted_cell *cells, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_metrics_visits_open(
                counting->connection, &(struct q_metrics_visits_args){WINDOW_ARGUMENTS(counting, column)}, &rows,
                error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_metrics_visits_row row;
                status = q_metrics_visits_next(rows, &row, &more, error);
                struct counted_cell *cell =
                        status == STATUS_OK && more ? cell_of(counting, cells, row.customer_id) : NULL;
                if (cell)
                        cell->value = row.visits;
        }
        return status;
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

typedef enum status (*count_function)(struct counting *counting, const struct plan_column *column,
                                      struct counted_cell *cells, struct error *error);

/* NULL: made of document sums, history and facts. */
static count_function function_for(const struct plan_column *column)
{
        switch (column->metric) {
        case METRIC_REVENUE:
                return column->of.length ? count_group_revenue : NULL;
        case METRIC_MARGIN:
                return count_margin;
        case METRIC_PRODUCT_GROUPS:
                return count_product_groups;
        case METRIC_ARTICLES:
                return count_articles;
        case METRIC_ACTIVE_MONTHS:
                return count_active_months;
        case METRIC_DIGITAL_SHARE:
                return count_digital_share;
        case METRIC_CERTIFIED_PEOPLE:
                return count_certified;
        case METRIC_ACTIVITIES:
                return count_activities;
        case METRIC_VISITS:
                return count_visits;
        default:
                return NULL;
        }
}

static enum status count_columns(struct counting *counting, struct error *error)
{
        size_t customers = counting->snapshot->customer_count;
        for (size_t i = 0; i < counting->plan->column_count; i++) {
                const struct plan_column *column = &counting->plan->columns[i];
                count_function count = function_for(column);
                if (!count)
                        continue;
                struct counted_cell *cells = arena_array(counting->arena, struct counted_cell, customers + 1);
                if (!cells)
                        return error_memory(error);
                /* Who does not occur in the rows has counted 0. */
                for (size_t c = 0; c < customers; c++)
                        cells[c] = (struct counted_cell){.denominator = 1, .known = true};
                enum status status = count(counting, column, cells, error);
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
