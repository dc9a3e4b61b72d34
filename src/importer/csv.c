/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * csv.c: delimited text.
 *
 * The road of nearly all lines is the one without quotes: one memchr for the line end, one per field. The positions of
 * the next quote and the next CR are remembered, so that a block without them is searched for them once.
 */
#include "importer/csv.h"

#include <endian.h>

#include "base/buffer.h"

static bool quote_opens(const char *data, const char *quote, char delimiter)
{
        return quote == data || quote[-1] == delimiter || quote[-1] == '\n' || quote[-1] == '\r';
}

/* End of the last record that ends in data[0..length), a part without open quote. `more`: bytes follow data[length). */
static size_t last_line_end(const char *data, size_t length, bool more)
{
        if (length == 0)
                return 0;
        const char *feed = memrchr(data, '\n', length);
        size_t end = feed ? (size_t)(feed - data) + 1 : 0;
        /* A CR before the LF belongs to it; only a later one counts, and not the last byte when an LF may follow it. */
        size_t searched = more ? length : length - 1;
        const char *feedless = searched > end ? memrchr(data + end, '\r', searched - end) : NULL;
        return feedless ? (size_t)(feedless - data) + 1 : end;
}

/* The byte after the closing quote of a field whose content starts at `from`; NULL when it does not close. */
static const char *after_quoted(const char *from, const char *end)
{
        while (from < end) {
                const char *quote = memchr(from, '"', (size_t)(end - from));
                if (!quote)
                        return NULL;
                if (quote + 1 < end && quote[1] == '"') {
                        from = quote + 2;
                        continue;
                }
                return quote + 1;
        }
        return NULL;
}

/* A quote that closes on a later line, and the field goes on behind: what closes it was meant to open another field. */
static bool closes_amid_field(const char *quote, const char *after, const char *end, char delimiter)
{
        while (after < end && *after == ' ' && delimiter != ' ')
                after++;
        if (after == end || *after == delimiter || *after == '\n' || *after == '\r')
                return false;
        return memchr(quote, '\n', (size_t)(after - quote)) || memchr(quote, '\r', (size_t)(after - quote));
}

size_t csv_split(const char *data, size_t length, char delimiter, bool at_end, const char **ret_quote)
{
        const char *end = data + length, *outside = data, *search = data;
        size_t split = 0;
        if (ret_quote)
                *ret_quote = NULL;
        for (;;) {
                const char *quote = search < end ? memchr(search, '"', (size_t)(end - search)) : NULL;
                if (!quote) {
                        size_t found = last_line_end(outside, (size_t)(end - outside), false);
                        if (found)
                                split = (size_t)(outside - data) + found;
                        break;
                }
                if (!quote_opens(data, quote, delimiter)) {
                        search = quote + 1;
                        continue;
                }
                size_t found = last_line_end(outside, (size_t)(quote - outside), true);
                if (found)
                        split = (size_t)(outside - data) + found;
                outside = search = after_quoted(quote + 1, end);
                if (ret_quote && (outside ? closes_amid_field(quote, outside, end, delimiter) : at_end)) {
                        *ret_quote = quote;
                        return split;
                }
                if (!outside)
                        break;
        }
        return at_end ? length : split;
}

/* Position of the next `byte` at or after the cursor, remembered in *next; the end when there is none. */
static char *find_next(const struct csv_parser *parser, char byte, char **next)
{
        if (!*next || *next < parser->cursor) {
                char *found = memchr(parser->cursor, byte, (size_t)(parser->end - parser->cursor));
                *next = found ? found : parser->end;
        }
        return *next;
}

static size_t count_line_ends(const char *data, const char *end)
{
        size_t count = 0;
        for (const char *at = data; at < end; at++)
                count += *at == '\n' || (*at == '\r' && (at + 1 == end || at[1] != '\n'));
        return count;
}

/* Undoubles quotes of data[0..length) to `out` (which may be data itself); returns the new length. */
static size_t undouble(char *out, const char *data, size_t length)
{
        size_t kept = 0;
        for (size_t i = 0; i < length; i++) {
                out[kept++] = data[i];
                if (data[i] == '"' && i + 1 < length && data[i + 1] == '"')
                        i++;
        }
        return kept;
}

/* Room for the undoubled content: the scratch, reserved once for all that may follow so that it never moves while
 * fields point into it, or the place itself. */
static char *undoubled_place(struct csv_parser *parser, char *content, size_t length)
{
        struct buffer *scratch = parser->scratch;
        if (!scratch)
                return content;
        if (scratch->length == 0 && !buffer_reserve(scratch, (size_t)(parser->end - content)))
                return content;
        if (scratch->capacity - scratch->length < length)
                return content;
        return scratch->data + scratch->length;
}

