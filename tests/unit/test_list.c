/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_list.c: the address of a list, read and written back, and a list's rows as page, CSV and workbook.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "platform/file.h"
#include "render/list.h"
#include "render/template.h"
#include "render/value_json.h"

enum { EVERYTHING = COLUMN_SHOWN | COLUMN_SORTS | COLUMN_FILTERS };

static const char *const states[] = {"approved", "proposed", NULL};
static const struct list_column columns[] = {
        {"name", "run.column.customer", SHEET_TEXT, .flags = EVERYTHING, .path = "address"},
        {"state", "run.column.state", SHEET_CODE, .flags = EVERYTHING, .words = "run.state.", .part = "is_state",
         .codes = states},
        {"revenue", "customers.column.revenue", SHEET_MONEY, .flags = EVERYTHING | COLUMN_SUMS},
        {"share", "override.column.share", SHEET_SHARE, .flags = COLUMN_FILTERS},
        {"day", "run.column.cutoff", SHEET_DAY, .flags = COLUMN_SHOWN | COLUMN_SORTS | COLUMN_FILTERS | COLUMN_BRIEF,
         .brief = "concept.column.loaded"},
        {"grace", "analyse.column.differs", SHEET_YES_NO, .flags = COLUMN_FILTERS | COLUMN_SHOWN},
        {"count", "run.column.customers", SHEET_COUNT, .flags = COLUMN_FILTERS},
        {"value", "analyse.column.value", SHEET_DECIMAL, .flags = COLUMN_FILTERS, .scale = 3},
        {"note", "run.column.note", SHEET_TEXT, .flags = 0},
        {"colours", "run.column.version", SHEET_CODES, .flags = 0},
        {"at", "concept.column.loaded", SHEET_INSTANT, .flags = 0},
        {"id", "run.column.number", SHEET_ID, .flags = 0},
        {"version", "run.column.version", SHEET_VERSION, .flags = 0},
};
enum { NAME, STATE, REVENUE, SHARE, DAY, GRACE, COUNT, VALUE, NOTE, COLUMNS = sizeof(columns) / sizeof(columns[0]) };
static const char *const kept[] = {"program", NULL};
static const struct list_spec spec = {"customers.column.revenue", "/customers", columns, COLUMNS, kept, NULL};
static const struct list_reader german = {LANGUAGE_GERMAN, 2}, english = {LANGUAGE_ENGLISH, 2};

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static void same(const char *query, const char *wanted)
{
        struct arena *arena arena_cleanup = arena_new(1 << 16);
        struct buffer out buffer_cleanup;
        struct list_address address;
        struct error error;
        buffer_init(&out, 1 << 16);
        if (list_address_parse_query(&spec, &german, text_of(query), arena, &address, &error) != STATUS_OK)
                fail_msg("%s: %s", query, error.key);
        list_address_add(&out, &spec, &german, &address);
        assert_string_equal(out.data, wanted);
}

static void read_and_written(void **state)
{
        static const char *const usual[] = {
                "", "q=M%C3%BCller%20%26%20S%C3%B6hne", "filter=state:approved&filter=-state:open", "sort=-revenue",
                "filter=revenue:10000..50000", "filter=revenue:..-0.5", "filter=revenue:10000.05..",
                "filter=share:12.5..", "filter=day:2026-01-01..2026-12-31", "filter=grace:yes", "filter=day:",
                "filter=-day:", "filter=count:3..3", "filter=value:0.125..", "columns=note,name", "after=x%2By",
                "program=partner&view=12&q=a&filter=name:a:b&sort=name&columns=name&after=1",
        };
        static const char *const others[][2] = {
                {"q=a+b", "q=a%20b"},
                {"&&sort=-revenue&", "sort=-revenue"},
                {"q=&sort=&columns=&after=&view=&filter=&program=", ""},
                {"columns=name&columns=note,state", "columns=name,note,state"},
                {"after=1&sort=name&q=x", "q=x&sort=name&after=1"},
                {"filter=revenue:1,000.50..", "filter=revenue:1000.5.."},
                {"where=revenue&from=1.000,50&to=", "filter=revenue:1000.5.."},
                {"where=day&from=01.02.2026&to=2026-03-01", "filter=day:2026-02-01..2026-03-01"},
                {"where=state&is=open&filter=state:approved", "filter=state:approved&filter=state:open"},
                {"where=state&is=", ""},
                {"where=revenue&from=+&to=", ""},
                {"where=", ""},
                {"where=grace&is=no", "filter=grace:no"},
        };
        (void)state;
        for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
                same(usual[i], usual[i]);
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                same(others[i][0], others[i][1]);
}

