/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_proposal.c: shows a proposed profile, asks what is open, saves it.
 *
 * On a terminal open questions are put one after the other and the whole is confirmed once. Elsewhere nobody can
 * answer: the questions are told with the options that answer them, and nothing is imported.
 */
#include <ctype.h>

#include "cli/import_parts.h"
#include "platform/file.h"
#include "render/cells.h"

enum { CELL_WIDTH_MAX = 34, LINE_MAX_BYTES = 1024, TRIES_MAX = 5 };

/* Says text that holds cells of a file: nothing in it may steer the terminal. */
static void say(FILE *stream, const char *indent, struct text words)
{
        struct buffer line buffer_cleanup;
        buffer_init(&line, CLI_TEXT_MAX);
        buffer_add_text(&line, indent);
        for (size_t i = 0; i < words.length; i++) {
                unsigned char byte = (unsigned char)words.data[i];
                buffer_add_byte(&line, byte < 0x20 || byte == 0x7F ? '?' : (char)byte);
        }
        cli_write(stream, &line);
}

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
}

static enum status show_columns(struct cli_context *context, const struct proposal_view *view, struct error *error)
{
        static const char *const titles[] = {"import.preview.field", "import.preview.place",
                                             "import.proposal.example_title", "import.proposal.why_title"};
        struct cells cells cells_cleanup;
        struct buffer out buffer_cleanup;
        buffer_init(&out, CLI_TEXT_MAX);
        cells_init(&cells, context->language, 0);
        enum status status = cells_begin(&cells, error);
        if (status)
                return status;
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
                cells_column(&cells, titles[i], TABLE_LEFT);
                table_cut_column(cells.table, i == 3 ? (size_t)2 * CELL_WIDTH_MAX : CELL_WIDTH_MAX);
        }
        for (size_t i = 0; i < view->column_count; i++) {
                const struct proposal_column *column = &view->columns[i];
                struct buffer place buffer_cleanup;
                buffer_init(&place, CLI_TEXT_MAX);
                buffer_add_text(&place, column->is_constant ? "= " : "");
                buffer_add(&place, column->place.data, column->place.length);
                cells_text(&cells, text_of(column->field));
                cells_text(&cells, (struct text){place.data, place.length});
                cells_text(&cells, column->example);
                cells_text(&cells, column->why);
        }
        return table_add_to(cells.table, 2, &out) ? cli_answer(&out, error) : error_memory(error);
}

static enum status show(struct cli_context *context, const struct proposal_request *request,
                        const struct proposal_view *view, struct error *error)
{
        char count[24];
        snprintf(count, sizeof(count), "%zu", request->file_count);
        cli_print(context, stdout, "import.proposal.head", "file", base_name(request->files[0]), "count", count);
        enum status status = STATUS_OK;
        if (view->column_count)
                status = show_columns(context, view, error);
        else
                cli_print(context, stdout, "import.proposal.no_column", "fields", view->looked_for.data);
        for (size_t i = 0; i < view->note_count && !status; i++)
                say(stdout, "  ", view->notes[i]);
        return status;
}

/* ---- questions ----------------------------------------------------------------------------------------------- */

/* The option that gives an answer, as a shell takes it. */
static void add_option(struct buffer *out, const struct proposal_question *question, struct text value)
{
        static const char *const options[] = {
                [PROPOSAL_COLUMN] = "--column", [PROPOSAL_VALUE] = "--value",
                [PROPOSAL_ANSWER] = "--answer", [PROPOSAL_SOURCE] = "--source",
        };
        bool plain = value.length > 0;
        for (size_t i = 0; i < value.length; i++)
                plain = plain && (isalnum((unsigned char)value.data[i]) || strchr("-_.", value.data[i]));
        buffer_addf(out, "%s %s%s", options[question->option], question->name, question->name[0] ? "=" : "");
        if (!plain)
                buffer_add_byte(out, '"');
        for (size_t i = 0; i < value.length; i++) {
                if (strchr("\"\\$`", value.data[i]))
                        buffer_add_byte(out, '\\');
                buffer_add_byte(out, value.data[i]);
        }
        if (!plain)
                buffer_add_byte(out, '"');
}

/* Where nobody can be asked: question, candidates, options. */
static void tell_question(struct cli_context *context, const struct proposal_question *question)
{
        say(stderr, "", question->words);
        for (size_t i = 0; i < question->candidate_count; i++) {
                struct buffer line buffer_cleanup;
                buffer_init(&line, CLI_TEXT_MAX);
                add_option(&line, question, question->candidates[i].value);
                if (question->option != PROPOSAL_SOURCE) {
                        buffer_add_text(&line, "   ");
                        buffer_add(&line, question->candidates[i].words.data, question->candidates[i].words.length);
                }
                say(stderr, "  ", (struct text){line.data, line.length});
        }
        if (question->option == PROPOSAL_COLUMN)
                cli_print(context, stderr,
                          question->candidate_count ? "import.proposal.or_other" : "import.proposal.nothing_fits",
                          "field", question->name);
}

/* A line somebody typed, without its end; false at the end of the input. */
static bool read_line(char line[LINE_MAX_BYTES])
{
        fflush(stdout);
        if (!fgets(line, LINE_MAX_BYTES, stdin))
                return false;
        size_t length = strlen(line);
        while (length && (unsigned char)line[length - 1] <= ' ')
                line[--length] = '\0';
        return true;
}

