/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_line.c: checks and conversions of one purchase line. Runs once per line of a file.
 */
#include "importer/purchase_line.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "importer/csv.h"
#include "importer/fragments.h"
#include "importer/number.h"
#include "importer/workbook.h"
#include "render/csv.h"

/* A hundred thousand million currency units with two minor digits: sums of a customer stay far from the limit of
 * int64. */
#define AMOUNT_MAX INT64_C(10000000000000)
#define QUANTITY_MAX INT64_C(1000000000000000)
enum { QUANTITY_DECIMALS = 3, CUSTOMER_BYTES_MAX = 255, ARTICLE_BYTES_MAX = 255 };

const char *const purchase_column_names[PURCHASE_COLUMN_COUNT] = {
        [PURCHASE_CUSTOMER] = "customer",       [PURCHASE_DOCUMENT] = "document", [PURCHASE_DATE] = "date",
        [PURCHASE_ARTICLE] = "article",         [PURCHASE_AMOUNT] = "amount",     [PURCHASE_QUANTITY] = "quantity",
        [PURCHASE_UNIT_PRICE] = "unit_price",   [PURCHASE_COST] = "cost",         [PURCHASE_GROUP] = "product_group",
        [PURCHASE_DESCRIPTION] = "description", [PURCHASE_DIGITAL] = "digital",
};

static struct text value_of(const struct purchase_source *source, const struct text *fields)
{
        if (source->position < 0)
                return source->constant;
        struct text field = fields[source->position];
        struct text value = text_trim(source->neutralised ? csv_restored(field) : field);
        return source->prefix ? text_prefix(value, source->prefix) : value;
}

static bool fault(struct purchase_fault *ret, const char *key, const struct purchase_source *source, struct text value)
{
        *ret = (struct purchase_fault){.key = key, .column = source ? source->position : -1, .value = value};
        return false;
}

static const char *reason_of(enum decimal_result result)
{
        switch (result) {
        case DECIMAL_EMPTY:
                return "import.reason.empty";
        case DECIMAL_TOO_LARGE:
                return "import.reason.too_large";
        case DECIMAL_TOO_PRECISE:
                return "import.reason.too_precise";
        default:
                return "import.reason.number";
        }
}

/* Of a record that ends too early: what it says about its document. */
static void name_document(const struct purchase_layout *layout, const struct text *fields, size_t field_count,
                          struct purchase_line *line)
{
        const struct purchase_source *customer = &layout->columns[PURCHASE_CUSTOMER];
        const struct purchase_source *document = &layout->columns[PURCHASE_DOCUMENT];
        if (customer->position < (int)field_count)
                line->customer = value_of(customer, fields);
        if (document->position < (int)field_count)
                line->document = value_of(document, fields);
}

static bool parse_names(const struct purchase_layout *layout, const struct text *fields, struct purchase_line *line,
                        struct purchase_fault *ret_fault)
{
        const struct purchase_source *columns = layout->columns;
        line->customer = value_of(&columns[PURCHASE_CUSTOMER], fields);
        line->document = value_of(&columns[PURCHASE_DOCUMENT], fields);
        line->article = value_of(&columns[PURCHASE_ARTICLE], fields);
        line->group = value_of(&columns[PURCHASE_GROUP], fields);
        line->description = value_of(&columns[PURCHASE_DESCRIPTION], fields);
        if (line->customer.length == 0)
                return fault(ret_fault, "import.reason.empty", &columns[PURCHASE_CUSTOMER], line->customer);
        if (line->document.length == 0)
                return fault(ret_fault, "import.reason.empty", &columns[PURCHASE_DOCUMENT], line->document);
        if (line->customer.length > CUSTOMER_BYTES_MAX)
                return fault(ret_fault, "import.reason.too_long", &columns[PURCHASE_CUSTOMER], line->customer);
        if (line->document.length > FRAGMENT_NUMBER_BYTES_MAX)
                return fault(ret_fault, "import.reason.too_long", &columns[PURCHASE_DOCUMENT], line->document);
        if (line->article.length == 0)
                return fault(ret_fault, "import.reason.empty", &columns[PURCHASE_ARTICLE], line->article);
        if (line->article.length > ARTICLE_BYTES_MAX)
                return fault(ret_fault, "import.reason.too_long", &columns[PURCHASE_ARTICLE], line->article);
        return true;
}

