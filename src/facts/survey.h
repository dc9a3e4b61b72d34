/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * survey.h: what the purchases of a snapshot look like: sums by customer, months without documents, credit notes, days
 * that cannot be, amounts, quantities and prices that lie apart from the others. Two passes over the column index; the
 * memory depends on customers and articles, not on lines.
 *
 * Far apart is judged on a scale of doubling steps (binary logarithms in 256ths), so that wide but ordinary
 * distributions are not suspected, by the median and the median absolute deviation (MAD), which single mistakes do not
 * move; both are found to a sixteenth of a step for documents and a quarter for articles.
 *
 *   documents    positive totals further above the median than 8 MAD, a MAD counting as at least half a step
 *   quantities   further above the median of their article than 8 MAD, at least five steps (32 times)
 *   prices       amount / quantity about 100 or 1,000 times (76 to 131, 760 to 1,310) the median of their article, or
 *                that part of it: a decimal mark misread
 *
 * Articles are judged from SURVEY_LINES_MIN lines on that have a quantity or a price; of more than SURVEY_ARTICLES_MAX
 * such articles only the first.
 */
#ifndef TREUE_FACTS_SURVEY_H
#define TREUE_FACTS_SURVEY_H

#include "base/arena.h"
#include "facts/snapshot.h"

enum { SURVEY_EXAMPLES = 3, SURVEY_LINES_MIN = 10, SURVEY_ARTICLES_MAX = 200000 };
#define SURVEY_FIRST_DAY 7305 /* 1990-01-01: no purchases of before are expected */

/* A document or a line that stands for others like it. */
struct survey_example {
        size_t customer;         /* dense number */
        int32_t day;
        int64_t total_minor;     /* of the document */
        uint32_t article;        /* of a line */
        int64_t amount_minor, quantity_milli;
        int64_t steps;           /* how far apart, in 256ths of a doubling */
};

/* How many, and those that lie furthest apart, the furthest first. */
struct survey_tally {
        uint64_t count;
        size_t example_count;
        struct survey_example examples[SURVEY_EXAMPLES];
};

struct survey {
        uint64_t documents, lines;
        int32_t first_day, last_day;     /* of documents from SURVEY_FIRST_DAY to today; DAY_NONE: there are none */
        size_t month_count;              /* from the first to the last */
        size_t missing_month_count;
        int32_t missing_months[SURVEY_EXAMPLES]; /* the first days of the first ones without a document */
        struct survey_tally negative, future, ancient, far_documents, far_quantities, far_prices;
        uint64_t lines_without_cost;
        int64_t value_minor, value_without_cost_minor; /* sums of absolute amounts; at most INT64_MAX */
        /* By customer. */
        int64_t *revenue_minor;          /* of everything */
        int64_t *revenue_12m_minor;      /* of the twelve months up to last_day */
        uint32_t *documents_of;
        bool *has_bought;                /* a document with a positive total */
        /* By article. */
        uint32_t *lines_of;
};

/* `today`: documents of later days lie in the future. Lives in the arena. */
must_check enum status survey_purchases(const struct snapshot *snapshot, int32_t today, struct arena *arena,
                                        struct survey *ret, struct error *error);

/* The days of the first and the last document from SURVEY_FIRST_DAY to `today`; false: there is none. *ret_complete: up
 * to when the documents are complete as far as their days tell: the end of the last one's month, or, while that month
 * is not over, of the month before; the last one itself where all are of that month. */
bool survey_days(const struct snapshot *snapshot, int32_t today, int32_t *ret_first, int32_t *ret_last,
                 int32_t *ret_complete);

/* Articles whose lines name two product groups or more. Reads all stored documents when any line names a group. */
struct group_conflict {
        uint32_t article;
        struct text first, other; /* codes; borrowed from the snapshot */
};
struct group_conflicts {
        size_t count, articles;   /* articles: with a group named at all */
        size_t example_count;
        struct group_conflict examples[SURVEY_EXAMPLES];
};
must_check enum status survey_groups(const struct snapshot *snapshot, struct connection *connection,
                                     struct arena *arena, struct group_conflicts *ret, struct error *error);

#endif
