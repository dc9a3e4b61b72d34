/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_files.c: treue import KIND of files and whole folders. Each file is an import of its own: one that is wrong
 * does not undo the others; the exit status is that of the worst. Without a profile, files with the same header share
 * a proposed one.
 */
#include "cli/doctor.h"
#include "cli/import_parts.h"
#include "db/setting.h"
#include "platform/file.h"
#include "platform/random.h"
#include "queries.h"

enum { PROFILE_BYTES_MAX = 1 << 20, FILES_MAX = 10000, SOURCES_MAX = 256, SPOOL_BLOCK_BYTES = 1 << 20 };
#define ARENA_BYTES_MAX ((size_t)256 << 20)

/* A file, what it is imported with, and what came of it. */
struct import_task {
        const char *path;
        uint64_t layout;
        const struct profile *profile; /* NULL: refused already */
        char *spool, *spool_folder;    /* the copy of a pipe, removed at the end */
        int result;                    /* exit status */
};

struct import_batch {
        struct cli_context *context;
        enum import_kind kind;
        const struct import_words *options;
        struct arena *arena;
        struct database *database;
        struct connection *connection;
        char *staging;
        struct import_task *tasks;
        size_t count, capacity;
};

static enum status read_profile(struct import_batch *batch, struct profile *ret, struct error *error)
{
        const char *path = batch->options->profile, *kind = kind_infos[batch->kind].name;
        struct buffer text;
        enum status status = file_read(path, PROFILE_BYTES_MAX, &text, error);
        if (status)
                return status;
        status = profile_parse(batch->arena, text.data, text.length, ret, error);
        buffer_release(&text);
        if (status) {
                cli_print(batch->context, stderr, "profile.in_file", "path", path);
                return status;
        }
        if (ret->kind != batch->kind)
                return error_set(error, STATUS_USAGE, "import.kind_differs", "kind", kind, "profile_kind",
                                 kind_infos[ret->kind].name, "path", path, NULL);
        return STATUS_OK;
}

/* ---- which files --------------------------------------------------------------------------------------------- */

static enum status add_task(struct import_batch *batch, const char *path, struct error *error)
{
        char count[16];
        snprintf(count, sizeof(count), "%d", FILES_MAX);
        if (batch->count == FILES_MAX)
                return error_set(error, STATUS_USAGE, "import.too_many_files", "limit", count, NULL);
        if (!batch->tasks)
                batch->tasks = arena_array(batch->arena, struct import_task, FILES_MAX);
        char *copy = arena_copy(batch->arena, path, strlen(path));
        if (!batch->tasks || !copy)
                return error_memory(error);
        batch->tasks[batch->count++] = (struct import_task){.path = copy};
        return STATUS_OK;
}

struct folder {
        struct import_batch *batch;
        const char *path;
        enum status status;
        struct error *error;
};

static bool has_ending(const char *name, const char *ending)
{
        size_t length = strlen(name), tail = strlen(ending);
        if (length <= tail)
                return false;
        for (size_t i = 0; i < tail; i++) {
                char byte = name[length - tail + i];
                if ((byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte) != ending[i])
                        return false;
        }
        return true;
}

/* The exports of a folder; other files stay where they are. */
static void visit_file(void *context, const char *name)
{
        static const char *const endings[] = {".csv", ".txt", ".tsv", ".tab", ".gz", ".zst", ".xlsx", ".xlsm"};
        struct folder *folder = context;
        bool wanted = false;
        for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
                wanted = wanted || has_ending(name, endings[i]);
        if (!wanted || name[0] == '.' || folder->status)
                return;
        struct buffer path buffer_cleanup;
        buffer_init(&path, 8192);
        size_t length = strlen(folder->path);
        buffer_addf(&path, "%s%s%s", folder->path, length && folder->path[length - 1] == '/' ? "" : "/", name);
        folder->status = path.failed ? error_memory(folder->error)
                                     : add_task(folder->batch, path.data, folder->error);
}

