/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consents.c: see consents.h. Digests are BLAKE2b-256 over all fields, each with its length.
 */
#include "customers/consents.h"

#include <sodium.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "db/identity.h"
#include "db/write.h"
#include "access/audit_note.h"
#include "platform/clock.h"
#include "queries.h"

enum { HISTORY_BYTES_MAX = 1 << 28, NAME_BYTES_MAX = 4096 };

/* ---- digests ----------------------------------------------------------------------------------------------------- */

static void hash_text(crypto_generichash_state *state, struct text text)
{
        uint8_t head[8];
        for (unsigned i = 0; i < sizeof(head); i++)
                head[i] = (uint8_t)((uint64_t)text.length >> (8 * i));
        crypto_generichash_update(state, head, sizeof(head));
        if (text.length)
                crypto_generichash_update(state, (const uint8_t *)text.data, text.length);
}

static void hash_number(crypto_generichash_state *state, int64_t number)
{
        char digits[24];
        int length = snprintf(digits, sizeof(digits), "%lld", (long long)number);
        hash_text(state, (struct text){digits, (size_t)length});
}

void consent_text_digest(struct text language, struct text wording, uint8_t ret[CONSENT_DIGEST_BYTES])
{
        crypto_generichash_state state;
        crypto_generichash_init(&state, NULL, 0, CONSENT_DIGEST_BYTES);
        hash_text(&state, language);
        hash_text(&state, wording);
        crypto_generichash_final(&state, ret, CONSENT_DIGEST_BYTES);
}

static void hash_row(crypto_generichash_state *state, const struct q_consents_of_import_row *row)
{
        hash_number(state, row->id);
        hash_number(state, row->person_id);
        hash_text(state, row->channel);
        hash_text(state, row->kind);
        hash_text(state, row->basis);
        hash_number(state, row->conditions);
        hash_number(state, row->at_ms);
        hash_text(state, row->confirmation);
        hash_number(state, row->has_confirmed_ms ? row->confirmed_ms : 0);
        hash_text(state, row->origin);
        hash_text(state, row->has_text_digest
                                 ? (struct text){(const char *)row->text_digest.data, row->text_digest.length}
                                 : (struct text){"", 0});
        hash_text(state, row->actor);
        hash_number(state, row->recorded_ms);
}

static void finish_hex(crypto_generichash_state *state, char ret[CONSENT_HEX_BYTES])
{
        uint8_t digest[CONSENT_DIGEST_BYTES];
        crypto_generichash_final(state, digest, sizeof(digest));
        sodium_bin2hex(ret, CONSENT_HEX_BYTES, digest, sizeof(digest));
}

enum status consents_digest(struct connection *connection, int32_t import_id, char ret[CONSENT_HEX_BYTES],
                            uint64_t *ret_entries, struct error *error)
{
        struct q_consents_of_import_args args = {import_id};
        rows_cleanup struct rows *rows = NULL;
        crypto_generichash_state state;
        uint64_t entries = 0;
        crypto_generichash_init(&state, NULL, 0, CONSENT_DIGEST_BYTES);
        enum status status = q_consents_of_import_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_consents_of_import_row row;
                status = q_consents_of_import_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                hash_row(&state, &row);
                entries++;
        }
        if (status)
                return status;
        finish_hex(&state, ret);
        *ret_entries = entries;
        return STATUS_OK;
}

enum status consents_digests_by_hand(struct connection *connection, consent_digest_found found, void *context,
                                     struct error *error)
{
        struct q_consents_of_import_args args = {0};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_consents_of_import_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_consents_of_import_row row;
                crypto_generichash_state state;
                char hex[CONSENT_HEX_BYTES];
                status = q_consents_of_import_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                crypto_generichash_init(&state, NULL, 0, CONSENT_DIGEST_BYTES);
                hash_row(&state, &row);
                finish_hex(&state, hex);
                status = found(context, row.id, hex, error);
        }
        return status;
}

/* ---- recording --------------------------------------------------------------------------------------------------- */

/* The id of a wording; made when nobody showed it before. */
static enum status take_text(struct connection *connection, const struct consent_record *record,
                             const uint8_t digest[CONSENT_DIGEST_BYTES], int64_t *ret_id, struct error *error)
{
        struct q_consent_text_find_args find = {{digest, CONSENT_DIGEST_BYTES}};
        struct q_consent_text_find_row row;
        bool found = false;
        enum status status = q_consent_text_find(connection, &find, &row, &found, error);
        if (!status && !found) {
                struct q_consent_text_insert_args insert = {.digest = find.digest, .language = record->language,
                                                            .wording = record->wording};
                status = identity_next(connection, &insert.id, error);
                if (!status)
                        status = q_consent_text_insert(connection, &insert, NULL, error);
                if (!status)
                        status = q_consent_text_find(connection, &find, &row, &found, error);
        }
        if (!status && !found)
                status = error_set(error, STATUS_CORRUPT, "consent.text_lost", NULL);
        if (!status)
                *ret_id = row.id;
        return status;
}

