/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * list.c: the rows of a model become cells of a page or of a sheet.
 */
#include "render/list.h"

#include <assert.h>
#include <stdlib.h>

#include "i18n/format.h"
#include "render/value_json.h"

enum { ADDRESS_BYTES_MAX = 64 << 10, ROW_BYTES_MAX = 4 << 20, CODES_MAX = 32, KEY_BYTES_MAX = 96 };

static void end_rows(struct model *model, const struct list_view *view);

void list_put(struct model *model, const struct list_view *view)
{
        end_rows(model, view);
        if (view->total >= 0)
                put_count(model, NULL, "total", view->total);
        put_text(model, NULL, "next", view->next_after);
        if (model->failed)
                return;
        struct list_view *copy = arena_array(model->arena, struct list_view, 1);
        if (!copy) {
                model->failed = true;
                return;
        }
        *copy = *view;
        model->list = copy;
}

static bool is_numeric(enum sheet_kind kind)
{
        return kind == SHEET_COUNT || kind == SHEET_MONEY || kind == SHEET_DECIMAL || kind == SHEET_SHARE;
}

static bool is_code(enum sheet_kind kind) { return kind == SHEET_CODE || kind == SHEET_CODES; }

/* ---- cells of pages ---------------------------------------------------------------------------------------------- */

struct controls {
        struct model *model;
        const struct list_view *view;
        const struct print_style *style;
        struct list_reader reader;
        struct buffer scratch;
        uint8_t shown[LIST_COLUMNS_MAX];
        size_t shown_count;
        const char *parts[LIST_COLUMNS_MAX];
        size_t part_count;
};

/* A code's word in the reader's language. */
static void add_code_word(struct buffer *out, const struct list_column *column, struct text code,
                          enum language language)
{
        char key[KEY_BYTES_MAX];
        if (!column->words) {
                buffer_add(out, code.data, code.length);
                return;
        }
        snprintf(key, sizeof(key), "%s%.*s", column->words, (int)code.length, code.data);
        buffer_add_text(out, message_raw(language, key));
}

static void add_cell_text(struct controls *c, const struct list_column *column, const struct value *value)
{
        struct print_how how = {PRINT_USUAL, false};
        enum value_kind kind = value_kind(value);
        if (kind == VALUE_MONEY)
                how.form = column->flags & COLUMN_EXACT ? PRINT_EXACT : column->flags & COLUMN_SHORT ? PRINT_SHORT
                                                                                                     : PRINT_WHOLE;
        if (kind == VALUE_INSTANT && column->kind == SHEET_DAY)
                how.form = PRINT_DAY;
        if (column->kind == SHEET_CODE && kind == VALUE_TEXT)
                add_code_word(&c->scratch, column, value_text(value), c->style->language);
        else if (column->kind == SHEET_YES_NO && column->words && kind == VALUE_YES_NO)
                buffer_add_text(&c->scratch,
                                value_integer(value) ? message_raw(c->style->language, column->words) : "");
        else if (column->kind == SHEET_VERSION && kind != VALUE_NONE)
                buffer_addf(&c->scratch, "v%lld", (long long)value_integer(value));
        else if (kind != VALUE_NONE && kind != VALUE_MAP)
                print_value(&c->scratch, value, how, c->style);
}

/* No line breaks within a day. */
static void keep_together(struct buffer *text)
{
        struct buffer copy buffer_cleanup;
        buffer_init(&copy, ADDRESS_BYTES_MAX);
        for (size_t i = 0; i < text->length; i++)
                if (text->data[i] == ' ')
                        buffer_add_text(&copy, "\xC2\xA0");
                else
                        buffer_add_byte(&copy, text->data[i]);
        buffer_clear(text);
        buffer_add(text, copy.data, copy.length);
        text->failed |= copy.failed;
}

static void put_scratch(struct controls *c, struct value *map, const char *name)
{
        if (c->scratch.failed)
                c->model->failed = true;
        else
                put_text(c->model, map, name, (struct text){c->scratch.data, c->scratch.length});
}

