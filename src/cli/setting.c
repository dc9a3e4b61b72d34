/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * setting.c: `treue setting`: how mail goes out, in which colour the pages come, how often a year customers are visited
 * by segment (visits.PROGRAM.SEGMENT; R-019), which roles must have a second factor (access.factor.ROLE). What
 * a database is made with (time zone, currency) is only shown.
 */
#include "access/factor.h"
#include "cli/actions.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "db/setting.h"
#include "db/write.h"
#include "importer/upload.h"
#include "platform/mail.h"
#include "program/versions.h"
#include "queries.h"
#include "web/mailer.h"

struct setting_command {
        struct session session;
        const char *name, *value;
};

enum setting_kind { SETTING_FIXED, SETTING_TEXT, SETTING_PORT, SETTING_SECURITY, SETTING_ADDRESS, SETTING_COLOUR,
                    SETTING_DAYS, SETTING_YES };
enum { VALUE_BYTES_MAX = 400, VISITS_MAX = 366, LIST_WIDTH = 22 };
static const char visits_head[] = "visits.";

static const struct {
        const char *name;
        enum setting_kind kind;
} settings[] = {
        {"time_zone", SETTING_FIXED},
        {"currency", SETTING_FIXED},
        {"minor_digits", SETTING_FIXED},
        {"brand_colour", SETTING_COLOUR},
        {UPLOAD_KEPT_SETTING, SETTING_DAYS},
        {ERROR_FILES_KEPT_SETTING, SETTING_DAYS},
        {"mail_host", SETTING_TEXT},
        {"mail_port", SETTING_PORT},
        {"mail_security", SETTING_SECURITY},
        {"mail_user", SETTING_TEXT},
        {"mail_password_file", SETTING_TEXT},
        {"mail_authorities", SETTING_TEXT},
        {"mail_from", SETTING_ADDRESS},
        {"mail_from_name", SETTING_TEXT},
};
enum { SETTING_COUNT = sizeof(settings) / sizeof(settings[0]) };

/* ---- values ---------------------------------------------------------------------------------------------------- */

static bool is_text(const char *value)
{
        for (const char *p = value; *p; p++)
                if ((unsigned char)*p < ' ' || *p == 0x7f)
                        return false;
        return strlen(value) <= VALUE_BYTES_MAX && text_is_utf8(value, strlen(value));
}

static bool is_port(const char *value)
{
        unsigned port = 0;
        for (const char *p = value; *p; p++) {
                if (*p < '0' || *p > '9' || port > 65535)
                        return false;
                port = port * 10 + (unsigned)(*p - '0');
        }
        return port >= 1 && port <= 65535;
}

static bool is_number(const char *value, int64_t least, int64_t most)
{
        int64_t number;
        return decimal_parse_scaled(text_of(value), DECIMAL_POINT, 0, false, &number) == DECIMAL_OK &&
               number >= least && number <= most;
}

static bool is_colour(const char *value)
{
        return value[0] == '#' && strlen(value) == 7 && strspn(value + 1, "0123456789abcdefABCDEF") == 6;
}

/* What is said of a value that does not fit: each says what is expected. */
static const char *const wrong_keys[] = {
        [SETTING_TEXT] = "setting.wrong.text",
        [SETTING_PORT] = "setting.wrong.port",
        [SETTING_SECURITY] = "setting.wrong.security",
        [SETTING_ADDRESS] = "setting.wrong.address",
        [SETTING_COLOUR] = "setting.wrong.colour",
        [SETTING_DAYS] = "setting.wrong.days",
        [SETTING_YES] = "setting.wrong.yes",
};

