/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal_checks.c: reads every cell as the proposed profile would, with the importer's own parser: a column nobody
 * can read is left out again, and credit notes whose amounts are positive are noticed before they are added up.
 */
#include "base/buffer.h"
#include "importer/csv.h"
#include "importer/mapping.h"
#include "importer/number.h"
#include "importer/proposal_parts.h"
#include "importer/synonyms.h"

/* Columns that say of a line that its amount is given back, and the cells that say so. */
struct type_column {
        size_t column;
        bool credit[EVIDENCE_DISTINCT_MAX];
};

enum { TYPE_COLUMNS_MAX = 8 };

struct checking {
        struct proposal *proposal;
        const struct profile *profile;
        struct column_mapping mapping;
        struct proposal_target *targets[PROPOSAL_TARGETS_MAX]; /* of the mapped columns */
        size_t type_count;
        struct type_column types[TYPE_COLUMNS_MAX];
        enum decimal_mark mark;
        char delimiter;
};

static bool starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

/* "H" in a column of debit and credit marks. */
static bool is_credit_mark(const char *header, struct text cell)
{
        char folded[FOLDED_MAX];
        header_fold(cell, false, folded);
        return (starts_with(header, "sollhaben") || starts_with(header, "debitcredit")) &&
               (strcmp(folded, "h") == 0 || strcmp(folded, "haben") == 0 || strcmp(folded, "c") == 0);
}

static void find_type_columns(struct checking *checking)
{
        const struct proposal *proposal = checking->proposal;
        for (size_t c = 0; c < proposal->column_count && checking->type_count < TYPE_COLUMNS_MAX; c++) {
                const struct column_evidence *evidence = &proposal->evidence[c];
                struct type_column type = {.column = c};
                char header[FOLDED_MAX];
                bool some = false;
                if (evidence->distinct_count > EVIDENCE_DISTINCT_MAX || proposal_column_taken(proposal, c))
                        continue;
                header_fold(proposal->header[c], false, header);
                for (size_t i = 0; i < evidence->distinct_count; i++) {
                        struct text cell = {evidence->distinct[i].text, evidence->distinct[i].length};
                        type.credit[i] = is_credit_word(cell) || is_credit_mark(header, cell);
                        some = some || type.credit[i];
                }
                if (some)
                        checking->types[checking->type_count++] = type;
        }
}

/* The cell of a type column when it says "given back". */
static bool find_credit(const struct checking *checking, const struct text *fields, size_t count, struct text *ret)
{
        for (size_t t = 0; t < checking->type_count; t++) {
                const struct type_column *type = &checking->types[t];
                const struct column_evidence *evidence = &checking->proposal->evidence[type->column];
                struct text cell = type->column < count ? text_trim(fields[type->column]) : (struct text){0};
                uint64_t hash = cell.length ? text_hash(cell.data, cell.length) : 0;
                for (size_t i = 0; i < evidence->distinct_count && cell.length; i++) {
                        if (type->credit[i] && evidence->distinct[i].hash == hash) {
                                *ret = cell;
                                return true;
                        }
                }
        }
        return false;
}

static void count_credit(struct checking *checking, struct text word, struct text amount)
{
        struct proposal *proposal = checking->proposal;
        if (proposal->credits_positive++)
                return;
        struct buffer example buffer_cleanup;
        buffer_init(&example, 256);
        buffer_addf(&example, "%.*s: %.*s", (int)(word.length < 60 ? word.length : 60), word.data,
                    (int)(amount.length < 40 ? amount.length : 40), amount.data);
        proposal->credits_example = proposal_keep(proposal, &example);
}

static void count_refused(struct checking *checking, struct proposal_target *target, struct text cell)
{
        if (target->refused++ == 0) {
                struct buffer example buffer_cleanup;
                buffer_init(&example, 256);
                buffer_add(&example, cell.data, cell.length < 60 ? cell.length : 60);
                target->refused_example = proposal_keep(checking->proposal, &example);
        }
}

/* Amounts with more decimals than the currency are rounded by the importer of purchases. */
static bool is_rounded(const struct checking *checking, const char *reason)
{
        return checking->profile->kind == IMPORT_PURCHASES && strcmp(reason, "import.reason.too_precise") == 0;
}

static void check_record(struct checking *checking, const struct text *fields, size_t count)
{
        struct text word = {0}, amount = {0};
        int sign = 1;
        bool valued = false;
        for (size_t i = 0; i < checking->mapping.count; i++) {
                const struct mapped_column *column = &checking->mapping.columns[i];
                struct text cell = mapped_text(column, fields, count);
                struct field_value value;
                const char *reason = field_parse(column, cell, checking->mark,
                                                 checking->proposal->request.minor_digits, &value);
                if (reason && !text_is_blank(cell) && !is_rounded(checking, reason))
                        count_refused(checking, checking->targets[i], cell);
                if (strcmp(column->field->name, "amount") != 0 && strcmp(column->field->name, "quantity") != 0 &&
                    strcmp(column->field->name, "unit_price") != 0)
                        continue;
                bool alone = strcmp(column->field->name, "amount") == 0;
                if (alone || !column_mapping_find(&checking->mapping, "amount")) {
                        sign *= value.number > 0 ? 1 : value.number < 0 ? -1 : 0;
                        amount = text_trim(cell);
                        valued = true;
                }
        }
        if (valued && sign > 0 && checking->type_count && find_credit(checking, fields, count, &word))
                count_credit(checking, word, amount);
}

