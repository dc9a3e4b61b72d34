/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * registry.c: customers, articles, product groups and names of facts by their codes.
 *
 * Each kind is a table: a dictionary of texts and beside it one slot per text. New entries are written in
 * transactions of bounded size; should another process have made an entry meanwhile, its id is taken over.
 */
#include "importer/registry.h"

#include "base/text.h"
#include "db/identity.h"
#include "db/write.h"
#include "importer/dictionary.h"
#include "importer/import.h"
#include "queries.h"

enum { BATCH = 20000 };
/* SLOT_MADE_BEFORE: an article this import made before it was interrupted; it counts as made now. */
enum { SLOT_RECORDED = 1, SLOT_INTRODUCED = 2, SLOT_MADE_BEFORE = 4 };

struct slot {
        int64_t id;           /* 0: not in the database */
        uint32_t first_group; /* products */
        uint32_t flags;       /* customers */
};

struct table {
        struct dictionary names;
        struct slot *slots;
        size_t capacity;
        bool loaded;
        int64_t highest;      /* id; a dry run numbers on from here */
};

struct registry {
        struct table customers, products, groups, facts;
};

enum status registry_new(struct registry **ret, struct error *error)
{
        struct registry *registry = calloc(1, sizeof(*registry));
        if (!registry)
                return error_memory(error);
        dictionary_init(&registry->customers.names);
        dictionary_init(&registry->products.names);
        dictionary_init(&registry->groups.names);
        dictionary_init(&registry->facts.names);
        *ret = registry;
        return STATUS_OK;
}

static void table_release(struct table *table)
{
        dictionary_release(&table->names);
        free(table->slots);
}

void registry_free(struct registry *registry)
{
        if (!registry)
                return;
        table_release(&registry->customers);
        table_release(&registry->products);
        table_release(&registry->groups);
        table_release(&registry->facts);
        free(registry);
}

/* The number of the slot of a text; SIZE_MAX without memory. */
static size_t table_slot(struct table *table, struct text name)
{
        uint32_t number = dictionary_number(&table->names, name, NULL);
        if (number == (uint32_t)DICTIONARY_FULL)
                return SIZE_MAX;
        if (number >= table->capacity) {
                size_t capacity = table->capacity ? table->capacity * 2 : 256;
                struct slot *slots = realloc(table->slots, capacity * sizeof(*slots));
                if (!slots)
                        return SIZE_MAX;
                memset(slots + table->capacity, 0, (capacity - table->capacity) * sizeof(*slots));
                table->slots = slots;
                table->capacity = capacity;
        }
        return number;
}

/* Entries to write, in the order they were asked for. */
struct pending {
        size_t *items;        /* slot numbers */
        int32_t *days;        /* customers: the day each is recorded on */
        int64_t *ids;         /* what the write function found or made */
        size_t count, begin, end;
        struct import_run *run;
        struct table *table;
};

static void pending_release(struct pending *pending)
{
        free(pending->items);
        free(pending->days);
        free(pending->ids);
}
#define pending_cleanup __attribute__((cleanup(pending_release)))

static bool pending_init(struct pending *pending, struct import_run *run, struct table *table, size_t count)
{
        *pending = (struct pending){.run = run, .table = table};
        pending->items = calloc(count + 1, sizeof(*pending->items));
        pending->days = calloc(count + 1, sizeof(*pending->days));
        pending->ids = calloc(count + 1, sizeof(*pending->ids));
        return pending->items && pending->days && pending->ids;
}

/* Runs `work` for the pending entries in bounded transactions; in a dry run numbers them. */
static enum status pending_write(struct pending *pending, write_function work, struct error *error)
{
        if (pending->run->dry_run) {
                for (size_t i = 0; i < pending->count; i++)
                        if (!pending->ids[i])
                                pending->ids[i] = ++pending->table->highest;
                return STATUS_OK;
        }
        while (pending->begin < pending->count) {
                size_t left = pending->count - pending->begin;
                pending->end = pending->begin + (left < BATCH ? left : BATCH);
                enum status status = db_write_bulk(pending->run->database, work, pending, error);
                if (status)
                        return status;
                pending->begin = pending->end;
        }
        return STATUS_OK;
}

/* ---- customers --------------------------------------------------------------------------------------------- */

