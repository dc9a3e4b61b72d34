/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * subject.h: who asks, resolved once per request from the session or the API key, and the part of the customers that
 * is theirs to see.
 */
#ifndef TREUE_ACCESS_SUBJECT_H
#define TREUE_ACCESS_SUBJECT_H

#include "access/permission.h"
#include "base/text.h"
#include "i18n/message.h"

/* Which customers: joins every reading of customers. Names are those responsibilities are imported with (a rep's name
 * or key, a territory), folded like search text. */
enum scope_kind {
        SCOPE_NONE,      /* no customer at all */
        SCOPE_COMPANY,   /* one customer, and what a contact may see of it */
        SCOPE_OWN,       /* customers one of `responsibles` is responsible for today, deputies included */
        SCOPE_TEAM,      /* the same for a team: `responsibles` holds all its members' names and territories */
        SCOPE_ALL
};
struct scope {
        enum scope_kind kind;
        int64_t customer_id;               /* SCOPE_COMPANY */
        const struct text *responsibles;   /* SCOPE_OWN, SCOPE_TEAM */
        size_t responsible_count;
};

/* Who did it, in the audit chain and wherever somebody is named for what they did: "account:ID", "key:ID". The name
 * that belongs to it: accounts.h, actor_name. */
enum { ACTOR_BYTES_MAX = 32 };

struct subject {
        enum role role;
        int64_t account_id;      /* 0: nobody */
        int64_t person_id;       /* contacts; staff 0 */
        int64_t session_id;      /* 0: nobody or an API key */
        char actor[ACTOR_BYTES_MAX]; /* "" : nobody */
        struct text name;        /* as shown */
        bool has_language;       /* chosen by the account; else that of the browser counts */
        enum language language;
        struct scope scope;
        bool needs_factor;       /* the role demands a second factor (factor.h) and the account has none: until then
                                  * it may set one up and nothing else */
};

/* Without a session: sees no customer. */
#define SUBJECT_NOBODY ((struct subject){.role = ROLE_NOBODY, .language = LANGUAGE_GERMAN, .name = {"", 0}})

static inline bool subject_may(const struct subject *subject, enum permission permission)
{
        bool is_open = permission == PERMISSION_PUBLIC || permission == PERMISSION_FACTOR;
        return (is_open || !subject->needs_factor) && role_may(subject->role, permission);
}

#endif
