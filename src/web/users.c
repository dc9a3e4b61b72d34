/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * users.c: accounts of the staff and keys of programs, for administrators. A link or a key is shown once, on the page
 * that answers.
 */
#include "access/api_keys.h"
#include "access/sessions.h"
#include "base/calendar.h"
#include "render/list.h"
#include "web/entries.h"
#include "web/resources.h"
#include "web/signing.h"

enum { NAMES_MAX = 100, MEMBERS_MAX = 100 };

static const char *const staff_roles[] = {"owner", "marketing", "rep", "sales_head", "director", "administrator", NULL};
static const char *const key_roles[] = {"owner", "marketing", "director", "administrator", NULL};
static const char *const language_codes[] = {"de", "en", NULL};

static const char *role_key(struct arena *arena, enum role role)
{
        struct buffer key buffer_cleanup;
        buffer_init(&key, 64);
        buffer_addf(&key, "role.%s", role_names[role]);
        const char *kept = arena_copy(arena, key.data, key.length);
        return kept ? kept : "role.nobody";
}

/* What was chosen in a form that comes again, else `chosen`. */
static void put_choices(struct request *request, struct model *model, const char *name, const char *const *roles,
                        enum role chosen)
{
        struct arena *arena = request_arena(request);
        struct value *list = put_list(model, NULL, name);
        (void)role_of_name(request_typed_at(request, "role", 0), &chosen);
        for (; *roles; roles++) {
                enum role role;
                if (!role_of_name(text_of(*roles), &role))
                        continue;
                struct value *item = add_map(model, list);
                put_string(model, item, "value", *roles);
                put_word(model, item, "label", role_key(arena, role));
                put_yes_no(model, item, "chosen", role == chosen);
        }
}

static void put_instant_or_none(struct model *model, struct value *map, const char *name, int64_t instant_ms)
{
        if (instant_ms)
                put_instant(model, map, name, instant_ms);
        else
                put_none(model, map, name);
}

static void put_account(struct model *model, struct value *map, const struct account *account)
{
        put_id(model, map, "id", account->id);
        put_text(model, map, "login", account->login);
        put_text(model, map, "name", account->name);
        put_text(model, map, "email", account->email.length ? account->email : (struct text){NULL, 0});
        put_string(model, map, "role", role_names[account->role]);
        put_string(model, map, "language", account->has_language ? language_code(account->language) : NULL);
        put_yes_no(model, map, "disabled", account->disabled);
        put_yes_no(model, map, "has_password", account->has_password);
        put_yes_no(model, map, "has_second_factor", account->has_totp);
        put_instant(model, map, "created", account->created_ms);
        put_instant_or_none(model, map, "signed_in", account->signed_in_ms);
}

/* The account of the address, one of the staff. */
static enum status find(struct request *request, struct connection **ret_connection, struct account *ret,
                        struct error *error)
{
        int64_t id;
        enum status status = request_connection(request, ret_connection, error);
        if (status == STATUS_OK && !request_segment_id(request, "user", &id))
                status = error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
        if (status == STATUS_OK)
                status = account_need(*ret_connection, id, request_arena(request), ret, error);
        if (status == STATUS_OK && !role_is_staff(ret->role))
                status = error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
        return status;
}

static void go_to_user(struct request *request, int64_t id)
{
        char path[48];
        int length = snprintf(path, sizeof(path), "/users/%lld", (long long)id);
        request_go_to(request, (struct text){path, (size_t)length}, false);
}

/* ---- list ------------------------------------------------------------------------------------------------------ */

