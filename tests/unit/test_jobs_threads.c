/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_jobs_threads.c: jobs are run once, by priority, one at a time where they share a lock; they are retried,
 * cancelled, put back at a stop, begun again after a kill; a lease is lost by silence, not by clocks; several runners
 * share a database without doing anything twice.
 */
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "database_fixture.h"
#include "jobs/jobs.h"
#include "platform/clock.h"
#include "platform/thread.h"

enum { PATIENCE_MS = 20000, KINDS_MAX = 8, ARENA_BYTES = 1 << 20, JOBS = 40, RUNNERS = 2 };

static struct error error;

/* ---- kinds ----------------------------------------------------------------------------------------------------- */

static atomic_int runs, notes, begun, at_once, most_at_once, failures_left;
static atomic_bool may_end;
static char order_seen[64];
static atomic_int run_count[JOBS];

static enum status greet(struct job *job, struct error *problem)
{
        char text[128];
        (void)problem;
        int length = snprintf(text, sizeof(text), "{\"said\":\"%.*s %lld %zu %.*s\"}",
                              (int)job_argument(job, "name").length, job_argument(job, "name").data,
                              (long long)job_argument_integer(job, "number"), job_argument_count(job, "list"),
                              (int)job_argument_at(job, "list", 1).length, job_argument_at(job, "list", 1).data);
        job_progress(job, 3, 4, "job.stopping");
        job_set_result(job, (struct text){text, (size_t)length});
        runs++;
        return STATUS_OK;
}

/* Notes the letter it was given. */
static enum status note(struct job *job, struct error *problem)
{
        struct text letter = job_argument(job, "letter");
        (void)problem;
        size_t length = strlen(order_seen);
        order_seen[length] = letter.data[0];
        order_seen[length + 1] = '\0';
        notes++;
        return STATUS_OK;
}

static enum status alone(struct job *job, struct error *problem)
{
        int now = ++at_once;
        (void)job;
        (void)problem;
        if (now > most_at_once)
                most_at_once = now;
        thread_sleep_ms(20);
        at_once--;
        runs++;
        return STATUS_OK;
}

static enum status fail_for_a_while(struct job *job, struct error *problem)
{
        runs++;
        if (job_argument(job, "forever").length)
                return error_set(problem, STATUS_INVALID, "import.no_rows", "path", "a.csv", NULL);
        if (failures_left-- > 0)
                return error_set(problem, STATUS_BUSY, "data.locked", "path", "x", NULL);
        return STATUS_OK;
}

/* Goes on until it is told to end. */
static enum status wait_for_end(struct job *job, struct error *problem)
{
        begun++;
        for (int64_t i = 0; !may_end; i++) {
                enum status status = job_check(job, problem);
                if (status)
                        return status;
                job_progress(job, i, 0, NULL);
                thread_sleep_ms(2);
        }
        runs++;
        return STATUS_OK;
}

static enum status count(struct job *job, struct error *problem)
{
        (void)problem;
        run_count[job_argument_integer(job, "number")]++;
        return STATUS_OK;
}

static enum status is_due(struct job_due *due, struct error *problem)
{
        enum status status = job_due_add(due, "2026-06-30", text_of("{\"number\": 1}"), problem);
        return status ? status : job_due_add(due, "2026-06-30", text_of("{\"number\": 1}"), problem);
}

static const struct job_kind greeting = {.name = "greeting", .run = greet};
static const struct job_kind noting = {.name = "noting", .run = note};
static const struct job_kind lonely = {.name = "lonely", .run = alone, .lock = "one"};
static const struct job_kind failing = {.name = "failing", .run = fail_for_a_while, .tries_max = 4};
static const struct job_kind resumable = {.name = "resumable", .run = wait_for_end, .resumable = true, .tries_max = 3};
static const struct job_kind once_only = {.name = "once_only", .run = wait_for_end};
static const struct job_kind counting = {.name = "counting", .run = count};
static const struct job_kind due_one = {.name = "due_one", .run = count, .due = is_due};

/* ---- runners --------------------------------------------------------------------------------------------------- */

static atomic_int changes_seen, ends_seen, complaints;

