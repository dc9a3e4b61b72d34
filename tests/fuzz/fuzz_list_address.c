/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_list_address.c: any bytes as the query of a list: it is refused with a key, or what is written back means the
 * same and is written back the same.
 */
#include <stdlib.h>

#include "render/list_address.h"

enum { EVERYTHING = COLUMN_SHOWN | COLUMN_SORTS | COLUMN_FILTERS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct list_column columns[] = {
                {"name", "word.yes", SHEET_TEXT, .flags = EVERYTHING},
                {"state", "word.yes", SHEET_CODE, .flags = EVERYTHING},
                {"revenue", "word.yes", SHEET_MONEY, .flags = EVERYTHING},
                {"share", "word.yes", SHEET_SHARE, .flags = EVERYTHING},
                {"day", "word.yes", SHEET_DAY, .flags = EVERYTHING},
                {"grace", "word.yes", SHEET_YES_NO, .flags = EVERYTHING},
                {"count", "word.yes", SHEET_COUNT, .flags = EVERYTHING},
                {"value", "word.yes", SHEET_DECIMAL, .flags = EVERYTHING, .scale = 3},
        };
        static const char *const kept[] = {"program", NULL};
        static const struct list_spec spec = {"word.yes", "/x", columns, sizeof(columns) / sizeof(columns[0]), kept,
                                              NULL};
        struct list_reader reader = {size & 1 ? LANGUAGE_GERMAN : LANGUAGE_ENGLISH, 2};
        struct arena *arena = arena_new(1 << 22);
        struct list_address first, second;
        struct buffer once, twice;
        struct error error = {0};
        buffer_init(&once, 1 << 18);
        buffer_init(&twice, 1 << 18);
        struct text query = {(const char *)data, size};
        enum status status = list_address_parse_query(&spec, &reader, query, arena, &first, &error);
        if (status && (!error.key || error.status != status))
                abort();
        if (!status) {
                list_address_add(&once, &spec, &reader, &first);
                if (once.failed || list_address_parse_query(&spec, &reader, (struct text){once.data, once.length},
                                                            arena, &second, &error))
                        abort();
                list_address_add(&twice, &spec, &reader, &second);
                if (once.length != twice.length || memcmp(once.data, twice.data, once.length) != 0 ||
                    first.filter_count != second.filter_count || first.sort != second.sort)
                        abort();
                for (size_t i = 0; i < first.filter_count; i++)
                        if (first.filters[i].from != second.filters[i].from ||
                            first.filters[i].to != second.filters[i].to ||
                            first.filters[i].compare != second.filters[i].compare)
                                abort();
        }
        buffer_release(&once);
        buffer_release(&twice);
        arena_free(arena);
        return 0;
}
