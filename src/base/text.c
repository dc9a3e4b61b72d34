/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * text.c: comparing, trimming, checking and folding UTF-8.
 */
#include "base/text.h"

#include <xxhash.h>

#include "base/buffer.h"

int text_compare(struct text a, struct text b)
{
        size_t shorter = a.length < b.length ? a.length : b.length;
        int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
        return order ? order : (a.length > b.length) - (a.length < b.length);
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text text_trim(struct text text)
{
        if (text.length == 0)
                return text;
        const char *start = text.data, *end = text.data + text.length;
        /* Nearly all texts have nothing to take off: both ends are ASCII and no blanks. */
        if ((unsigned char)*start - 0x21u < 0x5eu && (unsigned char)end[-1] - 0x21u < 0x5eu)
                return text;
        for (;;) {
                if (start < end && is_blank(*start))
                        start++;
                else if (end - start >= 2 && memcmp(start, "\xc2\xa0", 2) == 0)
                        start += 2;
                else
                        break;
        }
        for (;;) {
                if (start < end && is_blank(end[-1]))
                        end--;
                else if (end - start >= 2 && memcmp(end - 2, "\xc2\xa0", 2) == 0)
                        end -= 2;
                else
                        break;
        }
        return (struct text){start, (size_t)(end - start)};
}

/* Length of the valid sequence at p, its code point in *ret; 0 when malformed. */
static size_t decode(const unsigned char *p, size_t left, uint32_t *ret)
{
        uint32_t point;
        size_t length;
        if (p[0] < 0x80) {
                *ret = p[0];
                return 1;
        }
        if (p[0] >= 0xc2 && p[0] <= 0xdf) {
                length = 2;
                point = p[0] & 0x1fU;
        } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
                length = 3;
                point = p[0] & 0x0fU;
        } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
                length = 4;
                point = p[0] & 0x07U;
        } else {
                return 0;
        }
        if (left < length)
                return 0;
        for (size_t i = 1; i < length; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
                point = point << 6 | (p[i] & 0x3fU);
        }
        if ((length == 3 && point < 0x800) || (length == 4 && (point < 0x10000 || point > 0x10ffff))
            || (point >= 0xd800 && point <= 0xdfff))
                return 0;
        *ret = point;
        return length;
}

static bool add_point(struct buffer *out, uint32_t point)
{
        char bytes[4];
        size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        static const unsigned char first[5] = {0, 0, 0xc0, 0xe0, 0xf0};
        for (size_t i = length - 1; i > 0; i--, point >>= 6)
                bytes[i] = (char)(0x80 | (point & 0x3f));
        bytes[0] = (char)(first[length] | point);
        return buffer_add(out, bytes, length);
}

bool text_is_utf8(const char *data, size_t length)
{
        const unsigned char *p = (const unsigned char *)data, *end = length ? p + length : p;
        while (p < end) {
                uint64_t word;
                if (end - p >= 8) {
                        memcpy(&word, p, 8);
                        if (!(word & UINT64_C(0x8080808080808080))) {
                                p += 8;
                                continue;
                        }
                }
                uint32_t point;
                size_t step = decode(p, (size_t)(end - p), &point);
                if (!step)
                        return false;
                p += step;
        }
        return true;
}

uint64_t text_hash(const void *data, size_t length)
{
        return XXH3_64bits(data, length);
}

/* Latin letters with marks and what they fold to; umlauts are told apart by `expanded`. */
struct folding {
        uint32_t point;
        const char *plain, *expanded; /* expanded NULL: as plain */
};

static const struct folding foldings[] = {
        {0xdf, "ss", NULL},  {0xe0, "a", NULL},   {0xe1, "a", NULL},  {0xe2, "a", NULL},  {0xe3, "a", NULL},
        {0xe4, "a", "ae"},   {0xe5, "a", NULL},   {0xe6, "ae", NULL}, {0xe7, "c", NULL},  {0xe8, "e", NULL},
        {0xe9, "e", NULL},   {0xea, "e", NULL},   {0xeb, "e", NULL},  {0xec, "i", NULL},  {0xed, "i", NULL},
        {0xee, "i", NULL},   {0xef, "i", NULL},   {0xf0, "d", NULL},  {0xf1, "n", NULL},  {0xf2, "o", NULL},
        {0xf3, "o", NULL},   {0xf4, "o", NULL},   {0xf5, "o", NULL},  {0xf6, "o", "oe"},  {0xf8, "o", NULL},
        {0xf9, "u", NULL},   {0xfa, "u", NULL},   {0xfb, "u", NULL},  {0xfc, "u", "ue"},  {0xfd, "y", NULL},
        {0xfe, "th", NULL},  {0xff, "y", NULL},   {0x101, "a", NULL}, {0x103, "a", NULL}, {0x105, "a", NULL},
        {0x107, "c", NULL},  {0x109, "c", NULL},  {0x10b, "c", NULL}, {0x10d, "c", NULL}, {0x10f, "d", NULL},
        {0x111, "d", NULL},  {0x113, "e", NULL},  {0x115, "e", NULL}, {0x117, "e", NULL}, {0x119, "e", NULL},
        {0x11b, "e", NULL},  {0x11d, "g", NULL},  {0x11f, "g", NULL}, {0x121, "g", NULL}, {0x123, "g", NULL},
        {0x125, "h", NULL},  {0x127, "h", NULL},  {0x129, "i", NULL}, {0x12b, "i", NULL}, {0x12d, "i", NULL},
        {0x12f, "i", NULL},  {0x131, "i", NULL},  {0x133, "ij", NULL}, {0x135, "j", NULL}, {0x137, "k", NULL},
        {0x13a, "l", NULL},  {0x13c, "l", NULL},  {0x13e, "l", NULL}, {0x140, "l", NULL}, {0x142, "l", NULL},
        {0x144, "n", NULL},  {0x146, "n", NULL},  {0x148, "n", NULL}, {0x14d, "o", NULL}, {0x14f, "o", NULL},
        {0x151, "o", NULL},  {0x153, "oe", NULL}, {0x155, "r", NULL}, {0x157, "r", NULL}, {0x159, "r", NULL},
        {0x15b, "s", NULL},  {0x15d, "s", NULL},  {0x15f, "s", NULL}, {0x161, "s", NULL}, {0x163, "t", NULL},
        {0x165, "t", NULL},  {0x167, "t", NULL},  {0x169, "u", NULL}, {0x16b, "u", NULL}, {0x16d, "u", NULL},
        {0x16f, "u", NULL},  {0x171, "u", NULL},  {0x173, "u", NULL}, {0x175, "w", NULL}, {0x177, "y", NULL},
        {0x17a, "z", NULL},  {0x17c, "z", NULL},  {0x17e, "z", NULL}, {0x17f, "s", NULL}, {0x219, "s", NULL},
        {0x21b, "t", NULL},  {0x1e9e, "ss", NULL},
};

