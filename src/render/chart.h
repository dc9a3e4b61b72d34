/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * chart.h: charts as SVG, drawn from a model while a page is rendered: {{#f}}name chart_months{{/f}}. So the data is in
 * the model as everything else, the page works without scripts, and the picture is the same in print.
 *
 * Each gives out two pictures, class "chart chart-wide" and "chart chart-narrow" (a phone); the style sheet shows one.
 * Both are images with a text alternative. Colours are classes and data-segment, there is no style in them. Values are
 * money, counts or decimals, all of one chart of one kind; bars begin at zero. `chart` is a map:
 *
 *   chart_months     title; months: month (a day in it), now, [before], [earlier]; now_name, [before_name],
 *                    [earlier_name]: what the three are called. Bars side by side, last year paler; earlier as a line
 *   chart_histogram  title; bars: from, to (values) or label; count; [current: yes]; [thresholds: name, at (a value)]
 *   chart_flow       [title]; rows: segment (a map with code; none: in no segment), customers before, from top to
 *                    bottom; links: from, to (as segment), customers. Or: before and after: code, count; flows: from,
 *                    to (codes), count
 *
 * What has no values at all is a chart without bars. Coordinates are tenths of a pixel, counted in integers.
 */
#ifndef TREUE_RENDER_CHART_H
#define TREUE_RENDER_CHART_H

#include "base/buffer.h"
#include "render/print.h"
#include "render/value.h"

void chart_months(struct buffer *out, const struct value *chart, const struct print_style *style);
void chart_histogram(struct buffer *out, const struct value *chart, const struct print_style *style);
void chart_flow(struct buffer *out, const struct value *chart, const struct print_style *style);

#endif
