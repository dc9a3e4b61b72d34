/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consent_parts.h: what the files of `treue consent` share: the command at hand, and how words are read and said.
 */
#ifndef TREUE_CLI_CONSENT_PARTS_H
#define TREUE_CLI_CONSENT_PARTS_H

#include "cli/session.h"
#include "customers/audience.h"
#include "customers/consents.h"

struct consent_command {
        struct session session;
        const char *word;             /* PERSON or the number of an import */
        const char *customer, *person, *channel, *kind, *basis, *at, *confirmed, *origin, *text, *text_file, *language;
        const char *actor, *state, *segment, *on, *reason, *format;
        bool address_from_sale, similar_goods, notice_given, no_objection, double_opt_in, skipped;
        enum form form;
};

/* A channel by its name; STATUS_USAGE "consent.bad_channel" {value} {names}. */
must_check enum status consent_channel_parse(const char *word, enum consent_channel *ret, struct error *error);
/* The customer of --customer; 0 without. */
must_check enum status consent_customer(struct consent_command *command, int64_t *ret_customer_id,
                                        struct error *error);
/* The day of --on, else today. */
must_check enum status consent_day(const struct consent_command *command, int32_t *ret, struct error *error);

/* The message of a family for a name: ("consent.state.", "withdrawn"). */
const char *consent_said(enum language language, const char *family, const char *name);

/* Actions: `command` is a struct consent_command. */
must_check enum status consent_list(void *command, struct error *error);
must_check enum status consent_audience(void *command, struct error *error);
must_check enum status consent_show(void *command, struct error *error);

#endif
