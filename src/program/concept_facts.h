/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_facts.h: a concept as a flat list of single statements, for comparing two of them. For concept_diff.c.
 */
#ifndef TREUE_PROGRAM_CONCEPT_FACTS_H
#define TREUE_PROGRAM_CONCEPT_FACTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "engine/concept.h"
#include "i18n/message.h"
#include "program/amounts.h"

/* A statement, or (label NULL) the thing that the following statements are about: their ids begin with its id and "/".
 * Everything lives in the arena. */
struct concept_fact {
        const char *id;
        const char *subject;          /* "Segment A, Weg volume, Umsatz 12m"; on pages "Segment Gold, Weg Volumen" */
        const char *label;            /* "Schwelle"; NULL: the thing itself */
        const char *raw;              /* exact, the same in every language, as the document writes it: what is
                                       * compared; "" for none. Of a thing: what describes it */
        const char *parameters;       /* the parameters that stand for numbers in it, each between ';': ";market;" */
        const char *shown;
        bool has_number;
        struct decimal number;        /* for the change in percent */
};

/* `other`: the concept it will be compared with; the order of segments is told of those both have. */
bool concept_facts(const struct concept *concept, const struct concept *other, enum language language,
                   enum medium medium, struct arena *arena, struct concept_fact **ret, size_t *ret_count);

#endif
