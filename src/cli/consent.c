/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * consent.c: `treue consent`: records what people declared about being addressed, shows it with its proof, and says who
 * may be addressed.
 */
#include "cli/actions.h"
#include "cli/commands.h"
#include "cli/consent_parts.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "program/explained.h"

enum { WORDING_BYTES_MAX = 1 << 20, KEY_BYTES_MAX = 64, NAMES_BYTES_MAX = 256, ID_DIGITS_MAX = 9 };

/* ---- what the files share ---------------------------------------------------------------------------------------- */

/* One of several names; STATUS_USAGE with the key, {value} and {names}. */
static enum status parse_name(const char *word, const char *const *names, int count, const char *key, int *ret,
                              struct error *error)
{
        struct buffer list buffer_cleanup;
        buffer_init(&list, NAMES_BYTES_MAX);
        for (int i = 0; i < count; i++)
                if (names[i][0])
                        buffer_addf(&list, "%s%s", list.length ? ", " : "", names[i]);
        *ret = word && *word ? consent_word(names, count, text_of(word)) : -1;
        return *ret >= 0 ? STATUS_OK
                         : error_set(error, STATUS_USAGE, key, "value", word ? word : "", "names", list.data, NULL);
}

enum status consent_channel_parse(const char *word, enum consent_channel *ret, struct error *error)
{
        int channel;
        enum status status = parse_name(word, consent_channel_names, CONSENT_CHANNELS, "consent.bad_channel", &channel,
                                        error);
        if (!status)
                *ret = (enum consent_channel)channel;
        return status;
}

enum status consent_customer(struct consent_command *command, int64_t *ret_customer_id, struct error *error)
{
        struct session *session = &command->session;
        struct explained customer;
        if (!command->customer) {
                *ret_customer_id = 0;
                return STATUS_OK;
        }
        enum status status = customer_find(session->connection, command->customer, session->arena, &customer, error);
        if (!status)
                *ret_customer_id = customer.customer_id;
        return status;
}

enum status consent_day(const struct consent_command *command, int32_t *ret, struct error *error)
{
        if (command->on)
                return options_day(command->on, ret, error);
        *ret = clock_local_day(clock_now_ms());
        return STATUS_OK;
}

const char *consent_said(enum language language, const char *family, const char *name)
{
        char key[KEY_BYTES_MAX];
        snprintf(key, sizeof(key), "%s%s", family, name);
        return message_raw(language, key);
}

/* ---- record ------------------------------------------------------------------------------------------------------ */

static enum status parse_time(const char *word, int64_t *ret_ms, struct error *error)
{
        return clock_parse_moment(text_of(word), NULL, ret_ms)
                       ? STATUS_OK : error_set(error, STATUS_USAGE, "consent.bad_time", "value", word, NULL);
}

static enum status read_entry(const struct consent_command *words, struct consent_record *record, struct error *error)
{
        struct consent_entry *entry = &record->entry;
        int kind, basis = CONSENT_BASIS_NONE;
        enum status status = consent_channel_parse(words->channel, &record->channel, error);
        if (!status)
                status = parse_name(words->kind, consent_kind_names, CONSENT_KINDS, "consent.bad_kind", &kind, error);
        if (status)
                return status;
        entry->kind = (enum consent_kind)kind;
        if (words->basis)
                status = parse_name(words->basis, consent_basis_names, CONSENT_BASES, "consent.bad_basis", &basis,
                                    error);
        else if (entry->kind == CONSENT_GIVEN || entry->kind == CONSENT_LIFTED)
                basis = CONSENT_BASIS_CONSENT;
        entry->basis = (enum consent_basis)basis;
        entry->conditions = (words->address_from_sale ? CONSENT_ADDRESS_FROM_SALE : 0u) |
                            (words->similar_goods ? CONSENT_SIMILAR_GOODS : 0u) |
                            (words->notice_given ? CONSENT_NOTICE_GIVEN : 0u) |
                            (words->no_objection ? CONSENT_NO_OBJECTION : 0u);
        /* Whole seconds, so that an export says the same. */
        entry->at_ms = record->recorded_ms - record->recorded_ms % 1000;
        if (!status && words->at)
                status = parse_time(words->at, &entry->at_ms, error);
        entry->confirmation = words->confirmed       ? CONSENT_CONFIRMED
                              : words->double_opt_in ? CONSENT_PENDING
                                                     : CONSENT_UNCONFIRMED;
        if (!status && words->confirmed)
                status = parse_time(words->confirmed, &entry->confirmed_ms, error);
        return status;
}

