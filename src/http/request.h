/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * request.h: what a handler sees of a request and what it may say besides its model. Everything lives in the request's
 * arena and ends with it.
 *
 * A handler that fails says so as everywhere (base/status.h): STATUS_NOT_FOUND is answered 404, INVALID 422, CONFLICT
 * 409, LIMIT 413, USAGE 400, BUSY 503. Everything else is 500: the answer then only names the request, the log says
 * what happened.
 */
#ifndef TREUE_HTTP_REQUEST_H
#define TREUE_HTTP_REQUEST_H

#include "access/subject.h"
#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "db/db.h"
#include "i18n/message.h"

struct request;

/* Who asks: never NULL; nobody has ROLE_NOBODY. */
const struct subject *request_subject(const struct request *request);
bool request_is_proved(const struct request *request); /* the password was given a short while ago */
enum language request_language(const struct request *request);
struct arena *request_arena(struct request *request);
/* What the server was started with: database, directory of customers, settings (web/application.h). */
void *request_application(struct request *request);
/* A connection for reading that lives as long as the request. */
must_check enum status request_connection(struct request *request, struct connection **ret, struct error *error);
int64_t request_now_ms(const struct request *request);
int32_t request_today(const struct request *request); /* in the company's time zone */

/* The segment a name in braces stood for; an id among them is parsed: false when it is none. */
struct text request_segment(const struct request *request, const char *name);
bool request_segment_id(const struct request *request, const char *name, int64_t *ret);

/* Fields of query and body, checked against the row: absent ones are {NULL, 0}, 0, false. */
struct text request_text(const struct request *request, const char *field);
int64_t request_integer(const struct request *request, const char *field); /* counts, ids, minor units, days */
bool request_yes(const struct request *request, const char *field);
bool request_has(const struct request *request, const char *field);
size_t request_repeats(const struct request *request, const char *field);
struct text request_text_at(const struct request *request, const char *field, size_t index);
int64_t request_integer_at(const struct request *request, const char *field, size_t index);
/* Path of an uploaded file in the spool, removed with the request, and the name it had. STATUS_NOT_FOUND
 * "request.no_file" {field}. */
must_check enum status request_file(const struct request *request, const char *field, const char **ret_path,
                                    struct text *ret_name, struct error *error);

/* What a form shows: the map "form" of the model to put `field` into; NULL when it holds what was typed, since the form
 * comes again: if ((form = request_form(request, model, "amount"))) put_money(model, form, "amount", amount); */
struct model;
struct value;
struct value *request_form(struct request *request, struct model *model, const char *field);

/* In a form that comes again: is this among what was chosen there? False when the form comes for the first time. */
bool request_was_chosen(const struct request *request, const char *field, struct text value);
/* In such a form: what stood at this place of a repeated field, as it came; {NULL, 0}: nothing, or the first time. */
struct text request_typed_at(const struct request *request, const char *field, size_t index);

/* Where the request came from. */
struct text request_path(const struct request *request);    /* without /api/v1, ending and query */
struct text request_query(const struct request *request);   /* as it stood in the address, without '?' */
struct text request_address(const struct request *request); /* of the client, also behind a trusted proxy */
struct text request_agent(const struct request *request);   /* what the browser calls itself; at most 200 bytes */
bool request_is_secure(const struct request *request);      /* the browser came over TLS */
struct text request_origin(const struct request *request);  /* "https://treue.example": for links that leave the page */
struct text request_cookie(const struct request *request, const char *name); /* as request_set_cookie named it */
bool request_wants_json(const struct request *request);
bool request_wants_file(const struct request *request); /* .csv or .xlsx: all rows of a list, not a page of it */

/* A field is wrong: the form comes again with what was typed, this message at the field, and status 422. */
enum status request_refuse_field(struct request *request, struct error *error, const char *field, const char *key, ...)
        __attribute__((sentinel));
/* Not for this subject after all: 403, or 404 where the row hides. */
enum status request_deny(struct request *request, struct error *error);
/* Too often: 429, to be tried again after so many seconds. */
enum status request_slow_down(struct request *request, struct error *error, int64_t seconds);

/* Afterwards the browser goes to `path` (303), which begins with '/'; programs get 200 with the model, or 201 with
 * Location where `created`. */
void request_go_to(struct request *request, struct text path, bool created);
/* A short notice on the page that comes next: catalogue key, arguments as in message_add; `undo_path` NULL: no undo.
 * Without request_go_to it stands on this page. */
void request_notice(struct request *request, const char *undo_path, const char *key, ...) __attribute__((sentinel));
/* An HttpOnly cookie, Lax, for all paths; over TLS its name gets "__Host-" in front. Seconds 0 removes it. That of the
 * session is called REQUEST_SESSION_COOKIE. */
#define REQUEST_SESSION_COOKIE "treue_session"
void request_set_cookie(struct request *request, const char *name, struct text value, int64_t seconds);

/* The answer is a file: `path` is sent as a download called `name`; removed afterwards where `temporary`. */
void request_send_file(struct request *request, const char *path, const char *type, struct text name, bool temporary);
/* The stream of this request brings events of a topic ("job.12"): events.h. */
void request_listen(struct request *request, struct text topic);

/* A line in the server's log besides that of the request: what happened, and (name, value) pairs ended by NULL that
 * hold no personal data: request_log(request, "sign_in.failed", "reason", "password", NULL). */
void request_log(const struct request *request, const char *event, ...) __attribute__((sentinel));

#endif