static enum status check_file(struct checking *checking, const char *path, struct error *error)
{
        struct text fields[CSV_COLUMNS_MAX];
        source_file_cleanup struct source_file *file = NULL;
        enum status status = source_file_open(path, checking->profile, checking->proposal->request.staging_directory,
                                              &file, error);
        if (status)
                return status;
        checking->delimiter = source_file_delimiter(file);
        checking->mark = source_file_decimal(file);
        for (bool more = true;;) {
                struct block block __attribute__((cleanup(block_release))) = {0};
                status = source_file_next(file, &block, &more, error);
                if (status || !more)
                        return status;
                struct csv_parser parser = block_parser(&block, checking->delimiter, NULL);
                size_t count;
                uint64_t line;
                while (csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &line, NULL))
                        check_record(checking, fields, count < CSV_COLUMNS_MAX ? count : CSV_COLUMNS_MAX);
        }
}

/* Lines without what is required are rejected, too. */
static void note_blank(struct proposal *proposal)
{
        for (size_t t = 0; t < proposal->target_count; t++) {
                const struct proposal_target *target = &proposal->targets[t];
                if (!target->required || target->column < 0 || proposal->evidence[target->column].blank == 0)
                        continue;
                struct buffer column buffer_cleanup;
                buffer_init(&column, 4096);
                buffer_add(&column, proposal->header[target->column].data, proposal->header[target->column].length);
                proposal_note(proposal,
                              proposal_words(proposal, "import.proposal.note.blank", "field", target->name, "column",
                                             column.data, "count",
                                             proposal_count(proposal, proposal->evidence[target->column].blank)));
        }
}

/* What cannot be read is told; an optional column most cells of which cannot is left out. */
static void weigh_refused(struct proposal *proposal)
{
        for (size_t t = 0; t < proposal->target_count; t++) {
                struct proposal_target *target = &proposal->targets[t];
                if (target->column < 0 || target->refused == 0)
                        continue;
                const struct column_evidence *evidence = &proposal->evidence[target->column];
                bool leave = !target->required && !target->answered && target->refused * 10 > evidence->filled;
                struct buffer column buffer_cleanup;
                buffer_init(&column, 4096);
                buffer_add(&column, proposal->header[target->column].data, proposal->header[target->column].length);
                proposal_note(proposal, proposal_words(proposal,
                                                       leave ? "import.proposal.note.unfit"
                                                             : "import.proposal.note.refused",
                                                       "field", target->name, "column", column.data, "count",
                                                       proposal_count(proposal, target->refused), "value",
                                                       target->refused_example.data ? target->refused_example.data
                                                                                    : ""));
                if (leave)
                        target->column = -1;
        }
}

static void ask_credits(struct proposal *proposal)
{
        struct proposal_question *question = proposal_ask(
                proposal, PROPOSAL_ANSWER, "credits",
                proposal_words(proposal, "import.proposal.question.credits", "count",
                               proposal_count(proposal, proposal->credits_positive), "example",
                               proposal->credits_example.data ? proposal->credits_example.data : ""));
        proposal_offer(question, text_of("as-written"),
                       proposal_words(proposal, "import.proposal.candidate.as_written"));
}

enum status proposal_check(struct proposal *proposal, struct error *error)
{
        struct checking checking = {.proposal = proposal, .profile = &proposal->view.profile};
        proposal->credits_positive = 0;
        enum status status = column_mapping_bind(proposal->arena, checking.profile, proposal->header,
                                                 proposal->column_count, NUMBER_ANY_CURRENCY, &checking.mapping, error);
        if (status)
                return status;
        /* The profile lists its columns in the order of the targets that have one. */
        size_t mapped = 0;
        for (size_t t = 0; t < proposal->target_count; t++)
                if (proposal->targets[t].column >= 0 || proposal->targets[t].constant.data)
                        checking.targets[mapped++] = &proposal->targets[t];
        if (proposal->request.kind == IMPORT_PURCHASES &&
            !proposal_has_answer(proposal, PROPOSAL_ANSWER, "credits"))
                find_type_columns(&checking);
        for (size_t i = 0; i < proposal->request.file_count && !status; i++)
                status = check_file(&checking, proposal->request.files[i], error);
        if (status)
                return status;
        note_blank(proposal);
        weigh_refused(proposal);
        if (proposal->credits_positive)
                ask_credits(proposal);
        return STATUS_OK;
}
