/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_facts.c: what is known of customers and articles at a cut-off and a generation: dated facts, product groups,
 * potentials, values, existence, numbers.
 */
#include "base/bits.h"
#include "facts/dated.h"
#include "facts/documents.h"
#include "facts/product_facts.h"
#include "facts_fixture.h"

#define POTENTIAL_COLUMNS "(customer_id, group_id, valid_from, import_id, valid_to, amount_minor, estimated, note)"

/* ---- the rule of dated facts ------------------------------------------------------------------------------------- */

static void assert_on(const struct dated *dated, int32_t day, const char *expected)
{
        struct text text;
        assert_true(dated_on(dated, day, &text));
        assert_true(text_is(text, expected));
}

static void first_known_is_open(void **state)
{
        (void)state;
        struct dated dated;
        struct text text;
        dated_init(&dated);
        dated_open(&dated);
        assert_false(dated_on(&dated, 100, &text));
        assert_false(dated_latest(&dated, &text));
        assert_true(dated_add(&dated, 300, 2, text_of("a")));
        assert_true(dated_add(&dated, 200, 1, text_of("c")));
        assert_true(dated_add(&dated, 100, 1, text_of("b")));
        assert_true(dated_add(&dated, 300, 3, text_of("d")));
        dated_open(&dated);
        assert_on(&dated, -5000, "b");
        assert_on(&dated, 199, "b");
        assert_on(&dated, 200, "c");
        assert_on(&dated, 299, "c");
        assert_on(&dated, 300, "d");
        assert_true(dated_latest(&dated, &text) && text_is(text, "d"));
        /* A later import that dates its value before the first known one. */
        dated_clear(&dated);
        assert_true(dated_add(&dated, 600, 1, text_of("x")));
        assert_true(dated_add(&dated, 200, 2, text_of("y")));
        dated_open(&dated);
        assert_on(&dated, 199, "x");
        assert_on(&dated, 700, "y");
        dated_release(&dated);
        assert_true(fact_is_dated(text_of("kind")));
        assert_true(fact_is_dated(text_of("attribute:email")));
        assert_false(fact_is_dated(text_of("since")));
        assert_false(fact_is_dated(text_of("email")));
}

/* ---- a company --------------------------------------------------------------------------------------------------- */

struct world {
        struct connection *connection;
        struct snapshot *snapshot;
        struct arena *arena;
        struct engine_input input;
};

static void open_world(struct fixture *fixture, struct world *world, const struct concept *concept, int64_t generation,
                       int32_t day)
{
        struct error error;
        world->arena = arena_new(1 << 24);
        assert_ok(db_connect(fixture->database, &world->connection, &error));
        assert_ok(snapshot_open(fixture->database, world->connection, generation, false, NULL, &world->snapshot, NULL,
                                &error));
        assert_ok(snapshot_input(world->snapshot, world->connection, concept, day, world->arena, &world->input,
                                 &error));
}

static void close_world(struct world *world)
{
        snapshot_unref(world->snapshot);
        db_disconnect(world->connection);
        arena_free(world->arena);
}

static size_t at(const struct world *world, int64_t customer)
{
        int64_t index = snapshot_find_customer(world->snapshot, customer);
        assert_true(index >= 0);
        return (size_t)index;
}

/* Criteria on attributes trade and colour, value score and potential; size classes S and L. */
static struct criterion criteria[] = {
        {.metric = METRIC_ATTRIBUTE, .of = {"trade", 5}},
        {.metric = METRIC_ATTRIBUTE, .of = {"colour", 6}},
        {.metric = METRIC_ATTRIBUTE, .of = {"trade", 5}},
        {.metric = METRIC_VALUE, .of = {"score", 5}},
        {.metric = METRIC_SHARE_OF_WALLET},
};
static struct path path = {.all_count = 3, .all = criteria, .some_count = 1, .some = criteria + 3};
static struct segment segment = {.path_count = 1, .paths = &path, .expects_count = 1, .expects = criteria + 4};
static struct size_factor sizes[] = {{.code = {"S", 1}}, {.code = {"L", 1}}};
static const struct concept concept = {
        .segment_count = 1,
        .segments = &segment,
        .mechanics = {.size_class_count = 2, .size_factors = sizes},
};

