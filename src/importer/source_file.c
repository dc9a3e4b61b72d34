/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * source_file.c: raw bytes to blocks of whole records in UTF-8.
 *
 * UTF-8 is read straight into the block that is handed out; the beginning of a record that the block cuts is carried
 * over to the next one. An "auto" file that was plain ASCII so far and then turns out not to be UTF-8 goes on as
 * Windows-1252: nothing read before would have read differently.
 */
#include "importer/source_file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "importer/byte_origin.h"
#include "importer/csv.h"
#include "importer/detect.h"
#include "importer/encoding.h"
#include "importer/mapping.h"
#include "importer/totals.h"
#include "importer/workbook.h"
#include "platform/file.h"
#include "platform/random.h"

enum { READ_BYTES = 1 << 20, SAMPLE_BYTES = 1 << 20, MARK_BYTES = 3, REQUIRED_MAX = 16 };

struct source_file {
        struct byte_origin *origin;
        const struct profile *profile;
        enum encoding encoding;
        bool maybe_windows_1252; /* auto, and only ASCII so far */
        size_t mark_bytes;
        char delimiter;
        enum decimal_mark decimal;
        const char *line_end;
        uint64_t first_line;
        bool at_end;
        char ahead;              /* one byte is read ahead: the last data come together with the end */
        bool has_ahead;
        struct text *header;     /* fields of the header, or of the first record */
        size_t header_count;
        size_t head_bytes;       /* header and what stands above it: no records */
        size_t head_left;        /* of that, still to come */
        int required[REQUIRED_MAX]; /* places of the columns no record can do without */
        size_t required_count;
        struct left_out left_out;
        struct arena *arena;     /* header and its record */
        struct text header_record;
        struct buffer raw;       /* read but not yet converted */
        char *carry;             /* converted, the beginning of the next record */
        size_t carry_length, carry_capacity;
        struct workbook *workbook; /* then most of the above is not used */
        char *workbook_path;       /* of a copy in the staging directory, or NULL */
        uint64_t workbook_bytes_done;
};

/* Text being collected for a block. */
struct filling {
        char *data;
        size_t length, capacity;
};

void block_release(struct block *block)
{
        free(block->data);
        *block = (struct block){0};
}

static void filling_release(struct filling *filling) { free(filling->data); }

static bool filling_reserve(struct filling *filling, size_t more)
{
        size_t needed = filling->length + more + 1;
        if (needed <= filling->capacity)
                return true;
        char *data = realloc(filling->data, needed);
        if (!data)
                return false;
        filling->data = data;
        filling->capacity = needed;
        return true;
}

void source_file_close(struct source_file *file)
{
        if (!file)
                return;
        byte_origin_close(file->origin);
        workbook_close(file->workbook);
        if (file->workbook_path)
                (void)!file_remove(file->workbook_path, NULL);
        free(file->workbook_path);
        arena_free(file->arena);
        buffer_release(&file->raw);
        free(file->carry);
        free(file);
}

static enum status read_raw(struct source_file *file, char *out, size_t capacity, size_t *ret_length,
                            struct error *error)
{
        size_t length = 0, more = 0, ahead = file->has_ahead;
        if (ahead)
                out[0] = file->ahead;
        enum status status = byte_origin_read(file->origin, out + ahead, capacity - ahead, &length, error);
        if (!status && length)
                status = byte_origin_read(file->origin, &file->ahead, 1, &more, error);
        if (status)
                return status;
        file->has_ahead = more == 1;
        file->at_end = more == 0;
        *ret_length = length + ahead;
        return STATUS_OK;
}

static enum status invalid_at(const struct source_file *file, uint64_t line, unsigned column, const char *key,
                              struct error *error)
{
        return error_at(error, STATUS_INVALID, line > UINT32_MAX ? 0 : (unsigned)line, column, key, "file",
                        source_file_name(file), "encoding", encoding_name(file->encoding), NULL);
}