static void changed(void *context, const struct job_event *event)
{
        (void)context;
        changes_seen++;
        if (job_state_ended(event->state))
                ends_seen++;
}

static void complain(void *context, int64_t job_id, const struct error *problem)
{
        (void)context;
        print_message("%s %s\n", problem->key, problem->text);
        complaints += job_id == 0;
}

static const struct job_kind *const kinds[] = {&greeting, &noting, &lonely, &failing, &resumable, &once_only, &counting,
                                               NULL};
static const struct job_kind *const due_kinds[] = {&due_one, NULL};

static struct jobs *start(struct database *database, unsigned threads, const struct job_kind *const *which)
{
        struct jobs_options options = {.database = database, .kinds = which, .threads = threads, .changed = changed,
                                       .failed = complain, .beat_ms = 50, .lease_ms = 1500, .retry_ms = 20,
                                       .poll_ms = 50, .due_ms = 60};
        struct jobs *jobs;
        assert_ok(jobs_start(&options, &jobs, &error));
        return jobs;
}

static int64_t add(struct jobs *jobs, const char *kind, const char *arguments, int32_t priority)
{
        int64_t id;
        struct job_order order = {.kind = kind, .arguments = text_of(arguments), .priority = priority,
                                  .account_id = 7, .actor = "anna", .language = LANGUAGE_GERMAN};
        assert_ok(jobs_add(jobs, &order, &id, &error));
        return id;
}

static struct arena *arena;

static struct job_record load(struct database *database, int64_t id)
{
        connection_cleanup struct connection *connection = NULL;
        struct job_record record;
        assert_ok(db_connect(database, &connection, &error));
        assert_ok(job_load(connection, id, arena, &record, &error));
        return record;
}

static struct job_record wait_end(struct database *database, struct jobs *jobs, int64_t id)
{
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(database, &connection, &error));
        assert_true(jobs_wait(jobs, connection, id, PATIENCE_MS));
        return load(database, id);
}

#define wait_until(condition)                                                     \
        do {                                                                      \
                int64_t until = clock_monotonic_ns() + PATIENCE_MS * INT64_C(1000000); \
                while (!(condition) && clock_monotonic_ns() < until)              \
                        thread_sleep_ms(2);                                       \
                assert_true(condition);                                           \
        } while (0)

static int begin_test(void **state)
{
        runs = notes = begun = at_once = most_at_once = failures_left = 0;
        changes_seen = ends_seen = complaints = 0;
        may_end = false;
        order_seen[0] = '\0';
        for (int i = 0; i < JOBS; i++)
                run_count[i] = 0;
        arena = arena_new(ARENA_BYTES);
        return arena ? fixture_new(state) : -1;
}

