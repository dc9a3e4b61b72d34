/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * brand.c: colours that can be read, and the style sheet that names them.
 */
#include "render/brand.h"

enum { PALE = 0xc3cfc6, PROSPECTS = 0xc9b27c, DAY_GROUND = 0xf6f7f7, NIGHT_GROUND = 0x1f2628, STEPS = 64 };

/* Linear light of the values 0 to 255 of sRGB, in 1/100000 (IEC 61966-2-1): c/12.92 up to 0.04045, above that
 * ((c + 0.055) / 1.055) ^ 2.4. */
static const int32_t linear_light[256] = {
        0, 30, 61, 91, 121, 152, 182, 212, 243, 273, 304, 335, 368, 402,
        439, 478, 518, 561, 605, 651, 700, 750, 802, 857, 913, 972, 1033, 1096,
        1161, 1229, 1298, 1370, 1444, 1521, 1600, 1681, 1764, 1850, 1938, 2029, 2122, 2217,
        2315, 2416, 2519, 2624, 2732, 2843, 2956, 3071, 3190, 3310, 3434, 3560, 3689, 3820,
        3955, 4092, 4231, 4374, 4519, 4667, 4817, 4971, 5127, 5286, 5448, 5613, 5781, 5951,
        6125, 6301, 6480, 6663, 6848, 7036, 7227, 7421, 7619, 7819, 8022, 8228, 8438, 8650,
        8866, 9084, 9306, 9531, 9759, 9990, 10224, 10462, 10702, 10946, 11193, 11444, 11697, 11954,
        12214, 12477, 12744, 13014, 13287, 13563, 13843, 14126, 14413, 14703, 14996, 15293, 15593, 15896,
        16203, 16513, 16827, 17144, 17465, 17789, 18116, 18447, 18782, 19120, 19462, 19807, 20156, 20508,
        20864, 21223, 21586, 21953, 22323, 22697, 23074, 23455, 23840, 24228, 24620, 25016, 25415, 25818,
        26225, 26636, 27050, 27468, 27889, 28315, 28744, 29177, 29614, 30054, 30499, 30947, 31399, 31855,
        32314, 32778, 33245, 33716, 34191, 34670, 35153, 35640, 36131, 36625, 37124, 37626, 38133, 38643,
        39157, 39676, 40198, 40724, 41254, 41789, 42327, 42869, 43415, 43966, 44520, 45079, 45641, 46208,
        46778, 47353, 47932, 48515, 49102, 49693, 50289, 50888, 51492, 52100, 52712, 53328, 53948, 54572,
        55201, 55834, 56471, 57112, 57758, 58408, 59062, 59720, 60383, 61050, 61721, 62396, 63076, 63760,
        64448, 65141, 65837, 66539, 67244, 67954, 68669, 69387, 70110, 70838, 71569, 72306, 73046, 73791,
        74540, 75294, 76052, 76815, 77582, 78354, 79130, 79910, 80695, 81485, 82279, 83077, 83880, 84687,
        85499, 86316, 87137, 87962, 88792, 89627, 90466, 91310, 92158, 93011, 93869, 94731, 95597, 96469,
        97345, 98225, 99110, 100000,
};

static unsigned channel(uint32_t colour, unsigned place)
{
        return colour >> (16 - 8 * place) & 0xff;
}

/* Relative luminance, 0 to 1,000,000,000. */
static int64_t luminance(uint32_t colour)
{
        return INT64_C(2126) * linear_light[channel(colour, 0)] + INT64_C(7152) * linear_light[channel(colour, 1)]
                + INT64_C(722) * linear_light[channel(colour, 2)];
}

unsigned brand_contrast(uint32_t one, uint32_t other)
{
        int64_t a = luminance(one), b = luminance(other), flare = 50000000;
        return (unsigned)(a > b ? (a + flare) * 100 / (b + flare) : (b + flare) * 100 / (a + flare));
}

/* part/STEPS of the way from one colour to another. */
static uint32_t mixed(uint32_t from, uint32_t to, unsigned part)
{
        uint32_t result = 0;
        for (unsigned i = 0; i < 3; i++)
                result = result << 8 | (channel(from, i) * (STEPS - part) + channel(to, i) * part + STEPS / 2) / STEPS;
        return result;
}

