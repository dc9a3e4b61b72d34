/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_profile.c: any bytes as a profile: it is refused with a key, or it can be bound to a header and read cells.
 */
#include <stdlib.h>

#include "importer/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct text cells[] = {
                {"A", 1}, {"31.12.2025", 10}, {"1.234,5", 7}, {"", 0}, {"12 %", 4}, {"\xC3\xA4\xC3\xB6", 4}};
        struct arena *arena = arena_new(1 << 24);
        struct profile profile;
        struct error error = {0};
        enum status status = profile_parse(arena, (const char *)data, size, &profile, &error);
        if (status && (!error.key || error.status != status))
                abort();
        if (!status) {
                struct column_mapping mapping;
                struct text header[64];
                size_t count = 0;
                for (; count < profile.column_count && count < 64; count++)
                        header[count] = profile.columns[count].header;
                status = column_mapping_bind(arena, &profile, header, count, "EUR", &mapping, &error);
                for (size_t i = 0; !status && i < mapping.count; i++) {
                        struct field_value value;
                        for (size_t c = 0; c < sizeof(cells) / sizeof(cells[0]); c++)
                                (void)field_parse(&mapping.columns[i], mapped_text(&mapping.columns[i], &cells[c], 1),
                                                  DECIMAL_COMMA, 2, &value);
                }
        }
        arena_free(arena);
        return 0;
}
