/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * template_parse.c: a template's text becomes an array of nodes; a section knows the node behind its end.
 *
 * A tag that is no value and stands alone on its line takes the whole line with it. Indentation in front of a partial
 * that stands alone belongs to each of the partial's lines: literals that begin a line carry a mark for it.
 */
#include "render/template_parts.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "i18n/message.h"

enum { NODES_BYTES_MAX = 64 << 20, PATH_PARTS_MAX = 8, NAME_MAX_BYTES = 200, DELIMITER_MAX = 8, ARGUMENTS_MAX = 16 };

struct parsing {
        const struct template_set *set;
        struct template *template;
        bool lenient;
        const char *at, *end;            /* what is not read yet */
        char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
        struct buffer nodes;
        size_t sections[TEMPLATE_SECTIONS_MAX]; /* nodes of those that are open */
        size_t section_count;
        struct error *error;
        const char *known;               /* a place whose line and column are known: places mostly go forward */
        unsigned known_line, known_column;
};

/* What stands between two delimiters. */
struct tag {
        const char *begin, *end;  /* with the delimiters */
        char sign;                /* # ^ / > & { ! = or 0 */
        struct text text;         /* behind the sign, without blanks around it */
};

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static void position_of(struct parsing *p, const char *where, unsigned *ret_line, unsigned *ret_column)
{
        if (!p->known || where < p->known) {
                p->known = p->template->text.data;
                p->known_line = p->known_column = 1;
        }
        for (; p->known < where; p->known++) {
                bool new_line = *p->known == '\n';
                p->known_line += new_line;
                p->known_column = new_line ? 1 : p->known_column + (((unsigned char)*p->known & 0xC0) != 0x80);
        }
        *ret_line = p->known_line;
        *ret_column = p->known_column;
}

/* The beginning of `text`, NUL-terminated, for a message. */
static const char *cut(struct text text, char copy[static NAME_MAX_BYTES + 1])
{
        size_t length = text.length < NAME_MAX_BYTES ? text.length : NAME_MAX_BYTES;
        if (length)
                memcpy(copy, text.data, length);
        copy[length] = '\0';
        return copy;
}

/* `name` and `value`: another argument of the message besides the template. */
static enum status wrong(struct parsing *p, const char *where, const char *key, const char *name, struct text value)
{
        char copy[NAME_MAX_BYTES + 1];
        unsigned line, column;
        position_of(p, where, &line, &column);
        return error_at(p->error, STATUS_INVALID, line, column, key, "template", p->template->name, name,
                        cut(value, copy), NULL);
}

