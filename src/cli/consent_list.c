/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consent_list.c: treue consent list and treue consent audience: contacts with where they stand, and whom a message
 * would reach. Both draw from customers/audience.h.
 */
#include "cli/consent_parts.h"
#include "db/generation.h"
#include "program/standing.h"

#define OUTPUT_BYTES_MAX ((size_t)1 << 30)

struct listing {
        struct session *session;
        struct consent_command *words;
        int32_t day;
        bool list;                    /* consent list; else consent audience */
        int64_t customer_id, person_id; /* 0: everybody */
        int state;                    /* -1: whoever declared something */
        struct audience_contact *contacts;
        size_t count;
        uint64_t by_reason[AUDIENCE_REASONS];
};

/* ---- drawing ----------------------------------------------------------------------------------------------------- */

/* The customers in a segment by the latest approved decisions, by ascending id. */
static enum status find_members(struct listing *listing, struct audience_request *request, struct error *error)
{
        struct session *session = listing->session;
        const char *wanted = listing->words->segment;
        struct version version;
        struct standing *standings;
        struct buffer known buffer_cleanup;
        uint8_t segment = SEGMENT_NONE;
        buffer_init(&known, 4096);
        enum status status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        if (!status)
                status = session_version(session, NULL, &version, error);
        for (size_t s = 0; !status && s < version.concept->segment_count; s++) {
                struct text id = version.concept->segments[s].id;
                buffer_addf(&known, "%s%.*s", s ? ", " : "", (int)id.length, id.data);
                segment = text_is(id, wanted) ? (uint8_t)s : segment;
        }
        if (!status && segment == SEGMENT_NONE)
                status = error_set(error, STATUS_INVALID, "override.unknown_segment", "segment", wanted, "segments",
                                   known.data, NULL);
        if (status)
                return status;
        size_t count = snapshot_customer_count(session->snapshot), members = 0;
        const int64_t *all = snapshot_customer_ids(session->snapshot);
        int64_t *ids = arena_array(session->arena, int64_t, count + 1);
        status = ids ? standing_load(session->connection, version.program_id, listing->day + 1, version.concept, all,
                                     count, NULL, session->arena, &standings, error)
                     : error_memory(error);
        for (size_t i = 0; !status && i < count; i++)
                if (standings[i].segment == segment)
                        ids[members++] = all[i];
        request->limited = true;
        request->customer_ids = ids;
        request->customer_count = members;
        request->generation = snapshot_generation(session->snapshot);
        return status;
}

static bool is_wanted(const struct listing *listing, const struct audience_contact *contact)
{
        if (listing->customer_id && contact->customer_id != listing->customer_id)
                return false;
        if (listing->person_id && contact->person_id != listing->person_id)
                return false;
        if (!listing->list)
                return true;
        return listing->state >= 0 ? contact->standing.state == (enum consent_state)listing->state
                                   : contact->standing.state != CONSENT_STATE_NONE;
}

