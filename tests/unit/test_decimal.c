/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_decimal.c: money and numbers as text, German and English, exact and rounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/checked.h"
#include "base/decimal.h"

static void reads(const char *text, enum decimal_mark mark, int64_t units, unsigned scale)
{
        struct decimal decimal = {.units = -77, .scale = 99};
        enum decimal_result result = decimal_parse(text_of(text), mark, &decimal);
        if (result != DECIMAL_OK || decimal.units != units || decimal.scale != scale)
                fail_msg("\"%s\": result %d, %lld scale %u", text, result, (long long)decimal.units, decimal.scale);
}

static void refuses(const char *text, enum decimal_mark mark, enum decimal_result expected)
{
        struct decimal decimal = {.units = -77, .scale = 99};
        enum decimal_result result = decimal_parse(text_of(text), mark, &decimal);
        if (result != expected || decimal.units != -77 || decimal.scale != 99)
                fail_msg("\"%s\": result %d instead of %d", text, result, expected);
}

static void scaled(const char *text, enum decimal_mark mark, unsigned scale, bool round, int64_t units)
{
        int64_t got = -77;
        enum decimal_result result = decimal_parse_scaled(text_of(text), mark, scale, round, &got);
        if (result != DECIMAL_OK || got != units)
                fail_msg("\"%s\" at scale %u: result %d, %lld", text, scale, result, (long long)got);
}

static void scaled_refuses(const char *text, unsigned scale, bool round, enum decimal_result expected)
{
        int64_t got = -77;
        enum decimal_result result = decimal_parse_scaled(text_of(text), DECIMAL_POINT, scale, round, &got);
        if (result != expected || got != -77)
                fail_msg("\"%s\" at scale %u: result %d instead of %d", text, scale, result, expected);
}

static void english(void **state)
{
        (void)state;
        reads("0", DECIMAL_POINT, 0, 0);
        reads("1838.32", DECIMAL_POINT, 183832, 2);
        reads("1,234.56", DECIMAL_POINT, 123456, 2);
        reads("1,234,567", DECIMAL_POINT, 1234567, 0);
        reads("12,345,678.9", DECIMAL_POINT, 123456789, 1);
        reads("123,456", DECIMAL_POINT, 123456, 0);
        reads(".5", DECIMAL_POINT, 5, 1);
        reads("5.", DECIMAL_POINT, 5, 0);
        reads("0007", DECIMAL_POINT, 7, 0);
        reads("  12.5\t", DECIMAL_POINT, 125, 1);
        reads("\xc2\xa0" "12.5\xc2\xa0", DECIMAL_POINT, 125, 1);
}

static void german(void **state)
{
        (void)state;
        reads("1838,32", DECIMAL_COMMA, 183832, 2);
        reads("1.234,56", DECIMAL_COMMA, 123456, 2);
        reads("1.234.567", DECIMAL_COMMA, 1234567, 0);
        reads("1.234", DECIMAL_COMMA, 1234, 0);
        reads("0,60", DECIMAL_COMMA, 6, 1);
        reads("-1.234,5", DECIMAL_COMMA, -12345, 1);
}

