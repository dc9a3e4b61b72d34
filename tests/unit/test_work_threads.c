/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_work_threads.c: an uploaded file is looked at, asked about, imported once however often it is asked for,
 * cancelled without a trace, and gone on with after kills; a first program, its ladder, an evaluation and
 * a what-if are made by jobs.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "database_fixture.h"
#include "importer/upload.h"
#include "jobs/arguments.h"
#include "platform/clock.h"
#include "platform/thread.h"
#include "program/program_jobs.h"

enum { PATIENCE_MS = 120000, ARENA_BYTES = 64 << 20, CUSTOMERS = 60, KILLS = 5, KILL_STEP_MS = 60 };

static struct error error;
static struct arena *arena;
static struct connection *connection;
static const struct job_kind *const kinds[] = {&import_look_kind, &import_kind_of_job, &upload_clean_kind,
                                               &evaluation_kind, &simulation_kind, &first_concept_kind,
                                               &first_ladder_kind, &index_kind, NULL};

static struct jobs *start(struct fixture *fixture)
{
        struct jobs_options options = {.database = fixture->database, .kinds = kinds, .threads = 2, .beat_ms = 100,
                                       .poll_ms = 100};
        struct jobs *jobs;
        assert_ok(jobs_start(&options, &jobs, &error));
        return jobs;
}

static void connect_again(struct fixture *fixture)
{
        db_disconnect(connection);
        connection = NULL;
        assert_ok(db_connect(fixture->database, &connection, &error));
}

static int begin_test(void **state)
{
        arena = arena_new(ARENA_BYTES);
        if (!arena || fixture_new(state))
                return -1;
        connect_again(*state);
        return 0;
}

static void remove_folder(const char *format, const char *directory)
{
        char path[256];
        snprintf(path, sizeof(path), format, directory);
        (void)!directory_clear(path, "", NULL);
        (void)!directory_remove(path, NULL);
}

static int end_test(void **state)
{
        struct fixture *fixture = *state;
        db_disconnect(connection);
        connection = NULL;
        arena_free(arena);
        remove_folder("%s/index", fixture->directory);
        remove_folder("%s/staging", fixture->directory);
        remove_folder("%s/errors", fixture->directory);
        remove_folder("%s/uploads", fixture->directory);
        return fixture_free(state);
}

/* Orders of three years: bigger customers with a bigger number. `wrong`: every hundredth line. */
static void write_csv(const char *path, unsigned lines, bool wrong)
{
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "Kundennr;Belegnr;Datum;Artikel;Betrag\n");
        for (unsigned i = 0; i < lines; i++)
                fprintf(file, "K%02u;R%u;%02u.%02u.%u;A%u;%s%u,%02u\n", i / 2 % CUSTOMERS, i / 2, 1 + i / 2 % 28,
                        1 + i / 14 % 12, 2022 + i / 2 % 3, i % 17, wrong && i % 100 == 50 ? "x" : "",
                        10 + i / 2 % CUSTOMERS * 20, i % 100);
        assert_int_equal(fclose(file), 0);
}

static int64_t upload(struct fixture *fixture, struct jobs *jobs, unsigned lines, bool wrong)
{
        char path[128];
        int64_t id;
        snprintf(path, sizeof(path), "%s/in.csv", fixture->directory);
        write_csv(path, lines, wrong);
        struct upload_order order = {.kind = IMPORT_PURCHASES, .path = path, .name = text_of("../../Umsätze 2024.csv"),
                                     .account_id = 5, .actor = "anna", .language = LANGUAGE_GERMAN};
        assert_ok(upload_add(jobs, fixture->database, &order, &id, &error));
        assert_false(file_exists(path));
        return id;
}

static struct upload load(struct fixture *fixture, struct jobs *jobs, int64_t id)
{
        struct upload result;
        assert_ok(upload_load(fixture->database, connection, jobs_home(jobs), id, arena, &result, &error));
        return result;
}

static struct job_record end_of(struct jobs *jobs, int64_t id)
{
        struct job_record record;
        assert_true(jobs_wait(jobs, connection, id, PATIENCE_MS));
        assert_ok(job_load(connection, id, arena, &record, &error));
        return record;
}

static struct job_record done(struct jobs *jobs, int64_t id)
{
        struct job_record record = end_of(jobs, id);
        if (record.state != JOB_DONE)
                fail_msg("%s: %s %s", record.kind.data, record.error.key, record.error.text);
        return record;
}

