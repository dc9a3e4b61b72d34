/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.c: makes and digests tokens.
 */
#include "access/secret.h"

#include <sodium.h>

#include "platform/random.h"

static const char *const purpose_names[] = {
        [SECRET_SESSION] = "session", [SECRET_LINK] = "link", [SECRET_DEVICE] = "device", [SECRET_KEY] = "key",
        [SECRET_RECOVERY] = "recovery", [SECRET_CSRF] = "csrf", [SECRET_ATTEMPT] = "attempt",
};

void secret_encode(const uint8_t *bytes, size_t count, char *out, size_t out_bytes)
{
        sodium_bin2base64(out, out_bytes, bytes, count, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

struct secret secret_new(void)
{
        uint8_t bytes[SECRET_BYTES];
        struct secret secret;
        random_bytes(bytes, sizeof(bytes));
        secret_encode(bytes, sizeof(bytes), secret.text, sizeof(secret.text));
        secret_wipe(bytes, sizeof(bytes));
        return secret;
}

struct secret_digest secret_digest_of(enum secret_purpose purpose, struct text token)
{
        struct secret_digest digest;
        struct text name = text_of(purpose_names[purpose]);
        crypto_generichash_state state;
        crypto_generichash_init(&state, NULL, 0, sizeof(digest.bytes));
        crypto_generichash_update(&state, (const uint8_t *)name.data, name.length + 1); /* with its NUL */
        if (token.length)
                crypto_generichash_update(&state, (const uint8_t *)token.data, token.length);
        crypto_generichash_final(&state, digest.bytes, sizeof(digest.bytes));
        return digest;
}

struct secret secret_csrf(struct text session_token)
{
        struct secret_digest digest = secret_digest_of(SECRET_CSRF, session_token);
        struct secret secret;
        secret_encode(digest.bytes, SECRET_BYTES, secret.text, sizeof(secret.text));
        return secret;
}

bool secret_equal(struct text a, struct text b)
{
        return a.length == b.length && (a.length == 0 || sodium_memcmp(a.data, b.data, a.length) == 0);
}

void secret_wipe(void *memory, size_t bytes) { sodium_memzero(memory, bytes); }
