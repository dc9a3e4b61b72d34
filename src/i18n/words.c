/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * words.c: see words.h.
 */
#include "i18n/words.h"

#include <stdio.h>

void words_add_name(struct buffer *out, struct text name)
{
        for (size_t i = 0; i < name.length; i++) {
                unsigned char byte = (unsigned char)name.data[i];
                buffer_add_byte(out, byte < 0x20 || byte == 0x7f ? ' ' : name.data[i]);
        }
}

void words_say(const struct words *words, const char *key)
{
        buffer_add_text(words->out, message_raw(words->language, key));
}

void words_say_family(const struct words *words, const char *family, const char *name)
{
        char key[96];
        snprintf(key, sizeof(key), "%s.%s", family, name);
        words_say(words, key);
}

void words_say_day(const struct words *words, int32_t day)
{
        format_add_day(words->out, words->language, day);
}
