/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_xlsx.c: what cells of a workbook mean: references, numbers of up to seventeen digits, day numbers in both
 * countings, number formats, escapes, names of parts. X-03 in part (imports read exactly what a sheet holds).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "importer/xlsx_book.h"
#include "importer/xlsx_number.h"
#include "importer/xlsx_styles.h"
#include "importer/xlsx_text.h"

static void references(void **state)
{
        (void)state;
        static const struct { const char *text; uint32_t column, row; } good[] = {
                {"A1", 0, 1}, {"Z9", 25, 9}, {"AA10", 26, 10}, {"AZ1", 51, 1}, {"BA1", 52, 1}, {"ZZ1", 701, 1},
                {"AAA1", 702, 1}, {"XFD1048576", 16383, 1048576},
        };
        static const char *const bad[] = {"", "A", "1", "A0", "a1", "XFE1", "A1048577", "$A$1", "A1 ", "A01", "A1B",
                                          "AAAAAAAAAAAA1", "A99999999999", "\xC3\x84" "1"};
        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
                uint32_t column = 77, row = 77;
                assert_true(xlsx_parse_reference(good[i].text, &column, &row));
                assert_int_equal(column, good[i].column);
                assert_int_equal(row, good[i].row);
        }
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                uint32_t column = 77, row = 77;
                assert_false(xlsx_parse_reference(bad[i], &column, &row));
                assert_true(column == 77 && row == 77);
        }
}

static void assert_number(const char *stored, char mark, const char *meant)
{
        struct buffer out;
        buffer_init(&out, 1000);
        bool good = xlsx_add_number(&out, text_of(stored), mark);
        if (good != (meant != NULL) || strcmp(out.data, meant ? meant : "") != 0)
                fail_msg("%s is %s, not %s", stored, good ? out.data : "refused", meant ? meant : "refused");
        buffer_release(&out);
}

static void numbers(void **state)
{
        (void)state;
        static const char *const good[][2] = {
                {"0", "0"}, {"-0", "0"}, {"0.0", "0"}, {"000", "0"}, {"1", "1"}, {"007", "7"}, {"-12.50", "-12.5"},
                {"0.10000000000000001", "0.1"}, {"0.30000000000000004", "0.3"}, {"19.989999999999998", "19.99"},
                {"2.9999999999999996", "3"}, {"999.99999999999994", "1000"}, {"0.99999999999999989", "1"},
                {"1E+05", "100000"}, {"1e5", "100000"}, {"1.5E-2", "0.015"}, {"1.2345E3", "1234.5"}, {"1E0", "1"},
                {"123456789012345", "123456789012345"}, {"9007199254740993", "9007199254740993"},
                {"12345678901234567890", "12345678901234567890"}, {"123456789012345.6", "123456789012346"},
                {"1.2345678901234567E+16", "12345678901234600"}, {".5", "0.5"}, {"5.", "5"}, {"+3", "3"}, {" 4 ", "4"},
                {"0.000001", "0.000001"}, {"1E-20", "0.00000000000000000001"},
                {"0.00012345678901234567", "0.000123456789012346"},
                {"100", "100"}, {"1200.00", "1200"},
        };
        static const char *const bad[] = {"", " ", "-", ".", "1.2.3", "1e", "1e+", "e5", "1E400", "1E999999999", "0x1",
                                          "1,5", "12a", "NaN", "INF", "--1", "1E-99", "1E41"};
        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
                assert_number(good[i][0], '.', good[i][1]);
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_number(bad[i], '.', NULL);
        assert_number("-1234.5", ',', "-1234,5");
        assert_number("12", ',', "12");
}

static void assert_serial(const char *number, bool from_1904, int year, unsigned month, unsigned day, int64_t second)
{
        struct xlsx_moment moment;
        int32_t wanted = year ? day_from_date((struct date){year, month, day}) : DAY_NONE;
        if (!xlsx_parse_serial(text_of(number), from_1904, &moment) || moment.day != wanted || moment.second != second)
                fail_msg("%s is day %d, second %lld", number, (int)moment.day, (long long)moment.second);
}

