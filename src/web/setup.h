/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * setup.h: the guided start, for pages that lead there.
 */
#ifndef TREUE_WEB_SETUP_H
#define TREUE_WEB_SETUP_H

#include "http/request.h"

/* Nobody stands on a ladder yet, and the asker may change that. */
must_check enum status setup_is_due(struct request *request, bool *ret, struct error *error);

#endif