static void fill_row(const struct consent_record *record, int64_t id, const uint8_t *digest,
                     struct q_consents_of_import_row *ret)
{
        const struct consent_entry *entry = &record->entry;
        *ret = (struct q_consents_of_import_row){
                .id = id,
                .person_id = record->person_id,
                .channel = text_of(consent_channel_names[record->channel]),
                .kind = text_of(consent_kind_names[entry->kind]),
                .basis = text_of(consent_basis_names[entry->basis]),
                .conditions = (int32_t)entry->conditions,
                .at_ms = entry->at_ms,
                .confirmation = text_of(consent_confirmation_names[entry->confirmation]),
                .has_confirmed_ms = entry->confirmation == CONSENT_CONFIRMED,
                .confirmed_ms = entry->confirmed_ms,
                .origin = record->origin,
                .has_text_digest = digest != NULL,
                .text_digest = {digest, digest ? CONSENT_DIGEST_BYTES : 0},
                .actor = record->actor,
                .recorded_ms = record->recorded_ms,
        };
}

static enum status add(struct connection *connection, const struct consent_record *record, int64_t *ret_id,
                       char ret_hex[CONSENT_HEX_BYTES], struct error *error)
{
        uint8_t digest[CONSENT_DIGEST_BYTES];
        crypto_generichash_state state;
        struct q_consents_of_import_row row;
        int64_t text_id = 0, id = 0;
        bool has_text = record->wording.length > 0;
        enum status status = STATUS_OK;
        if (has_text) {
                consent_text_digest(record->language, record->wording, digest);
                status = take_text(connection, record, digest, &text_id, error);
        }
        if (!status)
                status = identity_next(connection, &id, error);
        if (status)
                return status;
        fill_row(record, id, has_text ? digest : NULL, &row);
        crypto_generichash_init(&state, NULL, 0, CONSENT_DIGEST_BYTES);
        hash_row(&state, &row);
        finish_hex(&state, ret_hex);
        struct q_consent_insert_args insert = {
                .person_id = row.person_id, .channel = row.channel, .id = id, .import_id = record->import_id,
                .kind = row.kind, .basis = row.basis, .conditions = row.conditions, .at_ms = row.at_ms,
                .confirmation = row.confirmation, .has_confirmed_ms = row.has_confirmed_ms,
                .confirmed_ms = row.confirmed_ms, .origin = row.origin, .text_id = text_id, .actor = row.actor,
                .recorded_ms = row.recorded_ms};
        *ret_id = id;
        return q_consent_insert(connection, &insert, NULL, error);
}

enum status consent_add(struct connection *connection, const struct consent_record *record, int64_t *ret_id,
                        struct error *error)
{
        char hex[CONSENT_HEX_BYTES];
        int64_t id;
        enum status status = add(connection, record, &id, hex, error);
        if (!status)
                *ret_id = id;
        return status;
}

struct recording {
        const struct consent_record *record;
        int64_t id;
};

static enum status append_recorded(struct connection *connection, const struct recording *recording, const char *hex,
                                   struct error *error)
{
        const struct consent_record *record = recording->record;
        struct audit_note note audit_note_cleanup;
        struct buffer at buffer_cleanup;
        struct buffer actor buffer_cleanup;
        buffer_init(&at, 64);
        buffer_init(&actor, NAME_BYTES_MAX);
        instant_add_iso(&at, record->entry.at_ms);
        buffer_add(&actor, record->actor.data, record->actor.length);
        audit_note_begin(&note);
        json_key(&note.json, "person");
        json_id_text(&note.json, record->person_id);
        json_key(&note.json, "channel");
        json_string(&note.json, consent_channel_names[record->channel]);
        json_key(&note.json, "kind");
        json_string(&note.json, consent_kind_names[record->entry.kind]);
        json_key(&note.json, "basis");
        json_string(&note.json, consent_basis_names[record->entry.basis]);
        json_key(&note.json, "at");
        json_string(&note.json, at.data);
        json_key(&note.json, "origin");
        json_text(&note.json, record->origin);
        json_key(&note.json, "digest");
        json_string(&note.json, hex);
        if (at.failed || actor.failed)
                return error_memory(error);
        return audit_note_append(&note, connection, actor.data, "consent.recorded", recording->id, error);
}

static enum status write_record(struct connection *connection, void *context, struct error *error)
{
        struct recording *recording = context;
        char hex[CONSENT_HEX_BYTES];
        enum status status = add(connection, recording->record, &recording->id, hex, error);
        return status ? status : append_recorded(connection, recording, hex, error);
}