static enum status add_word(struct import_batch *batch, const char *word, struct error *error)
{
        if (!directory_exists(word))
                return add_task(batch, word, error);
        struct folder folder = {.batch = batch, .path = word, .error = error};
        size_t before = batch->count;
        enum status status = directory_list(word, visit_file, &folder, error);
        if (!status)
                status = folder.status;
        if (!status && batch->count == before)
                status = error_set(error, STATUS_NOT_FOUND, "import.empty_folder", "path", word, NULL);
        return status;
}

/* ---- pipes --------------------------------------------------------------------------------------------------- */

/* A proposal reads a file before it is imported: what can be read only once is copied. */
static enum status spool_pipe(struct import_batch *batch, struct import_task *task, struct error *error)
{
        reader_cleanup struct reader *reader = NULL;
        enum status status = reader_open(task->path, &reader, error);
        bool standard = strcmp(task->path, "-") == 0;
        if (status || (!standard && reader_can_rewind(reader)))
                return status;
        struct buffer folder buffer_cleanup, path buffer_cleanup;
        buffer_init(&folder, 8192);
        buffer_init(&path, 8192);
        const char *slash = strrchr(task->path, '/');
        buffer_addf(&folder, "%s/pipe-%016llx", batch->staging, (unsigned long long)random_u64());
        buffer_addf(&path, "%s/%s", folder.data, standard ? "standard-input" : slash ? slash + 1 : task->path);
        task->spool_folder = arena_copy(batch->arena, folder.data, folder.length);
        task->spool = arena_copy(batch->arena, path.data, path.length);
        char *block = malloc(SPOOL_BLOCK_BYTES);
        struct writer *writer = NULL;
        status = block && task->spool && task->spool_folder && !path.failed && !folder.failed
                         ? directory_make(task->spool_folder, error)
                         : error_memory(error);
        if (!status)
                status = writer_open(task->spool, &writer, error);
        for (size_t length = 1; !status && length;) {
                status = reader_read(reader, block, SPOOL_BLOCK_BYTES, &length, error);
                if (!status && length)
                        status = writer_write(writer, block, length, error);
        }
        free(block);
        if (status) {
                writer_discard(writer);
                return status;
        }
        task->path = task->spool;
        return writer_close(writer, false, error);
}

static void remove_spools(struct import_batch *batch)
{
        for (size_t i = 0; i < batch->count; i++) {
                if (batch->tasks[i].spool)
                        (void)!file_remove(batch->tasks[i].spool, NULL);
                if (batch->tasks[i].spool_folder)
                        (void)!directory_remove(batch->tasks[i].spool_folder, NULL);
        }
}

/* ---- proposals ----------------------------------------------------------------------------------------------- */

/* Of one file: the next may still go in. */
static bool ends_all(enum status status)
{
        return status == STATUS_MEMORY || status == STATUS_DATABASE || status == STATUS_BUSY ||
               status == STATUS_CORRUPT || status == STATUS_CANCELLED;
}

static void refuse(struct import_batch *batch, struct import_task *task, enum status status, const struct error *error)
{
        if (batch->count > 1)
                cli_print(batch->context, stderr, "import.files.refused", "file", task->path);
        task->profile = NULL;
        task->result = cli_fail(batch->context, status, error);
}

static enum status list_sources(struct import_batch *batch, struct proposal_request *request, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct text *sources = arena_array(batch->arena, struct text, SOURCES_MAX);
        bool more = sources != NULL;
        enum status status = sources ? q_import_sources_open(batch->connection, NULL, &rows, error)
                                     : error_memory(error);
        while (!status && more && request->source_count < SOURCES_MAX) {
                struct q_import_sources_row row;
                status = q_import_sources_next(rows, &row, &more, error);
                if (!status && more)
                        sources[request->source_count++] = (struct text){
                                arena_copy(batch->arena, row.code.data, row.code.length), row.code.length};
        }
        request->sources = sources;
        return status;
}

