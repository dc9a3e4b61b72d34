/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * entry.c: an entry becomes a small file in the staging folder and goes the way of any file.
 */
#include "importer/entry.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/random.h"
#include "queries.h"
#include "render/csv.h"

enum { FILE_BYTES_MAX = 4 << 20, ARENA_BYTES_MAX = 1 << 20, NUMBER_BYTES_MAX = 200 };

struct storing {
        const struct entry *entry;
        struct entry_result result;
};

/* What the key was stored as, if it was. */
static enum status find_key(struct connection *connection, struct storing *storing, struct error *error)
{
        struct q_entry_by_key_args args = {storing->entry->key};
        struct q_entry_by_key_row row;
        bool found;
        enum status status = q_entry_by_key(connection, &args, &row, &found, error);
        if (status == STATUS_OK && found)
                storing->result = (struct entry_result){row.import_id, row.customer_id, true};
        return status;
}

static enum status taken(struct text number, struct error *error)
{
        char words[NUMBER_BYTES_MAX];
        snprintf(words, sizeof(words), "%.*s", (int)number.length, number.data ? number.data : "");
        return error_set(error, STATUS_CONFLICT, "entry.number_taken", "number", words, NULL);
}

/* The id behind a number; 0: nobody has it. */
static enum status find_number(struct connection *connection, struct text source, struct text number, int64_t *ret,
                               struct error *error)
{
        struct q_entry_customer_args args = {source, number};
        struct q_entry_customer_row row;
        bool found;
        enum status status = q_entry_customer(connection, &args, &row, &found, error);
        if (status == STATUS_OK)
                *ret = found ? row.customer_id : 0;
        return status;
}

/* The customer's further number: a key of the dictionary, which stays when the entry is undone. */
static enum status add_number(struct connection *connection, struct storing *storing, struct error *error)
{
        const struct entry *entry = storing->entry;
        struct q_entry_number_add_args add = {entry->new_source, entry->new_number, storing->result.customer_id};
        int64_t customer_id = 0;
        enum status status = q_entry_number_add(connection, &add, NULL, error);
        if (status == STATUS_OK)
                status = find_number(connection, entry->new_source, entry->new_number, &customer_id, error);
        if (status != STATUS_OK || customer_id == storing->result.customer_id)
                return status;
        return taken(entry->new_number, error);
}

