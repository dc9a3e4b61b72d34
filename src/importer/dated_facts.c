/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dated_facts.c: comparing rows with facts known before.
 */
#include "importer/dated_facts.h"

#include "base/calendar.h"

bool known_facts_add(struct known_facts *facts, struct arena *arena, int32_t fact_id, int32_t valid_from,
                     struct text value)
{
        if (facts->count == facts->capacity) {
                size_t capacity = facts->capacity ? facts->capacity * 2 : 32;
                struct known_fact *items = arena_alloc(arena, capacity * sizeof(*items));
                if (!items)
                        return false;
                if (facts->count)
                        memcpy(items, facts->items, facts->count * sizeof(*items));
                facts->items = items;
                facts->capacity = capacity;
        }
        char *copy = arena_copy(arena, value.data ? value.data : "", value.length);
        if (!copy)
                return false;
        facts->items[facts->count++] = (struct known_fact){fact_id, valid_from, {copy, value.length}};
        return true;
}

bool known_facts_lack(const struct known_facts *facts, int32_t fact_id, int32_t valid_from, bool stated,
                      struct text value)
{
        const struct known_fact *first = NULL, *valid = NULL;
        for (size_t i = 0; i < facts->count; i++) {
                const struct known_fact *fact = &facts->items[i];
                if (fact->fact_id != fact_id)
                        continue;
                /* Of facts of the same day the one published last counts: it stands last. */
                if (!first || fact->valid_from == first->valid_from)
                        first = fact;
                if (stated ? fact->valid_from == valid_from : fact->valid_from <= valid_from)
                        valid = fact;
        }
        if (!valid && !stated)
                valid = first;
        return !valid || !text_equal(valid->value, value);
}

/* "12,5" in a file with decimal commas: digits, one comma, digits, perhaps a sign in front. */
static bool is_comma_number(struct text text, size_t *ret_comma)
{
        size_t i = text.length && text.data[0] == '-' ? 1 : 0, digits = 0, commas = 0;
        for (; i < text.length; i++) {
                if (text.data[i] >= '0' && text.data[i] <= '9') {
                        digits++;
                } else if (text.data[i] == ',' && digits && i + 1 < text.length) {
                        commas++;
                        *ret_comma = i;
                } else {
                        return false;
                }
        }
        return commas == 1;
}

struct text fact_text(struct arena *arena, enum field_type type, const struct field_value *value,
                      enum decimal_mark mark)
{
        struct buffer out __attribute__((cleanup(buffer_release)));
        struct text trimmed = text_trim(value->text);
        size_t comma = 0;
        buffer_init(&out, 64);
        switch (type) {
        case FIELD_DAY:
                day_add_iso(&out, value->day);
                break;
        case FIELD_INTEGER:
                buffer_add_int(&out, value->number);
                break;
        case FIELD_DECIMAL:
                decimal_add_plain(&out, value->number, value->scale);
                break;
        case FIELD_KIND:
                buffer_add_text(&out, value->yes ? "prospect" : "customer");
                break;
        default: {
                char *copy = arena_copy(arena, trimmed.data, trimmed.length);
                if (copy && mark == DECIMAL_COMMA && is_comma_number(trimmed, &comma))
                        copy[comma] = '.';
                return (struct text){copy, trimmed.length};
        }
        }
        return (struct text){arena_copy(arena, out.data, out.length), out.length};
}
