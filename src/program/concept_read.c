/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_read.c: typed values out of the document tree.
 */
#include "program/concept_read.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "engine/rational.h"

enum { NAMES_LENGTH_MAX = 600 };

void *read_zero(struct reading *reading, size_t count, size_t size)
{
        void *memory = arena_zero(reading->arena, count, size);
        reading->no_memory |= !memory;
        return memory;
}

/* ---- hints ----------------------------------------------------------------------------------------------------- */

struct guess {
        const char *word, *nearest;
        size_t least;
        struct buffer allowed;
};

static void guess_init(struct guess *guess, const char *word)
{
        *guess = (struct guess){.word = word, .least = strlen(word) / 3 + 2};
        buffer_init(&guess->allowed, NAMES_LENGTH_MAX);
}

static void guess_offer(struct guess *guess, const char *candidate)
{
        size_t changes = text_distance(guess->word, candidate);
        if (changes < guess->least) {
                guess->nearest = candidate;
                guess->least = changes;
        }
        buffer_addf(&guess->allowed, "%s%s", guess->allowed.length ? ", " : "", candidate);
}

/* `key` is the message without, `key_like` with a suggestion {like}; both with {value}, {key} and {allowed}. */
static void guess_report(struct reading *reading, const struct node *node, struct guess *guess, const char *name,
                         const char *key, const char *key_like)
{
        READ_ERROR(reading, node, guess->nearest ? key_like : key, "value", guess->word, "key", name, "allowed",
                   guess->allowed.data, "like", guess->nearest ? guess->nearest : "");
        buffer_release(&guess->allowed);
}

/* ---- maps and lists -------------------------------------------------------------------------------------------- */

static void report_kind(struct reading *reading, const struct node *node, const char *key, const char *message)
{
        READ_ERROR(reading, node, message, "key", key);
}

static bool is_null(const struct node *node)
{
        return node->kind == NODE_SCALAR && node->plain &&
               (node->text.length == 0 || text_is(node->text, "~") || text_is(node->text, "null"));
}

static int find_key(enum concept_section section, struct text text)
{
        for (int i = 0; i < KEY_COUNT; i++)
                if (key_infos[i].section == section && text_is(text, key_infos[i].key))
                        return i;
        return -1;
}

static void report_unknown(struct reading *reading, const struct node *key, enum concept_section section)
{
        struct guess guess;
        guess_init(&guess, key->text.data);
        for (int i = 0; i < KEY_COUNT; i++)
                if (key_infos[i].section == section)
                        guess_offer(&guess, key_infos[i].key);
        guess_report(reading, key, &guess, section_names[section], "concept.unknown_key", "concept.unknown_key_like");
}

static void report_missing(struct reading *reading, const struct node *node, enum concept_section section,
                           const struct node *values[KEY_COUNT])
{
        for (int i = 0; i < KEY_COUNT; i++)
                if (key_infos[i].section == section && key_infos[i].required && !values[i])
                        READ_ERROR(reading, node, "concept.missing_key", "key", key_infos[i].key, "example",
                                   key_infos[i].example);
}

bool read_map(struct reading *reading, const struct node *node, enum concept_section section,
              const struct node *values[KEY_COUNT])
{
        unsigned lines[KEY_COUNT] = {0};
        memset(values, 0, KEY_COUNT * sizeof(values[0]));
        if (node->kind != NODE_MAP) {
                report_kind(reading, node, section_names[section], "concept.map_expected");
                return false;
        }
        for (const struct node *key = node->first; key; key = key->next->next) {
                if (key->kind != NODE_SCALAR) {
                        report_kind(reading, key, section_names[section], "concept.key_not_text");
                        continue;
                }
                int found = find_key(section, key->text);
                if (found < 0) {
                        report_unknown(reading, key, section);
                } else if (lines[found]) {
                        char line[16];
                        snprintf(line, sizeof(line), "%u", lines[found]);
                        READ_ERROR(reading, key, "concept.doubled_key", "key", key_infos[found].key, "first", line);
                } else {
                        lines[found] = key->line;
                        values[found] = key->next;
                        if (is_null(key->next))
                                READ_ERROR(reading, key, "concept.no_value", "key", key_infos[found].key, "example",
                                           key_infos[found].example);
                }
        }
        report_missing(reading, node, section, values);
        /* Said already: nothing more is read from it. */
        for (int i = 0; i < KEY_COUNT; i++)
                if (values[i] && is_null(values[i]))
                        values[i] = NULL;
        return true;
}

