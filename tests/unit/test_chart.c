/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_chart.c: charts are well-formed SVG without style, nothing lies outside its picture, heights are in proportion,
 * and what is read out says what is seen; also of random, extreme and missing values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <expat.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "render/chart.h"

enum { SEEN_MAX = 512 };
static const struct print_style german = {LANGUAGE_GERMAN, 2, "EUR"}, english = {LANGUAGE_ENGLISH, 2, "EUR"};

/* What was found in a chart's markup; places in thousandths of a pixel. */
struct seen {
        int64_t width, height;
        size_t pictures, bars[2], lines, bands, count;
        int64_t heights[SEEN_MAX];     /* of bars of the first picture, in their order */
        const char *classes[SEEN_MAX];
        char labels[2][512];
};

static int64_t thousandths(const char *text)
{
        int64_t units;
        if (decimal_parse_scaled(text_of(text), DECIMAL_POINT, 3, false, &units) != DECIMAL_OK)
                fail_msg("%s is no place", text);
        return units;
}

static const char *attribute(const char **attributes, const char *name)
{
        for (; *attributes; attributes += 2)
                if (strcmp(attributes[0], name) == 0)
                        return attributes[1];
        return NULL;
}

static void begin_picture(struct seen *seen, const char **attributes)
{
        const char *box = attribute(attributes, "viewBox"), *label = attribute(attributes, "aria-label");
        assert_non_null(box);
        assert_string_equal(attribute(attributes, "role"), "img");
        char width[16], height[16];
        size_t length = strcspn(box + 4, " ");
        snprintf(width, sizeof(width), "%.*s", (int)length, box + 4);
        snprintf(height, sizeof(height), "%s", box + 4 + length + 1);
        seen->width = thousandths(width);
        seen->height = thousandths(height);
        snprintf(seen->labels[seen->pictures % 2], sizeof(seen->labels[0]), "%s", label);
        seen->pictures++;
}

static void begin(void *data, const char *element, const char **attributes)
{
        static const char *const across[] = {"x", "x1", "x2"}, *const down[] = {"y", "y1", "y2"};
        struct seen *seen = data;
        assert_null(attribute(attributes, "style"));
        if (strcmp(element, "svg") == 0)
                begin_picture(seen, attributes);
        for (int i = 0; i < 3; i++) {
                const char *x = attribute(attributes, across[i]), *y = attribute(attributes, down[i]);
                if (x)
                        assert_in_range(thousandths(x), 0, seen->width);
                if (y)
                        assert_in_range(thousandths(y), 0, seen->height);
        }
        if (strcmp(element, "rect") == 0) {
                int64_t height = thousandths(attribute(attributes, "height"));
                assert_in_range(thousandths(attribute(attributes, "y")) + height, 0, seen->height);
                assert_in_range(thousandths(attribute(attributes, "x")) + thousandths(attribute(attributes, "width")),
                                0, seen->width);
                if (seen->pictures == 1 && seen->count < SEEN_MAX) {
                        seen->classes[seen->count] = strstr(attribute(attributes, "class"), "now") ? "now" : "other";
                        seen->heights[seen->count++] = height;
                }
                seen->bars[seen->pictures - 1]++;
        }
        seen->lines += strcmp(element, "polyline") == 0;
        seen->bands += strcmp(element, "path") == 0;
}

static void look_at(const struct buffer *svg, struct seen *ret)
{
        XML_Parser parser = XML_ParserCreate("UTF-8");
        *ret = (struct seen){0};
        XML_SetElementHandler(parser, begin, NULL);
        XML_SetUserData(parser, ret);
        if (XML_Parse(parser, "<div>", 5, 0) != XML_STATUS_OK ||
            XML_Parse(parser, svg->data, (int)svg->length, 0) != XML_STATUS_OK ||
            XML_Parse(parser, "</div>", 6, 1) != XML_STATUS_OK)
                fail_msg("%s in %s", XML_ErrorString(XML_GetErrorCode(parser)), svg->data);
        XML_ParserFree(parser);
        assert_int_equal(ret->pictures, 2);
        assert_int_equal(ret->bars[0], ret->bars[1]);
        assert_string_equal(ret->labels[0], ret->labels[1]);
}

typedef void (*chart)(struct buffer *out, const struct value *value, const struct print_style *style);

static void draw(chart function, const struct model *model, const struct print_style *style, struct buffer *svg,
                 struct seen *ret)
{
        struct error error;
        assert_int_equal(model_check(model, &error), STATUS_OK);
        buffer_init(svg, 1 << 20);
        function(svg, model->root, style);
        assert_false(svg->failed);
        look_at(svg, ret);
}

