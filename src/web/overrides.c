/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * overrides.c: segments granted instead of earned: asked for with a reason, decided by somebody else; and customers'
 * objections to decisions with their deadlines. Everybody sees those of the customers they may see.
 */
#include "program/appeals.h"
#include "program/overrides.h"
#include "program/reader.h"
#include "program/run_list.h"
#include "web/job_view.h"
#include "web/program_view.h"
#include "web/resources.h"

/* What both lists stand on. */
struct desk_view {
        struct connection *connection;
        struct version version;
        struct people_view people;
        bool none;                /* no program is in force */
};

static void desk_view_close(struct desk_view *desk)
{
        people_close(&desk->people);
}
#define desk_view_cleanup __attribute__((cleanup(desk_view_close)))

static enum status desk_view_open(struct request *request, struct desk_view *ret, struct error *error)
{
        int64_t program_id;
        const char *program;
        enum status status = program_of(request, &program_id, &program, error);
        if (!status)
                status = request_connection(request, &ret->connection, error);
        if (!status && program_id)
                status = version_find(ret->connection, program_id, program, NULL, request_arena(request),
                                      &ret->version, error);
        ret->none = program_id == 0 || status == STATUS_NOT_FOUND;
        if (ret->none)
                return STATUS_OK;
        return status ? status : people_open(request, &ret->people, error);
}

static void put_asked(struct request *request, struct model *model, struct value *map, const struct desk_view *desk,
                      const struct filed_request *asked)
{
        (void)put_customer_named(request, model, map, &desk->people, asked->customer_id);
        put_ordinal(model, map, "request", asked->number);
        put_id(model, map, "id", asked->id);
        put_text(model, map, "reason", asked->reason);
        put_actor(request, model, map, "asked_by", asked->asked_by);
        put_actor(request, model, map, "decided_by", asked->decided_by);
        put_text(model, map, "answer", asked->answer);
}

static const char *state_key(struct request *request, const char *family, const char *name)
{
        char key[64];
        snprintf(key, sizeof(key), "%s%s", family, name);
        return arena_copy(request_arena(request), key, strlen(key));
}

/* The customer of the field "customer": an id, a number or a name among those the asker may see. */
static int64_t chosen_customer(struct request *request, const struct people_view *people)
{
        struct text typed = request_text(request, "customer");
        int64_t id = 0;
        bool digits = typed.length > 10 && typed.length < 20;
        for (size_t i = 0; i < typed.length && digits; i++) {
                digits = typed.data[i] >= '0' && typed.data[i] <= '9' && id <= (INT64_MAX - 9) / 10;
                id = digits ? id * 10 + (typed.data[i] - '0') : 0;
        }
        return digits && people_may_see(people, id) ? id : people_find(request, people, typed);
}

/* ---- overrides --------------------------------------------------------------------------------------------------- */

static void put_override(struct request *request, struct model *model, struct value *map,
                         const struct desk_view *desk, const struct override *override)
{
        const char *actor = actor_of(request);
        bool own = text_is(override->request.asked_by, actor);
        bool may_decide = subject_may(request_subject(request), PERMISSION_OVERRIDE_DECIDE);
        put_asked(request, model, map, desk, &override->request);
        put_segment_named(request, model, map, "segment", desk->version.concept, override->segment);
        put_day(model, map, "valid_from", override->valid_from);
        put_day(model, map, "valid_to", override->valid_to);
        put_instant(model, map, "asked", override->requested_ms);
        put_word(model, map, "state", state_key(request, "override.state.", override_state_names[override->state]));
        put_string(model, map, "state_name", override_state_names[override->state]);
        put_yes_no(model, map, "may_decide", may_decide && !own && override->state == OVERRIDE_REQUESTED);
        put_yes_no(model, map, "may_withdraw", (own || may_decide) && (override->state == OVERRIDE_REQUESTED ||
                                                                       override->state == OVERRIDE_APPROVED));
        put_text(model, map, "decide_path", path_of(request, "/overrides/", override->request.id, "/decide"));
}

