/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_picture.c: any bytes as a picture somebody hands in. What is one has a size, and is none with a byte more or
 * less.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "render/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
        struct picture picture, other;
        if (!picture_read((struct bytes){data, length}, &picture))
                return 0;
        assert(picture.width && picture.height && picture.kind < PICTURE_KIND_COUNT);
        assert(!picture_read((struct bytes){data, length - 1}, &other));
        uint8_t *longer = malloc(length + 1);
        if (!longer)
                abort();
        memcpy(longer, data, length);
        longer[length] = 0;
        assert(!picture_read((struct bytes){longer, length + 1}, &other));
        free(longer);
        return 0;
}
