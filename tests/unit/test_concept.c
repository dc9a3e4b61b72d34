/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_concept.c: the concept parser: what it reads, and line, column and key of everything it refuses. Verifies R-029
 * (validation refuses a concept without a rest segment), R-086 (criteria carry goals), R-091 (factors), R-031 and R-014
 * (metrics and thresholds of a concept) in part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "i18n/message.h"
#include "platform/file.h"
#include "program/concept_help.h"
#include "program/concept_keys.h"
#include "program/concept_parse.h"

static const char base[] =
        "format: 1\n"                                                                       /* 1 */
        "program:\n"                                                                        /* 2 */
        "  id: test\n"                                                                      /* 3 */
        "  name: {de: Probe, en: Test}\n"                                                   /* 4 */
        "  currency: EUR\n"                                                                 /* 5 */
        "  year_starts: 07-01\n"                                                            /* 6 */
        "parameters:\n"                                                                     /* 7 */
        "  market: 0.03\n"                                                                  /* 8 */
        "goals:\n"                                                                          /* 9 */
        "  - {id: g, segment: A, kind: share_of_wallet, name: {de: Ziel}, due: 2026-12-31}\n" /* 10 */
        "segments:\n"                                                                       /* 11 */
        "  - id: A\n"                                                                       /* 12 */
        "    name: {de: A-Kunden}\n"                                                        /* 13 */
        "    paths:\n"                                                                      /* 14 */
        "      - id: p\n"                                                                   /* 15 */
        "        all:\n"                                                                    /* 16 */
        "          - {metric: revenue, window: 12m, at_least: 100.5, keep: 90, scale: [size], goal: g}\n" /* 17 */
        "        some:\n"                                                                   /* 18 */
        "          at_least: 1\n"                                                           /* 19 */
        "          of:\n"                                                                   /* 20 */
        "            - {metric: revenue_growth, window: 12m, more_than: market, goal: g}\n" /* 21 */
        "            - {metric: attribute, of: trade, in: [Dach, \"7\"], goal: g}\n"        /* 22 */
        "            - {metric: recency, between: [0, 30], unknown: met, goal: g}\n"        /* 23 */
        "  - {id: C, name: {de: C-Kunden}, rest: true}\n"                                   /* 24 */
        "  - {id: P, name: {de: Interessenten}, for: prospects, rest: true}\n"              /* 25 */
        "mechanics:\n"                                                                      /* 26 */
        "  evaluations:\n"                                                                  /* 27 */
        "    - {id: year, cutoff: 12-31, effective: 02-01, moves: [up, down]}\n"            /* 28 */
        "  grace: {months: 6}\n"                                                            /* 29 */
        "  demotion: {max_steps: 2}\n"                                                      /* 30 */
        "  size_factors: {S: 0.6, L: 1.50}\n"                                               /* 31 */
        "  newcomer: {months: 24, factors: [0.5, 0.75], pro_rata: true}\n"                  /* 32 */
        "  classify_after: {orders: 3, revenue: 2500.5}\n";                                 /* 33 */

/* `find` in the text above becomes `put`: then this is wrong. */
struct wrong {
        const char *find, *put;
        unsigned line, column;
        const char *key;
        const char *argument, *value; /* one argument of the message; or NULL */
};

