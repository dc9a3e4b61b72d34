/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * archive.c: the directory of a zip archive (APPNOTE.TXT of PKWARE, sections 4.3.12 to 4.3.16), checked by ourselves
 * before libzip allocates by it, and entries unpacked by libzip.
 */
#include "platform/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/buffer.h"
#include "base/text.h"
#include "platform/library.h"

enum {
        END_BYTES = 22, LOCATOR_BYTES = 20, END_64_BYTES = 56, HEAD_BYTES = 46, LOCAL_HEAD_BYTES = 30,
        COMMENT_BYTES_MAX = 65535,
        DIRECTORY_BYTES_MAX = 4 << 20, /* ARCHIVE_ENTRIES_MAX entries with names of any sensible length */
        METHOD_STORED = 0, METHOD_DEFLATED = 8, FLAG_ENCRYPTED = 1, EXTRA_64 = 1,
};

#define ZIP_FUNCTIONS(F) \
        F(zip_open) F(zip_discard) F(zip_get_num_entries) F(zip_stat_index) F(zip_fopen_index) F(zip_fread) \
        F(zip_fclose)

static struct {
#define ZIP_MEMBER(name) __typeof__(name) *name;
        ZIP_FUNCTIONS(ZIP_MEMBER)
#undef ZIP_MEMBER
} zip_library;

struct entry {
        const char *name;         /* in `directory`, not NUL-terminated */
        size_t name_length;
        uint64_t bytes, packed_bytes, offset;
        unsigned method, flags;
};

struct archive {
        char *path, *name;
        int descriptor;
        uint64_t file_bytes;
        uint8_t *directory;
        uint64_t directory_offset, directory_bytes;
        struct entry *entries;
        size_t entry_count;
        zip_t *zip;
};

struct entry_reader {
        const struct archive *archive;
        const struct entry *entry;
        zip_file_t *file;
        uint64_t bytes_read;
};

static enum status load_library(struct error *error)
{
        static const char *const names[] = {
#define ZIP_NAME(name) #name,
                ZIP_FUNCTIONS(ZIP_NAME)
#undef ZIP_NAME
        };
        enum { COUNT = sizeof(names) / sizeof(names[0]) };
        if (zip_library.zip_open)
                return STATUS_OK;
        void *functions[COUNT];
        enum status status = library_load("libzip.so.4", names, COUNT, functions, error);
        if (!status)
                memcpy(&zip_library, functions, sizeof(functions));
        return status;
}

static enum status problem(const struct archive *archive, enum status status, const char *key,
                           const struct entry *entry, const char *name, uint64_t value, struct error *error)
{
        char number[24];
        struct buffer shown __attribute__((cleanup(buffer_release)));
        buffer_init(&shown, 256);
        snprintf(number, sizeof(number), "%llu", (unsigned long long)value);
        size_t length = entry ? entry->name_length : 0;
        for (size_t i = 0; i < length && i < 100; i++)
                buffer_add_byte(&shown, entry->name[i] >= 0x20 && entry->name[i] < 0x7F ? entry->name[i] : '?');
        return error_set(error, status, key, "file", archive->name, "entry", shown.data, name ? name : "limit", number,
                         NULL);
}

static enum status damaged(const struct archive *archive, struct error *error)
{
        return problem(archive, STATUS_INVALID, "archive.damaged", NULL, NULL, 0, error);
}

static uint64_t little(const uint8_t *at, size_t bytes)
{
        uint64_t value = 0;
        for (size_t i = bytes; i-- > 0;)
                value = value << 8 | at[i];
        return value;
}

static enum status read_at(const struct archive *archive, uint64_t offset, void *out, size_t length,
                           struct error *error)
{
        if (offset > archive->file_bytes || length > archive->file_bytes - offset)
                return damaged(archive, error);
        for (size_t done = 0; done < length;) {
                ssize_t got = pread(archive->descriptor, (char *)out + done, length - done, (off_t)(offset + done));
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return error_system(error, "read", archive->path, errno);
                if (got == 0)
                        return damaged(archive, error);
                done += (size_t)got;
        }
        return STATUS_OK;
}

