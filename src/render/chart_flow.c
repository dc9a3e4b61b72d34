/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * chart_flow.c: who moved from where to where between two days: segments left and right, as high as they are large,
 * and bands between them.
 */
#include "base/checked.h"
#include "i18n/format.h"
#include "render/chart_parts.h"

enum { WORDS_MAX = 256, NODES_MAX = 16, NODE_WIDTH = 16 * PIXEL, NODE_GAP = 12 * PIXEL, LEAST = 1 * PIXEL };

struct node {
        struct text code;         /* {NULL, 0}: in no segment */
        int64_t count;
        int64_t top, height, used;
};

struct side {
        struct node nodes[NODES_MAX];
        size_t count;
        int128 total;
};

struct flow_chart {
        const struct value *chart, *flows;
        const char *count_name;   /* of how many, in nodes and flows */
        const struct print_style *style;
        struct side before, after;
        int64_t left, right;      /* outer edges of the nodes */
};

/* A segment is given by its code, or by a map that has it. */
static struct text code_of(const struct value *segment)
{
        return value_text(value_kind(segment) == VALUE_MAP ? value_get(segment, "code") : segment);
}

static void add_node(struct side *side, struct text code, int64_t count)
{
        if (side->count == NODES_MAX)
                return;
        side->nodes[side->count++] = (struct node){.code = code, .count = count};
        side->total += count > 0 ? count : 0;
}

static size_t find(const struct side *side, struct text code)
{
        size_t i = 0;
        while (i < side->count && !text_equal(side->nodes[i].code, code))
                i++;
        return i;
}

/* What arrives at a segment, by the flows. */
static int64_t arriving(const struct flow_chart *f, struct text code)
{
        int64_t sum = 0;
        for (const struct value *flow = value_first(f->flows); flow; flow = value_next(flow)) {
                int64_t count = value_integer(value_get(flow, f->count_name));
                if (text_equal(code_of(value_get(flow, "to")), code) && count > 0 && !add_i64(sum, count, &sum))
                        return INT64_MAX;
        }
        return sum;
}

static void gather(struct flow_chart *f)
{
        const struct value *rows = value_get(f->chart, "rows"), *node;
        f->count_name = rows ? "customers" : "count";
        f->flows = value_get(f->chart, rows ? "links" : "flows");
        for (node = value_first(rows); node; node = value_next(node)) {
                struct text code = code_of(value_get(node, "segment"));
                int64_t before = value_integer(value_get(node, "customers")), after = arriving(f, code);
                if (before <= 0 && after <= 0)
                        continue;
                add_node(&f->before, code, before);
                add_node(&f->after, code, after);
        }
        for (node = value_first(value_get(f->chart, "before")); node; node = value_next(node))
                add_node(&f->before, code_of(node), value_integer(value_get(node, "count")));
        for (node = value_first(value_get(f->chart, "after")); node; node = value_next(node))
                add_node(&f->after, code_of(node), value_integer(value_get(node, "count")));
}

/* Heights by the larger side, so that both are on one scale. */
static void lay_out(struct side *side, int128 total, int64_t top, int64_t room)
{
        for (size_t i = 0; i < side->count; i++) {
                struct node *node = &side->nodes[i];
                int64_t height = node->count > 0 && total > 0 ? (int64_t)(node->count * (int128)room / total) : 0;
                node->top = top;
                node->height = node->count > 0 && height < LEAST ? LEAST : height;
                node->used = 0;
                top += node->height + NODE_GAP;
        }
}

static void add_code(struct buffer *out, struct text code)
{
        if (code.length)
                buffer_add(out, code.data, code.length);
        else
                buffer_add_text(out, "–");
}

static void node_words(const struct flow_chart *f, const struct node *node, struct buffer *out)
{
        add_code(out, node->code);
        buffer_add_byte(out, ' ');
        format_add_count(out, f->style->language, node->count);
}

static void add_segment(struct canvas *canvas, struct text code)
{
        struct buffer words buffer_cleanup;
        buffer_init(&words, WORDS_MAX);
        buffer_add(&words, code.data, code.length);
        buffer_add_text(canvas->out, " data-segment=\"");
        canvas_escaped(canvas, words.data);
        buffer_add_byte(canvas->out, '"');
}

