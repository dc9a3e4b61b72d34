/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * settings.c: what a company sets: its name, the look of the subbrand (brand_form.h), how often a year each segment is
 * visited, which roles must have a second factor, the mail server. Each change stands in the audit chain. What is
 * written when the data directory is made (currency, time zone) is only shown.
 */
#include "access/factor.h"
#include "db/setting.h"
#include "db/write.h"
#include "web/brand_form.h"
#include "web/job_view.h"
#include "web/program_view.h"
#include "web/resources.h"

enum { CHANGES_MAX = 64, NAME_BYTES_MAX = 160, VISITS_MAX = 366 };

/* Settings that are fields of the form, by the same name. */
static const char *const plain_settings[] = {
        "company", "brand_colour", "mail_host", "mail_port", "mail_security", "mail_user", "mail_password_file",
        "mail_from", "mail_from_name",
};
enum { PLAIN_COUNT = sizeof(plain_settings) / sizeof(plain_settings[0]) };

static const char *const usual_visits[] = {"", "1", "2", "4", "6", "12", "24", "52"};
enum { USUAL_VISITS = sizeof(usual_visits) / sizeof(usual_visits[0]) };

/* "A=12" */
static void visits_value(char out[static NAME_BYTES_MAX], struct text segment, struct text number)
{
        snprintf(out, NAME_BYTES_MAX, "%.*s=%.*s", (int)segment.length, segment.data, (int)number.length,
                 number.length ? number.data : "");
}

/* What was chosen in a form that comes again; else what is set. */
static struct text chosen_visits(const struct request *request, struct text segment, struct text set)
{
        char value[NAME_BYTES_MAX];
        for (size_t i = 0; i < USUAL_VISITS; i++) {
                visits_value(value, segment, text_of(usual_visits[i]));
                if (request_was_chosen(request, "visits", text_of(value)))
                        return text_of(usual_visits[i]);
        }
        return set;
}

/* What a form offers for a segment. A number that is set but not among the usual ones is offered, too. */
static void put_choices(const struct request *request, struct model *model, struct value *map, struct text segment,
                        struct text set)
{
        struct value *list = put_page_list(model, map, "choices");
        struct text chosen = chosen_visits(request, segment, set);
        bool among = false;
        for (size_t i = 0; i <= USUAL_VISITS; i++) {
                bool last = i == USUAL_VISITS;
                struct text number = last ? set : text_of(usual_visits[i]);
                char value[NAME_BYTES_MAX];
                if (last && (among || !set.length))
                        break;
                among = among || text_equal(number, set);
                visits_value(value, segment, number);
                struct value *choice = add_map(model, list);
                put_string(model, choice, "value", value);
                put_yes_no(model, choice, "chosen", text_equal(number, chosen));
                if (number.length)
                        put_text(model, choice, "label", number);
                else
                        put_word(model, choice, "label", "setting.visits_none");
        }
}

/* *ret: the concept in force, NULL while there is none; *ret_program its program, NULL likewise. */
static enum status find_concept(struct request *request, struct connection *connection, const struct concept **ret,
                                const char **ret_program, struct error *error)
{
        struct version version;
        int64_t program_id;
        const char *program = NULL;
        *ret = NULL;
        enum status status = program_of(request, &program_id, &program, error);
        if (!status && program_id)
                status = version_find(connection, program_id, program, NULL, request_arena(request), &version, error);
        *ret_program = program;
        if (status || !program_id)
                return status == STATUS_NOT_FOUND && program_id ? STATUS_OK : status;
        *ret = version.concept;
        return STATUS_OK;
}