/* The record at the very end; two that fit both are a trap for programs that choose differently. */
static enum status find_end(const struct archive *archive, uint8_t *ret_record, uint64_t *ret_offset,
                            struct error *error)
{
        uint64_t most = END_BYTES + COMMENT_BYTES_MAX;
        size_t length = (size_t)(archive->file_bytes < most ? archive->file_bytes : most), found = 0;
        uint8_t *tail = length >= END_BYTES ? malloc(length) : NULL;
        if (!tail)
                return length < END_BYTES ? damaged(archive, error) : error_memory(error);
        enum status status = read_at(archive, archive->file_bytes - length, tail, length, error);
        for (size_t i = 0; !status && i + END_BYTES <= length; i++) {
                if (memcmp(tail + i, "PK\5\6", 4) != 0 || i + END_BYTES + little(tail + i + 20, 2) != length)
                        continue;
                found++;
                memcpy(ret_record, tail + i, END_BYTES);
                *ret_offset = archive->file_bytes - length + i;
        }
        free(tail);
        return status ? status : found == 1 ? STATUS_OK : damaged(archive, error);
}

/* Where the directory lies and how much it holds, also in the larger form (zip64). */
static enum status find_directory(struct archive *archive, struct error *error)
{
        uint8_t end[END_BYTES], locator[LOCATOR_BYTES], large[END_64_BYTES];
        uint64_t offset = 0;
        enum status status = find_end(archive, end, &offset, error);
        if (status)
                return status;
        uint64_t count = little(end + 10, 2);
        archive->directory_bytes = little(end + 12, 4);
        archive->directory_offset = little(end + 16, 4);
        if (count == 0xFFFF || archive->directory_bytes == UINT32_MAX || archive->directory_offset == UINT32_MAX) {
                status = offset < LOCATOR_BYTES ? damaged(archive, error)
                                                : read_at(archive, offset - LOCATOR_BYTES, locator, LOCATOR_BYTES,
                                                          error);
                if (!status && memcmp(locator, "PK\6\7", 4) != 0)
                        status = damaged(archive, error);
                if (!status)
                        status = read_at(archive, little(locator + 8, 8), large, END_64_BYTES, error);
                if (!status && memcmp(large, "PK\6\6", 4) != 0)
                        status = damaged(archive, error);
                if (status)
                        return status;
                count = little(large + 32, 8);
                archive->directory_bytes = little(large + 40, 8);
                archive->directory_offset = little(large + 48, 8);
        }
        if (count > ARCHIVE_ENTRIES_MAX || archive->directory_bytes > DIRECTORY_BYTES_MAX)
                return problem(archive, STATUS_INVALID, "archive.too_many_entries", NULL, NULL, ARCHIVE_ENTRIES_MAX,
                               error);
        if (archive->directory_offset > offset || archive->directory_bytes > offset - archive->directory_offset)
                return damaged(archive, error);
        archive->entry_count = (size_t)count;
        return STATUS_OK;
}

/* What does not fit into 32 bits stands in an extra field, in this order, only those that do not fit. */
static bool take_large(struct entry *entry, const uint8_t *extra, size_t length)
{
        uint64_t *const large[] = {&entry->bytes, &entry->packed_bytes, &entry->offset};
        while (length >= 4) {
                size_t size = (size_t)little(extra + 2, 2);
                if (size > length - 4)
                        return false;
                if (little(extra, 2) == EXTRA_64) {
                        size_t at = 4;
                        for (size_t i = 0; i < 3; i++) {
                                if (*large[i] != UINT32_MAX)
                                        continue;
                                if (at + 8 > size + 4)
                                        return false;
                                *large[i] = little(extra + at, 8);
                                at += 8;
                        }
                        return true;
                }
                extra += 4 + size;
                length -= 4 + size;
        }
        return true;
}

