/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_fragments_threads.c: fragments of documents come back sorted and complete, from memory and from spilled runs
 * alike; damaged runs are noticed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "importer/dictionary.h"
#include "importer/fragments.h"
#include "importer/hash_set.h"
#include "memory_faults.h"
#include "platform/file.h"
#include "platform/thread.h"

enum { CUSTOMERS = 40, DOCUMENTS = 400, LINES = 6000, SHELVES = 2 };

static char directory[64];

static int make_directory(void **state)
{
        (void)state;
        snprintf(directory, sizeof(directory), "/tmp/treue-fragments-%ld", (long)getpid());
        struct error error;
        return directory_make(directory, &error) == STATUS_OK ? 0 : -1;
}

static int remove_directory(void **state)
{
        (void)state;
        struct error error;
        return directory_clear(directory, "", &error) == STATUS_OK ? rmdir(directory) : -1;
}

/* A small generator of our own: the same sequence on every machine. */
static uint32_t next_random(uint64_t *seed)
{
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (uint32_t)(*seed >> 33);
}

struct world {
        int64_t ids[CUSTOMERS];
        uint32_t products[100], groups[10];
        struct fragment_names names[SHELVES];
        struct fragment_shelf shelves[SHELVES];
        int64_t sum[DOCUMENTS];   /* of amounts, by document */
        unsigned lines[DOCUMENTS];
};

static void world_init(struct world *world)
{
        memset(world, 0, sizeof(*world));
        for (size_t i = 0; i < CUSTOMERS; i++)
                world->ids[i] = 1000000 - (int64_t)i * 7; /* not in the order of the dictionary */
        for (uint32_t i = 0; i < 100; i++)
                world->products[i] = 5000 + i;
        for (uint32_t i = 0; i < 10; i++)
                world->groups[i] = 70 + i;
        for (uint32_t s = 0; s < SHELVES; s++) {
                fragment_shelf_init(&world->shelves[s], s);
                world->names[s] =
                        (struct fragment_names){world->ids, CUSTOMERS, world->products, world->groups, 100, 10};
        }
}

/* Puts `count` lines of random documents on random shelves. Document d belongs to customer d % CUSTOMERS. */
static void scatter(struct world *world, uint64_t *seed, unsigned count)
{
        for (unsigned i = 0; i < count; i++) {
                unsigned document = next_random(seed) % DOCUMENTS;
                struct fragment_shelf *shelf = &world->shelves[next_random(seed) % SHELVES];
                char number[16];
                snprintf(number, sizeof(number), "R%08u", document);
                struct line line = {
                        .product = next_random(seed) % 100,
                        .quantity_milli = (int64_t)(next_random(seed) % 9000) - 500,
                        .amount_minor = (int64_t)(next_random(seed) % 100000) - 20000,
                        .marks = LINE_COST_KNOWN | FRAGMENT_GROUP,
                        .cost_minor = 5,
                        .group = next_random(seed) % 10,
                };
                int32_t day = 15000 + (int32_t)(document % 300);
                fragment_begin(shelf, document % CUSTOMERS, text_of(number), day, FRAGMENT_MARKED);
                assert_true(fragment_add(shelf, day, &line));
                fragment_end(shelf);
                world->sum[document] += line.amount_minor;
                world->lines[document]++;
        }
}

/* Takes everything out of a merge and compares with what went in. */
static void drain(struct world *world, struct fragment_merge *merge)
{
        struct error error;
        int64_t last_customer = INT64_MIN;
        char last_number[256] = "";
        for (;;) {
                struct fragment fragment;
                struct line lines[FRAGMENT_LINES_MAX];
                bool more;
                assert_int_equal(fragment_merge_next(merge, &fragment, &more, &error), STATUS_OK);
                if (!more)
                        break;
                char number[256];
                memcpy(number, fragment.number.data, fragment.number.length);
                number[fragment.number.length] = '\0';
                assert_true(fragment.customer_id > last_customer
                            || (fragment.customer_id == last_customer && strcmp(number, last_number) >= 0));
                last_customer = fragment.customer_id;
                memcpy(last_number, number, sizeof(number));
                assert_true(fragment_lines(&fragment, lines));
                unsigned document = (unsigned)strtoul(number + 1, NULL, 10);
                assert_int_equal(fragment.customer_id, world->ids[document % CUSTOMERS]);
                assert_int_equal(fragment.day, 15000 + (int32_t)(document % 300));
                for (unsigned i = 0; i < fragment.line_count; i++) {
                        assert_in_range(lines[i].product, 5000, 5099);
                        assert_in_range(lines[i].group, 70, 79);
                        assert_int_equal(lines[i].cost_minor, 5);
                        world->sum[document] -= lines[i].amount_minor;
                        world->lines[document]--;
                }
        }
        for (unsigned d = 0; d < DOCUMENTS; d++) {
                assert_int_equal(world->sum[d], 0);
                assert_int_equal(world->lines[d], 0);
        }
}

