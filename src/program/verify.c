/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify.c: conducts the checks; here those that are one query each: engine, imports, references, audit chain.
 */
#include "program/verify.h"

#include <inttypes.h>
#include <stdio.h>

#include "db/audit.h"
#include "db/generation.h"
#include "program/verify_parts.h"
#include "queries.h"

const char *const verify_part_names[VERIFY_PART_COUNT] = {
        [VERIFY_ENGINE] = "engine",       [VERIFY_IMPORTS] = "imports",
        [VERIFY_REFERENCES] = "references", [VERIFY_DOCUMENTS] = "documents",
        [VERIFY_AUDIT] = "audit",         [VERIFY_RUNS] = "runs",
        [VERIFY_INDEX] = "index",
};

void verify_report(struct verifying *verifying, const struct error *finding)
{
        verifying->result.findings++;
        uint64_t count = ++verifying->result.findings_of[verifying->part];
        if (count <= VERIFY_FINDINGS_PER_PART && verifying->options->found)
                verifying->options->found(verifying->options->context, verifying->part, finding);
}

enum status verify_damage(struct verifying *verifying, enum status status, const struct error *error)
{
        if (status != STATUS_CORRUPT && status != STATUS_DATABASE)
                return status;
        verify_report(verifying, error);
        return STATUS_OK;
}

const char *verify_number(char text[VERIFY_NUMBER_BYTES], int64_t number)
{
        snprintf(text, VERIFY_NUMBER_BYTES, "%" PRId64, number);
        return text;
}

const char *verify_word(char word[VERIFY_WORD_BYTES], struct text text)
{
        int length = text.length < VERIFY_WORD_BYTES ? (int)text.length : VERIFY_WORD_BYTES - 1;
        snprintf(word, VERIFY_WORD_BYTES, "%.*s", length, text.data ? text.data : "");
        return word;
}

/* ---- the engine ---------------------------------------------------------------------------------------------- */

/* Its own check, and whether the tables still are those the queries were written for. */
static enum status check_engine(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = verify_damage(verifying, db_check_queries(verifying->connection, error), error);
        if (!status)
                status = q_verify_engine_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_engine_row row;
                bool more = false;
                char problem[VERIFY_WORD_BYTES];
                status = q_verify_engine_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.engine", "problem", verify_word(problem, row.problem), NULL);
        }
        return status;
}

/* ---- imports and generations ----------------------------------------------------------------------------------- */

static enum status check_import_states(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_imports_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_imports_row row;
                bool more = false;
                char number[VERIFY_NUMBER_BYTES];
                status = q_verify_imports_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.import_state", "import", verify_number(number, row.id), NULL);
        }
        return status;
}

static enum status check_generations(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_generations_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_generations_row row;
                bool more = false;
                char number[VERIFY_NUMBER_BYTES];
                status = q_verify_generations_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.generation_twice", "generation",
                             verify_number(number, row.generation), NULL);
        }
        if (status)
                return status;
        struct q_verify_generation_count_row count;
        bool found = false;
        status = q_verify_generation_count(verifying->connection, NULL, &count, &found, error);
        if (status)
                return status;
        char head[VERIFY_NUMBER_BYTES], named[VERIFY_NUMBER_BYTES];
        if (!found)
                verify_found(verifying, "database.no_head", NULL);
        else if (count.head != count.named)
                verify_found(verifying, "verify.generations_missing", "head", verify_number(head, count.head), "named",
                             verify_number(named, count.named), NULL);
        return STATUS_OK;
}

static enum status check_unknown_imports(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_unknown_imports_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_unknown_imports_row row;
                bool more = false;
                char place[VERIFY_WORD_BYTES], number[VERIFY_NUMBER_BYTES], count[VERIFY_NUMBER_BYTES];
                status = q_verify_unknown_imports_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.unknown_import", "table", verify_word(place, row.place), "import",
                             verify_number(number, row.import_id), "count", verify_number(count, row.row_count), NULL);
        }
        return status;
}

static enum status check_imports(struct verifying *verifying, struct error *error)
{
        enum status status = check_import_states(verifying, error);
        if (!status)
                status = check_generations(verifying, error);
        return status ? status : check_unknown_imports(verifying, error);
}

