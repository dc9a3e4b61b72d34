/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * companies.h: which contacts see a company's pages, and as what. Staff or the company's main contact invite by
 * e-mail; the invitation is a link, good once and for seven days. One person has one account, by e-mail address, and
 * may belong to several companies: a session looks at one of them and may switch.
 */
#ifndef TREUE_ACCESS_COMPANIES_H
#define TREUE_ACCESS_COMPANIES_H

#include "access/accounts.h"
#include "access/subject.h"

#define INVITATION_MS (INT64_C(7) * 86400000)

struct invitation {
        int64_t customer_id, person_id; /* person_id 0: a colleague no file named */
        struct text email, name;
        enum role role;                 /* ROLE_MAIN_CONTACT or ROLE_CONTACT */
        enum language language;
        const char *actor;
};
/* STATUS_CONFLICT "access.has_access" {login}, "access.login_taken" {login} (one of the staff); STATUS_INVALID
 * "access.email_invalid" {email}, "access.name_missing", "access.role_invalid". */
must_check enum status company_invite(struct database *database, const struct invitation *invitation,
                                      int64_t *ret_account_id, struct secret *ret_link, struct error *error);

struct company_person {
        int64_t account_id, person_id;
        struct text login, name;
        enum role role;
        bool invited;           /* was not accepted yet: until ends_ms */
        bool disabled;
        int64_t since_ms, signed_in_ms, ends_ms; /* signed_in_ms 0: never */
};
/* Those who have access, then those invited, by login. */
must_check enum status company_people(struct connection *connection, int64_t customer_id, int64_t now_ms,
                                      struct arena *arena, struct company_person **ret, size_t *ret_count,
                                      struct error *error);

/* Counts from the next request on. STATUS_NOT_FOUND "access.no_access"; STATUS_CONFLICT "access.last_main_contact"
 * where `keep_main` and no other main contact would be left. */
must_check enum status company_set_role(struct database *database, int64_t customer_id, int64_t account_id,
                                        enum role role, bool keep_main, const char *actor, struct error *error);
/* Takes access or the invitation away; sessions that look at the company end at once. */
must_check enum status company_remove(struct database *database, int64_t customer_id, int64_t account_id,
                                      bool keep_main, const char *actor, struct error *error);

struct company {
        int64_t customer_id;
        struct text name;       /* "": no import names it any more */
        enum role role;
};
must_check enum status company_list(struct connection *connection, int64_t account_id, struct arena *arena,
                                    struct company **ret, size_t *ret_count, struct error *error);
/* The session looks at another company of the contact's, under a new token. STATUS_NOT_FOUND "access.no_access". */
must_check enum status company_switch(struct database *database, const struct subject *subject, int64_t customer_id,
                                      struct secret *ret_token, struct error *error);

#endif
