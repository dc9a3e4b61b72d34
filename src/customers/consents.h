/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consents.h: what people declared about being addressed, as it lies in the database: recording with proof, one
 * person's history, and the digests by which the audit chain vouches for it.
 *
 * Entries belong to a person and a channel, whatever customers the person serves. They are added, never changed.
 * Those of an import can be seen while it is published; when it is undone, its consents are gone, and so are the
 * corrections it made to earlier ones, while withdrawals and objections stay in force: undoing an import never makes
 * somebody addressable who refused. Should the file have been a mistake, consents_release says so, with a reason and a
 * name.
 */
#ifndef TREUE_CUSTOMERS_CONSENTS_H
#define TREUE_CUSTOMERS_CONSENTS_H

#include "base/arena.h"
#include "base/status.h"
#include "customers/consent.h"
#include "db/db.h"

enum { CONSENT_DIGEST_BYTES = 32, CONSENT_HEX_BYTES = 2 * CONSENT_DIGEST_BYTES + 1 };

/* What is recorded, with its proof. */
struct consent_record {
        int64_t person_id;
        enum consent_channel channel;
        struct consent_entry entry;  /* the id is given when it is written */
        int32_t import_id;           /* 0: recorded by hand */
        struct text origin;          /* where it was declared: form, fair, call */
        struct text language, wording; /* what was shown; no wording: nothing */
        struct text actor;           /* who recorded it */
        int64_t recorded_ms;
};

/* The digest a wording is known by. */
void consent_text_digest(struct text language, struct text wording, uint8_t ret[CONSENT_DIGEST_BYTES]);

/* Adds an entry, inside a write function: its id, and the wording where it is new. No audit entry. */
must_check enum status consent_add(struct connection *connection, const struct consent_record *record, int64_t *ret_id,
                                   struct error *error);

/* Adds an entry with its audit entry "consent.recorded" in one transaction. The person is named in the audit entry by
 * id. Problems are STATUS_INVALID with the key of consent_problem; no origin: "consent.origin_missing". */
must_check enum status consent_record(struct database *database, const struct consent_record *record, int64_t *ret_id,
                                      struct error *error);

/* Whether the withdrawals and objections of an undone import stop counting. STATUS_NOT_FOUND "consent.not_undone"
 * {import} unless it is an undone one with such entries, STATUS_CONFLICT "consent.released_already". */
must_check enum status consents_release(struct database *database, int32_t import_id, struct text reason,
                                        struct text actor, int64_t *ret_refusals, struct error *error);

/* One entry of a person's history. */
struct consent_past {
        enum consent_channel channel;
        struct consent_entry entry;
        int32_t import_id;
        bool undone;                 /* its import was */
        bool counts;                 /* ... and it still counts, or is not of an undone import */
        bool corrected;              /* a later entry about the same event counts in its place */
        struct text origin, language, wording, actor;
        int64_t recorded_ms;
};

/* Everything about a person, by channel and time; what is merely staged is not part of it. Lives in the arena. */
must_check enum status consents_of_person(struct connection *connection, int64_t person_id, struct arena *arena,
                                          struct consent_past **ret, size_t *ret_count, struct error *error);

/* Where the person stands on a channel at an instant, by those of all entries that count. */
must_check enum status consents_standing(const struct consent_past *past, size_t count, enum consent_channel channel,
                                         int64_t at_ms, struct arena *arena, struct consent_standing *ret,
                                         struct error *error);

/* The digest over all entries of an import, as hexadecimal text: it stands in the audit entry of the publish. */
must_check enum status consents_digest(struct connection *connection, int32_t import_id, char ret[CONSENT_HEX_BYTES],
                                       uint64_t *ret_entries, struct error *error);

/* Calls `found` with the digest of each entry recorded by hand, as it stands in its audit entry. */
typedef enum status (*consent_digest_found)(void *context, int64_t id, const char *hex, struct error *error);
must_check enum status consents_digests_by_hand(struct connection *connection, consent_digest_found found,
                                                void *context, struct error *error);

/* Whom people mean by a word: the key of a person, SOURCE:KEY, or, with a customer (else 0), the name of one of its
 * contacts. STATUS_NOT_FOUND "consent.unknown_person" {person}, STATUS_USAGE "consent.ambiguous_person" {person}. */
must_check enum status consent_person_find(struct connection *connection, int64_t customer_id, const char *word,
                                           int64_t *ret_person_id, struct error *error);

#endif
