/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_audit.c: the audit chain is complete and cannot be edited unnoticed (X-04, the chain).
 */
#include "database_fixture.h"

#include "db/audit.h"

enum { ENTRIES = 205 };

static struct error error;

static enum status append(struct connection *connection, void *context, struct error *failure)
{
        int number = *(int *)context;
        char subject[32], detail[64];
        snprintf(subject, sizeof(subject), "%d", 1000 + number);
        snprintf(detail, sizeof(detail), "{\"customer\": \"Customer %d\"}", number);
        return audit_append(connection,
                            &(struct audit_event){.actor = "cli",
                                                  .kind = "import.published",
                                                  .subject = text_of(subject),
                                                  .detail = text_of(detail)},
                            failure);
}

static enum status append_and_fail(struct connection *connection, void *context, struct error *failure)
{
        enum status status = append(connection, context, failure);
        return status ? status : error_set(failure, STATUS_INVALID, "test.refused", NULL);
}

static enum status append_many(struct connection *connection, void *context, struct error *failure)
{
        enum status status = STATUS_OK;
        (void)context;
        for (int i = 2; !status && i <= ENTRIES; i++)
                status = append(connection, &i, failure);
        return status;
}

static enum status verify(struct database *database, int64_t *ret_entries)
{
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(database, &connection, &error));
        return audit_verify(connection, ret_entries, &error);
}

static void chain_is_complete(void **state)
{
        struct fixture *fixture = *state;
        int64_t entries = -1;
        assert_ok(verify(fixture->database, &entries));
        assert_int_equal(entries, 1); /* the time zone that the database was made with */
        int number = 2;
        assert_ok(db_write(fixture->database, append, &number, &error));
        /* What is rolled back leaves no entry and no gap. */
        number = 3;
        assert_int_equal(db_write(fixture->database, append_and_fail, &number, &error), STATUS_INVALID);
        assert_ok(db_write(fixture->database, append, &number, &error));
        assert_ok(verify(fixture->database, &entries));
        assert_int_equal(entries, 3);
        assert_ok(db_write(fixture->database, append_many, NULL, &error));
        assert_ok(verify(fixture->database, &entries));
        assert_int_equal(entries, 2 + ENTRIES);
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM audit_entry WHERE kind = 'setting.changed'"), 1);
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM audit_anchor"), 3);
}

struct change {
        const char *statements;
        int64_t number; /* the first wrong entry */
};

static const struct change changes[] = {
        {"UPDATE audit_entry SET at_ms = at_ms + 1 WHERE number = 1", 1},
        {"UPDATE audit_entry SET actor = 'somebody' WHERE number = 17", 17},
        {"UPDATE audit_entry SET kind = 'import.undone' WHERE number = 18", 18},
        {"UPDATE audit_entry SET subject = '1' WHERE number = 100", 100},
        {"UPDATE audit_entry SET detail_digest = zeroblob(32) WHERE number = 3", 3},
        {"UPDATE audit_entry SET digest = zeroblob(32) WHERE number = 204", 204},
        {"UPDATE audit_detail SET detail = '{}' WHERE number = 55", 55},
        {"UPDATE audit_detail SET salt = zeroblob(32) WHERE number = 56", 56},
        {"DELETE FROM audit_entry WHERE number = 1", 1},
        {"DELETE FROM audit_entry WHERE number = 60", 60},
        {"DELETE FROM audit_entry WHERE number = 205", 204},
        {"DELETE FROM audit_entry WHERE number > 150", 150},
        {"DELETE FROM audit_entry WHERE number > 200", 201},
        {"DELETE FROM audit_entry", 1},
        {"UPDATE audit_anchor SET digest = zeroblob(32) WHERE number = 100", 100},
        {"DELETE FROM audit_anchor WHERE number = 200", 200},
        {"DELETE FROM audit_anchor WHERE number = 205", 205},
        {"UPDATE audit_entry SET number = -number WHERE number IN (7, 8);"
         "UPDATE audit_entry SET number = 8 WHERE number = -7; UPDATE audit_entry SET number = 7 WHERE number = -8", 7},
        {"INSERT INTO audit_entry SELECT 206, at_ms, actor, kind, subject, detail_digest, digest FROM audit_entry"
         " WHERE number = 205", 206},
};

