/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * spool.c: a temporary file whose name is taken away at once.
 */
#include "platform/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/permission.h"
#include "platform/random.h"

enum { PATH_BYTES_MAX = 4096 };

struct spool {
        int descriptor;
        uint64_t bytes;
        char path[PATH_BYTES_MAX]; /* it had; for messages */
};

enum status spool_open(const char *directory, struct spool **ret, struct error *error)
{
        struct spool *spool = calloc(1, sizeof(*spool));
        if (!spool)
                return error_memory(error);
        int length = snprintf(spool->path, sizeof(spool->path), "%s/spool-%016llx", directory,
                              (unsigned long long)random_u64());
        if (length < 0 || (size_t)length >= sizeof(spool->path))
                errno = ENAMETOOLONG;
        spool->descriptor = length < 0 || (size_t)length >= sizeof(spool->path)
                                    ? -1
                                    : open(spool->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (spool->descriptor < 0 || unlink(spool->path) != 0) {
                enum status status = permission_failure("open", spool->path, errno, PERMISSION_REPLACE, error);
                spool_close(spool);
                return status;
        }
        *ret = spool;
        return STATUS_OK;
}

enum status spool_append(struct spool *spool, const void *data, size_t length, struct error *error)
{
        const char *at = data;
        while (length) {
                ssize_t put = pwrite(spool->descriptor, at, length, (off_t)spool->bytes);
                if (put < 0 && errno == EINTR)
                        continue;
                if (put < 0)
                        return error_system(error, "write", spool->path, errno);
                at += put;
                length -= (size_t)put;
                spool->bytes += (uint64_t)put;
        }
        return STATUS_OK;
}

enum status spool_read(struct spool *spool, uint64_t offset, void *out, size_t capacity, size_t *ret_length,
                       struct error *error)
{
        size_t length = 0;
        while (length < capacity) {
                ssize_t got = pread(spool->descriptor, (char *)out + length, capacity - length,
                                    (off_t)(offset + length));
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return error_system(error, "read", spool->path, errno);
                if (got == 0)
                        break;
                length += (size_t)got;
        }
        *ret_length = length;
        return STATUS_OK;
}

uint64_t spool_bytes(const struct spool *spool)
{
        return spool->bytes;
}

void spool_close(struct spool *spool)
{
        if (!spool)
                return;
        if (spool->descriptor >= 0)
                close(spool->descriptor);
        free(spool);
}
