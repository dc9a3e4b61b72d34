/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_parts.h: what the loaders of a dossier's sections share (private to dossier*.c). Cells need no check of their
 * own: a missing memory is remembered, and dossier_done tells it.
 */
#ifndef TREUE_PROGRAM_DOSSIER_PARTS_H
#define TREUE_PROGRAM_DOSSIER_PARTS_H

#include "program/dossier.h"

struct dossier_loading {
        const struct dossier_request *request;
        struct connection *connection;
        struct arena *arena;
        int64_t customer_id, generation;
        int32_t day;
        struct text territory;       /* of the customer on the day; none */
        struct dossier dossier;
        bool failed;                 /* without memory */
};

/* The cells of a further row, all blank; NULL without memory. Valid until the next row of the section. */
struct dossier_cell *dossier_row(struct dossier_loading *loading, enum dossier_part part);

struct dossier_cell dossier_text(struct dossier_loading *loading, struct text text);  /* copies */
struct dossier_cell dossier_figure(enum dossier_type type, int64_t number);
struct dossier_cell dossier_day(int32_t day);                                         /* blank for open ends */
struct dossier_cell dossier_word(const char *key);                                    /* a literal */
/* The key made of a family ("override.state.") and a code. */
struct dossier_cell dossier_word_of(struct dossier_loading *loading, const char *family, struct text code);

enum status dossier_done(const struct dossier_loading *loading, enum status status, struct error *error);

enum status dossier_load_responsible(struct dossier_loading *loading, struct error *error); /* after the facts */
enum status dossier_load_contacts(struct dossier_loading *loading, struct error *error);
enum status dossier_load_certificates(struct dossier_loading *loading, struct error *error);
enum status dossier_load_activities(struct dossier_loading *loading, struct error *error);
enum status dossier_load_visits(struct dossier_loading *loading, struct error *error);
enum status dossier_load_planned(struct dossier_loading *loading, struct error *error);
enum status dossier_load_merges(struct dossier_loading *loading, struct error *error);
enum status dossier_load_overrides(struct dossier_loading *loading, struct error *error);
enum status dossier_load_appeals(struct dossier_loading *loading, struct error *error);
enum status dossier_load_wallet(struct dossier_loading *loading, struct error *error);

#endif
