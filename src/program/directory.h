/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory.h: every customer as one row in memory: who, where, in which segment since when, revenue, what is missing
 * for the next segment, last order and visit. Lists, search, the ladder and start pages are made of it.
 *
 * A view shows the state of a day: what is known today (the latest generation), facts as of that day and the segments
 * in effect on it. It is immutable and reference counted. Asking for one costs a query by key while nothing
 * happened; after an import, an approval or at midnight the first who asks builds it anew, the others wait for it.
 * Nobody gets an older one: whoever lost a customer does not see it a moment longer. What did not change is kept: an
 * approval does not measure purchases again, a visit reads neither names nor decisions.
 *
 * Who may see which rows is a set of bits made from the subject (scope_of); every function that gives out anything
 * about more than one customer takes it. About 200 bytes a customer, besides numbers and names.
 *
 * Days, ids and amounts in minor units as everywhere; revenue is of 12 months up to the view's day, `previous` of the
 * 12 months before.
 */
#ifndef TREUE_PROGRAM_DIRECTORY_H
#define TREUE_PROGRAM_DIRECTORY_H

#include "access/staff_names.h"
#include "access/subject.h"
#include "base/arena.h"
#include "db/db.h"
#include "engine/concept.h"
#include "i18n/message.h"

struct directory;      /* keeps the views; one for a process */
struct directory_view;

/* Starts threads for measuring. `database` must outlive it. */
must_check enum status directory_new(struct database *database, struct directory **ret, struct error *error);
void directory_free(struct directory *directory); /* accepts NULL; views still held stay usable */

/* The view of a day; any thread may ask, with a connection of its own. */
must_check enum status directory_view_of(struct directory *directory, struct connection *connection, int32_t day,
                                         struct directory_view **ret, struct error *error);
void directory_view_unref(struct directory_view *view); /* accepts NULL */
static inline void directory_view_unrefp(struct directory_view **view) { directory_view_unref(*view); }
#define directory_view_cleanup __attribute__((cleanup(directory_view_unrefp)))

size_t directory_count(const struct directory_view *view); /* rows are numbered below it */
int32_t directory_day(const struct directory_view *view);
int64_t directory_generation(const struct directory_view *view);
unsigned directory_minor_digits(const struct directory_view *view);
const char *directory_currency(const struct directory_view *view); /* "" while there is none */
/* How much memory the view takes, without the snapshot's files. */
size_t directory_bytes(const struct directory_view *view);

/* ---- who sees what ----------------------------------------------------------------------------------------------- */

/* Bits of the rows a subject may see; customers who do not exist on the day are nobody's. Own and team: one of the
 * names is, on the view's day, responsible for the customer in whatever role (a responsibility of the customer's own
 * wins over that of the territory, role by role), or is the customer's territory; folded like search text. NULL:
 * without memory. */
uint64_t *scope_of(const struct directory_view *view, const struct subject *subject, struct arena *arena);
/* The row of a customer within the scope; -1: there is none, or not for this one. */
int64_t directory_find(const struct directory_view *view, const uint64_t *scope, int64_t customer_id);

/* ---- programs ---------------------------------------------------------------------------------------------------- */

/* Programs with a released version, by code. A view may have none: then nobody has a segment. */
size_t directory_program_count(const struct directory_view *view);
/* The program named by code, or with {NULL, 0} the first; -1: there is none. */
int directory_program(const struct directory_view *view, struct text code);
const struct concept *directory_concept(const struct directory_view *view, size_t program);

/* ---- one row ----------------------------------------------------------------------------------------------------- */

/* A customer as a list shows it. Text is borrowed from the view; {NULL, 0} is not known. */
struct directory_row {
        int64_t customer_id;
        struct text source, number, name;
        struct text city, country, trade, size_class, territory, responsible;
        struct text stage;                    /* of a prospect: the company's own word (attribute:stage) */
        enum customer_kind kind;
        uint8_t segment, segment_year_before; /* indexes into the concept's segments; SEGMENT_NONE */
        uint8_t announced;                    /* approved, in effect from announced_day on; SEGMENT_NONE */
        int32_t since_day, announced_day;     /* DAY_NONE without */
        bool grace;
        int32_t grace_end_day;
        uint8_t next;                         /* next better segment; SEGMENT_NONE: none, or never evaluated */
        uint8_t missing_count;                /* criteria missing to it on the shortest path; of `next` */
        int64_t revenue_minor, previous_minor;
        int64_t months_minor, months_before_minor; /* the last 3 months, and the same months a year before */
        int64_t potential_minor, open_minor;  /* of a year; where potential_known */
        bool potential_known, potential_estimated;
        int32_t customer_since_day;           /* since when the customer or prospect exists */
        int32_t last_order_day, last_visit_day; /* DAY_NONE: never */
        int32_t visit_due_day;                /* by the visit frequency of the segment; DAY_NONE: none is set */
        uint32_t contacts, certified;         /* people */
        uint32_t levels;                      /* different relationship levels of the contacts */
        uint8_t areas;                        /* AREA_ bits */
};
/* What a customer uses of the relation. */
enum {
        AREA_SUPPLY = 1,      /* delivery and price: an order in 12 months */
        AREA_KNOWLEDGE = 2,   /* somebody holds a valid certificate */
        AREA_MARKETING = 4,   /* a confirmed activity in 12 months */
        AREA_TECHNOLOGY = 8,  /* a digital order in 12 months */
        AREA_PEOPLE = 16,     /* a visit in 12 months and contacts on two levels */
        AREA_COUNT = 5
};
extern const char *const area_names[AREA_COUNT]; /* also part of catalogue keys "area.NAME" */

