/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * subbrand.h: under which name, with which logo and in which colours the program shows itself: name and claim of the
 * latest released concept of the first program; from the settings the brand's colour "brand_colour" ("#0b5c67"), those
 * of segments "segment_colours" ("A=#0b5c67 B=#4a7c59", by the segment's id; others go from the brand's colour to pale
 * ones), and "brand_logo", the digest of a picture in the table of that name.
 *
 * Each state becomes a style sheet under an address of its own (render/brand.h), each logo a picture. Asking costs two
 * queries by key; a new state is made once and kept until the program ends, because answers still point to it.
 */
#ifndef TREUE_WEB_SUBBRAND_H
#define TREUE_WEB_SUBBRAND_H

#include "base/arena.h"
#include "db/db.h"
#include "engine/concept.h"
#include "render/asset.h"

#define SUBBRAND_COLOUR_SETTING "brand_colour"
#define SUBBRAND_LOGO_SETTING "brand_logo"
#define SUBBRAND_SEGMENTS_SETTING "segment_colours"

/* A logo stands in the bar of every page: small in bytes, large enough for sharp screens and paper. */
enum { SUBBRAND_LOGO_BYTES_MAX = 128 << 10, SUBBRAND_LOGO_SIDE_MIN = 16, SUBBRAND_LOGO_SIDE_MAX = 2000 };

struct subbrand {
        struct bilingual name, claim; /* {NULL, 0} while no concept is released */
        struct asset style;           /* "/assets/brand-0123456789ab.css" */
        const struct asset *logo;     /* "/assets/logo-0123456789abcdef.png"; NULL: none */
        uint32_t logo_width, logo_height;
};

struct subbrands;
struct subbrands *subbrands_new(void);              /* NULL without memory */
void subbrands_free(struct subbrands *subbrands);   /* accepts NULL; nothing handed out may be used any more */

/* Lives until subbrands_free. */
must_check enum status subbrand_current(struct subbrands *subbrands, struct connection *connection,
                                        const struct subbrand **ret, struct error *error);
/* The style sheet or logo of any state there was since the program started; NULL: none at this address. */
const struct asset *subbrand_asset(struct subbrands *subbrands, struct text path);
/* Is it an address of such a kind? What another server handed out may be found once the current state was asked for. */
bool subbrand_is_asset_path(struct text path);

/* Name and claim alone, in the arena: for letters. {NULL, 0} while no concept is released. */
must_check enum status subbrand_words(struct connection *connection, struct arena *arena, struct bilingual *ret_name,
                                      struct bilingual *ret_claim, struct error *error);

/* The colour of a segment in a value of SUBBRAND_SEGMENTS_SETTING: "#4a7c59"; {NULL, 0}: none of its own. */
struct text subbrand_segment_colour(struct text colours, struct text segment);

/* Inside a write function: puts this picture, which was checked (render/picture.h), in the place of the one there was,
 * and the setting with it; the change stands in the audit chain as that of a setting. `content` empty: no logo. */
struct picture;
must_check enum status subbrand_set_logo(struct connection *connection, const char *actor,
                                         const struct picture *picture, struct bytes content, struct error *error);

#endif
