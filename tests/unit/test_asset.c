/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_asset.c: what pages load is in the binary, found by name and address; packed it is the same content.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>

#include "render/asset.h"

static void found_by_name_and_address(void **state)
{
        (void)state;
        assert_true(asset_count >= 4);
        for (size_t i = 0; i < asset_count; i++) {
                const struct asset *asset = &assets[i];
                assert_ptr_equal(asset_named(asset->name), asset);
                assert_ptr_equal(asset_at(text_of(asset->path)), asset);
                assert_int_equal(strncmp(asset->path, "/assets/", 8), 0);
                assert_int_equal(strlen(asset->hash), 12);
                assert_non_null(strstr(asset->path, asset->hash));
                assert_true(asset->bytes.length > 0);
        }
        assert_non_null(asset_named("app.css"));
        assert_non_null(asset_named("app.js"));
        assert_null(asset_named("app"));
        assert_null(asset_at(text_of("/assets/app.css")));
        assert_null(asset_at(text_of("/assets/../meson.build")));
        assert_null(asset_at((struct text){NULL, 0}));
}

static void packed_is_the_same(void **state)
{
        (void)state;
        for (size_t i = 0; i < asset_count; i++) {
                const struct asset *asset = &assets[i];
                if (!asset->gzip.data)
                        continue;
                assert_true(asset->gzip.length < asset->bytes.length);
                char *unpacked = malloc(asset->bytes.length + 1);
                assert_non_null(unpacked);
                z_stream stream = {.next_in = (unsigned char *)(uintptr_t)asset->gzip.data,
                        .avail_in = (unsigned)asset->gzip.length, .next_out = (unsigned char *)unpacked,
                        .avail_out = (unsigned)asset->bytes.length + 1};
                assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
                assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
                assert_int_equal(stream.total_out, asset->bytes.length);
                assert_memory_equal(unpacked, asset->bytes.data, asset->bytes.length);
                inflateEnd(&stream);
                free(unpacked);
        }
        /* Text is packed both ways, a font is packed already. */
        assert_non_null(asset_named("app.css")->gzip.data);
        assert_non_null(asset_named("app.css")->brotli.data);
        assert_null(asset_named("inter.woff2")->gzip.data);
}

/* The policy of the pages allows nothing from elsewhere and no pictures inside style sheets. */
static void nothing_from_elsewhere(void **state)
{
        (void)state;
        struct text css = asset_named("app.css")->bytes;
        assert_null(memmem(css.data, css.length, "data:", 5));
        assert_null(memmem(css.data, css.length, "//", 2));
        assert_null(memmem(css.data, css.length, "asset:", 6));
        assert_non_null(memmem(css.data, css.length, "url(/assets/inter-", 18));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(found_by_name_and_address),
                cmocka_unit_test(packed_is_the_same),
                cmocka_unit_test(nothing_from_elsewhere),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
