/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_values.c: what a stored run keeps decides and explains the same as the data it came from; damaged bytes are
 * noticed; and a what-if on measured columns (another concept, other mechanics) needs no new measuring.
 */
#include "engine_company.h"

#define CUTOFF "2010-11-30"

enum { CUSTOMERS = 6 };

static const uint32_t groups[] = {0, 1, GROUP_NONE};
static const struct text codes[] = {{"G0", 2}, {"G1", 2}};

static const struct company_sale sales[] = {
        {0, "2009-06-01", {{0, 10000, 0, false}}},
        {0, "2010-06-01", {{0, 50000, 20000, true}, {1, 30000, 0, false}, {2, 100, 0, false}}},
        {1, "2010-07-01", {{0, 20000, 9000, true}}},
        {2, "2010-08-01", {{1, -500, 0, false}}},
        {3, "2010-11-30", {{1, INT64_C(900000000000), 0, true}}},
};

struct program {
        struct concept concept;
        struct segment segments[3];
        struct path path;
        struct criterion all[4], some[4];
        struct operand numbers[8];
        struct evaluation_rule rule;
        struct size_factor sizes[2];
        struct fraction newcomer[1];
};

static struct criterion ask(enum metric metric, struct window window, enum comparator comparator,
                            struct operand *operand, const char *of)
{
        struct criterion criterion = criterion_of(metric, window, comparator, operand, 1);
        criterion.of = text_of(of);
        return criterion;
}

static void program_init(struct program *p)
{
        const struct window m12 = WINDOW(MONTHS, 12), without = WINDOW(NONE, 0);
        *p = (struct program){.numbers = {number_of(150, 0), number_of(1, 0), number_of(5, 1), number_of(30, 0),
                                          number_of(25, 1), text_operand("Dach"), number_of(200, 0), number_of(0, 0)},
                              .rule = {.moves = MOVE_UP | MOVE_DOWN},
                              .sizes = {{text_of("S"), {1, 2}}, {text_of("L"), {3, 2}}}, .newcomer = {{1, 2}}};
        p->all[0] = ask(METRIC_REVENUE, m12, COMPARE_AT_LEAST, &p->numbers[0], NULL);
        p->all[0].scale = SCALE_SIZE | SCALE_NEWCOMER;
        p->all[0].has_keep = true;
        p->all[0].keep = number_of(120, 0);
        p->all[1] = ask(METRIC_PRODUCT_GROUPS, m12, COMPARE_AT_LEAST, &p->numbers[1], NULL);
        p->all[2] = ask(METRIC_RECENCY, without, COMPARE_AT_MOST, &p->numbers[6], NULL);
        p->all[2].unknown_is_met = true;
        p->some[0] = ask(METRIC_SHARE_OF_WALLET, without, COMPARE_AT_LEAST, &p->numbers[2], NULL);
        p->some[1] = ask(METRIC_VALUE, without, COMPARE_AT_LEAST, &p->numbers[4], "index");
        p->some[2] = ask(METRIC_ATTRIBUTE, without, COMPARE_EQUALS, &p->numbers[5], "trade");
        p->some[3] = ask(METRIC_MARGIN, m12, COMPARE_MORE_THAN, &p->numbers[7], NULL);
        p->path = (struct path){.all = p->all, .all_count = 3, .some = p->some, .some_count = 4, .some_at_least = 2};
        p->segments[0] = (struct segment){.id = text_of("A"), .paths = &p->path, .path_count = 1};
        p->segments[1] = (struct segment){.id = text_of("C"), .rest = true};
        p->segments[2] = (struct segment){.id = text_of("P"), .rest = true, .kind = KIND_PROSPECT};
        p->concept = (struct concept){
                .minor_digits = 2, .year_starts = {1, 1}, .segment_count = 3, .segments = p->segments,
                .mechanics = {.evaluation_count = 1, .evaluations = &p->rule, .demotion_max_steps = 1,
                              .promotion_max_steps = 9, .size_class_count = 2, .size_factors = p->sizes,
                              .newcomer_months = 24, .newcomer_factor_count = 1, .newcomer_factors = p->newcomer,
                              .newcomer_pro_rata = true, .classify_after = true, .classify_has_orders = true,
                              .classify_orders = 1}};
}

