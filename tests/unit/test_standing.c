/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_standing.c: where customers stand by stored runs: which decision counts, the grace that goes on, and the segment
 * as of a day. Runs are written behind the program's back, so that every order of cut-off and approval can be tried.
 * Verifies X-10 (as of), R-004 (segment per year) in part.
 */
#include "database_fixture.h"

#include "base/calendar.h"
#include "program/standing.h"

enum { PROGRAM = 1, OTHER = 2, ANNA = 10, BERT = 20, CARL = 30, CUSTOMERS = 3 };

static struct segment segments[] = {
        {.id = {"A", 1}},
        {.id = {"B", 1}},
        {.id = {"C", 1}, .rest = true},
};
static const struct concept concept = {.segment_count = 3, .segments = segments};
static const int64_t customers[CUSTOMERS] = {ANNA, BERT, CARL};

/* Days are plain small numbers here. */
static void add_run(const struct fixture *fixture, int id, int program, int cutoff_day, const char *state,
                    int approval_number, int effective_day)
{
        char text[512];
        snprintf(text, sizeof(text),
                 "INSERT INTO evaluation_run VALUES (%d, %d, %d, 'year', %d, 1, '%s', 1, %s, %s, %s, %s, 3, 0)", id,
                 program, program, cutoff_day, state, approval_number ? "1" : "NULL", approval_number ? "1" : "NULL",
                 approval_number ? "0" : "NULL", approval_number ? "0" : "NULL");
        tamper(fixture, text);
        if (!approval_number)
                return;
        snprintf(text, sizeof(text), "UPDATE evaluation_run SET approval_number = %d, effective_day = %d WHERE id = %d",
                 approval_number, effective_day, id);
        tamper(fixture, text);
}

static void add_decision(const struct fixture *fixture, int customer, int run, int program, const char *segment,
                         const char *decision, bool grace, const char *grace_end)
{
        char text[512];
        snprintf(text, sizeof(text),
                 "INSERT INTO decision VALUES (%d, %d, %d, NULL, 'A', '%s', '%s', 0, %d, %s, zeroblob(1), NULL)",
                 customer, run, program, segment, decision, grace, grace_end);
        tamper(fixture, text);
}

static int programs(void **state)
{
        if (fixture_new(state))
                return -1;
        const struct fixture *fixture = *state;
        tamper(fixture, "INSERT INTO program VALUES (1, 'one'), (2, 'two');"
                        "INSERT INTO concept_version VALUES (1, 1, 1, zeroblob(1), '', 'released', 1, 1),"
                        "(2, 2, 1, zeroblob(1), '', 'released', 1, 1)");
        return 0;
}

struct view {
        struct connection *connection;
        struct arena *arena;
};

static struct view look_into(const struct fixture *fixture)
{
        struct error error;
        struct view view = {.arena = arena_new(1 << 20)};
        assert_non_null(view.arena);
        assert_ok(db_connect(fixture->database, &view.connection, &error));
        return view;
}

static void view_close(struct view *view)
{
        db_disconnect(view->connection);
        arena_free(view->arena);
}

static const struct standing *standings(const struct view *view, int32_t cutoff_day)
{
        struct error error;
        struct standing *found = NULL;
        assert_ok(standing_load(view->connection, PROGRAM, cutoff_day, &concept, customers, CUSTOMERS, NULL,
                                view->arena, &found, &error));
        return found;
}

/* By cut-off, then approval; proposals, other programs and the same or a later cut-off do not count. */
static void latest_approved_counts(void **state)
{
        const struct fixture *fixture = *state;
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_run(fixture, 101, PROGRAM, 2000, "approved", 3, 2010);
        add_run(fixture, 102, PROGRAM, 2000, "approved", 2, 2010); /* same cut-off, approved earlier */
        add_run(fixture, 103, PROGRAM, 2500, "proposed", 0, 0);
        add_run(fixture, 104, PROGRAM, 2500, "rejected", 0, 0);
        add_run(fixture, 105, PROGRAM, 3000, "approved", 4, 3010);
        add_run(fixture, 106, OTHER, 2600, "approved", 1, 2610);
        add_decision(fixture, ANNA, 100, PROGRAM, "C", "new", false, "NULL");
        add_decision(fixture, BERT, 100, PROGRAM, "B", "new", false, "NULL");
        add_decision(fixture, ANNA, 101, PROGRAM, "B", "promote", false, "NULL");
        add_decision(fixture, ANNA, 102, PROGRAM, "A", "promote", false, "NULL");
        add_decision(fixture, ANNA, 103, PROGRAM, "C", "demote", false, "NULL");
        add_decision(fixture, ANNA, 104, PROGRAM, "C", "demote", false, "NULL");
        add_decision(fixture, ANNA, 105, PROGRAM, "A", "promote", false, "NULL");
        add_decision(fixture, CARL, 106, OTHER, "A", "new", false, "NULL");
        struct view view = look_into(fixture);
        const struct standing *found = standings(&view, 3000);
        assert_int_equal(found[0].segment, 1);
        assert_int_equal(found[1].segment, 1); /* an older run where the newer ones lack him */
        assert_int_equal(found[2].segment, SEGMENT_NONE);
        found = standings(&view, 3001);
        assert_int_equal(found[0].segment, 0);
        found = standings(&view, 2000);
        assert_int_equal(found[0].segment, 2);
        found = standings(&view, 1000);
        assert_int_equal(found[0].segment, SEGMENT_NONE);
        view_close(&view);
}

