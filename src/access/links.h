/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * links.h: what a link of Treue's is good for, and using it. Showing what it is for does not use it up (mail programs
 * open links by themselves); doing it does. A link that ran out, was used or never was is the same: STATUS_NOT_FOUND
 * "access.link_unknown".
 */
#ifndef TREUE_ACCESS_LINKS_H
#define TREUE_ACCESS_LINKS_H

#include "access/accounts.h"
#include "access/sign_in.h"

enum link_purpose { LINK_FOR_PASSWORD, LINK_FOR_INVITATION, LINK_FOR_SIGN_IN };

struct link {
        enum link_purpose purpose;
        struct account account;
        int64_t customer_id;     /* of an invitation */
        int64_t ends_ms;
};
must_check enum status link_look(struct connection *connection, struct text token, int64_t now_ms,
                                 struct arena *arena, struct link *ret, struct error *error);

/* Chooses a password by a link for one or by an invitation, ends the account's sessions, and signs in (the second
 * factor is asked for where there is one). `context`: names no password may say besides those of the account. Failures
 * as of password_check. */
must_check enum status link_choose_password(struct database *database, struct connection *connection,
                                            struct text token, struct text password, const struct text *context,
                                            size_t context_count, const struct visitor *visitor,
                                            struct signed_in *ret, struct error *error);
/* Signs in by a link for that, or by an invitation without choosing a password. */
must_check enum status link_use(struct database *database, struct text token, const struct visitor *visitor,
                                struct signed_in *ret, struct error *error);

#endif
