/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_names.c: from the dictionaries of the parsing threads to ids of the database.
 */
#include "importer/purchase_names.h"

#include <stdlib.h>

#include "base/radix.h"
#include "db/write.h"
#include "queries.h"

enum status purchase_names_init(struct purchase_names *names, struct import_run *run,
                                const struct purchase_worker *workers, size_t worker_count, struct error *error)
{
        *names = (struct purchase_names){
                .run = run, .workers = workers, .worker_count = worker_count, .next_unknown = -1};
        names->translations = calloc(worker_count, sizeof(*names->translations));
        names->fragment_names = calloc(worker_count, sizeof(*names->fragment_names));
        names->new_customers = calloc(worker_count, sizeof(*names->new_customers));
        if (names->translations && names->fragment_names && names->new_customers)
                return STATUS_OK;
        purchase_names_release(names);
        return error_memory(error);
}

void purchase_names_release(struct purchase_names *names)
{
        for (size_t i = 0; names->translations && i < names->worker_count; i++) {
                free(names->translations[i].customer_ids);
                free(names->translations[i].product_ids);
                free(names->translations[i].group_ids);
        }
        for (size_t i = 0; names->new_customers && i < names->worker_count; i++)
                free(names->new_customers[i].texts);
        free(names->translations);
        free(names->fragment_names);
        free(names->new_customers);
        free(names->first_group);
        free(names->article_group);
        free(names->conflict);
        free(names->product_names);
        free(names->customers);
        *names = (struct purchase_names){0};
}

/* Makes room for `count` items of `size` bytes in *array. */
static bool widen(void *array, size_t count, size_t size)
{
        void **pointer = array;
        void *wider = realloc(*pointer, (count ? count : 1) * size);
        if (wider)
                *pointer = wider;
        return wider != NULL;
}

static bool remember_customer(struct purchase_names *names, int64_t id, size_t worker, size_t name, bool created)
{
        if (names->customer_count == names->customer_capacity) {
                size_t capacity = names->customer_capacity ? names->customer_capacity / 2 * 3 : 1024;
                if (!widen(&names->customers, capacity, sizeof(*names->customers)))
                        return false;
                names->customer_capacity = capacity;
        }
        names->customers[names->customer_count++] =
                (struct purchase_customer){id, (uint32_t)name, (uint8_t)worker, created, false};
        return true;
}

/* Scratch of one resolving call, freed at its end. */
struct scratch {
        struct text *texts;
        bool *flags;
        uint32_t *first, *second;
};

static void scratch_release(struct scratch *scratch)
{
        free(scratch->texts);
        free(scratch->flags);
        free(scratch->first);
        free(scratch->second);
}

static bool scratch_fill(struct scratch *scratch, const struct dictionary *dictionary, size_t from)
{
        size_t count = dictionary->count - from;
        scratch->texts = malloc((count + 1) * sizeof(*scratch->texts));
        scratch->flags = calloc(count + 1, sizeof(*scratch->flags));
        scratch->first = calloc(count + 1, sizeof(*scratch->first));
        scratch->second = calloc(count + 1, sizeof(*scratch->second));
        if (!scratch->texts || !scratch->flags || !scratch->first || !scratch->second)
                return false;
        for (size_t i = 0; i < count; i++)
                scratch->texts[i] = dictionary_text(dictionary, from + i);
        return true;
}

/* The texts stay where they are when a dictionary grows, its table of them does not. */
static enum status note_customers(struct purchase_names *names, size_t index, struct error *error)
{
        const struct dictionary *customers = &names->workers[index].customers;
        struct purchase_new_customers *noted = &names->new_customers[index];
        size_t from = names->translations[index].customer_count;
        if (!widen(&noted->texts, customers->count - from, sizeof(*noted->texts)))
                return error_memory(error);
        noted->count = customers->count - from;
        for (size_t i = 0; i < noted->count; i++)
                noted->texts[i] = dictionary_text(customers, from + i);
        return STATUS_OK;
}

static enum status resolve_customers(struct purchase_names *names, size_t index, struct error *error)
{
        struct purchase_new_customers *noted = &names->new_customers[index];
        struct purchase_translation *table = &names->translations[index];
        size_t from = table->customer_count, count = noted->count;
        if (count == 0)
                return STATUS_OK;
        bool *created = calloc(count, sizeof(*created));
        if (!created || !widen(&table->customer_ids, from + count, sizeof(*table->customer_ids))) {
                free(created);
                return error_memory(error);
        }
        int64_t *ids = table->customer_ids + from;
        enum status status = registry_customers_resolve(names->run, noted->texts, count,
                                                        names->run->profile->create_customers, ids, created, error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
                if (ids[i] == 0)
                        ids[i] = names->next_unknown--;
                if (!remember_customer(names, ids[i], index, from + i, created[i]))
                        status = error_memory(error);
        }
        free(created);
        if (status != STATUS_OK)
                return status;
        table->customer_count = from + count;
        free(noted->texts);
        *noted = (struct purchase_new_customers){0};
        return STATUS_OK;
}