/* In the transaction that publishes the import. */
static enum status publishing(struct connection *connection, void *context, int32_t import_id, struct error *error)
{
        struct storing *storing = context;
        const struct entry *entry = storing->entry;
        int64_t changes = 0;
        enum status status = find_number(connection, entry->source, entry->number, &storing->result.customer_id, error);
        if (status == STATUS_OK && entry->new_number.length)
                status = add_number(connection, storing, error);
        if (status != STATUS_OK)
                return status;
        struct q_entry_insert_args insert = {entry->key, import_id, storing->result.customer_id, entry->account_id,
                                             clock_now_ms()};
        status = q_entry_insert(connection, &insert, &changes, error);
        if (status == STATUS_OK && changes == 0)
                return error_set(error, STATUS_CONFLICT, "entry.stored_already", NULL);
        return status;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static enum status find_field(enum import_kind kind, struct text name, struct profile_column *ret, struct error *error)
{
        const struct kind_info *info = &kind_infos[kind];
        for (size_t f = 0; f < info->field_count; f++) {
                const char *field = info->fields[f].name;
                size_t length = strlen(field);
                bool family = field[length - 1] == '*';
                size_t stem = family ? length - 1 : length;
                if (name.length < stem || memcmp(name.data, field, stem) != 0 || (!family && name.length != stem))
                        continue;
                ret->field = f;
                if (family)
                        ret->suffix = (struct text){name.data + stem, name.length - stem};
                return STATUS_OK;
        }
        return error_set(error, STATUS_CORRUPT, "import.vanished", NULL);
}

static enum status make_profile(const struct entry *entry, struct arena *arena, struct profile *ret,
                                struct error *error)
{
        char *text = arena_array(arena, char, NUMBER_BYTES_MAX);
        struct profile_column *columns = arena_zero(arena, entry->column_count + 1, sizeof(*columns));
        if (!text || !columns)
                return error_memory(error);
        snprintf(text, NUMBER_BYTES_MAX, "kind: %s\nsource: %s\n", kind_infos[entry->kind].name, ENTRY_SOURCE);
        enum status status = STATUS_OK;
        for (size_t c = 0; c < entry->column_count && status == STATUS_OK; c++) {
                columns[c].header = entry->columns[c];
                columns[c].position = -1;
                status = find_field(entry->kind, entry->columns[c], &columns[c], error);
        }
        *ret = (struct profile){.kind = entry->kind, .source = text_of(ENTRY_SOURCE),
                                .customer_source = entry->source, .product_source = text_of(ENTRY_SOURCE),
                                .encoding = ENCODING_UTF_8, .delimiter = ',', .decimal = DECIMAL_SETTING_POINT,
                                .header = true, .column_count = entry->column_count, .columns = columns,
                                .valid_from_day = DAY_NONE, .text = text};
        return status;
}

/* A file of its own in the folder that is emptied at the next start. */
static enum status write_file(struct database *database, const struct entry *entry, struct buffer *path,
                              struct error *error)
{
        struct csv_writer writer;
        struct buffer out buffer_cleanup;
        buffer_init(&out, FILE_BYTES_MAX);
        csv_writer_init(&writer, &out, ',');
        for (size_t c = 0; c < entry->column_count; c++)
                csv_field(&writer, entry->columns[c]);
        csv_end_row(&writer);
        for (size_t r = 0; r < entry->row_count; r++) {
                for (size_t c = 0; c < entry->column_count; c++)
                        csv_field(&writer, entry->cells[r * entry->column_count + c]);
                csv_end_row(&writer);
        }
        buffer_addf(path, "%s/staging", database_directory(database));
        if (out.failed || path->failed)
                return error_memory(error);
        enum status status = directory_make(path->data, error);
        buffer_addf(path, "/entry-%016" PRIx64 ".csv", random_u64());
        if (path->failed)
                return error_memory(error);
        return status != STATUS_OK ? status : file_write(path->data, out.data, out.length, false, error);
}

static enum status import_entry(struct database *database, struct connection *connection, struct storing *storing,
                                struct arena *arena, struct error *error)
{
        const struct entry *entry = storing->entry;
        struct profile profile;
        struct import_result result;
        struct error later;
        struct buffer path buffer_cleanup;
        buffer_init(&path, 4096);
        enum status status = make_profile(entry, arena, &profile, error);
        if (status == STATUS_OK)
                status = write_file(database, entry, &path, error);
        if (status != STATUS_OK)
                return status;
        const struct import_options options = {
                .file = path.data, .profile = &profile, .language = entry->language, .threads = 1, .whole = true,
                .number = entry->number, .actor = entry->actor, .publishing = publishing,
                .publishing_context = storing};
        status = import_file(database, connection, &options, arena, &result, error);
        (void)!file_remove(path.data, &later);
        if (status == STATUS_OK)
                storing->result.import_id = result.import_id;
        return status;
}

enum status entry_store(struct database *database, struct connection *connection, const struct entry *entry,
                        struct entry_result *ret, struct error *error)
{
        struct storing storing = {.entry = entry};
        int64_t customer_id = 0;
        enum status status = find_key(connection, &storing, error);
        if (status == STATUS_OK && !storing.result.repeated)
                status = find_number(connection, entry->source, entry->number, &customer_id, error);
        if (status != STATUS_OK)
                return status;
        if (!storing.result.repeated && customer_id != entry->customer_id)
                return taken(entry->number, error);
        struct arena *arena = storing.result.repeated ? NULL : arena_new(ARENA_BYTES_MAX);
        if (!storing.result.repeated)
                status = arena ? import_entry(database, connection, &storing, arena, error) : error_memory(error);
        arena_free(arena);
        /* The same form was quicker by another way: both are answered alike. */
        if (status == STATUS_CONFLICT) {
                struct error unsaid;
                if (find_key(connection, &storing, &unsaid) == STATUS_OK && storing.result.repeated)
                        status = STATUS_OK;
        }
        if (status == STATUS_OK)
                *ret = storing.result;
        return status;
}

enum status entry_find(struct connection *connection, int32_t import_id, int64_t account_id,
                       struct entry_origin *ret, struct error *error)
{
        struct q_entry_of_import_args args = {import_id, account_id};
        struct q_entry_of_import_row row;
        bool found;
        enum status status = q_entry_of_import(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        for (int kind = 0; found && kind < IMPORT_KIND_COUNT; kind++)
                if (text_is(row.kind, kind_infos[kind].name)) {
                        *ret = (struct entry_origin){row.customer_id, (enum import_kind)kind};
                        return STATUS_OK;
                }
        return error_set(error, STATUS_NOT_FOUND, "entry.unknown", NULL);
}

enum status entry_visit_number(struct connection *connection, int64_t customer_id, int32_t day, int64_t *ret,
                               struct error *error)
{
        struct q_entry_visit_number_args args = {customer_id, text_of(ENTRY_SOURCE), day};
        struct q_entry_visit_number_row row = {0};
        bool found;
        enum status status = q_entry_visit_number(connection, &args, &row, &found, error);
        if (status == STATUS_OK)
                *ret = row.number + 1;
        return status;
}
