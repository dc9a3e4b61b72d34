/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * password_rules.c: which passwords are refused. What people type first is recognised by how it is made, not by a long
 * list: common words around digits, one unit repeated, walks along the alphabet or the keyboard.
 */
#include <stdint.h>
#include <stdio.h>

#include "access/password.h"
#include "access/password_words.h"
#include "access/secret.h"
#include "base/buffer.h"

enum {
        FOLDED_MAX = 512,      /* characters looked at: more than a password may have */
        CONTEXT_LETTERS_MIN = 4,
        WORDS_IN_COMMON = 2,   /* that many common words, whatever digits and signs stand around, are common */
        JUMPS_MIN = 5,         /* steps that are neither repetition nor neighbours */
        DIFFERENT_MIN = 5      /* different characters */
};

/* What stands for a letter when people "make it safe". */
static char plain_letter(char c)
{
        static const char signs[] = "0134578@$!", letters[] = "oieastbasi";
        const char *found = c ? strchr(signs, c) : NULL;
        return found ? letters[found - signs] : c;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }
static bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/* Without the digits and signs around it. */
static struct text core(struct text text)
{
        while (text.length && !is_letter(lower(text.data[0])) && !(text.data[0] & 0x80))
                text = (struct text){text.data + 1, text.length - 1};
        while (text.length && !is_letter(lower(text.data[text.length - 1])) && !(text.data[text.length - 1] & 0x80))
                text.length--;
        return text;
}

/* Letters only, umlauts as two. `signs`: digits and signs that look like letters are letters. */
static size_t fold(struct text text, bool signs, char out[FOLDED_MAX])
{
        static const struct {
                const char *utf8, *letters;
        } umlauts[] = {{"\xc3\xa4", "ae"}, {"\xc3\xb6", "oe"}, {"\xc3\xbc", "ue"}, {"\xc3\x84", "ae"},
                       {"\xc3\x96", "oe"}, {"\xc3\x9c", "ue"}, {"\xc3\x9f", "ss"}};
        size_t length = 0;
        for (size_t i = 0; i < text.length && length + 2 < FOLDED_MAX; i++) {
                char c = lower(text.data[i]);
                c = signs ? plain_letter(c) : c;
                if (is_letter(c))
                        out[length++] = c;
                for (size_t u = 0; u < sizeof(umlauts) / sizeof(umlauts[0]); u++)
                        if (i + 1 < text.length && memcmp(text.data + i, umlauts[u].utf8, 2) == 0) {
                                out[length++] = umlauts[u].letters[0];
                                out[length++] = umlauts[u].letters[1];
                        }
        }
        return length;
}

/* The fewest common words the letters are made of without rest; SIZE_MAX: they are not. */
static size_t words_needed(const char *letters, size_t length)
{
        size_t needed[FOLDED_MAX + 1];
        needed[0] = 0;
        for (size_t end = 1; end <= length; end++) {
                needed[end] = SIZE_MAX;
                for (size_t w = 0; w < sizeof(password_words) / sizeof(password_words[0]); w++) {
                        size_t word = strlen(password_words[w]);
                        if (word <= end && needed[end - word] != SIZE_MAX && needed[end - word] + 1 < needed[end] &&
                            memcmp(letters + end - word, password_words[w], word) == 0)
                                needed[end] = needed[end - word] + 1;
                }
        }
        return needed[length];
}

static bool is_of_common_words(struct text password, bool signs)
{
        char letters[FOLDED_MAX];
        size_t length = fold(signs ? core(password) : password, signs, letters);
        bool common = words_needed(letters, length) <= WORDS_IN_COMMON;
        secret_wipe(letters, sizeof(letters));
        return common;
}

static bool are_neighbours(char a, char b)
{
        static const char *const rows[] = {"qwertzuiop", "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "1234567890",
                                           "qayxswedcvfrtgbnhzujmkiolp", "qazxswedcvfrtgbnhyujmkiolp",
                                           "1qay2wsx3edc4rfv5tgb6zhn7ujm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"};
        if (a == b || b - a == 1 || a - b == 1)
                return true;
        if (!a || !b)
                return false;
        for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
                const char *at = strchr(rows[r], a);
                if (at && (at[1] == b || (at > rows[r] && at[-1] == b)))
                        return true;
        }
        return false;
}

