/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * synonyms.h: what the columns of exports are called, German and English, by kind of import and field.
 *
 * Names are compared folded: small letters, umlauts spelled out, accents, blanks and punctuation gone. A name carries a
 * weight: of two columns the heavier one is meant (an invoice date rather than a delivery date); of equal weight nobody
 * can tell from the names.
 */
#ifndef TREUE_IMPORTER_SYNONYMS_H
#define TREUE_IMPORTER_SYNONYMS_H

#include <stdbool.h>

#include "base/text.h"
#include "importer/profile.h"

/* Columns that are no field, but say something about the others. */
#define ROLE_GROSS "#gross"         /* amounts with tax */
#define ROLE_UNIT_COST "#unit_cost" /* cost of one piece, where a line's cost is wanted */
#define ROLE_TYPE "#type"           /* invoice, credit note, ... */
#define ROLE_DISCOUNT "#discount"   /* what quantity x price leaves out */
#define ROLE_CURRENCY "#currency"

struct synonym {
        enum import_kind kind;
        const char *field;      /* of kind_infos, a member of a family ("attribute:vat_number"), or a role */
        unsigned weight;        /* 1..SYNONYM_WEIGHT_MAX */
        bool code;              /* only when the cells look like numbers of something */
        const char *names;      /* folded, separated by blanks */
};
extern const struct synonym synonyms[];
extern const size_t synonym_count;

enum { FOLDED_MAX = 80 };
/* The folded form of a header; cut at FOLDED_MAX - 1 bytes. `bare`: without what stands in brackets and without
 * currencies ("Betrag (netto) EUR" is "betrag"). */
void header_fold(struct text header, bool bare, char ret[FOLDED_MAX]);

enum { SYNONYM_WEIGHT_MAX = 9 };
/* How well a header names a field of a kind: 0 not at all. *ret_code as above. */
unsigned synonym_weight(enum import_kind kind, const char *field, struct text header, bool *ret_code);

/* Does a cell of a type column say that amounts are given back: credit note, cancellation, return? */
bool is_credit_word(struct text cell);

#endif
