/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * analyse.h: what the analyses share: the question as it was typed, one measured metric, and the segment everybody held
 * at the cut-off.
 */
#ifndef TREUE_CLI_ANALYSE_H
#define TREUE_CLI_ANALYSE_H

#include "render/cells.h"
#include "cli/customer_labels.h"
#include "cli/evaluate_output.h"
#include "cli/session.h"
#include "program/joint.h"

struct analysis_request {
        const char *kind, *metric_name;
        const char *by, *from, *to, *cutoff, *window, *limits, *of, *bins, *threshold, *segment, *format;
        enum form form;
        int32_t cutoff_day;
        struct criterion metric;     /* metric, of, window */
};

struct analysis {
        struct session *session;
        const struct analysis_request *request;
        char currency[8];
        unsigned minor_digits;
        const struct concept *concept;   /* the latest released version, or NULL */
        const struct standing *standings; /* by segment of it, as of the cut-off; NULL with it */
        struct joint joint;
        const struct metric_column *column;
        struct customer_labels labels;
        size_t *by_number;           /* everybody who exists at the cut-off, in the order of numbers */
        size_t count;
};

/* SEGMENT_NONE: without membership. */
static inline uint8_t analysis_segment(const struct analysis *analysis, size_t customer)
{
        return analysis->standings ? analysis->standings[customer].segment : SEGMENT_NONE;
}
/* None without membership. */
struct text analysis_segment_id(const struct analysis *analysis, size_t customer);

/* How a list of the analysis is given out. */
struct sheet_style analysis_style(const struct analysis *analysis, struct buffer *out);

/* Says how many rows a table left out, and where they are; nothing for 0. */
void analysis_add_rest(enum language language, size_t left_out, struct buffer *out);

must_check enum status analyse_abc(struct analysis *analysis, struct buffer *out, struct error *error);
must_check enum status analyse_distribution(struct analysis *analysis, struct buffer *out, struct error *error);
must_check enum status analyse_risk(struct analysis *analysis, struct buffer *out, struct error *error);

#endif
