/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * products.h: the import of articles: names, product groups, cost.
 */
#ifndef TREUE_IMPORTER_PRODUCTS_H
#define TREUE_IMPORTER_PRODUCTS_H

#include "importer/import.h"

must_check enum status import_products(struct import_run *run, struct error *error);

#endif
