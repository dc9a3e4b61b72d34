/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * column_evidence.h: what the cells of one column of a file say about its meaning: numbers and their decimal mark,
 * dates and their form, numbers of things, e-mail addresses. Counts over any number of cells in fixed memory.
 */
#ifndef TREUE_IMPORTER_COLUMN_EVIDENCE_H
#define TREUE_IMPORTER_COLUMN_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

enum { EVIDENCE_EXAMPLES = 3, EVIDENCE_EXAMPLE_BYTES = 60, EVIDENCE_DISTINCT_MAX = 24 };

/* Forms of dates: the day, and the time of day behind it. */
enum day_form {
        DAY_ISO, DAY_SLASHED, DAY_DOTTED_YEAR_FIRST, DAY_COMPACT, DAY_DOTTED, DAY_DOTTED_SHORT, DAY_FIRST, MONTH_FIRST,
        DAY_FIRST_SHORT, MONTH_FIRST_SHORT, DAY_FIRST_DASHED, MONTH_FIRST_DASHED, DAY_FIRST_COMPACT, DAY_FORM_COUNT
};
enum { TIME_FORM_COUNT = 9 };
/* As a profile writes them: "%d.%m.%Y", " %H:%M". */
const char *day_form_pattern(enum day_form form);
const char *time_form_pattern(unsigned form);
/* The other reading of a form whose day and month can be mistaken; itself when there is none. */
enum day_form day_form_swapped(enum day_form form);

/* What one cell is. */
struct cell_class {
        bool blank, number_point, number_comma, integer, negative, zero, email, code;
        uint8_t mark;          /* of a number: '.' or ',' is its decimal mark, '?' could be either, 0 says nothing */
        uint16_t days;         /* bit per day_form that reads it */
        uint16_t times;        /* bit per time form that reads it */
        bool same_day;         /* day and month are the same number */
};
struct cell_class cell_classify(struct text trimmed);

struct distinct_cell {
        uint64_t hash, count;
        char text[EVIDENCE_EXAMPLE_BYTES];
        size_t length;
};

struct column_evidence {
        uint64_t filled, blank;
        uint64_t numbers_point, numbers_comma; /* cells that are numbers with that decimal mark */
        uint64_t integers, negative, nonzero, emails, codes;
        uint64_t mark_point, mark_comma, mark_unclear;
        char unclear[EVIDENCE_EXAMPLE_BYTES];  /* the first number of that sort */
        uint64_t days[DAY_FORM_COUNT], times[TIME_FORM_COUNT];
        uint64_t only[DAY_FORM_COUNT];         /* cells the swapped form does not read */
        uint64_t swappable;                    /* cells both read, as different days */
        char swapped[EVIDENCE_EXAMPLE_BYTES];  /* the first of them */
        uint64_t digest;                       /* of all cells in their order */
        size_t example_count;
        struct text examples[EVIDENCE_EXAMPLES];
        size_t distinct_count;                 /* EVIDENCE_DISTINCT_MAX + 1: more */
        struct distinct_cell *distinct;
        /* The cell before: files repeat themselves. */
        char last[EVIDENCE_EXAMPLE_BYTES];
        size_t last_length;
        struct cell_class last_class;
};

/* Counts a cell. The arena takes examples and distinct cells; without memory these are left out. */
void column_evidence_add(struct column_evidence *evidence, struct arena *arena, struct text cell);

/* The form most cells are dates in; false when less than nine of ten are. *ret_swappable: day and month can be
 * mistaken and nothing in the column decides. */
bool column_evidence_day(const struct column_evidence *evidence, enum day_form *ret_form, unsigned *ret_time,
                         bool *ret_swappable);
bool column_evidence_is_number(const struct column_evidence *evidence); /* nine of ten, with either mark */

#endif
