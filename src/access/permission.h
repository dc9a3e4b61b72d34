/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * permission.h: roles and what they may do. A route names one permission; a role has a set of them (role_may);
 * which customers somebody sees is another question (subject.h), and which fields a third (visibility.h).
 *
 * Roles: requirements, X-01 and section 7 (33-37).
 */
#ifndef TREUE_ACCESS_PERMISSION_H
#define TREUE_ACCESS_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum role {
        ROLE_NOBODY,            /* without a session */
        ROLE_OWNER,             /* program owner: everything about the program and its customers */
        ROLE_MARKETING,         /* marketing and benefit owners: read the program, keep data */
        ROLE_REP,               /* sales rep: customers of the own responsibility */
        ROLE_SALES_HEAD,        /* customers of the team; requests and decides exceptions for them */
        ROLE_DIRECTOR,          /* managing director: reads all, approves, changes nothing else */
        ROLE_ADMINISTRATOR,     /* accounts, settings, imports, operations; no customers, no program decisions */
        ROLE_MAIN_CONTACT,      /* at a customer: the company's status, and its other contacts' access */
        ROLE_CONTACT,           /* at a customer: the company's status */
        ROLE_COUNT
};
extern const char *const role_names[ROLE_COUNT]; /* "nobody", "owner", ... stored so; keys "role.NAME" */

#define PERMISSIONS(X) \
        X(PUBLIC)              /* anybody, without a session */ \
        X(FACTOR)              /* whoever is signed in, also before a second factor that is demanded */ \
        X(ACCOUNT)             /* whoever is signed in: the own account, sessions, language */ \
        X(START)               /* staff: the start page, search */ \
        X(LADDER_READ) X(CUSTOMER_READ) X(CUSTOMER_WRITE) X(VISIT_WRITE) X(POTENTIAL_WRITE) \
        X(ANALYSE_READ) X(PRODUCT_READ) X(IMPORT_READ) X(IMPORT_WRITE) \
        X(EVALUATION_READ) X(EVALUATION_RUN) X(EVALUATION_DECIDE) \
        X(OVERRIDE_REQUEST) X(OVERRIDE_DECIDE) \
        X(CONCEPT_READ) X(CONCEPT_WRITE) X(CONCEPT_RELEASE) \
        X(AUDIT_READ) X(JOB_READ) X(ACCOUNT_ADMIN) X(SETTING_ADMIN) X(CONTACT_INVITE) \
        X(PORTAL)              /* contacts: the own company's status and data */ \
        X(PORTAL_ADMIN)        /* main contact: colleagues' access */

enum permission {
#define PERMISSION_ENUM(name) PERMISSION_##name,
        PERMISSIONS(PERMISSION_ENUM)
#undef PERMISSION_ENUM
        PERMISSION_COUNT
};
extern const char *const permission_names[PERMISSION_COUNT];

bool role_may(enum role role, enum permission permission);
bool role_of_name(struct text name, enum role *ret); /* false: no role is called so */
bool role_is_staff(enum role role);
bool role_is_contact(enum role role);

#endif