static int end_test(void **state)
{
        clock_inject_ms(-1);
        arena_free(arena);
        return fixture_free(state);
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

static void arguments_and_result(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t id = add(jobs, "greeting", "{\"name\":\"Jürgen\",\"number\":12,\"list\":[\"a\",\"b\"]}", 0);
        struct job_record record = wait_end(fixture->database, jobs, id);
        assert_int_equal(record.state, JOB_DONE);
        assert_string_equal(record.result.data, "{\"said\":\"Jürgen 12 2 b\"}");
        assert_int_equal(record.done, 3);
        assert_int_equal(record.total, 4);
        assert_string_equal(record.actor.data, "anna");
        assert_int_equal(record.account_id, 7);
        assert_int_equal(record.language, LANGUAGE_GERMAN);
        assert_null(record.error.key);
        assert_true(record.created_ms > 0 && record.started_ms >= record.created_ms);
        assert_true(record.ended_ms >= record.started_ms);
        /* What cannot be run says so. */
        record = wait_end(fixture->database, jobs, add(jobs, "unheard_of", "{}", 0));
        assert_int_equal(record.state, JOB_FAILED);
        assert_string_equal(record.error.key, "job.unknown_kind");
        assert_string_equal(error_argument(&record.error, "kind"), "unheard_of");
        record = wait_end(fixture->database, jobs, add(jobs, "greeting", "{\"name\":", 0));
        assert_string_equal(record.error.key, "job.arguments_invalid");
        jobs_stop(jobs);
        assert_true(changes_seen >= 3 && ends_seen >= 3);
        assert_int_equal(complaints, 0);
        assert_int_equal(runs, 1);
}

static void by_priority_and_age(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        add(jobs, "once_only", "{}", 9);
        wait_until(begun == 1);
        add(jobs, "noting", "{\"letter\":\"c\"}", 0);
        add(jobs, "noting", "{\"letter\":\"d\"}", 0);
        add(jobs, "noting", "{\"letter\":\"a\"}", 5);
        int64_t last = add(jobs, "noting", "{\"letter\":\"b\"}", 1), later;
        struct job_order put_off = {.kind = "noting", .arguments = text_of("{\"letter\":\"z\"}"), .priority = 9,
                                    .run_after_ms = clock_now_ms() + 3600000};
        assert_ok(jobs_add(jobs, &put_off, &later, &error));
        may_end = true;
        wait_end(fixture->database, jobs, last);
        wait_until(notes == 4);
        jobs_stop(jobs);
        assert_string_equal(order_seen, "abcd");
        assert_int_equal(load(fixture->database, later).state, JOB_WAITING);
}

static void one_of_a_lock(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 4, kinds);
        for (int i = 0; i < 12; i++)
                add(jobs, "lonely", "{}", 0);
        wait_until(runs == 12);
        jobs_stop(jobs);
        assert_int_equal(most_at_once, 1);
        assert_int_equal(look(fixture, "SELECT count(*) FROM job WHERE state = 'done'"), 12);
}

static void failures_that_pass(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        failures_left = 2;
        int64_t began_ns = clock_monotonic_ns();
        struct job_record record = wait_end(fixture->database, jobs, add(jobs, "failing", "{}", 0));
        assert_int_equal(record.state, JOB_DONE);
        assert_int_equal(record.tries, 3);
        assert_null(record.error.key);
        assert_true(clock_monotonic_ns() - began_ns >= (20 + 80) * INT64_C(1000000)); /* pauses grow */
        /* As often as the kind says. */
        failures_left = 100;
        record = wait_end(fixture->database, jobs, add(jobs, "failing", "{}", 0));
        assert_int_equal(record.state, JOB_FAILED);
        assert_int_equal(record.tries, 4);
        assert_string_equal(record.error.key, "data.locked");
        assert_int_equal(record.error.status, STATUS_BUSY);
        assert_string_equal(error_argument(&record.error, "path"), "x");
        /* What is wrong stays wrong. */
        runs = 0;
        record = wait_end(fixture->database, jobs, add(jobs, "failing", "{\"forever\":\"yes\"}", 0));
        assert_int_equal(record.state, JOB_FAILED);
        assert_string_equal(record.error.key, "import.no_rows");
        assert_int_equal(runs, 1);
        jobs_stop(jobs);
}

static void cancelling(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t running = add(jobs, "resumable", "{}", 0);
        wait_until(begun == 1);
        int64_t waiting = add(jobs, "greeting", "{}", 0);
        assert_ok(jobs_cancel(jobs, waiting, "bert", &error));
        assert_int_equal(load(fixture->database, waiting).state, JOB_CANCELLED);
        assert_fails(jobs_cancel(jobs, waiting, "bert", &error), STATUS_CONFLICT, "job.ended_already");
        assert_fails(jobs_cancel(jobs, 4711, "bert", &error), STATUS_NOT_FOUND, "job.unknown");
        assert_ok(jobs_cancel(jobs, running, "bert", &error));
        struct job_record record = wait_end(fixture->database, jobs, running);
        assert_int_equal(record.state, JOB_CANCELLED);
        assert_string_equal(record.cancelled_by.data, "bert");
        jobs_stop(jobs);
        assert_int_equal(runs, 0);
}

/* Cancelled by a process that does not run it: by way of the database. */
static void cancelled_elsewhere(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t id = add(jobs, "resumable", "{}", 0);
        wait_until(begun == 1);
        tamper(fixture, "UPDATE job SET cancelled_by = 'carla' WHERE state = 'running'");
        assert_int_equal(wait_end(fixture->database, jobs, id).state, JOB_CANCELLED);
        jobs_stop(jobs);
}

