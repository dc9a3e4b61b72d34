/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * engine_company.h: small companies and concepts for the engine's tests: customers, sales written as tables, split over
 * as many index segments as a test wants, and two ways to run ranges in parallel.
 */
#ifndef TREUE_TEST_ENGINE_COMPANY_H
#define TREUE_TEST_ENGINE_COMPANY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/arena.h"
#include "base/bits.h"
#include "base/calendar.h"
#include "engine/evaluate.h"

enum { COMPANY_CUSTOMERS_MAX = 512, COMPANY_LINES_MAX = 4, NO_SIZE = 255 };

struct company_line {
        uint32_t article;
        int64_t amount_minor;
        int64_t cost_minor;
        bool cost_known;
};

/* One document; the lines end with the first one whose amount and article are 0. */
struct company_sale {
        size_t customer;
        const char *day;
        struct company_line lines[COMPANY_LINES_MAX];
};

struct company {
        struct arena *arena;
        struct engine_input input;
        uint8_t *kind, *size_class;
        int32_t *since_day, *joined_day, *recorded_day;
};

static inline int32_t day_of(const char *iso)
{
        int32_t day = DAY_NONE;
        assert_true(day_parse_iso(text_of(iso), &day));
        return day;
}

/* Customers recorded long ago, without dates, size class and purchases. */
static inline struct company company_new(size_t customers, const char *cutoff)
{
        struct company company = {.arena = arena_new((size_t)256 << 20)};
        assert_non_null(company.arena);
        company.kind = arena_array(company.arena, uint8_t, customers);
        company.size_class = arena_array(company.arena, uint8_t, customers);
        company.since_day = arena_array(company.arena, int32_t, customers);
        company.joined_day = arena_array(company.arena, int32_t, customers);
        company.recorded_day = arena_array(company.arena, int32_t, customers);
        for (size_t i = 0; i < customers; i++) {
                company.size_class[i] = NO_SIZE;
                company.since_day[i] = company.joined_day[i] = DAY_NONE;
                company.recorded_day[i] = day_of("2000-01-01");
        }
        company.input = (struct engine_input){
                .cutoff_day = day_of(cutoff), .customer_count = customers, .kind = company.kind,
                .since_day = company.since_day, .joined_day = company.joined_day,
                .recorded_day = company.recorded_day, .size_class = company.size_class};
        return company;
}

static inline void company_free(struct company *company) { arena_free(company->arena); }

static inline size_t sale_line_count(const struct company_sale *sale)
{
        size_t count = 0;
        while (count < COMPANY_LINES_MAX && (sale->lines[count].amount_minor || sale->lines[count].article))
                count++;
        return count;
}

static inline int company_compare_sales(const void *a, const void *b)
{
        const struct company_sale *left = a, *right = b;
        if (left->customer != right->customer)
                return left->customer < right->customer ? -1 : 1;
        return (day_of(left->day) > day_of(right->day)) - (day_of(left->day) < day_of(right->day));
}

static inline struct purchase_segment company_segment(struct company *company, struct company_sale *sales,
                                                      size_t count)
{
        struct arena *arena = company->arena;
        size_t lines_max = count * COMPANY_LINES_MAX + 1, customers = company->input.customer_count;
        uint32_t *offsets = arena_array(arena, uint32_t, customers + 1);
        int32_t *days = arena_array(arena, int32_t, count + 1);
        int64_t *totals = arena_array(arena, int64_t, count + 1), *amounts = arena_array(arena, int64_t, lines_max);
        int64_t *costs = arena_array(arena, int64_t, lines_max);
        uint32_t *first = arena_array(arena, uint32_t, count + 1), *articles = arena_array(arena, uint32_t, lines_max);
        uint64_t *known = arena_array(arena, uint64_t, bits_words(lines_max));
        uint32_t line = 0;
        bool any_cost = false;
        qsort(sales, count, sizeof(*sales), company_compare_sales);
        for (size_t i = 0; i < count; i++) {
                offsets[sales[i].customer + 1]++;
                days[i] = day_of(sales[i].day);
                first[i] = line;
                for (size_t l = 0; l < sale_line_count(&sales[i]); l++, line++) {
                        const struct company_line *from = &sales[i].lines[l];
                        totals[i] += from->amount_minor;
                        amounts[line] = from->amount_minor;
                        articles[line] = from->article;
                        costs[line] = from->cost_minor;
                        any_cost |= from->cost_known;
                        if (from->cost_known)
                                bits_set(known, line);
                }
        }
        first[count] = line;
        for (size_t i = 0; i < customers; i++)
                offsets[i + 1] += offsets[i];
        return (struct purchase_segment){
                .document_count = count, .line_count = line, .customer_document = offsets, .document_day = days,
                .document_total = totals, .document_line = first, .line_article = articles, .line_amount = amounts,
                .line_cost = any_cost ? costs : NULL, .line_cost_known = any_cost ? known : NULL};
}

