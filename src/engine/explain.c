/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain.c: why a customer was judged as it was: the same judges as in decide.c, for one customer, with everything a
 * reader needs to check them by hand.
 */
#include "engine/evaluate.h"

#include "base/bits.h"
#include "base/calendar.h"
#include "engine/criteria.h"
#include "engine/plan.h"

static const int64_t gap_whole = 1000000000; /* a gap as large as the threshold itself */

struct explainer {
        const struct engine_plan *plan;
        const struct measures *measures;
        size_t customer;
        uint32_t factor_class;
        struct arena *arena;
        struct error *error;
};

static struct rational value_of(const struct explained_criterion *explained)
{
        const struct attribute_value *attribute = explained->attribute;
        struct rational value = {explained->value, 1};
        if (attribute)
                return rational_from_decimal(attribute->number);
        (void)rational_make(explained->value, explained->denominator ? explained->denominator
                                                                     : power_of_ten(explained->column->scale), &value);
        return value;
}

/* Whole units: the distance to the nearest unit that is enough. */
static bool missing_whole(const struct judge *judge, const struct admitted *admitted, int64_t value,
                          struct rational *ret)
{
        const struct whole_range *range = &admitted->whole[0];
        if (range->low > range->high)
                return false;
        __int128 missing = value < range->low ? (__int128)range->low - value : (__int128)value - range->high;
        return rational_make(missing, power_of_ten(judge->column->scale), ret);
}

static bool missing_ratio(const struct admitted *admitted, struct rational value, struct rational *ret)
{
        const struct ratio_range *range = &admitted->ratio[0];
        struct rational low, high, missing;
        int below = 0;
        if (range->empty || !rational_make(range->low_numerator, range->low_denominator, &low) ||
            !rational_make(range->high_numerator, range->high_denominator, &high))
                return false;
        if (range->has_low && !rational_compare(value, low, &below))
                return false;
        bool too_low = range->has_low && (below < 0 || (below == 0 && range->low_strict));
        if (!(too_low ? rational_subtract(low, value, &missing) : rational_subtract(value, high, &missing)))
                return false;
        *ret = missing;
        return true;
}

/* False: it is met, not known, or no number. */
static bool missing_of(const struct judge *judge, const struct admitted *admitted,
                       const struct explained_criterion *explained, enum judgement state, struct rational *ret)
{
        *ret = (struct rational){0, 1};
        if (state != NOT_MET || judge->range_count != 1)
                return false;
        if (judge->kind == JUDGE_WHOLE)
                return missing_whole(judge, admitted, explained->value, ret);
        return (judge->kind == JUDGE_RATIO || explained->attribute->kind == OPERAND_NUMBER) &&
               missing_ratio(admitted, value_of(explained), ret);
}

static void explain_thresholds(const struct explainer *explainer, struct explained_criterion *explained)
{
        const struct criterion *criterion = explained->criterion;
        const struct rational none = {0, 1};
        explained->effective = explained->effective_high = explained->effective_keep = none;
        (void)criterion_threshold(explainer->plan, criterion, false, false, explainer->factor_class,
                                  &explained->effective);
        (void)criterion_threshold(explainer->plan, criterion, true, false, explainer->factor_class,
                                  &explained->effective_keep);
        if (criterion->comparator == COMPARE_BETWEEN)
                (void)criterion_threshold(explainer->plan, criterion, false, true, explainer->factor_class,
                                          &explained->effective_high);
}

