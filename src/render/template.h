/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * template.h: pages, mails and documents from Mustache templates and a tree of values (value.h). The language is that
 * of the public Mustache specification (its modules comments, delimiters, interpolation, inverted, partials and
 * sections), and two sections of our own; docs/internals/templates.md says how one writes templates.
 *
 *   {{name}}  {{a.b}}  {{.}}     a value in its usual form (print.h), escaped; nothing when it is none or not there
 *   {{{name}}}  {{&name}}        not escaped
 *   {{#name}}...{{/name}}        for each item of a list; once for whatever else there is, except: no, none, empty
 *                                text, a count of 0
 *   {{^name}}...{{/name}}        when the above is left out
 *   {{>name}}                    another template; {{>page}} in a layout is the page it is for
 *   {{#t}}key{{/t}}              the catalogue's text. Its arguments are looked up by their names, or by those that
 *                                are given: {{#t}}key count=rows.total limit=maximum:short{{/t}}; plural by {count}
 *   {{#f}}name form{{/f}}        a value in another form: {{#f}}revenue short{{/f}}; "unknown" in words when it is none
 *
 * Everything is escaped for text and for attributes in quotes (& < > " '). Names are looked up in the innermost section
 * that has them, then outwards, in the model, and last in the frame.
 *
 * Templates are parsed once, together; then the set does not change any more and may be used by all threads. What is
 * wrong in a template (tags, names, texts the catalogues lack, forms and partials that do not exist) is an error with
 * template, line and column, so that it stops the start. Limits: TEMPLATE_... below.
 */
#ifndef TREUE_RENDER_TEMPLATE_H
#define TREUE_RENDER_TEMPLATE_H

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "render/print.h"
#include "render/value.h"

enum {
        TEMPLATE_BYTES_MAX = 1 << 20,     /* of one template */
        TEMPLATE_SECTIONS_MAX = 32,       /* inside one another, in one template */
        TEMPLATE_PARTIALS_MAX = 32,       /* inside one another: partials may be recursive */
        TEMPLATE_CONTEXTS_MAX = 128,      /* inside one another, over all partials */
        TEMPLATE_STEPS_MAX = 20000000,    /* parts that are given out for one page */
};

struct template_source {
        const char *name;   /* "ladder", "parts/badge": letters, digits, '_', '-' and '/' */
        struct text text;   /* UTF-8 */
};

struct template_set;
/* Text and names are copied. `lenient`: a partial that does not exist is empty, as the specification has it, instead of
 * an error. Of two sources with the same name the later one counts. STATUS_INVALID "template...." {template}. */
must_check enum status template_set_new(const struct template_source *sources, size_t count, bool lenient,
                                        struct template_set **ret, struct error *error);
void template_set_free(struct template_set *set); /* accepts NULL */
static inline void template_set_freep(struct template_set **set) { template_set_free(*set); }
#define template_set_cleanup __attribute__((cleanup(template_set_freep)))
bool template_set_has(const struct template_set *set, const char *name);

struct template_page {
        const char *name;             /* of the template */
        const char *layout;           /* the template around it; NULL: none (a part of a page) */
        const struct value *model;    /* mostly the root of a model */
        const struct value *frame;    /* what stands around every page: menu, who is signed in; NULL: none */
        struct print_style style;
        size_t steps_max;             /* 0: TEMPLATE_STEPS_MAX */
        struct buffer *missing;       /* NULL, or gets a line for each value that is given out but is nowhere (not even
                                       * as none): "TEMPLATE:LINE: NAME". For whoever writes templates and models */
};
/* Appends to `out`, whose ceiling is the page's. STATUS_NOT_FOUND "template.missing"; STATUS_LIMIT
 * "template.output_limit", "template.steps_limit", "template.too_deep"; STATUS_INVALID "template.wrong_form": a value
 * does not have the form the template names. */
must_check enum status template_render(const struct template_set *set, const struct template_page *page,
                                       struct buffer *out, struct error *error);

#endif
