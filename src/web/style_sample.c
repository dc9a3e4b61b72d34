/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * style_sample.c: a customer who never was. Names of things are data as people write it and stay German; everything
 * else are the words and formats of the reader.
 */
#include "web/style_sample.h"

#include "base/calendar.h"

static int32_t day(int year, int month, int day_of_month)
{
        return day_from_date((struct date){year, month, day_of_month});
}

static void put_segment(struct model *model, struct value *map, const char *code, const char *name)
{
        put_string(model, map, "code", code);
        put_string(model, map, "name", name);
}

static struct value *add_criterion(struct model *model, struct value *list, const char *state, const char *metric)
{
        struct value *map = add_map(model, list);
        put_word(model, map, "state", state);
        put_word(model, map, "name", metric);
        put_word(model, map, "target_words", "part.of");
        return map;
}

static void put_bar(struct model *model, struct value *map, int64_t fill, int64_t mark)
{
        struct value *bar = put_map(model, map, "bar");
        put_ratio(model, bar, "fill", fill, 1000);
        put_ratio(model, bar, "mark", mark, 1000);
}

static void put_action(struct model *model, struct value *map, const char *name)
{
        struct value *action = put_map(model, map, name);
        put_string(model, action, "path", "/style");
        put_word(model, action, "label", "style.task");
}

static void add_criteria(struct model *model)
{
        struct value *list = put_list(model, NULL, "criteria");
        struct value *map = add_criterion(model, list, "part.state.met", "metric.revenue");
        put_money(model, map, "actual", 9642000);
        put_money(model, map, "target", 4000000);
        put_bar(model, map, 1000, 415);
        put_word(model, map, "note", "style.source");
        map = add_criterion(model, list, "part.state.met", "metric.share_of_wallet");
        put_yes_no(model, map, "estimated", true);
        put_day(model, map, "estimated_day", day(2025, 3, 1));
        put_ratio(model, map, "actual", 60, 100);
        put_ratio(model, map, "target", 35, 100);
        put_bar(model, map, 600, 350);
        list = put_list(model, NULL, "some");
        map = add_criterion(model, list, "part.state.not_met", "metric.activities");
        put_count(model, map, "actual", 1);
        put_count(model, map, "target", 2);
        put_bar(model, map, 500, 985);
        map = add_criterion(model, list, "part.state.unknown", "metric.digital_share");
        put_action(model, map, "task");
}

static void add_steps(struct model *model)
{
        struct value *list = put_list(model, NULL, "steps"), *map = add_map(model, list);
        put_money(model, put_sentence(model, map, "what", "style.step_revenue"), "amount", 2358000);
        put_word(model, map, "how", "style.step_revenue_how");
        map = add_map(model, list);
        put_count(model, put_sentence(model, map, "what", "style.step_people"), "count", 1);
        put_action(model, map, "action");
}

static void add_figures(struct model *model)
{
        static const char *const kinds[] = {"met", "warned", "missed", "told"};
        static const char *const words[] = {"decision.promote", "decision.grace", "decision.demote", "part.estimated"};
        static const char *const codes[] = {"A", "B", "C", "P"};
        struct value *list = put_list(model, NULL, "figures"), *map = add_map(model, list);
        put_word(model, map, "name", "ladder.customers");
        put_count(model, map, "before", 36);
        put_count(model, map, "value", 42);
        map = add_map(model, list);
        put_word(model, map, "name", "metric.revenue");
        put_money(model, map, "value", 2460000000);
        put_word(model, map, "note", "style.source");
        list = put_list(model, NULL, "marks");
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                map = add_map(model, list);
                put_string(model, map, "kind", kinds[i]);
                put_word(model, map, "text", words[i]);
        }
        list = put_list(model, NULL, "segments");
        for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
                put_segment(model, add_map(model, list), codes[i], codes[i]);
}