static void merges_in_memory_and_from_runs(void **state)
{
        (void)state;
        for (unsigned spills = 0; spills <= 5; spills += 5) {
                struct world *world = malloc(sizeof(*world));
                struct fragment_merge *merge;
                struct error error;
                uint64_t seed = 42;
                world_init(world);
                assert_int_equal(fragment_merge_new(directory, &merge, &error), STATUS_OK);
                for (unsigned i = 0; i < spills; i++) {
                        scatter(world, &seed, LINES);
                        assert_int_equal(fragment_merge_spill(merge, world->shelves, world->names, SHELVES, SHELVES,
                                                              &error), STATUS_OK);
                }
                scatter(world, &seed, LINES);
                assert_int_equal(fragment_merge_start(merge, world->shelves, world->names, SHELVES, &error),
                                 STATUS_OK);
                drain(world, merge);
                fragment_merge_free(merge);
                free(world);
        }
}

/* A document has one date, that of its earliest line; different ones are noticed. */
static void keeps_the_earliest_day(void **state)
{
        (void)state;
        struct fragment_shelf shelf;
        fragment_shelf_init(&shelf, 0);
        struct line line = {.product = 1, .amount_minor = 1};
        fragment_begin(&shelf, 0, text_of("A"), 100, 0);
        assert_true(fragment_add(&shelf, 100, &line));
        assert_true(fragment_add(&shelf, 98, &line));
        assert_true(fragment_add(&shelf, 99, &line));
        fragment_end(&shelf);
        int32_t day;
        memcpy(&day, shelf.refs[0].data, 4);
        assert_int_equal(day, 98);
        assert_int_equal(shelf.refs[0].data[6] & FRAGMENT_DATES_DIFFER, FRAGMENT_DATES_DIFFER);
        fragment_shelf_clear(&shelf);
}

static void a_full_fragment_says_so(void **state)
{
        (void)state;
        struct fragment_shelf shelf;
        fragment_shelf_init(&shelf, 0);
        struct line line = {.product = UINT32_MAX, .quantity_milli = INT64_MIN, .amount_minor = INT64_MAX};
        fragment_begin(&shelf, 0, text_of("A"), 100, 0);
        for (unsigned i = 0; i < FRAGMENT_LINES_MAX; i++)
                assert_true(fragment_add(&shelf, 100, &line));
        assert_false(fragment_add(&shelf, 100, &line));
        fragment_end(&shelf);
        fragment_shelf_clear(&shelf);
}

/* How the file of a run can be damaged. */
enum damage { CUT_IN_A_HEAD, CUT_IN_THE_MIDDLE, CUT_AFTER_A_BLOCK, LONGER, FLIPPED_LINES, FLIPPED_CUSTOMER, DAMAGES };

/* Where the block in the middle of a run begins; blocks: checksum 8, length 4, records. */
static size_t middle_block(const struct buffer *run)
{
        size_t at = 0;
        while (at < run->length / 2) {
                uint32_t length;
                memcpy(&length, run->data + at + 8, 4);
                at += 12 + length;
        }
        assert_true(at > 0 && at < run->length);
        return at;
}

static void damage(const char *path, enum damage how)
{
        struct buffer run;
        struct error error;
        assert_int_equal(file_read(path, (size_t)64 << 20, &run, &error), STATUS_OK);
        size_t middle = middle_block(&run), length = run.length;
        switch (how) {
        case CUT_IN_A_HEAD:
                length = 15;
                break;
        case CUT_IN_THE_MIDDLE:
                length = middle + 30;
                break;
        case CUT_AFTER_A_BLOCK:
                length = middle;
                break;
        case LONGER:
                assert_true(buffer_add(&run, "one record too many at the end", 30));
                length = run.length;
                break;
        case FLIPPED_LINES:
                run.data[middle - 1] ^= 1;
                break;
        case FLIPPED_CUSTOMER:
                run.data[middle + 12] ^= 1;
                break;
        case DAMAGES:
                break;
        }
        assert_int_equal(file_write(path, run.data, length, false, &error), STATUS_OK);
        buffer_release(&run);
}