static struct text entry(struct text json, const char *name)
{
        struct arguments *arguments;
        struct text kept;
        assert_ok(arguments_parse(json, &arguments, &error));
        assert_true(arena_keep_text(arena, arguments_text(arguments, name), &kept));
        arguments_free(arguments);
        return kept;
}

static int64_t number(struct text json, const char *name)
{
        struct arguments *arguments;
        assert_ok(arguments_parse(json, &arguments, &error));
        int64_t value = arguments_integer(arguments, name);
        arguments_free(arguments);
        return value;
}

/* ---- imports ---------------------------------------------------------------------------------------------------- */

static void imported_once(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture);
        int64_t id = upload(fixture, jobs, 3000, true), job_id, second;
        struct upload one = load(fixture, jobs, id);
        assert_string_equal(one.file_name.data, "Umsätze 2024.csv");
        struct job_record look_at = done(jobs, one.look_job_id);
        struct text profile = entry(look_at.result, "profile");
        assert_true(profile.length > 0);
        assert_non_null(strstr(look_at.result.data, "\"field\":\"customer\",\"place\":\"Kundennr\""));
        assert_non_null(strstr(look_at.result.data, "\"rows_new\":1470"));
        assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 0);
        /* Asked for twice at once: one import. */
        assert_ok(upload_begin(jobs, fixture->database, &one, profile, 5, "anna", LANGUAGE_GERMAN, &job_id, &error));
        assert_fails(upload_begin(jobs, fixture->database, &one, profile, 5, "bert", LANGUAGE_GERMAN, &second, &error),
                     STATUS_CONFLICT, "upload.begun");
        struct job_record import = done(jobs, job_id);
        assert_int_equal(number(import.result, "import"), 1);
        one = load(fixture, jobs, id);
        assert_int_equal(one.import_id, 1);
        assert_fails(upload_begin(jobs, fixture->database, &one, profile, 5, "bert", LANGUAGE_GERMAN, &second, &error),
                     STATUS_CONFLICT, "upload.begun");
        assert_fails(upload_settle(jobs, fixture->database, &one, IMPORT_PURCHASES, NULL, 0, LANGUAGE_GERMAN, &error),
                     STATUS_CONFLICT, "upload.begun");
        assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 1470);
        assert_int_equal(look(fixture, "SELECT count(*) FROM audit_entry WHERE actor = 'anna' AND kind = "
                                       "'import.published'"), 1);
        assert_true(entry(import.result, "error_file").length > 0);
        assert_ok(upload_remove(fixture->database, &one, &error));
        assert_int_equal(look(fixture, "SELECT count(*) FROM upload"), 0);
        jobs_stop(jobs);
}

static void questions(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture);
        char path[128];
        int64_t id;
        snprintf(path, sizeof(path), "%s/in.csv", fixture->directory);
        FILE *file = fopen(path, "w");
        fprintf(file, "Kundennr,Belegnr,Datum,Artikel,Betrag\nK1,R1,03/04/2024,A1,10.50\nK2,R2,05/06/2024,A2,20.25\n");
        fclose(file);
        struct upload_order order = {.kind = IMPORT_PURCHASES, .path = path, .name = text_of("a.csv"),
                                     .actor = "anna", .language = LANGUAGE_ENGLISH};
        assert_ok(upload_add(jobs, fixture->database, &order, &id, &error));
        struct upload one = load(fixture, jobs, id);
        struct job_record look_at = done(jobs, one.look_job_id);
        assert_int_equal(entry(look_at.result, "profile").length, 0);
        assert_non_null(strstr(look_at.result.data, "\"value\":\"day-first\""));
        struct upload_answer answers[] = {{PROPOSAL_ANSWER, text_of("date"), text_of("day-first")},
                                          {PROPOSAL_COLUMN, text_of("amount"), text_of("Betrag")},
                                          {PROPOSAL_COLUMN, text_of("cost"), text_of("no such column")}};
        assert_ok(upload_settle(jobs, fixture->database, &one, IMPORT_PURCHASES, answers, 3, LANGUAGE_ENGLISH,
                                &error));
        one = load(fixture, jobs, id);
        look_at = done(jobs, one.look_job_id);
        assert_true(entry(look_at.result, "profile").length > 0);
        /* What is no table at all says so. */
        file = fopen(one.path, "w");
        fclose(file);
        assert_ok(upload_settle(jobs, fixture->database, &one, IMPORT_PURCHASES, answers, 3, LANGUAGE_ENGLISH,
                                &error));
        one = load(fixture, jobs, id);
        look_at = end_of(jobs, one.look_job_id);
        assert_int_equal(look_at.state, JOB_FAILED);
        assert_string_equal(look_at.error.key, "import.empty_file");
        assert_ok(upload_remove(fixture->database, &one, &error));
        jobs_stop(jobs);
}

