/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_mapping.c: profiles bound to headers, cells read by type, dated facts compared (X-03, mapping and idempotence).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "importer/dated_facts.h"
#include "importer/mapping.h"

static struct arena *arena;
static struct error error;

static enum status bind(const char *yaml, const struct text *header, size_t count, struct column_mapping *ret)
{
        static struct profile profile;
        assert_int_equal(profile_parse(arena, yaml, strlen(yaml), &profile, &error), STATUS_OK);
        return column_mapping_bind(arena, &profile, header, count, "EUR", ret, &error);
}

#define T(literal) {literal, sizeof(literal) - 1}

/* The apostrophe in front of what a spreadsheet takes for a formula comes off only where the profile says so. */
static void neutralised(void **state)
{
        (void)state;
        const struct text header[] = {T("No"), T("Name")};
        const struct text fields[] = {T("'-1"), T("''=1")};
        struct column_mapping mapping;
        for (int restores = 0; restores < 2; restores++) {
                assert_int_equal(bind(restores ? "kind: products\nsource: e\nfile: {neutralised: true}\n"
                                                 "columns: {article: No, name: Name}\n"
                                               : "kind: products\nsource: e\nfile: {neutralised: false}\n"
                                                 "columns: {article: No, name: Name}\n", header, 2, &mapping),
                                 STATUS_OK);
                assert_true(text_is(mapped_text(column_mapping_find(&mapping, "article"), fields, 2),
                                    restores ? "-1" : "'-1"));
                assert_true(text_is(mapped_text(column_mapping_find(&mapping, "name"), fields, 2),
                                    restores ? "'=1" : "''=1"));
        }
}

static void binding(void **state)
{
        (void)state;
        const struct text header[] = {T("Name"), T(" No "), T("Price"), T("Price")};
        const struct text fields[] = {T("Nail"), T("  AB-1"), T("1,50"), T("")};
        struct column_mapping mapping;
        assert_int_equal(bind("kind: products\nsource: e\ncolumns: {article: No, name: Name,"
                              " product_group: {column: No, prefix: 2}}\n", header, 4, &mapping), STATUS_OK);
        assert_int_equal(mapping.file_columns, 4);
        assert_int_equal(column_mapping_find(&mapping, "article")->position, 1);
        assert_null(column_mapping_find(&mapping, "cost"));
        assert_true(text_is(mapped_text(column_mapping_find(&mapping, "product_group"), fields, 4), "AB"));
        assert_true(text_is(mapped_text(column_mapping_find(&mapping, "name"), fields, 4), "Nail"));
        assert_int_equal(bind("kind: products\nsource: e\ncolumns: {article: Nr, name: Name, cost: Cost}\n", header, 4,
                              &mapping), STATUS_INVALID);
        assert_string_equal(error.key, "import.header_missing");
        assert_string_equal(error_argument(&error, "column"), "Nr, Cost");
        assert_string_equal(error_argument(&error, "columns"), "Name,  No , Price, Price");
        assert_int_equal(bind("kind: products\nsource: e\ncolumns: {article: No, name: Name, cost: Price}\n", header, 4,
                              &mapping), STATUS_INVALID);
        assert_string_equal(error.key, "import.header_doubled");
        assert_int_equal(bind("kind: products\nsource: e\nfile: {header: false}\ncolumns: {article: 1, name: 5}\n",
                              header, 4, &mapping), STATUS_INVALID);
        assert_string_equal(error.key, "import.column_position");
        assert_int_equal(bind("kind: products\nsource: e\ncolumns: {article: No, name: Name, cost: {value: \"1,5\"}}\n",
                              header, 4, &mapping), STATUS_INVALID);
        assert_string_equal(error.key, "import.constant");
}

struct cell {
        enum field_type type;
        const char *text;
        enum decimal_mark mark;
        const char *reason;
        int64_t number;
        int scale;
};

static void cells(void **state)
{
        (void)state;
        static const struct cell cases[] = {
                {FIELD_MONEY, " 1.234,50 ", DECIMAL_COMMA, NULL, 123450, 0},
                {FIELD_MONEY, "1,234.5", DECIMAL_POINT, NULL, 123450, 0},
                {FIELD_MONEY, "1.505", DECIMAL_POINT, "import.reason.too_precise", 0, 0},
                {FIELD_MONEY, "abc", DECIMAL_POINT, "import.reason.number", 0, 0},
                {FIELD_MONEY, "99999999999999999999", DECIMAL_POINT, "import.reason.too_large", 0, 0},
                {FIELD_QUANTITY, "2,125", DECIMAL_COMMA, NULL, 2125, 0},
                {FIELD_INTEGER, "12", DECIMAL_POINT, NULL, 12, 0},
                {FIELD_INTEGER, "1.5", DECIMAL_POINT, "import.reason.integer", 0, 0},
                {FIELD_DECIMAL, "-0.1250", DECIMAL_POINT, NULL, -125, 3},
                {FIELD_DECIMAL, "1500", DECIMAL_POINT, NULL, 1500, 0},
                {FIELD_SHARE, "35 %", DECIMAL_POINT, NULL, 350000, 0},
                {FIELD_SHARE, "0,35", DECIMAL_COMMA, NULL, 350000, 0},
                {FIELD_SHARE, "35", DECIMAL_POINT, "import.reason.share", 35000000, 0},
                {FIELD_YES_NO, "Maybe", DECIMAL_POINT, "import.reason.yes_no", 0, 0},
                {FIELD_KIND, "lead", DECIMAL_POINT, "import.reason.kind", 0, 0},
                {FIELD_METHOD, "guessed", DECIMAL_POINT, "import.reason.method", 0, 0},
        };
        struct profile_column column = {.position = 0};
        struct field_value value;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct field_info info = {"x", cases[i].type, false};
                struct mapped_column mapped = {&column, &info, 0, {0}, NULL, false, NULL};
                const char *reason = field_parse(&mapped, text_of(cases[i].text), cases[i].mark, 2, &value);
                assert_true(reason == cases[i].reason || (reason && cases[i].reason &&
                                                          strcmp(reason, cases[i].reason) == 0));
                if (reason)
                        continue;
                assert_true(value.known);
                assert_int_equal(value.number, cases[i].number);
                assert_int_equal(value.scale, cases[i].scale);
        }
}

