/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * decide.c: columns -> criteria -> paths -> best segment -> ladder, a batch of customers at a time. Who is evaluated,
 * who fulfils what and who is in which segment are words of 64 bits; only the ladder looks at single customers, and
 * only at those for whom something changes. Every range of customers has its own tally; tallies are sums, so that the
 * order of ranges does not matter.
 */
#include "engine/evaluate.h"

#include "base/bits.h"
#include "base/calendar.h"
#include "base/checked.h"
#include "engine/criteria.h"
#include "engine/fulfil.h"
#include "engine/ladder.h"
#include "engine/plan.h"
#include "engine/word_loops.h"

enum { WORD = 64, BATCH_WORDS = LOOP_WORDS_MAX, BATCH = LOOP_CUSTOMERS_MAX, DECIDE_GRAIN = BATCH };

struct range_tally {
        struct tally counts;
        int128 revenue_minor[CONCEPT_SEGMENTS_MAX];
};

/* Bits of a column that raise a flag for the customers of some kinds. */
struct flag_source {
        const struct metric_column *column;
        unsigned flag;                 /* index */
        bool measured_only;            /* FLAG_UNKNOWN: an estimated value counts as unknown */
        uint8_t kinds;                 /* bit (1 << kind) */
};

struct decide_job {
        const struct engine_plan *plan;
        const struct measures *measures;
        const struct standing *standing;
        struct ladder_rules rules;
        struct judges judges;
        bool size_scaled, newcomer_scaled; /* by some deciding criterion */
        size_t flag_source_count;
        struct flag_source *flag_sources;
        int32_t no_days[BATCH];        /* DAY_NONE: copied, not set one by one */
        struct decisions *decisions;
        struct range_tally *tallies;   /* by range begin / DECIDE_GRAIN; only those of ranges are set */
        bool *tallied;
};

struct batch {
        size_t first, count, word_count;
        uint64_t kinds[KIND_COUNT][BATCH_WORDS]; /* who is evaluated, by kind */
        uint64_t evaluated[BATCH_WORDS], unclassified[BATCH_WORDS], suspended[BATCH_WORDS];
        uint64_t held[CONCEPT_SEGMENTS_MAX][BATCH_WORDS]; /* who is in the segment after the decision */
        uint64_t keep[CONCEPT_SEGMENTS_MAX][BATCH_WORDS]; /* who fulfils it at keep thresholds; set for members who do
                                                             not qualify for the segment they are in */
        uint64_t flags[FLAG_COUNT][BATCH_WORDS];
        uint32_t classes[BATCH];       /* set when some judge is scaled */
};

static uint64_t batch_mask(const struct batch *batch, size_t w)
{
        size_t left = batch->count - w * WORD;
        return words_mask(left < WORD ? (unsigned)left : WORD);
}

/* classify_after: either is enough. Prospects have no orders to wait for. */
static void batch_unclassified(const struct decide_job *job, struct batch *batch)
{
        const struct engine_plan *plan = job->plan;
        const struct mechanics *mechanics = &plan->concept->mechanics;
        const uint64_t *customers = batch->kinds[KIND_CUSTOMER];
        uint64_t classified[BATCH_WORDS];
        memset(batch->unclassified, 0, sizeof(batch->unclassified));
        if (!mechanics->classify_after || (!mechanics->classify_has_orders && !mechanics->classify_has_revenue))
                return;
        memcpy(batch->unclassified, customers, batch->word_count * sizeof(*customers));
        struct { uint32_t column; int64_t least; } rules[] = {
                {plan->classify_orders, mechanics->classify_orders},
                {plan->classify_revenue, mechanics->classify_revenue_minor}};
        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
                if (rules[i].column == COLUMN_NONE)
                        continue;
                loop_in_range(job->measures->columns[rules[i].column].value + batch->first, batch->count,
                              rules[i].least, INT64_MAX, customers, classified);
                for (size_t w = 0; w < batch->word_count; w++)
                        batch->unclassified[w] &= ~classified[w];
        }
}

