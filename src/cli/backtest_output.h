/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backtest_output.h: a backtest step by step, for people and for programs.
 */
#ifndef TREUE_CLI_BACKTEST_OUTPUT_H
#define TREUE_CLI_BACKTEST_OUTPUT_H

#include "cli/session.h"
#include "program/backtest.h"

must_check enum status backtest_table(const struct session *session, const struct backtest *backtest,
                                      struct buffer *out, struct error *error);
/* With the decision of the last step per customer, by number. */
must_check enum status backtest_json(struct session *session, const struct backtest *backtest, struct buffer *out,
                                     struct error *error);
/* One row per step. */
must_check enum status backtest_rows(const struct session *session, const struct backtest *backtest, enum form form,
                                     struct buffer *out, struct error *error);

#endif
