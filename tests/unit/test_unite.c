/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_unite.c: customers evaluated as one (concept-format.md, `program.evaluates` and merges): every metric of a unit,
 * calculated by hand, who of its members exists, the protection after a merge, and that units change nothing for
 * anybody else. R-080 (one segment per customer), section 7, rules 1 and 13 of the requirements.
 */
#include "engine_company.h"

#define CUTOFF "2010-11-30"

/* Members of a unit of customers 0 to 6 are 1, 3 and 4; 2 and 5 are alone and have the same purchases as 1 and 3. */
enum { CUSTOMERS = 7, MEMBERS = 3 };
static const uint32_t first[] = {0, MEMBERS}, members[MEMBERS] = {1, 3, 4};

struct unit {
        uint32_t counts_as[MEMBERS], head;
        struct engine_units units;
};

/* Everybody counts as himself; no head. */
static void unit_init(struct unit *unit, struct company *company)
{
        *unit = (struct unit){.head = UNIT_HEAD_NONE};
        memcpy(unit->counts_as, members, sizeof(members));
        unit->units = (struct engine_units){.unit_count = 1, .first = first, .members = members,
                                            .counts_as = unit->counts_as, .head = &unit->head};
        company->input.units = &unit->units;
}

static struct criterion wanted(enum metric metric, struct window window, const char *of)
{
        static struct operand nothing = {.kind = OPERAND_NUMBER};
        struct criterion criterion = criterion_of(metric, window, COMPARE_AT_LEAST, &nothing, 1);
        criterion.of = text_of(of);
        return criterion;
}

static struct company_result measure(struct company *company, const struct criterion *criteria, size_t count)
{
        struct concept *concept = arena_array(company->arena, struct concept, 1);
        struct segment *segments = arena_array(company->arena, struct segment, 3);
        struct path *path = arena_array(company->arena, struct path, 1);
        struct evaluation_rule *rule = arena_array(company->arena, struct evaluation_rule, 1);
        path->all = arena_array(company->arena, struct criterion, count + 1);
        path->all_count = count;
        for (size_t i = 0; i < count; i++)
                path->all[i] = criteria[i];
        segments[0] = (struct segment){.id = text_of("A"), .path_count = 1, .paths = path};
        segments[1] = (struct segment){.id = text_of("C"), .rest = true};
        segments[2] = (struct segment){.id = text_of("P"), .rest = true, .kind = KIND_PROSPECT};
        *concept = (struct concept){.minor_digits = 2, .year_starts = {1, 1}, .segment_count = 3, .segments = segments,
                                    .mechanics = {.evaluation_count = 1, .evaluations = rule}};
        return company_evaluate(company, concept, NULL, 0, &company_two_threads);
}

static const struct metric_column *column(const struct company_result *result, enum metric metric,
                                          enum window_kind kind, const char *of)
{
        for (size_t i = 0; i < result->measures.column_count; i++) {
                const struct metric_column *c = &result->measures.columns[i];
                if (c->metric == metric && c->window.kind == kind && text_equal(c->of, text_of(of)))
                        return c;
        }
        fail_msg("column %d not measured", (int)metric);
        return NULL;
}

/* The same for all members. */
static void expect_unit(const struct metric_column *c, int64_t value)
{
        for (size_t i = 0; i < MEMBERS; i++) {
                assert_true(bits_get(c->known, members[i]));
                assert_int_equal(c->value[members[i]], value);
        }
}

static void expect_unknown(const struct metric_column *c)
{
        for (size_t i = 0; i < MEMBERS; i++)
                assert_false(bits_get(c->known, members[i]));
}

static void expect_alone(const struct metric_column *c, size_t customer, int64_t value)
{
        assert_true(bits_get(c->known, customer));
        assert_int_equal(c->value[customer], value);
}

/* ---- purchases --------------------------------------------------------------------------------------------------- */

/* Articles 0 and 1: group G0; 2: G1; 3: G2; 4: no group. */
static const uint32_t groups[] = {0, 0, 1, 2, GROUP_NONE};
static const struct text codes[] = {{"G0", 2}, {"G1", 2}, {"G2", 2}};

static const struct company_sale sales[] = {
        {1, "2009-06-15", {{1, 8000, 0, false}}},                         /* previous 12m */
        {1, "2010-03-10", {{1, 5000, 3000, true}, {2, 1000, 0, false}}},
        {1, "2010-06-20", {{3, 400, 0, false}}},
        {2, "2009-06-15", {{1, 8000, 0, false}}},
        {2, "2010-03-10", {{1, 5000, 3000, true}, {2, 1000, 0, false}}},
        {2, "2010-06-20", {{3, 400, 0, false}}},
        {3, "2009-06-16", {{1, 1000, 0, false}}},                         /* previous 12m */
        {3, "2010-03-20", {{2, -1000, -900, true}}},                      /* takes G1 back to nothing */
        {3, "2010-08-01", {{1, 2000, 1500, true}, {4, 50, 0, false}}},
        {4, "2010-08-15", {{1, -500, 0, false}, {3, 700, 600, true}}},
        {4, "2010-11-30", {{3, -700, -600, true}}},
        {4, "2010-12-01", {{0, 99900, 0, false}}},                        /* after the cut-off */
        {5, "2010-03-20", {{2, -1000, -900, true}}},
};
enum { SALES = sizeof(sales) / sizeof(sales[0]) };

