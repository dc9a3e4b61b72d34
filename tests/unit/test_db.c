/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_db.c: opening, schema, writing, views, generations and ids, on both engines. What only the embedded
 * database has (its file, its log, a full disk) is left out on a server; test_server.c has what only a server has.
 */
#include "database_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "db/engine.h"
#include "db/generation.h"
#include "db/identity.h"
#include "db/setting.h"
#include "platform/clock.h"

static struct error error;

static void reopen(struct fixture *fixture)
{
        database_close(fixture->database);
        fixture->database = NULL;
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
}

static enum status set_value(struct connection *connection, void *context, struct error *failure)
{
        return setting_set(connection, "value", text_of(context), failure);
}

static enum status set_and_fail(struct connection *connection, void *context, struct error *failure)
{
        enum status status = setting_set(connection, "value", text_of(context), failure);
        return status ? status : error_set(failure, STATUS_INVALID, "test.refused", NULL);
}

static void assert_value(struct database *database, const char *expected)
{
        connection_cleanup struct connection *connection = NULL;
        struct text value;
        assert_ok(db_connect(database, &connection, &error));
        enum status status = setting_get(connection, "value", &value, &error);
        if (!expected) {
                assert_int_equal(status, STATUS_NOT_FOUND);
                return;
        }
        assert_int_equal(status, STATUS_OK);
        assert_true(text_is(value, expected));
}

static void create_and_open(void **state)
{
        struct fixture *fixture = *state;
        struct database *database = NULL;
        const char *none = on_server() ? "database.empty" : "database.missing";
        assert_fails(fixture_open(fixture, false, false, &database, &error), STATUS_NOT_FOUND, none);
        assert_fails(fixture_open(fixture, false, true, &database, &error), STATUS_NOT_FOUND, none);
        assert_ok(fixture_open(fixture, true, false, &database, &error));
        assert_string_equal(database_directory(database), fixture->directory);
        database_close(database);
        database = NULL;
        assert_fails(fixture_open(fixture, true, false, &database, &error), STATUS_CONFLICT, "init.exists");
        assert_ok(fixture_open(fixture, false, false, &database, &error));
        connection_cleanup struct connection *connection = NULL;
        struct text zone;
        assert_ok(db_connect(database, &connection, &error));
        assert_ok(setting_get(connection, "time_zone", &zone, &error));
        assert_true(text_is(zone, "Europe/Berlin"));
        fixture->database = database;
        db_disconnect(connection);
        connection = NULL;
        /* Besides, for which queries all is well, and on a server the database's own name. */
        assert_int_equal(look(fixture, "SELECT count(*) FROM setting"), on_server() ? 3 : 2);
        if (!on_server())
                assert_int_equal(look(fixture, "SELECT page_size FROM pragma_page_size"), 16384);
}

/* An init that was ended in the middle leaves an empty file at most; the next one goes on from there. */
static void interrupted_create(void **state)
{
        needs_embedded("an init is one transaction, nothing of it is left behind");
        struct fixture *fixture = *state;
        struct database *database = NULL;
        assert_ok(file_write(fixture->file, "", 0, false, &error));
        assert_fails(fixture_open(fixture, false, false, &database, &error), STATUS_NOT_FOUND, "database.missing");
        assert_ok(fixture_open(fixture, true, false, &fixture->database, &error));
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM schema_version"), MIGRATION_COUNT);
}

static void schema_is_checked(void **state)
{
        struct fixture *fixture = *state;
        struct database *database = NULL;
        database_close(fixture->database);
        fixture->database = NULL;
        tamper(fixture, "INSERT INTO schema_version VALUES (9999, 'later', 'x', 0)");
        assert_fails(fixture_open(fixture, false, false, &database, &error), STATUS_CONFLICT, "database.schema_new");
        assert_fails(fixture_open(fixture, false, true, &database, &error), STATUS_CONFLICT, "database.schema_new");
        assert_string_equal(error_argument(&error, "number"), "9999");
        tamper(fixture, "DELETE FROM schema_version WHERE version = 9999;"
                        "UPDATE schema_version SET checksum = 'other' WHERE version = 1");
        assert_fails(fixture_open(fixture, false, false, &database, &error), STATUS_CORRUPT,
                     "database.schema_changed");
        if (on_server())
                return;
        assert_ok(file_write(fixture->file, "this is no database, whatever its name says", 43, false, &error));
        assert_fails(fixture_open(fixture, false, false, &database, &error), STATUS_CORRUPT, "database.corrupt");
}

