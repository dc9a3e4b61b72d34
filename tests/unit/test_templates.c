/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_templates.c: every built-in template can be parsed, with all partials and texts it names; an overlay's templates
 * stand instead of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/file.h"
#include "render/templates.h"

static void built_in(void **state)
{
        struct template_set *set template_set_cleanup = NULL;
        struct error error;
        (void)state;
        if (templates_load(NULL, &set, &error) != STATUS_OK)
                fail_msg("%s: %s at %u:%u", error_argument(&error, "template"), error.key, error.line, error.column);
        assert_true(templates_built_in_count > 0);
        for (size_t i = 0; i < templates_built_in_count; i++)
                assert_true(template_set_has(set, templates_built_in[i].name));
        assert_false(template_set_has(set, "no_such_template"));
}

static void write_file(const char *folder, const char *name, const char *text)
{
        char path[4200];
        struct error error;
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        assert_int_equal(file_write(path, text, strlen(text), false, &error), STATUS_OK);
}

static void remove_file(const char *folder, const char *name)
{
        char path[4200];
        struct error error;
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        assert_int_equal(file_remove(path, &error), STATUS_OK);
}

static void expect(const struct template_set *set, const char *name, const char *wanted)
{
        struct arena *arena arena_cleanup = arena_new(1 << 16);
        struct buffer out buffer_cleanup;
        struct model model;
        struct error error;
        model_init(&model, arena);
        buffer_init(&out, 1 << 16);
        struct template_page page = {.name = name, .model = model.root, .style = {LANGUAGE_GERMAN, 2, "EUR"}};
        assert_int_equal(template_render(set, &page, &out, &error), STATUS_OK);
        assert_string_equal(out.data, wanted);
}

static void overlay(void **state)
{
        char root[] = "/tmp/treue-overlay-XXXXXX", folder[64], parts[96];
        struct template_set *set = NULL;
        struct error error;
        (void)state;
        assert_non_null(mkdtemp(root));
        snprintf(folder, sizeof(folder), "%s/templates", root);
        snprintf(parts, sizeof(parts), "%s/parts", folder);
        assert_int_equal(templates_load(root, &set, &error), STATUS_OK); /* an empty one changes nothing */
        template_set_free(set);
        assert_int_equal(directory_make(parts, &error), STATUS_OK);
        write_file(folder, "ladder.mustache", "other {{>parts/segment}}{{>new}}");
        write_file(folder, "new.mustache", "new {{#t}}word.yes{{/t}}");
        write_file(folder, "readme.txt", "{{");
        write_file(parts, "segment.mustache", "S");
        assert_int_equal(templates_load(root, &set, &error), STATUS_OK);
        expect(set, "ladder", "other Snew ja");
        template_set_free(set);
        set = NULL;
        write_file(folder, "new.mustache", "\n{{#t}}no.such_key{{/t}}");
        assert_int_equal(templates_load(root, &set, &error), STATUS_INVALID);
        assert_string_equal(error.key, "template.unknown_message");
        assert_string_equal(error_argument(&error, "template"), "new");
        assert_int_equal(error.line, 2);
        write_file(folder, "new.mustache", "\xFF");
        assert_int_equal(templates_load(root, &set, &error), STATUS_INVALID);
        assert_string_equal(error.key, "template.not_utf8");
        assert_null(set);
        remove_file(folder, "new.mustache");
        remove_file(folder, "ladder.mustache");
        remove_file(folder, "readme.txt");
        remove_file(parts, "segment.mustache");
        assert_int_equal(directory_remove(parts, &error), STATUS_OK);
        assert_int_equal(directory_remove(folder, &error), STATUS_OK);
        assert_int_equal(directory_remove(root, &error), STATUS_OK);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(built_in),
                cmocka_unit_test(overlay),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
