/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_rows.c: what goes into the database comes out of it again: extremes, nulls, empty text and bytes, the lines of
 * documents byte for byte; how long rows live, and which query a failure names (X-03). On both engines.
 */
#include "database_fixture.h"

#include "db/engine.h"
#include "db/setting.h"

enum { DOCUMENTS = 2300, LINES_MAX = 40 };

static struct error error;

/* ---- values ------------------------------------------------------------------------------------------------------ */

static enum status insert_verdicts(struct connection *connection, void *context, struct error *failure)
{
        return q_verdict_set(connection, context, 3, NULL, failure);
}

/* Many rows at once, with and without values that may be missing. */
static void bulk_with_nulls(void **state)
{
        struct fixture *fixture = *state;
        struct text approved = text_of("approved");
        struct q_verdict_set_args rows[] = {
                {.customer_id = INT64_MIN, .run_id = 1, .verdict = approved, .reason = text_of(""),
                 .actor = text_of("Zo\xc3\xab \xf0\x9f\x98\x80 'x' \\ \"y\" {a,NULL}\n"), .decided_ms = INT64_MAX,
                 .decided_day = INT32_MIN},
                {.customer_id = INT64_MAX, .run_id = 1, .verdict = approved, .reason = text_of("NULL"),
                 .actor = text_of(","), .decided_day = INT32_MAX, .has_approval_number = true,
                 .approval_number = INT32_MAX},
                {.customer_id = 0, .run_id = 1, .verdict = approved, .reason = text_of("{}"), .actor = text_of("a"),
                 .has_effective_day = true, .effective_day = INT32_MIN},
        };
        assert_ok(db_write_bulk(fixture->database, insert_verdicts, rows, &error));
        static const char *const counts[] = {
                "SELECT count(*) FROM decision_verdict WHERE approval_number IS NULL AND effective_day IS NULL AND "
                "reason = '' AND customer_id = -9223372036854775807 - 1 AND decided_ms = 9223372036854775807 AND "
                "decided_day = -2147483647 - 1 AND length(actor) = 25",
                "SELECT count(*) FROM decision_verdict WHERE approval_number = 2147483647 AND effective_day IS NULL "
                "AND reason = 'NULL' AND customer_id = 9223372036854775807 AND decided_day = 2147483647",
                "SELECT count(*) FROM decision_verdict WHERE approval_number IS NULL AND "
                "effective_day = -2147483647 - 1 AND reason = '{}' AND customer_id = 0",
        };
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
                assert_int_equal(look(fixture, counts[i]), 1);
}

static const uint8_t all_bytes[] = {0, 1, '\\', '\'', 127, 128, 254, 255, 0};

static enum status insert_entries(struct connection *connection, void *context, struct error *failure)
{
        (void)context;
        struct q_audit_entry_insert_args args = {.number = 7, .at_ms = INT64_MIN, .actor = text_of(""),
                                                 .kind = text_of("k"), .subject = text_of("\xc3\x9f"),
                                                 .detail_digest = {(const uint8_t *)"", 0},
                                                 .digest = {all_bytes, sizeof(all_bytes)}};
        enum status status = q_audit_entry_insert(connection, &args, NULL, failure);
        args.number = INT64_MAX;
        args.at_ms = INT64_MAX;
        if (!status)
                status = q_audit_entry_insert(connection, &args, NULL, failure);
        if (!status)
                status = q_audit_detail_insert(connection,
                                               &(struct q_audit_detail_insert_args){.number = INT64_MAX,
                                                                                    .salt = {NULL, 0},
                                                                                    .detail = {NULL, 0}},
                                               NULL, failure);
        return status;
}

