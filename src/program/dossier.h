/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier.h: what is known of one customer, as of a day: a list of sections, each a small table of typed cells, so that
 * a terminal, JSON and later a page show the same.
 *
 * Sections: facts (each value with its source, since when it holds and when it came in), memberships, contacts,
 * potentials (with competitors' shares and what is left for us: 100 % together), purchases by calendar year, visits
 * (the last ten).
 */
#ifndef TREUE_PROGRAM_DOSSIER_H
#define TREUE_PROGRAM_DOSSIER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"
#include "db/db.h"

enum dossier_type { DOSSIER_BLANK, DOSSIER_TEXT, DOSSIER_DAY, DOSSIER_MONEY, DOSSIER_SHARE, DOSSIER_NUMBER,
                    DOSSIER_OWN /* we ourselves, among suppliers */ };
struct dossier_cell {
        enum dossier_type type;
        struct text text;
        int64_t number;              /* a day, minor units, millionths, or a plain number */
};

enum dossier_part { DOSSIER_FACTS, DOSSIER_MEMBERSHIPS, DOSSIER_CONTACTS, DOSSIER_POTENTIALS, DOSSIER_PURCHASES,
                    DOSSIER_VISITS, DOSSIER_PARTS };
enum { DOSSIER_COLUMNS_MAX = 6 };
struct dossier_section {
        const char *title;           /* catalogue key "dossier.NAME" */
        const char *columns[DOSSIER_COLUMNS_MAX + 1]; /* catalogue keys "dossier.column.NAME", ended by NULL */
        size_t column_count, row_count, capacity;
        struct dossier_cell *cells;  /* row by row */
};

struct dossier {
        struct dossier_section sections[DOSSIER_PARTS];
};

/* Lives in the arena. */
must_check enum status dossier_load(struct connection *connection, int64_t customer_id, int32_t day,
                                    struct arena *arena, struct dossier *ret, struct error *error);

#endif
