/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mapping.c: finds the columns of a profile in a file, and reads cells by type.
 */
#include "importer/mapping.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "customers/consent.h"
#include "importer/number.h"
#include "platform/clock.h"
#include "render/csv.h"

enum { MESSAGE_LIST_MAX = 700 };

/* The headers of the file for a message, as far as they fit. */
static void add_headers(struct buffer *out, const struct text *header, size_t count)
{
        for (size_t i = 0; i < count && out->length < MESSAGE_LIST_MAX; i++) {
                buffer_add_text(out, i ? ", " : "");
                buffer_add(out, header[i].data, header[i].length);
        }
}

static enum status header_problem(const char *key, struct text name, const struct text *header, size_t count,
                                  struct error *error)
{
        struct buffer list __attribute__((cleanup(buffer_release)));
        struct buffer wanted __attribute__((cleanup(buffer_release)));
        buffer_init(&list, 1 << 20);
        buffer_init(&wanted, 1 << 20);
        add_headers(&list, header, count);
        buffer_add(&wanted, name.data, name.length);
        return error_set(error, STATUS_INVALID, key, "column", wanted.data, "columns", list.data, NULL);
}

/* Names in the order of the profile of all headers the file lacks. */
static enum status missing_headers(const struct profile *profile, const struct text *header, size_t count,
                                   struct error *error)
{
        struct buffer missing __attribute__((cleanup(buffer_release)));
        buffer_init(&missing, 1 << 20);
        for (size_t c = 0; c < profile->column_count && missing.length < MESSAGE_LIST_MAX / 2; c++) {
                const struct profile_column *column = &profile->columns[c];
                bool found = column->constant.data != NULL;
                for (size_t i = 0; !found && i < count; i++)
                        found = text_equal(text_trim(header[i]), column->header);
                for (size_t i = 0; !found && i < c; i++) /* named already: two fields may share a column */
                        found = text_equal(profile->columns[i].header, column->header);
                if (found)
                        continue;
                buffer_add_text(&missing, missing.length ? ", " : "");
                buffer_add(&missing, column->header.data, column->header.length);
        }
        return header_problem("import.header_missing", (struct text){missing.data, missing.length}, header, count,
                              error);
}

static enum status find_header(const struct profile *profile, const struct profile_column *column,
                               const struct text *header, size_t count, int *ret_position, struct error *error)
{
        int found = -1;
        for (size_t i = 0; i < count; i++) {
                if (!text_equal(text_trim(header[i]), column->header))
                        continue;
                if (found >= 0)
                        return header_problem("import.header_doubled", column->header, header, count, error);
                found = (int)i;
        }
        if (found < 0)
                return missing_headers(profile, header, count, error);
        *ret_position = found;
        return STATUS_OK;
}

/* For readers: what a column is called. */
static struct text name_of(struct arena *arena, const struct profile_column *column, const struct field_info *field)
{
        if (column->header.data)
                return column->header;
        if (column->constant.data)
                return text_of(field->name);
        char number[16];
        int length = snprintf(number, sizeof(number), "%d", column->position + 1);
        char *copy = arena_copy(arena, number, (size_t)length);
        return (struct text){copy, copy ? (size_t)length : 0};
}

static enum status check_constant(const struct mapped_column *column, struct error *error)
{
        struct field_value value;
        /* Constants are written with a point, and with any number of decimals money may have: up to four. */
        const char *reason = field_parse(column, column->column->constant, DECIMAL_POINT, 4, &value);
        if (!reason)
                return STATUS_OK;
        return error_set(error, STATUS_INVALID, "import.constant", "field", column->field->name, "value",
                         column->column->constant.data, NULL);
}

enum status column_mapping_bind(struct arena *arena, const struct profile *profile, const struct text *header,
                                size_t header_count, const char *currency, struct column_mapping *ret,
                                struct error *error)
{
        struct column_mapping mapping = {.kind = profile->kind, .file_columns = header_count,
                                         .count = profile->column_count};
        mapping.columns = arena_array(arena, struct mapped_column, mapping.count ? mapping.count : 1);
        if (!mapping.columns)
                return error_memory(error);
        for (size_t i = 0; i < mapping.count; i++) {
                const struct profile_column *column = &profile->columns[i];
                struct mapped_column *mapped = &mapping.columns[i];
                *mapped = (struct mapped_column){column, &kind_infos[profile->kind].fields[column->field],
                                                 column->position, {0}, column->format.data,
                                                 profile->neutralised, currency};
                mapped->name = name_of(arena, column, mapped->field);
                if (!mapped->name.data)
                        return error_memory(error);
                enum status status = STATUS_OK;
                if (column->constant.data)
                        status = check_constant(mapped, error);
                else if (profile->header)
                        status = find_header(profile, column, header, header_count, &mapped->position, error);
                else if ((size_t)column->position >= header_count) {
                        char count[24];
                        snprintf(count, sizeof(count), "%zu", header_count);
                        status = error_set(error, STATUS_INVALID, "import.column_position", "column",
                                           mapped->name.data, "count", count, NULL);
                }
                if (status)
                        return status;
        }
        *ret = mapping;
        return STATUS_OK;
}

