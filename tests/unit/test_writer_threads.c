/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_writer_threads.c: many threads write at the same time; each gets its own answer, and readers see whole requests
 * only.
 */
#include "database_fixture.h"

#include "db/identity.h"
#include "db/setting.h"
#include "platform/monitor.h"
#include "platform/thread.h"

enum { THREADS = 6, REQUESTS = 60 };

static struct error error;

struct request {
        int thread, number;
        bool fails;
        int64_t id;
};

/* Writes one row of its own and two that belong together. */
static enum status work(struct connection *connection, void *context, struct error *failure)
{
        struct request *request = context;
        char name[32], value[32];
        snprintf(name, sizeof(name), "own-%d-%d", request->thread, request->number);
        snprintf(value, sizeof(value), "%d-%d", request->thread, request->number);
        enum status status = setting_set(connection, name, text_of(value), failure);
        if (!status)
                status = setting_set(connection, "left", text_of(value), failure);
        if (!status && request->fails)
                status = error_set(failure, STATUS_INVALID, "test.refused", "value", value, NULL);
        if (!status)
                status = setting_set(connection, "right", text_of(value), failure);
        if (!status)
                status = identity_next(connection, &request->id, failure);
        return status;
}

struct submitter {
        struct database *database;
        struct request requests[REQUESTS];
        int thread, wrong;
};

static void submit(void *context)
{
        struct submitter *submitter = context;
        for (int i = 0; i < REQUESTS; i++) {
                struct error failure = {.key = ""};
                struct request *request = &submitter->requests[i];
                *request = (struct request){.thread = submitter->thread, .number = i, .fails = i % 7 == 3};
                enum status status = i % 20 == 19 ? db_write_bulk(submitter->database, work, request, &failure)
                                                  : db_write(submitter->database, work, request, &failure);
                char value[32];
                snprintf(value, sizeof(value), "%d-%d", submitter->thread, i);
                if (status != (request->fails ? STATUS_INVALID : STATUS_OK))
                        submitter->wrong++;
                /* The error is that of this request, not of a neighbour in the same commit. */
                if (status && (!error_argument(&failure, "value") || strcmp(error_argument(&failure, "value"), value)))
                        submitter->wrong++;
        }
}

struct watcher {
        struct database *database;
        bool stop;
        int wrong, views;
};

static void watch(void *context)
{
        struct watcher *watcher = context;
        struct error failure;
        struct connection *connection = NULL;
        if (db_connect(watcher->database, &connection, &failure)) {
                watcher->wrong++;
                return;
        }
        while (!__atomic_load_n(&watcher->stop, __ATOMIC_ACQUIRE)) {
                struct text value;
                char left[32] = "";
                if (db_read_begin(connection, &failure)) {
                        watcher->wrong++;
                        break;
                }
                if (!setting_get(connection, "left", &value, &failure)) {
                        snprintf(left, sizeof(left), "%.*s", (int)value.length, value.data);
                        if (setting_get(connection, "right", &value, &failure) || !text_is(value, left))
                                watcher->wrong++;
                        watcher->views++;
                }
                db_read_end(connection);
        }
        db_disconnect(connection);
}

static int compare_ids(const void *a, const void *b)
{
        int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
        return (left > right) - (left < right);
}

static void many_threads(void **state)
{
        struct fixture *fixture = *state;
        static struct submitter submitters[THREADS];
        struct watcher watchers[2] = {{.database = fixture->database}, {.database = fixture->database}};
        struct thread *threads[THREADS], *watching[2];
        for (int i = 0; i < 2; i++)
                assert_ok(thread_start(watch, &watchers[i], &watching[i], &error));
        for (int i = 0; i < THREADS; i++) {
                submitters[i] = (struct submitter){.database = fixture->database, .thread = i};
                assert_ok(thread_start(submit, &submitters[i], &threads[i], &error));
        }
        static int64_t ids[THREADS * REQUESTS];
        size_t id_count = 0;
        for (int i = 0; i < THREADS; i++) {
                thread_join(threads[i]);
                assert_int_equal(submitters[i].wrong, 0);
                for (int j = 0; j < REQUESTS; j++)
                        if (!submitters[i].requests[j].fails)
                                ids[id_count++] = submitters[i].requests[j].id;
        }
        for (int i = 0; i < 2; i++) {
                __atomic_store_n(&watchers[i].stop, true, __ATOMIC_RELEASE);
                thread_join(watching[i]);
                assert_int_equal(watchers[i].wrong, 0);
                assert_true(watchers[i].views > 0);
        }
        qsort(ids, id_count, sizeof(ids[0]), compare_ids);
        for (size_t i = 1; i < id_count; i++)
                assert_true(ids[i - 1] < ids[i]);
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM setting WHERE name LIKE 'own-%'"), id_count);
}

/* Holds the writer until the others are queued behind it, so that they are committed as one group. */
struct gate {
        struct monitor *monitor;
        bool entered, open;
};

static enum status hold(struct connection *connection, void *context, struct error *failure)
{
        struct gate *gate = context;
        (void)connection;
        (void)failure;
        monitor_enter(gate->monitor);
        gate->entered = true;
        monitor_wake_all(gate->monitor);
        while (!gate->open)
                monitor_wait(gate->monitor);
        monitor_leave(gate->monitor);
        return STATUS_OK;
}

struct holder {
        struct database *database;
        struct gate *gate;
        enum status status;
};

static void run_holder(void *context)
{
        struct holder *holder = context;
        struct error failure;
        holder->status = db_write(holder->database, hold, holder->gate, &failure);
}

struct single {
        struct database *database;
        struct request request;
        enum status status;
};

static void run_single(void *context)
{
        struct single *single = context;
        struct error failure;
        single->status = db_write(single->database, work, &single->request, &failure);
}

/* One request of a group fails, first, middle or last: the others of the same commit stay. */
static void failure_in_a_group(void **state)
{
        struct fixture *fixture = *state;
        enum { MEMBERS = 5 };
        for (int wrong = 0; wrong < MEMBERS; wrong++) {
                struct gate gate = {.open = false};
                struct holder holder = {.database = fixture->database, .gate = &gate};
                struct single singles[MEMBERS];
                struct thread *holding, *threads[MEMBERS];
                assert_ok(monitor_new(&gate.monitor, &error));
                assert_ok(thread_start(run_holder, &holder, &holding, &error));
                monitor_enter(gate.monitor);
                while (!gate.entered)
                        monitor_wait(gate.monitor);
                monitor_leave(gate.monitor);
                for (int i = 0; i < MEMBERS; i++) {
                        singles[i] = (struct single){.database = fixture->database,
                                                     .request = {.thread = 100 + wrong, .number = i,
                                                                 .fails = i == wrong}};
                        assert_ok(thread_start(run_single, &singles[i], &threads[i], &error));
                        usleep(2000);
                }
                monitor_enter(gate.monitor);
                gate.open = true;
                monitor_wake_all(gate.monitor);
                monitor_leave(gate.monitor);
                thread_join(holding);
                assert_int_equal(holder.status, STATUS_OK);
                for (int i = 0; i < MEMBERS; i++) {
                        thread_join(threads[i]);
                        assert_int_equal(singles[i].status, i == wrong ? STATUS_INVALID : STATUS_OK);
                }
                monitor_free(gate.monitor);
        }
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM setting WHERE name LIKE 'own-10%'"),
                         MEMBERS * (MEMBERS - 1));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(many_threads, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(failure_in_a_group, fixture_new, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
