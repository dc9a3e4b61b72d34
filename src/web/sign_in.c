/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sign_in.c: signing in and out, the second factor, and the links that let somebody choose a password, accept an
 * invitation or sign in by mail. A link is shown by GET and used by POST: programs that look at mails open links, too.
 */
#include <inttypes.h>

#include "access/links.h"
#include "access/password.h"
#include "web/mailer.h"
#include "web/resources.h"
#include "web/signing.h"


/* ---- name and password ----------------------------------------------------------------------------------------- */

static const struct field next_fields[] = {{.name = "next", .kind = INPUT_TEXT, .max = NEXT_MAX}, {.name = NULL}};
static const struct field sign_in_fields[] = {
        {.name = "login", .kind = INPUT_TEXT, .required = true, .max = 254},
        {.name = "password", .kind = INPUT_SECRET, .required = true, .max = 200},
        {.name = "next", .kind = INPUT_TEXT, .max = NEXT_MAX},
        {.name = NULL}};

/* Also where to go afterwards, and whether links by mail can be asked for. */
static enum status show_sign_in(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        bool can_mail = false;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = mailer_is_set_up(connection, &can_mail, error);
        put_word(model, NULL, "title", "sign_in.title");
        put_text(model, NULL, "next", signing_next(request_text(request, "next")));
        put_yes_no(model, NULL, "can_mail", can_mail);
        return status;
}

/* On to the page that was wanted, or to the second factor first. */
static void go_on(struct request *request, const struct signed_in *signed_in)
{
        struct buffer path buffer_cleanup;
        struct text next = signing_next(request_text(request, "next"));
        buffer_init(&path, 3 * NEXT_MAX + 64);
        signing_give(request, signed_in);
        if (signed_in->outcome == SIGN_IN_DONE) {
                char account[24];
                snprintf(account, sizeof(account), "%" PRId64, signed_in->account_id);
                request_log(request, "signed_in", "account", account, NULL);
        }
        if (signed_in->outcome == SIGN_IN_CODE) {
                buffer_add_text(&path, "/sign-in/code?next=");
                for (size_t i = 0; i < next.length; i++)
                        buffer_addf(&path, "%%%02X", (unsigned char)next.data[i]);
        } else {
                buffer_add(&path, next.data, next.length);
        }
        request_go_to(request, (struct text){path.data, path.length}, false);
}

static enum status do_sign_in(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct signed_in result;
        struct visitor visitor = signing_visitor(request);
        struct text before = request_cookie(request, REQUEST_SESSION_COOKIE);
        (void)model;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = sign_in(application_of(request)->database, connection, request_text(request, "login"),
                                 request_text(request, "password"), &visitor, &result, error);
        if (status != STATUS_OK)
                return status;
        if (result.outcome == SIGN_IN_WAIT)
                return signing_wait(request, result.wait_ms, error);
        if (result.outcome == SIGN_IN_WRONG) {
                request_log(request, "sign_in_wrong", NULL);
                return request_refuse_field(request, error, "form", "sign_in.wrong", NULL);
        }
        /* Whatever session the browser had before has ended. */
        if (before.length)
                status = sign_out(application_of(request)->database, before, error);
        if (status == STATUS_OK)
                go_on(request, &result);
        return status;
}

/* ---- the second factor ----------------------------------------------------------------------------------------- */

static const struct field code_fields[] = {{.name = "code", .kind = INPUT_TEXT, .required = true, .max = 40},
                                           {.name = "next", .kind = INPUT_TEXT, .max = NEXT_MAX},
                                           {.name = NULL}};

static enum status show_code(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        bool waits = false;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = sign_in_waits(connection, request_cookie(request, REQUEST_SESSION_COOKIE),
                                       request_now_ms(request), &waits, error);
        put_word(model, NULL, "title", "sign_in.code_title");
        put_text(model, NULL, "next", signing_next(request_text(request, "next")));
        if (status == STATUS_OK && !waits)
                request_go_to(request, text_of("/sign-in"), false);
        return status;
}

static enum status do_code(struct request *request, struct model *model, struct error *error)
{
        struct signed_in result;
        struct visitor visitor = signing_visitor(request);
        (void)model;
        enum status status = sign_in_code(application_of(request)->database,
                                          request_cookie(request, REQUEST_SESSION_COOKIE),
                                          request_text(request, "code"), &visitor, &result, error);
        if (status != STATUS_OK)
                return status;
        if (result.outcome == SIGN_IN_WAIT)
                return signing_wait(request, result.wait_ms, error);
        if (result.outcome == SIGN_IN_WRONG) {
                request_log(request, "sign_in_wrong_code", NULL);
                return request_refuse_field(request, error, "code", "access.code_wrong", NULL);
        }
        go_on(request, &result);
        return STATUS_OK;
}

static enum status do_sign_out(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        const struct subject *subject = request_subject(request);
        (void)model;
        enum status status = sign_out(application->database, request_cookie(request, REQUEST_SESSION_COOKIE), error);
        if (status != STATUS_OK)
                return status;
        if (subject->session_id)
                events_end_session(application->events, subject->session_id);
        request_set_cookie(request, REQUEST_SESSION_COOKIE, (struct text){"", 0}, 0);
        request_notice(request, NULL, "notice.signed_out", NULL);
        request_go_to(request, text_of("/sign-in"), false);
        return STATUS_OK;
}

/* ---- links by mail --------------------------------------------------------------------------------------------- */

static const struct field mail_fields[] = {{.name = "login", .kind = INPUT_TEXT, .required = true, .max = 254},
                                           {.name = NULL}};

static enum status show_mail(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        bool can_mail = false;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = mailer_is_set_up(connection, &can_mail, error);
        put_word(model, NULL, "title", "sign_in.mail_title");
        put_yes_no(model, NULL, "can_mail", can_mail);
        return status;
}