static const struct attribute_value *attribute(const struct world *world, const char *name, int64_t customer)
{
        for (size_t i = 0; i < world->input.attribute_count; i++)
                if (text_is(world->input.attributes[i].name, name))
                        return &world->input.attributes[i].values[at(world, customer)];
        fail();
        return NULL;
}

/* Days: 14610 = 2010-01-01, 14700 = 2010-04-01, 14800 = 2010-07-10. */
static void dated_facts_of_customers(void **state)
{
        struct fixture *fixture = *state;
        put_import(fixture, 1, "customers", 1, 3, 0);
        for (int64_t id = 11; id <= 13; id++)
                put_customer(fixture, id, 1, 14610);
        put_fact(fixture, 11, "kind", 14610, 1, "prospect");
        put_fact(fixture, 11, "since", 14610, 1, "2009-05-01");
        put_fact(fixture, 12, "since", 14610, 1, "2001-02-03");
        put_fact(fixture, 11, "size_class", 14610, 1, "S");
        put_fact(fixture, 12, "size_class", 14610, 1, "XL");
        put_fact(fixture, 11, "trade", 14610, 1, "roofer");
        put_fact(fixture, 12, "trade", 14610, 1, "12.50");
        put_fact(fixture, 12, "attribute:trade", 14610, 1, "Ja");
        put_fact(fixture, 13, "attribute:colour", 14610, 1, "");
        put_import(fixture, 2, "customers", 2, 0, 3);
        put_fact(fixture, 11, "kind", 14700, 2, "customer");
        put_fact(fixture, 11, "size_class", 14800, 2, "L");
        put_fact(fixture, 12, "since", 14700, 2, "2002-02-03");
        put_fact(fixture, 12, "joined", 14700, 2, "2010-09-15");
        put_fact(fixture, 13, "attribute:colour", 14700, 2, "1,234");

        struct world w;
        open_world(fixture, &w, &concept, 2, 14799);
        assert_int_equal(w.input.customer_count, 3);
        assert_int_equal(w.input.kind[at(&w, 11)], KIND_CUSTOMER);
        assert_int_equal(w.input.recorded_day[at(&w, 11)], 14610);
        assert_int_equal(w.input.size_class[at(&w, 11)], 0);
        assert_int_equal(w.input.size_class[at(&w, 12)], 255);
        assert_int_equal(w.input.since_day[at(&w, 12)], 11721); /* 2002-02-03: not dated, the latest counts */
        assert_int_equal(w.input.joined_day[at(&w, 12)], 14867); /* 2010-09-15 */
        assert_int_equal(w.input.joined_day[at(&w, 13)], DAY_NONE);
        assert_int_equal(w.input.attribute_count, 2);
        assert_int_equal(attribute(&w, "trade", 11)->kind, OPERAND_TEXT);
        assert_true(text_is(attribute(&w, "trade", 11)->text, "roofer"));
        assert_int_equal(attribute(&w, "trade", 12)->kind, OPERAND_BOOL); /* attribute:trade goes before trade */
        assert_true(attribute(&w, "trade", 12)->boolean);
        assert_true(text_is(attribute(&w, "trade", 12)->text, "Ja"));
        assert_false(attribute(&w, "trade", 13)->known);
        assert_int_equal(attribute(&w, "colour", 13)->kind, OPERAND_TEXT); /* no plain number */
        close_world(&w);

        open_world(fixture, &w, &concept, 2, 14699); /* before the changes hold */
        assert_int_equal(w.input.kind[at(&w, 11)], KIND_PROSPECT);
        assert_int_equal(w.input.recorded_day[at(&w, 11)], 14365); /* a prospect is recorded on `since`: 2009-05-01 */
        assert_false(attribute(&w, "colour", 13)->known);
        close_world(&w);

        open_world(fixture, &w, &concept, 2, 14800);
        assert_int_equal(w.input.size_class[at(&w, 11)], 1);
        close_world(&w);

        open_world(fixture, &w, &concept, 1, 14800); /* as known at the first generation */
        assert_int_equal(w.input.kind[at(&w, 11)], KIND_PROSPECT);
        assert_int_equal(w.input.size_class[at(&w, 11)], 0);
        assert_int_equal(w.input.since_day[at(&w, 12)], 11356); /* 2001-02-03 */
        assert_int_equal(w.input.joined_day[at(&w, 12)], DAY_NONE);
        close_world(&w);
}