static void cancelled(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture);
        int64_t id = upload(fixture, jobs, 60000, false), job_id;
        struct upload one = load(fixture, jobs, id);
        struct text profile = entry(done(jobs, one.look_job_id).result, "profile");
        assert_ok(upload_begin(jobs, fixture->database, &one, profile, 5, "anna", LANGUAGE_GERMAN, &job_id, &error));
        assert_ok(jobs_cancel(jobs, job_id, "bert", &error));
        assert_int_equal(end_of(jobs, job_id).state, JOB_CANCELLED);
        assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 0);
        assert_int_equal(look(fixture, "SELECT count(*) FROM import"), 0);
        /* And once more, to the end. */
        one = load(fixture, jobs, id);
        assert_ok(upload_begin(jobs, fixture->database, &one, profile, 5, "anna", LANGUAGE_GERMAN, &job_id, &error));
        done(jobs, job_id);
        assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 30000);
        one = load(fixture, jobs, id);
        assert_ok(upload_remove(fixture->database, &one, &error));
        jobs_stop(jobs);
}

static void run_until_killed(struct fixture *fixture)
{
        struct jobs *jobs;
        struct database *database;
        if (fixture_open(fixture, false, false, &database, &error))
                _exit(1);
        struct jobs_options options = {.database = database, .kinds = kinds, .threads = 2, .beat_ms = 20};
        if (jobs_start(&options, &jobs, &error))
                _exit(2);
        for (;;)
                thread_sleep_ms(1000);
}

static void killed(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture);
        int64_t id = upload(fixture, jobs, 60000, false), job_id;
        struct upload one = load(fixture, jobs, id);
        struct text profile = entry(done(jobs, one.look_job_id).result, "profile");
        assert_ok(upload_begin(jobs, fixture->database, &one, profile, 5, "anna", LANGUAGE_GERMAN, &job_id, &error));
        jobs_stop(jobs);
        for (unsigned i = 0; i < KILLS; i++) {
                db_disconnect(connection);
                connection = NULL;
                database_close(fixture->database);
                fixture->database = NULL;
                fflush(NULL);
                pid_t child = fork();
                assert_true(child >= 0);
                if (child == 0)
                        run_until_killed(fixture);
                thread_sleep_ms(KILL_STEP_MS * (2 * i + 1));
                int outcome;
                assert_int_equal(kill(child, SIGKILL), 0);
                assert_int_equal(waitpid(child, &outcome, 0), child);
                assert_ok(fixture_open(fixture, false, false, &fixture->database, &error));
                connect_again(fixture);
                /* Kills are ours, no reason to give the job up. */
                tamper(fixture, "UPDATE job SET tries = 0, state = CASE WHEN state = 'failed' THEN 'waiting' "
                                "ELSE state END WHERE kind = 'import'");
        }
        jobs = start(fixture);
        assert_int_equal(number(done(jobs, job_id).result, "import"), 1);
        assert_int_equal(look(fixture, "SELECT count(*) FROM document"), 30000);
        assert_int_equal(look(fixture, "SELECT count(*) FROM import"), 1);
        assert_int_equal(look(fixture, "SELECT rows_new FROM import"), 30000);
        one = load(fixture, jobs, id);
        assert_int_equal(one.import_id, 1);
        assert_ok(upload_remove(fixture->database, &one, &error));
        jobs_stop(jobs);
}

/* ---- programs --------------------------------------------------------------------------------------------------- */

static int64_t ask(struct jobs *jobs, const struct job_kind *kind, const char *arguments)
{
        int64_t id;
        struct job_order order = {.kind = kind->name, .arguments = text_of(arguments), .actor = "olga"};
        assert_ok(jobs_add(jobs, &order, &id, &error));
        return id;
}

