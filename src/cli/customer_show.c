/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_show.c: prints the sections of a dossier as tables or as JSON.
 */
#include "cli/customer_show.h"

#include <stdlib.h>

#include "base/calendar.h"
#include "cli/options.h"
#include "cli/session.h"
#include "db/setting.h"
#include "platform/clock.h"
#include "program/dossier.h"
#include "program/explained.h"
#include "render/cells.h"
#include "render/json.h"

#define OUTPUT_BYTES_MAX ((size_t)256 << 20)

struct page {
        struct cli_context *context;
        struct explained customer;
        struct dossier dossier;
        struct currency currency;
        int32_t day;
};

/* Keys are the last part of the catalogue key. */
static const char *short_name(const char *key) { return strrchr(key, '.') + 1; }

static void add_json_cell(struct json *json, const struct dossier_cell *cell, unsigned minor_digits)
{
        switch (cell->type) {
        case DOSSIER_BLANK:
                json_null(json);
                break;
        case DOSSIER_TEXT:
        case DOSSIER_FACT:
                json_text(json, cell->text);
                break;
        case DOSSIER_DAY:
                json_day(json, (int32_t)cell->number);
                break;
        case DOSSIER_MONEY:
                json_decimal_text(json, cell->number, minor_digits);
                break;
        case DOSSIER_SHARE:
                json_decimal_text(json, cell->number, 6);
                break;
        case DOSSIER_NUMBER:
                json_int(json, cell->number);
                break;
        case DOSSIER_WORD:
                json_string(json, short_name(cell->text.data));
                break;
        }
}

static void write_json(const struct page *page, struct buffer *out)
{
        struct json json;
        json_init(&json, out, true);
        json_begin_object(&json);
        json_key(&json, "number");
        json_text(&json, page->customer.number);
        json_key(&json, "source");
        json_text(&json, page->customer.source);
        json_key(&json, "name");
        json_text(&json, page->customer.name);
        json_key(&json, "on");
        json_day(&json, page->day);
        for (size_t s = 0; s < DOSSIER_PARTS; s++) {
                const struct dossier_section *section = &page->dossier.sections[s];
                json_key(&json, short_name(section->title));
                json_begin_array(&json);
                for (size_t i = 0; i < section->row_count * section->column_count; i++) {
                        size_t column = i % section->column_count;
                        if (column == 0)
                                json_begin_object(&json);
                        json_key(&json, short_name(section->columns[column]));
                        add_json_cell(&json, &section->cells[i], page->currency.minor_digits);
                        if (column + 1 == section->column_count)
                                json_end_object(&json);
                }
                json_end_array(&json);
        }
        json_end_object(&json);
}

/* Attributes keep the name they came with. */
static void add_fact_name(struct cells *cells, struct text code)
{
        static const char prefix[] = "attribute:";
        const size_t length = sizeof(prefix) - 1;
        char key[64];
        if (code.length > length && memcmp(code.data, prefix, length) == 0) {
                cells_text(cells, (struct text){code.data + length, code.length - length});
                return;
        }
        snprintf(key, sizeof(key), DOSSIER_FACT_FAMILY "%.*s", (int)code.length, code.data);
        cells_key(cells, key);
}

static void add_cell(struct cells *cells, const struct dossier_cell *cell)
{
        char year[24];
        switch (cell->type) {
        case DOSSIER_BLANK:
                cells_text(cells, (struct text){"", 0});
                break;
        case DOSSIER_TEXT:
                cells_text(cells, cell->text);
                break;
        case DOSSIER_DAY:
                cells_day(cells, (int32_t)cell->number);
                break;
        case DOSSIER_MONEY:
                cells_money(cells, cell->number);
                break;
        case DOSSIER_SHARE:
                cells_percent(cells, cell->number, 1000000);
                break;
        case DOSSIER_NUMBER:
                snprintf(year, sizeof(year), "%lld", (long long)cell->number);
                cells_text(cells, text_of(year));
                break;
        case DOSSIER_FACT:
                add_fact_name(cells, cell->text);
                break;
        case DOSSIER_WORD:
                cells_key(cells, cell->text.data);
                break;
        }
}

/* As one looks for them; attributes follow, by their names. */
static size_t place_of(struct text code)
{
        static const char *const order[] = {
                "kind", "since", "joined", "suspended_from", "suspended_to", "account_group", "site_of", "trade",
                "size_class", "employees", "region", "territory", "street", "postcode", "city", "country", "email",
                "phone", "language"};
        size_t place = 0;
        while (place < sizeof(order) / sizeof(order[0]) && !text_is(code, order[place]))
                place++;
        return place;
}

