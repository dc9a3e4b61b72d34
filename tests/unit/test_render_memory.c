/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_render_memory.c: whichever allocation fails while templates are parsed, a page is rendered or a list is written,
 * it is told, nothing is lost, and nothing half is given out as whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "memory_faults.h"
#include "render/list.h"
#include "render/template.h"
#include "render/value_json.h"

enum { ARENA_BYTES = 1 << 20, OUT_BYTES = 1 << 18, ROUNDS_MAX = 2000 };

static const struct list_column columns[] = {
        {"name", "run.column.customer", SHEET_TEXT, .flags = COLUMN_SHOWN | COLUMN_SORTS | COLUMN_FILTERS},
        {"revenue", "customers.column.revenue", SHEET_MONEY, .flags = COLUMN_SHOWN | COLUMN_SORTS},
        {"day", "run.column.cutoff", SHEET_DAY, .flags = COLUMN_SHOWN},
};
static const struct list_spec spec = {"customers.column.revenue", "/x", columns, 3, NULL, NULL};
static const struct print_style style = {LANGUAGE_GERMAN, 2, "EUR"};

static void fill(struct model *model, const struct list_address *address)
{
        struct value *rows = put_list(model, NULL, "rows"), *months, *sentence;
        for (int i = 0; i < 3; i++) {
                struct value *row = list_row(model, rows, &spec, address);
                put_string(model, row, "name", "M\xC3\xBCller & Co");
                put_money(model, row, "revenue", 123456);
                put_day(model, row, "day", 14974);
        }
        struct list_view view = {&spec, address, 3, {NULL, 0}};
        list_put(model, &view);
        sentence = put_sentence(model, NULL, "step", "step.active_months");
        put_count(model, sentence, "count", 2);
        months = put_list(model, put_map(model, NULL, "chart"), "months");
        put_money(model, add_map(model, months), "now", 100000);
}

/* A page, its JSON and its list into `out`; STATUS_OK only with all of it. */
static enum status whole(bool in_file, struct buffer *out, struct error *error)
{
        static const struct template_source sources[] = {
                {"main", {"{{>part}}{{#t}}step.active_months count=step.count{{/t}}{{step}}"
                          "{{#f}}chart chart_months{{/f}}", 94}},
                {"part", {"{{#rows}}{{#cells}}{{text}} {{path}}{{/cells}}{{name}}{{revenue}}\n{{/rows}}", 75}}};
        struct list_address address = {.sort = LIST_NO_COLUMN};
        struct template_set *set template_set_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES);
        struct model model;
        struct json json;
        if (!arena)
                return error_memory(error);
        model_init(&model, arena);
        struct list_file *file = in_file ? list_file_new(&model, &style, NULL, OUT_BYTES) : NULL;
        enum status status = in_file && !file ? error_memory(error) : STATUS_OK;
        if (status == STATUS_OK) {
                fill(&model, &address);
                if (!in_file)
                        list_add_controls(&model, &style);
                status = model_check(&model, error);
        }
        struct template_page page = {.name = "main", .model = model.root, .style = style};
        if (status == STATUS_OK && !in_file)
                status = template_set_new(sources, 2, false, &set, error);
        if (status == STATUS_OK && !in_file)
                status = template_render(set, &page, out, error);
        if (status == STATUS_OK && !in_file) {
                json_init(&json, out, false);
                json_value(&json, model.root, 2);
        }
        if (status == STATUS_OK)
                status = list_csv(&model, &style, out, error);
        list_file_free(file);
        return status == STATUS_OK && out->failed ? error_memory(error) : status;
}

static void every_allocation(bool in_file)
{
        struct buffer wanted buffer_cleanup;
        struct error error;
        bool failed = true;
        long round = 0;
        buffer_init(&wanted, OUT_BYTES);
        assert_int_equal(whole(in_file, &wanted, &error), STATUS_OK);
        assert_true(wanted.length > 100);
        for (; failed && round < ROUNDS_MAX; round++) {
                struct buffer out buffer_cleanup;
                buffer_init(&out, OUT_BYTES);
                memory_faults_begin(0, round);
                enum status status = whole(in_file, &out, &error);
                failed = memory_faults_end();
                if (failed)
                        assert_true(status == STATUS_MEMORY || status == STATUS_LIMIT);
                else
                        assert_string_equal(out.data, wanted.data);
        }
        assert_in_range(round, 10, ROUNDS_MAX - 1);
}

static void pages(void **state)
{
        (void)state;
        every_allocation(false);
}

static void files(void **state)
{
        (void)state;
        every_allocation(true);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(pages), cmocka_unit_test(files)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
