/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulate_output.h: a simulation for people and for programs, and why somebody moves.
 */
#ifndef TREUE_CLI_SIMULATE_OUTPUT_H
#define TREUE_CLI_SIMULATE_OUTPUT_H

#include "cli/customer_labels.h"
#include "cli/session.h"
#include "program/simulation.h"

/* Revenue of 12 months of those who would come up or go down, by who is responsible: the rep, else the territory. */
struct stake {
        struct text responsible;     /* none: nobody */
        uint64_t up_count, down_count;
        int64_t up_minor, down_minor;
};

struct simulation_page {
        struct session *session;
        const struct simulation *simulation;
        struct customer_labels labels;
        size_t *by_number;           /* all evaluated customers, dense indexes in the order of numbers */
        size_t count;
        size_t *moves;               /* simulation->moves in the order of numbers */
        size_t stake_count;
        struct stake *stakes;        /* the most revenue first */
        struct arena *scratch;       /* emptied between customers */
};

/* Appends the criteria whose state differs between the versions, with value and thresholds; where none differs, that
 * the mechanics make the difference. In one line they are separated by " | "; in lines, one begins each and its sides
 * stand below, all but the first line indented for the table of moves. */
enum why_layout { SIMULATE_WHY_ONE_LINE, SIMULATE_WHY_LINES };
must_check enum status simulate_add_why(const struct simulation_page *page, size_t customer, enum why_layout layout,
                                        struct buffer *out, struct error *error);

must_check enum status simulate_table(const struct simulation_page *page, size_t near_count, struct buffer *out,
                                      struct error *error);
must_check enum status simulate_json(const struct simulation_page *page, struct buffer *out, struct error *error);
/* One row per customer who moves: CSV or a workbook. */
must_check enum status simulate_moves(const struct simulation_page *page, const struct sheet_style *style,
                                      struct error *error);

/* "up", "down" or "other". */
const char *simulate_direction_name(const struct simulation *simulation, size_t customer);

#endif
