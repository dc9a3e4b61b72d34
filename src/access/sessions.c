/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sessions.c: finds out who asks, and ends sessions.
 */
#include "access/sessions.h"

#include <stdio.h>

#include "access/accounts_parts.h"
#include "base/buffer.h"
#include "db/write.h"
#include "queries.h"

enum { LIST_BYTES_MAX = 1 << 22, FOLDED_BYTES_MAX = 4096 };

/* ---- whose customers ------------------------------------------------------------------------------------------- */

static enum status keep_folded(struct arena *arena, struct text name, struct text *ret, struct error *error)
{
        struct buffer folded buffer_cleanup;
        buffer_init(&folded, FOLDED_BYTES_MAX);
        text_add_search(&folded, name);
        if (folded.failed || !arena_keep_text(arena, (struct text){folded.data, folded.length}, ret))
                return error_memory(error);
        return STATUS_OK;
}

static enum status load_names(struct connection *connection, int64_t account_id, int32_t today, struct arena *arena,
                              struct scope *scope, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        struct q_account_scope_names_args args = {account_id, today};
        enum status status = q_account_scope_names_open(connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_scope_names_row row;
                struct text name;
                status = q_account_scope_names_next(rows, &row, &more, error);
                if (status == STATUS_OK && more)
                        status = keep_folded(arena, row.name, &name, error);
                if (status == STATUS_OK && more && !buffer_add(&list, &name, sizeof(name)))
                        status = error_memory(error);
        }
        if (status != STATUS_OK)
                return status;
        scope->responsibles = arena_keep_list(arena, &list);
        scope->responsible_count = list.length / sizeof(struct text);
        return scope->responsibles ? STATUS_OK : error_memory(error);
}

static enum status load_scope(struct connection *connection, struct subject *subject, int64_t customer_id,
                              int32_t today, struct arena *arena, struct error *error)
{
        struct scope *scope = &subject->scope;
        switch (subject->role) {
        case ROLE_OWNER:
        case ROLE_MARKETING:
        case ROLE_DIRECTOR:
                scope->kind = SCOPE_ALL;
                return STATUS_OK;
        case ROLE_REP:
        case ROLE_SALES_HEAD:
                scope->kind = subject->role == ROLE_REP ? SCOPE_OWN : SCOPE_TEAM;
                return load_names(connection, subject->account_id, today, arena, scope, error);
        case ROLE_MAIN_CONTACT:
        case ROLE_CONTACT:
                scope->kind = SCOPE_COMPANY;
                scope->customer_id = customer_id;
                return STATUS_OK;
        default:
                scope->kind = SCOPE_NONE;
                return STATUS_OK;
        }
}

/* ---- who asks -------------------------------------------------------------------------------------------------- */

struct use {
        int64_t id, at_ms;
};

static enum status note_use(struct connection *connection, void *context, struct error *error)
{
        const struct use *use = context;
        return q_session_use(connection, &(struct q_session_use_args){use->id, use->at_ms}, NULL, error);
}

static bool has_ended(const struct q_session_find_row *row, int64_t now_ms)
{
        return !text_is(row->stage, "full") || row->has_disabled_ms || row->ends_ms <= now_ms ||
               row->used_ms + SESSION_IDLE_MS <= now_ms;
}

/* A contact is what the account is at the company; whose access was taken away is nobody. */
static enum role role_now(const struct q_session_find_row *row)
{
        enum role role = ROLE_NOBODY;
        struct text name = text_is(row->role, role_names[ROLE_CONTACT]) ? row->company_role : row->role;
        return name.data && role_of_name(name, &role) ? role : ROLE_NOBODY;
}

static enum language language_of(struct text code)
{
        return text_is(code, "en") ? LANGUAGE_ENGLISH : LANGUAGE_GERMAN;
}

enum status access_identify(struct database *database, struct connection *connection, struct text token,
                            int64_t now_ms, int32_t today, struct arena *arena, struct identity *ret,
                            struct error *error)
{
        struct identity identity = {.subject = SUBJECT_NOBODY};
        struct subject *subject = &identity.subject;
        struct q_session_find_row row;
        bool found = false;
        enum status status = STATUS_OK;
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, token);
        if (token.length == SECRET_TEXT_LENGTH)
                status = q_session_find(connection, &(struct q_session_find_args){secret_digest_bytes(&digest)}, &row,
                                        &found, error);
        enum role role = status == STATUS_OK && found && !has_ended(&row, now_ms) ? role_now(&row) : ROLE_NOBODY;
        if (status != STATUS_OK || role == ROLE_NOBODY) {
                *ret = identity;
                return status;
        }
        subject->role = role;
        subject->account_id = row.account_id;
        subject->person_id = row.person_id;
        subject->session_id = row.id;
        subject->has_language = row.language.length > 0;
        subject->language = language_of(row.language);
        subject->needs_factor = row.factor_due.data != NULL;
        account_actor(row.account_id, subject->actor, sizeof(subject->actor));
        identity.csrf = secret_csrf(token);
        identity.proved = row.proved_ms + SESSION_PROVED_MS > now_ms;
        if (!arena_keep_text(arena, row.name, &subject->name))
                return error_memory(error);
        struct use use = {row.id, now_ms};
        bool used = row.used_ms + SESSION_USE_EVERY_MS <= now_ms;
        status = load_scope(connection, subject, row.customer_id, today, arena, error);
        if (status == STATUS_OK && used)
                status = db_write(database, note_use, &use, error);
        if (status == STATUS_OK)
                *ret = identity;
        return status;
}

