/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_keys.h: keys by which programs use the API: each has a name, a role of the staff that sees all customers or none
 * (owner, marketing, director, administrator), and a day on which it ends. Only its digest is kept: it is shown once.
 */
#ifndef TREUE_ACCESS_API_KEYS_H
#define TREUE_ACCESS_API_KEYS_H

#include "access/permission.h"
#include "access/secret.h"
#include "base/arena.h"
#include "base/status.h"
#include "db/db.h"

enum { API_KEY_DAYS_MAX = 730 };

struct api_key {
        int64_t id;
        struct text name;
        enum role role;
        int64_t created_ms, ends_ms, used_ms; /* used_ms 0: never */
};
must_check enum status api_key_list(struct connection *connection, struct arena *arena, struct api_key **ret,
                                    size_t *ret_count, struct error *error);

/* STATUS_CONFLICT "access.key_taken" {name}; STATUS_INVALID "access.key_name", "access.key_role", "access.key_days"
 * {count}. */
must_check enum status api_key_add(struct database *database, struct text name, enum role role, int64_t days,
                                   const char *actor, int64_t *ret_id, struct secret *ret_key, struct error *error);
/* It opens nothing any more. STATUS_NOT_FOUND "access.key_unknown". */
must_check enum status api_key_remove(struct database *database, int64_t id, const char *actor, struct error *error);

#endif