static void what_is_meant(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 16);
        struct list_address address;
        struct error error;
        (void)state;
        const char *query = "filter=share:12.5..40&filter=revenue:..1000&filter=-day:&filter=-state:open&sort=-day";
        assert_int_equal(list_address_parse_query(&spec, &english, text_of(query), arena, &address, &error), STATUS_OK);
        assert_int_equal(address.filter_count, 4);
        assert_int_equal(address.filters[0].column, SHARE);
        assert_int_equal(address.filters[0].from, 125000);
        assert_int_equal(address.filters[0].to, 400000);
        assert_false(address.filters[1].has_from);
        assert_int_equal(address.filters[1].to, 100000);
        assert_int_equal(address.filters[2].compare, LIST_KNOWN);
        assert_int_equal(address.filters[3].compare, LIST_IS_NOT);
        assert_true(text_is(address.filters[3].word, "open"));
        assert_int_equal(address.sort, DAY);
        assert_true(address.descending);
        assert_null(address.search.data);
}

static void refused(void **state)
{
        static const char *const cases[][2] = {
                {"colour=red", "list.unknown_field"},      {"filter=colour:red", "list.unknown_column"},
                {"filter=state", "list.bad_filter"},       {"filter=-", "list.bad_filter"},
                {"filter=note:x", "list.not_filterable"},  {"filter=revenue:10", "list.bad_filter"},
                {"filter=revenue:..", "list.bad_filter"},  {"filter=revenue:a..", "list.bad_filter"},
                {"filter=revenue:1.234..", "list.bad_filter"}, {"filter=-revenue:1..2", "list.bad_filter"},
                {"filter=revenue:2..1", "list.range_backwards"}, {"filter=grace:maybe", "list.bad_filter"},
                {"filter=day:2026-02-30..", "list.bad_filter"}, {"filter=day:01.02.2026..", "list.bad_filter"},
                {"filter=count:1.5..", "list.bad_filter"},
                {"sort=note", "list.not_sortable"},        {"sort=-", "list.unknown_column"},
                {"sort=--name", "list.unknown_column"},    {"columns=name,name", "list.twice"},
                {"columns=name,", "list.unknown_column"},  {"sort=name&sort=name", "list.twice"},
                {"q=a&q=b", "list.twice"},                 {"program=a&program=b", "list.twice"},
                {"where=note&is=x", "list.not_filterable"}, {"where=nothing&is=x", "list.unknown_column"},
                {"where=grace&is=perhaps", "list.bad_filter"}, {"where=revenue&from=x", "list.bad_filter"},
                {"q=%", "list.bad_query"},                 {"q=%4", "list.bad_query"},
                {"q=%zz", "list.bad_query"},               {"q=%00", "list.bad_query"},
                {"q=%FF", "list.bad_query"},               {"%FF=a", "list.bad_query"},
        };
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct list_address address;
                struct error error = {0};
                if (list_address_parse_query(&spec, &english, text_of(cases[i][0]), arena, &address, &error) !=
                            STATUS_INVALID ||
                    strcmp(error.key, cases[i][1]) != 0)
                        fail_msg("%s: %s", cases[i][0], error.key ? error.key : "taken");
        }
}

