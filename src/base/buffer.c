/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * buffer.c: growth by doubling up to the ceiling; an empty buffer shares one static NUL byte.
 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char nothing[1]; /* never written: capacity 0 */

void buffer_init(struct buffer *buffer, size_t length_max)
{
        *buffer = (struct buffer){.data = nothing, .length_max = length_max};
}

void buffer_release(struct buffer *buffer)
{
        if (buffer->capacity)
                free(buffer->data);
        buffer_init(buffer, buffer->length_max);
}

void buffer_clear(struct buffer *buffer)
{
        buffer->length = 0;
        buffer->failed = false;
        if (buffer->capacity)
                buffer->data[0] = '\0';
}

bool buffer_reserve(struct buffer *buffer, size_t more)
{
        if (buffer->failed)
                return false;
        if (more > buffer->length_max - buffer->length || more >= SIZE_MAX - buffer->length) {
                buffer->failed = true;
                return false;
        }
        size_t needed = buffer->length + more + 1;
        if (needed <= buffer->capacity)
                return true;
        size_t capacity = buffer->capacity ? buffer->capacity : 64;
        while (capacity < needed)
                capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
        char *data = realloc(buffer->capacity ? buffer->data : NULL, capacity);
        if (!data) {
                buffer->failed = true;
                return false;
        }
        buffer->data = data;
        buffer->capacity = capacity;
        buffer->data[buffer->length] = '\0';
        return true;
}

bool buffer_add(struct buffer *buffer, const void *data, size_t length)
{
        if (!buffer_reserve(buffer, length))
                return false;
        if (length)
                memcpy(buffer->data + buffer->length, data, length);
        buffer->length += length;
        buffer->data[buffer->length] = '\0';
        return true;
}

bool buffer_add_text(struct buffer *buffer, const char *text)
{
        return buffer_add(buffer, text, strlen(text));
}

bool buffer_add_byte(struct buffer *buffer, char byte)
{
        return buffer_add(buffer, &byte, 1);
}

bool buffer_add_int(struct buffer *buffer, int64_t value)
{
        char digits[24];
        size_t at = sizeof(digits);
        uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        do {
                digits[--at] = (char)('0' + rest % 10);
                rest /= 10;
        } while (rest);
        if (value < 0)
                digits[--at] = '-';
        return buffer_add(buffer, digits + at, sizeof(digits) - at);
}

bool buffer_addf(struct buffer *buffer, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        int length = vsnprintf(NULL, 0, format, arguments);
        va_end(arguments);
        if (length < 0 || !buffer_reserve(buffer, (size_t)length)) {
                buffer->failed = true;
                return false;
        }
        va_start(arguments, format);
        vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
        va_end(arguments);
        buffer->length += (size_t)length;
        return true;
}

char *buffer_take(struct buffer *buffer, size_t *ret_length)
{
        if (!buffer_reserve(buffer, 0))
                return NULL;
        char *data = buffer->data;
        if (ret_length)
                *ret_length = buffer->length;
        buffer_init(buffer, buffer->length_max);
        return data;
}
