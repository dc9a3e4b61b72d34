/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_asset_overlay.c: files of an overlay stand instead of the binary's assets, new ones beside them; what is no
 * asset is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "platform/file.h"
#include "render/asset_overlay.h"

static char folder[64], root[32];

static int make(void **state)
{
        struct error error;
        (void)state;
        snprintf(root, sizeof(root), "/tmp/treue-assets-XXXXXX");
        assert_non_null(mkdtemp(root));
        snprintf(folder, sizeof(folder), "%s/assets", root);
        return directory_make(folder, &error) == STATUS_OK ? 0 : -1;
}

static int take_away(void **state)
{
        struct error error;
        (void)state;
        return directory_clear(folder, "", &error) || directory_remove(folder, &error) ||
               directory_remove(root, &error);
}

static void write_file(const char *name, const void *data, size_t length)
{
        char path[128];
        struct error error;
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        assert_int_equal(file_write(path, data, length, false, &error), STATUS_OK);
}

static const struct asset *find(const struct asset *list, size_t count, const char *name)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(list[i].name, name) == 0)
                        return &list[i];
        return NULL;
}

static void only_those_of_the_binary(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        const struct asset *list;
        struct error error;
        size_t count;
        (void)state;
        assert_int_equal(assets_load(NULL, arena, &list, &count, &error), STATUS_OK);
        assert_int_equal(count, asset_count);
        assert_int_equal(assets_load("/nonexistent", arena, &list, &count, &error), STATUS_OK);
        assert_int_equal(count, asset_count);
        for (size_t i = 0; i < count; i++)
                assert_memory_equal(&list[i], &assets[i], sizeof(list[i]));
}

static void instead_and_beside(void **state)
{
        char style[4000], unpacked[8000];
        struct arena *arena arena_cleanup = arena_new(1 << 22);
        const struct asset *list;
        struct error error;
        size_t count;
        (void)state;
        memset(style, 'a', sizeof(style));
        write_file("app.css", style, sizeof(style));
        write_file("logo.png", "\x89PNG", 4);
        write_file("tiny.svg", "", 0);
        assert_int_equal(assets_load(root, arena, &list, &count, &error), STATUS_OK);
        assert_int_equal(count, asset_count + 2);
        const struct asset *css = find(list, count, "app.css"), *logo = find(list, count, "logo.png");
        assert_int_equal(css->bytes.length, sizeof(style));
        assert_string_not_equal(css->path, asset_named("app.css")->path);
        assert_int_equal(strlen(css->hash), 12);
        assert_non_null(strstr(css->path, css->hash));
        assert_memory_equal(css->path, "/assets/app-", 12);
        assert_string_equal(css->path + strlen(css->path) - 4, ".css");
        assert_null(css->brotli.data);
        assert_in_range(css->gzip.length, 20, 200);
        z_stream stream = {.next_in = (Bytef *)css->gzip.data, .avail_in = (uInt)css->gzip.length,
                           .next_out = (Bytef *)unpacked, .avail_out = sizeof(unpacked)};
        assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
        assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
        inflateEnd(&stream);
        assert_int_equal(stream.total_out, sizeof(style));
        assert_memory_equal(unpacked, style, sizeof(style));
        assert_string_equal(logo->type, "image/png");
        assert_null(logo->gzip.data);
        assert_int_equal(find(list, count, "tiny.svg")->bytes.length, 0);
        assert_ptr_equal(find(list, count, "icon.svg")->bytes.data, asset_named("icon.svg")->bytes.data);
}

static void what_is_no_asset(void **state)
{
        static const char *const names[] = {"a.html", "A.css", "a.b.css", "css", "a b.css", "a.css2", "a-b.css"};
        (void)state;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                struct arena *arena arena_cleanup = arena_new(1 << 20);
                const struct asset *list = NULL;
                struct error error;
                size_t count;
                write_file(names[i], "x", 1);
                assert_int_equal(assets_load(root, arena, &list, &count, &error), STATUS_INVALID);
                assert_string_equal(error.key, "asset.bad_name");
                assert_string_equal(error_argument(&error, "name"), names[i]);
                assert_null(list);
                assert_int_equal(directory_clear(folder, "", &error), STATUS_OK);
        }
}

static void bounds(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20), *small arena_cleanup = arena_new(100);
        const struct asset *list;
        struct error error;
        size_t count;
        (void)state;
        assert_int_equal(assets_load(root, small, &list, &count, &error), STATUS_MEMORY);
        for (int i = 0; i < OVERLAY_ASSETS_MAX; i++) {
                char name[32];
                snprintf(name, sizeof(name), "n%d.txt", i);
                write_file(name, name, strlen(name));
        }
        assert_int_equal(assets_load(root, arena, &list, &count, &error), STATUS_OK);
        assert_int_equal(count, asset_count + OVERLAY_ASSETS_MAX);
        write_file("one_more.txt", "x", 1);
        assert_int_equal(assets_load(root, arena, &list, &count, &error), STATUS_LIMIT);
        assert_string_equal(error.key, "asset.too_many");
        assert_int_equal(directory_clear(folder, "", &error), STATUS_OK);
        char *large = calloc(1, OVERLAY_ASSET_BYTES_MAX + 1);
        write_file("large.txt", large, OVERLAY_ASSET_BYTES_MAX + 1);
        free(large);
        assert_int_equal(assets_load(root, arena, &list, &count, &error), STATUS_LIMIT);
        assert_string_equal(error.key, "file.too_large");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_those_of_the_binary),
                cmocka_unit_test_setup_teardown(instead_and_beside, make, take_away),
                cmocka_unit_test_setup_teardown(what_is_no_asset, make, take_away),
                cmocka_unit_test_setup_teardown(bounds, make, take_away),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
