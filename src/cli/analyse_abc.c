/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analyse_abc.c: `treue analyse abc`: classes by revenue or margin beside the segments of the program, and who differs
 * . The best segment goes with A, the second with B, every other one with C.
 */
#include "base/bits.h"
#include "cli/analyse.h"
#include "value/abc.h"

enum { BAR_COLUMNS = 30, DIFFERENCES_SHOWN = 20, GINI_DECIMALS = 6, PERCENT_DECIMALS = 2 };
static const char class_names[ABC_CLASSES][2] = {"A", "B", "C"};

struct abc_page {
        struct analysis *analysis;
        struct abc abc;
        struct abc_customer *customers;
        size_t customer_count;       /* classified and left out */
        int64_t limits[ABC_CLASSES - 1];
};

static enum status read_limits(const char *typed, int64_t ret[ABC_CLASSES - 1], struct error *error)
{
        const char *text = typed ? typed : "80,95", *comma = strchr(text, ',');
        enum { DECIMALS = 4 }; /* percent with four decimals: millionths */
        struct text first = {text, comma ? (size_t)(comma - text) : 0};
        if (!comma || decimal_parse_scaled(first, DECIMAL_POINT, DECIMALS, false, &ret[0]) != DECIMAL_OK ||
            decimal_parse_scaled(text_of(comma + 1), DECIMAL_POINT, DECIMALS, false, &ret[1]) != DECIMAL_OK ||
            ret[0] < 0 || ret[0] > ret[1] || ret[1] > ABC_LIMIT_WHOLE)
                return error_set(error, STATUS_USAGE, "analyse.bad_limits", "value", text, NULL);
        return STATUS_OK;
}

static enum status classify(struct abc_page *page, struct error *error)
{
        struct analysis *analysis = page->analysis;
        page->customers = arena_array(analysis->session->arena, struct abc_customer, analysis->count + 1);
        if (!page->customers)
                return error_memory(error);
        for (size_t i = 0; i < analysis->count; i++) {
                size_t customer = analysis->by_number[i];
                if (bits_get(analysis->column->known, customer))
                        page->customers[page->customer_count++] = (struct abc_customer){
                                .customer = customer, .amount = analysis->column->value[customer],
                                .order = (uint32_t)i};
        }
        abc_classify(page->customers, page->customer_count, page->limits, &page->abc);
        return STATUS_OK;
}

/* The class that goes with a segment: by its rung. */
static enum abc_class class_of_segment(const struct concept *concept, uint8_t segment)
{
        unsigned rung = 0;
        for (uint8_t s = 0; s < segment; s++)
                rung += concept->segments[s].kind == concept->segments[segment].kind;
        return rung < ABC_C ? (enum abc_class)rung : ABC_C;
}

static bool differs(const struct abc_page *page, const struct abc_customer *customer)
{
        uint8_t segment = analysis_segment(page->analysis, customer->customer);
        return segment != SEGMENT_NONE && customer->class != ABC_NONE &&
               class_of_segment(page->analysis->concept, segment) != customer->class;
}

/* numerator / denominator in 10^-decimals, half away from zero. */
static int64_t rounded(int128 numerator, int128 denominator, unsigned decimals)
{
        int64_t units = 0;
        for (unsigned i = 0; i < decimals; i++)
                numerator *= 10;
        if (denominator == 0 || !narrow_i64(divide_half_away(numerator, denominator), &units))
                return 0;
        return units;
}

static int64_t fits(int128 sum) { return sum > INT64_MAX ? INT64_MAX : (int64_t)sum; }

/* ---- for people -------------------------------------------------------------------------------------------------- */

static void add_head(const struct abc_page *page, enum language language, struct buffer *out)
{
        const struct analysis *analysis = page->analysis;
        struct buffer from buffer_cleanup, to buffer_cleanup, count buffer_cleanup, left buffer_cleanup;
        char key[64];
        buffer_init(&from, 64);
        buffer_init(&to, 64);
        buffer_init(&count, 64);
        buffer_init(&left, 64);
        format_add_day(&from, language, analysis->column->from_day);
        format_add_day(&to, language, analysis->column->to_day);
        format_add_count(&count, language, (int64_t)page->abc.count);
        format_add_count(&left, language, (int64_t)page->abc.left_out);
        snprintf(key, sizeof(key), "metric.%s", metric_infos[analysis->request->metric.metric].name);
        message_add(out, language, "analyse.abc_head", "by", message_raw(language, key), "from", from.data, "to",
                    to.data, "customers", count.data, "left_out", left.data, NULL);
        buffer_add_text(out, "\n\n");
}

