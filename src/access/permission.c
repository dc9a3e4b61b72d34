/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * permission.c: what each role may do, written down by hand from the requirements (X-01, section 7: 33-37).
 *
 * Two of these are on purpose: whoever gives out accounts decides nothing about customers and does not see them, so
 * that nobody lends themselves a second voice; and a managing director reads and approves, but changes nothing else.
 */
#include "access/permission.h"

const char *const role_names[ROLE_COUNT] = {
        [ROLE_NOBODY] = "nobody", [ROLE_OWNER] = "owner", [ROLE_MARKETING] = "marketing", [ROLE_REP] = "rep",
        [ROLE_SALES_HEAD] = "sales_head", [ROLE_DIRECTOR] = "director", [ROLE_ADMINISTRATOR] = "administrator",
        [ROLE_MAIN_CONTACT] = "main_contact", [ROLE_CONTACT] = "contact",
};

const char *const permission_names[PERMISSION_COUNT] = {
#define PERMISSION_NAME(name) [PERMISSION_##name] = #name,
        PERMISSIONS(PERMISSION_NAME)
#undef PERMISSION_NAME
};

enum {
        NOBODY = 1 << ROLE_NOBODY, OWNER = 1 << ROLE_OWNER, MARKETING = 1 << ROLE_MARKETING, REP = 1 << ROLE_REP,
        HEAD = 1 << ROLE_SALES_HEAD, DIRECTOR = 1 << ROLE_DIRECTOR, ADMINISTRATOR = 1 << ROLE_ADMINISTRATOR,
        MAIN_CONTACT = 1 << ROLE_MAIN_CONTACT, CONTACT = 1 << ROLE_CONTACT,
        PROGRAM = OWNER | MARKETING | REP | HEAD | DIRECTOR, /* who works with customers */
        STAFF = PROGRAM | ADMINISTRATOR,
        CONTACTS = MAIN_CONTACT | CONTACT,
};

static const unsigned roles_that_may[PERMISSION_COUNT] = {
        [PERMISSION_PUBLIC] = NOBODY | STAFF | CONTACTS,
        [PERMISSION_FACTOR] = STAFF | CONTACTS,
        [PERMISSION_ACCOUNT] = STAFF | CONTACTS,
        [PERMISSION_START] = STAFF,
        [PERMISSION_LADDER_READ] = PROGRAM,
        [PERMISSION_CUSTOMER_READ] = PROGRAM,
        [PERMISSION_CUSTOMER_WRITE] = OWNER | MARKETING | REP | HEAD,
        [PERMISSION_VISIT_WRITE] = OWNER | REP | HEAD,
        [PERMISSION_POTENTIAL_WRITE] = OWNER | MARKETING | REP | HEAD,
        [PERMISSION_ANALYSE_READ] = PROGRAM,
        [PERMISSION_PRODUCT_READ] = PROGRAM,
        [PERMISSION_IMPORT_READ] = OWNER | MARKETING | ADMINISTRATOR,
        [PERMISSION_IMPORT_WRITE] = OWNER | MARKETING | ADMINISTRATOR,
        [PERMISSION_EVALUATION_READ] = OWNER | MARKETING | HEAD | DIRECTOR,
        [PERMISSION_EVALUATION_RUN] = OWNER,
        [PERMISSION_EVALUATION_DECIDE] = OWNER | DIRECTOR,
        [PERMISSION_OVERRIDE_REQUEST] = OWNER | REP | HEAD,
        [PERMISSION_OVERRIDE_DECIDE] = OWNER | HEAD | DIRECTOR,
        [PERMISSION_CONCEPT_READ] = PROGRAM,
        [PERMISSION_CONCEPT_WRITE] = OWNER,
        [PERMISSION_CONCEPT_RELEASE] = OWNER | DIRECTOR,
        [PERMISSION_AUDIT_READ] = OWNER | DIRECTOR | ADMINISTRATOR,
        [PERMISSION_JOB_READ] = OWNER | MARKETING | ADMINISTRATOR,
        [PERMISSION_ACCOUNT_ADMIN] = ADMINISTRATOR,
        [PERMISSION_SETTING_ADMIN] = OWNER | ADMINISTRATOR,
        [PERMISSION_CONTACT_INVITE] = OWNER | MARKETING | REP | HEAD,
        [PERMISSION_PORTAL] = CONTACTS,
        [PERMISSION_PORTAL_ADMIN] = MAIN_CONTACT,
};

bool role_may(enum role role, enum permission permission)
{
        return (unsigned)role < ROLE_COUNT && (unsigned)permission < PERMISSION_COUNT &&
               (roles_that_may[permission] >> role & 1);
}

bool role_of_name(struct text name, enum role *ret)
{
        for (int role = 0; role < ROLE_COUNT; role++)
                if (text_is(name, role_names[role])) {
                        *ret = (enum role)role;
                        return true;
                }
        return false;
}

bool role_is_staff(enum role role) { return (unsigned)role < ROLE_COUNT && (STAFF >> role & 1); }
bool role_is_contact(enum role role) { return (unsigned)role < ROLE_COUNT && (CONTACTS >> role & 1); }
