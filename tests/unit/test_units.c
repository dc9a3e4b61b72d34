/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_units.c: who is evaluated together at a cut-off and a generation: account groups, sites and merges, their heads,
 * members and order (section 7, rules 1 and 13 of the requirements); X-10 (as of a day and a generation).
 *
 * Units are compared as text: members in their order by customer id, "30>31" for one who counts as another, "31*" for
 * the head; units are parted by "|".
 */
#include "base/bits.h"
#include "base/buffer.h"
#include "facts/units.h"
#include "facts_fixture.h"

/* Days: 14610 = 2010-01-01, 14700 = 2010-04-01, 14789 = 2010-06-29, 14973 = 2010-12-30. */
enum { LONG_AGO = 14610, APRIL = 14700, JUNE_29 = 14789, DECEMBER_30 = 14973 };

static const struct concept alone = {.year_starts = {1, 1}};
static const struct concept by_account_group = {.year_starts = {1, 1}, .evaluates = EVALUATES_ACCOUNT_GROUP};
static const struct concept by_site = {.year_starts = {1, 1}, .evaluates = EVALUATES_SITE};

struct world {
        struct connection *connection;
        struct snapshot *snapshot;
        struct arena *arena;
        struct engine_input input;
};

static struct world look_at(struct fixture *fixture, const struct concept *concept, int64_t generation, int32_t day)
{
        struct error error;
        struct world world = {.arena = arena_new(1 << 24)};
        assert_ok(db_connect(fixture->database, &world.connection, &error));
        assert_ok(snapshot_open(fixture->database, world.connection, generation, false, NULL, &world.snapshot, NULL,
                                &error));
        assert_ok(snapshot_input(world.snapshot, world.connection, concept, day, world.arena, &world.input, &error));
        return world;
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

static void add_member(const struct world *world, uint32_t at, uint32_t head, struct buffer *text)
{
        const int64_t *ids = snapshot_customer_ids(world->snapshot);
        const struct engine_units *units = world->input.units;
        uint32_t member = units->members[at], counts_as = units->counts_as[at];
        assert_true(buffer_addf(text, "%s%lld", text->length ? " " : "", (long long)ids[member]));
        if (counts_as != member)
                assert_true(buffer_addf(text, ">%lld", (long long)ids[counts_as]));
        if (member == head)
                assert_true(buffer_addf(text, "*"));
}

static void expect_units(struct fixture *fixture, const struct concept *concept, int64_t generation, int32_t day,
                         const char *expected)
{
        struct world world = look_at(fixture, concept, generation, day);
        const struct engine_units *units = world.input.units;
        struct buffer text buffer_cleanup;
        buffer_init(&text, 4096);
        for (size_t unit = 0; units && unit < units->unit_count; unit++) {
                if (unit)
                        assert_true(buffer_addf(&text, " |"));
                for (uint32_t i = units->first[unit]; i < units->first[unit + 1]; i++)
                        add_member(&world, i, units->head[unit], &text);
        }
        assert_string_equal(text.length ? text.data : "nobody", expected);
        close_world(&world);
}

/* The customers who are protected from demotion at a cut-off, as text. */
static void expect_guarded(struct fixture *fixture, const struct concept *concept, int32_t day, const char *expected)
{
        struct world world = look_at(fixture, concept, 2, day);
        struct buffer text buffer_cleanup;
        buffer_init(&text, 4096);
        for (size_t i = 0; world.input.guarded && i < world.input.customer_count; i++)
                if (bits_get(world.input.guarded, i))
                        assert_true(buffer_addf(&text, "%s%lld", text.length ? " " : "",
                                                  (long long)snapshot_customer_ids(world.snapshot)[i]));
        assert_string_equal(text.length ? text.data : "nobody", expected);
        close_world(&world);
}

/* Customers `first` to `last` of import 1, and an import 2 for what comes later. */
static void put_company(struct fixture *fixture, int64_t first, int64_t last)
{
        put_import(fixture, 1, "customers", 1, 9, 0);
        put_import(fixture, 2, "customers", 2, 9, 0);
        for (int64_t id = first; id <= last; id++)
                put_customer(fixture, id, 1, 14600);
}

static void put_merge(struct fixture *fixture, int64_t from, int64_t into, int day, int import)
{
        run_sql(fixture, "INSERT INTO customer_merge VALUES (%lld, %d, %d, %lld, '')", (long long)from, day, import,
                (long long)into);
}

static void put_key(struct fixture *fixture, int source, const char *number, int64_t customer)
{
        run_sql(fixture, "INSERT INTO customer_key VALUES (%d, '%s', %lld)", source, number, (long long)customer);
}

/* ---- account groups ---------------------------------------------------------------------------------------------- */

static void nobody_together(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 10, 12);
        expect_units(fixture, &alone, 2, APRIL, "nobody");
        expect_units(fixture, &by_account_group, 2, APRIL, "nobody");
        expect_units(fixture, &by_site, 2, APRIL, "nobody");
        put_fact(fixture, 10, "account_group", LONG_AGO, 1, "G");
        put_fact(fixture, 11, "account_group", LONG_AGO, 1, "g");
        put_fact(fixture, 12, "account_group", LONG_AGO, 1, "G ");
        expect_units(fixture, &by_account_group, 2, APRIL, "nobody");
        expect_guarded(fixture, &by_account_group, APRIL, "nobody");
}