/* Nothing is left out or changed in silence, wherever it happened, and nothing waits for ever. */
static void a_damaged_run_is_noticed(void **state)
{
        (void)state;
        for (enum damage how = 0; how < DAMAGES; how++) {
                struct world *world = malloc(sizeof(*world));
                struct fragment_merge *merge;
                struct error error;
                uint64_t seed = 7;
                world_init(world);
                assert_int_equal(fragment_merge_new(directory, &merge, &error), STATUS_OK);
                for (unsigned i = 0; i < 2; i++) {
                        scatter(world, &seed, 20000);
                        assert_int_equal(fragment_merge_spill(merge, world->shelves, world->names, SHELVES, SHELVES,
                                                              &error), STATUS_OK);
                }
                char path[128];
                snprintf(path, sizeof(path), "%s/run-1.fragments", directory);
                damage(path, how);
                enum status status = fragment_merge_start(merge, world->shelves, world->names, SHELVES, &error);
                assert_int_equal(status, how == CUT_IN_A_HEAD ? STATUS_CORRUPT : STATUS_OK);
                size_t taken = 0;
                for (bool more = true; !status && more; taken++) {
                        struct fragment fragment;
                        status = fragment_merge_next(merge, &fragment, &more, &error);
                }
                assert_int_equal(status, STATUS_CORRUPT);
                assert_string_equal(error.key, "import.staging_damaged");
                assert_true(taken <= 40000 && (taken > 100 || how == CUT_IN_A_HEAD));
                fragment_merge_free(merge);
                free(world);
        }
}

/* Whoever has had enough does not wait for the thread that merges, nor that thread for them; runs are removed. What
 * that thread reads belongs to the merge: nobody can free it too early. */
static void ends_before_all_is_taken(void **state)
{
        (void)state;
        for (unsigned taken = 0; taken <= 20000; taken += 10000) {
                struct world *world = malloc(sizeof(*world));
                struct fragment_merge *merge;
                struct error error;
                uint64_t seed = 3;
                world_init(world);
                assert_int_equal(fragment_merge_new(directory, &merge, &error), STATUS_OK);
                for (unsigned i = 0; i < 3; i++) {
                        scatter(world, &seed, 40000);
                        assert_int_equal(fragment_merge_spill(merge, world->shelves, world->names, SHELVES, SHELVES,
                                                              &error), STATUS_OK);
                }
                scatter(world, &seed, 40000);
                assert_int_equal(fragment_merge_start(merge, world->shelves, world->names, SHELVES, &error), STATUS_OK);
                for (size_t s = 0; s < SHELVES; s++)
                        assert_int_equal(fragment_shelf_bytes(&world->shelves[s]), 0);
                for (unsigned i = 0; i < taken; i++) {
                        struct fragment fragment;
                        bool more;
                        assert_int_equal(fragment_merge_next(merge, &fragment, &more, &error), STATUS_OK);
                        assert_true(more);
                }
                thread_sleep_ms(30); /* the queue is full by now */
                fragment_merge_free(merge);
                char path[128];
                snprintf(path, sizeof(path), "%s/run-0.fragments", directory);
                assert_false(file_exists(path));
                free(world);
        }
}

/* Merges what lies on the shelves, from runs if `spilled`, and counts what it takes. */
static enum status merge_all(struct world *world, bool spilled, size_t *ret_taken, struct error *error)
{
        struct fragment_merge *merge = NULL;
        struct fragment fragment;
        *ret_taken = 0;
        enum status status = fragment_merge_new(directory, &merge, error);
        if (!status && spilled)
                status = fragment_merge_spill(merge, world->shelves, world->names, SHELVES, SHELVES, error);
        if (!status)
                status = fragment_merge_start(merge, world->shelves, world->names, SHELVES, error);
        for (bool more = true; !status && more; *ret_taken += !status && more)
                status = fragment_merge_next(merge, &fragment, &more, error);
        fragment_merge_free(merge);
        return status;
}

