/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_status.c: describing failures: arguments, positions, cutting of long values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "base/status.h"
#include "base/text.h"

static void arguments_are_found_by_name(void **state)
{
        (void)state;
        struct error error = {0};
        assert_int_equal(error_set(&error, STATUS_INVALID, "test.key", "one", "1", "two", "", NULL), STATUS_INVALID);
        assert_int_equal(error.status, STATUS_INVALID);
        assert_string_equal(error.key, "test.key");
        assert_int_equal(error.line, 0);
        assert_int_equal(error.column, 0);
        assert_string_equal(error_argument(&error, "one"), "1");
        assert_string_equal(error_argument(&error, "two"), "");
        assert_null(error_argument(&error, "three"));
}

static void positions(void **state)
{
        (void)state;
        struct error error;
        assert_int_equal(error_at(&error, STATUS_LIMIT, 7, 12, "test.key", NULL), STATUS_LIMIT);
        assert_int_equal(error.line, 7);
        assert_int_equal(error.column, 12);
        assert_int_equal(error.argument_count, 0);
}

static void without_struct_only_the_status_counts(void **state)
{
        (void)state;
        assert_int_equal(error_set(NULL, STATUS_BUSY, "test.key", "a", "b", NULL), STATUS_BUSY);
        assert_int_equal(error_memory(NULL), STATUS_MEMORY);
        assert_int_equal(error_system(NULL, "open", "x", ENOENT), STATUS_SYSTEM);
}

static void system_failures_name_action_path_and_reason(void **state)
{
        (void)state;
        struct error error;
        error_system(&error, "open", "/a/b", ENOENT);
        assert_string_equal(error.key, "system.failed");
        assert_string_equal(error_argument(&error, "action"), "open");
        assert_string_equal(error_argument(&error, "path"), "/a/b");
        assert_string_equal(error_argument(&error, "reason"), "No such file or directory");
        error_memory(&error);
        assert_string_equal(error.key, "system.memory");
        assert_null(error_argument(&error, "path"));
}

/* A value of the old description may stand in the new one. */
static void replacing_with_own_arguments(void **state)
{
        (void)state;
        struct error error;
        error_set(&error, STATUS_INVALID, "test.inner", "path", "customers.csv", NULL);
        error_set(&error, STATUS_INVALID, "test.outer", "why", "because", "file", error_argument(&error, "path"), NULL);
        assert_string_equal(error_argument(&error, "file"), "customers.csv");
        assert_null(error_argument(&error, "path"));
}

static void a_missing_value_is_empty(void **state)
{
        (void)state;
        struct error error;
        const char *nothing = NULL;
        error_set(&error, STATUS_INVALID, "test.key", "a", nothing, "b", "2", NULL);
        assert_string_equal(error_argument(&error, "a"), "");
        assert_string_equal(error_argument(&error, "b"), "2");
}

/* 1,023 bytes and the NUL fill the text exactly; one more is cut and ends in an ellipsis (three bytes). */
static void long_values_are_cut(void **state)
{
        (void)state;
        char value[2000];
        struct error error;
        memset(value, 'x', sizeof(value));
        value[ERROR_TEXT_MAX - 1] = '\0';
        error_set(&error, STATUS_INVALID, "test.key", "a", value, NULL);
        assert_string_equal(error_argument(&error, "a"), value);
        value[ERROR_TEXT_MAX - 1] = 'x';
        value[ERROR_TEXT_MAX] = '\0';
        error_set(&error, STATUS_INVALID, "test.key", "a", value, NULL);
        const char *cut = error_argument(&error, "a");
        assert_int_equal(strlen(cut), ERROR_TEXT_MAX - 1);
        assert_string_equal(cut + strlen(cut) - 4, "x\xe2\x80\xa6");
}

/* Whatever the offset of the two-byte letters, what is left is whole letters and the ellipsis. */
static void cuts_keep_letters_whole(void **state)
{
        (void)state;
        for (size_t offset = 0; offset < 4; offset++) {
                char value[2000];
                size_t length = offset;
                memset(value, 'a', offset);
                while (length + 4 < sizeof(value)) {
                        memcpy(value + length, "\xc3\xa4\xe2\x82\xac", 5 < sizeof(value) - length ? 5 : 2);
                        length += 5;
                        if (length > 1500)
                                break;
                }
                value[length] = '\0';
                struct error error;
                error_set(&error, STATUS_INVALID, "test.key", "a", value, NULL);
                const char *cut = error_argument(&error, "a");
                assert_true(text_is_utf8(cut, strlen(cut)));
                assert_string_equal(cut + strlen(cut) - 3, "\xe2\x80\xa6");
                assert_true(strlen(cut) > ERROR_TEXT_MAX - 8);
                assert_memory_equal(cut, value, strlen(cut) - 3);
        }
}

/* A cell of 2,000 bytes must not swallow what else the message says. */
static void long_values_leave_room_for_the_others(void **state)
{
        (void)state;
        char value[2000];
        memset(value, 'x', sizeof(value) - 1);
        value[sizeof(value) - 1] = '\0';
        struct error error;
        error_set(&error, STATUS_INVALID, "test.key", "a", value, "b", value, "c", value, "d", value, "e", value, "f",
                  value, "g", value, "reason", "the last of eight", "ninth", "left out", NULL);
        assert_int_equal(error.argument_count, ERROR_ARGUMENTS_MAX);
        assert_string_equal(error_argument(&error, "reason"), "the last of eight");
        assert_null(error_argument(&error, "ninth"));
        assert_true(strlen(error_argument(&error, "g")) >= 60);
        assert_true(error.text_length <= ERROR_TEXT_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(arguments_are_found_by_name),
                cmocka_unit_test(positions),
                cmocka_unit_test(without_struct_only_the_status_counts),
                cmocka_unit_test(system_failures_name_action_path_and_reason),
                cmocka_unit_test(replacing_with_own_arguments),
                cmocka_unit_test(a_missing_value_is_empty),
                cmocka_unit_test(long_values_are_cut),
                cmocka_unit_test(cuts_keep_letters_whole),
                cmocka_unit_test(long_values_leave_room_for_the_others),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
