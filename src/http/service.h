/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * service.h: what is done with a request between its arrival and its answer, apart from sockets. Private to src/http:
 * server.c feeds it, tests may as well.
 *
 *   request_new -> request_run_head -> (request_feed ...) -> request_run_body -> answer -> request_free
 *
 * request_run_... may read the database and wait; they run on worker threads. Everything else is quick. One thread at a
 * time has a request.
 */
#ifndef TREUE_HTTP_SERVICE_H
#define TREUE_HTTP_SERVICE_H

#include "base/buffer.h"
#include "http/fields.h"
#include "http/head.h"
#include "http/metrics.h"
#include "http/multipart.h"
#include "http/pace.h"
#include "http/router.h"
#include "http/site.h"
#include "platform/file.h"

enum {
        REQUEST_ARENA_BYTES_MAX = 64 << 20,
        REQUEST_ID_BYTES = 17,
        ANSWER_HEADERS_MAX = 32,
        ANSWER_BYTES_MAX = 32 << 20,
};

struct service {
        const struct site *site;
        struct router *router;
        struct pace *files; /* how often somebody takes files along */
        struct server_counts counts;
        int64_t started_ns;
        struct buffer api_description; /* /api/v1/openapi.json, made once */
};

/* STATUS_CORRUPT for tables that cannot be right, "route.no_template" {path} {template}. The site stays the
 * caller's. */
must_check enum status service_new(const struct site *site, struct service **ret, struct error *error);
void service_free(struct service *service); /* accepts NULL */

/* Is this the whole target of a row with ROUTE_AT_ONCE? Quick. */
bool service_answers_at_once(const struct service *service, enum method method, struct text target);

enum answer_kind { ANSWER_BYTES, ANSWER_FIXED, ANSWER_FILE, ANSWER_STREAM };
struct answer {
        bool ready;
        unsigned status;
        enum answer_kind kind;
        char *bytes;              /* ANSWER_BYTES: freed by whoever sends it, else with the request */
        struct text fixed;        /* ANSWER_FIXED: lives as long as the process */
        size_t length;
        char *path;               /* ANSWER_FILE */
        bool temporary;
        bool closes;              /* nothing more is read from this connection */
        size_t header_count;
        struct answer_header {
                const char *name;
                const char *value;
        } headers[ANSWER_HEADERS_MAX];
};

struct refusal { /* of a field, by the handler */
        const char *field, *key;
        struct text message;
};

struct request {
        struct service *service;
        struct arena *arena;
        char id[REQUEST_ID_BYTES];
        bool at_once;             /* never waits for the database: see ROUTE_AT_ONCE */
        int64_t begun_ns, now_ms;

        struct head head;
        bool malformed;            /* the server saw what must not be in a head */
        unsigned too_much;         /* 431 or 414: a limit of the head */
        struct peer_address peer, client;
        char address[PEER_TEXT_BYTES];
        bool tls, secure;
        struct text origin;        /* what the browser calls us */
        struct target target;
        struct match match;
        struct subject subject;
        bool proved;
        enum language language;

        struct items items;
        struct inputs inputs;
        bool inputs_hidden;        /* the GET handler of a form that comes again sees none */
        enum body_kind { BODY_NONE, BODY_FORM, BODY_JSON, BODY_MULTIPART } body_kind;
        struct buffer body;
        struct multipart *multipart;
        struct writer *writer;     /* of the file under way */
        struct upload {
                char *path;
                struct upload *next;
        } *uploads;
        uint64_t file_bytes_left;
        enum status body_status;   /* what went wrong while the body came */
        struct error body_error;

        struct connection *connection;

        /* said by the handler */
        struct text go_to;
        bool created;
        struct refusal refusals[8];
        size_t refusal_count;
        unsigned forced_status;    /* 403, 404, 429 */
        int64_t retry_seconds;
        struct value *form;        /* map "form" of the model under way */
        const char *notice_key;
        struct text notice;        /* as a cookie holds it */
        struct text topics[EVENTS_TOPICS_MAX];
        size_t topic_count;
        char *workbook;            /* path of the list's file under way; NULL: none */
        struct answer answer;
};

/* NULL without memory. */
struct request *request_new(struct service *service);
void request_free(struct request *request); /* accepts NULL */

/* Everything up to the body. Afterwards the answer is ready, or the body is wanted if there is one. */
void request_run_head(struct request *request);
bool request_wants_body(const struct request *request); /* feed it, then request_run_body */
void request_feed(struct request *request, const char *data, size_t length);
void request_run_body(struct request *request);

/* ---- between the files of src/http ------------------------------------------------------------------------------- */

/* Headers of the answer; values are copied into the arena. */
void answer_header(struct request *request, const char *name, struct text value);
/* Is it a page that is wanted, and can be made? Else JSON. */
bool answer_is_page(const struct request *request);
/* The answer to a failure. `status_code` 0: by the error's status. */
void answer_error(struct request *request, unsigned status_code, const struct error *error);
/* The answer to what a handler did. */
/* A list as a file: its rows go out one by one. Before the handler; what `model` gets is freed after the answer. */
must_check enum status answer_begin_file(struct request *request, struct model *model, struct error *error);
void answer_model(struct request *request, struct model *model);
void answer_redirect(struct request *request, unsigned status_code, struct text path);
void answer_wrong_fields(struct request *request);
bool answer_asset(struct request *request);
void answer_bytes(struct request *request, unsigned status_code, const char *type, struct buffer *body);

/* JSON that is public and the same for everybody: with an ETag. */
void answer_cached(struct request *request, struct buffer *body);

/* The token for the forms of this page (access/secret.h), another text each time; empty without a session. */
struct text csrf_token(struct request *request);
bool csrf_token_fits(const struct request *request, struct text token);
#define CSRF_FIELD "csrf"

/* What stands around every page (names: frame.c). */
void frame_fill(struct request *request, struct model *frame);

must_check enum status openapi_add(const struct service *service, struct buffer *out, struct error *error);

#endif
