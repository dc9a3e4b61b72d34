/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_csv.c: the CSV parser on any bytes: cut into blocks of any size it gives the same records as in one piece,
 * with and without scratch. Byte 0 chooses the delimiter, byte 1 the block size.
 */
#include <stdlib.h>

#include "base/buffer.h"
#include "importer/csv.h"

enum { FIELDS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_records(const char *data, size_t length, char delimiter, uint64_t *line, bool scratched,
                        struct buffer *out)
{
        char *copy = malloc(length + 1);
        struct buffer scratch;
        buffer_init(&scratch, (size_t)1 << 24);
        if (!copy)
                abort();
        memcpy(copy, data, length);
        struct csv_parser parser = {.cursor = copy, .end = copy + length, .delimiter = delimiter, .line = *line,
                                    .scratch = scratched ? &scratch : NULL};
        struct text fields[FIELDS], record;
        size_t count;
        uint64_t first;
        while (csv_next(&parser, fields, FIELDS, &count, &first, &record)) {
                buffer_addf(out, "%llu/%zu", (unsigned long long)first, count);
                for (size_t i = 0; i < count && i < FIELDS; i++) {
                        buffer_add_byte(out, '|');
                        buffer_add(out, fields[i].data, fields[i].length);
                }
                if (scratched && memcmp(record.data, data + (record.data - copy), record.length) != 0)
                        abort();
        }
        *line = parser.line;
        buffer_release(&scratch);
        free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char delimiters[] = {',', ';', '\t', '|'};
        if (size < 2)
                return 0;
        char delimiter = delimiters[data[0] % 4];
        size_t step = 1 + (size_t)data[1] * 3, length = size - 2, begin = 0, end = 0;
        const char *text = (const char *)data + 2;
        struct buffer whole, parts;
        uint64_t line = 1;
        buffer_init(&whole, (size_t)1 << 28);
        buffer_init(&parts, (size_t)1 << 28);
        add_records(text, length, delimiter, &line, true, &whole);
        line = 1;
        while (begin < length || end < length) {
                end = end + step < length ? end + step : length;
                size_t used = csv_split(text + begin, end - begin, delimiter, end == length, NULL);
                if (used > end - begin)
                        abort();
                add_records(text + begin, used, delimiter, &line, false, &parts);
                begin += used;
        }
        if (whole.length != parts.length || memcmp(whole.data, parts.data, whole.length) != 0)
                abort();
        buffer_release(&whole);
        buffer_release(&parts);
        return 0;
}
