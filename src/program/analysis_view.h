/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analysis_view.h: what lies behind the segments, of the customers the reader sees: ABC analysis beside the segments
 * how revenue is distributed and what lies on either side of a threshold, present beside future value
 * and who stayed. Revenue is of 12 months up to the day; prospects are left out.
 *
 *   program, day, today
 *   abc            limits: a, b (ratios); classes: class, customers, customers_share, revenue, revenue_share,
 *                  cumulated, cells: segment, customers; left_out (without revenue); gini, top_share (of the top 20
 *                  percent); differences: count; rows: customer, class, segment, revenue, at most ANALYSIS_ROWS
 *   distribution   chart: as chart_histogram; quantiles: percent, value; customers; threshold: at, below and above:
 *                  customers, revenue; none without one
 *   portfolio      revenue_median, open_median; quadrants: present and future ("high", "low"), customers, revenue,
 *                  open; rows: customer, segment, revenue, open_potential: the ANALYSIS_ROWS largest of both
 *                  together; unknown: customers without potential
 *   retention      by segment of a year ago: segment, members, retained (of them those with revenue since),
 *                  retention (their share); segments nobody stood in are left out. retention_known: there is one
 */
#ifndef TREUE_PROGRAM_ANALYSIS_VIEW_H
#define TREUE_PROGRAM_ANALYSIS_VIEW_H

#include "program/reader.h"

enum { ANALYSIS_ROWS = 20, ANALYSIS_LIMIT_WHOLE = 10000 };

struct analysis_options {
        int64_t limit_a, limit_b;    /* of the ABC classes, in hundredths of a percent: 8000, 9500 */
        bool has_threshold;
        int64_t threshold_minor;
};

/* STATUS_USAGE "analysis.limits": a limit above the whole, or the first above the second. */
must_check enum status analysis_model(const struct reader *reader, const struct analysis_options *options,
                                      struct model *model, struct error *error);

#endif