static const struct wrong wrongs[] = {
        /* The document as YAML. */
        {"format: 1\n", "format: 1\n\tprogram: x\n", 2, 1, "concept.yaml_syntax", NULL, NULL},
        {"paths:\n", "paths: [\n", 15, 7, "concept.yaml_syntax", NULL, NULL},
        {"{de: Probe, en: Test}", "&a {de: Probe}", 4, 9, "concept.anchor", "name", "a"},
        {"{de: Probe, en: Test}", "*b", 4, 9, "concept.alias", "name", "b"},
        {"id: test", "id: !!str test", 3, 7, "concept.tag", NULL, NULL},
        {"id: test", "id: \"te\\0st\"", 3, 7, "concept.control_character", "code", "U+0000"},
        {"{de: Probe, en: Test}", "{de: \"Pro\\x1bbe\"}", 4, 14, "concept.control_character", "code", "U+001B"},
        {"{de: Probe, en: Test}", "{de: \"Pro\\x7fbe\"}", 4, 14, "concept.control_character", "code", "U+007F"},
        {"{de: Probe, en: Test}", "{de: Probe, en: \"\\x85\"}", 4, 25, "concept.control_character", "code", "U+0085"},
        {"{de: Probe, en: Test}", "{de: \"Pro\\nbe\"}", 4, 14, "concept.one_line", "key", "de"},
        {"{de: Probe, en: Test}", "{de: \"Pr\xfc" "fung\"}", 4, 1, "concept.not_utf8", NULL, NULL},
        {"orders: 3, revenue: 2500.5}\n", "orders: 3}\n---\na: b\n", 34, 1, "concept.second_document", NULL, NULL},
        {"{months: 6}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 29, 40,
         "concept.too_deep", "limit", "32"},
        /* Keys. */
        {"goals:\n", "services: []\ngoals:\n", 9, 1, "concept.unknown_key", "value", "services"},
        {"currency: EUR", "currancy: EUR", 5, 3, "concept.unknown_key_like", "like", "currency"},
        {"window: 12m, at_least", "windov: 12m, at_least", 17, 31, "concept.unknown_key_like", "like", "window"},
        {"  currency: EUR\n", "  currency: EUR\n  id: again\n", 6, 3, "concept.doubled_key", "first", "3"},
        {"  currency: EUR\n", "", 3, 3, "concept.missing_key", "key", "currency"},
        {"format: 1\n", "", 1, 1, "concept.missing_key", "key", "format"},
        {"    name: {de: A-Kunden}\n", "", 12, 5, "concept.missing_key", "key", "name"},
        {"{de: Probe, en: Test}", "{en: Test}", 4, 9, "concept.missing_key", "key", "de"},
        {"currency: EUR", "currency:", 5, 3, "concept.no_value", "key", "currency"},
        {"currency: EUR", "[a, b]: EUR", 5, 3, "concept.key_not_text", NULL, NULL},
        /* Types and limits. */
        {"format: 1", "format: 2", 1, 9, "concept.out_of_range", "high", "1"},
        {"id: test", "id: 3test", 3, 7, "concept.id_expected", NULL, NULL},
        {"id: test", "id: [a]", 3, 7, "concept.id_expected", NULL, NULL},
        {"{de: Probe, en: Test}", "Probe", 4, 9, "concept.names_expected", NULL, NULL},
        {"{de: Probe, en: Test}", "{de: \"\"}", 4, 14, "concept.text_empty", NULL, NULL},
        {"{de: Probe, en: Test}", "{de: [x]}", 4, 14, "concept.text_expected", NULL, NULL},
        {"currency: EUR", "currency: Euro", 5, 13, "concept.currency_expected", "value", "Euro"},
        {"07-01", "02-29", 6, 16, "concept.leap_day", NULL, NULL},
        {"07-01", "7-1", 6, 16, "concept.month_day_expected", NULL, NULL},
        {"07-01", "13-01", 6, 16, "concept.month_day_expected", NULL, NULL},
        {"market: 0.03", "market: 3%", 8, 11, "concept.number_expected", "key", "market"},
        {"market: 0.03", "market: 0.0300001", 8, 11, "concept.too_precise", NULL, NULL},
        {"market: 0.03", "market: 0.03\n  market: 1", 9, 3, "concept.doubled_id", "value", "market"},
        {"market: 0.03", "0market: 1", 8, 3, "concept.id_expected", NULL, NULL},
        {"segment: A", "segment: Z", 10, 5, "concept.goal_segment", "value", "Z"},
        {"kind: share_of_wallet", "kind: share_of_walet", 10, 31, "concept.no_choice_like", "like", "share_of_wallet"},
        {"due: 2026-12-31", "due: 31.12.2026", 10, 71, "concept.date_expected", NULL, NULL},
        {"  - {id: g,", "  - {id: g, kind: loyalty, name: {de: Z}}\n  - {id: g,", 11, 5, "concept.doubled_id", "value",
         "g"},
        /* Criteria. */
        {"metric: revenue,", "metric: revenu,", 17, 22, "concept.no_choice_like", "like", "revenue"},
        {"metric: revenue, window: 12m", "metric: visits", 17, 13, "concept.window_missing", "metric", "visits"},
        {"metric: revenue,", "metric: visits, of: x,", 17, 34, "concept.of_not_allowed", NULL, NULL},
        {"window: 12m, at_least", "window: 12x, at_least", 17, 39, "concept.window_expected", "value", "12x"},
        {"window: 12m, at_least", "window: 0m, at_least", 17, 39, "concept.window_expected", "value", "0m"},
        {"window: 12m, at_least", "at_least", 17, 13, "concept.window_missing", "metric", "revenue"},
        {"metric: recency,", "metric: recency, window: 12m,", 23, 41, "concept.window_not_allowed", NULL, NULL},
        {"revenue_growth, window: 12m", "revenue_growth, window: all", 21, 48, "concept.growth_window", NULL, NULL},
        {"revenue_growth, window: 12m", "revenue_growth, window: since_joined", 21, 48, "concept.growth_window", NULL,
         NULL},
        {"attribute, of: trade", "attribute", 22, 15, "concept.of_missing", NULL, NULL},
        {"metric: recency,", "metric: recency, of: x,", 23, 37, "concept.of_not_allowed", NULL, NULL},
        {"more_than: market, ", "", 21, 15, "concept.no_comparator", NULL, NULL},
        {"more_than: market", "more_than: market, at_most: 1", 21, 81, "concept.two_comparators", "first", "more_than"},
        {"more_than: market", "equals: 1, at_least: 2, at_most: 3", 21, 74, "concept.two_comparators", "first",
         "equals"},
        {"more_than: market", "more_than: marked", 21, 64, "concept.no_parameter", "value", "marked"},
        {"more_than: market", "more_than: \"1\"", 21, 64, "concept.number_expected", NULL, NULL},
        {"more_than: market", "more_than: [1]", 21, 64, "concept.threshold_expected", NULL, NULL},
        {"more_than: market", "contains: x", 21, 63, "concept.contains_text_only", NULL, NULL},
        {"at_least: 100.5", "at_least: 100.555", 17, 54, "concept.too_precise", "decimals", "2"},
        {"at_least: 100.5", "at_least: 1,000", 17, 56, "concept.unknown_key", "value", "000"},
        {"at_least: 100.5", "at_least: 1000000000000", 17, 54, "concept.too_large", NULL, NULL},
        {"keep: 90", "keep: 110", 17, 67, "concept.keep_harder", NULL, NULL},
        {"in: [Dach, \"7\"]", "in: [Dach], keep: 1", 22, 64, "concept.keep_comparator", NULL, NULL},
        {"in: [Dach, \"7\"]", "in: Dach", 22, 50, "concept.list_expected", NULL, NULL},
        {"in: [Dach, \"7\"]", "in: []", 22, 50, "concept.list_length", NULL, NULL},
        {"in: [Dach, \"7\"]", "in: [Dach], scale: [size]", 22, 65, "concept.scale_no_number", NULL, NULL},
        {"[0, 30]", "[31, 30]", 23, 42, "concept.between_order", NULL, NULL},
        {"[0, 30]", "[0, 15, 30]", 23, 42, "concept.list_length", "low", "2"},
        {"scale: [size]", "scale: [size, size]", 17, 85, "concept.doubled_item", NULL, NULL},
        {"scale: [size]", "scale: [sizes]", 17, 79, "concept.no_choice_like", "like", "size"},
        {"unknown: met", "unknown: true", 23, 60, "concept.no_choice", NULL, NULL},
        {"unknown: met", "measured: 1", 23, 61, "concept.bool_expected", NULL, NULL},
        {"unknown: met, goal: g", "goal: nothing", 23, 57, "concept.goal_unknown", "value", "nothing"},
        {"metric: recency, between: [0, 30], unknown: met, goal: g", "metric: wrong, goal: nothing", 23, 37,
         "concept.goal_unknown", NULL, NULL},
        /* Paths and segments. */
        {"at_least: 1\n", "at_least: 4\n", 19, 21, "concept.out_of_range", "high", "3"},
        {"  - {id: C,", "  - {id: A,", 24, 5, "concept.doubled_id", "value", "A"},
        {"id: C, name: {de: C-Kunden}, rest: true", "id: C, name: {de: C-Kunden}", 24, 5,
         "concept.segment_without_paths", "value", "C"},
        {"  - {id: C, name: {de: C-Kunden}, rest: true}\n", "", 12, 3, "concept.no_rest", "kind", "customers"},
        {"  - {id: P, name: {de: Interessenten}, for: prospects, rest: true}\n", "", 12, 3, "concept.no_rest", "kind",
         "prospects"},
        {"for: prospects", "for: customers", 25, 5, "concept.two_rests", "first", "C"},
        {"for: prospects, rest: true", "paths: [{id: q, all: [{metric: tenure, at_least: 1}]}]", 25, 5,
         "concept.rest_not_last", "value", "P"},
        {"C-Kunden}, rest: true", "C-Kunden}, rest: true, paths: []", 24, 54, "concept.rest_with_paths", NULL, NULL},
        {"C-Kunden}, rest: true", "C-Kunden}, paths: [{id: x}]", 24, 43, "concept.path_empty", NULL, NULL},
        /* Mechanics. */
        {"effective: 02-01, ", "", 28, 7, "concept.missing_key", "key", "effective"},
        {"[up, down]", "[up, sideways]", 28, 63, "concept.no_choice", "value", "sideways"},
        {"[up, down]", "[up, up]", 28, 63, "concept.doubled_item", NULL, NULL},
        {"  evaluations:\n", "  evaluations:\n    - {id: year, cutoff: 06-30, effective: 08-01}\n", 29, 7,
         "concept.doubled_id", "value", "year"},
        {"{months: 6}", "{months: 6, ends: none}", 29, 19, "concept.grace_both", NULL, NULL},
        {"{months: 6}", "never", 29, 10, "concept.no_choice", "value", "never"},
        {"{max_steps: 2}", "{max_steps: 0}", 30, 25, "concept.out_of_range", NULL, NULL},
        {"{S: 0.6, L: 1.50}", "{S: 0, L: 1.50}", 31, 21, "concept.factor_range", NULL, NULL},
        {"{S: 0.6, L: 1.50}", "{S: -1, L: 1.50}", 31, 21, "concept.factor_range", NULL, NULL},
        {"{S: 0.6, L: 1.50}", "{S: 0.6, S: 1.50}", 31, 26, "concept.doubled_id", NULL, NULL},
        {"factors: [0.5, 0.75]", "factors: []", 32, 35, "concept.list_length", NULL, NULL},
        {"{orders: 3, revenue: 2500.5}", "{}", 33, 19, "concept.classify_empty", NULL, NULL},
        {"{orders: 3, revenue: 2500.5}", "{orders: 2.5}", 33, 28, "concept.too_precise", NULL, NULL},
};

