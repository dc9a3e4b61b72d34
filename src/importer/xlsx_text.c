/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_text.c: texts of a workbook.
 *
 * The table: texts one after the other, each with its length in front as a LEB128 integer, and the place of every
 * sixteenth. What no longer fits into memory goes to a file as a whole, which is mapped.
 */
#include "importer/xlsx_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/varint.h"
#include "platform/file.h"
#include "platform/random.h"

enum { STRIDE = 16 };

/* ---- one text -------------------------------------------------------------------------------------------------- */

static int hex_value(char byte)
{
        if (byte >= '0' && byte <= '9')
                return byte - '0';
        byte = (char)(byte | 0x20);
        return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The code of "_xHHHH_" at `at`; -1 when none stands there. */
static int escaped_code(const char *at, size_t left)
{
        int code = 0;
        if (left < 7 || at[0] != '_' || at[1] != 'x' || at[6] != '_')
                return -1;
        for (size_t i = 2; i < 6; i++) {
                int digit = hex_value(at[i]);
                if (digit < 0)
                        return -1;
                code = code * 16 + digit;
        }
        return code;
}

/* Halves of a pair stay as they are written: whoever means such a character writes it itself. */
static size_t put_code(char *out, int code)
{
        if (code < 0x20 && code != '\t' && code != '\n' && code != '\r')
                return 0;
        if (code < 0x80) {
                out[0] = (char)code;
                return 1;
        }
        if (code < 0x800) {
                out[0] = (char)(0xC0 | code >> 6);
                out[1] = (char)(0x80 | (code & 0x3F));
                return 2;
        }
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
}

size_t xlsx_unescape(char *data, size_t length)
{
        if (!memchr(data, '_', length))
                return length;
        size_t kept = 0;
        for (size_t i = 0; i < length;) {
                int code = escaped_code(data + i, length - i);
                if (code >= 0 && (code < 0xD800 || code > 0xDFFF)) {
                        kept += put_code(data + kept, code);
                        i += 7;
                } else {
                        data[kept++] = data[i++];
                }
        }
        return kept;
}

void xlsx_text_init(struct xlsx_text *text)
{
        *text = (struct xlsx_text){0};
        buffer_init(&text->text, XLSX_TEXT_BYTES_MAX);
}

void xlsx_text_release(struct xlsx_text *text) { buffer_release(&text->text); }

void xlsx_text_clear(struct xlsx_text *text)
{
        buffer_clear(&text->text);
        text->phonetic = text->open = 0;
        text->preserved = false;
}

void xlsx_text_start(struct xlsx_text *text, const char *name, const char **attributes)
{
        if (strcmp(name, "rPh") == 0) {
                text->phonetic++;
        } else if (strcmp(name, "t") == 0 && !text->phonetic) {
                const char *space = xlsx_attribute(attributes, "space");
                text->open++;
                text->preserved |= space && strcmp(space, "preserve") == 0;
        }
}

void xlsx_text_end(struct xlsx_text *text, const char *name)
{
        if (strcmp(name, "rPh") == 0)
                text->phonetic -= text->phonetic > 0;
        else if (strcmp(name, "t") == 0 && !text->phonetic)
                text->open -= text->open > 0;
}

void xlsx_text_add(struct xlsx_text *text, const char *data, size_t length)
{
        if (text->open && !text->phonetic)
                buffer_add(&text->text, data, length);
}

static bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

bool xlsx_text_finish(struct xlsx_text *text, struct text *ret)
{
        struct buffer *buffer = &text->text;
        if (buffer->failed)
                return false;
        size_t first = 0, end = buffer->length;
        while (!text->preserved && first < end && is_blank(buffer->data[first]))
                first++;
        while (!text->preserved && end > first && is_blank(buffer->data[end - 1]))
                end--;
        ret->data = buffer->data + first;
        ret->length = xlsx_unescape(buffer->data + first, end - first);
        return true;
}

/* ---- the table of shared ones ---------------------------------------------------------------------------------- */

struct xlsx_strings {
        struct buffer memory;     /* what was not written to the file (yet) */
        uint64_t *places;         /* of every sixteenth text */
        size_t count, place_capacity;
        uint64_t bytes;           /* of all */
        char *path;
        struct writer *writer;    /* while spilling */
        struct mapping mapping;   /* afterwards */
        bool spilled;
        /* while reading */
        const char *staging_directory;
        struct xlsx_text text;
        struct xlsx_part *part;
};

void xlsx_strings_free(struct xlsx_strings *strings)
{
        if (!strings)
                return;
        writer_discard(strings->writer);
        if (strings->mapping.data)
                mapping_close(&strings->mapping);
        if (strings->path)
                (void)!file_remove(strings->path, NULL);
        xlsx_text_release(&strings->text);
        buffer_release(&strings->memory);
        free(strings->places);
        free(strings->path);
        free(strings);
}

/* The texts in memory go to the file. */
static enum status spill(struct xlsx_strings *strings, struct error *error)
{
        enum status status = STATUS_OK;
        if (!strings->writer) {
                struct buffer path __attribute__((cleanup(buffer_release)));
                buffer_init(&path, 4096);
                buffer_addf(&path, "%s/strings-%016llx", strings->staging_directory, (unsigned long long)random_u64());
                strings->path = path.failed ? NULL : buffer_take(&path, NULL);
                status = strings->path ? directory_make(strings->staging_directory, error) : error_memory(error);
                if (!status)
                        status = writer_open(strings->path, &strings->writer, error);
        }
        if (!status)
                status = writer_write(strings->writer, strings->memory.data, strings->memory.length, error);
        buffer_clear(&strings->memory);
        strings->spilled = true;
        return status;
}

static enum status remember_place(struct xlsx_strings *strings, struct error *error)
{
        size_t number = strings->count / STRIDE;
        if (number == strings->place_capacity) {
                size_t capacity = strings->place_capacity ? strings->place_capacity * 2 : 1024;
                uint64_t *places = realloc(strings->places, capacity * sizeof(*places));
                if (!places)
                        return error_memory(error);
                strings->places = places;
                strings->place_capacity = capacity;
        }
        strings->places[number] = strings->bytes;
        return STATUS_OK;
}

static enum status add_string(struct xlsx_strings *strings, struct text text, struct error *error)
{
        uint8_t head[VARINT_BYTES_MAX];
        size_t head_length = varint_put(head, text.length);
        if (strings->count == XLSX_STRINGS_MAX || strings->bytes > XLSX_STRINGS_BYTES_MAX)
                return error_set(error, STATUS_INVALID, "workbook.too_many_strings", NULL);
        enum status status = strings->count % STRIDE == 0 ? remember_place(strings, error) : STATUS_OK;
        if (!status && strings->memory.length + head_length + text.length > XLSX_STRINGS_MEMORY_BYTES)
                status = spill(strings, error);
        if (status)
                return status;
        buffer_add(&strings->memory, head, head_length);
        if (!buffer_add(&strings->memory, text.data, text.length))
                return error_memory(error);
        strings->bytes += head_length + text.length;
        strings->count++;
        return STATUS_OK;
}

static void on_start(void *context, unsigned depth, const char *name, const char **attributes)
{
        struct xlsx_strings *strings = context;
        if (depth == 2)
                xlsx_text_clear(&strings->text);
        else if (depth > 2)
                xlsx_text_start(&strings->text, name, attributes);
}

static void on_end(void *context, unsigned depth, const char *name)
{
        struct xlsx_strings *strings = context;
        struct error *error = xlsx_part_error(strings->part);
        struct text text;
        if (depth > 2)
                xlsx_text_end(&strings->text, name);
        if (depth != 2 || strcmp(name, "si") != 0)
                return;
        enum status status = xlsx_text_finish(&strings->text, &text)
                                     ? add_string(strings, text, error)
                                     : error_set(error, STATUS_INVALID, "workbook.text_too_long", NULL);
        if (status)
                xlsx_part_fail(strings->part, status);
}

static void on_text(void *context, const char *data, size_t length)
{
        struct xlsx_strings *strings = context;
        xlsx_text_add(&strings->text, data, length);
}

static enum status finish(struct xlsx_strings *strings, struct error *error)
{
        if (!strings->spilled)
                return STATUS_OK;
        enum status status = spill(strings, error);
        struct writer *writer = strings->writer;
        strings->writer = NULL;
        if (status) {
                writer_discard(writer);
                return status;
        }
        status = writer_close(writer, false, error);
        if (!status)
                status = mapping_open(strings->path, &strings->mapping, error);
        if (!status && strings->mapping.length != strings->bytes)
                status = error_set(error, STATUS_CORRUPT, "import.staging_damaged", "path", strings->path, NULL);
        return status;
}

enum status xlsx_strings_read(struct archive *archive, size_t entry, const char *file_name,
                              const char *staging_directory, struct xlsx_strings **ret, struct error *error)
{
        static const struct xlsx_handler handler = {on_start, on_end, on_text};
        struct xlsx_strings *strings = calloc(1, sizeof(*strings));
        if (!strings)
                return error_memory(error);
        buffer_init(&strings->memory, XLSX_STRINGS_MEMORY_BYTES + XLSX_TEXT_BYTES_MAX + 1024);
        xlsx_text_init(&strings->text);
        strings->staging_directory = staging_directory;
        enum status status = STATUS_OK;
        if (entry != ARCHIVE_NONE)
                status = xlsx_part_read(archive, entry, file_name, "sharedStrings", &handler, strings, &strings->part,
                                        error);
        if (!status)
                status = finish(strings, error);
        if (status) {
                xlsx_strings_free(strings);
                return status;
        }
        *ret = strings;
        return STATUS_OK;
}

size_t xlsx_strings_count(const struct xlsx_strings *strings) { return strings->count; }
bool xlsx_strings_are_spilled(const struct xlsx_strings *strings) { return strings->spilled; }

struct text xlsx_strings_get(const struct xlsx_strings *strings, size_t number)
{
        const uint8_t *data = strings->spilled ? strings->mapping.data : (const uint8_t *)strings->memory.data;
        const uint8_t *at = data + strings->places[number / STRIDE], *end = data + strings->bytes;
        uint64_t length = 0;
        for (size_t i = number / STRIDE * STRIDE;; i++) {
                /* A file somebody else cut or changed ends the text, not the program. */
                if (!varint_get(&at, end, &length) || length > (uint64_t)(end - at))
                        return (struct text){"", 0};
                if (i == number)
                        return (struct text){(const char *)at, (size_t)length};
                at += length;
        }
}
