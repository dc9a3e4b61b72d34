/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_measure.c: every metric on a small company, calculated by hand from concept-format.md (Metrics), who exists at a
 * cut-off, and that neither the cut into index segments nor threads change a value.
 */
#include "engine_company.h"

#define CUTOFF "2010-11-30"

static struct criterion wanted(enum metric metric, struct window window, const char *of)
{
        static struct operand nothing = {.kind = OPERAND_NUMBER};
        struct criterion criterion = criterion_of(metric, window, COMPARE_AT_LEAST, &nothing, 1);
        criterion.of = text_of(of);
        return criterion;
}

/* A concept whose only purpose is to ask for columns. */
static struct concept *asking_for(struct company *company, const struct criterion *criteria, size_t count)
{
        struct concept *concept = arena_array(company->arena, struct concept, 1);
        struct segment *segments = arena_array(company->arena, struct segment, 2);
        struct path *path = arena_array(company->arena, struct path, 1);
        struct evaluation_rule *rule = arena_array(company->arena, struct evaluation_rule, 1);
        path->all = arena_array(company->arena, struct criterion, count);
        path->all_count = count;
        memcpy(path->all, criteria, count * sizeof(*criteria));
        segments[0] = (struct segment){.id = text_of("A"), .path_count = 1, .paths = path};
        segments[1] = (struct segment){.id = text_of("C"), .rest = true};
        *concept = (struct concept){.minor_digits = 2, .year_starts = {1, 1}, .segment_count = 2, .segments = segments,
                                    .mechanics = {.evaluation_count = 1, .evaluations = rule}};
        return concept;
}

static struct company_result measure(struct company *company, const struct criterion *criteria, size_t count)
{
        return company_evaluate(company, asking_for(company, criteria, count), NULL, 0, NULL);
}

static const struct metric_column *column(const struct company_result *result, enum metric metric,
                                          enum window_kind kind, unsigned window_count)
{
        for (size_t i = 0; i < result->measures.column_count; i++) {
                const struct metric_column *c = &result->measures.columns[i];
                if (c->metric == metric && c->window.kind == kind && c->window.count == window_count)
                        return c;
        }
        fail_msg("column %d not measured", (int)metric);
        return NULL;
}

static void expect(const struct metric_column *c, size_t customer, int64_t value)
{
        assert_true(bits_get(c->known, customer));
        assert_int_equal(c->value[customer], value);
}

static void expect_unknown(const struct metric_column *c, size_t customer)
{
        assert_false(bits_get(c->known, customer));
}

/* Articles 0, 1: group G0; 2: G1; 3: G2; 4: no group. */
static const uint32_t groups[] = {0, 0, 1, 2, GROUP_NONE};
static const struct text codes[] = {{"G0", 2}, {"G1", 2}, {"G2", 2}};

static const struct company_sale sales[] = {
        /* customer 0: everything */
        {0, "2008-12-01", {{1, 5000, 0, false}}}, /* first day of the previous 12m */
        {0, "2009-11-30", {{2, 3000, 0, false}}}, /* its last day */
        {0, "2009-12-01", {{1, 10000, 6000, true}, {2, 2000, 0, false}}}, /* first day of 12m */
        {0, "2010-03-10", {{3, 7000, 7500, true}, {4, 100, 0, false}}},
        {0, "2010-03-20", {{2, -2000, 0, false}}}, /* credit note: G1 nets to 0 */
        {0, "2010-11-30", {{1, 500, 400, true}}},
        {0, "2010-12-01", {{1, 99900, 0, true}}}, /* after the cut-off: invisible */
        /* customer 1: a credit note only */
        {1, "2010-05-05", {{1, -100, 0, false}}},
        /* customer 2: only after the cut-off */
        {2, "2010-12-24", {{1, 100, 0, false}}},
        /* customer 3: two documents on one day, one of them worth nothing */
        {3, "2010-10-31", {{1, 2500, 0, false}}},
        {3, "2010-10-31", {{1, 100, 0, false}, {1, -100, 0, false}}},
};
enum { SALES = sizeof(sales) / sizeof(sales[0]) };

