/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * accounts_parts.h: what the files of this folder share about accounts: the row with its secrets, and steps of write
 * functions.
 */
#ifndef TREUE_ACCESS_ACCOUNTS_PARTS_H
#define TREUE_ACCESS_ACCOUNTS_PARTS_H

#include "access/accounts.h"

struct account_row {
        struct account account;
        struct text password;                   /* as password.h keeps it; "": none */
        struct bytes totp_secret, totp_pending; /* {NULL, 0}: none */
        int64_t totp_step;
};
must_check enum status account_row_by_id(struct connection *connection, int64_t id, struct arena *arena,
                                         struct account_row *ret, bool *ret_found, struct error *error);
must_check enum status account_row_by_login(struct connection *connection, struct text login, struct arena *arena,
                                            struct account_row *ret, bool *ret_found, struct error *error);

/* Lower case, as logins are kept; false when it is too long. */
bool login_fold(struct text login, struct arena *arena, struct text *ret);

enum link_kind { LINK_PASSWORD, LINK_INVITATION, LINK_SIGN_IN, LINK_KIND_COUNT };
extern const char *const link_kind_names[LINK_KIND_COUNT];

struct link_new {
        enum link_kind kind;
        int64_t account_id, customer_id; /* customer_id and role: of an invitation */
        const char *role;
        int64_t now_ms, valid_ms;
};

/* Inside write functions. ---------------------------------------------------------------------------------------- */

/* A new link in place of the one of this kind there was. */
must_check enum status link_add(struct connection *connection, const struct link_new *link, struct secret *ret,
                                struct error *error);
/* Ends the account's sessions but one (0: all) and lets all servers know. */
must_check enum status sessions_end(struct connection *connection, int64_t account_id, int64_t without_id,
                                    struct error *error);
must_check enum status account_inserted(struct connection *connection, const struct account *account,
                                        int64_t created_ms, struct error *error);
/* An entry of the audit chain without detail, or with one text. */
must_check enum status account_audit(struct connection *connection, const char *actor, const char *kind,
                                     int64_t account_id, const char *key, struct text value, struct error *error);
void account_actor(int64_t account_id, char ret[], size_t bytes);

#endif
