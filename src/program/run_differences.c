/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_differences.c: what differs between two sides, customer by customer and value by value, exactly.
 */
#include "program/run_sides.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/buffer.h"
#include "queries.h"

#define LIST_BYTES_MAX ((size_t)8 << 30)

struct column_pair {
        size_t old_column, new_column;
};

struct comparing {
        const struct run_side *old_side, *new_side;
        struct arena *arena;
        struct column_pair *pairs;
        size_t pair_count;
        struct value_change *scratch; /* room for all changes of one customer */
        struct buffer list;           /* of struct run_difference */
        size_t compared;
};

static enum status pair_columns(struct comparing *comparing, struct error *error)
{
        const struct measures *old = &comparing->old_side->measures, *new = &comparing->new_side->measures;
        comparing->pairs = arena_array(comparing->arena, struct column_pair, old->column_count + 1);
        comparing->scratch = arena_array(comparing->arena, struct value_change, old->column_count + 8);
        if (!comparing->pairs || !comparing->scratch)
                return error_memory(error);
        for (size_t o = 0; o < old->column_count; o++)
                for (size_t n = 0; n < new->column_count; n++) {
                        const struct metric_column *x = &old->columns[o], *y = &new->columns[n];
                        if (x->metric != y->metric || !text_equal(x->of, y->of) || x->window.kind != y->window.kind ||
                            x->window.count != y->window.count)
                                continue;
                        comparing->pairs[comparing->pair_count++] = (struct column_pair){o, n};
                        break;
                }
        return STATUS_OK;
}

static bool same_ratio(int64_t a, int64_t b, int64_t c, int64_t d)
{
        return (__int128)a * d == (__int128)c * b;
}

static bool same_cell(const struct metric_column *old, size_t i, const struct metric_column *new, size_t j)
{
        bool known = bits_get(old->known, i);
        if (known != bits_get(new->known, j))
                return false;
        if (!known)
                return true;
        if ((old->estimated && bits_get(old->estimated, i)) != (new->estimated && bits_get(new->estimated, j)))
                return false;
        if (old->attribute && new->attribute)
                return text_equal(old->attribute->values[i].text, new->attribute->values[j].text);
        if (old->denominator && new->denominator)
                return same_ratio(old->value[i], old->denominator[i], new->value[j], new->denominator[j]);
        struct decimal x = {old->value[i], old->scale}, y = {new->value[j], new->scale};
        return decimal_compare(x, y) == 0;
}

static struct text size_class(const struct run_side *side, size_t index)
{
        const struct mechanics *mechanics = &side->version->concept->mechanics;
        uint8_t class = side->measures.size_class[index];
        return class < mechanics->size_class_count ? mechanics->size_factors[class].code : (struct text){0};
}

static size_t compare_values(const struct comparing *comparing, size_t i, size_t j)
{
        const struct run_side *old = comparing->old_side, *new = comparing->new_side;
        size_t count = 0;
        for (size_t p = 0; p < comparing->pair_count; p++) {
                const struct column_pair *pair = &comparing->pairs[p];
                if (!same_cell(&old->measures.columns[pair->old_column], i, &new->measures.columns[pair->new_column],
                               j))
                        comparing->scratch[count++] =
                                (struct value_change){VALUE_COLUMN, pair->old_column, pair->new_column};
        }
        if (old->measures.kind[i] != new->measures.kind[j])
                comparing->scratch[count++] = (struct value_change){.kind = VALUE_KIND};
        if (!text_equal(size_class(old, i), size_class(new, j)))
                comparing->scratch[count++] = (struct value_change){.kind = VALUE_SIZE_CLASS};
        if (old->measures.joined_day[i] != new->measures.joined_day[j])
                comparing->scratch[count++] = (struct value_change){.kind = VALUE_JOINED};
        return count;
}

static bool same_segment(const struct run_side *old, uint8_t a, const struct run_side *new, uint8_t b)
{
        if (a == SEGMENT_NONE || b == SEGMENT_NONE)
                return a == b;
        return text_equal(old->version->concept->segments[a].id, new->version->concept->segments[b].id);
}

