/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * upload.c: the rows and files of uploads. The jobs are in upload_jobs.c.
 */
#include "importer/upload.h"

#include "db/identity.h"
#include "db/write.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/random.h"
#include "queries.h"
#include "render/json.h"

enum { PATH_BYTES_MAX = 4096, NUMBER_BYTES = 24, FOLDER_BYTES = 33 };
#define ANSWERS_BYTES_MAX ((size_t)4 << 20)
#define PROFILE_BYTES_MAX ((size_t)4 << 20)

/* ---- files ------------------------------------------------------------------------------------------------------ */

static bool path_of(char path[PATH_BYTES_MAX], struct database *database, struct text folder, struct text name)
{
        int length = snprintf(path, PATH_BYTES_MAX, "%s/uploads/%.*s%s%.*s", database_directory(database),
                              (int)folder.length, folder.data, name.length ? "/" : "", (int)name.length,
                              name.length ? name.data : "");
        return length > 0 && length < PATH_BYTES_MAX;
}

/* The last part of the name, without what is no plain text; never hidden, never empty, cut between characters. */
static void clean_name(struct text name, char out[UPLOAD_NAME_BYTES_MAX + 1])
{
        size_t start = 0, length = 0;
        for (size_t i = 0; i < name.length; i++)
                if (name.data[i] == '/' || name.data[i] == '\\')
                        start = i + 1;
        while (start < name.length && name.data[start] == '.')
                start++;
        for (size_t i = start; i < name.length && length < UPLOAD_NAME_BYTES_MAX; i++)
                if ((unsigned char)name.data[i] >= 0x20 && name.data[i] != 0x7F)
                        out[length++] = name.data[i];
        while (length && !text_is_utf8(out, length))
                length--;
        out[length] = '\0';
        if (length == 0)
                memcpy(out, "upload", sizeof("upload"));
}

static enum status take_file(struct database *database, const struct upload_order *order, struct text folder,
                             struct text name, struct error *error)
{
        char directory[PATH_BYTES_MAX], path[PATH_BYTES_MAX];
        if (!path_of(directory, database, folder, (struct text){NULL, 0}) || !path_of(path, database, folder, name))
                return error_set(error, STATUS_LIMIT, "import.path_too_long", "path", database_directory(database),
                                 NULL);
        enum status status = directory_make(directory, error);
        if (!status && file_rename(order->path, path, true, error) != STATUS_OK)
                status = file_copy(order->path, path, error); /* from another file system */
        return status;
}

static void remove_files(struct database *database, struct text folder, struct text name)
{
        char directory[PATH_BYTES_MAX], path[PATH_BYTES_MAX];
        if (!path_of(directory, database, folder, (struct text){NULL, 0}) || !path_of(path, database, folder, name))
                return;
        (void)!file_remove(path, NULL);
        (void)!directory_clear(directory, "", NULL);
        (void)!directory_remove(directory, NULL);
}

static enum status size_of(const char *path, int64_t *ret, struct error *error)
{
        reader_cleanup struct reader *reader = NULL;
        enum status status = reader_open(path, &reader, error);
        if (!status)
                *ret = reader_size_bytes(reader);
        return status;
}

/* ---- adding ----------------------------------------------------------------------------------------------------- */

/* A look at an upload, or its import, added together with the row that names it. */
struct upload_job {
        const char *kind, *lock, *home;
        int64_t upload_id, account_id;
        const char *actor;
        enum language language;
        struct text profile;          /* of an import */
        int64_t job_id;
};

static enum status add_job(struct connection *connection, struct upload_job *job, struct error *error)
{
        struct buffer arguments buffer_cleanup;
        struct json json;
        buffer_init(&arguments, PROFILE_BYTES_MAX);
        json_init(&json, &arguments, false);
        json_begin_object(&json);
        json_key(&json, "upload");
        json_int(&json, job->upload_id);
        if (job->profile.length) {
                json_key(&json, "profile");
                json_text(&json, job->profile);
        }
        json_end_object(&json);
        if (arguments.failed)
                return error_memory(error);
        struct job_order order = {.kind = job->kind, .arguments = {arguments.data, arguments.length},
                                  .lock = job->lock, .home = job->home, .account_id = job->account_id,
                                  .actor = job->actor, .language = job->language};
        return job_add(connection, &order, &job->job_id, error);
}

struct adding {
        struct q_upload_insert_args row;
        struct upload_job look;
};

