/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * accounts.c: adds accounts and changes them, each change together with its entry in the audit chain.
 */
#include "access/accounts.h"

#include <stdio.h>

#include "access/accounts_parts.h"
#include "access/audit_note.h"
#include "base/calendar.h"
#include "db/identity.h"
#include "db/write.h"
#include "platform/clock.h"
#include "queries.h"

enum { ARENA_BYTES_MAX = 1 << 22 };

const char *const link_kind_names[LINK_KIND_COUNT] = {
        [LINK_PASSWORD] = "password", [LINK_INVITATION] = "invitation", [LINK_SIGN_IN] = "sign_in",
};

/* ---- steps of write functions ---------------------------------------------------------------------------------- */

enum status link_add(struct connection *connection, const struct link_new *link, struct secret *ret,
                     struct error *error)
{
        struct secret secret = secret_new();
        struct secret_digest digest = secret_digest_of(SECRET_LINK, text_of(secret.text));
        struct q_access_link_clear_kind_args clear = {link->account_id, text_of(link_kind_names[link->kind]),
                                                      link->customer_id};
        struct q_access_link_insert_args insert = {
                .digest = secret_digest_bytes(&digest),
                .kind = clear.kind,
                .account_id = link->account_id,
                .customer_id = link->customer_id,
                .role = text_of(link->role ? link->role : ""),
                .created_ms = link->now_ms,
                .ends_ms = link->now_ms + link->valid_ms,
        };
        enum status status = q_access_link_clear_kind(connection, &clear, NULL, error);
        if (status == STATUS_OK)
                status = q_access_link_end_old(connection, &(struct q_access_link_end_old_args){link->now_ms}, NULL,
                                               error);
        if (status == STATUS_OK)
                status = q_access_link_insert(connection, &insert, NULL, error);
        if (status == STATUS_OK)
                *ret = secret;
        return status;
}

enum status sessions_end(struct connection *connection, int64_t account_id, int64_t without_id, struct error *error)
{
        int64_t ended = 0;
        struct q_session_end_all_args args = {account_id, without_id};
        enum status status = q_session_end_all(connection, &args, &ended, error);
        return status != STATUS_OK || ended == 0 ? status : q_session_change_count(connection, NULL, NULL, error);
}

enum status account_inserted(struct connection *connection, const struct account *account, int64_t created_ms,
                             struct error *error)
{
        int64_t added = 0;
        struct q_account_insert_args args = {
                .id = account->id,
                .login = account->login,
                .name = account->name,
                .email = account->email,
                .role = text_of(role_names[account->role]),
                .person_id = account->person_id,
                .language = text_of(account->has_language ? language_code(account->language) : ""),
                .created_ms = created_ms,
        };
        char login[LOGIN_LENGTH_MAX + 1];
        enum status status = q_account_insert(connection, &args, &added, error);
        if (status != STATUS_OK || added)
                return status;
        snprintf(login, sizeof(login), "%.*s", (int)account->login.length, account->login.data);
        return error_set(error, STATUS_CONFLICT, "access.login_taken", "login", login, NULL);
}

