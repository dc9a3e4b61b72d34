/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_sheet.c: worksheet/sheetData/row/c with v or is/t (ECMA-376 part 1, 18.3.1). What else a sheet holds is passed
 * over.
 */
#include "importer/xlsx_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "importer/csv.h"

enum { DEPTH_DATA = 2, DEPTH_ROW = 3, DEPTH_CELL = 4, DEPTH_VALUE = 5 };

enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_INLINE, TYPE_YES_NO, TYPE_ERROR, TYPE_ISO };

struct xlsx_sheet {
        struct xlsx_sheet_source source;
        xlsx_take_row take;
        void *context;
        struct xlsx_part *part;
        bool in_data, in_row, in_cell, in_value, in_inline;
        /* the row */
        uint32_t row_number;
        bool hidden, unordered;
        struct xlsx_cell *cells;  /* CSV_COLUMNS_MAX; the texts are offsets into row_text until the row is complete */
        size_t cell_count;
        struct buffer row_text;
        uint32_t last_column;     /* 1 + that of the latest cell; 0: none yet */
        /* the cell */
        enum cell_type type;
        uint32_t column;
        size_t style;
        struct buffer value;      /* <v> */
        struct xlsx_text text;    /* <is> */
};

static void fail(struct xlsx_sheet *sheet, enum status status, const char *key)
{
        char row[16];
        snprintf(row, sizeof(row), "%u", (unsigned)sheet->row_number);
        xlsx_part_fail(sheet->part, error_set(xlsx_part_error(sheet->part), status, key, "file",
                                              sheet->source.file_name, "part", sheet->source.sheet_name, "row", row,
                                              NULL));
}

static bool is_true(const char *value) { return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0); }

static bool parse_whole(const char *digits, size_t length, uint64_t most, uint64_t *ret)
{
        uint64_t value = 0;
        for (size_t i = 0; i < length; i++) {
                if (digits[i] < '0' || digits[i] > '9')
                        return false;
                value = value * 10 + (uint64_t)(digits[i] - '0');
                if (value > most)
                        return false;
        }
        *ret = value;
        return length > 0;
}

static void begin_row(struct xlsx_sheet *sheet, const char **attributes)
{
        const char *reference = xlsx_attribute(attributes, "r");
        uint64_t number = (uint64_t)sheet->row_number + 1;
        if ((reference && !parse_whole(reference, strlen(reference), XLSX_ROWS_MAX, &number)) ||
            number <= sheet->row_number || number > XLSX_ROWS_MAX) {
                xlsx_part_damaged(sheet->part);
                return;
        }
        sheet->in_row = true;
        sheet->row_number = (uint32_t)number;
        sheet->hidden = is_true(xlsx_attribute(attributes, "hidden"));
        sheet->unordered = false;
        sheet->cell_count = 0;
        sheet->last_column = 0;
        buffer_clear(&sheet->row_text);
}

static bool find_type(const char *name, enum cell_type *ret)
{
        static const struct { const char *name; enum cell_type type; } types[] = {
                {"s", TYPE_SHARED}, {"n", TYPE_NUMBER}, {"str", TYPE_TEXT}, {"inlineStr", TYPE_INLINE},
                {"b", TYPE_YES_NO}, {"e", TYPE_ERROR}, {"d", TYPE_ISO},
        };
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
                if (strcmp(name, types[i].name) != 0)
                        continue;
                *ret = types[i].type;
                return true;
        }
        return false;
}

static void begin_cell(struct xlsx_sheet *sheet, const char **attributes)
{
        const char *reference = NULL, *type = NULL, *style = NULL;
        uint32_t column = sheet->last_column, row = sheet->row_number;
        uint64_t number = 0;
        for (; attributes[0]; attributes += 2) {
                const char *name = attributes[0];
                if (strcmp(name, "r") == 0)
                        reference = attributes[1];
                else if (strcmp(name, "t") == 0)
                        type = attributes[1];
                else if (strcmp(name, "s") == 0)
                        style = attributes[1];
        }
        sheet->type = TYPE_NUMBER;
        if ((reference && (!xlsx_parse_reference(reference, &column, &row) || row != sheet->row_number)) ||
            (type && !find_type(type, &sheet->type)) || column >= XLSX_COLUMNS_MAX) {
                xlsx_part_damaged(sheet->part);
                return;
        }
        sheet->style = style && parse_whole(style, strlen(style), XLSX_STYLES_MAX, &number) ? (size_t)number : 0;
        sheet->unordered |= column < sheet->last_column;
        sheet->column = column;
        sheet->last_column = column + 1;
        sheet->in_cell = true;
        buffer_clear(&sheet->value);
        xlsx_text_clear(&sheet->text);
}

