/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * openapi.c: the description of the API, made of the tables (OpenAPI 3.1). Each operation says besides what the
 * standard has: "x-permission", "x-page" (it has a page of its own), "x-api" (it is answered under /api/v1),
 * "x-list" (also .csv and .xlsx), "x-hides" (forbidden looks like not found). Rows without an API are described as
 * well, so that whoever checks rights finds all of them here. / */
#include "http/service.h"
#include "render/json.h"

static void pair(struct json *json, const char *name, const char *value)
{
        json_key(json, name);
        json_string(json, value);
}

static void flag(struct json *json, const char *name, bool value)
{
        json_key(json, name);
        json_bool(json, value);
}

/* A method is written as a key in lower case. */
static const char *const keys[METHOD_COUNT] = {"get", "post", "put", "patch", "delete"};

static void add_choices(struct json *json, const struct field *field)
{
        json_key(json, "enum");
        json_begin_array(json);
        for (const char *const *choice = field->choices; *choice; choice++)
                json_string(json, *choice);
        json_end_array(json);
}

static void add_one_schema(struct json *json, const struct field *field)
{
        json_begin_object(json);
        switch (field->kind) {
        case INPUT_COUNT_OF:
                pair(json, "type", "integer");
                break;
        case INPUT_YES_NO:
                pair(json, "type", "boolean");
                break;
        default:
                pair(json, "type", "string");
                break;
        }
        if (field->kind == INPUT_DAY)
                pair(json, "format", "date");
        if (field->kind == INPUT_EMAIL)
                pair(json, "format", "email");
        if (field->kind == INPUT_SECRET)
                pair(json, "format", "password");
        if (field->kind == INPUT_FILE)
                pair(json, "format", "binary");
        if (field->kind == INPUT_CHOICE)
                add_choices(json, field);
        pair(json, "x-kind", input_kind_names[field->kind]);
        if (field->max) {
                bool characters = field->kind == INPUT_TEXT || field->kind == INPUT_LONG_TEXT ||
                                  field->kind == INPUT_SECRET || field->kind == INPUT_ID;
                json_key(json, characters ? "maxLength" : field->kind == INPUT_COUNT_OF ? "maximum" : "x-maximum");
                json_int(json, field->max);
        }
        json_end_object(json);
}

static void add_schema(struct json *json, const struct field *field)
{
        if (!field->repeated) {
                add_one_schema(json, field);
                return;
        }
        json_begin_object(json);
        pair(json, "type", "array");
        json_key(json, "items");
        add_one_schema(json, field);
        json_key(json, "maxItems");
        json_int(json, FIELD_REPEATS_MAX);
        json_end_object(json);
}

static void add_segments(struct json *json, const char *path)
{
        for (const char *open = strchr(path, '{'); open; open = strchr(open + 1, '{')) {
                const char *close = strchr(open, '}');
                json_begin_object(json);
                json_key(json, "name");
                json_text(json, (struct text){open + 1, (size_t)(close - open) - 1});
                pair(json, "in", "path");
                flag(json, "required", true);
                json_key(json, "schema");
                json_begin_object(json);
                pair(json, "type", "string");
                json_end_object(json);
                json_end_object(json);
        }
}

static void add_parameters(struct json *json, const struct route *route)
{
        json_key(json, "parameters");
        json_begin_array(json);
        add_segments(json, route->path);
        bool in_query = route->method == METHOD_GET || route->method == METHOD_DELETE;
        for (const struct field *field = in_query ? route->fields : NULL; field && field->name; field++) {
                json_begin_object(json);
                pair(json, "name", field->name);
                pair(json, "in", "query");
                flag(json, "required", field->required);
                json_key(json, "schema");
                add_schema(json, field);
                json_end_object(json);
        }
        json_end_array(json);
}

static void add_body(struct json *json, const struct route *route)
{
        bool files = false;
        for (const struct field *field = route->fields; field->name; field++)
                files = files || field->kind == INPUT_FILE;
        json_key(json, "requestBody");
        json_begin_object(json);
        json_key(json, "content");
        json_begin_object(json);
        json_key(json, files ? "multipart/form-data" : "application/json");
        json_begin_object(json);
        json_key(json, "schema");
        json_begin_object(json);
        pair(json, "type", "object");
        flag(json, "additionalProperties", false);
        json_key(json, "properties");
        json_begin_object(json);
        for (const struct field *field = route->fields; field->name; field++) {
                json_key(json, field->name);
                add_schema(json, field);
        }
        json_end_object(json);
        json_key(json, "required");
        json_begin_array(json);
        for (const struct field *field = route->fields; field->name; field++)
                if (field->required)
                        json_string(json, field->name);
        json_end_array(json);
        for (int depth = 0; depth < 4; depth++)
                json_end_object(json);
}

static void add_response(struct json *json, const char *code, const char *what)
{
        json_key(json, code);
        json_begin_object(json);
        pair(json, "description", what);
        json_end_object(json);
}

static void add_operation(struct json *json, const struct route *route)
{
        json_key(json, keys[route->method]);
        json_begin_object(json);
        pair(json, "summary", message_raw(LANGUAGE_ENGLISH, route->summary));
        pair(json, "x-permission", permission_names[route->permission]);
        flag(json, "x-page", !(route->flags & ROUTE_API_ONLY));
        flag(json, "x-api", !(route->flags & ROUTE_PAGE_ONLY));
        flag(json, "x-list", route->flags & ROUTE_LIST);
        flag(json, "x-hides", route->flags & ROUTE_HIDES);
        add_parameters(json, route);
        if (route->fields && route->method != METHOD_GET && route->method != METHOD_DELETE)
                add_body(json, route);
        json_key(json, "responses");
        json_begin_object(json);
        add_response(json, "200", "the model");
        if (route->permission != PERMISSION_PUBLIC) {
                add_response(json, "401", "nobody is signed in");
                add_response(json, route->flags & ROUTE_HIDES ? "404" : "403", "not permitted");
        }
        if (route->fields)
                add_response(json, "422", "a field is wrong");
        json_end_object(json);
        json_end_object(json);
}

static bool was_before(const struct router *router, size_t index)
{
        for (size_t i = 0; i < index; i++)
                if (strcmp(router_row(router, i)->path, router_row(router, index)->path) == 0)
                        return true;
        return false;
}

static void add_paths(struct json *json, const struct router *router)
{
        for (size_t i = 0; i < router_count(router); i++) {
                const char *path = router_row(router, i)->path;
                if (was_before(router, i))
                        continue;
                json_key(json, path);
                json_begin_object(json);
                for (size_t r = i; r < router_count(router); r++)
                        if (strcmp(router_row(router, r)->path, path) == 0)
                                add_operation(json, router_row(router, r));
                json_end_object(json);
        }
}

enum status openapi_add(const struct service *service, struct buffer *out, struct error *error)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        pair(&json, "openapi", "3.1.0");
        json_key(&json, "info");
        json_begin_object(&json);
        pair(&json, "title", "Treue");
        pair(&json, "version", TREUE_VERSION);
        json_end_object(&json);
        json_key(&json, "servers");
        json_begin_array(&json);
        json_begin_object(&json);
        pair(&json, "url", "/api/v1");
        json_end_object(&json);
        json_end_array(&json);
        json_key(&json, "paths");
        json_begin_object(&json);
        add_paths(&json, service->router);
        json_end_object(&json);
        json_end_object(&json);
        buffer_add_byte(out, '\n');
        return out->failed ? error_memory(error) : STATUS_OK;
}
