/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * picture.h: what a picture is that somebody hands in: its kind and size, read from its own bytes and never from its
 * name. Kinds that can hold no script and no address: PNG (W3C PNG, third edition), JPEG (ITU-T T.81), WebP (RFC
 * 9649). The structure is walked from the first byte to the last: a picture that is cut off, and one with something
 * else behind its end, is none. Pixels are not decoded here, only by browsers; how many there may be is for the caller
 * to say.
 */
#ifndef TREUE_RENDER_PICTURE_H
#define TREUE_RENDER_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum picture_kind { PICTURE_PNG, PICTURE_JPEG, PICTURE_WEBP, PICTURE_KIND_COUNT };
extern const char *const picture_types[PICTURE_KIND_COUNT];   /* "image/png": for Content-Type */
extern const char *const picture_endings[PICTURE_KIND_COUNT]; /* "png" */

struct picture {
        enum picture_kind kind;
        uint32_t width, height; /* in pixels; not 0 */
};
/* False: none of these kinds, or damaged. */
bool picture_read(struct bytes bytes, struct picture *ret);

#endif