static struct company shop(size_t segments)
{
        struct company company = company_new(CUSTOMERS, CUTOFF);
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, sales, SALES, segments);
        return company;
}

/* Sums, and what is counted once though several members bought it. */
static void check_purchases(size_t segments)
{
        struct company company = shop(segments);
        struct unit unit;
        const struct window m12 = WINDOW(MONTHS, 12), none = WINDOW(NONE, 0);
        const struct criterion criteria[] = {
                wanted(METRIC_ORDERS, m12, NULL), wanted(METRIC_PRODUCT_GROUPS, m12, NULL),
                wanted(METRIC_ARTICLES, m12, NULL), wanted(METRIC_ACTIVE_MONTHS, m12, NULL),
                wanted(METRIC_REVENUE_GROWTH, m12, NULL), wanted(METRIC_MARGIN, m12, NULL),
                wanted(METRIC_RECENCY, none, NULL), wanted(METRIC_TENURE, none, NULL),
                wanted(METRIC_REVENUE, WINDOW(ALL, 0), NULL), wanted(METRIC_REVENUE, m12, "G0")};
        unit_init(&unit, &company);
        struct company_result r = measure(&company, criteria, sizeof(criteria) / sizeof(criteria[0]));
        /* 64.00 + (-10.00 + 20.50) + (2.00 - 7.00) */
        expect_unit(column(&r, METRIC_REVENUE, WINDOW_MONTHS, NULL), 6950);
        expect_unit(column(&r, METRIC_REVENUE, WINDOW_ALL, NULL), 15950);
        expect_unit(column(&r, METRIC_REVENUE, WINDOW_MONTHS, "G0"), 6500);
        /* 60.00 and 4.00; 20.50; 2.00 */
        expect_unit(column(&r, METRIC_ORDERS, WINDOW_MONTHS, NULL), 4);
        /* G0 65.00; G1 10.00 - 10.00; G2 4.00 + 7.00 - 7.00: two; a line without group flags all */
        expect_unit(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_MONTHS, NULL), 2);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_true(bits_get(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_MONTHS, NULL)->flagged, members[i]));
        /* articles 1, 3 and 4 */
        expect_unit(column(&r, METRIC_ARTICLES, WINDOW_MONTHS, NULL), 3);
        /* counted back from the 30th: March, June, and 1 and 15 August together */
        expect_unit(column(&r, METRIC_ACTIVE_MONTHS, WINDOW_MONTHS, NULL), 3);
        /* 69.50 after 90.00 */
        const struct metric_column *growth = column(&r, METRIC_REVENUE_GROWTH, WINDOW_MONTHS, NULL);
        expect_unit(growth, -2050);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(growth->denominator[members[i]], 9000);
        /* (50 - 30) + (-10 + 9) + (20 - 15) + (7 - 6) + (-7 + 6) over 5 of 9 lines */
        const struct metric_column *margin = column(&r, METRIC_MARGIN, WINDOW_MONTHS, NULL);
        expect_unit(margin, 2400);
        for (size_t i = 0; i < MEMBERS; i++) {
                assert_int_equal(margin->line_count[members[i]], 9);
                assert_int_equal(margin->line_left_out[members[i]], 4);
                assert_true(bits_get(margin->flagged, members[i]));
        }
        /* The latest positive document of any member, on 15 August; the first one of any. */
        expect_unit(column(&r, METRIC_RECENCY, WINDOW_NONE, NULL), 107);
        expect_unit(column(&r, METRIC_TENURE, WINDOW_NONE, NULL), 17);
        /* Neighbours with the same purchases are not touched. */
        expect_alone(column(&r, METRIC_REVENUE, WINDOW_MONTHS, NULL), 2, 6400);
        expect_alone(column(&r, METRIC_PRODUCT_GROUPS, WINDOW_MONTHS, NULL), 2, 3);
        expect_alone(column(&r, METRIC_ACTIVE_MONTHS, WINDOW_MONTHS, NULL), 2, 2);
        expect_alone(column(&r, METRIC_REVENUE, WINDOW_MONTHS, NULL), 5, -1000);
        expect_alone(column(&r, METRIC_REVENUE, WINDOW_MONTHS, NULL), 0, 0);
        /* For the reports everybody keeps his own revenue. */
        static const int64_t own_minor[CUSTOMERS] = {0, 6400, 6400, 1050, -500, -1000, 0};
        for (size_t i = 0; i < CUSTOMERS; i++)
                assert_int_equal(r.measures.revenue_12m_minor[i], own_minor[i]);
        assert_int_equal(r.tally.evaluated, CUSTOMERS);
        company_free(&company);
}

