/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rows.c: batches of rows.
 */
#include "importer/rows.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "importer/csv.h"
#include "importer/dictionary.h"
#include "importer/staged.h"

#define BATCH_BYTES_MAX ((size_t)192 << 20)
enum { REFUSED_BYTES_MAX = 200 };
#define BATCH_BYTES_FULL ((size_t)64 << 20) /* long rows fill a batch before 20,000 of them are there */

struct reading {
        struct import_run *run;
        const struct mapped_column *key;
        rows_store store;
        void *context;
        struct arena *arena;
        struct import_row *rows;
        size_t count, most; /* most: in a batch */
};

void row_reject(const struct import_run *run, struct import_row *row, const struct mapped_column *column,
                const char *reason)
{
        row->rejection.reason = reason;
        if (!column)
                return;
        row->rejection.column = column->name;
        row->rejection.value = row->values ? row->values[column - run->mapping.columns].text : (struct text){0};
}

struct field_value row_value(const struct import_run *run, const struct import_row *row, const char *field)
{
        const struct mapped_column *column = column_mapping_find(&run->mapping, field);
        return column ? row->values[column - run->mapping.columns] : (struct field_value){0};
}

const struct field_value *row_cell(const struct import_run *run, const struct import_row *row,
                                   const struct mapped_column *column)
{
        static const struct field_value unknown;
        return column ? &row->values[column - run->mapping.columns] : &unknown;
}

int32_t row_valid_from(const struct import_run *run, const struct import_row *row, bool *ret_stated)
{
        const struct field_value *stated = row_cell(run, row, column_mapping_find(&run->mapping, "valid_from"));
        *ret_stated = stated->known;
        if (stated->known)
                return stated->day;
        return run->profile->valid_from_day != DAY_NONE ? run->profile->valid_from_day : run->import_day;
}

static bool copy_text(struct arena *arena, struct text *text)
{
        text->data = arena_copy(arena, text->data ? text->data : "", text->length);
        return text->data != NULL;
}

static enum status refuse_whole(const struct rejection *rejection, struct error *error)
{
        char column[REFUSED_BYTES_MAX], value[REFUSED_BYTES_MAX];
        snprintf(column, sizeof(column), "%.*s", (int)rejection->column.length,
                 rejection->column.data ? rejection->column.data : "");
        snprintf(value, sizeof(value), "%.*s", (int)rejection->value.length,
                 rejection->value.data ? rejection->value.data : "");
        return error_set(error, STATUS_INVALID, rejection->reason, "column", column, "value", value, NULL);
}

/* Writes what was refused, in the order of the file. */
static enum status write_rejected(struct reading *reading, struct error *error)
{
        struct import_run *run = reading->run;
        for (size_t i = 0; i < reading->count; i++) {
                struct import_row *row = &reading->rows[i];
                if (!row->rejection.reason)
                        continue;
                row->rejection.line = row->line;
                if (run->options->whole)
                        return refuse_whole(&row->rejection, error);
                run->counters.lines_rejected++;
                run->counters.rows_rejected++;
                enum status status = error_file_record(run->errors, row->record, error);
                if (!status)
                        status = error_file_reason(run->errors, &row->rejection, error);
                if (status)
                        return status;
        }
        return STATUS_OK;
}

static enum status flush(struct reading *reading, struct error *error)
{
        if (reading->count == 0)
                return STATUS_OK;
        enum status status = reading->store(reading->run, reading->rows, reading->count, reading->arena,
                                            reading->context, error);
        if (!status)
                status = write_rejected(reading, error);
        arena_reset(reading->arena);
        reading->count = 0;
        return status ? status : import_check(reading->run, error);
}

/* Reads the cells by type; the first that cannot be read refuses the row. */
static bool parse_values(struct reading *reading, struct import_row *row, const struct text *fields, size_t count)
{
        struct import_run *run = reading->run;
        struct field_value *values = arena_array(reading->arena, struct field_value, run->mapping.count + 1);
        if (!values)
                return false;
        row->values = values;
        for (size_t i = 0; i < run->mapping.count; i++) {
                const struct mapped_column *column = &run->mapping.columns[i];
                struct text cell = mapped_text(column, fields, count);
                const char *reason = source_file_cell_error(run->file, &cell);
                if (!reason)
                        reason = field_parse(column, cell, source_file_decimal(run->file), run->minor_digits,
                                             &values[i]);
                if (reason && !values[i].text.data)
                        values[i].text = cell;
                if (values[i].text.data && !copy_text(reading->arena, &values[i].text))
                        return false;
                if (reason && !row->rejection.reason)
                        row_reject(run, row, column, reason);
                if (column == reading->key)
                        row->rejection.key = text_trim(values[i].text);
        }
        return true;
}

