/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_documents.c: every version of every purchase document against its own packed lines.
 */
#include <stdlib.h>

#include "base/checked.h"
#include "facts/packed_lines.h"
#include "program/verify_parts.h"
#include "queries.h"

struct documents {
        struct verifying *verifying;
        bool *imports;          /* by id: known */
        size_t import_count;
        int64_t article_end;    /* numbers handed out lie below */
        struct line *lines;
        size_t capacity;
};

static void documents_release(struct documents *documents)
{
        free(documents->imports);
        free(documents->lines);
}

static enum status load_imports(struct documents *documents, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_import_states_open(documents->verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_import_states_row row;
                bool more = false;
                status = q_verify_import_states_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (row.id < 0 || (size_t)row.id < documents->import_count)
                        continue;
                size_t count = (size_t)row.id + 1;
                bool *wider = realloc(documents->imports, count * sizeof(*wider));
                if (!wider)
                        return error_memory(error);
                memset(wider + documents->import_count, 0, count - documents->import_count);
                documents->imports = wider;
                documents->import_count = count;
                documents->imports[row.id] = true;
                documents->verifying->result.imports += !text_is(row.state, "staging");
        }
        return status;
}

static void complain(struct documents *documents, const struct q_document_scan_row *row, const char *key)
{
        char number[VERIFY_WORD_BYTES], import[VERIFY_NUMBER_BYTES], customer[VERIFY_NUMBER_BYTES];
        verify_found(documents->verifying, key, "document", verify_word(number, row->number), "customer",
                     verify_number(customer, row->customer_id), "import", verify_number(import, row->import_id), NULL);
}

/* The catalogue key of what is wrong with a document, or NULL. */
static const char *judge(const struct documents *documents, const struct q_document_scan_row *row)
{
        size_t count = (size_t)row->line_count;
        int128 total = 0;
        if (!lines_unpack(row->lines, documents->lines, count))
                return "verify.document_lines";
        for (size_t i = 0; i < count; i++) {
                total += documents->lines[i].amount_minor;
                if (documents->lines[i].product == 0 || documents->lines[i].product >= documents->article_end)
                        return "verify.document_article";
        }
        if (total != row->total_minor)
                return "verify.document_total";
        return lines_hash(row->day, row->lines) == row->content_hash ? NULL : "verify.document_hash";
}

static enum status check(struct documents *documents, const struct q_document_scan_row *row, struct error *error)
{
        if (row->import_id < 0 || (size_t)row->import_id >= documents->import_count
            || !documents->imports[row->import_id])
                complain(documents, row, "verify.document_import");
        /* A line takes at least three bytes, so a wrong count asks for no wrong amount of memory. */
        if (row->line_count < 1 || (uint64_t)row->line_count > row->lines.length) {
                complain(documents, row, "verify.document_lines");
                return STATUS_OK;
        }
        size_t count = (size_t)row->line_count;
        if (count > documents->capacity) {
                struct line *lines = realloc(documents->lines, count * 2 * sizeof(*lines));
                if (!lines)
                        return error_memory(error);
                documents->lines = lines;
                documents->capacity = count * 2;
        }
        const char *wrong = judge(documents, row);
        if (wrong)
                complain(documents, row, wrong);
        documents->verifying->result.documents++;
        documents->verifying->result.lines += count;
        return STATUS_OK;
}

enum status verify_documents(struct verifying *verifying, struct error *error)
{
        __attribute__((cleanup(documents_release))) struct documents documents = {.verifying = verifying};
        struct q_verify_articles_row articles = {0};
        bool found = false;
        enum status status = q_verify_articles(verifying->connection, NULL, &articles, &found, error);
        documents.article_end = articles.next_product;
        if (!status)
                status = load_imports(&documents, error);
        rows_cleanup struct rows *rows = NULL;
        if (!status)
                status = q_document_scan_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_document_scan_row row;
                bool more = false;
                status = q_document_scan_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                status = check(&documents, &row, error);
        }
        return status;
}
