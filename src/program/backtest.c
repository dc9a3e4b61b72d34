/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backtest.c: the chain of evaluations in memory. What a step measures is forgotten with it; what is carried on is
 * where each customer stands and the segments of the last four evaluations.
 */
#include "program/backtest.h"

#include "program/standing.h"

enum { MEMORY = 4 }; /* evaluations looked back on for flapping */

struct chain {
        struct backtest *backtest;
        struct connection *connection;
        const struct parallel *parallel;
        struct arena *lasting, *passing; /* for the whole chain; for one step */
        size_t count;
        struct standing *standings;
        uint8_t (*segments)[MEMORY];     /* by customer: after the last evaluations, the latest first */
        bool *flapped, *seen;            /* came back once; was evaluated in this chain */
};

bool backtest_every_parse(struct text text, struct backtest_every *ret)
{
        unsigned count = 0;
        if (text.length < 2 || text.length > 5)
                return false;
        for (size_t i = 0; i + 1 < text.length; i++) {
                if (text.data[i] < '0' || text.data[i] > '9')
                        return false;
                count = count * 10 + (unsigned)(text.data[i] - '0');
        }
        char unit = text.data[text.length - 1];
        if (count == 0 || (unit != 'm' && unit != 'd') || (unit == 'm' && count > BACKTEST_STEPS_MAX))
                return false;
        *ret = unit == 'm' ? (struct backtest_every){.months = count} : (struct backtest_every){.days = count};
        return true;
}

enum status backtest_plan(struct backtest *backtest, int32_t from_day, int32_t to_day, struct backtest_every every,
                          const char *evaluation, struct arena *arena, struct error *error)
{
        const struct concept *concept = backtest->version->concept;
        size_t otherwise = 0;
        if (from_day > to_day)
                return error_set(error, STATUS_USAGE, "backtest.empty", NULL);
        enum status status = STATUS_OK;
        if (evaluation)
                status = evaluation_choose(concept, evaluation, from_day, &otherwise, error);
        if (status != STATUS_OK)
                return status;
        backtest->steps = arena_array(arena, struct backtest_step, BACKTEST_STEPS_MAX);
        if (!backtest->steps)
                return error_memory(error);
        for (int64_t n = 0;; n++) {
                int64_t day = every.months ? day_add_months(from_day, (int)(n * every.months))
                                           : from_day + n * every.days;
                if (day > to_day)
                        return STATUS_OK;
                if (n == BACKTEST_STEPS_MAX) {
                        char limit[16];
                        snprintf(limit, sizeof(limit), "%d", BACKTEST_STEPS_MAX);
                        return error_set(error, STATUS_USAGE, "backtest.too_many_steps", "limit", limit, NULL);
                }
                int matching = engine_evaluation_for(concept, (int32_t)day);
                backtest->steps[backtest->step_count++] = (struct backtest_step){
                        .cutoff_day = (int32_t)day, .rule = matching >= 0 ? (size_t)matching : otherwise};
        }
}

static enum status start(struct chain *chain, struct error *error)
{
        chain->count = snapshot_customer_count(chain->backtest->snapshot);
        chain->segments = arena_alloc(chain->lasting, chain->count * sizeof(*chain->segments) + 1);
        chain->flapped = arena_array(chain->lasting, bool, chain->count + 1);
        chain->seen = arena_array(chain->lasting, bool, chain->count + 1);
        if (!chain->segments || !chain->flapped || !chain->seen || !snapshot_keep_facts(chain->backtest->snapshot))
                return error_memory(error);
        memset(chain->segments, SEGMENT_NONE, chain->count * sizeof(*chain->segments));
        return STATUS_OK;
}

/* Before the first step by what was approved, with the units of that step: what a merged customer stood at counts only
 * while no decision knew of the merge. */
static enum status stand(struct chain *chain, size_t index, const struct engine_units *units, struct arena *arena,
                         struct error *error)
{
        struct backtest *backtest = chain->backtest;
        const struct concept *concept = backtest->version->concept;
        int64_t program_id = backtest->version->program_id;
        const int64_t *ids = snapshot_customer_ids(backtest->snapshot);
        int32_t cutoff_day = backtest->steps[index].cutoff_day;
        if (index)
                return standing_next(chain->connection, program_id, cutoff_day, concept, ids, chain->count, units,
                                     arena, chain->standings, error);
        return standing_load(chain->connection, program_id, cutoff_day, concept, ids, chain->count, units,
                             chain->lasting, &chain->standings, error);
}

/* Where everybody stands once the step is approved, and who came back. */
static void carry_on(struct chain *chain, struct backtest_step *step, const struct decisions *decisions,
                     const struct engine_units *units)
{
        standing_after(decisions, units, chain->standings);
        for (size_t i = 0; i < chain->count; i++) {
                uint8_t *past = chain->segments[i], now = chain->standings[i].segment;
                if (decisions->decision[i] == DECISION_NOT_EVALUATED)
                        continue;
                /* Where a customer stood before the first evaluation counts as one. */
                if (!chain->seen[i])
                        past[0] = decisions->before[i];
                chain->seen[i] = true;
                step->at_risk += (decisions->flags[i] & FLAG_AT_RISK) != 0;
                bool back = now != SEGMENT_NONE && now != past[0] &&
                            (now == past[1] || now == past[2] || now == past[3]);
                step->flapping += back;
                chain->backtest->flapping_customers += back && !chain->flapped[i];
                chain->flapped[i] |= back;
                for (size_t k = MEMORY - 1; k > 0; k--)
                        past[k] = past[k - 1];
                past[0] = now;
        }
}

static enum status take_step(struct chain *chain, size_t index, struct error *error)
{
        struct backtest *backtest = chain->backtest;
        struct backtest_step *step = &backtest->steps[index];
        const struct concept *concept = backtest->version->concept;
        struct arena *arena = index + 1 == backtest->step_count ? chain->lasting : chain->passing;
        struct engine_input input;
        struct engine_plan *plan;
        struct measures measures;
        struct decisions decisions;
        arena_reset(chain->passing);
        enum status status = engine_plan_new(arena, concept, step->cutoff_day, &plan, error);
        if (status == STATUS_OK)
                status = snapshot_input(backtest->snapshot, chain->connection, concept, step->cutoff_day, arena, &input,
                                        error);
        if (status == STATUS_OK)
                status = engine_measure(plan, &input, chain->parallel, arena, &measures, error);
        if (status == STATUS_OK)
                status = stand(chain, index, measures.units, arena, error);
        if (status == STATUS_OK)
                status = engine_decide(plan, &measures, chain->standings, step->rule, chain->parallel, arena,
                                       &decisions, &step->tally, error);
        if (status != STATUS_OK)
                return status;
        backtest->last = decisions;
        carry_on(chain, step, &decisions, measures.units);
        return STATUS_OK;
}

enum status backtest_run(struct backtest *backtest, struct connection *connection, const struct parallel *parallel,
                         struct arena *arena, struct error *error)
{
        struct arena *passing arena_cleanup = arena_new(SIZE_MAX);
        struct chain chain = {.backtest = backtest, .connection = connection, .parallel = parallel, .lasting = arena,
                              .passing = passing};
        if (!passing)
                return error_memory(error);
        enum status status = start(&chain, error);
        for (size_t i = 0; i < backtest->step_count && status == STATUS_OK; i++)
                status = take_step(&chain, i, error);
        return status;
}