/* visits.PROGRAM.SEGMENT: visits a year. */
static enum status put_visits(struct request *request, struct model *model, struct connection *connection,
                              const struct concept *concept, const char *program, struct error *error)
{
        struct value *list = put_list(model, NULL, "visits");
        enum status status = STATUS_OK;
        for (size_t i = 0; concept && !status && i < concept->segment_count; i++) {
                const struct segment *segment = &concept->segments[i];
                char name[NAME_BYTES_MAX];
                struct text value;
                snprintf(name, sizeof(name), "visits.%s.%.*s", program, (int)segment->id.length, segment->id.data);
                status = setting_find(connection, name, request_arena(request), &value, error);
                struct value *map = add_map(model, list);
                put_segment_named(request, model, map, "segment", concept, segment->id);
                put_text(model, map, "per_year", value);
                put_choices(request, model, map, segment->id, value);
        }
        if (concept)
                put_string(model, NULL, "program", program);
        return status;
}

/* "ROLE=yes" and "ROLE=no", the latter also without a tick: so a form says something of each role. One that comes again
 * shows what was ticked. */
static enum status put_factors(struct request *request, struct model *model, struct connection *connection,
                               struct error *error)
{
        struct value *list = put_list(model, NULL, "factors");
        enum status status = STATUS_OK;
        for (int role = 0; role < ROLE_COUNT && !status; role++) {
                char text[FACTOR_SETTING_BYTES_MAX];
                bool demanded = false;
                if (!factor_suits((enum role)role))
                        continue;
                status = factor_is_demanded(connection, (enum role)role, &demanded, error);
                snprintf(text, sizeof(text), "%s=no", role_names[role]);
                if (request_was_chosen(request, "factor", text_of(text))) {
                        snprintf(text, sizeof(text), "%s=" FACTOR_DEMANDED, role_names[role]);
                        demanded = request_was_chosen(request, "factor", text_of(text));
                }
                struct value *map = add_map(model, list);
                put_string(model, map, "role", role_names[role]);
                snprintf(text, sizeof(text), "role.%s", role_names[role]);
                put_word(model, map, "name", arena_copy(request_arena(request), text, strlen(text)));
                put_yes_no(model, map, "demanded", demanded);
        }
        return status;
}

/* What counts where nobody has chosen: a form shows it, and saving that form is no choice of it (mailer.c). */
static const struct text usual_security = {"starttls", 8};

static void put_securities(struct request *request, struct model *model, struct text set)
{
        static const char *const securities[] = {"plain", "starttls", "tls"};
        static const char *const labels[] = {"setting.security.plain", "setting.security.starttls",
                                             "setting.security.tls"};
        struct text typed = request_typed_at(request, "mail_security", 0);
        struct text chosen = typed.length ? typed : set;
        struct value *list = put_page_list(model, NULL, "securities");
        for (size_t i = 0; i < sizeof(securities) / sizeof(securities[0]); i++) {
                struct value *map = add_map(model, list);
                put_string(model, map, "value", securities[i]);
                put_word(model, map, "label", labels[i]);
                put_yes_no(model, map, "chosen", text_is(chosen.length ? chosen : usual_security, securities[i]));
        }
}

static enum status settings_show(struct request *request, struct model *model, struct error *error)
{
        static const char *const fixed[] = {"currency", "time_zone"};
        struct connection *connection;
        struct value *form;
        struct text value;
        enum status status = request_connection(request, &connection, error);
        put_word(model, NULL, "title", "nav.settings");
        struct value *settings = put_map(model, NULL, "settings");
        for (size_t i = 0; i < PLAIN_COUNT && !status; i++) {
                status = setting_find(connection, plain_settings[i], request_arena(request), &value, error);
                put_text(model, settings, plain_settings[i], value);
                if ((form = request_form(request, model, plain_settings[i])) != NULL)
                        put_text(model, form, plain_settings[i], value);
                if (strcmp(plain_settings[i], "mail_security") == 0)
                        put_securities(request, model, value);
        }
        for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]) && !status; i++) {
                status = setting_find(connection, fixed[i], request_arena(request), &value, error);
                put_text(model, settings, fixed[i], value);
        }
        const struct concept *concept;
        const char *program;
        if (!status)
                status = put_factors(request, model, connection, error);
        if (!status)
                status = find_concept(request, connection, &concept, &program, error);
        if (!status)
                status = brand_form_put(request, model, connection, concept, error);
        return status ? status : put_visits(request, model, connection, concept, program, error);
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