/* The lower-case letter of the ranges `foldings` covers. */
static uint32_t lower(uint32_t point)
{
        if (point >= 'A' && point <= 'Z')
                return point + 32;
        if (point >= 0xc0 && point <= 0xde && point != 0xd7)
                return point + 32;
        if (point == 0x178)
                return 0xff;
        if (point == 0x218 || point == 0x21a)
                return point + 1;
        bool odd_is_upper = (point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17e);
        if (point >= 0x100 && point <= 0x17e && point != 0x130 && point != 0x131 && point != 0x138 && point != 0x149)
                return odd_is_upper ? point + (point & 1) : point | 1;
        return point == 0x130 ? 'i' : point;
}

static const struct folding *folding_of(uint32_t point)
{
        size_t low = 0, high = sizeof(foldings) / sizeof(foldings[0]);
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (foldings[middle].point < point)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < sizeof(foldings) / sizeof(foldings[0]) && foldings[low].point == point ? &foldings[low] : NULL;
}

/* Takes the combining marks that follow a letter (as files from macOS spell them); a, o and u with two dots become the
 * umlaut, all other marks go. */
static uint32_t take_marks(const unsigned char **cursor, const unsigned char *end, uint32_t small)
{
        uint32_t mark;
        size_t length;
        while (*cursor < end && (length = decode(*cursor, (size_t)(end - *cursor), &mark)) != 0 && mark >= 0x300
               && mark <= 0x36f) {
                if (mark == 0x308)
                        small = small == 'a' ? 0xe4 : small == 'o' ? 0xf6 : small == 'u' ? 0xfc : small;
                *cursor += length;
        }
        return small;
}

/* Appends the folded text; *ret_differs: an umlaut was met, so the two forms differ. */
static bool add_folded(struct buffer *out, struct text text, bool expanded, bool *ret_differs)
{
        const unsigned char *p = (const unsigned char *)text.data, *end = text.length ? p + text.length : p;
        while (p < end) {
                uint32_t point;
                size_t length = decode(p, (size_t)(end - p), &point);
                p += length ? length : 1;
                if (!length || (point >= 0x300 && point <= 0x36f))
                        continue;
                uint32_t small = take_marks(&p, end, lower(point));
                const struct folding *folding = small >= 0x80 ? folding_of(small) : NULL;
                if (folding) {
                        if (folding->expanded && ret_differs)
                                *ret_differs = true;
                        buffer_add_text(out, expanded && folding->expanded ? folding->expanded : folding->plain);
                } else {
                        add_point(out, small);
                }
        }
        return !out->failed;
}

bool text_add_search(struct buffer *out, struct text text)
{
        bool differs = false;
        size_t start = out->length;
        if (!add_folded(out, text, true, &differs) || !differs)
                return !out->failed;
        if (out->length > start)
                buffer_add_byte(out, ' ');
        return add_folded(out, text, false, NULL);
}

bool text_add_sort_key(struct buffer *out, struct text text)
{
        return add_folded(out, text, false, NULL);
}

size_t text_distance(const char *a, const char *b)
{
        size_t a_length = strlen(a), b_length = strlen(b), row[TEXT_DISTANCE_MAX + 1];
        if (a_length > TEXT_DISTANCE_MAX || b_length > TEXT_DISTANCE_MAX)
                return TEXT_DISTANCE_MAX;
        for (size_t j = 0; j <= b_length; j++)
                row[j] = j;
        for (size_t i = 1; i <= a_length; i++) {
                size_t diagonal = row[0];
                row[0] = i;
                for (size_t j = 1; j <= b_length; j++) {
                        size_t best = diagonal + (a[i - 1] != b[j - 1]);
                        diagonal = row[j];
                        best = row[j] + 1 < best ? row[j] + 1 : best;
                        best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
                        row[j] = best;
                }
        }
        return row[b_length];
}

bool text_add_windows_1252(struct buffer *out, const uint8_t *data, size_t length)
{
        static const uint16_t high[32] = {
                0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
        };
        if (!buffer_reserve(out, length))
                return false;
        for (size_t i = 0; i < length; i++) {
                unsigned point = data[i] >= 0x80 && data[i] < 0xa0 ? high[data[i] - 0x80] : data[i];
                add_point(out, point);
        }
        return !out->failed;
}
