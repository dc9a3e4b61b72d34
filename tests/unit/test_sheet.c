/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_sheet.c: one list in each form: every kind of column, columns a form does not show, lists inside a document.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "platform/clock.h"
#include "render/sheet.h"

enum { DAY = 14974, CODES = 3 }; /* 2010-12-31 */
#define INSTANT_MS (INT64_C(1293838445) * 1000) /* 2010-12-31T23:34:05Z, the next day in Berlin */
static const char *const codes[CODES] = {"red", "green", "blue"};

static const struct sheet_column columns[] = {
        {"name", "run.column.customer", .kind = SHEET_TEXT, .width_max = 6},
        {"state", "run.column.state", .kind = SHEET_CODE, .words = "run.state."},
        {"colours", NULL, .kind = SHEET_CODES, .forms = IN_JSON | IN_CSV},
        {"count", "run.column.customers", .kind = SHEET_COUNT, .blank_zero = true},
        {"run", "run.column.number", .kind = SHEET_ORDINAL},
        {"version", "run.column.version", .kind = SHEET_VERSION},
        {"id", NULL, .kind = SHEET_ID, .forms = IN_JSON},
        {"revenue", "customers.column.revenue", .kind = SHEET_MONEY},
        {"change", NULL, .kind = SHEET_MONEY, .forms = IN_TABLE, .is_change = true},
        {"value", "analyse.column.value", .kind = SHEET_DECIMAL},
        {"share", "override.column.share", .kind = SHEET_SHARE},
        {"day", "run.column.cutoff", .kind = SHEET_DAY},
        {"at", "concept.column.loaded", .kind = SHEET_INSTANT},
        {"undone", "run.column.note", .kind = SHEET_YES_NO, .words = "run.list.undone"},
        {"differs", "analyse.column.differs", .kind = SHEET_YES_NO},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void put_full(struct sheet *sheet)
{
        sheet_string(sheet, "Müller \"Bau\"");
        sheet_code(sheet, text_of("approved"));
        sheet_codes(sheet, 5, codes, CODES);
        sheet_integer(sheet, 1234);
        sheet_integer(sheet, 1234);
        sheet_integer(sheet, 3);
        sheet_integer(sheet, INT64_MAX);
        sheet_money(sheet, -123456);
        sheet_money(sheet, 123456);
        sheet_decimal(sheet, 1500, 3);
        sheet_share(sheet, 2, 3);
        sheet_day(sheet, DAY);
        sheet_instant(sheet, INSTANT_MS);
        sheet_yes_no(sheet, true);
        sheet_yes_no(sheet, true);
}

static void put_empty(struct sheet *sheet)
{
        sheet_none(sheet);
        sheet_code(sheet, (struct text){NULL, 0});
        sheet_codes(sheet, 0, codes, CODES);
        sheet_integer(sheet, 0);
        sheet_none(sheet);
        sheet_none(sheet);
        sheet_none(sheet);
        sheet_money(sheet, 0);
        sheet_money(sheet, 0);
        sheet_none(sheet);
        sheet_share(sheet, 0, 0);
        sheet_day(sheet, DAY_OPEN_END);
        sheet_none(sheet);
        sheet_yes_no(sheet, false);
        sheet_yes_no(sheet, false);
}

static void give_out(struct sheet_style style, const char *wanted)
{
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        struct error error;
        buffer_init(&out, 1 << 20);
        style.out = &out;
        style.minor_digits = 2;
        assert_int_equal(clock_set_zone("Europe/Berlin", &error), STATUS_OK);
        assert_int_equal(sheet_new(columns, COLUMNS, &style, &sheet, &error), STATUS_OK);
        put_full(sheet);
        put_empty(sheet);
        assert_int_equal(sheet_row_count(sheet), 2);
        assert_int_equal(sheet_finish(sheet, &error), STATUS_OK);
        assert_string_equal(out.data, wanted);
}

/* What put_full and put_empty make of CSV, and put_full of JSON. */
#define CSV_LINES                                                                                                      \
        "name,state,colours,count,run,version,revenue,value,share,day,at,undone,differs\r\n"                           \
        "\"Müller \"\"Bau\"\"\",approved,red blue,1234,1234,3,-1234.56,1.500,0.666667,2010-12-31,"                     \
        "2010-12-31T23:34:05Z,yes,yes\r\n,,,0,,,0.00,,,,,no,no\r\n"
#define JSON_FULL                                                                                                      \
        "[{\"name\":\"Müller \\\"Bau\\\"\",\"state\":\"approved\",\"colours\":[\"red\",\"blue\"],"                     \
        "\"count\":1234,\"run\":1234,\"version\":3,\"id\":\"9223372036854775807\","                                    \
        "\"revenue\":\"-1234.56\",\"value\":\"1.500\",\"share\":\"0.666667\",\"day\":\"2010-12-31\","                  \
        "\"at\":\"2010-12-31T23:34:05Z\",\"undone\":true,\"differs\":true},"

static void test_csv(void **state)
{
        (void)state;
        give_out((struct sheet_style){.form = FORM_CSV, .language = LANGUAGE_GERMAN},
                 CSV_LINES);
}

/* As a spreadsheet of the reader's language opens it: a byte order mark; in German semicolons and decimal commas. */
static void test_csv_for_spreadsheets(void **state)
{
        (void)state;
        give_out((struct sheet_style){.form = FORM_CSV, .language = LANGUAGE_GERMAN, .csv_mark = true,
                                      .csv_local = true},
                 "\xEF\xBB\xBFname;state;colours;count;run;version;revenue;value;share;day;at;undone;differs\r\n"
                 "\"Müller \"\"Bau\"\"\";approved;red blue;1234;1234;3;-1234,56;1,500;0,666667;2010-12-31;"
                 "2010-12-31T23:34:05Z;yes;yes\r\n"
                 ";;;0;;;0,00;;;;;no;no\r\n");
        give_out((struct sheet_style){.form = FORM_CSV, .language = LANGUAGE_ENGLISH, .csv_mark = true,
                                      .csv_local = true},
                 "\xEF\xBB\xBF" CSV_LINES);
}

/* Text that a spreadsheet would take for a formula, numbers that are none, and cells that stand as they are. */
static void test_neutralised(void **state)
{
        static const struct sheet_column two[] = {{"text", NULL, .kind = SHEET_TEXT},
                                                  {"number", NULL, .kind = SHEET_DECIMAL}};
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        struct error error;
        (void)state;
        buffer_init(&out, 1 << 20);
        struct sheet_style style = {.form = FORM_CSV, .out = &out};
        assert_int_equal(sheet_new(two, 2, &style, &sheet, &error), STATUS_OK);
        sheet_string(sheet, "=1+1");
        sheet_decimal(sheet, -15, 1);
        sheet_cell(sheet, text_of("'@x"));
        sheet_cell(sheet, text_of("-7"));
        sheet_cell(sheet, (struct text){NULL, 0});
        sheet_cell(sheet, (struct text){NULL, 0});
        assert_int_equal(sheet_finish(sheet, &error), STATUS_OK);
        assert_string_equal(out.data, "text,number\r\n'=1+1,-1.5\r\n''@x,-7\r\n,\r\n");
}

static void test_json(void **state)
{
        (void)state;
        give_out((struct sheet_style){.form = FORM_JSON, .language = LANGUAGE_GERMAN},
                 JSON_FULL
                 "{\"name\":null,\"state\":null,\"colours\":[],\"count\":0,\"run\":null,\"version\":null,\"id\":null,"
                 "\"revenue\":\"0.00\",\"value\":null,\"share\":null,\"day\":null,\"at\":null,\"undone\":false,"
                 "\"differs\":false}]");
}

static void test_json_without_what_is_none(void **state)
{
        (void)state;
        give_out((struct sheet_style){.form = FORM_JSON, .leave_out_none = true},
                 JSON_FULL
                 "{\"colours\":[],\"count\":0,\"revenue\":\"0.00\",\"undone\":false,\"differs\":false}]");
}

static void test_table(void **state)
{
        (void)state;
        give_out((struct sheet_style){.form = FORM_TABLE, .language = LANGUAGE_GERMAN, .currency = "EUR", .indent = 2},
                 "  Kunde   Status     Kunden  Lauf  Konzept  Umsatz 12 Monate EUR  change EUR"
                 "   Wert  Anteil  Stichtag    Geladen     Hinweis                weicht ab\n"
                 "  ──────  ─────────  ──────  ────  ───────  ────────────────────  ──────────"
                 "  ─────  ──────  ──────────  ──────────  ─────────────────────  ─────────\n"
                 "  Mülle…  genehmigt   1.234  1234  v3                  -1.234,56   +1.234,56"
                 "  1,500  66,7 %  31.12.2010  01.01.2011  Import zurückgenommen  ja\n"
                 "                                                            0,00            "
                 "                                                                nein\n");
        give_out((struct sheet_style){.form = FORM_TABLE, .language = LANGUAGE_ENGLISH},
                 "Customer  State     Customers  Run   Concept  Revenue 12 months     change  "
                 "Value  Share  Cut-off      Loaded      Note           differs\n"
                 "────────  ────────  ─────────  ────  ───────  ─────────────────  ─────────  "
                 "─────  ─────  ───────────  ──────────  ─────────────  ───────\n"
                 "Mülle…    approved      1,234  1234  v3               -1,234.56  +1,234.56  "
                 "1.500  66.7%  31 Dec 2010  1 Jan 2011  import undone  yes\n"
                 "                                                           0.00             "
                 "                                                      no\n");
}

/* A list as a member of a document, and a row as members of an object. */
static void test_inside_a_document(void **state)
{
        static const struct sheet_column two[] = {{"run", NULL, .kind = SHEET_ORDINAL},
                                                  {"day", NULL, .kind = SHEET_DAY}};
        struct buffer out buffer_cleanup;
        struct json json;
        struct error error;
        (void)state;
        buffer_init(&out, 1 << 20);
        json_init(&json, &out, false);
        struct sheet_style style = {.form = FORM_JSON, .out = &out, .json = &json};
        json_begin_object(&json);
        for (int inside = 1; inside >= 0; inside--) {
                struct sheet *sheet sheet_cleanup = NULL;
                style.in_object = inside;
                if (!inside)
                        json_key(&json, "rows");
                assert_int_equal(sheet_new(two, 2, &style, &sheet, &error), STATUS_OK);
                for (int i = inside; i < 2; i++) {
                        sheet_integer(sheet, i);
                        sheet_day(sheet, DAY + i);
                }
                assert_int_equal(sheet_finish(sheet, &error), STATUS_OK);
        }
        json_end_object(&json);
        assert_string_equal(out.data, "{\"run\":1,\"day\":\"2011-01-01\",\"rows\":[{\"run\":0,\"day\":\"2010-12-31\"},"
                                      "{\"run\":1,\"day\":\"2011-01-01\"}]}");
}

static void test_without_rows(void **state)
{
        static const char *const wanted[FORM_XLSX] = {"run\n", "[]", "run\r\n"};
        static const struct sheet_column one[] = {{"run", NULL, .kind = SHEET_ORDINAL}};
        struct error error;
        (void)state;
        for (int form = 0; form < FORM_XLSX; form++) {
                struct buffer out buffer_cleanup;
                struct sheet *sheet sheet_cleanup = NULL;
                buffer_init(&out, 1 << 20);
                struct sheet_style style = {.form = (enum form)form, .out = &out};
                assert_int_equal(sheet_new(one, 1, &style, &sheet, &error), STATUS_OK);
                assert_int_equal(sheet_finish(sheet, &error), STATUS_OK);
                assert_int_equal(sheet_row_count(sheet), 0);
                assert_string_equal(out.data, wanted[form]);
        }
}

/* Whoever cannot get memory or room is told. */
static void test_no_room(void **state)
{
        static const struct sheet_column one[] = {{"run", NULL, .kind = SHEET_ORDINAL}};
        struct error error;
        (void)state;
        for (int form = 0; form < FORM_XLSX; form++) {
                struct buffer out buffer_cleanup;
                struct sheet *sheet sheet_cleanup = NULL;
                buffer_init(&out, 2);
                struct sheet_style style = {.form = (enum form)form, .out = &out};
                assert_int_equal(sheet_new(one, 1, &style, &sheet, &error), STATUS_OK);
                sheet_integer(sheet, 123456);
                assert_int_equal(sheet_finish(sheet, &error), STATUS_MEMORY);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_csv),
                cmocka_unit_test(test_csv_for_spreadsheets),
                cmocka_unit_test(test_neutralised),
                cmocka_unit_test(test_json),
                cmocka_unit_test(test_json_without_what_is_none),
                cmocka_unit_test(test_table),
                cmocka_unit_test(test_inside_a_document),
                cmocka_unit_test(test_without_rows),
                cmocka_unit_test(test_no_room),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
