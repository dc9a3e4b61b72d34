/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * format.h: amounts, shares and days as pages write them: with the sign of the currency and blanks that no line breaks
 * at, short where many stand together, months by their names. (Terminals and files: message.h.)
 *
 * `currency` is an ISO code; EUR, USD and GBP have a sign, others stand there as they are. NULL: none is written.
 * German "96.420,50 €", English "€96,420.50". Rounding is half away from zero.
 */
#ifndef TREUE_I18N_FORMAT_H
#define TREUE_I18N_FORMAT_H

#include "i18n/message.h"

bool format_add_amount(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                       const char *currency);
/* Without the places behind the mark: "96.421 €". */
bool format_add_amount_whole(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                             const char *currency);
/* As charts and tiles write it: "480 €", "9,6 T€", "96 T€", "24,6 Mio. €", "1,2 Mrd. €"; "€9.6k", "€24.6m",
 * "€1.2bn". */
bool format_add_amount_short(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                             const char *currency);
/* part / whole as percent with `decimals` (0 to 3) places: "12,5 %", "12.5%". Nothing of 0 or beyond 63 bits: "-". */
bool format_add_share(struct buffer *out, enum language language, int64_t part, int64_t whole, unsigned decimals);

/* What of a day is written. */
enum day_form {
        DAY_MEDIUM,      /* 31. Dez 2025      31 Dec 2025 */
        DAY_LONG,        /* 31. Dezember 2025 31 December 2025 */
        DAY_AND_MONTH,   /* 31. Dez           31 Dec */
        DAY_MONTH_YEAR,  /* Dezember 2025     December 2025 */
        DAY_MONTH,       /* Dezember          December */
        DAY_MONTH_SHORT, /* Dez               Dec */
        DAY_YEAR,        /* 2025 */
};
bool format_add_day_form(struct buffer *out, enum language language, int32_t day, enum day_form form);

#endif
