/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal.c: reads all files of a layout and counts what their cells say; takes answers; decides.
 */
#include "importer/proposal.h"

#include "base/buffer.h"
#include "importer/csv.h"
#include "importer/proposal_parts.h"
#include "importer/synonyms.h"

enum { HEADER_SHOWN = 200 };

/* ---- words --------------------------------------------------------------------------------------------------- */

struct text proposal_keep(struct proposal *proposal, const struct buffer *text)
{
        char *copy = text->failed ? NULL : arena_copy(proposal->arena, text->data, text->length);
        return (struct text){copy, copy ? text->length : 0};
}

void proposal_note(struct proposal *proposal, struct text words)
{
        if (proposal->view.note_count < PROPOSAL_NOTES_MAX && words.length)
                proposal->view.notes[proposal->view.note_count++] = words;
}

struct proposal_question *proposal_ask(struct proposal *proposal, enum proposal_option option, const char *name,
                                       struct text words)
{
        struct proposal_view *view = &proposal->view;
        for (size_t i = 0; i < view->question_count; i++)
                if (view->questions[i].option == option && strcmp(view->questions[i].name, name) == 0)
                        return NULL;
        if (view->question_count == PROPOSAL_QUESTIONS_MAX)
                return NULL;
        struct proposal_question *question = &view->questions[view->question_count++];
        *question = (struct proposal_question){.option = option, .name = name, .words = words};
        return question;
}

void proposal_offer(struct proposal_question *question, struct text value, struct text words)
{
        if (question && question->candidate_count < PROPOSAL_CANDIDATES_MAX)
                question->candidates[question->candidate_count++] = (struct proposal_candidate){value, words};
}

const char *proposal_count(struct proposal *proposal, uint64_t count)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, 64);
        format_add_count(&text, proposal->request.language, (int64_t)count);
        const char *copy = proposal_keep(proposal, &text).data;
        return copy ? copy : "";
}

const char *proposal_examples(struct proposal *proposal, size_t column)
{
        const struct column_evidence *evidence = &proposal->evidence[column];
        struct buffer text buffer_cleanup;
        buffer_init(&text, 1024);
        for (size_t i = 0; i < evidence->example_count; i++) {
                buffer_add_text(&text, i ? ", " : "");
                buffer_add(&text, evidence->examples[i].data, evidence->examples[i].length);
        }
        const char *copy = proposal_keep(proposal, &text).data;
        return copy ? copy : "";
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

static void count_block(struct proposal *proposal, struct block *block, char delimiter)
{
        struct text fields[CSV_COLUMNS_MAX];
        size_t count;
        uint64_t line;
        struct csv_parser parser = block_parser(block, delimiter, NULL);
        while (csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &line, NULL)) {
                if (count > CSV_COLUMNS_MAX)
                        count = CSV_COLUMNS_MAX;
                proposal->records++;
                for (size_t i = 0; i < proposal->column_count; i++)
                        column_evidence_add(&proposal->evidence[i], proposal->arena,
                                            i < count ? fields[i] : (struct text){"", 0});
        }
}

static enum status read_file(struct proposal *proposal, const char *path, struct error *error)
{
        source_file_cleanup struct source_file *file = NULL;
        struct profile probe;
        const char *staging = proposal->request.staging_directory;
        enum status status = proposal_find_head(proposal->arena, proposal->request.kind, path, staging, &probe, error);
        if (!status)
                status = source_file_open(path, &probe, staging, &file, error);
        if (status)
                return status;
        if (!proposal->header) {
                proposal->delimiter = source_file_delimiter(file);
                status = source_file_header(file, proposal->arena, &proposal->header, &proposal->column_count, error);
                if (status)
                        return status;
                size_t count = proposal->column_count ? proposal->column_count : 1;
                proposal->unusable = arena_array(proposal->arena, bool, count);
                proposal->evidence = arena_array(proposal->arena, struct column_evidence, count);
                if (!proposal->unusable || !proposal->evidence)
                        return error_memory(error);
        }
        proposal->workbook = proposal->workbook || source_file_is_workbook(file);
        if (proposal->workbook || source_file_delimiter(file) != proposal->delimiter)
                proposal->delimiter = 0;
        for (bool more = true;;) {
                struct block block __attribute__((cleanup(block_release))) = {0};
                status = source_file_next(file, &block, &more, error);
                if (status || !more)
                        return status;
                count_block(proposal, &block, source_file_delimiter(file));
        }
}

