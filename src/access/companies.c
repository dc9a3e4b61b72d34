/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * companies.c: gives contacts access to companies and takes it back.
 */
#include "access/companies.h"

#include <stdio.h>

#include "access/accounts_parts.h"
#include "access/audit_note.h"
#include "db/identity.h"
#include "db/write.h"
#include "platform/clock.h"
#include "platform/mail.h"
#include "queries.h"

enum { ARENA_BYTES_MAX = 1 << 22, LIST_BYTES_MAX = 1 << 22 };

static enum status no_access(struct error *error)
{
        return error_set(error, STATUS_NOT_FOUND, "access.no_access", NULL);
}

/* With the name of the company in question and of what it is about; never more than ids and roles in the chain. */
static enum status note(struct connection *connection, const char *actor, const char *kind, int64_t account_id,
                        int64_t customer_id, const char *role, struct error *error)
{
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "customer");
        json_id_text(&note.json, customer_id);
        if (role) {
                json_key(&note.json, "role");
                json_string(&note.json, role);
        }
        return audit_note_append(&note, connection, actor, kind, account_id, error);
}

/* ---- inviting -------------------------------------------------------------------------------------------------- */

struct inviting {
        const struct invitation *asked;
        struct text login;
        struct arena *arena;
        int64_t account_id;
        struct secret link;
};

static enum status conflict(const struct inviting *inviting, const char *key, struct error *error)
{
        char login[LOGIN_LENGTH_MAX + 1];
        snprintf(login, sizeof(login), "%.*s", (int)inviting->login.length, inviting->login.data);
        return error_set(error, STATUS_CONFLICT, key, "login", login, NULL);
}

static enum status add_account(struct connection *connection, struct inviting *inviting, int64_t now_ms,
                               struct error *error)
{
        const struct invitation *asked = inviting->asked;
        struct account account = {.person_id = asked->person_id, .role = ROLE_CONTACT, .login = inviting->login,
                                  .name = text_trim(asked->name), .email = inviting->login,
                                  .has_language = true, .language = asked->language};
        enum status status = identity_next(connection, &account.id, error);
        if (status == STATUS_OK)
                status = account_inserted(connection, &account, now_ms, error);
        inviting->account_id = account.id;
        return status;
}

static enum status check_account(struct connection *connection, struct inviting *inviting, const struct account *found,
                                 struct error *error)
{
        struct q_account_company_get_row row;
        bool has = false;
        struct q_account_company_get_args args = {inviting->asked->customer_id, found->id};
        if (found->role != ROLE_CONTACT)
                return conflict(inviting, "access.login_taken", error);
        inviting->account_id = found->id;
        enum status status = q_account_company_get(connection, &args, &row, &has, error);
        return status == STATUS_OK && has ? conflict(inviting, "access.has_access", error) : status;
}

static enum status invite(struct connection *connection, void *context, struct error *error)
{
        struct inviting *inviting = context;
        const struct invitation *asked = inviting->asked;
        const char *role = role_names[asked->role];
        int64_t now_ms = clock_now_ms();
        struct account account;
        bool found;
        arena_reset(inviting->arena);
        enum status status = account_find(connection, inviting->login, inviting->arena, &account, &found, error);
        if (status == STATUS_OK)
                status = found ? check_account(connection, inviting, &account, error)
                               : add_account(connection, inviting, now_ms, error);
        if (status == STATUS_OK)
                status = link_add(connection,
                                  &(struct link_new){.kind = LINK_INVITATION, .account_id = inviting->account_id,
                                                     .customer_id = asked->customer_id, .role = role,
                                                     .now_ms = now_ms, .valid_ms = INVITATION_MS},
                                  &inviting->link, error);
        return status == STATUS_OK ? note(connection, asked->actor, "account.invited", inviting->account_id,
                                          asked->customer_id, role, error)
                                   : status;
}

enum status company_invite(struct database *database, const struct invitation *asked, int64_t *ret_account_id,
                           struct secret *ret_link, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct arena *inner arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct inviting inviting = {.asked = asked, .arena = inner};
        struct text name = text_trim(asked->name);
        char shown[80];
        if (!arena || !inner)
                return error_memory(error);
        snprintf(shown, sizeof(shown), "%.*s", (int)(asked->email.length < 70 ? asked->email.length : 70),
                 asked->email.data ? asked->email.data : "");
        if (!login_fold(asked->email, arena, &inviting.login) || !mail_is_address(inviting.login))
                return error_set(error, STATUS_INVALID, "access.email_invalid", "email", shown, NULL);
        if (name.length == 0 || name.length > ACCOUNT_NAME_BYTES_MAX)
                return error_set(error, STATUS_INVALID, "access.name_missing", NULL);
        if (!role_is_contact(asked->role))
                return error_set(error, STATUS_INVALID, "access.role_invalid", NULL);
        enum status status = db_write(database, invite, &inviting, error);
        if (status != STATUS_OK)
                return status;
        *ret_account_id = inviting.account_id;
        *ret_link = inviting.link;
        return STATUS_OK;
}

