/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit.c: the append-only chain of what was decided.
 */
#include "db/audit.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>

#include "db/engine.h"
#include "platform/clock.h"
#include "platform/random.h"

enum { DIGEST_BYTES = AUDIT_DIGEST_BYTES, SALT_BYTES = 32, ANCHOR_EVERY = 100 };

/* Each field goes in with its length, so that no two entries read the same. */
static void add(crypto_generichash_state *state, const void *data, size_t length)
{
        uint8_t head[8];
        for (unsigned i = 0; i < sizeof(head); i++)
                head[i] = (uint8_t)((uint64_t)length >> (8 * i));
        crypto_generichash_update(state, head, sizeof(head));
        if (length)
                crypto_generichash_update(state, data, length);
}

static void add_int(crypto_generichash_state *state, int64_t value)
{
        uint8_t bytes[8];
        for (unsigned i = 0; i < sizeof(bytes); i++)
                bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
        add(state, bytes, sizeof(bytes));
}

struct entry {
        int64_t number, at_ms;
        struct text actor, kind, subject;
        struct bytes detail_digest, digest_before;
};

static void digest_entry(const struct entry *entry, uint8_t ret_digest[DIGEST_BYTES])
{
        crypto_generichash_state state;
        crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
        add_int(&state, entry->number);
        add_int(&state, entry->at_ms);
        add(&state, entry->actor.data, entry->actor.length);
        add(&state, entry->kind.data, entry->kind.length);
        add(&state, entry->subject.data, entry->subject.length);
        add(&state, entry->detail_digest.data, entry->detail_digest.length);
        add(&state, entry->digest_before.data, entry->digest_before.length);
        crypto_generichash_final(&state, ret_digest, DIGEST_BYTES);
}

/* The salt keeps a short detail from being guessed from its digest after it was erased. */
static void digest_detail(struct bytes salt, struct text detail, uint8_t ret_digest[DIGEST_BYTES])
{
        crypto_generichash_state state;
        crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
        add(&state, salt.data, salt.length);
        add(&state, detail.data, detail.length);
        crypto_generichash_final(&state, ret_digest, DIGEST_BYTES);
}

static enum status insert_entry(struct connection *connection, const struct entry *entry, struct bytes digest,
                                struct error *error)
{
        return q_audit_entry_insert(connection,
                                    &(struct q_audit_entry_insert_args){
                                            .number = entry->number,
                                            .at_ms = entry->at_ms,
                                            .actor = entry->actor,
                                            .kind = entry->kind,
                                            .subject = entry->subject,
                                            .detail_digest = entry->detail_digest,
                                            .digest = digest,
                                    },
                                    NULL, error);
}

/* The newest entry always has an anchor; those of the hundreds stay. */
static enum status move_anchor(struct connection *connection, const struct entry *entry, struct bytes digest,
                               struct error *error)
{
        enum status status = q_audit_anchor_insert(
                connection,
                &(struct q_audit_anchor_insert_args){
                        .number = entry->number, .at_ms = entry->at_ms, .digest = digest},
                NULL, error);
        int64_t before = entry->number - 1;
        if (!status && before % ANCHOR_EVERY != 0)
                status = q_audit_anchor_remove(connection, &(struct q_audit_anchor_remove_args){.number = before},
                                               NULL, error);
        return status;
}

enum status audit_append(struct connection *connection, const struct audit_event *event, struct error *error)
{
        assert(connection->role == CONNECTION_WRITER);
        struct q_audit_last_row last = {.number = 0};
        bool found = false;
        enum status status = q_audit_last(connection, NULL, &last, &found, error);
        if (status)
                return status;
        uint8_t salt[SALT_BYTES], detail_digest[DIGEST_BYTES], digest[DIGEST_BYTES];
        struct bytes salt_bytes = {salt, sizeof(salt)}, digest_bytes = {digest, sizeof(digest)};
        random_bytes(salt, sizeof(salt));
        digest_detail(salt_bytes, event->detail, detail_digest);
        struct entry entry = {
                .number = found ? last.number + 1 : 1,
                .at_ms = clock_now_ms(),
                .actor = text_of(event->actor),
                .kind = text_of(event->kind),
                .subject = event->subject,
                .detail_digest = {detail_digest, sizeof(detail_digest)},
                .digest_before = found ? last.digest : (struct bytes){NULL, 0},
        };
        digest_entry(&entry, digest);
        status = insert_entry(connection, &entry, digest_bytes, error);
        if (!status)
                status = q_audit_detail_insert(
                        connection,
                        &(struct q_audit_detail_insert_args){
                                .number = entry.number, .salt = salt_bytes, .detail = event->detail},
                        NULL, error);
        if (!status)
                status = move_anchor(connection, &entry, digest_bytes, error);
        return status;
}

