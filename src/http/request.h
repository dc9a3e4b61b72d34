/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * request.h: what a handler sees of a request and what it may say besides its model. Everything lives in the request's
 * arena and ends with it.
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

/* Who asks: never NULL; nobody has SUBJECT_NOBODY. */
const struct subject *request_subject(const struct request *request);
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
/* Path of an uploaded file in the spool, removed with the request, and the name it had. */
must_check enum status request_file(const struct request *request, const char *field, const char **ret_path,
                                    struct text *ret_name, struct error *error);

/* A field is wrong: the form comes again with what was typed, this message at the field, and status 422. */
enum status request_refuse_field(struct request *request, struct error *error, const char *field, const char *key, ...)
        __attribute__((sentinel));

/* Afterwards the browser goes to `path` (303); programs get 200 with the model, or 201 and Location if `created`. */
void request_go_to(struct request *request, struct text path, bool created);
/* A short notice on the page that comes next: catalogue key, arguments as in message_add; `undo_path` NULL: no undo. */
void request_notice(struct request *request, const char *undo_path, const char *key, ...) __attribute__((sentinel));
/* An HttpOnly cookie; seconds 0 removes it. */
void request_set_cookie(struct request *request, const char *name, struct text value, int64_t seconds);

#endif