static enum status resolve_groups(struct purchase_names *names, const struct purchase_worker *worker,
                                  struct purchase_translation *table, struct error *error)
{
        __attribute__((cleanup(scratch_release))) struct scratch scratch = {0};
        size_t from = table->group_count, count = worker->groups.count - from;
        if (count == 0)
                return STATUS_OK;
        if (!scratch_fill(&scratch, &worker->groups, from)
            || !widen(&table->group_ids, worker->groups.count, sizeof(*table->group_ids)))
                return error_memory(error);
        table->group_count = worker->groups.count;
        return registry_groups_resolve(names->run, scratch.texts, count, table->group_ids + from, NULL, error);
}

static bool widen_products(struct purchase_names *names, size_t needed)
{
        if (needed < names->product_capacity)
                return true;
        size_t capacity = needed * 2 + 1024, old = names->product_capacity;
        if (!widen(&names->first_group, capacity, sizeof(*names->first_group))
            || !widen(&names->article_group, capacity, sizeof(*names->article_group))
            || !widen(&names->conflict, capacity, sizeof(*names->conflict))
            || !widen(&names->product_names, capacity, sizeof(*names->product_names)))
                return false;
        memset(names->product_names + old, 0, (capacity - old) * sizeof(*names->product_names));
        memset(names->first_group + old, 0, (capacity - old) * sizeof(*names->first_group));
        memset(names->article_group + old, 0, (capacity - old) * sizeof(*names->article_group));
        memset(names->conflict + old, 0, capacity - old);
        names->product_capacity = capacity;
        return true;
}

/* Notes the articles the database has without a name; before any is created. */
static enum status load_nameless(struct purchase_names *names, struct error *error)
{
        struct q_purchase_products_nameless_args args = {names->run->product_source_id, names->name_fact_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_purchase_products_nameless_open(names->run->connection, &args, &rows, error);
        while (!status) {
                struct q_purchase_products_nameless_row row;
                bool more;
                status = q_purchase_products_nameless_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!widen_products(names, (size_t)row.id))
                        return error_memory(error);
                names->product_names[row.id].nameless = true;
        }
        return status;
}

/* Looks for the earliest description of every article that has no name yet. */
static bool find_names(struct purchase_names *names)
{
        bool found = false;
        for (size_t w = 0; w < names->worker_count; w++) {
                const struct purchase_worker *worker = &names->workers[w];
                for (size_t i = 0; i < names->translations[w].product_count; i++) {
                        struct product_name *name = &names->product_names[names->translations[w].product_ids[i]];
                        uint32_t description = worker->article_description[i];
                        if (!description || !name->nameless || name->named ||
                            (name->description && name->line <= worker->article_line[i]))
                                continue;
                        name->description = description;
                        name->line = worker->article_line[i];
                        name->worker = (uint8_t)w;
                        found = true;
                }
        }
        return found;
}

/* Runs in the writer's thread. */
static enum status name_products(struct connection *connection, void *context, struct error *error)
{
        struct purchase_names *names = context;
        for (size_t id = 0; id < names->product_capacity; id++) {
                struct product_name *name = &names->product_names[id];
                if (!name->description || name->named)
                        continue;
                struct q_purchase_name_product_args args = {
                        .product_id = (int64_t)id,
                        .fact_id = names->name_fact_id,
                        .valid_from = names->run->import_day,
                        .import_id = names->run->import_id,
                        .value = dictionary_text(&names->workers[name->worker].descriptions, name->description - 1),
                };
                int64_t changes;
                enum status status = q_purchase_name_product(connection, &args, &changes, error);
                if (status != STATUS_OK)
                        return status;
        }
        return STATUS_OK;
}

static enum status give_names(struct purchase_names *names, struct error *error)
{
        if (names->run->dry_run || !find_names(names))
                return STATUS_OK;
        enum status status = db_write_bulk(names->run->database, name_products, names, error);
        for (size_t id = 0; id < names->product_capacity && status == STATUS_OK; id++)
                names->product_names[id].named = names->product_names[id].description != 0;
        return status;
}

static enum status resolve_products(struct purchase_names *names, const struct purchase_worker *worker,
                                    struct purchase_translation *table, struct error *error)
{
        __attribute__((cleanup(scratch_release))) struct scratch scratch = {0};
        size_t from = table->product_count, count = worker->articles.count - from;
        if (count == 0)
                return STATUS_OK;
        if (!scratch_fill(&scratch, &worker->articles, from)
            || !widen(&table->product_ids, worker->articles.count, sizeof(*table->product_ids)))
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                uint32_t group = worker->article_group[from + i];
                scratch.first[i] = group ? table->group_ids[group - 1] : 0;
        }
        uint32_t *ids = table->product_ids + from;
        enum status status = registry_products_resolve(names->run, scratch.texts, scratch.first, count,
                                                       names->run->profile->create_products, ids, scratch.second,
                                                       scratch.flags, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++) {
                if (!widen_products(names, ids[i]))
                        return error_memory(error);
                names->first_group[ids[i]] = scratch.second[i];
                names->product_names[ids[i]].nameless |= scratch.flags[i];
                uint32_t other = names->article_group[ids[i]];
                names->conflict[ids[i]] |= other && scratch.first[i] && other != scratch.first[i];
                if (!other)
                        names->article_group[ids[i]] = scratch.first[i];
        }
        table->product_count = worker->articles.count;
        return STATUS_OK;
}

