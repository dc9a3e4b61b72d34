/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * chart_flow.c: who moved from where to where between two days: segments left and right, as high as they are large,
 * and bands between them.
 */
#include "base/checked.h"
#include "render/chart_parts.h"

enum { WORDS_MAX = 256, NODES_MAX = 16, NODE_WIDTH = 16 * PIXEL, NODE_GAP = 12 * PIXEL, LEAST = 1 * PIXEL };

struct side {
        const struct value *nodes[NODES_MAX];
        int64_t top[NODES_MAX], height[NODES_MAX], used[NODES_MAX];
        size_t count;
        int128 total;
};

struct flow_chart {
        const struct value *chart;
        const struct print_style *style;
        struct side before, after;
        int64_t left, right;      /* outer edges of the nodes */
};

static void gather(struct side *side, const struct value *nodes)
{
        for (const struct value *node = value_first(nodes); node && side->count < NODES_MAX; node = value_next(node)) {
                int64_t count = value_integer(value_get(node, "count"));
                side->nodes[side->count++] = node;
                side->total += count > 0 ? count : 0;
        }
}

/* Heights by the larger side, so that both are on one scale. */
static void lay_out(struct side *side, int128 total, int64_t top, int64_t room)
{
        for (size_t i = 0; i < side->count; i++) {
                int64_t count = value_integer(value_get(side->nodes[i], "count"));
                int64_t height = count > 0 && total > 0 ? (int64_t)(count * (int128)room / total) : 0;
                side->top[i] = top;
                side->height[i] = count > 0 && height < LEAST ? LEAST : height;
                side->used[i] = 0;
                top += side->height[i] + NODE_GAP;
        }
}

static size_t find(const struct side *side, const struct value *code)
{
        for (size_t i = 0; i < side->count; i++)
                if (text_equal(value_text(value_get(side->nodes[i], "code")), value_text(code)))
                        return i;
        return side->count;
}

static void node_words(const struct flow_chart *f, const struct value *node, struct buffer *out)
{
        chart_words(out, value_get(node, "code"), f->style);
        buffer_add_byte(out, ' ');
        chart_words(out, value_get(node, "count"), f->style);
}

static void add_segment(struct canvas *canvas, const struct value *code)
{
        struct buffer words buffer_cleanup;
        buffer_init(&words, WORDS_MAX);
        chart_words(&words, code, canvas->style);
        buffer_add_text(canvas->out, " data-segment=\"");
        canvas_escaped(canvas, words.data);
        buffer_add_byte(canvas->out, '"');
}

static void draw_side(struct canvas *canvas, const struct flow_chart *f, const struct side *side, int64_t x)
{
        for (size_t i = 0; i < side->count; i++) {
                struct buffer words buffer_cleanup;
                buffer_init(&words, WORDS_MAX);
                node_words(f, side->nodes[i], &words);
                buffer_add_text(canvas->out, "<rect class=\"flow-node\"");
                add_segment(canvas, value_get(side->nodes[i], "code"));
                canvas_place(canvas, "x", x);
                canvas_place(canvas, "y", side->top[i]);
                canvas_place(canvas, "width", NODE_WIDTH);
                canvas_place(canvas, "height", side->height[i]);
                buffer_add_text(canvas->out, "/>");
                canvas_text(canvas, x + NODE_WIDTH + 6 * PIXEL, side->top[i] + side->height[i] / 2 + 4 * PIXEL,
                            ANCHOR_START, "flow-name", words.data);
        }
}

static void add_point(struct buffer *out, const char *command, int64_t x, int64_t y)
{
        buffer_addf(out, "%s%lld.%d %lld.%d", command, (long long)(x / PIXEL), (int)(x % PIXEL), (long long)(y / PIXEL),
                    (int)(y % PIXEL));
}

static void band(struct canvas *canvas, const struct flow_chart *f, int64_t left_y, int64_t left_height,
                 int64_t right_y, int64_t right_height)
{
        int64_t x1 = f->left + NODE_WIDTH, x2 = f->right - NODE_WIDTH, middle = (x1 + x2) / 2;
        struct buffer *out = canvas->out;
        add_point(out, " d=\"M", x1, left_y);
        add_point(out, "C", middle, left_y);
        add_point(out, " ", middle, right_y);
        add_point(out, " ", x2, right_y);
        add_point(out, "L", x2, right_y + right_height);
        add_point(out, "C", middle, right_y + right_height);
        add_point(out, " ", middle, left_y + left_height);
        add_point(out, " ", x1, left_y + left_height);
        buffer_add_text(out, "Z\"");
}

