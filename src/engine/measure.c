/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * measure.c: fills the columns of a plan, customer by customer, in parallel over ranges of customers. Every thread has
 * its own scratch memory; a customer's row depends on nothing but its own data.
 */
#include "engine/evaluate.h"

#include "base/bits.h"
#include "engine/figures.h"
#include "engine/metric_facts.h"
#include "engine/metric_purchases.h"
#include "engine/plan.h"
#include "engine/population.h"
#include "engine/unite.h"

enum { MEASURE_RANGES = 64, MEASURE_GRAIN_MIN = 1024, WORD = 64, PREFETCH_AHEAD = 6, PREFETCH_UNITS_AHEAD = 2,
       UNITS_GRAIN = 512 };
enum failure { FAILURE_NONE, FAILURE_MEMORY, FAILURE_OVERFLOW };

struct measure_job {
        const struct engine_plan *plan;
        const struct engine_input *input;
        struct measures *measures;
        uint32_t *group_by_article;  /* group_count for "none" */
        uint32_t *own_number;        /* article -> article */
        uint32_t *column_group;      /* by column: dense group of revenue `of`; group_count + 1 when unknown */
        uint16_t *month_by_age;
        const struct plan_column *walked; /* the first column that walks lines, or NULL */
        const uint64_t *in_unit;     /* bits: measured with others; NULL: nobody */
        const struct purchase_history *history; /* known already; NULL: asked of the segments */
        size_t age_count, month_count;
        bool needs_groups, needs_articles, some_unnumbered;
        int failure;                 /* enum failure; the largest wins, whatever the order of threads */
};

/* One thread's working memory for one range. */
struct scratch {
        struct document_sum *sums;   /* by interval */
        struct index_range *lines;   /* by segment; for groups and articles in turn */
        struct number_sums groups, articles;
        struct month_stamps months;
        bool overflow;
};

