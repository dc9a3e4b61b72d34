/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * database_fixture.h: a database of its own for each test that needs one, and a look at it from outside. It lies in a
 * directory; with TREUE_TEST_DB=postgresql in the environment, on the tests' server (server_fixture.h).
 */
#ifndef TREUE_TESTS_DATABASE_FIXTURE_H
#define TREUE_TESTS_DATABASE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "db/db.h"
#include "db/write.h"
#include "facts/packed_lines.h"
#include "platform/file.h"
#include "server_fixture.h"

/* Fails with the error's key when a call that must succeed does not. */
#define assert_ok(call)                                                                                  \
        do {                                                                                             \
                enum status assert_ok_status = (call);                                                   \
                if (assert_ok_status)                                                                    \
                        fail_msg("%s: status %d, %s %s", #call, (int)assert_ok_status, error.key,        \
                                 error.text);                                                            \
        } while (0)
#define assert_fails(call, expected_status, expected_key)                                                \
        do {                                                                                             \
                assert_int_equal((call), (expected_status));                                             \
                assert_string_equal(error.key, (expected_key));                                          \
        } while (0)

struct fixture {
        char directory[64];
        char file[128];               /* of the embedded database */
        char name[SERVER_NAME_BYTES]; /* of the database on the server; "" for the embedded one */
        char kept[SERVER_NAME_BYTES]; /* of its copy by fixture_keep; "" when there is none */
        char url[SERVER_URL_BYTES];
        struct database *database;
        struct buffer kept_file;
};

static const struct database_setting fixture_settings[] = {{"time_zone", "Europe/Berlin"}};

static inline enum status fixture_open(struct fixture *fixture, bool create, bool read_only, struct database **ret,
                                       struct error *error)
{
        return database_open(&(struct database_options){.data_directory = fixture->directory,
                                                        .url = fixture->url,
                                                        .lines = &packed_lines_codec,
                                                        .create = create,
                                                        .read_only = read_only,
                                                        .settings = fixture_settings,
                                                        .setting_count = 1},
                             ret, error);
}

/* Removes the directory of a fixture whose database is closed; its folders must be gone. */
static inline int fixture_remove(struct fixture *fixture)
{
        struct error error;
        if (directory_clear(fixture->directory, "", &error))
                return -1;
        return rmdir(fixture->directory);
}

/* Fills the template of the databases with the schema in place. */
static inline void fixture_fill(const char *url)
{
        struct error error;
        struct fixture fixture = {.directory = "/tmp/treue-test-XXXXXX"};
        snprintf(fixture.url, sizeof(fixture.url), "%s", url);
        if (!mkdtemp(fixture.directory) || fixture_open(&fixture, true, false, &fixture.database, &error)) {
                fprintf(stderr, "the schema: %s %s\n", error.key, error.text);
                exit(1);
        }
        database_close(fixture.database);
        fixture_remove(&fixture);
}

static inline int fixture_begin(void **state, bool with_schema)
{
        static struct fixture fixture;
        static unsigned count;
        fixture = (struct fixture){.directory = "/tmp/treue-test-XXXXXX"};
        if (!mkdtemp(fixture.directory))
                return -1;
        snprintf(fixture.file, sizeof(fixture.file), "%s/treue.db", fixture.directory);
        if (on_server()) {
                server_make_templates(fixture_fill);
                snprintf(fixture.name, sizeof(fixture.name), "unit_%ld_%u", (long)getpid(), ++count);
                server_url(fixture.name, fixture.url);
                server_copy_database(with_schema ? SCHEMA_TEMPLATE : EMPTY_TEMPLATE, fixture.name);
        }
        *state = &fixture;
        return 0;
}

/* A new directory without a database; on a server an empty one. */
static inline int fixture_directory(void **state)
{
        return fixture_begin(state, false);
}

/* A new directory with an open database. */
static inline int fixture_new(void **state)
{
        struct error error;
        if (fixture_begin(state, true))
                return -1;
        struct fixture *fixture = *state;
        return fixture_open(fixture, !on_server(), false, &fixture->database, &error) ? -1 : 0;
}

