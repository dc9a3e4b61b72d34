/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proposal.h: a profile for files nobody wrote one for: what the columns are by their names (synonyms.h) and by their
 * cells (column_evidence.h), looked at to the last line. What cannot be told is asked, never guessed.
 *
 * Make one for all files of one layout, look at its view: while there are questions, answer and decide again; without
 * questions the view holds the profile, as YAML with its reasons and parsed.
 *
 * The source, part of every key, is the one the database knows; `erp` while it knows none; with several it is asked. So
 * the next export of a system finds the documents of the last one.
 */
#ifndef TREUE_IMPORTER_PROPOSAL_H
#define TREUE_IMPORTER_PROPOSAL_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "i18n/message.h"
#include "importer/profile.h"

enum { PROPOSAL_CANDIDATES_MAX = 12, PROPOSAL_QUESTIONS_MAX = 24, PROPOSAL_NOTES_MAX = 64 };

struct proposal_request {
        enum import_kind kind;
        enum language language;          /* of reasons, notes and questions */
        char *const *files;              /* paths, all with the same header; none is a pipe */
        size_t file_count;
        const char *staging_directory;
        unsigned minor_digits;           /* of the ledger currency */
        struct text currency;            /* the ledger's; none: not known yet */
        const struct text *sources;      /* the database knows */
        size_t source_count;
};

/* What a user settled. */
enum proposal_option {
        PROPOSAL_COLUMN, /* "amount" is the column "Netto"; an empty value: the field is left out */
        PROPOSAL_VALUE,  /* "valid_from" is "2026-01-01" in every row */
        PROPOSAL_ANSWER, /* "date" is "day-first" */
        PROPOSAL_SOURCE, /* no name */
};

struct proposal_column {
        const char *field;      /* "customer", "attribute:vat_number" */
        struct text place;      /* header in the file, or the value of every row */
        bool is_constant;
        struct text format;     /* of dates, or none */
        struct text example;
        struct text why;        /* in words */
};
struct proposal_candidate {
        struct text value;      /* of the option that answers */
        struct text words;      /* what it means, with an example */
};
struct proposal_question {
        enum proposal_option option;
        const char *name;       /* "date", "amount" */
        struct text words;
        size_t candidate_count; /* 0: nothing in the file fits */
        struct proposal_candidate candidates[PROPOSAL_CANDIDATES_MAX];
};

struct proposal_view {
        uint64_t records;
        size_t column_count, note_count, question_count;
        struct proposal_column *columns;
        struct text looked_for; /* the fields a file of the kind must have: "customer, document, date" */
        struct text notes[PROPOSAL_NOTES_MAX]; /* what was weighed, left out, or will be rejected */
        struct proposal_question questions[PROPOSAL_QUESTIONS_MAX];
        struct text yaml;       /* without questions: the profile, with comments */
        struct profile profile; /* the same, parsed */
};

struct proposal;

/* Reads the files once. Lives, with all it hands out, in the arena. Errors of the files as source_file_open and
 * source_file_next; import.proposal.no_header when the first record looks like data. */
must_check enum status proposal_new(struct arena *arena, const struct proposal_request *request, struct proposal **ret,
                                    struct error *error);

/* An answer; a later one of the same name replaces it. STATUS_USAGE import.proposal.unknown_field, .unknown_column,
 * .unknown_answer. */
must_check enum status proposal_answer(struct proposal *proposal, enum proposal_option option, struct text name,
                                       struct text value, struct error *error);

/* Decides what can be decided with the answers given; without open questions the files are read once more, so that
 * every cell was read as the profile says. The view before is replaced. STATUS_INVALID import.proposal.nothing_found
 * when no column is one of the kind by its name, and for something required none could be; .only_header when there is
 * nothing below it. */
must_check enum status proposal_decide(struct proposal *proposal, struct error *error);
const struct proposal_view *proposal_view(const struct proposal *proposal);
/* The columns of the files; those without a name are empty. */
const struct text *proposal_header(const struct proposal *proposal, size_t *ret_count);

/* The header of a file, folded to a number: files of one kind with the same number have one layout. */
must_check enum status proposal_layout(enum import_kind kind, const char *file, const char *staging_directory,
                                       uint64_t *ret, struct error *error);

#endif
