/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * chart_parts.h: what all charts are drawn with: places, texts, the frame of a picture, and an axis with round numbers.
 */
#ifndef TREUE_RENDER_CHART_PARTS_H
#define TREUE_RENDER_CHART_PARTS_H

#include "render/chart.h"

enum { TICKS_MAX = 12, PIXEL = 10 };

/* A picture's size, in tenths of a pixel. */
struct canvas {
        struct buffer *out;
        const struct print_style *style;
        int width, height;
        bool narrow;
};

/* Begins and ends a picture; `alternative` is what is read out instead. */
void canvas_begin(struct canvas *canvas, const char *alternative);
void canvas_end(struct canvas *canvas);

/* Appends NAME="TENTHS of a pixel". */
void canvas_place(struct canvas *canvas, const char *name, int64_t tenths);
/* Text that is escaped. */
void canvas_escaped(struct canvas *canvas, const char *text);
enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };
void canvas_text(struct canvas *canvas, int64_t x, int64_t y, enum anchor anchor, const char *class, const char *text);
void canvas_line(struct canvas *canvas, const char *class, int64_t x1, int64_t y1, int64_t x2, int64_t y2);
/* A bar with a name that shows when somebody points at it; NULL: none. */
void canvas_bar(struct canvas *canvas, const char *class, int64_t x, int64_t y, int64_t width, int64_t height,
                const char *name);

/* A value axis: from `low` (at most 0) to `high` (at least 1 unit above) in round steps. */
struct axis {
        int64_t low, high, step;
        int64_t top, bottom;      /* places of high and low */
};
/* At most `steps_max` steps, each a multiple of the unit people count in. */
void axis_init(struct axis *axis, int64_t least, int64_t most, unsigned steps_max, int64_t unit);
int64_t axis_place(const struct axis *axis, int64_t value);
/* Lines and numbers left of `left`, across to `right`; `like` says of which kind values are. */
void axis_draw(struct canvas *canvas, const struct axis *axis, const struct value *like, int64_t left, int64_t right);

/* What people count in: one unit of the currency for money, else 1. */
int64_t chart_unit(const struct value *like, const struct print_style *style);
/* A number of the kind of `like` as charts write it: money short, the rest as usual. */
void chart_number(struct buffer *out, int64_t number, const struct value *like, const struct print_style *style);
/* A value as people read it; nothing for none. */
void chart_words(struct buffer *out, const struct value *value, const struct print_style *style);

#endif
