/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sheet.c: the forms of a list. Each kind of value is written in each form at one place.
 */
#include "render/sheet.h"

#include <assert.h>
#include <stdlib.h>

#include "base/calendar.h"
#include "base/checked.h"
#include "base/decimal.h"
#include "platform/clock.h"
#include "render/book.h"
#include "render/cells.h"
#include "render/csv.h"

enum { SHARE_DECIMALS = 6, CELL_DECIMALS_MAX = 9, SCRATCH_BYTES_MAX = 32 << 20 };

const char *const form_names[FORM_COUNT] = {"table", "json", "csv", "xlsx"};

struct sheet {
        const struct sheet_column *columns;
        size_t column_count, cell_count;
        struct sheet_style style;
        struct cells cells;         /* FORM_TABLE */
        struct csv_writer csv;
        struct book *book;          /* FORM_XLSX */
        struct json own_json, *json;
        struct buffer scratch;
};

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static bool is_shown(const struct sheet *sheet, const struct sheet_column *column)
{
        enum form like = sheet->style.form == FORM_XLSX ? FORM_CSV : sheet->style.form;
        return !column->forms || column->forms >> like & 1;
}

static enum table_align align_of(enum sheet_kind kind)
{
        switch (kind) {
        case SHEET_COUNT:
        case SHEET_ID:
        case SHEET_MONEY:
        case SHEET_DECIMAL:
        case SHEET_SHARE:
                return TABLE_RIGHT;
        default:
                return TABLE_LEFT;
        }
}

static void add_title(struct sheet *sheet, const struct sheet_column *column)
{
        struct buffer *title = &sheet->scratch;
        buffer_clear(title);
        buffer_add_text(title, column->head ? message_raw(sheet->style.language, column->head) : column->name);
        if (column->kind == SHEET_MONEY && sheet->style.currency)
                buffer_addf(title, " %s", sheet->style.currency);
        if (sheet->style.form == FORM_XLSX) {
                book_title(sheet->book, (struct text){title->data, title->length});
                return;
        }
        table_column(sheet->cells.table, title->data, align_of(column->kind));
        if (column->width_max)
                table_cut_column(sheet->cells.table, column->width_max);
}

static bool is_local_csv(const struct sheet *sheet)
{
        return sheet->style.form == FORM_CSV && sheet->style.csv_local && sheet->style.language == LANGUAGE_GERMAN;
}

static void begin(struct sheet *sheet)
{
        if (sheet->style.form == FORM_JSON) {
                if (!sheet->style.in_object)
                        json_begin_array(sheet->json);
                return;
        }
        if (sheet->style.form == FORM_CSV && sheet->style.csv_mark)
                buffer_add_text(sheet->style.out, "\xEF\xBB\xBF");
        for (size_t c = 0; c < sheet->column_count; c++) {
                const struct sheet_column *column = &sheet->columns[c];
                if (!is_shown(sheet, column))
                        continue;
                if (sheet->style.form == FORM_CSV)
                        csv_field_string(&sheet->csv, column->name);
                else
                        add_title(sheet, column);
        }
        if (sheet->style.form == FORM_CSV)
                csv_end_row(&sheet->csv);
        else if (sheet->style.form == FORM_XLSX)
                book_end_row(sheet->book);
}

static enum status new_book(struct sheet *sheet, struct error *error)
{
        size_t shown = 0;
        for (size_t c = 0; c < sheet->column_count; c++)
                shown += is_shown(sheet, &sheet->columns[c]);
        return book_new(sheet->style.path, sheet->style.title, sheet->style.language, shown, &sheet->book, error);
}

enum status sheet_new(const struct sheet_column *columns, size_t count, const struct sheet_style *style,
                      struct sheet **ret, struct error *error)
{
        struct sheet *sheet = calloc(1, sizeof(*sheet));
        if (!sheet)
                return error_memory(error);
        *sheet = (struct sheet){.columns = columns, .column_count = count, .style = *style};
        buffer_init(&sheet->scratch, SCRATCH_BYTES_MAX);
        cells_init(&sheet->cells, style->language, style->minor_digits);
        csv_writer_init(&sheet->csv, style->out, is_local_csv(sheet) ? ';' : ',');
        json_init(&sheet->own_json, style->out, false);
        sheet->json = style->json ? style->json : &sheet->own_json;
        enum status status = style->form == FORM_TABLE  ? cells_begin(&sheet->cells, error)
                             : style->form == FORM_XLSX ? new_book(sheet, error)
                                                        : STATUS_OK;
        if (status != STATUS_OK) {
                sheet_free(sheet);
                return status;
        }
        begin(sheet);
        *ret = sheet;
        return STATUS_OK;
}

