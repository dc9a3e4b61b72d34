/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * visibility.h: which kinds of detail a role may see, wherever they stand: pages, JSON, lists, files, sums, error
 * texts. Handlers ask before they put a detail into a model; what is not in a model is in no representation.
 *
 * Source: requirements, section 7 (35): a contact sees only the own company, no internal notes, no cost, no score, no
 * competitors' shares, no other segments' confidential conditions.
 */
#ifndef TREUE_ACCESS_VISIBILITY_H
#define TREUE_ACCESS_VISIBILITY_H

#include <stdbool.h>

#include "access/permission.h"

enum detail {
        DETAIL_INTERNAL_NOTE,    /* notes of visits and activities, reasons of overrides and verdicts */
        DETAIL_COST,             /* what goods and services cost us */
        DETAIL_MARGIN,
        DETAIL_SCORE,            /* customer value, loyalty and other scores; ABC class */
        DETAIL_POTENTIAL,        /* what we believe a customer buys in all */
        DETAIL_COMPETITOR_SHARE, /* who supplies the rest */
        DETAIL_OTHER_SEGMENT,    /* conditions and services of segments other than the own and the next one up */
        DETAIL_OTHER_CUSTOMER,   /* anything about another company, counts and averages included */
        DETAIL_COUNT
};

bool may_see(enum role role, enum detail detail);

#endif