static void add_verdict(const struct fixture *fixture, int customer, int run, const char *verdict, int approval_number,
                        int effective_day)
{
        char text[512];
        snprintf(text, sizeof(text),
                 "INSERT INTO decision_verdict VALUES (%d, %d, %d, '%s', 'because', 'anna', 1, 1, nullif(%d, 0), "
                 "nullif(%d, 0))", customer, run, PROGRAM, verdict, approval_number, effective_day);
        tamper(fixture, text);
}

static const char *member(const struct view *view, int64_t customer, int32_t day);

/* A verdict of its own decides about a decision, else its run; of one cut-off the decision approved last counts. */
static void verdicts_count(void **state)
{
        const struct fixture *fixture = *state;
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_run(fixture, 101, PROGRAM, 2000, "approved", 2, 2010);
        add_run(fixture, 102, PROGRAM, 2000, "proposed", 0, 0);
        const int runs[] = {100, 101, 102};
        const char *const segments_of_runs[] = {"C", "B", "A"};
        for (int r = 0; r < 3; r++) {
                add_decision(fixture, ANNA, runs[r], PROGRAM, segments_of_runs[r], "stay", false, "NULL");
                add_decision(fixture, BERT, runs[r], PROGRAM, segments_of_runs[r], "stay", false, "NULL");
                add_decision(fixture, CARL, runs[r], PROGRAM, segments_of_runs[r], "stay", false, "NULL");
        }
        add_verdict(fixture, ANNA, 102, "approved", 4, 2050); /* after its run's rival of the same cut-off */
        add_verdict(fixture, BERT, 101, "rejected", 0, 0);    /* out of an approved run: the one before counts */
        add_verdict(fixture, CARL, 101, "approved", 5, 2060); /* later than the approval of run 102 */
        add_verdict(fixture, CARL, 102, "approved", 3, 2040);
        struct view view = look_into(fixture);
        const struct standing *found = standings(&view, 3000);
        assert_int_equal(found[0].segment, 0);
        assert_int_equal(found[1].segment, 2);
        assert_int_equal(found[2].segment, 1);
        /* with effective days of their own. */
        assert_string_equal(member(&view, ANNA, 2049), "B");
        assert_string_equal(member(&view, ANNA, 2050), "A");
        assert_string_equal(member(&view, BERT, 2050), "C");
        assert_string_equal(member(&view, CARL, 2039), "C");
        assert_string_equal(member(&view, CARL, 2059), "A");
        assert_string_equal(member(&view, CARL, 2060), "B");
        view_close(&view);
}

/* What a run keeps of a standing comes back as it was; bytes that do not fit are refused. */
static void packed(void **state)
{
        (void)state;
        const struct standing standings[] = {
                {.segment = SEGMENT_NONE, .grace_end_day = DAY_NONE},
                {.segment = 2, .grace = true, .grace_ends_next = true, .grace_end_day = DAY_NONE},
                {.segment = 0, .grace = true, .grace_end_day = 20000},
        };
        for (size_t i = 0; i < sizeof(standings) / sizeof(standings[0]); i++) {
                struct buffer bytes buffer_cleanup;
                struct standing back;
                buffer_init(&bytes, 64);
                assert_true(standing_pack(&standings[i], &bytes));
                const struct bytes whole = {(const uint8_t *)bytes.data, bytes.length};
                assert_true(standing_unpack(whole, &concept, &back));
                assert_int_equal(back.segment, standings[i].segment);
                assert_int_equal(back.grace, standings[i].grace);
                assert_int_equal(back.grace_ends_next, standings[i].grace_ends_next);
                assert_int_equal(back.grace_end_day, standings[i].grace_end_day);
                for (size_t length = 0; length < whole.length; length++)
                        assert_false(standing_unpack((struct bytes){whole.data, length}, &concept, &back));
                bytes.data[1] = 3; /* a segment the concept lacks */
                assert_false(standing_unpack(whole, &concept, &back));
        }
}

