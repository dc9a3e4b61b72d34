/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * index_build.c: one customer is buffered as columns, its documents are put in order, and the columns go on to their
 * files in chunks that are checksummed as they pass. Costs and digital marks are written only from the first line on
 * that has one (what came before is filled up with zeros), so a company without them pays no space.
 */
#include "facts/index_build.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "engine/input.h"
#include "facts/index_memory.h"
#include "facts/mentions.h"
#include "platform/file.h"

struct column {
        uint8_t *data;          /* the chunk being filled; in memory: the whole column */
        size_t used, capacity;
        uint64_t bytes;         /* of the whole column */
        struct writer *writer;  /* opened with the first full chunk */
        uint64_t *checksums;
        size_t chunk_count, chunk_capacity;
};

struct pending_document {
        int32_t day, source_id;
        size_t number_offset, number_length;
        int64_t total_minor;
        size_t first_line, line_count;
        uint8_t flags;
};

struct index_builder {
        char *directory;        /* NULL: in memory */
        uint64_t number;
        uint64_t customer_count, document_count, line_count, article_end;
        struct column columns[COLUMN_COUNT];
        bool has_flags, has_costs;
        uint64_t cost_known_word; /* of the lines written last */
        struct mentions mentions;
        /* The customer being buffered. */
        int64_t customer_id;
        struct pending_document *documents;
        size_t pending_count, pending_capacity;
        struct buffer numbers;
        size_t pending_lines, line_capacity;
        uint32_t *article;
        int64_t *amount, *quantity, *cost;
        uint8_t *marks;
};

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static enum status column_flush(struct index_builder *builder, enum index_column id, struct error *error)
{
        struct column *column = &builder->columns[id];
        if (column->chunk_count == column->chunk_capacity) {
                size_t capacity = column->chunk_capacity ? column->chunk_capacity * 2 : 64;
                uint64_t *checksums = realloc(column->checksums, capacity * sizeof(*checksums));
                if (!checksums)
                        return error_memory(error);
                column->checksums = checksums;
                column->chunk_capacity = capacity;
        }
        if (!column->writer) {
                char path[INDEX_PATH_MAX];
                if (!index_path(path, sizeof(path), builder->directory, builder->number, index_column_names[id]))
                        return error_system(error, "open", builder->directory, ENAMETOOLONG);
                enum status status = writer_open(path, &column->writer, error);
                if (status != STATUS_OK)
                        return status;
        }
        column->checksums[column->chunk_count++] = index_checksum(column->data, column->used);
        enum status status = writer_write(column->writer, column->data, column->used, error);
        column->used = 0;
        return status;
}

static enum status column_room(struct index_builder *builder, enum index_column id, size_t length, struct error *error)
{
        struct column *column = &builder->columns[id];
        size_t wanted = INDEX_CHUNK_BYTES;
        if (!builder->directory) {
                wanted = column->capacity ? column->capacity : 4096;
                while (wanted - column->used < length)
                        wanted *= 2;
        }
        if (wanted <= column->capacity)
                return STATUS_OK;
        uint8_t *data = realloc(column->data, wanted);
        if (!data)
                return error_memory(error);
        column->data = data;
        column->capacity = wanted;
        return STATUS_OK;
}

/* The part of column_put that crosses the border of a chunk. `data` NULL: zeros. */
static enum status column_put_slow(struct index_builder *builder, enum index_column id, const void *data, size_t length,
                                   struct error *error)
{
        struct column *column = &builder->columns[id];
        const uint8_t *from = data;
        while (length) {
                enum status status = column_room(builder, id, length, error);
                if (status != STATUS_OK)
                        return status;
                size_t part = column->capacity - column->used;
                part = part < length ? part : length;
                if (from) {
                        memcpy(column->data + column->used, from, part);
                        from += part;
                } else {
                        memset(column->data + column->used, 0, part);
                }
                column->used += part;
                column->bytes += part;
                length -= part;
                if (builder->directory && column->used == INDEX_CHUNK_BYTES) {
                        status = column_flush(builder, id, error);
                        if (status != STATUS_OK)
                                return status;
                }
        }
        return STATUS_OK;
}

