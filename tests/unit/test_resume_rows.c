/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_resume_rows.c: as test_resume.c, for the kinds that are staged row by row: an import that ended behind any batch
 * goes on when the same file comes again, and the result is that of an import nothing happened to: rows, counters,
 * refused records, people, customers. A changed file or profile and what was published meanwhile begin anew;
 * what was staged can be removed.
 */
#include "resume_fixture.h"

enum { ROWS = 24, EARLIER_ROWS = 12, OUTCOME_BYTES = 1 << 16, KINDS = 10 };

struct row_kind {
        const char *name, *columns, *header;
        bool create;
};

static const struct row_kind kinds[KINDS] = {
        {"customers", "number: a, name: b, size_class: c, \"attribute:colour\": d, valid_from: e", "a,b,c,d,e", false},
        {"products", "article: a, name: b, product_group: c, group_name: d, valid_from: e", "a,b,c,d,e", false},
        {"potentials", "customer: a, amount: b, product_group: c, note: d, valid_from: e", "a,b,c,d,e", true},
        {"values", "customer: a, name: b, amount: c, valid_from: e", "a,b,c,e", true},
        {"contacts", "customer: a, person: b, name: c, role: d, valid_from: e", "a,b,c,d,e", true},
        {"certificates", "customer: a, person: b, qualification: c, evidence: d, valid_from: e", "a,b,c,d,e", true},
        {"activities", "customer: a, kind: b, value: c, note: d, date: e", "a,b,c,d,e", true},
        {"visits", "customer: a, rep: b, kind: c, note: d, date: e", "a,b,c,d,e", true},
        {"responsibilities", "customer: a, responsible: b, role: c, valid_from: e", "a,b,c,e", true},
        {"consents", "person: a, channel: b, kind: c, origin: d, text: {value: yes}, time: e", "a,b,c,d,e", false},
};

static void make_profile(const struct row_kind *kind, char *out, size_t bytes)
{
        snprintf(out, bytes, "kind: %s\nsource: erp\nfile: {encoding: utf-8, delimiter: \",\", decimal: point, header: "
                             "true}\ncolumns: {%s}\n%s", kind->name, kind->columns,
                 kind->create ? "create: [customers]\n" : "");
}

/* Rows of all sorts: several of one key, keys of the file before, new and unknown ones, dates that are none. `salt`
 * changes what is said, not of whom. */
static void write_row(FILE *file, const char *kind, unsigned i, unsigned salt)
{
        unsigned who = i * 5 % 13, what = (i + (i % 3 == 0 ? salt : 0)) % 7;
        if (strcmp(kind, "customers") == 0)
                fprintf(file, "K%u,Name %u,S%u,%s,", who, what, what % 3, i % 4 ? "blue" : "");
        else if (strcmp(kind, "products") == 0)
                fprintf(file, "A%u,Article %u,G%u,Group %u,", who, what, i % 4, what % 2);
        else if (strcmp(kind, "potentials") == 0)
                fprintf(file, "K%u,%u.00,G%u,note %u,", who, 1000 + what, i % 3, what);
        else if (strcmp(kind, "values") == 0)
                fprintf(file, "K%u,score,%u.5,", who, what);
        else if (strcmp(kind, "contacts") == 0)
                fprintf(file, "K%u,%s%.0u,Person %u,role %u,", who % 6, i % 3 ? "P" : "", i % 3 ? who % 5 + 1 : 0,
                        who % 5, what);
        else if (strcmp(kind, "certificates") == 0)
                fprintf(file, "K%u,Person %u,Q%u,file %u,", who % 6, who % 5, i % 3, what);
        else if (strcmp(kind, "activities") == 0)
                fprintf(file, "K%u,event,%u,note %u,", who % 4, what, i % 2);
        else if (strcmp(kind, "visits") == 0)
                fprintf(file, "K%u,rep %u,call,note %u,", who % 4, what, i % 2);
        else if (strcmp(kind, "responsibilities") == 0)
                fprintf(file, "K%u,person %u,rep,", who, what % 3);
        else
                fprintf(file, "P%u,%s,%s,call %u,", who % 7, i % 2 ? "email" : "phone",
                        i % 3 ? "consent" : "objection", what);
        fprintf(file, i % 9 == 4 ? "2025-02-30\n" : "2025-%02u-03\n", 1 + i % 2);
}

