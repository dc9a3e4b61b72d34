/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * documents.c: the versions of a document stand together in the table. The best one so far is held (a row lives only
 * until the next one is read) and handed on when another document begins.
 */
#include "facts/documents.h"

#include "queries.h"

struct held {
        struct stored_document document;
        int64_t generation; /* 0: nothing held */
        struct buffer bytes; /* number, then lines */
};

static bool hold(struct held *held, const struct q_document_scan_row *row, int64_t generation)
{
        buffer_clear(&held->bytes);
        buffer_add(&held->bytes, row->number.data, row->number.length);
        buffer_add(&held->bytes, row->lines.data, row->lines.length);
        held->generation = generation;
        held->document = (struct stored_document){
                .customer_id = row->customer_id,
                .source_id = row->source_id,
                .import_id = row->import_id,
                .number = {held->bytes.data, row->number.length},
                .day = row->day,
                .total_minor = row->total_minor,
                .content_hash = row->content_hash,
                .line_count = (size_t)row->line_count,
                .lines = {(const uint8_t *)held->bytes.data + row->number.length, row->lines.length},
        };
        return !held->bytes.failed;
}

static bool same_document(const struct stored_document *document, const struct q_document_scan_row *row)
{
        return document->customer_id == row->customer_id && document->source_id == row->source_id &&
               text_equal(document->number, row->number);
}

enum status documents_visit(struct connection *connection, const struct visibility *visibility,
                            int64_t only_after_generation,
                            enum status (*visit)(void *context, const struct stored_document *document,
                                                 struct error *error),
                            void *context, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_document_scan_open(connection, NULL, &rows, error);
        struct held held = {0};
        buffer_init(&held.bytes, SIZE_MAX / 2);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_document_scan_row row;
                status = q_document_scan_next(rows, &row, &more, error);
                if (status != STATUS_OK)
                        break;
                int64_t generation = more ? visibility_of(visibility, row.import_id) : 0;
                if (more && generation == 0)
                        continue;
                bool same = more && held.generation && same_document(&held.document, &row);
                if (held.generation > only_after_generation && !same)
                        status = visit(context, &held.document, error);
                if (status == STATUS_OK && more && (!same || generation > held.generation) &&
                    !hold(&held, &row, generation))
                        status = error_memory(error);
        }
        buffer_release(&held.bytes);
        return status;
}