static inline enum status column_put(struct index_builder *builder, enum index_column id, const void *data,
                                     size_t length, struct error *error)
{
        struct column *column = &builder->columns[id];
        if (column->used + length >= column->capacity)
                return column_put_slow(builder, id, data, length, error);
        memcpy(column->data + column->used, data, length);
        column->used += length;
        column->bytes += length;
        return STATUS_OK;
}

/* ---- one customer ------------------------------------------------------------------------------------------------ */

static int document_compare(const void *left, const void *right, void *context)
{
        const struct pending_document *a = left, *b = right;
        if (a->day != b->day)
                return a->day < b->day ? -1 : 1;
        if (a->source_id != b->source_id)
                return a->source_id < b->source_id ? -1 : 1;
        const struct buffer *numbers = context;
        return text_compare((struct text){numbers->data + a->number_offset, a->number_length},
                            (struct text){numbers->data + b->number_offset, b->number_length});
}

static enum status put_quantities(struct index_builder *builder, size_t first, size_t count, struct error *error)
{
        int32_t narrow[256];
        enum status status = STATUS_OK;
        for (size_t i = 0; i < count && status == STATUS_OK;) {
                size_t n = count - i < 256 ? count - i : 256;
                for (size_t k = 0; k < n; k++) {
                        int64_t quantity = builder->quantity[first + i + k];
                        narrow[k] = (int32_t)quantity;
                        if (narrow[k] == quantity && narrow[k] != QUANTITY_WIDE)
                                continue;
                        narrow[k] = QUANTITY_WIDE;
                        struct wide_quantity wide = {builder->line_count + i + k, quantity};
                        status = column_put(builder, COLUMN_QUANTITY_WIDE, &wide, sizeof(wide), error);
                        if (status != STATUS_OK)
                                return status;
                }
                status = column_put(builder, COLUMN_LINE_QUANTITY, narrow, n * sizeof(*narrow), error);
                i += n;
        }
        return status;
}

/* Before the first cost of the segment: zeros for all lines so far. */
static enum status start_costs(struct index_builder *builder, struct error *error)
{
        builder->has_costs = true;
        size_t known_bytes = (size_t)(builder->line_count / 64) * sizeof(uint64_t);
        enum status status = column_put_slow(builder, COLUMN_LINE_COST, NULL, builder->line_count * sizeof(int64_t),
                                             error);
        return status != STATUS_OK ? status : column_put_slow(builder, COLUMN_LINE_COST_KNOWN, NULL, known_bytes,
                                                              error);
}

static enum status put_costs(struct index_builder *builder, size_t first, size_t count, struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
                uint64_t line = builder->line_count + i;
                if (builder->marks[first + i] & LINE_COST_KNOWN)
                        builder->cost_known_word |= (uint64_t)1 << line % 64;
                if (line % 64 == 63) {
                        status = column_put(builder, COLUMN_LINE_COST_KNOWN, &builder->cost_known_word,
                                            sizeof(builder->cost_known_word), error);
                        builder->cost_known_word = 0;
                }
        }
        if (status != STATUS_OK)
                return status;
        return column_put(builder, COLUMN_LINE_COST, builder->cost + first, count * sizeof(int64_t), error);
}

static enum status put_lines(struct index_builder *builder, size_t first, size_t count, struct error *error)
{
        enum status status = column_put(builder, COLUMN_LINE_ARTICLE, builder->article + first,
                                        count * sizeof(uint32_t), error);
        if (status == STATUS_OK)
                status = column_put(builder, COLUMN_LINE_AMOUNT, builder->amount + first, count * sizeof(int64_t),
                                    error);
        if (status == STATUS_OK)
                status = put_quantities(builder, first, count, error);
        if (status == STATUS_OK && builder->has_costs)
                status = put_costs(builder, first, count, error);
        builder->line_count += count;
        return status;
}

