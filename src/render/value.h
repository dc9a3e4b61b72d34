/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * value.h: what a page, an answer of the API or a list says, before it has a form: a tree of typed values. A handler
 * fills a tree; afterwards it becomes HTML (template.h), JSON (raw: money as decimal text, days as ISO), CSV or a
 * workbook. So there is no page whose content the API lacks, and no number is formatted twice.
 *
 * All values live in one arena, given to model_init; nothing is freed alone. Text is copied. A failure (memory, the
 * arena's ceiling, deeper than VALUE_DEPTH_MAX) stays in the model: fill, then ask once with model_check. While it has
 * failed, adding does nothing and gives back a harmless empty value, so that fillers need no checks in between.
 *
 * Names of map entries are literals or otherwise outlive the model: lower case words joined by '_', as in the API. A
 * name given twice is a mistake of the program (assertion).
 */
#ifndef TREUE_RENDER_VALUE_H
#define TREUE_RENDER_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum value_kind {
        VALUE_NONE,      /* unknown or not there: JSON null */
        VALUE_YES_NO,
        VALUE_COUNT,     /* how many: grouped for people, a JSON number */
        VALUE_ORDINAL,   /* an integer that names something: never grouped */
        VALUE_ID,        /* 63 bits: text in JSON, plain in HTML */
        VALUE_TEXT,      /* as people wrote it */
        VALUE_NAMED,     /* a code of the company's, and what people call it: JSON and files give the code */
        VALUE_WORD,      /* a catalogue key; JSON gives its last part, people the message in their language */
        VALUE_SENTENCE,  /* a catalogue key and arguments, entries like those of a map; JSON gives key and entries */
        VALUE_MONEY,     /* minor units of the company's currency; JSON: decimal text */
        VALUE_DECIMAL,   /* units and scale: exact; JSON: decimal text */
        VALUE_RATIO,     /* part of whole: percent for people, a decimal text with six places in JSON; of 0: none */
        VALUE_DAY,       /* DAY_NONE and open ends are none */
        VALUE_INSTANT,   /* milliseconds, UTC; people read it where the company is */
        VALUE_LIST,
        VALUE_MAP,
};

enum { VALUE_DEPTH_MAX = 16 };

struct list_view;
struct list_file;
struct value;
struct model {
        struct arena *arena;
        struct value *root;    /* a map */
        bool failed;
        const struct list_view *list; /* which columns of "rows" are shown and how (list.h); NULL: no list */
        struct list_file *file;       /* where the rows go one by one (list.h); NULL: they stay in the model */
};

void model_init(struct model *model, struct arena *arena); /* the arena stays the caller's and must outlive the model */
/* STATUS_LIMIT "model.limit": it would have been too large. */
must_check enum status model_check(const struct model *model, struct error *error);

/* Entries of a map, in the order they are put. `map` NULL: the root. */
void put_none(struct model *model, struct value *map, const char *name);
void put_yes_no(struct model *model, struct value *map, const char *name, bool yes);
void put_count(struct model *model, struct value *map, const char *name, int64_t count);
void put_ordinal(struct model *model, struct value *map, const char *name, int64_t ordinal);
void put_id(struct model *model, struct value *map, const char *name, int64_t id);
void put_text(struct model *model, struct value *map, const char *name, struct text text); /* {NULL, 0}: none */
void put_string(struct model *model, struct value *map, const char *name, const char *string); /* NULL: none */
void put_word(struct model *model, struct value *map, const char *name, const char *key); /* e.g. "decision.promoted" */
/* `code` as it is stored, `shown` as pages say it; {NULL, 0}: the code stands for itself. No code: none. */
void put_named(struct model *model, struct value *map, const char *name, struct text code, struct text shown);
/* Its arguments are put into what comes back: {amount} by put_money(model, sentence, "amount", ...). */
struct value *put_sentence(struct model *model, struct value *map, const char *name, const char *key);
void put_money(struct model *model, struct value *map, const char *name, int64_t minor);
void put_decimal(struct model *model, struct value *map, const char *name, int64_t units, unsigned scale);
void put_ratio(struct model *model, struct value *map, const char *name, int64_t part, int64_t whole);
void put_day(struct model *model, struct value *map, const char *name, int32_t day);
void put_instant(struct model *model, struct value *map, const char *name, int64_t instant_ms);
struct value *put_map(struct model *model, struct value *map, const char *name);
struct value *put_list(struct model *model, struct value *map, const char *name);
/* What only a page has a use for (addresses, what a form offers): JSON leaves it out. */
struct value *put_page_map(struct model *model, struct value *map, const char *name);
struct value *put_page_list(struct model *model, struct value *map, const char *name);
/* A value that is somewhere in a model with the same arena, once more; NULL: none. No map and no list of maps. */
void put_value(struct model *model, struct value *map, const char *name, const struct value *value);

/* Items of a list: mostly maps. */
struct value *add_map(struct model *model, struct value *list);
struct value *add_list(struct model *model, struct value *list);
void add_none(struct model *model, struct value *list);
void add_yes_no(struct model *model, struct value *list, bool yes);
void add_count(struct model *model, struct value *list, int64_t count);
void add_text(struct model *model, struct value *list, struct text text);
void add_word(struct model *model, struct value *list, const char *key);
struct value *add_sentence(struct model *model, struct value *list, const char *key);
void add_money(struct model *model, struct value *list, int64_t minor);
void add_decimal(struct model *model, struct value *list, int64_t units, unsigned scale);
void add_day(struct model *model, struct value *list, int32_t day);

/* A map of its own, in no other: for rows that are given out one by one. */
struct value *new_map(struct model *model);

/* Reading, for renderers and tests. `value` NULL is none. */
enum value_kind value_kind(const struct value *value);
const struct value *value_get(const struct value *map, const char *name); /* NULL: not there */
size_t value_count(const struct value *value);                            /* of a list, map or sentence, else 0 */
const struct value *value_at(const struct value *value, size_t index, const char **ret_name); /* ret_name may be NULL */
/* Going through items or entries: value_first, then value_next until NULL. */
const struct value *value_first(const struct value *value);
const struct value *value_next(const struct value *value);
const char *value_name(const struct value *value);       /* of an entry; NULL for items */
int64_t value_integer(const struct value *value);        /* yes 1, no 0; counts, ids, minor units, units, days,
                                                          * instants; the part of a ratio */
int64_t value_whole(const struct value *value);          /* of a ratio */
unsigned value_scale(const struct value *value);         /* of a decimal */
struct text value_text(const struct value *value);       /* of text; the code of what is named; the key of a word or
                                                          * sentence */
struct text value_shown(const struct value *value);      /* what people call it, of what is named; else value_text */
bool value_is_page_only(const struct value *value);

#endif
