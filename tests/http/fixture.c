/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fixture.c: a server without database and accounts, for tests of src/http: a row for everything a row can have, a gate
 * that takes the role out of the cookie ("rep-7": role, account and session), limits short enough to wait for.
 *
 * usage: http_fixture SPOOL [listen=..] [origin=..] [trusted=..] [cert=.. key=..] [per_address=..] [head=..] [body=..]
 *                     [answer=..] [slowest=..] [files=..] [beat=..] [stop=..] [pages=0] [log=FILE]
 * Prints the address, and serves until SIGTERM.
 */
#include <stdio.h>
#include <stdlib.h>

#include "http/operations.h"
#include "http/server.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/listener.h"
#include "platform/thread.h"
#include "render/list.h"

static struct events *events;
static int64_t ended[64], ended_count;

/* ---- handlers ---------------------------------------------------------------------------------------------------- */

static enum status hello(struct request *request, struct model *model, struct error *error)
{
        (void)error;
        put_string(model, NULL, "hello", role_names[request_subject(request)->role]);
        put_text(model, NULL, "address", request_address(request));
        put_text(model, NULL, "origin", request_origin(request));
        put_yes_no(model, NULL, "secure", request_is_secure(request));
        put_text(model, NULL, "agent", request_agent(request));
        put_string(model, NULL, "language", language_code(request_language(request)));
        return STATUS_OK;
}

static const char *const colours[] = {"red", "blue", NULL};
static const struct field all_fields[] = {
        {.name = "text", .kind = INPUT_TEXT, .max = 10},
        {.name = "long", .kind = INPUT_LONG_TEXT, .max = 20},
        {.name = "secret", .kind = INPUT_SECRET, .max = 10},
        {.name = "email", .kind = INPUT_EMAIL},
        {.name = "id", .kind = INPUT_ID},
        {.name = "count", .kind = INPUT_COUNT_OF, .max = 100},
        {.name = "money", .kind = INPUT_MONEY},
        {.name = "percent", .kind = INPUT_PERCENT},
        {.name = "day", .kind = INPUT_DAY},
        {.name = "colour", .kind = INPUT_CHOICE, .choices = colours},
        {.name = "yes", .kind = INPUT_YES_NO},
        {.name = "many", .kind = INPUT_TEXT, .repeated = true},
        {.name = "words", .kind = INPUT_LONG_TEXT},
        {0},
};

static enum status echo(struct request *request, struct model *model, struct error *error)
{
        (void)error;
        for (const struct field *field = all_fields; field->name; field++) {
                if (!request_has(request, field->name))
                        continue;
                switch (field->kind) {
                case INPUT_COUNT_OF:
                case INPUT_MONEY:
                case INPUT_PERCENT:
                        put_count(model, NULL, field->name, request_integer(request, field->name));
                        break;
                case INPUT_DAY:
                        put_day(model, NULL, field->name, (int32_t)request_integer(request, field->name));
                        break;
                case INPUT_YES_NO:
                        put_yes_no(model, NULL, field->name, request_yes(request, field->name));
                        break;
                default:
                        put_text(model, NULL, field->name, request_text(request, field->name));
                        break;
                }
        }
        struct value *many = put_list(model, NULL, "all");
        for (size_t i = 0; i < request_repeats(request, "many"); i++)
                add_text(model, many, request_text_at(request, "many", i));
        return STATUS_OK;
}

static const struct field thing_fields[] = {
        {.name = "name", .kind = INPUT_TEXT, .required = true, .max = 20},
        {.name = "amount", .kind = INPUT_MONEY, .required = true},
        {.name = "word", .kind = INPUT_SECRET},
        {0},
};

static enum status thing_shown(struct request *request, struct model *model, struct error *error)
{
        struct value *form;
        (void)error;
        put_string(model, NULL, "title", "thing");
        put_text(model, NULL, "thing", request_segment(request, "thing"));
        if ((form = request_form(request, model, "name")) != NULL)
                put_string(model, form, "name", "as stored");
        if ((form = request_form(request, model, "amount")) != NULL)
                put_money(model, form, "amount", 1250);
        return STATUS_OK;
}

static enum status thing_changed(struct request *request, struct model *model, struct error *error)
{
        if (text_is(request_text(request, "name"), "taken"))
                return request_refuse_field(request, error, "name", "input.too_long", "limit", "3", NULL);
        put_text(model, NULL, "name", request_text(request, "name"));
        put_money(model, NULL, "amount", request_integer(request, "amount"));
        request_notice(request, "/things/1/undo", "request.bad_head", "what", "<b>&", NULL);
        request_go_to(request, text_of("/hello"), true);
        return STATUS_OK;
}

