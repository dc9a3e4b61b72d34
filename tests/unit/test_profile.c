/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_profile.c: profiles: what they say, and the line and column of every mistake (X-03, the mapping).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "importer/profile.h"

static struct arena *arena;
static struct profile profile;
static struct error error;

static enum status parse(const char *yaml)
{
        error = (struct error){0};
        return profile_parse(arena, yaml, strlen(yaml), &profile, &error);
}

static const struct profile_column *column_of(const char *field, const char *suffix)
{
        for (size_t i = 0; i < profile.column_count; i++)
                if (strcmp(kind_infos[profile.kind].fields[profile.columns[i].field].name, field) == 0 &&
                    text_is(profile.columns[i].suffix, suffix))
                        return &profile.columns[i];
        fail_msg("no column %s", field);
        return NULL;
}

static void purchases(void **state)
{
        (void)state;
        assert_int_equal(parse("kind: purchases\n"
                               "source: erp\n"
                               "customer_source: crm\n"
                               "file: {encoding: auto, delimiter: \";\", decimal: \",\", header: true}\n"
                               "columns:\n"
                               "  customer: CustomerID\n"
                               "  document: Invoice\n"
                               "  article: StockCode\n"
                               "  quantity: Quantity\n"
                               "  date: {column: InvoiceDate, format: \"%Y-%m-%d %H:%M:%S\"}\n"
                               "  unit_price: Price\n"
                               "  product_group: {column: StockCode, prefix: 2}\n"
                               "create: [customers, products]\n"), STATUS_OK);
        assert_int_equal(profile.kind, IMPORT_PURCHASES);
        assert_true(text_is(profile.source, "erp"));
        assert_true(text_is(profile.customer_source, "crm"));
        assert_true(text_is(profile.product_source, "erp"));
        assert_int_equal(profile.encoding, ENCODING_AUTO);
        assert_int_equal(profile.delimiter, ';');
        assert_int_equal(profile.decimal, DECIMAL_SETTING_COMMA);
        assert_false(profile.neutralised);
        assert_true(profile.create_customers && profile.create_products);
        assert_int_equal(profile.column_count, 7);
        assert_true(text_is(column_of("date", "")->format, "%Y-%m-%d %H:%M:%S"));
        assert_int_equal(column_of("product_group", "")->prefix, 2);
        assert_true(text_is(column_of("product_group", "")->header, "StockCode"));
        assert_int_equal(profile.valid_from_day, DAY_NONE);
}

static void families_constants_and_positions(void **state)
{
        (void)state;
        assert_int_equal(parse("kind: potentials\nsource: crm\nfile: {header: false, delimiter: tab}\n"
                               "columns:\n  customer: 1\n  amount: 3\n  valid_from: {value: 2026-01-01}\n"
                               "  'competitor:Müller & Co': 2\n"), STATUS_OK);
        assert_int_equal(column_of("customer", "")->position, 0);
        assert_int_equal(column_of("amount", "")->position, 2);
        assert_true(text_is(column_of("valid_from", "")->constant, "2026-01-01"));
        assert_int_equal(column_of("competitor:*", "M\xC3\xBCller & Co")->position, 1);
        assert_int_equal(profile.delimiter, '\t');
        assert_int_equal(parse("kind: customers\nsource: crm\nvalid_from: 2026-02-01\n"
                               "columns: {number: No, name: Name, 'attribute:shares_data': Data, valid_from: From}\n"),
                         STATUS_OK);
        assert_true(text_is(column_of("attribute:*", "shares_data")->header, "Data"));
        assert_int_equal(profile.valid_from_day, day_from_date((struct date){2026, 2, 1}));
}

struct mistake {
        const char *yaml, *key;
        unsigned line, column;
};