static enum status invalid_text(const struct source_file *file, uint64_t line, const char *key, struct error *error)
{
        return invalid_at(file, line, 0, key, error);
}

/* A quote that does not end its field: names its line and column. */
static enum status invalid_quote(const struct source_file *file, const char *data, const char *quote,
                                 struct error *error)
{
        unsigned column = 1;
        for (const char *at = quote; at > data && at[-1] != '\n' && at[-1] != '\r'; at--)
                column += ((uint8_t)at[-1] & 0xC0) != 0x80;
        return invalid_at(file, file->first_line + encoding_count_lines(data, (size_t)(quote - data)), column,
                          "import.unclosed_quote", error);
}

/* Reads and converts more text. */
static enum status fill(struct source_file *file, struct filling *filling, struct error *error)
{
        size_t length;
        if (file->encoding == ENCODING_UTF_8) {
                if (!filling_reserve(filling, READ_BYTES))
                        return error_memory(error);
                enum status status = read_raw(file, filling->data + filling->length, READ_BYTES, &length, error);
                if (status)
                        return status;
                filling->length += length;
                return STATUS_OK;
        }
        if (!buffer_reserve(&file->raw, READ_BYTES))
                return error_memory(error);
        enum status status = read_raw(file, file->raw.data + file->raw.length, READ_BYTES / 2, &length, error);
        if (status)
                return status;
        file->raw.length += length;
        struct buffer converted __attribute__((cleanup(buffer_release)));
        buffer_init(&converted, (size_t)8 * READ_BYTES);
        size_t used;
        bool valid = encoding_to_utf_8(&converted, file->encoding, (uint8_t *)file->raw.data, file->raw.length,
                                       file->at_end, &used);
        if (converted.failed || !filling_reserve(filling, converted.length))
                return error_memory(error);
        memcpy(filling->data + filling->length, converted.data, converted.length);
        filling->length += converted.length;
        if (!valid)
                return invalid_text(file, file->first_line + encoding_count_lines(filling->data, filling->length),
                                    "import.invalid_text", error);
        file->raw.length -= used;
        memmove(file->raw.data, file->raw.data + used, file->raw.length);
        return STATUS_OK;
}

/* Skips the byte order mark at the very beginning. */
static enum status skip_mark(struct source_file *file, struct error *error)
{
        char mark[4];
        for (size_t skipped = 0; skipped < file->mark_bytes;) {
                size_t length;
                enum status status = read_raw(file, mark, file->mark_bytes - skipped, &length, error);
                if (status)
                        return status;
                if (length == 0)
                        return STATUS_OK;
                skipped += length;
        }
        return STATUS_OK;
}

enum status source_file_rewind(struct source_file *file, struct error *error)
{
        if (file->workbook) {
                workbook_rewind(file->workbook);
                file->workbook_bytes_done = 0;
                return STATUS_OK;
        }
        enum status status = byte_origin_rewind(file->origin, error);
        if (status)
                return status;
        file->at_end = false;
        file->first_line = 1;
        file->head_left = file->head_bytes;
        file->has_ahead = false;
        file->left_out.headers = file->left_out.totals = 0;
        file->carry_length = 0;
        buffer_clear(&file->raw);
        return skip_mark(file, error);
}

/* The bytes were read as UTF-8 but are Windows-1252: the block and what is carried over. */
static enum status turn_to_windows_1252(struct source_file *file, struct filling *filling, struct error *error)
{
        struct buffer converted __attribute__((cleanup(buffer_release)));
        buffer_init(&converted, (size_t)4 * CSV_RECORD_BYTES_MAX);
        if (!text_add_windows_1252(&converted, (uint8_t *)filling->data, filling->length))
                return error_memory(error);
        free(filling->data);
        filling->data = buffer_take(&converted, &filling->length);
        filling->capacity = filling->length + 1;
        file->encoding = ENCODING_WINDOWS_1252;
        file->maybe_windows_1252 = false;
        return filling->data ? STATUS_OK : error_memory(error);
}

