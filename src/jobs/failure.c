/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * failure.c: errors out of JSON. (They are written in lease.c: jansson and render/json.h share names.)
 */
#include "jobs/failure.h"

#include <jansson.h>

static unsigned small_number(const json_t *object, const char *name)
{
        json_int_t value = json_integer_value(json_object_get(object, name));
        return value > 0 && value < UINT32_MAX ? (unsigned)value : 0;
}

/* What does not fit is left out: the message stands without it. */
static bool add_argument(struct error *error, struct arena *arena, const char *name, const char *value)
{
        size_t length = strlen(value) + 1;
        if (error->argument_count == ERROR_ARGUMENTS_MAX || error->text_length + length > ERROR_TEXT_MAX)
                return true;
        char *kept = arena_copy(arena, name, strlen(name));
        if (!kept)
                return false;
        memcpy(error->text + error->text_length, value, length);
        error->arguments[error->argument_count++] =
                (struct error_argument){.name = kept, .offset = (uint16_t)error->text_length};
        error->text_length += length;
        return true;
}

enum status failure_read(struct text key, struct text detail, struct arena *arena, struct error *ret,
                         struct error *error)
{
        struct error result = {.status = STATUS_OK};
        if (key.length == 0) {
                *ret = result;
                return STATUS_OK;
        }
        result.key = arena_copy(arena, key.data, key.length);
        result.status = STATUS_INVALID;
        if (!result.key)
                return error_memory(error);
        json_t *object = detail.length ? json_loadb(detail.data, detail.length, 0, NULL) : NULL;
        unsigned status = small_number(object, "status");
        if (status && status < STATUS_COUNT)
                result.status = (enum status)status;
        result.line = small_number(object, "line");
        result.column = small_number(object, "column");
        json_t *arguments = json_object_get(object, "arguments");
        bool kept = true;
        for (void *at = json_object_iter(arguments); at && kept; at = json_object_iter_next(arguments, at)) {
                const char *value = json_string_value(json_object_iter_value(at));
                kept = !value || add_argument(&result, arena, json_object_iter_key(at), value);
        }
        json_decref(object);
        if (!kept)
                return error_memory(error);
        *ret = result;
        return STATUS_OK;
}
