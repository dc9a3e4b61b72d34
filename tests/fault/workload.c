/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * workload.c: a small company and what happens to it.
 */
#include "workload.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "db/db.h"
#include "db/generation.h"
#include "facts/snapshot.h"
#include "importer/import.h"
#include "platform/file.h"
#include "platform/thread.h"
#include "program/concept_parse.h"
#include "program/evaluation.h"
#include "program/runs.h"
#include "program/verify.h"

enum { FILES = 4, DOCUMENTS = 60, BATCH = 16, FIRST_YEAR = 2020 };
#define ARENA_BYTES ((size_t)32 << 20)

static const char concept_text[] =
        "format: 1\n"
        "program: {id: kreis, name: {de: Kreis}, currency: EUR}\n"
        "goals: [{id: grow, segment: A, kind: loyalty, name: {de: Bindung}}]\n"
        "segments:\n"
        "  - id: A\n"
        "    name: {de: A}\n"
        "    for: customers\n"
        "    paths: [{id: p, all: [{metric: revenue, window: 12m, at_least: 900, goal: grow}]}]\n"
        "  - {id: C, name: {de: C}, for: customers, rest: true}\n"
        "  - {id: P, name: {de: P}, for: prospects, rest: true}\n"
        "mechanics:\n"
        "  evaluations: [{id: year, cutoff: 12-31, effective: 02-01, moves: [up, down]}]\n";
static const char profile_text[] =
        "kind: purchases\nsource: erp\nfile: {encoding: utf-8, delimiter: \",\", decimal: point, header: true}\n"
        "columns: {customer: c, document: d, date: t, article: a, amount: m, product_group: g}\n"
        "create: [customers, products]\n";

const char *workload_steps(unsigned variant)
{
        static const char *const steps[VARIANTS] = {"iau", "aiui", "iuia", "iaiu"};
        return steps[variant % VARIANTS];
}

/* ---- one step ---------------------------------------------------------------------------------------------------- */

struct session {
        const char *directory;
        struct database *database;
        struct connection *connection;
        struct arena *arena;
};

static void session_close(struct session *session)
{
        db_disconnect(session->connection);
        database_close(session->database);
        arena_free(session->arena);
}
#define session_cleanup __attribute__((cleanup(session_close)))

static enum status session_open(struct session *session, const char *directory, bool create, struct error *error)
{
        static const struct database_setting settings[] = {
                {"time_zone", "Europe/Berlin"}, {"currency", "EUR"}, {"minor_digits", "2"}};
        *session = (struct session){.directory = directory, .arena = arena_new(ARENA_BYTES)};
        if (!session->arena)
                return error_memory(error);
        struct database_options options = {.data_directory = directory, .create = create, .settings = settings,
                                           .setting_count = create ? 3 : 0};
        enum status status = database_open(&options, &session->database, error);
        return status ? status : db_connect(session->database, &session->connection, error);
}

static void file_path(const struct session *session, unsigned number, char path[DIRECTORY_BYTES])
{
        snprintf(path, DIRECTORY_BYTES, "%s/file%u.csv", session->directory, number);
}

/* Most documents are new; every seventh replaces one of the file before. */
static enum status write_file(const struct session *session, unsigned number, struct error *error)
{
        char path[DIRECTORY_BYTES];
        struct buffer text buffer_cleanup;
        buffer_init(&text, 1 << 20);
        buffer_add_text(&text, "c,d,t,a,m,g\n");
        for (unsigned i = 0; i < DOCUMENTS; i++) {
                unsigned document = number && i % 7 == 0 ? (number - 1) * DOCUMENTS + i : number * DOCUMENTS + i;
                for (unsigned line = 0; line <= i % 4; line++)
                        buffer_addf(&text, "K%03u,R%05u,%u-%02u-%02u,A%02u,%u.%02u,G%u\n", document * 5 % 31, document,
                                    FIRST_YEAR + i % 4, 1 + i % 12, 1 + i % 28, (i * 3 + line) % 40,
                                    10 + (i * 37 + number) % 300, i % 100, line);
        }
        file_path(session, number, path);
        return text.failed ? error_memory(error) : file_write(path, text.data, text.length, false, error);
}

