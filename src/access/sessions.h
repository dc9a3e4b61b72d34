/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sessions.h: who asks. A session is known by a token in the browser's cookie, a program by its key; both are looked
 * up in the database on every request, so that what ended has ended at once, on every server. Measured: 9 microseconds
 * embedded, 36 for a rep with names; 0.13 and 0.32 milliseconds with PostgreSQL. A session ends two hours after it was
 * last used, and twelve hours after it began.
 */
#ifndef TREUE_ACCESS_SESSIONS_H
#define TREUE_ACCESS_SESSIONS_H

#include "access/secret.h"
#include "access/subject.h"
#include "base/arena.h"
#include "base/status.h"
#include "db/db.h"

#define SESSION_IDLE_MS (INT64_C(2) * 3600000)
#define SESSION_LONGEST_MS (INT64_C(12) * 3600000)
#define SESSION_USE_EVERY_MS (INT64_C(5) * 60000)  /* how exactly the last use is kept */
#define SESSION_PROVED_MS (INT64_C(10) * 60000)    /* so long the password given counts for changes that ask for it */

struct identity {
        struct subject subject;   /* nobody: the token is none, or its session ended */
        struct secret csrf;       /* what forms of this session carry; "" for keys and nobody */
        bool proved;              /* the password was given in the last ten minutes */
};

/* Text of the subject lives in the arena. `today`: for deputies, the company's day. */
must_check enum status access_identify(struct database *database, struct connection *connection, struct text token,
                                       int64_t now_ms, int32_t today, struct arena *arena, struct identity *ret,
                                       struct error *error);
/* The same for the key of a program. */
must_check enum status access_identify_key(struct database *database, struct connection *connection, struct text key,
                                           int64_t now_ms, struct arena *arena, struct identity *ret,
                                           struct error *error);

/* For open event streams: rises when sessions were ended before their time. Then, and every minute, ask for each. */
must_check enum status session_changes(struct connection *connection, int64_t *ret_number, struct error *error);
must_check enum status session_is_alive(struct connection *connection, int64_t session_id, int64_t now_ms,
                                        bool *ret_alive, struct error *error);

struct session_row {
        int64_t id, created_ms, used_ms, ends_ms;
        struct text address, agent;
};
must_check enum status session_list(struct connection *connection, int64_t account_id, int64_t now_ms,
                                    struct arena *arena, struct session_row **ret, size_t *ret_count,
                                    struct error *error);

/* Ends one session of an account; one that is not the account's is STATUS_NOT_FOUND "access.session_unknown". */
must_check enum status session_end(struct database *database, int64_t account_id, int64_t session_id,
                                   const char *actor, struct error *error);
/* Ends all sessions of an account but one. */
must_check enum status session_end_others(struct database *database, int64_t account_id, int64_t session_id,
                                          const char *actor, struct error *error);

#endif
