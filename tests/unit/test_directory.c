/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_directory.c: the rows of random companies against sums made by hand, lists against a naive evaluation of the
 * same filters, who sees whom by responsibility and territory, segments in effect on a day, and that an import, an
 * approval or nothing at all makes a view new, partly new or the same.
 * Verifies in part.
 */
#include "facts_fixture.h"

#include "base/bits.h"
#include "base/calendar.h"
#include "program/directory.h"

#define VISIT_COLUMNS "(customer_id, source_id, day, number, import_id, rep, kind, note)"

enum { CUSTOMERS = 70, DOCUMENTS = 500, TODAY = 20454 /* 2026-01-01 */, PEOPLE = 4, CITIES = 5, PAGE = 7 };

static const char *const cities[CITIES] = {"München", "Ulm", "Berlin", "Köln", "Zürich"};
static const char *const people[PEOPLE] = {"Anna Groß", "Bert Ölz", "Carl Tief", "Dora Hoch"};

static uint64_t seed;

static uint64_t dice(uint64_t below)
{
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (seed >> 33) % below;
}

/* What the test knows of a customer, by its own book-keeping. */
struct known {
        int64_t year, previous, months, months_before;
        int32_t last_order, last_visit;
        int city, rep, territory_rep, deputy; /* -1: nobody */
        bool prospect;
};
static struct known known[CUSTOMERS];

static int64_t id_of(size_t customer) { return (int64_t)(customer + 1) * 10; }

static struct q_purchases_insert_args documents[DOCUMENTS];
static struct buffer packed[DOCUMENTS];
static char numbers[DOCUMENTS][16];

static void add_document(int number)
{
        size_t customer = dice(CUSTOMERS * 3 / 4); /* the others never buy */
        int32_t day = TODAY - (int32_t)dice(1100) + 20;
        struct line line = {.product = 1 + (uint32_t)dice(3), .amount_minor = (int64_t)dice(90000) - 20000,
                            .quantity_milli = 1000};
        snprintf(numbers[number], sizeof(numbers[number]), "D%d", number);
        buffer_init(&packed[number], 1 << 10);
        assert_true(lines_pack(&line, 1, &packed[number]));
        const struct bytes bytes = {(const uint8_t *)packed[number].data, packed[number].length};
        documents[number] = (struct q_purchases_insert_args){
                .customer_id = id_of(customer), .source_id = 1, .number = text_of(numbers[number]), .import_id = 1,
                .day = day, .total_minor = line.amount_minor, .line_count = 1, .content_hash = lines_hash(day, bytes),
                .lines = bytes};
        struct known *k = &known[customer];
        if (day > TODAY)
                return;
        int32_t year = day_add_months(TODAY, -12), two = day_add_months(TODAY, -24);
        k->year += day > year ? line.amount_minor : 0;
        k->previous += day > two && day <= year ? line.amount_minor : 0;
        k->months += day > day_add_months(TODAY, -3) ? line.amount_minor : 0;
        k->months_before += day > day_add_months(TODAY, -15) && day <= year ? line.amount_minor : 0;
        if (line.amount_minor > 0 && day > k->last_order)
                k->last_order = day;
}

static enum status write_documents(struct connection *connection, void *context, struct error *error)
{
        (void)context;
        return q_purchases_insert(connection, documents, DOCUMENTS, NULL, error);
}

static void add_fact(struct buffer *sql, int64_t customer, const char *code, const char *value)
{
        buffer_addf(sql, "INSERT INTO customer_fact SELECT %lld, id, 14000, 1, '%s' FROM fact WHERE code = '%s';",
                    (long long)customer, value, code);
}