static void from_file_to_ladder(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture);
        assert_int_equal(end_of(jobs, ask(jobs, &evaluation_kind, "{}")).state, JOB_FAILED); /* no program yet */
        struct job_record nothing = end_of(jobs, ask(jobs, &first_concept_kind, "{}"));
        assert_string_equal(nothing.error.key, "evaluate.no_documents");
        int64_t id = upload(fixture, jobs, 6000, false), job_id;
        struct upload one = load(fixture, jobs, id);
        struct text profile = entry(done(jobs, one.look_job_id).result, "profile");
        assert_ok(upload_begin(jobs, fixture->database, &one, profile, 5, "anna", LANGUAGE_GERMAN, &job_id, &error));
        done(jobs, job_id);
        one = load(fixture, jobs, id);
        assert_ok(upload_remove(fixture->database, &one, &error));
        struct job_record first = done(jobs, ask(jobs, &first_concept_kind, "{\"name\":\"Partner Plus\"}"));
        assert_string_equal(entry(first.result, "program").data, "partner_plus");
        assert_int_equal(number(first.result, "version"), 1);
        assert_int_equal(number(first.result, "evaluated"), CUSTOMERS);
        struct job_record ladder = done(jobs, ask(jobs, &first_ladder_kind, "{\"version\":\"1\"}"));
        assert_true(entry(ladder.result, "run").length > 10);
        assert_int_equal(look(fixture, "SELECT count(*) FROM evaluation_run WHERE state = 'approved'"), 1);
        assert_int_equal(look(fixture, "SELECT count(*) FROM audit_entry WHERE actor = 'olga' AND kind IN "
                                       "('concept.loaded', 'concept.released', 'run.created', 'run.approved')"), 4);
        struct job_record proposal = done(jobs, ask(jobs, &evaluation_kind, "{}"));
        assert_int_equal(number(proposal.result, "evaluated"), CUSTOMERS);
        assert_int_equal(look(fixture, "SELECT count(*) FROM evaluation_run"), 2);
        /* Begun again after it had stored its run, it stores none. */
        tamper(fixture, "UPDATE job SET state = 'waiting' WHERE kind = 'evaluation' AND state = 'done'");
        jobs_wake(jobs);
        done(jobs, proposal.id);
        assert_int_equal(look(fixture, "SELECT count(*) FROM evaluation_run"), 2);
        struct job_record what_if = done(jobs, ask(jobs, &simulation_kind, "{\"version\":\"1\"}"));
        assert_int_equal(number(what_if.result, "evaluated"), CUSTOMERS);
        assert_int_equal(number(what_if.result, "moves_total"), 0);
        done(jobs, ask(jobs, &index_kind, "{}"));
        jobs_stop(jobs);
}

static void old_uploads(void **state)
{
        struct fixture *fixture = *state;
        struct jobs *jobs = start(fixture);
        int64_t id = upload(fixture, jobs, 10, false);
        struct upload one = load(fixture, jobs, id);
        end_of(jobs, one.look_job_id);
        done(jobs, ask(jobs, &upload_clean_kind, "{}"));
        assert_true(file_exists(one.path));
        tamper(fixture, "UPDATE upload SET created_ms = 0");
        done(jobs, ask(jobs, &upload_clean_kind, "{}"));
        assert_false(file_exists(one.path));
        assert_int_equal(look(fixture, "SELECT count(*) FROM upload"), 0);
        /* Jobs that ended long ago are forgotten; the others are still told. */
        assert_int_equal(look(fixture, "SELECT count(*) FROM job WHERE kind = 'import_look'"), 1);
        tamper(fixture, "UPDATE job SET ended_ms = 0 WHERE kind = 'import_look'");
        done(jobs, ask(jobs, &upload_clean_kind, "{}"));
        assert_int_equal(look(fixture, "SELECT count(*) FROM job WHERE kind = 'import_look'"), 0);
        jobs_stop(jobs);
}

#define work_test(function) cmocka_unit_test_setup_teardown(function, begin_test, end_test)

int main(void)
{
        const struct CMUnitTest tests[] = {
                work_test(imported_once), work_test(questions), work_test(cancelled), work_test(killed),
                work_test(from_file_to_ladder), work_test(old_uploads),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
