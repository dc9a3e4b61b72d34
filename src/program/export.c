/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export.c: which kinds there are, whose numbers stand in a file, and how rows are put together.
 */
#include "program/export.h"

#include <stdlib.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "db/generation.h"
#include "db/setting.h"
#include "program/export_parts.h"
#include "queries.h"

enum { COLUMNS_MAX = 1 << 16, CELL_BYTES_MAX = 64 << 20 };

static const char *const customer_columns[] = {
        "number", "valid_from", "name", "kind", "since", "joined", "trade", "size_class", "employees", "region",
        "territory", "street", "postcode", "city", "country", "email", "phone", "language", "account_group", "site_of",
        "suspended_from", "suspended_to"};
static const char *const contact_columns[] = {"customer", "person", "valid_from", "name",  "email",
                                              "phone",    "role",   "level",      "language"};
static const char *const product_columns[] = {"article", "valid_from", "name", "product_group", "group_name", "cost"};
static const char *const purchase_columns[] = {"customer", "document", "date", "article", "quantity",
                                               "amount",   "cost",     "product_group", "digital"};
static const char *const potential_columns[] = {"customer", "product_group", "amount", "valid_from",
                                                "valid_to", "method",        "note",   "own"};
static const char *const value_columns[] = {"customer", "name", "amount", "valid_from", "valid_to"};
static const char *const certificate_columns[] = {"customer",   "person",   "qualification",
                                                  "valid_from", "valid_to", "evidence"};
static const char *const activity_columns[] = {"customer", "kind", "date", "value", "note", "status"};
static const char *const visit_columns[] = {"customer", "date", "rep", "kind", "note", "number", "status", "met",
                                            "topics", "next_step"};
static const char *const responsibility_columns[] = {"territory", "customer",   "responsible",
                                                     "role",      "valid_from", "valid_to"};

static const char *const consent_columns[] = {"customer",      "person",       "channel",       "kind",
                                              "time",          "origin",       "text",          "language",
                                              "basis",         "address_from_sale", "similar_goods", "notice_given",
                                              "no_objection",  "double_opt_in", "confirmed"};

#define COLUMNS(table) table, sizeof(table) / sizeof((table)[0])
static const struct export_kind kinds[] = {
        {"customers", COLUMNS(customer_columns), "attribute:", false, true, export_customers},
        {"contacts", COLUMNS(contact_columns), NULL, false, false, export_contacts},
        {"products", COLUMNS(product_columns), NULL, true, false, export_products},
        {"purchases", COLUMNS(purchase_columns), NULL, false, false, export_purchases},
        {"potentials", COLUMNS(potential_columns), "competitor:", false, false, export_potentials},
        {"certificates", COLUMNS(certificate_columns), NULL, false, false, export_certificates},
        {"activities", COLUMNS(activity_columns), NULL, false, false, export_activities},
        {"visits", COLUMNS(visit_columns), NULL, false, false, export_visits},
        {"values", COLUMNS(value_columns), NULL, false, false, export_values},
        {"responsibilities", COLUMNS(responsibility_columns), NULL, false, false, export_responsibilities},
        {"consents", COLUMNS(consent_columns), NULL, false, false, export_consents},
};
const char *const export_kind_names = "customers, contacts, products, purchases, potentials, certificates, activities, "
                                      "visits, values, responsibilities, consents";

/* ---- sources ----------------------------------------------------------------------------------------------------- */

struct sources {
        struct arena *arena;
        struct source {
                int32_t id;
                struct text code;
        } *items;
        size_t count, capacity;
};

static bool add_source(struct sources *sources, int32_t id, struct text code)
{
        if (sources->count == sources->capacity) {
                size_t capacity = sources->capacity ? sources->capacity * 2 : 16;
                struct source *grown = arena_array(sources->arena, struct source, capacity);
                if (!grown)
                        return false;
                if (sources->count)
                        memcpy(grown, sources->items, sources->count * sizeof(*grown));
                sources->items = grown;
                sources->capacity = capacity;
        }
        struct text copy = {arena_copy(sources->arena, code.data, code.length), code.length};
        sources->items[sources->count++] = (struct source){id, copy};
        return copy.data != NULL;
}

#define READ_SOURCES(query, args)                                                                    \
        do {                                                                                         \
                rows_cleanup struct rows *rows = NULL;                                               \
                struct query##_row row;                                                              \
                bool more = true;                                                                    \
                enum status status = query##_open(export->connection, args, &rows, error);           \
                while (!status && more) {                                                            \
                        status = query##_next(rows, &row, &more, error);                             \
                        if (!status && more && !add_source(sources, row.id, row.code))               \
                                status = error_memory(error);                                        \
                }                                                                                    \
                return status;                                                                       \
        } while (0)

