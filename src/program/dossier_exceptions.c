/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_exceptions.c: sections about what is special: merges, overrides, appeals.
 */
#include "program/dossier_parts.h"

#include "platform/clock.h"
#include "queries.h"

enum status dossier_load_merges(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_merges_args args = {loading->customer_id, loading->generation, loading->day};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_dossier_merges_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_merges_row row;
                status = q_dossier_merges_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct dossier_cell *cells = dossier_row(loading, DOSSIER_MERGES);
                if (!cells)
                        break;
                bool into = row.customer_id == loading->customer_id;
                cells[0] = dossier_day(row.valid_from);
                cells[1] = dossier_word(into ? "dossier.merged_into" : "dossier.merged_from");
                cells[2] = dossier_text(loading, row.other);
                cells[3] = dossier_text(loading, row.reason);
        }
        return dossier_done(loading, status, error);
}

/* Had an instant come by the day? */
static bool had_come(const struct dossier_loading *loading, bool known, int64_t instant_ms)
{
        return known && clock_local_day(instant_ms) <= loading->day;
}

enum status dossier_load_overrides(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_overrides_args args = {loading->customer_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_dossier_overrides_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_overrides_row row;
                status = q_dossier_overrides_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!had_come(loading, true, row.requested_ms))
                        continue;
                struct dossier_cell *cells = dossier_row(loading, DOSSIER_OVERRIDES);
                if (!cells)
                        break;
                bool decided = had_come(loading, row.has_decided_ms, row.decided_ms);
                cells[0] = dossier_text(loading, row.program);
                cells[1] = dossier_text(loading, row.segment);
                cells[2] = dossier_day(row.valid_from);
                cells[3] = dossier_day(row.valid_to);
                cells[4] = dossier_word_of(loading, "override.state.", decided ? row.state : text_of("requested"));
                cells[5] = dossier_text(loading, row.reason);
        }
        return dossier_done(loading, status, error);
}

enum status dossier_load_appeals(struct dossier_loading *loading, struct error *error)
{
        struct q_dossier_appeals_args args = {loading->customer_id, loading->day};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_dossier_appeals_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_appeals_row row;
                status = q_dossier_appeals_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct dossier_cell *cells = dossier_row(loading, DOSSIER_APPEALS);
                if (!cells)
                        break;
                bool decided = had_come(loading, row.has_decided_ms, row.decided_ms);
                cells[0] = dossier_text(loading, row.program);
                cells[1] = dossier_day(row.filed_day);
                cells[2] = dossier_day(row.due_day);
                cells[3] = dossier_text(loading, row.owner);
                cells[4] = dossier_word_of(loading, "appeal.state.", decided ? row.state : text_of("open"));
                cells[5] = dossier_text(loading, row.reason);
                if (decided && row.has_result)
                        cells[6] = dossier_text(loading, row.result);
        }
        return dossier_done(loading, status, error);
}
