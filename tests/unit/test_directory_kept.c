/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_directory_kept.c: a directory that keeps what did not change shows what one made anew shows, after every step of
 * random sequences of imports, imports taken back, decisions and restores; and it does keep names where only figures
 * came, decisions where nobody decided.
 */
#include "facts_fixture.h"

#include "program/directory_parts.h"

enum { CUSTOMERS = 24, NEW_CUSTOMERS = 6, TODAY = 20454 /* 2026-01-01 */, PEOPLE = 3, STEPS = 40, SEEDS = 6 };

static const char *const people[PEOPLE] = {"Anna Groß", "Bert Ölz", "Dora Hoch"};
static const char *const cities[] = {"München", "Ulm", "Köln"};

static uint64_t seed;

static uint64_t dice(uint64_t below)
{
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (seed >> 33) % below;
}

enum step { STEP_VISIT, STEP_PURCHASE, STEP_POTENTIAL, STEP_CONTACT, STEP_RENAMED, STEP_MOVED, STEP_CHARGE, STEP_NEW,
            STEP_UNDONE, STEP_DECIDED, STEP_SIGNED_IN, STEP_RESTORED, STEP_KINDS };

struct company {
        const struct fixture *fixture;
        int generation, import, audit, customers;
        int visits[STEPS + 2], visit_count; /* imports of visits that stand */
};

static long long id_of(int customer) { return (customer + 1) * 10LL; }

static void note(struct company *company, const char *kind)
{
        company->audit++;
        run_sql(company->fixture, "INSERT INTO audit_entry (number, at_ms, actor, kind, subject, detail_digest, "
                                  "digest) VALUES (%d, 1, 'anna', '%s', '1', zeroblob(32), randomblob(32))",
                company->audit, kind);
}

static int publish(struct company *company, const char *kind)
{
        put_import(company->fixture, ++company->import, kind, ++company->generation, 1, 0);
        return company->import;
}

static void put_somebody(struct company *company, int customer)
{
        put_customer(company->fixture, id_of(customer), company->import, 14000);
        run_sql(company->fixture, "INSERT INTO customer_name VALUES (%lld, %d, 'Müller %d', 'muller %03d', "
                                  "'mueller muller %d')", id_of(customer), company->import, customer, customer,
                customer);
        put_fact(company->fixture, id_of(customer), "kind", 14000, company->import, "customer");
        put_fact(company->fixture, id_of(customer), "city", 14000, company->import, cities[dice(3)]);
        put_fact(company->fixture, id_of(customer), "territory", 14000, company->import, dice(2) ? "T0" : "T1");
}

static void put_visit(struct company *company)
{
        company->visits[company->visit_count++] = publish(company, "visits");
        run_sql(company->fixture, "INSERT INTO visit (customer_id, source_id, day, number, import_id, rep, kind, note) "
                                  "VALUES (%lld, 1, %d, %d, %d, 'r', 'k', '')", id_of((int)dice(CUSTOMERS)),
                TODAY - (int)dice(300), company->import, company->import);
}

static void put_purchase(struct company *company)
{
        char number[16];
        struct line line = {.product = 1, .amount_minor = (int64_t)dice(90000), .quantity_milli = 1000};
        int import = publish(company, "purchases");
        snprintf(number, sizeof(number), "D%d", import);
        put_document(company->fixture, import, id_of((int)dice(CUSTOMERS)), 1, number, TODAY - (int)dice(700), &line,
                     1);
}

static void put_potential(struct company *company)
{
        int import = publish(company, "potentials");
        run_sql(company->fixture, "INSERT INTO potential (customer_id, group_id, valid_from, import_id, valid_to, "
                                  "amount_minor, estimated, note) VALUES (%lld, 0, 14000, %d, %d, %d, %d, '')",
                id_of((int)dice(CUSTOMERS)), import, DAY_OPEN_END, (int)dice(900000), (int)dice(2));
}

static void put_contact(struct company *company)
{
        int import = publish(company, "contacts");
        long long customer = id_of((int)dice(CUSTOMERS));
        run_sql(company->fixture,
                "INSERT INTO person VALUES (%d, 1); INSERT INTO contact VALUES (%lld, %d, %d);"
                "INSERT INTO contact_fact SELECT %lld, %d, id, 14000, %d, 'Eva %d' FROM fact WHERE code = 'name';"
                "INSERT INTO contact_fact SELECT %lld, %d, id, 14000, %d, 'L%d' FROM fact WHERE code = 'level'",
                import, customer, import, import, customer, import, import, import, customer, import, import,
                (int)dice(3));
}