static char *changed(const char *find, const char *put)
{
        const char *at = strstr(base, find);
        if (!at)
                fail_msg("'%s' is not in the document", find);
        struct buffer out;
        buffer_init(&out, 1 << 16);
        buffer_add(&out, base, (size_t)(at - base));
        buffer_add_text(&out, put);
        buffer_add_text(&out, at + strlen(find));
        return buffer_take(&out, NULL);
}

static enum status parse(struct arena *arena, struct text content, const struct concept **ret,
                         struct problem_list *problems)
{
        struct error error;
        enum status status = concept_parse(arena, content, ret, problems, &error);
        if (status == STATUS_INVALID)
                assert_string_equal(error.key, problems->items[0].warning ? error.key : problems->items[0].error.key);
        return status;
}

static void refuses(void **state)
{
        (void)state;
        size_t failed = 0;
        for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
                const struct wrong *wrong = &wrongs[i];
                struct arena *arena = arena_new(16 << 20);
                char *content = changed(wrong->find, wrong->put);
                const struct concept *concept = NULL;
                struct problem_list problems;
                enum status status = parse(arena, text_of(content), &concept, &problems);
                const struct error *found = NULL;
                for (size_t p = 0; p < problems.count && !found; p++)
                        if (!problems.items[p].warning && strcmp(problems.items[p].error.key, wrong->key) == 0)
                                found = &problems.items[p].error;
                const char *value = found && wrong->argument ? error_argument(found, wrong->argument) : NULL;
                bool good = status == STATUS_INVALID && !concept && found && found->line == wrong->line &&
                            found->column == wrong->column && message_exists(wrong->key) &&
                            (!wrong->argument || (value && strcmp(value, wrong->value) == 0));
                if (!good) {
                        failed++;
                        print_error("'%s' -> '%s': expected %s %u:%u %s\n", wrong->find, wrong->put, wrong->key,
                                    wrong->line, wrong->column, wrong->value ? wrong->value : "");
                        for (size_t p = 0; p < problems.count; p++)
                                print_error("    %s %u:%u %s\n", problems.items[p].error.key,
                                            problems.items[p].error.line, problems.items[p].error.column,
                                            problems.items[p].error.text);
                }
                free(content);
                arena_free(arena);
        }
        assert_int_equal(failed, 0);
        assert_true(sizeof(wrongs) / sizeof(wrongs[0]) >= 60);
}

