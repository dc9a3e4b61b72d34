/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_template_threads.c: one set of templates is used by several threads at once, each with a model of its own and in
 * its own language; each gets its own page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "render/template.h"

enum { THREADS = 4, PAGES = 200 };

struct worker {
        const struct template_set *set;
        int number;
        bool failed;
};

static void *work(void *data)
{
        struct worker *worker = data;
        enum language language = worker->number & 1 ? LANGUAGE_GERMAN : LANGUAGE_ENGLISH;
        char wanted[64];
        snprintf(wanted, sizeof(wanted), worker->number & 1 ? "<%d ja><0><1><2>" : "<%d yes><0><1><2>", worker->number);
        for (int i = 0; i < PAGES && !worker->failed; i++) {
                struct arena *arena = arena_new(1 << 16);
                struct buffer out;
                struct model model;
                struct error error;
                buffer_init(&out, 1 << 16);
                model_init(&model, arena);
                put_count(&model, NULL, "number", worker->number);
                struct value *list = put_list(&model, NULL, "list");
                for (int item = 0; item < 3; item++)
                        put_count(&model, add_map(&model, list), "item", item);
                struct template_page page = {.name = "main", .model = model.root, .style = {language, 2, "EUR"}};
                worker->failed = template_render(worker->set, &page, &out, &error) != STATUS_OK ||
                                 strcmp(out.data, wanted) != 0;
                buffer_release(&out);
                arena_free(arena);
        }
        return NULL;
}

static void each_its_own_page(void **state)
{
        struct template_source sources[] = {
                {"main", text_of("<{{number}} {{#t}}word.yes{{/t}}>{{#list}}{{>part}}{{/list}}")},
                {"part", text_of("<{{item}}>")}};
        struct template_set *set template_set_cleanup = NULL;
        struct worker workers[THREADS];
        pthread_t threads[THREADS];
        struct error error;
        (void)state;
        assert_int_equal(template_set_new(sources, 2, false, &set, &error), STATUS_OK);
        for (int i = 0; i < THREADS; i++) {
                workers[i] = (struct worker){set, i, false};
                assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
        }
        for (int i = 0; i < THREADS; i++) {
                pthread_join(threads[i], NULL);
                assert_false(workers[i].failed);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(each_its_own_page)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
