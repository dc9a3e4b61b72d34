/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * bench_engine.c: the engine timed from inside, as a program of its own for bench/run.py.
 *
 *   bench-engine DATA CONCEPT CHANGED CUTOFF RUNS
 *
 * Opens a data directory for reading and prints JSON, times in microseconds, each a median of RUNS after one warm run
 * (with all runs beside it):
 *   open, first_answer        from the start of main to the snapshot, and to the first complete evaluation
 *   evaluate (1 and 2)        everything from the facts to the decisions, by number of threads; and its parts
 *   scan                      one thread adds up the columns an evaluation reads, and nothing else
 *   what_if                   CHANGED (other thresholds, same columns) decided again for all customers, two threads
 *   what_if_million           the same for 1,000,000 customers made by repeating the real ones
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/bits.h"
#include "base/buffer.h"
#include "base/calendar.h"
#include "db/db.h"
#include "db/generation.h"
#include "engine/evaluate.h"
#include "facts/snapshot.h"
#include "i18n/message.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/memory.h"
#include "platform/thread.h"
#include "program/concept_parse.h"

enum { RUNS_MAX = 101, CONCEPT_BYTES_MAX = 1 << 20, MILLION = 1000000, THREADS = 2 };

enum part { PART_INPUT, PART_PLAN, PART_MEASURE, PART_DECIDE, PART_COUNT };
static const char *const part_names[PART_COUNT] = {"input", "plan", "measure", "decide"};

struct times {
        size_t count;
        int64_t ns[RUNS_MAX];
};

struct bench {
        struct arena *concepts; /* for the whole run */
        struct database *database;
        struct connection *connection;
        struct snapshot *snapshot;
        const struct concept *concept, *changed;
        int32_t cutoff_day;
        size_t runs;
        int64_t start_ns;
};

/* What one evaluation leaves behind. */
struct evaluation {
        struct arena *arena;
        struct engine_input input;
        struct engine_plan *plan;
        struct measures measures;
        struct decisions decisions;
        struct tally tally;
        int64_t part_ns[PART_COUNT];
};

static int by_size(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return (x > y) - (x < y);
}

/* "name":{"median":1,"runs":[...]} in microseconds with three decimals. */
static void print_times(const char *name, const struct times *times, const char *after)
{
        struct times sorted = *times;
        qsort(sorted.ns, sorted.count, sizeof(sorted.ns[0]), by_size);
        int64_t median = sorted.count ? sorted.ns[sorted.count / 2] : 0;
        printf("\"%s\":{\"median\":%lld.%03d,\"runs\":[", name, (long long)(median / 1000), (int)(median % 1000));
        for (size_t i = 0; i < times->count; i++)
                printf("%s%lld.%03d", i ? "," : "", (long long)(times->ns[i] / 1000), (int)(times->ns[i] % 1000));
        printf("]}%s", after);
}

static void print_counts(const char *name, const struct concept *concept, const struct tally *tally, const char *after)
{
        printf("\"%s\":{", name);
        for (size_t i = 0; i < concept->segment_count; i++)
                printf("%s\"%.*s\":%llu", i ? "," : "", (int)concept->segments[i].id.length,
                       concept->segments[i].id.data, (unsigned long long)tally->segment[i]);
        printf("}%s", after);
}

static enum status read_concept(struct bench *bench, const char *path, const struct concept **ret, struct error *error)
{
        buffer_cleanup struct buffer content = {0};
        struct problem_list problems;
        enum status status = file_read(path, CONCEPT_BYTES_MAX, &content, error);
        if (status)
                return status;
        return concept_parse(bench->concepts, (struct text){content.data, content.length}, ret, &problems, error);
}

