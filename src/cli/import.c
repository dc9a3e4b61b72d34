/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import.c: treue import KIND FILE... --profile FILE, treue import list, treue import undo, treue import discard.
 */
#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/import_parts.h"
#include "cli/options.h"
#include "platform/file.h"

enum { PROFILE_BYTES_MAX = 1 << 20, ID_DIGITS_MAX = 9 };
#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct import_words {
        const char *profile, *format;
        bool dry_run;
};

static enum status read_profile(struct cli_context *context, const char *path, const char *kind, struct arena *arena,
                                struct profile *ret, struct error *error)
{
        struct buffer text;
        enum status status = file_read(path, PROFILE_BYTES_MAX, &text, error);
        if (status)
                return status;
        status = profile_parse(arena, text.data, text.length, ret, error);
        buffer_release(&text);
        if (status) {
                cli_print(context, stderr, "profile.in_file", "path", path);
                return status;
        }
        if (strcmp(kind_infos[ret->kind].name, kind) != 0)
                return error_set(error, STATUS_USAGE, "import.kind_differs", "kind", kind, "profile_kind",
                                 kind_infos[ret->kind].name, "path", path, NULL);
        return STATUS_OK;
}

static enum status say_cleaned(struct cli_context *context, struct database *database, struct connection *connection,
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

/* After a failure: is something kept that the next attempt goes on from? */
static void say_kept(struct cli_context *context, struct connection *connection)
{
        uint64_t rows;
        struct error ignored;
        struct buffer count buffer_cleanup;
        buffer_init(&count, 64);
        if (import_staged_rows(connection, &rows, &ignored) != STATUS_OK || rows == 0)
                return;
        format_add_count(&count, context->language, (int64_t)rows);
        cli_print(context, stderr, "import.kept", "count", count.data);
}

/* One file; *ret_rejected when some of it was. */
static enum status import_one(struct cli_context *context, struct database *database, struct connection *connection,
                              const char *file, const struct profile *profile, bool dry_run, bool *ret_rejected,
                              struct error *error)
{
        struct import_bar bar = {.context = context, .visible = terminal_is_interactive(2)};
        struct import_options options = {
                .file = file,
                .profile = profile,
                .dry_run = dry_run,
                .language = context->language,
                .progress = import_bar_show,
                .progress_context = &bar,
        };
        struct import_result result;
        arena_cleanup struct arena *arena = arena_new(ARENA_BYTES_MAX);
        enum status status = arena ? import_file(database, connection, &options, arena, &result, error)
                                   : error_memory(error);
        import_bar_clear(&bar);
        if (status) {
                say_kept(context, connection);
                return status;
        }
        if (dry_run)
                status = import_print_preview(context, &result, error);
        if (status)
                return status;
        import_print_summary(context, &options, &result);
        fflush(stdout);
        *ret_rejected = result.counters.rows_rejected > 0;
        return STATUS_OK;
}

/* The import is done, whatever comes of looking through the data. */
static void say_findings(struct cli_context *context, struct database *database, struct connection *connection)
{
        struct error problem;
        enum status status = doctor_say_count(context, database, connection, &problem);
        if (!status)
                return;
        cli_print(context, stderr, "doctor.after_import_failed");
        (void)cli_fail(context, status, &problem);
}

static enum status import_files(struct cli_context *context, const char *kind, char **files, size_t count,
                                const struct import_words *words, bool *ret_rejected, struct error *error)
{
        struct profile profile;
        database_cleanup struct database *database = NULL;
        connection_cleanup struct connection *connection = NULL;
        arena_cleanup struct arena *arena = arena_new(ARENA_BYTES_MAX);
        enum status status = arena ? read_profile(context, words->profile, kind, arena, &profile, error)
                                   : error_memory(error);
        if (!status)
                status = cli_open_database(context, words->dry_run ? CLI_READ : CLI_WRITE, &database, error);
        if (!status)
                status = db_connect(database, &connection, error);
        if (!status && !words->dry_run)
                status = say_cleaned(context, database, connection, error);
        bool rejected = false;
        for (size_t i = 0; i < count && !status; i++) {
                bool some = false;
                status = import_one(context, database, connection, files[i], &profile, words->dry_run, &some, error);
                rejected = rejected || some;
        }
        *ret_rejected = rejected;
        if (!status && !words->dry_run)
                say_findings(context, database, connection);
        return status;
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
                status = say_cleaned(context, database, connection, error);
        if (!status)
                status = import_undo(database, connection, import_id, &undone, error);
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

static bool is_kind(const char *word)
{
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++)
                if (strcmp(kind_infos[kind].name, word) == 0)
                        return true;
        return false;
}

/* What the words ask for. */
static enum status dispatch(struct cli_context *context, const struct words *words, const struct import_words *options,
                            bool *ret_rejected, struct error *error)
{
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
        if (!is_kind(first))
                return error_set(error, STATUS_USAGE, "import.unknown_kind", "kind", first, "kinds", kinds.data,
                                 NULL);
        if (words->count == 1)
                return error_set(error, STATUS_USAGE, "import.no_file", "kind", first, NULL);
        if (!options->profile)
                return error_set(error, STATUS_USAGE, "import.no_profile", "kind", first, NULL);
        return import_files(context, first, words->items + 1, words->count - 1, options, ret_rejected, error);
}

int cmd_import(struct cli_context *context, int argc, char **argv)
{
        struct import_words values = {0};
        const struct option_info options[] = {
                {"--profile", OPTION_VALUE, "FILE", "cli.option.profile", .value = &values.profile},
                {"--dry-run", OPTION_FLAG, NULL, "cli.option.import_dry_run", .flag = &values.dry_run},
                {"--format", OPTION_VALUE, "table|json|csv|xlsx", "cli.option.import_format", .value = &values.format},
        };
        struct error error;
        struct words words;
        bool rejected = false;
        enum status status = options_parse(context, options, sizeof(options) / sizeof(options[0]), argc, argv, &words,
                                           &error);
        if (!status)
                status = dispatch(context, &words, &values, &rejected, &error);
        if (status)
                return cli_fail(context, status, &error);
        return rejected ? CLI_REJECTED : CLI_DONE;
}
