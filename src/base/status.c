/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * status.c: describing a failure inside the caller's struct, without allocating.
 */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Every later argument finds at least this much room: 8 x 64 is half of the text. */
enum { FOLLOWER_BYTES = 64 };

/* Length of at most `room` bytes of value that does not end inside a UTF-8 sequence. */
static size_t cut_length(const char *value, size_t length, size_t room)
{
        if (length <= room)
                return length;
        while (room > 0 && ((unsigned char)value[room] & 0xc0) == 0x80)
                room--;
        return room;
}

/* `followers` arguments come after this one; a long value leaves them room. */
static void add_argument(struct error *error, const char *name, const char *value, size_t followers)
{
        static const char ellipsis[] = "\xe2\x80\xa6";
        size_t kept_free = followers * FOLLOWER_BYTES;
        if (error->argument_count == ERROR_ARGUMENTS_MAX)
                return;
        size_t room = sizeof(error->text) - error->text_length - kept_free;
        size_t length = strlen(value);
        size_t kept = length < room ? length : cut_length(value, length, room - sizeof(ellipsis));
        char *out = error->text + error->text_length;
        memcpy(out, value, kept);
        if (kept < length) {
                memcpy(out + kept, ellipsis, sizeof(ellipsis) - 1);
                kept += sizeof(ellipsis) - 1;
        }
        out[kept] = '\0';
        error->arguments[error->argument_count++] =
                (struct error_argument){.name = name, .offset = (uint16_t)error->text_length};
        error->text_length += kept + 1;
}

static size_t count_arguments(va_list arguments)
{
        va_list copy;
        size_t count = 0;
        va_copy(copy, arguments);
        while (va_arg(copy, const char *)) {
                (void)va_arg(copy, const char *);
                count++;
        }
        va_end(copy);
        return count < ERROR_ARGUMENTS_MAX ? count : ERROR_ARGUMENTS_MAX;
}

static enum status describe(struct error *error, enum status status, unsigned line, unsigned column, const char *key,
                            va_list arguments)
{
        if (!error)
                return status;
        /* The arguments may come from this very error: build beside it. */
        struct error fresh = {.status = status, .key = key, .line = line, .column = column};
        size_t left = count_arguments(arguments);
        for (const char *name = va_arg(arguments, const char *); name; name = va_arg(arguments, const char *)) {
                const char *value = va_arg(arguments, const char *);
                add_argument(&fresh, name, value ? value : "", left ? --left : 0);
        }
        *error = fresh;
        return status;
}

enum status error_set(struct error *error, enum status status, const char *key, ...)
{
        va_list arguments;
        va_start(arguments, key);
        describe(error, status, 0, 0, key, arguments);
        va_end(arguments);
        return status;
}

enum status error_at(struct error *error, enum status status, unsigned line, unsigned column, const char *key, ...)
{
        va_list arguments;
        va_start(arguments, key);
        describe(error, status, line, column, key, arguments);
        va_end(arguments);
        return status;
}

enum status error_system(struct error *error, const char *action, const char *path, int errno_value)
{
        char reason[128];
        const char *text = strerror_r(errno_value, reason, sizeof(reason));
        bool refused = errno_value == EACCES || errno_value == EPERM || errno_value == EROFS;
        bool full = errno_value == ENOSPC || errno_value == EDQUOT;
        return error_set(error, STATUS_SYSTEM,
                         refused ? "system.no_permission"
                         : full  ? "system.full"
                                 : "system.failed",
                         "action", action, "path", path, "reason", text, NULL);
}

enum status error_memory(struct error *error)
{
        return error_set(error, STATUS_MEMORY, "system.memory", NULL);
}

void error_add(struct error *error, const char *name, const char *value)
{
        size_t followers = ERROR_ARGUMENTS_MAX - error->argument_count;
        add_argument(error, name, value ? value : "", followers ? followers - 1 : 0);
}

const char *error_argument(const struct error *error, const char *name)
{
        for (size_t i = 0; i < error->argument_count; i++)
                if (strcmp(error->arguments[i].name, name) == 0)
                        return error->text + error->arguments[i].offset;
        return NULL;
}

bool error_is_internal(const struct error *error)
{
        static const char *const families[] = {"database.", "data.", "file.", "system."};
        switch (error->status) {
        case STATUS_SYSTEM:
        case STATUS_DATABASE:
        case STATUS_CORRUPT:
                return true;
        case STATUS_OK:
        case STATUS_MEMORY:
                return false;
        default:
                break;
        }
        for (size_t i = 0; error->key && i < sizeof(families) / sizeof(families[0]); i++)
                if (strncmp(error->key, families[i], strlen(families[i])) == 0)
                        return true;
        return false;
}
