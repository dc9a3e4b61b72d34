/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_entry.c: entries of the pages as imports: stored once by their key, refused as a whole, taken back; a number
 * that is taken, a customer who gets another one, a contact who gets another name.
 */
#include "database_fixture.h"

#include "base/text.h"
#include "importer/entry.h"

enum { ACCOUNT = 77, CELLS_MAX = 8 };

static int teardown(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        char folder[128];
        snprintf(folder, sizeof(folder), "%s/staging", fixture->directory);
        if (directory_exists(folder) && (directory_clear(folder, "", &error) || directory_remove(folder, &error)))
                return -1;
        return fixture_free(state);
}

struct said {
        enum import_kind kind;
        const char *number;
        int64_t customer_id;
        const char *key, *columns[CELLS_MAX], *cells[CELLS_MAX], *new_number;
};

static enum status store(struct fixture *fixture, const struct said *said, struct entry_result *ret,
                         struct error *error)
{
        connection_cleanup struct connection *connection = NULL;
        struct text columns[CELLS_MAX], cells[CELLS_MAX];
        size_t count = 0;
        for (; count < CELLS_MAX && said->columns[count]; count++) {
                columns[count] = text_of(said->columns[count]);
                cells[count] = text_of(said->cells[count]);
        }
        const struct entry entry = {
                .kind = said->kind, .source = text_of("erp"), .number = text_of(said->number),
                .customer_id = said->customer_id, .columns = columns, .cells = cells, .column_count = count,
                .row_count = 1, .key = text_of(said->key), .account_id = ACCOUNT, .actor = "account:77",
                .new_source = text_of(said->new_number ? "erp" : NULL), .new_number = text_of(said->new_number)};
        assert_int_equal(db_connect(fixture->database, &connection, error), STATUS_OK);
        return entry_store(fixture->database, connection, &entry, ret, error);
}

static int64_t add_customer(struct fixture *fixture, const char *number)
{
        struct error error;
        struct entry_result result;
        const struct said said = {.kind = IMPORT_CUSTOMERS, .number = number, .key = number,
                                  .columns = {"number", "name", "kind"}, .cells = {number, "Somebody", "prospect"}};
        assert_ok(store(fixture, &said, &result, &error));
        assert_false(result.repeated);
        return result.customer_id;
}

static void stored_once(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct entry_result first, second;
        int64_t customer_id = add_customer(fixture, "K1");
        struct said said = {.kind = IMPORT_VISITS, .number = "K1", .customer_id = customer_id, .key = "a",
                            .columns = {"customer", "date", "number", "status", "topics"},
                            .cells = {"K1", "2025-03-01", "5", "planned", "Prices,\n\"all\" of them"}};
        assert_ok(store(fixture, &said, &first, &error));
        assert_ok(store(fixture, &said, &second, &error));
        assert_false(first.repeated);
        assert_true(second.repeated);
        assert_int_equal(first.import_id, second.import_id);
        assert_int_equal(second.customer_id, customer_id);
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM import"), 2);
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM visit WHERE status = 'planned' AND number = 5"), 1);
        char topics[64];
        look_text(fixture, "SELECT topics FROM visit", topics, sizeof(topics));
        assert_string_equal(topics, "Prices,\n\"all\" of them");
        said.key = "b";
        said.cells[3] = "confirmed";
        assert_ok(store(fixture, &said, &second, &error));
        assert_int_not_equal(first.import_id, second.import_id);
        assert_int_equal(look(fixture, "SELECT rows_changed FROM import WHERE id = 3"), 1);
}

static void refused_as_a_whole(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct entry_result result;
        int64_t customer_id = add_customer(fixture, "K1");
        struct said said = {.kind = IMPORT_POTENTIALS, .number = "K1", .customer_id = customer_id, .key = "a",
                            .columns = {"customer", "amount", "valid_from", "own", "competitor:X"},
                            .cells = {"K1", "1000.00", "2025-03-01", "0.7", "0.4"}};
        assert_fails(store(fixture, &said, &result, &error), STATUS_INVALID, "import.reason.shares");
        said.cells[1] = "much";
        assert_fails(store(fixture, &said, &result, &error), STATUS_INVALID, "import.reason.number");
        assert_string_equal(error_argument(&error, "column"), "amount");
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM import"), 1);
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM potential"), 0);
        said.cells[1] = "1000.00";
        said.cells[4] = "0.3";
        assert_ok(store(fixture, &said, &result, &error));
        assert_false(result.repeated);
        assert_int_equal(look(fixture, "SELECT own_millionths FROM potential"), 700000);
        assert_int_equal(look(fixture, "SELECT share_millionths FROM competitor_share"), 300000);
}