static void purchases_in_one_segment(void **state)
{
        (void)state;
        check_purchases(1);
}

static void purchases_in_three_segments(void **state)
{
        (void)state;
        check_purchases(3);
}

/* since_joined begins with the earliest joining date of a member, else with the earliest since. */
static void since_joined_is_the_earliest(void **state)
{
        (void)state;
        struct company company = shop(2);
        struct unit unit;
        const struct window since = WINDOW(SINCE_JOINED, 0);
        const struct criterion criteria[] = {wanted(METRIC_REVENUE, since, NULL), wanted(METRIC_ARTICLES, since, NULL),
                                             wanted(METRIC_TENURE, WINDOW(NONE, 0), NULL)};
        unit_init(&unit, &company);
        company.since_day[1] = day_of("2005-11-30");
        company.since_day[3] = day_of("2007-01-01");
        company.joined_day[3] = day_of("2010-08-01");
        company.joined_day[4] = day_of("2010-03-20");
        struct company_result r = measure(&company, criteria, 3);
        /* From 20 March: 4.00 - 10.00 + 20.50 + 2.00 - 7.00; articles 1, 3, 4. */
        expect_unit(column(&r, METRIC_REVENUE, WINDOW_SINCE_JOINED, NULL), 950);
        expect_unit(column(&r, METRIC_ARTICLES, WINDOW_SINCE_JOINED, NULL), 3);
        expect_unit(column(&r, METRIC_TENURE, WINDOW_NONE, NULL), 60);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(r.measures.joined_day[members[i]], day_of("2010-03-20"));
        /* A joining date after the cut-off is as if not given: then since the earliest `since`. */
        company.joined_day[3] = company.joined_day[4] = day_of("2010-12-01");
        r = measure(&company, criteria, 3);
        expect_unit(column(&r, METRIC_REVENUE, WINDOW_SINCE_JOINED, NULL), 15950);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(r.measures.joined_day[members[i]], DAY_NONE);
        company_free(&company);
}

/* digital_share divides the digital orders of all by the orders of all; the latest order is not the last member's. */
static void digital_orders_of_all(void **state)
{
        (void)state;
        struct company company = company_new(CUSTOMERS, CUTOFF);
        struct unit unit;
        const struct criterion criteria[] = {wanted(METRIC_DIGITAL_SHARE, WINDOW(MONTHS, 12), NULL),
                                             wanted(METRIC_RECENCY, WINDOW(NONE, 0), NULL)};
        static const struct company_sale orders[] = {
                {1, "2010-03-01", {{0, 100, 0, false}}}, {1, "2010-03-02", {{0, 100, 0, false}}},
                {2, "2010-03-01", {{0, 100, 0, false}}}, {3, "2010-03-03", {{0, 100, 0, false}}},
                {4, "2010-02-01", {{0, 100, 0, false}}}};
        /* Customer 1: no mark at all. 3: digital. */
        static const uint8_t marks[] = {0, 0, 0, DOCUMENT_DIGITAL_KNOWN | DOCUMENT_DIGITAL, 0};
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, orders, 5, 1);
        struct purchase_segment marked = company.input.segments[0];
        marked.document_flags = marks;
        company.input.segments = &marked;
        unit_init(&unit, &company);
        struct company_result r = measure(&company, criteria, 2);
        expect_unit(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, NULL), 1);
        expect_unit(column(&r, METRIC_RECENCY, WINDOW_NONE, NULL), day_of(CUTOFF) - day_of("2010-03-03"));
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, NULL)->denominator[members[i]], 4);
        assert_false(bits_get(column(&r, METRIC_DIGITAL_SHARE, WINDOW_MONTHS, NULL)->known, 2));
        company_free(&company);
}

/* ---- dated facts ------------------------------------------------------------------------------------------------- */

static struct attribute_value said(const char *text)
{
        return (struct attribute_value){.known = true, .kind = OPERAND_TEXT, .text = text_of(text)};
}