static void add_concentration(const struct abc_page *page, enum language language, struct buffer *out)
{
        struct buffer gini buffer_cleanup, share buffer_cleanup, count buffer_cleanup;
        buffer_init(&gini, 64);
        buffer_init(&share, 64);
        buffer_init(&count, 64);
        int64_t gini_units = rounded(page->abc.gini_numerator, page->abc.gini_denominator, GINI_DECIMALS);
        format_add_decimal(&gini, language, gini_units, GINI_DECIMALS);
        format_add_decimal(&share, language, rounded(100 * page->abc.top_sum, page->abc.total, PERCENT_DECIMALS),
                           PERCENT_DECIMALS);
        format_add_count(&count, language, (int64_t)page->abc.top_count);
        buffer_add_byte(out, '\n');
        message_add(out, language, "analyse.abc_concentration", "count", count.data, "share", share.data, "gini",
                    gini.data, NULL);
        buffer_add_byte(out, '\n');
}

static enum status add_difference(struct abc_page *page, struct cells *cells, const struct abc_customer *customer,
                                  struct error *error)
{
        struct analysis *analysis = page->analysis;
        struct text name;
        enum status status = customer_label_name(&analysis->labels, analysis->session->snapshot,
                                                 analysis->session->connection, customer->customer,
                                                 analysis->session->arena, &name, error);
        if (status != STATUS_OK)
                return status;
        cells_text(cells, analysis->labels.numbers[customer->customer].number);
        cells_text(cells, name);
        table_cell_string(cells->table, class_names[customer->class]);
        cells_text(cells, analysis_segment_id(analysis, customer->customer));
        cells_money(cells, customer->amount);
        return STATUS_OK;
}

static enum status add_differences(struct abc_page *page, struct cells *cells, struct buffer *out,
                                   struct error *error)
{
        size_t count = 0, shown = 0;
        if (!page->analysis->standings)
                return STATUS_OK;
        for (size_t i = 0; i < page->abc.count; i++)
                count += differs(page, &page->customers[i]);
        buffer_clear(&cells->scratch);
        format_add_count(&cells->scratch, cells->language, (int64_t)count);
        buffer_add_byte(out, '\n');
        message_add(out, cells->language, "analyse.abc_differences", "count", cells->scratch.data, NULL);
        buffer_add_byte(out, '\n');
        enum status status = count ? cells_begin(cells, error) : STATUS_OK;
        if (status != STATUS_OK || count == 0)
                return status;
        cells_column(cells, "evaluate.column.number", TABLE_LEFT);
        cells_column(cells, "evaluate.column.name", TABLE_LEFT);
        cells_column(cells, "analyse.column.class", TABLE_LEFT);
        cells_column(cells, "evaluate.column.segment", TABLE_LEFT);
        cells_column(cells, "analyse.column.amount", TABLE_RIGHT);
        for (size_t i = 0; i < page->abc.count && shown < DIFFERENCES_SHOWN && status == STATUS_OK; i++) {
                if (!differs(page, &page->customers[i]))
                        continue;
                shown++;
                status = add_difference(page, cells, &page->customers[i], error);
        }
        if (status == STATUS_OK && !table_add_to(cells->table, 2, out))
                status = error_memory(error);
        analysis_add_rest(cells->language, count - shown, out);
        return status;
}

static enum status abc_table(struct abc_page *page, struct buffer *out, struct error *error)
{
        struct cells cells cells_cleanup;
        enum language language = page->analysis->session->context->language;
        int64_t total = fits(page->abc.total);
        cells_init(&cells, language, page->analysis->minor_digits);
        enum status status = cells_begin(&cells, error);
        if (status != STATUS_OK)
                return status;
        if (page->abc.count == 0) {
                message_add(out, language, "analyse.abc_nobody", NULL);
                return STATUS_OK;
        }
        add_head(page, language, out);
        cells_column(&cells, "analyse.column.class", TABLE_LEFT);
        cells_column(&cells, "evaluate.column.customers", TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.share", TABLE_RIGHT);
        cells_column(&cells, "analyse.column.amount", TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.share", TABLE_RIGHT);
        cells_column_text(&cells, (struct text){"", 0}, TABLE_LEFT);
        for (size_t c = 0; c < ABC_CLASSES; c++) {
                int64_t sum = fits(page->abc.class_sum[c]);
                table_cell_string(cells.table, class_names[c]);
                cells_count(&cells, page->abc.class_count[c]);
                cells_percent(&cells, (int64_t)page->abc.class_count[c], (int64_t)page->abc.count);
                cells_money(&cells, sum);
                cells_percent(&cells, sum, total);
                cells_bar(&cells, (uint64_t)sum, (uint64_t)total, BAR_COLUMNS);
        }
        table_rule(cells.table);
        cells_key(&cells, "evaluate.column.total");
        cells_count(&cells, page->abc.count);
        cells_percent(&cells, (int64_t)page->abc.count, (int64_t)page->abc.count);
        cells_money(&cells, total);
        cells_percent(&cells, total, total);
        cells_text(&cells, (struct text){"", 0});
        if (!table_add_to(cells.table, 0, out))
                return error_memory(error);
        add_concentration(page, language, out);
        return add_differences(page, &cells, out, error);
}

/* ---- for programs ------------------------------------------------------------------------------------------------ */

static const struct sheet_column columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"number", "evaluate.column.number", .kind = SHEET_TEXT},
        {"amount", "analyse.column.amount", .kind = SHEET_MONEY},
        {"cumulated", "analyse.column.cumulated", .kind = SHEET_DECIMAL, .forms = IN_JSON},
        {"class", "analyse.column.class", .kind = SHEET_TEXT},
        {"segment", "evaluate.column.segment", .kind = SHEET_TEXT},
        {"differs", "analyse.column.differs", .kind = SHEET_YES_NO},
};

