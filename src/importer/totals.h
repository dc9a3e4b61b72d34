/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * totals.h: the line with totals that some programs write under a list.
 */
#ifndef TREUE_IMPORTER_TOTALS_H
#define TREUE_IMPORTER_TOTALS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Is a record certainly one of totals? One cell says so, in German or English (Summe, Gesamt, Total, ...), maybe with
 * the number behind it; the others are numbers or blank; and at least one of the columns a record cannot do without is
 * blank, so that it would be refused as data in any case. `required`: their places. A record with quotes is none unless
 * they surround cells. */
bool totals_is_line(struct text record, char delimiter, const int *required, size_t required_count);

#endif