static void add_customer(struct buffer *sql, size_t customer)
{
        struct known *k = &known[customer];
        int64_t id = id_of(customer);
        *k = (struct known){.last_order = DAY_NONE, .last_visit = DAY_NONE, .city = (int)dice(CITIES), .rep = -1,
                            .territory_rep = -1, .deputy = -1, .prospect = dice(5) == 0};
        buffer_addf(sql, "INSERT INTO customer_record VALUES (%lld, 1, 14000);"
                         "INSERT INTO customer_key VALUES (1, 'K%lld', %lld);",
                    (long long)id, (long long)id, (long long)id);
        add_fact(sql, id, "city", cities[k->city]);
        add_fact(sql, id, "kind", k->prospect ? "prospect" : "customer");
        buffer_addf(sql, "INSERT INTO customer_name VALUES (%lld, 1, 'Müller %zu', 'muller %03zu', "
                         "'mueller muller %zu');", (long long)id, customer, customer, customer);
        if (dice(2)) {
                int territory = (int)dice(PEOPLE);
                char name[8];
                snprintf(name, sizeof(name), "T%d", territory);
                add_fact(sql, id, "territory", name);
                k->territory_rep = territory;
        }
        if (dice(2)) {
                k->rep = (int)dice(PEOPLE);
                buffer_addf(sql, "INSERT INTO responsibility VALUES (%lld, '', '%s', 'rep', 14000, 1, %d);",
                        (long long)id, people[k->rep], DAY_OPEN_END);
        }
        if (dice(3) == 0) {
                k->deputy = (int)dice(PEOPLE);
                buffer_addf(sql, "INSERT INTO responsibility VALUES (%lld, '', '%s', 'deputy', 14000, 1, %d);",
                        (long long)id, people[k->deputy], DAY_OPEN_END);
        }
        if (dice(2)) {
                k->last_visit = TODAY - (int32_t)dice(300);
                buffer_addf(sql, "INSERT INTO visit " VISIT_COLUMNS
                        " VALUES (%lld, 1, %d, 1, 1, 'r', 'k', ''), (%lld, 1, %d, 1, 1, 'r', "
                                 "'k', '');", (long long)id, k->last_visit, (long long)id, k->last_visit - 5);
        }
}

static void fill(struct fixture *fixture, uint64_t number)
{
        struct error error;
        struct buffer sql buffer_cleanup;
        buffer_init(&sql, 1 << 24);
        seed = number;
        put_import(fixture, 1, "customers", 1, CUSTOMERS, 0);
        put_products(fixture, 3);
        buffer_add_text(&sql, "BEGIN; INSERT INTO fact (id, code) VALUES (1, 'city'), (2, 'kind'), (3, 'territory');");
        for (size_t c = 0; c < CUSTOMERS; c++)
                add_customer(&sql, c);
        for (int p = 0; p < PEOPLE; p++)
                buffer_addf(&sql, "INSERT INTO responsibility VALUES (0, 'T%d', '%s', 'rep', 14000, 1, %d);", p,
                            people[p], DAY_OPEN_END);
        buffer_add_text(&sql, "COMMIT;");
        tamper(fixture, sql.data);
        for (int d = 0; d < DOCUMENTS; d++)
                add_document(d);
        assert_ok(db_write(fixture->database, write_documents, NULL, &error));
        for (int d = 0; d < DOCUMENTS; d++)
                buffer_release(&packed[d]);
}

struct look {
        struct directory *directory;
        struct connection *connection;
        struct arena *arena;
        struct directory_view *view;
};

static struct look look_at(const struct fixture *fixture, int32_t day)
{
        struct error error;
        struct look look = {.arena = arena_new((size_t)64 << 20)};
        assert_ok(db_connect(fixture->database, &look.connection, &error));
        assert_ok(directory_new(fixture->database, &look.directory, &error));
        assert_ok(directory_view_of(look.directory, look.connection, day, &look.view, &error));
        return look;
}

static void look_close(struct look *look)
{
        directory_view_unref(look->view);
        directory_free(look->directory);
        db_disconnect(look->connection);
        arena_free(look->arena);
}

static const struct subject all = {.scope = {.kind = SCOPE_ALL}};

static void rows_are_as_calculated(void **state)
{
        struct fixture *fixture = *state;
        fill(fixture, 4711);
        struct look look = look_at(fixture, TODAY);
        uint64_t *scope = scope_of(look.view, &all, look.arena);
        assert_int_equal(directory_count(look.view), CUSTOMERS);
        for (size_t c = 0; c < CUSTOMERS; c++) {
                struct directory_row row;
                int64_t at = directory_find(look.view, scope, id_of(c));
                assert_true(at >= 0);
                directory_row(look.view, -1, (size_t)at, &row);
                assert_int_equal(row.customer_id, id_of(c));
                assert_int_equal(row.revenue_minor, known[c].year);
                assert_int_equal(row.previous_minor, known[c].previous);
                assert_int_equal(row.months_minor, known[c].months);
                assert_int_equal(row.months_before_minor, known[c].months_before);
                assert_int_equal(row.last_order_day, known[c].last_order);
                assert_int_equal(row.last_visit_day, known[c].last_visit);
                assert_true(text_is(row.city, cities[known[c].city]));
                int rep = known[c].rep >= 0 ? known[c].rep : known[c].territory_rep;
                assert_true(rep < 0 ? row.responsible.data == NULL : text_is(row.responsible, people[rep]));
                assert_int_equal(row.segment, SEGMENT_NONE);
        }
        assert_true(directory_bytes(look.view) / CUSTOMERS > 0);
        look_close(&look);
}

