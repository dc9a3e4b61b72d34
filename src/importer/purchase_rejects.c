/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_rejects.c: reads the file once more and writes what was rejected.
 */
#include "importer/purchase_rejects.h"

#include <stdlib.h>

#include "importer/csv.h"
#include "importer/purchase_documents.h"

struct pass {
        struct import_run *run;
        const struct purchase_layout *layout;
        const struct hash_set *rejected;
        struct purchase_cache cache;
        struct buffer record; /* the parser removes quotes in place: the text as it stood */
};

static struct text column_name(const struct import_run *run, int position)
{
        for (size_t i = 0; position >= 0 && i < run->mapping.count; i++)
                if (run->mapping.columns[i].position == position)
                        return run->mapping.columns[i].name;
        return (struct text){0};
}

/* Names the wrong article of a line that is itself fine; false when the article is known. */
static enum status article_is_unknown(struct pass *pass, struct text article, bool *ret_unknown, struct error *error)
{
        uint32_t id = 0;
        enum status status =
                registry_products_resolve(pass->run, &article, NULL, 1, false, &id, NULL, NULL, error);
        if (status == STATUS_OK)
                *ret_unknown = id == 0;
        return status;
}

/* The reason of a good line in a rejected document. */
static enum status reason_of_document(struct pass *pass, const struct purchase_line *line, uint8_t why,
                                      struct rejection *rejection, struct error *error)
{
        const struct purchase_source *columns = pass->layout->columns;
        bool unknown = false;
        enum status status = STATUS_OK;
        rejection->reason = "import.reason.other_line";
        if (why == REJECTED_CUSTOMER_UNKNOWN) {
                rejection->reason = "import.reason.unknown_customer";
                rejection->column = column_name(pass->run, columns[PURCHASE_CUSTOMER].position);
                rejection->value = line->customer;
        } else if (why == REJECTED_TOTAL_TOO_LARGE) {
                rejection->reason = "import.reason.total_too_large";
        } else if (why == REJECTED_ARTICLE_UNKNOWN) {
                status = article_is_unknown(pass, line->article, &unknown, error);
                if (unknown) {
                        rejection->reason = "import.reason.unknown_article";
                        rejection->column = column_name(pass->run, columns[PURCHASE_ARTICLE].position);
                        rejection->value = line->article;
                }
        }
        return status;
}

static enum status take_record(struct pass *pass, const struct text *fields, size_t count, uint64_t number,
                               struct text record, struct error *error)
{
        struct purchase_line line;
        struct purchase_fault wrong;
        char place[REJECTION_COUNT_BYTES];
        bool good = purchase_line_parse(pass->layout, fields, count, &pass->cache, &line, &wrong);
        uint8_t why = 0;
        if (!hash_set_has(pass->rejected, purchase_key_hash(line.customer, line.document, line_sheet(number)), &why))
                return STATUS_OK;
        struct rejection rejection = {.line = number, .key = line.document, .reason = wrong.key, .value = wrong.value,
                                      .column = good ? (struct text){0} : column_name(pass->run, wrong.column)};
        enum status status = STATUS_OK;
        if (!good && wrong.column < 0 && wrong.value.length == 0 && count != pass->layout->file_columns)
                rejection_count(&rejection, place, count, pass->layout->file_columns);
        if (good)
                status = reason_of_document(pass, &line, why, &rejection, error);
        if (status == STATUS_OK)
                status = error_file_record(pass->run->errors, record, error);
        if (status == STATUS_OK)
                status = error_file_reason(pass->run->errors, &rejection, error);
        pass->run->counters.lines_rejected++;
        return status;
}

static enum status take_block(struct pass *pass, struct block *block, struct error *error)
{
        struct csv_parser parser = block_parser(block, source_file_delimiter(pass->run->file), NULL);
        struct text fields[CSV_COLUMNS_MAX], record;
        size_t count;
        uint64_t number;
        enum status status = STATUS_OK;
        buffer_clear(&pass->record);
        if (!buffer_add(&pass->record, block->data, block->length))
                return error_memory(error);
        while (status == STATUS_OK && csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &number, &record)) {
                record.data = pass->record.data + (record.data - block->data);
                status = take_record(pass, fields, count, number, record, error);
        }
        return status;
}

enum status purchase_rejects_write(struct import_run *run, const struct purchase_layout *layout,
                                   const struct hash_set *rejected, struct error *error)
{
        struct pass pass = {.run = run, .layout = layout, .rejected = rejected};
        buffer_init(&pass.record, (size_t)1 << 30);
        enum status status = source_file_rewind(run->file, error);
        while (status == STATUS_OK) {
                struct block block = {0};
                bool more;
                status = source_file_next(run->file, &block, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                status = take_block(&pass, &block, error);
                block_release(&block);
        }
        buffer_release(&pass.record);
        return status;
}