static enum status evaluate_once(struct bench *bench, const struct parallel *parallel, struct evaluation *ret,
                                 struct error *error)
{
        struct evaluation e = {.arena = arena_new(SIZE_MAX)};
        if (!e.arena)
                return error_memory(error);
        int64_t before_ns = clock_monotonic_ns(), now_ns;
        enum status status = snapshot_input(bench->snapshot, bench->connection, bench->concept, bench->cutoff_day,
                                            e.arena, &e.input, error);
        e.part_ns[PART_INPUT] = (now_ns = clock_monotonic_ns()) - before_ns;
        before_ns = now_ns;
        if (!status)
                status = engine_plan_new(e.arena, bench->concept, bench->cutoff_day, &e.plan, error);
        e.part_ns[PART_PLAN] = (now_ns = clock_monotonic_ns()) - before_ns;
        before_ns = now_ns;
        if (!status)
                status = engine_measure(e.plan, &e.input, parallel, e.arena, &e.measures, error);
        e.part_ns[PART_MEASURE] = (now_ns = clock_monotonic_ns()) - before_ns;
        before_ns = now_ns;
        if (!status)
                status = engine_decide(e.plan, &e.measures, NULL, 0, parallel, e.arena, &e.decisions, &e.tally, error);
        e.part_ns[PART_DECIDE] = clock_monotonic_ns() - before_ns;
        if (status) {
                arena_free(e.arena);
                return status;
        }
        *ret = e;
        return STATUS_OK;
}

/* Prints "evaluate_N" and its parts; the last evaluation is handed out (its arena is the caller's). */
static enum status bench_evaluate(struct bench *bench, unsigned threads, struct evaluation *ret, struct error *error)
{
        pool_cleanup struct pool *pool = NULL;
        struct times total = {0}, parts[PART_COUNT] = {{0}};
        struct evaluation e = {0};
        enum status status = pool_new(threads, &pool, error);
        if (status)
                return status;
        struct parallel parallel = pool_parallel(pool);
        for (size_t run = 0; run <= bench->runs; run++) {
                arena_free(e.arena);
                e = (struct evaluation){0};
                int64_t before_ns = clock_monotonic_ns();
                status = evaluate_once(bench, &parallel, &e, error);
                if (status)
                        return status;
                if (run == 0)
                        continue; /* warms up */
                total.ns[total.count++] = clock_monotonic_ns() - before_ns;
                for (size_t i = 0; i < PART_COUNT; i++)
                        parts[i].ns[parts[i].count++] = e.part_ns[i];
        }
        char name[64];
        snprintf(name, sizeof(name), "evaluate_%u", threads);
        print_times(name, &total, ",\n ");
        for (size_t i = 0; i < PART_COUNT; i++) {
                snprintf(name, sizeof(name), "%s_%u", part_names[i], threads);
                print_times(name, &parts[i], ",\n ");
        }
        *ret = e;
        return STATUS_OK;
}

/* The sums are printed, so that no compiler leaves the loops out. */
static void bench_scan(const struct bench *bench, const struct engine_input *input)
{
        struct times times = {0};
        uint64_t sum = 0;
        for (size_t run = 0; run <= bench->runs; run++) {
                int64_t before_ns = clock_monotonic_ns();
                for (size_t s = 0; s < input->segment_count; s++) {
                        const struct purchase_segment *segment = &input->segments[s];
                        uint64_t days = 0, totals = 0, articles = 0, amounts = 0;
                        for (size_t i = 0; i < segment->document_count; i++)
                                days += (uint64_t)segment->document_day[i];
                        for (size_t i = 0; i < segment->document_count; i++)
                                totals += (uint64_t)segment->document_total[i];
                        for (size_t i = 0; i < segment->line_count; i++)
                                articles += segment->line_article[i];
                        for (size_t i = 0; i < segment->line_count; i++)
                                amounts += (uint64_t)segment->line_amount[i];
                        sum += days + totals + articles + amounts;
                }
                if (run)
                        times.ns[times.count++] = clock_monotonic_ns() - before_ns;
        }
        print_times("scan", &times, ",\n ");
        printf("\"scan_sum\":%llu,\n ", (unsigned long long)sum);
}

