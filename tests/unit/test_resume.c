/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_resume.c: an import of purchases that ended at any point goes on when the same file comes again, and the result
 * is that of an import nothing happened to: documents, counters, names, customers, articles, index. A changed
 * file or profile begins anew.
 */
#include "resume_fixture.h"

enum { DOCUMENTS = 90, OUTCOME_BYTES = 1 << 16 };

static const char profile_text[] =
        "kind: purchases\nsource: erp\nfile: {encoding: utf-8, delimiter: \",\", decimal: point, header: true}\n"
        "columns: {customer: c, document: d, date: t, article: a, amount: m, description: x, product_group: g}\n"
        "create: [customers, products]\n";
static const char other_profile_text[] =
        "kind: purchases\nsource: erp\nfile: {encoding: utf-8, delimiter: \",\", decimal: point, header: true}\n"
        "columns: {customer: c, document: d, date: t, article: a, amount: m, description: x}\n"
        "create: [customers, products]\n";

/* `salt` changes amounts; some documents are wrong, some come with several dates. */
static void write_csv(const char *path, unsigned salt)
{
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "c,d,t,a,m,x,g\n");
        for (unsigned d = 0; d < DOCUMENTS; d++)
                for (unsigned line = 0; line <= d % 3; line++)
                        fprintf(file, "K%u,R%u,2025-%02u-%02u,A%u,%s%u.%02u,Article %u,G%u\n", d * 7 % 23, d,
                                1 + d % 12, 1 + (d + (d % 11 == 0 ? line : 0)) % 28, (d * 5 + line) % 17,
                                d % 29 == 3 ? "x" : "", 10 + d, (d + salt) % 100, (d * 5 + line) % 17, d % 4);
        assert_int_equal(fclose(file), 0);
}

/* All an import leaves, without the ids, which are made from the clock. */
static void describe(const struct fixture *fixture, const struct import_result *result, char *out)
{
        static const char *const queries[] = {
                "SELECT group_concat(x, ' ') FROM (SELECT k.number || d.number || ':' || d.day || ':' || d.total_minor "
                "|| ':' || %s || ':' || d.content_hash AS x FROM document d JOIN customer_key k ON "
                "k.customer_id = d.customer_id ORDER BY k.number, d.number) AS y",
                "SELECT group_concat(x, ' ') FROM (SELECT k.number || r.recorded_day AS x FROM customer_record r JOIN "
                "customer_key k ON k.customer_id = r.customer_id ORDER BY k.number) AS y",
                "SELECT group_concat(x, ' ') FROM (SELECT p.article || f.value || f.valid_from AS x FROM product_fact "
                "f JOIN product p ON p.id = f.product_id ORDER BY p.id) AS y",
                "SELECT group_concat(x, ' ') FROM (SELECT article || id || coalesce(first_group_id, 0) AS x FROM "
                "product ORDER BY id) AS y",
                "SELECT state || lines_read || ' ' || lines_rejected || ' ' || rows_new || ' ' || rows_changed || ' ' "
                "|| rows_same || ' ' || rows_rejected || ' ' || customers_created || ' ' || products_created || ' ' || "
                "import_day FROM import ORDER BY id DESC LIMIT 1",
                "SELECT (SELECT count(*) FROM import) || ' ' || (SELECT count(*) FROM import_progress) || ' ' || "
                "(SELECT generation FROM head)",
        };
        /* A server keeps lines as arrays. */
        const char *lines = on_server() ? "(d.line_article::text || d.line_quantity::text || d.line_amount::text || "
                                          "d.line_cost::text || d.line_group::text || d.line_marks::text)"
                                        : "hex(d.lines)";
        int length = snprintf(out, OUTCOME_BYTES, "%llu %llu\n",
                              (unsigned long long)result->counters.documents_several_dates,
                              (unsigned long long)result->counters.articles_several_groups);
        for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
                char query[1024];
                snprintf(query, sizeof(query), queries[i], lines);
                look_text(fixture, query, out + length, OUTCOME_BYTES - (size_t)length - 1);
                length += (int)strlen(out + length);
                out[length++] = '\n';
                out[length] = '\0';
        }
}

