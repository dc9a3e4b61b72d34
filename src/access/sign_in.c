/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sign_in.c: the ways to a session. Passwords are hashed outside the writer's thread; what was found before is looked
 * at again inside.
 */
#include "access/sign_in.h"

#include <stdio.h>

#include "access/password.h"
#include "access/sessions_parts.h"
#include "access/totp.h"
#include "db/write.h"
#include "queries.h"

enum { ARENA_BYTES_MAX = 1 << 20, PASSWORD_BYTES_MAX = 4096, RECOVERY_BYTES_MAX = 64 };

/* ---- attempts -------------------------------------------------------------------------------------------------- */

struct attempt {
        struct attempt_key keys[2];
        size_t count;
        int64_t now_ms, wait_ms;
};

static enum status begin(struct connection *connection, void *context, struct error *error)
{
        struct attempt *attempt = context;
        return attempt_begin(connection, attempt->keys, attempt->count, attempt->now_ms, &attempt->wait_ms, error);
}

/* A known browser counts for itself, everybody else by the name typed and by the address. */
static struct attempt attempt_of(struct text login, const struct visitor *visitor, bool known)
{
        struct attempt attempt = {.now_ms = visitor->now_ms};
        if (known) {
                attempt.keys[attempt.count++] = attempt_key_of("device", visitor->device, ATTEMPTS_FREE_DEVICE);
                return attempt;
        }
        attempt.keys[attempt.count++] = attempt_key_of("name", login, ATTEMPTS_FREE_NAME);
        attempt.keys[attempt.count++] = attempt_key_of("address", visitor->address, ATTEMPTS_FREE_ADDRESS);
        return attempt;
}

/* ---- name and password ----------------------------------------------------------------------------------------- */

struct admitting {
        const struct visitor *visitor;
        const struct attempt *attempt;
        const struct account_row *row; /* as it was when the password was compared */
        const char *upgrade;           /* the password kept at today's cost; NULL: it is */
        struct arena *arena;
        struct signed_in result;
};

static enum status admit(struct connection *connection, void *context, struct error *error)
{
        struct admitting *admitting = context;
        const struct account *account = &admitting->row->account;
        struct account_row row;
        bool found;
        arena_reset(admitting->arena);
        admitting->result = (struct signed_in){.outcome = SIGN_IN_WRONG};
        enum status status = account_row_by_id(connection, account->id, admitting->arena, &row, &found, error);
        if (status != STATUS_OK || !found || row.account.disabled ||
            !text_equal(row.password, admitting->row->password))
                return status;
        status = attempt_forget(connection, &admitting->attempt->keys[0], error);
        if (status == STATUS_OK && admitting->attempt->count > 1)
                status = attempt_take_back(connection, &admitting->attempt->keys[1], error);
        if (status == STATUS_OK && admitting->upgrade)
                status = q_account_password_upgrade(
                        connection,
                        &(struct q_account_password_upgrade_args){account->id, row.password,
                                                                  text_of(admitting->upgrade)},
                        NULL, error);
        return status == STATUS_OK ? session_begin(connection, &row.account, 0, admitting->visitor,
                                                   &admitting->result, error)
                                   : status;
}

/* Compares; with no such account, one that is disabled or has no password it takes as long. */
static enum status compare(const struct account_row *row, bool found, struct text password, bool *ret_right,
                           bool *ret_outdated, struct error *error)
{
        bool may = found && !row->account.disabled && row->account.has_password;
        struct text stored = may ? row->password : (struct text){"", 0};
        if (password.length > PASSWORD_BYTES_MAX)
                password.length = 0;
        return password_verify(password, stored, ret_right, ret_outdated, error);
}

