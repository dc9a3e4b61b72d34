/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mailer.h: letters about access: they go out by the company's mail server, which settings name (mail_host, mail_port,
 * mail_security, mail_user, mail_password_file, mail_authorities, mail_from, mail_from_name). Below stands whose they
 * are: name and claim of the program, in the reader's language.
 */
#ifndef TREUE_WEB_MAILER_H
#define TREUE_WEB_MAILER_H

#include "access/secret.h"
#include "base/status.h"
#include "db/db.h"
#include "i18n/message.h"

enum letter_kind {
        LETTER_SIGN_IN,     /* a link to sign in, ten minutes */
        LETTER_PASSWORD,    /* a link to choose a new password, ten minutes */
        LETTER_INVITATION,  /* a link to a company's pages, seven days */
        LETTER_TEST,        /* shows that mail arrives */
        LETTER_KIND_COUNT
};

struct letter {
        enum letter_kind kind;
        struct text to, to_name;
        enum language language;
        struct text origin;     /* "https://treue.example" */
        struct secret token;
        struct text company;    /* of an invitation */
};

struct mailer;
must_check enum status mailer_new(struct database *database, struct mailer **ret, struct error *error);
/* Letters on their way are still sent, those that wait are dropped; accepts NULL. */
void mailer_free(struct mailer *mailer);

/* Are there a mail server and a sender? */
must_check enum status mailer_is_set_up(struct connection *connection, bool *ret, struct error *error);

/* Sends and waits. STATUS_CONFLICT "mail.not_set_up"; errors of mail_send. */
must_check enum status mailer_send(struct connection *connection, const struct letter *letter, struct error *error);
/* Sends later, by a thread of its own: how long it takes tells nobody anything. What cannot be sent is counted. */
void mailer_post(struct mailer *mailer, const struct letter *letter);
int64_t mailer_lost(struct mailer *mailer);

#endif