static enum status load_customer(struct import_run *run, struct error *error)
{
        struct table *table = &run->registry->customers;
        struct q_customer_key_seen_args args = {run->customer_source_id, run->options->number};
        struct q_customer_key_seen_row row;
        bool found;
        enum status status = q_customer_key_seen(run->connection, &args, &row, &found, error);
        if (status)
                return status;
        size_t slot = found ? table_slot(table, run->options->number) : SIZE_MAX;
        if (found && slot == SIZE_MAX)
                return error_memory(error);
        if (found)
                table->slots[slot] = (struct slot){row.customer_id, 0, (row.recorded ? SLOT_RECORDED : 0) |
                                                   (row.introduced ? SLOT_INTRODUCED : 0)};
        table->loaded = true;
        return STATUS_OK;
}

enum status registry_customers_load(struct import_run *run, struct error *error)
{
        struct table *table = &run->registry->customers;
        if (table->loaded)
                return STATUS_OK;
        if (run->options->number.data)
                return load_customer(run, error);
        struct q_customer_keys_of_source_args args = {run->customer_source_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_customer_keys_of_source_open(run->connection, &args, &rows, error);
        while (!status) {
                struct q_customer_keys_of_source_row row;
                bool more;
                status = q_customer_keys_of_source_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                size_t slot = table_slot(table, row.number);
                if (slot == SIZE_MAX)
                        return error_memory(error);
                table->slots[slot] = (struct slot){row.customer_id, 0, (row.recorded ? SLOT_RECORDED : 0) |
                                                   (row.introduced ? SLOT_INTRODUCED : 0)};
        }
        table->loaded = !status;
        return status;
}

void registry_customers_forget(struct import_run *run)
{
        struct table *table = &run->registry->customers;
        table_release(table);
        *table = (struct table){0};
        dictionary_init(&table->names);
}

/* Rows of one transaction. */
struct customer_rows {
        struct q_customer_keys_insert_args *keys;
        struct q_customer_records_insert_args *records;
        size_t *key_of;       /* entry a key belongs to */
        size_t key_count;
};

static void customer_rows_release(struct customer_rows *rows)
{
        free(rows->keys);
        free(rows->records);
        free(rows->key_of);
}

/* New customers get ids, those another source of rows made known keep theirs. */
static enum status name_customers(struct connection *connection, struct pending *pending, struct customer_rows *rows,
                                  struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t i = pending->begin; i < pending->end && !status; i++) {
                pending->ids[i] = pending->table->slots[pending->items[i]].id;
                if (pending->ids[i])
                        continue;
                status = identity_next(connection, &pending->ids[i], error);
                rows->key_of[rows->key_count] = i;
                rows->keys[rows->key_count++] = (struct q_customer_keys_insert_args){
                        pending->run->customer_source_id,
                        dictionary_text(&pending->table->names, pending->items[i]), pending->ids[i]};
        }
        int64_t changes = 0;
        if (!status)
                status = q_customer_keys_insert(connection, rows->keys, rows->key_count, &changes, error);
        if (status || changes == (int64_t)rows->key_count)
                return status;
        /* Another process was quicker with some: its ids count. */
        for (size_t k = 0; k < rows->key_count && !status; k++) {
                struct q_customer_key_find_args find = {rows->keys[k].source_id, rows->keys[k].number};
                struct q_customer_key_find_row row;
                bool found = false;
                status = q_customer_key_find(connection, &find, &row, &found, error);
                if (!status && found)
                        pending->ids[rows->key_of[k]] = row.customer_id;
        }
        return status;
}

static enum status write_customers(struct connection *connection, void *context, struct error *error)
{
        struct pending *pending = context;
        size_t count = pending->end - pending->begin;
        __attribute__((cleanup(customer_rows_release))) struct customer_rows rows = {
                .keys = calloc(count + 1, sizeof(*rows.keys)),
                .records = calloc(count + 1, sizeof(*rows.records)),
                .key_of = calloc(count + 1, sizeof(*rows.key_of)),
        };
        if (!rows.keys || !rows.records || !rows.key_of)
                return error_memory(error);
        enum status status = name_customers(connection, pending, &rows, error);
        if (status)
                return status;
        for (size_t i = 0; i < count; i++)
                rows.records[i] = (struct q_customer_records_insert_args){
                        pending->ids[pending->begin + i], pending->run->import_id, pending->days[pending->begin + i]};
        return q_customer_records_insert(connection, rows.records, count, NULL, error);
}

struct pending_customer {
        struct text number;
        size_t item;
        int32_t day;
        int64_t id;
};

static int compare_pending(const void *a, const void *b)
{
        return text_compare(((const struct pending_customer *)a)->number, ((const struct pending_customer *)b)->number);
}

