/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands.c: the table of subcommands, made from the list in commands.h.
 */
#include "cli/commands.h"

#define COMMAND_ROW(name) {#name, cmd_##name, "cli.summary." #name, "cli.help." #name},
const struct command commands[] = {COMMANDS(COMMAND_ROW)};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);
