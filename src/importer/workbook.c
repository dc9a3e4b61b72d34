/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * workbook.c: from sheets to blocks. Opening looks at the beginning of every sheet; the first that fits gives the
 * header.
 */
#include "importer/workbook.h"

#include "base/buffer.h"
#include "importer/csv.h"
#include "importer/detect.h"
#include "importer/source_file.h"
#include "importer/workbook_record.h"
#include "importer/xlsx_book.h"

enum {
        BLOCK_BYTES = 1 << 20,
        SAMPLE_BYTES = 1 << 20,
        ARENA_BYTES_MAX = 12 << 20,  /* names of sheets and parts, headers, notes */
        HEADERS_SHOWN = 400,
        NOTES_PER_SHEET = 2,
};
/* A short text that a million cells share makes a small file long: what comes out is bounded as well. */
#define RECORD_BYTES_MAX (UINT64_C(16) << 30)

/* A sheet that can be read. */
struct sheet {
        const struct xlsx_book_sheet *book;
        uint64_t number;          /* from 1 */
        uint32_t header_row;      /* 0: none found, an empty sheet */
        struct text *header;      /* by column of the sheet */
        size_t header_count;
        int16_t *places;          /* by column of the sheet: column of the record, -1 for none */
        bool fits;
        uint64_t hidden_rows;
};

struct workbook {
        const char *name;
        const struct profile *profile;
        struct arena *arena;
        struct archive *archive;
        struct xlsx_book book;
        struct xlsx_styles *styles;
        struct xlsx_strings *strings;
        struct sheet *sheets;
        size_t sheet_count;
        const struct sheet *first;    /* gives the header */
        size_t column_count;
        struct text *fields;          /* the header's names */
        struct record_column *columns;
        struct text header_record;
        struct record_form form;
        struct sheet_note *notes;
        size_t note_count, notes_fixed;
        const char *sheets_read;
        /* reading */
        size_t next_sheet;
        struct sheet *current;
        struct xlsx_sheet *reader;
        const struct xlsx_cell **cells; /* of the row, by column of the record */
        struct buffer out, scratch;
        uint64_t block_line, next_row, bytes_out, bytes_total, bytes_before;
};

static enum status problem(const struct workbook *workbook, enum status status, const char *key, const char *name,
                           const char *value, struct error *error)
{
        return error_set(error, status, key, "file", workbook->name, name, value, NULL);
}

static const char *keep(struct workbook *workbook, const char *data, size_t length)
{
        return arena_copy(workbook->arena, data ? data : "", length);
}

/* ---- sheets ---------------------------------------------------------------------------------------------------- */

static void add_note(struct workbook *workbook, const char *key, const char *sheet, const char *detail, uint64_t count)
{
        workbook->notes[workbook->note_count++] = (struct sheet_note){key, sheet, detail, count};
}

static enum status open_sheet(struct workbook *workbook, const struct sheet *sheet, xlsx_take_row take, void *context,
                              struct xlsx_sheet **ret, struct error *error)
{
        struct xlsx_sheet_source source = {workbook->archive, sheet->book->entry, workbook->name, sheet->book->name,
                                           workbook->styles, workbook->strings, workbook->book.from_1904};
        return xlsx_sheet_open(&source, take, context, ret, error);
}

/* Looking for the header of a sheet. */
struct looking {
        struct workbook *workbook;
        struct sheet *sheet;
        struct xlsx_sheet *reader;
};

static enum status take_header(void *context, const struct xlsx_row *row, struct error *error)
{
        struct looking *looking = context;
        struct workbook *workbook = looking->workbook;
        struct sheet *sheet = looking->sheet;
        if (row->count == 0 || sheet->header_row)
                return STATUS_OK;
        sheet->header_row = row->number;
        sheet->header_count = row->cells[row->count - 1].column + 1;
        sheet->header = arena_array(workbook->arena, struct text, sheet->header_count);
        if (!sheet->header)
                return error_memory(error);
        for (size_t i = 0; i < row->count; i++) {
                const struct xlsx_cell *cell = &row->cells[i];
                buffer_clear(&workbook->scratch);
                if (workbook->profile->header)
                        record_add_plain(&workbook->scratch, cell);
                struct text name = text_trim((struct text){workbook->scratch.data, workbook->scratch.length});
                name.data = keep(workbook, name.data, name.length);
                if (!name.data)
                        return error_memory(error);
                sheet->header[cell->column] = name;
        }
        xlsx_sheet_pause(looking->reader);
        return STATUS_OK;
}