static bool is_brief(const struct controls *c, const struct list_column *column)
{
        const struct list_address *address = c->view->address;
        bool added = address->column_count && !(column->flags & COLUMN_SHOWN);
        return added || column->flags & COLUMN_BRIEF ||
               (address->sort != LIST_NO_COLUMN && column == &c->view->spec->columns[address->sort]);
}

static void add_cell(struct controls *c, struct value *cells, const struct value *row, const struct list_column *column)
{
        const struct value *value = value_get(row, column->name);
        struct value *cell = add_map(c->model, cells);
        put_string(c->model, cell, "column", column->name);
        put_word(c->model, cell, "title", column->brief ? column->brief : column->title);
        put_yes_no(c->model, cell, "brief", is_brief(c, column));
        buffer_clear(&c->scratch);
        add_cell_text(c, column, value);
        if (value_kind(value) == VALUE_DAY || value_kind(value) == VALUE_INSTANT)
                keep_together(&c->scratch);
        put_scratch(c, cell, "text");
        put_text(c->model, cell, "code",
                 is_code(column->kind) ? word_of_key(value_text(value)) : (struct text){NULL, 0});
        put_value(c->model, cell, "path", column->path ? value_get(row, column->path) : NULL);
        put_yes_no(c->model, cell, "numeric", is_numeric(column->kind));
        put_yes_no(c->model, cell, "unknown", value_kind(value) == VALUE_NONE);
        for (size_t i = 0; i < c->part_count; i++)
                put_yes_no(c->model, cell, c->parts[i], column->part && strcmp(column->part, c->parts[i]) == 0);
}

/* The parts of all columns shown. Every cell says of each whether it is one: what it did not say, templates would look
 * up in the row, which may have an entry of that name. */
static void gather_parts(struct controls *c)
{
        for (size_t i = 0; i < c->shown_count; i++) {
                const char *part = c->view->spec->columns[c->shown[i]].part;
                size_t place = 0;
                while (part && place < c->part_count && strcmp(c->parts[place], part) != 0)
                        place++;
                if (part && place == c->part_count)
                        c->parts[c->part_count++] = part;
        }
}

