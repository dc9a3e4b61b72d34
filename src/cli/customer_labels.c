/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_labels.c: reads territories as the engine reads attributes: resolved for the day, by one query.
 */
#include "cli/customer_labels.h"

#include <stdlib.h>

#include "facts/responsibilities.h"
#include "queries.h"

enum status customer_labels_load(struct snapshot *snapshot, struct connection *connection, int32_t day,
                                 struct arena *arena, struct customer_labels *ret, struct error *error)
{
        struct criterion territory = {.metric = METRIC_ATTRIBUTE, .of = text_of("territory")};
        struct segment segment = {.rest = true, .expects = &territory, .expects_count = 1};
        const struct concept concept = {.segments = &segment, .segment_count = 1};
        struct customer_labels labels = {0};
        struct customer_number *numbers;
        struct engine_input input;
        struct text *reps;
        enum status status = snapshot_numbers(snapshot, connection, arena, &numbers, error);
        if (status == STATUS_OK)
                status = snapshot_input(snapshot, connection, &concept, day, arena, &input, error);
        if (status == STATUS_OK)
                status = responsibilities_load(snapshot, connection, day, arena, &reps, error);
        if (status != STATUS_OK)
                return status;
        labels.numbers = numbers;
        labels.reps = reps;
        labels.territories = input.attributes[0].values;
        *ret = labels;
        return STATUS_OK;
}

enum status customer_labels_load_names(struct customer_labels *labels, const struct snapshot *snapshot,
                                       struct connection *connection, struct arena *arena, struct error *error)
{
        size_t count = snapshot_customer_count(snapshot), at = 0;
        const int64_t *ids = snapshot_customer_ids(snapshot);
        struct text *names = arena_array(arena, struct text, count + 1);
        rows_cleanup struct rows *rows = NULL;
        if (!names)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                names[i] = labels->numbers[i].number;
        enum status status = q_customer_names_visible_open(connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_customer_names_visible_row row;
                status = q_customer_names_visible_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                while (at < count && ids[at] < row.customer_id)
                        at++;
                if (at == count || ids[at] != row.customer_id)
                        continue;
                const char *copy = arena_copy(arena, row.name.data, row.name.length);
                if (!copy)
                        return error_memory(error);
                names[at] = (struct text){copy, row.name.length}; /* the valid one comes last */
        }
        if (status == STATUS_OK)
                labels->names = names;
        return status;
}

enum status customer_label_name(const struct customer_labels *labels, const struct snapshot *snapshot,
                                struct connection *connection, size_t customer, struct arena *arena, struct text *ret,
                                struct error *error)
{
        struct q_customer_name_visible_args args = {snapshot_customer_ids(snapshot)[customer]};
        struct q_customer_name_visible_row row;
        bool found;
        if (labels->names) {
                *ret = labels->names[customer];
                return STATUS_OK;
        }
        enum status status = q_customer_name_visible(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        struct text name = found ? row.name : labels->numbers[customer].number;
        const char *copy = arena_copy(arena, name.data, name.length);
        if (!copy)
                return error_memory(error);
        *ret = (struct text){copy, name.length};
        return STATUS_OK;
}

struct text customer_label_territory(const struct customer_labels *labels, size_t customer)
{
        const struct attribute_value *territory = &labels->territories[customer];
        return territory->known ? territory->text : (struct text){NULL, 0};
}

struct text customer_label_responsible(const struct customer_labels *labels, size_t customer)
{
        return labels->reps[customer].data ? labels->reps[customer] : customer_label_territory(labels, customer);
}

static int compare_numbers(const void *a, const void *b, void *context)
{
        const struct customer_number *numbers = context;
        const struct customer_number *x = &numbers[*(const size_t *)a], *y = &numbers[*(const size_t *)b];
        int order = text_compare(x->number, y->number);
        return order ? order : text_compare(x->source, y->source);
}

void customers_sort(const struct customer_number *numbers, size_t *customers, size_t count)
{
        if (count > 1)
                qsort_r(customers, count, sizeof(*customers), compare_numbers, (void *)(uintptr_t)numbers);
}
