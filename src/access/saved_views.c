/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * saved_views.c: see saved_views.h.
 */
#include "access/saved_views.h"

#include <stdio.h>

#include "base/buffer.h"
#include "db/identity.h"
#include "db/write.h"
#include "platform/clock.h"
#include "queries.h"

enum { LIST_BYTES_MAX = 1 << 20 };

struct saving {
        int64_t account_id;
        struct text list, name, address;
        bool shared;
};

static enum status save(struct connection *connection, void *context, struct error *error)
{
        const struct saving *saving = context;
        struct q_saved_view_others_row count;
        char limit[8];
        int64_t id;
        bool found;
        enum status status = q_saved_view_others(
                connection, &(struct q_saved_view_others_args){saving->account_id, saving->list, saving->name}, &count,
                &found, error);
        if (status == STATUS_OK && count.count >= SAVED_VIEWS_MAX) {
                snprintf(limit, sizeof(limit), "%d", SAVED_VIEWS_MAX);
                return error_set(error, STATUS_LIMIT, "view.too_many", "limit", limit, NULL);
        }
        if (status == STATUS_OK)
                status = identity_next(connection, &id, error);
        return status ? status
                      : q_saved_view_put(connection,
                                         &(struct q_saved_view_put_args){id, saving->account_id, saving->list,
                                                                         saving->name, saving->address,
                                                                         saving->shared, clock_now_ms()},
                                         NULL, error);
}

enum status saved_view_save(struct database *database, int64_t account_id, struct text list, struct text name,
                            struct text address, bool shared, struct error *error)
{
        struct saving saving = {account_id, list, text_trim(name), address, shared};
        char limit[8];
        size_t characters = 0;
        for (size_t i = 0; i < saving.name.length; i++)
                characters += ((unsigned char)saving.name.data[i] & 0xC0) != 0x80;
        if (characters == 0 || characters > SAVED_VIEW_NAME_MAX) {
                snprintf(limit, sizeof(limit), "%d", SAVED_VIEW_NAME_MAX);
                return error_set(error, STATUS_INVALID, "view.name", "limit", limit, NULL);
        }
        if (address.length > SAVED_VIEW_ADDRESS_MAX)
                return error_set(error, STATUS_INVALID, "view.too_long", NULL);
        if (!saving.address.data)
                saving.address = (struct text){"", 0};
        return db_write(database, save, &saving, error);
}

enum status saved_view_all(struct connection *connection, int64_t account_id, struct text list, struct arena *arena,
                           struct saved_view **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer found buffer_cleanup;
        buffer_init(&found, LIST_BYTES_MAX);
        enum status status =
                q_saved_view_list_open(connection, &(struct q_saved_view_list_args){account_id, list}, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_saved_view_list_row row;
                status = q_saved_view_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct saved_view view = {.id = row.id, .own = row.account_id == account_id, .shared = row.shared};
                if (!arena_keep_text(arena, row.name, &view.name) ||
                    !arena_keep_text(arena, row.address, &view.address) || !buffer_add(&found, &view, sizeof(view)))
                        status = error_memory(error);
        }
        struct saved_view *views = status == STATUS_OK ? arena_keep_list(arena, &found) : NULL;
        if (status == STATUS_OK && !views)
                status = error_memory(error);
        if (status != STATUS_OK)
                return status;
        *ret = views;
        *ret_count = found.length / sizeof(struct saved_view);
        return STATUS_OK;
}

struct dropping {
        int64_t account_id, id;
        struct arena *arena;
        struct text list;
};

static enum status drop(struct connection *connection, void *context, struct error *error)
{
        struct dropping *dropping = context;
        struct q_saved_view_of_row row;
        bool found;
        enum status status = q_saved_view_of(
                connection, &(struct q_saved_view_of_args){dropping->id, dropping->account_id}, &row, &found, error);
        if (status == STATUS_OK && !found)
                status = error_set(error, STATUS_NOT_FOUND, "view.unknown", NULL);
        if (status == STATUS_OK && !arena_keep_text(dropping->arena, row.list, &dropping->list))
                status = error_memory(error);
        return status ? status
                      : q_saved_view_remove(connection,
                                            &(struct q_saved_view_remove_args){dropping->id, dropping->account_id},
                                            NULL, error);
}

enum status saved_view_drop(struct database *database, int64_t account_id, int64_t id, struct arena *arena,
                            struct text *ret_list, struct error *error)
{
        struct dropping dropping = {account_id, id, arena, {NULL, 0}};
        enum status status = db_write(database, drop, &dropping, error);
        if (status == STATUS_OK)
                *ret_list = dropping.list;
        return status;
}
