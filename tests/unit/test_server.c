/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_server.c: what only a database on a server has: several processes at once (migrations one at a time, leases of
 * node numbers, deadlocks) and connections that get lost, at work, at the commit, and after it, so that the key of the
 * commit must tell what happened. Nothing is lost and nothing done twice.
 */
#include "database_fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "db/audit.h"
#include "db/identity.h"
#include "db/postgresql.h"
#include "db/setting.h"
#include "platform/clock.h"
#include "platform/thread.h"

enum { PATIENCE_MS = 20000 };

static struct error error;

/* Waits until a query from outside gives at least this number. */
static void wait_for(const struct fixture *fixture, const char *query, int64_t number)
{
        for (int waited_ms = 0; look(fixture, query) < number; waited_ms += 5) {
                if (waited_ms > PATIENCE_MS)
                        fail_msg("%s stays below %lld", query, (long long)number);
                thread_sleep_ms(5);
        }
}

/* ---- migrations -------------------------------------------------------------------------------------------------- */

struct migrator {
        struct connection *connection;
        struct migration_list list;
        struct error error;
        enum status status;
};

static void migrate(void *context)
{
        struct migrator *migrator = context;
        migrator->status = schema_check(migrator->connection, &migrator->list, true, &migrator->error);
}

/* Two that bring a database up to date at the same time: one does it, the other waits and finds it done. */
static void migrations_one_at_a_time(void **state)
{
        struct fixture *fixture = *state;
        struct migration all[MIGRATION_COUNT + 1];
        memcpy(all, migrations, sizeof(migrations));
        all[MIGRATION_COUNT] = (struct migration){MIGRATION_COUNT + 1, "later", "sum of later", "",
                                                  "CREATE TABLE later (id integer);"};
        struct migrator migrators[2];
        struct thread *threads[2];
        tamper(fixture, "BEGIN; SELECT pg_advisory_xact_lock(7310584013)");
        for (int i = 0; i < 2; i++) {
                migrators[i] = (struct migrator){.list = {all, MIGRATION_COUNT + 1}};
                assert_ok(fixture->database->engine->connect(fixture->database, CONNECTION_WRITER,
                                                             &migrators[i].connection, &error));
                assert_ok(thread_start(migrate, &migrators[i], &threads[i], &error));
        }
        wait_for(fixture, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
                          "(SELECT oid FROM pg_database WHERE datname = current_database())", 2);
        assert_false(has_table(fixture, "later"));
        tamper(fixture, "COMMIT");
        for (int i = 0; i < 2; i++) {
                thread_join(threads[i]);
                error = migrators[i].error;
                assert_ok(migrators[i].status);
                db_disconnect(migrators[i].connection);
        }
        assert_true(has_table(fixture, "later"));
        assert_int_equal(look(fixture, "SELECT count(*) FROM schema_version"), MIGRATION_COUNT + 1);
}

/* ---- several processes ------------------------------------------------------------------------------------------- */

/* A second process: its own directory, the same database. */
static struct fixture second_process(const struct fixture *first)
{
        struct fixture second = {.directory = "/tmp/treue-test-XXXXXX"};
        assert_non_null(mkdtemp(second.directory));
        snprintf(second.name, sizeof(second.name), "%s", first->name);
        snprintf(second.url, sizeof(second.url), "%s", first->url);
        assert_ok(fixture_open(&second, false, false, &second.database, &error));
        return second;
}

static void end_process(struct fixture *second)
{
        database_close(second->database);
        assert_int_equal(fixture_remove(second), 0);
}

static enum status make_id(struct connection *connection, void *context, struct error *failure)
{
        return identity_next(connection, context, failure);
}

static int64_t new_id(struct database *database)
{
        int64_t id = 0;
        assert_ok(db_write(database, make_id, &id, &error));
        return id;
}

static int node_of(int64_t id)
{
        return (int)(id >> 12 & 1023);
}