enum status sign_in(struct database *database, struct connection *connection, struct text login, struct text password,
                    const struct visitor *visitor, struct signed_in *ret, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct arena *inner arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct account_row row = {.password = {"", 0}};
        struct text folded = {"", 0};
        bool found = false, known = false, right = false, outdated = false;
        char upgrade[PASSWORD_STORED_BYTES];
        if (!arena || !inner)
                return error_memory(error);
        (void)login_fold(login, arena, &folded);
        enum status status = account_row_by_login(connection, login, arena, &row, &found, error);
        if (status == STATUS_OK)
                status = device_is_known(connection, visitor->device, found ? row.account.id : 0, &known, error);
        if (status != STATUS_OK)
                return status;
        struct attempt attempt = attempt_of(folded, visitor, known);
        status = db_write(database, begin, &attempt, error);
        if (status == STATUS_OK && attempt.wait_ms > 0) {
                *ret = (struct signed_in){.outcome = SIGN_IN_WAIT, .wait_ms = attempt.wait_ms};
                return STATUS_OK;
        }
        if (status == STATUS_OK)
                status = compare(&row, found, password, &right, &outdated, error);
        if (status == STATUS_OK && right && outdated)
                status = password_hash(password, upgrade, error);
        struct admitting admitting = {.visitor = visitor, .attempt = &attempt, .row = &row, .arena = inner,
                                      .upgrade = right && outdated ? upgrade : NULL,
                                      .result = {.outcome = SIGN_IN_WRONG}};
        if (status == STATUS_OK && right)
                status = db_write(database, admit, &admitting, error);
        if (status == STATUS_OK)
                *ret = admitting.result;
        return status;
}

/* ---- the second factor ----------------------------------------------------------------------------------------- */

struct second {
        struct text token, code;
        const struct visitor *visitor;
        struct arena *arena;
        struct signed_in result;
};

/* Letters and digits alone, in lower case. */
static struct text fold_recovery(struct text code, char out[RECOVERY_BYTES_MAX])
{
        size_t length = 0;
        for (size_t i = 0; i < code.length && length < RECOVERY_BYTES_MAX; i++) {
                char c = code.data[i];
                c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
                if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
                        out[length++] = c;
        }
        return (struct text){out, length};
}

/* A code is used up when it was right. */
static enum status use_code(struct connection *connection, const struct second *second,
                            const struct account_row *row, bool *ret_right, struct error *error)
{
        int64_t step = 0, used = 0;
        enum status status;
        if (totp_check(row->totp_secret, second->code, second->visitor->now_ms, &step)) {
                status = q_account_totp_use(connection, &(struct q_account_totp_use_args){row->account.id, step},
                                            &used, error);
        } else {
                char folded[RECOVERY_BYTES_MAX];
                struct secret_digest digest = secret_digest_of(SECRET_RECOVERY, fold_recovery(second->code, folded));
                struct q_recovery_code_use_args args = {row->account.id, secret_digest_bytes(&digest)};
                status = q_recovery_code_use(connection, &args, &used, error);
                if (status == STATUS_OK && used) {
                        char actor[32];
                        account_actor(row->account.id, actor, sizeof(actor));
                        status = account_audit(connection, actor, "account.recovery_code_used", row->account.id, NULL,
                                               (struct text){NULL, 0}, error);
                }
        }
        if (status == STATUS_OK)
                *ret_right = used > 0;
        return status;
}

static enum status complete(struct connection *connection, struct second *second, int64_t session_id,
                            const struct account_row *row, int64_t customer_id, struct error *error)
{
        /* The session begins anew under another token; what waited is gone. */
        struct account account = row->account;
        account.has_totp = false;
        enum status status = q_session_end(connection, &(struct q_session_end_args){session_id, account.id}, NULL,
                                           error);
        return status == STATUS_OK ? session_begin(connection, &account, customer_id, second->visitor,
                                                   &second->result, error)
                                   : status;
}

static enum status check_code(struct connection *connection, void *context, struct error *error)
{
        struct second *second = context;
        struct q_session_find_row session;
        struct account_row row;
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, second->token);
        bool found = false, right = false;
        char number[24];
        arena_reset(second->arena);
        second->result = (struct signed_in){.outcome = SIGN_IN_WRONG};
        enum status status = q_session_find(connection, &(struct q_session_find_args){secret_digest_bytes(&digest)},
                                            &session, &found, error);
        if (status != STATUS_OK || !found || !text_is(session.stage, "code") || session.has_disabled_ms ||
            session.ends_ms <= second->visitor->now_ms)
                return status;
        int64_t session_id = session.id, customer_id = session.customer_id;
        snprintf(number, sizeof(number), "%lld", (long long)session.account_id);
        struct attempt_key key = attempt_key_of("code", text_of(number), ATTEMPTS_FREE_CODE);
        status = account_row_by_id(connection, session.account_id, second->arena, &row, &found, error);
        if (status == STATUS_OK && found)
                status = attempt_begin(connection, &key, 1, second->visitor->now_ms, &second->result.wait_ms, error);
        if (status != STATUS_OK || !found)
                return status;
        if (second->result.wait_ms > 0) {
                second->result.outcome = SIGN_IN_WAIT;
                return STATUS_OK;
        }
        status = use_code(connection, second, &row, &right, error);
        if (status != STATUS_OK || !right)
                return status;
        status = attempt_forget(connection, &key, error);
        return status == STATUS_OK ? complete(connection, second, session_id, &row, customer_id, error) : status;
}