static void reads(void **state)
{
        (void)state;
        struct arena *arena = arena_new(16 << 20);
        const struct concept *concept = NULL;
        struct problem_list problems;
        assert_int_equal(parse(arena, text_of(base), &concept, &problems), STATUS_OK);
        assert_int_equal(problems.count, 0);
        assert_true(text_is(concept->program_id, "test") && text_is(concept->program_name.english, "Test"));
        assert_true(text_is(concept->variant, "partner") && concept->minor_digits == 2);
        assert_int_equal(concept->year_starts.month, 7);
        assert_int_equal(concept->segment_count, 3);
        assert_true(concept->segments[1].rest && concept->segments[2].kind == KIND_PROSPECT);
        const struct path *path = &concept->segments[0].paths[0];
        assert_true(path->all_count == 1 && path->some_count == 3 && path->some_at_least == 1);
        const struct criterion *revenue = &path->all[0], *growth = &path->some[0], *trade = &path->some[1];
        assert_int_equal(revenue->operands[0].number.units, 1005);
        assert_int_equal(revenue->operands[0].number.scale, 1);
        assert_true(revenue->has_keep && revenue->scale == SCALE_SIZE && text_is(revenue->goal, "g"));
        assert_true(revenue->window.kind == WINDOW_MONTHS && revenue->window.count == 12);
        assert_true(revenue->line == 17 && revenue->column == 13);
        assert_true(growth->comparator == COMPARE_MORE_THAN && text_is(growth->operands[0].parameter, "market"));
        assert_int_equal(growth->operands[0].number.units, 3);
        assert_true(trade->operand_count == 2 && trade->operands[1].kind == OPERAND_TEXT);
        assert_true(text_is(trade->operands[1].text, "7"));
        assert_true(path->some[2].unknown_is_met && path->some[2].comparator == COMPARE_BETWEEN);
        const struct mechanics *mechanics = &concept->mechanics;
        assert_true(mechanics->grace == GRACE_MONTHS && mechanics->grace_months == 6);
        assert_true(mechanics->demotion_max_steps == 2 && mechanics->promotion_max_steps == CONCEPT_SEGMENTS_MAX);
        const struct fraction small = mechanics->size_factors[0].factor;
        assert_true(small.numerator == 3 && small.denominator == 5);
        assert_true(mechanics->newcomer_factor_count == 2 && mechanics->newcomer_pro_rata);
        assert_int_equal(mechanics->classify_revenue_minor, 250050);
        assert_int_equal(mechanics->evaluations[0].moves, MOVE_UP | MOVE_DOWN);
        assert_int_equal(concept->goals[0].due_day, day_from_date((struct date){2026, 12, 31}));
        arena_free(arena);
}

