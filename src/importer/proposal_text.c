/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal_text.c: the proposal as a table's rows and as a profile in YAML with its reasons as comments.
 */
#include "base/buffer.h"
#include "importer/proposal_parts.h"

enum { COMMENT_COLUMN = 48 };

/* The code point at text[*at] (valid UTF-8), and the bytes it takes. */
static uint32_t point_at(struct text text, size_t at, size_t *ret_length)
{
        const unsigned char *p = (const unsigned char *)text.data + at;
        size_t length = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
        uint32_t point = length == 1 ? p[0] : p[0] & (0xFFU >> (length + 1));
        if (at + length > text.length)
                length = text.length - at;
        for (size_t i = 1; i < length; i++)
                point = point << 6 | (p[i] & 0x3FU);
        *ret_length = length;
        return point;
}

/* What a YAML scanner would take for a line end, or refuse. */
static bool must_be_escaped(uint32_t point)
{
        return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029 ||
               point == 0xFEFF || point == 0xFFFE || point == 0xFFFF;
}

static void add_quoted(struct buffer *out, struct text text)
{
        buffer_add_byte(out, '"');
        for (size_t i = 0, length; i < text.length; i += length) {
                uint32_t point = point_at(text, i, &length);
                if (point == '"' || point == '\\')
                        buffer_addf(out, "\\%c", (char)point);
                else if (must_be_escaped(point))
                        buffer_addf(out, "\\u%04X", (unsigned)point);
                else
                        buffer_add(out, text.data + i, length);
        }
        buffer_add_byte(out, '"');
}

/* A comment ends with its line: nothing in it may end it before. */
static void add_comment(struct buffer *out, struct text text)
{
        buffer_add_text(out, "# ");
        for (size_t i = 0, length; i < text.length; i += length) {
                if (must_be_escaped(point_at(text, i, &length)))
                        buffer_add_byte(out, ' ');
                else
                        buffer_add(out, text.data + i, length);
        }
        buffer_add_byte(out, '\n');
}

static void add_aligned_comment(struct buffer *out, size_t line_start, struct text text)
{
        do {
                buffer_add_byte(out, ' ');
        } while (out->length - line_start < COMMENT_COLUMN && !out->failed);
        add_comment(out, text);
}

/* ---- the columns in words ------------------------------------------------------------------------------------ */

/* Says no form that is still asked. */
static void add_days(struct proposal *proposal, const struct proposal_target *target, struct buffer *out)
{
        buffer_add_text(out, "; ");
        message_add(out, proposal->request.language,
                    target->form_open ? "import.proposal.why.days_open" : "import.proposal.why.days", "count",
                    proposal_count(proposal, target->days), "format",
                    target->format.data ? target->format.data : "%Y-%m-%d", NULL);
}

static void add_numbers(struct proposal *proposal, const struct column_evidence *evidence, struct buffer *out)
{
        bool open = proposal->decimal_open &&
                    (evidence->mark_point || evidence->mark_comma || evidence->mark_unclear);
        uint64_t point = evidence->numbers_point, comma = evidence->numbers_comma;
        uint64_t count = proposal->decimal == DECIMAL_SETTING_POINT   ? point
                         : proposal->decimal == DECIMAL_SETTING_COMMA ? comma
                         : point > comma                              ? point
                                                                      : comma;
        buffer_add_text(out, "; ");
        message_add(out, proposal->request.language,
                    open ? "import.proposal.why.numbers_open" : "import.proposal.why.numbers", "count",
                    proposal_count(proposal, count), "negative", proposal_count(proposal, evidence->negative), NULL);
}

static struct text why(struct proposal *proposal, const struct proposal_target *target)
{
        if (target->constant.data)
                return proposal_words(proposal, "import.proposal.why.value");
        struct buffer text buffer_cleanup;
        buffer_init(&text, 4096);
        message_add(&text, proposal->request.language,
                    target->answered   ? "import.proposal.why.answered"
                    : target->weight   ? "import.proposal.why.name"
                                       : "import.proposal.why.sole_date",
                    NULL);
        if (target->type == FIELD_DAY && target->days)
                add_days(proposal, target, &text);
        else if (target->type == FIELD_MONEY || target->type == FIELD_QUANTITY || target->type == FIELD_DECIMAL)
                add_numbers(proposal, &proposal->evidence[target->column], &text);
        return proposal_keep(proposal, &text);
}