static void on_start(void *context, unsigned depth, const char *name, const char **attributes)
{
        struct xlsx_sheet *sheet = context;
        if (depth == DEPTH_DATA) {
                sheet->in_data = strcmp(name, "sheetData") == 0;
        } else if (depth == DEPTH_ROW && sheet->in_data && strcmp(name, "row") == 0) {
                begin_row(sheet, attributes);
        } else if (depth == DEPTH_CELL && sheet->in_row && strcmp(name, "c") == 0) {
                begin_cell(sheet, attributes);
        } else if (depth == DEPTH_VALUE && sheet->in_cell) {
                sheet->in_value = strcmp(name, "v") == 0;
                sheet->in_inline = strcmp(name, "is") == 0;
        } else if (depth > DEPTH_VALUE && sheet->in_inline) {
                xlsx_text_start(&sheet->text, name, attributes);
        }
}

static void on_text(void *context, const char *data, size_t length)
{
        struct xlsx_sheet *sheet = context;
        if (sheet->in_value)
                buffer_add(&sheet->value, data, length);
        else if (sheet->in_inline)
                xlsx_text_add(&sheet->text, data, length);
}

/* Keeps the cell. A text outside the shared table is copied; until the row is complete its place is an offset. */
static void keep_cell(struct xlsx_sheet *sheet, enum xlsx_cell_kind kind, struct text text, bool shared)
{
        if (text.length == 0)
                return;
        if (sheet->column >= CSV_COLUMNS_MAX || sheet->cell_count == CSV_COLUMNS_MAX) {
                fail(sheet, STATUS_INVALID, "workbook.too_many_columns");
                return;
        }
        struct xlsx_cell *cell = &sheet->cells[sheet->cell_count++];
        *cell = (struct xlsx_cell){.column = sheet->column, .kind = kind, .text = text};
        if (shared)
                return;
        cell->text.data = NULL;
        if (!buffer_add(&sheet->row_text, text.data, text.length))
                fail(sheet, STATUS_INVALID, "workbook.row_too_long");
}

static void keep_shared(struct xlsx_sheet *sheet, struct text digits)
{
        uint64_t number;
        digits = text_trim(digits);
        if (digits.length == 0)
                return;
        if (!parse_whole(digits.data, digits.length, XLSX_STRINGS_MAX, &number) ||
            number >= xlsx_strings_count(sheet->source.strings))
                xlsx_part_damaged(sheet->part);
        else
                keep_cell(sheet, XLSX_CELL_TEXT, xlsx_strings_get(sheet->source.strings, (size_t)number), true);
}

static void keep_moment(struct xlsx_sheet *sheet, struct text text, enum xlsx_meaning meaning,
                        const struct xlsx_moment *moment)
{
        size_t before = sheet->cell_count;
        keep_cell(sheet, XLSX_CELL_MOMENT, text, false);
        if (sheet->cell_count == before)
                return;
        sheet->cells[before].meaning = meaning;
        sheet->cells[before].moment = *moment;
}

/* A number is a date when its format shows one; a number that is no date there remains a number. */
static void keep_number(struct xlsx_sheet *sheet, struct text text)
{
        struct xlsx_moment moment;
        enum xlsx_meaning meaning = xlsx_styles_meaning(sheet->source.styles, sheet->style);
        if (meaning != XLSX_PLAIN && xlsx_parse_serial(text, sheet->source.from_1904, &moment))
                keep_moment(sheet, text, meaning, &moment);
        else
                keep_cell(sheet, XLSX_CELL_NUMBER, text_trim(text), false);
}

static void keep_iso(struct xlsx_sheet *sheet, struct text text)
{
        struct xlsx_moment moment;
        if (xlsx_parse_iso(text, &moment))
                keep_moment(sheet, text, moment.day == DAY_NONE ? XLSX_TIME : text.length > 10 ? XLSX_MOMENT : XLSX_DAY,
                            &moment);
        else
                keep_cell(sheet, XLSX_CELL_TEXT, text, false);
}