/* One channel, or all of them, one after the other. */
static enum status draw(struct listing *listing, struct error *error)
{
        struct session *session = listing->session;
        struct audience_request request = {.connection = session->connection, .day = listing->day,
                                           .as_then = listing->list};
        struct buffer all buffer_cleanup;
        int first = CONSENT_EMAIL, last = CONSENT_CHANNELS - 1;
        enum consent_channel channel = CONSENT_EMAIL;
        enum status status = STATUS_OK;
        buffer_init(&all, (size_t)4 << 30);
        if (!listing->list || listing->words->channel)
                status = consent_channel_parse(listing->words->channel, &channel, error);
        if (!listing->list || listing->words->channel)
                first = last = channel;
        if (!status)
                status = generation_latest(session->connection, &request.generation, error);
        if (!status && listing->words->segment)
                status = find_members(listing, &request, error);
        for (int c = first; c <= last && !status; c++) {
                struct audience_contact *contacts;
                size_t count = 0;
                request.channel = (enum consent_channel)c;
                status = audience_load(&request, session->arena, &contacts, &count, error);
                for (size_t i = 0; i < count && !status; i++) {
                        if (!is_wanted(listing, &contacts[i]))
                                continue;
                        listing->by_reason[contacts[i].reason]++;
                        if (!buffer_add(&all, &contacts[i], sizeof(contacts[i])))
                                status = error_memory(error);
                }
        }
        listing->count = all.length / sizeof(struct audience_contact);
        listing->contacts = arena_array(session->arena, struct audience_contact, listing->count + 1);
        if (!status && !listing->contacts)
                status = error_memory(error);
        if (!status && listing->count)
                memcpy(listing->contacts, all.data, all.length);
        return status;
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

enum { IN_NONE = 1 << FORM_COUNT, IN_DATA = IN_JSON | IN_CSV };

enum { COLUMN_SOURCE, COLUMN_NUMBER, COLUMN_CUSTOMER, COLUMN_PERSON_SOURCE, COLUMN_PERSON, COLUMN_NAME,
       COLUMN_CHANNEL, COLUMN_ROLE, COLUMN_LANGUAGE, COLUMN_ADDRESS, COLUMN_STATE, COLUMN_SINCE, COLUMN_ORIGIN,
       COLUMN_REASON, COLUMN_COUNT };

static const struct sheet_column all_columns[COLUMN_COUNT] = {
        [COLUMN_SOURCE] = {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_DATA},
        [COLUMN_NUMBER] = {"number", "customers.column.number", .kind = SHEET_TEXT},
        [COLUMN_CUSTOMER] = {"customer", "consent.column.customer", .kind = SHEET_TEXT},
        [COLUMN_PERSON_SOURCE] = {"person_source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_DATA},
        [COLUMN_PERSON] = {"person", "consent.column.key", .kind = SHEET_TEXT},
        [COLUMN_NAME] = {"name", "consent.column.contact", .kind = SHEET_TEXT},
        [COLUMN_CHANNEL] = {"channel", "consent.column.channel", .kind = SHEET_CODE, .words = "consent.channel."},
        [COLUMN_ROLE] = {"role", "dossier.column.role", .kind = SHEET_TEXT, .forms = IN_DATA},
        [COLUMN_LANGUAGE] = {"language", "dossier.fact.language", .kind = SHEET_TEXT, .forms = IN_DATA},
        [COLUMN_ADDRESS] = {"address", "consent.column.address", .kind = SHEET_TEXT},
        [COLUMN_STATE] = {"state", "consent.column.state", .kind = SHEET_CODE, .words = "consent.state."},
        [COLUMN_SINCE] = {"since", "consent.column.since", .kind = SHEET_INSTANT},
        [COLUMN_ORIGIN] = {"origin", "consent.column.origin", .kind = SHEET_TEXT},
        [COLUMN_REASON] = {"reason", "consent.column.reason", .kind = SHEET_CODE, .words = "consent.reason."},
};

/* What a list shows; of an audience those reached with their addresses, the others with their reasons. */
static void choose_columns(const struct listing *listing, bool reached, struct sheet_column ret[COLUMN_COUNT])
{
        memcpy(ret, all_columns, sizeof(all_columns));
        if (listing->list) {
                ret[COLUMN_ROLE].forms = ret[COLUMN_LANGUAGE].forms = IN_NONE;
                ret[COLUMN_ADDRESS].forms = ret[COLUMN_REASON].forms = IN_NONE;
                return;
        }
        ret[COLUMN_CHANNEL].forms = IN_DATA;
        ret[reached ? COLUMN_REASON : COLUMN_STATE].forms = IN_DATA;
        if (!reached)
                ret[COLUMN_ADDRESS].forms = IN_DATA;
}

static void put_contact(struct sheet *sheet, const struct audience_contact *contact)
{
        sheet_text(sheet, contact->source);
        sheet_text(sheet, contact->number);
        sheet_text(sheet, contact->customer);
        sheet_text(sheet, contact->person_source);
        sheet_text(sheet, contact->person);
        sheet_text(sheet, contact->name);
        sheet_code(sheet, text_of(consent_channel_names[contact->channel]));
        sheet_text(sheet, contact->role);
        sheet_text(sheet, contact->language);
        sheet_text(sheet, contact->address);
        sheet_code(sheet, text_of(consent_state_names[contact->standing.state]));
        if (contact->standing.since_ms)
                sheet_instant(sheet, contact->standing.since_ms);
        else
                sheet_none(sheet);
        sheet_text(sheet, contact->origin);
        sheet_code(sheet, text_of(audience_reason_names[contact->reason]));
}

enum part { PART_REACHED, PART_SKIPPED, PART_ALL };

static enum status put_part(const struct listing *listing, const struct sheet_style *style, enum part part,
                            struct error *error)
{
        struct sheet_column columns[COLUMN_COUNT];
        struct sheet *sheet sheet_cleanup = NULL;
        choose_columns(listing, part != PART_SKIPPED, columns);
        enum status status = sheet_new(columns, COLUMN_COUNT, style, &sheet, error);
        if (status)
                return status;
        for (size_t i = 0; i < listing->count; i++) {
                bool reached = listing->contacts[i].reason == AUDIENCE_REACHED;
                if (part == PART_ALL || reached == (part == PART_REACHED))
                        put_contact(sheet, &listing->contacts[i]);
        }
        return sheet_finish(sheet, error);
}

static enum status put_object(const struct listing *listing, const struct sheet_style *style, struct error *error)
{
        struct json json;
        struct sheet_style inner = *style;
        inner.json = &json;
        json_init(&json, style->out, false);
        json_begin_object(&json);
        json_key(&json, "channel");
        json_string(&json, listing->words->channel);
        json_key(&json, "segment");
        json_string(&json, listing->words->segment);
        json_key(&json, "on");
        json_day(&json, listing->day);
        json_key(&json, "reasons");
        json_begin_object(&json);
        for (int r = 0; r < AUDIENCE_REASONS; r++) {
                json_key(&json, audience_reason_names[r]);
                json_int(&json, (int64_t)listing->by_reason[r]);
        }
        json_end_object(&json);
        json_key(&json, "contacts");
        enum status status = put_part(listing, &inner, PART_REACHED, error);
        if (!status && listing->words->skipped) {
                json_key(&json, "skipped");
                status = put_part(listing, &inner, PART_SKIPPED, error);
        }
        json_end_object(&json);
        return status;
}

/* How many are reached, and how many are left out for which reason. */
static void add_summary(const struct listing *listing, enum language language, struct buffer *out)
{
        struct buffer reached buffer_cleanup;
        struct buffer left buffer_cleanup;
        uint64_t left_out = listing->count - listing->by_reason[AUDIENCE_REACHED];
        buffer_init(&reached, 64);
        buffer_init(&left, 64);
        format_add_count(&reached, language, (int64_t)listing->by_reason[AUDIENCE_REACHED]);
        format_add_count(&left, language, (int64_t)left_out);
        message_add(out, language, "consent.audience_summary", "reached", reached.data, "skipped", left.data, NULL);
        buffer_add_byte(out, '\n');
        for (int r = AUDIENCE_REACHED + 1; r < AUDIENCE_REASONS; r++) {
                if (!listing->by_reason[r])
                        continue;
                buffer_clear(&left);
                format_add_count(&left, language, (int64_t)listing->by_reason[r]);
                buffer_addf(out, "  %s %s\n", left.data,
                            consent_said(language, "consent.reason.", audience_reason_names[r]));
        }
}

static enum status put_tables(const struct listing *listing, const struct sheet_style *style, struct error *error)
{
        uint64_t reached = listing->by_reason[AUDIENCE_REACHED];
        enum status status = STATUS_OK;
        if (reached) {
                status = put_part(listing, style, PART_REACHED, error);
                buffer_add_byte(style->out, '\n');
        }
        add_summary(listing, style->language, style->out);
        if (!status && listing->words->skipped && listing->count > reached) {
                buffer_add_byte(style->out, '\n');
                status = put_part(listing, style, PART_SKIPPED, error);
        }
        return status;
}

static enum status show(const struct listing *listing, struct buffer *out, struct error *error)
{
        struct sheet_style style = cli_style(listing->session->context, listing->words->form, out);
        if (listing->list && style.form == FORM_TABLE && !listing->count) {
                message_add(out, style.language, "consent.list_empty", NULL);
                return STATUS_OK;
        }
        if (listing->list)
                return put_part(listing, &style, PART_ALL, error);
        if (style.form == FORM_JSON)
                return put_object(listing, &style, error);
        if (style.form == FORM_TABLE)
                return put_tables(listing, &style, error);
        return put_part(listing, &style, listing->words->skipped ? PART_ALL : PART_REACHED, error);
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

static enum status read_state(const char *word, int *ret, struct error *error)
{
        struct buffer names buffer_cleanup;
        buffer_init(&names, 256);
        *ret = word ? consent_word(consent_state_names, CONSENT_STATES, text_of(word)) : -1;
        if (!word || *ret >= 0)
                return STATUS_OK;
        for (int s = 0; s < CONSENT_STATES; s++)
                buffer_addf(&names, "%s%s", s ? ", " : "", consent_state_names[s]);
        return error_set(error, STATUS_USAGE, "cli.bad_state", "state", word, "states", names.data, NULL);
}

static enum status find_who(struct listing *listing, struct error *error)
{
        enum status status = consent_customer(listing->words, &listing->customer_id, error);
        if (!status && listing->words->person)
                status = consent_person_find(listing->session->connection, listing->customer_id,
                                             listing->words->person, &listing->person_id, error);
        return status;
}

static enum status run(struct consent_command *command, bool list, struct error *error)
{
        struct listing listing = {.session = &command->session, .words = command, .list = list};
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = read_state(command->state, &listing.state, error);
        if (!status)
                status = consent_day(command, &listing.day, error);
        if (!status)
                status = find_who(&listing, error);
        if (!status)
                status = draw(&listing, error);
        if (!status)
                status = show(&listing, &out, error);
        return status ? status : cli_answer(&out, error);
}

enum status consent_list(void *command, struct error *error) { return run(command, true, error); }
enum status consent_audience(void *command, struct error *error) { return run(command, false, error); }
