/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * chart.c: the parts all charts are drawn with.
 */
#include <assert.h>

#include "base/checked.h"
#include "base/decimal.h"
#include "i18n/format.h"
#include "render/chart_parts.h"

void canvas_begin(struct canvas *canvas, const char *alternative)
{
        buffer_addf(canvas->out, "<svg class=\"chart %s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
                    canvas->narrow ? "chart-narrow" : "chart-wide", canvas->width / PIXEL, canvas->height / PIXEL);
        canvas_escaped(canvas, alternative);
        buffer_add_text(canvas->out, "\">");
}

void canvas_end(struct canvas *canvas)
{
        buffer_add_text(canvas->out, "</svg>");
}

static void add_tenths(struct buffer *out, int64_t tenths)
{
        if (tenths < 0)
                buffer_add_byte(out, '-');
        uint64_t size = tenths < 0 ? 0 - (uint64_t)tenths : (uint64_t)tenths;
        buffer_addf(out, "%llu", (unsigned long long)(size / PIXEL));
        if (size % PIXEL)
                buffer_addf(out, ".%u", (unsigned)(size % PIXEL));
}

void canvas_place(struct canvas *canvas, const char *name, int64_t tenths)
{
        buffer_addf(canvas->out, " %s=\"", name);
        add_tenths(canvas->out, tenths);
        buffer_add_byte(canvas->out, '"');
}

void canvas_escaped(struct canvas *canvas, const char *text)
{
        for (; *text; text++)
                switch (*text) {
                case '&':
                        buffer_add_text(canvas->out, "&amp;");
                        break;
                case '<':
                        buffer_add_text(canvas->out, "&lt;");
                        break;
                case '>':
                        buffer_add_text(canvas->out, "&gt;");
                        break;
                case '"':
                        buffer_add_text(canvas->out, "&quot;");
                        break;
                case '\'':
                        buffer_add_text(canvas->out, "&#39;");
                        break;
                default:
                        buffer_add_byte(canvas->out, *text);
                }
}

void canvas_text(struct canvas *canvas, int64_t x, int64_t y, enum anchor anchor, const char *class, const char *text)
{
        static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
        buffer_add_text(canvas->out, "<text");
        canvas_place(canvas, "x", x);
        canvas_place(canvas, "y", y);
        buffer_add_text(canvas->out, anchors[anchor]);
        if (class)
                buffer_addf(canvas->out, " class=\"%s\"", class);
        buffer_add_byte(canvas->out, '>');
        canvas_escaped(canvas, text);
        buffer_add_text(canvas->out, "</text>");
}

void canvas_line(struct canvas *canvas, const char *class, int64_t x1, int64_t y1, int64_t x2, int64_t y2)
{
        buffer_addf(canvas->out, "<line class=\"%s\"", class);
        canvas_place(canvas, "x1", x1);
        canvas_place(canvas, "y1", y1);
        canvas_place(canvas, "x2", x2);
        canvas_place(canvas, "y2", y2);
        buffer_add_text(canvas->out, "/>");
}

void canvas_bar(struct canvas *canvas, const char *class, int64_t x, int64_t y, int64_t width, int64_t height,
                const char *name)
{
        buffer_addf(canvas->out, "<rect class=\"%s\"", class);
        canvas_place(canvas, "x", x);
        canvas_place(canvas, "y", y);
        canvas_place(canvas, "width", width);
        canvas_place(canvas, "height", height);
        buffer_add_text(canvas->out, " rx=\"2\"");
        if (!name) {
                buffer_add_text(canvas->out, "/>");
                return;
        }
        buffer_add_text(canvas->out, "><title>");
        canvas_escaped(canvas, name);
        buffer_add_text(canvas->out, "</title></rect>");
}

/* ---- axes -------------------------------------------------------------------------------------------------------- */

/* How many steps of this size lead from 0 to beyond a value. */
static int64_t steps_to(int64_t value, int64_t step)
{
        return (int64_t)ceil_divide(value, step);
}

void axis_init(struct axis *axis, int64_t least, int64_t most, unsigned steps_max, int64_t unit)
{
        static const int64_t steps[] = {1, 2, 5};
        int64_t low = least < 0 ? least : 0, high = most > 0 ? most : 0, power = unit, step;
        if (low == 0 && high == 0)
                high = unit;
        /* Beyond a quarter of the range numbers are cut: charts have no use for them, and sums stay within 63 bits. */
        if (high > INT64_MAX / 4)
                high = INT64_MAX / 4;
        if (low < -(INT64_MAX / 4))
                low = -(INT64_MAX / 4);
        for (size_t i = 0;; i++) {
                step = steps[i % 3] * power;
                if (steps_to(high, step) + steps_to(-low, step) <= steps_max)
                        break;
                if (i % 3 == 2)
                        power *= 10;
        }
        axis->step = step;
        axis->high = steps_to(high, step) * step;
        axis->low = -steps_to(-low, step) * step;
}

int64_t axis_place(const struct axis *axis, int64_t value)
{
        int64_t within = value > axis->high ? axis->high : value < axis->low ? axis->low : value;
        return axis->bottom - (int64_t)divide_half_away((int128)(within - axis->low) * (axis->bottom - axis->top),
                                                        (int128)axis->high - axis->low);
}

void axis_draw(struct canvas *canvas, const struct axis *axis, const struct value *like, int64_t left, int64_t right)
{
        for (int64_t value = axis->low; value <= axis->high; value += axis->step) {
                struct buffer number buffer_cleanup;
                int64_t y = axis_place(axis, value);
                buffer_init(&number, 128);
                chart_number(&number, value, like, canvas->style);
                canvas_line(canvas, value == 0 ? "axis" : "grid", left, y, right, y);
                canvas_text(canvas, left - 6 * PIXEL, y + 4 * PIXEL, ANCHOR_END, NULL, number.data);
        }
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

int64_t chart_unit(const struct value *like, const struct print_style *style)
{
        int64_t unit = 1;
        for (unsigned i = 0; value_kind(like) == VALUE_MONEY && i < style->minor_digits; i++)
                unit *= 10;
        return unit;
}

void chart_number(struct buffer *out, int64_t number, const struct value *like, const struct print_style *style)
{
        if (value_kind(like) == VALUE_MONEY)
                format_add_amount_short(out, style->language, number, style->minor_digits, style->currency);
        else if (value_kind(like) == VALUE_DECIMAL)
                format_add_decimal(out, style->language, number, value_scale(like));
        else
                format_add_count(out, style->language, number);
}

void chart_words(struct buffer *out, const struct value *value, const struct print_style *style)
{
        struct print_how how = {value_kind(value) == VALUE_MONEY ? PRINT_WHOLE : PRINT_USUAL, false};
        if (value_kind(value) != VALUE_NONE && value_kind(value) != VALUE_MAP)
                print_value(out, value, how, style);
}