struct change {
        char name[NAME_BYTES_MAX];
        struct text value;
};
struct changes {
        const char *actor;
        struct change items[CHANGES_MAX];
        size_t count;
        struct brand_change brand;
};

static enum status write_changes(struct connection *connection, void *context, struct error *error)
{
        const struct changes *changes = context;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < changes->count && !status; i++)
                status = setting_set_by(connection, changes->actor, changes->items[i].name, changes->items[i].value,
                                        error);
        if (!status && changes->brand.logo)
                status = subbrand_set_logo(connection, changes->actor, &changes->brand.picture,
                                           changes->brand.content, error);
        return status;
}

/* Only what differs from what is set. */
static enum status add_change(struct request *request, struct connection *connection, struct changes *changes,
                              const char *name, struct text value, struct error *error)
{
        struct text before;
        enum status status = setting_find(connection, name, request_arena(request), &before, error);
        bool usual = !before.length && strcmp(name, "mail_security") == 0 && text_equal(value, usual_security);
        if (status || usual || text_equal(before, value) || changes->count == CHANGES_MAX)
                return status;
        struct change *change = &changes->items[changes->count++];
        snprintf(change->name, sizeof(change->name), "%s", name);
        change->value = value;
        return STATUS_OK;
}

/* "SEGMENT=12", one for each segment; nothing behind the sign: no visits are due. */
static enum status add_visits(struct request *request, struct connection *connection, struct changes *changes,
                              const char *program, struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t i = 0; i < request_repeats(request, "visits") && !status; i++) {
                struct text typed = request_text_at(request, "visits", i);
                const char *equals = typed.length ? memchr(typed.data, '=', typed.length) : NULL;
                char name[NAME_BYTES_MAX];
                unsigned number = 0;
                if (!equals)
                        return request_refuse_field(request, error, "visits", "setting.bad_visits", NULL);
                struct text segment = {typed.data, (size_t)(equals - typed.data)};
                struct text value = {equals + 1, typed.length - segment.length - 1};
                for (size_t k = 0; k < value.length && number <= VISITS_MAX; k++)
                        number = value.data[k] >= '0' && value.data[k] <= '9'
                                         ? number * 10 + (unsigned)(value.data[k] - '0')
                                         : VISITS_MAX + 1;
                if (number > VISITS_MAX)
                        return request_refuse_field(request, error, "visits", "setting.bad_visits", NULL);
                int length = snprintf(name, sizeof(name), "visits.%s.%.*s", program, (int)segment.length,
                                      segment.data);
                if (length > 0 && (size_t)length < sizeof(name))
                        status = add_change(request, connection, changes, name, value, error);
        }
        return status;
}

/* "ROLE=yes" or "ROLE=no"; of a role that comes twice the last counts, as a form sends it for a box that is ticked. */
static enum status add_factors(struct request *request, struct connection *connection, struct changes *changes,
                               struct error *error)
{
        const char *wanted[ROLE_COUNT] = {NULL};
        enum status status = STATUS_OK;
        for (size_t i = 0; i < request_repeats(request, "factor"); i++) {
                struct text typed = request_text_at(request, "factor", i);
                const char *equals = typed.length ? memchr(typed.data, '=', typed.length) : NULL;
                size_t length = equals ? (size_t)(equals - typed.data) : 0;
                struct text value = {equals ? equals + 1 : "", equals ? typed.length - length - 1 : 0};
                enum role role;
                if (!equals || !role_of_name((struct text){typed.data, length}, &role) || !factor_suits(role) ||
                    (!text_is(value, FACTOR_DEMANDED) && !text_is(value, "no")))
                        return request_refuse_field(request, error, "factor", "setting.bad_factor", NULL);
                wanted[role] = text_is(value, "no") ? "" : FACTOR_DEMANDED;
        }
        for (int role = 0; role < ROLE_COUNT && !status; role++) {
                char name[FACTOR_SETTING_BYTES_MAX];
                factor_setting((enum role)role, name);
                if (wanted[role])
                        status = add_change(request, connection, changes, name, text_of(wanted[role]), error);
        }
        return status;
}

