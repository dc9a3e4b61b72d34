/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_ladder.c: from criteria to a decision: rules 1 to 7 of concept-format.md, sentence by sentence, with the moves
 * of an evaluation, graces, steps, and what happens to prospects and those who cannot be classified yet.
 *
 * Segments for customers: A (revenue 100, keep 90), B (50, keep 40), C (20, keep 15), D rest; for prospects: P rest.
 */
#include "engine_company.h"

#define CUTOFF "2010-11-30"

enum { A, B, C, D, P, SEGMENTS };
enum { YEAR, HALF_YEAR, ONLY_UP, ONLY_DOWN, EVALUATIONS };

static const uint32_t groups[] = {0};
static const struct text codes[] = {{"G0", 2}};

struct ladder {
        struct concept concept;
        struct segment segments[SEGMENTS];
        struct path paths[3];
        struct criterion criteria[3];
        struct operand thresholds[3];
        struct evaluation_rule evaluations[EVALUATIONS];
};

static void ladder_init(struct ladder *ladder)
{
        static const int64_t entry[] = {100, 50, 20}, keep[] = {90, 40, 15};
        static const char *const ids[] = {"A", "B", "C", "D", "P"};
        *ladder = (struct ladder){.evaluations = {{.moves = MOVE_UP | MOVE_DOWN}, {.moves = MOVE_UP | MOVE_GRACE},
                                                  {.moves = MOVE_UP}, {.moves = MOVE_DOWN}}};
        for (size_t i = 0; i < SEGMENTS; i++)
                ladder->segments[i] = (struct segment){.id = text_of(ids[i]), .rest = i >= D,
                                                       .kind = i == P ? KIND_PROSPECT : KIND_CUSTOMER};
        for (size_t i = 0; i < 3; i++) {
                ladder->thresholds[i] = number_of(entry[i], 0);
                ladder->criteria[i] = criterion_of(METRIC_REVENUE, WINDOW(MONTHS, 12), COMPARE_AT_LEAST,
                                                   &ladder->thresholds[i], 1);
                ladder->criteria[i].has_keep = true;
                ladder->criteria[i].keep = number_of(keep[i], 0);
                ladder->paths[i] = (struct path){.all = &ladder->criteria[i], .all_count = 1};
                ladder->segments[i].paths = &ladder->paths[i];
                ladder->segments[i].path_count = 1;
        }
        ladder->concept = (struct concept){
                .minor_digits = 2, .year_starts = {1, 1}, .segment_count = SEGMENTS, .segments = ladder->segments,
                .mechanics = {.evaluation_count = EVALUATIONS, .evaluations = ladder->evaluations,
                              .grace = GRACE_NEXT_EVALUATION, .demotion_max_steps = 1, .promotion_max_steps = 9}};
}

struct expected {
        uint8_t qualified, segment, decision, flags;
        bool grace;
        int32_t grace_end_day;
};

static const struct standing none = {.segment = SEGMENT_NONE, .grace_end_day = DAY_NONE};

static struct standing member(uint8_t segment)
{
        return (struct standing){.segment = segment, .grace_end_day = DAY_NONE};
}
static struct standing in_grace(uint8_t segment)
{
        return (struct standing){.segment = segment, .grace = true, .grace_ends_next = true,
                                 .grace_end_day = DAY_NONE};
}
static struct standing in_grace_until(uint8_t segment, const char *day)
{
        return (struct standing){.segment = segment, .grace = true, .grace_end_day = day_of(day)};
}

/* One customer with this revenue and standing, among others so that he does not lie at a border of the bit words. */
static void expect(struct ladder *ladder, size_t evaluation, int64_t revenue, struct standing standing,
                   struct expected expected)
{
        enum { CUSTOMERS = 70, INDEX = 66 };
        const struct company_sale sale = {INDEX, "2010-06-01", {{0, revenue * 100, 0, false}}};
        struct company company = company_new(CUSTOMERS, CUTOFF);
        struct standing standings[CUSTOMERS];
        for (size_t i = 0; i < CUSTOMERS; i++)
                standings[i] = i == INDEX ? standing : member(D);
        company_articles(&company, groups, 1, codes, 1);
        company_sell(&company, &sale, 1, 1);
        struct company_result result = company_evaluate(&company, &ladder->concept, standings, evaluation, NULL);
        const struct decisions *d = &result.decisions;
        assert_int_equal(d->before[INDEX], standing.segment);
        assert_int_equal(d->qualified[INDEX], expected.qualified);
        assert_int_equal(d->segment[INDEX], expected.segment);
        assert_string_equal(decision_names[d->decision[INDEX]], decision_names[expected.decision]);
        assert_int_equal(d->flags[INDEX], expected.flags);
        assert_int_equal(d->grace[INDEX], expected.grace);
        assert_int_equal(d->grace_end_day[INDEX], expected.grace_end_day);
        assert_int_equal(result.tally.evaluated, CUSTOMERS);
        assert_int_equal(d->decision[INDEX - 1], DECISION_STAY);
        company_free(&company);
}

