/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * start_view.c: gathers tasks from rows of the directory, overrides and runs that wait.
 */
#include "program/start_view.h"

#include "base/checked.h"
#include "program/directory_explain.h"
#include "program/directory_parts.h"
#include "program/overrides.h"
#include "program/run_list.h"

enum task_kind { TASK_VISITS, TASK_GRACE, TASK_RISK, TASK_NEAR, TASK_KINDS };

/* A customer with something to do, by urgency: the smallest first. */
struct task {
        int64_t urgency;
        uint32_t row;
};

struct start {
        const struct reader *reader;
        struct model *model;
        const struct directory_program *program;
        struct task tasks[TASK_KINDS][START_ROWS]; /* the most urgent, in order */
        int64_t counts[TASK_KINDS];  /* of all of them */
        int64_t customers, prospects, revenue, previous, grace, task_count, late_count;
        struct value *list;
        bool fits;
};

static bool more_urgent(const struct task *a, const struct task *b)
{
        return a->urgency != b->urgency ? a->urgency < b->urgency : a->row < b->row;
}

static void note(struct start *start, enum task_kind kind, size_t row, int64_t urgency)
{
        struct task task = {urgency, (uint32_t)row}, *tasks = start->tasks[kind];
        size_t count = start->counts[kind] < START_ROWS ? (size_t)start->counts[kind] : START_ROWS;
        start->counts[kind]++;
        if (count == START_ROWS && !more_urgent(&task, &tasks[count - 1]))
                return;
        if (count == START_ROWS)
                count--;
        for (; count > 0 && more_urgent(&task, &tasks[count - 1]); count--)
                tasks[count] = tasks[count - 1];
        tasks[count] = task;
}

static void look_at_membership(struct start *start, size_t row)
{
        const struct directory_program *program = start->program;
        const struct directory_facts *facts = start->reader->view->facts;
        bool grace = bits_get(program->grace, row), open = bits_get(facts->potential_known, row);
        start->grace += grace;
        if (grace && program->grace_end[row] != DAY_NONE)
                note(start, TASK_GRACE, row, program->grace_end[row]);
        if (program->next[row] != SEGMENT_NONE && program->missing[row] == 1)
                note(start, TASK_NEAR, row, open ? -facts->open[row] : 0);
        if (program->segment[row] == SEGMENT_NONE || !program->visits_per_year[program->segment[row]])
                return;
        struct directory_row about;
        directory_row(start->reader->view, start->reader->program, row, &about);
        if (about.visit_due_day != DAY_NONE && about.visit_due_day < facts->day)
                note(start, TASK_VISITS, row, about.visit_due_day);
}

