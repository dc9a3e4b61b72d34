/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_picture.c: what is taken for a picture (a logo, R-097): kind and size by its bytes; nothing cut off, nothing
 * behind the end, nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "render/picture.h"

static const uint8_t png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x60\0\0\0\x18\x08\2\0\0\0cccc"
                             "\0\0\0\2IDATxycccc\0\0\0\0IENDcccc";
static const uint8_t jpeg[] = "\xff\xd8\xff\xe0\0\4xx\xff\xc0\0\x0b\x08\0\x18\0\x60\1\1\x11\0"
                              "\xff\xda\0\x08\1\1\0\0\x3f\0pixels\xff\0\xff\xd0more\xff\xd9";
static const uint8_t webp[] = "RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x5f\xc0\5\0xxxxx";

static void check(const uint8_t *data, size_t length, enum picture_kind kind)
{
        struct picture picture = {.width = 7};
        assert_true(picture_read((struct bytes){data, length}, &picture));
        assert_int_equal(picture.kind, kind);
        assert_int_equal(picture.width, 96);
        assert_int_equal(picture.height, 24);
        /* Cut off anywhere, or with something behind: none. Each copy ends where its memory does. */
        for (size_t cut = 0; cut <= length + 1; cut++) {
                if (cut == length)
                        continue;
                uint8_t *copy = malloc(cut + 1);
                assert_non_null(copy);
                memcpy(copy, data, cut < length ? cut : length);
                if (cut > length)
                        copy[length] = 'x';
                picture.width = 7;
                assert_false(picture_read((struct bytes){copy, cut}, &picture));
                assert_int_equal(picture.width, 7);
                free(copy);
        }
}

static void kinds_and_sizes(void **state)
{
        (void)state;
        check(png, sizeof(png) - 1, PICTURE_PNG);
        check(jpeg, sizeof(jpeg) - 1, PICTURE_JPEG);
        check(webp, sizeof(webp) - 1, PICTURE_WEBP);
}

static void nothing_else(void **state)
{
        (void)state;
        const char *others[] = {"", "GIF89a\1\0\1\0\0\0\0;", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                                "<?xml version=\"1.0\"?><svg/>", "\x89PNG", "\xff\xd8\xff\xd9", "RIFF"};
        struct picture picture;
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                assert_false(picture_read((struct bytes){(const uint8_t *)others[i], strlen(others[i])}, &picture));
        uint8_t flat[sizeof(png)];
        memcpy(flat, png, sizeof(png));
        flat[19] = 0; /* no width */
        assert_false(picture_read((struct bytes){flat, sizeof(png) - 1}, &picture));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(kinds_and_sizes),
                cmocka_unit_test(nothing_else),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