/* Refuses what is not text; says on which line. May convert the rest of the file to another encoding. */
static enum status check_text(struct source_file *file, struct filling *filling, struct error *error)
{
        const char *zero = memchr(filling->data, 0, filling->length);
        if (zero)
                return invalid_text(file, file->first_line + encoding_count_lines(filling->data,
                                    (size_t)(zero - filling->data)), "import.nul_byte", error);
        if (file->encoding != ENCODING_UTF_8 || encoding_is_ascii(filling->data, filling->length))
                return STATUS_OK;
        /* A block that is not at the end of the file may cut a sequence; what is cut off is checked with the next. */
        size_t valid = encoding_valid_utf_8(filling->data, filling->length);
        bool cut = !file->at_end && filling->length - valid < 4 &&
                   encoding_is_cut_utf_8(filling->data + valid, filling->length - valid);
        if (valid == filling->length || cut) {
                file->maybe_windows_1252 = file->maybe_windows_1252 && cut && encoding_is_ascii(filling->data, valid);
                return STATUS_OK;
        }
        if (file->maybe_windows_1252 && encoding_is_ascii(filling->data, valid))
                return turn_to_windows_1252(file, filling, error);
        return invalid_text(file, file->first_line + encoding_count_lines(filling->data, valid), "import.invalid_text",
                            error);
}

static enum status keep_carry(struct source_file *file, const char *data, size_t length, struct error *error)
{
        if (length > file->carry_capacity) {
                char *carry = realloc(file->carry, length);
                if (!carry)
                        return error_memory(error);
                file->carry = carry;
                file->carry_capacity = length;
        }
        if (length)
                memcpy(file->carry, data, length);
        file->carry_length = length;
        return STATUS_OK;
}

/* Collects text until it ends with a record. *ret_used is the length of the whole records in it. */
static enum status collect(struct source_file *file, struct filling *filling, size_t *ret_used, struct error *error)
{
        if (!filling_reserve(filling, file->carry_length + READ_BYTES))
                return error_memory(error);
        if (file->carry_length)
                memcpy(filling->data, file->carry, file->carry_length);
        filling->length = file->carry_length;
        file->carry_length = 0;
        for (;;) {
                enum status status = fill(file, filling, error);
                if (!status)
                        status = check_text(file, filling, error);
                if (status)
                        return status;
                const char *quote;
                size_t used = csv_split(filling->data, filling->length, file->delimiter, file->at_end, &quote);
                if (quote)
                        return invalid_quote(file, filling->data, quote, error);
                if (used || file->at_end) {
                        *ret_used = used;
                        return STATUS_OK;
                }
                if (filling->length > CSV_RECORD_BYTES_MAX)
                        return invalid_text(file, file->first_line, "import.record_too_long", error);
        }
}

/* Begins a line at data[at], after a whole record? `*whole` remembers up to where that was looked at. */
static bool begins_record(const struct source_file *file, const char *data, size_t at, size_t *whole)
{
        const char *quote;
        if (at > 0 && data[at - 1] != '\n' && data[at - 1] != '\r')
                return false;
        (void)csv_split(data + *whole, at - *whole, file->delimiter, true, &quote);
        if (quote)
                return false;
        *whole = at;
        return true;
}

/* The header that comes again, as where files were put together or pages printed; its lines stay as empty ones, so that
 * all others keep their numbers. */
