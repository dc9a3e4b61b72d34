/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_book.c: what a workbook has no room for, and that the same rows give the same bytes. What stands in workbooks is
 * read by somebody else's program in tests/road/test_workbook.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "importer/xlsx_number.h"
#include "platform/archive.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "render/book.h"

enum { ROWS_MAX = 1048576, TEXT_MAX = 32767, COLUMNS_MAX = 16384 };
static char folder[] = "/tmp/treue-book-XXXXXX";
static char path[64];

static int set_up(void **state)
{
        (void)state;
        if (!mkdtemp(folder))
                return 1;
        snprintf(path, sizeof(path), "%s/list.xlsx", folder);
        return 0;
}

static int tear_down(void **state)
{
        struct error error;
        (void)state;
        return file_remove(path, &error) || directory_remove(folder, &error);
}

static struct book *new_book(size_t columns)
{
        struct book *book = NULL;
        struct error error;
        assert_int_equal(book_new(path, "Läufe", LANGUAGE_GERMAN, columns, &book, &error), STATUS_OK);
        return book;
}

static void write_book(int64_t now_ms, struct buffer *ret)
{
        struct error error;
        clock_inject_ms(now_ms);
        struct book *book = new_book(5);
        for (int i = 0; i < 5; i++)
                book_title(book, text_of("title"));
        book_end_row(book);
        for (int row = 0; row < 300; row++) {
                book_text(book, text_of("=1+1"));
                book_number(book, -12345 * row, 2, BOOK_GROUPED);
                book_day(book, row - 30000);
                book_moment(book, row, row);
                book_yes_no(book, row % 2);
                book_end_row(book);
        }
        assert_int_equal(book_finish(book, &error), STATUS_OK);
        book_free(book);
        clock_inject_ms(-1);
        assert_int_equal(file_read(path, 1 << 20, ret, &error), STATUS_OK);
}

static void test_same_bytes(void **state)
{
        struct buffer one buffer_cleanup, two buffer_cleanup, later buffer_cleanup;
        (void)state;
        write_book(INT64_C(1767323045000), &one);
        write_book(INT64_C(1767323045000), &two);
        write_book(INT64_C(1767323047000), &later);
        assert_int_equal(one.length, two.length);
        assert_memory_equal(one.data, two.data, one.length);
        assert_true(later.length != one.length || memcmp(later.data, one.data, one.length) != 0);
}

/* The sheet's XML. */
static void read_sheet(struct buffer *ret)
{
        struct archive *archive = NULL;
        struct entry_reader *reader = NULL;
        struct error error;
        size_t length;
        char piece[4096];
        assert_int_equal(archive_open(path, "list.xlsx", &archive, &error), STATUS_OK);
        assert_int_equal(entry_open(archive, archive_find(archive, "xl/worksheets/sheet1.xml"), &reader, &error),
                         STATUS_OK);
        buffer_init(ret, 16 << 20);
        do {
                assert_int_equal(entry_read(reader, piece, sizeof(piece), &length, &error), STATUS_OK);
                buffer_add(ret, piece, length);
        } while (length);
        entry_close(reader);
        archive_close(archive);
        assert_false(ret->failed);
}

enum { NUMBERS = 20000 };

/* Every number of up to 15 digits: a hard one, then whatever comes. */
static int64_t number_at(size_t i, unsigned *ret_scale)
{
        static const int64_t hard[] = {0, 1, -1, 999999999999999, -999999999999999, 900719925474099, 100000000000001,
                                       123456789012345};
        uint64_t bits = (i + 1) * UINT64_C(0x9E3779B97F4A7C15);
        int64_t most = 10;
        for (unsigned digits = bits >> 8 & 15; digits > 1; digits--)
                most *= 10;
        *ret_scale = (unsigned)(i % 16);
        if (i / 16 < sizeof(hard) / sizeof(hard[0]))
                return hard[i / 16];
        int64_t number = (int64_t)((bits ^ bits >> 29) % (uint64_t)most);
        return bits & 1 ? -number : number;
}

/* A workbook holds binary fractions; to 15 digits, which is what spreadsheets and Treue itself read, they are exactly
 * what was written. */
