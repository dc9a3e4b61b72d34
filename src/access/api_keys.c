/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_keys.c: gives out keys of programs and takes them back.
 */
#include "access/api_keys.h"

#include <stdio.h>

#include "access/accounts_parts.h"
#include "access/audit_note.h"
#include "db/identity.h"
#include "db/write.h"
#include "platform/clock.h"
#include "queries.h"

enum { LIST_BYTES_MAX = 1 << 22, NAME_BYTES_MAX = 100 };

enum status api_key_list(struct connection *connection, struct arena *arena, struct api_key **ret, size_t *ret_count,
                         struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        enum status status = q_api_key_list_open(connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_api_key_list_row row;
                status = q_api_key_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct api_key key = {.id = row.id, .role = ROLE_NOBODY, .created_ms = row.created_ms,
                                      .ends_ms = row.ends_ms, .used_ms = row.has_used_ms ? row.used_ms : 0};
                (void)role_of_name(row.role, &key.role);
                if (!arena_keep_text(arena, row.name, &key.name) || !buffer_add(&list, &key, sizeof(key)))
                        status = error_memory(error);
        }
        struct api_key *keys = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !keys)
                status = error_memory(error);
        if (status != STATUS_OK)
                return status;
        *ret = keys;
        *ret_count = list.length / sizeof(struct api_key);
        return STATUS_OK;
}

struct adding {
        struct text name;
        enum role role;
        int64_t days, id;
        const char *actor;
        struct secret key;
};

static enum status add(struct connection *connection, void *context, struct error *error)
{
        struct adding *adding = context;
        int64_t now_ms = clock_now_ms(), added = 0;
        adding->key = secret_new();
        struct secret_digest digest = secret_digest_of(SECRET_KEY, text_of(adding->key.text));
        enum status status = identity_next(connection, &adding->id, error);
        if (status != STATUS_OK)
                return status;
        struct q_api_key_insert_args args = {
                .id = adding->id, .digest = secret_digest_bytes(&digest), .name = adding->name,
                .role = text_of(role_names[adding->role]), .created_ms = now_ms,
                .ends_ms = now_ms + adding->days * INT64_C(86400000),
        };
        status = q_api_key_insert(connection, &args, &added, error);
        if (status == STATUS_OK && added == 0) {
                char name[NAME_BYTES_MAX + 1];
                snprintf(name, sizeof(name), "%.*s", (int)adding->name.length, adding->name.data);
                status = error_set(error, STATUS_CONFLICT, "access.key_taken", "name", name, NULL);
        }
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "name");
        json_text(&note.json, adding->name);
        json_key(&note.json, "role");
        json_string(&note.json, role_names[adding->role]);
        return status == STATUS_OK ? audit_note_append(&note, connection, adding->actor, "api_key.added", adding->id,
                                                       error)
                                   : status;
}

enum status api_key_add(struct database *database, struct text name, enum role role, int64_t days, const char *actor,
                        int64_t *ret_id, struct secret *ret_key, struct error *error)
{
        struct adding adding = {.name = text_trim(name), .role = role, .days = days, .actor = actor};
        char count[16];
        if (adding.name.length == 0 || adding.name.length > NAME_BYTES_MAX)
                return error_set(error, STATUS_INVALID, "access.key_name", NULL);
        if (role != ROLE_OWNER && role != ROLE_MARKETING && role != ROLE_DIRECTOR && role != ROLE_ADMINISTRATOR)
                return error_set(error, STATUS_INVALID, "access.key_role", NULL);
        snprintf(count, sizeof(count), "%d", API_KEY_DAYS_MAX);
        if (days < 1 || days > API_KEY_DAYS_MAX)
                return error_set(error, STATUS_INVALID, "access.key_days", "count", count, NULL);
        enum status status = db_write(database, add, &adding, error);
        if (status != STATUS_OK)
                return status;
        *ret_id = adding.id;
        *ret_key = adding.key;
        return STATUS_OK;
}

struct removing {
        int64_t id;
        const char *actor;
};

static enum status take_back(struct connection *connection, void *context, struct error *error)
{
        const struct removing *removing = context;
        int64_t removed = 0;
        enum status status = q_api_key_remove(connection, &(struct q_api_key_remove_args){removing->id}, &removed,
                                              error);
        if (status == STATUS_OK && removed == 0)
                status = error_set(error, STATUS_NOT_FOUND, "access.key_unknown", NULL);
        return status == STATUS_OK ? account_audit(connection, removing->actor, "api_key.removed", removing->id, NULL,
                                                   (struct text){NULL, 0}, error)
                                   : status;
}

enum status api_key_remove(struct database *database, int64_t id, const char *actor, struct error *error)
{
        struct removing removing = {id, actor};
        return db_write(database, take_back, &removing, error);
}
