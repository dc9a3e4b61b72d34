/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal_head.c: where the header of a file stands. Mostly it is the first line; reports have titles and dates above
 * it: then the line with the most names of fields is looked for, and a profile that names its columns lets the reader
 * of files find it again.
 */
#include <strings.h>

#include "base/calendar.h"
#include "importer/csv.h"
#include "importer/proposal_parts.h"
#include "importer/synonyms.h"

enum { NAMES_MIN = 3, RECORDS_MAX = 30, SHEETS_MAX = 20 };

const struct profile proposal_probe = {.kind = IMPORT_PURCHASES, .source = {"erp", 3}, .customer_source = {"erp", 3},
                                       .product_source = {"erp", 3}, .decimal = DECIMAL_SETTING_POINT, .header = true,
                                       .valid_from_day = DAY_NONE, .text = ""};

/* How many of the cells name a field of the kind. */
static size_t count_names(enum import_kind kind, const struct text *cells, size_t count)
{
        size_t names = 0;
        for (size_t i = 0; i < count; i++) {
                unsigned weight = 0;
                bool code;
                for (size_t f = 0; f < kind_infos[kind].field_count && !weight && cells[i].length; f++)
                        weight = synonym_weight(kind, kind_infos[kind].fields[f].name, text_trim(cells[i]), &code);
                names += weight > 0;
        }
        return names;
}

/* The best header found so far. */
struct found_head {
        size_t names, count;
        struct text *cells; /* in the arena */
        char delimiter;
        bool workbook;
};

static bool keep_head(struct arena *arena, struct found_head *found, size_t names, const struct text *cells,
                      size_t count, char delimiter)
{
        if (names <= found->names)
                return true;
        struct text *copy = arena_array(arena, struct text, count ? count : 1);
        for (size_t i = 0; i < count && copy; i++) {
                struct text cell = text_trim(cells[i]);
                copy[i] = (struct text){arena_copy(arena, cell.data, cell.length), cell.length};
                if (!copy[i].data)
                        return false;
        }
        *found = (struct found_head){names, count, copy, delimiter, found->workbook};
        return copy != NULL;
}

static enum status look(struct arena *arena, enum import_kind kind, const char *path, const char *staging_directory,
                        const struct profile *probe, struct found_head *found, struct error *error)
{
        struct profile profile = *probe;
        struct text *header, fields[CSV_COLUMNS_MAX];
        size_t count;
        uint64_t line;
        bool more = false;
        struct block block __attribute__((cleanup(block_release))) = {0};
        source_file_cleanup struct source_file *file = NULL;
        enum status status = source_file_open(path, &profile, staging_directory, &file, error);
        if (!status)
                status = source_file_header(file, arena, &header, &count, error);
        if (status)
                return status;
        char delimiter = source_file_delimiter(file);
        found->workbook = source_file_is_workbook(file);
        if (!keep_head(arena, found, count_names(kind, header, count), header, count, delimiter))
                return error_memory(error);
        if (found->names >= NAMES_MIN || !profile.delimiter)
                return STATUS_OK;
        status = source_file_next(file, &block, &more, error);
        if (status || !more)
                return status;
        struct csv_parser parser = block_parser(&block, delimiter, NULL);
        for (size_t i = 0; i < RECORDS_MAX && csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &line, NULL); i++) {
                count = count < CSV_COLUMNS_MAX ? count : CSV_COLUMNS_MAX;
                if (!keep_head(arena, found, count_names(kind, fields, count), fields, count, delimiter))
                        return error_memory(error);
        }
        return STATUS_OK;
}

/* A profile that names all columns of the header, so that the line is found that has them. */
static enum status name_columns(struct arena *arena, const struct found_head *found, struct profile *ret,
                                struct error *error)
{
        struct profile profile = proposal_probe;
        profile.delimiter = found->workbook ? 0 : found->delimiter;
        profile.columns = arena_array(arena, struct profile_column, found->count ? found->count : 1);
        if (!profile.columns)
                return error_memory(error);
        for (size_t i = 0; i < found->count; i++)
                if (found->cells[i].length)
                        profile.columns[profile.column_count++] =
                                (struct profile_column){.header = found->cells[i], .position = -1};
        *ret = profile;
        return STATUS_OK;
}

/* Does the name promise a workbook? */
static bool is_called_workbook(const char *path)
{
        size_t length = strlen(path);
        const char *ending = length > 5 ? path + length - 5 : "";
        return strcasecmp(ending, ".xlsx") == 0 || strcasecmp(ending, ".xlsm") == 0;
}

static const char *name_of(const char *path)
{
        const char *slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
}

/* By its first bytes it is one, and was refused as such. */
static bool is_about_workbook(const char *key)
{
        return strncmp(key, "workbook.", 9) == 0 || strncmp(key, "archive.", 8) == 0;
}

enum status proposal_find_head(struct arena *arena, enum import_kind kind, const char *path,
                               const char *staging_directory, struct profile *ret, struct error *error)
{
        static const char delimiters[] = {',', ';', '\t', '|'};
        struct found_head found = {0};
        struct error ignored;
        struct profile probe = proposal_probe;
        enum status status = look(arena, kind, path, staging_directory, &probe, &found, error), other = STATUS_OK;
        size_t plain = found.names;
        if (status && (status != STATUS_INVALID || is_about_workbook(error->key)))
                return status;
        /* The first sheet may be a cover. */
        for (unsigned sheet = 2; found.workbook && sheet <= SHEETS_MAX && found.names < NAMES_MIN && !other; sheet++) {
                char number[16];
                snprintf(number, sizeof(number), "%u", sheet);
                probe.sheet = text_of(number);
                other = look(arena, kind, path, staging_directory, &probe, &found, &ignored);
        }
        for (size_t i = 0; i < sizeof(delimiters) && !found.workbook && found.names < NAMES_MIN; i++) {
                probe.delimiter = delimiters[i];
                other = look(arena, kind, path, staging_directory, &probe, &found, &ignored);
        }
        if (other == STATUS_MEMORY)
                return error_memory(error);
        if (found.names >= NAMES_MIN && (found.names > plain || found.workbook))
                return name_columns(arena, &found, ret, error);
        bool empty = status && strcmp(error->key, "import.empty_file") == 0;
        if (!found.workbook && !empty && found.names < NAMES_MIN && is_called_workbook(path))
                return error_set(error, STATUS_INVALID, "workbook.none", "file", name_of(path), NULL);
        if (status)
                return status;
        *ret = proposal_probe;
        return STATUS_OK;
}
