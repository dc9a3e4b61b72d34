/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fields.c: what was typed becomes values.
 */
#include "http/fields.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/decimal.h"

enum { TEXT_MAX = 200, LONG_TEXT_MAX = 10000, EMAIL_MAX = 254, ID_MAX = 64, PERCENT_MAX = 10000, PERCENT_SCALE = 2 };
/* Beside what the fields hold: names, encoding (three bytes for one), JSON's marks. */
enum { BODY_SPARE_BYTES = 64 << 10, ENCODED_BYTES_PER_CHARACTER = 12 };

const char *const input_kind_names[INPUT_KIND_COUNT] = {"text",  "long_text", "secret", "email",  "id",     "count",
                                                        "money", "percent",   "day",    "choice", "yes_no", "file"};

static int64_t max_of(const struct field *field)
{
        static const int64_t defaults[INPUT_KIND_COUNT] = {
                [INPUT_TEXT] = TEXT_MAX, [INPUT_LONG_TEXT] = LONG_TEXT_MAX, [INPUT_SECRET] = TEXT_MAX,
                [INPUT_EMAIL] = EMAIL_MAX, [INPUT_ID] = ID_MAX, [INPUT_COUNT_OF] = INT64_MAX,
                [INPUT_MONEY] = INT64_MAX, [INPUT_PERCENT] = PERCENT_MAX, [INPUT_FILE] = FIELD_FILE_BYTES_MAX};
        return field->max ? field->max : defaults[field->kind];
}

static size_t characters(struct text text)
{
        size_t count = 0;
        for (size_t i = 0; i < text.length; i++)
                count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
        return count;
}

/* Does it hold a control character besides those allowed? C1 controls are two bytes: C2 80 to C2 9F. */
static bool has_control(struct text text, bool lines)
{
        for (size_t i = 0; i < text.length; i++) {
                unsigned char byte = (unsigned char)text.data[i];
                if (byte < ' ' && !(lines && (byte == '\n' || byte == '\t')))
                        return true;
                if (byte == 0x7f || (byte == 0xc2 && (unsigned char)text.data[i + 1] < 0xa0))
                        return true;
        }
        return false;
}

/* With '\n' for every line end. */
static bool unify_lines(struct text text, struct arena *arena, struct text *ret)
{
        char *out = arena_alloc(arena, text.length + 1);
        size_t length = 0;
        if (!out)
                return false;
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] != '\r')
                        out[length++] = text.data[i];
                else if (i + 1 == text.length || text.data[i + 1] != '\n')
                        out[length++] = '\n';
        }
        out[length] = '\0';
        *ret = (struct text){out, length};
        return true;
}

struct check {
        const struct field *field;
        const struct item *item;
        const struct reader_habits *habits;
        struct arena *arena;
        struct text text;   /* result */
        int64_t integer;
        const char *limit;  /* of the message */
};

static const char *with_limit(struct check *check, const char *key, int64_t limit)
{
        char number[24];
        int length = snprintf(number, sizeof(number), "%lld", (long long)limit);
        check->limit = arena_copy(check->arena, number, (size_t)length);
        return key;
}

static const char *check_text(struct check *check, bool lines)
{
        if (lines && !unify_lines(check->text, check->arena, &check->text))
                return "input.too_long";
        if (has_control(check->text, lines))
                return "input.control";
        int64_t max = max_of(check->field);
        return (int64_t)characters(check->text) > max ? with_limit(check, "input.too_long", max) : NULL;
}

/* One '@', something on both sides, a dot behind it; no blanks or marks that mean something in a mail's head. */
static const char *check_email(struct check *check)
{
        struct text text = check->text;
        const char *at = text.length ? memchr(text.data, '@', text.length) : NULL;
        size_t before = at ? (size_t)(at - text.data) : 0;
        bool right = at && before > 0 && before <= 64 && text.length <= (size_t)max_of(check->field);
        for (size_t i = 0; i < text.length; i++) {
                unsigned char byte = (unsigned char)text.data[i];
                right = right && byte > ' ' && byte != 0x7f && !memchr("<>()[],;:\\\"", byte, 11);
        }
        if (!right)
                return "input.email";
        struct text domain = {at + 1, text.length - before - 1};
        const char *dot = domain.length ? memchr(domain.data, '.', domain.length) : NULL;
        bool sound = dot && dot != domain.data && domain.data[domain.length - 1] != '.' &&
                     !memchr(domain.data, '@', domain.length) && !memmem(domain.data, domain.length, "..", 2);
        return sound ? NULL : "input.email";
}

