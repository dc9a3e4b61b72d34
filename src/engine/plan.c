/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plan.c: from a concept and a cut-off date to the columns that must be measured. Criteria that ask for the same metric
 * over the same window share a column; columns made of document totals share the sums they are made of.
 */
#include "engine/plan.h"

#include "base/bits.h"
#include "base/calendar.h"
#include "engine/window.h"

enum {
        IMPLIED_COLUMNS = 3,     /* revenue 12m, orders and revenue over all for classify_after */
        INTERVALS_PER_COLUMN = 2,
        NEWCOMER_MONTHS_MAX = 3600, /* all months of the calendar */
        AGE_DAYS_MAX = DAY_MAX - DAY_MIN + 1,
};

static const struct window window_12m = {WINDOW_MONTHS, 12};
static const struct window window_all = {WINDOW_ALL, 0};

static uint32_t interval_for(struct engine_plan *plan, int32_t from_day, int32_t to_day, bool since_joined)
{
        for (size_t i = 0; i < plan->interval_count; i++) {
                const struct plan_interval *interval = &plan->intervals[i];
                if (interval->from_day == from_day && interval->to_day == to_day &&
                    interval->since_joined == since_joined)
                        return (uint32_t)i;
        }
        plan->intervals[plan->interval_count] =
                (struct plan_interval){.from_day = from_day, .to_day = to_day, .since_joined = since_joined};
        return (uint32_t)plan->interval_count++;
}

static bool of_documents(const struct plan_column *column)
{
        switch (column->metric) {
        case METRIC_REVENUE:
                return column->of.length == 0;
        case METRIC_ORDERS:
        case METRIC_REVENUE_GROWTH:
        case METRIC_SHARE_OF_WALLET:
        case METRIC_OPEN_POTENTIAL:
                return true;
        default:
                return false;
        }
}

static void column_intervals(struct engine_plan *plan, struct plan_column *column)
{
        column->interval = column->previous = INTERVAL_NONE;
        if (!of_documents(column))
                return;
        column->interval = interval_for(plan, column->from_day, column->to_day,
                                        column->window.kind == WINDOW_SINCE_JOINED);
        int32_t from, to;
        if (column->metric == METRIC_REVENUE_GROWTH &&
            window_previous_days(column->window, plan->cutoff_day, plan->concept->year_starts, &from, &to))
                column->previous = interval_for(plan, from, to, false);
}

/* Finds the column or adds it; COLUMN_NONE when the plan is fixed and does not have it. */
static uint32_t column_for(struct engine_plan *plan, enum metric metric, struct text of, struct window window)
{
        struct plan_column wanted = {.metric = metric, .of = of, .window = window};
        if (!metric_infos[metric].of_allowed)
                wanted.of = (struct text){NULL, 0};
        if (!metric_infos[metric].window)
                wanted.window = (struct window){WINDOW_NONE, 0};
        bool wallet = metric == METRIC_SHARE_OF_WALLET || metric == METRIC_OPEN_POTENTIAL;
        window_days(wallet ? window_12m : wanted.window, plan->cutoff_day, plan->concept->year_starts,
                    &wanted.from_day, &wanted.to_day);
        for (size_t i = 0; i < plan->column_count; i++) {
                const struct plan_column *column = &plan->columns[i];
                if (column->metric == wanted.metric && column->window.kind == wanted.window.kind &&
                    column->window.count == wanted.window.count && column->from_day == wanted.from_day &&
                    column->to_day == wanted.to_day && text_equal(column->of, wanted.of))
                        return (uint32_t)i;
        }
        if (plan->fixed)
                return COLUMN_NONE;
        column_intervals(plan, &wanted);
        plan->columns[plan->column_count] = wanted;
        return (uint32_t)plan->column_count++;
}

