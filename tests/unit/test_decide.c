/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_decide.c: decisions of thousands of customers at once against each customer alone: what the explanation finds
 * for him, criterion by criterion, and one step of the ladder. Decisions leave comparisons out that cannot matter;
 * explanations leave out nothing.
 */
#include "engine_company.h"

#include "engine/ladder.h"

enum { CUSTOMERS = 5003, VALUES = 3, SEGMENTS = 5, CRITERIA = 4, PATHS = 2 };
enum { A, B, C, LEAD, VISITOR };

struct world {
        struct company company;
        struct concept concept;
        struct segment segments[SEGMENTS];
        struct path paths[SEGMENTS][PATHS];
        struct criterion criteria[SEGMENTS][PATHS][CRITERIA];
        struct operand operands[SEGMENTS][PATHS][CRITERIA];
        struct evaluation_rule rule;
        struct standing *standing;
        uint64_t seed;
};

static uint64_t chance(struct world *world, uint64_t of)
{
        world->seed = world->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (world->seed >> 33) % of;
}

/* Values 0 to 99, some of them not known. Every tenth is a prospect, some customers appear after the cut-off. */
static void add_customers(struct world *world)
{
        static const char *const names[VALUES] = {"u", "v", "w"};
        struct company *company = &world->company;
        struct value_column *columns = arena_array(company->arena, struct value_column, VALUES);
        for (size_t c = 0; c < VALUES; c++) {
                int64_t *units = arena_array(company->arena, int64_t, CUSTOMERS);
                uint64_t *known = arena_array(company->arena, uint64_t, bits_words(CUSTOMERS));
                for (size_t i = 0; i < CUSTOMERS; i++) {
                        units[i] = (int64_t)chance(world, 100);
                        if (chance(world, 8))
                                bits_set(known, i);
                }
                columns[c] = (struct value_column){.name = text_of(names[c]), .units = units, .known = known};
        }
        company->input.values = columns;
        company->input.value_count = VALUES;
        for (size_t i = 0; i < CUSTOMERS; i++) {
                company->kind[i] = chance(world, 10) ? KIND_CUSTOMER : KIND_PROSPECT;
                if (!chance(world, 20))
                        company->recorded_day[i] = company->since_day[i] = company->input.cutoff_day + 1;
        }
}

static void add_rules(struct world *world)
{
        static const char *const names[] = {"u", "v", "w"};
        static const enum comparator comparators[] = {COMPARE_AT_LEAST, COMPARE_AT_MOST, COMPARE_MORE_THAN};
        for (size_t s = 0; s < SEGMENTS; s++) {
                bool rest = s == C || s == VISITOR;
                world->segments[s] = (struct segment){.id = text_of("s"), .rest = rest,
                                                      .kind = s >= LEAD ? KIND_PROSPECT : KIND_CUSTOMER,
                                                      .paths = world->paths[s], .path_count = rest ? 0 : PATHS};
                for (size_t p = 0; p < PATHS; p++) {
                        struct criterion *criteria = world->criteria[s][p];
                        for (size_t i = 0; i < CRITERIA; i++) {
                                world->operands[s][p][i] = number_of((int64_t)(20 + chance(world, 60)), 0);
                                criteria[i] = criterion_of(METRIC_VALUE, WINDOW(NONE, 0),
                                                           comparators[chance(world, 3)], &world->operands[s][p][i], 1);
                                criteria[i].of = text_of(names[chance(world, VALUES)]);
                                criteria[i].unknown_is_met = !chance(world, 4);
                                criteria[i].has_keep = chance(world, 2);
                                criteria[i].keep = number_of((int64_t)(10 + chance(world, 80)), 0);
                        }
                        size_t all = chance(world, 3);
                        world->paths[s][p] = (struct path){.id = text_of("p"), .all = criteria, .all_count = all,
                                                           .some = criteria + all, .some_count = CRITERIA - all,
                                                           .some_at_least = (unsigned)(1 + chance(world, 3))};
                }
        }
        world->rule = (struct evaluation_rule){.moves = MOVE_UP | MOVE_DOWN};
        world->concept = (struct concept){
                .minor_digits = 2, .year_starts = {1, 1}, .segment_count = SEGMENTS, .segments = world->segments,
                .mechanics = {.evaluation_count = 1, .evaluations = &world->rule, .promotion_max_steps = 9,
                              .demotion_max_steps = 1, .grace = chance(world, 2) ? GRACE_NONE : GRACE_NEXT_EVALUATION}};
}

static void add_standing(struct world *world)
{
        world->standing = arena_array(world->company.arena, struct standing, CUSTOMERS);
        for (size_t i = 0; i < CUSTOMERS; i++) {
                uint64_t segment = chance(world, SEGMENTS + 1);
                bool grace = segment < SEGMENTS && !chance(world, 6);
                world->standing[i] = (struct standing){
                        .segment = segment < SEGMENTS ? (uint8_t)segment : SEGMENT_NONE, .grace = grace,
                        .grace_ends_next = grace, .grace_end_day = DAY_NONE};
        }
}

static struct world *world_new(uint64_t seed)
{
        struct company company = company_new(CUSTOMERS, "2010-11-30");
        struct world *world = arena_array(company.arena, struct world, 1);
        assert_non_null(world);
        world->company = company;
        world->seed = seed;
        add_customers(world);
        add_rules(world);
        add_standing(world);
        return world;
}

