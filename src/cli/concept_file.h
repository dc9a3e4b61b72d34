/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_file.h: reading a concept from a file, with all its problems said on standard error.
 */
#ifndef TREUE_CLI_CONCEPT_FILE_H
#define TREUE_CLI_CONCEPT_FILE_H

#include "cli/cli.h"
#include "program/problems.h"
#include "program/versions.h"

enum { CONCEPT_BYTES_MAX = 4 << 20 };

/* Reads and parses; every problem becomes a line "FILE:LINE:COLUMN: error: ..." on standard error. STATUS_INVALID
 * "concept.has_errors" {path} {count} when there are errors. */
must_check enum status concept_file_read(struct cli_context *context, const char *path, struct arena *arena,
                                         const struct concept **ret, struct text *ret_content,
                                         struct problem_list *ret_problems, struct error *error);

/* Reads the file and loads it as a draft when it is new. */
must_check enum status concept_file_load(struct cli_context *context, struct database *database,
                                         struct connection *connection, const char *path, struct arena *arena,
                                         struct version *ret, bool *ret_existed, struct error *error);

/* Reads the file without storing anything: the version it is or would be (number 0 when it is new). */
must_check enum status concept_file_look_up(struct cli_context *context, struct connection *connection,
                                            const char *path, struct arena *arena, struct version *ret,
                                            struct error *error);

#endif
