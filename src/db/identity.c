/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * identity.c: ids for new rows, made from the clock and the persisted maximum.
 */
#include "db/identity.h"

#include <assert.h>

#include "db/engine.h"
#include "platform/clock.h"

/* One process owns an embedded database, so one node is enough there. */
enum { NODE = 1, AHEAD_MS = 60000 };

static enum status begin(struct connection *connection, struct identity *identity, struct error *error)
{
        struct q_id_node_get_row row;
        bool found = false;
        enum status status = q_id_node_get(connection, &(struct q_id_node_get_args){.node = NODE}, &row, &found, error);
        if (status)
                return status;
        id_maker_init(&identity->maker, NODE, found ? row.last_ms : 0);
        identity->started = true;
        return STATUS_OK;
}

enum status identity_next(struct connection *connection, int64_t *ret_id, struct error *error)
{
        assert(connection->role == CONNECTION_WRITER);
        struct identity *identity = &connection->database->identity;
        enum status status = identity->started ? STATUS_OK : begin(connection, identity, error);
        if (status)
                return status;
        int64_t id = id_make(&identity->maker, clock_now_ms());
        /* An id is handed out only when a maximum that covers it is part of the same transaction or an earlier one. */
        if (identity->maker.last_ms > identity->persisted_ms) {
                int64_t ahead_ms = identity->maker.last_ms + AHEAD_MS;
                status = q_id_node_set(connection, &(struct q_id_node_set_args){.node = NODE, .last_ms = ahead_ms},
                                       NULL, error);
                if (status)
                        return status;
                identity->persisted_ms = ahead_ms;
        }
        *ret_id = id;
        return STATUS_OK;
}