static void signs(void **state)
{
        (void)state;
        reads("-12.5", DECIMAL_POINT, -125, 1);
        reads("12.5-", DECIMAL_POINT, -125, 1);
        reads("12.5+", DECIMAL_POINT, 125, 1);
        reads("+12.5", DECIMAL_POINT, 125, 1);
        reads("\xe2\x88\x92" "12.5", DECIMAL_POINT, -125, 1); /* U+2212 */
        reads("1.234,50-", DECIMAL_COMMA, -12345, 1);
        reads("-0", DECIMAL_POINT, 0, 0);
        refuses("-12-", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("--12", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("12--", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("-", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("- 5", DECIMAL_POINT, DECIMAL_MALFORMED);
}

static void thousands_marks_group_by_three(void **state)
{
        (void)state;
        reads("1 234 567.5", DECIMAL_POINT, 12345675, 1);
        reads("1'234'567.5", DECIMAL_POINT, 12345675, 1);
        reads("1\xe2\x80\x99" "234", DECIMAL_POINT, 1234, 0);   /* U+2019 */
        reads("1\xc2\xa0" "234,5", DECIMAL_COMMA, 12345, 1);     /* U+00A0 */
        reads("1\xe2\x80\xaf" "234,5", DECIMAL_COMMA, 12345, 1); /* U+202F */
        reads("1\xe2\x80\x89" "234,5", DECIMAL_COMMA, 12345, 1); /* U+2009 */
        refuses("12,-", DECIMAL_COMMA, DECIMAL_MALFORMED);
        refuses("1,23", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("1,2345", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("1234,567", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("1,234,5", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("1,,234", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses(",234", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("1,234 567", DECIMAL_POINT, DECIMAL_MALFORMED); /* two kinds of mark */
        refuses("1234.567,5", DECIMAL_POINT, DECIMAL_MALFORMED);
        refuses("1.234,567", DECIMAL_POINT, DECIMAL_MALFORMED); /* no marks behind the decimal mark */
        refuses("1838.32", DECIMAL_COMMA, DECIMAL_MALFORMED);   /* the other language */
        refuses("1,234.56", DECIMAL_COMMA, DECIMAL_MALFORMED);
}

static void what_is_no_number(void **state)
{
        (void)state;
        refuses("", DECIMAL_POINT, DECIMAL_EMPTY);
        refuses(" \t\xc2\xa0", DECIMAL_POINT, DECIMAL_EMPTY);
        struct decimal decimal;
        assert_int_equal(decimal_parse((struct text){NULL, 0}, DECIMAL_POINT, &decimal), DECIMAL_EMPTY);
        static const char *const texts[] = {".", "-.", "abc", "1e5", "1.5 EUR", "$5", "0x10", "1.2.3", "1..2", "5,",
                                            "\xd9\xa1", "NaN", "inf", "1\xc3", "1 2", "#REF!", "1_000"};
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                refuses(texts[i], DECIMAL_POINT, DECIMAL_MALFORMED);
        assert_int_equal(decimal_parse((struct text){"1\0", 2}, DECIMAL_POINT, &decimal), DECIMAL_MALFORMED);
}

static void the_ends_of_the_range(void **state)
{
        (void)state;
        reads("9223372036854775807", DECIMAL_POINT, INT64_MAX, 0);
        reads("-9223372036854775808", DECIMAL_POINT, INT64_MIN, 0);
        reads("9223372036854775808-", DECIMAL_POINT, INT64_MIN, 0);
        reads("0.000000000000000001", DECIMAL_POINT, 1, 18);
        reads("9.223372036854775807", DECIMAL_POINT, INT64_MAX, 18);
        reads("1.50000000000000000000000", DECIMAL_POINT, 15, 1);
        reads("000000000000000000000000000001.5", DECIMAL_POINT, 15, 1);
        refuses("9223372036854775808", DECIMAL_POINT, DECIMAL_TOO_LARGE);
        refuses("-9223372036854775809", DECIMAL_POINT, DECIMAL_TOO_LARGE);
        refuses("99999999999999999999999999999999999999999999", DECIMAL_POINT, DECIMAL_TOO_LARGE);
        refuses("0.0000000000000000001", DECIMAL_POINT, DECIMAL_TOO_PRECISE);
        scaled("92233720368547758.07", DECIMAL_POINT, 2, false, INT64_MAX);
        scaled("-92233720368547758.08", DECIMAL_POINT, 2, false, INT64_MIN);
        scaled("92233720368547758.074", DECIMAL_POINT, 2, true, INT64_MAX);
        scaled_refuses("92233720368547758.08", 2, false, DECIMAL_TOO_LARGE);
        scaled_refuses("92233720368547758.075", 2, true, DECIMAL_TOO_LARGE);
        scaled_refuses("92233720368547759", 2, false, DECIMAL_TOO_LARGE);
        scaled_refuses("18446744073709551616", 0, false, DECIMAL_TOO_LARGE); /* 2^64 does not wrap to 0 */
        scaled_refuses("18446744073709551615.9", 0, true, DECIMAL_TOO_LARGE);
        scaled_refuses("10", 18, false, DECIMAL_TOO_LARGE);
        scaled("9.223372036854775807", DECIMAL_POINT, 18, false, INT64_MAX);
}

static void minor_units(void **state)
{
        (void)state;
        scaled("12,5", DECIMAL_COMMA, 2, false, 1250);
        scaled("1838.32", DECIMAL_POINT, 2, false, 183832);
        scaled("-1838.32", DECIMAL_POINT, 2, false, -183832);
        scaled("1838.32-", DECIMAL_POINT, 2, false, -183832);
        scaled("1,838.32", DECIMAL_POINT, 2, false, 183832);
        scaled("7", DECIMAL_POINT, 0, false, 7);
        scaled("7.", DECIMAL_POINT, 2, false, 700);
        scaled(".07", DECIMAL_POINT, 2, false, 7);
        scaled("-.07", DECIMAL_POINT, 2, false, -7);
        scaled("7.100000", DECIMAL_POINT, 2, false, 710); /* zeros at the end are no precision */
        scaled("7.00", DECIMAL_POINT, 0, false, 7);
        scaled("1234567.125", DECIMAL_POINT, 3, false, 1234567125);
        scaled("123456789012345", DECIMAL_POINT, 3, false, INT64_C(123456789012345000));
        scaled_refuses("7.123", 2, false, DECIMAL_TOO_PRECISE);
        scaled_refuses("7.5", 0, false, DECIMAL_TOO_PRECISE);
        scaled_refuses("", 2, false, DECIMAL_EMPTY);
        scaled_refuses("-", 2, false, DECIMAL_MALFORMED);
        scaled_refuses("7.1x", 2, false, DECIMAL_MALFORMED);
        scaled_refuses("7,1", 2, true, DECIMAL_MALFORMED);
}

/* amounts are cents; a price with more decimals is rounded half away from zero, and only once. */
static void rounding(void **state)
{
        (void)state;
        scaled("1.005", DECIMAL_POINT, 2, true, 101);
        scaled("-1.005", DECIMAL_POINT, 2, true, -101);
        scaled("1.005-", DECIMAL_POINT, 2, true, -101);
        scaled("1.004", DECIMAL_POINT, 2, true, 100);
        scaled("1.0049999999999999999999999", DECIMAL_POINT, 2, true, 100); /* not first to 1.005 */
        scaled("1.0050000000000000000000001", DECIMAL_POINT, 2, true, 101);
        scaled("0.995", DECIMAL_POINT, 2, true, 100); /* carries */
        scaled("99,995", DECIMAL_COMMA, 2, true, 10000);
        scaled("0.005", DECIMAL_POINT, 2, true, 1);
        scaled("-0.005", DECIMAL_POINT, 2, true, -1);
        scaled("0.0049", DECIMAL_POINT, 2, true, 0);
        scaled("0.5", DECIMAL_POINT, 0, true, 1);
        scaled("1.5", DECIMAL_POINT, 0, true, 2);
        scaled("2.5", DECIMAL_POINT, 0, true, 3); /* not to even */
        scaled("-2.5", DECIMAL_POINT, 0, true, -3);
        scaled("1.05", DECIMAL_POINT, 1, true, 11);
        scaled("1.0005", DECIMAL_POINT, 2, true, 100);
        scaled("1.12", DECIMAL_POINT, 2, true, 112);
        assert_true(divide_half_away(125, 10) == 13 && divide_half_away(-125, 10) == -13);
        assert_true(divide_half_away(124, 10) == 12 && divide_half_away(-124, 10) == -12);
        assert_true(divide_half_away(5, 3) == 2 && divide_half_away(4, 3) == 1 && divide_half_away(-4, 3) == -1);
        assert_true(divide_half_away(1, 2) == 1 && divide_half_away(0, 2) == 0 && divide_half_away(-1, 2) == -1);
}

/* rounding 0.000 to 3.999 to cents, against integer arithmetic. */
static void rounding_of_every_thousandth(void **state)
{
        (void)state;
        for (int thousandths = -3999; thousandths <= 3999; thousandths++) {
                char text[16];
                int size = thousandths < 0 ? -thousandths : thousandths;
                snprintf(text, sizeof(text), "%s%d.%03d", thousandths < 0 ? "-" : "", size / 1000, size % 1000);
                int cents = (size + 5) / 10;
                scaled(text, DECIMAL_POINT, 2, true, thousandths < 0 ? -cents : cents);
        }
}

static void comparing(void **state)
{
        (void)state;
        struct decimal a = {125, 2}, b = {1250, 3}, c = {1251, 3};
        assert_int_equal(decimal_compare(a, b), 0);
        assert_true(decimal_compare(a, c) < 0);
        assert_true(decimal_compare(c, b) > 0);
        struct decimal huge = {INT64_MAX, 0}, tiny = {INT64_MAX, 18}, low = {INT64_MIN, 0};
        assert_true(decimal_compare(huge, tiny) > 0);
        assert_true(decimal_compare(low, tiny) < 0);
        assert_int_equal(decimal_compare((struct decimal){0, 0}, (struct decimal){0, 18}), 0);
}

static void writes(int64_t units, unsigned scale, const char *plain, const char *german_text, const char *english_text)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, 100);
        assert_true(decimal_add_plain(&out, units, scale));
        assert_string_equal(out.data, plain);
        buffer_clear(&out);
        assert_true(decimal_add_grouped(&out, units, scale, DECIMAL_COMMA));
        assert_string_equal(out.data, german_text);
        buffer_clear(&out);
        assert_true(decimal_add_grouped(&out, units, scale, DECIMAL_POINT));
        assert_string_equal(out.data, english_text);
}

static void writing(void **state)
{
        (void)state;
        writes(121058606, 2, "1210586.06", "1.210.586,06", "1,210,586.06");
        writes(0, 2, "0.00", "0,00", "0.00");
        writes(-5, 2, "-0.05", "-0,05", "-0.05");
        writes(999, 0, "999", "999", "999");
        writes(1000, 0, "1000", "1.000", "1,000");
        writes(-1000, 0, "-1000", "-1.000", "-1,000");
        writes(100000, 2, "1000.00", "1.000,00", "1,000.00");
        writes(INT64_MIN, 0, "-9223372036854775808", "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808");
        writes(INT64_MAX, 18, "9.223372036854775807", "9,223372036854775807", "9.223372036854775807");
        writes(1, 18, "0.000000000000000001", "0,000000000000000001", "0.000000000000000001");
        struct buffer out buffer_cleanup;
        buffer_init(&out, 3);
        assert_false(decimal_add_plain(&out, 12345, 2));
        assert_false(decimal_add_grouped(&out, 12345, 2, DECIMAL_COMMA));
}

/* What is written reads back, for every scale and both languages. */
static void written_numbers_read_back(void **state)
{
        (void)state;
        static const int64_t units[] = {0, 1, -1, 7, 99, 100, 101, 12345, -98765432, 1000000, INT64_MAX, INT64_MIN,
                                        INT64_C(1000000000000000000), INT64_C(-999999999999999999)};
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
                for (unsigned scale = 0; scale <= 18; scale++)
                        for (int kind = 0; kind < 3; kind++) {
                                struct buffer out buffer_cleanup;
                                buffer_init(&out, 100);
                                enum decimal_mark mark = kind == 1 ? DECIMAL_COMMA : DECIMAL_POINT;
                                if (kind == 2)
                                        decimal_add_plain(&out, units[i], scale);
                                else
                                        decimal_add_grouped(&out, units[i], scale, mark);
                                scaled(out.data, mark, scale, false, units[i]);
                                struct decimal decimal;
                                assert_int_equal(decimal_parse(text_of(out.data), mark, &decimal), DECIMAL_OK);
                                assert_int_equal(decimal_compare(decimal, (struct decimal){units[i], (uint8_t)scale}),
                                                 0);
                        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(english),
                cmocka_unit_test(german),
                cmocka_unit_test(signs),
                cmocka_unit_test(thousands_marks_group_by_three),
                cmocka_unit_test(what_is_no_number),
                cmocka_unit_test(the_ends_of_the_range),
                cmocka_unit_test(minor_units),
                {"X-09 (rounding)", rounding, NULL, NULL, NULL},
                {"X-09 (rounding), every thousandth", rounding_of_every_thousandth, NULL, NULL, NULL},
                cmocka_unit_test(comparing),
                cmocka_unit_test(writing),
                cmocka_unit_test(written_numbers_read_back),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
