/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_yaml.h: a YAML document as a tree in which every value knows its line and column. Only what a concept needs:
 * no anchors, aliases, tags or second document, a limited depth and number of values. What breaks this is collected.
 */
#ifndef TREUE_PROGRAM_CONCEPT_YAML_H
#define TREUE_PROGRAM_CONCEPT_YAML_H

#include "base/text.h"
#include "program/problems.h"

enum { YAML_BYTES_MAX = 1 << 20, YAML_DEPTH_MAX = 32, YAML_VALUES_MAX = 50000 };

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
        enum node_kind kind;
        unsigned line, column;     /* 1-based */
        bool plain;                /* a scalar without quotes */
        struct text text;          /* of a scalar; NUL-terminated */
        size_t count;              /* items of a list, pairs of a map */
        struct node *first, *last; /* items; of a map key, value, key, value */
        struct node *next;
};

/* *ret is NULL when the text is no such document; the list then says why. STATUS_MEMORY otherwise. */
must_check enum status yaml_tree(struct arena *arena, struct text content, struct problem_list *problems,
                                 const struct node **ret, struct error *error);

#endif
