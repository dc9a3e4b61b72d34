/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * chart_months.c: values by month: bars of this year beside those of the last, the year before that as a line.
 */
#include "base/checked.h"
#include "i18n/format.h"
#include "render/chart_parts.h"

enum { SERIES = 3, WORDS_MAX = 512, GAP = 2 * PIXEL, NAMES_WIDE = 12, NAMES_NARROW = 8 };

struct months {
        const struct value *chart, *months, *like;
        const struct print_style *style;
        size_t count;
        struct axis axis;
        int64_t left, right, most;
        const struct value *most_month;
};

/* before, now, earlier: the order they are drawn in. */
static const char *const names[SERIES] = {"before", "now", "earlier"};
static const char *const titles[SERIES] = {"before_name", "now_name", "earlier_name"};
static const char *const bars[SERIES] = {"bar-before", "bar-now", "line-earlier"};

static void measure(struct months *m)
{
        int64_t least = 0;
        for (const struct value *month = value_first(m->months); month; month = value_next(month))
                for (int s = 0; s < SERIES; s++) {
                        const struct value *value = value_get(month, names[s]);
                        if (value_kind(value) == VALUE_NONE)
                                continue;
                        m->like = value;
                        if (s == 1 && (!m->most_month || value_integer(value) > value_integer(
                                                                 value_get(m->most_month, "now"))))
                                m->most_month = month;
                        if (value_integer(value) > m->most)
                                m->most = value_integer(value);
                        if (value_integer(value) < least)
                                least = value_integer(value);
                }
        axis_init(&m->axis, least, m->most, 6, chart_unit(m->like, m->style));
}

/* "Umsatz je Monat: 2026 neben 2025; am meisten im März mit 10 T€." */
static void alternative(const struct months *m, struct buffer *out)
{
        struct buffer words[4];
        for (int i = 0; i < 4; i++)
                buffer_init(&words[i], WORDS_MAX);
        chart_words(&words[0], value_get(m->chart, "title"), m->style);
        chart_words(&words[1], value_get(m->chart, "now_name"), m->style);
        if (m->most_month) {
                const struct value *month = value_get(m->most_month, "month");
                if (value_kind(month) == VALUE_DAY)
                        format_add_day_form(&words[2], m->style->language, (int32_t)value_integer(month), DAY_MONTH);
                chart_words(&words[3], value_get(m->most_month, "now"), m->style);
                message_add(out, m->style->language, "chart.months", "title", words[0].data, "now", words[1].data,
                            "month", words[2].data, "amount", words[3].data, NULL);
        } else {
                buffer_add(out, words[0].data, words[0].length);
        }
        for (int i = 0; i < 4; i++)
                buffer_release(&words[i]);
}

/* What the bars mean, above them. */
static void legend(struct canvas *canvas, const struct months *m)
{
        int64_t x = m->left;
        for (int s = 0; s < SERIES; s++) {
                struct buffer words buffer_cleanup;
                buffer_init(&words, WORDS_MAX);
                chart_words(&words, value_get(m->chart, titles[s]), m->style);
                if (!words.length)
                        continue;
                if (s == 2)
                        canvas_line(canvas, bars[s], x, 9 * PIXEL, x + 14 * PIXEL, 9 * PIXEL);
                else
                        canvas_bar(canvas, bars[s], x, 4 * PIXEL, 10 * PIXEL, 10 * PIXEL, NULL);
                canvas_text(canvas, x + (s == 2 ? 19 : 15) * PIXEL, 13 * PIXEL, ANCHOR_START, NULL, words.data);
                x += (30 + 7 * (int64_t)words.length) * PIXEL;
        }
}

static int64_t month_left(const struct months *m, size_t place)
{
        return m->left + (m->right - m->left) * (int64_t)place / (int64_t)m->count;
}