static enum status propose_layout(struct import_batch *batch, struct import_task *first, struct error *error)
{
        struct currency currency = {.minor_digits = 2};
        struct proposal_request request = {.kind = batch->kind, .language = batch->context->language,
                                           .staging_directory = batch->staging};
        struct profile *profile = arena_zero(batch->arena, 1, sizeof(*profile));
        char **files = arena_array(batch->arena, char *, batch->count);
        if (!profile || !files)
                return error_memory(error);
        for (size_t i = 0; i < batch->count; i++)
                if (batch->tasks[i].result == CLI_DONE && batch->tasks[i].layout == first->layout)
                        files[request.file_count++] = (char *)batch->tasks[i].path;
        request.files = files;
        enum status status = setting_currency(batch->connection, &currency, error);
        if (!status)
                status = list_sources(batch, &request, error);
        if (status)
                return status;
        request.minor_digits = currency.minor_digits;
        request.currency = text_of(arena_copy(batch->arena, currency.code, strlen(currency.code)));
        status = import_propose(batch->context, &request, batch->options, batch->arena, profile, error);
        if (status)
                return status;
        for (size_t i = 0; i < batch->count; i++)
                if (batch->tasks[i].result == CLI_DONE && batch->tasks[i].layout == first->layout)
                        batch->tasks[i].profile = profile;
        return STATUS_OK;
}

static enum status find_layouts(struct import_batch *batch, size_t *ret_layouts, struct error *error)
{
        size_t layouts = 0;
        for (size_t i = 0; i < batch->count; i++) {
                struct import_task *task = &batch->tasks[i];
                enum status status = spool_pipe(batch, task, error);
                if (!status)
                        status = proposal_layout(batch->kind, task->path, batch->staging, &task->layout, error);
                if (ends_all(status))
                        return status;
                if (status) {
                        refuse(batch, task, status, error);
                        continue;
                }
                bool known = false;
                for (size_t k = 0; k < i; k++)
                        known = known || (batch->tasks[k].result == CLI_DONE && batch->tasks[k].layout == task->layout);
                layouts += !known;
        }
        *ret_layouts = layouts;
        return STATUS_OK;
}

static enum status propose(struct import_batch *batch, struct error *error)
{
        size_t layouts;
        enum status status = find_layouts(batch, &layouts, error);
        if (!status && layouts > 1 && batch->options->save_profile)
                status = error_set(error, STATUS_USAGE, "import.proposal.save_several", NULL);
        for (size_t i = 0; i < batch->count && !status; i++) {
                struct import_task *task = &batch->tasks[i];
                if (task->result != CLI_DONE || task->profile)
                        continue;
                status = propose_layout(batch, task, error);
                if (!status || ends_all(status))
                        continue;
                /* Nothing of this layout can go in. */
                for (size_t k = i; k < batch->count; k++)
                        if (k == i || (batch->tasks[k].result == CLI_DONE && batch->tasks[k].layout == task->layout))
                                refuse(batch, &batch->tasks[k], status, error);
                status = STATUS_OK;
        }
        return status;
}

/* ---- importing ----------------------------------------------------------------------------------------------- */

/* After a failure: is something kept that the next attempt goes on from? */
static void say_kept(struct import_batch *batch)
{
        uint64_t rows;
        struct error ignored;
        struct buffer count buffer_cleanup;
        buffer_init(&count, 64);
        if (import_staged_rows(batch->connection, &rows, &ignored) != STATUS_OK || rows == 0)
                return;
        format_add_count(&count, batch->context->language, (int64_t)rows);
        cli_print(batch->context, stderr, "import.kept", "count", count.data);
}

static enum status import_one(struct import_batch *batch, struct import_task *task, struct error *error)
{
        struct import_bar bar = {.context = batch->context, .visible = terminal_is_interactive(2)};
        struct import_options options = {
                .file = task->path,
                .profile = task->profile,
                .dry_run = batch->options->dry_run,
                .language = batch->context->language,
                .progress = import_bar_show,
                .progress_context = &bar,
        };
        struct import_result result;
        arena_cleanup struct arena *arena = arena_new(ARENA_BYTES_MAX);
        enum status status = arena ? import_file(batch->database, batch->connection, &options, arena, &result, error)
                                   : error_memory(error);
        import_bar_clear(&bar);
        if (status) {
                say_kept(batch);
                return status;
        }
        if (options.dry_run)
                status = import_print_preview(batch->context, &result, error);
        if (status)
                return status;
        import_print_summary(batch->context, &options, &result);
        fflush(stdout);
        task->result = result.counters.rows_rejected > 0 ? CLI_REJECTED : CLI_DONE;
        return STATUS_OK;
}

