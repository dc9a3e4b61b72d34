/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * templates.h: the templates of ui/templates, which are in the binary, and those of an overlay that win over them: a
 * subbrand may give pages another look without building anything.
 */
#ifndef TREUE_RENDER_TEMPLATES_H
#define TREUE_RENDER_TEMPLATES_H

#include "render/template.h"

/* Made by tools/templates.py. */
extern const struct template_source templates_built_in[];
extern const size_t templates_built_in_count;

/* All templates, parsed. `overlay`: a folder; OVERLAY/templates/NAME.mustache stands instead of the built-in template
 * of this name, and files directly in OVERLAY/templates may be new ones. NULL: none. What is wrong in a template is
 * told as by template_set_new. */
must_check enum status templates_load(const char *overlay, struct template_set **ret, struct error *error);

#endif
