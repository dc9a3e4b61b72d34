/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_people.c: certificates, activities, visits and responsibilities at a day and a generation: versions of a key,
 * undone imports, what lies after the cut-off; and that a given up import leaves no row.
 */
#include "facts/counted.h"
#include "facts/responsibilities.h"
#include "facts_fixture.h"
#include "importer/staged.h"

#define VISIT_COLUMNS "(customer_id, source_id, day, number, import_id, rep, kind, note)"

enum { DAY = 20000 };

struct world {
        struct connection *connection;
        struct snapshot *snapshot;
        struct arena *arena;
};

static void open_world(struct fixture *fixture, struct world *world, int64_t generation)
{
        struct error error;
        world->arena = arena_new(1 << 24);
        assert_ok(db_connect(fixture->database, &world->connection, &error));
        assert_ok(snapshot_open(fixture->database, world->connection, generation, false, NULL, &world->snapshot, NULL,
                                &error));
}

static void close_world(struct world *world)
{
        snapshot_unref(world->snapshot);
        db_disconnect(world->connection);
        arena_free(world->arena);
}

static void put_customers(const struct fixture *fixture)
{
        put_import(fixture, 1, "customers", 1, 3, 0);
        for (int64_t id = 81; id <= 83; id++)
                put_customer(fixture, id, 1, 14600);
}

static void put_certificate(const struct fixture *fixture, int64_t customer, int64_t person, const char *qualification,
                            int from, int import, int to)
{
        run_sql(fixture, "INSERT INTO certificate VALUES (%lld, %lld, '%s', %d, %d, %d, '')", (long long)customer,
                (long long)person, qualification, from, import, to);
}

static void assert_certified(struct fixture *fixture, int64_t generation, int32_t day, const int64_t any[3],
                             const int64_t roof[3])
{
        static const struct text of[] = {{NULL, 0}, {"roof", 4}};
        struct error error;
        struct world world;
        struct engine_input input = {0};
        open_world(fixture, &world, generation);
        assert_ok(certified_load(world.snapshot, world.connection, of, 2, day, world.arena, &input, &error));
        assert_int_equal(input.certified_count, 2);
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(input.certified[0].count[i], any[i]);
                assert_int_equal(input.certified[1].count[i], roof[i]);
        }
        close_world(&world);
}

static void certified_people(void **state)
{
        struct fixture *fixture = *state;
        put_customers(fixture);
        put_import(fixture, 2, "certificates", 2, 4, 0);
        put_import(fixture, 3, "certificates", 3, 1, 1);
        put_certificate(fixture, 81, 501, "roof", DAY - 10, 2, DAY);
        put_certificate(fixture, 81, 501, "wall", DAY - 10, 2, INT32_MAX);
        put_certificate(fixture, 81, 502, "roof", DAY, 2, INT32_MAX);
        put_certificate(fixture, 82, 501, "roof", DAY - 10, 2, DAY - 1);
        put_certificate(fixture, 82, 501, "roof", DAY - 10, 3, DAY); /* the same with a later end */
        put_certificate(fixture, 83, 503, "wall", DAY + 1, 3, INT32_MAX);
        assert_certified(fixture, 1, DAY, (int64_t[]){0, 0, 0}, (int64_t[]){0, 0, 0});
        assert_certified(fixture, 2, DAY, (int64_t[]){2, 0, 0}, (int64_t[]){2, 0, 0});
        assert_certified(fixture, 2, DAY - 1, (int64_t[]){1, 1, 0}, (int64_t[]){1, 1, 0});
        assert_certified(fixture, 2, DAY - 11, (int64_t[]){0, 0, 0}, (int64_t[]){0, 0, 0});
        assert_certified(fixture, 3, DAY, (int64_t[]){2, 1, 0}, (int64_t[]){2, 1, 0});
        assert_certified(fixture, 3, DAY + 1, (int64_t[]){2, 0, 1}, (int64_t[]){1, 0, 0});
        undo_import(fixture, 3, 4);
        assert_certified(fixture, 4, DAY, (int64_t[]){2, 0, 0}, (int64_t[]){2, 0, 0});
        assert_certified(fixture, 3, DAY, (int64_t[]){2, 1, 0}, (int64_t[]){2, 1, 0});
}

