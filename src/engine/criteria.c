/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * criteria.c: thresholds times factors, and the comparison of columns with them. All exact: whole units are compared
 * with thresholds rounded to the units that still meet them, ratios by cross-multiplication.
 */
#include "engine/criteria.h"

#include "base/checked.h"
#include "engine/word_loops.h"

/* What a criterion admits, before it is fitted to a column. */
struct admitted_range {
        bool has_low, has_high, low_strict, high_strict, empty;
        struct rational low, high;
};

static bool scaled_operand(const struct engine_plan *plan, const struct criterion *criterion,
                           const struct operand *operand, uint32_t factor_class, struct rational *ret)
{
        struct rational factor;
        return operand->kind == OPERAND_NUMBER && plan_factor_product(plan, criterion, factor_class, &factor) &&
               rational_multiply(rational_from_decimal(operand->number), factor, ret);
}

bool criterion_threshold(const struct engine_plan *plan, const struct criterion *criterion, bool keep, bool high,
                         uint32_t factor_class, struct rational *ret)
{
        if (!criterion->operand_count)
                return false;
        const struct operand *operand = &criterion->operands[high ? criterion->operand_count - 1 : 0];
        if (keep && !high && criterion->has_keep)
                operand = &criterion->keep;
        return scaled_operand(plan, criterion, operand, factor_class, ret);
}

/* False when a threshold does not fit. An operand that is no number admits nothing. */
static bool range_of(const struct engine_plan *plan, const struct criterion *criterion, bool keep, size_t which,
                     uint32_t factor_class, struct admitted_range *ret)
{
        size_t needed = criterion->comparator == COMPARE_BETWEEN ? 2 : which + 1;
        struct admitted_range range = {.low = {0, 1}, .high = {0, 1}, .empty = true};
        *ret = range;
        if (criterion->operand_count < needed || criterion->comparator == COMPARE_CONTAINS)
                return true;
        const struct operand *first = keep && criterion->has_keep ? &criterion->keep : &criterion->operands[which];
        if (first->kind != OPERAND_NUMBER)
                return true;
        range.empty = false;
        struct rational threshold;
        if (!scaled_operand(plan, criterion, first, factor_class, &threshold))
                return false;
        range.low = range.high = threshold;
        switch (criterion->comparator) {
        case COMPARE_MORE_THAN:
                range.low_strict = true;
                range.has_low = true;
                break;
        case COMPARE_AT_LEAST:
                range.has_low = true;
                break;
        case COMPARE_LESS_THAN:
                range.high_strict = true;
                range.has_high = true;
                break;
        case COMPARE_AT_MOST:
                range.has_high = true;
                break;
        case COMPARE_BETWEEN:
                range.has_low = range.has_high = true;
                range.empty = criterion->operands[1].kind != OPERAND_NUMBER;
                if (!range.empty &&
                    !scaled_operand(plan, criterion, &criterion->operands[1], factor_class, &range.high))
                        return false;
                break;
        default:
                range.has_low = range.has_high = true; /* equals, in */
        }
        *ret = range;
        return true;
}

/* The whole units of 10^-scale that lie within the range. */
static bool fit_whole(const struct admitted_range *range, unsigned scale, struct whole_range *ret)
{
        const struct whole_range empty = {1, 0};
        struct rational unit = {power_of_ten(scale), 1}, low, high;
        *ret = empty;
        if (range->empty)
                return true;
        if (!rational_multiply(range->low, unit, &low) || !rational_multiply(range->high, unit, &high))
                return false;
        int128 first = INT64_MIN, last = INT64_MAX;
        if (range->has_low)
                first = range->low_strict ? floor_divide(low.numerator, low.denominator) + 1
                                          : ceil_divide(low.numerator, low.denominator);
        if (range->has_high)
                last = range->high_strict ? ceil_divide(high.numerator, high.denominator) - 1
                                          : floor_divide(high.numerator, high.denominator);
        first = first < INT64_MIN ? INT64_MIN : first;
        last = last > INT64_MAX ? INT64_MAX : last;
        if (first <= last)
                *ret = (struct whole_range){(int64_t)first, (int64_t)last};
        return true;
}

static bool fit_ratio(const struct admitted_range *range, struct ratio_range *ret)
{
        struct ratio_range fitted = {.has_low = range->has_low, .has_high = range->has_high,
                                     .low_strict = range->low_strict, .high_strict = range->high_strict,
                                     .empty = range->empty};
        bool fits = narrow_i64(range->low.numerator, &fitted.low_numerator) &&
                    narrow_i64(range->low.denominator, &fitted.low_denominator) &&
                    narrow_i64(range->high.numerator, &fitted.high_numerator) &&
                    narrow_i64(range->high.denominator, &fitted.high_denominator);
        if (fits)
                *ret = fitted;
        return fits;
}

