/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * multipart.c: a buffer in which boundaries are looked for. What certainly stands before one is handed on at once; only
 * as many bytes as a boundary has are held back.
 */
#include "http/multipart.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"

enum { HELD_BYTES_MAX = 1 << 20 };

enum state {
        STATE_START,    /* before the first boundary */
        STATE_BOUNDARY, /* behind a boundary: line end or "--" */
        STATE_HEADERS,
        STATE_TEXT,
        STATE_FILE,
        STATE_NO_FILE,  /* a file field left empty: nothing may come */
        STATE_END,
};

struct multipart {
        struct multipart_sink sink;
        struct items *items;
        enum state state;
        struct buffer held;      /* not yet understood */
        size_t used;             /* of it */
        struct buffer text;      /* of a plain part */
        char mark[MULTIPART_BOUNDARY_BYTES_MAX + 5]; /* "\r\n--boundary" */
        size_t mark_length;
        size_t parts;
        uint64_t text_bytes, file_bytes, file_bytes_max;
        struct item item;        /* the part under way */
};

static enum status bad(struct error *error)
{
        return error_set(error, STATUS_USAGE, "request.bad_multipart", NULL);
}

static enum status too_large(struct error *error, const char *key, uint64_t limit)
{
        char number[24];
        snprintf(number, sizeof(number), "%llu", (unsigned long long)limit);
        return error_set(error, STATUS_LIMIT, key, "limit", number, NULL);
}

