/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_consent.c: may somebody be addressed? The rules of customers/consent.h case by case, each written as a
 * line: what was declared at which times, asked at a time, and the answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "customers/consent.h"

enum { ENTRIES_MAX = 8 };

/* "C10" consent at 10, "W" withdrawal, "O" objection, "L" objection lifted, "E10" exception with all conditions, "e10"
 * without notice; "P10" consent whose confirmation is pending, "D10-20" confirmed at 20, "l10-20" lifted and confirmed,
 * "p10" lifted, pending, "N10" consent without a basis, with all conditions. Ids ascend from left to right. */
static size_t read_entries(const char *line, struct consent_entry *ret)
{
        size_t count = 0;
        for (const char *at = line; *at;) {
                struct consent_entry entry = {.id = (int64_t)count + 1, .kind = CONSENT_GIVEN,
                                              .basis = CONSENT_BASIS_CONSENT};
                char letter = *at++, *end;
                entry.at_ms = strtoll(at, &end, 10);
                at = end;
                if (*at == '-') {
                        entry.confirmed_ms = strtoll(at + 1, &end, 10);
                        entry.confirmation = CONSENT_CONFIRMED;
                        at = end;
                }
                if (letter == 'W' || letter == 'O') {
                        entry.kind = letter == 'W' ? CONSENT_WITHDRAWAL : CONSENT_OBJECTION;
                        entry.basis = CONSENT_BASIS_NONE;
                } else if (letter == 'L' || letter == 'l' || letter == 'p') {
                        entry.kind = CONSENT_LIFTED;
                } else if (letter == 'E' || letter == 'e') {
                        entry.basis = CONSENT_BASIS_EXISTING;
                        entry.conditions = CONSENT_ALL_CONDITIONS & ~(letter == 'e' ? CONSENT_NOTICE_GIVEN : 0u);
                }
                if (letter == 'N') {
                        entry.basis = CONSENT_BASIS_NONE;
                        entry.conditions = CONSENT_ALL_CONDITIONS;
                }
                if (letter == 'P' || letter == 'p')
                        entry.confirmation = CONSENT_PENDING;
                assert_true(count < ENTRIES_MAX);
                ret[count++] = entry;
                while (*at == ' ')
                        at++;
        }
        return count;
}

struct rule {
        const char *declared;
        int64_t asked_ms;
        const char *state;
        int64_t entry_id, since_ms; /* the entry that decides, by its place in the line */
};

