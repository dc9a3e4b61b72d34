/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * account.c: the own account: password, e-mail address, second factor, language, open sessions, and the company a
 * contact looks at. What protects the account asks for the password, unless it was given a short while ago.
 */
#include "access/companies.h"
#include "access/factor.h"
#include "access/password.h"
#include "access/sessions.h"
#include "http/target.h"
#include "web/resources.h"
#include "web/signing.h"

static void put_title(struct model *model, const char *key) { put_word(model, NULL, "title", key); }

/* Does a form have to ask for the password? */
static void put_asks(const struct request *request, struct model *model)
{
        put_yes_no(model, NULL, "asks_password", !request_is_proved(request));
}

/* A change was made: the session goes on under another token, others have ended. */
static void changed(struct request *request, const struct secret *token, const char *notice)
{
        const struct subject *subject = request_subject(request);
        signing_renew(request, token);
        events_end_account(application_of(request)->events, subject->account_id, subject->session_id);
        request_notice(request, NULL, notice, NULL);
        request_go_to(request, text_of("/account"), false);
}

/* ---- as it is -------------------------------------------------------------------------------------------------- */

static void put_instant_or_none(struct model *model, struct value *map, const char *name, int64_t instant_ms)
{
        if (instant_ms)
                put_instant(model, map, name, instant_ms);
        else
                put_none(model, map, name);
}

static const char *role_key(struct arena *arena, enum role role)
{
        struct buffer key buffer_cleanup;
        buffer_init(&key, 64);
        buffer_addf(&key, "role.%s", role_names[role]);
        const char *kept = arena_copy(arena, key.data, key.length);
        return kept ? kept : "role.nobody";
}

static enum status put_sessions(struct request *request, struct connection *connection, struct model *model,
                                struct error *error)
{
        const struct subject *subject = request_subject(request);
        struct session_row *sessions;
        size_t count;
        enum status status = session_list(connection, subject->account_id, request_now_ms(request),
                                          request_arena(request), &sessions, &count, error);
        if (status != STATUS_OK)
                return status;
        struct value *list = put_list(model, NULL, "sessions");
        for (size_t i = 0; i < count; i++) {
                struct value *item = add_map(model, list);
                put_id(model, item, "id", sessions[i].id);
                put_yes_no(model, item, "current", sessions[i].id == subject->session_id);
                put_text(model, item, "address", sessions[i].address);
                put_string(model, item, "browser", signing_browser(sessions[i].agent, request_arena(request)));
                put_instant(model, item, "began", sessions[i].created_ms);
                put_instant(model, item, "used", sessions[i].used_ms);
        }
        put_yes_no(model, NULL, "has_other_sessions", count > 1);
        return STATUS_OK;
}

static enum status put_companies(struct request *request, struct connection *connection, struct model *model,
                                 struct error *error)
{
        const struct subject *subject = request_subject(request);
        struct company *companies;
        size_t count;
        if (!role_is_contact(subject->role))
                return STATUS_OK;
        enum status status = company_list(connection, subject->account_id, request_arena(request), &companies, &count,
                                          error);
        if (status != STATUS_OK)
                return status;
        struct value *list = put_list(model, NULL, "companies");
        for (size_t i = 0; i < count; i++) {
                struct value *item = add_map(model, list);
                put_id(model, item, "id", companies[i].customer_id);
                put_text(model, item, "name", companies[i].name);
                put_word(model, item, "role", role_key(request_arena(request), companies[i].role));
                put_yes_no(model, item, "current", companies[i].customer_id == subject->scope.customer_id);
        }
        put_yes_no(model, NULL, "has_companies", count > 1);
        return STATUS_OK;
}

static enum status load_state(struct request *request, struct connection **ret_connection, struct own_state *ret,
                              struct error *error)
{
        const struct subject *subject = request_subject(request);
        enum status status = request_connection(request, ret_connection, error);
        if (status == STATUS_OK && subject->account_id == 0)
                status = request_deny(request, error); /* a program's key */
        return status == STATUS_OK ? own_state_load(*ret_connection, subject->account_id, text_of("Treue"),
                                                    request_arena(request), ret, error)
                                   : status;
}