static inline int fixture_free(void **state)
{
        struct fixture *fixture = *state;
        database_close(fixture->database);
        fixture->database = NULL;
        if (fixture->name[0])
                server_drop_database(fixture->name);
        if (fixture->kept[0])
                server_drop_database(fixture->kept);
        if (fixture->kept_file.data)
                buffer_release(&fixture->kept_file);
        return fixture_remove(fixture);
}

/* Keeps a copy of a closed database, to which fixture_back returns as often as needed. */
static inline void fixture_keep(struct fixture *fixture)
{
        struct error error;
        if (!on_server()) {
                assert_ok(file_read(fixture->file, 1 << 24, &fixture->kept_file, &error));
                return;
        }
        snprintf(fixture->kept, sizeof(fixture->kept), "%.*s_kept", SERVER_NAME_BYTES - 6, fixture->name);
        server_copy_database(fixture->name, fixture->kept);
}

static inline void fixture_back(struct fixture *fixture)
{
        struct error error;
        if (on_server()) {
                server_copy_database(fixture->kept, fixture->name);
                return;
        }
        assert_ok(directory_clear(fixture->directory, "treue.db", &error));
        assert_ok(file_write(fixture->file, fixture->kept_file.data, fixture->kept_file.length, false, &error));
}

/* Changes the database behind the program's back. */
static inline void tamper(const struct fixture *fixture, const char *statements)
{
        if (fixture->name[0]) {
                assert_true(server_do(server_outside(fixture->name), statements));
                return;
        }
        sqlite3 *handle = NULL;
        char *message = NULL;
        assert_int_equal(sqlite3_open(fixture->file, &handle), SQLITE_OK);
        if (sqlite3_exec(handle, statements, NULL, NULL, &message) != SQLITE_OK)
                fail_msg("%s: %s", statements, message);
        sqlite3_close(handle);
}

/* The first column of the one row of a query, read from outside; NULL is "". */
static inline void look_text(const struct fixture *fixture, const char *query, char *out, size_t bytes)
{
        int length;
        if (fixture->name[0]) {
                PGresult *result = PQexec(server_outside(fixture->name), query);
                if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) < 1)
                        fail_msg("%s: %s", query, PQresultErrorMessage(result));
                length = snprintf(out, bytes, "%s", PQgetvalue(result, 0, 0));
                PQclear(result);
        } else {
                sqlite3 *handle = NULL;
                sqlite3_stmt *statement = NULL;
                assert_int_equal(sqlite3_open(fixture->file, &handle), SQLITE_OK);
                sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
                if (sqlite3_prepare_v2(handle, query, -1, &statement, NULL) != SQLITE_OK)
                        fail_msg("%s: %s", query, sqlite3_errmsg(handle));
                assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
                const char *text = (const char *)sqlite3_column_text(statement, 0);
                length = snprintf(out, bytes, "%s", text ? text : "");
                sqlite3_finalize(statement);
                sqlite3_close(handle);
        }
        assert_true(length >= 0 && (size_t)length < bytes);
}

/* One number read from outside. */
static inline int64_t look(const struct fixture *fixture, const char *query)
{
        char text[32], *end;
        look_text(fixture, query, text, sizeof(text));
        int64_t value = strtoll(text, &end, 10);
        if (end == text || *end)
                fail_msg("%s: %s is no number", query, text);
        return value;
}

static inline bool has_table(const struct fixture *fixture, const char *name)
{
        char query[160];
        snprintf(query, sizeof(query),
                 on_server() ? "SELECT count(*) FROM pg_tables WHERE tablename = '%s'"
                             : "SELECT count(*) FROM sqlite_schema WHERE name = '%s'", name);
        return look(fixture, query) == 1;
}

/* What is true of one engine only: says so, and leaves the test. */
#define needs_embedded(why)                                                                              \
        do {                                                                                             \
                if (on_server()) {                                                                       \
                        print_message("left out on PostgreSQL: %s\n", (why));                            \
                        skip();                                                                          \
                }                                                                                        \
        } while (0)

#endif