static void take_visit_back(struct company *company)
{
        if (!company->visit_count) {
                put_visit(company);
                return;
        }
        int *visit = &company->visits[dice((uint64_t)company->visit_count)];
        undo_import(company->fixture, *visit, ++company->generation);
        *visit = company->visits[--company->visit_count];
}

/* What an older backup with other later changes looks like: the same numbers, another history. */
static void restore(struct company *company)
{
        int customer = (int)dice(CUSTOMERS);
        run_sql(company->fixture, "UPDATE customer_name SET name = 'Restored %d' WHERE customer_id = %lld;"
                                  "UPDATE audit_entry SET digest = randomblob(32) WHERE number = %d",
                company->generation, id_of(customer), company->audit);
        put_visit(company);
}

static void take_step(struct company *company, enum step step)
{
        const struct fixture *fixture = company->fixture;
        long long customer = id_of((int)dice(CUSTOMERS));
        switch (step) {
        case STEP_VISIT: put_visit(company); break;
        case STEP_PURCHASE: put_purchase(company); break;
        case STEP_POTENTIAL: put_potential(company); break;
        case STEP_CONTACT: put_contact(company); break;
        case STEP_RENAMED:
                publish(company, "customers");
                run_sql(fixture, "INSERT INTO customer_name VALUES (%lld, %d, 'Meyer %d', 'meyer', 'meyer %d')",
                        customer, company->import, company->import, company->import);
                break;
        case STEP_MOVED:
                publish(company, "values");
                put_fact(fixture, customer, "city", 14001 + company->import, company->import, "Zürich");
                break;
        case STEP_CHARGE:
                publish(company, "responsibilities");
                run_sql(fixture, "INSERT INTO responsibility VALUES (%lld, '', '%s', 'rep', %d, %d, %d)", customer,
                        people[dice(PEOPLE)], 14000 + company->import, company->import, DAY_OPEN_END);
                break;
        case STEP_NEW:
                publish(company, "purchases"); /* a file of invoices may bring customers, too */
                if (company->customers < CUSTOMERS + NEW_CUSTOMERS)
                        put_somebody(company, company->customers++);
                break;
        case STEP_UNDONE: take_visit_back(company); break;
        case STEP_DECIDED: note(company, "run.approved"); return;
        case STEP_SIGNED_IN: note(company, "account.signed_in"); return;
        case STEP_RESTORED: restore(company); break;
        case STEP_KINDS: break;
        }
        note(company, step == STEP_UNDONE ? "import.undone" : "import.published");
}

static void found(const struct company *company, struct company *ret)
{
        *ret = (struct company){.fixture = company->fixture, .customers = CUSTOMERS, .audit = 1000};
        publish(ret, "customers");
        put_products(ret->fixture, 1);
        for (int c = 0; c < CUSTOMERS; c++)
                put_somebody(ret, c);
        run_sql(ret->fixture, "INSERT INTO fact (id, code) SELECT max(id) + 1, 'name' FROM fact;"
                              "INSERT INTO fact (id, code) SELECT max(id) + 1, 'level' FROM fact;"
                              "INSERT INTO responsibility VALUES (0, 'T0', '%s', 'rep', 14000, 1, %d)", people[0],
                DAY_OPEN_END);
        note(ret, "import.published");
}

/* ---- what a view says -------------------------------------------------------------------------------------------- */

static const struct subject all = {.scope = {.kind = SCOPE_ALL}};

static void say_text(struct buffer *out, struct text text)
{
        buffer_addf(out, "%.*s|", (int)text.length, text.length ? text.data : "");
}

static void say_row(struct buffer *out, const struct directory_view *view, size_t number)
{
        struct directory_row row;
        directory_row(view, -1, number, &row);
        const struct text words[] = {row.source, row.number, row.name, row.city, row.territory, row.responsible};
        for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
                say_text(out, words[w]);
        buffer_addf(out, "%lld %lld %d %d|", (long long)row.potential_minor, (long long)row.open_minor,
                    row.potential_known, row.potential_estimated);
        buffer_addf(out, "%lld %d %lld %lld %lld %lld %d %d %d %u %u %u %u\n", (long long)row.customer_id,
                    (int)row.kind, (long long)row.revenue_minor, (long long)row.previous_minor,
                    (long long)row.months_minor, (long long)row.months_before_minor, row.customer_since_day,
                    row.last_order_day, row.last_visit_day, row.contacts, row.certified, row.levels, row.areas);
}

