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

/* Behind apostrophes, if any: would a spreadsheet take it for a formula? */
static bool begins_formula(struct text text)
{
        static const char full_width[][4] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
        while (text.length && *text.data == '\'') {
                text.data++;
                text.length--;
        }
        if (text.length == 0)
                return false;
        if (memchr("=+-@\t\r\n", *text.data, 7))
                return true;
        for (size_t i = 0; i < sizeof(full_width) / sizeof(full_width[0]); i++)
                if (text.length >= 3 && memcmp(text.data, full_width[i], 3) == 0)
                        return true;
        return false;
}

/* -12.50: digits around at most one point or comma. */
static bool is_negative_number(struct text text)
{
        size_t marks = 0;
        for (size_t i = 1; i < text.length; i++) {
                bool mark = text.data[i] == '.' || text.data[i] == ',';
                marks += mark;
                if (!mark && (text.data[i] < '0' || text.data[i] > '9'))
                        return false;
        }
        return text.length > 1 + marks && text.data[0] == '-' && marks <= 1;
}

void csv_field_neutral(struct csv_writer *writer, struct text text)
{
        struct buffer field buffer_cleanup = {0};
        if (!begins_formula(text) || is_negative_number(text)) {
                csv_field(writer, text);
                return;
        }
        buffer_init(&field, writer->out->length_max);
        buffer_add_byte(&field, '\'');
        buffer_add(&field, text.data, text.length);
        csv_field(writer, (struct text){field.data, field.length});
        writer->out->failed |= field.failed;
}

struct text csv_restored(struct text field)
{
        if (field.length && *field.data == '\'' && begins_formula(field))
                return (struct text){field.data + 1, field.length - 1};
        return field;
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