static void day_numbers(void **state)
{
        (void)state;
        struct xlsx_moment moment;
        assert_serial("1", false, 1900, 1, 1, 0);
        assert_serial("59", false, 1900, 2, 28, 0);
        assert_serial("61", false, 1900, 3, 1, 0);
        assert_serial("25569", false, 1970, 1, 1, 0);
        assert_serial("45747", false, 2025, 3, 31, 0);
        assert_serial("45747.35138888889", false, 2025, 3, 31, 8 * 3600 + 26 * 60);
        assert_serial("40148.322916666664", false, 2009, 12, 1, 7 * 3600 + 45 * 60);
        assert_serial("4.5747E4", false, 2025, 3, 31, 0);
        assert_serial("45747.99999998843", false, 2025, 3, 31, 86399); /* 23:59:59.999 */
        assert_serial("45746.999999999996", false, 2025, 3, 31, 0);
        assert_serial("0.5", false, 0, 0, 0, 43200);
        assert_serial("0.00001157407407407407", false, 0, 0, 0, 1);
        assert_serial("0", true, 1904, 1, 1, 0);
        assert_serial("1462", true, 1908, 1, 2, 0);
        assert_serial("44285", true, 2025, 3, 31, 0);
        assert_serial("0.25", true, 0, 0, 0, 21600);
        assert_serial("109574", false, 2199, 12, 31, 0);
        static const char *const bad[] = {"60", "60.5", "-1", "109575", "1E9", "99999999", "", "x", "-0.5"};
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_false(xlsx_parse_serial(text_of(bad[i]), false, &moment));
}

static void iso_texts(void **state)
{
        (void)state;
        struct xlsx_moment moment;
        static const char *const bad[] = {"", "2025-13-01", "2025-03-31X08:26:00", "2025-03-31T24:00:00", "8:26:00",
                                          "08:26:00.1x", "2025-03-31T", "08:60", "31.03.2025", "2025-3-31"};
        assert_true(xlsx_parse_iso(text_of("2025-03-31"), &moment));
        assert_true(moment.day == day_from_date((struct date){2025, 3, 31}) && moment.second == 0);
        assert_true(xlsx_parse_iso(text_of("2025-03-31T08:26:05.250Z"), &moment));
        assert_int_equal(moment.second, 8 * 3600 + 26 * 60 + 5);
        assert_true(xlsx_parse_iso(text_of(" 2025-03-31 08:26 "), &moment));
        assert_int_equal(moment.second, 8 * 3600 + 26 * 60);
        assert_true(xlsx_parse_iso(text_of("23:59:59"), &moment));
        assert_true(moment.day == DAY_NONE && moment.second == 86399);
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_false(xlsx_parse_iso(text_of(bad[i]), &moment));
}

static void formats(void **state)
{
        (void)state;
        static const struct { const char *code; enum xlsx_meaning meaning; } codes[] = {
                {"General", XLSX_PLAIN}, {"0.00", XLSX_PLAIN}, {"#,##0.00\\ \"EUR\"", XLSX_PLAIN}, {"@", XLSX_PLAIN},
                {"0.00E+00", XLSX_PLAIN}, {"[Red]0;[Blue]-0", XLSX_PLAIN}, {"[$-407]#,##0.00", XLSX_PLAIN},
                {"\"Tag: \"0", XLSX_PLAIN}, {"0\\d", XLSX_PLAIN}, {"0_d", XLSX_PLAIN}, {"0*m", XLSX_PLAIN},
                {"[>=100]0", XLSX_PLAIN}, {"# ?/?", XLSX_PLAIN}, {"", XLSX_PLAIN}, {"\"yyyy", XLSX_PLAIN},
                {"yyyy-mm-dd", XLSX_DAY}, {"dd\\.mm\\.yyyy;@", XLSX_DAY}, {"[$-407]d. mmmm yyyy", XLSX_DAY},
                {"mmm", XLSX_DAY}, {"yyyy", XLSX_DAY}, {"D/M/YY", XLSX_DAY}, {"[$-F800]dddd\\,\\ mmmm\\ dd", XLSX_DAY},
                {"yyyy-mm-dd hh:mm", XLSX_MOMENT}, {"m/d/yy h:mm AM/PM", XLSX_MOMENT}, {"dd.mm. ss", XLSX_MOMENT},
                {"hh:mm", XLSX_TIME}, {"mm:ss", XLSX_TIME}, {"[h]:mm:ss", XLSX_TIME}, {"[mm]:ss", XLSX_TIME},
                {"[s]", XLSX_TIME}, {"mm:ss.000", XLSX_TIME}, {"h \"Uhr\"", XLSX_TIME},
                {"0;yyyy", XLSX_PLAIN}, {"[", XLSX_PLAIN}, {"\\", XLSX_PLAIN},
        };
        static const struct { unsigned number; enum xlsx_meaning meaning; } numbers[] = {
                {0, XLSX_PLAIN}, {2, XLSX_PLAIN}, {13, XLSX_PLAIN}, {14, XLSX_DAY}, {17, XLSX_DAY}, {18, XLSX_TIME},
                {21, XLSX_TIME}, {22, XLSX_MOMENT}, {23, XLSX_PLAIN}, {30, XLSX_DAY}, {37, XLSX_PLAIN},
                {44, XLSX_PLAIN},
                {45, XLSX_TIME}, {47, XLSX_TIME}, {48, XLSX_PLAIN}, {49, XLSX_PLAIN}, {57, XLSX_DAY}, {164, XLSX_PLAIN},
        };
        for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
                if (xlsx_format_meaning(text_of(codes[i].code)) != codes[i].meaning)
                        fail_msg("%s: %d", codes[i].code, (int)xlsx_format_meaning(text_of(codes[i].code)));
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                if (xlsx_builtin_meaning(numbers[i].number) != numbers[i].meaning)
                        fail_msg("format %u: %d", numbers[i].number, (int)xlsx_builtin_meaning(numbers[i].number));
}

