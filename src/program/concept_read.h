/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_read.h: single values of a concept document, checked against the table of keys. Every reader reports what is
 * wrong and returns false; the caller goes on, so that one pass finds everything.
 */
#ifndef TREUE_PROGRAM_CONCEPT_READ_H
#define TREUE_PROGRAM_CONCEPT_READ_H

#include "engine/concept.h"
#include "program/concept_keys.h"
#include "program/concept_yaml.h"

enum { ID_LENGTH_MAX = 40, TEXT_LENGTH_MAX = 500 };

struct reading {
        struct arena *arena;
        struct problem_list *problems;
        struct concept *concept;
        bool no_memory;
        bool criteria_decide; /* not in `expects`: a goal is asked for */
};

#define READ_ERROR(reading, node, ...) \
        problems_error((reading)->problems, (node)->line, (node)->column, __VA_ARGS__, NULL)
#define READ_WARNING(reading, node, ...) \
        problems_warning((reading)->problems, (node)->line, (node)->column, __VA_ARGS__, NULL)

/* The values of a map by enum concept_key: unknown, doubled and missing keys are reported. False: no map at all. */
bool read_map(struct reading *reading, const struct node *node, enum concept_section section,
              const struct node *values[KEY_COUNT]);
/* False when it is no list or holds fewer than `least` or more than `most` items. */
bool read_list(struct reading *reading, const struct node *node, enum concept_key key, size_t least, size_t most);

bool read_text(struct reading *reading, const struct node *node, const char *key, struct text *ret);
bool read_id(struct reading *reading, const struct node *node, const char *key, struct text *ret);
/* {de: ..., en: ...} */
bool read_names(struct reading *reading, const struct node *node, enum concept_key key, struct bilingual *ret);
bool read_bool(struct reading *reading, const struct node *node, enum concept_key key, bool *ret);
bool read_whole(struct reading *reading, const struct node *node, enum concept_key key, unsigned low, unsigned high,
                unsigned *ret);
/* A number with a decimal point; at most `decimals` places. */
bool read_number(struct reading *reading, const struct node *node, const char *key, unsigned decimals,
                 struct decimal *ret);
bool read_factor(struct reading *reading, const struct node *node, const char *key, struct fraction *ret);
bool read_month_day(struct reading *reading, const struct node *node, enum concept_key key, struct month_day *ret);
bool read_day(struct reading *reading, const struct node *node, enum concept_key key, int32_t *ret);
/* Which of the key's choices. */
bool read_choice(struct reading *reading, const struct node *node, enum concept_key key, unsigned *ret);
bool read_metric(struct reading *reading, const struct node *node, enum metric *ret);
bool read_window(struct reading *reading, const struct node *node, struct window *ret);

/* "12m", "90d", "4q", "year", "last_year", "since_joined", "all". */
bool window_parse(struct text text, struct window *ret);
/* Does a plain scalar look like a number? */
bool node_is_number(const struct node *node);
/* Zeroed memory of the arena; NULL sets no_memory. */
void *read_zero(struct reading *reading, size_t count, size_t size);

/* Parts of the document, in their own files. */
void read_segments(struct reading *reading, const struct node *node);
void read_criterion(struct reading *reading, const struct node *node, struct criterion *ret);
void read_mechanics(struct reading *reading, const struct node *node);

#endif