static void draw_side(struct canvas *canvas, const struct flow_chart *f, const struct side *side, int64_t x)
{
        for (size_t i = 0; i < side->count; i++) {
                const struct node *node = &side->nodes[i];
                struct buffer words buffer_cleanup;
                buffer_init(&words, WORDS_MAX);
                if (!node->height)
                        continue;
                node_words(f, node, &words);
                buffer_add_text(canvas->out, "<rect class=\"flow-node\"");
                add_segment(canvas, node->code);
                canvas_place(canvas, "x", x);
                canvas_place(canvas, "y", node->top);
                canvas_place(canvas, "width", NODE_WIDTH);
                canvas_place(canvas, "height", node->height);
                buffer_add_text(canvas->out, "/>");
                canvas_text(canvas, x + NODE_WIDTH + 6 * PIXEL, node->top + node->height / 2 + 4 * PIXEL,
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
static int64_t share_of(const struct node *node, int64_t count)
{
        int64_t height = node->count > 0 ? (int64_t)((int128)node->height * count / node->count) : 0;
        int64_t left = node->height - node->used;
        return height < LEAST ? (left < LEAST ? left : LEAST) : height > left ? left : height;
}

static void draw_flow(struct canvas *canvas, struct node *from, struct node *to, int64_t count,
                      const struct flow_chart *f)
{
        struct buffer words buffer_cleanup;
        int64_t left = share_of(from, count), right = share_of(to, count);
        buffer_init(&words, WORDS_MAX);
        add_code(&words, from->code);
        buffer_add_text(&words, " → ");
        add_code(&words, to->code);
        buffer_add_text(&words, ": ");
        format_add_count(&words, f->style->language, count);
        buffer_add_text(canvas->out, "<path class=\"flow-band\"");
        add_segment(canvas, from->code);
        band(canvas, f, from->top + from->used, left, to->top + to->used, right);
        buffer_add_text(canvas->out, "><title>");
        canvas_escaped(canvas, words.data);
        buffer_add_text(canvas->out, "</title></path>");
        from->used += left;
        to->used += right;
}

/* Flows in the order of both sides, so that bands cross as little as they can. */
static void draw_flows(struct canvas *canvas, struct flow_chart *f)
{
        for (size_t from = 0; from < f->before.count; from++)
                for (size_t to = 0; to < f->after.count; to++)
                        for (const struct value *flow = value_first(f->flows); flow; flow = value_next(flow)) {
                                int64_t count = value_integer(value_get(flow, f->count_name));
                                if (count > 0 && find(&f->before, code_of(value_get(flow, "from"))) == from &&
                                    find(&f->after, code_of(value_get(flow, "to"))) == to)
                                        draw_flow(canvas, &f->before.nodes[from], &f->after.nodes[to], count, f);
                        }
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
        if (value_kind(value_get(f->chart, "title")) != VALUE_NONE)
                chart_words(out, value_get(f->chart, "title"), f->style);
        else
                buffer_add_text(out, message_raw(f->style->language, "chart.flow"));
        for (size_t s = 0; s < 2; s++) {
                buffer_add_text(out, s ? " → " : ": ");
                for (size_t i = 0; i < sides[s]->count; i++) {
                        buffer_add_text(out, i ? ", " : "");
                        node_words(f, &sides[s]->nodes[i], out);
                }
        }
}

void chart_flow(struct buffer *out, const struct value *chart, const struct print_style *style)
{
        struct flow_chart f = {.chart = chart, .style = style};
        struct buffer words buffer_cleanup;
        buffer_init(&words, 8192);
        gather(&f);
        alternative(&f, &words);
        draw(&(struct canvas){out, style, 720 * PIXEL, 300 * PIXEL, false}, &f, words.data);
        draw(&(struct canvas){out, style, 340 * PIXEL, 280 * PIXEL, true}, &f, words.data);
        if (words.failed)
                out->failed = true;
}