static void leave_out_headers(struct source_file *file, char *data, size_t *length)
{
        const struct text header = file->header_record;
        size_t kept = 0, taken = 0, whole = 0;
        const char *found, *search = data, *end = data + *length;
        while ((found = memmem(search, (size_t)(end - search), header.data, header.length))) {
                size_t at = (size_t)(found - data), after = at + header.length;
                search = found + 1;
                if (at >= MARK_BYTES + taken && memcmp(found - MARK_BYTES, "\xEF\xBB\xBF", MARK_BYTES) == 0)
                        at -= MARK_BYTES; /* of a file that was put behind another one */
                if ((after < *length && data[after] != '\n' && data[after] != '\r')
                    || !begins_record(file, data, at, &whole))
                        continue;
                memmove(data + kept, data + taken, at - taken);
                kept += at - taken;
                for (uint64_t lines = encoding_count_lines(header.data, header.length); lines; lines--)
                        data[kept++] = '\n';
                taken = whole = after;
                search = data + after;
                file->left_out.headers++;
        }
        if (taken == 0)
                return;
        memmove(data + kept, data + taken, *length - taken);
        *length = kept + *length - taken;
}

/* The lines at the very end that hold totals, see totals.h. */
static void leave_out_totals(struct source_file *file, const char *data, size_t *length)
{
        for (;;) {
                size_t end = *length, start, whole = 0;
                while (end && (data[end - 1] == '\n' || data[end - 1] == '\r' || data[end - 1] == ' '
                               || data[end - 1] == file->delimiter))
                        end--; /* emptied rows, too */
                for (start = end; start && data[start - 1] != '\n' && data[start - 1] != '\r';)
                        start--;
                if (!totals_is_line((struct text){data + start, end - start}, file->delimiter, file->required,
                                    file->required_count)
                    || !begins_record(file, data, start, &whole))
                        return;
                *length = start;
                file->left_out.totals++;
        }
}

static void leave_out(struct source_file *file, char *data, size_t *length)
{
        if (file->profile->header && *length)
                leave_out_headers(file, data, length);
        if (file->at_end && file->carry_length == 0)
                leave_out_totals(file, data, length);
}

static enum status next_of_workbook(struct source_file *file, struct block *ret, bool *ret_more, struct error *error)
{
        enum status status = workbook_next(file->workbook, ret, ret_more, error);
        if (status)
                return status;
        unsigned __int128 total = byte_origin_bytes_total(file->origin);
        file->workbook_bytes_done = (uint64_t)(total * workbook_done_millionths(file->workbook) / 1000000);
        if (!*ret_more)
                return STATUS_OK;
        ret->bytes_done = file->workbook_bytes_done;
        ret->rows = true;
        return STATUS_OK;
}

struct csv_parser block_parser(const struct block *block, char delimiter, struct buffer *scratch)
{
        return (struct csv_parser){.cursor = block->data, .end = block->data + block->length, .delimiter = delimiter,
                                   .line = block->first_line, .scratch = scratch, .rows = block->rows};
}

enum status source_file_next(struct source_file *file, struct block *ret, bool *ret_more, struct error *error)
{
        if (file->workbook)
                return next_of_workbook(file, ret, ret_more, error);
        while (!file->at_end || file->carry_length) {
                struct filling filling __attribute__((cleanup(filling_release))) = {0};
                size_t used;
                enum status status = collect(file, &filling, &used, error);
                if (!status)
                        status = keep_carry(file, filling.data + used, filling.length - used, error);
                if (status)
                        return status;
                uint64_t first_line = file->first_line;
                file->first_line += encoding_count_lines(filling.data, used);
                if (file->head_left) {
                        size_t skipped = used < file->head_left ? used : file->head_left;
                        first_line += encoding_count_lines(filling.data, skipped);
                        used -= skipped;
                        file->head_left -= skipped;
                        memmove(filling.data, filling.data + skipped, used);
                }
                leave_out(file, filling.data, &used);
                if (used == 0)
                        continue;
                filling.data[used] = '\0';
                *ret = (struct block){.data = filling.data, .length = used, .first_line = first_line,
                                      .bytes_done = source_file_bytes_done(file)};
                filling.data = NULL;
                *ret_more = true;
                return STATUS_OK;
        }
        *ret_more = false;
        return STATUS_OK;
}

