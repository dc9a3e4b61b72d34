/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * user.c: `treue user`: accounts of the staff: added, listed, given another role, disabled, reset. The first one can
 * only be made here. Whoever it is for chooses the password by a link that is shown once.
 */
#include "access/accounts.h"
#include "base/calendar.h"
#include "cli/actions.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "platform/clock.h"

#define DEFAULT_ORIGIN "http://127.0.0.1:8420"

struct user_command {
        struct session session;
        const char *word;       /* LOGIN */
        const char *role, *name, *email, *language, *format, *origin;
        struct option_values responsibles, team;
        enum form form;
};

static const char actor[] = "cli";

static enum status find(struct user_command *command, const char *login, struct account *ret, struct error *error)
{
        bool found;
        enum status status = account_find(command->session.connection, text_of(login), command->session.arena, ret,
                                          &found, error);
        if (status == STATUS_OK && !found)
                status = error_set(error, STATUS_NOT_FOUND, "access.account_unknown", "account", login, NULL);
        return status;
}

static enum status read_role(const char *word, enum role *ret, struct error *error)
{
        struct buffer roles buffer_cleanup;
        buffer_init(&roles, 512);
        if (word && role_of_name(text_of(word), ret) && role_is_staff(*ret))
                return STATUS_OK;
        for (int role = 0; role < ROLE_COUNT; role++)
                if (role_is_staff((enum role)role))
                        buffer_addf(&roles, "%s%s", roles.length ? ", " : "", role_names[role]);
        return error_set(error, STATUS_USAGE, "user.role_missing", "roles", roles.data, NULL);
}

/* Shown once: what is kept is only its digest. */
static void say_link(const struct user_command *command, const struct account *account, const struct secret *link)
{
        enum language language = command->session.context->language;
        struct buffer address buffer_cleanup, until buffer_cleanup;
        int32_t day, second;
        buffer_init(&address, 1024);
        buffer_init(&until, 64);
        buffer_addf(&address, "%s/link/%s", command->origin, link->text);
        clock_local_time(clock_now_ms() + ACCOUNT_LINK_MS, &day, &second);
        format_add_moment(&until, language, day, second);
        cli_print(command->session.context, stdout, "user.link", "name", account->name.data, "login",
                  account->login.data, "until", until.data, "address", address.data);
}

static enum status add(void *context, struct error *error)
{
        struct user_command *command = context;
        struct account_new asked = {
                .login = text_of(command->word),
                .name = text_of(command->name ? command->name : command->word),
                .email = text_of(command->email ? command->email : ""),
                .has_language = command->language != NULL,
                .actor = actor,
        };
        struct secret link;
        struct account account;
        int64_t id;
        if (command->language && !language_parse(command->language, &asked.language))
                return error_set(error, STATUS_USAGE, "user.language", "value", command->language, NULL);
        enum status status = read_role(command->role, &asked.role, error);
        if (status == STATUS_OK)
                status = account_add(command->session.database, &asked, &id, &link, error);
        if (status == STATUS_OK)
                status = account_need(command->session.connection, id, command->session.arena, &account, error);
        if (status == STATUS_OK)
                say_link(command, &account, &link);
        return status;
}

static enum status reset(void *context, struct error *error)
{
        struct user_command *command = context;
        struct account account;
        struct secret link;
        enum status status = find(command, command->word, &account, error);
        if (status == STATUS_OK)
                status = account_reset(command->session.database, account.id, actor, &link, error);
        if (status == STATUS_OK)
                say_link(command, &account, &link);
        return status;
}

static void say(const struct user_command *command, const char *key, const struct account *account)
{
        cli_print(command->session.context, stdout, key, "login", account->login.data);
}

static enum status set_role(void *context, struct error *error)
{
        struct user_command *command = context;
        struct account account;
        enum role role;
        enum status status = read_role(command->role, &role, error);
        if (status == STATUS_OK)
                status = find(command, command->word, &account, error);
        if (status == STATUS_OK)
                status = account_set_role(command->session.database, account.id, role, actor, error);
        if (status == STATUS_OK)
                say(command, "user.role_set", &account);
        return status;
}

static enum status set_disabled(struct user_command *command, bool disabled, struct error *error)
{
        struct account account;
        enum status status = find(command, command->word, &account, error);
        if (status == STATUS_OK)
                status = account_set_disabled(command->session.database, account.id, disabled, actor, error);
        if (status == STATUS_OK)
                say(command, disabled ? "user.disabled" : "user.enabled", &account);
        return status;
}

static enum status disable(void *context, struct error *error) { return set_disabled(context, true, error); }
static enum status enable(void *context, struct error *error) { return set_disabled(context, false, error); }

static enum status end_sessions(void *context, struct error *error)
{
        struct user_command *command = context;
        struct account account;
        enum status status = find(command, command->word, &account, error);
        if (status == STATUS_OK)
                status = account_end_sessions(command->session.database, account.id, actor, error);
        if (status == STATUS_OK)
                say(command, "user.sessions_ended", &account);
        return status;
}

/* Whose customers somebody sees; what is given replaces what was there. */
static enum status set_scope(void *context, struct error *error)
{
        struct user_command *command = context;
        struct text names[OPTION_VALUES_MAX];
        int64_t members[OPTION_VALUES_MAX];
        struct account account, member;
        enum status status = find(command, command->word, &account, error);
        for (size_t i = 0; i < command->responsibles.count; i++)
                names[i] = text_of(command->responsibles.items[i]);
        for (size_t i = 0; i < command->team.count && status == STATUS_OK; i++) {
                status = find(command, command->team.items[i], &member, error);
                if (status == STATUS_OK)
                        members[i] = member.id;
        }
        struct account_scope scope = {names, command->responsibles.count, members, command->team.count};
        if (status == STATUS_OK)
                status = account_set_scope(command->session.database, account.id, &scope, actor, error);
        if (status == STATUS_OK)
                say(command, "user.scope_set", &account);
        return status;
}

