/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * answer_file.h: a file that holds what a command answers: complete under its name, or not there at all. It is written
 * under another name beside it, which ends with the process's number and ".tmp". What is no ordinary file (a pipe, a
 * terminal) is written to as it is.
 */
#ifndef TREUE_PLATFORM_ANSWER_FILE_H
#define TREUE_PLATFORM_ANSWER_FILE_H

#include <stdbool.h>

#include "base/status.h"

struct answer_file;

/* Errors name `path`. `takes_output`: what is printed to standard output from now on goes into the file, to the end of
 * the process. Otherwise somebody else writes it, by the name answer_file_working_path gives; what is no ordinary file
 * is refused then: STATUS_INVALID "file.not_ordinary" {path}. */
must_check enum status answer_file_open(const char *path, bool takes_output, struct answer_file **ret,
                                        struct error *error);
const char *answer_file_working_path(const struct answer_file *file);
bool answer_file_is_empty(const struct answer_file *file); /* nothing was written into it so far */

/* Gives the file its name, durably, replacing one that had it. Frees. */
must_check enum status answer_file_finish(struct answer_file *file, struct error *error);
void answer_file_discard(struct answer_file *file); /* leaves nothing behind; accepts NULL */

#endif
