/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * value.c: the tree: each value is one piece of the arena, chained to the next of its map or list.
 */
#include "render/value.h"

#include <assert.h>

#include "base/calendar.h"

struct value {
        const char *name;       /* of an entry; NULL for items and the root */
        struct value *next;
        uint32_t name_hash;     /* so that looking a name up seldom compares text */
        uint8_t kind, scale, depth;
        bool page_only;
        union {
                int64_t integer;
                struct text text;
                struct {
                        struct text code, shown;
                } named;
                struct {
                        int64_t part, whole;
                } ratio;
                struct {
                        struct value *first, *last;
                        size_t count;
                        const char *key; /* of a sentence */
                } children;
        };
};

/* What adding to a failed model gives back. Nothing is ever written to it: a failed model adds nothing. */
static struct value nothing = {.kind = VALUE_MAP};

static uint32_t hash_of(const char *name)
{
        uint32_t hash = 2166136261U;
        for (; *name; name++)
                hash = (hash ^ (unsigned char)*name) * 16777619U;
        return hash;
}

static bool has_children(const struct value *value)
{
        return value->kind == VALUE_MAP || value->kind == VALUE_LIST || value->kind == VALUE_SENTENCE;
}

void model_init(struct model *model, struct arena *arena)
{
        *model = (struct model){.arena = arena, .root = arena_array(arena, struct value, 1)};
        if (!model->root) {
                model->root = &nothing;
                model->failed = true;
                return;
        }
        model->root->kind = VALUE_MAP;
}

enum status model_check(const struct model *model, struct error *error)
{
        return model->failed ? error_set(error, STATUS_LIMIT, "model.limit", NULL) : STATUS_OK;
}

/* A new value at the end of `parent`; `nothing` when the model has failed. */
static struct value *append(struct model *model, struct value *parent, const char *name, enum value_kind kind)
{
        if (!parent)
                parent = model->root;
        if (model->failed)
                return &nothing;
        assert(parent->kind == VALUE_LIST ? !name : has_children(parent) && name);
        assert(!name || !value_get(parent, name));
        struct value *value =
                parent->depth + 1 < VALUE_DEPTH_MAX ? arena_array(model->arena, struct value, 1) : NULL;
        if (!value) {
                model->failed = true;
                return &nothing;
        }
        value->name = name;
        value->name_hash = name ? hash_of(name) : 0;
        value->kind = (uint8_t)kind;
        value->depth = (uint8_t)(parent->depth + 1);
        if (parent->children.last)
                parent->children.last->next = value;
        else
                parent->children.first = value;
        parent->children.last = value;
        parent->children.count++;
        return value;
}

static void append_integer(struct model *model, struct value *parent, const char *name, enum value_kind kind,
                           int64_t integer)
{
        struct value *value = append(model, parent, name, kind);
        if (!model->failed)
                value->integer = integer;
}

static void append_text(struct model *model, struct value *parent, const char *name, struct text text)
{
        struct value *value = append(model, parent, name, text.data ? VALUE_TEXT : VALUE_NONE);
        if (!model->failed && text.data && !arena_keep_text(model->arena, text, &value->text))
                model->failed = true;
}

static void append_named(struct model *model, struct value *parent, const char *name, struct text code,
                         struct text shown)
{
        struct value *value = append(model, parent, name, code.data ? VALUE_NAMED : VALUE_NONE);
        if (!model->failed && code.data &&
            (!arena_keep_text(model->arena, code, &value->named.code) ||
             !arena_keep_text(model->arena, shown.data ? shown : code, &value->named.shown)))
                model->failed = true;
}

static void append_word(struct model *model, struct value *parent, const char *name, const char *key)
{
        struct value *value = append(model, parent, name, key ? VALUE_WORD : VALUE_NONE);
        if (!model->failed && key && !arena_keep_text(model->arena, text_of(key), &value->text))
                model->failed = true;
}

static struct value *append_sentence(struct model *model, struct value *parent, const char *name, const char *key)
{
        struct value *value = append(model, parent, name, VALUE_SENTENCE);
        if (model->failed)
                return &nothing;
        value->children.key = arena_copy(model->arena, key, strlen(key));
        if (!value->children.key)
                model->failed = true;
        return value;
}