/* ---- lists against a naive evaluation ---------------------------------------------------------------------------- */

static bool naive_fits(const struct directory_row *row, const struct directory_filter *filter)
{
        bool any = false;
        switch (filter->column) {
        case LIST_CITY:
                for (size_t w = 0; w < filter->word_count; w++)
                        any |= text_equal(row->city, filter->words[w]);
                return filter->compare == FILTER_NONE_OF ? !any : any;
        case LIST_REVENUE:
                return filter->compare == FILTER_AT_LEAST ? row->revenue_minor >= filter->number
                                                          : row->revenue_minor <= filter->number;
        case LIST_LAST_ORDER:
                if (filter->compare == FILTER_UNKNOWN)
                        return row->last_order_day == DAY_NONE;
                return row->last_order_day != DAY_NONE &&
                       (filter->compare == FILTER_AT_LEAST ? row->last_order_day >= filter->number
                                                           : row->last_order_day <= filter->number);
        default:
                return row->kind == (text_is(filter->words[0], "prospect") ? KIND_PROSPECT : KIND_CUSTOMER);
        }
}

static struct directory_filter any_filter(struct text *words)
{
        static const enum directory_column columns[] = {LIST_CITY, LIST_REVENUE, LIST_LAST_ORDER, LIST_KIND};
        struct directory_filter filter = {.column = columns[dice(4)], .words = words};
        switch (filter.column) {
        case LIST_CITY:
                filter.word_count = 1 + dice(2);
                for (size_t w = 0; w < filter.word_count; w++)
                        words[w] = text_of(cities[dice(CITIES)]);
                filter.compare = dice(3) ? FILTER_ANY_OF : FILTER_NONE_OF;
                break;
        case LIST_REVENUE:
                filter.compare = dice(2) ? FILTER_AT_LEAST : FILTER_AT_MOST;
                filter.number = (int64_t)dice(200000) - 40000;
                break;
        case LIST_LAST_ORDER:
                filter.compare = dice(4) == 0 ? FILTER_UNKNOWN : dice(2) ? FILTER_AT_LEAST : FILTER_AT_MOST;
                filter.number = TODAY - (int64_t)dice(900);
                break;
        default:
                words[0] = text_of(dice(2) ? "prospect" : "customer");
                filter.word_count = 1;
                filter.compare = FILTER_ANY_OF;
        }
        return filter;
}

/* Rows come in the order asked for; those whose value is not known last. */
static void check_order(const struct directory_row *before, const struct directory_row *row,
                        const struct directory_query *query)
{
        int64_t x = 0, y = 0;
        if (query->sort == LIST_REVENUE) {
                x = before->revenue_minor;
                y = row->revenue_minor;
        } else if (query->sort == LIST_LAST_ORDER) {
                bool unknown = before->last_order_day == DAY_NONE;
                assert_true(!unknown || row->last_order_day == DAY_NONE);
                if (row->last_order_day == DAY_NONE)
                        return;
                x = before->last_order_day;
                y = row->last_order_day;
        } else if (query->sort == LIST_CITY) {
                x = text_compare(before->city, row->city);
        } else {
                x = text_compare(before->name, row->name) > 0 && before->name.length >= row->name.length;
        }
        assert_true(query->descending ? x >= y : x <= y);
}

static size_t walk_pages(const struct look *look, struct directory_query *query, const uint64_t *naive)
{
        struct error error;
        struct directory_row before, row;
        size_t seen = 0;
        uint64_t *listed = arena_array(look->arena, uint64_t, bits_words(CUSTOMERS) + 1);
        for (query->after = 0;;) {
                struct directory_page list;
                assert_ok(directory_select(look->view, query, look->arena, &list, &error));
                for (size_t i = 0; i < list.count; i++) {
                        assert_true(bits_get(naive, list.rows[i]));
                        assert_false(bits_get(listed, list.rows[i]));
                        bits_set(listed, list.rows[i]);
                        directory_row(look->view, -1, list.rows[i], &row);
                        if (seen++)
                                check_order(&before, &row, query);
                        before = row;
                }
                if (!list.next_after)
                        return seen;
                query->after = list.next_after;
        }
}