static void bounds(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer query buffer_cleanup;
        struct list_address address;
        struct error error;
        (void)state;
        buffer_init(&query, 1 << 16);
        for (int i = 0; i < LIST_FILTERS_MAX; i++)
                buffer_add_text(&query, "filter=state:a&");
        assert_int_equal(list_address_parse_query(&spec, &german, text_of(query.data), arena, &address, &error),
                         STATUS_OK);
        buffer_add_text(&query, "filter=state:a");
        assert_int_equal(list_address_parse_query(&spec, &german, text_of(query.data), arena, &address, &error),
                         STATUS_LIMIT);
        for (size_t length = LIST_TEXT_MAX; length <= LIST_TEXT_MAX + 1; length++) {
                buffer_clear(&query);
                buffer_add_text(&query, "q=");
                for (size_t i = 0; i < length; i++)
                        buffer_add_byte(&query, 'x');
                assert_int_equal(list_address_parse_query(&spec, &german, text_of(query.data), arena, &address, &error),
                                 length == LIST_TEXT_MAX ? STATUS_OK : STATUS_INVALID);
        }
        assert_string_equal(error.key, "list.too_long");
        struct arena *small arena_cleanup = arena_new(8);
        assert_int_equal(list_address_parse_query(&spec, &german, text_of("q=123456789012345678"), small, &address,
                                                  &error),
                         STATUS_MEMORY);
}

static void expect_written(const struct list_address *address, const char *wanted)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1 << 16);
        list_address_add(&out, &spec, &german, address);
        assert_string_equal(out.data, wanted);
}

static void other_addresses(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 16);
        struct list_address address, other;
        struct error error;
        (void)state;
        const char *query = "program=p&view=3&q=a&filter=state:a&filter=state:b&sort=name&after=k";
        assert_int_equal(list_address_parse_query(&spec, &german, text_of(query), arena, &address, &error), STATUS_OK);
        other = list_sorted_by(&spec, &address, NAME);
        expect_written(&other, "program=p&view=3&q=a&filter=state:a&filter=state:b&sort=-name");
        other = list_sorted_by(&spec, &address, REVENUE);
        expect_written(&other, "program=p&view=3&q=a&filter=state:a&filter=state:b&sort=-revenue");
        other = list_sorted_by(&spec, &other, REVENUE);
        expect_written(&other, "program=p&view=3&q=a&filter=state:a&filter=state:b&sort=revenue");
        other = list_without_filter(&address, 0);
        expect_written(&other, "program=p&view=3&q=a&filter=state:b&sort=name");
        other = list_without_filters(&address);
        expect_written(&other, "program=p&sort=name");
        other = list_after(&address, text_of("z"));
        expect_written(&other, "program=p&view=3&q=a&filter=state:a&filter=state:b&sort=name&after=z");
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void fill(struct model *model, const struct list_address *address)
{
        struct value *rows = put_list(model, NULL, "rows");
        struct value *row = add_map(model, rows), *colours;
        put_string(model, row, "name", "=M\xC3\xBCller & Co");
        put_string(model, row, "address", "/customers/1");
        put_word(model, row, "state", "run.state.approved");
        put_yes_no(model, row, "is_state", true); /* that the row has one must not make all its cells one */
        put_money(model, row, "revenue", 123456789);
        put_ratio(model, row, "share", 1, 8);
        put_day(model, row, "day", 14974);
        put_yes_no(model, row, "grace", true);
        put_count(model, row, "count", 1234);
        put_decimal(model, row, "value", 1500, 3);
        put_count(model, put_sentence(model, row, "note", "step.active_months"), "count", 2);
        colours = put_list(model, row, "colours");
        add_word(model, colours, "a.red");
        add_word(model, colours, "a.blue");
        put_instant(model, row, "at", INT64_C(1293838445) * 1000);
        put_id(model, row, "id", 77);
        put_ordinal(model, row, "version", 3);
        row = add_map(model, rows);
        put_string(model, row, "name", "B");
        put_string(model, row, "state", "approved"); /* a code without its key does as well */
        put_money(model, put_map(model, NULL, "sums"), "revenue", 123456789);
        struct list_view view = {&spec, address, 1234, text_of("k2")};
        list_put(model, &view);
}

