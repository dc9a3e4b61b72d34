/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit.c: the audit log: who decided what when. It is only read here; nobody can change it.
 */
#include "db/audit.h"
#include "queries.h"
#include "web/job_view.h"
#include "web/resources.h"

enum { PAGE_ROWS = 200 };

static enum status put_kinds_there_are(struct request *request, struct model *model, struct connection *connection,
                                       struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct value *list = put_page_list(model, NULL, "kinds");
        struct text chosen = request_text(request, "kind");
        bool more = true;
        enum status status = q_audit_kinds_open(connection, NULL, &rows, error);
        while (!status && more) {
                struct q_audit_kinds_row row;
                status = q_audit_kinds_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct value *map = add_map(model, list);
                put_text(model, map, "value", row.kind);
                put_yes_no(model, map, "chosen", text_equal(row.kind, chosen));
        }
        return status;
}

/* People type a login; the chain holds "account:ID". */
static enum status resolve(struct request *request, struct connection *connection, struct text *actor,
                           struct error *error)
{
        struct q_account_by_login_row row;
        char name[ACTOR_BYTES_MAX];
        bool found = false;
        enum status status = STATUS_OK;
        if (actor->length)
                status = q_account_by_login(connection, &(struct q_account_by_login_args){*actor}, &row, &found, error);
        if (status || !found)
                return status;
        int length = snprintf(name, sizeof(name), "account:%lld", (long long)row.id);
        return arena_keep_text(request_arena(request), (struct text){name, (size_t)length}, actor)
                       ? STATUS_OK
                       : error_memory(error);
}

static enum status audit_list(struct request *request, struct model *model, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct connection *connection;
        struct text none = {"", 0};
        struct q_audit_page_args args = {
                .before = request_has(request, "before") ? request_integer(request, "before") : INT64_MAX,
                .kind = request_has(request, "kind") ? request_text(request, "kind") : none,
                .actor = request_has(request, "actor") ? request_text(request, "actor") : none,
                .count = PAGE_ROWS};
        int64_t count = 0, last = 0;
        bool more = true;
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = put_kinds_there_are(request, model, connection, error);
        put_word(model, NULL, "title", "nav.audit");
        put_text(model, NULL, "actor", args.actor);
        if (!status)
                status = resolve(request, connection, &args.actor, error);
        put_text(model, NULL, "kind", args.kind);
        struct value *list = put_list(model, NULL, "entries");
        if (!status)
                status = q_audit_page_open(connection, &args, &rows, error);
        while (!status && more) {
                struct q_audit_page_row row;
                status = q_audit_page_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct value *map = add_map(model, list);
                put_ordinal(model, map, "number", row.number);
                put_instant(model, map, "at", row.at_ms);
                put_actor(request, model, map, "actor", row.actor);
                put_text(model, map, "kind", row.kind);
                put_text(model, map, "subject", row.subject);
                put_text(model, map, "detail", row.has_detail ? row.detail : (struct text){NULL, 0});
                last = row.number;
                count++;
        }
        put_count(model, NULL, "count", count);
        if (count == PAGE_ROWS)
                put_ordinal(model, NULL, "next", last);
        else
                put_none(model, NULL, "next");
        return status;
}

static const struct field fields[] = {
        {.name = "kind", .kind = INPUT_ID}, {.name = "actor", .kind = INPUT_TEXT},
        {.name = "before", .kind = INPUT_COUNT_OF}, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/audit", PERMISSION_AUDIT_READ, fields, "audit", audit_list, 0, "route.audit"},
};
const struct resource resource_audit = {"audit", routes, sizeof(routes) / sizeof(routes[0])};