/* Facts kept in memory for many cut-offs say what the database says; a concept that needs others has them read
 * again. */
static void facts_kept_for_many_cutoffs(void **state)
{
        struct fixture *fixture = *state;
        static const struct concept plain = {.year_starts = {1, 1}};
        struct error error;
        struct world w;
        put_import(fixture, 1, "customers", 1, 2, 0);
        put_import(fixture, 2, "customers", 2, 0, 2);
        put_import(fixture, 3, "customers", 3, 0, 1);
        put_customer(fixture, 11, 1, 14610);
        put_customer(fixture, 12, 1, 14610);
        put_fact(fixture, 11, "kind", 14610, 1, "prospect");
        put_fact(fixture, 11, "kind", 14700, 2, "customer");
        put_fact(fixture, 11, "trade", 14610, 1, "roofer");
        put_fact(fixture, 12, "trade", 14610, 1, "tiler");
        put_fact(fixture, 12, "trade", 14700, 2, "painter");
        put_fact(fixture, 12, "trade", 14650, 3, "nobody sees it");
        undo_import(fixture, 3, 4);
        open_world(fixture, &w, &plain, 4, 14699);
        assert_true(snapshot_keep_facts(w.snapshot));
        struct engine_input input;
        assert_ok(snapshot_input(w.snapshot, w.connection, &plain, 14699, w.arena, &input, &error));
        assert_int_equal(input.kind[at(&w, 11)], KIND_PROSPECT);
        assert_ok(snapshot_input(w.snapshot, w.connection, &concept, 14699, w.arena, &w.input, &error));
        assert_int_equal(w.input.kind[at(&w, 11)], KIND_PROSPECT);
        assert_true(text_is(attribute(&w, "trade", 11)->text, "roofer"));
        assert_true(text_is(attribute(&w, "trade", 12)->text, "tiler"));
        /* From here on nothing is read: what is changed behind the snapshot's back is not seen. */
        run_sql(fixture, "DELETE FROM customer_fact");
        assert_ok(snapshot_input(w.snapshot, w.connection, &concept, 14700, w.arena, &w.input, &error));
        assert_int_equal(w.input.kind[at(&w, 11)], KIND_CUSTOMER);
        assert_true(text_is(attribute(&w, "trade", 11)->text, "roofer"));
        assert_true(text_is(attribute(&w, "trade", 12)->text, "painter"));
        assert_ok(snapshot_input(w.snapshot, w.connection, &plain, 14699, w.arena, &input, &error));
        assert_int_equal(input.kind[at(&w, 11)], KIND_PROSPECT);
        close_world(&w);
}

/* Without the first import, what the second one said is the first known. */
static void undone_facts_open_the_next(void **state)
{
        struct fixture *fixture = *state;
        struct world w;
        put_import(fixture, 1, "customers", 1, 1, 0);
        put_customer(fixture, 11, 1, 14610);
        put_fact(fixture, 11, "kind", 14610, 1, "prospect");
        put_fact(fixture, 11, "size_class", 14610, 1, "S");
        put_import(fixture, 2, "customers", 2, 0, 1);
        put_fact(fixture, 11, "kind", 14700, 2, "customer");
        put_fact(fixture, 11, "size_class", 14800, 2, "L");
        undo_import(fixture, 1, 3);
        open_world(fixture, &w, &concept, 3, 14610);
        assert_int_equal(w.input.customer_count, 0);
        close_world(&w);
        put_import(fixture, 4, "customers", 4, 2, 0);
        put_customer(fixture, 11, 4, 14650);
        open_world(fixture, &w, &concept, 4, 14610);
        assert_int_equal(w.input.customer_count, 1);
        assert_int_equal(w.input.kind[at(&w, 11)], KIND_CUSTOMER);
        assert_int_equal(w.input.size_class[at(&w, 11)], 1);
        assert_int_equal(w.input.recorded_day[at(&w, 11)], 14650);
        close_world(&w);
}

