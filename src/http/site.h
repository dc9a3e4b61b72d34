/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * site.h: what a server is started with. Filled by whoever starts it, which also keeps all of it alive until the server
 * has stopped.
 */
#ifndef TREUE_HTTP_SITE_H
#define TREUE_HTTP_SITE_H

#include <stdatomic.h>
#include <stdio.h>

#include "db/db.h"
#include "http/events.h"
#include "http/gate.h"
#include "http/peer.h"
#include "http/route.h"
#include "render/asset.h"
#include "render/template.h"

struct site_limits {
        unsigned connections;             /* 0: 12,000 */
        unsigned connections_per_address; /* 0: 200; trusted proxies have no limit */
        unsigned head_seconds;            /* from the last answer (or the start) to the end of the next head; 0: 30 */
        unsigned body_seconds;            /* for a body, besides a second for each slowest_bytes of it; 0: 30 */
        unsigned answer_seconds;          /* to take an answer, besides as for a body; 0: 30 */
        unsigned slowest_bytes;           /* in a second; 0: 8 KiB */
        unsigned stop_seconds;            /* at the end running requests get so long; 0: 20 */
        unsigned heartbeat_seconds;       /* of event streams; 0: 20 */
        unsigned files_per_minute;        /* lists and other files somebody signed in may take along; 0: 120 */
        unsigned workers;                 /* threads for handlers; 0: by the processors */
};

struct site {
        const struct resource *const *resources;
        size_t resource_count;
        struct gate gate;
        struct database *database;    /* NULL: request_connection fails (tests) */
        void *application;            /* request_application */
        struct events *events;
        const struct template_set *templates; /* NULL: there are no pages, only JSON */
        bool tells_missing;           /* names in templates that no model has are told in the log: for development */
        const char *layout;           /* the template around every page */
        void (*add_to_frame)(struct request *request, struct model *frame); /* more for every page (frame.c); NULL */
        const struct asset *assets;   /* also those an overlay brings */
        size_t asset_count;
        /* Assets that come and go while the server runs; NULL: none. What it gives lives as long as the process. */
        const struct asset *(*find_asset)(void *application, struct text path);
        struct text origin;           /* "https://treue.example", as people see it; none: as it is asked for */
        const struct peer_range *trusted; /* proxies whose X-Forwarded-For and -Proto count */
        size_t trusted_count;
        const char *tls_certificate, *tls_key; /* PEM texts; NULL: plain */
        const char *spool_directory;  /* where uploads go; exists */
        _Atomic(const char *) currency;         /* ISO code; NULL: none yet */
        atomic_uint minor_digits;
        FILE *log;                    /* one JSON object a line; NULL: none */
        struct site_limits limits;
};

#endif