/* By the code valid at the cut-off; units in the order of their first members, members ascending, no head. */
static void account_groups(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 10, 16);
        static const char *const codes[] = {"G", "H", NULL, "G", "H", "X", NULL};
        for (int i = 0; i < 7; i++)
                if (codes[i])
                        put_fact(fixture, 10 + i, "account_group", LONG_AGO, 1, codes[i]);
        put_fact(fixture, 15, "account_group", APRIL, 2, "G");
        put_fact(fixture, 13, "account_group", APRIL + 10, 2, "");
        expect_units(fixture, &by_account_group, 2, APRIL - 1, "10 13 | 11 14");
        expect_units(fixture, &by_account_group, 2, APRIL, "10 13 15 | 11 14");
        expect_units(fixture, &by_account_group, 2, APRIL + 10, "10 15 | 11 14");
        expect_units(fixture, &by_account_group, 1, APRIL + 10, "10 13 | 11 14");
        expect_units(fixture, &alone, 2, APRIL, "nobody");
        expect_units(fixture, &by_site, 2, APRIL, "nobody");
}

/* ---- sites ------------------------------------------------------------------------------------------------------- */

/* Sites of one customer, sites of sites, numbers of another source; the head is the one who is no site. */
static void sites(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 20, 26);
        put_key(fixture, 2, "9", 25);
        put_fact(fixture, 20, "site_of", LONG_AGO, 1, "K25");
        put_fact(fixture, 21, "site_of", LONG_AGO, 1, "erp:K25");
        put_fact(fixture, 22, "site_of", LONG_AGO, 1, "K20");
        put_fact(fixture, 23, "site_of", LONG_AGO, 1, "crm:9");
        put_fact(fixture, 24, "site_of", APRIL, 1, "K24"); /* his own site is no site */
        expect_units(fixture, &by_site, 2, APRIL, "20 21 22 23 25*");
        put_fact(fixture, 26, "site_of", APRIL, 2, "K24");
        expect_units(fixture, &by_site, 2, APRIL, "20 21 22 23 25* | 24* 26");
        expect_units(fixture, &by_account_group, 2, APRIL, "nobody");
}

/* A number means what it means in a source the site itself has a number in. */
static void numbers_of_the_sites_own_source(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 20, 21);
        run_sql(fixture, "INSERT INTO customer_record VALUES (22, 1, 14600), (23, 1, 14600)");
        put_key(fixture, 2, "K20", 22);
        put_key(fixture, 2, "S3", 23);
        put_fact(fixture, 21, "site_of", LONG_AGO, 1, "K20");
        put_fact(fixture, 23, "site_of", LONG_AGO, 1, "K20");
        expect_units(fixture, &by_site, 2, APRIL, "20* 21 | 22* 23");
        put_fact(fixture, 23, "site_of", APRIL, 2, "erp:K20");
        expect_units(fixture, &by_site, 2, APRIL, "20* 21 23");
}

