/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_duplicates.c: folding and scoring of customers who may be the same, and the bound of the work. X-03 (import of
 * customers that stands twice is found).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "value/duplicates.h"

static void assert_folded(bool (*fold)(struct buffer *, struct text), const char *text, const char *expected)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1 << 16);
        assert_true(fold(&out, text_of(text)));
        assert_string_equal(out.data, expected);
}

static void names_fold_alike(void **state)
{
        (void)state;
        static const char *const alike[] = {
                "Müller Bau GmbH", "MUELLER BAU G.m.b.H.", "Muller Bau", "Bau Müller GmbH & Co. KG", "müller-bau e.K.",
                "Mu\xcc\x88ller  Bau, Gesellschaft mit beschränkter Haftung", "Müller Bau UG (haftungsbeschränkt)"};
        for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++)
                assert_folded(duplicate_fold_name, alike[i], "bau muller");
        assert_folded(duplicate_fold_name, "Weiß & Söhne OHG", "sohne weiss");
        assert_folded(duplicate_fold_name, "Smith's Tools Ltd.", "smiths tools");
        assert_folded(duplicate_fold_name, "AG", "ag"); /* nothing but a legal form */
        assert_folded(duplicate_fold_name, "", "");
        assert_folded(duplicate_fold_name, "Agentur Kgb", "agentur kgb"); /* legal forms are whole words */
}

static void other_fields_fold_alike(void **state)
{
        (void)state;
        assert_folded(duplicate_fold_street, "Hauptstraße 12 a", "hauptstr12a");
        assert_folded(duplicate_fold_street, "Hauptstr. 12a", "hauptstr12a");
        assert_folded(duplicate_fold_street, "HAUPT-STRASSE 12A", "hauptstr12a");
        assert_folded(duplicate_fold_vat, "DE 123.456.789", "de123456789");
        assert_folded(duplicate_fold_vat, "n/a", "");
        assert_folded(duplicate_fold_email, " Info@Firma.DE ", "info@firma.de");
        assert_folded(duplicate_fold_email, "keine", "");
}

static struct duplicate_candidate candidate(const char *name, const char *street, const char *postcode,
                                            const char *vat, const char *email)
{
        return (struct duplicate_candidate){.name = text_of(name), .street = text_of(street), .vat = text_of(vat),
                                            .email = text_of(email), .postcode = text_of(postcode)};
}

static void assert_points(struct duplicate_candidate a, struct duplicate_candidate b, int points, unsigned reasons)
{
        unsigned found;
        assert_int_equal(duplicate_points(&a, &b, &found), points);
        assert_int_equal(found, reasons);
        assert_int_equal(duplicate_points(&b, &a, &found), points);
        assert_int_equal(found, reasons);
}

static void points_add_up(void **state)
{
        (void)state;
        struct duplicate_candidate bau = candidate("bau muller", "weg1", "80331", "de1", "a@b.de");
        assert_points(bau, bau, 220, ALIKE_NAME | ALIKE_VAT | ALIKE_EMAIL | ALIKE_ADDRESS);
        assert_points(bau, candidate("bau muller", "", "", "", ""), 60, ALIKE_NAME);
        /* Another town: another company, unless more speaks for it. */
        assert_points(bau, candidate("bau muller", "weg1", "20095", "", ""), 20, ALIKE_NAME);
        assert_points(bau, candidate("bau muller", "", "20095", "de1", ""), 80, ALIKE_NAME | ALIKE_VAT);
        assert_points(bau, candidate("dach maier", "weg1", "80331", "", ""), 40, ALIKE_ADDRESS);
        assert_points(bau, candidate("bau mullr", "weg1", "80331", "", ""), 80, ALIKE_NEARLY | ALIKE_ADDRESS);
        assert_points(bau, candidate("bau mullr", "", "", "", ""), 40, ALIKE_NEARLY);
        assert_points(bau, candidate("dach maier", "", "", "", "a@b.de"), 60, ALIKE_EMAIL);
        assert_points(bau, candidate("dach maier", "", "", "de1", ""), 60, ALIKE_VAT);
        assert_points(candidate("", "", "", "", ""), candidate("", "", "", "", ""), 0, 0);
        /* Two changes need fourteen letters, one needs eight, and figures have to be the same. */
        assert_points(candidate("dachdecker huber", "w", "1", "", ""), candidate("dachdekker hubr", "w", "1", "", ""),
                      80, ALIKE_NEARLY | ALIKE_ADDRESS);
        assert_points(candidate("bau hubr", "w", "1", "", ""), candidate("bu hubr", "w", "1", "", ""), 40,
                      ALIKE_ADDRESS);
        assert_points(candidate("1 filiale nord", "w", "1", "", ""), candidate("2 filiale nord", "w", "1", "", ""), 40,
                      ALIKE_ADDRESS);
}

static void who_belongs_together_is_no_duplicate(void **state)
{
        (void)state;
        struct duplicate_candidate a = candidate("bau muller", "", "", "de1", ""), b = a;
        a.site = b.site = text_of("K1");
        assert_points(a, b, 0, 0);
        a.site = text_of("K2");
        assert_points(a, b, 120, ALIKE_NAME | ALIKE_VAT);
        a.account_group = b.account_group = text_of("G");
        assert_points(a, b, 0, 0);
}

static void groups_are_counted(void **state)
{
        (void)state;
        struct arena *arena = arena_new(1 << 20);
        struct duplicate_candidate all[] = {
                candidate("bau muller", "", "", "", ""), candidate("dach", "", "", "de9", ""),
                candidate("bau muller", "", "", "", "x@y"), candidate("holz", "", "", "", ""),
                candidate("werk", "", "", "", "x@y"), candidate("eisen", "", "", "de9", "")};
        struct duplicates found;
        struct error error;
        for (size_t i = 0; i < 6; i++)
                all[i].customer = 100 + i;
        assert_int_equal(duplicates_find(all, 6, arena, &found, &error), STATUS_OK);
        /* 0 and 2 by name, 2 and 4 by address: one group of three; 1 and 5. */
        assert_true(found.customers == 5 && found.groups == 2 && found.pair_count == 3);
        assert_true(found.pairs[0].first == 100 && found.pairs[0].second == 102);
        assert_true(found.pairs[1].first == 101 && found.pairs[1].second == 105);
        assert_true(found.pairs[2].first == 102 && found.pairs[2].second == 104);
        assert_int_equal(duplicates_find(all, 0, arena, &found, &error), STATUS_OK);
        assert_true(found.customers == 0 && found.groups == 0 && found.pair_count == 0);
        arena_free(arena);
}

/* Everybody in one block: 40 comparisons each, not 20,000. */
static void one_name_for_all_is_one_group(void **state)
{
        (void)state;
        enum { MANY = 20000 };
        struct arena *arena = arena_new(64 << 20);
        struct duplicate_candidate *all = calloc(MANY, sizeof(*all));
        struct duplicates found;
        struct error error;
        for (size_t i = 0; i < MANY; i++) {
                all[i] = candidate("bau muller", "", "", "", "");
                all[i].customer = i;
        }
        assert_int_equal(duplicates_find(all, MANY, arena, &found, &error), STATUS_OK);
        assert_true(found.customers == MANY && found.groups == 1 && found.pair_count == MANY - 1);
        free(all);
        arena_free(arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_fold_alike),
                cmocka_unit_test(other_fields_fold_alike),
                cmocka_unit_test(points_add_up),
                cmocka_unit_test(who_belongs_together_is_no_duplicate),
                cmocka_unit_test(groups_are_counted),
                cmocka_unit_test(one_name_for_all_is_one_group),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