/* Who was unclassified is without membership again, even if he had one before; a grace goes on with its end. */
static void unclassified_and_grace(void **state)
{
        const struct fixture *fixture = *state;
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_run(fixture, 101, PROGRAM, 2000, "approved", 2, 2010);
        add_decision(fixture, ANNA, 100, PROGRAM, "A", "new", false, "NULL");
        add_decision(fixture, ANNA, 101, PROGRAM, "C", "unclassified", false, "NULL");
        add_decision(fixture, BERT, 101, PROGRAM, "A", "grace", true, "NULL");
        add_decision(fixture, CARL, 101, PROGRAM, "B", "grace", true, "2180");
        struct view view = look_into(fixture);
        const struct standing *found = standings(&view, 3000);
        assert_int_equal(found[0].segment, SEGMENT_NONE);
        assert_true(!found[0].grace && found[0].grace_end_day == DAY_NONE);
        assert_true(found[1].segment == 0 && found[1].grace && found[1].grace_ends_next);
        assert_int_equal(found[1].grace_end_day, DAY_NONE);
        assert_true(found[2].segment == 1 && found[2].grace && !found[2].grace_ends_next);
        assert_int_equal(found[2].grace_end_day, 2180);
        view_close(&view);
}

/* Nobody may silently lose his segment because a version lacks it. */
static void segment_gone(void **state)
{
        const struct fixture *fixture = *state;
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_decision(fixture, ANNA, 100, PROGRAM, "GOLD", "new", false, "NULL");
        struct view view = look_into(fixture);
        struct error error;
        struct standing *found = NULL;
        assert_fails(standing_load(view.connection, PROGRAM, 3000, &concept, customers, CUSTOMERS, NULL,
                                   view.arena, &found, &error),
                     STATUS_CONFLICT, "run.segment_gone");
        assert_string_equal(error_argument(&error, "segment"), "GOLD");
        assert_null(found);
        view_close(&view);
}

static const char *member(const struct view *view, int64_t customer, int32_t day)
{
        struct error error;
        struct text segment;
        bool found = false;
        assert_ok(membership_at(view->connection, PROGRAM, customer, day, view->arena, &segment, &found, &error));
        return found ? arena_copy(view->arena, segment.data, segment.length) : "";
}

/* the segment in effect on any day, past or to come. */
static void as_of(void **state)
{
        const struct fixture *fixture = *state;
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_run(fixture, 101, PROGRAM, 2000, "approved", 2, 2010);
        add_run(fixture, 102, PROGRAM, 2005, "proposed", 0, 0);
        add_run(fixture, 103, OTHER, 2006, "approved", 1, 2007);
        add_decision(fixture, ANNA, 100, PROGRAM, "B", "new", false, "NULL");
        add_decision(fixture, ANNA, 101, PROGRAM, "A", "promote", false, "NULL");
        add_decision(fixture, ANNA, 102, PROGRAM, "C", "demote", false, "NULL");
        add_decision(fixture, ANNA, 103, OTHER, "C", "new", false, "NULL");
        struct view view = look_into(fixture);
        assert_string_equal(member(&view, ANNA, 1009), "");
        assert_string_equal(member(&view, ANNA, 1010), "B");
        assert_string_equal(member(&view, ANNA, 2009), "B");
        assert_string_equal(member(&view, ANNA, 2010), "A");
        assert_string_equal(member(&view, ANNA, 9999), "A");
        assert_string_equal(member(&view, BERT, 9999), "");
        view_close(&view);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(latest_approved_counts, programs, fixture_free),
                cmocka_unit_test_setup_teardown(verdicts_count, programs, fixture_free),
                cmocka_unit_test(packed),
                cmocka_unit_test_setup_teardown(unclassified_and_grace, programs, fixture_free),
                cmocka_unit_test_setup_teardown(segment_gone, programs, fixture_free),
                cmocka_unit_test_setup_teardown(as_of, programs, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