/* Sites that name somebody nobody knows belong together, without a head; in a circle nobody is the head. */
static void unknown_heads_and_circles(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 20, 25);
        put_fact(fixture, 20, "site_of", LONG_AGO, 1, "K999");
        put_fact(fixture, 22, "site_of", LONG_AGO, 1, "K999");
        put_fact(fixture, 21, "site_of", LONG_AGO, 1, "K998");
        put_fact(fixture, 23, "site_of", LONG_AGO, 1, "K24");
        put_fact(fixture, 24, "site_of", LONG_AGO, 1, "K25");
        put_fact(fixture, 25, "site_of", LONG_AGO, 1, "K23");
        expect_units(fixture, &by_site, 2, APRIL, "20 22 | 23 24 25");
}

/* ---- merges ------------------------------------------------------------------------------------------------------ */

/* Into whom a customer was merged, and when; into 0: into nobody. */
static void expect_merged(const struct world *world, int64_t customer, int64_t into, int32_t day)
{
        const struct engine_units *units = world->input.units;
        size_t index = at(world, customer);
        assert_int_equal(units->merged_into[index], into ? at(world, into) : UNIT_HEAD_NONE);
        assert_int_equal(units->merged_day[index], day);
}

/* From its day on, in every program; undone with its import. */
static void merges_are_dated(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 30, 33);
        put_merge(fixture, 30, 31, APRIL, 2);
        put_merge(fixture, 33, 32, APRIL + 1, 1); /* into a smaller number */
        expect_units(fixture, &alone, 2, APRIL - 1, "nobody");
        expect_units(fixture, &alone, 2, APRIL, "30>31 31*");
        expect_units(fixture, &by_site, 2, APRIL, "30>31 31*");
        expect_units(fixture, &alone, 2, APRIL + 1, "30>31 31* | 32* 33>32");
        expect_units(fixture, &alone, 1, APRIL + 1, "32* 33>32");
        struct world world = look_at(fixture, &alone, 2, APRIL);
        expect_merged(&world, 30, 31, APRIL);
        for (int64_t id = 31; id <= 33; id++)
                expect_merged(&world, id, 0, DAY_NONE);
        close_world(&world);
        undo_import(fixture, 2, 3);
        expect_units(fixture, &alone, 3, APRIL, "nobody");
}

/* Everybody on a chain counts as its end at the cut-off; each step keeps its own day. */
static void chains_of_merges(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 40, 44);
        put_merge(fixture, 43, 41, APRIL - 20, 1);
        put_merge(fixture, 41, 40, APRIL, 1);
        put_merge(fixture, 40, 44, APRIL + 5, 1);
        expect_units(fixture, &alone, 2, APRIL - 20, "41* 43>41");
        expect_units(fixture, &alone, 2, APRIL, "40* 41>40 43>40");
        expect_units(fixture, &alone, 2, APRIL + 5, "40>44 41>44 43>44 44*");
        struct world world = look_at(fixture, &alone, 2, APRIL + 5);
        expect_merged(&world, 43, 41, APRIL - 20);
        expect_merged(&world, 41, 40, APRIL);
        close_world(&world);
}

/* Merged in this program year: protected before its last day, whenever the year begins. */
static void merges_protect_for_the_program_year(void **state)
{
        struct fixture *fixture = *state;
        static const struct concept from_july = {.year_starts = {7, 1}};
        static const struct concept from_april = {.year_starts = {4, 1}};
        put_company(fixture, 50, 54);
        put_merge(fixture, 51, 50, APRIL, 1);
        put_merge(fixture, 53, 52, LONG_AGO - 1, 1); /* on the last day of 2009: protects nobody */
        expect_guarded(fixture, &alone, APRIL - 1, "nobody");
        expect_guarded(fixture, &alone, APRIL, "50 51");
        expect_guarded(fixture, &alone, DECEMBER_30, "50 51");
        expect_guarded(fixture, &alone, DECEMBER_30 + 1, "nobody");
        expect_guarded(fixture, &alone, LONG_AGO - 1, "nobody");
        expect_guarded(fixture, &from_july, JUNE_29, "50 51 52 53");
        expect_guarded(fixture, &from_july, JUNE_29 + 1, "nobody");
        /* The year that begins with the day of the merge itself; the other one ends the day before. */
        expect_guarded(fixture, &from_april, APRIL - 2, "52 53");
        expect_guarded(fixture, &from_april, APRIL - 1, "nobody");
        expect_guarded(fixture, &from_april, APRIL + 363, "50 51");
        expect_guarded(fixture, &from_april, APRIL + 364, "nobody");
}

