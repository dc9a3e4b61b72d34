/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * own_account.c: changes people make to their own accounts.
 */
#include "access/own_account.h"

#include <stdio.h>

#include "access/audit_note.h"
#include "access/factor.h"
#include "access/password.h"
#include "access/sessions_parts.h"
#include "db/write.h"
#include "platform/random.h"
#include "queries.h"

enum { ARENA_BYTES_MAX = 1 << 20, CONTEXT_MAX = 16 };

/* One change, as it is carried out by the writer. */
struct own_change {
        const struct own *own;
        enum status (*apply)(struct connection *connection, struct own_change *change, struct account_row *row,
                             struct error *error);
        const char *audit_kind;
        bool ends_others;
        struct arena *arena;
        const struct account_row *seen;  /* as it was when the password was compared */
        const char *password;            /* the new one, as it is kept */
        struct text email, code;
        uint8_t secret[TOTP_SECRET_BYTES];
        struct recovery_codes codes;
        struct secret token;
};

/* ---- proving --------------------------------------------------------------------------------------------------- */

struct proving {
        struct attempt_key key;
        int64_t now_ms, wait_ms;
        bool right;
};

static enum status count(struct connection *connection, void *context, struct error *error)
{
        struct proving *proving = context;
        return proving->right ? attempt_forget(connection, &proving->key, error)
                              : attempt_begin(connection, &proving->key, 1, proving->now_ms, &proving->wait_ms, error);
}

static enum status compare(const struct own *own, const struct account_row *row, struct error *error)
{
        char number[24];
        bool outdated;
        snprintf(number, sizeof(number), "%lld", (long long)own->subject->account_id);
        struct proving proving = {.key = attempt_key_of("own", text_of(number), ATTEMPTS_FREE_CODE),
                                  .now_ms = own->now_ms};
        enum status status = db_write(own->database, count, &proving, error);
        if (status != STATUS_OK)
                return status;
        if (proving.wait_ms > 0) {
                snprintf(number, sizeof(number), "%lld", (long long)(proving.wait_ms + 999) / 1000);
                return error_set(error, STATUS_BUSY, "access.wait", "seconds", number, NULL);
        }
        status = password_verify(own->password, row->password, &proving.right, &outdated, error);
        if (status != STATUS_OK)
                return status;
        return proving.right ? db_write(own->database, count, &proving, error)
                             : error_set(error, STATUS_INVALID, "access.password_wrong", NULL);
}

/* The password with the form, or one given a short while ago. */
static enum status prove(const struct own *own, const struct account_row *row, struct error *error)
{
        struct q_session_find_row session;
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, own->token);
        bool found = false;
        if (own->password.length)
                return compare(own, row, error);
        enum status status = q_session_find(own->connection,
                                            &(struct q_session_find_args){secret_digest_bytes(&digest)}, &session,
                                            &found, error);
        if (status != STATUS_OK)
                return status;
        if (!found || session.account_id != own->subject->account_id ||
            session.proved_ms + SESSION_PROVED_MS <= own->now_ms)
                return error_set(error, STATUS_INVALID, "access.prove_again", NULL);
        return STATUS_OK;
}

/* ---- carrying out ---------------------------------------------------------------------------------------------- */

static enum status carry_out(struct connection *connection, void *context, struct error *error)
{
        struct own_change *change = context;
        const struct own *own = change->own;
        const struct subject *subject = own->subject;
        struct account_row row;
        bool found;
        arena_reset(change->arena);
        enum status status = account_row_by_id(connection, subject->account_id, change->arena, &row, &found, error);
        /* Somebody may have disabled the account or changed the password in between. */
        if (status == STATUS_OK &&
            (!found || row.account.disabled || !text_equal(row.password, change->seen->password)))
                status = error_set(error, STATUS_CONFLICT, "access.changed_meanwhile", NULL);
        if (status == STATUS_OK && change->apply)
                status = change->apply(connection, change, &row, error);
        if (status == STATUS_OK && change->ends_others)
                status = sessions_end(connection, subject->account_id, subject->session_id, error);
        if (status == STATUS_OK && change->audit_kind)
                status = account_audit(connection, subject->actor, change->audit_kind, subject->account_id, NULL,
                                       (struct text){NULL, 0}, error);
        if (status != STATUS_OK)
                return status;
        change->token = secret_new();
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, text_of(change->token.text));
        struct q_session_renew_args renew = {subject->session_id, secret_digest_bytes(&digest), own->now_ms};
        return q_session_renew(connection, &renew, NULL, error);
}

static enum status run(struct own_change *change, const struct account_row *row, struct secret *ret_token,
                       struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        if (!arena)
                return error_memory(error);
        change->arena = arena;
        change->seen = row;
        enum status status = db_write(change->own->database, carry_out, change, error);
        if (status == STATUS_OK)
                *ret_token = change->token;
        return status;
}

