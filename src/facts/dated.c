/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dated.c: see dated.h.
 */
#include "facts/dated.h"

#include <stdlib.h>

void dated_init(struct dated *dated)
{
        *dated = (struct dated){0};
        buffer_init(&dated->values, SIZE_MAX / 2);
}

void dated_release(struct dated *dated)
{
        free(dated->rows);
        buffer_release(&dated->values);
        *dated = (struct dated){0};
}

void dated_clear(struct dated *dated)
{
        dated->count = 0;
        buffer_clear(&dated->values);
}

bool dated_add(struct dated *dated, int32_t valid_from, int64_t generation, struct text value)
{
        if (dated->count == dated->capacity) {
                size_t capacity = dated->capacity ? dated->capacity * 2 : 16;
                struct dated_row *rows = realloc(dated->rows, capacity * sizeof(*rows));
                if (!rows)
                        return false;
                dated->rows = rows;
                dated->capacity = capacity;
        }
        dated->rows[dated->count++] = (struct dated_row){valid_from, generation, dated->values.length, value.length};
        return buffer_add(&dated->values, value.data, value.length);
}

void dated_open(struct dated *dated)
{
        struct dated_row *first = dated->rows;
        for (size_t i = 1; i < dated->count; i++) {
                struct dated_row *row = &dated->rows[i];
                if (row->generation < first->generation ||
                    (row->generation == first->generation && row->start < first->start))
                        first = row;
        }
        if (dated->count)
                first->start = DAY_OPEN_START;
}

static bool value_of(const struct dated *dated, const struct dated_row *row, struct text *ret)
{
        if (!row)
                return false;
        *ret = (struct text){dated->values.data + row->offset, row->length};
        return true;
}

bool dated_on(const struct dated *dated, int32_t day, struct text *ret)
{
        const struct dated_row *best = NULL;
        for (size_t i = 0; i < dated->count; i++) {
                const struct dated_row *row = &dated->rows[i];
                if (row->start <= day && (!best || row->start > best->start ||
                                          (row->start == best->start && row->generation > best->generation)))
                        best = row;
        }
        return value_of(dated, best, ret);
}

bool dated_latest(const struct dated *dated, struct text *ret)
{
        const struct dated_row *best = NULL;
        for (size_t i = 0; i < dated->count; i++) {
                const struct dated_row *row = &dated->rows[i];
                if (!best || row->generation > best->generation ||
                    (row->generation == best->generation && row->start > best->start))
                        best = row;
        }
        return value_of(dated, best, ret);
}

bool fact_is_dated(struct text code)
{
        static const char *const plain[] = {"since", "joined", "street", "postcode", "city",
                                            "country", "email", "phone", "language"};
        for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
                if (text_is(code, plain[i]))
                        return false;
        return true;
}