/* The form comes with the customer somebody came from, and with what was typed. */
static enum status put_ask_form(struct request *request, struct model *model, const struct desk_view *desk,
                                struct error *error)
{
        struct value *form, *segments = put_page_list(model, NULL, "segments");
        int64_t customer_id;
        for (size_t i = 0; i < desk->version.concept->segment_count; i++) {
                struct text id = desk->version.concept->segments[i].id;
                struct value *map = add_map(model, segments);
                put_segment_named(request, model, map, "segment", desk->version.concept, id);
                put_yes_no(model, map, "chosen", request_was_chosen(request, "segment", id));
        }
        if (!request_has(request, "customer") || !(form = request_form(request, model, "customer")))
                return STATUS_OK;
        customer_id = chosen_customer(request, &desk->people);
        int64_t place = customer_id ? directory_find(desk->people.view, desk->people.scope, customer_id) : -1;
        if (place < 0)
                return not_there(error);
        struct directory_row row;
        directory_row(desk->people.view, -1, (size_t)place, &row);
        put_text(model, form, "customer", row.number);
        return STATUS_OK;
}

static enum status overrides_list(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        struct override *overrides;
        struct override_share *shares;
        size_t count, share_count;
        enum status status = desk_view_open(request, &desk, error);
        put_word(model, NULL, "title", "nav.overrides");
        struct value *list = put_list(model, NULL, "overrides");
        put_yes_no(model, NULL, "has_program", !desk.none);
        put_yes_no(model, NULL, "may_request", subject_may(request_subject(request), PERMISSION_OVERRIDE_REQUEST));
        if (status || desk.none)
                return status;
        status = override_list_load(desk.connection, desk.version.program_id, request_arena(request), &overrides,
                                    &count, error);
        if (!status)
                status = override_shares(desk.connection, &desk.version, request_today(request), request_arena(request),
                                         &shares, &share_count, error);
        if (status)
                return status;
        for (size_t i = count; i > 0; i--)
                if (people_may_see(&desk.people, overrides[i - 1].request.customer_id))
                        put_override(request, model, add_map(model, list), &desk, &overrides[i - 1]);
        struct value *used = put_list(model, NULL, "shares");
        for (size_t i = 0; i < share_count; i++) {
                struct value *map = add_map(model, used);
                put_segment_named(request, model, map, "segment", desk.version.concept, shares[i].segment);
                put_count(model, map, "members", shares[i].members);
                put_count(model, map, "overrides", shares[i].overrides);
                put_count(model, map, "limit", shares[i].limit);
        }
        return put_ask_form(request, model, &desk, error);
}

/* What the rules refuse is said at the field it is about. */
static enum status refuse_request(struct request *request, enum status status, struct error *error)
{
        if (status == STATUS_INVALID && strcmp(error->key, "override.unknown_segment") == 0)
                return request_refuse_field(request, error, "segment", "override.field_segment", NULL);
        if (status == STATUS_INVALID && strcmp(error->key, "override.ends_first") == 0)
                return request_refuse_field(request, error, "valid_to", "override.field_ends_first", NULL);
        if (status == STATUS_INVALID && strcmp(error->key, "override.too_long") == 0)
                return request_refuse_field(request, error, "valid_to", "override.too_long", "count",
                                            error_argument(error, "count"), "last", error_argument(error, "last"),
                                            NULL);
        return status;
}

static enum status override_ask(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        int64_t id;
        enum status status = desk_view_open(request, &desk, error);
        if (status)
                return status;
        if (desk.none)
                return error_set(error, STATUS_NOT_FOUND, "program.none", NULL);
        struct override_request asked = {
                .customer_id = chosen_customer(request, &desk.people),
                .segment = string_of(request, request_text(request, "segment")),
                .reason = string_of(request, request_text(request, "reason")),
                .actor = actor_of(request),
                .valid_from = request_has(request, "valid_from") ? (int32_t)request_integer(request, "valid_from")
                                                                 : request_today(request),
                .valid_to = (int32_t)request_integer(request, "valid_to"),
        };
        if (!asked.customer_id)
                return request_refuse_field(request, error, "customer", "override.no_customer", NULL);
        status = override_request(application_of(request)->database, &desk.version, &asked, &id, error);
        if (status)
                return refuse_request(request, status, error);
        put_id(model, NULL, "id", id);
        request_notice(request, NULL, "override.requested_notice", NULL);
        request_go_to(request, text_of("/overrides"), true);
        return STATUS_OK;
}

