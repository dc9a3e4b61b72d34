/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_show.h: what is known of one customer, for a reader or a program (`treue customer show`).
 */
#ifndef TREUE_CLI_CUSTOMER_SHOW_H
#define TREUE_CLI_CUSTOMER_SHOW_H

#include "cli/cli.h"

/* `customer`: NUMBER or SOURCE:NUMBER; `on`: a date, NULL for today; `format`: table (NULL) or json. */
must_check enum status customer_show(struct cli_context *context, const char *customer, const char *on,
                                     const char *format, struct error *error);

#endif