static void every_change_is_found(void **state)
{
        struct fixture *fixture = *state;
        assert_ok(db_write(fixture->database, append_many, NULL, &error));
        database_close(fixture->database);
        fixture->database = NULL;
        fixture_keep(fixture);
        for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
                struct database *database = NULL;
                int64_t entries = 0;
                char number[24];
                tamper(fixture, changes[i].statements);
                assert_ok(fixture_open(fixture, false, true, &database, &error));
                assert_int_equal(verify(database, &entries), STATUS_CORRUPT);
                assert_string_equal(error.key, "audit.broken");
                snprintf(number, sizeof(number), "%lld", (long long)changes[i].number);
                if (strcmp(error_argument(&error, "number"), number) != 0)
                        fail_msg("%s: found at %s", changes[i].statements, error_argument(&error, "number"));
                database_close(database);
                fixture_back(fixture);
        }
}

static enum status erase(struct connection *connection, void *context, struct error *failure)
{
        return audit_erase_detail(connection, *(int64_t *)context, failure);
}

/* Personal detail can go; the chain stays valid and still notices changes. */
static void erased_detail_keeps_chain(void **state)
{
        struct fixture *fixture = *state;
        int64_t number = 42, entries = 0;
        assert_ok(db_write(fixture->database, append_many, NULL, &error));
        assert_ok(db_write(fixture->database, erase, &number, &error));
        assert_fails(db_write(fixture->database, erase, &number, &error), STATUS_NOT_FOUND, "audit.no_detail");
        assert_ok(verify(fixture->database, &entries));
        assert_int_equal(entries, ENTRIES);
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM audit_detail WHERE detail LIKE '%Customer 42\"%'"), 0);
        database_close(fixture->database);
        fixture->database = NULL;
        tamper(fixture, "UPDATE audit_entry SET subject = 'x' WHERE number = 42");
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
        assert_int_equal(verify(fixture->database, &entries), STATUS_CORRUPT);
}

static void point_of(const struct fixture *fixture, struct audit_point *ret)
{
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(audit_point_latest(connection, ret, &error));
}

static bool is_held(const struct fixture *fixture, const struct audit_point *point)
{
        bool held = false;
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(audit_point_holds(connection, point, &held, &error));
        return held;
}

/* A database brought back to an older state holds what was until then, and nothing of what came later, also when the
 * same happens again. */
static void points_tell_histories_apart(void **state)
{
        struct fixture *fixture = *state;
        static const struct audit_point beginning;
        struct audit_point first, second, again;
        int number = 2;
        point_of(fixture, &first);
        assert_int_equal(first.number, 1);
        database_close(fixture->database);
        fixture->database = NULL;
        fixture_keep(fixture);
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
        assert_ok(db_write(fixture->database, append, &number, &error));
        point_of(fixture, &second);
        assert_int_equal(second.number, 2);
        assert_true(is_held(fixture, &beginning) && is_held(fixture, &first) && is_held(fixture, &second));
        database_close(fixture->database);
        fixture->database = NULL;
        fixture_back(fixture);
        assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
        assert_true(is_held(fixture, &beginning) && is_held(fixture, &first));
        assert_false(is_held(fixture, &second));
        assert_ok(db_write(fixture->database, append, &number, &error));
        point_of(fixture, &again);
        assert_int_equal(again.number, 2);
        assert_true(is_held(fixture, &again));
        assert_false(is_held(fixture, &second));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(chain_is_complete, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(every_change_is_found, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(erased_detail_keeps_chain, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(points_tell_histories_apart, fixture_new, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
