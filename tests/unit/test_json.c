/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_json.c: what render/ writes: JSON, CSV and terminal tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/calendar.h"
#include "render/csv.h"
#include "render/json.h"
#include "render/table.h"

static void everything(struct json *json)
{
        json_begin_object(json);
        json_key(json, "text");
        json_string(json, "a");
        json_key(json, "none");
        json_string(json, NULL);
        json_key(json, "list");
        json_begin_array(json);
        json_int(json, INT64_MIN);
        json_bool(json, true);
        json_bool(json, false);
        json_null(json);
        json_begin_array(json);
        json_end_array(json);
        json_begin_object(json);
        json_end_object(json);
        json_end_array(json);
        json_key(json, "money");
        json_decimal_text(json, 121058606, 2);
        json_key(json, "id");
        json_id_text(json, INT64_MAX);
        json_key(json, "day");
        json_day(json, 0);
        json_key(json, "no_day");
        json_day(json, DAY_NONE);
        json_key(json, "open");
        json_day(json, DAY_OPEN_END);
        json_end_object(json);
}

static void compact(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 10000);
        struct json json;
        json_init(&json, &out, false);
        everything(&json);
        assert_string_equal(out.data, "{\"text\":\"a\",\"none\":null,"
                            "\"list\":[-9223372036854775808,true,false,null,[],{}],"
                            "\"money\":\"1210586.06\",\"id\":\"9223372036854775807\",\"day\":\"1970-01-01\","
                            "\"no_day\":null,\"open\":null}");
}

static void pretty(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 10000);
        struct json json;
        json_init(&json, &out, true);
        everything(&json);
        assert_string_equal(out.data, "{\n"
                            "  \"text\": \"a\",\n"
                            "  \"none\": null,\n"
                            "  \"list\": [\n"
                            "    -9223372036854775808,\n"
                            "    true,\n"
                            "    false,\n"
                            "    null,\n"
                            "    [],\n"
                            "    {}\n"
                            "  ],\n"
                            "  \"money\": \"1210586.06\",\n"
                            "  \"id\": \"9223372036854775807\",\n"
                            "  \"day\": \"1970-01-01\",\n"
                            "  \"no_day\": null,\n"
                            "  \"open\": null\n"
                            "}");
}

static void quotes(struct text text, const char *expected)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, 10000);
        struct json json;
        json_init(&json, &out, false);
        json_text(&json, text);
        assert_string_equal(out.data, expected);
        assert_true(text_is_utf8(out.data, out.length));
}