/* Bytes with every kind of value, none at all, and a missing one are three different things. */
static void bytes_and_missing_ones(void **state)
{
        struct fixture *fixture = *state;
        connection_cleanup struct connection *connection = NULL;
        tamper(fixture, "DELETE FROM audit_anchor; DELETE FROM audit_detail; DELETE FROM audit_entry");
        assert_ok(db_write(fixture->database, insert_entries, NULL, &error));
        assert_ok(db_connect(fixture->database, &connection, &error));
        rows_cleanup struct rows *rows = NULL;
        assert_ok(q_audit_walk_open(connection, NULL, &rows, &error));
        for (int i = 0; i < 2; i++) {
                struct q_audit_walk_row row;
                bool more = false;
                assert_ok(q_audit_walk_next(rows, &row, &more, &error));
                assert_true(more && row.number == (i ? INT64_MAX : 7) && row.at_ms == (i ? INT64_MAX : INT64_MIN));
                assert_int_equal(row.actor.length, 0);
                assert_true(text_is(row.subject, "\xc3\x9f"));
                assert_int_equal(row.detail_digest.length, 0);
                assert_int_equal(row.digest.length, sizeof(all_bytes));
                assert_memory_equal(row.digest.data, all_bytes, sizeof(all_bytes));
                assert_int_equal(row.has_salt, i);
                assert_int_equal(row.has_detail, i);
                assert_true(i == 0 || (row.salt.length == 0 && row.detail.length == 0));
                assert_false(row.has_anchor_digest);
        }
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static uint64_t next(uint64_t *seed)
{
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        return *seed >> 33;
}

static int64_t any_amount(uint64_t *seed)
{
        static const int64_t rare[] = {INT64_MIN, INT64_MAX, 0, -1, 1};
        uint64_t kind = next(seed) % 12;
        return kind < 5 ? rare[kind] : (int64_t)(next(seed) << 20 | next(seed)) >> next(seed) % 50;
}

static void any_lines(uint64_t *seed, struct buffer *packed, int64_t *ret_count)
{
        struct line lines[LINES_MAX];
        size_t count = next(seed) % 8 == 0 ? next(seed) % LINES_MAX : next(seed) % 4;
        uint64_t families = next(seed) % 16;
        for (size_t i = 0; i < count; i++) {
                struct line *line = &lines[i];
                *line = (struct line){.product = (uint32_t)next(seed) % 9, .amount_minor = any_amount(seed)};
                line->quantity_milli = families & 1 ? any_amount(seed) : (int64_t)(next(seed) % 90) * 1000;
                if (next(seed) % 50 == 0)
                        line->product = UINT32_MAX;
                if (families & 2 && next(seed) % 2) {
                        line->marks |= LINE_COST_KNOWN;
                        line->cost_minor = any_amount(seed);
                }
                if (families & 4)
                        line->marks |= next(seed) % 2 ? LINE_DIGITAL_KNOWN | LINE_DIGITAL : LINE_DIGITAL_KNOWN;
                if (families & 8 && next(seed) % 2) {
                        line->marks |= LINE_GROUP_NAMED;
                        line->group = next(seed) % 9 ? (uint32_t)next(seed) : UINT32_MAX;
                } else if (families & 8) {
                        line->marks |= LINE_GROUP_USUAL;
                }
        }
        lines_sort(lines, count);
        buffer_clear(packed);
        assert_true(lines_pack(lines, count, packed));
        *ret_count = (int64_t)count;
}

static enum status insert_documents(struct connection *connection, void *context, struct error *failure)
{
        return q_purchases_insert(connection, context, DOCUMENTS, NULL, failure);
}

/* More documents than a server hands over in one piece; other queries run in between. */
static void lines_come_back(void **state)
{
        struct fixture *fixture = *state;
        static struct q_purchases_insert_args documents[DOCUMENTS];
        static char numbers[DOCUMENTS][8];
        uint64_t seed = 20260101;
        struct buffer packed buffer_cleanup, all buffer_cleanup;
        buffer_init(&packed, 1 << 16);
        buffer_init(&all, 1 << 24);
        size_t starts[DOCUMENTS + 1] = {0};
        for (int i = 0; i < DOCUMENTS; i++) {
                snprintf(numbers[i], sizeof(numbers[i]), "R%05d", i);
                documents[i] = (struct q_purchases_insert_args){.customer_id = 5, .source_id = 1,
                                                                .number = text_of(numbers[i]), .import_id = 1};
                any_lines(&seed, &packed, &documents[i].line_count);
                assert_true(buffer_add(&all, packed.data, packed.length));
                starts[i + 1] = all.length;
        }
        for (int i = 0; i < DOCUMENTS; i++)
                documents[i].lines = (struct bytes){(const uint8_t *)all.data + starts[i], starts[i + 1] - starts[i]};
        assert_ok(db_write_bulk(fixture->database, insert_documents, documents, &error));
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
        rows_cleanup struct rows *rows = NULL;
        assert_ok(q_document_scan_open(connection, NULL, &rows, &error));
        bool more = true;
        int count = 0;
        for (;; count++) {
                struct q_document_scan_row row;
                struct text zone;
                assert_ok(q_document_scan_next(rows, &row, &more, &error));
                if (!more)
                        break;
                if (count % 500 == 0)
                        assert_ok(setting_get(connection, "time_zone", &zone, &error));
                assert_true(text_is(row.number, numbers[count]));
                assert_int_equal(row.lines.length, documents[count].lines.length);
                assert_memory_equal(row.lines.data, documents[count].lines.data, row.lines.length);
        }
        assert_int_equal(count, DOCUMENTS);
}

static enum status insert_damaged(struct connection *connection, void *context, struct error *failure)
{
        (void)context;
        const uint8_t bytes[] = {0x1f, 0, 200};
        struct q_purchases_insert_args document = {.customer_id = 5, .source_id = 1, .number = text_of("R"),
                                                   .import_id = 1, .line_count = 1, .lines = {bytes, sizeof(bytes)}};
        return q_purchases_insert(connection, &document, 1, NULL, failure);
}

/* A server could not keep what is no packed form: refused by the name of the query, and the next request goes on. */
static void damaged_lines(void **state)
{
        struct fixture *fixture = *state;
        if (!on_server())
                skip();
        assert_fails(db_write_bulk(fixture->database, insert_damaged, NULL, &error), STATUS_CORRUPT,
                     "database.query_differs");
        assert_string_equal(error_argument(&error, "query"), "purchases_insert");
        static struct q_purchases_insert_args documents[DOCUMENTS];
        static char numbers[DOCUMENTS][8];
        uint64_t seed = 1;
        struct buffer packed buffer_cleanup;
        buffer_init(&packed, 1 << 16);
        any_lines(&seed, &packed, &documents[0].line_count);
        for (int i = 0; i < DOCUMENTS; i++) {
                snprintf(numbers[i], sizeof(numbers[i]), "R%05d", i);
                documents[i] = (struct q_purchases_insert_args){
                        5, 1, text_of(numbers[i]), 1, 0, 0, documents[0].line_count, 0,
                        {(const uint8_t *)packed.data, packed.length}};
        }
        assert_ok(db_write_bulk(fixture->database, insert_documents, documents, &error));
        /* Columns that do not fit each other are noticed. */
        tamper(fixture, "UPDATE document SET line_article = '{1,2}', line_amount = '{1}' WHERE number = 'R01200'");
        connection_cleanup struct connection *connection = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
        rows_cleanup struct rows *rows = NULL;
        struct q_document_scan_row row;
        bool more = true;
        enum status status = q_document_scan_open(connection, NULL, &rows, &error);
        int count = 0;
        while (!status && more && !(status = q_document_scan_next(rows, &row, &more, &error)))
                count++;
        assert_int_equal(status, STATUS_CORRUPT);
        assert_string_equal(error.key, "database.column_differs");
        assert_string_equal(error_argument(&error, "query"), "document_scan");
        assert_int_equal(count, 1200);
}

/* ---- queries ----------------------------------------------------------------------------------------------------- */

/* Several queries open at once; each row lives until the next of its own query. */
static void rows_live_side_by_side(void **state)
{
        struct fixture *fixture = *state;
        connection_cleanup struct connection *connection = NULL;
        rows_cleanup struct rows *versions = NULL, *entries = NULL;
        struct q_schema_version_list_row version;
        struct q_audit_walk_row entry;
        struct text zone;
        bool more = false;
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(db_read_begin(connection, &error));
        assert_ok(setting_get(connection, "time_zone", &zone, &error));
        assert_ok(q_schema_version_list_open(connection, NULL, &versions, &error));
        assert_ok(q_schema_version_list_next(versions, &version, &more, &error));
        assert_ok(q_audit_walk_open(connection, NULL, &entries, &error));
        assert_ok(q_audit_walk_next(entries, &entry, &more, &error));
        assert_true(more);
        assert_int_equal(version.version, 1);
        assert_true(text_is(version.checksum, migrations[0].checksum));
        assert_true(text_is(entry.kind, "setting.changed"));
        assert_ok(q_schema_version_list_next(versions, &version, &more, &error));
        assert_true(more && text_is(version.checksum, migrations[1].checksum));
        assert_true(text_is(entry.kind, "setting.changed"));
        assert_true(text_is(zone, "Europe/Berlin"));
        /* Closed early, opened again: from the start. */
        rows_close(versions);
        versions = NULL;
        assert_ok(q_schema_version_list_open(connection, NULL, &versions, &error));
        assert_ok(q_schema_version_list_next(versions, &version, &more, &error));
        assert_int_equal(version.version, 1);
        for (int i = 1; i <= MIGRATION_COUNT; i++)
                assert_ok(q_schema_version_list_next(versions, &version, &more, &error));
        assert_false(more);
        db_read_end(connection);
}

static enum status fail_in_the_middle(struct connection *connection, void *context, struct error *failure)
{
        struct q_schema_version_insert_args twice = {.version = 1, .name = text_of("x"), .checksum = text_of("x")};
        (void)context;
        enum status status = setting_set(connection, "before", text_of("x"), failure);
        if (!status)
                status = q_schema_version_insert(connection, &twice, NULL, failure);
        if (!status)
                status = setting_set(connection, "behind", text_of("x"), failure);
        return status;
}

/* Though a server answers later: the query that failed is named, not the one behind it, and nothing of it stays. */
static void failures_name_their_query(void **state)
{
        struct fixture *fixture = *state;
        for (int i = 0; i < 2; i++) {
                assert_fails(i ? db_write_bulk(fixture->database, fail_in_the_middle, NULL, &error)
                               : db_write(fixture->database, fail_in_the_middle, NULL, &error), STATUS_CONFLICT,
                             "database.constraint");
                assert_string_equal(error_argument(&error, "action"), "schema_version_insert");
                assert_int_equal(look(fixture, "SELECT count(*) FROM setting WHERE name IN ('before', 'behind')"), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(bulk_with_nulls, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(bytes_and_missing_ones, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(lines_come_back, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(damaged_lines, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(rows_live_side_by_side, fixture_new, fixture_free),
                cmocka_unit_test_setup_teardown(failures_name_their_query, fixture_new, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