/* What is no text at all, or no table, and would only be told by what is missing in it. */
static enum status refuse_other_formats(const struct source_file *file, const struct filling *sample,
                                        struct error *error)
{
        static const struct { size_t at; const char *magic; size_t length; const char *name; } known[] = {
                {0, "\x1F\x8B", 2, "gzip"}, {0, "\x28\xB5\x2F\xFD", 4, "zstd"},
                {4, "1AY&SY", 6, "bzip2"}, {0, "\xFD" "7zXZ", 5, "xz"},
                {0, "7z\xBC\xAF\x27\x1C", 6, "7z"}, {0, "Rar!\x1A\x07", 6, "rar"}, {257, "ustar", 5, "tar"},
                {0, "%PDF-", 5, "PDF"}, {0, "<!DOCTYPE html", 14, "HTML"}, {0, "<html", 5, "HTML"},
                {0, "<?xml", 5, "XML"},
        };
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
                if (sample->length >= known[i].at + known[i].length
                    && (known[i].magic[0] == '<' ? strncasecmp(sample->data, known[i].magic, known[i].length)
                                                 : memcmp(sample->data + known[i].at, known[i].magic, known[i].length))
                               == 0)
                        return error_set(error, STATUS_INVALID, "import.compressed", "file", source_file_name(file),
                                         "format", known[i].name, NULL);
        return STATUS_OK;
}

/* The first record behind what stands above it: header names, or the number of columns. */
static enum status read_header(struct source_file *file, const struct filling *sample, size_t above_bytes, bool whole,
                               struct error *error)
{
        char *data = sample->data + above_bytes;
        size_t length = csv_split(data, sample->length - above_bytes, file->delimiter, whole, NULL);
        uint64_t line = 1 + encoding_count_lines(sample->data, above_bytes);
        if (length == 0 && !whole)
                return invalid_text(file, line, "import.header_too_long", error);
        struct csv_parser parser = {.cursor = data, .end = data + length, .delimiter = file->delimiter, .line = line};
        struct buffer scratch __attribute__((cleanup(buffer_release)));
        buffer_init(&scratch, (size_t)4 * SAMPLE_BYTES);
        parser.scratch = &scratch;
        struct text record;
        file->header = arena_array(file->arena, struct text, CSV_COLUMNS_MAX);
        if (!file->header)
                return error_memory(error);
        if (!csv_next(&parser, file->header, CSV_COLUMNS_MAX, &file->header_count, &line, &record))
                return error_set(error, STATUS_INVALID, "import.empty_file", "file", source_file_name(file), NULL);
        if (file->header_count > CSV_COLUMNS_MAX)
                return error_set(error, STATUS_LIMIT, "import.too_many_columns", "file", source_file_name(file), NULL);
        file->head_bytes = file->profile->header ? (size_t)(parser.cursor - sample->data) : above_bytes;
        const char *end = record.data + record.length;
        size_t end_length = (size_t)(parser.cursor - end);
        file->line_end = end_length == 2 ? "\r\n" : end_length == 1 && *end == '\r' ? "\r" : "\n";
        file->header_record = (struct text){arena_copy(file->arena, record.data, record.length), record.length};
        for (size_t i = 0; i < file->header_count; i++) {
                struct text name = file->profile->header ? text_trim(file->header[i]) : (struct text){0};
                file->header[i] = (struct text){arena_copy(file->arena, name.data ? name.data : "", name.length),
                                                name.length};
        }
        return file->header_record.data ? STATUS_OK : error_memory(error);
}

static void find_required(struct source_file *file)
{
        const struct profile *profile = file->profile;
        file->required_count = 0;
        for (size_t i = 0; i < profile->column_count && file->required_count < REQUIRED_MAX; i++) {
                const struct profile_column *column = &profile->columns[i];
                int place = profile->header ? -1 : column->position;
                if (column->constant.data || !kind_infos[profile->kind].fields[column->field].required)
                        continue;
                for (size_t j = 0; profile->header && place < 0 && j < file->header_count; j++)
                        if (text_equal(file->header[j], column->header))
                                place = (int)j;
                if (place >= 0)
                        file->required[file->required_count++] = place;
        }
}