static int compare_facts(const void *a, const void *b)
{
        struct text x = ((const struct dossier_cell *)a)->text, y = ((const struct dossier_cell *)b)->text;
        size_t place_x = place_of(x), place_y = place_of(y);
        return place_x != place_y ? (place_x > place_y) - (place_x < place_y) : text_compare(x, y);
}

static void order_facts(struct dossier_section *facts)
{
        if (facts->row_count)
                qsort(facts->cells, facts->row_count, facts->column_count * sizeof(*facts->cells), compare_facts);
}

static bool is_figure(const struct dossier_section *section, size_t column)
{
        for (size_t r = 0; r < section->row_count; r++) {
                enum dossier_type type = section->cells[r * section->column_count + column].type;
                if (type == DOSSIER_MONEY || type == DOSSIER_SHARE || type == DOSSIER_NUMBER)
                        return true;
        }
        return false;
}

static enum status write_section(const struct page *page, const struct dossier_section *section, struct cells *cells,
                                 struct buffer *out, struct error *error)
{
        enum language language = page->context->language;
        buffer_addf(out, "\n%s\n", message_raw(language, section->title));
        if (!section->row_count) {
                buffer_addf(out, "  %s\n", message_raw(language, "dossier.nothing"));
                return STATUS_OK;
        }
        enum status status = cells_begin(cells, error);
        if (status)
                return status;
        for (size_t c = 0; c < section->column_count; c++)
                cells_column(cells, section->columns[c], is_figure(section, c) ? TABLE_RIGHT : TABLE_LEFT);
        for (size_t i = 0; i < section->row_count * section->column_count; i++)
                add_cell(cells, &section->cells[i]);
        return table_add_to(cells->table, 2, out) ? STATUS_OK : error_memory(error);
}

static enum status write_tables(struct page *page, struct buffer *out, struct error *error)
{
        struct cells cells cells_cleanup;
        enum status status = STATUS_OK;
        cells_init(&cells, page->context->language, page->currency.minor_digits);
        buffer_add(out, page->customer.number.data, page->customer.number.length);
        buffer_add_text(out, "  ");
        buffer_add(out, page->customer.name.data, page->customer.name.length);
        buffer_add_text(out, "  ");
        format_add_day(out, page->context->language, page->day);
        buffer_add_byte(out, '\n');
        order_facts(&page->dossier.sections[DOSSIER_FACTS]);
        for (size_t s = 0; s < DOSSIER_PARTS && !status; s++)
                status = write_section(page, &page->dossier.sections[s], &cells, out, error);
        return status;
}

static enum status load(struct session *session, const char *customer, struct page *page, struct error *error)
{
        enum status status = customer_find(session->connection, customer, session->arena, &page->customer, error);
        if (!status)
                status = setting_currency(session->connection, &page->currency, error);
        if (!status)
                status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        if (status)
                return status;
        struct dossier_request request = {
                .connection = session->connection,
                .snapshot = session->snapshot,
                .parallel = &session->parallel,
                .minor_digits = page->currency.minor_digits,
                .customer_id = page->customer.customer_id,
                .day = page->day,
        };
        status = db_read_begin(session->connection, error);
        if (!status)
                status = dossier_load(&request, session->arena, &page->dossier, error);
        db_read_end(session->connection);
        return status;
}

enum status customer_show(struct cli_context *context, const char *customer, const char *on, const char *format,
                          struct error *error)
{
        struct session session session_cleanup = {0};
        struct page page = {.context = context};
        enum form form;
        if (on && !day_parse_iso(text_of(on), &page.day))
                return error_set(error, STATUS_USAGE, "cli.bad_date", "value", on, NULL);
        enum status status = options_form(context, format, IN_TABLE | IN_JSON, &form, error);
        if (!status)
                status = session_open(&session, context, CLI_READ, error);
        if (!status && !on)
                page.day = clock_local_day(clock_now_ms());
        if (!status)
                status = load(&session, customer, &page, error);
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        if (!status && form == FORM_JSON)
                write_json(&page, &out);
        else if (!status)
                status = write_tables(&page, &out, error);
        return status ? status : cli_answer(&out, error);
}