static const char *check_id(struct check *check)
{
        struct text text = check->text;
        if (text.length > (size_t)max_of(check->field))
                return "input.id";
        for (size_t i = 0; i < text.length; i++) {
                char byte = text.data[i];
                bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= '0' && byte <= '9');
                if (!letter && (byte == '\0' || !memchr("-_.", byte, 3)))
                        return "input.id";
        }
        int64_t id;
        if (decimal_parse_scaled(text, DECIMAL_POINT, 0, false, &id) == DECIMAL_OK)
                check->integer = id;
        return NULL;
}

static bool parse(const struct check *check, unsigned scale, int64_t *ret)
{
        enum decimal_mark mark = check->item->kind == ITEM_TEXT && check->habits->language == LANGUAGE_GERMAN
                                         ? DECIMAL_COMMA : DECIMAL_POINT;
        return decimal_parse_scaled(check->text, mark, scale, false, ret) == DECIMAL_OK;
}

static const char *check_number(struct check *check)
{
        int64_t max = max_of(check->field), value;
        switch (check->field->kind) {
        case INPUT_COUNT_OF:
                if (!parse(check, 0, &value) || value < 0)
                        return "input.count";
                if (value > max)
                        return with_limit(check, "input.too_high", max);
                break;
        case INPUT_MONEY:
                if (!parse(check, check->habits->minor_digits, &value) || value > max || value < -max)
                        return "input.money";
                break;
        default:
                if (check->text.length && check->text.data[check->text.length - 1] == '%')
                        check->text = text_trim((struct text){check->text.data, check->text.length - 1});
                if (!parse(check, PERCENT_SCALE, &value) || value < 0 || value > max)
                        return "input.percent";
                break;
        }
        check->integer = value;
        return NULL;
}

static const char *check_day(struct check *check)
{
        int32_t day;
        const char *format = check->habits->language == LANGUAGE_GERMAN ? "%d.%m.%Y" : "%d/%m/%Y";
        if (!day_parse_iso(check->text, &day) &&
            (check->item->kind != ITEM_TEXT || !day_parse_format(check->text, format, &day)))
                return "input.day";
        check->integer = day;
        return NULL;
}

static const char *check_choice(struct check *check)
{
        for (const char *const *choice = check->field->choices; *choice; choice++)
                if (text_is(check->text, *choice)) {
                        check->integer = choice - check->field->choices;
                        return NULL;
                }
        return "input.choice";
}

static const char *check_yes_no(struct check *check)
{
        static const char *const words[] = {"no", "off", "false", "0", "yes", "on", "true", "1"};
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (text_is(check->text, words[i])) {
                        check->integer = i >= 4;
                        return NULL;
                }
        return "input.yes_no";
}

/* The key of what is wrong; NULL: nothing. */
static const char *check_item(struct check *check)
{
        enum input_kind kind = check->field->kind;
        if ((kind == INPUT_FILE) != (check->item->kind == ITEM_FILE))
                return kind == INPUT_FILE ? "input.file" : "input.no_file";
        if (check->item->kind == ITEM_YES_NO && kind != INPUT_YES_NO)
                return kind == INPUT_COUNT_OF ? "input.count" : "input.choice";
        check->text = kind == INPUT_SECRET || kind == INPUT_LONG_TEXT ? check->item->value
                                                                      : text_trim(check->item->value);
        switch (kind) {
        case INPUT_TEXT:
        case INPUT_SECRET:
                return check_text(check, false);
        case INPUT_LONG_TEXT:
                return check_text(check, true);
        case INPUT_EMAIL:
                return check_email(check);
        case INPUT_ID:
                return check_id(check);
        case INPUT_COUNT_OF:
        case INPUT_MONEY:
        case INPUT_PERCENT:
                return check_number(check);
        case INPUT_DAY:
                return check_day(check);
        case INPUT_CHOICE:
                return check_choice(check);
        case INPUT_YES_NO:
                return check_yes_no(check);
        default:
                return NULL; /* the size of a file is watched while it comes */
        }
}

/* Of a form every field comes, also what nobody filled in. */
static bool is_empty(const struct field *field, const struct item *item)
{
        if (item->kind == ITEM_FILE)
                return false;
        return field->kind == INPUT_SECRET ? item->value.length == 0 : text_trim(item->value).length == 0;
}

