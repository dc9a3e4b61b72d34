/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * log.h: the server's log: one JSON object a line, written at once. What others sent stands in it only as JSON
 * texts, so no line can be forged; addresses of pages, names and what was typed do not stand in it at all.
 *
 *   {"time":"2026-01-02T03:04:05.678Z","event":"request","request":"9f..","method":"GET",
 *    "route":"/customers/{customer}","status":200,"us":1834,"bytes":5120,"account":"123"}
 */
#ifndef TREUE_HTTP_LOG_H
#define TREUE_HTTP_LOG_H

#include <stdarg.h>
#include <stdio.h>

#include "base/status.h"
#include "base/text.h"

struct log_request {
        const char *id, *method; /* method: a name of our own, "-" for others */
        const char *route;       /* the row's path; "-": none */
        unsigned status;
        uint64_t us, bytes;
        int64_t account_id;      /* 0: nobody */
        bool cut;                /* the client was gone before the end */
};
void log_request(FILE *log, int64_t now_ms, const struct log_request *request);

/* (name, value) pairs ended by NULL. */
void log_event(FILE *log, int64_t now_ms, const char *event, const char *request_id, va_list pairs);
void log_say(FILE *log, int64_t now_ms, const char *event, ...) __attribute__((sentinel));
/* An error nobody but the operator is told: its key, arguments and message in English. */
void log_error(FILE *log, int64_t now_ms, const char *request_id, const char *route, const struct error *error);

#endif
