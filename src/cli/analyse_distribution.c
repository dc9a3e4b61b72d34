/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analyse_distribution.c: `treue analyse distribution METRIC`: histogram, quantiles, segments side by side, outliers,
 * and what lies on either side of a threshold.
 */
#include "base/bits.h"
#include "cli/analyse.h"
#include "engine/rational.h"
#include "program/amounts.h"
#include "value/distribution.h"

enum { BAR_COLUMNS = 40, BINS_WANTED = 12, OUTLIERS_SHOWN = 10, RATIO_DECIMALS = 6, QUANTILES = 7 };
static const unsigned quantiles[QUANTILES] = {5, 10, 25, 50, 75, 90, 95};

struct side {
        uint64_t customers;
        int64_t revenue_minor;       /* of 12 months */
};

struct distribution_page {
        struct analysis *analysis;
        struct figure *figures;      /* sorted */
        size_t count;
        size_t unknown;              /* customers without a value */
        unsigned decimals;           /* of borders and thresholds */
        int64_t scale;               /* border steps per unit of the figures */
        struct histogram histogram;
        size_t low, high;            /* outliers: figures below `low` and from `high` on */
        bool has_threshold;
        int64_t threshold;
        struct side below, above;
};

static enum metric_unit unit_of(const struct distribution_page *page)
{
        return metric_infos[page->analysis->request->metric.metric].unit;
}

/* The values in the steps of their column: cents, pieces; ratios and attributes as fractions. */
static bool figure_of(const struct metric_column *column, size_t customer, struct figure *ret)
{
        *ret = (struct figure){column->value[customer], 1, customer};
        if (column->attribute) {
                const struct attribute_value *value = &column->attribute->values[customer];
                if (!value->known || value->kind != OPERAND_NUMBER)
                        return false;
                *ret = (struct figure){value->number.units, power_of_ten(value->number.scale), customer};
                return true;
        }
        if (!bits_get(column->known, customer))
                return false;
        if (column->denominator)
                ret->denominator = column->denominator[customer];
        else if (metric_infos[column->metric].unit == UNIT_ANY)
                ret->denominator = power_of_ten(column->scale);
        return ret->denominator > 0;
}

static enum status collect(struct distribution_page *page, struct error *error)
{
        struct analysis *analysis = page->analysis;
        const char *segment = analysis->request->segment;
        enum metric_unit unit = unit_of(page);
        page->figures = arena_array(analysis->session->arena, struct figure, analysis->count + 1);
        if (!page->figures)
                return error_memory(error);
        for (size_t i = 0; i < analysis->count; i++) {
                size_t customer = analysis->by_number[i];
                bool prospect = analysis->joint.measures.kind[customer] == KIND_PROSPECT;
                if (segment ? !text_is(analysis_segment_id(analysis, customer), segment) : prospect)
                        continue;
                if (figure_of(analysis->column, customer, &page->figures[page->count]))
                        page->count++;
                else
                        page->unknown++;
        }
        figures_sort(page->figures, page->count);
        bool fraction = unit == UNIT_RATIO || unit == UNIT_ANY;
        page->decimals = unit == UNIT_MONEY ? analysis->minor_digits : fraction ? RATIO_DECIMALS : 0;
        page->scale = fraction ? power_of_ten(RATIO_DECIMALS) : 1;
        return STATUS_OK;
}

static enum status read_bins(const struct distribution_page *page, size_t *ret, struct error *error)
{
        const char *typed = page->analysis->request->bins;
        int64_t bins = BINS_WANTED;
        if (typed && (decimal_parse_scaled(text_of(typed), DECIMAL_POINT, 0, false, &bins) != DECIMAL_OK || bins < 1 ||
                      bins > HISTOGRAM_BINS_MAX / 2))
                return error_set(error, STATUS_USAGE, "analyse.bad_bins", "value", typed, NULL);
        *ret = (size_t)bins;
        return STATUS_OK;
}

