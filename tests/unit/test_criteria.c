/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_criteria.c: comparators, three-valued criteria, scaled thresholds, n of m and paths, and the explanation that
 * goes with them. Each criterion is judged twice, in the bulk decision and in the explanation, and both must agree.
 */
#include "engine_company.h"

#define CUTOFF "2010-11-30"

static const uint32_t groups[] = {0};
static const struct text codes[] = {{"G0", 2}};
static struct evaluation_rule any_rule = {.moves = MOVE_UP | MOVE_DOWN};

/* One segment A with one path, and the rest segment C. */
struct rules {
        struct concept concept;
        struct segment segments[2];
        struct path path;
};

static void rules_init(struct rules *rules, struct criterion *all, size_t all_count, struct criterion *some,
                       size_t some_count, unsigned at_least)
{
        *rules = (struct rules){.path = {.id = text_of("only"), .all = all, .all_count = all_count, .some = some,
                                         .some_count = some_count, .some_at_least = at_least}};
        rules->segments[0] = (struct segment){.id = text_of("A"), .path_count = 1, .paths = &rules->path};
        rules->segments[1] = (struct segment){.id = text_of("C"), .rest = true};
        rules->concept = (struct concept){
                .minor_digits = 2, .year_starts = {1, 1}, .segment_count = 2, .segments = rules->segments,
                .mechanics = {.evaluation_count = 1, .evaluations = &any_rule, .promotion_max_steps = 9,
                              .demotion_max_steps = 1}};
}

/* Customers whose imported value `v` (two decimals) is given; INT64_MIN: none. */
static struct company with_values(const int64_t *units, size_t count)
{
        struct company company = company_new(count, CUTOFF);
        struct value_column *column = arena_array(company.arena, struct value_column, 1);
        uint64_t *known = arena_array(company.arena, uint64_t, bits_words(count));
        for (size_t i = 0; i < count; i++)
                if (units[i] != INT64_MIN)
                        bits_set(known, i);
        *column = (struct value_column){.name = text_of("v"), .scale = 2, .units = units, .known = known};
        company.input.values = column;
        company.input.value_count = 1;
        return company;
}

static enum judgement judged(struct company *company, const struct company_result *result, size_t customer)
{
        struct explanation explanation = company_explain(company, result, customer);
        const struct explained_path *path = &explanation.segments[0].paths[0];
        bool qualified = result->decisions.qualified[customer] == 0;
        assert_int_equal(path->fulfilled, qualified);
        assert_int_equal(explanation.segments[0].fulfilled, qualified);
        assert_int_equal((result->decisions.flags[customer] & FLAG_UNKNOWN) != 0, path->all[0].state == UNKNOWN);
        return path->all[0].state;
}

static void expect_values(struct criterion criterion, const int64_t *units, const enum judgement *expected,
                          size_t count)
{
        struct company company = with_values(units, count);
        struct rules rules;
        criterion.metric = METRIC_VALUE;
        criterion.of = text_of("v");
        rules_init(&rules, &criterion, 1, NULL, 0, 0);
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        for (size_t i = 0; i < count; i++)
                assert_int_equal(judged(&company, &result, i), expected[i]);
        company_free(&company);
}

/* R-012 (criteria): operator and threshold. "Equality meets at_least." Values 4.99, 5.00, 5.01, none. */
static void comparators(void **state)
{
        (void)state;
        static const int64_t units[] = {499, 500, 501, INT64_MIN};
        static const struct {
                enum comparator comparator;
                enum judgement expected[4];
        } cases[] = {
                {COMPARE_AT_LEAST, {NOT_MET, MET, MET, UNKNOWN}},
                {COMPARE_AT_MOST, {MET, MET, NOT_MET, UNKNOWN}},
                {COMPARE_MORE_THAN, {NOT_MET, NOT_MET, MET, UNKNOWN}},
                {COMPARE_LESS_THAN, {MET, NOT_MET, NOT_MET, UNKNOWN}},
                {COMPARE_EQUALS, {NOT_MET, MET, NOT_MET, UNKNOWN}},
        };
        struct operand five = number_of(5, 0);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), cases[i].comparator, &five, 1), units,
                              cases[i].expected, 4);
}

