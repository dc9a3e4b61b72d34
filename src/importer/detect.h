/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * detect.h: what a file does not say about itself, found out from its beginning. What cannot be told with evidence is
 * not guessed: the error names what was tried and the profile's key that settles it.
 */
#ifndef TREUE_IMPORTER_DETECT_H
#define TREUE_IMPORTER_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/status.h"
#include "base/text.h"
#include "importer/profile.h"

struct detected_encoding {
        enum encoding encoding;   /* never ENCODING_AUTO */
        size_t mark_bytes;        /* length of the byte order mark */
        bool ascii_only;          /* nothing beyond ASCII yet: Windows-1252 is still possible when `set` was auto */
};

/* UTF-8, UTF-16 by byte order mark, else UTF-16 by the zero bytes of ASCII in it, else UTF-8 when valid, else
 * Windows-1252 when every byte is assigned there. `whole`: data is the whole file. `set`: what the profile says; its
 * UTF-16 byte order gives way to a mark. */
must_check enum status detect_encoding(const uint8_t *data, size_t length, bool whole, enum encoding set,
                                       const char *file_name, struct detected_encoding *ret, struct error *error);

/* What stands above the header: titles, dates, "sep=;". The header is the first of the first 30 records that holds all
 * columns the profile names, with the profile's delimiter or any of those below. *ret_bytes is what precedes it, so
 * many *ret_records; both 0 when no record is one, or the profile says there is no header (then only "sep=;" is one too
 * many). `data` is UTF-8. */
must_check enum status detect_head(const char *data, size_t length, bool whole, const struct profile *profile,
                                   size_t *ret_bytes, size_t *ret_records, struct error *error);

/* Of , ; tab and |: the one with which the header holds all columns the profile names; else the one with which at least
 * nine of ten of the first 200 records have as many fields (two or more) as the first. `data` is UTF-8. */
must_check enum status detect_delimiter(const char *data, size_t length, bool whole, const struct profile *profile,
                                        const char *file_name, char *ret, struct error *error);

/* What numbers say about the decimal mark. */
struct number_evidence {
        size_t point, comma, ambiguous;
        struct text example; /* the first ambiguous number */
};
/* Counts one (see detect_decimal); text that is no number says nothing. */
void detect_weigh_number(struct text text, struct number_evidence *evidence);

/* From the number columns of the sample. Evidence: both marks in one number (the last is the decimal mark), one mark
 * twice (it groups), one mark once and not before exactly three digits, or after more than three digits or a sole zero.
 * A mark wins with ten times the evidence of the other; numbers like 1.234 and nothing else are ambiguous, an error.
 * Whole numbers only: comma when the delimiter is a semicolon (as programs set to German write), else point. */
must_check enum status detect_decimal(const char *data, size_t length, bool whole, char delimiter,
                                      const struct profile *profile, const char *file_name, enum decimal_mark *ret,
                                      struct error *error);

#endif