static struct company shop(size_t segments)
{
        struct company company = company_new(5, CUTOFF);
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, sales, SALES, segments);
        return company;
}

static void check_purchases(size_t segments)
{
        struct company company = shop(segments);
        const struct window m12 = WINDOW(MONTHS, 12), none = WINDOW(NONE, 0);
        const struct criterion criteria[] = {
                wanted(METRIC_ORDERS, m12, NULL), wanted(METRIC_PRODUCT_GROUPS, m12, NULL),
                wanted(METRIC_ARTICLES, m12, NULL), wanted(METRIC_ACTIVE_MONTHS, m12, NULL),
                wanted(METRIC_REVENUE_GROWTH, m12, NULL), wanted(METRIC_MARGIN, m12, NULL),
                wanted(METRIC_RECENCY, none, NULL), wanted(METRIC_TENURE, none, NULL),
                wanted(METRIC_REVENUE, WINDOW(ALL, 0), NULL), wanted(METRIC_REVENUE, WINDOW(MONTHS, 9), "G0"),
                wanted(METRIC_REVENUE, WINDOW(MONTHS, 8), "unheard of")};
        struct company_result r = measure(&company, criteria, sizeof(criteria) / sizeof(criteria[0]));
        /* 120.00 + 71.00 - 20.00 + 5.00; "credit notes negative"; documents from 2009-12-01 to 2010-11-30 */
        expect(column(&r, METRIC_REVENUE, WINDOW_MONTHS, 12), 0, 17600);
        assert_int_equal(r.measures.revenue_12m_minor[0], 17600);
        expect(column(&r, METRIC_REVENUE, WINDOW_ALL, 0), 0, 25600);
        expect(column(&r, METRIC_REVENUE, WINDOW_MONTHS, 9), 0, 500); /* of G0 since 2010-03-01 */
        expect(column(&r, METRIC_REVENUE, WINDOW_MONTHS, 8), 0, 0);   /* an unknown group has no revenue */
        expect(column(&r, METRIC_REVENUE, WINDOW_MONTHS, 12), 1, -100);
        expect(column(&r, METRIC_REVENUE, WINDOW_MONTHS, 12), 2, 0);
        /* "distinct documents with a positive total" */
        expect(column(&r, METRIC_ORDERS, WINDOW_MONTHS, 12), 0, 3);
        expect(column(&r, METRIC_ORDERS, WINDOW_MONTHS, 12), 1, 0);
        expect(column(&r, METRIC_ORDERS, WINDOW_MONTHS, 12), 3, 1);
        /* "product groups with net revenue > 0": G0 105.00, G1 0.00, G2 70.00; article 4 has no group: flagged */
        expect(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_MONTHS, 12), 0, 2);
        assert_true(bits_get(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_MONTHS, 12)->flagged, 0));
        assert_false(bits_get(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_MONTHS, 12)->flagged, 3));
        expect(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_MONTHS, 12), 1, 0);
        /* articles 1, 3 and 4 */
        expect(column(&r, METRIC_ARTICLES, WINDOW_MONTHS, 12), 0, 3);
        /* counted back from the 30th: 2009-12, 2010-03 (to 03-31), 2010-11 */
        expect(column(&r, METRIC_ACTIVE_MONTHS, WINDOW_MONTHS, 12), 0, 3);
        expect(column(&r, METRIC_ACTIVE_MONTHS, WINDOW_MONTHS, 12), 3, 1);
        /* 176.00 / 80.00 - 1 = 96.00 / 80.00; unknown when the previous revenue is not positive */
        const struct metric_column *growth = column(&r, METRIC_REVENUE_GROWTH, WINDOW_MONTHS, 12);
        expect(growth, 0, 9600);
        assert_int_equal(growth->denominator[0], 8000);
        expect_unknown(growth, 1);
        expect_unknown(growth, 3);
        /* (100-60) + (70-75) + (5-4) over 3 of 6 lines; "lines without cost are left out and their share is shown" */
        const struct metric_column *margin = column(&r, METRIC_MARGIN, WINDOW_MONTHS, 12);
        expect(margin, 0, 3600);
        assert_int_equal(margin->line_count[0], 6);
        assert_int_equal(margin->line_left_out[0], 3);
        assert_true(bits_get(margin->flagged, 0));
        expect_unknown(margin, 1);
        expect_unknown(margin, 2);
        /* "days from the last positive document to c" */
        expect(column(&r, METRIC_RECENCY, WINDOW_NONE, 0), 0, 0);
        expect(column(&r, METRIC_RECENCY, WINDOW_NONE, 0), 3, 30);
        expect_unknown(column(&r, METRIC_RECENCY, WINDOW_NONE, 0), 1);
        expect_unknown(column(&r, METRIC_RECENCY, WINDOW_NONE, 0), 2);
        /* "full months from customer since (else first purchase)": 2008-12-01 to 2010-11-30 */
        expect(column(&r, METRIC_TENURE, WINDOW_NONE, 0), 0, 23);
        expect(column(&r, METRIC_TENURE, WINDOW_NONE, 0), 3, 1); /* 10-31 clamps to 11-30: a full month */
        expect_unknown(column(&r, METRIC_TENURE, WINDOW_NONE, 0), 4);
        company_free(&company);
}