static enum status explain_criterion(const struct explainer *explainer, size_t index, struct explained_criterion *ret)
{
        const struct engine_plan *plan = explainer->plan;
        size_t customer = explainer->customer;
        struct judge judge;
        enum status status = judge_init(plan, explainer->measures, index, explainer->factor_class, explainer->arena,
                                        &judge, explainer->error);
        if (status)
                return status;
        const struct metric_column *column = judge.column;
        struct explained_criterion explained = {.criterion = judge.criterion, .column = column};
        engine_window_days(plan, explainer->measures, column, customer, &explained.from_day, &explained.to_day);
        explained.known = bits_get(column->known, customer);
        explained.estimated = column->estimated && bits_get(column->estimated, customer);
        explained.flagged = column->flagged && bits_get(column->flagged, customer);
        explained.value = explained.known ? column->value[customer] : 0;
        explained.denominator = column->denominator ? column->denominator[customer] : 0;
        explained.line_count = column->line_count ? column->line_count[customer] : 0;
        explained.line_left_out = column->line_left_out ? column->line_left_out[customer] : 0;
        if (column->attribute && explained.known)
                explained.attribute = &column->attribute->values[customer];
        explained.factor_count = plan_factors(plan, judge.criterion, explainer->factor_class, explained.factors);
        explain_thresholds(explainer, &explained);
        explained.state = judge_one(&judge, &judge.entry, customer, 0);
        explained.keep_state = judge_one(&judge, &judge.keep, customer, 0);
        explained.has_missing = missing_of(&judge, &judge.entry, &explained, explained.state, &explained.missing);
        explained.has_keep_missing = missing_of(&judge, &judge.keep, &explained, explained.keep_state,
                                                &explained.keep_missing);
        *ret = explained;
        return STATUS_OK;
}

static enum status explain_criteria(const struct explainer *explainer, size_t first, size_t count,
                                    struct explained_criterion **ret)
{
        struct explained_criterion *list = arena_array(explainer->arena, struct explained_criterion, count + 1);
        if (!list)
                return error_memory(explainer->error);
        for (size_t i = 0; i < count; i++) {
                enum status status = explain_criterion(explainer, first + i, &list[i]);
                if (status)
                        return status;
        }
        *ret = list;
        return STATUS_OK;
}

static bool counts_as_met(const struct explained_criterion *explained, bool keep)
{
        enum judgement state = keep ? explained->keep_state : explained->state;
        return state == MET || (state == UNKNOWN && explained->criterion->unknown_is_met);
}

static size_t count_met(const struct explained_criterion *list, size_t count, bool keep)
{
        size_t met = 0;
        for (size_t i = 0; i < count; i++)
                met += counts_as_met(&list[i], keep);
        return met;
}

static bool path_fulfilled(const struct explained_path *path, bool keep)
{
        return count_met(path->all, path->path->all_count, keep) == path->path->all_count &&
               count_met(path->some, path->path->some_count, keep) >= path->path->some_at_least;
}

static enum status explain_segment(const struct explainer *explainer, uint8_t index, struct explained_segment *ret)
{
        const struct plan_segment *planned = &explainer->plan->segments[index];
        const struct segment *segment = &explainer->plan->concept->segments[index];
        struct explained_segment explained = {.segment = index, .fulfilled = segment->rest,
                                              .fulfilled_keep = segment->rest};
        explained.paths = arena_array(explainer->arena, struct explained_path, segment->path_count + 1);
        if (!explained.paths)
                return error_memory(explainer->error);
        for (size_t p = 0; p < segment->path_count; p++) {
                const struct plan_path *path = &planned->paths[p];
                struct explained_path *out = &explained.paths[p];
                out->path = &segment->paths[p];
                enum status status = explain_criteria(explainer, path->first, path->all_count, &out->all);
                if (!status)
                        status = explain_criteria(explainer, path->first + path->all_count, path->some_count,
                                                  &out->some);
                if (status)
                        return status;
                out->fulfilled = path_fulfilled(out, false);
                out->fulfilled_keep = path_fulfilled(out, true);
                explained.fulfilled |= out->fulfilled;
                explained.fulfilled_keep |= out->fulfilled_keep;
        }
        enum status status = explain_criteria(explainer, planned->expects_first, planned->expects_count,
                                              &explained.expects);
        if (!status)
                *ret = explained;
        return status;
}