/* A field that begins with a quote, at `at`; sets its text and returns the byte after the field. */
static char *quoted_field(struct csv_parser *parser, char *at, struct text *ret)
{
        char *content = at + 1;
        const char *after = after_quoted(content, parser->end);
        char *closing = after ? (char *)after - 1 : parser->end;
        char *end = after ? (char *)after : parser->end;
        while (end < parser->end && *end != parser->delimiter && *end != '\n' && *end != '\r')
                end++;
        size_t length = (size_t)(closing - content), tail = after ? (size_t)(end - after) : 0;
        if (!parser->rows)
                parser->line += count_line_ends(content, closing); /* now: undoubling in place moves the bytes */
        if (tail == 0 && (length == 0 || !memchr(content, '"', length))) {
                *ret = (struct text){content, length};
                return end;
        }
        char *out = undoubled_place(parser, content, length + tail);
        size_t kept = undouble(out, content, length);
        memmove(out + kept, end - tail, tail); /* what stands behind the closing quote is kept as it is */
        kept += tail;
        if (out != content)
                parser->scratch->length += kept;
        *ret = (struct text){out, kept};
        return end;
}

/* A record with a quote somewhere: field by field. Returns the byte after its content. */
static char *quoted_record(struct csv_parser *parser, struct text *fields, size_t fields_max, size_t *ret_count)
{
        char *at = parser->cursor, *end = parser->end;
        size_t count = 0;
        for (;;) {
                struct text field;
                if (at < end && *at == '"') {
                        at = quoted_field(parser, at, &field);
                } else {
                        char *start = at;
                        while (at < end && *at != parser->delimiter && *at != '\n' && *at != '\r')
                                at++;
                        field = (struct text){start, (size_t)(at - start)};
                }
                if (count < fields_max)
                        fields[count] = field;
                count++;
                if (at >= end || *at != parser->delimiter)
                        break;
                at++;
        }
        *ret_count = count;
        return at;
}

static char *skip_line_end(char *at, const char *end)
{
        if (at < end && *at == '\r')
                return at + 1 < end && at[1] == '\n' ? at + 2 : at + 1;
        return at < end ? at + 1 : at;
}

static bool quoted_next(struct csv_parser *parser, struct text *fields, size_t fields_max, size_t *ret_count,
                        uint64_t *ret_line, struct text *ret_record)
{
        char *start = parser->cursor;
        *ret_line = parser->line++;
        if (parser->scratch)
                buffer_clear(parser->scratch);
        char *end = quoted_record(parser, fields, fields_max, ret_count);
        if (ret_record)
                *ret_record = (struct text){start, (size_t)(end - start)};
        parser->cursor = skip_line_end(end, parser->end);
        return true;
}

/* Bytes of the word that equal the pattern's, as 0x80 each; exact, unlike the shorter trick that borrows. */
static uint64_t equal_bytes(uint64_t word, uint64_t pattern)
{
        const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
        uint64_t difference = word ^ pattern;
        return ~(((difference & low) + low) | difference | low);
}

static inline void put_field(struct text *fields, size_t fields_max, size_t *count, char *start, const char *end)
{
        if (*count < fields_max)
                fields[*count] = (struct text){start, (size_t)(end - start)};
        (*count)++;
}

/* Fields are a few bytes long: eight bytes at a time find them quicker than a call of memchr for each. */
static size_t plain_fields(char *start, const char *end, char delimiter, struct text *fields, size_t fields_max)
{
        const uint64_t pattern = (unsigned char)delimiter * UINT64_C(0x0101010101010101);
        size_t count = 0;
        char *at = start;
        for (; end - at >= 8; at += 8) {
                uint64_t word;
                memcpy(&word, at, sizeof(word));
                for (uint64_t hits = equal_bytes(le64toh(word), pattern); hits; hits &= hits - 1) {
                        char *hit = at + __builtin_ctzll(hits) / 8;
                        put_field(fields, fields_max, &count, start, hit);
                        start = hit + 1;
                }
        }
        for (; at < end; at++)
                if (*at == delimiter) {
                        put_field(fields, fields_max, &count, start, at);
                        start = at + 1;
                }
        put_field(fields, fields_max, &count, start, end);
        return count;
}

/* Nothing but delimiters and blanks: what spreadsheets leave of rows that were emptied. */
static bool is_empty_row(const char *start, const char *end, char delimiter)
{
        while (start < end && (*start == delimiter || *start == ' '))
                start++;
        return start == end;
}

bool csv_next(struct csv_parser *parser, struct text *fields, size_t fields_max, size_t *ret_count, uint64_t *ret_line,
              struct text *ret_record)
{
        while (parser->cursor < parser->end) {
                char *start = parser->cursor;
                char *feed = memchr(start, '\n', (size_t)(parser->end - start));
                char *end = feed ? feed : parser->end;
                char *carriage = find_next(parser, '\r', &parser->next_return);
                if (carriage < end)
                        end = carriage;
                if (find_next(parser, '"', &parser->next_quote) < end)
                        return quoted_next(parser, fields, fields_max, ret_count, ret_line, ret_record);
                parser->cursor = skip_line_end(end, parser->end);
                uint64_t line = parser->line++;
                if (is_empty_row(start, end, parser->delimiter))
                        continue;
                *ret_count = plain_fields(start, end, parser->delimiter, fields, fields_max);
                *ret_line = line;
                if (ret_record)
                        *ret_record = (struct text){start, (size_t)(end - start)};
                return true;
        }
        return false;
}

bool csv_surplus_is_empty(const struct text *fields, size_t wanted, size_t count)
{
        if (count > CSV_COLUMNS_MAX)
                return false;
        for (size_t i = wanted; i < count; i++)
                if (text_trim(fields[i]).length)
                        return false;
        return true;
}
