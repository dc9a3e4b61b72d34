/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * subbrand.h: under which name and in which colours the program shows itself: name and claim of the latest released
 * concept of the first program, the colour from the setting "brand_colour" ("#0b5c67"), one colour per segment.
 *
 * Each state becomes a style sheet under an address of its own (render/brand.h). Asking costs two queries by key; a
 * concept is parsed once after its release. What was handed out stays until the process ends: there are as many as
 * releases and changes of colour, about 2 kB each.
 */
#ifndef TREUE_WEB_SUBBRAND_H
#define TREUE_WEB_SUBBRAND_H

#include "db/db.h"
#include "engine/concept.h"
#include "render/asset.h"

#define SUBBRAND_COLOUR_SETTING "brand_colour"

struct subbrand {
        struct bilingual name, claim; /* {NULL, 0} while no concept is released */
        struct asset style;           /* "/assets/brand-0123456789ab.css" */
};

struct subbrands;
struct subbrands *subbrands_new(void);              /* NULL without memory */
void subbrands_free(struct subbrands *subbrands);   /* accepts NULL; nothing handed out may be used any more */

/* Any thread may ask. A colour that is none counts as not chosen. */
must_check enum status subbrand_current(struct subbrands *subbrands, struct connection *connection,
                                        const struct subbrand **ret, struct error *error);
/* The style sheet at an address; NULL when none was handed out under it. */
const struct asset *subbrand_asset(struct subbrands *subbrands, struct text path);

#endif
