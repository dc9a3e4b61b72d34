/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * decide.c: columns -> criteria -> paths -> best segment -> ladder, 64 customers at a time. Criteria and paths are
 * words of 64 bits; only the ladder looks at single customers. Every range of customers has its own tally; tallies
 * are sums, so that the order of ranges does not matter.
 */
#include "engine/evaluate.h"

#include "base/bits.h"
#include "base/calendar.h"
#include "base/checked.h"
#include "engine/criteria.h"
#include "engine/ladder.h"
#include "engine/plan.h"

enum { WORD = 64, DECIDE_GRAIN = 32 * WORD, SOME_PLANES = 7 };

struct range_tally {
        struct tally counts;
        int128 revenue_minor[CONCEPT_SEGMENTS_MAX];
        bool no_memory;
};

struct decide_job {
        const struct engine_plan *plan;
        const struct measures *measures;
        const struct standing *standing;
        struct ladder_rules rules;
        struct judge *judges;          /* by criterion */
        bool any_keep, any_class;
        int32_t no_days[WORD];         /* DAY_NONE: copied, not set one by one */
        struct decisions *decisions;
        struct range_tally *tallies;   /* by range begin / DECIDE_GRAIN */
};

/* 64 customers, or fewer at the end. */
struct block {
        size_t first;
        unsigned count;
        uint64_t kinds[KIND_COUNT];    /* who is evaluated, by kind */
        uint64_t unclassified;
        uint64_t entry[CONCEPT_SEGMENTS_MAX], keep[CONCEPT_SEGMENTS_MAX]; /* fulfilled, whoever is looked at */
        uint64_t held[CONCEPT_SEGMENTS_MAX]; /* who is in the segment after the decision */
        uint64_t flags[FLAG_COUNT];
        uint32_t classes[WORD];
        uint64_t *words, *keep_words;  /* by criterion */
};

/* Who is a prospect. Eight bytes of 0 or 1 at once: the multiplication gathers their lowest bits in the highest byte.
 * */
static uint64_t prospects_word(const uint8_t *kinds, unsigned count)
{
        uint64_t word = 0;
        unsigned i = 0;
        for (; i + 8 <= count; i += 8) {
                uint64_t eight;
                memcpy(&eight, kinds + i, sizeof(eight));
                word |= (eight * UINT64_C(0x0102040810204080)) >> 56 << i;
        }
        for (; i < count; i++)
                word |= (uint64_t)(kinds[i] == KIND_PROSPECT) << i;
        return word;
}

static uint64_t at_least_word(const int64_t *values, unsigned count, int64_t threshold)
{
        uint64_t word = 0;
        for (unsigned i = 0; i < count; i++)
                word |= (uint64_t)(values[i] >= threshold) << i;
        return word;
}

/* classify_after: either is enough. Prospects have no orders to wait for. */
static uint64_t unclassified_word(const struct decide_job *job, const struct block *block)
{
        const struct engine_plan *plan = job->plan;
        const struct mechanics *mechanics = &plan->concept->mechanics;
        uint64_t classified = 0;
        if (!mechanics->classify_after || (!mechanics->classify_has_orders && !mechanics->classify_has_revenue))
                return 0;
        if (plan->classify_orders != COLUMN_NONE)
                classified |= at_least_word(job->measures->columns[plan->classify_orders].value + block->first,
                                            block->count, mechanics->classify_orders);
        if (plan->classify_revenue != COLUMN_NONE)
                classified |= at_least_word(job->measures->columns[plan->classify_revenue].value + block->first,
                                            block->count, mechanics->classify_revenue_minor);
        return ~classified & block->kinds[KIND_CUSTOMER];
}

static void block_population(const struct decide_job *job, struct block *block)
{
        const struct engine_plan *plan = job->plan;
        uint64_t exists = job->measures->exists[block->first / WORD] & words_mask(block->count);
        uint64_t prospects = prospects_word(job->measures->kind + block->first, block->count);
        block->kinds[KIND_CUSTOMER] = plan->kinds[KIND_CUSTOMER].rest == SEGMENT_NONE ? 0 : exists & ~prospects;
        block->kinds[KIND_PROSPECT] = plan->kinds[KIND_PROSPECT].rest == SEGMENT_NONE ? 0 : exists & prospects;
        block->unclassified = unclassified_word(job, block);
}