static void numbers_of_attributes(void **state)
{
        struct fixture *fixture = *state;
        static const char *const texts[] = {"12.50", "-3", "01067", "1.", ".5", "1.2.3", "-", "NO", "yes", "yess"};
        static const enum operand_kind kinds[] = {OPERAND_NUMBER, OPERAND_NUMBER, OPERAND_NUMBER, OPERAND_TEXT,
                                                  OPERAND_TEXT, OPERAND_TEXT, OPERAND_TEXT, OPERAND_BOOL,
                                                  OPERAND_BOOL, OPERAND_TEXT};
        put_import(fixture, 1, "customers", 1, 9, 0);
        for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
                put_customer(fixture, 20 + (int64_t)i, 1, 14610);
                put_fact(fixture, 20 + (int64_t)i, "attribute:colour", 14610, 1, texts[i]);
        }
        struct world w;
        open_world(fixture, &w, &concept, 1, 14610);
        for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
                const struct attribute_value *value = attribute(&w, "colour", 20 + (int64_t)i);
                assert_true(value->known && text_is(value->text, texts[i]));
                assert_int_equal(value->kind, kinds[i]);
        }
        assert_int_equal(decimal_compare(attribute(&w, "colour", 20)->number, (struct decimal){125, 1}), 0);
        assert_false(attribute(&w, "colour", 27)->boolean);
        close_world(&w);
}

/* ---- existence and numbers --------------------------------------------------------------------------------------- */

static void existence_and_numbers(void **state)
{
        struct fixture *fixture = *state;
        const struct line line = {.product = 1, .quantity_milli = 1000, .amount_minor = 1};
        put_import(fixture, 1, "customers", 1, 2, 0);
        put_import(fixture, 2, "purchases", 2, 2, 0);
        put_products(fixture, 1);
        put_customer(fixture, 31, 1, 14620);
        put_customer(fixture, 31, 2, 14600); /* the earliest generation counts, not the earliest day */
        put_customer(fixture, 32, 1, 14630);
        put_customer(fixture, 33, 1, 14640);
        put_document(fixture, 2, 32, 1, "R2", 14655, &line, 1);
        put_document(fixture, 2, 32, 1, "R1", 14650, &line, 1);
        run_sql(fixture, "INSERT INTO customer_key VALUES (2, 'Z', 31), (2, 'Y', 31), (1, 'K300', 32)");
        struct world w;
        open_world(fixture, &w, &concept, 2, 14700);
        struct error error;
        struct customer_number *numbers;
        assert_int_equal(w.input.customer_count, 3);
        assert_int_equal(w.input.recorded_day[at(&w, 31)], 14620);
        assert_ok(snapshot_numbers(w.snapshot, w.connection, w.arena, &numbers, &error));
        assert_true(text_is(numbers[at(&w, 31)].source, "crm") && text_is(numbers[at(&w, 31)].number, "Y"));
        assert_true(text_is(numbers[at(&w, 32)].source, "erp") && text_is(numbers[at(&w, 32)].number, "K300"));
        assert_int_equal(snapshot_find_customer(w.snapshot, 34), -1);
        assert_int_equal(snapshot_document_count(w.snapshot), 2);
        assert_int_equal(snapshot_generation(w.snapshot), 2);
        struct snapshot *again = snapshot_ref(w.snapshot);
        assert_ptr_equal(again, w.snapshot);
        snapshot_unref(again);
        close_world(&w);
        /* Without his record a customer exists by his documents; the others are gone. */
        undo_import(fixture, 1, 3);
        open_world(fixture, &w, &concept, 3, 14700);
        assert_int_equal(w.input.customer_count, 2);
        assert_int_equal(w.input.recorded_day[at(&w, 31)], 14600);
        assert_int_equal(w.input.recorded_day[at(&w, 32)], 14650);
        close_world(&w);
}

