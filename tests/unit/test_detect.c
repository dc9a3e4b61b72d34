/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_detect.c: encoding, delimiter and decimal mark by evidence, and blocks of source files in every encoding (X-03,
 * the reading of files).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "importer/detect.h"
#include "importer/encoding.h"
#include "importer/source_file.h"
#include "platform/file.h"

static struct arena *arena;
static struct error error;
static char directory[] = "/tmp/treue-detect-XXXXXX";

static struct profile profile_of(const char *yaml)
{
        struct profile profile;
        assert_int_equal(profile_parse(arena, yaml, strlen(yaml), &profile, &error), STATUS_OK);
        return profile;
}

/* ---- encoding ---------------------------------------------------------------------------------------------- */

static void expect_encoding(const char *data, size_t length, bool whole, enum encoding encoding, size_t mark_bytes)
{
        struct detected_encoding found;
        assert_int_equal(detect_encoding((const uint8_t *)data, length, whole, ENCODING_AUTO, "f", &found, &error),
                         STATUS_OK);
        assert_int_equal(found.encoding, encoding);
        assert_int_equal(found.mark_bytes, mark_bytes);
}

static void expect_no_encoding(const char *data, size_t length)
{
        struct detected_encoding found;
        assert_int_equal(detect_encoding((const uint8_t *)data, length, true, ENCODING_AUTO, "f", &found, &error),
                         STATUS_INVALID);
        assert_string_equal(error.key, "import.unknown_encoding");
}

static void expect_text_problem(const char *data, size_t length, const char *key, unsigned line)
{
        struct detected_encoding found;
        assert_int_equal(detect_encoding((const uint8_t *)data, length, true, ENCODING_AUTO, "f", &found, &error),
                         STATUS_INVALID);
        assert_string_equal(error.key, key);
        assert_int_equal(error.line, line);
}

#define BYTES(text) text, sizeof(text) - 1

static void encodings(void **state)
{
        (void)state;
        expect_encoding(BYTES("a,b\n"), true, ENCODING_UTF_8, 0);
        expect_encoding(BYTES("\xEF\xBB\xBF" "a,b\n"), true, ENCODING_UTF_8, 3);
        expect_encoding(BYTES("a,\xC3\xBC\n"), true, ENCODING_UTF_8, 0);
        expect_encoding(BYTES("a,\xC3"), false, ENCODING_UTF_8, 0); /* the sample cuts a character */
        expect_encoding(BYTES("a,\xC3"), true, ENCODING_WINDOWS_1252, 0);
        expect_encoding(BYTES("M\xFCller,\x80\n"), true, ENCODING_WINDOWS_1252, 0);
        expect_encoding(BYTES("\xFF\xFE" "a\0,\0"), true, ENCODING_UTF_16_LE, 2);
        expect_encoding(BYTES("\xFE\xFF\0a\0,"), true, ENCODING_UTF_16_BE, 2);
        expect_encoding(BYTES("a\0,\0b\0\n\0"), true, ENCODING_UTF_16_LE, 0);
        expect_encoding(BYTES("\0a\0,\0b\0\n"), true, ENCODING_UTF_16_BE, 0);
        expect_no_encoding(BYTES("\xFF\xFE\0\0a\0\0\0"));
        expect_no_encoding(BYTES("abc\xFC\x81"));
        expect_text_problem(BYTES("ab\0\0\0\1\2\3\0\0"), "import.nul_byte", 1);
        expect_text_problem(BYTES("a\nb\nc\0\n"), "import.nul_byte", 3);
        expect_text_problem(BYTES("\xC3\xBC\n\xFC\n"), "import.invalid_text", 2); /* UTF-8 and Windows-1252 */
        expect_encoding(BYTES("\xC3\xBC\xFC\xFC\xFC\xFC\xFC\xFC\xFC\xFC\xFC\xFC\xFC"), true, ENCODING_WINDOWS_1252,
                        0); /* somebody's damaged name */
        expect_no_encoding(BYTES("\x89PNG\x1A\x01\xFC"));
}

/* ---- delimiter --------------------------------------------------------------------------------------------- */