/* An attribute is known when the members who have one have the same; so is an imported value. */
static void attributes_and_values(void **state)
{
        (void)state;
        struct company company = company_new(CUSTOMERS, CUTOFF);
        struct unit unit;
        struct attribute_value trade[CUSTOMERS] = {[1] = said("roof"), [2] = said("wall"), [4] = said("roof")};
        struct attribute_value colour[CUSTOMERS] = {[1] = said("red"), [3] = said("red"), [4] = said("blue")};
        struct attribute_value shape[CUSTOMERS] = {[0] = said("round")};
        const struct attribute_column attributes[] = {{text_of("trade"), trade}, {text_of("colour"), colour},
                                                      {text_of("shape"), shape}};
        static const int64_t scores[CUSTOMERS] = {9, 7, 8, 7, 6}, ranks[CUSTOMERS] = {0, 3, 0, 4, 4};
        static const uint64_t scored[] = {0x0f}, ranked[] = {0x1a}; /* 0 to 3; 1, 3 and 4 */
        const struct value_column values[] = {{text_of("score"), 0, scores, scored},
                                              {text_of("rank"), 0, ranks, ranked}};
        const struct window none = WINDOW(NONE, 0);
        const struct criterion criteria[] = {
                wanted(METRIC_ATTRIBUTE, none, "trade"), wanted(METRIC_ATTRIBUTE, none, "colour"),
                wanted(METRIC_ATTRIBUTE, none, "shape"), wanted(METRIC_VALUE, none, "score"),
                wanted(METRIC_VALUE, none, "rank")};
        company.input.attributes = attributes;
        company.input.attribute_count = 3;
        company.input.values = values;
        company.input.value_count = 2;
        unit_init(&unit, &company);
        struct company_result r = measure(&company, criteria, 5);
        const struct metric_column *c = column(&r, METRIC_ATTRIBUTE, WINDOW_NONE, "trade");
        for (size_t i = 0; i < MEMBERS; i++) {
                assert_true(bits_get(c->known, members[i]));
                assert_true(text_is(c->attribute->values[members[i]].text, "roof"));
        }
        assert_true(bits_get(c->known, 2) && text_is(c->attribute->values[2].text, "wall"));
        expect_unknown(column(&r, METRIC_ATTRIBUTE, WINDOW_NONE, "colour"));
        expect_unknown(column(&r, METRIC_ATTRIBUTE, WINDOW_NONE, "shape"));
        assert_true(bits_get(column(&r, METRIC_ATTRIBUTE, WINDOW_NONE, "shape")->known, 0));
        expect_unit(column(&r, METRIC_VALUE, WINDOW_NONE, "score"), 7); /* 4 has none */
        expect_alone(column(&r, METRIC_VALUE, WINDOW_NONE, "score"), 2, 8);
        expect_unknown(column(&r, METRIC_VALUE, WINDOW_NONE, "rank"));
        /* What was handed in is as it was. */
        assert_false(trade[3].known);
        assert_true(scores[4] == 6 && scored[0] == 0x0f);
        company_free(&company);
}

/* Potentials are added; an estimate makes the sum an estimate. */
static void potentials(void **state)
{
        (void)state;
        struct company company = shop(1);
        struct unit unit;
        static const int64_t potential_minor[CUSTOMERS] = {500, 10000, 700, 3900, 0, 0, 0};
        uint64_t known[] = {0x0f}, estimated[] = {0x04}; /* 0 to 3; 2 */
        const struct window none = WINDOW(NONE, 0);
        const struct criterion criteria[] = {wanted(METRIC_POTENTIAL, none, NULL),
                                             wanted(METRIC_SHARE_OF_WALLET, none, NULL),
                                             wanted(METRIC_OPEN_POTENTIAL, none, NULL)};
        company.input.potential_minor = potential_minor;
        company.input.potential_known = known;
        company.input.potential_estimated = estimated;
        unit_init(&unit, &company);
        struct company_result r = measure(&company, criteria, 3);
        const struct metric_column *potential = column(&r, METRIC_POTENTIAL, WINDOW_NONE, NULL);
        const struct metric_column *share = column(&r, METRIC_SHARE_OF_WALLET, WINDOW_NONE, NULL);
        expect_unit(potential, 13900);
        assert_false(bits_get(potential->estimated, 1));
        /* 69.50 of 139.00: a half */
        expect_unit(share, 6950);
        assert_int_equal(share->denominator[4], 13900);
        expect_unit(column(&r, METRIC_OPEN_POTENTIAL, WINDOW_NONE, NULL), 6950);
        expect_alone(potential, 2, 700);
        assert_true(bits_get(potential->estimated, 2));
        /* 3's is the only estimate, 1 has no potential. */
        known[0] = 0x18;
        estimated[0] = 0x08;
        r = measure(&company, criteria, 3);
        expect_unit(column(&r, METRIC_POTENTIAL, WINDOW_NONE, NULL), 3900);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_true(bits_get(column(&r, METRIC_POTENTIAL, WINDOW_NONE, NULL)->estimated, members[i]));
        known[0] = 0x05; /* no member */
        r = measure(&company, criteria, 3);
        expect_unknown(column(&r, METRIC_POTENTIAL, WINDOW_NONE, NULL));
        expect_unknown(column(&r, METRIC_SHARE_OF_WALLET, WINDOW_NONE, NULL));
        company_free(&company);
}