static enum status thing_removed(struct request *request, struct model *model, struct error *error)
{
        int64_t id;
        (void)model;
        if (!request_segment_id(request, "thing", &id) || id != 1)
                return error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
        return STATUS_OK;
}

static const struct field ways[] = {{.name = "to", .kind = INPUT_TEXT, .required = true}, {0}};

static enum status go(struct request *request, struct model *model, struct error *error)
{
        (void)model, (void)error;
        request_go_to(request, request_text(request, "to"), false);
        return STATUS_OK;
}

static const struct field waits[] = {{.name = "ms", .kind = INPUT_COUNT_OF, .required = true, .max = 20000}, {0}};

static enum status slow(struct request *request, struct model *model, struct error *error)
{
        (void)error;
        thread_sleep_ms((unsigned)request_integer(request, "ms"));
        put_yes_no(model, NULL, "done", true);
        return STATUS_OK;
}

static enum status alive(struct request *request, struct model *model, struct error *error)
{
        (void)request, (void)error;
        put_string(model, NULL, "status", "ok");
        return STATUS_OK;
}

static const struct field kinds[] = {{.name = "kind", .kind = INPUT_ID, .required = true}, {0}};

/* Every way to fail, with words nobody outside may read. */
static enum status fail(struct request *request, struct model *model, struct error *error)
{
        struct text kind = request_text(request, "kind");
        if (text_is(kind, "system"))
                return error_system(error, "open", "/var/secret/path", 13);
        if (text_is(kind, "database"))
                return error_set(error, STATUS_DATABASE, "database.failed", "reason", "near column canary", NULL);
        if (text_is(kind, "corrupt"))
                return error_set(error, STATUS_CORRUPT, "setting.damaged", "name", "canary", NULL);
        if (text_is(kind, "memory")) {
                for (size_t i = 0; i < 1000; i++)
                        if (!arena_alloc(request_arena(request), 1 << 20))
                                return error_memory(error);
        }
        if (text_is(kind, "model")) {
                static const char megabyte[1 << 20];
                struct value *items = put_list(model, NULL, "items");
                for (size_t i = 0; i < 100; i++)
                        add_text(model, items, (struct text){megabyte, sizeof(megabyte)});
        }
        if (text_is(kind, "busy"))
                return error_set(error, STATUS_BUSY, "request.not_well", NULL);
        if (text_is(kind, "conflict"))
                return error_set(error, STATUS_CONFLICT, "request.denied", NULL);
        if (text_is(kind, "deny"))
                return request_deny(request, error);
        if (text_is(kind, "often"))
                return request_slow_down(request, error, 7);
        return STATUS_OK;
}

static const struct field uploads[] = {
        {.name = "file", .kind = INPUT_FILE, .required = true, .max = 1 << 20},
        {.name = "second", .kind = INPUT_FILE, .max = 10},
        {.name = "note", .kind = INPUT_TEXT},
        {0},
};

static enum status upload(struct request *request, struct model *model, struct error *error)
{
        const char *path;
        struct text name;
        struct buffer content buffer_cleanup;
        buffer_init(&content, 1);
        enum status status = request_file(request, "file", &path, &name, error);
        if (status == STATUS_OK)
                status = file_read(path, 2 << 20, &content, error);
        if (status != STATUS_OK)
                return status;
        put_text(model, NULL, "name", name);
        put_count(model, NULL, "bytes", (int64_t)content.length);
        put_ordinal(model, NULL, "hash", (int64_t)(text_hash(content.data, content.length) >> 1));
        put_text(model, NULL, "note", request_text(request, "note"));
        return STATUS_OK;
}

static enum status download(struct request *request, struct model *model, struct error *error)
{
        (void)model;
        const char *path = arena_copy(request_arena(request), "fixture-download.txt", 20);
        enum status status = file_write(path, "hello\n", 6, false, error);
        request_send_file(request, path, "text/plain; charset=utf-8", text_of("a\"b\r\nX: y\xc3\xa4.txt"), true);
        return status;
}

static enum status big(struct request *request, struct model *model, struct error *error)
{
        (void)error;
        char *text = arena_alloc(request_arena(request), 4 << 20);
        memset(text, 'x', 4 << 20);
        put_text(model, NULL, "big", (struct text){text, 4 << 20});
        return STATUS_OK;
}