uint32_t brand_ink(uint32_t colour)
{
        return brand_contrast(colour, 0xffffff) >= brand_contrast(colour, 0) ? 0xffffff : 0;
}

uint32_t brand_readable(uint32_t colour, uint32_t ground, unsigned least)
{
        uint32_t away = brand_ink(ground);
        unsigned part = 0;
        while (part < STEPS && brand_contrast(mixed(colour, away, part), ground) < least)
                part++;
        return mixed(colour, away, part);
}

static bool digit(char c, uint32_t *ret)
{
        if (c >= '0' && c <= '9')
                *ret = (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
                *ret = (uint32_t)((c | 32) - 'a') + 10;
        else
                return false;
        return true;
}

bool brand_colour_parse(struct text text, uint32_t *ret)
{
        if (text.length && text.data[0] == '#')
                text = (struct text){text.data + 1, text.length - 1};
        if (text.length != 3 && text.length != 6)
                return false;
        uint32_t colour = 0, value;
        for (size_t i = 0; i < text.length; i++) {
                if (!digit(text.data[i], &value))
                        return false;
                colour = text.length == 3 ? colour << 8 | value << 4 | value : colour << 4 | value;
        }
        *ret = colour;
        return true;
}

/* ---- the style sheet --------------------------------------------------------------------------------------------- */

static bool add_colour(struct buffer *out, const char *name, uint32_t colour)
{
        return buffer_addf(out, "%s:#%06x;", name, colour);
}

/* The code as a string of CSS: whatever is no letter or digit is escaped by its number. */
static bool add_code(struct buffer *out, struct text code)
{
        for (size_t i = 0; i < code.length; i++) {
                unsigned char c = (unsigned char)code.data[i];
                bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c >= 0x80;
                if (!(plain ? buffer_add_byte(out, (char)c) : buffer_addf(out, "\\%06x", c)))
                        return false;
        }
        return true;
}

static uint32_t colour_of(uint32_t brand, const struct brand_segment *segment, size_t place, size_t count)
{
        if (segment->has_colour)
                return segment->colour;
        if (segment->prospects)
                return PROSPECTS;
        return count < 2 ? brand : mixed(brand, PALE, (unsigned)(place * (STEPS * 3 / 4) / (count - 1)));
}

static bool add_segment(struct buffer *out, const struct brand_segment *segment, uint32_t colour)
{
        uint32_t night = brand_readable(colour, NIGHT_GROUND, 300);
        return buffer_add_text(out, "[data-segment=\"") && add_code(out, segment->code)
                && buffer_add_text(out, "\"]{")
                && add_colour(out, "--segment-day", colour) && add_colour(out, "--segment-day-ink", brand_ink(colour))
                && add_colour(out, "--segment-night", night) && add_colour(out, "--segment-night-ink", brand_ink(night))
                && buffer_add_text(out, "}\n");
}

struct brand_look brand_look(uint32_t colour)
{
        uint32_t day = brand_readable(colour, DAY_GROUND, BRAND_CONTRAST_TEXT);
        uint32_t night = brand_readable(colour, NIGHT_GROUND, BRAND_CONTRAST_TEXT);
        return (struct brand_look){day, brand_ink(day), night, brand_ink(night), brand_contrast(colour, DAY_GROUND)};
}

uint32_t brand_segment_colour(uint32_t colour, const struct brand_segment *segments, size_t count, size_t place)
{
        size_t ladder = 0, before = 0;
        for (size_t i = 0; i < count; i++) {
                ladder += !segments[i].prospects;
                before += !segments[i].prospects && i < place;
        }
        return colour_of(colour, &segments[place], before, ladder);
}

bool brand_add_style(struct buffer *out, uint32_t colour, const struct brand_segment *segments, size_t count)
{
        struct brand_look look = brand_look(colour);
        bool fits = buffer_add_text(out, ":root{") && add_colour(out, "--brand", look.day)
                && add_colour(out, "--brand-ink", look.day_ink) && add_colour(out, "--brand-text", look.day)
                && add_colour(out, "--brand-dark", look.night) && add_colour(out, "--brand-dark-ink", look.night_ink)
                && add_colour(out, "--brand-dark-text", look.night) && buffer_add_text(out, "}\n");
        for (size_t i = 0; i < count && fits; i++)
                fits = add_segment(out, &segments[i], brand_segment_colour(colour, segments, count, i));
        return fits;
}