static void batch_population(const struct decide_job *job, struct batch *batch)
{
        const struct engine_plan *plan = job->plan;
        const uint64_t *suspended = job->measures->suspended;
        uint64_t prospects[BATCH_WORDS];
        loop_bytes_equal(job->measures->kind + batch->first, batch->count, KIND_PROSPECT, prospects);
        for (size_t w = 0; w < batch->word_count; w++) {
                uint64_t exists = job->measures->exists[batch->first / WORD + w] & batch_mask(batch, w);
                batch->kinds[KIND_CUSTOMER][w] =
                        plan->kinds[KIND_CUSTOMER].rest == SEGMENT_NONE ? 0 : exists & ~prospects[w];
                batch->kinds[KIND_PROSPECT][w] =
                        plan->kinds[KIND_PROSPECT].rest == SEGMENT_NONE ? 0 : exists & prospects[w];
                batch->evaluated[w] = batch->kinds[KIND_CUSTOMER][w] | batch->kinds[KIND_PROSPECT][w];
                batch->suspended[w] = suspended ? suspended[batch->first / WORD + w] & batch->evaluated[w] : 0;
        }
        batch_unclassified(job, batch);
}

static unsigned flag_index(unsigned flag) { return (unsigned)__builtin_ctz(flag); }

/* Those whose kind has a criterion scaled by size, or by newcomer. */
static uint64_t scaled_word(const struct engine_plan *plan, const struct batch *batch, size_t w, bool by_size)
{
        uint64_t word = 0;
        for (unsigned kind = 0; kind < KIND_COUNT; kind++)
                if (by_size ? plan->kinds[kind].size_scaled : plan->kinds[kind].newcomer_scaled)
                        word |= batch->kinds[kind][w];
        return word;
}

/* Factor classes, and the flags that come from them. */
static void batch_classes(const struct decide_job *job, struct batch *batch)
{
        const struct engine_plan *plan = job->plan;
        if (!job->judges.any_scaled && !job->size_scaled && !job->newcomer_scaled)
                return;
        for (size_t w = 0; w < batch->word_count; w++) {
                uint64_t newcomers = 0, without_size = 0;
                for (size_t i = w * WORD; i < batch->count && i < (w + 1) * WORD; i++) {
                        uint8_t size_slot = plan->size_slot[job->measures->size_class[batch->first + i]];
                        uint32_t slot = plan_newcomer_slot(plan, job->measures->joined_day[batch->first + i]);
                        batch->classes[i] = size_slot * plan->newcomer_slots + slot;
                        newcomers |= (uint64_t)(slot != 0) << (i % WORD);
                        without_size |= (uint64_t)(size_slot == 0) << (i % WORD);
                }
                batch->flags[flag_index(FLAG_NEWCOMER)][w] = newcomers & scaled_word(plan, batch, w, false);
                batch->flags[flag_index(FLAG_NO_SIZE_CLASS)][w] = without_size & scaled_word(plan, batch, w, true);
        }
}

/* Flags do not depend on whether a comparison was made: an unknown value is a task for somebody even where another path
 * was enough. */
static void batch_column_flags(const struct decide_job *job, struct batch *batch)
{
        uint64_t known[BATCH_WORDS];
        for (size_t s = 0; s < job->flag_source_count; s++) {
                const struct flag_source *source = &job->flag_sources[s];
                uint64_t *raised = batch->flags[source->flag];
                bool unknown = source->flag == flag_index(FLAG_UNKNOWN);
                if (unknown)
                        judge_known_words(source->column, source->measured_only, batch->first, batch->word_count,
                                          known);
                for (size_t w = 0; w < batch->word_count; w++) {
                        uint64_t bits = unknown ? ~known[w] : source->column->flagged[batch->first / WORD + w];
                        for (unsigned kind = 0; kind < KIND_COUNT; kind++)
                                if (source->kinds >> kind & 1)
                                        raised[w] |= bits & batch->kinds[kind][w];
                }
        }
}

static struct span batch_span(const struct decide_job *job, const struct batch *batch)
{
        return (struct span){batch->first, batch->count, job->judges.any_scaled ? batch->classes : NULL};
}

