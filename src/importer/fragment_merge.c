/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fragment_merge.c: spilling sorted runs, and merging them.
 *
 * A run is a file of records: customer id (8 bytes), length of the fragment (4), then the fragment as on a shelf, its
 * products and groups translated to ids. Sorting and writing is as much work as parsing was, so the shelves are shared
 * among up to PARTS_MAX threads, each of which writes a run of its own.
 */
#include "importer/fragments.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/varint.h"
#include "importer/fragment_order.h"
#include "platform/file.h"
#include "platform/thread.h"

enum { PARTS_MAX = 4, RUNS_MAX = 512, RUN_BUFFER_BYTES = 256 << 10, RECORD_BYTES_MAX = 64 << 10 };

struct run {
        char path[512];
        struct reader *reader;
        uint8_t *buffer;
        size_t used, length;
        bool ended;
};

/* The shelves one thread sorts. */
struct part {
        struct fragment_order order;
        const struct fragment_shelf *shelves;
        const struct fragment_names *names;
        size_t shelf_count, first, step;
        struct run *run;                /* where it is spilled to; NULL: it stays in memory */
        struct thread *thread;
        enum status status;
        struct error error;
};

/* One sorted stream: a run, or (after the runs) a part in memory. */
struct stream {
        struct fragment current;
        bool has_current;
};

