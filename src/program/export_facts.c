/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export_facts.c: customers, contacts and articles: dated facts as rows (facts/timeline.h).
 */
#include <stdlib.h>

#include "base/calendar.h"
#include "facts/timeline.h"
#include "program/export_parts.h"
#include "queries.h"

/* One customer, contact or article at a time. */
struct laying_out {
        struct export *export;
        struct timeline *timeline;
        size_t first_fact;          /* the column of fact 0; facts are the columns from there on */
        size_t key, person, valid_from, name, group_name; /* columns; column_count: the kind has none */
        struct text number, code, called; /* copied; code: of a person; called: the name of a customer */
        struct buffer texts;
        bool open;                  /* something is laid out */
        struct group_name {
                struct text code, name;
        } *groups;
        size_t group_count, group_capacity;
};

static void laying_out_release(struct laying_out *laying)
{
        timeline_release(laying->timeline);
        buffer_release(&laying->texts);
        free(laying->groups);
}

static enum status laying_out_init(struct laying_out *laying, struct export *export, const char *first_fact,
                                   struct error *error)
{
        size_t columns = export->column_count;
        bool *dated = arena_array(export->arena, bool, columns);
        *laying = (struct laying_out){.export = export, .first_fact = export_column(export, text_of(first_fact)),
                                      .person = export_column(export, text_of("person")),
                                      .valid_from = export_column(export, text_of("valid_from")),
                                      .name = export_column(export, text_of("name")),
                                      .group_name = export_column(export, text_of("group_name"))};
        buffer_init(&laying->texts, (size_t)64 << 20);
        if (!dated)
                return error_memory(error);
        for (size_t i = laying->first_fact; i < columns; i++)
                dated[i - laying->first_fact] = fact_is_dated(export->columns[i]);
        return timeline_new(export->arena, dated, columns - laying->first_fact, &laying->timeline, error);
}