static enum status take_record(struct reading *reading, const struct text *fields, size_t count, uint64_t line,
                               struct text record, struct error *error)
{
        const struct import_run *run = reading->run;
        bool again_until_here = run->resumed && run->counters.lines_read == run->rows_resumed;
        if (reading->count == reading->most || again_until_here || arena_used(reading->arena) > BATCH_BYTES_FULL) {
                enum status status = flush(reading, error);
                if (status)
                        return status;
        }
        struct import_row *row = &reading->rows[reading->count];
        *row = (struct import_row){.line = line, .record = record};
        if (!copy_text(reading->arena, &row->record))
                return error_memory(error);
        size_t wanted = reading->run->mapping.file_columns;
        if (count < wanted || (count > wanted && !csv_surplus_is_empty(fields, wanted, count))) {
                char *place = arena_array(reading->arena, char, REJECTION_COUNT_BYTES);
                if (!place)
                        return error_memory(error);
                rejection_count(&row->rejection, place, count, wanted);
        } else if (!parse_values(reading, row, fields, count)) {
                return error_memory(error);
        }
        reading->count++;
        reading->run->counters.lines_read++;
        return STATUS_OK;
}

static enum status take_block(struct reading *reading, const struct block *block, struct buffer *scratch,
                              struct text *fields, struct error *error)
{
        struct csv_parser parser = block_parser(block, source_file_delimiter(reading->run->file), scratch);
        struct text record;
        size_t count;
        uint64_t line;
        enum status status = STATUS_OK;
        while (!status && csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &line, &record))
                status = take_record(reading, fields, count, line, record, error);
        return status;
}

static enum status read_blocks(struct reading *reading, struct text *fields, struct error *error)
{
        struct buffer scratch __attribute__((cleanup(buffer_release)));
        buffer_init(&scratch, (size_t)64 << 20);
        for (;;) {
                struct block block;
                bool more;
                enum status status = source_file_next(reading->run->file, &block, &more, error);
                if (status || !more)
                        return status ? status : flush(reading, error);
                status = take_block(reading, &block, &scratch, fields, error);
                block_release(&block);
                if (status)
                        return status;
        }
}

enum status rows_import(struct import_run *run, const char *key_field, rows_store store, void *context,
                        struct error *error)
{
        struct reading reading = {.run = run, .key = column_mapping_find(&run->mapping, key_field), .store = store,
                                  .context = context};
        size_t wanted = run->options->batch_rows;
        reading.most = wanted && wanted < ROWS_BATCH ? wanted : ROWS_BATCH;
        reading.arena = arena_new(BATCH_BYTES_MAX);
        reading.rows = calloc(ROWS_BATCH, sizeof(*reading.rows));
        struct text *fields = calloc(CSV_COLUMNS_MAX, sizeof(*fields));
        enum status status = reading.arena && reading.rows && fields ? staged_begin(run, error) : error_memory(error);
        if (!status)
                status = read_blocks(&reading, fields, error);
        free(fields);
        free(reading.rows);
        arena_free(reading.arena);
        return status;
}

/* ---- writing ----------------------------------------------------------------------------------------------- */

struct batch_writing {
        const struct import_run *run;
        write_function work;
        void *context;
};

static enum status write_batch(struct connection *connection, void *context, struct error *error)
{
        const struct batch_writing *writing = context;
        const struct import_run *run = writing->run;
        enum status status = staged_hold(connection, run->import_id, error);
        if (!status)
                status = writing->work(connection, writing->context, error);
        return status ? status : staged_move(connection, run, run->counters.lines_read - run->rows_staged, 0,
                                             (struct text){"", 0}, error);
}

