/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * database_fixture.h: a database in a directory of its own for the tests that need one, and a look at it from outside.
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
#include "platform/file.h"

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
        char file[128];
        struct database *database;
};

static inline enum status fixture_open(struct fixture *fixture, bool create, bool read_only, struct database **ret,
                                       struct error *error)
{
        static const struct database_setting settings[] = {{"time_zone", "Europe/Berlin"}};
        return database_open(&(struct database_options){.data_directory = fixture->directory,
                                                        .create = create,
                                                        .read_only = read_only,
                                                        .settings = settings,
                                                        .setting_count = 1},
                             ret, error);
}

/* A new directory without a database. */
static inline int fixture_directory(void **state)
{
        static struct fixture fixture;
        fixture = (struct fixture){.directory = "/tmp/treue-test-XXXXXX"};
        if (!mkdtemp(fixture.directory))
                return -1;
        snprintf(fixture.file, sizeof(fixture.file), "%s/treue.db", fixture.directory);
        *state = &fixture;
        return 0;
}

/* A new directory with an open database. */
static inline int fixture_new(void **state)
{
        struct error error;
        if (fixture_directory(state))
                return -1;
        struct fixture *fixture = *state;
        return fixture_open(fixture, true, false, &fixture->database, &error) ? -1 : 0;
}

static inline int fixture_free(void **state)
{
        struct error error;
        struct fixture *fixture = *state;
        database_close(fixture->database);
        fixture->database = NULL;
        if (directory_clear(fixture->directory, "", &error))
                return -1;
        return rmdir(fixture->directory);
}

/* Changes the database file behind the program's back. */
static inline void tamper(const struct fixture *fixture, const char *statements)
{
        sqlite3 *handle = NULL;
        assert_int_equal(sqlite3_open(fixture->file, &handle), SQLITE_OK);
        assert_int_equal(sqlite3_exec(handle, statements, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(handle);
}

/* One number read from outside. */
static inline int64_t look(const struct fixture *fixture, const char *query)
{
        sqlite3 *handle = NULL;
        sqlite3_stmt *statement = NULL;
        assert_int_equal(sqlite3_open(fixture->file, &handle), SQLITE_OK);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        assert_int_equal(sqlite3_prepare_v2(handle, query, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        int64_t value = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(handle);
        return value;
}

#endif