static enum status put_document(struct index_builder *builder, const struct pending_document *document,
                                uint32_t *line_end, struct error *error)
{
        enum status status = column_put(builder, COLUMN_DOCUMENT_DAY, &document->day, sizeof(int32_t), error);
        if (status == STATUS_OK)
                status = column_put(builder, COLUMN_DOCUMENT_TOTAL, &document->total_minor, sizeof(int64_t), error);
        if (status == STATUS_OK && document->flags && !builder->has_flags) {
                builder->has_flags = true;
                status = column_put_slow(builder, COLUMN_DOCUMENT_FLAGS, NULL, builder->document_count, error);
        }
        if (status == STATUS_OK && builder->has_flags)
                status = column_put(builder, COLUMN_DOCUMENT_FLAGS, &document->flags, 1, error);
        *line_end += (uint32_t)document->line_count;
        if (status == STATUS_OK)
                status = column_put(builder, COLUMN_DOCUMENT_LINE, line_end, sizeof(*line_end), error);
        builder->document_count++;
        return status;
}

static enum status flush_customer(struct index_builder *builder, struct error *error)
{
        size_t count = builder->pending_count;
        if (count == 0)
                return STATUS_OK;
        struct pending_document *documents = builder->documents;
        bool sorted = true;
        for (size_t i = 1; i < count && sorted; i++)
                sorted = document_compare(&documents[i - 1], &documents[i], &builder->numbers) <= 0;
        if (!sorted)
                qsort_r(documents, count, sizeof(*documents), document_compare, &builder->numbers);
        uint32_t line_end = (uint32_t)builder->line_count;
        enum status status = column_put(builder, COLUMN_CUSTOMER, &builder->customer_id, sizeof(int64_t), error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                status = put_document(builder, &documents[i], &line_end, error);
        if (status == STATUS_OK && sorted)
                status = put_lines(builder, 0, builder->pending_lines, error);
        for (size_t i = 0; !sorted && i < count && status == STATUS_OK; i++)
                status = put_lines(builder, documents[i].first_line, documents[i].line_count, error);
        uint32_t document_end = (uint32_t)builder->document_count;
        if (status == STATUS_OK)
                status = column_put(builder, COLUMN_CUSTOMER_DOCUMENT, &document_end, sizeof(document_end), error);
        builder->customer_count++;
        builder->pending_count = 0;
        builder->pending_lines = 0;
        buffer_clear(&builder->numbers);
        return status;
}

static bool grow(void **array, size_t capacity, size_t item_bytes)
{
        void *grown = realloc(*array, capacity * item_bytes);
        if (!grown)
                return false;
        *array = grown;
        return true;
}

static bool reserve_lines(struct index_builder *builder, size_t more)
{
        if (builder->line_capacity - builder->pending_lines >= more)
                return true;
        size_t capacity = builder->line_capacity ? builder->line_capacity : 4096;
        while (capacity - builder->pending_lines < more)
                capacity *= 2;
        if (!grow((void **)&builder->article, capacity, sizeof(uint32_t)) ||
            !grow((void **)&builder->amount, capacity, sizeof(int64_t)) ||
            !grow((void **)&builder->quantity, capacity, sizeof(int64_t)) ||
            !grow((void **)&builder->cost, capacity, sizeof(int64_t)) || !grow((void **)&builder->marks, capacity, 1))
                return false;
        builder->line_capacity = capacity;
        return true;
}

/* Copies the lines to the customer's columns and weighs what they mention. *ret_marks: all marks together. */
static bool buffer_lines(struct index_builder *builder, const struct index_document *document, uint8_t *ret_marks)
{
        size_t at = builder->pending_lines;
        uint8_t marks = 0;
        uint32_t highest = 0;
        for (size_t i = 0; i < document->line_count; i++) {
                const struct line *line = &document->lines[i];
                builder->article[at + i] = line->product;
                builder->amount[at + i] = line->amount_minor;
                builder->quantity[at + i] = line->quantity_milli;
                builder->cost[at + i] = line->cost_minor;
                builder->marks[at + i] = line->marks;
                marks |= line->marks;
                highest = line->product > highest ? line->product : highest;
        }
        if (document->line_count && (uint64_t)highest + 1 > builder->article_end)
                builder->article_end = (uint64_t)highest + 1;
        *ret_marks = marks;
        if (!(marks & (LINE_GROUP_USUAL | LINE_GROUP_NAMED)))
                return true;
        if (!mentions_reserve(&builder->mentions, highest))
                return false;
        bool done = true;
        for (size_t i = 0; i < document->line_count && done; i++)
                if (document->lines[i].marks & (LINE_GROUP_USUAL | LINE_GROUP_NAMED))
                        done = mentions_add(&builder->mentions, &document->lines[i], document->day, document->number);
        return done;
}

enum status index_builder_add(struct index_builder *builder, const struct index_document *document, struct error *error)
{
        if (document->customer_id != builder->customer_id) {
                assert(document->customer_id > builder->customer_id);
                enum status status = flush_customer(builder, error);
                if (status != STATUS_OK)
                        return status;
                builder->customer_id = document->customer_id;
        }
        if (builder->line_count + builder->pending_lines + document->line_count >= UINT32_MAX ||
            builder->document_count + builder->pending_count + 1 >= UINT32_MAX)
                return error_set(error, STATUS_LIMIT, "index.too_many_lines", "limit", "4294967294", NULL);
        if (builder->pending_count == builder->pending_capacity) {
                size_t capacity = builder->pending_capacity ? builder->pending_capacity * 2 : 256;
                if (!grow((void **)&builder->documents, capacity, sizeof(*builder->documents)))
                        return error_memory(error);
                builder->pending_capacity = capacity;
        }
        uint8_t marks = 0;
        if (!reserve_lines(builder, document->line_count) || !buffer_lines(builder, document, &marks))
                return error_memory(error);
        if (marks & LINE_COST_KNOWN && !builder->has_costs) {
                enum status status = start_costs(builder, error);
                if (status != STATUS_OK)
                        return status;
        }
        builder->documents[builder->pending_count++] = (struct pending_document){
                .day = document->day,
                .source_id = document->source_id,
                .number_offset = builder->numbers.length,
                .number_length = document->number.length,
                .total_minor = document->total_minor,
                .first_line = builder->pending_lines,
                .line_count = document->line_count,
                .flags = (uint8_t)((marks & LINE_DIGITAL_KNOWN ? DOCUMENT_DIGITAL_KNOWN : 0) |
                                   (marks & LINE_DIGITAL ? DOCUMENT_DIGITAL : 0)),
        };
        builder->pending_lines += document->line_count;
        return buffer_add(&builder->numbers, document->number.data, document->number.length) ? STATUS_OK
                                                                                             : error_memory(error);
}

/* ---- a segment from beginning to end ----------------------------------------------------------------------------- */

static void builder_free(struct index_builder *builder)
{
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
                struct column *column = &builder->columns[c];
                if (column->writer)
                        writer_discard(column->writer);
                free(column->data);
                free(column->checksums);
        }
        mentions_release(&builder->mentions);
        free(builder->documents);
        buffer_release(&builder->numbers);
        free(builder->article);
        free(builder->amount);
        free(builder->quantity);
        free(builder->cost);
        free(builder->marks);
        free(builder->directory);
        free(builder);
}

