/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_byte_origin.c: files and pipes, packed and not, give the same bytes however much is asked for at a time, twice,
 * also when the first reading stopped halfway. Verifies X-03 in part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/text.h"
#include "importer/byte_origin.h"
#include "platform/file.h"
#include "platform/thread.h"

enum { CONTENT_BYTES = 700000 };

static struct error error;
static char directory[] = "/tmp/treue-origin-XXXXXX";
static char file_path[64], pipe_path[64], staging[64];
static char content[CONTENT_BYTES];
static struct buffer packed;

/* One member or frame behind what is there already. */
static void pack(enum packing packing, const char *data, size_t length)
{
        size_t room = length + length / 8 + 1024;
        char *out = malloc(room);
        size_t made = length;
        assert_non_null(out);
        if (packing == PACKING_GZIP) {
                z_stream stream = {.next_in = (Bytef *)data, .avail_in = (uInt)length, .next_out = (Bytef *)out,
                                   .avail_out = (uInt)room};
                assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
                assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
                made = stream.total_out;
                deflateEnd(&stream);
        } else if (packing == PACKING_ZSTD) {
                made = ZSTD_compress(out, room, data, length, 3);
                assert_false(ZSTD_isError(made));
        } else {
                memcpy(out, data, length);
        }
        buffer_add(&packed, out, made);
        free(out);
}

static void read_all(struct byte_origin *origin, size_t step, size_t most)
{
        static char got[CONTENT_BYTES + 1];
        size_t length = 0, more = 1;
        while (more && length < most) {
                size_t wanted = step < sizeof(got) - length ? step : sizeof(got) - length;
                assert_int_equal(byte_origin_read(origin, got + length, wanted, &more, &error), STATUS_OK);
                length += more;
        }
        if (length < most)
                assert_int_equal(length, CONTENT_BYTES);
        assert_memory_equal(got, content, length);
}

static void expect_content(const char *path, enum packing packing, size_t step, size_t first_bytes)
{
        struct byte_origin *origin;
        assert_int_equal(byte_origin_open(path, staging, &origin, &error), STATUS_OK);
        assert_int_equal(byte_origin_packing(origin), packing);
        read_all(origin, step, first_bytes);
        assert_int_equal(byte_origin_rewind(origin, &error), STATUS_OK);
        for (int i = 0; i < 2; i++) {
                read_all(origin, step, SIZE_MAX);
                assert_int_equal(byte_origin_bytes_done(origin), packed.length);
                assert_int_equal(byte_origin_hash(origin), text_hash(packed.data, packed.length));
                assert_int_equal(byte_origin_rewind(origin, &error), STATUS_OK);
        }
        byte_origin_close(origin);
}

static void feed_pipe(void *context)
{
        FILE *pipe = fopen(pipe_path, "wb");
        (void)context;
        if (pipe) {
                fwrite(packed.data, 1, packed.length, pipe);
                fclose(pipe);
        }
}

static void every_way_gives_the_same(void **state)
{
        (void)state;
        static const size_t steps[] = {1, 7, 4096, 100000, CONTENT_BYTES + 1};
        for (enum packing packing = PACKING_NONE; packing <= PACKING_ZSTD; packing++) {
                buffer_clear(&packed);
                pack(packing, content, 300000);
                pack(packing, content + 300000, CONTENT_BYTES - 300000);
                assert_int_equal(file_write(file_path, packed.data, packed.length, false, &error), STATUS_OK);
                for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
                        expect_content(file_path, packing, steps[i], i % 2 ? 350000 : 0);
                        struct thread *feeder;
                        assert_int_equal(thread_start(feed_pipe, NULL, &feeder, &error), STATUS_OK);
                        expect_content(pipe_path, packing, steps[i], i % 2 ? 0 : 10000);
                        thread_join(feeder);
                }
        }
}

static void what_ends_too_early(void **state)
{
        (void)state;
        struct byte_origin *origin;
        for (enum packing packing = PACKING_GZIP; packing <= PACKING_ZSTD; packing++) {
                buffer_clear(&packed);
                pack(packing, content, 5000);
                for (size_t cut = PACKING_HEAD_BYTES; cut < packed.length; cut += 97) {
                        char got[6000];
                        size_t length;
                        assert_int_equal(file_write(file_path, packed.data, cut, false, &error), STATUS_OK);
                        assert_int_equal(byte_origin_open(file_path, staging, &origin, &error), STATUS_OK);
                        assert_int_equal(byte_origin_read(origin, got, sizeof(got), &length, &error), STATUS_INVALID);
                        assert_string_equal(error.key, "import.packed_cut");
                        byte_origin_close(origin);
                }
        }
}

static int set_up(void **state)
{
        (void)state;
        uint32_t random = 7;
        for (size_t i = 0; i < CONTENT_BYTES; i++) {
                random = random * 1664525 + 1013904223;
                content[i] = (char)('a' + (random >> 28));
        }
        buffer_init(&packed, 1 << 24);
        if (!mkdtemp(directory))
                return -1;
        snprintf(file_path, sizeof(file_path), "%s/file", directory);
        snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", directory);
        snprintf(staging, sizeof(staging), "%s/staging", directory);
        return mkfifo(pipe_path, 0600);
}

static int tear_down(void **state)
{
        (void)state;
        unlink(file_path);
        unlink(pipe_path);
        int left = rmdir(staging) | rmdir(directory); /* nothing is left in them */
        buffer_release(&packed);
        return left;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_way_gives_the_same),
                cmocka_unit_test(what_ends_too_early),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