/* "" takes a setting away. */
static bool fits(enum setting_kind kind, const char *value)
{
        if (kind != SETTING_FIXED && !*value)
                return true;
        switch (kind) {
        case SETTING_TEXT:
                return is_text(value);
        case SETTING_PORT:
                return is_port(value);
        case SETTING_SECURITY:
                for (int s = 0; s < MAIL_SECURITY_COUNT; s++)
                        if (strcmp(value, mail_security_names[s]) == 0)
                                return true;
                return false;
        case SETTING_ADDRESS:
                return mail_is_address(text_of(value));
        case SETTING_COLOUR:
                return is_colour(value);
        case SETTING_DAYS:
                return is_number(value, 1, SETTING_DAYS_MAX);
        case SETTING_YES:
                return strcmp(value, FACTOR_DEMANDED) == 0;
        default:
                return false;
        }
}

/* ---- actions --------------------------------------------------------------------------------------------------- */

static enum status store(struct connection *connection, void *context, struct error *error)
{
        const struct setting_command *command = context;
        return setting_set(connection, command->name, text_of(command->value), error);
}

/* The name has to be that of a program and of a segment of its latest version: anything else would be of no effect. */
static enum status check_visits(struct setting_command *command, struct error *error)
{
        struct session *session = &command->session;
        struct version version;
        struct buffer example buffer_cleanup;
        int64_t program_id;
        const char *program, *name = command->name + strlen(visits_head), *dot = strrchr(name, '.');
        size_t length = dot ? (size_t)(dot - name) : 0;
        buffer_init(&example, VALUE_BYTES_MAX);
        buffer_add_text(&example, "PROGRAM.A");
        const char *typed = arena_copy(session->arena, name, length);
        if (!typed)
                return error_memory(error);
        enum status status = program_choose(session->connection, typed, session->arena, &program_id, &program, error);
        if (status == STATUS_OK)
                status = version_find(session->connection, program_id, program, NULL, session->arena, &version, error);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
                return status;
        for (size_t s = 0; status == STATUS_OK && s < version.concept->segment_count; s++) {
                struct text id = version.concept->segments[s].id;
                if (!text_is(id, dot + 1)) {
                        buffer_clear(&example);
                        buffer_addf(&example, "%s.%.*s", program, (int)id.length, id.data);
                        continue;
                }
                if (!*command->value || is_number(command->value, 0, VISITS_MAX))
                        return STATUS_OK;
                return error_set(error, STATUS_USAGE, "setting.wrong.visits", "name", command->name, "value",
                                 command->value, NULL);
        }
        return error_set(error, STATUS_USAGE, "setting.bad_visits_of", "name", command->name, "example", example.data,
                         NULL);
}

static enum status keep(struct setting_command *command, struct error *error)
{
        enum status status = db_write(command->session.database, store, command, error);
        if (status == STATUS_OK)
                cli_print(command->session.context, stdout, "setting.set", "name", command->name, "value",
                          command->value);
        return status;
}

/* access.factor.ROLE: one that there is. */
static enum status check_factor(const struct setting_command *command, struct error *error)
{
        enum role role;
        if (!role_of_name(text_of(command->name + strlen(FACTOR_SETTING)), &role) || !factor_suits(role)) {
                struct buffer roles buffer_cleanup;
                buffer_init(&roles, 256);
                for (int r = 0; r < ROLE_COUNT; r++)
                        if (factor_suits((enum role)r))
                                buffer_addf(&roles, "%s%s", roles.length ? ", " : "", role_names[r]);
                return error_set(error, STATUS_USAGE, "setting.bad_factor_of", "name", command->name, "roles",
                                 roles.data, NULL);
        }
        return fits(SETTING_YES, command->value)
                       ? STATUS_OK
                       : error_set(error, STATUS_USAGE, wrong_keys[SETTING_YES], "name", command->name, "value",
                                   command->value, NULL);
}