/* ---- product groups ---------------------------------------------------------------------------------------------- */

static const char *group_of(const struct world *world, uint32_t article)
{
        static char code[16];
        uint32_t group = world->input.article_group[article];
        if (group == GROUP_NONE)
                return "none";
        snprintf(code, sizeof(code), "%.*s", (int)world->input.group_codes[group].length,
                 world->input.group_codes[group].data);
        return code;
}

static void mention(struct fixture *fixture, int import, int64_t customer, const char *number, int day,
                    uint32_t product,
                    uint32_t group, int64_t amount)
{
        const struct line line = {.product = product, .quantity_milli = 1000, .amount_minor = amount, .group = group,
                                  .marks = group ? LINE_GROUP_NAMED : LINE_GROUP_USUAL};
        put_document(fixture, import, customer, 1, number, day, &line, 1);
}

static void groups_of_articles(void **state)
{
        struct fixture *fixture = *state;
        put_import(fixture, 1, "purchases", 1, 9, 0);
        put_products(fixture, 6);
        run_sql(fixture, "INSERT INTO product_group VALUES (1, 'Z'), (2, 'B'), (3, 'C');"
                         "UPDATE product SET first_group_id = 3 WHERE id IN (1, 4)");
        put_customer(fixture, 41, 1, 14600);
        put_customer(fixture, 42, 1, 14600);
        mention(fixture, 1, 41, "20", 14700, 1, 1, 5);  /* article 1: earlier number on the same day, */
        mention(fixture, 1, 42, "19", 14700, 1, 2, 5);  /* though of a later customer */
        mention(fixture, 1, 41, "01", 14750, 1, 3, 5);
        mention(fixture, 1, 41, "30", 14710, 2, 2, 5);  /* article 2: equal but for the line: the smaller amount */
        mention(fixture, 1, 42, "30", 14710, 2, 3, 4);
        mention(fixture, 1, 41, "31", 14720, 3, 1, 5);  /* article 3: equal in all: the smaller code, B */
        mention(fixture, 1, 42, "31", 14720, 3, 2, 5);
        mention(fixture, 1, 41, "32", 14730, 4, 0, 5);  /* article 4: the usual one */
        struct world w;
        open_world(fixture, &w, &concept, 1, 14800);
        assert_string_equal(group_of(&w, 1), "B");
        assert_string_equal(group_of(&w, 2), "C");
        assert_string_equal(group_of(&w, 3), "B");
        assert_string_equal(group_of(&w, 4), "C");
        assert_string_equal(group_of(&w, 5), "none");
        close_world(&w);
        open_world(fixture, &w, &concept, 1, 14709); /* documents after the cut-off do not count */
        assert_string_equal(group_of(&w, 1), "B");
        assert_string_equal(group_of(&w, 2), "none");
        close_world(&w);
        /* Another segment with an earlier mention; and the products import that decides where it says something. */
        put_import(fixture, 2, "purchases", 2, 1, 0);
        mention(fixture, 2, 41, "05", 14650, 2, 1, 5);
        put_import(fixture, 3, "products", 3, 2, 0);
        put_product_fact(fixture, 1, "product_group", 14700, 3, "Z");
        put_product_fact(fixture, 5, "product_group", 14700, 3, "C");
        put_import(fixture, 4, "products", 4, 1, 0);
        put_product_fact(fixture, 1, "product_group", 14760, 4, "C");
        open_world(fixture, &w, &concept, 4, 14759);
        assert_string_equal(group_of(&w, 1), "Z");
        assert_string_equal(group_of(&w, 2), "Z");
        assert_string_equal(group_of(&w, 5), "C");
        close_world(&w);
        open_world(fixture, &w, &concept, 4, 14760);
        assert_string_equal(group_of(&w, 1), "C");
        close_world(&w);
        open_world(fixture, &w, &concept, 1, 14760); /* */
        assert_string_equal(group_of(&w, 1), "B");
        close_world(&w);
}

