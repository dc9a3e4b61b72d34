/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * figures.h: the imports of potentials and of dated figures (values).
 */
#ifndef TREUE_IMPORTER_FIGURES_H
#define TREUE_IMPORTER_FIGURES_H

#include "importer/import.h"

must_check enum status import_potentials(struct import_run *run, struct error *error);
must_check enum status import_values(struct import_run *run, struct error *error);

#endif
