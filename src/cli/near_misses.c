/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * near_misses.c: explains everybody once to find them, and those who are shown once more to say what is missing.
 */
#include "cli/near_misses.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/decimal.h"
#include "render/cells.h"
#include "cli/explain_output.h"

enum { SHOWN_MAX = 100000 };

struct near_miss {
        size_t index;
        uint8_t next;
        int64_t revenue_minor;
};

enum status near_misses_limit(const char *value, size_t *ret, struct error *error)
{
        int64_t count;
        if (!value)
                return STATUS_OK;
        if (decimal_parse_scaled(text_of(value), DECIMAL_POINT, 0, false, &count) != DECIMAL_OK || count < 1 ||
            count > SHOWN_MAX)
                return error_set(error, STATUS_USAGE, "evaluate.bad_near", "value", value, NULL);
        *ret = (size_t)count;
        return STATUS_OK;
}

static int compare_near(const void *a, const void *b)
{
        const struct near_miss *x = a, *y = b;
        if (x->next != y->next)
                return x->next < y->next ? -1 : 1;
        if (x->revenue_minor != y->revenue_minor)
                return x->revenue_minor > y->revenue_minor ? -1 : 1;
        return (x->index > y->index) - (x->index < y->index);
}

/* Customers who miss exactly one criterion of the next better segment, the best ones first. */
static enum status find_near(const struct evaluation *evaluation, struct arena *arena, struct near_miss **ret,
                             size_t *ret_count, struct error *error)
{
        size_t count = 0;
        struct near_miss *near = arena_array(arena, struct near_miss, evaluation->tally.evaluated + 1);
        struct arena *scratch = arena_new((size_t)64 << 20);
        enum status status = near && scratch ? STATUS_OK : error_memory(error);
        for (size_t i = 0; i < evaluation->measures.customer_count && status == STATUS_OK; i++) {
                struct explanation explanation;
                if (!bits_get(evaluation->measures.exists, i))
                        continue;
                arena_reset(scratch);
                status = engine_explain(evaluation->plan, &evaluation->measures, i, evaluation->decisions.segment[i],
                                        scratch, &explanation, error);
                if (status == STATUS_OK && explanation.has_next && explanation.next_missing_count == 1)
                        near[count++] = (struct near_miss){i, explanation.next_segment,
                                                           evaluation->measures.revenue_12m_minor[i]};
        }
        arena_free(scratch);
        if (status != STATUS_OK)
                return status;
        qsort(near, count, sizeof(*near), compare_near);
        *ret = near;
        *ret_count = count;
        return STATUS_OK;
}

struct step_list {
        enum language language;
        const struct concept *concept;
        struct buffer *out;
};

static void take_step(void *context, const struct explained_criterion *criterion)
{
        const struct step_list *list = context;
        if (list->out->length)
                buffer_addf(list->out, " %s ", message_raw(list->language, "word.or"));
        criterion_add_step(list->out, list->language, MEDIUM_TERMINAL, list->concept, criterion);
}

static enum status add_row(struct cells *cells, const struct evaluation *evaluation, const struct near_miss *near,
                           const struct customer_number *number, struct error *error)
{
        const struct concept *concept = evaluation->version->concept;
        struct explanation explanation;
        struct buffer steps buffer_cleanup;
        struct arena *scratch arena_cleanup = arena_new((size_t)64 << 20);
        buffer_init(&steps, 4096);
        if (!scratch)
                return error_memory(error);
        enum status status = engine_explain(evaluation->plan, &evaluation->measures, near->index,
                                            evaluation->decisions.segment[near->index], scratch, &explanation, error);
        if (status != STATUS_OK)
                return status;
        explanation_open_criteria(&explanation, take_step, &(struct step_list){cells->language, concept, &steps});
        cells_text(cells, number->number);
        cells_text(cells, concept->segments[evaluation->decisions.segment[near->index]].id);
        cells_text(cells, concept->segments[near->next].id);
        cells_money(cells, near->revenue_minor);
        cells_text(cells, (struct text){steps.data, steps.length});
        return STATUS_OK;
}

enum status near_misses_add(enum language language, struct connection *connection, const struct evaluation *evaluation,
                            size_t shown_max, struct arena *arena, struct buffer *out, struct error *error)
{
        struct near_miss *near;
        struct customer_number *numbers;
        size_t count;
        struct cells cells cells_cleanup;
        cells_init(&cells, language, evaluation->version->concept->minor_digits);
        enum status status = find_near(evaluation, arena, &near, &count, error);
        if (status == STATUS_OK)
                status = snapshot_numbers(evaluation->snapshot, connection, arena, &numbers, error);
        if (status == STATUS_OK)
                status = cells_begin(&cells, error);
        if (status != STATUS_OK)
                return status;
        format_add_count(&cells.scratch, language, (int64_t)count);
        buffer_add_byte(out, '\n');
        message_add(out, language, "evaluate.near", "count", cells.scratch.data, NULL);
        buffer_add_byte(out, '\n');
        if (count == 0)
                return STATUS_OK;
        cells_column(&cells, "evaluate.column.number", TABLE_LEFT);
        cells_column(&cells, "evaluate.column.now", TABLE_LEFT);
        cells_column(&cells, "evaluate.column.next", TABLE_LEFT);
        cells_column(&cells, "evaluate.column.revenue", TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.step", TABLE_LEFT);
        for (size_t i = 0; i < count && i < shown_max && status == STATUS_OK; i++)
                status = add_row(&cells, evaluation, &near[i], &numbers[near[i].index], error);
        if (status != STATUS_OK)
                return status;
        return table_add_to(cells.table, 2, out) ? STATUS_OK : error_memory(error);
}
