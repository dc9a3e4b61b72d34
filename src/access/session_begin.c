/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * session_begin.c: begins sessions.
 */
#include "access/sessions_parts.h"
#include "db/identity.h"
#include "queries.h"

enum { AGENT_BYTES_MAX = 200 };

/* The company asked for, if the contact may see it, else the first. 0: none. */
static enum status choose_company(struct connection *connection, int64_t account_id, int64_t *customer_id,
                                  struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        int64_t chosen = 0;
        struct q_account_company_list_args args = {account_id};
        enum status status = q_account_company_list_open(connection, &args, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_account_company_list_row row;
                status = q_account_company_list_next(rows, &row, &more, error);
                if (status == STATUS_OK && more && (chosen == 0 || row.customer_id == *customer_id))
                        chosen = row.customer_id;
        }
        if (status == STATUS_OK)
                *customer_id = chosen;
        return status;
}

static struct text cut(struct text text)
{
        if (text.length > AGENT_BYTES_MAX) {
                text.length = AGENT_BYTES_MAX;
                while (text.length && ((unsigned char)text.data[text.length] & 0xc0) == 0x80)
                        text.length--;
        }
        return text.data ? text : (struct text){"", 0};
}

enum status session_begin(struct connection *connection, const struct account *account, int64_t customer_id,
                          const struct visitor *visitor, struct signed_in *ret, struct error *error)
{
        bool is_contact = account->role == ROLE_CONTACT;
        int64_t id;
        enum status status = is_contact ? choose_company(connection, account->id, &customer_id, error) : STATUS_OK;
        if (status == STATUS_OK && is_contact && customer_id == 0) {
                *ret = (struct signed_in){.outcome = SIGN_IN_WRONG};
                return STATUS_OK;
        }
        if (status == STATUS_OK)
                status = identity_next(connection, &id, error);
        if (status != STATUS_OK)
                return status;
        struct signed_in result = {.outcome = account->has_totp ? SIGN_IN_CODE : SIGN_IN_DONE,
                                   .account_id = account->id, .token = secret_new()};
        struct secret_digest digest = secret_digest_of(SECRET_SESSION, text_of(result.token.text));
        int64_t longest_ms = account->has_totp ? SIGN_IN_CODE_MS : SESSION_LONGEST_MS;
        struct q_session_insert_args insert = {
                .id = id,
                .digest = secret_digest_bytes(&digest),
                .account_id = account->id,
                .customer_id = is_contact ? customer_id : 0,
                .stage = text_of(account->has_totp ? "code" : "full"),
                .created_ms = visitor->now_ms,
                .ends_ms = visitor->now_ms + longest_ms,
                .address = cut(visitor->address),
                .agent = cut(visitor->agent),
        };
        struct q_session_end_old_args old = {visitor->now_ms, visitor->now_ms - SESSION_IDLE_MS};
        status = q_session_end_old(connection, &old, NULL, error);
        if (status == STATUS_OK)
                status = q_session_insert(connection, &insert, NULL, error);
        if (status == STATUS_OK && result.outcome == SIGN_IN_DONE)
                status = session_complete(connection, account->id, visitor, &result, error);
        if (status == STATUS_OK)
                *ret = result;
        return status;
}

enum status session_complete(struct connection *connection, int64_t account_id, const struct visitor *visitor,
                             struct signed_in *ret, struct error *error)
{
        bool known;
        enum status status = device_is_known(connection, visitor->device, account_id, &known, error);
        if (status != STATUS_OK)
                return status;
        if (!known)
                ret->device = secret_new();
        struct secret_digest digest = secret_digest_of(SECRET_DEVICE, known ? visitor->device
                                                                            : text_of(ret->device.text));
        struct q_known_device_insert_args device = {secret_digest_bytes(&digest), account_id, visitor->now_ms};
        status = q_known_device_insert(connection, &device, NULL, error);
        if (status == STATUS_OK)
                status = q_known_device_end_old(
                        connection, &(struct q_known_device_end_old_args){visitor->now_ms - DEVICE_KNOWN_MS}, NULL,
                        error);
        if (status == STATUS_OK)
                status = q_account_signed_in(connection,
                                             &(struct q_account_signed_in_args){account_id, visitor->now_ms}, NULL,
                                             error);
        return status;
}

enum status device_is_known(struct connection *connection, struct text device, int64_t account_id, bool *ret,
                            struct error *error)
{
        struct q_known_device_find_row row;
        bool found = false;
        struct secret_digest digest = secret_digest_of(SECRET_DEVICE, device);
        enum status status = STATUS_OK;
        if (device.length == SECRET_TEXT_LENGTH && account_id)
                status = q_known_device_find(connection,
                                             &(struct q_known_device_find_args){secret_digest_bytes(&digest)}, &row,
                                             &found, error);
        if (status == STATUS_OK)
                *ret = found && row.account_id == account_id;
        return status;
}
