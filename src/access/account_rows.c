/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * account_rows.c: reads accounts.
 */
#include <stdio.h>
#include <stdlib.h>

#include "access/accounts_parts.h"
#include "access/subject.h"
#include "queries.h"

enum { LIST_BYTES_MAX = 1 << 24 };

static bool keep_bytes(struct arena *arena, bool has, struct bytes from, struct bytes *ret)
{
        *ret = (struct bytes){NULL, 0};
        if (!has)
                return true;
        void *copy = arena_copy(arena, (const char *)from.data, from.length);
        *ret = (struct bytes){copy, from.length};
        return copy != NULL;
}

static enum language language_of(struct text code)
{
        return text_is(code, "en") ? LANGUAGE_ENGLISH : LANGUAGE_GERMAN;
}

static enum role role_of(struct text name)
{
        enum role role = ROLE_NOBODY;
        return role_of_name(name, &role) ? role : ROLE_NOBODY;
}

/* What both queries give, copied. */
#define KEEP_ROW(row, login_text, id_number)                                                                     \
        (*ret = (struct account_row){                                                                            \
                 .account = {.id = (id_number), .person_id = (row).person_id, .role = role_of((row).role),       \
                             .has_language = (row).language.length > 0, .language = language_of((row).language), \
                             .has_password = (row).password.length > 0, .has_totp = (row).has_totp_secret,       \
                             .disabled = (row).has_disabled_ms, .created_ms = (row).created_ms,                  \
                             .signed_in_ms = (row).has_signed_in_ms ? (row).signed_in_ms : 0},                   \
                 .totp_step = (row).totp_step},                                                                  \
         arena_keep_text(arena, (login_text), &ret->account.login) &&                                            \
                 arena_keep_text(arena, (row).name, &ret->account.name) &&                                       \
                 arena_keep_text(arena, (row).email, &ret->account.email) &&                                     \
                 arena_keep_text(arena, (row).password, &ret->password) &&                                       \
                 keep_bytes(arena, (row).has_totp_secret, (row).totp_secret, &ret->totp_secret) &&               \
                 keep_bytes(arena, (row).has_totp_pending, (row).totp_pending, &ret->totp_pending))

enum status account_row_by_id(struct connection *connection, int64_t id, struct arena *arena, struct account_row *ret,
                              bool *ret_found, struct error *error)
{
        struct q_account_by_id_row row;
        enum status status = q_account_by_id(connection, &(struct q_account_by_id_args){id}, &row, ret_found, error);
        if (status != STATUS_OK || !*ret_found)
                return status;
        return KEEP_ROW(row, row.login, id) ? STATUS_OK : error_memory(error);
}

enum status account_row_by_login(struct connection *connection, struct text login, struct arena *arena,
                                 struct account_row *ret, bool *ret_found, struct error *error)
{
        struct q_account_by_login_row row;
        struct text folded;
        *ret_found = false;
        if (!login_fold(login, arena, &folded))
                return STATUS_OK;
        enum status status = q_account_by_login(connection, &(struct q_account_by_login_args){folded}, &row,
                                                ret_found, error);
        if (status != STATUS_OK || !*ret_found)
                return status;
        return KEEP_ROW(row, folded, row.id) ? STATUS_OK : error_memory(error);
}

bool login_fold(struct text login, struct arena *arena, struct text *ret)
{
        login = text_trim(login);
        if (login.length > LOGIN_LENGTH_MAX)
                return false;
        char *copy = arena_copy(arena, login.data ? login.data : "", login.length);
        for (size_t i = 0; copy && i < login.length; i++)
                if (copy[i] >= 'A' && copy[i] <= 'Z')
                        copy[i] = (char)(copy[i] - 'A' + 'a');
        *ret = (struct text){copy, login.length};
        return copy != NULL;
}

enum status account_find(struct connection *connection, struct text login, struct arena *arena, struct account *ret,
                         bool *ret_found, struct error *error)
{
        struct account_row row;
        enum status status = account_row_by_login(connection, login, arena, &row, ret_found, error);
        if (status == STATUS_OK && *ret_found)
                *ret = row.account;
        return status;
}

enum status account_by_id(struct connection *connection, int64_t id, struct arena *arena, struct account *ret,
                          bool *ret_found, struct error *error)
{
        struct account_row row;
        enum status status = account_row_by_id(connection, id, arena, &row, ret_found, error);
        if (status == STATUS_OK && *ret_found)
                *ret = row.account;
        return status;
}

enum status account_need(struct connection *connection, int64_t id, struct arena *arena, struct account *ret,
                         struct error *error)
{
        char number[24];
        bool found;
        enum status status = account_by_id(connection, id, arena, ret, &found, error);
        if (status != STATUS_OK || found)
                return status;
        snprintf(number, sizeof(number), "%lld", (long long)id);
        return error_set(error, STATUS_NOT_FOUND, "access.account_unknown", "account", number, NULL);
}

