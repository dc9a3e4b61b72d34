/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_message.c: the two catalogues as compiled in, filled messages, errors in words, numbers and dates for readers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "i18n/catalogue_table.h"
#include "i18n/message.h"

static void languages(void **state)
{
        (void)state;
        enum language language = LANGUAGE_COUNT;
        assert_true(language_parse("de", &language) && language == LANGUAGE_GERMAN);
        assert_true(language_parse("en", &language) && language == LANGUAGE_ENGLISH);
        assert_true(language_parse("de_DE.UTF-8", &language) && language == LANGUAGE_GERMAN);
        assert_true(language_parse("en-GB", &language) && language == LANGUAGE_ENGLISH);
        language = LANGUAGE_COUNT;
        static const char *const unknown[] = {"", "d", "C", "C.UTF-8", "fr", "deu", "english", "POSIX"};
        for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
                assert_false(language_parse(unknown[i], &language));
        assert_false(language_parse(NULL, &language));
        assert_int_equal(language, LANGUAGE_COUNT);
        assert_string_equal(language_code(LANGUAGE_GERMAN), "de");
        assert_string_equal(language_code(LANGUAGE_ENGLISH), "en");
}

/* The search needs the table sorted by bytes; both languages hold a text for every key. */
static void the_table_is_sorted_and_complete(void **state)
{
        (void)state;
        assert_true(catalogue_count > 0);
        for (size_t i = 0; i < catalogue_count; i++) {
                const struct catalogue_entry *entry = &catalogue_entries[i];
                if (i && strcmp(entry[-1].key, entry->key) >= 0)
                        fail_msg("%s", entry->key);
                for (int l = 0; l < LANGUAGE_COUNT; l++) {
                        assert_true(entry->texts[l][0] != '\0');
                        assert_true(text_is_utf8(entry->texts[l], strlen(entry->texts[l])));
                        assert_ptr_equal(message_raw((enum language)l, entry->key), entry->texts[l]);
                }
                assert_true(message_exists(entry->key));
        }
        assert_false(message_exists("no.such_key"));
        assert_false(message_exists(""));
        assert_false(message_exists("zzz.zzz"));
        assert_string_equal(message_raw(LANGUAGE_GERMAN, "no.such_key"), "no.such_key");
}

static void filling(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1000);
        assert_true(message_add(&out, LANGUAGE_ENGLISH, "system.failed", "action", "open", "path", "{reason}", "reason",
                                "No such file", NULL));
        assert_string_equal(out.data, "open of {reason} failed: No such file."); /* values are not filled again */
        buffer_clear(&out);
        assert_true(message_add(&out, LANGUAGE_GERMAN, "system.failed", "path", "x", "reason", "y", NULL));
        assert_non_null(strstr(out.data, "{action}")); /* a missing argument is seen */
        buffer_clear(&out);
        assert_true(message_add(&out, LANGUAGE_GERMAN, "no.such_key", "a", "b", NULL));
        assert_string_equal(out.data, "no.such_key");
        buffer_release(&out);
        buffer_init(&out, 5);
        assert_false(message_add(&out, LANGUAGE_GERMAN, "system.memory", NULL));
}

/* A key that the catalogue lacks stands for itself, so the choice of the plural can be seen on a text made up here. */
static void plurals(void **state)
{
        (void)state;
        static const struct {
                const char *count, *expected;
        } cases[] = {{"0", "0 customers"}, {"1", "one customer"}, {"2", "2 customers"}, {"11", "11 customers"},
                     {"1.000", "1.000 customers"}};
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct buffer out buffer_cleanup;
                buffer_init(&out, 1000);
                message_add(&out, LANGUAGE_ENGLISH, "one customer|{count} customers", "count", cases[i].count, NULL);
                assert_string_equal(out.data, cases[i].expected);
        }
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1000);
        message_add(&out, LANGUAGE_ENGLISH, "a|b {name}", "name", "c", NULL);
        assert_string_equal(out.data, "a|b c"); /* no count: no plural */
        buffer_clear(&out);
        message_add(&out, LANGUAGE_ENGLISH, "open { and {count}", "count", "3", NULL);
        assert_string_equal(out.data, "open { and {count}");
}