static enum status customer_sources(struct export *export, struct sources *sources, struct error *error)
{
        READ_SOURCES(q_export_sources_of_customers, NULL);
}

static enum status product_sources(struct export *export, struct sources *sources, struct error *error)
{
        READ_SOURCES(q_export_sources_of_products, NULL);
}

static enum status import_sources(struct export *export, struct sources *sources, struct error *error)
{
        /* What people declared goes by the keys of the contacts, whoever recorded it. */
        const char *kind = export->kind->run == export_consents ? "contacts" : export->kind->name;
        const struct q_export_sources_of_imports_args args = {text_of(kind), export->generation};
        READ_SOURCES(q_export_sources_of_imports, &args);
}

/* The one that was named, `preferred` if it is possible, or the only one. */
static enum status choose(const struct sources *sources, const char *option, const char *named, int32_t preferred,
                          int32_t *ret_id, struct text *ret_code, struct error *error)
{
        struct buffer list buffer_cleanup;
        buffer_init(&list, 4096);
        for (size_t i = 0; i < sources->count; i++) {
                const struct source *source = &sources->items[i];
                buffer_addf(&list, "%s%s", i ? ", " : "", source->code.data);
                if (named ? text_is(source->code, named) : source->id == preferred || sources->count == 1) {
                        *ret_id = source->id;
                        *ret_code = source->code;
                        return STATUS_OK;
                }
        }
        if (named)
                return error_set(error, STATUS_USAGE, "export.unknown_source", "source", named, "sources", list.data,
                                 NULL);
        if (sources->count)
                return error_set(error, STATUS_USAGE, "export.several_sources", "option", option, "sources", list.data,
                                 NULL);
        return STATUS_OK;
}

