/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run.c: `treue run`: the stored evaluations of a program: listed, shown, approved or rejected as a whole or one
 * decision at a time, repeated, compared.
 */
#include "cli/run_parts.h"

#include "cli/commands.h"
#include "program/explained.h"
#include "program/verdicts.h"

#define ARENA_BYTES_MAX ((size_t)16 << 30)

static enum status find_run(struct run_session *session, size_t word, struct run_summary *ret, struct error *error)
{
        return run_find_typed(session->connection, session->program_id, session->program, session->words[word],
                              session->arena, ret, error);
}

static enum status show(struct run_session *session, struct error *error)
{
        struct run_summary run;
        enum status status = find_run(session, 0, &run, error);
        return status == STATUS_OK ? run_show(session, &run, error) : status;
}

static enum status repeat(struct run_session *session, struct error *error)
{
        struct run_summary run;
        enum status status = find_run(session, 0, &run, error);
        return status == STATUS_OK ? run_repeat(session, &run, error) : status;
}

static enum status compare(struct run_session *session, struct error *error)
{
        struct run_summary run, other;
        enum status status = find_run(session, 0, &run, error);
        if (status == STATUS_OK && session->word_count > 1)
                status = find_run(session, 1, &other, error);
        if (status != STATUS_OK)
                return status;
        return run_compare(session, &run, session->word_count > 1 ? &other : NULL, error);
}

static enum status find_customers(struct run_session *session, struct verdict_request *request, struct error *error)
{
        size_t count = session->word_count - 1;
        int64_t *ids = arena_array(session->arena, int64_t, count + 1);
        if (!ids)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                struct explained found;
                enum status status = customer_find(session->connection, session->words[i + 1], session->arena, &found,
                                                   error);
                if (status != STATUS_OK)
                        return status;
                ids[i] = found.customer_id;
        }
        request->customer_ids = ids;
        request->customer_names = (const char *const *)session->words + 1;
        request->customer_count = count;
        return STATUS_OK;
}

static void say_given(const struct run_session *session, const struct run_summary *run, bool approve,
                      const struct verdict_result *result)
{
        enum language language = session->context->language;
        struct buffer count buffer_cleanup;
        struct buffer day buffer_cleanup;
        char number[16];
        buffer_init(&count, 64);
        buffer_init(&day, 64);
        snprintf(number, sizeof(number), "%d", run->number);
        format_add_count(&count, language, (int64_t)result->count);
        format_add_day(&day, language, result->effective_day);
        cli_print(session->context, stdout, approve ? "run.decisions_approved" : "run.decisions_rejected", "count",
                  count.data, "run", number, "effective", approve ? day.data : "");
}

static enum status give_verdicts(struct run_session *session, const struct run_summary *run, bool approve,
                                 struct error *error)
{
        struct verdict_request request = {.run = run, .approve = approve, .actor = session->actor,
                                          .reason = session->reason};
        struct verdict_result result;
        enum status status = find_customers(session, &request, error);
        if (status == STATUS_OK && session->kinds)
                status = decision_kinds_parse(session->kinds, &request.kinds, error);
        if (status == STATUS_OK)
                status = verdicts_give(session->database, &request, &result, error);
        if (status == STATUS_OK)
                say_given(session, run, approve, &result);
        return status;
}

static void say_run(const struct run_session *session, const char *key, const struct run_summary *run,
                    int32_t effective_day)
{
        struct buffer day buffer_cleanup;
        char number[16];
        buffer_init(&day, 64);
        snprintf(number, sizeof(number), "%d", run->number);
        if (effective_day != DAY_NONE)
                format_add_day(&day, session->context->language, effective_day);
        cli_print(session->context, stdout, key, "run", number, "effective", day.data ? day.data : "");
        if (run->beneath_undone)
                cli_print(session->context, stdout, "run.beneath_undone");
}

static enum status approve(struct run_session *session, struct error *error)
{
        struct run_summary run;
        int32_t effective_day;
        enum status status = find_run(session, 0, &run, error);
        if (status != STATUS_OK)
                return status;
        if (session->word_count > 1 || session->kinds)
                return give_verdicts(session, &run, true, error);
        status = verdict_approve_run(session->database, session->connection, &run, session->actor, session->reason,
                                     session->arena, &effective_day, error);
        if (status == STATUS_OK)
                say_run(session, "run.approved", &run, effective_day);
        return status;
}

