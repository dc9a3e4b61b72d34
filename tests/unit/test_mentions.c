/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_mentions.c: the earliest document that names an article's product group, whatever the order of lines; ties of
 * several groups; no memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "facts/mentions.h"
#include "memory_faults.h"

enum { ARTICLE = 7 };

struct line_case {
        int32_t day;
        const char *number;
        int64_t amount_minor, quantity_milli;
        uint32_t group;           /* 0: the line says that it has none */
};

static bool add(struct mentions *mentions, uint32_t article, const struct line_case *from)
{
        struct line line = {.product = article, .amount_minor = from->amount_minor,
                            .quantity_milli = from->quantity_milli, .group = from->group,
                            .marks = from->group ? LINE_GROUP_NAMED : 0};
        return mentions_reserve(mentions, article) && mentions_add(mentions, &line, from->day, text_of(from->number));
}

/* "day number amount quantity: groups of the earliest mentions in the order of their numbers" */
static void expect(const struct mentions *mentions, uint32_t article, const char *wanted)
{
        char said[128];
        unsigned groups = 0;
        uint32_t head = mentions->head[article];
        assert_true(head > 0);
        const struct mention *first = &mentions->entries[head - 1].mention;
        assert_int_equal(mentions->first_day[article], first->day);
        for (uint32_t at = head; at; at = mentions->entries[at - 1].next) {
                const struct mention *mention = &mentions->entries[at - 1].mention;
                assert_int_equal(mention->article, article);
                assert_false(groups >> mention->group & 1);
                groups |= 1u << mention->group;
        }
        int length = snprintf(said, sizeof(said), "%d %.*s %lld %lld:", (int)first->day, (int)first->number_length,
                              mentions->numbers.data + first->number_offset, (long long)first->amount_minor,
                              (long long)first->quantity_milli);
        for (unsigned group = 0; group < 32; group++)
                if (groups >> group & 1)
                        length += snprintf(said + length, sizeof(said) - (size_t)length, " %u", group);
        assert_string_equal(said, wanted);
}

/* All orders of the lines give the same. */
static void permute(struct line_case *lines, size_t count, size_t at, const char *wanted)
{
        if (at + 1 < count) {
                for (size_t i = at; i < count; i++) {
                        struct line_case swap = lines[at];
                        lines[at] = lines[i];
                        lines[i] = swap;
                        permute(lines, count, at + 1, wanted);
                        lines[i] = lines[at];
                        lines[at] = swap;
                }
                return;
        }
        struct mentions mentions;
        mentions_init(&mentions);
        for (size_t i = 0; i < count; i++)
                assert_true(add(&mentions, ARTICLE, &lines[i]));
        expect(&mentions, ARTICLE, wanted);
        mentions_release(&mentions);
}

#define PERMUTE(lines, wanted) permute(lines, sizeof(lines) / sizeof((lines)[0]), 0, wanted)

static void order_of_lines_decides_nothing(void **state)
{
        (void)state;
        struct line_case days[] = {{10, "B", 1, 1, 3}, {9, "Z", 9, 9, 4}, {11, "A", 0, 0, 5},
                                   {INT32_MIN, "Q", 5, 5, 6}};
        PERMUTE(days, "-2147483648 Q 5 5: 6");
        struct line_case numbers[] = {{10, "B", 1, 1, 3}, {10, "A1", 9, 9, 4}, {10, "A", 9, 9, 5}};
        PERMUTE(numbers, "10 A 9 9: 5");
        struct line_case amounts[] = {{10, "A", -5, 9, 3}, {10, "A", -6, 9, 4}, {10, "A", 0, -9, 5}};
        PERMUTE(amounts, "10 A -6 9: 4");
        struct line_case quantities[] = {{10, "A", 5, 9, 3}, {10, "A", 5, -1, 4}, {10, "A", 5, 0, 5}};
        PERMUTE(quantities, "10 A 5 -1: 4");
        struct line_case none[] = {{10, "A", 5, 9, 3}, {9, "A", 5, 9, 0}};
        PERMUTE(none, "9 A 5 9: 0");
}

/* Alike but for the group: all of them are kept, each once; an earlier line takes the place of all. */
static void ties(void **state)
{
        (void)state;
        struct line_case tied[] = {{10, "A", 5, 1, 3}, {10, "A", 5, 1, 4}, {10, "A", 5, 1, 3}, {10, "A", 5, 1, 0},
                                   {10, "A", 5, 2, 6}};
        PERMUTE(tied, "10 A 5 1: 0 3 4");
        struct line_case earlier[] = {{10, "A", 5, 1, 3}, {10, "A", 5, 1, 4}, {10, "A", 4, 1, 5}, {10, "A", 4, 1, 6}};
        PERMUTE(earlier, "10 A 4 1: 5 6");
}

/* Many articles with many mentions each: room grows, and what was there stays. */
static void many(void **state)
{
        (void)state;
        struct mentions mentions;
        char number[16], wanted[64];
        enum { ARTICLES = 5000, TIES = 2 };
        mentions_init(&mentions);
        for (uint32_t article = 0; article < ARTICLES; article++)
                for (uint32_t i = 0; i < 3 + TIES; i++) {
                        snprintf(number, sizeof(number), "R%u", article);
                        struct line_case line = {i < 3 ? 100 - (int32_t)i : 98, number, 1, 1, i + 1};
                        assert_true(add(&mentions, article, &line));
                }
        assert_int_equal(mentions.entry_count, ARTICLES * (1 + TIES));
        for (uint32_t article = 0; article < ARTICLES; article++) {
                snprintf(wanted, sizeof(wanted), "98 R%u 1 1: 3 4 5", article);
                expect(&mentions, article, wanted);
        }
        assert_int_equal(mentions.head[ARTICLES], 0);
        assert_int_equal(mentions.first_day[ARTICLES], INT32_MAX);
        mentions_release(&mentions);
}

static void without_memory(void **state)
{
        (void)state;
        static const struct line_case lines[] = {{10, "A", 5, 1, 3}, {10, "A", 5, 1, 4}, {9, "B", 5, 1, 5}};
        long after = 0;
        for (bool failed = true; failed; after++) {
                struct mentions mentions;
                bool done = true;
                mentions_init(&mentions);
                memory_faults_begin(1, after);
                for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && done; i++)
                        done = add(&mentions, ARTICLE, &lines[i]);
                failed = memory_faults_end();
                assert_true(done == !failed);
                if (done)
                        expect(&mentions, ARTICLE, "9 B 5 1: 5");
                mentions_release(&mentions);
        }
        assert_true(after >= 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(order_of_lines_decides_nothing),
                cmocka_unit_test(ties),
                cmocka_unit_test(many),
                cmocka_unit_test(without_memory),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