/* The offsets begin with a zero. */
static enum status builder_start(struct index_builder *builder, struct error *error)
{
        builder->customer_id = INT64_MIN;
        buffer_init(&builder->numbers, SIZE_MAX / 2);
        mentions_init(&builder->mentions);
        uint32_t zero = 0;
        enum status status = column_put(builder, COLUMN_CUSTOMER_DOCUMENT, &zero, sizeof(zero), error);
        return status != STATUS_OK ? status : column_put(builder, COLUMN_DOCUMENT_LINE, &zero, sizeof(zero), error);
}

enum status index_builder_new_memory(struct index_builder **ret, struct error *error)
{
        struct index_builder *builder = calloc(1, sizeof(*builder));
        if (!builder)
                return error_memory(error);
        enum status status = builder_start(builder, error);
        if (status != STATUS_OK)
                builder_free(builder);
        else
                *ret = builder;
        return status;
}

/* "12.line_amount" -> 12; false for other names. */
static bool segment_of(const char *name, uint64_t *ret_number)
{
        uint64_t number = 0;
        const char *p = name;
        for (; *p >= '0' && *p <= '9' && p - name < 19; p++)
                number = number * 10 + (uint64_t)(*p - '0');
        if (p == name || *p != '.')
                return false;
        *ret_number = number;
        return true;
}

static void note_highest(void *context, const char *name)
{
        uint64_t number, *highest = context;
        if (segment_of(name, &number) && number > *highest)
                *highest = number;
}

