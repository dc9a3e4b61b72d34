/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fragment_order.c: sorting fragments. Customers are ranked by their id once, then the references are counted into
 * place by rank, and only the handful of documents of one customer is compared by number.
 */
#include "importer/fragment_order.h"

#include <stdlib.h>

#include "base/radix.h"

enum { PREFETCH_AHEAD = 12, SHORT_BUCKET = 24 };

/* What sorting needs for a while. */
struct sorting {
        const struct fragment_shelf *shelves;
        const struct fragment_names *names;
        size_t shelf_count, first, step;
        uint32_t **ranks;         /* shelf, customer -> 1 when there are fragments, later the rank */
        struct radix_entry *ranked, *spare; /* who has fragments on a shelf, see customer_on_shelf */
        size_t ranked_count;
        uint32_t *starts;
};

static void sorting_release(struct sorting *sorting)
{
        for (size_t s = 0; sorting->ranks && s < sorting->shelf_count; s++)
                free(sorting->ranks[s]);
        free(sorting->ranks);
        free(sorting->ranked);
        free(sorting->spare);
        free(sorting->starts);
}

void fragment_order_release(struct fragment_order *order)
{
        free(order->refs);
        free(order->customer_ids);
        *order = (struct fragment_order){0};
}

/* Marks who occurs in sorting->ranks and counts them and their fragments. */
static bool mark_customers(struct sorting *sorting, size_t *ret_refs)
{
        *ret_refs = 0;
        sorting->ranks = calloc(sorting->shelf_count + 1, sizeof(*sorting->ranks));
        for (size_t s = sorting->first; sorting->ranks && s < sorting->shelf_count; s += sorting->step) {
                const struct fragment_shelf *shelf = &sorting->shelves[s];
                uint32_t *marks = calloc(sorting->names[s].customer_count + 1, sizeof(*marks));
                if (!marks)
                        return false;
                for (size_t i = 0; i < shelf->ref_count; i++) {
                        uint32_t *mark = &marks[shelf->refs[i].customer];
                        sorting->ranked_count += !*mark;
                        *mark = 1;
                }
                sorting->ranks[s] = marks;
                *ret_refs += shelf->ref_count;
        }
        return sorting->ranks != NULL;
}

/* Number in the shelf's dictionary, and the shelf. */
static uint64_t customer_on_shelf(size_t customer, size_t shelf)
{
        return (uint64_t)shelf << 32 | customer;
}

static void gather_customers(struct sorting *sorting)
{
        struct radix_entry *out = sorting->ranked;
        for (size_t s = sorting->first; s < sorting->shelf_count; s += sorting->step) {
                const struct fragment_names *names = &sorting->names[s];
                for (size_t i = 0; i < names->customer_count; i++)
                        if (sorting->ranks[s][i])
                                *out++ = (struct radix_entry){radix_key(names->customer_ids[i]),
                                                              customer_on_shelf(i, s)};
        }
}

/* Gives every customer of every shelf its rank; returns how many there are. */
static size_t rank_customers(struct sorting *sorting, const struct radix_entry *sorted, int64_t *ids)
{
        size_t distinct = 0;
        for (size_t i = 0; i < sorting->ranked_count; i++) {
                const struct radix_entry *ranked = &sorted[i];
                int64_t id = radix_number(ranked->key);
                if (distinct == 0 || ids[distinct - 1] != id)
                        ids[distinct++] = id;
                sorting->ranks[ranked->rest >> 32][(uint32_t)ranked->rest] = (uint32_t)distinct - 1;
        }
        return distinct;
}

static int compare_refs(const void *a, const void *b)
{
        const struct fragment_ref *x = a, *y = b;
        if (x->number_prefix != y->number_prefix)
                return x->number_prefix < y->number_prefix ? -1 : 1;
        struct text p = {(const char *)x->data + FRAGMENT_HEAD_BYTES, x->data[7]};
        struct text q = {(const char *)y->data + FRAGMENT_HEAD_BYTES, y->data[7]};
        int order = text_compare(p, q);
        uint16_t sheets[2];
        memcpy(&sheets[0], x->data + 10, 2);
        memcpy(&sheets[1], y->data + 10, 2);
        return order ? order : sheets[0] - sheets[1];
}

/* Most buckets hold a handful of documents in the order of the file: insertion is quickest there. */
static void sort_bucket(struct fragment_ref *refs, size_t count)
{
        if (count > SHORT_BUCKET) {
                qsort(refs, count, sizeof(*refs), compare_refs);
                return;
        }
        for (size_t i = 1; i < count; i++) {
                struct fragment_ref ref = refs[i];
                size_t k = i;
                while (k > 0 && compare_refs(&refs[k - 1], &ref) > 0) {
                        refs[k] = refs[k - 1];
                        k--;
                }
                refs[k] = ref;
        }
}

