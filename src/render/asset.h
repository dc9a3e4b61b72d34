/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * asset.h: what pages load besides themselves: style sheet, script, font, icon. They are part of the binary (made of
 * ui/assets and its npm packages by tools/assets.mjs), already packed.
 *
 * An address carries a hash of the content: what stands there never changes and may be kept for ever. Templates never
 * write an address; they get it by name.
 */
#ifndef TREUE_RENDER_ASSET_H
#define TREUE_RENDER_ASSET_H

#include "base/text.h"

struct asset {
        const char *name;   /* "app.css" */
        const char *path;   /* "/assets/app-3f9a0c52d81e.css" */
        const char *type;   /* for Content-Type */
        const char *hash;   /* 12 hexadecimal digits; in quotes an ETag */
        struct text bytes;
        struct text gzip;   /* {NULL, 0}: packing saves nothing */
        struct text brotli; /* likewise */
};
extern const struct asset assets[];
extern const size_t asset_count;

/* NULL when there is none. */
const struct asset *asset_named(const char *name);
const struct asset *asset_at(struct text path);

#endif
