/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_styles.c: number formats and the styles that use them.
 */
#include "importer/xlsx_styles.h"

#include <stdlib.h>
#include <string.h>

struct format {
        unsigned number;
        enum xlsx_meaning meaning;
};

struct xlsx_styles {
        struct format *formats;
        size_t format_count, format_capacity;
        uint8_t *meanings;        /* by style */
        size_t count, capacity;
        /* while reading */
        struct xlsx_part *part;
        bool in_cell_formats;
};

/* The letters of a code that stand for parts of a date. */
struct letters {
        bool year, month_or_minute, day, hour, second, number;
};

/* In brackets: only elapsed hours, minutes, seconds ("[h]", "[mm]") are letters. */
static void take_bracket(struct text inside, struct letters *letters)
{
        if (inside.length == 0)
                return;
        char first = (char)(inside.data[0] | 0x20);
        for (size_t i = 0; i < inside.length; i++)
                if ((inside.data[i] | 0x20) != first)
                        return;
        letters->hour |= first == 'h' || first == 'm';
        letters->second |= first == 's';
}

static void take_letter(char letter, struct letters *letters)
{
        switch (letter) {
        case 'y': case 'Y':
                letters->year = true;
                break;
        case 'd': case 'D':
                letters->day = true;
                break;
        case 'm': case 'M':
                letters->month_or_minute = true;
                break;
        case 'h': case 'H':
                letters->hour = true;
                break;
        case 's': case 'S':
                letters->second = true;
                break;
        case '0': case '#': case '?':
                letters->number = true;
                break;
        default:
                break;
        }
}

/* Bytes of the code that begin at `at` and are no letters of it: quoted, escaped, in brackets. */
static size_t skip_literal(struct text code, size_t at, struct letters *letters)
{
        char byte = code.data[at];
        if (byte == '\\' || byte == '_' || byte == '*')
                return 2;
        char closing = byte == '"' ? '"' : byte == '[' ? ']' : 0;
        if (!closing)
                return 0;
        const char *end = memchr(code.data + at + 1, closing, code.length - at - 1);
        size_t length = end ? (size_t)(end - code.data) - at + 1 : code.length - at;
        if (byte == '[' && end)
                take_bracket((struct text){code.data + at + 1, length - 2}, letters);
        return length;
}

enum xlsx_meaning xlsx_format_meaning(struct text code)
{
        struct letters letters = {0};
        if (code.length >= 7 && memcmp(code.data, "General", 7) == 0)
                return XLSX_PLAIN;
        for (size_t at = 0; at < code.length && code.data[at] != ';';) {
                size_t skipped = skip_literal(code, at, &letters);
                /* Fractions of a second ("ss.000") are digits of a time, not of a number. */
                if (!skipped && !(code.data[at] == '0' && letters.second))
                        take_letter(code.data[at], &letters);
                at += skipped ? skipped : 1;
        }
        bool time = letters.hour || letters.second;
        bool day = letters.year || letters.day || (letters.month_or_minute && !time);
        if (letters.number || (!day && !time))
                return XLSX_PLAIN;
        return day && time ? XLSX_MOMENT : day ? XLSX_DAY : XLSX_TIME;
}

enum xlsx_meaning xlsx_builtin_meaning(unsigned number)
{
        if ((number >= 14 && number <= 17) || (number >= 27 && number <= 31) || number == 36 ||
            (number >= 50 && number <= 54) || number == 57 || number == 58)
                return XLSX_DAY;
        if (number == 22)
                return XLSX_MOMENT;
        if ((number >= 18 && number <= 21) || (number >= 32 && number <= 35) || (number >= 45 && number <= 47) ||
            number == 55 || number == 56)
                return XLSX_TIME;
        return XLSX_PLAIN;
}

static bool parse_number(const char *digits, unsigned *ret)
{
        unsigned value = 0;
        if (!digits || !*digits)
                return false;
        for (; *digits; digits++) {
                if (*digits < '0' || *digits > '9' || value > 100000000)
                        return false;
                value = value * 10 + (unsigned)(*digits - '0');
        }
        *ret = value;
        return true;
}