static enum status find_override(struct request *request, const struct desk_view *desk, struct override *ret,
                                 struct error *error)
{
        struct override *overrides;
        size_t count;
        int64_t id;
        if (desk->none || !request_segment_id(request, "override", &id))
                return not_there(error);
        enum status status = override_list_load(desk->connection, desk->version.program_id, request_arena(request),
                                                &overrides, &count, error);
        for (size_t i = 0; i < count && !status; i++)
                if ((overrides[i].request.id == id || overrides[i].request.number == id) &&
                    people_may_see(&desk->people, overrides[i].request.customer_id)) {
                        *ret = overrides[i];
                        return STATUS_OK;
                }
        return status ? status : not_there(error);
}

/* The form for a decision: where one without its reason comes back to. */
static enum status override_show(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        struct override override;
        enum status status = desk_view_open(request, &desk, error);
        if (!status)
                status = find_override(request, &desk, &override, error);
        put_word(model, NULL, "title", "override.one");
        if (!status)
                put_override(request, model, put_map(model, NULL, "override"), &desk, &override);
        return status;
}

static enum status override_verdict(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        struct override override;
        struct text verdict = request_text(request, "verdict");
        enum override_state state = text_is(verdict, "approve") ? OVERRIDE_APPROVED
                                    : text_is(verdict, "refuse") ? OVERRIDE_REFUSED
                                                                 : OVERRIDE_WITHDRAWN;
        enum status status = desk_view_open(request, &desk, error);
        if (!status)
                status = find_override(request, &desk, &override, error);
        if (status)
                return status;
        /* Whoever asked may take it back; the rest is for those who decide. */
        bool own = text_is(override.request.asked_by, actor_of(request));
        if (!subject_may(request_subject(request), PERMISSION_OVERRIDE_DECIDE) &&
            !(own && state == OVERRIDE_WITHDRAWN))
                return request_deny(request, error);
        /* Whoever asked learns why not. */
        if (state == OVERRIDE_REFUSED && !request_has(request, "reason"))
                return request_refuse_field(request, error, "reason", "override.refusal_reason_missing", NULL);
        status = override_decide(application_of(request)->database, &desk.version, &override, state, actor_of(request),
                                 string_of(request, request_text(request, "reason")), error);
        if (status)
                return status;
        put_id(model, NULL, "id", override.request.id);
        request_notice(request, NULL, "override.decided_notice", NULL);
        request_go_to(request, text_of("/overrides"), false);
        return STATUS_OK;
}

/* ---- appeals ----------------------------------------------------------------------------------------------------- */

static void put_appeal(struct request *request, struct model *model, struct value *map, const struct desk_view *desk,
                       const struct appeal *appeal)
{
        bool open = appeal->state == APPEAL_OPEN;
        put_asked(request, model, map, desk, &appeal->request);
        put_ordinal(model, map, "run", appeal->run_number);
        put_day(model, map, "filed", appeal->filed_day);
        put_day(model, map, "due", appeal->due_day);
        put_actor(request, model, map, "owner", appeal->owner);
        put_word(model, map, "state", open && appeal->due_day < request_today(request)
                                              ? "appeal.state.overdue"
                                              : state_key(request, "appeal.state.",
                                                          appeal_state_names[appeal->state]));
        put_string(model, map, "state_name", appeal_state_names[appeal->state]);
        put_yes_no(model, map, "may_decide",
                   open && subject_may(request_subject(request), PERMISSION_OVERRIDE_DECIDE));
        put_text(model, map, "decide_path", path_of(request, "/appeals/", appeal->request.id, "/decide"));
}

/* The evaluations whose decisions somebody may appeal against, the latest first. */
static enum status put_runs(struct request *request, struct model *model, const struct desk_view *desk,
                            struct error *error)
{
        struct run_summary *runs;
        size_t count;
        bool any = false;
        struct value *list = put_page_list(model, NULL, "runs");
        enum status status = run_list_load(desk->connection, desk->version.program_id, request_arena(request), &runs,
                                           &count, error);
        for (size_t i = count; i > 0 && !status; i--) {
                const struct run_summary *run = &runs[i - 1];
                char number[24];
                if (run->state != RUN_APPROVED && !run->approved)
                        continue;
                any = true;
                snprintf(number, sizeof(number), "%d", run->number);
                struct value *map = add_map(model, list);
                put_ordinal(model, map, "number", run->number);
                put_day(model, map, "cutoff", run->cutoff_day);
                put_code(model, map, "evaluation", request_language(request), NULL, run->evaluation);
                put_yes_no(model, map, "chosen", text_is(request_text(request, "run"), number));
        }
        put_yes_no(model, NULL, "has_runs", any);
        return status;
}

