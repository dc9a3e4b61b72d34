/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * events.h: who listens to what, in memory. Whoever changes something posts to a topic; each open event stream
 * (text/event-stream) that listens to it gets the event. Nothing is kept for those who come later: a page that opens
 * its stream reads the state first.
 *
 * Any thread may call. A stream that does not read is ended when EVENTS_WAITING_MAX events wait for it; the browser
 * opens a new one by itself and reads the state again. / */
#ifndef TREUE_HTTP_EVENTS_H
#define TREUE_HTTP_EVENTS_H

#include "base/status.h"
#include "base/text.h"

enum {
        EVENTS_WAITING_MAX = 64,
        EVENTS_TOPICS_MAX = 16,        /* of a stream */
        EVENTS_PER_SESSION_MAX = 4,    /* one per browser window that is looked at; the oldest gives way */
        EVENTS_DATA_BYTES_MAX = 4096,
};

struct events;
must_check enum status events_new(struct events **ret, struct error *error);
void events_free(struct events *events); /* accepts NULL; without open streams */

/* `data` is one line of JSON. Without memory the streams meant are ended instead: nobody believes to know what is not
 * known. */
void events_post(struct events *events, struct text topic, struct text data);

/* Ends open streams at once: the session ended, or all of the account's (other than `except_session`, 0: none). */
void events_end_session(struct events *events, int64_t session_id);
void events_end_account(struct events *events, int64_t account_id, int64_t except_session);

size_t events_count(struct events *events);

/* ---- for the server ---------------------------------------------------------------------------------------------- */

struct stream;
struct stream_owner {
        int64_t account_id, session_id;
        /* Something waits that the stream's connection sleeps for: called once for each stream_read that returned
         * STREAM_SLEEP, with the lock held. */
        void (*wake)(void *context);
        void *context;
};
/* `topics` are copied. */
must_check enum status stream_open(struct events *events, const struct stream_owner *owner, const struct text *topics,
                                   size_t topic_count, struct stream **ret, struct error *error);
enum stream_state { STREAM_DATA, STREAM_SLEEP, STREAM_END };
/* What to send next, at most `capacity` bytes. STREAM_SLEEP: nothing; `sleep` was called (with the lock held, so
 * that no event is missed between). */
enum stream_state stream_read(struct stream *stream, char *out, size_t capacity, void (*sleep)(void *context),
                              size_t *ret_length);
void stream_close(struct stream *stream); /* the connection is gone; accepts NULL */

/* A line that only keeps connections alive, for streams that have sent nothing since the last call. Streams for which
 * `lives` is false are ended. `lives` is called without the lock. */
void events_beat(struct events *events, bool (*lives)(void *context, int64_t account_id, int64_t session_id),
                 void *context);
void events_end_all(struct events *events); /* and those that are opened later */

#endif