static enum status spread(const struct field *field, const struct items *items, const struct reader_habits *habits,
                          struct arena *arena, struct input *input, struct error *error)
{
        size_t given = 0;
        for (const struct item *item = items->first; item; item = item->next)
                given += text_is(item->name, field->name);
        if (given > 1 && !field->repeated)
                return error_set(error, STATUS_USAGE, "request.doubled_field", "field", field->name, NULL);
        if (given > FIELD_REPEATS_MAX)
                return error_set(error, STATUS_LIMIT, "request.too_many_fields", "limit", "100", NULL);
        input->items = arena_array(arena, const struct item *, given + 1);
        input->texts = arena_array(arena, struct text, given + 1);
        input->integers = arena_array(arena, int64_t, given + 1);
        if (!input->items || !input->texts || !input->integers)
                return error_memory(error);
        for (const struct item *item = items->first; item; item = item->next) {
                if (!text_is(item->name, field->name))
                        continue;
                if (!input->typed.data && field->kind != INPUT_SECRET && item->kind != ITEM_FILE)
                        input->typed = item->value;
                if (is_empty(field, item))
                        continue;
                struct check check = {.field = field, .item = item, .habits = habits, .arena = arena};
                const char *wrong = check_item(&check);
                if (wrong && !input->wrong_key) {
                        input->wrong_key = wrong;
                        input->wrong_limit = check.limit;
                        if (field->kind != INPUT_SECRET && item->kind != ITEM_FILE)
                                input->typed = item->value;
                }
                input->items[input->count] = item;
                input->texts[input->count] = item->kind == ITEM_FILE ? item->value : check.text;
                input->integers[input->count++] = check.integer;
        }
        if (field->required && input->count == 0)
                input->wrong_key = "input.required";
        return STATUS_OK;
}

enum status fields_check(const struct field *fields, const struct items *items, const char *ignored,
                         const struct reader_habits *habits, struct arena *arena, struct inputs *ret,
                         struct error *error)
{
        struct inputs inputs = {.fields = fields};
        while (fields && fields[inputs.count].name)
                inputs.count++;
        inputs.inputs = arena_array(arena, struct input, inputs.count + 1);
        if (!inputs.inputs)
                return error_memory(error);
        for (const struct item *item = items->first; item; item = item->next) {
                size_t known = 0;
                while (known < inputs.count && !text_is(item->name, fields[known].name))
                        known++;
                char name[FORM_NAME_BYTES_MAX + 1];
                snprintf(name, sizeof(name), "%.*s", (int)item->name.length, item->name.data);
                if (known == inputs.count && !(ignored && text_is(item->name, ignored)))
                        return error_set(error, STATUS_USAGE, "request.unknown_field", "field", name, NULL);
        }
        for (size_t i = 0; i < inputs.count; i++) {
                enum status status = spread(&fields[i], items, habits, arena, &inputs.inputs[i], error);
                if (status != STATUS_OK)
                        return status;
                inputs.wrong_count += inputs.inputs[i].wrong_key != NULL;
        }
        *ret = inputs;
        return STATUS_OK;
}

const struct input *inputs_get(const struct inputs *inputs, const char *name)
{
        for (size_t i = 0; i < inputs->count; i++)
                if (strcmp(inputs->fields[i].name, name) == 0)
                        return &inputs->inputs[i];
        return NULL;
}

uint64_t field_file_bytes_max(const struct field *fields, struct text name)
{
        for (const struct field *field = fields; field && field->name; field++)
                if (field->kind == INPUT_FILE && text_is(name, field->name))
                        return (uint64_t)max_of(field);
        return 0;
}

uint64_t fields_body_bytes_max(const struct field *fields, bool *ret_files)
{
        uint64_t bytes = BODY_SPARE_BYTES;
        *ret_files = false;
        for (const struct field *field = fields; field && field->name; field++) {
                bool text = field->kind == INPUT_TEXT || field->kind == INPUT_LONG_TEXT || field->kind == INPUT_SECRET;
                uint64_t characters_max = text ? (uint64_t)max_of(field) : EMAIL_MAX;
                *ret_files = *ret_files || field->kind == INPUT_FILE;
                uint64_t values = field->repeated ? FIELD_REPEATS_MAX : 1;
                if (field->kind != INPUT_FILE)
                        bytes += characters_max * ENCODED_BYTES_PER_CHARACTER * values;
        }
        return bytes;
}
