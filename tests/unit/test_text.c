/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_text.c: order, trimming, strict UTF-8, the stable hash, search and sort forms, Windows-1252.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/text.h"

static void order(void **state)
{
        (void)state;
        assert_true(text_compare(text_of("a"), text_of("b")) < 0);
        assert_true(text_compare(text_of("a"), text_of("ab")) < 0);
        assert_true(text_compare(text_of("b"), text_of("ab")) > 0);
        assert_int_equal(text_compare(text_of("ab"), text_of("ab")), 0);
        assert_true(text_compare(text_of("z"), text_of("\xc3\xa4")) < 0); /* bytes are unsigned */
        assert_int_equal(text_compare((struct text){NULL, 0}, text_of("")), 0);
        assert_true(text_compare((struct text){NULL, 0}, text_of("a")) < 0);
        assert_true(text_compare((struct text){"a\0b", 3}, (struct text){"a\0c", 3}) < 0);
        assert_true(text_equal((struct text){NULL, 0}, text_of("")));
        assert_false(text_is((struct text){"a\0", 2}, "a"));
}

static void trims(const char *text, const char *expected)
{
        struct text trimmed = text_trim(text_of(text));
        assert_int_equal(trimmed.length, strlen(expected));
        assert_memory_equal(trimmed.data, expected, trimmed.length);
}

static void trimming(void **state)
{
        (void)state;
        trims("", "");
        trims("a", "a");
        trims(" \t\r\n a b \xc2\xa0 \n", "a b");
        trims("\xc2\xa0\xc2\xa0", "");
        trims(" \xc2\xa0 ", "");
        trims("\v" "a\f", "\v" "a\f");
        trims("\xc2\xa1" "a", "\xc2\xa1" "a");     /* shares its first byte with U+00A0 */
        trims("a\xe0\xa0\xa0", "a\xe0\xa0\xa0");     /* ends in the same byte */
        struct text none = text_trim((struct text){NULL, 0});
        assert_null(none.data);
        assert_int_equal(none.length, 0);
        struct text part = text_trim((struct text){" x\xc2\xa0", 3}); /* half a U+00A0 stays */
        assert_int_equal(part.length, 2);
}

static void utf8(const char *bytes, size_t length, bool expected)
{
        /* at every place relative to the eight-byte steps */
        for (size_t shift = 0; shift < 17; shift++) {
                char text[64];
                memset(text, 'a', sizeof(text));
                memcpy(text + shift, bytes, length);
                if (text_is_utf8(text, shift + length) != expected
                    || text_is_utf8(text, shift + length + 9) != expected)
                        fail_msg("%02x... of %zu bytes at %zu", (unsigned char)bytes[0], length, shift);
        }
}

static void strict_utf8(void **state)
{
        (void)state;
        assert_true(text_is_utf8(NULL, 0));
        assert_true(text_is_utf8("a\0b", 3));
        utf8("\x7f", 1, true);
        utf8("\xc2\x80", 2, true);
        utf8("\xdf\xbf", 2, true);
        utf8("\xe0\xa0\x80", 3, true);
        utf8("\xed\x9f\xbf", 3, true);
        utf8("\xee\x80\x80", 3, true);
        utf8("\xef\xbf\xbf", 3, true);
        utf8("\xf0\x90\x80\x80", 4, true);
        utf8("\xf4\x8f\xbf\xbf", 4, true);
        utf8("\x80", 1, false);             /* continuation alone */
        utf8("\xc0\xaf", 2, false);         /* overlong slash */
        utf8("\xc1\xbf", 2, false);
        utf8("\xe0\x9f\xbf", 3, false);     /* overlong */
        utf8("\xf0\x8f\xbf\xbf", 4, false); /* overlong */
        utf8("\xed\xa0\x80", 3, false);     /* surrogates */
        utf8("\xed\xbf\xbf", 3, false);
        utf8("\xf4\x90\x80\x80", 4, false); /* past U+10FFFF */
        utf8("\xf5\x80\x80\x80", 4, false);
        utf8("\xff", 1, false);
        utf8("\xfe", 1, false);
        utf8("\xc3", 1, false);             /* cut */
        utf8("\xe2\x82", 2, false);
        utf8("\xf0\x9f\x98", 3, false);
        utf8("\xc3\xc3\xa4", 3, false);
        utf8("\xe4", 1, false);             /* Latin-1 */
}

/* Every code point, encoded here by the book. */
static void every_code_point(void **state)
{
        (void)state;
        for (uint32_t point = 0; point <= 0x110fff; point++) {
                unsigned char b[4];
                size_t length;
                if (point < 0x80) {
                        b[0] = (unsigned char)point;
                        length = 1;
                } else if (point < 0x800) {
                        b[0] = (unsigned char)(0xc0 | point >> 6);
                        b[1] = (unsigned char)(0x80 | (point & 63));
                        length = 2;
                } else if (point < 0x10000) {
                        b[0] = (unsigned char)(0xe0 | point >> 12);
                        b[1] = (unsigned char)(0x80 | (point >> 6 & 63));
                        b[2] = (unsigned char)(0x80 | (point & 63));
                        length = 3;
                } else {
                        b[0] = (unsigned char)(0xf0 | point >> 18);
                        b[1] = (unsigned char)(0x80 | (point >> 12 & 63));
                        b[2] = (unsigned char)(0x80 | (point >> 6 & 63));
                        b[3] = (unsigned char)(0x80 | (point & 63));
                        length = 4;
                }
                bool expected = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
                if (text_is_utf8((const char *)b, length) != expected)
                        fail_msg("U+%04X", point);
        }
}

