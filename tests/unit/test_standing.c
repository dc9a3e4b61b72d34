/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_standing.c: where customers stand by stored runs: which decision counts, what lies behind overrides and
 * suspensions, units of several customers, the grace that goes on, and the segment as of a day. Runs are written behind
 * the program's back, so that every order of cut-off and approval can be tried.
 * Verifies X-10 (as of), R-004 (segment per year), R-093 (overrides end), R-127 (segments under another name) in part.
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

/* Runs 100, 101, ... of PROGRAM in the order of their cut-offs, in effect ten days later. */
static void add_approved_runs(const struct fixture *fixture, int count)
{
        static const int cutoffs[] = {1000, 2000, 2500, 2600};
        assert_true(count <= (int)(sizeof(cutoffs) / sizeof(cutoffs[0])));
        for (int i = 0; i < count; i++)
                add_run(fixture, 100 + i, PROGRAM, cutoffs[i], "approved", i + 1, cutoffs[i] + 10);
}

/* `before`: a segment in quotes, or NULL. */
static void add_decision_after(const struct fixture *fixture, int customer, int run, int program, const char *before,
                               const char *segment, const char *decision, bool grace, const char *grace_end)
{
        char text[512];
        snprintf(text, sizeof(text),
                 "INSERT INTO decision VALUES (%d, %d, %d, %s, 'A', '%s', '%s', 0, %d, %s, zeroblob(1), NULL)",
                 customer, run, program, before, segment, decision, grace, grace_end);
        tamper(fixture, text);
}