/* ---- potentials and values --------------------------------------------------------------------------------------- */

static void put_potential(struct fixture *fixture, int64_t customer, int group, int from, int to, int import,
                          int amount,
                          int estimated)
{
        run_sql(fixture, "INSERT INTO potential " POTENTIAL_COLUMNS
                        " VALUES (%lld, %d, %d, %d, %d, %d, %d, '')", (long long)customer, group,
                from, import, to, amount, estimated);
}

static void potentials_at_a_day(void **state)
{
        struct fixture *fixture = *state;
        struct world w;
        put_import(fixture, 1, "potentials", 1, 9, 0);
        put_import(fixture, 2, "potentials", 2, 9, 0);
        for (int64_t id = 51; id <= 55; id++)
                put_customer(fixture, id, 1, 14600);
        open_world(fixture, &w, &concept, 2, 14700);
        assert_null(w.input.potential_known);
        close_world(&w);
        /* 51: group 1 100 from 14600, 150 from 14700; group 2 30 until 14650 */
        put_potential(fixture, 51, 1, 14600, DAY_OPEN_END, 1, 100, 1);
        put_potential(fixture, 51, 1, 14700, DAY_OPEN_END, 1, 150, 0);
        put_potential(fixture, 51, 2, 14600, 14650, 1, 30, 0);
        /* 52: a total stands alone while it is valid */
        put_potential(fixture, 52, 0, 14620, 14640, 1, 1000, 0);
        put_potential(fixture, 52, 1, 14600, DAY_OPEN_END, 1, 7, 1);
        put_potential(fixture, 52, 2, 14600, DAY_OPEN_END, 1, 8, 0);
        /* 53: the same key again by a later import, which ends it earlier */
        put_potential(fixture, 53, 1, 14600, DAY_OPEN_END, 1, 40, 0);
        put_potential(fixture, 53, 1, 14600, 14630, 2, 50, 0);
        /* 54: only in the future; 55: a later one that has ended gives way to the earlier one that has not */
        put_potential(fixture, 54, 1, 14900, DAY_OPEN_END, 1, 60, 0);
        put_potential(fixture, 55, 1, 14600, DAY_OPEN_END, 1, 70, 0);
        put_potential(fixture, 55, 1, 14610, 14620, 1, 80, 1);
        static const struct { int day, generation; int64_t amount[5]; unsigned known, estimated; } cases[] = {
                {14630, 2, {130, 1000, 50, 0, 70}, 0x17, 0x01},
                {14650, 2, {130, 15, 0, 0, 70}, 0x13, 0x03},
                {14651, 2, {100, 15, 0, 0, 70}, 0x13, 0x03},
                {14700, 2, {150, 15, 0, 0, 70}, 0x13, 0x02},
                {14700, 1, {150, 15, 40, 0, 70}, 0x17, 0x02},
                {14615, 1, {130, 15, 40, 0, 80}, 0x17, 0x13},
                {14900, 1, {150, 15, 40, 60, 70}, 0x1f, 0x02},
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                open_world(fixture, &w, &concept, cases[i].generation, cases[i].day);
                assert_int_equal(w.input.potential_known[0], cases[i].known);
                assert_int_equal(w.input.potential_estimated[0], cases[i].estimated);
                for (size_t c = 0; c < 5; c++)
                        assert_int_equal(w.input.potential_minor[c], cases[i].amount[c]);
                close_world(&w);
        }
        const struct concept other = {0};
        open_world(fixture, &w, &other, 2, 14700);
        assert_null(w.input.potential_minor);
        close_world(&w);
}

