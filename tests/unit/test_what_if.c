/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_what_if.c: which concepts may share measured columns and how a column is found again; which way a customer moves
 * between two versions; percentages of changes that have none. R-127 in part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "program/concept_diff.h"
#include "program/concept_parse.h"
#include "program/joint.h"
#include "program/simulation.h"

static void shared_columns(void **state)
{
        (void)state;
        const struct concept a = {.minor_digits = 2, .year_starts = {7, 1}, .evaluates = EVALUATES_CUSTOMER};
        struct concept b = a;
        b.segment_count = 9;
        assert_true(joint_is_possible(&a, &b));
        b.minor_digits = 0;
        assert_false(joint_is_possible(&a, &b));
        b = a;
        b.evaluates = EVALUATES_SITE;
        assert_false(joint_is_possible(&a, &b));
        b = a;
        b.year_starts.month = 8;
        assert_false(joint_is_possible(&a, &b));
        b = a;
        b.year_starts.day = 2;
        assert_false(joint_is_possible(&a, &b));
}

/* By metric, of and window, as far as the metric has them. */
static void columns_are_found(void **state)
{
        (void)state;
        struct metric_column columns[] = {
                {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 12}},
                {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 24}},
                {.metric = METRIC_REVENUE, .of = {"10", 2}, .window = {WINDOW_MONTHS, 12}},
                {.metric = METRIC_RECENCY},
        };
        const struct measures measures = {.column_count = 4, .columns = columns};
        const struct {
                struct criterion wanted;
                int column;
        } cases[] = {
                {{.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 12}}, 0},
                {{.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 24}}, 1},
                {{.metric = METRIC_REVENUE, .of = {"10", 2}, .window = {WINDOW_MONTHS, 12}}, 2},
                {{.metric = METRIC_REVENUE, .of = {"1", 1}, .window = {WINDOW_MONTHS, 12}}, -1},
                {{.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 6}}, -1},
                {{.metric = METRIC_REVENUE, .window = {WINDOW_SINCE_JOINED, 12}}, -1},
                {{.metric = METRIC_ORDERS, .window = {WINDOW_MONTHS, 12}}, -1},
                /* What the metric has not is not compared. */
                {{.metric = METRIC_RECENCY, .of = {"10", 2}, .window = {WINDOW_MONTHS, 12}}, 3},
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                assert_ptr_equal(joint_column(&measures, &cases[i].wanted),
                                 cases[i].column < 0 ? NULL : &columns[cases[i].column]);
}

/* From a segment of the other version, under the name it has in this one, upwards or downwards on the same ladder. */
static void directions(void **state)
{
        (void)state;
        enum { A, B, C, P, SEGMENTS };
        struct segment segments[SEGMENTS] = {{.id = {"A", 1}}, {.id = {"B", 1}}, {.id = {"C", 1}, .rest = true},
                                             {.id = {"P", 1}, .kind = KIND_PROSPECT, .rest = true}};
        const struct concept concept = {.segment_count = SEGMENTS, .segments = segments};
        struct version version = {.concept = &concept};
        uint8_t from[] = {0, 2, 1, 1, 2, SEGMENT_NONE, 0, 3, 4}, to[] = {B, A, A, B, P, A, SEGMENT_NONE, P, A};
        /* Segment 4 of the other version is unknown to this one. */
        static const int wanted[] = {-1, 1, 1, 0, 0, 0, 0, 0, 0};
        struct simulation *simulation = calloc(1, sizeof(*simulation));
        assert_non_null(simulation);
        memset(simulation->mapped, SEGMENT_NONE, sizeof(simulation->mapped));
        for (uint8_t i = A; i <= P; i++)
                simulation->mapped[i] = i;
        simulation->sides[SIDE_CHANGED].version = &version;
        simulation->sides[SIDE_AGAINST].decisions.segment = from;
        simulation->sides[SIDE_CHANGED].decisions.segment = to;
        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
                assert_int_equal(simulation_direction(simulation, i), wanted[i]);
        free(simulation);
}

/* ---- differences in words ---------------------------------------------------------------------------------------- */

static const char document[] =
        "format: 1\n"
        "program: {id: t, name: {de: T}, currency: EUR, year_starts: 01-01}\n"
        "parameters: {market: %s}\n"
        "segments:\n"
        "  - id: A\n"
        "    name: {de: A}\n"
        "    paths:\n"
        "      - id: p\n"
        "        all:\n"
        "          - {metric: value, of: points, at_least: %s}\n"
        "          - {metric: revenue_growth, window: 12m, at_least: market}\n"
        "  - {id: C, name: {de: C}, rest: true}\n"
        "  - {id: P, name: {de: P}, for: prospects, rest: true}\n"
        "mechanics:\n"
        "  evaluations: [{id: y, cutoff: 12-31, effective: 02-01, moves: [up, down]}]\n";

static const struct concept *concept_of(struct arena *arena, const char *market, const char *points)
{
        char text[2048];
        const struct concept *concept;
        struct error error;
        snprintf(text, sizeof(text), document, market, points);
        struct problem_list problems;
        if (concept_parse(arena, text_of(text), &concept, &problems, &error) != STATUS_OK)
                fail_msg("%s: line %u", error.key, error.line);
        return concept;
}

static void expect_changes(const char *market, const char *points, const char *new_market, const char *new_points,
                           size_t wanted_count, const char *wanted)
{
        struct arena *arena = arena_new((size_t)16 << 20);
        struct concept_change *changes;
        struct error error;
        size_t count;
        assert_int_equal(concept_diff(concept_of(arena, market, points), concept_of(arena, new_market, new_points),
                                      LANGUAGE_ENGLISH, MEDIUM_TERMINAL, arena, &changes, &count, &error), STATUS_OK);
        assert_int_equal(count, wanted_count);
        if (count && !strstr(changes[0].sentence, wanted))
                fail_msg("\"%s\" is not said in \"%s\"", wanted, changes[0].sentence);
        if (count)
                assert_true(strchr(wanted, '%') || !strstr(changes[0].sentence, "%)"));
        arena_free(arena);
}

/* A change from nothing has no percentage, that of a negative threshold goes by its size. */
static void percentages(void **state)
{
        (void)state;
        expect_changes("0.03", "100", "0.03", "100", 0, "");
        expect_changes("0.03", "100", "0.03", "100.0", 0, "");
        expect_changes("0.03", "100", "0.03", "110", 1, "at least 100 -> at least 110 (+10.0%)");
        expect_changes("0.03", "100", "0.03", "0", 1, "(-100.0%)");
        expect_changes("0.03", "0", "0.03", "5", 1, "at least 0 -> at least 5");
        expect_changes("0.03", "-100", "0.03", "-90", 1, "(+10.0%)");
        expect_changes("0.03", "-100", "0.03", "100", 1, "(+200.0%)");
        expect_changes("0.03", "0.000001", "0.03", "900000000000", 1, "->");
        /* A parameter names whom it touches. */
        expect_changes("0.03", "100", "0.06", "100", 1, "(+100.0%); ");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(shared_columns),
                cmocka_unit_test(columns_are_found),
                cmocka_unit_test(directions),
                cmocka_unit_test(percentages),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