/* ---- list ------------------------------------------------------------------------------------------------------ */

static const struct sheet_column columns[] = {
        {"login", "user.column.login", .kind = SHEET_TEXT},
        {"name", "user.column.name", .kind = SHEET_TEXT},
        {"email", "user.column.email", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
        {"role", "user.column.role", .kind = SHEET_CODE, .words = "role."},
        {"language", "user.column.language", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
        {"disabled", "user.column.disabled", .kind = SHEET_YES_NO, .words = "user.column.disabled"},
        {"has_password", "user.column.has_password", .kind = SHEET_YES_NO},
        {"has_second_factor", "user.column.has_totp", .kind = SHEET_YES_NO},
        {"sessions", "user.column.sessions", .kind = SHEET_COUNT},
        {"created", "user.column.created", .kind = SHEET_INSTANT, .forms = IN_JSON | IN_CSV},
        {"signed_in", "user.column.signed_in", .kind = SHEET_INSTANT},
};

static void put_account(struct sheet *sheet, const struct account *account)
{
        sheet_text(sheet, account->login);
        sheet_text(sheet, account->name);
        sheet_text(sheet, account->email.length ? account->email : (struct text){NULL, 0});
        sheet_code(sheet, text_of(role_names[account->role]));
        sheet_string(sheet, account->has_language ? language_code(account->language) : NULL);
        sheet_yes_no(sheet, account->disabled);
        sheet_yes_no(sheet, account->has_password);
        sheet_yes_no(sheet, account->has_totp);
        sheet_integer(sheet, account->session_count);
        sheet_instant(sheet, account->created_ms);
        if (account->signed_in_ms)
                sheet_instant(sheet, account->signed_in_ms);
        else
                sheet_none(sheet);
}

static enum status list(void *context, struct error *error)
{
        struct user_command *command = context;
        struct session *session = &command->session;
        struct account *accounts;
        size_t count;
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        struct sheet_style style = cli_style(session->context, command->form, &out);
        enum status status = account_list(session->connection, session->arena, &accounts, &count, error);
        if (status == STATUS_OK && count == 0 && command->form == FORM_TABLE) {
                cli_print(session->context, stdout, "user.list_empty");
                return STATUS_OK;
        }
        if (status == STATUS_OK)
                status = sheet_new(columns, sizeof(columns) / sizeof(columns[0]), &style, &sheet, error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                put_account(sheet, &accounts[i]);
        if (status == STATUS_OK)
                status = sheet_finish(sheet, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static const struct action actions[] = {
        {"add", 1, 1, "user.login_missing", CLI_WRITE, add},
        {"list", 0, 0, NULL, CLI_READ, list},
        {"role", 1, 1, "user.login_missing", CLI_WRITE, set_role},
        {"scope", 1, 1, "user.login_missing", CLI_WRITE, set_scope},
        {"disable", 1, 1, "user.login_missing", CLI_WRITE, disable},
        {"enable", 1, 1, "user.login_missing", CLI_WRITE, enable},
        {"reset", 1, 1, "user.login_missing", CLI_WRITE, reset},
        {"end-sessions", 1, 1, "user.login_missing", CLI_WRITE, end_sessions},
};

static enum status read_words(struct cli_context *context, int argc, char **argv, struct user_command *command,
                              const struct action **ret, struct error *error)
{
        const struct option_info options[] = {
                {"--role", OPTION_VALUE, "ROLE", "cli.option.user_role", NULL, &command->role, NULL},
                {"--name", OPTION_VALUE, "NAME", "cli.option.user_name", NULL, &command->name, NULL},
                {"--email", OPTION_VALUE, "ADDRESS", "cli.option.user_email", NULL, &command->email, NULL},
                {"--language", OPTION_VALUE, "de|en", "cli.option.user_language", NULL, &command->language, NULL},
                {"--responsible", OPTION_REPEATED, "NAME", "cli.option.user_responsible", NULL, NULL,
                 &command->responsibles},
                {"--team", OPTION_REPEATED, "LOGIN", "cli.option.user_team", NULL, NULL, &command->team},
                {"--public-url", OPTION_VALUE, "URL", "cli.option.user_url", NULL, &command->origin, NULL},
                {"--format", OPTION_VALUE, "table|json|csv|xlsx", "cli.option.format", NULL, &command->format, NULL},
        };
        struct words rest;
        enum status status = action_parse(context, ACTION_SYNTAX(options, actions), argc, argv, ret, &rest, error);
        if (status != STATUS_OK)
                return status;
        command->word = rest.count ? rest.items[0] : NULL;
        return options_form(context, command->format, FORMS_ALL, &command->form, error);
}

int cmd_user(struct cli_context *context, int argc, char **argv)
{
        struct user_command command = {.origin = DEFAULT_ORIGIN};
        const struct action *action = NULL;
        struct error error;
        enum status status = read_words(context, argc, argv, &command, &action, &error);
        if (status == STATUS_OK)
                status = session_open(&command.session, context, action->access, &error);
        if (status == STATUS_OK)
                status = action->run(&command, &error);
        session_close(&command.session);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
