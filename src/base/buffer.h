/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * buffer.h: a growable byte string with a ceiling.
 *
 * Invariants: `data` is never NULL after buffer_init and always NUL-terminated at data[length]. Appending past the
 * ceiling or without memory sets `failed` (sticky) and changes nothing else, so a series of appends needs one check at
 * its end. buffer_release frees; a released or zeroed struct may be released again.
 */
#ifndef TREUE_BASE_BUFFER_H
#define TREUE_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
        char *data;
        size_t length, capacity, length_max;
        bool failed;
};

void buffer_init(struct buffer *buffer, size_t length_max);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);               /* length 0, failed false, memory kept */
bool buffer_add(struct buffer *buffer, const void *data, size_t length);
bool buffer_add_text(struct buffer *buffer, const char *text);
bool buffer_add_byte(struct buffer *buffer, char byte);
bool buffer_add_int(struct buffer *buffer, int64_t value);
bool buffer_addf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buffer_reserve(struct buffer *buffer, size_t more); /* room for `more` bytes past length */
/* Hands the allocation to the caller (free()) and leaves an empty, usable buffer. NULL when failed. */
char *buffer_take(struct buffer *buffer, size_t *ret_length);

#define buffer_cleanup __attribute__((cleanup(buffer_release)))

#endif
