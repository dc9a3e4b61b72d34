/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_format.c: amounts, shares and days as pages write them, on both sides of each step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "i18n/format.h"

#define NBSP "\xC2\xA0"

static void short_amounts(void **state)
{
        static const struct {
                int64_t minor;
                const char *german, *english;
        } cases[] = {
                {0, "0" NBSP "€", "€0"},
                {-49, "0" NBSP "€", "€0"},
                {50, "1" NBSP "€", "€1"},
                {-50, "-1" NBSP "€", "-€1"},
                {99949, "999" NBSP "€", "€999"},
                {99950, "1" NBSP "T€", "€1k"},
                {104999, "1" NBSP "T€", "€1k"},
                {105000, "1,1" NBSP "T€", "€1.1k"},
                {-960000, "-9,6" NBSP "T€", "-€9.6k"},
                {994999, "9,9" NBSP "T€", "€9.9k"},
                {995000, "10" NBSP "T€", "€10k"},
                {1249999, "12" NBSP "T€", "€12k"},
                {99949999, "999" NBSP "T€", "€999k"},
                {99950000, "1" NBSP "Mio." NBSP "€", "€1m"},
                {2464000000, "24,6" NBSP "Mio." NBSP "€", "€24.6m"},
                {10040000000, "100" NBSP "Mio." NBSP "€", "€100m"},
                {INT64_C(124000000000), "1,2" NBSP "Mrd." NBSP "€", "€1.2bn"},
                {INT64_MAX, "92.233.720" NBSP "Mrd." NBSP "€", "€92,233,720bn"},
                {INT64_MIN, "-92.233.720" NBSP "Mrd." NBSP "€", "-€92,233,720bn"},
        };
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct buffer out buffer_cleanup;
                buffer_init(&out, 100);
                assert_true(format_add_amount_short(&out, LANGUAGE_GERMAN, cases[i].minor, 2, "EUR"));
                assert_string_equal(out.data, cases[i].german);
                buffer_clear(&out);
                assert_true(format_add_amount_short(&out, LANGUAGE_ENGLISH, cases[i].minor, 2, "EUR"));
                assert_string_equal(out.data, cases[i].english);
        }
}

static void currencies(void **state)
{
        static const struct {
                const char *currency;
                unsigned digits;
                const char *german, *english;
        } cases[] = {{"USD", 2, "1.234,56" NBSP "$", "$1,234.56"},
                     {"GBP", 2, "1.234,56" NBSP "£", "£1,234.56"},
                     {"CHF", 2, "1.234,56" NBSP "CHF", "CHF" NBSP "1,234.56"},
                     {"JPY", 0, "123.456" NBSP "JPY", "JPY" NBSP "123,456"},
                     {NULL, 3, "123,456", "123.456"}};
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct buffer out buffer_cleanup;
                buffer_init(&out, 100);
                assert_true(format_add_amount(&out, LANGUAGE_GERMAN, 123456, cases[i].digits, cases[i].currency));
                assert_string_equal(out.data, cases[i].german);
                buffer_clear(&out);
                assert_true(format_add_amount(&out, LANGUAGE_ENGLISH, 123456, cases[i].digits, cases[i].currency));
                assert_string_equal(out.data, cases[i].english);
        }
}

static void shares(void **state)
{
        struct buffer out buffer_cleanup;
        (void)state;
        buffer_init(&out, 200);
        format_add_share(&out, LANGUAGE_GERMAN, 1, 8, 1);
        format_add_share(&out, LANGUAGE_ENGLISH, 1, 8, 0);
        format_add_share(&out, LANGUAGE_ENGLISH, -1, 8, 3);
        format_add_share(&out, LANGUAGE_ENGLISH, 1, -8, 1);
        format_add_share(&out, LANGUAGE_ENGLISH, 1, 0, 1);
        format_add_share(&out, LANGUAGE_ENGLISH, INT64_MAX, 1, 1);
        format_add_share(&out, LANGUAGE_ENGLISH, INT64_MIN, INT64_MIN, 1);
        assert_string_equal(out.data, "12,5" NBSP "%13%-12.500%-12.5%--100.0%");
}

static void days(void **state)
{
        static const char *const german[] = {"1. Mär 2024", "1. März 2024", "1. Mär", "März 2024", "März",
                                             "Mär", "2024"};
        static const char *const english[] = {"1 Mar 2024", "1 March 2024", "1 Mar", "March 2024", "March",
                                              "Mar", "2024"};
        (void)state;
        for (int form = DAY_MEDIUM; form <= DAY_YEAR; form++) {
                struct buffer out buffer_cleanup;
                buffer_init(&out, 100);
                format_add_day_form(&out, LANGUAGE_GERMAN, 19783, (enum day_form)form);
                assert_string_equal(out.data, german[form]);
                buffer_clear(&out);
                format_add_day_form(&out, LANGUAGE_ENGLISH, 19783, (enum day_form)form);
                assert_string_equal(out.data, english[form]);
        }
}

static void without_room(void **state)
{
        (void)state;
        for (size_t room = 0; room < 8; room++) {
                struct buffer out buffer_cleanup;
                buffer_init(&out, room);
                assert_false(format_add_amount_short(&out, LANGUAGE_GERMAN, -960000, 2, "EUR"));
                buffer_clear(&out);
                assert_false(format_add_day_form(&out, LANGUAGE_GERMAN, 19783, DAY_LONG));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(short_amounts), cmocka_unit_test(currencies),   cmocka_unit_test(shares),
                cmocka_unit_test(days),          cmocka_unit_test(without_room),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
