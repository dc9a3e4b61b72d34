/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_column_evidence.c: what cells and headers say: forms of dates, decimal marks, folded names, words for credit
 * notes. X-03 in part: types by content, dates and decimals by evidence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "importer/column_evidence.h"
#include "importer/synonyms.h"

static struct column_evidence count(struct arena *arena, const char *const *cells)
{
        struct column_evidence evidence = {0};
        for (size_t i = 0; cells[i]; i++)
                column_evidence_add(&evidence, arena, text_of(cells[i]));
        return evidence;
}

/* The pattern a column of dates is read by; "?" in front when day and month can be mistaken. */
static void assert_days(const char *const *cells, const char *expected)
{
        struct arena *arena = arena_new(1 << 20);
        struct column_evidence evidence = count(arena, cells);
        enum day_form form;
        unsigned time;
        bool swappable;
        char found[64] = "none";
        if (column_evidence_day(&evidence, &form, &time, &swappable))
                snprintf(found, sizeof(found), "%s%s%s", swappable ? "?" : "", day_form_pattern(form),
                         time_form_pattern(time));
        assert_string_equal(found, expected);
        arena_free(arena);
}

#define DAYS(expected, ...) assert_days((const char *const[]){__VA_ARGS__, NULL}, expected)

static void dates_by_evidence(void **state)
{
        (void)state;
        DAYS("%Y-%m-%d", "2025-04-03", "2025-12-31");
        DAYS("%d.%m.%Y", "03.04.2025", "3.4.2025");
        DAYS("%d.%m.%y", "03.04.25");
        DAYS("%Y%m%d", "20250403", "20251231");
        DAYS("%d%m%Y", "03042025", "31122025");
        DAYS("%Y/%m/%d", "2025/04/03");
        DAYS("?%d/%m/%Y", "03/04/2025", "05/06/2025");
        DAYS("%d/%m/%Y", "03/04/2025", "13/04/2025");
        DAYS("%m/%d/%Y", "03/04/2025", "04/13/2025");
        DAYS("%m/%d/%y", "3/4/25", "4/30/25");
        DAYS("%d-%m-%Y", "03-04-2025", "13-04-2025");
        DAYS("%d/%m/%Y", "04/04/2025", "05/05/2025"); /* both readings are the same days */
        /* Evidence both ways. */
        DAYS("?%d/%m/%Y", "03/13/2025", "13/04/2025", "01/02/2025", "02/02/2025", "02/02/2025", "02/02/2025",
             "02/02/2025", "02/02/2025", "02/02/2025", "02/02/2025", "02/02/2025", "02/02/2025");
        DAYS("%Y-%m-%d %H:%M:%S", "2025-04-03 10:11:12");
        DAYS("%Y-%m-%dT%H:%M:%S%z", "2025-04-03T10:11:12+02:00", "2025-04-03T10:11:12Z");
        DAYS("%Y-%m-%d %H:%M:%S %z", "2025-04-03 10:11:12 +0200");
        DAYS("%m/%d/%Y %I:%M:%S %p", "04/13/2025 12:00:00 AM");
        DAYS("%d.%m.%Y %H:%M", "03.04.2025 07:05");
        DAYS("none", "1.234,56", "12,00");
        DAYS("none", "03.04.2025", "unknown");
        DAYS("none", "2025-13-01");
        DAYS("none", "12345678");
}

static void decimal_marks(void **state)
{
        (void)state;
        const struct { const char *cell; char mark; bool point, comma; } cases[] = {
                {"1.234,56", ',', false, true}, {"1,234.56", '.', true, false}, {"1.234", '?', true, true},
                {"12,5", ',', false, true},     {"12", 0, true, true},          {"-1.234.567", ',', false, true},
                {"15,00-", ',', false, true},   {"0.125", '.', true, false},    {"abc", 0, false, false},
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct cell_class class = cell_classify(text_of(cases[i].cell));
                assert_int_equal(class.mark, cases[i].mark);
                assert_int_equal(class.number_point, cases[i].point);
                assert_int_equal(class.number_comma, cases[i].comma);
        }
        assert_true(cell_classify(text_of("15,00-")).negative);
        assert_true(cell_classify(text_of("a@b.de")).email);
        assert_true(cell_classify(text_of("AB-12")).code);
        assert_false(cell_classify(text_of("Rohr 12")).code);
        assert_true(cell_classify(text_of("  ")).blank);
}

static void columns_are_told_apart(void **state)
{
        (void)state;
        struct arena *arena = arena_new(1 << 20);
        struct column_evidence one = count(arena, (const char *const[]){"1,5", "2", "", "2", NULL});
        struct column_evidence same = count(arena, (const char *const[]){"1,5 ", "2", "", " 2", NULL});
        struct column_evidence other = count(arena, (const char *const[]){"1,5", "2", "2", "", NULL});
        assert_int_equal(one.filled, 3);
        assert_int_equal(one.blank, 1);
        assert_int_equal(one.example_count, 2);
        assert_int_equal(one.distinct_count, 2);
        assert_int_equal(one.distinct[1].count, 2);
        assert_true(column_evidence_is_number(&one));
        assert_true(one.digest == same.digest);
        assert_true(one.digest != other.digest);
        arena_free(arena);
}

