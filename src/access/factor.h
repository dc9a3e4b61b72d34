/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * factor.h: roles whose people must have a second factor. Settings "access.factor.ROLE" hold "yes" for those; anything
 * else, or no such setting, leaves it to each account. It counts from the next request on: whoever has none yet is led
 * to set one up and may do nothing else until then (subject.h, needs_factor), and nobody of that role may take it away.
 * Programs with a key have no factor and are let in by their key alone.
 */
#ifndef TREUE_ACCESS_FACTOR_H
#define TREUE_ACCESS_FACTOR_H

#include "access/permission.h"
#include "base/status.h"
#include "db/db.h"

#define FACTOR_SETTING "access.factor." /* and the name of the role; sql/queries/access.sql has it, too */
#define FACTOR_DEMANDED "yes"
enum { FACTOR_SETTING_BYTES_MAX = 64 };

/* Whether it can be demanded of a role: of everybody who signs in. */
static inline bool factor_suits(enum role role) { return role_is_staff(role) || role_is_contact(role); }
/* The setting's name. */
void factor_setting(enum role role, char ret[FACTOR_SETTING_BYTES_MAX]);
must_check enum status factor_is_demanded(struct connection *connection, enum role role, bool *ret,
                                          struct error *error);

#endif