/* "between: [lo, hi] (inclusive)", "in: [..]"; a threshold finer than the values is never rounded. */
static void ranges_and_lists(void **state)
{
        (void)state;
        static const int64_t units[] = {499, 500, 700, 701, -100};
        struct operand bounds[] = {number_of(5, 0), number_of(70, 1)};
        expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_BETWEEN, bounds, 2), units,
                      (enum judgement[]){NOT_MET, MET, MET, NOT_MET, NOT_MET}, 5);
        struct operand list[] = {number_of(499, 2), number_of(-1, 0), number_of(5001, 3)};
        expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_IN, list, 3), units,
                      (enum judgement[]){MET, NOT_MET, NOT_MET, NOT_MET, MET}, 5);
        struct operand fine = number_of(4995, 3); /* 4.995 lies between 4.99 and 5.00 */
        expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_AT_LEAST, &fine, 1), units,
                      (enum judgement[]){NOT_MET, MET, MET, MET, NOT_MET}, 5);
        expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_AT_MOST, &fine, 1), units,
                      (enum judgement[]){MET, NOT_MET, NOT_MET, NOT_MET, MET}, 5);
        expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_EQUALS, &fine, 1), units,
                      (enum judgement[]){NOT_MET, NOT_MET, NOT_MET, NOT_MET, NOT_MET}, 5);
        struct operand huge = number_of(INT64_MAX, 0); /* beyond every value there can be */
        expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_AT_LEAST, &huge, 1), units,
                      (enum judgement[]){NOT_MET, NOT_MET, NOT_MET, NOT_MET, NOT_MET}, 5);
        expect_values(criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_LESS_THAN, &huge, 1), units,
                      (enum judgement[]){MET, MET, MET, MET, MET}, 5);
}

/* "unknown counts as not met ..., unless the criterion says `unknown: met`"; the flag is raised either way. */
static void unknown_may_count_as_met(void **state)
{
        (void)state;
        static const int64_t units[] = {INT64_MIN, 1};
        struct company company = with_values(units, 2);
        struct operand five = number_of(5, 0);
        struct criterion criterion = criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_AT_LEAST, &five, 1);
        criterion.of = text_of("v");
        criterion.unknown_is_met = true;
        struct rules rules;
        rules_init(&rules, &criterion, 1, NULL, 0, 0);
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        assert_int_equal(judged(&company, &result, 0), UNKNOWN);
        assert_int_equal(result.decisions.qualified[0], 0);
        assert_int_equal(result.decisions.flags[0], FLAG_UNKNOWN);
        assert_int_equal(result.decisions.qualified[1], 1);
        assert_int_equal(result.decisions.flags[1], 0);
        company_free(&company);
}

/* Ratios "are compared by cross-multiplication": 1/3 is not at least 0.333334 but at least 0.333333. `measured: true`
 * treats estimates as unknown. A share above 1 is flagged. */