static void assert_checked_for(struct fixture *fixture, const char *expected)
{
        char value[128];
        look_text(fixture, "SELECT value FROM setting WHERE name = 'queries_checked'", value, sizeof(value));
        assert_memory_equal(value, expected, strlen(expected));
}

/* All queries are prepared once for a program and an engine: at the start of any other, a table that is missing is
 * noticed; a writer notes that all is well. Asked for, they are prepared in any case. */
static void queries_are_checked_once(void **state)
{
        struct fixture *fixture = *state;
        struct database *database = NULL;
        assert_checked_for(fixture, queries_checksum);
        tamper(fixture, "UPDATE setting SET value = 'another program' WHERE name = 'queries_checked'");
        assert_ok(fixture_open(fixture, false, true, &database, &error));
        database_close(database);
        assert_checked_for(fixture, "another program");
        reopen(fixture);
        assert_checked_for(fixture, queries_checksum);
        database_close(fixture->database);
        fixture->database = NULL;
        tamper(fixture, "ALTER TABLE audit_anchor RENAME TO elsewhere");
        assert_ok(fixture_open(fixture, false, false, &database, &error));
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(database, &connection, &error));
        assert_fails(db_check_queries(connection, &error), STATUS_DATABASE, "database.failed");
        db_disconnect(connection);
        connection = NULL;
        database_close(database);
        tamper(fixture, "UPDATE setting SET value = 'another program' WHERE name = 'queries_checked'");
        for (int read_only = 0; read_only < 2; read_only++)
                assert_fails(fixture_open(fixture, false, read_only, &database, &error), STATUS_DATABASE,
                             "database.failed");
        assert_checked_for(fixture, "another program");
}

/* What was given back serves again, and only one is kept; each reads what was committed meanwhile. */
static void readers_serve_again(void **state)
{
        struct fixture *fixture = *state;
        struct connection *connection = NULL, *other = NULL, *again = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(db_connect(fixture->database, &other, &error));
        assert_ptr_not_equal(connection, other);
        assert_ok(db_read_begin(connection, &error));
        db_disconnect(connection);
        db_disconnect(other);
        assert_ok(db_write(fixture->database, set_value, "new", &error));
        assert_ok(db_connect(fixture->database, &again, &error));
        assert_ptr_equal(again, connection);
        struct text value;
        assert_ok(setting_get(again, "value", &value, &error));
        assert_true(text_is(value, "new"));
        assert_ok(db_read_begin(again, &error));
        db_disconnect(again);
}

/* Later migrations than today's: refused unless told so; then each runs in one transaction with its version row. Before
 * that the embedded database is copied, with all it holds, the log included; a server is backed up by itself. */
