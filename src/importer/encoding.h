/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * encoding.h: from and to the encodings files come in.
 */
#ifndef TREUE_IMPORTER_ENCODING_H
#define TREUE_IMPORTER_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"
#include "importer/profile.h"

/* "utf-8", "utf-16le", ... as written in a profile. */
const char *encoding_name(enum encoding encoding);

bool encoding_is_ascii(const char *data, size_t length);
/* Length of the beginning that is whole, valid UTF-8. */
size_t encoding_valid_utf_8(const char *data, size_t length);
/* The bytes could be completed to one valid sequence. */
bool encoding_is_cut_utf_8(const char *data, size_t length);
/* LF, CRLF and CR line ends. */
uint64_t encoding_count_lines(const char *data, size_t length);

/* Appends data as UTF-8. *ret_used: bytes taken; less than length when a character is cut off and `at_end` is false.
 * False: something that no text of this encoding holds; what stands before it was appended. UTF-8 is copied
 * unchecked. */
bool encoding_to_utf_8(struct buffer *out, enum encoding encoding, const uint8_t *data, size_t length, bool at_end,
                       size_t *ret_used);
/* Appends valid UTF-8 in another encoding; what Windows-1252 lacks becomes '?'. */
bool encoding_from_utf_8(struct buffer *out, enum encoding encoding, struct text text);

#endif
