/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * saved_views.h: saved views on the page of a list.
 */
#ifndef TREUE_WEB_SAVED_VIEWS_H
#define TREUE_WEB_SAVED_VIEWS_H

#include "http/route.h"
#include "render/list.h"

/* Puts "views" into the model: id, name, path, current (yes: the list is this one), own, shared, remove_path (none: not
 * one's own); has_views; and for the form that saves "saving": list, query, may_share. Nothing for whoever has no
 * account. */
must_check enum status saved_views_put(struct request *request, const struct list_spec *spec,
                                       const struct list_reader *reader, const struct list_address *address,
                                       struct model *model, struct error *error);

#endif
