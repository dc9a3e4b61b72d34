/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * catalogue_table.h: the table tools/catalogue.py makes, sorted by key. Only message.c looks at it.
 */
#ifndef TREUE_I18N_CATALOGUE_TABLE_H
#define TREUE_I18N_CATALOGUE_TABLE_H

#include <stddef.h>

struct catalogue_entry {
        const char *key;
        const char *texts[2]; /* by enum language */
};
extern const struct catalogue_entry catalogue_entries[];
extern const size_t catalogue_count;

#endif
