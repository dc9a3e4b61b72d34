/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * asset_overlay.h: the assets of a server: those of the binary and those of an overlay, which win: a subbrand's icon,
 * logo, pictures for its templates, or another style sheet.
 */
#ifndef TREUE_RENDER_ASSET_OVERLAY_H
#define TREUE_RENDER_ASSET_OVERLAY_H

#include "base/arena.h"
#include "base/status.h"
#include "render/asset.h"

enum { OVERLAY_ASSETS_MAX = 200, OVERLAY_ASSET_BYTES_MAX = 4 << 20 };

/* Files of OVERLAY/assets ("logo.svg", NAME.ENDING of lower case letters, digits and '_') stand instead of the asset
 * of this name, or are new; templates find them under {{assets.logo_svg}}. All live in the arena. `overlay` NULL, or
 * without such a folder: those of the binary. STATUS_INVALID "asset.bad_name" {name}: also for an ending that is none
 * of css, js, svg, png, jpg, webp, woff2, ico, txt; STATUS_LIMIT "asset.too_many" {limit}, "file.too_large". */
must_check enum status assets_load(const char *overlay, struct arena *arena, const struct asset **ret,
                                   size_t *ret_count, struct error *error);

#endif