/* Proves first. */
static enum status prove_and_run(struct own_change *change, struct secret *ret_token, struct error *error)
{
        const struct own *own = change->own;
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct account_row row;
        bool found;
        if (!arena)
                return error_memory(error);
        enum status status = account_row_by_id(own->connection, own->subject->account_id, arena, &row, &found, error);
        if (status == STATUS_OK && !found)
                status = error_set(error, STATUS_NOT_FOUND, "access.session_unknown", NULL);
        if (status == STATUS_OK)
                status = prove(own, &row, error);
        return status == STATUS_OK ? run(change, &row, ret_token, error) : status;
}

enum status own_prove(const struct own *own, struct secret *ret_token, struct error *error)
{
        struct own_change change = {.own = own};
        if (own->password.length == 0)
                return error_set(error, STATUS_INVALID, "access.password_wrong", NULL);
        return prove_and_run(&change, ret_token, error);
}

/* ---- password, mail, language ---------------------------------------------------------------------------------- */

static enum status apply_password(struct connection *connection, struct own_change *change, struct account_row *row,
                                  struct error *error)
{
        struct q_account_password_set_args args = {row->account.id, text_of(change->password)};
        enum status status = q_account_password_set(connection, &args, NULL, error);
        if (status == STATUS_OK)
                status = q_access_link_clear(connection, &(struct q_access_link_clear_args){row->account.id}, NULL,
                                             error);
        return status;
}

enum status own_change_password(const struct own *own, struct text new_password, const struct text *context,
                                size_t context_count, struct secret *ret_token, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct account account;
        struct text names[CONTEXT_MAX];
        size_t name_count = 0;
        char kept[PASSWORD_STORED_BYTES];
        if (!arena)
                return error_memory(error);
        enum status status = account_need(own->connection, own->subject->account_id, arena, &account, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < context_count && name_count < CONTEXT_MAX - 2; i++)
                names[name_count++] = context[i];
        names[name_count++] = account.login;
        names[name_count++] = account.name;
        status = password_check(new_password, names, name_count, error);
        if (status == STATUS_OK)
                status = password_hash(new_password, kept, error);
        struct own_change change = {.own = own, .apply = apply_password, .ends_others = true, .password = kept,
                                    .audit_kind = "account.password_changed"};
        return status == STATUS_OK ? prove_and_run(&change, ret_token, error) : status;
}

static enum status apply_email(struct connection *connection, struct own_change *change, struct account_row *row,
                               struct error *error)
{
        return q_account_email_set(connection, &(struct q_account_email_set_args){row->account.id, change->email},
                                   NULL, error);
}

enum status own_change_email(const struct own *own, struct text email, struct secret *ret_token, struct error *error)
{
        struct own_change change = {.own = own, .apply = apply_email, .email = email,
                                    .audit_kind = "account.email_changed"};
        return prove_and_run(&change, ret_token, error);
}

struct speaking {
        int64_t account_id;
        enum language language;
};

static enum status set_language(struct connection *connection, void *context, struct error *error)
{
        const struct speaking *speaking = context;
        struct q_account_language_set_args args = {speaking->account_id, text_of(language_code(speaking->language))};
        return q_account_language_set(connection, &args, NULL, error);
}

enum status own_set_language(const struct own *own, enum language language, struct error *error)
{
        struct speaking speaking = {own->subject->account_id, language};
        return db_write(own->database, set_language, &speaking, error);
}

/* ---- the second factor ----------------------------------------------------------------------------------------- */

static enum status apply_totp_begin(struct connection *connection, struct own_change *change,
                                    struct account_row *row, struct error *error)
{
        struct q_account_totp_begin_args args = {row->account.id, {change->secret, TOTP_SECRET_BYTES}};
        return q_account_totp_begin(connection, &args, NULL, error);
}

enum status own_totp_begin(const struct own *own, uint8_t ret_secret[TOTP_SECRET_BYTES], struct secret *ret_token,
                           struct error *error)
{
        struct own_change change = {.own = own, .apply = apply_totp_begin};
        totp_new_secret(change.secret);
        enum status status = prove_and_run(&change, ret_token, error);
        if (status == STATUS_OK)
                memcpy(ret_secret, change.secret, TOTP_SECRET_BYTES);
        return status;
}

/* Ten codes of 80 bits in place of those there were. */
static enum status store_codes(struct connection *connection, struct own_change *change, int64_t account_id,
                               struct error *error)
{
        static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* 32; none that look alike */
        enum status status = q_recovery_code_clear(connection, &(struct q_recovery_code_clear_args){account_id}, NULL,
                                                   error);
        for (int i = 0; i < RECOVERY_CODES && status == STATUS_OK; i++) {
                uint8_t bytes[16];
                char plain[16], *shown = change->codes.codes[i];
                random_bytes(bytes, sizeof(bytes));
                for (size_t b = 0; b < sizeof(bytes); b++) {
                        plain[b] = letters[bytes[b] & 31];
                        if (b && b % 4 == 0)
                                *shown++ = '-';
                        *shown++ = plain[b];
                }
                *shown = '\0';
                struct secret_digest digest = secret_digest_of(SECRET_RECOVERY, (struct text){plain, sizeof(plain)});
                struct q_recovery_code_insert_args args = {account_id, secret_digest_bytes(&digest)};
                status = q_recovery_code_insert(connection, &args, NULL, error);
        }
        return status;
}