static void days_words_and_blanks(void **state)
{
        (void)state;
        struct profile_column column = {.position = 0};
        struct field_info day = {"x", FIELD_DAY, true}, name = {"name", FIELD_TEXT, true};
        struct field_info kind = {"kind", FIELD_KIND, false}, digital = {"digital", FIELD_YES_NO, false};
        struct mapped_column mapped = {&column, &day, 0, {0}, NULL, false, NULL};
        struct field_value value;
        int32_t expected = day_from_date((struct date){2025, 12, 31});
        assert_null(field_parse(&mapped, text_of("2025-12-31"), DECIMAL_POINT, 2, &value));
        assert_int_equal(value.day, expected);
        assert_null(field_parse(&mapped, text_of(" 31.12.2025 "), DECIMAL_POINT, 2, &value));
        assert_int_equal(value.day, expected);
        assert_string_equal(field_parse(&mapped, text_of("12/31/2025"), DECIMAL_POINT, 2, &value),
                            "import.reason.date");
        mapped.format = "%m/%d/%Y";
        assert_null(field_parse(&mapped, text_of("12/31/2025"), DECIMAL_POINT, 2, &value));
        assert_int_equal(value.day, expected);
        assert_string_equal(field_parse(&mapped, text_of(" "), DECIMAL_POINT, 2, &value), "import.reason.empty");
        mapped.field = &kind;
        assert_null(field_parse(&mapped, text_of("Interessent"), DECIMAL_POINT, 2, &value));
        assert_true(value.yes);
        assert_null(field_parse(&mapped, text_of(""), DECIMAL_POINT, 2, &value));
        assert_false(value.known);
        mapped.field = &digital;
        assert_null(field_parse(&mapped, text_of("Nein"), DECIMAL_POINT, 2, &value));
        assert_true(value.known && !value.yes);
        mapped.field = &name;
        assert_null(field_parse(&mapped, text_of(" Nail "), DECIMAL_POINT, 2, &value));
        assert_true(text_is(value.text, " Nail ")); /* names stay as they are */
        static const char *const blanks[] = {"", " \t", "\xC2\xA0", "\xE2\x80\x83\xE3\x80\x80", "\xC2\x85\xE2\x80\xA8"};
        for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
                assert_string_equal(field_parse(&mapped, text_of(blanks[i]), DECIMAL_POINT, 2, &value),
                                    "import.reason.empty");
        assert_false(text_is_blank(text_of(" \xE2\x80\x8B"))); /* a zero-width space is a character */
        assert_true(text_is(text_prefix(text_of("\xC3\xA4\xC3\xB6x"), 2), "\xC3\xA4\xC3\xB6"));
        assert_true(text_is(text_prefix(text_of("a"), 2), "a"));
}

static void facts_known_before(void **state)
{
        (void)state;
        struct known_facts facts = {0};
        assert_true(known_facts_lack(&facts, 1, 100, false, text_of("S")));
        assert_true(known_facts_add(&facts, arena, 1, 100, text_of("M")));
        assert_true(known_facts_add(&facts, arena, 1, 200, text_of("L")));
        assert_true(known_facts_add(&facts, arena, 2, 50, text_of("x")));
        assert_false(known_facts_lack(&facts, 1, 150, false, text_of("M")));
        assert_false(known_facts_lack(&facts, 1, 200, false, text_of("L")));
        assert_true(known_facts_lack(&facts, 1, 300, false, text_of("M")));
        assert_false(known_facts_lack(&facts, 1, 10, false, text_of("M"))); /* the first is open at its start */
        /* A day the row itself states: only the very same day counts, so that a history may come in any order. */
        assert_true(known_facts_lack(&facts, 1, 150, true, text_of("M")));
        assert_false(known_facts_lack(&facts, 1, 100, true, text_of("M")));
        /* Of the same day the later publish counts. */
        assert_true(known_facts_add(&facts, arena, 3, 10, text_of("old")));
        assert_true(known_facts_add(&facts, arena, 3, 10, text_of("new")));
        assert_false(known_facts_lack(&facts, 3, 5, false, text_of("new")));
        struct field_value number = {.known = true, .text = text_of(" 12,5 ")};
        assert_true(text_is(fact_text(arena, FIELD_TEXT, &number, DECIMAL_COMMA), "12.5"));
        assert_true(text_is(fact_text(arena, FIELD_TEXT, &number, DECIMAL_POINT), "12,5"));
        number.text = text_of("1,2,3");
        assert_true(text_is(fact_text(arena, FIELD_TEXT, &number, DECIMAL_COMMA), "1,2,3"));
}

static int set_up(void **state)
{
        (void)state;
        arena = arena_new(1 << 22);
        return arena ? 0 : -1;
}

static int tear_down(void **state)
{
        (void)state;
        arena_free(arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(binding),
                cmocka_unit_test(neutralised),
                cmocka_unit_test(cells),
                cmocka_unit_test(days_words_and_blanks),
                cmocka_unit_test(facts_known_before),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
