/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_template.c: templates: the rules of Mustache in small, texts and forms, escaping, every error with its place,
 * and limits. test_template_spec.c goes through the public specification.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "platform/clock.h"
#include "render/template.h"

enum { PARTS_MAX = 4 };
#define NBSP "\xC2\xA0"
#define INSTANT_MS (INT64_C(1293838445) * 1000) /* 2010-12-31T23:34:05Z, the next day in Berlin */

static void fill(struct model *model)
{
        put_string(model, NULL, "name", "<a href=\"x\" title='y'>R&D</a>");
        put_string(model, NULL, "empty", "");
        put_string(model, NULL, "path", "a b/\xC3\xBC?&");
        put_string(model, NULL, "site", "https://example.org/x?a=1");
        put_string(model, NULL, "script", "javascript:alert(1)");
        put_string(model, NULL, "foreign", "//evil.example/");
        put_string(model, NULL, "local", "/customers/1");
        put_none(model, NULL, "none");
        put_yes_no(model, NULL, "yes", true);
        put_yes_no(model, NULL, "no", false);
        put_count(model, NULL, "zero", 0);
        put_count(model, NULL, "count", 1234);
        put_count(model, NULL, "one", 1);
        put_ordinal(model, NULL, "run", 1234);
        put_id(model, NULL, "id", 123456789012345);
        put_word(model, NULL, "word", "word.yes");
        put_money(model, NULL, "even", 12000000);
        put_money(model, NULL, "odd", -9642050);
        put_money(model, NULL, "nothing", 0);
        put_decimal(model, NULL, "decimal", 1250, 2);
        put_ratio(model, NULL, "ratio", 1, 8);
        put_ratio(model, NULL, "over", 3, 2);
        put_ratio(model, NULL, "under", -1, 8);
        put_day(model, NULL, "day", 14974);
        put_instant(model, NULL, "at", INSTANT_MS);
        put_string(model, put_map(model, NULL, "map"), "inner", "in");
        struct value *list = put_list(model, NULL, "list");
        add_text(model, list, text_of("a"));
        add_none(model, list);
        add_text(model, list, text_of("b & c"));
        add_word(model, list, "word.no");
        put_list(model, NULL, "no_list");
        struct value *sentence = put_sentence(model, NULL, "sentence", "step.active_months");
        put_count(model, sentence, "count", 2);
        struct value *tree = put_map(model, NULL, "tree");
        for (int i = 0; i < 3; i++) {
                put_count(model, tree, "label", i);
                tree = add_map(model, put_list(model, tree, "tree"));
        }
        put_string(model, tree, "label", "leaf");
        put_list(model, tree, "tree"); /* without one of its own it would find its parent's */
}

/* Renders `parts` (name and text in pairs, ended by NULL; the first is the page) into `out`. */
static enum status render(enum language language, const char *const *parts, const char *layout, struct buffer *out,
                          struct error *error)
{
        struct template_source sources[PARTS_MAX];
        struct template_set *set template_set_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct model model, frame;
        size_t count = 0;
        for (; parts[2 * count]; count++)
                sources[count] = (struct template_source){parts[2 * count], text_of(parts[2 * count + 1])};
        assert_int_equal(clock_set_zone("Europe/Berlin", error), STATUS_OK);
        model_init(&model, arena);
        fill(&model);
        assert_int_equal(model_check(&model, error), STATUS_OK);
        model_init(&frame, arena);
        put_string(&frame, NULL, "menu", "M");
        put_string(&frame, NULL, "name", "hidden by the model");
        enum status status = template_set_new(sources, count, false, &set, error);
        struct template_page page = {.name = parts[0], .layout = layout, .model = model.root, .frame = frame.root,
                                     .style = {language, 2, "EUR"}};
        return status == STATUS_OK ? template_render(set, &page, out, error) : status;
}

static void expect(enum language language, const char *text, const char *wanted)
{
        const char *const parts[] = {"main", text, NULL};
        struct buffer out buffer_cleanup;
        struct error error = {0};
        buffer_init(&out, 1 << 16);
        if (render(language, parts, NULL, &out, &error) != STATUS_OK)
                fail_msg("%s: %s at %u:%u", text, error.key, error.line, error.column);
        assert_string_equal(out.data, wanted);
}

static void german(const char *text, const char *wanted) { expect(LANGUAGE_GERMAN, text, wanted); }
static void english(const char *text, const char *wanted) { expect(LANGUAGE_ENGLISH, text, wanted); }

