/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * upload_view.h: uploads on pages: the list of imports names them, the guided start leads through one.
 */
#ifndef TREUE_WEB_UPLOAD_VIEW_H
#define TREUE_WEB_UPLOAD_VIEW_H

#include "importer/upload.h"
#include "web/application.h"

extern const char *const upload_kind_names[IMPORT_KIND_COUNT + 1]; /* "customers", ...; ended by NULL */
bool upload_kind_of(struct text name, enum import_kind *ret);

/* id, file_name, kind, kind_name (a word), bytes, asked_by, created, path. */
void put_upload(struct request *request, struct model *model, struct value *map, const struct upload *upload);
/* What a form offers: value, label, chosen. */
void put_kinds(struct request *request, struct model *model, const char *name, enum import_kind chosen);
/* The kind as a word. */
void put_kind_word(struct request *request, struct model *model, struct value *map, const char *name,
                   struct text kind);
/* Waits a moment for the look at it, since most files are small. */
void upload_wait(struct request *request, int64_t upload_id);

#endif