void sheet_free(struct sheet *sheet)
{
        if (!sheet)
                return;
        buffer_release(&sheet->scratch);
        cells_release(&sheet->cells);
        book_free(sheet->book);
        free(sheet);
}

size_t sheet_row_count(const struct sheet *sheet) { return sheet->cell_count / sheet->column_count; }

/* ---- cells ------------------------------------------------------------------------------------------------------- */

/* The column of the next cell, which is of one of the kinds; NULL when this form does not show it. */
static const struct sheet_column *next(struct sheet *sheet, unsigned kinds)
{
        size_t place = sheet->cell_count++ % sheet->column_count;
        const struct sheet_column *column = &sheet->columns[place];
        assert(kinds >> column->kind & 1);
        if (place == 0 && sheet->style.form == FORM_JSON && !sheet->style.in_object)
                json_begin_object(sheet->json);
        return is_shown(sheet, column) ? column : NULL;
}

static void end(struct sheet *sheet)
{
        if (sheet->cell_count % sheet->column_count)
                return;
        if (sheet->style.form == FORM_JSON && !sheet->style.in_object)
                json_end_object(sheet->json);
        else if (sheet->style.form == FORM_CSV)
                csv_end_row(&sheet->csv);
        else if (sheet->style.form == FORM_XLSX)
                book_end_row(sheet->book);
}

static void put_none(struct sheet *sheet, const struct sheet_column *column)
{
        if (sheet->style.form == FORM_TABLE) {
                cells_text(&sheet->cells, (struct text){"", 0});
        } else if (sheet->style.form == FORM_CSV) {
                csv_field(&sheet->csv, (struct text){NULL, 0});
        } else if (sheet->style.form == FORM_XLSX) {
                book_blank(sheet->book);
        } else if (!sheet->style.leave_out_none) {
                json_key(sheet->json, column->name);
                json_null(sheet->json);
        }
}

/* What people entered is neutralised in CSV; numbers and days are written by Treue itself. */
static bool is_entered(enum sheet_kind kind) { return kind == SHEET_TEXT || kind == SHEET_CODE || kind == SHEET_CODES; }

static void put_text(struct sheet *sheet, const struct sheet_column *column, struct text text)
{
        if (sheet->style.form == FORM_CSV && is_entered(column->kind)) {
                csv_field_neutral(&sheet->csv, text);
        } else if (sheet->style.form == FORM_CSV) {
                csv_field(&sheet->csv, text);
        } else if (sheet->style.form == FORM_XLSX) {
                book_text(sheet->book, text);
        } else if (sheet->style.form == FORM_TABLE) {
                cells_text(&sheet->cells, text);
        } else {
                json_key(sheet->json, column->name);
                json_text(sheet->json, text);
        }
}

static void put_scratch(struct sheet *sheet, const struct sheet_column *column)
{
        if (sheet->scratch.failed)
                sheet->style.out->failed = true;
        put_text(sheet, column, (struct text){sheet->scratch.data, sheet->scratch.length});
}

void sheet_none(struct sheet *sheet)
{
        const struct sheet_column *column = next(sheet, ~0U);
        if (column)
                put_none(sheet, column);
        end(sheet);
}

void sheet_text(struct sheet *sheet, struct text text)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_TEXT);
        if (column && text.data)
                put_text(sheet, column, text);
        else if (column)
                put_none(sheet, column);
        end(sheet);
}

void sheet_string(struct sheet *sheet, const char *string) { sheet_text(sheet, text_of(string)); }

static bool for_people(const struct sheet *sheet)
{
        return sheet->style.form == FORM_TABLE || sheet->style.form == FORM_XLSX;
}

static void add_words(struct sheet *sheet, const struct sheet_column *column, struct text code)
{
        char key[96];
        if (column->words) {
                snprintf(key, sizeof(key), "%s%.*s", column->words, (int)code.length, code.data);
                buffer_add_text(&sheet->scratch, message_raw(sheet->style.language, key));
        } else {
                buffer_add(&sheet->scratch, code.data, code.length);
        }
}