static enum status read_directory(struct archive *archive, struct error *error)
{
        size_t left = (size_t)archive->directory_bytes;
        archive->directory = malloc(left + 1);
        archive->entries = calloc(archive->entry_count + 1, sizeof(*archive->entries));
        if (!archive->directory || !archive->entries)
                return error_memory(error);
        enum status status = read_at(archive, archive->directory_offset, archive->directory, left, error);
        const uint8_t *at = archive->directory;
        for (size_t i = 0; !status && i < archive->entry_count; i++) {
                if (left < HEAD_BYTES || memcmp(at, "PK\1\2", 4) != 0)
                        return damaged(archive, error);
                size_t name_length = (size_t)little(at + 28, 2), extra_length = (size_t)little(at + 30, 2);
                size_t whole = HEAD_BYTES + name_length + extra_length + (size_t)little(at + 32, 2);
                if (whole > left)
                        return damaged(archive, error);
                struct entry *entry = &archive->entries[i];
                *entry = (struct entry){
                        .name = (const char *)at + HEAD_BYTES, .name_length = name_length,
                        .bytes = little(at + 24, 4), .packed_bytes = little(at + 20, 4), .offset = little(at + 42, 4),
                        .method = (unsigned)little(at + 10, 2), .flags = (unsigned)little(at + 8, 2),
                };
                if (!take_large(entry, at + HEAD_BYTES + name_length, extra_length) ||
                    entry->offset > archive->directory_offset ||
                    entry->packed_bytes > archive->directory_offset - entry->offset)
                        return damaged(archive, error);
                at += whole;
                left -= whole;
        }
        return status;
}

static int compare_offsets(const void *a, const void *b)
{
        const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
        return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte; }

static int compare_folded(const char *a, size_t a_length, const char *b, size_t b_length)
{
        for (size_t i = 0; i < a_length && i < b_length; i++)
                if (lower(a[i]) != lower(b[i]))
                        return (unsigned char)lower(a[i]) < (unsigned char)lower(b[i]) ? -1 : 1;
        return a_length < b_length ? -1 : a_length > b_length;
}

static int compare_names(const void *a, const void *b)
{
        const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
        return compare_folded(x->name, x->name_length, y->name, y->name_length);
}

/* Entries that share bytes multiply what a small file unpacks to; a name that stands twice means different things to
 * different programs. */
static enum status check_entries(const struct archive *archive, struct error *error)
{
        const struct entry **order = malloc((archive->entry_count + 1) * sizeof(*order));
        if (!order)
                return error_memory(error);
        for (size_t i = 0; i < archive->entry_count; i++)
                order[i] = &archive->entries[i];
        qsort(order, archive->entry_count, sizeof(*order), compare_offsets);
        enum status status = STATUS_OK;
        for (size_t i = 0; !status && i < archive->entry_count; i++) {
                uint64_t end = order[i]->offset + LOCAL_HEAD_BYTES + order[i]->name_length + order[i]->packed_bytes;
                uint64_t next = i + 1 < archive->entry_count ? order[i + 1]->offset : archive->directory_offset;
                if (end > next)
                        status = problem(archive, STATUS_INVALID, "archive.overlapping", order[i], NULL, 0, error);
        }
        qsort(order, archive->entry_count, sizeof(*order), compare_names);
        for (size_t i = 1; !status && i < archive->entry_count; i++)
                if (compare_names(&order[i - 1], &order[i]) == 0)
                        status = problem(archive, STATUS_INVALID, "archive.doubled", order[i], NULL, 0, error);
        free(order);
        return status;
}

void archive_close(struct archive *archive)
{
        if (!archive)
                return;
        if (archive->zip)
                zip_library.zip_discard(archive->zip);
        if (archive->descriptor >= 0)
                close(archive->descriptor);
        free(archive->directory);
        free(archive->entries);
        free(archive->path);
        free(archive->name);
        free(archive);
}

static enum status open_archive(struct archive *archive, struct error *error)
{
        struct stat about;
        archive->descriptor = open(archive->path, O_RDONLY | O_CLOEXEC);
        if (archive->descriptor < 0 || fstat(archive->descriptor, &about) != 0)
                return error_system(error, "open", archive->path, errno);
        archive->file_bytes = about.st_size > 0 ? (uint64_t)about.st_size : 0;
        enum status status = find_directory(archive, error);
        if (!status)
                status = read_directory(archive, error);
        if (!status)
                status = check_entries(archive, error);
        if (!status)
                status = load_library(error);
        if (status)
                return status;
        int reason = 0;
        archive->zip = zip_library.zip_open(archive->path, ZIP_RDONLY, &reason);
        if (!archive->zip)
                return reason == ZIP_ER_MEMORY ? error_memory(error) : damaged(archive, error);
        if (zip_library.zip_get_num_entries(archive->zip, 0) != (zip_int64_t)archive->entry_count)
                return damaged(archive, error);
        return STATUS_OK;
}

