/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * signing.h: what the pages around accounts share: where somebody comes from, what their browser is given, how a
 * failure of an account's form is told.
 */
#ifndef TREUE_WEB_SIGNING_H
#define TREUE_WEB_SIGNING_H

#include "access/own_account.h"
#include "access/sign_in.h"
#include "http/route.h"
#include "web/application.h"

#define SIGNING_DEVICE_COOKIE "treue_device"

struct visitor signing_visitor(const struct request *request);
/* Cookies of a session that began, or that waits for its code. */
void signing_give(struct request *request, const struct signed_in *signed_in);
/* The session goes on under another token. */
void signing_renew(struct request *request, const struct secret *token);

/* Who asks for a change of the own account; the password comes from the field "current_password". */
must_check enum status signing_own(struct request *request, struct own *ret, struct error *error);

/* A path of ours: begins with one '/'. Anything else, and "/sign-in" itself, becomes "/". */
struct text signing_next(struct text path);
enum { NEXT_MAX = 2000 }; /* bytes of such a path as a field takes it */

/* What people call the browser that calls itself so: "Firefox, Linux"; the beginning of its own words where it is
 * another one. */
const char *signing_browser(struct text agent, struct arena *arena);

/* The names no password may say: company and programs. */
enum { SIGNING_NAMES_MAX = 8 };
must_check enum status signing_names(struct request *request, struct text names[SIGNING_NAMES_MAX], size_t *ret_count,
                                     struct error *error);

/* A failure that is about what was typed becomes one of the field; all others stay what they are. Too many attempts are
 * answered 429. */
enum status signing_refuse(struct request *request, enum status status, const char *field, struct error *error);
/* Too many attempts. */
enum status signing_wait(struct request *request, int64_t wait_ms, struct error *error);

#endif