static void escapes(void **state)
{
        (void)state;
        quotes((struct text){NULL, 0}, "\"\"");
        quotes(text_of(""), "\"\"");
        quotes(text_of("\"\\/"), "\"\\\"\\\\/\"");
        quotes(text_of("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
        quotes((struct text){"a\0b\x01\x1f\x7f", 6}, "\"a\\u0000b\\u0001\\u001f\\u007f\"");
        quotes(text_of("M\xc3\xbcller \xf0\x9f\x98\x80 \xe2\x80\xa8"),
               "\"M\xc3\xbcller \xf0\x9f\x98\x80 \xe2\x80\xa8\"");
}

static void wrong_bytes_become_replacement_characters(void **state)
{
        (void)state;
        quotes(text_of("a\xff" "b"), "\"a\xef\xbf\xbd" "b\"");
        quotes(text_of("\xc3"), "\"\xef\xbf\xbd\"");
        quotes(text_of("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
        quotes(text_of("\xc3\xa4\xff\xc3\xa4\n\"\xed\xa0\x80"),
               "\"\xc3\xa4\xef\xbf\xbd\xc3\xa4\\n\\\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
        quotes(text_of("\xf0\x9f\x98\x80\xc3"), "\"\xf0\x9f\x98\x80\xef\xbf\xbd\"");
}

static void the_ceiling_stays_in_the_buffer(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 20);
        struct json json;
        json_init(&json, &out, false);
        everything(&json);
        assert_true(out.failed);
        assert_true(out.length <= 20);
}

static void key_in_array(struct json *json)
{
        json_begin_array(json);
        json_key(json, "a");
}

static void value_without_key(struct json *json)
{
        json_begin_object(json);
        json_int(json, 1);
}

static void key_without_value(struct json *json)
{
        json_begin_object(json);
        json_key(json, "a");
        json_end_object(json);
}

static void wrong_end(struct json *json)
{
        json_begin_object(json);
        json_end_array(json);
}

static void end_too_often(struct json *json)
{
        json_begin_object(json);
        json_end_object(json);
        json_end_object(json);
}

static void two_documents(struct json *json)
{
        json_int(json, 1);
        json_int(json, 2);
}

static void too_deep(struct json *json)
{
        for (int i = 0; i <= JSON_DEPTH_MAX; i++)
                json_begin_array(json);
}

/* Wrong nesting is a mistake of the program and ends it; each case in a child. */
static void nesting_is_asserted(void **state)
{
        (void)state;
        static void (*const mistakes[])(struct json *) = {key_in_array,  value_without_key, key_without_value,
                                                          wrong_end,     end_too_often,     two_documents,
                                                          too_deep};
        for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
                pid_t child = fork();
                if (child == 0) {
                        signal(SIGABRT, SIG_DFL);
                        int nowhere = open("/dev/null", O_WRONLY);
                        dup2(nowhere, STDERR_FILENO);
                        struct buffer out;
                        struct json json;
                        buffer_init(&out, 10000);
                        json_init(&json, &out, false);
                        mistakes[i](&json);
                        _exit(0);
                }
                int status = 0;
                assert_int_equal(waitpid(child, &status, 0), child);
                if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
                        fail_msg("mistake %zu: %d", i, status);
        }
}

static void csv(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 10000);
        struct csv_writer writer;
        csv_writer_init(&writer, &out, ';');
        csv_field_string(&writer, "plain");
        csv_field_string(&writer, "a,b");
        csv_field_string(&writer, "a;b");
        csv_field_string(&writer, "say \"x\"");
        csv_end_row(&writer);
        csv_field_string(&writer, "");
        csv_field_string(&writer, NULL);
        csv_field(&writer, (struct text){NULL, 0});
        csv_field_string(&writer, " x");
        csv_field_string(&writer, "x ");
        csv_field_string(&writer, "two\nlines");
        csv_field_string(&writer, "two\rlines");
        csv_field_string(&writer, "M\xc3\xbcller");
        csv_end_row(&writer);
        csv_field_string(&writer, "\"");
        csv_end_row(&writer);
        assert_string_equal(out.data, "plain;a,b;\"a;b\";\"say \"\"x\"\"\"\r\n"
                            ";;;\" x\";\"x \";\"two\nlines\";\"two\rlines\";M\xc3\xbcller\r\n"
                            "\"\"\"\"\r\n");
        buffer_clear(&out);
        csv_writer_init(&writer, &out, ',');
        csv_field_string(&writer, "a,b");
        csv_field_string(&writer, "a;b");
        csv_end_row(&writer);
        assert_string_equal(out.data, "\"a,b\",a;b\r\n");
}

static void widths(void **state)
{
        (void)state;
        assert_int_equal(text_columns(text_of("")), 0);
        assert_int_equal(text_columns((struct text){NULL, 0}), 0);
        assert_int_equal(text_columns(text_of("abc")), 3);
        assert_int_equal(text_columns(text_of("M\xc3\xbcller")), 6);
        assert_int_equal(text_columns(text_of("Mu\xcc\x88ller")), 6);           /* combining */
        assert_int_equal(text_columns(text_of("\xe6\x97\xa5\xe6\x9c\xac")), 4); /* East Asian */
        assert_int_equal(text_columns(text_of("\xea\xb0\x80")), 2);             /* Hangul */
        assert_int_equal(text_columns(text_of("\xef\xbc\xa1")), 2);             /* full width A */
        assert_int_equal(text_columns(text_of("1.210,06 \xe2\x82\xac")), 10);
        assert_int_equal(text_columns(text_of("a\xe2\x80\x8b" "b")), 2);        /* zero width */
}

static void tables(void **state)
{
        (void)state;
        struct error error;
        struct table *table table_cleanup = NULL;
        assert_int_equal(table_new(&table, &error), STATUS_OK);
        table_column(table, "Name", TABLE_LEFT);
        table_column(table, "Revenue", TABLE_RIGHT);
        table_column(table, "", TABLE_LEFT);
        table_cell_string(table, "M\xc3\xbcller");
        table_cell_string(table, "1,234.50");
        table_cell_string(table, "x");
        table_cell_string(table, "\xe6\x97\xa5\xe6\x9c\xac\xe9\x9b\xbb\xe6\xb0\x97");
        table_cell_string(table, "7");
        table_cell_string(table, NULL);
        table_rule(table);
        table_cell_string(table, "");
        table_cell_string(table, "1,241.50");
        table_cell_string(table, "");
        struct buffer out buffer_cleanup;
        buffer_init(&out, 10000);
        assert_true(table_add_to(table, 2, &out));
#define LINE "\xe2\x94\x80"
#define EIGHT LINE LINE LINE LINE LINE LINE LINE LINE
        assert_string_equal(out.data, "  Name       Revenue\n"
                            "  " EIGHT "  " EIGHT "  " LINE "\n"
                            "  M\xc3\xbcller    1,234.50  x\n"
                            "  \xe6\x97\xa5\xe6\x9c\xac\xe9\x9b\xbb\xe6\xb0\x97         7\n"
                            "  " EIGHT "  " EIGHT "  " LINE "\n"
                            "            1,241.50\n");
        buffer_release(&out);
        buffer_init(&out, 10);
        assert_false(table_add_to(table, 0, &out));
}

/* Names come from files: what would steer the terminal is shown as blanks. */
static void control_characters_do_not_reach_the_terminal(void **state)
{
        (void)state;
        struct error error;
        struct table *table table_cleanup = NULL;
        assert_int_equal(table_new(&table, &error), STATUS_OK);
        table_column(table, "N", TABLE_LEFT);
        table_cell_string(table, "a\x1b[31mb\nc\x7f" "d\xc2\x9b" "e\xc3\xa4");
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1000);
        assert_true(table_add_to(table, 0, &out));
        assert_non_null(strstr(out.data, "\na [31mb c d e\xc3\xa4\n"));
}

static void tables_without_columns(void **state)
{
        (void)state;
        struct error error;
        struct table *table = NULL;
        assert_int_equal(table_new(&table, &error), STATUS_OK);
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1000);
        assert_false(table_add_to(table, 0, &out));
        for (int i = 0; i <= TABLE_COLUMNS_MAX; i++)
                table_column(table, "x", TABLE_LEFT);
        assert_false(table_add_to(table, 0, &out)); /* one too many */
        table_free(table);
        assert_int_equal(table_new(&table, &error), STATUS_OK);
        table_column(table, "alone", TABLE_RIGHT);
        assert_true(table_add_to(table, 0, &out));
        assert_non_null(strstr(out.data, "alone\n"));
        table_free(table);
        table_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(compact),
                cmocka_unit_test(pretty),
                cmocka_unit_test(escapes),
                cmocka_unit_test(wrong_bytes_become_replacement_characters),
                cmocka_unit_test(the_ceiling_stays_in_the_buffer),
                cmocka_unit_test(nesting_is_asserted),
                cmocka_unit_test(csv),
                cmocka_unit_test(widths),
                cmocka_unit_test(tables),
                cmocka_unit_test(control_characters_do_not_reach_the_terminal),
                cmocka_unit_test(tables_without_columns),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
