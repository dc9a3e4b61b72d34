/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * appearance.c: how pages look to somebody, with or without an account: light or dark, German or English, kept in
 * cookies for a year; and the page that shows all parts of pages.
 */
#include "access/own_account.h"
#include "web/application.h"
#include "web/frame.h"
#include "web/resources.h"
#include "web/style_sample.h"

#define YEAR_SECONDS (INT64_C(365) * 86400)

static const char *const themes[] = {"auto", "light", "dark", NULL};
static const char *const languages[] = {"de", "en", NULL};

static const struct field appearance_fields[] = {
        {.name = "theme", .kind = INPUT_CHOICE, .choices = themes},
        {.name = "language", .kind = INPUT_CHOICE, .choices = languages},
        {.name = "back", .kind = INPUT_TEXT, .max = 2000},
        {.name = NULL},
};

/* Back to the page it was chosen on; only to one of ours. */
static struct text way_back(const struct request *request)
{
        struct text back = request_text(request, "back");
        bool ours = back.length > 0 && back.data[0] == '/' &&
                    (back.length == 1 || (back.data[1] != '/' && back.data[1] != '\\'));
        return ours ? back : text_of("/");
}

/* Whoever has an account takes the language along to every browser, and into mails. */
static enum status keep_language(struct request *request, struct text language, struct error *error)
{
        struct own own = {.database = application_of(request)->database, .subject = request_subject(request),
                          .token = request_cookie(request, REQUEST_SESSION_COOKIE),
                          .now_ms = request_now_ms(request)};
        enum status status = request_connection(request, &own.connection, error);
        return status ? status : own_set_language(&own, text_is(language, "en") ? LANGUAGE_ENGLISH : LANGUAGE_GERMAN,
                                                  error);
}

static enum status choose(struct request *request, struct model *model, struct error *error)
{
        struct text theme = request_text(request, "theme"), language = request_text(request, "language");
        (void)model;
        if (theme.data)
                request_set_cookie(request, THEME_COOKIE, theme, text_is(theme, "auto") ? 0 : YEAR_SECONDS);
        if (language.data)
                request_set_cookie(request, LANGUAGE_COOKIE, language, YEAR_SECONDS);
        request_go_to(request, way_back(request), false);
        if (!language.data || !request_subject(request)->session_id)
                return STATUS_OK;
        return keep_language(request, language, error);
}

/* For those who build pages, and for the tests that look at each part. */
static enum status show_style(struct request *request, struct model *model, struct error *error)
{
        if (!application_of(request)->development)
                return error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
        style_sample(model);
        return STATUS_OK;
}

static const struct route routes[] = {
        {METHOD_POST, "/appearance", PERMISSION_PUBLIC, appearance_fields, NULL, choose,
         ROUTE_PAGE_ONLY | ROUTE_NO_CSRF, "route.appearance"},
        {METHOD_GET, "/style", PERMISSION_PUBLIC, NULL, "style", show_style, ROUTE_PAGE_ONLY, "route.style"},
};
const struct resource resource_appearance = {"appearance", routes, sizeof(routes) / sizeof(routes[0])};