/* An import published earlier may have the higher number: the later generation counts. */
static void the_later_generation_counts(void **state)
{
        struct fixture *fixture = *state;
        put_customers(fixture);
        put_import(fixture, 2, "certificates", 4, 1, 0);
        put_import(fixture, 3, "certificates", 3, 1, 0);
        run_sql(fixture, "UPDATE head SET generation = 4");
        put_certificate(fixture, 81, 501, "roof", DAY, 2, DAY);
        put_certificate(fixture, 81, 501, "roof", DAY, 3, INT32_MAX);
        assert_certified(fixture, 4, DAY + 1, (int64_t[]){0, 0, 0}, (int64_t[]){0, 0, 0});
        assert_certified(fixture, 3, DAY + 1, (int64_t[]){1, 0, 0}, (int64_t[]){1, 0, 0});
}

static void put_activity(const struct fixture *fixture, int64_t customer, const char *kind, int day, int number,
                         int import, bool confirmed)
{
        run_sql(fixture, "INSERT INTO activity VALUES (%lld, 1, '%s', %d, %d, %d, %d, '%s', '', '')",
                (long long)customer, kind, day, number, import, confirmed, confirmed ? "confirmed" : "planned");
}

static void assert_days(const struct event_column *column, size_t customer, const int32_t *days, size_t count)
{
        assert_int_equal(column->offset[customer + 1] - column->offset[customer], count);
        for (size_t i = 0; i < count; i++)
                assert_int_equal(column->day[column->offset[customer] + i], days[i]);
}

static void activities_and_visits(void **state)
{
        static const struct text of[] = {{"workshop", 8}, {NULL, 0}};
        struct fixture *fixture = *state;
        struct error error;
        struct world world;
        struct engine_input input = {0};
        put_customers(fixture);
        put_import(fixture, 2, "activities", 2, 5, 0);
        put_import(fixture, 3, "activities", 3, 0, 1);
        put_import(fixture, 4, "visits", 4, 3, 0);
        put_activity(fixture, 81, "workshop", DAY, 1, 2, true);
        put_activity(fixture, 81, "workshop", DAY, 2, 2, false);
        put_activity(fixture, 81, "workshop", DAY, 2, 3, true); /* confirmed later */
        put_activity(fixture, 81, "fair", DAY - 9, 1, 2, true);
        put_activity(fixture, 81, "workshop", DAY + 1, 1, 2, true); /* after the cut-off */
        put_activity(fixture, 83, "workshop", DAY - 5, 1, 2, true);
        put_activity(fixture, 83, "workshop", DAY - 5, 1, 3, false); /* and called off */
        run_sql(fixture, "INSERT INTO visit " VISIT_COLUMNS
                        " VALUES (82, 1, %d, 1, 4, '', '', ''), (82, 1, %d, 2, 4, '', '', ''), "
                         "(82, 1, %d, 1, 4, '', '', '')", DAY, DAY, DAY + 1);
        open_world(fixture, &world, 4);
        assert_ok(events_load(world.snapshot, world.connection, of, 2, true, DAY, world.arena, &input, &error));
        assert_int_equal(input.event_count, 3);
        assert_days(&input.events[0], 0, (int32_t[]){DAY, DAY}, 2);
        assert_days(&input.events[0], 2, NULL, 0);
        assert_days(&input.events[1], 0, (int32_t[]){DAY - 9, DAY, DAY}, 3);
        assert_int_equal(input.events[2].metric, METRIC_VISITS);
        assert_days(&input.events[2], 0, NULL, 0);
        assert_days(&input.events[2], 1, (int32_t[]){DAY, DAY}, 2);
        close_world(&world);
        open_world(fixture, &world, 2);
        assert_ok(events_load(world.snapshot, world.connection, of, 1, false, DAY, world.arena, &input, &error));
        assert_int_equal(input.event_count, 1);
        assert_days(&input.events[0], 0, (int32_t[]){DAY}, 1);
        assert_days(&input.events[0], 2, (int32_t[]){DAY - 5}, 1);
        close_world(&world);
}

static void put_responsibility(const struct fixture *fixture, int64_t customer, const char *territory, const char *who,
                               const char *role, int from, int import, int to)
{
        run_sql(fixture, "INSERT INTO responsibility VALUES (%lld, '%s', '%s', '%s', %d, %d, %d)", (long long)customer,
                territory, who, role, from, import, to);
}

