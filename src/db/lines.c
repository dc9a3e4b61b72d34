/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * lines.c: memory of line columns.
 */
#include "db/lines.h"

#include <stdlib.h>

static bool widen(void *array, size_t capacity, size_t size)
{
        void **pointer = array;
        void *wider = reallocarray(*pointer, capacity, size);
        if (wider)
                *pointer = wider;
        return wider != NULL;
}

bool line_columns_reserve(struct line_columns *columns, size_t capacity)
{
        if (capacity <= columns->capacity)
                return true;
        size_t wanted = columns->capacity ? columns->capacity : 64;
        while (wanted < capacity)
                wanted *= 2;
        if (!widen(&columns->article, wanted, sizeof(*columns->article)) ||
            !widen(&columns->quantity, wanted, sizeof(*columns->quantity)) ||
            !widen(&columns->amount, wanted, sizeof(*columns->amount)) ||
            !widen(&columns->cost, wanted, sizeof(*columns->cost)) ||
            !widen(&columns->group, wanted, sizeof(*columns->group)) ||
            !widen(&columns->marks, wanted, sizeof(*columns->marks)))
                return false;
        columns->capacity = wanted;
        return true;
}

void line_columns_release(struct line_columns *columns)
{
        free(columns->article);
        free(columns->quantity);
        free(columns->amount);
        free(columns->cost);
        free(columns->group);
        free(columns->marks);
        *columns = (struct line_columns){0};
}