/* A new company whose file is written. */
static struct fixture *begin(void **state, unsigned salt)
{
        char path[128];
        assert_int_equal(fixture_new(state), 0);
        struct fixture *fixture = *state;
        snprintf(path, sizeof(path), "%s/file.csv", fixture->directory);
        write_csv(path, salt);
        return fixture;
}

/* whatever moment it ended at, once or twice. */
static void goes_on(void **state)
{
        static char expected[OUTCOME_BYTES], found[OUTCOME_BYTES];
        struct error error;
        struct import_result result;
        struct fixture *fixture = begin(state, 0);
        assert_ok(run_import(fixture, fixture->database, profile_text, -1, &result, &error));
        assert_int_equal(result.rows_resumed, 0);
        assert_true(result.counters.rows_rejected > 0 && result.counters.documents_several_dates > 0);
        describe(fixture, &result, expected);
        assert_whole(fixture, true);
        finish(state);
        bool resumed = false;
        int calls = 0;
        for (bool ended = true; ended; calls++) {
                fixture = begin(state, 0);
                ended = interrupt(fixture, profile_text, calls);
                /* A second time soon after; should that attempt have been too short to be ended, it has gone in. */
                bool open = ended && (calls % 2 == 0 || interrupt(fixture, profile_text, calls % 4));
                if (open) {
                        assert_whole(fixture, false);
                        assert_ok(run_import(fixture, fixture->database, profile_text, -1, &result, &error));
                        resumed |= result.rows_resumed > 0;
                        assert_true(result.rows_resumed % BATCH == 0 ||
                                    result.rows_resumed == result.counters.rows_new);
                        describe(fixture, &result, found);
                        assert_string_equal(found, expected);
                        assert_whole(fixture, true);
                }
                finish(state);
        }
        assert_true(resumed);
        assert_true(calls > DOCUMENTS / BATCH);
}

/* Ends an import behind its first batches. */
static struct fixture *begin_interrupted(void **state)
{
        struct fixture *fixture = begin(state, 0);
        assert_true(interrupt(fixture, profile_text, 6));
        assert_true(look(fixture, "SELECT rows_staged FROM import_progress") >= BATCH);
        return fixture;
}

/* The names articles got, whichever import they are of, that count. */
static void describe_names(const struct fixture *fixture, char *out)
{
        look_text(fixture, "SELECT group_concat(x, ' ') FROM (SELECT p.article || f.value || f.valid_from AS x FROM "
                  "product_fact f JOIN product p ON p.id = f.product_id JOIN import i ON i.id = f.import_id "
                  "WHERE i.state = 'published' ORDER BY p.article) AS y", out, OUTCOME_BYTES);
}

/* articles an import created before it ended, too early to be gone on with, get their names from the next; so do
 * those whose import was undone. Whoever has a name keeps it. */
static void names_are_not_lost(void **state)
{
        static char expected[OUTCOME_BYTES], found[OUTCOME_BYTES];
        struct error error;
        struct import_result result;
        struct fixture *fixture = begin(state, 0);
        assert_ok(run_import(fixture, fixture->database, profile_text, -1, &result, &error));
        describe_names(fixture, expected);
        assert_int_equal(look(fixture, "SELECT count(*) FROM product_fact"), 17);
        finish(state);

        fixture = begin(state, 0);
        int calls = 0;
        for (bool created = false; !created; calls++) {
                assert_true(interrupt(fixture, profile_text, calls));
                created = look(fixture, "SELECT count(*) FROM product") > 0;
        }
        tamper(fixture, "UPDATE import_progress SET rows_staged = 0");
        assert_ok(run_import(fixture, fixture->database, profile_text, -1, &result, &error));
        assert_int_equal(result.rows_resumed, 0);
        assert_int_equal(result.counters.products_created, 0);
        describe_names(fixture, found);
        assert_string_equal(found, expected);

        struct connection *connection;
        struct import_undone undone;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(import_undo(fixture->database, connection, 0, "cli", &undone, &error));
        db_disconnect(connection);
        describe_names(fixture, found);
        assert_string_equal(found, "");
        for (unsigned times = 0; times < 2; times++) {
                assert_ok(run_import(fixture, fixture->database, profile_text, -1, &result, &error));
                describe_names(fixture, found);
                assert_string_equal(found, expected);
        }
        finish(state);
}

