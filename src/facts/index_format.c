/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * index_format.c: ledgers and the manifest as rows of 64-bit words, closed by their checksum.
 */
#include "facts/index_format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/bits.h"
#include "base/buffer.h"
#include "base/checked.h"
#include "platform/file.h"

const char *const index_column_names[COLUMN_COUNT] = {
        [COLUMN_CUSTOMER] = "customer",
        [COLUMN_CUSTOMER_DOCUMENT] = "customer_document",
        [COLUMN_DOCUMENT_DAY] = "document_day",
        [COLUMN_DOCUMENT_TOTAL] = "document_total",
        [COLUMN_DOCUMENT_LINE] = "document_line",
        [COLUMN_DOCUMENT_FLAGS] = "document_flags",
        [COLUMN_LINE_ARTICLE] = "line_article",
        [COLUMN_LINE_AMOUNT] = "line_amount",
        [COLUMN_LINE_QUANTITY] = "line_quantity",
        [COLUMN_QUANTITY_WIDE] = "quantity_wide",
        [COLUMN_LINE_COST] = "line_cost",
        [COLUMN_LINE_COST_KNOWN] = "line_cost_known",
        [COLUMN_MENTION] = "mention",
        [COLUMN_MENTION_NUMBER] = "mention_number",
};

/* "treueix" and the format's version. */
#define MANIFEST_MAGIC UINT64_C(0x7472657565697802)
#define MAGIC_VERSION_BITS 8

uint64_t index_checksum(const void *data, size_t length) { return XXH3_64bits(data, length); }

bool index_path(char *out, size_t capacity, const char *directory, uint64_t number, const char *column)
{
        int length = snprintf(out, capacity, "%s/%llu.%s", directory, (unsigned long long)number, column);
        return length > 0 && (size_t)length < capacity;
}

static bool add_word(struct buffer *out, uint64_t word) { return buffer_add(out, &word, sizeof(word)); }

static void add_ledger(struct buffer *out, const struct segment_ledger *ledger)
{
        add_word(out, ledger->number);
        add_word(out, (uint64_t)ledger->generation);
        add_word(out, ledger->customer_count);
        add_word(out, ledger->document_count);
        add_word(out, ledger->line_count);
        add_word(out, ledger->article_end);
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
                add_word(out, ledger->columns[c].bytes);
                buffer_add(out, ledger->columns[c].checksums, ledger->columns[c].chunk_count * sizeof(uint64_t));
        }
}

struct cursor {
        const char *data;
        size_t left;
};

static bool take(struct cursor *cursor, void *out, size_t length)
{
        if (cursor->left < length)
                return false;
        memcpy(out, cursor->data, length);
        cursor->data += length;
        cursor->left -= length;
        return true;
}

static bool take_word(struct cursor *cursor, uint64_t *ret) { return take(cursor, ret, sizeof(*ret)); }

static bool take_ledger(struct cursor *cursor, struct segment_ledger *ledger)
{
        uint64_t generation;
        if (!take_word(cursor, &ledger->number) || !take_word(cursor, &generation) || generation > INT64_MAX ||
            !take_word(cursor, &ledger->customer_count) || !take_word(cursor, &ledger->document_count) ||
            !take_word(cursor, &ledger->line_count) || !take_word(cursor, &ledger->article_end))
                return false;
        ledger->generation = (int64_t)generation;
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
                struct column_ledger *column = &ledger->columns[c];
                if (!take_word(cursor, &column->bytes) || column->bytes > INT64_MAX)
                        return false;
                size_t chunks = chunks_of(column->bytes);
                if (chunks > cursor->left / sizeof(uint64_t))
                        return false;
                if (chunks == 0)
                        continue;
                column->checksums = malloc(chunks * sizeof(uint64_t));
                if (!column->checksums || !take(cursor, column->checksums, chunks * sizeof(uint64_t)))
                        return false;
                column->chunk_count = chunks;
        }
        return ledger_is_consistent(ledger);
}

