/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * measure.c: fills the columns of a plan, customer by customer, in parallel over ranges of customers. Every thread has
 * its own scratch memory; a customer's row depends on nothing but his own data.
 */
#include "engine/evaluate.h"

#include "base/bits.h"
#include "engine/figures.h"
#include "engine/metric_facts.h"
#include "engine/metric_purchases.h"
#include "engine/plan.h"
#include "engine/population.h"
#include "engine/unite.h"

enum { MEASURE_RANGES = 64, MEASURE_GRAIN_MIN = 1024, WORD = 64, PREFETCH_AHEAD = 6 };
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
        const uint64_t *in_unit;     /* bits: measured with others, after everybody else; NULL: nobody */
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
                figures ? figures->history[customer] : purchases_history(job->input, customer);
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

static void copy_bit(uint64_t *bits, size_t from, size_t to)
{
        if (bits && bits_get(bits, from))
                bits_set(bits, to);
}

static void copy_row(struct measures *measures, size_t from, size_t to)
{
        measures->kind[to] = measures->kind[from];
        measures->since_day[to] = measures->since_day[from];
        measures->joined_day[to] = measures->joined_day[from];
        measures->size_class[to] = measures->size_class[from];
        for (size_t i = 0; i < measures->column_count; i++) {
                struct metric_column *column = &measures->columns[i];
                column->value[to] = column->value[from];
                if (column->denominator)
                        column->denominator[to] = column->denominator[from];
                if (column->line_count) {
                        column->line_count[to] = column->line_count[from];
                        column->line_left_out[to] = column->line_left_out[from];
                }
                copy_bit(column->known, from, to);
                copy_bit(column->estimated, from, to);
                copy_bit(column->flagged, from, to);
        }
}

/* Activities and visits are those of all members. */
static void add_events(const struct measure_job *job, const struct united *united)
{
        size_t first = united->members[0];
        int32_t joined_day = job->measures->joined_day[first] != DAY_NONE ? job->measures->joined_day[first]
                                                                          : job->measures->since_day[first];
        for (size_t i = 0; i < job->plan->column_count; i++) {
                const struct plan_column *planned = &job->plan->columns[i];
                struct metric_column *column = &job->measures->columns[i];
                int32_t from_day = planned->window.kind == WINDOW_SINCE_JOINED ? joined_day : planned->from_day;
                int64_t count = 0;
                if (planned->metric != METRIC_ACTIVITIES && planned->metric != METRIC_VISITS)
                        continue;
                for (size_t m = 0; m < united->count; m++) {
                        facts_events(column, united->members[m], from_day);
                        count += column->value[united->members[m]];
                }
                column->value[first] = count;
        }
}

/* Measures the members who exist as one customer, in the row of the first of them, and copies it to the others. A
 * member merged into another has no row of his own, and his revenue counts there. */
static void measure_unit(const struct measure_job *job, struct scratch *scratch, struct united *united, size_t unit,
                         int64_t *own_revenue_minor)
{
        const struct engine_units *units = job->input->units;
        const struct plan_interval *year = &job->plan->intervals[job->plan->columns[COLUMN_REVENUE_12M].interval];
        size_t count = united_gather(united, job->input, unit, year->from_day, year->to_day, &scratch->overflow);
        for (uint32_t at = units->first[unit]; !count && at < units->first[unit + 1]; at++)
                measure_customer(job, scratch, units->members[at]);
        if (!count)
                return;
        size_t first = united->members[0];
        struct measure_job alone = *job;
        alone.input = united_facts(united, &scratch->overflow);
        measure_customer(&alone, scratch, first);
        add_events(job, united);
        bits_clear(job->measures->exists, first);
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                if (units->members[at] != first)
                        copy_row(job->measures, first, units->members[at]);
                own_revenue_minor[units->members[at]] = 0;
        }
        for (size_t i = 0; i < count; i++) {
                uint32_t root = united->counts_as[i];
                bits_set(job->measures->exists, root);
                scratch->overflow |= __builtin_add_overflow(own_revenue_minor[root], united->revenue_minor[i],
                                                            &own_revenue_minor[root]);
        }
}

static enum status measure_units(struct measure_job *job, struct united *united, struct arena *arena,
                                 struct error *error)
{
        const struct engine_units *units = job->input->units;
        size_t count = job->input->customer_count;
        struct measure_job united_job = *job;
        struct scratch scratch;
        int64_t *own_revenue_minor = arena_alloc(arena, count * sizeof(int64_t) + 1);
        if (!own_revenue_minor)
                return error_memory(error);
        memcpy(own_revenue_minor, job->measures->columns[COLUMN_REVENUE_12M].value, count * sizeof(int64_t));
        united_job.input = &united->input;
        bool ready = scratch_init(&scratch, &united_job);
        for (size_t unit = 0; ready && unit < units->unit_count; unit++)
                measure_unit(job, &scratch, united, unit, own_revenue_minor);
        scratch_release(&scratch);
        if (!ready)
                return error_memory(error);
        if (scratch.overflow)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        job->measures->revenue_12m_minor = own_revenue_minor;
        return STATUS_OK;
}

enum status engine_measure(const struct engine_plan *plan, const struct engine_input *input,
                           const struct parallel *parallel, struct arena *arena, struct measures *ret,
                           struct error *error)
{
        struct measures measures;
        struct measure_job job = {.plan = plan, .input = input, .measures = &measures};
        struct united united;
        bool units = input->units && input->units->unit_count;
        if (units && input->figures)
                return error_set(error, STATUS_INVALID, "engine.units_counted_alone", NULL);
        if (units && !united_new(input, arena, &united))
                return error_memory(error);
        if (units) {
                job.input = &united.facts;
                job.in_unit = united.in_unit;
        }
        if (!plan_columns_new(plan, input->customer_count, arena, &measures) || !prepare(&job, arena))
                return error_memory(error);
        measures.suspended = job.input->suspended;
        measures.guarded = job.input->guarded;
        measures.units = job.input->units;
        parallel_for(parallel, input->customer_count, measure_grain(input->customer_count), measure_range, &job);
        if (job.failure == FAILURE_OVERFLOW)
                return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        if (job.failure == FAILURE_MEMORY)
                return error_memory(error);
        enum status status = units ? measure_units(&job, &united, arena, error) : STATUS_OK;
        if (status == STATUS_OK)
                *ret = measures;
        return status;
}
