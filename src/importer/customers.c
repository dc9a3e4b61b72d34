/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customers.c: what a file says about a customer becomes its name and dated facts; what it repeats changes nothing,
 * what it does not mention (no column, blank cell) stays.
 */
#include "importer/customers.h"

#include "base/calendar.h"
#include "importer/dated_facts.h"
#include "importer/dictionary.h"
#include "importer/rows.h"
#include "queries.h"

/* A column of the file that is a fact of the customer. */
struct fact_column {
        size_t column;   /* of the mapping */
        int32_t fact_id;
};

struct customers {
        struct fact_column *facts;
        size_t fact_count;
        const struct mapped_column *number, *name, *kind, *since;
        struct seen_keys *seen;
        struct dictionary named;  /* customers whose name this import wrote, and from which row's day it is */
        int32_t *named_days;
        size_t named_capacity;
};

struct new_name {
        int64_t customer_id;
        struct text name;
};

struct new_fact {
        int64_t customer_id;
        int32_t fact_id, valid_from;
        struct text value;
};

struct changes {
        struct import_run *run;
        struct new_name *names;
        struct new_fact *facts;
        size_t name_count, fact_count;
};

static bool is_fact(const struct field_info *field)
{
        return strcmp(field->name, "number") != 0 && strcmp(field->name, "name") != 0 &&
               strcmp(field->name, "valid_from") != 0;
}

/* Finds the fact each column stands for: its field, or attribute:NAME. */
static enum status prepare(struct import_run *run, struct customers *customers, struct error *error)
{
        const struct column_mapping *mapping = &run->mapping;
        customers->number = column_mapping_find(mapping, "number");
        customers->name = column_mapping_find(mapping, "name");
        customers->kind = column_mapping_find(mapping, "kind");
        customers->since = column_mapping_find(mapping, "since");
        customers->facts = arena_array(run->arena, struct fact_column, mapping->count + 1);
        if (!customers->facts)
                return error_memory(error);
        for (size_t i = 0; i < mapping->count; i++) {
                const struct mapped_column *column = &mapping->columns[i];
                if (!is_fact(column->field))
                        continue;
                struct buffer code __attribute__((cleanup(buffer_release)));
                buffer_init(&code, 1 << 16);
                size_t stem = strlen(column->field->name) - (column->column->suffix.data ? 1 : 0);
                buffer_add(&code, column->field->name, stem);
                buffer_add(&code, column->column->suffix.data, column->column->suffix.length);
                struct fact_column *fact = &customers->facts[customers->fact_count++];
                fact->column = i;
                enum status status = registry_fact_resolve(run, (struct text){code.data, code.length}, &fact->fact_id,
                                                           error);
                if (status)
                        return status;
        }
        dictionary_init(&customers->named);
        return seen_keys_new(&customers->seen, error);
}

static enum status load_facts(struct import_run *run, int64_t customer_id, struct arena *arena,
                              struct known_facts *facts, struct error *error)
{
        struct q_customer_facts_visible_args args = {customer_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_customer_facts_visible_open(run->connection, &args, &rows, error);
        while (!status) {
                struct q_customer_facts_visible_row row;
                bool more;
                status = q_customer_facts_visible_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!known_facts_add(facts, arena, row.fact_id, row.valid_from, row.value))
                        return error_memory(error);
        }
        return status;
}

/* One name per import: with several rows of a customer that of the latest day, whatever their order. */
static bool name_counts(struct customers *customers, struct text number, int32_t day, bool *ret_counts)
{
        bool added;
        uint32_t slot = dictionary_number(&customers->named, number, &added);
        if (slot == (uint32_t)DICTIONARY_FULL)
                return false;
        if (slot >= customers->named_capacity) {
                size_t capacity = customers->named_capacity ? customers->named_capacity * 2 : 1024;
                int32_t *days = realloc(customers->named_days, capacity * sizeof(*days));
                if (!days)
                        return false;
                customers->named_days = days;
                customers->named_capacity = capacity;
        }
        *ret_counts = added || day >= customers->named_days[slot];
        if (*ret_counts)
                customers->named_days[slot] = day;
        return true;
}

static enum status compare_name(struct import_run *run, struct customers *customers,
                                const struct taken_row *accepted, int64_t customer_id, bool is_new,
                                struct changes *changes, struct error *error)
{
        struct text name = row_cell(run, accepted->row, customers->name)->text;
        struct text number = text_trim(row_cell(run, accepted->row, customers->number)->text);
        bool counts = true, found = false;
        if (!name_counts(customers, number, accepted->valid_from, &counts))
                return error_memory(error);
        if (!counts)
                return STATUS_OK;
        if (!is_new) {
                struct q_customer_name_visible_args args = {customer_id};
                struct q_customer_name_visible_row row;
                enum status status = q_customer_name_visible(run->connection, &args, &row, &found, error);
                if (status)
                        return status;
                if (found && text_equal(row.name, name))
                        return STATUS_OK;
        }
        changes->names[changes->name_count++] = (struct new_name){customer_id, name};
        return STATUS_OK;
}