const struct mapped_column *column_mapping_find(const struct column_mapping *mapping, const char *field)
{
        for (size_t i = 0; i < mapping->count; i++)
                if (strcmp(mapping->columns[i].field->name, field) == 0)
                        return &mapping->columns[i];
        return NULL;
}

struct text text_prefix(struct text text, unsigned count)
{
        size_t i = 0;
        for (unsigned points = 0; i < text.length; i++) {
                bool starts = ((uint8_t)text.data[i] & 0xC0) != 0x80;
                if (starts && points++ == count)
                        break;
        }
        return (struct text){text.data, i};
}

bool text_is_blank(struct text text)
{
        if (text.length == 0)
                return true; /* "none" has no bytes to point at */
        const uint8_t *at = (const uint8_t *)text.data, *end = at + text.length;
        while (at < end) {
                size_t left = (size_t)(end - at);
                if (*at == ' ' || (*at >= '\t' && *at <= '\r')) {
                        at++;
                } else if (left >= 2 && at[0] == 0xC2 && (at[1] == 0x85 || at[1] == 0xA0)) { /* NEL, no-break space */
                        at += 2;
                } else if (left >= 3 && (memcmp(at, "\xE1\x9A\x80", 3) == 0 ||      /* U+1680 */
                                         memcmp(at, "\xE3\x80\x80", 3) == 0 ||      /* U+3000 */
                                         memcmp(at, "\xE2\x81\x9F", 3) == 0 ||      /* U+205F */
                                         (at[0] == 0xE2 && at[1] == 0x80 &&         /* U+2000..200A, 2028, 2029, 202F */
                                          (at[2] <= 0x8A || at[2] == 0xA8 || at[2] == 0xA9 || at[2] == 0xAF)))) {
                        at += 3;
                } else {
                        return false;
                }
        }
        return true;
}

struct text mapped_text(const struct mapped_column *column, const struct text *fields, size_t field_count)
{
        if (column->position < 0)
                return column->column->constant;
        if ((size_t)column->position >= field_count)
                return (struct text){0};
        struct text cell = fields[column->position];
        if (column->neutralised)
                cell = csv_restored(cell);
        /* The prefix is of what a reader sees: blanks in front are no part of a code. */
        return column->column->prefix ? text_prefix(text_trim(cell), column->column->prefix) : cell;
}

static const char *decimal_reason(enum decimal_result result)
{
        switch (result) {
        case DECIMAL_OK:
                return NULL;
        case DECIMAL_TOO_LARGE:
                return "import.reason.too_large";
        case DECIMAL_TOO_PRECISE:
                return "import.reason.too_precise";
        case DECIMAL_EMPTY:
        case DECIMAL_MALFORMED:
                break;
        }
        return "import.reason.number";
}

/* `currency`: an amount may name it; NULL: no currency may stand there. */
static const char *parse_scaled(struct text text, enum decimal_mark mark, unsigned scale, const char *currency,
                                int64_t *ret)
{
        enum decimal_result result = decimal_parse_scaled(text, mark, scale, false, ret);
        struct bare_number bare;
        if (result != DECIMAL_MALFORMED)
                return decimal_reason(result);
        switch (number_bare(text, currency, &bare)) {
        case NUMBER_OTHER_CURRENCY:
                return "import.reason.currency";
        case NUMBER_BARED:
                result = decimal_parse_scaled(bare.text, mark, scale, false, ret);
                break;
        case NUMBER_PLAIN:
                break;
        }
        return decimal_reason(result);
}

static const char *parse_decimal(struct text text, enum decimal_mark mark, const char *currency, struct decimal *ret)
{
        enum decimal_result result = decimal_parse(text, mark, ret);
        struct bare_number bare;
        if (result != DECIMAL_MALFORMED)
                return decimal_reason(result);
        switch (number_bare(text, currency, &bare)) {
        case NUMBER_OTHER_CURRENCY:
                return "import.reason.currency";
        case NUMBER_BARED:
                result = decimal_parse(bare.text, mark, ret);
                break;
        case NUMBER_PLAIN:
                break;
        }
        return decimal_reason(result);
}

static const char *parse_day(const char *format, struct text text, int32_t *ret)
{
        bool known = format ? day_parse_format(text, format, ret)
                            : day_parse_iso(text, ret) || day_parse_format(text, "%d.%m.%Y", ret);
        return known ? NULL : "import.reason.date";
}

