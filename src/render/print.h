/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * print.h: a typed value as text in the reader's language, in its usual form or another that a template names.
 *
 *   form         of                        German                                  English
 *   (usual)      money                     120.000 €, 96.420,50 €                  €120,000, €96,420.50
 *                count, ordinal, id        1.234, 1234, 1234                       1,234, 1234, 1234
 *                decimal, ratio            12,50, 12,5 %                           12.50, 12.5%
 *                day, instant              31.12.2025, 31.12.2025 10:15            31 Dec 2025, 31 Dec 2025 10:15
 *                yes or no                 ja, nein                                yes, no
 *                word, sentence            the catalogue's text, arguments in their usual form
 *                list                      items with ", " between them
 *   exact        money                     always with its places: 120.000,00 €
 *   whole        money, decimal, ratio     96.421 €, 13, 13 %
 *   short        count, money, decimal, ratio   96 T€, 24,6 Mio. €; the others as usual  €96k, €24.6m
 *   signed       count, money, decimal, ratio   + in front of what is above zero; also behind another form:
 *                                          "short signed": +12 T€
 *   medium long day_month month_year month month_short year     day, instant (format.h)
 *   day time     instant                   31.12.2025; 10:15
 *   and or       list                      a, b und c; a, b oder c
 *   raw          all but lists and maps    as in JSON: 2025-12-31, 96420.50, the last part of a word's key
 *   input        count, money, decimal, ratio, day, text, ordinal, id, word    what a form field shows: 96420,50; a
 *                                          ratio as percent without its sign; the rest raw
 *   bar          ratio                     how full a bar is: 0.0 to 100.0
 *   uri          text, word, id, ordinal   percent-encoded, as part of an address
 *   link         text                      the address if it is one of the web, mail or this server, else nothing
 *   chart_months chart_histogram chart_flow    map    a picture (chart.h): markup, not escaped
 *
 * None is the word for unknown; in the forms raw, input, bar, uri, link and charts nothing. A list's items that are
 * none are left out.
 */
#ifndef TREUE_RENDER_PRINT_H
#define TREUE_RENDER_PRINT_H

#include "i18n/message.h"
#include "render/value.h"

struct print_style {
        enum language language;
        unsigned minor_digits;   /* of the company's currency */
        const char *currency;    /* ISO code; NULL: amounts without one */
};

enum print_form {
        PRINT_USUAL, PRINT_EXACT, PRINT_WHOLE, PRINT_SHORT,
        PRINT_MEDIUM, PRINT_LONG, PRINT_DAY_MONTH, PRINT_MONTH_YEAR, PRINT_MONTH, PRINT_MONTH_SHORT, PRINT_YEAR,
        PRINT_DAY, PRINT_TIME, PRINT_AND, PRINT_OR, PRINT_RAW, PRINT_INPUT, PRINT_BAR, PRINT_URI, PRINT_LINK,
        PRINT_CHART_MONTHS, PRINT_CHART_HISTOGRAM, PRINT_CHART_FLOW,
        PRINT_FORM_COUNT
};
struct print_how {
        enum print_form form;
        bool is_signed;
};

/* Takes a form's name into `how`, or "signed"; false when there is none of that name, or `how` has one already. */
bool print_how_parse(struct text name, struct print_how *how);
/* False: a value of this kind has no such form. None has all. */
bool print_fits(enum value_kind kind, struct print_how how);
/* Is what is printed markup, which must not be escaped? */
static inline bool print_is_markup(struct print_how how) { return how.form >= PRINT_CHART_MONTHS; }
/* Appends the text, not escaped; it must fit. Failures stay in the buffer. */
void print_value(struct buffer *out, const struct value *value, struct print_how how, const struct print_style *style);

#endif