static void ratios_are_exact(void **state)
{
        (void)state;
        static const struct company_sale sales[] = {{0, "2010-06-01", {{0, 100, 0, false}}},
                                                    {1, "2010-06-01", {{0, 301, 0, false}}},
                                                    {2, "2010-06-01", {{0, -50, 0, false}}}};
        static const int64_t potential[] = {300, 300, 300};
        static const uint64_t all[] = {7}, estimated[] = {2};
        struct company company = company_new(3, CUTOFF);
        company_articles(&company, groups, 1, codes, 1);
        company_sell(&company, sales, 3, 1);
        company.input.potential_minor = potential;
        company.input.potential_known = all;
        company.input.potential_estimated = estimated;
        const struct {
                struct operand threshold;
                enum comparator comparator;
                bool measured;
                enum judgement expected[3];
        } cases[] = {
                {number_of(333333, 6), COMPARE_AT_LEAST, false, {MET, MET, NOT_MET}},
                {number_of(333334, 6), COMPARE_AT_LEAST, false, {NOT_MET, MET, NOT_MET}},
                {number_of(0, 0), COMPARE_AT_LEAST, false, {MET, MET, NOT_MET}},
                {number_of(0, 0), COMPARE_LESS_THAN, false, {NOT_MET, NOT_MET, MET}},
                {number_of(1, 0), COMPARE_MORE_THAN, true, {NOT_MET, UNKNOWN, NOT_MET}},
                {number_of(1, 0), COMPARE_MORE_THAN, false, {NOT_MET, MET, NOT_MET}},
                {number_of(3, 1), COMPARE_AT_MOST, false, {NOT_MET, NOT_MET, MET}},
        };
        for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
                struct operand threshold = cases[c].threshold;
                struct criterion criterion =
                        criterion_of(METRIC_SHARE_OF_WALLET, WINDOW(NONE, 0), cases[c].comparator, &threshold, 1);
                criterion.measured_only = cases[c].measured;
                struct rules rules;
                rules_init(&rules, &criterion, 1, NULL, 0, 0);
                struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
                for (size_t i = 0; i < 3; i++)
                        assert_int_equal(judged(&company, &result, i), cases[c].expected[i]);
                assert_int_equal(result.decisions.flags[1] & FLAG_CAPPED, FLAG_CAPPED);
                assert_int_equal(result.decisions.flags[0] & FLAG_CAPPED, 0);
        }
        company_free(&company);
}

static void expect_attribute(enum comparator comparator, struct operand *operands, size_t count,
                             const enum judgement *expected)
{
        static const struct attribute_value values[] = {
                {.known = true, .kind = OPERAND_NUMBER, .number = {100, 2}, .text = {"1.00", 4}},
                {.known = true, .kind = OPERAND_TEXT, .text = {"Roofer", 6}},
                {.known = true, .kind = OPERAND_BOOL, .boolean = true, .text = {"ja", 2}},
                {.known = false}};
        struct attribute_column column = {.name = text_of("trade"), .values = values};
        struct company company = company_new(4, CUTOFF);
        company.input.attributes = &column;
        company.input.attribute_count = 1;
        struct criterion criterion = criterion_of(METRIC_ATTRIBUTE, WINDOW(NONE, 0), comparator, operands, count);
        criterion.of = text_of("trade");
        struct rules rules;
        rules_init(&rules, &criterion, 1, NULL, 0, 0);
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(judged(&company, &result, i), expected[i]);
        company_free(&company);
}

/* Attributes 1.00, "Roofer", ja (true), not set. */
static void attributes(void **state)
{
        (void)state;
        struct operand one = number_of(1, 0), yes = bool_operand(true), no = bool_operand(false);
        struct operand roof = text_operand("oof"), upper = text_operand("OOF"), roofer = text_operand("Roofer");
        struct operand list[] = {text_operand("Roofer"), number_of(10, 1), bool_operand(false)};
        expect_attribute(COMPARE_EQUALS, &one, 1, (enum judgement[]){MET, NOT_MET, NOT_MET, UNKNOWN});
        expect_attribute(COMPARE_EQUALS, &yes, 1, (enum judgement[]){NOT_MET, NOT_MET, MET, UNKNOWN});
        expect_attribute(COMPARE_EQUALS, &no, 1, (enum judgement[]){NOT_MET, NOT_MET, NOT_MET, UNKNOWN});
        expect_attribute(COMPARE_EQUALS, &roofer, 1, (enum judgement[]){NOT_MET, MET, NOT_MET, UNKNOWN});
        expect_attribute(COMPARE_IN, list, 3, (enum judgement[]){MET, MET, NOT_MET, UNKNOWN});
        expect_attribute(COMPARE_CONTAINS, &roof, 1, (enum judgement[]){NOT_MET, MET, NOT_MET, UNKNOWN});
        expect_attribute(COMPARE_CONTAINS, &upper, 1, (enum judgement[]){NOT_MET, NOT_MET, NOT_MET, UNKNOWN});
        expect_attribute(COMPARE_AT_LEAST, &one, 1, (enum judgement[]){MET, NOT_MET, NOT_MET, UNKNOWN});
        expect_attribute(COMPARE_MORE_THAN, &one, 1, (enum judgement[]){NOT_MET, NOT_MET, NOT_MET, UNKNOWN});
}

