/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_csv_writer.c: what spreadsheets would take for formulas, and how every text comes back as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "importer/csv.h"
#include "render/csv.h"

/* A field, written and read. */
static struct text written(struct buffer *out, struct text text)
{
        struct csv_writer writer;
        buffer_clear(out);
        csv_writer_init(&writer, out, ',');
        csv_field_neutral(&writer, text);
        csv_end_row(&writer);
        assert_false(out->failed);
        struct csv_parser parser = {.cursor = out->data, .end = out->data + out->length, .delimiter = ',', .line = 1};
        struct text field = {out->data, 0};
        size_t count = 1;
        uint64_t line;
        if (text.length && !csv_next(&parser, &field, 1, &count, &line, NULL))
                fail_msg("no record");
        assert_int_equal(count, 1);
        return field;
}

static void test_by_hand(void **state)
{
        static const char *const cases[][2] = {
                {"", ""}, {"'", "'"}, {"''", "''"}, {"a", "a"}, {"'a", "'a"}, {"a=1", "a=1"},
                {"=1+1", "'=1+1"}, {"'=1", "''=1"}, {"''=1", "'''=1"}, {"@SUM(A1)", "'@SUM(A1)"},
                {"+49 30 1234", "'+49 30 1234"}, {"\t=1", "'\t=1"}, {"\r=1", "'\r=1"}, {"\n=1", "'\n=1"},
                {"-12.50", "-12.50"}, {"-12,50", "-12,50"}, {"-7", "-7"}, {"-", "'-"}, {"-.", "'-."},
                {"-1-2", "'-1-2"}, {"-1.2.3", "'-1.2.3"}, {"-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"},
                {"'-7", "''-7"}, {"\xEF\xBC\x9D" "1", "'\xEF\xBC\x9D" "1"}, {"\xEF\xBC\xA1", "\xEF\xBC\xA1"},
                {"-\xC3\xA4", "'-\xC3\xA4"},
        };
        struct buffer out buffer_cleanup;
        (void)state;
        buffer_init(&out, 1 << 16);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct text field = written(&out, text_of(cases[i][0]));
                assert_true(text_is(field, cases[i][1]));
                assert_true(text_is(csv_restored(field), cases[i][0]));
        }
}

/* Every text of up to five of the signs that matter. */
static void test_all_short_texts(void **state)
{
        static const char signs[] = "'=+-@\t\r\n\"1.,a \xEF";
        enum { SIGNS = sizeof(signs) - 1, LENGTH_MAX = 5 };
        struct buffer out buffer_cleanup;
        size_t guarded = 0, all = 0;
        (void)state;
        buffer_init(&out, 1 << 16);
        for (size_t length = 0, most = 1; length <= LENGTH_MAX; length++, most *= SIGNS)
                for (size_t number = 0; number < most; number++, all++) {
                        char text[LENGTH_MAX];
                        size_t rest = number;
                        for (size_t i = 0; i < length; i++, rest /= SIGNS)
                                text[i] = signs[rest % SIGNS];
                        struct text field = written(&out, (struct text){text, length});
                        struct text back = csv_restored(field);
                        assert_int_equal(back.length, length);
                        assert_memory_equal(back.data, text, length);
                        guarded += field.length != length;
                        if (field.length && memchr("=+@\t\r\n", field.data[0], 6))
                                fail_msg("text %zu of length %zu begins a formula", number, length);
                }
        assert_true(guarded > all / 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_by_hand),
                cmocka_unit_test(test_all_short_texts),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