static void parse(struct arena *arena, const char *query, struct list_address *ret)
{
        struct error error;
        assert_int_equal(list_address_parse_query(&spec, &german, text_of(query), arena, ret, &error), STATUS_OK);
}

static void as_json(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer out buffer_cleanup;
        struct list_address address;
        struct model model;
        struct json json;
        (void)state;
        buffer_init(&out, 1 << 16);
        parse(arena, "columns=name", &address);
        model_init(&model, arena);
        fill(&model, &address);
        list_add_controls(&model, &(struct print_style){LANGUAGE_GERMAN, 2, "EUR"});
        assert_false(model.failed);
        json_init(&json, &out, false);
        json_value(&json, model.root, 2);
        assert_string_equal(out.data,
                            "{\"rows\":[{\"name\":\"=M\xC3\xBCller & Co\",\"address\":\"/customers/1\","
                            "\"state\":\"approved\",\"is_state\":true,\"revenue\":\"1234567.89\","
                            "\"share\":\"0.125000\","
                            "\"day\":\"2010-12-31\",\"grace\":true,\"count\":1234,\"value\":\"1.500\","
                            "\"note\":{\"key\":\"step.active_months\",\"count\":2},\"colours\":[\"red\",\"blue\"],"
                            "\"at\":\"2010-12-31T23:34:05Z\",\"id\":\"77\",\"version\":3},"
                            "{\"name\":\"B\",\"state\":\"approved\"}],"
                            "\"sums\":{\"revenue\":\"1234567.89\"},\"total\":1234,\"next\":\"k2\"}");
}

static void expect_page(const char *query, enum language language, const char *template, const char *wanted)
{
        struct template_source source = {"main", text_of(template)};
        struct template_set *set template_set_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer out buffer_cleanup;
        struct list_address address;
        struct model model;
        struct error error;
        buffer_init(&out, 1 << 16);
        parse(arena, query, &address);
        model_init(&model, arena);
        fill(&model, &address);
        struct template_page page = {.name = "main", .model = model.root, .style = {language, 2, "EUR"}};
        list_add_controls(&model, &page.style);
        assert_int_equal(model_check(&model, &error), STATUS_OK);
        assert_int_equal(template_set_new(&source, 1, false, &set, &error), STATUS_OK);
        assert_int_equal(template_render(set, &page, &out, &error), STATUS_OK);
        assert_string_equal(out.data, wanted);
}

#define NBSP "\xC2\xA0"

static void as_page(void **state)
{
        (void)state;
        expect_page("columns=day", LANGUAGE_ENGLISH, "{{#rows}}{{#cells}}{{text}};{{/cells}}{{/rows}}",
                    "31" NBSP "Dec" NBSP "2010;;");
        expect_page("", LANGUAGE_GERMAN,
                    "{{#list.columns}}{{title}}{{#sorted}}*{{/sorted}} {{sort_path}} {{sum}}\n{{/list.columns}}",
                    "Kunde /customers?sort=name \nStatus /customers?sort=state \n"
                    "Umsatz 12 Monate /customers?sort=-revenue 1.234.568" NBSP "\xE2\x82\xAC\n"
                    "Stichtag /customers?sort=-day \nweicht ab  \n");
        expect_page("", LANGUAGE_GERMAN,
                    "{{#rows}}{{#cells}}{{#path}}<{{path}}>{{/path}}{{text}}{{#code}}({{code}}){{/code}}"
                    "{{#is_state}}!{{/is_state}}{{#numeric}}#{{/numeric}}{{#unknown}}?{{/unknown}};{{/cells}}\n"
                    "{{/rows}}",
                    "</customers/1>=M\xC3\xBCller &amp; Co;genehmigt(approved)!;1.234.568" NBSP "\xE2\x82\xAC#;"
                    "31.12.2010;ja;\nB;genehmigt(approved)!;#?;?;?;\n");
        expect_page("columns=share,count,value,note,colours,id,version", LANGUAGE_ENGLISH,
                    "{{#rows}}{{#cells}}{{text}};{{/cells}}\n{{/rows}}{{list.title}} {{list.count}} {{total}}",
                    "12.5%;1,234;1.500;2 more months with a purchase;a.red, a.blue;77;v3;\n;;;;;;;\n"
                    "Revenue 12 months 2 1,234");
}

