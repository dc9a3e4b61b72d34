/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * answer.c: chooses the form of an answer and makes its head and body.
 */
#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "base/calendar.h"
#include "http/log.h"
#include "http/service.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "render/list.h"
#include "render/value_json.h"

enum { GZIP_BYTES_MIN = 860, GZIP_LEVEL = 5, GZIP_WINDOW = 15 + 16, GZIP_MEMORY = 8, MISSING_BYTES_MAX = 900 };

#define TYPE_JSON "application/json; charset=utf-8"
#define TYPE_HTML "text/html; charset=utf-8"
#define POLICY "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " \
               "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; " \
               "frame-ancestors 'none'"

void answer_header(struct request *request, const char *name, struct text value)
{
        struct answer *answer = &request->answer;
        const char *copy = arena_copy(request->arena, value.data, value.length);
        if (copy && answer->header_count < ANSWER_HEADERS_MAX)
                answer->headers[answer->header_count++] = (struct answer_header){name, copy};
}

static void literal(struct request *request, const char *name, const char *value)
{
        struct answer *answer = &request->answer;
        if (answer->header_count < ANSWER_HEADERS_MAX)
                answer->headers[answer->header_count++] = (struct answer_header){name, value};
}

static bool has_header(const struct answer *answer, const char *name)
{
        for (size_t i = 0; i < answer->header_count; i++)
                if (strcmp(answer->headers[i].name, name) == 0)
                        return true;
        return false;
}