static struct text group_name_of(const struct laying_out *laying, struct text code)
{
        for (size_t low = 0, high = laying->group_count; low < high;) {
                size_t middle = low + (high - low) / 2;
                int order = text_compare(laying->groups[middle].code, code);
                if (order == 0)
                        return laying->groups[middle].name;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return (struct text){NULL, 0};
}

static enum status put_row(void *context, int32_t start, const struct text *values, struct error *error)
{
        struct laying_out *laying = context;
        struct export *export = laying->export;
        export_put(export, laying->key, laying->number);
        if (start != DAY_NONE)
                export_put_day(export, laying->valid_from, start);
        if (laying->person < export->column_count)
                export_put(export, laying->person, laying->code);
        for (size_t c = laying->first_fact; c < export->column_count; c++)
                export_put(export, c, values[c - laying->first_fact]);
        if (!export->cells[laying->name].length)
                export_put(export, laying->name, laying->called);
        if (laying->group_name < export->column_count) {
                const struct buffer *cell = &export->cells[export_column(export, text_of("product_group"))];
                struct text group = {cell->data, cell->length};
                export_put(export, laying->group_name, group_name_of(laying, group));
        }
        return export_emit(export, error);
}

/* Writes what is laid out. */
static enum status finish(struct laying_out *laying, bool wanted, struct error *error)
{
        enum status status = STATUS_OK;
        int32_t on = laying->export->on_day;
        if (laying->open && wanted)
                status = on == DAY_NONE ? timeline_rows(laying->timeline, put_row, laying, error)
                                        : timeline_on(laying->timeline, on, put_row, laying, error);
        timeline_clear(laying->timeline);
        laying->open = false;
        return status;
}

static enum status begin(struct laying_out *laying, struct text number, struct text code, struct text called,
                         struct error *error)
{
        buffer_clear(&laying->texts);
        buffer_add(&laying->texts, number.data, number.length);
        if (code.length)
                buffer_add(&laying->texts, code.data, code.length);
        if (called.length)
                buffer_add(&laying->texts, called.data, called.length);
        const char *at = laying->texts.data;
        laying->number = (struct text){at, number.length};
        laying->code = (struct text){at + number.length, code.length};
        laying->called = (struct text){at + number.length + code.length, called.length};
        laying->open = true;
        return laying->texts.failed ? error_memory(error) : STATUS_OK;
}

/* A fact that has no column (of a version to come, or group_name) is left out. */
static enum status add_fact(struct laying_out *laying, struct text code, int32_t valid_from, int64_t generation,
                            struct text value, struct error *error)
{
        size_t column = export_column(laying->export, code);
        if (column < laying->first_fact || column >= laying->export->column_count)
                return STATUS_OK;
        return timeline_add(laying->timeline, column - laying->first_fact, valid_from, generation, value)
                       ? STATUS_OK
                       : error_memory(error);
}

/* ---- customers --------------------------------------------------------------------------------------------------- */

struct customer_days {
        int64_t customer_id;
        int32_t recorded, first_document;
};

struct known_days {
        struct customer_days *items;
        size_t count, capacity;
};

static enum status load_days(struct export *export, struct known_days *days, struct error *error)
{
        struct q_export_customer_days_args args = {export->customer_source_id, export->generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_customer_days_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_customer_days_row row;
                status = q_export_customer_days_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (days->count == days->capacity) {
                        size_t capacity = days->capacity ? days->capacity * 2 : 1024;
                        struct customer_days *grown = realloc(days->items, capacity * sizeof(*grown));
                        if (!grown)
                                return error_memory(error);
                        days->items = grown;
                        days->capacity = capacity;
                }
                days->items[days->count++] = (struct customer_days){
                        row.customer_id, row.has_recorded_day ? row.recorded_day : DAY_OPEN_END,
                        row.has_first_day ? row.first_day : DAY_OPEN_END};
        }
        return status;
}

static int compare_days(const void *a, const void *b)
{
        const struct customer_days *x = a, *y = b;
        return (x->customer_id > y->customer_id) - (x->customer_id < y->customer_id);
}

/* Does the customer exist on the day of the export? From `since` on, else the first document, else being recorded; a
 * prospect from being recorded. */
static bool exists(const struct export *export, const struct known_days *days, int64_t customer_id, int32_t since)
{
        if (export->on_day == DAY_NONE)
                return true;
        const struct customer_days key = {.customer_id = customer_id};
        const struct customer_days *found =
                days->count ? bsearch(&key, days->items, days->count, sizeof(key), compare_days) : NULL;
        int32_t from = since != DAY_NONE ? since : DAY_OPEN_END;
        if (from == DAY_OPEN_END && found)
                from = found->first_document != DAY_OPEN_END ? found->first_document : found->recorded;
        return from <= export->on_day;
}

static enum status read_customers(struct laying_out *laying, const struct known_days *days, struct error *error)
{
        struct export *export = laying->export;
        struct q_export_customers_args args = {export->customer_source_id, export->generation};
        rows_cleanup struct rows *rows = NULL;
        int64_t customer_id = 0;
        int32_t since = DAY_NONE;
        enum status status = q_export_customers_open(export->connection, &args, &rows, error);
        for (bool more = true; !status && more;) {
                struct q_export_customers_row row;
                status = q_export_customers_next(rows, &row, &more, error);
                if (status)
                        break;
                if (laying->open &&
                    (!more || row.customer_id != customer_id || !text_equal(row.number, laying->number)))
                        status = finish(laying, exists(export, days, customer_id, since), error);
                if (status || !more)
                        break;
                if (!laying->open) {
                        status = begin(laying, row.number, (struct text){NULL, 0}, row.name, error);
                        customer_id = row.customer_id;
                        since = DAY_NONE;
                }
                if (!status && row.has_code && text_is(row.code, "since"))
                        day_parse_iso(row.value, &since);
                if (!status && row.has_code)
                        status = add_fact(laying, row.code, row.valid_from, row.generation, row.value, error);
        }
        return status;
}

enum status export_customers(struct export *export, struct error *error)
{
        struct laying_out laying;
        struct known_days days = {0};
        enum status status = laying_out_init(&laying, export, "name", error);
        laying.key = export_column(export, text_of("number"));
        if (!status && export->on_day != DAY_NONE)
                status = load_days(export, &days, error);
        if (!status)
                status = read_customers(&laying, &days, error);
        laying_out_release(&laying);
        free(days.items);
        return status;
}

/* ---- contacts ---------------------------------------------------------------------------------------------------- */

static enum status read_contacts(struct laying_out *laying, const struct person_code *codes, size_t code_count,
                                 struct error *error)
{
        struct export *export = laying->export;
        struct q_export_contacts_args args = {export->source_id, export->customer_source_id, export->generation};
        rows_cleanup struct rows *rows = NULL;
        int64_t person_id = 0;
        enum status status = q_export_contacts_open(export->connection, &args, &rows, error);
        for (bool more = true; !status && more;) {
                struct q_export_contacts_row row;
                status = q_export_contacts_next(rows, &row, &more, error);
                if (status)
                        break;
                if (laying->open && (!more || row.person_id != person_id || !text_equal(row.number, laying->number)))
                        status = finish(laying, true, error);
                if (status || !more)
                        break;
                if (!laying->open) {
                        struct text code = export_person_code(codes, code_count, row.person_id);
                        status = begin(laying, row.number, code, (struct text){NULL, 0}, error);
                        person_id = row.person_id;
                }
                if (!status)
                        status = add_fact(laying, row.code, row.valid_from, row.generation, row.value, error);
        }
        return status;
}

enum status export_contacts(struct export *export, struct error *error)
{
        struct laying_out laying;
        struct person_code *codes = NULL;
        size_t code_count = 0;
        enum status status = laying_out_init(&laying, export, "name", error);
        laying.key = export_column(export, text_of("customer"));
        if (!status)
                status = export_person_codes(export, &codes, &code_count, error);
        if (!status)
                status = read_contacts(&laying, codes, code_count, error);
        laying_out_release(&laying);
        return status;
}

/* ---- articles ---------------------------------------------------------------------------------------------------- */

static enum status load_group_names(struct laying_out *laying, struct error *error)
{
        struct export *export = laying->export;
        struct q_export_group_names_args args = {export->generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_group_names_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_group_names_row row;
                status = q_export_group_names_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (laying->group_count == laying->group_capacity) {
                        size_t capacity = laying->group_capacity ? laying->group_capacity * 2 : 64;
                        struct group_name *grown = realloc(laying->groups, capacity * sizeof(*grown));
                        if (!grown)
                                return error_memory(error);
                        laying->groups = grown;
                        laying->group_capacity = capacity;
                }
                struct group_name *group = &laying->groups[laying->group_count++];
                group->code = (struct text){arena_copy(export->arena, row.code.data, row.code.length), row.code.length};
                group->name = (struct text){arena_copy(export->arena, row.name.data, row.name.length), row.name.length};
                if (!group->code.data || !group->name.data)
                        return error_memory(error);
        }
        return status;
}

static enum status read_products(struct laying_out *laying, struct error *error)
{
        struct export *export = laying->export;
        struct q_export_products_args args = {export->source_id, export->generation};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_export_products_open(export->connection, &args, &rows, error);
        for (bool more = true; !status && more;) {
                struct q_export_products_row row;
                status = q_export_products_next(rows, &row, &more, error);
                if (status)
                        break;
                if (laying->open && (!more || !text_equal(row.article, laying->number)))
                        status = finish(laying, true, error);
                if (status || !more)
                        break;
                if (!laying->open)
                        status = begin(laying, row.article, (struct text){NULL, 0}, row.article, error);
                if (!status && row.has_code)
                        status = add_fact(laying, row.code, row.valid_from, row.generation, row.value, error);
        }
        return status;
}

enum status export_products(struct export *export, struct error *error)
{
        struct laying_out laying;
        enum status status = laying_out_init(&laying, export, "name", error);
        laying.key = export_column(export, text_of("article"));
        if (!status)
                status = load_group_names(&laying, error);
        if (!status)
                status = read_products(&laying, error);
        laying_out_release(&laying);
        return status;
}
