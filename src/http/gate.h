/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * gate.h: how the server learns who asks. It knows neither accounts nor customers; whoever starts it fills this in
 * (web/application.c with src/access, tests with a table).
 */
#ifndef TREUE_HTTP_GATE_H
#define TREUE_HTTP_GATE_H

#include "access/subject.h"
#include "base/arena.h"
#include "base/status.h"
#include "db/db.h"

/* What a request shows of who sent it. */
struct credentials {
        struct text session; /* value of the session's cookie; none: no cookie */
        struct text key;     /* behind "Authorization: Bearer"; none */
        struct text address; /* of the client */
        struct text agent;   /* what the browser calls itself */
        int64_t now_ms;
};

struct admitted {
        struct subject subject;
        bool proved; /* the password was given a short while ago: enough to change what protects the account */
};

struct gate {
        void *self;
        /* Who that is. Nobody, or a session that ended: *ret untouched (ROLE_NOBODY) and STATUS_OK. Whatever else
         * happens is an error, and the request is not carried out. Texts live in the arena. */
        enum status (*identify)(void *self, struct connection *connection, const struct credentials *credentials,
                                struct arena *arena, struct admitted *ret, struct error *error);
        /* A number that rises when sessions ended before their time, asked for about once a second while streams are
         * open; NULL: there is none. */
        bool (*sessions_changed)(void *self, struct connection *connection, int64_t *number);
        /* Does the session still stand? Asked for open event streams at each heartbeat, and when that number rose. */
        bool (*session_lives)(void *self, struct connection *connection, int64_t account_id, int64_t session_id);
};

#endif