/* Rule 1: the best fulfilled segment of the customer's kind. Who has been found a segment is not compared with worse
 * ones. */
static void batch_qualified(const struct decide_job *job, struct batch *batch, struct tally *tally)
{
        const struct engine_plan *plan = job->plan;
        struct span span = batch_span(job, batch);
        uint8_t *qualified = job->decisions->qualified + batch->first;
        uint64_t left[BATCH_WORDS];
        memset(qualified, 0, batch->count);
        for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
                memcpy(left, batch->kinds[kind], batch->word_count * sizeof(*left));
                for (unsigned rung = 0; rung < plan->kinds[kind].segment_count; rung++) {
                        uint8_t index = plan->kinds[kind].segments[rung];
                        uint64_t *here = batch->held[index];
                        fulfilled_words(&job->judges, &plan->segments[index], false, &span, left, here);
                        for (size_t w = 0; w < batch->word_count; w++)
                                left[w] &= ~here[w];
                        tally->qualified[index] += loop_count(here, batch->word_count);
                        loop_or_bytes(qualified, batch->count, index, here);
                }
        }
        for (size_t w = 0; w < batch->word_count; w++)
                left[w] = ~batch->evaluated[w] & batch_mask(batch, w);
        loop_or_bytes(qualified, batch->count, SEGMENT_NONE, left);
        tally->evaluated += loop_count(batch->evaluated, batch->word_count);
}

static void batch_flags(const struct decide_job *job, const struct batch *batch)
{
        uint8_t *flags = job->decisions->flags + batch->first;
        memset(flags, 0, batch->count);
        for (unsigned f = 0; f < FLAG_COUNT; f++)
                loop_or_bytes(flags, batch->count, (uint8_t)(1u << f), batch->flags[f]);
}

static uint32_t kept_rungs(const struct engine_plan *plan, const struct batch *batch, unsigned kind, size_t i)
{
        uint32_t kept = 0;
        for (unsigned rung = 0; rung < plan->kinds[kind].segment_count; rung++)
                kept |= (uint32_t)bits_get(batch->keep[plan->kinds[kind].segments[rung]], i) << rung;
        return kept;
}

/* Rule 3: without membership the qualified segment, or the rest segment until it can be classified. The decisions of
 * these customers are still 0. */
static void batch_without_membership(const struct decide_job *job, struct batch *batch, const uint64_t *who,
                                     struct tally *tally)
{
        struct decisions *out = job->decisions;
        uint8_t rest = job->plan->kinds[KIND_CUSTOMER].rest;
        uint64_t unclassified[BATCH_WORDS], fresh[BATCH_WORDS], any = 0;
        for (size_t w = 0; w < batch->word_count; w++) {
                unclassified[w] = batch->unclassified[w] & who[w];
                fresh[w] = who[w] & ~unclassified[w];
                any |= unclassified[w];
        }
        loop_or_bytes(out->decision + batch->first, batch->count, DECISION_NEW, fresh);
        tally->decision[DECISION_NEW] += loop_count(fresh, batch->word_count);
        if (!any)
                return;
        loop_or_bytes(out->decision + batch->first, batch->count, DECISION_UNCLASSIFIED, unclassified);
        tally->decision[DECISION_UNCLASSIFIED] += loop_count(unclassified, batch->word_count);
        for (size_t i = 0; i < batch->count; i++)
                if (bits_get(unclassified, i))
                        out->segment[batch->first + i] = rest;
        for (size_t w = 0; w < batch->word_count; w++) {
                for (size_t s = 0; s < job->plan->concept->segment_count; s++)
                        batch->held[s][w] &= ~unclassified[w];
                batch->held[rest][w] |= unclassified[w];
        }
}

