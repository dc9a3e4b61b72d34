/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_platform.c: clock, randomness, files, directories, streams, maps and the lock between processes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/calendar.h"
#include "memory_faults.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/library.h"
#include "platform/memory.h"
#include "platform/random.h"

static char folder[64];

/* folder/name, in one of four places, so that two paths may stand in one call. */
static const char *path_of(const char *name)
{
        static char paths[4][128];
        static unsigned turn;
        char *path = paths[turn++ % 4];
        snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
        return path;
}

static int make_folder(void **state)
{
        (void)state;
        memcpy(folder, "/tmp/treue_platform_XXXXXX", 27);
        return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
        (void)state;
        struct error error;
        return directory_clear(folder, "", &error) == STATUS_OK && rmdir(folder) == 0 ? 0 : -1;
}

static void put(const char *path, const char *content)
{
        struct error error;
        assert_int_equal(file_write(path, content, strlen(content), false, &error), STATUS_OK);
}

static void holds(const char *path, const char *content)
{
        struct error error;
        struct buffer buffer buffer_cleanup;
        assert_int_equal(file_read(path, 1 << 20, &buffer, &error), STATUS_OK);
        assert_string_equal(buffer.data, content);
        assert_int_equal(buffer.length, strlen(content));
}

static void instants(void **state)
{
        (void)state;
        int64_t ms = -77;
        assert_true(clock_parse_instant("1970-01-01T00:00:00Z", &ms) && ms == 0);
        assert_true(clock_parse_instant("1970-01-02T03:04:05Z", &ms));
        assert_true(ms == (INT64_C(86400) + 3 * 3600 + 4 * 60 + 5) * 1000);
        ms = -77;
        static const char *const wrong[] = {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z",
                                            "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-13-01T00:00:00Z",
                                            "1970-01-01T00:00:00Zx", "1970-01-01T0a:00:00Z", "1970-01-01T00:00:60Z"};
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_false(clock_parse_instant(wrong[i], &ms));
        assert_true(ms == -77);
}

static void an_injected_clock_moves_by_a_millisecond(void **state)
{
        (void)state;
        clock_inject_ms(5000);
        assert_true(clock_now_ms() == 5000 && clock_now_ms() == 5001 && clock_now_ms() == 5002);
        clock_inject_ms(-1);
        int64_t real = clock_now_ms();
        assert_true(real > INT64_C(1600000000000));
        int64_t first = clock_monotonic_ns(), second = clock_monotonic_ns();
        assert_true(first > 0 && second >= first);
}

static int32_t local_day_of(const char *instant)
{
        int64_t ms;
        assert_true(clock_parse_instant(instant, &ms));
        return clock_local_day(ms);
}

/* Berlin is one hour ahead of UTC in winter, two in summer; New York four behind in summer. */
static void local_days(void **state)
{
        (void)state;
        struct error error;
        assert_int_equal(clock_set_zone("Europe/Berlin", &error), STATUS_OK);
        int32_t new_year = day_from_date((struct date){2026, 1, 1}), july = day_from_date((struct date){2026, 7, 1});
        assert_int_equal(local_day_of("2025-12-31T22:59:59Z"), new_year - 1);
        assert_int_equal(local_day_of("2025-12-31T23:00:00Z"), new_year);
        assert_int_equal(local_day_of("2026-06-30T21:59:59Z"), july - 1);
        assert_int_equal(local_day_of("2026-06-30T22:00:00Z"), july);
        assert_int_equal(clock_set_zone("America/New_York", &error), STATUS_OK);
        assert_int_equal(local_day_of("2026-07-01T03:59:59Z"), july - 1);
        assert_int_equal(local_day_of("2026-07-01T04:00:00Z"), july);
        assert_int_equal(clock_set_zone("UTC", &error), STATUS_OK);
        assert_int_equal(local_day_of("1970-01-01T00:00:00Z"), 0);
        assert_int_equal(clock_local_day(-1), -1);
        assert_int_equal(clock_local_day(86399999), 0);
        assert_int_equal(clock_local_day(86400000), 1);
}

static void unknown_zones(void **state)
{
        (void)state;
        static const char *const wrong[] = {"", "Europe/Munich", "/usr/share/zoneinfo/UTC", "../zoneinfo/UTC", "Europe",
                                            "Europe/../UTC", "zone.tab", "tzdata.zi", ":UTC", "UTC+1"};
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
                struct error error = {0};
                if (clock_set_zone(wrong[i], &error) != STATUS_INVALID)
                        fail_msg("%s", wrong[i]);
                assert_string_equal(error.key, "clock.unknown_zone");
                assert_string_equal(error_argument(&error, "zone"), wrong[i]);
        }
}