static enum status add(struct connection *connection, void *context, struct error *error)
{
        struct adding *adding = context;
        enum status status = identity_next(connection, &adding->row.id, error);
        if (!status)
                status = q_upload_insert(connection, &adding->row, NULL, error);
        adding->look.upload_id = adding->row.id;
        if (!status)
                status = add_job(connection, &adding->look, error);
        struct q_upload_settle_args settle = {.id = adding->row.id, .kind = adding->row.kind,
                                              .answers = text_of("{}"), .look_job_id = adding->look.job_id};
        return status ? status : q_upload_settle(connection, &settle, NULL, error);
}

enum status upload_add(struct jobs *jobs, struct database *database, const struct upload_order *order,
                       int64_t *ret_id, struct error *error)
{
        char folder[FOLDER_BYTES], name[UPLOAD_NAME_BYTES_MAX + 1];
        int64_t bytes = 0;
        snprintf(folder, sizeof(folder), "%016llx%016llx", (unsigned long long)random_u64(),
                 (unsigned long long)random_u64());
        clean_name(order->name, name);
        struct adding adding = {
                .row = {.kind = text_of(kind_infos[order->kind].name), .file_name = text_of(name),
                        .folder = text_of(folder), .home = text_of(jobs_home(jobs)),
                        .account_id = order->account_id, .actor = text_of(order->actor),
                        .created_ms = clock_now_ms()},
                .look = {.kind = import_look_kind.name, .home = jobs_home(jobs), .account_id = order->account_id,
                         .actor = order->actor, .language = order->language},
        };
        enum status status = size_of(order->path, &bytes, error);
        adding.row.file_bytes = bytes;
        if (!status)
                status = take_file(database, order, adding.row.folder, adding.row.file_name, error);
        if (!status)
                status = db_write(database, add, &adding, error);
        if (status) {
                remove_files(database, text_of(folder), text_of(name));
                return status;
        }
        jobs_wake(jobs);
        *ret_id = adding.row.id;
        return STATUS_OK;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static enum status unknown(int64_t id, struct error *error)
{
        char number[NUMBER_BYTES];
        snprintf(number, sizeof(number), "%lld", (long long)id);
        return error_set(error, STATUS_NOT_FOUND, "upload.unknown", "upload", number, NULL);
}

enum status upload_load(struct database *database, struct connection *connection, const char *home, int64_t id,
                        struct arena *arena, struct upload *ret, struct error *error)
{
        struct q_upload_get_row row;
        bool found;
        char path[PATH_BYTES_MAX];
        enum status status = q_upload_get(connection, &(struct q_upload_get_args){id}, &row, &found, error);
        if (status)
                return status;
        if (!found)
                return unknown(id, error);
        struct upload upload = {.id = id, .bytes = row.file_bytes, .look_job_id = row.look_job_id,
                                .import_job_id = row.import_job_id, .import_id = row.import_id,
                                .account_id = row.account_id, .created_ms = row.created_ms};
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++)
                if (text_is(row.kind, kind_infos[kind].name))
                        upload.kind = (enum import_kind)kind;
        bool here = text_is(row.home, home) && path_of(path, database, row.folder, row.file_name);
        upload.path = arena_copy(arena, here ? path : "", here ? strlen(path) : 0);
        if (!upload.path || !arena_keep_text(arena, row.file_name, &upload.file_name) ||
            !arena_keep_text(arena, row.home, &upload.home) || !arena_keep_text(arena, row.answers, &upload.answers) ||
            !arena_keep_text(arena, row.actor, &upload.actor))
                return error_memory(error);
        *ret = upload;
        return STATUS_OK;
}

enum status upload_list(struct database *database, struct connection *connection, const char *home, size_t most,
                        struct arena *arena, struct upload **ret, size_t *ret_count, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct upload *uploads = arena_array(arena, struct upload, most + 1);
        size_t count = 0;
        bool more = true;
        enum status status = uploads ? q_upload_list_open(connection, &(struct q_upload_list_args){(int64_t)most},
                                                          &rows, error)
                                     : error_memory(error);
        while (!status && more && count < most) {
                struct q_upload_list_row row;
                status = q_upload_list_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                status = upload_load(database, connection, home, row.id, arena, &uploads[count], error);
                count += !status;
        }
        if (status)
                return status;
        *ret = uploads;
        *ret_count = count;
        return STATUS_OK;
}

/* ---- settling, importing ---------------------------------------------------------------------------------------- */

static enum status begun(struct error *error) { return error_set(error, STATUS_CONFLICT, "upload.begun", NULL); }