static struct criterion digit(struct operand *operand)
{
        struct criterion criterion = criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_IN, operand, 1);
        criterion.of = text_of("v");
        return criterion;
}

/* R-012 (criteria): "Build group with 3 mandatory and 2 of 4 optional criteria". Customer i has, for criterion k, bit k
 * of i: a value list picks who meets which. */
static void three_of_all_and_two_of_four(void **state)
{
        (void)state;
        static int64_t units[128];
        static struct operand lists[7][64];
        size_t used[7] = {0};
        for (int64_t i = 0; i < 128; i++) {
                units[i] = i * 100;
                for (size_t k = 0; k < 7; k++)
                        if (i >> k & 1)
                                lists[k][used[k]++] = number_of(i, 0);
        }
        struct criterion criteria[7];
        for (size_t k = 0; k < 7; k++) {
                criteria[k] = digit(lists[k]);
                criteria[k].operand_count = used[k];
        }
        struct company company = with_values(units, 128);
        struct rules rules;
        rules_init(&rules, criteria, 3, criteria + 3, 4, 2);
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        size_t fulfilled = 0;
        for (size_t i = 0; i < 128; i++) {
                bool expected = (i & 7) == 7 && __builtin_popcount((unsigned)i >> 3) >= 2;
                assert_int_equal(result.decisions.qualified[i] == 0, expected);
                assert_int_equal(company_explain(&company, &result, i).segments[0].fulfilled, expected);
                fulfilled += expected;
        }
        assert_int_equal(fulfilled, 11); /* 6 + 4 + 1 ways to have at least two of four */
        assert_int_equal(result.tally.qualified[0], 11);
        company_free(&company);
}

/* "one fulfilled path is enough"; R-029 (nobody without a segment): the rest segment takes everyone else. */
static void one_path_is_enough(void **state)
{
        (void)state;
        static const int64_t units[] = {100, 200, 300, INT64_MIN};
        struct operand one = number_of(1, 0), three = number_of(3, 0);
        struct criterion first = digit(&one), second = digit(&three);
        struct path paths[] = {{.all = &first, .all_count = 1}, {.all = &second, .all_count = 1}};
        struct rules rules;
        rules_init(&rules, NULL, 0, NULL, 0, 0);
        rules.segments[0].paths = paths;
        rules.segments[0].path_count = 2;
        struct company company = with_values(units, 4);
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        const uint8_t expected[] = {0, 1, 0, 1};
        for (size_t i = 0; i < 4; i++) {
                assert_int_equal(result.decisions.qualified[i], expected[i]);
                assert_int_equal(result.decisions.segment[i], expected[i]);
        }
        assert_int_equal(result.tally.evaluated, 4);
        assert_int_equal(result.tally.segment[0] + result.tally.segment[1], 4);
        company_free(&company);
}

static void expect_threshold(const struct explained_criterion *criterion, int64_t numerator, int64_t denominator)
{
        /* a / b == c / d */
        assert_true(criterion->effective.numerator * denominator == criterion->effective.denominator * numerator);
}

/* "Two size classes: different thresholds in the same group; explanation shows the one used". "scale multiplies
 * the threshold, first by the size factor, then by the newcomer factor"; pro rata: "Joined 2010-09-15, 12m ending
 * 2010-11-30: 3/12". Base threshold 80,000.00. */