static void purchases_in_one_segment(void **state)
{
        (void)state;
        check_purchases(1);
}

/* how the index is cut changes nothing. */
static void purchases_in_three_segments(void **state)
{
        (void)state;
        check_purchases(3);
}

/* "months of the window in which a positive document falls; months are counted back from c": with a cut-off on the 9th
 * months end on the 9th. */
static void active_months_end_on_the_day_of_the_cutoff(void **state)
{
        (void)state;
        static const struct company_sale two_months[] = {
                {0, "2011-11-10", {{0, 100, 0, false}}}, {0, "2011-12-09", {{0, 100, 0, false}}}, /* one month */
                {0, "2011-11-09", {{0, 100, 0, false}}}, {0, "2011-09-30", {{0, 100, 0, false}}},
                {0, "2011-08-01", {{0, -100, 0, false}}},
        };
        struct company company = company_new(1, "2011-12-09");
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, two_months, 5, 2);
        const struct criterion criterion = wanted(METRIC_ACTIVE_MONTHS, WINDOW(MONTHS, 12), NULL);
        struct company_result r = measure(&company, &criterion, 1);
        expect(column(&r, METRIC_ACTIVE_MONTHS, WINDOW_MONTHS, 12), 0, 3);
        company_free(&company);
}

/* "since_joined: from the joined date (else customer since) up to c" */
static void since_joined_differs_between_customers(void **state)
{
        (void)state;
        struct company company = shop(2);
        company.joined_day[0] = day_of("2010-03-15");
        company.since_day[3] = day_of("2010-11-01");
        const struct criterion criterion = wanted(METRIC_REVENUE, WINDOW(SINCE_JOINED, 0), NULL);
        const struct criterion of_group = wanted(METRIC_PRODUCT_GROUPS, WINDOW(SINCE_JOINED, 0), NULL);
        const struct criterion criteria[] = {criterion, of_group};
        struct company_result r = measure(&company, criteria, 2);
        const struct metric_column *c = column(&r, METRIC_REVENUE, WINDOW_SINCE_JOINED, 0);
        expect(c, 0, -1500);
        expect(c, 3, 0);
        expect(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_SINCE_JOINED, 0), 0, 1);
        int32_t from, to;
        engine_window_days(r.plan, &r.measures, c, 0, &from, &to);
        assert_int_equal(from, day_of("2010-03-15"));
        assert_int_equal(to, day_of(CUTOFF));
        engine_window_days(r.plan, &r.measures, c, 3, &from, &to);
        assert_int_equal(from, day_of("2010-11-01"));
        company_free(&company);
}

