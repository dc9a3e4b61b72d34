/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_parts.h: the check of a database with its report, as treue verify and treue restore print it.
 */
#ifndef TREUE_CLI_VERIFY_PARTS_H
#define TREUE_CLI_VERIFY_PARTS_H

#include "cli/cli.h"

/* Checks an open database and prints the report on standard output; *ret_findings 0: everything is whole. */
must_check enum status verify_and_print(struct cli_context *context, struct database *database, bool deep,
                                        bool as_json, uint64_t *ret_findings, struct error *error);

#endif