/* Rules 4 to 7 for one member whose segment is of its kind. */
static void step_member(const struct decide_job *job, struct batch *batch, size_t i, struct tally *tally)
{
        const struct engine_plan *plan = job->plan;
        struct decisions *out = job->decisions;
        size_t customer = batch->first + i;
        const struct standing *standing = &job->standing[customer];
        uint8_t current = plan->segments[standing->segment].rung;
        uint8_t qualified = plan->segments[out->qualified[customer]].rung;
        unsigned kind = plan->segments[standing->segment].kind;
        uint32_t kept = qualified > current ? kept_rungs(plan, batch, kind, i) : 0;
        bool guarded = job->measures->guarded && bits_get(job->measures->guarded, customer);
        struct ladder_outcome outcome = ladder_step(&job->rules, qualified, current, kept, standing, guarded);
        uint8_t segment = plan->kinds[kind].segments[outcome.rung];
        bits_clear(batch->held[out->qualified[customer]], i);
        bits_set(batch->held[segment], i);
        out->segment[customer] = segment;
        out->decision[customer] = outcome.decision;
        out->grace[customer] = outcome.grace;
        out->grace_end_day[customer] = outcome.grace_end_day;
        out->flags[customer] |= outcome.at_risk ? FLAG_AT_RISK : 0;
        tally->decision[outcome.decision]++;
}

/* Rule 2 for one customer: the segment is not merited. */
static void fix_segment(const struct decide_job *job, struct batch *batch, size_t i, uint8_t segment,
                        enum decision decision, struct tally *tally)
{
        struct decisions *out = job->decisions;
        size_t customer = batch->first + i;
        bits_clear(batch->held[out->qualified[customer]], i);
        bits_set(batch->held[segment], i);
        out->segment[customer] = segment;
        out->decision[customer] = (uint8_t)decision;
        tally->decision[decision]++;
}

/* Rule 2, suspension: keeps the segment. One without membership of its kind is shown in its rest segment. */
static void batch_suspended(const struct decide_job *job, struct batch *batch, uint64_t *without, struct tally *tally)
{
        const struct engine_plan *plan = job->plan;
        for (size_t w = 0; w < batch->word_count; w++) {
                for (uint64_t rest = batch->suspended[w]; rest; rest &= rest - 1) {
                        size_t i = w * WORD + (unsigned)__builtin_ctzll(rest);
                        uint8_t segment = job->decisions->before[batch->first + i];
                        unsigned kind = bits_get(batch->kinds[KIND_PROSPECT], i) ? KIND_PROSPECT : KIND_CUSTOMER;
                        if (segment == SEGMENT_NONE || plan->segments[segment].kind != kind)
                                segment = plan->kinds[kind].rest;
                        fix_segment(job, batch, i, segment, DECISION_SUSPENDED, tally);
                }
                without[w] &= ~batch->suspended[w];
        }
}

/* Rule 2, overrides. */
static void batch_overridden(const struct decide_job *job, struct batch *batch, const uint64_t *overridden,
                             struct tally *tally)
{
        for (size_t w = 0; w < batch->word_count; w++)
                for (uint64_t rest = overridden[w]; rest; rest &= rest - 1) {
                        size_t i = w * WORD + (unsigned)__builtin_ctzll(rest);
                        fix_segment(job, batch, i, job->standing[batch->first + i].override_segment,
                                    DECISION_OVERRIDE, tally);
                }
}

/* Members of one word: `same` stay where they are without grace, `step` are for the ladder. A prospect who became a
 * customer, or the reverse, is without membership. */
struct members {
        uint64_t same[BATCH_WORDS], step[BATCH_WORDS], overridden[BATCH_WORDS];
};

/* Of these overrides those to a segment of the customer's kind: a segment for customers means nothing to somebody
 * evaluated as a prospect, nor the reverse, so such an override rests. */
static uint64_t of_their_kind(const struct decide_job *job, const struct batch *batch, size_t w, uint64_t overridden)
{
        uint64_t result = overridden;
        for (uint64_t rest = overridden; rest; rest &= rest - 1) {
                unsigned i = (unsigned)__builtin_ctzll(rest);
                uint8_t segment = job->standing[batch->first + w * WORD + i].override_segment;
                bool prospect = batch->kinds[KIND_PROSPECT][w] >> i & 1;
                if (job->plan->segments[segment].kind != prospect)
                        result &= ~(UINT64_C(1) << i);
        }
        return result;
}

