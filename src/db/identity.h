/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * identity.h: ids for new rows. The node number is leased and the maximum of the time part persisted ahead of use, so
 * that no id is ever made twice, also after a crash or a clock that went back.
 */
#ifndef TREUE_DB_IDENTITY_H
#define TREUE_DB_IDENTITY_H

#include "db/db.h"

/* A new id; call inside a write function. Cheap: the persisted maximum is moved ahead in steps of one minute. */
must_check enum status identity_next(struct connection *connection, int64_t *ret_id, struct error *error);

#endif