static struct expected simple(uint8_t qualified, uint8_t segment, enum decision decision)
{
        return (struct expected){qualified, segment, (uint8_t)decision, 0, false, DAY_NONE};
}

static struct expected at_risk(uint8_t qualified, uint8_t segment, bool grace, int32_t end_day)
{
        return (struct expected){qualified, segment, DECISION_STAY, FLAG_AT_RISK, grace, end_day};
}

static struct expected grace(uint8_t qualified, uint8_t segment, int32_t end_day)
{
        return (struct expected){qualified, segment, DECISION_GRACE, 0, true, end_day};
}

/* 1 and 3. "Without membership: the qualified segment, `new`" */
static void without_membership_is_new(void **state)
{
        (void)state;
        struct ladder ladder;
        ladder_init(&ladder);
        expect(&ladder, YEAR, 100, none, simple(A, A, DECISION_NEW));
        expect(&ladder, YEAR, 99, none, simple(B, B, DECISION_NEW));
        expect(&ladder, HALF_YEAR, 20, none, simple(C, C, DECISION_NEW));
        expect(&ladder, ONLY_DOWN, 0, none, simple(D, D, DECISION_NEW));
}

/* R-094 (promotion and demotion). 4. "Qualified better than current: `promote` when `up` is among the moves, by at most
 * promotion.max_steps rungs; otherwise `stay`. Both lift a running grace." */
static void better_is_promoted(void **state)
{
        (void)state;
        struct ladder ladder;
        ladder_init(&ladder);
        expect(&ladder, YEAR, 100, member(B), simple(A, A, DECISION_PROMOTE));
        expect(&ladder, HALF_YEAR, 100, member(D), simple(A, A, DECISION_PROMOTE));
        expect(&ladder, ONLY_DOWN, 100, member(B), simple(A, B, DECISION_STAY));
        expect(&ladder, YEAR, 100, in_grace(B), simple(A, A, DECISION_PROMOTE));
        expect(&ladder, ONLY_DOWN, 100, in_grace(B), simple(A, B, DECISION_STAY));
        ladder.concept.mechanics.promotion_max_steps = 1;
        expect(&ladder, YEAR, 100, member(D), simple(A, C, DECISION_PROMOTE));
        ladder.concept.mechanics.promotion_max_steps = 2;
        expect(&ladder, YEAR, 100, member(D), simple(A, B, DECISION_PROMOTE));
        expect(&ladder, YEAR, 50, member(C), simple(B, B, DECISION_PROMOTE));
}

/* 5. "Qualified equals current: `recovered` when that lifts a running grace, else `stay`." */
static void equal_stays_or_recovers(void **state)
{
        (void)state;
        struct ladder ladder;
        ladder_init(&ladder);
        expect(&ladder, YEAR, 50, member(B), simple(B, B, DECISION_STAY));
        expect(&ladder, YEAR, 50, in_grace(B), simple(B, B, DECISION_RECOVERED));
        expect(&ladder, ONLY_UP, 50, in_grace_until(B, "2011-12-31"), simple(B, B, DECISION_RECOVERED));
        expect(&ladder, YEAR, 0, member(D), simple(D, D, DECISION_STAY));
}

/* 6. "Qualified worse, but a path of the current segment is fulfilled at `keep` thresholds: `kept` (lifts grace
 * too)." */
