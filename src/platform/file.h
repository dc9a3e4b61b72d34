/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * file.h: files and directories. All paths are UTF-8, relative to the working directory unless absolute.
 * Failures are STATUS_SYSTEM through error_system() with the path, missing rights as permission.h tells them; a missing
 * file is STATUS_NOT_FOUND "file.not_found".
 */
#ifndef TREUE_PLATFORM_FILE_H
#define TREUE_PLATFORM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

/* Read a whole file of at most `bytes_max` bytes; larger is STATUS_LIMIT "file.too_large" {path} {limit}. The buffer is
 * initialised by the call. A directory is refused ("file.is_directory"). */
must_check enum status file_read(const char *path, size_t bytes_max, struct buffer *ret_content, struct error *error);
/* Write atomically: temporary file beside it, optional fsync of file and directory, rename. Errors name `path`. */
must_check enum status file_write(const char *path, const void *data, size_t length, bool durable, struct error *error);
bool file_exists(const char *path);
/* Gives a complete file its name; `durable`: the name outlives a power loss. An existing target is replaced. */
must_check enum status file_rename(const char *from, const char *to, bool durable, struct error *error);
/* Copies into a new file, durably; a target that exists is replaced. */
must_check enum status file_copy(const char *from, const char *to, struct error *error);
must_check enum status directory_remove(const char *path, struct error *error); /* an empty one; missing is fine */
bool directory_exists(const char *path);
must_check enum status file_remove(const char *path, struct error *error); /* a missing file is fine */
must_check enum status directory_make(const char *path, struct error *error); /* with parents; existing is fine */
/* Remove the plain files of a directory whose names start with `prefix` (not recursive). */
must_check enum status directory_clear(const char *path, const char *prefix, struct error *error);
/* Calls visit(context, name) for each plain file, in byte order of the names. */
must_check enum status directory_list(const char *path, void (*visit)(void *context, const char *name), void *context,
                                      struct error *error);

/* A file read from its beginning in blocks; "-" is standard input. Pipes are allowed, directories and devices other
 * than terminals refused ("file.is_directory", "file.is_device"). */
struct reader;
must_check enum status reader_open(const char *path, struct reader **ret, struct error *error);
/* A file of one's own that is read once and then removed: what was read is given back as reading goes on, its space on
 * disk and in the system's memory, where the file system can. */
must_check enum status reader_open_consuming(const char *path, struct reader **ret, struct error *error);
/* Up to `capacity` bytes; *ret_length 0 at the end. */
must_check enum status reader_read(struct reader *reader, void *out, size_t capacity, size_t *ret_length,
                                   struct error *error);
int64_t reader_size_bytes(const struct reader *reader); /* -1 when unknown (pipe) */
bool reader_can_rewind(const struct reader *reader);
must_check enum status reader_rewind(struct reader *reader, struct error *error);
void reader_close(struct reader *reader);
static inline void reader_closep(struct reader **reader) { reader_close(*reader); }
#define reader_cleanup __attribute__((cleanup(reader_closep)))

/* A file for somebody who reads it by its descriptor and closes it. */
must_check enum status file_open(const char *path, int *ret_descriptor, uint64_t *ret_bytes, struct error *error);

/* Buffered writing of a new file (1 MiB buffer), position known. */
struct writer;
must_check enum status writer_open(const char *path, struct writer **ret, struct error *error);
must_check enum status writer_write(struct writer *writer, const void *data, size_t length, struct error *error);
uint64_t writer_position(const struct writer *writer);
/* Flush, optionally fsync, close and free, also on failure. */
must_check enum status writer_close(struct writer *writer, bool durable, struct error *error);
/* Close without flushing and remove the file; accepts NULL. */
void writer_discard(struct writer *writer);

/* Read-only memory map of a whole file; length 0 maps to data NULL. */
struct mapping {
        const uint8_t *data;
        size_t length;
};
must_check enum status mapping_open(const char *path, struct mapping *ret, struct error *error);
void mapping_close(struct mapping *mapping);

/* Exclusive lock file held by this process until closed: STATUS_BUSY "data.locked" {path} when another holds it. */
struct lock;
must_check enum status lock_take(const char *path, struct lock **ret, struct error *error);
void lock_release(struct lock *lock);

/* Files made from now on are closed to everybody but owner and group: business data. Once, at the start. */
void file_keep_private(void);

bool terminal_is_interactive(int descriptor); /* a person looks at it */

#endif