/* Sale i goes into segment i modulo `segments`: customers lie in several segments. */
static inline void company_sell(struct company *company, const struct company_sale *sales, size_t count,
                                size_t segments)
{
        struct purchase_segment *list = arena_array(company->arena, struct purchase_segment, segments);
        struct company_sale *part = arena_array(company->arena, struct company_sale, count + 1);
        for (size_t s = 0; s < segments; s++) {
                size_t taken = 0;
                for (size_t i = s; i < count; i += segments)
                        part[taken++] = sales[i];
                list[s] = company_segment(company, part, taken);
        }
        company->input.segments = list;
        company->input.segment_count = segments;
}

/* Article i belongs to group groups[i]. */
static inline void company_articles(struct company *company, const uint32_t *groups, size_t count,
                                    const struct text *codes, size_t code_count)
{
        company->input.article_count = count;
        company->input.article_group = groups;
        company->input.group_count = code_count;
        company->input.group_codes = codes;
}

/* ---- concepts ---------------------------------------------------------------------------------------------------- */

static inline struct operand number_of(int64_t units, uint8_t scale)
{
        return (struct operand){.kind = OPERAND_NUMBER, .number = {units, scale}};
}
static inline struct operand text_operand(const char *text)
{
        return (struct operand){.kind = OPERAND_TEXT, .text = text_of(text)};
}
static inline struct operand bool_operand(bool value)
{
        return (struct operand){.kind = OPERAND_BOOL, .boolean = value};
}

#define WINDOW(KIND, COUNT) ((struct window){WINDOW_##KIND, (COUNT)})

/* A metric that has no window is given WINDOW(NONE, 0). */
static inline struct criterion criterion_of(enum metric metric, struct window window, enum comparator comparator,
                                            struct operand *operands, size_t count)
{
        return (struct criterion){.metric = metric, .window = window, .comparator = comparator,
                                  .operands = operands, .operand_count = count};
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

struct company_threads {
        size_t count, grain, next;
        void (*work)(void *context, size_t begin, size_t end);
        void *context;
};

static inline void *company_thread(void *argument)
{
        struct company_threads *threads = argument;
        for (;;) {
                size_t begin = __atomic_fetch_add(&threads->next, threads->grain, __ATOMIC_RELAXED);
                if (begin >= threads->count)
                        return NULL;
                size_t left = threads->count - begin;
                threads->work(threads->context, begin, begin + (left < threads->grain ? left : threads->grain));
        }
}

static inline void company_run_two(void *self, size_t count, size_t grain,
                                   void (*work)(void *context, size_t begin, size_t end), void *context)
{
        (void)self;
        struct company_threads threads = {count, grain, 0, work, context};
        pthread_t other;
        assert_int_equal(pthread_create(&other, NULL, company_thread, &threads), 0);
        company_thread(&threads);
        assert_int_equal(pthread_join(other, NULL), 0);
}

static const struct parallel company_two_threads = {NULL, company_run_two};

struct company_result {
        struct engine_plan *plan;
        struct measures measures;
        struct decisions decisions;
        struct tally tally;
};

static inline struct company_result company_evaluate(struct company *company, const struct concept *concept,
                                                     const struct standing *standing, size_t evaluation,
                                                     const struct parallel *parallel)
{
        struct company_result result;
        struct error error = {.status = STATUS_OK};
        assert_int_equal(engine_plan_new(company->arena, concept, company->input.cutoff_day, &result.plan, &error), 0);
        assert_int_equal(engine_measure(result.plan, &company->input, parallel, company->arena, &result.measures,
                                        &error), 0);
        assert_int_equal(engine_decide(result.plan, &result.measures, standing, evaluation, parallel, company->arena,
                                       &result.decisions, &result.tally, &error), 0);
        return result;
}

static inline struct explanation company_explain(struct company *company, const struct company_result *result,
                                                 size_t customer)
{
        struct explanation explanation;
        struct error error;
        assert_int_equal(engine_explain(result->plan, &result->measures, customer, result->decisions.segment[customer],
                                        company->arena, &explanation, &error), 0);
        return explanation;
}

#endif