static void sections(void **state)
{
        (void)state;
        german("{{#yes}}a{{/yes}}{{#no}}b{{/no}}{{^no}}c{{/no}}{{#none}}d{{/none}}{{^missing}}e{{/missing}}", "ace");
        german("{{#zero}}a{{/zero}}{{^zero}}b{{/zero}}{{#nothing}}c{{/nothing}}{{#empty}}d{{/empty}}", "bc");
        german("{{#map}}{{inner}}{{/map}} {{map.inner}} {{map.missing}} {{map.inner.deeper}}", "in in  ");
        german("{{#list}}[{{.}}]{{/list}}{{^no_list}}none{{/no_list}}{{#no_list}}some{{/no_list}}",
               "[a][][b &amp; c][nein]none");
        german("{{#sentence}}{{count}}{{/sentence}} {{sentence}}", "2 noch 2 Monate mit Kauf");
        german("a\n  {{#yes}}\n b\n  {{/yes}}\nc {{! no\n comment }}d\n", "a\n b\nc d\n");
        german("{{=[[ ]]=}}[[count]] {{count}} [[={{ }}=]]{{run}}", "1.234 {{count}} 1234");
        german("{{map}}{{missing}}{{none}}", "");
}

static void partials_and_frames(void **state)
{
        const char *const parts[] = {"main", "{{>page}}-{{>tree}}\n  {{>lines}}\n", "tree",
                                     "{{#tree}}{{label}}({{>tree}}){{/tree}}",
                                     "lines", "{{menu}}\n\n<pre>\n{{empty}}", NULL};
        const char *const framed[] = {"main", "page {{map.inner}}\n", "around", "<\n  {{>page}}\n> {{menu}} {{name}}",
                                      NULL};
        struct buffer out buffer_cleanup;
        struct error error;
        (void)state;
        buffer_init(&out, 1 << 16);
        assert_int_equal(render(LANGUAGE_GERMAN, parts, NULL, &out, &error), STATUS_OK);
        assert_string_equal(out.data, "-0(1(2(leaf())))\n  M\n\n  <pre>\n  ");
        buffer_clear(&out);
        assert_int_equal(render(LANGUAGE_GERMAN, framed, "around", &out, &error), STATUS_OK);
        assert_string_equal(out.data, "<\n  page in\n> M "
                            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D&lt;/a&gt;");
        buffer_clear(&out);
        assert_int_equal(render(LANGUAGE_GERMAN, framed, "nowhere", &out, &error), STATUS_NOT_FOUND);
        assert_string_equal(error.key, "template.missing");
}

static void escaping(void **state)
{
        (void)state;
        german("<p title=\"{{name}}\">",
               "<p title=\"&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D&lt;/a&gt;\">");
        german("{{{name}}}|{{&name}}", "<a href=\"x\" title='y'>R&D</a>|<a href=\"x\" title='y'>R&D</a>");
        german("{{list}}", "a, b &amp; c, nein");
        german("<a href=\"/x/{{#f}}path uri{{/f}}\">", "<a href=\"/x/a%20b%2F%C3%BC%3F%26\">");
        german("{{#f}}site link{{/f}}|{{#f}}script link{{/f}}|{{#f}}foreign link{{/f}}|{{#f}}local link{{/f}}|"
               "{{#f}}none link{{/f}}",
               "https://example.org/x?a=1|||/customers/1|");
}

static void forms_german(void **state)
{
        (void)state;
        german("{{yes}} {{no}} {{count}} {{run}} {{id}} {{word}} {{decimal}}",
               "ja nein 1.234 1234 123456789012345 ja 12,50");
        german("{{even}} {{odd}} {{nothing}}", "120.000" NBSP "€ -96.420,50" NBSP "€ 0" NBSP "€");
        german("{{#f}}even exact{{/f}} {{#f}}odd whole{{/f}} {{#f}}odd short{{/f}} {{#f}}even short signed{{/f}}",
               "120.000,00" NBSP "€ -96.421" NBSP "€ -96" NBSP "T€ +120" NBSP "T€");
        german("{{#f}}count{{/f}} {{#f}}count short{{/f}} {{#f}}ratio short{{/f}} {{#f}}decimal short{{/f}}",
               "1.234 1.234 12,5" NBSP "% 12,50");
        german("{{ratio}} {{#f}}ratio whole{{/f}} {{#f}}ratio signed{{/f}} {{#f}}under signed{{/f}}",
               "12,5" NBSP "% 13" NBSP "% +12,5" NBSP "% -12,5" NBSP "%");
        german("{{#f}}ratio bar{{/f}} {{#f}}over bar{{/f}} {{#f}}under bar{{/f}}", "12.5 100.0 0.0");
        german("{{day}} {{#f}}day medium{{/f}} {{#f}}day long{{/f}} {{#f}}day day_month{{/f}} {{#f}}day raw{{/f}}",
               "31.12.2010 31. Dez 2010 31. Dezember 2010 31. Dez 2010-12-31");
        german("{{#f}}day month{{/f}} {{#f}}day month_short{{/f}} {{#f}}day month_year{{/f}} {{#f}}day year{{/f}}",
               "Dezember Dez Dezember 2010 2010");
        german("{{at}} {{#f}}at day{{/f}} {{#f}}at time{{/f}} {{#f}}at medium{{/f}} {{#f}}at raw{{/f}}",
               "01.01.2011 00:34 01.01.2011 00:34 1. Jan 2011 2010-12-31T23:34:05Z");
        german("{{#f}}list{{/f}}; {{#f}}list and{{/f}}; {{#f}}list or{{/f}}; {{#f}}no_list and{{/f}}",
               "a, b &amp; c, nein; a, b &amp; c und nein; a, b &amp; c oder nein; ");
        german("{{#f}}none{{/f}} {{#f}}missing short{{/f}} {{#f}}none raw{{/f}}{{#f}}none input{{/f}}",
               "unbekannt unbekannt ");
        german("{{#f}}odd input{{/f}} {{#f}}ratio input{{/f}} {{#f}}over input{{/f}} {{#f}}count input{{/f}} "
               "{{#f}}day input{{/f}} {{#f}}word input{{/f}} {{#f}}decimal input{{/f}}",
               "-96420,50 12,5 150 1234 2010-12-31 yes 12,50");
        german("{{#f}}odd raw{{/f}} {{#f}}ratio raw{{/f}} {{#f}}word raw{{/f}} {{#f}}yes raw{{/f}} "
               "{{#f}}count raw{{/f}} {{#f}}decimal whole{{/f}} {{#f}}count signed{{/f}} {{#f}}zero signed{{/f}}",
               "-96420.50 0.125000 yes true 1234 13 +1.234 0");
}

static void forms_english(void **state)
{
        (void)state;
        english("{{even}} {{odd}} {{#f}}odd short{{/f}} {{#f}}even exact{{/f}} {{#f}}even signed{{/f}}",
                "€120,000 -€96,420.50 -€96k €120,000.00 +€120,000");
        english("{{ratio}} {{count}} {{day}} {{#f}}day long{{/f}} {{#f}}day month_short{{/f}} {{at}} {{none}}",
                "12.5% 1,234 31 Dec 2010 31 December 2010 Dec 1 Jan 2011 00:34 ");
        english("{{#f}}odd input{{/f}} {{#f}}none{{/f}} {{#f}}list and{{/f}} {{yes}}",
                "-96420.50 unknown a, b &amp; c and no yes");
}

static void texts(void **state)
{
        (void)state;
        german("{{#t}}word.yes{{/t}} {{#t}} word.no {{/t}}", "ja nein");
        german("{{#t}}step.active_months{{/t}}", "noch 1.234 Monate mit Kauf");
        german("{{#t}}step.active_months count=one{{/t}}", "noch 1 Monat mit Kauf");
        german("{{#t}}step.active_months count=sentence.count{{/t}}", "noch 2 Monate mit Kauf");
        english("<p title=\"{{#t}}template.missing name=odd:short{{/t}}\">",
                "<p title=\"There is no template -€96k.\">");
        english("{{#t}}template.missing{{/t}}",
                "There is no template &lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D&lt;/a&gt;.");
        english("{{#t}}template.missing name=missing{{/t}}", "There is no template unknown.");
}

/* Each mistake is told with its key, line and column before anything is rendered. */
static void mistakes(void **state)
{
        static const struct {
                const char *text, *key;
                unsigned line, column;
        } cases[] = {
                {"a\n\xC3\xBC {{name", "template.unclosed_tag", 2, 3},
                {"{{{name}}", "template.unclosed_tag", 1, 1},
                {"{{=<% %>}}", "template.unclosed_tag", 1, 1},
                {"{{}}", "template.bad_name", 1, 3},
                {"{{a b}}", "template.bad_name", 1, 3},
                {"{{a..b}}", "template.bad_name", 1, 3},
                {"{{a.}}", "template.bad_name", 1, 3},
                {"{{.a}}", "template.bad_name", 1, 3},
                {"{{a.b.c.d.e.f.g.h.i}}", "template.bad_name", 1, 3},
                {"{{> a.b}}", "template.bad_name", 1, 1},
                {"{{>}}", "template.bad_name", 1, 1},
                {"{{>nowhere}}", "template.unknown_partial", 1, 1},
                {"\n {{#a}}\n", "template.unclosed_section", 2, 5},
                {"{{#a}}{{/b}}", "template.wrong_end", 1, 7},
                {"{{#a}}{{^b}}{{/a}}{{/b}}", "template.wrong_end", 1, 13},
                {"x{{/a}}", "template.end_without_begin", 1, 2},
                {"{{=a=}}", "template.bad_delimiters", 1, 1},
                {"{{=a b c=}}", "template.bad_delimiters", 1, 1},
                {"{{== b=}}", "template.bad_delimiters", 1, 1},
                {"{{#t}}word.yes", "template.unclosed_section", 1, 1},
                {"{{#t}}word.{{name}}{{/t}}", "template.plain_section", 1, 12},
                {"{{#t}}no.such_key{{/t}}", "template.unknown_message", 1, 7},
                {"{{#t}}{{/t}}", "template.unknown_message", 1, 7},
                {"{{#t}}word.yes count=one{{/t}}", "template.unknown_argument", 1, 16},
                {"{{#t}}template.missing name{{/t}}", "template.unknown_argument", 1, 24},
                {"{{#t}}template.missing name=a name=b{{/t}}", "template.unknown_argument", 1, 31},
                {"{{#t}}template.missing name=a:thick{{/t}}", "template.unknown_form", 1, 31},
                {"{{#t}}template.missing name={{/t}}", "template.bad_name", 1, 29},
                {"{{#f}}name thick{{/f}}", "template.unknown_form", 1, 12},
                {"{{#f}}name short whole{{/f}}", "template.unknown_form", 1, 18},
                {"{{#f}}name signed signed{{/f}}", "template.unknown_form", 1, 19},
                {"{{#f}}name usual{{/f}}", "template.unknown_form", 1, 12},
                {"{{#f}} {{/f}}", "template.bad_name", 1, 8},
                {"{{#f}}name{{/t}}", "template.plain_section", 1, 11},
        };
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                const char *const parts[] = {"main", cases[i].text, NULL};
                struct buffer out buffer_cleanup;
                struct error error = {0};
                buffer_init(&out, 1 << 16);
                assert_int_equal(render(LANGUAGE_GERMAN, parts, NULL, &out, &error), STATUS_INVALID);
                if (strcmp(error.key, cases[i].key) != 0 || error.line != cases[i].line ||
                    error.column != cases[i].column)
                        fail_msg("%s: %s at %u:%u", cases[i].text, error.key, error.line, error.column);
                assert_string_equal(error_argument(&error, "template"), "main");
                assert_int_equal(out.length, 0);
        }
}