static void write_csv(const struct fixture *fixture, const struct row_kind *kind, unsigned rows, unsigned salt)
{
        char path[128];
        snprintf(path, sizeof(path), "%s/file.csv", fixture->directory);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "%s\n", kind->header);
        for (unsigned i = 0; i < rows; i++)
                write_row(file, kind->name, i, salt);
        assert_int_equal(fclose(file), 0);
}

/* People somebody can have declared something of: P6 is none. */
static void add_people(struct fixture *fixture)
{
        char path[128];
        struct error error;
        struct import_result result;
        snprintf(path, sizeof(path), "%s/file.csv", fixture->directory);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "a,b,c\n");
        for (unsigned i = 0; i < 6; i++)
                fprintf(file, "K%u,P%u,Person %u\n", i % 2, i, i);
        assert_int_equal(fclose(file), 0);
        assert_ok(run_import(fixture, fixture->database,
                             "kind: contacts\nsource: erp\nfile: {encoding: utf-8, delimiter: \",\", decimal: point, "
                             "header: true}\ncolumns: {customer: a, person: b, name: c}\ncreate: [customers]\n",
                             -1, &result, &error));
}

/* A company that knows an earlier, shorter file; the one to be interrupted is written. */
static struct fixture *begin(void **state, const struct row_kind *kind)
{
        char profile[1024];
        struct error error;
        struct import_result result;
        assert_int_equal(fixture_new(state), 0);
        struct fixture *fixture = *state;
        if (strcmp(kind->name, "consents") == 0)
                add_people(fixture);
        make_profile(kind, profile, sizeof(profile));
        write_csv(fixture, kind, EARLIER_ROWS, 1);
        assert_ok(run_import(fixture, fixture->database, profile, -1, &result, &error));
        write_csv(fixture, kind, ROWS, 0);
        return fixture;
}

static size_t add_file(const struct import_result *result, bool reasons, char *out, size_t bytes)
{
        struct error error;
        struct buffer content buffer_cleanup = {0};
        const char *path = reasons ? result->reasons_path : result->error_path;
        if (!*path)
                return 0;
        assert_ok(file_read(path, bytes, &content, &error));
        return (size_t)snprintf(out, bytes, "%.*s\n", (int)content.length, content.data);
}