static void keep_thresholds_hold(void **state)
{
        (void)state;
        struct ladder ladder;
        ladder_init(&ladder);
        expect(&ladder, YEAR, 90, member(A), simple(B, A, DECISION_KEPT));
        expect(&ladder, YEAR, 90, in_grace(A), simple(B, A, DECISION_KEPT));
        expect(&ladder, YEAR, 89, member(A), grace(B, A, DAY_NONE));
        ladder.criteria[0].has_keep = false; /* without `keep` the entry threshold holds */
        expect(&ladder, YEAR, 90, member(A), grace(B, A, DAY_NONE));
}

/* 7. "no grace running: with `down` among the moves grace starts, `grace` (with `grace: none` demotion at once);
 * without it `stay`, flagged `at_risk`" */
static void a_miss_starts_a_grace(void **state)
{
        (void)state;
        struct ladder ladder;
        ladder_init(&ladder);
        expect(&ladder, YEAR, 60, member(A), grace(B, A, DAY_NONE));
        expect(&ladder, ONLY_DOWN, 0, member(C), grace(D, C, DAY_NONE));
        expect(&ladder, HALF_YEAR, 60, member(A), at_risk(B, A, false, DAY_NONE));
        expect(&ladder, ONLY_UP, 60, member(A), at_risk(B, A, false, DAY_NONE));
        ladder.concept.mechanics.grace = GRACE_MONTHS;
        ladder.concept.mechanics.grace_months = 3; /* counted from the cut-off, a month's end */
        expect(&ladder, YEAR, 60, member(A), grace(B, A, day_of("2011-02-28")));
        ladder.concept.mechanics.grace = GRACE_NONE;
        expect(&ladder, YEAR, 60, member(A), simple(B, B, DECISION_DEMOTE));
        expect(&ladder, HALF_YEAR, 60, member(A), at_risk(B, A, false, DAY_NONE));
}

/* 7. "a grace that ends at or before this evaluation, and `down` or `grace` among the moves: `demote`"; "a grace still
 * running: `stay`, flagged `at_risk`". `next_evaluation` "means the next approved run ... that has `down` or
 * `grace`". */
static void a_grace_ends(void **state)
{
        (void)state;
        struct ladder ladder;
        ladder_init(&ladder);
        expect(&ladder, YEAR, 60, in_grace(A), simple(B, B, DECISION_DEMOTE));
        expect(&ladder, HALF_YEAR, 60, in_grace(A), simple(B, B, DECISION_DEMOTE));
        expect(&ladder, ONLY_UP, 60, in_grace(A), at_risk(B, A, true, DAY_NONE));
        expect(&ladder, YEAR, 60, in_grace_until(A, "2010-11-30"), simple(B, B, DECISION_DEMOTE));
        expect(&ladder, HALF_YEAR, 60, in_grace_until(A, "2010-10-31"), simple(B, B, DECISION_DEMOTE));
        expect(&ladder, YEAR, 60, in_grace_until(A, "2010-12-01"), at_risk(B, A, true, day_of("2010-12-01")));
        expect(&ladder, ONLY_UP, 60, in_grace_until(A, "2010-10-31"), at_risk(B, A, true, day_of("2010-10-31")));
}

/* 7. "by at most demotion.max_steps rungs (default 1) and never below the best segment he fulfils at keep thresholds"
 * */
static void demotion_goes_no_further_than_needed(void **state)
{
        (void)state;
        struct ladder ladder;
        ladder_init(&ladder);
        expect(&ladder, YEAR, 0, in_grace(A), simple(D, B, DECISION_DEMOTE));
        ladder.concept.mechanics.demotion_max_steps = 2;
        expect(&ladder, YEAR, 0, in_grace(A), simple(D, C, DECISION_DEMOTE));
        ladder.concept.mechanics.demotion_max_steps = 9;
        expect(&ladder, YEAR, 0, in_grace(A), simple(D, D, DECISION_DEMOTE));
        expect(&ladder, YEAR, 45, in_grace(A), simple(C, B, DECISION_DEMOTE)); /* B is fulfilled at keep: 40 */
        expect(&ladder, YEAR, 17, in_grace(A), simple(D, C, DECISION_DEMOTE)); /* C is fulfilled at keep: 15 */
        expect(&ladder, YEAR, 0, in_grace(C), simple(D, D, DECISION_DEMOTE));
        /* a better segment with an easier keep than the current one does not turn a demotion round */
        ladder.criteria[0].keep = number_of(1, 0);
        expect(&ladder, YEAR, 17, in_grace(B), simple(D, C, DECISION_DEMOTE));
}

