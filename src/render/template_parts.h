/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * template_parts.h: what a parsed template consists of: shared by template_parse.c, which makes it, and template.c,
 * which gives it out.
 */
#ifndef TREUE_RENDER_TEMPLATE_PARTS_H
#define TREUE_RENDER_TEMPLATE_PARTS_H

#include "base/arena.h"
#include "render/template.h"

enum node_kind { NODE_LITERAL, NODE_VALUE, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL, NODE_MESSAGE, NODE_FORM };

/* A dotted name; no parts: the value itself ("."). */
struct path {
        const char *const *parts;
        size_t count;
};

struct message_part {
        const char *name;     /* of the argument */
        struct path path;
        struct print_how how;
};

struct node {
        enum node_kind kind;
        bool raw;             /* VALUE: not escaped */
        bool at_line_start;   /* LITERAL: where a partial's indentation goes */
        unsigned line, column;
        size_t end;           /* sections: the node behind them */
        struct text text;     /* LITERAL; a partial's indentation; else what stands in the tag */
        struct path path;     /* VALUE, SECTION, INVERTED, FORM */
        union {
                const struct template *partial; /* NULL: the page, or one that does not exist */
                struct print_how how;
                struct {
                        const char *key;
                        const struct message_part *arguments;
                        size_t count;
                } message;
        };
        bool is_page;         /* PARTIAL: the page of a layout */
};

struct template {
        const char *name;
        struct text text;
        const struct node *nodes;
        size_t node_count;
};

struct template_set {
        struct arena *arena;
        struct template *templates; /* by name */
        size_t count;
};

/* NULL: there is none. */
struct template *template_find(const struct template_set *set, struct text name);
/* Fills nodes from text; partials are found in `set`, whose names are all there. */
must_check enum status template_parse(const struct template_set *set, struct template *template, bool lenient,
                                      struct error *error);

#endif
