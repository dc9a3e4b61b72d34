/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_directory_threads.c: several threads ask for the directory while imports are published, of customers and of
 * visits, which leave names as they were: each gets a view of what was published before it asked, or newer, and no view
 * changes under a reader, nor do the names that views share end with one of them.
 * Verifies R-032 (everybody sees the same) in part.
 */
#include "facts_fixture.h"

#include "platform/thread.h"
#include "program/directory.h"

enum { READERS = 4, PUBLISHED = 24, DAY = 20454 };

static char numbers[PUBLISHED][8];

struct reading {
        const struct fixture *fixture;
        struct directory *directory;
        int *published;              /* the latest generation; atomic */
        bool failed;
};

static void read_views(void *context)
{
        struct reading *reading = context;
        struct error error;
        struct connection *connection = NULL;
        reading->failed = db_connect(reading->fixture->database, &connection, &error) != STATUS_OK;
        while (!reading->failed) {
                struct directory_view *view = NULL;
                int before = __atomic_load_n(reading->published, __ATOMIC_SEQ_CST);
                struct arena *arena = arena_new(1 << 20);
                reading->failed = !arena || directory_view_of(reading->directory, connection, DAY, &view, &error);
                if (!reading->failed) {
                        const struct subject all = {.scope = {.kind = SCOPE_ALL}};
                        uint64_t *scope = scope_of(view, &all, arena);
                        int64_t generation = directory_generation(view);
                        size_t customers = (size_t)(generation + 1) / 2;
                        struct directory_row row = {0};
                        reading->failed = !scope || generation < before || directory_count(view) != customers ||
                                          directory_find(view, scope, (int64_t)customers) < 0;
                        if (!reading->failed)
                                directory_row(view, -1, customers - 1, &row);
                        reading->failed |= !text_is(row.number, numbers[customers]);
                }
                directory_view_unref(view);
                arena_free(arena);
                if (before == PUBLISHED)
                        break;
        }
        db_disconnect(connection);
}

static void views_are_never_older_than_asked_for(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct thread *threads[READERS];
        struct reading readings[READERS];
        struct directory *directory;
        int published = 1;
        for (int n = 0; n < PUBLISHED; n++)
                snprintf(numbers[n], sizeof(numbers[n]), "K%d", n);
        put_import(fixture, 1, "customers", 1, 1, 0);
        put_customer(fixture, 1, 1, 14000);
        assert_ok(directory_new(fixture->database, &directory, &error));
        for (int r = 0; r < READERS; r++) {
                readings[r] = (struct reading){.fixture = fixture, .directory = directory, .published = &published};
                assert_ok(thread_start(read_views, &readings[r], &threads[r], &error));
        }
        for (int generation = 2; generation <= PUBLISHED; generation++) {
                const bool brings = generation % 2;
                const int customer = (generation + 1) / 2;
                char more[256];
                snprintf(more, sizeof(more), "INSERT INTO customer_record VALUES (%d, %d, 14000);"
                                             "INSERT INTO customer_key VALUES (1, 'K%d', %d);", customer, generation,
                         customer, customer);
                run_sql(fixture,
                        "BEGIN; INSERT INTO import (id, kind, source_id, file_name, profile, file_hash, file_bytes, "
                        "state, started_ms, import_day, generation, rows_new, rows_changed) VALUES (%d, '%s', "
                        "1, 'f', 'p', 0, 0, 'published', 0, 14600, %d, 1, 0); %s "
                        "UPDATE head SET generation = %d; COMMIT", generation, brings ? "customers" : "visits",
                        generation, brings ? more : "", generation);
                __atomic_store_n(&published, generation, __ATOMIC_SEQ_CST);
                thread_sleep_ms(5);
        }
        for (int r = 0; r < READERS; r++) {
                thread_join(threads[r]);
                assert_false(readings[r].failed);
        }
        directory_free(directory);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(views_are_never_older_than_asked_for, fixture_new, facts_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
