/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal_parts.h: what the parts of a proposal share: finding the header (proposal_head.c), reading the files
 * (proposal.c), choosing columns (proposal_choice.c), forms of numbers and dates (proposal_forms.c), reading every cell
 * as chosen (proposal_checks.c), the profile as text (proposal_text.c).
 */
#ifndef TREUE_IMPORTER_PROPOSAL_PARTS_H
#define TREUE_IMPORTER_PROPOSAL_PARTS_H

#include "importer/column_evidence.h"
#include "importer/proposal.h"
#include "importer/source_file.h"

enum { PROPOSAL_TARGETS_MAX = 256, PROPOSAL_ANSWERS_MAX = 128 };

/* A field the kind could have, and what stands for it. */
struct proposal_target {
        const char *name;
        enum field_type type;
        bool required;
        bool left_out;           /* the user wants none */
        bool answered;           /* the user named the column */
        bool tied;               /* asked already */
        int column;              /* of the file; -1: none */
        unsigned weight;         /* of its header */
        struct text constant;
        struct text format;      /* of dates */
        uint64_t days;           /* cells that are dates of that form */
        bool form_open;          /* whether day or month comes first is asked */
        /* From reading every cell. */
        uint64_t refused;
        struct text refused_example;
};

struct proposal_answer {
        enum proposal_option option;
        struct text name, value;
};

struct proposal {
        struct arena *arena;
        struct proposal_request request;
        struct text *header;
        size_t column_count;
        bool *unusable;          /* without name, or the name stands twice */
        struct column_evidence *evidence;
        uint64_t records;
        char delimiter;          /* 0: the files differ, or they are workbooks */
        bool workbook;           /* one of the files is: numbers are exact, with a point */
        size_t answer_count;
        struct proposal_answer answers[PROPOSAL_ANSWERS_MAX];
        size_t target_count;
        struct proposal_target targets[PROPOSAL_TARGETS_MAX];
        enum decimal_setting decimal;
        bool decimal_open;       /* the decimal mark is asked */
        struct text source;
        uint64_t credits_positive;
        struct text credits_example;
        struct proposal_view view;
};

/* The value of an answer, NULL text when none was given. */
struct text proposal_answered(const struct proposal *proposal, enum proposal_option option, const char *name);
bool proposal_has_answer(const struct proposal *proposal, enum proposal_option option, const char *name);
struct proposal_target *proposal_target(struct proposal *proposal, const char *name); /* NULL: not of this kind */

/* A text of the catalogue in the request's language, in the arena; none without memory. */
#define proposal_words(proposal, ...)                                                       \
        __extension__({                                                                     \
                struct buffer words_text;                                                   \
                buffer_init(&words_text, 1 << 16);                                          \
                message_add(&words_text, (proposal)->request.language, __VA_ARGS__, NULL);  \
                struct text words_copy = proposal_keep((proposal), &words_text);            \
                buffer_release(&words_text);                                                \
                words_copy;                                                                 \
        })
struct text proposal_keep(struct proposal *proposal, const struct buffer *text);
void proposal_note(struct proposal *proposal, struct text words);
/* A new question; NULL when there are too many. */
struct proposal_question *proposal_ask(struct proposal *proposal, enum proposal_option option, const char *name,
                                       struct text words);
void proposal_offer(struct proposal_question *question, struct text value, struct text words);
/* "3.210" in the reader's form; in the arena. */
const char *proposal_count(struct proposal *proposal, uint64_t count);
/* Up to three examples of a column: "A, B, C". */
const char *proposal_examples(struct proposal *proposal, size_t column);

/* Which column stands for which field. */
void proposal_choose(struct proposal *proposal);
bool proposal_column_fits(const struct proposal *proposal, const struct proposal_target *target, size_t column);
bool proposal_column_taken(const struct proposal *proposal, size_t column);
/* Decimal mark, forms of dates, source, currency, discounts. */
void proposal_settle_forms(struct proposal *proposal);
/* Every cell as the profile reads it; credit notes with positive amounts. */
must_check enum status proposal_check(struct proposal *proposal, struct error *error);
/* The profile of the view. */
must_check enum status proposal_write(struct proposal *proposal, struct error *error);

/* A profile that names no columns, to look into a file with. */
extern const struct profile proposal_probe;
/* The same, or one that names the columns of a header below titles, so that the file is read from there. */
must_check enum status proposal_find_head(struct arena *arena, enum import_kind kind, const char *path,
                                          const char *staging_directory, struct profile *ret, struct error *error);

#endif
