/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_keys.h: every key of the concept file in one table, which the parser checks against and the help prints, so
 * that the two cannot drift apart. What a key is for stands in the catalogues as concept.key.SECTION.KEY.
 */
#ifndef TREUE_PROGRAM_CONCEPT_KEYS_H
#define TREUE_PROGRAM_CONCEPT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum concept_section {
        SECTION_DOCUMENT, SECTION_PROGRAM, SECTION_NAME, SECTION_GOAL, SECTION_MEASURE, SECTION_SEGMENT, SECTION_PATH,
        SECTION_SOME, SECTION_CRITERION, SECTION_MECHANICS, SECTION_EVALUATION, SECTION_GRACE, SECTION_DEMOTION,
        SECTION_PROMOTION, SECTION_NEWCOMER, SECTION_CLASSIFY, SECTION_OVERRIDE,
        SECTION_COUNT
};

enum value_type {
        TYPE_TEXT, TYPE_ID, TYPE_WHOLE, TYPE_NUMBER, TYPE_BOOL, TYPE_CHOICE, TYPE_LIST, TYPE_MAP, TYPE_NAMES,
        TYPE_MONTH_DAY, TYPE_DATE, TYPE_WINDOW, TYPE_THRESHOLD,
        TYPE_COUNT
};

#define GOAL_KINDS                                                                                                    \
        "revenue | margin | growth | awareness | share_of_wallet | assortment | qualification | loyalty | retention " \
        "| activation | development | win_rate | cost_to_serve | satisfaction | referral | cooperation | digital"

