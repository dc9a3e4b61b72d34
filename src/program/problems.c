/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * problems.c: collects what is wrong with a document.
 */
#include "program/problems.h"

#include <stdarg.h>

void problems_init(struct problem_list *list, struct arena *arena)
{
        *list = (struct problem_list){.arena = arena};
}

static struct problem *next_problem(struct problem_list *list, bool warning)
{
        size_t *found = warning ? &list->warning_count : &list->error_count;
        if (++*found > PROBLEMS_MAX)
                return NULL;
        if (list->count == list->capacity) {
                size_t capacity = list->capacity ? list->capacity * 2 : 8;
                struct problem *items = arena_array(list->arena, struct problem, capacity);
                if (!items) {
                        list->failed = true;
                        return NULL;
                }
                if (list->count)
                        memcpy(items, list->items, list->count * sizeof(*items));
                list->items = items;
                list->capacity = capacity;
        }
        struct problem *problem = &list->items[list->count++];
        problem->warning = warning;
        return problem;
}

static void describe(struct problem *problem, unsigned line, unsigned column, const char *key, va_list arguments)
{
        const char *names[ERROR_ARGUMENTS_MAX] = {NULL}, *values[ERROR_ARGUMENTS_MAX] = {NULL};
        size_t count = 0;
        for (const char *name = va_arg(arguments, const char *); name; name = va_arg(arguments, const char *)) {
                const char *value = va_arg(arguments, const char *);
                if (count < ERROR_ARGUMENTS_MAX) {
                        names[count] = name;
                        values[count++] = value;
                }
        }
        /* A NULL name ends the list, so unused places end it. */
        (void)error_at(&problem->error, STATUS_INVALID, line, column, key, names[0], values[0], names[1], values[1],
                       names[2], values[2], names[3], values[3], names[4], values[4], NULL);
}

void problems_error(struct problem_list *list, unsigned line, unsigned column, const char *key, ...)
{
        struct problem *problem = next_problem(list, false);
        if (!problem)
                return;
        va_list arguments;
        va_start(arguments, key);
        describe(problem, line, column, key, arguments);
        va_end(arguments);
}

void problems_warning(struct problem_list *list, unsigned line, unsigned column, const char *key, ...)
{
        struct problem *problem = next_problem(list, true);
        if (!problem)
                return;
        va_list arguments;
        va_start(arguments, key);
        describe(problem, line, column, key, arguments);
        va_end(arguments);
}

static bool stands_before(const struct problem *a, const struct problem *b)
{
        if (a->error.line != b->error.line)
                return a->error.line < b->error.line;
        return a->error.column < b->error.column;
}

void problems_sort(struct problem_list *list)
{
        /* Mostly in order already, and at most 200. */
        for (size_t i = 1; i < list->count; i++) {
                struct problem moving = list->items[i];
                size_t at = i;
                while (at > 0 && stands_before(&moving, &list->items[at - 1])) {
                        list->items[at] = list->items[at - 1];
                        at--;
                }
                list->items[at] = moving;
        }
}
