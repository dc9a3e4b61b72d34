/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * entries.h: what the forms about one customer share: whom they are about, the key that makes them count once, what the
 * import (importer/entry.h) is made of, and what is said afterwards. The pages find besides:
 *
 *   customer      a map: id, number, name, path           customer_path   for actions
 *   title         of the page
 *   form          what the fields hold; form.entry_key goes with it
 */
#ifndef TREUE_WEB_ENTRIES_H
#define TREUE_WEB_ENTRIES_H

#include "importer/entry.h"
#include "web/application.h"
#include "web/reading.h"

/* The hidden field of such forms. */
#define ENTRY_FIELDS {.name = "entry_key", .kind = INPUT_ID}

struct entry_page {
        struct reading reading;
        struct directory_row about;   /* text borrowed from the reading's view */
        struct text source, number;   /* a number the customer goes by */
};
static inline void entry_page_end(struct entry_page *page) { reading_end(&page->reading); }
#define entry_page_cleanup __attribute__((cleanup(entry_page_end)))

/* The customer of the path, as the asker may see it. STATUS_NOT_FOUND "customer.unknown". */
must_check enum status entry_page_begin(struct request *request, struct entry_page *ret, struct error *error);
void entry_page_put(struct request *request, struct model *model, const struct entry_page *page, const char *title);
/* The form's key; also for forms that are about no customer yet. */
void entry_key_put(struct request *request, struct model *model);

/* A choice among few, as a form offers it: list `name` of value, label, chosen. What is chosen: what was typed, else
 * `now`. Each word is the last part of its key: its value. */
void entry_choices_put(struct request *request, struct model *model, const char *name, const char *field,
                       const char *const *keys, size_t count, struct text now);
/* The same where people read the stored words themselves: the value is the label in the reader's language. */
void entry_words_put(struct request *request, struct model *model, const char *name, const char *field,
                     const char *const *keys, size_t count, struct text now);

/* ---- writing ---------------------------------------------------------------------------------------------------- */

struct entry_cells {
        struct request *request;
        struct text columns[ENTRY_COLUMNS_MAX];
        struct text cells[ENTRY_ROWS_MAX * ENTRY_COLUMNS_MAX];
        size_t column_count, cell_count;
        bool failed;
};
/* Of the first row a column and its cell; of further rows cells only, in the same order. Text is borrowed. */
void entry_add(struct entry_cells *cells, const char *column, struct text cell);
void entry_next(struct entry_cells *cells, struct text cell);
struct text entry_day(struct entry_cells *cells, int32_t day);
struct text entry_number(struct entry_cells *cells, int64_t units, unsigned scale);

/* Stores it; says `notice` with an undo, and goes to the customer. A refused cell is refused at the field of its
 * column's name, or at `at` where the form has none. The model gets import, customer, repeated. */
struct entry_order {
        enum import_kind kind;
        const char *notice, *at;
        struct text source, number;
        int64_t customer_id;
        struct text new_source, new_number;
        const char *back;            /* where to go; NULL: to the customer */
};
must_check enum status entry_save(struct request *request, struct model *model, struct entry_cells *cells,
                                  const struct entry_order *order, struct error *error);
struct entry_order entry_order_of(const struct entry_page *page, enum import_kind kind, const char *notice,
                                  const char *at);

#endif