enum { MIXED_MAX = 80 };
struct mixed {
        struct company company;
        struct ladder ladder;
        struct standing standings[MIXED_MAX];
};

/* One of those whose segment may be fixed. */
struct fixed {
        enum customer_kind kind;
        int64_t revenue;
        struct standing standing;
        uint8_t override;              /* SEGMENT_NONE: none */
        bool suspended;
        struct expected expected;
        uint8_t before;
};

/* Everybody in one company, from customer 60 on: across a border of the bit words. */
static void expect_fixed(const struct fixed *cases, size_t count)
{
        enum { FIRST = 60 };
        struct mixed m = {.company = company_new(MIXED_MAX, CUTOFF)};
        struct company_sale sales[MIXED_MAX];
        uint64_t suspended[2] = {0};
        uint64_t segments[SEGMENTS] = {0}, decided[DECISION_COUNT] = {0};
        size_t sale_count = 0;
        ladder_init(&m.ladder);
        company_articles(&m.company, groups, 1, codes, 1);
        for (size_t i = 0; i < MIXED_MAX; i++)
                m.standings[i] = member(D);
        for (size_t i = 0; i < count; i++) {
                const struct fixed *c = &cases[i];
                m.company.kind[FIRST + i] = (uint8_t)c->kind;
                m.standings[FIRST + i] = c->standing;
                m.standings[FIRST + i].overridden = c->override != SEGMENT_NONE;
                m.standings[FIRST + i].override_segment = c->override;
                if (c->suspended)
                        bits_set(suspended, FIRST + i);
                if (c->revenue)
                        sales[sale_count++] = (struct company_sale){
                                FIRST + i, "2010-06-01", {{0, c->revenue * 100, 0, false}}};
        }
        company_sell(&m.company, sales, sale_count, 1);
        m.company.input.suspended = suspended;
        struct company_result r = company_evaluate(&m.company, &m.ladder.concept, m.standings, YEAR, NULL);
        for (size_t i = 0; i < count; i++) {
                const struct expected *e = &cases[i].expected;
                size_t at = FIRST + i;
                assert_string_equal(decision_names[r.decisions.decision[at]], decision_names[e->decision]);
                assert_int_equal(r.decisions.segment[at], e->segment);
                assert_int_equal(r.decisions.qualified[at], e->qualified);
                assert_int_equal(r.decisions.before[at], cases[i].before);
                assert_int_equal(r.decisions.grace[at], e->grace);
                assert_int_equal(r.decisions.grace_end_day[at], e->grace_end_day);
                assert_int_equal(r.decisions.flags[at], e->flags);
                segments[e->segment]++;
                decided[e->decision]++;
        }
        segments[D] += MIXED_MAX - count;
        decided[DECISION_STAY] += MIXED_MAX - count;
        assert_memory_equal(r.tally.segment, segments, sizeof(segments));
        assert_memory_equal(r.tally.decision, decided, sizeof(decided));
        company_free(&m.company);
}

/* 2. "Suspended customers keep their segment: `suspended`. An override valid on the cut-off date fixes the segment:
 * `override` [...]. Both end a running grace." */
static void suspended_and_overridden(void **state)
{
        (void)state;
        const struct fixed cases[] = {
                {KIND_CUSTOMER, 100, member(B), SEGMENT_NONE, true, simple(A, B, DECISION_SUSPENDED), B},
                {KIND_CUSTOMER, 0, in_grace(A), SEGMENT_NONE, true, simple(D, A, DECISION_SUSPENDED), A},
                {KIND_CUSTOMER, 100, none, SEGMENT_NONE, true, simple(A, D, DECISION_SUSPENDED), SEGMENT_NONE},
                {KIND_PROSPECT, 0, none, SEGMENT_NONE, true, simple(P, P, DECISION_SUSPENDED), SEGMENT_NONE},
                /* of the other kind: as without membership */
                {KIND_PROSPECT, 0, member(B), SEGMENT_NONE, true, simple(P, P, DECISION_SUSPENDED), B},
                {KIND_CUSTOMER, 0, member(P), SEGMENT_NONE, true, simple(D, D, DECISION_SUSPENDED), P},
                {KIND_CUSTOMER, 0, member(C), A, false, simple(D, A, DECISION_OVERRIDE), C},
                {KIND_CUSTOMER, 60, in_grace_until(B, "2011-12-31"), C, false, simple(B, C, DECISION_OVERRIDE), B},
                {KIND_CUSTOMER, 50, member(B), B, false, simple(B, B, DECISION_OVERRIDE), B},
                {KIND_CUSTOMER, 100, none, B, false, simple(A, B, DECISION_OVERRIDE), SEGMENT_NONE},
                {KIND_CUSTOMER, 50, member(C), A, true, simple(B, C, DECISION_SUSPENDED), C},
        };
        expect_fixed(cases, sizeof(cases) / sizeof(cases[0]));
}