/* On a phone: what is brief, what the list is sorted by, and what somebody chose besides what is shown anyway. Cells
 * have the brief title. */
static void on_a_phone(void **state)
{
        static const char *const cells =
                "{{#rows}}{{#cells}}{{#brief}}{{column}} {{title}};{{/brief}}{{/cells}}|{{/rows}}";
        (void)state;
        expect_page("", LANGUAGE_ENGLISH, cells, "day Loaded;|day Loaded;|");
        expect_page("sort=-revenue", LANGUAGE_ENGLISH, cells,
                    "revenue Revenue 12 months;day Loaded;|revenue Revenue 12 months;day Loaded;|");
        expect_page("columns=note,state", LANGUAGE_ENGLISH, cells, "note Note;|note Note;|");
        expect_page("sort=name", LANGUAGE_ENGLISH,
                    "{{#list.columns}}{{#brief}}{{name}} {{title}};{{/brief}}{{/list.columns}}",
                    "name Customer;day Cut-off;");
}

/* Two lists of the same columns may begin with different ones, in an order of their own; an address still wins. */
static void shown_by_the_list(void **state)
{
        static const char *const shown[] = {"count", "name", NULL};
        static const struct list_spec other = {"run.column.state", "/customers", columns, COLUMNS, kept, shown};
        struct arena *arena arena_cleanup = arena_new(1 << 16);
        struct list_address address;
        uint8_t places[LIST_COLUMNS_MAX];
        (void)state;
        parse(arena, "", &address);
        assert_int_equal(list_shown_columns(&other, &address, places), 2);
        assert_int_equal(places[0], COUNT);
        assert_int_equal(places[1], NAME);
        parse(arena, "columns=day", &address);
        assert_int_equal(list_shown_columns(&other, &address, places), 1);
        assert_int_equal(places[0], DAY);
}

static void controls(void **state)
{
        static const char *const query = "program=p&q=x&filter=state:approved&filter=revenue:10000..&filter=-day:"
                                         "&filter=-grace:yes&filter=share:..12.5&sort=-day&after=k1&columns=name,day";
        (void)state;
        expect_page(query, LANGUAGE_GERMAN, "{{#list.filters}}{{words}}|{{/list.filters}}",
                    "Status: genehmigt|Umsatz 12 Monate: ab 10" NBSP "T\xE2\x82\xAC|Stichtag: bekannt|"
                    "weicht ab: nicht ja|Anteil: bis 12,5" NBSP "%|");
        expect_page("filter=day:2026-01-01..2026-02-01&filter=day:&filter=count:1000..", LANGUAGE_ENGLISH,
                    "{{#list.filters}}{{words}} {{path}} {{field}}|{{/list.filters}}{{list.clear_path}}",
                    "Cut-off: 1 Jan 2026 \xE2\x80\x93 1 Feb 2026 /customers?filter=day:&amp;filter=count:1000.. "
                    "day:2026-01-01..2026-02-01|Cut-off: unknown /customers?filter=day:2026-01-01..2026-02-01&amp;"
                    "filter=count:1000.. day:|Customers: from 1,000 /customers?filter=day:2026-01-01..2026-02-01&amp;"
                    "filter=day: count:1000..|/customers");
        expect_page("program=p&sort=name&after=k1", LANGUAGE_GERMAN,
                    "{{list.csv_path}} {{list.xlsx_path}} {{list.next_path}} {{list.first_path}} {{list.clear_path}}"
                    "{{#list.columns}}{{#sorted}}{{name}} {{sorted}} {{sort_path}}{{/sorted}}{{/list.columns}}",
                    "/customers.csv?program=p&amp;sort=name /customers.xlsx?program=p&amp;sort=name "
                    "/customers?program=p&amp;sort=name&amp;after=k2 /customers?program=p&amp;sort=name "
                    "name ascending /customers?program=p&amp;sort=-name");
        expect_page(query, LANGUAGE_GERMAN, "{{#list.fields}}{{name}}={{value}}{{#is_columns}}!{{/is_columns}};"
                    "{{/list.fields}} "
                    "{{list.search}}",
                    "program=p;filter=state:approved;filter=revenue:10000..;filter=-day:;filter=-grace:yes;"
                    "filter=share:..12.5;sort=-day;columns=name,day!; x");
        expect_page("columns=name", LANGUAGE_GERMAN,
                    "{{#list.choice}}{{name}}{{#chosen}}*{{/chosen}} {{/list.choice}}|"
                    "{{#list.filterable}}{{name}}{{#is_range}} range{{/is_range}}{{#is_day}} day{{/is_day}}"
                    "{{#is_yes_no}} yes{{/is_yes_no}};{{/list.filterable}}{{#list.has_sums}}sums{{/list.has_sums}}",
                    "name* state revenue share day grace count value note colours at id version |"
                    "name;state;revenue range;share range;day range day;grace yes;count range;value range;");
}