static unsigned flag_index(unsigned flag) { return (unsigned)__builtin_ctz(flag); }

/* Factor classes, and the flags that come from them. */
static void block_classes(const struct decide_job *job, struct block *block)
{
        const struct engine_plan *plan = job->plan;
        uint64_t newcomers = 0, without_size = 0, size_scaled = 0, newcomer_scaled = 0;
        for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
                size_scaled |= plan->kinds[kind].size_scaled ? block->kinds[kind] : 0;
                newcomer_scaled |= plan->kinds[kind].newcomer_scaled ? block->kinds[kind] : 0;
        }
        if (!job->any_class && !size_scaled && !newcomer_scaled)
                return;
        for (unsigned i = 0; i < block->count; i++) {
                uint8_t size_slot = plan->size_slot[job->measures->size_class[block->first + i]];
                uint32_t slot = plan_newcomer_slot(plan, job->measures->joined_day[block->first + i]);
                block->classes[i] = size_slot * plan->newcomer_slots + slot;
                newcomers |= (uint64_t)(slot != 0) << i;
                without_size |= (uint64_t)(size_slot == 0) << i;
        }
        block->flags[flag_index(FLAG_NEWCOMER)] = newcomers & newcomer_scaled;
        block->flags[flag_index(FLAG_NO_SIZE_CLASS)] = without_size & size_scaled;
}

static void block_column_flags(const struct decide_job *job, struct block *block)
{
        for (size_t i = 0; i < job->plan->column_count; i++) {
                const struct metric_column *column = &job->measures->columns[i];
                uint64_t used = 0;
                for (unsigned kind = 0; column->flagged && kind < KIND_COUNT; kind++)
                        used |= job->plan->columns[i].kinds >> kind & 1 ? block->kinds[kind] : 0;
                if (!used)
                        continue;
                unsigned flag = column->metric == METRIC_MARGIN           ? FLAG_COST_MISSING
                                : column->metric == METRIC_PRODUCT_GROUPS ? FLAG_NO_GROUP
                                                                          : FLAG_CAPPED;
                block->flags[flag_index(flag)] |= column->flagged[block->first / WORD] & used;
        }
}

/* Who meets at least n of these: counted in bit planes, plane p holding bit p of 64 counters. */
static uint64_t some_word(const uint64_t *words, uint32_t count, uint32_t at_least)
{
        uint64_t planes[SOME_PLANES] = {0};
        if (at_least > count)
                return 0;
        for (uint32_t i = 0; i < count; i++) {
                uint64_t carry = words[i];
                for (unsigned p = 0; carry && p < SOME_PLANES; p++) {
                        uint64_t both = planes[p] & carry;
                        planes[p] ^= carry;
                        carry = both;
                }
        }
        uint64_t reached = UINT64_MAX;
        for (unsigned p = 0; p < SOME_PLANES; p++)
                reached = at_least >> p & 1 ? reached & planes[p] : reached | planes[p];
        return reached;
}

static uint64_t segment_word(const struct plan_segment *segment, const uint64_t *words)
{
        uint64_t fulfilled = segment->rest ? UINT64_MAX : 0;
        for (uint32_t p = 0; p < segment->path_count; p++) {
                const struct plan_path *path = &segment->paths[p];
                uint64_t word = UINT64_MAX;
                for (uint32_t i = 0; i < path->all_count; i++)
                        word &= words[path->first + i];
                if (path->some_at_least)
                        word &= some_word(words + path->first + path->all_count, path->some_count,
                                          path->some_at_least);
                fulfilled |= word;
        }
        return fulfilled;
}

