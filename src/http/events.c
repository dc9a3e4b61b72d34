/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * events.c: streams and the events that wait for them. An event is made once and counted by the streams it waits for.
 *
 * One lock for all: what happens inside is short. Connections are woken from inside, so that a stream can neither fall
 * asleep over an event nor be freed while it is woken.
 */
#include "http/events.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "platform/monitor.h"

enum { EVENT_BYTES_MAX = EVENTS_DATA_BYTES_MAX + 512 };

struct event {
        unsigned references;
        size_t length;
        char text[]; /* as it is sent */
};

struct stream {
        struct events *events;
        struct stream *next, **link;
        struct stream_owner owner;
        struct event *waiting[EVENTS_WAITING_MAX];
        unsigned char first, count;
        bool asleep, ending, beats, quiet; /* quiet: sent nothing since the last beat */
        size_t sent;           /* of the first event */
        size_t topics_length;
        char topics[];         /* each ended by '\n' */
};

struct events {
        struct monitor *monitor;
        struct stream *streams; /* newest first */
        size_t count;
        bool ended;
};

enum status events_new(struct events **ret, struct error *error)
{
        struct events *events = calloc(1, sizeof(*events));
        if (!events)
                return error_memory(error);
        enum status status = monitor_new(&events->monitor, error);
        if (status != STATUS_OK) {
                free(events);
                return status;
        }
        *ret = events;
        return STATUS_OK;
}

void events_free(struct events *events)
{
        if (!events)
                return;
        monitor_free(events->monitor);
        free(events);
}

size_t events_count(struct events *events)
{
        monitor_enter(events->monitor);
        size_t count = events->count;
        monitor_leave(events->monitor);
        return count;
}

/* ---- inside the lock --------------------------------------------------------------------------------------------- */

static void wake(struct stream *stream)
{
        if (!stream->asleep)
                return;
        stream->asleep = false;
        stream->owner.wake(stream->owner.context);
}

static void end(struct stream *stream)
{
        stream->ending = true;
        wake(stream);
}

static void drop_first(struct stream *stream)
{
        struct event *event = stream->waiting[stream->first];
        if (--event->references == 0)
                free(event);
        stream->first = (unsigned char)((stream->first + 1) % EVENTS_WAITING_MAX);
        stream->count--;
        stream->sent = 0;
}

static bool listens(const struct stream *stream, struct text topic)
{
        const char *at = stream->topics, *stop = stream->topics + stream->topics_length;
        while (at < stop) {
                const char *line_end = memchr(at, '\n', (size_t)(stop - at));
                if (text_equal((struct text){at, (size_t)(line_end - at)}, topic))
                        return true;
                at = line_end + 1;
        }
        return false;
}

static struct event *make_event(struct text topic, struct text data)
{
        size_t room = topic.length + data.length + 32;
        struct event *event = room <= EVENT_BYTES_MAX ? malloc(sizeof(*event) + room) : NULL;
        if (!event)
                return NULL;
        event->references = 0;
        int length = snprintf(event->text, room, "event: %.*s\ndata: %.*s\n\n", (int)topic.length, topic.data,
                              (int)data.length, data.data);
        event->length = (size_t)length;
        return event;
}

static bool is_one_line(struct text text)
{
        for (size_t i = 0; i < text.length; i++)
                if (text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == '\0')
                        return false;
        return true;
}

/* ---- posting and ending ------------------------------------------------------------------------------------------ */

void events_post(struct events *events, struct text topic, struct text data)
{
        if (!is_one_line(topic) || !is_one_line(data))
                return;
        monitor_enter(events->monitor);
        struct event *event = NULL;
        for (struct stream *stream = events->streams; stream; stream = stream->next) {
                if (stream->ending || !listens(stream, topic))
                        continue;
                event = event ? event : make_event(topic, data);
                if (!event || stream->count == EVENTS_WAITING_MAX) {
                        end(stream);
                        continue;
                }
                event->references++;
                stream->waiting[(stream->first + stream->count) % EVENTS_WAITING_MAX] = event;
                stream->count++;
                wake(stream);
        }
        if (event && event->references == 0)
                free(event);
        monitor_leave(events->monitor);
}

void events_end_session(struct events *events, int64_t session_id)
{
        monitor_enter(events->monitor);
        for (struct stream *stream = events->streams; stream; stream = stream->next)
                if (stream->owner.session_id == session_id)
                        end(stream);
        monitor_leave(events->monitor);
}

void events_end_account(struct events *events, int64_t account_id, int64_t except_session)
{
        monitor_enter(events->monitor);
        for (struct stream *stream = events->streams; stream; stream = stream->next)
                if (stream->owner.account_id == account_id &&
                    (!except_session || stream->owner.session_id != except_session))
                        end(stream);
        monitor_leave(events->monitor);
}

