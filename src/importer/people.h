/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * people.h: the imports about people: contacts, what they declared about being addressed, certificates, and who looks
 * after whom.
 */
#ifndef TREUE_IMPORTER_PEOPLE_H
#define TREUE_IMPORTER_PEOPLE_H

#include "importer/import.h"

must_check enum status import_contacts(struct import_run *run, struct error *error);
must_check enum status import_consents(struct import_run *run, struct error *error);
must_check enum status import_certificates(struct import_run *run, struct error *error);
must_check enum status import_responsibilities(struct import_run *run, struct error *error);

#endif
