/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * json_model.c: jansson's values as a model's.
 */
#include "web/json_model.h"

#include <jansson.h>

static void put_any(struct model *model, struct value *map, const char *name, json_t *from);

static void put_entries(struct model *model, struct value *map, json_t *from)
{
        for (void *at = json_object_iter(from); at; at = json_object_iter_next(from, at)) {
                const char *key = json_object_iter_key(at);
                const char *kept = arena_copy(model->arena, key, strlen(key));
                if (kept)
                        put_any(model, map, kept, json_object_iter_value(at));
        }
}

static void add_items(struct model *model, struct value *list, json_t *from)
{
        for (size_t i = 0; i < json_array_size(from); i++) {
                json_t *item = json_array_get(from, i);
                if (json_is_object(item))
                        put_entries(model, add_map(model, list), item);
                else if (json_is_array(item))
                        add_items(model, add_list(model, list), item);
                else if (json_is_string(item))
                        add_text(model, list, (struct text){json_string_value(item), json_string_length(item)});
                else if (json_is_integer(item))
                        add_count(model, list, json_integer_value(item));
                else
                        add_none(model, list);
        }
}

static void put_any(struct model *model, struct value *map, const char *name, json_t *from)
{
        if (json_is_object(from))
                put_entries(model, put_map(model, map, name), from);
        else if (json_is_array(from))
                add_items(model, put_list(model, map, name), from);
        else if (json_is_string(from))
                put_text(model, map, name, (struct text){json_string_value(from), json_string_length(from)});
        else if (json_is_integer(from))
                put_count(model, map, name, json_integer_value(from));
        else if (json_is_boolean(from))
                put_yes_no(model, map, name, json_is_true(from));
        else
                put_none(model, map, name);
}

enum status put_json(struct model *model, struct value *map, const char *name, struct text json, struct error *error)
{
        json_t *root = json.length ? json_loadb(json.data, json.length, JSON_ALLOW_NUL, NULL) : NULL;
        if (!root)
                return error_set(error, STATUS_CORRUPT, "job.arguments_invalid", NULL);
        put_any(model, map, name, root);
        json_decref(root);
        return STATUS_OK;
}
