/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backup.c: treue backup FILE|DIRECTORY and treue restore FILE.
 */
#include "db/backup.h"

#include <stdlib.h>

#include "base/calendar.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/verify_parts.h"
#include "platform/clock.h"
#include "platform/file.h"

enum { PATH_BYTES_MAX = 4096, BAR_INTERVAL_MS = 100 };

struct bar {
        struct cli_context *context;
        bool visible;
        int64_t shown_ns;
};

static void show(void *context, uint64_t bytes_done, uint64_t bytes_total)
{
        struct bar *bar = context;
        int64_t now_ns = clock_monotonic_ns();
        if (!bar->visible || (bar->shown_ns && now_ns - bar->shown_ns < BAR_INTERVAL_MS * INT64_C(1000000)))
                return;
        bar->shown_ns = now_ns;
        struct buffer line buffer_cleanup;
        buffer_init(&line, 256);
        buffer_add_text(&line, "\r");
        format_add_percent(&line, bar->context->language, (int64_t)bytes_done,
                           bytes_total ? (int64_t)bytes_total : 1);
        buffer_add_text(&line, "\x1B[K");
        fwrite(line.data, 1, line.length, stderr);
        fflush(stderr);
}

/* Into a directory: named by day and time, so that they sort by age. */
static enum status choose_name(const char *word, struct buffer *path, struct error *error)
{
        buffer_init(path, PATH_BYTES_MAX);
        if (!directory_exists(word)) {
                buffer_add_text(path, word);
        } else {
                int64_t now_ms = clock_now_ms(), seconds = now_ms / 1000 % 86400;
                buffer_addf(path, "%s/treue-", word);
                day_add_iso(path, (int32_t)(now_ms / 86400000));
                buffer_addf(path, "T%02d%02d%02dZ.db", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                            (int)(seconds % 60));
        }
        return path->failed ? error_memory(error) : STATUS_OK;
}

/* A command with one word: the file. */
static enum status one_word(struct cli_context *context, int argc, char **argv, const char **ret, struct error *error)
{
        struct words words;
        enum status status = options_parse_words(context, NULL, 0, 1, argc, argv, &words, error);
        if (!status && words.count == 0)
                status = error_set(error, STATUS_USAGE, "backup.no_file", "command", context->command, NULL);
        if (!status && context->url && *context->url)
                status = error_set(error, STATUS_USAGE, "backup.other_tools", NULL);
        if (!status)
                *ret = words.items[0];
        return status;
}

static enum status back_up(struct cli_context *context, const char *word, struct error *error)
{
        database_cleanup struct database *database = NULL;
        connection_cleanup struct connection *connection = NULL;
        struct bar bar = {.context = context, .visible = terminal_is_interactive(2)};
        struct buffer path buffer_cleanup;
        enum status status = choose_name(word, &path, error);
        if (!status)
                status = cli_open_database(context, CLI_READ, &database, error);
        if (!status)
                status = db_connect(database, &connection, error);
        if (!status)
                status = database_backup(connection, path.data, show, &bar, error);
        if (bar.shown_ns)
                fputs("\r\x1B[K", stderr);
        if (!status)
                cli_print(context, stdout, "backup.done", "path", path.data);
        return status;
}

int cmd_backup(struct cli_context *context, int argc, char **argv)
{
        struct error error;
        const char *word;
        enum status status = one_word(context, argc, argv, &word, &error);
        if (!status)
                status = back_up(context, word, &error);
        return status ? cli_fail(context, status, &error) : CLI_DONE;
}

/* ---- restoring ------------------------------------------------------------------------------------------------- */

static enum status check(struct cli_context *context, const char *place, uint64_t *ret_findings, struct error *error)
{
        struct cli_context inside = *context;
        inside.data = place;
        database_cleanup struct database *database = NULL;
        enum status status = cli_open_database(&inside, CLI_READ, &database, error);
        return status ? status : verify_and_print(context, database, false, false, ret_findings, error);
}

static enum status restore(struct cli_context *context, const char *file, uint64_t *ret_findings, struct error *error)
{
        char *place;
        enum status status = database_restore_begin(file, context->data, &place, error);
        if (status)
                return status;
        uint64_t findings = 0;
        status = check(context, place, &findings, error);
        free(place);
        struct error ignored;
        enum status ended = database_restore_end(context->data, !status && findings == 0, status ? &ignored : error);
        if (!status)
                *ret_findings = findings;
        return status ? status : ended;
}

int cmd_restore(struct cli_context *context, int argc, char **argv)
{
        struct error error;
        const char *word;
        uint64_t findings = 0;
        enum status status = one_word(context, argc, argv, &word, &error);
        if (!status)
                status = restore(context, word, &findings, &error);
        if (status)
                return cli_fail(context, status, &error);
        cli_print(context, findings ? stderr : stdout, findings ? "restore.refused" : "restore.done", "file", word,
                  "path", context->data);
        return findings ? CLI_REJECTED : CLI_DONE;
}