static enum status set(void *context, struct error *error)
{
        struct setting_command *command = context;
        struct buffer names buffer_cleanup;
        buffer_init(&names, 1024);
        if (strncmp(command->name, FACTOR_SETTING, strlen(FACTOR_SETTING)) == 0) {
                enum status status = check_factor(command, error);
                return status == STATUS_OK ? keep(command, error) : status;
        }
        if (strncmp(command->name, visits_head, strlen(visits_head)) == 0) {
                enum status status = check_visits(command, error);
                return status == STATUS_OK ? keep(command, error) : status;
        }
        for (size_t i = 0; i < SETTING_COUNT; i++) {
                if (strcmp(settings[i].name, command->name) == 0 && settings[i].kind != SETTING_FIXED) {
                        if (!fits(settings[i].kind, command->value))
                                return error_set(error, STATUS_USAGE, wrong_keys[settings[i].kind],
                                                 "name", command->name, "value", command->value, NULL);
                        return keep(command, error);
                }
                if (settings[i].kind != SETTING_FIXED)
                        buffer_addf(&names, "%s%s", names.length ? ", " : "", settings[i].name);
        }
        buffer_add_text(&names, ", access.factor.ROLE, visits.PROGRAM.SEGMENT");
        return error_set(error, STATUS_USAGE, "setting.unknown", "name", command->name, "names", names.data, NULL);
}

static enum status list_from(struct setting_command *command, const char *head, const char *end, struct error *error)
{
        struct q_directory_settings_args args = {text_of(head), text_of(end)};
        rows_cleanup struct rows *rows = NULL;
        bool more = true;
        enum status status = q_directory_settings_open(command->session.connection, &args, &rows, error);
        while (status == STATUS_OK && more) {
                struct q_directory_settings_row row;
                status = q_directory_settings_next(rows, &row, &more, error);
                if (status == STATUS_OK && more)
                        printf("%-*.*s %.*s\n", LIST_WIDTH, (int)row.name.length, row.name.data,
                               (int)row.value.length, row.value.data);
        }
        return status;
}

static enum status list(void *context, struct error *error)
{
        struct setting_command *command = context;
        for (size_t i = 0; i < SETTING_COUNT; i++) {
                struct text value = {"", 0};
                enum status status = setting_get(command->session.connection, settings[i].name, &value, error);
                if (status != STATUS_OK && status != STATUS_NOT_FOUND)
                        return status;
                printf("%-*s %.*s\n", LIST_WIDTH, settings[i].name, (int)value.length, value.data);
        }
        /* '/' follows '.' */
        enum status status = list_from(command, FACTOR_SETTING, "access.factor/", error);
        return status == STATUS_OK ? list_from(command, visits_head, "visits/", error) : status;
}

static enum status test_mail(void *context, struct error *error)
{
        struct setting_command *command = context;
        struct letter letter = {.kind = LETTER_TEST, .to = text_of(command->name), .to_name = {"", 0},
                                .language = command->session.context->language, .origin = {"", 0}};
        enum status status = mailer_send(command->session.connection, &letter, error);
        if (status == STATUS_OK)
                cli_print(command->session.context, stdout, "setting.mail_sent", "address", command->name);
        return status;
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static const struct action actions[] = {
        {"list", 0, 0, NULL, CLI_READ, list},
        {"set", 2, 2, "setting.what_missing", CLI_WRITE, set},
        {"test-mail", 1, 1, "setting.what_missing", CLI_READ, test_mail},
};

int cmd_setting(struct cli_context *context, int argc, char **argv)
{
        struct setting_command command = {.name = NULL};
        const struct action *action = NULL;
        struct words rest;
        struct error error;
        struct action_syntax syntax = {NULL, 0, actions, sizeof(actions) / sizeof(actions[0])};
        enum status status = action_parse(context, &syntax, argc, argv, &action, &rest, &error);
        if (status == STATUS_OK) {
                command.name = rest.count > 0 ? rest.items[0] : NULL;
                command.value = rest.count > 1 ? rest.items[1] : NULL;
                status = session_open(&command.session, context, action->access, &error);
        }
        if (status == STATUS_OK)
                status = action->run(&command, &error);
        session_close(&command.session);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