static bool add_to_side(struct side *side, int64_t revenue_minor)
{
        side->customers++;
        return !__builtin_add_overflow(side->revenue_minor, revenue_minor, &side->revenue_minor);
}

static enum status split(struct distribution_page *page, struct error *error)
{
        const char *typed = page->analysis->request->threshold;
        const int64_t *revenue_minor = page->analysis->joint.measures.revenue_12m_minor;
        if (!typed)
                return STATUS_OK;
        if (decimal_parse_scaled(text_of(typed), DECIMAL_POINT, page->decimals, false, &page->threshold) != DECIMAL_OK)
                return error_set(error, STATUS_USAGE, "analyse.bad_threshold", "value", typed, NULL);
        page->has_threshold = true;
        size_t border = figures_below(page->figures, page->count, page->threshold, page->scale);
        bool fits = true;
        for (size_t i = 0; i < page->count; i++)
                fits &= add_to_side(i < border ? &page->below : &page->above, revenue_minor[page->figures[i].customer]);
        return fits ? STATUS_OK : error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
}

static int64_t in_steps(const struct distribution_page *page, const struct figure *figure)
{
        int64_t units = 0;
        return narrow_i64(divide_half_away((int128)figure->numerator * page->scale, figure->denominator), &units)
                       ? units : 0;
}

/* ---- for people -------------------------------------------------------------------------------------------------- */

static void add_units(const struct distribution_page *page, enum language language, int64_t steps, struct buffer *out)
{
        unsigned decimals = page->decimals;
        if (unit_of(page) == UNIT_RATIO) {
                int64_t tenths = (int64_t)divide_half_away(steps, 1000); /* of a percent */
                format_add_decimal(out, language, tenths, 1);
                buffer_add_text(out, language == LANGUAGE_GERMAN ? " %" : "%");
                return;
        }
        while (unit_of(page) == UNIT_ANY && decimals && steps % 10 == 0) {
                steps /= 10;
                decimals--;
        }
        format_add_decimal(out, language, steps, decimals);
}

static void cell_units(const struct distribution_page *page, struct cells *cells, int64_t steps)
{
        buffer_clear(&cells->scratch);
        add_units(page, cells->language, steps, &cells->scratch);
        table_cell(cells->table, (struct text){cells->scratch.data, cells->scratch.length});
}

static void cell_figure(const struct distribution_page *page, struct cells *cells, const struct figure *figure)
{
        cell_units(page, cells, in_steps(page, figure));
}

static void add_head(const struct distribution_page *page, struct cells *cells, struct buffer *out)
{
        const struct criterion *metric = &page->analysis->request->metric;
        struct buffer day buffer_cleanup, count buffer_cleanup, unknown buffer_cleanup, name buffer_cleanup;
        buffer_init(&day, 64);
        buffer_init(&count, 64);
        buffer_init(&unknown, 64);
        buffer_init(&name, 1024);
        format_add_day(&day, cells->language, page->analysis->request->cutoff_day);
        format_add_count(&count, cells->language, (int64_t)page->count);
        format_add_count(&unknown, cells->language, (int64_t)page->unknown);
        if (metric->metric != METRIC_ATTRIBUTE && metric->metric != METRIC_VALUE) {
                char key[64];
                snprintf(key, sizeof(key), "metric.%s", metric_infos[metric->metric].name);
                buffer_add_text(&name, message_raw(cells->language, key));
        }
        if (metric->of.length)
                buffer_addf(&name, "%s%.*s", name.length ? " " : "", (int)metric->of.length, metric->of.data);
        if (metric_infos[metric->metric].window) {
                buffer_add_text(&name, " (");
                amount_add_window_words(&name, cells->language, metric->window);
                buffer_add_byte(&name, ')');
        }
        message_add(out, cells->language, "analyse.distribution_head", "metric", name.data, "cutoff", day.data,
                    "customers", count.data, "unknown", unknown.data, NULL);
        buffer_add_text(out, "\n\n");
}