static void pending_migrations(void **state)
{
        static const char *const good[] = {"CREATE TABLE later (id INTEGER) STRICT;",
                                           "CREATE TABLE later (id integer);"};
        static const char *const bad[] = {"CREATE TABLE half (id INTEGER) STRICT; CREATE NONSENSE;",
                                          "CREATE TABLE half (id integer); CREATE NONSENSE;"};
        struct fixture *fixture = *state;
        struct migration all[MIGRATION_COUNT + 2];
        struct migration_list list = {all, MIGRATION_COUNT + 2};
        memcpy(all, migrations, sizeof(migrations));
        all[MIGRATION_COUNT] = (struct migration){MIGRATION_COUNT + 1, "good", "sum of good", good[0], good[1]};
        all[MIGRATION_COUNT + 1] = (struct migration){MIGRATION_COUNT + 2, "bad", "sum of bad", bad[0], bad[1]};
        assert_ok(db_write(fixture->database, set_value, "kept", &error));
        struct connection *connection = NULL;
        assert_ok(fixture->database->engine->connect(fixture->database, CONNECTION_WRITER, &connection, &error));
        assert_fails(schema_check(connection, &list, false, &error), STATUS_CONFLICT, "database.schema_old");
        assert_false(has_table(fixture, "later"));
        assert_fails(schema_check(connection, &list, true, &error), STATUS_DATABASE, "database.failed");
        /* The good one stays, the bad one left nothing. */
        assert_true(has_table(fixture, "later"));
        assert_false(has_table(fixture, "half"));
        assert_int_equal(look(fixture, "SELECT MAX(version) FROM schema_version"), MIGRATION_COUNT + 1);
        list.count--;
        assert_ok(schema_check(connection, &list, false, &error));
        db_disconnect(connection);
        if (on_server())
                return;
        struct fixture copy = *fixture;
        snprintf(copy.file, sizeof(copy.file), "%s/treue.db.schema-%d", fixture->directory, MIGRATION_COUNT);
        assert_int_equal(look(&copy, "SELECT COUNT(*) FROM setting WHERE name = 'value' AND value = 'kept'"), 1);
        assert_int_equal(look(&copy, "SELECT MAX(version) FROM schema_version"), MIGRATION_COUNT);
}

static void one_owner(void **state)
{
        struct fixture *fixture = *state;
        struct database *second = NULL;
        assert_fails(fixture_open(fixture, false, false, &second, &error), STATUS_BUSY, "data.locked");
        assert_ok(fixture_open(fixture, false, true, &second, &error));
        assert_ok(db_write(fixture->database, set_value, "seen beside", &error));
        assert_value(second, "seen beside");
        assert_fails(db_write(second, set_value, "refused", &error), STATUS_CONFLICT, "database.read_only");
        database_close(second);
        reopen(fixture);
        assert_value(fixture->database, "seen beside");
}

static void failing_request_leaves_nothing(void **state)
{
        struct fixture *fixture = *state;
        assert_fails(db_write(fixture->database, set_and_fail, "wrong", &error), STATUS_INVALID, "test.refused");
        assert_value(fixture->database, NULL);
        assert_ok(db_write(fixture->database, set_value, "right", &error));
        assert_fails(db_write_bulk(fixture->database, set_and_fail, "wrong", &error), STATUS_INVALID, "test.refused");
        assert_value(fixture->database, "right");
        assert_ok(db_write_bulk(fixture->database, set_value, "", &error));
        reopen(fixture);
        assert_value(fixture->database, "");
}

static enum status take(struct connection *connection, void *context, struct error *failure)
{
        return generation_take(connection, context, failure);
}

struct bulk_records {
        struct q_customer_records_insert_args rows[3];
        size_t count;
        int64_t changes;
};

static enum status insert_records(struct connection *connection, void *context, struct error *failure)
{
        struct bulk_records *records = context;
        return q_customer_records_insert(connection, records->rows, records->count, &records->changes, failure);
}

struct bulk_documents {
        struct q_purchases_insert_args rows[3];
};

static enum status insert_documents(struct connection *connection, void *context, struct error *failure)
{
        struct bulk_documents *documents = context;
        return q_purchases_insert(connection, documents->rows, 3, NULL, failure);
}