/* What the profile left open, from the beginning of the text. */
static enum status examine_text(struct source_file *file, const struct filling *text, bool whole, struct error *error)
{
        const char *name = source_file_name(file);
        if (!whole && !memchr(text->data, '\n', text->length) && !memchr(text->data, '\r', text->length))
                return invalid_text(file, 1, "import.header_too_long", error);
        size_t above_bytes, above_records;
        enum status status = detect_head(text->data, text->length, whole, file->profile, &above_bytes, &above_records,
                                         error);
        if (status)
                return status;
        const char *data = text->data + above_bytes;
        size_t length = text->length - above_bytes;
        file->left_out.above_header = above_records;
        file->delimiter = file->profile->delimiter;
        if (!file->delimiter)
                status = detect_delimiter(data, length, whole, file->profile, name, &file->delimiter, error);
        if (!status)
                status = detect_decimal(data, length, whole, file->delimiter, file->profile, name, &file->decimal,
                                        error);
        if (!status)
                status = read_header(file, text, above_bytes, whole, error);
        if (!status)
                find_required(file);
        return status;
}

/* Looks at the beginning of the file and settles what the profile left open. */
static enum status examine(struct source_file *file, struct error *error)
{
        struct filling raw __attribute__((cleanup(filling_release))) = {0};
        struct filling text __attribute__((cleanup(filling_release))) = {0};
        struct detected_encoding found;
        const char *name = source_file_name(file);
        file->encoding = ENCODING_UTF_8;
        enum status status = fill(file, &raw, error);
        while (!status && raw.length < SAMPLE_BYTES && !file->at_end)
                status = fill(file, &raw, error);
        if (status)
                return status;
        if (raw.length == 0)
                return error_set(error, STATUS_INVALID, "import.empty_file", "file", name, NULL);
        bool whole = file->at_end;
        status = refuse_other_formats(file, &raw, error);
        if (!status)
                status = detect_encoding((uint8_t *)raw.data, raw.length, whole, file->profile->encoding, name, &found,
                                         error);
        if (status)
                return status;
        file->encoding = found.encoding;
        file->mark_bytes = found.mark_bytes;
        file->maybe_windows_1252 = file->profile->encoding == ENCODING_AUTO && found.ascii_only;
        struct buffer converted __attribute__((cleanup(buffer_release)));
        buffer_init(&converted, (size_t)16 * SAMPLE_BYTES);
        size_t used;
        (void)encoding_to_utf_8(&converted, file->encoding, (uint8_t *)raw.data + found.mark_bytes,
                                raw.length - found.mark_bytes, whole, &used);
        if (converted.failed)
                return error_memory(error);
        text.data = buffer_take(&converted, &text.length);
        if (text.data && text_is_blank((struct text){text.data, text.length}))
                return error_set(error, STATUS_INVALID, "import.empty_file", "file", name, NULL);
        return text.data ? examine_text(file, &text, whole, error) : error_memory(error);
}

/* ---- workbooks ------------------------------------------------------------------------------------------------- */

static const char zip_magic[4] = "PK\x03\x04", compound_magic[4] = "\xD0\xCF\x11\xE0";