static enum status criterion_check(const struct criterion *criterion, struct error *error)
{
        const struct metric_info *info = &metric_infos[criterion->metric];
        enum window_kind kind = criterion->window.kind;
        bool counted = kind == WINDOW_MONTHS || kind == WINDOW_DAYS || kind == WINDOW_QUARTERS;
        if (info->window && (kind == WINDOW_NONE || (counted && criterion->window.count == 0)))
                return error_at(error, STATUS_INVALID, criterion->line, criterion->column, "engine.window_missing",
                                "metric", info->name, NULL);
        if (criterion->metric == METRIC_REVENUE_GROWTH && (kind == WINDOW_SINCE_JOINED || kind == WINDOW_ALL))
                return error_at(error, STATUS_INVALID, criterion->line, criterion->column, "engine.growth_window",
                                NULL);
        return STATUS_OK;
}

static enum status add_criterion(struct engine_plan *plan, const struct criterion *criterion, struct error *error)
{
        enum status status = criterion_check(criterion, error);
        if (status)
                return status;
        uint32_t column = column_for(plan, criterion->metric, criterion->of, criterion->window);
        if (column == COLUMN_NONE)
                return error_at(error, STATUS_NOT_FOUND, criterion->line, criterion->column,
                                "engine.column_not_measured", "metric", metric_infos[criterion->metric].name, NULL);
        const struct mechanics *mechanics = &plan->concept->mechanics;
        bool by_size = (criterion->scale & SCALE_SIZE) && mechanics->size_class_count;
        bool by_newcomer = (criterion->scale & SCALE_NEWCOMER) && mechanics->newcomer_months;
        plan->criteria[plan->criterion_count++] =
                (struct plan_criterion){.criterion = criterion, .column = column, .scaled = by_size || by_newcomer};
        return STATUS_OK;
}

static enum status add_criteria(struct engine_plan *plan, const struct criterion *criteria, size_t count,
                                const struct segment *deciding, struct error *error)
{
        for (size_t i = 0; i < count; i++) {
                enum status status = add_criterion(plan, &criteria[i], error);
                if (status)
                        return status;
                if (!deciding)
                        continue;
                struct plan_kind *kind = &plan->kinds[deciding->kind];
                plan->columns[plan->criteria[plan->criterion_count - 1].column].kinds |= (uint8_t)(1 << deciding->kind);
                kind->size_scaled |= (criteria[i].scale & SCALE_SIZE) != 0;
                kind->newcomer_scaled |= (criteria[i].scale & SCALE_NEWCOMER) != 0;
        }
        return STATUS_OK;
}

static enum status add_segment(struct engine_plan *plan, struct arena *arena, size_t index, struct error *error)
{
        const struct segment *segment = &plan->concept->segments[index];
        struct plan_segment *planned = &plan->segments[index];
        struct plan_kind *kind = &plan->kinds[segment->kind];
        *planned = (struct plan_segment){.kind = segment->kind, .rest = segment->rest, .rung = kind->segment_count};
        kind->segments[kind->segment_count++] = (uint8_t)index;
        if (segment->rest)
                kind->rest = (uint8_t)index;
        planned->path_count = (uint32_t)segment->path_count;
        planned->paths = arena_array(arena, struct plan_path, segment->path_count + 1);
        if (!planned->paths)
                return error_memory(error);
        for (size_t i = 0; i < segment->path_count; i++) {
                const struct path *path = &segment->paths[i];
                planned->paths[i] = (struct plan_path){
                        .first = (uint32_t)plan->criterion_count, .all_count = (uint32_t)path->all_count,
                        .some_count = (uint32_t)path->some_count, .some_at_least = path->some_at_least};
                enum status status = add_criteria(plan, path->all, path->all_count, segment, error);
                if (!status)
                        status = add_criteria(plan, path->some, path->some_count, segment, error);
                if (status)
                        return status;
        }
        planned->expects_first = (uint32_t)plan->criterion_count;
        planned->expects_count = (uint32_t)segment->expects_count;
        return add_criteria(plan, segment->expects, segment->expects_count, NULL, error);
}