/* An override to a segment for customers rests while somebody is evaluated as a prospect, and the reverse: what happens
 * is what would happen without it. */
static void overrides_of_the_other_kind_rest(void **state)
{
        (void)state;
        const struct fixed cases[] = {
                {KIND_PROSPECT, 0, none, A, false, simple(P, P, DECISION_NEW), SEGMENT_NONE},
                {KIND_PROSPECT, 0, member(P), A, false, simple(P, P, DECISION_STAY), P},
                {KIND_PROSPECT, 0, none, P, false, simple(P, P, DECISION_OVERRIDE), SEGMENT_NONE},
                {KIND_PROSPECT, 0, member(P), P, false, simple(P, P, DECISION_OVERRIDE), P},
                {KIND_CUSTOMER, 50, member(C), P, false, simple(B, B, DECISION_PROMOTE), C},
                {KIND_CUSTOMER, 60, in_grace(A), P, false, simple(B, B, DECISION_DEMOTE), A},
                {KIND_CUSTOMER, 60, member(A), P, false, {B, A, DECISION_GRACE, 0, true, DAY_NONE}, A},
                {KIND_CUSTOMER, 0, none, P, false, simple(D, D, DECISION_NEW), SEGMENT_NONE},
                /* A prospect who bought is a customer: */
                {KIND_PROSPECT, 20, member(P), A, false, simple(C, A, DECISION_OVERRIDE), P},
                {KIND_PROSPECT, 20, member(P), P, false, simple(C, C, DECISION_NEW), P},
                {KIND_PROSPECT, 0, member(P), A, true, simple(P, P, DECISION_SUSPENDED), P},
        };
        expect_fixed(cases, sizeof(cases) / sizeof(cases[0]));
}

/* Prospects, a prospect who bought, and customers who do not exist yet. */
static void kinds(void **state)
{
        (void)state;
        static const struct company_sale sales[] = {{1, "2010-11-30", {{0, 10000, 0, false}}},
                                                    {4, "2010-12-01", {{0, 10000, 0, false}}}};
        struct mixed m = {.company = company_new(5, CUTOFF)};
        ladder_init(&m.ladder);
        company_articles(&m.company, groups, 1, codes, 1);
        company_sell(&m.company, sales, 2, 1);
        for (size_t i = 0; i < 5; i++)
                m.standings[i] = none;
        m.company.kind[0] = m.company.kind[1] = m.company.kind[4] = KIND_PROSPECT;
        m.standings[1] = member(P);
        m.standings[4] = member(P);
        m.company.since_day[2] = day_of("2010-12-01");
        m.standings[2] = member(B);
        struct company_result r = company_evaluate(&m.company, &m.ladder.concept, m.standings, YEAR, NULL);
        const struct expected expected[] = {
                simple(P, P, DECISION_NEW),
                simple(A, A, DECISION_NEW), /* "his next evaluation is among customers, decision `new`" */
                {SEGMENT_NONE, SEGMENT_NONE, DECISION_NOT_EVALUATED, 0, false, DAY_NONE},
                simple(D, D, DECISION_NEW),
                simple(P, P, DECISION_STAY)};
        const uint8_t before[] = {SEGMENT_NONE, P, SEGMENT_NONE, SEGMENT_NONE, P};
        for (size_t i = 0; i < 5; i++) {
                assert_int_equal(r.decisions.before[i], before[i]);
                assert_int_equal(r.decisions.qualified[i], expected[i].qualified);
                assert_int_equal(r.decisions.segment[i], expected[i].segment);
                assert_int_equal(r.decisions.decision[i], expected[i].decision);
        }
        /* R-029 (nobody without a segment): all who were evaluated are counted in one. */
        assert_int_equal(r.tally.evaluated, 4);
        assert_int_equal(r.tally.segment[A] + r.tally.segment[B] + r.tally.segment[C] + r.tally.segment[D] +
                         r.tally.segment[P], 4);
        assert_int_equal(r.tally.decision[DECISION_NEW], 3);
        assert_int_equal(r.tally.decision[DECISION_STAY], 1);
        assert_int_equal(r.tally.decision[DECISION_NOT_EVALUATED], 0);
        assert_int_equal(r.tally.revenue_minor[A], 10000);
        company_free(&m.company);
}