static void append_decimal(struct model *model, struct value *parent, const char *name, int64_t units, unsigned scale)
{
        assert(scale <= 18);
        struct value *value = append(model, parent, name, VALUE_DECIMAL);
        if (!model->failed) {
                value->integer = units;
                value->scale = (uint8_t)scale;
        }
}

static void append_day(struct model *model, struct value *parent, const char *name, int32_t day)
{
        bool known = day != DAY_NONE && day != DAY_OPEN_START && day != DAY_OPEN_END;
        append_integer(model, parent, name, known ? VALUE_DAY : VALUE_NONE, known ? day : 0);
}

/* ---- entries ----------------------------------------------------------------------------------------------------- */

void put_none(struct model *model, struct value *map, const char *name)
{
        append(model, map, name, VALUE_NONE);
}

void put_yes_no(struct model *model, struct value *map, const char *name, bool yes)
{
        append_integer(model, map, name, VALUE_YES_NO, yes);
}

void put_count(struct model *model, struct value *map, const char *name, int64_t count)
{
        append_integer(model, map, name, VALUE_COUNT, count);
}

void put_ordinal(struct model *model, struct value *map, const char *name, int64_t ordinal)
{
        append_integer(model, map, name, VALUE_ORDINAL, ordinal);
}

void put_id(struct model *model, struct value *map, const char *name, int64_t id)
{
        append_integer(model, map, name, VALUE_ID, id);
}

void put_text(struct model *model, struct value *map, const char *name, struct text text)
{
        append_text(model, map, name, text);
}

void put_string(struct model *model, struct value *map, const char *name, const char *string)
{
        append_text(model, map, name, text_of(string));
}

void put_named(struct model *model, struct value *map, const char *name, struct text code, struct text shown)
{
        append_named(model, map, name, code, shown);
}

void put_word(struct model *model, struct value *map, const char *name, const char *key)
{
        append_word(model, map, name, key);
}

struct value *put_sentence(struct model *model, struct value *map, const char *name, const char *key)
{
        return append_sentence(model, map, name, key);
}

void put_money(struct model *model, struct value *map, const char *name, int64_t minor)
{
        append_integer(model, map, name, VALUE_MONEY, minor);
}

void put_decimal(struct model *model, struct value *map, const char *name, int64_t units, unsigned scale)
{
        append_decimal(model, map, name, units, scale);
}

void put_ratio(struct model *model, struct value *map, const char *name, int64_t part, int64_t whole)
{
        struct value *value = append(model, map, name, whole ? VALUE_RATIO : VALUE_NONE);
        if (!model->failed && whole) {
                value->ratio.part = part;
                value->ratio.whole = whole;
        }
}

void put_day(struct model *model, struct value *map, const char *name, int32_t day)
{
        append_day(model, map, name, day);
}

void put_instant(struct model *model, struct value *map, const char *name, int64_t instant_ms)
{
        append_integer(model, map, name, VALUE_INSTANT, instant_ms);
}

struct value *put_map(struct model *model, struct value *map, const char *name)
{
        return append(model, map, name, VALUE_MAP);
}

struct value *put_list(struct model *model, struct value *map, const char *name)
{
        return append(model, map, name, VALUE_LIST);
}

static struct value *for_pages(struct model *model, struct value *value)
{
        if (!model->failed)
                value->page_only = true;
        return value;
}

struct value *put_page_map(struct model *model, struct value *map, const char *name)
{
        return for_pages(model, put_map(model, map, name));
}

struct value *put_page_list(struct model *model, struct value *map, const char *name)
{
        return for_pages(model, put_list(model, map, name));
}

void put_value(struct model *model, struct value *map, const char *name, const struct value *value)
{
        assert(value_kind(value) != VALUE_MAP && value_kind(value_first(value)) != VALUE_MAP);
        struct value *copy = append(model, map, name, value_kind(value));
        if (model->failed || !value)
                return;
        struct value own = *copy;
        *copy = *value;
        copy->name = own.name;
        copy->name_hash = own.name_hash;
        copy->next = NULL;
        copy->depth = own.depth;
        copy->page_only = false;
}