static void add_shares(struct model *model)
{
        struct value *list = put_list(model, NULL, "shares");
        static const struct {
                const char *name;
                int own, to_competitor;
        } rows[] = {{"Wärmepumpen", 38, 85}, {"Lüftung", 72, 90}, {"Regelung", 74, 90}};
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct value *map = add_map(model, list);
                put_string(model, map, "name", rows[i].name);
                put_ratio(model, map, "own", rows[i].own, 100);
                put_ratio(model, map, "to_competitor", rows[i].to_competitor, 100);
        }
        list = put_list(model, NULL, "timeline");
        struct value *map = add_map(model, list);
        put_yes_no(model, map, "main", true);
        put_day(model, map, "day", day(2026, 2, 1));
        put_word(model, map, "kind", "style.decided");
        put_string(model, map, "text", "PartnerKreis Premium");
        put_word(model, map, "note", "decision.promote");
        map = add_map(model, list);
        put_day(model, map, "day", day(2026, 1, 12));
        put_word(model, map, "kind", "style.visited");
        put_string(model, map, "text", "Jahresgespräch mit Stefan Brandl");
}

static struct value *add_field(struct model *model, struct value *list, const char *name, const char *label,
                               const char *type)
{
        struct value *map = add_map(model, list);
        put_string(model, map, "name", name);
        put_word(model, map, "label", label);
        if (type)
                put_string(model, map, "type", type);
        return map;
}

static void add_fields(struct model *model)
{
        struct value *list = put_list(model, NULL, "fields");
        struct value *map = add_field(model, list, "company", "style.field_company", "text");
        put_yes_no(model, map, "required", true);
        put_ordinal(model, map, "max", 200);
        put_string(model, map, "value", "Haustechnik Brandl GmbH");
        put_word(model, map, "hint", "style.field_company_hint");
        put_yes_no(model, map, "described", true);
        map = add_field(model, list, "amount", "style.field_amount", "text");
        put_string(model, map, "inputmode", "decimal");
        put_string(model, map, "value", "12,x");
        put_word(model, map, "error", "style.field_amount_error");
        put_yes_no(model, map, "described", true);
        map = add_field(model, list, "kind", "style.field_kind", NULL);
        put_yes_no(model, map, "is_choice", true);
        put_yes_no(model, map, "required", true);
        struct value *options = put_list(model, map, "options"), *option = add_map(model, options);
        put_string(model, option, "value", "visit");
        put_word(model, option, "label", "style.visited");
        put_yes_no(model, option, "chosen", true);
        option = add_map(model, options);
        put_string(model, option, "value", "decision");
        put_word(model, option, "label", "style.decided");
        map = add_field(model, list, "note", "style.field_note", NULL);
        put_yes_no(model, map, "is_long", true);
        map = add_field(model, list, "known", "style.field_known", NULL);
        put_yes_no(model, map, "is_check", true);
        put_yes_no(model, map, "checked", true);
}

static void add_notices(struct model *model)
{
        static const char *const kinds[] = {"part.state.met", "part.state.warned", "part.state.missed"};
        static const char *const words[] = {"style.notice_met", "style.notice_warned", "style.notice_missed"};
        struct value *list = put_list(model, NULL, "notices"), *map;
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                map = add_map(model, list);
                put_word(model, map, "kind", kinds[i]);
                put_word(model, map, "text", words[i]);
                if (i == 1)
                        put_action(model, map, "action");
        }
        map = add_map(model, put_list(model, NULL, "jobs"));
        put_id(model, map, "id", 7);
        put_word(model, map, "name", "style.job");
        put_word(model, map, "state", "style.job_state");
        put_yes_no(model, map, "running", true);
        put_ratio(model, map, "progress", 64, 100);
        map = put_map(model, NULL, "empty");
        put_word(model, map, "title", "style.empty");
        put_word(model, map, "text", "style.empty_text");
        put_action(model, map, "action");
        map = put_map(model, NULL, "help");
        put_string(model, map, "name", "method");
        put_word(model, map, "title", "style.help");
        add_word(model, put_list(model, map, "paragraphs"), "style.help_text");
}

