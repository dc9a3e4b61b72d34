/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_documents.h: from sorted fragments to document versions: joined, compared with what the database has, and
 * handed out in batches ready to be staged. Runs on a thread of its own beside the writer.
 */
#ifndef TREUE_IMPORTER_PURCHASE_DOCUMENTS_H
#define TREUE_IMPORTER_PURCHASE_DOCUMENTS_H

#include "db/generation.h"
#include "facts/index_build.h"
#include "facts/product_facts.h"
#include "importer/fragments.h"
#include "importer/hash_set.h"
#include "importer/purchase_names.h"
#include "queries.h"

/* Why a whole document is rejected; the note of the rejected set. */
enum purchase_rejection {
        REJECTED_BY_LINE = 1,
        REJECTED_CUSTOMER_UNKNOWN,
        REJECTED_ARTICLE_UNKNOWN,
        REJECTED_TOTAL_TOO_LARGE,
};

/* Rows of document, in the order of their key. */
struct document_batch {
        struct q_purchases_insert_args *documents; /* number and lines have only their lengths until sealed */
        size_t count;
        struct buffer bytes;                       /* number and lines of each document, one after the other */
};
struct document_batch *document_batch_new(void);
void document_batch_free(struct document_batch *batch); /* accepts NULL */
/* The bytes no longer move: the rows get their pointers. Before they are used. */
void document_batch_seal(struct document_batch *batch);

enum { DOCUMENT_BATCH_MAX = 65536 };

struct purchase_documents {
        struct import_run *run;
        struct purchase_names *names;
        struct fragment_merge *merge;
        struct connection *connection;     /* of this thread */
        struct visibility visibility;      /* before this import */
        struct product_costs *costs;
        bool group_of_article;
        struct index_builder *builder;     /* NULL: the index has to be rebuilt, or a dry run */
        bool index_stale;
        struct hash_set rejected;          /* by key hash, with the reason */
        uint64_t documents_rejected;
        /* the document being joined */
        struct line *lines;
        size_t line_count, line_capacity;
        struct line *kept_lines;           /* of the version that counts so far, while later sheets are looked at */
        size_t kept_count, kept_capacity;
        /* versions the database has of the current customer, ordered by number */
        int64_t known_customer;
        struct known_version { size_t offset, length; int64_t hash; int64_t generation; } *known;
        size_t known_count, known_capacity, known_next;
        struct buffer known_numbers;
        struct fragment next;
        bool has_next;
};

must_check enum status purchase_documents_init(struct purchase_documents *documents, struct import_run *run,
                                               struct purchase_names *names, struct fragment_merge *merge,
                                               bool group_of_article, struct error *error);
void purchase_documents_release(struct purchase_documents *documents); /* discards an unfinished index segment */

/* Fills `batch` with the next documents that are new or changed (nothing in a dry run, only counted). *ret_more: false
 * when all fragments are used up. */
must_check enum status purchase_documents_next(struct purchase_documents *documents, struct document_batch *batch,
                                               bool *ret_more, struct error *error);

#endif
