/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sessions_parts.h: how sessions begin, for the ways to sign in. Inside write functions.
 */
#ifndef TREUE_ACCESS_SESSIONS_PARTS_H
#define TREUE_ACCESS_SESSIONS_PARTS_H

#include "access/accounts_parts.h"
#include "access/attempts.h"
#include "access/sessions.h"
#include "access/sign_in.h"

/* A session of the account, or one that waits for the second factor when the account has one. Of a contact: at the
 * company, or (0) the first one; one without a company stays out: SIGN_IN_WRONG. */
must_check enum status session_begin(struct connection *connection, const struct account *account,
                                     int64_t customer_id, const struct visitor *visitor, struct signed_in *ret,
                                     struct error *error);
/* The session is complete: notes when, and makes the browser known. */
must_check enum status session_complete(struct connection *connection, int64_t account_id,
                                        const struct visitor *visitor, struct signed_in *ret, struct error *error);
/* Is the browser known to belong to the account? */
must_check enum status device_is_known(struct connection *connection, struct text device, int64_t account_id,
                                       bool *ret, struct error *error);

#endif
