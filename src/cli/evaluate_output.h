/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate_output.h: the result of an evaluation as a ladder for people, as JSON and as CSV.
 */
#ifndef TREUE_CLI_EVALUATE_OUTPUT_H
#define TREUE_CLI_EVALUATE_OUTPUT_H

#include "cli/cli.h"
#include "program/evaluation.h"
#include "program/runs.h"

/* Prints on standard output. `near_count` > 0 adds, to the table, that many customers who miss exactly one criterion of
 * the next better segment. */
must_check enum status evaluate_output(struct cli_context *context, struct connection *connection,
                                       const struct evaluation *evaluation, const struct run *run,
                                       enum form form, size_t near_count, bool dry_run,
                                       struct arena *arena, struct error *error);

/* The table: evaluate_table.c. */
must_check enum status evaluate_table(struct cli_context *context, struct connection *connection,
                                      const struct evaluation *evaluation, const struct run *run, size_t near_count,
                                      bool dry_run, struct arena *arena, struct error *error);

#endif