/* Puts one question; the answer is a number of the list or, for a column, its name. */
static enum status put_question(struct cli_context *context, struct proposal *proposal,
                                const struct proposal_question *question, struct error *error)
{
        char line[LINE_MAX_BYTES];
        say(stdout, "\n", question->words);
        for (size_t i = 0; i < question->candidate_count; i++) {
                char number[32];
                snprintf(number, sizeof(number), "  %zu) ", i + 1);
                say(stdout, number, question->candidates[i].words);
        }
        for (int tries = 0; tries < TRIES_MAX; tries++) {
                cli_print(context, stdout, question->option == PROPOSAL_COLUMN ? "import.proposal.type_column"
                                                                               : "import.proposal.type_number");
                if (!read_line(line))
                        break;
                struct text answer = text_trim(text_of(line));
                size_t number = 0;
                for (size_t i = 0; i < answer.length && number <= PROPOSAL_CANDIDATES_MAX; i++)
                        number = isdigit((unsigned char)answer.data[i]) ? number * 10 + (size_t)(answer.data[i] - '0')
                                                                        : PROPOSAL_CANDIDATES_MAX + 1;
                if (number >= 1 && number <= question->candidate_count)
                        answer = question->candidates[number - 1].value;
                else if (question->option != PROPOSAL_COLUMN || answer.length == 0)
                        continue;
                if (proposal_answer(proposal, question->option, text_of(question->name), answer, error) == STATUS_OK)
                        return STATUS_OK;
                (void)cli_fail(context, error->status, error);
        }
        return error_set(error, STATUS_USAGE, "import.proposal.open_questions", NULL);
}

/* ---- options ------------------------------------------------------------------------------------------------- */

/* "NAME=VALUE" of --column, --value and --answer. */
static enum status take_option(struct proposal *proposal, enum proposal_option option, const char *word,
                               struct error *error)
{
        const char *equals = strchr(word, '=');
        if (!equals || equals == word)
                return error_set(error, STATUS_USAGE, "import.proposal.no_equals", "word", word, NULL);
        return proposal_answer(proposal, option, (struct text){word, (size_t)(equals - word)}, text_of(equals + 1),
                               error);
}

static enum status take_options(struct proposal *proposal, const struct import_words *options, struct error *error)
{
        const struct { const struct option_values *values; enum proposal_option option; } given[] = {
                {&options->columns, PROPOSAL_COLUMN}, {&options->values, PROPOSAL_VALUE},
                {&options->answers, PROPOSAL_ANSWER},
        };
        enum status status = STATUS_OK;
        for (size_t g = 0; g < sizeof(given) / sizeof(given[0]); g++)
                for (size_t i = 0; i < given[g].values->count && !status; i++)
                        status = take_option(proposal, given[g].option, given[g].values->items[i], error);
        if (!status && options->source)
                status = proposal_answer(proposal, PROPOSAL_SOURCE, text_of(""), text_of(options->source), error);
        return status;
}

static enum status save(struct cli_context *context, const struct import_words *options,
                        const struct proposal_view *view, struct error *error)
{
        if (!options->save_profile)
                return STATUS_OK;
        enum status status = file_write(options->save_profile, view->yaml.data, view->yaml.length, false, error);
        if (!status)
                cli_print(context, stdout, "import.proposal.saved", "path", options->save_profile);
        return status;
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static bool somebody_there(void) { return terminal_is_interactive(0) && terminal_is_interactive(1); }

/* Decides until nothing is open. */
static enum status settle(struct cli_context *context, const struct proposal_request *request,
                          struct proposal *proposal, struct error *error)
{
        for (;;) {
                enum status status = proposal_decide(proposal, error);
                if (!status)
                        status = show(context, request, proposal_view(proposal), error);
                const struct proposal_view *view = proposal_view(proposal);
                if (status || view->question_count == 0)
                        return status;
                if (!somebody_there()) {
                        fflush(stdout);
                        for (size_t i = 0; i < view->question_count; i++)
                                tell_question(context, &view->questions[i]);
                        return error_set(error, STATUS_USAGE, "import.proposal.open_questions", NULL);
                }
                for (size_t i = 0; i < view->question_count && !status; i++)
                        status = put_question(context, proposal, &view->questions[i], error);
                if (status)
                        return status;
        }
}

static enum status confirm(struct cli_context *context, const struct import_words *options, struct error *error)
{
        char line[LINE_MAX_BYTES];
        if (options->yes || options->dry_run || !somebody_there())
                return STATUS_OK;
        cli_print(context, stdout, "import.proposal.confirm");
        if (read_line(line) && (line[0] == '\0' || strchr("yYjJ", line[0])))
                return STATUS_OK;
        return error_set(error, STATUS_CANCELLED, "import.proposal.declined", NULL);
}

enum status import_propose(struct cli_context *context, const struct proposal_request *request,
                           const struct import_words *options, struct arena *arena, struct profile *ret,
                           struct error *error)
{
        struct proposal *proposal;
        if (options->save_profile && file_exists(options->save_profile))
                return error_set(error, STATUS_USAGE, "import.proposal.save_exists", "path", options->save_profile,
                                 NULL);
        enum status status = proposal_new(arena, request, &proposal, error);
        if (!status)
                status = take_options(proposal, options, error);
        if (!status)
                status = settle(context, request, proposal, error);
        if (!status)
                status = save(context, options, proposal_view(proposal), error);
        if (!status)
                status = confirm(context, options, error);
        if (status)
                return status;
        *ret = proposal_view(proposal)->profile;
        return STATUS_OK;
}