/* The model's own tree is let grow once more, by what only its page shows. */
static void add_cells(struct controls *c)
{
        const struct value *rows = value_get(c->model->root, "rows");
        gather_parts(c);
        for (const struct value *row = value_first(rows); row && !c->model->failed; row = value_next(row)) {
                struct value *cells = put_page_list(c->model, (struct value *)row, "cells");
                for (size_t i = 0; i < c->shown_count; i++)
                        add_cell(c, cells, row, &c->view->spec->columns[c->shown[i]]);
        }
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static void put_address(struct controls *c, struct value *map, const char *name, const char *ending,
                        const struct list_address *address)
{
        buffer_clear(&c->scratch);
        buffer_addf(&c->scratch, "%s%s?", c->view->spec->path, ending);
        size_t start = c->scratch.length;
        list_address_add(&c->scratch, c->view->spec, &c->reader, address);
        if (c->scratch.length == start && !c->scratch.failed)
                c->scratch.data[--c->scratch.length] = '\0';
        put_scratch(c, map, name);
}

static void add_columns(struct controls *c, struct value *controls)
{
        const struct list_address *address = c->view->address;
        const struct value *sums = value_get(c->model->root, "sums");
        struct value *columns = put_list(c->model, controls, "columns");
        bool any = false;
        for (size_t i = 0; i < c->shown_count; i++) {
                const struct list_column *column = &c->view->spec->columns[c->shown[i]];
                const struct value *sum = column->flags & COLUMN_SUMS ? value_get(sums, column->name) : NULL;
                struct value *map = add_map(c->model, columns);
                bool sorted = address->sort == c->shown[i];
                put_string(c->model, map, "name", column->name);
                put_word(c->model, map, "title", column->title);
                put_yes_no(c->model, map, "numeric", is_numeric(column->kind));
                put_yes_no(c->model, map, "brief", is_brief(c, column));
                if (column->flags & COLUMN_SORTS) {
                        struct list_address other = list_sorted_by(c->view->spec, address, c->shown[i]);
                        put_address(c, map, "sort_path", "", &other);
                } else {
                        put_none(c->model, map, "sort_path");
                }
                put_string(c->model, map, "sorted", !sorted               ? NULL
                                                    : address->descending ? "descending"
                                                                          : "ascending");
                buffer_clear(&c->scratch);
                if (sum)
                        add_cell_text(c, column, sum);
                if (c->scratch.length)
                        put_scratch(c, map, "sum");
                else
                        put_none(c->model, map, "sum");
                any = any || sum;
        }
        put_yes_no(c->model, controls, "has_sums", any);
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

static void add_end(struct controls *c, const struct list_column *column, int64_t value)
{
        enum language language = c->style->language;
        switch (column->kind) {
        case SHEET_MONEY:
                format_add_amount_short(&c->scratch, language, value, c->style->minor_digits, c->style->currency);
                break;
        case SHEET_SHARE:
                format_add_share(&c->scratch, language, value, 1000000, value % 10000 ? 1 : 0);
                break;
        case SHEET_DECIMAL:
                format_add_decimal(&c->scratch, language, value, column->scale);
                break;
        case SHEET_DAY:
        case SHEET_INSTANT:
                format_add_day(&c->scratch, language, (int32_t)value);
                break;
        case SHEET_COUNT:
                format_add_count(&c->scratch, language, value);
                break;
        default:
                buffer_add_int(&c->scratch, value);
        }
}

static void add_range(struct controls *c, const struct list_column *column, const struct list_filter *filter)
{
        if (filter->has_from && !filter->has_to)
                buffer_addf(&c->scratch, "%s ", message_raw(c->style->language, "list.from"));
        if (filter->has_from)
                add_end(c, column, filter->from);
        if (filter->has_from && filter->has_to)
                buffer_add_text(&c->scratch, " – ");
        else if (filter->has_to)
                buffer_addf(&c->scratch, "%s ", message_raw(c->style->language, "list.to"));
        if (filter->has_to)
                add_end(c, column, filter->to);
}

/* What a row of the list calls the word: of those that are the word, all do. */
static struct text shown_in_rows(const struct controls *c, const struct list_column *column, struct text word)
{
        const struct value *rows = value_get(c->model->root, "rows");
        for (const struct value *row = value_first(rows); row; row = value_next(row)) {
                const struct value *value = value_get(row, column->name);
                if (value_kind(value) == VALUE_NAMED && text_equal(value_text(value), word))
                        return value_shown(value);
        }
        return word;
}

/* "Segment: A", "Segment: nicht C", "Umsatz: ab 10 T€", "Besuch: unbekannt". */
static void add_filter_words(struct controls *c, const struct list_filter *filter)
{
        const struct list_column *column = &c->view->spec->columns[filter->column];
        enum language language = c->style->language;
        buffer_addf(&c->scratch, "%s: ", message_raw(language, column->title));
        switch (filter->compare) {
        case LIST_UNKNOWN:
                buffer_add_text(&c->scratch, message_raw(language, "format.unknown"));
                break;
        case LIST_KNOWN:
                buffer_add_text(&c->scratch, message_raw(language, "list.known"));
                break;
        case LIST_BETWEEN:
                add_range(c, column, filter);
                break;
        case LIST_IS_NOT:
                buffer_addf(&c->scratch, "%s ", message_raw(language, "list.not"));
                /* fall through */
        case LIST_IS:
                if (column->kind == SHEET_YES_NO)
                        buffer_add_text(&c->scratch,
                                        message_raw(language, text_is(filter->word, "yes") ? "word.yes" : "word.no"));
                else
                        add_code_word(&c->scratch, column, shown_in_rows(c, column, filter->word), language);
                break;
        }
}

static void add_filters(struct controls *c, struct value *controls)
{
        const struct list_address *address = c->view->address;
        struct value *filters = put_list(c->model, controls, "filters");
        for (size_t i = 0; i < address->filter_count; i++) {
                struct value *map = add_map(c->model, filters);
                struct list_address without = list_without_filter(address, i);
                put_string(c->model, map, "column", c->view->spec->columns[address->filters[i].column].name);
                buffer_clear(&c->scratch);
                add_filter_words(c, &address->filters[i]);
                put_scratch(c, map, "words");
                put_address(c, map, "path", "", &without);
                buffer_clear(&c->scratch);
                list_filter_add(&c->scratch, c->view->spec, &c->reader, &address->filters[i]);
                put_scratch(c, map, "field");
        }
        if (address->filter_count || address->search.data) {
                struct list_address without = list_without_filters(address);
                put_address(c, controls, "clear_path", "", &without);
        } else {
                put_none(c->model, controls, "clear_path");
        }
}

/* ---- choices ----------------------------------------------------------------------------------------------------- */

/* One word to filter by: a link that adds or removes the filter. `words` {NULL, 0}: by the column's words. */
static void add_option(struct controls *c, struct value *options, size_t place, struct text code, struct text words)
{
        const struct list_column *column = &c->view->spec->columns[place];
        const struct list_address *address = c->view->address;
        struct value *map = add_map(c->model, options);
        size_t filter = list_find_word(address, place, code);
        bool on = filter < address->filter_count;
        struct list_address other = on ? list_without_filter(address, filter) : list_with_word(address, place, code);
        buffer_clear(&c->scratch);
        if (words.data)
                buffer_add(&c->scratch, words.data, words.length);
        else if (column->kind == SHEET_YES_NO)
                buffer_add_text(&c->scratch,
                                message_raw(c->style->language, text_is(code, "yes") ? "word.yes" : "word.no"));
        else
                add_code_word(&c->scratch, column, code, c->style->language);
        put_scratch(c, map, "words");
        put_yes_no(c->model, map, "on", on);
        put_address(c, map, "path", "", &other);
}

static void add_quick_of(struct controls *c, struct value *quick, size_t place)
{
        static const char *const both[] = {"yes", "no", NULL};
        const struct list_column *column = &c->view->spec->columns[place];
        const char *const *codes = column->codes ? column->codes : column->kind == SHEET_YES_NO ? both : NULL;
        const struct value *choices = value_get(value_get(c->model->root, "choices"), column->name);
        if (!(column->flags & COLUMN_FILTERS) || (!codes && !value_count(choices)))
                return;
        struct value *map = add_map(c->model, quick);
        put_string(c->model, map, "name", column->name);
        put_word(c->model, map, "title", column->title);
        struct value *options = put_list(c->model, map, "options");
        for (; codes && *codes; codes++)
                add_option(c, options, place, text_of(*codes), (struct text){NULL, 0});
        for (const struct value *choice = value_first(codes ? NULL : choices); choice; choice = value_next(choice)) {
                bool named = value_kind(choice) == VALUE_MAP;
                struct text code = value_text(named ? value_get(choice, "code") : choice);
                if (code.length)
                        add_option(c, options, place, code, value_text(named ? value_get(choice, "name") : NULL));
        }
}

static void add_quick(struct controls *c, struct value *controls)
{
        struct value *quick = put_list(c->model, controls, "quick");
        for (size_t i = 0; i < c->view->spec->column_count; i++)
                add_quick_of(c, quick, i);
}

/* ---- forms ------------------------------------------------------------------------------------------------------- */

static bool is_shown(const struct controls *c, size_t column)
{
        for (size_t i = 0; i < c->shown_count; i++)
                if (c->shown[i] == column)
                        return true;
        return false;
}

static void add_choice(struct controls *c, struct value *controls)
{
        const struct list_spec *spec = c->view->spec;
        struct value *choice = put_list(c->model, controls, "choice");
        struct value *filterable = put_list(c->model, controls, "filterable");
        for (size_t i = 0; i < spec->column_count; i++) {
                const struct list_column *column = &spec->columns[i];
                struct value *map = add_map(c->model, choice);
                put_string(c->model, map, "name", column->name);
                put_word(c->model, map, "title", column->title);
                put_yes_no(c->model, map, "chosen", is_shown(c, i));
                if (!(column->flags & COLUMN_FILTERS))
                        continue;
                map = add_map(c->model, filterable);
                put_string(c->model, map, "name", column->name);
                put_word(c->model, map, "title", column->title);
                put_yes_no(c->model, map, "is_yes_no", column->kind == SHEET_YES_NO);
                put_yes_no(c->model, map, "is_day", column->kind == SHEET_DAY || column->kind == SHEET_INSTANT);
                put_yes_no(c->model, map, "is_range", column->kind != SHEET_YES_NO && column->kind != SHEET_TEXT &&
                                                              !is_code(column->kind) && column->kind != SHEET_ID);
        }
}

static void add_field(struct controls *c, struct value *fields, const char *name, struct text value)
{
        if (!value.length)
                return;
        struct value *map = add_map(c->model, fields);
        put_string(c->model, map, "name", name);
        put_text(c->model, map, "value", value);
        put_yes_no(c->model, map, "is_columns", strcmp(name, "columns") == 0);
}

/* What a form of the list has to repeat, since it would else be forgotten. */
static void add_fields(struct controls *c, struct value *controls)
{
        const struct list_spec *spec = c->view->spec;
        const struct list_address *address = c->view->address;
        struct value *fields = put_list(c->model, controls, "fields");
        for (size_t i = 0; spec->kept && spec->kept[i]; i++)
                add_field(c, fields, spec->kept[i], address->kept[i]);
        add_field(c, fields, "view", address->view);
        for (size_t i = 0; i < address->filter_count; i++) {
                buffer_clear(&c->scratch);
                list_filter_add(&c->scratch, spec, &c->reader, &address->filters[i]);
                add_field(c, fields, "filter", (struct text){c->scratch.data, c->scratch.length});
        }
        if (address->sort != LIST_NO_COLUMN) {
                buffer_clear(&c->scratch);
                buffer_addf(&c->scratch, "%s%s", address->descending ? "-" : "", spec->columns[address->sort].name);
                add_field(c, fields, "sort", (struct text){c->scratch.data, c->scratch.length});
        }
        buffer_clear(&c->scratch);
        for (size_t i = 0; i < address->column_count; i++)
                buffer_addf(&c->scratch, "%s%s", i ? "," : "", spec->columns[address->columns[i]].name);
        add_field(c, fields, "columns", (struct text){c->scratch.data, c->scratch.length});
}

static void add_pages(struct controls *c, struct value *controls)
{
        struct list_address whole = list_after(c->view->address, (struct text){NULL, 0});
        struct list_address next = list_after(c->view->address, c->view->next_after);
        put_address(c, controls, "csv_path", ".csv", &whole);
        put_address(c, controls, "xlsx_path", ".xlsx", &whole);
        if (c->view->next_after.data)
                put_address(c, controls, "next_path", "", &next);
        else
                put_none(c->model, controls, "next_path");
        if (c->view->address->after.data)
                put_address(c, controls, "first_path", "", &whole);
        else
                put_none(c->model, controls, "first_path");
        put_count(c->model, controls, "count", (int64_t)value_count(value_get(c->model->root, "rows")));
}

void list_add_controls(struct model *model, const struct print_style *style)
{
        if (!model->list || model->failed)
                return;
        struct controls c = {.model = model, .view = model->list, .style = style,
                             .reader = {style->language, style->minor_digits}};
        buffer_init(&c.scratch, ADDRESS_BYTES_MAX);
        c.shown_count = list_shown_columns(c.view->spec, c.view->address, c.shown);
        struct value *controls = put_page_map(model, NULL, "list");
        put_word(model, controls, "title", c.view->spec->title);
        put_text(model, controls, "search", c.view->address->search);
        add_columns(&c, controls);
        add_filters(&c, controls);
        add_quick(&c, controls);
        add_choice(&c, controls);
        add_fields(&c, controls);
        add_pages(&c, controls);
        add_cells(&c);
        buffer_release(&c.scratch);
}

/* ---- sheets ------------------------------------------------------------------------------------------------------ */

static void give_codes(struct sheet *sheet, const struct value *list, struct arena *arena)
{
        const char *names[CODES_MAX];
        unsigned count = 0;
        for (const struct value *item = value_first(list); item && count < CODES_MAX; item = value_next(item)) {
                struct text word = word_of_key(value_text(item));
                names[count] = arena_copy(arena, word.data, word.length);
                count += names[count] != NULL;
        }
        sheet_codes(sheet, count == 32 ? UINT32_MAX : (1U << count) - 1, names, count);
}

/* Text of whatever kind a column of text holds. */
static void give_text(struct sheet *sheet, const struct value *value, const struct print_style *style,
                      struct buffer *scratch)
{
        if (value_kind(value) == VALUE_TEXT || value_kind(value) == VALUE_NAMED) {
                sheet_text(sheet, value_text(value));
                return;
        }
        buffer_clear(scratch);
        print_value(scratch, value, (struct print_how){PRINT_USUAL, false}, style);
        sheet_text(sheet, (struct text){scratch->data, scratch->length});
}

static void give_cell(struct sheet *sheet, const struct list_column *column, const struct value *value,
                      const struct print_style *style, struct buffer *scratch, struct arena *arena)
{
        if (value_kind(value) == VALUE_NONE) {
                sheet_none(sheet);
                return;
        }
        switch (column->kind) {
        case SHEET_TEXT:
                give_text(sheet, value, style, scratch);
                break;
        case SHEET_CODE:
                sheet_code(sheet, word_of_key(value_text(value)));
                break;
        case SHEET_CODES:
                give_codes(sheet, value, arena);
                break;
        case SHEET_COUNT:
        case SHEET_ORDINAL:
        case SHEET_VERSION:
        case SHEET_ID:
                sheet_integer(sheet, value_integer(value));
                break;
        case SHEET_MONEY:
                sheet_money(sheet, value_integer(value));
                break;
        case SHEET_DECIMAL:
                sheet_decimal(sheet, value_integer(value), value_scale(value));
                break;
        case SHEET_SHARE:
                sheet_share(sheet, value_integer(value), value_whole(value));
                break;
        case SHEET_DAY:
                sheet_day(sheet, (int32_t)value_integer(value));
                break;
        case SHEET_INSTANT:
                sheet_instant(sheet, value_integer(value));
                break;
        case SHEET_YES_NO:
                sheet_yes_no(sheet, value_integer(value) != 0);
                break;
        }
}

struct list_file {
        const struct print_style *style;
        const char *path;            /* of a workbook; NULL: CSV */
        struct buffer out;           /* CSV */
        struct sheet_column columns[LIST_COLUMNS_MAX];
        const struct list_spec *spec;
        uint8_t shown[LIST_COLUMNS_MAX];
        size_t shown_count;
        struct sheet *sheet;
        struct arena *rows, *model_arena; /* of one row; of the rest of the model */
        struct value *row;           /* filled, not given out yet */
        struct buffer scratch;
        enum status status;
        struct error error;
};

static enum status open_sheet(struct list_file *file, const struct list_spec *spec, const struct list_address *address)
{
        struct sheet_style style = {.form = file->path ? FORM_XLSX : FORM_CSV, .language = file->style->language,
                                    .csv_mark = true, .csv_local = true, .minor_digits = file->style->minor_digits,
                                    .out = &file->out, .path = file->path,
                                    .currency = file->path ? file->style->currency : NULL,
                                    .title = message_raw(file->style->language, spec->title)};
        file->spec = spec;
        file->shown_count = list_shown_columns(spec, address, file->shown);
        for (size_t i = 0; i < file->shown_count; i++) {
                const struct list_column *column = &spec->columns[file->shown[i]];
                file->columns[i] = (struct sheet_column){.name = column->name, .head = column->title,
                                                         .kind = column->kind, .words = column->words};
        }
        return sheet_new(file->columns, file->shown_count, &style, &file->sheet, &file->error);
}

static void give_row(struct list_file *file, const struct value *row)
{
        for (size_t i = 0; i < file->shown_count; i++) {
                const struct list_column *column = &file->spec->columns[file->shown[i]];
                give_cell(file->sheet, column, value_get(row, column->name), file->style, &file->scratch, file->rows);
        }
}

struct list_file *list_file_new(struct model *model, const struct print_style *style, const char *path,
                                size_t bytes_max)
{
        struct list_file *file = calloc(1, sizeof(*file));
        if (!file)
                return NULL;
        *file = (struct list_file){.style = style, .path = path, .model_arena = model->arena,
                                   .rows = arena_new(ROW_BYTES_MAX)};
        buffer_init(&file->out, path ? 0 : bytes_max);
        buffer_init(&file->scratch, ADDRESS_BYTES_MAX);
        if (!file->rows) {
                list_file_free(file);
                return NULL;
        }
        model->file = file;
        return file;
}

void list_file_free(struct list_file *file)
{
        if (!file)
                return;
        sheet_free(file->sheet);
        arena_free(file->rows);
        buffer_release(&file->out);
        buffer_release(&file->scratch);
        free(file);
}

/* The row before, if there is one; opens the sheet for the first. */
static void give_out(struct list_file *file, const struct list_spec *spec, const struct list_address *address)
{
        if (file->status == STATUS_OK && !file->sheet)
                file->status = open_sheet(file, spec, address);
        if (file->status == STATUS_OK && file->row)
                give_row(file, file->row);
        file->row = NULL;
}

struct value *list_row(struct model *model, struct value *rows, const struct list_spec *spec,
                       const struct list_address *address)
{
        struct list_file *file = model->file;
        if (!file)
                return add_map(model, rows);
        if (!model->failed)
                give_out(file, spec, address);
        arena_reset(file->rows);
        model->arena = file->rows;
        file->row = new_map(model);
        return file->row;
}

/* The last row goes out; what is put from now on is the model's again. */
static void end_rows(struct model *model, const struct list_view *view)
{
        if (!model->file)
                return;
        if (!model->failed)
                give_out(model->file, view->spec, view->address);
        model->arena = model->file->model_arena;
}

/* Ends what list_put or the caller of the handler has: rows of the model, or those that went out one by one. */
static enum status finish(struct model *model, struct list_file *file, struct error *error)
{
        give_out(file, model->list->spec, model->list->address);
        if (file->status != STATUS_OK) {
                if (error)
                        *error = file->error;
                return file->status;
        }
        for (const struct value *row = value_first(value_get(model->root, "rows")); row; row = value_next(row)) {
                give_row(file, row);
                arena_reset(file->rows);
        }
        return file->scratch.failed || file->out.failed ? error_memory(error) : sheet_finish(file->sheet, error);
}

static enum status write_list(struct model *model, const struct print_style *style, const char *path,
                              struct buffer *out, struct error *error)
{
        struct list_file *given = model->file;
        struct model copy = *model;
        struct list_file *file = given ? given : list_file_new(&copy, style, path, out ? out->length_max : 0);
        if (!file)
                return error_memory(error);
        enum status status = finish(model, file, error);
        if (status == STATUS_OK && out && !buffer_add(out, file->out.data, file->out.length))
                status = error_memory(error);
        if (!given)
                list_file_free(file);
        return status;
}

enum status list_csv(struct model *model, const struct print_style *style, struct buffer *out, struct error *error)
{
        assert(model->list);
        return write_list(model, style, NULL, out, error);
}

enum status list_xlsx(struct model *model, const struct print_style *style, const char *path, struct error *error)
{
        assert(model->list && (!model->file || model->file->path));
        return write_list(model, style, path, NULL, error);
}