struct fragment_merge {
        char directory[400];
        struct run runs[RUNS_MAX];
        size_t run_count;
        struct part parts[PARTS_MAX];
        size_t part_count;
        struct stream streams[RUNS_MAX + PARTS_MAX];
        size_t heap[RUNS_MAX + PARTS_MAX]; /* streams that have a fragment; the first has the least one */
        size_t heap_count;
        bool pending;                   /* the first stream must advance before the next fragment comes out */
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
        for (size_t i = 0; i < PARTS_MAX; i++)
                fragment_order_release(&merge->parts[i].order);
        free(merge);
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

static enum status write_run(struct part *part, struct error *error)
{
        struct writer *writer;
        struct fragment fragment;
        uint8_t *scratch = malloc(RECORD_BYTES_MAX);
        if (!scratch)
                return error_memory(error);
        enum status status = writer_open(part->run->path, &writer, error);
        if (status != STATUS_OK) {
                free(scratch);
                return status;
        }
        while (status == STATUS_OK && fragment_order_next(&part->order, &fragment))
                status = write_record(writer, &fragment, scratch, error);
        free(scratch);
        if (status == STATUS_OK)
                return writer_close(writer, false, error);
        writer_discard(writer);
        return status;
}

static void sort_part(void *context)
{
        struct part *part = context;
        part->status = fragment_order_sort(&part->order, part->shelves, part->names, part->shelf_count, part->first,
                                           part->step, &part->error);
        if (part->status == STATUS_OK && part->run)
                part->status = write_run(part, &part->error);
}

/* Sorts all parts at the same time, and spills those that have a run. */
static enum status sort_parts(struct fragment_merge *merge, struct error *error)
{
        enum status status = STATUS_OK;
        size_t started = 1;
        for (; started < merge->part_count && status == STATUS_OK; started++)
                status = thread_start(sort_part, &merge->parts[started], &merge->parts[started].thread, error);
        if (status == STATUS_OK)
                sort_part(&merge->parts[0]);
        for (size_t i = 1; i < merge->part_count; i++) {
                thread_join(merge->parts[i].thread);
                merge->parts[i].thread = NULL;
        }
        for (size_t i = 0; i < merge->part_count && status == STATUS_OK; i++) {
                status = merge->parts[i].status;
                if (status != STATUS_OK)
                        *error = merge->parts[i].error;
        }
        return status;
}

static void share_shelves(struct fragment_merge *merge, const struct fragment_shelf *shelves,
                          const struct fragment_names *names, size_t shelf_count)
{
        merge->part_count = shelf_count < PARTS_MAX ? shelf_count : PARTS_MAX;
        for (size_t i = 0; i < merge->part_count; i++) {
                struct part *part = &merge->parts[i];
                part->shelves = shelves;
                part->names = names;
                part->shelf_count = shelf_count;
                part->first = i;
                part->step = merge->part_count;
                part->run = NULL;
                part->status = STATUS_OK;
        }
}

static void name_run(struct fragment_merge *merge, size_t number)
{
        char name[40], *path = merge->runs[number].path;
        size_t directory_length = strlen(merge->directory);
        snprintf(name, sizeof(name), "/run-%zu.fragments", number);
        memcpy(path, merge->directory, directory_length);
        memcpy(path + directory_length, name, strlen(name) + 1);
}

enum status fragment_merge_spill(struct fragment_merge *merge, struct fragment_shelf *shelves,
                                 const struct fragment_names *names, size_t shelf_count, struct error *error)
{
        share_shelves(merge, shelves, names, shelf_count);
        if (merge->run_count + merge->part_count > RUNS_MAX)
                return error_set(error, STATUS_LIMIT, "import.too_large", NULL);
        for (size_t i = 0; i < merge->part_count; i++) {
                merge->parts[i].run = &merge->runs[merge->run_count];
                name_run(merge, merge->run_count++);
        }
        enum status status = sort_parts(merge, error);
        for (size_t i = 0; i < merge->part_count; i++)
                fragment_order_release(&merge->parts[i].order);
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
        fragment_view(p + 12, customer_id, &stream->current);
        if (stream->current.lines_end != p + 12 + length)
                return error_set(error, STATUS_CORRUPT, "import.staging_damaged", "path", run->path, NULL);
        run->used += 12 + length;
        return STATUS_OK;
}

static enum status advance(struct fragment_merge *merge, size_t i, struct error *error)
{
        struct stream *stream = &merge->streams[i];
        if (i < merge->run_count)
                return run_next(&merge->runs[i], stream, error);
        stream->has_current = fragment_order_next(&merge->parts[i - merge->run_count].order, &stream->current);
        return STATUS_OK;
}

/* Streams in the order of what they hold; equal fragments in the order of the streams. */
static bool comes_before(const struct fragment_merge *merge, size_t i, size_t k)
{
        const struct fragment *a = &merge->streams[i].current, *b = &merge->streams[k].current;
        if (a->customer_id != b->customer_id)
                return a->customer_id < b->customer_id;
        int order = text_compare(a->number, b->number);
        return order ? order < 0 : i < k;
}

static void sift_down(struct fragment_merge *merge, size_t at)
{
        size_t moving = merge->heap[at];
        for (;;) {
                size_t child = 2 * at + 1;
                if (child >= merge->heap_count)
                        break;
                if (child + 1 < merge->heap_count && comes_before(merge, merge->heap[child + 1], merge->heap[child]))
                        child++;
                if (!comes_before(merge, merge->heap[child], moving))
                        break;
                merge->heap[at] = merge->heap[child];
                at = child;
        }
        merge->heap[at] = moving;
}

enum status fragment_merge_start(struct fragment_merge *merge, struct fragment_shelf *shelves,
                                 const struct fragment_names *names, size_t shelf_count, struct error *error)
{
        share_shelves(merge, shelves, names, shelf_count);
        enum status status = sort_parts(merge, error);
        for (size_t i = 0; i < merge->run_count && status == STATUS_OK; i++) {
                merge->runs[i].buffer = malloc(RUN_BUFFER_BYTES);
                if (!merge->runs[i].buffer)
                        return error_memory(error);
                status = reader_open(merge->runs[i].path, &merge->runs[i].reader, error);
        }
        for (size_t i = 0; i < merge->run_count + merge->part_count && status == STATUS_OK; i++) {
                status = advance(merge, i, error);
                if (status == STATUS_OK && merge->streams[i].has_current)
                        merge->heap[merge->heap_count++] = i;
        }
        for (size_t i = merge->heap_count / 2; i-- > 0;)
                sift_down(merge, i);
        return status;
}

enum status fragment_merge_next(struct fragment_merge *merge, struct fragment *ret, bool *ret_more, struct error *error)
{
        if (merge->pending) {
                merge->pending = false;
                enum status status = advance(merge, merge->heap[0], error);
                if (status != STATUS_OK)
                        return status;
                if (!merge->streams[merge->heap[0]].has_current)
                        merge->heap[0] = merge->heap[--merge->heap_count];
                if (merge->heap_count)
                        sift_down(merge, 0);
        }
        *ret_more = merge->heap_count > 0;
        if (*ret_more) {
                *ret = merge->streams[merge->heap[0]].current;
                merge->pending = true;
        }
        return STATUS_OK;
}
