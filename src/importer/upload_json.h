/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * upload_json.h: what the jobs of uploads answer, as JSON (upload.h tells its shape).
 */
#ifndef TREUE_IMPORTER_UPLOAD_JSON_H
#define TREUE_IMPORTER_UPLOAD_JSON_H

#include "base/buffer.h"
#include "importer/import.h"
#include "importer/proposal.h"

/* `dry` is what a dry run found, NULL while something is open. */
must_check enum status upload_look_json(const struct proposal *proposal, const struct import_result *dry,
                                        struct buffer *out, struct error *error);
must_check enum status upload_result_json(const struct import_result *result, struct buffer *out,
                                          struct error *error);

#endif
