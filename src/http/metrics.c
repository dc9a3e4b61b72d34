/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * metrics.c: counts and their text.
 */
#include "http/metrics.h"

/* Upper ends in microseconds, and how they are written in seconds. */
static const struct {
        uint64_t us;
        const char *seconds;
} ends[METRICS_BUCKETS] = {
        {1000, "0.001"}, {2500, "0.0025"}, {5000, "0.005"}, {10000, "0.01"}, {25000, "0.025"}, {50000, "0.05"},
        {100000, "0.1"}, {250000, "0.25"}, {500000, "0.5"}, {1000000, "1"}, {5000000, "5"}, {30000000, "30"},
};

void counts_answer(struct server_counts *counts, unsigned status, uint64_t us, uint64_t bytes)
{
        size_t bucket = 0;
        while (bucket < METRICS_BUCKETS && us > ends[bucket].us)
                bucket++;
        counts_add(&counts->by_class[status / 100 < 6 ? status / 100 : 0], 1);
        counts_add(&counts->buckets[bucket], 1);
        counts_add(&counts->us_sum, us);
        counts_add(&counts->sent_bytes, bytes);
}

static void head(struct buffer *out, const char *name, const char *type, const char *help)
{
        buffer_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(struct buffer *out, const char *name, const char *type, const char *help, uint64_t value)
{
        head(out, name, type, help);
        buffer_addf(out, "%s %llu\n", name, (unsigned long long)value);
}

static void add_durations(struct buffer *out, const struct server_counts *counts)
{
        uint64_t sum = 0, us = counts_read(&counts->us_sum);
        head(out, "treue_answer_seconds", "histogram", "From the head of a request to its answer.");
        for (size_t i = 0; i < METRICS_BUCKETS; i++) {
                sum += counts_read(&counts->buckets[i]);
                buffer_addf(out, "treue_answer_seconds_bucket{le=\"%s\"} %llu\n", ends[i].seconds,
                            (unsigned long long)sum);
        }
        sum += counts_read(&counts->buckets[METRICS_BUCKETS]);
        buffer_addf(out, "treue_answer_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)sum);
        buffer_addf(out, "treue_answer_seconds_sum %llu.%06llu\n", (unsigned long long)(us / 1000000),
                    (unsigned long long)(us % 1000000));
        buffer_addf(out, "treue_answer_seconds_count %llu\n", (unsigned long long)sum);
}

void metrics_add(struct buffer *out, const struct server_counts *counts, uint64_t uptime_seconds)
{
        head(out, "treue_answers_total", "counter", "Answers by the first digit of their status.");
        for (unsigned i = 1; i < 6; i++)
                buffer_addf(out, "treue_answers_total{class=\"%uxx\"} %llu\n", i,
                            (unsigned long long)counts_read(&counts->by_class[i]));
        add_durations(out, counts);
        one(out, "treue_connections", "gauge", "Open connections.", counts_read(&counts->connections));
        one(out, "treue_streams", "gauge", "Open event streams.", counts_read(&counts->streams));
        one(out, "treue_requests_running", "gauge", "Requests in handlers.", counts_read(&counts->running));
        one(out, "treue_requests_waiting", "gauge", "Requests waiting for a handler.", counts_read(&counts->waiting));
        one(out, "treue_connections_refused_total", "counter", "Connections over the limit of their address.",
            counts_read(&counts->refused));
        one(out, "treue_connections_expired_total", "counter", "Connections that were too slow.",
            counts_read(&counts->expired));
        one(out, "treue_received_bytes_total", "counter", "Bytes of bodies.", counts_read(&counts->received_bytes));
        one(out, "treue_sent_bytes_total", "counter", "Bytes of answers.", counts_read(&counts->sent_bytes));
        one(out, "treue_uptime_seconds", "counter", "Since the start.", uptime_seconds);
}
