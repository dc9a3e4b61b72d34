/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * products.c: name, product group (its code) and cost of an article are dated facts; the name of a group belongs to the
 * group. What is repeated changes nothing, what is not mentioned stays.
 */
#include "importer/products.h"

#include "base/calendar.h"
#include "importer/dated_facts.h"
#include "importer/rows.h"
#include "queries.h"

static const char *const fact_fields[] = {"name", "product_group", "cost"};
enum { FACTS = sizeof(fact_fields) / sizeof(fact_fields[0]) };

struct products {
        const struct mapped_column *article, *group, *group_name, *facts[FACTS];
        int32_t fact_ids[FACTS];
        struct seen_keys *seen;
};

struct new_fact {
        int64_t product_id;
        int32_t fact_id, valid_from;
        struct text value;
};

struct new_group_name {
        uint32_t group_id;
        struct text name;
};

struct changes {
        struct import_run *run;
        struct new_fact *facts;
        struct new_group_name *group_names;
        size_t fact_count, group_name_count;
};

struct accepted {
        struct taken_row dated;
        bool is_new;
        uint32_t id, group_id;
};

static enum status prepare(struct import_run *run, struct products *products, struct error *error)
{
        products->article = column_mapping_find(&run->mapping, "article");
        products->group = column_mapping_find(&run->mapping, "product_group");
        products->group_name = column_mapping_find(&run->mapping, "group_name");
        for (size_t i = 0; i < FACTS; i++) {
                products->facts[i] = column_mapping_find(&run->mapping, fact_fields[i]);
                enum status status = !products->facts[i] ? STATUS_OK : registry_fact_resolve(
                        run, text_of(fact_fields[i]), &products->fact_ids[i], error);
                if (status)
                        return status;
        }
        return seen_keys_new(&products->seen, error);
}

/* Ids of the groups and articles of the accepted rows. */
static enum status resolve(struct import_run *run, const struct products *products, struct accepted *accepted,
                           size_t count, struct arena *arena, struct error *error)
{
        struct text *codes = arena_array(arena, struct text, count + 1);
        struct text *articles = arena_array(arena, struct text, count + 1);
        uint32_t *groups = arena_array(arena, uint32_t, count + 1), *ids = arena_array(arena, uint32_t, count + 1);
        bool *created = arena_array(arena, bool, count + 1);
        if (!codes || !articles || !groups || !ids || !created)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                codes[i] = text_trim(row_cell(run, accepted[i].dated.row, products->group)->text);
                articles[i] = text_trim(row_cell(run, accepted[i].dated.row, products->article)->text);
        }
        enum status status = registry_groups_resolve(run, codes, count, groups, NULL, error);
        if (!status)
                status = registry_products_resolve(run, articles, groups, count, true, ids, NULL, created, error);
        for (size_t i = 0; i < count && !status; i++) {
                accepted[i].id = ids[i];
                accepted[i].group_id = groups[i];
                accepted[i].is_new = created[i];
        }
        return status;
}

static enum status load_facts(struct import_run *run, uint32_t product_id, struct arena *arena,
                              struct known_facts *facts, struct error *error)
{
        struct q_product_facts_visible_args args = {product_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_product_facts_visible_open(run->connection, &args, &rows, error);
        while (!status) {
                struct q_product_facts_visible_row row;
                bool more;
                status = q_product_facts_visible_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!known_facts_add(facts, arena, row.fact_id, row.valid_from, row.value))
                        return error_memory(error);
        }
        return status;
}

static enum status compare_group_name(struct import_run *run, const struct products *products,
                                      const struct accepted *accepted, struct changes *changes, struct error *error)
{
        const struct field_value *name = row_cell(run, accepted->dated.row, products->group_name);
        if (!name->known || accepted->group_id == 0)
                return STATUS_OK;
        struct text trimmed = text_trim(name->text);
        struct q_product_group_name_visible_args args = {(int32_t)accepted->group_id};
        struct q_product_group_name_visible_row row;
        bool found;
        enum status status = q_product_group_name_visible(run->connection, &args, &row, &found, error);
        if (!status && !(found && text_equal(row.name, trimmed)))
                changes->group_names[changes->group_name_count++] =
                        (struct new_group_name){accepted->group_id, trimmed};
        return status;
}