bool ledger_is_consistent(const struct segment_ledger *l)
{
        if (l->customer_count > l->document_count || l->document_count >= UINT32_MAX || l->line_count >= UINT32_MAX ||
            l->article_end > UINT32_MAX)
                return false;
        const struct column_ledger *c = l->columns;
        uint64_t documents = l->document_count, lines = l->line_count;
        uint64_t known_bytes = bits_words(lines) * sizeof(uint64_t);
        bool costs = c[COLUMN_LINE_COST].bytes || c[COLUMN_LINE_COST_KNOWN].bytes;
        return c[COLUMN_CUSTOMER].bytes == l->customer_count * 8 &&
               c[COLUMN_CUSTOMER_DOCUMENT].bytes == (l->customer_count + 1) * 4 &&
               c[COLUMN_DOCUMENT_DAY].bytes == documents * 4 && c[COLUMN_DOCUMENT_TOTAL].bytes == documents * 8 &&
               c[COLUMN_DOCUMENT_LINE].bytes == (documents + 1) * 4 &&
               (c[COLUMN_DOCUMENT_FLAGS].bytes == 0 || c[COLUMN_DOCUMENT_FLAGS].bytes == documents) &&
               c[COLUMN_LINE_ARTICLE].bytes == lines * 4 && c[COLUMN_LINE_AMOUNT].bytes == lines * 8 &&
               c[COLUMN_LINE_QUANTITY].bytes == lines * 4 &&
               c[COLUMN_QUANTITY_WIDE].bytes % sizeof(struct wide_quantity) == 0 &&
               (!costs || (c[COLUMN_LINE_COST].bytes == lines * 8 && c[COLUMN_LINE_COST_KNOWN].bytes == known_bytes)) &&
               c[COLUMN_MENTION].bytes % sizeof(struct mention) == 0;
}

void ledger_release(struct segment_ledger *ledger)
{
        for (size_t c = 0; c < COLUMN_COUNT; c++)
                free(ledger->columns[c].checksums);
        *ledger = (struct segment_ledger){0};
}

void manifest_release(struct index_manifest *manifest)
{
        for (size_t s = 0; s < manifest->segment_count; s++)
                ledger_release(&manifest->segments[s]);
        free(manifest->segments);
        *manifest = (struct index_manifest){0};
}

/* Closes the words with their checksum and writes them atomically. */
static enum status words_write(const char *path, struct buffer *words, struct error *error)
{
        add_word(words, index_checksum(words->data, words->length));
        if (words->failed)
                return error_memory(error);
        return file_write(path, words->data, words->length, false, error);
}

static enum status damaged(const char *path, struct error *error)
{
        return error_set(error, STATUS_CORRUPT, "index.damaged", "file", path, NULL);
}

/* Reads words closed by their checksum; *ret_cursor stands at the first one. */
static enum status words_read(const char *path, struct buffer *ret_words, struct cursor *ret_cursor,
                              uint64_t *ret_checksum, struct error *error)
{
        enum status status = file_read(path, INDEX_MANIFEST_BYTES_MAX, ret_words, error);
        if (status != STATUS_OK)
                return status == STATUS_LIMIT ? damaged(path, error) : status;
        uint64_t checksum = 0;
        if (ret_words->length >= 2 * sizeof(uint64_t) && ret_words->length % sizeof(uint64_t) == 0)
                memcpy(&checksum, ret_words->data + ret_words->length - sizeof(checksum), sizeof(checksum));
        else
                return damaged(path, error);
        size_t length = ret_words->length - sizeof(checksum);
        if (index_checksum(ret_words->data, length) != checksum)
                return damaged(path, error);
        *ret_cursor = (struct cursor){ret_words->data, length};
        *ret_checksum = checksum;
        return STATUS_OK;
}

enum status ledger_write(const char *directory, const struct segment_ledger *ledger, struct error *error)
{
        char path[INDEX_PATH_MAX];
        if (!index_path(path, sizeof(path), directory, ledger->number, "ledger"))
                return error_system(error, "open", directory, ENAMETOOLONG);
        struct buffer words buffer_cleanup;
        buffer_init(&words, INDEX_MANIFEST_BYTES_MAX);
        add_word(&words, MANIFEST_MAGIC);
        add_ledger(&words, ledger);
        return words_write(path, &words, error);
}