static void quick_filters(void **state)
{
        static const char *const template =
                "{{#list.quick}}{{title}}:{{#options}} {{words}}{{#on}}*{{/on}} {{path}};{{/options}}\n{{/list.quick}}";
        (void)state;
        expect_page("sort=name&after=x&filter=state:open&filter=-grace:yes", LANGUAGE_GERMAN, template,
                    "Status: genehmigt /customers?filter=state:open&amp;filter=-grace:yes&amp;filter=state:approved"
                    "&amp;sort=name; Vorschlag /customers?filter=state:open&amp;filter=-grace:yes&amp;"
                    "filter=state:proposed&amp;sort=name;\n"
                    "weicht ab: ja /customers?filter=state:open&amp;filter=-grace:yes&amp;filter=grace:yes&amp;"
                    "sort=name; nein /customers?filter=state:open&amp;filter=-grace:yes&amp;filter=grace:no&amp;"
                    "sort=name;\n");
        expect_page("filter=state:approved&filter=grace:no", LANGUAGE_ENGLISH, template,
                    "State: approved* /customers?filter=grace:no; proposed /customers?filter=state:approved&amp;"
                    "filter=grace:no&amp;filter=state:proposed;\ndiffers: yes /customers?filter=state:approved&amp;"
                    "filter=grace:no&amp;filter=grace:yes; no* /customers?filter=state:approved;\n");
}

/* What the model offers: maps with code and name, or texts. */
static void choices_of_the_model(void **state)
{
        static const struct list_column two[] = {{"a", "run.column.state", SHEET_CODE, .flags = EVERYTHING},
                                                 {"b", "run.column.customer", SHEET_TEXT, .flags = EVERYTHING},
                                                 {"c", "run.column.note", SHEET_TEXT, .flags = COLUMN_SHOWN}};
        static const struct list_spec small = {"run.column.state", "/x", two, 3, NULL, NULL};
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct list_address address = {.sort = LIST_NO_COLUMN};
        struct print_style style = {LANGUAGE_GERMAN, 2, "EUR"};
        struct model model;
        (void)state;
        model_init(&model, arena);
        struct value *choices = put_map(&model, NULL, "choices"), *list = put_list(&model, choices, "a");
        struct value *choice = add_map(&model, list);
        put_string(&model, choice, "code", "A");
        put_string(&model, choice, "name", "Exzellenz");
        list = put_list(&model, choices, "b");
        add_text(&model, list, text_of("x y"));
        add_none(&model, list);
        add_text(&model, put_list(&model, choices, "c"), text_of("z"));
        struct list_view view = {&small, &address, 0, {NULL, 0}};
        list_put(&model, &view);
        list_add_controls(&model, &style);
        const struct value *quick = value_get(value_get(model.root, "list"), "quick");
        assert_int_equal(value_count(quick), 2);
        const struct value *option = value_first(value_get(value_first(quick), "options"));
        assert_true(text_is(value_text(value_get(option, "words")), "Exzellenz"));
        assert_true(text_is(value_text(value_get(option, "path")), "/x?filter=a:A"));
        const struct value *options = value_get(value_at(quick, 1, NULL), "options");
        assert_int_equal(value_count(options), 1);
        assert_true(text_is(value_text(value_get(value_first(options), "path")), "/x?filter=b:x%20y"));
}