/* section, key, type, required, default (NULL: none), choices (NULL: free), example */
#define CONCEPT_KEYS(X)                                                                                               \
        X(DOCUMENT, format, WHOLE, true, NULL, "1", "format: 1")                                                      \
        X(DOCUMENT, program, MAP, true, NULL, NULL, "program: {id: partnerkreis, ...}")                               \
        X(DOCUMENT, parameters, MAP, false, NULL, NULL, "parameters: {market_growth: 0.03}")                          \
        X(DOCUMENT, goals, LIST, false, NULL, NULL, "goals: [{id: sow_a, ...}]")                                      \
        X(DOCUMENT, segments, LIST, true, NULL, NULL, "segments: [{id: A, ...}, {id: C, ...}]")                       \
        X(DOCUMENT, mechanics, MAP, true, NULL, NULL, "mechanics: {evaluations: [...]}")                              \
        X(DOCUMENT, replaces, MAP, false, NULL, NULL, "replaces: {SILVER: B}")                                        \
        X(PROGRAM, id, ID, true, NULL, NULL, "id: partnerkreis")                                                      \
        X(PROGRAM, name, NAMES, true, NULL, NULL, "name: {de: PartnerKreis, en: PartnerKreis}")                       \
        X(PROGRAM, claim, NAMES, false, NULL, NULL, "claim: {de: Gemeinsam besser bauen}")                            \
        X(PROGRAM, variant, CHOICE, false, "partner", "partner | loyalty | bonus | club", "variant: partner")         \
        X(PROGRAM, currency, TEXT, true, NULL, NULL, "currency: EUR")                                                 \
        X(PROGRAM, year_starts, MONTH_DAY, false, "01-01", NULL, "year_starts: 07-01")                                \
        X(PROGRAM, evaluates, CHOICE, false, "customer", "customer | account_group | site", "evaluates: site")         \
        X(NAME, de, TEXT, true, NULL, NULL, "de: PartnerKreis Exzellenz")                                             \
        X(NAME, en, TEXT, false, "de", NULL, "en: PartnerKreis Excellence")                                           \
        X(GOAL, id, ID, true, NULL, NULL, "id: sow_a")                                                                \
        X(GOAL, segment, ID, false, NULL, NULL, "segment: A")                                                         \
        X(GOAL, kind, CHOICE, true, NULL, GOAL_KINDS, "kind: share_of_wallet")                                        \
        X(GOAL, name, NAMES, true, NULL, NULL, "name: {de: Lieferanteil A, en: Share of wallet A}")                   \
        X(GOAL, metric, MAP, false, NULL, NULL, "metric: {metric: share_of_wallet, aggregate: ratio}")                \
        X(GOAL, baseline, NUMBER, false, NULL, NULL, "baseline: 0.62")                                                \
        X(GOAL, target, NUMBER, false, NULL, NULL, "target: 0.68")                                                    \
        X(GOAL, due, DATE, false, NULL, NULL, "due: 2026-12-31")                                                      \
        X(GOAL, owner, TEXT, false, NULL, NULL, "owner: marketing")                                                   \
        X(MEASURE, metric, CHOICE, true, NULL, NULL, "metric: share_of_wallet")                                       \
        X(MEASURE, aggregate, CHOICE, true, NULL, "sum | mean | ratio | count | share", "aggregate: ratio")           \
        X(SEGMENT, id, ID, true, NULL, NULL, "id: A")                                                                 \
        X(SEGMENT, name, NAMES, true, NULL, NULL, "name: {de: PartnerKreis Exzellenz}")                               \
        X(SEGMENT, for, CHOICE, false, "customers", "customers | prospects", "for: prospects")                        \
        X(SEGMENT, rest, BOOL, false, "false", NULL, "rest: true")                                                    \
        X(SEGMENT, paths, LIST, false, NULL, NULL, "paths: [{id: volume, all: [...]}]")                               \
        X(SEGMENT, expects, LIST, false, NULL, NULL, "expects: [{metric: orders, window: 12m, at_least: 1}]")         \
        X(PATH, id, ID, true, NULL, NULL, "id: volume")                                                               \
        X(PATH, all, LIST, false, NULL, NULL, "all: [{metric: revenue, window: 12m, at_least: 120000}]")              \
        X(PATH, some, MAP, false, NULL, NULL, "some: {at_least: 2, of: [...]}")                                       \
        X(SOME, at_least, WHOLE, true, NULL, NULL, "at_least: 2")                                                     \
        X(SOME, of, LIST, true, NULL, NULL, "of: [{metric: orders, window: 12m, at_least: 10}, ...]")                 \
        X(CRITERION, metric, CHOICE, true, NULL, NULL, "metric: revenue")                                             \
        X(CRITERION, of, TEXT, false, NULL, NULL, "of: trade")                                                        \
        X(CRITERION, window, WINDOW, false, NULL, NULL, "window: 12m")                                                \
        X(CRITERION, at_least, THRESHOLD, false, NULL, NULL, "at_least: 120000")                                      \
        X(CRITERION, at_most, THRESHOLD, false, NULL, NULL, "at_most: 60")                                            \
        X(CRITERION, more_than, THRESHOLD, false, NULL, NULL, "more_than: 0")                                         \
        X(CRITERION, less_than, THRESHOLD, false, NULL, NULL, "less_than: market_growth")                             \
        X(CRITERION, equals, THRESHOLD, false, NULL, NULL, "equals: true")                                            \
        X(CRITERION, in, LIST, false, NULL, NULL, "in: [Dachdecker, Zimmerer]")                                       \
        X(CRITERION, contains, TEXT, false, NULL, NULL, "contains: Holz")                                             \
        X(CRITERION, between, LIST, false, NULL, NULL, "between: [10, 50]")                                           \
        X(CRITERION, keep, THRESHOLD, false, NULL, NULL, "keep: 108000")                                              \
        X(CRITERION, scale, LIST, false, "[]", "size | newcomer", "scale: [size, newcomer]")                          \
        X(CRITERION, unknown, CHOICE, false, "not_met", "not_met | met", "unknown: met")                              \
        X(CRITERION, measured, BOOL, false, "false", NULL, "measured: true")                                          \
        X(CRITERION, goal, ID, false, NULL, NULL, "goal: sow_a")                                                      \
        X(MECHANICS, evaluations, LIST, true, NULL, NULL, "evaluations: [{id: year, ...}]")                           \
        X(MECHANICS, grace, MAP, false, "{ends: next_evaluation}", NULL, "grace: {months: 6}")                        \
        X(MECHANICS, demotion, MAP, false, "{max_steps: 1}", NULL, "demotion: {max_steps: 1}")                        \
        X(MECHANICS, promotion, MAP, false, "{max_steps: 32}", NULL, "promotion: {max_steps: 9}")                     \
        X(MECHANICS, size_factors, MAP, false, NULL, NULL, "size_factors: {S: 0.6, M: 1.0, L: 1.5}")                  \
        X(MECHANICS, newcomer, MAP, false, NULL, NULL, "newcomer: {months: 24, factors: [0.5, 0.75]}")                \
        X(MECHANICS, classify_after, MAP, false, NULL, NULL, "classify_after: {orders: 3, revenue: 2500}")            \
        X(MECHANICS, override, MAP, false, "{max_months: 12, max_share: 0.05}", NULL, "override: {max_months: 6}")    \
        X(MECHANICS, appeal_days, WHOLE, false, "14", NULL, "appeal_days: 14")                                        \
        X(MECHANICS, notice_weeks, WHOLE, false, "8", NULL, "notice_weeks: 8")                                        \
        X(EVALUATION, id, ID, true, NULL, NULL, "id: year")                                                           \
        X(EVALUATION, cutoff, MONTH_DAY, true, NULL, NULL, "cutoff: 12-31")                                           \
        X(EVALUATION, effective, MONTH_DAY, true, NULL, NULL, "effective: 02-01")                                     \
        X(EVALUATION, moves, LIST, false, "[up, down]", "up | down | grace", "moves: [up, grace]")                    \
        X(GRACE, ends, CHOICE, false, "next_evaluation", "next_evaluation | none", "ends: next_evaluation")           \
        X(GRACE, months, WHOLE, false, NULL, NULL, "months: 6")                                                       \
        X(DEMOTION, max_steps, WHOLE, false, "1", NULL, "max_steps: 1")                                               \
        X(PROMOTION, max_steps, WHOLE, false, "32", NULL, "max_steps: 9")                                             \
        X(NEWCOMER, months, WHOLE, true, NULL, NULL, "months: 24")                                                    \
        X(NEWCOMER, factors, LIST, true, NULL, NULL, "factors: [0.5, 0.75]")                                          \
        X(NEWCOMER, pro_rata, BOOL, false, "false", NULL, "pro_rata: true")                                           \
        X(CLASSIFY, orders, WHOLE, false, NULL, NULL, "orders: 3")                                                    \
        X(CLASSIFY, revenue, NUMBER, false, NULL, NULL, "revenue: 2500")                                              \
        X(OVERRIDE, max_months, WHOLE, false, "12", NULL, "max_months: 12")                                           \
        X(OVERRIDE, max_share, NUMBER, false, "0.05", NULL, "max_share: 0.05")

enum concept_key {
#define KEY_NAME(section, key, type, required, standard, choices, example) KEY_##section##_##key,
        CONCEPT_KEYS(KEY_NAME)
#undef KEY_NAME
        KEY_COUNT
};

struct key_info {
        enum concept_section section;
        enum value_type type;
        bool required;
        const char *key, *standard, *choices, *example;
};
extern const struct key_info key_infos[KEY_COUNT];
extern const char *const section_names[SECTION_COUNT]; /* "program", ...: also part of catalogue keys */

/* By enum comparator; also the keys. */
extern const char *const comparator_names[];

#endif