static enum status wrong_limit(struct parsing *p, const char *where, const char *key, int limit)
{
        char digits[16];
        snprintf(digits, sizeof(digits), "%d", limit);
        return wrong(p, where, key, "limit", text_of(digits));
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static bool is_name_byte(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_partial_name(struct text name)
{
        for (size_t i = 0; i < name.length; i++)
                if (!is_name_byte(name.data[i]) && name.data[i] != '-' && name.data[i] != '/')
                        return false;
        return name.length > 0 && name.length <= NAME_MAX_BYTES;
}

static enum status parse_path(struct parsing *p, struct text name, struct path *ret)
{
        const char **parts = arena_array(p->set->arena, const char *, PATH_PARTS_MAX);
        size_t count = 0, start = 0;
        if (!parts)
                return error_memory(p->error);
        if (text_is(name, ".")) {
                *ret = (struct path){parts, 0};
                return STATUS_OK;
        }
        for (size_t i = 0; i <= name.length; i++) {
                if (i < name.length && is_name_byte(name.data[i]))
                        continue;
                if (i == start || count == PATH_PARTS_MAX || (i < name.length && name.data[i] != '.'))
                        return wrong(p, name.data, "template.bad_name", "name", name);
                parts[count] = arena_copy(p->set->arena, name.data + start, i - start);
                if (!parts[count++])
                        return error_memory(p->error);
                start = i + 1;
        }
        *ret = (struct path){parts, count};
        return STATUS_OK;
}

/* The next word of `rest`, which is shortened; empty at the end. */
static struct text next_word(struct text *rest)
{
        size_t begin = 0, end;
        while (begin < rest->length && is_space(rest->data[begin]))
                begin++;
        for (end = begin; end < rest->length && !is_space(rest->data[end]);)
                end++;
        struct text word = {rest->data + begin, end - begin};
        *rest = (struct text){rest->data + end, rest->length - end};
        return word;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static struct node *node_at(struct parsing *p, size_t index)
{
        return (struct node *)(void *)p->nodes.data + index;
}

static size_t node_count(const struct parsing *p) { return p->nodes.length / sizeof(struct node); }

static enum status add_node(struct parsing *p, const char *where, struct node node)
{
        position_of(p, where, &node.line, &node.column);
        if (buffer_add(&p->nodes, &node, sizeof(node)))
                return STATUS_OK;
        return p->nodes.length + sizeof(node) > NODES_BYTES_MAX
                       ? wrong_limit(p, where, "template.too_large", NODES_BYTES_MAX / (int)sizeof(node))
                       : error_memory(p->error);
}

static bool begins_line(const struct parsing *p, const char *where)
{
        return where == p->template->text.data || where[-1] == '\n';
}

/* Text line by line, so that each can be indented. Empty lines are not. */
static enum status add_literal(struct parsing *p, const char *begin, const char *end)
{
        while (begin < end) {
                const char *line_end = memchr(begin, '\n', (size_t)(end - begin));
                const char *piece_end = line_end ? line_end + 1 : end;
                struct text text = {begin, (size_t)(piece_end - begin)};
                bool empty = text_is(text, "\n") || text_is(text, "\r\n");
                struct node node = {.kind = NODE_LITERAL, .text = text,
                                    .at_line_start = begins_line(p, begin) && !empty};
                enum status status = add_node(p, begin, node);
                if (status != STATUS_OK)
                        return status;
                begin = piece_end;
        }
        return STATUS_OK;
}

/* ---- tags -------------------------------------------------------------------------------------------------------- */

static const char *find(const char *begin, const char *end, const char *what)
{
        return memmem(begin, (size_t)(end - begin), what, strlen(what));
}

/* The tag that begins at `begin`. */
static enum status read_tag(struct parsing *p, const char *begin, struct tag *ret)
{
        char closing[DELIMITER_MAX + 2];
        const char *from = begin + strlen(p->open);
        char sign = from < p->end && strchr("#^/>&{!=", *from) && *from ? *from : '\0';
        from += sign != '\0';
        snprintf(closing, sizeof(closing), "%s%s", sign == '{' ? "}" : sign == '=' ? "=" : "", p->close);
        const char *stop = find(from, p->end, closing);
        if (!stop)
                return wrong(p, begin, "template.unclosed_tag", "end", text_of(closing));
        const char *end = stop + strlen(closing);
        while (from < stop && is_space(*from))
                from++;
        while (stop > from && is_space(stop[-1]))
                stop--;
        *ret = (struct tag){begin, end, sign, {from, (size_t)(stop - from)}};
        return STATUS_OK;
}

/* Whether only blanks stand around a tag on its line; where the line begins and the next one does. */
static bool stands_alone(const struct parsing *p, const struct tag *tag, const char **ret_line, const char **ret_next)
{
        const char *line = tag->begin, *next = tag->end;
        if (tag->sign == '\0' || tag->sign == '&' || tag->sign == '{')
                return false;
        while (line > p->template->text.data && is_blank(line[-1]))
                line--;
        if (!begins_line(p, line))
                return false;
        while (next < p->end && is_blank(*next))
                next++;
        if (next < p->end && *next == '\r' && next + 1 < p->end && next[1] == '\n')
                next++;
        if (next < p->end && *next != '\n')
                return false;
        *ret_line = line;
        *ret_next = next < p->end ? next + 1 : next;
        return true;
}

static enum status set_delimiters(struct parsing *p, const struct tag *tag)
{
        struct text rest = tag->text, open = next_word(&rest), close = next_word(&rest);
        bool good = open.length && close.length && open.length <= DELIMITER_MAX && close.length <= DELIMITER_MAX &&
                    !next_word(&rest).length && !memchr(open.data, '=', open.length) &&
                    !memchr(close.data, '=', close.length) && !memchr(open.data, '\0', open.length) &&
                    !memchr(close.data, '\0', close.length);
        if (!good)
                return wrong(p, tag->begin, "template.bad_delimiters", NULL, (struct text){NULL, 0});
        snprintf(p->open, sizeof(p->open), "%.*s", (int)open.length, open.data);
        snprintf(p->close, sizeof(p->close), "%.*s", (int)close.length, close.data);
        return STATUS_OK;
}

static enum status begin_section(struct parsing *p, const struct tag *tag)
{
        struct node node = {.kind = tag->sign == '#' ? NODE_SECTION : NODE_INVERTED, .text = tag->text};
        enum status status = parse_path(p, tag->text, &node.path);
        if (status != STATUS_OK)
                return status;
        if (p->section_count == TEMPLATE_SECTIONS_MAX)
                return wrong_limit(p, tag->begin, "template.too_deep", TEMPLATE_SECTIONS_MAX);
        p->sections[p->section_count++] = node_count(p);
        return add_node(p, tag->begin, node);
}

static enum status end_section(struct parsing *p, const struct tag *tag)
{
        if (p->section_count == 0)
                return wrong(p, tag->begin, "template.end_without_begin", "name", tag->text);
        struct node *open = node_at(p, p->sections[--p->section_count]);
        if (!text_equal(open->text, tag->text)) {
                char ended[NAME_MAX_BYTES + 1], name[NAME_MAX_BYTES + 1];
                unsigned line, column;
                position_of(p, tag->begin, &line, &column);
                return error_at(p->error, STATUS_INVALID, line, column, "template.wrong_end", "template",
                                p->template->name, "name", cut(tag->text, ended), "open", cut(open->text, name), NULL);
        }
        open->end = node_count(p);
        return STATUS_OK;
}

static enum status add_partial(struct parsing *p, const struct tag *tag, struct text indentation)
{
        struct node node = {.kind = NODE_PARTIAL, .text = indentation};
        if (!is_partial_name(tag->text))
                return wrong(p, tag->begin, "template.bad_name", "name", tag->text);
        node.is_page = text_is(tag->text, "page");
        node.partial = template_find(p->set, tag->text);
        if (!node.partial && !node.is_page && !p->lenient)
                return wrong(p, tag->begin, "template.unknown_partial", "name", tag->text);
        return add_node(p, tag->begin, node);
}

/* ---- translate and format ---------------------------------------------------------------------------------------- */

/* "rows.total" or "maximum:short", also "maximum:short:signed". */
static enum status parse_argument(struct parsing *p, struct text text, struct message_part *part)
{
        const char *colon = memchr(text.data, ':', text.length);
        struct text name = {text.data, colon ? (size_t)(colon - text.data) : text.length};
        while (colon) {
                const char *from = colon + 1, *stop = text.data + text.length;
                colon = memchr(from, ':', (size_t)(stop - from));
                struct text form = {from, (size_t)((colon ? colon : stop) - from)};
                if (!print_how_parse(form, &part->how) || print_is_markup(part->how))
                        return wrong(p, from, "template.unknown_form", "name", form);
        }
        return parse_path(p, name, &part->path);
}

/* The {names} in the text of a key, each once, in all languages (which have the same). */
static size_t message_names(struct parsing *p, const char *key, struct message_part *parts)
{
        size_t count = 0;
        for (const char *at = message_raw(LANGUAGE_GERMAN, key); (at = strchr(at, '{'));) {
                const char *close = strchr(++at, '}');
                bool known = !close;
                for (size_t i = 0; !known && i < count; i++)
                        known = strncmp(parts[i].name, at, (size_t)(close - at)) == 0 && !parts[i].name[close - at];
                if (!known && count < ARGUMENTS_MAX)
                        parts[count++].name = arena_copy(p->set->arena, at, (size_t)(close - at));
        }
        return count;
}

static enum status parse_message(struct parsing *p, struct text text, struct node *node)
{
        struct text rest = text, key = next_word(&rest);
        struct message_part *parts = arena_array(p->set->arena, struct message_part, ARGUMENTS_MAX);
        node->message.key = arena_copy(p->set->arena, key.data, key.length);
        if (!parts || !node->message.key)
                return error_memory(p->error);
        if (!message_exists(node->message.key))
                return wrong(p, key.data, "template.unknown_message", "key", key);
        node->message.arguments = parts;
        node->message.count = message_names(p, node->message.key, parts);
        for (struct text word = next_word(&rest); word.length; word = next_word(&rest)) {
                const char *equals = memchr(word.data, '=', word.length);
                struct text name = {word.data, equals ? (size_t)(equals - word.data) : word.length};
                struct message_part *part = NULL;
                for (size_t i = 0; i < node->message.count; i++)
                        if (parts[i].name && text_is(name, parts[i].name) && !parts[i].path.parts)
                                part = &parts[i];
                if (!part || !equals) {
                        char copy[NAME_MAX_BYTES + 1];
                        unsigned line, column;
                        position_of(p, word.data, &line, &column);
                        return error_at(p->error, STATUS_INVALID, line, column, "template.unknown_argument",
                                        "template", p->template->name, "key", node->message.key, "name",
                                        cut(name, copy), NULL);
                }
                struct text value = {equals + 1, word.length - name.length - 1};
                enum status status = parse_argument(p, value, part);
                if (status != STATUS_OK)
                        return status;
        }
        for (size_t i = 0; i < node->message.count; i++) {
                if (!parts[i].name)
                        return error_memory(p->error);
                enum status status = parts[i].path.parts ? STATUS_OK
                                                         : parse_path(p, text_of(parts[i].name), &parts[i].path);
                if (status != STATUS_OK)
                        return status;
        }
        return STATUS_OK;
}

static enum status parse_form(struct parsing *p, struct text text, struct node *node)
{
        struct text rest = text, name = next_word(&rest);
        node->text = name;
        enum status status = parse_path(p, name, &node->path);
        for (struct text word = next_word(&rest); status == STATUS_OK && word.length; word = next_word(&rest))
                if (!print_how_parse(word, &node->how))
                        return wrong(p, word.data, "template.unknown_form", "name", word);
        return status;
}

/* {{#t}}...{{/t}} and {{#f}}...{{/f}}: plain text between two tags; `tag` becomes both and what stands between. */
static enum status add_built_in(struct parsing *p, struct tag *tag)
{
        struct tag end;
        const char *next = find(tag->end, p->end, p->open);
        enum status status = next ? read_tag(p, next, &end)
                                  : wrong(p, tag->begin, "template.unclosed_section", "name", tag->text);
        if (status != STATUS_OK)
                return status;
        if (end.sign != '/' || !text_equal(end.text, tag->text))
                return wrong(p, next, "template.plain_section", "name", tag->text);
        struct text inside = {tag->end, (size_t)(next - tag->end)};
        bool message = text_is(tag->text, "t");
        struct node node = {.kind = message ? NODE_MESSAGE : NODE_FORM};
        status = message ? parse_message(p, inside, &node) : parse_form(p, inside, &node);
        tag->end = end.end;
        return status == STATUS_OK ? add_node(p, tag->begin, node) : status;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static enum status add_value(struct parsing *p, const struct tag *tag)
{
        struct node node = {.kind = NODE_VALUE, .raw = tag->sign != '\0', .text = tag->text};
        enum status status = parse_path(p, tag->text, &node.path);
        return status == STATUS_OK ? add_node(p, tag->begin, node) : status;
}

static enum status add_tag(struct parsing *p, struct tag *tag, struct text indentation)
{
        switch (tag->sign) {
        case '!':
                return STATUS_OK;
        case '=':
                return set_delimiters(p, tag);
        case '#':
                return text_is(tag->text, "t") || text_is(tag->text, "f") ? add_built_in(p, tag)
                                                                          : begin_section(p, tag);
        case '^':
                return begin_section(p, tag);
        case '/':
                return end_section(p, tag);
        case '>':
                return add_partial(p, tag, indentation);
        default:
                return add_value(p, tag);
        }
}

/* Text up to the next tag, and that. */
static enum status parse_next(struct parsing *p)
{
        const char *begin = find(p->at, p->end, p->open);
        struct tag tag;
        if (!begin) {
                begin = p->at;
                p->at = p->end;
                return add_literal(p, begin, p->end);
        }
        const char *line = begin, *next;
        enum status status = read_tag(p, begin, &tag);
        if (status != STATUS_OK)
                return status;
        bool built_in = tag.sign == '#' && (text_is(tag.text, "t") || text_is(tag.text, "f"));
        bool alone = !built_in && stands_alone(p, &tag, &line, &next);
        status = add_literal(p, p->at, alone ? line : begin);
        if (status == STATUS_OK && !alone && begins_line(p, begin))
                status = add_node(p, begin, (struct node){.kind = NODE_LITERAL, .text = {begin, 0},
                                                          .at_line_start = true});
        if (status == STATUS_OK)
                status = add_tag(p, &tag, alone ? (struct text){line, (size_t)(begin - line)} : (struct text){"", 0});
        p->at = alone ? next : tag.end;
        return status;
}

static enum status keep_nodes(struct parsing *p)
{
        if (p->section_count) {
                const struct node *open = node_at(p, p->sections[p->section_count - 1]);
                return wrong(p, open->text.data, "template.unclosed_section", "name", open->text);
        }
        struct node *nodes = arena_keep_list(p->set->arena, &p->nodes);
        if (!nodes)
                return error_memory(p->error);
        p->template->nodes = nodes;
        p->template->node_count = node_count(p);
        return STATUS_OK;
}

enum status template_parse(const struct template_set *set, struct template *template, bool lenient, struct error *error)
{
        struct parsing p = {.set = set, .template = template, .lenient = lenient, .at = template->text.data,
                            .end = template->text.data + template->text.length, .open = "{{", .close = "}}",
                            .error = error};
        if (template->text.length > TEMPLATE_BYTES_MAX)
                return wrong_limit(&p, p.at, "template.too_large", TEMPLATE_BYTES_MAX);
        buffer_init(&p.nodes, NODES_BYTES_MAX);
        enum status status = STATUS_OK;
        while (status == STATUS_OK && p.at < p.end)
                status = parse_next(&p);
        if (status == STATUS_OK)
                status = keep_nodes(&p);
        buffer_release(&p.nodes);
        return status;
}