/* Criteria of one segment's paths; returns for whom at least one is unknown. */
static uint64_t judge_segment(const struct decide_job *job, struct block *block, const struct plan_segment *segment)
{
        const uint32_t *classes = job->any_class ? block->classes : NULL;
        uint64_t unknown = 0;
        for (uint32_t p = 0; p < segment->path_count; p++) {
                uint32_t first = segment->paths[p].first;
                uint32_t end = first + segment->paths[p].all_count + segment->paths[p].some_count;
                for (uint32_t i = first; i < end; i++) {
                        const struct judge *judge = &job->judges[i];
                        struct judged_words judged =
                                judge_block(judge, &judge->entry, block->first, block->count, classes);
                        block->words[i] = block->keep_words[i] = judged.met;
                        unknown |= judged.unknown;
                        if (job->any_keep && judge->has_keep)
                                block->keep_words[i] = judge_block(judge, &judge->keep, block->first, block->count,
                                                                   classes).met;
                }
        }
        return unknown;
}

static void block_judge(const struct decide_job *job, struct block *block)
{
        const struct engine_plan *plan = job->plan;
        for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
                if (!block->kinds[kind])
                        continue;
                for (unsigned rung = 0; rung < plan->kinds[kind].segment_count; rung++) {
                        unsigned index = plan->kinds[kind].segments[rung];
                        const struct plan_segment *segment = &plan->segments[index];
                        uint64_t unknown = judge_segment(job, block, segment);
                        block->flags[flag_index(FLAG_UNKNOWN)] |= unknown & block->kinds[kind];
                        block->entry[index] = segment_word(segment, block->words);
                        block->keep[index] = job->any_keep ? segment_word(segment, block->keep_words)
                                                           : block->entry[index];
                }
        }
}

static void set_bytes(uint8_t *bytes, uint64_t word, uint8_t value)
{
        if (word == UINT64_MAX) {
                memset(bytes, value, WORD);
                return;
        }
        for (; word; word &= word - 1)
                bytes[__builtin_ctzll(word)] = value;
}

/* Rule 1: the best fulfilled segment of the customer's kind. Most customers are in the rest segment: all begin there.
 * */
static void block_qualified(const struct decide_job *job, struct block *block, struct tally *tally)
{
        const struct engine_plan *plan = job->plan;
        uint8_t *qualified = job->decisions->qualified + block->first;
        memset(qualified, plan->kinds[KIND_CUSTOMER].rest, block->count);
        for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
                uint64_t left = block->kinds[kind];
                for (unsigned rung = 0; left && rung < plan->kinds[kind].segment_count; rung++) {
                        uint8_t index = plan->kinds[kind].segments[rung];
                        uint64_t here = left & block->entry[index];
                        left &= ~here;
                        block->held[index] = here;
                        tally->qualified[index] += (uint64_t)__builtin_popcountll(here);
                        if (index != plan->kinds[KIND_CUSTOMER].rest)
                                set_bytes(qualified, here, index);
                }
        }
        uint64_t evaluated = block->kinds[KIND_CUSTOMER] | block->kinds[KIND_PROSPECT];
        set_bytes(qualified, ~evaluated & words_mask(block->count), SEGMENT_NONE);
        tally->evaluated += (uint64_t)__builtin_popcountll(evaluated);
}

static void block_flags(const struct decide_job *job, const struct block *block)
{
        uint8_t *flags = job->decisions->flags + block->first;
        memset(flags, 0, block->count);
        for (unsigned f = 0; f < FLAG_COUNT; f++)
                for (uint64_t word = block->flags[f]; word; word &= word - 1)
                        flags[__builtin_ctzll(word)] |= (uint8_t)(1u << f);
}

static uint32_t kept_rungs(const struct engine_plan *plan, const struct block *block, unsigned kind, unsigned i)
{
        uint32_t kept = 0;
        for (unsigned rung = 0; rung < plan->kinds[kind].segment_count; rung++)
                kept |= (uint32_t)(block->keep[plan->kinds[kind].segments[rung]] >> i & 1) << rung;
        return kept;
}

