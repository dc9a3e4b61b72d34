/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ask.h: questions to a person at a terminal.
 */
#ifndef TREUE_CLI_ASK_H
#define TREUE_CLI_ASK_H

#include "cli/cli.h"

/* Is there somebody to ask: standard input and the one questions go to are terminals? */
bool ask_is_possible(void);

/* Asks on standard error and reads one line. An empty answer, or the end of the input, is `standard`, which is shown.
 * `answer` is replaced. */
must_check enum status ask_text(struct cli_context *context, const char *question_key, const char *standard,
                                struct buffer *answer, struct error *error);

/* Yes or no, "j" in German; anything else is asked again, a few times, then it is no. An empty answer is yes. */
must_check enum status ask_yes(struct cli_context *context, const char *question_key, bool *ret_yes,
                               struct error *error);

#endif
