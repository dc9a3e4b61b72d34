/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_parts.h: what the parts of `treue run` share: what was typed and an open database.
 */
#ifndef TREUE_CLI_RUN_PARTS_H
#define TREUE_CLI_RUN_PARTS_H

#include "cli/actions.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "program/run_list.h"

struct run_command {
        struct session session;
        struct action_call call;      /* behind the action: RUN, then customers */
        const char *kinds, *reason, *actor, *format;
        bool all, from_facts;
        int exit_status;              /* of a command that did its work */
};

must_check enum status run_list(struct run_command *command, struct error *error);
must_check enum status run_show(struct run_command *command, const struct run_summary *run, struct error *error);

/* Decides the run again from its stored values, or with command->from_facts from the facts of its generation; says what
 * differs. Exit status 3 when something does. */
must_check enum status run_repeat(struct run_command *command, const struct run_summary *run, struct error *error);
/* Says what differs between the run and another one, or (other NULL) today's facts at its cut-off. */
must_check enum status run_compare(struct run_command *command, const struct run_summary *run,
                                   const struct run_summary *other, struct error *error);

#endif
