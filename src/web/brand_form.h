/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * brand_form.h: the part of the settings that is about the look: colour with its contrast, colours of the segments,
 * logo (web/subbrand.h says what they are for).
 */
#ifndef TREUE_WEB_BRAND_FORM_H
#define TREUE_WEB_BRAND_FORM_H

#include "render/picture.h"
#include "web/program_view.h"
#include "web/subbrand.h"

/* Fields of the form, for the rows of the settings. */
#define BRAND_FIELDS \
        {.name = "brand_colour", .kind = INPUT_TEXT, .max = 7, .label = "setting.field.brand_colour"}, \
        {.name = "segment", .kind = INPUT_TEXT, .repeated = true, .max = 60}, \
        {.name = "segment_colour", .kind = INPUT_TEXT, .repeated = true, .max = 7, \
         .label = "setting.field.segment_colour"}, \
        {.name = "logo", .kind = INPUT_FILE, .max = BRAND_UPLOAD_BYTES_MAX, .label = "setting.field.logo"}, \
        {.name = "logo_remove", .kind = INPUT_YES_NO, .label = "setting.field.logo_remove"}
/* So much is taken in to be told what is wrong with it; SUBBRAND_LOGO_BYTES_MAX may be kept. */
enum { BRAND_UPLOAD_BYTES_MAX = 4 << 20 };

/* Puts "colour" (chosen, day, day_ink, night, night_ink, contrast, fits; `wrong`: it is no colour): that of the field
 * "brand_colour" where it is given, so that a page may ask before anything is saved; "segment_colours" (segment,
 * colour), where there is a concept; "logo" (path, width, height; `remove`: ticked in a form that
 * comes again). */
must_check enum status brand_form_put(struct request *request, struct model *model, struct connection *connection,
                                      const struct concept *concept, struct error *error);

/* What the form wants changed, all checked and in the request's arena. */
struct brand_change {
        struct text segment_colours; /* value of SUBBRAND_SEGMENTS_SETTING; {NULL, 0}: the form said nothing of it */
        bool logo;                   /* to be set to picture and content; no content: taken away */
        struct picture picture;
        struct bytes content;
};
/* STATUS_INVALID with the field that is wrong (request_refuse_field). `concept` NULL: there are no segments yet. */
must_check enum status brand_form_take(struct request *request, struct connection *connection,
                                       const struct concept *concept, struct brand_change *ret, struct error *error);

#endif
