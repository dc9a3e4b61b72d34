/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * criteria.h: what a criterion admits, made ready for comparison: one or more ranges per factor class, as whole units
 * of the column (money, counts, values) or as fractions (ratios, attributes). Each criterion is met, not met or
 * unknown.
 */
#ifndef TREUE_ENGINE_CRITERIA_H
#define TREUE_ENGINE_CRITERIA_H

#include "base/bits.h"
#include "engine/plan.h"
#include "engine/word_loops.h"

enum judge_kind { JUDGE_WHOLE, JUDGE_RATIO, JUDGE_ATTRIBUTE };

/* low <= value <= high; empty when low > high. */
struct whole_range {
        int64_t low, high;
};

struct ratio_range {
        int64_t low_numerator, low_denominator, high_numerator, high_denominator;
        bool has_low, has_high, low_strict, high_strict; /* strict: the border itself is not admitted */
        bool empty;
};

/* The ranges of one criterion at one threshold level, by class x range_count. */
struct admitted {
        struct whole_range *whole;
        struct ratio_range *ratio;
};

struct judge {
        const struct criterion *criterion;
        const struct metric_column *column;
        enum judge_kind kind;
        bool scaled;
        bool has_keep;
        uint32_t range_count;      /* 1; n for `in` */
        struct admitted entry, keep; /* keep is entry when the criterion has none */
};

/* The judge for all classes (`only_class` < 0; one class when the criterion is not scaled) or for one class alone.
 * STATUS_LIMIT when an effective threshold does not fit. */
must_check enum status judge_init(const struct engine_plan *plan, const struct measures *measures, size_t criterion,
                                  int64_t only_class, struct arena *arena, struct judge *ret, struct error *error);

/* First (high: last) threshold times the factors; false when it is no number or does not fit. */
bool criterion_threshold(const struct engine_plan *plan, const struct criterion *criterion, bool keep, bool high,
                         uint32_t factor_class, struct rational *ret);

/* One customer. `slot` is its class, or 0 when the judge knows one class only. */
enum judgement judge_one(const struct judge *judge, const struct admitted *admitted, size_t customer, uint32_t slot);

/* Up to LOOP_CUSTOMERS_MAX customers from `first`, a multiple of 64, as word_loops.h has them: those of `who` who meet
 * the criterion (with `unknown: met` also those for whom it is unknown). `classes`: per customer from `first`, NULL
 * without factor classes. */
void judge_met_words(const struct judge *judge, const struct admitted *admitted, size_t first, size_t count,
                     const uint32_t *classes, const uint64_t *who, uint64_t *ret);

/* For whom a criterion over the column is known; bits past the last customer may be set. */
void judge_known_words(const struct metric_column *column, bool measured_only, size_t first, size_t word_count,
                       uint64_t *ret);

static inline uint64_t words_mask(unsigned count) { return count < 64 ? ((uint64_t)1 << count) - 1 : UINT64_MAX; }

#endif
