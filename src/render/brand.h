/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * brand.h: the colours of a subbrand as a small style sheet: one for the brand, one per segment, by day and by night.
 *
 * A company chooses its colour; whether it can be read is not left to it. Contrast is that of WCAG 2.2:
 * (brighter + 0.05) / (darker + 0.05) of relative luminances, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio; texts
 * need 4.5. Where the colour as such has less, texts and buttons take it darker by day and lighter by night; letters
 * on it are black or white, whichever reads better (one of the two always has at least 4.5). Integers only.
 *
 * A colour is 0xRRGGBB.
 */
#ifndef TREUE_RENDER_BRAND_H
#define TREUE_RENDER_BRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

enum {
        BRAND_COLOUR_USUAL = 0x0b5c67,      /* where a company has chosen none */
        BRAND_CONTRAST_TEXT = 450,          /* in hundredths */
        BRAND_CONTRAST_NONE = 100,
};

/* "#0b5c67", "0B5C67", "#06c": false for anything else. */
bool brand_colour_parse(struct text text, uint32_t *ret);
/* In hundredths, rounded down: 100 (the same) to 2100 (black on white). */
unsigned brand_contrast(uint32_t one, uint32_t other);
/* The colour, darkened or lightened (away from the ground) just as far as `least` hundredths on the ground need. */
uint32_t brand_readable(uint32_t colour, uint32_t ground, unsigned least);
/* Black or white, whichever reads better on the colour. */
uint32_t brand_ink(uint32_t colour);

/* A chosen colour as pages use it: for texts and buttons by day and by night, and what is written on it. */
struct brand_look {
        uint32_t day, day_ink, night, night_ink;
        unsigned contrast;    /* of the chosen colour on the pages' ground by day, in hundredths */
};
struct brand_look brand_look(uint32_t colour);

struct brand_segment {
        struct text code;     /* as in the concept: what data-segment="" names */
        bool prospects;       /* whom a segment of prospects takes a colour apart from the ladder's */
        bool has_colour;      /* chosen for this segment */
        uint32_t colour;
};
/* The colour a segment is shown in by day. */
uint32_t brand_segment_colour(uint32_t colour, const struct brand_segment *segments, size_t count, size_t place);
/* Appends the style sheet. Segments come best first; those without a colour of their own go from the brand's colour to
 * pale ones. */
bool brand_add_style(struct buffer *out, uint32_t colour, const struct brand_segment *segments, size_t count);

#endif
