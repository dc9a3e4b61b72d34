/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rebuild.c: from stored documents to a segment.
 */
#include "facts/rebuild.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "facts/documents.h"
#include "facts/product_facts.h"

struct fill {
        struct index_builder *builder;
        const struct product_costs *costs;
        const bool *imports;
        struct line *lines;
        size_t line_capacity;
        uint64_t documents;
};

static enum status damaged(const struct stored_document *document, struct error *error)
{
        struct buffer number buffer_cleanup;
        buffer_init(&number, ERROR_TEXT_MAX);
        buffer_add(&number, document->number.data, document->number.length);
        return error_set(error, STATUS_CORRUPT, "facts.document_damaged", "document", number.data, NULL);
}

static enum status add_document(void *context, const struct stored_document *document, struct error *error)
{
        struct fill *fill = context;
        if (fill->imports && !fill->imports[document->import_id])
                return STATUS_OK;
        /* A line takes at least three bytes, so a wrong count asks for no wrong amount of memory. */
        if (document->line_count > document->lines.length)
                return damaged(document, error);
        if (document->line_count > fill->line_capacity) {
                struct line *lines = realloc(fill->lines, document->line_count * 2 * sizeof(*lines));
                if (!lines)
                        return error_memory(error);
                fill->lines = lines;
                fill->line_capacity = document->line_count * 2;
        }
        if (!lines_unpack(document->lines, fill->lines, document->line_count))
                return damaged(document, error);
        for (size_t i = 0; !product_costs_empty(fill->costs) && i < document->line_count; i++)
                product_costs_resolve(fill->costs, &fill->lines[i], document->day);
        fill->documents++;
        struct index_document indexed = {
                .customer_id = document->customer_id,
                .source_id = document->source_id,
                .number = document->number,
                .day = document->day,
                .total_minor = document->total_minor,
                .line_count = document->line_count,
                .lines = fill->lines,
        };
        return index_builder_add(fill->builder, &indexed, error);
}

enum status index_fill(struct connection *connection, const struct visibility *visibility, const bool *imports,
                       struct index_builder *builder, uint64_t *ret_documents, struct error *error)
{
        product_costs_cleanup struct product_costs *costs = NULL;
        enum status status = product_costs_load(connection, visibility, &costs, error);
        if (status != STATUS_OK)
                return status;
        struct fill fill = {.builder = builder, .costs = costs, .imports = imports};
        status = documents_visit(connection, visibility, 0, add_document, &fill, error);
        free(fill.lines);
        if (status == STATUS_OK)
                *ret_documents = fill.documents;
        return status;
}

char *index_directory(struct database *database)
{
        char *path = NULL;
        return asprintf(&path, "%s/index", database_directory(database)) < 0 ? NULL : path;
}

enum status index_rebuild(struct database *database, struct connection *connection, struct error *error)
{
        char *directory = index_directory(database);
        if (!directory)
                return error_memory(error);
        struct visibility visibility = {0};
        struct index_builder *builder = NULL;
        int64_t generation = 0;
        uint64_t documents = 0, segment = 0;
        struct audit_point point;
        enum status status = generation_latest(connection, &generation, error);
        if (status == STATUS_OK)
                status = visibility_load(connection, generation, &visibility, error);
        if (status == STATUS_OK)
                status = index_builder_new(directory, &builder, error);
        if (status == STATUS_OK)
                status = index_fill(connection, &visibility, NULL, builder, &documents, error);
        if (status == STATUS_OK && documents) {
                struct index_builder *full = builder;
                builder = NULL;
                status = index_builder_finish(full, &segment, error);
        }
        index_builder_discard(builder);
        if (status == STATUS_OK)
                status = audit_point_latest(connection, &point, error);
        if (status == STATUS_OK)
                status = index_publish(directory, generation, &point, &segment, documents ? 1 : 0, true, error);
        visibility_release(&visibility);
        free(directory);
        return status;
}