/* "35 %" and "0.35" are the same share. */
static const char *parse_share(struct text text, enum decimal_mark mark, int64_t *ret)
{
        bool percent = text.length && text.data[text.length - 1] == '%';
        if (percent)
                text = text_trim((struct text){text.data, text.length - 1});
        const char *reason = parse_scaled(text, mark, percent ? 4 : 6, NULL, ret);
        if (!reason && (*ret < 0 || *ret > 1000000))
                reason = "import.reason.share";
        return reason;
}

static bool equals_ignoring_case(struct text text, const char *word)
{
        size_t i = 0;
        for (; i < text.length && word[i]; i++) {
                char byte = text.data[i];
                if (byte >= 'A' && byte <= 'Z')
                        byte = (char)(byte - 'A' + 'a');
                if (byte != word[i])
                        return false;
        }
        return i == text.length && !word[i];
}

/* One of two sets of words, German and English. */
static bool parse_word(struct text text, const char *const *no, const char *const *yes, bool *ret)
{
        for (size_t i = 0; yes[i]; i++)
                if (equals_ignoring_case(text, yes[i]))
                        return *ret = true;
        for (size_t i = 0; no[i]; i++)
                if (equals_ignoring_case(text, no[i])) {
                        *ret = false;
                        return true;
                }
        return false;
}

static const char *parse_choice(enum field_type type, struct text text, bool *ret)
{
        static const char *const no[] = {"no", "nein", "n", "false", "falsch", "0", NULL};
        static const char *const yes[] = {"yes", "ja", "y", "j", "true", "wahr", "1", "x", NULL};
        static const char *const customer[] = {"customer", "kunde", NULL};
        static const char *const prospect[] = {"prospect", "interessent", NULL};
        static const char *const measured[] = {"measured", "gemessen", NULL};
        static const char *const estimated[] = {"estimated", "gesch\xC3\xA4tzt", "geschaetzt", NULL};
        if (type == FIELD_KIND)
                return parse_word(text, customer, prospect, ret) ? NULL : "import.reason.kind";
        if (type == FIELD_METHOD)
                return parse_word(text, measured, estimated, ret) ? NULL : "import.reason.method";
        return parse_word(text, no, yes, ret) ? NULL : "import.reason.yes_no";
}

struct choice_word {
        enum field_type type;
        int64_t number;
        const char *word;
};

/* The first word of a number is the one it is stored as. */
static const struct choice_word choice_words[] = {
        {FIELD_STATUS, ACTIVITY_CONFIRMED, "confirmed"}, {FIELD_STATUS, ACTIVITY_CONFIRMED, "best\xC3\xA4tigt"},
        {FIELD_STATUS, ACTIVITY_CONFIRMED, "bestaetigt"}, {FIELD_STATUS, ACTIVITY_PLANNED, "planned"},
        {FIELD_STATUS, ACTIVITY_PLANNED, "geplant"}, {FIELD_STATUS, ACTIVITY_CANCELLED, "cancelled"},
        {FIELD_STATUS, ACTIVITY_CANCELLED, "canceled"}, {FIELD_STATUS, ACTIVITY_CANCELLED, "abgesagt"},
        {FIELD_ROLE, RESPONSIBLE_REP, "rep"}, {FIELD_ROLE, RESPONSIBLE_REP, "au\xC3\x9F" "endienst"},
        {FIELD_ROLE, RESPONSIBLE_DEPUTY, "deputy"}, {FIELD_ROLE, RESPONSIBLE_DEPUTY, "vertretung"},
        {FIELD_ROLE, RESPONSIBLE_INSIDE, "inside"}, {FIELD_ROLE, RESPONSIBLE_INSIDE, "innendienst"},
        {FIELD_ROLE, RESPONSIBLE_HEAD, "head"}, {FIELD_ROLE, RESPONSIBLE_HEAD, "leitung"},
        {FIELD_CHANNEL, CONSENT_EMAIL, "email"}, {FIELD_CHANNEL, CONSENT_EMAIL, "e-mail"},
        {FIELD_CHANNEL, CONSENT_EMAIL, "mail"}, {FIELD_CHANNEL, CONSENT_PHONE, "phone"},
        {FIELD_CHANNEL, CONSENT_PHONE, "telephone"}, {FIELD_CHANNEL, CONSENT_PHONE, "telefon"},
        {FIELD_CHANNEL, CONSENT_POST, "post"}, {FIELD_CHANNEL, CONSENT_POST, "letter"},
        {FIELD_CHANNEL, CONSENT_POST, "brief"}, {FIELD_CHANNEL, CONSENT_PORTAL, "portal"},
        {FIELD_CONSENT, CONSENT_GIVEN, "consent"}, {FIELD_CONSENT, CONSENT_GIVEN, "einwilligung"},
        {FIELD_CONSENT, CONSENT_WITHDRAWAL, "withdrawal"}, {FIELD_CONSENT, CONSENT_WITHDRAWAL, "widerruf"},
        {FIELD_CONSENT, CONSENT_OBJECTION, "objection"}, {FIELD_CONSENT, CONSENT_OBJECTION, "widerspruch"},
        {FIELD_CONSENT, CONSENT_LIFTED, "objection_lifted"}, {FIELD_CONSENT, CONSENT_LIFTED, "objection lifted"},
        {FIELD_CONSENT, CONSENT_LIFTED, "widerspruch aufgehoben"},
        {FIELD_BASIS, CONSENT_BASIS_CONSENT, "consent"}, {FIELD_BASIS, CONSENT_BASIS_CONSENT, "einwilligung"},
        {FIELD_BASIS, CONSENT_BASIS_EXISTING, "existing_customer"},
        {FIELD_BASIS, CONSENT_BASIS_EXISTING, "existing customer"},
        {FIELD_BASIS, CONSENT_BASIS_EXISTING, "bestandskunde"},
};
enum { CHOICE_WORDS = sizeof(choice_words) / sizeof(choice_words[0]) };

