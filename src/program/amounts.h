/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * amounts.h: values and thresholds of metrics in the reader's format and with their unit: money with the currency,
 * ratios as percent, days and months by name.
 */
#ifndef TREUE_PROGRAM_AMOUNTS_H
#define TREUE_PROGRAM_AMOUNTS_H

#include "engine/concept.h"
#include "engine/evaluate.h"
#include "engine/rational.h"
#include "i18n/message.h"

/* Where something is read: a terminal shows amounts as "96.420,50 EUR", and codes as the concept and the files have
 * them, which its readers write; a page "96.420,50 €", and codes in words (i18n/words.h). */
enum medium { MEDIUM_TERMINAL, MEDIUM_PAGE };

/* A name in the reader's language. */
struct text bilingual_text(const struct bilingual *name, enum language language);

/* Appends a number in the unit of a metric, rounded half away from zero to what a reader needs. */
void amount_add(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                enum metric metric, struct rational value);

/* As amount_add for what is missing: between two ratios lie percentage points; on a page money is rounded up to a whole
 * amount, so that it is enough. */
void amount_add_gap(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                    enum metric metric, struct rational value);

/* Appends the value of customer `index` in words; "unknown" where it is not known. Share of wallet at most 100 %. */
void amount_add_cell(struct buffer *out, enum language language, const struct concept *concept,
                     const struct metric_column *column, size_t index);

/* Appends the value of customer `index` for programs, as tests/road/explain-format.md says: money with the currency's
 * digits, ratios with six decimals, attributes as imported. False and nothing appended where it is not known. */
bool amount_add_plain(struct buffer *out, const struct metric_column *column, size_t index);

/* Appends a metric's name: "Umsatz HP", an attribute's or a value's own name. */
void amount_add_metric(struct buffer *out, enum language language, enum medium medium, enum metric metric,
                       struct text of);

/* Appends a window as the document writes it: "12m", "90d", "year", "4q"; nothing for WINDOW_NONE. */
void amount_add_window(struct buffer *out, struct window window);

/* Appends a window in words: "12 Monate", "gesamte Zeit"; nothing for WINDOW_NONE. */
void amount_add_window_words(struct buffer *out, enum language language, struct window window);

#endif