static void report_failure(struct measure_job *job, int failure)
{
        int seen = __atomic_load_n(&job->failure, __ATOMIC_RELAXED);
        while (seen < failure &&
               !__atomic_compare_exchange_n(&job->failure, &seen, failure, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
                continue;
}

static void scratch_release(struct scratch *scratch)
{
        free(scratch->sums);
        free(scratch->lines);
        free(scratch->groups.sums);
        free(scratch->articles.sums);
        free(scratch->months.stamps);
}

static bool scratch_init(struct scratch *scratch, const struct measure_job *job)
{
        const struct engine_input *input = job->input;
        *scratch = (struct scratch){.groups = {.count = input->group_count,
                                               .some_unnumbered = job->some_unnumbered},
                                    .articles.count = input->article_count,
                                    .months = {.age_count = job->age_count, .month_by_age = job->month_by_age}};
        bool complete = true;
        complete &= (scratch->sums = calloc(job->plan->interval_count + 1, sizeof(*scratch->sums))) != NULL;
        complete &= (scratch->lines = calloc(input->segment_count + 1, sizeof(*scratch->lines))) != NULL;
        scratch->groups.lines = scratch->articles.lines = scratch->lines;
        if (job->needs_groups) {
                scratch->groups.sums = calloc(input->group_count + 1, sizeof(int64_t));
                complete &= scratch->groups.sums != NULL;
        }
        if (job->needs_articles) {
                scratch->articles.sums = calloc(input->article_count + 1, sizeof(int64_t));
                complete &= scratch->articles.sums != NULL;
        }
        if (job->month_count)
                complete &= (scratch->months.stamps = calloc(job->month_count, sizeof(uint64_t))) != NULL;
        return complete;
}

static void store_days(const struct measure_job *job, struct metric_column *column, size_t customer, int32_t day)
{
        int32_t cutoff_day = job->plan->cutoff_day;
        bool known = day != DAY_NONE && day <= cutoff_day;
        column->value[customer] = 0;
        if (!known)
                return;
        column->value[customer] = column->metric == METRIC_TENURE ? months_between(day, cutoff_day)
                                                                  : cutoff_day - day;
        bits_set(column->known, customer);
}

static void store_growth(struct metric_column *column, size_t customer, int64_t revenue, int64_t previous,
                         bool *overflow)
{
        bool known = previous > 0;
        int64_t change = 0;
        if (known && __builtin_sub_overflow(revenue, previous, &change))
                *overflow = true;
        column->value[customer] = change;
        column->denominator[customer] = known ? previous : 1;
        if (known)
                bits_set(column->known, customer);
}

static void store_digital(const struct engine_input *input, struct metric_column *column, size_t customer,
                          int32_t from_day)
{
        struct digital_orders orders = purchases_digital(input, customer, from_day, column->to_day);
        column->value[customer] = orders.marked ? orders.digital : 0;
        column->denominator[customer] = orders.marked ? orders.orders : 1;
        if (orders.marked)
                bits_set(column->known, customer);
}

/* Metrics that walk lines or documents on their own. */
static void store_walked(const struct measure_job *job, struct scratch *scratch, size_t index, size_t customer,
                         int32_t from_day)
{
        const struct engine_input *input = job->input;
        struct metric_column *column = &job->measures->columns[index];
        int32_t to_day = column->to_day;
        int64_t value = 0;
        bool known = true, flagged = false, *overflow = &scratch->overflow;
        if (column->metric == METRIC_PRODUCT_GROUPS) {
                struct number_count count = purchases_count_numbers(input, customer, from_day, to_day,
                                                                    job->group_by_article, &scratch->groups, overflow);
                value = count.positive;
                flagged = count.unnumbered;
        } else if (column->metric == METRIC_ARTICLES) {
                value = purchases_count_numbers(input, customer, from_day, to_day, job->own_number,
                                                &scratch->articles, overflow).positive;
        } else if (column->metric == METRIC_ACTIVE_MONTHS) {
                value = purchases_active_months(input, customer, from_day, to_day, &scratch->months);
        } else if (column->metric == METRIC_MARGIN) {
                struct margin_sum sum = purchases_margin(input, customer, from_day, to_day, overflow);
                value = sum.margin_minor;
                known = sum.line_count > sum.line_left_out;
                flagged = known && sum.line_left_out > 0;
                column->line_count[customer] = sum.line_count;
                column->line_left_out[customer] = sum.line_left_out;
        } else {
                value = purchases_number_revenue(input, customer, from_day, to_day, job->group_by_article,
                                                 job->column_group[index], overflow);
        }
        column->value[customer] = value;
        if (known)
                bits_set(column->known, customer);
        if (flagged)
                bits_set(column->flagged, customer);
}

static void store_counted(struct metric_column *column, size_t customer, const struct counted_cell *cell)
{
        column->value[customer] = cell->value;
        if (column->denominator)
                column->denominator[customer] = cell->denominator;
        if (column->line_count) {
                column->line_count[customer] = cell->line_count;
                column->line_left_out[customer] = cell->line_left_out;
        }
        if (cell->known)
                bits_set(column->known, customer);
        if (cell->flagged)
                bits_set(column->flagged, customer);
}

static void store_cell(const struct measure_job *job, struct scratch *scratch, size_t index, size_t customer,
                       const struct purchase_history *history, const struct membership_basis *basis)
{
        const struct plan_column *planned = &job->plan->columns[index];
        struct metric_column *column = &job->measures->columns[index];
        int32_t from_day = planned->window.kind == WINDOW_SINCE_JOINED
                                   ? (basis->joined_day != DAY_NONE ? basis->joined_day : basis->since_day)
                                   : planned->from_day;
        const struct purchase_figures *figures = job->input->figures;
        if (figures && figures->cells[index]) {
                store_counted(column, customer, &figures->cells[index][customer]);
                return;
        }
        switch (planned->metric) {
        case METRIC_REVENUE_GROWTH:
                store_growth(column, customer, scratch->sums[planned->interval].total_minor,
                             scratch->sums[planned->previous].total_minor, &scratch->overflow);
                break;
        case METRIC_RECENCY:
                store_days(job, column, customer, history->last_positive_day);
                break;
        case METRIC_TENURE:
                store_days(job, column, customer, basis->customer_since_day);
                break;
        case METRIC_POTENTIAL:
                facts_potential(job->input, column, customer, 0, &scratch->overflow);
                break;
        case METRIC_SHARE_OF_WALLET:
        case METRIC_OPEN_POTENTIAL:
                facts_potential(job->input, column, customer, scratch->sums[planned->interval].total_minor,
                                &scratch->overflow);
                break;
        case METRIC_ATTRIBUTE:
                facts_attribute(column, customer);
                break;
        case METRIC_VALUE:
                facts_value(job->input, column, customer);
                break;
        case METRIC_CERTIFIED_PEOPLE:
                facts_certified(column, customer);
                break;
        case METRIC_ACTIVITIES:
        case METRIC_VISITS:
                facts_events(column, customer, from_day);
                break;
        case METRIC_DIGITAL_SHARE:
                store_digital(job->input, column, customer, from_day);
                break;
        default:
                if (planned->interval == INTERVAL_NONE) {
                        store_walked(job, scratch, index, customer, from_day);
                        break;
                }
                const struct document_sum *sum = &scratch->sums[planned->interval];
                column->value[customer] =
                        planned->metric == METRIC_ORDERS ? sum->positive_count : sum->total_minor;
                bits_set(column->known, customer);
        }
}

static void measure_customer(const struct measure_job *job, struct scratch *scratch, size_t customer)
{
        const struct engine_plan *plan = job->plan;
        struct measures *measures = job->measures;
        const struct purchase_figures *figures = job->input->figures;
        struct purchase_history history =
                job->history ? job->history[customer] : purchases_history(job->input, customer);
        struct membership_basis basis = population_resolve(job->input, customer, &history);
        if (basis.exists)
                bits_set(measures->exists, customer);
        measures->kind[customer] = (uint8_t)basis.kind;
        measures->since_day[customer] = basis.since_day;
        measures->joined_day[customer] = basis.joined_day;
        measures->size_class[customer] = job->input->size_class[customer];
        int32_t joined_day = basis.joined_day != DAY_NONE ? basis.joined_day : basis.since_day;
        for (size_t i = 0; i < plan->interval_count; i++) {
                const struct plan_interval *interval = &plan->intervals[i];
                if (figures) {
                        scratch->sums[i] = figures->sums[i][customer];
                        continue;
                }
                scratch->sums[i] = purchases_sum(job->input, customer,
                                                 interval->since_joined ? joined_day : interval->from_day,
                                                 interval->to_day, &scratch->overflow);
        }
        for (size_t i = 0; i < plan->column_count; i++)
                store_cell(job, scratch, i, customer, &history, &basis);
}

static void measure_range(void *context, size_t begin, size_t end)
{
        struct measure_job *job = context;
        struct scratch scratch;
        if (scratch_init(&scratch, job)) {
                for (size_t customer = begin; customer < end; customer++) {
                        if (job->in_unit && bits_get(job->in_unit, customer))
                                continue;
                        if (job->walked && customer + PREFETCH_AHEAD < end)
                                purchases_prefetch_lines(job->input, customer + PREFETCH_AHEAD, job->walked->from_day,
                                                         job->walked->to_day);
                        measure_customer(job, &scratch, customer);
                }
                if (scratch.overflow)
                        report_failure(job, FAILURE_OVERFLOW);
        } else {
                report_failure(job, FAILURE_MEMORY);
        }
        scratch_release(&scratch);
}

/* By age in days of a document: which month, counted back from the cut-off, it falls into. */
static bool prepare_months(struct measure_job *job, struct arena *arena)
{
        int32_t cutoff_day = job->plan->cutoff_day;
        if (cutoff_day < DAY_MIN)
                return true;
        job->age_count = (size_t)(cutoff_day - DAY_MIN) + 1;
        job->month_by_age = arena_alloc(arena, job->age_count * sizeof(*job->month_by_age));
        if (!job->month_by_age)
                return false;
        struct date date = date_from_day(cutoff_day);
        int months_before = (date.year - 1900) * 12 + (int)date.month - 1, month = 0;
        int32_t month_begins_after = months_before > 0 ? day_add_months(cutoff_day, -1) : DAY_MIN - 1;
        for (int32_t day = cutoff_day; day >= DAY_MIN; day--) {
                if (day <= month_begins_after) {
                        month++;
                        month_begins_after = month < months_before ? day_add_months(cutoff_day, -month - 1)
                                                                   : DAY_MIN - 1;
                }
                job->month_by_age[cutoff_day - day] = (uint16_t)month;
        }
        job->month_count = (size_t)month + 1;
        return true;
}

static bool prepare_articles(struct measure_job *job, struct arena *arena)
{
        const struct engine_input *input = job->input;
        job->group_by_article = arena_alloc(arena, input->article_count * sizeof(uint32_t) + 1);
        job->own_number = arena_alloc(arena, input->article_count * sizeof(uint32_t) + 1);
        if (!job->group_by_article || !job->own_number)
                return false;
        for (size_t i = 0; i < input->article_count; i++) {
                bool grouped = input->article_group[i] < input->group_count;
                job->group_by_article[i] = grouped ? input->article_group[i] : (uint32_t)input->group_count;
                job->some_unnumbered |= !grouped;
                job->own_number[i] = (uint32_t)i;
        }
        return true;
}

static uint32_t find_group(const struct engine_input *input, struct text code)
{
        for (size_t i = 0; i < input->group_count; i++)
                if (text_equal(input->group_codes[i], code))
                        return (uint32_t)i;
        return (uint32_t)input->group_count + 1;
}

static bool prepare(struct measure_job *job, struct arena *arena)
{
        const struct engine_plan *plan = job->plan;
        bool needs_months = false, needs_numbers = false;
        job->column_group = arena_array(arena, uint32_t, plan->column_count);
        if (!job->column_group)
                return false;
        for (size_t i = 0; i < plan->column_count; i++) {
                const struct plan_column *column = &plan->columns[i];
                bool of_group = column->metric == METRIC_REVENUE && column->of.length;
                facts_prepare(job->input, &job->measures->columns[i]);
                bool walks = of_group || column->metric == METRIC_PRODUCT_GROUPS ||
                             column->metric == METRIC_ARTICLES || column->metric == METRIC_MARGIN;
                if (walks && !job->walked)
                        job->walked = column;
                job->needs_groups |= column->metric == METRIC_PRODUCT_GROUPS;
                job->needs_articles |= column->metric == METRIC_ARTICLES;
                needs_months |= column->metric == METRIC_ACTIVE_MONTHS;
                needs_numbers |= of_group;
                if (of_group)
                        job->column_group[i] = find_group(job->input, column->of);
        }
        if (needs_months && !prepare_months(job, arena))
                return false;
        needs_numbers |= job->needs_groups | job->needs_articles;
        return !needs_numbers || prepare_articles(job, arena);
}

/* Few, large ranges: scratch memory is set up once per range. A multiple of 64 gives each range its own bit words. */
static size_t measure_grain(size_t count)
{
        size_t grain = (count / MEASURE_RANGES + WORD - 1) / WORD * WORD;
        return grain < MEASURE_GRAIN_MIN ? MEASURE_GRAIN_MIN : grain;
}

/* ---- units of several customers -------------------------------------------------------------------------------- */

/* Units measured as customers of their own, one row each. */
struct unit_job {
        struct measure_job job;      /* over the units */
        const struct measures *customers; /* whose columns know the events */
        struct united *united;
};

/* Activities and visits are those of all members. */
static void add_events(const struct unit_job *unit_job, size_t unit)
{
        const struct measure_job *job = &unit_job->job;
        const struct engine_units *units = unit_job->united->from->units;
        struct measures *rows = job->measures;
        int32_t joined_day = rows->joined_day[unit] != DAY_NONE ? rows->joined_day[unit] : rows->since_day[unit];
        for (size_t i = 0; i < job->plan->column_count; i++) {
                const struct plan_column *planned = &job->plan->columns[i];
                const struct metric_column *column = &unit_job->customers->columns[i];
                int32_t from_day = planned->window.kind == WINDOW_SINCE_JOINED ? joined_day : planned->from_day;
                if (!column->events)
                        continue;
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++)
                        if (unit_job->united->exists[at])
                                rows->columns[i].value[unit] += facts_count_events(column, units->members[at],
                                                                                   from_day);
        }
}

static void prefetch_unit(const struct unit_job *unit_job, size_t unit)
{
        const struct engine_input *from = unit_job->united->from;
        const struct plan_column *walked = unit_job->job.walked;
        for (uint32_t at = from->units->first[unit]; at < from->units->first[unit + 1]; at++)
                purchases_prefetch_lines(from, from->units->members[at], walked->from_day, walked->to_day);
}

static void measure_unit_range(void *context, size_t begin, size_t end)
{
        struct unit_job *unit_job = context;
        struct united *united = unit_job->united;
        struct purchase_segment *views = calloc(united->views_max + 1, sizeof(*views));
        struct engine_input input = united->input;
        struct measure_job own = unit_job->job;
        struct scratch scratch;
        input.segments = views;
        input.segment_count = united->views_max;
        own.input = &input;
        if (scratch_init(&scratch, &own) && views) {
                for (size_t unit = begin; unit < end; unit++) {
                        if (own.walked && unit + PREFETCH_UNITS_AHEAD < end)
                                prefetch_unit(unit_job, unit + PREFETCH_UNITS_AHEAD);
                        united_fill(united, unit, unit + 1, &scratch.overflow);
                        input.segment_count = united_views(united, unit, views);
                        measure_customer(&own, &scratch, unit);
                        if (!input.figures)
                                add_events(unit_job, unit);
                }
                if (scratch.overflow)
                        report_failure(&unit_job->job, FAILURE_OVERFLOW);
        } else {
                report_failure(&unit_job->job, FAILURE_MEMORY);
        }
        scratch_release(&scratch);
        free(views);
}

static void copy_bit(const uint64_t *from_bits, size_t from, uint64_t *to_bits, size_t to)
{
        if (from_bits && bits_get(from_bits, from))
                bits_set(to_bits, to);
}

static void copy_row(const struct measures *rows, size_t from, struct measures *measures, size_t to)
{
        measures->kind[to] = rows->kind[from];
        measures->since_day[to] = rows->since_day[from];
        measures->joined_day[to] = rows->joined_day[from];
        measures->size_class[to] = rows->size_class[from];
        for (size_t i = 0; i < rows->column_count; i++) {
                const struct metric_column *row = &rows->columns[i];
                struct metric_column *column = &measures->columns[i];
                column->value[to] = row->value[from];
                if (row->denominator)
                        column->denominator[to] = row->denominator[from];
                if (row->line_count) {
                        column->line_count[to] = row->line_count[from];
                        column->line_left_out[to] = row->line_left_out[from];
                }
                copy_bit(row->known, from, column->known, to);
                copy_bit(row->estimated, from, column->estimated, to);
                copy_bit(row->flagged, from, column->flagged, to);
        }
}

/* A copy of bits by customer in which all members have their unit's. */
static bool hand_out_bits(const struct united *united, const uint64_t *by_unit, struct arena *arena,
                          const uint64_t **bits)
{
        const struct engine_units *units = united->from->units;
        size_t words = bits_words(united->from->customer_count);
        uint64_t *copy = *bits ? arena_array(arena, uint64_t, words + 1) : NULL;
        if (!*bits)
                return true;
        if (!copy)
                return false;
        memcpy(copy, *bits, words * sizeof(*copy));
        for (size_t unit = 0; unit < units->unit_count; unit++)
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1] && united->count[unit]; at++) {
                        bits_clear(copy, units->members[at]);
                        copy_bit(by_unit, unit, copy, units->members[at]);
                }
        *bits = copy;
        return true;
}