static void word_members(const struct decide_job *job, struct batch *batch, size_t w, struct members *members)
{
        const struct engine_plan *plan = job->plan;
        size_t count = batch->count - w * WORD < WORD ? batch->count - w * WORD : WORD;
        size_t first = batch->first + w * WORD;
        const struct standing *standing = job->standing + first;
        const uint8_t *qualified = job->decisions->qualified + first;
        uint8_t *before = job->decisions->before + first;
        uint64_t member = 0, same = 0, overridden = 0, other_kind = 0;
        for (size_t i = 0; i < count; i++) {
                before[i] = standing[i].segment;
                same |= (uint64_t)((before[i] == qualified[i]) & !standing[i].grace) << i;
                member |= (uint64_t)(before[i] < plan->concept->segment_count) << i;
                overridden |= (uint64_t)standing[i].overridden << i;
        }
        member &= batch->evaluated[w];
        members->overridden[w] = of_their_kind(job, batch, w, overridden & batch->evaluated[w] & ~batch->suspended[w]);
        for (size_t i = 0; i < count; i++)
                if (!(member >> i & 1))
                        before[i] = SEGMENT_NONE;
        member &= ~batch->suspended[w] & ~members->overridden[w];
        for (uint64_t rest = member & ~same; rest; rest &= rest - 1) {
                unsigned i = (unsigned)__builtin_ctzll(rest);
                bool prospect = batch->kinds[KIND_PROSPECT][w] >> i & 1;
                other_kind |= (uint64_t)(plan->segments[before[i]].kind != prospect) << i;
        }
        members->same[w] = same & member;
        members->step[w] = member & ~same & ~other_kind;
}

/* What is asked at keep thresholds: members of the kind who do not qualify for the segment they are in. */
static void batch_keep(const struct decide_job *job, struct batch *batch, const struct members *members)
{
        const struct engine_plan *plan = job->plan;
        struct span span = batch_span(job, batch);
        uint64_t missed[KIND_COUNT][BATCH_WORDS] = {{0}};
        for (size_t w = 0; w < batch->word_count; w++)
                for (uint64_t rest = members->step[w]; rest; rest &= rest - 1) {
                        size_t i = w * WORD + (unsigned)__builtin_ctzll(rest);
                        const struct plan_segment *current = &plan->segments[job->standing[batch->first + i].segment];
                        uint8_t qualified = job->decisions->qualified[batch->first + i];
                        if (plan->segments[qualified].rung > current->rung)
                                bits_set(missed[current->kind], i);
                }
        for (unsigned kind = 0; kind < KIND_COUNT; kind++)
                for (unsigned rung = 0; rung < plan->kinds[kind].segment_count; rung++) {
                        uint8_t index = plan->kinds[kind].segments[rung];
                        fulfilled_words(&job->judges, &plan->segments[index], true, &span, missed[kind],
                                        batch->keep[index]);
                }
}

/* Leaves in `without` those who have no membership. */
static void batch_members(const struct decide_job *job, struct batch *batch, uint64_t *without, struct tally *tally)
{
        struct members members;
        for (size_t w = 0; w < batch->word_count; w++)
                word_members(job, batch, w, &members);
        batch_keep(job, batch, &members);
        loop_or_bytes(job->decisions->decision + batch->first, batch->count, DECISION_STAY, members.same);
        tally->decision[DECISION_STAY] += loop_count(members.same, batch->word_count);
        for (size_t w = 0; w < batch->word_count; w++) {
                for (uint64_t rest = members.step[w]; rest; rest &= rest - 1)
                        step_member(job, batch, w * WORD + (unsigned)__builtin_ctzll(rest), tally);
                without[w] &= ~members.same[w] & ~members.step[w] & ~members.overridden[w];
        }
        batch_overridden(job, batch, members.overridden, tally);
}

/* Everybody begins as not evaluated, in the segment they qualify for. That is already right, but for the name of the
 * decision, for members whose segment does not change and who have no grace: most of all customers. */
