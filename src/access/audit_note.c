/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit_note.c: puts the detail of an audit entry together.
 */
#include "access/audit_note.h"

#include <stdio.h>

#include "db/audit.h"

#define DETAIL_BYTES_MAX ((size_t)256 << 20)

void audit_note_begin(struct audit_note *note)
{
        buffer_init(&note->detail, DETAIL_BYTES_MAX);
        json_init(&note->json, &note->detail, false);
        json_begin_object(&note->json);
}

void audit_note_release(struct audit_note *note) { buffer_release(&note->detail); }

enum status audit_note_append(struct audit_note *note, struct connection *connection, const char *actor,
                              const char *kind, int64_t subject_id, struct error *error)
{
        char subject[24];
        json_end_object(&note->json);
        if (note->detail.failed)
                return error_memory(error);
        snprintf(subject, sizeof(subject), "%lld", (long long)subject_id);
        struct audit_event event = {.actor = actor, .kind = kind, .subject = text_of(subject),
                                    .detail = {note->detail.data, note->detail.length}};
        return audit_append(connection, &event, error);
}
