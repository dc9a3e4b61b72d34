/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_list.h: the customers that fit a filter, as of today or a day (`treue customer list`).
 */
#ifndef TREUE_CLI_CUSTOMER_LIST_H
#define TREUE_CLI_CUSTOMER_LIST_H

#include "cli/cli.h"

struct customer_filter {
        const char *attribute;   /* NAME=VALUE; each filter may be NULL: everybody */
        const char *search;      /* part of the name, umlauts as ae or a */
        const char *segment, *responsible;
        const char *kind;        /* customers or prospects */
        const char *on, *format; /* a date, NULL for today; table (NULL), json or csv */
};

must_check enum status customer_list(struct cli_context *context, const struct customer_filter *filter,
                                     struct error *error);

#endif