/* What every answer says. */
static void finish(struct request *request, unsigned status_code)
{
        struct answer *answer = &request->answer;
        literal(request, "X-Content-Type-Options", "nosniff");
        literal(request, "Content-Security-Policy", POLICY);
        literal(request, "Referrer-Policy", "same-origin");
        literal(request, "Cross-Origin-Opener-Policy", "same-origin");
        literal(request, "Cross-Origin-Resource-Policy", "same-origin");
        literal(request, "X-Request-Id", request->id);
        if (request->secure)
                literal(request, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
        if (!has_header(answer, "Cache-Control"))
                literal(request, "Cache-Control", "no-store");
        if (answer->closes)
                literal(request, "Connection", "close");
        answer->status = status_code;
        answer->ready = true;
}

/* ---- bodies ------------------------------------------------------------------------------------------------------ */

/* Packs the body, unless that saves nothing. */
static void pack(struct request *request, struct buffer *body)
{
        z_stream stream = {0};
        if (body->length < GZIP_BYTES_MIN || !head_accepts_coding(&request->head, "gzip") ||
            deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
                return;
        size_t room = body->length;
        unsigned char *out = malloc(room);
        stream.next_in = (unsigned char *)body->data;
        stream.avail_in = (uInt)body->length;
        stream.next_out = out;
        stream.avail_out = (uInt)room;
        int result = out ? deflate(&stream, Z_FINISH) : Z_MEM_ERROR;
        deflateEnd(&stream);
        if (result == Z_STREAM_END) {
                memcpy(body->data, out, stream.total_out);
                body->length = stream.total_out;
                literal(request, "Content-Encoding", "gzip");
        }
        free(out);
}

void answer_bytes(struct request *request, unsigned status_code, const char *type, struct buffer *body)
{
        struct answer *answer = &request->answer;
        literal(request, "Content-Type", type);
        literal(request, "Vary", "Accept-Encoding, Cookie");
        pack(request, body);
        answer->kind = ANSWER_BYTES;
        free(answer->bytes);
        answer->bytes = buffer_take(body, &answer->length);
        finish(request, answer->bytes ? status_code : 500);
}

/* ---- failures ---------------------------------------------------------------------------------------------------- */

static unsigned code_of(enum status status)
{
        switch (status) {
        case STATUS_USAGE:
                return 400;
        case STATUS_NOT_FOUND:
                return 404;
        case STATUS_CONFLICT:
                return 409;
        case STATUS_LIMIT:
                return 413;
        case STATUS_INVALID:
                return 422;
        case STATUS_BUSY:
        case STATUS_CANCELLED:
                return 503;
        default:
                return 500;
        }
}

/* The hint that goes with a message, if there is one. */
static bool add_hint(struct buffer *out, enum language language, const char *key)
{
        struct buffer name buffer_cleanup;
        buffer_init(&name, 128);
        buffer_addf(&name, "hint.%s", key);
        return !name.failed && message_exists(name.data) && message_add(out, language, name.data, NULL);
}

struct said {
        struct buffer message, hint;
        const char *key;
};

static void said_release(struct said *said)
{
        buffer_release(&said->message);
        buffer_release(&said->hint);
}
#define said_cleanup __attribute__((cleanup(said_release)))

/* What went wrong, in words. Of what is nobody's business but the operator's only that it happened. */
static void say(const struct request *request, unsigned status_code, const struct error *error, struct said *ret)
{
        bool internal = status_code == 500 || (status_code == 503 && error_is_internal(error));
        buffer_init(&ret->message, 8192);
        buffer_init(&ret->hint, 2048);
        ret->key = internal || !error->key ? "request.failed" : error->key;
        if (internal)
                message_add(&ret->message, request->language, ret->key, "request", request->id, NULL);
        else
                message_add_error(&ret->message, request->language, error);
        add_hint(&ret->hint, request->language, ret->key);
}

static void write_error(struct json *json, const struct said *said, const char *field)
{
        json_begin_object(json);
        json_key(json, "key");
        json_string(json, said->key);
        json_key(json, "message");
        json_text(json, (struct text){said->message.data, said->message.length});
        json_key(json, "field");
        json_string(json, field);
        json_key(json, "hint");
        json_string(json, said->hint.length ? said->hint.data : NULL);
        json_end_object(json);
}

bool answer_is_page(const struct request *request)
{
        /* A page has a frame, which asks the database for the brand. */
        return request->service->site->templates && request->target.form == TARGET_PAGE && !request->at_once &&
               head_accepts_html(&request->head);
}

static struct print_style style_of(const struct request *request)
{
        const struct site *site = request->service->site;
        return (struct print_style){request->language, site->minor_digits, site->currency};
}

/* The last word of the path and the day: "customers-2026-01-31.csv". */
static void name_download(struct request *request, const char *ending)
{
        struct buffer name buffer_cleanup;
        buffer_init(&name, 256);
        buffer_add_text(&name, "attachment; filename=\"");
        for (size_t i = 1; i < request->target.path.length && i < 100; i++) {
                char byte = request->target.path.data[i];
                bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                             (byte >= '0' && byte <= '9');
                buffer_add_byte(&name, plain ? byte : '-');
        }
        buffer_add_byte(&name, '-');
        day_add_iso(&name, request_today(request));
        buffer_addf(&name, "%s\"", ending);
        answer_header(request, "Content-Disposition", (struct text){name.data, name.length});
}

/* What a template gives out, but no model has: a mistake in one of both. */
static void tell_missing(const struct request *request, const char *template, const struct buffer *missing)
{
        struct error error;
        if (!missing->length)
                return;
        error_set(&error, STATUS_NOT_FOUND, "template.missing_names", "names", missing->data, NULL);
        log_error(request->service->site->log, request->now_ms, request->id, template, &error);
}

/* Renders a template with its frame; false when that failed, which is told in the log. */
static bool render(struct request *request, const char *template, struct model *model, struct buffer *out)
{
        const struct site *site = request->service->site;
        struct buffer missing buffer_cleanup;
        struct model frame;
        struct error error;
        buffer_init(&missing, MISSING_BYTES_MAX);
        model_init(&frame, request->arena);
        frame_fill(request, &frame);
        struct print_style style = style_of(request);
        list_add_controls(model, &style);
        struct template_page page = {
                .name = template,
                .layout = site->layout,
                .model = model->root,
                .frame = frame.root,
                .style = style_of(request),
                .missing = site->tells_missing ? &missing : NULL,
        };
        enum status status = model_check(&frame, &error);
        if (status == STATUS_OK)
                status = model_check(model, &error);
        if (status == STATUS_OK)
                status = template_render(site->templates, &page, out, &error);
        tell_missing(request, template, &missing);
        if (status == STATUS_OK)
                return true;
        log_error(site->log, request->now_ms, request->id, template, &error);
        return false;
}

static void error_json(struct request *request, unsigned status_code, const struct said *said)
{
        struct buffer body buffer_cleanup;
        struct json json;
        buffer_init(&body, ANSWER_BYTES_MAX);
        json_init(&json, &body, false);
        json_begin_object(&json);
        json_key(&json, "error");
        write_error(&json, said, NULL);
        json_end_object(&json);
        buffer_add_byte(&body, '\n');
        answer_bytes(request, status_code, TYPE_JSON, &body);
}

static bool error_page(struct request *request, unsigned status_code, const struct said *said)
{
        struct buffer body buffer_cleanup;
        struct model model;
        char title[32], number[16];
        buffer_init(&body, ANSWER_BYTES_MAX);
        if (!answer_is_page(request) || !template_set_has(request->service->site->templates, "error"))
                return false;
        snprintf(number, sizeof(number), "%u", status_code);
        snprintf(title, sizeof(title), "error_page.%s", number);
        model_init(&model, request->arena);
        put_ordinal(&model, NULL, "status", status_code);
        put_word(&model, NULL, "title", message_exists(title) ? arena_copy(request->arena, title, strlen(title))
                                                              : "error_page.other");
        put_text(&model, NULL, "message", (struct text){said->message.data, said->message.length});
        put_text(&model, NULL, "hint", said->hint.length ? (struct text){said->hint.data, said->hint.length}
                                                         : (struct text){NULL, 0});
        if (!render(request, "error", &model, &body))
                return false;
        answer_bytes(request, status_code, TYPE_HTML, &body);
        return true;
}

void answer_error(struct request *request, unsigned status_code, const struct error *error)
{
        const struct site *site = request->service->site;
        struct said said said_cleanup;
        unsigned code = status_code ? status_code : code_of(error->status);
        struct buffer seconds buffer_cleanup;
        buffer_init(&seconds, 32);
        if (code == 500 || (code == 503 && error_is_internal(error)))
                log_error(site->log, request->now_ms, request->id,
                          request->match.route ? request->match.route->path : "-", error);
        if (code == 429 || code == 503) {
                buffer_add_int(&seconds, request->retry_seconds ? request->retry_seconds : 5);
                answer_header(request, "Retry-After", (struct text){seconds.data, seconds.length});
        }
        if (code == 401)
                literal(request, "WWW-Authenticate", "Bearer");
        say(request, code, error, &said);
        if (!error_page(request, code, &said))
                error_json(request, code, &said);
}

void answer_redirect(struct request *request, unsigned status_code, struct text path)
{
        struct buffer empty;
        buffer_init(&empty, 1);
        answer_header(request, "Location", path);
        answer_bytes(request, status_code, "text/plain; charset=utf-8", &empty);
        buffer_release(&empty);
}

/* ---- wrong fields ------------------------------------------------------------------------------------------------ */

static void say_input(const struct request *request, const char *key, const char *limit, struct said *ret)
{
        buffer_init(&ret->message, 8192);
        buffer_init(&ret->hint, 2048);
        ret->key = key;
        message_add(&ret->message, request->language, key, "limit", limit ? limit : "", NULL);
        add_hint(&ret->hint, request->language, key);
}

static void say_refusal(const struct request *request, const struct refusal *refusal, struct said *ret)
{
        buffer_init(&ret->message, 8192);
        buffer_init(&ret->hint, 2048);
        ret->key = refusal->key;
        buffer_add(&ret->message, refusal->message.data, refusal->message.length);
        add_hint(&ret->hint, request->language, refusal->key);
}

/* Calls `take` for each wrong field. */
static void each_wrong(const struct request *request, void (*take)(void *context, const char *field, struct said *said),
                       void *context)
{
        for (size_t i = 0; i < request->inputs.count; i++) {
                const struct input *input = &request->inputs.inputs[i];
                struct said said said_cleanup = {.key = NULL};
                if (!input->wrong_key)
                        continue;
                say_input(request, input->wrong_key, input->wrong_limit, &said);
                take(context, request->inputs.fields[i].name, &said);
        }
        for (size_t i = 0; i < request->refusal_count; i++) {
                struct said said said_cleanup;
                say_refusal(request, &request->refusals[i], &said);
                take(context, request->refusals[i].field, &said);
        }
}

struct wrong_json {
        struct json json;
        size_t count;
};

static void take_json(void *context, const char *field, struct said *said)
{
        struct wrong_json *wrong = context;
        if (wrong->count++ == 1) {
                json_key(&wrong->json, "further");
                json_begin_array(&wrong->json);
        }
        write_error(&wrong->json, said, field);
}

/* {"error": the first, "further": [the others]} */
static void wrong_as_json(struct request *request)
{
        struct buffer body buffer_cleanup;
        struct wrong_json wrong = {.count = 0};
        buffer_init(&body, ANSWER_BYTES_MAX);
        json_init(&wrong.json, &body, false);
        json_begin_object(&wrong.json);
        json_key(&wrong.json, "error");
        each_wrong(request, take_json, &wrong);
        if (wrong.count > 1)
                json_end_array(&wrong.json);
        json_end_object(&wrong.json);
        buffer_add_byte(&body, '\n');
        answer_bytes(request, 422, TYPE_JSON, &body);
}

struct wrong_model {
        struct model *model;
        struct value *errors;
};

struct wrong_sentences {
        const struct request *request;
        struct buffer *out;
};

static void take_model(void *context, const char *field, struct said *said)
{
        struct wrong_model *wrong = context;
        if (value_get(wrong->errors, field))
                return;
        if (said->hint.length)
                buffer_add_byte(&said->message, ' ');
        buffer_add(&said->message, said->hint.data, said->hint.length);
        put_text(wrong->model, wrong->errors, field, (struct text){said->message.data, said->message.length});
}

/* The form once more: the model of the page it stands on, what was typed, and messages. False: there is no such
 * page. */
static bool wrong_as_page(struct request *request)
{
        const struct route *shown = request->match.route->method == METHOD_GET
                                            ? NULL : router_shown_at(request->service->router, &request->match);
        struct buffer body buffer_cleanup;
        struct model model;
        struct error error;
        buffer_init(&body, ANSWER_BYTES_MAX);
        if (!shown || !shown->template || !answer_is_page(request))
                return false;
        model_init(&model, request->arena);
        request->form = put_map(&model, NULL, "form");
        for (size_t i = 0; i < request->inputs.count; i++) {
                const struct field *field = &request->inputs.fields[i];
                if (request->inputs.inputs[i].typed.data && field->kind != INPUT_SECRET)
                        put_text(&model, request->form, field->name, request->inputs.inputs[i].typed);
        }
        struct wrong_model wrong = {&model, put_map(&model, NULL, "errors")};
        each_wrong(request, take_model, &wrong);
        request->inputs_hidden = true;
        enum status status = shown->handler(request, &model, &error);
        if (status == STATUS_OK)
                status = model_check(&model, &error);
        if (status != STATUS_OK) {
                answer_error(request, 0, &error);
                return true;
        }
        if (!render(request, shown->template, &model, &body))
                return false;
        answer_bytes(request, 422, TYPE_HTML, &body);
        return true;
}

static void take_sentence(void *context, const char *field, struct said *said)
{
        struct wrong_sentences *wrong = context;
        struct buffer *out = wrong->out;
        char label[80];
        snprintf(label, sizeof(label), "field.%s", field);
        if (out->length)
                buffer_add_byte(out, ' ');
        if (message_exists(label))
                message_add(out, wrong->request->language, label, NULL);
        else
                buffer_add_text(out, field);
        buffer_add_text(out, ": ");
        buffer_add(out, said->message.data, said->message.length);
        if (said->hint.length)
                buffer_add_byte(out, ' ');
        buffer_add(out, said->hint.data, said->hint.length);
}

/* Where there is no form to show again, as in an address somebody wrote: a page that names every wrong field. */
static bool wrong_as_error_page(struct request *request)
{
        struct said all said_cleanup = {.key = NULL};
        struct wrong_sentences wrong = {request, &all.message};
        buffer_init(&all.message, ANSWER_BYTES_MAX);
        buffer_init(&all.hint, 1);
        each_wrong(request, take_sentence, &wrong);
        return error_page(request, 422, &all);
}

void answer_wrong_fields(struct request *request)
{
        if (!wrong_as_page(request) && !wrong_as_error_page(request))
                wrong_as_json(request);
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

/* Public and the same for everybody: 304 when the browser has it. */
static bool is_unchanged(struct request *request, const struct buffer *body)
{
        char tag[32];
        snprintf(tag, sizeof(tag), "W/\"%016llx\"", (unsigned long long)text_hash(body->data, body->length));
        answer_header(request, "ETag", text_of(tag));
        literal(request, "Cache-Control", "public, max-age=60");
        return text_is(head_value(&request->head, "if-none-match"), tag);
}

void answer_cached(struct request *request, struct buffer *body)
{
        bool unchanged = is_unchanged(request, body);
        if (unchanged)
                buffer_clear(body);
        answer_bytes(request, unchanged ? 304 : 200, TYPE_JSON, body);
}

static void model_as_json(struct request *request, const struct model *model)
{
        struct buffer body buffer_cleanup;
        struct json json;
        const struct site *site = request->service->site;
        buffer_init(&body, ANSWER_BYTES_MAX);
        json_init(&json, &body, false);
        json_value(&json, model->root, site->minor_digits);
        buffer_add_byte(&body, '\n');
        if (request->match.route->flags & ROUTE_CACHED) {
                answer_cached(request, &body);
                return;
        }
        if (request->go_to.length && request->created)
                answer_header(request, "Location", request->go_to);
        answer_bytes(request, request->created ? 201 : 200, TYPE_JSON, &body);
}

static void model_as_page(struct request *request, struct model *model)
{
        struct buffer body buffer_cleanup;
        struct error error;
        buffer_init(&body, ANSWER_BYTES_MAX);
        if (!render(request, request->match.route->template, model, &body)) {
                error_set(&error, STATUS_SYSTEM, "request.failed", "request", request->id, NULL);
                answer_error(request, 500, &error);
                return;
        }
        answer_bytes(request, 200, TYPE_HTML, &body);
}

enum status answer_begin_file(struct request *request, struct model *model, struct error *error)
{
        struct buffer path buffer_cleanup;
        struct print_style *style = arena_array(request->arena, struct print_style, 1);
        char *copy = NULL;
        buffer_init(&path, 4096);
        buffer_addf(&path, "%s/upload-%016llx.xlsx", request->service->site->spool_directory,
                    (unsigned long long)random_u64());
        if (request->match.form == TARGET_XLSX)
                copy = arena_copy(request->arena, path.data, path.length);
        if (!style || (request->match.form == TARGET_XLSX && !copy))
                return error_memory(error);
        *style = style_of(request);
        request->workbook = copy;
        return list_file_new(model, style, copy, ANSWER_BYTES_MAX) ? STATUS_OK : error_memory(error);
}

/* A list as a file, named after its path. */
static void list_as_csv(struct request *request, struct model *model)
{
        struct buffer body buffer_cleanup;
        struct error error;
        struct print_style style = style_of(request);
        buffer_init(&body, ANSWER_BYTES_MAX);
        if (list_csv(model, &style, &body, &error) != STATUS_OK) {
                answer_error(request, 0, &error);
                return;
        }
        name_download(request, ".csv");
        answer_bytes(request, 200, "text/csv; charset=utf-8", &body);
}

static void list_as_workbook(struct request *request, struct model *model)
{
        struct error error;
        struct print_style style = style_of(request);
        request->answer.path = request->workbook;
        request->answer.temporary = true;
        if (list_xlsx(model, &style, request->workbook, &error) != STATUS_OK) {
                answer_error(request, 0, &error);
                return;
        }
        name_download(request, ".xlsx");
        literal(request, "Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        request->answer.kind = ANSWER_FILE;
        finish(request, 200);
}

static void send_file(struct request *request)
{
        struct answer *answer = &request->answer;
        answer->kind = ANSWER_FILE;
        finish(request, 200);
}

static void open_stream(struct request *request)
{
        literal(request, "Content-Type", "text/event-stream; charset=utf-8");
        literal(request, "X-Accel-Buffering", "no"); /* a proxy hands events on as they come */
        request->answer.kind = ANSWER_STREAM;
        request->answer.closes = true; /* when it ends */
        finish(request, 200);
}

void answer_model(struct request *request, struct model *model)
{
        const struct route *route = request->match.route;
        if (request->answer.path) {
                send_file(request);
        } else if (request->match.form == TARGET_CSV) {
                list_as_csv(request, model);
        } else if (request->match.form == TARGET_XLSX) {
                list_as_workbook(request, model);
        } else if (route->flags & ROUTE_STREAM) {
                open_stream(request);
        } else if (request->match.form == TARGET_PAGE && request->go_to.length) {
                if (request->notice_key)
                        request_set_cookie(request, "treue_notice", request->notice, 60);
                answer_redirect(request, 303, request->go_to);
        } else if (request->match.form == TARGET_PAGE && route->template && request->service->site->templates) {
                model_as_page(request, model);
        } else {
                model_as_json(request, model);
        }
}

/* ---- assets ------------------------------------------------------------------------------------------------------ */

bool answer_asset(struct request *request)
{
        const struct site *site = request->service->site;
        const struct asset *asset = NULL;
        char tag[40];
        for (size_t i = 0; i < site->asset_count && !asset; i++)
                if (text_is(request->target.path, site->assets[i].path))
                        asset = &site->assets[i];
        if (!asset && site->find_asset)
                asset = site->find_asset(site->application, request->target.path);
        if (!asset)
                return false;
        snprintf(tag, sizeof(tag), "\"%s\"", asset->hash);
        answer_header(request, "Content-Type", text_of(asset->type));
        answer_header(request, "ETag", text_of(tag));
        literal(request, "Cache-Control", "public, max-age=31536000, immutable");
        literal(request, "Vary", "Accept-Encoding");
        request->answer.kind = ANSWER_FIXED;
        if (text_is(head_value(&request->head, "if-none-match"), tag)) {
                finish(request, 304);
                return true;
        }
        request->answer.fixed = asset->bytes;
        if (asset->brotli.data && head_accepts_coding(&request->head, "br")) {
                request->answer.fixed = asset->brotli;
                literal(request, "Content-Encoding", "br");
        } else if (asset->gzip.data && head_accepts_coding(&request->head, "gzip")) {
                request->answer.fixed = asset->gzip;
                literal(request, "Content-Encoding", "gzip");
        }
        request->answer.length = request->answer.fixed.length;
        finish(request, 200);
        return true;
}
