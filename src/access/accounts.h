/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * accounts.h: who may sign in, and what administrators do about it. An account begins without a password: a link, good
 * once and for three days, lets its owner choose one (links.h). Every change stands in the audit chain with the actor;
 * sessions end at once, on all servers, when an account is disabled, gets another role or is reset.
 *
 * Text handed out lives in the arena that was given.
 */
#ifndef TREUE_ACCESS_ACCOUNTS_H
#define TREUE_ACCESS_ACCOUNTS_H

#include "access/permission.h"
#include "access/secret.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "db/db.h"
#include "i18n/message.h"

enum { LOGIN_LENGTH_MAX = 254, ACCOUNT_NAME_BYTES_MAX = 200 };
#define ACCOUNT_LINK_MS (INT64_C(3) * 86400000) /* to choose the first or a new password */

struct account {
        int64_t id;
        int64_t person_id;              /* contacts; staff 0 */
        enum role role;                 /* contacts: ROLE_CONTACT; what they are at a customer: companies.h */
        struct text login, name, email; /* email: {"", 0} when there is none */
        bool has_language;              /* chosen; until then the reader's browser tells */
        enum language language;
        bool has_password, has_totp, disabled;
        int64_t created_ms, signed_in_ms; /* signed_in_ms 0: never */
        int64_t session_count;            /* in lists; else 0 */
};

must_check enum status account_find(struct connection *connection, struct text login, struct arena *arena,
                                    struct account *ret, bool *ret_found, struct error *error);
must_check enum status account_by_id(struct connection *connection, int64_t id, struct arena *arena,
                                     struct account *ret, bool *ret_found, struct error *error);
/* As account_by_id; STATUS_NOT_FOUND "access.account_unknown" {account} when there is none. */
must_check enum status account_need(struct connection *connection, int64_t id, struct arena *arena,
                                    struct account *ret, struct error *error);
/* All of the staff, by login. */
must_check enum status account_list(struct connection *connection, struct arena *arena, struct account **ret,
                                    size_t *ret_count, struct error *error);

/* The name behind an actor as the audit chain has it: of "account:ID", and of a code somebody on the staff goes by
 * (staff_names.h), as the command line may name one; what else ("key:ID", "cli") stays as it is. */
must_check enum status actor_name(struct connection *connection, struct text actor, struct buffer *out,
                                  struct error *error);

/* ---- what administrators do ------------------------------------------------------------------------------------ */

struct account_new {
        struct text login;     /* staff: letters, digits, . - _ @; case does not count */
        struct text name, email;
        enum role role;        /* of the staff */
        bool has_language;     /* false: the language of the reader's browser, until one is chosen */
        enum language language;
        const char *actor;
};
/* Adds an account of the staff. STATUS_CONFLICT "access.login_taken" {login}, STATUS_INVALID "access.login_invalid"
 * {login}, "access.name_missing", "access.role_invalid". */
must_check enum status account_add(struct database *database, const struct account_new *asked, int64_t *ret_id,
                                   struct secret *ret_link, struct error *error);

/* These keep the last owner and the last administrator: STATUS_CONFLICT "access.last_owner",
 * "access.last_administrator". */
must_check enum status account_set_role(struct database *database, int64_t id, enum role role, const char *actor,
                                        struct error *error);
must_check enum status account_set_disabled(struct database *database, int64_t id, bool disabled, const char *actor,
                                            struct error *error);

/* Takes password and second factor away, ends all sessions, and gives a new link. */
must_check enum status account_reset(struct database *database, int64_t id, const char *actor,
                                     struct secret *ret_link, struct error *error);
must_check enum status account_end_sessions(struct database *database, int64_t id, const char *actor,
                                            struct error *error);

/* Whose customers somebody sees: the names and territories imported responsibilities know them by, and for a sales head
 * the accounts of the team. Both lists replace what was there. Counts from the next request on. */
struct account_scope {
        const struct text *names;
        size_t name_count;
        const int64_t *members;
        size_t member_count;
};
must_check enum status account_set_scope(struct database *database, int64_t id, const struct account_scope *scope,
                                         const char *actor, struct error *error);
must_check enum status account_scope_load(struct connection *connection, int64_t id, struct arena *arena,
                                          struct account_scope *ret, struct error *error);

/* From a day to a day `deputy_id` sees what `id` sees, too. to_day DAY_NONE: no longer. STATUS_INVALID
 * "access.deputy_self", "access.deputy_days". */
must_check enum status account_set_deputy(struct database *database, int64_t id, int64_t deputy_id, int32_t from_day,
                                          int32_t to_day, const char *actor, struct error *error);
struct deputy {
        int64_t id;
        struct text login, name;
        int32_t from_day, to_day;
};
must_check enum status account_deputies(struct connection *connection, int64_t id, struct arena *arena,
                                        struct deputy **ret, size_t *ret_count, struct error *error);

#endif