const char *field_word(enum field_type type, int64_t number)
{
        for (size_t i = 0; i < CHOICE_WORDS; i++)
                if (choice_words[i].type == type && choice_words[i].number == number)
                        return choice_words[i].word;
        return "";
}

static const char *parse_named(enum field_type type, struct text text, int64_t *ret)
{
        for (size_t i = 0; i < CHOICE_WORDS; i++) {
                if (choice_words[i].type != type || !equals_ignoring_case(text, choice_words[i].word))
                        continue;
                *ret = choice_words[i].number;
                return NULL;
        }
        return type == FIELD_STATUS    ? "import.reason.status"
               : type == FIELD_ROLE    ? "import.reason.role"
               : type == FIELD_CHANNEL ? "import.reason.channel"
               : type == FIELD_CONSENT ? "import.reason.consent"
                                       : "import.reason.basis";
}

/* Light: one @ with something on both sides, no blanks and no control characters. */
static const char *check_email(struct text text)
{
        size_t signs = 0, at = 0;
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] == '@') {
                        signs++;
                        at = i;
                } else if ((uint8_t)text.data[i] <= ' ') {
                        return "import.reason.email";
                }
        }
        return signs == 1 && at > 0 && at + 1 < text.length ? NULL : "import.reason.email";
}

const char *field_parse(const struct mapped_column *column, struct text cell, enum decimal_mark mark,
                        unsigned minor_digits, struct field_value *ret)
{
        const char *currency = column->currency ? column->currency : "";
        struct field_value value = {.text = cell};
        struct decimal decimal;
        const char *reason = NULL;
        if (text_is_blank(cell)) {
                *ret = (struct field_value){0};
                return column->field->required ? "import.reason.empty" : NULL;
        }
        if (column->position < 0)
                mark = DECIMAL_POINT;
        value.known = true;
        if (column->field->type != FIELD_TEXT)
                value.text = cell = text_trim(cell);
        switch (column->field->type) {
        case FIELD_TEXT:
                break;
        case FIELD_DAY:
                reason = parse_day(column->format, cell, &value.day);
                break;
        case FIELD_MONEY:
                reason = parse_scaled(cell, mark, minor_digits, currency, &value.number);
                break;
        case FIELD_QUANTITY:
                reason = parse_scaled(cell, mark, 3, NULL, &value.number);
                break;
        case FIELD_INTEGER:
                reason = parse_scaled(cell, mark, 0, NULL, &value.number);
                reason = reason ? "import.reason.integer" : NULL;
                break;
        case FIELD_SHARE:
                reason = parse_share(cell, mark, &value.number);
                break;
        case FIELD_DECIMAL:
                reason = parse_decimal(cell, mark, currency, &decimal);
                value.number = reason ? 0 : decimal.units;
                value.scale = reason ? 0 : decimal.scale;
                break;
        case FIELD_YES_NO:
        case FIELD_KIND:
        case FIELD_METHOD:
                reason = parse_choice(column->field->type, cell, &value.yes);
                break;
        case FIELD_MOMENT:
                if (!clock_parse_moment(cell, column->format, &value.instant_ms))
                        reason = "import.reason.moment";
                break;
        case FIELD_STATUS:
        case FIELD_ROLE:
        case FIELD_CHANNEL:
        case FIELD_CONSENT:
        case FIELD_BASIS:
                reason = parse_named(column->field->type, cell, &value.number);
                break;
        case FIELD_EMAIL:
                reason = check_email(cell);
                break;
        }
        while (column->field->type == FIELD_DECIMAL && value.scale > 0 && value.number % 10 == 0) {
                value.number /= 10;
                value.scale--;
        }
        *ret = value;
        return reason;
}
