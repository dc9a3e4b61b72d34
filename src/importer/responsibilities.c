/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * responsibilities.c: who looks after a customer or a territory, and how long. Known by customer or territory,
 * responsible person, role and valid_from.
 */
#include "base/calendar.h"
#include "importer/customer_rows.h"
#include "importer/people.h"
#include "queries.h"

struct responsibility {
        struct customer_row base;
        struct text territory, responsible; /* territory "": the customer's own */
        const char *role;
        int32_t valid_from, valid_to;
};

struct responsibilities {
        const struct mapped_column *customer, *territory, *valid_to;
        struct seen_keys *seen;
};

static enum status check(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                         struct error *error)
{
        const struct responsibilities *columns = context;
        struct responsibility *one = (struct responsibility *)item;
        const struct field_value *customer = row_cell(run, item->row, columns->customer);
        const struct field_value *territory = row_cell(run, item->row, columns->territory);
        struct field_value role = row_value(run, item->row, "role"), valid_to = row_value(run, item->row, "valid_to");
        one->territory = territory->known ? text_trim(territory->text) : (struct text){"", 0};
        one->responsible = text_trim(row_value(run, item->row, "responsible").text);
        one->role = field_word(FIELD_ROLE, role.known ? role.number : RESPONSIBLE_REP);
        one->valid_from = row_value(run, item->row, "valid_from").day;
        struct text parts[] = {text_trim(customer->text), one->territory, one->responsible, text_of(one->role),
                               key_of_day(arena, one->valid_from)};
        if (customer->known == territory->known)
                row_reject(run, item->row, columns->customer ? columns->customer : columns->territory,
                           "import.reason.customer_or_territory");
        else if (valid_to.known && valid_to.day < one->valid_from)
                row_reject(run, item->row, columns->valid_to, "import.reason.period");
        else
                return seen_keys_check(columns->seen, run, item->row, arena, parts, 5, error);
        return STATUS_OK;
}

static enum status compare(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                           struct error *error)
{
        struct responsibility *one = (struct responsibility *)item;
        struct q_responsibility_visible_args args = {item->customer_id, one->territory, one->responsible,
                                                     text_of(one->role), one->valid_from};
        struct q_responsibility_visible_row known;
        bool found;
        (void)context;
        (void)arena;
        enum status status = q_responsibility_visible(run->connection, &args, &known, &found, error);
        if (status)
                return status;
        struct field_value valid_to = row_value(run, item->row, "valid_to");
        one->valid_to = valid_to.known ? valid_to.day : found ? known.valid_to : DAY_OPEN_END;
        bool same = found && known.valid_to == one->valid_to;
        item->write = !same;
        run->counters.rows_new += !found;
        run->counters.rows_changed += found && !same;
        run->counters.rows_same += same;
        return STATUS_OK;
}

static enum status write_one(struct connection *connection, const struct import_run *run, void *context,
                             const struct customer_row *item, struct error *error)
{
        const struct responsibility *one = (const struct responsibility *)item;
        (void)context;
        struct q_responsibility_insert_args args = {item->customer_id, one->territory, one->responsible,
                                                    text_of(one->role), one->valid_from, run->import_id,
                                                    one->valid_to};
        return q_responsibility_insert(connection, &args, NULL, error);
}

enum status import_responsibilities(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct responsibility),
                                                  .key_field = "responsible", .check = check, .compare = compare,
                                                  .write = write_one};
        struct responsibilities columns = {
                .customer = column_mapping_find(&run->mapping, "customer"),
                .territory = column_mapping_find(&run->mapping, "territory"),
                .valid_to = column_mapping_find(&run->mapping, "valid_to"),
        };
        enum status status = seen_keys_new(&columns.seen, error);
        if (!status)
                status = customer_rows_import(run, &kind, &columns, error);
        seen_keys_free(columns.seen);
        return status;
}