static void as_csv(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer out buffer_cleanup;
        struct list_address address;
        struct model model;
        struct error error;
        struct print_style style = {LANGUAGE_GERMAN, 2, "EUR"};
        (void)state;
        buffer_init(&out, 1 << 16);
        parse(arena, "columns=revenue,name,state,share,day,grace,count,value,note,colours,at,id,version", &address);
        model_init(&model, arena);
        fill(&model, &address);
        assert_int_equal(list_csv(&model, &style, &out, &error), STATUS_OK);
        assert_string_equal(out.data,
                            "\xEF\xBB\xBFrevenue;name;state;share;day;grace;count;value;note;colours;at;id;version\r\n"
                            "1234567,89;'=M\xC3\xBCller & Co;approved;0,125000;2010-12-31;yes;1234;1,500;"
                            "noch 2 Monate mit Kauf;red blue;2010-12-31T23:34:05Z;77;3\r\n"
                            ";B;approved;;;;;;;;;;\r\n");
        buffer_release(&out);
        buffer_init(&out, 10);
        assert_int_equal(list_csv(&model, &style, &out, &error), STATUS_MEMORY);
}

/* Rows that go into a file one by one: the same bytes, whatever their number in the memory of one. */
static void rows_one_by_one(void **state)
{
        enum { MANY = 20000 };
        struct arena *arena arena_cleanup = arena_new(64 << 10);
        struct arena *large arena_cleanup = arena_new(64 << 20);
        struct buffer streamed buffer_cleanup, kept_rows buffer_cleanup;
        struct print_style style = {LANGUAGE_GERMAN, 2, "EUR"};
        struct list_address address;
        struct error error;
        (void)state;
        buffer_init(&streamed, 8 << 20);
        buffer_init(&kept_rows, 8 << 20);
        parse(arena, "columns=name,revenue,colours", &address);
        for (int in_file = 0; in_file < 2; in_file++) {
                struct model model;
                model_init(&model, in_file ? arena : large);
                struct list_file *file = in_file ? list_file_new(&model, &style, NULL, 8 << 20) : NULL;
                struct value *rows = put_list(&model, NULL, "rows");
                for (int i = 0; i < MANY; i++) {
                        struct value *row = list_row(&model, rows, &spec, &address);
                        put_string(&model, row, "name", "a name");
                        put_money(&model, row, "revenue", i);
                        add_word(&model, put_list(&model, row, "colours"), "a.red");
                }
                put_count(&model, put_map(&model, NULL, "sums"), "revenue", 1);
                struct list_view view = {&spec, &address, MANY, {NULL, 0}};
                list_put(&model, &view);
                put_count(&model, NULL, "after", 7);
                assert_int_equal(model_check(&model, &error), STATUS_OK);
                assert_int_equal(list_csv(&model, &style, in_file ? &streamed : &kept_rows, &error), STATUS_OK);
                assert_int_equal(value_integer(value_get(model.root, "after")), 7);
                assert_int_equal(value_count(value_get(model.root, "rows")), in_file ? 0 : MANY);
                list_file_free(file);
        }
        assert_true(streamed.length > MANY * 10);
        assert_int_equal(streamed.length, kept_rows.length);
        assert_memory_equal(streamed.data, kept_rows.data, streamed.length);
}