static const struct field topics[] = {{.name = "topic", .kind = INPUT_ID, .repeated = true}, {0}};

static enum status listen_to(struct request *request, struct model *model, struct error *error)
{
        (void)model, (void)error;
        for (size_t i = 0; i < request_repeats(request, "topic"); i++)
                request_listen(request, request_text_at(request, "topic", i));
        return STATUS_OK;
}

static const struct field posts[] = {
        {.name = "topic", .kind = INPUT_ID, .required = true},
        {.name = "data", .kind = INPUT_TEXT, .max = 5000, .required = true},
        {.name = "times", .kind = INPUT_COUNT_OF, .max = 10000},
        {0},
};

static enum status post(struct request *request, struct model *model, struct error *error)
{
        int64_t times = request_has(request, "times") ? request_integer(request, "times") : 1;
        (void)error;
        for (int64_t i = 0; i < times; i++)
                events_post(events, request_text(request, "topic"), request_text(request, "data"));
        put_count(model, NULL, "streams", (int64_t)events_count(events));
        return STATUS_OK;
}

static const struct field sessions[] = {
        {.name = "session", .kind = INPUT_COUNT_OF}, {.name = "account", .kind = INPUT_COUNT_OF},
        {.name = "silently", .kind = INPUT_COUNT_OF}, {0}};

static enum status end(struct request *request, struct model *model, struct error *error)
{
        (void)model, (void)error;
        if (request_has(request, "session"))
                events_end_session(events, request_integer(request, "session"));
        if (request_has(request, "account"))
                events_end_account(events, request_integer(request, "account"), 0);
        if (request_has(request, "silently")) {
                int64_t place = __atomic_fetch_add(&ended_count, 1, __ATOMIC_RELAXED);
                __atomic_store_n(&ended[place % 64], request_integer(request, "silently"), __ATOMIC_RELAXED);
        }
        return STATUS_OK;
}

static const struct list_column columns[] = {
        {.name = "name", .title = "field.name", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN | COLUMN_SORTS},
        {.name = "amount", .title = "field.name", .kind = SHEET_MONEY, .flags = COLUMN_SHOWN | COLUMN_SORTS},
};
static const struct list_spec spec = {.title = "field.name", .path = "/list", .columns = columns, .column_count = 2};
static const struct field list_fields[] = {LIST_FIELDS, {0}};

static enum status list(struct request *request, struct model *model, struct error *error)
{
        struct list_address *address = arena_array(request_arena(request), struct list_address, 1);
        struct list_reader reader = {request_language(request), 2};
        enum status status = list_address_parse_query(&spec, &reader, request_query(request), request_arena(request),
                                                      address, error);
        if (status != STATUS_OK)
                return status;
        struct value *rows = put_list(model, NULL, "rows");
        for (int i = 0; i < 3; i++) {
                struct value *row = add_map(model, rows);
                put_string(model, row, "name", i == 1 ? "=1+1" : "M\xc3\xbcller");
                put_money(model, row, "amount", 123456 + i);
        }
        list_put(model, &(struct list_view){&spec, address, 3, {NULL, 0}});
        return STATUS_OK;
}

static enum status log_line(struct request *request, struct model *model, struct error *error)
{
        (void)model, (void)error;
        request_log(request, "note", "text", request_text(request, "to").data, NULL);
        return STATUS_OK;
}

static enum status cookie(struct request *request, struct model *model, struct error *error)
{
        (void)error;
        put_text(model, NULL, "had", request_cookie(request, "test"));
        request_set_cookie(request, "test", text_of("a;b\r\nc"), 60);
        return STATUS_OK;
}

