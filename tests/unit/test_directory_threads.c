/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_directory_threads.c: several threads ask for the directory while imports are published: each gets a view of what
 * was published before it asked, or newer, and no view changes under a reader.
 * Verifies R-032 (everybody sees the same) in part.
 */
#include "facts_fixture.h"

#include "platform/thread.h"
#include "program/directory.h"

enum { READERS = 4, PUBLISHED = 12, DAY = 20454 };

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
                        /* Each generation brings a customer. */
                        reading->failed = !scope || generation < before ||
                                          directory_count(view) != (size_t)generation ||
                                          directory_find(view, scope, generation) < 0;
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
        put_import(fixture, 1, "customers", 1, 1, 0);
        put_customer(fixture, 1, 1, 14000);
        assert_ok(directory_new(fixture->database, &directory, &error));
        for (int r = 0; r < READERS; r++) {
                readings[r] = (struct reading){.fixture = fixture, .directory = directory, .published = &published};
                assert_ok(thread_start(read_views, &readings[r], &threads[r], &error));
        }
        for (int generation = 2; generation <= PUBLISHED; generation++) {
                run_sql(fixture,
                        "BEGIN; INSERT INTO import (id, kind, source_id, file_name, profile, file_hash, file_bytes, "
                        "state, started_ms, import_day, generation, rows_new, rows_changed) VALUES (%d, 'customers', "
                        "1, 'f', 'p', 0, 0, 'published', 0, 14600, %d, 1, 0); INSERT INTO customer_record VALUES (%d, "
                        "%d, 14000); UPDATE head SET generation = %d; COMMIT", generation, generation, generation,
                        generation, generation);
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