enum status account_audit(struct connection *connection, const char *actor, const char *kind, int64_t account_id,
                          const char *key, struct text value, struct error *error)
{
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        if (key) {
                json_key(&note.json, key);
                json_text(&note.json, value);
        }
        return audit_note_append(&note, connection, actor, kind, account_id, error);
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

struct adding {
        struct account account;
        const char *actor;
        struct secret link;
};

static enum status add(struct connection *connection, void *context, struct error *error)
{
        struct adding *adding = context;
        struct account *account = &adding->account;
        int64_t now_ms = clock_now_ms();
        struct audit_note note audit_note_cleanup;
        enum status status = identity_next(connection, &account->id, error);
        if (status == STATUS_OK)
                status = account_inserted(connection, account, now_ms, error);
        if (status == STATUS_OK)
                status = link_add(connection,
                                  &(struct link_new){.kind = LINK_PASSWORD, .account_id = account->id,
                                                     .now_ms = now_ms, .valid_ms = ACCOUNT_LINK_MS},
                                  &adding->link, error);
        audit_note_begin(&note);
        json_key(&note.json, "login");
        json_text(&note.json, account->login);
        json_key(&note.json, "name");
        json_text(&note.json, account->name);
        json_key(&note.json, "role");
        json_string(&note.json, role_names[account->role]);
        return status != STATUS_OK ? status
                                   : audit_note_append(&note, connection, adding->actor, "account.added", account->id,
                                                       error);
}

static bool is_login(struct text login)
{
        for (size_t i = 0; i < login.length; i++) {
                char c = login.data[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                if (!letter && (i == 0 || !strchr(".-_@", c)))
                        return false;
        }
        return login.length >= 2;
}

enum status account_add(struct database *database, const struct account_new *asked, int64_t *ret_id,
                        struct secret *ret_link, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        if (!arena)
                return error_memory(error);
        struct adding adding = {
                .account = {.role = asked->role, .name = text_trim(asked->name),
                            .has_language = asked->has_language, .language = asked->language,
                            .email = asked->email.data ? text_trim(asked->email) : (struct text){"", 0}},
                .actor = asked->actor,
        };
        struct account *account = &adding.account;
        char shown[80];
        snprintf(shown, sizeof(shown), "%.*s", (int)(asked->login.length < 70 ? asked->login.length : 70),
                 asked->login.data ? asked->login.data : "");
        if (!login_fold(asked->login, arena, &account->login) || !is_login(account->login))
                return error_set(error, STATUS_INVALID, "access.login_invalid", "login", shown, NULL);
        if (account->name.length == 0 || account->name.length > ACCOUNT_NAME_BYTES_MAX)
                return error_set(error, STATUS_INVALID, "access.name_missing", NULL);
        if (!role_is_staff(asked->role))
                return error_set(error, STATUS_INVALID, "access.role_invalid", NULL);
        enum status status = db_write(database, add, &adding, error);
        if (status != STATUS_OK)
                return status;
        *ret_id = account->id;
        *ret_link = adding.link;
        return STATUS_OK;
}

/* ---- changing -------------------------------------------------------------------------------------------------- */

struct changing {
        int64_t id;
        enum role role;
        bool disabled;
        const char *actor;
        const struct account_scope *scope;
        struct secret link;
        struct arena *arena;
};

static enum status last_of_role(enum role role, struct error *error)
{
        return error_set(error, STATUS_CONFLICT, role == ROLE_OWNER ? "access.last_owner" : "access.last_administrator",
                         NULL);
}

/* Somebody has to be left who can give out accounts, and somebody who owns the program. */
static enum status check_left(struct connection *connection, const struct account *account, struct error *error)
{
        struct q_account_role_count_row row;
        struct q_account_role_count_args args = {text_of(role_names[account->role]), account->id};
        bool found;
        if (account->disabled || (account->role != ROLE_OWNER && account->role != ROLE_ADMINISTRATOR))
                return STATUS_OK;
        enum status status = q_account_role_count(connection, &args, &row, &found, error);
        return status != STATUS_OK || row.count > 0 ? status : last_of_role(account->role, error);
}

/* The account, which must be one of the staff where its role matters. */
static enum status read_account(struct connection *connection, const struct changing *changing, struct account *ret,
                                struct error *error)
{
        arena_reset(changing->arena);
        return account_need(connection, changing->id, changing->arena, ret, error);
}

static enum status set_role(struct connection *connection, void *context, struct error *error)
{
        struct changing *changing = context;
        struct account account;
        int64_t changed = 0;
        enum status status = read_account(connection, changing, &account, error);
        if (status == STATUS_OK && !role_is_staff(account.role))
                status = error_set(error, STATUS_INVALID, "access.role_invalid", NULL);
        if (status != STATUS_OK || account.role == changing->role)
                return status;
        status = check_left(connection, &account, error);
        if (status == STATUS_OK)
                status = q_account_role_set(
                        connection,
                        &(struct q_account_role_set_args){changing->id, text_of(role_names[changing->role])},
                        &changed, error);
        if (status == STATUS_OK)
                status = sessions_end(connection, changing->id, 0, error);
        return status != STATUS_OK ? status
                                   : account_audit(connection, changing->actor, "account.role_changed", changing->id,
                                                   "role", text_of(role_names[changing->role]), error);
}

/* What any change needs: memory that lives as long. */
static enum status change(struct database *database, write_function work, struct changing *changing,
                          struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        changing->arena = arena;
        return arena ? db_write(database, work, changing, error) : error_memory(error);
}

enum status account_set_role(struct database *database, int64_t id, enum role role, const char *actor,
                             struct error *error)
{
        struct changing changing = {.id = id, .role = role, .actor = actor};
        if (!role_is_staff(role))
                return error_set(error, STATUS_INVALID, "access.role_invalid", NULL);
        return change(database, set_role, &changing, error);
}

static enum status disable(struct connection *connection, const struct account *account, struct error *error)
{
        enum status status = check_left(connection, account, error);
        if (status == STATUS_OK)
                status = q_account_disable(connection, &(struct q_account_disable_args){account->id, clock_now_ms()},
                                           NULL, error);
        if (status == STATUS_OK)
                status = q_access_link_clear(connection, &(struct q_access_link_clear_args){account->id}, NULL, error);
        if (status == STATUS_OK)
                status = q_known_device_clear(connection, &(struct q_known_device_clear_args){account->id}, NULL,
                                              error);
        return status == STATUS_OK ? sessions_end(connection, account->id, 0, error) : status;
}

static enum status set_disabled(struct connection *connection, void *context, struct error *error)
{
        struct changing *changing = context;
        struct account account;
        enum status status = read_account(connection, changing, &account, error);
        if (status != STATUS_OK || account.disabled == changing->disabled)
                return status;
        if (changing->disabled)
                status = disable(connection, &account, error);
        else
                status = q_account_enable(connection, &(struct q_account_enable_args){account.id}, NULL, error);
        return status != STATUS_OK ? status
                                   : account_audit(connection, changing->actor,
                                                   changing->disabled ? "account.disabled" : "account.enabled",
                                                   account.id, NULL, (struct text){NULL, 0}, error);
}

enum status account_set_disabled(struct database *database, int64_t id, bool disabled, const char *actor,
                                 struct error *error)
{
        struct changing changing = {.id = id, .disabled = disabled, .actor = actor};
        return change(database, set_disabled, &changing, error);
}

static enum status reset(struct connection *connection, void *context, struct error *error)
{
        struct changing *changing = context;
        struct account account;
        enum status status = read_account(connection, changing, &account, error);
        if (status == STATUS_OK)
                status = q_account_reset(connection, &(struct q_account_reset_args){account.id}, NULL, error);
        if (status == STATUS_OK)
                status = q_recovery_code_clear(connection, &(struct q_recovery_code_clear_args){account.id}, NULL,
                                               error);
        if (status == STATUS_OK)
                status = q_known_device_clear(connection, &(struct q_known_device_clear_args){account.id}, NULL,
                                              error);
        if (status == STATUS_OK)
                status = sessions_end(connection, account.id, 0, error);
        if (status == STATUS_OK)
                status = link_add(connection,
                                  &(struct link_new){.kind = LINK_PASSWORD, .account_id = account.id,
                                                     .now_ms = clock_now_ms(), .valid_ms = ACCOUNT_LINK_MS},
                                  &changing->link, error);
        return status != STATUS_OK ? status
                                   : account_audit(connection, changing->actor, "account.reset", account.id, NULL,
                                                   (struct text){NULL, 0}, error);
}

enum status account_reset(struct database *database, int64_t id, const char *actor, struct secret *ret_link,
                          struct error *error)
{
        struct changing changing = {.id = id, .actor = actor};
        enum status status = change(database, reset, &changing, error);
        if (status == STATUS_OK)
                *ret_link = changing.link;
        return status;
}

static enum status end_sessions(struct connection *connection, void *context, struct error *error)
{
        struct changing *changing = context;
        struct account account;
        enum status status = read_account(connection, changing, &account, error);
        if (status == STATUS_OK)
                status = sessions_end(connection, changing->id, 0, error);
        return status != STATUS_OK ? status
                                   : account_audit(connection, changing->actor, "account.sessions_ended",
                                                   changing->id, NULL, (struct text){NULL, 0}, error);
}

enum status account_end_sessions(struct database *database, int64_t id, const char *actor, struct error *error)
{
        struct changing changing = {.id = id, .actor = actor};
        return change(database, end_sessions, &changing, error);
}

/* ---- whose customers ------------------------------------------------------------------------------------------- */

static enum status store_names(struct connection *connection, const struct changing *changing, struct error *error)
{
        const struct account_scope *scope = changing->scope;
        enum status status = q_account_responsible_clear(
                connection, &(struct q_account_responsible_clear_args){changing->id}, NULL, error);
        for (size_t i = 0; i < scope->name_count && status == STATUS_OK; i++) {
                struct text name = text_trim(scope->names[i]);
                if (name.length)
                        status = q_account_responsible_insert(
                                connection, &(struct q_account_responsible_insert_args){changing->id, name}, NULL,
                                error);
        }
        return status;
}

static enum status store_team(struct connection *connection, const struct changing *changing, struct error *error)
{
        const struct account_scope *scope = changing->scope;
        enum status status = q_account_team_clear(connection, &(struct q_account_team_clear_args){changing->id}, NULL,
                                                  error);
        for (size_t i = 0; i < scope->member_count && status == STATUS_OK; i++) {
                struct account member;
                status = account_need(connection, scope->members[i], changing->arena, &member, error);
                if (status == STATUS_OK)
                        status = q_account_team_insert(
                                connection, &(struct q_account_team_insert_args){changing->id, member.id}, NULL,
                                error);
        }
        return status;
}

static enum status set_scope(struct connection *connection, void *context, struct error *error)
{
        struct changing *changing = context;
        const struct account_scope *scope = changing->scope;
        struct account account;
        struct audit_note note audit_note_cleanup;
        enum status status = read_account(connection, changing, &account, error);
        if (status == STATUS_OK)
                status = store_names(connection, changing, error);
        if (status == STATUS_OK)
                status = store_team(connection, changing, error);
        audit_note_begin(&note);
        json_key(&note.json, "responsibles");
        json_begin_array(&note.json);
        for (size_t i = 0; i < scope->name_count; i++)
                json_text(&note.json, scope->names[i]);
        json_end_array(&note.json);
        json_key(&note.json, "team");
        json_begin_array(&note.json);
        for (size_t i = 0; i < scope->member_count; i++)
                json_id_text(&note.json, scope->members[i]);
        json_end_array(&note.json);
        return status != STATUS_OK ? status
                                   : audit_note_append(&note, connection, changing->actor, "account.scope_changed",
                                                       changing->id, error);
}

enum status account_set_scope(struct database *database, int64_t id, const struct account_scope *scope,
                              const char *actor, struct error *error)
{
        struct changing changing = {.id = id, .scope = scope, .actor = actor};
        return change(database, set_scope, &changing, error);
}

/* ---- deputies -------------------------------------------------------------------------------------------------- */

struct standing_in {
        int64_t id, deputy_id;
        int32_t from_day, to_day;
        const char *actor;
        struct arena *arena;
};

static enum status set_deputy(struct connection *connection, void *context, struct error *error)
{
        const struct standing_in *in = context;
        struct account account;
        struct audit_note note audit_note_cleanup;
        arena_reset(in->arena);
        enum status status = account_need(connection, in->id, in->arena, &account, error);
        if (status == STATUS_OK)
                status = account_need(connection, in->deputy_id, in->arena, &account, error);
        if (status == STATUS_OK && in->to_day == DAY_NONE)
                status = q_account_deputy_remove(connection,
                                                 &(struct q_account_deputy_remove_args){in->id, in->deputy_id}, NULL,
                                                 error);
        else if (status == STATUS_OK)
                status = q_account_deputy_insert(
                        connection,
                        &(struct q_account_deputy_insert_args){in->id, in->deputy_id, in->from_day, in->to_day}, NULL,
                        error);
        audit_note_begin(&note);
        json_key(&note.json, "deputy");
        json_id_text(&note.json, in->deputy_id);
        json_key(&note.json, "from");
        json_day(&note.json, in->from_day);
        json_key(&note.json, "to");
        json_day(&note.json, in->to_day);
        return status != STATUS_OK ? status
                                   : audit_note_append(&note, connection, in->actor, "account.deputy_changed", in->id,
                                                       error);
}

enum status account_set_deputy(struct database *database, int64_t id, int64_t deputy_id, int32_t from_day,
                               int32_t to_day, const char *actor, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct standing_in in = {id, deputy_id, from_day, to_day, actor, arena};
        if (!arena)
                return error_memory(error);
        if (id == deputy_id)
                return error_set(error, STATUS_INVALID, "access.deputy_self", NULL);
        if (to_day != DAY_NONE && (from_day == DAY_NONE || to_day < from_day))
                return error_set(error, STATUS_INVALID, "access.deputy_days", NULL);
        return db_write(database, set_deputy, &in, error);
}