static void batch_decide(const struct decide_job *job, struct batch *batch, struct tally *tally)
{
        struct decisions *out = job->decisions;
        uint64_t without[BATCH_WORDS];
        memcpy(without, batch->evaluated, batch->word_count * sizeof(*without));
        memcpy(out->segment + batch->first, out->qualified + batch->first, batch->count);
        memset(out->decision + batch->first, DECISION_NOT_EVALUATED, batch->count);
        memset(out->grace + batch->first, 0, batch->count);
        memcpy(out->grace_end_day + batch->first, job->no_days, batch->count * sizeof(*job->no_days));
        if (job->standing)
                batch_members(job, batch, without, tally);
        else
                memset(out->before + batch->first, SEGMENT_NONE, batch->count);
        if (job->measures->suspended)
                batch_suspended(job, batch, without, tally);
        batch_without_membership(job, batch, without, tally);
}

static void batch_tally(const struct decide_job *job, const struct batch *batch, struct range_tally *tally)
{
        const int64_t *revenue_minor = job->measures->revenue_12m_minor + batch->first;
        for (size_t s = 0; s < job->plan->concept->segment_count; s++) {
                tally->revenue_minor[s] += loop_sum(revenue_minor, batch->count, batch->held[s]);
                tally->counts.segment[s] += loop_count(batch->held[s], batch->word_count);
        }
}

static void decide_batch(const struct decide_job *job, struct batch *batch, struct range_tally *tally)
{
        batch->word_count = bits_words(batch->count);
        memset(batch->flags, 0, sizeof(batch->flags));
        batch_population(job, batch);
        batch_classes(job, batch);
        batch_column_flags(job, batch);
        batch_qualified(job, batch, &tally->counts);
        batch_flags(job, batch);
        batch_decide(job, batch, &tally->counts);
        batch_tally(job, batch, tally);
}

static void decide_range(void *context, size_t begin, size_t end)
{
        struct decide_job *job = context;
        /* Built on the thread's own stack: neighbouring tallies share cache lines. */
        struct range_tally tally = {.counts = {.evaluated = 0}};
        struct batch batch;
        for (size_t first = begin; first < end; first += BATCH) {
                batch.first = first;
                batch.count = end - first < BATCH ? end - first : BATCH;
                decide_batch(job, &batch, &tally);
        }
        job->tallies[begin / DECIDE_GRAIN] = tally;
        job->tallied[begin / DECIDE_GRAIN] = true;
}

static enum status merge_tallies(const struct decide_job *job, struct tally *ret, struct error *error)
{
        struct tally total = {.evaluated = 0};
        int128 revenue[CONCEPT_SEGMENTS_MAX] = {0};
        size_t ranges = job->measures->customer_count / DECIDE_GRAIN + 1;
        for (size_t r = 0; r < ranges; r++) {
                const struct range_tally *tally = &job->tallies[r];
                if (!job->tallied[r])
                        continue;
                total.evaluated += tally->counts.evaluated;
                for (size_t i = 0; i < CONCEPT_SEGMENTS_MAX; i++) {
                        total.qualified[i] += tally->counts.qualified[i];
                        total.segment[i] += tally->counts.segment[i];
                        revenue[i] += tally->revenue_minor[i];
                }
                for (size_t i = 0; i < DECISION_COUNT; i++)
                        total.decision[i] += tally->counts.decision[i];
        }
        for (size_t i = 0; i < CONCEPT_SEGMENTS_MAX; i++)
                if (!narrow_i64(revenue[i], &total.revenue_minor[i]))
                        return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        *ret = total;
        return STATUS_OK;
}

static bool decisions_new(struct arena *arena, size_t count, struct decisions *ret)
{
        /* The ranges write every entry: no zeroing, so that each thread touches its own pages first. */
        struct decisions decisions = {.customer_count = count};
        decisions.before = arena_alloc(arena, count + 1);
        decisions.qualified = arena_alloc(arena, count + 1);
        decisions.segment = arena_alloc(arena, count + 1);
        decisions.decision = arena_alloc(arena, count + 1);
        decisions.flags = arena_alloc(arena, count + 1);
        decisions.grace = arena_alloc(arena, count + 1);
        decisions.grace_end_day = arena_alloc(arena, count * sizeof(int32_t) + 1);
        *ret = decisions;
        return decisions.before && decisions.qualified && decisions.segment && decisions.decision &&
               decisions.flags && decisions.grace && decisions.grace_end_day;
}

