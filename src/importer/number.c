/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * number.c: peels a cell from outside to inside.
 */
#include "importer/number.h"

#include <stdio.h>
#include <string.h>

enum { CODE_LETTERS = 3, THIN_BYTES = 3 };

/* Longer ones first, as they begin alike. */
static const struct { const char *sign, *currencies; } signs[] = {
        {"US$", "USD"},
        {"$", "USD CAD AUD NZD SGD HKD MXN"},
        {"Euro", "EUR"},
        {"\xE2\x82\xAC", "EUR"},
        {"\xC2\xA3", "GBP"},
        {"\xC2\xA5", "JPY CNY"},
        {"SFr.", "CHF"},
        {"sFr.", "CHF"},
        {"Fr.", "CHF"},
        {"kr.", "SEK NOK DKK ISK"},
        {"kr", "SEK NOK DKK ISK"},
        {"z\xC5\x82", "PLN"},
        {"K\xC4\x8D", "CZK"},
        {"Ft", "HUF"},
};

struct peeling {
        struct text text;
        bool negative, parentheses, sign, currency;
};

static bool is_latin(char byte)
{
        return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_letter(char byte)
{
        return is_latin(byte) || (byte & 0x80);
}

static bool is_digit(char byte)
{
        return byte >= '0' && byte <= '9';
}

/* Also the thin blanks that typography puts between number and currency: U+2009, U+202F. */
static struct text trim(struct text text)
{
        for (;;) {
                text = text_trim(text);
                const char *last = text.data + text.length - THIN_BYTES;
                if (text.length >= THIN_BYTES && (memcmp(last, "\xE2\x80\xAF", THIN_BYTES) == 0 ||
                                                  memcmp(last, "\xE2\x80\x89", THIN_BYTES) == 0)) {
                        text.length -= THIN_BYTES;
                } else if (text.length >= THIN_BYTES && (memcmp(text.data, "\xE2\x80\xAF", THIN_BYTES) == 0 ||
                                                         memcmp(text.data, "\xE2\x80\x89", THIN_BYTES) == 0)) {
                        text.data += THIN_BYTES;
                        text.length -= THIN_BYTES;
                } else {
                        return text;
                }
        }
}

static void cut(struct peeling *peeling, size_t before, size_t after)
{
        peeling->text = trim((struct text){peeling->text.data + before, peeling->text.length - before - after});
}

static bool begins_with(struct text text, const char *word, size_t length)
{
        return text.length >= length && memcmp(text.data, word, length) == 0;
}

static bool ends_with(struct text text, const char *word, size_t length)
{
        return text.length >= length && memcmp(text.data + text.length - length, word, length) == 0;
}

static bool is_code(const char *letters)
{
        for (int i = 0; i < CODE_LETTERS; i++)
                if (letters[i] < 'A' || letters[i] > 'Z')
                        return false;
        return true;
}

/* Is the ledger's currency among those a sign stands for? */
static bool is_allowed(const char *currencies, size_t length, const char *currency)
{
        if (strcmp(currency, NUMBER_ANY_CURRENCY) == 0)
                return true;
        for (size_t at = 0; strlen(currency) == CODE_LETTERS && at + CODE_LETTERS <= length; at += CODE_LETTERS + 1)
                if (memcmp(currencies + at, currency, CODE_LETTERS) == 0)
                        return true;
        return false;
}

/* One sign or code at either end. */
static enum number_form peel_currency(struct peeling *peeling, const char *currency)
{
        struct text text = peeling->text;
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
                size_t length = strlen(signs[i].sign);
                bool before = begins_with(text, signs[i].sign, length);
                if (!before && !ends_with(text, signs[i].sign, length))
                        continue;
                cut(peeling, before ? length : 0, before ? 0 : length);
                return is_allowed(signs[i].currencies, strlen(signs[i].currencies), currency) ? NUMBER_BARED
                                                                                             : NUMBER_OTHER_CURRENCY;
        }
        if (text.length <= CODE_LETTERS)
                return NUMBER_PLAIN;
        const char *last = text.data + text.length - CODE_LETTERS;
        bool before = is_code(text.data) && !is_latin(text.data[CODE_LETTERS]);
        if (!before && (!is_code(last) || is_latin(last[-1])))
                return NUMBER_PLAIN;
        cut(peeling, before ? CODE_LETTERS : 0, before ? 0 : CODE_LETTERS);
        return is_allowed(before ? text.data : last, CODE_LETTERS, currency) ? NUMBER_BARED : NUMBER_OTHER_CURRENCY;
}

/* Parentheses around all of it, or a sign with no digit beside it. */
static bool peel_sign(struct peeling *peeling)
{
        struct text text = peeling->text;
        if (text.length < 2 || peeling->sign || peeling->parentheses)
                return false;
        char first = text.data[0], last = text.data[text.length - 1];
        if (first == '(' && last == ')') {
                peeling->parentheses = peeling->negative = true;
                cut(peeling, 1, 1);
                return true;
        }
        bool before = (first == '-' || first == '+') && !is_digit(text.data[1]);
        bool after = (last == '-' || last == '+') && is_letter(text.data[text.length - 2]);
        if (!before && !after)
                return false;
        peeling->sign = true;
        peeling->negative = (before ? first : last) == '-';
        cut(peeling, before ? 1 : 0, before ? 0 : 1);
        return true;
}

enum number_form number_bare(struct text cell, const char *currency, struct bare_number *ret)
{
        struct peeling peeling = {.text = trim(cell)};
        if (peeling.text.length == 0 || peeling.text.length >= NUMBER_BYTES_MAX)
                return NUMBER_PLAIN;
        for (;;) {
                enum number_form form = NUMBER_PLAIN;
                if (currency && !peeling.currency)
                        form = peel_currency(&peeling, currency);
                peeling.currency |= form != NUMBER_PLAIN;
                if (form == NUMBER_PLAIN && !peel_sign(&peeling))
                        break;
                /* Only around a number: "EUR" alone, or with words, is no amount in another currency. */
                if (form == NUMBER_OTHER_CURRENCY)
                        return peeling.text.length && !is_letter(peeling.text.data[0]) ? form : NUMBER_PLAIN;
        }
        bool peeled = peeling.currency || peeling.sign || peeling.parentheses;
        if (!peeled || peeling.text.length == 0 || peeling.text.length >= NUMBER_BYTES_MAX)
                return NUMBER_PLAIN;
        int length = snprintf(ret->place, sizeof(ret->place), "%s%.*s", peeling.negative ? "-" : "",
                              (int)peeling.text.length, peeling.text.data);
        ret->text = (struct text){ret->place, (size_t)length};
        return NUMBER_BARED;
}