/* Many rows by one statement: counted, conflicts left out, and all or nothing. */
static void bulk_is_all_or_nothing(void **state)
{
        struct fixture *fixture = *state;
        struct bulk_records records = {{{INT64_MAX, 7, -1}, {5, 7, INT32_MAX}, {6, 7, 3}}, .count = 3};
        assert_ok(db_write_bulk(fixture->database, insert_records, &records, &error));
        assert_int_equal(records.changes, 3);
        records.rows[1].import_id = 8;
        assert_ok(db_write_bulk(fixture->database, insert_records, &records, &error));
        assert_int_equal(records.changes, 1);
        records.count = 0;
        assert_ok(db_write_bulk(fixture->database, insert_records, &records, &error));
        assert_int_equal(records.changes, 0);
        assert_int_equal(look(fixture, "SELECT count(*) FROM customer_record"), 4);
        assert_int_equal(look(fixture, "SELECT recorded_day FROM customer_record WHERE customer_id > 6"),
                         -1);
        struct line line = {.product = 9, .quantity_milli = -1000, .amount_minor = INT64_MIN};
        struct buffer packed buffer_cleanup, none buffer_cleanup;
        buffer_init(&packed, 100);
        buffer_init(&none, 100);
        assert_true(lines_pack(&line, 1, &packed) && lines_pack(&line, 0, &none));
        const struct bytes lines = {(const uint8_t *)packed.data, packed.length};
        const struct bytes empty = {(const uint8_t *)none.data, none.length};
        struct bulk_documents documents = {{{1, 1, text_of("A"), 1, 10, -5, 1, INT64_MIN, lines},
                                            {1, 1, text_of(""), 1, 10, -5, 0, 0, empty},
                                            {1, 1, text_of("A"), 1, 10, -5, 1, 0, lines}}};
        assert_fails(db_write_bulk(fixture->database, insert_documents, &documents, &error), STATUS_CONFLICT,
                     "database.constraint");
        assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 0);
        documents.rows[2].number = text_of("B");
        assert_ok(db_write_bulk(fixture->database, insert_documents, &documents, &error));
        assert_int_equal(look(fixture, on_server()
                                               ? "SELECT count(*) FROM document WHERE line_article = '{9}' AND "
                                                 "line_amount = '{-9223372036854775808}' AND line_cost = '{}'"
                                               : "SELECT count(*) FROM document WHERE length(lines) > 10"), 2);
        assert_int_equal(look(fixture, "SELECT count(*) FROM document WHERE number = '' AND line_count = 0"), 1);
        assert_true(look(fixture, "SELECT content_hash FROM document WHERE number = 'A'") == INT64_MIN);
}

static void views_are_consistent(void **state)
{
        struct fixture *fixture = *state;
        connection_cleanup struct connection *early = NULL, *late = NULL;
        int64_t taken = 0, seen = -1;
        assert_ok(db_connect(fixture->database, &early, &error));
        assert_ok(db_connect(fixture->database, &late, &error));
        assert_ok(db_read_begin(early, &error));
        assert_ok(db_write(fixture->database, take, &taken, &error));
        assert_int_equal(taken, 1);
        assert_ok(db_read_begin(late, &error));
        assert_ok(db_write(fixture->database, take, &taken, &error));
        assert_int_equal(taken, 2);
        assert_ok(generation_latest(early, &seen, &error));
        assert_int_equal(seen, 0);
        assert_ok(generation_latest(late, &seen, &error));
        assert_int_equal(seen, 1);
        /* A checkpoint in between takes nothing away from them. */
        assert_ok(db_checkpoint(fixture->database, &error));
        assert_ok(generation_latest(early, &seen, &error));
        assert_int_equal(seen, 0);
        db_read_end(early);
        assert_ok(generation_latest(early, &seen, &error));
        assert_int_equal(seen, 2);
        db_read_end(late);
}

static void visibility_by_generation(void **state)
{
        struct fixture *fixture = *state;
        database_close(fixture->database);
        fixture->database = NULL;
        tamper(fixture,
               "INSERT INTO source VALUES (1, 'erp');"
               "INSERT INTO import (id, kind, source_id, file_name, profile, file_hash, file_bytes, state, started_ms,"
               " import_day, generation, undone_generation) VALUES"
               " (1, 'purchases', 1, 'a', '', 0, 0, 'published', 0, 0, 1, NULL),"
               " (2, 'purchases', 1, 'b', '', 0, 0, 'undone', 0, 0, 2, 4),"
               " (3, 'purchases', 1, 'c', '', 0, 0, 'staging', 0, 0, NULL, NULL),"
               " (5, 'purchases', 1, 'd', '', 0, 0, 'published', 0, 0, 3, NULL)");
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
        static const int64_t expected[][7] = {
                /* generation, then import 0 to 5 */
                {0, 0, 0, 0, 0, 0, 0}, {1, 0, 1, 0, 0, 0, 0}, {2, 0, 1, 2, 0, 0, 0},
                {3, 0, 1, 2, 0, 0, 3}, {4, 0, 1, 0, 0, 0, 3},
        };
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
                struct visibility visibility;
                assert_ok(visibility_load(connection, expected[i][0], &visibility, &error));
                assert_int_equal(visibility.generation, expected[i][0]);
                for (int64_t id = 0; id < 6; id++)
                        assert_int_equal(visibility_of(&visibility, id), expected[i][1 + id]);
                assert_int_equal(visibility_of(&visibility, -1), 0);
                assert_int_equal(visibility_of(&visibility, 1000000), 0);
                visibility_release(&visibility);
        }
}

