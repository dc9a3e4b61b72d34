/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * varint.h: LEB128 integers of the packed formats. Reading is bounded and refuses more than ten bytes.
 */
#ifndef TREUE_BASE_VARINT_H
#define TREUE_BASE_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VARINT_BYTES_MAX = 10 };

static inline size_t varint_put(uint8_t *out, uint64_t value)
{
        size_t n = 0;
        while (value >= 0x80) {
                out[n++] = (uint8_t)(value | 0x80);
                value >>= 7;
        }
        out[n++] = (uint8_t)value;
        return n;
}

/* Advances *cursor past the number. False at the end of the data or for a malformed number. */
static inline bool varint_get(const uint8_t **cursor, const uint8_t *end, uint64_t *ret)
{
        const uint8_t *p = *cursor;
        uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
                if (p == end)
                        return false;
                uint8_t byte = *p++;
                if (shift == 63 && byte > 1)
                        return false;
                value |= (uint64_t)(byte & 0x7f) << shift;
                if (!(byte & 0x80)) {
                        *cursor = p;
                        *ret = value;
                        return true;
                }
        }
        return false;
}

static inline uint64_t zigzag(int64_t value) { return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63); }
static inline int64_t unzigzag(uint64_t value) { return (int64_t)(value >> 1) ^ -(int64_t)(value & 1); }

#endif
