/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * request.c: what handlers ask of a request and say about it.
 */
#include "http/request.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "http/log.h"
#include "http/service.h"
#include "platform/clock.h"

const struct subject *request_subject(const struct request *request)
{
        return &request->subject;
}

bool request_is_proved(const struct request *request)
{
        return request->proved;
}

enum language request_language(const struct request *request)
{
        return request->language;
}

struct arena *request_arena(struct request *request)
{
        return request->arena;
}

void *request_application(struct request *request)
{
        return request->service->site->application;
}

enum status request_connection(struct request *request, struct connection **ret, struct error *error)
{
        if (!request->connection) {
                if (!request->service->site->database)
                        return error_set(error, STATUS_NOT_FOUND, "database.missing", "path", "", NULL);
                enum status status = db_connect(request->service->site->database, &request->connection, error);
                if (status != STATUS_OK)
                        return status;
        }
        *ret = request->connection;
        return STATUS_OK;
}

int64_t request_now_ms(const struct request *request)
{
        return request->now_ms;
}

int32_t request_today(const struct request *request)
{
        return clock_local_day(request->now_ms);
}

struct text request_segment(const struct request *request, const char *name)
{
        for (size_t i = 0; i < request->match.capture_count; i++) {
                const struct capture *capture = &request->match.captures[i];
                if (capture->name_length == strlen(name) && memcmp(capture->name, name, capture->name_length) == 0)
                        return capture->value;
        }
        return (struct text){NULL, 0};
}

bool request_segment_id(const struct request *request, const char *name, int64_t *ret)
{
        struct text text = request_segment(request, name);
        int64_t id = 0;
        if (text.length == 0 || text.length > 19)
                return false;
        for (size_t i = 0; i < text.length; i++)
                if (text.data[i] < '0' || text.data[i] > '9' || __builtin_mul_overflow(id, 10, &id) ||
                    __builtin_add_overflow(id, text.data[i] - '0', &id))
                        return false;
        *ret = id;
        return true;
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

static const struct input *given(const struct request *request, const char *field, size_t index)
{
        const struct input *input = request->inputs_hidden ? NULL : inputs_get(&request->inputs, field);
        return input && index < input->count ? input : NULL;
}

struct text request_text_at(const struct request *request, const char *field, size_t index)
{
        const struct input *input = given(request, field, index);
        return input ? input->texts[index] : (struct text){NULL, 0};
}

struct text request_text(const struct request *request, const char *field)
{
        return request_text_at(request, field, 0);
}

int64_t request_integer_at(const struct request *request, const char *field, size_t index)
{
        const struct input *input = given(request, field, index);
        return input ? input->integers[index] : 0;
}

int64_t request_integer(const struct request *request, const char *field)
{
        return request_integer_at(request, field, 0);
}

bool request_yes(const struct request *request, const char *field)
{
        return request_integer_at(request, field, 0) != 0;
}

bool request_has(const struct request *request, const char *field)
{
        return given(request, field, 0) != NULL;
}

size_t request_repeats(const struct request *request, const char *field)
{
        const struct input *input = given(request, field, 0);
        return input ? input->count : 0;
}

enum status request_file(const struct request *request, const char *field, const char **ret_path,
                         struct text *ret_name, struct error *error)
{
        const struct input *input = given(request, field, 0);
        if (!input || input->items[0]->kind != ITEM_FILE)
                return error_set(error, STATUS_NOT_FOUND, "request.no_file", "field", field, NULL);
        *ret_path = input->items[0]->path;
        *ret_name = input->items[0]->value;
        return STATUS_OK;
}

struct value *request_form(struct request *request, struct model *model, const char *field)
{
        if (!request->form)
                request->form = put_map(model, NULL, "form");
        return value_get(request->form, field) ? NULL : request->form;
}

bool request_was_chosen(const struct request *request, const char *field, struct text value)
{
        const struct input *input = request->inputs_hidden ? inputs_get(&request->inputs, field) : NULL;
        for (size_t i = 0; input && i < input->count; i++)
                if (text_equal(input->items[i]->value, value))
                        return true;
        return false;
}

struct text request_typed_at(const struct request *request, const char *field, size_t index)
{
        const struct input *input = request->inputs_hidden ? inputs_get(&request->inputs, field) : NULL;
        return input && index < input->count ? input->items[index]->value : (struct text){NULL, 0};
}

/* ---- where from -------------------------------------------------------------------------------------------------- */

struct text request_path(const struct request *request)
{
        return request->target.path;
}

struct text request_query(const struct request *request)
{
        return request->target.query;
}

struct text request_address(const struct request *request)
{
        return text_of(request->address);
}

struct text request_agent(const struct request *request)
{
        enum { AGENT_BYTES_MAX = 200 };
        struct text agent = head_value(&request->head, "user-agent");
        agent.length = agent.length < AGENT_BYTES_MAX ? agent.length : AGENT_BYTES_MAX;
        return text_is_utf8(agent.data, agent.length) ? agent : (struct text){NULL, 0};
}

bool request_is_secure(const struct request *request)
{
        return request->secure;
}

struct text request_origin(const struct request *request)
{
        return request->origin;
}

/* The cookie's name as the browser keeps it. */
static const char *cookie_name(const struct request *request, const char *name, struct buffer *out)
{
        buffer_init(out, 256);
        buffer_addf(out, "%s%s", request->secure ? "__Host-" : "", name);
        return out->data;
}

struct text request_cookie(const struct request *request, const char *name)
{
        struct buffer full buffer_cleanup;
        return head_cookie(&request->head, cookie_name(request, name, &full));
}

bool request_wants_json(const struct request *request)
{
        return request->target.form == TARGET_JSON;
}

bool request_wants_file(const struct request *request)
{
        return request->match.form == TARGET_CSV || request->match.form == TARGET_XLSX;
}

/* ---- what the handler says --------------------------------------------------------------------------------------- */

enum status request_refuse_field(struct request *request, struct error *error, const char *field, const char *key, ...)
{
        struct buffer message buffer_cleanup;
        struct error described;
        va_list pairs;
        error_set(&described, STATUS_INVALID, key, NULL);
        va_start(pairs, key);
        for (const char *name = va_arg(pairs, const char *); name; name = va_arg(pairs, const char *)) {
                const char *value = va_arg(pairs, const char *);
                error_add(&described, name, value);
        }
        va_end(pairs);
        buffer_init(&message, sizeof(described.text) * 2);
        message_add_error(&message, request->language, &described);
        if (request->refusal_count < sizeof(request->refusals) / sizeof(request->refusals[0])) {
                struct refusal *refusal = &request->refusals[request->refusal_count];
                *refusal = (struct refusal){.field = field, .key = key};
                if (!arena_keep_text(request->arena, (struct text){message.data, message.length}, &refusal->message))
                        return error_memory(error);
                request->refusal_count++;
        }
        if (error)
                *error = described;
        return STATUS_INVALID;
}

enum status request_deny(struct request *request, struct error *error)
{
        bool hides = request->match.route && request->match.route->flags & ROUTE_HIDES;
        request->forced_status = hides ? 404 : 403;
        return error_set(error, STATUS_CONFLICT, hides ? "request.not_found" : "request.denied", NULL);
}

enum status request_slow_down(struct request *request, struct error *error, int64_t seconds)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, 32);
        buffer_add_int(&text, seconds);
        request->forced_status = 429;
        request->retry_seconds = seconds;
        return error_set(error, STATUS_LIMIT, "request.slow_down", "count", text.data, NULL);
}

