/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * words.h: a text in the reader's language while it is being written: words of the catalogue beside names from files.
 * Like all that appends to a buffer, nothing here fails: the buffer knows whether it is full.
 */
#ifndef TREUE_I18N_WORDS_H
#define TREUE_I18N_WORDS_H

#include "i18n/message.h"

struct words {
        enum language language;
        struct buffer *out; /* not owned */
};

/* A name from a file, a customer's for instance: what steers a terminal is shown as a blank. */
void words_add_name(struct buffer *out, struct text name);
/* The message of a key, which has no arguments. */
void words_say(const struct words *words, const char *key);
/* The message "FAMILY.NAME", at most 95 bytes long. */
void words_say_family(const struct words *words, const char *family, const char *name);
/* A code of files or of a concept as people read it: the catalogue's word for it ("code.CODE"), else the code made
 * readable: "contact_data_valid" is "Contact data valid". What is no code (blanks, capitals, other letters) stays. */
void words_add_code(struct buffer *out, enum language language, struct text code);
void words_say_day(const struct words *words, int32_t day);

#endif