static enum status list_columns(struct proposal *proposal, struct error *error)
{
        struct proposal_view *view = &proposal->view;
        view->column_count = 0;
        view->columns = arena_array(proposal->arena, struct proposal_column, proposal->target_count + 1);
        if (!view->columns)
                return error_memory(error);
        for (size_t t = 0; t < proposal->target_count; t++) {
                const struct proposal_target *target = &proposal->targets[t];
                bool constant = target->constant.data != NULL;
                if (target->column < 0 && !constant)
                        continue;
                const struct column_evidence *evidence = constant ? NULL : &proposal->evidence[target->column];
                view->columns[view->column_count++] = (struct proposal_column){
                        .field = target->name,
                        .place = constant ? target->constant : proposal->header[target->column],
                        .is_constant = constant,
                        .format = target->format,
                        .example = constant ? target->constant
                                   : evidence->example_count ? evidence->examples[0] : (struct text){0},
                        .why = why(proposal, target),
                };
        }
        return STATUS_OK;
}

/* ---- YAML ---------------------------------------------------------------------------------------------------- */

static void add_columns(struct proposal *proposal, struct buffer *out)
{
        buffer_add_text(out, "columns:\n");
        for (size_t i = 0; i < proposal->view.column_count; i++) {
                const struct proposal_column *column = &proposal->view.columns[i];
                size_t start = out->length;
                buffer_add_text(out, "  ");
                if (strchr(column->field, ':'))
                        add_quoted(out, text_of(column->field));
                else
                        buffer_add_text(out, column->field);
                buffer_add_text(out, ": ");
                if (column->is_constant) {
                        buffer_add_text(out, "{value: ");
                        add_quoted(out, column->place);
                        buffer_add_byte(out, '}');
                } else if (column->format.length) {
                        buffer_add_text(out, "{column: ");
                        add_quoted(out, column->place);
                        buffer_add_text(out, ", format: ");
                        add_quoted(out, column->format);
                        buffer_add_byte(out, '}');
                } else {
                        add_quoted(out, column->place);
                }
                struct buffer comment buffer_cleanup;
                buffer_init(&comment, 8192);
                buffer_add(&comment, column->why.data, column->why.length);
                if (column->example.length && !column->is_constant) {
                        buffer_add_text(&comment, "; ");
                        message_add(&comment, proposal->request.language, "import.proposal.example", NULL);
                        buffer_add_byte(&comment, ' ');
                        buffer_add(&comment, column->example.data, column->example.length);
                }
                add_aligned_comment(out, start, (struct text){comment.data, comment.length});
        }
}

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
}

static const char *delimiter_word(char delimiter)
{
        return delimiter == ',' ? "\",\"" : delimiter == ';' ? "\";\"" : delimiter == '\t' ? "tab"
               : delimiter == '|' ? "\"|\"" : "auto";
}

static void add_document(struct proposal *proposal, struct buffer *out)
{
        static const char *const decimals[] = {"auto", "point", "comma"};
        const struct kind_info *kind = &kind_infos[proposal->request.kind];
        size_t start;
        add_comment(out, proposal_words(proposal, "import.proposal.yaml.head", "file",
                                        base_name(proposal->request.files[0]), "count",
                                        proposal_count(proposal, proposal->records), "kind", kind->name));
        buffer_addf(out, "kind: %s\n", kind->name);
        start = out->length;
        buffer_add_text(out, "source: ");
        add_quoted(out, proposal->source);
        add_aligned_comment(out, start, proposal_words(proposal, "import.proposal.yaml.source"));
        buffer_addf(out, "file: {encoding: auto, delimiter: %s, decimal: %s, header: true}\n",
                    delimiter_word(proposal->delimiter), decimals[proposal->decimal]);
        add_columns(proposal, out);
        if (proposal->request.kind == IMPORT_PURCHASES) {
                start = out->length;
                buffer_add_text(out, "create: [customers, products]");
                add_aligned_comment(out, start, proposal_words(proposal, "import.proposal.yaml.create"));
        }
        for (size_t i = 0; i < proposal->view.note_count; i++)
                add_comment(out, proposal->view.notes[i]);
}

enum status proposal_write(struct proposal *proposal, struct error *error)
{
        struct proposal_view *view = &proposal->view;
        enum status status = list_columns(proposal, error);
        if (status || view->question_count)
                return status;
        struct buffer yaml buffer_cleanup;
        buffer_init(&yaml, 1 << 20);
        add_document(proposal, &yaml);
        view->yaml = proposal_keep(proposal, &yaml);
        if (!view->yaml.data)
                return error_memory(error);
        return profile_parse(proposal->arena, view->yaml.data, view->yaml.length, &view->profile, error);
}