static void random_numbers(void **state)
{
        (void)state;
        uint64_t first = random_u64(), second = random_u64();
        assert_true(first != second);
        random_inject_seed(42);
        uint64_t a = random_u64(), b = random_u64();
        random_inject_seed(42);
        assert_true(random_u64() == a && random_u64() == b && a != b);
        /* Bytes, of which secrets are made, do not repeat themselves. */
        unsigned char bytes[20] = {0}, again[20] = {0};
        random_inject_seed(42);
        random_bytes(bytes, 16);
        random_inject_seed(42);
        random_bytes(again, 16);
        assert_memory_not_equal(bytes, again, 16);
        assert_memory_not_equal(bytes, &a, 8);
        for (size_t i = 16; i < sizeof(bytes); i++)
                assert_int_equal(bytes[i], 0);
        random_bytes(NULL, 0);
        random_inject_seed(43);
        assert_true(random_u64() != a);
        random_inject_seed(0); /* splitmix64's first number after 0, as published */
        assert_true(random_u64() == UINT64_C(0xe220a8397b1dcdaf));
}

static void whole_files(void **state)
{
        (void)state;
        struct error error;
        const char *path = path_of("whole");
        assert_false(file_exists(path));
        put(path, "first");
        assert_true(file_exists(path));
        holds(path, "first");
        assert_int_equal(file_write(path, "", 0, true, &error), STATUS_OK);
        holds(path, "");
        put(path, "12345");
        struct buffer exact buffer_cleanup, small buffer_cleanup;
        assert_int_equal(file_read(path, 5, &exact, &error), STATUS_OK);
        assert_int_equal(file_read(path, 4, &small, &error), STATUS_LIMIT);
        assert_string_equal(error.key, "file.too_large");
        assert_string_equal(error_argument(&error, "limit"), "4");
        assert_string_equal(error_argument(&error, "path"), path);
        assert_int_equal(file_remove(path, &error), STATUS_OK);
        assert_int_equal(file_remove(path, &error), STATUS_OK);
        assert_false(file_exists(path));
}

/* The buffer may be released after a failure as well. */
static void missing_files_and_folders(void **state)
{
        (void)state;
        struct error error;
        struct buffer content buffer_cleanup;
        assert_int_equal(file_read(path_of("missing"), 10, &content, &error), STATUS_NOT_FOUND);
        assert_string_equal(error.key, "file.not_found");
        assert_string_equal(error_argument(&error, "path"), path_of("missing"));
        struct buffer directory buffer_cleanup;
        assert_int_equal(file_read(folder, 10, &directory, &error), STATUS_INVALID);
        assert_string_equal(error.key, "file.is_directory");
        assert_int_equal(file_write(path_of("none/file"), "a", 1, false, &error), STATUS_NOT_FOUND);
        struct reader *reader;
        assert_int_equal(reader_open(folder, &reader, &error), STATUS_INVALID);
        assert_int_equal(reader_open(path_of("missing"), &reader, &error), STATUS_NOT_FOUND);
        struct writer *writer;
        assert_int_equal(writer_open(path_of("none/file"), &writer, &error), STATUS_NOT_FOUND);
        struct mapping mapping;
        assert_int_equal(mapping_open(path_of("missing"), &mapping, &error), STATUS_NOT_FOUND);
        char content_of_file[] = "a";
        put(path_of("plain"), content_of_file);
        assert_int_equal(file_read(path_of("plain/below"), 10, &content, &error), STATUS_NOT_FOUND);
}

/* Writing fails when the folder may not be renamed into; the old content and no temporary file are left. */
static void failed_writes_leave_nothing(void **state)
{
        (void)state;
        struct error error;
        assert_int_equal(directory_make(path_of("target"), &error), STATUS_OK);
        assert_int_equal(file_write(path_of("target"), "x", 1, false, &error), STATUS_SYSTEM);
        assert_string_equal(error.key, "system.failed");
        assert_string_equal(error_argument(&error, "action"), "rename");
        assert_int_equal(rmdir(path_of("target")), 0);
}

struct names {
        char text[512];
};

static void collect(void *context, const char *name)
{
        struct names *names = context;
        size_t length = strlen(names->text);
        snprintf(names->text + length, sizeof(names->text) - length, "%s,", name);
}