static void look_at_row(struct start *start, size_t row)
{
        const struct directory_facts *facts = start->reader->view->facts;
        bool prospect = facts->kind[row] == KIND_PROSPECT;
        start->customers += !prospect;
        start->prospects += prospect;
        start->fits &= add_i64(start->revenue, facts->revenue[row], &start->revenue) &&
                       add_i64(start->previous, facts->previous[row], &start->previous);
        if (facts->months_before[row] > 0 && facts->months[row] < facts->months_before[row])
                note(start, TASK_RISK, row, facts->months[row] - facts->months_before[row]);
        if (start->program)
                look_at_membership(start, row);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static struct value *begin_task(struct start *start, const char *kind, const char *title, const char *path,
                                int64_t count)
{
        struct value *task = add_map(start->model, start->list);
        put_word_of(start->model, task, "kind", "start.kind.", text_of(kind));
        put_word(start->model, task, "title", title);
        put_count(start->model, task, "count", count);
        put_string(start->model, task, "path", path);
        return put_list(start->model, task, "rows");
}

static void put_change(struct start *start, struct value *map, const struct directory_row *about)
{
        struct value *what = put_sentence(start->model, map, "what", "start.risk_what");
        put_money(start->model, what, "amount", about->months_before_minor - about->months_minor);
        put_none(start->model, map, "day");
}

static enum status put_row(struct start *start, struct value *rows, enum task_kind kind, size_t row,
                           struct error *error)
{
        struct directory_row about;
        struct model *model = start->model;
        struct value *map = add_map(model, rows);
        directory_row(start->reader->view, start->reader->program, row, &about);
        put_customer(model, map, &about);
        put_segment(model, map, "segment", reader_concept(start->reader), about.segment, start->reader->language);
        if (kind == TASK_RISK) {
                put_change(start, map, &about);
                return STATUS_OK;
        }
        if (kind == TASK_NEAR) {
                put_none(model, map, "day");
                return put_step(model, map, "what", start->reader, row, error);
        }
        if (kind == TASK_VISITS) {
                put_day(model, put_sentence(model, map, "what", about.last_visit_day == DAY_NONE
                                                                        ? "start.never_visited" : "start.visited"),
                        "day", about.last_visit_day);
                put_day(model, map, "day", about.visit_due_day);
                put_yes_no(model, map, "late", true);
                return STATUS_OK;
        }
        put_day(model, put_sentence(model, map, "what", "start.grace_what"), "day", about.grace_end_day);
        put_day(model, map, "day", about.grace_end_day);
        return STATUS_OK;
}

/* Lists show what they are about. */
#define CUSTOMER "&columns=number,name,segment,city,responsible"

static enum status put_tasks(struct start *start, enum task_kind kind, struct error *error)
{
        static const struct { const char *kind, *title, *path; } infos[TASK_KINDS] = {
                [TASK_VISITS] = {"visits", "start.visits",
                                 "/customers?filter=overdue:1..&sort=-overdue" CUSTOMER ",last_visit,overdue"},
                [TASK_GRACE] = {"grace", "start.grace",
                                "/customers?filter=-grace:&sort=grace" CUSTOMER ",revenue,grace"},
                [TASK_RISK] = {"risk", "start.risk", "/customers?filter=months_change:..-0.01&sort=months_change"
                                                     CUSTOMER ",revenue,months_change,last_order"},
                [TASK_NEAR] = {"near", "start.near", "/customers?filter=missing:1..1&sort=-open_potential"
                                                     CUSTOMER ",next,revenue,open_potential"},
        };
        int64_t count = start->counts[kind];
        if (!count)
                return STATUS_OK;
        start->task_count += count;
        start->late_count += kind == TASK_VISITS ? count : 0;
        struct value *rows = begin_task(start, infos[kind].kind, infos[kind].title, infos[kind].path, count);
        enum status status = STATUS_OK;
        for (int64_t i = 0; i < count && i < START_ROWS && !status; i++)
                status = put_row(start, rows, kind, start->tasks[kind][i].row, error);
        return status;
}

/* ---- decisions that wait ----------------------------------------------------------------------------------------- */

static enum status put_overrides(struct start *start, struct error *error)
{
        struct override *overrides;
        size_t count, waiting = 0;
        struct value *rows = NULL;
        enum status status = override_list_load(start->reader->connection, start->program->id, start->model->arena,
                                                &overrides, &count, error);
        for (size_t i = 0; i < count && !status; i++)
                waiting += overrides[i].state == OVERRIDE_REQUESTED;
        if (status || !waiting)
                return status;
        rows = begin_task(start, "overrides", "start.overrides", "/overrides", (int64_t)waiting);
        start->task_count += (int64_t)waiting;
        for (size_t i = 0, shown = 0; i < count && shown < START_ROWS; i++) {
                int64_t row = directory_find(start->reader->view, start->reader->scope,
                                             overrides[i].request.customer_id);
                struct directory_row about;
                if (overrides[i].state != OVERRIDE_REQUESTED || row < 0)
                        continue;
                shown++;
                directory_row(start->reader->view, start->reader->program, (size_t)row, &about);
                struct value *map = add_map(start->model, rows);
                put_customer(start->model, map, &about);
                put_segment(start->model, map, "segment", reader_concept(start->reader), about.segment,
                            start->reader->language);
                put_text(start->model, put_sentence(start->model, map, "what", "start.override_what"), "segment",
                         overrides[i].segment);
                put_day(start->model, map, "day", overrides[i].valid_from);
                put_yes_no(start->model, map, "late", overrides[i].valid_from <= start->reader->view->facts->day);
        }
        return STATUS_OK;
}

static enum status put_proposals(struct start *start, struct error *error)
{
        struct run_summary *runs;
        size_t count;
        struct value *rows = NULL;
        enum status status = run_list_load(start->reader->connection, start->program->id, start->model->arena, &runs,
                                           &count, error);
        for (size_t i = count; i-- > 0 && !status;) {
                char path[64];
                if (runs[i].state != RUN_PROPOSED || (count - i > START_ROWS))
                        continue;
                if (!rows)
                        rows = begin_task(start, "proposals", "start.proposals", "/evaluations", 1);
                start->task_count++;
                struct value *map = add_map(start->model, rows);
                snprintf(path, sizeof(path), "/evaluations/%d", runs[i].number);
                put_string(start->model, map, "path", path);
                put_code(start->model, map, "name", start->reader->language, NULL, runs[i].evaluation);
                put_none(start->model, map, "segment");
                put_count(start->model, put_sentence(start->model, map, "what", "start.proposal_what"), "count",
                          runs[i].customers_evaluated);
                put_day(start->model, map, "day", runs[i].cutoff_day);
        }
        return status;
}

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static struct value *add_figure(struct start *start, struct value *figures, const char *name)
{
        struct value *map = add_map(start->model, figures);
        put_word(start->model, map, "name", name);
        return map;
}

static void put_figures(struct start *start)
{
        struct model *model = start->model;
        struct value *figures = put_list(model, NULL, "figures");
        put_count(model, add_figure(start, figures, "start.figure.customers"), "value", start->customers);
        put_count(model, add_figure(start, figures, "start.figure.prospects"), "value", start->prospects);
        struct value *revenue = add_figure(start, figures, "start.figure.revenue");
        put_money(model, revenue, "before", start->previous);
        put_money(model, revenue, "value", start->revenue);
        put_count(model, add_figure(start, figures, "start.figure.grace"), "value", start->grace);
        put_count(model, add_figure(start, figures, "start.figure.risk"), "value",
                  start->counts[TASK_RISK]);
        put_yes_no(model, NULL, "figures_shown", start->customers + start->prospects > 0);
}

static enum status fill(struct start *start, struct error *error)
{
        const struct subject *subject = start->reader->subject;
        enum status status = start->fits ? STATUS_OK : error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        bool sells = subject_may(subject, PERMISSION_VISIT_WRITE);
        start->list = put_list(start->model, NULL, "tasks");
        if (!status && start->program && subject_may(subject, PERMISSION_OVERRIDE_DECIDE))
                status = put_overrides(start, error);
        if (!status && start->program && subject_may(subject, PERMISSION_EVALUATION_DECIDE))
                status = put_proposals(start, error);
        for (int k = 0; k < TASK_KINDS && !status; k++)
                if (subject_may(subject, PERMISSION_CUSTOMER_READ) && (sells || k != TASK_VISITS))
                        status = put_tasks(start, (enum task_kind)k, error);
        return status;
}

static void put_summary(struct start *start)
{
        if (!start->task_count) {
                put_none(start->model, NULL, "summary");
                return;
        }
        struct value *summary = put_sentence(start->model, NULL, "summary",
                                             start->late_count ? "start.summary" : "start.summary_in_time");
        put_count(start->model, summary, "count", start->task_count);
        put_count(start->model, summary, "late", start->late_count);
}

enum status start_model(const struct reader *reader, struct model *model, struct error *error)
{
        struct start start = {.reader = reader, .model = model, .fits = true};
        size_t count = directory_count(reader->view);
        start.program = reader->program < 0 ? NULL : &reader->view->programs[reader->program];
        for (size_t row = 0; row < count; row++)
                if (bits_get(reader->scope, row))
                        look_at_row(&start, row);
        put_state(model, reader);
        enum status status = fill(&start, error);
        if (!status) {
                put_summary(&start);
                put_figures(&start);
        }
        return status ? status : model_check(model, error);
}
