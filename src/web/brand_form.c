/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * brand_form.c: what is shown of the look, and what is taken of what somebody chose. A segment whose colour is the one
 * it would have anyway has none of its own: it goes on following the brand.
 */
#include "web/brand_form.h"

#include "db/setting.h"
#include "platform/file.h"
#include "render/brand.h"
#include "web/resources.h"

enum { COLOUR_BYTES = 8, VALUE_BYTES_MAX = 1 << 16 };

static void write_colour(uint32_t colour, char text[COLOUR_BYTES])
{
        snprintf(text, COLOUR_BYTES, "#%06x", (unsigned)(colour & 0xffffff));
}

static void put_colour(struct model *model, struct value *map, const char *name, uint32_t colour)
{
        char text[COLOUR_BYTES];
        write_colour(colour, text);
        put_string(model, map, name, text);
}

/* The segments of a concept as the style sheet gets them, none with a colour of its own. */
static struct brand_segment *plain_segments(struct request *request, const struct concept *concept)
{
        struct brand_segment *segments =
                arena_zero(request_arena(request), concept->segment_count + 1, sizeof(*segments));
        for (size_t i = 0; segments && i < concept->segment_count; i++)
                segments[i] = (struct brand_segment){.code = concept->segments[i].id,
                                                     .prospects = concept->segments[i].kind == KIND_PROSPECT};
        return segments;
}

static uint32_t brand_of(struct text value)
{
        uint32_t colour = BRAND_COLOUR_USUAL;
        (void)brand_colour_parse(value, &colour);
        return colour;
}

/* ---- showing --------------------------------------------------------------------------------------------------- */

static void put_look(struct request *request, struct model *model, struct text stored)
{
        struct text asked = request_text(request, "brand_colour");
        struct text typed = asked.length ? asked : request_typed_at(request, "brand_colour", 0);
        struct value *map = put_map(model, NULL, "colour");
        uint32_t colour = brand_of(stored);
        bool wrong = typed.length && !brand_colour_parse(typed, &colour);
        struct brand_look look = brand_look(colour);
        put_colour(model, map, "chosen", colour);
        put_colour(model, map, "day", look.day);
        put_colour(model, map, "day_ink", look.day_ink);
        put_colour(model, map, "night", look.night);
        put_colour(model, map, "night_ink", look.night_ink);
        put_decimal(model, map, "contrast", look.contrast, 2);
        put_yes_no(model, map, "fits", look.day == colour);
        put_yes_no(model, map, "wrong", wrong);
}

/* What was chosen for a segment in a form that comes again; {NULL, 0}: nothing. */
static struct text typed_colour(struct request *request, struct text code)
{
        struct text segment;
        for (size_t i = 0; (segment = request_typed_at(request, "segment", i)).data; i++)
                if (text_equal(segment, code))
                        return request_typed_at(request, "segment_colour", i);
        return (struct text){NULL, 0};
}

static enum status put_segments(struct request *request, struct model *model, const struct concept *concept,
                                struct text colour, struct text own, struct error *error)
{
        struct brand_segment *segments = plain_segments(request, concept);
        struct value *list = put_list(model, NULL, "segment_colours");
        if (!segments)
                return error_memory(error);
        for (size_t i = 0; i < concept->segment_count; i++) {
                struct value *map = add_map(model, list);
                uint32_t shown = brand_segment_colour(brand_of(colour), segments, concept->segment_count, i);
                (void)brand_colour_parse(subbrand_segment_colour(own, segments[i].code), &shown);
                (void)brand_colour_parse(typed_colour(request, segments[i].code), &shown);
                put_segment_named(request, model, map, "segment", concept, segments[i].code);
                put_colour(model, map, "colour", shown);
        }
        return STATUS_OK;
}

enum status brand_form_put(struct request *request, struct model *model, struct connection *connection,
                           const struct concept *concept, struct error *error)
{
        const struct subbrand *subbrand;
        struct text colour, own;
        char number[16];
        enum status status = setting_find(connection, SUBBRAND_COLOUR_SETTING, request_arena(request), &colour, error);
        if (!status)
                status = setting_find(connection, SUBBRAND_SEGMENTS_SETTING, request_arena(request), &own, error);
        if (!status)
                status = subbrand_current(application_of(request)->subbrands, connection, &subbrand, error);
        if (status)
                return status;
        put_look(request, model, colour);
        put_yes_no(model, NULL, "has_segments", concept != NULL);
        if (concept)
                status = put_segments(request, model, concept, colour, own, error);
        if (!subbrand->logo) {
                put_none(model, NULL, "logo");
                return status;
        }
        struct value *logo = put_map(model, NULL, "logo");
        put_string(model, logo, "path", subbrand->logo->path);
        snprintf(number, sizeof(number), "%u", (unsigned)subbrand->logo_width);
        put_string(model, logo, "width", number);
        snprintf(number, sizeof(number), "%u", (unsigned)subbrand->logo_height);
        put_string(model, logo, "height", number);
        put_yes_no(model, logo, "remove", request_was_chosen(request, "logo_remove", text_of("yes")));
        return status;
}

/* ---- taking ---------------------------------------------------------------------------------------------------- */

