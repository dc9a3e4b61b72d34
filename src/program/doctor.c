/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * doctor.c: findings about purchases and articles, and the order of all.
 */
#include "program/doctor.h"

#include "program/doctor_parts.h"
#include "queries.h"

const char *const doctor_kind_names[DOCTOR_KINDS] = {
        "future_dates", "ancient_dates", "prices", "currencies", "duplicates", "negative_customers", "missing_months",
        "far_documents", "far_quantities", "two_groups", "no_group", "no_cost", "potentials", "negative_documents",
        "no_contact", "prospects", "no_documents"};
const char *const doctor_severity_names[3] = {"serious", "warning", "note"};

struct doctor_finding *doctor_add(struct examination *examination, enum doctor_kind kind, enum doctor_severity severity,
                                  uint64_t count, uint64_t whole)
{
        struct doctor_report *report = examination->report;
        if (count == 0)
                return NULL;
        struct doctor_finding *finding = &report->findings[report->finding_count++];
        *finding = (struct doctor_finding){.kind = kind, .severity = severity, .count = (int64_t)count,
                                           .whole = (int64_t)whole, .share_part = (int64_t)count,
                                           .share_whole = (int64_t)whole};
        return finding;
}

struct doctor_example *doctor_example(struct doctor_finding *finding)
{
        if (!finding || finding->example_count == SURVEY_EXAMPLES)
                return NULL;
        struct doctor_example *example = &finding->examples[finding->example_count++];
        *example = (struct doctor_example){.customer = DOCTOR_CUSTOMER_NONE, .other = DOCTOR_CUSTOMER_NONE,
                                           .day = DAY_NONE};
        return example;
}

/* ---- names for documents and articles ---------------------------------------------------------------------------- */

static enum status keep(struct examination *examination, struct text from, struct text *ret, struct error *error)
{
        return arena_keep_text(examination->arena, from, ret) ? STATUS_OK : error_memory(error);
}

static enum status name_document(struct examination *examination, const struct survey_example *from,
                                 struct doctor_example *example, struct error *error)
{
        struct q_doctor_document_args args = {
                .customer_id = snapshot_customer_ids(examination->snapshot)[from->customer],
                .day = from->day, .total_minor = from->total_minor,
                .generation = snapshot_generation(examination->snapshot)};
        struct q_doctor_document_row row;
        bool found;
        enum status status = q_doctor_document(examination->connection, &args, &row, &found, error);
        return status == STATUS_OK && found ? keep(examination, row.number, &example->document, error) : status;
}

static enum status name_article(struct examination *examination, uint32_t article, struct doctor_example *example,
                                struct error *error)
{
        struct q_doctor_article_row row;
        bool found;
        enum status status = q_doctor_article(examination->connection, &(struct q_doctor_article_args){article}, &row,
                                              &found, error);
        return status == STATUS_OK && found ? keep(examination, row.article, &example->article, error) : status;
}

/* ---- findings ---------------------------------------------------------------------------------------------------- */

static enum status add_tally(struct examination *examination, enum doctor_kind kind, enum doctor_severity severity,
                             const struct survey_tally *tally, uint64_t whole, struct error *error)
{
        struct doctor_finding *finding = doctor_add(examination, kind, severity, tally->count, whole);
        bool of_lines = kind == DOCTOR_PRICES || kind == DOCTOR_QUANTITIES;
        enum status status = STATUS_OK;
        for (size_t i = 0; i < tally->example_count && status == STATUS_OK; i++) {
                const struct survey_example *from = &tally->examples[i];
                struct doctor_example *example = doctor_example(finding);
                if (!example)
                        break;
                example->customer = (int64_t)from->customer;
                example->day = from->day;
                example->amount_minor = of_lines ? from->amount_minor : from->total_minor;
                example->quantity_milli = from->quantity_milli;
                status = name_document(examination, from, example, error);
                if (status == STATUS_OK && of_lines)
                        status = name_article(examination, from->article, example, error);
        }
        return status;
}

static void add_months(struct examination *examination)
{
        const struct survey *survey = &examination->report->survey;
        struct doctor_finding *finding = doctor_add(examination, DOCTOR_MONTHS, DOCTOR_WARNING,
                                                    survey->missing_month_count, survey->month_count);
        for (size_t i = 0; finding && i < survey->missing_month_count && i < SURVEY_EXAMPLES; i++)
                doctor_example(finding)->day = survey->missing_months[i];
}

