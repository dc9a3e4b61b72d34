/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consent.h: may a person be addressed on a channel, and why? The rules, as a pure function of what the person
 * declared.
 *
 * A declaration is an entry: what was declared, when, on which legal basis. Entries are never changed; one about the
 * same event (same kind and time) made later corrects the one before. Taken in the order of their times, of one moment
 * withdrawals last, else by ids:
 *
 *   - An objection forbids, whatever consents there are before or after it, until it is lifted: by an entry of its own
 *     (objection_lifted), which is the person's new explicit consent and was declared after the objection.
 *   - A withdrawal ends every permission before it. What permits again is a new consent, not the exception.
 *   - A consent permits. With double opt-in it does so from the confirmation on, and counts as declared then; as long
 *     as the confirmation is pending it neither permits nor takes away.
 *   - The exception for existing customers (Germany: section 7 (3) UWG) permits only while all four conditions are
 *     recorded as met, the person never withdrew or objected (before a new consent), and in e-mail and portal only.
 *   - Nothing declared: not to be addressed.
 */
#ifndef TREUE_CUSTOMERS_CONSENT_H
#define TREUE_CUSTOMERS_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum consent_channel { CONSENT_EMAIL, CONSENT_PHONE, CONSENT_POST, CONSENT_PORTAL, CONSENT_CHANNELS };
extern const char *const consent_channel_names[CONSENT_CHANNELS]; /* "email", ...; as they are stored */

enum consent_kind { CONSENT_GIVEN, CONSENT_WITHDRAWAL, CONSENT_OBJECTION, CONSENT_LIFTED, CONSENT_KINDS };
/* "consent", "withdrawal", "objection", "objection_lifted" */
extern const char *const consent_kind_names[CONSENT_KINDS];

/* Of a consent: the person's own will, or the exception. Refusals have none. */
enum consent_basis { CONSENT_BASIS_NONE, CONSENT_BASIS_CONSENT, CONSENT_BASIS_EXISTING, CONSENT_BASES };
extern const char *const consent_basis_names[CONSENT_BASES]; /* "", "consent", "existing_customer" */

/* Conditions of the exception, as bits. */
enum {
        CONSENT_ADDRESS_FROM_SALE = 1, /* the address came from the customer with a sale */
        CONSENT_SIMILAR_GOODS = 2,     /* used for our own similar goods and services only */
        CONSENT_NOTICE_GIVEN = 4,      /* told of the right to object, at collection and in each message */
        CONSENT_NO_OBJECTION = 8,      /* nobody objected when it was recorded */
        CONSENT_ALL_CONDITIONS = 15
};

/* Double opt-in. */
enum consent_confirmation { CONSENT_UNCONFIRMED /* not asked for */, CONSENT_PENDING, CONSENT_CONFIRMED,
                            CONSENT_CONFIRMATIONS };
extern const char *const consent_confirmation_names[CONSENT_CONFIRMATIONS]; /* "", "pending", "confirmed" */

struct consent_entry {
        int64_t id;                  /* grows with the order in which entries were made */
        enum consent_kind kind;
        enum consent_basis basis;
        unsigned conditions;
        int64_t at_ms;               /* of the declaration, UTC */
        enum consent_confirmation confirmation;
        int64_t confirmed_ms;        /* with CONSENT_CONFIRMED */
};

enum consent_state { CONSENT_STATE_NONE, CONSENT_STATE_CONSENT, CONSENT_STATE_EXISTING, CONSENT_STATE_PENDING,
                     CONSENT_STATE_INCOMPLETE, CONSENT_STATE_WITHDRAWN, CONSENT_STATE_OBJECTED, CONSENT_STATES };
/* "no_consent", "consent", "existing_customer", "pending", "incomplete", "withdrawn", "objection" */
extern const char *const consent_state_names[CONSENT_STATES];

struct consent_standing {
        enum consent_state state;
        int64_t entry_id;            /* the entry that decides; 0 without one */
        int64_t since_ms;            /* when it took effect */
};

/* Where a person stands on `channel` at an instant, by all entries about that channel in any order; those later than
 * the instant are left out. Sorts `entries`. */
struct consent_standing consent_standing_at(enum consent_channel channel, struct consent_entry *entries, size_t count,
                                            int64_t at_ms);

static inline bool consent_permits(enum consent_state state)
{
        return state == CONSENT_STATE_CONSENT || state == CONSENT_STATE_EXISTING;
}

static inline bool consent_refuses(enum consent_state state)
{
        return state == CONSENT_STATE_WITHDRAWN || state == CONSENT_STATE_OBJECTED;
}

/* What is wrong with an entry: the key of a reason, NULL when nothing is. `has_text`: the wording is at hand.
 * "consent.problem.basis" (a refusal has none, a lifted objection rests on consent), ".conditions" (belong to the
 * exception only), ".exception_channel", ".text" (a consent cannot be proved without its wording), ".confirmation"
 * (belongs to consents), ".confirmed_early" (before the declaration), ".future" (later than now). */
const char *consent_problem(enum consent_channel channel, const struct consent_entry *entry, bool has_text,
                            int64_t now_ms);

/* The value whose name it is; -1: none. */
int consent_word(const char *const *names, int count, struct text word);

#endif
