/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_rows.c: check, find the customer, compare, write; a batch at a time.
 */
#include "importer/customer_rows.h"

struct frame {
        struct import_run *run;
        const struct customer_kind *kind;
        void *context;
        const struct mapped_column *customer;
        char *items;  /* of the batch */
        size_t count;
};

static struct customer_row *item_at(const struct frame *frame, size_t i)
{
        return (struct customer_row *)(void *)(frame->items + i * frame->kind->item_bytes);
}

static enum status check_rows(struct frame *frame, struct import_row *rows, size_t count, struct arena *arena,
                              struct error *error)
{
        frame->items = arena_zero(arena, count + 1, frame->kind->item_bytes);
        frame->count = 0;
        if (!frame->items)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                if (rows[i].rejection.reason)
                        continue;
                struct customer_row *item = item_at(frame, frame->count);
                memset(item, 0, frame->kind->item_bytes); /* a refused row may have used it */
                item->row = &rows[i];
                enum status status = frame->kind->check(frame->run, frame->context, item, arena, error);
                if (status)
                        return status;
                frame->count += rows[i].rejection.reason == NULL;
        }
        return STATUS_OK;
}

/* Ids of the customers named; a blank cell names none. */
static enum status find_customers(struct frame *frame, struct arena *arena, struct error *error)
{
        struct import_run *run = frame->run;
        struct text *numbers = arena_array(arena, struct text, frame->count + 1);
        size_t *items = arena_array(arena, size_t, frame->count + 1), named = 0;
        int64_t *ids = arena_array(arena, int64_t, frame->count + 1);
        if (!numbers || !items || !ids)
                return error_memory(error);
        for (size_t i = 0; i < frame->count; i++) {
                const struct field_value *cell = row_cell(run, item_at(frame, i)->row, frame->customer);
                if (!cell->known)
                        continue;
                items[named] = i;
                numbers[named++] = text_trim(cell->text);
        }
        enum status status = registry_customers_resolve(run, numbers, named, run->profile->create_customers, ids, NULL,
                                                        error);
        for (size_t i = 0; i < named && !status; i++) {
                struct customer_row *item = item_at(frame, items[i]);
                item->customer_id = ids[i];
                if (ids[i] == 0)
                        row_reject(run, item->row, frame->customer, "import.reason.unknown_customer");
        }
        return status;
}

static enum status write_rows(struct connection *connection, void *context, struct error *error)
{
        const struct frame *frame = context;
        enum status status = frame->kind->prepare ? frame->kind->prepare(connection, frame->context, error) : STATUS_OK;
        for (size_t i = 0; i < frame->count && !status; i++) {
                const struct customer_row *item = item_at(frame, i);
                if (item->write && !item->row->rejection.reason)
                        status = frame->kind->write(connection, frame->run, frame->context, item, error);
        }
        return status;
}

static enum status store(struct import_run *run, struct import_row *rows, size_t count, struct arena *arena,
                         void *context, struct error *error)
{
        struct frame *frame = context;
        bool any = false;
        enum status status = check_rows(frame, rows, count, arena, error);
        if (!status)
                status = find_customers(frame, arena, error);
        for (size_t i = 0; i < frame->count && !status; i++) {
                struct customer_row *item = item_at(frame, i);
                if (!item->row->rejection.reason)
                        status = frame->kind->compare(run, frame->context, item, arena, error);
                any |= item->write;
        }
        if (status || run->dry_run || !any || rows_are_staged(run))
                return status;
        status = rows_write(run, write_rows, frame, error);
        if (!status && frame->kind->written)
                frame->kind->written(frame->context);
        return status;
}

enum status customer_rows_import(struct import_run *run, const struct customer_kind *kind, void *context,
                                 struct error *error)
{
        struct frame frame = {.run = run, .kind = kind, .context = context,
                              .customer = column_mapping_find(&run->mapping, "customer")};
        return rows_import(run, kind->key_field, store, &frame, error);
}
