/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * program_view.h: what handlers about programs share: which program is meant, the customers somebody may see by name,
 * segments with their names.
 */
#ifndef TREUE_WEB_PROGRAM_VIEW_H
#define TREUE_WEB_PROGRAM_VIEW_H

#include "program/versions.h"
#include "web/application.h"

/* The program of the query field "program", else the first there is. *ret_id 0: there is none yet. */
must_check enum status program_of(struct request *request, int64_t *ret_id, const char **ret_code,
                                  struct error *error);

/* Customers as the asker may see them today. */
struct people_view {
        struct directory_view *view;
        uint64_t *scope;
};
must_check enum status people_open(struct request *request, struct people_view *ret, struct error *error);
void people_close(struct people_view *people);
#define people_cleanup __attribute__((cleanup(people_close)))
/* False: not to be seen by the asker. */
bool people_may_see(const struct people_view *people, int64_t customer_id);
/* Entries customer (id), number, name, path, responsible; nothing and false for one who is not to be seen. */
bool put_customer_named(struct request *request, struct model *model, struct value *map,
                        const struct people_view *people, int64_t customer_id);
/* By number or name as typed, among those the asker may see; 0: none, or several. */
int64_t people_find(struct request *request, const struct people_view *people, struct text typed);

/* The concept that the result of a job names: its "program", and the number of the version under `name`. */
must_check enum status concept_of_result(struct request *request, const struct value *result, const char *name,
                                         const struct concept **ret, struct error *error);
/* Entry `name`: a segment's code, which pages call by its name. */
void put_segment_code(struct request *request, struct model *model, struct value *map, const char *name,
                      const struct concept *concept, struct text code);
/* Entry `name`: {"code", "name"} or none. */
void put_segment_named(struct request *request, struct model *model, struct value *map, const char *name,
                 const struct concept *concept, struct text id);

#endif
