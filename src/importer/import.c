/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import.c: the frame of an import: register, stage, publish or give up.
 */
#include "importer/import.h"

#include "base/buffer.h"
#include "db/generation.h"
#include "db/setting.h"
#include "db/write.h"
#include "access/audit_note.h"
#include "importer/customers.h"
#include "importer/events.h"
#include "importer/figures.h"
#include "importer/people.h"
#include "importer/preview.h"
#include "importer/products.h"
#include "importer/purchases.h"
#include "importer/staged.h"
#include "importer/workbook.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "queries.h"

#define RUN_BYTES_MAX ((size_t)64 << 20)
enum { ATTEMPTS_MAX = 10 }; /* each one more was overtaken by another program's publish */

const struct import_job import_jobs[IMPORT_KIND_COUNT] = {
        [IMPORT_CUSTOMERS] = {import_customers},
        [IMPORT_PRODUCTS] = {import_products},
        [IMPORT_PURCHASES] = {import_purchases},
        [IMPORT_POTENTIALS] = {import_potentials},
        [IMPORT_VALUES] = {import_values},
        [IMPORT_CONTACTS] = {import_contacts},
        [IMPORT_CERTIFICATES] = {import_certificates},
        [IMPORT_ACTIVITIES] = {import_activities},
        [IMPORT_VISITS] = {import_visits},
        [IMPORT_RESPONSIBILITIES] = {import_responsibilities},
        [IMPORT_CONSENTS] = {import_consents},
};

void import_report_progress(struct import_run *run)
{
        if (!run->options->progress)
                return;
        struct import_progress progress = {source_file_bytes_done(run->file), source_file_bytes_total(run->file),
                                           run->counters.lines_read, false};
        run->options->progress(run->options->progress_context, &progress);
}

enum status import_check(struct import_run *run, struct error *error)
{
        import_report_progress(run);
        return run->options->check ? run->options->check(run->options->check_context, error) : STATUS_OK;
}

const char *import_actor(const struct import_run *run)
{
        return run->options->actor ? run->options->actor : "cli";
}

/* ---- registering ------------------------------------------------------------------------------------------- */

/* The id of a source; made when it is new. Under the head lock. */
static enum status take_source(struct connection *connection, struct text code, int32_t *ret_id, struct error *error)
{
        struct q_source_find_args find = {code};
        struct q_source_find_row existing;
        bool found;
        enum status status = q_source_find(connection, &find, &existing, &found, error);
        if (status)
                return status;
        if (found) {
                *ret_id = existing.id;
                return STATUS_OK;
        }
        struct q_source_next_row next;
        status = q_source_next(connection, NULL, &next, &found, error);
        if (status)
                return status;
        struct q_source_insert_args insert = {next.id, code};
        *ret_id = insert.id;
        return q_source_insert(connection, &insert, NULL, error);
}

static enum status register_import(struct connection *connection, void *context, struct error *error)
{
        struct import_run *run = context;
        const struct profile *profile = run->profile;
        struct q_head_lock_row head;
        struct q_import_next_row next = {0};
        bool found;
        enum status status = q_head_lock(connection, NULL, &head, &found, error);
        if (!status)
                status = take_source(connection, profile->source, &run->source_id, error);
        if (!status)
                status = take_source(connection, profile->customer_source, &run->customer_source_id, error);
        if (!status)
                status = take_source(connection, profile->product_source, &run->product_source_id, error);
        if (!status)
                status = q_import_next(connection, NULL, &next, &found, error);
        if (status)
                return status;
        struct q_import_insert_args insert = {
                .id = next.id,
                .kind = text_of(kind_infos[profile->kind].name),
                .source_id = run->source_id,
                .file_name = text_of(source_file_name(run->file)),
                .profile = text_of(profile->text),
                .file_bytes = (int64_t)source_file_bytes_total(run->file),
                .started_ms = clock_now_ms(),
                .import_day = run->import_day,
        };
        run->import_id = next.id;
        run->first_product = head.next_product;
        status = generation_latest(connection, &run->compared_generation, error);
        if (!status)
                status = q_import_insert(connection, &insert, NULL, error);
        return status ? status : staged_hold(connection, run->import_id, error);
}

