/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * service.c: the way of a request through its row: address, method, limits, who asks, permission, foreign pages, body,
 * fields, handler.
 */
#include "http/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "http/log.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "render/list.h"

enum { UPLOAD_PATH_BYTES = 4096, BODY_BYTES_MAX = 4 << 20, FILES_PER_MINUTE = 120 };

static enum status check_templates(const struct service *service, struct error *error)
{
        const struct template_set *templates = service->site->templates;
        for (size_t i = 0; templates && i < router_count(service->router); i++) {
                const struct route *route = router_row(service->router, i);
                if (route->template && !template_set_has(templates, route->template))
                        return error_set(error, STATUS_CORRUPT, "route.no_template", "path", route->path, "template",
                                         route->template, NULL);
        }
        return STATUS_OK;
}

enum status service_new(const struct site *site, struct service **ret, struct error *error)
{
        struct service *service = calloc(1, sizeof(*service));
        if (!service)
                return error_memory(error);
        service->site = site;
        service->started_ns = clock_monotonic_ns();
        buffer_init(&service->api_description, ANSWER_BYTES_MAX);
        enum status status = router_new(site->resources, site->resource_count, &service->router, error);
        unsigned files = site->limits.files_per_minute;
        if (status == STATUS_OK)
                status = pace_new(files ? files : FILES_PER_MINUTE, &service->files, error);
        if (status == STATUS_OK)
                status = check_templates(service, error);
        if (status == STATUS_OK)
                status = openapi_add(service, &service->api_description, error);
        if (status != STATUS_OK) {
                service_free(service);
                return status;
        }
        *ret = service;
        return STATUS_OK;
}

void service_free(struct service *service)
{
        if (!service)
                return;
        router_free(service->router);
        pace_free(service->files);
        buffer_release(&service->api_description);
        free(service);
}

bool service_answers_at_once(const struct service *service, enum method method, struct text target)
{
        static const char api[] = "/api/v1";
        size_t length = sizeof(api) - 1;
        if (target.length > length && memcmp(target.data, api, length) == 0)
                target = (struct text){target.data + length, target.length - length};
        for (size_t i = 0; i < router_count(service->router); i++) {
                const struct route *route = router_row(service->router, i);
                if (route->flags & ROUTE_AT_ONCE && route->method == method && text_is(target, route->path))
                        return true;
        }
        return false;
}

struct request *request_new(struct service *service)
{
        static const struct scope none = {.kind = SCOPE_NONE};
        struct request *request = calloc(1, sizeof(*request));
        struct arena *arena = request ? arena_new(REQUEST_ARENA_BYTES_MAX) : NULL;
        if (!arena) {
                free(request);
                return NULL;
        }
        request->service = service;
        request->arena = arena;
        request->items.arena = arena;
        request->subject.scope = none;
        request->subject.language = request->language = LANGUAGE_ENGLISH;
        request->now_ms = clock_now_ms();
        request->begun_ns = clock_monotonic_ns();
        snprintf(request->id, sizeof(request->id), "%016llx", (unsigned long long)random_u64());
        buffer_init(&request->body, BODY_BYTES_MAX);
        return request;
}

void request_free(struct request *request)
{
        struct error ignored;
        if (!request)
                return;
        writer_discard(request->writer);
        multipart_free(request->multipart);
        for (struct upload *upload = request->uploads; upload; upload = upload->next)
                (void)!file_remove(upload->path, &ignored);
        if (request->answer.path && request->answer.temporary)
                (void)!file_remove(request->answer.path, &ignored);
        db_disconnect(request->connection);
        buffer_release(&request->body);
        free(request->answer.bytes);
        arena_free(request->arena);
        free(request);
}

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

static void refuse(struct request *request, unsigned status_code, const char *key)
{
        struct error error;
        error_set(&error, STATUS_USAGE, key, NULL);
        answer_error(request, status_code, &error);
}

/* The page that was asked for, as a query holds it. */
static void add_wanted(struct buffer *path, const struct request *request)
{
        target_add_encoded(path, request->target.path);
        if (request->target.query.length && request->match.route->method == METHOD_GET) {
                buffer_add_text(path, "%3F");
                target_add_encoded(path, request->target.query);
        }
}

