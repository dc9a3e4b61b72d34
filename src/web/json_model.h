/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * json_model.h: JSON that a job answered, or an entry of the audit log holds, as part of a model: texts, integers (as
 * counts), yes and no, lists and maps. What else JSON knows is none.
 */
#ifndef TREUE_WEB_JSON_MODEL_H
#define TREUE_WEB_JSON_MODEL_H

#include "base/status.h"
#include "render/value.h"

/* As the entry `name`. STATUS_CORRUPT "job.arguments_invalid" when it is no JSON. */
must_check enum status put_json(struct model *model, struct value *map, const char *name, struct text json,
                                struct error *error);

#endif