enum status archive_open(const char *path, const char *name, struct archive **ret, struct error *error)
{
        struct archive *archive = calloc(1, sizeof(*archive));
        if (!archive)
                return error_memory(error);
        archive->descriptor = -1;
        archive->path = strdup(path);
        archive->name = strdup(name);
        enum status status = archive->path && archive->name ? open_archive(archive, error) : error_memory(error);
        if (status) {
                archive_close(archive);
                return status;
        }
        *ret = archive;
        return STATUS_OK;
}

size_t archive_find(const struct archive *archive, const char *name)
{
        size_t length = strlen(name);
        for (size_t i = 0; i < archive->entry_count; i++) {
                const struct entry *entry = &archive->entries[i];
                if (compare_folded(entry->name, entry->name_length, name, length) == 0)
                        return i;
        }
        return ARCHIVE_NONE;
}

uint64_t archive_entry_bytes(const struct archive *archive, size_t entry) { return archive->entries[entry].bytes; }

uint64_t archive_entry_packed_bytes(const struct archive *archive, size_t entry)
{
        return archive->entries[entry].packed_bytes;
}

static enum status check_size(const struct archive *archive, const struct entry *entry, uint64_t bytes,
                              struct error *error)
{
        if (bytes > ARCHIVE_ENTRY_BYTES_MAX)
                return problem(archive, STATUS_INVALID, "archive.too_large", entry, "limit",
                               ARCHIVE_ENTRY_BYTES_MAX >> 30, error);
        if (bytes > ARCHIVE_RATIO_FREE_BYTES && bytes / ARCHIVE_RATIO_MAX > entry->packed_bytes)
                return problem(archive, STATUS_INVALID, "archive.bomb", entry, "ratio", ARCHIVE_RATIO_MAX, error);
        return STATUS_OK;
}

enum status entry_open(struct archive *archive, size_t number, struct entry_reader **ret, struct error *error)
{
        const struct entry *entry = &archive->entries[number];
        zip_stat_t about;
        if (entry->flags & FLAG_ENCRYPTED)
                return problem(archive, STATUS_INVALID, "archive.encrypted", entry, NULL, 0, error);
        if (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED)
                return problem(archive, STATUS_INVALID, "archive.method", entry, NULL, 0, error);
        enum status status = check_size(archive, entry, entry->bytes, error);
        if (status)
                return status;
        if (zip_library.zip_stat_index(archive->zip, number, 0, &about) != 0 || about.size != entry->bytes ||
            about.comp_size != entry->packed_bytes)
                return damaged(archive, error);
        struct entry_reader *reader = calloc(1, sizeof(*reader));
        if (!reader)
                return error_memory(error);
        *reader = (struct entry_reader){archive, entry, zip_library.zip_fopen_index(archive->zip, number, 0), 0};
        if (!reader->file) {
                free(reader);
                return damaged(archive, error);
        }
        *ret = reader;
        return STATUS_OK;
}

enum status entry_read(struct entry_reader *reader, void *out, size_t capacity, size_t *ret_length,
                       struct error *error)
{
        zip_int64_t got = zip_library.zip_fread(reader->file, out, capacity);
        if (got < 0)
                return damaged(reader->archive, error);
        reader->bytes_read += (uint64_t)got;
        enum status status = check_size(reader->archive, reader->entry, reader->bytes_read, error);
        if (!status)
                *ret_length = (size_t)got;
        return status;
}

uint64_t entry_bytes_read(const struct entry_reader *reader) { return reader->bytes_read; }

void entry_close(struct entry_reader *reader)
{
        if (!reader)
                return;
        (void)zip_library.zip_fclose(reader->file);
        free(reader);
}