/* A changed file, or the same with another profile, begins anew; nothing of the first attempt stays. */
static void changed(void **state)
{
        static char expected[OUTCOME_BYTES], found[OUTCOME_BYTES], names[OUTCOME_BYTES], found_names[OUTCOME_BYTES];
        struct error error;
        struct import_result result;
        for (unsigned salt = 0; salt < 2; salt++) {
                const char *profile = salt ? profile_text : other_profile_text;
                struct fixture *fixture = begin(state, salt);
                assert_ok(run_import(fixture, fixture->database, profile, -1, &result, &error));
                describe(fixture, &result, expected);
                describe_names(fixture, names);
                finish(state);
                fixture = begin_interrupted(state);
                char path[128];
                snprintf(path, sizeof(path), "%s/file.csv", fixture->directory);
                write_csv(path, salt);
                assert_ok(run_import(fixture, fixture->database, profile, -1, &result, &error));
                assert_int_equal(result.rows_resumed, 0);
                assert_int_equal(result.superseded, 1);
                describe(fixture, &result, found);
                assert_int_equal(look(fixture, "SELECT count(*) FROM import"), 1);
                assert_int_equal(look(fixture, "SELECT count(*) FROM import_progress"), 0);
                assert_whole(fixture, true);
                describe_names(fixture, found_names);
                assert_string_equal(found_names, names);
                /* Articles of the first attempt exist already, so their numbers are not compared. */
                char *end = strchr(strchr(found, '\n') + 1, '\n');
                assert_memory_equal(found, expected, (size_t)(end - found));
                finish(state);
        }
}

/* import_clean_up keeps what can be gone on with, and removes it after a week or when purchases have changed;
 * import_discard removes it at once. */
static void cleaned_up(void **state)
{
        static const struct { const char *sql; size_t removed; } cases[] = {
                {"SELECT 1", 0},
                {"UPDATE import SET started_ms = started_ms - 8 * 86400000", 1},
                {"UPDATE import_progress SET rows_staged = 0", 1},
                {"INSERT INTO import SELECT 9, kind, source_id, 'other', profile, 0, 0, 'published', 0, 1, 2, 1, NULL, "
                 "NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL FROM import; UPDATE head SET generation = 1", 1},
        };
        struct error error;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct fixture *fixture = begin_interrupted(state);
                struct connection *connection;
                size_t removed;
                uint64_t rows;
                tamper(fixture, cases[i].sql);
                assert_ok(db_connect(fixture->database, &connection, &error));
                assert_ok(import_clean_up(fixture->database, connection, &removed, &error));
                assert_int_equal(removed, cases[i].removed);
                assert_ok(import_staged_rows(connection, &rows, &error));
                assert_true((rows > 0) == (removed == 0));
                assert_fails(import_discard(fixture->database, connection, 8, &removed, &error), STATUS_NOT_FOUND,
                             "import.not_unfinished");
                assert_ok(import_discard(fixture->database, connection, 0, &removed, &error));
                assert_int_equal(removed, 1 - cases[i].removed);
                assert_int_equal(look(fixture, "SELECT count(*) FROM import WHERE state = 'staging'"), 0);
                assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 0);
                db_disconnect(connection);
                finish(state);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(goes_on),
                cmocka_unit_test(names_are_not_lost),
                cmocka_unit_test(changed),
                cmocka_unit_test(cleaned_up),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