/* By number: the keys' tree is filled from left to right instead of in random order, and ids rise with the
 * numbers. */
static enum status pending_sort(struct pending *pending, struct error *error)
{
        struct pending_customer *sorted = malloc((pending->count + 1) * sizeof(*sorted));
        if (!sorted)
                return error_memory(error);
        for (size_t i = 0; i < pending->count; i++)
                sorted[i] = (struct pending_customer){dictionary_text(&pending->table->names, pending->items[i]),
                                                      pending->items[i], pending->days[i], pending->ids[i]};
        qsort(sorted, pending->count, sizeof(*sorted), compare_pending);
        for (size_t i = 0; i < pending->count; i++) {
                pending->items[i] = sorted[i].item;
                pending->days[i] = sorted[i].day;
                pending->ids[i] = sorted[i].id;
        }
        free(sorted);
        return STATUS_OK;
}

/* Records those without `flag` (several ids may stand for one pending entry); `days` may be NULL. */
static enum status customers_record(struct import_run *run, const struct text *numbers, const int32_t *days,
                                    size_t count, uint32_t flag, bool create, int64_t *ret_ids, bool *ret_created,
                                    struct error *error)
{
        enum status status = registry_customers_load(run, error);
        if (status)
                return status;
        struct table *table = &run->registry->customers;
        pending_cleanup struct pending pending = {0};
        size_t *slots = calloc(count + 1, sizeof(*slots));
        if (!slots || !pending_init(&pending, run, table, create ? count : 0)) {
                free(slots);
                return error_memory(error);
        }
        for (size_t i = 0; i < count && !status; i++) {
                slots[i] = table_slot(table, numbers[i]);
                if (slots[i] == SIZE_MAX) {
                        status = error_memory(error);
                        break;
                }
                struct slot *slot = &table->slots[slots[i]];
                bool wanted = create && !(slot->flags & flag);
                if (ret_created)
                        ret_created[i] = create && !(slot->flags & SLOT_RECORDED);
                if (!wanted)
                        continue;
                run->counters.customers_created += !(slot->flags & SLOT_RECORDED);
                slot->flags |= SLOT_RECORDED | flag;
                pending.ids[pending.count] = run->dry_run ? slot->id : 0;
                pending.days[pending.count] = days ? days[i] : run->import_day;
                pending.items[pending.count++] = slots[i];
        }
        if (!status)
                status = pending_sort(&pending, error);
        if (!status)
                status = pending_write(&pending, write_customers, error);
        for (size_t i = 0; i < pending.count && !status; i++) {
                bool invented = run->dry_run && table->slots[pending.items[i]].id == 0;
                table->slots[pending.items[i]].id = invented ? -pending.ids[i] : pending.ids[i];
        }
        for (size_t i = 0; i < count && !status; i++)
                ret_ids[i] = table->slots[slots[i]].flags & SLOT_RECORDED ? table->slots[slots[i]].id : 0;
        free(slots);
        return status;
}

enum status registry_customers_resolve(struct import_run *run, const struct text *numbers, size_t count, bool create,
                                       int64_t *ret_ids, bool *ret_created, struct error *error)
{
        return customers_record(run, numbers, NULL, count, SLOT_RECORDED, create, ret_ids, ret_created, error);
}

enum status registry_customers_introduce(struct import_run *run, const struct text *numbers,
                                         const int32_t *recorded_days, size_t count, int64_t *ret_ids,
                                         bool *ret_created, struct error *error)
{
        return customers_record(run, numbers, recorded_days, count, SLOT_INTRODUCED, true, ret_ids, ret_created, error);
}

/* ---- articles ---------------------------------------------------------------------------------------------- */

