/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * columns.c: tables of text for the terminal.
 */
#include "cli/columns.h"

#include <string.h>

void columns_init(struct columns *columns, size_t count, size_t width_max)
{
        *columns = (struct columns){.count = count < COLUMNS_SHOWN_MAX ? count : COLUMNS_SHOWN_MAX,
                                    .width_max = width_max};
        buffer_init(&columns->cells, (size_t)256 << 20);
}

void columns_release(struct columns *columns) { buffer_release(&columns->cells); }

/* Length of the UTF-8 sequence at the start of valid text. */
static size_t sequence(const char *at)
{
        unsigned char first = (unsigned char)*at;
        return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

static bool is_control(const char *at, size_t length)
{
        unsigned char first = (unsigned char)at[0];
        return first < 0x20 || first == 0x7F || (length == 2 && first == 0xC2 && (unsigned char)at[1] < 0xA0);
}

void columns_add(struct columns *columns, struct text cell)
{
        size_t width = 0;
        for (size_t i = 0; i < cell.length;) {
                size_t length = sequence(cell.data + i);
                if (length > cell.length - i)
                        length = cell.length - i;
                if (columns->width_max && ++width >= columns->width_max && i + length < cell.length) {
                        buffer_add_text(&columns->cells, "\xE2\x80\xA6");
                        break;
                }
                if (is_control(cell.data + i, length))
                        buffer_add_byte(&columns->cells, '?');
                else
                        buffer_add(&columns->cells, cell.data + i, length);
                i += length;
        }
        buffer_add_byte(&columns->cells, '\0');
        columns->cell_count++;
}

void columns_add_count(struct columns *columns, const char *grouped_number)
{
        columns->right[columns->cell_count % columns->count] = true;
        columns_add(columns, text_of(grouped_number));
}

static size_t width_of(const char *text)
{
        size_t width = 0;
        for (; *text; text++)
                width += ((unsigned char)*text & 0xC0) != 0x80;
        return width;
}

void columns_write(const struct columns *columns, const char *indent, struct buffer *out)
{
        size_t widths[COLUMNS_SHOWN_MAX] = {0};
        const char *cell = columns->cells.data;
        for (size_t i = 0; i < columns->cell_count; i++, cell += strlen(cell) + 1) {
                size_t width = width_of(cell), column = i % columns->count;
                if (width > widths[column])
                        widths[column] = width;
        }
        cell = columns->cells.data;
        for (size_t i = 0; i < columns->cell_count; i++, cell += strlen(cell) + 1) {
                size_t column = i % columns->count, pad = widths[column] - width_of(cell);
                bool last = column + 1 == columns->count;
                buffer_add_text(out, column == 0 ? indent : "  ");
                for (size_t p = 0; columns->right[column] && p < pad; p++)
                        buffer_add_byte(out, ' ');
                buffer_add_text(out, cell);
                for (size_t p = 0; !columns->right[column] && !last && p < pad; p++)
                        buffer_add_byte(out, ' ');
                if (last)
                        buffer_add_byte(out, '\n');
        }
}