static void errors_in_words(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 5000);
        struct error error;
        error_set(&error, STATUS_LIMIT, "file.too_large", "path", "a.csv", "limit", "100", NULL);
        assert_true(message_add_error(&out, LANGUAGE_ENGLISH, &error));
        assert_string_equal(out.data, "a.csv is larger than 100 bytes, more is not read here.");
        buffer_clear(&out);
        error_at(&error, STATUS_INVALID, 7, 12, "file.too_large", "path", "a.csv", "limit", "100", NULL);
        assert_true(message_add_error(&out, LANGUAGE_GERMAN, &error));
        assert_string_equal(out.data, "Zeile 7, Spalte 12: a.csv ist gr\xc3\xb6\xc3\x9f" "er als 100 Byte, "
                            "mehr wird hier nicht gelesen.");
        buffer_clear(&out);
        error_at(&error, STATUS_INVALID, 7, 0, "file.not_found", "path", "a.csv", NULL);
        assert_true(message_add_error(&out, LANGUAGE_ENGLISH, &error));
        assert_string_equal(out.data, "line 7: There is no file a.csv. Check path and spelling.");
        buffer_clear(&out);
        struct error nothing = {0};
        assert_true(message_add_error(&out, LANGUAGE_ENGLISH, &nothing));
        assert_string_equal(out.data, "An unknown error happened.");
}

static void formats(bool (*add)(struct buffer *, enum language, int64_t, int64_t), int64_t a, int64_t b,
                    const char *german, const char *english)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, 100);
        assert_true(add(&out, LANGUAGE_GERMAN, a, b));
        assert_string_equal(out.data, german);
        buffer_clear(&out);
        assert_true(add(&out, LANGUAGE_ENGLISH, a, b));
        assert_string_equal(out.data, english);
}

static bool add_euros(struct buffer *out, enum language language, int64_t minor, int64_t digits)
{
        return format_add_money(out, language, minor, (unsigned)digits, "EUR");
}

static bool add_number(struct buffer *out, enum language language, int64_t units, int64_t scale)
{
        return format_add_decimal(out, language, units, (unsigned)scale);
}

static bool add_count(struct buffer *out, enum language language, int64_t value, int64_t none)
{
        (void)none;
        return format_add_count(out, language, value);
}

static bool add_day(struct buffer *out, enum language language, int64_t day, int64_t none)
{
        (void)none;
        return format_add_day(out, language, (int32_t)day);
}

static void numbers_for_readers(void **state)
{
        (void)state;
        formats(add_euros, 121058606, 2, "1.210.586,06 EUR", "EUR 1,210,586.06");
        formats(add_euros, -5, 2, "-0,05 EUR", "EUR -0.05");
        formats(add_euros, 1500, 0, "1.500 EUR", "EUR 1,500");
        formats(add_number, 12345, 1, "1.234,5", "1,234.5");
        formats(add_count, 1044847, 0, "1.044.847", "1,044,847");
        formats(add_count, -1, 0, "-1", "-1");
        formats(add_day, day_from_date((struct date){2010, 11, 30}), 0, "30.11.2010", "30 Nov 2010");
        formats(add_day, DAY_NONE, 0, "", "");
}

/* One decimal, half away from zero: 1/8 is 12.5 %, 1/16 is 6.25 % and shows 6.3 %. */
static void percents(void **state)
{
        (void)state;
        formats(format_add_percent, 1, 8, "12,5 %", "12.5%");
        formats(format_add_percent, 1, 16, "6,3 %", "6.3%");
        formats(format_add_percent, -1, 16, "-6,3 %", "-6.3%");
        formats(format_add_percent, 1, -16, "-6,3 %", "-6.3%");
        formats(format_add_percent, -1, -16, "6,3 %", "6.3%");
        formats(format_add_percent, 2, 3, "66,7 %", "66.7%");
        formats(format_add_percent, 0, 3, "0,0 %", "0.0%");
        formats(format_add_percent, 12, 1, "1.200,0 %", "1,200.0%");
        formats(format_add_percent, 1, 0, "-", "-");
        formats(format_add_percent, INT64_MAX, INT64_MAX, "100,0 %", "100.0%");
        formats(format_add_percent, INT64_MIN, INT64_MIN, "100,0 %", "100.0%");
        formats(format_add_percent, INT64_MIN, INT64_MAX, "-100,0 %", "-100.0%");
        formats(format_add_percent, INT64_MAX, 1, "-", "-"); /* past what can be shown */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(languages),
                cmocka_unit_test(the_table_is_sorted_and_complete),
                cmocka_unit_test(filling),
                cmocka_unit_test(plurals),
                cmocka_unit_test(errors_in_words),
                cmocka_unit_test(numbers_for_readers),
                cmocka_unit_test(percents),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
