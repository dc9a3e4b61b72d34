/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * application.h: what a server holds open besides sockets, made by `treue serve` and found by handlers
 * (request_application). Whoever adds to it opens it in application_open and closes it in application_close.
 */
#ifndef TREUE_WEB_APPLICATION_H
#define TREUE_WEB_APPLICATION_H

#include "base/buffer.h"
#include "db/probe.h"
#include "http/server.h"
#include "jobs/jobs.h"
#include "program/directory.h"
#include "web/subbrand.h"

enum { APPLICATION_TRUSTED_MAX = 32 };

struct application_options {
        struct database *database;   /* the caller's; opened for writing */
        const char *listen;          /* "127.0.0.1:8420" */
        const char *tls_certificate, *tls_key; /* paths of PEM files; both or none */
        const char *public_url;      /* "https://treue.example"; NULL: by the address asked for */
        const char *const *trusted;  /* proxies: addresses or ranges */
        size_t trusted_count;
        unsigned connections_per_address; /* 0: the server's usual number */
        unsigned files_per_minute;   /* of one account or key; 0: the server's usual number */
        const char *overlay;         /* a folder whose templates and assets win (render/templates.h, asset_overlay.h);
                                      * NULL: none */
        bool development;            /* with the page of all parts, /style */
        const char *log_path;        /* NULL: no log, "-": standard error */
};

struct application {
        struct database *database;
        struct probe *probe;         /* does the database answer? */
        struct directory *directory; /* customers in memory, for lists, search and the ladder */
        struct events *events;
        struct mailer *mailer;
        struct jobs *jobs;
        struct template_set *templates;
        struct arena *asset_arena;
        struct subbrands *subbrands;
        bool development;
        struct site site;
        struct server *server;
        struct peer_range trusted[APPLICATION_TRUSTED_MAX];
        struct buffer certificate, key, spool, origin;
        char currency[4];
        FILE *log;
};

/* Opens everything and starts the server. STATUS_USAGE "serve.tls_both", "serve.bad_proxy" {address},
 * "serve.too_many_proxies" {limit}, "serve.bad_url" {url}; errors of server.h. */
must_check enum status application_open(const struct application_options *options, struct application **ret,
                                        struct error *error);
/* Reads the company's currency again: the first concept sets it, once. Any thread. */
must_check enum status application_read_currency(struct application *application, struct error *error);
void application_close(struct application *application); /* accepts NULL */

static inline struct application *application_of(struct request *request) { return request_application(request); }

#endif