static bool is_walk(struct text password)
{
        unsigned jumps = 0;
        for (size_t i = 1; i < password.length; i++)
                jumps += !are_neighbours(lower(password.data[i - 1]), lower(password.data[i]));
        return jumps < JUMPS_MIN;
}

/* One unit of at most half the length over and over, and a piece of it. */
static bool is_repeated(struct text password)
{
        for (size_t unit = 1; unit <= password.length / 2; unit++) {
                size_t i = unit;
                while (i < password.length && lower(password.data[i]) == lower(password.data[i - unit]))
                        i++;
                if (i == password.length && unit < PASSWORD_CHARACTERS_MIN)
                        return true;
        }
        return false;
}

static bool has_few_characters(struct text password)
{
        bool seen[256] = {false};
        unsigned different = 0;
        for (size_t i = 0; i < password.length; i++) {
                unsigned char c = (unsigned char)lower(password.data[i]);
                different += !seen[c];
                seen[c] = true;
        }
        return different < DIFFERENT_MIN;
}

bool password_is_common(struct text password)
{
        return is_of_common_words(password, false) || is_of_common_words(password, true) || is_walk(password) ||
               is_repeated(password) || has_few_characters(password);
}

static bool contains(const char *letters, size_t length, const char *word, size_t word_length)
{
        for (size_t at = 0; at + word_length <= length; at++)
                if (memcmp(letters + at, word, word_length) == 0)
                        return true;
        return false;
}

/* Each word of a name counts alone: "Muster GmbH" forbids "muster". */
static bool says(struct text password, struct text context, struct text *ret_word)
{
        char plain[FOLDED_MAX], signs[FOLDED_MAX], word[FOLDED_MAX];
        size_t plain_length = fold(password, false, plain), signs_length = fold(password, true, signs);
        bool found = false;
        for (size_t begin = 0, end; begin < context.length && !found; begin = end + 1) {
                for (end = begin; end < context.length && !strchr(" .,;:-_@/()&+", context.data[end]); end++)
                        ;
                struct text piece = {context.data + begin, end - begin};
                size_t length = fold(piece, false, word);
                if (length < CONTEXT_LETTERS_MIN)
                        continue;
                found = contains(plain, plain_length, word, length) || contains(signs, signs_length, word, length);
                if (found)
                        *ret_word = piece;
        }
        secret_wipe(plain, sizeof(plain));
        secret_wipe(signs, sizeof(signs));
        return found;
}

static size_t count_characters(struct text text)
{
        size_t count = 0;
        for (size_t i = 0; i < text.length; i++)
                count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
        return count;
}

enum status password_check(struct text password, const struct text *context, size_t context_count,
                           struct error *error)
{
        char number[16];
        struct text word;
        if (!text_is_utf8(password.data ? password.data : "", password.length))
                return error_set(error, STATUS_INVALID, "access.password_text", NULL);
        size_t count = count_characters(password);
        if (count < PASSWORD_CHARACTERS_MIN || count > PASSWORD_CHARACTERS_MAX) {
                bool is_short = count < PASSWORD_CHARACTERS_MIN;
                snprintf(number, sizeof(number), "%d",
                         is_short ? PASSWORD_CHARACTERS_MIN : PASSWORD_CHARACTERS_MAX);
                return error_set(error, STATUS_INVALID,
                                 is_short ? "access.password_short" : "access.password_long", "count", number, NULL);
        }
        for (size_t i = 0; i < context_count; i++)
                if (says(password, context[i], &word)) {
                        char name[64];
                        snprintf(name, sizeof(name), "%.*s", (int)(word.length < 60 ? word.length : 60), word.data);
                        return error_set(error, STATUS_INVALID, "access.password_context", "word", name, NULL);
                }
        return password_is_common(password) ? error_set(error, STATUS_INVALID, "access.password_common", NULL)
                                            : STATUS_OK;
}
