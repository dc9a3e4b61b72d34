/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cells.c: formats a number, puts it into the table, forgets it.
 */
#include "render/cells.h"

#include "base/checked.h"

enum { SCRATCH_BYTES_MAX = 65536, EIGHTHS = 8 };

void cells_init(struct cells *cells, enum language language, unsigned minor_digits)
{
        *cells = (struct cells){.language = language, .minor_digits = minor_digits};
        buffer_init(&cells->scratch, SCRATCH_BYTES_MAX);
}

void cells_release(struct cells *cells)
{
        table_free(cells->table);
        cells->table = NULL;
        buffer_release(&cells->scratch);
}

enum status cells_begin(struct cells *cells, struct error *error)
{
        table_free(cells->table);
        cells->table = NULL;
        return table_new(&cells->table, error);
}

void cells_column(struct cells *cells, const char *key, enum table_align align)
{
        table_column(cells->table, message_raw(cells->language, key), align);
}

void cells_column_text(struct cells *cells, struct text title, enum table_align align)
{
        buffer_clear(&cells->scratch);
        buffer_add(&cells->scratch, title.data, title.length);
        table_column(cells->table, cells->scratch.data, align);
}

void cells_text(struct cells *cells, struct text text) { table_cell(cells->table, text); }
void cells_key(struct cells *cells, const char *key)
{
        table_cell_string(cells->table, message_raw(cells->language, key));
}

static void put(struct cells *cells)
{
        table_cell(cells->table, (struct text){cells->scratch.data, cells->scratch.length});
}

void cells_count(struct cells *cells, uint64_t count)
{
        buffer_clear(&cells->scratch);
        format_add_count(&cells->scratch, cells->language, (int64_t)count);
        put(cells);
}

void cells_count_or_blank(struct cells *cells, uint64_t count)
{
        if (count)
                cells_count(cells, count);
        else
                table_cell_string(cells->table, "");
}

void cells_money(struct cells *cells, int64_t minor)
{
        buffer_clear(&cells->scratch);
        format_add_decimal(&cells->scratch, cells->language, minor, cells->minor_digits);
        put(cells);
}

void cells_change(struct cells *cells, int64_t minor, bool money)
{
        buffer_clear(&cells->scratch);
        if (minor > 0)
                buffer_add_byte(&cells->scratch, '+');
        if (minor)
                format_add_decimal(&cells->scratch, cells->language, minor, money ? cells->minor_digits : 0);
        put(cells);
}

void cells_percent(struct cells *cells, int64_t part, int64_t all)
{
        buffer_clear(&cells->scratch);
        if (all)
                format_add_percent(&cells->scratch, cells->language, part, all);
        put(cells);
}

void cells_day(struct cells *cells, int32_t day)
{
        buffer_clear(&cells->scratch);
        format_add_day(&cells->scratch, cells->language, day);
        put(cells);
}

void cells_bar(struct cells *cells, uint64_t value, uint64_t full, unsigned width)
{
        buffer_clear(&cells->scratch);
        bar_add(&cells->scratch, value, full, width);
        put(cells);
}

void bar_add(struct buffer *out, uint64_t value, uint64_t full, unsigned width)
{
        static const char *const parts[EIGHTHS] = {"",  "\xe2\x96\x8f", "\xe2\x96\x8e", "\xe2\x96\x8d", "\xe2\x96\x8c",
                                                   "\xe2\x96\x8b", "\xe2\x96\x8a", "\xe2\x96\x89"};
        if (!value || !full)
                return;
        uint64_t eighths = (uint64_t)((int128)(value < full ? value : full) * width * EIGHTHS / full);
        eighths = eighths ? eighths : 1;
        for (uint64_t i = 0; i < eighths / EIGHTHS; i++)
                buffer_add_text(out, "\xe2\x96\x88");
        buffer_add_text(out, parts[eighths % EIGHTHS]);
}

void shade_add(struct buffer *out, uint64_t value, uint64_t full)
{
        static const char *const shades[] = {"\xe2\x96\x91", "\xe2\x96\x92", "\xe2\x96\x93", "\xe2\x96\x88"};
        if (!value || !full)
                buffer_add_byte(out, ' ');
        else
                buffer_add_text(out, shades[value < full ? value * 4 / full : 3]);
}