/* Each process has a node number of its own; given back it is taken again, behind all its ids. */
static void nodes_are_leased(void **state)
{
        struct fixture *fixture = *state;
        struct fixture second = second_process(fixture);
        int64_t one = new_id(fixture->database), two = new_id(second.database);
        assert_int_equal(node_of(one), 1);
        assert_int_equal(node_of(two), 2);
        assert_int_equal(look(fixture, "SELECT count(DISTINCT owner) FROM id_lease"), 2);
        end_process(&second);
        assert_int_equal(look(fixture, "SELECT count(*) FROM id_lease"), 1);
        second = second_process(fixture);
        int64_t three = new_id(second.database);
        assert_int_equal(node_of(three), 2);
        assert_true(three > two);
        /* The first stands still for so long that its node is taken from it. */
        clock_inject_ms(clock_now_ms() + 3600000);
        struct fixture third = second_process(fixture);
        int64_t four = new_id(third.database);
        assert_int_equal(node_of(four), 1);
        assert_true(four > one);
        int64_t five = new_id(fixture->database);
        assert_true(node_of(five) != 1);
        assert_true(five != three);
        clock_inject_ms(-1);
        end_process(&third);
        end_process(&second);
}

struct crossing {
        struct database *database;
        const struct fixture *fixture;
        const char *first, *second;
        int *arrived;
        int runs;
        enum status status;
        struct error error;
};

static enum status cross(struct connection *connection, void *context, struct error *failure)
{
        struct crossing *crossing = context;
        int64_t changes;
        struct q_setting_set_args args = {.name = text_of(crossing->first), .value = text_of(crossing->second)};
        enum status status = q_setting_set(connection, &args, &changes, failure);
        if (status)
                return status;
        /* Both hold one row now; in a second run nobody waits. */
        __atomic_add_fetch(crossing->arrived, 1, __ATOMIC_ACQ_REL);
        crossing->runs++;
        for (int i = 0; i < PATIENCE_MS && __atomic_load_n(crossing->arrived, __ATOMIC_ACQUIRE) < 2; i++)
                thread_sleep_ms(1);
        args.name = text_of(crossing->second);
        return q_setting_set(connection, &args, &changes, failure);
}

static void run_crossing(void *context)
{
        struct crossing *crossing = context;
        crossing->status = db_write_bulk(crossing->database, cross, crossing, &crossing->error);
}

/* Two transactions that wait for each other: the server ends one, which is carried out again. */
static void deadlock_is_repeated(void **state)
{
        struct fixture *fixture = *state;
        struct fixture second = second_process(fixture);
        int arrived = 0;
        struct crossing crossings[2] = {
                {.database = fixture->database, .first = "a", .second = "b", .arrived = &arrived},
                {.database = second.database, .first = "b", .second = "a", .arrived = &arrived},
        };
        struct thread *threads[2];
        tamper(fixture, "INSERT INTO setting VALUES ('a', ''), ('b', '')");
        for (int i = 0; i < 2; i++)
                assert_ok(thread_start(run_crossing, &crossings[i], &threads[i], &error));
        for (int i = 0; i < 2; i++) {
                thread_join(threads[i]);
                error = crossings[i].error;
                assert_ok(crossings[i].status);
        }
        assert_int_equal(crossings[0].runs + crossings[1].runs, 3);
        /* Both rows are of the one that was carried out last. */
        assert_int_equal(look(fixture, "SELECT count(DISTINCT value) FROM setting WHERE name IN ('a', 'b')"), 1);
        end_process(&second);
}

/* ---- lost connections -------------------------------------------------------------------------------------------- */

struct entry {
        const struct fixture *fixture;
        struct database *database;
        bool kill;
        int runs;
        enum status status;
        struct error error;
};

static enum status append(struct connection *connection, void *context, struct error *failure)
{
        struct entry *entry = context;
        enum status status = audit_append(connection, &(struct audit_event){.actor = "cli", .kind = "setting.changed",
                                                                            .subject = text_of("x"),
                                                                            .detail = text_of("{}")}, failure);
        if (entry->runs++ == 0 && entry->kill) {
                char statement[128];
                snprintf(statement, sizeof(statement), "SELECT pg_terminate_backend(%s)",
                         pg_own(connection)->process);
                tamper(entry->fixture, statement);
        }
        return status;
}

static void run_append(void *context)
{
        struct entry *entry = context;
        entry->status = db_write(entry->database, append, entry, &entry->error);
}

static void assert_entries(const struct fixture *fixture, int64_t number)
{
        connection_cleanup struct connection *connection = NULL;
        int64_t entries = 0;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(audit_verify(connection, &entries, &error));
        assert_int_equal(entries, number);
        assert_int_equal(look(fixture, "SELECT count(*) FROM audit_entry"), number);
}

