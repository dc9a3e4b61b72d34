/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_book.c: relations and the list of sheets.
 */
#include "importer/xlsx_book.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES_MAX = 512, RELATIONS_MAX = ARCHIVE_ENTRIES_MAX, SHEET_NAME_BYTES_MAX = 4 * 255 };

struct relation {
        const char *id, *type, *target; /* type: the last word of its address */
        struct relation *next;
};

struct reading {
        struct archive *archive;
        const char *file_name;
        struct arena *arena;
        struct xlsx_part *part;
        struct xlsx_book *book;
        struct relation *relations, **last;
        size_t relation_count, sheets_seen;
        char folder[NAME_BYTES_MAX];     /* of the workbook part */
        bool is_workbook;
};

bool xlsx_resolve(const char *folder, const char *target, char *out, size_t capacity)
{
        size_t length = 0;
        const char *pieces[2] = {*target == '/' ? "" : folder, target};
        for (size_t i = 0; i < 2; i++) {
                const char *at = pieces[i];
                while (*at) {
                        size_t piece = strcspn(at, "/");
                        if (piece == 2 && memcmp(at, "..", 2) == 0) {
                                if (length == 0)
                                        return false;
                                length--; /* the slash at the end */
                                while (length > 0 && out[length - 1] != '/')
                                        length--;
                        } else if (piece && !(piece == 1 && *at == '.')) {
                                if (length + piece + 1 > capacity)
                                        return false;
                                memcpy(out + length, at, piece);
                                length += piece;
                                out[length++] = '/';
                        }
                        at += piece;
                        at += *at == '/';
                }
        }
        if (length == 0)
                return false;
        out[length - 1] = '\0';
        return true;
}

static const char *copy(struct reading *reading, const char *text)
{
        const char *copied = arena_copy(reading->arena, text, strlen(text));
        if (!copied)
                xlsx_part_fail(reading->part, error_memory(xlsx_part_error(reading->part)));
        return copied;
}

static void too_many(struct reading *reading, unsigned limit)
{
        char number[16];
        snprintf(number, sizeof(number), "%u", limit);
        xlsx_part_fail(reading->part, error_set(xlsx_part_error(reading->part), STATUS_INVALID,
                                                "workbook.too_many_sheets", "file", reading->file_name, "limit", number,
                                                NULL));
}

static void on_relation(void *context, unsigned depth, const char *name, const char **attributes)
{
        struct reading *reading = context;
        const char *id = xlsx_attribute(attributes, "Id"), *type = xlsx_attribute(attributes, "Type");
        const char *target = xlsx_attribute(attributes, "Target"), *mode = xlsx_attribute(attributes, "TargetMode");
        if (depth != 2 || strcmp(name, "Relationship") != 0 || !id || !type || !target ||
            (mode && strcmp(mode, "External") == 0))
                return;
        if (reading->relation_count++ == RELATIONS_MAX) {
                too_many(reading, RELATIONS_MAX);
                return;
        }
        const char *slash = strrchr(type, '/');
        struct relation *relation = arena_array(reading->arena, struct relation, 1);
        if (!relation) {
                xlsx_part_fail(reading->part, error_memory(xlsx_part_error(reading->part)));
                return;
        }
        *relation = (struct relation){copy(reading, id), copy(reading, slash ? slash + 1 : type),
                                      copy(reading, target), NULL};
        if (xlsx_part_failed(reading->part))
                return;
        *reading->last = relation;
        reading->last = &relation->next;
}

static void on_end(void *context, unsigned depth, const char *name)
{
        (void)context;
        (void)depth;
        (void)name;
}

static enum status no_workbook(const struct reading *reading, struct error *error)
{
        bool open_document = archive_find(reading->archive, "content.xml") != ARCHIVE_NONE &&
                             archive_find(reading->archive, "mimetype") != ARCHIVE_NONE;
        if (open_document)
                return error_set(error, STATUS_INVALID, "workbook.format", "file", reading->file_name, "format", "ODS",
                                 NULL);
        return error_set(error, STATUS_INVALID, "workbook.no_workbook", "file", reading->file_name, NULL);
}

static enum status read_relations(struct reading *reading, const char *name, struct error *error)
{
        static const struct xlsx_handler handler = {on_relation, on_end, NULL};
        size_t entry = archive_find(reading->archive, name);
        reading->relations = NULL;
        reading->last = &reading->relations;
        reading->relation_count = 0;
        if (entry == ARCHIVE_NONE)
                return no_workbook(reading, error);
        return xlsx_part_read(reading->archive, entry, reading->file_name, name, &handler, reading, &reading->part,
                              error);
}

