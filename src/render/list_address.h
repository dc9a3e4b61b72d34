/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * list_address.h: what a list shows stands in its address: filters, order, columns, page. Read by the list's own
 * columns (nothing else is taken) and written back, for each header's link, each filter's cross, the next page and the
 * exports.
 *
 *   q=text                    search words
 *   filter=segment:A          the column is this; several of one column: any of them
 *   filter=-segment:C         is not this
 *   filter=revenue:10000..50000    between, both included; one end may be missing: 10000.. or ..50000
 *   filter=last_visit:        is not known;  filter=-last_visit:  is known
 *   sort=name  sort=-revenue  up or down
 *   columns=name,revenue      which, in this order
 *   after=KEY                 the page behind the row with this key
 *   view=KEY                  a saved view the address began with
 *   where=COLUMN&is=WORD, where=COLUMN&from=..&to=..    one more filter, as a form without scripts adds it
 *
 * filter and columns may be repeated, nothing else. Money is decimal text in the company's currency, a share is in
 * percent, a day ISO, yes or no a word of these two; in from and to as the reader writes it. What is empty was not
 * given. Pure: no clock, no files.
 */
#ifndef TREUE_RENDER_LIST_ADDRESS_H
#define TREUE_RENDER_LIST_ADDRESS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "render/sheet.h"

enum { LIST_COLUMNS_MAX = 64, LIST_FILTERS_MAX = 32, LIST_KEPT_MAX = 8, LIST_TEXT_MAX = 200 };

/* Flags of a column. */
enum {
        COLUMN_SHOWN = 1 << 0,    /* without columns=... */
        COLUMN_SORTS = 1 << 1,
        COLUMN_FILTERS = 1 << 2,
        COLUMN_SUMS = 1 << 3,     /* its sum stands below; the model has it in the map "sums" */
        COLUMN_EXACT = 1 << 4,    /* money on pages with its places, not whole */
        COLUMN_SHORT = 1 << 5,    /* money on pages as 12 T€ */
        COLUMN_BRIEF = 1 << 6,    /* stays where there is little room */
};

struct list_column {
        const char *name;         /* of a row's entry, in addresses, CSV and JSON */
        const char *title;        /* catalogue key */
        enum sheet_kind kind;
        unsigned flags;
        unsigned scale;           /* SHEET_DECIMAL */
        const char *words;        /* SHEET_CODE, SHEET_CODES, SHEET_YES_NO: as in sheet.h */
        const char *path;         /* name of the row's entry with the address its cell leads to; NULL: none */
        const char *part;         /* an entry of its cells that is yes, so that templates can tell them; NULL: none */
        const char *brief;        /* catalogue key: its title where there is little room; NULL: title */
        const char *const *codes; /* words to filter by that a page offers, ended by NULL; NULL: those of the model
                                   * (list.h), for yes or no both */
};

struct list_spec {
        const char *title;        /* catalogue key: names the list, its workbook and its files */
        const char *path;         /* "/customers" */
        const struct list_column *columns;
        size_t column_count;      /* at most LIST_COLUMNS_MAX */
        const char *const *kept;  /* names of other fields that stay in the list's links, ended by NULL; NULL: none */
        const char *const *shown; /* names of the columns without columns=..., in this order, ended by NULL; NULL: those
                                   * that are COLUMN_SHOWN */
};

enum list_compare { LIST_IS, LIST_IS_NOT, LIST_BETWEEN, LIST_UNKNOWN, LIST_KNOWN };

struct list_filter {
        size_t column;            /* place in the spec */
        enum list_compare compare;
        struct text word;         /* LIST_IS, LIST_IS_NOT */
        bool has_from, has_to;    /* LIST_BETWEEN: at least one of them */
        int64_t from, to;         /* counts, minor units, units of the column's scale, millionths (shares), days */
};

enum { LIST_NO_COLUMN = -1 };

struct list_address {
        struct text search, after, view; /* {NULL, 0}: none */
        struct list_filter filters[LIST_FILTERS_MAX];
        size_t filter_count;
        int sort;                 /* place in the spec; LIST_NO_COLUMN: the list's own order */
        bool descending;
        uint8_t columns[LIST_COLUMNS_MAX]; /* places in the spec */
        size_t column_count;      /* 0: those that are COLUMN_SHOWN */
        struct text kept[LIST_KEPT_MAX];   /* by place in the spec's `kept` */
};

struct list_pair {
        struct text name, value;  /* decoded */
};

struct list_reader {
        enum language language;   /* of from and to */
        unsigned minor_digits;    /* of the currency */
};

/* Text is borrowed from the pairs. STATUS_INVALID "list.unknown_field" {name}, "list.unknown_column" {name},
 * "list.not_sortable", "list.not_filterable" {name}, "list.bad_filter" {value}, "list.range_backwards" {value},
 * "list.twice" {name}, "list.too_long" {name} {limit}, STATUS_LIMIT "list.too_many_filters" {limit}. */
must_check enum status list_address_parse(const struct list_spec *spec, const struct list_reader *reader,
                                          const struct list_pair *pairs, size_t count, struct list_address *ret,
                                          struct error *error);
/* The query of an address, as it stands behind '?': decoded into the arena. Besides STATUS_INVALID "list.bad_query". */
must_check enum status list_address_parse_query(const struct list_spec *spec, const struct list_reader *reader,
                                                struct text query, struct arena *arena, struct list_address *ret,
                                                struct error *error);

/* Appends the query in its one usual form, without '?'; nothing where nothing differs from the list without query. What
 * is appended is parsed to the same address. */
void list_address_add(struct buffer *out, const struct list_spec *spec, const struct list_reader *reader,
                      const struct list_address *address);
/* One filter as it stands behind "filter=", not encoded: the value of a choice in a form. */
void list_filter_add(struct buffer *out, const struct list_spec *spec, const struct list_reader *reader,
                     const struct list_filter *filter);

/* The same list from its first page: */
struct list_address list_sorted_by(const struct list_spec *spec, const struct list_address *address, size_t column);
struct list_address list_with_word(const struct list_address *address, size_t column, struct text word);
struct list_address list_without_filter(const struct list_address *address, size_t filter);
struct list_address list_without_filters(const struct list_address *address); /* and search words */
struct list_address list_after(const struct list_address *address, struct text key); /* its page behind a row */

/* The place of the filter that a column is this word; filter_count: there is none. */
size_t list_find_word(const struct list_address *address, size_t column, struct text word);
/* The key of the page where keys are numbers; `otherwise` on the first page, and where it is none. */
int64_t list_after_number(const struct list_address *address, int64_t otherwise);
/* The places of the columns shown, in their order; returns how many. */
size_t list_shown_columns(const struct list_spec *spec, const struct list_address *address,
                          uint8_t ret[static LIST_COLUMNS_MAX]);

#endif