static void say_count(struct import_batch *batch, const char *key, size_t count)
{
        struct buffer number buffer_cleanup;
        buffer_init(&number, 64);
        format_add_count(&number, batch->context->language, (int64_t)count);
        cli_print(batch->context, stdout, key, "count", number.data);
}

static enum status import_tasks(struct import_batch *batch, int *ret_worst, struct error *error)
{
        enum status status = STATUS_OK;
        size_t refused = 0, rejected = 0;
        for (size_t i = 0; i < batch->count && !status; i++) {
                struct import_task *task = &batch->tasks[i];
                if (task->profile) {
                        status = import_one(batch, task, error);
                        if (status && !ends_all(status) && batch->count > 1) {
                                refuse(batch, task, status, error);
                                status = STATUS_OK;
                        }
                }
                refused += task->result >= CLI_USAGE;
                rejected += task->result == CLI_REJECTED;
                if (task->result > *ret_worst)
                        *ret_worst = task->result;
        }
        if (status || batch->count < 2)
                return status;
        say_count(batch, batch->options->dry_run ? "import.files.looked_at" : "import.files.imported",
                  batch->count - refused);
        if (rejected)
                say_count(batch, "import.files.with_rejected", rejected);
        if (refused)
                say_count(batch, "import.files.not_imported", refused);
        return STATUS_OK;
}

/* The import is done, whatever comes of looking through the data. */
static void say_findings(struct import_batch *batch)
{
        struct error problem;
        enum status status = doctor_say_count(batch->context, batch->database, batch->connection, &problem);
        if (!status)
                return;
        cli_print(batch->context, stderr, "doctor.after_import_failed");
        (void)cli_fail(batch->context, status, &problem);
}

static enum status open_batch(struct import_batch *batch, struct error *error)
{
        bool dry_run = batch->options->dry_run;
        enum status status = cli_open_database(batch->context, dry_run ? CLI_READ : CLI_WRITE, &batch->database, error);
        if (!status)
                status = db_connect(batch->database, &batch->connection, error);
        if (!status && !dry_run)
                status = import_say_cleaned(batch->context, batch->database, batch->connection, error);
        if (status)
                return status;
        struct buffer staging buffer_cleanup;
        buffer_init(&staging, 4096);
        buffer_addf(&staging, "%s/staging", database_directory(batch->database));
        batch->staging = staging.failed ? NULL : arena_copy(batch->arena, staging.data, staging.length);
        return batch->staging ? STATUS_OK : error_memory(error);
}

static bool has_imported(const struct import_batch *batch)
{
        for (size_t i = 0; i < batch->count; i++)
                if (batch->tasks[i].profile && batch->tasks[i].result < CLI_USAGE)
                        return true;
        return false;
}

enum status import_all_files(struct cli_context *context, enum import_kind kind, char **words, size_t count,
                             const struct import_words *options, int *ret_worst, struct error *error)
{
        arena_cleanup struct arena *arena = arena_new(ARENA_BYTES_MAX);
        struct import_batch batch = {.context = context, .kind = kind, .options = options, .arena = arena};
        struct profile profile;
        enum status status = arena ? STATUS_OK : error_memory(error);
        if (!status && options->profile)
                status = read_profile(&batch, &profile, error);
        for (size_t i = 0; i < count && !status; i++)
                status = add_word(&batch, words[i], error);
        if (!status)
                status = open_batch(&batch, error);
        for (size_t i = 0; i < batch.count && options->profile; i++)
                batch.tasks[i].profile = &profile;
        if (!status && !options->profile)
                status = propose(&batch, error);
        if (!status)
                status = import_tasks(&batch, ret_worst, error);
        if (!status && !options->dry_run && has_imported(&batch))
                say_findings(&batch);
        if (batch.tasks)
                remove_spools(&batch);
        db_disconnect(batch.connection);
        database_close(batch.database);
        return status;
}
