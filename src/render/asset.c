/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * asset.c: finding assets. They are a handful: looking through them is quicker than anything cleverer.
 */
#include "render/asset.h"

const struct asset *asset_named(const char *name)
{
        for (size_t i = 0; i < asset_count; i++)
                if (text_is(text_of(name), assets[i].name))
                        return &assets[i];
        return NULL;
}

const struct asset *asset_at(struct text path)
{
        for (size_t i = 0; i < asset_count; i++)
                if (text_is(path, assets[i].path))
                        return &assets[i];
        return NULL;
}