/* R-014 (revenue and potential apart): equal revenue, different potential. */
static void potential_and_share_of_wallet(void **state)
{
        (void)state;
        static const struct company_sale equal[] = {
                {0, "2010-06-01", {{0, 60000, 0, false}}}, {1, "2010-06-01", {{0, 60000, 0, false}}},
                {2, "2010-06-01", {{0, 60000, 0, false}}}, {3, "2010-06-01", {{0, 60000, 0, false}}},
        };
        static const int64_t potential[] = {100000, 40000, 0, 0, 0};
        static const uint64_t known[] = {0x7}, estimated[] = {0x2};
        struct company company = company_new(5, CUTOFF);
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, equal, 4, 1);
        company.input.potential_minor = potential;
        company.input.potential_known = known;
        company.input.potential_estimated = estimated;
        const struct criterion criteria[] = {wanted(METRIC_POTENTIAL, WINDOW(NONE, 0), NULL),
                                             wanted(METRIC_SHARE_OF_WALLET, WINDOW(NONE, 0), NULL),
                                             wanted(METRIC_OPEN_POTENTIAL, WINDOW(NONE, 0), NULL)};
        struct company_result r = measure(&company, criteria, 3);
        const struct metric_column *share = column(&r, METRIC_SHARE_OF_WALLET, WINDOW_NONE, 0);
        const struct metric_column *open = column(&r, METRIC_OPEN_POTENTIAL, WINDOW_NONE, 0);
        expect(column(&r, METRIC_POTENTIAL, WINDOW_NONE, 0), 0, 100000);
        expect(share, 0, 60000);
        assert_int_equal(share->denominator[0], 100000);
        expect(open, 0, 40000);
        /* "shown capped at 1 and flagged"; "at least 0" */
        assert_false(bits_get(share->flagged, 0));
        assert_true(bits_get(share->flagged, 1));
        assert_true(bits_get(share->estimated, 1));
        expect(open, 1, 0);
        /* a potential of 0 is known, but no share of it */
        expect(column(&r, METRIC_POTENTIAL, WINDOW_NONE, 0), 2, 0);
        expect_unknown(share, 2);
        expect(open, 2, 0);
        expect_unknown(share, 3);
        expect_unknown(open, 3);
        company_free(&company);
}

/* "Evaluated are those who exist at the cut-off" and "A prospect becomes a customer on the date of his first positive
 * document" */
static void existence(void **state)
{
        (void)state;
        static const struct company_sale few[] = {
                {2, "2010-06-01", {{0, -100, 0, false}}}, {3, "2010-12-01", {{0, 100, 0, false}}},
                {5, "2010-11-30", {{0, 100, 0, false}}},  {6, "2010-11-30", {{0, -100, 0, false}}},
                {7, "2010-12-01", {{0, 100, 0, false}}},
        };
        struct company company = company_new(9, CUTOFF);
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, few, 5, 1);
        for (size_t i = 0; i < 9; i++)
                company.recorded_day[i] = day_of("2026-01-01");
        company.since_day[0] = day_of("2010-11-30");
        company.since_day[1] = day_of("2010-12-01");
        company.recorded_day[4] = day_of("2010-11-30");
        for (size_t i = 5; i < 9; i++) {
                company.kind[i] = KIND_PROSPECT;
                company.recorded_day[i] = day_of("2010-01-01");
        }
        company.recorded_day[8] = day_of("2010-12-01");
        const struct criterion criterion = wanted(METRIC_TENURE, WINDOW(NONE, 0), NULL);
        struct company_result r = measure(&company, &criterion, 1);
        /* since on the cut-off; since after it; first document, a credit note; only later documents; recorded in time;
         * bought: a customer since then; a credit note or a later document leaves him a prospect; recorded later */
        const bool exists[] = {true, false, true, false, true, true, true, true, false};
        const uint8_t kinds[] = {0, 0, 0, 0, 0, KIND_CUSTOMER, KIND_PROSPECT, KIND_PROSPECT, KIND_PROSPECT};
        for (size_t i = 0; i < 9; i++) {
                assert_int_equal(bits_get(r.measures.exists, i), exists[i]);
                assert_int_equal(r.measures.kind[i], kinds[i]);
        }
        assert_int_equal(r.measures.since_day[5], day_of("2010-11-30"));
        expect(column(&r, METRIC_TENURE, WINDOW_NONE, 0), 5, 0);
        expect_unknown(column(&r, METRIC_TENURE, WINDOW_NONE, 0), 6);
        company_free(&company);
}

