/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_yaml.c: libyaml's events made into a tree. No recursion: nesting is a stack of limited depth.
 */
#include "program/concept_yaml.h"

#include <yaml.h>

struct builder {
        struct arena *arena;
        struct problem_list *problems;
        struct node *open[YAML_DEPTH_MAX]; /* lists and maps that have not ended */
        size_t depth, values;
        struct node *root;
        bool ended;                        /* the first document is complete */
        bool no_memory, given_up;
};

static unsigned line_of(yaml_mark_t mark) { return (unsigned)mark.line + 1; }
static unsigned column_of(yaml_mark_t mark) { return (unsigned)mark.column + 1; }

static void give_up(struct builder *builder, const char *key, yaml_mark_t mark, int limit)
{
        char number[16];
        snprintf(number, sizeof(number), "%d", limit);
        problems_error(builder->problems, line_of(mark), column_of(mark), key, "limit", number, NULL);
        builder->given_up = true;
}

static struct node *add_node(struct builder *builder, enum node_kind kind, yaml_mark_t mark)
{
        struct node *node = arena_array(builder->arena, struct node, 1);
        if (!node) {
                builder->no_memory = true;
                return NULL;
        }
        if (++builder->values > YAML_VALUES_MAX)
                give_up(builder, "concept.too_many_values", mark, YAML_VALUES_MAX);
        *node = (struct node){.kind = kind, .line = line_of(mark), .column = column_of(mark)};
        struct node *parent = builder->depth ? builder->open[builder->depth - 1] : NULL;
        if (!parent) {
                builder->root = node;
        } else {
                if (parent->last)
                        parent->last->next = node;
                else
                        parent->first = node;
                parent->last = node;
                parent->count++;
        }
        return node;
}

static void open_node(struct builder *builder, enum node_kind kind, yaml_mark_t mark)
{
        struct node *node = add_node(builder, kind, mark);
        if (!node)
                return;
        if (builder->depth == YAML_DEPTH_MAX)
                give_up(builder, "concept.too_deep", mark, YAML_DEPTH_MAX);
        else
                builder->open[builder->depth++] = node;
}

/* The first control character (U+0000 to U+001F, U+007F to U+009F) that is neither tab nor line break; -1: none. */
static int control_character(struct text text)
{
        for (size_t i = 0; i < text.length; i++) {
                unsigned char c = (unsigned char)text.data[i];
                if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
                        return c;
                /* U+0080 to U+009F are two bytes, of which the second is the code. */
                if (c == 0xc2 && i + 1 < text.length && (unsigned char)text.data[i + 1] < 0xa0)
                        return (unsigned char)text.data[i + 1];
        }
        return -1;
}

/* They would cut a text short where it is printed, or begin another header in a mail. */
static void refuse_control_characters(struct builder *builder, const struct node *node)
{
        char name[16];
        int code = control_character(node->text);
        if (code < 0)
                return;
        snprintf(name, sizeof(name), "U+%04X", (unsigned)code);
        problems_error(builder->problems, node->line, node->column, "concept.control_character", "code", name, NULL);
}

static void add_scalar(struct builder *builder, const yaml_event_t *event)
{
        struct node *node = add_node(builder, NODE_SCALAR, event->start_mark);
        if (!node)
                return;
        size_t length = event->data.scalar.length;
        const char *copy = arena_copy(builder->arena, (const char *)event->data.scalar.value, length);
        builder->no_memory |= !copy;
        node->text = (struct text){copy, length};
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (copy)
                refuse_control_characters(builder, node);
}

static void refuse(struct builder *builder, const yaml_event_t *event, const char *key, const yaml_char_t *name)
{
        if (name)
                problems_error(builder->problems, line_of(event->start_mark), column_of(event->start_mark), key, "name",
                               (const char *)name, NULL);
}