static void assert_reps(struct fixture *fixture, int64_t generation, int32_t day, const char *const expected[3])
{
        struct error error;
        struct world world;
        struct text *reps;
        open_world(fixture, &world, generation);
        assert_ok(responsibilities_load(world.snapshot, world.connection, day, world.arena, &reps, &error));
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(reps[i].data == NULL, expected[i] == NULL);
                assert_true(text_equal(reps[i], text_of(expected[i])));
        }
        close_world(&world);
}

static void who_is_responsible(void **state)
{
        struct fixture *fixture = *state;
        put_customers(fixture);
        put_fact(fixture, 81, "territory", 14600, 1, "North");
        put_fact(fixture, 82, "territory", 14600, 1, "North");
        put_import(fixture, 2, "responsibilities", 2, 6, 0);
        put_import(fixture, 3, "responsibilities", 3, 0, 1);
        put_import(fixture, 4, "customers", 4, 0, 1);
        put_responsibility(fixture, 0, "North", "R2", "rep", 100, 2, INT32_MAX);
        put_responsibility(fixture, 0, "North", "R3", "rep", 50, 2, INT32_MAX);
        put_responsibility(fixture, 0, "South", "R9", "rep", 100, 2, INT32_MAX);
        put_responsibility(fixture, 0, "North", "H1", "head", 100, 2, INT32_MAX);
        put_responsibility(fixture, 82, "", "R5", "rep", DAY, 2, INT32_MAX);
        put_responsibility(fixture, 82, "", "R1", "deputy", 100, 2, INT32_MAX);
        assert_reps(fixture, 1, DAY, (const char *[]){NULL, NULL, NULL});
        assert_reps(fixture, 2, 60, (const char *[]){"R3", "R3", NULL});
        assert_reps(fixture, 2, DAY - 1, (const char *[]){"R2", "R2", NULL});
        assert_reps(fixture, 2, DAY, (const char *[]){"R2", "R5", NULL});
        /* R2's term gets an end; the customer moves to the south. */
        put_responsibility(fixture, 0, "North", "R2", "rep", 100, 3, DAY);
        put_fact(fixture, 81, "territory", DAY + 2, 4, "South");
        assert_reps(fixture, 3, DAY, (const char *[]){"R2", "R5", NULL});
        assert_reps(fixture, 3, DAY + 1, (const char *[]){"R3", "R5", NULL});
        assert_reps(fixture, 4, DAY + 2, (const char *[]){"R9", "R5", NULL});
        assert_reps(fixture, 2, DAY + 2, (const char *[]){"R2", "R5", NULL});
}

static void nothing_staged_remains(void **state)
{
        static const char *const tables[] = {"contact", "contact_fact", "certificate", "activity", "visit",
                                             "responsibility"};
        struct fixture *fixture = *state;
        struct error error;
        char query[80];
        put_customers(fixture);
        put_fact(fixture, 81, "name", 100, 1, "x");
        put_import(fixture, 2, "contacts", 2, 1, 0);
        for (int import = 2; import <= 3; import++) {
                if (import == 3)
                        run_sql(fixture, "INSERT INTO import (id, kind, source_id, file_name, profile, file_hash, "
                                         "file_bytes, state, started_ms, import_day) "
                                         "VALUES (3, 'contacts', 1, 'f', 'p', 0, 0, 'staging', 0, 14600)");
                run_sql(fixture, "INSERT INTO contact VALUES (81, 501, %d)", import);
                run_sql(fixture, "INSERT INTO contact_fact SELECT 81, 501, min(id), 100, %d, 'x' FROM fact", import);
                run_sql(fixture, "INSERT INTO visit " VISIT_COLUMNS
                        " VALUES (81, 1, 100, 1, %d, '', '', '')", import);
                put_certificate(fixture, 81, 501, "roof", 100, import, 200);
                put_activity(fixture, 81, "fair", 100, 1, import, true);
                put_responsibility(fixture, 81, "", "R1", "rep", 100, import, 200);
        }
        assert_ok(staged_remove(fixture->database, 3, &error));
        for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
                snprintf(query, sizeof(query), "SELECT count(*) FROM %s WHERE import_id = 3", tables[i]);
                assert_int_equal(look(fixture, query), 0);
                snprintf(query, sizeof(query), "SELECT count(*) FROM %s WHERE import_id = 2", tables[i]);
                assert_int_equal(look(fixture, query), 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(certified_people, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(the_later_generation_counts, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(activities_and_visits, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(who_is_responsible, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(nothing_staged_remains, fixture_new, facts_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