enum status sign_in_code(struct database *database, struct text token, struct text code, const struct visitor *visitor,
                         struct signed_in *ret, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct second second = {.token = token, .code = code, .visitor = visitor, .arena = arena};
        enum status status = arena ? db_write(database, check_code, &second, error) : error_memory(error);
        if (status == STATUS_OK)
                *ret = second.result;
        return status;
}

enum status sign_in_waits(struct connection *connection, struct text token, int64_t now_ms, bool *ret,
                          struct error *error)
{
        struct q_session_find_row row;
        bool found = false;
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, token);
        enum status status = STATUS_OK;
        if (token.length == SECRET_TEXT_LENGTH)
                status = q_session_find(connection, &(struct q_session_find_args){secret_digest_bytes(&digest)}, &row,
                                        &found, error);
        if (status == STATUS_OK)
                *ret = found && text_is(row.stage, "code") && row.ends_ms > now_ms && !row.has_disabled_ms;
        return status;
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static enum status end_session(struct connection *connection, void *context, struct error *error)
{
        const struct text *token = context;
        struct q_session_find_row row;
        bool found = false;
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, *token);
        enum status status = q_session_find(connection, &(struct q_session_find_args){secret_digest_bytes(&digest)},
                                            &row, &found, error);
        if (status != STATUS_OK || !found)
                return status;
        status = q_session_end(connection, &(struct q_session_end_args){row.id, row.account_id}, NULL, error);
        return status == STATUS_OK ? q_session_change_count(connection, NULL, NULL, error) : status;
}

enum status sign_out(struct database *database, struct text token, struct error *error)
{
        return token.length == SECRET_TEXT_LENGTH ? db_write(database, end_session, &token, error) : STATUS_OK;
}

/* ---- links by mail --------------------------------------------------------------------------------------------- */

struct mailing {
        struct text login;
        const struct visitor *visitor;
        struct attempt attempt;
        struct arena *arena;
        struct mail_link result;
};

static enum status make_link(struct connection *connection, void *context, struct error *error)
{
        struct mailing *mailing = context;
        struct account_row row;
        bool found;
        arena_reset(mailing->arena);
        mailing->result = (struct mail_link){.wait_ms = 0};
        struct mail_link *result = &mailing->result;
        enum status status = attempt_begin(connection, mailing->attempt.keys, mailing->attempt.count,
                                           mailing->attempt.now_ms, &result->wait_ms, error);
        if (status == STATUS_OK)
                status = account_row_by_login(connection, mailing->login, mailing->arena, &row, &found, error);
        if (status != STATUS_OK || result->wait_ms > 0 || !found || row.account.disabled ||
            row.account.email.length == 0)
                return status;
        result->is_password = row.account.role != ROLE_CONTACT;
        result->email = row.account.email;
        result->name = row.account.name;
        result->has_language = row.account.has_language;
        result->language = row.account.language;
        return link_add(connection,
                        &(struct link_new){.kind = result->is_password ? LINK_PASSWORD : LINK_SIGN_IN,
                                           .account_id = row.account.id, .now_ms = mailing->visitor->now_ms,
                                           .valid_ms = SIGN_IN_LINK_MS},
                        &result->link, error);
}

enum status sign_in_mail(struct database *database, struct text login, const struct visitor *visitor,
                         struct arena *arena, struct mail_link *ret, struct error *error)
{
        struct arena *inner arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct text folded = {"", 0};
        if (!inner || !arena)
                return error_memory(error);
        (void)login_fold(login, arena, &folded);
        struct mailing mailing = {
                .login = login, .visitor = visitor, .arena = inner,
                .attempt = {.keys = {attempt_key_of("mail", folded, ATTEMPTS_FREE_MAIL),
                                     attempt_key_of("mail address", visitor->address, ATTEMPTS_FREE_ADDRESS)},
                            .count = 2, .now_ms = visitor->now_ms},
        };
        enum status status = db_write(database, make_link, &mailing, error);
        if (status != STATUS_OK)
                return status;
        if (!arena_keep_text(arena, mailing.result.email, &mailing.result.email) ||
            !arena_keep_text(arena, mailing.result.name, &mailing.result.name))
                return error_memory(error);
        *ret = mailing.result;
        return STATUS_OK;
}