/* Activities and visits are those of all members, in the unit's own window. */
static void people_and_events(void **state)
{
        (void)state;
        struct company company = company_new(CUSTOMERS, CUTOFF);
        struct unit unit;
        static const int64_t people[CUSTOMERS] = {1, 5, 2, 5, 5, 0, 0}; /* for the unit already */
        const struct count_column certified = {text_of(NULL), people};
        static const uint32_t offset[CUSTOMERS + 1] = {0, 0, 2, 3, 5, 6, 6, 6};
        const int32_t days[] = {day_of("2009-11-30"), day_of("2009-12-01"), day_of("2010-01-05"), day_of("2010-02-01"),
                                day_of("2010-11-30"), day_of("2010-06-01")};
        const struct event_column events[] = {{METRIC_ACTIVITIES, text_of("fair"), offset, days},
                                              {METRIC_VISITS, text_of(NULL), offset, days}};
        const struct criterion criteria[] = {wanted(METRIC_CERTIFIED_PEOPLE, WINDOW(NONE, 0), NULL),
                                             wanted(METRIC_ACTIVITIES, WINDOW(MONTHS, 12), "fair"),
                                             wanted(METRIC_VISITS, WINDOW(SINCE_JOINED, 0), NULL)};
        company.input.certified = &certified;
        company.input.certified_count = 1;
        company.input.events = events;
        company.input.event_count = 2;
        company.joined_day[3] = day_of("2010-02-01");
        company.joined_day[4] = day_of("2010-06-01");
        unit_init(&unit, &company);
        struct company_result r = measure(&company, criteria, 3);
        expect_unit(column(&r, METRIC_CERTIFIED_PEOPLE, WINDOW_NONE, NULL), 5);
        expect_alone(column(&r, METRIC_CERTIFIED_PEOPLE, WINDOW_NONE, NULL), 2, 2);
        expect_unit(column(&r, METRIC_ACTIVITIES, WINDOW_MONTHS, "fair"), 4); /* without 2009-11-30 */
        expect_alone(column(&r, METRIC_ACTIVITIES, WINDOW_MONTHS, "fair"), 2, 1);
        expect_unit(column(&r, METRIC_VISITS, WINDOW_SINCE_JOINED, NULL), 3); /* since February */
        company_free(&company);
}

/* The head's own size class, else that of the member with the largest revenue; of equal ones the first member's. */
static void size_classes(void **state)
{
        (void)state;
        struct company company = shop(1);
        struct unit unit;
        unit_init(&unit, &company);
        company.size_class[1] = 0;
        company.size_class[3] = 1;
        company.size_class[4] = 2;
        struct company_result r = measure(&company, NULL, 0);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(r.measures.size_class[members[i]], 0); /* 64.00 are the most */
        unit.head = 4;
        r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.size_class[1], 2);
        company.size_class[4] = NO_SIZE; /* the head has none: the largest again */
        r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.size_class[3], 0);
        company.size_class[1] = NO_SIZE; /* nor has the largest: nobody else is asked */
        r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.size_class[3], NO_SIZE);
        /* Equal revenue: 3 and 4 sell the same, 1 nothing. */
        static const struct company_sale equal[] = {{4, "2010-03-01", {{0, 100, 0, false}}},
                                                    {3, "2010-03-01", {{0, 100, 0, false}}}};
        unit.head = UNIT_HEAD_NONE;
        company.size_class[1] = 0;
        company.size_class[4] = 2;
        company_sell(&company, equal, 2, 1);
        r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.size_class[1], 1);
        company_free(&company);
}

/* ---- who is evaluated -------------------------------------------------------------------------------------------- */

static void suspended_when_all_are(void **state)
{
        (void)state;
        struct company company = company_new(CUSTOMERS, CUTOFF);
        struct unit unit;
        uint64_t suspended[] = {0x0e}; /* 1, 2, 3 */
        unit_init(&unit, &company);
        company.input.suspended = suspended;
        struct company_result r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.suspended[0], 0x04);
        suspended[0] = 0x1a; /* 1, 3, 4 */
        r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.suspended[0], 0x1a);
        /* 4 does not exist yet: then 1 and 3 are all. */
        suspended[0] = 0x0a;
        company.since_day[4] = day_of("2010-12-01");
        r = measure(&company, NULL, 0);
        assert_true(bits_get(r.measures.suspended, 1) && bits_get(r.measures.suspended, 3));
        company_free(&company);
}

