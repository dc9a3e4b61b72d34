/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audience.h: who may be addressed on a channel on a day. The one door: whoever sends, calls, prints letters or hands
 * contacts out on any channel takes them from here, and nowhere else.
 *
 * Answered is every contact of every customer asked for, once per customer relation, with the reason; one person's
 * declarations hold for all of the person's customers. A contact is reached when
 *   - the person's standing on the channel permits it at the end of the day (consent.h), and what the person declared
 *     since does not forbid it: the day may be over, but the message would go out now,
 *   - nobody who objected on the channel, then or since, has or had the same e-mail address (channel email only), and
 *   - there is somewhere to write to: an e-mail address, a telephone number, a postal address of the customer; the
 *     portal needs none.
 * The existing-customer exception holds in relations to customers who bought, not to prospects.
 */
#ifndef TREUE_CUSTOMERS_AUDIENCE_H
#define TREUE_CUSTOMERS_AUDIENCE_H

#include "base/arena.h"
#include "base/status.h"
#include "customers/consent.h"
#include "db/db.h"

enum audience_reason {
        AUDIENCE_REACHED,
        AUDIENCE_OBJECTION,        /* of the person */
        AUDIENCE_ADDRESS_OBJECTED, /* somebody with the same address objected */
        AUDIENCE_WITHDRAWN,
        AUDIENCE_PENDING,          /* double opt-in was not confirmed */
        AUDIENCE_INCOMPLETE,       /* the exception lacks conditions */
        AUDIENCE_PROSPECT,         /* the exception, but no customer yet */
        AUDIENCE_NO_CONSENT,
        AUDIENCE_NO_ADDRESS,       /* might be addressed, but where? */
        AUDIENCE_REASONS
};
/* "reached", "objection", "address_objected", "withdrawn", "pending", "incomplete", "prospect", "no_consent",
 * "no_address" */
extern const char *const audience_reason_names[AUDIENCE_REASONS];

struct audience_contact {
        int64_t customer_id, person_id;
        struct text source, number, customer; /* the first number of the customer, and the name */
        struct text person_source, person;    /* the first key of the person; none: known by name only */
        struct text name, role, language;
        struct text address;         /* as the channel needs it; none: there is none */
        enum consent_channel channel;
        struct consent_standing standing;
        struct text origin;          /* where the deciding declaration was made; none without one */
        enum audience_reason reason;
};

struct audience_request {
        struct connection *connection;
        int64_t generation;          /* whose contacts and customers */
        enum consent_channel channel;
        int32_t day;
        bool as_then;                /* refusals declared after the day are left out: to look back, not to address */
        bool limited;                /* only the customers named, by ascending id */
        const int64_t *customer_ids;
        size_t customer_count;
};

/* What people who look after a customer see of its contacts: how to reach each, and nothing of other customers. Whether
 * somebody may be addressed is said beside it by the standing on the channel (consents.h). */
struct audience_person {
        int64_t person_id;
        struct text name, email, phone, role, level, language; /* empty: unknown, or taken back */
};

/* The contacts of one customer as known at a generation on a day, by ascending person id: reads that customer's rows
 * only. Lives in the arena. */
must_check enum status audience_of_customer(struct connection *connection, int64_t generation, int64_t customer_id,
                                            int32_t day, struct arena *arena, struct audience_person **ret,
                                            size_t *ret_count, struct error *error);

/* Ordered by customer number, then name. Lives in the arena. */
must_check enum status audience_load(const struct audience_request *request, struct arena *arena,
                                     struct audience_contact **ret, size_t *ret_count, struct error *error);

#endif
