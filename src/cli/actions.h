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

/* The action that the first word names; *ret_rest are the words behind it. STATUS_USAGE "cli.action_missing" {actions},
 * "cli.unknown_action" {action} {actions}, the action's missing_key {action}, "cli.unexpected_word" {word}. */
must_check enum status action_choose(const struct action *actions, size_t count, const struct words *words,
                                     const struct action **ret, struct words *ret_rest, struct error *error);

#endif
