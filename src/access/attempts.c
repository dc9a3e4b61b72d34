/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * attempts.c: counts attempts in the database, so that several servers hold back together.
 */
#include "access/attempts.h"

#include "queries.h"

struct attempt_key attempt_key_of(const char *kind, struct text value, unsigned free)
{
        struct secret_digest inner = secret_digest_of(SECRET_ATTEMPT, text_of(kind));
        struct attempt_key key = {.free = free};
        /* The kind's digest has a fixed length, so that no two pairs read the same. */
        char joined[SECRET_DIGEST_BYTES + 320];
        size_t length = value.length < 320 ? value.length : 320;
        memcpy(joined, inner.bytes, SECRET_DIGEST_BYTES);
        if (length)
                memcpy(joined + SECRET_DIGEST_BYTES, value.data, length);
        key.digest = secret_digest_of(SECRET_ATTEMPT, (struct text){joined, SECRET_DIGEST_BYTES + length});
        return key;
}

int64_t attempt_wait_ms(unsigned failures, unsigned free)
{
        int64_t wait_ms = ATTEMPT_WAIT_MS;
        if (failures < free)
                return 0;
        for (unsigned i = free; i < failures && wait_ms < ATTEMPT_WAIT_MAX_MS; i++)
                wait_ms *= 2;
        return wait_ms < ATTEMPT_WAIT_MAX_MS ? wait_ms : ATTEMPT_WAIT_MAX_MS;
}

static enum status get(struct connection *connection, const struct attempt_key *key, int64_t now_ms,
                       struct q_sign_in_attempt_get_row *ret, struct error *error)
{
        bool found = false;
        struct q_sign_in_attempt_get_args args = {secret_digest_bytes(&key->digest)};
        enum status status = q_sign_in_attempt_get(connection, &args, ret, &found, error);
        if (status == STATUS_OK && (!found || ret->last_ms + ATTEMPT_FORGET_MS <= now_ms))
                *ret = (struct q_sign_in_attempt_get_row){0};
        return status;
}

static enum status set(struct connection *connection, const struct attempt_key *key, int32_t failures,
                       int64_t last_ms, int64_t until_ms, struct error *error)
{
        struct q_sign_in_attempt_set_args args = {secret_digest_bytes(&key->digest), failures, last_ms, until_ms};
        return q_sign_in_attempt_set(connection, &args, NULL, error);
}

enum status attempt_begin(struct connection *connection, const struct attempt_key *keys, size_t count,
                          int64_t now_ms, int64_t *ret_wait_ms, struct error *error)
{
        struct q_sign_in_attempt_get_row row;
        int64_t wait_ms = 0;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
                status = get(connection, &keys[i], now_ms, &row, error);
                if (status == STATUS_OK && row.until_ms - now_ms > wait_ms)
                        wait_ms = row.until_ms - now_ms;
        }
        for (size_t i = 0; i < count && status == STATUS_OK && wait_ms == 0; i++) {
                status = get(connection, &keys[i], now_ms, &row, error);
                if (status != STATUS_OK)
                        break;
                int32_t failures = row.failures < INT32_MAX ? row.failures + 1 : row.failures;
                int64_t wait_next_ms = attempt_wait_ms((unsigned)failures, keys[i].free);
                /* What is free waits for nothing, wherever the clocks of several servers stand. */
                status = set(connection, &keys[i], failures, now_ms, wait_next_ms ? now_ms + wait_next_ms : 0, error);
        }
        if (status == STATUS_OK && wait_ms == 0)
                status = q_sign_in_attempt_end_old(
                        connection, &(struct q_sign_in_attempt_end_old_args){now_ms - ATTEMPT_FORGET_MS}, NULL, error);
        if (status == STATUS_OK)
                *ret_wait_ms = wait_ms;
        return status;
}

enum status attempt_forget(struct connection *connection, const struct attempt_key *key, struct error *error)
{
        return q_sign_in_attempt_forget(connection,
                                        &(struct q_sign_in_attempt_forget_args){secret_digest_bytes(&key->digest)},
                                        NULL, error);
}

enum status attempt_take_back(struct connection *connection, const struct attempt_key *key, struct error *error)
{
        struct q_sign_in_attempt_get_row row;
        enum status status = get(connection, key, INT64_MIN, &row, error);
        if (status != STATUS_OK || row.failures == 0)
                return status;
        return set(connection, key, row.failures - 1, row.last_ms,
                   row.failures - 1 < (int32_t)key->free ? 0 : row.until_ms, error);
}