static bool same_decision(const struct comparing *comparing, size_t i, size_t j)
{
        const struct run_side *old = comparing->old_side, *new = comparing->new_side;
        const struct decisions *x = &old->decisions, *y = &new->decisions;
        int32_t x_end = x->grace[i] ? x->grace_end_day[i] : DAY_NONE;
        int32_t y_end = y->grace[j] ? y->grace_end_day[j] : DAY_NONE;
        return x->decision[i] == y->decision[j] && x->flags[i] == y->flags[j] && !x->grace[i] == !y->grace[j] &&
               x_end == y_end && same_segment(old, x->before[i], new, y->before[j]) &&
               same_segment(old, x->qualified[i], new, y->qualified[j]) &&
               same_segment(old, x->segment[i], new, y->segment[j]);
}

static bool compare_customer(struct comparing *comparing, int64_t customer_id, size_t i, size_t j)
{
        struct run_difference difference = {.customer_id = customer_id, .old_index = (uint32_t)i,
                                            .new_index = (uint32_t)j, .decision_differs = true};
        comparing->compared++;
        if (i != SIDE_MISSING && j != SIDE_MISSING) {
                difference.decision_differs = !same_decision(comparing, i, j);
                difference.change_count = compare_values(comparing, i, j);
                if (!difference.decision_differs && difference.change_count == 0)
                        return true;
        }
        difference.changes = arena_array(comparing->arena, struct value_change, difference.change_count + 1);
        if (!difference.changes)
                return false;
        if (difference.change_count)
                memcpy(difference.changes, comparing->scratch,
                       difference.change_count * sizeof(struct value_change));
        return buffer_add(&comparing->list, &difference, sizeof(difference));
}

/* The next customer of a side who counts; the position is `count` at the end. */
static size_t next_position(const struct run_side *side, size_t at)
{
        while (at < side->count && !bits_get(side->measures.exists, at))
                at++;
        return at;
}

static bool compare_all(struct comparing *comparing)
{
        const struct run_side *old = comparing->old_side, *new = comparing->new_side;
        size_t i = next_position(old, 0), j = next_position(new, 0);
        while (i < old->count || j < new->count) {
                bool in_old = i < old->count && (j == new->count || old->customer_ids[i] <= new->customer_ids[j]);
                bool in_new = j < new->count && (i == old->count || new->customer_ids[j] <= old->customer_ids[i]);
                int64_t id = in_old ? old->customer_ids[i] : new->customer_ids[j];
                if (!compare_customer(comparing, id, in_old ? i : SIDE_MISSING, in_new ? j : SIDE_MISSING))
                        return false;
                i = in_old ? next_position(old, i + 1) : i;
                j = in_new ? next_position(new, j + 1) : j;
        }
        return true;
}

static enum status name_customer(struct connection *connection, struct arena *arena, struct run_difference *difference,
                                 struct error *error)
{
        struct q_customer_first_number_args args = {difference->customer_id};
        struct q_customer_first_number_row row;
        bool found;
        enum status status = q_customer_first_number(connection, &args, &row, &found, error);
        if (status != STATUS_OK || !found)
                return status;
        const char *source = arena_copy(arena, row.source.data, row.source.length);
        const char *number = arena_copy(arena, row.number.data, row.number.length);
        if (!source || !number)
                return error_memory(error);
        difference->source = (struct text){source, row.source.length};
        difference->number = (struct text){number, row.number.length};
        return STATUS_OK;
}

static int compare_numbers(const void *a, const void *b)
{
        const struct run_difference *x = a, *y = b;
        int order = text_compare(x->number, y->number);
        return order ? order : text_compare(x->source, y->source);
}

enum status run_differences(struct connection *connection, const struct run_side *old_side,
                            const struct run_side *new_side, struct arena *arena, struct run_difference **ret,
                            size_t *ret_count, size_t *ret_compared, struct error *error)
{
        struct comparing comparing = {.old_side = old_side, .new_side = new_side, .arena = arena};
        buffer_init(&comparing.list, LIST_BYTES_MAX);
        enum status status = pair_columns(&comparing, error);
        if (status == STATUS_OK && !compare_all(&comparing))
                status = error_memory(error);
        size_t count = comparing.list.length / sizeof(struct run_difference);
        struct run_difference *list = arena_array(arena, struct run_difference, count + 1);
        if (status == STATUS_OK && !list)
                status = error_memory(error);
        if (status == STATUS_OK && count)
                memcpy(list, comparing.list.data, count * sizeof(*list));
        buffer_release(&comparing.list);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                status = name_customer(connection, arena, &list[i], error);
        if (status != STATUS_OK)
                return status;
        qsort(list, count, sizeof(*list), compare_numbers);
        *ret = list;
        *ret_count = count;
        *ret_compared = comparing.compared;
        return STATUS_OK;
}
