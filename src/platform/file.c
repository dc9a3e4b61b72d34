/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * file.c: POSIX files: whole, streamed in and out, mapped, locked.
 */
#include "platform/file.h"

#include "platform/permission.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
        PATH_BYTES_MAX = 4096,
        WRITER_BUFFER_BYTES = 1 << 20,
        COPY_BYTES = 1 << 20,
        CONSUMED_BYTES = 4 << 20, /* given back at a time */
};

/* After a failed call: errno says why. */
static enum status failed(const char *action, const char *path, enum permission wanted, struct error *error)
{
        return permission_failure(action, path, errno, wanted, error);
}

static enum status open_failed(const char *path, enum permission wanted, struct error *error)
{
        if (errno == ENOENT || errno == ENOTDIR)
                return error_set(error, STATUS_NOT_FOUND, "file.not_found", "path", path, NULL);
        return failed("open", path, wanted, error);
}

static enum status create_failed(const char *path, enum permission wanted, struct error *error)
{
        if (errno == ENOENT || errno == ENOTDIR)
                return error_set(error, STATUS_NOT_FOUND, "file.folder_missing", "path", path, NULL);
        return failed("open", path, wanted, error);
}

static enum status open_for_reading(const char *path, int *ret_descriptor, struct stat *ret_about, struct error *error)
{
        int descriptor = open(path, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
                return open_failed(path, PERMISSION_READ, error);
        if (fstat(descriptor, ret_about) != 0) {
                enum status status = error_system(error, "fstat", path, errno);
                close(descriptor);
                return status;
        }
        if (S_ISDIR(ret_about->st_mode)) {
                close(descriptor);
                return error_set(error, STATUS_INVALID, "file.is_directory", "path", path, NULL);
        }
        *ret_descriptor = descriptor;
        return STATUS_OK;
}

enum status file_open(const char *path, int *ret_descriptor, uint64_t *ret_bytes, struct error *error)
{
        struct stat about;
        enum status status = open_for_reading(path, ret_descriptor, &about, error);
        if (status == STATUS_OK)
                *ret_bytes = (uint64_t)about.st_size;
        return status;
}

/* read() that ends only with the wanted length, the end of the file or a failure. */
static enum status read_fully(int descriptor, const char *path, void *out, size_t capacity, size_t *ret_length,
                              struct error *error)
{
        size_t length = 0;
        while (length < capacity) {
                ssize_t got = read(descriptor, (char *)out + length, capacity - length);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return error_system(error, "read", path, errno);
                if (got == 0)
                        break;
                length += (size_t)got;
        }
        *ret_length = length;
        return STATUS_OK;
}

static enum status write_fully(int descriptor, const char *path, const void *data, size_t length, struct error *error)
{
        const char *p = data;
        while (length) {
                ssize_t put = write(descriptor, p, length);
                if (put < 0 && errno == EINTR)
                        continue;
                if (put < 0)
                        return error_system(error, "write", path, errno);
                p += put;
                length -= (size_t)put;
        }
        return STATUS_OK;
}

enum status file_read(const char *path, size_t bytes_max, struct buffer *ret_content, struct error *error)
{
        int descriptor;
        struct stat about;
        /* Also on failure: callers release it either way. */
        buffer_init(ret_content, bytes_max);
        enum status status = open_for_reading(path, &descriptor, &about, error);
        if (status != STATUS_OK)
                return status;
        struct buffer content;
        buffer_init(&content, bytes_max);
        char limit[24];
        snprintf(limit, sizeof(limit), "%zu", bytes_max);
        while (status == STATUS_OK) {
                char block[65536];
                size_t length = 0;
                status = read_fully(descriptor, path, block, sizeof(block), &length, error);
                if (status != STATUS_OK || length == 0)
                        break;
                if (length > bytes_max - content.length)
                        status = error_set(error, STATUS_LIMIT, "file.too_large", "path", path, "limit", limit, NULL);
                else if (!buffer_add(&content, block, length))
                        status = error_memory(error);
        }
        close(descriptor);
        if (status == STATUS_OK)
                *ret_content = content;
        else
                buffer_release(&content);
        return status;
}

static enum status sync_directory_of(const char *path, struct error *error)
{
        char directory[PATH_BYTES_MAX];
        const char *slash = strrchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) : 1;
        if (length >= sizeof(directory))
                return error_system(error, "fsync", path, ENAMETOOLONG);
        memcpy(directory, slash ? path : ".", length);
        directory[length] = '\0';
        int descriptor = open(length ? directory : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
                return error_system(error, "open", directory, errno);
        int code = fsync(descriptor);
        int reason = errno;
        close(descriptor);
        return code == 0 ? STATUS_OK : error_system(error, "fsync", directory, reason);
}

enum status file_write(const char *path, const void *data, size_t length, bool durable, struct error *error)
{
        char temporary[PATH_BYTES_MAX];
        if ((size_t)snprintf(temporary, sizeof(temporary), "%s.%ld.tmp", path, (long)getpid()) >= sizeof(temporary))
                return error_system(error, "open", path, ENAMETOOLONG);
        int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (descriptor < 0)
                return create_failed(path, PERMISSION_REPLACE, error);
        enum status status = write_fully(descriptor, path, data, length, error);
        if (status == STATUS_OK && durable && fsync(descriptor) != 0)
                status = error_system(error, "fsync", path, errno);
        if (close(descriptor) != 0 && status == STATUS_OK)
                status = error_system(error, "close", path, errno);
        if (status == STATUS_OK && rename(temporary, path) != 0)
                status = failed("rename", path, PERMISSION_REPLACE, error);
        if (status != STATUS_OK)
                unlink(temporary);
        else if (durable)
                status = sync_directory_of(path, error);
        return status;
}

bool file_exists(const char *path)
{
        return access(path, F_OK) == 0;
}

enum status file_rename(const char *from, const char *to, bool durable, struct error *error)
{
        if (rename(from, to) != 0)
                return failed("rename", to, PERMISSION_REPLACE, error);
        return durable ? sync_directory_of(to, error) : STATUS_OK;
}

bool directory_exists(const char *path)
{
        struct stat about;
        return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

enum status directory_remove(const char *path, struct error *error)
{
        return rmdir(path) == 0 || errno == ENOENT ? STATUS_OK : failed("rmdir", path, PERMISSION_REPLACE, error);
}

enum status file_remove(const char *path, struct error *error)
{
        return unlink(path) == 0 || errno == ENOENT ? STATUS_OK : failed("unlink", path, PERMISSION_REPLACE, error);
}

enum status directory_make(const char *path, struct error *error)
{
        char partial[PATH_BYTES_MAX];
        size_t length = strlen(path);
        if (length >= sizeof(partial))
                return error_system(error, "mkdir", path, ENAMETOOLONG);
        memcpy(partial, path, length + 1);
        for (size_t i = 1; i <= length; i++) {
                if (partial[i] != '/' && partial[i] != '\0')
                        continue;
                char kept = partial[i];
                partial[i] = '\0';
                if (mkdir(partial, 0755) != 0 && errno != EEXIST)
                        return failed("mkdir", partial, PERMISSION_REPLACE, error);
                partial[i] = kept;
        }
        struct stat about;
        if (stat(path, &about) != 0)
                return error_system(error, "mkdir", path, errno);
        return S_ISDIR(about.st_mode) ? STATUS_OK : error_system(error, "mkdir", path, ENOTDIR);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the plain files, to be freed one by one. */
static enum status read_names(const char *path, char ***ret_names, size_t *ret_count, struct error *error)
{
        DIR *directory = opendir(path);
        if (!directory)
                return open_failed(path, PERMISSION_READ, error);
        char **names = NULL;
        size_t count = 0;
        enum status status = STATUS_OK;
        for (struct dirent *entry = readdir(directory); entry && status == STATUS_OK; entry = readdir(directory)) {
                struct stat about;
                if (fstatat(dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0
                    || !S_ISREG(about.st_mode))
                        continue;
                char **longer = realloc(names, (count + 1) * sizeof(*names));
                if (longer)
                        names = longer;
                if (!longer || !(names[count] = strdup(entry->d_name)))
                        status = error_memory(error);
                else
                        count++;
        }
        closedir(directory);
        if (names)
                qsort(names, count, sizeof(*names), compare_names);
        *ret_names = names;
        *ret_count = count;
        return status;
}

enum status directory_list(const char *path, void (*visit)(void *context, const char *name), void *context,
                           struct error *error)
{
        char **names = NULL;
        size_t count = 0;
        enum status status = read_names(path, &names, &count, error);
        for (size_t i = 0; i < count; i++) {
                if (status == STATUS_OK)
                        visit(context, names[i]);
                free(names[i]);
        }
        free(names);
        return status;
}

enum status directory_clear(const char *path, const char *prefix, struct error *error)
{
        char **names = NULL;
        size_t count = 0;
        if (!file_exists(path))
                return STATUS_OK;
        enum status status = read_names(path, &names, &count, error);
        for (size_t i = 0; i < count; i++) {
                char full[PATH_BYTES_MAX];
                if (status == STATUS_OK && strncmp(names[i], prefix, strlen(prefix)) == 0
                    && (size_t)snprintf(full, sizeof(full), "%s/%s", path, names[i]) < sizeof(full))
                        status = file_remove(full, error);
                free(names[i]);
        }
        free(names);
        return status;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

struct reader {
        int descriptor;
        int64_t size_bytes;
        bool can_rewind;
        bool consumes;
        uint64_t read_bytes, given_back; /* of a file that is consumed */
        char path[];
};

enum status reader_open(const char *path, struct reader **ret, struct error *error)
{
        size_t length = strlen(path);
        int descriptor = STDIN_FILENO;
        struct stat about;
        if (strcmp(path, "-") == 0) {
                if (fstat(STDIN_FILENO, &about) != 0)
                        return error_system(error, "fstat", path, errno);
        } else {
                enum status status = open_for_reading(path, &descriptor, &about, error);
                if (status != STATUS_OK)
                        return status;
                if (S_ISBLK(about.st_mode) || (S_ISCHR(about.st_mode) && !isatty(descriptor))) {
                        close(descriptor);
                        return error_set(error, STATUS_INVALID, "file.is_device", "path", path, NULL);
                }
        }
        struct reader *reader = malloc(sizeof(*reader) + length + 1);
        if (!reader) {
                if (descriptor != STDIN_FILENO)
                        close(descriptor);
                return error_memory(error);
        }
        bool plain = S_ISREG(about.st_mode);
        *reader = (struct reader){
                .descriptor = descriptor, .size_bytes = plain ? (int64_t)about.st_size : -1, .can_rewind = plain};
        memcpy(reader->path, path, length + 1);
        if (plain)
                posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
        *ret = reader;
        return STATUS_OK;
}

/* By steps: a hole costs about as much as reading a few blocks. */
static void give_back(struct reader *reader)
{
        uint64_t end = reader->read_bytes / CONSUMED_BYTES * CONSUMED_BYTES;
        if (end == reader->given_back)
                return;
        if (fallocate(reader->descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)reader->given_back,
                      (off_t)(end - reader->given_back)) != 0)
                reader->consumes = false; /* a file system that cannot: the space is free when the file is removed */
        reader->given_back = end;
}

enum status reader_read(struct reader *reader, void *out, size_t capacity, size_t *ret_length, struct error *error)
{
        enum status status = read_fully(reader->descriptor, reader->path, out, capacity, ret_length, error);
        if (status == STATUS_OK && reader->consumes) {
                reader->read_bytes += *ret_length;
                give_back(reader);
        }
        return status;
}

enum status reader_open_consuming(const char *path, struct reader **ret, struct error *error)
{
        enum status status = reader_open(path, ret, error);
        if (status != STATUS_OK)
                return status;
        int descriptor = open(path, O_RDWR | O_CLOEXEC);
        if (descriptor < 0)
                return STATUS_OK; /* only readable: then nothing is given back */
        close((*ret)->descriptor);
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
        (*ret)->descriptor = descriptor;
        (*ret)->consumes = true;
        (*ret)->can_rewind = false;
        return STATUS_OK;
}

int64_t reader_size_bytes(const struct reader *reader)
{
        return reader->size_bytes;
}

bool reader_can_rewind(const struct reader *reader)
{
        return reader->can_rewind;
}

enum status reader_rewind(struct reader *reader, struct error *error)
{
        return lseek(reader->descriptor, 0, SEEK_SET) == 0 ? STATUS_OK
                                                           : error_system(error, "lseek", reader->path, errno);
}

void reader_close(struct reader *reader)
{
        if (!reader)
                return;
        if (reader->descriptor != STDIN_FILENO)
                close(reader->descriptor);
        free(reader);
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

struct writer {
        int descriptor;
        uint64_t flushed;
        size_t used;
        char *buffer;
        char path[];
};

enum status writer_open(const char *path, struct writer **ret, struct error *error)
{
        size_t length = strlen(path);
        int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (descriptor < 0)
                return create_failed(path, PERMISSION_WRITE, error);
        struct writer *writer = malloc(sizeof(*writer) + length + 1);
        char *buffer = malloc(WRITER_BUFFER_BYTES);
        if (!writer || !buffer) {
                free(writer);
                free(buffer);
                close(descriptor);
                unlink(path);
                return error_memory(error);
        }
        *writer = (struct writer){.descriptor = descriptor, .buffer = buffer};
        memcpy(writer->path, path, length + 1);
        *ret = writer;
        return STATUS_OK;
}

static enum status flush(struct writer *writer, struct error *error)
{
        enum status status = write_fully(writer->descriptor, writer->path, writer->buffer, writer->used, error);
        writer->flushed += writer->used;
        writer->used = 0;
        return status;
}

enum status writer_write(struct writer *writer, const void *data, size_t length, struct error *error)
{
        if (length > WRITER_BUFFER_BYTES - writer->used) {
                enum status status = flush(writer, error);
                if (status != STATUS_OK)
                        return status;
        }
        if (length >= WRITER_BUFFER_BYTES) {
                writer->flushed += length;
                return write_fully(writer->descriptor, writer->path, data, length, error);
        }
        memcpy(writer->buffer + writer->used, data, length);
        writer->used += length;
        return STATUS_OK;
}

uint64_t writer_position(const struct writer *writer)
{
        return writer->flushed + writer->used;
}

static void writer_free(struct writer *writer)
{
        free(writer->buffer);
        free(writer);
}

enum status writer_close(struct writer *writer, bool durable, struct error *error)
{
        enum status status = flush(writer, error);
        if (status == STATUS_OK && durable && fsync(writer->descriptor) != 0)
                status = error_system(error, "fsync", writer->path, errno);
        if (close(writer->descriptor) != 0 && status == STATUS_OK)
                status = error_system(error, "close", writer->path, errno);
        if (status == STATUS_OK && durable)
                status = sync_directory_of(writer->path, error);
        writer_free(writer);
        return status;
}

void writer_discard(struct writer *writer)
{
        if (!writer)
                return;
        close(writer->descriptor);
        unlink(writer->path);
        writer_free(writer);
}

/* ---- mapping and locking --------------------------------------------------------------------------------------- */

enum status mapping_open(const char *path, struct mapping *ret, struct error *error)
{
        int descriptor;
        struct stat about;
        enum status status = open_for_reading(path, &descriptor, &about, error);
        if (status != STATUS_OK)
                return status;
        struct mapping mapping = {.length = (size_t)about.st_size};
        if (mapping.length) {
                void *data = mmap(NULL, mapping.length, PROT_READ, MAP_SHARED, descriptor, 0);
                if (data == MAP_FAILED)
                        status = error_system(error, "mmap", path, errno);
                else
                        mapping.data = data;
        }
        close(descriptor);
        if (status == STATUS_OK)
                *ret = mapping;
        return status;
}

void mapping_close(struct mapping *mapping)
{
        if (mapping->data)
                munmap((void *)(uintptr_t)mapping->data, mapping->length);
        *mapping = (struct mapping){0};
}

struct lock {
        int descriptor;
};

enum status lock_take(const char *path, struct lock **ret, struct error *error)
{
        int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor < 0)
                return open_failed(path, PERMISSION_WRITE, error);
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (fcntl(descriptor, F_OFD_SETLK, &whole) != 0) {
                enum status status = errno == EAGAIN || errno == EACCES
                                             ? error_set(error, STATUS_BUSY, "data.locked", "path", path, NULL)
                                             : error_system(error, "lock", path, errno);
                close(descriptor);
                return status;
        }
        struct lock *lock = malloc(sizeof(*lock));
        if (!lock) {
                close(descriptor);
                return error_memory(error);
        }
        lock->descriptor = descriptor;
        *ret = lock;
        return STATUS_OK;
}

void lock_release(struct lock *lock)
{
        if (!lock)
                return;
        close(lock->descriptor);
        free(lock);
}

void file_keep_private(void)
{
        mode_t before = umask(S_IRWXO);
        umask(before | S_IRWXO);
}

bool terminal_is_interactive(int descriptor)
{
        return isatty(descriptor) == 1;
}

/* ---- copying ----------------------------------------------------------------------------------------------------- */

enum status file_copy(const char *from, const char *to, struct error *error)
{
        reader_cleanup struct reader *reader = NULL;
        struct writer *writer = NULL;
        size_t length = 0;
        void *block = malloc(COPY_BYTES);
        enum status status = block ? reader_open(from, &reader, error) : error_memory(error);
        if (status == STATUS_OK)
                status = writer_open(to, &writer, error);
        do {
                if (status == STATUS_OK)
                        status = reader_read(reader, block, COPY_BYTES, &length, error);
                if (status == STATUS_OK && length)
                        status = writer_write(writer, block, length, error);
        } while (status == STATUS_OK && length);
        free(block);
        if (status == STATUS_OK)
                return writer_close(writer, true, error);
        if (writer)
                writer_discard(writer);
        return status;
}
