/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_dictionary.c: texts to numbers: short, long and empty ones, equal beginnings, many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "importer/dictionary.h"

static uint32_t number_of(struct dictionary *dictionary, const char *data, size_t length, bool expected_new)
{
        bool added;
        /* A copy without anything around it: reading past its end would be noticed. */
        char *copy = test_malloc(length ? length : 1);
        memcpy(copy, data, length);
        uint32_t number = dictionary_number(dictionary, (struct text){copy, length}, &added);
        test_free(copy);
        assert_int_equal(added, expected_new);
        return number;
}

static void tells_texts_apart(void **state)
{
        (void)state;
        struct dictionary dictionary;
        dictionary_init(&dictionary);
        static const char zeros[12] = {0};
        static const char letters[] = "abcdefghijklmnop";
        uint32_t expected = 0;
        /* Every length of the same beginning, and zeros, which look like padding. */
        for (size_t length = 0; length <= 16; length++)
                assert_int_equal(number_of(&dictionary, letters, length, true), expected++);
        for (size_t length = 1; length <= 12; length++)
                assert_int_equal(number_of(&dictionary, zeros, length, true), expected++);
        for (size_t length = 0; length <= 16; length++)
                assert_int_equal(number_of(&dictionary, letters, length, false), length);
        for (size_t length = 1; length <= 12; length++)
                assert_int_equal(number_of(&dictionary, zeros, length, false), 16 + length);
        struct text last = dictionary_text(&dictionary, 16);
        assert_int_equal(last.length, 16);
        assert_memory_equal(last.data, letters, 16);
        dictionary_release(&dictionary);
}

/* Grows several times; short and long ones, the long ones alike in their first eight bytes. */
static void finds_again_what_it_took(void **state)
{
        (void)state;
        struct dictionary dictionary;
        dictionary_init(&dictionary);
        enum { COUNT = 20000 };
        for (int pass = 0; pass < 2; pass++) {
                for (uint32_t i = 0; i < COUNT; i++) {
                        char text[40];
                        int length = i % 2 ? snprintf(text, sizeof(text), "customer-%u", i)
                                           : snprintf(text, sizeof(text), "%u", i);
                        assert_int_equal(number_of(&dictionary, text, (size_t)length, pass == 0), i);
                }
        }
        assert_int_equal(dictionary.count, COUNT);
        dictionary_release(&dictionary);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tells_texts_apart),
                cmocka_unit_test(finds_again_what_it_took),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