/* Who does not exist at the cut-off brings nothing in, neither purchases nor facts, and has no decision. */
static void members_not_yet_existing(void **state)
{
        (void)state;
        struct company company = shop(2);
        struct unit unit;
        struct attribute_value trade[CUSTOMERS] = {[1] = said("wall"), [3] = said("roof"), [4] = said("roof")};
        const struct attribute_column attributes = {text_of("trade"), trade};
        const struct criterion criteria[] = {wanted(METRIC_ATTRIBUTE, WINDOW(NONE, 0), "trade"),
                                             wanted(METRIC_TENURE, WINDOW(NONE, 0), NULL)};
        company.input.attributes = &attributes;
        company.input.attribute_count = 1;
        unit_init(&unit, &company);
        company.since_day[1] = day_of("2010-12-01"); /* though his documents are older */
        struct company_result r = measure(&company, criteria, 2);
        assert_false(bits_get(r.measures.exists, 1));
        assert_true(bits_get(r.measures.exists, 3) && bits_get(r.measures.exists, 4));
        const struct metric_column *revenue = column(&r, METRIC_REVENUE, WINDOW_MONTHS, NULL);
        assert_int_equal(revenue->value[3], 550);
        assert_int_equal(revenue->value[4], 550);
        const struct metric_column *attribute = column(&r, METRIC_ATTRIBUTE, WINDOW_NONE, "trade");
        assert_true(bits_get(attribute->known, 4) && text_is(attribute->attribute->values[4].text, "roof"));
        expect_alone(column(&r, METRIC_TENURE, WINDOW_NONE, NULL), 4, 17); /* 3's first purchase */
        assert_int_equal(r.decisions.decision[1], DECISION_NOT_EVALUATED);
        assert_int_equal(r.measures.revenue_12m_minor[1], 0);
        /* Nobody exists: no decision for anybody. */
        company.since_day[3] = company.since_day[4] = day_of("2010-12-01");
        r = measure(&company, criteria, 2);
        assert_int_equal(r.measures.exists[0], 0x65); /* 0, 2, 5, 6 */
        assert_int_equal(r.tally.evaluated, 4);
        company_free(&company);
}

/* A unit is a customer when one member is; a prospect's purchase makes him one. */
static void kinds(void **state)
{
        (void)state;
        struct company company = company_new(CUSTOMERS, CUTOFF);
        struct unit unit;
        unit_init(&unit, &company);
        company.kind[1] = company.kind[3] = company.kind[4] = KIND_PROSPECT;
        struct company_result r = measure(&company, NULL, 0);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(r.measures.kind[members[i]], KIND_PROSPECT);
        assert_int_equal(r.tally.segment[2], MEMBERS);
        company.recorded_day[3] = day_of("1999-05-05");
        r = measure(&company, NULL, 0);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(r.measures.since_day[members[i]], day_of("1999-05-05"));
        static const struct company_sale sale = {3, "2010-05-01", {{0, 100, 0, false}}};
        const struct criterion tenure = wanted(METRIC_TENURE, WINDOW(NONE, 0), NULL);
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, &sale, 1, 1);
        company.since_day[3] = day_of("2003-03-03"); /* of a prospect: not since when he is a customer */
        r = measure(&company, &tenure, 1);
        for (size_t i = 0; i < MEMBERS; i++)
                assert_int_equal(r.measures.kind[members[i]], KIND_CUSTOMER);
        expect_unit(column(&r, METRIC_TENURE, WINDOW_NONE, NULL), 6);
        assert_int_equal(r.tally.segment[2], 0);
        company_free(&company);
}

/* ---- merges ------------------------------------------------------------------------------------------------------ */

/* Who was merged has no row; the other has the decision and the revenue, even where he does not exist by himself. */
static void merged_customers(void **state)
{
        (void)state;
        struct company company = shop(2);
        struct unit unit;
        unit_init(&unit, &company);
        unit.counts_as[0] = unit.counts_as[1] = 4;
        unit.head = 4;
        struct company_result r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.exists[0], 0x75); /* 0, 2, 4, 5, 6 */
        assert_int_equal(r.measures.revenue_12m_minor[4], 6950);
        assert_int_equal(r.measures.revenue_12m_minor[1], 0);
        assert_int_equal(r.measures.revenue_12m_minor[3], 0);
        assert_int_equal(r.tally.evaluated, 5);
        assert_int_equal(r.decisions.decision[1], DECISION_NOT_EVALUATED);
        static const uint64_t suspended[] = {0x0a}; /* 1 and 3 */
        company.input.suspended = suspended;
        company.since_day[4] = day_of("2010-12-01");
        r = measure(&company, NULL, 0);
        assert_int_equal(r.measures.exists[0], 0x75);
        assert_int_equal(r.decisions.decision[4], DECISION_SUSPENDED);
        assert_int_equal(r.measures.revenue_12m_minor[4], 7450); /* without his own -5.00 */
        assert_int_equal(r.measures.columns[0].value[4], 7450);
        company_free(&company);
}