/* In a dry run nothing is made: unknown sources stay 0 and have no rows. An interrupted import has made them all. */
static enum status look_up_sources(struct import_run *run, struct error *error)
{
        const struct text codes[] = {run->profile->source, run->profile->customer_source, run->profile->product_source};
        int32_t *const ids[] = {&run->source_id, &run->customer_source_id, &run->product_source_id};
        for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
                struct q_source_find_args find = {codes[i]};
                struct q_source_find_row row;
                bool found;
                enum status status = q_source_find(run->connection, &find, &row, &found, error);
                if (status)
                        return status;
                *ids[i] = found ? row.id : 0;
        }
        return STATUS_OK;
}

/* ---- publishing -------------------------------------------------------------------------------------------- */

static enum status append_audit(struct connection *connection, const struct import_run *run, struct error *error)
{
        const struct import_counters *counters = &run->counters;
        const struct { const char *key; uint64_t value; } numbers[] = {
                {"generation", (uint64_t)run->generation}, {"lines_read", counters->lines_read},
                {"rows_new", counters->rows_new}, {"rows_changed", counters->rows_changed},
                {"rows_same", counters->rows_same}, {"rows_rejected", counters->rows_rejected},
        };
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "kind");
        json_string(&note.json, kind_infos[run->profile->kind].name);
        json_key(&note.json, "source");
        json_text(&note.json, run->profile->source);
        json_key(&note.json, "file");
        json_string(&note.json, source_file_name(run->file));
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
                json_key(&note.json, numbers[i].key);
                json_int(&note.json, (int64_t)numbers[i].value);
        }
        if (run->content_digest) {
                json_key(&note.json, "digest");
                json_string(&note.json, run->content_digest);
        }
        return audit_note_append(&note, connection, import_actor(run), "import.published", run->import_id, error);
}

/* Refuses the publish when what was compared with is not what this would be published on. */
static enum status check_not_overtaken(struct connection *connection, struct import_run *run, struct error *error)
{
        enum import_kind kind = run->profile->kind;
        struct q_import_overtaking_args args = {.kind = text_of(kind_infos[kind].name),
                                                .source_id = kind == IMPORT_PURCHASES ? run->source_id : 0,
                                                .generation = run->compared_generation,
                                                .published = run->generation};
        struct q_import_overtaking_row row;
        bool found;
        enum status status = staged_hold(connection, run->import_id, error);
        if (!status)
                status = q_import_overtaking(connection, &args, &row, &found, error);
        if (status)
                return status;
        run->overtaken = row.imports > 0;
        return run->overtaken ? error_set(error, STATUS_CONFLICT, "import.overtaken", NULL) : STATUS_OK;
}

/* The one small transaction that makes everything visible. */
static enum status publish(struct connection *connection, void *context, struct error *error)
{
        struct import_run *run = context;
        const struct import_counters *counters = &run->counters;
        const char *error_path = error_file_path(run->errors);
        int64_t changes = 0;
        enum status status = generation_take(connection, &run->generation, error);
        if (!status)
                status = check_not_overtaken(connection, run, error);
        if (status)
                return status;
        struct q_import_publish_args args = {
                .id = run->import_id,
                .generation = run->generation,
                .finished_ms = clock_now_ms(),
                .file_hash = (int64_t)source_file_hash(run->file),
                .lines_read = (int64_t)counters->lines_read,
                .lines_rejected = (int64_t)counters->lines_rejected,
                .rows_new = (int64_t)counters->rows_new,
                .rows_changed = (int64_t)counters->rows_changed,
                .rows_same = (int64_t)counters->rows_same,
                .rows_rejected = (int64_t)counters->rows_rejected,
                .customers_created = (int64_t)counters->customers_created,
                .products_created = (int64_t)counters->products_created,
                .has_error_file = error_path[0] != '\0',
                .error_file = text_of(error_path),
        };
        status = q_import_publish(connection, &args, &changes, error);
        if (!status && changes != 1)
                status = error_set(error, STATUS_CORRUPT, "import.vanished", NULL);
        if (!status)
                status = q_import_progress_end(connection, &(struct q_import_progress_end_args){run->import_id}, NULL,
                                               error);
        if (!status && run->options->publishing)
                status = run->options->publishing(connection, run->options->publishing_context, run->import_id, error);
        return status ? status : append_audit(connection, run, error);
}

