/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal_forms.c: the decimal mark, the forms of dates, the source; currencies and discounts that would make sums
 * wrong. Evidence decides; where there is none, or both ways, it is asked.
 */
#include "base/buffer.h"
#include "base/calendar.h"
#include "importer/proposal_parts.h"
#include "importer/synonyms.h"

enum { EVIDENCE_FACTOR = 10 };

static const char *copied(struct proposal *proposal, struct text text)
{
        const char *copy = arena_copy(proposal->arena, text.data, text.length);
        return copy ? copy : "";
}

/* ---- decimal mark -------------------------------------------------------------------------------------------- */

static bool is_number(enum field_type type)
{
        return type == FIELD_MONEY || type == FIELD_QUANTITY || type == FIELD_DECIMAL || type == FIELD_SHARE ||
               type == FIELD_INTEGER;
}

static void ask_decimal(struct proposal *proposal, const char *key, const char *value)
{
        struct proposal_question *question = proposal_ask(
                proposal, PROPOSAL_ANSWER, "decimal", proposal_words(proposal, key, "value", value));
        proposal_offer(question, text_of("comma"), proposal_words(proposal, "import.proposal.candidate.comma"));
        proposal_offer(question, text_of("point"), proposal_words(proposal, "import.proposal.candidate.point"));
        proposal->decimal_open = true;
}

static void settle_decimal(struct proposal *proposal)
{
        uint64_t point = 0, comma = 0, unclear = 0;
        const char *example = "";
        struct text answer = proposal_answered(proposal, PROPOSAL_ANSWER, "decimal");
        for (size_t t = 0; t < proposal->target_count; t++) {
                const struct proposal_target *target = &proposal->targets[t];
                if (target->column < 0 || !is_number(target->type))
                        continue;
                const struct column_evidence *evidence = &proposal->evidence[target->column];
                point += evidence->mark_point;
                comma += evidence->mark_comma;
                if (evidence->mark_unclear && unclear == 0)
                        example = evidence->unclear;
                unclear += evidence->mark_unclear;
        }
        proposal->decimal = DECIMAL_SETTING_AUTO;
        proposal->decimal_open = false;
        if (proposal->workbook)
                return;
        if (answer.data)
                proposal->decimal = text_is(answer, "comma") ? DECIMAL_SETTING_COMMA : DECIMAL_SETTING_POINT;
        else if (point && point >= EVIDENCE_FACTOR * comma)
                proposal->decimal = DECIMAL_SETTING_POINT;
        else if (comma && comma >= EVIDENCE_FACTOR * point)
                proposal->decimal = DECIMAL_SETTING_COMMA;
        else if (point || comma)
                ask_decimal(proposal, "import.proposal.question.decimal_mixed", example);
        else if (unclear)
                ask_decimal(proposal, "import.proposal.question.decimal", example);
}

/* ---- dates --------------------------------------------------------------------------------------------------- */

/* Does another column of dates in the same form show which number is the day? */
static bool decided_elsewhere(const struct proposal *proposal, size_t column, enum day_form form, enum day_form *ret)
{
        uint64_t here = 0, there = 0;
        enum day_form other = day_form_swapped(form);
        for (size_t c = 0; c < proposal->column_count; c++) {
                if (c == column)
                        continue;
                here += proposal->evidence[c].only[form];
                there += proposal->evidence[c].only[other];
        }
        if ((here > 0) == (there > 0))
                return false;
        *ret = here > 0 ? form : other;
        return true;
}

static bool is_day_first(enum day_form form)
{
        return form == DAY_FIRST || form == DAY_FIRST_SHORT || form == DAY_FIRST_DASHED;
}

static void ask_date(struct proposal *proposal, size_t column, enum day_form form, unsigned time)
{
        const struct column_evidence *evidence = &proposal->evidence[column];
        enum day_form forms[2] = {is_day_first(form) ? form : day_form_swapped(form), DAY_ISO};
        forms[1] = day_form_swapped(forms[0]);
        struct proposal_question *question = proposal_ask(
                proposal, PROPOSAL_ANSWER, "date",
                proposal_words(proposal, "import.proposal.question.date", "column",
                               copied(proposal, proposal->header[column]), "value", evidence->swapped));
        for (size_t i = 0; i < 2; i++) {
                struct buffer pattern buffer_cleanup, day buffer_cleanup;
                int32_t read = DAY_NONE;
                buffer_init(&pattern, 64);
                buffer_init(&day, 64);
                buffer_addf(&pattern, "%s%s", day_form_pattern(forms[i]), time_form_pattern(time));
                if (day_parse_format(text_of(evidence->swapped), pattern.data, &read))
                        format_add_day(&day, proposal->request.language, read);
                proposal_offer(question, text_of(i ? "month-first" : "day-first"),
                               proposal_words(proposal,
                                              i ? "import.proposal.candidate.month_first"
                                                : "import.proposal.candidate.day_first",
                                              "value", evidence->swapped, "day", day.data));
        }
}

