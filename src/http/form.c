/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * form.c: forms and JSON become lists of names and values.
 */
#include "http/form.h"

#include <stdio.h>

#include <jansson.h>

#include "base/checked.h"
#include "http/target.h"

static enum status limit_reached(struct error *error, const char *key, unsigned limit)
{
        char number[16];
        snprintf(number, sizeof(number), "%u", limit);
        return error_set(error, STATUS_LIMIT, key, "limit", number, NULL);
}

static bool name_is_sound(struct text name)
{
        for (size_t i = 0; i < name.length; i++) {
                char byte = name.data[i];
                if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' ||
                      byte == '-'))
                        return false;
        }
        return name.length > 0 && name.length <= FORM_NAME_BYTES_MAX;
}

enum status items_add(struct items *items, const struct item *item, struct error *error)
{
        if (items->count == FORM_ITEMS_MAX)
                return limit_reached(error, "request.too_many_fields", FORM_ITEMS_MAX);
        if (!name_is_sound(item->name))
                return error_set(error, STATUS_USAGE, "request.bad_field_name", NULL);
        struct item *kept = arena_array(items->arena, struct item, 1);
        if (!kept)
                return error_memory(error);
        *kept = *item;
        kept->next = NULL;
        if (items->last)
                items->last->next = kept;
        else
                items->first = kept;
        items->last = kept;
        items->count++;
        return STATUS_OK;
}

enum status items_add_encoded(struct items *items, struct text encoded, struct error *error)
{
        size_t at = 0;
        while (at < encoded.length) {
                const char *and = memchr(encoded.data + at, '&', encoded.length - at);
                size_t end = and ? (size_t)(and - encoded.data) : encoded.length;
                struct text pair = {encoded.data + at, end - at};
                const char *equals = pair.length ? memchr(pair.data, '=', pair.length) : NULL;
                size_t name_length = equals ? (size_t)(equals - pair.data) : pair.length;
                struct text value = {equals ? equals + 1 : "", equals ? pair.length - name_length - 1 : 0};
                struct item item = {.kind = ITEM_TEXT};
                if (!target_decode((struct text){pair.data, name_length}, true, items->arena, &item.name) ||
                    !target_decode(value, true, items->arena, &item.value))
                        return error_set(error, STATUS_USAGE, "request.bad_encoding", NULL);
                enum status status = items_add(items, &item, error);
                if (status != STATUS_OK)
                        return status;
                at = end + 1;
        }
        return STATUS_OK;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

/* Depth and length of lists, before anything is allocated for them. Texts are skipped; what is no JSON at all is
 * told by the parser. */
static enum status check_limits(struct text body, struct error *error)
{
        unsigned depth = 0, commas[FORM_JSON_DEPTH_MAX + 1] = {0};
        bool inside = false;
        for (size_t i = 0; i < body.length; i++) {
                char byte = body.data[i];
                if (inside) {
                        if (byte == '\\')
                                i++;
                        else if (byte == '"')
                                inside = false;
                        continue;
                }
                if (byte == '"') {
                        inside = true;
                } else if (byte == '[' || byte == '{') {
                        if (depth == FORM_JSON_DEPTH_MAX)
                                return limit_reached(error, "request.json_too_deep", FORM_JSON_DEPTH_MAX);
                        commas[++depth] = 0;
                } else if ((byte == ']' || byte == '}') && depth > 0) {
                        depth--;
                } else if (byte == ',' && ++commas[depth] >= FORM_JSON_ARRAY_MAX) {
                        return limit_reached(error, "request.json_too_long", FORM_JSON_ARRAY_MAX);
                }
        }
        return STATUS_OK;
}

static enum status bad_json(struct error *error, int line, int column)
{
        return error_at(error, STATUS_USAGE, line > 0 ? (unsigned)line : 1, column > 0 ? (unsigned)column : 1,
                        "request.bad_json", NULL);
}

static enum status add_value(struct items *items, const char *name, json_t *value, bool in_list, struct error *error)
{
        struct item item = {.kind = ITEM_JSON};
        char number[24];
        struct text text;
        if (json_is_string(value)) {
                text = (struct text){json_string_value(value), json_string_length(value)};
        } else if (json_is_integer(value)) {
                snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
                text = text_of(number);
        } else if (json_is_boolean(value)) {
                item.kind = ITEM_YES_NO;
                text = text_of(json_is_true(value) ? "yes" : "no");
        } else if (json_is_null(value) && !in_list) {
                return STATUS_OK;
        } else {
                return error_set(error, STATUS_USAGE, "request.bad_json_value", "field", name, NULL);
        }
        if (!arena_keep_text(items->arena, text_of(name), &item.name) ||
            !arena_keep_text(items->arena, text, &item.value))
                return error_memory(error);
        return items_add(items, &item, error);
}

static enum status add_members(struct items *items, json_t *object, struct error *error)
{
        enum status status = STATUS_OK;
        for (void *at = json_object_iter(object); at && status == STATUS_OK; at = json_object_iter_next(object, at)) {
                const char *name = json_object_iter_key(at);
                json_t *value = json_object_iter_value(at);
                if (!json_is_array(value)) {
                        status = add_value(items, name, value, false, error);
                        continue;
                }
                for (size_t i = 0; i < json_array_size(value) && status == STATUS_OK; i++)
                        status = add_value(items, name, json_array_get(value, i), true, error);
        }
        return status;
}

enum status items_add_json(struct items *items, struct text body, struct error *error)
{
        json_error_t problem;
        enum status status = check_limits(body, error);
        if (status != STATUS_OK)
                return status;
        json_t *root = json_loadb(body.data ? body.data : "", body.length, JSON_REJECT_DUPLICATES, &problem);
        if (!root)
                return bad_json(error, problem.line, problem.column);
        status = json_is_object(root) ? add_members(items, root, error) : bad_json(error, 1, 1);
        json_decref(root);
        return status;
}