/* The same answer, at the same time, for a name that is somebody's and one that is not: mail goes out afterwards. */
static enum status do_mail(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        struct visitor visitor = signing_visitor(request);
        struct mail_link mail;
        (void)model;
        enum status status = sign_in_mail(application->database, request_text(request, "login"), &visitor,
                                          request_arena(request), &mail, error);
        if (status != STATUS_OK)
                return status;
        if (mail.wait_ms > 0)
                return signing_wait(request, mail.wait_ms, error);
        if (mail.link.text[0]) {
                struct letter letter = {.to = mail.email, .to_name = mail.name,
                                        .language = mail.has_language ? mail.language : request_language(request),
                                        .kind = mail.is_password ? LETTER_PASSWORD : LETTER_SIGN_IN,
                                        .origin = request_origin(request), .token = mail.link};
                mailer_post(application->mailer, &letter);
        }
        request_notice(request, NULL, "notice.mail_sent", NULL);
        request_go_to(request, text_of("/sign-in"), false);
        return STATUS_OK;
}

/* ---- links ----------------------------------------------------------------------------------------------------- */

static const struct field link_fields[] = {{.name = "password", .kind = INPUT_SECRET, .max = 200},
                                           {.name = "without_password", .kind = INPUT_YES_NO}, {.name = NULL}};

static enum status show_link(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct link link;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = link_look(connection, request_segment(request, "token"), request_now_ms(request),
                                   request_arena(request), &link, error);
        if (status != STATUS_OK)
                return status;
        bool is_invitation = link.purpose == LINK_FOR_INVITATION;
        put_word(model, NULL, "title", is_invitation                        ? "link.title_invitation"
                                       : link.purpose == LINK_FOR_SIGN_IN ? "link.title_sign_in"
                                                                          : "link.title_password");
        put_text(model, NULL, "name", link.account.name);
        put_text(model, NULL, "login", link.account.login);
        put_yes_no(model, NULL, "is_invitation", is_invitation);
        /* Who has a password already only accepts. */
        put_yes_no(model, NULL, "asks_password",
                   link.purpose == LINK_FOR_PASSWORD || (is_invitation && !link.account.has_password));
        put_yes_no(model, NULL, "may_go_without", is_invitation && !link.account.has_password);
        put_count(model, NULL, "characters_min", PASSWORD_CHARACTERS_MIN);
        put_instant(model, NULL, "ends", link.ends_ms);
        return STATUS_OK;
}

static enum status use_link(struct request *request, struct signed_in *ret, struct error *error)
{
        struct connection *connection;
        struct visitor visitor = signing_visitor(request);
        struct database *database = application_of(request)->database;
        struct text token = request_segment(request, "token"), password = request_text(request, "password");
        struct text names[SIGNING_NAMES_MAX];
        size_t count = 0;
        struct link link;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = link_look(connection, token, visitor.now_ms, request_arena(request), &link, error);
        if (status != STATUS_OK)
                return status;
        bool chooses = link.purpose == LINK_FOR_PASSWORD ||
                       (link.purpose == LINK_FOR_INVITATION && !link.account.has_password &&
                        !request_yes(request, "without_password"));
        if (!chooses)
                return link_use(database, token, &visitor, ret, error);
        status = signing_names(request, names, &count, error);
        if (status == STATUS_OK)
                status = link_choose_password(database, connection, token, password, names, count, &visitor, ret,
                                              error);
        return signing_refuse(request, status, "password", error);
}

static enum status do_link(struct request *request, struct model *model, struct error *error)
{
        struct signed_in result;
        (void)model;
        enum status status = use_link(request, &result, error);
        if (status != STATUS_OK)
                return status;
        if (result.outcome == SIGN_IN_WRONG)
                return error_set(error, STATUS_NOT_FOUND, "access.link_unknown", NULL);
        events_end_account(application_of(request)->events, result.account_id, 0);
        go_on(request, &result);
        return STATUS_OK;
}

/* ---- routes ---------------------------------------------------------------------------------------------------- */

enum { PAGE = ROUTE_PAGE_ONLY, FORM = ROUTE_PAGE_ONLY | ROUTE_NO_CSRF };

static const struct route routes[] = {
        {METHOD_GET, "/sign-in", PERMISSION_PUBLIC, next_fields, "sign_in", show_sign_in, PAGE, "route.sign_in"},
        {METHOD_POST, "/sign-in", PERMISSION_PUBLIC, sign_in_fields, NULL, do_sign_in, FORM, "route.sign_in"},
        {METHOD_GET, "/sign-in/code", PERMISSION_PUBLIC, next_fields, "sign_in_code", show_code, PAGE,
         "route.sign_in_code"},
        {METHOD_POST, "/sign-in/code", PERMISSION_PUBLIC, code_fields, NULL, do_code, FORM, "route.sign_in_code"},
        {METHOD_GET, "/sign-in/mail", PERMISSION_PUBLIC, NULL, "sign_in_mail", show_mail, PAGE, "route.sign_in_mail"},
        {METHOD_POST, "/sign-in/mail", PERMISSION_PUBLIC, mail_fields, NULL, do_mail, FORM, "route.sign_in_mail"},
        {METHOD_POST, "/sign-out", PERMISSION_FACTOR, NULL, NULL, do_sign_out, PAGE, "route.sign_out"},
        {METHOD_GET, "/link/{token}", PERMISSION_PUBLIC, NULL, "link", show_link, PAGE, "route.link"},
        {METHOD_POST, "/link/{token}", PERMISSION_PUBLIC, link_fields, NULL, do_link, FORM, "route.link"},
};
const struct resource resource_sign_in = {"sign_in", routes, sizeof(routes) / sizeof(routes[0])};
