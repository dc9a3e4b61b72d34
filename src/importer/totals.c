/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * totals.c: words and numbers of a line with totals.
 */
#include "importer/totals.h"

#include <stdint.h>
#include <string.h>

#include "importer/csv.h"

enum { LINE_BYTES_MAX = 4096, LETTERS_MAX = 32 };

/* Without blanks, in small letters. */
static const char *const words[] = {
        "summe", "gesamt", "gesamtsumme", "summegesamt", "gesamtbetrag", "gesamtumsatz", "endsumme", "endbetrag",
        "insgesamt", "zwischensumme", "total", "totals", "grandtotal", "totalamount", "sum", "subtotal",
};
static const char *const currencies[] = {"eur", "euro", "usd", "chf", "gbp"};

/* The letters of a cell in small; length LETTERS_MAX: too many, or something that stands in no total. */
static size_t letters_of(struct text cell, char *out, bool *ret_digits)
{
        size_t length = 0;
        *ret_digits = false;
        for (size_t i = 0; i < cell.length; i++) {
                uint8_t byte = (uint8_t)cell.data[i];
                if (byte >= 'A' && byte <= 'Z')
                        byte = (uint8_t)(byte - 'A' + 'a');
                if (byte >= '0' && byte <= '9')
                        *ret_digits = true;
                else if (byte >= 0x80 || strchr(" .,:'+-()$%=*", byte))
                        continue; /* marks, blanks and signs, also those beyond ASCII */
                else if (byte < 'a' || byte > 'z' || length + 1 >= LETTERS_MAX)
                        return LETTERS_MAX;
                else
                        out[length++] = (char)byte;
        }
        return length;
}

static bool is_one_of(const char *letters, size_t length, const char *const *list, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (strlen(list[i]) == length && memcmp(list[i], letters, length) == 0)
                        return true;
        return false;
}

static bool is_word(const char *letters, size_t length)
{
        return is_one_of(letters, length, words, sizeof(words) / sizeof(words[0]));
}

static bool is_currency(const char *letters, size_t length)
{
        return is_one_of(letters, length, currencies, sizeof(currencies) / sizeof(currencies[0]));
}

/* "Summe", "Summe EUR 12,50". */
static bool says_total(const char *letters, size_t length)
{
        for (size_t cut = 3; cut <= 4; cut++)
                if (length > cut && is_currency(letters + length - cut, cut) && is_word(letters, length - cut))
                        return true;
        return is_word(letters, length);
}

bool totals_is_line(struct text record, char delimiter, const int *required, size_t required_count)
{
        char line[LINE_BYTES_MAX], letters[LETTERS_MAX];
        struct text fields[CSV_COLUMNS_MAX];
        size_t count, said = 0;
        uint64_t number;
        if (record.length == 0 || record.length > sizeof(line))
                return false;
        memcpy(line, record.data, record.length);
        struct csv_parser parser = {.cursor = line, .end = line + record.length, .delimiter = delimiter, .line = 1};
        if (!csv_next(&parser, fields, CSV_COLUMNS_MAX, &count, &number, NULL) || count > CSV_COLUMNS_MAX)
                return false;
        for (size_t i = 0; i < count; i++) {
                bool digits;
                struct text cell = text_trim(fields[i]);
                size_t length = letters_of(cell, letters, &digits);
                bool numeric = cell.length == 0 || (digits && (length == 0 || is_currency(letters, length)));
                if (length == LETTERS_MAX || (!numeric && !says_total(letters, length)))
                        return false;
                said += !numeric;
        }
        bool lacking = false;
        for (size_t i = 0; i < required_count; i++)
                lacking |= (size_t)required[i] >= count || text_trim(fields[required[i]]).length == 0;
        return said == 1 && lacking;
}