static const char two_columns[] = "kind: products\nsource: e\ncolumns: {article: A, name: B}\n";

static void expect_delimiter(const char *text, const char *yaml, char delimiter)
{
        struct profile profile = profile_of(yaml);
        char found = 0;
        enum status status = detect_delimiter(text, strlen(text), true, &profile, "f", &found, &error);
        assert_int_equal(status, delimiter ? STATUS_OK : STATUS_INVALID);
        if (delimiter)
                assert_int_equal(found, delimiter);
        else
                assert_string_equal(error.key, "import.unknown_delimiter");
}

static void delimiters(void **state)
{
        (void)state;
        expect_delimiter("A,B\n1,2\n", two_columns, ',');
        expect_delimiter("A;B\n1,5;2,5\n1,5;2,5\n", two_columns, ';');
        expect_delimiter("A\tB\n1,5\t2;5\n", two_columns, '\t');
        expect_delimiter("A|B\n1|2\n", two_columns, '|');
        expect_delimiter("\"A\";\"B\"\n\"x,y\";z\n", two_columns, ';');
        expect_delimiter("X;Y;Z\n1,5;2,5;3\n", two_columns, ';'); /* other names: by the number of columns */
        expect_delimiter("A B\n1 2\n", two_columns, 0);
        expect_delimiter("X,Y;Z\n1,2;3\n", two_columns, 0);         /* two delimiters equally good */
        expect_delimiter("1;2\n3;4\n", "kind: products\nsource: e\nfile: {header: false}\n"
                         "columns: {article: 1, name: 2}\n", ';');
        expect_delimiter("A\n1\n2\n", "kind: products\nsource: e\ncolumns: {article: A, name: {value: x}}\n", ',');
}

/* ---- decimal mark ------------------------------------------------------------------------------------------ */

enum { UNDECIDED = -1, MIXED = -2 };

static void expect_decimal(const char *amounts, char delimiter, int expected)
{
        struct profile profile = profile_of("kind: values\nsource: e\n"
                                            "columns: {customer: C, name: {value: x}, amount: A,"
                                            " valid_from: {value: 2026-01-01}}\n");
        enum decimal_mark found = DECIMAL_POINT;
        struct buffer out;
        buffer_init(&out, 1 << 12);
        buffer_addf(&out, "C%cA\n", delimiter);
        for (const char *at = amounts; *at;) {
                size_t length = strcspn(at, " ");
                buffer_addf(&out, "1%c\"", delimiter);
                buffer_add(&out, at, length);
                buffer_add_text(&out, "\"\n");
                at += length + (at[length] == ' ');
        }
        enum status status = detect_decimal(out.data, out.length, true, delimiter, &profile, "f", &found, &error);
        if (expected < 0) {
                assert_int_equal(status, STATUS_INVALID);
                assert_string_equal(error.key, expected == MIXED ? "import.mixed_decimal" : "import.ambiguous_decimal");
        } else {
                assert_int_equal(status, STATUS_OK);
                assert_int_equal(found, expected);
        }
        buffer_release(&out);
}

static void decimals(void **state)
{
        (void)state;
        expect_decimal("1.5", ',', DECIMAL_POINT);
        expect_decimal("1,5", ';', DECIMAL_COMMA);
        expect_decimal("1.234,56", ',', DECIMAL_COMMA);
        expect_decimal("1,234.56", ';', DECIMAL_POINT);
        expect_decimal("1.234.567", ',', DECIMAL_COMMA);
        expect_decimal("1,234,567", ';', DECIMAL_POINT);
        expect_decimal("0.125", ';', DECIMAL_POINT); /* nobody groups a zero */
        expect_decimal("1234.567", ';', DECIMAL_POINT);
        expect_decimal("1.234 5,5", ',', DECIMAL_COMMA);
        expect_decimal("-1.234 -2.345", ',', UNDECIDED);
        expect_decimal("1,234", ';', UNDECIDED);
        expect_decimal("1.5 2,5", ';', MIXED);
        expect_decimal("1.5 1.5 1.5 1.5 1.5 1.5 1.5 1.5 1.5 1.5 2,5", ';', DECIMAL_POINT);
        expect_decimal("1 2 abc", ';', DECIMAL_COMMA);
        expect_decimal("1 2", ',', DECIMAL_POINT);
        expect_decimal("", '\t', DECIMAL_POINT);
}

