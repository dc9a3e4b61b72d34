/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * staged.c: what was staged and never published, and what was published and is taken back.
 */
#include "importer/staged.h"

#include "base/buffer.h"
#include "db/audit.h"
#include "db/generation.h"
#include "db/write.h"
#include "facts/rebuild.h"
#include "importer/import.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "queries.h"
#include "render/json.h"

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
        return status;
}

static enum status remove_rows(struct connection *connection, void *context, struct error *error)
{
        int32_t id = *(const int32_t *)context;
        enum status status = q_import_remove_documents(
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

enum status import_clean_up(struct database *database, struct connection *connection, size_t *ret_removed,
                            struct error *error)
{
        size_t removed = 0;
        struct buffer staging __attribute__((cleanup(buffer_release)));
        buffer_init(&staging, 4096);
        for (;;) {
                struct q_import_staging_row row;
                bool found;
                enum status status = q_import_staging(connection, NULL, &row, &found, error);
                if (!status && found)
                        status = remove_error_files(database, row.id, error);
                if (!status && found)
                        status = staged_remove(database, row.id, error);
                if (status)
                        return status;
                if (!found)
                        break;
                removed++;
        }
        /* Spools and sorted runs of a process that is no more; a directory that was never made has none. */
        buffer_addf(&staging, "%s/staging", database_directory(database));
        enum status status = staging.failed ? STATUS_OK : directory_make(staging.data, error);
        if (!status && !staging.failed)
                status = directory_clear(staging.data, "", error);
        if (!status)
                *ret_removed = removed;
        return status;
}

/* ---- undoing ----------------------------------------------------------------------------------------------- */

struct undoing {
        int32_t import_id;
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
        char subject[16];
        struct buffer detail __attribute__((cleanup(buffer_release)));
        buffer_init(&detail, 1 << 16);
        struct json json;
        json_init(&json, &detail, false);
        json_begin_object(&json);
        json_key(&json, "generation");
        json_int(&json, undoing->result.generation);
        json_key(&json, "runs_flagged");
        json_int(&json, undoing->result.runs_flagged);
        json_end_object(&json);
        snprintf(subject, sizeof(subject), "%d", (int)undoing->import_id);
        if (detail.failed)
                return error_memory(error);
        struct audit_event event = {"cli", "import.undone", text_of(subject), {detail.data, detail.length}};
        return audit_append(connection, &event, error);
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
        return status ? status : append_undone(connection, undoing, error);
}

enum status import_undo(struct database *database, struct connection *connection, int32_t import_id,
                        struct import_undone *ret, struct error *error)
{
        struct undoing undoing = {.import_id = import_id};
        enum status status = db_write(database, undo, &undoing, error);
        if (status)
                return status;
        /* Undone already; an index that could not be built now is noticed and built at its next use. */
        struct error later;
        if (undoing.holds_purchases && index_rebuild(database, connection, &later) != STATUS_OK)
                undoing.result.index_stale = true;
        *ret = undoing.result;
        return STATUS_OK;
}
