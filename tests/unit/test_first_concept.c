/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_first_concept.c: the numbers, dates and the document of a first concept. R-130 (somebody begins without a
 * manual).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "program/concept_parse.h"
#include "program/first_concept.h"

static void numbers_are_round(void **state)
{
        (void)state;
        static const struct { int64_t value, round; } cases[] = {
                {-5, 1}, {0, 1}, {1, 1}, {7, 8}, {9, 10}, {10, 10}, {11, 12}, {13, 12}, {14, 15}, {17, 15}, {18, 20},
                {35, 40}, {70, 80}, {71, 80}, {90, 100}, {89, 80}, {123456, 120000}, {2274, 2500}, {2249, 2000},
                {46000, 50000}, {44999, 40000}, {INT64_MAX / 100, 100000000000000000}};
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                assert_int_equal(first_concept_round(cases[i].value), cases[i].round);
}

static int32_t day(int year, unsigned month, unsigned number)
{
        return day_from_date((struct date){year, month, number});
}

static void cutoffs_end_years_and_half_years(void **state)
{
        (void)state;
        int32_t first = day(2020, 1, 1);
        assert_int_equal(first_concept_cutoff(1, first, day(2025, 12, 31)), day(2025, 12, 31));
        assert_int_equal(first_concept_cutoff(1, first, day(2025, 11, 30)), day(2025, 6, 30));
        assert_int_equal(first_concept_cutoff(1, first, day(2025, 5, 31)), day(2024, 12, 31));
        assert_int_equal(first_concept_cutoff(7, first, day(2025, 5, 31)), day(2024, 12, 31));
        assert_int_equal(first_concept_cutoff(7, first, day(2025, 6, 30)), day(2025, 6, 30));
        /* A year that ends with February ends on the 28th, as concepts know no 29th. */
        assert_int_equal(first_concept_cutoff(3, first, day(2024, 2, 29)), day(2024, 2, 28));
        assert_int_equal(first_concept_cutoff(3, first, day(2024, 10, 31)), day(2024, 8, 31));
        /* All of it in a month that is not over: its end is not there yet. */
        assert_int_equal(first_concept_cutoff(1, day(2025, 12, 1), day(2025, 12, 15)), day(2025, 12, 15));
        /* Data that begins after the last scheduled day. */
        assert_int_equal(first_concept_cutoff(1, day(2025, 2, 1), day(2025, 5, 31)), day(2025, 5, 31));
}

static void ids_are_made_of_names(void **state)
{
        (void)state;
        static const struct { const char *name, *id; } cases[] = {
                {"Kundenprogramm", "kundenprogramm"}, {"Müller \"Club\" 2025", "muller_club_2025"},
                {"  42 ", "program"}, {"顧客", "program"}, {"a", "a"}};
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct buffer id buffer_cleanup;
                buffer_init(&id, 1 << 12);
                assert_true(first_concept_add_id(text_of(cases[i].name), &id));
                assert_string_equal(id.data, cases[i].id);
        }
}

/* A criterion serves a goal of its own segment or one of all, and each goal is served. */
static void check_goals(const struct concept *concept)
{
        unsigned served = 0;
        for (size_t s = 0; s < concept->segment_count; s++)
                for (size_t p = 0; p < concept->segments[s].path_count; p++) {
                        const struct path *path = &concept->segments[s].paths[p];
                        for (size_t i = 0; i < path->all_count + path->some_count; i++) {
                                struct text goal = i < path->all_count ? path->all[i].goal
                                                                       : path->some[i - path->all_count].goal;
                                size_t g = 0;
                                while (g < concept->goal_count && !text_equal(concept->goals[g].id, goal))
                                        g++;
                                assert_true(g < concept->goal_count);
                                assert_true(!concept->goals[g].segment.length ||
                                            text_equal(concept->goals[g].segment, concept->segments[s].id));
                                served |= 1u << g;
                        }
                }
        assert_int_equal(served, (1u << concept->goal_count) - 1);
}

/* Whatever was chosen, the concept check has neither errors nor warnings, and finds what was chosen. */
static void every_document_is_valid(void **state)
{
        (void)state;
        for (unsigned choice = 0; choice < 64; choice++) {
                bool months = choice & 1;
                struct first_concept first = {
                        .name = text_of("Süß \\ \"Neu\""), .language = choice & 2 ? LANGUAGE_ENGLISH : LANGUAGE_GERMAN,
                        .a_percent = 10, .b_percent = 30, .year_month = choice % 12 + 1,
                        .currency = {"EUR", 2}, .cutoff_day = day(2025, 6, 30), .customers = 100,
                        .a_revenue = choice & 4 ? 120000 : 12, .b_revenue = choice & 4 ? 25000 : 1,
                        .a_groups = choice & 8 ? 5 : 0, .b_groups = choice & 8 ? 2 : 0, .a_months = months ? 4 : 0,
                        .growth = months && (choice & 16), .newcomers = choice & 32, .has_baseline = choice & 1,
                        .a_revenue_minor = 123456789};
                struct buffer document buffer_cleanup;
                struct arena *arena = arena_new(16 << 20);
                struct problem_list problems;
                const struct concept *concept;
                struct error error;
                buffer_init(&document, 1 << 20);
                assert_true(first_concept_write(&first, &document));
                problems_init(&problems, arena);
                enum status status = concept_parse(arena, (struct text){document.data, document.length}, &concept,
                                                   &problems, &error);
                if (status || problems.error_count || problems.warning_count)
                        fail_msg("choice %u: %s in line %u of\n%s", choice, problems.items[0].error.key,
                                 problems.items[0].error.line, document.data);
                assert_true(text_is(concept->program_name.german, "Süß \\ \"Neu\""));
                assert_int_equal(concept->segment_count, 4);
                assert_int_equal(concept->mechanics.evaluation_count, 2);
                assert_int_equal(concept->segments[0].paths[0].all_count,
                                 1 + (first.a_groups > 0) + (months && !first.growth));
                assert_int_equal(concept->segments[0].paths[0].some_count, first.growth ? 2 : 0);
                const struct criterion *revenue = &concept->segments[0].paths[0].all[0];
                assert_int_equal(decimal_compare(revenue->operands[0].number, (struct decimal){first.a_revenue, 0}), 0);
                assert_int_equal(decimal_compare(revenue->keep.number, (struct decimal){first.a_revenue * 9, 1}), 0);
                assert_int_equal(concept->mechanics.newcomer_months, first.newcomers ? 24 : 0);
                check_goals(concept);
                arena_free(arena);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(numbers_are_round),
                cmocka_unit_test(cutoffs_end_years_and_half_years),
                cmocka_unit_test(ids_are_made_of_names),
                cmocka_unit_test(every_document_is_valid),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
