/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * attempts.h: holds back who guesses. Attempts are counted by what they have in common (the name typed, the address
 * they come from, the browser), whether or not an account of that name exists. Up to a number they are free, then
 * each has to wait: 15 seconds, twice as long after each further one, at most 15 minutes. A day without attempts
 * forgets them.
 *
 * An attempt is counted before it is looked at, so that many at once do not slip through, and taken back when it was
 * right.
 */
#ifndef TREUE_ACCESS_ATTEMPTS_H
#define TREUE_ACCESS_ATTEMPTS_H

#include "access/secret.h"
#include "base/status.h"
#include "db/db.h"

enum {
        ATTEMPTS_FREE_NAME = 5, ATTEMPTS_FREE_ADDRESS = 30, ATTEMPTS_FREE_DEVICE = 5, ATTEMPTS_FREE_CODE = 5,
        ATTEMPTS_FREE_MAIL = 3
};
#define ATTEMPT_WAIT_MS INT64_C(15000)
#define ATTEMPT_WAIT_MAX_MS (INT64_C(15) * 60000)
#define ATTEMPT_FORGET_MS (INT64_C(24) * 3600000)

struct attempt_key {
        struct secret_digest digest;
        unsigned free;
};
/* `kind`: "name", "address", "device", "code", "mail". */
struct attempt_key attempt_key_of(const char *kind, struct text value, unsigned free);

/* Inside write functions. Counts one; *ret_wait_ms > 0: it is not to be looked at, and was not counted. */
must_check enum status attempt_begin(struct connection *connection, const struct attempt_key *keys, size_t count,
                                     int64_t now_ms, int64_t *ret_wait_ms, struct error *error);
/* It was right: forget all that were wrong, or only take this one back. */
must_check enum status attempt_forget(struct connection *connection, const struct attempt_key *key,
                                      struct error *error);
must_check enum status attempt_take_back(struct connection *connection, const struct attempt_key *key,
                                         struct error *error);

/* How long the next one waits after so many in a row. */
int64_t attempt_wait_ms(unsigned failures, unsigned free);

#endif
