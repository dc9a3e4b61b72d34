/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_new.h: `treue concept new`: a first concept from the data.
 */
#ifndef TREUE_CLI_CONCEPT_NEW_H
#define TREUE_CLI_CONCEPT_NEW_H

#include "cli/session.h"

/* As typed; NULL: asked for on a terminal, else the standard value. */
struct concept_new_request {
        const char *path;            /* NULL: concept.yaml */
        const char *name, *a_share, *b_share, *year_month, *currency;
        bool load, force;
};

/* Writes the file, shows the ladder it gives, and loads and releases it when told or answered so. `session` reads; a
 * writing one is opened when something is to be stored. */
must_check enum status concept_new(struct session *session, const struct concept_new_request *request,
                                   struct error *error);

#endif