/* The entry of the first relation of a type, or with an id. */
static size_t find_entry(const struct reading *reading, const char *type, const char *id)
{
        char name[NAME_BYTES_MAX];
        for (const struct relation *relation = reading->relations; relation; relation = relation->next)
                if (strcmp(relation->type, type) == 0 && (!id || strcmp(relation->id, id) == 0))
                        return xlsx_resolve(reading->folder, relation->target, name, sizeof(name))
                                       ? archive_find(reading->archive, name)
                                       : ARCHIVE_NONE;
        return ARCHIVE_NONE;
}

static bool is_true(const char *value) { return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0); }

static void take_sheet(struct reading *reading, const char **attributes)
{
        struct xlsx_book *book = reading->book;
        const char *name = xlsx_attribute(attributes, "name"), *id = xlsx_attribute(attributes, "id");
        const char *state = xlsx_attribute(attributes, "state");
        if (!name || !id || strlen(name) > SHEET_NAME_BYTES_MAX) {
                xlsx_part_damaged(reading->part);
                return;
        }
        if (reading->sheets_seen++ == XLSX_SHEETS_MAX) {
                too_many(reading, XLSX_SHEETS_MAX);
                return;
        }
        size_t entry = find_entry(reading, "worksheet", id);
        if (entry == ARCHIVE_NONE)
                return; /* a chart, a dialogue, a module */
        for (size_t i = 0; i < book->sheet_count; i++)
                if (book->sheets[i].entry == entry) {
                        xlsx_part_damaged(reading->part);
                        return;
                }
        book->sheets[book->sheet_count++] = (struct xlsx_book_sheet){copy(reading, name), entry,
                                                                      state && strcmp(state, "visible") != 0};
}

static void on_workbook(void *context, unsigned depth, const char *name, const char **attributes)
{
        struct reading *reading = context;
        if (depth == 1)
                reading->is_workbook = strcmp(name, "workbook") == 0;
        else if (depth == 2 && strcmp(name, "workbookPr") == 0)
                reading->book->from_1904 = is_true(xlsx_attribute(attributes, "date1904"));
        else if (depth == 3 && strcmp(name, "sheet") == 0 && reading->is_workbook)
                take_sheet(reading, attributes);
}

/* The workbook part, the folder it lies in, and its relations. */
static enum status find_workbook(struct reading *reading, size_t *ret_entry, char *ret_name, struct error *error)
{
        char relations[NAME_BYTES_MAX * 2 + 16];
        enum status status = read_relations(reading, "_rels/.rels", error);
        if (status)
                return status;
        const struct relation *relation = reading->relations;
        while (relation && strcmp(relation->type, "officeDocument") != 0)
                relation = relation->next;
        if (!relation || !xlsx_resolve("", relation->target, ret_name, NAME_BYTES_MAX))
                return no_workbook(reading, error);
        size_t length = strlen(ret_name);
        if (length > 4 && strcmp(ret_name + length - 4, ".bin") == 0)
                return error_set(error, STATUS_INVALID, "workbook.format", "file", reading->file_name, "format", "XLSB",
                                 NULL);
        *ret_entry = archive_find(reading->archive, ret_name);
        if (*ret_entry == ARCHIVE_NONE)
                return no_workbook(reading, error);
        const char *slash = strrchr(ret_name, '/');
        size_t folder = slash ? (size_t)(slash - ret_name) + 1 : 0;
        memcpy(reading->folder, ret_name, folder);
        reading->folder[folder] = '\0';
        snprintf(relations, sizeof(relations), "%s_rels/%s.rels", reading->folder, ret_name + folder);
        return read_relations(reading, relations, error);
}

enum status xlsx_book_read(struct archive *archive, const char *file_name, struct arena *arena, struct xlsx_book *ret,
                           struct error *error)
{
        static const struct xlsx_handler handler = {on_workbook, on_end, NULL};
        struct xlsx_book book = {.sheets = arena_array(arena, struct xlsx_book_sheet, XLSX_SHEETS_MAX)};
        struct reading reading = {.archive = archive, .file_name = file_name, .arena = arena, .book = &book};
        char name[NAME_BYTES_MAX];
        size_t entry = ARCHIVE_NONE;
        if (!book.sheets)
                return error_memory(error);
        enum status status = find_workbook(&reading, &entry, name, error);
        if (!status)
                status = xlsx_part_read(archive, entry, file_name, "workbook", &handler, &reading, &reading.part,
                                        error);
        if (!status && (!reading.is_workbook || book.sheet_count == 0))
                status = no_workbook(&reading, error);
        if (status)
                return status;
        book.strings_entry = find_entry(&reading, "sharedStrings", NULL);
        book.styles_entry = find_entry(&reading, "styles", NULL);
        *ret = book;
        return STATUS_OK;
}