static void scaled_thresholds(void **state)
{
        (void)state;
        static const struct {
                uint8_t size;
                const char *joined;
                int64_t effective_minor;
                size_t factors;
                unsigned flags;
        } cases[] = {
                {1, NULL, 8000000, 1, 0},                              /* M: x 1 */
                {0, NULL, 4800000, 1, 0},                              /* S: x 0.6 */
                {NO_SIZE, NULL, 8000000, 1, FLAG_NO_SIZE_CLASS},       /* factor 1, flagged */
                {0, "2010-09-15", 600000, 3, FLAG_NEWCOMER},           /* x 0.6 x 0.5 x 3/12 */
                {1, "2009-12-01", 4000000, 2, FLAG_NEWCOMER},          /* 11 months, 12 touched: x 0.5 */
                {1, "2009-11-30", 6000000, 2, FLAG_NEWCOMER},          /* a full year: second factor, x 0.75 */
                {1, "2008-12-01", 6000000, 2, FLAG_NEWCOMER},          /* 23 months */
                {1, "2008-11-30", 8000000, 1, 0},                      /* 24 months: no newcomer any more */
                {1, "2010-12-01", 8000000, 1, 0},                      /* joins after the cut-off: invisible */
        };
        enum { CASES = sizeof(cases) / sizeof(cases[0]) };
        struct company_sale sales[2 * CASES];
        struct company company = company_new(2 * CASES, CUTOFF);
        /* Each case twice: with exactly the threshold, and with one cent less. */
        for (size_t i = 0; i < 2 * CASES; i++) {
                sales[i] = (struct company_sale){i, "2010-06-01",
                                                 {{0, cases[i / 2].effective_minor - (int64_t)(i % 2), 0, false}}};
                company.size_class[i] = cases[i / 2].size;
                if (cases[i / 2].joined)
                        company.joined_day[i] = day_of(cases[i / 2].joined);
        }
        company_articles(&company, groups, 1, codes, 1);
        company_sell(&company, sales, 2 * CASES, 1);
        struct operand threshold = number_of(80000, 0);
        struct criterion criterion =
                criterion_of(METRIC_REVENUE, WINDOW(MONTHS, 12), COMPARE_AT_LEAST, &threshold, 1);
        criterion.scale = SCALE_SIZE | SCALE_NEWCOMER;
        struct rules rules;
        rules_init(&rules, &criterion, 1, NULL, 0, 0);
        struct size_factor sizes[] = {{text_of("S"), {3, 5}}, {text_of("M"), {1, 1}}};
        struct fraction newcomer[] = {{1, 2}, {3, 4}};
        struct mechanics *mechanics = &rules.concept.mechanics;
        mechanics->size_class_count = 2;
        mechanics->size_factors = sizes;
        mechanics->newcomer_months = 24;
        mechanics->newcomer_factor_count = 2;
        mechanics->newcomer_factors = newcomer;
        mechanics->newcomer_pro_rata = true;
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        for (size_t i = 0; i < 2 * CASES; i++) {
                assert_int_equal(judged(&company, &result, i), i % 2 ? NOT_MET : MET);
                assert_int_equal(result.decisions.flags[i], cases[i / 2].flags);
                struct explanation why = company_explain(&company, &result, i);
                expect_threshold(&why.segments[0].paths[0].all[0], cases[i / 2].effective_minor, 100);
                assert_int_equal(why.segments[0].paths[0].all[0].factor_count, cases[i / 2].factors);
        }
        company_free(&company);
}

/* Pro rata over `year` divides by the months of the program year so far; other windows are not pro rata. Orders are
 * whole: 10 x 0.5 x 2/11 = 0.909.., so 1 order is enough and 0 are not; 7.5 is met by 8, not by 7. */