static struct company known_company(void)
{
        static const struct attribute_value trades[CUSTOMERS] = {
                {.known = true, .kind = OPERAND_TEXT, .text = {"Dach", 4}},
                {.known = true, .kind = OPERAND_NUMBER, .number = {-125, 2}, .text = {"-1.25", 5}},
                {.known = true, .kind = OPERAND_BOOL, .boolean = true, .text = {"yes", 3}},
                {.known = true, .kind = OPERAND_TEXT, .text = {NULL, 0}}};
        static const struct attribute_column trade = {{"trade", 5}, trades};
        static const int64_t index_units[CUSTOMERS] = {2500, 0, -1, INT64_MAX}, potential[CUSTOMERS] = {100000, 30000};
        static const uint64_t known[] = {0xf}, potential_known[] = {3}, estimated[] = {2};
        static const struct value_column index = {{"index", 5}, 3, index_units, known};
        struct company company = company_new(CUSTOMERS, CUTOFF);
        company_articles(&company, groups, 3, codes, 2);
        company_sell(&company, sales, sizeof(sales) / sizeof(sales[0]), 2);
        company.input.attributes = &trade;
        company.input.attribute_count = 1;
        company.input.values = &index;
        company.input.value_count = 1;
        company.input.potential_minor = potential;
        company.input.potential_known = potential_known;
        company.input.potential_estimated = estimated;
        company.size_class[0] = 1;
        company.size_class[1] = 0;
        company.joined_day[1] = day_of("2010-03-31");
        company.kind[4] = KIND_PROSPECT;
        company.recorded_day[5] = day_of("2026-01-01");
        return company;
}

static void expect_same_criteria(const struct explained_criterion *a, const struct explained_criterion *b, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                assert_int_equal(a[i].state, b[i].state);
                assert_int_equal(a[i].keep_state, b[i].keep_state);
                assert_int_equal(a[i].known, b[i].known);
                assert_int_equal(a[i].estimated, b[i].estimated);
                assert_int_equal(a[i].flagged, b[i].flagged);
                assert_int_equal(a[i].value, b[i].value);
                assert_int_equal(a[i].denominator, b[i].denominator);
                assert_int_equal(a[i].line_count, b[i].line_count);
                assert_int_equal(a[i].line_left_out, b[i].line_left_out);
                assert_int_equal(a[i].column->scale, b[i].column->scale);
                assert_int_equal(a[i].from_day, b[i].from_day);
                assert_int_equal(a[i].factor_count, b[i].factor_count);
                assert_true(a[i].effective.numerator == b[i].effective.numerator);
                assert_int_equal(a[i].attribute != NULL, b[i].attribute != NULL);
                if (a[i].attribute)
                        assert_true(text_equal(a[i].attribute->text, b[i].attribute->text));
        }
}

static void pack_all(const struct company_result *result, struct buffer *buffers, struct bytes *packed)
{
        for (size_t i = 0; i < CUSTOMERS; i++) {
                buffer_init(&buffers[i], 1 << 16);
                assert_true(engine_values_pack(result->plan, &result->measures, i, &buffers[i]));
                packed[i] = (struct bytes){(const uint8_t *)buffers[i].data, buffers[i].length};
        }
}

