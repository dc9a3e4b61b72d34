/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * imports.c: files that came in: history, one import with its rejected lines, taking one back; and handing in a file.
 * What happens to the file until it is imported is in uploads.c.
 */
#include "db/generation.h"
#include "db/setting.h"
#include "importer/import.h"
#include "importer/upload.h"
#include "platform/file.h"
#include "program/reader.h"
#include "queries.h"
#include "render/list.h"
#include "web/job_view.h"
#include "web/resources.h"
#include "web/upload_view.h"

enum { SHOWN = 500, UPLOADS_SHOWN = 50, PATH_BYTES_MAX = 4096 };
#define FILE_BYTES_MAX (INT64_C(4) << 30)

/* ---- history ----------------------------------------------------------------------------------------------------- */

static const struct list_column columns[] = {
        {.name = "number", .title = "import.list.id", .kind = SHEET_ORDINAL, .flags = COLUMN_SHOWN, .path = "path"},
        {.name = "kind", .title = "import.list.kind", .kind = SHEET_CODE, .flags = COLUMN_SHOWN,
         .words = "import.kind."},
        {.name = "file_name", .title = "import.list.file", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "source", .title = "import.list.source", .kind = SHEET_TEXT},
        {.name = "state", .title = "import.list.state", .kind = SHEET_CODE, .flags = COLUMN_SHOWN,
         .words = "import.state."},
        {.name = "finished", .title = "import.list.finished", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
        {.name = "lines_read", .title = "import.list.lines", .kind = SHEET_COUNT},
        {.name = "rows_new", .title = "import.list.new", .kind = SHEET_COUNT, .flags = COLUMN_SHOWN},
        {.name = "rows_changed", .title = "import.list.changed", .kind = SHEET_COUNT, .flags = COLUMN_SHOWN},
        {.name = "rows_same", .title = "import.list.same", .kind = SHEET_COUNT},
        {.name = "rows_rejected", .title = "import.list.rejected", .kind = SHEET_COUNT, .flags = COLUMN_SHOWN},
};
static const struct list_spec spec = {.title = "page.imports", .path = "/imports", .columns = columns,
                                      .column_count = sizeof(columns) / sizeof(columns[0])};

static void put_import(struct request *request, struct model *model, struct value *map,
                       const struct q_import_list_row *row)
{
        put_ordinal(model, map, "number", row->id);
        put_text(model, map, "kind", row->kind);
        put_kind_word(request, model, map, "kind_name", row->kind);
        put_text(model, map, "file_name", row->file_name);
        put_code(model, map, "source", request_language(request), NULL, row->source);
        put_text(model, map, "state", row->state);
        put_word(model, map, "state_name",
                 text_is(row->state, "published") ? "import.state.published" : "import.state.undone");
        put_instant(model, map, "started", row->started_ms);
        if (row->has_finished_ms)
                put_instant(model, map, "finished", row->finished_ms);
        else
                put_none(model, map, "finished");
        if (row->has_undone_ms)
                put_instant(model, map, "undone", row->undone_ms);
        else
                put_none(model, map, "undone");
        put_count(model, map, "lines_read", row->lines_read);
        put_count(model, map, "lines_rejected", row->lines_rejected);
        put_count(model, map, "rows_new", row->rows_new);
        put_count(model, map, "rows_changed", row->rows_changed);
        put_count(model, map, "rows_same", row->rows_same);
        put_count(model, map, "rows_rejected", row->rows_rejected);
        put_count(model, map, "customers_created", row->customers_created);
        put_count(model, map, "products_created", row->products_created);
        put_text(model, map, "path", path_of(request, "/imports/", row->id, ""));
}

/* The newest first; those beyond SHOWN are old. */
static enum status put_history(struct request *request, struct model *model, struct connection *connection,
                               struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_import_newest_args args = {SHOWN};
        struct value *list = put_list(model, NULL, "rows");
        bool more = true;
        enum status status = q_import_newest_open(connection, &args, &rows, error);
        while (!status && more) {
                struct q_import_newest_row row;
                status = q_import_newest_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct q_import_list_row same = {
                        row.id, row.kind, row.source, row.file_name, row.state, row.started_ms,
                        .has_finished_ms = row.has_finished_ms, .finished_ms = row.finished_ms,
                        .has_undone_ms = row.has_undone_ms, .undone_ms = row.undone_ms,
                        .lines_read = row.lines_read, .lines_rejected = row.lines_rejected,
                        .rows_new = row.rows_new, .rows_changed = row.rows_changed, .rows_same = row.rows_same,
                        .rows_rejected = row.rows_rejected, .customers_created = row.customers_created,
                        .products_created = row.products_created};
                put_import(request, model, add_map(model, list), &same);
        }
        return status;
}

static enum status put_uploads(struct request *request, struct model *model, struct connection *connection,
                               struct error *error)
{
        struct application *application = application_of(request);
        struct upload *uploads;
        size_t count;
        enum status status = upload_list(application->database, connection, jobs_home(application->jobs),
                                         UPLOADS_SHOWN, request_arena(request), &uploads, &count, error);
        struct value *list = put_list(model, NULL, "uploads");
        for (size_t i = 0; i < count && !status; i++)
                put_upload(request, model, add_map(model, list), &uploads[i]);
        return status;
}

/* How many days files are kept. */
static enum status put_kept(struct request *request, struct model *model, const char *name, const char *setting,
                            int32_t usual, struct error *error)
{
        struct connection *connection;
        int32_t days;
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = setting_days(connection, setting, usual, &days, error);
        if (!status)
                put_count(model, NULL, name, days);
        return status;
}

static enum status imports_list(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct list_address *address = arena_zero(request_arena(request), 1, sizeof(*address));
        struct list_reader reader = {.language = request_language(request), .minor_digits = 2};
        bool may_write = subject_may(request_subject(request), PERMISSION_IMPORT_WRITE);
        enum status status = address ? request_connection(request, &connection, error) : error_memory(error);
        if (!status)
                status = list_address_parse_query(&spec, &reader, request_query(request), request_arena(request),
                                                  address, error);
        put_word(model, NULL, "title", "page.imports");
        if (!status)
                status = put_history(request, model, connection, error);
        if (status)
                return status;
        list_put(model, &(struct list_view){.spec = &spec, .address = address, .total = -1});
        if (may_write) {
                status = put_uploads(request, model, connection, error);
                if (!status)
                        status = put_kept(request, model, "uploads_days", UPLOAD_KEPT_SETTING, UPLOAD_KEPT_DAYS,
                                          error);
                put_kinds(request, model, "kinds", IMPORT_PURCHASES);
        }
        put_yes_no(model, NULL, "may_write", may_write);
        return status;
}

/* ---- handing in a file ------------------------------------------------------------------------------------------- */

static enum status imports_add(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        struct text name = {NULL, 0};
        const char *path = NULL;
        int64_t id;
        enum import_kind kind;
        if (!upload_kind_of(request_text(request, "kind"), &kind))
                kind = IMPORT_PURCHASES;
        enum status status = request_file(request, "file", &path, &name, error);
        if (status == STATUS_NOT_FOUND)
                return request_refuse_field(request, error, "file", "input.required", NULL);
        if (status)
                return status;
        struct upload_order order = {.kind = kind, .path = path, .name = name,
                                     .account_id = request_subject(request)->account_id, .actor = actor_of(request),
                                     .language = request_language(request)};
        status = upload_add(application->jobs, application->database, &order, &id, error);
        if (status)
                return status;
        put_id(model, NULL, "id", id);
        upload_wait(request, id);
        request_go_to(request, path_of(request, "/imports/uploads/", id, ""), true);
        return STATUS_OK;
}

/* ---- one import -------------------------------------------------------------------------------------------------- */

static enum status find(struct request *request, struct q_import_one_row *ret, int32_t *ret_number,
                        struct error *error)
{
        struct connection *connection;
        int64_t id;
        bool found = false;
        enum status status = request_connection(request, &connection, error);
        if (status)
                return status;
        if (!request_segment_id(request, "import", &id) || id > INT32_MAX)
                return not_there(error);
        status = q_import_one(connection, &(struct q_import_one_args){(int32_t)id}, ret, &found, error);
        if (status)
                return status;
        if (!found || text_is(ret->state, "staging"))
                return not_there(error);
        *ret_number = (int32_t)id;
        return STATUS_OK;
}

static enum status import_show(struct request *request, struct model *model, struct error *error)
{
        struct q_import_one_row row;
        int32_t number;
        char reasons[PATH_BYTES_MAX];
        enum status status = find(request, &row, &number, error);
        if (status)
                return status;
        struct q_import_list_row same = {
                number, row.kind, row.source, row.file_name, row.state, row.started_ms,
                .has_finished_ms = row.has_finished_ms, .finished_ms = row.finished_ms,
                .has_undone_ms = row.has_undone_ms, .undone_ms = row.undone_ms, .lines_read = row.lines_read,
                .lines_rejected = row.lines_rejected, .rows_new = row.rows_new, .rows_changed = row.rows_changed,
                .rows_same = row.rows_same, .rows_rejected = row.rows_rejected,
                .customers_created = row.customers_created, .products_created = row.products_created};
        bool published = text_is(row.state, "published");
        struct value *import = put_map(model, NULL, "import");
        put_text(model, NULL, "title", row.file_name);
        put_import(request, model, import, &same);
        put_yes_no(model, import, "published", published);
        put_text(model, import, "profile", row.profile);
        bool rejected = row.has_error_file && row.error_file.length &&
                        file_exists(string_of(request, row.error_file)) &&
                        error_file_reasons_beside(row.error_file, reasons, sizeof(reasons));
        put_text(model, import, "rejected_path", rejected ? path_of(request, "/imports/", number, "/rejected")
                                                          : (struct text){NULL, 0});
        put_text(model, import, "reasons_path", rejected && file_exists(reasons)
                                                        ? path_of(request, "/imports/", number, "/reasons")
                                                        : (struct text){NULL, 0});
        put_yes_no(model, import, "rejected_gone", !rejected && row.rows_rejected > 0);
        put_yes_no(model, NULL, "may_write", subject_may(request_subject(request), PERMISSION_IMPORT_WRITE));
        return put_kept(request, model, "days", ERROR_FILES_KEPT_SETTING, ERROR_FILES_KEPT_DAYS, error);
}

static enum status send(struct request *request, const char *path, struct error *error)
{
        const char *slash = strrchr(path, '/');
        if (!file_exists(path))
                return not_there(error);
        request_send_file(request, arena_copy(request_arena(request), path, strlen(path)), "text/csv",
                          text_of(arena_copy(request_arena(request), slash ? slash + 1 : path,
                                             strlen(slash ? slash + 1 : path))), false);
        return STATUS_OK;
}

static enum status import_rejected(struct request *request, struct model *model, struct error *error)
{
        struct q_import_one_row row;
        int32_t number;
        (void)model;
        enum status status = find(request, &row, &number, error);
        if (!status && (!row.has_error_file || row.error_file.length == 0))
                return not_there(error);
        return status ? status : send(request, string_of(request, row.error_file), error);
}

static enum status import_reasons(struct request *request, struct model *model, struct error *error)
{
        struct q_import_one_row row;
        int32_t number;
        char path[PATH_BYTES_MAX];
        (void)model;
        enum status status = find(request, &row, &number, error);
        if (!status && (!row.has_error_file || !error_file_reasons_beside(row.error_file, path, sizeof(path))))
                return not_there(error);
        return status ? status : send(request, path, error);
}

static enum status import_take_back(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        struct connection *connection;
        struct q_import_one_row row;
        struct import_undone undone;
        char text[16];
        int32_t number;
        enum status status = find(request, &row, &number, error);
        if (!status)
                status = request_connection(request, &connection, error);
        if (!status)
                status = import_undo(application->database, connection, number, actor_of(request), &undone, error);
        if (status)
                return status;
        put_ordinal(model, NULL, "number", number);
        put_count(model, NULL, "runs_flagged", undone.runs_flagged);
        put_count(model, NULL, "refusals_kept", undone.refusals_kept);
        snprintf(text, sizeof(text), "%d", (int)number);
        request_notice(request, NULL, "import.undone_notice", "import", text, NULL);
        request_go_to(request, path_of(request, "/imports/", number, ""), false);
        return STATUS_OK;
}

static const struct field list_fields[] = {LIST_FIELDS, {0}};
static const struct field add_fields[] = {
        {.name = "file", .kind = INPUT_FILE, .required = true, .max = FILE_BYTES_MAX, .label = "upload.field.file"},
        {.name = "kind", .kind = INPUT_CHOICE, .choices = upload_kind_names, .label = "upload.field.kind"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/imports", PERMISSION_IMPORT_READ, list_fields, "imports", imports_list, ROUTE_LIST,
         "route.imports"},
        {METHOD_POST, "/imports", PERMISSION_IMPORT_WRITE, add_fields, NULL, imports_add, 0, "route.imports_add"},
        {METHOD_GET, "/imports/{import}", PERMISSION_IMPORT_READ, NULL, "import", import_show, 0, "route.import"},
        {METHOD_GET, "/imports/{import}/rejected", PERMISSION_IMPORT_READ, NULL, NULL, import_rejected, ROUTE_FILE,
         "route.import_rejected"},
        {METHOD_GET, "/imports/{import}/reasons", PERMISSION_IMPORT_READ, NULL, NULL, import_reasons, ROUTE_FILE,
         "route.import_reasons"},
        {METHOD_POST, "/imports/{import}/undo", PERMISSION_IMPORT_WRITE, NULL, NULL, import_take_back, 0,
         "route.import_undo"},
};
const struct resource resource_imports = {"imports", routes, sizeof(routes) / sizeof(routes[0])};