/* For every age in days since joining that is young enough: 1 + 2 x full months + (one more calendar month touched). */
static enum status newcomer_prepare(struct engine_plan *plan, struct arena *arena, struct error *error)
{
        int months_max = plan->concept->mechanics.newcomer_months < NEWCOMER_MONTHS_MAX
                                 ? (int)plan->concept->mechanics.newcomer_months : NEWCOMER_MONTHS_MAX;
        plan->newcomer_slots = 1 + 2 * (uint32_t)months_max;
        size_t slots = plan->concept->mechanics.size_class_count + 1;
        plan->class_count = slots * plan->newcomer_slots;
        if (!months_max)
                return STATUS_OK;
        size_t room = (size_t)months_max * 31 + 32;
        room = room < AGE_DAYS_MAX ? room : AGE_DAYS_MAX;
        plan->newcomer_slot_by_age = arena_array(arena, uint16_t, room);
        if (!plan->newcomer_slot_by_age)
                return error_memory(error);
        for (uint32_t age = 0; age < room; age++) {
                int32_t joined = plan->cutoff_day - (int32_t)age;
                if (joined < DAY_MIN)
                        break;
                int full = months_between(joined, plan->cutoff_day);
                if (full >= months_max)
                        break;
                int more = calendar_months_touched(joined, plan->cutoff_day) - 1 - full;
                plan->newcomer_slot_by_age[age] = (uint16_t)(1 + 2 * full + more);
                plan->newcomer_age_count = age + 1;
        }
        return STATUS_OK;
}

static size_t count_criteria(const struct concept *concept)
{
        size_t count = 0;
        for (size_t s = 0; s < concept->segment_count; s++) {
                count += concept->segments[s].expects_count;
                for (size_t p = 0; p < concept->segments[s].path_count; p++)
                        count += concept->segments[s].paths[p].all_count + concept->segments[s].paths[p].some_count;
        }
        return count;
}

static enum status implied_columns(struct engine_plan *plan, struct error *error)
{
        const struct mechanics *mechanics = &plan->concept->mechanics;
        const struct text none = {NULL, 0};
        plan->classify_orders = plan->classify_revenue = COLUMN_NONE;
        if (column_for(plan, METRIC_REVENUE, none, window_12m) != COLUMN_REVENUE_12M)
                return error_set(error, STATUS_NOT_FOUND, "engine.column_not_measured", "metric", "revenue", NULL);
        if (!mechanics->classify_after)
                return STATUS_OK;
        if (mechanics->classify_has_orders) {
                plan->classify_orders = column_for(plan, METRIC_ORDERS, none, window_all);
                if (plan->classify_orders == COLUMN_NONE)
                        return error_set(error, STATUS_NOT_FOUND, "engine.column_not_measured", "metric", "orders",
                                         NULL);
        }
        if (mechanics->classify_has_revenue) {
                plan->classify_revenue = column_for(plan, METRIC_REVENUE, none, window_all);
                if (plan->classify_revenue == COLUMN_NONE)
                        return error_set(error, STATUS_NOT_FOUND, "engine.column_not_measured", "metric", "revenue",
                                         NULL);
        }
        return STATUS_OK;
}

/* Allocates a plan with room for `column_room` columns. */
static struct engine_plan *plan_allocate(struct arena *arena, const struct concept *concept, int32_t cutoff_day,
                                         size_t column_room)
{
        struct engine_plan *plan = arena_array(arena, struct engine_plan, 1);
        if (!plan)
                return NULL;
        plan->concept = plan->measured_concept = concept;
        plan->cutoff_day = cutoff_day;
        plan->columns = arena_array(arena, struct plan_column, column_room);
        plan->intervals = arena_array(arena, struct plan_interval, column_room * INTERVALS_PER_COLUMN);
        plan->criteria = arena_array(arena, struct plan_criterion, count_criteria(concept) + 1);
        if (!plan->columns || !plan->intervals || !plan->criteria)
                return NULL;
        for (size_t kind = 0; kind < KIND_COUNT; kind++)
                plan->kinds[kind].rest = SEGMENT_NONE;
        for (size_t i = 0; i < concept->mechanics.size_class_count && i < CONCEPT_SIZE_CLASSES_MAX; i++)
                plan->size_slot[i] = (uint8_t)(i + 1);
        return plan;
}

