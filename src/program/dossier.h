/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier.h: what is known of one customer, as of a day: a list of sections, each a small table of typed cells, so that
 * a terminal, JSON and later a page show the same.
 *
 * Sections: facts (each value with its source, since when it holds and when it came in), responsible people,
 * memberships, overrides and appeals, contacts (with where each stands on every channel: customers/consent.h),
 * certificates, potentials (with competitors' shares and what is left for us: 100 % together), share of wallet,
 * purchases by calendar year, activities and visits (the last ten of each), merges.
 *
 * Share of wallet = revenue of 12 months up to the day / yearly potential valid on it (concept-format.md, Metrics), per
 * product group with a potential and in total, with method and date of the estimate. Shown as at most 1, and said so.
 * Customers merged into this one count with it; one that was merged into another has no share of its own.
 */
#ifndef TREUE_PROGRAM_DOSSIER_H
#define TREUE_PROGRAM_DOSSIER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"
#include "facts/snapshot.h"

enum dossier_type { DOSSIER_BLANK, DOSSIER_TEXT, DOSSIER_DAY, DOSSIER_MONEY, DOSSIER_SHARE, DOSSIER_NUMBER,
                    DOSSIER_FACT, /* `text` is the code of a fact: DOSSIER_FACT_FAMILY names all but attribute:NAME */
                    DOSSIER_WORD /* `text` is a catalogue key, NUL-terminated; programs get its last part */ };
#define DOSSIER_FACT_FAMILY "dossier.fact."
struct dossier_cell {
        enum dossier_type type;
        struct text text;
        int64_t number;              /* a day, minor units, millionths, or a plain number */
};

enum dossier_part { DOSSIER_FACTS, DOSSIER_RESPONSIBLE, DOSSIER_MEMBERSHIPS, DOSSIER_OVERRIDES, DOSSIER_APPEALS,
                    DOSSIER_CONTACTS, DOSSIER_CERTIFICATES, DOSSIER_POTENTIALS, DOSSIER_WALLET, DOSSIER_PURCHASES,
                    DOSSIER_ACTIVITIES, DOSSIER_VISITS, DOSSIER_PLANNED, DOSSIER_MERGES, DOSSIER_PARTS };
enum { DOSSIER_COLUMNS_MAX = 7 };
struct dossier_section {
        const char *title;           /* catalogue key "dossier.NAME" */
        const char *columns[DOSSIER_COLUMNS_MAX + 1]; /* catalogue keys "dossier.column.NAME", ended by NULL */
        size_t column_count, row_count, capacity;
        struct dossier_cell *cells;  /* row by row */
};

struct dossier {
        struct dossier_section sections[DOSSIER_PARTS];
        const int64_t *contact_ids;  /* the person of each row of DOSSIER_CONTACTS */
};

struct dossier_request {
        struct connection *connection;
        struct snapshot *snapshot;       /* its generation is what is looked at */
        const struct parallel *parallel;
        unsigned minor_digits;           /* of the currency */
        int64_t customer_id;
        int32_t day;
        /* Purchases, product groups and units of everybody on the day, where they are at hand (directory.h), and
         * whether the customer exists then: the share of wallet is then measured of this one alone. NULL: they are
         * loaded. */
        const struct engine_input *input;
        bool exists;
};

/* Overrides and appeals show what was known of them on the day. Lives in the arena. */
must_check enum status dossier_load(const struct dossier_request *request, struct arena *arena, struct dossier *ret,
                                    struct error *error);

#endif