static enum status add_two_groups(struct examination *examination, struct error *error)
{
        struct group_conflicts found;
        enum status status = survey_groups(examination->snapshot, examination->connection, examination->arena, &found,
                                           error);
        if (status != STATUS_OK)
                return status;
        struct doctor_finding *finding = doctor_add(examination, DOCTOR_TWO_GROUPS, DOCTOR_WARNING, found.count,
                                                    found.articles);
        for (size_t i = 0; i < found.example_count && status == STATUS_OK; i++) {
                struct doctor_example *example = doctor_example(finding);
                if (!example)
                        break;
                example->first = found.examples[i].first;
                example->second = found.examples[i].other;
                status = name_article(examination, found.examples[i].article, example, error);
        }
        return status;
}

/* Sold articles; where no article has a group the whole assortment is one. */
static enum status add_no_group(struct examination *examination, struct error *error)
{
        const struct engine_input *input = &examination->input;
        const uint32_t *lines_of = examination->report->survey.lines_of;
        uint64_t sold = 0, without = 0;
        for (size_t a = 0; a < input->article_count; a++) {
                sold += lines_of[a] > 0;
                without += lines_of[a] > 0 && input->article_group[a] == GROUP_NONE;
        }
        struct doctor_finding *finding = doctor_add(examination, DOCTOR_NO_GROUP, DOCTOR_WARNING, without, sold);
        enum status status = STATUS_OK;
        for (size_t a = 0; finding && a < input->article_count && status == STATUS_OK; a++) {
                if (!lines_of[a] || input->article_group[a] != GROUP_NONE)
                        continue;
                struct doctor_example *example = doctor_example(finding);
                if (!example)
                        break;
                status = name_article(examination, (uint32_t)a, example, error);
        }
        return status;
}

static enum status examine(struct examination *examination, struct error *error)
{
        const struct survey *survey = &examination->report->survey;
        enum status status = add_tally(examination, DOCTOR_FUTURE, DOCTOR_SERIOUS, &survey->future, survey->documents,
                                       error);
        if (status == STATUS_OK)
                status = add_tally(examination, DOCTOR_ANCIENT, DOCTOR_SERIOUS, &survey->ancient, survey->documents,
                                   error);
        if (status == STATUS_OK)
                status = add_tally(examination, DOCTOR_PRICES, DOCTOR_SERIOUS, &survey->far_prices, survey->lines,
                                   error);
        if (status == STATUS_OK)
                status = doctor_currencies(examination, error);
        if (status == STATUS_OK)
                status = doctor_duplicates(examination, error);
        if (status != STATUS_OK)
                return status;
        doctor_negative_customers(examination);
        add_months(examination);
        status = add_tally(examination, DOCTOR_DOCUMENTS, DOCTOR_WARNING, &survey->far_documents, survey->documents,
                           error);
        if (status == STATUS_OK)
                status = add_tally(examination, DOCTOR_QUANTITIES, DOCTOR_WARNING, &survey->far_quantities,
                                   survey->lines, error);
        if (status == STATUS_OK)
                status = add_two_groups(examination, error);
        if (status == STATUS_OK)
                status = add_no_group(examination, error);
        if (status != STATUS_OK)
                return status;
        struct doctor_finding *no_cost = doctor_add(examination, DOCTOR_NO_COST, DOCTOR_WARNING,
                                                    survey->lines_without_cost, survey->lines);
        if (no_cost) {
                no_cost->share_part = survey->value_without_cost_minor;
                no_cost->share_whole = survey->value_minor;
        }
        doctor_potentials(examination);
        status = add_tally(examination, DOCTOR_NEGATIVE_DOCUMENTS, DOCTOR_NOTE, &survey->negative, survey->documents,
                           error);
        doctor_no_contact(examination);
        doctor_prospects(examination);
        doctor_no_documents(examination);
        return status;
}

enum status doctor_examine(struct snapshot *snapshot, struct connection *connection, int32_t today,
                           struct arena *arena, struct doctor_report *ret, struct error *error)
{
        struct doctor_report report = {.customers = snapshot_customer_count(snapshot)};
        struct examination examination = {.snapshot = snapshot, .connection = connection, .arena = arena,
                                          .today = today, .report = &report};
        enum status status = survey_purchases(snapshot, today, arena, &report.survey, error);
        if (status == STATUS_OK)
                status = doctor_customers_load(&examination, error);
        if (status == STATUS_OK)
                status = examine(&examination, error);
        if (status == STATUS_OK)
                *ret = report;
        return status;
}