static void test_exact_numbers(void **state)
{
        struct buffer xml buffer_cleanup;
        struct error error;
        (void)state;
        struct book *book = new_book(1);
        for (size_t i = 0; i < NUMBERS; i++) {
                unsigned scale;
                int64_t units = number_at(i, &scale);
                book_number(book, units, scale, BOOK_GROUPED);
                book_end_row(book);
        }
        assert_int_equal(book_finish(book, &error), STATUS_OK);
        book_free(book);
        read_sheet(&xml);
        const char *at = xml.data;
        for (size_t i = 0; i < NUMBERS; i++) {
                struct buffer read buffer_cleanup, wanted buffer_cleanup;
                unsigned scale;
                int64_t units = number_at(i, &scale);
                buffer_init(&read, 128);
                buffer_init(&wanted, 128);
                decimal_add_plain(&wanted, units, scale);
                at = strstr(at, "<v>");
                assert_non_null(at);
                at += 3;
                assert_true(xlsx_add_number(&read, (struct text){at, strcspn(at, "<")}, '.'));
                if (memchr(wanted.data, '.', wanted.length)) /* the shortest form */
                        while (wanted.data[wanted.length - 1] == '0' || wanted.data[wanted.length - 1] == '.') {
                                bool point = wanted.data[wanted.length - 1] == '.';
                                wanted.data[--wanted.length] = '\0';
                                if (point)
                                        break;
                        }
                assert_string_equal(read.data, wanted.data);
        }
        assert_null(strstr(at, "<v>"));
}

/* One digit more stays whole as text. */
static void test_too_many_digits(void **state)
{
        struct buffer xml buffer_cleanup;
        struct error error;
        (void)state;
        struct book *book = new_book(1);
        book_number(book, 1000000000000001, 2, BOOK_GROUPED);
        book_end_row(book);
        book_number(book, INT64_MIN, 0, BOOK_GROUPED);
        book_end_row(book);
        assert_int_equal(book_finish(book, &error), STATUS_OK);
        book_free(book);
        read_sheet(&xml);
        assert_non_null(strstr(xml.data, ">10000000000000.01<"));
        assert_non_null(strstr(xml.data, ">-9223372036854775808<"));
        assert_null(strstr(xml.data, "<v>"));
}

static void test_too_many_rows(void **state)
{
        struct error error;
        (void)state;
        for (int more = 0; more < 2; more++) {
                struct book *book = new_book(1);
                for (int row = 0; row < ROWS_MAX - 1 + more; row++)
                        book_end_row(book);
                book_number(book, 1, 0, BOOK_ORDINAL);
                book_end_row(book);
                assert_int_equal(book_finish(book, &error), more ? STATUS_LIMIT : STATUS_OK);
                book_free(book);
        }
        assert_string_equal(error.key, "sheet.too_many_rows");
        assert_string_equal(error_argument(&error, "limit"), "1048576");
}

static void test_too_many_columns(void **state)
{
        struct book *book = NULL;
        struct error error;
        (void)state;
        assert_int_equal(book_new(path, "x", LANGUAGE_ENGLISH, COLUMNS_MAX + 1, &book, &error), STATUS_LIMIT);
        assert_string_equal(error.key, "sheet.too_many_columns");
        assert_null(book);
}

/* Counted as spreadsheets do: what lies beyond U+FFFF counts twice, what is escaped seven times. */
static void test_too_long_text(void **state)
{
        static const struct {
                const char *sign;
                size_t units;
        } signs[] = {{"a", 1}, {"ä", 1}, {"\xF0\x9F\x98\x80", 2}, {"\x01", 7}};
        struct error error;
        (void)state;
        for (size_t s = 0; s < sizeof(signs) / sizeof(signs[0]); s++)
                for (size_t more = 0; more < 2; more++) {
                        struct buffer text buffer_cleanup;
                        struct book *book = new_book(2);
                        buffer_init(&text, 1 << 20);
                        for (size_t i = 0; i < TEXT_MAX / signs[s].units + more; i++)
                                buffer_add_text(&text, signs[s].sign);
                        book_blank(book);
                        book_text(book, (struct text){text.data, text.length});
                        book_end_row(book);
                        assert_int_equal(book_finish(book, &error), more ? STATUS_LIMIT : STATUS_OK);
                        book_free(book);
                }
        assert_string_equal(error.key, "sheet.text_too_long");
        assert_string_equal(error_argument(&error, "row"), "1");
}

static void test_cannot_write(void **state)
{
        struct book *book = NULL;
        struct error error;
        (void)state;
        assert_int_equal(book_new("/nowhere/list.xlsx", "x", LANGUAGE_ENGLISH, 1, &book, &error), STATUS_OK);
        book_text(book, text_of("a"));
        book_end_row(book);
        assert_int_equal(book_finish(book, &error), STATUS_SYSTEM);
        book_free(book);
        assert_string_equal(error_argument(&error, "path"), "/nowhere/list.xlsx");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_same_bytes),
                cmocka_unit_test(test_exact_numbers),
                cmocka_unit_test(test_too_many_digits),
                cmocka_unit_test(test_too_many_rows),
                cmocka_unit_test(test_too_many_columns),
                cmocka_unit_test(test_too_long_text),
                cmocka_unit_test(test_cannot_write),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