static void end_cell(struct xlsx_sheet *sheet)
{
        struct text value = {sheet->value.data, sheet->value.length};
        sheet->in_cell = false;
        if (sheet->value.failed || sheet->text.text.failed) {
                fail(sheet, STATUS_INVALID, "workbook.text_too_long");
                return;
        }
        switch (sheet->type) {
        case TYPE_SHARED:
                keep_shared(sheet, value);
                break;
        case TYPE_NUMBER:
                keep_number(sheet, value);
                break;
        case TYPE_TEXT:
                value.length = xlsx_unescape(sheet->value.data, value.length);
                keep_cell(sheet, XLSX_CELL_TEXT, value, false);
                break;
        case TYPE_INLINE:
                if (xlsx_text_finish(&sheet->text, &value))
                        keep_cell(sheet, XLSX_CELL_TEXT, value, false);
                break;
        case TYPE_YES_NO:
                value = text_trim(value);
                if (value.length)
                        keep_cell(sheet, XLSX_CELL_YES_NO,
                                  text_of(text_is(value, "1") || text_is(value, "true") ? "1" : "0"), false);
                break;
        case TYPE_ERROR:
                keep_cell(sheet, XLSX_CELL_ERROR, text_trim(value), false);
                break;
        case TYPE_ISO:
                keep_iso(sheet, text_trim(value));
                break;
        }
}

static int compare_cells(const void *a, const void *b)
{
        const struct xlsx_cell *x = a, *y = b;
        return x->column < y->column ? -1 : x->column > y->column;
}

static void end_row(struct xlsx_sheet *sheet)
{
        const char *text = sheet->row_text.data;
        sheet->in_row = false;
        for (size_t i = 0; i < sheet->cell_count; i++) {
                if (sheet->cells[i].text.data)
                        continue;
                sheet->cells[i].text.data = text;
                text += sheet->cells[i].text.length;
        }
        if (sheet->unordered)
                qsort(sheet->cells, sheet->cell_count, sizeof(*sheet->cells), compare_cells);
        for (size_t i = 1; i < sheet->cell_count; i++)
                if (sheet->cells[i].column == sheet->cells[i - 1].column) {
                        fail(sheet, STATUS_INVALID, "workbook.doubled_cell");
                        return;
                }
        struct xlsx_row row = {sheet->row_number, sheet->hidden, sheet->cells, sheet->cell_count};
        enum status status = sheet->take(sheet->context, &row, xlsx_part_error(sheet->part));
        if (status)
                xlsx_part_fail(sheet->part, status);
}

static void on_end(void *context, unsigned depth, const char *name)
{
        struct xlsx_sheet *sheet = context;
        if (depth > DEPTH_VALUE && sheet->in_inline)
                xlsx_text_end(&sheet->text, name);
        else if (depth == DEPTH_VALUE)
                sheet->in_value = sheet->in_inline = false;
        else if (depth == DEPTH_CELL && sheet->in_cell)
                end_cell(sheet);
        else if (depth == DEPTH_ROW && sheet->in_row)
                end_row(sheet);
        else if (depth == DEPTH_DATA)
                sheet->in_data = false;
}

enum status xlsx_sheet_open(const struct xlsx_sheet_source *source, xlsx_take_row take, void *context,
                            struct xlsx_sheet **ret, struct error *error)
{
        static const struct xlsx_handler handler = {on_start, on_end, on_text};
        struct xlsx_sheet *sheet = calloc(1, sizeof(*sheet));
        if (!sheet)
                return error_memory(error);
        sheet->source = *source;
        sheet->take = take;
        sheet->context = context;
        buffer_init(&sheet->row_text, XLSX_ROW_BYTES_MAX);
        buffer_init(&sheet->value, XLSX_TEXT_BYTES_MAX);
        xlsx_text_init(&sheet->text);
        sheet->cells = calloc(CSV_COLUMNS_MAX, sizeof(*sheet->cells));
        enum status status = sheet->cells ? xlsx_part_open(source->archive, source->entry, source->file_name,
                                                           source->sheet_name, &handler, sheet, &sheet->part, error)
                                          : error_memory(error);
        if (status) {
                xlsx_sheet_close(sheet);
                return status;
        }
        *ret = sheet;
        return STATUS_OK;
}

enum status xlsx_sheet_step(struct xlsx_sheet *sheet, bool *ret_more, struct error *error)
{
        return xlsx_part_step(sheet->part, ret_more, error);
}

void xlsx_sheet_pause(struct xlsx_sheet *sheet) { xlsx_part_pause(sheet->part); }
uint64_t xlsx_sheet_bytes_read(const struct xlsx_sheet *sheet) { return xlsx_part_bytes_read(sheet->part); }

void xlsx_sheet_close(struct xlsx_sheet *sheet)
{
        if (!sheet)
                return;
        xlsx_part_close(sheet->part);
        buffer_release(&sheet->row_text);
        buffer_release(&sheet->value);
        xlsx_text_release(&sheet->text);
        free(sheet->cells);
        free(sheet);
}