/* Rule 3: without membership the qualified segment, or the rest segment until he can be classified. */
static void block_without_membership(const struct decide_job *job, struct block *block, uint64_t who,
                                     struct tally *tally)
{
        struct decisions *out = job->decisions;
        uint64_t unclassified = block->unclassified & who;
        set_bytes(out->decision + block->first, who & ~unclassified, DECISION_NEW);
        tally->decision[DECISION_NEW] += (uint64_t)__builtin_popcountll(who & ~unclassified);
        if (!unclassified)
                return;
        uint8_t rest = job->plan->kinds[KIND_CUSTOMER].rest;
        set_bytes(out->decision + block->first, unclassified, DECISION_UNCLASSIFIED);
        set_bytes(out->segment + block->first, unclassified, rest);
        tally->decision[DECISION_UNCLASSIFIED] += (uint64_t)__builtin_popcountll(unclassified);
        for (unsigned i = 0; i < CONCEPT_SEGMENTS_MAX; i++)
                block->held[i] &= ~unclassified;
        block->held[rest] |= unclassified;
}

/* Rules 4 to 7 for one member whose segment is of his kind. */
static void step_member(const struct decide_job *job, struct block *block, unsigned i, struct tally *tally)
{
        const struct engine_plan *plan = job->plan;
        struct decisions *out = job->decisions;
        size_t customer = block->first + i;
        const struct standing *standing = &job->standing[customer];
        uint8_t current = plan->segments[standing->segment].rung;
        uint8_t qualified = plan->segments[out->qualified[customer]].rung;
        unsigned kind = plan->segments[standing->segment].kind;
        uint32_t kept = qualified > current ? kept_rungs(plan, block, kind, i) : 0;
        struct ladder_outcome outcome = ladder_step(&job->rules, qualified, current, kept, standing);
        uint8_t segment = plan->kinds[kind].segments[outcome.rung];
        block->held[out->qualified[customer]] &= ~((uint64_t)1 << i);
        block->held[segment] |= (uint64_t)1 << i;
        out->segment[customer] = segment;
        out->decision[customer] = outcome.decision;
        out->grace[customer] = outcome.grace;
        out->grace_end_day[customer] = outcome.grace_end_day;
        out->flags[customer] |= outcome.at_risk ? FLAG_AT_RISK : 0;
        tally->decision[outcome.decision]++;
}

/* Everybody begins as if he were in the segment he qualifies for. That is already right for members whose segment does
 * not change and who have no grace: most of all customers. Only the others are looked at one by one. */
static void block_decide(const struct decide_job *job, struct block *block, struct tally *tally)
{
        const struct engine_plan *plan = job->plan;
        struct decisions *out = job->decisions;
        uint64_t evaluated = block->kinds[KIND_CUSTOMER] | block->kinds[KIND_PROSPECT], without = evaluated, same = 0;
        uint8_t *before = out->before + block->first, *qualified = out->qualified + block->first;
        memset(before, SEGMENT_NONE, block->count);
        memcpy(out->segment + block->first, qualified, block->count);
        memset(out->decision + block->first, DECISION_STAY, block->count);
        memset(out->grace + block->first, 0, block->count);
        memcpy(out->grace_end_day + block->first, job->no_days, block->count * sizeof(*job->no_days));
        if (job->standing) {
                const struct standing *standing = job->standing + block->first;
                uint64_t member = 0;
                for (unsigned i = 0; i < block->count; i++) {
                        before[i] = standing[i].segment;
                        same |= (uint64_t)((before[i] == qualified[i]) & !standing[i].grace) << i;
                        member |= (uint64_t)(before[i] < plan->concept->segment_count) << i;
                }
                set_bytes(before, ~(member & evaluated) & words_mask(block->count), SEGMENT_NONE);
                same &= member & evaluated;
                for (uint64_t rest = member & evaluated & ~same; rest; rest &= rest - 1) {
                        unsigned i = (unsigned)__builtin_ctzll(rest);
                        /* A prospect who became a customer, or the reverse, is without membership. */
                        if (plan->segments[before[i]].kind == (block->kinds[KIND_PROSPECT] >> i & 1))
                                step_member(job, block, i, tally);
                        else
                                member &= ~((uint64_t)1 << i);
                }
                without &= ~member;
        }
        tally->decision[DECISION_STAY] += (uint64_t)__builtin_popcountll(same);
        set_bytes(out->decision + block->first, ~evaluated & words_mask(block->count), DECISION_NOT_EVALUATED);
        block_without_membership(job, block, without, tally);
}