static enum status put_customers(const struct sheet_style *style, const struct abc_page *page, struct error *error)
{
        const struct analysis *analysis = page->analysis;
        struct sheet *sheet sheet_cleanup = NULL;
        enum status status = sheet_new(columns, sizeof(columns) / sizeof(columns[0]), style, &sheet, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < page->customer_count; i++) {
                const struct abc_customer *customer = &page->customers[i];
                bool classified = customer->class != ABC_NONE;
                sheet_text(sheet, analysis->labels.numbers[customer->customer].source);
                sheet_text(sheet, analysis->labels.numbers[customer->customer].number);
                sheet_money(sheet, customer->amount);
                if (classified)
                        sheet_decimal(sheet, rounded(customer->before + customer->amount, page->abc.total,
                                                     GINI_DECIMALS), GINI_DECIMALS);
                else
                        sheet_none(sheet);
                sheet_string(sheet, classified ? class_names[customer->class] : NULL);
                sheet_text(sheet, analysis_segment_id(analysis, customer->customer));
                sheet_yes_no(sheet, differs(page, customer));
        }
        return sheet_finish(sheet, error);
}

static void add_classes(struct json *json, const struct abc_page *page)
{
        json_key(json, "classes");
        json_begin_object(json);
        for (size_t c = 0; c < ABC_CLASSES; c++) {
                json_key(json, class_names[c]);
                json_begin_object(json);
                json_key(json, "customers");
                json_int(json, (int64_t)page->abc.class_count[c]);
                json_key(json, "amount");
                json_decimal_text(json, fits(page->abc.class_sum[c]), page->analysis->minor_digits);
                json_end_object(json);
        }
        json_end_object(json);
}

static enum status abc_json(const struct abc_page *page, struct sheet_style *style, struct error *error)
{
        const struct analysis *analysis = page->analysis;
        const struct abc *abc = &page->abc;
        struct json json;
        style->json = &json;
        json_init(&json, style->out, false);
        json_begin_object(&json);
        json_key(&json, "by");
        json_string(&json, metric_infos[analysis->request->metric.metric].name);
        json_key(&json, "from");
        json_day(&json, analysis->column->from_day);
        json_key(&json, "to");
        json_day(&json, analysis->column->to_day);
        json_key(&json, "customers");
        json_int(&json, (int64_t)abc->count);
        json_key(&json, "left_out");
        json_int(&json, (int64_t)abc->left_out);
        json_key(&json, "total");
        json_decimal_text(&json, fits(abc->total), analysis->minor_digits);
        add_classes(&json, page);
        json_key(&json, "gini");
        json_decimal_text(&json, rounded(abc->gini_numerator, abc->gini_denominator, GINI_DECIMALS), GINI_DECIMALS);
        json_key(&json, "top_customers");
        json_int(&json, (int64_t)abc->top_count);
        json_key(&json, "top_share");
        json_decimal_text(&json, rounded(abc->top_sum, abc->total, GINI_DECIMALS), GINI_DECIMALS);
        json_key(&json, "rows");
        enum status status = put_customers(style, page, error);
        json_end_object(&json);
        return status;
}

enum status analyse_abc(struct analysis *analysis, struct buffer *out, struct error *error)
{
        struct abc_page page = {.analysis = analysis};
        enum status status = read_limits(analysis->request->limits, page.limits, error);
        if (status == STATUS_OK)
                status = classify(&page, error);
        if (status != STATUS_OK)
                return status;
        if (analysis->request->form == FORM_TABLE)
                return abc_table(&page, out, error);
        struct sheet_style style = analysis_style(analysis, out);
        return style.form == FORM_JSON ? abc_json(&page, &style, error) : put_customers(&style, &page, error);
}
