/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sheet.h: a list: rows of typed columns, given out as a table for people, as CSV, JSON or a workbook. Every list of
 * the command line is one, so that a list knows its columns and their values and nothing of forms.
 *
 * Cells are handed over row by row, in the order of the columns; a row is complete after as many cells as columns. A
 * column that a form does not show is handed over all the same. Every cell is of its column's kind, or none.
 */
#ifndef TREUE_RENDER_SHEET_H
#define TREUE_RENDER_SHEET_H

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "i18n/message.h"
#include "render/json.h"

enum form { FORM_TABLE, FORM_JSON, FORM_CSV, FORM_XLSX, FORM_COUNT };
extern const char *const form_names[FORM_COUNT]; /* "table", "json", "csv", "xlsx" */
/* Nothing but the rows of one list. */
static inline bool form_is_rows(enum form form) { return form == FORM_CSV || form == FORM_XLSX; }

enum sheet_kind {
        SHEET_TEXT,     /* names, reasons, the numbers customers go by */
        SHEET_CODE,     /* one of a few words; people read what the catalogue has under `words` and the code */
        SHEET_CODES,    /* some of them: an array in JSON, with blanks between them in CSV */
        SHEET_COUNT,    /* how many: an integer, grouped for people */
        SHEET_ORDINAL,  /* an integer that names something: never grouped */
        SHEET_VERSION,  /* of a concept: v3 for people */
        SHEET_ID,       /* an integer that is text in JSON */
        SHEET_MONEY,    /* minor units of the sheet's currency */
        SHEET_DECIMAL,
        SHEET_SHARE,    /* of a whole: percent for people, else a decimal with six places */
        SHEET_DAY,      /* open ends and DAY_NONE are none */
        SHEET_INSTANT,  /* milliseconds, UTC: 2026-01-02T03:04:05Z; people read the day where the company is */
        SHEET_YES_NO,
};

enum { IN_TABLE = 1 << FORM_TABLE, IN_JSON = 1 << FORM_JSON, IN_CSV = 1 << FORM_CSV, IN_XLSX = 1 << FORM_XLSX,
       FORMS_ALL = IN_TABLE | IN_JSON | IN_CSV | IN_XLSX };

struct sheet_column {
        const char *name;    /* in JSON and CSV */
        const char *head;    /* catalogue key of the title people read; NULL: the name */
        enum sheet_kind kind;
        unsigned forms;      /* that show it: IN_...; 0: all. A workbook shows what CSV does, with titles, words and
                              * days as in a table */
        const char *words;   /* SHEET_CODE, SHEET_CODES: the key up to the code ("run.state."), NULL: the code is the
                              * word. SHEET_YES_NO: the key of what people read for yes, and nothing for no; NULL: both
                              * words */
        size_t width_max;    /* in a table, longer cells are cut; 0: never */
        bool blank_zero;     /* in a table, 0 is left blank */
        bool is_change;      /* SHEET_MONEY: in a table with its sign, and 0 is left blank */
};

struct sheet_style {
        enum form form;
        enum language language;
        unsigned minor_digits;  /* of money */
        const char *currency;   /* behind the titles of money in a table; NULL: nothing */
        unsigned indent;        /* blanks in front of every line of a table */
        bool leave_out_none;    /* in JSON, cells that are none are left out instead of null */
        struct buffer *out;     /* what is given out is appended; the caller's. CSV and JSON grow row by row */
        bool csv_mark;          /* a byte order mark in front: spreadsheets take UTF-8 for something else without */
        bool csv_local;         /* as spreadsheets of the language divide fields and write decimals: German ; and , */
        const char *path;       /* FORM_XLSX: of the workbook, instead of `out` (book.h) */
        const char *title;      /* of the workbook's sheet */
        struct json *json;      /* FORM_JSON: the rows become an array here instead of a document in `out` */
        bool in_object;         /* with `json`: no array, the one row's cells become keys of the object open there */
};

struct sheet;
/* `columns` and what `style` points to are borrowed until sheet_free. */
must_check enum status sheet_new(const struct sheet_column *columns, size_t count, const struct sheet_style *style,
                                 struct sheet **ret, struct error *error);
void sheet_free(struct sheet *sheet); /* accepts NULL */
static inline void sheet_freep(struct sheet **sheet) { sheet_free(*sheet); }
#define sheet_cleanup __attribute__((cleanup(sheet_freep)))

void sheet_none(struct sheet *sheet);
void sheet_text(struct sheet *sheet, struct text text);              /* {NULL, 0}: none */
void sheet_string(struct sheet *sheet, const char *string);          /* NULL: none */
/* Plain text of a TEXT, DAY or DECIMAL column ("2026-01-31", "-12.50"), given out as it stands except where there are
 * real types. {NULL, 0}: none */
void sheet_cell(struct sheet *sheet, struct text text);
void sheet_code(struct sheet *sheet, struct text code);              /* {NULL, 0}: none */
/* The names whose bits are set. */
void sheet_codes(struct sheet *sheet, uint32_t set, const char *const *names, unsigned count);
void sheet_integer(struct sheet *sheet, int64_t value);              /* COUNT, ORDINAL, VERSION, ID */
void sheet_money(struct sheet *sheet, int64_t minor);
void sheet_decimal(struct sheet *sheet, int64_t units, unsigned scale);
void sheet_share(struct sheet *sheet, int64_t part, int64_t whole);  /* of nothing: none */
void sheet_day(struct sheet *sheet, int32_t day);
void sheet_instant(struct sheet *sheet, int64_t instant_ms);
void sheet_yes_no(struct sheet *sheet, bool yes);

/* After the last row: writes the table, ends the array or the workbook. Without rows there are only titles. */
must_check enum status sheet_finish(struct sheet *sheet, struct error *error);
size_t sheet_row_count(const struct sheet *sheet);

#endif
