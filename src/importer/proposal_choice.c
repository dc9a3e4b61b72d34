/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal_choice.c: which column of a file stands for which field.
 *
 * The heaviest name whose cells fit wins, over all fields at once, so that a column goes where it is named best. What
 * is required and found nowhere is asked, and so is a tie of two columns that differ.
 */
#include "base/buffer.h"
#include "importer/proposal_parts.h"
#include "importer/synonyms.h"

enum { OWN_NAME = SYNONYM_WEIGHT_MAX + 1, ANSWERED };

bool proposal_column_taken(const struct proposal *proposal, size_t column)
{
        for (size_t i = 0; i < proposal->target_count; i++)
                if (proposal->targets[i].column == (int)column)
                        return true;
        return false;
}

static bool most(uint64_t part, uint64_t all) { return all > 0 && part * 10 >= all * 9; }

bool proposal_column_fits(const struct proposal *proposal, const struct proposal_target *target, size_t column)
{
        const struct column_evidence *evidence = &proposal->evidence[column];
        enum day_form form;
        unsigned time;
        bool swappable;
        if (proposal->unusable[column] || evidence->filled == 0)
                return false;
        switch (target->type) {
        case FIELD_DAY:
                return column_evidence_day(evidence, &form, &time, &swappable);
        case FIELD_MONEY:
                /* What stands in the first line of a document only is its total, not a line's amount. */
                if (strcmp(target->name, "amount") == 0 && !most(evidence->filled, proposal->records))
                        return false;
                return column_evidence_is_number(evidence);
        case FIELD_QUANTITY:
        case FIELD_DECIMAL:
        case FIELD_INTEGER:
                return column_evidence_is_number(evidence);
        case FIELD_EMAIL:
                return most(evidence->emails, evidence->filled);
        case FIELD_YES_NO:
        case FIELD_KIND:
        case FIELD_METHOD:
        case FIELD_STATUS:
        case FIELD_ROLE:
        case FIELD_CHANNEL:
        case FIELD_CONSENT:
        case FIELD_BASIS:
                return evidence->distinct_count <= EVIDENCE_DISTINCT_MAX;
        case FIELD_TEXT:
        case FIELD_SHARE:
        case FIELD_MOMENT:
                break;
        }
        return true;
}

/* Does the header have all required fields by the names they have here, as our own exports do? Then all names count as
 * such: in other files "date" need not be the date of the invoice. */
static bool has_own_names(const struct proposal *proposal)
{
        const struct kind_info *kind = &kind_infos[proposal->request.kind];
        for (size_t f = 0; f < kind->field_count; f++) {
                bool found = !kind->fields[f].required;
                for (size_t c = 0; c < proposal->column_count && !found; c++)
                        found = text_is(proposal->header[c], kind->fields[f].name);
                if (!found)
                        return false;
        }
        return true;
}

/* The weight of a column for a field, 0 when its cells do not fit. */
static unsigned weight_of(const struct proposal *proposal, const struct proposal_target *target, size_t column,
                          bool own_names)
{
        const struct column_evidence *evidence = &proposal->evidence[column];
        bool code = false;
        if ((own_names || strchr(target->name, ':')) && text_is(proposal->header[column], target->name) &&
            proposal_column_fits(proposal, target, column))
                return OWN_NAME;
        unsigned weight = synonym_weight(proposal->request.kind, target->name, proposal->header[column], &code);
        if (!weight || !proposal_column_fits(proposal, target, column))
                return 0;
        return code && !most(evidence->codes, evidence->filled) ? 0 : weight;
}

/* ---- the fields a kind could have ---------------------------------------------------------------------------- */

static void add_target(struct proposal *proposal, const char *name, enum field_type type, bool required)
{
        if (proposal->target_count == PROPOSAL_TARGETS_MAX || proposal_target(proposal, name))
                return;
        proposal->targets[proposal->target_count++] =
                (struct proposal_target){.name = name, .type = type, .required = required, .column = -1};
}

static enum field_type type_of(enum import_kind kind, const char *name)
{
        for (size_t i = 0; i < kind_infos[kind].field_count; i++) {
                struct text field = text_of(kind_infos[kind].fields[i].name);
                bool family = field.data[field.length - 1] == '*';
                if (family ? strncmp(name, field.data, field.length - 1) == 0 : strcmp(name, field.data) == 0)
                        return kind_infos[kind].fields[i].type;
        }
        return FIELD_TEXT;
}

/* "attribute:colour" as a header says it all. */
static void add_family_members(struct proposal *proposal, const struct field_info *field)
{
        size_t stem = strlen(field->name) - 1;
        for (size_t c = 0; c < proposal->column_count; c++)
                if (!proposal->unusable[c] && proposal->header[c].length > stem &&
                    memcmp(proposal->header[c].data, field->name, stem) == 0)
                        add_target(proposal, proposal->header[c].data, field->type, false);
}

