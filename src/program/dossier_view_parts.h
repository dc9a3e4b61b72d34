/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_view_parts.h: what the parts of a customer's page share (private to dossier_view*.c and portal_view.c).
 */
#ifndef TREUE_PROGRAM_DOSSIER_VIEW_PARTS_H
#define TREUE_PROGRAM_DOSSIER_VIEW_PARTS_H

#include "program/directory_parts.h"
#include "program/dossier.h"
#include "program/explained.h"
#include "program/reader.h"

struct dossier_page {
        const struct reader *reader;
        struct model *model;
        size_t row;                    /* in the directory */
        struct directory_row about;
        struct dossier dossier;
        bool decided;                  /* `explained` is filled */
        struct explained explained;
        const struct explained_path *why; /* the path of the segment that is shown; NULL: it has none */
        struct engine_input purchases; /* of this one (customer_input.h); no segments: none */
        bool has_purchases;
};

/* Fills row, about, explained and purchases. With `approved_only` proposals do not count. */
must_check enum status dossier_page_begin(struct dossier_page *page, int64_t customer_id, bool approved_only,
                                          struct error *error);

/* "path" of one of the customer's forms; none for whoever may not use it. */
void dossier_put_path(const struct dossier_page *page, struct value *map, enum permission permission,
                      const char *ending);

/* dossier_view_why.c */
void dossier_put_why(struct dossier_page *page);
void dossier_put_missing(struct dossier_page *page);
/* Puts into `map` the next segment, how many criteria are missing ("count"), the day of the next evaluation that moves
 * upwards ("by_day"), and a sentence of these ("summary"): `steps`, or `steps_by` where there is such a day. There is a
 * next segment. Returns the sentence, which takes further arguments. */
struct value *dossier_put_next_step(struct dossier_page *page, struct value *map, const char *steps,
                                    const char *steps_by);
/* On which day revenue of 12 months reaches an amount when what was bought in the last 90 days goes on; DAY_NONE: not
 * within a year. */
int32_t dossier_pace_day(const struct dossier_page *page, int64_t target_minor);

/* dossier_view_figures.c */
must_check enum status dossier_put_months(struct dossier_page *page, struct error *error);
must_check enum status dossier_put_groups(struct dossier_page *page, struct error *error);
void dossier_put_wallet(struct dossier_page *page);
void dossier_put_potentials(struct dossier_page *page);

/* dossier_view_people.c */
must_check enum status dossier_put_contacts(struct dossier_page *page, struct error *error);
must_check enum status dossier_put_values(struct dossier_page *page, struct error *error);
void dossier_put_certificates(struct dossier_page *page);
void dossier_put_responsible(struct dossier_page *page);
void dossier_put_visits(struct dossier_page *page);
void dossier_put_timeline(struct dossier_page *page);
/* The first letters of the first and the last word of a name. */
void put_letters(struct model *model, struct value *map, struct text name);

static inline const struct dossier_cell *dossier_cells(const struct dossier_section *section, size_t row)
{
        return &section->cells[row * section->column_count];
}
/* A cell in its own type. */
void put_cell(struct model *model, struct value *map, const char *name, const struct dossier_cell *cell);

#endif