enum status index_builder_new(const char *index_directory, struct index_builder **ret, struct error *error)
{
        enum status status = directory_make(index_directory, error);
        uint64_t highest = 0;
        if (status == STATUS_OK)
                status = directory_list(index_directory, note_highest, &highest, error);
        if (status != STATUS_OK)
                return status;
        struct index_builder *builder = calloc(1, sizeof(*builder));
        if (!builder || !(builder->directory = strdup(index_directory))) {
                free(builder);
                return error_memory(error);
        }
        builder->number = highest + 1;
        status = builder_start(builder, error);
        /* The first file takes the number, so that two builders at the same time get different ones. */
        char path[INDEX_PATH_MAX];
        if (status == STATUS_OK && !index_path(path, sizeof(path), index_directory, builder->number,
                                               index_column_names[COLUMN_CUSTOMER]))
                status = error_system(error, "open", index_directory, ENAMETOOLONG);
        if (status == STATUS_OK)
                status = writer_open(path, &builder->columns[COLUMN_CUSTOMER].writer, error);
        if (status != STATUS_OK)
                builder_free(builder);
        else
                *ret = builder;
        return status;
}

static enum status put_mentions(struct index_builder *builder, struct error *error)
{
        const struct mentions *mentions = &builder->mentions;
        uint32_t offset = 0;
        for (size_t article = 0; article < mentions->article_capacity; article++) {
                for (uint32_t at = mentions->head[article]; at; at = mentions->entries[at - 1].next) {
                        struct mention mention = mentions->entries[at - 1].mention;
                        const char *number = mentions->numbers.data + mention.number_offset;
                        mention.number_offset = offset;
                        offset += mention.number_length;
                        enum status status = column_put(builder, COLUMN_MENTION, &mention, sizeof(mention), error);
                        if (status == STATUS_OK && mention.number_length)
                                status = column_put(builder, COLUMN_MENTION_NUMBER, number, mention.number_length,
                                                    error);
                        if (status != STATUS_OK)
                                return status;
                }
        }
        return STATUS_OK;
}

static enum status complete(struct index_builder *builder, struct error *error)
{
        enum status status = flush_customer(builder, error);
        if (status == STATUS_OK && builder->has_costs && builder->line_count % 64)
                status = column_put(builder, COLUMN_LINE_COST_KNOWN, &builder->cost_known_word, sizeof(uint64_t),
                                    error);
        return status == STATUS_OK ? put_mentions(builder, error) : status;
}

static enum status close_columns(struct index_builder *builder, struct error *error)
{
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
                struct column *column = &builder->columns[c];
                enum status status = STATUS_OK;
                if (column->used)
                        status = column_flush(builder, (enum index_column)c, error);
                if (status == STATUS_OK && column->writer) {
                        struct writer *writer = column->writer;
                        column->writer = NULL;
                        status = writer_close(writer, false, error);
                }
                if (status != STATUS_OK)
                        return status;
        }
        return STATUS_OK;
}

static void remove_files(const char *directory, uint64_t number)
{
        char prefix[32];
        struct error ignored;
        snprintf(prefix, sizeof(prefix), "%llu.", (unsigned long long)number);
        /* What cannot be removed now is an orphan that the next publish removes. */
        if (directory_clear(directory, prefix, &ignored) != STATUS_OK)
                return;
}

enum status index_builder_finish(struct index_builder *builder, uint64_t *ret_segment, struct error *error)
{
        assert(builder->directory);
        enum status status = complete(builder, error);
        if (status == STATUS_OK)
                status = close_columns(builder, error);
        if (status == STATUS_OK) {
                struct segment_ledger ledger = {
                        .number = builder->number,
                        .customer_count = builder->customer_count,
                        .document_count = builder->document_count,
                        .line_count = builder->line_count,
                        .article_end = builder->article_end,
                };
                for (size_t c = 0; c < COLUMN_COUNT; c++)
                        ledger.columns[c] = (struct column_ledger){builder->columns[c].bytes,
                                                                   builder->columns[c].chunk_count,
                                                                   builder->columns[c].checksums};
                assert(ledger_is_consistent(&ledger));
                status = ledger_write(builder->directory, &ledger, error);
        }
        if (status != STATUS_OK) {
                index_builder_discard(builder);
                return status;
        }
        *ret_segment = builder->number;
        builder_free(builder);
        return STATUS_OK;
}