static enum status show_account(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct own_state state;
        enum status status = load_state(request, &connection, &state, error);
        if (status != STATUS_OK)
                return status;
        const struct account *account = &state.account;
        put_title(model, "account_page.title");
        put_text(model, NULL, "login", account->login);
        put_text(model, NULL, "name", account->name);
        put_text(model, NULL, "email", account->email.length ? account->email : (struct text){NULL, 0});
        put_word(model, NULL, "role", role_key(request_arena(request), request_subject(request)->role));
        put_string(model, NULL, "language_code", language_code(request_language(request)));
        put_yes_no(model, NULL, "is_german", request_language(request) == LANGUAGE_GERMAN);
        put_yes_no(model, NULL, "has_password", account->has_password);
        put_yes_no(model, NULL, "has_second_factor", account->has_totp);
        put_count(model, NULL, "recovery_codes", state.recovery_codes_left);
        put_instant_or_none(model, NULL, "signed_in", account->signed_in_ms);
        status = put_sessions(request, connection, model, error);
        return status == STATUS_OK ? put_companies(request, connection, model, error) : status;
}

/* ---- password and mail ----------------------------------------------------------------------------------------- */

static const struct field password_fields[] = {
        {.name = "current_password", .kind = INPUT_SECRET, .max = 200},
        {.name = "new_password", .kind = INPUT_SECRET, .required = true, .max = 200},
        {.name = NULL}};

static enum status show_password(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct own_state state;
        enum status status = load_state(request, &connection, &state, error);
        put_title(model, "account_page.password_title");
        put_asks(request, model);
        if (status == STATUS_OK)
                put_text(model, NULL, "login", state.account.login);
        return status;
}

static enum status do_password(struct request *request, struct model *model, struct error *error)
{
        struct own own;
        struct secret token;
        struct text names[SIGNING_NAMES_MAX];
        size_t count = 0;
        (void)model;
        enum status status = signing_own(request, &own, error);
        if (status == STATUS_OK)
                status = signing_names(request, names, &count, error);
        if (status == STATUS_OK)
                status = own_change_password(&own, request_text(request, "new_password"), names, count, &token,
                                             error);
        if (status == STATUS_OK)
                changed(request, &token, "notice.password_changed");
        return status == STATUS_OK ? STATUS_OK : signing_refuse(request, status, "new_password", error);
}

static const struct field email_fields[] = {
        {.name = "current_password", .kind = INPUT_SECRET, .max = 200},
        {.name = "email", .kind = INPUT_EMAIL, .required = true, .max = 254},
        {.name = NULL}};

static enum status show_email(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct own_state state;
        enum status status = load_state(request, &connection, &state, error);
        put_title(model, "account_page.email_title");
        put_asks(request, model);
        if (status == STATUS_OK)
                put_text(model, NULL, "email", state.account.email);
        return status;
}

static enum status do_email(struct request *request, struct model *model, struct error *error)
{
        struct own own;
        struct secret token;
        (void)model;
        /* Contacts are known by their address: another one is another account. */
        if (role_is_contact(request_subject(request)->role))
                return request_deny(request, error);
        enum status status = signing_own(request, &own, error);
        if (status == STATUS_OK)
                status = own_change_email(&own, request_text(request, "email"), &token, error);
        if (status == STATUS_OK)
                changed(request, &token, "notice.email_changed");
        return status == STATUS_OK ? STATUS_OK : signing_refuse(request, status, "email", error);
}

/* ---- second factor --------------------------------------------------------------------------------------------- */

static const char *const factor_actions[] = {"begin", "confirm", "codes", "remove", NULL};
static const struct field factor_fields[] = {
        {.name = "current_password", .kind = INPUT_SECRET, .max = 200},
        {.name = "action", .kind = INPUT_CHOICE, .required = true, .choices = factor_actions},
        {.name = "code", .kind = INPUT_TEXT, .max = 40},
        {.name = "next", .kind = INPUT_TEXT, .max = NEXT_MAX},
        {.name = NULL}};
/* Where somebody wanted to go who has to set it up first. */
static const struct field factor_show_fields[] = {
        {.name = "next", .kind = INPUT_TEXT, .max = NEXT_MAX}, {.name = NULL}};