static enum status products_load(struct import_run *run, struct error *error)
{
        struct table *table = &run->registry->products;
        if (table->loaded)
                return STATUS_OK;
        struct q_products_of_source_args args = {run->product_source_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_products_of_source_open(run->connection, &args, &rows, error);
        while (!status) {
                struct q_products_of_source_row row;
                bool more;
                status = q_products_of_source_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                size_t slot = table_slot(table, row.article);
                if (slot == SIZE_MAX)
                        return error_memory(error);
                uint32_t first_group = row.has_first_group_id ? (uint32_t)row.first_group_id : 0;
                bool made_before = run->resumed && row.id >= run->first_product;
                table->slots[slot] = (struct slot){row.id, first_group, made_before ? SLOT_MADE_BEFORE : 0};
                table->highest = row.id > table->highest ? row.id : table->highest;
        }
        table->loaded = !status;
        return status;
}

static enum status write_product(struct connection *connection, struct pending *pending, size_t i, int64_t *next,
                                 struct error *error)
{
        struct slot *slot = &pending->table->slots[pending->items[i]];
        struct text article = dictionary_text(&pending->table->names, pending->items[i]);
        struct q_product_insert_args insert = {
                .id = *next,
                .source_id = pending->run->product_source_id,
                .article = article,
                .has_first_group_id = slot->first_group != 0,
                .first_group_id = (int32_t)slot->first_group,
        };
        int64_t changes;
        enum status status = q_product_insert(connection, &insert, &changes, error);
        pending->ids[i] = *next;
        if (status || changes) {
                *next += 1;
                return status;
        }
        struct q_product_find_args find = {pending->run->product_source_id, article};
        struct q_product_find_row row;
        bool found;
        status = q_product_find(connection, &find, &row, &found, error);
        if (status || !found)
                return status;
        pending->ids[i] = row.id;
        slot->first_group = row.has_first_group_id ? (uint32_t)row.first_group_id : 0;
        return STATUS_OK;
}

static enum status write_products(struct connection *connection, void *context, struct error *error)
{
        struct pending *pending = context;
        int64_t count = (int64_t)(pending->end - pending->begin);
        struct q_head_take_products_args take = {count};
        struct q_head_take_products_row row;
        bool found;
        enum status status = q_head_take_products(connection, &take, &row, &found, error);
        if (status)
                return status;
        if (row.next_product > (int64_t)UINT32_MAX)
                return error_set(error, STATUS_LIMIT, "import.too_many_products", NULL);
        int64_t next = row.next_product - count;
        for (size_t i = pending->begin; i < pending->end && !status; i++)
                status = write_product(connection, pending, i, &next, error);
        return status;
}

enum status registry_products_resolve(struct import_run *run, const struct text *articles, const uint32_t *first_groups,
                                      size_t count, bool create, uint32_t *ret_ids, uint32_t *ret_first_groups,
                                      bool *ret_created, struct error *error)
{
        enum status status = products_load(run, error);
        if (status)
                return status;
        struct table *table = &run->registry->products;
        pending_cleanup struct pending pending = {0};
        size_t *slots = calloc(count + 1, sizeof(*slots)), made_before = 0;
        if (!slots || !pending_init(&pending, run, table, create ? count : 0)) {
                free(slots);
                return error_memory(error);
        }
        for (size_t i = 0; i < count; i++) {
                slots[i] = table_slot(table, articles[i]);
                if (slots[i] == SIZE_MAX) {
                        status = error_memory(error);
                        break;
                }
                struct slot *slot = &table->slots[slots[i]];
                bool wanted = create && slot->id == 0 && slot->flags == 0;
                bool again = (slot->flags & SLOT_MADE_BEFORE) != 0;
                if (ret_created)
                        ret_created[i] = wanted || again;
                if (again) {
                        slot->flags = SLOT_RECORDED;
                        made_before++;
                }
                if (!wanted)
                        continue;
                slot->flags = SLOT_RECORDED; /* already pending, should it come twice */
                slot->first_group = first_groups ? first_groups[i] : 0;
                pending.items[pending.count++] = slots[i];
        }
        if (!status)
                status = pending_write(&pending, write_products, error);
        for (size_t i = 0; i < pending.count && !status; i++)
                table->slots[pending.items[i]].id = pending.ids[i];
        run->counters.products_created += status ? 0 : pending.count + made_before;
        for (size_t i = 0; i < count && !status; i++) {
                ret_ids[i] = (uint32_t)table->slots[slots[i]].id;
                if (ret_first_groups)
                        ret_first_groups[i] = table->slots[slots[i]].first_group;
        }
        free(slots);
        return status;
}

/* ---- product groups and facts: small dictionaries numbered under the head lock ------------------------------ */

static enum status lock_head(struct connection *connection, struct error *error)
{
        struct q_head_lock_row row;
        bool found;
        return q_head_lock(connection, NULL, &row, &found, error);
}

static enum status groups_load(struct import_run *run, struct error *error)
{
        struct table *table = &run->registry->groups;
        if (table->loaded)
                return STATUS_OK;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_product_groups_all_open(run->connection, NULL, &rows, error);
        while (!status) {
                struct q_product_groups_all_row row;
                bool more;
                status = q_product_groups_all_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                size_t slot = table_slot(table, row.code);
                if (slot == SIZE_MAX)
                        return error_memory(error);
                table->slots[slot].id = row.id;
                table->highest = row.id > table->highest ? row.id : table->highest;
        }
        table->loaded = !status;
        return status;
}

static enum status write_groups(struct connection *connection, void *context, struct error *error)
{
        struct pending *pending = context;
        enum status status = lock_head(connection, error);
        for (size_t i = pending->begin; i < pending->end && !status; i++) {
                struct text code = dictionary_text(&pending->table->names, pending->items[i]);
                struct q_product_group_find_args find = {code};
                struct q_product_group_find_row existing;
                bool found;
                status = q_product_group_find(connection, &find, &existing, &found, error);
                if (status || found) {
                        pending->ids[i] = status ? 0 : existing.id;
                        continue;
                }
                struct q_product_group_next_row next;
                status = q_product_group_next(connection, NULL, &next, &found, error);
                if (status)
                        break;
                struct q_product_group_insert_args insert = {next.id, code};
                int64_t changes;
                status = q_product_group_insert(connection, &insert, &changes, error);
                pending->ids[i] = insert.id;
        }
        return status;
}

enum status registry_groups_resolve(struct import_run *run, const struct text *codes, size_t count, uint32_t *ret_ids,
                                    bool *ret_created, struct error *error)
{
        enum status status = groups_load(run, error);
        if (status)
                return status;
        struct table *table = &run->registry->groups;
        pending_cleanup struct pending pending = {0};
        size_t *slots = calloc(count + 1, sizeof(*slots));
        if (!slots || !pending_init(&pending, run, table, count)) {
                free(slots);
                return error_memory(error);
        }
        for (size_t i = 0; i < count; i++) {
                slots[i] = codes[i].length ? table_slot(table, codes[i]) : SIZE_MAX;
                if (codes[i].length && slots[i] == SIZE_MAX) {
                        status = error_memory(error);
                        break;
                }
                struct slot *slot = codes[i].length ? &table->slots[slots[i]] : NULL;
                bool wanted = slot && slot->id == 0 && slot->flags == 0;
                if (ret_created)
                        ret_created[i] = wanted;
                if (!wanted)
                        continue;
                slot->flags = SLOT_RECORDED;
                pending.items[pending.count++] = slots[i];
        }
        if (!status)
                status = pending_write(&pending, write_groups, error);
        for (size_t i = 0; i < pending.count && !status; i++)
                table->slots[pending.items[i]].id = pending.ids[i];
        for (size_t i = 0; i < count && !status; i++)
                ret_ids[i] = slots[i] == SIZE_MAX ? 0 : (uint32_t)table->slots[slots[i]].id;
        free(slots);
        return status;
}

static enum status write_fact(struct connection *connection, void *context, struct error *error)
{
        struct pending *pending = context;
        struct text code = dictionary_text(&pending->table->names, pending->items[0]);
        struct q_fact_find_args find = {code};
        struct q_fact_find_row existing;
        bool found = false;
        enum status status = lock_head(connection, error);
        if (!status)
                status = q_fact_find(connection, &find, &existing, &found, error);
        if (status || found) {
                pending->ids[0] = status ? 0 : existing.id;
                return status;
        }
        struct q_fact_next_row next;
        status = q_fact_next(connection, NULL, &next, &found, error);
        if (status)
                return status;
        struct q_fact_insert_args insert = {next.id, code};
        int64_t changes;
        pending->ids[0] = insert.id;
        return q_fact_insert(connection, &insert, &changes, error);
}

enum status registry_fact_resolve(struct import_run *run, struct text code, int32_t *ret_id, struct error *error)
{
        struct table *table = &run->registry->facts;
        size_t slot = table_slot(table, code);
        if (slot == SIZE_MAX)
                return error_memory(error);
        if (table->slots[slot].id == 0) {
                struct q_fact_find_args find = {code};
                struct q_fact_find_row row;
                bool found;
                enum status status = q_fact_find(run->connection, &find, &row, &found, error);
                if (status)
                        return status;
                table->slots[slot].id = found ? row.id : 0;
        }
        if (table->slots[slot].id == 0) {
                pending_cleanup struct pending pending = {0};
                if (!pending_init(&pending, run, table, 1))
                        return error_memory(error);
                pending.items[pending.count++] = slot;
                enum status status = pending_write(&pending, write_fact, error);
                if (status)
                        return status;
                table->slots[slot].id = pending.ids[0];
        }
        *ret_id = (int32_t)table->slots[slot].id;
        return STATUS_OK;
}