enum status consent_record(struct database *database, const struct consent_record *record, int64_t *ret_id,
                           struct error *error)
{
        struct recording recording = {record, 0};
        const char *problem = consent_problem(record->channel, &record->entry, record->wording.length > 0,
                                              clock_now_ms());
        if (problem)
                return error_set(error, STATUS_INVALID, problem, NULL);
        if (!record->origin.length)
                return error_set(error, STATUS_USAGE, "consent.origin_missing", NULL);
        enum status status = db_write(database, write_record, &recording, error);
        if (!status)
                *ret_id = recording.id;
        return status;
}

/* ---- mistaken files ---------------------------------------------------------------------------------------------- */

struct releasing {
        int32_t import_id;
        struct text reason, actor;
        int64_t refusals;
};

static enum status check_release(struct connection *connection, struct releasing *releasing, struct error *error)
{
        struct q_import_find_args find = {releasing->import_id};
        struct q_import_find_row import;
        struct q_consent_refusals_of_import_args count = {releasing->import_id};
        struct q_consent_refusals_of_import_row refusals = {0};
        struct q_consent_release_find_args released = {releasing->import_id};
        struct q_consent_release_find_row row;
        bool found = false, undone = false;
        char number[16];
        snprintf(number, sizeof(number), "%d", (int)releasing->import_id);
        enum status status = q_import_find(connection, &find, &import, &found, error);
        undone = !status && found && text_is(import.state, "undone");
        if (!status)
                status = q_consent_refusals_of_import(connection, &count, &refusals, &found, error);
        if (!status && (!undone || refusals.refusals == 0))
                status = error_set(error, STATUS_NOT_FOUND, "consent.not_undone", "import", number, NULL);
        if (!status)
                status = q_consent_release_find(connection, &released, &row, &found, error);
        if (!status && found)
                status = error_set(error, STATUS_CONFLICT, "consent.released_already", "import", number, NULL);
        releasing->refusals = refusals.refusals;
        return status;
}

static enum status write_release(struct connection *connection, void *context, struct error *error)
{
        struct releasing *releasing = context;
        struct q_head_lock_row head;
        struct q_consent_release_insert_args insert = {releasing->import_id, releasing->reason, releasing->actor,
                                                       clock_now_ms()};
        struct audit_note note audit_note_cleanup;
        struct buffer actor buffer_cleanup;
        bool found;
        enum status status = q_head_lock(connection, NULL, &head, &found, error);
        audit_note_begin(&note);
        buffer_init(&actor, NAME_BYTES_MAX);
        if (!status)
                status = check_release(connection, releasing, error);
        if (!status)
                status = q_consent_release_insert(connection, &insert, NULL, error);
        if (status)
                return status;
        json_key(&note.json, "refusals");
        json_int(&note.json, releasing->refusals);
        json_key(&note.json, "reason");
        json_text(&note.json, releasing->reason);
        buffer_add(&actor, releasing->actor.data, releasing->actor.length);
        if (actor.failed)
                return error_memory(error);
        return audit_note_append(&note, connection, actor.data, "consent.released", releasing->import_id, error);
}

enum status consents_release(struct database *database, int32_t import_id, struct text reason, struct text actor,
                             int64_t *ret_refusals, struct error *error)
{
        struct releasing releasing = {import_id, reason, actor, 0};
        if (!reason.length)
                return error_set(error, STATUS_USAGE, "consent.reason_missing", NULL);
        enum status status = db_write(database, write_release, &releasing, error);
        if (!status)
                *ret_refusals = releasing.refusals;
        return status;
}

/* ---- history ----------------------------------------------------------------------------------------------------- */

static bool keep_row(const struct q_consents_of_person_row *row, struct arena *arena, struct consent_past *ret)
{
        int channel = consent_word(consent_channel_names, CONSENT_CHANNELS, row->channel);
        int kind = consent_word(consent_kind_names, CONSENT_KINDS, row->kind);
        int basis = consent_word(consent_basis_names, CONSENT_BASES, row->basis);
        int confirmation = consent_word(consent_confirmation_names, CONSENT_CONFIRMATIONS, row->confirmation);
        *ret = (struct consent_past){
                .channel = channel < 0 ? CONSENT_EMAIL : (enum consent_channel)channel,
                .entry = {.id = row->id,
                          .kind = kind < 0 ? CONSENT_OBJECTION : (enum consent_kind)kind,
                          .basis = basis < 0 ? CONSENT_BASIS_NONE : (enum consent_basis)basis,
                          .conditions = (unsigned)row->conditions,
                          .at_ms = row->at_ms,
                          .confirmation = confirmation < 0 ? CONSENT_PENDING : (enum consent_confirmation)confirmation,
                          .confirmed_ms = row->has_confirmed_ms ? row->confirmed_ms : 0},
                .import_id = row->import_id,
                .undone = row->undone,
                .counts = row->counts,
                .recorded_ms = row->recorded_ms,
        };
        return arena_keep_text(arena, row->origin, &ret->origin) && arena_keep_text(arena, row->actor, &ret->actor) &&
               (!row->has_language || arena_keep_text(arena, row->language, &ret->language)) &&
               (!row->has_wording || arena_keep_text(arena, row->wording, &ret->wording));
}

