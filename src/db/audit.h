/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit.h: the append-only chain of what was decided. Each entry's digest (BLAKE2b-256) covers its number, time,
 * actor, kind, subject, the salted digest of its detail and the digest of the entry before. The detail lies in a table
 * of its own and may be erased without breaking the chain. Anchors repeat the digest of the newest entry and of every
 * hundredth, so that a cut-off tail is noticed.
 */
#ifndef TREUE_DB_AUDIT_H
#define TREUE_DB_AUDIT_H

#include "db/db.h"

struct audit_event {
        const char *actor;    /* "cli" or a user */
        const char *kind;     /* "import.published", "import.undone", "concept.released", "run.approved", ... */
        struct text subject;  /* id of what it is about */
        struct text detail;   /* JSON object text */
};

/* Appends; call inside the write function that makes the change, so that both stand or fall together. */
must_check enum status audit_append(struct connection *connection, const struct audit_event *event,
                                    struct error *error);

/* Walks the whole chain. STATUS_CORRUPT "audit.broken" {number} names the first wrong entry. */
must_check enum status audit_verify(struct connection *connection, int64_t *ret_entries, struct error *error);

/* Erases the detail of an entry, inside a write function; the entry itself stays and the chain stays valid.
 * STATUS_NOT_FOUND "audit.no_detail" {number}. */
must_check enum status audit_erase_detail(struct connection *connection, int64_t number, struct error *error);

#endif