void events_end_all(struct events *events)
{
        monitor_enter(events->monitor);
        events->ended = true;
        for (struct stream *stream = events->streams; stream; stream = stream->next)
                end(stream);
        monitor_leave(events->monitor);
}

/* ---- heartbeats -------------------------------------------------------------------------------------------------- */

struct owner_key {
        int64_t account_id, session_id;
};

/* The owners of all streams, so that they are asked about without the lock. */
static struct owner_key *copy_owners(struct events *events, size_t *ret_count)
{
        monitor_enter(events->monitor);
        struct owner_key *owners = malloc((events->count + 1) * sizeof(*owners));
        size_t count = 0;
        for (struct stream *stream = events->streams; owners && stream; stream = stream->next)
                owners[count++] = (struct owner_key){stream->owner.account_id, stream->owner.session_id};
        monitor_leave(events->monitor);
        *ret_count = count;
        return owners;
}

void events_beat(struct events *events, bool (*lives)(void *context, int64_t account_id, int64_t session_id),
                 void *context)
{
        size_t count = 0;
        struct owner_key *owners = copy_owners(events, &count);
        for (size_t i = 0; i < count; i++)
                if (owners[i].session_id && !lives(context, owners[i].account_id, owners[i].session_id))
                        events_end_session(events, owners[i].session_id);
        free(owners);
        monitor_enter(events->monitor);
        for (struct stream *stream = events->streams; stream; stream = stream->next) {
                if (stream->quiet && !stream->ending) {
                        stream->beats = true;
                        wake(stream);
                }
                stream->quiet = true;
        }
        monitor_leave(events->monitor);
}

/* ---- streams ----------------------------------------------------------------------------------------------------- */

/* Of too many streams of a session the oldest gives way. */
static void make_room(struct events *events, int64_t session_id)
{
        struct stream *oldest = NULL;
        unsigned count = 0;
        for (struct stream *stream = events->streams; stream && session_id; stream = stream->next)
                if (stream->owner.session_id == session_id && !stream->ending) {
                        oldest = stream;
                        count++;
                }
        if (count >= EVENTS_PER_SESSION_MAX)
                end(oldest);
}

enum status stream_open(struct events *events, const struct stream_owner *owner, const struct text *topics,
                        size_t topic_count, struct stream **ret, struct error *error)
{
        size_t length = 0;
        for (size_t i = 0; i < topic_count; i++)
                length += topics[i].length + 1;
        struct stream *stream = calloc(1, sizeof(*stream) + length);
        if (!stream)
                return error_memory(error);
        stream->events = events;
        stream->owner = *owner;
        for (size_t i = 0; i < topic_count; i++) {
                memcpy(stream->topics + stream->topics_length, topics[i].data, topics[i].length);
                stream->topics_length += topics[i].length;
                stream->topics[stream->topics_length++] = '\n';
        }
        stream->beats = true; /* something comes at once, so that the browser knows it is connected */
        monitor_enter(events->monitor);
        make_room(events, owner->session_id);
        stream->ending = events->ended;
        stream->next = events->streams;
        stream->link = &events->streams;
        if (stream->next)
                stream->next->link = &stream->next;
        events->streams = stream;
        events->count++;
        monitor_leave(events->monitor);
        *ret = stream;
        return STATUS_OK;
}

enum stream_state stream_read(struct stream *stream, char *out, size_t capacity, void (*sleep)(void *context),
                              size_t *ret_length)
{
        static const char beat[] = ":\n\n";
        enum stream_state state = STREAM_DATA;
        monitor_enter(stream->events->monitor);
        if (stream->ending) {
                state = STREAM_END;
        } else if (stream->count) {
                struct event *event = stream->waiting[stream->first];
                size_t length = event->length - stream->sent < capacity ? event->length - stream->sent : capacity;
                memcpy(out, event->text + stream->sent, length);
                stream->sent += length;
                if (stream->sent == event->length)
                        drop_first(stream);
                stream->quiet = false;
                *ret_length = length;
        } else if (stream->beats && capacity >= strlen(beat)) {
                memcpy(out, beat, strlen(beat));
                stream->beats = false;
                *ret_length = strlen(beat);
        } else {
                state = STREAM_SLEEP;
                stream->asleep = true;
                sleep(stream->owner.context);
        }
        monitor_leave(stream->events->monitor);
        return state;
}

void stream_close(struct stream *stream)
{
        if (!stream)
                return;
        struct events *events = stream->events;
        monitor_enter(events->monitor);
        *stream->link = stream->next;
        if (stream->next)
                stream->next->link = stream->link;
        events->count--;
        while (stream->count)
                drop_first(stream);
        monitor_leave(events->monitor);
        free(stream);
}