/* Whichever allocation fails, it is said, nothing is left behind, and nobody waits for ever. */
static void memory_that_fails_is_said(void **state)
{
        (void)state;
        for (int spilled = 0; spilled < 2; spilled++) {
                long after = 0;
                for (bool failed = true; failed; after++) {
                        struct world *world = malloc(sizeof(*world));
                        struct error error;
                        uint64_t seed = 5;
                        size_t taken;
                        world_init(world);
                        scatter(world, &seed, 300);
                        memory_faults_begin(1, after);
                        enum status status = merge_all(world, spilled, &taken, &error);
                        failed = memory_faults_end();
                        assert_int_equal(status, failed ? STATUS_MEMORY : STATUS_OK);
                        assert_true(failed || taken == 300);
                        for (size_t s = 0; s < SHELVES; s++)
                                fragment_shelf_clear(&world->shelves[s]);
                        free(world);
                }
                assert_true(after > 10);
        }
}

/* The merging thread hands over what it has before it says that there is no memory for more. */
static void memory_fails_in_the_merging_thread(void **state)
{
        (void)state;
        size_t interrupted = 0;
        long after = 0;
        for (bool failed = true; failed; after++) {
                struct world *world = malloc(sizeof(*world));
                struct error error;
                uint64_t seed = 9;
                size_t taken;
                world_init(world);
                scatter(world, &seed, 40000);
                memory_faults_begin((size_t)700 << 10, after); /* a batch is that large */
                enum status status = merge_all(world, true, &taken, &error);
                failed = memory_faults_end();
                assert_int_equal(status, failed ? STATUS_MEMORY : STATUS_OK);
                assert_true(failed ? taken < 40000 : taken == 40000);
                interrupted += failed && taken > 0;
                for (size_t s = 0; s < SHELVES; s++)
                        fragment_shelf_clear(&world->shelves[s]);
                free(world);
        }
        assert_true(interrupted >= 3);
}

static void dictionary_numbers_texts(void **state)
{
        (void)state;
        struct dictionary dictionary;
        dictionary_init(&dictionary);
        for (unsigned round = 0; round < 2; round++)
                for (unsigned i = 0; i < 20000; i++) {
                        char text[16];
                        bool added;
                        snprintf(text, sizeof(text), "K%u", i);
                        assert_int_equal(dictionary_number(&dictionary, text_of(text), &added), i);
                        assert_int_equal(added, round == 0);
                        assert_true(text_is(dictionary_text(&dictionary, i), text));
                }
        assert_int_equal(dictionary_number(&dictionary, text_of(""), NULL), 20000);
        dictionary_release(&dictionary);
}

static void hash_set_keeps_first_note(void **state)
{
        (void)state;
        struct hash_set set = {0};
        assert_false(hash_set_has(&set, 5, NULL));
        for (uint64_t i = 0; i < 10000; i++)
                assert_true(hash_set_add(&set, i * UINT64_C(0x9e3779b97f4a7c15), (uint8_t)(i % 3)));
        uint8_t note;
        assert_true(hash_set_has(&set, 2 * UINT64_C(0x9e3779b97f4a7c15), &note));
        assert_int_equal(note, 2);
        assert_true(hash_set_add(&set, 2 * UINT64_C(0x9e3779b97f4a7c15), 1));
        assert_true(hash_set_has(&set, 2 * UINT64_C(0x9e3779b97f4a7c15), &note));
        assert_int_equal(note, 2);
        assert_int_equal(set.count, 10000);
        hash_set_release(&set);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(merges_in_memory_and_from_runs), cmocka_unit_test(keeps_the_earliest_day),
                cmocka_unit_test(a_full_fragment_says_so),        cmocka_unit_test(a_damaged_run_is_noticed),
                cmocka_unit_test(ends_before_all_is_taken),       cmocka_unit_test(dictionary_numbers_texts),
                cmocka_unit_test(hash_set_keeps_first_note),      cmocka_unit_test(memory_that_fails_is_said),
                cmocka_unit_test(memory_fails_in_the_merging_thread),
        };
        return cmocka_run_group_tests_name("fragments", tests, make_directory, remove_directory);
}