static enum status reject(struct run_session *session, struct error *error)
{
        struct run_summary run;
        bool single = session->word_count > 1 || session->kinds;
        if (single == session->all)
                return error_set(error, STATUS_USAGE, "run.whom_to_reject", NULL);
        enum status status = find_run(session, 0, &run, error);
        if (status != STATUS_OK)
                return status;
        if (single)
                return give_verdicts(session, &run, false, error);
        status = verdict_reject_run(session->database, &run, session->actor, session->reason, error);
        if (status == STATUS_OK)
                say_run(session, "run.rejected", &run, DAY_NONE);
        return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

struct action {
        const char *name;
        size_t words_min, words_max;
        enum cli_access access;
        enum status (*run)(struct run_session *session, struct error *error);
};
static const struct action actions[] = {
        {"list", 0, 0, CLI_READ, run_list},
        {"show", 1, 1, CLI_READ, show},
        {"approve", 1, SIZE_MAX, CLI_WRITE, approve},
        {"reject", 1, SIZE_MAX, CLI_WRITE, reject},
        {"repeat", 1, 1, CLI_READ, repeat},
        {"compare", 1, 2, CLI_READ, compare},
};
enum { ACTION_COUNT = sizeof(actions) / sizeof(actions[0]) };

static enum status choose(const struct words *words, const struct action **ret, struct error *error)
{
        struct buffer all buffer_cleanup;
        buffer_init(&all, 1024);
        for (size_t i = 0; i < ACTION_COUNT; i++)
                buffer_addf(&all, "%s%s", i ? ", " : "", actions[i].name);
        if (words->count == 0)
                return error_set(error, STATUS_USAGE, "cli.action_missing", "actions", all.data, NULL);
        for (size_t i = 0; i < ACTION_COUNT; i++) {
                if (strcmp(words->items[0], actions[i].name) != 0)
                        continue;
                if (words->count - 1 < actions[i].words_min)
                        return error_set(error, STATUS_USAGE, "run.run_missing", "action", actions[i].name, NULL);
                if (words->count - 1 > actions[i].words_max)
                        return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word",
                                         words->items[actions[i].words_max + 1], NULL);
                *ret = &actions[i];
                return STATUS_OK;
        }
        return error_set(error, STATUS_USAGE, "cli.unknown_action", "action", words->items[0], "actions", all.data,
                         NULL);
}

static enum status read_words(struct run_session *session, int argc, char **argv, const struct action **ret,
                              struct error *error)
{
        const struct option_info options[] = {
                {"--kind", OPTION_VALUE, "KIND,...", "cli.option.run_kind", NULL, &session->kinds, NULL},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.reason", NULL, &session->reason, NULL},
                {"--actor", OPTION_VALUE, "NAME", "cli.option.actor", NULL, &session->actor, NULL},
                {"--all", OPTION_FLAG, NULL, "cli.option.run_all", &session->all, NULL, NULL},
                {"--from-facts", OPTION_FLAG, NULL, "cli.option.from_facts", &session->from_facts, NULL, NULL},
                {"--format", OPTION_VALUE, "table|json|csv", "cli.option.format", NULL, &session->format, NULL},
        };
        struct words words;
        enum status status = options_parse(session->context, options, sizeof(options) / sizeof(options[0]), argc, argv,
                                           &words, error);
        if (status == STATUS_OK)
                status = choose(&words, ret, error);
        if (status == STATUS_OK)
                status = options_form(session->format, FORMS_ALL, &session->form, error);
        if (status != STATUS_OK)
                return status;
        session->words = words.items + 1;
        session->word_count = words.count - 1;
        session->actor = session->actor ? session->actor : "cli";
        return STATUS_OK;
}

int cmd_run(struct cli_context *context, int argc, char **argv)
{
        struct run_session session = {.context = context, .arena = arena_new(ARENA_BYTES_MAX)};
        const struct action *action = NULL;
        struct error error;
        enum status status = session.arena ? read_words(&session, argc, argv, &action, &error) : error_memory(&error);
        if (status == STATUS_OK)
                status = cli_open_database(context, action->access, &session.database, &error);
        if (status == STATUS_OK)
                status = db_connect(session.database, &session.connection, &error);
        if (status == STATUS_OK)
                status = program_choose(session.connection, context->program, session.arena, &session.program_id,
                                        &session.program, &error);
        if (status == STATUS_OK)
                status = action->run(&session, &error);
        db_disconnect(session.connection);
        database_close(session.database);
        arena_free(session.arena);
        return status == STATUS_OK ? session.exit_status : cli_fail(context, status, &error);
}