static void bar(struct canvas *canvas, const struct months *m, const struct value *month, size_t place, int series,
                int shown)
{
        const struct value *value = value_get(month, names[series]), *day = value_get(month, "month");
        struct buffer words buffer_cleanup;
        int64_t left = month_left(m, place), width = month_left(m, place + 1) - left;
        int64_t inside = width * 8 / 10, each = (inside - (shown - 1) * GAP) / shown;
        buffer_init(&words, WORDS_MAX);
        if (value_kind(value) == VALUE_NONE)
                return;
        int64_t number = value_integer(value), zero = axis_place(&m->axis, 0), y = axis_place(&m->axis, number);
        int64_t x = left + width / 10 + (shown == 2 && series == 1 ? each + GAP : 0);
        if (value_kind(day) == VALUE_DAY)
                format_add_day_form(&words, m->style->language, (int32_t)value_integer(day), DAY_MONTH);
        buffer_add_byte(&words, ' ');
        chart_words(&words, value_get(m->chart, titles[series]), m->style);
        buffer_add_text(&words, ": ");
        chart_words(&words, value, m->style);
        canvas_bar(canvas, bars[series], x, number >= 0 ? y : zero, each, number >= 0 ? zero - y : y - zero,
                   words.data);
}

static void earlier(struct canvas *canvas, const struct months *m)
{
        size_t place = 0;
        bool any = false;
        for (const struct value *month = value_first(m->months); month; month = value_next(month), place++) {
                const struct value *value = value_get(month, "earlier");
                if (value_kind(value) == VALUE_NONE)
                        continue;
                int64_t x = (month_left(m, place) + month_left(m, place + 1)) / 2;
                int64_t y = axis_place(&m->axis, value_integer(value));
                buffer_add_text(canvas->out, any ? " " : "<polyline class=\"line-earlier\" points=\"");
                buffer_addf(canvas->out, "%lld.%d,%lld.%d", (long long)(x / PIXEL), (int)(x % PIXEL),
                            (long long)(y / PIXEL), (int)(y % PIXEL));
                any = true;
        }
        if (any)
                buffer_add_text(canvas->out, "\"/>");
}

static void draw(struct canvas *canvas, struct months *m, const char *words)
{
        bool before = value_kind(value_get(m->chart, "before_name")) != VALUE_NONE;
        size_t place = 0, room = canvas->narrow ? NAMES_NARROW : NAMES_WIDE, every = (m->count + room - 1) / room;
        m->left = (canvas->narrow ? 46 : 54) * PIXEL;
        m->right = canvas->width - 4 * PIXEL;
        m->axis.top = 28 * PIXEL;
        m->axis.bottom = canvas->height - 22 * PIXEL;
        canvas_begin(canvas, words);
        legend(canvas, m);
        axis_draw(canvas, &m->axis, m->like, m->left, m->right);
        for (const struct value *month = value_first(m->months); month; month = value_next(month), place++) {
                struct buffer name buffer_cleanup;
                const struct value *day = value_get(month, "month");
                buffer_init(&name, WORDS_MAX);
                if (before)
                        bar(canvas, m, month, place, 0, 2);
                bar(canvas, m, month, place, 1, before ? 2 : 1);
                if (value_kind(day) == VALUE_DAY)
                        format_add_day_form(&name, m->style->language, (int32_t)value_integer(day), DAY_MONTH_SHORT);
                if (place % every == 0)
                        canvas_text(canvas, (month_left(m, place) + month_left(m, place + 1)) / 2,
                                    canvas->height - 6 * PIXEL, ANCHOR_MIDDLE, NULL, name.data);
        }
        earlier(canvas, m);
        canvas_end(canvas);
}

void chart_months(struct buffer *out, const struct value *chart, const struct print_style *style)
{
        struct months m = {.chart = chart, .months = value_get(chart, "months"), .style = style};
        struct buffer words buffer_cleanup;
        buffer_init(&words, 4 * WORDS_MAX);
        m.count = value_count(m.months);
        measure(&m);
        alternative(&m, &words);
        draw(&(struct canvas){out, style, 720 * PIXEL, 240 * PIXEL, false}, &m, words.data);
        draw(&(struct canvas){out, style, 340 * PIXEL, 220 * PIXEL, true}, &m, words.data);
        if (words.failed)
                out->failed = true;
}