static enum status appeals_list(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        struct appeal *appeals;
        size_t count;
        enum status status = desk_view_open(request, &desk, error);
        put_word(model, NULL, "title", "page.appeals");
        struct value *list = put_list(model, NULL, "appeals"), *form;
        put_yes_no(model, NULL, "has_program", !desk.none);
        put_yes_no(model, NULL, "may_file", subject_may(request_subject(request), PERMISSION_OVERRIDE_REQUEST));
        if (status || desk.none)
                return status;
        if (request_has(request, "customer") && (form = request_form(request, model, "customer")))
                put_text(model, form, "customer", request_text(request, "customer"));
        status = put_runs(request, model, &desk, error);
        if (status)
                return status;
        status = appeal_list_load(desk.connection, desk.version.program_id, request_arena(request), &appeals, &count,
                                  error);
        for (size_t i = count; i > 0 && !status; i--) {
                const struct appeal *appeal = &appeals[i - 1];
                if (!people_may_see(&desk.people, appeal->request.customer_id))
                        continue;
                put_appeal(request, model, add_map(model, list), &desk, appeal);
        }
        return status;
}

static enum status appeal_add(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        struct run_summary run;
        int32_t due_day;
        enum status status = desk_view_open(request, &desk, error);
        if (status)
                return status;
        if (desk.none)
                return error_set(error, STATUS_NOT_FOUND, "program.none", NULL);
        int64_t customer_id = chosen_customer(request, &desk.people);
        if (!customer_id)
                return request_refuse_field(request, error, "customer", "override.no_customer", NULL);
        status = run_find_typed(desk.connection, desk.version.program_id, desk.version.program,
                                string_of(request, request_text(request, "run")), request_arena(request), &run, error);
        if (status == STATUS_NOT_FOUND)
                return request_refuse_field(request, error, "run", "appeal.no_run", NULL);
        if (status)
                return status;
        struct appeal_filing filing = {.run = &run, .customer_id = customer_id,
                                       .customer = string_of(request, request_text(request, "customer")),
                                       .reason = string_of(request, request_text(request, "reason")),
                                       .filed_by = string_of(request, request_text(request, "filed_by")),
                                       .owner = string_of(request, request_text(request, "owner")),
                                       .actor = actor_of(request)};
        if (!filing.filed_by)
                filing.filed_by = "";
        if (!filing.owner)
                filing.owner = actor_of(request);
        status = appeal_file(application_of(request)->database, &filing, &due_day, error);
        if (status)
                return status;
        put_day(model, NULL, "due", due_day);
        request_notice(request, NULL, "appeal.filed_notice", NULL);
        request_go_to(request, text_of("/appeals"), true);
        return STATUS_OK;
}

static enum status find_appeal(struct request *request, const struct desk_view *desk, struct appeal *ret,
                               struct error *error)
{
        struct appeal *appeals;
        size_t count;
        int64_t id;
        if (desk->none || !request_segment_id(request, "appeal", &id))
                return not_there(error);
        enum status status = appeal_list_load(desk->connection, desk->version.program_id, request_arena(request),
                                              &appeals, &count, error);
        for (size_t i = 0; i < count && !status; i++)
                if ((appeals[i].request.id == id || appeals[i].request.number == id) &&
                    people_may_see(&desk->people, appeals[i].request.customer_id)) {
                        *ret = appeals[i];
                        return STATUS_OK;
                }
        return status ? status : not_there(error);
}

static enum status appeal_show(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        struct appeal appeal;
        enum status status = desk_view_open(request, &desk, error);
        if (!status)
                status = find_appeal(request, &desk, &appeal, error);
        put_word(model, NULL, "title", "appeal.one");
        if (!status)
                put_appeal(request, model, put_map(model, NULL, "appeal"), &desk, &appeal);
        return status;
}