static enum status plan_fill(struct engine_plan *plan, struct arena *arena, struct error *error)
{
        enum status status = implied_columns(plan, error);
        for (size_t i = 0; !status && i < plan->concept->segment_count; i++)
                status = add_segment(plan, arena, i, error);
        return status ? status : newcomer_prepare(plan, arena, error);
}

enum status engine_plan_new(struct arena *arena, const struct concept *concept, int32_t cutoff_day,
                            struct engine_plan **ret, struct error *error)
{
        struct engine_plan *plan =
                plan_allocate(arena, concept, cutoff_day, count_criteria(concept) + IMPLIED_COLUMNS);
        if (!plan)
                return error_memory(error);
        enum status status = plan_fill(plan, arena, error);
        if (!status)
                *ret = plan;
        return status;
}

/* Size classes were read as positions in the measured concept's list; another concept may list them otherwise. A class
 * the measured concept did not know was read as "none" and cannot be told apart any more. */
static enum status map_size_classes(struct engine_plan *plan, struct error *error)
{
        const struct mechanics *now = &plan->concept->mechanics, *then = &plan->measured_concept->mechanics;
        memset(plan->size_slot, 0, sizeof(plan->size_slot));
        for (size_t i = 0; i < now->size_class_count; i++) {
                bool found = false;
                for (size_t j = 0; j < then->size_class_count; j++) {
                        if (!text_equal(now->size_factors[i].code, then->size_factors[j].code))
                                continue;
                        plan->size_slot[j] = (uint8_t)(i + 1);
                        found = true;
                }
                if (!found)
                        return error_set(error, STATUS_NOT_FOUND, "engine.size_class_not_measured", NULL);
        }
        return STATUS_OK;
}

enum status engine_plan_rebind(struct arena *arena, const struct engine_plan *measured, const struct concept *concept,
                               struct engine_plan **ret, struct error *error)
{
        if (concept->minor_digits != measured->concept->minor_digits)
                return error_set(error, STATUS_NOT_FOUND, "engine.column_not_measured", "metric", "revenue", NULL);
        struct engine_plan *plan = plan_allocate(arena, concept, measured->cutoff_day, measured->column_count);
        if (!plan)
                return error_memory(error);
        plan->fixed = true;
        plan->measured_concept = measured->measured_concept;
        plan->column_count = measured->column_count;
        plan->interval_count = measured->interval_count;
        memcpy(plan->columns, measured->columns, measured->column_count * sizeof(*plan->columns));
        memcpy(plan->intervals, measured->intervals, measured->interval_count * sizeof(*plan->intervals));
        for (size_t i = 0; i < plan->column_count; i++)
                plan->columns[i].kinds = 0;
        enum status status = map_size_classes(plan, error);
        if (!status)
                status = plan_fill(plan, arena, error);
        if (!status)
                *ret = plan;
        return status;
}

size_t plan_factors(const struct engine_plan *plan, const struct criterion *criterion, uint32_t factor_class,
                    struct applied_factor ret[FACTOR_KIND_COUNT])
{
        const struct mechanics *mechanics = &plan->concept->mechanics;
        uint32_t size = factor_class / plan->newcomer_slots, newcomer = factor_class % plan->newcomer_slots;
        size_t count = 0;
        if (criterion->scale & SCALE_SIZE) {
                struct fraction factor = size ? mechanics->size_factors[size - 1].factor : (struct fraction){1, 1};
                ret[count++] = (struct applied_factor){FACTOR_SIZE, factor};
        }
        if (!(criterion->scale & SCALE_NEWCOMER) || !newcomer)
                return count;
        uint32_t full_months = (newcomer - 1) / 2, touched = full_months + 1 + (newcomer - 1) % 2;
        if (mechanics->newcomer_factor_count) {
                size_t year = full_months / 12, last = mechanics->newcomer_factor_count - 1;
                ret[count++] = (struct applied_factor){FACTOR_NEWCOMER,
                                                       mechanics->newcomer_factors[year < last ? year : last]};
        }
        unsigned months = window_pro_rata_months(criterion->window, plan->cutoff_day, plan->concept->year_starts);
        if (mechanics->newcomer_pro_rata && touched < months)
                ret[count++] = (struct applied_factor){FACTOR_PRO_RATA, {touched, months}};
        return count;
}

