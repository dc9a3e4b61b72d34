/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * saved_views.c: saving what a list shows under a name, and forgetting it. What is saved is the list's address in its
 * usual form, read by the list's own columns: so nothing else can be stored, and two views that show the same are seen
 * to be the same.
 */
#include "web/saved_views.h"

#include "access/saved_views.h"
#include "program/customers_view.h"
#include "web/application.h"
#include "web/resources.h"

enum { QUERY_BYTES_MAX = 8000, PATH_BYTES_MAX = 64 };

static const struct list_spec *const lists[] = {&customers_spec, &prospects_spec};
static const char *const list_names[] = {"customers", "prospects", NULL}; /* their paths without '/' */

static struct text name_of(const struct list_spec *spec) { return text_of(spec->path + 1); }

/* Without the page. */
static void add_query(struct buffer *out, const struct list_spec *spec, const struct list_reader *reader,
                      const struct list_address *address)
{
        struct list_address whole = list_after(address, (struct text){NULL, 0});
        whole.view = (struct text){NULL, 0};
        list_address_add(out, spec, reader, &whole);
}

static void put_path(struct model *model, struct value *map, const char *name, const struct list_spec *spec,
                     struct text query)
{
        struct buffer path buffer_cleanup;
        buffer_init(&path, QUERY_BYTES_MAX + PATH_BYTES_MAX);
        buffer_addf(&path, "%s%s", spec->path, query.length ? "?" : "");
        buffer_add(&path, query.data, query.length);
        put_text(model, map, name, (struct text){path.data, path.length});
}

static void put_view(struct model *model, struct value *list, const struct list_spec *spec,
                     const struct saved_view *view, struct text shown)
{
        char remove_path[PATH_BYTES_MAX];
        struct value *map = add_map(model, list);
        snprintf(remove_path, sizeof(remove_path), "/views/%lld/remove", (long long)view->id);
        put_id(model, map, "id", view->id);
        put_text(model, map, "name", view->name);
        put_path(model, map, "path", spec, view->address);
        put_yes_no(model, map, "current", text_equal(view->address, shown));
        put_yes_no(model, map, "own", view->own);
        put_yes_no(model, map, "shared", view->shared);
        put_string(model, map, "remove_path", view->own ? remove_path : NULL);
}

enum status saved_views_put(struct request *request, const struct list_spec *spec, const struct list_reader *reader,
                            const struct list_address *address, struct model *model, struct error *error)
{
        int64_t account_id = request_subject(request)->account_id;
        struct buffer query buffer_cleanup;
        struct connection *connection;
        struct saved_view *views;
        size_t count;
        buffer_init(&query, QUERY_BYTES_MAX);
        if (!account_id)
                return STATUS_OK;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = saved_view_all(connection, account_id, name_of(spec), request_arena(request), &views, &count,
                                        error);
        if (status != STATUS_OK)
                return status;
        add_query(&query, spec, reader, address);
        struct text shown = {query.data, query.length};
        struct value *list = put_list(model, NULL, "views");
        for (size_t i = 0; i < count; i++)
                put_view(model, list, spec, &views[i], shown);
        put_yes_no(model, NULL, "has_views", count > 0);
        struct value *saving = put_page_map(model, NULL, "saving");
        put_text(model, saving, "list", name_of(spec));
        put_text(model, saving, "query", shown);
        put_yes_no(model, saving, "may_share", subject_may(request_subject(request), PERMISSION_CONCEPT_WRITE));
        return query.failed ? error_memory(error) : STATUS_OK;
}

static const struct list_spec *find_list(struct text name)
{
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                if (text_equal(name_of(lists[i]), name))
                        return lists[i];
        return NULL;
}

static void go_to_list(struct request *request, const struct list_spec *spec, struct text query)
{
        struct buffer path buffer_cleanup;
        buffer_init(&path, QUERY_BYTES_MAX + PATH_BYTES_MAX);
        buffer_addf(&path, "%s%s", spec->path, query.length ? "?" : "");
        buffer_add(&path, query.data, query.length);
        request_go_to(request, (struct text){path.data, path.length}, false);
}

static enum status save(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        const struct subject *subject = request_subject(request);
        const struct list_spec *spec = find_list(request_text(request, "list"));
        const struct list_reader reader = {subject->language, application->site.minor_digits};
        struct list_address address;
        struct buffer query buffer_cleanup;
        (void)model;
        buffer_init(&query, QUERY_BYTES_MAX);
        if (!subject->account_id || !spec)
                return request_deny(request, error);
        if (list_address_parse_query(spec, &reader, request_text(request, "query"), request_arena(request), &address,
                                     error) != STATUS_OK)
                return request_refuse_field(request, error, "query", "view.query", NULL);
        add_query(&query, spec, &reader, &address);
        struct text text = {query.data, query.length};
        if (query.failed || text.length > SAVED_VIEW_ADDRESS_MAX)
                return request_refuse_field(request, error, "query", "view.too_long", NULL);
        bool shared = request_yes(request, "shared") && subject_may(subject, PERMISSION_CONCEPT_WRITE);
        enum status status = saved_view_save(application->database, subject->account_id, name_of(spec),
                                             request_text(request, "name"), text, shared, error);
        if (status == STATUS_INVALID)
                return request_refuse_field(request, error, "name", "view.name", "limit",
                                            error_argument(error, "limit"), NULL);
        if (status != STATUS_OK)
                return status;
        request_notice(request, NULL, "notice.view_saved", NULL);
        go_to_list(request, spec, text);
        return STATUS_OK;
}

static enum status forget(struct request *request, struct model *model, struct error *error)
{
        const struct subject *subject = request_subject(request);
        const struct list_spec *spec;
        struct text list;
        int64_t id;
        (void)model;
        if (!request_segment_id(request, "view", &id))
                return error_set(error, STATUS_NOT_FOUND, "view.unknown", NULL);
        enum status status = saved_view_drop(application_of(request)->database, subject->account_id, id,
                                             request_arena(request), &list, error);
        if (status != STATUS_OK)
                return status;
        spec = find_list(list);
        request_notice(request, NULL, "notice.view_removed", NULL);
        go_to_list(request, spec ? spec : lists[0], (struct text){NULL, 0});
        return STATUS_OK;
}

static const struct field save_fields[] = {
        {.name = "list", .kind = INPUT_CHOICE, .required = true, .choices = list_names},
        {.name = "name", .kind = INPUT_TEXT, .required = true, .max = SAVED_VIEW_NAME_MAX},
        {.name = "query", .kind = INPUT_TEXT, .max = SAVED_VIEW_ADDRESS_MAX},
        {.name = "shared", .kind = INPUT_YES_NO},
        {.name = NULL}};

static const struct route routes[] = {
        {METHOD_POST, "/views", PERMISSION_CUSTOMER_READ, save_fields, NULL, save, 0, "route.view_save"},
        {METHOD_POST, "/views/{view}/remove", PERMISSION_CUSTOMER_READ, NULL, NULL, forget, 0, "route.view_remove"},
};
const struct resource resource_saved_views = {"saved_views", routes, sizeof(routes) / sizeof(routes[0])};
