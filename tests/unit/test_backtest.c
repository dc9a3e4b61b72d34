/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_backtest.c: the steps of a backtest (days, ends of months, evaluations, limits) and a chain of six evaluations
 * calculated by hand: sizes, who is at risk, and who comes back within three evaluations (flapping). in
 * part.
 */
#include "facts_fixture.h"
#include "program/backtest.h"

enum { A, C, P, SEGMENTS };

static struct operand hundred = {.kind = OPERAND_NUMBER, .number = {100, 0}};
static struct criterion points = {.metric = METRIC_VALUE, .of = {"points", 6}, .comparator = COMPARE_AT_LEAST,
                                  .operand_count = 1, .operands = &hundred};
static struct path path = {.id = {"p", 1}, .all_count = 1, .all = &points};
static struct segment segments[SEGMENTS] = {
        {.id = {"A", 1}, .path_count = 1, .paths = &path},
        {.id = {"C", 1}, .rest = true},
        {.id = {"P", 1}, .rest = true, .kind = KIND_PROSPECT},
};
static struct evaluation_rule rules[] = {
        {.id = {"year", 4}, .cutoff = {12, 31}, .effective = {2, 1}, .moves = MOVE_UP | MOVE_DOWN},
        {.id = {"spring", 6}, .cutoff = {3, 31}, .effective = {5, 1}, .moves = MOVE_UP},
};
static const struct concept concept = {
        .minor_digits = 2, .year_starts = {1, 1}, .segment_count = SEGMENTS, .segments = segments,
        .mechanics = {.evaluation_count = 2, .evaluations = rules, .grace = GRACE_NONE, .promotion_max_steps = 9,
                      .demotion_max_steps = 1}};
static const struct version version = {.program_id = 1, .program = "test", .concept = &concept};

static int32_t day_of(const char *iso)
{
        int32_t day = DAY_NONE;
        assert_true(day_parse_iso(text_of(iso), &day));
        return day;
}

static void how_far_apart(void **state)
{
        (void)state;
        struct backtest_every every = {0};
        assert_true(backtest_every_parse(text_of("1m"), &every) && every.months == 1 && every.days == 0);
        assert_true(backtest_every_parse(text_of("90d"), &every) && every.months == 0 && every.days == 90);
        assert_true(backtest_every_parse(text_of("1200m"), &every) && every.months == 1200);
        assert_true(backtest_every_parse(text_of("9999d"), &every) && every.days == 9999);
        static const char *const refused[] = {"", "m", "1", "0m", "0d", "1201m", "1y", "-1m", "1.5m", "99999d", "1 m",
                                              "1M"};
        for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
                assert_false(backtest_every_parse(text_of(refused[i]), &every));
}

static struct backtest planned(struct arena *arena, const char *from, const char *to, struct backtest_every every,
                               const char *evaluation)
{
        struct error error;
        struct backtest backtest = {.version = &version};
        assert_ok(backtest_plan(&backtest, day_of(from), day_of(to), every, evaluation, arena, &error));
        return backtest;
}

/* Months are counted from the first day, so that ends of months stay ends; a day that is an evaluation's is that
 * one. */
static void steps(void **state)
{
        (void)state;
        struct error error;
        struct arena *arena = arena_new(1 << 24);
        struct backtest b = planned(arena, "2010-12-31", "2011-04-30", (struct backtest_every){.months = 1}, NULL);
        static const char *const ends[] = {"2010-12-31", "2011-01-31", "2011-02-28", "2011-03-31", "2011-04-30"};
        static const size_t chosen[] = {0, 0, 0, 1, 0};
        assert_int_equal(b.step_count, 5);
        for (size_t i = 0; i < 5; i++) {
                assert_int_equal(b.steps[i].cutoff_day, day_of(ends[i]));
                assert_int_equal(b.steps[i].rule, chosen[i]);
        }
        b = planned(arena, "2010-12-31", "2011-02-27", (struct backtest_every){.months = 1}, "spring");
        assert_int_equal(b.step_count, 2);
        assert_int_equal(b.steps[0].rule, 0); /* the year's own day */
        assert_int_equal(b.steps[1].rule, 1);
        b = planned(arena, "2011-01-01", "2011-01-21", (struct backtest_every){.days = 10}, NULL);
        assert_int_equal(b.step_count, 3);
        assert_int_equal(b.steps[2].cutoff_day, day_of("2011-01-21"));
        b = planned(arena, "2011-01-01", "2011-01-01", (struct backtest_every){.months = 12}, NULL);
        assert_int_equal(b.step_count, 1);
        b = planned(arena, "2011-01-01", "2014-04-14", (struct backtest_every){.days = 1}, NULL);
        assert_int_equal(b.step_count, BACKTEST_STEPS_MAX);
        b = (struct backtest){.version = &version};
        assert_fails(backtest_plan(&b, day_of("2011-01-01"), day_of("2014-04-15"), (struct backtest_every){.days = 1},
                                   NULL, arena, &error), STATUS_USAGE, "backtest.too_many_steps");
        assert_fails(backtest_plan(&b, day_of("2011-01-02"), day_of("2011-01-01"), (struct backtest_every){.days = 1},
                                   NULL, arena, &error), STATUS_USAGE, "backtest.empty");
        assert_fails(backtest_plan(&b, day_of("2011-01-01"), day_of("2011-02-01"), (struct backtest_every){.months = 1},
                                   "autumn", arena, &error), STATUS_INVALID, "evaluate.unknown_evaluation");
        arena_free(arena);
}