static void forms_of_other_kinds(void **state)
{
        static const char *const cases[] = {"{{#f}}name short{{/f}}", "{{#f}}day bar{{/f}}", "{{#f}}map{{/f}}",
                                            "{{#f}}day signed{{/f}}", "{{#f}}odd input signed{{/f}}",
                                            "{{#f}}list raw{{/f}}", "{{#t}}template.missing name=day:bar{{/t}}"};
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                const char *const parts[] = {"main", cases[i], NULL};
                struct buffer out buffer_cleanup;
                struct error error = {0};
                buffer_init(&out, 1 << 16);
                assert_int_equal(render(LANGUAGE_GERMAN, parts, NULL, &out, &error), STATUS_INVALID);
                assert_string_equal(error.key, "template.wrong_form");
        }
}

static void expect_limit(const char *text, size_t bytes, const char *key)
{
        const char *const parts[] = {"main", text, NULL};
        struct buffer out buffer_cleanup;
        struct error error = {0};
        buffer_init(&out, bytes);
        assert_int_equal(render(LANGUAGE_GERMAN, parts, NULL, &out, &error), STATUS_LIMIT);
        assert_string_equal(error.key, key);
}

static void limits(void **state)
{
        struct buffer deep buffer_cleanup;
        (void)state;
        expect_limit("{{name}}", 20, "template.output_limit");
        expect_limit("0123456789", 9, "template.output_limit");
        expect_limit("{{{name}}}", 9, "template.output_limit");
        expect_limit("{{#f}}odd{{/f}}", 9, "template.output_limit");
        expect_limit("{{#t}}word.yes{{/t}}", 1, "template.output_limit");
        german("0123456789", "0123456789");
        expect_limit("{{>main}}", 100, "template.too_deep");
        expect_limit("{{#map}}{{>main}}{{/map}}", 100, "template.too_deep");
        expect_limit("{{#list}}{{#list}}{{>main}}{{/list}}{{/list}}", 100, "template.too_deep");
        expect_limit("{{#map}}{{#map}}{{#map}}{{#map}}{{#map}}{{>main}}{{/map}}{{/map}}{{/map}}{{/map}}{{/map}}", 100,
                     "template.too_deep");
        for (int levels = TEMPLATE_SECTIONS_MAX; levels <= TEMPLATE_SECTIONS_MAX + 1; levels++) {
                const char *const parts[] = {"main", NULL, NULL};
                const char *copy[3];
                struct buffer out buffer_cleanup;
                struct error error = {0};
                buffer_init(&deep, 1 << 16);
                buffer_init(&out, 1 << 16);
                for (int i = 0; i < levels; i++)
                        buffer_add_text(&deep, "{{#map}}");
                for (int i = 0; i < levels; i++)
                        buffer_add_text(&deep, "{{/map}}");
                memcpy(copy, parts, sizeof(copy));
                copy[1] = deep.data;
                assert_int_equal(render(LANGUAGE_GERMAN, copy, NULL, &out, &error),
                                 levels == TEMPLATE_SECTIONS_MAX ? STATUS_OK : STATUS_INVALID);
                buffer_release(&deep);
        }
}