/* Counting sort by rank into order->refs, then by number within a customer. `starts` has two entries more than there
 * are ranks. */
static void scatter_refs(struct fragment_order *order, const struct sorting *sorting, size_t rank_count)
{
        uint32_t *starts = sorting->starts;
        for (size_t s = sorting->first; s < sorting->shelf_count; s += sorting->step)
                for (size_t i = 0; i < sorting->shelves[s].ref_count; i++)
                        starts[sorting->ranks[s][sorting->shelves[s].refs[i].customer] + 2]++;
        for (size_t r = 2; r < rank_count + 2; r++)
                starts[r] += starts[r - 1];
        for (size_t s = sorting->first; s < sorting->shelf_count; s += sorting->step)
                for (size_t i = 0; i < sorting->shelves[s].ref_count; i++) {
                        struct fragment_ref ref = sorting->shelves[s].refs[i];
                        ref.customer = sorting->ranks[s][ref.customer];
                        order->refs[starts[ref.customer + 1]++] = ref;
                }
        for (size_t r = 0; r < rank_count; r++)
                sort_bucket(order->refs + starts[r], starts[r + 1] - starts[r]);
}

static bool make_room(struct fragment_order *order, size_t refs, size_t customers)
{
        fragment_order_release(order);
        order->refs = malloc((refs ? refs : 1) * sizeof(*order->refs));
        order->customer_ids = malloc((customers ? customers : 1) * sizeof(*order->customer_ids));
        return order->refs && order->customer_ids;
}

enum status fragment_order_sort(struct fragment_order *order, const struct fragment_shelf *shelves,
                                const struct fragment_names *names, size_t shelf_count, size_t first, size_t step,
                                struct error *error)
{
        __attribute__((cleanup(sorting_release))) struct sorting sorting = {
                .shelves = shelves, .names = names, .shelf_count = shelf_count, .first = first, .step = step};
        size_t refs;
        if (!mark_customers(&sorting, &refs))
                return error_memory(error);
        if (refs > UINT32_MAX)
                return error_set(error, STATUS_LIMIT, "import.too_large", NULL);
        sorting.ranked = malloc((sorting.ranked_count + 1) * sizeof(*sorting.ranked));
        sorting.spare = malloc((sorting.ranked_count + 1) * sizeof(*sorting.spare));
        sorting.starts = calloc(sorting.ranked_count + 2, sizeof(*sorting.starts));
        if (!sorting.ranked || !sorting.spare || !sorting.starts || !make_room(order, refs, sorting.ranked_count))
                return error_memory(error);
        gather_customers(&sorting);
        struct radix_entry *sorted = radix_sort(sorting.ranked, sorting.spare, sorting.ranked_count);
        scatter_refs(order, &sorting, rank_customers(&sorting, sorted, order->customer_ids));
        order->ref_count = refs;
        order->names = names;
        return STATUS_OK;
}

void fragment_view(const uint8_t *data, int64_t customer_id, struct fragment *ret)
{
        uint16_t length;
        *ret = (struct fragment){.customer_id = customer_id, .flags = data[6]};
        memcpy(&ret->day, data, 4);
        memcpy(&ret->line_count, data + 4, 2);
        memcpy(&length, data + 8, 2);
        memcpy(&ret->sheet, data + 10, 2);
        ret->number = (struct text){(const char *)data + FRAGMENT_HEAD_BYTES, data[7]};
        ret->lines = data + FRAGMENT_HEAD_BYTES + data[7];
        ret->lines_end = ret->lines + length;
        if (ret->flags & FRAGMENT_REJECTED)
                memcpy(&ret->key_hash, ret->lines, 8);
}

bool fragment_order_next(struct fragment_order *order, struct fragment *ret)
{
        if (order->ref_next == order->ref_count)
                return false;
        const struct fragment_ref *ref = &order->refs[order->ref_next++];
        if (order->ref_next + PREFETCH_AHEAD < order->ref_count) {
                /* Sorted references point all over the shelves. */
                __builtin_prefetch(ref[PREFETCH_AHEAD].data);
                __builtin_prefetch(ref[PREFETCH_AHEAD].data + 64);
        }
        fragment_view(ref->data, order->customer_ids[ref->customer], ret);
        ret->names = &order->names[ref->shelf];
        return true;
}