/* The forms of grace, and what a concept says without saying anything. */
static void graces(void **state)
{
        static const struct {
                const char *put;
                enum grace_kind kind;
                unsigned months;
        } forms[] = {
                {"  grace: none\n", GRACE_NONE, 0},
                {"  grace: next_evaluation\n", GRACE_NEXT_EVALUATION, 0},
                {"  grace: {ends: next_evaluation}\n", GRACE_NEXT_EVALUATION, 0},
                {"  grace: {ends: none}\n", GRACE_NONE, 0},
                {"  grace: {ends: {months: 3}}\n", GRACE_MONTHS, 3},
                {"", GRACE_NEXT_EVALUATION, 0},
        };
        (void)state;
        for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
                struct arena *arena = arena_new(16 << 20);
                char *content = changed("  grace: {months: 6}\n", forms[i].put);
                const struct concept *concept = NULL;
                struct problem_list problems;
                assert_int_equal(parse(arena, text_of(content), &concept, &problems), STATUS_OK);
                assert_int_equal(concept->mechanics.grace, forms[i].kind);
                assert_int_equal(concept->mechanics.grace_months, forms[i].months);
                free(content);
                arena_free(arena);
        }
}

static void warns(void **state)
{
        static const struct {
                const char *find, *put, *key;
        } cases[] = {
                {", goal: g}\n        some:", "}\n        some:", "concept.no_goal"},
                {"keep: 90", "keep: 100.50", "concept.keep_same"},
                {"  size_factors: {S: 0.6, L: 1.50}\n", "", "concept.scale_without_rule"},
                {"kind: share_of_wallet", "kind: revenue", "concept.goals_plain"},
        };
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct arena *arena = arena_new(16 << 20);
                char *content = changed(cases[i].find, cases[i].put);
                const struct concept *concept = NULL;
                struct problem_list problems;
                assert_int_equal(parse(arena, text_of(content), &concept, &problems), STATUS_OK);
                assert_int_equal(problems.error_count, 0);
                assert_int_equal(problems.warning_count, 1);
                assert_string_equal(problems.items[0].error.key, cases[i].key);
                free(content);
                arena_free(arena);
        }
}