void index_builder_discard(struct index_builder *builder)
{
        if (!builder)
                return;
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
                writer_discard(builder->columns[c].writer);
                builder->columns[c].writer = NULL;
        }
        if (builder->directory)
                remove_files(builder->directory, builder->number);
        builder_free(builder);
}

enum status index_builder_finish_memory(struct index_builder *builder, struct segment_data *ret, struct error *error)
{
        assert(!builder->directory);
        enum status status = complete(builder, error);
        if (status == STATUS_OK) {
                *ret = (struct segment_data){
                        .customer_count = builder->customer_count,
                        .document_count = builder->document_count,
                        .line_count = builder->line_count,
                        .article_end = builder->article_end,
                };
                for (size_t c = 0; c < COLUMN_COUNT; c++) {
                        struct column *column = &builder->columns[c];
                        ret->column[c] = column->used ? column->data : NULL;
                        ret->bytes[c] = column->bytes;
                        if (column->used)
                                column->data = NULL;
                }
        }
        builder_free(builder);
        return status;
}

void segment_memory_release(struct segment_data *segment)
{
        for (size_t c = 0; c < COLUMN_COUNT; c++)
                free((void *)(uintptr_t)segment->column[c]);
        *segment = (struct segment_data){0};
}

/* ---- publishing -------------------------------------------------------------------------------------------------- */

struct orphans {
        const char *directory;
        const struct index_manifest *manifest;
};

static void remove_orphan(void *context, const char *name)
{
        const struct orphans *orphans = context;
        uint64_t number;
        if (!segment_of(name, &number))
                return;
        bool ledger = strcmp(strchr(name, '.') + 1, "ledger") == 0;
        for (size_t s = 0; s < orphans->manifest->segment_count; s++)
                if (orphans->manifest->segments[s].number == number && !ledger)
                        return;
        char path[INDEX_PATH_MAX];
        struct error ignored;
        /* An orphan only takes space; the next publish tries again. */
        if (index_path(path, sizeof(path), orphans->directory, number, strchr(name, '.') + 1) &&
            file_remove(path, &ignored) != STATUS_OK)
                return;
}

enum status index_publish(const char *index_directory, int64_t generation, const struct audit_point *point,
                          const uint64_t *segments, size_t segment_count, bool replace, struct error *error)
{
        enum status status = directory_make(index_directory, error);
        if (status != STATUS_OK)
                return status;
        struct index_manifest manifest = {0};
        uint64_t checksum;
        if (!replace) {
                /* Without a readable manifest the earlier segments are lost; the next snapshot notices what is
                 * missing. */
                status = manifest_read(index_directory, &manifest, &checksum, error);
                if (status != STATUS_OK && status != STATUS_NOT_FOUND && status != STATUS_CORRUPT)
                        return status;
        }
        manifest.generation = generation > manifest.generation ? generation : manifest.generation;
        if (replace)
                manifest.base_generation = generation;
        manifest.point = *point;
        struct segment_ledger *ledgers = realloc(manifest.segments, (manifest.segment_count + segment_count + 1) *
                                                 sizeof(*ledgers));
        status = ledgers ? STATUS_OK : error_memory(error);
        if (ledgers)
                manifest.segments = ledgers;
        for (size_t s = 0; s < segment_count && status == STATUS_OK; s++) {
                struct segment_ledger *ledger = &manifest.segments[manifest.segment_count];
                status = ledger_read(index_directory, segments[s], ledger, error);
                if (status != STATUS_OK)
                        break;
                ledger->generation = generation;
                if (ledger->document_count) /* an import of nothing new leaves no segment behind */
                        manifest.segment_count++;
                else
                        ledger_release(ledger);
        }
        if (status == STATUS_OK)
                status = manifest_write(index_directory, &manifest, error);
        if (status == STATUS_OK) {
                struct orphans orphans = {index_directory, &manifest};
                status = directory_list(index_directory, remove_orphan, &orphans, error);
        }
        manifest_release(&manifest);
        return status;
}