/* "showing or repeating it uses those": same decisions, same explanation, without the purchases. */
static void stored_values_repeat_a_run(void **state)
{
        (void)state;
        struct program p;
        program_init(&p);
        struct company company = known_company();
        struct company_result before = company_evaluate(&company, &p.concept, NULL, 0, NULL), after = before;
        struct buffer buffers[CUSTOMERS];
        struct bytes packed[CUSTOMERS];
        struct error error;
        pack_all(&before, buffers, packed);
        assert_int_equal(engine_values_unpack(before.plan, packed, CUSTOMERS, company.arena, &after.measures, &error),
                         STATUS_OK);
        assert_int_equal(engine_decide(before.plan, &after.measures, NULL, 0, NULL, company.arena, &after.decisions,
                                       &after.tally, &error), STATUS_OK);
        assert_memory_equal(&before.tally, &after.tally, sizeof(before.tally));
        for (size_t i = 0; i < CUSTOMERS; i++) {
                assert_int_equal(before.decisions.segment[i], after.decisions.segment[i]);
                assert_int_equal(before.decisions.decision[i], after.decisions.decision[i]);
                assert_int_equal(before.decisions.flags[i], after.decisions.flags[i]);
                assert_int_equal(before.measures.since_day[i], after.measures.since_day[i]);
                struct explanation a = company_explain(&company, &before, i), b = company_explain(&company, &after, i);
                assert_int_equal(a.segment_count, b.segment_count);
                if (before.measures.kind[i] == KIND_PROSPECT)
                        continue;
                expect_same_criteria(a.segments[0].paths[0].all, b.segments[0].paths[0].all, 3);
                expect_same_criteria(a.segments[0].paths[0].some, b.segments[0].paths[0].some, 4);
        }
        assert_int_equal(before.decisions.segment[0], 0); /* 801.00 >= 150 x 1.5, two groups, share 0.801, Dach */
        assert_int_equal(before.decisions.flags[0], FLAG_COST_MISSING | FLAG_NO_GROUP);
        assert_int_equal(before.decisions.decision[5], DECISION_NOT_EVALUATED);
        for (size_t i = 0; i < CUSTOMERS; i++)
                buffer_release(&buffers[i]);
        company_free(&company);
}

/* One customer's explanation comes from his bytes alone. */
static void one_customer_is_explained_alone(void **state)
{
        (void)state;
        struct program p;
        program_init(&p);
        struct company company = known_company();
        struct company_result all = company_evaluate(&company, &p.concept, NULL, 0, NULL);
        struct buffer buffers[CUSTOMERS];
        struct bytes packed[CUSTOMERS];
        struct measures alone;
        struct explanation why;
        struct error error;
        pack_all(&all, buffers, packed);
        assert_int_equal(engine_values_unpack(all.plan, &packed[1], 1, company.arena, &alone, &error), STATUS_OK);
        assert_int_equal(engine_explain(all.plan, &alone, 0, all.decisions.segment[1], company.arena, &why, &error),
                         STATUS_OK);
        expect_same_criteria(company_explain(&company, &all, 1).segments[0].paths[0].all,
                             why.segments[0].paths[0].all, 3);
        /* 150 x 0.5 x 0.5 x 9/12 = 28.125 */
        assert_true(why.segments[0].paths[0].all[0].effective.numerator == 225);
        assert_true(why.segments[0].paths[0].all[0].effective.denominator == 8);
        for (size_t i = 0; i < CUSTOMERS; i++)
                buffer_release(&buffers[i]);
        company_free(&company);
}

/* damaged bytes are noticed or read as something valid, never trusted. Every prefix is refused. */
static void damaged_bytes_are_noticed(void **state)
{
        (void)state;
        struct program p;
        program_init(&p);
        struct company company = known_company();
        struct company_result result = company_evaluate(&company, &p.concept, NULL, 0, NULL);
        struct buffer buffers[CUSTOMERS];
        struct bytes packed[CUSTOMERS];
        struct measures measures;
        struct error error;
        pack_all(&result, buffers, packed);
        for (size_t length = 0; length < packed[0].length; length++) {
                struct bytes part = {packed[0].data, length};
                assert_int_equal(engine_values_unpack(result.plan, &part, 1, company.arena, &measures, &error),
                                 STATUS_CORRUPT);
        }
        assert_true(buffer_add_byte(&buffers[0], 0));
        struct bytes longer = {(const uint8_t *)buffers[0].data, buffers[0].length};
        assert_int_equal(engine_values_unpack(result.plan, &longer, 1, company.arena, &measures, &error),
                         STATUS_CORRUPT);
        for (size_t at = 0; at < packed[1].length; at++) {
                for (unsigned bit = 0; bit < 8; bit++) {
                        buffers[1].data[at] ^= (char)(1 << bit);
                        enum status status =
                                engine_values_unpack(result.plan, &packed[1], 1, company.arena, &measures, &error);
                        assert_true(status == STATUS_OK || status == STATUS_CORRUPT);
                        assert_true(at > 4 || status == STATUS_CORRUPT); /* version and shape */
                        buffers[1].data[at] ^= (char)(1 << bit);
                }
        }
        /* another cut-off asks for other days */
        struct engine_plan *other;
        assert_int_equal(engine_plan_new(company.arena, &p.concept, day_of("2010-12-31"), &other, &error), STATUS_OK);
        assert_int_equal(engine_values_unpack(other, &packed[1], 1, company.arena, &measures, &error), STATUS_CORRUPT);
        for (size_t i = 0; i < CUSTOMERS; i++)
                buffer_release(&buffers[i]);
        company_free(&company);
}

