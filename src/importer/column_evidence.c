/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * column_evidence.c: looks at every cell of a column once. The cost of a cell matters: files have hundreds of millions.
 */
#include "importer/column_evidence.h"

#include "base/calendar.h"
#include "base/decimal.h"
#include "importer/detect.h"
#include "importer/mapping.h"
#include "importer/number.h"

static const struct {
        const char *pattern;
        char separator;         /* 0: none */
        enum day_form swapped;
} day_forms[DAY_FORM_COUNT] = {
        [DAY_ISO] = {"%Y-%m-%d", '-', DAY_ISO},
        [DAY_SLASHED] = {"%Y/%m/%d", '/', DAY_SLASHED},
        [DAY_DOTTED_YEAR_FIRST] = {"%Y.%m.%d", '.', DAY_DOTTED_YEAR_FIRST},
        [DAY_COMPACT] = {"%Y%m%d", 0, DAY_COMPACT},
        [DAY_DOTTED] = {"%d.%m.%Y", '.', DAY_DOTTED},
        [DAY_DOTTED_SHORT] = {"%d.%m.%y", '.', DAY_DOTTED_SHORT},
        [DAY_FIRST] = {"%d/%m/%Y", '/', MONTH_FIRST},
        [MONTH_FIRST] = {"%m/%d/%Y", '/', DAY_FIRST},
        [DAY_FIRST_SHORT] = {"%d/%m/%y", '/', MONTH_FIRST_SHORT},
        [MONTH_FIRST_SHORT] = {"%m/%d/%y", '/', DAY_FIRST_SHORT},
        [DAY_FIRST_DASHED] = {"%d-%m-%Y", '-', MONTH_FIRST_DASHED},
        [MONTH_FIRST_DASHED] = {"%m-%d-%Y", '-', DAY_FIRST_DASHED},
        [DAY_FIRST_COMPACT] = {"%d%m%Y", 0, DAY_FIRST_COMPACT},
};

/* With a blank in front where the day ends; the day is read with the "T" or the blank cut off. */
static const char *const time_forms[TIME_FORM_COUNT] = {
        "", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S %z", "T%H:%M:%S%z", " %I:%M:%S %p", " %I:%M %p", "T%H:%M",
};

const char *day_form_pattern(enum day_form form) { return day_forms[form].pattern; }
const char *time_form_pattern(unsigned form) { return time_forms[form]; }
enum day_form day_form_swapped(enum day_form form) { return day_forms[form].swapped; }

/* The time forms that read what stands behind a day: they are tried with a day in front. */
static uint16_t classify_time(struct text time)
{
        char pattern[32] = "%Y-%m-%d", text[48] = "2000-01-01";
        uint16_t found = 0;
        int32_t day;
        if (time.length == 0)
                return 1;
        if (time.length > sizeof(text) - 11)
                return 0;
        memcpy(text + 10, time.data, time.length);
        for (unsigned i = 1; i < TIME_FORM_COUNT; i++) {
                memcpy(pattern + 8, time_forms[i], strlen(time_forms[i]) + 1);
                if (day_parse_format((struct text){text, 10 + time.length}, pattern, &day))
                        found |= (uint16_t)(1U << i);
        }
        return found;
}

static void classify_day(struct text cell, char separator, struct cell_class *class)
{
        size_t length = 0;
        while (length < cell.length && cell.data[length] != ' ' && cell.data[length] != 'T')
                length++;
        struct text part = {cell.data, length};
        int32_t days[DAY_FORM_COUNT];
        if (length < 6 || length > 10 || (!separator && length != 8))
                return;
        for (unsigned i = 0; i < DAY_FORM_COUNT; i++)
                if (day_forms[i].separator == separator && day_parse_format(part, day_forms[i].pattern, &days[i]))
                        class->days |= (uint16_t)(1U << i);
        if (!class->days)
                return;
        for (unsigned i = 0; i < DAY_FORM_COUNT; i++) {
                unsigned other = day_forms[i].swapped;
                if (other != i && (class->days >> i & 1) && (class->days >> other & 1) && days[i] == days[other])
                        class->same_day = true;
        }
        class->times = classify_time((struct text){cell.data + length, cell.length - length});
        if (!class->times)
                class->days = 0;
}

