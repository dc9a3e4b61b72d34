/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * duplicates.h: which customers are probably the same one, by what stands in their master data. Pure.
 *
 * Names are compared without what varies when the same name is typed twice: case, accents, umlauts in any spelling
 * (Müller, Mueller, Muller), punctuation, legal forms (GmbH, G.m.b.H., AG, e.K., Ltd. ...) and the order of the words.
 * Two customers are likely the same from DUPLICATE_POINTS on:
 *
 *   60  the same name               40  a nearly equal name: one change in 8 letters or more, two in 14 or more, digits
 *                                       alike
 *   60  the same VAT number         60  the same e-mail address
 *   40  the same street and postcode
 *  -40  names alike, but different postcodes
 *
 * so the same name, VAT number or e-mail address is enough, an address only together with a similar name. Those of the
 * same account group and sites of one customer belong together on purpose and are no duplicates.
 *
 * Work is bounded: customers are only compared within blocks that share a name, an address, a VAT number, an e-mail
 * address, or a postcode and the first letters of the name, and there only with the next DUPLICATE_NEIGHBOURS.
 */
#ifndef TREUE_VALUE_DUPLICATES_H
#define TREUE_VALUE_DUPLICATES_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum { DUPLICATE_POINTS = 60, DUPLICATE_NEIGHBOURS = 40 };

/* Why two customers look alike. */
enum {
        ALIKE_NAME = 1, ALIKE_NEARLY = 2, ALIKE_VAT = 4, ALIKE_EMAIL = 8, ALIKE_ADDRESS = 16,
        ALIKE_COUNT = 5
};
extern const char *const alike_names[ALIKE_COUNT]; /* "name", "nearly", "vat", "email", "address", in bit order */

/* What is compared; empty texts are unknown. Folded by the functions below, except postcode, group and site. */
struct duplicate_candidate {
        size_t customer;                  /* the caller's index */
        struct text name, street, vat, email, postcode;
        struct text account_group, site;  /* codes; the customer's own number where others are sites of it */
};

/* A name as its words in order, without legal forms: "Mueller GmbH & Co. KG" -> "muller". A name of nothing but legal
 * forms keeps them. False without memory. */
bool duplicate_fold_name(struct buffer *out, struct text name);
/* Letters and digits only, folded; a street's "straße" and "str." alike. */
bool duplicate_fold_street(struct buffer *out, struct text street);
/* VAT numbers and e-mail addresses: lower case, without blanks; VAT numbers without punctuation. */
bool duplicate_fold_vat(struct buffer *out, struct text vat);
bool duplicate_fold_email(struct buffer *out, struct text email);

/* The points of two candidates; *ret_reasons: ALIKE_ bits. */
int duplicate_points(const struct duplicate_candidate *a, const struct duplicate_candidate *b, unsigned *ret_reasons);

struct duplicate_pair {
        size_t first, second;             /* customers; first < second as candidates stand */
        int points;
        unsigned reasons;
};

struct duplicates {
        size_t customers, groups;         /* who is in a group of likely the same ones, and how many groups */
        size_t pair_count;
        struct duplicate_pair *pairs;     /* for each customer but the first of a group, how it came in; most points
                                             first, then in the order of the candidates */
};

/* Lives in the arena. `count` below 2^31. */
must_check enum status duplicates_find(const struct duplicate_candidate *candidates, size_t count, struct arena *arena,
                                       struct duplicates *ret, struct error *error);

#endif
