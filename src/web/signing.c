/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * signing.c: cookies and refusals of the pages around accounts.
 */
#include "web/signing.h"

#include <stdlib.h>

#include "access/sessions.h"
#include "queries.h"

enum { BROWSER_BYTES_MAX = 60 };

struct visitor signing_visitor(const struct request *request)
{
        return (struct visitor){request_address(request), request_agent(request),
                                request_cookie(request, SIGNING_DEVICE_COOKIE), request_now_ms(request)};
}

void signing_renew(struct request *request, const struct secret *token)
{
        request_set_cookie(request, REQUEST_SESSION_COOKIE, text_of(token->text), SESSION_LONGEST_MS / 1000);
}

void signing_give(struct request *request, const struct signed_in *signed_in)
{
        int64_t longest_ms = signed_in->outcome == SIGN_IN_CODE ? SIGN_IN_CODE_MS : SESSION_LONGEST_MS;
        request_set_cookie(request, REQUEST_SESSION_COOKIE, text_of(signed_in->token.text), longest_ms / 1000);
        if (signed_in->device.text[0])
                request_set_cookie(request, SIGNING_DEVICE_COOKIE, text_of(signed_in->device.text),
                                   DEVICE_KNOWN_MS / 1000);
}

enum status signing_own(struct request *request, struct own *ret, struct error *error)
{
        struct connection *connection;
        struct application *application = application_of(request);
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK && request_subject(request)->session_id == 0)
                status = request_deny(request, error); /* a program's key has no account */
        if (status == STATUS_OK)
                *ret = (struct own){application->database, connection, request_subject(request),
                                    request_cookie(request, REQUEST_SESSION_COOKIE),
                                    request_text(request, "current_password"), request_now_ms(request)};
        return status;
}

struct text signing_next(struct text path)
{
        bool ours = path.length > 1 && path.data[0] == '/' && path.data[1] != '/' && path.data[1] != '\\' &&
                    !(path.length >= 8 && memcmp(path.data, "/sign-in", 8) == 0) &&
                    !(path.length >= 9 && memcmp(path.data, "/sign-out", 9) == 0);
        for (size_t i = 0; ours && i < path.length; i++)
                ours = path.data[i] > ' ' && path.data[i] < 0x7f && path.data[i] != '\\';
        return ours ? path : text_of("/");
}

static const char *find_name(const char *agent, const char *const (*names)[2], size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (strstr(agent, names[i][0]))
                        return names[i][1];
        return NULL;
}

const char *signing_browser(struct text agent, struct arena *arena)
{
        /* In this order: most call themselves what others do, too. */
        static const char *const browsers[][2] = {{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"},
                                                  {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}};
        static const char *const systems[][2] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
                                                 {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}};
        size_t length = agent.length < BROWSER_BYTES_MAX ? agent.length : BROWSER_BYTES_MAX;
        while (length && length < agent.length && ((unsigned char)agent.data[length] & 0xc0) == 0x80)
                length--;
        const char *whole = arena_copy(arena, agent.data ? agent.data : "", length);
        const char *text = arena_copy(arena, agent.data ? agent.data : "", agent.length);
        const char *name = text ? find_name(text, browsers, sizeof(browsers) / sizeof(browsers[0])) : NULL;
        const char *system = text ? find_name(text, systems, sizeof(systems) / sizeof(systems[0])) : NULL;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 128);
        if (!name)
                return whole ? whole : "";
        buffer_addf(&out, "%s%s%s", name, system ? ", " : "", system ? system : "");
        const char *kept = arena_copy(arena, out.data, out.length);
        return kept ? kept : name;
}

enum status signing_names(struct request *request, struct text names[SIGNING_NAMES_MAX], size_t *ret_count,
                          struct error *error)
{
        struct connection *connection;
        rows_cleanup struct rows *rows = NULL;
        size_t count = 0;
        names[count++] = text_of("Treue");
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = q_program_codes_open(connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK && more && count < SIGNING_NAMES_MAX;) {
                struct q_program_codes_row row;
                status = q_program_codes_next(rows, &row, &more, error);
                if (status == STATUS_OK && more && !arena_keep_text(request_arena(request), row.code, &names[count++]))
                        status = error_memory(error);
        }
        if (status == STATUS_OK)
                *ret_count = count;
        return status;
}

enum status signing_wait(struct request *request, int64_t wait_ms, struct error *error)
{
        request_log(request, "sign_in_held_back", NULL);
        return request_slow_down(request, error, (wait_ms + 999) / 1000);
}

enum status signing_refuse(struct request *request, enum status status, const char *field, struct error *error)
{
        const char *name = NULL, *value = NULL;
        if (status == STATUS_BUSY && strcmp(error->key, "access.wait") == 0) {
                long long seconds = strtoll(error_argument(error, "seconds"), NULL, 10);
                return signing_wait(request, seconds * 1000, error);
        }
        if (status != STATUS_INVALID && status != STATUS_CONFLICT)
                return status;
        if (error->argument_count) {
                name = error->arguments[0].name;
                value = error->text + error->arguments[0].offset;
        }
        /* The description moves into the field's refusal, which describes anew. */
        struct error described = *error;
        if (name)
                value = described.text + described.arguments[0].offset;
        bool proof = strcmp(described.key, "access.password_wrong") == 0 ||
                     strcmp(described.key, "access.prove_again") == 0;
        return request_refuse_field(request, error, proof ? "current_password" : field, described.key, name, value,
                                    NULL);
}