/* Workbooks with a password and those of before 2007 are compound files; the former hold a stream of this name. */
static enum status refuse_compound(struct source_file *file, struct error *error)
{
        static const char stream[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
        enum { STREAM_BYTES = sizeof(stream) };
        char *data = malloc(STREAM_BYTES + READ_BYTES);
        size_t kept = 0, length = 1;
        bool encrypted = false;
        enum status status = data ? STATUS_OK : error_memory(error);
        while (!status && length && !encrypted) {
                status = byte_origin_read(file->origin, data + kept, READ_BYTES, &length, error);
                if (status)
                        break;
                size_t whole = kept + length;
                encrypted = memmem(data, whole, stream, STREAM_BYTES) != NULL;
                kept = whole < STREAM_BYTES ? whole : STREAM_BYTES - 1;
                memmove(data, data + whole - kept, kept);
        }
        free(data);
        if (status)
                return status;
        return error_set(error, STATUS_INVALID, encrypted ? "workbook.encrypted" : "workbook.format", "file",
                         source_file_name(file), "format", "XLS", NULL);
}

/* Reads the file to its end, so that its hash is known; `writer` (may be NULL) takes a copy. */
static enum status read_all(struct source_file *file, struct writer *writer, struct error *error)
{
        char *data = malloc(READ_BYTES);
        size_t length = 1;
        enum status status = data ? byte_origin_rewind(file->origin, error) : error_memory(error);
        while (!status && length) {
                status = byte_origin_read(file->origin, data, READ_BYTES, &length, error);
                if (!status && length && writer)
                        status = writer_write(writer, data, length, error);
        }
        free(data);
        return status;
}

/* The parts of a workbook do not come in the order they are needed in: what a pipe brings or is packed once more
 * becomes a file first. */
static enum status copy_workbook(struct source_file *file, const char *staging_directory, struct error *error)
{
        struct buffer path __attribute__((cleanup(buffer_release)));
        struct writer *writer = NULL;
        buffer_init(&path, 4096);
        buffer_addf(&path, "%s/workbook-%016llx", staging_directory, (unsigned long long)random_u64());
        enum status status = path.failed ? error_memory(error) : directory_make(staging_directory, error);
        if (!status)
                status = writer_open(path.data, &writer, error);
        if (!status)
                status = read_all(file, writer, error);
        if (status) {
                writer_discard(writer);
                return status;
        }
        file->workbook_path = buffer_take(&path, NULL);
        status = writer_close(writer, false, error);
        return status || file->workbook_path ? status : error_memory(error);
}

static enum status open_workbook(struct source_file *file, const char *path, const char *staging_directory,
                                 struct error *error)
{
        const struct text *fields;
        bool plain = strcmp(path, "-") != 0 && byte_origin_bytes_total(file->origin) &&
                     !byte_origin_packing(file->origin);
        enum status status = plain ? read_all(file, NULL, error) : copy_workbook(file, staging_directory, error);
        if (!status)
                status = workbook_open(plain ? path : file->workbook_path, source_file_name(file), file->profile,
                                       staging_directory, &file->workbook, error);
        if (status)
                return status;
        file->header_count = workbook_header(file->workbook, &fields);
        file->header = arena_array(file->arena, struct text, file->header_count);
        if (!file->header)
                return error_memory(error);
        memcpy(file->header, fields, file->header_count * sizeof(*fields));
        file->header_record = workbook_header_record(file->workbook);
        file->delimiter = workbook_delimiter(file->workbook);
        file->decimal = workbook_decimal(file->workbook);
        file->encoding = ENCODING_UTF_8;
        file->line_end = "\n";
        file->mark_bytes = 3; /* what is written of it opens in a spreadsheet again, umlauts included */
        return STATUS_OK;
}

/* Is it a workbook, by its first bytes? Then it is opened. */
static enum status try_workbook(struct source_file *file, const char *path, const char *staging_directory,
                                struct error *error)
{
        char magic[sizeof(zip_magic)];
        size_t have = 0, length = 1;
        enum status status = STATUS_OK;
        while (!status && length && have < sizeof(magic)) {
                status = byte_origin_read(file->origin, magic + have, sizeof(magic) - have, &length, error);
                have += status ? 0 : length;
        }
        if (!status && have == sizeof(magic) && memcmp(magic, zip_magic, sizeof(magic)) == 0)
                return open_workbook(file, path, staging_directory, error);
        if (!status && have == sizeof(magic) && memcmp(magic, compound_magic, sizeof(magic)) == 0)
                return refuse_compound(file, error);
        return status ? status : byte_origin_rewind(file->origin, error);
}

enum status source_file_open(const char *path, const struct profile *profile, const char *staging_directory,
                             struct source_file **ret, struct error *error)
{
        source_file_cleanup struct source_file *file = calloc(1, sizeof(*file));
        if (!file)
                return error_memory(error);
        buffer_init(&file->raw, (size_t)8 * READ_BYTES);
        file->profile = profile;
        file->arena = arena_new((size_t)16 * SAMPLE_BYTES);
        if (!file->arena)
                return error_memory(error);
        enum status status = byte_origin_open(path, staging_directory, &file->origin, error);
        if (!status)
                status = try_workbook(file, path, staging_directory, error);
        if (!status && !file->workbook)
                status = examine(file, error);
        if (!status)
                status = source_file_rewind(file, error);
        if (status)
                return status;
        *ret = file;
        file = NULL;
        return STATUS_OK;
}

enum status source_file_header(const struct source_file *file, struct arena *arena, struct text **ret_fields,
                               size_t *ret_count, struct error *error)
{
        struct text *fields = arena_array(arena, struct text, file->header_count ? file->header_count : 1);
        if (!fields)
                return error_memory(error);
        for (size_t i = 0; i < file->header_count; i++) {
                fields[i].data = arena_copy(arena, file->header[i].data, file->header[i].length);
                fields[i].length = file->header[i].length;
                if (!fields[i].data)
                        return error_memory(error);
        }
        *ret_fields = fields;
        *ret_count = file->header_count;
        return STATUS_OK;
}

struct text source_file_header_record(const struct source_file *file)
{
        return file->profile->header ? file->header_record : (struct text){0};
}

const char *source_file_place(const struct source_file *file, uint64_t line, uint64_t *ret_line)
{
        *ret_line = file->workbook ? line & UINT32_MAX : line;
        return file->workbook ? workbook_sheet_name(file->workbook, line_sheet(line)) : "";
}

bool source_file_is_workbook(const struct source_file *file) { return file->workbook != NULL; }

const char *source_file_cell_error(const struct source_file *file, struct text *field)
{
        if (!file->workbook || !text_is_cell_error(*field))
                return NULL;
        *field = (struct text){field->data + 1, field->length - 1};
        return "import.reason.cell_error";
}

const char *source_file_sheets(const struct source_file *file)
{
        return file->workbook ? workbook_sheets_read(file->workbook) : "";
}

size_t source_file_notes(struct source_file *file, const struct sheet_note **ret_notes)
{
        return file->workbook ? workbook_notes(file->workbook, ret_notes) : 0;
}

uint64_t source_file_bytes_total(const struct source_file *file) { return byte_origin_bytes_total(file->origin); }
uint64_t source_file_bytes_done(const struct source_file *file)
{
        return file->workbook ? file->workbook_bytes_done : byte_origin_bytes_done(file->origin);
}
char source_file_delimiter(const struct source_file *file) { return file->delimiter; }
enum decimal_mark source_file_decimal(const struct source_file *file) { return file->decimal; }
enum encoding source_file_encoding(const struct source_file *file) { return file->encoding; }
enum packing source_file_packing(const struct source_file *file) { return byte_origin_packing(file->origin); }
bool source_file_has_mark(const struct source_file *file) { return file->mark_bytes > 0; }
const char *source_file_line_end(const struct source_file *file) { return file->line_end; }
const char *source_file_name(const struct source_file *file) { return byte_origin_name(file->origin); }
struct left_out source_file_left_out(const struct source_file *file) { return file->left_out; }
uint64_t source_file_hash(const struct source_file *file) { return byte_origin_hash(file->origin); }