enum status ledger_read(const char *directory, uint64_t number, struct segment_ledger *ret, struct error *error)
{
        char path[INDEX_PATH_MAX];
        if (!index_path(path, sizeof(path), directory, number, "ledger"))
                return error_system(error, "open", directory, ENAMETOOLONG);
        struct buffer words buffer_cleanup = {0};
        struct cursor cursor;
        uint64_t checksum, magic;
        enum status status = words_read(path, &words, &cursor, &checksum, error);
        if (status != STATUS_OK)
                return status;
        struct segment_ledger ledger = {0};
        if (!take_word(&cursor, &magic) || magic != MANIFEST_MAGIC || !take_ledger(&cursor, &ledger) || cursor.left ||
            ledger.number != number) {
                ledger_release(&ledger);
                return damaged(path, error);
        }
        *ret = ledger;
        return STATUS_OK;
}

static bool manifest_path(char *out, size_t capacity, const char *directory)
{
        int length = snprintf(out, capacity, "%s/manifest", directory);
        return length > 0 && (size_t)length < capacity;
}

/* `cursor` stands behind the magic. */
static bool take_manifest(struct cursor *cursor, struct index_manifest *manifest)
{
        uint64_t generation, base, point, count;
        if (!take_word(cursor, &generation) || generation > INT64_MAX || !take_word(cursor, &base) ||
            base > generation || !take_word(cursor, &point) || point > INT64_MAX ||
            !take(cursor, manifest->point.digest, sizeof(manifest->point.digest)) || !take_word(cursor, &count) ||
            count > cursor->left / sizeof(uint64_t))
                return false;
        manifest->generation = (int64_t)generation;
        manifest->base_generation = (int64_t)base;
        manifest->point.number = (int64_t)point;
        manifest->segments = calloc(count ? count : 1, sizeof(*manifest->segments));
        if (!manifest->segments)
                return false;
        for (; manifest->segment_count < count; manifest->segment_count++) {
                struct segment_ledger *ledger = &manifest->segments[manifest->segment_count];
                if (!take_ledger(cursor, ledger)) {
                        ledger_release(ledger);
                        return false;
                }
        }
        return cursor->left == 0;
}

enum status manifest_read(const char *directory, struct index_manifest *ret, uint64_t *ret_checksum,
                          struct error *error)
{
        char path[INDEX_PATH_MAX];
        if (!manifest_path(path, sizeof(path), directory))
                return error_system(error, "open", directory, ENAMETOOLONG);
        struct buffer words buffer_cleanup = {0};
        struct cursor cursor;
        uint64_t checksum, magic = 0;
        enum status status = words_read(path, &words, &cursor, &checksum, error);
        if (status != STATUS_OK)
                return status;
        struct index_manifest manifest = {0};
        bool known = take_word(&cursor, &magic) && magic == MANIFEST_MAGIC;
        if (!known && magic >> MAGIC_VERSION_BITS == MANIFEST_MAGIC >> MAGIC_VERSION_BITS)
                return error_set(error, STATUS_NOT_FOUND, "file.not_found", "path", path, NULL);
        if (!known || !take_manifest(&cursor, &manifest)) {
                manifest_release(&manifest);
                return damaged(path, error);
        }
        *ret = manifest;
        *ret_checksum = checksum;
        return STATUS_OK;
}

enum status manifest_write(const char *directory, const struct index_manifest *manifest, struct error *error)
{
        char path[INDEX_PATH_MAX];
        if (!manifest_path(path, sizeof(path), directory))
                return error_system(error, "open", directory, ENAMETOOLONG);
        struct buffer words buffer_cleanup;
        buffer_init(&words, INDEX_MANIFEST_BYTES_MAX);
        add_word(&words, MANIFEST_MAGIC);
        add_word(&words, (uint64_t)manifest->generation);
        add_word(&words, (uint64_t)manifest->base_generation);
        add_word(&words, (uint64_t)manifest->point.number);
        buffer_add(&words, manifest->point.digest, sizeof(manifest->point.digest));
        add_word(&words, manifest->segment_count);
        for (size_t s = 0; s < manifest->segment_count; s++)
                add_ledger(&words, &manifest->segments[s]);
        return words_write(path, &words, error);
}
