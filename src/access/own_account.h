/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * own_account.h: what somebody does about the own account. Password, mail and second factor ask for the password
 * again, unless it was given in the last ten minutes (`proved`); an account without a password signed in by a mail in
 * that time. Wrong guesses are held back like those of signing in: STATUS_INVALID "access.password_wrong",
 * "access.prove_again", STATUS_BUSY "access.wait" {seconds}.
 *
 * What changed who may sign in ends all other sessions; the own one gets a new token, which the browser must be given.
 */
#ifndef TREUE_ACCESS_OWN_ACCOUNT_H
#define TREUE_ACCESS_OWN_ACCOUNT_H

#include "access/accounts.h"
#include "access/subject.h"
#include "access/totp.h"

enum { RECOVERY_CODES = 10, RECOVERY_CODE_BYTES = 20 }; /* "abcd-efgh-ijkl-mnop" and NUL */

/* Who asks, and how they prove it. */
struct own {
        struct database *database;
        struct connection *connection;
        const struct subject *subject;
        struct text token;      /* of the session */
        struct text password;   /* given with the form; {NULL, 0}: none */
        int64_t now_ms;
};

/* The password alone, for what comes in the next ten minutes. */
must_check enum status own_prove(const struct own *own, struct secret *ret_token, struct error *error);

must_check enum status own_change_password(const struct own *own, struct text new_password,
                                           const struct text *context, size_t context_count, struct secret *ret_token,
                                           struct error *error);
must_check enum status own_change_email(const struct own *own, struct text email, struct secret *ret_token,
                                        struct error *error);
must_check enum status own_set_language(const struct own *own, enum language language, struct error *error);

/* A new secret for the second factor, in force once a code of it was given. */
must_check enum status own_totp_begin(const struct own *own, uint8_t ret_secret[TOTP_SECRET_BYTES],
                                      struct secret *ret_token, struct error *error);
struct recovery_codes {
        char codes[RECOVERY_CODES][RECOVERY_CODE_BYTES];
};
/* STATUS_INVALID "access.code_wrong". The codes are shown once. */
must_check enum status own_totp_confirm(const struct own *own, struct text code, struct recovery_codes *ret,
                                        struct secret *ret_token, struct error *error);
/* STATUS_CONFLICT "access.factor_demanded" where the role demands one (factor.h). */
must_check enum status own_totp_remove(const struct own *own, struct secret *ret_token, struct error *error);
must_check enum status own_new_recovery_codes(const struct own *own, struct recovery_codes *ret,
                                              struct secret *ret_token, struct error *error);

struct own_state {
        struct account account;
        struct text totp_pending_base32, totp_pending_uri; /* while one waits for its first code; else none */
        int64_t recovery_codes_left;
};
must_check enum status own_state_load(struct connection *connection, int64_t account_id, struct text issuer,
                                      struct arena *arena, struct own_state *ret, struct error *error);

#endif
