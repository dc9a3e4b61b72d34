/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import.c: treue import KIND FILE... [--profile FILE], treue import list, treue import undo, treue import discard.
 */
#include "cli/commands.h"
#include "cli/import_parts.h"
#include "cli/options.h"

enum { ID_DIGITS_MAX = 9 };

enum status import_say_cleaned(struct cli_context *context, struct database *database, struct connection *connection,
                               struct error *error)
{
        size_t removed;
        enum status status = import_clean_up(database, connection, &removed, error);
        if (status || removed == 0)
                return status;
        char count[24];
        snprintf(count, sizeof(count), "%zu", removed);
        cli_print(context, stderr, "import.cleaned_up", "count", count);
        return STATUS_OK;
}

static bool parse_number(const char *word, int32_t *ret)
{
        int32_t number = 0;
        size_t length = strlen(word);
        for (size_t i = 0; i < length; i++) {
                if (word[i] < '0' || word[i] > '9' || length > ID_DIGITS_MAX)
                        return false;
                number = number * 10 + (word[i] - '0');
        }
        *ret = number;
        return number > 0;
}

static enum status undo(struct cli_context *context, const struct words *words, struct error *error)
{
        int32_t import_id = 0;
        if (words->count > 2)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words->items[2], NULL);
        if (words->count == 2 && !parse_number(words->items[1], &import_id))
                return error_set(error, STATUS_USAGE, "import.unknown", "import", words->items[1], NULL);
        database_cleanup struct database *database = NULL;
        connection_cleanup struct connection *connection = NULL;
        struct import_undone undone;
        enum status status = cli_open_database(context, CLI_WRITE, &database, error);
        if (!status)
                status = db_connect(database, &connection, error);
        if (!status)
                status = import_say_cleaned(context, database, connection, error);
        if (!status)
                status = import_undo(database, connection, import_id, "cli", &undone, error);
        if (status)
                return status;
        char number[16], generation[24], runs[24];
        snprintf(number, sizeof(number), "%d", (int)undone.import_id);
        snprintf(generation, sizeof(generation), "%lld", (long long)undone.generation);
        snprintf(runs, sizeof(runs), "%lld", (long long)undone.runs_flagged);
        cli_print(context, stdout, "import.undo.done", "import", number, "generation", generation);
        if (undone.refusals_kept) {
                char refusals[24];
                snprintf(refusals, sizeof(refusals), "%lld", (long long)undone.refusals_kept);
                cli_print(context, stdout, "import.undo.refusals_kept", "count", refusals, "import", number);
        }
        if (undone.runs_flagged)
                cli_print(context, stdout, "import.undo.runs_flagged", "count", runs);
        if (undone.index_stale)
                import_print_stale(context, &undone.index_error);
        return STATUS_OK;
}

static enum status discard(struct cli_context *context, const struct words *words, struct error *error)
{
        int32_t import_id = 0;
        size_t removed = 0;
        char count[24];
        if (words->count > 2)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words->items[2], NULL);
        if (words->count == 2 && !parse_number(words->items[1], &import_id))
                return error_set(error, STATUS_USAGE, "import.not_unfinished", "import", words->items[1], NULL);
        database_cleanup struct database *database = NULL;
        connection_cleanup struct connection *connection = NULL;
        enum status status = cli_open_database(context, CLI_WRITE, &database, error);
        if (!status)
                status = db_connect(database, &connection, error);
        if (!status)
                status = import_discard(database, connection, import_id, &removed, error);
        if (status)
                return status;
        snprintf(count, sizeof(count), "%zu", removed);
        cli_print(context, stdout, removed ? "import.discard.done" : "import.discard.none", "count", count);
        return STATUS_OK;
}

static enum status list(struct cli_context *context, const struct words *words, const struct import_words *options,
                        struct error *error)
{
        enum form form;
        if (words->count > 1)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words->items[1], NULL);
        enum status status = options_form(context, options->format, FORMS_ALL, &form, error);
        return status == STATUS_OK ? import_print_list(context, form, error) : status;
}

/* Appends the kinds of import as they are typed. */
static void add_kinds(struct buffer *out)
{
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++)
                buffer_addf(out, "%s%s", kind ? ", " : "", kind_infos[kind].name);
}

static bool find_kind(const char *word, enum import_kind *ret)
{
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++) {
                if (strcmp(kind_infos[kind].name, word) == 0) {
                        *ret = (enum import_kind)kind;
                        return true;
                }
        }
        return false;
}

/* What the words ask for. */
static enum status dispatch(struct cli_context *context, const struct words *words, const struct import_words *options,
                            int *ret_worst, struct error *error)
{
        enum import_kind kind;
        const char *first = words->count ? words->items[0] : NULL;
        struct buffer kinds buffer_cleanup;
        buffer_init(&kinds, 1024);
        add_kinds(&kinds);
        if (!first)
                return error_set(error, STATUS_USAGE, "import.no_kind", "kinds", kinds.data, NULL);
        if (strcmp(first, "list") == 0)
                return list(context, words, options, error);
        if (strcmp(first, "undo") == 0)
                return undo(context, words, error);
        if (strcmp(first, "discard") == 0)
                return discard(context, words, error);
        if (!find_kind(first, &kind))
                return error_set(error, STATUS_USAGE, "import.unknown_kind", "kind", first, "kinds", kinds.data,
                                 NULL);
        if (words->count == 1)
                return error_set(error, STATUS_USAGE, "import.no_file", "kind", first, NULL);
        if (options->profile && (options->source || options->save_profile || options->columns.count ||
                                 options->values.count || options->answers.count))
                return error_set(error, STATUS_USAGE, "import.profile_or_proposal", NULL);
        return import_all_files(context, kind, words->items + 1, words->count - 1, options, ret_worst, error);
}

int cmd_import(struct cli_context *context, int argc, char **argv)
{
        struct import_words values = {0};
        const struct option_info options[] = {
                {"--profile", OPTION_VALUE, "FILE", "cli.option.profile", .value = &values.profile},
                {"--source", OPTION_VALUE, "NAME", "cli.option.import_source", .value = &values.source},
                {"--column", OPTION_REPEATED, "FIELD=COLUMN", "cli.option.import_column", .values = &values.columns},
                {"--value", OPTION_REPEATED, "FIELD=TEXT", "cli.option.import_value", .values = &values.values},
                {"--answer", OPTION_REPEATED, "NAME=ANSWER", "cli.option.import_answer", .values = &values.answers},
                {"--save-profile", OPTION_VALUE, "FILE", "cli.option.save_profile", .value = &values.save_profile},
                {"--yes", OPTION_FLAG, NULL, "cli.option.import_yes", .flag = &values.yes},
                {"--dry-run", OPTION_FLAG, NULL, "cli.option.import_dry_run", .flag = &values.dry_run},
                {"--format", OPTION_VALUE, "table|json|csv|xlsx", "cli.option.import_format", .value = &values.format},
        };
        struct error error;
        struct words words;
        int worst = CLI_DONE;
        enum status status = options_parse(context, options, sizeof(options) / sizeof(options[0]), argc, argv, &words,
                                           &error);
        if (!status)
                status = dispatch(context, &words, &values, &worst, &error);
        if (status == STATUS_CANCELLED && !context->help_shown) {
                cli_print(context, stdout, "import.proposal.declined");
                return CLI_DONE;
        }
        if (status)
                return cli_fail(context, status, &error);
        return worst;
}
