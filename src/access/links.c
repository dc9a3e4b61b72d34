/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * links.c: looks links up and uses them.
 */
#include "access/links.h"

#include "access/password.h"
#include "access/sessions_parts.h"
#include "db/write.h"
#include "queries.h"

enum { ARENA_BYTES_MAX = 1 << 20, CONTEXT_MAX = 16 };

static enum status unknown(struct error *error)
{
        return error_set(error, STATUS_NOT_FOUND, "access.link_unknown", NULL);
}

static bool purpose_of(struct text kind, enum link_purpose *ret)
{
        for (int i = 0; i < LINK_KIND_COUNT; i++)
                if (text_is(kind, link_kind_names[i])) {
                        *ret = (enum link_purpose)i;
                        return true;
                }
        return false;
}

static enum status find(struct connection *connection, struct text token, int64_t now_ms, struct arena *arena,
                        struct link *ret, struct text *ret_role, struct error *error)
{
        struct q_access_link_find_row row;
        struct secret_digest digest = secret_digest_of(SECRET_LINK, token);
        bool found = false, known = false;
        if (token.length != SECRET_TEXT_LENGTH)
                return unknown(error);
        enum status status = q_access_link_find(connection,
                                                &(struct q_access_link_find_args){secret_digest_bytes(&digest)}, &row,
                                                &found, error);
        if (status != STATUS_OK)
                return status;
        if (!found || row.ends_ms <= now_ms || !purpose_of(row.kind, &ret->purpose))
                return unknown(error);
        ret->customer_id = row.customer_id;
        ret->ends_ms = row.ends_ms;
        if (!arena_keep_text(arena, row.role, ret_role))
                return error_memory(error);
        status = account_by_id(connection, row.account_id, arena, &ret->account, &known, error);
        return status == STATUS_OK && (!known || ret->account.disabled) ? unknown(error) : status;
}

enum status link_look(struct connection *connection, struct text token, int64_t now_ms, struct arena *arena,
                      struct link *ret, struct error *error)
{
        struct link link;
        struct text role;
        enum status status = find(connection, token, now_ms, arena, &link, &role, error);
        if (status == STATUS_OK)
                *ret = link;
        return status;
}

struct using {
        struct text token;
        const char *password; /* as it is kept; NULL: none is chosen */
        const struct visitor *visitor;
        struct arena *arena;
        struct signed_in result;
};

/* The contact belongs to the company from now on. */
static enum status join(struct connection *connection, const struct link *link, struct text role,
                        const struct visitor *visitor, struct error *error)
{
        char actor[32];
        struct q_account_company_set_args args = {link->customer_id, link->account.id, role, visitor->now_ms};
        account_actor(link->account.id, actor, sizeof(actor));
        enum status status = q_account_company_set(connection, &args, NULL, error);
        return status == STATUS_OK ? account_audit(connection, actor, "account.invitation_accepted", link->account.id,
                                                   "role", role, error)
                                   : status;
}

static enum status set_password(struct connection *connection, const struct using *using, struct link *link,
                                struct error *error)
{
        char actor[32];
        account_actor(link->account.id, actor, sizeof(actor));
        enum status status = q_account_password_set(
                connection, &(struct q_account_password_set_args){link->account.id, text_of(using->password)}, NULL,
                error);
        if (status == STATUS_OK)
                status = sessions_end(connection, link->account.id, 0, error);
        return status == STATUS_OK ? account_audit(connection, actor, "account.password_changed", link->account.id,
                                                   NULL, (struct text){NULL, 0}, error)
                                   : status;
}

static enum status use(struct connection *connection, void *context, struct error *error)
{
        struct using *using = context;
        struct link link;
        struct text role;
        int64_t taken = 0;
        struct secret_digest digest = secret_digest_of(SECRET_LINK, using->token);
        arena_reset(using->arena);
        enum status status = find(connection, using->token, using->visitor->now_ms, using->arena, &link, &role, error);
        /* A link does what it is for, and nothing else. */
        if (status == STATUS_OK &&
            (using->password ? link.purpose == LINK_FOR_SIGN_IN : link.purpose == LINK_FOR_PASSWORD))
                status = unknown(error);
        if (status == STATUS_OK)
                status = q_access_link_take(connection, &(struct q_access_link_take_args){secret_digest_bytes(&digest)},
                                            &taken, error);
        if (status == STATUS_OK && taken == 0)
                status = unknown(error);
        if (status == STATUS_OK && link.purpose == LINK_FOR_INVITATION)
                status = join(connection, &link, role, using->visitor, error);
        if (status == STATUS_OK && using->password)
                status = set_password(connection, using, &link, error);
        return status == STATUS_OK ? session_begin(connection, &link.account, link.customer_id, using->visitor,
                                                   &using->result, error)
                                   : status;
}

enum status link_choose_password(struct database *database, struct connection *connection, struct text token,
                                 struct text password, const struct text *context, size_t context_count,
                                 const struct visitor *visitor, struct signed_in *ret, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct arena *inner arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct text names[CONTEXT_MAX];
        struct link link;
        size_t count = 0;
        char kept[PASSWORD_STORED_BYTES];
        if (!arena || !inner)
                return error_memory(error);
        enum status status = link_look(connection, token, visitor->now_ms, arena, &link, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < context_count && count < CONTEXT_MAX - 2; i++)
                names[count++] = context[i];
        names[count++] = link.account.login;
        names[count++] = link.account.name;
        status = password_check(password, names, count, error);
        if (status == STATUS_OK)
                status = password_hash(password, kept, error);
        struct using using = {.token = token, .password = kept, .visitor = visitor, .arena = inner};
        if (status == STATUS_OK)
                status = db_write(database, use, &using, error);
        if (status == STATUS_OK)
                *ret = using.result;
        return status;
}

enum status link_use(struct database *database, struct text token, const struct visitor *visitor,
                     struct signed_in *ret, struct error *error)
{
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        struct using using = {.token = token, .visitor = visitor, .arena = arena};
        enum status status = arena ? db_write(database, use, &using, error) : error_memory(error);
        if (status == STATUS_OK)
                *ret = using.result;
        return status;
}
