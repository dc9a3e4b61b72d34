/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_parts.h: the inside of a view (private to directory*.c and the read models): columns by row, which is the
 * customer's dense number in the snapshot. Facts and decisions are kept apart, so that an approval does not measure
 * purchases again and an import of contacts keeps nothing that hangs on facts.
 */
#ifndef TREUE_PROGRAM_DIRECTORY_PARTS_H
#define TREUE_PROGRAM_DIRECTORY_PARTS_H

#include "base/bits.h"
#include "base/buffer.h"
#include "base/calendar.h"
#include "db/setting.h"
#include "engine/evaluate.h"
#include "facts/snapshot.h"
#include "program/directory.h"
#include "program/run_list.h"
#include "program/versions.h"

/* Words that many rows share, numbered from 1; 0 is none. */
struct word_book {
        struct buffer text;
        struct word_place { uint32_t offset, length; } *places; /* [0] is none */
        size_t count, capacity;    /* places in use, [0] included */
        uint32_t *slots;           /* hash table of numbers; 0: free */
        size_t slot_count;
};
void word_book_init(struct word_book *book);
void word_book_release(struct word_book *book);
/* The number of a word; 0 for none, UINT32_MAX without memory. */
uint32_t word_book_add(struct word_book *book, struct text word);
uint32_t word_book_find(const struct word_book *book, struct text word); /* 0: not there */
static inline struct text word_book_text(const struct word_book *book, uint32_t number)
{
        if (number == 0)
                return (struct text){NULL, 0};
        return (struct text){book->text.data + book->places[number].offset, book->places[number].length};
}

enum directory_word { WORD_CITY, WORD_COUNTRY, WORD_TRADE, WORD_SIZE_CLASS, WORD_TERRITORY, WORD_STAGE,
                      WORD_RESPONSIBLE, WORD_SOURCE, DIRECTORY_WORDS };

/* Who the customers are: owns the columns of directory_facts that say so. Several facts share one, as figures change
 * more often: a visit, a potential, an invoice give nobody another name. */
struct directory_who {
        unsigned references;
        struct arena *arena;
        struct word_book words, people;
        struct buffer names, folded;
};

/* What is known of customers at a generation, as of a day. */
struct directory_facts {
        unsigned references;
        int64_t generation;
        int32_t day;
        struct snapshot *snapshot;
        struct arena *arena;          /* of the columns that are not of `who` */
        struct currency currency;
        size_t count;
        const int64_t *ids;           /* ascending; the snapshot's */
        uint64_t *exists;
        uint8_t *kind;
        struct directory_who *who;    /* what follows up to `levels` is borrowed from it */
        struct word_book words;
        uint32_t *word[DIRECTORY_WORDS];
        struct buffer names, folded;  /* number, then name of every row; what is searched, a line each */
        uint32_t *number_at, *name_at, *folded_at; /* offsets; count + 1 of folded_at, number_at */
        uint32_t *rank;               /* place in the order of names */
        uint32_t *responsible_at;     /* count + 1 offsets into `responsibles`: numbers in `people` */
        uint32_t *responsibles;
        struct word_book people;      /* folded names of the responsible */
        uint32_t *territory_folded;   /* by row: number in `people` of the territory; 0: none, or nobody's name */
        uint16_t *contacts;
        uint8_t *levels;
        int64_t *revenue, *previous, *months, *months_before, *potential, *open;
        uint64_t *potential_known, *potential_estimated;
        uint64_t *digital;            /* orders that came digitally, in 12 months */
        int32_t *since, *last_order, *last_visit;
        uint16_t *certified;
        uint8_t *areas;
        struct text *group_names;     /* by product group, input.group_count of them; none: nobody gave one */
        struct engine_input input;    /* what a single customer is measured from: purchases, product groups, units */
};
/* What still holds of facts of the same day, as far as they are of the same customers. */
struct directory_same {
        const struct directory_facts *facts; /* their `who`; NULL: nothing holds */
        bool amounts;                        /* also what purchases and potentials say */
};
must_check enum status directory_facts_build(struct database *database, struct connection *connection,
                                             const struct parallel *parallel, int64_t generation, int32_t day,
                                             const struct directory_same *same, struct directory_facts **ret,
                                             struct error *error);
/* Are the rows of both those of the same customers? */
bool directory_facts_same_rows(const struct directory_facts *a, const struct directory_facts *b);
void directory_facts_unref(struct directory_facts *facts); /* accepts NULL */
struct directory_facts *directory_facts_ref(struct directory_facts *facts);
/* Numbers and names, what is searched, responsibilities, contacts: directory_people.c. */
must_check enum status directory_load_names(struct directory_facts *facts, struct connection *connection,
                                            struct error *error);
must_check enum status directory_load_people(struct directory_facts *facts, struct connection *connection,
                                             struct error *error);

/* A run whose values say what is missing. */
struct directory_run {
        struct run_summary summary;
        struct version version;
        struct engine_plan *plan;
};
enum { DIRECTORY_RUNS_MAX = 4, DIRECTORY_RUN_NONE = 255, MISSING_UNKNOWN = 255 };

struct directory_program {
        int64_t id;
        const char *code;
        struct version version;       /* the latest released one */
        uint8_t *segment, *year_before, *announced;
        int32_t *since, *announced_day, *grace_end;
        uint64_t *grace, *granted;
        uint8_t *next, *missing, *run; /* run: place in `runs`; DIRECTORY_RUN_NONE: never evaluated */
        size_t run_count;
        struct directory_run runs[DIRECTORY_RUNS_MAX];
        uint16_t visits_per_year[CONCEPT_SEGMENTS_MAX]; /* 0: none set */
};

/* What was decided, by the same rows; several views share it, as facts change more often. */
struct directory_decisions {
        unsigned references;
        struct arena *arena;
        size_t program_count;
        struct directory_program *programs;
};

struct directory_view {
        unsigned references;
        struct directory_facts *facts;
        struct directory_decisions *decisions;
        size_t program_count;                /* both borrowed from the decisions */
        struct directory_program *programs;
};
/* `same`: a view of the day whose decisions still hold, if it is one of the same customers; NULL: none does. */
must_check enum status directory_decisions_build(struct directory_facts *facts, struct connection *connection,
                                                 const struct parallel *parallel, const struct directory_view *same,
                                                 struct directory_view **ret, struct error *error);
void directory_decisions_unref(struct directory_decisions *decisions); /* accepts NULL */

static inline struct text directory_number(const struct directory_facts *facts, size_t row)
{
        return (struct text){facts->names.data + facts->number_at[row],
                             facts->name_at[row] - facts->number_at[row]};
}
static inline struct text directory_name(const struct directory_facts *facts, size_t row)
{
        return (struct text){facts->names.data + facts->name_at[row],
                             facts->number_at[row + 1] - facts->name_at[row]};
}
static inline struct text directory_folded(const struct directory_facts *facts, size_t row)
{
        return (struct text){facts->folded.data + facts->folded_at[row],
                             facts->folded_at[row + 1] - facts->folded_at[row] - 1};
}

/* What people call a product group: its name, else its code. `group` is below facts->input.group_count. */
static inline struct text directory_group_name(const struct directory_facts *facts, size_t group)
{
        return facts->group_names[group].length ? facts->group_names[group] : facts->input.group_codes[group];
}

#endif
