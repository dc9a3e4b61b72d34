/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * encoding.c: conversion between UTF-8 and the encodings of source files.
 */
#include "importer/encoding.h"

const char *encoding_name(enum encoding encoding)
{
        switch (encoding) {
        case ENCODING_UTF_8:
                return "utf-8";
        case ENCODING_UTF_16_LE:
                return "utf-16le";
        case ENCODING_UTF_16_BE:
                return "utf-16be";
        case ENCODING_WINDOWS_1252:
                return "windows-1252";
        case ENCODING_AUTO:
                break;
        }
        return "auto";
}

bool encoding_is_ascii(const char *data, size_t length)
{
        uint64_t seen = 0;
        size_t i = 0;
        for (; i + 32 <= length; i += 32) {
                uint64_t words[4];
                memcpy(words, data + i, 32);
                seen |= words[0] | words[1] | words[2] | words[3];
        }
        for (; i < length; i++)
                seen |= (uint64_t)(uint8_t)data[i];
        return (seen & UINT64_C(0x8080808080808080)) == 0;
}

/* Length of the valid sequence at the start of non-ASCII bytes; 0 when invalid or cut. */
static size_t sequence_length(const uint8_t *at, size_t left)
{
        uint8_t first = at[0];
        size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || left < length)
                return 0;
        for (size_t i = 1; i < length; i++)
                if ((at[i] & 0xC0) != 0x80)
                        return 0;
        bool overlong = (first == 0xE0 && at[1] < 0xA0) || (first == 0xF0 && at[1] < 0x90);
        bool surrogate = first == 0xED && at[1] >= 0xA0, beyond = first == 0xF4 && at[1] >= 0x90;
        return overlong || surrogate || beyond ? 0 : length;
}

size_t encoding_valid_utf_8(const char *data, size_t length)
{
        const uint8_t *bytes = (const uint8_t *)data;
        size_t i = 0;
        while (i < length) {
                if (i + 8 <= length) {
                        uint64_t word;
                        memcpy(&word, bytes + i, 8);
                        if ((word & UINT64_C(0x8080808080808080)) == 0) {
                                i += 8;
                                continue;
                        }
                }
                if (bytes[i] < 0x80) {
                        i++;
                        continue;
                }
                size_t sequence = sequence_length(bytes + i, length - i);
                if (sequence == 0)
                        return i;
                i += sequence;
        }
        return length;
}

bool encoding_is_cut_utf_8(const char *data, size_t length)
{
        static const char *const endings[] = {"\x80\x80\x80", "\x90\x80\x80", "\xA0\x80\x80", "\xBF\xBF\xBF"};
        if (length == 0 || length > 3 || (uint8_t)data[0] < 0xC2)
                return false;
        uint8_t first = (uint8_t)data[0];
        size_t needed = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (length >= needed)
                return false;
        for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
                uint8_t whole[4];
                memcpy(whole, data, length);
                memcpy(whole + length, endings[i], needed - length);
                if (sequence_length(whole, needed) == needed)
                        return true;
        }
        return false;
}

static bool ends_line(const char *at, const char *end)
{
        return *at == '\n' || (*at == '\r' && (at + 1 == end || at[1] != '\n'));
}

/* Every byte of a file passes here, so LANES of them are compared at a time; each lane counts up to 255. */
enum { LANES = 16, LANE_COUNTS_MAX = 255 };
typedef uint8_t lanes __attribute__((vector_size(LANES)));

uint64_t encoding_count_lines(const char *data, size_t length)
{
        const char *at = data, *end = data + length;
        uint64_t count = 0;
        while ((size_t)(end - at) > LANES) {
                lanes counts = {0}, bytes, next;
                for (int i = 0; i < LANE_COUNTS_MAX && (size_t)(end - at) > LANES; i++, at += LANES) {
                        memcpy(&bytes, at, LANES);
                        memcpy(&next, at + 1, LANES);
                        counts -= (lanes)((bytes == '\n') | ((bytes == '\r') & (next != '\n')));
                }
                for (int i = 0; i < LANES; i++)
                        count += counts[i];
        }
        for (; at < end; at++)
                count += ends_line(at, end);
        return count;
}

static void add_code_point(struct buffer *out, uint32_t point)
{
        char bytes[4];
        if (point < 0x80) {
                buffer_add_byte(out, (char)point);
        } else if (point < 0x800) {
                bytes[0] = (char)(0xC0 | point >> 6);
                bytes[1] = (char)(0x80 | (point & 0x3F));
                buffer_add(out, bytes, 2);
        } else if (point < 0x10000) {
                bytes[0] = (char)(0xE0 | point >> 12);
                bytes[1] = (char)(0x80 | (point >> 6 & 0x3F));
                bytes[2] = (char)(0x80 | (point & 0x3F));
                buffer_add(out, bytes, 3);
        } else {
                bytes[0] = (char)(0xF0 | point >> 18);
                bytes[1] = (char)(0x80 | (point >> 12 & 0x3F));
                bytes[2] = (char)(0x80 | (point >> 6 & 0x3F));
                bytes[3] = (char)(0x80 | (point & 0x3F));
                buffer_add(out, bytes, 4);
        }
}