static void add_bin(const struct distribution_page *page, struct cells *cells, const char *sign, int64_t border,
                    uint64_t count, uint64_t largest)
{
        buffer_clear(&cells->scratch);
        buffer_add_text(&cells->scratch, sign);
        add_units(page, cells->language, border, &cells->scratch);
        table_cell(cells->table, (struct text){cells->scratch.data, cells->scratch.length});
        cells_count(cells, count);
        cells_bar(cells, count, largest, BAR_COLUMNS);
}

static enum status add_histogram(const struct distribution_page *page, struct cells *cells, struct buffer *out,
                                 struct error *error)
{
        const struct histogram *h = &page->histogram;
        uint64_t largest = h->below > h->above ? h->below : h->above;
        enum status status = cells_begin(cells, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < h->bin_count; i++)
                largest = h->bins[i] > largest ? h->bins[i] : largest;
        cells_column(cells, "analyse.column.from", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.customers", TABLE_RIGHT);
        cells_column_text(cells, (struct text){"", 0}, TABLE_LEFT);
        if (h->below)
                add_bin(page, cells, "< ", h->first, h->below, largest);
        for (size_t i = 0; i < h->bin_count; i++)
                add_bin(page, cells, "", h->first + (int64_t)i * h->width, h->bins[i], largest);
        if (h->above)
                add_bin(page, cells, "\xe2\x89\xa5 ", h->first + (int64_t)h->bin_count * h->width, h->above, largest);
        return table_add_to(cells->table, 0, out) ? STATUS_OK : error_memory(error);
}

static void add_spread(const struct distribution_page *page, struct cells *cells, const struct figure *sorted,
                       size_t count)
{
        cells_count(cells, count);
        cell_figure(page, cells, &sorted[0]);
        for (size_t q = 0; q < QUANTILES; q++)
                cell_figure(page, cells, figures_quantile(sorted, count, quantiles[q]));
        cell_figure(page, cells, &sorted[count - 1]);
}

/* Everybody, then every segment that somebody is in. */
static enum status add_quantiles(const struct distribution_page *page, struct cells *cells, struct buffer *out,
                                 struct error *error)
{
        const struct analysis *analysis = page->analysis;
        struct figure *part = arena_array(analysis->session->arena, struct figure, page->count + 1);
        enum status status = part ? cells_begin(cells, error) : error_memory(error);
        if (status != STATUS_OK)
                return status;
        cells_column(cells, "evaluate.column.segment", TABLE_LEFT);
        cells_column(cells, "evaluate.column.customers", TABLE_RIGHT);
        cells_column(cells, "analyse.column.smallest", TABLE_RIGHT);
        for (size_t q = 0; q < QUANTILES; q++) {
                buffer_clear(&cells->scratch);
                format_add_percent(&cells->scratch, cells->language, quantiles[q], 100);
                table_column(cells->table, cells->scratch.data, TABLE_RIGHT);
        }
        cells_column(cells, "analyse.column.largest", TABLE_RIGHT);
        cells_key(cells, "analyse.everybody");
        add_spread(page, cells, page->figures, page->count);
        for (size_t s = 0; analysis->standings && s < analysis->concept->segment_count; s++) {
                size_t count = 0;
                for (size_t i = 0; i < page->count; i++)
                        if (analysis_segment(analysis, page->figures[i].customer) == s)
                                part[count++] = page->figures[i];
                if (!count)
                        continue;
                cells_text(cells, analysis->concept->segments[s].id);
                add_spread(page, cells, part, count);
        }
        buffer_add_byte(out, '\n');
        message_add(out, cells->language, "analyse.quantiles", NULL);
        buffer_add_byte(out, '\n');
        return table_add_to(cells->table, 0, out) ? STATUS_OK : error_memory(error);
}

static enum status add_threshold(const struct distribution_page *page, struct cells *cells, struct buffer *out,
                                 struct error *error)
{
        const struct side *sides[] = {&page->below, &page->above};
        enum status status = cells_begin(cells, error);
        if (status != STATUS_OK)
                return status;
        cells_column(cells, "analyse.column.threshold", TABLE_LEFT);
        cells_column(cells, "evaluate.column.customers", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.share", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.revenue", TABLE_RIGHT);
        cells_column_text(cells, (struct text){"", 0}, TABLE_LEFT);
        for (size_t i = 0; i < 2; i++) {
                buffer_clear(&cells->scratch);
                buffer_add_text(&cells->scratch, i ? "\xe2\x89\xa5 " : "< ");
                add_units(page, cells->language, page->threshold, &cells->scratch);
                table_cell(cells->table, (struct text){cells->scratch.data, cells->scratch.length});
                cells_count(cells, sides[i]->customers);
                cells_percent(cells, (int64_t)sides[i]->customers, (int64_t)page->count);
                cells_money(cells, sides[i]->revenue_minor);
                cells_bar(cells, sides[i]->customers, page->count, BAR_COLUMNS);
        }
        buffer_add_byte(out, '\n');
        return table_add_to(cells->table, 0, out) ? STATUS_OK : error_memory(error);
}

static enum status add_outliers(const struct distribution_page *page, struct cells *cells, struct buffer *out,
                                struct error *error)
{
        const struct analysis *analysis = page->analysis;
        size_t high_count = page->count - page->high;
        char count[24];
        snprintf(count, sizeof(count), "%zu", page->low + high_count);
        buffer_add_byte(out, '\n');
        message_add(out, cells->language, "analyse.outliers", "count", count, NULL);
        buffer_add_byte(out, '\n');
        enum status status = cells_begin(cells, error);
        if (status != STATUS_OK || page->low + high_count == 0)
                return status;
        cells_column(cells, "evaluate.column.number", TABLE_LEFT);
        cells_column(cells, "evaluate.column.segment", TABLE_LEFT);
        cells_column(cells, "analyse.column.value", TABLE_RIGHT);
        for (size_t i = 0; i < page->low + high_count && i < OUTLIERS_SHOWN; i++) {
                /* The largest first, then the smallest. */
                const struct figure *figure = i < high_count ? &page->figures[page->count - 1 - i]
                                                             : &page->figures[i - high_count];
                cells_text(cells, analysis->labels.numbers[figure->customer].number);
                cells_text(cells, analysis_segment_id(analysis, figure->customer));
                cell_figure(page, cells, figure);
        }
        if (!table_add_to(cells->table, 2, out))
                return error_memory(error);
        analysis_add_rest(cells->language,
                          page->low + high_count > OUTLIERS_SHOWN ? page->low + high_count - OUTLIERS_SHOWN : 0, out);
        return STATUS_OK;
}

static enum status distribution_table(const struct distribution_page *page, struct buffer *out, struct error *error)
{
        struct cells cells cells_cleanup;
        cells_init(&cells, page->analysis->session->context->language, page->analysis->minor_digits);
        add_head(page, &cells, out);
        if (page->count == 0) {
                message_add(out, cells.language, "analyse.no_values", NULL);
                return STATUS_OK;
        }
        enum status status = add_histogram(page, &cells, out, error);
        if (status == STATUS_OK && page->has_threshold)
                status = add_threshold(page, &cells, out, error);
        if (status == STATUS_OK)
                status = add_quantiles(page, &cells, out, error);
        if (status == STATUS_OK)
                status = add_outliers(page, &cells, out, error);
        return status;
}

/* ---- for programs ------------------------------------------------------------------------------------------------ */

static void value_json(struct json *json, const struct distribution_page *page, const struct figure *figure)
{
        json_decimal_text(json, in_steps(page, figure), page->decimals);
}

static void side_json(struct json *json, const struct distribution_page *page, const char *key,
                      const struct side *side)
{
        json_key(json, key);
        json_begin_object(json);
        json_key(json, "customers");
        json_int(json, (int64_t)side->customers);
        json_key(json, "revenue");
        json_decimal_text(json, side->revenue_minor, page->analysis->minor_digits);
        json_end_object(json);
}

static void bins_json(struct json *json, const struct distribution_page *page)
{
        const struct histogram *h = &page->histogram;
        json_key(json, "below");
        json_int(json, (int64_t)h->below);
        json_key(json, "above");
        json_int(json, (int64_t)h->above);
        json_key(json, "bins");
        json_begin_array(json);
        for (size_t i = 0; i < h->bin_count; i++) {
                json_begin_object(json);
                json_key(json, "from");
                json_decimal_text(json, h->first + (int64_t)i * h->width, page->decimals);
                json_key(json, "to");
                json_decimal_text(json, h->first + (int64_t)(i + 1) * h->width, page->decimals);
                json_key(json, "customers");
                json_int(json, (int64_t)h->bins[i]);
                json_end_object(json);
        }
        json_end_array(json);
}

static void distribution_json(const struct distribution_page *page, struct buffer *out)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        json_key(&json, "metric");
        json_string(&json, metric_infos[page->analysis->request->metric.metric].name);
        json_key(&json, "cutoff");
        json_day(&json, page->analysis->request->cutoff_day);
        json_key(&json, "customers");
        json_int(&json, (int64_t)page->count);
        json_key(&json, "unknown");
        json_int(&json, (int64_t)page->unknown);
        json_key(&json, "quantiles");
        json_begin_object(&json);
        for (size_t q = 0; q < QUANTILES && page->count; q++) {
                char key[8];
                snprintf(key, sizeof(key), "%u", quantiles[q]);
                json_key(&json, key);
                value_json(&json, page, figures_quantile(page->figures, page->count, quantiles[q]));
        }
        json_end_object(&json);
        bins_json(&json, page);
        if (page->has_threshold) {
                side_json(&json, page, "left", &page->below);
                side_json(&json, page, "right", &page->above);
        }
        json_key(&json, "outliers");
        json_begin_array(&json);
        for (size_t i = 0; i < page->count; i++)
                if (i < page->low || i >= page->high)
                        json_text(&json, page->analysis->labels.numbers[page->figures[i].customer].number);
        json_end_array(&json);
        json_end_object(&json);
}