static enum status find_header(struct workbook *workbook, struct sheet *sheet, struct error *error)
{
        struct looking looking = {workbook, sheet, NULL};
        bool more = true;
        enum status status = open_sheet(workbook, sheet, take_header, &looking, &looking.reader, error);
        while (!status && more && !sheet->header_row)
                status = xlsx_sheet_step(looking.reader, &more, error);
        xlsx_sheet_close(looking.reader);
        return status;
}

static size_t count_header(const struct sheet *sheet, struct text name)
{
        size_t count = 0;
        for (size_t i = 0; i < sheet->header_count; i++)
                count += text_equal(sheet->header[i], name);
        return count;
}

static void add_name(struct buffer *out, struct text name)
{
        if (out->length > HEADERS_SHOWN)
                return;
        buffer_add_text(out, out->length ? ", " : "");
        buffer_add(out, name.data, name.length);
}

/* Columns of the profile that the sheet lacks, and those it has several times. */
static void compare_header(const struct workbook *workbook, const struct sheet *sheet, struct buffer *missing,
                           struct buffer *doubled)
{
        const struct profile *profile = workbook->profile;
        for (size_t i = 0; profile->header && i < profile->column_count; i++) {
                const struct profile_column *column = &profile->columns[i];
                size_t count = column->constant.data ? 1 : count_header(sheet, column->header);
                for (size_t k = 0; k < i && count != 1; k++) /* two fields may share a column */
                        if (text_equal(profile->columns[k].header, column->header))
                                count = 1;
                if (count != 1)
                        add_name(count ? doubled : missing, column->header);
        }
}

static enum status judge_sheet(struct workbook *workbook, struct sheet *sheet, struct error *error)
{
        struct buffer missing __attribute__((cleanup(buffer_release)));
        struct buffer doubled __attribute__((cleanup(buffer_release)));
        buffer_init(&missing, 1 << 20);
        buffer_init(&doubled, 1 << 20);
        enum status status = find_header(workbook, sheet, error);
        if (status || !sheet->header_row)
                return status;
        compare_header(workbook, sheet, &missing, &doubled);
        sheet->fits = missing.length + doubled.length == 0;
        if (sheet->fits)
                return STATUS_OK;
        const struct buffer *said = missing.length ? &missing : &doubled;
        const char *detail = keep(workbook, said->data, said->length);
        if (!detail)
                return error_memory(error);
        add_note(workbook, missing.length ? "workbook.note.misses" : "workbook.note.doubles", sheet->book->name, detail,
                 0);
        return STATUS_OK;
}

static enum status no_such_sheet(const struct workbook *workbook, struct error *error)
{
        struct buffer names __attribute__((cleanup(buffer_release)));
        buffer_init(&names, 1 << 20);
        for (size_t i = 0; i < workbook->book.sheet_count; i++)
                add_name(&names, text_of(workbook->book.sheets[i].name));
        return error_set(error, STATUS_INVALID, "workbook.no_such_sheet", "file", workbook->name, "sheet",
                         workbook->profile->sheet.data, "sheets", names.data, NULL);
}

/* The one sheet the profile names, by name or else by number. */
static size_t find_wanted(const struct workbook *workbook)
{
        struct text wanted = workbook->profile->sheet;
        size_t number = 0;
        for (size_t i = 0; i < workbook->book.sheet_count; i++)
                if (text_is(wanted, workbook->book.sheets[i].name))
                        return i;
        for (size_t i = 0; i < wanted.length; i++) {
                if (wanted.data[i] < '0' || wanted.data[i] > '9' || number > XLSX_SHEETS_MAX)
                        return SIZE_MAX;
                number = number * 10 + (size_t)(wanted.data[i] - '0');
        }
        return number && number <= workbook->book.sheet_count ? number - 1 : SIZE_MAX;
}