/* ---- months ------------------------------------------------------------------------------------------------------ */

static void fill_months(struct model *model)
{
        put_string(model, NULL, "title", "Umsatz <je> Monat");
        put_string(model, NULL, "now_name", "2026");
        put_string(model, NULL, "before_name", "2025");
        put_string(model, NULL, "earlier_name", "2024");
        struct value *months = put_list(model, NULL, "months");
        for (int i = 0; i < 12; i++) {
                struct value *month = add_map(model, months);
                put_day(model, month, "month", day_from_date((struct date){2026, (unsigned)i + 1, 1}));
                if (i < 4)
                        put_money(model, month, "now", i == 2 ? 1012000 : 500000 + i);
                put_money(model, month, "before", 100000 * i);
                put_money(model, month, "earlier", 700000);
        }
}

static void months(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer svg buffer_cleanup;
        struct model model;
        struct seen seen;
        (void)state;
        model_init(&model, arena);
        fill_months(&model);
        draw(chart_months, &model, &german, &svg, &seen);
        assert_string_equal(seen.labels[0], "Umsatz <je> Monat, 2026: am meisten im M\xC3\xA4rz mit "
                                            "10.120\xC2\xA0\xE2\x82\xAC");
        assert_int_equal(seen.bars[0], 2 + 12 + 4); /* with the two of the legend */
        assert_int_equal(seen.lines, 2);
        assert_non_null(strstr(svg.data, "<title>M\xC3\xA4rz 2026: 10.120\xC2\xA0\xE2\x82\xAC</title>"));
        assert_non_null(strstr(svg.data, ">12\xC2\xA0T\xE2\x82\xAC</text>"));
        assert_non_null(strstr(svg.data, ">Dez</text>"));
        assert_null(strstr(svg.data, ">14\xC2\xA0T\xE2\x82\xAC</text>"));
        buffer_release(&svg);
        draw(chart_months, &model, &english, &svg, &seen);
        assert_string_equal(seen.labels[0], "Umsatz <je> Monat, 2026: most in March with \xE2\x82\xAC" "10,120");
        assert_non_null(strstr(svg.data, ">\xE2\x82\xAC" "12k</text>"));
}

static void months_without_values(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer svg buffer_cleanup;
        struct model model;
        struct seen seen;
        (void)state;
        model_init(&model, arena);
        draw(chart_months, &model, &german, &svg, &seen);
        assert_int_equal(seen.bars[0], 0);
        assert_string_equal(seen.labels[0], "");
        buffer_release(&svg);
        put_string(&model, NULL, "title", "A");
        struct value *month = add_map(&model, put_list(&model, NULL, "months"));
        put_none(&model, month, "now");
        draw(chart_months, &model, &german, &svg, &seen);
        assert_string_equal(seen.labels[0], "A");
}

/* Bars are as high as their values, on both sides of zero. */
static void proportions(void **state)
{
        static const int64_t values[] = {100, -50, 25, 0, 200};
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer svg buffer_cleanup;
        struct model model;
        struct seen seen;
        (void)state;
        model_init(&model, arena);
        struct value *list = put_list(&model, NULL, "months");
        for (size_t i = 0; i < 5; i++)
                put_count(&model, add_map(&model, list), "now", values[i]);
        draw(chart_months, &model, &german, &svg, &seen);
        assert_int_equal(seen.count, 5);
        for (size_t i = 0; i < 5; i++) { /* a tenth of a pixel is rounded */
                int64_t expected = seen.heights[4] * (values[i] < 0 ? -values[i] : values[i]) / 200;
                assert_in_range(seen.heights[i] + 200, expected, expected + 400);
                assert_string_equal(seen.classes[i], "now");
        }
}

/* ---- histogram --------------------------------------------------------------------------------------------------- */

