/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * chart_histogram.c: how many lie where: a bar for each range, thresholds as lines with their names, the range somebody
 * is in standing out.
 */
#include "base/checked.h"
#include "render/chart_parts.h"

enum { WORDS_MAX = 512, LABELS_WIDE = 10, LABELS_NARROW = 5, NUMBERS_MAX = 16 };

struct histogram {
        const struct value *chart, *bars;
        const struct print_style *style;
        size_t count;
        struct axis axis;
        int64_t left, right;
};

static int64_t bar_left(const struct histogram *h, size_t place)
{
        return h->left + (h->right - h->left) * (int64_t)place / (int64_t)h->count;
}

static const struct value *like_of(const struct histogram *h)
{
        return value_get(value_first(h->bars), "from");
}

/* "12 T€ – 14 T€", or the bar's own label. */
static void range_words(const struct histogram *h, const struct value *bar, struct buffer *out)
{
        const struct value *label = value_get(bar, "label"), *from = value_get(bar, "from"), *to = value_get(bar, "to");
        if (value_kind(label) != VALUE_NONE) {
                chart_words(out, label, h->style);
                return;
        }
        if (value_kind(from) != VALUE_NONE)
                chart_number(out, value_integer(from), from, h->style);
        buffer_add_text(out, " – ");
        if (value_kind(to) != VALUE_NONE)
                chart_number(out, value_integer(to), to, h->style);
}

static void alternative(const struct histogram *h, struct buffer *out)
{
        struct buffer title buffer_cleanup, where buffer_cleanup, how_many buffer_cleanup;
        const struct value *most = NULL;
        buffer_init(&title, WORDS_MAX);
        buffer_init(&where, WORDS_MAX);
        buffer_init(&how_many, WORDS_MAX);
        chart_words(&title, value_get(h->chart, "title"), h->style);
        for (const struct value *bar = value_first(h->bars); bar; bar = value_next(bar))
                if (!most || value_integer(value_get(bar, "count")) > value_integer(value_get(most, "count")))
                        most = bar;
        if (!most) {
                buffer_add(out, title.data, title.length);
                return;
        }
        range_words(h, most, &where);
        chart_words(&how_many, value_get(most, "count"), h->style);
        message_add(out, h->style->language, "chart.histogram", "title", title.data, "range", where.data, "number",
                    how_many.data, NULL);
}

static void draw_bars(struct canvas *canvas, const struct histogram *h)
{
        size_t place = 0;
        for (const struct value *bar = value_first(h->bars); bar; bar = value_next(bar), place++) {
                const struct value *count = value_get(bar, "count");
                bool current = value_integer(value_get(bar, "current")) != 0;
                int64_t left = bar_left(h, place), width = bar_left(h, place + 1) - left;
                int64_t y = axis_place(&h->axis, value_integer(count));
                struct buffer words buffer_cleanup;
                buffer_init(&words, WORDS_MAX);
                range_words(h, bar, &words);
                buffer_add_text(&words, ": ");
                size_t number = words.length;
                chart_words(&words, count, h->style);
                canvas_bar(canvas, current ? "bar-now" : "bar-before", left + width / 20, y, width - width / 10,
                           h->axis.bottom - y, words.data);
                if (h->count <= NUMBERS_MAX && value_integer(count) && !words.failed)
                        canvas_text(canvas, left + width / 2, y - 4 * PIXEL, ANCHOR_MIDDLE, NULL, words.data + number);
        }
}

/* Where bars begin, as many as there is room for; or the bars' own labels. */
static void draw_labels(struct canvas *canvas, const struct histogram *h)
{
        size_t room = canvas->narrow ? LABELS_NARROW : LABELS_WIDE, every = (h->count + room - 1) / room, place = 0;
        for (const struct value *bar = value_first(h->bars); bar; bar = value_next(bar), place++) {
                const struct value *label = value_get(bar, "label"), *from = value_get(bar, "from");
                struct buffer words buffer_cleanup;
                buffer_init(&words, WORDS_MAX);
                if (place % every)
                        continue;
                if (value_kind(label) != VALUE_NONE)
                        chart_words(&words, label, h->style);
                else if (value_kind(from) != VALUE_NONE)
                        chart_number(&words, value_integer(from), from, h->style);
                int64_t middle = (bar_left(h, place) + bar_left(h, place + 1)) / 2;
                canvas_text(canvas, value_kind(label) != VALUE_NONE ? middle : bar_left(h, place),
                            canvas->height - 6 * PIXEL, place == 0 && value_kind(label) == VALUE_NONE ? ANCHOR_START
                                                                                                     : ANCHOR_MIDDLE,
                            NULL, words.data);
        }
}