static void numbers(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct entry_result result;
        int64_t first = add_customer(fixture, "K1"), second = add_customer(fixture, "K2");
        assert_int_not_equal(first, second);
        struct said said = {.kind = IMPORT_CUSTOMERS, .number = "K1", .key = "a", .columns = {"number", "name"},
                            .cells = {"K1", "Somebody else"}};
        assert_fails(store(fixture, &said, &result, &error), STATUS_CONFLICT, "entry.number_taken");
        said = (struct said){.kind = IMPORT_CUSTOMERS, .number = "K1", .customer_id = first, .key = "b",
                             .columns = {"number", "name", "kind"}, .cells = {"K1", "Somebody", "customer"},
                             .new_number = "K2"};
        assert_fails(store(fixture, &said, &result, &error), STATUS_CONFLICT, "entry.number_taken");
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM import"), 2);
        said.new_number = "4711";
        assert_ok(store(fixture, &said, &result, &error));
        assert_int_equal(look(fixture, "SELECT customer_id FROM customer_key WHERE number = '4711'"), first);
}

static void contact_keeps_its_person(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct entry_result result;
        char id[32];
        int64_t customer_id = add_customer(fixture, "K1");
        struct said said = {.kind = IMPORT_CONTACTS, .number = "K1", .customer_id = customer_id, .key = "a",
                            .columns = {"customer", "name"}, .cells = {"K1", "Cara Caesar"}};
        assert_ok(store(fixture, &said, &result, &error));
        look_text(fixture, "SELECT person_id FROM contact", id, sizeof(id));
        said = (struct said){.kind = IMPORT_CONTACTS, .number = "K1", .customer_id = customer_id, .key = "b",
                             .columns = {"customer", "name", "person"}, .cells = {"K1", "Cara Krone", id}};
        assert_ok(store(fixture, &said, &result, &error));
        assert_int_equal(look(fixture, "SELECT COUNT(*) FROM person"), 1);
        assert_int_equal(look(fixture, "SELECT COUNT(DISTINCT value) FROM contact_fact"), 2);
}

static void taken_back(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct entry_result result;
        struct entry_origin origin;
        struct import_undone undone;
        connection_cleanup struct connection *connection = NULL;
        int64_t customer_id = add_customer(fixture, "K1"), number = 0;
        const struct said said = {.kind = IMPORT_VISITS, .number = "K1", .customer_id = customer_id, .key = "a",
                                  .columns = {"customer", "date", "number"}, .cells = {"K1", "1970-01-11", "7"}};
        assert_ok(store(fixture, &said, &result, &error));
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(entry_find(connection, result.import_id, ACCOUNT, &origin, &error));
        assert_int_equal(origin.customer_id, customer_id);
        assert_int_equal(origin.kind, IMPORT_VISITS);
        assert_fails(entry_find(connection, result.import_id, ACCOUNT + 1, &origin, &error), STATUS_NOT_FOUND,
                     "entry.unknown");
        assert_ok(entry_visit_number(connection, customer_id, 10, &number, &error));
        assert_int_equal(number, 8);
        assert_ok(entry_visit_number(connection, customer_id, 11, &number, &error));
        assert_int_equal(number, 1);
        assert_ok(import_undo(fixture->database, connection, result.import_id, "account:77", &undone, &error));
        assert_fails(import_undo(fixture->database, connection, result.import_id, "account:77", &undone, &error),
                     STATUS_CONFLICT, "import.already_undone");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(stored_once, fixture_new, teardown),
                cmocka_unit_test_setup_teardown(refused_as_a_whole, fixture_new, teardown),
                cmocka_unit_test_setup_teardown(numbers, fixture_new, teardown),
                cmocka_unit_test_setup_teardown(contact_keeps_its_person, fixture_new, teardown),
                cmocka_unit_test_setup_teardown(taken_back, fixture_new, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
