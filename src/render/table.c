/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * table.c: collects cells, measures columns, prints.
 */
#include "render/table.h"

#include <stdlib.h>

enum { TABLE_BYTES_MAX = 64 << 20 };

struct cell {
        size_t offset, length, columns;
};

struct table {
        size_t column_count;
        enum table_align align[TABLE_COLUMNS_MAX];
        size_t widths[TABLE_COLUMNS_MAX];
        size_t width_max[TABLE_COLUMNS_MAX]; /* 0: cells are not cut */
        struct buffer texts;
        struct cell *cells;       /* titles are the first row */
        size_t cell_count, cell_capacity;
        size_t *rules;            /* cell counts before which a rule stands */
        size_t rule_count;
        bool failed;
};

enum status table_new(struct table **ret, struct error *error)
{
        struct table *table = calloc(1, sizeof(*table));
        if (!table)
                return error_memory(error);
        buffer_init(&table->texts, TABLE_BYTES_MAX);
        *ret = table;
        return STATUS_OK;
}

void table_free(struct table *table)
{
        if (!table)
                return;
        buffer_release(&table->texts);
        free(table->cells);
        free(table->rules);
        free(table);
}

/* Columns of one code point: 0 for combining marks, 2 for the wide blocks of East Asia and pictographs. */
static size_t point_columns(uint32_t point)
{
        if ((point >= 0x300 && point <= 0x36f) || (point >= 0x200b && point <= 0x200f) || point == 0xfeff
            || (point >= 0xfe00 && point <= 0xfe0f))
                return 0;
        if ((point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf)
            || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff)
            || (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60)
            || (point >= 0x1f300 && point <= 0x1faff) || (point >= 0x20000 && point <= 0x3fffd))
                return 2;
        return 1;
}

/* The code point at *at, which is moved behind it. */
static uint32_t next_point(struct text text, size_t *at)
{
        unsigned char c = (unsigned char)text.data[(*at)++];
        uint32_t point = c < 0x80 ? c : c >= 0xf0 ? c & 7U : c >= 0xe0 ? c & 15U : c & 31U;
        while (c >= 0x80 && *at < text.length && ((unsigned char)text.data[*at] & 0xc0) == 0x80)
                point = point << 6 | ((unsigned char)text.data[(*at)++] & 0x3fU);
        return point;
}

size_t text_columns(struct text text)
{
        size_t columns = 0;
        for (size_t i = 0; i < text.length;)
                columns += point_columns(next_point(text, &i));
        return columns;
}

/* As much of the text as fits into `columns_max`. */
static struct text text_within(struct text text, size_t columns_max)
{
        size_t columns = 0;
        for (size_t i = 0; i < text.length;) {
                size_t at = i;
                columns += point_columns(next_point(text, &i));
                if (columns > columns_max)
                        return (struct text){text.data, at};
        }
        return text;
}

/* Control characters of foreign data must not reach the terminal: each becomes a blank. */
static void add_visible(struct buffer *out, struct text text)
{
        for (size_t i = 0; i < text.length; i++) {
                unsigned char c = (unsigned char)text.data[i];
                unsigned char next = i + 1 < text.length ? (unsigned char)text.data[i + 1] : 0;
                bool two_bytes = c == 0xc2 && next >= 0x80 && next < 0xa0; /* U+0080 to U+009F */
                buffer_add_byte(out, c < 0x20 || c == 0x7f || two_bytes ? ' ' : (char)c);
                i += two_bytes;
        }
}

void table_cell(struct table *table, struct text text)
{
        if (table->cell_count == table->cell_capacity) {
                size_t capacity = table->cell_capacity ? table->cell_capacity * 2 : 64;
                struct cell *cells = realloc(table->cells, capacity * sizeof(*cells));
                if (!cells) {
                        table->failed = true;
                        return;
                }
                table->cells = cells;
                table->cell_capacity = capacity;
        }
        struct cell cell = {table->texts.length, text.length, text_columns(text)};
        size_t column = table->column_count ? table->cell_count % table->column_count : 0;
        bool cut = table->width_max[column] && cell.columns > table->width_max[column];
        if (cut) {
                text = text_within(text, table->width_max[column] - 1);
                cell.columns = text_columns(text) + 1;
        }
        if (cell.columns > table->widths[column])
                table->widths[column] = cell.columns;
        add_visible(&table->texts, text);
        buffer_add_text(&table->texts, cut ? "\xe2\x80\xa6" : "");
        cell.length = table->texts.length - cell.offset;
        table->cells[table->cell_count++] = cell;
}

void table_cell_string(struct table *table, const char *string)
{
        table_cell(table, text_of(string ? string : ""));
}

void table_column(struct table *table, const char *title, enum table_align align)
{
        size_t column = table->column_count;
        if (column == TABLE_COLUMNS_MAX) {
                table->failed = true;
                return;
        }
        table->align[column] = align;
        table->column_count++;
        table->widths[column] = 0;
        table_cell(table, text_of(title));
        table->widths[column] = table->cells[column].columns;
}

void table_cut_column(struct table *table, size_t width_max)
{
        if (table->column_count)
                table->width_max[table->column_count - 1] = width_max;
}

void table_rule(struct table *table)
{
        size_t *rules = realloc(table->rules, (table->rule_count + 1) * sizeof(*rules));
        if (!rules) {
                table->failed = true;
                return;
        }
        table->rules = rules;
        table->rules[table->rule_count++] = table->cell_count;
}

static void add_blanks(struct buffer *out, size_t count)
{
        while (count--)
                buffer_add_byte(out, ' ');
}

static void add_rule(const struct table *table, unsigned indent, struct buffer *out)
{
        add_blanks(out, indent);
        for (size_t c = 0; c < table->column_count; c++) {
                if (c)
                        add_blanks(out, 2);
                for (size_t i = 0; i < table->widths[c]; i++)
                        buffer_add_text(out, "\xe2\x94\x80");
        }
        buffer_add_byte(out, '\n');
}

static void add_row(const struct table *table, size_t first, unsigned indent, struct buffer *out)
{
        add_blanks(out, indent);
        size_t owed = 0; /* blanks that are only written when something follows */
        for (size_t c = 0; c < table->column_count && first + c < table->cell_count; c++) {
                const struct cell *cell = &table->cells[first + c];
                size_t padding = table->widths[c] - cell->columns;
                add_blanks(out, owed + (c ? 2 : 0) + (table->align[c] == TABLE_RIGHT ? padding : 0));
                buffer_add(out, table->texts.data + cell->offset, cell->length);
                owed = table->align[c] == TABLE_LEFT ? padding : 0;
                if (c + 1 == table->column_count)
                        break;
        }
        while (out->length && out->data[out->length - 1] == ' ')
                out->length--;
        buffer_add_byte(out, '\n');
}

bool table_add_to(const struct table *table, unsigned indent, struct buffer *out)
{
        if (table->failed || table->texts.failed || table->column_count == 0)
                return false;
        size_t rule = 0;
        for (size_t first = 0; first < table->cell_count; first += table->column_count) {
                if (first == table->column_count)
                        add_rule(table, indent, out);
                for (; rule < table->rule_count && table->rules[rule] <= first; rule++)
                        if (first > table->column_count)
                                add_rule(table, indent, out);
                add_row(table, first, indent, out);
        }
        return !out->failed;
}