/* Ordered by channel, time and id. */
static void mark_corrected(struct consent_past *past, size_t count)
{
        for (size_t i = 0; i < count; i++)
                for (size_t j = i + 1; j < count && past[j].channel == past[i].channel &&
                                       past[j].entry.at_ms == past[i].entry.at_ms && !past[i].corrected; j++)
                        past[i].corrected = past[i].counts && past[j].counts &&
                                            past[j].entry.kind == past[i].entry.kind;
}

enum status consents_of_person(struct connection *connection, int64_t person_id, struct arena *arena,
                               struct consent_past **ret, size_t *ret_count, struct error *error)
{
        struct q_consents_of_person_args args = {person_id};
        struct buffer list buffer_cleanup;
        rows_cleanup struct rows *rows = NULL;
        buffer_init(&list, HISTORY_BYTES_MAX);
        enum status status = q_consents_of_person_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_consents_of_person_row row;
                struct consent_past past;
                status = q_consents_of_person_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!keep_row(&row, arena, &past) || !buffer_add(&list, &past, sizeof(past)))
                        status = error_memory(error);
        }
        size_t count = list.length / sizeof(struct consent_past);
        struct consent_past *all = arena_array(arena, struct consent_past, count + 1);
        if (!status && !all)
                status = error_memory(error);
        if (status)
                return status;
        if (count)
                memcpy(all, list.data, list.length);
        mark_corrected(all, count);
        *ret = all;
        *ret_count = count;
        return STATUS_OK;
}

enum status consents_standing(const struct consent_past *past, size_t count, enum consent_channel channel,
                              int64_t at_ms, struct arena *arena, struct consent_standing *ret, struct error *error)
{
        struct consent_entry *entries = arena_array(arena, struct consent_entry, count + 1);
        size_t kept = 0;
        if (!entries)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                if (past[i].counts && past[i].channel == channel)
                        entries[kept++] = past[i].entry;
        *ret = consent_standing_at(channel, entries, kept, at_ms);
        return STATUS_OK;
}

/* ---- who is meant ------------------------------------------------------------------------------------------------ */

static enum status find_by_code(struct connection *connection, struct text source, struct text code,
                                int64_t *ret_person_id, size_t *ret_count, struct error *error)
{
        struct q_consent_people_by_code_args args = {code};
        rows_cleanup struct rows *rows = NULL;
        size_t count = 0;
        enum status status = q_consent_people_by_code_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_consent_people_by_code_row row;
                status = q_consent_people_by_code_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if ((source.data && !text_equal(source, row.source)) || (count && row.person_id == *ret_person_id))
                        continue;
                *ret_person_id = row.person_id;
                count++;
        }
        *ret_count = count;
        return status;
}

static enum status find_by_name(struct connection *connection, int64_t customer_id, struct text name,
                                int64_t *ret_person_id, size_t *ret_count, struct error *error)
{
        struct q_consent_people_by_name_args args = {customer_id, name};
        rows_cleanup struct rows *rows = NULL;
        size_t count = 0;
        enum status status = q_consent_people_by_name_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_consent_people_by_name_row row;
                status = q_consent_people_by_name_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                *ret_person_id = row.person_id;
                count++;
        }
        *ret_count = count;
        return status;
}

enum status consent_person_find(struct connection *connection, int64_t customer_id, const char *word,
                                int64_t *ret_person_id, struct error *error)
{
        const char *colon = strchr(word, ':');
        int64_t person_id = 0;
        size_t count = 0;
        enum status status = find_by_code(connection, (struct text){NULL, 0}, text_of(word), &person_id, &count, error);
        if (!status && count == 0 && colon)
                status = find_by_code(connection, (struct text){word, (size_t)(colon - word)}, text_of(colon + 1),
                                      &person_id, &count, error);
        if (!status && count == 0 && customer_id)
                status = find_by_name(connection, customer_id, text_of(word), &person_id, &count, error);
        if (status)
                return status;
        if (count == 0)
                return error_set(error, STATUS_NOT_FOUND, "consent.unknown_person", "person", word, NULL);
        if (count > 1)
                return error_set(error, STATUS_USAGE, "consent.ambiguous_person", "person", word, NULL);
        *ret_person_id = person_id;
        return STATUS_OK;
}