static enum status take_logo(struct request *request, struct brand_change *change, struct error *error)
{
        struct buffer content buffer_cleanup;
        struct text name, kept;
        const char *path;
        char width[16], height[16];
        buffer_init(&content, 1);
        if (request_file(request, "logo", &path, &name, error)) {
                change->logo = request_yes(request, "logo_remove");
                return STATUS_OK;
        }
        enum status status = file_read(path, BRAND_UPLOAD_BYTES_MAX, &content, error);
        if (status)
                return status;
        if (content.length > SUBBRAND_LOGO_BYTES_MAX)
                return request_refuse_field(request, error, "logo", "setting.logo_bytes", "limit", "128", NULL);
        struct bytes bytes = {(const uint8_t *)content.data, content.length};
        if (!picture_read(bytes, &change->picture))
                return request_refuse_field(request, error, "logo", "setting.logo_kind", NULL);
        const struct picture *picture = &change->picture;
        snprintf(width, sizeof(width), "%u", (unsigned)picture->width);
        snprintf(height, sizeof(height), "%u", (unsigned)picture->height);
        if (picture->width < SUBBRAND_LOGO_SIDE_MIN || picture->width > SUBBRAND_LOGO_SIDE_MAX ||
            picture->height < SUBBRAND_LOGO_SIDE_MIN || picture->height > SUBBRAND_LOGO_SIDE_MAX)
                return request_refuse_field(request, error, "logo", "setting.logo_sides", "width", width, "height",
                                            height, NULL);
        if (!arena_keep_text(request_arena(request), (struct text){content.data, content.length}, &kept))
                return error_memory(error);
        change->content = (struct bytes){(const uint8_t *)kept.data, kept.length};
        change->logo = true;
        return STATUS_OK;
}

/* The place of a code among those of the form; SIZE_MAX: it is not there. */
static size_t typed_place(struct request *request, struct text code)
{
        for (size_t i = 0; i < request_repeats(request, "segment"); i++)
                if (text_equal(request_text_at(request, "segment", i), code))
                        return i;
        return SIZE_MAX;
}

static bool add_own(struct buffer *out, struct text code, const char *colour)
{
        return buffer_addf(out, "%s%.*s=%s", out->length ? " " : "", (int)code.length, code.data, colour);
}

/* What is set for segments the form does not know stays: they may be another program's. */
static bool keep_others(struct request *request, struct text before, struct buffer *out)
{
        bool fits = true;
        for (size_t place = 0; place < before.length && fits;) {
                const char *word = before.data + place;
                const char *end = memchr(word, ' ', before.length - place);
                size_t length = end ? (size_t)(end - word) : before.length - place;
                const char *equals = memchr(word, '=', length);
                if (equals && typed_place(request, (struct text){word, (size_t)(equals - word)}) == SIZE_MAX)
                        fits = (!out->length || buffer_add_byte(out, ' ')) && buffer_add(out, word, length);
                place += length + 1;
        }
        return fits;
}

static enum status take_segments(struct request *request, struct connection *connection, const struct concept *concept,
                                 struct brand_change *change, struct error *error)
{
        struct buffer value buffer_cleanup;
        struct text colour, before;
        size_t count = request_repeats(request, "segment");
        buffer_init(&value, VALUE_BYTES_MAX);
        if (count != request_repeats(request, "segment_colour"))
                return request_refuse_field(request, error, "segment_colour", "setting.bad_colour", NULL);
        if (!count)
                return STATUS_OK;
        struct brand_segment *segments = plain_segments(request, concept);
        if (!segments)
                return error_memory(error);
        enum status status = setting_find(connection, SUBBRAND_COLOUR_SETTING, request_arena(request), &colour, error);
        if (!status)
                status = setting_find(connection, SUBBRAND_SEGMENTS_SETTING, request_arena(request), &before, error);
        if (status)
                return status;
        bool fits = keep_others(request, before, &value);
        for (size_t i = 0; i < concept->segment_count && fits; i++) {
                size_t place = typed_place(request, segments[i].code);
                uint32_t typed;
                char text[COLOUR_BYTES];
                if (place == SIZE_MAX)
                        continue;
                if (!brand_colour_parse(request_text_at(request, "segment_colour", place), &typed))
                        return request_refuse_field(request, error, "segment_colour", "setting.bad_colour", NULL);
                write_colour(typed, text);
                if (typed != brand_segment_colour(brand_of(colour), segments, concept->segment_count, i))
                        fits = add_own(&value, segments[i].code, text);
        }
        struct text all = {value.length ? value.data : "", value.length};
        return fits && arena_keep_text(request_arena(request), all, &change->segment_colours) ? STATUS_OK
                                                                                              : error_memory(error);
}

enum status brand_form_take(struct request *request, struct connection *connection, const struct concept *concept,
                            struct brand_change *ret, struct error *error)
{
        struct brand_change change = {.logo = false};
        uint32_t colour;
        struct text typed = request_text(request, "brand_colour");
        if (typed.length && (typed.length != 7 || !brand_colour_parse(typed, &colour)))
                return request_refuse_field(request, error, "brand_colour", "setting.bad_colour", NULL);
        enum status status = take_logo(request, &change, error);
        if (!status && concept)
                status = take_segments(request, connection, concept, &change, error);
        if (!status)
                *ret = change;
        return status;
}