static void histogram(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer svg buffer_cleanup;
        struct model model;
        struct seen seen;
        (void)state;
        model_init(&model, arena);
        put_string(&model, NULL, "title", "Umsatz der Kunden");
        struct value *bars = put_list(&model, NULL, "bars"), *thresholds = put_list(&model, NULL, "thresholds");
        for (int i = 0; i < 9; i++) {
                struct value *bar = add_map(&model, bars);
                put_money(&model, bar, "from", 1000000 * i);
                put_money(&model, bar, "to", 1000000 * (i + 1));
                put_count(&model, bar, "count", i == 3 ? 1200 : 10 * i);
                put_yes_no(&model, bar, "current", i == 5);
        }
        struct value *threshold = add_map(&model, thresholds);
        put_string(&model, threshold, "name", "B ab");
        put_money(&model, threshold, "at", 4500000);
        threshold = add_map(&model, thresholds);
        put_string(&model, threshold, "name", "far away");
        put_money(&model, threshold, "at", 999999999);
        draw(chart_histogram, &model, &german, &svg, &seen);
        assert_int_equal(seen.bars[0], 9);
        assert_string_equal(seen.labels[0], "Umsatz der Kunden: die meisten bei 30\xC2\xA0T\xE2\x82\xAC \xE2\x80\x93 "
                                            "40\xC2\xA0T\xE2\x82\xAC, n\xC3\xA4mlich 1.200");
        assert_string_equal(seen.classes[5], "now");
        assert_string_equal(seen.classes[4], "other");
        /* 4.5 of 9 bars over 712 pixels from 4. */
        assert_non_null(strstr(svg.data, "<line class=\"threshold\" x1=\"359.9\""));
        assert_non_null(strstr(svg.data, ">B ab 45\xC2\xA0T\xE2\x82\xAC</text>"));
        assert_null(strstr(svg.data, "far away"));
}

static void histogram_with_labels(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer svg buffer_cleanup;
        struct model model;
        struct seen seen;
        (void)state;
        model_init(&model, arena);
        put_string(&model, NULL, "title", "Abstand");
        struct value *bars = put_list(&model, NULL, "bars");
        for (int i = 0; i < 3; i++) {
                struct value *bar = add_map(&model, bars);
                put_string(&model, bar, "label", i ? "nah" : "weit & breit");
                put_count(&model, bar, "count", 3 - i);
        }
        draw(chart_histogram, &model, &german, &svg, &seen);
        assert_string_equal(seen.labels[0], "Abstand: die meisten bei weit & breit, n\xC3\xA4mlich 3");
        assert_non_null(strstr(svg.data, ">weit &amp; breit</text>"));
        buffer_release(&svg);
        model_init(&model, arena);
        draw(chart_histogram, &model, &german, &svg, &seen);
        assert_int_equal(seen.bars[0], 0);
}

/* ---- flow -------------------------------------------------------------------------------------------------------- */

static void put_node(struct model *model, struct value *list, const char *code, int64_t count)
{
        struct value *node = add_map(model, list);
        put_string(model, node, "code", code);
        put_count(model, node, "count", count);
}

static void put_flow(struct model *model, struct value *list, const char *from, const char *to, int64_t count)
{
        struct value *flow = add_map(model, list);
        put_string(model, flow, "from", from);
        put_string(model, flow, "to", to);
        put_count(model, flow, "count", count);
}

static void flow(void **state)
{
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer svg buffer_cleanup;
        struct model model;
        struct seen seen;
        (void)state;
        model_init(&model, arena);
        put_string(&model, NULL, "title", "Bewegung");
        struct value *before = put_list(&model, NULL, "before"), *after = put_list(&model, NULL, "after");
        struct value *flows = put_list(&model, NULL, "flows");
        put_node(&model, before, "A", 36);
        put_node(&model, before, "\"B\"", 110);
        put_node(&model, after, "A", 42);
        put_node(&model, after, "\"B\"", 104);
        put_flow(&model, flows, "\"B\"", "A", 7);
        put_flow(&model, flows, "A", "A", 35);
        put_flow(&model, flows, "A", "\"B\"", 1);
        put_flow(&model, flows, "\"B\"", "\"B\"", 103);
        put_flow(&model, flows, "A", "nowhere", 1);
        put_flow(&model, flows, "A", "A", 0);
        draw(chart_flow, &model, &german, &svg, &seen);
        assert_string_equal(seen.labels[0], "Bewegung: A 36, \"B\" 110 \xE2\x86\x92 A 42, \"B\" 104");
        assert_int_equal(seen.bars[0], 4);
        assert_int_equal(seen.bands, 8);
        assert_non_null(strstr(svg.data, "data-segment=\"&quot;B&quot;\""));
        assert_non_null(strstr(svg.data, "<title>A \xE2\x86\x92 A: 35</title>"));
        assert_true(strstr(svg.data, "<title>A \xE2\x86\x92 A") < strstr(svg.data, "<title>A \xE2\x86\x92 &quot;B"));
        int64_t both = seen.heights[0] + seen.heights[1];
        assert_in_range(seen.heights[0] * 146 / both, 35, 37);
}

static void put_link(struct model *model, struct value *links, const char *from, const char *to, int64_t customers)
{
        struct value *link = add_map(model, links);
        if (from)
                put_string(model, put_map(model, link, "from"), "code", from);
        else
                put_none(model, link, "from");
        put_string(model, put_map(model, link, "to"), "code", to);
        put_count(model, link, "customers", customers);
}

