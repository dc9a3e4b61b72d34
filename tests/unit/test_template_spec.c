/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_template_spec.c: every case of the mandatory modules of the public Mustache specification. They are searched in
 * corpora/mustache below TREUE_TEST_DATA (default ../shared); test_template.c holds cases of our own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/decimal.h"
#include "platform/file.h"
#include "render/template.h"

enum { ARENA_BYTES = 1 << 20, PARTIALS_MAX = 8 };

static void put_json(struct model *model, struct value *parent, const char *name, json_t *json);

/* A value of the specification's data: into a map under its name, or into a list. */
static void put_number(struct model *model, struct value *parent, const char *name, json_t *json)
{
        char digits[32];
        struct decimal decimal;
        if (json_is_integer(json) && name) {
                put_count(model, parent, name, json_integer_value(json));
        } else if (json_is_integer(json)) {
                add_count(model, parent, json_integer_value(json));
        } else {
                snprintf(digits, sizeof(digits), "%.10g", json_real_value(json));
                assert_int_equal(decimal_parse(text_of(digits), DECIMAL_POINT, &decimal), DECIMAL_OK);
                if (name)
                        put_decimal(model, parent, name, decimal.units, decimal.scale);
                else
                        add_decimal(model, parent, decimal.units, decimal.scale);
        }
}

static void put_many(struct model *model, struct value *parent, const char *name, json_t *json)
{
        const char *key;
        size_t i;
        json_t *child;
        if (json_is_object(json)) {
                struct value *map = name ? put_map(model, parent, name) : add_map(model, parent);
                json_object_foreach(json, key, child)
                        put_json(model, map, key, child);
        } else {
                struct value *list = name ? put_list(model, parent, name) : add_list(model, parent);
                json_array_foreach(json, i, child)
                        put_json(model, list, NULL, child);
        }
}

static void put_json(struct model *model, struct value *parent, const char *name, json_t *json)
{
        if (json_is_object(json) || json_is_array(json))
                put_many(model, parent, name, json);
        else if (json_is_number(json))
                put_number(model, parent, name, json);
        else if (json_is_string(json) && name)
                put_string(model, parent, name, json_string_value(json));
        else if (json_is_string(json))
                add_text(model, parent, text_of(json_string_value(json)));
        else if (json_is_boolean(json) && name)
                put_yes_no(model, parent, name, json_is_true(json));
        else if (json_is_boolean(json))
                add_yes_no(model, parent, json_is_true(json));
        else if (name)
                put_none(model, parent, name);
        else
                add_none(model, parent);
}

static bool run_case(const char *module, json_t *test)
{
        struct template_source sources[PARTIALS_MAX + 1] = {
                {"main", text_of(json_string_value(json_object_get(test, "template")))}};
        struct template_set *set template_set_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES);
        struct buffer out buffer_cleanup;
        struct model model;
        struct error error;
        size_t count = 1;
        const char *name;
        json_t *partial;
        buffer_init(&out, 1 << 20);
        json_object_foreach(json_object_get(test, "partials"), name, partial)
                sources[count++] = (struct template_source){name, text_of(json_string_value(partial))};
        model_init(&model, arena);
        put_json(&model, put_list(&model, NULL, "data"), NULL, json_object_get(test, "data"));
        assert_int_equal(model_check(&model, &error), STATUS_OK);
        struct template_page page = {.name = "main", .model = value_at(value_get(model.root, "data"), 0, NULL),
                                     .style = {.language = LANGUAGE_ENGLISH, .minor_digits = 2}};
        if (template_set_new(sources, count, true, &set, &error) != STATUS_OK ||
            template_render(set, &page, &out, &error) != STATUS_OK)
                buffer_addf(&out, "failed: %s", error.key);
        const char *expected = json_string_value(json_object_get(test, "expected"));
        bool passed = strcmp(out.data, expected) == 0;
        if (!passed)
                print_message("%s, %s:\n%s\nexpected:\n%s\n", module,
                              json_string_value(json_object_get(test, "name")), out.data, expected);
        return passed;
}

static void all_mandatory_cases(void **state)
{
        static const struct {
                const char *name;
                size_t least;
        } modules[] = {{"comments", 12}, {"delimiters", 14}, {"interpolation", 42},
                       {"inverted", 22}, {"partials", 12},   {"sections", 34}};
        const char *folder = getenv("TREUE_TEST_DATA");
        size_t failed = 0;
        (void)state;
        for (size_t m = 0; m < sizeof(modules) / sizeof(modules[0]); m++) {
                char path[4096];
                size_t i;
                json_t *test;
                snprintf(path, sizeof(path), "%s/corpora/mustache/%s.json", folder ? folder : "../shared",
                         modules[m].name);
                if (!file_exists(path)) {
                        print_message("the Mustache specification is skipped: %s is not there (set TREUE_TEST_DATA)\n",
                                      path);
                        skip();
                }
                json_t *json = json_load_file(path, 0, NULL);
                json_t *tests = json_object_get(json, "tests");
                assert_true(json_array_size(tests) >= modules[m].least);
                json_array_foreach(tests, i, test)
                        failed += !run_case(modules[m].name, test);
                json_decref(json);
        }
        assert_int_equal(failed, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(all_mandatory_cases)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