void request_go_to(struct request *request, struct text path, bool created)
{
        /* "//host" and "/\host" would leave the page. */
        bool here = path.length > 0 && path.data[0] == '/' &&
                    (path.length == 1 || (path.data[1] != '/' && path.data[1] != '\\'));
        if (!arena_keep_text(request->arena, here ? path : text_of("/"), &request->go_to))
                request->go_to = text_of("/");
        request->created = created;
}

void request_notice(struct request *request, const char *undo_path, const char *key, ...)
{
        struct buffer held buffer_cleanup;
        va_list pairs;
        buffer_init(&held, 2048);
        buffer_add_text(&held, "key=");
        target_add_encoded(&held, text_of(key));
        if (undo_path) {
                buffer_add_text(&held, "&undo=");
                target_add_encoded(&held, text_of(undo_path));
        }
        va_start(pairs, key);
        for (const char *name = va_arg(pairs, const char *); name; name = va_arg(pairs, const char *)) {
                buffer_addf(&held, "&a.%s=", name);
                target_add_encoded(&held, text_of(va_arg(pairs, const char *)));
        }
        va_end(pairs);
        if (!held.failed && arena_keep_text(request->arena, (struct text){held.data, held.length}, &request->notice))
                request->notice_key = key;
}

void request_set_cookie(struct request *request, const char *name, struct text value, int64_t seconds)
{
        struct buffer cookie buffer_cleanup, full buffer_cleanup;
        cookie_name(request, name, &full);
        buffer_init(&cookie, 4096);
        buffer_addf(&cookie, "%s=", full.data);
        for (size_t i = 0; i < value.length; i++) /* nothing that would end the value */
                if (value.data[i] > ' ' && value.data[i] < 0x7f && !memchr("\",;\\", value.data[i], 4))
                        buffer_add_byte(&cookie, value.data[i]);
        buffer_addf(&cookie, "; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", (long long)seconds,
                    request->secure ? "; Secure" : "");
        if (!cookie.failed)
                answer_header(request, "Set-Cookie", (struct text){cookie.data, cookie.length});
}

/* As Content-Disposition writes names: a plain form, and the exact one encoded. */
static void add_file_name(struct buffer *out, struct text name)
{
        buffer_add_text(out, "attachment; filename=\"");
        for (size_t i = 0; i < name.length && i < 100; i++) {
                char byte = name.data[i];
                bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                             (byte >= '0' && byte <= '9') || memchr("-_. ", byte, 4);
                buffer_add_byte(out, plain && byte ? byte : '_');
        }
        buffer_add_text(out, "\"; filename*=UTF-8''");
        target_add_encoded(out, name);
}

void request_send_file(struct request *request, const char *path, const char *type, struct text name, bool temporary)
{
        struct buffer disposition buffer_cleanup;
        buffer_init(&disposition, 2048);
        add_file_name(&disposition, name);
        request->answer.path = arena_copy(request->arena, path, strlen(path));
        request->answer.temporary = temporary;
        answer_header(request, "Content-Type", text_of(type));
        answer_header(request, "Content-Disposition", (struct text){disposition.data, disposition.length});
}

void request_listen(struct request *request, struct text topic)
{
        if (request->topic_count < EVENTS_TOPICS_MAX &&
            arena_keep_text(request->arena, topic, &request->topics[request->topic_count]))
                request->topic_count++;
}

void request_log(const struct request *request, const char *event, ...)
{
        va_list pairs;
        va_start(pairs, event);
        log_event(request->service->site->log, request->now_ms, event, request->id, pairs);
        va_end(pairs);
}