static const struct sheet_column columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT},
        {"number", "evaluate.column.number", .kind = SHEET_TEXT},
        {"segment", "evaluate.column.segment", .kind = SHEET_TEXT},
        {"value", "analyse.column.value", .kind = SHEET_DECIMAL},
};

/* Every customer with the value, the smallest first. */
static enum status put_customers(const struct distribution_page *page, struct buffer *out, struct error *error)
{
        const struct analysis *analysis = page->analysis;
        struct sheet *sheet sheet_cleanup = NULL;
        struct sheet_style style = analysis_style(analysis, out);
        enum status status = sheet_new(columns, sizeof(columns) / sizeof(columns[0]), &style, &sheet, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < page->count; i++) {
                size_t customer = page->figures[i].customer;
                sheet_text(sheet, analysis->labels.numbers[customer].source);
                sheet_text(sheet, analysis->labels.numbers[customer].number);
                sheet_text(sheet, analysis_segment_id(analysis, customer));
                sheet_decimal(sheet, in_steps(page, &page->figures[i]), page->decimals);
        }
        return sheet_finish(sheet, error);
}

enum status analyse_distribution(struct analysis *analysis, struct buffer *out, struct error *error)
{
        struct distribution_page page = {.analysis = analysis};
        size_t bins;
        enum status status = read_bins(&page, &bins, error);
        if (status == STATUS_OK)
                status = collect(&page, error);
        if (status == STATUS_OK)
                status = split(&page, error);
        if (status != STATUS_OK)
                return status;
        if (page.count)
                histogram_make(page.figures, page.count, bins, page.scale, &page.histogram);
        figures_outliers(page.figures, page.count, &page.low, &page.high);
        if (analysis->request->form == FORM_TABLE)
                return distribution_table(&page, out, error);
        if (form_is_rows(analysis->request->form))
                return put_customers(&page, out, error);
        distribution_json(&page, out);
        return STATUS_OK;
}