/* A what-if with other thresholds, factors, size classes in another order and another newcomer rule decides as if it
 * had been measured for itself. */
static void what_if_equals_measuring_again(void **state)
{
        (void)state;
        struct program p, q;
        program_init(&p);
        program_init(&q);
        q.numbers[0] = number_of(40, 0);
        q.sizes[0] = (struct size_factor){text_of("L"), {5, 4}};
        q.sizes[1] = (struct size_factor){text_of("S"), {1, 4}};
        q.concept.mechanics.newcomer_months = 6;
        q.path.some_at_least = 1;
        struct company company = known_company(), reordered = known_company();
        for (size_t i = 0; i < CUSTOMERS; i++) /* the classes are positions in the concept's list */
                if (reordered.size_class[i] != NO_SIZE)
                        reordered.size_class[i] = 1 - reordered.size_class[i];
        struct company_result measured = company_evaluate(&company, &p.concept, NULL, 0, NULL), what_if = measured;
        struct company_result again = company_evaluate(&reordered, &q.concept, NULL, 0, NULL);
        struct error error;
        assert_int_equal(engine_plan_rebind(company.arena, measured.plan, &q.concept, &what_if.plan, &error),
                         STATUS_OK);
        assert_int_equal(engine_decide(what_if.plan, &measured.measures, NULL, 0, NULL, company.arena,
                                       &what_if.decisions, &what_if.tally, &error), STATUS_OK);
        assert_memory_equal(&what_if.tally, &again.tally, sizeof(again.tally));
        for (size_t i = 0; i < CUSTOMERS; i++) {
                assert_int_equal(what_if.decisions.segment[i], again.decisions.segment[i]);
                assert_int_equal(what_if.decisions.flags[i], again.decisions.flags[i]);
        }
        company_free(&company);
        company_free(&reordered);
}

/* What was not measured is said. */
static void what_if_needs_measured_columns(void **state)
{
        (void)state;
        struct program p, q;
        program_init(&p);
        program_init(&q);
        struct company company = known_company();
        struct company_result measured = company_evaluate(&company, &p.concept, NULL, 0, NULL);
        struct engine_plan *plan;
        struct error error;
        q.all[1].window = WINDOW(MONTHS, 6);
        assert_int_equal(engine_plan_rebind(company.arena, measured.plan, &q.concept, &plan, &error),
                         STATUS_NOT_FOUND);
        assert_string_equal(error.key, "engine.column_not_measured");
        assert_string_equal(error_argument(&error, "metric"), "product_groups");
        program_init(&q);
        q.sizes[0].code = text_of("XL");
        assert_int_equal(engine_plan_rebind(company.arena, measured.plan, &q.concept, &plan, &error),
                         STATUS_NOT_FOUND);
        assert_string_equal(error.key, "engine.size_class_not_measured");
        program_init(&q);
        q.concept.mechanics.classify_has_revenue = true;
        assert_int_equal(engine_plan_rebind(company.arena, measured.plan, &q.concept, &plan, &error),
                         STATUS_NOT_FOUND);
        company_free(&company);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(stored_values_repeat_a_run),
                cmocka_unit_test(one_customer_is_explained_alone),
                cmocka_unit_test(damaged_bytes_are_noticed),
                cmocka_unit_test(what_if_equals_measuring_again),
                cmocka_unit_test(what_if_needs_measured_columns),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
