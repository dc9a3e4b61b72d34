/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * problems.h: everything that is wrong with a document, not only the first: errors and warnings with line and column.
 * Each is a struct error and is put into words by message_add_error. Lives in the arena it was made with.
 */
#ifndef TREUE_PROGRAM_PROBLEMS_H
#define TREUE_PROGRAM_PROBLEMS_H

#include "base/arena.h"
#include "base/status.h"

enum { PROBLEMS_MAX = 100 }; /* kept, errors and warnings apart */

struct problem {
        bool warning;
        struct error error;
};

struct problem_list {
        struct arena *arena;
        size_t count, capacity;
        struct problem *items;            /* by line and column once sorted */
        size_t error_count, warning_count; /* found, also those past PROBLEMS_MAX */
        bool failed;                      /* no memory */
};

void problems_init(struct problem_list *list, struct arena *arena);

/* The variadic part as for error_set. */
void problems_error(struct problem_list *list, unsigned line, unsigned column, const char *key, ...)
        __attribute__((sentinel));
void problems_warning(struct problem_list *list, unsigned line, unsigned column, const char *key, ...)
        __attribute__((sentinel));

/* By line and column; of one place in the order they were found. */
void problems_sort(struct problem_list *list);

#endif