static void directories(void **state)
{
        (void)state;
        struct error error;
        struct names names = {""};
        assert_int_equal(directory_make(path_of("a/b//c/"), &error), STATUS_OK);
        assert_int_equal(directory_make(path_of("a/b/c"), &error), STATUS_OK);
        put(path_of("a/two"), "");
        put(path_of("a/Three"), "");
        put(path_of("a/one"), "");
        assert_int_equal(symlink("one", path_of("a/once")), 0);
        assert_int_equal(directory_list(path_of("a"), collect, &names, &error), STATUS_OK);
        assert_string_equal(names.text, "Three,one,two,"); /* neither folders nor links */
        assert_int_equal(directory_clear(path_of("a"), "on", &error), STATUS_OK);
        names.text[0] = '\0';
        assert_int_equal(directory_list(path_of("a"), collect, &names, &error), STATUS_OK);
        assert_string_equal(names.text, "Three,two,");
        assert_int_equal(directory_list(path_of("missing"), collect, &names, &error), STATUS_NOT_FOUND);
        assert_int_equal(directory_clear(path_of("missing"), "", &error), STATUS_OK);
        assert_int_equal(directory_make(path_of("a/two"), &error), STATUS_SYSTEM);
        assert_int_equal(directory_make(path_of("a/two/deeper"), &error), STATUS_SYSTEM);
        assert_int_equal(directory_clear(path_of("a"), "", &error), STATUS_OK);
        assert_int_equal(unlink(path_of("a/once")), 0);
        assert_int_equal(rmdir(path_of("a/b/c")), 0);
        assert_int_equal(rmdir(path_of("a/b")), 0);
        assert_int_equal(rmdir(path_of("a")), 0);
}

static void reading_in_blocks(void **state)
{
        (void)state;
        struct error error;
        put(path_of("blocks"), "0123456789");
        struct reader *reader reader_cleanup = NULL;
        assert_int_equal(reader_open(path_of("blocks"), &reader, &error), STATUS_OK);
        assert_true(reader_size_bytes(reader) == 10 && reader_can_rewind(reader));
        for (int round = 0; round < 2; round++) {
                char block[8];
                size_t length;
                assert_int_equal(reader_read(reader, block, 7, &length, &error), STATUS_OK);
                assert_int_equal(length, 7);
                assert_memory_equal(block, "0123456", 7);
                assert_int_equal(reader_read(reader, block, 7, &length, &error), STATUS_OK);
                assert_int_equal(length, 3);
                assert_memory_equal(block, "789", 3);
                assert_int_equal(reader_read(reader, block, 7, &length, &error), STATUS_OK);
                assert_int_equal(length, 0);
                assert_int_equal(reader_rewind(reader, &error), STATUS_OK);
        }
        reader_close(NULL);
}

/* A file that is consumed is read like any other; what was read no longer takes space, where holes can be made. */
static void reading_for_the_last_time(void **state)
{
        (void)state;
        enum { STEP = 100003, BYTES = 130 * STEP };
        struct error error;
        struct writer *writer;
        struct stat before, after;
        uint8_t *block = malloc(STEP);
        assert_int_equal(writer_open(path_of("consumed"), &writer, &error), STATUS_OK);
        for (int i = 0; i < BYTES / STEP; i++) {
                memset(block, i + 1, STEP);
                assert_int_equal(writer_write(writer, block, STEP, &error), STATUS_OK);
        }
        assert_int_equal(writer_close(writer, true, &error), STATUS_OK);
        assert_int_equal(stat(path_of("consumed"), &before), 0);
        struct reader *reader reader_cleanup = NULL;
        assert_int_equal(reader_open_consuming(path_of("consumed"), &reader, &error), STATUS_OK);
        assert_false(reader_can_rewind(reader));
        for (int i = 0; i < BYTES / STEP; i++) {
                size_t length;
                assert_int_equal(reader_read(reader, block, STEP, &length, &error), STATUS_OK);
                assert_int_equal(length, STEP);
                assert_true(block[0] == i + 1 && memcmp(block, block + 1, STEP - 1) == 0);
        }
        assert_int_equal(stat(path_of("consumed"), &after), 0);
        assert_int_equal(after.st_size, BYTES);
        int descriptor = open(path_of("consumed"), O_RDWR);
        if (fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, BYTES - STEP, STEP) == 0)
                assert_true(after.st_blocks < before.st_blocks / 2);
        close(descriptor);
        free(block);
        assert_int_equal(reader_open_consuming(path_of("missing"), &reader, &error), STATUS_NOT_FOUND);
}