/* Room for one more. */
static bool grow(void **items, size_t count, size_t *capacity, size_t item_bytes)
{
        if (count < *capacity)
                return true;
        size_t larger = *capacity ? *capacity * 2 : 64;
        void *moved = realloc(*items, larger * item_bytes);
        if (!moved)
                return false;
        *items = moved;
        *capacity = larger;
        return true;
}

static void too_many(struct xlsx_styles *styles)
{
        xlsx_part_fail(styles->part,
                       error_set(xlsx_part_error(styles->part), STATUS_INVALID, "workbook.too_many_styles", NULL));
}

static void out_of_memory(struct xlsx_styles *styles)
{
        xlsx_part_fail(styles->part, error_memory(xlsx_part_error(styles->part)));
}

static void take_format(struct xlsx_styles *styles, const char **attributes)
{
        const char *code = xlsx_attribute(attributes, "formatCode");
        struct format format = {0};
        if (!code || !parse_number(xlsx_attribute(attributes, "numFmtId"), &format.number))
                return;
        format.meaning = xlsx_format_meaning(text_of(code));
        if (styles->format_count == XLSX_FORMATS_MAX)
                too_many(styles);
        else if (!grow((void **)&styles->formats, styles->format_count, &styles->format_capacity, sizeof(format)))
                out_of_memory(styles);
        else
                styles->formats[styles->format_count++] = format;
}

static int compare_formats(const void *a, const void *b)
{
        const struct format *x = a, *y = b;
        return x->number < y->number ? -1 : x->number > y->number;
}

/* A workbook may give a built-in number a code of its own. */
static enum xlsx_meaning meaning_of(const struct xlsx_styles *styles, unsigned number)
{
        const struct format wanted = {.number = number}, *found = NULL;
        if (styles->format_count)
                found = bsearch(&wanted, styles->formats, styles->format_count, sizeof(wanted), compare_formats);
        return found ? found->meaning : xlsx_builtin_meaning(number);
}

static void take_style(struct xlsx_styles *styles, const char **attributes)
{
        unsigned number = 0;
        if (!parse_number(xlsx_attribute(attributes, "numFmtId"), &number))
                number = 0;
        if (styles->count == XLSX_STYLES_MAX)
                too_many(styles);
        else if (!grow((void **)&styles->meanings, styles->count, &styles->capacity, 1))
                out_of_memory(styles);
        else
                styles->meanings[styles->count++] = (uint8_t)meaning_of(styles, number);
}

static void on_start(void *context, unsigned depth, const char *name, const char **attributes)
{
        struct xlsx_styles *styles = context;
        if (depth == 2) {
                /* All codes stand before the styles that use them. */
                styles->in_cell_formats = strcmp(name, "cellXfs") == 0;
                if (styles->in_cell_formats && styles->format_count)
                        qsort(styles->formats, styles->format_count, sizeof(*styles->formats), compare_formats);
        } else if (depth == 3 && strcmp(name, "numFmt") == 0)
                take_format(styles, attributes);
        else if (depth == 3 && styles->in_cell_formats && strcmp(name, "xf") == 0)
                take_style(styles, attributes);
}

static void on_end(void *context, unsigned depth, const char *name)
{
        (void)context;
        (void)depth;
        (void)name;
}

enum status xlsx_styles_read(struct archive *archive, size_t entry, const char *file_name, struct xlsx_styles **ret,
                             struct error *error)
{
        static const struct xlsx_handler handler = {on_start, on_end, NULL};
        struct xlsx_styles *styles = calloc(1, sizeof(*styles));
        if (!styles)
                return error_memory(error);
        enum status status = STATUS_OK;
        if (entry != ARCHIVE_NONE)
                status = xlsx_part_read(archive, entry, file_name, "styles", &handler, styles, &styles->part, error);
        if (status) {
                xlsx_styles_free(styles);
                return status;
        }
        *ret = styles;
        return STATUS_OK;
}

void xlsx_styles_free(struct xlsx_styles *styles)
{
        if (!styles)
                return;
        free(styles->formats);
        free(styles->meanings);
        free(styles);
}

enum xlsx_meaning xlsx_styles_meaning(const struct xlsx_styles *styles, size_t style)
{
        return style < styles->count ? (enum xlsx_meaning)styles->meanings[style] : XLSX_PLAIN;
}