struct ladder {
        struct concept concept;
        struct segment segments[3];
        struct path paths[2];
        struct criterion criteria[2];
        struct operand thresholds[2];
        struct evaluation_rule rule;
};

/* A from 100.00, B from 50.00, C is the rest; up and down. */
static void ladder_init(struct ladder *ladder, enum grace_kind grace)
{
        static const char *const ids[] = {"A", "B", "C"};
        static const int64_t least[] = {100, 50};
        *ladder = (struct ladder){.rule = {.moves = MOVE_UP | MOVE_DOWN}};
        for (size_t i = 0; i < 3; i++)
                ladder->segments[i] = (struct segment){.id = text_of(ids[i]), .rest = i == 2};
        for (size_t i = 0; i < 2; i++) {
                ladder->thresholds[i] = number_of(least[i], 0);
                ladder->criteria[i] = criterion_of(METRIC_REVENUE, WINDOW(MONTHS, 12), COMPARE_AT_LEAST,
                                                   &ladder->thresholds[i], 1);
                ladder->paths[i] = (struct path){.all = &ladder->criteria[i], .all_count = 1};
                ladder->segments[i].paths = &ladder->paths[i];
                ladder->segments[i].path_count = 1;
        }
        ladder->concept = (struct concept){
                .minor_digits = 2, .year_starts = {1, 1}, .segment_count = 3, .segments = ladder->segments,
                .mechanics = {.evaluation_count = 1, .evaluations = &ladder->rule, .grace = grace,
                              .promotion_max_steps = 9, .demotion_max_steps = 1}};
}

struct after {
        uint8_t segment, decision;
        bool at_risk, grace;
};

static void expect_after(const struct company_result *r, size_t customer, struct after expected)
{
        assert_int_equal(r->decisions.segment[customer], expected.segment);
        assert_string_equal(decision_names[r->decisions.decision[customer]], decision_names[expected.decision]);
        assert_int_equal((r->decisions.flags[customer] & FLAG_AT_RISK) != 0, expected.at_risk);
        assert_int_equal(r->decisions.grace[customer], expected.grace);
}

/* "not lowered before the end of the program year": what would be a demotion is `stay`, at risk; a grace goes on, and
 * starts; promotions are not touched. One guarded member guards the unit, and nobody else. */
static void guarded_units_are_not_lowered(void **state)
{
        (void)state;
        enum { A, B, C };
        struct company company = shop(1); /* the unit: 69.50, B; customer 2: 64.00, B */
        struct unit unit;
        struct ladder ladder;
        uint64_t guarded[] = {0x08}; /* member 3 */
        struct standing standings[CUSTOMERS];
        unit_init(&unit, &company);
        ladder_init(&ladder, GRACE_NONE);
        company.input.guarded = guarded;
        for (size_t i = 0; i < CUSTOMERS; i++)
                standings[i] = (struct standing){.segment = A, .grace_end_day = DAY_NONE};
        struct company_result r = company_evaluate(&company, &ladder.concept, standings, 0, NULL);
        for (size_t i = 0; i < MEMBERS; i++)
                expect_after(&r, members[i], (struct after){A, DECISION_STAY, true, false});
        expect_after(&r, 2, (struct after){B, DECISION_DEMOTE, false, false});
        expect_after(&r, 0, (struct after){B, DECISION_DEMOTE, false, false});
        ladder_init(&ladder, GRACE_NEXT_EVALUATION);
        r = company_evaluate(&company, &ladder.concept, standings, 0, NULL);
        expect_after(&r, 4, (struct after){A, DECISION_GRACE, false, true});
        for (size_t i = 0; i < CUSTOMERS; i++)
                standings[i].grace = standings[i].grace_ends_next = true;
        r = company_evaluate(&company, &ladder.concept, standings, 0, NULL);
        expect_after(&r, 4, (struct after){A, DECISION_STAY, true, true});
        expect_after(&r, 2, (struct after){B, DECISION_DEMOTE, false, false});
        for (size_t i = 0; i < CUSTOMERS; i++)
                standings[i] = (struct standing){.segment = C, .grace_end_day = DAY_NONE};
        r = company_evaluate(&company, &ladder.concept, standings, 0, NULL);
        expect_after(&r, 4, (struct after){B, DECISION_PROMOTE, false, false});
        guarded[0] = 0x20; /* customer 5, who is no member */
        for (size_t i = 0; i < CUSTOMERS; i++)
                standings[i] = (struct standing){.segment = A, .grace_end_day = DAY_NONE};
        ladder_init(&ladder, GRACE_NONE);
        r = company_evaluate(&company, &ladder.concept, standings, 0, NULL);
        expect_after(&r, 4, (struct after){B, DECISION_DEMOTE, false, false});
        expect_after(&r, 5, (struct after){A, DECISION_STAY, true, false});
        company_free(&company);
}

