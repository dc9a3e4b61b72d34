/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * actions.h: subcommands whose first word says what to do: `treue run list`, `treue override approve 3`.
 */
#ifndef TREUE_CLI_ACTIONS_H
#define TREUE_CLI_ACTIONS_H

#include "cli/options.h"

struct action {
        const char *name;
        size_t words_min, words_max; /* behind the name; SIZE_MAX: any number */
        const char *missing_key;     /* the error when there are fewer, with {action}; NULL when none are needed */
        enum cli_access access;      /* what the action does with the database */
        enum status (*run)(void *command, struct error *error); /* `command`: what the subcommand hands over */
};

/* Parses the command line (options_parse) and finds the action its first word names; *ret_rest are the words behind it.
 * STATUS_USAGE "cli.action_missing" {actions}, "cli.unknown_action" {action} {actions}, the action's missing_key
 * {action}, "cli.unexpected_word" {word}. */
struct action_syntax {
        const struct option_info *options;
        size_t option_count;
        const struct action *actions;
        size_t action_count;
};
must_check enum status action_parse(struct cli_context *context, const struct action_syntax *syntax, int argc,
                                    char **argv, const struct action **ret, struct words *ret_rest,
                                    struct error *error);

/* The same for actions whose answers are lists: the form of --format besides (`format`: where its option puts what was
 * typed), and the first word behind the action, NULL without one. STATUS_USAGE as options_form, too. */
struct action_call {
        const struct action *action;
        struct words rest;
        const char *word;
        enum form form;
};
must_check enum status action_parse_list(struct cli_context *context, const struct action_syntax *syntax,
                                         const char *const *format, int argc, char **argv, struct action_call *ret,
                                         struct error *error);

#define ACTION_SYNTAX(options, actions) \
        (&(struct action_syntax){(options), sizeof(options) / sizeof((options)[0]), (actions), \
                                 sizeof(actions) / sizeof((actions)[0])})

#endif
