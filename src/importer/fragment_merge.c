/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fragment_merge.c: sorting fragments, spilling sorted runs, and merging them.
 *
 * A run is a file of records: customer id (8 bytes), length of the fragment (4), then the fragment as on a shelf, its
 * products and groups translated to ids.
 */
#include "importer/fragments.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/varint.h"
#include "platform/file.h"

enum { RUNS_MAX = 256, RUN_BUFFER_BYTES = 256 << 10, RECORD_BYTES_MAX = 64 << 10, PREFETCH_AHEAD = 12 };

struct run {
        char path[512];
        struct reader *reader;
        uint8_t *buffer;
        size_t used, length;
        bool ended;
};

/* One sorted stream: a run, or the references in memory. */
struct stream {
        struct fragment current;
        bool has_current;
};

struct fragment_merge {
        char directory[400];
        struct run runs[RUNS_MAX];
        struct stream streams[RUNS_MAX + 1];
        size_t run_count;
        struct fragment_ref *refs;      /* sorted */
        size_t ref_count, ref_next;
        int64_t *customers;             /* rank -> id */
        const struct fragment_names *names;
        bool pending;                   /* `last` must advance before the next fragment comes out */
        size_t last;
};

enum status fragment_merge_new(const char *staging_directory, struct fragment_merge **ret, struct error *error)
{
        struct fragment_merge *merge = calloc(1, sizeof(*merge));
        if (!merge)
                return error_memory(error);
        if ((size_t)snprintf(merge->directory, sizeof(merge->directory), "%s", staging_directory)
            >= sizeof(merge->directory)) {
                free(merge);
                return error_set(error, STATUS_LIMIT, "file.path_too_long", "path", staging_directory, NULL);
        }
        *ret = merge;
        return STATUS_OK;
}

void fragment_merge_free(struct fragment_merge *merge)
{
        if (!merge)
                return;
        for (size_t i = 0; i < merge->run_count; i++) {
                reader_close(merge->runs[i].reader);
                free(merge->runs[i].buffer);
                if (file_remove(merge->runs[i].path, NULL) != STATUS_OK)
                        continue; /* the staging folder is cleared at the next start */
        }
        free(merge->refs);
        free(merge->customers);
        free(merge);
}

static int compare_ids(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return x < y ? -1 : x > y;
}

/* The distinct customer ids of all shelves, ascending. */
static enum status rank_customers(const struct fragment_names *names, size_t shelf_count, int64_t **ret_ids,
                                  size_t *ret_count, struct error *error)
{
        size_t total = 0, count = 0;
        for (size_t s = 0; s < shelf_count; s++)
                total += names[s].customer_count;
        int64_t *ids = malloc((total ? total : 1) * sizeof(*ids));
        if (!ids)
                return error_memory(error);
        for (size_t s = 0; s < shelf_count; s++)
                for (size_t i = 0; i < names[s].customer_count; i++)
                        ids[count++] = names[s].customer_ids[i];
        qsort(ids, count, sizeof(*ids), compare_ids);
        size_t distinct = 0;
        for (size_t i = 0; i < count; i++)
                if (distinct == 0 || ids[i] != ids[distinct - 1])
                        ids[distinct++] = ids[i];
        *ret_ids = ids;
        *ret_count = distinct;
        return STATUS_OK;
}