/* Nobody is signed in: people sign in and come back, programs are told. */
static void ask_to_sign_in(struct request *request)
{
        struct buffer path buffer_cleanup;
        bool is_page = request->match.form == TARGET_PAGE && request->service->site->templates;
        bool in_place = is_page && head_value(&request->head, "hx-request").data; /* a part of a page is asked for */
        buffer_init(&path, 3 * HEAD_TARGET_BYTES_MAX);
        if (!is_page) {
                refuse(request, 401, "request.sign_in");
                return;
        }
        buffer_add_text(&path, "/sign-in?next=");
        add_wanted(&path, request);
        struct text to = path.failed ? text_of("/sign-in") : (struct text){path.data, path.length};
        if (!in_place) {
                answer_redirect(request, 303, to);
                return;
        }
        answer_header(request, "HX-Redirect", to);
        refuse(request, 401, "request.sign_in");
}

/* Whose role demands a second factor that is not there yet: people are led to set it up and then on, programs
 * are told. */
static void ask_for_factor(struct request *request)
{
        struct text place = text_of("/account/second-factor");
        struct buffer path buffer_cleanup;
        bool is_page = request->match.form == TARGET_PAGE && request->service->site->templates;
        buffer_init(&path, 3 * HEAD_TARGET_BYTES_MAX);
        if (is_page && !head_value(&request->head, "hx-request").data) {
                buffer_add(&path, place.data, place.length);
                /* The start page comes next anyway. */
                if (request->match.route->method == METHOD_GET && request->target.path.length > 1) {
                        buffer_add_text(&path, "?next=");
                        add_wanted(&path, request);
                }
                answer_redirect(request, 303, path.failed ? place : (struct text){path.data, path.length});
                return;
        }
        if (is_page)
                answer_header(request, "HX-Redirect", place);
        refuse(request, 403, "request.factor_needed");
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

static void find_client(struct request *request)
{
        const struct site *site = request->service->site;
        const struct head *head = &request->head;
        bool trusted = peer_is_trusted(&request->peer, site->trusted, site->trusted_count);
        bool public_tls = site->origin.length > 8 && memcmp(site->origin.data, "https://", 8) == 0;
        struct buffer origin buffer_cleanup;
        request->client = head_client(head, &request->peer, site->trusted, site->trusted_count);
        peer_print(&request->client, request->address);
        request->secure = request->tls || (trusted && (head_was_secure(head) ||
                                                       (public_tls && !head_value(head, "x-forwarded-proto").data)));
        buffer_init(&origin, 512);
        buffer_addf(&origin, "%s://%.*s", request->secure ? "https" : "http", (int)head->host.length,
                    head->host.data ? head->host.data : "");
        if (!arena_keep_text(request->arena, (struct text){origin.data, origin.length}, &request->origin))
                request->origin = site->origin;
}

static bool check_head(struct request *request)
{
        const struct site *site = request->service->site;
        struct error error;
        request->answer.closes = true;
        if (request->malformed) {
                refuse(request, 400, "request.malformed");
                return false;
        }
        if (request->too_much) {
                refuse(request, request->too_much, "request.head_too_large");
                return false;
        }
        enum status status = head_check(&request->head, &error);
        head_language(&request->head, &request->language);
        if (status == STATUS_OK && !head_host_is_ours(&request->head, site->origin))
                status = error_set(&error, STATUS_USAGE, "request.wrong_host", NULL);
        if (status == STATUS_OK)
                status = target_parse(request->head.target, request->arena, &request->target, &error);
        if (status != STATUS_OK) {
                bool length = strcmp(error.key, "request.length_required") == 0;
                answer_error(request, length ? 411 : 0, &error);
                return false;
        }
        request->answer.closes = request->head.body_bytes > 0; /* until somebody wants it */
        find_client(request);
        return true;
}

static void refuse_method(struct request *request)
{
        struct buffer allowed buffer_cleanup;
        buffer_init(&allowed, 128);
        for (int method = 0; method < METHOD_COUNT; method++) {
                if (!(request->match.allowed & 1U << method))
                        continue;
                buffer_addf(&allowed, "%s%s", allowed.length ? ", " : "", method_names[method]);
                if (method == METHOD_GET)
                        buffer_add_text(&allowed, ", HEAD");
        }
        answer_header(request, "Allow", (struct text){allowed.data, allowed.length});
        refuse(request, 405, "request.wrong_method");
}

/* Where a form was sent to there is often no page: whoever comes by GET, from a sign-in, a reload or a bookmark, is led
 * to the page it belongs to, the nearest above that they may see. Before a sign-in that is the nearest one. */
static bool lead_to_page(struct request *request)
{
        const struct subject *subject = &request->subject;
        if (request->head.method != METHOD_GET || !answer_is_page(request))
                return false;
        for (size_t count = request->target.segment_count; count-- > 0;) {
                struct text path;
                const struct route *route = router_page_above(request->service->router, &request->target, count, &path);
                if (!route)
                        continue;
                if (subject->role == ROLE_NOBODY || route->permission == PERMISSION_PUBLIC ||
                    subject_may(subject, route->permission)) {
                        answer_redirect(request, 303, path);
                        return true;
                }
        }
        return false;
}

/* Does the row take as much, and in this form? */
static bool check_body(struct request *request)
{
        const struct route *route = request->match.route;
        bool takes_files;
        uint64_t bytes_max = fields_body_bytes_max(route->fields, &takes_files);
        if (request->head.body_bytes == 0)
                return true;
        /* A form of a row without fields still carries its proof. */
        if (route->method == METHOD_GET) {
                refuse(request, 400, "request.no_body");
                return false;
        }
        for (const struct field *field = route->fields; field && field->name; field++)
                if (field->kind == INPUT_FILE)
                        bytes_max += field_file_bytes_max(route->fields, text_of(field->name));
        if (request->head.body_bytes > bytes_max || (!takes_files && request->head.body_bytes > BODY_BYTES_MAX)) {
                char number[24];
                struct error error;
                snprintf(number, sizeof(number), "%llu", (unsigned long long)bytes_max);
                error_set(&error, STATUS_LIMIT, "request.body_too_large", "limit", number, NULL);
                answer_error(request, 413, &error);
                return false;
        }
        return true;
}

static bool type_is(struct text type, const char *name)
{
        size_t length = strlen(name);
        if (type.length < length || (type.length > length && type.data[length] != ';' && type.data[length] != ' '))
                return false;
        return strncasecmp(type.data, name, length) == 0;
}

static enum status begin_file(void *self, struct text field, struct text file_name, uint64_t *ret_bytes_max,
                              struct error *error)
{
        struct request *request = self;
        char path[UPLOAD_PATH_BYTES];
        (void)file_name;
        *ret_bytes_max = field_file_bytes_max(request->match.route->fields, field);
        if (*ret_bytes_max == 0) {
                struct buffer name buffer_cleanup;
                buffer_init(&name, 256);
                buffer_add(&name, field.data, field.length < 64 ? field.length : 64);
                return error_set(error, STATUS_USAGE, "request.unknown_field", "field", name.data, NULL);
        }
        snprintf(path, sizeof(path), "%s/upload-%016llx", request->service->site->spool_directory,
                 (unsigned long long)random_u64());
        struct upload *upload = arena_array(request->arena, struct upload, 1);
        char *copy = arena_copy(request->arena, path, strlen(path));
        if (!upload || !copy)
                return error_memory(error);
        *upload = (struct upload){copy, request->uploads};
        request->uploads = upload;
        return writer_open(path, &request->writer, error);
}

static enum status add_bytes(void *self, const void *data, size_t length, struct error *error)
{
        struct request *request = self;
        return writer_write(request->writer, data, length, error);
}

static enum status end_file(void *self, const char **ret_path, struct error *error)
{
        struct request *request = self;
        struct writer *writer = request->writer;
        request->writer = NULL;
        enum status status = writer_close(writer, false, error);
        if (status == STATUS_OK)
                *ret_path = request->uploads->path;
        return status;
}

static bool choose_body(struct request *request)
{
        struct text type = head_value(&request->head, "content-type");
        struct error error;
        bool takes_files;
        uint64_t bytes_max = fields_body_bytes_max(request->match.route->fields, &takes_files);
        struct multipart_sink sink = {request, bytes_max < BODY_BYTES_MAX ? bytes_max : BODY_BYTES_MAX, begin_file,
                                      add_bytes, end_file};
        if (request->head.body_bytes == 0)
                return true;
        if (type_is(type, "application/x-www-form-urlencoded")) {
                request->body_kind = BODY_FORM;
        } else if (type_is(type, "application/json")) {
                request->body_kind = BODY_JSON;
        } else if (type_is(type, "multipart/form-data")) {
                request->body_kind = BODY_MULTIPART;
                if (multipart_new(type, &sink, &request->items, &request->multipart, &error) != STATUS_OK) {
                        answer_error(request, 0, &error);
                        return false;
                }
        } else {
                refuse(request, 415, "request.wrong_type");
                return false;
        }
        return true;
}

/* ---- who asks ---------------------------------------------------------------------------------------------------- */

static struct text bearer_key(const struct request *request)
{
        static const char scheme[] = "Bearer ";
        struct text value = head_value(&request->head, "authorization");
        if (value.length <= strlen(scheme) || strncasecmp(value.data, scheme, strlen(scheme)) != 0)
                return (struct text){NULL, 0};
        return (struct text){value.data + strlen(scheme), value.length - strlen(scheme)};
}

/* What the account has chosen, else what was chosen in this browser, else what the browser prefers. */
static void choose_language(struct request *request)
{
        struct text cookie = request_cookie(request, "treue_language");
        if (request->subject.has_language)
                request->language = request->subject.language;
        else if (text_is(cookie, "de"))
                request->language = LANGUAGE_GERMAN;
        else if (text_is(cookie, "en"))
                request->language = LANGUAGE_ENGLISH;
        request->subject.language = request->language;
}

static bool identify(struct request *request)
{
        if (request->at_once) {
                choose_language(request);
                return true;
        }
        const struct gate *gate = &request->service->site->gate;
        struct connection *connection = NULL;
        struct error error;
        struct credentials credentials = {
                .session = request_cookie(request, REQUEST_SESSION_COOKIE),
                .key = bearer_key(request),
                .address = text_of(request->address),
                .agent = request_agent(request),
                .now_ms = request->now_ms,
        };
        struct admitted admitted = {.subject = request->subject};
        enum status status = STATUS_OK;
        if (credentials.session.length || credentials.key.length) {
                if (request->service->site->database)
                        status = request_connection(request, &connection, &error);
                if (status == STATUS_OK)
                        status = gate->identify(gate->self, connection, &credentials, request->arena, &admitted,
                                                &error);
        }
        if (status == STATUS_OK) {
                request->subject = admitted.subject;
                request->proved = admitted.proved;
        }
        choose_language(request);
        if (status == STATUS_OK)
                return true;
        answer_error(request, status == STATUS_BUSY ? 503 : 500, &error);
        return false;
}

static bool find_row(struct request *request)
{
        if (request->target.segment_count && text_is(request->target.segments[0], "assets") &&
            request->target.form == TARGET_PAGE && request->head.method == METHOD_GET && answer_asset(request))
                return false;
        router_match(request->service->router, &request->target, request->head.method, &request->match);
        request->target.form = request->match.form;
        if (request->target.stem.data && request->match.form == request->target.stem_form &&
            (request->match.form == TARGET_CSV || request->match.form == TARGET_XLSX))
                request->target.path.length -= request->match.form == TARGET_CSV ? 4 : 5;
        if (request->match.route)
                return true;
        /* The page that says so is in the reader's language, and no other than of what is hidden. */
        if (!identify(request))
                return false;
        if (!request->match.allowed)
                refuse(request, 404, "request.not_found");
        else if (!lead_to_page(request))
                refuse_method(request);
        return false;
}

static bool check_permission(struct request *request)
{
        const struct route *route = request->match.route;
        bool hides = route->flags & ROUTE_HIDES;
        if (route->permission == PERMISSION_PUBLIC || subject_may(&request->subject, route->permission))
                return true;
        if (request->subject.role == ROLE_NOBODY) {
                ask_to_sign_in(request);
                return false;
        }
        if (request->subject.needs_factor) {
                ask_for_factor(request);
                return false;
        }
        request_log(request, "denied", "route", route->path, "role", role_names[request->subject.role], NULL);
        refuse(request, hides ? 404 : 403, hides ? "request.not_found" : "request.denied");
        return false;
}

/* Whoever is signed in, as a number: an account, else what a key is called in the audit chain (FNV-1a). */
static uint64_t number_of(const struct subject *subject)
{
        uint64_t number = UINT64_C(0xcbf29ce484222325);
        if (subject->account_id)
                return (uint64_t)subject->account_id;
        for (const char *p = subject->actor; *p; p++)
                number = (number ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
        return number;
}

/* Files carry much away at once and cost more than pages: a program that runs wild, or somebody who empties the house,
 * is slowed down. */
static bool check_pace(struct request *request)
{
        struct error error;
        int64_t seconds;
        bool is_file = request_wants_file(request) || request->match.route->flags & ROUTE_FILE;
        if (!is_file || request->subject.role == ROLE_NOBODY ||
            pace_take(request->service->files, number_of(&request->subject), clock_monotonic_ns(), &seconds))
                return true;
        request_log(request, "too_many_files", "route", request->match.route->path, NULL);
        (void)request_slow_down(request, &error, seconds);
        answer_error(request, request->forced_status, &error);
        return false;
}

static bool changes_something(const struct request *request)
{
        return request->match.route->method != METHOD_GET;
}

/* Foreign pages may not send forms; a program with a key is no page. */
static bool check_foreign(struct request *request)
{
        if (!changes_something(request) || bearer_key(request).data)
                return true;
        if (head_comes_from_us(&request->head, request->origin))
                return true;
        request_log(request, "foreign_page", "route", request->match.route->path, NULL);
        refuse(request, 403, "request.foreign_page");
        return false;
}

static bool needs_token(const struct request *request)
{
        return changes_something(request) && !(request->match.route->flags & ROUTE_NO_CSRF) &&
               request->subject.session_id != 0;
}

/* Where the body holds no form of ours the token is in the head, which is known before the body. */
static bool check_head_token(struct request *request)
{
        struct text token = head_value(&request->head, "x-csrf-token");
        bool in_body = request->body_kind == BODY_FORM || request->body_kind == BODY_MULTIPART ||
                       request->body_kind == BODY_JSON;
        if (!needs_token(request) || (token.data ? csrf_token_fits(request, token) : in_body))
                return true;
        request_log(request, "no_token", "route", request->match.route->path, NULL);
        refuse(request, 403, "request.no_token");
        return false;
}

void request_run_head(struct request *request)
{
        if (check_head(request) && find_row(request) && check_body(request) && identify(request) &&
            check_permission(request) && check_pace(request) && check_foreign(request) && choose_body(request) &&
            check_head_token(request)) {
                request->answer.closes = false;
                if (request->head.body_bytes == 0)
                        request_run_body(request);
        }
}

bool request_wants_body(const struct request *request)
{
        return !request->answer.ready && request->head.body_bytes > 0;
}

/* ---- the body ---------------------------------------------------------------------------------------------------- */

void request_feed(struct request *request, const char *data, size_t length)
{
        if (request->body_status != STATUS_OK)
                return;
        if (request->body_kind == BODY_MULTIPART)
                request->body_status = multipart_feed(request->multipart, data, length, &request->body_error);
        else if (!buffer_add(&request->body, data, length))
                request->body_status = error_memory(&request->body_error);
}

static enum status read_items(struct request *request, struct error *error)
{
        struct text body = {request->body.data, request->body.length};
        enum status status = items_add_encoded(&request->items, request->target.query, error);
        if (status != STATUS_OK)
                return status;
        switch (request->body_kind) {
        case BODY_FORM:
                return items_add_encoded(&request->items, body, error);
        case BODY_JSON:
                return items_add_json(&request->items, body, error);
        case BODY_MULTIPART:
                return multipart_finish(request->multipart, error);
        default:
                return STATUS_OK;
        }
}

/* The token a form carries, unless the head had it. */
static bool check_form_token(struct request *request)
{
        struct text token = {NULL, 0};
        for (const struct item *item = request->items.first; item; item = item->next)
                if (text_is(item->name, CSRF_FIELD))
                        token = item->value;
        if (!needs_token(request) || head_value(&request->head, "x-csrf-token").data ||
            csrf_token_fits(request, token))
                return true;
        request_log(request, "no_token", "route", request->match.route->path, NULL);
        refuse(request, 403, "request.no_token");
        return false;
}

static void run_handler(struct request *request)
{
        struct model model;
        struct error error = {.status = STATUS_OK};
        model_init(&model, request->arena);
        request->form = NULL;
        enum status status = request_wants_file(request) ? answer_begin_file(request, &model, &error) : STATUS_OK;
        if (status == STATUS_OK)
                status = request->match.route->handler(request, &model, &error);
        if (status == STATUS_OK)
                status = model_check(&model, &error);
        if (status == STATUS_OK) {
                if (!request->answer.ready) /* else it is no model (operations.h) */
                        answer_model(request, &model);
        } else if (status == STATUS_INVALID && request->refusal_count > 0 && !request->forced_status) {
                answer_wrong_fields(request);
        } else {
                answer_error(request, request->forced_status, &error);
        }
        list_file_free(model.file);
}

void request_run_body(struct request *request)
{
        const struct site *site = request->service->site;
        struct reader_habits habits = {request->language, site->minor_digits};
        struct error error = request->body_error;
        enum status status = request->body_status;
        if (status == STATUS_OK)
                status = read_items(request, &error);
        if (status == STATUS_OK && !check_form_token(request))
                return;
        if (status == STATUS_OK)
                status = fields_check(request->match.route->fields, &request->items, CSRF_FIELD, &habits,
                                      request->arena, &request->inputs, &error);
        if (status != STATUS_OK)
                answer_error(request, 0, &error);
        else if (request->inputs.wrong_count)
                answer_wrong_fields(request);
        else
                run_handler(request);
        db_disconnect(request->connection); /* others wait for it while the answer is sent */
        request->connection = NULL;
}