enum status rows_write(struct import_run *run, write_function work, void *context, struct error *error)
{
        struct batch_writing writing = {run, work, context};
        enum status status = db_write_bulk(run->database, write_batch, &writing, error);
        if (!status)
                run->rows_staged = run->counters.lines_read;
        return status;
}

bool rows_are_staged(const struct import_run *run)
{
        return run->counters.lines_read <= run->rows_resumed;
}

/* ---- keys seen --------------------------------------------------------------------------------------------- */

struct seen_keys {
        struct dictionary keys;
        uint64_t *lines;
        size_t capacity;
};

enum status seen_keys_new(struct seen_keys **ret, struct error *error)
{
        struct seen_keys *seen = calloc(1, sizeof(*seen));
        if (!seen)
                return error_memory(error);
        dictionary_init(&seen->keys);
        *ret = seen;
        return STATUS_OK;
}

void seen_keys_free(struct seen_keys *seen)
{
        if (!seen)
                return;
        dictionary_release(&seen->keys);
        free(seen->lines);
        free(seen);
}

static struct text joined(struct arena *arena, const struct text *parts, size_t count)
{
        size_t length = 0, at = 0;
        for (size_t i = 0; i < count; i++)
                length += parts[i].length + 1;
        char *key = arena_alloc(arena, length);
        for (size_t i = 0; key && i < count; i++) {
                if (parts[i].length)
                        memcpy(key + at, parts[i].data, parts[i].length);
                at += parts[i].length;
                key[at++] = '\0'; /* no text holds one: parts cannot run into each other */
        }
        return (struct text){key, length};
}

enum status seen_keys_check(struct seen_keys *seen, const struct import_run *run, struct import_row *row,
                            struct arena *arena, const struct text *parts, size_t part_count, struct error *error)
{
        struct text key = joined(arena, parts, part_count);
        bool added = false;
        uint32_t number = key.data ? dictionary_number(&seen->keys, key, &added) : (uint32_t)DICTIONARY_FULL;
        if (number == (uint32_t)DICTIONARY_FULL)
                return error_memory(error);
        if (number >= seen->capacity) {
                size_t capacity = seen->capacity ? seen->capacity * 2 : 1024;
                uint64_t *lines = realloc(seen->lines, capacity * sizeof(*lines));
                if (!lines)
                        return error_memory(error);
                seen->lines = lines;
                seen->capacity = capacity;
        }
        if (added) {
                seen->lines[number] = row->line;
                return STATUS_OK;
        }
        uint64_t line;
        const char *sheet = source_file_place(run->file, seen->lines[number], &line);
        struct buffer first __attribute__((cleanup(buffer_release)));
        buffer_init(&first, 1 << 16);
        buffer_addf(&first, "%s%s%llu", sheet, *sheet ? ":" : "", (unsigned long long)line);
        row_reject(run, row, NULL, "import.reason.doubled");
        row->rejection.value = row->rejection.key;
        row->rejection.argument_name = "line";
        row->rejection.argument = (struct text){arena_copy(arena, first.data, first.length), first.length};
        return row->rejection.argument.data ? STATUS_OK : error_memory(error);
}

struct text key_of_day(struct arena *arena, int32_t day)
{
        char digits[16];
        int length = snprintf(digits, sizeof(digits), "%d", (int)day);
        return (struct text){arena_copy(arena, digits, (size_t)length), (size_t)length};
}

enum status rows_accept_dated(struct import_run *run, struct seen_keys *seen, const struct mapped_column *key,
                              struct import_row *rows, size_t count, struct arena *arena, struct taken_row *ret,
                              size_t *ret_count, struct error *error)
{
        size_t accepted = 0;
        for (size_t i = 0; i < count; i++) {
                struct taken_row *dated = &ret[accepted];
                if (rows[i].rejection.reason)
                        continue;
                dated->row = &rows[i];
                dated->valid_from = row_valid_from(run, &rows[i], &dated->stated);
                struct text parts[] = {text_trim(row_cell(run, &rows[i], key)->text),
                                       key_of_day(arena, dated->valid_from)};
                enum status status = seen_keys_check(seen, run, &rows[i], arena, parts, 2, error);
                if (status)
                        return status;
                accepted += rows[i].rejection.reason == NULL;
        }
        *ret_count = accepted;
        return STATUS_OK;
}