static enum status import_next(struct session *session, unsigned number, struct error *error)
{
        char path[DIRECTORY_BYTES];
        struct profile profile;
        struct import_result result;
        enum status status = profile_parse(session->arena, profile_text, sizeof(profile_text) - 1, &profile, error);
        file_path(session, number, path);
        struct import_options options = {.file = path, .profile = &profile, .threads = 1, .batch_rows = BATCH};
        size_t removed;
        if (!status)
                status = import_clean_up(session->database, session->connection, &removed, error);
        return status ? status
                      : import_file(session->database, session->connection, &options, session->arena, &result, error);
}

static enum status open_latest(struct session *session, struct snapshot **ret, struct error *error)
{
        int64_t generation;
        struct parallel parallel = pool_parallel(NULL);
        enum status status = generation_latest(session->connection, &generation, error);
        return status ? status
                      : snapshot_open(session->database, session->connection, generation, true, &parallel, ret, NULL,
                                      error);
}

static enum status approve_next(struct session *session, unsigned number, struct error *error)
{
        int64_t program_id;
        const char *program;
        struct version version;
        snapshot_cleanup struct snapshot *snapshot = NULL;
        struct parallel parallel = pool_parallel(NULL);
        struct evaluation evaluation = {
                .version = &version, .cutoff_day = day_from_date((struct date){FIRST_YEAR + (int)number, 12, 31})};
        enum status status = program_choose(session->connection, NULL, session->arena, &program_id, &program, error);
        if (!status)
                status = version_find(session->connection, program_id, program, NULL, session->arena, &version, error);
        if (!status)
                status = open_latest(session, &snapshot, error);
        evaluation.snapshot = snapshot;
        if (!status)
                status = evaluation_run(&evaluation, session->connection, &parallel, session->arena, error);
        if (status)
                return status;
        struct run run = {
                .version = &version,
                .cutoff_day = evaluation.cutoff_day,
                .generation = snapshot_generation(snapshot),
                .plan = evaluation.plan,
                .measures = &evaluation.measures,
                .decisions = &evaluation.decisions,
                .standings = evaluation.standings,
                .customer_ids = snapshot_customer_ids(snapshot),
                .customers_evaluated = evaluation.tally.evaluated,
                .effective_day = DAY_NONE,
        };
        status = run_store(session->database, session->connection, &run, error);
        return status ? status : run_approve(session->database, &run, error);
}

