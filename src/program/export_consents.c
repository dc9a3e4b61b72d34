/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export_consents.c: what people declared about being addressed, with its proof.
 */
#include "base/calendar.h"
#include "customers/consent.h"
#include "platform/clock.h"
#include "program/export_parts.h"
#include "queries.h"

enum { COLUMN_CUSTOMER, COLUMN_PERSON, COLUMN_CHANNEL, COLUMN_KIND, COLUMN_TIME, COLUMN_ORIGIN, COLUMN_TEXT,
       COLUMN_LANGUAGE, COLUMN_BASIS, COLUMN_CONDITIONS, COLUMN_OPT_IN = COLUMN_CONDITIONS + 4, COLUMN_CONFIRMED };

static void put_conditions(struct export *export, unsigned conditions)
{
        static const unsigned bits[] = {CONSENT_ADDRESS_FROM_SALE, CONSENT_SIMILAR_GOODS, CONSENT_NOTICE_GIVEN,
                                        CONSENT_NO_OBJECTION};
        for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
                export_put(export, COLUMN_CONDITIONS + i, text_of(conditions & bits[i] ? "yes" : "no"));
}

static void put_row(struct export *export, const struct q_export_consents_row *row, struct text code)
{
        if (row->has_number)
                export_put(export, COLUMN_CUSTOMER, row->number);
        export_put(export, COLUMN_PERSON, code);
        export_put(export, COLUMN_CHANNEL, row->channel);
        export_put(export, COLUMN_KIND, row->kind);
        instant_add_iso(&export->cells[COLUMN_TIME], row->at_ms);
        export_put(export, COLUMN_ORIGIN, row->origin);
        if (row->has_wording)
                export_put(export, COLUMN_TEXT, row->wording);
        if (row->has_language)
                export_put(export, COLUMN_LANGUAGE, row->language);
        export_put(export, COLUMN_BASIS, row->basis);
        if (text_is(row->basis, consent_basis_names[CONSENT_BASIS_EXISTING]))
                put_conditions(export, (unsigned)row->conditions);
        if (row->confirmation.length)
                export_put(export, COLUMN_OPT_IN, text_of("yes"));
        if (row->has_confirmed_ms)
                instant_add_iso(&export->cells[COLUMN_CONFIRMED], row->confirmed_ms);
}

enum status export_consents(struct export *export, struct error *error)
{
        int64_t end_ms = export->on_day == DAY_NONE ? INT64_MAX : clock_local_instant(export->on_day + 1, 0);
        struct q_export_consents_args args = {export->source_id, export->customer_source_id, export->generation,
                                              end_ms};
        rows_cleanup struct rows *rows = NULL;
        struct person_code *codes = NULL;
        size_t count = 0;
        enum status status = export_person_codes(export, &codes, &count, error);
        if (!status)
                status = q_export_consents_open(export->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_export_consents_row row;
                status = q_export_consents_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct text code = export_person_code(codes, count, row.person_id);
                /* Whoever is known by name only is found again while a contact of somebody. */
                if (!code.length && !row.has_person_name)
                        continue;
                put_row(export, &row, code.length ? code : row.person_name);
                status = export_emit(export, error);
        }
        return status;
}