static void list_targets(struct proposal *proposal)
{
        enum import_kind kind = proposal->request.kind;
        proposal->target_count = 0;
        for (size_t i = 0; i < kind_infos[kind].field_count; i++) {
                const struct field_info *field = &kind_infos[kind].fields[i];
                if (field->name[strlen(field->name) - 1] != '*')
                        add_target(proposal, field->name, field->type, field->required);
                else
                        add_family_members(proposal, field);
        }
        for (size_t i = 0; i < synonym_count; i++)
                if (synonyms[i].kind == kind && synonyms[i].field[0] != '#')
                        add_target(proposal, synonyms[i].field, type_of(kind, synonyms[i].field), false);
        for (size_t i = 0; i < proposal->answer_count; i++)
                if (proposal->answers[i].option <= PROPOSAL_VALUE)
                        add_target(proposal, proposal->answers[i].name.data,
                                   type_of(kind, proposal->answers[i].name.data), false);
}

static void take_answers(struct proposal *proposal)
{
        for (size_t i = 0; i < proposal->target_count; i++) {
                struct proposal_target *target = &proposal->targets[i];
                target->constant = proposal_answered(proposal, PROPOSAL_VALUE, target->name);
                if (target->constant.data || !proposal_has_answer(proposal, PROPOSAL_COLUMN, target->name))
                        continue;
                struct text name = proposal_answered(proposal, PROPOSAL_COLUMN, target->name);
                target->left_out = name.length == 0;
                target->answered = true;
                for (size_t c = 0; c < proposal->column_count && name.length; c++)
                        if (text_equal(proposal->header[c], name) && !proposal->unusable[c]) {
                                target->column = (int)c;
                                target->weight = ANSWERED;
                        }
        }
}

static bool is_open(const struct proposal_target *target)
{
        return target->column < 0 && !target->left_out && !target->constant.data && !target->tied;
}

/* ---- the heaviest names first -------------------------------------------------------------------------------- */

static struct text header_of(const struct proposal *proposal, int column) { return proposal->header[column]; }

static const char *copied(struct proposal *proposal, struct text text)
{
        const char *copy = arena_copy(proposal->arena, text.data, text.length);
        return copy ? copy : "";
}

static void offer_column(struct proposal *proposal, struct proposal_question *question, size_t column)
{
        proposal_offer(question, proposal->header[column],
                       proposal_words(proposal, "import.proposal.candidate.column", "column",
                                      copied(proposal, proposal->header[column]), "examples",
                                      proposal_examples(proposal, column)));
}

/* Two columns with equally good names: the same for texts that decide nothing, else a question. */
static void break_tie(struct proposal *proposal, struct proposal_target *target, const size_t *columns, size_t count)
{
        bool differ = false;
        for (size_t i = 1; i < count; i++)
                differ = differ || proposal->evidence[columns[i]].digest != proposal->evidence[columns[0]].digest;
        if (!differ || (target->type == FIELD_TEXT && !target->required)) {
                target->column = (int)columns[0];
                return;
        }
        target->tied = true;
        struct proposal_question *question = proposal_ask(
                proposal, PROPOSAL_COLUMN, target->name,
                proposal_words(proposal, "import.proposal.question.several", "field", target->name));
        for (size_t i = 0; i < count; i++)
                offer_column(proposal, question, columns[i]);
}

static void assign_weight(struct proposal *proposal, unsigned weight, const uint8_t *weights)
{
        for (size_t t = 0; t < proposal->target_count; t++) {
                struct proposal_target *target = &proposal->targets[t];
                size_t columns[PROPOSAL_CANDIDATES_MAX], count = 0;
                if (!is_open(target))
                        continue;
                for (size_t c = 0; c < proposal->column_count && count < PROPOSAL_CANDIDATES_MAX; c++)
                        if (weights[t * proposal->column_count + c] == weight && !proposal_column_taken(proposal, c))
                                columns[count++] = c;
                if (count == 0)
                        continue;
                target->weight = weight;
                if (count == 1)
                        target->column = (int)columns[0];
                else
                        break_tie(proposal, target, columns, count);
        }
}

/* A required field may take the column of one that is not: the description is the article where nothing else is. */
static void take_over(struct proposal *proposal, const uint8_t *weights)
{
        for (size_t t = 0; t < proposal->target_count; t++) {
                struct proposal_target *target = &proposal->targets[t];
                size_t best = 0;
                uint8_t best_weight = 0;
                if (!target->required || !is_open(target))
                        continue;
                for (size_t c = 0; c < proposal->column_count; c++) {
                        bool free = true;
                        for (size_t o = 0; o < proposal->target_count; o++)
                                free = free && (proposal->targets[o].column != (int)c ||
                                                (!proposal->targets[o].required && !proposal->targets[o].answered));
                        if (free && weights[t * proposal->column_count + c] > best_weight) {
                                best = c;
                                best_weight = weights[t * proposal->column_count + c];
                        }
                }
                if (!best_weight)
                        continue;
                for (size_t o = 0; o < proposal->target_count; o++)
                        if (proposal->targets[o].column == (int)best)
                                proposal->targets[o].column = -1;
                target->column = (int)best;
                target->weight = best_weight;
        }
}

