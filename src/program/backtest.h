/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backtest.h: a concept over the past: evaluations at one cut-off after another, each starting from what the one before
 * decided, as if it had been approved at once. Nothing is stored.
 *
 * Facts are those of the snapshot's generation, dated by each cut-off. The first step starts from where everybody stood
 * by runs approved for earlier cut-offs; later approved runs do not count.
 */
#ifndef TREUE_PROGRAM_BACKTEST_H
#define TREUE_PROGRAM_BACKTEST_H

#include "program/evaluation.h"

enum { BACKTEST_STEPS_MAX = 1200 };

struct backtest_step {
        int32_t cutoff_day;
        size_t rule;                 /* index into the concept's evaluations */
        struct tally tally;
        uint64_t at_risk;            /* missed, but nothing happened */
        uint64_t flapping;           /* came back into a segment they had left one, two or three evaluations ago */
};

struct backtest {
        const struct version *version;
        struct snapshot *snapshot;   /* borrowed */
        size_t step_count;
        struct backtest_step *steps; /* cutoff_day and rule set by backtest_plan */
        uint64_t flapping_customers; /* at least once */
        /* After the last step, in dense order; lives in the arena of backtest_run. */
        struct decisions last;
};

/* How far apart the steps are: every n months (counted from the first cut-off, so that the ends of months stay ends of
 * months) or days. */
struct backtest_every {
        unsigned months, days;       /* one of them is 0 */
};
bool backtest_every_parse(struct text text, struct backtest_every *ret); /* "1m", "3m", "90d" */

/* The steps from `from_day` to `to_day`. A step whose day is the cut-off day of an evaluation is that evaluation; the
 * others are `evaluation` (NULL: the first of the concept). STATUS_USAGE "backtest.too_many_steps" {limit},
 * "backtest.empty", STATUS_INVALID as evaluation_choose. */
must_check enum status backtest_plan(struct backtest *backtest, int32_t from_day, int32_t to_day,
                                     struct backtest_every every, const char *evaluation, struct arena *arena,
                                     struct error *error);

must_check enum status backtest_run(struct backtest *backtest, struct connection *connection,
                                    const struct parallel *parallel, struct arena *arena, struct error *error);

#endif
