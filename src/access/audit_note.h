/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit_note.h: an entry of the audit chain (db/audit.h) whose detail is written key by key. It lies in the first
 * folder that may use both the database and JSON.
 *
 *      struct audit_note note audit_note_cleanup;
 *      audit_note_begin(&note);
 *      json_key(&note.json, "reason");
 *      json_string(&note.json, reason);
 *      return audit_note_append(&note, connection, actor, "run.rejected", run->id, error);
 */
#ifndef TREUE_ACCESS_AUDIT_NOTE_H
#define TREUE_ACCESS_AUDIT_NOTE_H

#include "base/buffer.h"
#include "db/db.h"
#include "render/json.h"

struct audit_note {
        struct buffer detail;
        struct json json;       /* inside the detail's object */
};

void audit_note_begin(struct audit_note *note);
void audit_note_release(struct audit_note *note);
#define audit_note_cleanup __attribute__((cleanup(audit_note_release)))

/* Ends the detail and appends the entry about the thing with this id; inside the write function that makes the
 * change. */
must_check enum status audit_note_append(struct audit_note *note, struct connection *connection, const char *actor,
                                         const char *kind, int64_t subject_id, struct error *error);

#endif