/* The same for the values of an attribute. */
static bool hand_out_attribute(const struct united *united, const struct attribute_value *by_unit,
                               struct arena *arena, const struct attribute_column **attribute)
{
        const struct engine_units *units = united->from->units;
        size_t count = united->from->customer_count;
        struct attribute_column *copy = arena_array(arena, struct attribute_column, 1);
        struct attribute_value *values = arena_alloc(arena, count * sizeof(*values) + 1);
        if (!copy || !values)
                return false;
        memcpy(values, (*attribute)->values, count * sizeof(*values));
        for (size_t unit = 0; unit < units->unit_count; unit++)
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1] && united->count[unit]; at++)
                        values[units->members[at]] = by_unit[unit];
        *copy = (struct attribute_column){(*attribute)->name, values};
        *attribute = copy;
        return true;
}

/* Gives all members the row of their unit. A member merged into another has no decision of its own, and its revenue
 * counts there. Units of which nobody exists are left as they are. */
static enum status hand_out(const struct united *united, const struct measures *rows, struct measures *measures,
                            struct arena *arena, struct error *error)
{
        const struct engine_units *units = united->from->units;
        size_t count = measures->customer_count;
        int64_t *own_revenue_minor = arena_alloc(arena, count * sizeof(int64_t) + 1);
        bool complete = own_revenue_minor && hand_out_bits(united, united->suspended, arena, &measures->suspended) &&
                        hand_out_bits(united, united->guarded, arena, &measures->guarded);
        for (size_t i = 0; complete && i < measures->column_count; i++)
                if (measures->columns[i].attribute)
                        complete = hand_out_attribute(united, rows->columns[i].attribute->values, arena,
                                                      &measures->columns[i].attribute);
        if (!complete)
                return error_memory(error);
        memcpy(own_revenue_minor, measures->columns[COLUMN_REVENUE_12M].value, count * sizeof(int64_t));
        bool overflow = false;
        for (size_t unit = 0; unit < units->unit_count; unit++) {
                if (!united->count[unit])
                        continue;
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                        copy_row(rows, unit, measures, units->members[at]);
                        own_revenue_minor[units->members[at]] = 0;
                }
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                        uint32_t root = units->counts_as[at];
                        if (!united->exists[at])
                                continue;
                        bits_set(measures->exists, root);
                        overflow |= __builtin_add_overflow(own_revenue_minor[root], united->revenue_minor[at],
                                                           &own_revenue_minor[root]);
                }
        }
        if (overflow)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        measures->revenue_12m_minor = own_revenue_minor;
        return STATUS_OK;
}

