/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * facts_fixture.h: a database filled with imports, customers, documents and facts by hand, for the tests of facts/.
 */
#ifndef TREUE_TESTS_FACTS_FIXTURE_H
#define TREUE_TESTS_FACTS_FIXTURE_H

#include <sys/stat.h>

#include "database_fixture.h"
#include "facts/snapshot.h"
#include "queries.h"

static inline const char *index_of(const struct fixture *fixture)
{
        static char path[128];
        snprintf(path, sizeof(path), "%s/index", fixture->directory);
        return path;
}

static inline int facts_free(void **state)
{
        struct error error;
        struct fixture *fixture = *state;
        if (file_exists(index_of(fixture)) && (directory_clear(index_of(fixture), "", &error) ||
                                               rmdir(index_of(fixture))))
                return -1;
        return fixture_free(state);
}

static inline void run_sql(const struct fixture *fixture, const char *format, ...) __attribute__((format(printf, 2,
        3)));
static inline void run_sql(const struct fixture *fixture, const char *format, ...)
{
        char text[4096];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        tamper(fixture, text);
}

/* An import published as `generation`. */
static inline void put_import(const struct fixture *fixture, int id, const char *kind, int generation, int rows_new,
                              int rows_changed)
{
        run_sql(fixture,
                "INSERT INTO source (id, code) VALUES (1, 'erp'), (2, 'crm') ON CONFLICT DO NOTHING;"
                "INSERT INTO import (id, kind, source_id, file_name, profile, file_hash, file_bytes, state, "
                "started_ms, import_day, generation, rows_new, rows_changed) "
                "VALUES (%d, '%s', 1, 'f', 'p', 0, 0, 'published', 0, 14600, %d, %d, %d);"
                "UPDATE head SET generation = %d",
                id, kind, generation, rows_new, rows_changed, generation);
}

static inline void undo_import(const struct fixture *fixture, int id, int generation)
{
        run_sql(fixture, "UPDATE import SET state = 'undone', undone_generation = %d WHERE id = %d;"
                         "UPDATE head SET generation = %d", generation, id, generation);
}

static inline void put_customer(const struct fixture *fixture, int64_t id, int import, int recorded_day)
{
        run_sql(fixture, "INSERT INTO customer_record VALUES (%lld, %d, %d);"
                         "INSERT INTO customer_key VALUES (1, 'K%lld', %lld) ON CONFLICT DO NOTHING",
                (long long)id, import, recorded_day, (long long)id, (long long)id);
}

static inline void put_products(const struct fixture *fixture, int count)
{
        for (int i = 1; i <= count; i++)
                run_sql(fixture, "INSERT INTO product (id, source_id, article) VALUES (%d, 1, 'A%d');"
                                 "UPDATE head SET next_product = %d", i, i, i + 1);
}

struct put_documents {
        struct q_purchases_insert_args row;
};

static inline enum status write_document(struct connection *connection, void *context, struct error *error)
{
        struct put_documents *documents = context;
        return q_purchases_insert(connection, &documents->row, 1, NULL, error);
}

/* By the road of imports, which knows in what form an engine keeps lines. */
static inline void put_document(const struct fixture *fixture, int import, int64_t customer, int source,
                                const char *number, int day, const struct line *lines, size_t count)
{
        struct line sorted[16];
        struct error error;
        struct buffer packed buffer_cleanup;
        buffer_init(&packed, 1 << 16);
        int64_t total = 0;
        for (size_t i = 0; i < count; i++) {
                sorted[i] = lines[i];
                total += lines[i].amount_minor;
        }
        lines_sort(sorted, count);
        assert_true(lines_pack(sorted, count, &packed));
        const struct bytes bytes = {(const uint8_t *)packed.data, packed.length};
        struct put_documents documents = {{.customer_id = customer, .source_id = source, .number = text_of(number),
                                           .import_id = import, .day = day, .total_minor = total,
                                           .line_count = (int64_t)count, .content_hash = lines_hash(day, bytes),
                                           .lines = bytes}};
        assert_ok(db_write(fixture->database, write_document, &documents, &error));
}

static inline void put_fact(const struct fixture *fixture, int64_t customer, const char *code, int valid_from,
                            int import,
                            const char *value)
{
        run_sql(fixture, "INSERT INTO fact (id, code) SELECT coalesce(max(id), 0) + 1, '%s' FROM fact WHERE true "
                         "ON CONFLICT DO NOTHING;"
                         "INSERT INTO customer_fact SELECT %lld, id, %d, %d, '%s' FROM fact WHERE code = '%s'",
                code, (long long)customer, valid_from, import, value, code);
}

static inline void put_product_fact(const struct fixture *fixture, int product, const char *code, int valid_from,
                                    int import, const char *value)
{
        run_sql(fixture, "INSERT INTO fact (id, code) SELECT coalesce(max(id), 0) + 1, '%s' FROM fact WHERE true "
                         "ON CONFLICT DO NOTHING;"
                         "INSERT INTO product_fact SELECT %d, id, %d, %d, '%s' FROM fact WHERE code = '%s'",
                code, product, valid_from, import, value, code);
}

/* All lines of a snapshot, one row each, in an order that does not depend on the segments. */
struct seen_line {
        int64_t customer_id;
        int32_t day;
        int64_t total, amount, cost;
        uint32_t article, flags, known;
};

static inline int seen_compare(const void *a, const void *b)
{
        return memcmp(a, b, sizeof(struct seen_line));
}

static inline size_t see(const struct engine_input *input, const int64_t *ids, struct seen_line *out, size_t capacity)
{
        size_t count = 0;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *p = &input->segments[s];
                for (size_t c = 0; c < input->customer_count; c++) {
                        for (uint32_t d = p->customer_document[c]; d < p->customer_document[c + 1]; d++) {
                                assert_true(d == p->customer_document[c] ||
                                            p->document_day[d] >= p->document_day[d - 1]);
                                for (uint32_t l = p->document_line[d]; l < p->document_line[d + 1]; l++) {
                                        bool known = p->line_cost && p->line_cost_known[l / 64] >> l % 64 & 1;
                                        assert_true(count < capacity);
                                        memset(&out[count], 0, sizeof(*out));
                                        out[count].customer_id = ids[c];
                                        out[count].day = p->document_day[d];
                                        out[count].total = p->document_total[d];
                                        out[count].amount = p->line_amount[l];
                                        out[count].cost = p->line_cost ? p->line_cost[l] : 0;
                                        out[count].article = p->line_article[l];
                                        out[count].flags = p->document_flags ? p->document_flags[d] : 0;
                                        out[count++].known = known;
                                }
                        }
                }
        }
        qsort(out, count, sizeof(*out), seen_compare);
        return count;
}

#endif
