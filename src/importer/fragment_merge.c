/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fragment_merge.c: spilling sorted runs, and merging them.
 *
 * A run is a file of blocks: XXH3 checksum of the rest (8 bytes), length of the records (4), then the records. A
 * record: the customer's id less that of the record before in the block (zigzag), number of the shelf (both LEB128),
 * then the fragment as it lay on the shelf, which says itself how long it is. Merging goes on in a thread, a few
 * batches ahead of who takes the fragments: it waits for memory most of the time.
 */
#include "importer/fragments.h"

#include <stdio.h>
#include <stdlib.h>

#include "importer/fragment_order.h"
#include "platform/file.h"
#include "platform/thread.h"

enum { PARTS_MAX = 4, RUNS_MAX = 512 };
enum { CHECKSUM_BYTES = 8, BLOCK_HEAD_BYTES = CHECKSUM_BYTES + 4, BLOCK_BYTES = 64 << 10 };
enum { BATCH_BYTES = 512 << 10, BATCH_ITEMS_MAX = 8192, BATCHES_AHEAD = 3 };

struct run {
        char path[512];
        struct reader *reader;
        uint8_t *block;                 /* being filled, or being taken from */
        size_t used, length;            /* of the block's records */
        int64_t customer_id;            /* of the record before, in the block */
        uint64_t records;               /* written and not yet read back */
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

/* Fragments on their way from the merging thread. */
struct batch {
        uint8_t bytes[BATCH_BYTES];
        size_t used;
        struct handed {
                int64_t customer_id;
                const struct fragment_names *names;
                size_t offset;
        } items[BATCH_ITEMS_MAX];
        size_t count, next;
        enum status status;             /* why no more follow */
        struct error error;
};

struct fragment_merge {
        char directory[400];
        struct run runs[RUNS_MAX];
        size_t run_count;
        struct fragment_shelf *shelves; /* those that stay in memory */
        size_t shelf_count;
        struct part parts[PARTS_MAX];
        size_t part_count;
        struct stream streams[RUNS_MAX + PARTS_MAX];
        size_t heap[RUNS_MAX + PARTS_MAX]; /* streams that have a fragment; the first has the least one */
        size_t heap_count;
        struct thread *thread;
        struct queue *queue;            /* of batches */
        bool stopped;                   /* atomic: nobody wants more */
        struct batch *batch;            /* being taken from */
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
        __atomic_store_n(&merge->stopped, true, __ATOMIC_RELAXED);
        void *batch;
        while (merge->thread && queue_get(merge->queue, &batch))
                free(batch);
        thread_join(merge->thread);
        queue_free(merge->queue);
        free(merge->batch);
        for (size_t i = 0; i < merge->run_count; i++) {
                reader_close(merge->runs[i].reader);
                free(merge->runs[i].block);
                if (file_remove(merge->runs[i].path, NULL) != STATUS_OK)
                        continue; /* the staging folder is cleared at the next start */
        }
        for (size_t i = 0; i < PARTS_MAX; i++)
                fragment_order_release(&merge->parts[i].order);
        for (size_t i = 0; i < merge->shelf_count; i++)
                fragment_shelf_clear(&merge->shelves[i]);
        free(merge->shelves);
        free(merge);
}

/* Writes the block out, and begins an empty one. */
static enum status write_block(struct run *run, struct writer *writer, struct error *error)
{
        uint32_t length = (uint32_t)run->length;
        memcpy(run->block + CHECKSUM_BYTES, &length, 4);
        uint64_t checksum = text_hash(run->block + CHECKSUM_BYTES, 4 + run->length);
        memcpy(run->block, &checksum, CHECKSUM_BYTES);
        run->length = 0;
        run->customer_id = 0;
        return writer_write(writer, run->block, BLOCK_HEAD_BYTES + length, error);
}

static size_t packed_bytes(const struct fragment *fragment)
{
        return FRAGMENT_HEAD_BYTES + fragment->number.length + (size_t)(fragment->lines_end - fragment->lines);
}

/* Adds to the block, which has room. Ids far apart may be further apart than a signed number can say: they wrap. */
static void add_record(struct run *run, const struct fragment *fragment, size_t shelf)
{
        size_t length = packed_bytes(fragment);
        uint8_t *out = run->block + BLOCK_HEAD_BYTES + run->length, *start = out;
        out += varint_put(out, zigzag((int64_t)((uint64_t)fragment->customer_id - (uint64_t)run->customer_id)));
        out += varint_put(out, shelf);
        memcpy(out, fragment->number.data - FRAGMENT_HEAD_BYTES, length);
        run->length += (size_t)(out - start) + length;
        run->customer_id = fragment->customer_id;
        run->records++;
}

static enum status write_run(struct part *part, struct error *error)
{
        struct run *run = part->run;
        struct writer *writer;
        struct fragment fragment;
        run->block = malloc(BLOCK_HEAD_BYTES + BLOCK_BYTES);
        if (!run->block)
                return error_memory(error);
        enum status status = writer_open(run->path, &writer, error);
        if (status != STATUS_OK)
                return status;
        while (status == STATUS_OK && fragment_order_next(&part->order, &fragment)) {
                if (BLOCK_BYTES - run->length < 2 * VARINT_BYTES_MAX + packed_bytes(&fragment))
                        status = write_block(run, writer, error);
                add_record(run, &fragment, (size_t)(fragment.names - part->names));
        }
        if (status == STATUS_OK && run->length > 0)
                status = write_block(run, writer, error);
        free(run->block);
        run->block = NULL;
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
                          const struct fragment_names *names, size_t shelf_count, size_t thread_count)
{
        size_t most = thread_count < PARTS_MAX ? thread_count : PARTS_MAX;
        merge->part_count = shelf_count < most ? shelf_count : most;
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
                                 const struct fragment_names *names, size_t shelf_count, size_t thread_count,
                                 struct error *error)
{
        share_shelves(merge, shelves, names, shelf_count, thread_count);
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

static enum status damaged(const struct run *run, struct error *error)
{
        return error_set(error, STATUS_CORRUPT, "import.staging_damaged", "path", run->path, NULL);
}

/* Reads `length` bytes; *ret_got is less at the end of the file. */
static enum status run_read(struct run *run, uint8_t *out, size_t length, size_t *ret_got, struct error *error)
{
        size_t got = 0;
        for (size_t more = 1; got < length && more > 0; got += more) {
                enum status status = reader_read(run->reader, out + got, length - got, &more, error);
                if (status != STATUS_OK)
                        return status;
        }
        *ret_got = got;
        return STATUS_OK;
}

/* The next block, checked. At the end of the file the block is empty. */
static enum status read_block(struct run *run, struct error *error)
{
        size_t got;
        uint32_t length;
        uint64_t checksum;
        run->used = run->length = 0;
        run->customer_id = 0;
        enum status status = run_read(run, run->block, BLOCK_HEAD_BYTES, &got, error);
        if (status != STATUS_OK || got == 0)
                return status;
        memcpy(&checksum, run->block, CHECKSUM_BYTES);
        memcpy(&length, run->block + CHECKSUM_BYTES, 4);
        if (got < BLOCK_HEAD_BYTES || length == 0 || length > BLOCK_BYTES)
                return damaged(run, error);
        status = run_read(run, run->block + BLOCK_HEAD_BYTES, length, &got, error);
        if (status != STATUS_OK)
                return status;
        if (got < length || text_hash(run->block + CHECKSUM_BYTES, 4 + length) != checksum)
                return damaged(run, error);
        run->length = length;
        return STATUS_OK;
}

/* Takes the next record out of the block. False when the block does not hold what a run is made of. */
static bool take_record(struct run *run, const struct part *part, struct fragment *ret)
{
        const uint8_t *p = run->block + BLOCK_HEAD_BYTES + run->used;
        const uint8_t *end = run->block + BLOCK_HEAD_BYTES + run->length;
        uint64_t difference, shelf;
        if (!varint_get(&p, end, &difference) || !varint_get(&p, end, &shelf) || shelf >= part->shelf_count)
                return false;
        run->customer_id = (int64_t)((uint64_t)run->customer_id + (uint64_t)unzigzag(difference));
        if (end - p < FRAGMENT_HEAD_BYTES)
                return false;
        fragment_view(p, run->customer_id, ret);
        if (ret->lines_end - p > end - p)
                return false;
        ret->names = &part->names[shelf];
        run->used = (size_t)(ret->lines_end - (run->block + BLOCK_HEAD_BYTES));
        run->records--;
        return true;
}

static enum status run_next(struct run *run, const struct part *part, struct stream *stream, struct error *error)
{
        enum status status = run->used < run->length ? STATUS_OK : read_block(run, error);
        if (status != STATUS_OK)
                return status;
        bool more = run->used < run->length;
        stream->has_current = run->records > 0;
        if (more != stream->has_current || (more && !take_record(run, part, &stream->current)))
                return damaged(run, error);
        return STATUS_OK;
}

static enum status advance(struct fragment_merge *merge, size_t i, struct error *error)
{
        struct stream *stream = &merge->streams[i];
        if (i < merge->run_count)
                return run_next(&merge->runs[i], &merge->parts[0], stream, error);
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
        if (order == 0)
                order = a->sheet - b->sheet;
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

/* Copies the least fragment into the batch and goes on to the next. */
static enum status hand_over(struct fragment_merge *merge, struct batch *batch, struct error *error)
{
        size_t stream = merge->heap[0];
        const struct fragment *fragment = &merge->streams[stream].current;
        size_t length = packed_bytes(fragment);
        batch->items[batch->count++] = (struct handed){fragment->customer_id, fragment->names, batch->used};
        memcpy(batch->bytes + batch->used, fragment->number.data - FRAGMENT_HEAD_BYTES, length);
        batch->used += length;
        enum status status = advance(merge, stream, error);
        if (status != STATUS_OK)
                return status;
        if (!merge->streams[stream].has_current)
                merge->heap[0] = merge->heap[--merge->heap_count];
        if (merge->heap_count)
                sift_down(merge, 0);
        return STATUS_OK;
}

static void merge_batches(void *context)
{
        struct fragment_merge *merge = context;
        bool more = merge->heap_count > 0;
        while (more && !__atomic_load_n(&merge->stopped, __ATOMIC_RELAXED)) {
                struct batch *batch = malloc(sizeof(*batch));
                if (!batch)
                        break; /* noticed by who takes: fragments are left */
                batch->used = batch->count = batch->next = 0;
                batch->status = STATUS_OK;
                while (batch->status == STATUS_OK && merge->heap_count && batch->count < BATCH_ITEMS_MAX
                       && BATCH_BYTES - batch->used >= FRAGMENT_BYTES_MAX)
                        batch->status = hand_over(merge, batch, &batch->error);
                more = batch->status == STATUS_OK && merge->heap_count > 0;
                if (!queue_put(merge->queue, batch)) {
                        free(batch);
                        break;
                }
        }
        queue_close(merge->queue);
}

/* Brings every stream to its first fragment. */
static enum status fill_heap(struct fragment_merge *merge, struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t i = 0; i < merge->run_count && status == STATUS_OK; i++) {
                merge->runs[i].block = malloc(BLOCK_HEAD_BYTES + BLOCK_BYTES);
                merge->runs[i].used = merge->runs[i].length = 0;
                if (!merge->runs[i].block)
                        return error_memory(error);
                status = reader_open_consuming(merge->runs[i].path, &merge->runs[i].reader, error);
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

/* Moves the shelves over: who ends early frees what is theirs without asking how far the merging thread is. */
static enum status take_shelves(struct fragment_merge *merge, struct fragment_shelf *shelves, size_t shelf_count,
                                struct error *error)
{
        merge->shelves = calloc(shelf_count, sizeof(*merge->shelves));
        merge->shelf_count = merge->shelves ? shelf_count : 0;
        for (size_t i = 0; i < shelf_count; i++) {
                if (merge->shelves) {
                        merge->shelves[i] = shelves[i];
                        fragment_shelf_init(&shelves[i], shelves[i].number);
                } else {
                        fragment_shelf_clear(&shelves[i]);
                }
        }
        return merge->shelves ? STATUS_OK : error_memory(error);
}

enum status fragment_merge_start(struct fragment_merge *merge, struct fragment_shelf *shelves,
                                 const struct fragment_names *names, size_t shelf_count, struct error *error)
{
        enum status status = take_shelves(merge, shelves, shelf_count, error);
        if (status != STATUS_OK)
                return status;
        share_shelves(merge, merge->shelves, names, shelf_count, PARTS_MAX);
        status = sort_parts(merge, error);
        if (status == STATUS_OK)
                status = fill_heap(merge, error);
        if (status == STATUS_OK)
                status = queue_new(BATCHES_AHEAD, &merge->queue, error);
        if (status == STATUS_OK)
                status = thread_start(merge_batches, merge, &merge->thread, error);
        return status;
}

/* The next batch with fragments; merge->batch stays NULL at the end. */
static enum status next_batch(struct fragment_merge *merge, struct error *error)
{
        void *batch;
        enum status status = merge->batch ? merge->batch->status : STATUS_OK;
        if (status != STATUS_OK)
                *error = merge->batch->error;
        free(merge->batch);
        merge->batch = NULL;
        if (status != STATUS_OK)
                return status;
        if (queue_get(merge->queue, &batch))
                merge->batch = batch;
        else if (merge->heap_count) /* the thread has ended: it may be looked at */
                return error_memory(error);
        return STATUS_OK;
}

enum status fragment_merge_next(struct fragment_merge *merge, struct fragment *ret, bool *ret_more, struct error *error)
{
        if (!merge->batch || merge->batch->next == merge->batch->count) {
                enum status status = next_batch(merge, error);
                if (status != STATUS_OK)
                        return status;
        }
        *ret_more = merge->batch != NULL;
        if (merge->batch) {
                const struct handed *handed = &merge->batch->items[merge->batch->next++];
                fragment_view(merge->batch->bytes + handed->offset, handed->customer_id, ret);
                ret->names = handed->names;
        }
        return STATUS_OK;
}