/* |missing| / |threshold| in parts per thousand million, at most 2^31 whole gaps. */
static int64_t relative_gap(const struct explained_criterion *explained)
{
        struct rational threshold = explained->effective, missing = explained->missing;
        int64_t gap_max = gap_whole << 31;
        if (!explained->has_missing)
                return gap_whole;
        if (explained->criterion->comparator == COMPARE_BETWEEN) {
                int above = 0;
                struct rational value = value_of(explained);
                if (rational_compare(value, explained->effective_high, &above) && above > 0)
                        threshold = explained->effective_high;
        }
        if (threshold.numerator == 0)
                return gap_whole;
        if (threshold.numerator < 0)
                threshold.numerator = -threshold.numerator;
        struct rational inverse = {threshold.denominator, threshold.numerator}, gap, scale = {gap_whole, 1};
        if (!rational_multiply(missing, inverse, &gap) || !rational_multiply(gap, scale, &gap))
                return gap_max;
        __int128 parts = gap.numerator / gap.denominator;
        return parts > gap_max ? gap_max : (int64_t)parts;
}

struct path_distance {
        size_t missing_count;
        __int128 gap;
};

/* Of `some`, the nearest of the unmet ones count, as many as are missing. */
static void add_nearest(const struct explained_path *path, struct path_distance *distance)
{
        size_t met = count_met(path->some, path->path->some_count, false);
        size_t needed = path->path->some_at_least > met ? path->path->some_at_least - met : 0;
        int64_t floor_gap = -1;
        size_t taken = 0;
        distance->missing_count += needed;
        /* Rising through the distinct gaps: lists are short. */
        while (taken < needed) {
                int64_t next = INT64_MAX;
                size_t same = 0;
                for (size_t i = 0; i < path->path->some_count; i++) {
                        if (counts_as_met(&path->some[i], false))
                                continue;
                        int64_t gap = relative_gap(&path->some[i]);
                        if (gap > floor_gap && gap < next) {
                                next = gap;
                                same = 0;
                        }
                        same += gap == next;
                }
                if (!same)
                        return;
                same = same < needed - taken ? same : needed - taken;
                distance->gap += (__int128)same * next;
                taken += same;
                floor_gap = next;
        }
}

static struct path_distance path_distance(const struct explained_path *path)
{
        struct path_distance distance = {0, 0};
        for (size_t i = 0; i < path->path->all_count; i++) {
                if (counts_as_met(&path->all[i], false))
                        continue;
                distance.missing_count++;
                distance.gap += relative_gap(&path->all[i]);
        }
        add_nearest(path, &distance);
        return distance;
}

static void explain_next(const struct engine_plan *plan, uint8_t segment_after, struct explanation *explanation)
{
        const struct explained_segment *next = NULL;
        for (size_t i = 0; i < explanation->segment_count; i++)
                if (segment_after != SEGMENT_NONE && explanation->segments[i].segment == segment_after && i > 0)
                        next = &explanation->segments[i - 1];
        if (!next)
                return;
        size_t path_count = plan->concept->segments[next->segment].path_count;
        struct path_distance nearest = {SIZE_MAX, 0};
        for (size_t p = 0; p < path_count; p++) {
                struct path_distance distance = path_distance(&next->paths[p]);
                bool nearer = distance.missing_count < nearest.missing_count ||
                              (distance.missing_count == nearest.missing_count && distance.gap < nearest.gap);
                if (!nearer)
                        continue;
                nearest = distance;
                explanation->next_path = p;
        }
        explanation->has_next = path_count > 0;
        explanation->next_segment = next->segment;
        explanation->next_missing_count = path_count ? nearest.missing_count : 0;
}

enum status engine_explain(const struct engine_plan *plan, const struct measures *measures, size_t index,
                           uint8_t segment_after, struct arena *arena, struct explanation *ret, struct error *error)
{
        struct explainer explainer = {.plan = plan, .measures = measures, .customer = index, .arena = arena,
                                      .error = error};
        explainer.factor_class = plan_factor_class(plan, measures->size_class[index], measures->joined_day[index]);
        const struct plan_kind *kind = &plan->kinds[measures->kind[index] == KIND_PROSPECT];
        struct explanation explanation = {.segment_count = kind->segment_count};
        explanation.segments = arena_array(arena, struct explained_segment, kind->segment_count + 1u);
        if (!explanation.segments)
                return error_memory(error);
        for (size_t i = 0; i < kind->segment_count; i++) {
                enum status status = explain_segment(&explainer, kind->segments[i], &explanation.segments[i]);
                if (status)
                        return status;
        }
        explain_next(plan, segment_after, &explanation);
        *ret = explanation;
        return STATUS_OK;
}