/* Collects what a row changes. */
static enum status compare(struct import_run *run, struct customers *customers, const struct taken_row *accepted,
                           int64_t customer_id, bool is_new, struct arena *arena, struct changes *changes,
                           struct error *error)
{
        struct known_facts known = {0};
        size_t before = changes->name_count + changes->fact_count;
        enum status status = compare_name(run, customers, accepted, customer_id, is_new, changes, error);
        if (!status && !is_new)
                status = load_facts(run, customer_id, arena, &known, error);
        if (status)
                return status;
        for (size_t i = 0; i < customers->fact_count; i++) {
                size_t c = customers->facts[i].column;
                const struct field_value *value = &accepted->row->values[c];
                if (!value->known)
                        continue;
                struct text text = fact_text(arena, run->mapping.columns[c].field->type, value,
                                             source_file_decimal(run->file));
                if (!text.data)
                        return error_memory(error);
                if (known_facts_lack(&known, customers->facts[i].fact_id, accepted->valid_from, accepted->stated, text))
                        changes->facts[changes->fact_count++] = (struct new_fact){
                                customer_id, customers->facts[i].fact_id, accepted->valid_from, text};
        }
        bool changed = changes->name_count + changes->fact_count > before;
        run->counters.rows_new += is_new;
        run->counters.rows_changed += !is_new && changed;
        run->counters.rows_same += !is_new && !changed;
        return STATUS_OK;
}

static enum status write_name(struct connection *connection, const struct changes *changes, const struct new_name *name,
                              struct error *error)
{
        struct buffer sort_key __attribute__((cleanup(buffer_release)));
        struct buffer search __attribute__((cleanup(buffer_release)));
        buffer_init(&sort_key, (size_t)128 << 20);
        buffer_init(&search, (size_t)128 << 20);
        if (!text_add_sort_key(&sort_key, name->name) || !text_add_search(&search, name->name))
                return error_memory(error);
        struct q_customer_name_set_args args = {
                .customer_id = name->customer_id,
                .import_id = changes->run->import_id,
                .name = name->name,
                .sort_key = {sort_key.data, sort_key.length},
                .search_text = {search.data, search.length},
        };
        return q_customer_name_set(connection, &args, NULL, error);
}

static enum status write_changes(struct connection *connection, void *context, struct error *error)
{
        const struct changes *changes = context;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < changes->name_count && !status; i++)
                status = write_name(connection, changes, &changes->names[i], error);
        for (size_t i = 0; i < changes->fact_count && !status; i++) {
                const struct new_fact *fact = &changes->facts[i];
                struct q_customer_fact_insert_args args = {fact->customer_id, fact->fact_id, fact->valid_from,
                                                           changes->run->import_id, fact->value};
                status = q_customer_fact_insert(connection, &args, NULL, error);
        }
        return status;
}

/* Numbers and days of the accepted rows; then their ids. A prospect is recorded on the day it is known since. */
static enum status introduce(struct import_run *run, const struct customers *customers,
                             const struct taken_row *accepted, size_t count, struct arena *arena, int64_t **ret_ids,
                             bool **ret_created, struct error *error)
{
        struct text *numbers = arena_array(arena, struct text, count + 1);
        int32_t *days = arena_array(arena, int32_t, count + 1);
        *ret_ids = arena_array(arena, int64_t, count + 1);
        *ret_created = arena_array(arena, bool, count + 1);
        if (!numbers || !days || !*ret_ids || !*ret_created)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                const struct field_value *kind = row_cell(run, accepted[i].row, customers->kind);
                const struct field_value *since = row_cell(run, accepted[i].row, customers->since);
                numbers[i] = text_trim(row_cell(run, accepted[i].row, customers->number)->text);
                days[i] = kind->known && kind->yes && since->known ? since->day : run->import_day;
        }
        return registry_customers_introduce(run, numbers, days, count, *ret_ids, *ret_created, error);
}

static enum status store(struct import_run *run, struct import_row *rows, size_t count, struct arena *arena,
                         void *context, struct error *error)
{
        struct customers *customers = context;
        struct changes changes = {.run = run};
        struct taken_row *accepted = arena_array(arena, struct taken_row, count);
        changes.names = arena_array(arena, struct new_name, count);
        changes.facts = arena_array(arena, struct new_fact, count * (customers->fact_count + 1));
        if (!accepted || !changes.names || !changes.facts)
                return error_memory(error);
        size_t accepted_count = 0;
        int64_t *ids = NULL;
        bool *created = NULL;
        enum status status = rows_accept_dated(run, customers->seen, customers->number, rows, count, arena, accepted,
                                               &accepted_count, error);
        if (!status)
                status = introduce(run, customers, accepted, accepted_count, arena, &ids, &created, error);
        for (size_t i = 0; i < accepted_count && !status; i++)
                status = compare(run, customers, &accepted[i], ids[i], created[i], arena, &changes, error);
        bool any = changes.name_count || changes.fact_count;
        if (!status && any && !run->dry_run && !rows_are_staged(run))
                status = rows_write(run, write_changes, &changes, error);
        return status;
}

enum status import_customers(struct import_run *run, struct error *error)
{
        struct customers customers = {0};
        enum status status = prepare(run, &customers, error);
        if (!status)
                status = rows_import(run, "number", store, &customers, error);
        seen_keys_free(customers.seen);
        dictionary_release(&customers.named);
        free(customers.named_days);
        return status;
}
