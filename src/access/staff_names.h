/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * staff_names.h: the names of people behind the codes a company's files know its staff by ("ad-maier"): those of the
 * accounts that go by them (accounts.h, account_set_scope). Case and accents do not count, as in scopes.
 *
 * An account of a rep names all its codes; of any other role, such as a head who goes by the codes of a team, only a
 * code that is its one name. Of several accounts one that may sign in comes first, then a rep's, then the oldest.
 */
#ifndef TREUE_ACCESS_STAFF_NAMES_H
#define TREUE_ACCESS_STAFF_NAMES_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "db/db.h"

struct staff_names;

/* Lives in the arena, which must be one process's or request's own. */
must_check enum status staff_names_load(struct connection *connection, struct arena *arena,
                                        const struct staff_names **ret, struct error *error);
/* The name behind a code; {NULL, 0}: no account goes by it. */
struct text staff_name(const struct staff_names *names, struct text code);
/* All of them: place 0 to count - 1. A code may come several times; staff_name knows the best name. */
size_t staff_names_count(const struct staff_names *names);
struct text staff_code_at(const struct staff_names *names, size_t place);

#endif
