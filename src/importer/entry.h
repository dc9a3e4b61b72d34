/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * entry.h: what somebody writes in the pages about one customer: a visit, a potential, a contact, a prospect. An entry
 * is an import of its kind from the source "pages" with a row or a few: checked, compared, published, undone, exported
 * and explained as all others are. It looks up that one customer only, so it takes no longer the more there are.
 *
 * The form brings a key: sent twice it is stored once, and the second time answers as the first did.
 */
#ifndef TREUE_IMPORTER_ENTRY_H
#define TREUE_IMPORTER_ENTRY_H

#include "importer/import.h"

#define ENTRY_SOURCE "pages"
enum { ENTRY_COLUMNS_MAX = 32, ENTRY_ROWS_MAX = 32, ENTRY_KEY_BYTES_MAX = 64 };

/* The columns are those of the import kind: "topics", "competitor:NAME". Cells stand row by row; an empty one says
 * nothing. Amounts have a decimal point, days are ISO. */
struct entry {
        enum import_kind kind;
        struct text source, number;  /* of the customer: code of the source its number is from */
        int64_t customer_id;         /* 0: a new one */
        const struct text *columns;
        const struct text *cells;
        size_t column_count, row_count;
        struct text key;             /* of the form */
        int64_t account_id;
        const char *actor;           /* for the audit chain */
        enum language language;
        struct text new_source, new_number; /* the customer gets this number as well; {NULL, 0}: none */
};

struct entry_result {
        int32_t import_id;
        int64_t customer_id;
        bool repeated;               /* it was stored before, by this key */
};

/* STATUS_INVALID: a row was refused, {column} names the column, {value} what stood there. STATUS_CONFLICT
 * "entry.number_taken" {number}: somebody else has the new number, or a new customer's number is known already. */
must_check enum status entry_store(struct database *database, struct connection *connection, const struct entry *entry,
                                   struct entry_result *ret, struct error *error);

/* What an entry was about, for whoever wants to take it back. STATUS_NOT_FOUND "entry.unknown": there is none of that
 * import by that account. */
struct entry_origin {
        int64_t customer_id;
        enum import_kind kind;
};
must_check enum status entry_find(struct connection *connection, int32_t import_id, int64_t account_id,
                                  struct entry_origin *ret, struct error *error);

/* The number by which another visit of a customer on a day is told from those there are (events.h). */
must_check enum status entry_visit_number(struct connection *connection, int64_t customer_id, int32_t day,
                                          int64_t *ret, struct error *error);

#endif