/* 3. "or the rest segment, `unclassified`"; "classify_after: {orders: 3, revenue: 2500} (either is enough)", counted
 * over `all`. Members are not asked again. */
static void unclassified_until_enough_is_known(void **state)
{
        (void)state;
        static const struct company_sale sales[] = {
                {0, "2010-06-01", {{0, 249999, 0, false}}},                        /* one order, one cent short */
                {1, "2010-06-01", {{0, 250000, 0, false}}},                        /* revenue is enough */
                {2, "2008-06-01", {{0, 100, 0, false}}}, {2, "2008-06-02", {{0, 100, 0, false}}},
                {2, "2010-06-03", {{0, 5000, 0, false}}},                          /* three orders are enough */
                {3, "2010-06-01", {{0, 249999, 0, false}}}};
        struct mixed m = {.company = company_new(5, CUTOFF)};
        ladder_init(&m.ladder);
        struct mechanics *mechanics = &m.ladder.concept.mechanics;
        mechanics->classify_after = mechanics->classify_has_orders = mechanics->classify_has_revenue = true;
        mechanics->classify_orders = 3;
        mechanics->classify_revenue_minor = 250000;
        company_articles(&m.company, groups, 1, codes, 1);
        company_sell(&m.company, sales, 6, 2);
        for (size_t i = 0; i < 5; i++)
                m.standings[i] = none;
        m.standings[3] = member(B);
        m.company.kind[4] = KIND_PROSPECT;
        const struct expected expected[] = {simple(A, D, DECISION_UNCLASSIFIED), simple(A, A, DECISION_NEW),
                                            simple(B, B, DECISION_NEW), simple(A, A, DECISION_PROMOTE),
                                            simple(P, P, DECISION_NEW)};
        for (int with_standing = 0; with_standing < 2; with_standing++) {
                struct company_result r = company_evaluate(&m.company, &m.ladder.concept,
                                                           with_standing ? m.standings : NULL, YEAR, NULL);
                for (size_t i = 0; i < 5; i++) {
                        if (i == 3 && !with_standing)
                                continue;
                        assert_int_equal(r.decisions.qualified[i], expected[i].qualified);
                        assert_int_equal(r.decisions.segment[i], expected[i].segment);
                        assert_int_equal(r.decisions.decision[i], expected[i].decision);
                }
                assert_int_equal(r.tally.decision[DECISION_UNCLASSIFIED], with_standing ? 1 : 2);
                assert_int_equal(r.tally.segment[D], with_standing ? 1 : 2);
                assert_int_equal(r.tally.segment[P], 1);
        }
        mechanics->classify_has_revenue = false; /* orders alone */
        struct company_result r = company_evaluate(&m.company, &m.ladder.concept, m.standings, YEAR, NULL);
        assert_int_equal(r.decisions.decision[1], DECISION_UNCLASSIFIED);
        company_free(&m.company);
}

static uint64_t next_random(uint64_t *state)
{
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        return *state;
}

enum { MANY = 40000, MANY_SALES = 60000 };

