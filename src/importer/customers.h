/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customers.h: the import of customers: numbers, names and dated facts.
 */
#ifndef TREUE_IMPORTER_CUSTOMERS_H
#define TREUE_IMPORTER_CUSTOMERS_H

#include "importer/import.h"

must_check enum status import_customers(struct import_run *run, struct error *error);

#endif