static bool fill_class(const struct engine_plan *plan, const struct judge *judge, bool keep, uint32_t factor_class,
                       uint32_t slot, struct admitted *ret)
{
        for (uint32_t i = 0; i < judge->range_count; i++) {
                struct admitted_range range;
                size_t at = (size_t)slot * judge->range_count + i;
                if (!range_of(plan, judge->criterion, keep, i, factor_class, &range))
                        return false;
                if (judge->kind == JUDGE_WHOLE ? !fit_whole(&range, judge->column->scale, &ret->whole[at])
                                               : !fit_ratio(&range, &ret->ratio[at]))
                        return false;
        }
        return true;
}

static enum status fill_admitted(const struct engine_plan *plan, const struct judge *judge, bool keep,
                                 int64_t only_class, struct arena *arena, struct admitted *ret, struct error *error)
{
        size_t classes = judge->scaled && only_class < 0 ? plan->class_count : 1;
        struct admitted admitted = {NULL, NULL};
        if (judge->kind == JUDGE_WHOLE)
                admitted.whole = arena_array(arena, struct whole_range, classes * judge->range_count);
        else
                admitted.ratio = arena_array(arena, struct ratio_range, classes * judge->range_count);
        if (!admitted.whole && !admitted.ratio)
                return error_memory(error);
        for (size_t i = 0; i < classes; i++) {
                uint32_t factor_class = only_class < 0 ? (uint32_t)i : (uint32_t)only_class;
                if (!fill_class(plan, judge, keep, factor_class, (uint32_t)i, &admitted))
                        return error_at(error, STATUS_LIMIT, judge->criterion->line, judge->criterion->column,
                                        "engine.threshold_too_precise", NULL);
        }
        *ret = admitted;
        return STATUS_OK;
}

enum status judge_init(const struct engine_plan *plan, const struct measures *measures, size_t criterion,
                       int64_t only_class, struct arena *arena, struct judge *ret, struct error *error)
{
        const struct plan_criterion *planned = &plan->criteria[criterion];
        struct judge judge = {.criterion = planned->criterion, .column = &measures->columns[planned->column],
                              .scaled = planned->scaled};
        judge.kind = judge.column->denominator                    ? JUDGE_RATIO
                     : judge.column->metric == METRIC_ATTRIBUTE ? JUDGE_ATTRIBUTE
                                                                : JUDGE_WHOLE;
        judge.range_count = judge.criterion->comparator == COMPARE_IN ? (uint32_t)judge.criterion->operand_count : 1;
        if (!judge.range_count)
                judge.range_count = 1;
        enum comparator comparator = judge.criterion->comparator;
        judge.has_keep = judge.criterion->has_keep && comparator <= COMPARE_LESS_THAN;
        enum status status = fill_admitted(plan, &judge, false, only_class, arena, &judge.entry, error);
        judge.keep = judge.entry;
        if (!status && judge.has_keep)
                status = fill_admitted(plan, &judge, true, only_class, arena, &judge.keep, error);
        if (!status)
                *ret = judge;
        return status;
}

static inline bool within_ratio(const struct ratio_range *range, int64_t numerator, int64_t denominator)
{
        if (range->empty)
                return false;
        if (range->has_low) {
                int128 left = (int128)numerator * range->low_denominator;
                int128 right = (int128)range->low_numerator * denominator;
                if (left < right || (range->low_strict && left == right))
                        return false;
        }
        if (range->has_high) {
                int128 left = (int128)numerator * range->high_denominator;
                int128 right = (int128)range->high_numerator * denominator;
                if (left > right || (range->high_strict && left == right))
                        return false;
        }
        return true;
}

static bool text_contains(struct text text, struct text piece)
{
        if (piece.length == 0)
                return true;
        for (size_t i = 0; i + piece.length <= text.length; i++)
                if (memcmp(text.data + i, piece.data, piece.length) == 0)
                        return true;
        return false;
}

/* equals and in: the same kind of thing and the same value. */
static bool attribute_equals(const struct operand *operand, const struct ratio_range *range,
                             const struct attribute_value *value)
{
        switch (operand->kind) {
        case OPERAND_TEXT:
                return text_equal(operand->text, value->text);
        case OPERAND_BOOL:
                return value->kind == OPERAND_BOOL && operand->boolean == value->boolean;
        default:
                return value->kind == OPERAND_NUMBER &&
                       within_ratio(range, value->number.units, power_of_ten(value->number.scale));
        }
}

static enum judgement judge_attribute(const struct judge *judge, const struct ratio_range *ranges,
                                      const struct attribute_value *value)
{
        const struct criterion *criterion = judge->criterion;
        switch (criterion->comparator) {
        case COMPARE_CONTAINS:
                return criterion->operand_count && criterion->operands[0].kind == OPERAND_TEXT &&
                                       text_contains(value->text, criterion->operands[0].text) ? MET : NOT_MET;
        case COMPARE_EQUALS:
        case COMPARE_IN:
                for (uint32_t i = 0; i < criterion->operand_count && i < judge->range_count; i++)
                        if (attribute_equals(&criterion->operands[i], &ranges[i], value))
                                return MET;
                return NOT_MET;
        default:
                /* It is set, so it is known; a text is not at least a number. */
                if (value->kind != OPERAND_NUMBER)
                        return NOT_MET;
                return within_ratio(ranges, value->number.units, power_of_ten(value->number.scale)) ? MET : NOT_MET;
        }
}