static void mistakes_with_their_place(void **state)
{
        (void)state;
        static const struct mistake mistakes[] = {
                {"", "profile.empty", 0, 0},
                {"kind: [", "profile.yaml", 2, 1},
                {"- a\n", "profile.mapping_expected", 1, 1},
                {"kind: purchases\ncolumns: {}\n", "profile.missing_key", 1, 1},
                {"kind: sales\nsource: erp\ncolumns: {}\n", "profile.unknown_kind", 1, 7},
                {"kind: values\nsource: erp\ncolumns: {}\n", "profile.missing_field", 3, 10},
                {"bogus: 1\nkind: values\nsource: erp\ncolumns: {}\n", "profile.unknown_key", 1, 1},
                {"kind: values\nkind: values\nsource: e\ncolumns: {}\n", "profile.doubled_key", 2, 1},
                {"kind: values\nsource: \"e:p\"\ncolumns: {}\n", "profile.source_code", 2, 9},
                {"kind: values\nsource: erp\nfile: {encoding: ebcdic}\ncolumns: {}\n", "profile.bad_value", 3, 18},
                {"kind: values\nsource: erp\nfile: {delimiter: x}\ncolumns: {}\n", "profile.bad_value", 3, 19},
                {"kind: values\nsource: erp\nfile: {neutralised: maybe}\ncolumns: {}\n", "profile.bad_value", 3, 21},
                {"kind: values\nsource: erp\ncolumns:\n  customer: A\n  amout: B\n", "profile.unknown_field", 5, 3},
                {"kind: values\nsource: erp\ncolumns: {customer: A, customer: B}\n", "profile.doubled_key", 3, 24},
                {"kind: products\nsource: erp\ncolumns: {article: A, name: B, group_name: C}\n",
                 "profile.missing_field", 3, 10},
                {"kind: products\nsource: erp\ncreate: [customers]\ncolumns: {article: A, name: B}\n",
                 "profile.unknown_key", 3, 1},
                {"kind: values\nsource: erp\ncreate: [products]\ncolumns: {}\n", "profile.create", 3, 10},
                {"kind: values\nsource: erp\nvalid_from: 2026-01-01\ncolumns: {}\n", "profile.unknown_key", 3, 1},
                {"kind: products\nsource: erp\nvalid_from: 1.1.26\ncolumns: {}\n", "profile.date", 3, 13},
                {"kind: purchases\nsource: erp\n"
                 "columns: {customer: A, document: B, date: C, article: D, quantity: E}\n",
                 "profile.amount_missing", 3, 10},
                {"kind: values\nsource: erp\ncolumns: {valid_from: {column: A, format: \"%d.%m\"}}\n", "profile.format",
                 3, 43},
                {"kind: values\nsource: erp\ncolumns: {amount: {column: A, format: \"%Y-%m-%d\"}}\n", "profile.format",
                 3, 39},
                {"kind: values\nsource: erp\ncolumns: {customer: {column: A, prefix: 0}}\n", "profile.prefix", 3, 41},
                {"kind: values\nsource: erp\ncolumns: {customer: {column: A, value: B}}\n",
                 "profile.column_or_value", 3, 21},
                {"kind: values\nsource: erp\ncolumns: {customer: {colum: A}}\n", "profile.unknown_key", 3, 22},
                {"kind: values\nsource: erp\ncolumns: {customer: [A]}\n", "profile.text_expected", 3, 21},
                {"kind: values\nsource: erp\nfile: {header: false}\ncolumns: {customer: A}\n", "profile.column_number",
                 4, 21},
                {"kind: values\nsource: erp\nfile: {header: false}\ncolumns: {customer: 0}\n", "profile.column_number",
                 4, 21},
                {"kind: products\nsource: erp\ncolumns: {article: A, name: B}\n---\nkind: x\n",
                 "profile.second_document", 5, 1},
        };
        for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
                assert_int_equal(parse(mistakes[i].yaml), STATUS_INVALID);
                assert_string_equal(error.key, mistakes[i].key);
                assert_int_equal(error.line, mistakes[i].line);
                assert_int_equal(error.column, mistakes[i].column);
        }
        assert_int_equal(parse("kind: values\nsource: erp\ncolumns:\n  amout: B\n"), STATUS_INVALID);
        assert_string_equal(error_argument(&error, "field"), "amout");
        assert_string_equal(error_argument(&error, "allowed"), "customer, name, amount, valid_from, valid_to");
        assert_int_equal(profile_parse(arena, "\xFF", 1, &profile, &error), STATUS_INVALID);
        assert_string_equal(error.key, "profile.not_utf8");
}

static int set_up(void **state)
{
        (void)state;
        arena = arena_new(1 << 22);
        return arena ? 0 : -1;
}

static int tear_down(void **state)
{
        (void)state;
        arena_free(arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(purchases),
                cmocka_unit_test(families_constants_and_positions),
                cmocka_unit_test(mistakes_with_their_place),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