static void stopping(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 2, kinds);
        int64_t again = add(jobs, "resumable", "{}", 0), never = add(jobs, "once_only", "{}", 0);
        wait_until(begun == 2);
        jobs_stop(jobs);
        struct job_record record = load(fixture->database, again);
        assert_int_equal(record.state, JOB_WAITING);
        assert_int_equal(record.tries, 0);
        record = load(fixture->database, never);
        assert_int_equal(record.state, JOB_FAILED);
        assert_string_equal(record.error.key, "job.stopping");
        may_end = true;
        jobs = start(fixture->database, 1, kinds);
        assert_int_equal(wait_end(fixture->database, jobs, again).state, JOB_DONE);
        jobs_stop(jobs);
        assert_int_equal(runs, 1);
}

/* ---- a process that is killed ---------------------------------------------------------------------------------- */

/* In a process of its own: runs what is waiting until it is killed. */
static void run_until_killed(struct fixture *fixture, int told)
{
        struct database *database;
        if (fixture_open(fixture, false, false, &database, &error))
                _exit(1);
        struct jobs_options options = {.database = database, .kinds = kinds, .threads = 2, .beat_ms = 20};
        struct jobs *jobs;
        if (jobs_start(&options, &jobs, &error))
                _exit(2);
        while (begun < 2)
                thread_sleep_ms(1);
        if (write(told, "x", 1) != 1)
                _exit(3);
        for (;;)
                thread_sleep_ms(1000);
}

static void kill_in_the_middle(struct fixture *fixture)
{
        int told[2], outcome;
        char byte;
        assert_int_equal(pipe(told), 0);
        fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
                run_until_killed(fixture, told[1]);
        close(told[1]);
        assert_int_equal(read(told[0], &byte, 1), 1);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &outcome, 0), child);
        close(told[0]);
}

static void killed(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, due_kinds);
        int64_t again = add(jobs, "resumable", "{}", 1), never = add(jobs, "once_only", "{}", 0);
        jobs_stop(jobs); /* it knew neither kind */
        tamper(fixture, "UPDATE job SET state = 'waiting', tries = 0, ended_ms = NULL");
        database_close(fixture->database);
        fixture->database = NULL;
        kill_in_the_middle(fixture);
        may_end = true;
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
        jobs = start(fixture->database, 1, kinds);
        struct job_record record = wait_end(fixture->database, jobs, again);
        assert_int_equal(record.state, JOB_DONE);
        assert_int_equal(record.tries, 2);
        record = load(fixture->database, never);
        assert_int_equal(record.state, JOB_FAILED);
        assert_string_equal(record.error.key, "job.interrupted");
        jobs_stop(jobs);
        assert_int_equal(runs, 1);
}

/* A job that takes its process with it ends as interrupted instead of doing so for ever. */
static void killed_too_often(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t id = add(jobs, "resumable", "{}", 0);
        wait_until(begun == 1);
        jobs_stop(jobs);
        for (int i = 0; i < 3; i++) {
                assert_int_equal(load(fixture->database, id).state, JOB_WAITING);
                tamper(fixture, "UPDATE job SET state = 'running', holder = 'dead', tries = tries + 1, holder_home = "
                                "(SELECT 'x')");
                char path[128];
                struct buffer home buffer_cleanup;
                snprintf(path, sizeof(path), "%s/home", fixture->directory);
                assert_ok(file_read(path, 64, &home, &error));
                char text[160];
                snprintf(text, sizeof(text), "UPDATE job SET holder_home = '%s'", home.data);
                tamper(fixture, text);
                begun = 0;
                jobs = start(fixture->database, 1, kinds);
                if (i < 2)
                        wait_until(begun == 1);
                jobs_stop(jobs);
        }
        struct job_record record = load(fixture->database, id);
        assert_int_equal(record.state, JOB_FAILED);
        assert_string_equal(record.error.key, "job.interrupted");
}

/* ---- leases ---------------------------------------------------------------------------------------------------- */