static char lower(char letter)
{
        return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool begins_with(struct text text, const char *word)
{
        size_t length = strlen(word);
        if (text.length < length)
                return false;
        for (size_t i = 0; i < length; i++)
                if (lower(text.data[i]) != word[i])
                        return false;
        return true;
}

/* A parameter of a header: name="value" or name=value; {NULL, 0} when it is not there, stands twice or is damaged.
 * Browsers write quotes, CR and LF of a name as %22, %0D and %0A; it is a text either way. */
static struct text parameter(struct text header, const char *name)
{
        struct text found = {NULL, 0};
        size_t length = strlen(name);
        const char *end = header.data + header.length;
        const char *at = header.length ? memchr(header.data, ';', header.length) : NULL;
        while (at && at < end) {
                at++;
                while (at < end && (*at == ' ' || *at == '\t'))
                        at++;
                const char *key = at;
                while (at < end && *at != '=' && *at != ';')
                        at++;
                size_t key_length = (size_t)(at - key);
                struct text value = {NULL, 0};
                if (at + 1 < end && at[0] == '=' && at[1] == '"') {
                        const char *close = memchr(at + 2, '"', (size_t)(end - at - 2));
                        if (!close)
                                return (struct text){NULL, 0};
                        value = (struct text){at + 2, (size_t)(close - at - 2)};
                        at = close + 1;
                } else if (at < end && *at == '=') {
                        value.data = ++at;
                        while (at < end && *at != ';')
                                at++;
                        value = text_trim((struct text){value.data, (size_t)(at - value.data)});
                }
                if (key_length == length && begins_with((struct text){key, key_length}, name)) {
                        if (found.data || !value.data)
                                return (struct text){NULL, 0};
                        found = value;
                }
                at = at < end ? memchr(at, ';', (size_t)(end - at)) : NULL;
        }
        return found;
}

enum status multipart_new(struct text content_type, const struct multipart_sink *sink, struct items *items,
                          struct multipart **ret, struct error *error)
{
        struct text boundary = parameter(content_type, "boundary");
        if (!boundary.length || boundary.length > MULTIPART_BOUNDARY_BYTES_MAX)
                return bad(error);
        for (size_t i = 0; i < boundary.length; i++)
                if (boundary.data[i] < ' ' || boundary.data[i] == 0x7f)
                        return bad(error);
        struct multipart *multipart = calloc(1, sizeof(*multipart));
        if (!multipart)
                return error_memory(error);
        multipart->sink = *sink;
        multipart->items = items;
        int length = snprintf(multipart->mark, sizeof(multipart->mark), "\r\n--%.*s", (int)boundary.length,
                              boundary.data);
        multipart->mark_length = (size_t)length;
        buffer_init(&multipart->held, HELD_BYTES_MAX);
        buffer_init(&multipart->text, (size_t)sink->text_bytes_max + 1);
        /* The first boundary stands at the very beginning, without a line end before it. */
        buffer_add_text(&multipart->held, "\r\n");
        *ret = multipart;
        return STATUS_OK;
}

void multipart_free(struct multipart *multipart)
{
        if (!multipart)
                return;
        buffer_release(&multipart->held);
        buffer_release(&multipart->text);
        free(multipart);
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static enum status keep(struct multipart *multipart, struct text from, struct text *ret, struct error *error)
{
        if (!text_is_utf8(from.data, from.length) || memchr(from.data, '\0', from.length))
                return bad(error);
        return arena_keep_text(multipart->items->arena, from, ret) ? STATUS_OK : error_memory(error);
}

static enum status begin_part(struct multipart *multipart, struct text disposition, struct error *error)
{
        struct text name = parameter(disposition, "name"), file_name = parameter(disposition, "filename");
        if (!begins_with(disposition, "form-data") || !name.length)
                return bad(error);
        if (++multipart->parts > MULTIPART_PARTS_MAX)
                return too_large(error, "request.too_many_fields", MULTIPART_PARTS_MAX);
        multipart->item = (struct item){.kind = file_name.data ? ITEM_FILE : ITEM_TEXT};
        enum status status = keep(multipart, name, &multipart->item.name, error);
        buffer_clear(&multipart->text);
        if (status != STATUS_OK || !file_name.data) {
                multipart->state = STATE_TEXT;
                return status;
        }
        if (file_name.length == 0) {
                multipart->state = STATE_NO_FILE;
                return STATUS_OK;
        }
        multipart->state = STATE_FILE;
        multipart->file_bytes = 0;
        status = keep(multipart, file_name, &multipart->item.value, error);
        if (status == STATUS_OK)
                status = multipart->sink.begin_file(multipart->sink.self, multipart->item.name, multipart->item.value,
                                                    &multipart->file_bytes_max, error);
        return status;
}

/* One header line after the other, until an empty one. */
static enum status read_headers(struct multipart *multipart, struct text headers, struct error *error)
{
        struct text disposition = {NULL, 0};
        static const char name[] = "content-disposition:";
        size_t at = 0;
        while (at < headers.length) {
                const char *end = memchr(headers.data + at, '\r', headers.length - at);
                if (!end || end + 1 >= headers.data + headers.length || end[1] != '\n')
                        return bad(error);
                struct text line = {headers.data + at, (size_t)(end - headers.data) - at};
                if (line.length == 0 || line.data[0] == ' ' || line.data[0] == '\t' ||
                    memchr(line.data, '\n', line.length) || begins_with(line, "content-transfer-encoding:"))
                        return bad(error);
                if (begins_with(line, name)) {
                        if (disposition.data)
                                return bad(error);
                        disposition = text_trim((struct text){line.data + strlen(name), line.length - strlen(name)});
                }
                at += line.length + 2;
        }
        return disposition.data ? begin_part(multipart, disposition, error) : bad(error);
}

static enum status add_content(struct multipart *multipart, const char *data, size_t length, struct error *error)
{
        if (length == 0)
                return STATUS_OK;
        switch (multipart->state) {
        case STATE_TEXT:
                multipart->text_bytes += length;
                if (multipart->text_bytes > multipart->sink.text_bytes_max)
                        return too_large(error, "request.body_too_large", multipart->sink.text_bytes_max);
                return buffer_add(&multipart->text, data, length) ? STATUS_OK : error_memory(error);
        case STATE_FILE:
                multipart->file_bytes += length;
                if (multipart->file_bytes > multipart->file_bytes_max)
                        return too_large(error, "request.file_too_large", multipart->file_bytes_max);
                return multipart->sink.add_bytes(multipart->sink.self, data, length, error);
        default:
                return bad(error);
        }
}

static enum status end_part(struct multipart *multipart, struct error *error)
{
        enum status status = STATUS_OK;
        if (multipart->state == STATE_NO_FILE || multipart->state == STATE_START)
                return STATUS_OK;
        if (multipart->state == STATE_FILE) {
                multipart->item.bytes = multipart->file_bytes;
                status = multipart->sink.end_file(multipart->sink.self, &multipart->item.path, error);
        } else {
                struct text text = {multipart->text.data, multipart->text.length};
                status = keep(multipart, text, &multipart->item.value, error);
        }
        return status == STATUS_OK ? items_add(multipart->items, &multipart->item, error) : status;
}

/* ---- the stream -------------------------------------------------------------------------------------------------- */

static struct text rest_of(const struct multipart *multipart)
{
        return (struct text){multipart->held.data + multipart->used, multipart->held.length - multipart->used};
}

/* Content up to the next boundary, or as far as certainly none begins. *ret_more: there may be more to do. */
static enum status step_content(struct multipart *multipart, bool *ret_more, struct error *error)
{
        struct text rest = rest_of(multipart);
        const char *mark = rest.length ? memmem(rest.data, rest.length, multipart->mark, multipart->mark_length) : NULL;
        size_t sure = mark                                        ? (size_t)(mark - rest.data)
                      : rest.length >= multipart->mark_length ? rest.length - multipart->mark_length + 1
                                                                  : 0;
        enum status status = add_content(multipart, rest.data, sure, error);
        multipart->used += sure;
        *ret_more = mark != NULL;
        if (status != STATUS_OK || !mark)
                return status;
        multipart->used += multipart->mark_length;
        status = end_part(multipart, error);
        multipart->state = STATE_BOUNDARY;
        return status;
}

static enum status step_boundary(struct multipart *multipart, bool *ret_more, struct error *error)
{
        struct text rest = rest_of(multipart);
        *ret_more = rest.length >= 2;
        if (rest.length < 2)
                return STATUS_OK;
        bool ends = memcmp(rest.data, "--", 2) == 0;
        if (!ends && memcmp(rest.data, "\r\n", 2) != 0)
                return bad(error);
        multipart->used += 2;
        multipart->state = ends ? STATE_END : STATE_HEADERS;
        return STATUS_OK;
}

static enum status step_headers(struct multipart *multipart, bool *ret_more, struct error *error)
{
        struct text rest = rest_of(multipart);
        const char *end = rest.length ? memmem(rest.data, rest.length, "\r\n\r\n", 4) : NULL;
        *ret_more = end != NULL;
        if (!end)
                return rest.length > MULTIPART_HEADER_BYTES_MAX ? bad(error) : STATUS_OK;
        struct text headers = {rest.data, (size_t)(end - rest.data) + 2};
        if (headers.length > MULTIPART_HEADER_BYTES_MAX)
                return bad(error);
        enum status status = read_headers(multipart, headers, error);
        /* The line end before the next boundary may be the one that ends the headers. */
        multipart->used += headers.length + 2;
        return status;
}

static enum status step_end(struct multipart *multipart, bool *ret_more, struct error *error)
{
        struct text rest = rest_of(multipart);
        *ret_more = false;
        if (rest.length > 2 || (rest.length >= 1 && rest.data[0] != '\r') || (rest.length == 2 && rest.data[1] != '\n'))
                return bad(error);
        return STATUS_OK;
}

enum status multipart_feed(struct multipart *multipart, const char *data, size_t length, struct error *error)
{
        bool more = true;
        enum status status = buffer_add(&multipart->held, data, length) ? STATUS_OK : error_memory(error);
        while (status == STATUS_OK && more) {
                switch (multipart->state) {
                case STATE_BOUNDARY:
                        status = step_boundary(multipart, &more, error);
                        break;
                case STATE_HEADERS:
                        status = step_headers(multipart, &more, error);
                        break;
                case STATE_END:
                        status = step_end(multipart, &more, error);
                        break;
                default:
                        status = step_content(multipart, &more, error);
                        break;
                }
        }
        struct text rest = rest_of(multipart);
        memmove(multipart->held.data, rest.data, rest.length);
        multipart->held.length = rest.length;
        multipart->held.data[rest.length] = '\0';
        multipart->used = 0;
        return status;
}

enum status multipart_finish(struct multipart *multipart, struct error *error)
{
        return multipart->state == STATE_END ? STATUS_OK : bad(error);
}