static void lists_fit_a_naive_evaluation(void **state)
{
        static const enum directory_column sorts[] = {LIST_NAME, LIST_REVENUE, LIST_LAST_ORDER, LIST_CITY};
        struct fixture *fixture = *state;
        fill(fixture, 815);
        struct look look = look_at(fixture, TODAY);
        struct error error;
        size_t fitting = 0;
        for (int round = 0; round < 300; round++) {
                struct text words[2][2];
                struct directory_filter filters[2] = {any_filter(words[0]), any_filter(words[1])};
                struct directory_query query = {.program = -1, .scope = scope_of(look.view, &all, look.arena),
                                                .filters = filters, .filter_count = dice(3), .sort = sorts[dice(4)],
                                                .descending = dice(2), .limit = PAGE};
                uint64_t naive[CUSTOMERS / 64 + 2];
                struct directory_page list;
                int64_t revenue = 0;
                size_t total = 0;
                memset(naive, 0, sizeof(naive));
                for (size_t r = 0; r < CUSTOMERS; r++) {
                        struct directory_row row;
                        directory_row(look.view, -1, r, &row);
                        bool fits = bits_get(query.scope, r);
                        for (size_t f = 0; f < query.filter_count; f++)
                                fits = fits && naive_fits(&row, &filters[f]);
                        if (!fits)
                                continue;
                        bits_set(naive, r);
                        revenue += row.revenue_minor;
                        total++;
                }
                assert_ok(directory_select(look.view, &query, look.arena, &list, &error));
                assert_int_equal(list.total, total);
                assert_int_equal(list.sums[LIST_REVENUE], revenue);
                assert_int_equal(walk_pages(&look, &query, naive), total);
                fitting += total;
        }
        assert_true(fitting > 300); /* not all of them were empty */
        look_close(&look);
}

/* ---- scopes ------------------------------------------------------------------------------------------------------ */

static bool is_own(size_t c, int person)
{
        int rep = known[c].rep >= 0 ? known[c].rep : known[c].territory_rep;
        return rep == person || known[c].deputy == person;
}

static void scopes_are_those_of_responsibilities(void **state)
{
        struct fixture *fixture = *state;
        fill(fixture, 99);
        struct look look = look_at(fixture, TODAY);
        for (int p = 0; p < PEOPLE; p++) {
                struct text name = text_of(p == 0 ? "ANNA GROSS" : people[p]); /* names are folded */
                struct subject rep = {.role = ROLE_REP, .scope = {SCOPE_OWN, 0, &name, 1}};
                uint64_t *scope = scope_of(look.view, &rep, look.arena);
                size_t own = 0;
                for (size_t c = 0; c < CUSTOMERS; c++) {
                        assert_int_equal(directory_find(look.view, scope, id_of(c)) >= 0, is_own(c, p));
                        own += is_own(c, p);
                }
                assert_true(own > 0);
        }
        struct text names[] = {text_of(people[0]), text_of("t3"), text_of("nobody")};
        struct subject head = {.role = ROLE_SALES_HEAD, .scope = {SCOPE_TEAM, 0, names, 3}};
        struct subject contact = {.role = ROLE_CONTACT, .scope = {SCOPE_COMPANY, id_of(5), NULL, 0}};
        struct subject nobody = {.scope = {.kind = SCOPE_NONE}};
        uint64_t *team = scope_of(look.view, &head, look.arena);
        uint64_t *company = scope_of(look.view, &contact, look.arena);
        uint64_t *none = scope_of(look.view, &nobody, look.arena);
        for (size_t c = 0; c < CUSTOMERS; c++) {
                bool in_team = is_own(c, 0) || known[c].territory_rep == 3;
                assert_int_equal(directory_find(look.view, team, id_of(c)) >= 0, in_team);
                assert_int_equal(directory_find(look.view, company, id_of(c)) >= 0, c == 5);
                assert_int_equal(directory_find(look.view, none, id_of(c)), -1);
        }
        assert_int_equal(directory_find(look.view, scope_of(look.view, &all, look.arena), 12345), -1);
        look_close(&look);
}

/* ---- search ------------------------------------------------------------------------------------------------------ */

static size_t search(const struct look *look, const uint64_t *scope, const char *typed, const uint32_t **rows)
{
        struct error error;
        size_t count;
        assert_ok(directory_search(look->view, scope, text_of(typed), 8, look->arena, rows, &count, &error));
        return count;
}