static bool keep_listed(const struct q_account_staff_list_row *row, struct arena *arena, struct account *ret)
{
        *ret = (struct account){
                .id = row->id,
                .role = role_of(row->role),
                .has_language = row->language.length > 0,
                .language = language_of(row->language),
                .has_password = row->has_password,
                .has_totp = row->has_totp,
                .disabled = row->has_disabled_ms,
                .created_ms = row->created_ms,
                .signed_in_ms = row->has_signed_in_ms ? row->signed_in_ms : 0,
                .session_count = row->session_count,
        };
        return arena_keep_text(arena, row->login, &ret->login) && arena_keep_text(arena, row->name, &ret->name) &&
               arena_keep_text(arena, row->email, &ret->email);
}

enum status account_list(struct connection *connection, struct arena *arena, struct account **ret, size_t *ret_count,
                         struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        enum status status = q_account_staff_list_open(connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_staff_list_row row;
                struct account account;
                status = q_account_staff_list_next(rows, &row, &more, error);
                if (status == STATUS_OK && more &&
                    (!keep_listed(&row, arena, &account) || !buffer_add(&list, &account, sizeof(account))))
                        status = error_memory(error);
        }
        struct account *accounts = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !accounts)
                status = error_memory(error);
        if (status != STATUS_OK)
                return status;
        *ret = accounts;
        *ret_count = list.length / sizeof(struct account);
        return STATUS_OK;
}

void account_actor(int64_t account_id, char ret[], size_t bytes)
{
        snprintf(ret, bytes, "account:%lld", (long long)account_id);
}

enum status actor_name(struct connection *connection, struct text actor, struct buffer *out, struct error *error)
{
        static const char head[] = "account:";
        struct q_account_name_of_row row;
        bool found = false;
        char number[24] = "", *end = number;
        enum status status = STATUS_OK;
        size_t length = sizeof(head) - 1;
        if (actor.length > length && actor.length - length < sizeof(number) && memcmp(actor.data, head, length) == 0) {
                memcpy(number, actor.data + length, actor.length - length);
                int64_t id = strtoll(number, &end, 10);
                if (*end == '\0')
                        status = q_account_name_of(connection, &(struct q_account_name_of_args){id}, &row, &found,
                                                   error);
        }
        if (status != STATUS_OK)
                return status;
        struct q_staff_name_of_row staff;
        bool by_code = false;
        if (!found)
                status = q_staff_name_of(connection, &(struct q_staff_name_of_args){actor}, &staff, &by_code, error);
        if (status != STATUS_OK)
                return status;
        struct text name = found ? row.name : by_code ? staff.name : actor;
        return buffer_add(out, name.data ? name.data : "", name.length) ? STATUS_OK : error_memory(error);
}

/* ---- scope ----------------------------------------------------------------------------------------------------- */

static enum status load_names(struct connection *connection, int64_t id, struct arena *arena, struct buffer *list,
                              struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_account_responsible_list_open(
                connection, &(struct q_account_responsible_list_args){id}, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_responsible_list_row row;
                struct text name;
                status = q_account_responsible_list_next(rows, &row, &more, error);
                if (status == STATUS_OK && more &&
                    (!arena_keep_text(arena, row.name, &name) || !buffer_add(list, &name, sizeof(name))))
                        status = error_memory(error);
        }
        return status;
}

static enum status load_members(struct connection *connection, int64_t id, struct buffer *list, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_account_team_list_open(connection, &(struct q_account_team_list_args){id}, &rows,
                                                      error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_team_list_row row;
                status = q_account_team_list_next(rows, &row, &more, error);
                if (status == STATUS_OK && more && !buffer_add(list, &row.member_id, sizeof(row.member_id)))
                        status = error_memory(error);
        }
        return status;
}

enum status account_scope_load(struct connection *connection, int64_t id, struct arena *arena,
                               struct account_scope *ret, struct error *error)
{
        struct buffer names buffer_cleanup, members buffer_cleanup;
        buffer_init(&names, LIST_BYTES_MAX);
        buffer_init(&members, LIST_BYTES_MAX);
        enum status status = load_names(connection, id, arena, &names, error);
        if (status == STATUS_OK)
                status = load_members(connection, id, &members, error);
        if (status != STATUS_OK)
                return status;
        struct account_scope scope = {
                .names = arena_keep_list(arena, &names), .name_count = names.length / sizeof(struct text),
                .members = arena_keep_list(arena, &members), .member_count = members.length / sizeof(int64_t),
        };
        if (!scope.names || !scope.members)
                return error_memory(error);
        *ret = scope;
        return STATUS_OK;
}

enum status account_deputies(struct connection *connection, int64_t id, struct arena *arena, struct deputy **ret,
                             size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        enum status status = q_account_deputy_list_open(connection, &(struct q_account_deputy_list_args){id}, &rows,
                                                        error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_deputy_list_row row;
                status = q_account_deputy_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct deputy deputy = {.id = row.deputy_id, .from_day = row.from_day, .to_day = row.to_day};
                if (!arena_keep_text(arena, row.login, &deputy.login) ||
                    !arena_keep_text(arena, row.name, &deputy.name) || !buffer_add(&list, &deputy, sizeof(deputy)))
                        status = error_memory(error);
        }
        struct deputy *deputies = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !deputies)
                status = error_memory(error);
        if (status != STATUS_OK)
                return status;
        *ret = deputies;
        *ret_count = list.length / sizeof(struct deputy);
        return STATUS_OK;
}