static enum status choose_sheets(struct workbook *workbook, struct error *error)
{
        const struct xlsx_book *book = &workbook->book;
        bool one = workbook->profile->sheet.data;
        size_t wanted = one ? find_wanted(workbook) : SIZE_MAX;
        workbook->sheets = arena_array(workbook->arena, struct sheet, book->sheet_count);
        workbook->notes = arena_array(workbook->arena, struct sheet_note, book->sheet_count * NOTES_PER_SHEET);
        if (!workbook->sheets || !workbook->notes)
                return error_memory(error);
        if (one && wanted == SIZE_MAX)
                return no_such_sheet(workbook, error);
        for (size_t i = 0; i < book->sheet_count; i++) {
                if (one ? i != wanted : book->sheets[i].hidden) {
                        if (!one)
                                add_note(workbook, "workbook.note.hidden_sheet", book->sheets[i].name, "", 0);
                        continue;
                }
                struct sheet *sheet = &workbook->sheets[workbook->sheet_count++];
                *sheet = (struct sheet){.book = &book->sheets[i], .number = i + 1};
                workbook->bytes_total += archive_entry_bytes(workbook->archive, sheet->book->entry);
        }
        if (workbook->bytes_total <= ARCHIVE_ENTRY_BYTES_MAX)
                return STATUS_OK;
        char limit[24];
        snprintf(limit, sizeof(limit), "%llu", (unsigned long long)(ARCHIVE_ENTRY_BYTES_MAX >> 30));
        return problem(workbook, STATUS_INVALID, "workbook.too_large", "limit", limit, error);
}

/* ---- the header ------------------------------------------------------------------------------------------------ */

static enum status none_fits(const struct workbook *workbook, struct error *error)
{
        const struct sheet *sheet = NULL;
        struct buffer columns __attribute__((cleanup(buffer_release)));
        const char *missing = "";
        buffer_init(&columns, 1 << 20);
        for (size_t i = 0; !sheet && i < workbook->sheet_count; i++)
                if (workbook->sheets[i].header_row)
                        sheet = &workbook->sheets[i];
        if (!sheet)
                return error_set(error, STATUS_INVALID, "import.empty_file", "file", workbook->name, NULL);
        for (size_t i = 0; i < sheet->header_count; i++)
                if (sheet->header[i].length)
                        add_name(&columns, sheet->header[i]);
        for (size_t i = 0; i < workbook->note_count; i++)
                if (strcmp(workbook->notes[i].sheet, sheet->book->name) == 0)
                        missing = workbook->notes[i].detail;
        return error_set(error, STATUS_INVALID, "workbook.no_sheet_fits", "file", workbook->name, "sheet",
                         sheet->book->name, "missing", missing, "columns", columns.data, NULL);
}

/* Without header there are as many columns as the first row and the profile need. */
static size_t count_columns(const struct workbook *workbook)
{
        const struct profile *profile = workbook->profile;
        size_t count = workbook->first->header_count;
        for (size_t i = 0; !profile->header && i < profile->column_count; i++)
                if (profile->columns[i].position >= (int)count)
                        count = (size_t)profile->columns[i].position + 1;
        return count;
}