/* "Documents and facts dated later are invisible": also a joining date. */
static void a_later_joining_date_is_invisible(void **state)
{
        (void)state;
        struct company company = shop(1);
        company.joined_day[0] = day_of("2010-12-01");
        company.joined_day[1] = day_of("2010-11-30");
        const struct criterion criterion = wanted(METRIC_RECENCY, WINDOW(NONE, 0), NULL);
        struct company_result r = measure(&company, &criterion, 1);
        assert_int_equal(r.measures.joined_day[0], DAY_NONE);
        assert_int_equal(r.measures.joined_day[1], day_of("2010-11-30"));
        company_free(&company);
}

static enum status try_measure(struct company *company, const struct criterion *criteria, size_t count,
                               struct error *error)
{
        struct engine_plan *plan;
        struct measures measures;
        enum status status = engine_plan_new(company->arena, asking_for(company, criteria, count),
                                             company->input.cutoff_day, &plan, error);
        return status ? status : engine_measure(plan, &company->input, &company_two_threads, company->arena,
                                                &measures, error);
}

/* X-03 (money): a sum that does not fit is said, never wrong. */
static void overflow_is_a_limit(void **state)
{
        (void)state;
        static const struct company_sale documents[] = {
                {0, "2010-06-01", {{0, INT64_MAX, 0, false}}}, {0, "2010-06-02", {{0, 1, 0, false}}}};
        static const struct company_sale lines[] = {
                {0, "2010-06-01", {{0, INT64_MAX, 0, false}}},
                {0, "2010-06-02", {{0, 1, 0, false}, {2, -1, 0, false}}}};
        struct error error;
        const struct criterion criterion = wanted(METRIC_PRODUCT_GROUPS, WINDOW(MONTHS, 12), NULL);
        struct company company = company_new(1, CUTOFF);
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, documents, 2, 1);
        assert_int_equal(try_measure(&company, &criterion, 1, &error), STATUS_LIMIT);
        assert_string_equal(error.key, "engine.amount_too_large");
        company_sell(&company, lines, 2, 1); /* the documents sum up to INT64_MAX, group G0 does not fit */
        assert_int_equal(try_measure(&company, &criterion, 1, &error), STATUS_LIMIT);
        company_free(&company);
}

/* "revenue_growth over them is an error"; "window is required" */
static void impossible_windows_are_refused(void **state)
{
        (void)state;
        struct error error;
        struct company company = shop(1);
        struct criterion criterion = wanted(METRIC_REVENUE_GROWTH, WINDOW(ALL, 0), NULL);
        criterion.line = 7;
        assert_int_equal(try_measure(&company, &criterion, 1, &error), STATUS_INVALID);
        assert_string_equal(error.key, "engine.growth_window");
        assert_int_equal(error.line, 7);
        criterion = wanted(METRIC_REVENUE_GROWTH, WINDOW(SINCE_JOINED, 0), NULL);
        assert_int_equal(try_measure(&company, &criterion, 1, &error), STATUS_INVALID);
        criterion = wanted(METRIC_ORDERS, WINDOW(NONE, 0), NULL);
        assert_int_equal(try_measure(&company, &criterion, 1, &error), STATUS_INVALID);
        assert_string_equal(error.key, "engine.window_missing");
        company_free(&company);
}

