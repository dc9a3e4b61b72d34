/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * values.c: dated figures computed elsewhere (customer_value, loyalty_index, ...), exact as they stand in the file. One
 * is known by customer, name and valid_from.
 */
#include "importer/figures.h"

#include "base/calendar.h"
#include "db/write.h"
#include "importer/rows.h"
#include "queries.h"

struct figure {
        struct import_row *row;
        int64_t customer_id;
        struct text name;
        int32_t valid_from, valid_to;
        int64_t units;
        uint8_t scale;
        bool write;
};

struct values {
        const struct mapped_column *customer, *valid_to;
        struct seen_keys *seen;
};

struct changes {
        struct import_run *run;
        const struct figure *figures;
        size_t count;
};

static enum status resolve(struct import_run *run, const struct values *values, struct figure *figures, size_t count,
                           struct arena *arena, struct error *error)
{
        struct text *numbers = arena_array(arena, struct text, count + 1);
        int64_t *ids = arena_array(arena, int64_t, count + 1);
        if (!numbers || !ids)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                numbers[i] = text_trim(row_value(run, figures[i].row, "customer").text);
        enum status status = registry_customers_resolve(run, numbers, count, run->profile->create_customers, ids, NULL,
                                                        error);
        for (size_t i = 0; i < count && !status; i++) {
                figures[i].customer_id = ids[i];
                if (ids[i] == 0)
                        row_reject(run, figures[i].row, values->customer, "import.reason.unknown_customer");
        }
        return status;
}

/* What can be told from the row alone, before a customer is created for it. */
static enum status check_row(struct import_run *run, const struct values *values, struct figure *figure,
                             struct arena *arena, struct error *error)
{
        struct text parts[3] = {text_trim(row_value(run, figure->row, "customer").text), figure->name,
                                key_of_day(arena, figure->valid_from)};
        struct field_value valid_to = row_value(run, figure->row, "valid_to");
        if (!valid_to.known || valid_to.day >= figure->valid_from)
                return seen_keys_check(values->seen, run, figure->row, arena, parts, 3, error);
        row_reject(run, figure->row, values->valid_to, "import.reason.period");
        return STATUS_OK;
}

static enum status compare(struct import_run *run, const struct values *values, struct figure *figure,
                           struct error *error)
{
        struct q_customer_value_visible_args args = {figure->customer_id, figure->name, figure->valid_from};
        struct q_customer_value_visible_row known;
        bool found;
        enum status status = q_customer_value_visible(run->connection, &args, &known, &found, error);
        if (status)
                return status;
        struct field_value valid_to = row_value(run, figure->row, "valid_to");
        figure->valid_to = valid_to.known ? valid_to.day : found ? known.valid_to : DAY_OPEN_END;
        if (figure->valid_to < figure->valid_from) {
                row_reject(run, figure->row, values->valid_to, "import.reason.period");
                return STATUS_OK;
        }
        bool same = found && known.units == figure->units && known.scale == figure->scale &&
                    known.valid_to == figure->valid_to;
        figure->write = !same;
        run->counters.rows_new += !found;
        run->counters.rows_changed += found && !same;
        run->counters.rows_same += same;
        return STATUS_OK;
}

static enum status write_figures(struct connection *connection, void *context, struct error *error)
{
        const struct changes *changes = context;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < changes->count && !status; i++) {
                const struct figure *figure = &changes->figures[i];
                struct q_customer_value_insert_args args = {
                        figure->customer_id, figure->name, figure->valid_from, changes->run->import_id,
                        figure->valid_to, figure->units, figure->scale};
                if (figure->write)
                        status = q_customer_value_insert(connection, &args, NULL, error);
        }
        return status;
}

static enum status store(struct import_run *run, struct import_row *rows, size_t count, struct arena *arena,
                         void *context, struct error *error)
{
        struct values *values = context;
        struct figure *figures = arena_array(arena, struct figure, count);
        size_t kept = 0;
        if (!figures)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                struct field_value amount = row_value(run, &rows[i], "amount");
                if (!rows[i].rejection.reason)
                        figures[kept++] = (struct figure){
                                .row = &rows[i],
                                .name = text_trim(row_value(run, &rows[i], "name").text),
                                .valid_from = row_value(run, &rows[i], "valid_from").day,
                                .units = amount.number,
                                .scale = amount.scale,
                        };
        }
        enum status status = STATUS_OK;
        size_t sound = 0;
        for (size_t i = 0; i < kept && !status; i++) {
                status = check_row(run, values, &figures[i], arena, error);
                if (!figures[i].row->rejection.reason)
                        figures[sound++] = figures[i];
        }
        kept = sound;
        if (!status)
                status = resolve(run, values, figures, kept, arena, error);
        for (size_t i = 0; i < kept && !status; i++)
                if (!figures[i].row->rejection.reason)
                        status = compare(run, values, &figures[i], error);
        struct changes changes = {run, figures, kept};
        if (!status && !run->dry_run)
                status = db_write_bulk(run->database, write_figures, &changes, error);
        return status;
}

enum status import_values(struct import_run *run, struct error *error)
{
        struct values values = {
                .customer = column_mapping_find(&run->mapping, "customer"),
                .valid_to = column_mapping_find(&run->mapping, "valid_to"),
        };
        enum status status = seen_keys_new(&values.seen, error);
        if (!status)
                status = rows_import(run, "customer", store, &values, error);
        seen_keys_free(values.seen);
        return status;
}