/* Sections inside one another give out nothing, but would go on for hours: steps are counted. */
static void too_many_steps(void **state)
{
        struct template_source source = {
                "main", text_of("{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{/list}}"
                                "{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}")};
        struct template_set *set template_set_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer out buffer_cleanup;
        struct model model;
        struct error error;
        (void)state;
        buffer_init(&out, 100);
        model_init(&model, arena);
        struct value *list = put_list(&model, NULL, "list");
        for (int i = 0; i < 50; i++)
                add_count(&model, list, i);
        assert_int_equal(template_set_new(&source, 1, false, &set, &error), STATUS_OK);
        struct template_page page = {.name = "main", .model = model.root, .style = {LANGUAGE_GERMAN, 2, NULL}};
        assert_int_equal(template_render(set, &page, &out, &error), STATUS_LIMIT);
        assert_string_equal(error.key, "template.steps_limit");
}

/* Whoever writes a template learns of names that nobody knows; what is none is known. */
static void missing_names(void **state)
{
        struct template_source source = {
                "main", text_of("{{a}}{{none}}{{map.b}}\n{{#f}}c short{{/f}}{{#t}}template.missing{{/t}}{{#d}}{{/d}}")};
        struct template_set *set template_set_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer out buffer_cleanup, missing buffer_cleanup;
        struct model model;
        struct error error;
        (void)state;
        buffer_init(&out, 1000);
        buffer_init(&missing, 1000);
        model_init(&model, arena);
        put_none(&model, NULL, "none");
        put_map(&model, NULL, "map");
        assert_int_equal(template_set_new(&source, 1, false, &set, &error), STATUS_OK);
        struct template_page page = {.name = "main", .model = model.root, .style = {LANGUAGE_GERMAN, 2, NULL},
                                     .missing = &missing};
        assert_int_equal(template_render(set, &page, &out, &error), STATUS_OK);
        assert_string_equal(missing.data, "main:1: a\nmain:1: map.b\nmain:2: c\nmain:2: name\n");
        assert_string_equal(out.data, "\nunbekanntDie Vorlage unbekannt gibt es nicht.");
}

static void the_later_source_counts(void **state)
{
        const char *const parts[] = {"main", "first", "other", "x", "main", "second", NULL};
        struct buffer out buffer_cleanup;
        struct error error;
        (void)state;
        buffer_init(&out, 100);
        assert_int_equal(render(LANGUAGE_GERMAN, parts, NULL, &out, &error), STATUS_OK);
        assert_string_equal(out.data, "second");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sections),
                cmocka_unit_test(partials_and_frames),
                cmocka_unit_test(escaping),
                cmocka_unit_test(forms_german),
                cmocka_unit_test(forms_english),
                cmocka_unit_test(texts),
                cmocka_unit_test(mistakes),
                cmocka_unit_test(forms_of_other_kinds),
                cmocka_unit_test(limits),
                cmocka_unit_test(too_many_steps),
                cmocka_unit_test(missing_names),
                cmocka_unit_test(the_later_source_counts),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
