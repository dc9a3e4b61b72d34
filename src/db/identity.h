/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * identity.h: ids for new rows. The maximum of the time part is persisted ahead of use, so that no id is ever made
 * twice, also after a crash or a clock that went back. Where several processes may write to one database, each leases a
 * node number of its own; elsewhere there is one node.
 */
#ifndef TREUE_DB_IDENTITY_H
#define TREUE_DB_IDENTITY_H

#include "db/db.h"

/* A new id; call inside a write function. Cheap: the persisted maximum is moved ahead in steps of one minute. */
must_check enum status identity_next(struct connection *connection, int64_t *ret_id, struct error *error);

/* Gives the node number back; inside a write function, when the process ends. */
must_check enum status identity_give_back(struct connection *connection, struct error *error);

#endif
