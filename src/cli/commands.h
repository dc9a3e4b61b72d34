/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands.h: the subcommands. A new one is a line here, a file src/cli/NAME.c with cmd_NAME, and two messages:
 * cli.summary.NAME (one line for the overview) and cli.help.NAME (how it is used).
 */
#ifndef TREUE_CLI_COMMANDS_H
#define TREUE_CLI_COMMANDS_H

#include <stddef.h>

#include "cli/cli.h"

#define COMMANDS(X) \
        X(analyse) \
        X(appeal) \
        X(backtest) \
        X(backup) \
        X(concept) \
        X(consent) \
        X(customer) \
        X(doctor) \
        X(evaluate) \
        X(explain) \
        X(export) \
        X(import) \
        X(init) \
        X(override) \
        X(restore) \
        X(run) \
        X(serve) \
        X(setting) \
        X(simulate) \
        X(user) \
        X(verify)

#define COMMAND_DECLARE(name) int cmd_##name(struct cli_context *context, int argc, char **argv);
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

struct command {
        const char *name;
        int (*run)(struct cli_context *context, int argc, char **argv);
        const char *summary_key, *help_key;
};
extern const struct command commands[];
extern const size_t command_count;

#endif
