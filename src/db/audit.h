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

enum { AUDIT_DIGEST_BYTES = 32 };

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

/* An entry of the chain names all that happened to the database until then. A database restored to an older state does
 * not hold a later point, whatever happens to it afterwards: digests are salted. */
struct audit_point {
        int64_t number; /* 0: the beginning, which every database holds */
        uint8_t digest[AUDIT_DIGEST_BYTES];
};
must_check enum status audit_point_latest(struct connection *connection, struct audit_point *ret, struct error *error);
must_check enum status audit_point_holds(struct connection *connection, const struct audit_point *point, bool *ret,
                                         struct error *error);

#endif