enum { FIRST = 14700, APART = 30, STEPS = 6, LAST = FIRST + (STEPS - 1) * APART };

/* Points from the day of each step on. */
static void put_points(const struct fixture *fixture, int64_t customer, const int course[STEPS])
{
        for (int i = 0; i < STEPS; i++)
                run_sql(fixture, "INSERT INTO customer_value VALUES (%lld, 'points', %d, 1, 2147483647, %d, 0)",
                        (long long)customer, FIRST + i * APART, course[i]);
}

static void put_company(const struct fixture *fixture)
{
        put_import(fixture, 1, "customers", 1, 9, 0);
        for (int64_t id = 91; id <= 94; id++)
                put_customer(fixture, id, 1, 14600);
        put_points(fixture, 91, (int[]){100, 0, 100, 0, 100, 100}); /* comes back three times, C included */
        put_points(fixture, 92, (int[]){100, 0, 0, 0, 100, 100});   /* back after three evaluations */
        put_points(fixture, 93, (int[]){100, 0, 0, 0, 0, 100});     /* after four: not any more */
        put_fact(fixture, 94, "since", 14600, 1, "2010-05-02");     /* 14731: from the third step on */
}

struct chain {
        struct arena *arena;
        struct connection *connection;
        struct snapshot *snapshot;
        struct backtest backtest;
};

static struct chain play(struct fixture *fixture, const char *evaluation)
{
        struct error error;
        struct chain chain = {.arena = arena_new((size_t)1 << 30)};
        assert_ok(db_connect(fixture->database, &chain.connection, &error));
        assert_ok(snapshot_open(fixture->database, chain.connection, 1, false, NULL, &chain.snapshot, NULL, &error));
        chain.backtest = (struct backtest){.version = &version, .snapshot = chain.snapshot};
        assert_ok(backtest_plan(&chain.backtest, FIRST, LAST, (struct backtest_every){.days = APART}, evaluation,
                                chain.arena, &error));
        assert_ok(backtest_run(&chain.backtest, chain.connection, NULL, chain.arena, &error));
        assert_int_equal(chain.backtest.step_count, STEPS);
        return chain;
}

static void chain_close(struct chain *chain)
{
        snapshot_unref(chain->snapshot);
        db_disconnect(chain->connection);
        arena_free(chain->arena);
}

/* Each step starts from the one before. */
static void up_and_down(void **state)
{
        static const struct { uint64_t a, c, promoted, demoted, flapping; } expected[STEPS] = {
                {3, 0, 0, 0, 0}, {0, 3, 0, 3, 0}, {1, 3, 1, 0, 1}, {0, 4, 0, 1, 1}, {2, 2, 2, 0, 2}, {3, 1, 1, 0, 0}};
        put_company(*state);
        struct chain chain = play(*state, "year");
        for (size_t i = 0; i < STEPS; i++) {
                const struct backtest_step *step = &chain.backtest.steps[i];
                assert_int_equal(step->tally.segment[A], expected[i].a);
                assert_int_equal(step->tally.segment[C], expected[i].c);
                assert_int_equal(step->tally.evaluated, expected[i].a + expected[i].c);
                assert_int_equal(step->tally.decision[DECISION_PROMOTE], expected[i].promoted);
                assert_int_equal(step->tally.decision[DECISION_DEMOTE], expected[i].demoted);
                assert_int_equal(step->flapping, expected[i].flapping);
                assert_int_equal(step->at_risk, 0);
        }
        assert_int_equal(chain.backtest.steps[0].tally.decision[DECISION_NEW], 3);
        assert_int_equal(chain.backtest.steps[2].tally.decision[DECISION_NEW], 1);
        assert_int_equal(chain.backtest.flapping_customers, 2);
        static const uint8_t last[] = {A, A, A, C};
        assert_memory_equal(chain.backtest.last.segment, last, sizeof(last));
        chain_close(&chain);
}

/* Nobody is lowered by an evaluation that only promotes: they stay, at risk. */
static void at_risk_without_down(void **state)
{
        static const uint64_t at_risk[STEPS] = {0, 3, 2, 3, 1, 0};
        put_company(*state);
        struct chain chain = play(*state, "spring");
        for (size_t i = 0; i < STEPS; i++) {
                assert_int_equal(chain.backtest.steps[i].at_risk, at_risk[i]);
                assert_int_equal(chain.backtest.steps[i].tally.segment[A], 3);
                assert_int_equal(chain.backtest.steps[i].flapping, 0);
        }
        assert_int_equal(chain.backtest.flapping_customers, 0);
        chain_close(&chain);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(how_far_apart),
                cmocka_unit_test(steps),
                cmocka_unit_test_setup_teardown(up_and_down, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(at_risk_without_down, fixture_new, facts_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