static const char *const option_names[] = {[PROPOSAL_COLUMN] = "column", [PROPOSAL_VALUE] = "value",
                                           [PROPOSAL_ANSWER] = "answer", [PROPOSAL_SOURCE] = "source"};

static bool write_answers(struct buffer *out, const struct upload_answer *answers, size_t count)
{
        static const char *const lists[] = {"options", "names", "values"};
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        for (size_t list = 0; list < sizeof(lists) / sizeof(lists[0]); list++) {
                json_key(&json, lists[list]);
                json_begin_array(&json);
                for (size_t i = 0; i < count; i++)
                        json_text(&json, list == 0 ? text_of(option_names[answers[i].option])
                                         : list == 1 ? answers[i].name : answers[i].value);
                json_end_array(&json);
        }
        json_end_object(&json);
        return !out->failed;
}

struct settling {
        struct q_upload_settle_args row;
        struct upload_job look;
};

static enum status settle(struct connection *connection, void *context, struct error *error)
{
        struct settling *settling = context;
        int64_t changes = 0;
        enum status status = add_job(connection, &settling->look, error);
        settling->row.look_job_id = settling->look.job_id;
        if (!status)
                status = q_upload_settle(connection, &settling->row, &changes, error);
        return status || changes ? status : begun(error);
}

enum status upload_settle(struct jobs *jobs, struct database *database, const struct upload *upload,
                          enum import_kind kind, const struct upload_answer *answers, size_t count,
                          enum language language, struct error *error)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, ANSWERS_BYTES_MAX);
        if (!write_answers(&text, answers, count))
                return error_memory(error);
        struct settling settling = {
                .row = {.id = upload->id, .kind = text_of(kind_infos[kind].name), .answers = {text.data, text.length}},
                .look = {.kind = import_look_kind.name, .home = upload->home.data, .upload_id = upload->id,
                         .account_id = upload->account_id, .actor = upload->actor.data, .language = language},
        };
        enum status status = db_write(database, settle, &settling, error);
        if (!status)
                jobs_wake(jobs);
        return status;
}

struct beginning {
        const struct upload *upload;
        struct upload_job import;
};

static enum status begin(struct connection *connection, void *context, struct error *error)
{
        struct beginning *beginning = context;
        const struct upload *upload = beginning->upload;
        struct q_job_get_row before;
        bool found = false;
        int64_t changes = 0;
        enum status status = STATUS_OK;
        if (upload->import_job_id)
                status = q_job_get(connection, &(struct q_job_get_args){.id = upload->import_job_id}, &before, &found,
                                   error);
        if (status)
                return status;
        if (found && !text_is(before.state, job_state_names[JOB_FAILED]) &&
            !text_is(before.state, job_state_names[JOB_CANCELLED]))
                return begun(error);
        status = add_job(connection, &beginning->import, error);
        struct q_upload_begin_args args = {.id = upload->id, .before = upload->import_job_id,
                                           .import_job_id = beginning->import.job_id};
        if (!status)
                status = q_upload_begin(connection, &args, &changes, error);
        return status || changes ? status : begun(error);
}

enum status upload_begin(struct jobs *jobs, struct database *database, const struct upload *upload,
                         struct text profile, int64_t account_id, const char *actor, enum language language,
                         int64_t *ret_job_id, struct error *error)
{
        struct beginning beginning = {
                .upload = upload,
                .import = {.kind = import_kind_of_job.name, .lock = import_kind_of_job.lock,
                           .home = upload->home.data, .upload_id = upload->id, .account_id = account_id,
                           .actor = actor, .language = language, .profile = profile},
        };
        enum status status = db_write(database, begin, &beginning, error);
        if (status)
                return status;
        jobs_wake(jobs);
        *ret_job_id = beginning.import.job_id;
        return STATUS_OK;
}

/* ---- removing --------------------------------------------------------------------------------------------------- */

static enum status delete_row(struct connection *connection, void *context, struct error *error)
{
        return q_upload_delete(connection, &(struct q_upload_delete_args){*(const int64_t *)context}, NULL, error);
}

enum status upload_remove(struct database *database, const struct upload *upload, struct error *error)
{
        int64_t id = upload->id;
        struct text path = text_of(upload->path);
        enum status status = db_write(database, delete_row, &id, error);
        if (status || path.length == 0)
                return status;
        /* .../uploads/FOLDER/NAME */
        size_t end = path.length - upload->file_name.length - 1, start = end;
        while (start && path.data[start - 1] != '/')
                start--;
        remove_files(database, (struct text){path.data + start, end - start}, upload->file_name);
        return STATUS_OK;
}
