/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * style_sample.h: made-up data for the page that shows every part of pages (docs/internals/components.md).
 */
#ifndef TREUE_WEB_STYLE_SAMPLE_H
#define TREUE_WEB_STYLE_SAMPLE_H

#include "render/value.h"

void style_sample(struct model *model);

#endif