static uint32_t rank_of(const int64_t *ids, size_t count, int64_t id)
{
        size_t low = 0, high = count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (ids[middle] < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return (uint32_t)low;
}

static int compare_refs(const void *a, const void *b)
{
        const struct fragment_ref *x = a, *y = b;
        if (x->number_prefix != y->number_prefix)
                return x->number_prefix < y->number_prefix ? -1 : 1;
        struct text p = {(const char *)x->data + FRAGMENT_HEAD_BYTES, x->data[7]};
        struct text q = {(const char *)y->data + FRAGMENT_HEAD_BYTES, y->data[7]};
        return text_compare(p, q);
}

/* Most buckets hold a handful of documents in the order of the file: insertion is quickest there. */
static void sort_bucket(struct fragment_ref *refs, size_t count)
{
        if (count > 24) {
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

/* Counting sort by the customer's rank into merge->refs. `ranks[s][i]`: rank of shelf s's customer i. */
static enum status scatter_refs(struct fragment_merge *merge, const struct fragment_shelf *shelves, size_t shelf_count,
                                uint32_t *const *ranks, size_t rank_count, struct error *error)
{
        size_t total = 0;
        for (size_t s = 0; s < shelf_count; s++)
                total += shelves[s].ref_count;
        size_t *starts = calloc(rank_count + 2, sizeof(*starts));
        struct fragment_ref *refs = malloc((total ? total : 1) * sizeof(*refs));
        if (!starts || !refs) {
                free(starts);
                free(refs);
                return error_memory(error);
        }
        for (size_t s = 0; s < shelf_count; s++)
                for (size_t i = 0; i < shelves[s].ref_count; i++)
                        starts[ranks[s][shelves[s].refs[i].customer] + 2]++;
        for (size_t r = 2; r < rank_count + 2; r++)
                starts[r] += starts[r - 1];
        for (size_t s = 0; s < shelf_count; s++)
                for (size_t i = 0; i < shelves[s].ref_count; i++) {
                        struct fragment_ref ref = shelves[s].refs[i];
                        ref.customer = ranks[s][ref.customer];
                        refs[starts[ref.customer + 1]++] = ref;
                }
        for (size_t r = 0; r < rank_count; r++)
                sort_bucket(refs + starts[r], starts[r + 1] - starts[r]);
        free(starts);
        free(merge->refs);
        merge->refs = refs;
        merge->ref_count = total;
        merge->ref_next = 0;
        return STATUS_OK;
}

static enum status sort_shelves(struct fragment_merge *merge, const struct fragment_shelf *shelves,
                                const struct fragment_names *names, size_t shelf_count, struct error *error)
{
        size_t rank_count = 0;
        uint32_t **ranks = calloc(shelf_count, sizeof(*ranks));
        if (!ranks)
                return error_memory(error);
        free(merge->customers);
        merge->customers = NULL;
        enum status status = rank_customers(names, shelf_count, &merge->customers, &rank_count, error);
        for (size_t s = 0; s < shelf_count && status == STATUS_OK; s++) {
                ranks[s] = malloc((names[s].customer_count + 1) * sizeof(**ranks));
                if (!ranks[s])
                        status = error_memory(error);
                for (size_t i = 0; ranks[s] && i < names[s].customer_count; i++)
                        ranks[s][i] = rank_of(merge->customers, rank_count, names[s].customer_ids[i]);
        }
        if (status == STATUS_OK)
                status = scatter_refs(merge, shelves, shelf_count, ranks, rank_count, error);
        for (size_t s = 0; s < shelf_count; s++)
                free(ranks[s]);
        free(ranks);
        merge->names = names;
        return status;
}

/* The fragment a reference or a record holds. */
static void view_fragment(const uint8_t *data, int64_t customer_id, struct fragment *ret)
{
        uint16_t length;
        *ret = (struct fragment){.customer_id = customer_id, .flags = data[6]};
        memcpy(&ret->day, data, 4);
        memcpy(&ret->line_count, data + 4, 2);
        memcpy(&length, data + 8, 2);
        ret->number = (struct text){(const char *)data + FRAGMENT_HEAD_BYTES, data[7]};
        ret->lines = data + FRAGMENT_HEAD_BYTES + data[7];
        ret->lines_end = ret->lines + length;
        if (ret->flags & FRAGMENT_REJECTED)
                memcpy(&ret->key_hash, ret->lines, 8);
}

static void memory_next(struct fragment_merge *merge, struct stream *stream)
{
        stream->has_current = merge->ref_next < merge->ref_count;
        if (!stream->has_current)
                return;
        const struct fragment_ref *ref = &merge->refs[merge->ref_next++];
        if (merge->ref_next + PREFETCH_AHEAD < merge->ref_count) {
                /* Sorted references point all over the shelves. */
                __builtin_prefetch(ref[PREFETCH_AHEAD].data);
                __builtin_prefetch(ref[PREFETCH_AHEAD].data + 64);
        }
        view_fragment(ref->data, merge->customers[ref->customer], &stream->current);
        stream->current.product_ids = merge->names[ref->shelf].product_ids;
        stream->current.group_ids = merge->names[ref->shelf].group_ids;
}

static uint8_t *put_translated(uint8_t *p, const struct fragment *fragment, const struct line *lines)
{
        bool marked = fragment->flags & FRAGMENT_MARKED;
        for (unsigned i = 0; i < fragment->line_count; i++) {
                const struct line *line = &lines[i];
                p += varint_put(p, line->product);
                p += varint_put(p, zigzag(line->quantity_milli));
                p += varint_put(p, zigzag(line->amount_minor));
                if (!marked)
                        continue;
                *p++ = line->marks;
                if (line->marks & LINE_COST_KNOWN)
                        p += varint_put(p, zigzag(line->cost_minor));
                if (line->marks & FRAGMENT_GROUP)
                        p += varint_put(p, line->group);
        }
        return p;
}

static enum status write_record(struct writer *writer, const struct fragment *fragment, uint8_t *scratch,
                                struct error *error)
{
        struct line lines[FRAGMENT_LINES_MAX];
        size_t head = (size_t)(fragment->lines - (const uint8_t *)fragment->number.data) + FRAGMENT_HEAD_BYTES;
        memcpy(scratch + 12, fragment->lines - head, head);
        uint8_t *p = scratch + 12 + head;
        if (fragment->flags & FRAGMENT_REJECTED) {
                memcpy(p, &fragment->key_hash, 8);
                p += 8;
        } else {
                if (!fragment_lines(fragment, lines))
                        return error_set(error, STATUS_CORRUPT, "import.staging_damaged", "path", "memory", NULL);
                p = put_translated(p, fragment, lines);
        }
        uint32_t length = (uint32_t)(p - scratch - 12);
        uint16_t lines_length = (uint16_t)(length - head);
        memcpy(scratch + 12 + 8, &lines_length, 2);
        memcpy(scratch, &fragment->customer_id, 8);
        memcpy(scratch + 8, &length, 4);
        return writer_write(writer, scratch, length + 12, error);
}

enum status fragment_merge_spill(struct fragment_merge *merge, struct fragment_shelf *shelves,
                                 const struct fragment_names *names, size_t shelf_count, struct error *error)
{
        if (merge->run_count == RUNS_MAX)
                return error_set(error, STATUS_LIMIT, "import.too_large", NULL);
        enum status status = sort_shelves(merge, shelves, names, shelf_count, error);
        if (status != STATUS_OK)
                return status;
        struct run *run = &merge->runs[merge->run_count];
        char name[40];
        snprintf(name, sizeof(name), "/run-%zu.fragments", merge->run_count);
        size_t directory_length = strlen(merge->directory);
        memcpy(run->path, merge->directory, directory_length);
        memcpy(run->path + directory_length, name, strlen(name) + 1);
        struct writer *writer;
        uint8_t *scratch = malloc(RECORD_BYTES_MAX);
        if (!scratch)
                return error_memory(error);
        status = writer_open(run->path, &writer, error);
        if (status != STATUS_OK) {
                free(scratch);
                return status;
        }
        merge->run_count++;
        struct stream memory;
        for (memory_next(merge, &memory); memory.has_current && status == STATUS_OK; memory_next(merge, &memory))
                status = write_record(writer, &memory.current, scratch, error);
        free(scratch);
        if (status == STATUS_OK)
                status = writer_close(writer, false, error);
        else
                writer_discard(writer);
        merge->ref_count = merge->ref_next = 0;
        for (size_t s = 0; s < shelf_count; s++)
                fragment_shelf_clear(&shelves[s]);
        return status;
}

static enum status run_fill(struct run *run, struct error *error)
{
        memmove(run->buffer, run->buffer + run->used, run->length - run->used);
        run->length -= run->used;
        run->used = 0;
        while (run->length < RUN_BUFFER_BYTES && !run->ended) {
                size_t got = 0;
                enum status status =
                        reader_read(run->reader, run->buffer + run->length, RUN_BUFFER_BYTES - run->length, &got,
                                    error);
                if (status != STATUS_OK)
                        return status;
                run->ended = got == 0;
                run->length += got;
        }
        return STATUS_OK;
}

static enum status run_next(struct run *run, struct stream *stream, struct error *error)
{
        if (run->length - run->used < RECORD_BYTES_MAX && !run->ended) {
                enum status status = run_fill(run, error);
                if (status != STATUS_OK)
                        return status;
        }
        stream->has_current = run->length > run->used;
        if (!stream->has_current)
                return STATUS_OK;
        int64_t customer_id;
        uint32_t length = 0;
        size_t left = run->length - run->used;
        const uint8_t *p = run->buffer + run->used;
        if (left >= 12) {
                memcpy(&customer_id, p, 8);
                memcpy(&length, p + 8, 4);
        }
        if (left < 12 || length < FRAGMENT_HEAD_BYTES || length > left - 12
            || length < (uint32_t)FRAGMENT_HEAD_BYTES + p[19])
                return error_set(error, STATUS_CORRUPT, "import.staging_damaged", "path", run->path, NULL);
        view_fragment(p + 12, customer_id, &stream->current);
        if (stream->current.lines_end != p + 12 + length)
                return error_set(error, STATUS_CORRUPT, "import.staging_damaged", "path", run->path, NULL);
        run->used += 12 + length;
        return STATUS_OK;
}

static enum status advance(struct fragment_merge *merge, size_t i, struct error *error)
{
        if (i < merge->run_count)
                return run_next(&merge->runs[i], &merge->streams[i], error);
        memory_next(merge, &merge->streams[i]);
        return STATUS_OK;
}

enum status fragment_merge_start(struct fragment_merge *merge, struct fragment_shelf *shelves,
                                 const struct fragment_names *names, size_t shelf_count, struct error *error)
{
        enum status status = sort_shelves(merge, shelves, names, shelf_count, error);
        for (size_t i = 0; i < merge->run_count && status == STATUS_OK; i++) {
                merge->runs[i].buffer = malloc(RUN_BUFFER_BYTES);
                if (!merge->runs[i].buffer)
                        return error_memory(error);
                status = reader_open(merge->runs[i].path, &merge->runs[i].reader, error);
        }
        for (size_t i = 0; i <= merge->run_count && status == STATUS_OK; i++)
                status = advance(merge, i, error);
        return status;
}

static int compare_fragments(const struct fragment *a, const struct fragment *b)
{
        if (a->customer_id != b->customer_id)
                return a->customer_id < b->customer_id ? -1 : 1;
        return text_compare(a->number, b->number);
}

enum status fragment_merge_next(struct fragment_merge *merge, struct fragment *ret, bool *ret_more, struct error *error)
{
        if (merge->pending) {
                merge->pending = false;
                enum status status = advance(merge, merge->last, error);
                if (status != STATUS_OK)
                        return status;
        }
        size_t best = SIZE_MAX;
        for (size_t i = 0; i <= merge->run_count; i++)
                if (merge->streams[i].has_current
                    && (best == SIZE_MAX
                        || compare_fragments(&merge->streams[i].current, &merge->streams[best].current) < 0))
                        best = i;
        *ret_more = best != SIZE_MAX;
        if (best != SIZE_MAX) {
                *ret = merge->streams[best].current;
                merge->pending = true;
                merge->last = best;
        }
        return STATUS_OK;
}