static enum status find_sources(struct export *export, const struct export_request *request, struct error *error)
{
        struct sources own = {.arena = export->arena}, customers = own, products = own;
        const struct export_kind *kind = export->kind;
        enum status status = customer_sources(export, &customers, error);
        if (!status)
                status = product_sources(export, &products, error);
        if (!status && !kind->of_customers && !kind->of_products)
                status = import_sources(export, &own, error);
        if (!status)
                status = choose(kind->of_customers ? &customers : kind->of_products ? &products : &own, "--source",
                                request->source, 0, &export->source_id, &export->source, error);
        if (!status && !kind->of_products)
                status = choose(&customers, "--customer-source",
                                kind->of_customers ? export->source.data : request->customer_source, export->source_id,
                                &export->customer_source_id, &export->customer_source, error);
        if (!status && kind->run == export_purchases)
                status = choose(&products, "--product-source", request->product_source, export->source_id,
                                &export->product_source_id, &export->product_source, error);
        return status;
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static enum status add_column(struct export *export, const char *family, struct text name, struct error *error)
{
        size_t stem = family ? strlen(family) : 0;
        char *copy = arena_zero(export->arena, stem + name.length + 1, 1);
        if (!copy || export->column_count == COLUMNS_MAX)
                return error_memory(error);
        if (stem)
                memcpy(copy, family, stem);
        if (name.length)
                memcpy(copy + stem, name.data, name.length);
        export->columns[export->column_count++] = (struct text){copy, stem + name.length};
        return STATUS_OK;
}

static enum status add_attributes(struct export *export, struct error *error)
{
        struct q_export_attributes_args args = {export->generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_attributes_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_attributes_row row;
                status = q_export_attributes_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                status = add_column(export, NULL, row.code, error);
        }
        return status;
}

static enum status add_competitors(struct export *export, struct error *error)
{
        struct q_export_competitors_args args = {export->generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_competitors_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_competitors_row row;
                status = q_export_competitors_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                status = add_column(export, export->kind->family, row.competitor, error);
        }
        return status;
}

static enum status make_columns(struct export *export, struct error *error)
{
        enum status status = STATUS_OK;
        export->columns = arena_array(export->arena, struct text, COLUMNS_MAX);
        if (!export->columns)
                return error_memory(error);
        for (size_t i = 0; i < export->kind->column_count && !status; i++)
                status = add_column(export, NULL, text_of(export->kind->columns[i]), error);
        if (!status && export->kind->run == export_customers)
                status = add_attributes(export, error);
        if (!status && export->kind->run == export_potentials)
                status = add_competitors(export, error);
        if (status)
                return status;
        export->row = arena_array(export->arena, struct text, export->column_count);
        export->cells = calloc(export->column_count, sizeof(*export->cells));
        if (!export->row || !export->cells)
                return error_memory(error);
        for (size_t i = 0; i < export->column_count; i++)
                buffer_init(&export->cells[i], CELL_BYTES_MAX);
        return STATUS_OK;
}

enum status export_new(struct connection *connection, const struct export_request *request, struct arena *arena,
                       struct export **ret, struct error *error)
{
        export_cleanup struct export *export = calloc(1, sizeof(*export));
        struct currency currency;
        if (!export)
                return error_memory(error);
        *export = (struct export){.connection = connection, .arena = arena, .on_day = request->on_day,
                                  .source = text_of("erp"), .customer_source = text_of("erp"),
                                  .product_source = text_of("erp")};
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
                if (request->kind && strcmp(kinds[i].name, request->kind) == 0)
                        export->kind = &kinds[i];
        if (!export->kind)
                return error_set(error, STATUS_USAGE, "export.unknown_kind", "kind", request->kind ? request->kind : "",
                                 "kinds", export_kind_names, NULL);
        enum status status = generation_latest(connection, &export->generation, error);
        if (!status)
                status = setting_currency(connection, &currency, error);
        if (!status)
                status = find_sources(export, request, error);
        if (!status)
                status = make_columns(export, error);
        if (status)
                return status;
        export->minor_digits = currency.minor_digits;
        *ret = export;
        export = NULL;
        return STATUS_OK;
}

void export_free(struct export *export)
{
        for (size_t i = 0; export && export->cells && i < export->column_count; i++)
                buffer_release(&export->cells[i]);
        if (export)
                free(export->cells);
        free(export);
}

const struct text *export_columns(const struct export *export, size_t *ret_count)
{
        *ret_count = export->column_count;
        return export->columns;
}

size_t export_column(const struct export *export, struct text name)
{
        size_t i = 0;
        while (i < export->column_count && !text_equal(export->columns[i], name))
                i++;
        return i;
}

/* A double-quoted scalar of YAML. */
static void add_quoted(struct buffer *out, struct text text)
{
        buffer_add_byte(out, '"');
        for (size_t i = 0; i < text.length; i++) {
                unsigned char byte = (unsigned char)text.data[i];
                if (byte == '"' || byte == '\\')
                        buffer_addf(out, "\\%c", byte);
                else if (byte < 0x20 || byte == 0x7F)
                        buffer_addf(out, "\\x%02X", byte);
                else
                        buffer_add_byte(out, (char)byte);
        }
        buffer_add_byte(out, '"');
}

void export_add_profile(const struct export *export, struct buffer *out)
{
        bool purchases = export->kind->run == export_purchases;
        buffer_addf(out, "kind: %s\nsource: %s\n", export->kind->name, export->source.data);
        if (!export->kind->of_products && !export->kind->of_customers)
                buffer_addf(out, "customer_source: %s\n", export->customer_source.data);
        if (purchases)
                buffer_addf(out, "product_source: %s\n", export->product_source.data);
        buffer_add_text(out, "file: {encoding: utf-8, delimiter: \",\", decimal: point, header: true, "
                             "neutralised: true}\ncolumns:\n");
        for (size_t i = 0; i < export->column_count; i++) {
                buffer_add_text(out, "  ");
                add_quoted(out, export->columns[i]);
                buffer_add_text(out, ": ");
                add_quoted(out, export->columns[i]);
                buffer_add_byte(out, '\n');
        }
        if (purchases)
                buffer_add_text(out, "create: [customers, products]\n");
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

void export_put(struct export *export, size_t column, struct text text)
{
        if (text.length)
                buffer_add(&export->cells[column], text.data, text.length);
}

void export_put_day(struct export *export, size_t column, int32_t day) { day_add_iso(&export->cells[column], day); }

void export_put_number(struct export *export, size_t column, int64_t number)
{
        buffer_add_int(&export->cells[column], number);
}

void export_put_money(struct export *export, size_t column, int64_t minor)
{
        decimal_add_plain(&export->cells[column], minor, export->minor_digits);
}

enum status export_emit(struct export *export, struct error *error)
{
        bool failed = false;
        for (size_t i = 0; i < export->column_count; i++) {
                export->row[i] = (struct text){export->cells[i].data, export->cells[i].length};
                failed |= export->cells[i].failed;
        }
        enum status status = failed ? error_memory(error)
                                    : export->sink(export->sink_context, export->row, export->column_count, error);
        for (size_t i = 0; i < export->column_count; i++)
                buffer_clear(&export->cells[i]);
        return status;
}

bool export_wants(const struct export *export, int32_t valid_from, int32_t valid_to)
{
        return export->on_day == DAY_NONE || (valid_from <= export->on_day && valid_to >= export->on_day);
}

int32_t export_last_day(const struct export *export)
{
        return export->on_day == DAY_NONE ? DAY_OPEN_END : export->on_day;
}

enum status export_run(struct export *export, export_row row, void *context, struct error *error)
{
        export->sink = row;
        export->sink_context = context;
        return export->kind->run(export, error);
}
