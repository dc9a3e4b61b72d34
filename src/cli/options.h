/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * options.h: options and words of a command line.
 *
 * "--name value", "--name=value" and "--flag" may stand anywhere among the words; "--" ends them; "-" is a word
 * (standard input). The global options (--data, --db, --lang, --program, --migrate, --help) are taken as well. Mistakes
 * are STATUS_USAGE with the nearest known option as a hint.
 */
#ifndef TREUE_CLI_OPTIONS_H
#define TREUE_CLI_OPTIONS_H

#include <stddef.h>

#include "cli/cli.h"

enum option_kind { OPTION_FLAG, OPTION_VALUE, OPTION_REPEATED };

enum { OPTION_VALUES_MAX = 64 };
struct option_values {
        const char *items[OPTION_VALUES_MAX];
        size_t count;
};

struct option_info {
        const char *name;       /* "--cutoff" */
        enum option_kind kind;
        const char *value_name; /* "DATE" in the help; NULL for a flag */
        const char *help_key;   /* one line */
        bool *flag;             /* where it goes, by kind */
        const char **value;
        struct option_values *values;
};

/* The words that are no options; point into argv. */
struct words {
        char **items;
        size_t count;
};

/* Parses argv[1..]. Reorders argv so that the words come first. A command that has --format has --output FILE as well
 * (context->output). --help prints the command's help, sets context->help_shown and returns STATUS_CANCELLED (hand it
 * to cli_fail). */
must_check enum status options_parse(struct cli_context *context, const struct option_info *options, size_t count,
                                     int argc, char **argv, struct words *ret, struct error *error);

/* The same for a command that takes at most `words_max` words. STATUS_USAGE "cli.unexpected_word" {word}. */
must_check enum status options_parse_words(struct cli_context *context, const struct option_info *options,
                                           size_t count, size_t words_max, int argc, char **argv, struct words *ret,
                                           struct error *error);

/* --format of a command whose answer is a list; `where` takes what was typed, options_form reads it. */
#define OPTION_FORMAT(where) \
        {"--format", OPTION_VALUE, "table|json|csv|xlsx", "cli.option.format", NULL, &(where), NULL}

/* Takes argv[*index] when it is a global option, and moves *index to its last word. *ret_taken says whether. */
must_check enum status options_take_global(struct cli_context *context, int argc, char **argv, int *index,
                                           bool *ret_taken, struct error *error);

/* A date as it is typed: 2025-12-31. STATUS_USAGE "cli.bad_date" {value}. */
must_check enum status options_day(const char *value, int32_t *ret, struct error *error);

/* The form an answer is wanted in, one of `forms` (IN_TABLE | ...): --format as it was typed ("text" is another word
 * for table); NULL: what the ending of --output's file says, else table, or CSV where there is none. Opens that file:
 * what the command prints from then on goes there, a workbook by cli_style. STATUS_USAGE "cli.bad_format" {value}
 * {formats}, "cli.workbook_needs_output". */
must_check enum status options_form(struct cli_context *context, const char *value, unsigned forms, enum form *ret,
                                    struct error *error);

bool options_has_ending(const char *path, const char *ending); /* "csv": does the file's name end with ".csv"? */

/* Appends the help lines of the global options. */
void options_add_global_help(struct buffer *out, enum language language);

/* The candidate nearest to `word`, NULL when none is near: for hints. */
const char *options_nearest(const char *word, const char *(*candidate)(const void *context, size_t i),
                            const void *context, size_t count);

#endif