/* ---- references ------------------------------------------------------------------------------------------------ */

static enum status check_customers(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_unknown_customers_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_unknown_customers_row row;
                bool more = false;
                char place[VERIFY_WORD_BYTES], number[VERIFY_NUMBER_BYTES];
                status = q_verify_unknown_customers_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.unknown_customer", "table", verify_word(place, row.place), "customer",
                             verify_number(number, row.customer_id), NULL);
        }
        return status;
}

static enum status check_people(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_unknown_people_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_unknown_people_row row;
                bool more = false;
                char place[VERIFY_WORD_BYTES], number[VERIFY_NUMBER_BYTES];
                status = q_verify_unknown_people_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.unknown_person", "table", verify_word(place, row.place), "person",
                             verify_number(number, row.person_id), NULL);
        }
        return status;
}

static enum status check_references(struct verifying *verifying, struct error *error)
{
        enum status status = check_customers(verifying, error);
        if (!status)
                status = check_people(verifying, error);
        struct q_verify_articles_row row;
        bool found = false;
        if (!status)
                status = q_verify_articles(verifying->connection, NULL, &row, &found, error);
        if (status || !found || row.highest < row.next_product)
                return status;
        char highest[VERIFY_NUMBER_BYTES], next[VERIFY_NUMBER_BYTES];
        verify_found(verifying, "verify.articles", "highest", verify_number(highest, row.highest), "next",
                     verify_number(next, row.next_product), NULL);
        return STATUS_OK;
}

/* ---- the audit chain ------------------------------------------------------------------------------------------- */

static enum status check_unaudited(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_unaudited_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_unaudited_row row;
                bool more = false;
                char kind[VERIFY_WORD_BYTES], subject[VERIFY_WORD_BYTES];
                status = q_verify_unaudited_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.unaudited", "kind", verify_word(kind, row.kind), "subject",
                             verify_word(subject, row.subject), NULL);
        }
        return status;
}

static enum status check_audited_gone(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_audited_gone_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_audited_gone_row row;
                bool more = false;
                char kind[VERIFY_WORD_BYTES], subject[VERIFY_WORD_BYTES];
                status = q_verify_audited_gone_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verify_found(verifying, "verify.audited_gone", "kind", verify_word(kind, row.kind), "subject",
                             verify_word(subject, row.subject), NULL);
        }
        return status;
}

static enum status check_audit(struct verifying *verifying, struct error *error)
{
        int64_t entries = 0;
        enum status status = audit_verify(verifying->connection, &entries, error);
        verifying->result.audit_entries = (uint64_t)entries;
        status = verify_damage(verifying, status, error);
        if (!status)
                status = check_unaudited(verifying, error);
        if (!status)
                status = check_audited_gone(verifying, error);
        return status ? status : verify_consents(verifying, error);
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static enum status check_parts(struct verifying *verifying, struct error *error)
{
        static enum status (*const checks[VERIFY_PART_COUNT])(struct verifying *, struct error *) = {
                [VERIFY_ENGINE] = check_engine,         [VERIFY_IMPORTS] = check_imports,
                [VERIFY_REFERENCES] = check_references, [VERIFY_DOCUMENTS] = verify_documents,
                [VERIFY_AUDIT] = check_audit,           [VERIFY_RUNS] = verify_runs,
                [VERIFY_INDEX] = verify_index,
        };
        enum status status = STATUS_OK;
        for (int part = 0; part < VERIFY_PART_COUNT && !status; part++) {
                verifying->part = (enum verify_part)part;
                if (verifying->options->begin)
                        verifying->options->begin(verifying->options->context, verifying->part);
                status = checks[part](verifying, error);
                status = verify_damage(verifying, status, error);
        }
        return status;
}

enum status verify_database(struct database *database, struct connection *connection,
                            const struct verify_options *options, struct verify_result *ret, struct error *error)
{
        struct verifying verifying = {.database = database, .connection = connection, .options = options};
        enum status status = db_read_begin(connection, error);
        if (status)
                return status;
        status = generation_latest(connection, &verifying.result.generation, error);
        status = verify_damage(&verifying, status, error);
        if (!status)
                status = check_parts(&verifying, error);
        db_read_end(connection);
        if (!status)
                *ret = verifying.result;
        return status;
}
