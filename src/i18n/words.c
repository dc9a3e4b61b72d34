/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * words.c: see words.h.
 */
#include "i18n/words.h"

#include <stdio.h>

enum { CODE_BYTES_MAX = 64 };

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

static bool is_code(struct text text)
{
        for (size_t i = 0; i < text.length; i++) {
                char byte = text.data[i];
                if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_'))
                        return false;
        }
        return text.length > 0 && text.length < CODE_BYTES_MAX && text.data[0] >= 'a';
}

void words_add_code(struct buffer *out, enum language language, struct text code)
{
        char key[CODE_BYTES_MAX + 8];
        if (!is_code(code)) {
                words_add_name(out, code);
                return;
        }
        snprintf(key, sizeof(key), "%s%.*s", "code.", (int)code.length, code.data);
        if (message_exists(key)) {
                buffer_add_text(out, message_raw(language, key));
                return;
        }
        buffer_add_byte(out, (char)(code.data[0] - 'a' + 'A'));
        for (size_t i = 1; i < code.length; i++)
                buffer_add_byte(out, code.data[i] == '_' ? ' ' : code.data[i]);
}

void words_say_day(const struct words *words, int32_t day)
{
        format_add_day(words->out, words->language, day);
}