struct ids {
        int64_t made[1000];
        bool fail;
};

static enum status make_ids(struct connection *connection, void *context, struct error *failure)
{
        struct ids *ids = context;
        for (size_t i = 0; i < 1000; i++) {
                enum status status = identity_next(connection, &ids->made[i], failure);
                if (status)
                        return status;
        }
        return ids->fail ? error_set(failure, STATUS_INVALID, "test.refused", NULL) : STATUS_OK;
}

/* No id is made twice: not after a rollback, a start afresh or a clock that went back. */
static void ids_never_repeat(void **state)
{
        struct fixture *fixture = *state;
        static struct ids ids;
        int64_t last = 0;
        clock_inject_ms(INT64_C(1800000000000));
        for (int round = 0; round < 8; round++) {
                ids.fail = round % 3 == 1;
                assert_int_equal(db_write(fixture->database, make_ids, &ids, &error),
                                 ids.fail ? STATUS_INVALID : STATUS_OK);
                for (size_t i = 0; i < 1000; i++) {
                        assert_true(ids.made[i] > last);
                        last = ids.made[i];
                }
                clock_inject_ms(INT64_C(1800000000000) - round * 3600000);
                if (round % 2)
                        reopen(fixture);
        }
        clock_inject_ms(-1);
}

static int64_t log_bytes(const struct fixture *fixture)
{
        char path[160];
        struct stat information;
        snprintf(path, sizeof(path), "%s-wal", fixture->file);
        return stat(path, &information) == 0 ? (int64_t)information.st_size : 0;
}

/* Only the writer moves the log into the file: a reader that closes leaves it alone, also as the last one. */
static void readers_never_checkpoint(void **state)
{
        needs_embedded("the server has its own log");
        struct fixture *fixture = *state;
        assert_ok(db_write(fixture->database, set_value, "in the log", &error));
        assert_true(log_bytes(fixture) > 0);
        assert_value(fixture->database, "in the log");
        assert_true(log_bytes(fixture) > 0);
        assert_ok(db_checkpoint(fixture->database, &error));
        assert_int_equal(log_bytes(fixture), 0);
        assert_ok(db_write(fixture->database, set_value, "again", &error));
        database_close(fixture->database);
        fixture->database = NULL;
        assert_int_equal(log_bytes(fixture), 0);
        assert_ok(fixture_open(fixture, false, true, &fixture->database, &error));
        assert_value(fixture->database, "again");
}

/* What was acknowledged is in the files at that moment: a copy of them, as a crash would leave, opens with it. */
static void acknowledged_is_durable(void **state)
{
        needs_embedded("its files are the server's");
        struct fixture *fixture = *state;
        static const char *const names[] = {"treue.db", "treue.db-wal"};
        assert_ok(db_write(fixture->database, set_value, "acknowledged", &error));
        struct fixture crashed = {.directory = "/tmp/treue-test-XXXXXX"};
        assert_non_null(mkdtemp(crashed.directory));
        for (size_t i = 0; i < 2; i++) {
                char path[160];
                struct buffer content;
                snprintf(path, sizeof(path), "%s/%s", fixture->directory, names[i]);
                assert_ok(file_read(path, 1 << 24, &content, &error));
                snprintf(path, sizeof(path), "%s/%s", crashed.directory, names[i]);
                assert_ok(file_write(path, content.data, content.length, false, &error));
                buffer_release(&content);
        }
        assert_ok(fixture_open(&crashed, false, false, &crashed.database, &error));
        assert_value(crashed.database, "acknowledged");
        void *other = &crashed;
        assert_int_equal(fixture_free(&other), 0);
}