/* ---- the frame --------------------------------------------------------------------------------------------- */

static enum status open_source(struct import_run *run, struct error *error)
{
        struct buffer staging __attribute__((cleanup(buffer_release)));
        buffer_init(&staging, 4096);
        buffer_addf(&staging, "%s/staging", database_directory(run->database));
        if (staging.failed)
                return error_set(error, STATUS_LIMIT, "import.path_too_long", "path",
                                 database_directory(run->database), NULL);
        struct text *header;
        size_t header_count;
        enum status status = source_file_open(run->options->file, run->profile, staging.data, &run->file, error);
        if (!status)
                status = source_file_header(run->file, run->arena, &header, &header_count, error);
        if (!status)
                status = column_mapping_bind(run->arena, run->profile, header, header_count, run->currency,
                                             &run->mapping, error);
        /* Text of a workbook is no formula: an export neutralises none, whatever the profile says of CSV. */
        for (size_t i = 0; !status && source_file_is_workbook(run->file) && i < run->mapping.count; i++)
                run->mapping.columns[i].neutralised = false;
        return status;
}

static enum status stage(struct import_run *run, struct error *error)
{
        enum status status = registry_new(&run->registry, error);
        if (!status)
                status = error_file_new(database_directory(run->database), run->import_id, run->file,
                                        run->options->language, !run->dry_run, &run->errors, error);
        if (!status)
                status = import_jobs[run->profile->kind].stage(run, error);
        if (!status)
                status = error_file_finish(run->errors, error);
        return status;
}

/* What was staged goes away again, unless the fault is not the file's; when that fails too, the next start does it. */
static void give_up(struct import_run *run, enum status why)
{
        error_file_remove(run->errors);
        if (run->import_id && !staged_is_worth_keeping(run, why))
                (void)!staged_remove(run->database, run->import_id, NULL);
}

/* Registers the import, or takes an interrupted one of the same file over. */
static enum status begin(struct import_run *run, struct error *error)
{
        enum status status = staged_resume(run, error);
        if (!status && run->resumed)
                return look_up_sources(run, error);
        if (!status)
                status = db_write(run->database, register_import, run, error);
        if (status)
                run->import_id = 0;
        return status;
}

/* As before the first attempt; the file is read again. */
static enum status start_over(struct import_run *run, struct error *error)
{
        if (run->release)
                run->release(run);
        error_file_free(run->errors);
        registry_free(run->registry);
        run->release = NULL;
        run->published = NULL;
        run->state = NULL;
        run->content_digest = NULL;
        run->errors = NULL;
        run->registry = NULL;
        run->counters = (struct import_counters){0};
        run->import_id = 0;
        run->resumed = run->overtaken = false;
        run->rows_staged = run->rows_resumed = 0;
        return source_file_rewind(run->file, error);
}

static enum status attempt(struct import_run *run, struct import_result *result, struct error *error)
{
        enum status status = begin(run, error);
        if (status)
                return status;
        status = stage(run, error);
        if (!status && run->options->progress) {
                struct import_progress last = {source_file_bytes_total(run->file), source_file_bytes_total(run->file),
                                               run->counters.lines_read, true};
                run->options->progress(run->options->progress_context, &last);
        }
        if (!status)
                status = db_write(run->database, publish, run, error);
        if (status) {
                give_up(run, status);
                return status;
        }
        /* Published: what comes now can be made up for later. The log is moved at the next checkpoint, the index is
         * built at its next use. */
        struct error later;
        (void)!db_checkpoint(run->database, &later);
        result->index_stale = run->published && run->published(run, &result->index_error) != STATUS_OK;
        return STATUS_OK;
}