static void values_at_a_day(void **state)
{
        struct fixture *fixture = *state;
        struct world w;
        put_import(fixture, 1, "values", 1, 9, 0);
        put_import(fixture, 2, "values", 2, 9, 0);
        for (int64_t id = 61; id <= 63; id++)
                put_customer(fixture, id, 1, 14600);
        /* 61: 1.5, from 14700 2.25; 62: 7 until 14650, then unknown; 63 another name */
        run_sql(fixture,
                "INSERT INTO customer_value VALUES (61, 'score', 14600, 1, 2147483647, 15, 1), "
                "(61, 'score', 14700, 1, 2147483647, 999, 0), (61, 'score', 14700, 2, 2147483647, 225, 2), "
                "(62, 'score', 14600, 1, 14650, 7, 0), (63, 'loyalty', 14600, 1, 2147483647, 1, 0)");
        open_world(fixture, &w, &concept, 2, 14640);
        assert_int_equal(w.input.value_count, 1);
        const struct value_column *column = &w.input.values[0];
        assert_true(text_is(column->name, "score"));
        assert_int_equal(column->scale, 1);
        assert_int_equal(column->known[0], 3);
        assert_int_equal(column->units[0], 15);
        assert_int_equal(column->units[1], 70);
        close_world(&w);
        open_world(fixture, &w, &concept, 2, 14700);
        assert_int_equal(w.input.values[0].scale, 2);
        assert_int_equal(w.input.values[0].known[0], 1);
        assert_int_equal(w.input.values[0].units[0], 225);
        close_world(&w);
        open_world(fixture, &w, &concept, 1, 14700); /* */
        assert_int_equal(w.input.values[0].units[0], 999);
        close_world(&w);
}

static void too_large_figures_are_refused(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct world w;
        put_import(fixture, 1, "values", 1, 9, 0);
        put_customer(fixture, 71, 1, 14600);
        put_customer(fixture, 72, 1, 14600);
        run_sql(fixture,
                "INSERT INTO customer_value VALUES (71, 'score', 14600, 1, 2147483647, 9000000000000000000, 0), "
                         "(72, 'score', 14600, 1, 2147483647, 15, 1)");
        const struct concept none = {0};
        open_world(fixture, &w, &none, 1, 14700);
        assert_fails(snapshot_input(w.snapshot, w.connection, &concept, 14700, w.arena, &w.input, &error), STATUS_LIMIT,
                     "facts.value_too_large");
        run_sql(fixture, "DELETE FROM customer_value; INSERT INTO potential " POTENTIAL_COLUMNS
                        " VALUES "
                         "(71, 1, 14600, 1, 14800, 9000000000000000000, 0, ''), "
                         "(71, 2, 14600, 1, 14800, 9000000000000000000, 0, '')");
        assert_fails(snapshot_input(w.snapshot, w.connection, &concept, 14700, w.arena, &w.input, &error), STATUS_LIMIT,
                     "facts.potential_too_large");
        close_world(&w);
}

/* ---- costs and documents ----------------------------------------------------------------------------------------- */