enum status purchase_names_resolve(struct purchase_names *names, struct error *error)
{
        const struct purchase_worker *workers = names->workers;
        enum status status = registry_customers_load(names->run, error);
        if (status == STATUS_OK && !names->name_fact_id && !names->run->dry_run) {
                status = registry_fact_resolve(names->run, text_of("name"), &names->name_fact_id, error);
                if (status == STATUS_OK && column_mapping_find(&names->run->mapping, "description"))
                        status = load_nameless(names, error);
        }
        for (size_t i = 0; i < names->worker_count && status == STATUS_OK; i++) {
                struct purchase_translation *table = &names->translations[i];
                status = note_customers(names, i, error);
                if (status == STATUS_OK)
                        status = resolve_groups(names, &workers[i], table, error);
                if (status == STATUS_OK)
                        status = resolve_products(names, &workers[i], table, error);
        }
        return status == STATUS_OK ? give_names(names, error) : status;
}

enum status purchase_names_resolve_customers(struct purchase_names *names, struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t i = 0; i < names->worker_count && status == STATUS_OK; i++) {
                const struct purchase_translation *table = &names->translations[i];
                status = resolve_customers(names, i, error);
                names->fragment_names[i] = (struct fragment_names){
                        .customer_ids = table->customer_ids,
                        .customer_count = table->customer_count,
                        .product_ids = table->product_ids,
                        .group_ids = table->group_ids,
                        .product_count = table->product_count,
                        .group_count = table->group_count,
                };
        }
        return status;
}

uint64_t purchase_names_conflicts(struct purchase_names *names)
{
        for (size_t w = 0; w < names->worker_count; w++)
                for (size_t i = 0; i < names->translations[w].product_count; i++)
                        names->conflict[names->translations[w].product_ids[i]] |= names->workers[w].article_conflict[i];
        uint64_t count = 0;
        for (size_t i = 0; i < names->product_capacity; i++)
                count += names->conflict[i];
        return count;
}

enum status purchase_names_seal(struct purchase_names *names, struct error *error)
{
        size_t count = names->customer_count;
        struct radix_entry *entries = malloc((count + 1) * sizeof(*entries));
        struct radix_entry *spare = malloc((count + 1) * sizeof(*spare));
        if (!entries || !spare) {
                free(entries);
                free(spare);
                return error_memory(error);
        }
        for (size_t i = 0; i < count; i++) {
                const struct purchase_customer *customer = &names->customers[i];
                entries[i] = (struct radix_entry){radix_key(customer->id),
                                                  (uint64_t)customer->name << 16 | customer->worker << 8
                                                          | customer->created};
        }
        const struct radix_entry *sorted = radix_sort(entries, spare, count);
        names->customer_count = 0;
        for (size_t i = 0; i < count; i++) {
                if (i > 0 && sorted[i].key == sorted[i - 1].key)
                        continue; /* met by another worker, or again: whoever came first knows whether it is new */
                uint64_t rest = sorted[i].rest;
                names->customers[names->customer_count++] = (struct purchase_customer){
                        radix_number(sorted[i].key), (uint32_t)(rest >> 16), (uint8_t)(rest >> 8), rest & 1, false};
        }
        free(entries);
        free(spare);
        return STATUS_OK;
}

size_t purchase_names_bytes(const struct purchase_names *names)
{
        size_t bytes = names->customer_capacity * sizeof(*names->customers);
        for (size_t w = 0; w < names->worker_count; w++) {
                size_t noted = names->new_customers[w].count;
                bytes += (names->translations[w].customer_count + noted) * sizeof(*names->translations[w].customer_ids);
                bytes += noted * (sizeof(*names->new_customers[w].texts) + sizeof(*names->customers));
        }
        return bytes;
}

struct purchase_customer *purchase_names_customer(struct purchase_names *names, int64_t id)
{
        struct purchase_customer *customers = names->customers;
        for (size_t at = names->customer_at; at < names->customer_count && at <= names->customer_at + 1; at++)
                if (customers[at].id == id) {
                        names->customer_at = at;
                        return &customers[at];
                }
        size_t low = 0, high = names->customer_count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (customers[middle].id < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == names->customer_count || customers[low].id != id)
                return NULL;
        names->customer_at = low;
        return &customers[low];
}

struct text purchase_names_number(const struct purchase_names *names, const struct purchase_customer *customer)
{
        return dictionary_text(&names->workers[customer->worker].customers, customer->name);
}