/* ---- items ------------------------------------------------------------------------------------------------------- */

struct value *add_map(struct model *model, struct value *list)
{
        return append(model, list, NULL, VALUE_MAP);
}

struct value *add_list(struct model *model, struct value *list)
{
        return append(model, list, NULL, VALUE_LIST);
}

void add_none(struct model *model, struct value *list)
{
        append(model, list, NULL, VALUE_NONE);
}

void add_yes_no(struct model *model, struct value *list, bool yes)
{
        append_integer(model, list, NULL, VALUE_YES_NO, yes);
}

void add_count(struct model *model, struct value *list, int64_t count)
{
        append_integer(model, list, NULL, VALUE_COUNT, count);
}

void add_text(struct model *model, struct value *list, struct text text)
{
        append_text(model, list, NULL, text);
}

void add_word(struct model *model, struct value *list, const char *key)
{
        append_word(model, list, NULL, key);
}

struct value *add_sentence(struct model *model, struct value *list, const char *key)
{
        return append_sentence(model, list, NULL, key);
}

void add_money(struct model *model, struct value *list, int64_t minor)
{
        append_integer(model, list, NULL, VALUE_MONEY, minor);
}

void add_decimal(struct model *model, struct value *list, int64_t units, unsigned scale)
{
        append_decimal(model, list, NULL, units, scale);
}

void add_day(struct model *model, struct value *list, int32_t day)
{
        append_day(model, list, NULL, day);
}

struct value *new_map(struct model *model)
{
        struct value *map = model->failed ? NULL : arena_array(model->arena, struct value, 1);
        if (!map) {
                model->failed = true;
                return &nothing;
        }
        map->kind = VALUE_MAP;
        map->depth = 2; /* as a row of a list of the root */
        return map;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

enum value_kind value_kind(const struct value *value)
{
        return value ? (enum value_kind)value->kind : VALUE_NONE;
}

const struct value *value_get(const struct value *map, const char *name)
{
        if (!map || (map->kind != VALUE_MAP && map->kind != VALUE_SENTENCE))
                return NULL;
        uint32_t hash = hash_of(name);
        for (const struct value *entry = map->children.first; entry; entry = entry->next)
                if (entry->name_hash == hash && strcmp(entry->name, name) == 0)
                        return entry;
        return NULL;
}

size_t value_count(const struct value *value)
{
        return value && has_children(value) ? value->children.count : 0;
}

const struct value *value_first(const struct value *value)
{
        return value && has_children(value) ? value->children.first : NULL;
}

const struct value *value_next(const struct value *value)
{
        return value->next;
}

const struct value *value_at(const struct value *value, size_t index, const char **ret_name)
{
        const struct value *child = value_first(value);
        while (child && index--)
                child = child->next;
        if (child && ret_name)
                *ret_name = child->name;
        return child;
}

const char *value_name(const struct value *value)
{
        return value->name;
}

int64_t value_integer(const struct value *value)
{
        switch (value_kind(value)) {
        case VALUE_YES_NO:
        case VALUE_COUNT:
        case VALUE_ORDINAL:
        case VALUE_ID:
        case VALUE_MONEY:
        case VALUE_DECIMAL:
        case VALUE_DAY:
        case VALUE_INSTANT:
                return value->integer;
        case VALUE_RATIO:
                return value->ratio.part;
        default:
                return 0;
        }
}

int64_t value_whole(const struct value *value)
{
        return value_kind(value) == VALUE_RATIO ? value->ratio.whole : 0;
}

unsigned value_scale(const struct value *value)
{
        return value ? value->scale : 0;
}

struct text value_text(const struct value *value)
{
        switch (value_kind(value)) {
        case VALUE_TEXT:
        case VALUE_WORD:
                return value->text;
        case VALUE_NAMED:
                return value->named.code;
        case VALUE_SENTENCE:
                return text_of(value->children.key);
        default:
                return (struct text){NULL, 0};
        }
}

struct text value_shown(const struct value *value)
{
        return value_kind(value) == VALUE_NAMED ? value->named.shown : value_text(value);
}

bool value_is_page_only(const struct value *value)
{
        return value && value->page_only;
}
