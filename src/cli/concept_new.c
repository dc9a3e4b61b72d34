/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_new.c: few questions, a file, and the ladder it gives.
 */
#include "cli/concept_new.h"

#include "cli/ask.h"
#include "cli/concept_file.h"
#include "cli/evaluate_output.h"
#include "facts/survey.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "program/concept_parse.h"
#include "program/first_ladder.h"

#define STANDARD_PATH "concept.yaml"
#define STANDARD_CURRENCY "EUR"
enum { STANDARD_A_PERCENT = 10, STANDARD_B_PERCENT = 30, TRIES = 3, MONTHS = 12, PERCENT_MAX = 98, TOGETHER_MAX = 99 };

struct making {
        struct session *session;
        const struct concept_new_request *request;
        const char *path;
        bool interactive;
        struct first_concept first;
        int32_t first_day, complete_day;
};

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static bool whole_number(const char *text, unsigned least, unsigned most, unsigned *ret)
{
        unsigned number = 0;
        size_t length = strlen(text);
        for (size_t i = 0; i < length; i++) {
                if (text[i] < '0' || text[i] > '9' || length > 4)
                        return false;
                number = number * 10 + (unsigned)(text[i] - '0');
        }
        if (length == 0 || number < least || number > most)
                return false;
        *ret = number;
        return true;
}

/* A number by option, by question, or the standard one. */
static enum status take_number(const struct making *making, const char *typed, const char *question_key,
                               const char *option, unsigned standard, unsigned most, unsigned *ret,
                               struct error *error)
{
        char shown[16], most_text[16];
        struct buffer answer buffer_cleanup;
        buffer_init(&answer, CLI_TEXT_MAX);
        snprintf(shown, sizeof(shown), "%u", standard);
        snprintf(most_text, sizeof(most_text), "%u", most);
        if (!typed && !(making->interactive && question_key)) {
                *ret = standard;
                return STATUS_OK;
        }
        for (unsigned i = 0; i < TRIES; i++) {
                if (!typed) {
                        enum status status = ask_text(making->session->context, question_key, shown, &answer, error);
                        if (status != STATUS_OK)
                                return status;
                }
                if (whole_number(typed ? typed : answer.data, 1, most, ret))
                        return STATUS_OK;
                error_set(error, STATUS_USAGE, "concept.new.bad_number", "option", option, "value",
                          typed ? typed : answer.data, "most", most_text, NULL);
                if (typed)
                        break;
                cli_print(making->session->context, stderr, "concept.new.bad_number", "option", option, "value",
                          answer.data, "most", most_text);
        }
        return STATUS_USAGE;
}

static enum status take_name(struct making *making, struct error *error)
{
        struct cli_context *context = making->session->context;
        const char *standard = message_raw(making->first.language, "concept.new.standard_name");
        struct buffer answer buffer_cleanup;
        buffer_init(&answer, CLI_TEXT_MAX);
        const char *name = making->request->name ? making->request->name : standard;
        if (!making->request->name && making->interactive) {
                enum status status = ask_text(context, "concept.new.ask.name", standard, &answer, error);
                if (status != STATUS_OK)
                        return status;
                name = answer.data;
        }
        struct text text = text_trim(text_of(name));
        if (!text.length || text.length > FIRST_NAME_BYTES_MAX || !text_is_utf8(text.data, text.length))
                return error_set(error, STATUS_USAGE, "concept.new.bad_name", NULL);
        const char *copy = arena_copy(making->session->arena, text.data, text.length);
        if (!copy)
                return error_memory(error);
        making->first.name = (struct text){copy, text.length};
        return STATUS_OK;
}

static enum status take_language(struct making *making, struct error *error)
{
        struct cli_context *context = making->session->context;
        struct buffer answer buffer_cleanup;
        buffer_init(&answer, CLI_TEXT_MAX);
        making->first.language = context->language;
        if (!making->interactive)
                return STATUS_OK;
        enum status status = ask_text(context, "concept.new.ask.language", language_code(context->language), &answer,
                                      error);
        if (status == STATUS_OK && !language_parse(answer.data, &making->first.language))
                status = error_set(error, STATUS_USAGE, "concept.new.bad_language", "value", answer.data, NULL);
        return status;
}