static void a_silent_holder(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t again = add(jobs, "resumable", "{}", 0);
        wait_until(begun == 1);
        jobs_stop(jobs);
        tamper(fixture, "UPDATE job SET state = 'running', holder = 'elsewhere', holder_home = 'elsewhere', beat = 5, "
                        "tries = 1");
        begun = 0;
        jobs = start(fixture->database, 1, kinds);
        /* As long as it gives signs of life nobody takes it away, far beyond the length of a lease. */
        for (int i = 0; i < 30; i++) {
                tamper(fixture, "UPDATE job SET beat = beat + 1 WHERE holder = 'elsewhere'");
                thread_sleep_ms(100);
        }
        assert_int_equal(begun, 0);
        may_end = true;
        assert_int_equal(wait_end(fixture->database, jobs, again).state, JOB_DONE);
        assert_int_equal(load(fixture->database, again).tries, 2);
        jobs_stop(jobs);
}

static void a_lost_lease(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t id = add(jobs, "resumable", "{}", 0);
        wait_until(begun == 1);
        tamper(fixture, "UPDATE job SET holder = 'elsewhere', holder_home = 'elsewhere', beat = 1000");
        /* This runner ends its work and leaves the job to the other. */
        int64_t other = add(jobs, "greeting", "{}", 0);
        assert_int_equal(wait_end(fixture->database, jobs, other).state, JOB_DONE);
        struct job_record record = load(fixture->database, id);
        assert_int_equal(record.state, JOB_RUNNING);
        assert_int_equal(look(fixture, "SELECT count(*) FROM job WHERE holder = 'elsewhere'"), 1);
        assert_int_equal(runs, 1);
        jobs_stop(jobs);
}

static void jumping_clock(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t now_ms = clock_now_ms(), id = add(jobs, "resumable", "{}", 0);
        const int64_t jumps_ms[] = {INT64_C(86400000) * 400, -INT64_C(86400000) * 400, 0};
        wait_until(begun == 1);
        for (size_t i = 0; i < sizeof(jumps_ms) / sizeof(jumps_ms[0]); i++) {
                clock_inject_ms(now_ms + jumps_ms[i]);
                thread_sleep_ms(200);
        }
        assert_int_equal(begun, 1);
        assert_int_equal(load(fixture->database, id).state, JOB_RUNNING);
        may_end = true;
        assert_int_equal(wait_end(fixture->database, jobs, id).state, JOB_DONE);
        assert_int_equal(load(fixture->database, id).tries, 1);
        /* A pause set while the clock was ahead does not last a year. */
        clock_inject_ms(now_ms + jumps_ms[0]);
        failures_left = 1;
        runs = 0;
        id = add(jobs, "failing", "{}", 0);
        wait_until(runs == 1);
        clock_inject_ms(now_ms);
        assert_int_equal(wait_end(fixture->database, jobs, id).state, JOB_DONE);
        jobs_stop(jobs);
}

/* ---- several runners ------------------------------------------------------------------------------------------- */

static void several_runners(void **state)
{
        struct fixture *fixture = *state;
        struct database *databases[RUNNERS] = {fixture->database};
        struct fixture others[RUNNERS];
        struct jobs *jobs[RUNNERS];
        for (int i = 0; i < RUNNERS; i++) {
                /* On a server each is a process with a data directory of its own. */
                if (i && on_server()) {
                        others[i] = *fixture;
                        snprintf(others[i].directory, sizeof(others[i].directory), "/tmp/treue-test-XXXXXX");
                        assert_non_null(mkdtemp(others[i].directory));
                        assert_ok(fixture_open(&others[i], false, false, &databases[i], &error));
                } else if (i) {
                        databases[i] = fixture->database;
                }
                jobs[i] = start(databases[i], 3, kinds);
        }
        int64_t ids[JOBS];
        for (int i = 0; i < JOBS; i++) {
                char arguments[32];
                snprintf(arguments, sizeof(arguments), "{\"number\":%d}", i);
                ids[i] = add(jobs[i % RUNNERS], "counting", arguments, 0);
                add(jobs[i % RUNNERS], "lonely", "{}", 0);
        }
        for (int i = 0; i < JOBS; i++)
                assert_int_equal(wait_end(fixture->database, jobs[0], ids[i]).state, JOB_DONE);
        wait_until(runs == JOBS);
        for (int i = 0; i < RUNNERS; i++)
                jobs_stop(jobs[i]);
        for (int i = 0; i < JOBS; i++)
                assert_int_equal(run_count[i], 1);
        assert_int_equal(most_at_once, 1);
        assert_int_equal(look(fixture, "SELECT count(*) FROM job WHERE tries <> 1"), 0);
        for (int i = 1; i < RUNNERS && on_server(); i++) {
                database_close(databases[i]);
                assert_int_equal(fixture_remove(&others[i]), 0);
        }
}

