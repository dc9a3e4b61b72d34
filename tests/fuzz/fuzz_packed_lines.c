/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_packed_lines.c: unpacking any bytes as any number of lines; what unpacks must survive packing again.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "facts/packed_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        if (length < 2)
                return 0;
        size_t count = data[0] | (size_t)data[1] << 8;
        struct line *lines = calloc(count + 1, sizeof(*lines)), *again = calloc(count + 1, sizeof(*again));
        struct buffer packed, sorted;
        buffer_init(&packed, 1 << 24);
        buffer_init(&sorted, 1 << 24);
        if (lines && again && lines_unpack((struct bytes){data + 2, length - 2}, lines, count)) {
                assert(lines_pack(lines, count, &packed));
                struct bytes bytes = {(const uint8_t *)packed.data, packed.length};
                assert(lines_unpack(bytes, again, count));
                for (size_t i = 0; i < count; i++)
                        assert(again[i].product == lines[i].product && again[i].group == lines[i].group &&
                               again[i].marks == lines[i].marks && again[i].quantity_milli == lines[i].quantity_milli &&
                               again[i].amount_minor == lines[i].amount_minor &&
                               again[i].cost_minor == lines[i].cost_minor);
                /* Canonical order does not depend on the order before. */
                lines_sort(lines, count);
                for (size_t i = 0; i < count; i++)
                        again[i] = lines[count - 1 - i];
                lines_sort(again, count);
                buffer_clear(&packed);
                assert(lines_pack(lines, count, &packed) && lines_pack(again, count, &sorted));
                assert(packed.length == sorted.length && memcmp(packed.data, sorted.data, packed.length) == 0);
        }
        buffer_release(&packed);
        buffer_release(&sorted);
        free(lines);
        free(again);
        return 0;
}