bool read_list(struct reading *reading, const struct node *node, enum concept_key key, size_t least, size_t most)
{
        const struct key_info *info = &key_infos[key];
        char low[24], high[24];
        if (node->kind != NODE_LIST) {
                READ_ERROR(reading, node, "concept.list_expected", "key", info->key, "example", info->example);
                return false;
        }
        if (node->count >= least && node->count <= most)
                return true;
        snprintf(low, sizeof(low), "%zu", least);
        snprintf(high, sizeof(high), "%zu", most);
        READ_ERROR(reading, node, "concept.list_length", "key", info->key, "low", low, "high", high);
        return false;
}

/* ---- scalars --------------------------------------------------------------------------------------------------- */

bool read_text(struct reading *reading, const struct node *node, const char *key, struct text *ret)
{
        if (node->kind != NODE_SCALAR) {
                report_kind(reading, node, key, "concept.text_expected");
                return false;
        }
        if (text_trim(node->text).length == 0 || node->text.length > TEXT_LENGTH_MAX) {
                char limit[16];
                snprintf(limit, sizeof(limit), "%d", TEXT_LENGTH_MAX);
                bool is_long = node->text.length > TEXT_LENGTH_MAX;
                READ_ERROR(reading, node, is_long ? "concept.text_long" : "concept.text_empty", "key", key, "limit",
                           limit);
                return false;
        }
        *ret = node->text;
        return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool read_id(struct reading *reading, const struct node *node, const char *key, struct text *ret)
{
        struct text text = node->text;
        bool valid = node->kind == NODE_SCALAR && text.length >= 1 && text.length <= ID_LENGTH_MAX &&
                     is_letter(text.data[0]);
        for (size_t i = 0; valid && i < text.length; i++)
                valid = is_letter(text.data[i]) || is_digit(text.data[i]) || text.data[i] == '_' || text.data[i] == '-';
        if (!valid) {
                report_kind(reading, node, key, "concept.id_expected");
                return false;
        }
        *ret = text;
        return true;
}

/* A name stands in lists, headings and subjects of mails. */
static bool read_line(struct reading *reading, const struct node *node, const char *key, struct text *ret)
{
        if (!read_text(reading, node, key, ret))
                return false;
        for (size_t i = 0; i < ret->length; i++)
                if (ret->data[i] == '\n' || ret->data[i] == '\r' || ret->data[i] == '\t') {
                        READ_ERROR(reading, node, "concept.one_line", "key", key);
                        return false;
                }
        return true;
}

bool read_names(struct reading *reading, const struct node *node, enum concept_key key, struct bilingual *ret)
{
        const struct node *values[KEY_COUNT];
        if (node->kind != NODE_MAP) {
                READ_ERROR(reading, node, "concept.names_expected", "key", key_infos[key].key, "example",
                           key_infos[key].example);
                return false;
        }
        if (!read_map(reading, node, SECTION_NAME, values))
                return false;
        bool read = values[KEY_NAME_de] && read_line(reading, values[KEY_NAME_de], "de", &ret->german);
        if (values[KEY_NAME_en])
                read &= read_line(reading, values[KEY_NAME_en], "en", &ret->english);
        return read;
}

bool read_bool(struct reading *reading, const struct node *node, enum concept_key key, bool *ret)
{
        bool plain = node->kind == NODE_SCALAR && node->plain;
        if (!plain || (!text_is(node->text, "true") && !text_is(node->text, "false"))) {
                report_kind(reading, node, key_infos[key].key, "concept.bool_expected");
                return false;
        }
        *ret = text_is(node->text, "true");
        return true;
}

/* -12.5: digits, at most one point with digits on both sides. */
bool node_is_number(const struct node *node)
{
        if (node->kind != NODE_SCALAR || !node->plain || node->text.length == 0)
                return false;
        const char *p = node->text.data, *end = p + node->text.length;
        bool digits = false;
        p += *p == '-' || *p == '+';
        for (; p < end && is_digit(*p); p++)
                digits = true;
        if (p < end && *p == '.') {
                if (!digits)
                        return false;
                digits = false;
                for (p++; p < end && is_digit(*p); p++)
                        digits = true;
        }
        return digits && p == end;
}

bool read_number(struct reading *reading, const struct node *node, const char *key, unsigned decimals,
                 struct decimal *ret)
{
        /* Larger ones could not be multiplied by factors any more. */
        const int64_t whole_max = INT64_C(1000000000000);
        struct decimal number;
        char places[16];
        if (!node_is_number(node)) {
                report_kind(reading, node, key, "concept.number_expected");
                return false;
        }
        enum decimal_result result = decimal_parse(node->text, DECIMAL_POINT, &number);
        snprintf(places, sizeof(places), "%u", decimals);
        if (result == DECIMAL_TOO_PRECISE || (result == DECIMAL_OK && number.scale > decimals)) {
                READ_ERROR(reading, node, "concept.too_precise", "key", key, "value", node->text.data, "decimals",
                           places);
                return false;
        }
        int64_t whole = result == DECIMAL_OK ? number.units / power_of_ten(number.scale) : 0;
        if (result != DECIMAL_OK || whole >= whole_max || whole <= -whole_max) {
                report_kind(reading, node, key, "concept.too_large");
                return false;
        }
        *ret = number;
        return true;
}

bool read_whole(struct reading *reading, const struct node *node, enum concept_key key, unsigned low, unsigned high,
                unsigned *ret)
{
        char least[16], most[16];
        struct decimal number;
        if (!read_number(reading, node, key_infos[key].key, 0, &number))
                return false;
        if (number.units < low || number.units > high) {
                snprintf(least, sizeof(least), "%u", low);
                snprintf(most, sizeof(most), "%u", high);
                READ_ERROR(reading, node, "concept.out_of_range", "key", key_infos[key].key, "low", least, "high",
                           most);
                return false;
        }
        *ret = (unsigned)number.units;
        return true;
}

bool read_factor(struct reading *reading, const struct node *node, const char *key, struct fraction *ret)
{
        enum { FACTOR_DECIMALS = 6, FACTOR_MAX = 1000 };
        struct decimal number;
        if (!read_number(reading, node, key, FACTOR_DECIMALS, &number))
                return false;
        if (number.units <= 0 || number.units > FACTOR_MAX * power_of_ten(number.scale)) {
                report_kind(reading, node, key, "concept.factor_range");
                return false;
        }
        struct rational reduced = rational_from_decimal(number);
        *ret = (struct fraction){(int64_t)reduced.numerator, (int64_t)reduced.denominator};
        return true;
}

/* "12-31". 02-29 does not exist every year. */
bool read_month_day(struct reading *reading, const struct node *node, enum concept_key key, struct month_day *ret)
{
        enum { COMMON_YEAR = 2001 };
        const char *p = node->text.data;
        bool valid = node->kind == NODE_SCALAR && node->text.length == 5 && is_digit(p[0]) && is_digit(p[1]) &&
                     p[2] == '-' && is_digit(p[3]) && is_digit(p[4]);
        unsigned month = 0, day = 0;
        if (valid) {
                month = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
                day = (unsigned)(p[3] - '0') * 10 + (unsigned)(p[4] - '0');
                valid = date_is_valid(COMMON_YEAR, month, day);
        }
        if (!valid) {
                bool leap = month == 2 && day == 29;
                report_kind(reading, node, key_infos[key].key,
                            leap ? "concept.leap_day" : "concept.month_day_expected");
                return false;
        }
        *ret = (struct month_day){(uint8_t)month, (uint8_t)day};
        return true;
}

bool read_day(struct reading *reading, const struct node *node, enum concept_key key, int32_t *ret)
{
        if (node->kind == NODE_SCALAR && day_parse_iso(node->text, ret))
                return true;
        report_kind(reading, node, key_infos[key].key, "concept.date_expected");
        return false;
}

/* ---- words from a list ----------------------------------------------------------------------------------------- */

bool read_choice(struct reading *reading, const struct node *node, enum concept_key key, unsigned *ret)
{
        char words[NAMES_LENGTH_MAX];
        struct guess guess;
        unsigned number = 0;
        if (node->kind != NODE_SCALAR) {
                report_kind(reading, node, key_infos[key].key, "concept.text_expected");
                return false;
        }
        snprintf(words, sizeof(words), "%s", key_infos[key].choices);
        guess_init(&guess, node->text.data);
        for (char *word = words; word; number++) {
                char *bar = strstr(word, " | ");
                if (bar)
                        *bar = '\0';
                if (text_is(node->text, word)) {
                        *ret = number;
                        buffer_release(&guess.allowed);
                        return true;
                }
                guess_offer(&guess, word);
                word = bar ? bar + 3 : NULL;
        }
        guess_report(reading, node, &guess, key_infos[key].key, "concept.no_choice", "concept.no_choice_like");
        return false;
}

bool read_metric(struct reading *reading, const struct node *node, enum metric *ret)
{
        struct guess guess;
        if (node->kind != NODE_SCALAR) {
                report_kind(reading, node, "metric", "concept.text_expected");
                return false;
        }
        for (int i = 0; i < METRIC_COUNT; i++)
                if (text_is(node->text, metric_infos[i].name)) {
                        *ret = (enum metric)i;
                        return true;
                }
        guess_init(&guess, node->text.data);
        for (int i = 0; i < METRIC_COUNT; i++)
                guess_offer(&guess, metric_infos[i].name);
        guess_report(reading, node, &guess, "metric", "concept.no_choice", "concept.no_choice_like");
        return false;
}

static bool counted_window(struct text text, struct window *ret)
{
        static const struct {
                char letter;
                enum window_kind kind;
                unsigned most;
        } units[] = {{'m', WINDOW_MONTHS, 1200}, {'d', WINDOW_DAYS, 9999}, {'q', WINDOW_QUARTERS, 400}};
        unsigned count = 0;
        if (text.length < 2 || text.length > 5 || text.data[0] == '0')
                return false;
        for (size_t i = 0; i + 1 < text.length; i++) {
                if (!is_digit(text.data[i]))
                        return false;
                count = count * 10 + (unsigned)(text.data[i] - '0');
        }
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
                if (text.data[text.length - 1] == units[i].letter && count <= units[i].most) {
                        *ret = (struct window){units[i].kind, (uint16_t)count};
                        return true;
                }
        return false;
}

bool window_parse(struct text text, struct window *ret)
{
        static const struct {
                const char *name;
                enum window_kind kind;
        } names[] = {{"year", WINDOW_YEAR}, {"last_year", WINDOW_LAST_YEAR}, {"since_joined", WINDOW_SINCE_JOINED},
                     {"all", WINDOW_ALL}};
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (text_is(text, names[i].name)) {
                        *ret = (struct window){.kind = names[i].kind};
                        return true;
                }
        return counted_window(text, ret);
}

bool read_window(struct reading *reading, const struct node *node, struct window *ret)
{
        if (node->kind == NODE_SCALAR && window_parse(node->text, ret))
                return true;
        READ_ERROR(reading, node, "concept.window_expected", "value", node->kind == NODE_SCALAR ? node->text.data : "");
        return false;
}