static enum status bench_what_if(const struct bench *bench, const struct engine_plan *measured,
                                 const struct measures *measures, const char *name, struct error *error)
{
        pool_cleanup struct pool *pool = NULL;
        struct times times = {0};
        struct tally tally = {0};
        enum status status = pool_new(THREADS, &pool, error);
        if (status)
                return status;
        struct parallel parallel = pool_parallel(pool);
        /* One arena, emptied between the questions, as whoever moves a threshold does. */
        arena_cleanup struct arena *arena = arena_new(SIZE_MAX);
        if (!arena)
                return error_memory(error);
        for (size_t run = 0; run <= bench->runs; run++) {
                struct engine_plan *plan = NULL;
                struct decisions decisions;
                arena_reset(arena);
                int64_t before_ns = clock_monotonic_ns();
                status = engine_plan_rebind(arena, measured, bench->changed, &plan, error);
                if (!status)
                        status = engine_decide(plan, measures, NULL, 0, &parallel, arena, &decisions, &tally, error);
                if (status)
                        return status;
                if (run)
                        times.ns[times.count++] = clock_monotonic_ns() - before_ns;
        }
        char counts[64];
        snprintf(counts, sizeof(counts), "%s_segments", name);
        print_times(name, &times, ",\n ");
        print_counts(counts, bench->changed, &tally, ",\n ");
        return STATUS_OK;
}

/* `count` elements, the first `have` over and over; NULL stays NULL. `failed` without memory. */
static void *repeat(struct arena *arena, const void *from, size_t have, size_t count, size_t size, bool *failed)
{
        if (!from)
                return NULL;
        char *to = arena_zero(arena, count, size);
        if (!to) {
                *failed = true;
                return NULL;
        }
        for (size_t done = 0; done < count; done += have)
                memcpy(to + done * size, from, (count - done < have ? count - done : have) * size);
        return to;
}

static uint64_t *repeat_bits(struct arena *arena, const uint64_t *from, size_t have, size_t count, bool *failed)
{
        if (!from)
                return NULL;
        uint64_t *to = arena_zero(arena, bits_words(count), sizeof(*to));
        if (!to) {
                *failed = true;
                return NULL;
        }
        for (size_t i = 0; i < count; i++)
                if (bits_get(from, i % have))
                        bits_set(to, i);
        return to;
}

static const struct attribute_column *repeat_attribute(struct arena *arena, const struct attribute_column *from,
                                                       size_t have, size_t count, bool *failed)
{
        if (!from)
                return NULL;
        struct attribute_column *to = arena_array(arena, struct attribute_column, 1);
        if (!to) {
                *failed = true;
                return NULL;
        }
        to->name = from->name;
        to->values = repeat(arena, from->values, have, count, sizeof(*from->values), failed);
        return to;
}

static enum status repeat_measures(struct arena *arena, const struct measures *from, size_t count, struct measures *ret,
                                   struct error *error)
{
        size_t have = from->customer_count;
        bool failed = false;
        struct measures to = *from;
        to.customer_count = count;
        to.columns = arena_array(arena, struct metric_column, from->column_count);
        if (!to.columns)
                return error_memory(error);
        for (size_t i = 0; i < from->column_count; i++) {
                const struct metric_column *column = &from->columns[i];
                to.columns[i] = *column;
                to.columns[i].value = repeat(arena, column->value, have, count, sizeof(int64_t), &failed);
                to.columns[i].denominator = repeat(arena, column->denominator, have, count, sizeof(int64_t), &failed);
                to.columns[i].attribute = repeat_attribute(arena, column->attribute, have, count, &failed);
                to.columns[i].line_count = repeat(arena, column->line_count, have, count, sizeof(int64_t), &failed);
                to.columns[i].line_left_out =
                        repeat(arena, column->line_left_out, have, count, sizeof(int64_t), &failed);
                to.columns[i].known = repeat_bits(arena, column->known, have, count, &failed);
                to.columns[i].estimated = repeat_bits(arena, column->estimated, have, count, &failed);
                to.columns[i].flagged = repeat_bits(arena, column->flagged, have, count, &failed);
        }
        to.exists = repeat_bits(arena, from->exists, have, count, &failed);
        to.kind = repeat(arena, from->kind, have, count, sizeof(*from->kind), &failed);
        to.since_day = repeat(arena, from->since_day, have, count, sizeof(*from->since_day), &failed);
        to.joined_day = repeat(arena, from->joined_day, have, count, sizeof(*from->joined_day), &failed);
        to.size_class = repeat(arena, from->size_class, have, count, sizeof(*from->size_class), &failed);
        if (failed)
                return error_memory(error);
        to.revenue_12m_minor = to.columns[0].value;
        *ret = to;
        return STATUS_OK;
}