/* Everything wrong at once is told at once, in the order of the document. */
static void tells_all(void **state)
{
        (void)state;
        struct arena *arena = arena_new(64 << 20);
        const struct concept *concept = NULL;
        struct problem_list problems;
        assert_int_equal(parse(arena,
                               text_of("format: 9\nprogram: {id: 1}\nsegments:\n  - {id: A, name: {de: A}, rest: yes}\n"
                                       "mechanics: {evaluations: [{id: y, cutoff: 99-99}], extra: 1}\n"),
                               &concept, &problems),
                         STATUS_INVALID);
        assert_int_equal(problems.count, 11);
        for (size_t i = 1; i < problems.count; i++)
                assert_true(problems.items[i - 1].error.line <= problems.items[i].error.line);
        /* Thousands of problems are counted, a hundred are kept. */
        struct buffer many;
        buffer_init(&many, 1 << 20);
        for (int i = 0; i < 3000; i++)
                buffer_addf(&many, "wrong%d: 1\n", i);
        assert_int_equal(parse(arena, (struct text){many.data, many.length}, &concept, &problems), STATUS_INVALID);
        assert_int_equal(problems.count, PROBLEMS_MAX);
        assert_int_equal(problems.error_count, 3000 + 4);
        buffer_release(&many);
        arena_free(arena);
}

/* Concepts that lie in the repository, every key of the format among them. */
static void reads_files(void **state)
{
        static const char *const names[] = {"tests/fuzz/seeds/concept/full.yaml", "tests/road/wholesale.yaml",
                                            "demo/partnerkreis.yaml"};
        const char *source = getenv("TREUE_SOURCE");
        (void)state;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                char path[4096];
                struct error error;
                struct buffer content;
                struct arena *arena = arena_new(16 << 20);
                const struct concept *concept = NULL;
                struct problem_list problems;
                snprintf(path, sizeof(path), "%s/%s", source ? source : ".", names[i]);
                assert_int_equal(file_read(path, 1 << 20, &content, &error), STATUS_OK);
                assert_int_equal(parse(arena, (struct text){content.data, content.length}, &concept, &problems),
                                 STATUS_OK);
                buffer_release(&content);
                arena_free(arena);
        }
}

/* The table of keys stands behind both parser and help. */
static void helps(void **state)
{
        (void)state;
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
                struct buffer out;
                buffer_init(&out, 1 << 20);
                concept_add_help(&out, (enum language)language);
                assert_false(out.failed);
                for (int i = 0; i < KEY_COUNT; i++)
                        assert_non_null(strstr(out.data, key_infos[i].example));
                for (int i = 0; i < METRIC_COUNT; i++)
                        assert_non_null(strstr(out.data, metric_infos[i].name));
                assert_null(strstr(out.data, "concept."));
                buffer_release(&out);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads), cmocka_unit_test(refuses), cmocka_unit_test(graces),
                cmocka_unit_test(warns), cmocka_unit_test(tells_all), cmocka_unit_test(helps),
                cmocka_unit_test(reads_files),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