/* The hash is stored in files: these values are those of XXH3 itself and must never change. */
static void stable_hash(void **state)
{
        (void)state;
        assert_true(text_hash("", 0) == UINT64_C(0x2d06800538d394c2));
        assert_true(text_hash("a", 1) == UINT64_C(0xe6c632b61e964e1f));
        assert_true(text_hash("abc", 3) == UINT64_C(0x78af5f94892f3950));
}

static void search(const char *text, const char *expected)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1000);
        assert_true(text_add_search(&out, text_of(text)));
        assert_string_equal(out.data, expected);
}

static void search_form(void **state)
{
        (void)state;
        search("", "");
        search("ACME Ltd. 24", "acme ltd. 24");
        search("M\xc3\xbcller", "mueller muller");
        search("\xc3\x84rzte \xc3\x96l \xc3\x9c" "ber", "aerzte oel ueber arzte ol uber");
        search("Stra\xc3\x9f" "e", "strasse");
        search("STRA\xe1\xba\x9e" "E", "strasse");
        search("Caf\xc3\x89 Ren\xc3\xa9", "cafe rene");
        search("\xc5\x81\xc3\xb3" "d\xc5\xba", "lodz");
        search("\xc5\xbdi\xc5\xbe" "ek", "zizek");
        search("\xc4\xb0stanbul", "istanbul");
        search("\xc8\x98tefan", "stefan");
        search("\xc5\xb8", "y");
        search("\xc5\x8a", "\xc5\x8b"); /* small, though nothing plain stands for it */
        search("\xc3\x97", "\xc3\x97"); /* the multiplication sign is no capital letter */
        search("\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac");
        /* decomposed, as macOS writes names */
        search("Mu\xcc\x88ller", "mueller muller");
        search("Cafe\xcc\x81", "cafe");
        search("\xcc\x81", "");
        search("a\xff" "b", "ab"); /* a wrong byte says nothing */
}

/* Capital and small letters of Latin-1 and Latin Extended-A fold to the same. */
static void capital_and_small_fold_alike(void **state)
{
        (void)state;
        for (unsigned point = 0x100; point < 0x17e; point++) {
                static const unsigned alone[] = {0x130, 0x131, 0x138, 0x149, 0x178};
                bool skip = false;
                for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
                        skip |= point == alone[i] || point + 1 == alone[i];
                bool odd_capital = (point >= 0x139 && point <= 0x148) || point >= 0x179;
                if (skip || (point % 2 == 1) != odd_capital)
                        continue;
                char capital[3] = {(char)(0xc0 | point >> 6), (char)(0x80 | (point & 63)), 0};
                char small[3] = {(char)(0xc0 | (point + 1) >> 6), (char)(0x80 | ((point + 1) & 63)), 0};
                struct buffer a buffer_cleanup, b buffer_cleanup;
                buffer_init(&a, 100);
                buffer_init(&b, 100);
                assert_true(text_add_search(&a, text_of(capital)) && text_add_search(&b, text_of(small)));
                if (strcmp(a.data, b.data) != 0)
                        fail_msg("U+%04X: %s and %s", point, a.data, b.data);
        }
}

static void sort_form(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1000);
        assert_true(text_add_sort_key(&out, text_of("M\xc3\xbcller Stra\xc3\x9f" "e")));
        assert_string_equal(out.data, "muller strasse");
        buffer_clear(&out);
        assert_true(text_add_sort_key(&out, (struct text){NULL, 0}));
        assert_string_equal(out.data, "");
        buffer_release(&out);
        buffer_init(&out, 3);
        assert_false(text_add_sort_key(&out, text_of("abcd")));
        assert_false(text_add_search(&out, text_of("abcd")));
}

static void windows_1252(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 10000);
        assert_true(text_add_windows_1252(&out, (const uint8_t *)"M\xfcller 5 \x80 \x81 \xa0 \x99", 16));
        assert_string_equal(out.data, "M\xc3\xbcller 5 \xe2\x82\xac \xef\xbf\xbd \xc2\xa0 \xe2\x84\xa2");
        buffer_clear(&out);
        uint8_t all[256];
        for (unsigned i = 0; i < 256; i++)
                all[i] = (uint8_t)i;
        assert_true(text_add_windows_1252(&out, all, 256));
        assert_true(text_is_utf8(out.data, out.length));
        size_t unknown = 0;
        for (const char *p = out.data + 1; (p = strstr(p, "\xef\xbf\xbd")) != NULL; p++)
                unknown++;
        assert_int_equal(unknown, 5);
        assert_true(text_add_windows_1252(&out, NULL, 0));
}

static void distances_of_words(void **state)
{
        (void)state;
        assert_int_equal(text_distance("name", "name"), 0);
        assert_int_equal(text_distance("nme", "name"), 1);
        assert_int_equal(text_distance("kitten", "sitting"), 3);
        assert_int_equal(text_distance("", "abc"), 3);
        assert_int_equal(text_distance("a", "0123456789012345678901234567890123456789x"), TEXT_DISTANCE_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(distances_of_words),
                cmocka_unit_test(order),
                cmocka_unit_test(trimming),
                cmocka_unit_test(strict_utf8),
                cmocka_unit_test(every_code_point),
                cmocka_unit_test(stable_hash),
                cmocka_unit_test(search_form),
                cmocka_unit_test(capital_and_small_fold_alike),
                cmocka_unit_test(sort_form),
                cmocka_unit_test(windows_1252),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
