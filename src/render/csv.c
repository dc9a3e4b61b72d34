/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * csv.c: quoting where it is needed.
 */
#include "render/csv.h"

void csv_writer_init(struct csv_writer *writer, struct buffer *out, char delimiter)
{
        *writer = (struct csv_writer){.out = out, .delimiter = delimiter};
}

static bool must_quote(struct text text, char delimiter)
{
        if (text.length == 0)
                return false;
        for (size_t i = 0; i < text.length; i++) {
                char c = text.data[i];
                if (c == delimiter || c == '"' || c == '\n' || c == '\r')
                        return true;
        }
        char first = text.data[0], last = text.data[text.length - 1];
        return first == ' ' || last == ' ' || first == '\t' || last == '\t';
}

void csv_field(struct csv_writer *writer, struct text text)
{
        if (writer->row_started)
                buffer_add_byte(writer->out, writer->delimiter);
        writer->row_started = true;
        if (!must_quote(text, writer->delimiter)) {
                buffer_add(writer->out, text.data, text.length);
                return;
        }
        buffer_add_byte(writer->out, '"');
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] == '"')
                        buffer_add_byte(writer->out, '"');
                buffer_add_byte(writer->out, text.data[i]);
        }
        buffer_add_byte(writer->out, '"');
}

void csv_field_string(struct csv_writer *writer, const char *string)
{
        csv_field(writer, text_of(string ? string : ""));
}

void csv_end_row(struct csv_writer *writer)
{
        buffer_add(writer->out, "\r\n", 2);
        writer->row_started = false;
}