/* The server ends the connection in the middle of a request: done again on another one. */
static void killed_at_work(void **state)
{
        struct fixture *fixture = *state;
        struct entry entry = {.fixture = fixture, .database = fixture->database, .kill = true};
        run_append(&entry);
        error = entry.error;
        assert_ok(entry.status);
        assert_int_equal(entry.runs, 2);
        assert_entries(fixture, 2);
}

/* While it commits: the commit turns out not to have happened, and is done again. */
static void killed_at_the_commit(void **state)
{
        struct fixture *fixture = *state;
        struct entry entry = {.fixture = fixture, .database = fixture->database};
        struct thread *thread;
        tamper(fixture, "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS "
                        "$$ BEGIN PERFORM pg_advisory_xact_lock(99); RETURN NULL; END $$;"
                        "CREATE CONSTRAINT TRIGGER held AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED "
                        "FOR EACH ROW EXECUTE FUNCTION hold()");
        tamper(fixture, "SELECT pg_advisory_lock(99)");
        assert_ok(thread_start(run_append, &entry, &thread, &error));
        wait_for(fixture, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                          "query LIKE 'COMMIT%' AND wait_event = 'advisory'", 1);
        tamper(fixture, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
                        "query LIKE 'COMMIT%' AND wait_event = 'advisory'; SELECT pg_advisory_unlock(99)");
        thread_join(thread);
        error = entry.error;
        assert_ok(entry.status);
        assert_int_equal(entry.runs, 2);
        assert_entries(fixture, 2);
}

/* A reader outside a transaction connects again; inside, what it saw is lost. */
static void reader_is_cut_off(void **state)
{
        static const char end_others[] = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                         "datname = current_database() AND pid <> pg_backend_pid()";
        struct fixture *fixture = *state;
        connection_cleanup struct connection *connection = NULL;
        struct text zone;
        assert_ok(db_connect(fixture->database, &connection, &error));
        tamper(fixture, end_others);
        assert_ok(setting_get(connection, "time_zone", &zone, &error));
        assert_true(text_is(zone, "Europe/Berlin"));
        assert_ok(db_read_begin(connection, &error));
        tamper(fixture, end_others);
        assert_fails(setting_get(connection, "time_zone", &zone, &error), STATUS_DATABASE, "database.connection_lost");
        db_read_end(connection);
        assert_ok(db_read_begin(connection, &error));
        assert_ok(setting_get(connection, "time_zone", &zone, &error));
        db_read_end(connection);
        struct entry entry = {.fixture = fixture, .database = fixture->database};
        run_append(&entry);
        assert_int_equal(entry.status, STATUS_OK);
        assert_entries(fixture, 2);
}

/* ---- an answer that is lost on its way --------------------------------------------------------------------------- */

/* Stands between program and server. When armed, it cuts the connection that commits: as soon as the server has
 * answered, without handing the answer on. */
enum { RELAY_PAIRS = 16, RELAY_BYTES = 1 << 16 };

struct relay {
        int listening, stop[2];
        int client[RELAY_PAIRS], server[RELAY_PAIRS];
        bool committing[RELAY_PAIRS];
        size_t count;
        int cuts_left, cuts;
        char target[108], path[108];
        struct thread *thread;
};

static int socket_at(const char *path, bool listening)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        int handle = socket(AF_UNIX, SOCK_STREAM, 0);
        int failed = listening ? bind(handle, (struct sockaddr *)&address, sizeof(address)) || listen(handle, 8)
                               : connect(handle, (struct sockaddr *)&address, sizeof(address));
        assert_int_equal(failed, 0);
        return handle;
}

static void relay_close(struct relay *relay, size_t pair)
{
        close(relay->client[pair]);
        close(relay->server[pair]);
        relay->count--;
        relay->client[pair] = relay->client[relay->count];
        relay->server[pair] = relay->server[relay->count];
        relay->committing[pair] = relay->committing[relay->count];
}

/* What one side has said goes to the other; false when the connection is to end. */
static bool relay_pass(struct relay *relay, size_t pair, bool from_client)
{
        static const char commit[] = ENGINE_POSTGRESQL_COMMIT; /* with its end: BEGIN speaks of READ COMMITTED */
        static char bytes[RELAY_BYTES];
        int from = from_client ? relay->client[pair] : relay->server[pair];
        int to = from_client ? relay->server[pair] : relay->client[pair];
        ssize_t length = read(from, bytes, sizeof(bytes));
        if (length <= 0)
                return false;
        if (from_client && __atomic_load_n(&relay->cuts_left, __ATOMIC_ACQUIRE) > 0 &&
            memmem(bytes, (size_t)length, commit, sizeof(commit)))
                relay->committing[pair] = true;
        if (!from_client && relay->committing[pair]) {
                __atomic_sub_fetch(&relay->cuts_left, 1, __ATOMIC_ACQ_REL);
                __atomic_add_fetch(&relay->cuts, 1, __ATOMIC_ACQ_REL);
                return false;
        }
        return write(to, bytes, (size_t)length) == length;
}

