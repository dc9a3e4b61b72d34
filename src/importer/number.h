/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * number.h: what a cell puts around a number: a currency, the parentheses of accountants, a sign before the currency.
 */
#ifndef TREUE_IMPORTER_NUMBER_H
#define TREUE_IMPORTER_NUMBER_H

#include "base/text.h"

enum { NUMBER_BYTES_MAX = 64 };

enum number_form {
        NUMBER_PLAIN,          /* nothing stands around it, or nothing that is known here */
        NUMBER_BARED,
        NUMBER_OTHER_CURRENCY, /* or the ledger has none yet */
};

struct bare_number {
        struct text text;      /* points into `place` */
        char place[NUMBER_BYTES_MAX + 1];
};

#define NUMBER_ANY_CURRENCY "*"

/* Takes away what is certain: one currency sign or code on either side ("EUR 12,50", "12.50$", "Fr. 5"), which must be
 * `currency` (ISO 4217; NULL: none may stand there); parentheses, which mean less than nothing: "(12,50)" is -12,50; a
 * sign apart from the digits ("-€5", "5 €-"). NUMBER_BARED: *ret holds the digits with their sign, to be parsed. */
enum number_form number_bare(struct text cell, const char *currency, struct bare_number *ret);

#endif
