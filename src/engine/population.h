/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * population.h: who is evaluated at a cut-off, and as what.
 *
 * - A customer by the facts exists from `customer since`, else its first document (credit notes included), else the day
 *   it was recorded. Documents after the cut-off are invisible, also for this.
 * - A prospect exists from the day it was recorded. With its first positive document on or before the cut-off it is a
 *   customer since that day: the `since` of a prospect is the day it was recorded, not the day it became a customer.
 * - A joining date after the cut-off is invisible: as if not given.
 */
#ifndef TREUE_ENGINE_POPULATION_H
#define TREUE_ENGINE_POPULATION_H

#include "engine/input.h"

/* What the purchases up to the cut-off say of one customer; DAY_NONE where there is nothing. */
struct purchase_history {
        int32_t first_document_day, first_positive_day, last_positive_day;
};

struct membership_basis {
        bool exists;
        enum customer_kind kind;
        int32_t since_day;         /* what existence used; DAY_NONE when nothing is known */
        int32_t customer_since_day; /* what tenure counts from; DAY_NONE: neither given nor a purchase */
        int32_t joined_day;
};

struct membership_basis population_resolve(const struct engine_input *input, size_t index,
                                           const struct purchase_history *history);

#endif