/* The company's; without one what is typed, answered, or the standard one. */
static enum status take_currency(struct making *making, struct error *error)
{
        struct cli_context *context = making->session->context;
        struct buffer answer buffer_cleanup;
        buffer_init(&answer, CLI_TEXT_MAX);
        enum status status = setting_currency(making->session->connection, &making->first.currency, error);
        if (status != STATUS_OK)
                return status;
        const char *ledger = making->first.currency.code, *code = making->request->currency;
        if (*ledger && code && strcmp(ledger, code) != 0)
                return error_set(error, STATUS_CONFLICT, "setting.currency_differs", "currency", code, "ledger", ledger,
                                 NULL);
        if (*ledger)
                return STATUS_OK;
        if (!code && making->interactive) {
                status = ask_text(context, "concept.new.ask.currency", STANDARD_CURRENCY, &answer, error);
                code = answer.data;
        } else if (!code) {
                code = STANDARD_CURRENCY;
                cli_print(context, stderr, "concept.new.currency_taken", "currency", code);
        }
        unsigned digits;
        if (status == STATUS_OK)
                status = currency_minor_digits(text_of(code), &digits, error);
        if (status != STATUS_OK)
                return status;
        /* Amounts imported without a currency have the decimals they were imported with. */
        if (digits != making->first.currency.minor_digits && snapshot_document_count(making->session->snapshot))
                return error_set(error, STATUS_CONFLICT, "setting.currency_digits", "currency", code, NULL);
        snprintf(making->first.currency.code, sizeof(making->first.currency.code), "%s", code);
        making->first.currency.minor_digits = digits;
        return STATUS_OK;
}

static enum status take_answers(struct making *making, struct error *error)
{
        const struct concept_new_request *request = making->request;
        enum status status = take_language(making, error);
        if (status == STATUS_OK)
                status = take_name(making, error);
        if (status == STATUS_OK)
                status = take_currency(making, error);
        if (status == STATUS_OK)
                status = take_number(making, request->a_share, "concept.new.ask.share", "--a-share", STANDARD_A_PERCENT,
                                     PERCENT_MAX, &making->first.a_percent, error);
        if (status != STATUS_OK)
                return status;
        unsigned left = TOGETHER_MAX - making->first.a_percent;
        status = take_number(making, request->b_share, NULL, "--b-share",
                             left < STANDARD_B_PERCENT ? left : STANDARD_B_PERCENT, left, &making->first.b_percent,
                             error);
        if (status == STATUS_OK)
                status = take_number(making, request->year_month, "concept.new.ask.year", "--year-starts", 1, MONTHS,
                                     &making->first.year_month, error);
        return status;
}

/* ---- the document ------------------------------------------------------------------------------------------------ */

static enum status show(const struct making *making, const struct evaluation *evaluation, struct error *error)
{
        struct session *session = making->session;
        struct run run;
        struct buffer count buffer_cleanup;
        run_of(evaluation, &run);
        buffer_init(&count, 64);
        format_add_count(&count, session->context->language, (int64_t)making->first.customers);
        cli_print(session->context, stdout, "concept.new.written", "path", making->path, "count", count.data);
        return evaluate_output(session->context, session->connection, evaluation, &run, FORM_TABLE, 0, true,
                               session->arena, error);
}

/* With a session of its own, since the one that looked only reads. */
static enum status load(const struct making *making, struct error *error)
{
        struct cli_context *context = making->session->context;
        struct session writing session_cleanup = {0};
        struct version version;
        bool existed;
        char number[16];
        enum status status = session_open(&writing, context, CLI_WRITE, error);
        if (status == STATUS_OK)
                status = concept_file_load(context, writing.database, writing.connection, making->path, writing.arena,
                                           &version, &existed, error);
        if (status == STATUS_OK && !version.released)
                status = version_release(writing.database, &version, "cli", error);
        if (status != STATUS_OK)
                return status;
        snprintf(number, sizeof(number), "%d", version.number);
        cli_print(context, stdout, "concept.released", "program", version.program, "version", number);
        cli_print(context, stdout, "concept.new.next_evaluate");
        return STATUS_OK;
}

enum status concept_new(struct session *session, const struct concept_new_request *request, struct error *error)
{
        struct making making = {.session = session, .request = request, .interactive = ask_is_possible(),
                                .path = request->path ? request->path : STANDARD_PATH};
        struct buffer document buffer_cleanup;
        struct evaluation evaluation;
        struct version version;
        bool wanted = request->load;
        int32_t last_day;
        buffer_init(&document, CONCEPT_BYTES_MAX);
        if (file_exists(making.path) && !request->force)
                return error_set(error, STATUS_CONFLICT, "concept.new.exists", "path", making.path, NULL);
        enum status status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        if (status != STATUS_OK)
                return status;
        if (!survey_days(session->snapshot, clock_local_day(clock_now_ms()), &making.first_day, &last_day,
                         &making.complete_day))
                return error_set(error, STATUS_CONFLICT, "evaluate.no_documents", NULL);
        status = take_answers(&making, error);
        if (status != STATUS_OK)
                return status;
        status = first_ladder_compose(&making.first, making.first_day, making.complete_day, session->snapshot,
                                      session->connection, &session->parallel, session->arena, &document, &evaluation,
                                      &version, error);
        if (status == STATUS_OK)
                status = file_write(making.path, document.data, document.length, false, error);
        if (status == STATUS_OK)
                status = show(&making, &evaluation, error);
        if (status == STATUS_OK && !wanted && making.interactive)
                status = ask_yes(session->context, "concept.new.ask.load", &wanted, error);
        if (status != STATUS_OK)
                return status;
        if (wanted)
                return load(&making, error);
        cli_print(session->context, stdout, "concept.new.next_load", "path", making.path);
        return STATUS_OK;
}