static enum status read_wording(const struct consent_command *words, struct consent_record *record,
                                struct error *error)
{
        struct buffer text;
        record->language = text_of(words->language ? words->language : language_code(words->session.context->language));
        record->wording = text_trim(text_of(words->text));
        if (!words->text_file)
                return STATUS_OK;
        enum status status = file_read(words->text_file, WORDING_BYTES_MAX, &text, error);
        if (status)
                return status;
        struct text trimmed = text_trim((struct text){text.data, text.length});
        const char *copy = arena_copy(words->session.arena, trimmed.data, trimmed.length);
        bool readable = text_is_utf8(trimmed.data, trimmed.length);
        buffer_release(&text);
        record->wording = (struct text){copy, trimmed.length};
        if (!readable)
                return error_set(error, STATUS_INVALID, "consent.text_not_utf8", "path", words->text_file, NULL);
        return copy ? STATUS_OK : error_memory(error);
}

/* Where the person stands after it, so that nobody has to guess what it did. */
static enum status say_standing(struct consent_command *command, const struct consent_record *record,
                                struct error *error)
{
        struct session *session = &command->session;
        struct consent_past *past;
        struct consent_standing standing;
        size_t count;
        enum language language = session->context->language;
        enum status status = consents_of_person(session->connection, record->person_id, session->arena, &past, &count,
                                                error);
        if (!status)
                status = consents_standing(past, count, record->channel, clock_now_ms(), session->arena, &standing,
                                           error);
        if (status)
                return status;
        cli_print(session->context, stdout, "consent.recorded", "person", command->word, "channel",
                  consent_said(language, "consent.channel.", consent_channel_names[record->channel]), "kind",
                  consent_said(language, "consent.kind.", consent_kind_names[record->entry.kind]));
        cli_print(session->context, stdout,
                  consent_permits(standing.state) ? "consent.now_permitted" : "consent.now_not_permitted", "state",
                  consent_said(language, "consent.state.", consent_state_names[standing.state]));
        return STATUS_OK;
}

static enum status record(void *context, struct error *error)
{
        struct consent_command *command = context;
        struct session *session = &command->session;
        struct consent_record record = {.recorded_ms = clock_now_ms(), .origin = text_trim(text_of(command->origin)),
                                        .actor = text_of(command->actor)};
        int64_t customer_id, id;
        enum status status = read_entry(command, &record, error);
        if (!status)
                status = read_wording(command, &record, error);
        if (!status)
                status = consent_customer(command, &customer_id, error);
        if (!status)
                status = consent_person_find(session->connection, customer_id, command->word, &record.person_id, error);
        if (!status)
                status = consent_record(session->database, &record, &id, error);
        return status ? status : say_standing(command, &record, error);
}

/* ---- release ----------------------------------------------------------------------------------------------------- */