/* Everything the form says, checked, as far as it differs from what is set. */
static enum status take(struct request *request, struct connection *connection, struct changes *changes,
                        struct error *error)
{
        const struct concept *concept;
        const char *program;
        enum status status = find_concept(request, connection, &concept, &program, error);
        if (!status)
                status = brand_form_take(request, connection, concept, &changes->brand, error);
        for (size_t i = 0; i < PLAIN_COUNT && !status; i++) {
                struct text value = request_text(request, plain_settings[i]);
                /* A form brings every field, a program only those it means. */
                if (!value.data && request_wants_json(request))
                        continue;
                status = add_change(request, connection, changes, plain_settings[i],
                                    value.data ? value : (struct text){"", 0}, error);
        }
        if (!status && changes->brand.segment_colours.data)
                status = add_change(request, connection, changes, SUBBRAND_SEGMENTS_SETTING,
                                    changes->brand.segment_colours, error);
        if (!status)
                status = add_visits(request, connection, changes, program, error);
        return status ? status : add_factors(request, connection, changes, error);
}

static enum status settings_change(struct request *request, struct model *model, struct error *error)
{
        struct changes *changes = arena_zero(request_arena(request), 1, sizeof(*changes));
        struct connection *connection;
        enum status status = changes ? request_connection(request, &connection, error) : error_memory(error);
        if (status)
                return status;
        changes->actor = actor_of(request);
        status = take(request, connection, changes, error);
        if (!status && (changes->count || changes->brand.logo))
                status = db_write(application_of(request)->database, write_changes, changes, error);
        if (status)
                return status;
        put_count(model, NULL, "changed", (int64_t)changes->count + changes->brand.logo);
        request_notice(request, NULL, "setting.saved_notice", NULL);
        request_go_to(request, text_of("/settings"), false);
        return STATUS_OK;
}

static const char *const security_choices[] = {"plain", "starttls", "tls", NULL};
static const struct field fields[] = {
        {.name = "company", .kind = INPUT_TEXT, .max = 100, .label = "setting.field.company"},
        BRAND_FIELDS,
        {.name = "visits", .kind = INPUT_TEXT, .repeated = true, .max = 100, .label = "setting.field.visits"},
        {.name = "factor", .kind = INPUT_TEXT, .repeated = true, .max = 40, .label = "setting.field.factor"},
        {.name = "mail_host", .kind = INPUT_TEXT, .max = 200, .label = "setting.field.mail_host"},
        {.name = "mail_port", .kind = INPUT_COUNT_OF, .max = 65535, .label = "setting.field.mail_port"},
        {.name = "mail_security", .kind = INPUT_CHOICE, .choices = security_choices,
         .label = "setting.field.mail_security"},
        {.name = "mail_user", .kind = INPUT_TEXT, .max = 200, .label = "setting.field.mail_user"},
        {.name = "mail_password_file", .kind = INPUT_TEXT, .max = 400, .label = "setting.field.mail_password_file"},
        {.name = "mail_from", .kind = INPUT_EMAIL, .label = "setting.field.mail_from"},
        {.name = "mail_from_name", .kind = INPUT_TEXT, .max = 100, .label = "setting.field.mail_from_name"},
        {.name = "program", .kind = INPUT_ID},
        {0}};
static const struct field show_fields[] = {
        {.name = "program", .kind = INPUT_ID},
        {.name = "brand_colour", .kind = INPUT_TEXT, .max = 7, .label = "setting.field.brand_colour"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/settings", PERMISSION_SETTING_ADMIN, show_fields, "settings", settings_show, 0,
         "route.settings"},
        {METHOD_POST, "/settings", PERMISSION_SETTING_ADMIN, fields, NULL, settings_change, 0,
         "route.settings_change"},
};
const struct resource resource_settings = {"settings", routes, sizeof(routes) / sizeof(routes[0])};