static enum status appeal_verdict(struct request *request, struct model *model, struct error *error)
{
        struct desk_view desk desk_view_cleanup = {0};
        struct appeal appeal;
        enum status status = desk_view_open(request, &desk, error);
        if (!status)
                status = find_appeal(request, &desk, &appeal, error);
        if (!status)
                status = appeal_decide(application_of(request)->database, &appeal,
                                       text_is(request_text(request, "verdict"), "grant"),
                                       string_of(request, request_text(request, "result")), actor_of(request), error);
        if (status)
                return status;
        put_id(model, NULL, "id", appeal.request.id);
        request_notice(request, NULL, "appeal.decided_notice", NULL);
        request_go_to(request, text_of("/appeals"), false);
        return STATUS_OK;
}

static const char *const override_verdicts[] = {"approve", "refuse", "withdraw", NULL};
static const char *const appeal_verdicts[] = {"grant", "dismiss", NULL};
static const struct field list_fields[] = {{.name = "customer", .kind = INPUT_TEXT}, {0}};
static const struct field ask_fields[] = {
        {.name = "customer", .kind = INPUT_TEXT, .required = true, .label = "override.field.customer"},
        {.name = "segment", .kind = INPUT_ID, .required = true, .label = "override.field.segment"},
        {.name = "reason", .kind = INPUT_TEXT, .required = true, .max = 500, .label = "override.field.reason"},
        {.name = "valid_from", .kind = INPUT_DAY, .label = "override.field.valid_from"},
        {.name = "valid_to", .kind = INPUT_DAY, .required = true, .label = "override.field.valid_to"},
        {0}};
static const struct field override_fields[] = {
        {.name = "verdict", .kind = INPUT_CHOICE, .required = true, .choices = override_verdicts},
        {.name = "reason", .kind = INPUT_TEXT, .max = 500},
        {0}};
static const struct field file_fields[] = {
        {.name = "customer", .kind = INPUT_TEXT, .required = true, .label = "override.field.customer"},
        {.name = "run", .kind = INPUT_ID, .required = true, .label = "appeal.field.run"},
        {.name = "reason", .kind = INPUT_TEXT, .required = true, .max = 500, .label = "override.field.reason"},
        {.name = "filed_by", .kind = INPUT_TEXT, .label = "appeal.field.filed_by"},
        {.name = "owner", .kind = INPUT_TEXT, .label = "appeal.field.owner"},
        {0}};
static const struct field appeal_fields[] = {
        {.name = "verdict", .kind = INPUT_CHOICE, .required = true, .choices = appeal_verdicts},
        {.name = "result", .kind = INPUT_TEXT, .required = true, .max = 500, .label = "appeal.field.result"},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/overrides", PERMISSION_CUSTOMER_READ, list_fields, "overrides", overrides_list, 0,
         "route.overrides"},
        {METHOD_POST, "/overrides", PERMISSION_OVERRIDE_REQUEST, ask_fields, NULL, override_ask, 0,
         "route.overrides_add"},
        {METHOD_GET, "/overrides/{override}/decide", PERMISSION_CUSTOMER_READ, NULL, "override", override_show,
         ROUTE_HIDES, "route.override"},
        {METHOD_POST, "/overrides/{override}/decide", PERMISSION_CUSTOMER_READ, override_fields, NULL,
         override_verdict, ROUTE_HIDES, "route.override_decide"},
        {METHOD_GET, "/appeals", PERMISSION_CUSTOMER_READ, list_fields, "appeals", appeals_list, 0, "route.appeals"},
        {METHOD_POST, "/appeals", PERMISSION_OVERRIDE_REQUEST, file_fields, NULL, appeal_add, 0, "route.appeals_add"},
        {METHOD_GET, "/appeals/{appeal}/decide", PERMISSION_OVERRIDE_DECIDE, NULL, "appeal", appeal_show, ROUTE_HIDES,
         "route.appeal"},
        {METHOD_POST, "/appeals/{appeal}/decide", PERMISSION_OVERRIDE_DECIDE, appeal_fields, NULL, appeal_verdict,
         ROUTE_HIDES, "route.appeal_decide"},
};
const struct resource resource_overrides = {"overrides", routes, sizeof(routes) / sizeof(routes[0])};