/* All an import leaves, without the ids, which are made from the clock. */
static void describe(const struct fixture *fixture, const struct import_result *result, char *out)
{
        static const char *const rows[] = {
                "k.number || ' ' || t.import_id || ' ' || t.recorded_day FROM customer_record t",
                "k.number || ' ' || t.import_id || ' ' || t.name FROM customer_name t",
                "k.number || ' ' || t.fact_id || ' ' || t.valid_from || ' ' || t.import_id || ' ' || t.value FROM "
                "customer_fact t",
                "k.number || ' ' || t.group_id || ' ' || t.valid_from || ' ' || t.import_id || ' ' || t.amount_minor "
                "|| t.note FROM potential t",
                "k.number || ' ' || t.name || t.valid_from || ' ' || t.import_id || ' ' || t.units FROM "
                "customer_value t",
                "k.number || ' ' || t.import_id || ' ' || count(*) FROM contact t",
                "k.number || ' ' || t.fact_id || ' ' || t.valid_from || ' ' || t.import_id || ' ' || t.value FROM "
                "contact_fact t",
                "k.number || t.qualification || t.valid_from || ' ' || t.import_id || ' ' || t.evidence FROM "
                "certificate t",
                "k.number || t.kind || t.day || ' ' || t.number || ' ' || t.import_id || ' ' || t.amount || t.note "
                "FROM activity t",
                "k.number || t.day || ' ' || t.number || ' ' || t.import_id || ' ' || t.rep || t.note FROM visit t",
                "k.number || t.responsible || t.valid_from || ' ' || t.import_id || ' ' || t.role FROM "
                "responsibility t",
        };
        static const char *const others[] = {
                "SELECT group_concat(x, ';') FROM (SELECT p.article || p.id || ' ' || f.fact_id || ' ' || f.valid_from "
                "|| ' ' || f.import_id || ' ' || f.value AS x FROM product_fact f JOIN product p ON p.id = "
                "f.product_id ORDER BY 1) AS y",
                "SELECT group_concat(x, ';') FROM (SELECT g.code || n.import_id || ' ' || n.name AS x FROM "
                "product_group_name n JOIN product_group g ON g.id = n.group_id ORDER BY 1) AS y",
                "SELECT group_concat(x, ';') FROM (SELECT state || id || ' ' || lines_read || ' ' || lines_rejected "
                "|| ' ' || rows_new || ' ' || rows_changed || ' ' || rows_same || ' ' || rows_rejected || ' ' || "
                "customers_created || ' ' || products_created || ' ' || import_day AS x FROM import ORDER BY 1) AS y",
                "SELECT group_concat(x, ';') FROM (SELECT p.code || t.channel || t.kind || t.at_ms || ' ' || "
                "t.import_id || ' ' || t.origin || coalesce(w.wording, '') AS x FROM consent_entry t JOIN person_key p "
                "ON p.person_id = t.person_id LEFT JOIN consent_text w ON w.id = t.text_id ORDER BY 1) AS y",
                "SELECT (SELECT count(*) FROM import_progress) || ' ' || (SELECT generation FROM head) || ' ' || "
                "(SELECT count(*) FROM person) || ' ' || (SELECT count(*) FROM person_key) || ' ' || "
                "(SELECT count(*) FROM customer_key) || ' ' || (SELECT count(*) FROM product)",
        };
        enum { ROW_QUERIES = sizeof(rows) / sizeof(rows[0]), OTHERS = sizeof(others) / sizeof(others[0]) };
        size_t length = (size_t)snprintf(out, OUTCOME_BYTES, "%llu\n",
                                         (unsigned long long)result->counters.people_created);
        for (size_t i = 0; i < ROW_QUERIES + OTHERS; i++) {
                char query[1024];
                bool counts = i < ROW_QUERIES && strstr(rows[i], "count(*)");
                if (i < ROW_QUERIES) {
                        const char *from = strstr(rows[i], " FROM ");
                        snprintf(query, sizeof(query), "SELECT group_concat(x, ';') FROM (SELECT %.*s AS x%s JOIN "
                                 "customer_key k ON k.customer_id = t.customer_id%s ORDER BY 1) AS y",
                                 (int)(from - rows[i]), rows[i], from, counts ? " GROUP BY k.number, t.import_id" : "");
                }
                look_text(fixture, i < ROW_QUERIES ? query : others[i - ROW_QUERIES], out + length,
                          OUTCOME_BYTES - length - 1);
                length += strlen(out + length);
                out[length++] = '\n';
                out[length] = '\0';
        }
        length += add_file(result, false, out + length, OUTCOME_BYTES - length);
        add_file(result, true, out + length, OUTCOME_BYTES - length);
}

/* whatever moment it ended at, once or twice. */
static void goes_on(void **state)
{
        static char expected[OUTCOME_BYTES], found[OUTCOME_BYTES];
        char profile[1024];
        struct error error;
        struct import_result result;
        for (size_t k = 0; k < KINDS; k++) {
                make_profile(&kinds[k], profile, sizeof(profile));
                struct fixture *fixture = begin(state, &kinds[k]);
                assert_ok(run_import(fixture, fixture->database, profile, -1, &result, &error));
                assert_int_equal(result.rows_resumed, 0);
                assert_true(result.counters.rows_rejected > 0 && result.counters.rows_new > 0 &&
                            result.counters.rows_same + result.counters.rows_changed > 0);
                describe(fixture, &result, expected);
                finish(state);
                uint64_t most = 0;
                int calls = 0;
                for (bool ended = true; ended; calls++) {
                        fixture = begin(state, &kinds[k]);
                        ended = interrupt(fixture, profile, calls);
                        if (ended && (calls % 2 == 0 || interrupt(fixture, profile, 1))) {
                                assert_whole(fixture, false);
                                assert_ok(run_import(fixture, fixture->database, profile, -1, &result, &error));
                                most = result.rows_resumed > most ? result.rows_resumed : most;
                                assert_true(result.rows_resumed % BATCH == 0 || result.rows_resumed == ROWS);
                                assert_whole(fixture, false);
                                describe(fixture, &result, found);
                                assert_string_equal(found, expected);
                        }
                        finish(state);
                }
                assert_true(calls > ROWS / BATCH);
                assert_true(most >= 2 * BATCH);
        }
}

