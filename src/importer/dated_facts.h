/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dated_facts.h: what an import knows already of one customer or article, and whether a row says something new.
 */
#ifndef TREUE_IMPORTER_DATED_FACTS_H
#define TREUE_IMPORTER_DATED_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "importer/mapping.h"

struct known_fact {
        int32_t fact_id, valid_from;
        struct text value;
};

/* Visible facts of one customer or article, ordered by fact, day and generation. */
struct known_facts {
        struct known_fact *items;
        size_t count, capacity;
};

/* Appends; the value is copied into the arena. False without memory. */
bool known_facts_add(struct known_facts *facts, struct arena *arena, int32_t fact_id, int32_t valid_from,
                     struct text value);

/* Does the row change anything? `stated`: the row itself carries the day, as a history does: then only a fact of the
 * very same day counts as known, so that rows of a history may come in any order. Otherwise the value valid on that day
 * counts; the first known value of a fact is open at its start. */
bool known_facts_lack(const struct known_facts *facts, int32_t fact_id, int32_t valid_from, bool stated,
                      struct text value);

/* The text a value is stored as: days as 2026-01-31, numbers plain with a point, kind as customer or prospect, text
 * without blanks at its ends; a text that is a number with a decimal comma in a file with decimal commas gets a point,
 * so that concepts can compare it. */
struct text fact_text(struct arena *arena, enum field_type type, const struct field_value *value,
                      enum decimal_mark mark);

#endif
