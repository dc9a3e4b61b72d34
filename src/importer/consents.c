/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consents.c: what people declared about being addressed, known by person, channel, kind and time. A row about a
 * known event with other details is an entry of its own that corrects the earlier one; nothing is changed. The person
 * has to be known: a declaration of somebody made up for it would be lost when the contact comes under another key.
 */
#include "customers/consents.h"

#include "base/calendar.h"
#include "importer/customer_rows.h"
#include "importer/people.h"
#include "importer/person_registry.h"
#include "platform/clock.h"
#include "queries.h"

struct declaration {
        struct customer_row base;
        uint32_t person;
        enum consent_channel channel;
        struct consent_entry entry;
        struct text origin, language, wording;
};

struct declarations {
        struct person_registry *people;
        struct seen_keys *seen;
        const struct mapped_column *person;
        int64_t now_ms;
};

static bool yes(const struct import_run *run, const struct import_row *row, const char *field)
{
        struct field_value value = row_value(run, row, field);
        return value.known && value.yes;
}

static void read_permission(const struct import_run *run, const struct import_row *row, struct declaration *one)
{
        struct consent_entry *entry = &one->entry;
        struct field_value basis = row_value(run, row, "basis"), confirmed = row_value(run, row, "confirmed");
        entry->basis = basis.known ? (enum consent_basis)basis.number : CONSENT_BASIS_CONSENT;
        if (entry->basis == CONSENT_BASIS_EXISTING)
                entry->conditions = (yes(run, row, "address_from_sale") ? CONSENT_ADDRESS_FROM_SALE : 0u) |
                                    (yes(run, row, "similar_goods") ? CONSENT_SIMILAR_GOODS : 0u) |
                                    (yes(run, row, "notice_given") ? CONSENT_NOTICE_GIVEN : 0u) |
                                    (yes(run, row, "no_objection") ? CONSENT_NO_OBJECTION : 0u);
        entry->confirmation = confirmed.known                     ? CONSENT_CONFIRMED
                              : yes(run, row, "double_opt_in") ? CONSENT_PENDING
                                                               : CONSENT_UNCONFIRMED;
        entry->confirmed_ms = confirmed.known ? confirmed.instant_ms : 0;
}

/* The column a reader finds the problem in; NULL: the row as a whole. */
static const struct mapped_column *column_of(const struct import_run *run, const char *problem)
{
        static const struct { const char *problem, *field; } columns[] = {
                {"consent.problem.basis", "basis"},
                {"consent.problem.exception_channel", "basis"},
                {"consent.problem.text", "text"},
                {"consent.problem.confirmation", "confirmed"},
                {"consent.problem.confirmed_early", "confirmed"},
                {"consent.problem.future", "time"},
        };
        for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
                if (strcmp(columns[i].problem, problem) == 0)
                        return column_mapping_find(&run->mapping, columns[i].field);
        return NULL;
}

/* Of a refusal only what it is, when and where: nothing that stands beside it may keep it out. */
static enum status check(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                         struct error *error)
{
        const struct declarations *declarations = context;
        struct declaration *one = (struct declaration *)item;
        const struct import_row *row = item->row;
        (void)arena;
        (void)error;
        one->channel = (enum consent_channel)row_value(run, row, "channel").number;
        one->entry.kind = (enum consent_kind)row_value(run, row, "kind").number;
        one->entry.at_ms = row_value(run, row, "time").instant_ms;
        one->origin = text_trim(row_value(run, row, "origin").text);
        one->wording = text_trim(row_value(run, row, "text").text);
        one->language = text_trim(row_value(run, row, "language").text);
        if (!one->wording.length)
                one->wording = one->language = text_of("");
        if (!one->language.length)
                one->language = text_of("");
        if (one->entry.kind == CONSENT_GIVEN || one->entry.kind == CONSENT_LIFTED)
                read_permission(run, row, one);
        const char *problem = consent_problem(one->channel, &one->entry, one->wording.length > 0,
                                              declarations->now_ms);
        if (problem)
                row_reject(run, item->row, column_of(run, problem), problem);
        return STATUS_OK;
}