/* ---- files ------------------------------------------------------------------------------------------------- */

static struct source_file *open_bytes(const char *data, size_t length, const char *yaml, enum status expected)
{
        static struct profile profile;
        struct source_file *file = NULL;
        char path[256], staging[256];
        snprintf(path, sizeof(path), "%s/in.csv", directory);
        snprintf(staging, sizeof(staging), "%s/staging", directory);
        profile = profile_of(yaml);
        assert_int_equal(file_write(path, data, length, false, &error), STATUS_OK);
        assert_int_equal(source_file_open(path, &profile, staging, &file, &error), expected);
        return file;
}

/* All text after the header; checks that blocks follow each other and the second reading gives the same. */
static void expect_text(const char *data, size_t length, const char *yaml, const char *expected, uint64_t first_line)
{
        struct source_file *file = open_bytes(data, length, yaml, STATUS_OK);
        for (int pass = 0; pass < 2; pass++) {
                struct buffer all;
                buffer_init(&all, 1 << 26);
                uint64_t line = first_line;
                for (bool more = true; more;) {
                        struct block block = {0};
                        assert_int_equal(source_file_next(file, &block, &more, &error), STATUS_OK);
                        if (!more)
                                break;
                        assert_int_equal(block.first_line, line);
                        assert_int_equal(block.data[block.length], 0);
                        line += encoding_count_lines(block.data, block.length);
                        buffer_add(&all, block.data, block.length);
                        block_release(&block);
                }
                assert_int_equal(all.length, strlen(expected));
                assert_memory_equal(all.data, expected, all.length);
                buffer_release(&all);
                assert_int_equal(source_file_hash(file), text_hash(data, length));
                assert_int_equal(source_file_rewind(file, &error), STATUS_OK);
        }
        source_file_close(file);
}

static void files_in_every_encoding(void **state)
{
        (void)state;
        const char *expected = "1,M\xC3\xBCller \xE2\x82\xAC\n2,x\n";
        expect_text(BYTES("A,B\n1,M\xC3\xBCller \xE2\x82\xAC\n2,x\n"), two_columns, expected, 2);
        expect_text(BYTES("\xEF\xBB\xBF" "A,B\n1,M\xC3\xBCller \xE2\x82\xAC\n2,x\n"), two_columns, expected, 2);
        expect_text(BYTES("\n\nA,B\n1,M\xFCller \x80\n2,x\n"), two_columns, expected, 4);
        struct buffer wide;
        buffer_init(&wide, 1 << 16);
        for (int little = 0; little < 2; little++)
                for (int marked = 0; marked < 2; marked++) {
                        buffer_clear(&wide);
                        enum encoding encoding = little ? ENCODING_UTF_16_LE : ENCODING_UTF_16_BE;
                        if (marked)
                                encoding_from_utf_8(&wide, encoding, text_of("\xEF\xBB\xBF"));
                        encoding_from_utf_8(&wide, encoding, text_of("A,B\n"));
                        encoding_from_utf_8(&wide, encoding, text_of(expected));
                        encoding_from_utf_8(&wide, encoding, text_of("3,\xF0\x9F\x98\x80\n"));
                        char longer[64];
                        snprintf(longer, sizeof(longer), "%s3,\xF0\x9F\x98\x80\n", expected);
                        expect_text(wide.data, wide.length, two_columns, longer, 2);
                }
        buffer_release(&wide);
}