/* ---- who has access -------------------------------------------------------------------------------------------- */

static enum status add_person(struct buffer *list, struct arena *arena, struct company_person *person,
                              struct text login, struct text name, struct text role, struct error *error)
{
        person->role = ROLE_CONTACT;
        (void)role_of_name(role, &person->role);
        return arena_keep_text(arena, login, &person->login) && arena_keep_text(arena, name, &person->name) &&
                               buffer_add(list, person, sizeof(*person))
                       ? STATUS_OK
                       : error_memory(error);
}

static enum status load_members(struct connection *connection, int64_t customer_id, struct arena *arena,
                                struct buffer *list, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_account_company_people_args args = {customer_id};
        enum status status = q_account_company_people_open(connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_company_people_row row;
                status = q_account_company_people_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct company_person person = {
                        .account_id = row.account_id, .person_id = row.person_id, .disabled = row.has_disabled_ms,
                        .since_ms = row.since_ms, .signed_in_ms = row.has_signed_in_ms ? row.signed_in_ms : 0,
                };
                status = add_person(list, arena, &person, row.login, row.name, row.role, error);
        }
        return status;
}

static enum status load_invited(struct connection *connection, int64_t customer_id, int64_t now_ms,
                                struct arena *arena, struct buffer *list, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_access_invitation_list_args args = {customer_id, now_ms};
        enum status status = q_access_invitation_list_open(connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_access_invitation_list_row row;
                status = q_access_invitation_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct company_person person = {.account_id = row.account_id, .invited = true,
                                                .since_ms = row.created_ms, .ends_ms = row.ends_ms};
                status = add_person(list, arena, &person, row.login, row.name, row.role, error);
        }
        return status;
}

enum status company_people(struct connection *connection, int64_t customer_id, int64_t now_ms, struct arena *arena,
                           struct company_person **ret, size_t *ret_count, struct error *error)
{
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        enum status status = load_members(connection, customer_id, arena, &list, error);
        if (status == STATUS_OK)
                status = load_invited(connection, customer_id, now_ms, arena, &list, error);
        struct company_person *people = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !people)
                status = error_memory(error);
        if (status != STATUS_OK)
                return status;
        *ret = people;
        *ret_count = list.length / sizeof(struct company_person);
        return STATUS_OK;
}

/* ---- changing -------------------------------------------------------------------------------------------------- */

struct changing {
        int64_t customer_id, account_id;
        enum role role;
        bool keep_main;
        const char *actor;
};

/* *ret_has: the account has access; without, it may be invited. */
static enum status check_main(struct connection *connection, const struct changing *changing, bool stays_main,
                              bool *ret_has, struct error *error)
{
        struct q_account_company_get_row row;
        struct q_account_main_contact_count_row others;
        struct q_account_company_get_args get = {changing->customer_id, changing->account_id};
        struct q_account_main_contact_count_args count = {changing->customer_id, changing->account_id};
        bool found;
        enum status status = q_account_company_get(connection, &get, &row, ret_has, error);
        if (status != STATUS_OK || !*ret_has || stays_main || !changing->keep_main ||
            !text_is(row.role, role_names[ROLE_MAIN_CONTACT]))
                return status;
        status = q_account_main_contact_count(connection, &count, &others, &found, error);
        if (status == STATUS_OK && others.count == 0)
                status = error_set(error, STATUS_CONFLICT, "access.last_main_contact", NULL);
        return status;
}

static enum status set_role(struct connection *connection, void *context, struct error *error)
{
        const struct changing *changing = context;
        const char *role = role_names[changing->role];
        bool has = false;
        struct q_account_company_set_args set = {changing->customer_id, changing->account_id, text_of(role),
                                                 clock_now_ms()};
        enum status status = check_main(connection, changing, changing->role == ROLE_MAIN_CONTACT, &has, error);
        if (status == STATUS_OK && !has)
                status = no_access(error);
        if (status == STATUS_OK)
                status = q_account_company_set(connection, &set, NULL, error);
        /* A role counts from a new token on. */
        if (status == STATUS_OK)
                status = q_session_end_company(
                        connection,
                        &(struct q_session_end_company_args){changing->account_id, changing->customer_id}, NULL, error);
        if (status == STATUS_OK)
                status = q_session_change_count(connection, NULL, NULL, error);
        return status == STATUS_OK ? note(connection, changing->actor, "account.company_role_changed",
                                          changing->account_id, changing->customer_id, role, error)
                                   : status;
}