static enum status set_many(struct connection *connection, void *context, struct error *failure)
{
        struct buffer *value = context;
        for (int i = 0; i < 64; i++) {
                char name[16];
                snprintf(name, sizeof(name), "filler%d", i);
                enum status status = setting_set(connection, name, (struct text){value->data, value->length}, failure);
                if (status)
                        return status;
        }
        return STATUS_OK;
}

/* A full disk (here: a limit on file sizes) fails the request, keeps what was there, and later things go on. */
static void full_disk(void **state)
{
        needs_embedded("its disk is the server's");
        struct fixture *fixture = *state;
        struct rlimit before, tight = {1 << 20, 0};
        struct buffer value;
        buffer_init(&value, 1 << 20);
        while (value.length < 100000)
                assert_true(buffer_add_text(&value, "a disk that is nearly full; "));
        assert_ok(db_write(fixture->database, set_value, "before", &error));
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        tight.rlim_max = before.rlim_max;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        enum status status = db_write(fixture->database, set_many, &value, &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(status, STATUS_SYSTEM);
        assert_value(fixture->database, "before");
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM setting WHERE name LIKE 'filler%'"), 0);
        assert_ok(db_write(fixture->database, set_many, &value, &error));
        reopen(fixture);
        assert_value(fixture->database, "before");
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM setting WHERE name LIKE 'filler%'"), 64);
        buffer_release(&value);
}

static enum status fix_currency(struct connection *connection, void *context, struct error *failure)
{
        return setting_fix_currency(connection, text_of(context), failure);
}

static void ledger_currency(void **state)
{
        struct fixture *fixture = *state;
        connection_cleanup struct connection *connection = NULL;
        struct currency currency;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(setting_currency(connection, &currency, &error));
        assert_string_equal(currency.code, "");
        assert_int_equal(currency.minor_digits, 2);
        assert_fails(db_write(fixture->database, fix_currency, "Euro", &error), STATUS_INVALID,
                     "setting.currency_invalid");
        assert_fails(db_write(fixture->database, fix_currency, "eur", &error), STATUS_INVALID,
                     "setting.currency_invalid");
        assert_ok(db_write(fixture->database, fix_currency, "JPY", &error));
        assert_ok(db_write(fixture->database, fix_currency, "JPY", &error));
        assert_ok(setting_currency(connection, &currency, &error));
        assert_string_equal(currency.code, "JPY");
        assert_int_equal(currency.minor_digits, 0);
        assert_fails(db_write(fixture->database, fix_currency, "EUR", &error), STATUS_CONFLICT,
                     "setting.currency_differs");
        static const struct {
                const char *code;
                unsigned digits;
        } table[] = {{"EUR", 2}, {"GBP", 2}, {"CHF", 2}, {"KWD", 3}, {"CLF", 4}, {"KRW", 0}};
        for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
                unsigned digits = 9;
                assert_ok(currency_minor_digits(text_of(table[i].code), &digits, &error));
                assert_int_equal(digits, table[i].digits);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(create_and_open, fixture_directory, fixture_free),
                cmocka_unit_test_setup_teardown(interrupted_create, fixture_directory, fixture_free),
                cmocka_unit_test_setup_teardown(schema_is_checked, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(queries_are_checked_once, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(readers_serve_again, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(pending_migrations, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(one_owner, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(failing_request_leaves_nothing, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(bulk_is_all_or_nothing, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(views_are_consistent, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(visibility_by_generation, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(ids_never_repeat, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(readers_never_checkpoint, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(acknowledged_is_durable, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(full_disk, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(ledger_currency, fixture_new, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