/* The place of a value between the ends of its bar; false when it is in none. */
static bool place_of(const struct histogram *h, int64_t value, int64_t *ret)
{
        size_t place = 0;
        for (const struct value *bar = value_first(h->bars); bar; bar = value_next(bar), place++) {
                const struct value *from = value_get(bar, "from"), *to = value_get(bar, "to");
                int64_t low = value_kind(from) == VALUE_NONE ? value : value_integer(from);
                int64_t high = value_kind(to) == VALUE_NONE ? value : value_integer(to);
                bool last = place + 1 == h->count;
                if (value < low || value > high || (value == high && !last && high > low))
                        continue;
                int64_t left = bar_left(h, place), width = bar_left(h, place + 1) - left;
                int128 range = (int128)high - low;
                *ret = left + (range > 0 ? (int64_t)(((int128)value - low) * width / range) : 0);
                return true;
        }
        return false;
}

static void draw_thresholds(struct canvas *canvas, const struct histogram *h)
{
        const struct value *thresholds = value_get(h->chart, "thresholds");
        size_t row = 0;
        for (const struct value *item = value_first(thresholds); item; item = value_next(item)) {
                struct buffer words buffer_cleanup;
                int64_t x, y = (12 + 13 * (int64_t)(row % 2)) * PIXEL;
                buffer_init(&words, WORDS_MAX);
                if (value_kind(value_get(item, "at")) == VALUE_NONE ||
                    !place_of(h, value_integer(value_get(item, "at")), &x))
                        continue;
                chart_words(&words, value_get(item, "name"), h->style);
                buffer_add_byte(&words, ' ');
                chart_number(&words, value_integer(value_get(item, "at")), value_get(item, "at"), h->style);
                canvas_line(canvas, "threshold", x, y + 3 * PIXEL, x, h->axis.bottom);
                canvas_text(canvas, x, y, x > canvas->width * 3 / 4 ? ANCHOR_END : ANCHOR_START, "threshold-name",
                            words.data);
                row++;
        }
}

static void draw(struct canvas *canvas, struct histogram *h, const char *words)
{
        h->left = 4 * PIXEL;
        h->right = canvas->width - 4 * PIXEL;
        h->axis.top = (value_count(value_get(h->chart, "thresholds")) ? 46 : 18) * PIXEL;
        h->axis.bottom = canvas->height - 22 * PIXEL;
        canvas_begin(canvas, words);
        if (h->count) {
                draw_bars(canvas, h);
                draw_labels(canvas, h);
                if (like_of(h))
                        draw_thresholds(canvas, h);
        }
        canvas_line(canvas, "axis", h->left, h->axis.bottom, h->right, h->axis.bottom);
        canvas_end(canvas);
}

void chart_histogram(struct buffer *out, const struct value *chart, const struct print_style *style)
{
        struct histogram h = {.chart = chart, .bars = value_get(chart, "bars"), .style = style};
        struct buffer words buffer_cleanup;
        int64_t most = 0;
        buffer_init(&words, 4 * WORDS_MAX);
        h.count = value_count(h.bars);
        for (const struct value *bar = value_first(h.bars); bar; bar = value_next(bar))
                if (value_integer(value_get(bar, "count")) > most)
                        most = value_integer(value_get(bar, "count"));
        h.axis = (struct axis){.low = 0, .high = most ? most : 1, .step = 1};
        alternative(&h, &words);
        draw(&(struct canvas){out, style, 720 * PIXEL, 220 * PIXEL, false}, &h, words.data);
        draw(&(struct canvas){out, style, 340 * PIXEL, 200 * PIXEL, true}, &h, words.data);
        if (words.failed)
                out->failed = true;
}