/* Blocks of a pipe are filled although it gives its bytes in small pieces; it cannot be rewound. */
static void reading_a_pipe(void **state)
{
        (void)state;
        struct error error;
        assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
        pid_t child = fork();
        if (child == 0) {
                int descriptor = open(path_of("pipe"), O_WRONLY);
                for (int i = 0; i < 100; i++)
                        if (write(descriptor, "abcde", 5) != 5)
                                _exit(1);
                _exit(0);
        }
        struct reader *reader;
        assert_int_equal(reader_open(path_of("pipe"), &reader, &error), STATUS_OK);
        assert_true(reader_size_bytes(reader) == -1 && !reader_can_rewind(reader));
        char block[400];
        size_t length;
        assert_int_equal(reader_read(reader, block, 400, &length, &error), STATUS_OK);
        assert_int_equal(length, 400);
        assert_int_equal(reader_read(reader, block, 400, &length, &error), STATUS_OK);
        assert_int_equal(length, 100);
        assert_int_equal(reader_rewind(reader, &error), STATUS_SYSTEM);
        reader_close(reader);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_int_equal(unlink(path_of("pipe")), 0);
}

static void writing_streams(void **state)
{
        (void)state;
        enum { BLOCK = 300000, BLOCKS = 8, LARGE = 3 << 20 };
        struct error error;
        struct writer *writer;
        char *block = malloc(LARGE);
        assert_non_null(block);
        assert_int_equal(writer_open(path_of("stream"), &writer, &error), STATUS_OK);
        for (int i = 0; i < BLOCKS; i++) {
                memset(block, 'a' + i, BLOCK);
                assert_true(writer_position(writer) == (uint64_t)i * BLOCK);
                assert_int_equal(writer_write(writer, block, BLOCK, &error), STATUS_OK);
        }
        memset(block, 'z', LARGE);
        assert_int_equal(writer_write(writer, block, LARGE, &error), STATUS_OK);
        assert_int_equal(writer_write(writer, "!", 1, &error), STATUS_OK);
        assert_true(writer_position(writer) == BLOCKS * BLOCK + LARGE + 1);
        assert_int_equal(writer_close(writer, true, &error), STATUS_OK);
        struct mapping mapping;
        assert_int_equal(mapping_open(path_of("stream"), &mapping, &error), STATUS_OK);
        assert_int_equal(mapping.length, BLOCKS * BLOCK + LARGE + 1);
        for (size_t i = 0; i < mapping.length - 1; i++)
                if (mapping.data[i] != (i < BLOCKS * BLOCK ? 'a' + i / BLOCK : 'z'))
                        fail_msg("byte %zu", i);
        assert_int_equal(mapping.data[mapping.length - 1], '!');
        mapping_close(&mapping);
        assert_null(mapping.data);
        mapping_close(&mapping);
        free(block);
        assert_int_equal(writer_open(path_of("discarded"), &writer, &error), STATUS_OK);
        assert_int_equal(writer_write(writer, "x", 1, &error), STATUS_OK);
        writer_discard(writer);
        assert_false(file_exists(path_of("discarded")));
        writer_discard(NULL);
}

static void a_full_disk_is_told(void **state)
{
        (void)state;
        if (!file_exists("/dev/full"))
                skip();
        struct error error = {0};
        struct writer *writer;
        assert_int_equal(writer_open("/dev/full", &writer, &error), STATUS_OK);
        assert_int_equal(writer_write(writer, "x", 1, &error), STATUS_OK);
        assert_int_equal(writer_close(writer, false, &error), STATUS_SYSTEM);
        assert_string_equal(error_argument(&error, "action"), "write");
        assert_string_equal(error_argument(&error, "path"), "/dev/full");
        assert_string_equal(error_argument(&error, "reason"), "No space left on device");
}

static void an_empty_file_maps_to_nothing(void **state)
{
        (void)state;
        struct error error;
        struct mapping mapping = {(const uint8_t *)"x", 1};
        put(path_of("empty"), "");
        assert_int_equal(mapping_open(path_of("empty"), &mapping, &error), STATUS_OK);
        assert_null(mapping.data);
        assert_int_equal(mapping.length, 0);
        mapping_close(&mapping);
}

