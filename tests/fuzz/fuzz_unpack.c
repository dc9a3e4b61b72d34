/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_unpack.c: any bytes as a packed file, handed over in one piece and in pieces of any size: the same verdict and
 * the same bytes. Byte 0 chooses the size of the pieces, byte 1 the room for what comes out.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "importer/unpack.h"

enum { OUTPUT_MAX = 1 << 20, ROOM_MAX = 1 << 16, STEPS_MAX = 1 << 20 };

struct verdict {
        enum unpacking how;
        bool whole, too_long;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static struct verdict unpack(enum packing packing, const uint8_t *data, size_t length, size_t piece, size_t room,
                             struct buffer *out)
{
        struct verdict verdict = {.how = UNPACKING_FINE};
        struct unpacker *unpacker;
        struct error error;
        char *place = malloc(room);
        if (!place || unpacker_new(packing, &unpacker, &error) != STATUS_OK)
                abort();
        size_t given = 0, at = 0;
        for (int step = 0; !verdict.how && !verdict.too_long; step++) {
                assert(step < STEPS_MAX);
                size_t before = at, made = 0;
                verdict.how = unpacker_run(unpacker, data, given, &at, place, room, &made);
                assert(at >= before && at <= given && made <= room && buffer_add(out, place, made));
                verdict.too_long = out->length > OUTPUT_MAX;
                if (made || at < given)
                        continue;
                if (given == length)
                        break;
                given = length - given < piece ? length : given + piece;
        }
        verdict.whole = !verdict.how && unpacker_is_whole(unpacker);
        unpacker_free(unpacker);
        free(place);
        return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        if (length < 2)
                return 0;
        enum packing packing = packing_of(data + 2, length - 2);
        if (packing == PACKING_NONE)
                return 0;
        struct buffer whole, parts;
        buffer_init(&whole, OUTPUT_MAX + 2 * ROOM_MAX);
        buffer_init(&parts, OUTPUT_MAX + 2 * ROOM_MAX);
        struct verdict a = unpack(packing, data + 2, length - 2, length, ROOM_MAX, &whole);
        struct verdict b = unpack(packing, data + 2, length - 2, 1 + (size_t)data[0], 1 + (size_t)data[1] * 16, &parts);
        size_t common = whole.length < parts.length ? whole.length : parts.length;
        assert(common == 0 || memcmp(whole.data, parts.data, common) == 0);
        if (!a.too_long && !b.too_long) {
                assert(a.how == b.how && a.whole == b.whole);
                assert(a.how || whole.length == parts.length);
        }
        buffer_release(&whole);
        buffer_release(&parts);
        return 0;
}