bool plan_factor_product(const struct engine_plan *plan, const struct criterion *criterion, uint32_t factor_class,
                         struct rational *ret)
{
        struct applied_factor factors[FACTOR_KIND_COUNT];
        size_t count = plan_factors(plan, criterion, factor_class, factors);
        struct rational product = {1, 1}, factor;
        for (size_t i = 0; i < count; i++)
                if (!rational_make(factors[i].factor.numerator, factors[i].factor.denominator, &factor) ||
                    !rational_multiply(product, factor, &product))
                        return false;
        *ret = product;
        return true;
}

static bool column_allocate(const struct engine_plan *plan, const struct plan_column *planned, size_t count,
                            struct arena *arena, struct metric_column *ret)
{
        enum metric_unit unit = metric_infos[planned->metric].unit;
        *ret = (struct metric_column){.metric = planned->metric, .of = planned->of, .window = planned->window,
                                      .from_day = planned->from_day, .to_day = planned->to_day};
        ret->scale = unit == UNIT_MONEY ? (uint8_t)plan->concept->minor_digits : 0;
        size_t bytes = count * sizeof(int64_t), words = bits_words(count) + 1;
        bool wallet = planned->metric == METRIC_POTENTIAL || planned->metric == METRIC_SHARE_OF_WALLET ||
                      planned->metric == METRIC_OPEN_POTENTIAL;
        bool flagged = planned->metric == METRIC_MARGIN || planned->metric == METRIC_PRODUCT_GROUPS ||
                       planned->metric == METRIC_SHARE_OF_WALLET;
        ret->value = arena_alloc(arena, bytes + 1);
        ret->known = arena_array(arena, uint64_t, words);
        bool complete = ret->value && ret->known;
        if (unit == UNIT_RATIO)
                complete &= (ret->denominator = arena_alloc(arena, bytes + 1)) != NULL;
        if (wallet)
                complete &= (ret->estimated = arena_array(arena, uint64_t, words)) != NULL;
        if (flagged)
                complete &= (ret->flagged = arena_array(arena, uint64_t, words)) != NULL;
        if (planned->metric == METRIC_MARGIN) {
                complete &= (ret->line_count = arena_alloc(arena, bytes + 1)) != NULL;
                complete &= (ret->line_left_out = arena_alloc(arena, bytes + 1)) != NULL;
        }
        return complete;
}

bool plan_columns_new(const struct engine_plan *plan, size_t count, struct arena *arena, struct measures *ret)
{
        struct measures result = {.customer_count = count, .column_count = plan->column_count};
        if (count > SIZE_MAX / sizeof(int64_t) - 1)
                return false;
        result.columns = arena_array(arena, struct metric_column, plan->column_count);
        result.exists = arena_array(arena, uint64_t, bits_words(count) + 1);
        result.kind = arena_alloc(arena, count + 1);
        result.size_class = arena_alloc(arena, count + 1);
        result.since_day = arena_alloc(arena, count * sizeof(int32_t) + 1);
        result.joined_day = arena_alloc(arena, count * sizeof(int32_t) + 1);
        if (!result.columns || !result.exists || !result.kind || !result.size_class || !result.since_day ||
            !result.joined_day)
                return false;
        for (size_t i = 0; i < plan->column_count; i++)
                if (!column_allocate(plan, &plan->columns[i], count, arena, &result.columns[i]))
                        return false;
        result.revenue_12m_minor = result.columns[COLUMN_REVENUE_12M].value;
        *ret = result;
        return true;
}
