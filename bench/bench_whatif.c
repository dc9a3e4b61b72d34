/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * bench_whatif.c: simulation and backtest timed from inside, for bench/run.py.
 *
 *   bench-whatif DATA CONCEPT CHANGED CUTOFF FROM TO RUNS
 *
 * Opens a data directory for reading and prints JSON, times in microseconds, each a list of RUNS after one warm run:
 *   simulate   CONCEPT against CHANGED at CUTOFF: facts, metrics, two decisions, sums and moves; two threads
 *   backtest   CONCEPT at the ends of months from FROM to TO, from the facts of each cut-off to its decisions
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/generation.h"
#include "i18n/message.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/memory.h"
#include "platform/thread.h"
#include "program/backtest.h"
#include "program/concept_parse.h"
#include "program/simulation.h"

enum { RUNS_MAX = 101, CONCEPT_BYTES_MAX = 1 << 20, THREADS = 2 };

struct bench {
        struct arena *lasting;
        struct database *database;
        struct connection *connection;
        struct pool *pool;
        struct parallel parallel;
        struct snapshot *snapshot;
        struct version versions[SIDE_COUNT];
        int32_t cutoff_day, from_day, to_day;
        size_t runs, moves, steps;
};

static enum status read_version(struct bench *bench, const char *path, struct version *ret, struct error *error)
{
        buffer_cleanup struct buffer content = {0};
        struct problem_list problems;
        enum status status = file_read(path, CONCEPT_BYTES_MAX, &content, error);
        if (!status)
                status = concept_parse(bench->lasting, (struct text){content.data, content.length}, &ret->concept,
                                       &problems, error);
        ret->program = "bench";
        return status;
}

static enum status open_data(struct bench *bench, const char *data, struct error *error)
{
        struct snapshot_note note;
        int64_t generation = 0;
        struct database_options options = {.data_directory = data, .read_only = true};
        enum status status = pool_new(THREADS, &bench->pool, error);
        if (!status)
                status = database_open(&options, &bench->database, error);
        if (!status)
                status = db_connect(bench->database, &bench->connection, error);
        if (!status)
                status = generation_latest(bench->connection, &generation, error);
        if (status)
                return status;
        bench->parallel = pool_parallel(bench->pool);
        return snapshot_open(bench->database, bench->connection, generation, false, &bench->parallel, &bench->snapshot,
                             &note, error);
}

static enum status simulate(struct bench *bench, struct arena *arena, struct error *error)
{
        struct simulation simulation = {.move_count = 0};
        for (size_t i = 0; i < SIDE_COUNT; i++)
                simulation.sides[i] = (struct evaluation){.version = &bench->versions[i],
                                                          .cutoff_day = bench->cutoff_day,
                                                          .snapshot = bench->snapshot};
        enum status status = simulation_run(&simulation, bench->connection, &bench->parallel, arena, error);
        if (!status)
                bench->moves = simulation.move_count;
        return status;
}

static enum status backtest(struct bench *bench, struct arena *arena, struct error *error)
{
        struct backtest backtest = {.version = &bench->versions[SIDE_AGAINST], .snapshot = bench->snapshot};
        enum status status = backtest_plan(&backtest, bench->from_day, bench->to_day,
                                           (struct backtest_every){.months = 1}, NULL, arena, error);
        if (!status)
                status = backtest_run(&backtest, bench->connection, &bench->parallel, arena, error);
        if (!status)
                bench->steps = backtest.step_count;
        return status;
}

/* "name":[...], in microseconds; the first run only warms up. */
static enum status measure(struct bench *bench, const char *name,
                           enum status (*work)(struct bench *bench, struct arena *arena, struct error *error),
                           struct error *error)
{
        arena_cleanup struct arena *arena = arena_new(SIZE_MAX);
        enum status status = arena ? STATUS_OK : error_memory(error);
        printf("\"%s\":[", name);
        for (size_t run = 0; run <= bench->runs && !status; run++) {
                arena_reset(arena);
                int64_t before_ns = clock_monotonic_ns();
                status = work(bench, arena, error);
                if (run)
                        printf("%s%lld", run > 1 ? "," : "", (long long)((clock_monotonic_ns() - before_ns) / 1000));
        }
        printf("],\n ");
        return status;
}

static enum status run(struct bench *bench, char **arguments, struct error *error)
{
        enum status status = bench->lasting ? STATUS_OK : error_memory(error);
        for (size_t i = 0; i < SIDE_COUNT && !status; i++)
                status = read_version(bench, arguments[1 + i], &bench->versions[i], error);
        if (!status)
                status = open_data(bench, arguments[0], error);
        if (!status)
                status = measure(bench, "simulate", simulate, error);
        if (!status)
                status = measure(bench, "backtest", backtest, error);
        if (!status)
                printf("\"moves\":%zu,\"steps\":%zu,\"customers\":%zu,\"lines\":%llu", bench->moves, bench->steps,
                       snapshot_customer_count(bench->snapshot),
                       (unsigned long long)snapshot_line_count(bench->snapshot));
        return status;
}

int main(int argc, char **argv)
{
        struct bench bench = {.lasting = arena_new(SIZE_MAX)};
        struct error error = {0};
        memory_reuse_large_blocks(); /* as treue does */
        if (argc != 8 || !day_parse_iso(text_of(argv[4]), &bench.cutoff_day) ||
            !day_parse_iso(text_of(argv[5]), &bench.from_day) || !day_parse_iso(text_of(argv[6]), &bench.to_day)) {
                fputs("usage: bench-whatif DATA CONCEPT CHANGED CUTOFF FROM TO RUNS\n", stderr);
                return 2;
        }
        long runs = strtol(argv[7], NULL, 10);
        bench.runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : (size_t)runs;
        printf("{");
        enum status status = run(&bench, argv + 1, &error);
        printf("}\n");
        if (status) {
                buffer_cleanup struct buffer message = {0};
                buffer_init(&message, ERROR_TEXT_MAX * 2);
                message_add_error(&message, LANGUAGE_ENGLISH, &error);
                fprintf(stderr, "bench-whatif: %s\n", message.data);
        }
        snapshot_unref(bench.snapshot);
        pool_free(bench.pool);
        db_disconnect(bench.connection);
        database_close(bench.database);
        arena_free(bench.lasting);
        return status ? 3 : 0;
}
