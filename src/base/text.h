/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * text.h: borrowed pieces of text and what Treue needs to know about UTF-8.
 */
#ifndef TREUE_BASE_TEXT_H
#define TREUE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer;

/* Borrowed bytes, not NUL-terminated; whoever hands it out says how long it lives. {NULL, 0} is "none". */
struct text {
        const char *data;
        size_t length;
};

struct bytes {
        const uint8_t *data;
        size_t length;
};

static inline struct text text_of(const char *string) { return (struct text){string, string ? strlen(string) : 0}; }
static inline bool text_equal(struct text a, struct text b)
{
        return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}
static inline bool text_is(struct text a, const char *string) { return text_equal(a, text_of(string)); }
int text_compare(struct text a, struct text b);          /* bytewise, shorter first; the order of C collation */
struct text text_trim(struct text text);                /* without ASCII blanks, tabs, CR, LF and U+00A0 at both ends */
bool text_is_utf8(const char *data, size_t length);      /* strict: no overlong, no surrogates, up to U+10FFFF */
uint64_t text_hash(const void *data, size_t length);     /* XXH3, 64 bits; stable across versions of Treue */

/* Appends the search form: case-folded ASCII and Latin letters without accents; umlauts twice, as "ae" and as "a" form
 * separated by a blank when they differ ("Müller" -> "mueller muller"). Same on both database engines. */
bool text_add_search(struct buffer *out, struct text text);
/* Appends the sort form: folded like a German phone book's dictionary order (DIN 5007-1: ä as a), then a NUL-free tie
 * breaker is not needed: the caller orders by (sort_key, id). */
bool text_add_sort_key(struct buffer *out, struct text text);

/* Number of single bytes changed, added or left out that make one word of the other, for hints like "meant: name?".
 * Words longer than TEXT_DISTANCE_MAX are never near: they give that number. */
enum { TEXT_DISTANCE_MAX = 40 };
size_t text_distance(const char *a, const char *b);

/* Windows-1252 to UTF-8; the five undefined bytes become U+FFFD. */
bool text_add_windows_1252(struct buffer *out, const uint8_t *data, size_t length);

#endif
