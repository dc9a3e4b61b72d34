/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * password.h: which passwords are taken, and what is kept of them: argon2id with its salt and cost in one text
 * ("$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH", m in KiB), so that a higher cost can replace it at the next sign-in.
 *
 * Rules (OWASP ASVS 5.0, 6.2): at least 12 and at most 128 characters, whichever; none that is known to be common, and
 * none that says the company, the program or the account over again. Nothing is cut off or changed.
 */
#ifndef TREUE_ACCESS_PASSWORD_H
#define TREUE_ACCESS_PASSWORD_H

#include <stdbool.h>

#include "base/status.h"
#include "base/text.h"

enum {
        PASSWORD_CHARACTERS_MIN = 12, PASSWORD_CHARACTERS_MAX = 128,
        PASSWORD_STORED_BYTES = 128, /* room for what is kept, NUL included */
        PASSWORD_MEMORY_KIB = 19 * 1024, PASSWORD_PASSES = 2
};

/* STATUS_INVALID "access.password_short" {count}, "access.password_long" {count}, "access.password_text" (no UTF-8),
 * "access.password_common", "access.password_context" {word}. `context`: names of company, program, account; those with
 * fewer than four letters count for nothing. */
must_check enum status password_check(struct text password, const struct text *context, size_t context_count,
                                      struct error *error);

/* Takes 19 MiB and some 30 ms; at most four threads at a time, others wait. */
must_check enum status password_hash(struct text password, char ret[PASSWORD_STORED_BYTES], struct error *error);
/* Is it the password? With nothing stored ("" or unreadable) it takes as long and is not. *ret_outdated: it was kept at
 * a lower cost than today's. */
must_check enum status password_verify(struct text password, struct text stored, bool *ret_is, bool *ret_outdated,
                                       struct error *error);

/* The rule about common passwords alone. */
bool password_is_common(struct text password);

#endif