static void add_flag_source(struct decide_job *job, struct flag_source source)
{
        for (size_t i = 0; i < job->flag_source_count; i++) {
                struct flag_source *there = &job->flag_sources[i];
                if (there->column == source.column && there->flag == source.flag &&
                    there->measured_only == source.measured_only) {
                        there->kinds |= source.kinds;
                        return;
                }
        }
        job->flag_sources[job->flag_source_count++] = source;
}

/* For every deciding criterion who is unknown there, and for every column a deciding criterion uses what the column
 * itself flags. */
static enum status prepare_flags(struct decide_job *job, struct arena *arena, struct error *error)
{
        const struct engine_plan *plan = job->plan;
        size_t sources_max = plan->criterion_count + plan->column_count;
        job->flag_sources = arena_array(arena, struct flag_source, sources_max + 1);
        if (!job->flag_sources)
                return error_memory(error);
        for (size_t i = 0; i < plan->column_count; i++) {
                const struct metric_column *column = &job->measures->columns[i];
                unsigned flag = column->metric == METRIC_MARGIN           ? FLAG_COST_MISSING
                                : column->metric == METRIC_PRODUCT_GROUPS ? FLAG_NO_GROUP
                                                                          : FLAG_CAPPED;
                if (column->flagged && plan->columns[i].kinds)
                        add_flag_source(job, (struct flag_source){column, flag_index(flag), false,
                                                                  plan->columns[i].kinds});
        }
        for (size_t s = 0; s < plan->concept->segment_count; s++) {
                const struct plan_segment *segment = &plan->segments[s];
                for (uint32_t p = 0; p < segment->path_count; p++) {
                        const struct plan_path *path = &segment->paths[p];
                        for (uint32_t i = 0; i < path->all_count + path->some_count; i++) {
                                const struct judge *judge = &job->judges.list[path->first + i];
                                add_flag_source(job, (struct flag_source){judge->column, flag_index(FLAG_UNKNOWN),
                                                                          judge->criterion->measured_only,
                                                                          (uint8_t)(1 << segment->kind)});
                        }
                }
        }
        return STATUS_OK;
}

enum status engine_decide(const struct engine_plan *plan, const struct measures *measures,
                          const struct standing *standing, size_t evaluation, const struct parallel *parallel,
                          struct arena *arena, struct decisions *ret, struct tally *ret_tally, struct error *error)
{
        const struct mechanics *mechanics = &plan->concept->mechanics;
        struct decisions decisions;
        struct decide_job job = {.plan = plan, .measures = measures, .standing = standing, .decisions = &decisions};
        size_t ranges_max = measures->customer_count / DECIDE_GRAIN + 1;
        for (size_t i = 0; i < BATCH; i++)
                job.no_days[i] = DAY_NONE;
        if (evaluation >= mechanics->evaluation_count)
                return error_set(error, STATUS_INVALID, "engine.evaluation_unknown", NULL);
        job.rules = ladder_rules_for(mechanics, evaluation, plan->cutoff_day);
        for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
                job.size_scaled |= plan->kinds[kind].size_scaled;
                job.newcomer_scaled |= plan->kinds[kind].newcomer_scaled;
        }
        job.tallies = arena_alloc(arena, ranges_max * sizeof(*job.tallies));
        job.tallied = arena_array(arena, bool, ranges_max);
        if (!job.tallies || !job.tallied || !decisions_new(arena, measures->customer_count, &decisions))
                return error_memory(error);
        enum status status = judges_init(plan, measures, arena, &job.judges, error);
        if (!status)
                status = prepare_flags(&job, arena, error);
        if (status)
                return status;
        parallel_for(parallel, measures->customer_count, DECIDE_GRAIN, decide_range, &job);
        struct tally tally;
        status = merge_tallies(&job, &tally, error);
        if (status)
                return status;
        *ret = decisions;
        *ret_tally = tally;
        return STATUS_OK;
}