static void assign(struct proposal *proposal)
{
        size_t cells = proposal->target_count * (proposal->column_count ? proposal->column_count : 1);
        uint8_t *weights = arena_array(proposal->arena, uint8_t, cells);
        bool own_names = has_own_names(proposal);
        if (!weights)
                return;
        for (size_t t = 0; t < proposal->target_count; t++)
                for (size_t c = 0; c < proposal->column_count; c++)
                        weights[t * proposal->column_count + c] =
                                (uint8_t)weight_of(proposal, &proposal->targets[t], c, own_names);
        for (unsigned weight = OWN_NAME; weight; weight--)
                assign_weight(proposal, weight, weights);
        take_over(proposal, weights);
        for (size_t t = 0; t < proposal->target_count; t++) {
                const struct proposal_target *target = &proposal->targets[t];
                for (size_t c = 0; c < proposal->column_count && target->column >= 0; c++) {
                        uint8_t weight = weights[t * proposal->column_count + c];
                        if (weight == 0 || proposal_column_taken(proposal, c) || target->answered)
                                continue;
                        proposal_note(proposal, proposal_words(proposal, "import.proposal.note.rather", "field",
                                                               target->name, "column",
                                                               copied(proposal, header_of(proposal, target->column)),
                                                               "other", copied(proposal, proposal->header[c])));
                }
        }
}

/* ---- what is missing ----------------------------------------------------------------------------------------- */

/* The only column of dates is the date, whatever it is called. */
static void take_sole_date(struct proposal *proposal, struct proposal_target *target)
{
        size_t found = 0, count = 0;
        for (size_t c = 0; c < proposal->column_count; c++) {
                if (proposal_column_taken(proposal, c) || !proposal_column_fits(proposal, target, c))
                        continue;
                found = c;
                count++;
        }
        if (count == 1)
                target->column = (int)found;
}

static void ask_missing(struct proposal *proposal, const struct proposal_target *target)
{
        struct proposal_question *question = proposal_ask(
                proposal, PROPOSAL_COLUMN, target->name,
                proposal_words(proposal, "import.proposal.question.missing", "field", target->name));
        for (size_t c = 0; c < proposal->column_count; c++)
                if (!proposal_column_taken(proposal, c) && proposal_column_fits(proposal, target, c))
                        offer_column(proposal, question, c);
}

static bool is_mapped(struct proposal *proposal, const char *name)
{
        const struct proposal_target *target = proposal_target(proposal, name);
        return target && (target->column >= 0 || target->constant.data);
}

static void drop(struct proposal *proposal, const char *name)
{
        struct proposal_target *target = proposal_target(proposal, name);
        if (target && !target->answered)
                target->column = -1;
}

static void note_roles(struct proposal *proposal, const char *role, const char *key)
{
        bool code;
        for (size_t c = 0; c < proposal->column_count; c++)
                if (!proposal_column_taken(proposal, c) && proposal->evidence[c].filled &&
                    synonym_weight(proposal->request.kind, role, proposal->header[c], &code))
                        proposal_note(proposal, proposal_words(proposal, key, "column",
                                                               copied(proposal, proposal->header[c])));
}

/* A line's amount, or what it is made of. */
static void settle_amount(struct proposal *proposal)
{
        struct proposal_target *amount = proposal_target(proposal, "amount");
        if (is_mapped(proposal, "amount")) {
                drop(proposal, "unit_price");
                note_roles(proposal, ROLE_GROSS, "import.proposal.note.gross");
        } else if (!amount->tied && is_mapped(proposal, "quantity") && is_mapped(proposal, "unit_price")) {
                proposal_note(proposal, proposal_words(proposal, "import.proposal.note.multiplied"));
                note_roles(proposal, ROLE_GROSS, "import.proposal.note.gross");
        } else if (!amount->tied) {
                struct proposal_question *question = proposal_ask(proposal, PROPOSAL_COLUMN, "amount",
                                                                  proposal_words(proposal,
                                                                                 "import.proposal.question.amount"));
                for (size_t c = 0; c < proposal->column_count; c++)
                        if (!proposal_column_taken(proposal, c) && proposal_column_fits(proposal, amount, c))
                                offer_column(proposal, question, c);
        }
        note_roles(proposal, ROLE_UNIT_COST, "import.proposal.note.unit_cost");
}

void proposal_choose(struct proposal *proposal)
{
        list_targets(proposal);
        take_answers(proposal);
        assign(proposal);
        for (size_t t = 0; t < proposal->target_count; t++) {
                struct proposal_target *target = &proposal->targets[t];
                if (target->required && target->type == FIELD_DAY && is_open(target))
                        take_sole_date(proposal, target);
                if (target->required && target->column < 0 && !target->constant.data && !target->tied)
                        ask_missing(proposal, target);
        }
        if (proposal->request.kind == IMPORT_PURCHASES)
                settle_amount(proposal);
        if (proposal->request.kind == IMPORT_PRODUCTS && !is_mapped(proposal, "product_group"))
                drop(proposal, "group_name");
        if (proposal->request.kind == IMPORT_RESPONSIBILITIES && !is_mapped(proposal, "customer") &&
            !is_mapped(proposal, "territory"))
                ask_missing(proposal, proposal_target(proposal, "customer"));
}