static const struct list_column user_columns[] = {
        {.name = "login", .title = "user.column.login", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN, .path = "path"},
        {.name = "name", .title = "user.column.name", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "email", .title = "user.column.email", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "role", .title = "user.column.role", .kind = SHEET_CODE, .flags = COLUMN_SHOWN, .words = "role."},
        {.name = "disabled", .title = "user.column.disabled", .kind = SHEET_YES_NO, .flags = COLUMN_SHOWN},
        {.name = "has_password", .title = "user.column.has_password", .kind = SHEET_YES_NO, .flags = COLUMN_SHOWN},
        {.name = "has_second_factor", .title = "user.column.has_totp", .kind = SHEET_YES_NO, .flags = COLUMN_SHOWN},
        {.name = "sessions", .title = "user.column.sessions", .kind = SHEET_COUNT, .flags = COLUMN_SHOWN},
        {.name = "signed_in", .title = "user.column.signed_in", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
};
static const struct list_spec user_spec = {.title = "users.title", .path = "/users", .columns = user_columns,
                                           .column_count = sizeof(user_columns) / sizeof(user_columns[0])};

/* A list without pages and filters: there are few. */
static enum status put_whole_list(struct request *request, struct model *model, const struct list_spec *spec,
                                  size_t count, struct error *error)
{
        struct list_address *address = arena_array(request_arena(request), struct list_address, 1);
        if (!address)
                return error_memory(error);
        address->sort = LIST_NO_COLUMN;
        list_put(model, &(struct list_view){.spec = spec, .address = address, .total = (int64_t)count});
        return STATUS_OK;
}

static void put_path(struct model *model, struct value *map, const char *head, int64_t id)
{
        struct buffer path buffer_cleanup;
        buffer_init(&path, 64);
        buffer_addf(&path, "%s/%lld", head, (long long)id);
        put_text(model, map, "path", (struct text){path.data, path.length});
}

static enum status users_list(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct account *accounts;
        size_t count;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = account_list(connection, request_arena(request), &accounts, &count, error);
        if (status != STATUS_OK)
                return status;
        put_word(model, NULL, "title", "users.title");
        struct value *rows = put_list(model, NULL, "rows");
        for (size_t i = 0; i < count; i++) {
                struct value *row = add_map(model, rows);
                put_account(model, row, &accounts[i]);
                put_count(model, row, "sessions", accounts[i].session_count);
                put_word(model, row, "role_word", role_key(request_arena(request), accounts[i].role));
                put_path(model, row, "/users", accounts[i].id);
        }
        return put_whole_list(request, model, &user_spec, count, error);
}

/* ---- one ------------------------------------------------------------------------------------------------------- */

static enum status put_scope(struct request *request, struct connection *connection, struct model *model, int64_t id,
                             struct error *error)
{
        struct arena *arena = request_arena(request);
        struct account_scope scope;
        struct account *accounts;
        size_t count;
        enum status status = account_scope_load(connection, id, arena, &scope, error);
        if (status == STATUS_OK)
                status = account_list(connection, arena, &accounts, &count, error);
        if (status != STATUS_OK)
                return status;
        struct value *names = put_list(model, NULL, "responsibles");
        for (size_t i = 0; i < scope.name_count; i++)
                add_text(model, names, scope.names[i]);
        struct value *others = put_list(model, NULL, "others");
        for (size_t i = 0; i < count; i++) {
                bool member = false;
                for (size_t m = 0; m < scope.member_count; m++)
                        member |= scope.members[m] == accounts[i].id;
                if (accounts[i].id == id)
                        continue;
                struct value *item = add_map(model, others);
                put_id(model, item, "id", accounts[i].id);
                put_text(model, item, "name", accounts[i].name);
                put_text(model, item, "login", accounts[i].login);
                put_yes_no(model, item, "member", member);
        }
        return STATUS_OK;
}

static enum status put_deputies(struct request *request, struct connection *connection, struct model *model,
                                int64_t id, struct error *error)
{
        struct deputy *deputies;
        size_t count;
        enum status status = account_deputies(connection, id, request_arena(request), &deputies, &count, error);
        if (status != STATUS_OK)
                return status;
        struct value *list = put_list(model, NULL, "deputies");
        for (size_t i = 0; i < count; i++) {
                struct value *item = add_map(model, list);
                put_id(model, item, "user", id);
                put_id(model, item, "id", deputies[i].id);
                put_text(model, item, "name", deputies[i].name);
                put_day(model, item, "from", deputies[i].from_day);
                put_day(model, item, "to", deputies[i].to_day);
        }
        return STATUS_OK;
}

static enum status put_sessions(struct request *request, struct connection *connection, struct model *model,
                                int64_t id, struct error *error)
{
        struct session_row *sessions;
        size_t count;
        enum status status = session_list(connection, id, request_now_ms(request), request_arena(request), &sessions,
                                          &count, error);
        if (status != STATUS_OK)
                return status;
        struct value *list = put_list(model, NULL, "sessions");
        for (size_t i = 0; i < count; i++) {
                struct value *item = add_map(model, list);
                put_id(model, item, "id", sessions[i].id);
                put_text(model, item, "address", sessions[i].address);
                put_string(model, item, "browser", signing_browser(sessions[i].agent, request_arena(request)));
                put_instant(model, item, "used", sessions[i].used_ms);
        }
        put_yes_no(model, NULL, "has_sessions", count > 0);
        return STATUS_OK;
}

static enum status user_show(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct account account;
        enum status status = find(request, &connection, &account, error);
        if (status != STATUS_OK)
                return status;
        put_text(model, NULL, "title", account.name);
        put_account(model, NULL, &account);
        put_word(model, NULL, "role_word", role_key(request_arena(request), account.role));
        put_choices(request, model, "roles", staff_roles, account.role);
        put_yes_no(model, NULL, "sees_own", account.role == ROLE_REP || account.role == ROLE_SALES_HEAD);
        put_yes_no(model, NULL, "has_team", account.role == ROLE_SALES_HEAD);
        status = put_scope(request, connection, model, account.id, error);
        if (status == STATUS_OK)
                status = put_deputies(request, connection, model, account.id, error);
        return status == STATUS_OK ? put_sessions(request, connection, model, account.id, error) : status;
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

static const struct field new_fields[] = {
        {.name = "login", .kind = INPUT_TEXT, .required = true, .max = 64},
        {.name = "name", .kind = INPUT_TEXT, .required = true, .max = 100},
        {.name = "email", .kind = INPUT_EMAIL},
        {.name = "role", .kind = INPUT_CHOICE, .required = true, .choices = staff_roles},
        {.name = "language", .kind = INPUT_CHOICE, .choices = language_codes},
        {.name = NULL}};

static enum status show_new(struct request *request, struct model *model, struct error *error)
{
        (void)error;
        static const char *const languages[] = {"language.de", "language.en"};
        put_word(model, NULL, "title", "users.new_title");
        put_choices(request, model, "roles", staff_roles, ROLE_REP);
        entry_choices_put(request, model, "languages", "language", languages, 2, (struct text){NULL, 0});
        return STATUS_OK;
}

/* The link, shown once. */
static void put_link(struct request *request, struct model *model, const struct account *account,
                     const struct secret *link)
{
        struct buffer address buffer_cleanup;
        struct text origin = request_origin(request);
        buffer_init(&address, 1024);
        buffer_addf(&address, "%.*s/link/%s", (int)origin.length, origin.data ? origin.data : "", link->text);
        put_word(model, NULL, "title", "users.link_title");
        put_id(model, NULL, "id", account->id);
        put_text(model, NULL, "login", account->login);
        put_text(model, NULL, "name", account->name);
        put_text(model, NULL, "link", (struct text){address.data, address.length});
        put_instant(model, NULL, "ends", request_now_ms(request) + ACCOUNT_LINK_MS);
}

static enum status do_new(struct request *request, struct model *model, struct error *error)
{
        struct account_new asked = {.login = request_text(request, "login"), .name = request_text(request, "name"),
                                    .email = request_text(request, "email"),
                                    .actor = request_subject(request)->actor};
        struct account account = {.name = asked.name, .login = asked.login};
        struct secret link;
        asked.has_language = request_has(request, "language");
        asked.language = text_is(request_text(request, "language"), "en") ? LANGUAGE_ENGLISH : LANGUAGE_GERMAN;
        if (!role_of_name(request_text(request, "role"), &asked.role))
                return request_refuse_field(request, error, "role", "access.role_invalid", NULL);
        enum status status = account_add(application_of(request)->database, &asked, &account.id, &link, error);
        if (status != STATUS_OK)
                return signing_refuse(request, status, "login", error);
        put_link(request, model, &account, &link);
        return STATUS_OK;
}

static enum status do_reset(struct request *request, struct model *model, struct error *error)
{
        struct application *application = application_of(request);
        struct connection *connection;
        struct account account;
        struct secret link;
        enum status status = find(request, &connection, &account, error);
        if (status == STATUS_OK)
                status = account_reset(application->database, account.id, request_subject(request)->actor, &link,
                                       error);
        if (status != STATUS_OK)
                return status;
        events_end_account(application->events, account.id, 0);
        put_link(request, model, &account, &link);
        return STATUS_OK;
}

/* ---- changing -------------------------------------------------------------------------------------------------- */

static const struct field role_fields[] = {
        {.name = "role", .kind = INPUT_CHOICE, .required = true, .choices = staff_roles}, {.name = NULL}};

/* What all changes have in common: the account is found, changed, its streams end, and its page comes again. */
static enum status change(struct request *request, enum status (*apply)(struct request *, const struct account *,
                                                                        struct error *),
                          const char *notice, struct error *error)
{
        struct connection *connection;
        struct account account;
        enum status status = find(request, &connection, &account, error);
        if (status == STATUS_OK)
                status = apply(request, &account, error);
        if (status != STATUS_OK)
                return status;
        events_end_account(application_of(request)->events, account.id, 0);
        request_notice(request, NULL, notice, NULL);
        go_to_user(request, account.id);
        return STATUS_OK;
}

static enum status apply_role(struct request *request, const struct account *account, struct error *error)
{
        enum role role;
        if (!role_of_name(request_text(request, "role"), &role))
                return error_set(error, STATUS_INVALID, "access.role_invalid", NULL);
        return account_set_role(application_of(request)->database, account->id, role, request_subject(request)->actor,
                                error);
}

static enum status do_role(struct request *request, struct model *model, struct error *error)
{
        (void)model;
        return change(request, apply_role, "notice.role_changed", error);
}

static enum status apply_disable(struct request *request, const struct account *account, struct error *error)
{
        return account_set_disabled(application_of(request)->database, account->id, true,
                                    request_subject(request)->actor, error);
}

static enum status do_disable(struct request *request, struct model *model, struct error *error)
{
        (void)model;
        return change(request, apply_disable, "notice.user_disabled", error);
}

static enum status apply_enable(struct request *request, const struct account *account, struct error *error)
{
        return account_set_disabled(application_of(request)->database, account->id, false,
                                    request_subject(request)->actor, error);
}

static enum status do_enable(struct request *request, struct model *model, struct error *error)
{
        (void)model;
        return change(request, apply_enable, "notice.user_enabled", error);
}

static enum status apply_end(struct request *request, const struct account *account, struct error *error)
{
        return account_end_sessions(application_of(request)->database, account->id, request_subject(request)->actor,
                                    error);
}

static enum status do_end(struct request *request, struct model *model, struct error *error)
{
        (void)model;
        return change(request, apply_end, "notice.user_sessions_ended", error);
}

/* One name a line. */
static const struct field scope_fields[] = {
        {.name = "responsibles", .kind = INPUT_LONG_TEXT},
        {.name = "team", .kind = INPUT_ID, .repeated = true},
        {.name = NULL}};

static size_t split_lines(struct text text, struct text names[NAMES_MAX])
{
        size_t count = 0;
        for (size_t begin = 0; begin < text.length && count < NAMES_MAX;) {
                const char *end = memchr(text.data + begin, '\n', text.length - begin);
                size_t length = end ? (size_t)(end - text.data) - begin : text.length - begin;
                struct text name = text_trim((struct text){text.data + begin, length});
                if (name.length)
                        names[count++] = name;
                begin += length + 1;
        }
        return count;
}

static enum status apply_scope(struct request *request, const struct account *account, struct error *error)
{
        struct text names[NAMES_MAX];
        int64_t members[MEMBERS_MAX];
        size_t repeats = request_repeats(request, "team");
        struct account_scope scope = {.names = names, .members = members,
                                      .name_count = split_lines(request_text(request, "responsibles"), names)};
        for (size_t i = 0; i < repeats && i < MEMBERS_MAX; i++)
                members[scope.member_count++] = request_integer_at(request, "team", i);
        return account_set_scope(application_of(request)->database, account->id, &scope,
                                 request_subject(request)->actor, error);
}

static enum status do_scope(struct request *request, struct model *model, struct error *error)
{
        (void)model;
        return change(request, apply_scope, "notice.scope_changed", error);
}

static const struct field deputy_fields[] = {
        {.name = "deputy", .kind = INPUT_ID, .required = true},
        {.name = "from", .kind = INPUT_DAY}, {.name = "to", .kind = INPUT_DAY}, /* none: no longer */
        {.name = NULL}};

static enum status apply_deputy(struct request *request, const struct account *account, struct error *error)
{
        bool has_days = request_has(request, "from") && request_has(request, "to");
        int32_t from = has_days ? (int32_t)request_integer(request, "from") : DAY_NONE;
        int32_t to = has_days ? (int32_t)request_integer(request, "to") : DAY_NONE;
        return account_set_deputy(application_of(request)->database, account->id, request_integer(request, "deputy"),
                                  from, to, request_subject(request)->actor, error);
}

static enum status do_deputy(struct request *request, struct model *model, struct error *error)
{
        (void)model;
        return change(request, apply_deputy, "notice.deputy_changed", error);
}

/* ---- keys of programs ------------------------------------------------------------------------------------------ */

static const struct list_column key_columns[] = {
        {.name = "name", .title = "user.column.name", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "role", .title = "user.column.role", .kind = SHEET_CODE, .flags = COLUMN_SHOWN, .words = "role."},
        {.name = "created", .title = "user.column.created", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
        {.name = "ends", .title = "keys.ends", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
        {.name = "used", .title = "keys.used", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
};
static const struct list_spec key_spec = {.title = "keys.title", .path = "/keys", .columns = key_columns,
                                          .column_count = sizeof(key_columns) / sizeof(key_columns[0])};

static enum status keys_list(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct api_key *keys;
        size_t count;
        enum status status = request_connection(request, &connection, error);
        if (status == STATUS_OK)
                status = api_key_list(connection, request_arena(request), &keys, &count, error);
        if (status != STATUS_OK)
                return status;
        put_word(model, NULL, "title", "keys.title");
        put_choices(request, model, "roles", key_roles, ROLE_MARKETING);
        put_yes_no(model, NULL, "has_rows", count > 0);
        struct value *rows = put_list(model, NULL, "rows");
        for (size_t i = 0; i < count; i++) {
                struct value *row = add_map(model, rows);
                put_id(model, row, "id", keys[i].id);
                put_text(model, row, "name", keys[i].name);
                put_string(model, row, "role", role_names[keys[i].role]);
                put_word(model, row, "role_word", role_key(request_arena(request), keys[i].role));
                put_instant(model, row, "created", keys[i].created_ms);
                put_instant(model, row, "ends", keys[i].ends_ms);
                put_instant_or_none(model, row, "used", keys[i].used_ms);
        }
        return put_whole_list(request, model, &key_spec, count, error);
}

static const struct field key_fields[] = {
        {.name = "name", .kind = INPUT_TEXT, .required = true, .max = 100},
        {.name = "role", .kind = INPUT_CHOICE, .required = true, .choices = key_roles},
        {.name = "days", .kind = INPUT_COUNT_OF, .required = true, .max = API_KEY_DAYS_MAX},
        {.name = NULL}};

static enum status do_key(struct request *request, struct model *model, struct error *error)
{
        enum role role = ROLE_NOBODY;
        struct secret key;
        int64_t id;
        (void)role_of_name(request_text(request, "role"), &role);
        enum status status = api_key_add(application_of(request)->database, request_text(request, "name"), role,
                                         request_integer(request, "days"), request_subject(request)->actor, &id, &key,
                                         error);
        if (status != STATUS_OK)
                return signing_refuse(request, status, status == STATUS_CONFLICT ? "name" : "days", error);
        put_word(model, NULL, "title", "keys.new_title");
        put_id(model, NULL, "id", id);
        put_text(model, NULL, "name", request_text(request, "name"));
        put_string(model, NULL, "key", key.text);
        return STATUS_OK;
}

static enum status key_remove(struct request *request, struct model *model, struct error *error)
{
        int64_t id;
        (void)model;
        if (!request_segment_id(request, "key", &id))
                return error_set(error, STATUS_NOT_FOUND, "access.key_unknown", NULL);
        enum status status = api_key_remove(application_of(request)->database, id, request_subject(request)->actor,
                                            error);
        if (status != STATUS_OK)
                return status;
        request_notice(request, NULL, "notice.key_removed", NULL);
        request_go_to(request, text_of("/keys"), false);
        return STATUS_OK;
}

/* ---- routes ---------------------------------------------------------------------------------------------------- */

#define ADMIN PERMISSION_ACCOUNT_ADMIN

static const struct route routes[] = {
        {METHOD_GET, "/users", ADMIN, NULL, "users", users_list, ROUTE_LIST, "route.users"},
        {METHOD_GET, "/users/new", ADMIN, NULL, "user_new", show_new, ROUTE_PAGE_ONLY, "route.user_new"},
        {METHOD_POST, "/users/new", ADMIN, new_fields, "user_link", do_new, 0, "route.user_new"},
        {METHOD_GET, "/users/{user}", ADMIN, NULL, "user", user_show, 0, "route.user"},
        {METHOD_POST, "/users/{user}/role", ADMIN, role_fields, NULL, do_role, 0, "route.user_role"},
        {METHOD_POST, "/users/{user}/scope", ADMIN, scope_fields, NULL, do_scope, 0, "route.user_scope"},
        {METHOD_POST, "/users/{user}/deputy", ADMIN, deputy_fields, NULL, do_deputy, 0, "route.user_deputy"},
        {METHOD_POST, "/users/{user}/disable", ADMIN, NULL, NULL, do_disable, 0, "route.user_disable"},
        {METHOD_POST, "/users/{user}/enable", ADMIN, NULL, NULL, do_enable, 0, "route.user_enable"},
        {METHOD_POST, "/users/{user}/end-sessions", ADMIN, NULL, NULL, do_end, 0, "route.user_end_sessions"},
        {METHOD_POST, "/users/{user}/reset", ADMIN, NULL, "user_link", do_reset, 0, "route.user_reset"},
        {METHOD_GET, "/keys", ADMIN, NULL, "keys", keys_list, ROUTE_LIST, "route.keys"},
        {METHOD_POST, "/keys", ADMIN, key_fields, "key_new", do_key, 0, "route.key_new"},
        {METHOD_POST, "/keys/{key}/remove", ADMIN, NULL, NULL, key_remove, 0, "route.key_remove"},
};
const struct resource resource_users = {"users", routes, sizeof(routes) / sizeof(routes[0])};