static void settle_date(struct proposal *proposal, struct proposal_target *target)
{
        size_t column = (size_t)target->column;
        enum day_form form;
        unsigned time;
        bool swappable;
        struct text answer = proposal_answered(proposal, PROPOSAL_ANSWER, "date");
        if (!column_evidence_day(&proposal->evidence[column], &form, &time, &swappable))
                return;
        if (swappable && answer.data) {
                if (is_day_first(form) != text_is(answer, "day-first"))
                        form = day_form_swapped(form);
        } else if (swappable && !decided_elsewhere(proposal, column, form, &form)) {
                ask_date(proposal, column, form, time);
                target->form_open = true;
        }
        target->days = proposal->evidence[column].days[form];
        if (target->form_open || (form == DAY_ISO && time == 0))
                return; /* the latter is read without a pattern */
        struct buffer pattern buffer_cleanup;
        buffer_init(&pattern, 64);
        buffer_addf(&pattern, "%s%s", day_form_pattern(form), time_form_pattern(time));
        target->format = proposal_keep(proposal, &pattern);
}

/* ---- source, currency, discounts ----------------------------------------------------------------------------- */

static void settle_source(struct proposal *proposal)
{
        const struct proposal_request *request = &proposal->request;
        proposal->source = proposal_answered(proposal, PROPOSAL_SOURCE, "");
        if (proposal->source.data)
                return;
        proposal->source = request->source_count ? request->sources[0] : text_of("erp");
        if (request->source_count < 2)
                return;
        struct proposal_question *question = proposal_ask(proposal, PROPOSAL_SOURCE, "",
                                                          proposal_words(proposal, "import.proposal.question.source"));
        for (size_t i = 0; i < request->source_count; i++)
                proposal_offer(question, request->sources[i], request->sources[i]);
}

static bool has_role(const struct proposal *proposal, const char *role, size_t column)
{
        bool code;
        return !proposal_column_taken(proposal, column) && proposal->evidence[column].filled &&
               synonym_weight(proposal->request.kind, role, proposal->header[column], &code) > 0;
}

static void ask_currency(struct proposal *proposal, size_t column)
{
        const struct column_evidence *evidence = &proposal->evidence[column];
        struct text ledger = proposal->request.currency;
        bool foreign = evidence->distinct_count > 1;
        for (size_t i = 0; i < evidence->distinct_count && i < EVIDENCE_DISTINCT_MAX && ledger.length; i++) {
                struct text code = {evidence->distinct[i].text, evidence->distinct[i].length};
                bool same = text_equal(code, ledger) || (text_is(ledger, "EUR") && text_is(code, "\xE2\x82\xAC"));
                foreign = foreign || (code.length == 3 && !same);
        }
        if (!foreign)
                return;
        struct proposal_question *question = proposal_ask(
                proposal, PROPOSAL_ANSWER, "currency",
                proposal_words(proposal, "import.proposal.question.currency", "column",
                               copied(proposal, proposal->header[column]), "examples",
                               proposal_examples(proposal, column), "currency",
                               ledger.length ? copied(proposal, ledger) : "?"));
        proposal_offer(question, text_of("as-written"),
                       proposal_words(proposal, "import.proposal.candidate.as_written"));
}

static void ask_discount(struct proposal *proposal, size_t column)
{
        struct proposal_question *question = proposal_ask(
                proposal, PROPOSAL_ANSWER, "discount",
                proposal_words(proposal, "import.proposal.question.discount", "column",
                               copied(proposal, proposal->header[column]), "examples",
                               proposal_examples(proposal, column)));
        proposal_offer(question, text_of("ignore"), proposal_words(proposal, "import.proposal.candidate.ignore"));
}

static void settle_purchases(struct proposal *proposal)
{
        const struct proposal_target *amount = proposal_target(proposal, "amount");
        const struct proposal_target *price = proposal_target(proposal, "unit_price");
        bool multiplied = amount->column < 0 && !amount->tied && price->column >= 0;
        for (size_t c = 0; c < proposal->column_count; c++) {
                if (has_role(proposal, ROLE_CURRENCY, c) && !proposal_has_answer(proposal, PROPOSAL_ANSWER, "currency"))
                        ask_currency(proposal, c);
                if (multiplied && has_role(proposal, ROLE_DISCOUNT, c) && proposal->evidence[c].nonzero &&
                    !proposal_has_answer(proposal, PROPOSAL_ANSWER, "discount"))
                        ask_discount(proposal, c);
        }
}

void proposal_settle_forms(struct proposal *proposal)
{
        settle_decimal(proposal);
        for (size_t t = 0; t < proposal->target_count; t++)
                if (proposal->targets[t].column >= 0 && proposal->targets[t].type == FIELD_DAY)
                        settle_date(proposal, &proposal->targets[t]);
        settle_source(proposal);
        if (proposal->request.kind == IMPORT_PURCHASES)
                settle_purchases(proposal);
}