static void take_event(struct builder *builder, const yaml_event_t *event)
{
        switch (event->type) {
        case YAML_DOCUMENT_START_EVENT:
                if (builder->ended)
                        give_up(builder, "concept.second_document", event->start_mark, 1);
                break;
        case YAML_DOCUMENT_END_EVENT:
                builder->ended = true;
                break;
        case YAML_SCALAR_EVENT:
                refuse(builder, event, "concept.anchor", event->data.scalar.anchor);
                refuse(builder, event, "concept.tag", event->data.scalar.tag);
                add_scalar(builder, event);
                break;
        case YAML_SEQUENCE_START_EVENT:
                refuse(builder, event, "concept.anchor", event->data.sequence_start.anchor);
                refuse(builder, event, "concept.tag", event->data.sequence_start.tag);
                open_node(builder, NODE_LIST, event->start_mark);
                break;
        case YAML_MAPPING_START_EVENT:
                refuse(builder, event, "concept.anchor", event->data.mapping_start.anchor);
                refuse(builder, event, "concept.tag", event->data.mapping_start.tag);
                open_node(builder, NODE_MAP, event->start_mark);
                break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT: {
                struct node *node = builder->open[--builder->depth];
                if (node->kind == NODE_MAP)
                        node->count /= 2;
                break;
        }
        case YAML_ALIAS_EVENT: {
                refuse(builder, event, "concept.alias", event->data.alias.anchor);
                /* Keeps keys and values in step. */
                struct node *node = add_node(builder, NODE_SCALAR, event->start_mark);
                if (node)
                        node->text = text_of("");
                break;
        }
        default:
                break;
        }
}

/* Bytes libyaml cannot decode come without a mark: the line is counted from the offset. */
static void syntax_problem(struct builder *builder, const yaml_parser_t *parser, struct text content)
{
        unsigned line = line_of(parser->problem_mark), column = column_of(parser->problem_mark);
        if (parser->error == YAML_READER_ERROR) {
                size_t end = parser->problem_offset < content.length ? parser->problem_offset : content.length;
                line = column = 1;
                for (size_t i = 0; i < end; i++) {
                        column = content.data[i] == '\n' ? 1 : column + ((content.data[i] & 0xc0) != 0x80);
                        line += content.data[i] == '\n';
                }
        }
        problems_error(builder->problems, line, column, "concept.yaml_syntax", "problem",
                       parser->problem ? parser->problem : "?", NULL);
        builder->given_up = true;
}

static void run(struct builder *builder, yaml_parser_t *parser, struct text content)
{
        bool more = true;
        while (more && !builder->given_up && !builder->no_memory) {
                yaml_event_t event;
                if (!yaml_parser_parse(parser, &event)) {
                        if (parser->error == YAML_MEMORY_ERROR)
                                builder->no_memory = true;
                        else
                                syntax_problem(builder, parser, content);
                        return;
                }
                more = event.type != YAML_STREAM_END_EVENT;
                take_event(builder, &event);
                yaml_event_delete(&event);
        }
}

static bool check_encoding(struct problem_list *problems, struct text content)
{
        unsigned line = 1;
        for (size_t start = 0; start < content.length; line++) {
                const char *end = memchr(content.data + start, '\n', content.length - start);
                size_t length = end ? (size_t)(end - content.data) + 1 - start : content.length - start;
                if (!text_is_utf8(content.data + start, length)) {
                        problems_error(problems, line, 1, "concept.not_utf8", NULL);
                        return false;
                }
                start += length;
        }
        return true;
}

enum status yaml_tree(struct arena *arena, struct text content, struct problem_list *problems,
                      const struct node **ret, struct error *error)
{
        struct builder builder = {.arena = arena, .problems = problems};
        yaml_parser_t parser;
        *ret = NULL;
        if (content.length >= 3 && memcmp(content.data, "\xef\xbb\xbf", 3) == 0)
                content = (struct text){content.data + 3, content.length - 3};
        if (content.length > YAML_BYTES_MAX) {
                problems_error(problems, 1, 1, "concept.too_long", "limit", "1 MiB", NULL);
                return STATUS_OK;
        }
        if (!check_encoding(problems, content))
                return STATUS_OK;
        if (!yaml_parser_initialize(&parser))
                return error_memory(error);
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser, (const unsigned char *)content.data, content.length);
        run(&builder, &parser, content);
        yaml_parser_delete(&parser);
        if (builder.no_memory || problems->failed)
                return error_memory(error);
        if (!builder.given_up && !builder.root)
                problems_error(problems, 1, 1, "concept.empty", NULL);
        if (!builder.given_up)
                *ret = builder.root;
        return STATUS_OK;
}