static enum status make_header(struct workbook *workbook, struct error *error)
{
        struct buffer record __attribute__((cleanup(buffer_release)));
        const struct sheet *first = workbook->first;
        buffer_init(&record, XLSX_ROW_BYTES_MAX * 2);
        workbook->column_count = count_columns(workbook);
        workbook->fields = arena_array(workbook->arena, struct text, workbook->column_count);
        workbook->columns = arena_array(workbook->arena, struct record_column, workbook->column_count);
        workbook->cells = arena_array(workbook->arena, const struct xlsx_cell *, workbook->column_count);
        if (!workbook->fields || !workbook->columns || !workbook->cells)
                return error_memory(error);
        for (size_t i = 0; i < workbook->column_count; i++) {
                bool named = i < first->header_count && first->header[i].data;
                workbook->fields[i] = named ? first->header[i] : (struct text){"", 0};
                if (i)
                        buffer_add_byte(&record, workbook->form.delimiter);
                record_add_text(&record, workbook->form.delimiter, workbook->fields[i]);
        }
        record_columns(workbook->profile, workbook->fields, workbook->column_count, workbook->columns);
        workbook->header_record = (struct text){keep(workbook, record.data, record.length), record.length};
        return record.failed || !workbook->header_record.data ? error_memory(error) : STATUS_OK;
}

/* Where each column of a sheet goes. */
static enum status place_columns(struct workbook *workbook, struct sheet *sheet, struct error *error)
{
        bool taken[CSV_COLUMNS_MAX] = {false};
        size_t count = workbook->profile->header ? sheet->header_count : workbook->column_count;
        sheet->header_count = count;
        sheet->places = arena_array(workbook->arena, int16_t, count);
        if (!sheet->places)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                int place = workbook->profile->header && sheet != workbook->first ? -1 : (int)i;
                for (size_t k = 0; place < 0 && sheet->header[i].length && k < workbook->column_count; k++)
                        if (!taken[k] && text_equal(workbook->fields[k], sheet->header[i]))
                                place = (int)k;
                sheet->places[i] = (int16_t)place;
                if (place >= 0)
                        taken[place] = true;
        }
        return STATUS_OK;
}

