/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sign_in.h: from a name and a password, a code, or a link out of a mail to a session.
 *
 * Nothing tells whether an account exists: a name nobody has takes as long (the password is hashed all the same) and
 * is answered alike, also when there are too many attempts. A browser an account signed in from before is known by a
 * cookie of its own and counts for itself, so that nobody is locked out by others who guess.
 */
#ifndef TREUE_ACCESS_SIGN_IN_H
#define TREUE_ACCESS_SIGN_IN_H

#include "access/secret.h"
#include "base/arena.h"
#include "base/status.h"
#include "db/db.h"
#include "i18n/message.h"

#define SIGN_IN_CODE_MS (INT64_C(5) * 60000)        /* to type the second factor */
#define SIGN_IN_LINK_MS (INT64_C(10) * 60000)       /* a link by mail */
#define DEVICE_KNOWN_MS (INT64_C(365) * 86400000)

/* Where somebody comes from. */
struct visitor {
        struct text address, agent;
        struct text device;     /* the cookie of a known browser; none */
        int64_t now_ms;
};

enum sign_in_outcome {
        SIGN_IN_WRONG,  /* name or password, whichever */
        SIGN_IN_WAIT,   /* too many attempts: wait_ms */
        SIGN_IN_CODE,   /* right, and now the second factor: `token` is good for that only */
        SIGN_IN_DONE    /* `token` is a session's */
};
struct signed_in {
        enum sign_in_outcome outcome;
        int64_t account_id;     /* CODE and DONE; else 0 */
        struct secret token;
        struct secret device;   /* DONE: cookie by which the browser is known from now on; "" keeps the one it has */
        int64_t wait_ms;
};

must_check enum status sign_in(struct database *database, struct connection *connection, struct text login,
                               struct text password, const struct visitor *visitor, struct signed_in *ret,
                               struct error *error);
/* Six digits of the second factor, or a recovery code, with the token of SIGN_IN_CODE. The session gets another one. */
must_check enum status sign_in_code(struct database *database, struct text token, struct text code,
                                    const struct visitor *visitor, struct signed_in *ret, struct error *error);
/* Does the token wait for a code? */
must_check enum status sign_in_waits(struct connection *connection, struct text token, int64_t now_ms, bool *ret,
                                     struct error *error);
/* Ends the session of a token, whichever it is. */
must_check enum status sign_out(struct database *database, struct text token, struct error *error);

/* A link to send by mail: contacts sign in by it, staff choose a new password. link.text is "" when there is nobody to
 * send it to; that nobody is told. */
struct mail_link {
        struct secret link;
        bool is_password;      /* for a new password, not for signing in */
        struct text email, name;
        bool has_language;     /* false: the account has chosen none */
        enum language language;
        int64_t wait_ms;       /* > 0: too many asked for */
};
must_check enum status sign_in_mail(struct database *database, struct text login, const struct visitor *visitor,
                                    struct arena *arena, struct mail_link *ret, struct error *error);

#endif