void sheet_code(struct sheet *sheet, struct text code)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_CODE);
        if (column && !code.data) {
                put_none(sheet, column);
        } else if (column && for_people(sheet)) {
                buffer_clear(&sheet->scratch);
                add_words(sheet, column, code);
                put_scratch(sheet, column);
        } else if (column) {
                put_text(sheet, column, code);
        }
        end(sheet);
}

static void put_array(struct sheet *sheet, const struct sheet_column *column, uint32_t set, const char *const *names,
                      unsigned count)
{
        json_key(sheet->json, column->name);
        json_begin_array(sheet->json);
        for (unsigned i = 0; i < count; i++)
                if (set >> i & 1)
                        json_string(sheet->json, names[i]);
        json_end_array(sheet->json);
}

void sheet_codes(struct sheet *sheet, uint32_t set, const char *const *names, unsigned count)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_CODES);
        bool words = for_people(sheet);
        if (column && sheet->style.form == FORM_JSON) {
                put_array(sheet, column, set, names, count);
        } else if (column) {
                buffer_clear(&sheet->scratch);
                for (unsigned i = 0; i < count; i++) {
                        if (!(set >> i & 1))
                                continue;
                        buffer_add_text(&sheet->scratch, !sheet->scratch.length ? "" : words ? ", " : " ");
                        if (words)
                                add_words(sheet, column, text_of(names[i]));
                        else
                                buffer_add_text(&sheet->scratch, names[i]);
                }
                put_scratch(sheet, column);
        }
        end(sheet);
}

static void put_integer(struct sheet *sheet, const struct sheet_column *column, int64_t value)
{
        bool table = sheet->style.form == FORM_TABLE;
        buffer_clear(&sheet->scratch);
        if (sheet->style.form == FORM_JSON && column->kind != SHEET_ID) {
                json_key(sheet->json, column->name);
                json_int(sheet->json, value);
                return;
        }
        if (sheet->style.form == FORM_XLSX && column->kind != SHEET_ID) {
                book_number(sheet->book, value, 0,
                            column->kind == SHEET_COUNT     ? BOOK_GROUPED
                            : column->kind == SHEET_VERSION ? BOOK_VERSION
                                                            : BOOK_ORDINAL);
                return;
        }
        if (table && value == 0 && column->blank_zero) {
                put_none(sheet, column);
                return;
        }
        if (table && column->kind == SHEET_COUNT)
                format_add_count(&sheet->scratch, sheet->style.language, value);
        else
                buffer_addf(&sheet->scratch, table && column->kind == SHEET_VERSION ? "v%lld" : "%lld",
                            (long long)value);
        put_scratch(sheet, column);
}

void sheet_integer(struct sheet *sheet, int64_t value)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_COUNT | 1U << SHEET_ORDINAL | 1U << SHEET_VERSION
                                                                | 1U << SHEET_ID);
        if (column)
                put_integer(sheet, column, value);
        end(sheet);
}

static void add_plain(struct sheet *sheet, int64_t units, unsigned scale)
{
        decimal_add_plain(&sheet->scratch, units, scale);
        char *point = is_local_csv(sheet) ? strchr(sheet->scratch.data, '.') : NULL;
        if (point)
                *point = ',';
}

static void put_decimal(struct sheet *sheet, unsigned kinds, int64_t units, unsigned scale)
{
        const struct sheet_column *column = next(sheet, kinds);
        if (column && sheet->style.form == FORM_XLSX) {
                book_number(sheet->book, units, scale, BOOK_GROUPED);
        } else if (column) {
                buffer_clear(&sheet->scratch);
                if (sheet->style.form == FORM_TABLE && column->is_change && units > 0)
                        buffer_add_byte(&sheet->scratch, '+');
                if (sheet->style.form == FORM_TABLE && !(column->is_change && units == 0))
                        format_add_decimal(&sheet->scratch, sheet->style.language, units, scale);
                else if (sheet->style.form != FORM_TABLE)
                        add_plain(sheet, units, scale);
                put_scratch(sheet, column);
        }
        end(sheet);
}

void sheet_money(struct sheet *sheet, int64_t minor)
{
        put_decimal(sheet, 1U << SHEET_MONEY, minor, sheet->style.minor_digits);
}

void sheet_decimal(struct sheet *sheet, int64_t units, unsigned scale)
{
        put_decimal(sheet, 1U << SHEET_DECIMAL, units, scale);
}