static bool parse_day(const struct purchase_layout *layout, const struct text *fields, struct purchase_cache *cache,
                      struct purchase_line *line, struct purchase_fault *ret_fault)
{
        const struct purchase_source *source = &layout->columns[PURCHASE_DATE];
        struct text value = value_of(source, fields);
        if (value.length && value.length == cache->date_length && memcmp(value.data, cache->date, value.length) == 0) {
                line->day = cache->day;
                return true;
        }
        int32_t day;
        bool good = source->format ? day_parse_format(value, source->format, &day)
                                   : day_parse_iso(value, &day) || day_parse_format(value, "%d.%m.%Y", &day);
        if (!good)
                return fault(ret_fault, value.length ? "import.reason.date" : "import.reason.empty", source, value);
        line->day = day;
        if (value.length <= sizeof(cache->date)) {
                memcpy(cache->date, value.data, value.length);
                cache->date_length = value.length;
                cache->day = day;
        }
        return true;
}

/* After a number could not be read: what stands around it is taken away. False: it names another currency. */
static bool bare(struct text *value, const char *currency, struct bare_number *place)
{
        enum number_form form = number_bare(*value, currency, place);
        if (form == NUMBER_BARED)
                *value = place->text;
        return form != NUMBER_OTHER_CURRENCY;
}

/* Money in minor units; more decimals than the currency has are rounded half away from zero, and counted. */
static bool parse_money(const struct purchase_layout *layout, const struct purchase_source *source, struct text value,
                        struct purchase_line *line, int64_t *ret_minor, struct purchase_fault *ret_fault)
{
        struct bare_number place;
        struct text digits = value;
        enum decimal_result result =
                decimal_parse_scaled(digits, layout->mark, layout->minor_digits, false, ret_minor);
        if (result == DECIMAL_MALFORMED) {
                if (!bare(&digits, layout->currency, &place))
                        return fault(ret_fault, "import.reason.currency", source, value);
                result = decimal_parse_scaled(digits, layout->mark, layout->minor_digits, false, ret_minor);
        }
        if (result == DECIMAL_TOO_PRECISE) {
                line->rounded = true;
                result = decimal_parse_scaled(digits, layout->mark, layout->minor_digits, true, ret_minor);
        }
        if (result == DECIMAL_OK && (*ret_minor > AMOUNT_MAX || *ret_minor < -AMOUNT_MAX))
                result = DECIMAL_TOO_LARGE;
        return result == DECIMAL_OK || fault(ret_fault, reason_of(result), source, value);
}

/* amount = quantity x unit price, rounded half away from zero to minor units (concept-format, profiles). */
static bool multiply_price(const struct purchase_layout *layout, const struct text *fields, struct purchase_line *line,
                           struct purchase_fault *ret_fault)
{
        const struct purchase_source *source = &layout->columns[PURCHASE_UNIT_PRICE];
        struct text value = value_of(source, fields);
        struct bare_number place;
        struct text digits = value;
        struct decimal price;
        enum decimal_result result = decimal_parse(digits, layout->mark, &price);
        if (result == DECIMAL_MALFORMED) {
                if (!bare(&digits, layout->currency, &place))
                        return fault(ret_fault, "import.reason.currency", source, value);
                result = decimal_parse(digits, layout->mark, &price);
        }
        if (result != DECIMAL_OK)
                return fault(ret_fault, reason_of(result), source, value);
        int128 product = (int128)price.units * line->line.quantity_milli;
        int128 divisor = 1;
        unsigned scale = (unsigned)QUANTITY_DECIMALS + price.scale;
        for (unsigned i = layout->minor_digits; i < scale; i++)
                divisor *= 10;
        for (unsigned i = scale; i < layout->minor_digits; i++)
                product *= 10;
        product = divide_half_away(product, divisor);
        if (product > AMOUNT_MAX || product < -AMOUNT_MAX)
                return fault(ret_fault, "import.reason.too_large", source, value);
        line->line.amount_minor = (int64_t)product;
        return true;
}

