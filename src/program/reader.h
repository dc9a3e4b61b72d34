/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * reader.h: who reads a page and of what state, and what all pages about customers say alike. Read models (files
 * ending in _view) take a reader and fill a model; they never say more than the reader's scope and role allow.
 *
 *   segment      a map: code, name; none without membership
 *   customer     a map: id, number, name, and for pages path
 */
#ifndef TREUE_PROGRAM_READER_H
#define TREUE_PROGRAM_READER_H

#include "access/staff_names.h"
#include "program/directory.h"
#include "render/value.h"

struct reader {
        const struct directory_view *view;
        struct connection *connection;
        const struct subject *subject;
        enum language language;
        int program;             /* of the view; -1: there is none yet */
        const uint64_t *scope;   /* scope_of the subject */
        const struct staff_names *staff;
        bool today;              /* the view is of today, not of a day in the past */
};

/* `program`: as typed, or {NULL, 0} for the first. STATUS_NOT_FOUND "program.unknown" {program}. */
must_check enum status reader_init(const struct directory_view *view, struct connection *connection,
                                   const struct subject *subject, struct text program, int32_t today,
                                   struct arena *arena, struct reader *ret, struct error *error);
/* NULL: there is no program. */
const struct concept *reader_concept(const struct reader *reader);

void put_segment(struct model *model, struct value *map, const char *name, const struct concept *concept,
                 uint8_t segment, enum language language);
/* id, number, name and path of a customer, into `map`. */
void put_customer(struct model *model, struct value *map, const struct directory_row *row);
/* program: code and name; day, today (yes or no), version; nothing about programs where there is none. */
void put_state(struct model *model, const struct reader *reader);
/* The text of a buffer, copied. */
void put_buffer(struct model *model, struct value *map, const char *name, const struct buffer *buffer);
/* A word of the catalogue made of a family and a code: "decision." and "promote". */
void put_word_of(struct model *model, struct value *map, const char *name, const char *family, struct text code);
/* A code of files or of a concept, which pages say in words: by the family ("visit_kind."; NULL: none), else by
 * words_add_code. */
void put_code(struct model *model, struct value *map, const char *name, enum language language, const char *family,
              struct text code);
/* What put_code shows, in the arena; {NULL, 0} for no code, or without memory, when the model has failed. */
struct text code_words(struct model *model, enum language language, const char *family, struct text code);
/* Somebody on the staff as files name them: pages say the name of the account that goes by it, if there is one. */
void put_staff(const struct reader *reader, struct model *model, struct value *map, const char *name,
               struct text code);
/* Who did something, as the audit chain has it: by name. */
void put_doer(struct connection *connection, enum language language, struct model *model, struct value *map,
              const char *name, struct text actor);

#endif
