/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * identity.c: ids for new rows, made from the clock, the node and the persisted maximum.
 *
 * A lease that ran out, because its process was cut off or stood still, can be taken by another. Nothing is doubled by
 * that: whoever takes a node starts behind its persisted maximum, and the maximum is only moved together with a look at
 * the lease.
 */
#include "db/identity.h"

#include <assert.h>

#include "db/engine.h"
#include "platform/clock.h"
#include "platform/random.h"

enum { NODE = 1, NODE_MAX = 1023, AHEAD_MS = 60000, LEASE_MS = 600000 };

static void name_owner(struct identity *identity)
{
        uint64_t random[2] = {random_u64(), random_u64()};
        if (identity->owner[0] == '\0')
                snprintf(identity->owner, sizeof(identity->owner), "%016llx%016llx", (unsigned long long)random[0],
                         (unsigned long long)random[1]);
}

/* Makes a lease that still holds longer; *ret_held false when it does not. */
static enum status keep(struct connection *connection, const struct identity *identity, int64_t now_ms,
                        bool *ret_held, struct error *error)
{
        int64_t changes = 0;
        struct q_id_lease_keep_args args = {.node = identity->node, .owner = text_of(identity->owner),
                                            .until_ms = now_ms + LEASE_MS};
        enum status status = q_id_lease_keep(connection, &args, &changes, error);
        if (!status)
                *ret_held = changes == 1;
        return status;
}

/* The first node that is free. */
static enum status take(struct connection *connection, struct identity *identity, int64_t now_ms, struct error *error)
{
        name_owner(identity);
        for (int32_t node = NODE; node <= NODE_MAX; node++) {
                int64_t changes = 0;
                struct q_id_lease_take_args args = {.node = node, .owner = text_of(identity->owner),
                                                    .until_ms = now_ms + LEASE_MS, .now_ms = now_ms};
                enum status status = q_id_lease_take(connection, &args, &changes, error);
                if (status)
                        return status;
                if (changes) {
                        identity->node = node;
                        return STATUS_OK;
                }
        }
        return error_set(error, STATUS_LIMIT, "database.too_many_writers", NULL);
}

/* Makes sure of the node; a node taken anew begins behind its persisted maximum. */
static enum status begin(struct connection *connection, struct identity *identity, struct error *error)
{
        bool held = identity->started;
        enum status status = STATUS_OK;
        if (!connection->database->engine->shared) {
                identity->node = NODE;
        } else {
                int64_t now_ms = clock_now_ms();
                if (held)
                        status = keep(connection, identity, now_ms, &held, error);
                if (!status && !held)
                        status = take(connection, identity, now_ms, error);
        }
        if (status)
                return status;
        identity->leased = true;
        if (held)
                return STATUS_OK;
        struct q_id_node_get_row row;
        bool found = false;
        status = q_id_node_get(connection, &(struct q_id_node_get_args){.node = identity->node}, &row, &found, error);
        if (status)
                return status;
        int64_t last_ms = found ? row.last_ms : 0;
        /* What a transaction that was undone had handed out is not made again either. */
        if (identity->started && identity->maker.last_ms > last_ms)
                last_ms = identity->maker.last_ms;
        id_maker_init(&identity->maker, (uint16_t)identity->node, last_ms);
        identity->started = true;
        return STATUS_OK;
}

enum status identity_next(struct connection *connection, int64_t *ret_id, struct error *error)
{
        assert(connection->role == CONNECTION_WRITER);
        struct identity *identity = &connection->database->identity;
        bool begun = !identity->leased;
        enum status status = begun ? begin(connection, identity, error) : STATUS_OK;
        if (status)
                return status;
        int64_t now_ms = clock_now_ms(), id = id_make(&identity->maker, now_ms);
        /* An id is handed out only when a maximum that covers it is part of the same transaction or an earlier one. */
        if (identity->maker.last_ms > identity->persisted_ms) {
                if (!begun)
                        status = begin(connection, identity, error);
                if (status)
                        return status;
                /* Again, as the lease may be another now. */
                if (!begun && connection->database->engine->shared)
                        id = id_make(&identity->maker, now_ms);
                int64_t ahead_ms = identity->maker.last_ms + AHEAD_MS;
                status = q_id_node_set(connection,
                                       &(struct q_id_node_set_args){.node = identity->node, .last_ms = ahead_ms}, NULL,
                                       error);
                if (status)
                        return status;
                identity->persisted_ms = ahead_ms;
        }
        *ret_id = id;
        return STATUS_OK;
}

enum status identity_give_back(struct connection *connection, struct error *error)
{
        struct identity *identity = &connection->database->identity;
        identity->leased = false;
        if (!connection->database->engine->shared || identity->node == 0)
                return STATUS_OK;
        return q_id_lease_give_back(connection,
                                    &(struct q_id_lease_give_back_args){.node = identity->node,
                                                                        .owner = text_of(identity->owner)},
                                    NULL, error);
}
