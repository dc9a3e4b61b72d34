/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * list_address.c: each field has one function that reads it; the grammar of filters is read and written side by side.
 */
#include "render/list_address.h"

#include <assert.h>
#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"

enum { SHARE_SCALE = 4, QUERY_PAIRS_MAX = 128, NAME_BYTES_MAX = 64 };

struct reading {
        const struct list_spec *spec;
        const struct list_reader *reader;
        struct list_address *address;
        struct text where, is, from, to, sort;
        struct error *error;
};

/* Up to LIST_TEXT_MAX bytes of what is told in an error. */
static enum status wrong(struct reading *r, const char *key, const char *name, struct text value)
{
        char copy[LIST_TEXT_MAX + 1];
        size_t length = value.length < LIST_TEXT_MAX ? value.length : LIST_TEXT_MAX;
        if (length)
                memcpy(copy, value.data, length);
        copy[length] = '\0';
        return error_set(r->error, STATUS_INVALID, key, name, copy, NULL);
}

static enum status find_column(struct reading *r, struct text name, size_t *ret)
{
        for (size_t i = 0; i < r->spec->column_count; i++)
                if (text_is(name, r->spec->columns[i].name)) {
                        *ret = i;
                        return STATUS_OK;
                }
        return wrong(r, "list.unknown_column", "name", name);
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static bool has_range(enum sheet_kind kind)
{
        switch (kind) {
        case SHEET_COUNT:
        case SHEET_ORDINAL:
        case SHEET_VERSION:
        case SHEET_MONEY:
        case SHEET_DECIMAL:
        case SHEET_SHARE:
        case SHEET_DAY:
        case SHEET_INSTANT:
                return true;
        default:
                return false;
        }
}

/* Places behind the point of what stands in an address. A share is in percent there and counts in millionths. */
static unsigned scale_of(const struct list_column *column, const struct list_reader *reader)
{
        switch (column->kind) {
        case SHEET_MONEY:
                return reader->minor_digits;
        case SHEET_DECIMAL:
                return column->scale;
        case SHEET_SHARE:
                return SHARE_SCALE;
        default:
                return 0;
        }
}

static bool is_day(const struct list_column *column)
{
        return column->kind == SHEET_DAY || column->kind == SHEET_INSTANT;
}

static bool parse_end(const struct reading *r, const struct list_column *column, struct text text,
                      enum decimal_mark mark, int64_t *ret)
{
        int32_t day;
        if (is_day(column)) {
                if (!day_parse_iso(text, &day) && (mark != DECIMAL_COMMA || !day_parse_format(text, "%d.%m.%Y", &day)))
                        return false;
                *ret = day;
                return true;
        }
        return decimal_parse_scaled(text, mark, scale_of(column, r->reader), false, ret) == DECIMAL_OK;
}

static void add_end(struct buffer *out, const struct list_column *column, const struct list_reader *reader,
                    int64_t value)
{
        unsigned scale = scale_of(column, reader);
        if (is_day(column)) {
                day_add_iso(out, (int32_t)value);
                return;
        }
        for (; scale && value % 10 == 0; scale--)
                value /= 10;
        decimal_add_plain(out, value, scale);
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

static enum status add_filter(struct reading *r, struct list_filter filter)
{
        char digits[8];
        if (r->address->filter_count == LIST_FILTERS_MAX) {
                snprintf(digits, sizeof(digits), "%d", LIST_FILTERS_MAX);
                return error_set(r->error, STATUS_LIMIT, "list.too_many_filters", "limit", digits, NULL);
        }
        r->address->filters[r->address->filter_count++] = filter;
        return STATUS_OK;
}

/* "10000..50000", with both ends or one. */
static enum status parse_range(struct reading *r, struct text text, enum decimal_mark mark, struct list_filter *filter)
{
        const struct list_column *column = &r->spec->columns[filter->column];
        const char *dots = memmem(text.data, text.length, "..", 2);
        if (!dots)
                return wrong(r, "list.bad_filter", "value", text);
        struct text from = {text.data, (size_t)(dots - text.data)};
        struct text to = {dots + 2, text.length - from.length - 2};
        filter->compare = LIST_BETWEEN;
        filter->has_from = from.length > 0;
        filter->has_to = to.length > 0;
        if ((!filter->has_from && !filter->has_to) ||
            (filter->has_from && !parse_end(r, column, from, mark, &filter->from)) ||
            (filter->has_to && !parse_end(r, column, to, mark, &filter->to)))
                return wrong(r, "list.bad_filter", "value", text);
        if (filter->has_from && filter->has_to && filter->from > filter->to)
                return wrong(r, "list.range_backwards", "value", text);
        return STATUS_OK;
}

static enum status parse_filter(struct reading *r, struct text text)
{
        struct list_filter filter = {0};
        bool negated = text.length > 0 && text.data[0] == '-';
        const char *begin = text.data + negated, *end = text.data + text.length;
        const char *colon = text.length > 0 ? memchr(begin, ':', (size_t)(end - begin)) : NULL;
        if (!colon)
                return wrong(r, "list.bad_filter", "value", text);
        enum status status = find_column(r, (struct text){begin, (size_t)(colon - begin)}, &filter.column);
        if (status != STATUS_OK)
                return status;
        const struct list_column *column = &r->spec->columns[filter.column];
        struct text value = {colon + 1, (size_t)(end - colon - 1)};
        if (!(column->flags & COLUMN_FILTERS))
                return wrong(r, "list.not_filterable", "name", text_of(column->name));
        if (value.length == 0) {
                filter.compare = negated ? LIST_KNOWN : LIST_UNKNOWN;
        } else if (has_range(column->kind)) {
                status = negated ? wrong(r, "list.bad_filter", "value", text)
                                 : parse_range(r, value, DECIMAL_POINT, &filter);
        } else {
                filter.compare = negated ? LIST_IS_NOT : LIST_IS;
                filter.word = value;
                if (column->kind == SHEET_YES_NO && !text_is(value, "yes") && !text_is(value, "no"))
                        status = wrong(r, "list.bad_filter", "value", text);
        }
        return status == STATUS_OK ? add_filter(r, filter) : status;
}

/* where=COLUMN with is=WORD or from= and to=, of which none may be given: somebody pressed the button too early. */
static enum status parse_added(struct reading *r)
{
        struct list_filter filter = {0};
        char range[2 * LIST_TEXT_MAX + 3];
        if (!r->where.length)
                return STATUS_OK;
        enum status status = find_column(r, r->where, &filter.column);
        if (status != STATUS_OK)
                return status;
        const struct list_column *column = &r->spec->columns[filter.column];
        if (!(column->flags & COLUMN_FILTERS))
                return wrong(r, "list.not_filterable", "name", text_of(column->name));
        if (!has_range(column->kind)) {
                if (!r->is.length)
                        return STATUS_OK;
                if (column->kind == SHEET_YES_NO && !text_is(r->is, "yes") && !text_is(r->is, "no"))
                        return wrong(r, "list.bad_filter", "value", r->is);
                filter.word = r->is;
                return add_filter(r, filter);
        }
        struct text from = text_trim(r->from), to = text_trim(r->to);
        if (!from.length && !to.length)
                return STATUS_OK;
        int length = snprintf(range, sizeof(range), "%.*s..%.*s", (int)from.length, from.data ? from.data : "",
                              (int)to.length, to.data ? to.data : "");
        enum decimal_mark mark = r->reader->language == LANGUAGE_GERMAN ? DECIMAL_COMMA : DECIMAL_POINT;
        status = parse_range(r, (struct text){range, (size_t)length}, mark, &filter);
        return status == STATUS_OK ? add_filter(r, filter) : status;
}

void list_filter_add(struct buffer *out, const struct list_spec *spec, const struct list_reader *reader,
                     const struct list_filter *filter)
{
        const struct list_column *column = &spec->columns[filter->column];
        if (filter->compare == LIST_IS_NOT || filter->compare == LIST_KNOWN)
                buffer_add_byte(out, '-');
        buffer_addf(out, "%s:", column->name);
        if (filter->compare == LIST_IS || filter->compare == LIST_IS_NOT) {
                buffer_add(out, filter->word.data, filter->word.length);
        } else if (filter->compare == LIST_BETWEEN) {
                if (filter->has_from)
                        add_end(out, column, reader, filter->from);
                buffer_add_text(out, "..");
                if (filter->has_to)
                        add_end(out, column, reader, filter->to);
        }
}

/* ---- other fields ------------------------------------------------------------------------------------------------ */

static enum status parse_sort(struct reading *r)
{
        struct text name = r->sort;
        size_t column;
        if (!name.length)
                return STATUS_OK;
        bool descending = name.data[0] == '-';
        enum status status = find_column(r, (struct text){name.data + descending, name.length - descending}, &column);
        if (status != STATUS_OK)
                return status;
        if (!(r->spec->columns[column].flags & COLUMN_SORTS))
                return wrong(r, "list.not_sortable", "name", text_of(r->spec->columns[column].name));
        r->address->sort = (int)column;
        r->address->descending = descending;
        return STATUS_OK;
}

static enum status parse_columns(struct reading *r, struct text text)
{
        struct list_address *address = r->address;
        for (size_t start = 0, i = 0; i <= text.length; i++) {
                size_t column;
                if (i < text.length && text.data[i] != ',')
                        continue;
                struct text name = {text.data + start, i - start};
                enum status status = find_column(r, name, &column);
                if (status != STATUS_OK)
                        return status;
                for (size_t j = 0; j < address->column_count; j++)
                        if (address->columns[j] == column)
                                return wrong(r, "list.twice", "name", name);
                address->columns[address->column_count++] = (uint8_t)column;
                start = i + 1;
        }
        return STATUS_OK;
}

/* Where a field that may come once is kept; NULL: there is none of that name. */
static struct text *place_of(struct reading *r, struct text name)
{
        struct list_address *address = r->address;
        const struct {
                const char *name;
                struct text *place;
        } places[] = {{"q", &address->search}, {"after", &address->after}, {"view", &address->view},
                      {"sort", &r->sort},      {"where", &r->where},       {"is", &r->is},
                      {"from", &r->from},      {"to", &r->to}};
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
                if (text_is(name, places[i].name))
                        return places[i].place;
        for (size_t i = 0; r->spec->kept && r->spec->kept[i]; i++) {
                assert(i < LIST_KEPT_MAX);
                if (text_is(name, r->spec->kept[i]))
                        return &address->kept[i];
        }
        return NULL;
}

static enum status parse_field(struct reading *r, struct text name, struct text value)
{
        char digits[8];
        struct text *place;
        if (value.length > LIST_TEXT_MAX && !text_is(name, "columns")) {
                snprintf(digits, sizeof(digits), "%d", LIST_TEXT_MAX);
                char field[NAME_BYTES_MAX];
                snprintf(field, sizeof(field), "%.*s", (int)(name.length < 60 ? name.length : 60), name.data);
                return error_set(r->error, STATUS_INVALID, "list.too_long", "name", field, "limit", digits, NULL);
        }
        if (text_is(name, "filter"))
                return value.length ? parse_filter(r, value) : STATUS_OK;
        if (text_is(name, "columns"))
                return value.length ? parse_columns(r, value) : STATUS_OK;
        place = place_of(r, name);
        if (!place)
                return wrong(r, "list.unknown_field", "name", name);
        if (place->data)
                return wrong(r, "list.twice", "name", name);
        *place = value;
        return STATUS_OK;
}

/* Fields that were given, but empty. */
static void forget_empty(struct reading *r)
{
        struct text *places[] = {&r->address->search, &r->address->after, &r->address->view};
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
                if (!places[i]->length)
                        *places[i] = (struct text){NULL, 0};
        for (size_t i = 0; i < LIST_KEPT_MAX; i++)
                if (!r->address->kept[i].length)
                        r->address->kept[i] = (struct text){NULL, 0};
}

enum status list_address_parse(const struct list_spec *spec, const struct list_reader *reader,
                               const struct list_pair *pairs, size_t count, struct list_address *ret,
                               struct error *error)
{
        struct list_address address = {.sort = LIST_NO_COLUMN};
        struct reading r = {.spec = spec, .reader = reader, .address = &address, .error = error};
        enum status status = STATUS_OK;
        assert(spec->column_count <= LIST_COLUMNS_MAX);
        for (size_t i = 0; status == STATUS_OK && i < count; i++)
                status = parse_field(&r, pairs[i].name, pairs[i].value.data ? pairs[i].value : (struct text){"", 0});
        if (status == STATUS_OK)
                status = parse_sort(&r);
        if (status == STATUS_OK)
                status = parse_added(&r);
        if (status == STATUS_OK) {
                forget_empty(&r);
                *ret = address;
        }
        return status;
}

/* ---- queries ----------------------------------------------------------------------------------------------------- */

static int hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place; false: a % without two digits, a NUL, or no UTF-8. */
static bool decode(char *data, struct text *text)
{
        size_t length = 0;
        for (size_t i = 0; i < text->length; i++) {
                char c = text->data[i];
                if (c == '%') {
                        int high = i + 2 < text->length ? hex(text->data[i + 1]) : -1;
                        int low = i + 2 < text->length ? hex(text->data[i + 2]) : -1;
                        if (high < 0 || low < 0)
                                return false;
                        c = (char)(high * 16 + low);
                        i += 2;
                }
                data[length++] = text->data[i] == '+' && c == '+' ? ' ' : c;
        }
        *text = (struct text){data, length};
        return !memchr(data, '\0', length) && text_is_utf8(data, length);
}

enum status list_address_parse_query(const struct list_spec *spec, const struct list_reader *reader, struct text query,
                                     struct arena *arena, struct list_address *ret, struct error *error)
{
        struct list_pair pairs[QUERY_PAIRS_MAX];
        size_t count = 0;
        char *copy = arena_copy(arena, query.data, query.length);
        if (!copy)
                return error_memory(error);
        for (char *at = copy, *end = copy + query.length; at < end;) {
                char *stop = memchr(at, '&', (size_t)(end - at));
                stop = stop ? stop : end;
                char *equals = memchr(at, '=', (size_t)(stop - at));
                struct text name = {at, (size_t)((equals ? equals : stop) - at)};
                struct text value = {equals ? equals + 1 : stop, equals ? (size_t)(stop - equals - 1) : 0};
                if (count == QUERY_PAIRS_MAX || !decode(at, &name) || (equals && !decode(equals + 1, &value)))
                        return error_set(error, STATUS_INVALID, "list.bad_query", NULL);
                if (stop > at)
                        pairs[count++] = (struct list_pair){name, value};
                at = stop + 1;
        }
        return list_address_parse(spec, reader, pairs, count, ret, error);
}

/* Encodes what may not stand in the value of a query; what filters are made of stays readable. */
static void add_value(struct buffer *out, struct text text)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:,/";
        for (size_t i = 0; i < text.length; i++) {
                unsigned char c = (unsigned char)text.data[i];
                if (c && strchr(plain, c))
                        buffer_add_byte(out, (char)c);
                else
                        buffer_addf(out, "%%%02X", c);
        }
}

static void add_pair(struct buffer *out, size_t start, const char *name, struct text value)
{
        if (!value.length)
                return;
        buffer_addf(out, "%s%s=", out->length > start ? "&" : "", name);
        add_value(out, value);
}

static void add_columns(struct buffer *out, size_t start, const struct list_spec *spec,
                        const struct list_address *address)
{
        if (!address->column_count)
                return;
        buffer_add_text(out, out->length > start ? "&columns=" : "columns=");
        for (size_t i = 0; i < address->column_count; i++)
                buffer_addf(out, "%s%s", i ? "," : "", spec->columns[address->columns[i]].name);
}

void list_address_add(struct buffer *out, const struct list_spec *spec, const struct list_reader *reader,
                      const struct list_address *address)
{
        struct buffer scratch buffer_cleanup;
        size_t start = out->length;
        buffer_init(&scratch, 4 * LIST_TEXT_MAX);
        for (size_t i = 0; spec->kept && spec->kept[i]; i++)
                add_pair(out, start, spec->kept[i], address->kept[i]);
        add_pair(out, start, "view", address->view);
        add_pair(out, start, "q", address->search);
        for (size_t i = 0; i < address->filter_count; i++) {
                buffer_clear(&scratch);
                list_filter_add(&scratch, spec, reader, &address->filters[i]);
                add_pair(out, start, "filter", (struct text){scratch.data, scratch.length});
        }
        if (address->sort != LIST_NO_COLUMN)
                buffer_addf(out, "%ssort=%s%s", out->length > start ? "&" : "", address->descending ? "-" : "",
                            spec->columns[address->sort].name);
        add_columns(out, start, spec, address);
        add_pair(out, start, "after", address->after);
        if (scratch.failed)
                out->failed = true;
}

/* ---- other addresses of the list --------------------------------------------------------------------------------- */

static bool begins_descending(const struct list_column *column)
{
        return has_range(column->kind) || column->kind == SHEET_YES_NO;
}

struct list_address list_sorted_by(const struct list_spec *spec, const struct list_address *address, size_t column)
{
        struct list_address other = *address;
        bool first = begins_descending(&spec->columns[column]);
        other.descending = address->sort == (int)column ? !address->descending : first;
        other.sort = (int)column;
        other.after = (struct text){NULL, 0};
        return other;
}

size_t list_find_word(const struct list_address *address, size_t column, struct text word)
{
        size_t i = 0;
        while (i < address->filter_count &&
               (address->filters[i].column != column || address->filters[i].compare != LIST_IS ||
                !text_equal(address->filters[i].word, word)))
                i++;
        return i;
}

struct list_address list_with_word(const struct list_address *address, size_t column, struct text word)
{
        struct list_address other = *address;
        if (other.filter_count < LIST_FILTERS_MAX)
                other.filters[other.filter_count++] = (struct list_filter){.column = column, .word = word};
        other.after = (struct text){NULL, 0};
        return other;
}

struct list_address list_without_filter(const struct list_address *address, size_t filter)
{
        struct list_address other = *address;
        other.filter_count--;
        for (size_t i = filter; i < other.filter_count; i++)
                other.filters[i] = other.filters[i + 1];
        other.after = (struct text){NULL, 0};
        return other;
}

struct list_address list_without_filters(const struct list_address *address)
{
        struct list_address other = *address;
        other.filter_count = 0;
        other.search = other.after = other.view = (struct text){NULL, 0};
        return other;
}

struct list_address list_after(const struct list_address *address, struct text key)
{
        struct list_address other = *address;
        other.after = key;
        return other;
}

int64_t list_after_number(const struct list_address *address, int64_t otherwise)
{
        int64_t number = 0;
        for (size_t i = 0; i < address->after.length; i++) {
                char digit = address->after.data[i];
                if (digit < '0' || digit > '9' || number > (INT64_MAX - 9) / 10)
                        return otherwise;
                number = number * 10 + (digit - '0');
        }
        return address->after.length ? number : otherwise;
}

/* The place of a column of this name, which there is: names come from the code. */
static uint8_t column_called(const struct list_spec *spec, const char *name)
{
        size_t place = 0;
        while (place + 1 < spec->column_count && strcmp(spec->columns[place].name, name) != 0)
                place++;
        assert(strcmp(spec->columns[place].name, name) == 0);
        return (uint8_t)place;
}

size_t list_shown_columns(const struct list_spec *spec, const struct list_address *address,
                          uint8_t ret[static LIST_COLUMNS_MAX])
{
        size_t count = 0;
        for (size_t i = 0; i < address->column_count; i++)
                ret[count++] = address->columns[i];
        for (size_t i = 0; !address->column_count && spec->shown && spec->shown[i]; i++)
                ret[count++] = column_called(spec, spec->shown[i]);
        for (size_t i = 0; !address->column_count && !spec->shown && i < spec->column_count; i++)
                if (spec->columns[i].flags & COLUMN_SHOWN)
                        ret[count++] = (uint8_t)i;
        return count;
}