static enum status broken(int64_t number, struct error *error)
{
        char text[24];
        snprintf(text, sizeof(text), "%" PRId64, number);
        return error_set(error, STATUS_CORRUPT, "audit.broken", "number", text, NULL);
}

static bool is_digest(struct bytes stored, const uint8_t digest[DIGEST_BYTES])
{
        return stored.length == DIGEST_BYTES && memcmp(stored.data, digest, DIGEST_BYTES) == 0;
}

/* `digest` holds that of the entry before, and afterwards that of this one. */
static bool entry_is_whole(const struct q_audit_walk_row *row, int64_t number, uint8_t digest[DIGEST_BYTES])
{
        struct entry entry = {
                .number = row->number,
                .at_ms = row->at_ms,
                .actor = row->actor,
                .kind = row->kind,
                .subject = row->subject,
                .detail_digest = row->detail_digest,
                .digest_before = {number == 1 ? NULL : digest, number == 1 ? 0 : DIGEST_BYTES},
        };
        uint8_t expected[DIGEST_BYTES];
        digest_entry(&entry, expected);
        if (row->number != number || !is_digest(row->digest, expected))
                return false;
        memcpy(digest, expected, DIGEST_BYTES);
        if (row->has_anchor_digest ? !is_digest(row->anchor_digest, digest) : number % ANCHOR_EVERY == 0)
                return false;
        if (!row->has_detail || !row->has_salt)
                return true; /* erased */
        digest_detail(row->salt, row->detail, expected);
        return is_digest(row->detail_digest, expected);
}

enum status audit_verify(struct connection *connection, int64_t *ret_entries, struct error *error)
{
        uint8_t digest[DIGEST_BYTES];
        int64_t count = 0;
        bool anchored = false;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_audit_walk_open(connection, NULL, &rows, error);
        while (!status) {
                struct q_audit_walk_row row;
                bool more = false;
                status = q_audit_walk_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                count++;
                if (!entry_is_whole(&row, count, digest))
                        return broken(count, error);
                anchored = row.has_anchor_digest;
        }
        if (status)
                return status;
        /* The end: the newest entry is anchored, and no anchor lies behind it. */
        if (count > 0 && !anchored)
                return broken(count, error);
        struct q_audit_anchor_last_row last;
        bool found = false;
        status = q_audit_anchor_last(connection, NULL, &last, &found, error);
        if (status)
                return status;
        if (found && last.number > count)
                return broken(count + 1, error);
        *ret_entries = count;
        return STATUS_OK;
}

enum status audit_erase_detail(struct connection *connection, int64_t number, struct error *error)
{
        int64_t changes = 0;
        enum status status = q_audit_detail_erase(connection, &(struct q_audit_detail_erase_args){.number = number},
                                                  &changes, error);
        if (status || changes > 0)
                return status;
        char text[24];
        snprintf(text, sizeof(text), "%" PRId64, number);
        return error_set(error, STATUS_NOT_FOUND, "audit.no_detail", "number", text, NULL);
}

enum status audit_point_latest(struct connection *connection, struct audit_point *ret, struct error *error)
{
        struct q_audit_last_row last;
        struct audit_point point = {.number = 0};
        bool found = false;
        enum status status = q_audit_last(connection, NULL, &last, &found, error);
        if (status)
                return status;
        if (found && last.digest.length != DIGEST_BYTES)
                return broken(last.number, error);
        if (found) {
                point.number = last.number;
                memcpy(point.digest, last.digest.data, DIGEST_BYTES);
        }
        *ret = point;
        return STATUS_OK;
}

enum status audit_point_holds(struct connection *connection, const struct audit_point *point, bool *ret,
                              struct error *error)
{
        struct q_audit_digest_row row;
        bool found = false;
        if (point->number == 0) {
                *ret = true;
                return STATUS_OK;
        }
        enum status status = q_audit_digest(connection, &(struct q_audit_digest_args){.number = point->number}, &row,
                                            &found, error);
        if (!status)
                *ret = found && is_digest(row.digest, point->digest);
        return status;
}
