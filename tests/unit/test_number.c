/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_number.c: what may stand around an amount in a cell, and the lines of totals under a list. Verifies X-03 in
 * part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "importer/number.h"
#include "importer/totals.h"

static void bares(const char *cell, const char *currency, const char *expected)
{
        struct bare_number bare;
        assert_int_equal(number_bare(text_of(cell), currency, &bare), NUMBER_BARED);
        assert_int_equal(bare.text.length, strlen(expected));
        assert_memory_equal(bare.text.data, expected, bare.text.length);
}

static void is(const char *cell, const char *currency, enum number_form form)
{
        struct bare_number bare;
        assert_int_equal(number_bare(text_of(cell), currency, &bare), form);
}

static void currencies(void **state)
{
        (void)state;
        bares("12,50 \xE2\x82\xAC", "EUR", "12,50");
        bares("\xE2\x82\xAC" "12.50", "EUR", "12.50");
        bares("EUR 12,50", "EUR", "12,50");
        bares("12,50EUR", "EUR", "12,50");
        bares("EUR\xC2\xA0" "12,50", "EUR", "12,50");
        bares("12,50\xE2\x80\xAF\xE2\x82\xAC", "EUR", "12,50");
        bares("US$ 5", "USD", "5");
        bares("$5", "CAD", "5");
        bares("Fr. 1'250.00", "CHF", "1'250.00");
        bares("5 kr", "SEK", "5");
        bares("$5", NUMBER_ANY_CURRENCY, "5");
        is("$5", "EUR", NUMBER_OTHER_CURRENCY);
        is("5 USD", "EUR", NUMBER_OTHER_CURRENCY);
        is("USD -5", "EUR", NUMBER_OTHER_CURRENCY);
        is("12,50 \xE2\x82\xAC", "", NUMBER_OTHER_CURRENCY); /* the ledger has none yet */
        is("12,50 \xE2\x82\xAC", NULL, NUMBER_PLAIN);
        is("ABCD 5", "EUR", NUMBER_PLAIN);
        is("5 xEUR", "EUR", NUMBER_PLAIN);
        is("five USD", "EUR", NUMBER_PLAIN);
        is("EUR", "EUR", NUMBER_PLAIN);
        is("\xE2\x82\xAC", "EUR", NUMBER_PLAIN);
        is("", "EUR", NUMBER_PLAIN);
        is("5 EUR EUR EUR EUR EUR EUR EUR EUR EUR EUR EUR EUR EUR EUR EUR EUR", "EUR", NUMBER_PLAIN); /* too long */
}

static void signs(void **state)
{
        (void)state;
        bares("(12,50)", NULL, "-12,50");
        bares(" ( 12,50 ) ", NULL, "-12,50");
        bares("(12,50 EUR)", "EUR", "-12,50");
        bares("EUR (12,50)", "EUR", "-12,50");
        bares("-\xE2\x82\xAC" "5", "EUR", "-5");
        bares("+ 5", NULL, "5");
        bares("- 5", NULL, "-5");
        bares("5 \xE2\x82\xAC-", "EUR", "-5");
        bares("5- EUR", "EUR", "5-");
        bares("(-5)", NULL, "--5"); /* which is no number */
        bares("-(5)", NULL, "-(5)"); /* nor is this */
        is("-5", "EUR", NUMBER_PLAIN);
        is("5-", "EUR", NUMBER_PLAIN);
        is("5,-", "EUR", NUMBER_PLAIN);
        is("()", "EUR", NUMBER_PLAIN);
}

static bool total(const char *line)
{
        static const int required[] = {0, 1, 2};
        return totals_is_line(text_of(line), ';', required, 3);
}

static void totals(void **state)
{
        (void)state;
        assert_true(total("Summe;;;;12,50"));
        assert_true(total(";;;Gesamt:;12,50"));
        assert_true(total("Grand Total"));
        assert_true(total("\"Summe\";\"\";\"\";\"\";\"1.299,00 EUR\""));
        assert_true(total("SUMME EUR 12,50"));
        assert_true(total("Total;12"));
        assert_false(total("Summe;1;2;3;4"));          /* could be data */
        assert_false(total("Summe;;;Total;4"));        /* two words */
        assert_false(total("Summe Nord;;;;4"));
        assert_false(total("Summe;;;Schraube;4"));
        assert_false(total(";;;;12,50"));
        assert_false(total(""));
        assert_false(total("Sum\xC3\xBC;\xE4\xB8\xAD;;;5"));
        assert_false(totals_is_line(text_of("Summe;1"), ';', NULL, 0));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(currencies),
                cmocka_unit_test(signs),
                cmocka_unit_test(totals),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
