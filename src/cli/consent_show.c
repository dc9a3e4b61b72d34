/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consent_show.c: treue consent show: all a person declared, with the proof of each, and what follows from it.
 */
#include "base/calendar.h"
#include "cli/consent_parts.h"
#include "platform/clock.h"
#include "render/cells.h"

#define OUTPUT_BYTES_MAX ((size_t)256 << 20)

struct page {
        struct session *session;
        struct consent_command *words;
        int32_t day;
        bool channels[CONSENT_CHANNELS];          /* to be shown */
        struct consent_standing standings[CONSENT_CHANNELS];
        struct consent_past *past;
        size_t count;
};

static enum status find_standings(struct page *page, struct error *error)
{
        int64_t end_ms = clock_local_instant(page->day + 1, 0) - 1;
        enum status status = STATUS_OK;
        for (int c = 0; c < CONSENT_CHANNELS && !status; c++)
                status = consents_standing(page->past, page->count, (enum consent_channel)c, end_ms,
                                           page->session->arena, &page->standings[c], error);
        return status;
}

static enum status load(struct page *page, struct error *error)
{
        struct session *session = page->session;
        const struct consent_command *words = page->words;
        enum consent_channel channel;
        int64_t customer_id, person_id;
        enum status status = STATUS_OK;
        for (int c = 0; c < CONSENT_CHANNELS; c++)
                page->channels[c] = !words->channel;
        if (words->channel) {
                status = consent_channel_parse(words->channel, &channel, error);
                if (!status)
                        page->channels[channel] = true;
        }
        if (!status)
                status = consent_customer(page->words, &customer_id, error);
        if (!status)
                status = consent_person_find(session->connection, customer_id, words->word, &person_id, error);
        if (!status)
                status = consents_of_person(session->connection, person_id, session->arena, &page->past, &page->count,
                                            error);
        return status ? status : find_standings(page, error);
}

/* What became of an entry: counts, was corrected, or went with its import. */
static const char *fate(const struct consent_past *past)
{
        return past->corrected ? "corrected" : !past->counts ? "undone" : past->undone ? "kept" : "counts";
}

/* {key: "2026-01-31T09:15:00Z"}; null for 0. */
static void put_instant(struct json *json, const char *key, int64_t instant_ms)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, 64);
        json_key(json, key);
        instant_add_iso(&text, instant_ms);
        json_string(json, instant_ms ? text.data : NULL);
}

/* null for none */
static void put_text(struct json *json, const char *key, struct text text)
{
        json_key(json, key);
        if (text.length)
                json_text(json, text);
        else
                json_null(json);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void put_conditions(struct json *json, unsigned conditions)
{
        static const struct { unsigned bit; const char *name; } names[] = {
                {CONSENT_ADDRESS_FROM_SALE, "address_from_sale"}, {CONSENT_SIMILAR_GOODS, "similar_goods"},
                {CONSENT_NOTICE_GIVEN, "notice_given"}, {CONSENT_NO_OBJECTION, "no_objection"}};
        json_begin_object(json);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                json_key(json, names[i].name);
                json_bool(json, (conditions & names[i].bit) != 0);
        }
        json_end_object(json);
}

static void put_json(struct json *json, const struct consent_past *past)
{
        const struct consent_entry *entry = &past->entry;
        json_begin_object(json);
        json_key(json, "id");
        json_id_text(json, entry->id);
        json_key(json, "channel");
        json_string(json, consent_channel_names[past->channel]);
        json_key(json, "kind");
        json_string(json, consent_kind_names[entry->kind]);
        put_instant(json, "at", entry->at_ms);
        put_text(json, "basis", text_of(consent_basis_names[entry->basis]));
        if (entry->basis == CONSENT_BASIS_EXISTING) {
                json_key(json, "conditions");
                put_conditions(json, entry->conditions);
        }
        put_text(json, "double_opt_in", text_of(consent_confirmation_names[entry->confirmation]));
        put_instant(json, "confirmed",
                             entry->confirmation == CONSENT_CONFIRMED ? entry->confirmed_ms : 0);
        put_text(json, "origin", past->origin);
        put_text(json, "language", past->language);
        put_text(json, "text", past->wording);
        put_text(json, "recorded_by", past->actor);
        put_instant(json, "recorded", past->recorded_ms);
        json_key(json, "import");
        if (past->import_id)
                json_int(json, past->import_id);
        else
                json_null(json);
        json_key(json, "fate");
        json_string(json, fate(past));
        json_end_object(json);
}

