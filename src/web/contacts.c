/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * contacts.c: people of a customer, added and changed by hand: role, relationship level, language, how to reach them.
 */
#include "customers/audience.h"
#include "queries.h"
#include "web/entries.h"
#include "web/resources.h"

static const char *const languages[] = {"language.de", "language.en"};
static const char *const levels[] = {"contact_level.owner", "contact_level.purchasing", "contact_level.technical",
                                     "contact_level.sales", "contact_level.apprentices"};
enum { LANGUAGES = 2, LEVELS = sizeof(levels) / sizeof(levels[0]), NUMBER_BYTES = 24 };
/* In the order in which put_known has them. */
static const char *const facts[] = {"name", "role", "level", "email", "phone", "language"};
enum { FACTS = sizeof(facts) / sizeof(facts[0]) };

/* Fills the form with what is known of a person. */
static enum status put_known(struct request *request, struct model *model, const struct entry_page *page,
                             int64_t person_id, struct text *ret_level, struct text *ret_language, struct error *error)
{
        struct audience_person *people;
        struct value *form;
        size_t count = 0;
        enum status status = audience_of_customer(page->reading.reader.connection,
                                                  directory_generation(page->reading.view), page->about.customer_id,
                                                  directory_day(page->reading.view), request_arena(request), &people,
                                                  &count, error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++) {
                const struct audience_person *person = &people[i];
                const struct text known[] = {person->name, person->role, person->level, person->email, person->phone,
                                             person->language};
                if (person->person_id != person_id)
                        continue;
                for (size_t f = 0; f < FACTS; f++)
                        if (known[f].length && (form = request_form(request, model, facts[f])))
                                put_text(model, form, facts[f], known[f]);
                *ret_level = person->level;
                *ret_language = person->language;
        }
        return status;
}

/* The person of the path; 0: a new one. */
static enum status find_person(struct request *request, const struct entry_page *page, int64_t *ret,
                               struct error *error)
{
        struct q_contact_is_args args = {page->about.customer_id, 0, directory_generation(page->reading.view)};
        struct q_contact_is_row row;
        bool found = false;
        *ret = 0;
        if (!request_segment(request, "person").data)
                return STATUS_OK;
        if (!request_segment_id(request, "person", &args.person_id))
                return error_set(error, STATUS_NOT_FOUND, "contact.unknown", NULL);
        enum status status = q_contact_is(page->reading.reader.connection, &args, &row, &found, error);
        if (status == STATUS_OK && !found)
                return error_set(error, STATUS_NOT_FOUND, "contact.unknown", NULL);
        *ret = args.person_id;
        return status;
}

static enum status show(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct text level = {NULL, 0}, language = {NULL, 0};
        int64_t person_id = 0;
        enum status status = entry_page_begin(request, &page, error);
        if (status == STATUS_OK)
                status = find_person(request, &page, &person_id, error);
        if (status != STATUS_OK)
                return status;
        entry_page_put(request, model, &page, person_id ? "contact.edit_title" : "contact.new_title");
        if (person_id) {
                put_id(model, NULL, "person", person_id);
                status = put_known(request, model, &page, person_id, &level, &language, error);
        } else {
                put_none(model, NULL, "person");
        }
        entry_words_put(request, model, "levels", "level", levels, LEVELS, level);
        entry_choices_put(request, model, "languages", "language", languages, LANGUAGES, language);
        return status;
}

static enum status save(struct request *request, struct model *model, struct error *error)
{
        struct entry_page page entry_page_cleanup = {0};
        struct entry_cells *cells = arena_zero(request_arena(request), 1, sizeof(*cells));
        int64_t person_id = 0;
        enum status status = cells ? entry_page_begin(request, &page, error) : error_memory(error);
        if (status == STATUS_OK)
                status = find_person(request, &page, &person_id, error);
        if (status != STATUS_OK)
                return status;
        cells->request = request;
        entry_add(cells, "customer", page.number);
        for (size_t f = 0; f < FACTS; f++)
                if (request_yes(request, "complete") || request_has(request, facts[f]))
                        entry_add(cells, facts[f], request_text(request, facts[f]));
        if (person_id)
                entry_add(cells, "person", entry_number(cells, person_id, 0));
        const struct entry_order order = entry_order_of(&page, IMPORT_CONTACTS, "contact.saved_notice", "name");
        return entry_save(request, model, cells, &order, error);
}

static const char *const language_choices[] = {"de", "en", NULL};
static const struct field fields[] = {
        ENTRY_FIELDS,
        /* What is blank then is taken back; else it is not mentioned, and stays. */
        {.name = "complete", .kind = INPUT_YES_NO},
        {.name = "name", .kind = INPUT_TEXT, .required = true, .max = 120, .label = "contact.field.name"},
        {.name = "role", .kind = INPUT_TEXT, .max = 120, .label = "contact.field.role"},
        {.name = "level", .kind = INPUT_TEXT, .max = 80, .label = "contact.field.level"},
        {.name = "email", .kind = INPUT_EMAIL, .label = "contact.field.email"},
        {.name = "phone", .kind = INPUT_TEXT, .max = 60, .label = "contact.field.phone"},
        {.name = "language", .kind = INPUT_CHOICE, .choices = language_choices, .label = "contact.field.language"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/customers/{customer}/contacts/new", PERMISSION_CUSTOMER_WRITE, NULL, "contact_form", show,
         ROUTE_HIDES, "route.contact_form"},
        {METHOD_POST, "/customers/{customer}/contacts/new", PERMISSION_CUSTOMER_WRITE, fields, NULL, save,
         ROUTE_HIDES, "route.contact_add"},
        {METHOD_GET, "/customers/{customer}/contacts/{person}", PERMISSION_CUSTOMER_WRITE, NULL, "contact_form", show,
         ROUTE_HIDES, "route.contact_edit_form"},
        {METHOD_POST, "/customers/{customer}/contacts/{person}", PERMISSION_CUSTOMER_WRITE, fields, NULL, save,
         ROUTE_HIDES, "route.contact_edit"},
};
const struct resource resource_contacts = {"contacts", routes, sizeof(routes) / sizeof(routes[0])};
