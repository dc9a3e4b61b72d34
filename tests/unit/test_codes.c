/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_codes.c: codes as people read them (X-05 in part): words of the catalogue, else made readable; days in messages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "i18n/words.h"

static void says(enum language language, const char *code, const char *wanted)
{
        struct buffer words buffer_cleanup;
        buffer_init(&words, 4096);
        words_add_code(&words, language, text_of(code));
        assert_string_equal(words.data, wanted);
}

static void codes_become_words(void **state)
{
        (void)state;
        says(LANGUAGE_GERMAN, "half_year", "Halbjahr");
        says(LANGUAGE_ENGLISH, "half_year", "Half-year");
        says(LANGUAGE_GERMAN, "solar_roof_2", "Solar roof 2");
        says(LANGUAGE_GERMAN, "Dachdecker", "Dachdecker");
        says(LANGUAGE_GERMAN, "beide Wege", "beide Wege");
}

static void days_in_messages_are_the_readers(void **state)
{
        struct buffer words buffer_cleanup;
        (void)state;
        buffer_init(&words, 4096);
        message_add(&words, LANGUAGE_GERMAN, "appeal.late", "last", "2026-01-31", NULL);
        assert_string_equal(words.data, "Die Frist für einen Einspruch ist am 31.01.2026 abgelaufen.");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(codes_become_words),
                cmocka_unit_test(days_in_messages_are_the_readers),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
