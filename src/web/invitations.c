/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * invitations.c: contacts' access to their company's pages: given and taken by those who look after the customer, and
 * by the company's main contact for colleagues. Both see the same page; the company is that of the address, or the one
 * the contact's session looks at.
 */
#include "access/companies.h"
#include "web/entries.h"
#include "web/mailer.h"
#include "web/reading.h"
#include "web/resources.h"
#include "web/signing.h"

/* Whose access it is about, and where its page lies. */
struct place {
        int64_t customer_id;
        struct text name;
        bool is_portal;
        struct buffer path;
};
static void place_end(struct place *place) { buffer_release(&place->path); }
#define place_cleanup __attribute__((cleanup(place_end)))

static const char *const contact_roles[] = {"contact", "main_contact", NULL};
static const char *const language_codes[] = {"de", "en", NULL};
/* What they are called in the form, in the same order. */
static const char *const role_keys[] = {"role.contact", "role.main_contact"};
static const char *const language_keys[] = {"language.de", "language.en"};

/* The company of the session. */
static enum status own_company(struct request *request, struct place *place, struct error *error)
{
        const struct subject *subject = request_subject(request);
        struct connection *connection;
        struct company *companies;
        size_t count = 0;
        place->is_portal = true;
        place->customer_id = subject->scope.customer_id;
        buffer_add_text(&place->path, "/portal/colleagues");
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = company_list(connection, subject->account_id, request_arena(request), &companies, &count,
                                      error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                if (companies[i].customer_id == place->customer_id)
                        place->name = companies[i].name;
        return status;
}

/* The customer of the address, if this reader may see it. */
static enum status customer_of(struct request *request, struct place *place, struct error *error)
{
        struct reading reading reading_cleanup = {0};
        struct directory_row row;
        int64_t id;
        if (!request_segment_id(request, "customer", &id))
                return error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
        enum status status = reading_begin(request, &reading, error);
        if (status != STATUS_OK)
                return status;
        int64_t at = directory_find(reading.view, reading.reader.scope, id);
        if (at < 0)
                return error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
        directory_row(reading.view, reading.reader.program, (size_t)at, &row);
        place->customer_id = id;
        buffer_addf(&place->path, "/customers/%lld/access", (long long)id);
        return arena_keep_text(request_arena(request), row.name, &place->name) ? STATUS_OK : error_memory(error);
}

static enum status find_place(struct request *request, struct place *ret, struct error *error)
{
        *ret = (struct place){.name = {"", 0}};
        buffer_init(&ret->path, 128);
        enum status status = request_segment(request, "customer").data ? customer_of(request, ret, error)
                                                                       : own_company(request, ret, error);
        return status == STATUS_OK && ret->path.failed ? error_memory(error) : status;
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void put_person(struct model *model, struct value *list, const struct subject *subject,
                       const struct company_person *person)
{
        struct value *item = add_map(model, list);
        bool is_main = person->role == ROLE_MAIN_CONTACT;
        put_id(model, item, "account", person->account_id);
        put_text(model, item, "login", person->login);
        put_text(model, item, "name", person->name);
        put_word(model, item, "role", is_main ? "role.main_contact" : "role.contact");
        put_yes_no(model, item, "is_main", is_main);
        put_string(model, item, "other_role", is_main ? "contact" : "main_contact");
        put_yes_no(model, item, "invited", person->invited);
        put_yes_no(model, item, "own", person->account_id == subject->account_id);
        put_instant(model, item, "since", person->since_ms);
        if (person->signed_in_ms)
                put_instant(model, item, "signed_in", person->signed_in_ms);
        if (person->invited)
                put_instant(model, item, "ends", person->ends_ms);
}

static enum status show(struct request *request, struct model *model, struct error *error)
{
        struct place place place_cleanup;
        struct connection *connection;
        struct company_person *people;
        size_t count;
        enum status status = find_place(request, &place, error);
        if (status == STATUS_OK)
                status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = company_people(connection, place.customer_id, request_now_ms(request),
                                        request_arena(request), &people, &count, error);
        if (status != STATUS_OK)
                return status;
        put_word(model, NULL, "title", place.is_portal ? "invitations.title_colleagues" : "invitations.title");
        put_text(model, NULL, "company", place.name);
        put_text(model, NULL, "place", (struct text){place.path.data, place.path.length});
        put_yes_no(model, NULL, "is_portal", place.is_portal);
        put_yes_no(model, NULL, "is_empty", count == 0);
        entry_choices_put(request, model, "roles", "role", role_keys, 2, text_of(contact_roles[0]));
        entry_choices_put(request, model, "languages", "language", language_keys, 2,
                          text_of(language_code(request_language(request))));
        struct value *list = put_list(model, NULL, "people");
        for (size_t i = 0; i < count; i++)
                put_person(model, list, request_subject(request), &people[i]);
        return STATUS_OK;
}

/* ---- inviting -------------------------------------------------------------------------------------------------- */

static const struct field invite_fields[] = {
        {.name = "name", .kind = INPUT_TEXT, .required = true, .max = 100},
        {.name = "email", .kind = INPUT_EMAIL, .required = true},
        {.name = "role", .kind = INPUT_CHOICE, .required = true, .choices = contact_roles},
        {.name = "language", .kind = INPUT_CHOICE, .choices = language_codes},
        {.name = NULL}};

/* The mail goes out now. Where there is no mail server, or it does not take the mail, whoever invites hands the link
 * on. */
static enum status send(struct request *request, const struct place *place, const struct invitation *invitation,
                        const struct secret *link, struct model *model, struct error *error)
{
        struct connection *connection;
        struct text origin = request_origin(request);
        struct letter letter = {.kind = LETTER_INVITATION, .to = invitation->email, .to_name = invitation->name,
                                .language = invitation->language, .origin = origin, .token = *link,
                                .company = place->name};
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = mailer_send(connection, &letter, error);
        if (status == STATUS_OK) {
                request_notice(request, NULL, "notice.invited", NULL);
                request_go_to(request, (struct text){place->path.data, place->path.length}, true);
                return STATUS_OK;
        }
        request_log(request, "invitation_not_sent", "reason", error->key, NULL);
        struct buffer address buffer_cleanup;
        buffer_init(&address, 1024);
        buffer_addf(&address, "%.*s/link/%s", (int)origin.length, origin.data ? origin.data : "", link->text);
        put_word(model, NULL, "title", "invitations.link_title");
        put_text(model, NULL, "name", invitation->name);
        put_text(model, NULL, "link", (struct text){address.data, address.length});
        put_instant(model, NULL, "ends", request_now_ms(request) + INVITATION_MS);
        put_text(model, NULL, "place", (struct text){place->path.data, place->path.length});
        return STATUS_OK;
}

static enum status invite(struct request *request, struct model *model, struct error *error)
{
        struct place place place_cleanup;
        struct secret link;
        int64_t account_id;
        enum status status = find_place(request, &place, error);
        if (status != STATUS_OK)
                return status;
        struct invitation invitation = {
                .customer_id = place.customer_id,
                .email = request_text(request, "email"),
                .name = request_text(request, "name"),
                .role = text_is(request_text(request, "role"), "main_contact") ? ROLE_MAIN_CONTACT : ROLE_CONTACT,
                .language = text_is(request_text(request, "language"), "en") ? LANGUAGE_ENGLISH : LANGUAGE_GERMAN,
                .actor = request_subject(request)->actor,
        };
        status = company_invite(application_of(request)->database, &invitation, &account_id, &link, error);
        if (status != STATUS_OK)
                return signing_refuse(request, status, "email", error);
        return send(request, &place, &invitation, &link, model, error);
}

/* ---- changing -------------------------------------------------------------------------------------------------- */

static const struct field role_fields[] = {
        {.name = "role", .kind = INPUT_CHOICE, .required = true, .choices = contact_roles}, {.name = NULL}};

/* Sessions that looked at the company have ended, and their streams with them. */
static void changed(struct request *request, const struct place *place, int64_t account_id, const char *notice)
{
        events_end_account(application_of(request)->events, account_id, 0);
        request_notice(request, NULL, notice, NULL);
        request_go_to(request, (struct text){place->path.data, place->path.length}, false);
}

static enum status find_person(struct request *request, struct place *ret, int64_t *ret_account_id,
                               struct error *error)
{
        enum status status = find_place(request, ret, error);
        if (status == STATUS_OK && !request_segment_id(request, "account", ret_account_id))
                status = error_set(error, STATUS_NOT_FOUND, "access.no_access", NULL);
        return status;
}

static enum status set_role(struct request *request, struct model *model, struct error *error)
{
        struct place place place_cleanup;
        int64_t account_id;
        (void)model;
        enum role role = text_is(request_text(request, "role"), "main_contact") ? ROLE_MAIN_CONTACT : ROLE_CONTACT;
        enum status status = find_person(request, &place, &account_id, error);
        if (status == STATUS_OK)
                status = company_set_role(application_of(request)->database, place.customer_id, account_id, role,
                                          place.is_portal, request_subject(request)->actor, error);
        if (status == STATUS_OK)
                changed(request, &place, account_id, "notice.access_changed");
        return status;
}

static enum status take_access(struct request *request, struct model *model, struct error *error)
{
        struct place place place_cleanup;
        int64_t account_id;
        (void)model;
        enum status status = find_person(request, &place, &account_id, error);
        if (status == STATUS_OK)
                status = company_remove(application_of(request)->database, place.customer_id, account_id,
                                        place.is_portal, request_subject(request)->actor, error);
        if (status == STATUS_OK)
                changed(request, &place, account_id, "notice.access_removed");
        return status;
}

/* ---- routes ---------------------------------------------------------------------------------------------------- */

#define INVITE PERMISSION_CONTACT_INVITE
#define COLLEAGUES PERMISSION_PORTAL_ADMIN

static const struct route routes[] = {
        {METHOD_GET, "/customers/{customer}/access", INVITE, NULL, "access", show, ROUTE_HIDES, "route.access"},
        {METHOD_POST, "/customers/{customer}/access", INVITE, invite_fields, "access_link", invite, ROUTE_HIDES,
         "route.access_invite"},
        {METHOD_POST, "/customers/{customer}/access/{account}/role", INVITE, role_fields, NULL, set_role, ROUTE_HIDES,
         "route.access_role"},
        {METHOD_POST, "/customers/{customer}/access/{account}/remove", INVITE, NULL, NULL, take_access, ROUTE_HIDES,
         "route.access_remove"},
        {METHOD_GET, "/portal/colleagues", COLLEAGUES, NULL, "access", show, ROUTE_HIDES, "route.access"},
        {METHOD_POST, "/portal/colleagues", COLLEAGUES, invite_fields, "access_link", invite, ROUTE_HIDES,
         "route.access_invite"},
        {METHOD_POST, "/portal/colleagues/{account}/role", COLLEAGUES, role_fields, NULL, set_role, ROUTE_HIDES,
         "route.access_role"},
        {METHOD_POST, "/portal/colleagues/{account}/remove", COLLEAGUES, NULL, NULL, take_access, ROUTE_HIDES,
         "route.access_remove"},
};
const struct resource resource_invitations = {"invitations", routes, sizeof(routes) / sizeof(routes[0])};
