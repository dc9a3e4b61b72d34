/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * resume_fixture.h: what the tests of interrupted imports share: the file file.csv of the fixture's directory is
 * imported by this process or by one that ends in the middle.
 */
#ifndef TREUE_TESTS_RESUME_FIXTURE_H
#define TREUE_TESTS_RESUME_FIXTURE_H

#include <sys/wait.h>

#include "database_fixture.h"
#include "importer/import.h"
#include "program/verify.h"
#include "queries.h"

enum { BATCH = 7 };

struct attempt {
        int calls_left; /* the process ends at this call of the progress function; negative: never */
};

static inline void count_down(void *context, const struct import_progress *progress)
{
        struct attempt *attempt = context;
        (void)progress;
        if (attempt->calls_left-- == 0)
                _exit(42);
}

static inline enum status run_import(const struct fixture *fixture, struct database *database, const char *text,
                                     int calls, struct import_result *ret, struct error *error)
{
        char path[128];
        struct attempt attempt = {calls};
        struct profile profile;
        struct connection *connection;
        struct arena *arena = arena_new((size_t)16 << 20);
        snprintf(path, sizeof(path), "%s/file.csv", fixture->directory);
        struct import_options options = {.file = path, .profile = &profile, .threads = 1, .batch_rows = BATCH,
                                         .progress = count_down, .progress_context = &attempt};
        enum status status = profile_parse(arena, text, strlen(text), &profile, error);
        if (!status)
                status = db_connect(database, &connection, error);
        if (!status) {
                status = import_file(database, connection, &options, arena, ret, error);
                db_disconnect(connection);
        }
        arena_free(arena);
        return status;
}

/* An import in a process of its own, which ends at the given call of the progress function. True: it ended so. */
static inline bool interrupt(struct fixture *fixture, const char *text, int calls)
{
        struct error error;
        database_close(fixture->database);
        fixture->database = NULL;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                struct import_result result;
                struct database *database;
                if (fixture_open(fixture, false, false, &database, &error)
                    || run_import(fixture, database, text, calls, &result, &error))
                        _exit(1);
                _exit(0);
        }
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFEXITED(how) && (WEXITSTATUS(how) == 42 || WEXITSTATUS(how) == 0));
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
        return WEXITSTATUS(how) == 42;
}

static inline void say(void *context, enum verify_part part, const struct error *finding)
{
        (void)context;
        fprintf(stderr, "%s: %s %s\n", verify_part_names[part], finding->key, finding->text);
}

/* Whole, with an index that equals the database. */
static inline void assert_whole(const struct fixture *fixture, bool index)
{
        struct error error;
        struct connection *connection;
        struct verify_result result;
        struct verify_options options = {.deep = true, .found = say};
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(verify_database(fixture->database, connection, &options, &result, &error));
        assert_int_equal(result.findings, 0);
        assert_true(result.index_compared == index);
        db_disconnect(connection);
}

static inline void finish(void **state)
{
        static const char *const folders[] = {"index", "errors", "staging"};
        struct fixture *fixture = *state;
        struct error error;
        for (size_t i = 0; i < 3; i++) {
                char path[128];
                snprintf(path, sizeof(path), "%s/%s", fixture->directory, folders[i]);
                if (file_exists(path)) {
                        assert_ok(directory_clear(path, "", &error));
                        assert_int_equal(rmdir(path), 0);
                }
        }
        assert_int_equal(fixture_free(state), 0);
}

#endif