static enum status release(void *context, struct error *error)
{
        const struct consent_command *command = context;
        int64_t number, refusals;
        char count[24];
        if (strlen(command->word) > ID_DIGITS_MAX ||
            decimal_parse_scaled(text_of(command->word), DECIMAL_POINT, 0, false, &number) != DECIMAL_OK || number < 1)
                return error_set(error, STATUS_NOT_FOUND, "consent.not_undone", "import", command->word, NULL);
        enum status status = consents_release(command->session.database, (int32_t)number,
                                              text_trim(text_of(command->reason)), text_of(command->actor), &refusals,
                                              error);
        if (status)
                return status;
        snprintf(count, sizeof(count), "%lld", (long long)refusals);
        cli_print(command->session.context, stdout, "consent.released", "import", command->word, "count", count);
        return STATUS_OK;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static const struct action actions[] = {
        {"record", 1, 1, "consent.person_missing", CLI_WRITE, record},
        {"list", 0, 0, NULL, CLI_READ, consent_list},
        {"show", 1, 1, "consent.person_missing", CLI_READ, consent_show},
        {"audience", 0, 0, NULL, CLI_READ, consent_audience},
        {"release", 1, 1, "consent.import_missing", CLI_WRITE, release},
};

static enum status read_words(struct cli_context *context, int argc, char **argv, struct consent_command *values,
                              const struct action **ret, struct error *error)
{
        const struct option_info options[] = {
                {"--customer", OPTION_VALUE, "NUMBER", "cli.option.consent_customer", .value = &values->customer},
                {"--person", OPTION_VALUE, "KEY", "cli.option.consent_person", .value = &values->person},
                {"--channel", OPTION_VALUE, "email|phone|post|portal", "cli.option.consent_channel",
                 .value = &values->channel},
                {"--kind", OPTION_VALUE, "consent|withdrawal|objection|objection_lifted", "cli.option.consent_kind",
                 .value = &values->kind},
                {"--origin", OPTION_VALUE, "TEXT", "cli.option.consent_origin", .value = &values->origin},
                {"--at", OPTION_VALUE, "TIME", "cli.option.consent_at", .value = &values->at},
                {"--text", OPTION_VALUE, "TEXT", "cli.option.consent_text", .value = &values->text},
                {"--text-file", OPTION_VALUE, "FILE", "cli.option.consent_text_file", .value = &values->text_file},
                {"--language", OPTION_VALUE, "de|en", "cli.option.consent_language", .value = &values->language},
                {"--double-opt-in", OPTION_FLAG, NULL, "cli.option.consent_opt_in", .flag = &values->double_opt_in},
                {"--confirmed", OPTION_VALUE, "TIME", "cli.option.consent_confirmed", .value = &values->confirmed},
                {"--basis", OPTION_VALUE, "consent|existing_customer", "cli.option.consent_basis",
                 .value = &values->basis},
                {"--address-from-sale", OPTION_FLAG, NULL, "cli.option.consent_from_sale",
                 .flag = &values->address_from_sale},
                {"--similar-goods", OPTION_FLAG, NULL, "cli.option.consent_similar", .flag = &values->similar_goods},
                {"--notice-given", OPTION_FLAG, NULL, "cli.option.consent_notice", .flag = &values->notice_given},
                {"--no-objection", OPTION_FLAG, NULL, "cli.option.consent_no_objection",
                 .flag = &values->no_objection},
                {"--state", OPTION_VALUE, "STATE", "cli.option.consent_state", .value = &values->state},
                {"--segment", OPTION_VALUE, "ID", "cli.option.list_segment", .value = &values->segment},
                {"--on", OPTION_VALUE, "DATE", "cli.option.on", .value = &values->on},
                {"--skipped", OPTION_FLAG, NULL, "cli.option.consent_skipped", .flag = &values->skipped},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.reason", .value = &values->reason},
                {"--actor", OPTION_VALUE, "NAME", "cli.option.actor", .value = &values->actor},
                OPTION_FORMAT(values->format),
        };
        struct words rest;
        enum status status = action_parse(context, ACTION_SYNTAX(options, actions), argc, argv, ret, &rest, error);
        if (status)
                return status;
        values->word = rest.count ? rest.items[0] : NULL;
        return options_form(context, values->format, (*ret)->run == consent_show ? IN_TABLE | IN_JSON : FORMS_ALL,
                            &values->form, error);
}

int cmd_consent(struct cli_context *context, int argc, char **argv)
{
        struct consent_command command = {.actor = "cli"};
        const struct action *action = NULL;
        struct error error;
        enum status status = read_words(context, argc, argv, &command, &action, &error);
        if (!status)
                status = session_open(&command.session, context, action->access, &error);
        if (!status)
                status = action->run(&command, &error);
        session_close(&command.session);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
