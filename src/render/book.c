/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * book.c: a workbook of one sheet, by libxlsxwriter.
 */
#include "render/book.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/decimal.h"
#include "platform/clock.h"
#include "render/book_library.h"
#include "render/table.h"

enum { ROWS_MAX = 1048576, COLUMNS_MAX = 16384, TEXT_UNITS_MAX = 32767, DIGITS_MAX = 15 };
/* In characters. The button of the filter covers part of a title. */
enum { WIDTH_MIN = 5, WIDTH_MAX = 60, FILTER_WIDTH = 3, DAY_WIDTH = 12, MOMENT_WIDTH = 18 };
enum { SERIAL_OF_1970 = 25569, FIRST_DAY = -25508 }; /* 1900-03-01: spreadsheets know a 29 February 1900 */
enum { SECONDS_PER_DAY = 86400, SCRATCH_BYTES_MAX = 64 << 20 };

struct book {
        lxw_workbook *workbook;
        lxw_worksheet *sheet;
        char *path;
        enum language language;
        lxw_format *title, *day, *moment, *numbers[BOOK_NUMBER_COUNT][DIGITS_MAX + 1];
        size_t column_count;
        unsigned *widths;
        lxw_row_t row;
        lxw_col_t column;
        struct buffer scratch;
        enum status failure;   /* the first; the rest of the rows is not written */
        struct error error;
};

/* ---- beginning and end ------------------------------------------------------------------------------------------- */

static enum status limit(struct error *error, const char *key, long most, size_t row)
{
        char limit_text[24], row_text[24];
        snprintf(limit_text, sizeof(limit_text), "%ld", most);
        snprintf(row_text, sizeof(row_text), "%zu", row);
        return error_set(error, STATUS_LIMIT, key, "limit", limit_text, "row", row_text, NULL);
}

static lxw_format *new_format(struct book *book, const char *pattern)
{
        lxw_format *format = workbook_add_format(book->workbook);
        if (format && pattern)
                format_set_num_format(format, pattern);
        return format;
}

/* Time comes from the clock that tests inject; nobody's name is written. */
static bool add_properties(struct book *book, const char *title)
{
        lxw_doc_properties properties = {.title = (char *)title, .created = (time_t)(clock_now_ms() / 1000)};
        return workbook_set_properties(book->workbook, &properties) == LXW_NO_ERROR;
}

