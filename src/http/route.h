/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * route.h: a resource is a table of routes; a route is one row: method, path, permission, input, output, handler.
 *
 * A request goes through its row in this order: path (404), method (405), limits, session, permission (403, or 404
 * where knowing that something exists is already too much; without a session: sign in and come back), CSRF, body and
 * fields (422 naming the field), handler. The handler fills a model and never writes bytes; the representation is
 * chosen afterwards: a page by the row's template, JSON under /api/v1, and for lists .csv and .xlsx.
 *
 * A form has one address: GET shows it, POST to the same path takes it. When something in it is wrong, the model of the
 * GET row is filled again and gets "form" (what was typed, by field; secrets left out) and "errors" (message by field).
 * Where nothing is shown, GET leads to the nearest page above that the reader may see: so a sign-in after a form was
 * sent, a reload or a bookmark ends where the form stands. Programs get 405.
 *
 * The tables are also what the API description and the test of rights are checked against, both ways.
 */
#ifndef TREUE_HTTP_ROUTE_H
#define TREUE_HTTP_ROUTE_H

#include "access/permission.h"
#include "http/request.h"
#include "render/value.h"

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };
extern const char *const method_names[METHOD_COUNT];

enum input_kind {
        INPUT_TEXT,       /* UTF-8 without control characters, blanks at both ends dropped; `max` in characters (200) */
        INPUT_LONG_TEXT,  /* with line breaks, which come as '\n' (10,000) */
        INPUT_SECRET,     /* as it was typed, never shown again, never logged (200) */
        INPUT_EMAIL,      /* one address (254) */
        INPUT_ID,         /* an id or the name a thing goes by in addresses: letters, digits, - _ . (64) */
        INPUT_COUNT_OF,   /* a non-negative integer up to `max` (INT64_MAX) */
        INPUT_MONEY,      /* in the reader's format, in JSON decimal text; in minor units; may be negative */
        INPUT_PERCENT,    /* likewise; in hundredths of a percent: "12,5" is 1250; 0 to `max` (10,000) */
        INPUT_DAY,        /* ISO, or 31.12.2025 in German, 31/12/2025 in English */
        INPUT_CHOICE,     /* one of `choices` */
        INPUT_YES_NO,     /* yes, on, true, 1; no, off, false, 0; a box that is not ticked is absent: no */
        INPUT_FILE,       /* multipart only, streamed to a spool; `max` in bytes (64 MiB) */
        INPUT_KIND_COUNT
};

struct field {
        const char *name;      /* in forms, in the query and in JSON */
        enum input_kind kind;
        bool required;
        bool repeated;         /* may be given several times (100); any other field given twice is 400 */
        int64_t max;           /* see kinds; 0: the kind's default */
        const char *const *choices; /* ended by NULL */
        const char *label;     /* catalogue key of what people call it; "field.NAME" when NULL */
};

/* What every list takes: its whole state is in its address (render/list_address.h). */
#define LIST_FIELDS \
        {.name = "filter", .kind = INPUT_TEXT, .repeated = true, .max = 300}, {.name = "sort", .kind = INPUT_TEXT}, \
        {.name = "columns", .kind = INPUT_TEXT, .repeated = true, .max = 2000}, \
        {.name = "after", .kind = INPUT_TEXT, .max = 500}, {.name = "view", .kind = INPUT_ID}, \
        {.name = "q", .kind = INPUT_TEXT}, {.name = "where", .kind = INPUT_TEXT}, {.name = "is", .kind = INPUT_TEXT}, \
        {.name = "from", .kind = INPUT_TEXT}, {.name = "to", .kind = INPUT_TEXT}

enum {
        ROUTE_LIST = 1 << 0,      /* the model has "rows": also .csv and .xlsx */
        ROUTE_PAGE_ONLY = 1 << 1, /* nothing the API has a use for: the sign-in form */
        ROUTE_API_ONLY = 1 << 2,
        ROUTE_HIDES = 1 << 3,     /* forbidden looks like not found */
        ROUTE_STREAM = 1 << 4,    /* server-sent events: the handler calls request_listen */
        ROUTE_NO_CSRF = 1 << 5,   /* sign-in and mail links, which have their own proof: needs no token */
        ROUTE_FILE = 1 << 6,      /* a download: the handler calls request_send_file */
        ROUTE_CACHED = 1 << 7,    /* public and the same for everybody: with an ETag, kept for a minute */
        ROUTE_AT_ONCE = 1 << 8,   /* public, no form, a path without names: answered by a thread kept for such rows,
                                   * also while all others wait for a database; nobody is asked who they are, and the
                                   * handler waits for nothing */
};

typedef enum status (*route_handler)(struct request *request, struct model *model, struct error *error);

struct route {
        enum method method;
        const char *path;          /* "/customers/{customer}"; a segment in braces is any one segment */
        enum permission permission; /* PERMISSION_PUBLIC is written, too */
        const struct field *fields; /* ended by a field without name; NULL: takes nothing */
        const char *template;      /* name under ui/templates, without ending; NULL: redirects or has no page */
        route_handler handler;
        unsigned flags;
        const char *summary;       /* catalogue key: one line for the API description */
};

struct resource {
        const char *name;
        const struct route *routes;
        size_t count;
};

#endif
