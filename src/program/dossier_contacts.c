/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_contacts.c: the section of contacts: name, role and level on the day, and whether each may be addressed.
 */
#include "base/buffer.h"
#include "customers/consents.h"
#include "facts/dated.h"
#include "platform/clock.h"
#include "program/dossier_parts.h"
#include "queries.h"

enum { FIRST_CHANNEL = 3 /* column */, PEOPLE_BYTES_MAX = 1 << 24 };

static void put_contact(struct dossier_cell *cells, struct dossier_loading *loading, struct text code,
                        struct dated *facts)
{
        static const char *const columns[] = {"name", "role", "level"};
        struct text found;
        dated_open(facts);
        for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
                if (text_is(code, columns[c]) && dated_on(facts, loading->day, &found))
                        cells[c] = dossier_text(loading, found);
        dated_clear(facts);
}

static enum status load_people(struct dossier_loading *loading, struct buffer *people, struct error *error)
{
        struct q_dossier_contacts_args args = {loading->customer_id, loading->generation};
        rows_cleanup struct rows *rows = NULL;
        struct dossier_cell *cells = NULL;
        struct text code = {NULL, 0};
        int64_t person_id = 0;
        struct dated facts;
        dated_init(&facts);
        enum status status = q_dossier_contacts_open(loading->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_dossier_contacts_row row;
                status = q_dossier_contacts_next(rows, &row, &more, error);
                if (status)
                        break;
                bool same_person = more && cells && row.person_id == person_id;
                if (cells && !(same_person && text_equal(row.code, code)))
                        put_contact(cells, loading, code, &facts);
                if (!more)
                        break;
                if (!same_person)
                        cells = dossier_row(loading, DOSSIER_CONTACTS);
                if (!cells)
                        break;
                loading->failed |= !same_person && !buffer_add(people, &row.person_id, sizeof(row.person_id));
                person_id = row.person_id;
                if (!facts.count)
                        code = dossier_text(loading, row.code).text;
                loading->failed |= !dated_add(&facts, row.valid_from, row.generation, row.value);
        }
        dated_release(&facts);
        return dossier_done(loading, status, error);
}

/* Blank where nothing was declared. */
static enum status put_standings(struct dossier_loading *loading, int64_t person_id, struct dossier_cell *cells,
                                 struct error *error)
{
        struct consent_past *past;
        size_t count = 0;
        int64_t end_ms = clock_local_instant(loading->day + 1, 0) - 1;
        enum status status = consents_of_person(loading->connection, person_id, loading->arena, &past, &count, error);
        for (int c = 0; c < CONSENT_CHANNELS && !status; c++) {
                struct consent_standing standing = {.state = CONSENT_STATE_NONE};
                status = consents_standing(past, count, (enum consent_channel)c, end_ms, loading->arena, &standing,
                                           error);
                if (standing.state != CONSENT_STATE_NONE)
                        cells[FIRST_CHANNEL + c] = dossier_word_of(loading, "consent.state.",
                                                                   text_of(consent_state_names[standing.state]));
        }
        return status;
}

enum status dossier_load_contacts(struct dossier_loading *loading, struct error *error)
{
        const struct dossier_section *section = &loading->dossier.sections[DOSSIER_CONTACTS];
        struct buffer people buffer_cleanup;
        buffer_init(&people, PEOPLE_BYTES_MAX);
        enum status status = load_people(loading, &people, error);
        const int64_t *ids = (const int64_t *)(const void *)people.data;
        int64_t *kept = arena_array(loading->arena, int64_t, section->row_count + 1);
        loading->failed |= !kept || people.length / sizeof(*ids) != section->row_count;
        if (!status && !loading->failed && section->row_count)
                memcpy(kept, ids, section->row_count * sizeof(*ids));
        loading->dossier.contact_ids = kept;
        for (size_t r = 0; r < people.length / sizeof(*ids) && r < section->row_count && !status; r++)
                status = put_standings(loading, ids[r], &section->cells[r * section->column_count], error);
        return dossier_done(loading, status, error);
}
