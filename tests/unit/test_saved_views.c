/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_saved_views.c: addresses of lists under a name: own ones and shared ones, replaced, forgotten, and their bounds.
 */
#include "access/saved_views.h"
#include "database_fixture.h"

enum { ME = 11, OTHER = 12 };

static void save(struct fixture *fixture, int64_t account, const char *list, const char *name, const char *address,
                 bool shared)
{
        struct error error;
        assert_ok(saved_view_save(fixture->database, account, text_of(list), text_of(name), text_of(address), shared,
                                  &error));
}

/* "name address own shared;" of each. */
static void expect(struct fixture *fixture, int64_t account, const char *list, const char *wanted)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct connection *connection;
        struct buffer found buffer_cleanup;
        struct saved_view *views;
        struct error error;
        size_t count;
        buffer_init(&found, 1 << 16);
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(saved_view_all(connection, account, text_of(list), arena, &views, &count, &error));
        for (size_t i = 0; i < count; i++)
                buffer_addf(&found, "%.*s %.*s %d %d;", (int)views[i].name.length, views[i].name.data,
                            (int)views[i].address.length, views[i].address.data, views[i].own, views[i].shared);
        db_disconnect(connection);
        assert_string_equal(found.data, wanted);
}

static int64_t id_of(struct fixture *fixture, int64_t account, const char *list)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct connection *connection;
        struct saved_view *views;
        struct error error;
        size_t count;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(saved_view_all(connection, account, text_of(list), arena, &views, &count, &error));
        db_disconnect(connection);
        assert_true(count > 0);
        return views[0].id;
}

static void own_and_shared(void **state)
{
        struct fixture *fixture = *state;
        expect(fixture, ME, "customers", "");
        save(fixture, ME, "customers", " B ", "filter=segment:B", false);
        save(fixture, ME, "customers", "A", "filter=segment:A", true);
        save(fixture, ME, "prospects", "A", "", false);
        save(fixture, OTHER, "customers", "C", "sort=name", false);
        expect(fixture, ME, "customers", "A filter=segment:A 1 1;B filter=segment:B 1 0;");
        expect(fixture, ME, "prospects", "A  1 0;");
        expect(fixture, OTHER, "customers", "A filter=segment:A 0 1;C sort=name 1 0;");
        save(fixture, ME, "customers", "A", "q=x", false); /* again: another address, no longer shared */
        expect(fixture, ME, "customers", "A q=x 1 0;B filter=segment:B 1 0;");
        expect(fixture, OTHER, "customers", "C sort=name 1 0;");
}

static void forgetting(void **state)
{
        struct fixture *fixture = *state;
        struct arena *arena arena_cleanup = arena_new(1 << 10);
        struct text list = {NULL, 0};
        struct error error;
        save(fixture, ME, "customers", "A", "q=x", true);
        int64_t id = id_of(fixture, ME, "customers");
        assert_fails(saved_view_drop(fixture->database, OTHER, id, arena, &list, &error), STATUS_NOT_FOUND,
                     "view.unknown");
        assert_null(list.data);
        assert_ok(saved_view_drop(fixture->database, ME, id, arena, &list, &error));
        assert_true(text_is(list, "customers"));
        expect(fixture, ME, "customers", "");
        assert_fails(saved_view_drop(fixture->database, ME, id, arena, &list, &error), STATUS_NOT_FOUND,
                     "view.unknown");
}

static void bounds(void **state)
{
        static const char sixty[] = "\xC3\xA4" "23456789012345678901234567890123456789012345678901234567890";
        static char address[SAVED_VIEW_ADDRESS_MAX + 2];
        struct fixture *fixture = *state;
        struct error error;
        char name[16];
        memset(address, 'x', SAVED_VIEW_ADDRESS_MAX);
        save(fixture, ME, "customers", sixty, address, false);
        address[SAVED_VIEW_ADDRESS_MAX] = 'x';
        assert_fails(saved_view_save(fixture->database, ME, text_of("a"), text_of("a"), text_of(address), false,
                                     &error),
                     STATUS_INVALID, "view.too_long");
        snprintf(address, sizeof(address), "%s1", sixty);
        assert_fails(saved_view_save(fixture->database, ME, text_of("a"), text_of(address), text_of(""), false, &error),
                     STATUS_INVALID, "view.name");
        assert_fails(saved_view_save(fixture->database, ME, text_of("a"), text_of(" "), text_of(""), false, &error),
                     STATUS_INVALID, "view.name");
        for (int i = 1; i < SAVED_VIEWS_MAX; i++) {
                snprintf(name, sizeof(name), "n%d", i);
                save(fixture, ME, "customers", name, "", false);
        }
        assert_fails(saved_view_save(fixture->database, ME, text_of("a"), text_of("one more"), text_of(""), false,
                                     &error),
                     STATUS_LIMIT, "view.too_many");
        save(fixture, ME, "customers", "n7", "q=again", false); /* in place of what had this name */
        save(fixture, OTHER, "customers", "of somebody else", "", false);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(own_and_shared, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(forgetting, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(bounds, fixture_new, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
