/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_rows.h: the road of the kinds whose rows say something about one customer: potentials, values, contacts,
 * certificates, activities, visits, responsibilities. A row is checked on its own, its customer is found or created,
 * it is compared with what is visible, and what differs is written.
 */
#ifndef TREUE_IMPORTER_CUSTOMER_ROWS_H
#define TREUE_IMPORTER_CUSTOMER_ROWS_H

#include "importer/rows.h"

/* What is known of a row. A kind's own struct begins with it; all of it is zero at first. */
struct customer_row {
        struct import_row *row;
        int64_t customer_id;  /* set before `compare`; 0 where the column `customer` is blank (or not mapped) */
        bool write;           /* set by `compare`: it says something new */
};

/* Functions of a kind; `context` is what customer_rows_import was given. Rows are refused by row_reject; a refused row
 * goes no further. Memory from `arena` lives as long as the batch. */
struct customer_kind {
        size_t item_bytes;     /* of the kind's own struct */
        const char *key_field; /* the column a reader knows a row by */
        /* What can be told from the row alone, before a customer is created for it. */
        enum status (*check)(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                             struct error *error);
        /* Against what is visible: sets `write`, counts rows_new, rows_changed and rows_same. */
        enum status (*compare)(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                               struct error *error);
        /* Inside the batch's transaction, before its rows are written; may run again when the transaction is repeated.
         * NULL: nothing to do. */
        enum status (*prepare)(struct connection *connection, void *context, struct error *error);
        enum status (*write)(struct connection *connection, const struct import_run *run, void *context,
                             const struct customer_row *item, struct error *error);
        /* The transaction is committed. NULL: nothing to do. */
        void (*written)(void *context);
};

must_check enum status customer_rows_import(struct import_run *run, const struct customer_kind *kind, void *context,
                                            struct error *error);

#endif