/* ASCII for more than two blocks, then an umlaut of Windows-1252. */
static void late_windows_1252(void **state)
{
        (void)state;
        struct buffer raw, expected;
        buffer_init(&raw, 1 << 24);
        buffer_init(&expected, 1 << 24);
        buffer_add_text(&raw, "A,B\n");
        for (int i = 0; i < 300000; i++) {
                buffer_addf(&raw, "%d,name\n", i);
                buffer_addf(&expected, "%d,name\n", i);
        }
        buffer_add_text(&raw, "x,M\xFCller\ny,\"two\nlines\"\n");
        buffer_add_text(&expected, "x,M\xC3\xBCller\ny,\"two\nlines\"\n");
        expect_text(raw.data, raw.length, two_columns, expected.data, 2);
        buffer_release(&raw);
        buffer_release(&expected);
}

static void expect_problem(const char *data, size_t length, const char *key, unsigned line)
{
        struct source_file *file = open_bytes(data, length, two_columns, STATUS_OK);
        enum status status = STATUS_OK;
        for (bool more = true; more && !status;) {
                struct block block = {0};
                status = source_file_next(file, &block, &more, &error);
                block_release(&block);
        }
        assert_int_equal(status, STATUS_INVALID);
        assert_string_equal(error.key, key);
        assert_int_equal(error.line, line);
        source_file_close(file);
}

static void problems_name_their_line(void **state)
{
        (void)state;
        expect_problem(BYTES("A,B\n1,\xC3\xBC\n2,x\n3,\"open\n4,x\n"), "import.unclosed_quote", 4);
        struct buffer raw;
        buffer_init(&raw, 1 << 26);
        buffer_add_text(&raw, "A,B\n1,\xC3\xBC\n");
        for (int i = 0; i < 300000; i++)
                buffer_add_text(&raw, "1,name\n");
        buffer_add_text(&raw, "1,bad\xFC\n");
        expect_problem(raw.data, raw.length, "import.invalid_text", 300003);
        raw.data[raw.length - 2] = '\0';
        expect_problem(raw.data, raw.length, "import.nul_byte", 300003);
        buffer_clear(&raw);
        buffer_add_text(&raw, "A,B\n1,x\n2,\"");
        for (int i = 0; i < 3000000; i++)
                buffer_add_text(&raw, "long, \n");
        expect_problem(raw.data, raw.length, "import.record_too_long", 3);
        buffer_release(&raw);
        source_file_close(open_bytes("", 0, two_columns, STATUS_INVALID));
        assert_string_equal(error.key, "import.empty_file");
        source_file_close(open_bytes(BYTES("\x1F\x8B\x08xx"), two_columns, STATUS_INVALID));
        assert_string_equal(error.key, "import.packed_damaged");
        source_file_close(open_bytes(BYTES("BZh91AY&SY"), two_columns, STATUS_INVALID));
        assert_string_equal(error.key, "import.compressed");
}

static int set_up(void **state)
{
        (void)state;
        arena = arena_new(1 << 24);
        return arena && mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
        (void)state;
        char path[256];
        snprintf(path, sizeof(path), "%s/in.csv", directory);
        unlink(path);
        rmdir(directory);
        arena_free(arena);
        return 0;
}

/* The rule itself, byte by byte. */
static uint64_t lines_by_hand(const char *data, size_t length)
{
        uint64_t count = 0;
        for (size_t i = 0; i < length; i++)
                count += data[i] == '\n' || (data[i] == '\r' && (i + 1 == length || data[i + 1] != '\n'));
        return count;
}

/* In blocks of every length, so that line ends lie in and across the lanes compared at a time. */
static void lines_are_counted(void **state)
{
        (void)state;
        uint64_t seed = 11;
        for (size_t length = 0; length < 6000; length += 1 + length / 40) {
                char *data = malloc(length + 1); /* exact, so that reading beyond is noticed */
                for (size_t i = 0; i < length; i++) {
                        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                        data[i] = "\n\ra\nb\r\n"[(seed >> 33) % 7];
                }
                assert_int_equal(encoding_count_lines(data, length), lines_by_hand(data, length));
                free(data);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_are_counted),
                cmocka_unit_test(encodings),
                cmocka_unit_test(delimiters),
                cmocka_unit_test(decimals),
                cmocka_unit_test(files_in_every_encoding),
                cmocka_unit_test(late_windows_1252),
                cmocka_unit_test(problems_name_their_line),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