void sheet_share(struct sheet *sheet, int64_t part, int64_t whole)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_SHARE);
        int64_t units = 0;
        if (column && (!whole || !narrow_i64(divide_half_away((int128)part * 1000000, whole), &units))) {
                put_none(sheet, column);
        } else if (column && sheet->style.form == FORM_XLSX) {
                book_number(sheet->book, units, SHARE_DECIMALS, BOOK_PERCENT);
        } else if (column) {
                buffer_clear(&sheet->scratch);
                if (sheet->style.form == FORM_TABLE)
                        format_add_percent(&sheet->scratch, sheet->style.language, part, whole);
                else
                        add_plain(sheet, units, SHARE_DECIMALS);
                put_scratch(sheet, column);
        }
        end(sheet);
}

void sheet_day(struct sheet *sheet, int32_t day)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_DAY);
        if (column && (day == DAY_NONE || day == DAY_OPEN_START || day == DAY_OPEN_END)) {
                put_none(sheet, column);
        } else if (column && sheet->style.form == FORM_XLSX) {
                book_day(sheet->book, day);
        } else if (column) {
                buffer_clear(&sheet->scratch);
                if (sheet->style.form == FORM_TABLE)
                        format_add_day(&sheet->scratch, sheet->style.language, day);
                else
                        day_add_iso(&sheet->scratch, day);
                put_scratch(sheet, column);
        }
        end(sheet);
}

void sheet_instant(struct sheet *sheet, int64_t instant_ms)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_INSTANT);
        if (column && sheet->style.form == FORM_XLSX) {
                int32_t day, second;
                clock_local_time(instant_ms, &day, &second);
                book_moment(sheet->book, day, second);
        } else if (column) {
                buffer_clear(&sheet->scratch);
                if (sheet->style.form == FORM_TABLE)
                        format_add_day(&sheet->scratch, sheet->style.language, clock_local_day(instant_ms));
                else
                        instant_add_iso(&sheet->scratch, instant_ms);
                put_scratch(sheet, column);
        }
        end(sheet);
}

void sheet_yes_no(struct sheet *sheet, bool yes)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_YES_NO);
        if (column && sheet->style.form == FORM_JSON) {
                json_key(sheet->json, column->name);
                json_bool(sheet->json, yes);
        } else if (column && sheet->style.form == FORM_CSV) {
                csv_field_string(&sheet->csv, yes ? "yes" : "no");
        } else if (column && column->words) {
                put_text(sheet, column, text_of(yes ? message_raw(sheet->style.language, column->words) : ""));
        } else if (column && sheet->style.form == FORM_XLSX) {
                book_yes_no(sheet->book, yes);
        } else if (column) {
                cells_key(&sheet->cells, yes ? "word.yes" : "word.no");
        }
        end(sheet);
}

static bool parse_plain(struct text text, int64_t *ret_units, unsigned *ret_scale)
{
        const char *point = memchr(text.data, '.', text.length);
        *ret_scale = point ? (unsigned)(text.length - (size_t)(point - text.data) - 1) : 0;
        return *ret_scale <= CELL_DECIMALS_MAX &&
               decimal_parse_scaled(text, DECIMAL_POINT, *ret_scale, false, ret_units) == DECIMAL_OK;
}

void sheet_cell(struct sheet *sheet, struct text text)
{
        const struct sheet_column *column = next(sheet, 1U << SHEET_TEXT | 1U << SHEET_DAY | 1U << SHEET_DECIMAL);
        int32_t day;
        int64_t units;
        unsigned scale;
        bool typed = column && text.data && sheet->style.form == FORM_XLSX;
        if (column && !text.data)
                put_none(sheet, column);
        else if (typed && column->kind == SHEET_DAY && day_parse_iso(text, &day))
                book_day(sheet->book, day);
        else if (typed && column->kind == SHEET_DECIMAL && parse_plain(text, &units, &scale))
                book_number(sheet->book, units, scale, BOOK_GROUPED);
        else if (column)
                put_text(sheet, column, text);
        end(sheet);
}

enum status sheet_finish(struct sheet *sheet, struct error *error)
{
        bool written = true;
        assert(sheet->cell_count % sheet->column_count == 0);
        if (sheet->style.form == FORM_XLSX)
                return book_finish(sheet->book, error);
        if (sheet->style.form == FORM_JSON && !sheet->style.in_object)
                json_end_array(sheet->json);
        else if (sheet->style.form == FORM_TABLE)
                written = table_add_to(sheet->cells.table, sheet->style.indent, sheet->style.out);
        return written && !sheet->style.out->failed ? STATUS_OK : error_memory(error);
}