/* Names that stand twice, or nowhere, cannot be bound to a column. */
static void mark_unusable(struct proposal *proposal)
{
        for (size_t i = 0; i < proposal->column_count; i++) {
                proposal->unusable[i] = proposal->header[i].length == 0;
                for (size_t k = 0; k < proposal->column_count && !proposal->unusable[i]; k++)
                        proposal->unusable[i] = k != i && text_equal(proposal->header[i], proposal->header[k]);
        }
}

/* A first record of dates and numbers, none of which names a field, is no header. */
static bool looks_like_data(const struct proposal *proposal)
{
        size_t data = 0;
        for (size_t i = 0; i < proposal->column_count; i++) {
                struct cell_class class = cell_classify(proposal->header[i]);
                bool code;
                data += class.number_point || class.number_comma || class.days || class.email;
                for (size_t f = 0; f < kind_infos[proposal->request.kind].field_count; f++)
                        if (synonym_weight(proposal->request.kind, kind_infos[proposal->request.kind].fields[f].name,
                                           proposal->header[i], &code))
                                return false;
        }
        return data > 0;
}

/* The first names of the header, as far as a message is long. */
static void add_header(const struct proposal *proposal, struct buffer *out)
{
        for (size_t i = 0; i < proposal->column_count && out->length < HEADER_SHOWN; i++) {
                struct text name = proposal->header[i];
                size_t length = name.length < HEADER_SHOWN ? name.length : HEADER_SHOWN;
                while (length < name.length && length && ((unsigned char)name.data[length] & 0xC0) == 0x80)
                        length--; /* not in the middle of a character */
                buffer_add_text(out, i ? ", " : "");
                buffer_add(out, name.data, length);
        }
}

static enum status no_header(const struct proposal *proposal, struct error *error)
{
        struct buffer first buffer_cleanup;
        buffer_init(&first, 1024);
        add_header(proposal, &first);
        return error_set(error, STATUS_INVALID, "import.proposal.no_header", "file", proposal->request.files[0],
                         "columns", first.data, NULL);
}

enum status proposal_new(struct arena *arena, const struct proposal_request *request, struct proposal **ret,
                         struct error *error)
{
        struct proposal *proposal = arena_zero(arena, 1, sizeof(*proposal));
        enum status status = STATUS_OK;
        if (!proposal)
                return error_memory(error);
        proposal->arena = arena;
        proposal->request = *request;
        for (size_t i = 0; i < request->file_count && !status; i++)
                status = read_file(proposal, request->files[i], error);
        if (status)
                return status;
        mark_unusable(proposal);
        if (looks_like_data(proposal))
                return no_header(proposal, error);
        *ret = proposal;
        return STATUS_OK;
}

enum status proposal_layout(enum import_kind kind, const char *file, const char *staging_directory, uint64_t *ret,
                            struct error *error)
{
        source_file_cleanup struct source_file *source = NULL;
        arena_cleanup struct arena *arena = arena_new((size_t)64 << 20);
        struct profile probe;
        struct text *header = NULL;
        size_t count = 0;
        enum status status = arena ? proposal_find_head(arena, kind, file, staging_directory, &probe, error)
                                   : error_memory(error);
        if (!status)
                status = source_file_open(file, &probe, staging_directory, &source, error);
        if (!status)
                status = source_file_header(source, arena, &header, &count, error);
        if (status)
                return status;
        uint64_t digest = count;
        for (size_t i = 0; i < count; i++)
                digest = (digest ^ text_hash(header[i].data, header[i].length)) * UINT64_C(0x9e3779b97f4a7c15) + 1;
        *ret = digest;
        return STATUS_OK;
}