/* As the ladder has it: rows before, what arrives is summed up; nobody in a segment is a place, too. */
static void flow_of_the_ladder(void **state)
{
        static const char *const codes[] = {"A", "B", "empty", NULL};
        static const int64_t customers[] = {10, 90, 0, 5};
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        struct buffer svg buffer_cleanup;
        struct model model;
        struct seen seen;
        (void)state;
        model_init(&model, arena);
        struct value *rows = put_list(&model, NULL, "rows"), *links = put_list(&model, NULL, "links");
        for (int i = 0; i < 4; i++) {
                struct value *row = add_map(&model, rows);
                if (codes[i])
                        put_string(&model, put_map(&model, row, "segment"), "code", codes[i]);
                else
                        put_none(&model, row, "segment");
                put_count(&model, row, "customers", customers[i]);
        }
        put_link(&model, links, "A", "A", 8);
        put_link(&model, links, "A", "B", 2);
        put_link(&model, links, "B", "B", 90);
        put_link(&model, links, NULL, "A", 5);
        draw(chart_flow, &model, &german, &svg, &seen);
        assert_string_equal(seen.labels[0], "Bewegung zwischen den Segmenten: A 10, B 90, \xE2\x80\x93 5 "
                                            "\xE2\x86\x92 A 13, B 92, \xE2\x80\x93 0");
        assert_int_equal(seen.bars[0], 5); /* nobody is in no segment afterwards */
        assert_int_equal(seen.bands, 8);
        assert_non_null(strstr(svg.data, "<title>\xE2\x80\x93 \xE2\x86\x92 A: 5</title>"));
}

/* ---- anything ---------------------------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *seed)
{
        *seed = *seed * 6364136223846793005U + 1442695040888963407U;
        return *seed >> 20;
}

static int64_t any_number(uint64_t *seed)
{
        static const int64_t special[] = {0, 1, -1, INT64_MAX, INT64_MIN, 99999, -1000000};
        uint64_t kind = next_random(seed) % 10;
        return kind < 7 ? special[kind] : (int64_t)(next_random(seed) % 100000000) - (kind == 9 ? 50000000 : 0);
}

static void any_values(void **state)
{
        uint64_t seed = 20260131;
        (void)state;
        for (int round = 0; round < 300; round++) {
                struct arena *arena arena_cleanup = arena_new(1 << 20);
                struct model model;
                struct seen seen;
                model_init(&model, arena);
                put_string(&model, NULL, "title", "<&>");
                put_string(&model, NULL, "before_name", round & 1 ? "x" : NULL);
                struct value *list = put_list(&model, NULL, "months"), *bars = put_list(&model, NULL, "bars");
                struct value *before = put_list(&model, NULL, "before"), *after = put_list(&model, NULL, "after");
                struct value *flows = put_list(&model, NULL, "flows"), *limits = put_list(&model, NULL, "thresholds");
                for (size_t i = next_random(&seed) % 30; i > 0; i--) {
                        struct value *month = add_map(&model, list), *bar = add_map(&model, bars);
                        put_day(&model, month, "month", (int32_t)(next_random(&seed) % 20000));
                        put_money(&model, month, "now", any_number(&seed));
                        put_money(&model, month, "before", any_number(&seed));
                        put_money(&model, month, "earlier", any_number(&seed));
                        put_money(&model, bar, "from", any_number(&seed));
                        put_money(&model, bar, "to", any_number(&seed));
                        put_count(&model, bar, "count", any_number(&seed) & INT64_MAX);
                        put_money(&model, add_map(&model, limits), "at", any_number(&seed));
                        put_node(&model, next_random(&seed) & 1 ? before : after, i & 1 ? "A" : "B",
                                 any_number(&seed));
                        put_flow(&model, flows, i & 1 ? "A" : "B", i & 2 ? "A" : "B", any_number(&seed));
                }
                static const chart charts[] = {chart_months, chart_histogram, chart_flow};
                for (int c = 0; c < 3; c++) {
                        struct buffer svg buffer_cleanup;
                        draw(charts[c], &model, round & 2 ? &german : &english, &svg, &seen);
                        buffer_release(&svg);
                        buffer_init(&svg, (size_t)round * 10);
                        charts[c](&svg, model.root, &german);
                        assert_true(svg.failed || svg.length < 3000);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(months),    cmocka_unit_test(months_without_values), cmocka_unit_test(proportions),
                cmocka_unit_test(histogram), cmocka_unit_test(histogram_with_labels), cmocka_unit_test(flow),
                cmocka_unit_test(flow_of_the_ladder),
                cmocka_unit_test(any_values),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
