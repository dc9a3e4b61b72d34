/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * workbook_record.c: writes cells as text.
 */
#include "importer/workbook_record.h"

#include <string.h>

#include "base/calendar.h"
#include "importer/workbook.h"

static void take_column(struct record_column *column, const struct profile_column *wanted, enum field_type type)
{
        column->number |= type == FIELD_MONEY || type == FIELD_QUANTITY || type == FIELD_DECIMAL ||
                          type == FIELD_SHARE || type == FIELD_INTEGER;
        column->day |= type == FIELD_DAY;
        if (wanted->format.data)
                column->format = wanted->format.data;
}

void record_columns(const struct profile *profile, const struct text *fields, size_t count, struct record_column *ret)
{
        memset(ret, 0, count * sizeof(*ret));
        for (size_t c = 0; c < profile->column_count; c++) {
                const struct profile_column *wanted = &profile->columns[c];
                enum field_type type = kind_infos[profile->kind].fields[wanted->field].type;
                if (wanted->constant.data)
                        continue;
                for (size_t i = 0; i < count; i++)
                        if (profile->header ? text_equal(fields[i], wanted->header) : wanted->position == (int)i)
                                take_column(&ret[i], wanted, type);
        }
}

static void add_time(struct buffer *out, int64_t second)
{
        buffer_addf(out, "%02lld:%02d:%02d", (long long)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

static void add_moment(struct buffer *out, const struct record_column *column, const struct xlsx_cell *cell)
{
        const struct xlsx_moment *moment = &cell->moment;
        /* Where a day is read, a time is none, however many hours it has. */
        if (moment->day == DAY_NONE || (column->day && cell->meaning == XLSX_TIME)) {
                add_time(out, moment->second);
        } else if (column->format) {
                moment_add_format(out, column->format, moment->day, (int32_t)moment->second);
        } else {
                day_add_iso(out, moment->day);
                if (!column->day && (cell->meaning != XLSX_DAY || moment->second)) {
                        buffer_add_byte(out, ' ');
                        add_time(out, moment->second);
                }
        }
}

/* What is no number after all is left as it stands, for the importer to refuse. */
static void add_number(struct buffer *out, struct text text, char mark)
{
        if (!xlsx_add_number(out, text, mark))
                buffer_add(out, text.data, text.length);
}

void record_add_text(struct buffer *out, char delimiter, struct text text)
{
        bool quoted = false;
        for (size_t i = 0; i < text.length && !quoted; i++)
                quoted = text.data[i] == delimiter || text.data[i] == '"' || text.data[i] == '\n' ||
                         text.data[i] == '\r';
        if (!quoted) {
                buffer_add(out, text.data, text.length);
                return;
        }
        buffer_add_byte(out, '"');
        for (size_t from = 0; from < text.length;) {
                const char *quote = memchr(text.data + from, '"', text.length - from);
                size_t length = quote ? (size_t)(quote - text.data) - from + 1 : text.length - from;
                buffer_add(out, text.data + from, length);
                if (quote)
                        buffer_add_byte(out, '"');
                from += length;
        }
        buffer_add_byte(out, '"');
}

void record_add_cell(struct buffer *out, const struct record_form *form, const struct record_column *column,
                     const struct xlsx_cell *cell, struct buffer *scratch)
{
        buffer_clear(scratch);
        switch (cell->kind) {
        case XLSX_CELL_TEXT:
                record_add_text(out, form->delimiter, cell->text);
                return;
        case XLSX_CELL_NUMBER:
                if (!form->texts_only)
                        add_number(scratch, cell->text, column->number && form->mark == DECIMAL_COMMA ? ',' : '.');
                break;
        case XLSX_CELL_MOMENT:
                add_moment(scratch, column, cell);
                break;
        case XLSX_CELL_YES_NO:
                buffer_add_text(scratch, *cell->text.data == '1' ? "true" : "false");
                break;
        case XLSX_CELL_ERROR:
                buffer_add_byte(scratch, WORKBOOK_ERROR_MARK);
                buffer_add(scratch, cell->text.data, cell->text.length);
                break;
        }
        record_add_text(out, form->delimiter, (struct text){scratch->data, scratch->length});
}

void record_add_plain(struct buffer *out, const struct xlsx_cell *cell)
{
        static const struct record_column column;
        if (cell->kind == XLSX_CELL_NUMBER)
                add_number(out, cell->text, '.');
        else if (cell->kind == XLSX_CELL_MOMENT)
                add_moment(out, &column, cell);
        else
                buffer_add(out, cell->text.data, cell->text.length);
}
