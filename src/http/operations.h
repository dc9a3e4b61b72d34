/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * operations.h: handlers about the server itself.
 */
#ifndef TREUE_HTTP_OPERATIONS_H
#define TREUE_HTTP_OPERATIONS_H

#include "http/route.h"

/* What the server counts, as Prometheus reads it: to whoever asks on this machine, not through a proxy, and to those
 * who may change settings. Others find nothing there. */
enum status operations_metrics(struct request *request, struct model *model, struct error *error);

/* The description of the API (OpenAPI 3.1), made of the tables. */
enum status operations_openapi(struct request *request, struct model *model, struct error *error);

#endif