/* `program` from directory_program; -1: without segments. */
void directory_row(const struct directory_view *view, int program, size_t row, struct directory_row *ret);
/* Is the visit due, and since how many days? 0: not. */
int32_t directory_visit_overdue_days(const struct directory_view *view, const struct directory_row *row);

/* ---- lists ------------------------------------------------------------------------------------------------------- */

enum directory_column {
        LIST_NAME, LIST_NUMBER, LIST_CITY, LIST_COUNTRY, LIST_TRADE, LIST_SIZE_CLASS,
        LIST_TERRITORY, LIST_STAGE, LIST_RESPONSIBLE, LIST_KIND, LIST_SEGMENT, LIST_SEGMENT_BEFORE,
        LIST_SINCE, LIST_GRACE, LIST_ANNOUNCED, LIST_NEXT, LIST_MISSING, LIST_REVENUE, LIST_PREVIOUS,
        LIST_CHANGE, LIST_MONTHS_CHANGE, LIST_POTENTIAL, LIST_OPEN_POTENTIAL, LIST_WALLET,
        LIST_LAST_ORDER, LIST_LAST_VISIT, LIST_OVERDUE, LIST_CONTACTS, LIST_LEVELS, LIST_AREAS,
        LIST_CERTIFIED, LIST_ONLY_SUPPLY, LIST_MOVEMENT,
        DIRECTORY_COLUMNS
};
enum directory_type { SHOWS_WORDS, SHOWS_SEGMENT, SHOWS_KIND, SHOWS_COUNTED, SHOWS_AMOUNT, SHOWS_SHARE, SHOWS_DAY,
                      SHOWS_YES, SHOWS_MOVEMENT };
struct directory_column_info {
        const char *name;        /* in addresses and JSON */
        enum directory_type type;
        bool sum;                /* amounts that add up */
};
extern const struct directory_column_info directory_columns[DIRECTORY_COLUMNS];
/* -1: there is no such column. */
int directory_column_find(struct text name);

/* How a row's value stands to what is asked for. Words, segments, kinds, movements, yes and no are equal to one of
 * several; a value that is not known fits only FILTER_NONE_OF and FILTER_UNKNOWN. Shares count in millionths. */
enum directory_compare { FILTER_ANY_OF, FILTER_NONE_OF, FILTER_AT_LEAST, FILTER_AT_MOST, FILTER_UNKNOWN, FILTER_KNOWN };
struct directory_filter {
        enum directory_column column;
        enum directory_compare compare;
        const struct text *words; /* FILTER_ANY_OF, FILTER_NONE_OF */
        size_t word_count;
        int64_t number;           /* FILTER_AT_LEAST, FILTER_AT_MOST */
};
/* Movements since a year before (LIST_MOVEMENT). */
enum movement { MOVED_NOT, MOVED_UP, MOVED_DOWN, MOVED_IN, MOVED_OUT, MOVED_KIND, MOVEMENTS };
extern const char *const movement_names[MOVEMENTS]; /* "none", "up", "down", "new", "left", "first_order" */
enum movement directory_movement(const struct directory_view *view, int program, size_t row);

/* What people call the product group of a code: its name, else the code itself. */
struct text directory_product_group(const struct directory_view *view, struct text code);

struct directory_query {
        int program;              /* -1: without segments */
        const uint64_t *scope;
        struct text search;       /* as typed: every word must occur in name, numbers, city or a contact's name or
                                   * e-mail; none: everybody */
        const struct directory_filter *filters;
        size_t filter_count;
        const struct staff_names *staff; /* LIST_RESPONSIBLE is sorted by these names; NULL: by codes */
        enum directory_column sort;
        bool descending;          /* unknown values come last either way; equal ones by name */
        int64_t after;            /* customer id of the last row of the page before; 0: from the start */
        size_t limit;
};
struct directory_page {
        size_t count;             /* rows of this page */
        const uint32_t *rows;
        size_t total;             /* rows that fit, on all pages */
        int64_t next_after;       /* of the next page; 0: this is the last one */
        int64_t sums[DIRECTORY_COLUMNS]; /* over all rows that fit, of columns with `sum` */
};
/* Lives in the arena. STATUS_LIMIT "engine.amount_too_large" when a sum does not fit. */
must_check enum status directory_select(const struct directory_view *view, const struct directory_query *query,
                                      struct arena *arena, struct directory_page *ret, struct error *error);

/* Search as somebody types: at most `limit` rows, those whose number or name begins so first. */
must_check enum status directory_search(const struct directory_view *view, const uint64_t *scope, struct text typed,
                                        size_t limit, struct arena *arena, const uint32_t **ret, size_t *ret_count,
                                        struct error *error);

#endif
