/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.h: tokens of sessions, links, browsers and programs. A token is 160 random bits as text; what is stored is its
 * digest (BLAKE2b-256 under the token's purpose), so that whoever reads the database signs in nowhere, and a token of
 * one purpose is worth nothing for another. A digest is looked up by equality: how long that takes tells nothing of a
 * token that was not known before.
 */
#ifndef TREUE_ACCESS_SECRET_H
#define TREUE_ACCESS_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { SECRET_BYTES = 20, SECRET_TEXT_LENGTH = 27, SECRET_DIGEST_BYTES = 32 };

/* In text: letters, digits, '-' and '_' (base64url without padding). */
struct secret {
        char text[SECRET_TEXT_LENGTH + 1];
};
struct secret_digest {
        uint8_t bytes[SECRET_DIGEST_BYTES];
};

enum secret_purpose {
        SECRET_SESSION, SECRET_LINK, SECRET_DEVICE, SECRET_KEY, SECRET_RECOVERY,
        SECRET_CSRF,      /* what forms carry: derived from the session's token, stored nowhere */
        SECRET_ATTEMPT    /* names and addresses in the table of attempts */
};

struct secret secret_new(void);
struct secret_digest secret_digest_of(enum secret_purpose purpose, struct text token);
static inline struct bytes secret_digest_bytes(const struct secret_digest *digest)
{
        return (struct bytes){digest->bytes, SECRET_DIGEST_BYTES};
}

/* What every form of a session carries and a foreign page cannot know. */
struct secret secret_csrf(struct text session_token);
/* Compares in a time that depends on the lengths only. */
bool secret_equal(struct text a, struct text b);
void secret_wipe(void *memory, size_t bytes);

/* `count` bytes as base64url without padding into `out`, which has room for them and a NUL. */
void secret_encode(const uint8_t *bytes, size_t count, char *out, size_t out_bytes);

#endif