static void say_found(struct buffer *out, const struct directory_view *view, const char *typed, struct arena *arena)
{
        struct error error;
        const uint32_t *rows;
        size_t count;
        assert_ok(directory_search(view, scope_of(view, &all, arena), text_of(typed), 100, arena, &rows, &count,
                                   &error));
        for (size_t i = 0; i < count; i++)
                buffer_addf(out, "%u ", rows[i]);
        buffer_addf(out, "are %s\n", typed);
}

static void say(struct buffer *out, const struct directory_view *view)
{
        struct arena *arena = arena_new((size_t)64 << 20);
        assert_non_null(arena);
        for (size_t i = 0; i < directory_count(view); i++)
                say_row(out, view, i);
        for (int p = 0; p < PEOPLE; p++) {
                struct text name = text_of(people[p]);
                struct subject rep = {.role = ROLE_REP, .scope = {SCOPE_OWN, 0, &name, 1}};
                const uint64_t *scope = scope_of(view, &rep, arena);
                for (size_t i = 0; i < directory_count(view); i++)
                        buffer_addf(out, "%d", bits_get(scope, i));
                buffer_addf(out, " %s\n", people[p]);
        }
        say_found(out, view, "muller", arena);
        say_found(out, view, "eva", arena);
        say_found(out, view, "meyer 1", arena);
        say_found(out, view, "restored", arena);
        arena_free(arena);
}

static void is_as_made_anew(const struct fixture *fixture, struct connection *connection,
                            const struct directory_view *kept)
{
        struct error error;
        struct directory *directory;
        struct directory_view *view;
        struct buffer told buffer_cleanup, wanted buffer_cleanup;
        buffer_init(&told, 1 << 24);
        buffer_init(&wanted, 1 << 24);
        assert_ok(directory_new(fixture->database, &directory, &error));
        assert_ok(directory_view_of(directory, connection, TODAY, &view, &error));
        assert_int_equal(directory_generation(kept), directory_generation(view));
        say(&told, kept);
        say(&wanted, view);
        assert_true(buffer_add_byte(&told, 0) && buffer_add_byte(&wanted, 0));
        assert_string_equal(told.data, wanted.data);
        directory_view_unref(view);
        directory_free(directory);
}

/* ---- random sequences -------------------------------------------------------------------------------------------- */

static void is_kept_as_far_as_it_holds(const struct directory_view *before, const struct directory_view *view,
                                       enum step step)
{
        bool figures = step == STEP_VISIT || step == STEP_PURCHASE || step == STEP_POTENTIAL || step == STEP_UNDONE;
        bool same_rows = before->facts->count == view->facts->count;
        if (step == STEP_SIGNED_IN)
                assert_ptr_equal(before, view);
        if (step == STEP_DECIDED)
                assert_ptr_equal(before->facts, view->facts);
        assert_int_equal(before->facts->who == view->facts->who, figures || step == STEP_SIGNED_IN ||
                         step == STEP_DECIDED || (step == STEP_NEW && same_rows));
        assert_int_equal(before->decisions == view->decisions,
                         same_rows && step != STEP_DECIDED && step != STEP_RESTORED);
}

static void sequences_end_as_made_anew(void **state)
{
        struct fixture *fixture = *state;
        struct company company, start = {.fixture = fixture};
        struct error error;
        struct connection *connection;
        struct directory *directory;
        struct directory_view *before, *view;
        found(&start, &company);
        assert_ok(db_connect(fixture->database, &connection, &error));
        assert_ok(directory_new(fixture->database, &directory, &error));
        assert_ok(directory_view_of(directory, connection, TODAY, &before, &error));
        for (int s = 0; s < STEPS; s++) {
                /* Each kind at least once, then as it comes. */
                enum step step = s < STEP_KINDS ? (enum step)s : (enum step)dice(STEP_KINDS);
                take_step(&company, step);
                assert_ok(directory_view_of(directory, connection, TODAY, &view, &error));
                is_as_made_anew(fixture, connection, view);
                is_kept_as_far_as_it_holds(before, view, step);
                directory_view_unref(before);
                before = view;
        }
        directory_view_unref(before);
        directory_free(directory);
        db_disconnect(connection);
}

static int seeded(void **state)
{
        static uint64_t number;
        seed = ++number;
        return fixture_new(state);
}

int main(void)
{
        struct CMUnitTest tests[SEEDS];
        for (int i = 0; i < SEEDS; i++)
                tests[i] = (struct CMUnitTest)cmocka_unit_test_setup_teardown(sequences_end_as_made_anew, seeded,
                                                                              facts_free);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
