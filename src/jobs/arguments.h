/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * arguments.h: what a job is told: a JSON object of texts, integers and lists of texts.
 */
#ifndef TREUE_JOBS_ARGUMENTS_H
#define TREUE_JOBS_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct arguments;

/* STATUS_CORRUPT "job.arguments_invalid". What it hands out lives as long as it does. */
must_check enum status arguments_parse(struct text json, struct arguments **ret, struct error *error);
void arguments_free(struct arguments *arguments); /* accepts NULL */

/* Of another kind, or not there: {NULL, 0}, 0. */
struct text arguments_text(const struct arguments *arguments, const char *name);
int64_t arguments_integer(const struct arguments *arguments, const char *name);
size_t arguments_count(const struct arguments *arguments, const char *name);
struct text arguments_text_at(const struct arguments *arguments, const char *name, size_t index);

#endif