/* ---- answers ------------------------------------------------------------------------------------------------- */

bool proposal_has_answer(const struct proposal *proposal, enum proposal_option option, const char *name)
{
        for (size_t i = 0; i < proposal->answer_count; i++)
                if (proposal->answers[i].option == option && text_is(proposal->answers[i].name, name))
                        return true;
        return false;
}

struct text proposal_answered(const struct proposal *proposal, enum proposal_option option, const char *name)
{
        for (size_t i = 0; i < proposal->answer_count; i++)
                if (proposal->answers[i].option == option && text_is(proposal->answers[i].name, name))
                        return proposal->answers[i].value;
        return (struct text){0};
}

/* Does the kind know the field, or the family it belongs to? */
static bool knows_field(enum import_kind kind, struct text name)
{
        for (size_t i = 0; i < kind_infos[kind].field_count; i++) {
                struct text field = text_of(kind_infos[kind].fields[i].name);
                size_t stem = field.length - 1;
                bool family = field.data[stem] == '*';
                if (family ? name.length > stem && memcmp(name.data, field.data, stem) == 0 : text_equal(name, field))
                        return true;
        }
        return false;
}

static enum status unknown_field(const struct proposal *proposal, const char *name, struct error *error)
{
        const struct kind_info *kind = &kind_infos[proposal->request.kind];
        struct buffer fields buffer_cleanup;
        buffer_init(&fields, 1024);
        for (size_t i = 0; i < kind->field_count; i++)
                buffer_addf(&fields, "%s%s", i ? ", " : "", kind->fields[i].name);
        return error_set(error, STATUS_USAGE, "import.proposal.unknown_field", "field", name, "kind", kind->name,
                         "fields", fields.data, NULL);
}

static enum status check_column(const struct proposal *proposal, struct text value, struct error *error)
{
        struct buffer list buffer_cleanup, name buffer_cleanup;
        buffer_init(&list, 1 << 20);
        buffer_init(&name, 1 << 20);
        for (size_t i = 0; i < proposal->column_count; i++) {
                if (text_equal(proposal->header[i], value) && !proposal->unusable[i])
                        return STATUS_OK;
                if (list.length < 700)
                        buffer_addf(&list, "%s%.*s", i ? ", " : "", (int)proposal->header[i].length,
                                    proposal->header[i].data);
        }
        buffer_add(&name, value.data, value.length);
        return error_set(error, STATUS_USAGE, "import.proposal.unknown_column", "column", name.data, "columns",
                         list.data, NULL);
}

static enum status check_answer(const char *name, const char *value, struct error *error)
{
        static const char *const known[][3] = {
                {"date", "day-first", "month-first"}, {"decimal", "point", "comma"}, {"credits", "as-written", NULL},
                {"discount", "ignore", NULL}, {"currency", "as-written", NULL},
        };
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
                if (strcmp(known[i][0], name) == 0 &&
                    (strcmp(known[i][1], value) == 0 || (known[i][2] && strcmp(known[i][2], value) == 0)))
                        return STATUS_OK;
        return error_set(error, STATUS_USAGE, "import.proposal.unknown_answer", "name", name, "value", value, NULL);
}