static enum status show_factor(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct own_state state;
        bool demanded = false;
        enum status status = load_state(request, &connection, &state, error);
        if (status == STATUS_OK)
                status = factor_is_demanded(connection, request_subject(request)->role, &demanded, error);
        if (status != STATUS_OK)
                return status;
        bool pending = state.totp_pending_base32.length > 0;
        put_title(model, "account_page.factor_title");
        put_asks(request, model);
        put_yes_no(model, NULL, "on", state.account.has_totp);
        put_yes_no(model, NULL, "pending", pending);
        put_yes_no(model, NULL, "off", !state.account.has_totp && !pending);
        put_text(model, NULL, "secret", state.totp_pending_base32);
        put_text(model, NULL, "address_for_apps", state.totp_pending_uri);
        put_count(model, NULL, "recovery_codes", state.recovery_codes_left);
        put_yes_no(model, NULL, "demanded", demanded);
        put_yes_no(model, NULL, "first", request_subject(request)->needs_factor);
        put_text(model, NULL, "next", signing_next(request_text(request, "next")));
        return STATUS_OK;
}

/* Shown once, on the page that answers. */
static void put_codes(struct model *model, const struct recovery_codes *codes)
{
        put_title(model, "account_page.codes_title");
        struct value *list = put_list(model, NULL, "codes");
        for (int i = 0; i < RECOVERY_CODES; i++)
                add_text(model, list, text_of(codes->codes[i]));
}

static enum status run_factor(struct request *request, const struct own *own, struct recovery_codes *ret_codes,
                              bool *ret_has_codes, struct secret *ret_token, struct error *error)
{
        struct text action = request_text(request, "action");
        uint8_t secret[TOTP_SECRET_BYTES];
        *ret_has_codes = text_is(action, "confirm") || text_is(action, "codes");
        if (text_is(action, "begin"))
                return own_totp_begin(own, secret, ret_token, error);
        if (text_is(action, "confirm"))
                return own_totp_confirm(own, request_text(request, "code"), ret_codes, ret_token, error);
        if (text_is(action, "codes"))
                return own_new_recovery_codes(own, ret_codes, ret_token, error);
        return own_totp_remove(own, ret_token, error);
}

/* The page again, which still knows where to go on to. */
static void go_to_factor(struct request *request, struct text next)
{
        struct buffer path buffer_cleanup;
        buffer_init(&path, 3 * NEXT_MAX + 64);
        buffer_add_text(&path, "/account/second-factor");
        if (next.length > 1) {
                buffer_add_text(&path, "?next=");
                target_add_encoded(&path, next);
        }
        request_go_to(request, (struct text){path.data, path.length}, false);
}

static enum status do_factor(struct request *request, struct model *model, struct error *error)
{
        struct own own;
        struct secret token;
        struct recovery_codes codes;
        bool has_codes = false;
        enum status status = signing_own(request, &own, error);
        if (status == STATUS_OK)
                status = run_factor(request, &own, &codes, &has_codes, &token, error);
        if (status != STATUS_OK)
                return signing_refuse(request, status, "code", error);
        const struct subject *subject = request_subject(request);
        struct text next = signing_next(request_text(request, "next"));
        signing_renew(request, &token);
        events_end_account(application_of(request)->events, subject->account_id, subject->session_id);
        if (has_codes) {
                put_codes(model, &codes);
                put_text(model, NULL, "next", subject->needs_factor ? next : text_of("/account"));
                secret_wipe(&codes, sizeof(codes));
        } else {
                go_to_factor(request, next);
        }
        return STATUS_OK;
}

/* ---- sessions, language, company ------------------------------------------------------------------------------- */

static enum status end_session(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        const struct subject *subject = request_subject(request);
        int64_t id;
        (void)model;
        if (!request_segment_id(request, "session", &id))
                return error_set(error, STATUS_NOT_FOUND, "access.session_unknown", NULL);
        enum status status = session_end(application->database, subject->account_id, id, subject->actor, error);
        if (status != STATUS_OK)
                return status;
        events_end_session(application->events, id);
        request_notice(request, NULL, "notice.session_ended", NULL);
        request_go_to(request, text_of("/account"), false);
        return STATUS_OK;
}

