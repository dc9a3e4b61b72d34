/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * values.c: dated figures computed elsewhere (customer_value, loyalty_index, ...), exact as they stand in the file. One
 * is known by customer, name and valid_from.
 */
#include "importer/figures.h"

#include "base/calendar.h"
#include "importer/customer_rows.h"
#include "queries.h"

struct figure {
        struct customer_row base;
        struct text name;
        int32_t valid_from, valid_to;
        int64_t units;
        uint8_t scale;
};

struct values {
        const struct mapped_column *valid_to;
        struct seen_keys *seen;
};

static enum status check(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                         struct error *error)
{
        const struct values *values = context;
        struct figure *figure = (struct figure *)item;
        struct field_value amount = row_value(run, item->row, "amount");
        struct field_value valid_to = row_value(run, item->row, "valid_to");
        figure->name = text_trim(row_value(run, item->row, "name").text);
        figure->valid_from = row_value(run, item->row, "valid_from").day;
        figure->units = amount.number;
        figure->scale = amount.scale;
        struct text parts[3] = {text_trim(row_value(run, item->row, "customer").text), figure->name,
                                key_of_day(arena, figure->valid_from)};
        if (!valid_to.known || valid_to.day >= figure->valid_from)
                return seen_keys_check(values->seen, run, item->row, arena, parts, 3, error);
        row_reject(run, item->row, values->valid_to, "import.reason.period");
        return STATUS_OK;
}

static enum status compare(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                           struct error *error)
{
        const struct values *values = context;
        struct figure *figure = (struct figure *)item;
        struct q_customer_value_visible_args args = {item->customer_id, figure->name, figure->valid_from};
        struct q_customer_value_visible_row known;
        bool found;
        (void)arena;
        enum status status = q_customer_value_visible(run->connection, &args, &known, &found, error);
        if (status)
                return status;
        struct field_value valid_to = row_value(run, item->row, "valid_to");
        figure->valid_to = valid_to.known ? valid_to.day : found ? known.valid_to : DAY_OPEN_END;
        if (figure->valid_to < figure->valid_from) {
                row_reject(run, item->row, values->valid_to, "import.reason.period");
                return STATUS_OK;
        }
        bool same = found && known.units == figure->units && known.scale == figure->scale &&
                    known.valid_to == figure->valid_to;
        item->write = !same;
        run->counters.rows_new += !found;
        run->counters.rows_changed += found && !same;
        run->counters.rows_same += same;
        return STATUS_OK;
}

static enum status write_figure(struct connection *connection, const struct import_run *run, void *context,
                                const struct customer_row *item, struct error *error)
{
        const struct figure *figure = (const struct figure *)item;
        (void)context;
        struct q_customer_value_insert_args args = {item->customer_id, figure->name, figure->valid_from,
                                                    run->import_id, figure->valid_to, figure->units, figure->scale};
        return q_customer_value_insert(connection, &args, NULL, error);
}

enum status import_values(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct figure), .key_field = "customer",
                                                  .check = check, .compare = compare, .write = write_figure};
        struct values values = {.valid_to = column_mapping_find(&run->mapping, "valid_to")};
        enum status status = seen_keys_new(&values.seen, error);
        if (!status)
                status = customer_rows_import(run, &kind, &values, error);
        seen_keys_free(values.seen);
        return status;
}
