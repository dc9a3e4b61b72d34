/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * password.c: what is kept of passwords.
 */
#include "access/password.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "access/secret.h"
#include "platform/random.h"
#include "platform/slots.h"

enum { SALT_BYTES = crypto_pwhash_argon2id_SALTBYTES, HASH_BYTES = 32, AT_ONCE_MAX = 4, KIB_MAX = 1 << 20,
       PASSES_MAX = 64 };

struct kept {
        unsigned memory_kib, passes;
        uint8_t salt[SALT_BYTES], hash[HASH_BYTES];
};

/* So many passwords at once take memory and processors; others wait for their turn. */
static struct slots slots = SLOTS_INIT(AT_ONCE_MAX);

static enum status derive(struct text password, const struct kept *kept, uint8_t ret_hash[HASH_BYTES],
                          struct error *error)
{
        slots_take(&slots);
        int failed = crypto_pwhash_argon2id(ret_hash, HASH_BYTES, password.data ? password.data : "", password.length,
                                            kept->salt, kept->passes, (size_t)kept->memory_kib * 1024,
                                            crypto_pwhash_argon2id_ALG_ARGON2ID13);
        slots_give(&slots);
        return failed ? error_memory(error) : STATUS_OK;
}

static bool read_number(const char **at, const char *name, unsigned max, unsigned *ret)
{
        size_t length = strlen(name);
        unsigned value = 0;
        if (strncmp(*at, name, length) != 0)
                return false;
        const char *p = *at + length;
        for (; *p >= '0' && *p <= '9' && value <= max; p++)
                value = value * 10 + (unsigned)(*p - '0');
        if (p == *at + length || value == 0 || value > max)
                return false;
        *at = p;
        *ret = value;
        return true;
}

static bool read_bytes(const char **at, uint8_t *out, size_t count)
{
        size_t got;
        const char *end;
        size_t length = strcspn(*at, "$");
        if (sodium_base642bin(out, count, *at, length, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) ||
            got != count || end != *at + length)
                return false;
        *at = end;
        return true;
}

static bool read_kept(struct text stored, struct kept *ret)
{
        static const char head[] = "$argon2id$v=19$m=";
        char text[PASSWORD_STORED_BYTES];
        const char *at = text;
        if (stored.length == 0 || stored.length >= sizeof(text))
                return false;
        memcpy(text, stored.data, stored.length);
        text[stored.length] = '\0';
        if (!read_number(&at, head, KIB_MAX, &ret->memory_kib) || !read_number(&at, ",t=", PASSES_MAX, &ret->passes) ||
            strncmp(at, ",p=1$", 5) != 0)
                return false;
        at += 5;
        if (!read_bytes(&at, ret->salt, SALT_BYTES) || *at++ != '$')
                return false;
        return read_bytes(&at, ret->hash, HASH_BYTES) && *at == '\0';
}

static void new_salt(struct kept *kept)
{
        *kept = (struct kept){.memory_kib = PASSWORD_MEMORY_KIB, .passes = PASSWORD_PASSES};
        random_bytes(kept->salt, SALT_BYTES);
}

enum status password_hash(struct text password, char ret[PASSWORD_STORED_BYTES], struct error *error)
{
        struct kept kept;
        char salt[32], hash[64];
        new_salt(&kept);
        enum status status = derive(password, &kept, kept.hash, error);
        if (status != STATUS_OK)
                return status;
        sodium_bin2base64(salt, sizeof(salt), kept.salt, SALT_BYTES, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        sodium_bin2base64(hash, sizeof(hash), kept.hash, HASH_BYTES, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        snprintf(ret, PASSWORD_STORED_BYTES, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s", kept.memory_kib, kept.passes, salt,
                 hash);
        return STATUS_OK;
}

enum status password_verify(struct text password, struct text stored, bool *ret_is, bool *ret_outdated,
                            struct error *error)
{
        struct kept kept;
        uint8_t hash[HASH_BYTES];
        bool readable = read_kept(stored, &kept);
        if (!readable)
                new_salt(&kept);
        enum status status = derive(password, &kept, hash, error);
        if (status != STATUS_OK)
                return status;
        bool equal = sodium_memcmp(hash, kept.hash, HASH_BYTES) == 0;
        secret_wipe(hash, sizeof(hash));
        *ret_is = readable && equal;
        *ret_outdated = kept.memory_kib < PASSWORD_MEMORY_KIB || kept.passes < PASSWORD_PASSES;
        return STATUS_OK;
}