static const struct rule rules[] = {
        /* Missing is no consent; what comes later is not known yet. */
        {"", 100, "no_consent", 0, 0},
        {"C10", 9, "no_consent", 0, 0},
        {"C10", 10, "consent", 1, 10},
        {"W10", 10, "withdrawn", 1, 10},
        {"O10", 10, "objection", 1, 10},
        /* The latest counts; of one moment the withdrawal, whatever was recorded first. */
        {"C10 W20", 19, "consent", 1, 10},
        {"C10 W20", 20, "withdrawn", 2, 20},
        {"W20 C10", 20, "withdrawn", 1, 20},
        {"C10 W20 C30", 30, "consent", 3, 30},
        {"C10 W10", 10, "withdrawn", 2, 10},
        {"W10 C10", 10, "withdrawn", 1, 10},
        {"W20 D10-20", 20, "withdrawn", 1, 20},
        {"W10 L10", 10, "withdrawn", 1, 10},
        {"W10 C10 C11", 11, "consent", 3, 11},
        {"C10 C20", 30, "consent", 2, 20},
        /* An objection beats consents of any date ... */
        {"C10 O20", 30, "objection", 2, 20},
        {"O10 C20", 30, "objection", 1, 10},
        {"C20 O10", 30, "objection", 2, 10},
        {"O10 E20", 30, "objection", 1, 10},
        {"O10 D20-25", 30, "objection", 1, 10},
        {"O10 W20", 30, "objection", 1, 10},
        {"O10 W20 C30", 40, "objection", 1, 10},
        {"O10 C10", 10, "objection", 1, 10},
        /* ... until it is lifted later, which is a new consent. */
        {"O10 L20", 19, "objection", 1, 10},
        {"O10 L20", 20, "consent", 2, 20},
        {"L5 O10", 20, "objection", 2, 10},
        {"O10 L20 O30", 30, "objection", 3, 30},
        {"O10 L20 W30", 30, "withdrawn", 3, 30},
        {"O10 L20 W30 C40", 40, "consent", 4, 40},
        {"O10 L10", 10, "consent", 2, 10},
        {"L10 O10", 10, "objection", 2, 10},
        {"O10 p20", 30, "objection", 1, 10},
        {"O10 l20-30", 29, "objection", 1, 10},
        {"O10 l20-30", 30, "consent", 2, 30},
        {"O10 l11-30 O20", 40, "objection", 3, 20},
        {"L10", 10, "consent", 1, 10},
        /* Double opt-in: from the confirmation on; while it is pending nothing changes. */
        {"P10", 20, "pending", 1, 10},
        {"D10-20", 9, "no_consent", 0, 0},
        {"D10-20", 19, "pending", 1, 10},
        {"D10-20", 20, "consent", 1, 20},
        {"C10 P20", 30, "consent", 1, 10},
        {"C10 W20 P30", 40, "withdrawn", 2, 20},
        {"D10-30 W20", 25, "withdrawn", 2, 20},
        {"D10-30 W20", 30, "consent", 1, 30},
        {"O5 P10", 20, "objection", 1, 5},
        /* The exception: all conditions, and nobody ever refused. */
        {"E10", 10, "existing_customer", 1, 10},
        {"e10", 10, "incomplete", 1, 10},
        {"E10 e20", 20, "incomplete", 2, 20},
        {"e10 E20", 20, "existing_customer", 2, 20},
        {"C10 e20", 20, "consent", 1, 10},
        {"C10 E20", 20, "consent", 1, 10},
        {"E10 C20", 20, "consent", 2, 20},
        {"E10 W20", 20, "withdrawn", 2, 20},
        {"W10 E20", 20, "withdrawn", 1, 10},
        {"E10 O20", 20, "objection", 2, 20},
        {"W10 C20 E30", 30, "consent", 2, 20},
        {"P10 e20", 30, "pending", 1, 10},
        /* Nothing permits without a legal basis. */
        {"N10", 10, "incomplete", 1, 10},
        {"C10 N20", 20, "consent", 1, 10},
        {"E10 N20", 20, "incomplete", 2, 20},
        /* A later entry about the same event corrects the earlier one. */
        {"E10 e10", 20, "incomplete", 2, 10},
        {"P10 D10-15", 20, "consent", 2, 15},
        {"D10-15 P10", 20, "pending", 2, 10},
        {"C10 W20 C10", 30, "withdrawn", 2, 20},
};

static void rules_hold(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
                struct consent_entry entries[ENTRIES_MAX];
                size_t count = read_entries(rules[i].declared, entries);
                struct consent_standing found = consent_standing_at(CONSENT_EMAIL, entries, count, rules[i].asked_ms);
                if (strcmp(consent_state_names[found.state], rules[i].state) != 0 ||
                    found.entry_id != rules[i].entry_id || found.since_ms != rules[i].since_ms)
                        fail_msg("%s at %d: %s by %d since %d, wanted %s by %d since %d", rules[i].declared,
                                 (int)rules[i].asked_ms, consent_state_names[found.state], (int)found.entry_id,
                                 (int)found.since_ms, rules[i].state, (int)rules[i].entry_id, (int)rules[i].since_ms);
        }
}

/* Whatever order the entries come in. */
static void order_does_not_matter(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
                struct consent_entry entries[ENTRIES_MAX], turned[ENTRIES_MAX];
                size_t count = read_entries(rules[i].declared, entries);
                for (size_t shift = 0; shift < count; shift++) {
                        for (size_t e = 0; e < count; e++)
                                turned[e] = entries[count - 1 - (e + shift) % count];
                        struct consent_standing found = consent_standing_at(CONSENT_EMAIL, turned, count,
                                                                            rules[i].asked_ms);
                        assert_string_equal(consent_state_names[found.state], rules[i].state);
                        assert_int_equal(found.entry_id, rules[i].entry_id);
                }
        }
}

static void exception_by_channel(void **state)
{
        (void)state;
        for (int c = 0; c < CONSENT_CHANNELS; c++) {
                struct consent_entry entries[ENTRIES_MAX];
                size_t count = read_entries("E10", entries);
                struct consent_standing found = consent_standing_at((enum consent_channel)c, entries, count, 20);
                bool electronic = c == CONSENT_EMAIL || c == CONSENT_PORTAL;
                assert_int_equal(found.state, electronic ? CONSENT_STATE_EXISTING : CONSENT_STATE_INCOMPLETE);
                assert_int_equal(consent_permits(found.state), electronic);
        }
}

