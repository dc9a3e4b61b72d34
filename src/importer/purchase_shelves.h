/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_shelves.h: the parsing threads of a purchases import: blocks of the file in, packed fragments,
 * dictionaries of what the lines name, and rejected documents out.
 */
#ifndef TREUE_IMPORTER_PURCHASE_SHELVES_H
#define TREUE_IMPORTER_PURCHASE_SHELVES_H

#include "importer/dictionary.h"
#include "importer/fragments.h"
#include "importer/hash_set.h"
#include "importer/purchase_line.h"
#include "importer/source_file.h"

/* What one thread keeps. Dictionaries live over the whole import, the shelf until it is spilled. */
struct purchase_worker {
        const struct purchase_layout *layout;
        struct dictionary customers, articles, groups, descriptions;
        uint32_t *article_group;       /* by article: number of the first group it was named with + 1; 0: none */
        uint32_t *article_description; /* by article: number of its first description + 1; 0: none */
        uint64_t *article_line;        /* by article: the line that description stands in */
        uint8_t *article_conflict;     /* by article: it was named with several groups */
        size_t article_capacity;
        struct fragment_shelf shelf;
        struct hash_set orphans;       /* rejected documents that lack a customer or a number */
        struct purchase_cache cache;
        uint64_t lines, lines_rounded, lines_faulty;
        bool failed;                   /* out of memory */
        size_t held_bytes;             /* shelf and names of customers; atomic: the reading thread asks */
        /* the open fragment */
        bool open;
        struct text last_customer, last_document; /* bytes in the current block */
};

void purchase_worker_init(struct purchase_worker *worker, const struct purchase_layout *layout, uint32_t number);
void purchase_worker_release(struct purchase_worker *worker);
void purchase_worker_weigh(struct purchase_worker *worker); /* sets held_bytes */

/* Parses a block of complete records; takes no ownership. */
void purchase_worker_parse(struct purchase_worker *worker, struct block *block, char delimiter);

/* Reads blocks and lets `worker_count` threads parse them until the file ends or the shelves hold `bytes_max`.
 * *ret_ended tells which. `progress` may be NULL. */
must_check enum status purchase_shelves_fill(struct purchase_worker *workers, size_t worker_count,
                                             struct source_file *file, size_t bytes_max,
                                             void (*progress)(void *context), void *progress_context, bool *ret_ended,
                                             struct error *error);

#endif