static enum status undo_latest(struct session *session, struct error *error)
{
        struct import_undone undone;
        return import_undo(session->database, session->connection, 0, "cli", &undone, error);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

enum status workload_found(const char *directory, struct error *error)
{
        session_cleanup struct session session = {0};
        struct text content = text_of(concept_text);
        const struct concept *concept;
        struct problem_list problems;
        struct version version;
        bool existed;
        enum status status = session_open(&session, directory, true, error);
        for (unsigned i = 0; i < FILES && !status; i++)
                status = write_file(&session, i, error);
        if (!status)
                status = concept_parse(session.arena, content, &concept, &problems, error);
        if (!status)
                status = version_load(session.database, session.connection, concept, content, "cli", session.arena,
                                      &version, &existed, error);
        if (!status)
                status = version_release(session.database, &version, "cli", error);
        if (!status)
                status = import_next(&session, 0, error);
        return status ? status : approve_next(&session, 0, error);
}

enum status workload_run(const char *directory, unsigned variant, size_t first,
                         void (*acknowledge)(void *context, size_t step), void *context, struct error *error)
{
        session_cleanup struct session session = {0};
        const char *steps = workload_steps(variant);
        unsigned imports = 0, approvals = 0;
        enum status status = session_open(&session, directory, false, error);
        for (size_t i = 0; steps[i] && !status; i++) {
                imports += steps[i] == 'i';
                approvals += steps[i] == 'a';
                if (i < first)
                        continue;
                status = steps[i] == 'i'   ? import_next(&session, imports, error)
                         : steps[i] == 'a' ? approve_next(&session, approvals, error)
                                           : undo_latest(&session, error);
                if (!status && acknowledge)
                        acknowledge(context, i);
        }
        return status;
}

/* ---- what it must hold ------------------------------------------------------------------------------------------- */

static uint64_t digest_rows(sqlite3 *handle, const char *query)
{
        sqlite3_stmt *statement = NULL;
        uint64_t digest = UINT64_C(14695981039346656037);
        if (sqlite3_prepare_v2(handle, query, -1, &statement, NULL) != SQLITE_OK) {
                printf("state: %s\n", sqlite3_errmsg(handle));
                abort();
        }
        while (sqlite3_step(statement) == SQLITE_ROW)
                for (const unsigned char *at = sqlite3_column_text(statement, 0); at && *at; at++)
                        digest = (digest ^ *at) * UINT64_C(1099511628211);
        sqlite3_finalize(statement);
        return digest;
}

static void add_text(sqlite3 *handle, const char *query, char *out, size_t capacity)
{
        sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(handle, query, -1, &statement, NULL) != SQLITE_OK)
                abort();
        if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
                snprintf(out, capacity, "%s", (const char *)sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
}

struct state workload_state(const char *directory)
{
        char path[DIRECTORY_BYTES], imports[64] = "", approvals[64] = "";
        struct state state;
        sqlite3 *handle = NULL;
        snprintf(path, sizeof(path), "%s/treue.db", directory);
        if (sqlite3_open(path, &handle) != SQLITE_OK)
                abort();
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        add_text(handle, "SELECT group_concat(s, '') FROM (SELECT substr(state, 1, 1) AS s FROM import "
                         "WHERE state <> 'staging' ORDER BY generation)", imports, sizeof(imports));
        add_text(handle, "SELECT count(*) || ' ' || count(DISTINCT cutoff_day) FROM evaluation_run "
                         "WHERE state = 'approved'", approvals, sizeof(approvals));
        /* Imports count by their order, since a number left by a crash may be given again. */
        uint64_t documents = digest_rows(
                handle, "SELECT (SELECT count(*) FROM import o WHERE o.generation < i.generation) || ' ' || k.number "
                        "|| ' ' || d.number || ' ' || d.day || ' ' || d.total_minor || ' ' || d.line_count "
                        "FROM document d JOIN import i ON i.id = d.import_id JOIN customer_key k ON k.customer_id = "
                        "d.customer_id WHERE i.state <> 'staging' ORDER BY i.generation, k.number, d.number");
        uint64_t decisions = digest_rows(
                handle, "SELECT r.cutoff_day || ' ' || k.number || ' ' || d.segment || d.decision "
                        "FROM decision d JOIN evaluation_run r ON r.id = d.run_id JOIN customer_key k ON "
                        "k.customer_id = d.customer_id WHERE r.state = 'approved' ORDER BY r.cutoff_day, k.number");
        sqlite3_close(handle);
        snprintf(state.text, sizeof(state.text), "%s, approved %s, %016llx %016llx", imports, approvals,
                 (unsigned long long)documents, (unsigned long long)decisions);
        return state;
}

struct findings {
        bool deep;
        uint64_t count;
};

static void found(void *context, enum verify_part part, const struct error *finding)
{
        struct findings *findings = context;
        if (part == VERIFY_INDEX && !findings->deep)
                return;
        findings->count++;
        printf("  %s: %s", verify_part_names[part], finding->key);
        for (size_t i = 0; i < finding->argument_count; i++)
                printf(" %s=%s", finding->arguments[i].name, finding->text + finding->arguments[i].offset);
        printf("\n");
}

enum status workload_verify(const char *directory, bool deep, uint64_t *ret_findings, struct error *error)
{
        session_cleanup struct session session = {0};
        struct findings findings = {.deep = deep};
        struct verify_options options = {.deep = deep, .context = &findings, .found = found};
        struct verify_result result;
        enum status status = session_open(&session, directory, false, error);
        if (!status && deep) {
                snapshot_cleanup struct snapshot *snapshot = NULL;
                status = open_latest(&session, &snapshot, error);
        }
        if (!status)
                status = verify_database(session.database, session.connection, &options, &result, error);
        if (!status)
                *ret_findings = findings.count;
        return status;
}