static bool anything_unknown(const struct world *world, const struct explanation *explanation)
{
        for (size_t s = 0; s < explanation->segment_count; s++) {
                const struct explained_segment *segment = &explanation->segments[s];
                for (size_t p = 0; p < world->segments[segment->segment].path_count; p++) {
                        const struct path *path = &world->paths[segment->segment][p];
                        for (size_t i = 0; i < path->all_count; i++)
                                if (!segment->paths[p].all[i].known)
                                        return true;
                        for (size_t i = 0; i < path->some_count; i++)
                                if (!segment->paths[p].some[i].known)
                                        return true;
                }
        }
        return false;
}

/* One customer by himself; returns his segment. */
static uint8_t expect_alone(struct world *world, const struct company_result *result, size_t i,
                            const struct standing *standing)
{
        const struct decisions *d = &result->decisions;
        struct explanation explanation = company_explain(&world->company, result, i);
        size_t qualified = 0;
        uint32_t kept = 0;
        while (!explanation.segments[qualified].fulfilled)
                qualified++;
        for (size_t s = 0; s < explanation.segment_count; s++)
                kept |= (uint32_t)explanation.segments[s].fulfilled_keep << s;
        assert_int_equal(d->qualified[i], explanation.segments[qualified].segment);
        assert_int_equal((d->flags[i] & FLAG_UNKNOWN) != 0, anything_unknown(world, &explanation));
        bool member = standing && standing->segment < SEGMENTS;
        assert_int_equal(d->before[i], member ? standing->segment : SEGMENT_NONE);
        if (!member || world->segments[standing->segment].kind != result->measures.kind[i]) {
                assert_int_equal(d->segment[i], d->qualified[i]);
                assert_int_equal(d->decision[i], DECISION_NEW);
                assert_int_equal(d->grace[i], 0);
                assert_int_equal(d->grace_end_day[i], DAY_NONE);
                assert_int_equal(d->flags[i] & FLAG_AT_RISK, 0);
                return d->segment[i];
        }
        struct ladder_rules rules = ladder_rules_for(&world->concept.mechanics, 0, world->company.input.cutoff_day);
        uint8_t current = standing->segment >= LEAD ? (uint8_t)(standing->segment - LEAD) : standing->segment;
        struct ladder_outcome outcome = ladder_step(&rules, (uint8_t)qualified, current, kept, standing, false);
        assert_int_equal(d->segment[i], explanation.segments[outcome.rung].segment);
        assert_int_equal(d->decision[i], outcome.decision);
        assert_int_equal(d->grace[i], outcome.grace);
        assert_int_equal(d->grace_end_day[i], outcome.grace_end_day);
        assert_int_equal((d->flags[i] & FLAG_AT_RISK) != 0, outcome.at_risk);
        return d->segment[i];
}

static void expect_everybody(struct world *world, const struct company_result *result,
                             const struct standing *standing)
{
        const struct decisions *d = &result->decisions;
        uint64_t segment[SEGMENTS] = {0}, evaluated = 0;
        for (size_t i = 0; i < CUSTOMERS; i++) {
                if (!bits_get(result->measures.exists, i)) {
                        assert_int_equal(d->before[i], SEGMENT_NONE);
                        assert_int_equal(d->qualified[i], SEGMENT_NONE);
                        assert_int_equal(d->segment[i], SEGMENT_NONE);
                        assert_int_equal(d->decision[i], DECISION_NOT_EVALUATED);
                        assert_int_equal(d->flags[i], 0);
                        continue;
                }
                evaluated++;
                segment[expect_alone(world, result, i, standing ? &standing[i] : NULL)]++;
        }
        assert_int_equal(result->tally.evaluated, evaluated);
        for (size_t s = 0; s < SEGMENTS; s++)
                assert_int_equal(result->tally.segment[s], segment[s]);
}

static void many_are_decided_as_each_alone(void **state)
{
        (void)state;
        for (uint64_t seed = 1; seed <= 6; seed++) {
                struct world *world = world_new(seed);
                const struct standing *standing = seed % 2 ? world->standing : NULL;
                struct company_result result = company_evaluate(&world->company, &world->concept, standing, 0,
                                                                &company_two_threads);
                expect_everybody(world, &result, standing);
                struct company company = world->company;
                company_free(&company);
        }
}

/* The same answer whether ranges run one after the other or on two threads. */
static void threads_do_not_matter(void **state)
{
        (void)state;
        struct world *world = world_new(7);
        struct company_result one = company_evaluate(&world->company, &world->concept, world->standing, 0, NULL);
        struct company_result two = company_evaluate(&world->company, &world->concept, world->standing, 0,
                                                     &company_two_threads);
        assert_memory_equal(one.decisions.segment, two.decisions.segment, CUSTOMERS);
        assert_memory_equal(one.decisions.decision, two.decisions.decision, CUSTOMERS);
        assert_memory_equal(one.decisions.flags, two.decisions.flags, CUSTOMERS);
        assert_memory_equal(&one.tally, &two.tally, sizeof(one.tally));
        struct company company = world->company;
        company_free(&company);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(many_are_decided_as_each_alone),
                cmocka_unit_test(threads_do_not_matter),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
