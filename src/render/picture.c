/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * picture.c: walks the parts of a picture. Every place is checked against what is left before it is read.
 */
#include "render/picture.h"

#include <string.h>

const char *const picture_types[PICTURE_KIND_COUNT] = {"image/png", "image/jpeg", "image/webp"};
const char *const picture_endings[PICTURE_KIND_COUNT] = {"png", "jpg", "webp"};

static uint32_t big(const uint8_t *at, unsigned count)
{
        uint32_t value = 0;
        for (unsigned i = 0; i < count; i++)
                value = value << 8 | at[i];
        return value;
}

static uint32_t little(const uint8_t *at, unsigned count)
{
        uint32_t value = 0;
        for (unsigned i = count; i > 0; i--)
                value = value << 8 | at[i - 1];
        return value;
}

static bool begins(const uint8_t *at, size_t left, const char *with, size_t length)
{
        return left >= length && memcmp(at, with, length) == 0;
}

/* ---- PNG: signature, then chunks of length, name, data, check sum; IHDR first, IEND last ------------------------ */

enum { PNG_CHUNK_FRAME = 12, PNG_HEAD_BYTES = 13 };

static bool read_png(struct bytes bytes, struct picture *ret)
{
        const uint8_t *at = bytes.data + 8;
        size_t left = bytes.length - 8;
        bool pixels = false;
        for (bool first = true; left >= PNG_CHUNK_FRAME; first = false) {
                size_t length = big(at, 4);
                if (length > left - PNG_CHUNK_FRAME)
                        return false;
                if (first) {
                        if (length != PNG_HEAD_BYTES || memcmp(at + 4, "IHDR", 4) != 0)
                                return false;
                        *ret = (struct picture){PICTURE_PNG, big(at + 8, 4), big(at + 12, 4)};
                }
                pixels = pixels || (memcmp(at + 4, "IDAT", 4) == 0 && length > 0);
                if (memcmp(at + 4, "IEND", 4) == 0)
                        return pixels && length == 0 && left == PNG_CHUNK_FRAME;
                at += PNG_CHUNK_FRAME + length;
                left -= PNG_CHUNK_FRAME + length;
        }
        return false;
}

/* ---- JPEG: markers, most with a length; behind a start of scan come packed pixels up to the next marker --------- */

enum { JPEG_ESCAPE = 0xff, JPEG_END = 0xd9, JPEG_SCAN = 0xda, JPEG_FRAME_BYTES = 8 };

/* Markers that begin a frame: C0 to CF without those of tables (C4), extensions (C8) and conditioning (CC). */
static bool is_frame(uint8_t marker)
{
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* From within packed pixels to the escape of the next marker; restarts and escaped bytes belong to them. */
static size_t after_pixels(const uint8_t *at, size_t left)
{
        for (size_t i = 0; i + 1 < left; i++)
                if (at[i] == JPEG_ESCAPE && at[i + 1] != 0 && !(at[i + 1] >= 0xd0 && at[i + 1] <= 0xd7))
                        return i;
        return left;
}

static bool read_jpeg(struct bytes bytes, struct picture *ret)
{
        const uint8_t *at = bytes.data + 2;
        size_t left = bytes.length - 2;
        bool frame = false, scan = false;
        while (left >= 2 && at[0] == JPEG_ESCAPE) {
                uint8_t marker = at[1];
                if (marker == JPEG_ESCAPE) { /* filled up */
                        at++, left--;
                        continue;
                }
                if (marker == JPEG_END)
                        return frame && scan && left == 2;
                if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8) || left < 4)
                        return false;
                size_t length = 2 + (size_t)big(at + 2, 2);
                if (length < 4 || length > left)
                        return false;
                if (is_frame(marker) && !frame) {
                        if (length < 2 + JPEG_FRAME_BYTES)
                                return false;
                        *ret = (struct picture){PICTURE_JPEG, big(at + 7, 2), big(at + 5, 2)};
                        frame = true;
                }
                at += length, left -= length;
                if (marker == JPEG_SCAN) {
                        size_t pixels = after_pixels(at, left);
                        at += pixels, left -= pixels;
                        scan = true;
                }
        }
        return false;
}

/* ---- WebP: a RIFF file of chunks; the first one tells the size -------------------------------------------------- */

enum { RIFF_HEAD_BYTES = 12, RIFF_CHUNK_BYTES = 8 };

static bool read_webp_head(const uint8_t *at, size_t length, const uint8_t *name, struct picture *ret)
{
        ret->kind = PICTURE_WEBP;
        if (memcmp(name, "VP8X", 4) == 0 && length == 10) {
                ret->width = little(at + 4, 3) + 1;
                ret->height = little(at + 7, 3) + 1;
                return true;
        }
        if (memcmp(name, "VP8L", 4) == 0 && length >= 5 && at[0] == 0x2f) {
                uint32_t bits = little(at + 1, 4);
                ret->width = (bits & 0x3fff) + 1;
                ret->height = (bits >> 14 & 0x3fff) + 1;
                return true;
        }
        if (memcmp(name, "VP8 ", 4) == 0 && length >= 10 && memcmp(at + 3, "\x9d\x01\x2a", 3) == 0) {
                ret->width = little(at + 6, 2) & 0x3fff;
                ret->height = little(at + 8, 2) & 0x3fff;
                return true;
        }
        return false;
}

static bool read_webp(struct bytes bytes, struct picture *ret)
{
        const uint8_t *at = bytes.data + RIFF_HEAD_BYTES;
        size_t left = bytes.length - RIFF_HEAD_BYTES;
        bool pixels = false;
        if (little(bytes.data + 4, 4) != bytes.length - 8)
                return false;
        for (bool first = true; left >= RIFF_CHUNK_BYTES; first = false) {
                size_t length = little(at + 4, 4), padded = length + (length & 1);
                if (padded > left - RIFF_CHUNK_BYTES ||
                    (first && !read_webp_head(at + RIFF_CHUNK_BYTES, length, at, ret)))
                        return false;
                pixels = pixels || memcmp(at, "VP8 ", 4) == 0 || memcmp(at, "VP8L", 4) == 0 ||
                         memcmp(at, "ANMF", 4) == 0;
                at += RIFF_CHUNK_BYTES + padded;
                left -= RIFF_CHUNK_BYTES + padded;
        }
        return pixels && left == 0;
}

bool picture_read(struct bytes bytes, struct picture *ret)
{
        struct picture picture = {.width = 0};
        bool read = false;
        if (begins(bytes.data, bytes.length, "\x89PNG\r\n\x1a\n", 8))
                read = read_png(bytes, &picture);
        else if (begins(bytes.data, bytes.length, "\xff\xd8", 2))
                read = read_jpeg(bytes, &picture);
        else if (begins(bytes.data, bytes.length, "RIFF", 4) && bytes.length >= RIFF_HEAD_BYTES &&
                 memcmp(bytes.data + 8, "WEBP", 4) == 0)
                read = read_webp(bytes, &picture);
        if (!read || !picture.width || !picture.height)
                return false;
        *ret = picture;
        return true;
}