static enum status settle_header(struct workbook *workbook, struct error *error)
{
        struct buffer names __attribute__((cleanup(buffer_release)));
        enum status status = STATUS_OK;
        buffer_init(&names, 1 << 22);
        for (size_t i = 0; !status && i < workbook->sheet_count; i++) {
                status = judge_sheet(workbook, &workbook->sheets[i], error);
                if (!workbook->first && workbook->sheets[i].fits)
                        workbook->first = &workbook->sheets[i];
        }
        if (status)
                return status;
        if (!workbook->first)
                return none_fits(workbook, error);
        status = make_header(workbook, error);
        for (size_t i = 0; !status && i < workbook->sheet_count; i++) {
                if (!workbook->sheets[i].fits)
                        continue;
                buffer_addf(&names, "%s%s", names.length ? ", " : "", workbook->sheets[i].book->name);
                status = place_columns(workbook, &workbook->sheets[i], error);
        }
        workbook->sheets_read = keep(workbook, names.data, names.length);
        workbook->notes_fixed = workbook->note_count;
        return status || workbook->sheets_read ? status : error_memory(error);
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* The cells of a row by column of the record; false when none of them has a place there. */
static bool place_cells(struct workbook *workbook, const struct sheet *sheet, const struct xlsx_row *row)
{
        bool any = false;
        memset(workbook->cells, 0, workbook->column_count * sizeof(struct xlsx_cell *));
        for (size_t i = 0; i < row->count && row->cells[i].column < sheet->header_count; i++) {
                int place = sheet->places[row->cells[i].column];
                if (place < 0)
                        continue;
                workbook->cells[place] = &row->cells[i];
                any = true;
        }
        return any;
}

static enum status take_row(void *context, const struct xlsx_row *row, struct error *error)
{
        struct workbook *workbook = context;
        struct sheet *sheet = workbook->current;
        struct buffer *out = &workbook->out;
        if ((workbook->profile->header && row->number <= sheet->header_row) || !place_cells(workbook, sheet, row))
                return STATUS_OK;
        sheet->hidden_rows += row->hidden;
        size_t before = out->length;
        if (before == 0)
                workbook->block_line = sheet->number << WORKBOOK_SHEET_SHIFT | row->number;
        else
                for (uint64_t gap = workbook->next_row; gap < row->number; gap++)
                        buffer_add_byte(out, '\n'); /* an empty line is passed over, but counted */
        for (size_t i = 0; i < workbook->column_count; i++) {
                if (i)
                        buffer_add_byte(out, workbook->form.delimiter);
                if (workbook->cells[i])
                        record_add_cell(out, &workbook->form, &workbook->columns[i], workbook->cells[i],
                                        &workbook->scratch);
        }
        buffer_add_byte(out, '\n');
        workbook->next_row = (uint64_t)row->number + 1;
        workbook->bytes_out += out->length - before;
        if (out->failed) {
                char number[16];
                snprintf(number, sizeof(number), "%u", (unsigned)row->number);
                return error_set(error, STATUS_INVALID, "workbook.row_too_long", "file", workbook->name, "part",
                                 sheet->book->name, "row", number, NULL);
        }
        if (workbook->bytes_out > RECORD_BYTES_MAX)
                return problem(workbook, STATUS_INVALID, "workbook.too_large", "limit", "16", error);
        if (out->length >= BLOCK_BYTES)
                xlsx_sheet_pause(workbook->reader);
        return STATUS_OK;
}

static void end_sheet(struct workbook *workbook)
{
        if (workbook->reader)
                workbook->bytes_before += xlsx_sheet_bytes_read(workbook->reader);
        xlsx_sheet_close(workbook->reader);
        workbook->reader = NULL;
}

/* Opens the next sheet that fits; *ret_more false when there is none. */
static enum status next_sheet(struct workbook *workbook, bool *ret_more, struct error *error)
{
        while (workbook->next_sheet < workbook->sheet_count && !workbook->sheets[workbook->next_sheet].fits)
                workbook->next_sheet++;
        *ret_more = workbook->next_sheet < workbook->sheet_count;
        if (!*ret_more)
                return STATUS_OK;
        workbook->current = &workbook->sheets[workbook->next_sheet++];
        workbook->current->hidden_rows = 0;
        return open_sheet(workbook, workbook->current, take_row, workbook, &workbook->reader, error);
}

enum status workbook_next(struct workbook *workbook, struct block *ret, bool *ret_more, struct error *error)
{
        for (;;) {
                bool more = true;
                enum status status = workbook->reader ? STATUS_OK : next_sheet(workbook, &more, error);
                if (status)
                        return status;
                if (!more) {
                        *ret_more = false;
                        return STATUS_OK;
                }
                while (!status && more && workbook->out.length < BLOCK_BYTES)
                        status = xlsx_sheet_step(workbook->reader, &more, error);
                if (status)
                        return status;
                if (!more)
                        end_sheet(workbook);
                if (workbook->out.length == 0)
                        continue;
                struct block block = {.first_line = workbook->block_line};
                block.data = buffer_take(&workbook->out, &block.length);
                if (!block.data)
                        return error_memory(error);
                *ret = block;
                *ret_more = true;
                return STATUS_OK;
        }
}

void workbook_rewind(struct workbook *workbook)
{
        end_sheet(workbook);
        buffer_clear(&workbook->out);
        workbook->next_sheet = 0;
        workbook->bytes_before = workbook->bytes_out = 0;
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

/* Numbers that are numbers have no mark; those that are texts say which one is meant. */
static enum status settle_decimal(struct workbook *workbook, struct error *error)
{
        struct buffer sample __attribute__((cleanup(buffer_release)));
        struct block block = {0};
        bool more = true;
        enum status status = STATUS_OK;
        buffer_init(&sample, (size_t)64 << 20);
        if (workbook->profile->header) {
                buffer_add(&sample, workbook->header_record.data, workbook->header_record.length);
                buffer_add_byte(&sample, '\n');
        }
        workbook->form.texts_only = true;
        bool needed = workbook->profile->decimal == DECIMAL_SETTING_AUTO;
        while (!status && needed && sample.length < SAMPLE_BYTES) {
                status = workbook_next(workbook, &block, &more, error);
                if (status || !more)
                        break;
                buffer_add(&sample, block.data, block.length);
                block_release(&block);
        }
        workbook->form.texts_only = false;
        workbook_rewind(workbook);
        if (!status && sample.failed)
                status = error_memory(error);
        return status ? status
                      : detect_decimal(sample.data, sample.length, true, workbook->form.delimiter, workbook->profile,
                                       workbook->name, &workbook->form.mark, error);
}

static enum status open_parts(struct workbook *workbook, const char *path, const char *staging_directory,
                              struct error *error)
{
        enum status status = archive_open(path, workbook->name, &workbook->archive, error);
        if (!status)
                status = xlsx_book_read(workbook->archive, workbook->name, workbook->arena, &workbook->book, error);
        if (!status)
                status = choose_sheets(workbook, error);
        if (!status)
                status = xlsx_styles_read(workbook->archive, workbook->book.styles_entry, workbook->name,
                                          &workbook->styles, error);
        if (!status)
                status = xlsx_strings_read(workbook->archive, workbook->book.strings_entry, workbook->name,
                                           staging_directory, &workbook->strings, error);
        return status;
}

enum status workbook_open(const char *path, const char *name, const struct profile *profile,
                          const char *staging_directory, struct workbook **ret, struct error *error)
{
        struct workbook *workbook = calloc(1, sizeof(*workbook));
        if (!workbook)
                return error_memory(error);
        workbook->profile = profile;
        workbook->form.delimiter = profile->delimiter ? profile->delimiter : ',';
        buffer_init(&workbook->out, (size_t)BLOCK_BYTES + CSV_RECORD_BYTES_MAX);
        buffer_init(&workbook->scratch, XLSX_ROW_BYTES_MAX);
        workbook->arena = arena_new(ARENA_BYTES_MAX);
        workbook->name = workbook->arena ? keep(workbook, name, strlen(name)) : NULL;
        enum status status = workbook->name ? open_parts(workbook, path, staging_directory, error)
                                            : error_memory(error);
        if (!status)
                status = settle_header(workbook, error);
        if (!status)
                status = settle_decimal(workbook, error);
        if (status) {
                workbook_close(workbook);
                return status;
        }
        *ret = workbook;
        return STATUS_OK;
}

void workbook_close(struct workbook *workbook)
{
        if (!workbook)
                return;
        xlsx_sheet_close(workbook->reader);
        xlsx_strings_free(workbook->strings);
        xlsx_styles_free(workbook->styles);
        archive_close(workbook->archive);
        buffer_release(&workbook->out);
        buffer_release(&workbook->scratch);
        arena_free(workbook->arena);
        free(workbook);
}

/* ---- what it is like ------------------------------------------------------------------------------------------- */

size_t workbook_header(const struct workbook *workbook, const struct text **ret_fields)
{
        *ret_fields = workbook->fields;
        return workbook->column_count;
}

struct text workbook_header_record(const struct workbook *workbook) { return workbook->header_record; }
char workbook_delimiter(const struct workbook *workbook) { return workbook->form.delimiter; }
enum decimal_mark workbook_decimal(const struct workbook *workbook) { return workbook->form.mark; }
const char *workbook_sheets_read(const struct workbook *workbook) { return workbook->sheets_read; }

uint64_t workbook_done_millionths(const struct workbook *workbook)
{
        uint64_t done = workbook->bytes_before + (workbook->reader ? xlsx_sheet_bytes_read(workbook->reader) : 0);
        return workbook->bytes_total ? done * 1000000 / workbook->bytes_total : 1000000;
}

const char *workbook_sheet_name(const struct workbook *workbook, uint64_t sheet)
{
        return sheet && sheet <= workbook->book.sheet_count ? workbook->book.sheets[sheet - 1].name : "";
}

size_t workbook_notes(struct workbook *workbook, const struct sheet_note **ret_notes)
{
        workbook->note_count = workbook->notes_fixed;
        for (size_t i = 0; i < workbook->sheet_count; i++)
                if (workbook->sheets[i].hidden_rows)
                        add_note(workbook, "workbook.note.hidden_rows", workbook->sheets[i].book->name, "",
                                 workbook->sheets[i].hidden_rows);
        *ret_notes = workbook->notes;
        return workbook->note_count;
}