/* Tells the parent that it holds the lock, then waits to be ended. */
static pid_t child_that_locks(const char *path)
{
        int ready[2];
        assert_int_equal(pipe(ready), 0);
        pid_t child = fork();
        if (child == 0) {
                struct error error;
                struct lock *lock;
                char answer = lock_take(path, &lock, &error) == STATUS_OK ? 'y' : 'n';
                if (write(ready[1], &answer, 1) == 1)
                        for (;;)
                                pause();
                _exit(1);
        }
        char answer = 0;
        assert_int_equal(read(ready[0], &answer, 1), 1);
        assert_int_equal(answer, 'y');
        close(ready[0]);
        close(ready[1]);
        return child;
}

/* One owner at a time, between processes and within one; a killed owner leaves nothing to clean up. */
static void locks(void **state)
{
        (void)state;
        struct error error;
        struct lock *lock = NULL, *other = NULL;
        const char *path = path_of("data.lock");
        pid_t child = child_that_locks(path);
        assert_int_equal(lock_take(path, &lock, &error), STATUS_BUSY);
        assert_null(lock);
        assert_string_equal(error.key, "data.locked");
        assert_string_equal(error_argument(&error, "path"), path);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_int_equal(lock_take(path, &lock, &error), STATUS_OK);
        assert_int_equal(lock_take(path, &other, &error), STATUS_BUSY);
        lock_release(lock);
        assert_int_equal(lock_take(path, &other, &error), STATUS_OK);
        lock_release(other);
        lock_release(NULL);
        assert_int_equal(lock_take(path_of("none/lock"), &lock, &error), STATUS_NOT_FOUND);
}

static void a_pipe_is_no_terminal(void **state)
{
        (void)state;
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        assert_false(terminal_is_interactive(ends[0]));
        close(ends[0]);
        close(ends[1]);
        assert_false(terminal_is_interactive(-1));
}

static void libraries(void **state)
{
        (void)state;
        static const char *const known[] = {"labs", "llabs"}, *const unknown[] = {"labs", "no_such_function"};
        void *functions[2];
        long (*absolute)(long);
        struct error error;
        assert_int_equal(library_load("libc.so.6", known, 2, functions, &error), STATUS_OK);
        memcpy(&absolute, functions, sizeof(absolute));
        assert_int_equal(absolute(-7), 7);
        assert_int_equal(library_load("libc.so.6", unknown, 2, functions, &error), STATUS_SYSTEM);
        assert_string_equal(error.key, "library.missing");
        assert_non_null(strstr(error_argument(&error, "reason"), "no_such_function"));
        assert_int_equal(library_load("libtreue-none.so.1", known, 2, functions, &error), STATUS_SYSTEM);
        assert_string_equal(error_argument(&error, "name"), "libtreue-none.so.1");
}

/* Small and large ones, all zero; what is too large, by itself or for the system, is none. */
static void tables(void **state)
{
        (void)state;
        static const size_t counts[] = {1, 1000, (size_t)1 << 19, ((size_t)1 << 19) + 3};
        memory_reuse_large_blocks();
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
                uint64_t *table = memory_table(counts[i], sizeof(*table)), sum = 0;
                assert_non_null(table);
                for (size_t k = 0; k < counts[i]; k++) {
                        sum |= table[k];
                        table[k] = UINT64_MAX;
                }
                assert_int_equal(sum, 0);
                free(table); /* the next of this size is not what is left of this one */
                table = memory_table(counts[i], sizeof(*table));
                assert_int_equal(table[0] | table[counts[i] / 2] | table[counts[i] - 1], 0);
                free(table);
                memory_faults_begin(1, 0);
                table = memory_table(counts[i], sizeof(*table));
                assert_true(memory_faults_end());
                assert_null(table);
        }
        assert_null(memory_table(SIZE_MAX / 4, 8));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(instants),
                cmocka_unit_test(an_injected_clock_moves_by_a_millisecond),
                cmocka_unit_test(local_days),
                cmocka_unit_test(unknown_zones),
                cmocka_unit_test(random_numbers),
                cmocka_unit_test(whole_files),
                cmocka_unit_test(missing_files_and_folders),
                cmocka_unit_test(failed_writes_leave_nothing),
                cmocka_unit_test(directories),
                cmocka_unit_test(reading_in_blocks),
                cmocka_unit_test(reading_for_the_last_time),
                cmocka_unit_test(reading_a_pipe),
                cmocka_unit_test(writing_streams),
                cmocka_unit_test(a_full_disk_is_told),
                cmocka_unit_test(an_empty_file_maps_to_nothing),
                cmocka_unit_test(locks),
                cmocka_unit_test(a_pipe_is_no_terminal),
                cmocka_unit_test(libraries),
                cmocka_unit_test(tables),
        };
        return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