enum status company_set_role(struct database *database, int64_t customer_id, int64_t account_id, enum role role,
                             bool keep_main, const char *actor, struct error *error)
{
        struct changing changing = {customer_id, account_id, role, keep_main, actor};
        if (!role_is_contact(role))
                return error_set(error, STATUS_INVALID, "access.role_invalid", NULL);
        return db_write(database, set_role, &changing, error);
}

static enum status take_access(struct connection *connection, const struct changing *changing, int64_t *ret_changes,
                               struct error *error)
{
        int64_t links = 0, companies = 0;
        struct q_access_link_clear_kind_args clear = {
                changing->account_id, text_of(link_kind_names[LINK_INVITATION]), changing->customer_id};
        struct q_account_company_remove_args take = {changing->customer_id, changing->account_id};
        enum status status = q_access_link_clear_kind(connection, &clear, &links, error);
        if (status == STATUS_OK)
                status = q_account_company_remove(connection, &take, &companies, error);
        if (status == STATUS_OK)
                *ret_changes = links + companies;
        return status;
}

static enum status take_back(struct connection *connection, void *context, struct error *error)
{
        const struct changing *changing = context;
        bool has = false;
        int64_t changes = 0;
        enum status status = check_main(connection, changing, false, &has, error);
        if (status == STATUS_OK)
                status = take_access(connection, changing, &changes, error);
        if (status == STATUS_OK && changes == 0)
                status = no_access(error);
        if (status == STATUS_OK)
                status = q_session_end_company(
                        connection,
                        &(struct q_session_end_company_args){changing->account_id, changing->customer_id}, NULL, error);
        if (status == STATUS_OK)
                status = q_session_change_count(connection, NULL, NULL, error);
        return status == STATUS_OK ? note(connection, changing->actor, "account.access_removed", changing->account_id,
                                          changing->customer_id, NULL, error)
                                   : status;
}

enum status company_remove(struct database *database, int64_t customer_id, int64_t account_id, bool keep_main,
                           const char *actor, struct error *error)
{
        struct changing changing = {customer_id, account_id, ROLE_NOBODY, keep_main, actor};
        return db_write(database, take_back, &changing, error);
}

/* ---- companies of a contact ------------------------------------------------------------------------------------ */

enum status company_list(struct connection *connection, int64_t account_id, struct arena *arena, struct company **ret,
                         size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer list buffer_cleanup;
        buffer_init(&list, LIST_BYTES_MAX);
        struct q_account_company_list_args args = {account_id};
        enum status status = q_account_company_list_open(connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_company_list_row row;
                status = q_account_company_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct company company = {.customer_id = row.customer_id, .role = ROLE_CONTACT};
                struct text name = row.has_name ? row.name : (struct text){"", 0};
                (void)role_of_name(row.role, &company.role);
                if (!arena_keep_text(arena, name, &company.name) || !buffer_add(&list, &company, sizeof(company)))
                        status = error_memory(error);
        }
        struct company *companies = status == STATUS_OK ? arena_keep_list(arena, &list) : NULL;
        if (status == STATUS_OK && !companies)
                status = error_memory(error);
        if (status != STATUS_OK)
                return status;
        *ret = companies;
        *ret_count = list.length / sizeof(struct company);
        return STATUS_OK;
}

struct switching {
        const struct subject *subject;
        int64_t customer_id;
        struct secret token;
};

static enum status change_company(struct connection *connection, void *context, struct error *error)
{
        struct switching *switching = context;
        const struct subject *subject = switching->subject;
        struct q_account_company_get_row row;
        struct q_account_company_get_args get = {switching->customer_id, subject->account_id};
        bool found = false;
        enum status status = q_account_company_get(connection, &get, &row, &found, error);
        if (status == STATUS_OK && !found)
                status = no_access(error);
        if (status != STATUS_OK)
                return status;
        switching->token = secret_new();
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, text_of(switching->token.text));
        struct q_session_company_set_args args = {subject->session_id, secret_digest_bytes(&digest),
                                                  switching->customer_id};
        return q_session_company_set(connection, &args, NULL, error);
}

enum status company_switch(struct database *database, const struct subject *subject, int64_t customer_id,
                           struct secret *ret_token, struct error *error)
{
        struct switching switching = {.subject = subject, .customer_id = customer_id};
        enum status status = db_write(database, change_company, &switching, error);
        if (status == STATUS_OK)
                *ret_token = switching.token;
        return status;
}
