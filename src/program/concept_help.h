/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_help.h: what may stand in a concept file, for people.
 */
#ifndef TREUE_PROGRAM_CONCEPT_HELP_H
#define TREUE_PROGRAM_CONCEPT_HELP_H

#include "base/buffer.h"
#include "i18n/message.h"

/* Every key with its type, default, an example and what it is for; then metrics and windows. */
void concept_add_help(struct buffer *out, enum language language);

#endif