static enum status compare(struct import_run *run, const struct products *products, struct accepted *accepted,
                           struct arena *arena, struct changes *changes, struct error *error)
{
        struct known_facts known = {0};
        size_t before = changes->fact_count + changes->group_name_count;
        enum status status = compare_group_name(run, products, accepted, changes, error);
        if (!status && !accepted->is_new)
                status = load_facts(run, accepted->id, arena, &known, error);
        if (status)
                return status;
        for (size_t i = 0; i < FACTS; i++) {
                const struct field_value *value = row_cell(run, accepted->dated.row, products->facts[i]);
                if (!value->known)
                        continue;
                /* A code is no number, even where it looks like one: texts are taken as they stand. */
                struct text text = fact_text(arena, products->facts[i]->field->type, value, DECIMAL_POINT);
                if (!text.data)
                        return error_memory(error);
                if (known_facts_lack(&known, products->fact_ids[i], accepted->dated.valid_from, accepted->dated.stated,
                                     text))
                        changes->facts[changes->fact_count++] = (struct new_fact){
                                accepted->id, products->fact_ids[i], accepted->dated.valid_from, text};
        }
        bool changed = changes->fact_count + changes->group_name_count > before;
        bool is_new = accepted->is_new || (changed && known.count == 0);
        run->counters.rows_new += is_new;
        run->counters.rows_changed += !is_new && changed;
        run->counters.rows_same += !is_new && !changed;
        return STATUS_OK;
}

static enum status write_changes(struct connection *connection, void *context, struct error *error)
{
        const struct changes *changes = context;
        int32_t import_id = changes->run->import_id;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < changes->group_name_count && !status; i++) {
                struct q_product_group_name_set_args args = {(int32_t)changes->group_names[i].group_id, import_id,
                                                             changes->group_names[i].name};
                status = q_product_group_name_set(connection, &args, NULL, error);
        }
        for (size_t i = 0; i < changes->fact_count && !status; i++) {
                const struct new_fact *fact = &changes->facts[i];
                struct q_product_fact_insert_args args = {fact->product_id, fact->fact_id, fact->valid_from, import_id,
                                                          fact->value};
                status = q_product_fact_insert(connection, &args, NULL, error);
        }
        return status;
}

static enum status store(struct import_run *run, struct import_row *rows, size_t count, struct arena *arena,
                         void *context, struct error *error)
{
        struct products *products = context;
        struct changes changes = {.run = run};
        struct accepted *accepted = arena_array(arena, struct accepted, count);
        changes.facts = arena_array(arena, struct new_fact, count * FACTS);
        changes.group_names = arena_array(arena, struct new_group_name, count);
        if (!accepted || !changes.facts || !changes.group_names)
                return error_memory(error);
        size_t accepted_count = 0;
        struct taken_row *dated = arena_array(arena, struct taken_row, count);
        if (!dated)
                return error_memory(error);
        enum status status = rows_accept_dated(run, products->seen, products->article, rows, count, arena, dated,
                                               &accepted_count, error);
        for (size_t i = 0; i < accepted_count && !status; i++)
                accepted[i] = (struct accepted){.dated = dated[i]};
        if (!status)
                status = resolve(run, products, accepted, accepted_count, arena, error);
        for (size_t i = 0; i < accepted_count && !status; i++)
                status = compare(run, products, &accepted[i], arena, &changes, error);
        bool any = changes.fact_count || changes.group_name_count;
        if (!status && any && !run->dry_run && !rows_are_staged(run))
                status = rows_write(run, write_changes, &changes, error);
        return status;
}

enum status import_products(struct import_run *run, struct error *error)
{
        struct products products = {0};
        enum status status = prepare(run, &products, error);
        if (!status)
                status = rows_import(run, "article", store, &products, error);
        seen_keys_free(products.seen);
        return status;
}
