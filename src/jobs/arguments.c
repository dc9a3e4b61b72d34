/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * arguments.c: arguments of jobs, read by jansson.
 */
#include "jobs/arguments.h"

#include <jansson.h>

/* A json_t by another name: whoever uses arguments need not know the library. */
static const json_t *entry(const struct arguments *arguments, const char *name)
{
        return json_object_get((const json_t *)arguments, name);
}

static struct text text_in(const json_t *value)
{
        if (!json_is_string(value))
                return (struct text){NULL, 0};
        return (struct text){json_string_value(value), json_string_length(value)};
}

enum status arguments_parse(struct text json, struct arguments **ret, struct error *error)
{
        json_error_t reason;
        json_t *object = json_loadb(json.length ? json.data : "{}", json.length ? json.length : 2,
                                    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &reason);
        if (!object && json_error_code(&reason) == json_error_out_of_memory)
                return error_memory(error);
        if (!json_is_object(object)) {
                json_decref(object);
                return error_set(error, STATUS_CORRUPT, "job.arguments_invalid", NULL);
        }
        *ret = (struct arguments *)object;
        return STATUS_OK;
}

void arguments_free(struct arguments *arguments)
{
        json_decref((json_t *)arguments);
}

struct text arguments_text(const struct arguments *arguments, const char *name)
{
        return text_in(entry(arguments, name));
}

int64_t arguments_integer(const struct arguments *arguments, const char *name)
{
        return json_integer_value(entry(arguments, name));
}

size_t arguments_count(const struct arguments *arguments, const char *name)
{
        return json_array_size(entry(arguments, name));
}

struct text arguments_text_at(const struct arguments *arguments, const char *name, size_t index)
{
        return text_in(json_array_get(entry(arguments, name), index));
}