static void headers_are_folded(void **state)
{
        (void)state;
        const struct { const char *header, *folded, *bare; } cases[] = {
                {"Kunden-Nr.", "kundennr", "kundennr"}, {"Währung", "waehrung", "waehrung"},
                {"Betrag (netto) EUR", "betragnettoeur", "betrag"},
                {"Sell-to Customer No.", "selltocustomerno", "selltocustomerno"},
                {"MENGE\xC2\xA0[Stück]", "mengestueck", "menge"}, {"\xE2\x82\xAC", "", ""},
        };
        char folded[FOLDED_MAX];
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                header_fold(text_of(cases[i].header), false, folded);
                assert_string_equal(folded, cases[i].folded);
                header_fold(text_of(cases[i].header), true, folded);
                assert_string_equal(folded, cases[i].bare);
        }
}

static void names_are_ranked(void **state)
{
        (void)state;
        bool code;
        const enum import_kind kind = IMPORT_PURCHASES;
        unsigned invoice = synonym_weight(kind, "date", text_of("Rechnungsdatum"), &code);
        unsigned delivery = synonym_weight(kind, "date", text_of("Lieferdatum"), &code);
        assert_true(invoice > delivery && delivery > 0);
        assert_true(synonym_weight(kind, "amount", text_of("Net Amount"), &code) >
                    synonym_weight(kind, "amount", text_of("Amount"), &code));
        assert_int_equal(synonym_weight(kind, "amount", text_of("Gesamtpreis (brutto)"), &code), 0);
        assert_true(synonym_weight(kind, ROLE_GROSS, text_of("Gesamtpreis (brutto)"), &code) > 0);
        assert_int_equal(synonym_weight(kind, "cost", text_of("Unit Cost (LCY)"), &code), 0);
        assert_true(synonym_weight(kind, "document", text_of("VBELN"), &code) > 0);
        assert_true(synonym_weight(kind, "article", text_of("No."), &code) > 0 && code);
        assert_true(synonym_weight(kind, "unit_price", text_of("unit_price"), &code) > 0);
        assert_int_equal(synonym_weight(kind, "customer", text_of("Wetter"), &code), 0);
        /* Each name of the table is reachable: it is its own folded form, and its field one of the kind or a role. */
        for (size_t i = 0; i < synonym_count; i++) {
                const char *at = synonyms[i].names;
                while (*at) {
                        size_t length = strcspn(at, " ");
                        char folded[FOLDED_MAX];
                        header_fold((struct text){at, length}, false, folded);
                        assert_int_equal(length, strlen(folded));
                        assert_memory_equal(folded, at, length);
                        at += length + strspn(at + length, " ");
                }
        }
}

static void credit_words(void **state)
{
        (void)state;
        const char *const yes[] = {"Gutschrift", "Stornorechnung", "Credit Memo", "out_refund", "Return", "G2"};
        const char *const no[] = {"Rechnung", "Invoice", "out_invoice", "paid", "F2", "Kreditkarte"};
        for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
                assert_true(is_credit_word(text_of(yes[i])));
                assert_false(is_credit_word(text_of(no[i])));
        }
}

static void zones_and_half_days(void **state)
{
        (void)state;
        int32_t day, second, plain;
        assert_true(day_parse_iso(text_of("2025-04-03"), &plain));
        assert_true(moment_parse_format(text_of("2025-04-03 12:05 AM"), "%Y-%m-%d %I:%M %p", &day, &second));
        assert_int_equal(day, plain);
        assert_int_equal(second, 300);
        assert_true(moment_parse_format(text_of("2025-04-03 12:05 pm"), "%Y-%m-%d %I:%M %p", &day, &second));
        assert_int_equal(second, 43500);
        assert_false(day_parse_format(text_of("2025-04-03 13:05 PM"), "%Y-%m-%d %I:%M %p", &day));
        assert_false(day_parse_format(text_of("2025-04-03 00:05 AM"), "%Y-%m-%d %I:%M %p", &day));
        assert_true(day_parse_format(text_of("2025-04-03 23:30:00 +0200"), "%Y-%m-%d %H:%M:%S %z", &day));
        assert_int_equal(day, plain);
        assert_false(day_parse_format(text_of("2025-04-03 23:30:00 +02"), "%Y-%m-%d %H:%M:%S %z", &day));
        assert_false(day_parse_format(text_of("2025-04-03 23:30:00 +2500"), "%Y-%m-%d %H:%M:%S %z", &day));
        assert_true(day_format_is_valid("%d.%m.%Y %I:%M %p"));
        assert_false(day_format_is_valid("%d.%m.%Y %Z"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dates_by_evidence), cmocka_unit_test(decimal_marks),
                cmocka_unit_test(columns_are_told_apart), cmocka_unit_test(headers_are_folded),
                cmocka_unit_test(names_are_ranked), cmocka_unit_test(credit_words),
                cmocka_unit_test(zones_and_half_days),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