/* ---- merges within account groups and sites ---------------------------------------------------------------------- */

/* A merged customer goes where the one goes he was merged into, whatever his own code says. */
static void merged_members_of_account_groups(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 60, 64);
        put_fact(fixture, 60, "account_group", LONG_AGO, 1, "G");
        put_fact(fixture, 61, "account_group", LONG_AGO, 1, "G");
        put_fact(fixture, 62, "account_group", LONG_AGO, 1, "H");
        put_fact(fixture, 64, "account_group", LONG_AGO, 1, "H");
        put_merge(fixture, 60, 62, APRIL, 1);
        put_merge(fixture, 64, 63, APRIL + 5, 1); /* 63 has no group */
        expect_units(fixture, &by_account_group, 2, APRIL - 1, "60 61 | 62 64");
        /* 61 is alone now. Who is merged has no head but in a unit of his own. */
        expect_units(fixture, &by_account_group, 2, APRIL, "60>62 62 64");
        expect_units(fixture, &by_account_group, 2, APRIL + 5, "60>62 62* | 63* 64>63");
        expect_units(fixture, &alone, 2, APRIL, "60>62 62*");
}

/* The head of sites merged into another: that one is the head. A site merged away leaves, its own sites with it. */
static void merged_heads_and_sites(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 70, 76);
        put_fact(fixture, 71, "site_of", LONG_AGO, 1, "K70");
        put_fact(fixture, 72, "site_of", LONG_AGO, 1, "K70");
        put_fact(fixture, 73, "site_of", LONG_AGO, 1, "K72");
        put_fact(fixture, 74, "site_of", LONG_AGO, 1, "K72");
        put_merge(fixture, 70, 75, APRIL, 1);
        put_merge(fixture, 72, 76, APRIL + 5, 1);
        put_merge(fixture, 73, 71, APRIL - 1, 1); /* into another site */
        expect_units(fixture, &by_site, 2, APRIL - 2, "70* 71 72 73 74");
        expect_units(fixture, &by_site, 2, APRIL - 1, "70* 71 72 73>71 74");
        expect_units(fixture, &by_site, 2, APRIL, "70>75 71 72 73>71 74 75*");
        expect_units(fixture, &by_site, 2, APRIL + 5, "70>75 71 73>71 75* | 72>76 74 76*");
}

/* Who is not known yet at the generation is no member, and merges with him wait. */
static void members_not_yet_known(void **state)
{
        struct fixture *fixture = *state;
        put_company(fixture, 80, 81);
        put_customer(fixture, 82, 2, 14600);
        put_fact(fixture, 80, "account_group", LONG_AGO, 1, "G");
        put_fact(fixture, 82, "account_group", LONG_AGO, 2, "G");
        put_merge(fixture, 81, 82, LONG_AGO, 1);
        expect_units(fixture, &by_account_group, 1, APRIL, "nobody");
        expect_units(fixture, &by_account_group, 2, APRIL, "80 81>82 82");
        expect_units(fixture, &alone, 1, APRIL, "nobody");
        /* Recorded, though he does not exist at the cut-off: a member; whose facts count is decided later. */
        put_fact(fixture, 82, "since", LONG_AGO, 2, "2020-01-01");
        expect_units(fixture, &by_account_group, 2, APRIL, "80 81>82 82");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(nobody_together, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(account_groups, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(sites, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(numbers_of_the_sites_own_source, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(unknown_heads_and_circles, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(merges_are_dated, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(chains_of_merges, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(merges_protect_for_the_program_year, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(merged_members_of_account_groups, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(merged_heads_and_sites, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(members_not_yet_known, fixture_new, facts_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