/* Ends an import behind its second batch. */
static struct fixture *begin_interrupted(void **state, const struct row_kind *kind, const char *profile)
{
        struct fixture *fixture = begin(state, kind);
        assert_true(interrupt(fixture, profile, 1));
        assert_int_equal(look(fixture, "SELECT rows_staged FROM import_progress"), 2 * BATCH);
        return fixture;
}

static void begins_anew(struct fixture *fixture, const char *profile, size_t superseded)
{
        struct error error;
        struct import_result result;
        assert_ok(run_import(fixture, fixture->database, profile, -1, &result, &error));
        assert_int_equal(result.rows_resumed, 0);
        assert_int_equal(result.superseded, superseded);
        assert_int_equal(look(fixture, "SELECT count(*) FROM import WHERE state = 'staging'"), 0);
        assert_int_equal(look(fixture, "SELECT count(*) FROM import_progress"), 0);
        assert_whole(fixture, false);
}

/* A changed file, another profile, and anything published meanwhile begin anew; nothing of the first attempt stays. */
static void changed(void **state)
{
        const struct row_kind *kind = &kinds[3];
        char profile[1024], other[1200];
        make_profile(kind, profile, sizeof(profile));
        snprintf(other, sizeof(other), "%s# another\n", profile);
        struct fixture *fixture = begin_interrupted(state, kind, profile);
        write_csv(fixture, kind, ROWS, 2);
        begins_anew(fixture, profile, 1);
        finish(state);
        fixture = begin_interrupted(state, kind, profile);
        begins_anew(fixture, other, 1);
        finish(state);
        fixture = begin_interrupted(state, kind, profile);
        tamper(fixture, "INSERT INTO import SELECT 9, 'visits', source_id, 'other', profile, 0, 0, 'published', 0, 1, "
                        "2, 2, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL FROM import WHERE id = 1; "
                        "UPDATE head SET generation = 2");
        struct error error;
        struct import_result result;
        assert_ok(run_import(fixture, fixture->database, profile, -1, &result, &error));
        assert_int_equal(result.rows_resumed, 0);
        assert_int_equal(result.superseded, 1);
        finish(state);
}

/* import_clean_up keeps what can be gone on with, import_discard removes it with all its rows. */
static void discarded(void **state)
{
        for (size_t k = 0; k < KINDS; k++) {
                char profile[1024];
                struct error error;
                struct connection *connection;
                size_t removed;
                uint64_t rows;
                make_profile(&kinds[k], profile, sizeof(profile));
                struct fixture *fixture = begin_interrupted(state, &kinds[k], profile);
                assert_ok(db_connect(fixture->database, &connection, &error));
                assert_ok(import_clean_up(fixture->database, connection, &removed, &error));
                assert_int_equal(removed, 0);
                assert_ok(import_staged_rows(connection, &rows, &error));
                assert_int_equal(rows, 2 * BATCH);
                int64_t unfinished = look(fixture, "SELECT max(id) FROM import");
                assert_ok(import_discard(fixture->database, connection, (int32_t)unfinished, &removed, &error));
                assert_int_equal(removed, 1);
                db_disconnect(connection);
                assert_int_equal(look(fixture, "SELECT count(*) FROM import"), unfinished - 1);
                assert_true(look(fixture, "SELECT coalesce(max(import_id), 0) FROM customer_record") < unfinished);
                assert_true(look(fixture, "SELECT coalesce(max(import_id), 0) FROM consent_entry") < unfinished);
                begins_anew(fixture, profile, 0);
                finish(state);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(goes_on),
                cmocka_unit_test(changed),
                cmocka_unit_test(discarded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