static void add_rungs(struct model *model)
{
        static const struct {
                const char *code, *name, *words;
                int64_t customers, revenue, average, up, grace;
        } rows[] = {{"A", "PartnerKreis Exzellenz", "ab 120 T€ · 5 Warengruppen", 42, 480, 28100000, 9, 4},
                    {"C", "PartnerKreis Fach", "alle weiteren Kunden", 260, 179, 1700000, 14, 0}};
        struct value *list = put_list(model, NULL, "rungs");
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct value *map = add_map(model, list);
                put_segment(model, map, rows[i].code, rows[i].name);
                put_string(model, map, "path", "/style");
                put_string(model, map, "words", rows[i].words);
                put_count(model, map, "customers", rows[i].customers);
                put_ratio(model, map, "customers_share", rows[i].customers, 600);
                put_yes_no(model, map, "revenue", true);
                put_ratio(model, map, "revenue_share", rows[i].revenue, 1000);
                put_money(model, map, "average", rows[i].average);
                put_count(model, map, "up", rows[i].up);
                put_count(model, map, "grace", rows[i].grace);
        }
}

static void add_months(struct model *model)
{
        static const int64_t revenue[][3] = {
                {610000, 720000, 560000}, {700000, 840000, 640000}, {890000, 1010000, 790000}, {760000, 550000, 800000},
                {820000, 0, 860000}, {940000, 0, 820000}, {880000, 0, 840000}, {590000, 0, 660000},
                {1000000, 0, 900000}, {840000, 0, 860000}, {810000, 0, 890000}, {810000, 0, 850000}};
        struct value *chart = put_map(model, NULL, "months_chart");
        put_word(model, chart, "title", "style.months");
        put_string(model, chart, "now_name", "2026");
        put_string(model, chart, "before_name", "2025");
        put_string(model, chart, "earlier_name", "2024");
        struct value *months = put_list(model, chart, "months");
        for (int i = 0; i < 12; i++) {
                struct value *month = add_map(model, months);
                put_day(model, month, "month", day(2026, i + 1, 1));
                put_money(model, month, "before", revenue[i][0]);
                if (revenue[i][1])
                        put_money(model, month, "now", revenue[i][1]);
                else
                        put_none(model, month, "now");
                put_money(model, month, "earlier", revenue[i][2]);
        }
}

static void add_distance(struct model *model)
{
        static const int64_t counts[] = {3, 5, 9, 14, 19, 22, 18, 12, 9, 7};
        struct value *chart = put_map(model, NULL, "distance");
        put_word(model, chart, "title", "style.distance");
        struct value *bars = put_list(model, chart, "bars");
        for (int i = 0; i < 10; i++) {
                struct value *bar = add_map(model, bars);
                put_money(model, bar, "from", i * INT64_C(1000000));
                put_money(model, bar, "to", (i + 1) * INT64_C(1000000));
                put_count(model, bar, "count", counts[i]);
                put_yes_no(model, bar, "current", i == 8);
        }
        struct value *threshold = add_map(model, put_list(model, chart, "thresholds"));
        put_string(model, threshold, "name", "A");
        put_money(model, threshold, "at", 9000000);
}

static void add_flow(struct model *model)
{
        static const char *const codes[] = {"A", "B", "C"};
        static const int64_t counts[][2] = {{36, 42}, {109, 118}, {261, 246}};
        static const int64_t flows[][3] = {{0, 0, 34}, {0, 1, 2}, {1, 0, 8}, {1, 1, 98}, {1, 2, 3}, {2, 1, 18},
                                           {2, 2, 243}};
        struct value *chart = put_map(model, NULL, "flow");
        put_word(model, chart, "title", "style.flow");
        for (size_t side = 0; side < 2; side++) {
                struct value *list = put_list(model, chart, side ? "after" : "before");
                for (size_t i = 0; i < 3; i++) {
                        struct value *map = add_map(model, list);
                        put_segment(model, map, codes[i], codes[i]);
                        put_count(model, map, "count", counts[i][side]);
                }
        }
        struct value *list = put_list(model, chart, "flows");
        for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
                struct value *map = add_map(model, list);
                put_string(model, map, "from", codes[flows[i][0]]);
                put_string(model, map, "to", codes[flows[i][1]]);
                put_count(model, map, "count", flows[i][2]);
        }
}

void style_sample(struct model *model)
{
        put_word(model, NULL, "title", "style.title");
        put_segment(model, put_map(model, NULL, "segment"), "B", "PartnerKreis Premium");
        add_criteria(model);
        add_steps(model);
        add_figures(model);
        add_shares(model);
        add_fields(model);
        add_notices(model);
        add_rungs(model);
        add_months(model);
        add_distance(model);
        add_flow(model);
}