static enum status find_person(struct import_run *run, struct declarations *declarations, struct declaration *one,
                               struct arena *arena, struct error *error)
{
        struct import_row *row = one->base.row;
        struct text word = text_trim(row_value(run, row, "person").text);
        if (!person_known(declarations->people, one->base.customer_id, word, &one->person))
                return error_memory(error);
        if (one->person == PERSON_NONE) {
                row_reject(run, row, declarations->person, "import.reason.unknown_person");
                return STATUS_OK;
        }
        struct {
                int64_t at_ms;
                uint32_t person, channel, kind, unused;
        } event = {one->entry.at_ms, one->person, (uint32_t)one->channel, (uint32_t)one->entry.kind, 0};
        struct text part = {(const char *)&event, sizeof(event)};
        return seen_keys_check(declarations->seen, run, row, arena, &part, 1, error);
}

static bool is_same(const struct declaration *one, const struct q_consent_of_event_row *known)
{
        const struct consent_entry *entry = &one->entry;
        uint8_t digest[CONSENT_DIGEST_BYTES];
        bool same_text = one->wording.length == 0 && !known->has_text_digest;
        if (one->wording.length && known->has_text_digest) {
                consent_text_digest(one->language, one->wording, digest);
                same_text = known->text_digest.length == sizeof(digest) &&
                            memcmp(known->text_digest.data, digest, sizeof(digest)) == 0;
        }
        return same_text && text_is(known->basis, consent_basis_names[entry->basis]) &&
               (unsigned)known->conditions == entry->conditions &&
               text_is(known->confirmation, consent_confirmation_names[entry->confirmation]) &&
               (known->has_confirmed_ms ? known->confirmed_ms : 0) == entry->confirmed_ms &&
               text_equal(known->origin, one->origin);
}

static enum status compare(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                           struct error *error)
{
        struct declarations *declarations = context;
        struct declaration *one = (struct declaration *)item;
        enum status status = find_person(run, declarations, one, arena, error);
        if (status || item->row->rejection.reason)
                return status;
        struct q_consent_of_event_args args = {person_id(declarations->people, one->person),
                                               text_of(consent_channel_names[one->channel]),
                                               text_of(consent_kind_names[one->entry.kind]), one->entry.at_ms};
        struct q_consent_of_event_row known;
        bool found = false;
        status = q_consent_of_event(run->connection, &args, &known, &found, error);
        if (status)
                return status;
        bool same = found && is_same(one, &known);
        item->write = !same;
        run->counters.rows_new += !found;
        run->counters.rows_changed += found && !same;
        run->counters.rows_same += same;
        return STATUS_OK;
}

static enum status write_declaration(struct connection *connection, const struct import_run *run, void *context,
                                     const struct customer_row *item, struct error *error)
{
        const struct declarations *declarations = context;
        const struct declaration *one = (const struct declaration *)item;
        struct consent_record record = {
                .person_id = person_id(declarations->people, one->person), .channel = one->channel,
                .entry = one->entry, .import_id = run->import_id, .origin = one->origin, .language = one->language,
                .wording = one->wording, .actor = text_of(import_actor(run)), .recorded_ms = declarations->now_ms};
        int64_t id;
        return consent_add(connection, &record, &id, error);
}

/* What the audit entry of the publish vouches for. */
static enum status take_digest(struct import_run *run, struct error *error)
{
        uint64_t entries;
        char *hex = arena_zero(run->arena, CONSENT_HEX_BYTES, 1);
        if (!hex)
                return error_memory(error);
        run->content_digest = hex;
        return consents_digest(run->connection, run->import_id, hex, &entries, error);
}

enum status import_consents(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct declaration), .key_field = "person",
                                                  .check = check, .compare = compare, .write = write_declaration};
        struct declarations declarations = {.person = column_mapping_find(&run->mapping, "person"),
                                            .now_ms = clock_now_ms()};
        enum status status = seen_keys_new(&declarations.seen, error);
        if (!status)
                status = person_registry_new(run, &declarations.people, error);
        if (!status)
                status = customer_rows_import(run, &kind, &declarations, error);
        if (!status && !run->dry_run)
                status = take_digest(run, error);
        person_registry_free(declarations.people);
        seen_keys_free(declarations.seen);
        return status;
}