static void write_json(const struct page *page, struct buffer *out)
{
        struct json json;
        json_init(&json, out, true);
        json_begin_object(&json);
        json_key(&json, "person");
        json_string(&json, page->words->word);
        json_key(&json, "on");
        json_day(&json, page->day);
        json_key(&json, "standing");
        json_begin_object(&json);
        for (int c = 0; c < CONSENT_CHANNELS; c++) {
                const struct consent_standing *standing = &page->standings[c];
                if (!page->channels[c])
                        continue;
                json_key(&json, consent_channel_names[c]);
                json_begin_object(&json);
                json_key(&json, "state");
                json_string(&json, consent_state_names[standing->state]);
                json_key(&json, "permitted");
                json_bool(&json, consent_permits(standing->state));
                put_instant(&json, "since", standing->since_ms);
                json_key(&json, "entry");
                if (standing->entry_id)
                        json_id_text(&json, standing->entry_id);
                else
                        json_null(&json);
                json_end_object(&json);
        }
        json_end_object(&json);
        json_key(&json, "entries");
        json_begin_array(&json);
        for (size_t i = 0; i < page->count; i++)
                if (page->channels[page->past[i].channel])
                        put_json(&json, &page->past[i]);
        json_end_array(&json);
        json_end_object(&json);
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

/* Blank for 0. */
static void cell_moment(struct cells *cells, int64_t instant_ms)
{
        struct buffer text buffer_cleanup;
        int32_t day, second;
        buffer_init(&text, 64);
        clock_local_time(instant_ms, &day, &second);
        if (instant_ms)
                format_add_moment(&text, cells->language, day, second);
        cells_text(cells, (struct text){text.data, text.length});
}

static enum status add_standings(const struct page *page, struct cells *cells, struct buffer *out, struct error *error)
{
        enum language language = cells->language;
        enum status status = cells_begin(cells, error);
        if (status)
                return status;
        cells_column(cells, "consent.column.channel", TABLE_LEFT);
        cells_column(cells, "consent.column.permitted", TABLE_LEFT);
        cells_column(cells, "consent.column.state", TABLE_LEFT);
        cells_column(cells, "consent.column.since", TABLE_LEFT);
        for (int c = 0; c < CONSENT_CHANNELS; c++) {
                const struct consent_standing *standing = &page->standings[c];
                if (!page->channels[c])
                        continue;
                cells_text(cells, text_of(consent_said(language, "consent.channel.", consent_channel_names[c])));
                cells_key(cells, consent_permits(standing->state) ? "consent.yes" : "consent.no");
                cells_text(cells, text_of(consent_said(language, "consent.state.",
                                                       consent_state_names[standing->state])));
                cell_moment(cells, standing->since_ms);
        }
        return table_add_to(cells->table, 0, out) ? STATUS_OK : error_memory(error);
}

static void add_moment(struct buffer *out, enum language language, int64_t instant_ms)
{
        int32_t day, second;
        clock_local_time(instant_ms, &day, &second);
        format_add_moment(out, language, day, second);
}

static void add_line(struct buffer *out, enum language language, const char *key, struct text text)
{
        if (!text.length)
                return;
        buffer_addf(out, "    %s: ", message_raw(language, key));
        for (size_t i = 0; i < text.length; i++)
                buffer_add_byte(out, (unsigned char)text.data[i] < ' ' ? ' ' : text.data[i]);
        buffer_add_byte(out, '\n');
}

static void add_conditions(struct buffer *out, enum language language, unsigned conditions)
{
        static const struct { unsigned bit; const char *key; } keys[] = {
                {CONSENT_ADDRESS_FROM_SALE, "consent.condition.address_from_sale"},
                {CONSENT_SIMILAR_GOODS, "consent.condition.similar_goods"},
                {CONSENT_NOTICE_GIVEN, "consent.condition.notice_given"},
                {CONSENT_NO_OBJECTION, "consent.condition.no_objection"}};
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
                buffer_addf(out, "    %s %s\n", conditions & keys[i].bit ? "\xe2\x9c\x93" : "\xe2\x9c\x97",
                            message_raw(language, keys[i].key));
}

static void add_recorded(const struct consent_past *past, enum language language, struct buffer *out)
{
        struct buffer when buffer_cleanup;
        struct buffer actor buffer_cleanup;
        char import[16];
        buffer_init(&when, 64);
        buffer_init(&actor, 4096);
        add_moment(&when, language, past->recorded_ms);
        buffer_add(&actor, past->actor.data, past->actor.length);
        snprintf(import, sizeof(import), "%d", (int)past->import_id);
        buffer_clear(out);
        if (past->import_id)
                message_add(out, language, "consent.by_import", "when", when.data, "actor", actor.data, "import",
                            import, NULL);
        else
                message_add(out, language, "consent.by_hand", "when", when.data, "actor", actor.data, NULL);
}

static void add_entry(const struct consent_past *past, enum language language, struct buffer *out)
{
        const struct consent_entry *entry = &past->entry;
        struct buffer said buffer_cleanup;
        buffer_init(&said, 4096);
        buffer_addf(out, "\n  ");
        add_moment(out, language, entry->at_ms);
        buffer_addf(out, "  %s: %s",
                    consent_said(language, "consent.channel.", consent_channel_names[past->channel]),
                    consent_said(language, "consent.kind.", consent_kind_names[entry->kind]));
        if (entry->basis == CONSENT_BASIS_EXISTING)
                buffer_addf(out, " (%s)", consent_said(language, "consent.state.", "existing_customer"));
        buffer_addf(out, "  [%s]\n", consent_said(language, "consent.fate.", fate(past)));
        if (entry->basis == CONSENT_BASIS_EXISTING)
                add_conditions(out, language, entry->conditions);
        if (entry->confirmation == CONSENT_PENDING)
                buffer_addf(out, "    %s\n", message_raw(language, "consent.opt_in_pending"));
        if (entry->confirmation == CONSENT_CONFIRMED) {
                add_moment(&said, language, entry->confirmed_ms);
                add_line(out, language, "consent.opt_in_confirmed", (struct text){said.data, said.length});
        }
        add_line(out, language, "consent.column.origin", past->origin);
        add_line(out, language, "consent.wording", past->wording);
        add_recorded(past, language, &said);
        add_line(out, language, "consent.recorded_when", (struct text){said.data, said.length});
}

static enum status write_text(const struct page *page, struct buffer *out, struct error *error)
{
        enum language language = page->session->context->language;
        struct cells cells cells_cleanup;
        cells_init(&cells, language, 0);
        enum status status = add_standings(page, &cells, out, error);
        for (size_t i = 0; i < page->count && !status; i++)
                if (page->channels[page->past[i].channel])
                        add_entry(&page->past[i], language, out);
        return status;
}

enum status consent_show(void *context, struct error *error)
{
        struct consent_command *command = context;
        struct page page = {.session = &command->session, .words = command};
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = consent_day(command, &page.day, error);
        if (!status)
                status = load(&page, error);
        if (!status && command->form == FORM_JSON)
                write_json(&page, &out);
        else if (!status)
                status = write_text(&page, &out, error);
        return status ? status : cli_answer(&out, error);
}
