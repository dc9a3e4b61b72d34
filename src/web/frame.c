/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * frame.c: navigation and subbrand of every page. An area is offered to whoever may read its page, and only where that
 * page exists.
 */
#include "web/frame.h"

#include "base/buffer.h"
#include "program/amounts.h"
#include "web/application.h"
#include "web/resources.h"
#include "web/subbrand.h"

struct area {
        const char *path;
        enum permission permission;
        const char *label;
        bool thumb;      /* among the few at hand on a phone */
};

/* In the order they stand in the bar. */
static const struct area staff_areas[] = {
        {"/", PERMISSION_START, "nav.start", true},
        {"/ladder", PERMISSION_LADDER_READ, "nav.ladder", true},
        {"/customers", PERMISSION_CUSTOMER_READ, "nav.customers", true},
        {"/prospects", PERMISSION_CUSTOMER_READ, "nav.prospects", false},
        {"/visits", PERMISSION_VISIT_WRITE, "nav.visits", true},
        {"/analysis", PERMISSION_ANALYSE_READ, "nav.analysis", false},
        {"/products", PERMISSION_PRODUCT_READ, "nav.products", false},
        {"/evaluations", PERMISSION_EVALUATION_READ, "nav.evaluations", false},
        {"/concepts", PERMISSION_CONCEPT_READ, "nav.concepts", false},
        {"/imports", PERMISSION_IMPORT_READ, "nav.imports", false},
};
static const struct area portal_areas[] = {
        {"/portal", PERMISSION_PORTAL, "nav.portal", true},
        {"/portal/why", PERMISSION_PORTAL, "nav.portal_why", true},
        {"/portal/people", PERMISSION_PORTAL, "nav.portal_people", true},
        {"/portal/data", PERMISSION_PORTAL, "nav.portal_data", true},
        {"/portal/colleagues", PERMISSION_PORTAL_ADMIN, "nav.portal_colleagues", false},
};
static const struct area account_areas[] = {
        {"/account", PERMISSION_ACCOUNT, "nav.account", false},
        {"/overrides", PERMISSION_CUSTOMER_READ, "nav.overrides", false},
        {"/jobs", PERMISSION_JOB_READ, "nav.jobs", false},
        {"/audit", PERMISSION_AUDIT_READ, "nav.audit", false},
        {"/users", PERMISSION_ACCOUNT_ADMIN, "nav.users", false},
        {"/settings", PERMISSION_SETTING_ADMIN, "nav.settings", false},
};
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool page_exists(const char *path)
{
        for (size_t i = 0; i < resource_count; i++)
                for (size_t k = 0; k < resources[i]->count; k++) {
                        const struct route *route = &resources[i]->routes[k];
                        if (route->method == METHOD_GET && route->template && strcmp(route->path, path) == 0)
                                return true;
                }
        return false;
}

/* The area whose page, or a page below, is shown: the longest path that fits. */
static const struct area *current_area(struct text path, const struct area *areas, size_t count)
{
        const struct area *found = NULL;
        for (size_t i = 0; i < count; i++) {
                size_t length = strlen(areas[i].path);
                bool fits = path.length >= length && memcmp(path.data, areas[i].path, length) == 0 &&
                            (path.length == length || (length > 1 && path.data[length] == '/'));
                if (fits && (!found || length > strlen(found->path)))
                        found = &areas[i];
        }
        return found;
}

/* Says which area it is in, if it is one of these. */
static const struct area *add_areas(const struct request *request, struct model *frame, struct value *map,
                                    const char *name, const struct area *areas, size_t count)
{
        struct value *list = put_list(frame, map, name);
        const struct area *current = current_area(request_path(request), areas, count);
        bool more = false;
        for (size_t i = 0; i < count; i++) {
                const struct area *area = &areas[i];
                if (!subject_may(request_subject(request), area->permission) || !page_exists(area->path))
                        continue;
                struct value *item = add_map(frame, list);
                put_string(frame, item, "path", area->path);
                put_word(frame, item, "label", area->label);
                put_yes_no(frame, item, "current", area == current);
                put_yes_no(frame, item, "thumb", area->thumb);
                more = more || !area->thumb;
        }
        if (areas != account_areas)
                put_yes_no(frame, map, "more", more);
        return current;
}

static size_t character_length(const char *data, size_t left)
{
        size_t length = 1;
        while (length < left && ((unsigned char)data[length] & 0xc0) == 0x80)
                length++;
        return length;
}

/* The first letters of the first and the last word: "Martina von der Koller" is "MK". */
static void put_letters(struct model *frame, struct value *map, struct text name)
{
        char letters[16];
        size_t length = 0, last = 0;
        for (size_t i = 0; i < name.length; i++)
                if (i && name.data[i - 1] == ' ' && name.data[i] != ' ')
                        last = i;
        for (size_t turn = 0, place = 0; turn < (last ? 2 : 1) && name.length; turn++, place = last) {
                size_t size = character_length(name.data + place, name.length - place);
                if (size <= 4) {
                        memcpy(letters + length, name.data + place, size);
                        length += size;
                }
        }
        put_text(frame, map, "letters", (struct text){letters, length});
}