#define ROW(method, path, permission, fields, template, handler, flags) \
        {METHOD_##method, path, PERMISSION_##permission, fields, template, handler, flags, "route.health"}
static const struct route routes[] = {
        ROW(GET, "/", PUBLIC, NULL, NULL, hello, 0),
        ROW(GET, "/hello", PUBLIC, NULL, "hello", hello, 0),
        ROW(GET, "/start", START, NULL, "hello", hello, 0),
        ROW(GET, "/users", ACCOUNT_ADMIN, NULL, NULL, hello, 0),
        ROW(GET, "/hidden/{thing}", PORTAL, NULL, NULL, hello, ROUTE_HIDES),
        ROW(GET, "/echo", PUBLIC, all_fields, NULL, echo, 0),
        ROW(POST, "/echo", PUBLIC, all_fields, NULL, echo, 0),
        ROW(GET, "/things/{thing}", PUBLIC, NULL, "thing", thing_shown, 0),
        ROW(GET, "/things/new", PUBLIC, NULL, NULL, hello, 0),
        ROW(POST, "/things/{thing}", ACCOUNT, thing_fields, NULL, thing_changed, 0),
        ROW(PUT, "/things/{thing}", ACCOUNT, thing_fields, NULL, thing_changed, ROUTE_API_ONLY),
        ROW(DELETE, "/things/{thing}", ACCOUNT, NULL, NULL, thing_removed, 0),
        ROW(GET, "/go", PUBLIC, ways, NULL, go, ROUTE_PAGE_ONLY),
        ROW(GET, "/slow", PUBLIC, waits, NULL, slow, 0),
        ROW(GET, "/alive", PUBLIC, NULL, NULL, alive, ROUTE_AT_ONCE),
        ROW(GET, "/fail", PUBLIC, kinds, NULL, fail, 0),
        ROW(POST, "/upload", ACCOUNT, uploads, NULL, upload, 0),
        ROW(GET, "/download", PUBLIC, NULL, NULL, download, ROUTE_FILE),
        ROW(GET, "/big", PUBLIC, NULL, NULL, big, 0),
        ROW(GET, "/events", ACCOUNT, topics, NULL, listen_to, ROUTE_STREAM),
        ROW(POST, "/post", PUBLIC, posts, NULL, post, ROUTE_NO_CSRF),
        ROW(POST, "/end", PUBLIC, sessions, NULL, end, ROUTE_NO_CSRF),
        ROW(GET, "/list", PUBLIC, list_fields, NULL, list, ROUTE_LIST),
        ROW(GET, "/log", PUBLIC, ways, NULL, log_line, 0),
        ROW(GET, "/cookie", PUBLIC, NULL, NULL, cookie, 0),
        ROW(GET, "/metrics", PUBLIC, NULL, NULL, operations_metrics, ROUTE_PAGE_ONLY | ROUTE_HIDES),
        ROW(GET, "/openapi.json", PUBLIC, NULL, NULL, operations_openapi, ROUTE_API_ONLY | ROUTE_CACHED),
};
static const struct resource fixture = {"fixture", routes, sizeof(routes) / sizeof(routes[0])};
static const struct resource *const all[] = {&fixture};

static const struct template_source pages[] = {
        {"layout", {"<!doctype html><html lang=\"{{language}}\"><title>t</title>"
                    "{{#notice}}<p class=n>{{text}} {{undo}}</p>{{/notice}}<i>{{csrf}}</i>{{>page}}", 0}},
        {"hello", {"<p>{{hello}}</p>", 0}},
        {"error", {"<h1>{{status}} {{title}}</h1><p>{{message}}</p><p>{{hint}}</p><p>{{request_id}}</p>", 0}},
        {"thing", {"<p>{{thing}}</p><input name=name value=\"{{form.name}}\">"
                   "<input name=amount value=\"{{#f}}form.amount input{{/f}}\">"
                   "<em>{{errors.name}}</em><em>{{errors.amount}}</em>{{form.word}}", 0}},
};
enum { PAGES = sizeof(pages) / sizeof(pages[0]) };

/* ---- the gate ---------------------------------------------------------------------------------------------------- */

/* "rep-7": the role; account and session have that number. */
static enum status identify(void *self, struct connection *connection, const struct credentials *credentials,
                            struct arena *arena, struct admitted *ret, struct error *error)
{
        struct text token = credentials->key.data ? credentials->key : credentials->session;
        const char *dash = memchr(token.data, '-', token.length);
        int64_t number = 0;
        enum role role;
        (void)self, (void)connection, (void)arena;
        if (text_is(token, "broken"))
                return error_set(error, STATUS_DATABASE, "database.failed", "reason", "canary", NULL);
        if (!dash || !role_of_name((struct text){token.data, (size_t)(dash - token.data)}, &role))
                return STATUS_OK;
        for (const char *p = dash + 1; p < token.data + token.length; p++)
                number = number * 10 + (*p - '0');
        ret->subject.role = role;
        ret->subject.account_id = number;
        ret->subject.session_id = credentials->key.data ? 0 : number;
        ret->subject.name = text_of("Kim <&>");
        ret->subject.language = LANGUAGE_GERMAN;
        ret->subject.has_language = true;
        return STATUS_OK;
}

static bool sessions_changed(void *self, struct connection *connection, int64_t *number)
{
        (void)self, (void)connection;
        *number = __atomic_load_n(&ended_count, __ATOMIC_RELAXED);
        return true;
}

static bool session_lives(void *self, struct connection *connection, int64_t account_id, int64_t session_id)
{
        (void)self, (void)connection, (void)account_id;
        for (size_t i = 0; i < 64; i++)
                if (__atomic_load_n(&ended[i], __ATOMIC_RELAXED) == session_id)
                        return false;
        return true;
}

/* ---- start ------------------------------------------------------------------------------------------------------- */

static const char *option(int argc, char **argv, const char *name)
{
        size_t length = strlen(name);
        for (int i = 2; i < argc; i++)
                if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=')
                        return argv[i] + length + 1;
        return NULL;
}

static unsigned number(int argc, char **argv, const char *name)
{
        const char *value = option(argc, argv, name);
        return value ? (unsigned)strtoul(value, NULL, 10) : 0;
}

static int complain(const struct error *error)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, 8192);
        message_add_error(&text, LANGUAGE_ENGLISH, error);
        fprintf(stderr, "%s\n", text.data);
        return 1;
}

