/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * log.c: makes a line and hands it over whole.
 */
#include "http/log.h"

#include "base/calendar.h"
#include "i18n/message.h"
#include "render/json.h"

enum { LINE_BYTES_MAX = 8192 };

static void begin(struct json *json, struct buffer *line, int64_t now_ms, const char *event, const char *request_id)
{
        struct buffer moment buffer_cleanup;
        buffer_init(line, LINE_BYTES_MAX);
        buffer_init(&moment, 64);
        instant_add_iso(&moment, now_ms);
        if (moment.length) /* "...05Z": with milliseconds */
                moment.length--;
        buffer_addf(&moment, ".%03dZ", (int)(now_ms % 1000));
        json_init(json, line, false);
        json_begin_object(json);
        json_key(json, "time");
        json_string(json, moment.data);
        json_key(json, "event");
        json_string(json, event);
        if (!request_id)
                return;
        json_key(json, "request");
        json_string(json, request_id);
}

static void finish(FILE *log, struct json *json, struct buffer *line)
{
        json_end_object(json);
        buffer_add_byte(line, '\n');
        if (!line->failed) {
                fwrite(line->data, 1, line->length, log);
                fflush(log);
        }
        buffer_release(line);
}

static void pair(struct json *json, const char *name, const char *value)
{
        json_key(json, name);
        json_string(json, value);
}

void log_request(FILE *log, int64_t now_ms, const struct log_request *request)
{
        struct json json;
        struct buffer line;
        if (!log)
                return;
        begin(&json, &line, now_ms, "request", request->id);
        pair(&json, "method", request->method);
        pair(&json, "route", request->route);
        json_key(&json, "status");
        json_int(&json, request->status);
        json_key(&json, "us");
        json_int(&json, (int64_t)request->us);
        json_key(&json, "bytes");
        json_int(&json, (int64_t)request->bytes);
        if (request->account_id) {
                json_key(&json, "account");
                json_id_text(&json, request->account_id);
        }
        if (request->cut) {
                json_key(&json, "cut");
                json_bool(&json, true);
        }
        finish(log, &json, &line);
}

void log_event(FILE *log, int64_t now_ms, const char *event, const char *request_id, va_list pairs)
{
        struct json json;
        struct buffer line;
        if (!log)
                return;
        begin(&json, &line, now_ms, event, request_id);
        for (const char *name = va_arg(pairs, const char *); name; name = va_arg(pairs, const char *))
                pair(&json, name, va_arg(pairs, const char *));
        finish(log, &json, &line);
}

void log_say(FILE *log, int64_t now_ms, const char *event, ...)
{
        va_list pairs;
        va_start(pairs, event);
        log_event(log, now_ms, event, NULL, pairs);
        va_end(pairs);
}

void log_error(FILE *log, int64_t now_ms, const char *request_id, const char *route, const struct error *error)
{
        struct buffer message buffer_cleanup;
        struct json json;
        struct buffer line;
        buffer_init(&message, LINE_BYTES_MAX / 4);
        if (!log)
                return;
        message_add_error(&message, LANGUAGE_ENGLISH, error);
        begin(&json, &line, now_ms, "error", request_id);
        pair(&json, "route", route);
        pair(&json, "key", error->key);
        pair(&json, "message", message.data);
        finish(log, &json, &line);
}