static enum status open_data(struct bench *bench, const char *data, struct error *error)
{
        struct snapshot_note note;
        int64_t generation = 0;
        pool_cleanup struct pool *pool = NULL;
        enum status status = pool_new(THREADS, &pool, error);
        if (!status)
                status = database_open(&(struct database_options){.data_directory = data, .read_only = true},
                                       &bench->database, error);
        if (!status)
                status = db_connect(bench->database, &bench->connection, error);
        if (!status)
                status = generation_latest(bench->connection, &generation, error);
        if (status)
                return status;
        struct parallel parallel = pool_parallel(pool);
        status = snapshot_open(bench->database, bench->connection, generation, false, &parallel, &bench->snapshot,
                               &note, error);
        if (status)
                return status;
        struct times open = {1, {clock_monotonic_ns() - bench->start_ns}}, first = {0};
        struct evaluation e;
        status = evaluate_once(bench, &parallel, &e, error);
        if (status)
                return status;
        first.ns[first.count++] = clock_monotonic_ns() - bench->start_ns;
        arena_free(e.arena);
        print_times("open", &open, ",\n ");
        print_times("first_answer", &first, ",\n ");
        if (note.key)
                printf("\"note\":\"%s\",\n ", note.key);
        return STATUS_OK;
}

static enum status run(struct bench *bench, char **arguments, struct error *error)
{
        enum status status = read_concept(bench, arguments[1], &bench->concept, error);
        if (!status)
                status = read_concept(bench, arguments[2], &bench->changed, error);
        if (!status)
                status = open_data(bench, arguments[0], error);
        struct evaluation one = {0}, two = {0};
        if (!status)
                status = bench_evaluate(bench, 1, &one, error);
        if (!status)
                status = bench_evaluate(bench, THREADS, &two, error);
        if (!status) {
                bench_scan(bench, &two.input);
                status = bench_what_if(bench, two.plan, &two.measures, "what_if", error);
        }
        if (!status && two.measures.customer_count) {
                struct measures million;
                status = repeat_measures(two.arena, &two.measures, MILLION, &million, error);
                if (!status)
                        status = bench_what_if(bench, two.plan, &million, "what_if_million", error);
        }
        if (!status) {
                print_counts("segments", bench->concept, &two.tally, ",\n ");
                printf("\"customers\":%zu,\"documents\":%llu,\"lines\":%llu", snapshot_customer_count(bench->snapshot),
                       (unsigned long long)snapshot_document_count(bench->snapshot),
                       (unsigned long long)snapshot_line_count(bench->snapshot));
        }
        arena_free(one.arena);
        arena_free(two.arena);
        return status;
}

int main(int argc, char **argv)
{
        struct bench bench = {.start_ns = clock_monotonic_ns()};
        struct error error = {0};
        memory_reuse_large_blocks(); /* as treue does */
        if (argc != 6 || !day_parse_iso(text_of(argv[4]), &bench.cutoff_day)) {
                fputs("usage: bench-engine DATA CONCEPT CHANGED CUTOFF RUNS\n", stderr);
                return 2;
        }
        long runs = strtol(argv[5], NULL, 10);
        bench.runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : (size_t)runs;
        bench.concepts = arena_new(SIZE_MAX);
        enum status status = bench.concepts ? STATUS_OK : error_memory(&error);
        printf("{");
        if (!status)
                status = run(&bench, argv + 1, &error);
        printf("}\n");
        if (status) {
                buffer_cleanup struct buffer message = {0};
                buffer_init(&message, ERROR_TEXT_MAX * 2);
                message_add_error(&message, LANGUAGE_ENGLISH, &error);
                fprintf(stderr, "bench-engine: %s\n", message.data);
        }
        snapshot_unref(bench.snapshot);
        db_disconnect(bench.connection);
        database_close(bench.database);
        arena_free(bench.concepts);
        return status ? 3 : 0;
}
