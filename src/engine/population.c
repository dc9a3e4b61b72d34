/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * population.c: existence at the cut-off, prospects that became customers.
 */
#include "engine/population.h"

static int32_t first_known(int32_t first, int32_t second, int32_t third)
{
        if (first != DAY_NONE)
                return first;
        return second != DAY_NONE ? second : third;
}

struct membership_basis population_resolve(const struct engine_input *input, size_t index,
                                           const struct purchase_history *history)
{
        struct membership_basis basis = {.kind = (enum customer_kind)input->kind[index],
                                         .customer_since_day = DAY_NONE, .joined_day = input->joined_day[index]};
        if (basis.joined_day != DAY_NONE && basis.joined_day > input->cutoff_day)
                basis.joined_day = DAY_NONE;
        int32_t given = input->since_day[index], recorded = input->recorded_day[index];
        if (basis.kind == KIND_PROSPECT && history->first_positive_day != DAY_NONE) {
                basis.kind = KIND_CUSTOMER;
                basis.since_day = basis.customer_since_day = history->first_positive_day;
        } else if (basis.kind == KIND_PROSPECT) {
                basis.since_day = recorded;
        } else {
                basis.since_day = first_known(given, history->first_document_day, recorded);
                basis.customer_since_day = first_known(given, history->first_positive_day, DAY_NONE);
        }
        basis.exists = basis.since_day != DAY_NONE && basis.since_day <= input->cutoff_day;
        return basis;
}