static void pro_rata_of_the_year_and_whole_orders(void **state)
{
        (void)state;
        static const struct company_sale sales[] = {{0, "2010-11-01", {{0, 100, 0, false}}}};
        struct company company = company_new(2, CUTOFF);
        company_articles(&company, groups, 1, codes, 1);
        company_sell(&company, sales, 1, 1);
        company.joined_day[0] = company.joined_day[1] = day_of("2010-10-31");
        struct operand ten = number_of(10, 0);
        struct criterion criteria[] = {criterion_of(METRIC_ORDERS, WINDOW(YEAR, 0), COMPARE_AT_LEAST, &ten, 1),
                                       criterion_of(METRIC_ORDERS, WINDOW(DAYS, 90), COMPARE_AT_LEAST, &ten, 1)};
        criteria[0].scale = criteria[1].scale = SCALE_NEWCOMER;
        struct rules rules;
        rules_init(&rules, criteria, 2, NULL, 0, 0);
        struct fraction newcomer[] = {{1, 2}};
        rules.concept.mechanics.newcomer_months = 24;
        rules.concept.mechanics.newcomer_factor_count = 1;
        rules.concept.mechanics.newcomer_factors = newcomer;
        rules.concept.mechanics.newcomer_pro_rata = true;
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        for (size_t i = 0; i < 2; i++) {
                struct explanation why = company_explain(&company, &result, i);
                const struct explained_criterion *all = why.segments[0].paths[0].all;
                assert_int_equal(all[0].state, i == 0 ? MET : NOT_MET);
                expect_threshold(&all[0], 10, 11);
                expect_threshold(&all[1], 5, 1);
                assert_true(all[1].has_missing);
                assert_int_equal((int)all[1].missing.numerator, i == 0 ? 4 : 5);
        }
        company_free(&company);
}

/* R-016 (missing exactly one): what is missing, and the nearest path of the next better segment: fewest criteria, then
 * the smallest relative gap, then the order of the document. */
static void next_step(void **state)
{
        (void)state;
        static const struct company_sale sales[] = {
                {0, "2010-06-01", {{0, 9000, 0, false}}}, {0, "2010-07-01", {{0, 900, 0, false}}},
                {1, "2010-06-01", {{0, 5000, 0, false}}}, {2, "2010-06-01", {{0, 10000, 0, false}}}};
        struct company company = company_new(3, CUTOFF);
        company_articles(&company, groups, 1, codes, 1);
        company_sell(&company, sales, 4, 1);
        struct operand hundred = number_of(100, 0), two = number_of(2, 0), four = number_of(4, 0);
        const struct window m12 = WINDOW(MONTHS, 12);
        struct criterion many[] = {criterion_of(METRIC_ORDERS, m12, COMPARE_AT_LEAST, &four, 1)};
        struct criterion both[] = {criterion_of(METRIC_REVENUE, m12, COMPARE_AT_LEAST, &hundred, 1),
                                   criterion_of(METRIC_ORDERS, m12, COMPARE_AT_LEAST, &two, 1)};
        both[0].has_keep = true;
        both[0].keep = number_of(995, 1);
        struct path paths[] = {{.all = many, .all_count = 1}, {.all = both, .all_count = 2}};
        struct rules rules;
        rules_init(&rules, NULL, 0, NULL, 0, 0);
        rules.segments[0].paths = paths;
        rules.segments[0].path_count = 2;
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        const size_t nearest[] = {1, 0, 1};  /* 1 % of revenue beats half the orders; one missing beats two; half the
                                                orders (1 of 2) beats three quarters of them (1 of 4) */
        const size_t missing[] = {1, 1, 1};
        for (size_t i = 0; i < 3; i++) {
                struct explanation why = company_explain(&company, &result, i);
                assert_true(why.has_next);
                assert_int_equal(why.next_segment, 0);
                assert_int_equal(why.next_path, nearest[i]);
                assert_int_equal(why.next_missing_count, missing[i]);
        }
        struct explained_criterion *all = company_explain(&company, &result, 0).segments[0].paths[1].all;
        assert_int_equal(all[0].state, NOT_MET);
        assert_true(all[0].missing.numerator == 1 && all[0].missing.denominator == 1); /* 100.00 - 99.00 */
        assert_true(all[0].has_keep_missing);                                          /* 99.50 - 99.00 */
        assert_true(all[0].keep_missing.numerator == 1 && all[0].keep_missing.denominator == 2);
        assert_int_equal(all[1].state, MET);
        assert_false(all[1].has_missing || all[1].has_keep_missing);
        const struct explained_criterion *one = company_explain(&company, &result, 1).segments[0].paths[1].all;
        assert_int_equal(one[1].keep_state, NOT_MET);                                   /* without `keep`: the same */
        assert_true(one[1].has_keep_missing && one[1].keep_missing.numerator == one[1].missing.numerator);
        assert_int_equal(all[0].from_day, day_of("2009-12-01"));
        assert_int_equal(all[0].to_day, day_of(CUTOFF));
        company_free(&company);
}