static void relay_run(void *context)
{
        struct relay *relay = context;
        for (;;) {
                struct pollfd wanted[2 + 2 * RELAY_PAIRS] = {{.fd = relay->stop[0], .events = POLLIN},
                                                             {.fd = relay->listening, .events = POLLIN}};
                size_t count = relay->count;
                for (size_t i = 0; i < count; i++) {
                        wanted[2 + 2 * i] = (struct pollfd){.fd = relay->client[i], .events = POLLIN};
                        wanted[3 + 2 * i] = (struct pollfd){.fd = relay->server[i], .events = POLLIN};
                }
                if (poll(wanted, 2 + 2 * count, -1) < 0)
                        continue;
                if (wanted[0].revents)
                        break;
                for (size_t i = count; i > 0; i--) {
                        bool open = !wanted[2 * i].revents || relay_pass(relay, i - 1, true);
                        if (open)
                                open = !wanted[2 * i + 1].revents || relay_pass(relay, i - 1, false);
                        if (!open)
                                relay_close(relay, i - 1);
                }
                if (wanted[1].revents && relay->count < RELAY_PAIRS) {
                        relay->client[relay->count] = accept(relay->listening, NULL, NULL);
                        relay->server[relay->count] = socket_at(relay->target, false);
                        relay->committing[relay->count++] = false;
                }
        }
        while (relay->count)
                relay_close(relay, relay->count - 1);
}

static void relay_start(struct relay *relay, const struct fixture *fixture)
{
        *relay = (struct relay){.count = 0};
        snprintf(relay->target, sizeof(relay->target), "%s/.s.PGSQL.5432", getenv("TREUE_TEST_SERVER"));
        snprintf(relay->path, sizeof(relay->path), "%s/.s.PGSQL.5432", fixture->directory);
        relay->listening = socket_at(relay->path, true);
        assert_int_equal(pipe(relay->stop), 0);
        assert_ok(thread_start(relay_run, relay, &relay->thread, &error));
}

static void relay_end(struct relay *relay)
{
        assert_int_equal(write(relay->stop[1], "x", 1), 1);
        thread_join(relay->thread);
        close(relay->stop[0]);
        close(relay->stop[1]);
        close(relay->listening);
        assert_int_equal(unlink(relay->path), 0);
}

/* The commit happened but nobody was told: found by its key, and not done again. */
static void answer_is_lost(void **state)
{
        struct fixture *fixture = *state;
        struct relay relay;
        database_close(fixture->database);
        fixture->database = NULL;
        relay_start(&relay, fixture);
        snprintf(fixture->url, sizeof(fixture->url), "postgresql:///%s?host=%s&user=treue", fixture->name,
                 fixture->directory);
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
        for (int cuts = 0; cuts < 2; cuts++) {
                struct entry entry = {.fixture = fixture, .database = fixture->database};
                __atomic_store_n(&relay.cuts_left, cuts, __ATOMIC_RELEASE);
                run_append(&entry);
                error = entry.error;
                assert_ok(entry.status);
                assert_int_equal(__atomic_load_n(&relay.cuts, __ATOMIC_ACQUIRE), cuts);
                assert_int_equal(entry.runs, 1);
                assert_entries(fixture, 2 + cuts);
        }
        database_close(fixture->database);
        fixture->database = NULL;
        relay_end(&relay);
        /* The keys of settled commits are gone. */
        assert_int_equal(look(fixture, "SELECT count(*) FROM idempotency"), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(migrations_one_at_a_time, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(nodes_are_leased, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(deadlock_is_repeated, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(killed_at_work, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(killed_at_the_commit, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(reader_is_cut_off, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(answer_is_lost, fixture_new, fixture_free),
        };
        if (!on_server()) {
                print_message("SKIPPED: needs a server (TREUE_TEST_DB=postgresql)\n");
                return 77;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
