/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit.c: the audit log: who decided what when. It is only read here; nobody can change it.
 */
#include "db/audit.h"
#include "program/reader.h"
#include "queries.h"
#include "render/list.h"
#include "web/job_view.h"
#include "web/json_model.h"
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
                put_code(model, map, "label", request_language(request), "audit_kind.", row.kind);
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

static const char *const kept[] = {"kind", "actor", NULL};
static const struct list_column columns[] = {
        {.name = "number", .title = "audit.number", .kind = SHEET_ORDINAL, .flags = COLUMN_SHOWN},
        {.name = "at", .title = "audit.at", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
        {.name = "actor", .title = "audit.actor", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "kind", .title = "audit.kind", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "subject", .title = "audit.subject", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "detail", .title = "audit.detail", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
};
static const struct list_spec spec = {.title = "nav.audit", .path = "/audit", .columns = columns,
                                      .column_count = sizeof(columns) / sizeof(columns[0]), .kept = kept};

static void put_entry(struct request *request, struct model *model, struct value *map,
                      const struct q_audit_page_row *row)
{
        struct error unsaid;
        put_ordinal(model, map, "number", row->number);
        put_instant(model, map, "at", row->at_ms);
        put_actor(request, model, map, "actor", row->actor);
        put_code(model, map, "kind", request_language(request), "audit_kind.", row->kind);
        put_text(model, map, "subject", row->subject);
        put_text(model, map, "detail", row->has_detail ? row->detail : (struct text){NULL, 0});
        /* What is damaged is shown as it is; `verify` says so. */
        if (!row->has_detail || put_json(model, map, "told", row->detail, &unsaid) != STATUS_OK)
                put_none(model, map, "told");
}

/* One page; *args then begins behind it. */
static enum status put_page(struct request *request, struct model *model, struct connection *connection,
                            struct value *list, const struct list_address *address, struct q_audit_page_args *args,
                            int64_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        int64_t count = 0, last = args->before;
        bool more = true;
        enum status status = q_audit_page_open(connection, args, &rows, error);
        while (!status && more) {
                struct q_audit_page_row row;
                status = q_audit_page_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                put_entry(request, model, list_row(model, list, &spec, address), &row);
                last = row.number;
                count++;
        }
        args->before = last;
        *ret_count = count;
        return status;
}

/* The newest first: one page, in a file all of them. */
static enum status put_entries(struct request *request, struct model *model, struct connection *connection,
                               const struct list_address *address, struct q_audit_page_args *args,
                               struct error *error)
{
        bool whole = request_wants_file(request);
        struct value *list = put_list(model, NULL, "rows");
        struct text next = {NULL, 0};
        int64_t count = 0;
        enum status status;
        args->before = whole ? INT64_MAX : list_after_number(address, INT64_MAX);
        do {
                status = put_page(request, model, connection, list, address, args, &count, error);
        } while (!status && whole && count == PAGE_ROWS);
        if (status)
                return status;
        if (!whole && count == PAGE_ROWS)
                next = path_of(request, "", args->before, "");
        list_put(model, &(struct list_view){.spec = &spec, .address = address, .total = -1, .next_after = next});
        return STATUS_OK;
}

static enum status audit_list(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct text none = {"", 0};
        struct q_audit_page_args args = {
                .kind = request_has(request, "kind") ? request_text(request, "kind") : none,
                .actor = request_has(request, "actor") ? request_text(request, "actor") : none,
                .count = PAGE_ROWS};
        struct list_address *address = arena_zero(request_arena(request), 1, sizeof(*address));
        struct list_reader reader = {.language = request_language(request), .minor_digits = 2};
        enum status status = address ? list_address_parse_query(&spec, &reader, request_query(request),
                                                                request_arena(request), address, error)
                                     : error_memory(error);
        if (!status)
                status = request_connection(request, &connection, error);
        if (!status)
                status = put_kinds_there_are(request, model, connection, error);
        put_word(model, NULL, "title", "nav.audit");
        put_text(model, NULL, "actor", args.actor);
        put_text(model, NULL, "kind", args.kind);
        if (!status)
                status = resolve(request, connection, &args.actor, error);
        return status ? status : put_entries(request, model, connection, address, &args, error);
}

static const struct field fields[] = {
        LIST_FIELDS, {.name = "kind", .kind = INPUT_ID}, {.name = "actor", .kind = INPUT_TEXT}, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/audit", PERMISSION_AUDIT_READ, fields, "audit", audit_list, ROUTE_LIST, "route.audit"},
};
const struct resource resource_audit = {"audit", routes, sizeof(routes) / sizeof(routes[0])};
