/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_sqlite_lines.c: the lines of a document as a table for SQL on SQLite.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/sqlite_lines.h"
#include "facts/packed_lines.h"

static sqlite3 *open_memory(const struct lines_codec *codec)
{
        sqlite3 *handle;
        assert_int_equal(sqlite3_open(":memory:", &handle), SQLITE_OK);
        assert_int_equal(sqlite_lines_register(handle, codec), SQLITE_OK);
        return handle;
}

/* Binds the bytes as the statement's only argument; with `data` NULL, NULL. */
static sqlite3_stmt *ask(sqlite3 *handle, const char *text, const void *data, size_t length)
{
        sqlite3_stmt *statement;
        assert_int_equal(sqlite3_prepare_v2(handle, text, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(data ? sqlite3_bind_blob64(statement, 1, data, length, SQLITE_STATIC)
                              : sqlite3_bind_null(statement, 1), SQLITE_OK);
        return statement;
}

static void lines_as_rows(void **state)
{
        (void)state;
        const struct line lines[] = {
                {.product = 7, .quantity_milli = 12500, .amount_minor = 1530},
                {.product = 4000000000, .quantity_milli = -1000, .amount_minor = -1250, .cost_minor = -900, .group = 3,
                 .marks = LINE_COST_KNOWN | LINE_GROUP_NAMED}};
        struct buffer packed buffer_cleanup;
        buffer_init(&packed, 1000);
        assert_true(lines_pack(lines, 2, &packed));
        sqlite3 *handle = open_memory(&packed_lines_codec);
        const char *const texts[] = {
                "SELECT article, quantity, amount, cost, product_group, marks FROM document_lines(?1)",
                "SELECT l.* FROM (SELECT ?1 AS lines) d JOIN document_lines l ON l.packed = d.lines"};
        for (size_t t = 0; t < 2; t++) {
                sqlite3_stmt *rows = ask(handle, texts[t], packed.data, packed.length);
                for (size_t i = 0; i < 2; i++) {
                        assert_int_equal(sqlite3_step(rows), SQLITE_ROW);
                        assert_true(sqlite3_column_int64(rows, 0) == lines[i].product);
                        assert_true(sqlite3_column_int64(rows, 1) == lines[i].quantity_milli);
                        assert_true(sqlite3_column_int64(rows, 2) == lines[i].amount_minor);
                        assert_true(sqlite3_column_int64(rows, 3) == lines[i].cost_minor);
                        assert_true(sqlite3_column_int64(rows, 4) == lines[i].group);
                        assert_true(sqlite3_column_int64(rows, 5) == lines[i].marks);
                }
                assert_int_equal(sqlite3_step(rows), SQLITE_DONE);
                sqlite3_finalize(rows);
        }
        sqlite3_close(handle);
}

/* Several documents in one scan: the table is opened once and begins anew for each. */
static void documents_one_after_another(void **state)
{
        (void)state;
        const struct line lines[] = {{.product = 1, .quantity_milli = 1000, .amount_minor = 100},
                                     {.product = 2, .quantity_milli = 1000, .amount_minor = 20}};
        struct buffer packed buffer_cleanup;
        buffer_init(&packed, 1000);
        assert_true(lines_pack(lines, 2, &packed));
        sqlite3 *handle = open_memory(&packed_lines_codec);
        sqlite3_stmt *sum = ask(handle, "WITH d (lines) AS (SELECT ?1 UNION ALL SELECT NULL UNION ALL SELECT ?1) "
                                        "SELECT COUNT(*), SUM(l.amount) FROM d, document_lines(d.lines) l",
                                packed.data, packed.length);
        assert_int_equal(sqlite3_step(sum), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int(sum, 0), 4);
        assert_int_equal(sqlite3_column_int(sum, 1), 240);
        sqlite3_finalize(sum);
        sqlite3_close(handle);
}

static void assert_refused(sqlite3 *handle, const void *data, size_t length, const char *part)
{
        sqlite3_stmt *rows = ask(handle, "SELECT * FROM document_lines(?1)", data, length);
        assert_int_equal(sqlite3_step(rows), SQLITE_ERROR);
        assert_non_null(strstr(sqlite3_errmsg(handle), part));
        sqlite3_finalize(rows);
}

static void what_is_refused(void **state)
{
        (void)state;
        static const uint8_t one_line[] = {0x11, 7, 24, 0xf4, 0x17};
        sqlite3 *handle = open_memory(&packed_lines_codec);
        assert_refused(handle, one_line, sizeof(one_line) - 1, "not the packed lines");
        assert_refused(handle, "\xff\xff", 2, "not the packed lines");
        assert_refused(handle, "", 0, "not the packed lines");
        sqlite3_stmt *none;
        assert_int_equal(sqlite3_prepare_v2(handle, "SELECT * FROM document_lines", -1, &none, NULL), SQLITE_ERROR);
        sqlite3_close(handle);
        handle = open_memory(NULL);
        assert_refused(handle, one_line, sizeof(one_line), "cannot unpack");
        sqlite3_close(handle);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_as_rows),
                cmocka_unit_test(documents_one_after_another),
                cmocka_unit_test(what_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