static enum status note_key_use(struct connection *connection, void *context, struct error *error)
{
        const struct use *use = context;
        return q_api_key_use(connection, &(struct q_api_key_use_args){use->id, use->at_ms}, NULL, error);
}

enum status access_identify_key(struct database *database, struct connection *connection, struct text key,
                                int64_t now_ms, struct arena *arena, struct identity *ret, struct error *error)
{
        struct identity identity = {.subject = SUBJECT_NOBODY};
        struct subject *subject = &identity.subject;
        struct q_api_key_find_row row;
        bool found = false;
        enum role role = ROLE_NOBODY;
        enum status status = STATUS_OK;
        struct secret_digest digest = secret_digest_of(SECRET_KEY, key);
        if (key.length == SECRET_TEXT_LENGTH)
                status = q_api_key_find(connection, &(struct q_api_key_find_args){secret_digest_bytes(&digest)}, &row,
                                        &found, error);
        if (status != STATUS_OK || !found || row.ends_ms <= now_ms || !role_of_name(row.role, &role)) {
                *ret = identity;
                return status;
        }
        subject->role = role;
        snprintf(subject->actor, sizeof(subject->actor), "key:%lld", (long long)row.id);
        if (!arena_keep_text(arena, row.name, &subject->name))
                return error_memory(error);
        struct use use = {row.id, now_ms};
        bool used = !row.has_used_ms || row.used_ms + SESSION_USE_EVERY_MS <= now_ms;
        status = load_scope(connection, subject, 0, 0, arena, error);
        if (status == STATUS_OK && used)
                status = db_write(database, note_key_use, &use, error);
        if (status == STATUS_OK)
                *ret = identity;
        return status;
}

/* ---- for streams ----------------------------------------------------------------------------------------------- */

enum status session_changes(struct connection *connection, int64_t *ret_number, struct error *error)
{
        struct q_session_change_get_row row;
        bool found = false;
        enum status status = q_session_change_get(connection, NULL, &row, &found, error);
        if (status == STATUS_OK)
                *ret_number = found ? row.number : 0;
        return status;
}

enum status session_is_alive(struct connection *connection, int64_t session_id, int64_t now_ms, bool *ret_alive,
                             struct error *error)
{
        struct q_session_alive_row row;
        bool found = false;
        enum status status = q_session_alive(connection, &(struct q_session_alive_args){session_id}, &row, &found,
                                             error);
        if (status == STATUS_OK)
                *ret_alive = found && row.ends_ms > now_ms && row.used_ms + SESSION_IDLE_MS > now_ms;
        return status;
}

/* ---- lists and ends -------------------------------------------------------------------------------------------- */

enum status session_list(struct connection *connection, int64_t account_id, int64_t now_ms, struct arena *arena,
                         struct session_row **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        struct q_session_list_args args = {account_id, now_ms, now_ms - SESSION_IDLE_MS};
        enum status status = q_session_list_open(connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_session_list_row row;
                status = q_session_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct session_row session = {row.id, row.created_ms, row.used_ms, row.ends_ms, {NULL, 0}, {NULL, 0}};
                if (!arena_keep_text(arena, row.address, &session.address) ||
                    !arena_keep_text(arena, row.agent, &session.agent) ||
                    !buffer_add(&list, &session, sizeof(session)))
                        status = error_memory(error);
        }
        struct session_row *sessions = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !sessions)
                status = error_memory(error);
        if (status != STATUS_OK)
                return status;
        *ret = sessions;
        *ret_count = list.length / sizeof(struct session_row);
        return STATUS_OK;
}

struct ending {
        int64_t account_id, session_id;
        const char *actor;
};

static enum status end_one(struct connection *connection, void *context, struct error *error)
{
        const struct ending *ending = context;
        int64_t ended = 0;
        enum status status = q_session_end(
                connection, &(struct q_session_end_args){ending->session_id, ending->account_id}, &ended, error);
        if (status == STATUS_OK && ended == 0)
                status = error_set(error, STATUS_NOT_FOUND, "access.session_unknown", NULL);
        if (status == STATUS_OK)
                status = q_session_change_count(connection, NULL, NULL, error);
        return status != STATUS_OK ? status
                                   : account_audit(connection, ending->actor, "account.session_ended",
                                                   ending->account_id, NULL, (struct text){NULL, 0}, error);
}

enum status session_end(struct database *database, int64_t account_id, int64_t session_id, const char *actor,
                        struct error *error)
{
        struct ending ending = {account_id, session_id, actor};
        return db_write(database, end_one, &ending, error);
}

static enum status end_others(struct connection *connection, void *context, struct error *error)
{
        const struct ending *ending = context;
        enum status status = sessions_end(connection, ending->account_id, ending->session_id, error);
        return status != STATUS_OK ? status
                                   : account_audit(connection, ending->actor, "account.sessions_ended",
                                                   ending->account_id, NULL, (struct text){NULL, 0}, error);
}

enum status session_end_others(struct database *database, int64_t account_id, int64_t session_id, const char *actor,
                               struct error *error)
{
        struct ending ending = {account_id, session_id, actor};
        return db_write(database, end_others, &ending, error);
}