static bool begin(struct book *book, const char *title)
{
        lxw_workbook_options options = {.constant_memory = LXW_TRUE};
        bool german = book->language == LANGUAGE_GERMAN;
        book->workbook = workbook_new_opt(book->path, &options);
        book->sheet = book->workbook ? workbook_add_worksheet(book->workbook, title) : NULL;
        if (!book->sheet || !add_properties(book, title))
                return false;
        book->title = new_format(book, NULL);
        book->day = new_format(book, german ? "dd.mm.yyyy" : "d mmm yyyy");
        book->moment = new_format(book, german ? "dd.mm.yyyy hh:mm" : "d mmm yyyy hh:mm");
        if (!book->title || !book->day || !book->moment)
                return false;
        format_set_bold(book->title);
        worksheet_freeze_panes(book->sheet, 1, 0);
        /* The numbers customers go by are text, and are meant to be. */
        worksheet_ignore_errors(book->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
        return true;
}

enum status book_new(const char *path, const char *title, enum language language, size_t column_count,
                     struct book **ret, struct error *error)
{
        if (column_count > COLUMNS_MAX)
                return limit(error, "sheet.too_many_columns", COLUMNS_MAX, 1);
        enum status status = book_library_load(error);
        if (status)
                return status;
        struct book *book = calloc(1, sizeof(*book));
        if (!book)
                return error_memory(error);
        book->language = language;
        book->column_count = column_count;
        book->path = strdup(path);
        book->widths = calloc(column_count + 1, sizeof(*book->widths));
        buffer_init(&book->scratch, SCRATCH_BYTES_MAX);
        if (!book->path || !book->widths || !begin(book, title)) {
                book_free(book);
                return error_memory(error);
        }
        *ret = book;
        return STATUS_OK;
}

void book_free(struct book *book)
{
        if (!book)
                return;
        if (book->workbook)
                lxw_workbook_free(book->workbook);
        buffer_release(&book->scratch);
        free(book->widths);
        free(book->path);
        free(book);
}

/* Rows went through a file of their own, whose errors the library does not look at. */
static bool rows_are_whole(struct book *book)
{
        FILE *rows = book->sheet->optimize_tmpfile;
        return !rows || (fflush(rows) == 0 && !ferror(rows));
}

static enum status not_written(const struct book *book, lxw_error code, int reason, struct error *error)
{
        if (reason)
                return error_system(error, "write", book->path, reason);
        return error_set(error, STATUS_SYSTEM, "sheet.not_written", "path", book->path, "reason", lxw_strerror(code),
                         NULL);
}

enum status book_finish(struct book *book, struct error *error)
{
        if (book->failure) {
                *error = book->error;
                return book->failure;
        }
        for (size_t c = 0; c < book->column_count; c++) {
                unsigned width = book->widths[c] + 1;
                width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
                worksheet_set_column(book->sheet, (lxw_col_t)c, (lxw_col_t)c, width, NULL);
        }
        if (book->row && book->column_count)
                worksheet_autofilter(book->sheet, 0, 0, book->row - 1, (lxw_col_t)(book->column_count - 1));
        errno = 0;
        if (!rows_are_whole(book))
                return not_written(book, LXW_ERROR_CREATING_TMPFILE, errno, error);
        errno = 0;
        lxw_error code = workbook_close(book->workbook); /* frees it, too */
        int reason = errno;
        book->workbook = NULL;
        return code == LXW_NO_ERROR ? STATUS_OK : not_written(book, code, reason, error);
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

static bool may_write(struct book *book)
{
        if (!book->failure && book->row >= ROWS_MAX)
                book->failure = limit(&book->error, "sheet.too_many_rows", ROWS_MAX, (size_t)book->row + 1);
        return !book->failure;
}

static void widen(struct book *book, size_t width)
{
        unsigned *widest = &book->widths[book->column];
        if (width > *widest)
                *widest = width > WIDTH_MAX ? WIDTH_MAX : (unsigned)width;
}

static void check(struct book *book, lxw_error code)
{
        if (code != LXW_NO_ERROR && !book->failure)
                book->failure = not_written(book, code, 0, &book->error);
}

void book_blank(struct book *book) { book->column++; }

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }

/* Would a spreadsheet read what stands at `i` as a character that XML has no room for? */
static bool looks_escaped(struct text text, size_t i)
{
        const char *at = text.data + i;
        return text.length - i >= 7 && at[0] == '_' && at[1] == 'x' && is_hex(at[2]) && is_hex(at[3]) &&
               is_hex(at[4]) && is_hex(at[5]) && at[6] == '_';
}

static bool is_no_character(struct text text, size_t i) /* U+FFFE, U+FFFF */
{
        return text.length - i >= 3 && memcmp(text.data + i, "\xEF\xBF", 2) == 0 && (uint8_t)text.data[i + 2] >= 0xBE;
}

/* The text as it stands in XML, apart from what the library escapes itself; returns its length as spreadsheets count
 * it. */
static size_t add_escaped(struct buffer *out, struct text text)
{
        bool valid = text_is_utf8(text.data, text.length);
        size_t units = 0;
        for (size_t i = 0; i < text.length; i++) {
                uint8_t byte = (uint8_t)text.data[i];
                if ((byte < 0x20 && byte != '\t' && byte != '\n') || looks_escaped(text, i)) {
                        buffer_addf(out, "_x%04X_", byte);
                        units += 7;
                } else if (valid && is_no_character(text, i)) {
                        buffer_addf(out, "_xFF%02X_", 0xC0 | ((uint8_t)text.data[i + 2] & 0x3F));
                        units += 7;
                        i += 2;
                } else if (byte >= 0x80 && !valid) {
                        buffer_add_byte(out, '?');
                        units++;
                } else {
                        buffer_add_byte(out, (char)byte);
                        units += (byte & 0xC0) != 0x80;
                        units += byte >= 0xF0;
                }
        }
        return units;
}

/* Of the longest line. */
static size_t widest_line(struct text text)
{
        size_t widest = 0;
        while (text.length) {
                const char *feed = memchr(text.data, '\n', text.length);
                size_t length = feed ? (size_t)(feed - text.data) : text.length;
                size_t width = text_columns((struct text){text.data, length < 4 * WIDTH_MAX ? length : 4 * WIDTH_MAX});
                widest = width > widest ? width : widest;
                text.data += length + (feed != NULL);
                text.length -= length + (feed != NULL);
        }
        return widest;
}

static void write_text(struct book *book, struct text text, lxw_format *format, size_t more_width)
{
        if (text.length && may_write(book)) {
                buffer_clear(&book->scratch);
                size_t units = add_escaped(&book->scratch, text);
                if (book->scratch.failed || units > TEXT_UNITS_MAX) {
                        book->failure = limit(&book->error, "sheet.text_too_long", TEXT_UNITS_MAX, book->row + 1);
                        return;
                }
                widen(book, widest_line(text) + more_width);
                check(book, worksheet_write_string(book->sheet, book->row, book->column, book->scratch.data, format));
        }
        book->column++;
}

void book_title(struct book *book, struct text text) { write_text(book, text, book->title, FILTER_WIDTH); }
void book_text(struct book *book, struct text text) { write_text(book, text, NULL, 0); }

static lxw_format *number_format(struct book *book, enum book_number how, unsigned scale)
{
        lxw_format **format = &book->numbers[how][scale];
        char pattern[32];
        if (*format)
                return *format;
        if (how == BOOK_GROUPED)
                snprintf(pattern, sizeof(pattern), "#,##0%s%.*s", scale ? "." : "", (int)scale, "000000000000000");
        else
                snprintf(pattern, sizeof(pattern), "%s",
                         how == BOOK_PERCENT ? "0.0%" : how == BOOK_VERSION ? "\"v\"0" : "0");
        *format = new_format(book, pattern);
        return *format;
}

/* units / one, the one place where the library's interface wants floating point. Both are whole numbers below 2^53,
 * hence exact; the quotient is the nearest binary fraction, from which up to 15 significant digits come back unchanged
 * (IEEE 754 binary64; C17 DBL_DIG). */
static lxw_error write_quotient(struct book *book, int64_t units, int64_t one, lxw_format *format)
{
        double quotient = (double)units / (double)one;
        return worksheet_write_number(book->sheet, book->row, book->column, quotient, format);
}

void book_number(struct book *book, int64_t units, unsigned scale, enum book_number how)
{
        int64_t one = 1, most = 1;
        for (unsigned i = 0; i < DIGITS_MAX; i++)
                most *= 10;
        for (unsigned i = 0; i < scale && i < DIGITS_MAX; i++)
                one *= 10;
        struct buffer plain buffer_cleanup;
        buffer_init(&plain, 64);
        decimal_add_plain(&plain, units, scale);
        if (units >= most || units <= -most || scale > DIGITS_MAX) {
                book_text(book, (struct text){plain.data, plain.length});
                return;
        }
        if (may_write(book)) {
                check(book, write_quotient(book, units, one, number_format(book, how, scale)));
                widen(book, how == BOOK_PERCENT ? 6 : plain.length + plain.length / 3);
        }
        book->column++;
}

void book_day(struct book *book, int32_t day)
{
        if (day < FIRST_DAY) {
                struct buffer iso buffer_cleanup;
                buffer_init(&iso, 32);
                day_add_iso(&iso, day);
                book_text(book, (struct text){iso.data, iso.length});
                return;
        }
        if (may_write(book)) {
                check(book, write_quotient(book, (int64_t)day + SERIAL_OF_1970, 1, book->day));
                widen(book, DAY_WIDTH);
        }
        book->column++;
}

void book_moment(struct book *book, int32_t day, int32_t second)
{
        if (may_write(book)) {
                int64_t seconds = ((int64_t)day + SERIAL_OF_1970) * SECONDS_PER_DAY + second;
                check(book, write_quotient(book, seconds, SECONDS_PER_DAY, book->moment));
                widen(book, MOMENT_WIDTH);
        }
        book->column++;
}

void book_yes_no(struct book *book, bool yes)
{
        if (may_write(book)) {
                check(book, worksheet_write_boolean(book->sheet, book->row, book->column, yes, NULL));
                widen(book, WIDTH_MIN);
        }
        book->column++;
}

void book_end_row(struct book *book)
{
        book->row++;
        book->column = 0;
}