static void random_company(struct company *company, struct standing *standings, size_t segments)
{
        uint64_t random = 42;
        struct company_sale *sales = arena_array(company->arena, struct company_sale, MANY_SALES);
        static const char *const days[] = {"2009-10-01", "2010-02-03", "2010-06-01", "2010-11-30", "2010-12-01"};
        for (size_t i = 0; i < MANY_SALES; i++) {
                int64_t amount = (int64_t)(next_random(&random) % 8000) - 500;
                sales[i] = (struct company_sale){next_random(&random) % MANY, days[next_random(&random) % 5],
                                                 {{0, amount == 0 ? 1 : amount, 0, false}}};
        }
        company_articles(company, groups, 1, codes, 1);
        company_sell(company, sales, MANY_SALES, segments);
        for (size_t i = 0; i < MANY; i++) {
                uint8_t segment = (uint8_t)(next_random(&random) % (SEGMENTS + 1));
                standings[i] = segment == SEGMENTS ? none : member(segment);
                standings[i].grace = segment < D && next_random(&random) % 3 == 0;
                standings[i].grace_ends_next = standings[i].grace && next_random(&random) % 2;
                if (standings[i].grace && !standings[i].grace_ends_next)
                        standings[i].grace_end_day = day_of("2010-10-31") + (int32_t)(next_random(&random) % 90);
                company->kind[i] = next_random(&random) % 10 == 0;
                if (next_random(&random) % 20 == 0)
                        company->recorded_day[i] = day_of("2020-01-01");
        }
}

static void expect_same(const struct company_result *a, const struct company_result *b)
{
        assert_memory_equal(a->decisions.before, b->decisions.before, MANY);
        assert_memory_equal(a->decisions.qualified, b->decisions.qualified, MANY);
        assert_memory_equal(a->decisions.segment, b->decisions.segment, MANY);
        assert_memory_equal(a->decisions.decision, b->decisions.decision, MANY);
        assert_memory_equal(a->decisions.flags, b->decisions.flags, MANY);
        assert_memory_equal(a->decisions.grace, b->decisions.grace, MANY);
        assert_memory_equal(a->decisions.grace_end_day, b->decisions.grace_end_day, MANY * sizeof(int32_t));
        assert_memory_equal(&a->tally, &b->tally, sizeof(a->tally));
        assert_memory_equal(a->measures.revenue_12m_minor, b->measures.revenue_12m_minor, MANY * sizeof(int64_t));
}

/* threads and the cut into index segments change nothing; the tally is what the columns say. */
static void threads_and_segments_change_nothing(void **state)
{
        (void)state;
        static struct standing standings[MANY];
        struct ladder ladder;
        ladder_init(&ladder);
        struct company one = company_new(MANY, CUTOFF), four = company_new(MANY, CUTOFF);
        random_company(&one, standings, 1);
        random_company(&four, standings, 4);
        struct company_result plain = company_evaluate(&one, &ladder.concept, standings, YEAR, NULL);
        struct company_result threaded = company_evaluate(&one, &ladder.concept, standings, YEAR, &company_two_threads);
        struct company_result cut = company_evaluate(&four, &ladder.concept, standings, YEAR, &company_two_threads);
        expect_same(&plain, &threaded);
        expect_same(&plain, &cut);
        struct tally counted = {.evaluated = 0};
        for (size_t i = 0; i < MANY; i++) {
                if (plain.decisions.decision[i] == DECISION_NOT_EVALUATED)
                        continue;
                counted.evaluated++;
                counted.qualified[plain.decisions.qualified[i]]++;
                counted.segment[plain.decisions.segment[i]]++;
                counted.decision[plain.decisions.decision[i]]++;
                counted.revenue_minor[plain.decisions.segment[i]] += plain.measures.revenue_12m_minor[i];
        }
        assert_memory_equal(&counted, &plain.tally, sizeof(counted));
        for (size_t d = DECISION_NEW; d < DECISION_COUNT; d++)
                assert_true(counted.decision[d] > 0 || d == DECISION_UNCLASSIFIED || d == DECISION_SUSPENDED ||
                            d == DECISION_OVERRIDE);
        company_free(&one);
        company_free(&four);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_membership_is_new),
                cmocka_unit_test(better_is_promoted),
                cmocka_unit_test(equal_stays_or_recovers),
                cmocka_unit_test(keep_thresholds_hold),
                cmocka_unit_test(a_miss_starts_a_grace),
                cmocka_unit_test(a_grace_ends),
                cmocka_unit_test(demotion_goes_no_further_than_needed),
                cmocka_unit_test(suspended_and_overridden),
                cmocka_unit_test(overrides_of_the_other_kind_rest),
                cmocka_unit_test(kinds),
                cmocka_unit_test(unclassified_until_enough_is_known),
                cmocka_unit_test(threads_and_segments_change_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