static uint32_t unit_at(const uint8_t *data, bool little)
{
        return little ? (uint32_t)data[0] | (uint32_t)data[1] << 8 : (uint32_t)data[1] | (uint32_t)data[0] << 8;
}

static bool from_utf_16(struct buffer *out, bool little, const uint8_t *data, size_t length, bool at_end,
                        size_t *ret_used)
{
        size_t i = 0;
        bool valid = true;
        while (valid && i + 2 <= length) {
                uint32_t unit = unit_at(data + i, little);
                if (unit < 0xD800 || unit > 0xDFFF) {
                        add_code_point(out, unit);
                        i += 2;
                        continue;
                }
                if (i + 4 > length && unit < 0xDC00)
                        break;
                uint32_t low = unit < 0xDC00 ? unit_at(data + i + 2, little) : 0;
                valid = low >= 0xDC00 && low <= 0xDFFF;
                if (valid) {
                        add_code_point(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                        i += 4;
                }
        }
        *ret_used = i;
        return valid && (i == length || !at_end);
}

bool encoding_to_utf_8(struct buffer *out, enum encoding encoding, const uint8_t *data, size_t length, bool at_end,
                       size_t *ret_used)
{
        *ret_used = length;
        switch (encoding) {
        case ENCODING_UTF_16_LE:
        case ENCODING_UTF_16_BE:
                return from_utf_16(out, encoding == ENCODING_UTF_16_LE, data, length, at_end, ret_used);
        case ENCODING_WINDOWS_1252:
                text_add_windows_1252(out, data, length);
                return true;
        case ENCODING_UTF_8:
        case ENCODING_AUTO:
                break;
        }
        buffer_add(out, data, length);
        return true;
}

/* One code point of valid UTF-8; moves on. */
static uint32_t take_code_point(const uint8_t **at)
{
        const uint8_t *bytes = *at;
        uint32_t first = bytes[0];
        if (first < 0x80) {
                *at += 1;
                return first;
        }
        if (first < 0xE0) {
                *at += 2;
                return (first & 0x1F) << 6 | (bytes[1] & 0x3FU);
        }
        if (first < 0xF0) {
                *at += 3;
                return (first & 0x0F) << 12 | (bytes[1] & 0x3FU) << 6 | (bytes[2] & 0x3FU);
        }
        *at += 4;
        return (first & 0x07) << 18 | (bytes[1] & 0x3FU) << 12 | (bytes[2] & 0x3FU) << 6 | (bytes[3] & 0x3FU);
}

static void add_unit(struct buffer *out, bool little, uint32_t unit)
{
        char low = (char)(unit & 0xFF), high = (char)(unit >> 8);
        buffer_add_byte(out, little ? low : high);
        buffer_add_byte(out, little ? high : low);
}

static void add_utf_16(struct buffer *out, bool little, uint32_t point)
{
        if (point < 0x10000) {
                add_unit(out, little, point);
                return;
        }
        add_unit(out, little, 0xD800 + ((point - 0x10000) >> 10));
        add_unit(out, little, 0xDC00 + ((point - 0x10000) & 0x3FF));
}

static char windows_1252_byte(uint32_t point)
{
        /* 0x80..0x9F; 0 where nothing is assigned. U+FFFD is what such bytes were read as: 0x81 reads so again. */
        static const uint16_t high[32] = {
                0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
                0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
                0x0153, 0, 0x017E, 0x0178,
        };
        if (point < 0x80 || (point >= 0xA0 && point <= 0xFF))
                return (char)point;
        if (point == 0xFFFD)
                return (char)0x81;
        for (unsigned i = 0; i < 32; i++)
                if (high[i] == point)
                        return (char)(0x80 + i);
        return '?';
}

bool encoding_from_utf_8(struct buffer *out, enum encoding encoding, struct text text)
{
        if (encoding == ENCODING_UTF_8 || encoding == ENCODING_AUTO)
                return buffer_add(out, text.data, text.length);
        const uint8_t *at = (const uint8_t *)text.data, *end = at + text.length;
        while (at < end) {
                uint32_t point = take_code_point(&at);
                if (encoding == ENCODING_WINDOWS_1252)
                        buffer_add_byte(out, windows_1252_byte(point));
                else
                        add_utf_16(out, encoding == ENCODING_UTF_16_LE, point);
        }
        return !out->failed;
}