static inline bool cell_known(const struct judge *judge, size_t customer)
{
        const struct metric_column *column = judge->column;
        return bits_get(column->known, customer) &&
               !(judge->criterion->measured_only && column->estimated && bits_get(column->estimated, customer));
}

static enum judgement compare_cell(const struct judge *judge, const struct admitted *admitted, size_t customer,
                                   uint32_t slot)
{
        const struct metric_column *column = judge->column;
        size_t at = (size_t)slot * judge->range_count;
        if (judge->kind == JUDGE_ATTRIBUTE)
                return judge_attribute(judge, &admitted->ratio[at], &column->attribute->values[customer]);
        for (uint32_t i = 0; i < judge->range_count; i++) {
                bool met;
                if (judge->kind == JUDGE_RATIO) {
                        met = within_ratio(&admitted->ratio[at + i], column->value[customer],
                                           column->denominator[customer]);
                } else {
                        const struct whole_range *range = &admitted->whole[at + i];
                        met = column->value[customer] >= range->low && column->value[customer] <= range->high;
                }
                if (met)
                        return MET;
        }
        return NOT_MET;
}

enum judgement judge_one(const struct judge *judge, const struct admitted *admitted, size_t customer, uint32_t slot)
{
        return cell_known(judge, customer) ? compare_cell(judge, admitted, customer, slot) : UNKNOWN;
}

/* Each of `who` by its factor class. */
static void whole_by_class(const int64_t *values, size_t word_count, const struct whole_range *ranges,
                           const uint32_t *classes, const uint64_t *who, uint64_t *ret)
{
        for (size_t w = 0; w < word_count; w++) {
                uint64_t word = 0;
                for (uint64_t rest = who[w]; rest; rest &= rest - 1) {
                        size_t i = 64 * w + (unsigned)__builtin_ctzll(rest);
                        struct whole_range range = ranges[classes[i]];
                        word |= (uint64_t)((values[i] >= range.low) & (values[i] <= range.high)) << (i % 64);
                }
                ret[w] = word;
        }
}

static void compare_cells(const struct judge *judge, const struct admitted *admitted, size_t first, size_t word_count,
                          const uint32_t *classes, const uint64_t *who, uint64_t *ret)
{
        for (size_t w = 0; w < word_count; w++) {
                uint64_t word = 0;
                for (uint64_t rest = who[w]; rest; rest &= rest - 1) {
                        size_t i = 64 * w + (unsigned)__builtin_ctzll(rest);
                        bool met = compare_cell(judge, admitted, first + i, classes ? classes[i] : 0) == MET;
                        word |= (uint64_t)met << (i % 64);
                }
                ret[w] = word;
        }
}

static void compare_many(const struct judge *judge, const struct admitted *admitted, size_t first, size_t count,
                         const uint32_t *classes, const uint64_t *who, uint64_t *ret)
{
        const struct metric_column *column = judge->column;
        bool whole = judge->kind == JUDGE_WHOLE && judge->range_count == 1;
        bool at_least = judge->criterion->comparator == COMPARE_AT_LEAST && !classes && judge->kind == JUDGE_RATIO &&
                        !admitted->ratio[0].empty;
        if (whole && !classes)
                loop_in_range(column->value + first, count, admitted->whole[0].low, admitted->whole[0].high, who, ret);
        else if (whole)
                whole_by_class(column->value + first, bits_words(count), admitted->whole, classes, who, ret);
        else if (at_least && admitted->ratio[0].low_numerator == 0) /* denominators are positive: the sign decides */
                loop_in_range(column->value + first, count, 0, INT64_MAX, who, ret);
        else if (at_least)
                loop_ratio_at_least(column->value + first, column->denominator + first, count,
                                    admitted->ratio[0].low_numerator, admitted->ratio[0].low_denominator, who, ret);
        else
                compare_cells(judge, admitted, first, bits_words(count), classes, who, ret);
}

void judge_known_words(const struct metric_column *column, bool measured_only, size_t first, size_t word_count,
                       uint64_t *ret)
{
        for (size_t w = 0; w < word_count; w++)
                ret[w] = column->known[first / 64 + w];
        for (size_t w = 0; measured_only && column->estimated && w < word_count; w++)
                ret[w] &= ~column->estimated[first / 64 + w];
}

void judge_met_words(const struct judge *judge, const struct admitted *admitted, size_t first, size_t count,
                     const uint32_t *classes, const uint64_t *who, uint64_t *ret)
{
        uint64_t known[LOOP_WORDS_MAX], unknown[LOOP_WORDS_MAX];
        size_t word_count = bits_words(count);
        judge_known_words(judge->column, judge->criterion->measured_only, first, word_count, known);
        for (size_t w = 0; w < word_count; w++) {
                unknown[w] = who[w] & ~known[w];
                known[w] &= who[w];
        }
        compare_many(judge, admitted, first, count, judge->scaled ? classes : NULL, known, ret);
        if (judge->criterion->unknown_is_met)
                for (size_t w = 0; w < word_count; w++)
                        ret[w] |= unknown[w];
}
