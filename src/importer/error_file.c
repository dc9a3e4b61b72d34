/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * error_file.c: writes rejected records and their reasons.
 */
#include "importer/error_file.h"

#include "base/buffer.h"
#include "importer/encoding.h"
#include "importer/workbook.h"
#include "platform/file.h"
#include "render/csv.h"

enum { PATH_MAX_BYTES = 1024, NAME_BYTES_MAX = 100, VALUE_BYTES_MAX = 500 };
enum { SAMPLE_REASONS = 10, SAMPLE_VALUE_BYTES = 60 };

struct error_file {
        const struct source_file *file;
        enum language language;
        bool write, opened, finished;
        char directory[PATH_MAX_BYTES], path[PATH_MAX_BYTES], reasons_path[PATH_MAX_BYTES];
        struct writer *records, *reasons;
        uint64_t record_count, reason_count;
        uint64_t record_line, next_line; /* of the file to repair: of the record written last, of the next */
        struct buffer scratch, argument, sample;
};

void rejection_count(struct rejection *rejection, char *place, size_t count, size_t wanted)
{
        int length = snprintf(place, REJECTION_COUNT_BYTES, "%zu", count);
        rejection->reason = count < wanted ? "import.reason.too_few_columns" : "import.reason.too_many_columns";
        rejection->argument_name = "count";
        rejection->argument = (struct text){place, (size_t)length};
}

static bool ends_with(const char *name, size_t length, const char *ending)
{
        size_t ending_length = strlen(ending);
        return length > ending_length && memcmp(name + length - ending_length, ending, ending_length) == 0;
}

/* The length without endings that say how a file is packed, and that it is a table. */
static size_t stem_length(const char *name)
{
        static const char *const packings[] = {".gz", ".gzip", ".zst", ".zstd"};
        static const char *const tables[] = {".csv", ".txt", ".xlsx", ".xlsm"};
        size_t length = strlen(name);
        for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
                if (ends_with(name, length, packings[i])) {
                        length -= strlen(packings[i]);
                        break;
                }
        for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
                if (ends_with(name, length, tables[i]))
                        return length - strlen(tables[i]);
        return length;
}

/* The file's name without folder and endings, and without what a path cannot hold. */
static void add_safe_name(struct buffer *out, const char *name)
{
        size_t length = stem_length(name);
        if (strcmp(name, "-") == 0) {
                buffer_add_text(out, "stdin");
                return;
        }
        if (length > NAME_BYTES_MAX)
                length = encoding_valid_utf_8(name, NAME_BYTES_MAX);
        for (size_t i = 0; i < length; i++)
                buffer_add_byte(out, (uint8_t)name[i] < 0x20 || name[i] == '\\' || name[i] == 0x7F ? '_' : name[i]);
}

enum status error_file_new(const char *data_directory, int32_t import_id, const struct source_file *file,
                           enum language language, bool write, struct error_file **ret, struct error *error)
{
        struct error_file *errors = calloc(1, sizeof(*errors));
        if (!errors)
                return error_memory(error);
        errors->file = file;
        errors->language = language;
        errors->write = write;
        buffer_init(&errors->scratch, (size_t)256 << 20);
        buffer_init(&errors->argument, (size_t)32 << 20);
        buffer_init(&errors->sample, 1 << 20);
        struct buffer name __attribute__((cleanup(buffer_release)));
        buffer_init(&name, PATH_MAX_BYTES);
        add_safe_name(&name, source_file_name(file));
        int length = snprintf(errors->directory, PATH_MAX_BYTES, "%s/errors", data_directory);
        if (length >= 0 && length < PATH_MAX_BYTES)
                length = snprintf(errors->path, PATH_MAX_BYTES, "%s/errors/%d-%s.csv", data_directory, (int)import_id,
                                  name.data);
        if (length >= 0 && length < PATH_MAX_BYTES)
                length = snprintf(errors->reasons_path, PATH_MAX_BYTES, "%s/errors/%d-%s.reasons.csv", data_directory,
                                  (int)import_id, name.data);
        if (length < 0 || length >= PATH_MAX_BYTES) {
                error_file_free(errors);
                return error_set(error, STATUS_LIMIT, "import.path_too_long", "path", data_directory, NULL);
        }
        *ret = errors;
        return STATUS_OK;
}

static enum status flush_scratch(struct error_file *errors, struct writer *writer, struct error *error)
{
        if (errors->scratch.failed)
                return error_memory(error);
        return writer_write(writer, errors->scratch.data, errors->scratch.length, error);
}

