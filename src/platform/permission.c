/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * permission.c: walks a path from its beginning and asks for each folder.
 */
#include "platform/permission.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES_MAX = 4096, USER_BYTES_MAX = 256, ENTRY_BYTES = 4096 };

static void name_user(char out[USER_BYTES_MAX])
{
        struct passwd entry, *found = NULL;
        char strings[ENTRY_BYTES];
        if (getpwuid_r(geteuid(), &entry, strings, sizeof(strings), &found) == 0 && found)
                snprintf(out, USER_BYTES_MAX, "%s", found->pw_name);
        else
                snprintf(out, USER_BYTES_MAX, "%lu", (unsigned long)geteuid());
}

/* 0 or the reason why not; what is no matter of rights is 0 as well. */
static int refusal(const char *path, int mode)
{
        if (faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0)
                return 0;
        return errno == EACCES || errno == EPERM || errno == EROFS ? errno : 0;
}

static enum status missing(const char *key, const char *path, int reason, struct error *error)
{
        char user[USER_BYTES_MAX];
        if (reason == EROFS)
                return error_set(error, STATUS_SYSTEM, "permission.read_only", "path", path, NULL);
        name_user(user);
        return error_set(error, STATUS_SYSTEM, key, "path", path, "user", user, NULL);
}

enum status permission_check(const char *path, enum permission wanted, struct error *error)
{
        char folder[PATH_BYTES_MAX];
        size_t length = strlen(path), folder_length = 0;
        if (length >= sizeof(folder))
                return STATUS_OK;
        memcpy(folder, path, length + 1);
        int reason;
        for (size_t i = 1; i < length; i++) {
                if (folder[i] != '/')
                        continue;
                folder[i] = '\0';
                reason = refusal(folder, X_OK);
                if (reason)
                        return missing("permission.enter", folder, reason, error);
                folder[i] = '/';
                if (path[i + 1])
                        folder_length = i;
        }
        if (wanted != PERMISSION_REPLACE && access(path, F_OK) == 0) {
                reason = refusal(path, R_OK);
                if (reason)
                        return missing("permission.read", path, reason, error);
                reason = wanted == PERMISSION_WRITE ? refusal(path, W_OK) : 0;
                return reason ? missing("permission.write", path, reason, error) : STATUS_OK;
        }
        if (wanted == PERMISSION_READ)
                return STATUS_OK;
        snprintf(folder, sizeof(folder), "%.*s", (int)folder_length, path);
        const char *place = folder_length ? folder : path[0] == '/' ? "/" : ".";
        reason = refusal(place, W_OK | X_OK);
        return reason ? missing("permission.create", place, reason, error) : STATUS_OK;
}

enum status permission_failure(const char *action, const char *path, int reason, enum permission wanted,
                               struct error *error)
{
        enum status status = STATUS_OK;
        if (reason == EACCES || reason == EPERM || reason == EROFS)
                status = permission_check(path, wanted, error);
        return status ? status : error_system(error, action, path, reason);
}
