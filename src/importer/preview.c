/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * preview.c: the first rows of a file as the importer understands them.
 */
#include "importer/preview.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "importer/csv.h"

static bool copy_text(struct arena *arena, struct text from, struct text *ret)
{
        *ret = (struct text){arena_copy(arena, from.data ? from.data : "", from.length), from.length};
        return ret->data != NULL;
}

static enum status describe_columns(struct import_run *run, struct arena *arena, struct import_preview *preview,
                                    struct error *error)
{
        preview->column_count = run->mapping.count;
        preview->columns = arena_array(arena, struct preview_column, preview->column_count + 1);
        for (size_t i = 0; preview->columns && i < preview->column_count; i++) {
                const struct mapped_column *column = &run->mapping.columns[i];
                struct preview_column *shown = &preview->columns[i];
                struct text suffix = column->column->suffix;
                size_t stem = strlen(column->field->name) - (suffix.data ? 1 : 0);
                struct buffer field __attribute__((cleanup(buffer_release)));
                buffer_init(&field, 1 << 16);
                buffer_add(&field, column->field->name, stem);
                buffer_add(&field, suffix.data ? suffix.data : "", suffix.length);
                shown->is_constant = column->position < 0;
                shown->prefix = column->column->prefix;
                if (!copy_text(arena, (struct text){field.data, field.length}, &shown->field) ||
                    !copy_text(arena, shown->is_constant ? column->column->constant : column->name, &shown->place) ||
                    !copy_text(arena, column->column->format, &shown->format))
                        return error_memory(error);
        }
        return preview->columns ? STATUS_OK : error_memory(error);
}

/* A value in the one form Treue keeps it in. */
static void add_understood(struct buffer *out, enum field_type type, const struct field_value *value,
                           unsigned minor_digits)
{
        switch (type) {
        case FIELD_TEXT:
        case FIELD_EMAIL:
                buffer_add(out, value->text.data, value->text.length);
                break;
        case FIELD_DAY:
                day_add_iso(out, value->day);
                break;
        case FIELD_MONEY:
                decimal_add_plain(out, value->number, minor_digits);
                break;
        case FIELD_QUANTITY:
                decimal_add_plain(out, value->number, 3);
                break;
        case FIELD_SHARE:
                decimal_add_plain(out, value->number, 6);
                break;
        case FIELD_DECIMAL:
                decimal_add_plain(out, value->number, value->scale);
                break;
        case FIELD_INTEGER:
                buffer_add_int(out, value->number);
                break;
        case FIELD_YES_NO:
                buffer_add_text(out, value->yes ? "yes" : "no");
                break;
        case FIELD_KIND:
                buffer_add_text(out, value->yes ? "prospect" : "customer");
                break;
        case FIELD_METHOD:
                buffer_add_text(out, value->yes ? "estimated" : "measured");
                break;
        case FIELD_MOMENT:
                instant_add_iso(out, value->instant_ms);
                break;
        case FIELD_STATUS:
        case FIELD_ROLE:
        case FIELD_CHANNEL:
        case FIELD_CONSENT:
        case FIELD_BASIS:
                buffer_add_text(out, field_word(type, value->number));
                break;
        }
}

static bool understand(struct import_run *run, struct arena *arena, const struct text *fields, size_t count,
                       struct preview_row *row)
{
        row->cells = arena_array(arena, struct text, run->mapping.count + 1);
        row->refused = arena_array(arena, bool, run->mapping.count + 1);
        if (!row->cells || !row->refused)
                return false;
        for (size_t i = 0; i < run->mapping.count; i++) {
                const struct mapped_column *column = &run->mapping.columns[i];
                struct text cell = mapped_text(column, fields, count);
                struct field_value value;
                struct buffer shown __attribute__((cleanup(buffer_release)));
                buffer_init(&shown, (size_t)32 << 20);
                row->refused[i] = source_file_cell_error(run->file, &cell) ||
                                  field_parse(column, cell, source_file_decimal(run->file), run->minor_digits, &value);
                if (row->refused[i])
                        buffer_add(&shown, cell.data ? cell.data : "", cell.length);
                else if (value.known)
                        add_understood(&shown, column->field->type, &value, run->minor_digits);
                if (!copy_text(arena, (struct text){shown.data, shown.length}, &row->cells[i]))
                        return false;
        }
        return true;
}

static enum status read_rows(struct import_run *run, struct arena *arena, const struct block *block,
                             struct import_preview *preview, struct error *error)
{
        struct csv_parser parser = block_parser(block, source_file_delimiter(run->file), NULL);
        struct text *fields = arena_array(run->arena, struct text, CSV_COLUMNS_MAX);
        size_t count;
        if (!fields)
                return error_memory(error);
        while (preview->row_count < PREVIEW_ROWS) {
                struct preview_row *row = &preview->rows[preview->row_count];
                if (!csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &row->line, NULL))
                        break;
                row->sheet = source_file_place(run->file, row->line, &row->line);
                row->sheet = arena_copy(arena, row->sheet, strlen(row->sheet));
                if (!row->sheet || !understand(run, arena, fields, count, row))
                        return error_memory(error);
                preview->row_count++;
        }
        return STATUS_OK;
}

enum status preview_make(struct import_run *run, struct arena *arena, struct import_preview **ret, struct error *error)
{
        struct import_preview *preview = arena_zero(arena, 1, sizeof(*preview));
        if (!preview)
                return error_memory(error);
        struct block block = {0};
        bool more = false;
        enum status status = describe_columns(run, arena, preview, error);
        if (!status)
                status = source_file_next(run->file, &block, &more, error);
        if (!status && more)
                status = read_rows(run, arena, &block, preview, error);
        block_release(&block);
        if (!status)
                status = source_file_rewind(run->file, error);
        if (!status)
                *ret = preview;
        return status;
}