static void classify_number(struct text cell, struct cell_class *class)
{
        struct number_evidence weight = {0};
        struct decimal decimal;
        class->number_point = decimal_parse(cell, DECIMAL_POINT, &decimal) == DECIMAL_OK;
        if (class->number_point) {
                class->negative = decimal.units < 0;
                class->zero = decimal.units == 0;
        }
        class->number_comma = decimal_parse(cell, DECIMAL_COMMA, &decimal) == DECIMAL_OK;
        if (class->number_comma) {
                class->negative = decimal.units < 0;
                class->zero = decimal.units == 0;
        }
        detect_weigh_number(cell, &weight);
        class->mark = weight.ambiguous ? '?' : weight.point ? '.' : weight.comma ? ',' : 0;
        class->integer = class->number_point && class->number_comma && !class->mark;
}

struct cell_class cell_classify(struct text cell)
{
        struct cell_class class = {0};
        size_t digits = 0, letters = 0, blanks = 0, at_signs = 0, points = 0, slashes = 0, dashes = 0;
        if (text_is_blank(cell)) {
                class.blank = true;
                return class;
        }
        for (size_t i = 0; i < cell.length; i++) {
                unsigned char byte = (unsigned char)cell.data[i];
                digits += byte >= '0' && byte <= '9';
                letters += (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
                blanks += byte == ' ';
                at_signs += byte == '@';
                points += byte == '.';
                slashes += byte == '/';
                dashes += byte == '-';
        }
        class.email = at_signs == 1 && blanks == 0 && cell.data[0] != '@' && cell.data[cell.length - 1] != '@';
        class.code = digits > 0 && blanks == 0 && !class.email;
        struct bare_number bare;
        if (digits && number_bare(cell, NUMBER_ANY_CURRENCY, &bare) == NUMBER_BARED)
                classify_number(bare.text, &class);
        else if (digits && !letters && cell.length <= 40)
                classify_number(cell, &class);
        if (digits >= 4 && cell.data[0] >= '0' && cell.data[0] <= '9' && cell.length <= 30) {
                char separator = slashes == 2 ? '/' : dashes >= 2 && cell.length > 4 ? '-' : points == 2 ? '.' : 0;
                classify_day(cell, separator, &class);
        }
        return class;
}

static void keep_text(char *out, struct text text)
{
        size_t length = text.length < EVIDENCE_EXAMPLE_BYTES - 1 ? text.length : EVIDENCE_EXAMPLE_BYTES - 1;
        while (length && length < text.length && ((unsigned char)text.data[length] & 0xC0) == 0x80)
                length--;
        memcpy(out, text.data, length);
        out[length] = '\0';
}

static void keep_example(struct column_evidence *evidence, struct arena *arena, struct text cell)
{
        char cut[EVIDENCE_EXAMPLE_BYTES];
        if (evidence->example_count == EVIDENCE_EXAMPLES)
                return;
        keep_text(cut, cell);
        struct text text = text_of(cut);
        for (size_t i = 0; i < evidence->example_count; i++)
                if (text_equal(evidence->examples[i], text))
                        return;
        char *copy = arena_copy(arena, text.data, text.length);
        if (copy)
                evidence->examples[evidence->example_count++] = (struct text){copy, text.length};
}

static void count_distinct(struct column_evidence *evidence, struct arena *arena, struct text cell, uint64_t hash)
{
        if (evidence->distinct_count > EVIDENCE_DISTINCT_MAX)
                return;
        if (!evidence->distinct)
                evidence->distinct = arena_array(arena, struct distinct_cell, EVIDENCE_DISTINCT_MAX);
        if (!evidence->distinct)
                return;
        for (size_t i = 0; i < evidence->distinct_count; i++) {
                if (evidence->distinct[i].hash == hash) {
                        evidence->distinct[i].count++;
                        return;
                }
        }
        if (evidence->distinct_count == EVIDENCE_DISTINCT_MAX) {
                evidence->distinct_count++;
                return;
        }
        struct distinct_cell *distinct = &evidence->distinct[evidence->distinct_count++];
        distinct->hash = hash;
        distinct->count = 1;
        keep_text(distinct->text, cell);
        distinct->length = strlen(distinct->text);
}

static void count_days(struct column_evidence *evidence, const struct cell_class *class, struct text cell)
{
        if (!class->days)
                return;
        for (unsigned i = 0; i < DAY_FORM_COUNT; i++) {
                unsigned other = day_forms[i].swapped;
                if (!(class->days >> i & 1))
                        continue;
                evidence->days[i]++;
                if (other == i)
                        continue;
                if (!(class->days >> other & 1))
                        evidence->only[i]++;
                else if (!class->same_day && i < other && evidence->swappable++ == 0)
                        keep_text(evidence->swapped, cell);
        }
        for (unsigned i = 0; i < TIME_FORM_COUNT; i++)
                evidence->times[i] += class->times >> i & 1;
}

void column_evidence_add(struct column_evidence *evidence, struct arena *arena, struct text cell)
{
        cell = text_trim(cell);
        bool same = cell.length == evidence->last_length && cell.length &&
                    memcmp(cell.data, evidence->last, cell.length) == 0;
        const struct cell_class class = same ? evidence->last_class : cell_classify(cell);
        uint64_t hash = cell.length ? text_hash(cell.data, cell.length) : 0;
        evidence->digest = (evidence->digest ^ hash) * UINT64_C(0x9e3779b97f4a7c15) + 1;
        if (class.blank) {
                evidence->blank++;
                return;
        }
        if (!same) {
                evidence->last_length = cell.length <= sizeof(evidence->last) ? cell.length : 0;
                memcpy(evidence->last, cell.data, evidence->last_length);
                evidence->last_class = class;
                keep_example(evidence, arena, cell);
        }
        evidence->filled++;
        evidence->numbers_point += class.number_point;
        evidence->numbers_comma += class.number_comma;
        evidence->integers += class.integer;
        evidence->negative += class.negative;
        evidence->nonzero += (class.number_point || class.number_comma) && !class.zero;
        evidence->emails += class.email;
        evidence->codes += class.code;
        evidence->mark_point += class.mark == '.';
        evidence->mark_comma += class.mark == ',';
        if (class.mark == '?' && evidence->mark_unclear++ == 0)
                keep_text(evidence->unclear, cell);
        count_days(evidence, &class, cell);
        count_distinct(evidence, arena, cell, hash);
}

bool column_evidence_day(const struct column_evidence *evidence, enum day_form *ret_form, unsigned *ret_time,
                         bool *ret_swappable)
{
        unsigned form = 0, time = 0;
        for (unsigned i = 1; i < DAY_FORM_COUNT; i++)
                if (evidence->days[i] > evidence->days[form])
                        form = i;
        for (unsigned i = 1; i < TIME_FORM_COUNT; i++)
                if (evidence->times[i] > evidence->times[time])
                        time = i;
        if (evidence->filled == 0 || evidence->days[form] * 10 < evidence->filled * 9 ||
            evidence->times[time] * 10 < evidence->filled * 9)
                return false;
        unsigned other = day_forms[form].swapped;
        *ret_swappable = other != form && evidence->swappable > 0 &&
                         (evidence->only[form] > 0) == (evidence->only[other] > 0);
        *ret_form = (enum day_form)form;
        *ret_time = time;
        return true;
}

bool column_evidence_is_number(const struct column_evidence *evidence)
{
        uint64_t most = evidence->numbers_point > evidence->numbers_comma ? evidence->numbers_point
                                                                          : evidence->numbers_comma;
        return evidence->filled > 0 && most * 10 >= evidence->filled * 9;
}
