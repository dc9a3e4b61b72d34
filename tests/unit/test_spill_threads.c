/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_spill_threads.c: an import of purchases whose shelves are spilled again and again while others parse leaves what
 * an import within memory leaves: documents, customers, articles and their names, counters, index.
 */
#include <sys/stat.h>

#include "resume_fixture.h"

enum { DOCUMENTS = 110000, LINES = 3 * DOCUMENTS, CUSTOMERS = 3000, OUTCOME_BYTES = 4096 };

static const char profile_text[] =
        "kind: purchases\nsource: erp\nfile: {encoding: utf-8, delimiter: \",\", decimal: point, header: true}\n"
        "columns: {customer: c, document: d, date: t, article: a, amount: m, description: x, product_group: g}\n"
        "create: [customers, products]\n";

/* The three lines of a document stand far apart; some are wrong, which rejects documents whose other lines were spilled
 * long ago; customers and articles keep coming new. About 16 MB, as many blocks. */
static void write_csv(const char *path)
{
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "c,d,t,a,m,x,g\n");
        for (unsigned i = 0; i < LINES; i++) {
                unsigned document = i / DOCUMENTS == 1 ? i * 7919u % DOCUMENTS : i % DOCUMENTS;
                unsigned customer = document % 997 + document / 50;
                unsigned article = i % 53 * (1 + i / 4000);
                fprintf(file, "K%u,R%u,2025-%02u-%02u,A%u,%s%u.%02u,Article %u as line %u has it,G%u\n", customer,
                        document, 1 + document % 12, 1 + document % 28, article, i % 4999 == 17 ? "x" : "",
                        10 + i % 900, i % 100, article, i, article % 7);
        }
        assert_int_equal(fclose(file), 0);
}

static void describe(const struct fixture *fixture, char *out)
{
        static const char *const queries[] = {
                "SELECT count(*) || ' ' || sum(total_minor) || ' ' || sum(day) || ' ' || sum(line_count) || ' ' || "
                "min(number) || max(number) FROM document",
                "SELECT count(*) || ' ' || sum(y.total * length(y.number)) FROM (SELECT k.number AS number, "
                "sum(d.total_minor) AS total FROM document d JOIN customer_key k ON k.customer_id = d.customer_id "
                "GROUP BY k.number) AS y",
                "SELECT count(*) || ' ' || min(recorded_day) || ' ' || max(recorded_day) FROM customer_record",
                "SELECT count(*) || ' ' || min(f.value) || ' ' || max(f.value) || ' ' || sum(length(f.value)) FROM "
                "product_fact f",
                "SELECT state || ' ' || lines_read || ' ' || lines_rejected || ' ' || rows_new || ' ' || rows_changed "
                "|| ' ' || rows_same || ' ' || rows_rejected || ' ' || customers_created || ' ' || products_created "
                "FROM import ORDER BY id DESC LIMIT 1",
        };
        size_t length = 0;
        for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
                look_text(fixture, queries[i], out + length, OUTCOME_BYTES - length - 1);
                length += strlen(out + length);
                out[length++] = '\n';
                out[length] = '\0';
        }
}

/* A database of its own with the file beside it. */
static struct fixture *begin(void **state)
{
        char path[128];
        assert_int_equal(fixture_new(state), 0);
        struct fixture *fixture = *state;
        snprintf(path, sizeof(path), "%s/file.csv", fixture->directory);
        write_csv(path);
        snprintf(path, sizeof(path), "%s/staging", fixture->directory);
        assert_int_equal(mkdir(path, 0700), 0);
        return fixture;
}

/* Imports the file as `options` say, which lack file and profile. */
static enum status import(const struct fixture *fixture, struct import_options options, struct import_result *ret,
                          struct error *ret_error)
{
        char path[128];
        struct error error;
        struct profile profile;
        struct connection *connection;
        struct arena *arena = arena_new((size_t)16 << 20);
        snprintf(path, sizeof(path), "%s/file.csv", fixture->directory);
        assert_ok(profile_parse(arena, profile_text, strlen(profile_text), &profile, &error));
        assert_ok(db_connect(fixture->database, &connection, &error));
        options.file = path;
        options.profile = &profile;
        enum status status = import_file(fixture->database, connection, &options, arena, ret, ret_error);
        db_disconnect(connection);
        arena_free(arena);
        return status;
}

static void import_with(size_t shelves_bytes, unsigned threads, char *ret_outcome)
{
        void *state;
        struct error error;
        struct import_result result;
        struct import_options options = {.threads = threads, .shelves_bytes = shelves_bytes};
        struct fixture *fixture = begin(&state);
        assert_ok(import(fixture, options, &result, &error));
        assert_true(result.counters.rows_rejected > 50 && result.counters.customers_created > CUSTOMERS);
        describe(fixture, ret_outcome);
        assert_whole(fixture, true);
        finish(&state);
}

static void spilling_changes_nothing(void **state)
{
        (void)state;
        static char within[OUTCOME_BYTES], spilled[OUTCOME_BYTES];
        import_with(0, 2, within);
        import_with(1, 2, spilled);
        assert_string_equal(spilled, within);
        import_with((size_t)6 << 20, 5, spilled);
        assert_string_equal(spilled, within);
}

/* Cancels once documents are being stored: fragments are still being joined then. */
static enum status cancel_storing(void *context, struct error *error)
{
        const struct fixture *fixture = context;
        if (look(fixture, "SELECT count(*) FROM document") == 0)
                return STATUS_OK;
        return error_set(error, STATUS_CANCELLED, "job.cancelled", NULL);
}

/* Leaves a row where the import wants to write the first of its progress, right after merging has begun. */
static enum status be_in_the_way(void *context, struct error *error)
{
        const struct fixture *fixture = context;
        (void)error;
        if (!look(fixture, "SELECT count(*) FROM import_progress"))
                tamper(fixture, "INSERT INTO import_progress SELECT id, 1, 1, 1, 0, 0, '' FROM import");
        return STATUS_OK;
}

/* An import that ends while its threads are at work leaves nothing, and touches nothing that is gone. */
static void ending_in_the_middle_is_whole(void **state)
{
        (void)state;
        for (int i = 0; i < 3; i++) {
                void *own;
                struct error error;
                struct import_result result;
                struct fixture *fixture = begin(&own);
                struct import_options options = {.threads = 2, .shelves_bytes = i == 1 ? (size_t)6 << 20 : 0,
                                                 .batch_rows = 2000, .check_context = fixture,
                                                 .check = i < 2 ? cancel_storing : be_in_the_way};
                assert_int_equal(import(fixture, options, &result, &error), i < 2 ? STATUS_CANCELLED : STATUS_CONFLICT);
                assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 0);
                assert_int_equal(look(fixture, "SELECT count(*) FROM import_progress"), 0);
                assert_whole(fixture, false);
                finish(&own);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(spilling_changes_nothing),
                                           cmocka_unit_test(ending_in_the_middle_is_whole)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
