/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * documents.h: what is valid among the stored document versions.
 */
#ifndef TREUE_FACTS_DOCUMENTS_H
#define TREUE_FACTS_DOCUMENTS_H

#include "db/db.h"
#include "db/generation.h"
#include "facts/packed_lines.h"

/* One document version as stored. Borrowed until the next call. */
struct stored_document {
        int64_t customer_id;
        int32_t source_id, import_id;
        struct text number;
        int32_t day;
        int64_t total_minor;
        int64_t content_hash;
        size_t line_count;
        struct bytes lines;
};

/* Calls visit for the valid version of every document at the generation of `visibility`, ordered by customer, source,
 * number. `only_after_generation`: only versions published later than that (0: all). A status other than OK stops. */
must_check enum status documents_visit(struct connection *connection, const struct visibility *visibility,
                                       int64_t only_after_generation,
                                       enum status (*visit)(void *context, const struct stored_document *document,
                                                            struct error *error),
                                       void *context, struct error *error);

#endif