static void files_that_fail(void **state)
{
        struct arena *arena arena_cleanup = arena_new(64 << 10);
        struct print_style style = {LANGUAGE_GERMAN, 2, "EUR"};
        struct list_address address;
        struct error error;
        (void)state;
        parse(arena, "columns=name", &address);
        for (int workbook = 0; workbook < 2; workbook++) {
                struct buffer out buffer_cleanup;
                struct model model;
                buffer_init(&out, 100);
                model_init(&model, arena);
                struct list_file *file =
                        list_file_new(&model, &style, workbook ? "/nonexistent/x.xlsx" : NULL, 100);
                for (int i = 0; i < 20; i++)
                        put_string(&model, list_row(&model, NULL, &spec, &address), "name", "a longer name");
                struct list_view view = {&spec, &address, 20, {NULL, 0}};
                list_put(&model, &view);
                assert_int_equal(workbook ? list_xlsx(&model, &style, "/nonexistent/x.xlsx", &error)
                                          : list_csv(&model, &style, &out, &error),
                                 workbook ? STATUS_SYSTEM : STATUS_MEMORY);
                list_file_free(file);
        }
        /* No rows: only titles. */
        struct buffer out buffer_cleanup;
        struct model model;
        buffer_init(&out, 100);
        model_init(&model, arena);
        struct list_file *file = list_file_new(&model, &style, NULL, 100);
        struct list_view view = {&spec, &address, 0, {NULL, 0}};
        list_put(&model, &view);
        assert_int_equal(list_csv(&model, &style, &out, &error), STATUS_OK);
        assert_string_equal(out.data, "\xEF\xBB\xBFname\r\n");
        list_file_free(file);
        list_file_free(NULL);
}

static void as_workbook(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct list_address address;
        struct model model;
        struct error error;
        struct buffer content;
        struct print_style style = {LANGUAGE_GERMAN, 2, "EUR"};
        static const char path[] = "/tmp/treue-test-list.xlsx";
        (void)state;
        parse(arena, "columns=name,revenue,day,colours", &address);
        model_init(&model, arena);
        fill(&model, &address);
        assert_int_equal(list_xlsx(&model, &style, path, &error), STATUS_OK);
        assert_int_equal(file_read(path, 1 << 20, &content, &error), STATUS_OK);
        assert_true(content.length > 1000);
        assert_memory_equal(content.data, "PK", 2);
        buffer_release(&content);
        assert_int_equal(file_remove(path, &error), STATUS_OK);
        assert_int_equal(list_xlsx(&model, &style, "/nonexistent/x.xlsx", &error), STATUS_SYSTEM);
}

/* Without room for controls the model says so; without a list nothing is added. */
static void no_room(void **state)
{
        struct arena *reading arena_cleanup = arena_new(1 << 16);
        struct list_address address;
        struct print_style style = {LANGUAGE_GERMAN, 2, "EUR"};
        struct error error;
        size_t refused_count = 0;
        (void)state;
        parse(reading, "filter=state:a", &address);
        for (size_t bytes = 0; bytes < 30000; bytes += 480) {
                struct arena *arena arena_cleanup = arena_new(bytes);
                struct model model;
                model_init(&model, arena);
                fill(&model, &address);
                list_add_controls(&model, &style);
                if (model_check(&model, &error) != STATUS_OK)
                        refused_count++;
                else
                        assert_int_equal(
                                value_count(value_get(value_first(value_get(model.root, "rows")), "cells")), 5);
        }
        assert_in_range(refused_count, 5, 61);
        struct arena *arena arena_cleanup = arena_new(1 << 16);
        struct model model;
        model_init(&model, arena);
        list_add_controls(&model, &style);
        assert_int_equal(value_count(model.root), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(read_and_written), cmocka_unit_test(what_is_meant), cmocka_unit_test(refused),
                cmocka_unit_test(bounds),           cmocka_unit_test(other_addresses), cmocka_unit_test(as_json),
                cmocka_unit_test(as_page),          cmocka_unit_test(on_a_phone),
                cmocka_unit_test(shown_by_the_list), cmocka_unit_test(controls),      cmocka_unit_test(as_csv),
                cmocka_unit_test(as_workbook),      cmocka_unit_test(quick_filters),
                cmocka_unit_test(rows_one_by_one),  cmocka_unit_test(files_that_fail),
                cmocka_unit_test(choices_of_the_model),
                    cmocka_unit_test(no_room),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
