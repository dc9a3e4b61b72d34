/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * saved_views.h: addresses of lists that somebody gave a name to come back. They belong to an account; shared ones are
 * offered to everybody, and show each reader what that reader may see.
 */
#ifndef TREUE_ACCESS_SAVED_VIEWS_H
#define TREUE_ACCESS_SAVED_VIEWS_H

#include "base/arena.h"
#include "db/db.h"

enum { SAVED_VIEWS_MAX = 100, SAVED_VIEW_NAME_MAX = 60, SAVED_VIEW_ADDRESS_MAX = 4000 };

struct saved_view {
        int64_t id;
        struct text name, address; /* the query, without '?' */
        bool own, shared;
};

/* `list` names the list ("customers"). The same name again replaces the address. STATUS_INVALID "view.name" {limit}:
 * none or too long; "view.too_long"; STATUS_LIMIT "view.too_many" {limit} of an account. */
must_check enum status saved_view_save(struct database *database, int64_t account_id, struct text list,
                                       struct text name, struct text address, bool shared, struct error *error);
/* The own ones and shared ones of a list, by name; text lives in the arena. */
must_check enum status saved_view_all(struct connection *connection, int64_t account_id, struct text list,
                                      struct arena *arena, struct saved_view **ret, size_t *ret_count,
                                      struct error *error);
/* Only an own one; *ret_list says of which list it was. STATUS_NOT_FOUND "view.unknown". */
must_check enum status saved_view_drop(struct database *database, int64_t account_id, int64_t id, struct arena *arena,
                                       struct text *ret_list, struct error *error);

#endif