static enum status apply_totp_confirm(struct connection *connection, struct own_change *change,
                                      struct account_row *row, struct error *error)
{
        int64_t step = 0;
        if (!totp_check(row->totp_pending, change->code, change->own->now_ms, &step))
                return error_set(error, STATUS_INVALID, "access.code_wrong", NULL);
        enum status status = q_account_totp_confirm(
                connection, &(struct q_account_totp_confirm_args){row->account.id, step}, NULL, error);
        return status == STATUS_OK ? store_codes(connection, change, row->account.id, error) : status;
}

static enum status run_for_codes(struct own_change *change, struct recovery_codes *ret, struct secret *ret_token,
                                 struct error *error)
{
        enum status status = prove_and_run(change, ret_token, error);
        if (status == STATUS_OK)
                *ret = change->codes;
        secret_wipe(&change->codes, sizeof(change->codes));
        return status;
}

enum status own_totp_confirm(const struct own *own, struct text code, struct recovery_codes *ret,
                             struct secret *ret_token, struct error *error)
{
        struct own_change change = {.own = own, .apply = apply_totp_confirm, .code = code, .ends_others = true,
                                    .audit_kind = "account.totp_added"};
        return run_for_codes(&change, ret, ret_token, error);
}

static enum status apply_totp_remove(struct connection *connection, struct own_change *change,
                                     struct account_row *row, struct error *error)
{
        bool demanded = false;
        enum status status = factor_is_demanded(connection, change->own->subject->role, &demanded, error);
        if (status == STATUS_OK && demanded)
                status = error_set(error, STATUS_CONFLICT, "access.factor_demanded", NULL);
        if (status == STATUS_OK)
                status = q_account_totp_remove(connection, &(struct q_account_totp_remove_args){row->account.id},
                                               NULL, error);
        return status == STATUS_OK ? q_recovery_code_clear(
                                             connection, &(struct q_recovery_code_clear_args){row->account.id}, NULL,
                                             error)
                                   : status;
}

enum status own_totp_remove(const struct own *own, struct secret *ret_token, struct error *error)
{
        struct own_change change = {.own = own, .apply = apply_totp_remove, .ends_others = true,
                                    .audit_kind = "account.totp_removed"};
        return prove_and_run(&change, ret_token, error);
}

static enum status apply_new_codes(struct connection *connection, struct own_change *change, struct account_row *row,
                                   struct error *error)
{
        return store_codes(connection, change, row->account.id, error);
}

enum status own_new_recovery_codes(const struct own *own, struct recovery_codes *ret, struct secret *ret_token,
                                   struct error *error)
{
        struct own_change change = {.own = own, .apply = apply_new_codes,
                                    .audit_kind = "account.recovery_codes_made"};
        return run_for_codes(&change, ret, ret_token, error);
}

/* ---- as it is -------------------------------------------------------------------------------------------------- */

static enum status keep_pending(const struct account_row *row, struct text issuer, struct arena *arena,
                                struct own_state *state, struct error *error)
{
        struct buffer text buffer_cleanup, uri buffer_cleanup;
        buffer_init(&text, 64);
        buffer_init(&uri, 4096);
        totp_add_base32(&text, row->totp_pending);
        totp_add_uri(&uri, issuer, row->account.login, row->totp_pending);
        if (text.failed || uri.failed ||
            !arena_keep_text(arena, (struct text){text.data, text.length}, &state->totp_pending_base32) ||
            !arena_keep_text(arena, (struct text){uri.data, uri.length}, &state->totp_pending_uri))
                return error_memory(error);
        return STATUS_OK;
}

enum status own_state_load(struct connection *connection, int64_t account_id, struct text issuer, struct arena *arena,
                           struct own_state *ret, struct error *error)
{
        struct account_row row;
        struct q_recovery_code_count_row codes;
        bool found;
        enum status status = account_row_by_id(connection, account_id, arena, &row, &found, error);
        if (status == STATUS_OK && !found)
                status = error_set(error, STATUS_NOT_FOUND, "access.session_unknown", NULL);
        if (status != STATUS_OK)
                return status;
        struct own_state state = {.account = row.account};
        status = q_recovery_code_count(connection, &(struct q_recovery_code_count_args){account_id}, &codes, &found,
                                       error);
        if (status == STATUS_OK && found)
                state.recovery_codes_left = codes.count;
        if (status == STATUS_OK && row.totp_pending.length)
                status = keep_pending(&row, issuer, arena, &state, error);
        if (status == STATUS_OK)
                *ret = state;
        return status;
}
