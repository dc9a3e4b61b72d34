/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_people.c: sections about people and what happened: who is responsible, certificates, activities, visits.
 */
#include "program/dossier_parts.h"

#include "queries.h"

/* A role given for the customer wins over that of the territory. */
enum status dossier_load_responsible(struct dossier_loading *loading, struct error *error)
{
        struct text territory = loading->territory.data ? loading->territory : text_of("");
        struct q_dossier_responsibilities_args args = {loading->customer_id, territory, loading->generation,
                                                       loading->day};
        rows_cleanup struct rows *rows = NULL;
        struct text own_role = {"", 0};
        enum status status = q_dossier_responsibilities_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_responsibilities_row row;
                status = q_dossier_responsibilities_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                bool own = row.territory.length == 0;
                if (!own && text_equal(row.role, own_role))
                        continue;
                struct dossier_cell *cells = dossier_row(loading, DOSSIER_RESPONSIBLE);
                if (!cells)
                        break;
                cells[0] = dossier_text(loading, row.responsible);
                cells[1] = dossier_word_of(loading, "dossier.role.", row.role);
                cells[2] = dossier_text(loading, row.territory);
                cells[3] = dossier_day(row.valid_from);
                cells[4] = dossier_day(row.valid_to);
                cells[5] = dossier_text(loading, row.source);
                if (own)
                        own_role = dossier_text(loading, row.role).text;
        }
        return dossier_done(loading, status, error);
}

enum status dossier_load_certificates(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_certificates_args args = {loading->customer_id, loading->generation, loading->day};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_dossier_certificates_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_certificates_row row;
                status = q_dossier_certificates_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct dossier_cell *cells = dossier_row(loading, DOSSIER_CERTIFICATES);
                if (!cells)
                        break;
                cells[0] = dossier_text(loading, row.person);
                cells[1] = dossier_text(loading, row.qualification);
                cells[2] = dossier_day(row.valid_from);
                cells[3] = dossier_day(row.valid_to);
                cells[4] = dossier_word(row.valid_to >= loading->day ? "dossier.valid" : "dossier.expired");
                cells[5] = dossier_text(loading, row.source);
        }
        return dossier_done(loading, status, error);
}

enum status dossier_load_activities(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_activities_args args = {loading->customer_id, loading->generation, loading->day};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_dossier_activities_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_activities_row row;
                status = q_dossier_activities_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct dossier_cell *cells = dossier_row(loading, DOSSIER_ACTIVITIES);
                if (!cells)
                        break;
                cells[0] = dossier_day(row.day);
                cells[1] = dossier_text(loading, row.kind);
                cells[2] = dossier_text(loading, row.amount);
                cells[3] = dossier_word_of(loading, "dossier.status.", row.status);
                cells[4] = dossier_text(loading, row.note);
                cells[5] = dossier_text(loading, row.source);
        }
        return dossier_done(loading, status, error);
}

static enum status load_visits(struct dossier_loading *loading, enum dossier_part part, const char *state,
                               int32_t to_day, struct error *error)
{
        struct q_dossier_visits_args args = {loading->customer_id, loading->generation, text_of(state), to_day};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_dossier_visits_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_visits_row row;
                status = q_dossier_visits_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct dossier_cell *cells = dossier_row(loading, part);
                if (!cells)
                        break;
                bool planned = part == DOSSIER_PLANNED;
                cells[0] = dossier_day(row.day);
                cells[1] = dossier_text(loading, row.rep);
                cells[2] = dossier_text(loading, row.kind);
                cells[planned ? 3 : 4] = dossier_text(loading, row.topics);
                cells[planned ? 4 : 6] = dossier_text(loading, row.source);
                if (planned)
                        continue;
                cells[3] = dossier_text(loading, row.met);
                cells[5] = dossier_text(loading, row.next_step);
        }
        return dossier_done(loading, status, error);
}

enum status dossier_load_visits(struct dossier_loading *loading, struct error *error)
{
        return load_visits(loading, DOSSIER_VISITS, "confirmed", loading->day, error);
}

enum status dossier_load_planned(struct dossier_loading *loading, struct error *error)
{
        return load_visits(loading, DOSSIER_PLANNED, "planned", DAY_OPEN_END, error);
}
