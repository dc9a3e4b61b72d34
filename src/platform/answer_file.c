/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * answer_file.c: opens, names and discards the file of an answer.
 */
#include "platform/answer_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file.h"
#include "platform/permission.h"

enum { MODE = 0644 };

struct answer_file {
        char *path, *working_path;
        bool in_place; /* no ordinary file: there is nothing to rename */
};

static void release(struct answer_file *file)
{
        free(file->path);
        free(file->working_path);
        free(file);
}

static enum status open_failed(const char *path, struct error *error)
{
        int reason = errno;
        enum status status = STATUS_OK;
        if (reason == ENOENT || reason == ENOTDIR)
                return error_set(error, STATUS_NOT_FOUND, "file.folder_missing", "path", path, NULL);
        if (reason == EACCES || reason == EPERM || reason == EROFS)
                status = permission_check(path, PERMISSION_REPLACE, error);
        return status ? status : error_system(error, "open", path, reason);
}

static enum status open_working(struct answer_file *file, bool takes_output, struct error *error)
{
        int flags = O_WRONLY | O_CLOEXEC | (file->in_place ? 0 : O_CREAT | O_TRUNC);
        int descriptor = open(file->working_path, flags, MODE);
        if (descriptor < 0)
                return open_failed(file->path, error);
        bool taken = !takes_output || (fflush(stdout) == 0 && dup2(descriptor, STDOUT_FILENO) >= 0);
        enum status status = taken ? STATUS_OK : error_system(error, "dup2", file->path, errno);
        close(descriptor);
        if (status && !file->in_place)
                unlink(file->working_path);
        return status;
}

enum status answer_file_open(const char *path, bool takes_output, struct answer_file **ret, struct error *error)
{
        struct stat about;
        bool ordinary = stat(path, &about) != 0 || S_ISREG(about.st_mode);
        if (!ordinary && S_ISDIR(about.st_mode))
                return error_set(error, STATUS_INVALID, "file.is_directory", "path", path, NULL);
        if (!ordinary && !takes_output)
                return error_set(error, STATUS_INVALID, "file.not_ordinary", "path", path, NULL);
        struct answer_file *file = calloc(1, sizeof(*file));
        if (!file)
                return error_memory(error);
        file->in_place = !ordinary;
        file->path = strdup(path);
        size_t room = strlen(path) + 32;
        file->working_path = malloc(room);
        if (!file->path || !file->working_path) {
                release(file);
                return error_memory(error);
        }
        if (ordinary)
                snprintf(file->working_path, room, "%s.%ld.tmp", path, (long)getpid());
        else
                snprintf(file->working_path, room, "%s", path);
        enum status status = open_working(file, takes_output, error);
        if (status)
                release(file);
        else
                *ret = file;
        return status;
}

const char *answer_file_working_path(const struct answer_file *file) { return file->working_path; }

bool answer_file_is_empty(const struct answer_file *file)
{
        struct stat about;
        return !file->in_place && stat(file->working_path, &about) == 0 && about.st_size == 0;
}

static enum status sync_working(const struct answer_file *file, struct error *error)
{
        int descriptor = open(file->working_path, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
                return error_system(error, "open", file->path, errno);
        int code = fsync(descriptor), reason = errno;
        close(descriptor);
        return code == 0 ? STATUS_OK : error_system(error, "fsync", file->path, reason);
}

enum status answer_file_finish(struct answer_file *file, struct error *error)
{
        if (file->in_place) {
                release(file);
                return STATUS_OK;
        }
        enum status status = sync_working(file, error);
        if (!status)
                status = file_rename(file->working_path, file->path, true, error);
        if (status)
                unlink(file->working_path);
        release(file);
        return status;
}

void answer_file_discard(struct answer_file *file)
{
        if (!file)
                return;
        if (!file->in_place)
                unlink(file->working_path);
        release(file);
}