static enum status run_import(struct import_run *run, struct import_result *result, struct error *error)
{
        enum status status = attempt(run, result, error);
        for (int i = 1; i < ATTEMPTS_MAX && status && run->overtaken; i++) {
                status = start_over(run, error);
                if (!status)
                        status = attempt(run, result, error);
        }
        return status;
}

static enum status run_dry(struct import_run *run, struct arena *arena, struct import_result *result,
                           struct error *error)
{
        enum status status = look_up_sources(run, error);
        if (!status)
                status = preview_make(run, arena, &result->preview, error);
        if (!status)
                status = stage(run, error);
        if (status)
                return status;
        struct text sample = error_file_sample(run->errors);
        result->preview->rejected.data = arena_copy(arena, sample.data, sample.length);
        result->preview->rejected.length = sample.length;
        return result->preview->rejected.data ? STATUS_OK : error_memory(error);
}

/* The notes outlive the file. */
static enum status copy_notes(const struct import_run *run, struct arena *arena, struct import_result *result,
                              struct error *error)
{
        const struct sheet_note *notes = NULL;
        const char *sheets = source_file_sheets(run->file);
        result->note_count = source_file_notes(run->file, &notes);
        struct sheet_note *copies = arena_array(arena, struct sheet_note, result->note_count + 1);
        result->sheets = arena_copy(arena, sheets, strlen(sheets));
        result->notes = copies;
        if (!copies || !result->sheets)
                return error_memory(error);
        for (size_t i = 0; i < result->note_count; i++) {
                copies[i] = notes[i];
                copies[i].sheet = arena_copy(arena, notes[i].sheet, strlen(notes[i].sheet));
                copies[i].detail = arena_copy(arena, notes[i].detail, strlen(notes[i].detail));
                if (!copies[i].sheet || !copies[i].detail)
                        return error_memory(error);
        }
        return STATUS_OK;
}

static void fill_result(const struct import_run *run, struct import_result *result)
{
        result->import_id = run->import_id;
        result->generation = run->generation;
        result->counters = run->counters;
        result->rows_resumed = run->rows_resumed;
        result->superseded = run->superseded;
        result->encoding = source_file_encoding(run->file);
        result->delimiter = source_file_delimiter(run->file);
        result->decimal = source_file_decimal(run->file);
        result->packing = source_file_packing(run->file);
        result->left_out = source_file_left_out(run->file);
        snprintf(result->error_path, sizeof(result->error_path), "%s", error_file_path(run->errors));
        snprintf(result->reasons_path, sizeof(result->reasons_path), "%s", error_file_reasons_path(run->errors));
}

enum status import_file(struct database *database, struct connection *connection, const struct import_options *options,
                        struct arena *arena, struct import_result *ret, struct error *error)
{
        struct import_result result = {0};
        struct import_run run = {
                .database = database,
                .connection = connection,
                .options = options,
                .profile = options->profile,
                .arena = arena_new(RUN_BYTES_MAX),
                .dry_run = options->dry_run,
                .import_day = clock_local_day(clock_now_ms()),
        };
        struct currency currency = {.minor_digits = 2};
        enum status status = run.arena ? setting_currency(connection, &currency, error) : error_memory(error);
        run.minor_digits = currency.minor_digits;
        snprintf(run.currency, sizeof(run.currency), "%s", currency.code);
        if (!status)
                status = open_source(&run, error);
        if (!status)
                status = run.dry_run ? run_dry(&run, arena, &result, error) : run_import(&run, &result, error);
        /* Published by now: what cannot be said any more does not undo it. */
        struct error unsaid;
        if (!status && copy_notes(&run, arena, &result, &unsaid) != STATUS_OK) {
                result.sheets = "";
                result.note_count = 0;
        }
        if (!status) {
                fill_result(&run, &result);
                *ret = result;
        }
        if (run.release)
                run.release(&run);
        error_file_free(run.errors);
        registry_free(run.registry);
        source_file_close(run.file);
        arena_free(run.arena);
        return status;
}
