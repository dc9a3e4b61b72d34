/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * template.c: sets of templates, and giving them out: one walk over the nodes with the contexts on a stack.
 */
#include "render/template.h"

#include <stdlib.h>

#include "render/template_parts.h"

enum { SET_BYTES_MAX = 256 << 20, SCRATCH_BYTES_MAX = 4 << 20, MESSAGE_ARGUMENTS_MAX = 16 };

/* ---- sets -------------------------------------------------------------------------------------------------------- */

static int compare_names(struct text a, const char *b)
{
        return text_compare(a, text_of(b));
}

/* Where a template of this name is, or would be. */
static size_t place_of(const struct template_set *set, struct text name)
{
        size_t low = 0, high = set->count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (compare_names(name, set->templates[middle].name) > 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

struct template *template_find(const struct template_set *set, struct text name)
{
        size_t place = place_of(set, name);
        return place < set->count && text_is(name, set->templates[place].name) ? &set->templates[place] : NULL;
}

bool template_set_has(const struct template_set *set, const char *name)
{
        return template_find(set, text_of(name)) != NULL;
}

/* Puts a source into its place; one of the same name gives way. */
static bool add_source(struct template_set *set, const struct template_source *source)
{
        size_t place = place_of(set, text_of(source->name));
        if (place == set->count || strcmp(set->templates[place].name, source->name) != 0) {
                memmove(&set->templates[place + 1], &set->templates[place],
                        (set->count - place) * sizeof(set->templates[0]));
                set->count++;
        }
        struct template *template = &set->templates[place];
        *template = (struct template){.name = arena_copy(set->arena, source->name, strlen(source->name))};
        return template->name && arena_keep_text(set->arena, source->text, &template->text);
}

enum status template_set_new(const struct template_source *sources, size_t count, bool lenient,
                             struct template_set **ret, struct error *error)
{
        struct template_set *set template_set_cleanup = calloc(1, sizeof(*set));
        if (!set)
                return error_memory(error);
        set->arena = arena_new(SET_BYTES_MAX);
        set->templates = set->arena ? arena_array(set->arena, struct template, count + 1) : NULL;
        if (!set->templates)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                if (!add_source(set, &sources[i]))
                        return error_memory(error);
        for (size_t i = 0; i < set->count; i++) {
                enum status status = template_parse(set, &set->templates[i], lenient, error);
                if (status != STATUS_OK)
                        return status;
        }
        *ret = set;
        set = NULL;
        return STATUS_OK;
}

void template_set_free(struct template_set *set)
{
        if (!set)
                return;
        arena_free(set->arena);
        free(set);
}

/* ---- rendering --------------------------------------------------------------------------------------------------- */

struct rendering {
        const struct template_page *page;
        const struct template *page_template;  /* what {{>page}} stands for; NULL: nothing */
        const struct value *contexts[TEMPLATE_CONTEXTS_MAX];
        size_t context_count;
        struct text indentations[TEMPLATE_PARTIALS_MAX];
        size_t depth;                          /* of partials */
        size_t steps, steps_max;
        struct buffer *out, scratch;
        enum status status;
        struct error *error;
};

static bool give_up(struct rendering *r, const struct template *template, const struct node *node, enum status status,
                    const char *key, const char *name, const char *value)
{
        r->status = error_at(r->error, status, node->line, node->column, key, "template", template->name, name, value,
                             NULL);
        return false;
}

static bool give_up_limit(struct rendering *r, const struct template *template, const struct node *node,
                          const char *key, size_t limit)
{
        char digits[24];
        snprintf(digits, sizeof(digits), "%zu", limit);
        return give_up(r, template, node, STATUS_LIMIT, key, "limit", digits);
}

/* What could not be appended to the page: it is full, or there is no memory. */
static bool is_full(struct rendering *r, const struct template *template, const struct node *node, size_t more)
{
        if (more > r->out->length_max - r->out->length)
                return give_up_limit(r, template, node, "template.output_limit", r->out->length_max);
        r->status = error_memory(r->error);
        return false;
}

static bool emit(struct rendering *r, const struct template *template, const struct node *node, const char *data,
                 size_t length)
{
        return buffer_add(r->out, data, length) || is_full(r, template, node, length);
}

static bool emit_escaped(struct rendering *r, const struct template *template, const struct node *node,
                         struct text text)
{
        size_t start = 0;
        for (size_t i = 0; i < text.length; i++) {
                const char *instead;
                switch (text.data[i]) {
                case '&':
                        instead = "&amp;";
                        break;
                case '<':
                        instead = "&lt;";
                        break;
                case '>':
                        instead = "&gt;";
                        break;
                case '"':
                        instead = "&quot;";
                        break;
                case '\'':
                        instead = "&#39;";
                        break;
                default:
                        continue;
                }
                if (!emit(r, template, node, text.data + start, i - start) ||
                    !emit(r, template, node, instead, strlen(instead)))
                        return false;
                start = i + 1;
        }
        return emit(r, template, node, text.data + start, text.length - start);
}

/* The first part of a dotted name is looked up in all contexts, the others in what was found only. */
static const struct value *look_up(const struct rendering *r, const struct path *path)
{
        if (path->count == 0)
                return r->contexts[r->context_count - 1];
        const struct value *value = NULL;
        for (size_t i = r->context_count; i > 0 && !value; i--)
                value = value_get(r->contexts[i - 1], path->parts[0]);
        for (size_t i = 1; i < path->count && value; i++)
                value = value_get(value, path->parts[i]);
        return value;
}

/* As look_up, for what is given out: a name nobody knows is told. */
static const struct value *look_up_shown(const struct rendering *r, const struct template *template,
                                         const struct node *node, const struct path *path)
{
        const struct value *value = look_up(r, path);
        if (!value && r->page->missing) {
                buffer_addf(r->page->missing, "%s:%u: ", template->name, node->line);
                for (size_t i = 0; i < path->count; i++)
                        buffer_addf(r->page->missing, "%s%s", i ? "." : "", path->parts[i]);
                buffer_add_byte(r->page->missing, '\n');
        }
        return value;
}

static bool is_false(const struct value *value)
{
        switch (value_kind(value)) {
        case VALUE_NONE:
                return true;
        case VALUE_YES_NO:
        case VALUE_COUNT:
                return value_integer(value) == 0;
        case VALUE_TEXT:
        case VALUE_NAMED:
                return value_text(value).length == 0;
        case VALUE_LIST:
                return value_count(value) == 0;
        default:
                return false;
        }
}

/* Prints into the scratch, which is emptied, and gives it out. */
static bool emit_value(struct rendering *r, const struct template *template, const struct node *node,
                       const struct value *value, struct print_how how)
{
        buffer_clear(&r->scratch);
        print_value(&r->scratch, value, how, &r->page->style);
        if (r->scratch.failed) {
                r->status = error_memory(r->error);
                return false;
        }
        struct text text = {r->scratch.data, r->scratch.length};
        return node->raw || print_is_markup(how) ? emit(r, template, node, text.data, text.length)
                                                 : emit_escaped(r, template, node, text);
}

static bool render_value(struct rendering *r, const struct template *template, const struct node *node)
{
        const struct value *value = look_up_shown(r, template, node, &node->path);
        enum value_kind kind = value_kind(value);
        if (kind == VALUE_NONE || kind == VALUE_MAP)
                return true;
        if (kind == VALUE_TEXT) { /* most values: without a detour */
                struct text text = value_text(value);
                return node->raw ? emit(r, template, node, text.data, text.length)
                                 : emit_escaped(r, template, node, text);
        }
        return emit_value(r, template, node, value, (struct print_how){PRINT_USUAL, false});
}

static bool render_form(struct rendering *r, const struct template *template, const struct node *node)
{
        const struct value *value = look_up_shown(r, template, node, &node->path);
        if (!print_fits(value_kind(value), node->how)) {
                char name[64];
                snprintf(name, sizeof(name), "%.*s", (int)(node->text.length < 63 ? node->text.length : 63),
                         node->text.data);
                return give_up(r, template, node, STATUS_INVALID, "template.wrong_form", "name", name);
        }
        return emit_value(r, template, node, value, node->how);
}

static bool render_message(struct rendering *r, const struct template *template, const struct node *node)
{
        struct message_argument arguments[MESSAGE_ARGUMENTS_MAX];
        size_t offsets[MESSAGE_ARGUMENTS_MAX];
        struct buffer values buffer_cleanup;
        buffer_init(&values, SCRATCH_BYTES_MAX);
        for (size_t i = 0; i < node->message.count; i++) {
                const struct message_part *part = &node->message.arguments[i];
                const struct value *value = look_up_shown(r, template, node, &part->path);
                if (!print_fits(value_kind(value), part->how))
                        return give_up(r, template, node, STATUS_INVALID, "template.wrong_form", "name", part->name);
                offsets[i] = values.length;
                print_value(&values, value, part->how, &r->page->style);
                buffer_add_byte(&values, '\0');
        }
        for (size_t i = 0; i < node->message.count; i++)
                arguments[i] = (struct message_argument){node->message.arguments[i].name, values.data + offsets[i]};
        buffer_clear(&r->scratch);
        if (values.failed || !message_add_arguments(&r->scratch, r->page->style.language, node->message.key, arguments,
                                                    node->message.count)) {
                r->status = error_memory(r->error);
                return false;
        }
        return emit_escaped(r, template, node, (struct text){r->scratch.data, r->scratch.length});
}

static bool render_literal(struct rendering *r, const struct template *template, const struct node *node)
{
        if (node->at_line_start)
                for (size_t i = 0; i < r->depth; i++)
                        if (r->indentations[i].length &&
                            !emit(r, template, node, r->indentations[i].data, r->indentations[i].length))
                                return false;
        return emit(r, template, node, node->text.data, node->text.length);
}

static bool render_nodes(struct rendering *r, const struct template *template, size_t begin, size_t end);

static bool render_inside(struct rendering *r, const struct template *template, size_t place,
                          const struct value *context)
{
        const struct node *node = &template->nodes[place];
        if (r->context_count == TEMPLATE_CONTEXTS_MAX)
                return give_up_limit(r, template, node, "template.too_deep", TEMPLATE_CONTEXTS_MAX);
        r->contexts[r->context_count++] = context;
        bool done = render_nodes(r, template, place + 1, node->end);
        r->context_count--;
        return done;
}

static bool render_section(struct rendering *r, const struct template *template, size_t place)
{
        const struct node *node = &template->nodes[place];
        const struct value *value = look_up(r, &node->path);
        if (node->kind == NODE_INVERTED)
                return !is_false(value) || render_nodes(r, template, place + 1, node->end);
        if (is_false(value))
                return true;
        if (value_kind(value) != VALUE_LIST)
                return render_inside(r, template, place, value);
        for (const struct value *item = value_first(value); item; item = value_next(item))
                if (!render_inside(r, template, place, item))
                        return false;
        return true;
}

static bool render_partial(struct rendering *r, const struct template *template, const struct node *node)
{
        const struct template *partial = node->is_page && r->page_template ? r->page_template : node->partial;
        if (!partial)
                return true;
        if (r->depth == TEMPLATE_PARTIALS_MAX)
                return give_up_limit(r, template, node, "template.too_deep", TEMPLATE_PARTIALS_MAX);
        r->indentations[r->depth++] = node->text;
        bool done = render_nodes(r, partial, 0, partial->node_count);
        r->depth--;
        return done;
}

static bool render_nodes(struct rendering *r, const struct template *template, size_t begin, size_t end)
{
        for (size_t place = begin; place < end;) {
                const struct node *node = &template->nodes[place];
                bool done = true;
                if (++r->steps > r->steps_max)
                        return give_up_limit(r, template, node, "template.steps_limit", r->steps_max);
                switch (node->kind) {
                case NODE_LITERAL:
                        done = render_literal(r, template, node);
                        break;
                case NODE_VALUE:
                        done = render_value(r, template, node);
                        break;
                case NODE_SECTION:
                case NODE_INVERTED:
                        done = render_section(r, template, place);
                        break;
                case NODE_PARTIAL:
                        done = render_partial(r, template, node);
                        break;
                case NODE_MESSAGE:
                        done = render_message(r, template, node);
                        break;
                case NODE_FORM:
                        done = render_form(r, template, node);
                        break;
                }
                if (!done)
                        return false;
                place = node->kind == NODE_SECTION || node->kind == NODE_INVERTED ? node->end : place + 1;
        }
        return true;
}

enum status template_render(const struct template_set *set, const struct template_page *page, struct buffer *out,
                            struct error *error)
{
        const char *outer = page->layout ? page->layout : page->name;
        const struct template *first = template_find(set, text_of(outer));
        const struct template *inner = template_find(set, text_of(page->name));
        if (!first || !inner)
                return error_set(error, STATUS_NOT_FOUND, "template.missing", "name", first ? page->name : outer, NULL);
        struct rendering r = {.page = page, .page_template = page->layout ? inner : NULL, .out = out, .error = error,
                              .steps_max = page->steps_max ? page->steps_max : TEMPLATE_STEPS_MAX};
        if (page->frame)
                r.contexts[r.context_count++] = page->frame;
        r.contexts[r.context_count++] = page->model;
        buffer_init(&r.scratch, SCRATCH_BYTES_MAX);
        render_nodes(&r, first, 0, first->node_count);
        buffer_release(&r.scratch);
        return r.status;
}
