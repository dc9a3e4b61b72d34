/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_model.c: the tree of typed values: what is put is found again, as JSON, and what does not fit is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "render/value_json.h"

#define INSTANT_MS (INT64_C(1293838445) * 1000) /* 2010-12-31T23:34:05Z */

static void fill(struct model *model)
{
        put_none(model, NULL, "none");
        put_yes_no(model, NULL, "yes", true);
        put_count(model, NULL, "count", 1234567);
        put_ordinal(model, NULL, "run", 12);
        put_id(model, NULL, "id", INT64_MAX);
        put_string(model, NULL, "name", "M\xC3\xBCller \"Bau\" <1>");
        put_string(model, NULL, "no_name", NULL);
        put_word(model, NULL, "decision", "word.yes");
        put_word(model, NULL, "no_word", NULL);
        put_money(model, NULL, "revenue", -123456);
        put_decimal(model, NULL, "value", 1500, 3);
        put_ratio(model, NULL, "share", 2, 3);
        put_ratio(model, NULL, "fall", 1, -3);
        put_ratio(model, NULL, "of_nothing", 1, 0);
        put_ratio(model, NULL, "beyond", INT64_MAX, 1);
        put_day(model, NULL, "day", 14974);
        put_day(model, NULL, "open", DAY_OPEN_END);
        put_instant(model, NULL, "at", INSTANT_MS);
        struct value *sentence = put_sentence(model, NULL, "step", "money.any");
        put_money(model, sentence, "amount", 50);
        struct value *list = put_list(model, NULL, "rows");
        put_string(model, add_map(model, list), "a", "b");
        add_text(model, list, text_of("c"));
        add_word(model, list, "x.y.z");
        add_none(model, list);
        add_yes_no(model, list, false);
        add_count(model, list, 3);
        add_money(model, list, 305);
        add_decimal(model, list, 5, 0);
        add_day(model, list, DAY_NONE);
        put_day(model, add_sentence(model, list, "a.b"), "day", 0);
        add_count(model, add_list(model, list), 7);
        put_string(model, put_page_map(model, NULL, "links"), "next", "/x");
        add_count(model, put_page_list(model, NULL, "offers"), 1);
        put_value(model, NULL, "again", value_get(model->root, "revenue"));
        put_value(model, NULL, "nothing_again", NULL);
        put_count(model, put_map(model, NULL, "map"), "inside", 0);
}

static void everything_as_json(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer out buffer_cleanup;
        struct model model;
        struct json json;
        struct error error;
        (void)state;
        buffer_init(&out, 1 << 20);
        model_init(&model, arena);
        fill(&model);
        assert_int_equal(model_check(&model, &error), STATUS_OK);
        json_init(&json, &out, false);
        json_value(&json, model.root, 2);
        assert_string_equal(
                out.data,
                "{\"none\":null,\"yes\":true,\"count\":1234567,\"run\":12,\"id\":\"9223372036854775807\","
                "\"name\":\"M\xC3\xBCller \\\"Bau\\\" <1>\",\"no_name\":null,\"decision\":\"yes\",\"no_word\":null,"
                "\"revenue\":\"-1234.56\",\"value\":\"1.500\",\"share\":\"0.666667\",\"fall\":\"-0.333333\","
                "\"of_nothing\":null,\"beyond\":null,\"day\":\"2010-12-31\",\"open\":null,"
                "\"at\":\"2010-12-31T23:34:05Z\",\"step\":{\"key\":\"money.any\",\"amount\":\"0.50\"},"
                "\"rows\":[{\"a\":\"b\"},\"c\",\"z\",null,false,3,\"3.05\",\"5\",null,"
                "{\"key\":\"a.b\",\"day\":\"1970-01-01\"},[7]],"
                "\"again\":\"-1234.56\",\"nothing_again\":null,\"map\":{\"inside\":0}}");
}

static void reading(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct model model;
        const char *name = NULL;
        (void)state;
        model_init(&model, arena);
        fill(&model);
        assert_int_equal(value_kind(value_get(model.root, "day")), VALUE_DAY);
        assert_int_equal(value_integer(value_get(model.root, "day")), 14974);
        assert_int_equal(value_integer(value_get(model.root, "share")), 2);
        assert_int_equal(value_whole(value_get(model.root, "share")), 3);
        assert_int_equal(value_scale(value_get(model.root, "value")), 3);
        assert_true(text_is(value_text(value_get(model.root, "step")), "money.any"));
        assert_true(text_is(value_text(value_get(model.root, "decision")), "word.yes"));
        assert_null(value_text(value_get(model.root, "day")).data);
        assert_null(value_get(model.root, "missing"));
        assert_null(value_get(value_get(model.root, "rows"), "a"));
        assert_int_equal(value_kind(NULL), VALUE_NONE);
        assert_int_equal(value_count(NULL), 0);
        const struct value *rows = value_get(model.root, "rows");
        assert_int_equal(value_count(rows), 11);
        assert_int_equal(value_kind(value_at(rows, 10, &name)), VALUE_LIST);
        assert_null(name);
        assert_null(value_at(rows, 11, NULL));
        assert_non_null(value_at(model.root, 1, &name));
        assert_string_equal(name, "yes");
        size_t count = 0;
        for (const struct value *row = value_first(rows); row; row = value_next(row))
                count += value_name(row) == NULL;
        assert_int_equal(count, 11);
        assert_true(value_is_page_only(value_get(model.root, "links")));
        assert_false(value_is_page_only(rows));
}

/* With any ceiling filling goes on to its end, and only a model that holds everything says that it is right. */
static void no_room(void **state)
{
        size_t refused = 0;
        (void)state;
        for (size_t bytes = 0; bytes < 8000; bytes += 48) {
                struct arena *arena arena_cleanup = arena_new(bytes);
                struct model model;
                struct error error;
                model_init(&model, arena);
                fill(&model);
                if (model_check(&model, &error) == STATUS_OK) {
                        assert_int_equal(value_integer(value_get(model.root, "again")), -123456);
                        assert_non_null(value_get(model.root, "map"));
                        continue;
                }
                assert_string_equal(error.key, "model.limit");
                refused++;
        }
        assert_in_range(refused, 10, 160);
}

static void too_deep(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct model model;
        struct error error;
        (void)state;
        model_init(&model, arena);
        struct value *map = model.root;
        for (int depth = 1; depth < VALUE_DEPTH_MAX; depth++) {
                map = put_map(&model, map, "down");
                assert_int_equal(model_check(&model, &error), STATUS_OK);
        }
        map = put_map(&model, map, "down");
        assert_int_equal(model_check(&model, &error), STATUS_LIMIT);
        put_count(&model, map, "harmless", 1);
        assert_null(value_get(map, "harmless"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(everything_as_json),
                cmocka_unit_test(reading),
                cmocka_unit_test(no_room),
                cmocka_unit_test(too_deep),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