static enum status load_pages(struct template_set **ret, struct error *error)
{
        struct template_source sources[PAGES];
        for (size_t i = 0; i < PAGES; i++)
                sources[i] = (struct template_source){pages[i].name, text_of(pages[i].text.data)};
        return template_set_new(sources, PAGES, false, ret, error);
}

static enum status fill(struct site *site, int argc, char **argv, struct peer_range *trusted, struct error *error)
{
        static const struct asset asset = {"app.css", "/assets/app-0011223344ff.css", "text/css; charset=utf-8",
                                           "0011223344ff", {"body{}", 6}, {"gzipped", 7}, {"brotli", 6}};
        static struct buffer certificate, key;
        const char *origin = option(argc, argv, "origin"), *range = option(argc, argv, "trusted");
        const char *log = option(argc, argv, "log");
        *site = (struct site){.resources = all, .resource_count = 1, .layout = "layout", .assets = &asset,
                              .asset_count = 1, .spool_directory = argv[1], .currency = "EUR", .minor_digits = 2,
                              .gate = {NULL, identify, sessions_changed, session_lives}, .events = events,
                              .limits = {.connections_per_address = number(argc, argv, "per_address"),
                                         .head_seconds = number(argc, argv, "head"),
                                         .body_seconds = number(argc, argv, "body"),
                                         .answer_seconds = number(argc, argv, "answer"),
                                         .slowest_bytes = number(argc, argv, "slowest"),
                                         .files_per_minute = number(argc, argv, "files"),
                                         .heartbeat_seconds = number(argc, argv, "beat"),
                                         .stop_seconds = number(argc, argv, "stop")}};
        site->origin = text_of(origin);
        site->log = log ? fopen(log, "ae") : NULL;
        if (range && peer_parse_range(text_of(range), trusted)) {
                site->trusted = trusted;
                site->trusted_count = 1;
        }
        if (!option(argc, argv, "cert"))
                return STATUS_OK;
        enum status status = file_read(option(argc, argv, "cert"), 1 << 20, &certificate, error);
        if (status == STATUS_OK)
                status = file_read(option(argc, argv, "key"), 1 << 20, &key, error);
        site->tls_certificate = certificate.data;
        site->tls_key = key.data;
        return status;
}

int main(int argc, char **argv)
{
        struct site site;
        struct peer_range trusted;
        struct server *server;
        struct template_set *set = NULL;
        struct error error;
        const char *listen = option(argc, argv, "listen");
        if (argc < 2)
                return 2;
        stop_signal_prepare();
        enum status status = events_new(&events, &error);
        if (status == STATUS_OK)
                status = fill(&site, argc, argv, &trusted, &error);
        if (status == STATUS_OK)
                status = load_pages(&set, &error);
        site.templates = option(argc, argv, "pages") ? NULL : set;
        if (status == STATUS_OK)
                status = server_start(&site, listen ? listen : "127.0.0.1:0", &server, &error);
        if (status != STATUS_OK)
                return complain(&error);
        printf("%s\n", server_address(server));
        fflush(stdout);
        stop_signal_wait();
        server_stop(server);
        template_set_free(set);
        events_free(events);
        if (site.log)
                fclose(site.log);
        return 0;
}