static void add_account(const struct request *request, struct model *frame, struct value *map)
{
        const struct subject *subject = request_subject(request);
        struct value *account = put_map(frame, map, "account");
        struct buffer key buffer_cleanup;
        buffer_init(&key, 64);
        buffer_addf(&key, "role.%s", role_names[subject->role]);
        put_text(frame, account, "name", subject->name);
        put_letters(frame, account, subject->name);
        put_word(frame, account, "role", arena_copy(frame->arena, key.data, key.length));
}

static void put_logo(struct model *frame, struct value *brand, const struct subbrand *subbrand)
{
        char number[16];
        if (!subbrand->logo)
                return;
        put_string(frame, brand, "logo", subbrand->logo->path);
        snprintf(number, sizeof(number), "%u", (unsigned)subbrand->logo_width);
        put_string(frame, brand, "logo_width", number);
        snprintf(number, sizeof(number), "%u", (unsigned)subbrand->logo_height);
        put_string(frame, brand, "logo_height", number);
}

static void add_brand(struct request *request, struct model *frame, struct value *map)
{
        struct value *brand = put_map(frame, map, "brand");
        struct application *application = application_of(request);
        const struct subbrand *subbrand = NULL;
        struct connection *connection;
        struct error error;
        /* A page says what it has to say also when this cannot be read. */
        if (request_connection(request, &connection, &error) == STATUS_OK &&
            subbrand_current(application->subbrands, connection, &subbrand, &error) == STATUS_OK) {
                put_text(frame, brand, "name", bilingual_text(&subbrand->name, request_language(request)));
                put_text(frame, brand, "claim", bilingual_text(&subbrand->claim, request_language(request)));
                put_string(frame, brand, "style", subbrand->style.path);
                put_logo(frame, brand, subbrand);
        }
        if (!subbrand || !subbrand->name.german.length)
                put_string(frame, brand, "other_name", "Treue");
}

static void add_choices(const struct request *request, struct model *frame, struct value *map, struct text theme)
{
        static const struct {
                const char *code, *short_name, *name;
        } languages[] = {{"de", "DE", "Deutsch"}, {"en", "EN", "English"}};
        static const struct {
                const char *code, *label;
        } themes[] = {{"auto", "layout.theme_auto"}, {"light", "layout.theme_light"}, {"dark", "layout.theme_dark"}};
        const char *now = language_code(request_language(request));
        struct value *list = put_list(frame, map, "languages");
        for (size_t i = 0; i < COUNT_OF(languages); i++) {
                struct value *item = add_map(frame, list);
                put_string(frame, item, "code", languages[i].code);
                put_string(frame, item, "short", languages[i].short_name);
                put_string(frame, item, "name", languages[i].name);
                put_yes_no(frame, item, "current", strcmp(languages[i].code, now) == 0);
        }
        list = put_list(frame, map, "themes");
        for (size_t i = 0; i < COUNT_OF(themes); i++) {
                struct value *item = add_map(frame, list);
                put_string(frame, item, "code", themes[i].code);
                put_word(frame, item, "label", themes[i].label);
                put_yes_no(frame, item, "current", text_is(theme, themes[i].code) || (!theme.length && i == 0));
        }
}

void frame_add(struct request *request, struct model *frame)
{
        const struct subject *subject = request_subject(request);
        bool contact = role_is_contact(subject->role);
        struct text theme = request_cookie(request, THEME_COOKIE);
        if (!text_is(theme, "light") && !text_is(theme, "dark"))
                theme = (struct text){NULL, 0};
        struct value *map = put_map(frame, NULL, "frame");
        put_string(frame, map, "language", language_code(request_language(request)));
        put_text(frame, map, "theme", theme);
        put_yes_no(frame, map, "portal", contact);
        put_string(frame, map, "home", contact ? "/portal" : "/");
        put_yes_no(frame, map, "search", subject_may(subject, PERMISSION_START) && page_exists("/search"));
        add_brand(request, frame, map);
        const struct area *area = add_areas(request, frame, map, "nav", contact ? portal_areas : staff_areas,
                                            contact ? COUNT_OF(portal_areas) : COUNT_OF(staff_areas));
        const struct area *other = add_areas(request, frame, map, "account_nav", account_areas,
                                             COUNT_OF(account_areas));
        if (subject->role != ROLE_NOBODY)
                add_account(request, frame, map);
        add_choices(request, frame, map, theme);
        if (other || area)
                put_word(frame, NULL, "title", (other ? other : area)->label);
}