/* What of a node's height a flow takes; the last one takes what is left by rounding. */
static int64_t share_of(struct side *side, size_t place, int64_t count)
{
        int64_t total = value_integer(value_get(side->nodes[place], "count"));
        int64_t height = total > 0 ? (int64_t)((int128)side->height[place] * count / total) : 0;
        int64_t left = side->height[place] - side->used[place];
        return height < LEAST ? (left < LEAST ? left : LEAST) : height > left ? left : height;
}

static void draw_flow(struct canvas *canvas, struct flow_chart *f, const struct value *flow)
{
        size_t from = find(&f->before, value_get(flow, "from")), to = find(&f->after, value_get(flow, "to"));
        int64_t count = value_integer(value_get(flow, "count"));
        struct buffer words buffer_cleanup;
        if (from == f->before.count || to == f->after.count || count <= 0)
                return;
        int64_t left = share_of(&f->before, from, count), right = share_of(&f->after, to, count);
        buffer_init(&words, WORDS_MAX);
        chart_words(&words, value_get(flow, "from"), f->style);
        buffer_add_text(&words, " → ");
        chart_words(&words, value_get(flow, "to"), f->style);
        buffer_add_text(&words, ": ");
        chart_words(&words, value_get(flow, "count"), f->style);
        buffer_add_text(canvas->out, "<path class=\"flow-band\"");
        add_segment(canvas, value_get(flow, "from"));
        band(canvas, f, f->before.top[from] + f->before.used[from], left, f->after.top[to] + f->after.used[to], right);
        buffer_add_text(canvas->out, "><title>");
        canvas_escaped(canvas, words.data);
        buffer_add_text(canvas->out, "</title></path>");
        f->before.used[from] += left;
        f->after.used[to] += right;
}

/* Flows in the order of both sides, so that bands cross as little as they can. */
static void draw_flows(struct canvas *canvas, struct flow_chart *f)
{
        const struct value *flows = value_get(f->chart, "flows");
        for (size_t from = 0; from < f->before.count; from++)
                for (size_t to = 0; to < f->after.count; to++)
                        for (const struct value *flow = value_first(flows); flow; flow = value_next(flow))
                                if (find(&f->before, value_get(flow, "from")) == from &&
                                    find(&f->after, value_get(flow, "to")) == to)
                                        draw_flow(canvas, f, flow);
}

static void draw(struct canvas *canvas, struct flow_chart *f, const char *words)
{
        size_t most = f->before.count > f->after.count ? f->before.count : f->after.count;
        int128 total = f->before.total > f->after.total ? f->before.total : f->after.total;
        int64_t room = canvas->height - 8 * PIXEL - (int64_t)most * (NODE_GAP + LEAST);
        f->left = 4 * PIXEL;
        f->right = canvas->width - 70 * PIXEL;
        lay_out(&f->before, total, 4 * PIXEL, room);
        lay_out(&f->after, total, 4 * PIXEL, room);
        canvas_begin(canvas, words);
        draw_flows(canvas, f);
        draw_side(canvas, f, &f->before, f->left);
        draw_side(canvas, f, &f->after, f->right - NODE_WIDTH);
        canvas_end(canvas);
}

/* "Bewegung 2025 → 2026: A 36, B 109 → A 42, B 118". */
static void alternative(const struct flow_chart *f, struct buffer *out)
{
        const struct side *sides[] = {&f->before, &f->after};
        chart_words(out, value_get(f->chart, "title"), f->style);
        for (size_t s = 0; s < 2; s++) {
                buffer_add_text(out, s ? " → " : ": ");
                for (size_t i = 0; i < sides[s]->count; i++) {
                        buffer_add_text(out, i ? ", " : "");
                        node_words(f, sides[s]->nodes[i], out);
                }
        }
}

void chart_flow(struct buffer *out, const struct value *chart, const struct print_style *style)
{
        struct flow_chart f = {.chart = chart, .style = style};
        struct buffer words buffer_cleanup;
        buffer_init(&words, 8192);
        gather(&f.before, value_get(chart, "before"));
        gather(&f.after, value_get(chart, "after"));
        alternative(&f, &words);
        draw(&(struct canvas){out, style, 720 * PIXEL, 300 * PIXEL, false}, &f, words.data);
        draw(&(struct canvas){out, style, 340 * PIXEL, 280 * PIXEL, true}, &f, words.data);
        if (words.failed)
                out->failed = true;
}