enum { MANY = 6000, PAIRS = MANY / 3 };

/* on two threads the same as on one; pairs of customers 3 i and 3 i + 1 or + 2, who have what both have. */
static void many_units_on_two_threads(void **state)
{
        (void)state;
        struct company company = company_new(MANY, CUTOFF);
        struct arena *arena = company.arena;
        struct company_sale *many = arena_array(arena, struct company_sale, MANY);
        uint32_t *begin = arena_array(arena, uint32_t, PAIRS + 1), *pair = arena_array(arena, uint32_t, 2 * PAIRS);
        uint32_t *head = arena_array(arena, uint32_t, PAIRS);
        uint64_t *suspended = arena_array(arena, uint64_t, bits_words(MANY));
        size_t pairs = 0;
        for (uint32_t i = 0; i < MANY; i++) {
                many[i] = (struct company_sale){i, "2010-05-05", {{i % 5, 100 + i, 0, false}}};
                if (i % 7)
                        bits_set(suspended, i);
        }
        for (uint32_t i = 0; i + 2 < MANY; i += 3, pairs++) {
                pair[2 * pairs] = i;
                pair[2 * pairs + 1] = i + 1 + i % 2;
                head[pairs] = UNIT_HEAD_NONE;
                begin[pairs + 1] = begin[pairs] + 2;
        }
        const struct engine_units units = {.unit_count = pairs, .first = begin, .members = pair, .counts_as = pair,
                                           .head = head};
        struct ladder ladder;
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, many, MANY, 3);
        company.input.units = &units;
        company.input.suspended = suspended;
        ladder_init(&ladder, GRACE_NONE);
        struct company_result one = company_evaluate(&company, &ladder.concept, NULL, 0, NULL);
        struct company_result two = company_evaluate(&company, &ladder.concept, NULL, 0, &company_two_threads);
        assert_memory_equal(one.measures.columns[0].value, two.measures.columns[0].value, MANY * sizeof(int64_t));
        assert_memory_equal(one.measures.suspended, two.measures.suspended, bits_words(MANY) * sizeof(uint64_t));
        assert_memory_equal(one.decisions.segment, two.decisions.segment, MANY);
        assert_memory_equal(&one.tally, &two.tally, sizeof(one.tally));
        for (size_t i = 0; i < 2 * pairs; i += 2) {
                uint32_t left = pair[i], right = pair[i + 1];
                bool both = left % 7 && right % 7;
                assert_int_equal(two.measures.columns[0].value[left], 200 + left + right);
                assert_int_equal(two.measures.columns[0].value[right], 200 + left + right);
                assert_int_equal(two.decisions.decision[left], both ? DECISION_SUSPENDED : DECISION_NEW);
                assert_int_equal(two.decisions.decision[right], both ? DECISION_SUSPENDED : DECISION_NEW);
        }
        company_free(&company);
}

/* Sums beyond 63 bits are refused, for a unit too. */
static void overflow_is_a_limit(void **state)
{
        (void)state;
        struct company company = company_new(CUSTOMERS, CUTOFF);
        struct unit unit;
        struct ladder ladder;
        struct error error;
        struct engine_plan *plan;
        struct measures measures;
        static const struct company_sale large[] = {{1, "2010-03-01", {{0, INT64_MAX - 1, 0, false}}},
                                                    {4, "2010-03-01", {{0, 2, 0, false}}}};
        company_articles(&company, groups, 5, codes, 3);
        company_sell(&company, large, 2, 2);
        ladder_init(&ladder, GRACE_NONE);
        assert_int_equal(engine_plan_new(company.arena, &ladder.concept, company.input.cutoff_day, &plan, &error), 0);
        assert_int_equal(engine_measure(plan, &company.input, NULL, company.arena, &measures, &error), 0);
        unit_init(&unit, &company);
        assert_int_equal(engine_measure(plan, &company.input, NULL, company.arena, &measures, &error), STATUS_LIMIT);
        assert_string_equal(error.key, "engine.amount_too_large");
        company_free(&company);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(purchases_in_one_segment),
                cmocka_unit_test(purchases_in_three_segments),
                cmocka_unit_test(since_joined_is_the_earliest),
                cmocka_unit_test(digital_orders_of_all),
                cmocka_unit_test(attributes_and_values),
                cmocka_unit_test(potentials),
                cmocka_unit_test(people_and_events),
                cmocka_unit_test(size_classes),
                cmocka_unit_test(suspended_when_all_are),
                cmocka_unit_test(members_not_yet_existing),
                cmocka_unit_test(kinds),
                cmocka_unit_test(merged_customers),
                cmocka_unit_test(guarded_units_are_not_lowered),
                cmocka_unit_test(many_units_on_two_threads),
                cmocka_unit_test(overflow_is_a_limit),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
