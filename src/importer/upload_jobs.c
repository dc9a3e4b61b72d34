/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * upload_jobs.c: looking at an upload (proposal, dry run), importing it, removing old ones, old error files and
 * jobs that ended long ago.
 */
#include "db/setting.h"
#include "importer/import.h"
#include "importer/preview.h"
#include "importer/upload.h"
#include "importer/upload_json.h"
#include "jobs/arguments.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "queries.h"

enum { SOURCES_MAX = 256, KEY_BYTES = 16, PATH_BYTES_MAX = 4096, TRIES_MAX = 5, JOBS_KEPT_DAYS = 90 };
#define RESULT_BYTES_MAX ((size_t)32 << 20)
#define DAY_MS INT64_C(86400000)

/* The upload a job is about; its file has to be there. */
static enum status load(struct job *job, struct upload *ret, struct error *error)
{
        enum status status = upload_load(job_database(job), job_connection(job), job_home(job),
                                         job_argument_integer(job, "upload"), job_arena(job), ret, error);
        if (!status && (!*ret->path || !file_exists(ret->path)))
                status = error_set(error, STATUS_NOT_FOUND, "upload.file_gone", "file", ret->file_name.data, NULL);
        return status;
}

/* What a file unpacks into: the upload's own folder, gone with it. */
static const char *folder_of(const struct job *job, const struct upload *upload)
{
        const char *end = strrchr(upload->path, '/');
        return arena_copy(job_arena(job), upload->path, (size_t)(end - upload->path));
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

static enum status list_sources(struct job *job, struct proposal_request *request, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct text *sources = arena_array(job_arena(job), struct text, SOURCES_MAX);
        bool more = true;
        enum status status = sources ? q_import_sources_open(job_connection(job), NULL, &rows, error)
                                     : error_memory(error);
        while (!status && more && request->source_count < SOURCES_MAX) {
                struct q_import_sources_row row;
                status = q_import_sources_next(rows, &row, &more, error);
                if (!status && more && !arena_keep_text(job_arena(job), row.code, &sources[request->source_count++]))
                        status = error_memory(error);
        }
        request->sources = sources;
        return status;
}

/* What was settled before that no longer fits (a column of another kind, say) is left out. */
static enum status answer(const struct upload *upload, struct proposal *proposal, struct error *error)
{
        static const char *const names[] = {[PROPOSAL_COLUMN] = "column", [PROPOSAL_VALUE] = "value",
                                            [PROPOSAL_ANSWER] = "answer", [PROPOSAL_SOURCE] = "source"};
        struct arguments *answers;
        enum status status = arguments_parse(upload->answers, &answers, error);
        if (status)
                return status;
        for (size_t i = 0; i < arguments_count(answers, "options") && !status; i++) {
                for (int option = 0; option <= PROPOSAL_SOURCE && !status; option++) {
                        if (!text_is(arguments_text_at(answers, "options", i), names[option]))
                                continue;
                        status = proposal_answer(proposal, (enum proposal_option)option,
                                                 arguments_text_at(answers, "names", i),
                                                 arguments_text_at(answers, "values", i), error);
                        if (status == STATUS_USAGE)
                                status = STATUS_OK;
                }
        }
        arguments_free(answers);
        return status;
}

static enum status propose(struct job *job, const struct upload *upload, struct proposal **ret, struct error *error)
{
        struct currency currency = {.minor_digits = 2};
        char *file = (char *)upload->path;
        struct proposal_request request = {.kind = upload->kind, .language = job_language(job), .files = &file,
                                           .file_count = 1, .staging_directory = folder_of(job, upload)};
        enum status status = request.staging_directory ? setting_currency(job_connection(job), &currency, error)
                                                       : error_memory(error);
        request.minor_digits = currency.minor_digits;
        if (!status && !arena_keep_text(job_arena(job), text_of(currency.code), &request.currency))
                status = error_memory(error);
        if (!status)
                status = list_sources(job, &request, error);
        if (!status)
                status = proposal_new(job_arena(job), &request, ret, error);
        if (!status)
                status = answer(upload, *ret, error);
        if (!status)
                status = job_check(job, error);
        return status ? status : proposal_decide(*ret, error);
}

static enum status check(void *job, struct error *error) { return job_check(job, error); }

static void progress(void *context, const struct import_progress *progress)
{
        job_progress(context, (int64_t)progress->bytes_done, (int64_t)progress->bytes_total,
                     progress->publishing ? "job.words.publishing" : NULL);
}

static struct import_options options_of(struct job *job, const struct upload *upload, const struct profile *profile)
{
        return (struct import_options){.file = upload->path, .profile = profile, .language = job_language(job),
                                       .progress = progress, .progress_context = job, .actor = job_actor(job),
                                       .check = check, .check_context = job};
}

static enum status look(struct job *job, struct error *error)
{
        struct upload upload;
        struct proposal *proposal;
        struct import_result result = {0};
        struct buffer out buffer_cleanup;
        buffer_init(&out, RESULT_BYTES_MAX);
        job_progress(job, 0, 0, "job.words.looking");
        enum status status = load(job, &upload, error);
        if (!status)
                status = propose(job, &upload, &proposal, error);
        if (status)
                return status;
        const struct proposal_view *view = proposal_view(proposal);
        if (view->question_count == 0) {
                struct import_options options = options_of(job, &upload, &view->profile);
                options.dry_run = true;
                status = import_file(job_database(job), job_connection(job), &options, job_arena(job), &result, error);
        }
        if (!status)
                status = upload_look_json(proposal, view->question_count ? NULL : &result, &out, error);
        if (!status && !job_set_result(job, (struct text){out.data, out.length}))
                status = error_memory(error);
        return status;
}

const struct job_kind import_look_kind = {.name = "import_look", .run = look, .resumable = true, .tries_max = 3};

/* ---- importing -------------------------------------------------------------------------------------------------- */

static enum status note_import(struct connection *connection, void *upload, int32_t import_id, struct error *error)
{
        struct q_upload_imported_args args = {((const struct upload *)upload)->id, import_id};
        return q_upload_imported(connection, &args, NULL, error);
}

/* Imported before a crash kept the job from saying so. */
static enum status tell_import(struct job *job, int32_t import_id, struct error *error)
{
        char text[64];
        int length = snprintf(text, sizeof(text), "{\"import\":%d}", (int)import_id);
        return job_set_result(job, (struct text){text, (size_t)length}) ? STATUS_OK : error_memory(error);
}

static enum status import_upload(struct job *job, struct error *error)
{
        struct upload upload;
        struct profile profile;
        struct import_result result;
        struct buffer out buffer_cleanup;
        struct text yaml = job_argument(job, "profile");
        buffer_init(&out, RESULT_BYTES_MAX);
        enum status status = load(job, &upload, error);
        if (!status && upload.import_id)
                return tell_import(job, upload.import_id, error);
        if (!status)
                status = profile_parse(job_arena(job), yaml.data, yaml.length, &profile, error);
        if (status)
                return status;
        struct import_options options = options_of(job, &upload, &profile);
        options.publishing = note_import;
        options.publishing_context = &upload;
        status = import_file(job_database(job), job_connection(job), &options, job_arena(job), &result, error);
        if (!status)
                status = upload_result_json(&result, &out, error);
        if (!status && !job_set_result(job, (struct text){out.data, out.length}))
                status = error_memory(error);
        return status;
}

const struct job_kind import_kind_of_job = {.name = "import", .run = import_upload, .lock = "import",
                                            .resumable = true, .tries_max = TRIES_MAX};

/* ---- old ones --------------------------------------------------------------------------------------------------- */

static enum status remove_one(struct job *job, int64_t id, struct error *error)
{
        struct upload upload;
        enum status status = upload_load(job_database(job), job_connection(job), job_home(job), id, job_arena(job),
                                         &upload, error);
        return status ? status : upload_remove(job_database(job), &upload, error);
}

/* They hold names and amounts: who has not repaired them by then will not. A file of another data directory is not
 * here, and its own server removes it. */
static enum status clean_error_files(struct job *job, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        int32_t days;
        bool more = true;
        enum status status = setting_days(job_connection(job), ERROR_FILES_KEPT_SETTING, ERROR_FILES_KEPT_DAYS, &days,
                                          error);
        struct q_import_error_files_old_args args = {clock_now_ms() - (status ? 0 : days) * DAY_MS};
        if (!status)
                status = q_import_error_files_old_open(job_connection(job), &args, &rows, error);
        while (!status && more) {
                struct q_import_error_files_old_row row;
                char path[PATH_BYTES_MAX];
                status = q_import_error_files_old_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (error_file_reasons_beside(row.error_file, path, sizeof(path)))
                        status = file_remove(path, error);
                int length = snprintf(path, sizeof(path), "%.*s", (int)row.error_file.length, row.error_file.data);
                if (!status && (size_t)length < sizeof(path))
                        status = file_remove(path, error);
        }
        return status;
}

static enum status clean(struct job *job, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        int32_t days;
        bool more = true;
        enum status status = setting_days(job_connection(job), UPLOAD_KEPT_SETTING, UPLOAD_KEPT_DAYS, &days, error);
        struct q_upload_old_args args = {text_of(job_home(job)), clock_now_ms() - (status ? 0 : days) * DAY_MS};
        if (!status)
                status = q_upload_old_open(job_connection(job), &args, &rows, error);
        while (!status && more) {
                struct q_upload_old_row row;
                status = q_upload_old_next(rows, &row, &more, error);
                if (!status && more)
                        status = remove_one(job, row.id, error);
        }
        if (!status)
                status = clean_error_files(job, error);
        return status ? status : job_forget(job_database(job), clock_now_ms() - JOBS_KEPT_DAYS * DAY_MS, error);
}

/* Once a day, for the files of each data directory. */
static enum status clean_due(struct job_due *due, struct error *error)
{
        char key[KEY_BYTES + 40];
        snprintf(key, sizeof(key), "%s:%d", job_due_home(due), (int)job_due_today(due));
        return job_due_add(due, key, (struct text){NULL, 0}, error);
}

const struct job_kind upload_clean_kind = {.name = "upload_clean", .run = clean, .resumable = true, .tries_max = 3,
                                           .due = clean_due};
