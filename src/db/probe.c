/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * probe.c: asks a database again and again whether it answers.
 */
#include "db/probe.h"

#include <stdlib.h>

#include "db/engine.h"
#include "db/generation.h"
#include "platform/clock.h"
#include "platform/monitor.h"
#include "platform/thread.h"

#define MILLISECOND_NS INT64_C(1000000)

struct probe {
        struct database *database;
        void *line;              /* the engine's; only the thread uses it */
        struct thread *thread;
        struct monitor *monitor; /* guards what follows */
        int64_t answered_ns;     /* 0: it did not answer the last question */
        bool ends;
};

static enum status ask(struct probe *probe, int64_t until_ns, struct error *error)
{
        struct database *database = probe->database;
        if (database->engine->probe)
                return database->engine->probe(database, &probe->line, until_ns, error);
        connection_cleanup struct connection *connection = NULL;
        int64_t generation;
        enum status status = db_connect(database, &connection, error);
        return status ? status : generation_latest(connection, &generation, error);
}

static void run(void *context)
{
        struct probe *probe = context;
        struct error ignored;
        monitor_enter(probe->monitor);
        while (!probe->ends) {
                monitor_leave(probe->monitor);
                int64_t begun_ns = clock_monotonic_ns(), next_ns = begun_ns + PROBE_EVERY_MS * MILLISECOND_NS, left_ns;
                bool right = ask(probe, begun_ns + PROBE_DEADLINE_MS * MILLISECOND_NS, &ignored) == STATUS_OK;
                monitor_enter(probe->monitor);
                probe->answered_ns = right ? clock_monotonic_ns() : 0;
                while (!probe->ends && (left_ns = next_ns - clock_monotonic_ns()) > 0)
                        monitor_wait_ms(probe->monitor, (unsigned)(left_ns / MILLISECOND_NS) + 1);
        }
        monitor_leave(probe->monitor);
}

enum status probe_start(struct database *database, struct probe **ret, struct error *error)
{
        struct probe *probe = calloc(1, sizeof(*probe));
        if (!probe)
                return error_memory(error);
        probe->database = database;
        probe->answered_ns = clock_monotonic_ns();
        enum status status = monitor_new(&probe->monitor, error);
        if (status == STATUS_OK)
                status = thread_start(run, probe, &probe->thread, error);
        if (status != STATUS_OK) {
                probe_stop(probe);
                return status;
        }
        *ret = probe;
        return STATUS_OK;
}

void probe_stop(struct probe *probe)
{
        if (!probe)
                return;
        if (probe->thread) {
                monitor_enter(probe->monitor);
                probe->ends = true;
                monitor_wake_all(probe->monitor);
                monitor_leave(probe->monitor);
                thread_join(probe->thread);
        }
        if (probe->line)
                probe->database->engine->end_probe(probe->line);
        monitor_free(probe->monitor);
        free(probe);
}

/* A question may hang longer than its deadline, in the search for a host's address: what is old says nothing. */
bool probe_answers(struct probe *probe)
{
        monitor_enter(probe->monitor);
        bool right = probe->answered_ns &&
                     clock_monotonic_ns() - probe->answered_ns <= PROBE_NOTICED_MS * MILLISECOND_NS;
        monitor_leave(probe->monitor);
        return right;
}