static bool parse_amounts(const struct purchase_layout *layout, const struct text *fields, struct purchase_line *line,
                          struct purchase_fault *ret_fault)
{
        const struct purchase_source *columns = layout->columns;
        const struct purchase_source *source = &columns[PURCHASE_QUANTITY];
        struct text value = value_of(source, fields);
        if (value.length || columns[PURCHASE_AMOUNT].position < 0) {
                struct bare_number place;
                struct text digits = value;
                enum decimal_result result = decimal_parse_scaled(digits, layout->mark, QUANTITY_DECIMALS, false,
                                                                  &line->line.quantity_milli);
                if (result == DECIMAL_MALFORMED && bare(&digits, NULL, &place))
                        result = decimal_parse_scaled(digits, layout->mark, QUANTITY_DECIMALS, false,
                                                      &line->line.quantity_milli);
                if (result == DECIMAL_OK
                    && (line->line.quantity_milli > QUANTITY_MAX || line->line.quantity_milli < -QUANTITY_MAX))
                        result = DECIMAL_TOO_LARGE;
                if (result != DECIMAL_OK)
                        return fault(ret_fault, reason_of(result), source, value);
        } else {
                line->line.marks |= LINE_QUANTITY_UNKNOWN;
        }
        source = &columns[PURCHASE_AMOUNT];
        if (source->position < 0)
                return multiply_price(layout, fields, line, ret_fault);
        return parse_money(layout, source, value_of(source, fields), line, &line->line.amount_minor, ret_fault);
}

static bool parse_marks(const struct purchase_layout *layout, const struct text *fields, struct purchase_line *line,
                        struct purchase_fault *ret_fault)
{
        const struct purchase_source *source = &layout->columns[PURCHASE_COST];
        struct text value = value_of(source, fields);
        if (value.length) {
                if (!parse_money(layout, source, value, line, &line->line.cost_minor, ret_fault))
                        return false;
                line->line.marks |= LINE_COST_KNOWN;
        }
        source = &layout->columns[PURCHASE_DIGITAL];
        value = value_of(source, fields);
        if (value.length) {
                struct field_value answer;
                const char *reason = field_parse(layout->digital, value, layout->mark, layout->minor_digits, &answer);
                if (reason)
                        return fault(ret_fault, reason, source, value);
                line->line.marks |= answer.yes ? LINE_DIGITAL_KNOWN | LINE_DIGITAL : LINE_DIGITAL_KNOWN;
        }
        return true;
}

/* A cell that holds an error instead of a value refuses the line, whatever is read of it. */
static bool has_cell_error(const struct purchase_layout *layout, const struct text *fields,
                           struct purchase_fault *ret_fault)
{
        for (int i = 0; i < PURCHASE_COLUMN_COUNT; i++) {
                const struct purchase_source *source = &layout->columns[i];
                if (source->position < 0 || !text_is_cell_error(fields[source->position]))
                        continue;
                struct text cell = fields[source->position];
                return !fault(ret_fault, "import.reason.cell_error", source,
                              (struct text){cell.data + 1, cell.length - 1});
        }
        return false;
}

bool purchase_line_parse(const struct purchase_layout *layout, const struct text *fields, size_t field_count,
                         struct purchase_cache *cache, struct purchase_line *ret, struct purchase_fault *ret_fault)
{
        *ret = (struct purchase_line){0};
        *ret_fault = (struct purchase_fault){0};
        if (field_count < layout->file_columns) {
                name_document(layout, fields, field_count, ret);
                return fault(ret_fault, "import.reason.too_few_columns", NULL, (struct text){0});
        }
        bool named = parse_names(layout, fields, ret, ret_fault);
        if (layout->cell_errors && has_cell_error(layout, fields, ret_fault))
                return false;
        if (!named || !parse_day(layout, fields, cache, ret, ret_fault)
            || !parse_amounts(layout, fields, ret, ret_fault))
                return false;
        if (layout->has_marks && !parse_marks(layout, fields, ret, ret_fault))
                return false;
        if (field_count > layout->file_columns && !csv_surplus_is_empty(fields, layout->file_columns, field_count))
                return fault(ret_fault, "import.reason.too_many_columns", NULL, (struct text){0});
        return true;
}

uint64_t purchase_key_hash(struct text customer, struct text document, uint32_t sheet)
{
        uint64_t hash = text_hash(customer.data, customer.length) + sheet;
        return (hash ^ (hash >> 29)) * UINT64_C(0x9e3779b97f4a7c15) + text_hash(document.data, document.length);
}