static void files_of_one_home(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t here, elsewhere;
        struct job_order order = {.kind = "greeting", .home = jobs_home(jobs)};
        assert_ok(jobs_add(jobs, &order, &here, &error));
        order.home = "another";
        assert_ok(jobs_add(jobs, &order, &elsewhere, &error));
        assert_int_equal(wait_end(fixture->database, jobs, here).state, JOB_DONE);
        thread_sleep_ms(200);
        assert_int_equal(load(fixture->database, elsewhere).state, JOB_WAITING);
        jobs_stop(jobs);
}

/* ---- what is due ----------------------------------------------------------------------------------------------- */

static void once_and_due(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture->database, 2, due_kinds);
        wait_until(run_count[1] == 1);
        thread_sleep_ms(300);
        jobs_stop(jobs);
        jobs = start(fixture->database, 2, due_kinds);
        thread_sleep_ms(300);
        int64_t first, second;
        struct job_order order = {.kind = "due_one", .arguments = text_of("{\"number\": 2}"), .once_key = "mine"};
        assert_ok(jobs_add(jobs, &order, &first, &error));
        assert_ok(jobs_add(jobs, &order, &second, &error));
        assert_int_equal(first, second);
        wait_end(fixture->database, jobs, first);
        jobs_stop(jobs);
        assert_int_equal(run_count[1], 1);
        assert_int_equal(run_count[2], 1);
}

static void lists(void **state)
{
        struct fixture *fixture = *state;
        connection_cleanup struct connection *connection = NULL;
        struct jobs *jobs = start(fixture->database, 1, kinds);
        int64_t ids[3];
        for (int i = 0; i < 3; i++) {
                ids[i] = add(jobs, i == 1 ? "unheard_of" : "greeting", "{}", 0);
                wait_end(fixture->database, jobs, ids[i]);
        }
        jobs_stop(jobs);
        struct job_record *records;
        size_t count;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(job_list(connection, &(struct job_filter){.count = 2}, arena, &records, &count, &error));
        assert_int_equal(count, 2);
        assert_int_equal(records[0].id, ids[2]);
        assert_int_equal(records[1].id, ids[1]);
        assert_ok(job_list(connection, &(struct job_filter){.count = 2, .before_id = ids[1]}, arena, &records, &count,
                           &error));
        assert_int_equal(count, 1);
        assert_int_equal(records[0].id, ids[0]);
        assert_ok(job_list(connection, &(struct job_filter){.count = 9, .state = "failed"}, arena, &records, &count,
                           &error));
        assert_int_equal(count, 1);
        assert_string_equal(records[0].kind.data, "unheard_of");
        assert_ok(job_list(connection, &(struct job_filter){.count = 9, .account_id = 8}, arena, &records, &count,
                           &error));
        assert_int_equal(count, 0);
}

#define job_test(function) cmocka_unit_test_setup_teardown(function, begin_test, end_test)

int main(void)
{
        const struct CMUnitTest tests[] = {
                job_test(arguments_and_result), job_test(by_priority_and_age), job_test(one_of_a_lock),
                job_test(failures_that_pass), job_test(cancelling), job_test(cancelled_elsewhere), job_test(stopping),
                job_test(killed), job_test(killed_too_often), job_test(a_silent_holder), job_test(a_lost_lease),
                job_test(jumping_clock), job_test(several_runners), job_test(files_of_one_home), job_test(once_and_due),
                job_test(lists),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
