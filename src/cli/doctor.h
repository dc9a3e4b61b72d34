/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * doctor.h: what the data doctor says after an import.
 */
#ifndef TREUE_CLI_DOCTOR_H
#define TREUE_CLI_DOCTOR_H

#include "cli/cli.h"

/* How many findings there are and how to see them; nothing when there are none. Looks only where that takes little time
 * (doctor.c says the limits), else says just the command. */
must_check enum status doctor_say_count(struct cli_context *context, struct database *database,
                                        struct connection *connection, struct error *error);

#endif
