/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cli.h: what the subcommands share: global options, opening the database, speaking to the user, the exit status.
 *
 * A subcommand is a file src/cli/NAME.c with `int cmd_NAME(struct cli_context *, int argc, char **argv)` (argv[0] is
 * its name) and a line in commands.h. It parses its words with options_parse (options.h), which also takes the global
 * options wherever they stand, and returns an exit status; errors leave by `return cli_fail(context, status, &error)`.
 */
#ifndef TREUE_CLI_CLI_H
#define TREUE_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/status.h"
#include "db/db.h"
#include "i18n/message.h"
#include "platform/answer_file.h"
#include "render/sheet.h"

enum { CLI_DONE = 0, CLI_REJECTED = 1, CLI_USAGE = 2, CLI_FAILED = 3 };
enum { CLI_TEXT_MAX = 1 << 20 };

struct cli_context {
        enum language language;
        const char *data;    /* --data, TREUE_DATA, "./treue-data" */
        const char *url;     /* --db, TREUE_DB; NULL: the embedded database */
        const char *program; /* --program; NULL: the only one */
        bool migrate;        /* --migrate */
        const char *command; /* the subcommand's name */
        const char *output;  /* --output; NULL or "-": standard output */
        struct answer_file *answer; /* the file of --output, once the form of the answer is known */
        bool is_workbook;    /* that form */
        bool help_shown;     /* options_parse answered --help; nothing is left to do */
};

/* The whole command line; returns the exit status. */
int cli_main(int argc, char **argv);

enum cli_access { CLI_READ, CLI_WRITE, CLI_NO_DATABASE };
/* Opens the database and sets the company's time zone. CLI_READ works beside a process that owns the data directory. */
must_check enum status cli_open_database(struct cli_context *context, enum cli_access access, struct database **ret,
                                         struct error *error);
static inline void database_closep(struct database **database) { database_close(*database); }
#define database_cleanup __attribute__((cleanup(database_closep)))

/* Says the error on standard error and returns the exit status; 0 without a word when --help was answered. */
int cli_fail(struct cli_context *context, enum status status, const struct error *error);
int cli_exit_status(enum status status);

/* Writes the buffer and a line end, unless it ends with one. */
void cli_write(FILE *stream, const struct buffer *text);
/* How a list of this command is given out, in the reader's language; in a file of its own (--output) CSV is as
 * spreadsheets of that language open it. */
struct sheet_style cli_style(const struct cli_context *context, enum form form, struct buffer *out);
/* What a command answers, if anything: on standard output, unless the buffer failed. */
must_check enum status cli_answer(const struct buffer *answer, struct error *error);
/* A message of the catalogue as one or more lines: cli_print(context, stdout, "key", "name", value, ...). */
#define cli_print(context, stream, ...)                                                     \
        do {                                                                                \
                struct buffer cli_print_text;                                               \
                buffer_init(&cli_print_text, CLI_TEXT_MAX);                                 \
                message_add(&cli_print_text, (context)->language, __VA_ARGS__, NULL);       \
                cli_write((stream), &cli_print_text);                                       \
                buffer_release(&cli_print_text);                                            \
        } while (0)

#endif
