/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server.h: the server: sockets, threads, and the connection between libmicrohttpd and service.h. Only server.c
 * knows the library.
 *
 * One thread moves bytes; handlers run on worker threads while their connections sleep, so that a slow one holds up
 * nobody. A third kind of thread watches deadlines and keeps event streams alive.
 */
#ifndef TREUE_HTTP_SERVER_H
#define TREUE_HTTP_SERVER_H

#include "http/site.h"

struct server;

/* Listens at `address` (platform/listener.h) and answers from now on. The site stays the caller's and outlives the
 * server. Errors of listener.h, service.h and STATUS_SYSTEM "serve.not_started". */
must_check enum status server_start(const struct site *site, const char *address, struct server **ret,
                                    struct error *error);
const char *server_address(const struct server *server); /* what was bound: "127.0.0.1:8420" */

/* Takes no more connections, lets running requests end (site_limits.stop_seconds), ends streams, frees. Accepts
 * NULL. */
void server_stop(struct server *server);

struct server_counts;
const struct server_counts *server_counts(const struct server *server);

#endif