static enum status failure_status(int failure, struct error *error)
{
        if (failure == FAILURE_OVERFLOW)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        return failure == FAILURE_MEMORY ? error_memory(error) : STATUS_OK;
}

/* Measures all units, and says who need not be measured alone. */
static enum status measure_units(struct measure_job *job, struct united *united, const struct parallel *parallel,
                                 struct arena *arena, struct measures *rows, struct error *error)
{
        const struct engine_units *units = job->input->units;
        uint64_t *in_unit = arena_array(arena, uint64_t, bits_words(job->input->customer_count) + 1);
        struct unit_job unit_job = {.job = *job, .customers = job->measures, .united = united};
        if (!in_unit || !united_new(job->input, job->plan, arena, united) ||
            !plan_columns_new(job->plan, units->unit_count, arena, rows))
                return error_memory(error);
        unit_job.job.input = &united->input;
        unit_job.job.measures = rows;
        unit_job.job.history = united->history;
        for (size_t i = 0; i < job->plan->column_count; i++)
                facts_prepare(&united->input, &rows->columns[i]);
        parallel_for(parallel, units->unit_count, UNITS_GRAIN, measure_unit_range, &unit_job);
        for (size_t unit = 0; unit < units->unit_count; unit++)
                for (uint32_t at = units->first[unit]; at < units->first[unit + 1] && united->count[unit]; at++)
                        bits_set(in_unit, units->members[at]);
        job->in_unit = in_unit;
        return failure_status(unit_job.job.failure, error);
}

enum status engine_measure(const struct engine_plan *plan, const struct engine_input *input,
                           const struct parallel *parallel, struct arena *arena, struct measures *ret,
                           struct error *error)
{
        struct measures measures, rows;
        struct measure_job job = {.plan = plan, .input = input, .measures = &measures,
                                  .history = input->figures ? input->figures->history : NULL};
        struct united united;
        bool units = input->units && input->units->unit_count;
        if (!plan_columns_new(plan, input->customer_count, arena, &measures) || !prepare(&job, arena))
                return error_memory(error);
        measures.suspended = input->suspended;
        measures.guarded = input->guarded;
        measures.units = input->units;
        enum status status = units ? measure_units(&job, &united, parallel, arena, &rows, error) : STATUS_OK;
        if (status != STATUS_OK)
                return status;
        parallel_for(parallel, input->customer_count, measure_grain(input->customer_count), measure_range, &job);
        status = failure_status(job.failure, error);
        if (status == STATUS_OK && units)
                status = hand_out(&united, &rows, &measures, arena, error);
        if (status == STATUS_OK)
                *ret = measures;
        return status;
}
