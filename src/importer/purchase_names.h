/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_names.h: what the lines of a purchases file name (customers, articles, groups), as ids of the database.
 *
 * Customers that are unknown and may not be created, or of whom no good line was seen, get negative ids that are unique
 * within the import: they keep documents apart until these are rejected.
 */
#ifndef TREUE_IMPORTER_PURCHASE_NAMES_H
#define TREUE_IMPORTER_PURCHASE_NAMES_H

#include "importer/fragments.h"
#include "importer/import.h"
#include "importer/purchase_shelves.h"

/* The translation tables of one worker's dictionaries; grow with them. */
struct purchase_translation {
        int64_t *customer_ids;
        uint32_t *product_ids, *group_ids;
        size_t customer_count, product_count, group_count;
};

struct purchase_customer {
        int64_t id;
        uint32_t name;            /* number in the worker's dictionary of customers */
        uint8_t worker;
        bool created;             /* by this import */
        bool accepted;            /* a document of it goes in */
};

/* Numbers that came new into a worker's dictionary, until they are resolved; the texts are the dictionary's. */
struct purchase_new_customers {
        struct text *texts;
        size_t count;
};

/* The description an article without a name gets: that of the earliest line that has one, whoever parsed it. Without a
 * name is who was created by this import, and who lost it: the import that created the article ended early and was
 * removed, or was undone. */
struct product_name {
        uint64_t line;
        uint32_t description;     /* number + 1 in the worker's dictionary; 0: none so far */
        uint8_t worker;
        bool nameless, named;     /* before this import; by it */
};

struct purchase_names {
        struct import_run *run;
        const struct purchase_worker *workers; /* the caller's */
        size_t worker_count;
        struct purchase_translation *translations; /* one per worker */
        struct fragment_names *fragment_names;     /* the same for fragments.h; filled by purchase_names_resolve */
        uint32_t *first_group;    /* by product id: product.first_group_id */
        uint32_t *article_group;  /* by product id: the group this file names for the article; 0: none */
        uint8_t *conflict;        /* by product id: this file names several groups for the article */
        struct product_name *product_names; /* by product id */
        size_t product_capacity;
        struct purchase_new_customers *new_customers; /* one per worker */
        struct purchase_customer *customers; /* sorted by id after purchase_names_seal */
        size_t customer_count, customer_capacity;
        size_t customer_at;       /* who was asked for last: fragments come in the order of ids */
        int64_t next_unknown;
        int32_t name_fact_id;     /* fact "name", for descriptions */
};

must_check enum status purchase_names_init(struct purchase_names *names, struct import_run *run,
                                           const struct purchase_worker *workers, size_t worker_count,
                                           struct error *error);
void purchase_names_release(struct purchase_names *names);

/* Translates what came new into the workers' dictionaries, while none of them works: articles and groups at once
 * (products are created where the profile says so), customers are only noted. */
must_check enum status purchase_names_resolve(struct purchase_names *names, struct error *error);
/* Translates the customers noted, creating them where the profile says so: most of the work, and it may be done while
 * the workers go on parsing. Afterwards names->fragment_names know all that is on the shelves noted. */
must_check enum status purchase_names_resolve_customers(struct purchase_names *names, struct error *error);
/* Articles this file names several groups for; after the last resolve. */
uint64_t purchase_names_conflicts(struct purchase_names *names);
/* No more resolving: customers can be found by id from now on. */
must_check enum status purchase_names_seal(struct purchase_names *names, struct error *error);
/* Memory held for customers, those noted included, without the workers' dictionaries. */
size_t purchase_names_bytes(const struct purchase_names *names);
/* The customer behind an id handed out here; never NULL for ids of fragments. Quick when asked in ascending order. */
struct purchase_customer *purchase_names_customer(struct purchase_names *names, int64_t id);
/* As the file writes its number; lives in a worker's dictionary. */
struct text purchase_names_number(const struct purchase_names *names, const struct purchase_customer *customer);

#endif