enum status proposal_answer(struct proposal *proposal, enum proposal_option option, struct text name, struct text value,
                            struct error *error)
{
        struct proposal_answer answer = {.option = option};
        answer.name = (struct text){arena_copy(proposal->arena, name.data, name.length), name.length};
        answer.value = (struct text){arena_copy(proposal->arena, value.data, value.length), value.length};
        enum status status = answer.name.data && answer.value.data ? STATUS_OK : error_memory(error);
        bool of_field = option == PROPOSAL_COLUMN || option == PROPOSAL_VALUE;
        if (!status && of_field && !knows_field(proposal->request.kind, name))
                status = unknown_field(proposal, answer.name.data, error);
        if (!status && option == PROPOSAL_COLUMN && value.length)
                status = check_column(proposal, value, error);
        if (!status && option == PROPOSAL_ANSWER)
                status = check_answer(answer.name.data, answer.value.data, error);
        if (status)
                return status;
        size_t i = 0;
        while (i < proposal->answer_count &&
               (proposal->answers[i].option != option || !text_equal(proposal->answers[i].name, name)))
                i++;
        if (i == PROPOSAL_ANSWERS_MAX)
                return error_set(error, STATUS_USAGE, "import.proposal.too_many_answers", NULL);
        proposal->answers[i] = answer;
        proposal->answer_count += i == proposal->answer_count;
        return STATUS_OK;
}

/* ---- deciding ------------------------------------------------------------------------------------------------ */

const struct proposal_view *proposal_view(const struct proposal *proposal) { return &proposal->view; }

const struct text *proposal_header(const struct proposal *proposal, size_t *ret_count)
{
        *ret_count = proposal->column_count;
        return proposal->header;
}

struct proposal_target *proposal_target(struct proposal *proposal, const char *name)
{
        for (size_t i = 0; i < proposal->target_count; i++)
                if (strcmp(proposal->targets[i].name, name) == 0)
                        return &proposal->targets[i];
        return NULL;
}

/* What every file of the kind has, by name. */
static struct text required_fields(struct proposal *proposal)
{
        struct buffer fields buffer_cleanup;
        buffer_init(&fields, 1024);
        for (size_t i = 0; i < kind_infos[proposal->request.kind].field_count; i++) {
                const struct field_info *field = &kind_infos[proposal->request.kind].fields[i];
                /* A line's amount may be made of two others; either way it is an amount that is looked for. */
                bool amount = proposal->request.kind == IMPORT_PURCHASES && strcmp(field->name, "amount") == 0;
                if (field->required || amount)
                        buffer_addf(&fields, "%s%s", fields.length ? ", " : "", field->name);
        }
        return proposal_keep(proposal, &fields);
}

/* Without a known name a file may still be one of the kind, if for each question some column could be the answer. */
static bool something_found(const struct proposal *proposal)
{
        for (size_t i = 0; i < proposal->target_count; i++)
                if (proposal->targets[i].column >= 0 || proposal->targets[i].constant.data)
                        return true;
        for (size_t i = 0; i < proposal->view.question_count; i++)
                if (!proposal->view.questions[i].candidate_count)
                        return false;
        return proposal->view.question_count > 0;
}

static enum status nothing_found(const struct proposal *proposal, struct error *error)
{
        struct buffer columns buffer_cleanup, fields buffer_cleanup;
        buffer_init(&columns, 1024);
        buffer_init(&fields, 1024);
        if (proposal->records == 0)
                return error_set(error, STATUS_INVALID, "import.proposal.only_header", "file",
                                 proposal->request.files[0], NULL);
        add_header(proposal, &columns);
        buffer_add(&fields, proposal->view.looked_for.data, proposal->view.looked_for.length);
        return error_set(error, STATUS_INVALID, "import.proposal.nothing_found", "file", proposal->request.files[0],
                         "fields", fields.data, "columns", columns.data, NULL);
}

enum status proposal_decide(struct proposal *proposal, struct error *error)
{
        proposal->view = (struct proposal_view){.records = proposal->records, .looked_for = required_fields(proposal)};
        proposal_choose(proposal);
        if (!something_found(proposal))
                return nothing_found(proposal, error);
        proposal_settle_forms(proposal);
        if (proposal->view.question_count)
                return proposal_write(proposal, error);
        enum status status = proposal_write(proposal, error);
        if (!status)
                status = proposal_check(proposal, error);
        return status ? status : proposal_write(proposal, error);
}