/* A threshold that cannot be compared exactly is refused, with its place in the document. */
static void too_precise_a_threshold_is_a_limit(void **state)
{
        (void)state;
        static const struct company_sale sales[] = {{0, "2010-06-01", {{0, 100, 0, false}}}};
        struct company company = company_new(1, CUTOFF);
        company_articles(&company, groups, 1, codes, 1);
        company_sell(&company, sales, 1, 1);
        company.size_class[0] = 0;
        struct operand fine = number_of(999999999999999999, 18);
        struct criterion criterion =
                criterion_of(METRIC_REVENUE_GROWTH, WINDOW(MONTHS, 12), COMPARE_AT_LEAST, &fine, 1);
        criterion.scale = SCALE_SIZE;
        criterion.line = 12;
        struct size_factor size = {text_of("S"), {1000003, 1000000}};
        struct rules rules;
        rules_init(&rules, &criterion, 1, NULL, 0, 0);
        rules.concept.mechanics.size_class_count = 1;
        rules.concept.mechanics.size_factors = &size;
        struct engine_plan *plan;
        struct measures measures;
        struct decisions decisions;
        struct tally tally;
        struct error error;
        assert_int_equal(engine_plan_new(company.arena, &rules.concept, day_of(CUTOFF), &plan, &error), STATUS_OK);
        assert_int_equal(engine_measure(plan, &company.input, NULL, company.arena, &measures, &error), STATUS_OK);
        assert_int_equal(engine_decide(plan, &measures, NULL, 0, NULL, company.arena, &decisions, &tally, &error),
                         STATUS_LIMIT);
        assert_string_equal(error.key, "engine.threshold_too_precise");
        assert_int_equal(error.line, 12);
        assert_int_equal(engine_decide(plan, &measures, NULL, 3, NULL, company.arena, &decisions, &tally, &error),
                         STATUS_INVALID);
        company_free(&company);
}

/* `expects:` never decides and raises no flag, but is explained. */
static void expectations_never_decide(void **state)
{
        (void)state;
        static const int64_t units[] = {INT64_MIN, 100};
        struct company company = with_values(units, 2);
        struct operand five = number_of(5, 0);
        struct criterion note = criterion_of(METRIC_VALUE, WINDOW(NONE, 0), COMPARE_AT_LEAST, &five, 1);
        note.of = text_of("v");
        struct rules rules;
        rules_init(&rules, NULL, 0, NULL, 0, 0);
        rules.segments[0].path_count = 0;
        rules.segments[1].expects = &note;
        rules.segments[1].expects_count = 1;
        struct company_result result = company_evaluate(&company, &rules.concept, NULL, 0, NULL);
        for (size_t i = 0; i < 2; i++) {
                assert_int_equal(result.decisions.segment[i], 1);
                assert_int_equal(result.decisions.flags[i], 0);
                struct explanation why = company_explain(&company, &result, i);
                assert_int_equal(why.segments[1].expects[0].state, i == 0 ? UNKNOWN : NOT_MET);
                assert_true(why.segments[1].fulfilled);
        }
        company_free(&company);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(comparators),
                cmocka_unit_test(ranges_and_lists),
                cmocka_unit_test(unknown_may_count_as_met),
                cmocka_unit_test(ratios_are_exact),
                cmocka_unit_test(attributes),
                cmocka_unit_test(three_of_all_and_two_of_four),
                cmocka_unit_test(one_path_is_enough),
                cmocka_unit_test(scaled_thresholds),
                cmocka_unit_test(pro_rata_of_the_year_and_whole_orders),
                cmocka_unit_test(next_step),
                cmocka_unit_test(too_precise_a_threshold_is_a_limit),
                cmocka_unit_test(expectations_never_decide),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