static void escapes(void **state)
{
        (void)state;
        static const char *const texts[][2] = {
                {"", ""}, {"plain", "plain"}, {"a_x000A_b", "a\nb"}, {"_x005F_x000A_", "_x000A_"}, {"_x0007_", ""},
                {"_x0000_", ""}, {"_x00e4_", "\xC3\xA4"}, {"_x20AC_", "\xE2\x82\xAC"},
                {"_xD83D__xDE00_", "_xD83D__xDE00_"},
                {"_x00_", "_x00_"}, {"_x000G_", "_x000G_"}, {"_x000A", "_x000A"}, {"_", "_"}, {"a_b_c", "a_b_c"},
                {"_X000A_", "_X000A_"},
        };
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                char data[64];
                size_t length = strlen(texts[i][0]);
                memcpy(data, texts[i][0], length);
                assert_int_equal(xlsx_unescape(data, length), strlen(texts[i][1]));
                assert_memory_equal(data, texts[i][1], strlen(texts[i][1]));
        }
}

static void part_names(void **state)
{
        (void)state;
        static const struct { const char *folder, *target, *name; } names[] = {
                {"xl/", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"},
                {"xl/", "/xl/styles.xml", "xl/styles.xml"},
                {"xl/", "../a/b.xml", "a/b.xml"}, {"", "xl/workbook.xml", "xl/workbook.xml"},
                {"xl/", "./../xl/./a.xml", "xl/a.xml"}, {"xl/", "../../etc/passwd", NULL}, {"", "..", NULL},
                {"", "/", NULL}, {"xl/", "..", NULL}, {"xl/", "a//b", "xl/a/b"}, {"", "", NULL},
        };
        char out[64];
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                bool found = xlsx_resolve(names[i].folder, names[i].target, out, sizeof(out));
                if (found != (names[i].name != NULL) || (found && strcmp(out, names[i].name) != 0))
                        fail_msg("%s + %s is %s", names[i].folder, names[i].target, found ? out : "none");
        }
        assert_false(xlsx_resolve("xl/", "a/b.xml", out, 10));
        assert_true(xlsx_resolve("xl/", "a/b.xml", out, 11));
}

/* What is written by a pattern is read back by it. */
static void moments_by_format(void **state)
{
        (void)state;
        static const char *const patterns[] = {"%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%e/%m/%y %S %M %H",
                                               "%Y%m%d%H%M%S"};
        for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++)
                for (int32_t day = 1; day < 30000; day += 977) {
                        struct buffer out;
                        int32_t read_day, second = day * 31 % 86400, read_second;
                        buffer_init(&out, 100);
                        if (strchr(patterns[p], 'y'))
                                day = day < 20000 ? day : 20000; /* two digits of a year reach to 2069 */
                        assert_true(moment_add_format(&out, patterns[p], day, second));
                        assert_true(moment_parse_format((struct text){out.data, out.length}, patterns[p], &read_day,
                                                        &read_second));
                        assert_true(read_day == day && read_second == second);
                        buffer_release(&out);
                        if (day == 20000)
                                break;
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(references), cmocka_unit_test(numbers), cmocka_unit_test(day_numbers),
                cmocka_unit_test(iso_texts), cmocka_unit_test(formats), cmocka_unit_test(escapes),
                cmocka_unit_test(part_names), cmocka_unit_test(moments_by_format),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
