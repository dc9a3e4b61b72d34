/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * requests.h: what overrides and appeals have in common: somebody asks for something about a customer and gives a
 * reason, somebody decides. Within a program each kind is numbered 1, 2, ... in the order of asking.
 */
#ifndef TREUE_PROGRAM_REQUESTS_H
#define TREUE_PROGRAM_REQUESTS_H

#include "base/arena.h"
#include "db/db.h"

struct filed_request {
        int64_t id, customer_id;
        int32_t number;
        struct text source, customer;  /* the number the customer is known by */
        struct text reason, asked_by;
        struct text decided_by, answer; /* none until somebody decided */
};

/* Sets source and customer by customer_id; they live in the arena. */
must_check enum status request_name_customer(struct connection *connection, struct filed_request *request,
                                             struct arena *arena, struct error *error);

/* Is it the one meant by a number or an id as people type them? */
bool request_is(const struct filed_request *request, const char *typed);

/* Fails with STATUS_CONFLICT and the request's number as the argument `name` of the message. */
must_check enum status request_conflict(const struct filed_request *request, const char *key, const char *name,
                                        struct error *error);

#endif