static void costs_of_products(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct visibility visibility;
        struct product_costs *costs;
        connection_cleanup struct connection *connection = NULL;
        put_import(fixture, 1, "products", 1, 4, 0);
        put_products(fixture, 5);
        put_product_fact(fixture, 1, "cost", 14700, 1, "0.333333");
        put_product_fact(fixture, 1, "cost", 14750, 1, "2");
        put_product_fact(fixture, 3, "cost", 14700, 1, "");
        put_product_fact(fixture, 4, "cost", 14700, 1, "9000000000000");
        put_import(fixture, 2, "products", 2, 1, 0);
        put_product_fact(fixture, 1, "cost", 14750, 2, "3");
        assert_ok(db_connect(fixture->database, &connection, &error));
        static const struct {
                int generation;
                uint32_t product;
                int day;
                int64_t quantity;
                bool known;
                int64_t cost;
        } cases[] = {
                {1, 1, 14000, 3000, true, 100},   /* 3 x 0.333333 = 0.999999 -> 1.00 */
                {1, 1, 14000, 1500, true, 50},    /* 0.4999995 */
                {1, 1, 14749, -1000, true, -33},
                {1, 1, 14750, 1000, true, 200},
                {2, 1, 14750, 1000, true, 300},
                {2, 1, 14750, 5, true, 2},        /* 0.005 x 3 = 0.015 -> 0.02 */
                {2, 1, 14750, -5, true, -2},
                {2, 2, 14750, 1000, false, 0},
                {2, 3, 14750, 1000, false, 0},
                {2, 4, 14750, INT64_C(9000000000000), false, 0},
                {2, 5, 14750, 1000, false, 0},
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                assert_ok(visibility_load(connection, cases[i].generation, &visibility, &error));
                assert_ok(product_costs_load(connection, &visibility, &costs, &error));
                assert_false(product_costs_empty(costs));
                struct line line = {.product = cases[i].product, .quantity_milli = cases[i].quantity};
                product_costs_resolve(costs, &line, cases[i].day);
                assert_int_equal((line.marks & LINE_COST_KNOWN) != 0, cases[i].known);
                assert_int_equal(line.cost_minor, cases[i].cost);
                struct line own = {.product = 1, .quantity_milli = 1000, .marks = LINE_COST_KNOWN, .cost_minor = 5};
                product_costs_resolve(costs, &own, 14750);
                assert_int_equal(own.cost_minor, 5);
                product_costs_free(costs);
                visibility_release(&visibility);
        }
}

static enum status list_document(void *context, const struct stored_document *document, struct error *error)
{
        (void)error;
        buffer_addf(context, "%lld:%.*s@%d ", (long long)document->customer_id, (int)document->number.length,
                    document->number.data, (int)document->import_id);
        return STATUS_OK;
}

static void valid_versions(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        connection_cleanup struct connection *connection = NULL;
        const struct line line = {.product = 1, .quantity_milli = 1000, .amount_minor = 1};
        put_import(fixture, 3, "purchases", 1, 3, 0);
        put_products(fixture, 1);
        put_import(fixture, 1, "purchases", 2, 1, 1);
        put_import(fixture, 2, "purchases", 3, 0, 1);
        put_document(fixture, 3, 81, 1, "a", 14700, &line, 1);
        put_document(fixture, 1, 81, 1, "a", 14701, &line, 1);
        put_document(fixture, 2, 81, 1, "a", 14702, &line, 1);
        put_document(fixture, 3, 81, 2, "a", 14700, &line, 1);
        put_document(fixture, 1, 82, 1, "b", 14700, &line, 1);
        put_document(fixture, 3, 83, 1, "c", 14700, &line, 1);
        undo_import(fixture, 2, 4);
        static const struct { int generation, after; const char *expected; } cases[] = {
                {0, 0, ""},
                {1, 0, "81:a@3 81:a@3 83:c@3 "},
                {2, 0, "81:a@1 81:a@3 82:b@1 83:c@3 "},
                {3, 0, "81:a@2 81:a@3 82:b@1 83:c@3 "},
                {3, 2, "81:a@2 "},
                {4, 0, "81:a@1 81:a@3 82:b@1 83:c@3 "},
                {4, 1, "81:a@1 82:b@1 "},
        };
        assert_ok(db_connect(fixture->database, &connection, &error));
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                struct visibility visibility;
                struct buffer list buffer_cleanup;
                buffer_init(&list, 1000);
                assert_ok(visibility_load(connection, cases[i].generation, &visibility, &error));
                assert_ok(documents_visit(connection, &visibility, cases[i].after, list_document, &list, &error));
                assert_string_equal(list.data, cases[i].expected);
                visibility_release(&visibility);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(first_known_is_open),
                cmocka_unit_test_setup_teardown(dated_facts_of_customers, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(facts_kept_for_many_cutoffs, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(undone_facts_open_the_next, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(numbers_of_attributes, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(existence_and_numbers, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(groups_of_articles, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(potentials_at_a_day, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(values_at_a_day, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(too_large_figures_are_refused, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(costs_of_products, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(valid_versions, fixture_new, facts_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
