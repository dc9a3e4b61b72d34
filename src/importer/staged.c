/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * staged.c: what was staged and not published yet, and what was published and is taken back.
 */
#include "importer/staged.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "db/generation.h"
#include "db/write.h"
#include "access/audit_note.h"
#include "facts/rebuild.h"
#include "importer/fragments.h"
#include "importer/import.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "queries.h"

/* ---- removing ---------------------------------------------------------------------------------------------- */

/* People and their keys stay, as the keys of customers do: they are dictionary entries. */
static enum status remove_people_rows(struct connection *connection, int32_t id, struct error *error)
{
        enum status status = q_import_remove_contacts(connection, &(struct q_import_remove_contacts_args){id}, NULL,
                                                      error);
        if (!status)
                status = q_import_remove_contact_facts(
                        connection, &(struct q_import_remove_contact_facts_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_certificates(
                        connection, &(struct q_import_remove_certificates_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_activities(
                        connection, &(struct q_import_remove_activities_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_visits(connection, &(struct q_import_remove_visits_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_responsibilities(
                        connection, &(struct q_import_remove_responsibilities_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_consents(connection, &(struct q_import_remove_consents_args){id}, NULL, error);
        return status;
}

enum status staged_hold(struct connection *connection, int32_t import_id, struct error *error)
{
        struct q_import_hold_row row;
        char number[16];
        bool found = false;
        enum status status = q_import_hold(connection, &(struct q_import_hold_args){import_id}, &row, &found, error);
        if (status || (found && row.held))
                return status;
        snprintf(number, sizeof(number), "%d", (int)import_id);
        return error_set(error, STATUS_BUSY, "import.held_elsewhere", "import", number, NULL);
}

static enum status remove_rows(struct connection *connection, void *context, struct error *error)
{
        int32_t id = *(const int32_t *)context;
        enum status status = staged_hold(connection, id, error);
        if (!status)
                status = q_import_progress_end(connection, &(struct q_import_progress_end_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_documents(
                        connection, &(struct q_import_remove_documents_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_customer_records(
                        connection, &(struct q_import_remove_customer_records_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_customer_names(
                        connection, &(struct q_import_remove_customer_names_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_customer_facts(
                        connection, &(struct q_import_remove_customer_facts_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_group_names(
                        connection, &(struct q_import_remove_group_names_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_product_facts(
                        connection, &(struct q_import_remove_product_facts_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_potentials(
                        connection, &(struct q_import_remove_potentials_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_competitor_shares(
                        connection, &(struct q_import_remove_competitor_shares_args){id}, NULL, error);
        if (!status)
                status = q_import_remove_values(connection, &(struct q_import_remove_values_args){id}, NULL, error);
        if (!status)
                status = remove_people_rows(connection, id, error);
        if (!status)
                status = q_import_remove_merges(connection, &(struct q_import_remove_merges_args){id}, NULL, error);
        return status ? status : q_import_remove(connection, &(struct q_import_remove_args){id}, NULL, error);
}

enum status staged_remove(struct database *database, int32_t import_id, struct error *error)
{
        return db_write(database, remove_rows, &import_id, error);
}

/* Files of rejected records the unfinished import had begun: its number will be given again. */
static enum status remove_error_files(struct database *database, int32_t import_id, struct error *error)
{
        char prefix[16];
        struct buffer directory __attribute__((cleanup(buffer_release)));
        buffer_init(&directory, 4096);
        buffer_addf(&directory, "%s/errors", database_directory(database));
        snprintf(prefix, sizeof(prefix), "%d-", (int)import_id);
        enum status status = directory.failed ? STATUS_OK : directory_make(directory.data, error);
        return status || directory.failed ? status : directory_clear(directory.data, prefix, error);
}

/* What decides about an unfinished import; read before any is removed. */
struct unfinished {
        int32_t id, source_id, import_day;
        bool can_go_on, of_this_file, of_this_name;
        bool needs_all;      /* rests on all that was published, not only on earlier purchases */
        int64_t started_ms, file_hash, generation, first_product, rows_staged, customer_id;
        char number[FRAGMENT_NUMBER_BYTES_MAX];
        size_t number_length;
        struct unfinished *next;
};

static void free_list(struct unfinished **list)
{
        for (struct unfinished *next; *list; *list = next) {
                next = (*list)->next;
                free(*list);
        }
}
#define unfinished_cleanup __attribute__((cleanup(free_list)))

static void take_row(const struct q_import_staging_row *row, const struct import_run *run, struct unfinished *ret)
{
        *ret = (struct unfinished){
                .id = row->id,
                .source_id = row->source_id,
                .import_day = row->import_day,
                .can_go_on = row->has_rows_staged && row->rows_staged > 0 &&
                             row->number.length <= sizeof(ret->number),
                .started_ms = row->started_ms,
                .file_hash = row->file_hash,
                .generation = row->generation,
                .first_product = row->first_product,
                .rows_staged = row->rows_staged,
                .customer_id = row->customer_id,
        };
        if (ret->can_go_on) {
                memcpy(ret->number, row->number.data, row->number.length);
                ret->number_length = row->number.length;
        }
        ret->needs_all = !text_is(row->kind, kind_infos[IMPORT_PURCHASES].name);
        if (!run)
                return;
        bool kind = text_is(row->kind, kind_infos[run->profile->kind].name);
        ret->of_this_name = kind && text_is(row->file_name, source_file_name(run->file));
        ret->of_this_file = kind && text_is(row->profile, run->profile->text) &&
                            row->file_bytes == (int64_t)source_file_bytes_total(run->file);
        /* What was refused as unknown may be known now. */
        ret->needs_all |= !run->profile->create_customers || !run->profile->create_products;
}

/* All unfinished imports, the latest first; `run` to compare them with, or NULL. */
static enum status load_unfinished(struct connection *connection, const struct import_run *run,
                                   struct unfinished **ret, struct error *error)
{
        unfinished_cleanup struct unfinished *list = NULL;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_import_staging_open(connection, NULL, &rows, error);
        while (!status) {
                struct q_import_staging_row row;
                bool more = false;
                status = q_import_staging_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct unfinished *one = malloc(sizeof(*one));
                if (!one)
                        return error_memory(error);
                take_row(&row, run, one);
                one->next = list;
                list = one;
        }
        if (status)
                return status;
        *ret = list;
        list = NULL;
        return STATUS_OK;
}

/* Was what it was compared with changed since, or is it too old? */
static enum status is_outdated(struct connection *connection, const struct unfinished *one, bool *ret,
                               struct error *error)
{
        struct q_purchase_imports_since_args args = {.covered = one->generation, .generation = INT64_MAX};
        struct q_purchase_imports_since_row row;
        bool found;
        int64_t latest = 0;
        enum status status = q_purchase_imports_since(connection, &args, &row, &found, error);
        if (!status)
                status = generation_latest(connection, &latest, error);
        if (!status)
                *ret = row.imports > 0 || (one->needs_all && latest != one->generation) ||
                       clock_now_ms() - one->started_ms > IMPORT_KEPT_DAYS * INT64_C(86400000);
        return status;
}

static enum status discard(struct database *database, const struct unfinished *one, struct error *error)
{
        enum status status = staged_remove(database, one->id, error);
        return status ? status : remove_error_files(database, one->id, error);
}

enum status import_clean_up(struct database *database, struct connection *connection, size_t *ret_removed,
                            struct error *error)
{
        size_t removed = 0;
        unfinished_cleanup struct unfinished *list = NULL;
        enum status status = load_unfinished(connection, NULL, &list, error);
        for (const struct unfinished *one = list; one && !status; one = one->next) {
                bool outdated = true;
                if (one->can_go_on)
                        status = is_outdated(connection, one, &outdated, error);
                if (!status && outdated) {
                        status = discard(database, one, error);
                        removed += status == STATUS_OK;
                        /* Another process is at it. */
                        if (status == STATUS_BUSY)
                                status = STATUS_OK;
                }
        }
        if (status)
                return status;
        /* Spools and sorted runs of a process that is no more; a directory that was never made has none. */
        struct buffer staging __attribute__((cleanup(buffer_release)));
        buffer_init(&staging, 4096);
        buffer_addf(&staging, "%s/staging", database_directory(database));
        status = staging.failed ? STATUS_OK : directory_make(staging.data, error);
        if (!status && !staging.failed)
                status = directory_clear(staging.data, "", error);
        if (!status)
                *ret_removed = removed;
        return status;
}

enum status import_discard(struct database *database, struct connection *connection, int32_t import_id,
                           size_t *ret_removed, struct error *error)
{
        size_t removed = 0;
        unfinished_cleanup struct unfinished *list = NULL;
        enum status status = load_unfinished(connection, NULL, &list, error);
        for (const struct unfinished *one = list; one && !status; one = one->next) {
                if (import_id && one->id != import_id)
                        continue;
                status = discard(database, one, error);
                removed += status == STATUS_OK;
                if (status == STATUS_BUSY && !import_id)
                        status = STATUS_OK;
        }
        if (status)
                return status;
        if (import_id && removed == 0) {
                char number[16];
                snprintf(number, sizeof(number), "%d", (int)import_id);
                return error_set(error, STATUS_NOT_FOUND, "import.not_unfinished", "import", number, NULL);
        }
        *ret_removed = removed;
        return STATUS_OK;
}

enum status import_staged_rows(struct connection *connection, uint64_t *ret_rows, struct error *error)
{
        uint64_t rows = 0;
        unfinished_cleanup struct unfinished *list = NULL;
        enum status status = load_unfinished(connection, NULL, &list, error);
        for (const struct unfinished *one = list; one && !status; one = one->next)
                rows += one->can_go_on ? (uint64_t)one->rows_staged : 0;
        if (!status)
                *ret_rows = rows;
        return status;
}

/* ---- going on -------------------------------------------------------------------------------------------------- */

/* Reads the whole file, so that its hash is known. */
static enum status hash_file(struct source_file *file, struct error *error)
{
        enum status status = STATUS_OK;
        bool more = true;
        while (!status && more) {
                struct block block = {0};
                status = source_file_next(file, &block, &more, error);
                if (!status && more)
                        block_release(&block);
        }
        return status ? status : source_file_rewind(file, error);
}

struct clearing {
        int32_t import_id;
        bool purchases; /* their facts of articles are made again; of other kinds they are what was staged */
};

/* What is made again anyway, and counted while it is made. */
static enum status clear_small_rows(struct connection *connection, void *context, struct error *error)
{
        const struct clearing *clearing = context;
        int32_t id = clearing->import_id;
        enum status status = staged_hold(connection, id, error);
        if (!status)
                status = q_import_remove_customer_records(
                        connection, &(struct q_import_remove_customer_records_args){id}, NULL, error);
        if (!status && clearing->purchases)
                status = q_import_remove_product_facts(
                        connection, &(struct q_import_remove_product_facts_args){id}, NULL, error);
        return status;
}

static enum status take_over(struct import_run *run, const struct unfinished *one, struct error *error)
{
        int32_t id = one->id;
        struct clearing clearing = {id, run->profile->kind == IMPORT_PURCHASES};
        const char *number = arena_copy(run->arena, one->number, one->number_length);
        if (!number)
                return error_memory(error);
        enum status status = db_write(run->database, clear_small_rows, &clearing, error);
        if (!status)
                status = remove_error_files(run->database, id, error);
        if (status)
                return status;
        run->resumed = true;
        run->import_id = id;
        run->import_day = one->import_day;
        run->first_product = one->first_product;
        run->compared_generation = one->generation;
        run->rows_staged = run->rows_resumed = (uint64_t)one->rows_staged;
        run->resumed_customer_id = one->customer_id;
        run->resumed_number = (struct text){number, one->number_length};
        return STATUS_OK;
}

enum status staged_resume(struct import_run *run, struct error *error)
{
        unfinished_cleanup struct unfinished *list = NULL;
        enum status status = load_unfinished(run->connection, run, &list, error);
        bool hashed = false;
        for (const struct unfinished *one = list; one && !status; one = one->next) {
                bool outdated = false;
                if (!one->of_this_file && !one->of_this_name)
                        continue;
                if (one->of_this_file && !hashed) {
                        status = hash_file(run->file, error);
                        hashed = !status;
                }
                if (!status)
                        status = is_outdated(run->connection, one, &outdated, error);
                if (status)
                        return status;
                bool same = one->of_this_file && one->can_go_on && !outdated &&
                            one->file_hash == (int64_t)source_file_hash(run->file);
                if (same && !run->resumed) {
                        status = take_over(run, one, error);
                } else if (one->of_this_name) {
                        status = discard(run->database, one, error);
                        run->superseded += status == STATUS_OK;
                }
                /* Another process is at it. */
                if (status == STATUS_BUSY)
                        status = STATUS_OK;
        }
        return status;
}

static enum status begin_progress(struct connection *connection, void *context, struct error *error)
{
        const struct import_run *run = context;
        struct q_import_progress_start_args args = {
                .import_id = run->import_id,
                .file_hash = (int64_t)source_file_hash(run->file),
                .generation = run->compared_generation,
                .first_product = run->first_product,
        };
        enum status status = staged_hold(connection, run->import_id, error);
        return status ? status : q_import_progress_start(connection, &args, NULL, error);
}

enum status staged_begin(struct import_run *run, struct error *error)
{
        if (run->resumed || run->dry_run)
                return STATUS_OK;
        enum status status = run->profile->kind == IMPORT_PURCHASES ? STATUS_OK : hash_file(run->file, error);
        return status ? status : db_write(run->database, begin_progress, run, error);
}

enum status staged_move(struct connection *connection, const struct import_run *run, uint64_t rows,
                        int64_t customer_id, struct text number, struct error *error)
{
        struct q_import_progress_move_args args = {run->import_id, (int64_t)rows, customer_id, number};
        int64_t changes = 0;
        enum status status = q_import_progress_move(connection, &args, &changes, error);
        if (!status && changes != 1)
                status = error_set(error, STATUS_CORRUPT, "import.vanished", NULL);
        return status;
}

bool staged_before(const struct import_run *run, int64_t customer_id, struct text number)
{
        if (!run->resumed || customer_id > run->resumed_customer_id)
                return false;
        return customer_id < run->resumed_customer_id || text_compare(number, run->resumed_number) <= 0;
}

bool staged_is_worth_keeping(const struct import_run *run, enum status status)
{
        switch (status) {
        case STATUS_SYSTEM:
        case STATUS_DATABASE:
        case STATUS_MEMORY:
        case STATUS_BUSY:
                return run->rows_staged > 0;
        default:
                return false;
        }
}

/* ---- undoing ----------------------------------------------------------------------------------------------- */

struct undoing {
        int32_t import_id;
        const char *actor;
        bool holds_purchases; /* the column index has to be built afresh */
        struct import_undone result;
};

static enum status find_published(struct connection *connection, struct undoing *undoing, int64_t *ret_generation,
                                  struct error *error)
{
        bool found;
        char number[16];
        enum status status;
        if (undoing->import_id == 0) {
                struct q_import_latest_published_row latest;
                status = q_import_latest_published(connection, NULL, &latest, &found, error);
                if (status)
                        return status;
                if (!found)
                        return error_set(error, STATUS_NOT_FOUND, "import.none", NULL);
                undoing->import_id = latest.id;
        }
        struct q_import_find_args find = {undoing->import_id};
        struct q_import_find_row row;
        status = q_import_find(connection, &find, &row, &found, error);
        if (status)
                return status;
        snprintf(number, sizeof(number), "%d", (int)undoing->import_id);
        if (!found || text_is(row.state, "staging"))
                return error_set(error, STATUS_NOT_FOUND, "import.unknown", "import", number, NULL);
        if (!text_is(row.state, "published"))
                return error_set(error, STATUS_CONFLICT, "import.already_undone", "import", number, NULL);
        undoing->holds_purchases = text_is(row.kind, kind_infos[IMPORT_PURCHASES].name) ||
                                   text_is(row.kind, kind_infos[IMPORT_PRODUCTS].name);
        *ret_generation = row.generation;
        return STATUS_OK;
}

static enum status append_undone(struct connection *connection, const struct undoing *undoing, struct error *error)
{
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "generation");
        json_int(&note.json, undoing->result.generation);
        json_key(&note.json, "runs_flagged");
        json_int(&note.json, undoing->result.runs_flagged);
        if (undoing->result.refusals_kept) {
                json_key(&note.json, "refusals_kept");
                json_int(&note.json, undoing->result.refusals_kept);
        }
        return audit_note_append(&note, connection, undoing->actor, "import.undone", undoing->import_id, error);
}

static enum status undo(struct connection *connection, void *context, struct error *error)
{
        struct undoing *undoing = context;
        int64_t published, changes = 0;
        enum status status = generation_take(connection, &undoing->result.generation, error);
        if (!status)
                status = find_published(connection, undoing, &published, error);
        if (status)
                return status;
        struct q_import_undo_args args = {undoing->import_id, undoing->result.generation, clock_now_ms()};
        struct q_import_flag_runs_args flag = {published};
        undoing->result.import_id = undoing->import_id;
        status = q_import_undo(connection, &args, &changes, error);
        if (!status)
                status = q_import_flag_runs(connection, &flag, &undoing->result.runs_flagged, error);
        struct q_consent_refusals_of_import_args count = {undoing->import_id};
        struct q_consent_refusals_of_import_row refusals = {0};
        bool found;
        if (!status)
                status = q_consent_refusals_of_import(connection, &count, &refusals, &found, error);
        undoing->result.refusals_kept = refusals.refusals;
        return status ? status : append_undone(connection, undoing, error);
}

enum status import_undo(struct database *database, struct connection *connection, int32_t import_id,
                        const char *actor, struct import_undone *ret, struct error *error)
{
        struct undoing undoing = {.import_id = import_id, .actor = actor};
        enum status status = db_write(database, undo, &undoing, error);
        if (status)
                return status;
        /* Undone already; an index that could not be built now is noticed and built at its next use. */
        if (undoing.holds_purchases && index_rebuild(database, connection, &undoing.result.index_error) != STATUS_OK)
                undoing.result.index_stale = true;
        *ret = undoing.result;
        return STATUS_OK;
}