static void block_tally(const struct decide_job *job, const struct block *block, struct range_tally *tally)
{
        const int64_t *revenue_minor = job->measures->revenue_12m_minor + block->first;
        for (size_t s = 0; s < job->plan->concept->segment_count; s++) {
                int128 sum = 0;
                for (uint64_t rest = block->held[s]; rest; rest &= rest - 1)
                        sum += revenue_minor[__builtin_ctzll(rest)];
                tally->revenue_minor[s] += sum;
                tally->counts.segment[s] += (uint64_t)__builtin_popcountll(block->held[s]);
        }
}

static void decide_block(const struct decide_job *job, struct block *block, struct range_tally *tally)
{
        memset(block->flags, 0, sizeof(block->flags));
        memset(block->held, 0, sizeof(block->held));
        block_population(job, block);
        block_classes(job, block);
        block_column_flags(job, block);
        block_judge(job, block);
        block_qualified(job, block, &tally->counts);
        block_flags(job, block);
        block_decide(job, block, &tally->counts);
        block_tally(job, block, tally);
}

static void decide_range(void *context, size_t begin, size_t end)
{
        struct decide_job *job = context;
        /* Built on the thread's own stack: neighbouring tallies share cache lines. */
        struct range_tally tally = {.no_memory = false};
        uint64_t *words = calloc(2 * job->plan->criterion_count + 1, sizeof(*words));
        struct block block = {.words = words, .keep_words = words ? words + job->plan->criterion_count : NULL};
        tally.no_memory = !words;
        for (size_t first = begin; words && first < end; first += WORD) {
                block.first = first;
                block.count = end - first < WORD ? (unsigned)(end - first) : WORD;
                decide_block(job, &block, &tally);
        }
        free(words);
        job->tallies[begin / DECIDE_GRAIN] = tally;
}

static enum status merge_tallies(const struct decide_job *job, struct tally *ret, struct error *error)
{
        struct tally total = {.evaluated = 0};
        int128 revenue[CONCEPT_SEGMENTS_MAX] = {0};
        size_t ranges = job->measures->customer_count / DECIDE_GRAIN + 1;
        for (size_t r = 0; r < ranges; r++) {
                const struct range_tally *tally = &job->tallies[r];
                if (tally->no_memory)
                        return error_memory(error);
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

static enum status prepare_judges(struct decide_job *job, struct arena *arena, struct error *error)
{
        const struct engine_plan *plan = job->plan;
        job->judges = arena_array(arena, struct judge, plan->criterion_count + 1);
        if (!job->judges)
                return error_memory(error);
        for (size_t i = 0; i < plan->criterion_count; i++) {
                enum status status = judge_init(plan, job->measures, i, -1, arena, &job->judges[i], error);
                if (status)
                        return status;
                /* Keep thresholds matter only to those who are in a segment. */
                job->any_keep |= job->judges[i].has_keep && job->standing;
                job->any_class |= job->judges[i].scaled;
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
        for (size_t i = 0; i < WORD; i++)
                job.no_days[i] = DAY_NONE;
        if (evaluation >= mechanics->evaluation_count)
                return error_set(error, STATUS_INVALID, "engine.evaluation_unknown", NULL);
        job.rules = ladder_rules_for(mechanics, evaluation, plan->cutoff_day);
        job.tallies = arena_array(arena, struct range_tally, measures->customer_count / DECIDE_GRAIN + 1);
        if (!job.tallies || !decisions_new(arena, measures->customer_count, &decisions))
                return error_memory(error);
        enum status status = prepare_judges(&job, arena, error);
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