/* A field of the report, which people open in a spreadsheet; long values are cut. */
static void add_field(struct error_file *errors, struct text value)
{
        struct buffer field buffer_cleanup;
        struct csv_writer writer;
        bool cut = value.length > VALUE_BYTES_MAX;
        if (cut)
                value.length = encoding_valid_utf_8(value.data, VALUE_BYTES_MAX);
        buffer_init(&field, VALUE_BYTES_MAX + 8);
        if (value.length)
                buffer_add(&field, value.data, value.length);
        if (cut)
                buffer_add_text(&field, "\xE2\x80\xA6");
        csv_writer_init(&writer, &errors->scratch, source_file_delimiter(errors->file));
        csv_field_neutral(&writer, (struct text){field.data, field.length});
        errors->scratch.failed |= field.failed;
}

static void add_delimiter(struct error_file *errors)
{
        buffer_add_byte(&errors->scratch, source_file_delimiter(errors->file));
}

bool error_file_reasons_beside(struct text records_path, char *out, size_t bytes_max)
{
        static const char ending[] = ".csv", instead[] = ".reasons.csv";
        size_t stem = records_path.length > sizeof(ending) - 1 ? records_path.length - (sizeof(ending) - 1) : 0;
        int length = snprintf(out, bytes_max, "%.*s%s", (int)stem, records_path.data, instead);
        return stem && length > 0 && (size_t)length < bytes_max;
}

static enum status write_reasons_header(struct error_file *errors, struct error *error)
{
        static const char *const keys[] = {"import.reasons.file", "import.reasons.line", "import.reasons.repair_line",
                                           "import.reasons.key", "import.reasons.column", "import.reasons.value",
                                           "import.reasons.reason"};
        buffer_clear(&errors->scratch);
        buffer_add_text(&errors->scratch, "\xEF\xBB\xBF");
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                if (i)
                        add_delimiter(errors);
                if (i == 1 && source_file_is_workbook(errors->file)) {
                        add_field(errors, text_of(message_raw(errors->language, "import.reasons.sheet")));
                        add_delimiter(errors);
                }
                add_field(errors, text_of(message_raw(errors->language, keys[i])));
        }
        buffer_add_text(&errors->scratch, source_file_line_end(errors->file));
        return flush_scratch(errors, errors->reasons, error);
}

/* The head of the file to repair: byte order mark and header as they were. */
static enum status write_records_header(struct error_file *errors, struct error *error)
{
        enum encoding encoding = source_file_encoding(errors->file);
        struct text header = source_file_header_record(errors->file);
        buffer_clear(&errors->scratch);
        if (source_file_has_mark(errors->file))
                encoding_from_utf_8(&errors->scratch, encoding, text_of("\xEF\xBB\xBF"));
        if (header.length) {
                encoding_from_utf_8(&errors->scratch, encoding, header);
                encoding_from_utf_8(&errors->scratch, encoding, text_of(source_file_line_end(errors->file)));
        }
        errors->next_line = 1 + (header.length ? 1 + encoding_count_lines(header.data, header.length) : 0);
        return flush_scratch(errors, errors->records, error);
}

static enum status open_files(struct error_file *errors, struct error *error)
{
        enum status status = directory_make(errors->directory, error);
        errors->opened = true;
        if (!status)
                status = writer_open(errors->path, &errors->records, error);
        if (!status)
                status = writer_open(errors->reasons_path, &errors->reasons, error);
        if (!status)
                status = write_records_header(errors, error);
        if (!status)
                status = write_reasons_header(errors, error);
        return status;
}

/* The record of a workbook without the marks of cell errors. */
static struct text without_marks(struct error_file *errors, struct text record)
{
        if (!source_file_is_workbook(errors->file) || !memchr(record.data, WORKBOOK_ERROR_MARK, record.length))
                return record;
        buffer_clear(&errors->argument);
        for (size_t i = 0; i < record.length; i++)
                if (record.data[i] != WORKBOOK_ERROR_MARK)
                        buffer_add_byte(&errors->argument, record.data[i]);
        return (struct text){errors->argument.data, errors->argument.length};
}

enum status error_file_record(struct error_file *errors, struct text record, struct error *error)
{
        errors->record_count++;
        if (!errors->write)
                return STATUS_OK;
        enum status status = errors->opened ? STATUS_OK : open_files(errors, error);
        if (status)
                return status;
        record = without_marks(errors, record);
        if (errors->argument.failed)
                return error_memory(error);
        enum encoding encoding = source_file_encoding(errors->file);
        const char *line_end = source_file_line_end(errors->file);
        errors->record_line = errors->next_line;
        errors->next_line += 1 + encoding_count_lines(record.data, record.length);
        if (encoding == ENCODING_UTF_8) {
                status = writer_write(errors->records, record.data, record.length, error);
                return status ? status : writer_write(errors->records, line_end, strlen(line_end), error);
        }
        buffer_clear(&errors->scratch);
        encoding_from_utf_8(&errors->scratch, encoding, record);
        encoding_from_utf_8(&errors->scratch, encoding, text_of(line_end));
        return flush_scratch(errors, errors->records, error);
}

