/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * visibility.c: the table of what each role may see, by hand from the requirements (section 7: 35, 36).
 */
#include "access/visibility.h"

enum {
        PROGRAM = 1 << ROLE_OWNER | 1 << ROLE_MARKETING | 1 << ROLE_REP | 1 << ROLE_SALES_HEAD | 1 << ROLE_DIRECTOR,
};

/* Neither contacts nor administrators see any of it, let alone somebody without a session. */
static const unsigned roles_that_see[DETAIL_COUNT] = {
        [DETAIL_INTERNAL_NOTE] = PROGRAM,
        [DETAIL_COST] = PROGRAM,
        [DETAIL_MARGIN] = PROGRAM,
        [DETAIL_SCORE] = PROGRAM,
        [DETAIL_POTENTIAL] = PROGRAM,
        [DETAIL_COMPETITOR_SHARE] = PROGRAM,
        [DETAIL_OTHER_SEGMENT] = PROGRAM,
        [DETAIL_OTHER_CUSTOMER] = PROGRAM,
};

bool may_see(enum role role, enum detail detail)
{
        return (unsigned)role < ROLE_COUNT && (unsigned)detail < DETAIL_COUNT && (roles_that_see[detail] >> role & 1);
}