static void add_decision(const struct fixture *fixture, int customer, int run, int program, const char *segment,
                         const char *decision, bool grace, const char *grace_end)
{
        add_decision_after(fixture, customer, run, program, "NULL", segment, decision, grace, grace_end);
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
        add_approved_runs(fixture, 2);
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
                {.segment = 1, .overridden = true, .override_segment = 2, .grace_end_day = DAY_NONE},
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
                assert_int_equal(back.overridden, standings[i].overridden);
                assert_int_equal(back.override_segment, standings[i].override_segment);
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
        add_approved_runs(fixture, 2);
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

/* The same for everybody at once, as the directory asks. */
static const char *in_effect(const struct view *view, size_t customer, int32_t day)
{
        struct error error;
        struct standing *found;
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        assert_non_null(arena);
        assert_ok(standing_in_effect(view->connection, PROGRAM, day, &concept, customers, CUSTOMERS, arena, &found,
                                     &error));
        return found[customer].segment == SEGMENT_NONE ? "" : concept.segments[found[customer].segment].id.data;
}

/* the segment in effect on any day, past or to come. */
static void as_of(void **state)
{
        const struct fixture *fixture = *state;
        add_approved_runs(fixture, 2);
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
        for (int32_t day = 990; day < 2020; day++) {
                assert_string_equal(in_effect(&view, 0, day), day < 1010 ? "" : day < 2010 ? "B" : "A");
                assert_string_equal(in_effect(&view, 1, day), "");
        }
        view_close(&view);
}

/* ---- behind overrides and suspensions ---------------------------------------------------------------------------- */

/* "B earned C granted grace 2180 override A": the segment, where an override hides another one, a grace with its end,
 * and the override valid now. */
static const char *shown(const struct view *view, const struct concept *known, const struct standing *standing)
{
        struct buffer text buffer_cleanup;
        const struct segment *list = known->segments;
        buffer_init(&text, 256);
        uint8_t segment = standing->segment, earned = standing->earned_segment;
        assert_true(buffer_add_text(&text, segment == SEGMENT_NONE ? "none" : list[segment].id.data));
        if (earned != segment)
                assert_true(buffer_addf(&text, " earned %s", earned == SEGMENT_NONE ? "none" : list[earned].id.data));
        if (standing->granted)
                assert_true(buffer_add_text(&text, " granted"));
        if (standing->grace && standing->grace_ends_next)
                assert_true(buffer_add_text(&text, " grace next"));
        else if (standing->grace)
                assert_true(buffer_addf(&text, " grace %d", (int)standing->grace_end_day));
        if (!standing->grace || standing->grace_ends_next)
                assert_int_equal(standing->grace_end_day, DAY_NONE);
        if (standing->overridden)
                assert_true(buffer_addf(&text, " override %s", list[standing->override_segment].id.data));
        return arena_copy(view->arena, text.data, text.length);
}

static void expect_at(const struct view *view, int32_t cutoff_day, const char *anna, const char *bert, const char *carl)
{
        const struct standing *found = standings(view, cutoff_day);
        assert_string_equal(shown(view, &concept, &found[0]), anna);
        assert_string_equal(shown(view, &concept, &found[1]), bert);
        assert_string_equal(shown(view, &concept, &found[2]), carl);
}

static void add_override(const struct fixture *fixture, int id, int customer, int program, const char *segment,
                         int from, int to, int requested_ms, const char *state)
{
        char text[512];
        snprintf(text, sizeof(text),
                 "INSERT INTO membership_override VALUES (%d, %d, %d, '%s', %d, %d, 'because', 'anna', %d, '%s', "
                 "'bert', 1, NULL)", id, customer, program, segment, from, to, requested_ms, state);
        tamper(fixture, text);
}

/* Which override holds: approved, of the program, on its days; of several the latest requested. */
static void overrides_valid_on_a_day(void **state)
{
        const struct fixture *fixture = *state;
        add_override(fixture, 1, ANNA, PROGRAM, "A", 2000, 3000, 50, "approved");
        add_override(fixture, 2, ANNA, PROGRAM, "B", 2500, 2600, 60, "approved");
        add_override(fixture, 3, ANNA, PROGRAM, "C", 2000, 3000, 70, "requested");
        add_override(fixture, 4, BERT, PROGRAM, "A", 2000, 3000, 50, "refused");
        add_override(fixture, 5, BERT, PROGRAM, "A", 2000, 3000, 50, "withdrawn");
        add_override(fixture, 6, CARL, OTHER, "A", 2000, 3000, 50, "approved");
        struct view view = look_into(fixture);
        expect_at(&view, 1999, "none", "none", "none");
        expect_at(&view, 2000, "none override A", "none", "none");
        expect_at(&view, 2500, "none override B", "none", "none");
        expect_at(&view, 2601, "none override A", "none", "none");
        expect_at(&view, 3000, "none override A", "none", "none");
        expect_at(&view, 3001, "none", "none", "none");
        view_close(&view);
}

/* "when it has expired, the customer starts again from the segment before it"; "Both end a running grace." While it is
 * valid he stands where it put him. */
static void behind_overrides(void **state)
{
        const struct fixture *fixture = *state;
        add_approved_runs(fixture, 3);
        /* Anna: B with grace, granted A. Bert: C, granted B, then A. Carl: nothing before. */
        add_decision(fixture, ANNA, 100, PROGRAM, "B", "grace", true, "9000");
        add_decision(fixture, BERT, 100, PROGRAM, "C", "new", false, "NULL");
        add_decision(fixture, ANNA, 101, PROGRAM, "A", "override", false, "NULL");
        add_decision(fixture, BERT, 101, PROGRAM, "B", "override", false, "NULL");
        add_decision(fixture, BERT, 102, PROGRAM, "A", "override", false, "NULL");
        add_decision(fixture, CARL, 102, PROGRAM, "A", "override", false, "NULL");
        add_override(fixture, 1, ANNA, PROGRAM, "A", 2000, 2600, 50, "approved");
        add_override(fixture, 2, BERT, PROGRAM, "B", 2000, 2000, 50, "approved");
        add_override(fixture, 3, BERT, PROGRAM, "A", 2500, 2700, 60, "approved");
        add_override(fixture, 4, CARL, PROGRAM, "A", 2500, 2500, 60, "approved");
        struct view view = look_into(fixture);
        expect_at(&view, 2000, "B grace 9000 override A", "C override B", "none");
        expect_at(&view, 2500, "A earned B granted override A", "B earned C granted override A", "none override A");
        expect_at(&view, 2600, "A earned B granted override A", "A earned C granted override A", "none");
        expect_at(&view, 2701, "B", "C", "none");
        view_close(&view);
}

/* "Suspended customers keep their segment": the one before, whether earned or granted; a suspension after an override
 * does not make it his own. */
static void suspended_in_between(void **state)
{
        const struct fixture *fixture = *state;
        add_approved_runs(fixture, 4);
        add_decision(fixture, ANNA, 100, PROGRAM, "B", "grace", true, "NULL");
        add_decision(fixture, BERT, 100, PROGRAM, "C", "new", false, "NULL");
        add_decision_after(fixture, ANNA, 101, PROGRAM, "'B'", "B", "suspended", false, "NULL");
        add_decision(fixture, BERT, 101, PROGRAM, "A", "override", false, "NULL");
        add_decision_after(fixture, BERT, 102, PROGRAM, "'A'", "A", "suspended", false, "NULL");
        add_decision_after(fixture, CARL, 102, PROGRAM, "NULL", "C", "suspended", false, "NULL");
        add_decision_after(fixture, ANNA, 103, PROGRAM, "'B'", "B", "suspended", false, "NULL");
        add_override(fixture, 1, BERT, PROGRAM, "A", 2000, 2700, 50, "approved");
        struct view view = look_into(fixture);
        expect_at(&view, 2000, "B grace next", "C override A", "none");
        expect_at(&view, 2500, "B", "A earned C granted override A", "none");
        expect_at(&view, 2600, "B", "A earned C granted override A", "none");
        expect_at(&view, 2700, "B", "A earned C granted override A", "none");
        expect_at(&view, 2701, "B", "C", "none");
        view_close(&view);
}

/* Nothing lies behind an override that came first, whatever was suspended after it. */
static void suspended_after_a_first_override(void **state)
{
        const struct fixture *fixture = *state;
        add_approved_runs(fixture, 2);
        add_decision(fixture, ANNA, 100, PROGRAM, "A", "override", false, "NULL");
        add_decision_after(fixture, ANNA, 101, PROGRAM, "'A'", "A", "suspended", false, "NULL");
        struct view view = look_into(fixture);
        expect_at(&view, 3000, "none", "none", "none");
        view_close(&view);
}

static const struct replacement replacements[] = {{{"OLD", 3}, 1}, {{"OLDER", 5}, 0}};
static const struct concept renamed = {.segment_count = 3, .segments = segments, .replacements = (void *)replacements,
                                       .replacement_count = 2};

/* "`replaces: {OLD: NEW}` [...] grace and overrides go on in the new segment." */
static void segments_go_on_under_another_name(void **state)
{
        const struct fixture *fixture = *state;
        struct standing *found = NULL;
        struct error error;
        assert_int_equal(standing_segment(&renamed, text_of("OLD")), 1);
        assert_int_equal(standing_segment(&renamed, text_of("A")), 0);
        assert_int_equal(standing_segment(&renamed, text_of("OL")), SEGMENT_NONE);
        add_approved_runs(fixture, 2);
        add_decision(fixture, ANNA, 100, PROGRAM, "OLD", "grace", true, "2180");
        add_decision(fixture, BERT, 100, PROGRAM, "OLD", "new", false, "NULL");
        add_decision(fixture, BERT, 101, PROGRAM, "OLDER", "override", false, "NULL");
        add_override(fixture, 1, BERT, PROGRAM, "OLDER", 2000, 3000, 50, "approved");
        struct view view = look_into(fixture);
        assert_ok(standing_load(view.connection, PROGRAM, 3000, &renamed, customers, CUSTOMERS, NULL, view.arena,
                                &found, &error));
        assert_string_equal(shown(&view, &renamed, &found[0]), "B grace 2180");
        assert_string_equal(shown(&view, &renamed, &found[1]), "A earned B granted override A");
        /* A version that knows neither name: the override first, then what lies behind it. */
        assert_fails(standing_load(view.connection, PROGRAM, 3000, &concept, customers, CUSTOMERS, NULL, view.arena,
                                   &found, &error),
                     STATUS_CONFLICT, "run.segment_gone");
        assert_string_equal(error_argument(&error, "segment"), "OLDER");
        assert_fails(standing_load(view.connection, PROGRAM, 3001, &concept, customers, CUSTOMERS, NULL, view.arena,
                                   &found, &error),
                     STATUS_CONFLICT, "run.segment_gone");
        assert_string_equal(error_argument(&error, "segment"), "OLD");
        /* What an earlier override put him into is gone, while another one is valid. */
        add_decision(fixture, CARL, 101, PROGRAM, "GOLD", "override", false, "NULL");
        add_override(fixture, 2, CARL, PROGRAM, "A", 3000, 3000, 50, "approved");
        assert_fails(standing_load(view.connection, PROGRAM, 3000, &renamed, customers, CUSTOMERS, NULL, view.arena,
                                   &found, &error),
                     STATUS_CONFLICT, "run.segment_gone");
        assert_string_equal(error_argument(&error, "segment"), "GOLD");
        assert_ok(standing_load(view.connection, PROGRAM, 3001, &renamed, customers, CUSTOMERS, NULL, view.arena,
                                &found, &error));
        view_close(&view);
}

/* ---- units of several customers ---------------------------------------------------------------------------------- */

static struct segment kinds_of_segments[] = {
        {.id = {"A", 1}},
        {.id = {"C", 1}, .rest = true},
        {.id = {"Q", 1}, .kind = KIND_PROSPECT},
        {.id = {"P", 1}, .rest = true, .kind = KIND_PROSPECT},
};
static const struct concept kinds_concept = {.segment_count = 4, .segments = kinds_of_segments};

/* Anna and Bert, or all three, as one unit. */
struct together {
        struct engine_units units;
        uint32_t first[2], members[3], counts_as[3], head[1], merged_into[3];
        int32_t merged_day[3];
};

static void together_init(struct together *together, uint32_t count)
{
        *together = (struct together){.first = {0, count}, .members = {0, 1, 2}, .counts_as = {0, 1, 2},
                                      .head = {UNIT_HEAD_NONE},
                                      .merged_into = {UNIT_HEAD_NONE, UNIT_HEAD_NONE, UNIT_HEAD_NONE},
                                      .merged_day = {DAY_NONE, DAY_NONE, DAY_NONE}};
        together->units = (struct engine_units){1, together->first, together->members, together->counts_as,
                                                together->head, together->merged_into, together->merged_day};
}

static void merge(struct together *together, uint32_t from, uint32_t into, int32_t day)
{
        together->merged_into[from] = into;
        together->merged_day[from] = day;
        together->counts_as[from] = into;
}

static const char *united_at(const struct view *view, const struct together *together, const struct concept *known,
                             int32_t cutoff_day)
{
        struct error error;
        struct standing *found = NULL;
        assert_ok(standing_load(view->connection, PROGRAM, cutoff_day, known, customers, CUSTOMERS, &together->units,
                                view->arena, &found, &error));
        for (uint32_t i = 1; i < together->first[1]; i++)
                assert_string_equal(shown(view, known, &found[i]), shown(view, known, &found[0]));
        return shown(view, known, &found[0]);
}

/* The best segment and the longest grace of the members; who is alone is not touched. */
static void the_best_of_the_members(void **state)
{
        const struct fixture *fixture = *state;
        struct together together;
        together_init(&together, 2);
        for (int i = 0; i < 6; i++)
                add_run(fixture, 100 + i, PROGRAM, 1000 + i * 100, "approved", i + 1, 5000);
        add_decision(fixture, ANNA, 100, PROGRAM, "C", "new", false, "NULL");
        add_decision(fixture, CARL, 100, PROGRAM, "A", "new", false, "NULL");
        add_decision(fixture, ANNA, 101, PROGRAM, "C", "stay", false, "NULL");
        add_decision(fixture, BERT, 101, PROGRAM, "B", "new", false, "NULL");
        /* A grace of one; then two, of which the other one ends later; then one that ends with the next run. */
        add_decision(fixture, ANNA, 102, PROGRAM, "A", "grace", true, "2180");
        add_decision(fixture, BERT, 102, PROGRAM, "B", "stay", false, "NULL");
        add_decision(fixture, ANNA, 103, PROGRAM, "A", "grace", true, "2180");
        add_decision(fixture, BERT, 103, PROGRAM, "B", "grace", true, "2181");
        add_decision(fixture, ANNA, 104, PROGRAM, "A", "grace", true, "1450");
        add_decision(fixture, BERT, 104, PROGRAM, "B", "grace", true, "NULL");
        struct view view = look_into(fixture);
        assert_string_equal(united_at(&view, &together, &concept, 1000), "none");
        assert_string_equal(united_at(&view, &together, &concept, 1001), "C");
        assert_string_equal(united_at(&view, &together, &concept, 1101), "B");
        assert_string_equal(united_at(&view, &together, &concept, 1201), "A grace 2180");
        assert_string_equal(united_at(&view, &together, &concept, 1301), "A grace 2181");
        /* "next" ends with this run: on 1450 as long as the other one, from 1451 on longer. */
        assert_string_equal(united_at(&view, &together, &concept, 1450), "A grace 1450");
        assert_string_equal(united_at(&view, &together, &concept, 1451), "A grace next");
        struct error error;
        struct standing *found = NULL;
        assert_ok(standing_load(view.connection, PROGRAM, 1201, &concept, customers, CUSTOMERS, &together.units,
                                view.arena, &found, &error));
        assert_string_equal(shown(&view, &concept, &found[2]), "A");
        view_close(&view);
}

/* A segment for customers is better than any for prospects, whatever their order in the document. */
static void customers_before_prospects(void **state)
{
        const struct fixture *fixture = *state;
        struct together together;
        together_init(&together, 2);
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_run(fixture, 101, PROGRAM, 2000, "approved", 2, 1010);
        add_decision(fixture, ANNA, 100, PROGRAM, "P", "new", false, "NULL");
        add_decision(fixture, BERT, 100, PROGRAM, "Q", "new", false, "NULL");
        add_decision(fixture, BERT, 101, PROGRAM, "C", "new", false, "NULL");
        static struct segment reversed[] = {
                {.id = {"Q", 1}, .kind = KIND_PROSPECT},
                {.id = {"P", 1}, .rest = true, .kind = KIND_PROSPECT},
                {.id = {"A", 1}},
                {.id = {"C", 1}, .rest = true},
        };
        static const struct concept reversed_concept = {.segment_count = 4, .segments = reversed};
        struct view view = look_into(fixture);
        assert_string_equal(united_at(&view, &together, &kinds_concept, 1001), "Q");
        assert_string_equal(united_at(&view, &together, &kinds_concept, 2001), "C");
        assert_string_equal(united_at(&view, &together, &reversed_concept, 2001), "C");
        view_close(&view);
}

/* An override of one member is that of all, the latest requested one of several; when it is over, all start from the
 * best segment somebody earned. */
static void overrides_are_shared(void **state)
{
        const struct fixture *fixture = *state;
        struct together together;
        together_init(&together, 2);
        add_approved_runs(fixture, 2);
        add_decision(fixture, ANNA, 100, PROGRAM, "C", "new", false, "NULL");
        add_decision(fixture, BERT, 100, PROGRAM, "B", "new", false, "NULL");
        add_decision(fixture, ANNA, 101, PROGRAM, "A", "override", false, "NULL");
        add_decision(fixture, BERT, 101, PROGRAM, "A", "override", false, "NULL");
        add_override(fixture, 1, ANNA, PROGRAM, "C", 2000, 3000, 50, "approved");
        add_override(fixture, 2, BERT, PROGRAM, "A", 2000, 2500, 60, "approved");
        add_override(fixture, 3, ANNA, PROGRAM, "B", 2600, 2600, 70, "approved");
        add_override(fixture, 5, BERT, PROGRAM, "C", 2600, 2600, 70, "approved"); /* at once: the larger id */
        struct view view = look_into(fixture);
        assert_string_equal(united_at(&view, &together, &concept, 1999), "B");
        assert_string_equal(united_at(&view, &together, &concept, 2000), "B override A");
        assert_string_equal(united_at(&view, &together, &concept, 2500), "A earned B granted override A");
        assert_string_equal(united_at(&view, &together, &concept, 2501), "A earned B granted override C");
        assert_string_equal(united_at(&view, &together, &concept, 2600), "A earned B granted override C");
        assert_string_equal(united_at(&view, &together, &concept, 3001), "B");
        view_close(&view);
}

/* What a merged customer stood at counts until the one he was merged into got a decision that knew of the merge. */
static void merged_until_decided_together(void **state)
{
        const struct fixture *fixture = *state;
        struct together together;
        together_init(&together, 2);
        merge(&together, 0, 1, 1500);
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_run(fixture, 101, PROGRAM, 1499, "approved", 2, 2010);
        add_run(fixture, 102, PROGRAM, 1500, "approved", 3, 2010);
        add_decision(fixture, ANNA, 100, PROGRAM, "A", "new", false, "NULL");
        add_decision(fixture, BERT, 100, PROGRAM, "C", "new", false, "NULL"); /* of one run: each for himself */
        add_decision(fixture, BERT, 101, PROGRAM, "C", "stay", false, "NULL"); /* knew nothing yet */
        add_decision(fixture, BERT, 102, PROGRAM, "B", "stay", false, "NULL");
        struct view view = look_into(fixture);
        assert_string_equal(united_at(&view, &together, &concept, 1001), "A");
        assert_string_equal(united_at(&view, &together, &concept, 1500), "A");
        assert_string_equal(united_at(&view, &together, &concept, 1501), "B");
        /* Both by one run, as if they had not been merged: nobody is part of anybody. */
        add_decision(fixture, ANNA, 102, PROGRAM, "A", "stay", false, "NULL");
        assert_string_equal(united_at(&view, &together, &concept, 1501), "A");
        add_verdict(fixture, BERT, 102, "approved", 9, 2050); /* later, but of the same run */
        assert_string_equal(united_at(&view, &together, &concept, 1501), "A");
        /* Decided for himself once more, before the merge was recorded. */
        add_run(fixture, 103, PROGRAM, 1600, "approved", 10, 2010);
        add_decision(fixture, ANNA, 103, PROGRAM, "A", "stay", false, "NULL");
        assert_string_equal(united_at(&view, &together, &concept, 1601), "A");
        view_close(&view);
}

/* By the chain: a decision of the last one knows of all steps once it lies on the day of each. */
static void merged_in_a_chain(void **state)
{
        const struct fixture *fixture = *state;
        struct together together;
        together_init(&together, 3);
        merge(&together, 0, 1, 1800);
        merge(&together, 1, 2, 1200);
        together.counts_as[0] = 2;
        add_run(fixture, 100, PROGRAM, 1000, "approved", 1, 1010);
        add_run(fixture, 101, PROGRAM, 1300, "approved", 2, 2010);
        add_run(fixture, 102, PROGRAM, 1900, "approved", 3, 2010);
        add_decision(fixture, ANNA, 100, PROGRAM, "A", "new", false, "NULL");
        add_decision(fixture, BERT, 100, PROGRAM, "B", "new", false, "NULL");
        add_decision(fixture, CARL, 100, PROGRAM, "C", "new", false, "NULL");
        add_decision(fixture, CARL, 101, PROGRAM, "C", "stay", false, "NULL");
        add_decision(fixture, CARL, 102, PROGRAM, "C", "stay", false, "NULL");
        struct view view = look_into(fixture);
        assert_string_equal(united_at(&view, &together, &concept, 1001), "A");
        assert_string_equal(united_at(&view, &together, &concept, 1301), "A"); /* Bert's B is part of it, not her A */
        assert_string_equal(united_at(&view, &together, &concept, 1901), "C");
        merge(&together, 0, 1, 1250);
        together.counts_as[0] = 2;
        assert_string_equal(united_at(&view, &together, &concept, 1301), "C");
        view_close(&view);
}

/* ---- chains of evaluations that are only played through ---------------------------------------------------------- */

static struct decisions decided(struct view *view, const uint8_t *before, const uint8_t *segment,
                                const uint8_t *decision, const uint8_t *grace, const int32_t *grace_end_day)
{
        struct decisions decisions = {.customer_count = CUSTOMERS};
        decisions.before = (void *)arena_copy(view->arena, (const char *)before, CUSTOMERS);
        decisions.segment = (void *)arena_copy(view->arena, (const char *)segment, CUSTOMERS);
        decisions.decision = (void *)arena_copy(view->arena, (const char *)decision, CUSTOMERS);
        decisions.grace = (void *)arena_copy(view->arena, (const char *)grace, CUSTOMERS);
        decisions.grace_end_day = (void *)grace_end_day;
        return decisions;
}

static void expect_standings(struct view *view, const struct standing *found, const char *anna, const char *bert,
                             const char *carl)
{
        assert_string_equal(shown(view, &concept, &found[0]), anna);
        assert_string_equal(shown(view, &concept, &found[1]), bert);
        assert_string_equal(shown(view, &concept, &found[2]), carl);
}

#define PLAIN(SEGMENT) {.segment = (SEGMENT), .earned_segment = (SEGMENT), .grace_end_day = DAY_NONE}

/* What is carried on from a step to the next: as if it had been approved at once. */
static void carried_on(void **state)
{
        enum { A, B, C, NONE = SEGMENT_NONE };
        static const int32_t no_end[CUSTOMERS] = {DAY_NONE, DAY_NONE, DAY_NONE};
        static const int32_t end[CUSTOMERS] = {2180, 2180, DAY_NONE};
        static const uint8_t no_grace[CUSTOMERS] = {0};
        struct view view = look_into(*state);
        /* Evaluated as usual, with a grace; not evaluated: as before; unclassified: without membership. */
        struct standing chain[CUSTOMERS] = {PLAIN(A), {.segment = B, .earned_segment = B, .grace = true,
                                                        .grace_ends_next = true, .grace_end_day = DAY_NONE}, PLAIN(A)};
        struct decisions step = decided(&view, (uint8_t[]){A, NONE, A}, (uint8_t[]){A, NONE, C},
                                        (uint8_t[]){DECISION_GRACE, DECISION_NOT_EVALUATED, DECISION_UNCLASSIFIED},
                                        (uint8_t[]){1, 0, 0}, end);
        standing_after(&step, NULL, chain);
        expect_standings(&view, chain, "A grace 2180", "B grace next", "none");
        /* Granted A: B is kept in mind. Suspended in his segment, and without one. */
        step = decided(&view, (uint8_t[]){A, B, NONE}, (uint8_t[]){C, B, C},
                       (uint8_t[]){DECISION_OVERRIDE, DECISION_SUSPENDED, DECISION_SUSPENDED}, no_grace, no_end);
        standing_after(&step, NULL, chain);
        expect_standings(&view, chain, "C earned A granted", "B", "none");
        /* Suspended while granted: both are kept. A grace that ends with the next run. */
        step = decided(&view, (uint8_t[]){C, B, NONE}, (uint8_t[]){C, B, C},
                       (uint8_t[]){DECISION_SUSPENDED, DECISION_GRACE, DECISION_NEW}, (uint8_t[]){0, 1, 0}, no_end);
        standing_after(&step, NULL, chain);
        expect_standings(&view, chain, "C earned A granted", "B grace next", "C");
        /* Earned again by a decision of his own. */
        step = decided(&view, (uint8_t[]){C, B, C}, (uint8_t[]){B, B, C},
                       (uint8_t[]){DECISION_PROMOTE, DECISION_RECOVERED, DECISION_STAY}, no_grace, no_end);
        standing_after(&step, NULL, chain);
        expect_standings(&view, chain, "B", "B", "C");
        view_close(&view);
}

/* Who was merged is part of the other one's standing; a member who does not exist yet has none of his own. */
static void carried_on_for_units(void **state)
{
        enum { A, B, C, NONE = SEGMENT_NONE };
        static const int32_t no_end[CUSTOMERS] = {DAY_NONE, DAY_NONE, DAY_NONE};
        static const uint8_t no_grace[CUSTOMERS] = {0};
        struct view view = look_into(*state);
        struct together together;
        together_init(&together, 3);
        merge(&together, 0, 1, 1500);
        struct standing chain[CUSTOMERS] = {PLAIN(A), PLAIN(A), PLAIN(A)};
        struct decisions step = decided(&view, (uint8_t[]){NONE, A, NONE}, (uint8_t[]){NONE, B, NONE},
                                        (uint8_t[]){DECISION_NOT_EVALUATED, DECISION_DEMOTE, DECISION_NOT_EVALUATED},
                                        no_grace, no_end);
        standing_after(&step, &together.units, chain);
        expect_standings(&view, chain, "none", "B", "none");
        view_close(&view);
}

/* Before the next step: overrides of its day, who fell out of one, and the units of then. */
static void before_the_next_step(void **state)
{
        enum { A, B, C };
        struct error error;
        const struct fixture *fixture = *state;
        add_override(fixture, 1, ANNA, PROGRAM, "A", 2000, 3000, 50, "approved");
        add_override(fixture, 2, BERT, PROGRAM, "A", 2000, 2999, 50, "approved");
        struct view view = look_into(fixture);
        struct standing chain[CUSTOMERS] = {
                {.segment = A, .earned_segment = C, .granted = true, .overridden = true, .grace_end_day = DAY_NONE},
                {.segment = A, .earned_segment = B, .granted = true, .overridden = true, .grace_end_day = DAY_NONE},
                PLAIN(C)};
        assert_ok(standing_next(view.connection, PROGRAM, 3000, &concept, customers, CUSTOMERS, NULL, view.arena, chain,
                                &error));
        expect_standings(&view, chain, "A earned C granted override A", "B", "C");
        struct together together;
        together_init(&together, 2);
        assert_ok(standing_next(view.connection, PROGRAM, 3000, &concept, customers, CUSTOMERS, &together.units,
                                view.arena, chain, &error));
        expect_standings(&view, chain, "A earned B granted override A", "A earned B granted override A", "C");
        assert_ok(standing_next(view.connection, PROGRAM, 3001, &concept, customers, CUSTOMERS, &together.units,
                                view.arena, chain, &error));
        expect_standings(&view, chain, "B", "B", "C");
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
                cmocka_unit_test_setup_teardown(overrides_valid_on_a_day, programs, fixture_free),
                cmocka_unit_test_setup_teardown(behind_overrides, programs, fixture_free),
                cmocka_unit_test_setup_teardown(suspended_in_between, programs, fixture_free),
                cmocka_unit_test_setup_teardown(suspended_after_a_first_override, programs, fixture_free),
                cmocka_unit_test_setup_teardown(segments_go_on_under_another_name, programs, fixture_free),
                cmocka_unit_test_setup_teardown(the_best_of_the_members, programs, fixture_free),
                cmocka_unit_test_setup_teardown(customers_before_prospects, programs, fixture_free),
                cmocka_unit_test_setup_teardown(overrides_are_shared, programs, fixture_free),
                cmocka_unit_test_setup_teardown(merged_until_decided_together, programs, fixture_free),
                cmocka_unit_test_setup_teardown(merged_in_a_chain, programs, fixture_free),
                cmocka_unit_test_setup_teardown(carried_on, programs, fixture_free),
                cmocka_unit_test_setup_teardown(carried_on_for_units, programs, fixture_free),
                cmocka_unit_test_setup_teardown(before_the_next_step, programs, fixture_free),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
