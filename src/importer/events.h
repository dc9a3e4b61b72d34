/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * events.h: the imports of what happened with a customer: activities and visits.
 *
 * Several of one customer, kind and day (visits: customer and day) are told apart by a number: 1, 2, ... in the order
 * of the file, refused rows left out. So importing a file again changes nothing, and the same row with another status
 * or note changes the one it stands for; a file must hold all of one customer, kind and day. Visits may bring that
 * number themselves (column "number"): then a file may hold any of them.
 */
#ifndef TREUE_IMPORTER_EVENTS_H
#define TREUE_IMPORTER_EVENTS_H

#include "importer/import.h"

must_check enum status import_activities(struct import_run *run, struct error *error);
must_check enum status import_visits(struct import_run *run, struct error *error);

#endif
