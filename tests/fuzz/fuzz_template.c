/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_template.c: any bytes as a template: it is refused with a key and a place, or it gives the same page twice,
 * within its ceiling, or says why not. What is taken strictly gives the same as what is taken leniently.
 */
#include <stdlib.h>

#include "render/template.h"

enum { PAGE_BYTES_MAX = 1 << 16, STEPS_MAX = 20000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill(struct model *model)
{
        put_string(model, NULL, "name", "<a href=\"x\" title='y'>R&D</a>");
        put_none(model, NULL, "none");
        put_yes_no(model, NULL, "yes", true);
        put_count(model, NULL, "count", 2);
        put_money(model, NULL, "money", -123456);
        put_decimal(model, NULL, "decimal", 1250, 2);
        put_ratio(model, NULL, "ratio", 1, 8);
        put_day(model, NULL, "day", 14974);
        put_instant(model, NULL, "at", INT64_C(1293838445000));
        put_word(model, NULL, "word", "word.yes");
        put_count(model, put_sentence(model, NULL, "sentence", "step.active_months"), "count", 2);
        struct value *list = put_list(model, NULL, "list");
        for (int i = 0; i < 3; i++)
                put_count(model, add_map(model, list), "a", i);
        add_text(model, put_list(model, NULL, "texts"), (struct text){"&", 1});
}

static enum status render(const uint8_t *data, size_t size, bool lenient, struct buffer *out, struct error *error)
{
        struct template_source sources[] = {{"main", {(const char *)data, size}},
                                            {"part", {"{{#list}}{{a}}{{>main}}{{/list}}", 32}}};
        struct template_set *set template_set_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(1 << 16);
        struct model model;
        model_init(&model, arena);
        fill(&model);
        enum status status = template_set_new(sources, 2, lenient, &set, error);
        struct template_page page = {.name = "main", .layout = size & 1 ? "part" : NULL, .model = model.root,
                                     .style = {LANGUAGE_GERMAN, 2, "EUR"}, .steps_max = STEPS_MAX};
        return status == STATUS_OK ? template_render(set, &page, out, error) : status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct buffer pages[2];
        enum status statuses[2];
        for (int lenient = 0; lenient < 2; lenient++) {
                struct error error = {0};
                buffer_init(&pages[lenient], PAGE_BYTES_MAX);
                statuses[lenient] = render(data, size, lenient, &pages[lenient], &error);
                if (statuses[lenient] && (!error.key || error.status != statuses[lenient] || !error.line))
                        abort();
        }
        if (!statuses[0] && (statuses[1] || pages[0].length != pages[1].length ||
                             memcmp(pages[0].data, pages[1].data, pages[0].length) != 0))
                abort();
        buffer_release(&pages[0]);
        buffer_release(&pages[1]);
        return 0;
}