/* Each of the four conditions is needed. */
static void conditions_are_cumulative(void **state)
{
        (void)state;
        for (unsigned conditions = 0; conditions <= CONSENT_ALL_CONDITIONS; conditions++) {
                struct consent_entry entry = {.id = 1, .kind = CONSENT_GIVEN, .basis = CONSENT_BASIS_EXISTING,
                                              .conditions = conditions, .at_ms = 10};
                struct consent_standing found = consent_standing_at(CONSENT_EMAIL, &entry, 1, 10);
                assert_int_equal(consent_permits(found.state), conditions == CONSENT_ALL_CONDITIONS);
        }
}

static const char *problem_of(const char *line, enum consent_channel channel, bool has_text, unsigned conditions)
{
        struct consent_entry entries[ENTRIES_MAX];
        size_t count = read_entries(line, entries);
        assert_int_equal(count, 1);
        entries[0].conditions |= conditions;
        const char *problem = consent_problem(channel, &entries[0], has_text, 100);
        return problem ? strrchr(problem, '.') + 1 : "";
}

static void problems_are_named(void **state)
{
        (void)state;
        struct consent_entry refusal = {.kind = CONSENT_OBJECTION, .basis = CONSENT_BASIS_CONSENT, .at_ms = 1};
        struct consent_entry lifted = {.kind = CONSENT_LIFTED, .basis = CONSENT_BASIS_EXISTING, .at_ms = 1};
        struct consent_entry confirmed = {.kind = CONSENT_WITHDRAWAL, .confirmation = CONSENT_CONFIRMED, .at_ms = 1,
                                          .confirmed_ms = 2};
        assert_string_equal(problem_of("C10", CONSENT_EMAIL, true, 0), "");
        assert_string_equal(problem_of("C100", CONSENT_EMAIL, true, 0), "");
        assert_string_equal(problem_of("C101", CONSENT_EMAIL, true, 0), "future");
        assert_string_equal(problem_of("O101", CONSENT_EMAIL, false, 0), "future");
        assert_string_equal(problem_of("D10-101", CONSENT_EMAIL, true, 0), "future");
        assert_string_equal(problem_of("D10-9", CONSENT_EMAIL, true, 0), "confirmed_early");
        assert_string_equal(problem_of("D10-10", CONSENT_EMAIL, true, 0), "");
        assert_string_equal(problem_of("C10", CONSENT_EMAIL, false, 0), "text");
        assert_string_equal(problem_of("L10", CONSENT_PHONE, false, 0), "text");
        assert_string_equal(problem_of("O10", CONSENT_PHONE, false, 0), "");
        assert_string_equal(problem_of("W10", CONSENT_POST, false, 0), "");
        assert_string_equal(problem_of("E10", CONSENT_EMAIL, false, 0), "");
        assert_string_equal(problem_of("E10", CONSENT_PORTAL, false, 0), "");
        assert_string_equal(problem_of("E10", CONSENT_PHONE, false, 0), "exception_channel");
        assert_string_equal(problem_of("E10", CONSENT_POST, false, 0), "exception_channel");
        assert_string_equal(problem_of("C10", CONSENT_EMAIL, true, CONSENT_SIMILAR_GOODS), "conditions");
        assert_string_equal(consent_problem(CONSENT_EMAIL, &refusal, true, 100), "consent.problem.basis");
        assert_string_equal(consent_problem(CONSENT_EMAIL, &lifted, true, 100), "consent.problem.basis");
        assert_string_equal(consent_problem(CONSENT_EMAIL, &confirmed, true, 100), "consent.problem.confirmation");
}

static void words_are_found(void **state)
{
        (void)state;
        assert_int_equal(consent_word(consent_channel_names, CONSENT_CHANNELS, text_of("portal")), CONSENT_PORTAL);
        assert_int_equal(consent_word(consent_kind_names, CONSENT_KINDS, text_of("objection_lifted")), CONSENT_LIFTED);
        assert_int_equal(consent_word(consent_kind_names, CONSENT_KINDS, text_of("objections")), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rules_hold),
                cmocka_unit_test(order_does_not_matter),
                cmocka_unit_test(exception_by_channel),
                cmocka_unit_test(conditions_are_cumulative),
                cmocka_unit_test(problems_are_named),
                cmocka_unit_test(words_are_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
