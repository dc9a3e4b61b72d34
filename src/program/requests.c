/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * requests.c: names and numbers of requests.
 */
#include "program/requests.h"

#include <stdio.h>

#include "base/decimal.h"
#include "queries.h"

enum status request_name_customer(struct connection *connection, struct filed_request *request,
                                  struct arena *arena, struct error *error)
{
        struct q_customer_first_number_args args = {request->customer_id};
        struct q_customer_first_number_row row;
        bool found;
        enum status status = q_customer_first_number(connection, &args, &row, &found, error);
        if (status != STATUS_OK || !found)
                return status;
        return arena_keep_text(arena, row.source, &request->source) &&
                               arena_keep_text(arena, row.number, &request->customer)
                       ? STATUS_OK : error_memory(error);
}

bool request_is(const struct filed_request *request, const char *typed)
{
        int64_t wanted;
        return decimal_parse_scaled(text_of(typed), DECIMAL_POINT, 0, false, &wanted) == DECIMAL_OK &&
               (wanted == request->number || wanted == request->id);
}

enum status request_conflict(const struct filed_request *request, const char *key, const char *name,
                             struct error *error)
{
        char number[16];
        snprintf(number, sizeof(number), "%d", request->number);
        return error_set(error, STATUS_CONFLICT, key, name, number, NULL);
}
