/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_http_events_threads.c: event streams while threads post, end sessions and read at the same time: every stream
 * gets the events of its topics in their order, or ends; none is woken that did not sleep.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/events.h"
#include "platform/monitor.h"
#include "platform/thread.h"

enum { READERS = 8, POSTERS = 3, EVENTS = 2000 };

struct reader {
        struct events *events;
        struct monitor *monitor;
        struct stream *stream;
        bool asleep, woken;
        unsigned sleeps, wakes;
        int64_t session_id;
        unsigned seen[POSTERS];  /* next number expected of each */
        bool ended;
};

static void go_to_sleep(void *context)
{
        struct reader *reader = context;
        monitor_enter(reader->monitor);
        reader->asleep = true;
        reader->woken = false;
        reader->sleeps++;
        monitor_leave(reader->monitor);
}

static void wake_up(void *context)
{
        struct reader *reader = context;
        monitor_enter(reader->monitor);
        reader->woken = true;
        reader->wakes++;
        monitor_wake_all(reader->monitor);
        monitor_leave(reader->monitor);
}

/* One event of the text: "event: p1\ndata: 17\n\n". */
static void take(struct reader *reader, const char *text)
{
        unsigned poster, number;
        if (text[0] == ':')
                return;
        const char *digits = strstr(text, "data: ");
        assert_non_null(digits);
        poster = (unsigned)(text[8] - '0');
        number = (unsigned)strtoul(digits + 6, NULL, 10);
        assert_true(poster < POSTERS);
        assert_int_equal(number, reader->seen[poster]);
        reader->seen[poster]++;
}

static void read_all(void *context)
{
        struct reader *reader = context;
        char line[256];
        size_t length;
        for (;;) {
                enum stream_state state = stream_read(reader->stream, line, sizeof(line) - 1, go_to_sleep, &length);
                if (state == STREAM_END)
                        break;
                if (state == STREAM_DATA) {
                        line[length] = '\0';
                        take(reader, line);
                        continue;
                }
                monitor_enter(reader->monitor);
                while (!reader->woken)
                        monitor_wait(reader->monitor);
                monitor_leave(reader->monitor);
        }
        reader->ended = true;
        stream_close(reader->stream);
}

struct poster {
        struct events *events;
        unsigned number;
};

static void post_all(void *context)
{
        struct poster *poster = context;
        char topic[] = {'p', (char)('0' + poster->number), '\0'}, data[16];
        /* "event: pN": the digit stands at place 8 */
        for (unsigned i = 0; i < EVENTS; i++) {
                snprintf(data, sizeof(data), "%u", i);
                events_post(poster->events, text_of(topic), text_of(data));
                if (i % 16 == 0)
                        thread_sleep_ms(1);
        }
}

static bool lives(void *context, int64_t account_id, int64_t session_id)
{
        (void)context, (void)account_id;
        return session_id != 3;
}

static void readers_and_posters(void **state)
{
        struct events *events;
        struct reader readers[READERS] = {0};
        struct poster posters[POSTERS];
        struct thread *threads[READERS + POSTERS];
        struct text topics[] = {text_of("p0"), text_of("p1"), text_of("p2")};
        struct error error;
        (void)state;
        assert_int_equal(events_new(&events, &error), STATUS_OK);
        for (int i = 0; i < READERS; i++) {
                struct reader *reader = &readers[i];
                struct stream_owner owner = {100 + i % 2, i + 1, wake_up, reader};
                *reader = (struct reader){.events = events, .session_id = i + 1};
                assert_int_equal(monitor_new(&reader->monitor, &error), STATUS_OK);
                assert_int_equal(stream_open(events, &owner, topics, POSTERS, &reader->stream, &error), STATUS_OK);
                assert_int_equal(thread_start(read_all, reader, &threads[i], &error), STATUS_OK);
        }
        for (unsigned i = 0; i < POSTERS; i++) {
                posters[i] = (struct poster){events, i};
                assert_int_equal(thread_start(post_all, &posters[i], &threads[READERS + i], &error), STATUS_OK);
        }
        thread_sleep_ms(20);
        events_end_session(events, 1);
        events_beat(events, lives, NULL); /* ends session 3 */
        for (int i = 0; i < POSTERS; i++)
                thread_join(threads[READERS + i]);
        events_end_account(events, 100, 5);
        events_end_all(events);
        for (int i = 0; i < READERS; i++) {
                thread_join(threads[i]);
                assert_true(readers[i].ended);
                assert_true(readers[i].wakes <= readers[i].sleeps);
                monitor_free(readers[i].monitor);
        }
        assert_int_equal(events_count(events), 0);
        events_free(events);
}

/* What waits is bounded; whoever does not read is ended instead of being told half. */
static void too_many_waiting(void **state)
{
        struct events *events;
        struct stream *stream;
        struct reader reader = {0};
        struct stream_owner owner = {1, 1, wake_up, &reader};
        struct text topic = text_of("t");
        struct error error;
        char line[64];
        size_t length;
        (void)state;
        assert_int_equal(monitor_new(&reader.monitor, &error), STATUS_OK);
        assert_int_equal(events_new(&events, &error), STATUS_OK);
        assert_int_equal(stream_open(events, &owner, &topic, 1, &stream, &error), STATUS_OK);
        events_post(events, topic, text_of("two\nlines")); /* no event: it would forge another */
        for (int i = 0; i < EVENTS_WAITING_MAX; i++)
                events_post(events, topic, text_of("x"));
        assert_int_equal(stream_read(stream, line, sizeof(line), go_to_sleep, &length), STREAM_DATA);
        assert_memory_equal(line, "event: t\ndata: x\n\n", 18);
        events_post(events, topic, text_of("x"));
        assert_int_equal(stream_read(stream, line, 5, go_to_sleep, &length), STREAM_DATA);
        assert_int_equal(length, 5);
        events_post(events, topic, text_of("x"));
        assert_int_equal(stream_read(stream, line, sizeof(line), go_to_sleep, &length), STREAM_END);
        stream_close(stream);
        events_free(events);
        monitor_free(reader.monitor);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(readers_and_posters),
                cmocka_unit_test(too_many_waiting),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