static void search_finds_what_somebody_means(void **state)
{
        struct fixture *fixture = *state;
        fill(fixture, 7);
        struct look look = look_at(fixture, TODAY);
        const uint64_t *scope = scope_of(look.view, &all, look.arena);
        const uint32_t *rows;
        assert_int_equal(search(&look, scope, "müller", &rows), 8);
        assert_int_equal(search(&look, scope, "muller 33", &rows), 2); /* and number K330 */
        struct directory_row row;
        directory_row(look.view, -1, rows[1], &row);
        assert_true(text_is(row.name, "Müller 33"));
        assert_int_equal(search(&look, scope, "k120", &rows), 1); /* a number begins so */
        assert_int_equal(rows[0], 11);
        assert_int_equal(search(&look, scope, "mueller nirgends", &rows), 0);
        assert_int_equal(search(&look, scope, "   ", &rows), 0);
        assert_true(search(&look, scope, "koln", &rows) > 0); /* cities, too */
        struct text name = text_of(people[1]);
        struct subject rep = {.role = ROLE_REP, .scope = {SCOPE_OWN, 0, &name, 1}};
        const uint64_t *own = scope_of(look.view, &rep, look.arena);
        size_t found = search(&look, own, "muller", &rows);
        assert_true(found > 0);
        for (size_t i = 0; i < found; i++)
                assert_true(bits_get(own, rows[i]));
        look_close(&look);
}

/* ---- what makes a view new --------------------------------------------------------------------------------------- */

static void views_are_kept_while_nothing_happens(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        fill(fixture, 1);
        struct look look = look_at(fixture, TODAY);
        struct directory_view *again;
        assert_ok(directory_view_of(look.directory, look.connection, TODAY, &again, &error));
        assert_ptr_equal(again, look.view);
        directory_view_unref(again);
        /* Signing in is in the audit chain, and changes no row. */
        run_sql(fixture, "INSERT INTO audit_entry VALUES (1001, 1, 'anna', 'account.signed_in', '1', zeroblob(32), "
                         "zeroblob(32))");
        assert_ok(directory_view_of(look.directory, look.connection, TODAY, &again, &error));
        assert_ptr_equal(again, look.view);
        directory_view_unref(again);
        run_sql(fixture, "INSERT INTO audit_entry VALUES (1002, 1, 'anna', 'run.approved', '1', zeroblob(32), "
                         "zeroblob(32))");
        assert_ok(directory_view_of(look.directory, look.connection, TODAY, &again, &error));
        assert_ptr_not_equal(again, look.view);
        directory_view_unref(again);
        /* Another day is another view; today's stays. */
        assert_ok(directory_view_of(look.directory, look.connection, TODAY - 400, &again, &error));
        assert_int_equal(directory_day(again), TODAY - 400);
        directory_view_unref(again);
        look_close(&look);
}

static void responsibilities_change_access_at_once(void **state)
{
        struct fixture *fixture = *state;
        struct error error;
        struct directory_view *view;
        fill(fixture, 3);
        struct look look = look_at(fixture, TODAY);
        struct text name = text_of("Emma Neu");
        struct subject rep = {.role = ROLE_REP, .scope = {SCOPE_OWN, 0, &name, 1}};
        assert_int_equal(directory_find(look.view, scope_of(look.view, &rep, look.arena), id_of(2)), -1);
        put_import(fixture, 2, "responsibilities", 2, 1, 0);
        run_sql(fixture, "INSERT INTO responsibility VALUES (%lld, '', 'Emma Neu', 'rep', 14000, 2, %d)",
                (long long)id_of(2), TODAY);
        assert_ok(directory_view_of(look.directory, look.connection, TODAY, &view, &error));
        assert_true(directory_find(view, scope_of(view, &rep, look.arena), id_of(2)) >= 0);
        directory_view_unref(view);
        /* Its last day is over tomorrow. */
        assert_ok(directory_view_of(look.directory, look.connection, TODAY + 1, &view, &error));
        assert_int_equal(directory_find(view, scope_of(view, &rep, look.arena), id_of(2)), -1);
        directory_view_unref(view);
        look_close(&look);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(rows_are_as_calculated, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(lists_fit_a_naive_evaluation, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(scopes_are_those_of_responsibilities, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(search_finds_what_somebody_means, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(views_are_kept_while_nothing_happens, fixture_new, facts_free),
                cmocka_unit_test_setup_teardown(responsibilities_change_access_at_once, fixture_new, facts_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
