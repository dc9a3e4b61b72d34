/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_help.c: the table of keys, and the help made from it.
 */
#include "program/concept_help.h"

#include "engine/concept.h"
#include "program/concept_keys.h"

const struct key_info key_infos[KEY_COUNT] = {
#define KEY_ROW(section_, key_, type_, required_, standard_, choices_, example_)                             \
        [KEY_##section_##_##key_] = {.section = SECTION_##section_, .type = TYPE_##type_, .required = required_, \
                                     .key = #key_, .standard = standard_, .choices = choices_, .example = example_},
        CONCEPT_KEYS(KEY_ROW)
#undef KEY_ROW
};

const char *const section_names[SECTION_COUNT] = {
        "document", "program", "name", "goal", "measure", "segment", "path", "some", "criterion", "mechanics",
        "evaluation", "grace", "demotion", "promotion", "newcomer", "classify", "override",
};

/* As they stand in the help: where the section is found in the document. */
static const char *const section_places[SECTION_COUNT] = {
        "", "program", "name, claim", "goals[]", "goals[].metric", "segments[]", "segments[].paths[]",
        "segments[].paths[].some", "all[], of[], expects[]", "mechanics", "mechanics.evaluations[]", "mechanics.grace",
        "mechanics.demotion", "mechanics.promotion", "mechanics.newcomer", "mechanics.classify_after",
        "mechanics.override",
};

static const char *const type_keys[TYPE_COUNT] = {
        [TYPE_TEXT] = "concept.type.text", [TYPE_ID] = "concept.type.id", [TYPE_WHOLE] = "concept.type.whole",
        [TYPE_NUMBER] = "concept.type.number", [TYPE_BOOL] = "concept.type.bool",
        [TYPE_CHOICE] = "concept.type.choice", [TYPE_LIST] = "concept.type.list", [TYPE_MAP] = "concept.type.map",
        [TYPE_NAMES] = "concept.type.names", [TYPE_MONTH_DAY] = "concept.type.month_day",
        [TYPE_DATE] = "concept.type.date", [TYPE_WINDOW] = "concept.type.window",
        [TYPE_THRESHOLD] = "concept.type.threshold",
};

static const char *const unit_keys[] = {
        [UNIT_MONEY] = "concept.unit.money", [UNIT_COUNT] = "concept.unit.count", [UNIT_RATIO] = "concept.unit.ratio",
        [UNIT_DAYS] = "concept.unit.days", [UNIT_MONTHS] = "concept.unit.months", [UNIT_ANY] = "concept.unit.any",
};

const char *const comparator_names[] = {
        [COMPARE_AT_LEAST] = "at_least", [COMPARE_AT_MOST] = "at_most", [COMPARE_MORE_THAN] = "more_than",
        [COMPARE_LESS_THAN] = "less_than", [COMPARE_EQUALS] = "equals", [COMPARE_IN] = "in",
        [COMPARE_CONTAINS] = "contains", [COMPARE_BETWEEN] = "between",
};

enum { KEY_WIDTH = 16 };

static void pad(struct buffer *out, size_t start, size_t width)
{
        do
                buffer_add_byte(out, ' ');
        while (!out->failed && out->length - start < width);
}

static void add_key(struct buffer *out, enum language language, const struct key_info *info)
{
        char name[64], key[96];
        size_t start = out->length;
        buffer_addf(out, "  %s", info->key);
        pad(out, start, KEY_WIDTH);
        message_add(out, language, type_keys[info->type], NULL);
        if (info->choices)
                buffer_addf(out, ": %s", info->choices);
        buffer_add_text(out, "; ");
        if (info->required)
                message_add(out, language, "concept.help.required", NULL);
        else if (info->standard)
                message_add(out, language, "concept.help.default", "value", info->standard, NULL);
        else
                message_add(out, language, "concept.help.optional", NULL);
        buffer_add_byte(out, '\n');
        pad(out, out->length, KEY_WIDTH);
        snprintf(name, sizeof(name), "%s.%s", section_names[info->section], info->key);
        snprintf(key, sizeof(key), "concept.key.%s", name);
        message_add(out, language, key, NULL);
        buffer_add_byte(out, '\n');
        pad(out, out->length, KEY_WIDTH);
        message_add(out, language, "concept.help.example", "example", info->example, NULL);
        buffer_add_byte(out, '\n');
}

static void add_section(struct buffer *out, enum language language, enum concept_section section)
{
        char key[64];
        buffer_add_byte(out, '\n');
        if (section == SECTION_DOCUMENT)
                message_add(out, language, "concept.help.top_level", NULL);
        else
                buffer_add_text(out, section_places[section]);
        snprintf(key, sizeof(key), "concept.section.%s", section_names[section]);
        buffer_add_text(out, ": ");
        message_add(out, language, key, NULL);
        buffer_add_byte(out, '\n');
        for (size_t i = 0; i < KEY_COUNT; i++)
                if (key_infos[i].section == section)
                        add_key(out, language, &key_infos[i]);
}

static void add_metric(struct buffer *out, enum language language, const struct metric_info *info)
{
        char key[64];
        size_t start = out->length;
        buffer_addf(out, "  %s", info->name);
        pad(out, start, KEY_WIDTH + 4);
        snprintf(key, sizeof(key), "concept.metric.%s", info->name);
        message_add(out, language, key, NULL);
        buffer_add_text(out, " (");
        message_add(out, language, unit_keys[info->unit], NULL);
        if (info->window)
                message_add(out, language, "concept.help.needs_window", NULL);
        if (info->of_required)
                message_add(out, language, "concept.help.needs_of", NULL);
        else if (info->of_allowed)
                message_add(out, language, "concept.help.takes_of", NULL);
        buffer_add_text(out, ")\n");
}

void concept_add_help(struct buffer *out, enum language language)
{
        message_add(out, language, "concept.help.intro", NULL);
        buffer_add_byte(out, '\n');
        for (int section = 0; section < SECTION_COUNT; section++)
                add_section(out, language, (enum concept_section)section);
        buffer_add_byte(out, '\n');
        message_add(out, language, "concept.help.metrics", NULL);
        buffer_add_byte(out, '\n');
        for (size_t i = 0; i < METRIC_COUNT; i++)
                add_metric(out, language, &metric_infos[i]);
        buffer_add_byte(out, '\n');
        message_add(out, language, "concept.help.windows", NULL);
        buffer_add_byte(out, '\n');
}