/* Counted facts: certified people per qualification, activities and visits by day; nobody has none of them: 0. */
static void people_and_events(void **state)
{
        (void)state;
        struct company company = shop(1);
        const int64_t any[] = {3, 0, 1, 0, 0}, roof[] = {2, 0, 0, 0, 0};
        const uint32_t offset[] = {0, 4, 4, 5, 5, 5};
        const int32_t days[] = {day_of("2009-11-30"), day_of("2009-12-01"), day_of("2010-11-30"), day_of("2010-11-30"),
                                day_of("2010-01-01")};
        const struct count_column certified[] = {{{NULL, 0}, any}, {{"roof", 4}, roof}};
        const struct event_column events[] = {{METRIC_ACTIVITIES, {"fair", 4}, offset, days}};
        company.input.certified = certified;
        company.input.certified_count = 2;
        company.input.events = events;
        company.input.event_count = 1;
        company.joined_day[0] = day_of("2010-11-30");
        const struct window m12 = WINDOW(MONTHS, 12), none = WINDOW(NONE, 0);
        const struct criterion criteria[] = {
                wanted(METRIC_CERTIFIED_PEOPLE, none, "roof"), wanted(METRIC_ACTIVITIES, m12, "fair"),
                wanted(METRIC_ACTIVITIES, WINDOW(SINCE_JOINED, 0), "fair"), wanted(METRIC_VISITS, m12, NULL)};
        struct company_result r = measure(&company, criteria, 4);
        expect(column(&r, METRIC_CERTIFIED_PEOPLE, WINDOW_NONE, 0), 0, 2);
        expect(column(&r, METRIC_CERTIFIED_PEOPLE, WINDOW_NONE, 0), 2, 0);
        expect(column(&r, METRIC_ACTIVITIES, WINDOW_MONTHS, 12), 0, 3);
        expect(column(&r, METRIC_ACTIVITIES, WINDOW_MONTHS, 12), 1, 0);
        expect(column(&r, METRIC_ACTIVITIES, WINDOW_MONTHS, 12), 2, 1);
        expect(column(&r, METRIC_ACTIVITIES, WINDOW_SINCE_JOINED, 0), 0, 2);
        expect(column(&r, METRIC_VISITS, WINDOW_MONTHS, 12), 0, 0);
        company_free(&company);
}

/* "share of `orders` marked as digital"; unknown when no order carries a mark, unmarked orders count as orders. */
static void digital_share(void **state)
{
        (void)state;
        struct company company = company_new(3, CUTOFF);
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, sales, SALES, 1);
        struct purchase_segment segment = company.input.segments[0];
        uint8_t flags[SALES] = {0};
        const struct criterion criterion = wanted(METRIC_DIGITAL_SHARE, WINDOW(MONTHS, 12), NULL);
        struct company_result r = measure(&company, &criterion, 1);
        expect_unknown(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, 12), 0);
        segment.document_flags = flags;
        company.input.segments = &segment;
        flags[0] = DOCUMENT_DIGITAL_KNOWN | DOCUMENT_DIGITAL; /* before the window */
        flags[4] = DOCUMENT_DIGITAL_KNOWN | DOCUMENT_DIGITAL; /* a credit note is no order */
        r = measure(&company, &criterion, 1);
        expect_unknown(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, 12), 0);
        flags[2] = DOCUMENT_DIGITAL_KNOWN;
        flags[5] = DOCUMENT_DIGITAL_KNOWN | DOCUMENT_DIGITAL; /* document 3 carries no mark */
        r = measure(&company, &criterion, 1);
        expect(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, 12), 0, 1);
        assert_int_equal(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, 12)->denominator[0], 3);
        expect_unknown(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, 12), 1);
        company_free(&company);
}

/* Same questions share a column; the 12m revenue of the reports is always the first. */
static void columns_are_shared(void **state)
{
        (void)state;
        struct company company = shop(1);
        const struct criterion criteria[] = {
                wanted(METRIC_REVENUE, WINDOW(MONTHS, 12), NULL), wanted(METRIC_ORDERS, WINDOW(MONTHS, 12), NULL),
                wanted(METRIC_ORDERS, WINDOW(MONTHS, 12), NULL), wanted(METRIC_REVENUE, WINDOW(MONTHS, 12), "G0")};
        struct company_result r = measure(&company, criteria, 4);
        assert_int_equal(r.measures.column_count, 3);
        assert_int_equal(r.measures.columns[0].metric, METRIC_REVENUE);
        company_free(&company);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(purchases_in_one_segment),
                cmocka_unit_test(purchases_in_three_segments),
                cmocka_unit_test(active_months_end_on_the_day_of_the_cutoff),
                cmocka_unit_test(since_joined_differs_between_customers),
                cmocka_unit_test(potential_and_share_of_wallet),
                cmocka_unit_test(existence),
                cmocka_unit_test(a_later_joining_date_is_invisible),
                cmocka_unit_test(overflow_is_a_limit),
                cmocka_unit_test(impossible_windows_are_refused),
                cmocka_unit_test(people_and_events),
                cmocka_unit_test(digital_share),
                cmocka_unit_test(columns_are_shared),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