static const char *cut_copy(struct buffer *out, struct text value, size_t bytes_max)
{
        buffer_clear(out);
        buffer_add(out, value.data, value.length <= bytes_max ? value.length
                                                              : encoding_valid_utf_8(value.data, bytes_max));
        return out->data;
}

/* The reason in words. */
static void add_reason(struct error_file *errors, struct buffer *out, const struct rejection *rejection)
{
        if (!rejection->argument_name)
                message_add(out, errors->language, rejection->reason, NULL);
        else
                message_add(out, errors->language, rejection->reason, rejection->argument_name,
                            cut_copy(&errors->argument, rejection->argument, VALUE_BYTES_MAX), NULL);
}

/* The first reasons in words, for the preview. */
static void keep_sample(struct error_file *errors, const struct rejection *rejection)
{
        if (errors->reason_count > SAMPLE_REASONS)
                return;
        char line[24];
        struct buffer reason __attribute__((cleanup(buffer_release)));
        struct buffer column __attribute__((cleanup(buffer_release)));
        struct buffer value __attribute__((cleanup(buffer_release)));
        buffer_init(&reason, 1 << 16);
        buffer_init(&column, 1 << 16);
        buffer_init(&value, 1 << 16);
        add_reason(errors, &reason, rejection);
        uint64_t number;
        const char *sheet = source_file_place(errors->file, rejection->line, &number);
        snprintf(line, sizeof(line), "%llu", (unsigned long long)number);
        if (*sheet)
                buffer_addf(&errors->sample, "  %s:\n", sheet);
        message_add(&errors->sample, errors->language,
                    rejection->column.length ? "import.rejected_cell" : "import.rejected_line", "line", line, "column",
                    cut_copy(&column, rejection->column, SAMPLE_VALUE_BYTES), "value",
                    cut_copy(&value, rejection->value, SAMPLE_VALUE_BYTES), "reason", reason.data, NULL);
        buffer_add_byte(&errors->sample, '\n');
}

enum status error_file_reason(struct error_file *errors, const struct rejection *rejection, struct error *error)
{
        errors->reason_count++;
        keep_sample(errors, rejection);
        if (!errors->write)
                return STATUS_OK;
        enum status status = errors->opened ? STATUS_OK : open_files(errors, error);
        if (status)
                return status;
        struct buffer words __attribute__((cleanup(buffer_release)));
        buffer_init(&words, 1 << 16);
        add_reason(errors, &words, rejection);
        buffer_clear(&errors->scratch);
        add_field(errors, text_of(source_file_name(errors->file)));
        add_delimiter(errors);
        uint64_t line;
        const char *sheet = source_file_place(errors->file, rejection->line, &line);
        if (source_file_is_workbook(errors->file)) {
                add_field(errors, text_of(sheet));
                add_delimiter(errors);
        }
        buffer_add_int(&errors->scratch, (int64_t)line);
        add_delimiter(errors);
        buffer_add_int(&errors->scratch, (int64_t)errors->record_line);
        add_delimiter(errors);
        struct text key = rejection->key;
        (void)source_file_cell_error(errors->file, &key);
        add_field(errors, key);
        add_delimiter(errors);
        add_field(errors, rejection->column);
        add_delimiter(errors);
        add_field(errors, rejection->value);
        add_delimiter(errors);
        add_field(errors, (struct text){words.data, words.length});
        buffer_add_text(&errors->scratch, source_file_line_end(errors->file));
        return flush_scratch(errors, errors->reasons, error);
}

uint64_t error_file_records(const struct error_file *errors) { return errors->record_count; }

struct text error_file_sample(const struct error_file *errors)
{
        return (struct text){errors->sample.data, errors->sample.length};
}

static void remove_files(const struct error_file *errors)
{
        (void)!file_remove(errors->path, NULL);
        (void)!file_remove(errors->reasons_path, NULL);
}

enum status error_file_finish(struct error_file *errors, struct error *error)
{
        if (!errors->opened) {
                errors->finished = true;
                return STATUS_OK;
        }
        struct writer *records = errors->records, *reasons = errors->reasons;
        errors->records = errors->reasons = NULL;
        enum status status = writer_close(records, true, error);
        enum status second = writer_close(reasons, true, status ? NULL : error);
        status = status ? status : second;
        if (status)
                remove_files(errors);
        errors->finished = !status;
        return status;
}

const char *error_file_path(const struct error_file *errors)
{
        return errors->finished && errors->opened ? errors->path : "";
}

const char *error_file_reasons_path(const struct error_file *errors)
{
        return errors->finished && errors->opened ? errors->reasons_path : "";
}

void error_file_remove(struct error_file *errors)
{
        if (errors && errors->opened && errors->finished)
                remove_files(errors);
}

void error_file_free(struct error_file *errors)
{
        if (!errors)
                return;
        writer_discard(errors->records);
        writer_discard(errors->reasons);
        buffer_release(&errors->scratch);
        buffer_release(&errors->argument);
        buffer_release(&errors->sample);
        free(errors);
}