static enum status end_others(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        const struct subject *subject = request_subject(request);
        (void)model;
        if (subject->session_id == 0)
                return request_deny(request, error);
        enum status status = session_end_others(application->database, subject->account_id, subject->session_id,
                                                subject->actor, error);
        if (status != STATUS_OK)
                return status;
        events_end_account(application->events, subject->account_id, subject->session_id);
        request_notice(request, NULL, "notice.sessions_ended", NULL);
        request_go_to(request, text_of("/account"), false);
        return STATUS_OK;
}

static const char *const language_codes[] = {"de", "en", NULL};
static const struct field language_fields[] = {
        {.name = "language", .kind = INPUT_CHOICE, .required = true, .choices = language_codes}, {.name = NULL}};

static enum status set_language(struct request *request, struct model *model, struct error *error)
{
        struct own own;
        (void)model;
        enum language language = text_is(request_text(request, "language"), "en") ? LANGUAGE_ENGLISH
                                                                                   : LANGUAGE_GERMAN;
        enum status status = signing_own(request, &own, error);
        if (status == STATUS_OK)
                status = own_set_language(&own, language, error);
        if (status == STATUS_OK)
                request_go_to(request, text_of("/account"), false);
        return status;
}

static const struct field company_fields[] = {{.name = "customer", .kind = INPUT_ID, .required = true},
                                              {.name = NULL}};

static enum status switch_company(struct request *request, struct model *model, struct error *error)
{
        const struct subject *subject = request_subject(request);
        struct secret token;
        struct application *application = application_of(request);
        int64_t customer_id = 0;
        (void)model;
        struct text id = request_text(request, "customer");
        for (size_t i = 0; i < id.length; i++) {
                if (id.data[i] < '0' || id.data[i] > '9' || customer_id > (INT64_MAX - 9) / 10)
                        return error_set(error, STATUS_NOT_FOUND, "access.no_access", NULL);
                customer_id = customer_id * 10 + (id.data[i] - '0');
        }
        enum status status = company_switch(application->database, subject, customer_id, &token, error);
        if (status != STATUS_OK)
                return status;
        signing_renew(request, &token);
        events_end_session(application->events, subject->session_id);
        request_go_to(request, text_of("/"), false);
        return STATUS_OK;
}

/* ---- routes ---------------------------------------------------------------------------------------------------- */

static const struct route routes[] = {
        {METHOD_GET, "/account", PERMISSION_ACCOUNT, NULL, "account", show_account, 0, "route.account"},
        {METHOD_GET, "/account/password", PERMISSION_ACCOUNT, NULL, "account_password", show_password,
         ROUTE_PAGE_ONLY, "route.account_password"},
        {METHOD_POST, "/account/password", PERMISSION_ACCOUNT, password_fields, NULL, do_password, 0,
         "route.account_password"},
        {METHOD_GET, "/account/email", PERMISSION_ACCOUNT, NULL, "account_email", show_email, ROUTE_PAGE_ONLY,
         "route.account_email"},
        {METHOD_POST, "/account/email", PERMISSION_ACCOUNT, email_fields, NULL, do_email, 0, "route.account_email"},
        {METHOD_GET, "/account/second-factor", PERMISSION_FACTOR, factor_show_fields, "account_factor", show_factor,
         ROUTE_PAGE_ONLY, "route.account_factor"},
        {METHOD_POST, "/account/second-factor", PERMISSION_FACTOR, factor_fields, "account_codes", do_factor,
         ROUTE_PAGE_ONLY, "route.account_factor"},
        {METHOD_POST, "/account/sessions/{session}/end", PERMISSION_ACCOUNT, NULL, NULL, end_session, ROUTE_HIDES,
         "route.session_end"},
        {METHOD_POST, "/account/sessions/end-others", PERMISSION_ACCOUNT, NULL, NULL, end_others, 0,
         "route.sessions_end"},
        {METHOD_POST, "/account/language", PERMISSION_FACTOR, language_fields, NULL, set_language, 0,
         "route.account_language"},
        {METHOD_POST, "/account/company", PERMISSION_PORTAL, company_fields, NULL, switch_company, ROUTE_HIDES,
         "route.account_company"},
};
const struct resource resource_account = {"account", routes, sizeof(routes) / sizeof(routes[0])};
