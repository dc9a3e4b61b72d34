/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fulfil.c: paths over criteria, for many customers at once. A flag for unknown values does not depend on what is left
 * out here: decide.c takes it from the columns.
 */
#include "engine/fulfil.h"

enum { SOME_PLANES = 7 };

/* How much a judge reads and calculates per customer, roughly. */
static unsigned judge_effort(const struct judge *judge)
{
        return judge->kind == JUDGE_WHOLE ? 1 : judge->kind == JUDGE_RATIO ? 2 : 3;
}

static void sort_by_effort(struct judge *judges, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                struct judge judge = judges[i];
                size_t at = i;
                for (; at > 0 && judge_effort(&judges[at - 1]) > judge_effort(&judge); at--)
                        judges[at] = judges[at - 1];
                judges[at] = judge;
        }
}

enum status judges_init(const struct engine_plan *plan, const struct measures *measures, struct arena *arena,
                        struct judges *ret, struct error *error)
{
        struct judges judges = {.plan = plan, .list = arena_array(arena, struct judge, plan->criterion_count + 1)};
        if (!judges.list)
                return error_memory(error);
        for (size_t i = 0; i < plan->criterion_count; i++) {
                enum status status = judge_init(plan, measures, i, -1, arena, &judges.list[i], error);
                if (status)
                        return status;
                judges.any_scaled |= judges.list[i].scaled;
        }
        for (size_t s = 0; s < plan->concept->segment_count; s++)
                for (uint32_t p = 0; p < plan->segments[s].path_count; p++) {
                        const struct plan_path *path = &plan->segments[s].paths[p];
                        sort_by_effort(judges.list + path->first, path->all_count);
                        sort_by_effort(judges.list + path->first + path->all_count, path->some_count);
                }
        *ret = judges;
        return STATUS_OK;
}

static bool anybody(const uint64_t *words, size_t word_count)
{
        uint64_t any = 0;
        for (size_t w = 0; w < word_count; w++)
                any |= words[w];
        return any != 0;
}

static void judge_span(const struct judge *judge, bool keep, const struct span *span, const uint64_t *who,
                       uint64_t *ret)
{
        judge_met_words(judge, keep ? &judge->keep : &judge->entry, span->first, span->count, span->classes, who, ret);
}

/* Leaves in `who` those who meet at least one of `count` criteria; who has met one is done. */
static void keep_any(const struct judge *judges, uint32_t count, bool keep, const struct span *span, uint64_t *who)
{
        size_t word_count = bits_words(span->count);
        uint64_t open[LOOP_WORDS_MAX], met[LOOP_WORDS_MAX];
        memcpy(open, who, word_count * sizeof(*who));
        for (uint32_t i = 0; i < count && anybody(open, word_count); i++) {
                judge_span(&judges[i], keep, span, open, met);
                for (size_t w = 0; w < word_count; w++)
                        open[w] &= ~met[w];
        }
        for (size_t w = 0; w < word_count; w++)
                who[w] &= ~open[w];
}

/* Leaves in `who` those who meet at least n of `count` criteria, n > 0. They are counted in bit planes, plane p holding
 * bit p of a counter for everybody. */
static void keep_some(const struct judge *judges, uint32_t count, uint32_t at_least, bool keep,
                      const struct span *span, uint64_t *who)
{
        size_t word_count = bits_words(span->count);
        uint64_t planes[SOME_PLANES][LOOP_WORDS_MAX] = {{0}}, met[LOOP_WORDS_MAX];
        for (uint32_t i = 0; i < count && at_least <= count; i++) {
                judge_span(&judges[i], keep, span, who, met);
                for (size_t w = 0; w < word_count; w++) {
                        uint64_t carry = met[w];
                        for (unsigned p = 0; carry && p < SOME_PLANES; p++) {
                                uint64_t both = planes[p][w] & carry;
                                planes[p][w] ^= carry;
                                carry = both;
                        }
                }
        }
        for (size_t w = 0; w < word_count; w++) {
                uint64_t reached = at_least <= count ? UINT64_MAX : 0;
                for (unsigned p = 0; p < SOME_PLANES; p++)
                        reached = at_least >> p & 1 ? reached & planes[p][w] : reached | planes[p][w];
                who[w] &= reached;
        }
}

/* Leaves in `who` those who fulfil the path. */
static void keep_path(const struct judges *judges, const struct plan_path *path, bool keep, const struct span *span,
                      uint64_t *who)
{
        const struct judge *all = judges->list + path->first;
        size_t word_count = bits_words(span->count);
        for (uint32_t i = 0; i < path->all_count && anybody(who, word_count); i++)
                judge_span(&all[i], keep, span, who, who);
        if (path->some_at_least == 1)
                keep_any(all + path->all_count, path->some_count, keep, span, who);
        else if (path->some_at_least && anybody(who, word_count))
                keep_some(all + path->all_count, path->some_count, path->some_at_least, keep, span, who);
}

void fulfilled_words(const struct judges *judges, const struct plan_segment *segment, bool keep,
                     const struct span *span, const uint64_t *who, uint64_t *ret)
{
        size_t word_count = bits_words(span->count);
        uint64_t open[LOOP_WORDS_MAX], here[LOOP_WORDS_MAX];
        for (size_t w = 0; w < word_count; w++) {
                ret[w] = segment->rest ? who[w] : 0;
                open[w] = segment->rest ? 0 : who[w];
        }
        for (uint32_t p = 0; p < segment->path_count && anybody(open, word_count); p++) {
                memcpy(here, open, word_count * sizeof(*here));
                keep_path(judges, &segment->paths[p], keep, span, here);
                for (size_t w = 0; w < word_count; w++) {
                        ret[w] |= here[w];
                        open[w] &= ~here[w];
                }
        }
}
